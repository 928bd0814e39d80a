"""What some statements may change: the rows as they were before them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from sqlalchemy.engine import Connection

from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.images import Images
from continuum.recording.images import Key
from continuum.recording.images import Row


@dataclass(eq=False)
class Capture:
    """The rows of one table that may have changed, and what they were.

    The first look at a row counts: what comes later is a change of it.

    :param images: the table.
    :param looked: keys, in Python's types, that have been looked at or may have come to be.
    :param old: the rows that there were, by raw key; several share one only in a table of links
        without unique constraint.
    :param keys: Python's key of each raw key.
    :param newest: newest version before the changes, of the rows where it had to be read then.
    :param further: further values of the rows that there were, where history needs them.
    :param born: keys of rows that were inserted and have to be there at the end.
    :param unborn: keys that the database has just made up, under which there can be no versions.
    """

    images: Images
    looked: dict[Key, None] = field(default_factory=dict)
    old: dict[Key, list[Image]] = field(default_factory=dict)
    keys: dict[Key, Key] = field(default_factory=dict)
    newest: dict[Key, Newest | None] = field(default_factory=dict)
    further: dict[Key, Image] = field(default_factory=dict)
    unborn: set[Key] = field(default_factory=set)
    born: set[Key] = field(default_factory=set)

    def look(
        self,
        connection: Connection,
        keys: Sequence[Key],
        *,
        lock: str = "update",
        versions: bool = False,
    ) -> int | None:
        """Look at rows before a statement changes them.

        :param lock: see :meth:`Images.by_keys`.
        :param versions: the rows may go, so that their versions have to be found through them now.
        :returns: how many there are, ``None`` if some of them have been looked at before.
        """
        self.born.difference_update(keys)
        given = dict.fromkeys(keys)
        fresh = [key for key in given if key not in self.looked]
        together = versions and self.images.dialect != "postgresql"
        rows: list[Row] = []
        if fresh:
            rows = list(self.images.by_keys(connection, fresh, lock=lock, versions=together))
            self.add(rows)
            self.looked.update(dict.fromkeys(fresh))
            if together:
                self.newest.update((row.raw, row.newest) for row in rows)
        if versions:
            self.look_at_versions(connection, keys)
        return len(rows) if len(fresh) == len(given) else None

    def look_aside(self, connection: Connection, keys: Iterable[Key]) -> None:
        """Look at rows that no statement is changing, but whose versions are going to change."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self.looked]
        if fresh:
            self.look(connection, fresh, lock="update")

    def meet(self, connection: Connection, rows: Sequence[Row], *, lock: str) -> None:
        """Take over rows that a statement is going to change, and all that stand for the same."""
        if self.images.recorded.duplicates:
            self.look(connection, [row.key for row in rows], lock=lock)
        else:
            self.add(rows)

    def add(self, rows: Sequence[Row]) -> None:
        """Take over rows, unless they have been looked at before."""
        for row in rows:
            self.born.discard(row.key)
            if row.key not in self.looked:
                self.old.setdefault(row.raw, []).append(row.image)
                if row.further:
                    self.further.setdefault(row.raw, row.further)
                self.keys[row.raw] = row.key
        self.looked.update(dict.fromkeys(row.key for row in rows))

    def look_at_versions(self, connection: Connection, keys: Iterable[Key]) -> None:
        """Read the newest version of rows that are still there, after they have been locked."""
        known = {self.keys[raw] for raw in self.newest if raw in self.keys}
        there = set(self.keys.values())
        lacking = [key for key in dict.fromkeys(keys) if key in there and key not in known]
        for row in self.images.by_keys(connection, lacking, versions=True):
            self.newest[row.raw] = row.newest
            self.keys.setdefault(row.raw, row.key)

    def expect(self, keys: Iterable[Key]) -> None:
        """Take note of keys under which rows may have come to be."""
        self.looked.update(dict.fromkeys(keys))
