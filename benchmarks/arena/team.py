"""The contenders of one measurement with their tables, kept if the next one wants the same."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence

from arena.databases import Databases
from arena.players import Player
from arena.teams import Entry


class Teams:
    """Makes players and lets go of them."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self._key: object = None
        self._players: list[Player] = []

    def get(
        self,
        engine: str,
        entries: Sequence[Entry],
        *,
        columns: int,
        seeds: int,
        graph: bool = False,
        purpose: object = None,
        prepare: Callable[[Player], None] | None = None,
    ) -> list[Player]:
        """Return players who are ready, the same as before if nothing else is asked for.

        :param graph: whether they have the tables of a graph, too.
        :param purpose: tells teams apart that are prepared in different ways.
        :param prepare: what to do with a new player.
        """
        key = (engine, tuple(entries), columns, seeds, graph, purpose)
        if key == self._key:
            return self._players
        self.close()
        for entry in entries:
            player = Player(entry, self.databases.new(engine, entry.name), columns, graph=graph)
            self._players.append(player)
            player.setup(seeds)
            if prepare is not None:
                prepare(player)
        self._key = key
        return self._players

    def close(self) -> None:
        """End the processes of the present team."""
        for player in self._players:
            player.close()
        self._players = []
        self._key = None
        self.databases.drop()
