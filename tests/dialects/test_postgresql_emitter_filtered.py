"""Histories of some changes only, on PostgreSQL: operations and conditions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import JSONB

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.postgresql import EMITTER
from continuum.dialects.spec import TriggerSpec
from postgresql_support import Recorded
from postgresql_support import compare_with_model
from postgresql_support import execute
from postgresql_support import record
from servers.database import Database

INSERT, UPDATE, DELETE = 0, 1, 2
DEFERRABLE = (
    "ALTER TABLE article DROP CONSTRAINT article_pkey",
    "ALTER TABLE article ADD PRIMARY KEY (id) DEFERRABLE",
)
ALL = ("insert", "update", "delete")
ARTICLE = Table(
    "article",
    MetaData(),
    Column("id", Integer),
    Column("name", String),
    Column("hits", Integer),
)
Story = list[tuple[Any, ...]]


def when(
    condition: Callable[[Any, Any], Any], columns: dict[str, Column[Any]] | None = None
) -> RowExpression:
    live = dict(ARTICLE.c) if columns is None else columns
    return RowExpression(condition(RowImage("old", live), RowImage("new", live)))


POPULAR = when(lambda old, new: new.hits > 1)


@pytest.fixture
def engine(postgresql_database: Database) -> Engine:
    return postgresql_database.engine()


def story(article: Recorded) -> Story:
    return [
        (v.key[0], v.operation, v.transaction, v.end, v.values["name"]) for v in article.versions()
    ]


NEW = ("INSERT INTO article VALUES (7, 'a', 1)",)
B, C = ("UPDATE article SET name = 'b'",), ("UPDATE article SET name = 'c'",)
GONE = ("DELETE FROM article",)

CHOSEN: dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...], Story]] = {
    "no update": (
        ("insert", "delete"),
        (NEW, B, C, GONE),
        [
            (7, INSERT, 1, 2, "a"),
            (7, INSERT, 2, 3, "c"),
            (7, DELETE, 3, None, "c"),
        ],
    ),
    "no update, there and back": (
        ("insert", "delete"),
        (NEW, (*B, "UPDATE article SET name = 'a'")),
        [(7, INSERT, 1, None, "a")],
    ),
    "no update, update and delete": (
        ("insert", "delete"),
        (NEW, (*B, *GONE)),
        [(7, INSERT, 1, 2, "a"), (7, DELETE, 2, None, "b")],
    ),
    "no update, delete and insert": (
        ("insert", "delete"),
        (NEW, (*GONE, "INSERT INTO article VALUES (7, 'b', 1)")),
        [(7, INSERT, 1, 2, "a")],
    ),
    "no delete": (
        ("insert", "update"),
        (NEW, B, GONE, NEW),
        [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, 3, "b"), (7, INSERT, 4, None, "a")],
    ),
    "no delete, update and delete": (
        ("insert", "update"),
        (NEW, (*B, *GONE)),
        [(7, INSERT, 1, 2, "a")],
    ),
    "no delete, delete and insert": (
        ("insert", "update"),
        (NEW, (*GONE, "INSERT INTO article VALUES (7, 'b', 1)")),
        [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, None, "b")],
    ),
    "no delete, delete and insert the same": (
        ("insert", "update"),
        (NEW, (*GONE, *NEW)),
        [(7, INSERT, 1, None, "a")],
    ),
    "no insert": (
        ("update", "delete"),
        (NEW, B, GONE, NEW, B),
        [
            (7, INSERT, 0, 1, "a"),
            (7, UPDATE, 1, 2, "b"),
            (7, DELETE, 2, 3, "b"),
            (7, UPDATE, 3, None, "b"),
        ],
    ),
    "insert only": (
        ("insert",),
        ((*NEW, *B), C, GONE, NEW),
        [(7, INSERT, 1, 2, "b"), (7, INSERT, 3, None, "a")],
    ),
    "insert only, insert and delete": (("insert",), ((*NEW, *GONE),), []),
    "delete only": (
        ("delete",),
        (NEW, B, GONE),
        [(7, INSERT, 0, 1, "b"), (7, DELETE, 1, None, "b")],
    ),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_operations(engine: Engine, case: str) -> None:
    operations, transactions, expected = CHOSEN[case]
    article = record(engine, operations=operations)
    for statements in transactions:
        article.run(*statements)
    found = rank(story(article))
    assert found == expected


def rank(rows: Story) -> Story:
    """Number the transactions that left something."""
    ids = sorted({row[2] for row in rows} | {row[3] for row in rows if row[3] is not None} | {0})
    return [
        (*row[:2], ids.index(row[2]), None if row[3] is None else ids.index(row[3]), *row[4:])
        for row in rows
    ]


# Conditions


def test_rows_enter_and_leave(engine: Engine) -> None:
    article = record(engine, when=POPULAR)
    article.run(*NEW)
    assert (article.ids(), story(article)) == ([], [])
    article.run("UPDATE article SET hits = 2")
    article.run(*B)
    article.run("UPDATE article SET hits = 1")
    left = [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, 3, "b")]
    assert story(article) == left
    article.run(*C)
    assert story(article) == left
    article.run("UPDATE article SET hits = 3")
    article.run(*GONE)
    assert story(article) == [*left, (7, INSERT, 4, 5, "c"), (7, DELETE, 5, None, "c")]
    article.run(*NEW)
    article.run(*B)
    article.run(*GONE)
    assert rank(story(article))[-1] == (7, DELETE, 5, None, "c")
    assert len(article.ids()) == 5


WITHIN: dict[str, tuple[tuple[str, ...], Story]] = {
    "leaves": (("UPDATE article SET hits = 0",), [(7, INSERT, 1, 2, "a")]),
    "leaves and comes back": (
        ("UPDATE article SET hits = 0", "UPDATE article SET hits = 2"),
        [(7, INSERT, 1, None, "a")],
    ),
    "leaves and comes back with another name": (
        ("UPDATE article SET hits = 0", "UPDATE article SET hits = 2, name = 'b'"),
        [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, None, "b")],
    ),
    "changes and leaves": (
        ("UPDATE article SET name = 'b'", "UPDATE article SET hits = 0"),
        [(7, INSERT, 1, 2, "a")],
    ),
    "changes, leaves and goes": (
        ("UPDATE article SET name = 'b'", "UPDATE article SET hits = 0", "DELETE FROM article"),
        [(7, INSERT, 1, 2, "a")],
    ),
    "goes and comes unrecorded": (
        ("DELETE FROM article", "INSERT INTO article VALUES (7, 'a', 0)"),
        [(7, INSERT, 1, 2, "a")],
    ),
    "goes and comes": (
        ("DELETE FROM article", "INSERT INTO article VALUES (7, 'b', 2)"),
        [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, None, "b")],
    ),
    "moves": (
        ("UPDATE article SET id = 8",),
        [(7, INSERT, 1, 2, "a"), (7, DELETE, 2, None, "a"), (8, INSERT, 2, None, "a")],
    ),
    "moves out": (
        ("UPDATE article SET id = 8, hits = 0",),
        [(7, INSERT, 1, 2, "a"), (7, DELETE, 2, None, "a")],
    ),
}


@pytest.mark.parametrize("case", WITHIN)
def test_condition_within_a_transaction(engine: Engine, case: str) -> None:
    statements, expected = WITHIN[case]
    article = record(engine, when=POPULAR)
    article.run("INSERT INTO article VALUES (7, 'a', 2)")
    article.run(*statements)
    assert story(article) == expected


def test_new_row_that_leaves_at_once(engine: Engine) -> None:
    article = record(engine, when=POPULAR)
    article.run("INSERT INTO article VALUES (7, 'a', 2)", "UPDATE article SET hits = 1")
    assert story(article) == []


def test_condition_on_both_images(engine: Engine) -> None:
    article = record(
        engine, when=when(lambda old, new: or_(old.id.is_(None), new.name != old.name))
    )
    article.run(*NEW)
    article.run(*B)
    article.run("UPDATE article SET hits = 2")
    article.run(*C)
    article.run(*GONE)
    assert story(article) == [
        (7, INSERT, 1, 2, "a"),
        (7, UPDATE, 2, 3, "b"),
        (7, INSERT, 3, 4, "b"),
        (7, UPDATE, 4, 5, "c"),
    ]


def test_images_that_are_none_have_their_types(engine: Engine) -> None:
    columns = {"id": Column("id", Integer), "tags": Column("tags", JSONB)}
    article = record(
        engine,
        [("id", Integer()), ("tags", JSONB())],
        when=when(
            lambda old, new: or_(
                func.jsonb_array_length(old.tags) > 0, func.abs(func.round(new.id)) > 0
            ),
            columns,
        ),
    )
    article.run("INSERT INTO article VALUES (7, '[1]')")
    article.run("UPDATE article SET tags = '[]'")
    article.run(*GONE)
    assert [(v.operation, v.end) for v in article.versions()] == [
        (INSERT, 2),
        (UPDATE, 3),
        (DELETE, None),
    ]


def test_row_older_than_its_history_needs_the_condition_for_a_baseline(engine: Engine) -> None:
    article = record(
        engine,
        when=POPULAR,
        before=["INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 2), (3, 'a', 1), (4, 'a', 2)"],
    )
    article.run("UPDATE article SET hits = 3 WHERE id < 3", "DELETE FROM article WHERE id > 2")
    assert story(article) == [
        (1, INSERT, 1, None, "a"),
        (2, INSERT, 0, 1, "a"),
        (2, UPDATE, 1, None, "a"),
        (4, INSERT, 0, 1, "a"),
        (4, DELETE, 1, None, "a"),
    ]


def test_truncated_rows_are_judged(engine: Engine) -> None:
    article = record(engine, when=POPULAR)
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 2)")
    article.run("TRUNCATE article")
    assert story(article) == [(2, INSERT, 1, 2, "a"), (2, DELETE, 2, None, "a")]


def test_paused(engine: Engine) -> None:
    article = record(engine, when=POPULAR)
    article.run("INSERT INTO article VALUES (1, 'a', 2), (2, 'a', 2)")
    with article.transaction("UPDATE article SET name = 'b' WHERE id = 1") as connection:
        EMITTER.pause(connection, article.spec.log, [article.spec.table])
        execute(connection, "UPDATE article SET name = 'c'")
    assert story(article) == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, None, "c"),
        (2, INSERT, 1, 2, "a"),
    ]


def test_ends_without_a_version_are_renumbered(engine: Engine) -> None:
    article = record(engine, operations=("insert", "update"))
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'a', 1), (3, 'a', 1)")
    with article.engine.connect() as early:
        execute(
            early,
            "DELETE FROM article WHERE id = 1",
            "UPDATE article SET name = 'b' WHERE id = 3",
            "DELETE FROM article WHERE id = 3",
        )
        article.run("UPDATE article SET name = 'b' WHERE id = 2")
        execute(early, "UPDATE article SET name = 'c' WHERE id = 2")
        early.commit()
    assert rank(story(article)) == [
        (1, INSERT, 1, 3, "a"),
        (2, INSERT, 1, 2, "a"),
        (2, UPDATE, 2, 3, "b"),
        (2, UPDATE, 3, None, "c"),
        (3, INSERT, 1, 3, "a"),
    ]


def test_end_times_flags_and_gaps(engine: Engine) -> None:
    article = record(
        engine,
        operations=("insert", "update"),
        flags=("name", "hits"),
        end_timestamp_column="ended_at",
    )
    article.run(*NEW)
    article.run(*GONE)
    article.run(*NEW)
    article.run(*B)
    found = article.seen("operation_type", "name_mod", "hits_mod", "ended_at")
    assert [(*row[:3], row[3] is None) for row in found] == [
        (INSERT, True, True, False),
        (INSERT, True, True, False),
        (UPDATE, True, False, True),
    ]


def test_links_of_which_only_new_ones_are_recorded(engine: Engine) -> None:
    article = record(
        engine,
        [("a_id", Integer()), ("b_id", Integer())],
        key=("a_id", "b_id"),
        unique=False,
        duplicates=True,
        operations=("insert",),
    )
    article.run("INSERT INTO article VALUES (1, 2), (1, 2)")
    article.run("DELETE FROM article WHERE ctid = (SELECT min(ctid) FROM article)")
    article.run("DELETE FROM article")
    article.run("INSERT INTO article VALUES (1, 2)")
    assert [(v.operation, v.transaction, v.end) for v in article.versions()] == [
        (INSERT, 1, 2),
        (INSERT, 3, None),
    ]


# Random transactions against the independent model


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"operations": ("insert", "update")}, id="no-delete"),
        pytest.param({"operations": ("insert", "update"), "ignored": ("name",)}, id="ignored"),
    ],
)
@pytest.mark.parametrize("seed", range(2))
def test_random_operations(engine: Engine, options: dict[str, Any], seed: int) -> None:
    article = record(engine, before=DEFERRABLE, **options)
    numbers = tuple(ALL.index(operation) for operation in options["operations"])
    table = replace(article.rule, operations=numbers)
    compare_with_model(
        article, random.Random(seed), transactions=30, table=table, gaps=True, shifts=False
    )


@pytest.mark.parametrize("options", [{}, {"null_delete": True}], ids=["plain", "null_delete"])
@pytest.mark.parametrize("seed", range(2))
def test_random_rows_that_come_and_go(engine: Engine, options: dict[str, Any], seed: int) -> None:
    article = record(engine, before=DEFERRABLE, when=when(lambda old, new: new.hits > 0), **options)
    table = replace(article.rule, recorded=lambda row: row["hits"] > 0)
    compare_with_model(
        article, random.Random(seed), transactions=30, table=table, gaps=True, shifts=False
    )


def test_each_filter_has_its_fingerprint(engine: Engine) -> None:
    plain: TriggerSpec = record(engine, install=False).spec
    variants = [
        plain,
        replace(plain, operations=("insert",)),
        replace(plain, when=POPULAR),
        replace(plain, when=when(lambda old, new: new.hits > 2)),
    ]
    assert len({spec.fingerprint() for spec in variants}) == len(variants)
