"""Many writers at a time: threads and processes, in crossing orders, on the same rows."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from continuum import context
from continuum.errors import ConcurrentChange
from continuum.errors import TransactionInversion
from continuum.errors import VersioningError
from servers.database import Database
from suite._support import World
from suite._support import create_article
from suite._support import define_article

ROWS = 5


def fill(world: World, cls: Any) -> None:
    with world.engine.begin() as connection:
        connection.execute(
            insert(cls.__table__),
            [{"id": key, "name": "a", "hits": 0} for key in range(1, ROWS + 1)],
        )


def in_threads(count: int, work: Callable[[int], object]) -> None:
    """Run some work in so many threads at once; raise what the first one to fail raised."""
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        work(number)

    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(run, number) for number in range(count)]:
            future.result()


def retried(work: Callable[[], None]) -> None:
    """Run a transaction again when the database refuses it for the sake of another one."""
    for _ in range(200):
        try:
            work()
        except ConcurrentChange:
            # The ORM recorder's own refusal.
            continue
        except DBAPIError as error:
            if not is_conflict(error):
                raise
        else:
            return
    raise AssertionError("no luck in 200 attempts")


def is_conflict(error: DBAPIError) -> bool:
    """Say whether an error is a deadlock, a failure to serialize or a lock not obtained."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if code is not None:
        return code in ("40001", "40P01")
    arguments = error.orig.args if error.orig is not None else ()
    return arguments[:1] in ((1213,), (1205,), (1020,)) or "database is locked" in str(error)


def churn(engine: Engine, cls: Any, transactions: int, seed: int) -> None:
    """Commit transactions that each change some rows in random order."""
    table = cls.__table__
    chance = random.Random(seed)

    def transaction() -> None:
        with engine.begin() as connection:
            for _ in range(chance.randint(1, 3)):
                change(connection, chance.randint(1, ROWS))
                if chance.random() < 0.3:
                    savepoint = connection.begin_nested()
                    change(connection, chance.randint(1, ROWS))
                    if chance.random() < 0.5:
                        savepoint.rollback()
                    else:
                        savepoint.commit()

    def change(connection: Connection, key: int) -> None:
        kind = chance.random()
        if kind < 0.7:
            connection.execute(
                update(table).where(table.c.id == key).values(name=str(chance.randrange(100)))
            )
        elif kind < 0.85:
            connection.execute(table.delete().where(table.c.id == key))
        else:
            exists = select(table.c.id).where(table.c.id == key).with_for_update()
            if connection.execute(exists).first() is None:
                savepoint = connection.begin_nested()
                try:
                    connection.execute(insert(table).values(id=key, name="new"))
                    savepoint.commit()
                except DBAPIError as error:
                    if is_conflict(error):
                        raise
                    savepoint.rollback()

    for _ in range(transactions):
        retried(transaction)


LEVELS = ["READ COMMITTED", "REPEATABLE READ"]


@pytest.mark.requires("concurrent_writers")
@pytest.mark.parametrize("level", LEVELS)
def test_writers_in_threads(world: World, level: str) -> None:
    article = create_article(world)
    fill(world, article)
    engine = world.database.engine(isolation_level=level, pool_size=8)
    in_threads(6, partial(churn, engine, article, 15))
    world.verify(article)


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("binlog", ["ROW", "MIXED"])
def test_writers_in_threads_with_a_binary_log(
    mariadb_binlog: Callable[..., Database], recorder: str, binlog: str
) -> None:
    world = World(mariadb_binlog(binlog), recorder)
    try:
        article = create_article(world)
        fill(world, article)
        for level in LEVELS:
            engine = world.database.engine(isolation_level=level, pool_size=8)
            in_threads(6, partial(churn, engine, article, 10))
        world.verify(article)
    finally:
        world.close()


@pytest.mark.requires("concurrent_writers")
@pytest.mark.parametrize("level", LEVELS)
def test_new_rows_are_in_nobodys_way(world: World, level: str) -> None:
    """Inserting rows whose keys the database hands out never ends in a deadlock."""
    article = create_article(world)
    engine = world.database.engine(isolation_level=level, pool_size=4)

    def work(number: int) -> None:
        for _ in range(15):
            with engine.begin() as connection:
                for _ in range(3):
                    connection.execute(insert(article.__table__).values(name=str(number)))

    in_threads(4, work)
    world.verify(article)
    assert len(world.versions(article)) == 4 * 15 * 3
    assert len(world.transactions()) == 4 * 15


@pytest.mark.requires("concurrent_writers")
@pytest.mark.parametrize("level", LEVELS)
def test_neighbouring_rows_are_in_nobodys_way(world: World, level: str) -> None:
    """Changing a row does not wait for a transaction that has changed the one beside it."""
    article = create_article(world)
    fill(world, article)
    engine = world.database.engine(isolation_level=level)
    with Session(engine) as one, Session(engine) as two:
        one.get_one(article, 2).name = "one"
        one.flush()
        for key in (1, 3):
            two.get_one(article, key).name = "two"
            two.flush()
        two.commit()
        one.commit()
    world.verify(article)


def test_writers_that_take_turns(world: World) -> None:
    """Every engine has several threads with sessions, also where one at a time can write."""
    article = create_article(world)
    fill(world, article)

    def work(number: int) -> None:
        for step in range(8):
            retried(partial(turn, number, step))

    def turn(number: int, step: int) -> None:
        with world.transaction() as session:
            session.execute(
                update(article).where(article.id == number + 1).values(name=f"{number}-{step}")
            )
            session.execute(
                update(article).where(article.id == number + 1).values(content=f"{number}-{step}")
            )

    in_threads(4, work)
    world.verify(article)
    assert len(world.transactions()) == 1 + 4 * 8
    per_transaction: dict[int, list[Any]] = {}
    for version in world.versions(article):
        per_transaction.setdefault(version.transaction, []).append(version)
    assert sorted(len(versions) for versions in per_transaction.values()) == [1] * 32 + [ROWS]


@pytest.mark.recorders("triggers")
def test_writers_in_processes(world: World) -> None:
    article = create_article(world)
    fill(world, article)
    url = world.engine.url.render_as_string(hide_password=False)
    program = Path(__file__).with_name("_raw_writer.py")
    processes = [
        subprocess.Popen([sys.executable, str(program), url, str(number), "15"])
        for number in range(3)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    world.verify(article)


def invert(world: World, cls: Any) -> None:
    """Let the transaction with the lower id change a row after the other one has."""
    # With REPEATABLE READ, MariaDB and MySQL let the second writer wait for the first.
    engine = world.database.engine(isolation_level="READ COMMITTED")
    with Session(engine) as one, Session(engine) as two:
        one.get_one(cls, 2).name = "first of one"
        one.flush()
        two.get_one(cls, 1).name = "two"
        two.commit()
        one.get_one(cls, 1, populate_existing=True).name = "second of one"
        one.commit()


@pytest.mark.requires("concurrent_writers")
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_inverted_ids_are_renumbered(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    article = create_article(world)
    fill(world, article)
    invert(world, article)
    world.verify(article)
    versions = {(v.key[0], v.values["name"]): v for v in world.versions(article)}
    one, two = versions[2, "first of one"], versions[1, "two"]
    assert versions[1, "second of one"].transaction == one.transaction > two.transaction
    assert len(world.transactions()) == 3


@pytest.mark.requires("concurrent_writers")
def test_inverted_ids_are_refused(new_world: Callable[..., World]) -> None:
    world = new_world(on_inversion="error")
    article = create_article(world)
    fill(world, article)
    with pytest.raises((TransactionInversion, DBAPIError, VersioningError)):
        invert(world, article)
    world.verify(article)
    assert world.live(article)[(2,)]["name"] == "a"


@pytest.mark.requires("concurrent_writers")
def test_the_renumbered_row_keeps_what_was_said(world: World) -> None:
    article = create_article(world)
    fill(world, article)
    with context(actor="Ada", meta={"a": 1}):
        invert(world, article)
    assert [(row.actor, row.meta) for row in world.transactions()[1:]] == [("Ada", {"a": 1})] * 2


@pytest.mark.requires("concurrent_writers")
@pytest.mark.parametrize("level", LEVELS)
def test_open_transactions_do_not_meet(world: World, level: str) -> None:
    article = create_article(world)
    engine = world.database.engine(isolation_level=level)
    arrived = threading.Barrier(4)

    def work(number: int) -> None:
        with Session(engine) as session, session.begin():
            session.add(article(hits=number))
            session.flush()
            arrived.wait(timeout=30)
            session.add(article(hits=number))

    in_threads(4, work)
    ids: dict[int, list[int]] = {}
    for version in world.versions(article):
        ids.setdefault(version.values["hits"], []).append(version.transaction)
    assert [len(found) for found in ids.values()] == [2] * 4
    assert len({number for found in ids.values() for number in found}) == 4
    world.verify(article)


@pytest.mark.requires("concurrent_writers")
def test_a_row_born_after_the_snapshot(world: World) -> None:
    """The second writer has an id and a snapshot that are older than the row it changes."""
    article = define_article(world)
    other = define_article(world, table="other")
    world.create()
    table = article.__table__
    with world.engine.begin() as connection:
        connection.execute(insert(other.__table__).values(id=1))
    with world.engine.connect() as early, world.engine.connect() as late:
        early.execute(update(other.__table__).values(hits=1))
        late.execute(insert(table).values(id=2, hits=1))
        late.commit()
        try:
            early.execute(update(table).where(table.c.id == 2).values(hits=2))
            early.commit()
        except DBAPIError:
            # A database may refuse to change what the snapshot does not show.
            early.rollback()
    world.verify(article, other)
    operations = [version.operation for version in world.versions(article)]
    assert operations in ([0], [0, 1])


@pytest.mark.requires("concurrent_writers")
@pytest.mark.recorders("orm")
@pytest.mark.parametrize("kind", ["update", "delete"])
def test_a_row_that_comes_between_the_look_and_the_change(world: World, kind: str) -> None:
    article = create_article(world)
    table = article.__table__
    engine = world.database.engine(isolation_level="READ COMMITTED")
    change = {
        "update": update(table).where(table.c.id == 1).values(name="b"),
        "delete": table.delete().where(table.c.id == 1),
    }[kind]

    expected = [kind.upper()]

    def come(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.split()[0] in expected:
            expected.clear()
            with world.engine.begin() as other:
                other.execute(insert(table).values(id=1, name="a", hits=0))

    event.listen(engine, "before_cursor_execute", come)
    with pytest.raises(ConcurrentChange, match="changed 1 rows"), engine.begin() as connection:
        connection.execute(change)
    world.verify(article)
    with engine.begin() as connection:
        connection.execute(change)
    world.verify(article)
