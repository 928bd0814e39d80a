"""That the compiled form is worth its while: ratios inside one run, far from what is measured.

``benchmarks/test_speedups.py`` measures them with care, and holds them to what is promised.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from speedups._support import both

COLUMNS = 20
OLD = tuple(f"text {number}" if number % 2 else 1000 + number for number in range(COLUMNS))
SAME = (*OLD,)
CHANGED = (*OLD[:-1], "another text")
KEYS = tuple(f"column {number}" for number in range(COLUMNS))


def faster(quick: Callable[[], Any], slow: Callable[[], Any], times: int = 2_000) -> float:
    """How many times as long the one takes, the best of rounds that alternate."""
    best = {quick: float("inf"), slow: float("inf")}
    gc.disable()
    try:
        for _ in range(15):
            for call in (quick, slow):
                start = time.perf_counter()
                for _ in repeat(None, times):
                    call()
                best[call] = min(best[call], time.perf_counter() - start)
    finally:
        gc.enable()
    return best[slow] / best[quick]


@pytest.mark.compiled
def test_one_change_of_twenty() -> None:
    compiled, pure = both("rows_cy")
    assert (
        faster(lambda: compiled.diff(OLD, CHANGED, KEYS), lambda: pure.diff(OLD, CHANGED, KEYS)) > 2
    )


@pytest.mark.compiled
def test_identical_rows() -> None:
    compiled, _ = both("rows_cy")

    def plain_loop() -> dict[str, list[Any]]:
        result = {}
        for index in range(len(KEYS)):
            if OLD[index] != SAME[index]:
                result[KEYS[index]] = [OLD[index], SAME[index]]
        return result

    assert OLD is not SAME
    assert faster(lambda: compiled.is_noop(OLD, SAME), plain_loop) > 4
