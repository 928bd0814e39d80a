"""Rows of which history does not prove that a transaction inserted them, and other refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import paused
from continuum import undo
from continuum import version_class
from continuum import version_table
from continuum.errors import InvalidPoint
from continuum.errors import RevertError
from continuum.maintenance.backfill import backfill
from suite._support import World
from suite._support import create_article


def last(world: World) -> int:
    """Return the id of the newest transaction."""
    number: int = world.transactions()[-1].id
    return number


def refused(world: World, number: int, match: str, *subjects: Any) -> None:
    """See that a transaction cannot be undone, and that nothing is touched."""
    before = [world.live(subject) for subject in subjects]
    for dry_run in (True, False):
        with world.transaction() as session:
            with pytest.raises(RevertError, match=match):
                undo(session, number, manager=world.manager, dry_run=dry_run)
            assert not any((session.dirty, session.deleted, session.new))
    assert [world.live(subject) for subject in subjects] == before


def test_a_row_that_a_condition_let_in(world: World) -> None:
    cls = create_article(world, when=lambda old, new: new.name != "draft")
    with world.transaction() as session:
        session.add(cls(id=1, name="draft", hits=1))
    with world.transaction() as session:
        session.get_one(cls, 1).name = "published"
    refused(world, last(world), r"inserted Article id=1.*when=", cls)
    with world.transaction() as session:
        session.get_one(cls, 1).name = "changed"
    with world.transaction() as session:
        undo(session, last(world), manager=world.manager)
    assert world.live(cls)[1,]["name"] == "published"
    # What is gone needs no proof.
    first = world.versions(cls)[0].transaction
    with world.transaction() as session:
        session.delete(session.get_one(cls, 1))
    with world.transaction() as session:
        assert not undo(session, first, manager=world.manager)


def test_a_baseline_after_a_pause_is_left_alone(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with world.transaction() as session:
        with paused(session, cls):
            session.execute(update(cls).values(name="unseen"))
        session.add(cls(id=2, name="b"))
    wrong = last(world)
    with world.transaction() as session:
        session.get_one(cls, 1).name = "x"
    with world.transaction() as session:
        session.get_one(cls, 1).name = "unseen"
    with world.transaction() as session:
        baseline = version_class(cls).all_versions(session, 1, desc=False)[1]
        assert (baseline.transaction_id, baseline.name) == (wrong, "unseen")
        with pytest.raises(RevertError, match="is a baseline"):
            undo(session, baseline)
        plan = undo(session, wrong, manager=world.manager)
        assert [change.key for change in plan.changes] == [{"id": 2}]
    assert [row["name"] for row in world.live(cls).values()] == ["unseen"]


def test_a_row_that_came_after_a_gap(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with world.transaction() as session, paused(session, cls):
        session.execute(delete(cls))
    with world.transaction() as session:
        session.add(cls(id=1, name="b"))
    refused(world, last(world), "its history has a gap from transaction", cls)


def test_a_row_that_came_again(world: World) -> None:
    cls = create_article(world)
    for name in ("a", "b"):
        with world.transaction() as session:
            session.add(cls(id=1, name=name))
        wrong = last(world)
        if name == "a":
            with world.transaction() as session:
                session.delete(session.get_one(cls, 1))
    with world.transaction() as session:
        assert undo(session, wrong, manager=world.manager).deleted
    assert not world.live(cls)


@pytest.mark.parametrize("operations", [["insert", "delete"], ["update", "delete"]])
def test_operations_that_are_not_recorded(world: World, operations: list[str]) -> None:
    cls = create_article(world, operations=operations)

    class Other(world.Base):
        __tablename__ = "other"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    world.Base.metadata.create_all(world.engine)
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with world.transaction() as session, paused(session, cls):
        session.add(Other(id=1))
        session.get_one(cls, 1).name = "b"
    wrong = last(world)
    with world.transaction() as session:
        session.delete(session.get_one(cls, 1))
    with world.transaction() as session:
        session.add(cls(id=1, name="b"))
    with world.transaction() as session:
        plan = undo(session, wrong, manager=world.manager)
        assert [change.model for change in plan.changes] == [Other]
    assert world.live(cls)


def test_rows_that_were_found_later(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session, paused(session, cls):
        session.add(cls(id=1, name="a"))
    backfill(world.engine, cls, manager=world.manager)
    refused(world, last(world), r"made by backfill\(\)", cls)


def test_baselines_of_rows_older_than_history(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session, paused(session, cls):
        session.add(cls(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(cls, 1).name = "b"
    with world.transaction() as session:
        baseline, change = version_class(cls).all_versions(session, 1, desc=False)
        with pytest.raises(RevertError, match="is a baseline"):
            undo(session, baseline)
        assert undo(session, change).updated
    assert world.live(cls)[1,]["name"] == "a"


@pytest.mark.parametrize("given", [None, True, "x", datetime(2026, 1, 1, tzinfo=UTC), "object"])
def test_what_is_no_transaction(world: World, given: Any) -> None:
    cls = create_article(world)
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with world.transaction() as session:
        subject = session.get_one(cls, 1) if given == "object" else given
        with pytest.raises(InvalidPoint, match="is no transaction to be undone"):
            undo(session, subject, manager=world.manager)
        assert not session.dirty


def test_objects_that_became_one_of_another_class(world: World) -> None:
    class Node(world.Base):
        __tablename__ = "node"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(10))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "node"}

    class Leaf(Node):
        __tablename__ = "leaf"
        id = mapped_column(ForeignKey("node.id"), primary_key=True)
        size = mapped_column(Integer)
        __mapper_args__ = {"polymorphic_identity": "leaf"}

    world.create()
    for before, after in ((Leaf, Node), (Node, Leaf)):
        number = 1 if before is Leaf else 2
        with world.transaction() as session:
            session.add(before(id=number))
        with world.transaction() as session:
            session.delete(session.get_one(Node, number))
            session.flush()
            session.add(after(id=number))
        refused(world, last(world), f"was a {before.__name__} before", Node, Leaf)
        with world.transaction() as session:
            versions = version_class(Node).all_versions(session, number, desc=False)
            with pytest.raises(RevertError, match=f"is of a {before.__name__}, but the row is"):
                versions[0].revert()


@pytest.mark.parametrize("options", [{"when": lambda old, new: new.name != "draft"}, {}])
def test_members_of_which_history_knew_nothing(
    new_world: Callable[..., World], options: dict[str, Any]
) -> None:
    world = new_world()

    class Blog(world.Base):
        __tablename__ = "blog"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        posts = relationship("Post", cascade="all, delete-orphan")

    class Post(world.Base):
        __tablename__ = "post"
        __versioned__ = options
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        blog_id = mapped_column(ForeignKey("blog.id"), nullable=False)

    world.create()
    with world.transaction() as session:
        session.add(Blog(id=1, name="a", posts=[Post(id=1, name="draft")]))
    with world.transaction() as session:
        blog = session.get_one(Blog, 1)
        blog.name, blog.posts[0].name = "b", "published"
        blog.posts.append(Post(id=2, name="new"))
    with world.transaction() as session:
        blog = session.get_one(Blog, 1)
        blog.versions[0].revert(relations=["posts"])
        session.flush()
        # Whether a condition or an insertion began their history cannot be told.
        assert [post.id for post in blog.posts] == ([1, 2] if options else [1])
    names = {row["name"] for row in world.live(Post).values()}
    assert names == ({"published", "new"} if options else {"draft"})


def test_members_that_were_found_later(world: World) -> None:
    class Blog(world.Base):
        __tablename__ = "blog"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        posts = relationship("Post", cascade="all, delete-orphan")

    class Post(world.Base):
        __tablename__ = "post"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        blog_id = mapped_column(ForeignKey("blog.id"), nullable=False)

    world.create()
    with world.transaction() as session, paused(session, Post):
        session.add(Blog(id=1, posts=[Post(id=1)]))
    backfill(world.engine, Post, manager=world.manager)
    with world.transaction() as session:
        session.add(Post(id=2, blog_id=1))
    with world.transaction() as session:
        session.get_one(Blog, 1).versions[0].revert(relations=["posts"])
    assert list(world.live(Post)) == [(1,)]


def test_objects_that_are_equal(world: World) -> None:
    """Two rows that a class calls equal are two rows all the same, and need not be hashable."""

    class Shelf(world.Base):
        __tablename__ = "shelf"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        books = relationship("Book", order_by="Book.id")
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Shelf)

    class Book(world.Base):
        __tablename__ = "book"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20), unique=True)
        shelf_id = mapped_column(ForeignKey("shelf.id"))
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Book)

    world.create()
    with world.transaction() as session:
        session.add(Shelf(id=1, books=[Book(id=n, name=f"{n}") for n in (1, 2, 3)]))
    before = world.live(Book)
    with world.transaction() as session:
        shelf = session.get_one(Shelf, 1)
        gone, changed, _ = shelf.books
        session.delete(gone)
        changed.name = "two"
        session.flush()
        session.add_all([Book(id=4, name="1", shelf_id=1), Book(id=5, name="2", shelf_id=1)])
    after = world.live(Book)
    with world.transaction() as session:
        shelf = session.get_one(Shelf, 1)
        assert [book.id for book in shelf.books] == [2, 3, 4, 5]
        shelf.versions[0].revert(relations=["books"])
        assert sorted(book.id for book in shelf.books) == [1, 2, 3]
    assert world.live(Book) == before
    for state in (after, before):
        with Session(world.engine) as session:
            undo(session, last(world), manager=world.manager)
            session.commit()
        assert world.live(Book) == state
    world.verify(Shelf, Book)


def test_a_change_of_which_the_version_before_is_gone(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(cls, 1).name = "b"
    versions = version_table(cls)
    with world.engine.begin() as connection:
        connection.execute(delete(versions).where(versions.c.end_transaction_id.is_not(None)))
    refused(world, last(world), "history does not say what .* was before", cls)
