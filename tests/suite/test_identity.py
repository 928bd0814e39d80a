"""One row of the transaction table for each database transaction that changed something."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.pool import QueuePool

from continuum import TransactionBase
from continuum import context
from continuum import paused
from continuum.errors import UnknownOption
from suite._support import World
from suite._support import create_article
from suite._support import define_article
from suite._support import next_tick
from suite._writers import plain_connection


def transaction_ids(world: World, cls: Any) -> list[int]:
    """Return the transaction of each version, in the order of the keys."""
    world.verify(cls)
    return [version.transaction for version in world.versions(cls)]


def one_connection(world: World, **options: Any) -> Engine:
    """Return an engine whose pool hands out the same connection again and again."""
    return world.database.engine(poolclass=QueuePool, pool_size=1, max_overflow=0, **options)


# Rows that the database hands back, with keys that it has made: drivers then read the rows of the
# answer, and not what it says of the transaction.


def test_rows_with_new_keys_and_others_are_one_transaction(world: World) -> None:
    article = define_article(world)
    tag = define_article(world, table="tag")
    world.create()
    for _ in range(2):
        with world.transaction() as session:
            session.add_all([tag(name="t"), article(name="a"), article(name="b")])
            session.flush()
            session.add_all([tag(name="t"), tag(name="u")])
    assert transaction_ids(world, article) == [1, 1, 2, 2]
    assert transaction_ids(world, tag) == [1, 1, 1, 2, 2, 2]


def test_a_savepoint_after_rows_with_new_keys_commits_nothing(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add_all([article(name="a"), article(name="b")])
        session.flush()
        with session.begin_nested():
            session.add_all([article(name="c"), article(name="d")])
        with paused(session, article):
            session.add(article(name="e"))
            session.flush()
        session.rollback()
    assert (world.versions(article), world.live(article), world.transactions()) == ([], {}, [])


@pytest.mark.engines("mariadb")
def test_rows_with_new_keys_that_are_streamed_are_of_the_same_transaction(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        options = {"stream_results": True}
        added = insert(article).values(name="a").returning(article.id)
        session.execute(added, execution_options=options).all()
        session.add(article(name="b"))
    assert len(set(transaction_ids(world, article))) == len(world.transactions()) == 1


@pytest.mark.requires("concurrent_writers")
def test_a_savepoint_gives_up_no_lock(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with Session(world.engine) as one, Session(world.engine) as two:
        # The connection comes with the status of what was done with it before.
        one.scalars(select(article).with_for_update()).all()
        with one.begin_nested():
            pass
        with pytest.raises(DBAPIError):
            two.scalars(select(article).with_for_update(nowait=True)).all()


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("foreign_keys", [False, True])
@pytest.mark.parametrize("refused_by", ["context", "database"])
def test_what_is_announced_in_part_ends_with_the_commit(
    new_world: Callable[..., World], refused_by: str, foreign_keys: bool
) -> None:
    """Of two transaction tables the second one is not told, and the commit comes all the same."""

    def declare(base: Any) -> dict[str, Any]:
        class Request(TransactionBase, base):
            __tablename__ = "request"
            path = mapped_column(String(20))

        return {}

    world = new_world(declare=declare)
    article = define_article(world)

    class Other(DeclarativeBase):
        pass

    class Log(TransactionBase, Other):
        __tablename__ = "log"

    type("Note", (Other,), {"__tablename__": "note", "__versioned__": {}, "id": _key()})
    world.create()
    Other.metadata.create_all(world.engine)
    engine = one_connection(world)
    if foreign_keys:
        event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA foreign_keys = 1"))
    with engine.begin() as connection:
        connection.execute(insert(article).values(id=1))
    plain = plain_connection(world.engine)
    path = {}
    if refused_by == "context":
        path = {"path": "/"}
    else:
        plain.execute(f"DROP TABLE {world.manager.journals[Other.metadata].log.prefix}_state")
    with engine.connect() as connection, context(connection, **path):
        for _ in range(2):
            with pytest.raises(UnknownOption if path else OperationalError):
                connection.execute(insert(article).values(id=2))
        connection.commit()
    for number in (3, 4):
        plain.execute(f"INSERT INTO article (id) VALUES ({number})")
        plain.commit()
        next_tick()
    plain.close()
    versions = world.versions(article)
    assert [version.key for version in versions] == [(1,), (3,), (4,)]
    assert len({version.transaction for version in versions}) == 3
    Other.registry.dispose()


def _key() -> Any:
    return mapped_column(Integer, primary_key=True)


# What leaves no row.


def test_reading_leaves_no_row(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        assert session.scalars(select(article)).all() == []
    assert world.transactions() == []


def test_changing_nothing_leaves_no_row(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(article, 1).name = "a"
        session.flush()
        session.execute(update(article).values(name="a"))
        session.execute(update(article).where(article.id == 99).values(name="x"))
    assert len(world.transactions()) == 1


def test_a_rolled_back_transaction_leaves_no_row(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        session.add(article(id=1, name="a"))
        session.flush()
        session.rollback()
        session.add(article(id=1, name="b"))
        session.commit()
    assert world.story(article, "name") == [(1, "insert", 1, None, "b")]
    assert len(world.transactions()) == 1


def test_a_failed_flush_leaves_no_row(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with Session(world.engine) as session:
        session.add(article(id=2, name="b"))
        session.flush()
        session.add(article(id=1, name="again"))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
    assert world.story(article, "name") == [(1, "insert", 1, None, "a")]
    assert len(world.transactions()) == 1


# What leaves one row.


def test_several_flushes_are_one_transaction(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        for key in (1, 2, 3):
            session.add(article(id=key, name="a"))
            session.flush()
    assert len(set(transaction_ids(world, article))) == 1
    assert len(world.transactions()) == 1


def test_several_tables_are_one_transaction(world: World) -> None:
    article, comment = define_article(world), define_article(world, table="comment")
    world.create()
    with world.transaction() as session:
        session.add(article(id=1))
        session.flush()
        session.add(comment(id=1))
    assert transaction_ids(world, article) == transaction_ids(world, comment)
    assert len(world.transactions()) == 1


def test_orm_and_core_are_one_transaction(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.execute(insert(article.__table__).values(id=1, name="core"))
        session.add(article(id=2, name="orm"))
        session.flush()
        session.connection().execute(insert(article.__table__).values(id=3, name="core"))
    assert len(set(transaction_ids(world, article))) == 1


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("raw_first", [True, False])
def test_orm_and_raw_sql_are_one_transaction(world: World, raw_first: bool) -> None:
    article = create_article(world)
    raw = text("INSERT INTO article (id, name) VALUES (1, 'raw')")
    with world.transaction() as session:
        if raw_first:
            session.execute(raw)
        session.add(article(id=2, name="orm"))
        session.flush()
        if not raw_first:
            session.execute(raw)
    assert len(set(transaction_ids(world, article))) == 1
    assert len(world.transactions()) == 1


def test_two_sessions_on_one_connection_share_their_transaction(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        for key in (1, 2):
            with Session(connection) as session:
                session.add(article(id=key))
                session.flush()
    assert len(set(transaction_ids(world, article))) == 1
    assert len(world.transactions()) == 1


def test_a_session_inside_an_external_transaction_that_is_rolled_back(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            session.add(article(id=1))
            session.commit()
            session.add(article(id=2))
            session.commit()
            assert len(world.versions(article, connection)) == 2
        outer.rollback()
    assert world.versions(article) == []
    assert world.transactions() == []


# Savepoints.


def test_a_rolled_back_savepoint_never_happened(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
        session.flush()
        savepoint = session.begin_nested()
        session.add(article(id=2, name="b"))
        session.get_one(article, 1).name = "x"
        session.flush()
        savepoint.rollback()
        session.add(article(id=3, name="c"))
    assert world.story(article, "name") == [
        (1, "insert", 1, None, "a"),
        (3, "insert", 1, None, "c"),
    ]
    assert len(world.transactions()) == 1


def test_a_savepoint_before_the_first_write(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        with session.begin_nested():
            session.add(article(id=1, name="a"))
        session.add(article(id=2, name="b"))
        session.commit()
    assert len(set(transaction_ids(world, article))) == 1
    assert len(world.transactions()) == 1


def test_a_savepoint_before_the_first_write_rolled_back_with_everything(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        with session.begin_nested():
            session.add(article(id=1, name="a"))
        session.rollback()
    assert world.live(article) == {}
    assert world.versions(article) == []
    assert world.transactions() == []


def test_the_first_write_was_rolled_back_to_a_savepoint(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        savepoint = session.begin_nested()
        session.add(article(id=1, name="a"))
        session.flush()
        savepoint.rollback()
        session.add(article(id=1, name="b"))
        session.flush()
        session.get_one(article, 1).name = "c"
    assert world.story(article, "name") == [(1, "insert", 1, None, "c")]
    assert len(world.transactions()) == 1


def test_nothing_but_a_rolled_back_savepoint(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        savepoint = session.begin_nested()
        session.add(article(id=1, name="a"))
        session.flush()
        savepoint.rollback()
    assert world.versions(article) == []
    assert world.transactions() == []


def test_nested_savepoints(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        outer = session.begin_nested()
        loaded.name = "b"
        session.flush()
        inner = session.begin_nested()
        loaded.name = "c"
        session.flush()
        inner.rollback()
        session.add(article(id=2, name="x"))
        session.flush()
        outer.rollback()
        loaded.content = "z"
    assert world.story(article, "name", "content") == [
        (1, "insert", 1, 2, "a", None),
        (1, "update", 2, None, "a", "z"),
    ]


def test_a_change_undone_by_rolling_back_to_a_savepoint_after_the_first(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.name = "b"
        session.flush()
        savepoint = session.begin_nested()
        loaded.name = "a"
        session.flush()
        savepoint.rollback()
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "b"),
    ]


def test_a_failed_statement_inside_a_savepoint(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(article(id=1, name="again"))
        session.add(article(id=2, name="b"))
    assert world.story(article, "name") == [
        (1, "insert", 1, None, "a"),
        (2, "insert", 2, None, "b"),
    ]


# One transaction after the other.


def test_each_commit_is_a_transaction(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        for key in (1, 2, 3):
            session.add(article(id=key))
            session.commit()
    ids = transaction_ids(world, article)
    assert ids == sorted(set(ids))
    assert [row.id for row in world.transactions()] == ids


def test_a_pooled_connection_is_used_again(world: World) -> None:
    article = create_article(world)
    engine = one_connection(world)
    for key in (1, 2, 3):
        with Session(engine) as session, session.begin():
            session.add(article(id=key))
    with Session(engine) as session:
        session.add(article(id=4))
        session.flush()
    with Session(engine) as session, session.begin():
        session.add(article(id=5))
    assert len(set(transaction_ids(world, article))) == 4
    assert len(world.transactions()) == 4


@pytest.mark.recorders("triggers")
def test_a_pooled_connection_is_used_again_by_raw_sql(world: World) -> None:
    article = create_article(world)
    engine = one_connection(world)
    for key in (1, 2, 3):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"INSERT INTO article (id) VALUES ({key})")
            connection.exec_driver_sql(f"INSERT INTO article (id) VALUES ({key + 10})")
    ids = {version.key[0]: version.transaction for version in world.versions(article)}
    assert [ids[key] == ids[key + 10] for key in (1, 2, 3)] == [True] * 3
    assert len(set(ids.values())) == 3


def test_autocommit(world: World) -> None:
    article = create_article(world)
    engine = one_connection(world, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for key in (1, 2, 3):
            connection.execute(insert(article.__table__).values(id=key))
    ids = transaction_ids(world, article)
    assert len(set(ids)) == 3
    assert len(world.transactions()) == 3


def test_autocommit_for_one_connection_of_an_engine(world: World) -> None:
    article = create_article(world)
    engine = one_connection(world)
    with engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=1))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(insert(article.__table__).values(id=2))
        connection.execute(insert(article.__table__).values(id=3))
    with engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=4))
        connection.execute(insert(article.__table__).values(id=5))
    ids = {version.key[0]: version.transaction for version in world.versions(article)}
    assert len({ids[1], ids[2], ids[3], ids[4]}) == 4
    assert ids[4] == ids[5]


def test_issued_at_is_the_time_of_the_change(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1))
    (row,) = world.transactions()
    assert abs(datetime.now(UTC) - row.issued_at) < timedelta(seconds=10)


def test_issued_at_grows_with_the_id(world: World) -> None:
    article = create_article(world)
    for key in range(1, 6):
        with world.transaction() as session:
            session.add(article(id=key))
    times = [row.issued_at for row in world.transactions()]
    assert times == sorted(times)


# Two at a time.


@pytest.mark.requires("concurrent_writers")
def test_two_open_transactions_have_their_own_rows(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as one, Session(world.engine) as two:
        one.add(article(name="one"))
        one.flush()
        two.add(article(name="two"))
        two.flush()
        one.add(article(name="one again"))
        one.flush()
        two.commit()
        one.commit()
    world.verify(article)
    ids = {version.values["name"]: version.transaction for version in world.versions(article)}
    assert ids["one"] == ids["one again"] != ids["two"]


def test_two_sessions_one_after_the_other(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as one, Session(world.engine) as two:
        one.add(article(id=1, name="a"))
        one.commit()
        two.get_one(article, 1).name = "b"
        two.commit()
        one.get_one(article, 1).name = "c"
        one.commit()
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, 3, "b"),
        (1, "update", 3, None, "c"),
    ]


# Commits behind SQLAlchemy's back.  What comes after one belongs to another transaction.


def separate(world: World, cls: Any, *keys: int) -> None:
    """Check that these rows were made by as many transactions."""
    world.verify(cls)
    ids = {version.key[0]: version.transaction for version in world.versions(cls)}
    assert len({ids[key] for key in keys}) == len(keys), ids


@pytest.mark.parametrize("then", ["same connection", "next connection", "other connection"])
def test_textual_commit(world: World, then: str) -> None:
    article = create_article(world)
    engine = one_connection(world)
    with engine.connect() as connection:
        connection.execute(insert(article.__table__).values(id=1))
        connection.exec_driver_sql("COMMIT")
        if then == "same connection":
            connection.execute(insert(article.__table__).values(id=2))
        connection.commit()
    other = world.engine if then == "other connection" else engine
    if then != "same connection":
        with other.begin() as connection:
            connection.execute(insert(article.__table__).values(id=2))
    separate(world, article, 1, 2)


def test_driver_commit(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        connection.execute(insert(article.__table__).values(id=1))
        connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
        connection.execute(insert(article.__table__).values(id=2))
        connection.commit()
    with world.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=3))
    separate(world, article, 1, 2, 3)


def test_driver_commit_after_rows_with_new_keys(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        session.add_all([article(name="a"), article(name="b")])
        session.flush()
        session.connection().connection.dbapi_connection.commit()  # type: ignore[union-attr]
        session.add(article(name="c"))
        session.commit()
    first, same, other = transaction_ids(world, article)
    assert first == same != other


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite")
def test_driver_commit_after_statements_for_many_rows(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        connection.execute(insert(article.__table__), [{"id": key} for key in range(1, 31)])
        for name in "ab":
            connection.execute(update(article.__table__).values(name=name))
        raw: Any = connection.connection.dbapi_connection
        raw.commit()
        raw.execute("INSERT INTO article (id) VALUES (31)")
        raw.commit()
        connection.execute(insert(article.__table__).values(id=32))
        connection.commit()
    separate(world, article, 1, 31, 32)


def test_driver_rollback(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        connection.execute(insert(article.__table__).values(id=1))
        connection.connection.dbapi_connection.rollback()  # type: ignore[union-attr]
        connection.execute(insert(article.__table__).values(id=2))
        connection.commit()
    assert world.story(article) == [(2, "insert", 1, None)]
    assert len(world.transactions()) == 1


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite")
def test_executescript_commits(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        connection.execute(insert(article.__table__).values(id=1))
        raw = connection.connection.dbapi_connection
        raw.executescript("INSERT INTO article (id) VALUES (2)")  # type: ignore[union-attr]
        connection.execute(insert(article.__table__).values(id=3))
        connection.commit()
    next_tick()
    world.database.client("INSERT INTO article (id) VALUES (4);")
    with world.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=5))
    separate(world, article, 1, 3, 4, 5)


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite")
def test_executescript_at_the_end_of_a_connection(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        connection.execute(insert(article.__table__).values(id=1))
        connection.connection.dbapi_connection.executescript("")  # type: ignore[union-attr]
    next_tick()
    world.database.client("INSERT INTO article (id) VALUES (2);")
    next_tick()
    world.database.client("INSERT INTO article (id) VALUES (3);")
    separate(world, article, 1, 2, 3)


@pytest.mark.engines("mariadb", "mysql")
def test_ddl_commits(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        connection.execute(insert(article.__table__).values(id=1))
        connection.exec_driver_sql("CREATE TABLE bystander (id INTEGER)")
        connection.execute(insert(article.__table__).values(id=2))
        connection.exec_driver_sql("DROP TABLE bystander")
        connection.rollback()
        connection.execute(insert(article.__table__).values(id=3))
        connection.commit()
    separate(world, article, 1, 2, 3)


@pytest.mark.recorders("triggers")
def test_a_client_that_crashes_leaves_nothing(world: World) -> None:
    article = create_article(world)
    program = (
        "import os, sys, sqlalchemy\n"
        "connection = sqlalchemy.create_engine(sys.argv[1]).connect()\n"
        'connection.exec_driver_sql("INSERT INTO article (id) VALUES (1)")\n'
        "os._exit(1)\n"
    )
    url = world.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", program, url], timeout=60, check=False)
    assert done.returncode == 1
    for key in (2, 3):
        with world.engine.begin() as connection:
            connection.execute(insert(article.__table__).values(id=key))
    separate(world, article, 2, 3)
    assert 1 not in {version.key[0] for version in world.versions(article)}
    assert len(world.transactions()) == 2


@pytest.mark.recorders("triggers")
def test_plain_clients_between_sessions(world: World) -> None:
    article = create_article(world)
    plain = plain_connection(world.engine)
    for key in (1, 2):
        with world.transaction() as session:
            session.add(article(id=key))
        cursor = plain.cursor()
        cursor.execute(f"INSERT INTO article (id) VALUES ({key + 10})")
        plain.commit()
        next_tick()
    plain.close()
    separate(world, article, 1, 11, 2, 12)


@pytest.mark.recorders("triggers")
def test_a_plain_client_with_several_statements_in_a_transaction(world: World) -> None:
    article = create_article(world)
    plain = plain_connection(world.engine)
    cursor = plain.cursor()
    for key in (1, 2):
        cursor.execute(f"INSERT INTO article (id) VALUES ({key})")
        cursor.execute(f"INSERT INTO article (id) VALUES ({key + 10})")
        plain.commit()
        next_tick()
    cursor.execute("INSERT INTO article (id) VALUES (3)")
    plain.rollback()
    plain.close()
    ids = {version.key[0]: version.transaction for version in world.versions(article)}
    assert set(ids) == {1, 11, 2, 12}
    assert not {ids[1], ids[11]} & {ids[2], ids[12]}
    if world.knows_foreign_transactions():
        assert ids[1] == ids[11]
        assert ids[2] == ids[12]
    world.verify(article)


@pytest.mark.recorders("triggers")
def test_a_statement_of_a_plain_client_is_one_transaction(world: World) -> None:
    article = create_article(world)
    for statement in (
        "INSERT INTO article (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');",
        "UPDATE article SET name = 'x';",
        "UPDATE article SET id = id + 10;",
        "DELETE FROM article;",
    ):
        world.database.client(statement)
        next_tick()
    world.verify(article)
    assert len(world.transactions()) == 4
    used = [version.transaction for version in world.versions(article)]
    assert sorted(used.count(number) for number in set(used)) == [3, 3, 3, 6]


@pytest.mark.filterwarnings("ignore::continuum.errors.UnrecordedStatementWarning")
def test_sql_text_returns_to_a_savepoint(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection, context(actor="Ada"):
        connection.execute(select(table))
        if world.dialect == "sqlite":
            connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SAVEPOINT a")
        connection.execute(insert(table).values(id=1))
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT a")
        connection.execute(insert(table).values(id=1))
        connection.execute(insert(table).values(id=2))
        connection.execute(delete(table).where(table.c.id == 2))
    assert world.story(article) == [(1, "insert", 1, None)]
    assert [row.actor for row in world.transactions()] == ["Ada"]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("fails", [False, True])
def test_a_driver_commit_after_a_batch(world: World, fails: bool) -> None:
    """Triggers believe the unit of a batch unseen, and only while the batch runs."""
    article = create_article(world)
    table = article.__table__
    rows = [{"id": key} for key in range(1, 201)] + [{"id": 1}] * fails
    with world.engine.connect() as connection:
        with pytest.raises(IntegrityError) if fails else nullcontext():
            connection.execute(insert(table).inline(), rows)
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.commit()
        raw.execute("DELETE FROM article WHERE id = 1")
        raw.commit()
        connection.rollback()
    assert [version.operation for version in world.versions(article) if version.key == (1,)] == [
        0,
        2,
    ]
    assert len(world.transactions()) == 2
