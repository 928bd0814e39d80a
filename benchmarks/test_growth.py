"""Nothing becomes slower because history has become long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from arena import bounds
from arena.bounds import Judgement
from arena.contest import play
from arena.players import Player
from arena.sizes import sizes
from arena.team import Teams
from arena.teams import OURS

SIZES = sizes()
PARTS = ("write", "version_at", "previous", "as_of", "changes")
EACH = 10
KINDS = {"many rows": SIZES.growth, "one row": SIZES.growth_row}


if any(KINDS.values()):

    @pytest.mark.parametrize("kind", [kind for kind, growth in KINDS.items() if growth])
    def test_growth(benchmark: BenchmarkFixture, teams: Teams, engine_name: str, kind: str) -> None:
        entries = [replace(OURS, name=str(size)) for size in KINDS[kind]]

        def prepare(player: Player) -> None:
            size = int(player.name)
            keys = 1 if kind == "one row" else size // EACH
            player.call("grow", keys=keys, each=size // keys)
            # What is filled in must be what triggers could have written.  The smallest tells.
            if player.name == entries[0].name:
                assert player.call("faults") == 0

        players = teams.get(
            engine_name, entries, columns=6, seeds=1, purpose=f"growth, {kind}", prepare=prepare
        )
        for player in players:
            player.call("growth", number=0)
        rounds = [play(players, "growth", 1, number=number) for number in range(SIZES.rounds - 1)]

        def last() -> None:
            rounds.append(play(players, "growth", 1, number=SIZES.rounds))

        benchmark.pedantic(last, rounds=1, iterations=1)
        smallest = players[0].name
        cells, judgements = {}, []
        for part in PARTS:
            taken = {
                player.name: sorted(found.rounds[player.name][0][part] for found in rounds)
                for player in players
            }
            for name, seconds in taken.items():
                cells.setdefault(name, {})[part] = {"seconds": seconds[len(seconds) // 2]}
            ratios = sorted(found.ratio(players[-1].name, smallest, part) for found in rounds)
            judgements.append(
                Judgement(
                    f"{engine_name}, versions of {kind}, {part}: {players[-1].name} / {smallest}",
                    "goal",
                    ratios[len(ratios) // 2],
                    bounds.GROWTH,
                )
            )
        benchmark.extra_info.update(
            about={"chapter": "growth", "engine": engine_name, "kind": kind},
            cells=cells,
            versions={OURS.name: players[0].version},
            judgements=[judgement.as_dict() for judgement in judgements],
        )
