"""Making a row look as it did."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import version_class
from suite._support import World
from suite._support import create_article


@pytest.fixture
def article(world: World) -> Any:
    """A class with one row, of which ``content`` is not in history: versions a, b and a DELETE."""
    cls = create_article(world, exclude=["content"])
    with world.transaction() as session:
        session.add(cls(id=1, name="a", content="x", hits=1))
    with world.transaction() as session:
        loaded = session.get_one(cls, 1)
        loaded.name, loaded.hits, loaded.content = "b", None, "y"
    return cls


def versions_of(session: Session, cls: Any) -> list[Any]:
    history = version_class(cls)
    return list(session.scalars(select(history).order_by(history.transaction_id)))


def row(world: World, cls: Any) -> Any:
    """Return the live row, without its key, or None."""
    live = world.live(cls).get((1,))
    return None if live is None else (live["name"], live["content"], live["hits"])


def test_an_update_is_reverted(world: World, article: Any) -> None:
    with world.transaction() as session:
        first, _ = versions_of(session, article)
        reverted = first.revert()
        assert reverted is session.get_one(article, 1)
    assert row(world, article) == ("a", "y", 1)
    assert world.story(article, "name", "hits") == [
        (1, "insert", 1, 2, "a", 1),
        (1, "update", 2, 3, "b", None),
        (1, "update", 3, None, "a", 1),
    ]


def test_nothing_is_flushed_or_committed(world: World, article: Any) -> None:
    with Session(world.engine, autoflush=False) as session:
        first, _ = versions_of(session, article)
        assert first.revert() in session
        assert session.dirty
        session.rollback()
    assert row(world, article) == ("b", "y", None)


def test_the_present_version_changes_nothing(world: World, article: Any) -> None:
    with world.transaction() as session:
        versions_of(session, article)[-1].revert()
    assert len(world.transactions()) == 2


def test_reverting_twice_changes_nothing_more(world: World, article: Any) -> None:
    for _ in range(2):
        with world.transaction() as session:
            versions_of(session, article)[0].revert()
    assert len(world.transactions()) == 3


def test_a_deleted_row_comes_back_under_its_key(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    with world.transaction() as session:
        first, *_ = versions_of(session, article)
        reverted = first.revert()
        session.flush()
        assert (reverted.id, reverted.name) == (1, "a")
    assert row(world, article) == ("a", None, 1)
    assert world.story(article, "name")[-1] == (1, "insert", 4, None, "a")


def test_a_delete_version_deletes(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    with world.transaction() as session:
        session.add(article(id=1, name="new"))
    with world.transaction() as session:
        deletion = versions_of(session, article)[2]
        assert deletion.revert() is None
    assert row(world, article) is None
    with world.transaction() as session:
        assert versions_of(session, article)[2].revert() is None
    assert row(world, article) is None


def test_a_delete_inside_the_same_transaction(world: World, article: Any) -> None:
    with world.transaction() as session:
        first, _ = versions_of(session, article)
        session.delete(session.get_one(article, 1))
        session.flush()
        first.revert()
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, 3, "b"),
        (1, "update", 3, None, "a"),
    ]


def test_attributes_named_unlike_their_columns(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = {}
        first = mapped_column("key one", Integer, primary_key=True, autoincrement=False)
        second = mapped_column("key two", String(10), primary_key=True)
        name = mapped_column("full_name", String(20))

    world.create()
    with world.transaction() as session:
        session.add(Person(first=1, second="x", name="Ada"))
    with world.transaction() as session:
        session.delete(session.get_one(Person, (1, "x")))
    with world.transaction() as session:
        version_class(Person).version_at(
            session, {"first": 1, "second": "x"}, world.transactions()[0].id
        ).revert()
    assert world.live(Person) == {(1, "x"): {"key one": 1, "key two": "x", "full_name": "Ada"}}
