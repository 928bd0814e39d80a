"""Comparing values: the compiled functions beside the same file uncompiled, and beside plain loops.

In each round everybody makes the same calls, one after the other; what counts is the median of the
ratios within the rounds.  Limits are the promised factors, turned round: a third of the time is
three times as fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from timeit import Timer
from types import ModuleType
from typing import Any
from typing import ClassVar

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import DateTime
from sqlalchemy import Engine
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import create_engine
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import attributes
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import mapped_column

from arena.bounds import Judgement
from arena.collecting import judge
from arena.contest import Results
from arena.sizes import sizes
from continuum import VersioningManager
from continuum import is_session_modified
from continuum import make_versioned
from continuum import remove_versioning
from continuum._speedups import load_uncompiled_module

pytestmark = pytest.mark.compiled

SIZES = sizes()
ROUNDS = 3 * SIZES.rounds
CALLS = 5_000
COLUMNS = (5, 20, 100)
JUDGED = 20
"""Columns for which there is a promise."""

COMPILED_TO_PURE = 0.33
COMPILED_TO_LOOP = 1 / 10
MODIFIED_TO_HISTORY = 1 / 5

Times = Callable[[int], float]
"""From a number of calls to the seconds that they take."""


def timed(call: Callable[..., Any], *arguments: Any) -> Times:
    """Measure calls of a function, and nothing beside them."""
    names = [f"argument_{number}" for number in range(len(arguments))]
    known = {"call": call, **dict(zip(names, arguments, strict=True))}
    # The text is the loop's body; a function around the call would cost as much as the call.
    return Timer(f"call({', '.join(names)})", globals=known).timeit


def row(columns: int) -> tuple[Any, ...]:
    """A row of values that are equal to those of another row, and other objects."""
    kinds: list[Callable[[int], Any]] = [
        lambda number: 1_000 + number,
        lambda number: f"text {number}",
        lambda number: datetime(2024, 1, 1 + number % 28),
        lambda number: Decimal(f"{number}.50"),
        lambda number: number + 0.25,
        lambda _number: None,
    ]
    return tuple(kinds[number % len(kinds)](number) for number in range(columns))


def changed(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same row with another value in the last column."""
    return (*values[:-1], "another text")


def plain_loop(old: Any, new: Any, keys: Any) -> dict[str, list[Any]]:
    """What one would write without a second thought."""
    result = {}
    for index in range(len(keys)):
        if old[index] != new[index]:
            result[keys[index]] = [old[index], new[index]]
    return result


def modules() -> tuple[ModuleType, ModuleType]:
    """The compiled module, and the same file as it is."""
    compiled = sys.modules["continuum._speedups.rows_cy"]
    assert compiled._is_compiled()
    return compiled, load_uncompiled_module("rows_cy")


def race(calls: dict[str, Times], times: int, rounds: int) -> Results:
    """Let everybody make the same calls in turns."""
    results = Results()
    for _ in range(rounds):
        for name, call in calls.items():
            results.add(name, {"calls": call(times)})
    return results


def measure(
    benchmark: BenchmarkFixture,
    calls: dict[str, Times],
    *,
    what: str,
    times: int = CALLS,
    rounds: int = ROUNDS,
    limits: dict[str, float],
) -> None:
    """Measure, and compare the first with the others.

    :param limits: what the first takes at most, compared with another.
    """
    first, *others = calls
    race(calls, max(times // 10, 1), 2)
    results = Results()

    def the_others() -> None:
        for name in others:
            results.add(name, {"calls": calls[name](times)})

    def the_first() -> None:
        results.add(first, {"calls": calls[first](times)})

    benchmark.pedantic(the_first, setup=the_others, rounds=rounds, iterations=1)
    benchmark.extra_info.update(
        about={"chapter": "values", "engine": "", "what": what},
        cells={
            name: {
                "calls": {
                    "seconds": results.median(name, "calls") / times,
                    "ratio": results.ratio(first, name, "calls"),
                    "spread": results.spread(first, name, "calls"),
                }
            }
            for name in calls
        },
        versions={},
        judgements=[],
    )

    def judged(found: Results) -> list[Judgement]:
        return [
            Judgement(
                f"{what}: {first} to {other}", "goal", found.ratio(first, other, "calls"), limit
            )
            for other, limit in limits.items()
        ]

    judge(benchmark, results, judged, lambda: race(calls, times, rounds))


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("rows", ["identical", "equal", "one change", "one change, rest equal"])
def test_diff(benchmark: BenchmarkFixture, columns: int, rows: str) -> None:
    compiled, pure = modules()
    old, keys = row(columns), tuple(f"column {number}" for number in range(columns))
    new = {
        "identical": (*old,),
        "equal": row(columns),
        "one change": changed(old),
        "one change, rest equal": changed(row(columns)),
    }[rows]
    assert compiled.diff(old, new, keys) == pure.diff(old, new, keys) == plain_loop(old, new, keys)
    measure(
        benchmark,
        {
            "compiled": timed(compiled.diff, old, new, keys),
            "pure": timed(pure.diff, old, new, keys),
            "plain loop": timed(plain_loop, old, new, keys),
        },
        what=f"diff, {columns} columns, {rows}",
        limits={"pure": COMPILED_TO_PURE} if columns == JUDGED else {},
    )


def plain_search(old: Any, new: Any) -> bool:
    """A loop that ends with the first difference."""
    for index in range(len(old)):  # noqa: SIM110 - a generator is slower still
        if old[index] != new[index]:
            return False
    return True


@pytest.mark.parametrize("columns", COLUMNS)
def test_identical_rows(benchmark: BenchmarkFixture, columns: int) -> None:
    compiled, pure = modules()
    old = row(columns)
    new = (*old,)
    measure(
        benchmark,
        {
            "compiled": timed(compiled.is_noop, old, new),
            "pure": timed(pure.is_noop, old, new),
            "plain loop": timed(plain_search, old, new),
        },
        what=f"is_noop, {columns} columns, identical",
        limits={"pure": COMPILED_TO_PURE, "plain loop": COMPILED_TO_LOOP}
        if columns == JUDGED
        else {},
    )


def others(module: ModuleType) -> dict[str, Times]:
    """Calls of the other functions on rows of 20 columns, one of which differs."""
    old, new = row(JUDGED), changed(row(JUDGED))
    keys = tuple(f"column {number}" for number in range(JUDGED))
    places = tuple(range(JUDGED))
    wanted, current = list(zip(keys, old, strict=True)), dict(zip(keys, new, strict=True))
    pairs = [(None, old), *[(old, new), (new, old)] * 4, (old, None)]
    chain = [(1, number, number + 1, number - 1, *old, *row(JUDGED)) for number in range(10)]
    return {
        "is_noop_at": timed(module.is_noop_at, old, new, places),
        "differing": timed(module.differing, old, new, places),
        "to_set": timed(module.to_set, wanted, current),
        "changesets of ten": timed(lambda: list(module.changesets(pairs, keys))),
        "fold_chain of ten": timed(module.fold_chain, chain, 2),
    }


@pytest.mark.parametrize("name", list(others(modules()[1])))
def test_other_functions(benchmark: BenchmarkFixture, name: str) -> None:
    compiled, pure = modules()
    measure(
        benchmark,
        {"compiled": others(compiled)[name], "pure": others(pure)[name]},
        what=f"{name}, {JUDGED} columns",
        times=CALLS // 10 if "ten" in name else CALLS,
        limits={"pure": COMPILED_TO_PURE},
    )


@pytest.fixture(scope="module")
def stored() -> Iterator[tuple[Engine, Any]]:
    """A versioned class with 20 columns, and rows of it."""
    manager = VersioningManager()

    class Base(DeclarativeBase):
        pass

    make_versioned(manager=manager, user_cls=None)
    kinds = [Integer, String, DateTime, Float]

    class Item(Base):
        __tablename__ = "item"
        __versioned__: ClassVar[dict[str, Any]] = {}
        id = mapped_column(Integer, primary_key=True)
        for number in range(1, JUDGED):
            locals()[f"column_{number}"] = mapped_column(kinds[number % len(kinds)])
        del number

    configure_mappers()
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    values = [1, "text", datetime(2024, 1, 1), 0.5]
    given = {f"column_{number}": values[number % len(values)] for number in range(1, JUDGED)}
    with engine.begin() as connection:
        connection.execute(insert(Item), [given] * SIZES.flush)
    yield engine, Item
    remove_versioning(manager=manager)
    engine.dispose()


@pytest.mark.parametrize("touched", [1, JUDGED - 1])
def test_is_session_modified(
    benchmark: BenchmarkFixture, stored: tuple[Engine, Any], touched: int
) -> None:
    engine, item = stored
    names = [prop.key for prop in inspect(item).column_attrs]
    with Session(engine, autoflush=False) as session:
        objects = session.scalars(select(item)).all()
        for obj in objects:
            for name in names[1 : touched + 1]:
                # An equal value: nothing will be written, so that everybody has to look at all.
                value = getattr(obj, name)
                setattr(obj, name, "".join(value) if isinstance(value, str) else value)

        def by_history() -> bool:
            return any(
                attributes.get_history(obj, name).has_changes()
                for obj in session.dirty
                for name in names
            )

        def ours() -> bool:
            return is_session_modified(session)

        assert len(session.dirty) == len(objects) == SIZES.flush
        assert by_history() is ours() is False
        measure(
            benchmark,
            {"is_session_modified": timed(ours), "get_history of each column": timed(by_history)},
            what=f"{SIZES.flush} dirty objects, {JUDGED} columns, {touched} set",
            times=10 if SIZES.flush <= 1_000 else 1,
            rounds=SIZES.rounds,
            limits={"get_history of each column": MODIFIED_TO_HISTORY},
        )
