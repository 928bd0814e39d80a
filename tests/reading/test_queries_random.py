"""Queries over whole histories, against plain Python over the same rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import insert
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import mapped_column

from continuum import changed
from continuum import changed_columns
from continuum import deleted
from continuum import during
from continuum import first_where
from continuum import history
from continuum import history_table
from continuum import latest_per_entity
from continuum import touched
from continuum import transaction_class
from continuum import version_class
from suite._support import World

pytestmark = pytest.mark.recorders("triggers")

INSERTED, UPDATED, DELETED = range(3)
KEYS = [(tenant, number) for tenant in ("one", "two") for number in (1, 2)]
LAST = 24
NAMES = ("tenant", "number", "name", "size", "doc")
VALUES: dict[str, list[Any]] = {
    "name": [None, "a", "A", "a ", "", "it's"],
    "size": [None, 0, 1],
    "doc": [None, {"a": 1}, {"a": True}, [1.5]],
}

Row = dict[str, Any]


class Histories:
    """Made-up histories of a few rows: several lives, deletions, gaps."""

    def __init__(self, seed: int, *, ends: bool) -> None:
        self.ends = ends
        self.random = random.Random(seed)
        self.rows: list[Row] = []
        for key in KEYS:
            self.rows += self.one(*key)

    def one(self, tenant: str, number: int) -> list[Row]:
        """Make up the history of a row."""
        rows: list[Row] = []
        alive = False
        for start in range(LAST + 1):
            if self.random.random() < 0.5:
                continue
            newest = rows[-1] if rows else None
            if alive and self.ends and self.random.random() < 0.15:
                # Nothing is known from here on.
                assert newest is not None
                newest["end"], alive = start, False
                continue
            values = {name: self.random.choice(values) for name, values in VALUES.items()}
            operation = UPDATED if alive else INSERTED
            if alive and self.random.random() < 0.3:
                operation = DELETED
                if newest is not None and self.random.random() < 0.7:
                    values = {name: newest[name] for name in VALUES}
            if newest is not None and newest["end"] is None:
                newest["end"] = start
            row = {"tenant": tenant, "number": number, **values, "start": start, "end": None}
            rows.append(row | {"operation": operation})
            alive = operation != DELETED
        return rows

    def before(self, row: Row) -> Row | None:
        """Return the row before a version, ``None`` when there was none."""
        earlier = [item for item in self.of(row) if item["start"] < row["start"]]
        if not earlier or earlier[-1]["operation"] == DELETED:
            return None
        if self.ends and earlier[-1]["end"] != row["start"]:
            return None
        return earlier[-1]

    def of(self, row: Row) -> list[Row]:
        """Return the versions of the same entity."""
        key = row["tenant"], row["number"]
        return [item for item in self.rows if (item["tenant"], item["number"]) == key]

    def changed(self, row: Row, name: str) -> bool:
        """Say whether a version changed a column."""
        before = self.before(row)
        return before is None or repr(before[name]) != repr(row[name])

    def store(self, world: World, table: Any, flags: str | None) -> None:
        """Write the versions, with their flags."""
        transactions = world.log
        rows = []
        for row in self.rows:
            stored = {name: row[name] for name in NAMES}
            stored["doc"] = null() if row["doc"] is None else row["doc"]
            stored["transaction_id"], stored["operation_type"] = row["start"], row["operation"]
            if self.ends:
                stored["end_transaction_id"] = row["end"]
            if flags == "columns":
                stored |= {f"{name}_mod": self.changed(row, name) for name in VALUES}
            rows.append(stored)
        with world.engine.begin() as connection:
            connection.execute(
                insert(transactions), [{"id": number} for number in range(1, LAST + 1)]
            )
            for row in rows:
                connection.execute(insert(table).values(**row))


def identity(version: Any) -> tuple[Any, ...]:
    """Return the primary key of a version."""
    return version.tenant, version.number, version.transaction_id


def places(rows: list[Row]) -> set[tuple[Any, ...]]:
    """Return the primary keys of versions."""
    return {(row["tenant"], row["number"], row["start"]) for row in rows}


CASES = [
    pytest.param(strategy, flags, seed, id=f"{strategy}-{flags}-{seed}")
    for strategy in ("validity", "subquery")
    for flags in (None, "columns")
    for seed in range(3)
]


@pytest.fixture
def told(
    new_world: Callable[..., World], strategy: str, flags: str | None, seed: int
) -> tuple[World, Any, Histories]:
    """A class with made-up histories."""
    options = {"strategy": strategy, "flags": flags, "native_versioning": False}
    world = new_world(options=options)

    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        tenant = mapped_column(String(10), primary_key=True)
        number = mapped_column(Integer, primary_key=True, autoincrement=False)
        name = mapped_column(String(10))
        size = mapped_column(Integer)
        doc = mapped_column(JSON(none_as_null=True))

    world.create()
    histories = Histories(seed, ends=strategy == "validity")
    histories.store(world, history_table(Page), flags)
    return world, Page, histories


@pytest.mark.parametrize(("strategy", "flags", "seed"), CASES)
def test_what_changed(told: tuple[World, Any, Histories]) -> None:
    world, page, histories = told
    versions = version_class(page)
    other = aliased(versions)
    with Session(world.engine) as session:
        for name in NAMES:
            expected = places([row for row in histories.rows if histories.changed(row, name)])
            rest = places(histories.rows) - expected
            assert expected
            for entity, attribute in (
                (versions, getattr(page, name)),
                (history(page), getattr(versions, name)),
                (other, getattr(other, name)),
            ):
                found = session.scalars(select(entity).where(changed(attribute)))
                assert {identity(version) for version in found} == expected
                found = session.scalars(select(entity).where(~changed(attribute)))
                assert {identity(version) for version in found} == rest
        rows = session.execute(select(versions, changed_columns(versions))).all()
        assert {identity(version): names for version, names in rows} == {
            (row["tenant"], row["number"], row["start"]): [
                name for name in NAMES if histories.changed(row, name)
            ]
            for row in histories.rows
        }


@pytest.mark.parametrize(("strategy", "flags", "seed"), CASES)
def test_from_and_to_a_value(told: tuple[World, Any, Histories]) -> None:
    world, page, histories = told
    versions = version_class(page)
    hits = 0
    with Session(world.engine) as session:
        for name, values in VALUES.items():
            attribute = getattr(page, name)

            def ids(criterion: Any) -> set[tuple[Any, ...]]:
                return set(map(identity, session.scalars(select(versions).where(criterion))))

            for value in values:
                text = repr(value)
                to = [
                    row
                    for row in histories.rows
                    if histories.changed(row, name) and repr(row[name]) == text
                ]
                came = [
                    row
                    for row in histories.rows
                    if histories.changed(row, name)
                    and repr((histories.before(row) or {name: None})[name]) == text
                ]
                hits += len(to) + len(came)
                assert ids(changed(attribute, new=value)) == places(to)
                assert ids(~changed(attribute, new=value)) == places(histories.rows) - places(to)
                assert ids(changed(attribute, old=value)) == places(came)
                assert ids(~changed(attribute, old=value)) == places(histories.rows) - places(came)
            for old, new in pairwise(values):
                both = ids(changed(attribute, old=old)) & ids(changed(attribute, new=new))
                assert ids(changed(attribute, old=old, new=new)) == both
    assert hits > 20


@pytest.mark.parametrize(("strategy", "flags", "seed"), CASES[::3])
def test_one_of_each_row(told: tuple[World, Any, Histories]) -> None:
    world, page, histories = told
    versions = version_class(page)

    def chosen(entity: Any, *criteria: Any) -> set[tuple[Any, ...]]:
        return {identity(version) for version in session.scalars(select(entity).where(*criteria))}

    by_key = [histories.of({"tenant": tenant, "number": number}) for tenant, number in KEYS]
    with Session(world.engine) as session:
        newest = [rows[-1] for rows in by_key if rows]
        assert chosen(latest_per_entity(page)) == places(newest)
        assert chosen(first_where(page)) == places([rows[0] for rows in by_key if rows])
        gone = [row for row in newest if row["operation"] == DELETED]
        assert chosen(deleted(page)) == places(gone)
        small = [[row for row in rows if row["size"] == 0] for rows in by_key]
        first = first_where(page, versions.size == 0)
        assert chosen(first) == places([rows[0] for rows in small if rows])
        last = latest_per_entity(page, versions.size == 0)
        assert chosen(last, last.tenant == "one") == places(
            [rows[-1] for rows in small if rows and rows[-1]["tenant"] == "one"]
        )
        turned = [[row for row in rows if histories.changed(row, "name")] for rows in by_key]
        assert chosen(latest_per_entity(page, changed(page.name))) == places(
            [rows[-1] for rows in turned if rows]
        )


def end_of(histories: Histories, row: Row) -> int | None:
    """Return the id of the transaction that ended a version, as far as it can be known."""
    if histories.ends:
        end: int | None = row["end"]
        return end
    return min(
        (item["start"] for item in histories.of(row) if item["start"] > row["start"]), default=None
    )


MODES: dict[str, Callable[[int, float, int, int], bool]] = {
    "overlaps": lambda start, end, a, b: start <= b and end > a,
    "covers": lambda start, end, a, b: start <= a and end > b,
    "began": lambda start, end, a, b: a <= start <= b,
    "ended": lambda start, end, a, b: a <= end <= b,
    "contained": lambda start, end, a, b: a <= start and end <= b,
}


@pytest.mark.parametrize(("strategy", "flags", "seed"), CASES[::3])
def test_intervals(told: tuple[World, Any, Histories]) -> None:
    world, page, histories = told
    entity = history(page)
    found = 0
    with Session(world.engine) as session:
        for mode, rule in MODES.items():
            for start in range(0, LAST, 4):
                for stop in range(start, LAST, 5):
                    for gone in (False, True):
                        expected = [
                            row
                            for row in histories.rows
                            if (gone or row["operation"] != DELETED)
                            and rule(
                                row["start"],
                                float("inf") if (end := end_of(histories, row)) is None else end,
                                start,
                                stop,
                            )
                        ]
                        found += len(expected)
                        criterion = during(entity, start, stop, mode=mode, include_deleted=gone)
                        rows = session.scalars(select(entity).where(criterion))
                        assert set(map(identity, rows)) == places(expected), (mode, start, stop)
    assert found > 100


@pytest.mark.parametrize(("strategy", "flags", "seed"), CASES[::3])
def test_transactions_that_touched_something(told: tuple[World, Any, Histories]) -> None:
    world, page, histories = told
    transaction = transaction_class(page)

    def ids(criterion: Any) -> list[int]:
        statement = select(transaction.id).where(criterion).order_by(transaction.id)
        return list(session.scalars(statement))

    with Session(world.engine) as session:
        starts = {row["start"] for row in histories.rows} - {0}
        assert ids(touched(page)) == sorted(starts)
        assert ids(~touched(page)) == sorted(set(range(1, LAST + 1)) - starts)
        for tenant, number in KEYS:
            own = histories.of({"tenant": tenant, "number": number})
            assert ids(touched(page, (tenant, number))) == sorted(
                row["start"] for row in own if row["start"]
            )
            renamed = touched(
                page, {"tenant": tenant, "number": number}, where=changed(page.name, new="a")
            )
            assert ids(renamed) == sorted(
                row["start"]
                for row in own
                if row["start"] and row["name"] == "a" and histories.changed(row, "name")
            )
