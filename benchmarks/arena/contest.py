"""Rounds of the same work, one contender after the other, and what comes of comparing them.

Within a round everybody works once, in an order that changes from round to round.  A ratio is taken
inside each round, between times that lie close to each other, and the median of these ratios is
what counts: what slows the machine down for a while slows down both.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from arena.players import Player


class Results:
    """What each contender took for each part of the work, round by round."""

    def __init__(self) -> None:
        self.rounds: dict[str, list[dict[str, float]]] = {}

    def add(self, name: str, taken: dict[str, float]) -> None:
        """Note what a contender took in a round."""
        self.rounds.setdefault(name, []).append(taken)

    def median(self, name: str, part: str) -> float:
        """Return the median of a contender's times."""
        return statistics.median(taken[part] for taken in self.rounds[name])

    def ratio(self, name: str, baseline: str, part: str) -> float:
        """Return the median of the ratios of two contenders' times."""
        pairs = zip(self.rounds[name], self.rounds[baseline], strict=True)
        return statistics.median(one[part] / other[part] for one, other in pairs)

    def spread(self, name: str, baseline: str, part: str) -> tuple[float, float]:
        """Return the quartiles of the ratios."""
        pairs = zip(self.rounds[name], self.rounds[baseline], strict=True)
        ratios = sorted(one[part] / other[part] for one, other in pairs)
        return ratios[len(ratios) // 4], ratios[(3 * len(ratios)) // 4]


def play(players: Sequence[Player], call: str, rounds: int, **arguments: Any) -> Results:
    """Let everybody do the same in turns."""
    results = Results()
    order = random.Random(0)
    for _ in range(rounds):
        for player in order.sample(players, len(players)):
            results.add(player.name, player.call(call, **arguments))
    return results


def compete(
    benchmark: BenchmarkFixture,
    players: Sequence[Player],
    call: str,
    rounds: int,
    *,
    warm: dict[str, Any] | None = None,
    **arguments: Any,
) -> Results:
    """Let everybody do the same in turns, after one turn that does not count.

    The last player is the one whose rounds pytest-benchmark lists.

    :param warm: arguments of the turn that does not count, if less work will do.
    """
    results = Results()
    *others, leader = players
    order = random.Random(0)
    for player in players:
        player.call(call, **(arguments if warm is None else warm))

    def the_others() -> None:
        for player in order.sample(others, len(others)):
            results.add(player.name, player.call(call, **arguments))

    def the_leader() -> None:
        results.add(leader.name, leader.call(call, **arguments))

    benchmark.pedantic(the_leader, setup=the_others, rounds=rounds, iterations=1)
    return results
