"""Statements for one row and for many: what the triggers cost, ours and those written by hand."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from arena import bounds
from arena.bounds import Judgement
from arena.collecting import collect
from arena.collecting import judge
from arena.contest import Results
from arena.contest import compete
from arena.contest import play
from arena.players import Player
from arena.sizes import MODE
from arena.sizes import sizes
from arena.team import Teams
from arena.teams import HANDWRITTEN
from arena.teams import OURS
from arena.teams import OURS_ALL
from arena.teams import OURS_SUBQUERY
from arena.teams import OURS_UNENFORCED
from arena.teams import PEERS
from arena.teams import SEES_STATEMENTS
from arena.teams import UNVERSIONED
from arena.teams import present

SIZES = sizes()
PARTS = ("insert", "update", "no-op", "delete")
VERSIONS_OF_A_ROW = 3
"""One for the insert, the update and the delete."""

HISTORIES = ("new", *(("large",) if SIZES.history else ()))


@pytest.mark.parametrize("rows", [rows for rows, _ in SIZES.statements])
@pytest.mark.parametrize("columns", SIZES.columns)
@pytest.mark.parametrize("history", HISTORIES)
def test_statements(
    benchmark: BenchmarkFixture,
    teams: Teams,
    engine_name: str,
    columns: int,
    history: str,
    rows: int,
) -> None:
    repeat = dict(SIZES.statements)[rows]
    peers = [entry for entry in PEERS if entry.name in SEES_STATEMENTS and rows <= entry.most_rows]
    first = (columns, history) == (SIZES.columns[0], "new")
    guests = [*peers, OURS_SUBQUERY, OURS_UNENFORCED] if first and MODE != "quick" else []
    ours = [OURS] if MODE == "quick" else reversed(OURS_ALL)
    entries = present(engine_name, UNVERSIONED, *guests, HANDWRITTEN, *ours)
    total = SIZES.history if columns == SIZES.columns[0] else SIZES.history // 5

    def prepare(player: Player) -> None:
        if history == "large" and player.name != UNVERSIONED.name:
            player.call("fill", keys=total // 10, each=10)

    players = teams.get(
        engine_name,
        entries,
        columns=columns,
        seeds=max(rows for rows, _ in SIZES.statements),
        purpose=history,
        prepare=prepare,
    )
    work = {"rows": rows, "repeat": repeat}
    rounds = SIZES.rounds_of(rows)
    results = compete(benchmark, players, "statements", rounds, **work)
    about = {
        "chapter": "statements",
        "engine": engine_name,
        "columns": columns,
        "history": total if history == "large" else 0,
        "rows": rows,
        "repeat": repeat,
    }
    collect(
        benchmark,
        results,
        players,
        PARTS,
        about=about,
        expected=VERSIONS_OF_A_ROW * rows * repeat,
    )
    for name in (HANDWRITTEN.name, OURS.name):
        assert results.median(name, "versions") == VERSIONS_OF_A_ROW * rows * repeat

    where = f"{engine_name}, {rows} rows, {columns} columns, {history} history"
    names = [player.name for player in players]

    def judged(found: Results) -> list[Judgement]:
        return [
            *(
                Judgement(
                    f"{where}, {part}: triggers / by hand",
                    "bound",
                    found.ratio(OURS.name, HANDWRITTEN.name, part),
                    bounds.HANDWRITTEN,
                )
                for part in PARTS
            ),
            *(_goals(found, engine_name, names, where) if rows == 10_000 else ()),
        ]

    judge(benchmark, results, judged, lambda: play(players, "statements", rounds, **work))


def _goals(found: Results, engine: str, names: list[str], where: str) -> list[Judgement]:
    """Return what is hoped for in statements for many rows."""
    goals = []
    if "ours-statement" in names:
        goals += [
            Judgement(
                f"{where}, {part}: statement triggers / none",
                "goal",
                found.ratio("ours-statement", UNVERSIONED.name, part),
                bounds.STATEMENT_LEVEL,
            )
            for part in ("insert", "update")
        ]
    if engine in ("mariadb", "mysql"):
        goals += [
            Judgement(
                f"{where}, update: {name} / none",
                "goal",
                found.ratio(name, UNVERSIONED.name, "update"),
                limit,
            )
            for name, limit in bounds.MARIADB_UPDATE.items()
            if name in names
        ]
    return goals
