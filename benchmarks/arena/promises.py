"""The first part of the page: what is promised, what is hoped for, and whether it was kept."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence

from arena.bounds import HANDWRITTEN
from arena.layout import ENGINES
from arena.layout import table
from arena.runs import Promise
from arena.runs import Runs
from arena.runs import repeatability


def chapter(runs: Runs) -> Iterator[str]:
    """Return the chapter, part by part."""
    bounds, goals = runs.promises("bound"), runs.promises("goal")
    if bounds:
        yield "## What is promised"
        yield from _summary(bounds)
        yield from _over(bounds)
    if goals:
        yield "## What is hoped for"
        kept = sum(goal.holds for goal in goals)
        yield f"The price of history compared with none: {kept} of {len(goals)} goals are reached."
        missed = [goal for goal in goals if not goal.holds]
        if missed:
            yield _list("missed", missed)
        yield _list("reached", [goal for goal in goals if goal.holds])


def _summary(bounds: Sequence[Promise]) -> Iterator[str]:
    several = max(len(bound.values) for bound in bounds)
    yield (
        f"Triggers take at most {HANDWRITTEN:g} times what triggers written by hand take, for the "
        "same tables on the same server. "
        + (
            f"{_kept(bounds)} ratios keep that"
            + (f" in each of {several} runs; one run after the other: " if several > 1 else ".")
            + (", ".join(_one_by_one(bounds, several)) + "." if several > 1 else "")
        )
    )
    rows = sorted({int(bound.about["rows"]) for bound in bounds})
    lines = []
    for engine, label in ENGINES.items():
        own = [bound for bound in bounds if bound.about["engine"] == engine]
        if own:
            of = ([bound for bound in own if bound.about["rows"] == number] for number in rows)
            lines.append([label, *(_kept(part) for part in of), _kept(own)])
    heads = ["kept" + (" in every run" if several > 1 else "")]
    yield table([*heads, *(_rows(number) for number in rows), "together"], lines)
    if found := repeatability(bounds):
        number, median, most = found
        yield (
            f"From run to run these {number} ratios differ by {median:.1%} (the median), nine of "
            f"ten by less than {most:.1%}."
        )


def _over(bounds: Sequence[Promise]) -> Iterator[str]:
    over = sorted((one for one in bounds if not one.holds), key=lambda one: -one.worst)
    if over:
        yield table(["over the bound", "found"], ([one.what, _found(one)] for one in over))


def _list(head: str, goals: Sequence[Promise]) -> str:
    order = [*ENGINES, ""]
    ordered = sorted(goals, key=lambda goal: order.index(goal.about["engine"]))
    return table(
        [head, "found", "at most"],
        ([goal.what, _found(goal), f"{goal.limit:g}{_unit(goal)}"] for goal in ordered),
    )


def _found(promise: Promise) -> str:
    """Return what each run found; bold what is over the limit."""
    return ", ".join(
        f"**{value:.2f}{_unit(promise)}**"
        if value > promise.limit
        else f"{value:.2f}{_unit(promise)}"
        for value in promise.values
    )


def _one_by_one(bounds: Sequence[Promise], several: int) -> Iterator[str]:
    for number in range(several):
        seen = [bound for bound in bounds if len(bound.values) > number]
        kept = sum(bound.values[number] <= bound.limit for bound in seen)
        yield f"{kept} of {len(seen)}"


def _kept(promises: Sequence[Promise]) -> str:
    return f"{sum(promise.holds for promise in promises)} of {len(promises)}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _unit(promise: Promise) -> str:
    return "" if promise.unit == "x" else promise.unit
