"""Recording by triggers on MariaDB and MySQL, with hand-made specs and real servers."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Date
from sqlalchemy import Double
from sqlalchemy import Engine
from sqlalchemy import Enum
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import MetaData
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import text
from sqlalchemy.dialects import mysql as dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from continuum.dialects.mysql import EMITTER
from continuum.dialects.mysql import HELPERS
from continuum.dialects.mysql import SQL_MODE
from continuum.dialects.spec import Cascade
from continuum.dialects.spec import TableName
from continuum.errors import MissingPrivilege
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedTable
from model import history as rule
from mysql_support import PLAIN
from mysql_support import Lab
from mysql_support import Recorded
from mysql_support import execute
from mysql_support import new_token
from servers.database import Database

pytestmark = pytest.mark.engines("mariadb", "mysql")

INSERT, UPDATE, DELETE = rule.INSERT, rule.UPDATE, rule.DELETE


@pytest.fixture
def lab(engine: Engine) -> Lab:
    return Lab.on(engine)


@pytest.fixture
def article(lab: Lab) -> Recorded:
    return lab.record()


def plain(connection: Connection) -> Any:
    """Return a cursor of the driver: SQLAlchemy does not see what it does."""
    return connection.connection.cursor()


@contextmanager
def driver(engine: Engine, *, autocommit: bool = False) -> Iterator[Any]:
    """Open a connection of the driver."""
    connection = engine.raw_connection()
    connection.dbapi_connection.autocommit(autocommit)  # type: ignore[union-attr]
    try:
        yield connection
    finally:
        connection.invalidate()
        connection.close()


def run_or(accepted: int, connection: Connection, statement: str) -> None:
    """Run a statement that may fail with one number."""
    try:
        execute(connection, statement)
    except DBAPIError as error:
        if number(error) != accepted:
            raise


def number(error: BaseException) -> int:
    """Return the server's number of an error."""
    return int(error.orig.args[0])  # type: ignore[attr-defined]


# One change a transaction


def test_insert_update_delete(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET name = 'b' WHERE id = 7")
    article.run("DELETE FROM article WHERE id = 7")
    article.run("INSERT INTO article VALUES (7, 'c', 2)")
    assert article.story("name", "hits") == [
        (7, INSERT, 1, 2, "a", 1),
        (7, UPDATE, 2, 3, "b", 1),
        (7, DELETE, 3, 4, "b", 1),
        (7, INSERT, 4, None, "c", 2),
    ]


def test_generated_keys(lab: Lab) -> None:
    article = lab.record(generated_key=True)
    article.run("INSERT INTO article (name) VALUES ('a'), ('b')")
    article.run("INSERT INTO article VALUES (0, 'c', 1), (NULL, 'd', 1)")
    article.run("DELETE FROM article WHERE id = 2")
    article.run("INSERT INTO article VALUES (2, 'again', 1)")
    assert article.story("name") == [
        (1, INSERT, 1, None, "a"),
        (2, INSERT, 1, 3, "b"),
        (2, DELETE, 3, 4, "b"),
        (2, INSERT, 4, None, "again"),
        (3, INSERT, 2, None, "c"),
        (4, INSERT, 2, None, "d"),
    ]


def test_zero_as_an_explicit_key_has_a_history(lab: Lab) -> None:
    article = lab.record(generated_key=True)
    zero = ("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",)
    article.run(*zero, "INSERT INTO article VALUES (0, 'a', 1)")
    article.run(*zero, "DELETE FROM article")
    article.run(*zero, "INSERT INTO article VALUES (0, 'b', 1)")
    assert [row[1:4] for row in article.story()] == [
        (INSERT, 1, 2),
        (DELETE, 2, 3),
        (INSERT, 3, None),
    ]


def test_rolled_back_transaction_leaves_nothing(article: Recorded) -> None:
    with article.lab.engine.connect() as connection:
        EMITTER.enter_unit(connection, article.spec.log, new_token(), None)
        execute(connection, "INSERT INTO article VALUES (7, 'a', 1)")
    assert article.versions() == []
    assert article.lab.ids() == []


def test_update_without_change_makes_no_transaction(lab: Lab) -> None:
    article = lab.record(further=[Column("seen", Integer)])
    article.run("INSERT INTO article VALUES (7, 'a', 1, 0)")
    article.run("UPDATE article SET name = name", "UPDATE article SET seen = 5, name = 'a'")
    assert len(lab.ids()) == 1
    assert article.story() == [(7, INSERT, 1, None)]


def test_null_delete_keeps_the_key_only(lab: Lab) -> None:
    article = lab.record(null_delete=True)
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET hits = 2", "DELETE FROM article")
    assert article.story("name", "hits") == [
        (7, INSERT, 1, 2, "a", 1),
        (7, DELETE, 2, None, None, None),
    ]


def test_ignored_column_alone_makes_no_version(lab: Lab) -> None:
    article = lab.record(ignored=("hits",))
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET hits = 2")
    assert len(lab.ids()) == 1
    article.run("UPDATE article SET name = 'b'", "UPDATE article SET hits = 3")
    assert article.story("name", "hits") == [
        (7, INSERT, 1, 2, "a", 1),
        (7, UPDATE, 2, None, "b", 3),
    ]


# The fold

INSERTED = ("INSERT INTO article VALUES (7, 'a', 1)",)
FOLDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[tuple[Any, ...]]]] = {
    "insert, update": (
        (),
        (*INSERTED, "UPDATE article SET name = 'b'"),
        [(INSERT, "b")],
    ),
    "insert, delete": ((), (*INSERTED, "DELETE FROM article"), []),
    "update, update": (
        INSERTED,
        ("UPDATE article SET name = 'b'", "UPDATE article SET name = 'c'"),
        [(INSERT, "a"), (UPDATE, "c")],
    ),
    "there and back": (
        INSERTED,
        ("UPDATE article SET name = 'b'", "UPDATE article SET name = 'a'"),
        [(INSERT, "a")],
    ),
    "update, delete": (
        INSERTED,
        ("UPDATE article SET name = 'b'", "DELETE FROM article"),
        [(INSERT, "a"), (DELETE, "b")],
    ),
    "delete, insert": (
        INSERTED,
        ("DELETE FROM article", "INSERT INTO article VALUES (7, 'b', 1)"),
        [(INSERT, "a"), (UPDATE, "b")],
    ),
    "delete, insert the same": (
        INSERTED,
        ("DELETE FROM article", *INSERTED),
        [(INSERT, "a")],
    ),
    "delete, insert, delete": (
        INSERTED,
        ("DELETE FROM article", "INSERT INTO article VALUES (7, 'b', 1)", "DELETE FROM article"),
        [(INSERT, "a"), (DELETE, "b")],
    ),
    "key and back": (
        INSERTED,
        ("UPDATE article SET id = 8", "UPDATE article SET id = 7"),
        [(INSERT, "a")],
    ),
    "replace": (
        INSERTED,
        ("REPLACE INTO article VALUES (7, 'b', 1)",),
        [(INSERT, "a"), (UPDATE, "b")],
    ),
    "replace with the same": (
        INSERTED,
        ("REPLACE INTO article VALUES (7, 'a', 1)",),
        [(INSERT, "a")],
    ),
    "on duplicate key": (
        INSERTED,
        ("INSERT INTO article VALUES (7, 'x', 1) ON DUPLICATE KEY UPDATE name = 'b'",),
        [(INSERT, "a"), (UPDATE, "b")],
    ),
    "on duplicate key, no change": (
        INSERTED,
        ("INSERT INTO article VALUES (7, 'x', 1) ON DUPLICATE KEY UPDATE name = name",),
        [(INSERT, "a")],
    ),
    "insert ignore": (
        INSERTED,
        ("INSERT IGNORE INTO article VALUES (7, 'x', 1)",),
        [(INSERT, "a")],
    ),
}


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("case", FOLDS)
def test_fold(lab: Lab, case: str, strategy: str) -> None:
    end = {"validity": "end_transaction_id", "subquery": None}[strategy]
    article = lab.record(end_column=end)
    before, statements, expected = FOLDS[case]
    if before:
        article.run(*before)
    article.run(*statements)
    assert [(row[1], row[4]) for row in article.story("name")] == expected


def test_statements_over_many_rows(lab: Lab) -> None:
    article = lab.record(generated_key=True)
    article.run(
        "INSERT INTO article (name, hits) VALUES ('a', 1), ('b', 2), ('c', 3)",
        "INSERT INTO article (name, hits) SELECT CONCAT(name, name), hits FROM article",
    )
    article.run("UPDATE article SET hits = hits + 1 WHERE id > 2 ORDER BY id DESC")
    article.run("DELETE FROM article WHERE id IN (1, 3)")
    story = [row[:4] for row in article.story()]
    assert story[:6] == [
        (1, INSERT, 1, 3),
        (1, DELETE, 3, None),
        (2, INSERT, 1, None),
        (3, INSERT, 1, 2),
        (3, UPDATE, 2, 3),
        (3, DELETE, 3, None),
    ]
    later = sorted({key for key, *_ in story[6:]})
    assert len(later) == 3
    assert story[6:] == [
        row for key in later for row in [(key, INSERT, 1, 2), (key, UPDATE, 2, None)]
    ]


def test_random_transactions_follow_the_model(lab: Lab) -> None:
    """Random statements, savepoints and transactions against the independent model."""
    article = lab.record()
    rng = random.Random(20261123)
    model = rule.History({"article": article.rule})
    for _ in range(60):
        with lab.unit() as connection:
            states = [{"article": article.rows_seen_by(connection)}]
            for _ in range(rng.randrange(1, 6)):
                key, other = rng.randrange(4), rng.randrange(4)
                name, hits = rng.choice("aAb"), rng.randrange(2)
                statement = rng.choice(
                    [
                        f"INSERT IGNORE INTO article VALUES ({key}, '{name}', {hits})",
                        f"REPLACE INTO article VALUES ({key}, '{name}', {hits})",
                        f"INSERT INTO article VALUES ({key}, '{name}', {hits})"
                        " ON DUPLICATE KEY UPDATE hits = 1 - hits",
                        f"UPDATE article SET name = '{name}' WHERE id <= {key}",
                        f"UPDATE IGNORE article SET id = {other} WHERE id = {key}",
                        "UPDATE article SET id = id + 10 ORDER BY id DESC",
                        "UPDATE article SET id = id - 10 WHERE id >= 10 ORDER BY id",
                        f"DELETE FROM article WHERE id = {key}",
                    ]
                )
                undone = rng.random() < 0.3
                if undone:
                    execute(connection, "SAVEPOINT s")
                run_or(1062, connection, statement)
                if undone:
                    execute(connection, "ROLLBACK TO SAVEPOINT s")
                states.append({"article": article.rows_seen_by(connection)})
        model.commit(states)
        article.verify()
    assert rule.ranked(article.versions()) == rule.ranked(
        replace(version, key=tuple(version.key)) for version in model.versions("article")
    )


# Keys


def test_key_change(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article SET id = 2")
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, DELETE, 2, None, "a"),
        (2, INSERT, 2, None, "a"),
    ]


def test_keys_shifted_by_one_statement(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 2), (3, 'b', 2)")
    article.run("UPDATE article SET id = id + 1 ORDER BY id DESC")
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, DELETE, 2, None, "a"),
        (2, INSERT, 1, 2, "b"),
        (2, UPDATE, 2, None, "a"),
        (3, INSERT, 1, None, "b"),
        (4, INSERT, 2, None, "b"),
    ]


def test_keys_swapped(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 2)")
    article.run(
        "UPDATE article SET id = -1 WHERE id = 1",
        "UPDATE article SET id = 1 WHERE id = 2",
        "UPDATE article SET id = 2 WHERE id = -1",
    )
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, None, "b"),
        (2, INSERT, 1, 2, "b"),
        (2, UPDATE, 2, None, "a"),
    ]


def test_composite_key(lab: Lab) -> None:
    link = lab.record(
        (("one", Integer()), ("two", String(20)), ("note", String(20))),
        key=("one", "two"),
        name="link",
    )
    link.run("INSERT INTO link VALUES (1, 'x', 'a'), (1, 'y', 'b')")
    link.run(
        "UPDATE link SET two = 'z' WHERE two = 'y'", "UPDATE link SET note = 'c' WHERE two = 'x'"
    )
    assert link.story("note") == [
        (1, "x", INSERT, 1, 2, "a"),
        (1, "x", UPDATE, 2, None, "c"),
        (1, "y", INSERT, 1, 2, "b"),
        (1, "y", DELETE, 2, None, "b"),
        (1, "z", INSERT, 2, None, "b"),
    ]


def test_key_that_changes_its_case_stays_one_key(lab: Lab) -> None:
    tag = lab.record(
        (("name", String(20, collation="utf8mb4_general_ci")),), key=("name",), name="tag"
    )
    tag.run("INSERT INTO tag VALUES ('a')")
    tag.run("UPDATE tag SET name = 'A'")
    assert [(v.key, v.operation, v.end) for v in rule.ranked(tag.versions())] in (
        [(("A",), UPDATE, None), (("a",), INSERT, 2)],
        [(("a",), INSERT, 2), (("A",), UPDATE, None)],
    )


def test_links_without_a_unique_constraint(lab: Lab) -> None:
    link = lab.record(
        (("one", Integer()), ("two", Integer())),
        key=("one", "two"),
        name="link",
        unique=False,
        duplicates=True,
    )
    link.run("INSERT INTO link VALUES (1, 1), (1, 1)")
    link.run("DELETE FROM link LIMIT 1")
    assert link.story() == [(1, 1, INSERT, 1, None)]
    link.run("DELETE FROM link")
    link.run("INSERT INTO link VALUES (1, 1)", "INSERT INTO link VALUES (1, 1)")
    assert link.story() == [
        (1, 1, INSERT, 1, 2),
        (1, 1, DELETE, 2, 3),
        (1, 1, INSERT, 3, None),
    ]


# Rows older than their history, and pauses


@pytest.mark.parametrize("statement", ["UPDATE article SET name = 'b'", "DELETE FROM article"])
def test_baseline(lab: Lab, statement: str) -> None:
    article = lab.record(install=False)
    with lab.engine.begin() as connection:
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    lab.install()
    article.run(statement)
    versions = article.versions()
    first = versions[0]
    assert (first.operation, first.transaction, first.values["name"]) == (INSERT, 0, "a")
    assert versions[0].end == versions[1].transaction == lab.ids()[0]
    assert versions[1].operation == (UPDATE if statement.startswith("UPDATE") else DELETE)


def test_row_that_went_unseen_and_comes_again(lab: Lab) -> None:
    article = lab.record()
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)")
    with lab.engine.connect() as connection:
        execute(connection, "TRUNCATE article")
    article.run("INSERT INTO article VALUES (1, 'x', 1), (2, 'b', 1)")
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, None, "x"),
        (2, INSERT, 1, None, "b"),
    ]


def test_pause_leaves_a_gap(article: Recorded) -> None:
    lab = article.lab
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)")
    with lab.unit() as connection:
        EMITTER.pause(connection, lab.log, [article.spec.table])
        execute(
            connection,
            "UPDATE article SET name = 'x' WHERE id = 1",
            "DELETE FROM article WHERE id = 2",
            "INSERT INTO article VALUES (3, 'c', 1)",
        )
        EMITTER.resume(connection, lab.log, [])
        execute(connection, "INSERT INTO article VALUES (4, 'd', 1)")
    assert article.story("name", gaps=True) == [
        (1, INSERT, 1, 2, "a"),
        (2, INSERT, 1, 2, "b"),
        (4, INSERT, 2, None, "d"),
    ]
    article.run(
        "UPDATE article SET name = 'y' WHERE id = 1", "INSERT INTO article VALUES (2, 'e', 1)"
    )
    assert article.story("name", gaps=True)[:5] == [
        (1, INSERT, 1, 2, "a"),
        (1, INSERT, 2, 3, "x"),
        (1, UPDATE, 3, None, "y"),
        (2, INSERT, 1, 2, "b"),
        (2, INSERT, 3, None, "e"),
    ]


def test_pause_and_back_in_one_transaction(article: Recorded) -> None:
    lab = article.lab
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with lab.unit() as connection:
        EMITTER.pause(connection, lab.log, [])
        execute(connection, "UPDATE article SET name = 'x'")
        EMITTER.resume(connection, lab.log, [])
        execute(connection, "UPDATE article SET name = 'a'")
    assert article.story("name") == [(1, INSERT, 1, None, "a")]


def test_pause_of_another_table_or_transaction_is_ignored(lab: Lab) -> None:
    article, other = lab.record(), lab.record(name="other")
    with lab.unit() as connection:
        EMITTER.pause(connection, lab.log, [other.spec.table])
        execute(
            connection,
            "INSERT INTO article VALUES (1, 'a', 1)",
            "INSERT INTO other VALUES (1, 'a', 1)",
        )
        EMITTER.enter_unit(connection, lab.log, new_token(), None)
        execute(connection, "INSERT INTO other VALUES (2, 'b', 1)")
    assert article.story() == [(1, INSERT, 1, None)]
    assert [version.key for version in other.versions()] == [(2,)]


def test_what_was_written_before_a_pause_follows(article: Recorded) -> None:
    lab = article.lab
    with lab.unit() as connection:
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)")
        EMITTER.pause(connection, lab.log, [article.spec.table])
        execute(
            connection,
            "UPDATE article SET name = 'x' WHERE id = 1",
            "DELETE FROM article WHERE id = 2",
        )
    assert article.story("name") == [(1, INSERT, 1, None, "x")]


# The transaction


def test_context_reaches_the_row(article: Recorded) -> None:
    said = {
        "reason": "caf\u00e9 'x' \\ \U0001f600",
        "meta": {"a": [1, None, "\u00e9"]},
        "number": 5,
    }
    article.run("INSERT INTO article VALUES (1, 'a', 1)", context=json.dumps(said))
    article.run("UPDATE article SET name = 'b'", context='{"number": null}')
    article.run("UPDATE article SET name = 'c'")
    assert article.lab.transactions() == [
        (said["reason"], 5, said["meta"]),
        (None, None, None),
        (None, None, None),
    ]


def test_publish_completes_the_row(article: Recorded) -> None:
    lab = article.lab
    with lab.unit(context='{"number": 1}') as connection:
        EMITTER.publish(connection, lab.log, '{"number": 2, "reason": "a"}')
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
        EMITTER.publish(connection, lab.log, '{"reason": "b"}')
    assert lab.transactions() == [("b", 2, None)]


def test_transaction_id(article: Recorded) -> None:
    lab = article.lab
    with lab.unit(context='{"number": 1}') as connection:
        assert EMITTER.transaction_id(connection, lab.log, create=False) is None
        made = EMITTER.transaction_id(connection, lab.log, create=True)
        assert EMITTER.transaction_id(connection, lab.log, create=True) == made
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
        assert EMITTER.transaction_id(connection, lab.log, create=False) == made
    assert lab.ids() == [made]
    assert [version.transaction for version in article.versions()] == [made]
    assert lab.transactions() == [(None, 1, None)]
    with lab.unit() as connection:
        assert EMITTER.transaction_id(connection, lab.log, create=False) is None


def test_savepoint_takes_the_transaction_row_back(article: Recorded) -> None:
    with article.lab.unit() as connection:
        execute(
            connection,
            "SAVEPOINT s",
            "INSERT INTO article VALUES (1, 'a', 1)",
            "ROLLBACK TO SAVEPOINT s",
            "INSERT INTO article VALUES (2, 'b', 1)",
            "SAVEPOINT s",
            "UPDATE article SET name = 'x'",
            "ROLLBACK TO SAVEPOINT s",
            "INSERT INTO article VALUES (3, 'c', 1)",
        )
    assert article.story("name") == [(2, INSERT, 1, None, "b"), (3, INSERT, 1, None, "c")]
    assert len(article.lab.ids()) == 1


def test_savepoint_with_a_stopped_clock(article: Recorded) -> None:
    with article.lab.unit() as connection:
        execute(
            connection,
            "SET timestamp = 1700000000.5",
            "SAVEPOINT s",
            "INSERT INTO article VALUES (1, 'a', 1)",
            "ROLLBACK TO SAVEPOINT s",
            "INSERT INTO article VALUES (2, 'b', 1)",
        )
    assert article.story("name") == [(2, INSERT, 1, None, "b")]


def test_failed_statement_leaves_nothing(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with article.lab.unit() as connection:
        with pytest.raises(DBAPIError):
            execute(connection, "INSERT INTO article VALUES (2, 'b', 1), (1, 'again', 1)")
        execute(connection, "INSERT INTO article VALUES (3, 'c', 1)")
    assert article.story("name") == [(1, INSERT, 1, None, "a"), (3, INSERT, 2, None, "c")]


def test_issued_at_is_the_time_of_the_row(article: Recorded) -> None:
    article.run("SET time_zone = '+05:00'", "INSERT INTO article VALUES (1, 'a', 1)")
    article.run("SET timestamp = 1700000000", "INSERT INTO article VALUES (2, 'a', 1)")
    with article.lab.engine.connect() as connection:
        ages = connection.execute(text("SELECT issued_at FROM transaction")).scalars().all()
    now = datetime.now(UTC).replace(tzinfo=None)
    assert [abs(now - age) < timedelta(seconds=30) for age in ages] == [True, True]


def test_what_the_client_sees_is_undisturbed(lab: Lab) -> None:
    lab.record(generated_key=True)
    for _ in range(3):  # ids of the two tables must not be the same by chance
        with lab.unit() as connection:
            EMITTER.transaction_id(connection, lab.log, create=True)
    with lab.unit() as connection:
        cursor = plain(connection)
        assert cursor.execute("INSERT INTO article (name) VALUES ('a'), ('b')") == 2
        assert cursor.lastrowid == 1
        cursor.execute("SELECT LAST_INSERT_ID()")
        assert cursor.fetchone()[0] == 1
        assert cursor.execute("UPDATE article SET name = 'x' WHERE id = 1") == 1
        cursor.execute("SELECT ROW_COUNT(), @@warning_count")
        assert tuple(cursor.fetchone()) in ((1, 0), (-1, 0))
        assert cursor.execute("DELETE FROM article WHERE id = 1") == 1
        cursor.execute("SHOW WARNINGS")
        assert list(cursor.fetchall()) == []
    with lab.unit() as connection:
        cursor = plain(connection)
        cursor.execute("INSERT INTO article (name) VALUES ('c')")
        assert cursor.lastrowid == 3


# Clients outside SQLAlchemy


@pytest.fixture
def foreign(admin_engine: Engine) -> Recorded:
    """A table whose triggers were made by the administrator, who sees every identity source."""
    return Lab.on(admin_engine).record(generated_key=True)


def grouped(table: Recorded) -> list[list[int]]:
    """Return the keys that each transaction inserted."""
    table.verify()
    found: dict[int, list[int]] = {}
    for version in table.versions():
        found.setdefault(version.transaction, []).append(version.key[0])
    return [found[number] for number in sorted(found)]


def insert(cursor: Any, *keys: int) -> None:
    for key in keys:
        cursor.execute(f"INSERT INTO article (id, name) VALUES ({key}, 'a')")


def test_source_is_exact(foreign: Recorded) -> None:
    server = foreign.lab.server()
    mariadb = server.facts["mariadb"]
    assert EMITTER.identity(server) == ("innodb" if mariadb else "performance_schema")
    assert EMITTER.server_capabilities(server).foreign_transaction_identity == "exact"


def test_foreign_transactions(foreign: Recorded) -> None:
    with driver(foreign.lab.engine) as connection:
        cursor = connection.cursor()
        insert(cursor, 1, 2)
        cursor.execute("SAVEPOINT s")
        insert(cursor, 3)
        cursor.execute("ROLLBACK TO SAVEPOINT s")
        insert(cursor, 4)
        connection.commit()
        insert(cursor, 5)
        connection.rollback()
        insert(cursor, 6)
        cursor.execute("COMMIT AND CHAIN")
        insert(cursor, 7, 8)
        cursor.execute("CREATE TABLE other (id INT)")
        insert(cursor, 9)
        connection.commit()
    assert grouped(foreign) == [[1, 2, 4], [6], [7, 8], [9]]


def test_foreign_autocommit(foreign: Recorded) -> None:
    with driver(foreign.lab.engine, autocommit=True) as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO article (id) VALUES (1), (2)")
        insert(cursor, 3)
        cursor.execute("SET timestamp = 1700000000")
        insert(cursor, 4, 5)
        cursor.execute("SET timestamp = DEFAULT")
        cursor.execute("BEGIN")
        insert(cursor, 6, 7)
        cursor.execute("COMMIT")
    assert grouped(foreign) == [[1, 2], [3], [4], [5], [6, 7]]


def test_foreign_statements_inside_a_procedure(foreign: Recorded) -> None:
    with driver(foreign.lab.engine, autocommit=True) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "CREATE PROCEDURE fill() BEGIN INSERT INTO article (id) VALUES (1);"
            " INSERT INTO article (id) VALUES (2), (3); END"
        )
        cursor.execute("CALL fill()")
        cursor.execute("BEGIN")
        cursor.execute("UPDATE article SET name = 'x'")
        cursor.execute("UPDATE article SET hits = 1")
        cursor.execute("COMMIT")
    assert grouped(foreign) == [[1], [2, 3], [1, 2, 3]]


def test_announced_and_foreign_transactions_alternate(foreign: Recorded) -> None:
    lab = foreign.lab
    with lab.engine.connect() as connection:
        for key in (1, 3, 5):
            EMITTER.enter_unit(connection, lab.log, new_token(), None)
            execute(connection, f"INSERT INTO article (id) VALUES ({key})")
            EMITTER.leave_unit(connection, lab.log)
            connection.commit()
            execute(connection, f"INSERT INTO article (id) VALUES ({key + 1})")
            connection.commit()
    assert grouped(foreign) == [[1], [2], [3], [4], [5], [6]]


def test_identity_leaves_no_trace(foreign: Recorded) -> None:
    lab = foreign.lab
    if not lab.server().facts["mariadb"]:
        return
    with driver(lab.engine) as connection:
        cursor = connection.cursor()
        count = "SELECT COUNT(*) FROM mysql.transaction_registry"
        cursor.execute(count)
        before = cursor.fetchone()
        insert(cursor, 1)
        connection.commit()
        cursor.execute(count)
        assert cursor.fetchone() == before
        cursor.execute("SELECT COUNT(*) FROM continuum_unit FOR SYSTEM_TIME ALL")
        assert cursor.fetchone() == (0,)


def test_without_a_source_each_statement_is_a_transaction(lab: Lab) -> None:
    article = lab.record(install=False)
    with lab.engine.begin() as connection:
        server = EMITTER.server(connection, lab.log)
        server.facts["identity"] = "statement"
        assert EMITTER.server_capabilities(server).foreign_transaction_identity == "statement"
        execute(
            connection,
            *EMITTER.create_helpers(lab.log, [article.spec], server),
            *EMITTER.create(article.spec, server),
        )
    with driver(lab.engine) as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO article (id) VALUES (1), (2)")
        insert(cursor, 3)
        cursor.execute("UPDATE article SET id = id + 10 ORDER BY id DESC")
        connection.commit()
    story = sorted(version[:4] for version in article.story())
    assert story == [
        *((key, *row) for key in (1, 2) for row in [(INSERT, 1, 3), (DELETE, 3, None)]),
        (3, INSERT, 2, 3),
        (3, DELETE, 3, None),
        *((key, INSERT, 3, None) for key in (11, 12, 13)),
    ]


def test_two_logs_in_one_session(lab: Lab, other_schema: str) -> None:
    article = lab.record()
    other_lab = Lab.on(lab.engine, schema=other_schema)
    other = other_lab.record()
    third_lab = Lab.on(lab.engine, prefix="second", name="changes")
    third = third_lab.record(name="note")
    with lab.engine.connect() as connection:
        for table in (article, other, third):
            EMITTER.enter_unit(connection, table.spec.log, "one token", '{"number": 1}')
        for key in (1, 2):
            execute(
                connection,
                f"INSERT INTO article VALUES ({key}, 'a', 1)",
                f"INSERT INTO `{other_schema}`.article VALUES ({key}, 'b', 1)",
                f"INSERT INTO note VALUES ({key}, 'c', 1)",
            )
        connection.commit()
    for table in (article, other, third):
        assert grouped(table) == [[1, 2]]
        assert len(table.lab.ids()) == 1


def test_tables_of_two_schemas_share_a_transaction(lab: Lab, other_schema: str) -> None:
    here, there = lab.record(), lab.record(schema=other_schema)
    with lab.unit() as connection:
        execute(
            connection,
            "INSERT INTO article VALUES (1, 'a', 1)",
            f"INSERT INTO `{other_schema}`.article VALUES (1, 'b', 1)",
        )
    with lab.unit() as connection:
        execute(connection, f"USE `{other_schema}`", "UPDATE article SET name = 'c'")
        execute(connection, f"USE `{lab.engine.url.database}`")
    assert len(lab.ids()) == 2
    assert here.story("name") == [(1, INSERT, 1, None, "a")]
    assert [v.values["name"] for v in there.versions()] == ["b", "c"]


# The order of ids


def invert(lab: Lab, statement: str) -> tuple[int, int]:
    """Let a transaction write after a later one has; return the ids they had at first."""
    with lab.engine.connect() as one, lab.engine.connect() as two:
        for connection in (one, two):
            EMITTER.enter_unit(connection, lab.log, new_token(), '{"reason": "r"}')
        execute(one, "INSERT INTO article VALUES (100, 'mine', 1)")
        first = EMITTER.transaction_id(one, lab.log, create=False)
        execute(two, "UPDATE article SET name = 'two' WHERE id = 1")
        second = EMITTER.transaction_id(two, lab.log, create=False)
        assert first is not None
        assert second is not None
        two.commit()
        execute(one, statement)
        execute(one, "UPDATE article SET hits = 9 WHERE id = 100")
        EMITTER.leave_unit(one, lab.log)
        one.commit()
    return first, second


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize(
    ("statement", "operation"),
    [
        ("UPDATE article SET name = 'one' WHERE id = 1", UPDATE),
        ("DELETE FROM article WHERE id = 1", DELETE),
    ],
)
def test_inverted_ids_are_renumbered(
    lab: Lab, statement: str, operation: int, strategy: str
) -> None:
    article = lab.record(end_column="end_transaction_id" if strategy == "validity" else None)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    first, second = invert(lab, statement)
    last = lab.ids()[-1]
    assert first < second < last
    assert first not in lab.ids()
    assert lab.transactions()[-1] == ("r", None, None)
    versions = [(v.key[0], v.operation, v.transaction) for v in article.versions()]
    assert versions[1:] == [(1, UPDATE, second), (1, operation, last), (100, INSERT, last)]
    article.verify()


def test_inversion_can_be_an_error(engine: Engine) -> None:
    lab = Lab.on(engine, on_inversion="error")
    article = lab.record()
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with pytest.raises(DBAPIError) as caught:
        invert(lab, "UPDATE article SET name = 'one' WHERE id = 1")
    explained = EMITTER.explain(caught.value, article.spec)
    assert isinstance(explained, TransactionInversion)
    assert explained.table == str(article.spec.table)
    assert article.story("name") == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "two")]


def test_renumbering_reaches_every_table_of_the_log(lab: Lab) -> None:
    lab.record().run("INSERT INTO article VALUES (1, 'a', 1)")
    note = lab.record(name="note")
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        execute(one, "INSERT INTO note VALUES (1, 'n', 1)")
        lab.tables[0].run("UPDATE article SET name = 'b'")
        execute(one, "UPDATE article SET name = 'c'")
        one.commit()
    assert [v.transaction for v in note.versions()] == [lab.ids()[-1]]
    note.verify()
    lab.tables[0].verify()


def test_helpers_for_one_table_keep_the_others(lab: Lab) -> None:
    article, note = lab.record(), lab.record(name="note")
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with lab.engine.begin() as connection:
        server = EMITTER.server(connection, lab.log)
        execute(connection, *EMITTER.create_helpers(lab.log, [article.spec], server))
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        execute(one, "INSERT INTO note VALUES (1, 'n', 1)")
        article.run("UPDATE article SET name = 'b'")
        execute(one, "UPDATE article SET name = 'c'")
        one.commit()
    note.verify()


def test_ids_that_are_handed_out_too_low_are_refused(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with article.lab.engine.begin() as connection:
        execute(connection, "UPDATE article_version SET transaction_id = 1000")
    with pytest.raises(DBAPIError, match="handed out"):
        article.run("UPDATE article SET name = 'b'")


def test_holes(lab: Lab) -> None:
    spec = lab.record().spec
    server = lab.server()
    row = replace(server, facts={**server.facts, "binary_log": "ROW"})
    statement = replace(server, facts={**server.facts, "binary_log": "STATEMENT"})
    with lab.engine.connect() as connection:
        assert EMITTER.holes(connection, spec, row) == [f"TRUNCATE of {spec.table}"]
        assert "binlog_format=STATEMENT" in EMITTER.holes(connection, spec, statement)[1]


# Several writers


@pytest.mark.parametrize("level", ["REPEATABLE READ", "READ COMMITTED"])
@pytest.mark.parametrize("generated", [True, False])
def test_concurrent_writers(database: Database, generated: bool, level: str) -> None:
    lab = Lab.on(database.engine(isolation_level=level, pool_size=8))
    article = lab.record(generated_key=generated)
    article.run("INSERT INTO article VALUES " + ", ".join(f"({n}, 'a', 0)" for n in range(1, 41)))
    failed: list[BaseException] = []

    def write(thread: int) -> None:
        for turn in range(15):
            own = 1000 + 4 * turn + thread
            row = 1 + 4 * (turn % 10) + thread
            try:
                with lab.unit() as connection:
                    execute(
                        connection,
                        f"UPDATE article SET hits = hits + 1 WHERE id = {row}",
                        "INSERT INTO article (name) VALUES ('x'), ('y')"
                        if generated
                        else f"INSERT INTO article VALUES ({own}, 'x', 1)",
                        f"UPDATE article SET name = CONCAT(name, 'b') WHERE id = {row}",
                    )
            except DBAPIError as error:
                failed.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    article.verify()


def test_writers_of_the_same_rows(database: Database) -> None:
    lab = Lab.on(database.engine(pool_size=8))
    article = lab.record()
    article.run("INSERT INTO article VALUES (1, 'a', 0), (2, 'a', 0), (3, 'a', 0)")
    unexpected: list[BaseException] = []

    def write(thread: int) -> None:
        rng = random.Random(thread)
        for _ in range(25):
            try:
                with lab.unit() as connection:
                    for _ in range(2):
                        execute(
                            connection,
                            f"UPDATE article SET hits = hits + 1 WHERE id = {rng.randrange(1, 4)}",
                        )
            except DBAPIError as error:
                # Two writers of the same two rows in opposite order.
                if number(error) != 1213:
                    unexpected.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert unexpected == []
    article.verify()


def test_a_snapshot_that_is_older_than_the_newest_version(article: Recorded) -> None:
    lab = article.lab
    article.run("INSERT INTO article VALUES (1, 'a', 0)")
    with lab.unit() as old:
        assert len(old.exec_driver_sql("SELECT * FROM article_version").all()) == 1
        article.run("UPDATE article SET name = 'b'")
        execute(old, "UPDATE article SET name = 'c'")
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, 3, "b"),
        (1, UPDATE, 3, None, "c"),
    ]


@pytest.mark.parametrize("generated", [True, False])
def test_an_open_transaction_holds_up_nobody(lab: Lab, generated: bool) -> None:
    article = lab.record(generated_key=generated)
    article.run("INSERT INTO article VALUES (1, 'a', 0), (5, 'a', 0), (9, 'a', 0)")
    with lab.unit() as one:
        execute(
            one,
            "UPDATE article SET hits = 1 WHERE id IN (5, 9)",
            "INSERT INTO article VALUES (20, 'a', 0)",
        )
        with lab.unit() as two:
            execute(
                two,
                "SET SESSION innodb_lock_wait_timeout = 2",
                "UPDATE article SET hits = 1 WHERE id = 1",
                "INSERT INTO article VALUES (21, 'a', 0), (6, 'a', 0), (10, 'a', 0)",
            )
    article.verify()


# Values

FINE: list[tuple[TypeEngine[Any], str, str]] = [
    (String(20, collation="utf8mb4_general_ci"), "'a'", "'A'"),
    (String(20, collation="utf8mb4_general_ci"), "'a'", "'a '"),
    (String(20, collation="utf8mb4_general_ci"), "'a'", "'ä'"),
    (String(20, collation="latin1_swedish_ci"), "'a'", "'ä'"),
    (dialect.CHAR(5), "'a'", "'A'"),
    (dialect.TEXT(), "'x'", "'X'"),
    (LargeBinary(), "X'00ff'", "X'00fe'"),
    (JSON(), """'{"a": 1}'""", """'{"a": "1"}'"""),
    (JSON(), "NULL", "'null'"),
    (Float(), "1.5", "1.25"),
    (Double(), "1.0000000000000002e0", "1e0"),
    (Numeric(20, 10), "1.0000000001", "1.0000000002"),
    (dialect.DATETIME(fsp=6), "'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00.000002'"),
    (dialect.TIME(fsp=3), "'10:00:00.001'", "'10:00:00.002'"),
    (Date(), "'2026-01-01'", "'2026-01-02'"),
    (Enum("a", "A b", "it's"), "'a'", """'it''s'"""),
    (dialect.SET("a", "b"), "'a'", "'a,b'"),
    (dialect.BIT(4), "b'0001'", "b'0010'"),
    (dialect.BIGINT(unsigned=True), "18446744073709551615", "18446744073709551614"),
    (dialect.YEAR(), "2026", "2027"),
    (String(20), "NULL", "''"),
    (Integer(), "NULL", "0"),
]


@pytest.mark.parametrize(
    ("type_", "one", "two"), FINE, ids=[f"{type(t).__name__} {a} {b}" for t, a, b in FINE]
)
def test_every_difference_counts(lab: Lab, type_: TypeEngine[Any], one: str, two: str) -> None:
    table = lab.record((("id", Integer()), ("value", type_)), name="t")
    table.run(f"INSERT INTO t VALUES (1, {one})")
    table.run(f"UPDATE t SET value = {one}")
    assert len(table.versions()) == 1
    table.run(f"UPDATE t SET value = {two}")
    table.run(f"UPDATE t SET value = {one}", f"UPDATE t SET value = {two}")
    assert [v.operation for v in table.versions()] == [INSERT, UPDATE]
    with lab.engine.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT HEX(h.value) = HEX(t.value) FROM t JOIN t_version h USING (id)"
            " WHERE h.end_transaction_id IS NULL"
        ).scalar_one()
    assert stored == (None if "NULL" in two else 1)


@pytest.mark.engines("mysql")  # MariaDB stores no negative zero
def test_sign_of_zero_counts(lab: Lab) -> None:
    table = lab.record((("id", Integer()), ("value", Double())), name="t")
    table.run("INSERT INTO t VALUES (1, 0)")
    table.run("UPDATE t SET value = -1e0 * 0e0")
    assert len(table.versions()) == 2


def test_numbers_are_stored_exactly(lab: Lab) -> None:
    table = lab.record((("id", Integer()), ("value", Numeric(30, 10))), name="t")
    table.run("INSERT INTO t VALUES (1, 12345678901234567890.1234567890)")
    assert table.versions()[0].values["value"] == Decimal("12345678901234567890.1234567890")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE IGNORE t SET id = 2 WHERE id = 1",
        "UPDATE IGNORE t SET code = 2 WHERE id = 1",
        "UPDATE IGNORE t, one SET t.code = 2 WHERE t.id = 1",
        "UPDATE IGNORE t SET parent = 7 WHERE id = 1",
        "INSERT IGNORE INTO t VALUES (1, 5, NULL), (5, 2, NULL)",
    ],
)
def test_what_a_statement_ignored_is_no_change(lab: Lab, statement: str) -> None:
    columns = (("id", Integer()), ("code", Integer()), ("parent", Integer()))
    table = lab.record(columns, name="t", install=False)
    with lab.engine.begin() as connection:
        execute(
            connection,
            "CREATE TABLE one (id INT PRIMARY KEY)",
            "INSERT INTO one VALUES (1)",
            "ALTER TABLE t ADD UNIQUE (code), ADD FOREIGN KEY (parent) REFERENCES one (id)",
        )
    lab.install()
    table.run("INSERT INTO t VALUES (1, 1, 1), (2, 2, 1)")
    table.run(statement)
    assert table.story("code") == [(1, INSERT, 1, None, 1), (2, INSERT, 1, None, 2)]


def test_own_comparison(lab: Lab) -> None:
    table = lab.record((("id", Integer()), ("value", String(20))), name="t", install=False)
    columns = (
        table.spec.columns[0],
        replace(table.spec.columns[1], comparison="LOWER({old}) <> LOWER({new})"),
    )
    table.spec = replace(table.spec, columns=columns)
    lab.install()
    table.run("INSERT INTO t VALUES (1, 'a')")
    table.run("UPDATE t SET value = 'A'")
    assert len(table.versions()) == 1
    table.run("UPDATE t SET value = NULL")
    assert len(table.versions()) == 2


def test_generated_columns(lab: Lab) -> None:
    table = lab.record(
        name="t", columns=(("id", Integer()), ("a", Integer()), ("b", Integer())), install=False
    )
    with lab.engine.begin() as connection:
        execute(connection, "ALTER TABLE t DROP b", "ALTER TABLE t ADD b INT AS (a * 2) VIRTUAL")
    lab.install()
    table.run("INSERT INTO t (id, a) VALUES (1, 5)")
    table.run("UPDATE t SET a = 6")
    assert [v.values["b"] for v in table.versions()] == [10, 12]


# Modes of the session

MODES = [
    "",
    "ANSI_QUOTES,PIPES_AS_CONCAT,IGNORE_SPACE",
    "NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE",
    "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE",
    "PAD_CHAR_TO_FULL_LENGTH",
]


@pytest.mark.parametrize("mode", MODES)
def test_mode_of_the_creating_session_does_not_matter(lab: Lab, mode: str) -> None:
    article = lab.record(
        (("id", Integer()), ("na'm\"e\\", String(5)), ("day", Date())),
        install=False,
        name="it's \\",
    )
    with lab.engine.begin() as connection:
        execute(connection, f"SET SESSION sql_mode = '{mode}'")
        server = EMITTER.server(connection, lab.log)
        execute(
            connection,
            *EMITTER.create_helpers(lab.log, [article.spec], server),
            *EMITTER.create(article.spec, server),
        )
        kept = connection.exec_driver_sql("SELECT @@SESSION.sql_mode").scalar_one()
        modes = (
            connection.execute(
                text(
                    "SELECT DISTINCT sql_mode FROM information_schema.triggers"
                    " WHERE trigger_schema = DATABASE()"
                )
            )
            .scalars()
            .all()
        )
        found = EMITTER.installed(connection, lab.log, [article.spec.table.schema])
    assert set(kept.split(",")) >= set(mode.split(",")) - {""}
    assert [set(item.split(",")) for item in modes] == [set(SQL_MODE.split(","))]
    expected = EMITTER.expected(article.spec, server)
    assert {i.name: i.fingerprint for i in found if i.table == article.spec.table} == expected
    article.run("INSERT INTO `it's \\` VALUES (1, 'a', '2026-01-01')")
    article.run("UPDATE `it's \\` SET day = NULL")
    assert len(article.versions()) == 2


def test_what_a_lax_client_stores_is_recorded(lab: Lab) -> None:
    article = lab.record((("id", Integer()), ("name", String(3)), ("day", Date())))
    lax = "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'"
    article.run(lax, "INSERT INTO article VALUES (1, 'too long', '0000-00-00')")
    article.run(lax, "UPDATE article SET day = '2026-02-31'")
    with lab.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, CAST(day AS CHAR) FROM article_version ORDER BY transaction_id"
        ).all()
    assert [tuple(row) for row in rows] == [("too", "0000-00-00"), ("too", "2026-02-31")]


def test_history_is_never_cut_off(lab: Lab) -> None:
    article = lab.record()
    with lab.engine.begin() as connection:
        execute(connection, "ALTER TABLE article_version MODIFY name VARCHAR(2)")
    with pytest.raises(DBAPIError), lab.unit() as connection:
        execute(connection, "SET SESSION sql_mode = ''", "INSERT INTO article VALUES (1, 'abc', 1)")
    article.verify()


@pytest.mark.parametrize("charset", ["latin1", "utf8mb4"])
def test_character_set_of_the_connection_does_not_matter(lab: Lab, charset: str) -> None:
    article = lab.record()
    with lab.unit(context='{"reason": "x"}') as connection:
        execute(connection, f"SET NAMES {charset}", "INSERT INTO article VALUES (1, 'a', 1)")
        EMITTER.pause(connection, lab.log, [article.spec.table])
        execute(
            connection,
            "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
            "INSERT INTO article VALUES (2, 'a', 1)",
        )
        EMITTER.pause(connection, lab.log, [TableName("other", "x")])
        execute(connection, "INSERT INTO article VALUES (3, 'a', 1)")
    assert [v.key for v in article.versions()] == [(1,)]
    assert lab.transactions() == [("x", None, None)]


# Names

NAMES = [
    "select",
    "it's",
    'say "hi"',
    "back`tick",
    "with space",
    "per%cent %s",
    "colon :x",
    "back\\slash",
    "ünïcode 漢字",
    "x" * 64,
    "/* no comment */ -- x",
]


@pytest.mark.parametrize("name", NAMES)
def test_names(engine: Engine, name: str) -> None:
    lab = Lab.on(engine, prefix=name[:40], name=("t" + name)[:64])
    column = name.rstrip()
    table = lab.record(
        ((column, Integer()), ("other", String(20))),
        key=(column,),
        name=name,
        version_name=("v" + name)[:64],
        transaction_column="tx " + name[:60],
        end_column=("end " + name)[:64],
        operation_column=("op " + name)[:64],
    )

    def quoted(value: str) -> str:
        return "`" + value.replace("`", "``") + "`"

    table.run(f"INSERT INTO {quoted(name)} VALUES (1, 'a')", context='{"number": 1}')
    with lab.unit() as connection:
        execute(connection, f"UPDATE {quoted(name)} SET other = 'b'")
        EMITTER.publish(connection, lab.log, '{"number": 2}')
        EMITTER.pause(connection, lab.log, [table.spec.table])
        execute(connection, f"INSERT INTO {quoted(name)} VALUES (2, 'a')")
        assert EMITTER.transaction_id(connection, lab.log, create=True) is not None
    assert table.story("other", gaps=True) == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, None, "b"),
    ]
    assert lab.transactions() == [(None, 1, None), (None, 2, None)]
    with engine.begin() as connection:
        server = EMITTER.server(connection, lab.log)
        found = EMITTER.installed(connection, lab.log, [table.spec.table.schema])
        assert {i.name: i.fingerprint for i in found if i.table == table.spec.table} == (
            EMITTER.expected(table.spec, server)
        )
        execute(
            connection, *EMITTER.drop(table.spec, server), *EMITTER.drop_helpers(lab.log, server)
        )
        assert EMITTER.installed(connection, lab.log, [table.spec.table.schema]) == []


def test_long_names_stay_apart(lab: Lab) -> None:
    names = [start + "x" * 62 for start in ("a1", "a2")]
    tables = [lab.record(name=name, version_name=f"v{number}") for number, name in enumerate(names)]
    for table, name in zip(tables, names, strict=True):
        table.run(f"INSERT INTO {name} VALUES (1, 'a', 1)")
        assert len(table.versions()) == 1


# Installing


def catalog(lab: Lab) -> dict[str, str | None]:
    """Return name and fingerprint of everything of ours in the database."""
    with lab.engine.connect() as connection:
        found = EMITTER.installed(connection, lab.log, [lab.log.table.schema])
    return {item.name: item.fingerprint for item in found}


def test_installed_and_expected(lab: Lab) -> None:
    article = lab.record(generated_key=True)
    expected = EMITTER.expected(article.spec, lab.server())
    assert len(expected) == 4
    assert {name: value for name, value in catalog(lab).items() if name in expected} == expected
    assert {name for name in catalog(lab) if name not in expected} == {
        f"continuum_{helper}" for helper in HELPERS
    }


def test_database_can_be_reflected(lab: Lab) -> None:
    lab.record()
    metadata = MetaData()
    metadata.reflect(lab.engine)  # a warning would be an error here
    assert {"article", "article_version", "transaction"} <= set(metadata.tables)


def test_another_definition_is_stale(lab: Lab) -> None:
    article = lab.record()
    changed = replace(article.spec, columns=article.spec.columns[:2])
    assert EMITTER.expected(changed, lab.server()) != EMITTER.expected(article.spec, lab.server())


def test_install_twice_changes_nothing_but_can_replace(lab: Lab) -> None:
    article = lab.record()
    before = catalog(lab)
    lab.install()
    assert catalog(lab) == before
    article.spec = replace(article.spec, null_delete=True)
    lab.install()
    assert catalog(lab) != before
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("DELETE FROM article")
    assert [v.values["name"] for v in article.versions()] == ["a", None]


def test_replacing_leaves_no_unrecorded_moment(lab: Lab) -> None:
    article = lab.record()
    statements = [
        "INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1), (3, 'a', 1)",
        "UPDATE article SET name = CONCAT(name, 'b')",
        "UPDATE article SET id = id + 10 ORDER BY id",
        "DELETE FROM article WHERE id = 11",
        "INSERT INTO article VALUES (11, 'abb', 1)",
        "UPDATE article SET hits = 2",
        "UPDATE article SET hits = 1",
        "DELETE FROM article",
    ]
    model = rule.History({"article": article.rule})
    article.spec = replace(article.spec, null_delete=False, duplicates=False)
    with lab.engine.connect() as connection:
        server = EMITTER.server(connection, lab.log)
        steps = EMITTER.create(article.spec, server)
    with lab.engine.connect() as installer:
        for step in [*steps, *EMITTER.create(article.spec, lab.server()), "DO 0"]:
            with lab.unit() as connection:
                states = [{"article": article.rows_seen_by(connection)}]
                for statement in statements[:-1]:
                    execute(connection, statement)
                    states.append({"article": article.rows_seen_by(connection)})
            model.commit(states)
            with lab.unit() as connection:
                states = [{"article": article.rows_seen_by(connection)}]
                execute(connection, statements[-1])
                states.append({"article": article.rows_seen_by(connection)})
            model.commit(states)
            article.verify()
            run_or(1359, installer, step)  # made already by the first round
    assert rule.ranked(article.versions()) == rule.ranked(model.versions("article"))


def test_drop_takes_everything_away(lab: Lab) -> None:
    article = lab.record(generated_key=True)
    with lab.engine.begin() as connection:
        server = EMITTER.server(connection, lab.log)
        for _ in range(2):
            execute(
                connection,
                *EMITTER.drop(article.spec, server),
                *EMITTER.drop_helpers(lab.log, server),
            )
    assert catalog(lab) == {}
    with lab.engine.begin() as connection:
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    assert article.versions() == []


def test_ours_come_before_foreign_triggers(lab: Lab) -> None:
    article = lab.record(install=False)
    with lab.engine.begin() as connection:
        execute(
            connection,
            "CREATE TABLE audit (id INT PRIMARY KEY, open INT)",
            "CREATE TRIGGER a_user AFTER INSERT ON article FOR EACH ROW INSERT INTO audit"
            " SELECT NEW.id, COUNT(*) FROM article_version WHERE id = NEW.id",
        )
    for _ in range(2):
        lab.install()
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with lab.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT open FROM audit").scalars().all() == [1]


def test_a_copied_database_does_not_write_into_the_original(lab: Lab, other_schema: str) -> None:
    article = lab.record()
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with lab.engine.begin() as connection:
        for table in ("article", "article_version", "transaction"):
            execute(connection, f"CREATE TABLE `{other_schema}`.{table} LIKE {table}")
        server = EMITTER.server(connection, lab.log)
        home = str(article.spec.table.schema)
        copied = [
            *EMITTER.create_helpers(
                lab.log,
                [article.spec],
                replace(server, facts={**server.facts, "helpers": {}, "triggers": ()}),
            ),
            *EMITTER.create(article.spec, replace(server, facts={**server.facts, "triggers": ()})),
        ]
        execute(connection, f"USE `{other_schema}`")
        execute(
            connection,
            *(statement.replace(f"`{home}`", f"`{other_schema}`") for statement in copied),
        )
        found = EMITTER.installed(connection, lab.log, [other_schema])
        assert {item.fingerprint for item in found if item.table.schema == other_schema} == {None}
        execute(connection, "INSERT INTO article VALUES (2, 'b', 1)")
        rows = connection.exec_driver_sql("SELECT COUNT(*) FROM article_version").scalar_one()
        assert rows == 1
        execute(connection, f"USE `{home}`")
    assert [v.key for v in article.versions()] == [(1,)]


def test_offline_text_works(engine: Engine) -> None:
    lab = Lab.on(engine)
    article = lab.record(install=False, generated_key=True)
    anywhere = article.spec.resolve(lambda _: None)
    server = EMITTER.offline_server(engine.dialect)
    statements = [
        *EMITTER.create_helpers(anywhere.log, [anywhere], server),
        *EMITTER.create(anywhere, server),
    ]
    with engine.begin() as connection:
        for _ in range(2):
            execute(connection, *statements)
    with lab.unit(context='{"number": 3}') as connection:
        execute(connection, "INSERT INTO article (name) VALUES ('a')")
        execute(connection, "UPDATE article SET name = 'b'")
    assert article.story("name") == [(1, INSERT, 1, None, "b")]
    assert lab.transactions() == [(None, 3, None)]
    with engine.connect() as connection:
        found = EMITTER.installed(connection, lab.log, [article.spec.table.schema])
    expected = EMITTER.expected(article.spec, lab.server())
    assert {i.name: i.fingerprint for i in found if i.table == article.spec.table} == expected
    lab.install()
    assert {name: value for name, value in catalog(lab).items() if name in expected} == expected


# Foreign keys


def family(
    lab: Lab, action: str, *, versioned_parent: bool = True, on_update: str | None = None
) -> Any:
    parent = lab.record(name="parent", install=False)
    cascade = Cascade(
        parent.spec.table,
        TableName("child", parent.spec.table.schema),
        (("parent_id", "id"),),
        on_delete=action,
        on_update=on_update,
    )
    if not versioned_parent:
        lab.tables.clear()
    child = lab.record(
        (("id", Integer()), ("parent_id", Integer())),
        name="child",
        install=False,
        cascades=(cascade,),
    )
    with lab.engine.begin() as connection:
        execute(
            connection,
            "ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent (id)"
            f" ON DELETE {action}",
        )
    lab.install()
    return parent, child


FILL = (
    "INSERT INTO parent VALUES (1, 'p', 1), (2, 'q', 1)",
    "INSERT INTO child VALUES (1, 1), (2, 1), (3, 2)",
)


@pytest.mark.parametrize("versioned_parent", [True, False])
def test_cascading_delete(lab: Lab, versioned_parent: bool) -> None:
    _, child = family(lab, "CASCADE", versioned_parent=versioned_parent)
    child.run(*FILL)
    child.run("DELETE FROM parent WHERE id = 1")
    assert child.story("parent_id") == [
        (1, INSERT, 1, 2, 1),
        (1, DELETE, 2, None, 1),
        (2, INSERT, 1, 2, 1),
        (2, DELETE, 2, None, 1),
        (3, INSERT, 1, None, 2),
    ]
    expected = EMITTER.expected(child.spec, lab.server())
    assert "continuum_cascade_parent_child" in expected
    with lab.engine.connect() as connection:
        found = EMITTER.installed(connection, lab.log, [child.spec.table.schema])
    assert {i.name: i.fingerprint for i in found if i.table == child.spec.table} == expected


def test_cascading_set_null(lab: Lab) -> None:
    _, child = family(lab, "SET NULL")
    child.run(*FILL)
    child.run("DELETE FROM parent WHERE id = 2")
    assert child.story("parent_id")[2:] == [(3, INSERT, 1, 2, 2), (3, UPDATE, 2, None, None)]


def test_cascade_with_foreign_keys_switched_off(lab: Lab) -> None:
    _, child = family(lab, "CASCADE")
    child.run(*FILL)
    child.run(
        "SET foreign_key_checks = 0",
        "DELETE FROM parent WHERE id = 1",
        "SET foreign_key_checks = 1",
    )
    assert len(child.versions()) == 3
    child.verify()


def test_cascade_goes_with_the_child(lab: Lab) -> None:
    _, child = family(lab, "CASCADE", versioned_parent=False)
    with lab.engine.begin() as connection:
        server = EMITTER.server(connection, lab.log)
        execute(connection, *EMITTER.drop(child.spec, server), "DROP TABLE child")
        execute(connection, "INSERT INTO parent VALUES (1, 'p', 1)", "DELETE FROM parent")


def test_cascade_over_an_unversioned_table(lab: Lab) -> None:
    child = lab.record((("id", Integer()), ("middle_id", Integer())), name="child", install=False)
    schema = child.spec.table.schema
    top, middle = TableName("top", schema), TableName("middle", schema)
    with lab.engine.begin() as connection:
        execute(
            connection,
            "CREATE TABLE top (id INT PRIMARY KEY)",
            "CREATE TABLE middle (id INT PRIMARY KEY, top_id INT,"
            " FOREIGN KEY (top_id) REFERENCES top (id) ON DELETE CASCADE)",
            "ALTER TABLE child ADD FOREIGN KEY (middle_id) REFERENCES middle (id)"
            " ON DELETE CASCADE",
        )
    child.spec = replace(
        child.spec,
        cascades=(
            Cascade(middle, child.spec.table, (("middle_id", "id"),), on_delete="CASCADE"),
            Cascade(top, middle, (("top_id", "id"),), on_delete="CASCADE"),
        ),
    )
    lab.install()
    child.run(
        "INSERT INTO top VALUES (1)",
        "INSERT INTO middle VALUES (1, 1)",
        "INSERT INTO child VALUES (1, 1)",
    )
    child.run("DELETE FROM top")
    assert child.story() == [(1, INSERT, 1, 2), (1, DELETE, 2, None)]
    expected = EMITTER.expected(child.spec, lab.server())
    with lab.engine.connect() as connection:
        found = EMITTER.installed(connection, lab.log, [schema])
    assert {i.name: i.fingerprint for i in found if i.table == child.spec.table} == expected


@pytest.mark.parametrize(
    ("parent", "actions"),
    [
        ("parent", {"on_update": "CASCADE"}),
        ("parent", {"on_update": "SET NULL"}),
        ("article", {"on_delete": "CASCADE"}),
        ("article", {"on_delete": "SET NULL"}),
    ],
)
def test_cascades_that_cannot_be_recorded(lab: Lab, parent: str, actions: dict[str, str]) -> None:
    spec = lab.record().spec
    cascade = Cascade(
        TableName(parent, spec.table.schema), spec.table, (("hits", "id"),), **actions
    )
    with pytest.raises(UnsupportedTable, match="article") as caught:
        EMITTER.validate(replace(spec, cascades=(cascade,)), lab.server())
    assert "accept_holes=True" in str(caught.value.hint)


def test_actions_that_change_nothing_are_fine(lab: Lab) -> None:
    spec = lab.record().spec
    for action in ("RESTRICT", "NO ACTION", None):
        cascade = Cascade(spec.table, spec.table, (("hits", "id"),), action, action)
        EMITTER.validate(replace(spec, cascades=(cascade,)), lab.server())
        assert EMITTER.expected(replace(spec, cascades=(cascade,)), lab.server()).keys() == (
            EMITTER.expected(spec, lab.server()).keys()
        )


# What cannot work


def test_old_servers_and_tables_without_a_key_are_refused(lab: Lab) -> None:
    spec = lab.record().spec
    server = lab.server()
    with pytest.raises(UnsupportedTable, match="needs"):
        EMITTER.validate(spec, replace(server, version=(5, 7)))
    with pytest.raises(UnsupportedTable, match="no key"):
        EMITTER.validate(replace(spec, key=()), server)


def test_missing_history_table(article: Recorded) -> None:
    with article.lab.engine.begin() as connection:
        execute(connection, "DROP TABLE article_version")
    with pytest.raises(DBAPIError) as caught:
        article.run("INSERT INTO article VALUES (1, 'a', 1)")
    explained = EMITTER.explain(caught.value, article.spec)
    assert isinstance(explained, StaleTrigger), caught.value
    assert explained.table == str(article.spec.table)
    with article.lab.engine.connect() as connection:
        assert article.rows_seen_by(connection) == {}


def test_history_table_without_a_column(article: Recorded) -> None:
    with article.lab.engine.begin() as connection:
        execute(connection, "ALTER TABLE article_version DROP COLUMN hits")
    with pytest.raises(DBAPIError) as caught:
        article.run("INSERT INTO article VALUES (1, 'a', 1)")
    assert isinstance(EMITTER.explain(caught.value, article.spec), StaleTrigger)


def test_user_with_few_rights(database: Database, lab: Lab) -> None:
    article = lab.record()
    clerk = database.engine(database.make_user("SELECT", "INSERT", "UPDATE", "DELETE"))
    with lab.unit(clerk, context='{"number": 1}') as connection:
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
        EMITTER.publish(connection, lab.log, '{"number": 2}')
        assert EMITTER.transaction_id(connection, lab.log, create=False) is not None
    assert article.story() == [(1, INSERT, 1, None)]
    assert lab.transactions() == [(None, 2, None)]
    with clerk.connect() as connection:
        server = EMITTER.server(connection, lab.log)
        with pytest.raises(DBAPIError) as caught:
            execute(connection, *EMITTER.create(article.spec, server))
    assert isinstance(EMITTER.explain(caught.value, article.spec), MissingPrivilege)


def test_creator_who_is_gone(database: Database, admin_engine: Engine) -> None:
    lab = Lab.on(admin_engine)
    article = lab.record(install=False)
    creator = database.make_user("ALL PRIVILEGES")
    theirs = Lab(database.engine(creator), lab.log, lab.metadata, lab.tables)
    theirs.install()
    theirs.engine.dispose()
    with admin_engine.begin() as connection:
        execute(
            connection,
            f"DROP USER '{creator.username}'@'%'",
            f"CREATE USER '{creator.username}'@'localhost'",
        )
    with pytest.raises(DBAPIError) as caught:
        article.run("INSERT INTO article VALUES (1, 'a', 1)")
    explained = EMITTER.explain(caught.value, article.spec)
    with admin_engine.begin() as connection:
        execute(
            connection, f"RENAME USER '{creator.username}'@'localhost' TO '{creator.username}'@'%'"
        )
    assert isinstance(explained, MissingPrivilege)


@pytest.mark.engines("mariadb")
@pytest.mark.parametrize("binlog_format", ["ROW", "MIXED"])
def test_binary_log(mariadb_binlog: Callable[..., Database], binlog_format: str) -> None:
    lab = Lab.on(mariadb_binlog(binlog_format).engine())
    article = lab.record(generated_key=True)
    with driver(lab.engine) as connection:
        cursor = connection.cursor()
        insert(cursor, 1, 2)
        cursor.execute("UPDATE article SET name = CONCAT(name, id)")
        connection.commit()
        insert(cursor, 3)
        connection.rollback()
        insert(cursor, 4)
        connection.commit()
    assert grouped(article) == [[1, 2], [4]]


@pytest.mark.engines("mariadb")
def test_binary_log_without_trust(mariadb_binlog: Callable[..., Database]) -> None:
    lab = Lab.on(mariadb_binlog("ROW", trust=False).engine())
    article = lab.record(install=False)
    with lab.engine.connect() as connection, pytest.raises(MissingPrivilege, match="binary log"):
        EMITTER.check_privileges(connection, lab.log, [article.spec], lab.server())
    with pytest.raises(DBAPIError) as caught:
        lab.install()
    explained = EMITTER.explain(caught.value, article.spec)
    assert isinstance(explained, MissingPrivilege)
    assert "log_bin_trust_function_creators" in str(explained.hint)
    assert "native_versioning=False" in str(explained.hint)


def test_owner_may_create_triggers(lab: Lab) -> None:
    spec = lab.record().spec
    with lab.engine.connect() as connection:
        EMITTER.check_privileges(connection, lab.log, [spec], lab.server())


def test_errors_of_others_are_not_explained(article: Recorded) -> None:
    with article.lab.engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        execute(connection, "SELECT * FROM nowhere")
    assert EMITTER.explain(caught.value, article.spec) is None
    assert EMITTER.explain(ValueError("x"), None) is None


def test_driver_says_whether_a_transaction_runs(engine: Engine) -> None:
    with driver(engine) as connection:
        assert EMITTER.in_transaction(connection.dbapi_connection) is False
        connection.cursor().execute("BEGIN")
        assert EMITTER.in_transaction(connection.dbapi_connection) is True
    assert EMITTER.in_transaction(object()) is None


# Costs that must not grow


def test_length_of_a_history_does_not_matter(admin_engine: Engine) -> None:
    lab = Lab.on(admin_engine)
    article = lab.record()
    article.run("INSERT INTO article VALUES (1, 'a', 0), (2, 'a', 0)")
    with lab.engine.begin() as connection:
        execute(
            connection,
            "CREATE TABLE digits (d INT)",
            "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)",
        )
        first = lab.ids()[0]
        execute(
            connection,
            "INSERT INTO article_version SELECT 1, 'a', 0,"
            " -1 - a.d - 10 * b.d - 100 * c.d - 1000 * e.d,"
            f" {first}, 1 FROM digits a, digits b, digits c, digits e",
            "ANALYZE TABLE article_version",
        )

    def handler_reads(connection: Connection, key: int) -> int:
        execute(connection, "FLUSH STATUS", f"UPDATE article SET hits = hits + 1 WHERE id = {key}")
        rows = connection.exec_driver_sql(
            "SHOW SESSION STATUS LIKE 'Handler_read%'", execution_options=PLAIN
        ).all()
        return sum(int(row[1]) for row in rows)

    with lab.unit() as connection:
        for _ in range(2):  # the first closes the newest version, the second folds
            assert abs(handler_reads(connection, 1) - handler_reads(connection, 2)) < 20


def test_columns_of_a_spec_are_compared_one_by_one(lab: Lab) -> None:
    wide = lab.record((("id", Integer()), *((f"c{n}", String(10)) for n in range(30))), name="wide")
    wide.run("INSERT INTO wide (id) VALUES (1)")
    for number_ in range(30):
        wide.run(f"UPDATE wide SET c{number_} = 'x'")
    assert len(wide.versions()) == 31
