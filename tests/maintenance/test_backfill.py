"""backfill(): rows that are older than their history get a first version."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from continuum import Operation
from continuum import backfill
from continuum import paused
from continuum import verify
from continuum import version_table
from continuum.dialects.base import INTERNAL
from continuum.plugins import TransactionChangesPlugin
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import forget


def old_articles(world: World, number: int, **options: Any) -> Any:
    article = create_article(world, **options)
    with world.transaction() as session:
        session.execute(
            insert(article), [{"id": each, "name": f"n{each}"} for each in range(1, number + 1)]
        )
    forget(world, article.__table__)
    return article


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_old_rows(world: World, strategy: str) -> None:
    article = old_articles(world, 5, strategy=strategy)
    with world.transaction() as session:
        session.get_one(article, 2).name = "known"
    report = backfill(world.engine, article, batch=2, manager=world.manager)
    assert report.written == {"article": 4}
    assert report.total == 4
    assert len(report.transactions) == 2
    assert str(report) == "article: 4 versions written"
    log = {row.id: row.reason for row in world.transactions()}
    assert {log[number] for number in report.transactions} == {"backfill"}
    versions = [item for item in world.versions(article) if item.key != (2,)]
    assert [(item.key, item.operation) for item in versions] == [
        ((number,), Operation.INSERT) for number in (1, 3, 4, 5)
    ]
    world.verify(article)
    assert not verify(world.engine, manager=world.manager).findings
    again = backfill(world.engine, manager=world.manager)
    assert again.total == 0
    assert again.transactions == []
    with world.transaction() as session:
        session.get_one(article, 1).name = "later"
    world.verify(article)
    with Session(world.engine) as session:
        assert [item.name for item in session.get_one(article, 1).versions] == ["n1", "later"]


def test_nothing_is_written_by_a_dry_run(world: World) -> None:
    old_articles(world, 3)
    report = backfill(world.engine, manager=world.manager, dry_run=True)
    assert report.written == {"article": 3}
    assert str(report) == "article: 3 versions would be written"
    assert world.transactions() == []


def test_broken_off_and_taken_up(world: World) -> None:
    article = old_articles(world, 6)

    class Enough(Exception): ...

    def stop(report: Any) -> None:
        if report.total == 4:
            raise Enough

    with pytest.raises(Enough):
        backfill(world.engine, batch=2, manager=world.manager, progress=stop)
    assert len(world.versions(article)) == 4
    assert backfill(world.engine, batch=2, manager=world.manager).total == 2
    world.verify(article)


def test_in_the_transaction_of_a_connection(world: World) -> None:
    article = old_articles(world, 3)
    with world.engine.connect() as connection:
        report = backfill(connection, batch=1, manager=world.manager)
        assert report.total == 3
        assert len(report.transactions) == 1
        connection.rollback()
    assert world.versions(article) == []


def test_after_a_pause(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add_all([article(id=1, name="a"), article(id=2, name="a")])
    with world.transaction() as session:
        session.delete(session.get_one(article, 2))
    with world.transaction() as session, paused(session, article):
        session.get_one(article, 1).name = "unseen"
        session.add(article(id=2, name="again"))
    before = verify(world.engine, manager=world.manager)
    assert {item.kind for item in before.findings} == {"unrecorded", "risen"}
    assert backfill(world.engine, manager=world.manager).written == {"article": 2}
    assert not verify(world.engine, manager=world.manager).findings
    world.verify(article, gaps=True)


def test_hierarchies(new_world: Callable[..., World]) -> None:
    world = new_world()
    people = Hierarchy(world)
    with world.transaction() as session:
        session.add(people.Person(id=1, name="p"))
        session.add(people.Manager(id=2, name="m", salary=1, title="t"))
        session.add(people.Employee(id=3, name="e", salary=1))
    forget(world, *(each.__table__ for each in (people.Person, people.Employee, people.Manager)))
    dry = backfill(world.engine, people.Manager, manager=world.manager, dry_run=True)
    report = backfill(world.engine, people.Manager, batch=2, manager=world.manager)
    assert report.written == dry.written == {"person": 3, "employee": 2, "manager": 1}
    assert not verify(world.engine, manager=world.manager).findings
    with world.transaction() as session:
        session.get_one(people.Manager, 2).title = "T"
    with Session(world.engine) as session:
        versions = session.get_one(people.Manager, 2).versions
        assert [(item.name, item.salary, item.title) for item in versions] == [
            ("m", 1, "t"),
            ("m", 1, "T"),
        ]
    assert not verify(world.engine, manager=world.manager).findings


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_flags_and_computed_columns(world: World, flags: str) -> None:
    label = (Column("label", String(20)), lambda new: new.name + "!")
    article = old_articles(world, 2, flags=flags, extra_columns=[label], end_timestamp=True)
    backfill(world.engine, manager=world.manager)
    with world.transaction() as session:
        session.add(article(id=3, name="n3"))
    history = version_table(article.__table__)
    told = [column for column in history.c if column.name.endswith(("_mod", "mask"))]
    assert told
    with world.engine.connect() as connection:
        rows = connection.execute(select(history.c.label, *told).order_by(history.c.id)).all()
    assert [row.label for row in rows] == ["n1!", "n2!", "n3!"]
    # As the recorder writes them.
    assert {tuple(row[1:]) for row in rows[:2]} == {tuple(rows[2][1:])}


def test_rows_that_history_leaves_out(world: World) -> None:
    article = old_articles(world, 3, when=lambda old, new: new.name != "n2")
    assert backfill(world.engine, manager=world.manager).written == {"article": 2}
    assert [item.key for item in world.versions(article)] == [(1,), (3,)]


def test_tables_whose_inserts_are_not_wanted(world: World) -> None:
    old_articles(world, 3, operations=("update", "delete"))
    assert backfill(world.engine, manager=world.manager).written == {}


def test_kinds_of_changed_objects(new_world: Callable[..., World]) -> None:
    plugin = TransactionChangesPlugin()
    world = new_world(plugins=[plugin])
    old_articles(world, 2)
    with world.engine.begin() as connection:
        noted = world.Base.metadata.tables["transaction_changes"]
        connection.execute(delete(noted), execution_options={INTERNAL: True})
    [number] = backfill(world.engine, manager=world.manager).transactions
    with world.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(select(noted))]
    assert rows == [(number, "Article")]


def test_links(new_world: Callable[..., World]) -> None:
    world = new_world()
    tag = Table(
        "tag",
        world.Base.metadata,
        Column("article_id", Integer, ForeignKey("article.id")),
        Column("name", String(20)),
    )
    world.manager.version_table_of(tag, key=[tag.c.article_id, tag.c.name])
    create_article(world)
    with world.engine.begin() as connection:
        connection.execute(
            insert(world.Base.metadata.tables["article"]).values(id=1, name="a"),
        )
        connection.execute(insert(tag), [{"article_id": 1, "name": name} for name in "abc"])
    forget(world, tag)
    report = backfill(world.engine, tag, batch=2, manager=world.manager)
    assert report.written == {"tag": 3}
    assert backfill(world.engine, tag, manager=world.manager).total == 0


def test_it_takes_few_statements(world: World) -> None:
    article = old_articles(world, 50)
    backfill(world.engine, article, manager=world.manager)
    forget(world, article.__table__)
    with counted(world.engine) as statements:
        backfill(world.engine, article, manager=world.manager)
    about_versions = [each for each in statements if "article" in each]
    assert len(about_versions) <= 6
    assert len(world.versions(article)) == 50


def unless_deadlocked(step: Callable[[], object]) -> None:
    """Do something, and do it again as long as the database gives it up for another writer."""
    while True:
        try:
            step()
        except OperationalError as error:
            if "deadlock" not in str(error.orig).lower():
                raise
        else:
            return


@pytest.mark.engines("postgresql", "mariadb")
def test_beside_writers(world: World) -> None:
    article = old_articles(world, 120)
    failures: list[BaseException] = []

    def change(number: int) -> None:
        row = article.__table__
        with world.engine.begin() as connection:
            connection.execute(update(row).where(row.c.id == number).values(hits=number))

    def write() -> None:
        try:
            for number in range(1, 121, 2):
                unless_deadlocked(partial(change, number))
        except BaseException as error:
            failures.append(error)
            raise

    thread = threading.Thread(target=write)
    thread.start()
    try:
        unless_deadlocked(lambda: backfill(world.engine, batch=7, manager=world.manager))
    finally:
        thread.join()
    assert failures == []
    assert verify(world.engine, manager=world.manager).ok
    history = version_table(article.__table__)
    with world.engine.connect() as connection:
        keys = connection.scalar(select(func.count(history.c.id.distinct())))
    assert keys == 120
