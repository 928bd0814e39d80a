"""Everything that is read, against plain Python over the same rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import changesets
from continuum import history_table
from continuum import version_class
from suite._support import World

pytestmark = pytest.mark.recorders("triggers")

INSERTED, UPDATED, DELETED = range(3)
KEYS = [(tenant, number) for tenant in ("one", "two") for number in (1, 2)]
LAST = 30

Row = dict[str, Any]


def invent(seed: int, *, ends: bool) -> list[Row]:
    """Make up histories of a few rows: several lives, deletions, gaps."""
    random_ = random.Random(seed)
    rows: list[Row] = []
    for tenant, number in KEYS:
        newest: Row | None = None
        alive = False
        for start in range(1, LAST + 1):
            if random_.random() < 0.6:
                continue
            values = {"name": random_.choice([None, "a", "b"]), "size": random_.choice([None, 0])}
            if alive and random_.random() < 0.2:
                operation = DELETED
                assert newest is not None
                values = {"name": newest["name"], "size": newest["size"]}
            elif alive and ends and random_.random() < 0.2:
                # Nothing is known from here on.
                assert newest is not None
                newest["end"], newest, alive = start, None, False
                continue
            else:
                operation = UPDATED if alive else INSERTED
            row = {"tenant": tenant, "number": number, **values, "start": start, "end": None}
            rows.append(row | {"operation": operation})
            if newest is not None:
                newest["end"] = start
            newest, alive = rows[-1], operation != DELETED
    return rows


def key_of(version: Any) -> tuple[Any, ...]:
    """Return the primary key of a version."""
    return version.tenant, version.number, version.transaction_id


def expected_changeset(before: Row | None, row: Row, *, ends: bool) -> dict[str, Any]:
    """Return what a version changed."""
    names = ("tenant", "number", "name", "size")
    if row["operation"] == DELETED:
        return {name: [row[name], None] for name in names if row[name] is not None}
    unknown = ends and before is not None and before["end"] != row["start"]
    if before is None or before["operation"] == DELETED or unknown:
        return {name: [None, row[name]] for name in names if row[name] is not None}
    return {name: [before[name], row[name]] for name in names if before[name] != row[name]}


def expected_at(rows: list[Row], at: int, *, ends: bool) -> Row | None:
    """Return the row in force at a transaction."""
    found = None
    for row in rows:
        if row["start"] <= at and (not ends or row["end"] is None or row["end"] > at):
            found = row
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_reading_a_random_history(
    new_world: Callable[..., World], strategy: str, seed: int
) -> None:
    world = new_world(options={"strategy": strategy})
    ends = strategy == "validity"

    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        tenant = mapped_column(String(10), primary_key=True)
        number = mapped_column(Integer, primary_key=True, autoincrement=False)
        name = mapped_column(String(10))
        size = mapped_column(Integer)

    world.create()
    invented = invent(seed, ends=ends)
    table = history_table(Page)
    names = {"start": "transaction_id", "operation": "operation_type"}
    names |= {"end": "end_transaction_id"} if ends else {}
    with world.engine.begin() as connection:
        connection.execute(
            insert(table),
            [
                {
                    names.get(name, name): value
                    for name, value in row.items()
                    if ends or name != "end"
                }
                for row in invented
            ],
        )
    history = version_class(Page)
    rows = {(row["tenant"], row["number"], row["start"]): row for row in invented}
    with Session(world.engine) as session:
        versions = session.scalars(select(history)).all()
        assert len(versions) == len(rows) > 20
        in_bulk = dict(zip(map(key_of, versions), changesets(versions), strict=True))
        for key in KEYS:
            own = [row for row in invented if (row["tenant"], row["number"]) == key]
            for index, row in enumerate(own):
                before = own[index - 1] if index else None
                changed = expected_changeset(before, row, ends=ends)
                assert in_bulk[*key, row["start"]] == changed
            linked = history.all_versions(session, key, desc=False)
            session.expunge_all()
            alone = history.all_versions(session, key, desc=False, link=False)
            for group in (linked, alone):
                for index, version in enumerate(group):
                    neighbours = (version.previous, version.next)
                    assert version.index == index
                    assert [None if each is None else key_of(each) for each in neighbours] == [
                        key_of(group[index - 1]) if index else None,
                        key_of(group[index + 1]) if index + 1 < len(group) else None,
                    ]
                    assert version.changeset == in_bulk[key_of(version)]
            for at in range(LAST + 2):
                wanted = expected_at(own, at, ends=ends)
                found = history.version_at(session, key, at, include_deleted=True)
                assert (None if found is None else found.transaction_id) == (
                    None if wanted is None else wanted["start"]
                )
                alive = history.version_at(session, key, at)
                gone = wanted is None or wanted["operation"] == DELETED
                assert (alive is None) is gone
