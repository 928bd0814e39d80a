"""Changes without history, for one block of one transaction."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from continuum import paused
from continuum.errors import PauseError
from suite._support import World
from suite._support import create_article
from suite._support import define_article


def create_and_fill(world: World, **versioned: Any) -> Any:
    """Create the class and its rows 1 and 2."""
    article = create_article(world, **versioned)
    with world.transaction() as session:
        session.add_all([article(id=1, name="a"), article(id=2, name="b")])
    return article


def operations(world: World, cls: Any) -> list[tuple[Any, ...]]:
    """Return ``(key, operation, name)`` of all versions."""
    return [(v.key[0], v.operation, v.values["name"]) for v in world.versions(cls)]


def test_nothing_is_recorded_inside_the_block(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session, paused(session, article):
        session.get_one(article, 1).name = "x"
        session.delete(session.get_one(article, 2))
        session.add(article(id=3, name="c"))
        session.flush()
        session.execute(update(article).values(content="z"))
    assert operations(world, article) == [(1, 0, "a"), (2, 0, "b")]
    world.verify(article, gaps=True)


def test_recording_goes_on_after_the_block(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session:
        with paused(session, article):
            session.get_one(article, 1).name = "x"
        session.get_one(article, 2).name = "y"
        session.add(article(id=3, name="c"))
    assert operations(world, article) == [(1, 0, "a"), (2, 0, "b"), (2, 1, "y"), (3, 0, "c")]


def test_a_baseline_ends_the_gap(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session, paused(session, article):
        session.get_one(article, 1).name = "x"
        session.get_one(article, 1).content = "unseen"
    with world.transaction() as session:
        session.get_one(article, 1).name = "y"
    versions = [v for v in world.versions(article) if v.key == (1,)]
    assert [(v.operation, v.values["name"], v.values["content"]) for v in versions] == [
        (0, "a", None),
        (0, "x", "unseen"),
        (1, "y", "unseen"),
    ]
    first, baseline, last = versions
    assert first.end == baseline.transaction
    assert baseline.end == last.transaction
    assert last.end is None
    world.verify(article, gaps=True)


def test_a_row_deleted_in_the_gap_is_born_again(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session, paused(session, article):
        session.delete(session.get_one(article, 1))
    with world.transaction() as session:
        session.add(article(id=1, name="new"))
    assert operations(world, article)[:2] == [(1, 0, "a"), (1, 0, "new")]
    world.verify(article, gaps=True)


def test_a_row_born_in_the_gap_gets_a_baseline(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session, paused(session, article):
        session.add(article(id=3, name="c"))
    with world.transaction() as session:
        session.delete(session.get_one(article, 3))
    versions = [v for v in world.versions(article) if v.key == (3,)]
    assert [(v.transaction == 0, v.operation) for v in versions] == [(True, 0), (False, 2)]
    world.verify(article, gaps=True)


def test_only_the_named_classes_are_paused(world: World) -> None:
    article = define_article(world)
    comment = define_article(world, table="comment")
    world.create()
    with world.transaction() as session, paused(session, article):
        session.add_all([article(id=1), comment(id=1)])
    assert world.versions(article) == []
    assert len(world.versions(comment)) == 1


def test_everything_is_paused_when_nothing_is_named(world: World) -> None:
    article = define_article(world)
    comment = define_article(world, table="comment")
    world.create()
    with world.transaction() as session, paused(session, manager=world.manager):
        session.add_all([article(id=1), comment(id=1)])
    assert world.versions(article) == world.versions(comment) == []
    assert world.transactions() == []


def test_pauses_nest(world: World) -> None:
    article = define_article(world)
    comment = define_article(world, table="comment")
    world.create()
    with world.transaction() as session, paused(session, article):
        with paused(session, comment):
            session.add_all([article(id=1), comment(id=1)])
        session.add_all([article(id=2), comment(id=2)])
    assert world.versions(article) == []
    assert [v.key for v in world.versions(comment)] == [(2,)]


@pytest.mark.recorders("triggers")
def test_raw_statements_are_paused_too(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session, paused(session, article):
        session.execute(text("UPDATE article SET name = 'x'"))
    assert operations(world, article) == [(1, 0, "a"), (2, 0, "b")]


def test_a_version_of_the_same_transaction_follows_the_row(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.name = "x"
        session.flush()
        with paused(session, article):
            loaded.name = "y"
    assert operations(world, article) == [(1, 0, "a"), (1, 1, "y"), (2, 0, "b")]
    world.verify(article)


def test_a_pause_ends_with_its_transaction(world: World) -> None:
    article = create_and_fill(world)
    with Session(world.engine) as session:
        with pytest.raises(ZeroDivisionError), paused(session, article):
            raise ZeroDivisionError
        session.get_one(article, 1).name = "recorded"
        session.commit()
    assert (1, 1, "recorded") in operations(world, article)


def test_the_error_of_the_block_arrives_after_a_rollback(world: World) -> None:
    article = create_and_fill(world)

    def fail(session: Session) -> None:
        with paused(session, article):
            session.get_one(article, 1).name = "x"
            session.rollback()
            raise ZeroDivisionError

    with Session(world.engine) as session:
        with pytest.raises(ZeroDivisionError):
            fail(session)
        session.get_one(article, 1).name = "recorded"
        session.commit()
    assert (1, 1, "recorded") in operations(world, article)


@pytest.mark.requires("concurrent_writers")
def test_other_transactions_are_recorded_meanwhile(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session, paused(session, article):
        session.get_one(article, 1).name = "x"
        session.flush()
        with world.transaction() as other:
            other.get_one(article, 2).name = "y"
    assert operations(world, article) == [(1, 0, "a"), (2, 0, "b"), (2, 1, "y")]


def test_a_commit_inside_the_block_is_refused(world: World) -> None:
    article = create_and_fill(world)

    def commit_inside(session: Session) -> None:
        with paused(session, article):
            session.get_one(article, 1).name = "x"
            session.commit()

    with Session(world.engine) as session:
        with pytest.raises(PauseError):
            commit_inside(session)
        session.rollback()
    with world.transaction() as session:
        session.get_one(article, 1).name = "recorded"
    assert (1, 1, "recorded") in operations(world, article)


def test_a_savepoint_must_not_end_inside_the_block(world: World) -> None:
    article = create_and_fill(world)

    def release_inside(session: Session) -> None:
        savepoint = session.begin_nested()
        with paused(session, article):
            session.get_one(article, 1).name = "x"
            session.flush()
            savepoint.commit()

    with Session(world.engine) as session:
        with pytest.raises(PauseError):
            release_inside(session)
        session.rollback()


def test_a_savepoint_rolled_back_inside_the_block(world: World) -> None:
    article = create_and_fill(world)
    with world.transaction() as session:
        with paused(session, article):
            savepoint = session.begin_nested()
            session.get_one(article, 1).name = "x"
            session.flush()
            savepoint.rollback()
            session.get_one(article, 2).content = "y"
        session.get_one(article, 1).name = "z"
    assert operations(world, article) == [(1, 0, "a"), (1, 1, "z"), (2, 0, "b")]
    world.verify(article, gaps=True)


def test_the_subquery_strategy(world: World) -> None:
    article = create_and_fill(world, strategy="subquery")
    with world.transaction() as session, paused(session, article):
        session.get_one(article, 1).name = "x"
    with world.transaction() as session:
        session.get_one(article, 2).name = "between"
    with world.transaction() as session:
        session.get_one(article, 1).name = "y"
    versions = [v for v in world.versions(article) if v.key == (1,)]
    assert [(v.operation, v.values["name"]) for v in versions] == [(0, "a"), (0, "x"), (1, "y")]


def test_a_pause_ends_with_the_savepoint_that_failed(world: World) -> None:
    article = create_and_fill(world)
    with Session(world.engine) as session:
        with pytest.raises(IntegrityError), session.begin_nested(), paused(session, article):
            session.execute(insert(article.__table__).values(id=1))
        session.get_one(article, 2).name = "recorded"
        session.commit()
    assert (2, 1, "recorded") in operations(world, article)
    world.verify(article)
