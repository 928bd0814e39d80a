"""Reading costs the same however long history is: instructions of SQLite, counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session

from continuum import as_of
from continuum import transaction_class
from continuum import version_class
from continuum.dialects.base import INTERNAL
from suite._support import World
from suite._support import create_article

Read = Callable[[Session, Any, int], object]


def fill(world: World, cls: Any, rows: int, versions: int) -> None:
    """Write a history: each row has been changed in each transaction."""
    recorded = world.manager.recorded(cls)

    def version(row: int, number: int) -> dict[str, Any]:
        values = {"id": row, "name": str(number), "transaction_id": number}
        if recorded.end_column is not None:
            values["end_transaction_id"] = number + 1 if number < versions else None
        return values | {"operation_type": int(number > 1)}

    numbers, keys = range(1, versions + 1), range(1, rows + 1)
    content: dict[Table, list[dict[str, Any]]] = {
        cls.__table__: [{"id": row, "name": str(versions)} for row in keys],
        recorded.version_table: [version(row, number) for number in numbers for row in keys],
        world.log: [{"id": number} for number in numbers],
    }
    ours = {INTERNAL: True}
    with world.engine.begin() as connection:
        for table, values in content.items():
            connection.execute(delete(table), execution_options=ours)
            if table is cls.__table__:
                connection.execute(insert(table), values, execution_options=ours)
        for table in (recorded.version_table, world.log):
            # What the triggers have written meanwhile goes, too.
            connection.execute(delete(table), execution_options=ours)
            connection.execute(insert(table), content[table], execution_options=ours)
        connection.exec_driver_sql("ANALYZE", execution_options=ours)


def steps(world: World, read: Callable[[Session], object]) -> int:
    """Return how many instructions SQLite's machine needs for what a function reads."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    with Session(world.engine) as session:
        driver = session.connection().connection.driver_connection
        driver.set_progress_handler(step, 1)  # type: ignore[union-attr]
        assert read(session)
        driver.set_progress_handler(None, 1)  # type: ignore[union-attr]
    return count


def at_a_point(session: Session, cls: Any, number: int) -> object:
    return version_class(cls).version_at(session, 1, number)


def before_that(session: Session, cls: Any, number: int) -> object:
    return version_class(cls).version_at(session, 1, number).previous


def after_that(session: Session, cls: Any, number: int) -> object:
    return version_class(cls).version_at(session, 1, number).next


def as_of_a_point(session: Session, cls: Any, number: int) -> object:
    return session.scalars(select(as_of(cls, number, key=1))).one()


def everything_in_a_transaction(session: Session, cls: Any, number: int) -> object:
    return session.get_one(transaction_class(cls), number).changes()


READS = [at_a_point, before_that, after_that, as_of_a_point, everything_in_a_transaction]


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("read", READS)
def test_many_versions_of_one_row(
    new_world: Callable[..., World], read: Read, strategy: str
) -> None:
    world = new_world(options={"strategy": strategy})
    Article = create_article(world)
    fill(world, Article, 1, 40)
    short = steps(world, lambda session: read(session, Article, 20))
    fill(world, Article, 1, 4000)
    long = steps(world, lambda session: read(session, Article, 2000))
    assert long <= short + 20


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_row_that_is_gone(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    Article = create_article(world)

    def nothing(session: Session) -> bool:
        return version_class(Article).version_at(session, 1, 5000) is None

    def needed(versions: int) -> int:
        fill(world, Article, 1, versions)
        with world.engine.begin() as connection:
            connection.execute(delete(Article))
        return steps(world, nothing)

    short = needed(40)
    assert needed(4000) <= short + 20


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("read", READS[:-1])
def test_many_rows(new_world: Callable[..., World], read: Read) -> None:
    world = new_world()
    Article = create_article(world)
    fill(world, Article, 4, 10)
    short = steps(world, lambda session: read(session, Article, 5))
    fill(world, Article, 400, 10)
    long = steps(world, lambda session: read(session, Article, 5))
    assert long <= short + 20
