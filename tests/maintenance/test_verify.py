"""verify(): each rule is found broken, and sound histories are found sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import update

from continuum import ClassNotVersioned
from continuum import paused
from continuum import verify
from continuum import version_table
from continuum.dialects.base import INTERNAL
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import create_article


def tamper(world: World, *statements: Any) -> None:
    """Execute statements past the recorders."""
    with world.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement, execution_options={INTERNAL: True})


def kinds(world: World, *models: Any) -> dict[tuple[str, str], int]:
    report = verify(world.engine, *models, manager=world.manager)
    return {(item.table, item.kind): item.number for item in report.findings}


def with_history(world: World, **options: Any) -> Any:
    """Three articles: one changed, one deleted, one as it was."""
    article = create_article(world, **options)
    with world.transaction() as session:
        session.add_all([article(id=number, name="a", hits=0) for number in (1, 2, 3)])
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
        session.delete(session.get_one(article, 2))
    return article


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_sound_history(world: World, strategy: str) -> None:
    article = with_history(world, strategy=strategy)
    report = verify(world.engine, manager=world.manager)
    assert report.ok
    assert not report.findings
    assert report.tables == ("article",)
    assert str(report) == "history is sound (1 table)"
    assert kinds(world, article) == {}


def test_a_class_without_history(world: World) -> None:
    create_article(world)

    class Plain: ...

    with pytest.raises(ClassNotVersioned):
        verify(world.engine, Plain, manager=world.manager)


def test_versions_that_overlap(world: World) -> None:
    article = with_history(world)
    history = version_table(article.__table__)
    first = min(row.id for row in world.transactions())
    at_first = (history.c.id == 1) & (history.c.transaction_id == first)
    tamper(world, update(history).where(at_first).values(end_transaction_id=None))
    found = kinds(world)
    assert found["article", "overlap"] == 1
    tamper(world, update(history).where(at_first).values(end_transaction_id=first))
    assert kinds(world) == {("article", "backwards"): 1}


def test_rows_that_were_changed_past_their_history(world: World) -> None:
    article = with_history(world)
    history = version_table(article.__table__)
    newest = (history.c.end_transaction_id.is_(None), history.c.operation_type != 2)
    tamper(world, update(history).where(history.c.id == 1, *newest).values(name="B"))
    report = verify(world.engine, manager=world.manager)
    assert not report.ok
    assert [(item.kind, item.number, item.keys) for item in report.faults] == [
        ("changed", 1, ((1,),))
    ]
    assert "fault: article: 1 row is not as its version in force says (1)" in str(report)


def test_rows_that_went_and_rows_that_came(world: World) -> None:
    article = with_history(world)
    history = version_table(article.__table__)
    tamper(world, update(history).where(history.c.operation_type == 2).values(operation_type=1))
    assert kinds(world) == {("article", "gone"): 1}
    tamper(world, update(history).where(history.c.id == 2).values(operation_type=2))
    tamper(world, update(history).where(history.c.id == 3).values(operation_type=2))
    assert kinds(world) == {("article", "risen"): 1}


def test_versions_without_a_transaction(world: World) -> None:
    with_history(world)
    last = max(row.id for row in world.transactions())
    tamper(world, delete(world.log).where(world.log.c.id == last))
    # The version that it made, the DELETE version, and the two that it ended.
    assert kinds(world) == {("article", "no transaction"): 4}


def test_end_timestamps(world: World) -> None:
    article = with_history(world, end_timestamp=True)
    history = version_table(article.__table__)
    assert kinds(world) == {}
    some = history.c.id == 1
    tamper(world, update(history).where(some).values(end_timestamp=None))
    assert kinds(world) == {("article", "end time"): 1}


def test_what_was_not_recorded_is_no_fault(world: World) -> None:
    article = with_history(world)
    history = version_table(article.__table__)
    tamper(world, delete(history).where(history.c.id == 3))
    with world.transaction() as session:
        one = session.get_one(article, 1)
        with paused(session, article):
            one.name = "unseen"
            session.flush()
    report = verify(world.engine, manager=world.manager)
    assert report.ok
    assert [(item.kind, item.number) for item in report.notes] == [("unrecorded", 2)]


def test_transactions_without_versions(world: World) -> None:
    with_history(world)
    with world.transaction() as session:
        world.manager.unit_of_work(session).create_transaction()
    report = verify(world.engine, manager=world.manager)
    assert report.ok
    assert [item.kind for item in report.notes] == ["empty"]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_hierarchies(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world()
    people = Hierarchy(world, strategy=strategy)
    with world.transaction() as session:
        session.add(people.Person(id=1, name="p"))
        session.add(people.Manager(id=2, name="m", salary=1, title="t"))
        session.add(people.Employee(id=3, name="e", salary=1))
    with world.transaction() as session:
        session.get_one(people.Manager, 2).salary = 2
    with world.transaction() as session:
        session.delete(session.get_one(people.Employee, 3))
    assert kinds(world) == {}
    root = version_table(people.Person.__table__)
    lower = version_table(people.Manager.__table__)

    def without(connection: Connection) -> None:
        connection.execute(delete(lower), execution_options={INTERNAL: True})

    with world.engine.connect() as connection:
        without(connection)
        report = verify(connection, manager=world.manager)
        assert [(item.table, item.kind) for item in report.findings] == [("manager", "no part")]
        connection.rollback()
    tamper(world, delete(root).where(root.c.id == 2))
    found = kinds(world, people.Manager)
    assert found["employee", "no root"] == 2
    assert found["manager", "no root"] == 1


def test_histories_of_some_changes(world: World) -> None:
    article = create_article(world, operations=("update", "delete"))
    with world.transaction() as session:
        session.execute(insert(article).values(id=1, name="a"))
    assert kinds(world) == {}
