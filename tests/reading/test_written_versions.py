"""Version objects are not written by flushes, unless that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from continuum import unlocked
from continuum.errors import VersionNotWritable
from suite._support import World
from suite._support import create_article


@pytest.fixture
def article(world: World) -> Any:
    article = create_article(world)
    for name in "ab":
        with world.transaction() as session:
            session.merge(article(id=1, name=name))
    return article


def change(session: Session, version: Any) -> None:
    version.name = "forged"


def remove(session: Session, version: Any) -> None:
    session.delete(version)


def invent(session: Session, version: Any) -> None:
    session.add(type(version)(id=7, transaction_id=1, operation_type=0, name="forged"))


@pytest.mark.parametrize(
    ("write", "what"), [(change, "changed"), (remove, "deleted"), (invent, "inserted")]
)
def test_a_flush_refuses(world: World, article: Any, write: Callable[..., None], what: str) -> None:
    before = world.versions(article)
    with world.transaction() as session:
        version = session.get_one(article, 1).versions[0]
        write(session, version)
        with pytest.raises(VersionNotWritable, match=f"was to be {what} by a flush") as caught:
            session.flush()
        assert caught.value.table == "article_version"
        assert "unlocked(session" in str(caught.value.hint)
        session.rollback()
    assert world.versions(article) == before
    with world.transaction() as session, unlocked(session, reason="why", manager=world.manager):
        write(session, session.get_one(article, 1).versions[0])
    assert world.versions(article) != before
    # The permission ends with the block.
    with world.transaction() as session:
        with unlocked(session, reason="why", manager=world.manager):
            pass
        session.get_one(article, 1).versions[-1].name = "late"
        with pytest.raises(VersionNotWritable):
            session.flush()
        session.rollback()


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("append_only", [False, True])
def test_a_connection_that_has_not_begun(
    new_world: Callable[..., World], append_only: bool
) -> None:
    world = new_world(options={"append_only": append_only})
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.engine.connect() as connection:
        with (
            unlocked(connection, reason="why", manager=world.manager),
            Session(connection) as session,
        ):
            session.get_one(article, 1).versions[0].name = "b"
            session.commit()
        connection.commit()
    assert [item.values["name"] for item in world.versions(article)] == ["b"]


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("append_only", [False, True])
def test_a_block_inside_of_another(new_world: Callable[..., World], append_only: bool) -> None:
    world = new_world(options={"append_only": append_only})
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        version = session.get_one(article, 1).versions[0]
        with unlocked(session, reason="outer", manager=world.manager):
            with unlocked(session, reason="inner", manager=world.manager):
                version.name = "b"
            version.name = "c"
        found = world.versions(article, session.connection())
        assert [item.values["name"] for item in found] == ["c"]
        version.name = "d"
        with pytest.raises(VersionNotWritable):
            session.flush()
        session.rollback()


def test_what_a_flush_does_not_write(world: World, article: Any) -> None:
    with world.transaction() as session:
        first, second = session.get_one(article, 1).versions
        first.name = str(first.name)
        session.expunge(second)
        second.name = "for myself"
        session.get_one(article, 1).name = "c"
        session.flush()
        first.revert()
    assert [item.values["name"] for item in world.versions(article)][:2] == ["a", "b"]
