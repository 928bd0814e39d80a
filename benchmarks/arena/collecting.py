"""What a measurement leaves behind: rows of a table and judgements, kept by pytest-benchmark."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from arena.bounds import SLACK
from arena.bounds import Judgement
from arena.contest import Results
from arena.players import Player
from arena.sizes import MODE
from arena.teams import BASELINES

RETRIES = 2
UNCOUNTED = ("unversioned", "django", "system-versioned")
"""Those who keep no versions, or no version for a deletion."""


def baseline_of(name: str) -> str:
    """Return what a contender is compared with."""
    return BASELINES.get(name, "unversioned")


def collect(
    benchmark: BenchmarkFixture,
    results: Results,
    players: Sequence[Player],
    parts: Iterable[str],
    *,
    about: dict[str, Any],
    expected: int | None = None,
) -> None:
    """Store the times and ratios of all contenders.

    :param about: what was measured: ``chapter``, ``engine`` and whatever tells it from others.
    :param expected: how many versions a complete history has after a round.
    """
    names = [player.name for player in players]
    cells: dict[str, dict[str, Any]] = {}
    for name in names:
        baseline = baseline_of(name)
        cells[name] = {
            part: {
                "seconds": results.median(name, part),
                "ratio": results.ratio(name, baseline, part) if baseline in names else None,
                "spread": results.spread(name, baseline, part) if baseline in names else None,
            }
            for part in parts
        }
        if expected is not None and name not in UNCOUNTED:
            cells[name]["versions"] = {
                "found": results.median(name, "versions"),
                "expected": expected,
            }
    benchmark.extra_info.update(
        about=about,
        cells=cells,
        versions={player.name: player.version for player in players},
        judgements=[],
    )


def judge(
    benchmark: BenchmarkFixture,
    results: Results,
    judged: Callable[[Results], list[Judgement]],
    again: Callable[[], Results],
) -> None:
    """Store judgements; in the quick run they decide.

    :param judged: makes them.
    :param again: measures once more: one bad result on a busy machine is none.
    """
    found = judged(results)
    for _ in range(RETRIES if MODE == "quick" else 0):
        bad = {judgement.what for judgement in found if too_much(judgement)}
        if not bad:
            break
        retried = {judgement.what: judgement for judgement in judged(again())}
        found = [min(old, retried[old.what], key=lambda one: one.value) for old in found]
    benchmark.extra_info["judgements"] = [judgement.as_dict() for judgement in found]
    failed = [str(judgement) for judgement in found if MODE == "quick" and too_much(judgement)]
    assert not failed, "\n".join(["far beyond what is promised:", *failed])


def too_much(judgement: Judgement) -> bool:
    """Say whether a value is so far beyond its limit that load cannot be the reason."""
    return judgement.value > judgement.limit * SLACK
