"""Rows that are older than their history."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy import update

from suite._support import World
from suite._support import create_article


@pytest.fixture
def article(world: World) -> Any:
    """A class whose rows 1, 2 and 3 were there before versioning."""
    with world.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE article (id INTEGER PRIMARY KEY, name VARCHAR(200),"
                " content VARCHAR(200), hits INTEGER)"
            )
        )
        for key, name in enumerate("abc", start=1):
            connection.execute(text(f"INSERT INTO article (id, name) VALUES ({key}, '{name}')"))
    return create_article(world, ignore=["hits"])


def history_of(world: World, cls: Any, key: int) -> list[tuple[Any, ...]]:
    """Return ``(from, to, operation, name)`` of one row's versions, with ids as they are."""
    world.verify(cls, gaps=True)
    return [
        (v.transaction, v.end, v.operation, v.values["name"])
        for v in world.versions(cls)
        if v.key == (key,)
    ]


def test_the_first_update_writes_the_old_row_first(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.get_one(article, 1).name = "x"
    (row,) = world.transactions()
    assert history_of(world, article, 1) == [(0, row.id, 0, "a"), (row.id, None, 1, "x")]
    assert history_of(world, article, 2) == []


def test_the_first_delete_writes_the_old_row_first(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    (row,) = world.transactions()
    assert history_of(world, article, 1) == [(0, row.id, 0, "a"), (row.id, None, 2, "a")]


def test_bulk_statements(world: World, article: Any) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(article.__table__).values(name="x"))
    (row,) = world.transactions()
    for key, name in enumerate("abc", start=1):
        assert history_of(world, article, key) == [(0, row.id, 0, name), (row.id, None, 1, "x")]


def test_a_key_change(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.get_one(article, 1).id = 9
    (row,) = world.transactions()
    assert history_of(world, article, 1) == [(0, row.id, 0, "a"), (row.id, None, 2, "a")]
    assert history_of(world, article, 9) == [(row.id, None, 0, "a")]


def test_several_changes_in_one_transaction(world: World, article: Any) -> None:
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.name = "x"
        session.flush()
        loaded.name = "y"
        session.flush()
        session.delete(loaded)
    (row,) = world.transactions()
    assert history_of(world, article, 1) == [(0, row.id, 0, "a"), (row.id, None, 2, "y")]


def test_no_change_writes_nothing(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.get_one(article, 1).name = "a"
        session.get_one(article, 2).hits = 5
    assert world.versions(article) == []
    assert world.transactions() == []


def test_the_changeset_after_a_baseline(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.get_one(article, 1).name = "x"
    with world.transaction() as session:
        assert session.get_one(article, 1).versions[-1].changeset == {"name": ["a", "x"]}
