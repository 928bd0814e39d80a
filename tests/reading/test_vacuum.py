"""Removing versions that say nothing new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import history_table
from continuum import vacuum
from continuum import version_class
from suite._support import World
from suite._support import counted
from suite._support import create_article

pytestmark = pytest.mark.recorders("triggers")

INSERTED, UPDATED, DELETED = range(3)


def write(world: World, cls: Any, *rows: tuple[Any, ...]) -> None:
    """Write a history as an import would: (*key and values, start, end, operation)."""
    table = history_table(cls)
    names = [column.key for column in table.c]
    with world.engine.begin() as connection:
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def read(world: World, cls: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a version table, ordered by primary key."""
    table = history_table(cls)
    with world.engine.connect() as connection:
        statement = select(table).order_by(*table.primary_key)
        return [tuple(row) for row in connection.execute(statement)]


@pytest.fixture
def page(world: World) -> Any:
    """A class with a composite key."""

    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        tenant = mapped_column(String(20), primary_key=True)
        number = mapped_column(Integer, primary_key=True, autoincrement=False)
        title = mapped_column(String(20))

    world.create()
    return Page


HISTORY = [
    ("one", 1, "a", 1, 3, INSERTED),
    ("one", 1, "a", 3, 4, UPDATED),
    ("one", 1, "a", 4, 6, UPDATED),
    ("one", 1, "b", 6, 7, UPDATED),
    ("one", 1, "b", 7, None, UPDATED),
    ("one", 2, "a", 2, None, INSERTED),
    ("two", 1, None, 1, 2, INSERTED),
    ("two", 1, None, 2, 3, UPDATED),
    ("two", 1, None, 3, 5, DELETED),
    ("two", 1, None, 5, None, INSERTED),
    ("two", 2, "a", 1, 2, INSERTED),
    ("two", 2, "A", 2, 3, UPDATED),
    ("two", 2, "A ", 3, 4, UPDATED),
    ("two", 2, "A ", 4, 5, UPDATED),
    ("two", 2, "a", 5, None, UPDATED),
]
CLEAN = [
    ("one", 1, "a", 1, 6, INSERTED),
    ("one", 1, "b", 6, None, UPDATED),
    ("one", 2, "a", 2, None, INSERTED),
    ("two", 1, None, 1, 3, INSERTED),
    ("two", 1, None, 3, 5, DELETED),
    ("two", 1, None, 5, None, INSERTED),
    ("two", 2, "a", 1, 2, INSERTED),
    ("two", 2, "A", 2, 3, UPDATED),
    ("two", 2, "A ", 3, 5, UPDATED),
    ("two", 2, "a", 5, None, UPDATED),
]


@pytest.mark.parametrize("yield_per", [1, 2, 3, 1000])
def test_neighbours_with_the_same_values(world: World, page: Any, yield_per: int) -> None:
    write(world, page, *HISTORY)
    with world.transaction() as session:
        assert vacuum(session, page, yield_per=yield_per) == 5
    assert read(world, page) == CLEAN
    with world.transaction() as session:
        assert vacuum(session, version_class(page)) == 0
    assert read(world, page) == CLEAN


def test_queries(world: World, page: Any) -> None:
    write(world, page, *HISTORY)
    with Session(world.engine) as session:
        with counted(world.engine) as statements:
            vacuum(session, page)
        # The first one sees that the tables stand.
        assert len([text for text in statements[1:] if text.startswith("SELECT")]) == 2
        assert len(statements) == 5
        session.rollback()
    assert read(world, page) == HISTORY


def test_what_follows_a_gap_stays(world: World, page: Any) -> None:
    rows = [
        ("one", 1, "a", 1, 3, INSERTED),
        ("one", 1, "a", 4, None, INSERTED),
    ]
    write(world, page, *rows)
    with world.transaction() as session:
        assert vacuum(session, page) == 0
    assert read(world, page) == rows


def test_a_history_without_ends(new_world: Callable[..., World]) -> None:
    world = new_world(options={"strategy": "subquery"})
    cls = create_article(world)
    write(
        world,
        cls,
        (1, "a", None, 1, 1, INSERTED),
        (1, "a", None, 1, 2, UPDATED),
        (1, "a", None, 1, 3, UPDATED),
        (1, "a", None, 2, 4, UPDATED),
        (1, "a", None, 2, 5, DELETED),
        (1, "a", None, 2, 6, INSERTED),
    )
    with world.transaction() as session:
        assert vacuum(session, cls) == 2
    assert [row[4:] for row in read(world, cls)] == [
        (1, INSERTED),
        (4, UPDATED),
        (5, DELETED),
        (6, INSERTED),
    ]


def test_values_that_only_look_the_same(world: World) -> None:
    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        data = mapped_column(JSON(none_as_null=True))
        size = mapped_column(Float(53))

    world.create()
    values = [{"a": 1}, {"a": True}, {"a": 1.0}, {"a": 1.0}, None, JSON.NULL, JSON.NULL, [None]]
    ends: list[int | None] = [*range(2, 2 + len(values))]
    ends[-1] = None
    for start, (value, end) in enumerate(zip(values, ends, strict=True), 1):
        write(world, Thing, (1, value, 0.5, start, end, UPDATED))
    with world.transaction() as session:
        assert vacuum(session, Thing) == 2
    assert [row[3] for row in read(world, Thing)] == [1, 2, 3, 5, 6, 8]


def test_objects_in_the_session_know(world: World, page: Any) -> None:
    write(world, page, *HISTORY)
    with Session(world.engine) as session:
        first = version_class(page).all_versions(session, ("one", 1), desc=False)[0]
        assert first.end_transaction_id == 3
        vacuum(session, page)
        assert first.end_transaction_id == 6
        assert first.next.title == "b"
