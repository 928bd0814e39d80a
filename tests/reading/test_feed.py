"""Changes since a point in history, across classes."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import ClassNotVersioned
from continuum import ImproperlyConfigured
from continuum import Operation
from continuum import changes
from continuum import transaction_class
from continuum import version_class
from continuum.reading import feed
from reading._support import change
from reading._support import history
from reading._support import remove
from suite._support import World
from suite._support import counted

pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture(params=["validity", "subquery"])
def told(new_world: Callable[..., World], request: pytest.FixtureRequest) -> tuple[World, Any, Any]:
    """Authors and articles with six transactions."""
    world = new_world(options={"strategy": request.param})

    class Author(world.Base):
        __tablename__ = "author"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        author_id = mapped_column(ForeignKey("author.id"))
        author = relationship(Author)

    world.create()
    with world.transaction() as session:
        session.add_all([Author(id=1, name="ada"), Author(id=2, name="grace")])
    change(world, Article, 1, name="a", author_id=1)
    with world.transaction() as session:
        session.get_one(Article, 1).name = "b"
        session.get_one(Author, 1).name = "Ada"
    change(world, Article, 1, author_id=2)
    change(world, Article, 2, name="x", author_id=1)
    remove(world, Article, 2)
    return world, Article, Author


def shown(found: Any) -> list[tuple[Any, ...]]:
    """Return changes in short."""
    return [
        (type(item.version).__name__, *item.key, item.column, item.old, item.new) for item in found
    ]


EVERYTHING = [
    ("AuthorVersion", 1, "id", None, 1),
    ("AuthorVersion", 1, "name", None, "ada"),
    ("AuthorVersion", 2, "id", None, 2),
    ("AuthorVersion", 2, "name", None, "grace"),
    ("ArticleVersion", 1, "id", None, 1),
    ("ArticleVersion", 1, "name", None, "a"),
    ("ArticleVersion", 1, "author_id", None, 1),
    ("ArticleVersion", 1, "name", "a", "b"),
    ("AuthorVersion", 1, "name", "ada", "Ada"),
    ("ArticleVersion", 1, "author_id", 1, 2),
    ("ArticleVersion", 2, "id", None, 2),
    ("ArticleVersion", 2, "name", None, "x"),
    ("ArticleVersion", 2, "author_id", None, 1),
    ("ArticleVersion", 2, "id", 2, None),
    ("ArticleVersion", 2, "name", "x", None),
    ("ArticleVersion", 2, "author_id", 1, None),
]


def test_every_changed_value(told: tuple[World, Any, Any]) -> None:
    world, article, author = told
    with Session(world.engine) as session:
        with counted(world.engine) as statements:
            found = list(changes(article, author).rows(session))
        # Where the page ends, the versions, and for two classes the values before.
        assert len(statements) == 4
        assert shown(found) == EVERYTHING
        last = found[-1]
        assert last.operation == Operation.DELETE
        assert last.transaction_id == last.version.transaction_id
        assert shown(changes(author).rows(session)) == [
            row for row in EVERYTHING if row[0] == "AuthorVersion"
        ]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages(told: tuple[World, Any, Any], size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world, article, author = told
    monkeypatch.setattr(feed, "_PAGE", size)
    with Session(world.engine) as session:
        assert shown(changes(article, author).rows(session)) == EVERYTHING
        numbers = [v.transaction_id for v in changes(article).versions(session)]
        assert numbers == sorted(numbers)
        assert len(numbers) == 5


@pytest.mark.parametrize("size", [3, 4])
def test_a_large_transaction_is_read_in_parts(
    told: tuple[World, Any, Any], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, article, author = told
    number = 20
    with world.transaction() as session:
        session.add_all(author(id=100 + place, name=f"author {place}") for place in range(number))
        session.add_all(
            article(id=100 + place, name="article", author_id=100 + place)
            for place in range(number)
        )
    change(world, article, 1, name="last")
    with Session(world.engine) as session:
        expected = shown(changes(article, author).rows(session))
        assert len(expected) == len(EVERYTHING) + number * 2 + number * 3 + 1
        monkeypatch.setattr(feed, "_PAGE", size)
        most = 0
        found = []
        for row in changes(article, author).rows(session):
            found += shown([row])
            most = max(most, len(session.identity_map))
        assert found == expected
        # Two pages at the most, and the one that the last row belongs to.
        assert most < 3 * size
        only = changes(author, since=6).tracks(session.get_one(author, 107))
        assert shown(only.rows(session)) == [
            ("AuthorVersion", 107, "id", None, 107),
            ("AuthorVersion", 107, "name", None, "author 7"),
        ]


@pytest.mark.engines("sqlite")
def test_memory_does_not_grow_with_a_transaction(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()

    class Author(world.Base):
        __tablename__ = "author"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.execute(insert(Author), [{"name": f"author {number}"} for number in range(1_000)])

    def peak(read: Callable[[Session], Any]) -> int:
        with Session(world.engine) as session:
            gc.collect()
            tracemalloc.start()
            try:
                read(session)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    monkeypatch.setattr(feed, "_PAGE", 50)
    # Statements and what is known of classes are kept from now on.
    peak(lambda session: next(changes(Author).versions(session)))
    streamed = peak(lambda session: sum(1 for _ in changes(Author).versions(session)))
    kept = peak(lambda session: list(changes(Author).versions(session)))
    assert streamed < kept / 3


def test_between_points(told: tuple[World, Any, Any]) -> None:
    world, article, author = told
    transaction = transaction_class(article)
    with Session(world.engine) as session:
        made = session.scalars(select(transaction).order_by(transaction.id)).all()
        rest = list(changes(article, author, since=made[1]).rows(session))
        assert shown(rest) == EVERYTHING[7:]
        middle = changes(article, author, since=made[1].id, until=made[3]).rows(session)
        assert shown(middle) == EVERYTHING[7:10]
        assert shown(changes(article, since=made[-1]).rows(session)) == []
        assert shown(changes(article, author, until=made[0].issued_at).rows(session))[:1] == [
            EVERYTHING[0]
        ]


def test_of_one_object_and_of_what_refers_to_it(told: tuple[World, Any, Any]) -> None:
    world, article, author = told
    feed = changes(article, author)
    with Session(world.engine) as session:
        ada, grace = session.get_one(author, 1), session.get_one(author, 2)
        first = history(session, author, 1)[0]
        for obj in (ada, first):
            assert [row[:2] for row in shown(feed.tracks(obj).rows(session))] == [
                ("AuthorVersion", 1)
            ] * 3
            own = [(v.id, v.name) for v in feed.references(obj).versions(session)]
            assert own == [(1, "a"), (1, "b"), (2, "x"), (2, "x")]
        assert [v.name for v in feed.references(grace).versions(session)] == ["b"]
        both = feed.tracks(ada).references(grace)
        assert [type(v).__name__ for v in both.versions(session)] == [
            "AuthorVersion",
            "AuthorVersion",
            "ArticleVersion",
        ]
        assert list(changes(author).references(ada).rows(session)) == []
        # Articles without an author do not refer to one without a key.
        session.add(article(id=3, name="alone"))
        assert list(feed.references(author(name="new")).rows(session)) == []
        assert list(changes(article).tracks(ada).rows(session)) == []


def test_a_big_transaction_is_not_divided(
    told: tuple[World, Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, article, _ = told
    monkeypatch.setattr(feed, "_PAGE", 7)
    with world.engine.begin() as connection:
        connection.execute(insert(article), [{"id": number} for number in range(10, 40)])
    change(world, article, 10, name="later")
    with Session(world.engine) as session:
        found = [v.id for v in changes(article).versions(session)]
        assert found == [1, 1, 1, 2, 2, *range(10, 40), 10]


def test_what_cannot_be_read_together(told: tuple[World, Any, Any]) -> None:
    _, article, _ = told
    other = type("Other", (), {})
    with pytest.raises(ClassNotVersioned):
        changes(other)
    with pytest.raises(ImproperlyConfigured, match="one transaction table"):
        changes()
    assert changes(article) == changes(version_class(article))
