"""Recording by triggers on PostgreSQL, with hand-made specs and a real server."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import ARRAY
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Engine
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Uuid
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeEngine

from continuum.dialects.base import Server
from continuum.dialects.postgresql import EMITTER
from continuum.dialects.postgresql import TRIGGERS
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import MissingPrivilege
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError
from model import history as rule
from postgresql_support import LOG
from postgresql_support import Recorded
from postgresql_support import compare_with_model
from postgresql_support import context
from postgresql_support import execute
from postgresql_support import record
from postgresql_support import sqlstate
from postgresql_support import with_side_table
from servers.database import Database

INSERT, UPDATE, DELETE = rule.INSERT, rule.UPDATE, rule.DELETE
DEFERRABLE = (
    "ALTER TABLE article DROP CONSTRAINT article_pkey",
    "ALTER TABLE article ADD PRIMARY KEY (id) DEFERRABLE",
)


@pytest.fixture
def engine(postgresql_database: Database) -> Engine:
    return postgresql_database.engine()


@pytest.fixture
def article(engine: Engine) -> Recorded:
    return record(engine)


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


def test_rolled_back_transaction_leaves_nothing(article: Recorded) -> None:
    with article.engine.connect() as connection:
        execute(connection, "INSERT INTO article VALUES (7, 'a', 1)")
    assert article.versions() == []
    assert article.ids() == []


def test_update_without_change_makes_no_transaction(engine: Engine) -> None:
    article = record(engine, excluded=[Column("seen", Integer)])
    article.run("INSERT INTO article VALUES (7, 'a', 1, 0)")
    article.run("UPDATE article SET name = name", "UPDATE article SET seen = 5, name = 'a'")
    assert article.ids() == [1]
    assert article.story() == [(7, INSERT, 1, None)]


def test_null_delete_keeps_the_key_only(engine: Engine) -> None:
    article = record(engine, null_delete=True)
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET hits = 2", "DELETE FROM article")
    assert article.story("name", "hits") == [
        (7, INSERT, 1, 2, "a", 1),
        (7, DELETE, 2, None, None, None),
    ]


def test_subquery_strategy_has_no_end(engine: Engine) -> None:
    article = record(engine, end_column=None)
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET hits = 2")
    article.run("DELETE FROM article")
    article.run("INSERT INTO article VALUES (7, 'b', 1)")
    assert article.story("hits") == [
        (7, INSERT, 1, None, 1),
        (7, UPDATE, 2, None, 2),
        (7, DELETE, 3, None, 2),
        (7, INSERT, 4, None, 1),
    ]


def test_ignored_column_alone_makes_no_version(engine: Engine) -> None:
    article = record(engine, ignored=("hits",))
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET hits = 2")
    assert article.ids() == [1]
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
}


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("case", FOLDS)
def test_fold(engine: Engine, case: str, strategy: str) -> None:
    end = {"validity": "end_transaction_id", "subquery": None}[strategy]
    article = record(engine, end_column=end)
    before, statements, expected = FOLDS[case]
    if before:
        article.run(*before)
    article.run(*statements)
    assert [(row[1], row[4]) for row in article.story("name")] == expected


def test_deleted_row_is_open_again_when_nothing_came_of_it(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("DELETE FROM article")
    article.run("INSERT INTO article VALUES (7, 'b', 1)", "DELETE FROM article")
    assert article.story() == [(7, INSERT, 1, 2), (7, DELETE, 2, None)]


def test_savepoints(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'a', 1)")
    with article.transaction() as connection:
        with connection.begin_nested() as savepoint:
            execute(connection, "UPDATE article SET name = 'lost'")
            savepoint.rollback()
        with connection.begin_nested():
            execute(connection, "UPDATE article SET name = 'b' WHERE id = 7")
            with connection.begin_nested():
                execute(connection, "UPDATE article SET name = 'c' WHERE id = 7")
        execute(connection, "UPDATE article SET hits = 5 WHERE id = 7")
    assert article.story("name", "hits") == [
        (7, INSERT, 1, 3, "a", 1),
        (7, UPDATE, 3, None, "c", 5),
        (8, INSERT, 1, None, "a", 1),
    ]
    assert article.ids() == [1, 3]


def test_error_caught_by_a_function_leaves_nothing_of_it(article: Recorded) -> None:
    article.run(
        "INSERT INTO article VALUES (7, 'a', 1)",
        """
        DO $$ BEGIN
          UPDATE article SET name = 'b';
          INSERT INTO article VALUES (7, 'again', 1);
        EXCEPTION WHEN unique_violation THEN NULL;
        END $$
        """,
    )
    assert article.story("name") == [(7, INSERT, 1, None, "a")]


# Changing keys


def test_changed_key_is_a_delete_and_an_insert(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (7, 'a', 1)")
    article.run("UPDATE article SET id = 8, name = 'b'")
    assert article.story("name") == [
        (7, INSERT, 1, 2, "a"),
        (7, DELETE, 2, None, "a"),
        (8, INSERT, 2, None, "b"),
    ]


def test_swapped_keys(engine: Engine) -> None:
    article = record(engine, before=DEFERRABLE)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)")
    article.run("UPDATE article SET id = 3 - id")
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, None, "b"),
        (2, INSERT, 1, 2, "b"),
        (2, UPDATE, 2, None, "a"),
    ]
    article.run("UPDATE article SET id = 3 - id", "UPDATE article SET id = 3 - id")
    assert len(article.story()) == 4


def test_swap_of_equal_rows_changes_nothing(engine: Engine) -> None:
    article = record(engine, before=DEFERRABLE)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    article.run("UPDATE article SET id = 3 - id")
    assert article.story() == [(1, INSERT, 1, None), (2, INSERT, 1, None)]


def test_shifted_keys(engine: Engine) -> None:
    article = record(engine, before=DEFERRABLE)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1)")
    article.run("UPDATE article SET id = id + 1")
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, DELETE, 2, None, "a"),
        (2, INSERT, 1, 2, "b"),
        (2, UPDATE, 2, None, "a"),
        (3, INSERT, 1, 2, "c"),
        (3, UPDATE, 2, None, "b"),
        (4, INSERT, 2, None, "c"),
    ]


def test_swapped_keys_of_rows_older_than_their_history(engine: Engine) -> None:
    article = record(
        engine, before=[*DEFERRABLE, "INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)"]
    )
    article.run("UPDATE article SET id = 3 - id")
    story = article.story("name", gaps=True)
    assert (1, INSERT, 0, 1, "a") in story
    assert [row for row in story if row[3] is None] == [
        (1, UPDATE, 1, None, "b"),
        (2, INSERT, 1, None, "a"),
    ]


def test_composite_key(engine: Engine) -> None:
    article = record(
        engine,
        [("a", Integer()), ("b", String()), ("c", Integer())],
        key=("a", "b"),
    )
    article.run("INSERT INTO article VALUES (1, 'x', 1), (1, 'y', 1)")
    article.run("UPDATE article SET c = 2 WHERE b = 'y'")
    article.run("UPDATE article SET a = 2 WHERE b = 'x'")
    assert article.story("c") == [
        (1, "x", INSERT, 1, 3, 1),
        (1, "x", DELETE, 3, None, 1),
        (1, "y", INSERT, 1, 2, 1),
        (1, "y", UPDATE, 2, None, 2),
        (2, "x", INSERT, 3, None, 1),
    ]


# Rows older than their history, and gaps


def test_old_row_gets_a_baseline(engine: Engine) -> None:
    article = record(engine, before=["INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)"])
    article.run("UPDATE article SET name = 'c' WHERE id = 1")
    article.run("DELETE FROM article WHERE id = 2")
    assert article.story("name") == [
        (1, INSERT, 0, 1, "a"),
        (1, UPDATE, 1, None, "c"),
        (2, INSERT, 0, 2, "b"),
        (2, DELETE, 2, None, "b"),
    ]


def test_pause_leaves_a_gap_that_a_baseline_fills(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1), (3, 'a', 1), (4, 'a', 1)")
    with article.transaction() as connection:
        EMITTER.pause(connection, LOG, [article.spec.table])
        execute(
            connection,
            "UPDATE article SET name = 'b' WHERE id < 4",
            "DELETE FROM article WHERE id = 3",
            "INSERT INTO article VALUES (5, 'a', 1)",
            "UPDATE article SET name = name WHERE id = 4",
        )
    assert article.story("name", gaps=True) == [
        (1, INSERT, 1, 2, "a"),
        (2, INSERT, 1, 2, "a"),
        (3, INSERT, 1, 2, "a"),
        (4, INSERT, 1, None, "a"),
    ]
    article.run("UPDATE article SET name = 'c' WHERE id = 1")
    article.run("DELETE FROM article WHERE id = 2")
    article.run("INSERT INTO article VALUES (3, 'c', 1)")
    article.run("UPDATE article SET name = 'c' WHERE id = 5")
    assert article.story("name", gaps=True) == [
        (1, INSERT, 1, 2, "a"),
        (1, INSERT, 2, 3, "b"),
        (1, UPDATE, 3, None, "c"),
        (2, INSERT, 1, 2, "a"),
        (2, INSERT, 2, 4, "b"),
        (2, DELETE, 4, None, "b"),
        (3, INSERT, 1, 2, "a"),
        (3, INSERT, 5, None, "c"),
        (4, INSERT, 1, None, "a"),
        (5, INSERT, 0, 6, "a"),
        (5, UPDATE, 6, None, "c"),
    ]


def test_pause_with_subquery_strategy(engine: Engine) -> None:
    article = record(engine, end_column=None)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with article.transaction() as connection:
        EMITTER.pause(connection, LOG, [])
        execute(connection, "UPDATE article SET name = 'b'")
    assert article.ids() == [1]
    article.run("INSERT INTO article VALUES (3, 'a', 1)")
    article.run("UPDATE article SET name = 'c' WHERE id = 1")
    article.run("DELETE FROM article WHERE id = 2")
    assert article.story("name", gaps=True) == [
        (1, INSERT, 1, None, "a"),
        (1, INSERT, 2, None, "b"),
        (1, UPDATE, 3, None, "c"),
        (2, INSERT, 1, None, "a"),
        (2, INSERT, 3, None, "b"),
        (2, DELETE, 4, None, "b"),
        (3, INSERT, 2, None, "a"),
    ]


def test_version_written_before_the_pause_follows_its_row(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with article.transaction("UPDATE article SET name = 'b'") as connection:
        EMITTER.pause(connection, LOG, [article.spec.table])
        execute(connection, "UPDATE article SET name = 'c'")
    assert article.story("name") == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "c")]


def test_change_after_a_pause_in_the_same_transaction(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1), (3, 'a', 1), (4, 'a', 1)")
    with article.transaction() as connection:
        EMITTER.pause(connection, LOG, [article.spec.table])
        execute(connection, "UPDATE article SET name = 'b'", "DELETE FROM article WHERE id = 4")
        EMITTER.resume(connection, LOG, [])
        execute(
            connection,
            "UPDATE article SET name = 'c' WHERE id = 1",
            "UPDATE article SET name = 'a' WHERE id = 2",
            "DELETE FROM article WHERE id = 3",
            "INSERT INTO article VALUES (4, 'd', 1)",
        )
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, None, "c"),
        (2, INSERT, 1, None, "a"),
        (3, INSERT, 1, 2, "a"),
        (3, DELETE, 2, None, "b"),
        (4, INSERT, 1, 2, "a"),
        (4, UPDATE, 2, None, "d"),
    ]


def test_pause_names_its_tables(article: Recorded) -> None:
    other = TableName("other", "public")
    with article.transaction() as connection:
        EMITTER.pause(connection, LOG, [other])
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
        EMITTER.pause(connection, LOG, [article.spec.table])
        execute(connection, "INSERT INTO article VALUES (2, 'a', 1)")
        EMITTER.resume(connection, LOG, [other])
        execute(connection, "INSERT INTO article VALUES (3, 'a', 1)")
        EMITTER.pause(connection, LOG, [])
        execute(connection, "INSERT INTO article VALUES (4, 'a', 1)")
    article.run("INSERT INTO article VALUES (5, 'a', 1)")
    assert [row[0] for row in article.story(gaps=True)] == [1, 3, 5]


def test_pause_ends_with_its_savepoint(article: Recorded) -> None:
    with article.transaction() as connection:
        with connection.begin_nested() as savepoint:
            EMITTER.pause(connection, LOG, [])
            savepoint.rollback()
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    assert [row[0] for row in article.story()] == [1]


def test_truncate_deletes_every_row(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)")
    article.run("INSERT INTO article VALUES (3, 'c', 1)", "TRUNCATE article")
    assert article.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, DELETE, 2, None, "a"),
        (2, INSERT, 1, 2, "b"),
        (2, DELETE, 2, None, "b"),
    ]


def test_links_without_a_unique_constraint(engine: Engine) -> None:
    link = record(
        engine,
        [("a_id", Integer()), ("b_id", Integer())],
        key=("a_id", "b_id"),
        name="link",
        unique=False,
        duplicates=True,
    )
    link.run("INSERT INTO link VALUES (1, 1), (1, 1), (1, 2)")
    link.run("INSERT INTO link VALUES (1, 2)")
    link.run("DELETE FROM link WHERE ctid = (SELECT min(ctid) FROM link)")
    assert link.story() == [(1, 1, INSERT, 1, None), (1, 2, INSERT, 1, None)]
    link.run("DELETE FROM link WHERE b_id = 1")
    link.run("UPDATE link SET b_id = 3 WHERE b_id = 2")
    last = link.ids()
    assert link.story() == [
        (1, 1, INSERT, 1, last[-2]),
        (1, 1, DELETE, last[-2], None),
        (1, 2, INSERT, 1, last[-1]),
        (1, 2, DELETE, last[-1], None),
        (1, 3, INSERT, last[-1], None),
    ]
    link.run("TRUNCATE link")
    assert link.story()[-1][2:] == (DELETE, link.ids()[-1], None)


def test_one_of_two_equal_links_changes(engine: Engine) -> None:
    link = record(
        engine,
        [("a_id", Integer()), ("b_id", Integer())],
        key=("a_id", "b_id"),
        name="link",
        unique=False,
        duplicates=True,
    )
    link.run("INSERT INTO link VALUES (1, 1), (1, 1)")
    link.run("UPDATE link SET b_id = 2 WHERE ctid = (SELECT min(ctid) FROM link)")
    assert link.story() == [(1, 1, INSERT, 1, None), (1, 2, INSERT, 2, None)]


# Random transactions against the independent model


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="validity"),
        pytest.param({"null_delete": True}, id="null_delete"),
        pytest.param({"ignored": ("hits",)}, id="ignored"),
        pytest.param({"end_column": None}, id="subquery"),
        pytest.param({"end_column": None, "ignored": ("hits",)}, id="subquery-ignored"),
    ],
)
@pytest.mark.parametrize("seed", range(2))
def test_random_transactions(engine: Engine, options: dict[str, Any], seed: int) -> None:
    article = record(engine, before=DEFERRABLE, **options)
    compare_with_model(article, random.Random(seed), transactions=30)


# Several transactions at once


def invert(article: Recorded, *own: str) -> None:
    """Let a transaction with the lower id change row 2 after one with the higher id."""
    with article.engine.connect() as one:
        execute(one, "UPDATE article SET name = 'first' WHERE id = 1", *own)
        article.run("UPDATE article SET name = 'second' WHERE id = 2")
        execute(one, "UPDATE article SET name = 'third' WHERE id = 2")
        one.commit()


def test_inverted_ids_are_renumbered(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    invert(article)
    assert article.ids() == [1, 3, 4]
    assert article.story("name") == [
        (1, INSERT, 1, 4, "a"),
        (1, UPDATE, 4, None, "first"),
        (2, INSERT, 1, 3, "a"),
        (2, UPDATE, 3, 4, "second"),
        (2, UPDATE, 4, None, "third"),
    ]


def test_inversion_with_subquery_strategy(engine: Engine) -> None:
    article = record(engine, end_column=None)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    invert(article)
    assert [row[1:3] for row in article.story()] == [
        (INSERT, 1),
        (UPDATE, 4),
        (INSERT, 1),
        (UPDATE, 3),
        (UPDATE, 4),
    ]


def test_inversion_raises_when_asked_to(engine: Engine) -> None:
    article = record(engine, log=replace(LOG, on_inversion="error"))
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with pytest.raises(DBAPIError) as caught:
        invert(article)
    error = EMITTER.explain(caught.value, article.spec)
    assert isinstance(error, TransactionInversion)
    assert "transaction 2 changes a row that transaction 3" in error.message
    assert [row[1:3] for row in article.story()] == [(INSERT, 1), (INSERT, 1), (UPDATE, 3)]


def test_renumbering_reaches_all_tables_of_the_log(engine: Engine) -> None:
    log = with_side_table(LOG, "note", "transaction_id", "about_id")
    note = "CREATE TABLE note (transaction_id bigint, about_id bigint)"
    article = record(engine, log=log, before=[note])
    tag = record(engine, log=log, name="tag", end_column=None)
    stranger = record(
        engine, name="stranger", log=replace(LOG, table=TableName("log2", "public"), prefix="two")
    )
    article.run(
        "INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)",
        "INSERT INTO tag VALUES (1, 'a', 1)",
    )
    stranger.run("INSERT INTO stranger VALUES (1, 'a', 1)")
    stranger.run("INSERT INTO stranger VALUES (2, 'a', 1)")
    invert(
        article,
        "UPDATE tag SET name = 'b'",
        "INSERT INTO tag VALUES (2, 'b', 1)",
        "INSERT INTO note VALUES (2, 1), (1, 2)",
    )
    assert tag.story() == [
        (1, INSERT, 1, None),
        (1, UPDATE, 4, None),
        (2, INSERT, 4, None),
    ]
    assert stranger.story() == [(1, INSERT, 1, None), (2, INSERT, 2, None)]
    with engine.connect() as connection:
        notes = connection.exec_driver_sql("SELECT * FROM note ORDER BY 2").all()
    assert notes == [(4, 1), (1, 4)]
    article.verify()


def test_renumbered_several_times_in_savepoints(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1), (3, 'a', 1), (4, 'a', 1)")
    with article.engine.connect() as one:
        execute(one, "UPDATE article SET name = 'mine' WHERE id = 1")
        article.run("UPDATE article SET name = 'other' WHERE id = 2")
        with one.begin_nested() as savepoint:
            execute(one, "UPDATE article SET name = 'lost' WHERE id = 2")
            savepoint.rollback()
        execute(one, "UPDATE article SET name = 'kept' WHERE id = 1")
        with one.begin_nested():
            execute(one, "UPDATE article SET name = 'mine' WHERE id = 2")
        article.run("UPDATE article SET name = 'other' WHERE id = 3")
        execute(one, "DELETE FROM article WHERE id = 3")
        execute(one, "UPDATE article SET name = 'kept twice' WHERE id = 2")
        one.commit()
    number = article.ids()[-1]
    assert [row for row in article.story("name") if row[2] == number] == [
        (1, UPDATE, number, None, "kept"),
        (2, UPDATE, number, None, "kept twice"),
        (3, DELETE, number, None, "other"),
    ]


def test_gap_of_a_pause_is_renumbered(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with article.engine.connect() as one:
        EMITTER.pause(one, LOG, [])
        execute(one, "UPDATE article SET name = 'hidden' WHERE id = 1")
        EMITTER.resume(one, LOG, [])
        article.run("UPDATE article SET name = 'second' WHERE id = 2")
        execute(one, "UPDATE article SET name = 'third' WHERE id = 2")
        one.commit()
    assert article.story("name", gaps=True) == [
        (1, INSERT, 1, 4, "a"),
        (2, INSERT, 1, 3, "a"),
        (2, UPDATE, 3, 4, "second"),
        (2, UPDATE, 4, None, "third"),
    ]


def test_pause_after_a_later_transaction(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with article.engine.connect() as one:
        execute(one, "UPDATE article SET name = 'first' WHERE id = 1")
        article.run("UPDATE article SET name = 'second' WHERE id = 2")
        EMITTER.pause(one, LOG, [])
        execute(one, "UPDATE article SET name = 'hidden' WHERE id = 2")
        one.commit()
    assert article.story(gaps=True) == [
        (1, INSERT, 1, 4),
        (1, UPDATE, 4, None),
        (2, INSERT, 1, 3),
        (2, UPDATE, 3, 4),
    ]


def test_sequence_behind_the_ids_in_use(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article_version SET transaction_id = 100")
    with pytest.raises(DBAPIError) as caught:
        article.run("UPDATE article SET name = 'b'")
    error = EMITTER.explain(caught.value, article.spec)
    assert error is not None
    assert "versions with id 100 exist" in error.message


def test_key_inserted_by_one_and_updated_by_another(article: Recorded) -> None:
    with article.engine.connect() as one:
        execute(one, "INSERT INTO article VALUES (1, 'a', 1)")
        article.run("INSERT INTO article VALUES (2, 'a', 1)")
        article.run("DELETE FROM article WHERE id = 2")
        execute(one, "INSERT INTO article VALUES (2, 'b', 1)")
        one.commit()
    number = article.ids()[-1]
    assert article.story("name") == [
        (1, INSERT, number, None, "a"),
        (2, INSERT, 2, 3, "a"),
        (2, DELETE, 3, number, "a"),
        (2, INSERT, number, None, "b"),
    ]


def test_key_deleted_after_the_snapshot(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with article.engine.connect().execution_options(isolation_level="REPEATABLE READ") as one:
        execute(one, "SELECT FROM article")
        article.run("DELETE FROM article WHERE id = 1")
        with pytest.raises(DBAPIError) as caught:
            execute(one, "INSERT INTO article VALUES (1, 'a', 1)")
        assert sqlstate(caught.value) == "40001"
    article.verify()


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_concurrent_writers(engine: Engine, isolation: str) -> None:
    article = record(engine)
    # Every key has a history: under REPEATABLE READ the deletion of a key that was made after the
    # snapshot stays unseen.
    article.run("INSERT INTO article SELECT n, 'a', 0 FROM generate_series(1, 9) AS n")
    retries = ("40001", "40P01", "23505")
    failures: list[BaseException] = []
    done: list[int] = []

    def work(number: int) -> None:
        dice = random.Random(number)
        for _ in range(25):
            with engine.connect().execution_options(isolation_level=isolation) as connection:
                try:
                    for _ in range(3):
                        one, two = dice.randint(1, 9), dice.randint(1, 9)
                        execute(
                            connection,
                            dice.choice(
                                [
                                    f"UPDATE article SET hits = hits + 1 WHERE id = {one}",
                                    f"DELETE FROM article WHERE id = {two}",
                                    f"INSERT INTO article VALUES ({two}, 'x', {number})"
                                    " ON CONFLICT (id) DO UPDATE SET hits = article.hits + 1",
                                ]
                            ),
                        )
                    connection.commit()
                    done.append(number)
                except DBAPIError as error:
                    connection.rollback()
                    if sqlstate(error) not in retries:
                        failures.append(error)
                        return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(done) > 10
    article.verify()


# Who is the running transaction


def test_one_row_for_a_transaction(article: Recorded, postgresql_database: Database) -> None:
    postgresql_database.client(
        "INSERT INTO article VALUES (1, 'a', 1);"
        "BEGIN; INSERT INTO article VALUES (2, 'a', 1); SAVEPOINT s;"
        "INSERT INTO article VALUES (3, 'a', 1); ROLLBACK TO s;"
        "INSERT INTO article VALUES (4, 'a', 1); COMMIT AND CHAIN;"
        "INSERT INTO article VALUES (5, 'a', 1); COMMIT;"
        "DO $$ BEGIN INSERT INTO article VALUES (6, 'a', 1); COMMIT;"
        "INSERT INTO article VALUES (7, 'a', 1); END $$;"
    )
    assert [row[:3] for row in article.story()] == [
        (1, INSERT, 1),
        (2, INSERT, 2),
        (4, INSERT, 2),
        (5, INSERT, 3),
        (6, INSERT, 4),
        (7, INSERT, 5),
    ]


def setting(engine: Engine, log: Any = LOG) -> str:
    """Return the name of the setting that holds the id of the running transaction."""
    with engine.connect() as connection:
        EMITTER.transaction_id(connection, log, create=True)
        source = connection.exec_driver_sql(
            "SELECT prosrc FROM pg_proc WHERE proname = 'continuum_transaction_id'"
        ).scalar_one()
    name: str = source.split("current_setting('")[1].split("'")[0]
    return name


def test_setting_of_the_session_is_not_believed(article: Recorded) -> None:
    name = setting(article.engine)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    (first,) = article.ids()
    with article.engine.connect() as connection:
        for value in (str(first), f"999:{first}", "nonsense", f":{first}", ":"):
            execute(connection, f"SET {name} = '{value}'")
            connection.commit()
            execute(connection, "UPDATE article SET hits = hits + 1")
            execute(connection, "UPDATE article SET hits = hits + 1")
            connection.commit()
    assert [row[1] for row in article.story()] == [INSERT, *[UPDATE] * 5]
    assert len(article.ids()) == 6


def test_forged_id_of_another_transaction_is_not_believed(article: Recorded) -> None:
    name = setting(article.engine)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    (first,) = article.ids()
    article.run(
        f"SELECT set_config('{name}', pg_current_xact_id()::text || ':{first}', true)",
        "UPDATE article SET name = 'b'",
    )
    assert [row[1:3] for row in article.story()] == [(INSERT, first), (UPDATE, first + 1)]


def test_forged_id_of_a_later_transaction_is_not_believed(article: Recorded) -> None:
    name = setting(article.engine)
    with article.engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_current_xact_id()")
        article.run("INSERT INTO article VALUES (1, 'a', 1)")
        (later,) = article.ids()
        execute(
            connection,
            f"SELECT set_config('{name}', pg_current_xact_id()::text || ':{later}', true)",
            "INSERT INTO article VALUES (2, 'a', 1)",
        )
        connection.commit()
    assert [row[:3] for row in article.story()] == [(1, INSERT, later), (2, INSERT, later + 1)]


def test_setting_overwritten_in_the_transaction(article: Recorded) -> None:
    name = setting(article.engine)
    with article.transaction("INSERT INTO article VALUES (1, 'a', 1)") as connection:
        with connection.begin_nested():
            execute(connection, f"SET {name} = '999'", "UPDATE article SET name = 'b'")
        execute(connection, f"SET {name} = '999'", "UPDATE article SET name = 'c'")
    assert [(row[1], row[4]) for row in article.story("name")] == [(INSERT, "c")]
    assert len(article.ids()) == 1


def test_pause_and_context_of_the_session_are_not_believed(article: Recorded) -> None:
    name = setting(article.engine)
    with article.engine.connect() as connection:
        execute(
            connection,
            f"SET {name}_paused = '1:*'",
            f"""SET {name}_context = '1:{{"actor": 5}}'""",
        )
        connection.commit()
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
        connection.commit()
        assert connection.exec_driver_sql("SELECT user_id FROM transaction").scalar_one() is None
        connection.commit()
        connection.exec_driver_sql("RESET ALL")
        connection.commit()
    assert len(article.story()) == 1


def test_two_logs_with_one_prefix_in_two_schemas(
    engine: Engine, postgresql_database: Database
) -> None:
    tenants = []
    for schema in ("one", "two"):
        postgresql_database.add_schema(schema)
        log = replace(LOG, table=TableName("transaction", schema))
        tenants.append(record(engine, schema=schema, log=log))
    tenants[1].run("INSERT INTO two.article VALUES (9, 'x', 1)")
    tenants[0].run(
        "INSERT INTO one.article VALUES (1, 'a', 1)", "INSERT INTO two.article VALUES (1, 'b', 1)"
    )
    assert tenants[0].story() == [(1, INSERT, 1, None)]
    assert tenants[1].story() == [(1, INSERT, 2, None), (9, INSERT, 1, None)]


# Who and why


CONTEXT_COLUMNS: dict[str, tuple[str, TypeEngine[Any]]] = {
    "actor": ("user_id", Integer()),
    "remote % 'addr'": ('re"mote %s :x', String(20)),
    "meta": ("meta", JSONB()),
    "note": ("note", JSON()),
    "tags": ("tags", ARRAY(String())),
    "when": ("day", Date()),
    "amount": ("amount", Numeric(10, 2)),
    "uuid": ("uuid", Uuid()),
    "kept": ("kept", String(10)),
}


def contextual(engine: Engine) -> tuple[Recorded, Any]:
    log = replace(
        LOG,
        columns=tuple(
            ContextColumn(key, name, type_) for key, (name, type_) in CONTEXT_COLUMNS.items()
        ),
        row_columns=("issued_at", *(name for name, _ in CONTEXT_COLUMNS.values())),
    )
    columns: list[Column[Any]] = [
        Column(name, type_, server_default="default" if name == "kept" else None)
        for name, type_ in CONTEXT_COLUMNS.values()
    ]
    return record(engine, log=log, log_columns=columns), log


def transactions(article: Recorded) -> list[Any]:
    with article.engine.connect() as connection:
        return list(connection.execute(article.log.select().order_by(article.log.c.id)))


def test_row_is_made_from_the_context(engine: Engine) -> None:
    article, log = contextual(engine)
    uuid = "12345678-1234-5678-1234-567812345678"
    with article.transaction() as connection:
        EMITTER.publish(
            connection,
            log,
            context(
                actor=5,
                meta={"a": [1, "x'%"]},
                note=[1, None],
                tags=["a", 'b"', None],
                when="2024-02-29",
                amount="1.50",
                uuid=uuid,
                **{"remote % 'addr'": "10.0.0.1", "unknown": 1},
            ),
        )
        assert EMITTER.transaction_id(connection, log, create=False) is None
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    (row,) = transactions(article)
    assert row.user_id == 5
    assert row.meta == {"a": [1, "x'%"]}
    assert row.note == [1, None]
    assert row.tags == ["a", 'b"', None]
    assert row.day.isoformat() == "2024-02-29"
    assert row.amount == Decimal("1.50")
    assert str(row.uuid) == uuid
    assert row.kept == "default"
    assert row[4 - 1] == "10.0.0.1"
    assert row.issued_at.tzinfo is None


def test_context_updates_the_row(engine: Engine) -> None:
    article, log = contextual(engine)
    with article.transaction("INSERT INTO article VALUES (1, 'a', 1)") as connection:
        EMITTER.publish(connection, log, context(actor=5, kept="x"))
        with connection.begin_nested() as savepoint:
            EMITTER.publish(connection, log, context(actor=6))
            savepoint.rollback()
        EMITTER.publish(connection, log, context(meta=None, tags=["a"]))
        EMITTER.publish(connection, log, None)
    (row,) = transactions(article)
    assert (row.user_id, row.kept, row.meta, row.tags) == (5, "x", None, ["a"])


def test_context_without_a_change_leaves_nothing(engine: Engine) -> None:
    article, log = contextual(engine)
    with article.transaction() as connection:
        EMITTER.publish(connection, log, context(actor=5))
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    assert [row.user_id for row in transactions(article)] == [None]


def test_context_survives_renumbering(engine: Engine) -> None:
    article, log = contextual(engine)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    with engine.connect() as one:
        EMITTER.publish(one, log, context(actor=5, meta={"a": 1}))
        execute(one, "UPDATE article SET name = 'first' WHERE id = 1")
        article.run("UPDATE article SET name = 'second' WHERE id = 2")
        execute(one, "UPDATE article SET name = 'third' WHERE id = 2")
        one.commit()
    rows = transactions(article)
    assert [row.id for row in rows] == [1, 3, 4]
    assert (rows[-1].user_id, rows[-1].meta) == (5, {"a": 1})
    assert rows[-1].issued_at > rows[-2].issued_at


def test_too_long_value_is_refused_and_not_cut(engine: Engine) -> None:
    article, log = contextual(engine)
    with engine.connect() as connection:
        EMITTER.publish(connection, log, context(kept="x" * 11))
        with pytest.raises(DBAPIError, match="too long"):
            execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    assert article.versions() == []


def test_transaction_asked_for(article: Recorded) -> None:
    with article.transaction() as connection:
        assert EMITTER.transaction_id(connection, LOG, create=False) is None
        number = EMITTER.transaction_id(connection, LOG, create=True)
        assert EMITTER.transaction_id(connection, LOG, create=True) == number
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
    assert article.story() == [(1, INSERT, number, None)]
    with article.transaction() as connection:
        assert EMITTER.transaction_id(connection, LOG, create=False) is None


# Values


NEEDED = {
    "citext": "CREATE EXTENSION citext",
    "mood": "CREATE TYPE mood AS ENUM ('happy', 'sad')",
    "ci": "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
}


@pytest.mark.parametrize(
    ("type_", "sql_type", "old", "new"),
    [
        pytest.param(String(), "text", "'a'", "'A'", id="case"),
        pytest.param(String(), "text", "'a'", "'a '", id="trailing-space"),
        pytest.param(String(), "text", "NULL", "''", id="null"),
        pytest.param(Numeric(), "numeric", "1.0", "1.00", id="numeric-scale"),
        pytest.param(Float(), "float8", "0.0", "-0.0::float8", id="minus-zero"),
        pytest.param(JSON(), "json", """'{"a": 1}'""", """'{"a":1}'""", id="json-text"),
        pytest.param(JSON(), "json", "'null'", "NULL", id="json-null"),
        pytest.param(JSONB(), "jsonb", "'1.0'", "'1.00'", id="jsonb-number"),
        pytest.param(String(), "text COLLATE ci", "'a'", "'A'", id="nondeterministic"),
        pytest.param(CITEXT(), "citext", "'a'", "'A'", id="citext"),
        pytest.param(ARRAY(Integer), "int[]", "'{1,2}'", "'{1,2,NULL}'", id="array"),
        pytest.param(LargeBinary(), "bytea", r"'\x00ff'", r"'\x00fe'", id="bytea"),
        pytest.param(String(), "mood", "'happy'", "'sad'", id="enum"),
        pytest.param(String(), "point", "'(1,2)'", "'(1,3)'", id="without-equality"),
        pytest.param(String(), "xml", "'<a/>'", "'<b/>'", id="xml"),
        pytest.param(
            DateTime(timezone=True),
            "timestamptz",
            "'2024-01-01 00:00:00.000001+00'",
            "'2024-01-01 00:00:00.000002+00'",
            id="timestamptz",
        ),
    ],
)
def test_every_byte_counts(engine: Engine, type_: Any, sql_type: str, old: str, new: str) -> None:
    with engine.begin() as connection:
        execute(connection, *(text for name, text in NEEDED.items() if name in sql_type.split()))
    article = record(engine, [("id", Integer()), ("value", type_)], install=False)
    article.run(
        *(
            f"ALTER TABLE {table} ALTER value TYPE {sql_type} USING NULL"
            for table in ("article", "article_version")
        )
    )
    article.install()
    article.run(f"INSERT INTO article VALUES (1, {old}), (2, NULL)")
    article.run(f"UPDATE article SET value = {new} WHERE id = 1")
    article.run(f"UPDATE article SET value = {new} WHERE id = 1")
    article.run(
        f"UPDATE article SET value = {old} WHERE id = 1",
        f"UPDATE article SET value = {new} WHERE id = 1",
        "UPDATE article SET value = NULL WHERE id = 2",
    )
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, operation_type, transaction_id, end_transaction_id,"
            f" value::text = ({new})::{sql_type.split()[0]}::text"
            " FROM article_version ORDER BY 1, 3"
        ).all()
    assert [row[:4] for row in rows] == [
        (1, INSERT, 1, 2),
        (1, UPDATE, 2, None),
        (2, INSERT, 1, None),
    ]
    assert rows[1][4] is not False


def test_key_that_differs_in_bytes_only(engine: Engine) -> None:
    execution = engine.connect()
    execute(execution, "CREATE EXTENSION citext")
    execution.commit()
    execution.close()
    article = record(engine, [("id", CITEXT()), ("name", String())])
    article.run("INSERT INTO article VALUES ('a', 'x')")
    article.run("UPDATE article SET id = 'A'")
    article.run("UPDATE article SET id = 'a'", "UPDATE article SET id = 'A'")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id::text, operation_type, transaction_id, end_transaction_id"
            " FROM article_version ORDER BY transaction_id"
        ).all()
    assert rows == [("a", INSERT, 1, 2), ("A", UPDATE, 2, None)]


def test_custom_comparison(engine: Engine) -> None:
    article = record(
        engine,
        comparisons={"name": "pg_catalog.lower({old}) <> pg_catalog.lower({new})"},
    )
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article SET name = 'A'")
    assert article.ids() == [1]
    article.run("UPDATE article SET name = NULL")
    article.run("UPDATE article SET name = 'b'", "UPDATE article SET name = NULL")
    assert article.story("name") == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, None)]


def test_generated_default_and_expression(engine: Engine) -> None:
    article = record(
        engine,
        [("id", Integer()), ("n", Integer()), ("double", Integer())],
        install=False,
    )
    article.run(
        "ALTER TABLE article DROP double",
        "ALTER TABLE article ADD double integer GENERATED ALWAYS AS (n * 2) STORED",
        "ALTER TABLE article ALTER n SET DEFAULT 5",
    )
    article.install()
    article.run("INSERT INTO article (id) VALUES (1)")
    article.run("UPDATE article SET n = n + 1")
    assert article.story("n", "double") == [(1, INSERT, 1, 2, 5, 10), (1, UPDATE, 2, None, 6, 12)]


# Statements


def test_upsert_and_insert_select(article: Recorded) -> None:
    article.run("INSERT INTO article SELECT n, 'a', n FROM generate_series(1, 3) AS n")
    article.run(
        "INSERT INTO article VALUES (3, 'b', 9), (4, 'b', 9)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        "INSERT INTO article VALUES (1, 'c', 9) ON CONFLICT DO NOTHING",
        "MERGE INTO article USING (VALUES (2), (5)) AS s (id) ON s.id = article.id"
        " WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'm', 0)",
    )
    assert article.story("name", "hits") == [
        (1, INSERT, 1, None, "a", 1),
        (2, INSERT, 1, 2, "a", 2),
        (2, DELETE, 2, None, "a", 2),
        (3, INSERT, 1, 2, "a", 3),
        (3, UPDATE, 2, None, "b", 3),
        (4, INSERT, 2, None, "b", 9),
        (5, INSERT, 2, None, "m", 0),
    ]


def test_cascade(engine: Engine) -> None:
    article = record(
        engine,
        before=[
            "CREATE TABLE author (id integer PRIMARY KEY)",
            "ALTER TABLE article ADD FOREIGN KEY (hits) REFERENCES author"
            " ON DELETE CASCADE ON UPDATE CASCADE",
        ],
    )
    article.run("INSERT INTO author VALUES (1), (2)")
    article.run("INSERT INTO article VALUES (7, 'a', 1), (8, 'b', 2)")
    article.run("DELETE FROM author WHERE id = 1", "UPDATE author SET id = 3")
    article.run("TRUNCATE author CASCADE")
    assert article.story("hits") == [
        (7, INSERT, 1, 2, 1),
        (7, DELETE, 2, None, 1),
        (8, INSERT, 1, 2, 2),
        (8, UPDATE, 2, 3, 3),
        (8, DELETE, 3, None, 3),
    ]


def test_users_triggers_see_and_change_rows_after_ours(engine: Engine) -> None:
    article = record(
        engine,
        before=[
            """
            CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF pg_trigger_depth() = 1 THEN
                UPDATE article SET name = NEW.name || '!' WHERE id = NEW.id;
              END IF;
              RETURN NULL;
            END $$
            """,
            "CREATE TRIGGER a_again AFTER INSERT OR UPDATE ON article"
            " FOR EACH ROW EXECUTE FUNCTION again()",
        ],
    )
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article SET name = 'b'")
    assert article.story("name") == [(1, INSERT, 1, 2, "a!"), (1, UPDATE, 2, None, "b!")]


def test_partitioned_table(engine: Engine) -> None:
    article = record(
        engine,
        key=("id", "hits"),
        options={"postgresql_partition_by": "LIST (hits)"},
        before=[
            "CREATE TABLE article_1 PARTITION OF article FOR VALUES IN (1)",
            "CREATE TABLE article_2 PARTITION OF article FOR VALUES IN (2)",
        ],
    )
    article.install()  # replacing triggers works there too
    article.run("CREATE TABLE article_3 PARTITION OF article FOR VALUES IN (3)")
    article.run(
        "INSERT INTO article VALUES (1, 'a', 1)", "INSERT INTO article_3 VALUES (3, 'c', 3)"
    )
    article.run("UPDATE article_1 SET name = 'b'")
    article.run("UPDATE article SET hits = 2 WHERE id = 1")
    article.run("DELETE FROM article_3")
    article.run("TRUNCATE article")
    assert article.story("name") == [
        (1, 1, INSERT, 1, 2, "a"),
        (1, 1, UPDATE, 2, 3, "b"),
        (1, 1, DELETE, 3, None, "b"),
        (1, 2, INSERT, 3, 5, "b"),
        (1, 2, DELETE, 5, None, "b"),
        (3, 3, INSERT, 1, 4, "c"),
        (3, 3, DELETE, 4, None, "c"),
    ]
    with engine.connect() as connection:
        assert len(EMITTER.installed(connection, LOG, ["public"])) == 4 + 5


# Names


HOSTILE = {
    "quotes": "a\"b'c",
    "spaces": " a b ",
    "percent": "100% %s %(x)s %%",
    "colon": "a:b :name \\:c",
    "backslash": "a\\b\\",
    "unicode": "Übergröße €😀",
    "reserved": "select",
    "dollars": "$continuum$ $1",
    "lines": "a\n\n  b\tc",
    "variables": "tx",
    "braces": "{old} {0}",
    "comment": "a -- b /* c",
    "longest": "x" * 63,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_names(engine: Engine, postgresql_database: Database, case: str) -> None:
    name = HOSTILE[case]
    schema = (name + "s")[-63:]
    execution = engine.connect()
    quoted_schema = schema.replace('"', '""')
    execute(execution, f'CREATE SCHEMA "{quoted_schema}"')
    execution.commit()
    execution.close()
    end = (name + "e")[-63:]
    log = replace(
        LOG,
        table=TableName(name, schema),
        columns=(ContextColumn(name, name, String()),),
        row_columns=("issued_at", name),
    )
    key, other = (name + "k")[-63:], (name + "o")[-63:]
    if case == "reserved":
        key, other, end = "end", "user", "table"
    if case == "variables":
        key, other, end = "newest_tx", "paused", "h"
    metadata_name = (name + "t")[-63:] if case != "longest" else "x" * 62 + "t"
    recorded = record(
        engine,
        [(key, Integer()), (other, String())],
        key=(key,),
        name=metadata_name,
        version_name=metadata_name[:-1] + "v",
        schema=schema,
        log=log,
        log_columns=[Column(name, String)],
        end_column=end,
        transaction_column="row" if case == "reserved" else "transaction_id",
    )
    live = recorded.live
    article = recorded
    with engine.begin() as connection:
        EMITTER.publish(connection, log, context(**{name: "who"}))
        connection.execute(live.insert(), [{key: 1, other: "a"}, {key: 2, other: "b"}])
    with engine.begin() as connection:
        connection.execute(live.update().where(live.c[key] == 1).values({other: "c"}))
        EMITTER.pause(connection, log, [recorded.spec.table])
        connection.execute(live.insert(), [{key: 3, other: "hidden"}])
        EMITTER.resume(connection, log, [])
        connection.execute(live.delete().where(live.c[key] == 2))
        connection.execute(live.update().where(live.c[key] == 1).values({key: 4}))
        EMITTER.publish(connection, log, context(**{name: "me"}))
        assert EMITTER.transaction_id(connection, log, create=False) == 2
    assert article.story(other, gaps=True) == [
        (1, INSERT, 1, 2, "a"),
        (1, DELETE, 2, None, "c"),
        (2, INSERT, 1, 2, "b"),
        (2, DELETE, 2, None, "b"),
        (4, INSERT, 2, None, "c"),
    ]
    assert [row[2] for row in transactions(recorded)] == ["who", "me"]
    with engine.begin() as connection:
        connection.execute(live.delete())
        server = EMITTER.server(connection, log)
        found = EMITTER.installed(connection, log, [schema])
        on_table = {
            item.name: item.fingerprint for item in found if item.table == recorded.spec.table
        }
        assert on_table == EMITTER.expected(recorded.spec, server)
        execute(connection, *EMITTER.drop(recorded.spec, server))
        execute(connection, *EMITTER.drop_helpers(log, server))
        assert EMITTER.installed(connection, log, [schema]) == []


def test_names_that_differ_at_the_end_only(engine: Engine) -> None:
    one = record(engine, name="é" * 27 + "x" * 8 + "a", version_name="v" * 62 + "a")
    two = record(engine, name="é" * 27 + "x" * 8 + "b", version_name="v" * 62 + "b")
    one.run(f"INSERT INTO \"{one.spec.table.name}\" VALUES (1, 'a', 1)")
    two.run(f"INSERT INTO \"{two.spec.table.name}\" VALUES (2, 'b', 1)")
    assert [row[0] for row in one.story()] == [1]
    assert [row[0] for row in two.story()] == [2]


def test_empty_search_path(engine: Engine, postgresql_database: Database) -> None:
    for schema in ("live", "past", "log"):
        postgresql_database.add_schema(schema)
    log = replace(LOG, table=TableName("transaction", "log"))
    article = record(
        engine,
        [("id", String()), ("name", String())],
        schema="live",
        history_schema="past",
        log=log,
    )
    with engine.connect() as connection:
        execute(connection, "SET search_path = ''")
        execute(connection, "INSERT INTO live.article VALUES ('1', 'a'), ('2', 'b')")
        connection.commit()
        EMITTER.publish(connection, log, context(actor=1))
        execute(connection, "UPDATE live.article SET name = 'c' WHERE id = '1'")
        execute(connection, "UPDATE live.article SET name = 'd' WHERE id = '1'")
        EMITTER.pause(connection, log, [article.spec.table])
        execute(connection, "UPDATE live.article SET id = '3' WHERE id = '1'")
        connection.commit()
        execute(connection, "TRUNCATE live.article")
        connection.commit()
        execute(connection, "RESET search_path")
        connection.commit()
    assert article.story("name", gaps=True)[-1] == ("3", DELETE, 3, None, "d")


def test_operators_of_a_schema_in_the_search_path(
    engine: Engine, postgresql_database: Database
) -> None:
    article = record(engine, [("id", String()), ("name", String())])
    postgresql_database.add_schema("evil")
    with engine.connect() as connection:
        execute(
            connection,
            "CREATE FUNCTION evil.trap(varchar, varchar) RETURNS boolean LANGUAGE sql"
            " AS 'SELECT 1/0 = 1'",
            "CREATE OPERATOR evil.= (leftarg = varchar, rightarg = varchar, function = evil.trap)",
            "SET LOCAL search_path = evil, public",
            "INSERT INTO article VALUES ('a', 'x')",
            "UPDATE article SET name = 'y'",
            "UPDATE article SET id = 'b'",
            "DELETE FROM article",
            "INSERT INTO article VALUES ('c', 'x')",
        )
        connection.commit()
    assert article.story("name") == [("c", INSERT, 1, None, "x")]


def test_citext_key_under_an_empty_search_path(engine: Engine) -> None:
    with engine.begin() as connection:
        execute(connection, "CREATE EXTENSION citext SCHEMA public")
    article = record(engine, [("id", CITEXT()), ("name", String())])
    article.run("INSERT INTO article VALUES ('a', 'x')")
    with engine.connect() as connection:
        execute(
            connection,
            "SET LOCAL search_path = ''",
            "UPDATE public.article SET name = 'y', id = 'A'",
            "DELETE FROM public.article",
        )
        connection.commit()
    versions = sorted(article.versions(), key=lambda version: version.transaction)
    assert [(v.key, v.operation, v.end) for v in versions] == [
        (("a",), INSERT, 2),
        (("A",), DELETE, None),
    ]


# What a database has


def by_name(connection: Connection) -> dict[str, str | None]:
    return {item.name: item.fingerprint for item in EMITTER.installed(connection, LOG, ["public"])}


def test_installed_is_what_was_expected(article: Recorded) -> None:
    with article.engine.connect() as connection:
        server = EMITTER.server(connection, LOG)
        assert server.default_schema == "public"
        assert by_name(connection) == {
            **EMITTER.expected(article.spec, server),
            **EMITTER.expected_helpers(LOG, server),
        }
        assert by_name(connection) == {
            item.name: item.fingerprint for item in EMITTER.installed(connection, LOG, [None])
        }
        assert {item.table for item in EMITTER.installed(connection, LOG, ["elsewhere"])} == {
            LOG.table
        }


def test_changed_definition_has_another_fingerprint(article: Recorded) -> None:
    server = EMITTER.offline_server(article.engine.dialect)
    other = replace(article.spec, null_delete=True)
    assert EMITTER.expected(other, server) != EMITTER.expected(article.spec, server)
    assert set(EMITTER.expected(other, server)) == set(TRIGGERS)


def test_disabled_trigger_has_no_fingerprint(article: Recorded) -> None:
    article.run('ALTER TABLE article DISABLE TRIGGER "00_continuum_update"')
    with article.engine.connect() as connection:
        assert by_name(connection)["00_continuum_update"] is None
        assert by_name(connection)["00_continuum_insert"] is not None


@pytest.mark.parametrize("comment", ["NULL", "'text'", "'{}'", "'[1]'", "'{\"continuum\": 1}'"])
def test_foreign_comment_is_no_fingerprint(article: Recorded, comment: str) -> None:
    article.run(f'COMMENT ON TRIGGER "00_continuum_insert" ON article IS {comment}')
    with article.engine.connect() as connection:
        assert by_name(connection)["00_continuum_insert"] is None
    article.install()
    with article.engine.connect() as connection:
        assert by_name(connection)["00_continuum_insert"] is not None


def test_replaced_function_is_noticed(article: Recorded) -> None:
    article.run("COMMENT ON FUNCTION continuum_insert_article_version() IS NULL")
    with article.engine.connect() as connection:
        assert by_name(connection)["00_continuum_insert"] is None
        assert by_name(connection)["00_continuum_truncate"] is not None


def test_installed_is_one_query(article: Recorded) -> None:
    with article.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        count: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            count.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        EMITTER.installed(connection, LOG, ["public", None])
        assert len(count) == 1


def test_dropping_twice(article: Recorded) -> None:
    with article.engine.begin() as connection:
        server = EMITTER.server(connection, LOG)
        for _ in range(2):
            execute(connection, *EMITTER.drop(article.spec, server))
            execute(connection, *EMITTER.drop_helpers(LOG, server))
        assert by_name(connection) == {}
        execute(connection, "DROP TABLE article")
        execute(connection, *EMITTER.drop(article.spec, server))
    assert article.ids() == []


def test_helpers_of_another_log_stay(engine: Engine) -> None:
    two = replace(LOG, table=TableName("log2", "public"), prefix="two")
    record(engine)
    other = record(engine, name="other", log=two)
    with engine.begin() as connection:
        execute(connection, *EMITTER.drop_helpers(LOG, EMITTER.server(connection, LOG)))
    other.run("INSERT INTO other VALUES (1, 'a', 1)")
    assert other.story() == [(1, INSERT, 1, None)]


def test_created_inside_one_transaction(engine: Engine) -> None:
    article = record(engine, install=False)
    with engine.connect() as connection:
        server = EMITTER.server(connection, LOG)
        execute(
            connection,
            *EMITTER.create_helpers(LOG, [article.spec], server),
            *EMITTER.create(article.spec, server),
        )
        connection.rollback()
        assert by_name(connection) == {}


@pytest.mark.parametrize(("own", "during"), [("0", "10s"), ("3s", "3s")])
def test_lock_timeout_holds_for_our_statements_only(engine: Engine, own: str, during: str) -> None:
    article = record(engine, install=False)
    seen = []
    with engine.begin() as connection:
        execute(connection, f"SET LOCAL lock_timeout = '{own}'")
        server = EMITTER.server(connection, LOG)
        execute(connection, *EMITTER.create_helpers(LOG, [article.spec], server))
        for statement in EMITTER.create(article.spec, server):
            execute(connection, statement)
            if statement.startswith("CREATE OR REPLACE TRIGGER"):
                seen.append(connection.exec_driver_sql("SHOW lock_timeout").scalar_one())
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() == own
    assert seen == [during] * 4


def test_statements_work_in_autocommit_mode(engine: Engine) -> None:
    article = record(engine, install=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        server = EMITTER.server(connection, LOG)
        execute(
            connection,
            *EMITTER.create_helpers(LOG, [article.spec], server),
            *EMITTER.create(article.spec, server),
        )
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() == "0"
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    assert article.story() == [(1, INSERT, 1, None)]


def test_columns_can_be_altered_while_triggers_stand(article: Recorded) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run(
        "ALTER TABLE article ALTER name TYPE varchar(50)",
        "ALTER TABLE article_version ALTER name TYPE varchar(50)",
        "ALTER TABLE article ADD more integer DEFAULT 5",
    )
    article.run("UPDATE article SET name = 'b'")
    article.run("UPDATE article SET name = 'a'", "UPDATE article SET name = 'b'")
    assert article.story("name") == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "b")]


# What cannot work, and what can go wrong


def bare(**options: Any) -> TriggerSpec:
    columns = (ColumnSpec("id", "id", Integer()), ColumnSpec("n", "n", Integer()))
    return TriggerSpec(
        **{
            "table": TableName("t", "public"),
            "version_table": TableName("t_version", "public"),
            "log": LOG,
            "columns": columns,
            "key": ("id",),
            **options,
        }
    )


@pytest.mark.parametrize(
    ("spec", "version", "match"),
    [
        (bare(), (13, 9), "PostgreSQL 14"),
        (bare(key=()), (15,), "no key"),
        (
            bare(
                columns=(
                    ColumnSpec("id", "id", Integer()),
                    ColumnSpec("n", "n", Integer(), virtual=True),
                )
            ),
            (18, 1),
            "VIRTUAL",
        ),
        (bare(columns=(ColumnSpec("id", "id", JSON()),)), (15,), "cannot compare"),
    ],
)
def test_refused(spec: TriggerSpec, version: tuple[int, ...], match: str) -> None:
    with pytest.raises(UnsupportedTable, match=match) as caught:
        EMITTER.validate(spec, Server(version, "public"))
    assert caught.value.hint
    assert caught.value.table == "public.t"


@pytest.mark.parametrize(
    "spec",
    [
        bare(),
        bare(columns=(ColumnSpec("id", "id", JSONB()), ColumnSpec("n", "n", JSON()))),
    ],
)
def test_accepted(spec: TriggerSpec) -> None:
    EMITTER.validate(spec, Server((14, 0), "public"))


def explained(article: Recorded, action: Callable[[], Any]) -> VersioningError | None:
    with pytest.raises(DBAPIError) as caught:
        action()
    return EMITTER.explain(caught.value, article.spec)


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_missing_rights_of_a_writer(
    article: Recorded, postgresql_database: Database, driver: str
) -> None:
    url = postgresql_database.make_user()
    article.run(f'GRANT ALL ON article TO "{url.username}"')
    writer = postgresql_database.engine(url.set(drivername=f"postgresql+{driver}"))

    def write() -> None:
        with writer.begin() as connection:
            execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")

    error = explained(article, write)
    assert isinstance(error, MissingPrivilege)
    assert "permission denied" in error.message
    assert error.table == "public.article"
    assert article.rows() == {}


def test_missing_rights_of_a_creator(article: Recorded, postgresql_database: Database) -> None:
    user = postgresql_database.engine(postgresql_database.make_user("SELECT"))

    def create() -> None:
        with user.begin() as connection:
            server = EMITTER.server(connection, LOG)
            execute(connection, *EMITTER.create(article.spec, server))

    assert isinstance(explained(article, create), MissingPrivilege)


def test_missing_rights_that_are_not_ours(article: Recorded, postgresql_database: Database) -> None:
    user = postgresql_database.engine(postgresql_database.make_user())

    def read() -> None:
        with user.begin() as connection:
            execute(connection, "SELECT * FROM article")

    with pytest.raises(DBAPIError) as caught:
        read()
    assert EMITTER.explain(caught.value, None) is None
    assert EMITTER.explain(ValueError("no database error"), None) is None


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE article_version",
        "ALTER TABLE article_version DROP name",
        "ALTER TABLE article DROP name",
        "DROP FUNCTION continuum_transaction_id(boolean)",
        "DROP TABLE transaction",
    ],
)
def test_damaged_schema_fails_the_write(article: Recorded, damage: str) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run(damage)
    error = explained(article, lambda: article.run("UPDATE article SET hits = 2"))
    assert isinstance(error, StaleTrigger)
    assert "create_all" in (error.hint or "")
    assert {row["hits"] for row in _live(article)} == {1}


def _live(article: Recorded) -> list[Any]:
    with article.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT hits FROM article").mappings())


def test_locked_table_is_not_waited_for(article: Recorded) -> None:
    def create() -> None:
        with article.engine.begin() as connection:
            execute(connection, "SET LOCAL lock_timeout = '50ms'")
            server = EMITTER.server(connection, LOG)
            execute(connection, *EMITTER.create(article.spec, server))

    with article.engine.connect() as other:
        execute(other, "LOCK TABLE article IN ROW EXCLUSIVE MODE")
        error = explained(article, create)
    assert error is not None
    assert "lock_timeout" in (error.hint or "")


def test_renumbering_runs_no_function_of_a_stranger(
    article: Recorded, postgresql_database: Database
) -> None:
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1)")
    url = postgresql_database.make_user()
    article.run(f'GRANT CREATE ON SCHEMA public TO "{url.username}"')
    comment = json.dumps(
        {
            "continuum": 1,
            "log": ["public", "transaction"],
            "renumber": ["public", "trap"],
            "fingerprint": "x",
        }
    )
    with postgresql_database.engine(url).begin() as connection:
        execute(
            connection,
            "CREATE TABLE mine (id integer)",
            "CREATE FUNCTION trap(bigint, bigint, boolean) RETURNS void LANGUAGE sql"
            " AS 'SELECT 1/0'",
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NULL; END'",
            'CREATE TRIGGER "00_continuum_insert" AFTER INSERT ON mine'
            " FOR EACH ROW EXECUTE FUNCTION nothing()",
            f"""COMMENT ON TRIGGER "00_continuum_insert" ON mine IS '{comment}'""",
        )
    invert(article)
    article.verify()


# Drivers


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_drivers(engine: Engine, postgresql_database: Database, driver: str) -> None:
    url = postgresql_database.url.set(drivername=f"postgresql+{driver}")
    article = record(postgresql_database.engine(url), name="100% :x")
    live = article.live
    with article.engine.connect() as connection:
        dbapi_connection = connection.connection.dbapi_connection
        assert EMITTER.in_transaction(dbapi_connection) is False
        EMITTER.publish(connection, LOG, context(actor=5))
        assert EMITTER.in_transaction(dbapi_connection) is True
        assert EMITTER.transaction_id(connection, LOG, create=False) is None
        connection.execute(live.insert(), [{"id": 1, "name": "a%"}])
        EMITTER.pause(connection, LOG, [article.spec.table])
        EMITTER.resume(connection, LOG, [])
        number = EMITTER.transaction_id(connection, LOG, create=False)
        connection.commit()
        assert EMITTER.in_transaction(dbapi_connection) is False
    assert article.story() == [(1, INSERT, number, None)]
    assert EMITTER.in_transaction(object()) is None


def test_asyncpg(article: Recorded, postgresql_database: Database) -> None:
    url = postgresql_database.url.set(drivername="postgresql+asyncpg")

    def work(connection: Connection) -> list[bool | None]:
        seen = [EMITTER.in_transaction(connection.connection.dbapi_connection)]
        EMITTER.publish(connection, LOG, context(actor=5))
        seen.append(EMITTER.in_transaction(connection.connection.dbapi_connection))
        execute(connection, "INSERT INTO article VALUES (1, 'a', 1)")
        EMITTER.pause(connection, LOG, [article.spec.table])
        EMITTER.resume(connection, LOG, [])
        server = EMITTER.server(connection, LOG)
        execute(connection, *EMITTER.create(article.spec, server))
        assert by_name(connection)["00_continuum_insert"]
        EMITTER.publish(connection, LOG, None)
        assert EMITTER.transaction_id(connection, LOG, create=False) == 1
        return seen

    def fail(connection: Connection) -> VersioningError | None:
        return explained(
            article, lambda: execute(connection, "INSERT INTO article VALUES (2, 'a', 1)")
        )

    async def main() -> tuple[list[bool | None], VersioningError | None]:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            seen = await connection.run_sync(work)
        article.run("ALTER TABLE article_version DROP name")
        async with engine.connect() as connection:
            error = await connection.run_sync(fail)
        await engine.dispose()
        return seen, error

    seen, error = asyncio.run(main())
    assert seen == [False, True]
    assert isinstance(error, StaleTrigger)
    assert error.message == 'column "name" of relation "article_version" does not exist'
