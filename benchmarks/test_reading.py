"""Reading: the versions of one object, their changes, all objects in the past, a graph's revert."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from arena import bounds
from arena.bounds import Judgement
from arena.collecting import collect
from arena.collecting import judge
from arena.contest import Results
from arena.contest import compete
from arena.contest import play
from arena.players import Player
from arena.sizes import sizes
from arena.team import Teams
from arena.teams import OURS
from arena.teams import OURS_PURE
from arena.teams import PEERS
from arena.teams import READERS
from arena.teams import UNVERSIONED
from arena.teams import Entry
from arena.teams import present

SIZES = sizes()
COLUMNS = 6
READING = [entry for entry in PEERS if entry.name in READERS]


def _players(teams: Teams, engine: str, entries: list[Entry]) -> list[Player]:
    def prepare(player: Player) -> None:
        player.call(
            "prepare_reading",
            versions=SIZES.versions,
            rows=SIZES.past,
            branches=SIZES.branches,
        )

    return teams.get(
        engine, entries, columns=COLUMNS, seeds=1, graph=True, purpose="reading", prepare=prepare
    )


def _team(teams: Teams, engine: str) -> list[Player]:
    return _players(teams, engine, present(engine, UNVERSIONED, *READING, OURS_PURE, OURS))


if SIZES.versions:

    def test_reading(benchmark: BenchmarkFixture, teams: Teams, engine_name: str) -> None:
        players = _team(teams, engine_name)
        results = compete(benchmark, players, "reading", SIZES.rounds)
        about = {
            "chapter": "reading",
            "engine": engine_name,
            "versions": SIZES.versions,
            "past": SIZES.past,
        }
        collect(benchmark, results, players, ["list", "walk", "as of"], about=about)
        assert results.median(OURS.name, "listed") == SIZES.versions

        def judged(found: Results) -> list[Judgement]:
            walked = [taken["walk"] / taken["list"] for taken in found.rounds[OURS.name]]
            middle = sorted(walked)[len(walked) // 2]
            what = f"{engine_name}, walking through {SIZES.versions} versions / listing them"
            return [Judgement(what, "goal", middle, bounds.WALKING)]

        judge(benchmark, results, judged, lambda: play(players, "reading", SIZES.rounds))


if SIZES.branches:

    def test_reverting(benchmark: BenchmarkFixture, teams: Teams, engine_name: str) -> None:
        players = [
            player for player in _team(teams, engine_name) if player.name != "system-versioned"
        ]
        results = compete(benchmark, players, "reverting", SIZES.few)
        about = {"chapter": "reverting", "engine": engine_name, "branches": SIZES.branches}
        collect(benchmark, results, players, ["revert"], about=about)
        for name in results.rounds:
            complete = results.median(name, "complete") == 1
            benchmark.extra_info["cells"][name]["complete"] = complete
        assert benchmark.extra_info["cells"][OURS.name]["complete"]
