"""The difference between two states of an object."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import Float
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import Text
from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.orm import attribute_keyed_dict
from sqlalchemy.orm import deferred
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import Comparator
from continuum import changesets
from continuum import diff
from continuum import json_changes
from continuum import paused
from continuum.errors import InvalidArgument
from continuum.errors import NotInHistory
from continuum.reading.comparators import NOTHING
from reading._support import change
from reading._support import history
from reading._support import remove
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article

pytestmark = pytest.mark.recorders("triggers")


def create_document(world: World) -> Any:
    """A class with values of several types."""

    class Document(world.Base):
        __tablename__ = "document"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        title = mapped_column(String(100))
        body = mapped_column(Text)
        data = mapped_column(JSON(none_as_null=True))
        price = mapped_column(Numeric(10, 2))
        weight = mapped_column(Float)

    world.create()
    return Document


def test_two_versions(world: World) -> None:
    cls = create_article(world)
    change(world, cls, 1, name="a", hits=1)
    change(world, cls, 1, name="b")
    change(world, cls, 1, name="c", content="x", hits=2)
    with Session(world.engine) as session:
        first, _, third = history(session, cls, 1)
        with counted(world.engine) as statements:
            found = diff(first, third)
            assert diff(third, first)["name"].old == "c"
            assert not diff(first, first)
        assert statements == []
        assert found.changeset == {"name": ["a", "c"], "content": [None, "x"], "hits": [1, 2]}
        assert list(found) == ["name", "content", "hits"]
        assert (found["name"].old, found["name"].new) == ("a", "c")
        assert bool(found)
        assert len(found) == 3
        with pytest.raises(KeyError):
            found["id"]
        assert str(found) == (
            f"Article 1: transaction {first.transaction_id} -> transaction {third.transaction_id}\n"
            "  name: 'a' -> 'c'\n"
            "  content: None -> 'x'\n"
            "  hits: 1 -> 2"
        )
        assert str(diff(first, first)).endswith("no difference")


def test_with_the_live_object(world: World) -> None:
    cls = create_document(world)
    change(world, cls, 1, title="a", price=Decimal("1.50"), data={"on": True})
    with Session(world.engine) as session:
        obj = session.get_one(cls, 1)
        (version,) = obj.versions
        assert not diff(version, obj)
        obj.title = "b"
        obj.price = Decimal("1.5")
        assert diff(version, obj).changeset == {"title": ["a", "b"]}
        assert diff(obj, version).changeset == {"title": ["b", "a"]}
        assert str(diff(version, obj)).split("\n")[0].endswith("-> now")
        obj.data = {"on": 1}
        assert list(diff(version, obj)) == ["title", "data"]
        assert diff(obj, obj).changeset == {}


def test_where_there_was_no_row(world: World) -> None:
    cls = create_article(world)
    change(world, cls, 1, name="a")
    remove(world, cls, 1)
    with Session(world.engine) as session:
        first, gone = history(session, cls, 1)
        assert diff(None, first).changeset == {"id": [None, 1], "name": [None, "a"]}
        assert diff(first, None).changeset == {"id": [1, None], "name": ["a", None]}
        assert diff(first, gone).changeset == {"id": [1, None], "name": ["a", None]}
        assert str(diff(first, gone)).split("\n")[0].endswith("(deleted)")
        assert str(diff(None, first)).startswith("Article 1: nothing -> transaction")
        assert diff(gone, None).changeset == {}


def test_two_rows(world: World) -> None:
    cls = create_article(world)
    change(world, cls, 1, name="a", hits=1)
    change(world, cls, 2, name="a", hits=2)
    with Session(world.engine) as session:
        one, two = (history(session, cls, key)[0] for key in (1, 2))
        assert diff(one, two).changeset == {"id": [1, 2], "hits": [1, 2]}
        assert str(diff(one, two)).startswith("Article 1 and Article 2:")


def test_some_attributes(world: World) -> None:
    cls = create_article(world)
    change(world, cls, 1, name="a", hits=1)
    change(world, cls, 1, name="b", hits=2, content="x")
    with Session(world.engine) as session:
        first, second = history(session, cls, 1)
        assert list(diff(first, second, include=["hits", "id"])) == ["hits"]
        assert list(diff(first, second, exclude=["hits"])) == ["name", "content"]
        assert list(diff(first, second, include=["hits", "name"], exclude=["hits"])) == ["name"]
        with pytest.raises(InvalidArgument, match="nane"):
            diff(first, second, include=["nane"])


def test_states_of_different_classes(world: World) -> None:
    article, note = define_article(world), define_article(world, "note")
    world.create()
    change(world, article, 1, name="a")
    change(world, note, 1, name="a")
    with Session(world.engine) as session:
        one, other = history(session, article, 1)[0], history(session, note, 1)[0]
        with pytest.raises(InvalidArgument, match="not states of one class"):
            diff(one, other)
        with pytest.raises(InvalidArgument, match="no state at all"):
            diff(None, None)


def test_what_is_not_loaded_is_loaded_at_once(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        text = deferred(mapped_column(Text))
        name = deferred(mapped_column(Text))

    world.create()
    change(world, Page, 1, text="a", name="n")
    change(world, Page, 1, text="b")
    with Session(world.engine) as session:
        first, second = history(session, Page, 1)
        with counted(world.engine) as statements:
            assert diff(first, second).changeset == {"text": ["a", "b"]}
        assert len(statements) == 2


def test_texts(world: World) -> None:
    cls = create_document(world)
    change(world, cls, 1, title="a", body="one\ntwo\nthree\nfour\nfive")
    change(world, cls, 1, title="b", body="one\ntwo\n3\nfour\nfive")
    change(world, cls, 1, body="one\ntwo\n3\nfour\nfive\n")
    change(world, cls, 1, body=None)
    with Session(world.engine) as session:
        first, second, third, fourth = history(session, cls, 1)
        found = diff(first, second)
        assert found["title"].lines == ["'a' -> 'b'"]
        assert found["body"].lines == ["@@ -2,3 +2,3 @@", " two", "-three", "+3", " four"]
        assert str(found).endswith(
            "  title: 'a' -> 'b'\n  body:\n    @@ -2,3 +2,3 @@\n     two\n    -three\n    +3\n"
            "     four"
        )
        assert diff(second, third)["body"].lines == [
            f"{second.body!r} -> {third.body!r}",
        ]
        assert diff(third, fourth)["body"].lines == [f"{third.body!r} -> None"]


def test_documents(world: World) -> None:
    cls = create_document(world)
    old = {"a": 1, "city name": "Oslo", "list": [1, 2, 3], "deep": {"on": True}}
    new = {"a": 1, "city name": "Bergen", "list": [1, 3, "x"], "deep": {"on": 1}, "more": None}
    change(world, cls, 1, data=old)
    change(world, cls, 1, data=new)
    change(world, cls, 1, data=[1])
    with Session(world.engine) as session:
        first, second, third = history(session, cls, 1)
        # MySQL keeps the keys of a document in an order of its own.
        assert set(diff(first, second)["data"].lines) == {
            '~ ["city name"]: "Oslo" -> "Bergen"',
            "- .list[1]: 2",
            '+ .list[2]: "x"',
            "~ .deep.on: true -> 1",
            "+ .more: null",
        }
        assert [line[:4] for line in diff(second, third)["data"].lines] == ["~ .:"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, []),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ([1, 2], [1, 2, 3], [((2,), NOTHING, 3)]),
        ([{"a": 1}, {"b": 1}], [{"a": 2}, {"b": 1}], [((0, "a"), 1, 2)]),
        ([1, 1], [1], [((1,), 1, NOTHING)]),
        (1, 1.0, [((), 1, 1.0)]),
        ({"a": None}, {}, [(("a",), None, NOTHING)]),
        ({"a": [1]}, {"a": {}}, [(("a",), [1], {})]),
    ],
)
def test_paths_into_documents(old: Any, new: Any, expected: list[Any]) -> None:
    assert [(each.path, each.old, each.new) for each in json_changes(old, new)] == expected


class Roughly(Comparator):
    """Numbers that are close are the same."""

    def same(self, old: Any, new: Any) -> bool:
        return old is not None and new is not None and abs(old - new) < 0.1

    def lines(self, old: Any, new: Any) -> Iterator[str]:
        yield f"about {new - old:+.1f}"


def test_comparators_by_type_and_by_name(world: World) -> None:
    cls = create_document(world)
    change(world, cls, 1, weight=1.0, price=1)
    change(world, cls, 1, weight=1.05, price=2)
    change(world, cls, 1, weight=3.0)
    with Session(world.engine) as session:
        first, second, third = history(session, cls, 1)
        roughly = {Float: Roughly()}
        assert list(diff(first, second)) == ["price", "weight"]
        assert list(diff(first, second, comparators=roughly)) == ["price"]
        assert diff(first, third, comparators=roughly)["weight"].lines == ["about +2.0"]
        named = diff(second, third, comparators={"weight": Roughly()})
        assert str(named["weight"]) == "weight: about +1.9"


DOCUMENTS = [
    ('{"a": true}', '{"a": 1}'),
    ('{"a": 1}', '{"a": 1.0}'),
    ("[0]", "[false]"),
    ("true", "1"),
    ('{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 2.5]}}'),
]


@pytest.mark.parametrize("pair", DOCUMENTS, ids=[" to ".join(pair) for pair in DOCUMENTS])
def test_changesets_follow_what_is_stored(world: World, pair: tuple[str, str]) -> None:
    """Python takes ``True``, ``1`` and ``1.0`` for the same; a document does not."""
    cls = create_document(world)
    for old, new in (pair, pair[::-1]):
        with world.engine.begin() as connection:
            connection.execute(text("DELETE FROM document"))
        for document in (old, new):
            with world.engine.begin() as connection:
                if document is old:
                    statement = "INSERT INTO document (id, data) VALUES (1, :data)"
                else:
                    statement = "UPDATE document SET data = :data"
                connection.execute(text(statement).bindparams(data=document))
        with Session(world.engine) as session:
            *_, before, after = history(session, cls, 1)
            assert after.changeset == {"data": [before.data, after.data]}
            assert list(after.changeset) == ["data"]
            assert changesets([after]) == [after.changeset]
            assert list(diff(before, after)) == ["data"]


def create_relations(world: World) -> tuple[Any, Any, Any, Any]:
    """Articles with an author, tags and comments, which come in a dictionary."""
    links = Table(
        "article_tag",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )

    class Author(world.Base):
        __tablename__ = "author"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Comment(world.Base):
        __tablename__ = "comment"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        article_id = mapped_column(ForeignKey("article.id"))

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        author_id = mapped_column(ForeignKey("author.id"))
        author = relationship(Author)
        tags = relationship(Tag, secondary=links, order_by=Tag.id)
        comments = relationship(Comment, collection_class=attribute_keyed_dict("id"))

    world.create()
    return Article, Tag, Author, Comment


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_members_of_relationships(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    article, tag, author, comment = create_relations(world)
    with world.transaction() as session:
        tags = [tag(id=number, name=name) for number, name in enumerate("abc", start=1)]
        session.add_all([*tags, author(id=1, name="ada"), author(id=2, name="grace")])
        session.add(article(id=1, name="one", tags=tags[:2], author_id=1))
    with world.transaction() as session:
        obj = session.get_one(article, 1)
        obj.name = "two"
        obj.author_id = 2
        obj.tags = [session.get_one(tag, 2), session.get_one(tag, 3)]
        obj.comments = {7: comment(id=7)}
    change(world, tag, 2, name="B")
    change(world, author, 2, name="Grace")
    change(world, article, 1, name="three")
    with world.transaction() as session:
        obj = session.get_one(article, 1)
        obj.tags = []
        obj.comments = {}
        session.flush()
        session.delete(obj)
    with Session(world.engine) as session:
        first, second, third, gone = history(session, article, 1)

        def keys(found: Any) -> tuple[list[int], list[int], list[tuple[Any, Any]]]:
            changed = [(old.name, new.name) for old, new in found.changed]
            return [each.id for each in found.added], [each.id for each in found.removed], changed

        assert keys(first.changeset_of("tags")) == ([1, 2], [], [])
        assert keys(second.changeset_of("tags")) == ([3], [1], [])
        assert keys(third.changeset_of("tags")) == ([], [], [("b", "B")])
        assert keys(gone.changeset_of("tags")) == ([], [2, 3], [])
        assert keys(first.changeset_of("author")) == ([1], [], [])
        assert keys(second.changeset_of("author")) == ([2], [1], [])
        assert keys(third.changeset_of("author")) == ([], [], [("grace", "Grace")])
        assert keys(second.changeset_of("comments")) == ([7], [], [])
        assert not third.changeset_of("comments")
        assert str(third.changeset_of("comments")) == "comments:\n  no difference"
        lines = str(second.changeset_of("tags")).split("\n")
        assert [line[:5] for line in lines] == ["tags:", "  + <", "  - <"]
        with pytest.raises(NotInHistory, match="author, tags, comments"):
            first.changeset_of("tag")
        session.expunge_all()
        second = history(session, article, 1)[1]
        with counted(world.engine) as statements:
            second.changeset_of("tags")
        assert len(statements) == 3


def test_members_of_a_row_made_anew_in_a_gap(world: World) -> None:
    article, tag, _, _ = create_relations(world)
    with world.transaction() as session:
        session.add(article(id=1, name="one", tags=[tag(id=1, name="a")]))
    with world.transaction() as session, paused(session, article):
        session.delete(session.get_one(article, 1))
    change(world, tag, 2, name="b")
    with world.transaction() as session:
        session.add(article(id=1, name="one", tags=[session.get_one(tag, 1)]))
    with Session(world.engine) as session:
        _, second = history(session, article, 1)
        assert [each.id for each in second.changeset_of("tags").added] == [1]
