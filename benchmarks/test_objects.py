"""What an application sees: flushes of many objects, many small transactions, and none at all."""

from __future__ import annotations

from dataclasses import replace

from pytest_benchmark.fixture import BenchmarkFixture

from arena import bounds
from arena.bounds import Judgement
from arena.collecting import collect
from arena.collecting import judge
from arena.contest import Results
from arena.contest import compete
from arena.contest import play
from arena.sizes import MODE
from arena.sizes import sizes
from arena.team import Teams
from arena.teams import DJANGO
from arena.teams import HANDWRITTEN
from arena.teams import OURS
from arena.teams import OURS_ORM
from arena.teams import OURS_ORM_PURE
from arena.teams import OURS_PURE
from arena.teams import OURS_UNENFORCED
from arena.teams import PEERS
from arena.teams import UNVERSIONED
from arena.teams import present

SIZES = sizes()
COLUMNS = 6
SEEDS = max(rows for rows, _ in SIZES.statements)
"""Not needed here; but with them the quick run can go on with the team of the statements."""

PARTS = ("insert", "update", "delete")
# What compiling is worth shows best where the database takes the least time.
PURE, PURE_ORM = (replace(entry, engines=("sqlite",)) for entry in (OURS_PURE, OURS_ORM_PURE))
OURSELVES = (
    (UNVERSIONED, HANDWRITTEN, OURS)
    if MODE == "quick"
    else (UNVERSIONED, HANDWRITTEN, OURS_UNENFORCED, OURS_ORM, PURE_ORM, PURE, OURS)
)
SEE_SESSIONS = (UNVERSIONED.name, OURS_ORM.name, OURS.name)
EVERYBODY = (*DJANGO, UNVERSIONED, *PEERS, OURS_ORM, OURS)


def test_flush(benchmark: BenchmarkFixture, teams: Teams, engine_name: str) -> None:
    players = teams.get(
        engine_name,
        present(engine_name, *OURSELVES),
        columns=COLUMNS,
        seeds=SEEDS,
        purpose="new",
    )
    work = {"objects": SIZES.flush}
    rounds = SIZES.few if SIZES.flush >= 10_000 else SIZES.rounds
    results = compete(benchmark, players, "flush", rounds, warm={"objects": 100}, **work)
    collect(
        benchmark,
        results,
        players,
        PARTS,
        about={"chapter": "flush", "engine": engine_name, "objects": SIZES.flush},
        expected=3 * SIZES.flush,
    )
    names = [player.name for player in players]

    def judged(found: Results) -> list[Judgement]:
        where = f"{engine_name}, flush of {SIZES.flush} objects"
        goals = [
            Judgement(
                f"{where}, {part}: triggers / none",
                "goal",
                found.ratio(OURS.name, UNVERSIONED.name, part),
                bounds.FLUSH[engine_name],
            )
            for part in PARTS
        ]
        if OURS_ORM.name in names:
            goals += [
                Judgement(
                    f"{where}, {part}: ORM recorder / none",
                    "goal",
                    found.ratio(OURS_ORM.name, UNVERSIONED.name, part),
                    bounds.ORM_RECORDER,
                )
                for part in PARTS
            ]
        return goals

    judge(benchmark, results, judged, lambda: play(players, "flush", SIZES.rounds, **work))


if SIZES.transactions:

    def test_small_transactions(
        benchmark: BenchmarkFixture, teams: Teams, engine_name: str
    ) -> None:
        players = teams.get(
            engine_name,
            present(engine_name, *OURSELVES),
            columns=COLUMNS,
            seeds=SEEDS,
            purpose="new",
        )
        work = {"count": SIZES.transactions}
        rounds = min(SIZES.rounds, 5)
        results = compete(benchmark, players, "transactions", rounds, warm={"count": 20}, **work)
        about = {
            "chapter": "transactions",
            "engine": engine_name,
            "transactions": SIZES.transactions,
        }
        collect(
            benchmark,
            results,
            players,
            ["transactions"],
            about=about,
            expected=2 * SIZES.transactions + 1,
        )

        def judged(found: Results) -> list[Judgement]:
            return [
                Judgement(
                    f"{engine_name}, {SIZES.transactions} small transactions: triggers / none",
                    "goal",
                    found.ratio(OURS.name, UNVERSIONED.name, "transactions"),
                    bounds.TRANSACTIONS[engine_name],
                )
            ]

        judge(
            benchmark,
            results,
            judged,
            lambda: play(players, "transactions", SIZES.rounds, **work),
        )

    def test_clean_session(benchmark: BenchmarkFixture, teams: Teams, engine_name: str) -> None:
        players = teams.get(
            engine_name,
            present(engine_name, *OURSELVES),
            columns=COLUMNS,
            seeds=SEEDS,
            purpose="new",
        )
        players = [player for player in players if player.name in SEE_SESSIONS]
        work = {"objects": SIZES.flush}
        rounds = SIZES.rounds * SIZES.patience
        results = compete(benchmark, players, "nothing", rounds, **work)
        collect(
            benchmark,
            results,
            players,
            ["clean"],
            about={"chapter": "clean", "engine": engine_name, "objects": SIZES.flush},
        )

        def judged(found: Results) -> list[Judgement]:
            return [
                Judgement(
                    f"{engine_name}, flushes without changes, {SIZES.flush} objects loaded",
                    "goal",
                    found.ratio(OURS.name, UNVERSIONED.name, "clean"),
                    bounds.CLEAN,
                )
            ]

        judge(benchmark, results, judged, lambda: play(players, "nothing", rounds, **work))


if SIZES.flush_peers:

    def test_flush_with_peers(benchmark: BenchmarkFixture, teams: Teams, engine_name: str) -> None:
        players = teams.get(
            engine_name, present(engine_name, *EVERYBODY), columns=COLUMNS, seeds=1, purpose="peers"
        )
        results = compete(
            benchmark,
            players,
            "flush",
            SIZES.few,
            warm={"objects": 10},
            objects=SIZES.flush_peers,
        )
        collect(
            benchmark,
            results,
            players,
            PARTS,
            about={"chapter": "peers", "engine": engine_name, "objects": SIZES.flush_peers},
            expected=3 * SIZES.flush_peers,
        )

    def test_small_transactions_with_peers(
        benchmark: BenchmarkFixture, teams: Teams, engine_name: str
    ) -> None:
        players = teams.get(
            engine_name, present(engine_name, *EVERYBODY), columns=COLUMNS, seeds=1, purpose="peers"
        )
        count = SIZES.transactions_peers
        results = compete(
            benchmark, players, "transactions", SIZES.few, warm={"count": 5}, count=count
        )
        collect(
            benchmark,
            results,
            players,
            ["transactions"],
            about={"chapter": "peers", "engine": engine_name, "transactions": count},
            expected=2 * count + 1,
        )
