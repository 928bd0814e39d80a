"""How exact a ratio is: the same triggers against themselves, in two processes and databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from arena.contest import compete
from arena.sizes import MODE
from arena.sizes import sizes
from arena.team import Teams
from arena.teams import HANDWRITTEN

SIZES = sizes()
COLUMNS = 6
PARTS = ("insert", "update", "no-op", "delete")
AGAIN = replace(HANDWRITTEN, name="again")


if MODE != "quick":

    @pytest.mark.parametrize(("rows", "repeat"), SIZES.statements)
    def test_noise(
        benchmark: BenchmarkFixture, teams: Teams, engine_name: str, rows: int, repeat: int
    ) -> None:
        players = teams.get(
            engine_name,
            [HANDWRITTEN, AGAIN],
            columns=COLUMNS,
            seeds=max(rows for rows, _ in SIZES.statements),
            purpose="noise",
        )
        rounds = SIZES.rounds_of(rows)
        results = compete(benchmark, players, "statements", rounds, rows=rows, repeat=repeat)
        found = {
            part: {
                "ratio": results.ratio(AGAIN.name, HANDWRITTEN.name, part),
                "spread": results.spread(AGAIN.name, HANDWRITTEN.name, part),
            }
            for part in PARTS
        }
        benchmark.extra_info.update(
            about={"chapter": "noise", "engine": engine_name, "rows": rows},
            cells={AGAIN.name: found},
            versions={HANDWRITTEN.name: players[0].version},
            judgements=[],
        )
