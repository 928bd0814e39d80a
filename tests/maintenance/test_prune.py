"""prune() and purge(): what goes, what stays, and that the rest is as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from continuum import ImproperlyConfigured
from continuum import as_of
from continuum import context
from continuum import prune
from continuum import purge
from continuum import verify
from continuum.dialects.base import INTERNAL
from continuum.errors import InvalidPoint
from continuum.options import Options
from continuum.plugins import TransactionChangesPlugin
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import create_article
from suite._support import define_article

DAY = datetime(2020, 1, 1)


def days(world: World) -> dict[int, int]:
    """Give each transaction a day of its own; return ids by day."""
    ids = {number: row.id for number, row in enumerate(world.transactions(), start=1)}
    with world.engine.begin() as connection:
        for number, id_ in ids.items():
            connection.execute(
                update(world.log)
                .where(world.log.c.id == id_)
                .values(issued_at=DAY + timedelta(days=number)),
                execution_options={INTERNAL: True},
            )
    return ids


def at(day: float) -> datetime:
    return (DAY + timedelta(days=day)).replace(tzinfo=UTC)


def changing(world: World, **options: Any) -> Any:
    """Article 1 changes from day 1 to 5, 2 is deleted on day 3, 3 stays as it was on day 1."""
    article = create_article(world, **options)
    with world.transaction() as session:
        session.add_all([article(id=number, name="1") for number in (1, 2, 3)])
    for number in range(2, 6):
        with world.transaction() as session:
            session.get_one(article, 1).name = str(number)
            if number == 3:
                session.delete(session.get_one(article, 2))
    return article


def names(world: World, article: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for item in world.versions(article):
        found[item.key[0]].append(item.values["name"])
    return found


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_older_than(world: World, strategy: str) -> None:
    article = changing(world, strategy=strategy)
    ids = days(world)
    dry = prune(world.engine, article, older_than=at(3.5), manager=world.manager, dry_run=True)
    assert dry.removed == {"article": 3}
    assert str(dry) == "article: 3 versions would be removed"
    with Session(world.engine) as session:
        before = [
            sorted((row.id, row.name) for row in session.scalars(select(as_of(article, ids[day]))))
            for day in (3, 4, 5)
        ]
    report = prune(world.engine, older_than=at(3.5), batch=2, manager=world.manager)
    assert report.removed == dry.removed
    # What was in force then stays, though it is older.
    assert names(world, article) == {1: ["3", "4", "5"], 2: ["1"], 3: ["1"]}
    with Session(world.engine) as session:
        after = [
            sorted((row.id, row.name) for row in session.scalars(select(as_of(article, ids[day]))))
            for day in (3, 4, 5)
        ]
    assert after == before
    assert verify(world.engine, manager=world.manager).ok
    assert prune(world.engine, older_than=at(3.5), manager=world.manager).total == 0


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_keep_last(world: World, strategy: str) -> None:
    article = changing(world, strategy=strategy)
    assert prune(world.engine, keep_last=2, batch=1, manager=world.manager).total == 3
    assert names(world, article) == {1: ["4", "5"], 2: ["1", "1"], 3: ["1"]}
    assert prune(world.engine, keep_last=1, manager=world.manager).total == 2
    assert verify(world.engine, manager=world.manager).ok
    with world.transaction() as session:
        session.get_one(article, 1).name = "6"
        session.add(article(id=2, name="again"))
    assert names(world, article) == {1: ["5", "6"], 2: ["1", "again"], 3: ["1"]}
    assert verify(world.engine, manager=world.manager).ok


def test_both_limits(world: World) -> None:
    article = changing(world)
    days(world)
    prune(world.engine, older_than=at(4.5), keep_last=4, manager=world.manager)
    assert names(world, article)[1] == ["2", "3", "4", "5"]
    prune(world.engine, older_than=at(2.5), keep_last=1, manager=world.manager)
    assert names(world, article)[1] == ["2", "3", "4", "5"]
    prune(world.engine, older_than=timedelta(days=1), keep_last=3, manager=world.manager)
    assert names(world, article)[1] == ["3", "4", "5"]


def test_nothing_is_old_enough(world: World) -> None:
    article = changing(world)
    report = prune(world.engine, older_than=at(0), transactions=True, manager=world.manager)
    assert report.removed == {"article": 0}
    assert report.transactions == 0
    assert len(world.versions(article)) == 8


def test_limits_that_are_none(world: World) -> None:
    create_article(world)
    with pytest.raises(ValueError, match="needs a limit"):
        prune(world.engine, manager=world.manager)
    with pytest.raises(InvalidPoint):
        prune(world.engine, older_than=DAY, manager=world.manager)


def test_transactions_go_when_nothing_needs_them(new_world: Callable[..., World]) -> None:
    world = new_world(plugins=[TransactionChangesPlugin()])
    article = changing(world)
    ids = days(world)
    report = prune(world.engine, older_than=at(4.5), transactions=True, manager=world.manager)
    assert names(world, article) == {1: ["4", "5"], 2: ["1"], 3: ["1"]}
    # Article 3 is of day 1, article 2 was deleted on day 3.
    assert report.transactions == 1
    assert [row.id for row in world.transactions()] == [ids[day] for day in (1, 3, 4, 5)]
    assert not verify(world.engine, manager=world.manager).findings
    noted = world.Base.metadata.tables["transaction_changes"]
    with world.engine.connect() as connection:
        rows = connection.scalars(select(noted.c.transaction_id)).all()
    assert sorted(rows) == [ids[day] for day in (1, 3, 4, 5)]


def test_in_the_transaction_of_a_connection(world: World) -> None:
    article = changing(world)
    with world.engine.connect() as connection:
        assert prune(connection, keep_last=1, batch=1, manager=world.manager).total == 5
        connection.rollback()
    assert len(world.versions(article)) == 8


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_hierarchies(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world()
    people = Hierarchy(world, strategy=strategy)
    with world.transaction() as session:
        session.add(people.Manager(id=1, name="a", salary=1, title="t"))
    for number in (2, 3, 4):
        with world.transaction() as session:
            manager = session.get_one(people.Manager, 1)
            manager.name = f"a{number}"
            if number < 4:
                manager.salary = number
    report = prune(world.engine, people.Manager, keep_last=2, manager=world.manager)
    # The title has not changed: its version is needed by all.
    assert report.removed == {"person": 2, "employee": 2, "manager": 0}
    assert not verify(world.engine, people.Manager, manager=world.manager).faults
    with Session(world.engine) as session:
        versions = session.get_one(people.Manager, 1).versions
        assert [(item.name, item.salary, item.title) for item in versions] == [
            ("a3", 3, "t"),
            ("a4", 3, "t"),
        ]
    with world.transaction() as session:
        report = purge(session, people.Person, 1)
    assert report.removed == {"person": 2, "employee": 1, "manager": 1}
    assert world.versions(people.Person) == []


def test_purging_an_object(world: World) -> None:
    article = create_article(world)
    with context(reason="asked for by letter"), world.transaction() as session:
        session.add(article(id=1, name="secret"))
    with world.transaction() as session:
        session.add(article(id=2, name="b"))
    with world.transaction() as session:
        one = session.get_one(article, 1)
        session.delete(one)
    with world.transaction() as session:
        session.add(article(id=3, name="c"))
    first = world.transactions()[0].id
    with world.transaction() as session:
        assert purge(session, article, 1, dry_run=True).removed == {"article": 2}
        held = session.scalars(select(world.manager.version_class(article)).filter_by(id=1)).all()
        report = purge(session, article, (1,), transactions=True)
        assert (report.removed, report.transactions) == ({"article": 2}, 2)
        assert not any(item in session for item in held)
        assert session.get_one(article, 2).versions.count() == 1
    assert [item.key for item in world.versions(article)] == [(2,), (3,)]
    assert first not in [row.id for row in world.transactions()]
    assert not verify(world.engine, manager=world.manager).findings
    with world.transaction() as session, pytest.raises(ValueError, match="id, but 2 values"):
        purge(session, article, (1, 2))


def test_purging_an_object_that_lives_on(world: World) -> None:
    article = changing(world)
    with world.transaction() as session:
        purge(session, article, 1)
    with world.transaction() as session:
        session.get_one(article, 1).name = "6"
    assert names(world, article)[1] == ["5", "6"]
    assert verify(world.engine, manager=world.manager).ok


def test_retention_of_each_class(new_world: Callable[..., World]) -> None:
    world = new_world(options={"retention": {"older_than": timedelta(days=1), "keep_last": 2}})
    article = changing(world)
    note = define_article(world, "note", retention=3)
    kept = define_article(world, "kept", retention=None)
    world.create()
    for name in "abcd":
        with world.transaction() as session:
            session.merge(note(id=1, name=name))
            session.merge(kept(id=1, name=name))
    days(world)
    assert prune(world.engine, manager=world.manager, dry_run=True).removed == {
        "article": 3,
        "note": 1,
    }
    report = prune(world.engine, manager=world.manager)
    assert report.removed == {"article": 3, "note": 1}
    assert names(world, article) == {1: ["4", "5"], 2: ["1", "1"], 3: ["1"]}
    assert len(world.versions(kept)) == 4
    # What is asked for holds for all.
    assert prune(world.engine, kept, keep_last=1, manager=world.manager).total == 3
    with pytest.raises(ValueError, match="the option retention"):
        prune(world.engine, kept, manager=world.manager)
    with pytest.raises(ValueError, match="at least 1"):
        prune(world.engine, batch=0, manager=world.manager)
    assert verify(world.engine, manager=world.manager).ok


@pytest.mark.parametrize(
    "value", [0, True, "30d", timedelta(0), {}, {"keep": 1}, {"keep_last": 0}, {"older_than": 3}]
)
def test_retention_that_is_none(value: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="retention="):
        Options().merged({"retention": value}, where="")
