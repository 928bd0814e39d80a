"""What one transaction leaves behind, whoever writes.

The examples of the fold rule, made to happen through every kind of client and compared with the
model of history.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import literal_column
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from model.history import History
from model.history import Version
from model.history import ranked
from suite._support import World
from suite._support import create_article
from suite._writers import Transactions
from suite._writers import Writer
from suite._writers import born
from suite._writers import by_client
from suite._writers import by_core
from suite._writers import by_driver
from suite._writers import by_executemany
from suite._writers import by_orm
from suite._writers import by_orm_statements
from suite._writers import by_text
from suite._writers import changed
from suite._writers import doubled
from suite._writers import gone
from suite._writers import states

CASES: dict[str, Transactions] = {
    "insert": [[born(1)]],
    "insert, update": [[born(1), changed(1, name="b")]],
    "insert, delete": [[born(1), gone(1)]],
    "insert, delete, insert": [[born(1), gone(1), born(1, "b")]],
    "update": [[born(1)], [changed(1, name="b")], [changed(1, name="c")]],
    "update twice": [[born(1)], [changed(1, name="b"), changed(1, name="c")]],
    "update that changes nothing": [[born(1)], [changed(1, name="a")]],
    "update to null and back": [[born(1)], [changed(1, name=None)], [changed(1, name="a")]],
    "ignored column": [[born(1)], [changed(1, hits=7)], [changed(1, name="b")]],
    "ignored column after a counting one": [[born(1)], [changed(1, name="b"), changed(1, hits=7)]],
    "there and back": [[born(1)], [changed(1, name="b"), changed(1, name="a")]],
    "there, back and there": [
        [born(1)],
        [changed(1, name="b"), changed(1, name="a"), changed(1, name="b")],
    ],
    "delete": [[born(1)], [gone(1)]],
    "update, delete": [[born(1)], [changed(1, name="b"), gone(1)]],
    "delete, insert": [[born(1)], [gone(1), born(1, "b")]],
    "delete, insert of the same": [[born(1)], [gone(1), born(1)]],
    "delete, insert of the same but for an ignored column": [
        [born(1)],
        [gone(1), born(1, hits=5)],
        [changed(1, name="b")],
    ],
    "delete, insert, delete": [[born(1)], [gone(1), born(1, "b"), gone(1)]],
    "delete, insert, update back": [[born(1)], [gone(1), born(1, "b"), changed(1, name="a")]],
    "a second life": [[born(1)], [gone(1)], [born(1, "b")], [changed(1, name="c")], [gone(1)]],
    "a second life of no length": [[born(1)], [gone(1)], [born(1, "b"), gone(1)], [born(1, "c")]],
    "key change": [[born(1)], [changed(1, id=2)], [changed(2, name="b")]],
    "key change there and back": [[born(1)], [changed(1, id=2), changed(2, id=1)]],
    "key change with a new value": [[born(1)], [changed(1, id=2, name="b")]],
    "key change of a new row": [[born(1), changed(1, id=2)]],
    "key change, then delete": [[born(1)], [changed(1, id=2), gone(2)]],
    "key change to a key that was deleted": [
        [born(1), born(2, "b")],
        [gone(2)],
        [changed(1, id=2)],
    ],
    "key change to a key deleted in the same transaction": [
        [born(1), born(2, "b")],
        [gone(2), changed(1, id=2)],
    ],
    "update, then key change": [[born(1)], [changed(1, name="b"), changed(1, id=2)]],
    "keys swapped": [
        [born(1), born(2, "b")],
        [changed(1, id=9), changed(2, id=1), changed(9, id=2)],
    ],
    "keys of equal rows swapped": [
        [born(1), born(2)],
        [changed(1, id=9), changed(2, id=1), changed(9, id=2)],
    ],
    "keys shifted": [[born(1), born(2, "b")], [changed(2, id=3), changed(1, id=2)]],
    "a new row under a key that moved away": [[born(1)], [changed(1, id=2), born(1, "c")]],
    "many rows": [
        [born(1), born(2, "b"), born(3, "c")],
        [changed(1, name="x"), gone(2), changed(3, name="c"), born(4, "d")],
        [changed(1, name="y"), born(2, "b"), gone(4)],
    ],
}


def play(world: World, writer: Writer, *, foreign: bool = False) -> None:
    """Make all cases happen, each with keys of its own, and compare each with the model.

    :param foreign: the writer does not use SQLAlchemy; where the database cannot tell its
        transactions apart, every change is a transaction of its own.
    """
    article = create_article(world, ignore=["hits"])
    split = foreign and not world.knows_foreign_transactions()
    offsets = {name: 1000 * number for number, name in enumerate(CASES, start=1)}
    failed = {}
    for name, offset in offsets.items():
        case: Transactions = [[c.on_key(offset) for c in changes] for changes in CASES[name]]
        writer(world, article, case)
        if writer is by_executemany:
            case = doubled(case)
        if split:
            case = [[change] for changes in case for change in changes]
        expected = ranked(remembered(world, article, case))
        versions = world.versions(article)
        actual = ranked(v for v in versions if offset <= v.key[0] < offset + 1000)
        if actual != expected:
            failed[name] = {"expected": expected, "actual": actual}
    assert not failed
    world.verify(article)


def remembered(world: World, cls: Any, transactions: Transactions) -> list[Version]:
    """Return the versions that the model says some transactions leave."""
    history = History({"article": world.spec(cls)})
    rows: Any = {}
    for changes in transactions:
        stages = states(rows, changes)
        history.commit([{"article": stage} for stage in stages])
        rows = stages[-1]
    return history.versions("article")


@pytest.mark.parametrize("writer", [by_orm, by_orm_statements, by_core, by_executemany])
def test_through_sqlalchemy(world: World, writer: Writer) -> None:
    play(world, writer)


@pytest.mark.recorders("triggers")
def test_through_text(world: World) -> None:
    play(world, by_text)


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("writer", [by_driver, by_client])
def test_through_other_clients(world: World, writer: Writer) -> None:
    play(world, writer, foreign=True)


@pytest.mark.engines("postgresql")
def test_keys_swapped_by_one_statement(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE article DROP CONSTRAINT article_pkey"))
        connection.execute(text("ALTER TABLE article ADD PRIMARY KEY (id) DEFERRABLE"))
    with world.engine.begin() as connection:
        connection.execute(insert(table), [{"id": 1, "name": "a"}, {"id": -1, "name": "b"}])
    with world.engine.begin() as connection:
        connection.execute(update(table).values(id=-table.c.id))
    assert world.story(article, "name") == [
        (-1, "insert", 1, 2, "b"),
        (-1, "update", 2, None, "a"),
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "b"),
    ]


def test_keys_shifted_by_one_statement(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection:
        connection.execute(insert(table), [{"id": 1, "name": "a"}, {"id": 20, "name": "b"}])
    with world.engine.begin() as connection:
        connection.execute(update(table).values(id=table.c.id + 100))
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "delete", 2, None, "a"),
        (101, "insert", 2, None, "a"),
        (120, "insert", 2, None, "b"),
        (20, "insert", 1, 2, "b"),
        (20, "delete", 2, None, "b"),
    ]


def test_one_statement_that_changes_many_rows_differently(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection:
        connection.execute(insert(table), [{"id": n, "hits": n % 2} for n in range(1, 6)])
    with world.engine.begin() as connection:
        connection.execute(update(table).values(hits=1))
    with world.engine.begin() as connection:
        connection.execute(delete(table).where(table.c.id > 3))
    assert world.story(article, "hits") == [
        (1, "insert", 1, None, 1),
        (2, "insert", 1, 2, 0),
        (2, "update", 2, None, 1),
        (3, "insert", 1, None, 1),
        (4, "insert", 1, 2, 0),
        (4, "update", 2, 3, 1),
        (4, "delete", 3, None, 1),
        (5, "insert", 1, 3, 1),
        (5, "delete", 3, None, 1),
    ]


def test_values_that_only_the_database_knows(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a", hits=1))
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.hits = article.hits + 1
        loaded.name = literal_column("'b'")
    assert world.story(article, "name", "hits") == [
        (1, "insert", 1, 2, "a", 1),
        (1, "update", 2, None, "b", 2),
    ]


def test_insert_from_select(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection:
        connection.execute(insert(table).values(id=1, name="a"))
    with world.engine.begin() as connection:
        connection.execute(
            insert(table).from_select(["id", "name"], select(table.c.id + 10, table.c.name))
        )
    assert world.story(article, "name") == [
        (1, "insert", 1, None, "a"),
        (11, "insert", 2, None, "a"),
    ]


def test_versions_can_be_read_before_the_commit(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
        session.flush()
        inside = world.versions(article, session.connection())
        assert [(v.operation, v.end, v.values["name"]) for v in inside] == [(0, None, "a")]
