"""The page of results, from one run and from several."""

from __future__ import annotations

from typing import Any

from arena.bounds import Judgement
from arena.promises import chapter
from arena.runs import Runs
from arena.runs import repeatability


def measured(about: dict[str, Any], cells: Any, *judgements: Judgement) -> dict[str, Any]:
    judged = [judgement.as_dict() for judgement in judgements]
    return {"extra_info": {"about": about, "cells": cells, "judgements": judged}}


def run(day: int, *benchmarks: dict[str, Any]) -> dict[str, Any]:
    return {"datetime": f"2026-01-0{day}T00:00:00", "benchmarks": benchmarks}


def statements(value: float, server: str = "") -> dict[str, Any]:
    about = {"chapter": "statements", "engine": "sqlite", "rows": 1, "server": server}
    bound = Judgement("one row", "bound", value, 1.15)
    return measured(about, {"value": value}, bound, Judgement("a goal", "goal", 0.5, 1.0))


def curve(*sizes: int) -> dict[str, Any]:
    return measured({"chapter": "growth", "engine": "sqlite"}, {str(size): {} for size in sizes})


def test_the_same_measured_twice_is_one_line_with_two_values() -> None:
    runs = Runs([run(2, statements(1.2, "newer")), run(1, statements(1.0, "older"))])
    (record,) = runs.records
    (bound,) = runs.promises("bound")
    assert record["cells"] == {"value": 1.2}
    assert bound.values == [1.0, 1.2]
    assert not bound.holds
    assert repeatability([bound]) == (1, bound.spread, bound.spread)
    text = "\n".join(chapter(runs))
    assert text.count("| one row | 1.00, **1.20** |") == 1
    assert text.count("| a goal | 0.50, 0.50 |") == 1
    assert "1 of 1, 0 of 1" in text


def test_one_run() -> None:
    runs = Runs([run(1, statements(1.1))])
    text = "\n".join(chapter(runs))
    assert "1 of 1 ratios keep that." in text
    assert "| SQLite | 1 of 1 | 1 of 1 |" in text
    assert "From run to run" not in text
    assert repeatability(runs.promises("bound")) is None


def test_of_curves_the_longest_is_kept() -> None:
    (record,) = Runs([run(1, curve(1, 10, 100)), run(2, curve(1, 10))]).records
    assert list(record["cells"]) == ["1", "10", "100"]
