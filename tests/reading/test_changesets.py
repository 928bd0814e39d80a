"""What versions changed, and what objects are about to change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import PickleType
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import changeset
from continuum import changesets
from continuum import is_modified
from continuum import is_session_modified
from continuum import paused
from continuum import version_class
from continuum.errors import ClassNotVersioned
from continuum.plugins import Plugin
from reading._support import change
from reading._support import history
from reading._support import remove
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article

pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture
def article(world: World) -> Any:
    """Rows with an update, a deletion and a second life."""
    cls = create_article(world)
    for number in (1, 2):
        change(world, cls, number, name="a", hits=0)
        change(world, cls, number, name="b", hits=number)
        remove(world, cls, number)
        change(world, cls, number, name="b")
    return cls


CHANGES = [
    {"id": [None, 1], "name": [None, "a"], "hits": [None, 0]},
    {"name": ["a", "b"], "hits": [0, 1]},
    {"id": [1, None], "name": ["b", None], "hits": [1, None]},
    {"id": [None, 1], "name": [None, "b"]},
]


def everything(session: Session, cls: Any) -> list[Any]:
    """Return all versions of a class, by key and transaction."""
    history = version_class(cls)
    return list(session.scalars(select(history).order_by(history.id, history.transaction_id)))


@pytest.mark.parametrize("place", range(4))
def test_of_one_version(world: World, article: Any, place: int) -> None:
    with Session(world.engine) as session:
        version = history(session, article, 1)[place]
        with counted(world.engine) as statements:
            assert version.changeset == CHANGES[place]
        # A DELETE version has the last values itself.
        assert len(statements) == (0 if place == 2 else 1)


def test_of_single_versions(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        for version, expected, queries in zip(
            history(session, article, 1), CHANGES, (1, 0, 0, 0), strict=True
        ):
            with counted(world.engine) as statements:
                assert version.changeset == expected
            assert len(statements) == queries


def test_of_many_versions_by_one_query(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        versions = everything(session, article)
        with counted(world.engine) as statements:
            found = changesets(versions)
        assert len(statements) == 1
        assert found[:4] == CHANGES
        assert found[5] == {"name": ["a", "b"], "hits": [0, 2]}
        with counted(world.engine) as statements:
            assert changesets(versions[::-1]) == found[::-1]
        assert len(statements) == 1


def test_of_expired_versions(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        versions = everything(session, article)
        session.commit()
        with counted(world.engine) as statements:
            assert changesets(versions)[:4] == CHANGES
        assert len(statements) == 2


def test_of_no_versions(world: World, article: Any) -> None:
    assert changesets([]) == []


def test_of_versions_of_several_classes(world: World) -> None:
    article = define_article(world)
    note = define_article(world, "note", strategy="subquery")
    world.create()
    for name in "ab":
        change(world, article, 1, name=name)
        change(world, note, 1, name=name.upper())
    with Session(world.engine) as session:
        versions = [history(session, cls, 1)[1] for cls in (article, note)]
        with counted(world.engine) as statements:
            assert changesets(versions) == [{"name": ["a", "b"]}, {"name": ["A", "B"]}]
        assert len(statements) == 2


def test_more_versions_than_fit_into_a_statement(world: World) -> None:
    cls = create_article(world)
    with world.engine.begin() as connection:
        rows = [{"id": number, "name": "a"} for number in range(1, 1101)]
        connection.execute(cls.__table__.insert(), rows)
    with world.engine.begin() as connection:
        connection.execute(cls.__table__.update().values(name="b"))
    versions_of = version_class(cls)
    with Session(world.engine) as session:
        versions = session.scalars(select(versions_of).where(versions_of.name == "b")).all()
        with counted(world.engine) as statements:
            assert changesets(versions) == [{"name": ["a", "b"]}] * 1100
        assert len(statements) == 3


def test_ignored_and_excluded_columns(world: World) -> None:
    cls = create_article(world, exclude=["content"], ignore=["hits"])
    change(world, cls, 1, name="a", content="x", hits=1)
    change(world, cls, 1, name="b", content="y", hits=2)
    with Session(world.engine) as session:
        assert session.get_one(cls, 1).versions[1].changeset == {
            "name": ["a", "b"],
            "hits": [1, 2],
        }


def test_of_a_deletion_without_data(world: World) -> None:
    cls = create_article(world, null_delete=True)
    change(world, cls, 1, name="a", hits=3)
    remove(world, cls, 1)
    expected = {"id": [1, None], "name": ["a", None], "hits": [3, None]}
    with Session(world.engine) as session:
        versions = history(session, cls, 1)
        assert versions[1].name is None
        with counted(world.engine) as statements:
            assert versions[1].changeset == expected
        assert len(statements) == 1
        linked = version_class(cls).all_versions(session, 1)
        assert linked[0].changeset == expected


def test_after_a_gap(world: World) -> None:
    """A baseline shows what changed unseen; an insertion after the gap is a new row."""
    cls = create_article(world)
    change(world, cls, 1, name="a")
    with world.transaction() as session, paused(session, cls):
        session.delete(session.get_one(cls, 1))
    change(world, cls, 2, name="somebody else")
    change(world, cls, 1, name="a")
    with Session(world.engine) as session:
        _, second = history(session, cls, 1)
        assert second.changeset == {"id": [None, 1], "name": [None, "a"]}
        second.previous  # noqa: B018
        assert second.changeset == {"id": [None, 1], "name": [None, "a"]}


def test_of_a_row_older_than_its_history(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session, paused(session, cls):
        session.add(cls(id=1, name="a"))
    change(world, cls, 1, name="b")
    with Session(world.engine) as session:
        baseline, version = history(session, cls, 1)
        assert baseline.changeset == {"id": [None, 1], "name": [None, "a"]}
        assert version.changeset == {"name": ["a", "b"]}


def test_deferred_columns(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        title = mapped_column(String(20))
        body = mapped_column(String(200), deferred=True)

    world.create()
    change(world, Page, 1, title="t", body="a")
    change(world, Page, 1, body="b")
    with Session(world.engine) as session:
        versions = list(session.get_one(Page, 1).versions)
        assert "body" not in versions[1].__dict__
        with counted(world.engine) as statements:
            assert [version.changeset.get("body") for version in versions] == [
                [None, "a"],
                ["a", "b"],
            ]
        assert len(statements) == 2
    with Session(world.engine) as session:
        versions = list(session.get_one(Page, 1).versions)
        with counted(world.engine) as statements:
            assert changesets(versions)[1] == {"body": ["a", "b"]}
        assert len(statements) == 1


def test_values_that_compare_in_their_own_way(world: World) -> None:
    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        data = mapped_column(JSON)
        blob = mapped_column(LargeBinary)
        size = mapped_column(PickleType(comparator=lambda a, b: abs(a - b) < 10))
        name = mapped_column(String(20))

    world.create()
    change(world, Thing, 1, data={"a": [1]}, blob=b"\x00", size=1, name="a")
    change(world, Thing, 1, data={"a": [1, 2]}, blob=b"\x01", name="b")
    with world.engine.begin() as connection:
        connection.execute(Thing.__table__.update().values(size=5, name="c"))
    with Session(world.engine) as session:
        versions = list(session.get_one(Thing, 1).versions)
        assert versions[1].changeset == {
            "data": [{"a": [1]}, {"a": [1, 2]}],
            "blob": [b"\x00", b"\x01"],
            "name": ["a", "b"],
        }
        assert versions[2].changeset == {"name": ["b", "c"]}


def test_plugins_see_changesets(new_world: Callable[..., World]) -> None:
    class Shout(Plugin):
        def after_construct_changeset(self, version_obj: Any, changeset: dict[str, Any]) -> None:
            changeset["version"] = version_obj.transaction_id
            changeset.pop("id", None)

    world = new_world(plugins=[Shout()])
    cls = create_article(world)
    change(world, cls, 1, name="a")
    with Session(world.engine) as session:
        version = session.get_one(cls, 1).versions[0]
        expected = {"name": [None, "a"], "version": version.transaction_id}
        assert version.changeset == expected
        assert changesets([version]) == [expected]


# Pending changes.


def pending(obj: Any) -> Any:
    """Return ``continuum.changeset(obj)``."""
    return changeset(obj)


def test_pending_changes_of_an_update(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        assert pending(obj) == {}
        obj.name, obj.hits, obj.content = "b", 0, ""
        assert pending(obj) == {"hits": [0, None], "content": ["", None]}
        obj.name = None
        assert pending(obj)["name"] == [None, "b"]
        session.flush()
        assert pending(obj) == {}


def test_pending_changes_of_a_new_object(world: World, article: Any) -> None:
    obj = article(id=9, name="", hits=0, content=None)
    assert pending(obj) == {"id": [9, None], "name": ["", None], "hits": [0, None]}
    with Session(world.engine) as session:
        session.add(obj)
        assert pending(obj) == {"id": [9, None], "name": ["", None], "hits": [0, None]}


def test_pending_changes_of_a_deletion(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        obj.hits = 0
        session.commit()
        obj.content = "never stored"
        session.delete(obj)
        with counted(world.engine) as statements:
            assert pending(obj) == {"name": [None, "b"], "hits": [None, 0]}
        assert len(statements) <= 1
        with session.no_autoflush:
            assert obj in session.deleted


def test_pending_changes_of_what_was_not_loaded(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        session.expire(obj)
        obj.name, obj.hits = "c", None
        with counted(world.engine) as statements:
            assert pending(obj) == {"name": ["c", "b"]}
        assert len(statements) == 1
        obj.name = "b"
        assert pending(obj) == {}


def test_pending_changes_of_what_history_leaves_out(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__ = {"exclude": ["secret"]}
        number = mapped_column("id", Integer, primary_key=True)
        name = mapped_column("full_name", String(20))
        secret = mapped_column(String(20))

    world.create()
    change(world, Person, 1, name="Ada", secret="x")
    with Session(world.engine) as session:
        obj = session.get_one(Person, 1)
        obj.secret = "y"
        assert pending(obj) == {}
        obj.name = "Grace"
        assert pending(obj) == {"name": ["Grace", "Ada"]}
        session.delete(obj)
        assert pending(obj) == {"name": [None, "Ada"]}


def test_pending_changes_without_queries(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        obj.name = "c"
        with counted(world.engine) as statements:
            assert pending(obj) == {"name": ["c", "b"]}
        assert statements == []


def test_of_something_else(world: World, article: Any) -> None:
    note = define_article(world, "note", versioning=False)
    with pytest.raises(ClassNotVersioned):
        pending(note(id=1))


def test_links_are_modifications_of_the_session(world: World) -> None:
    link = Table(
        "article_tag",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        parent_id = mapped_column(ForeignKey("article.id"))
        parent = relationship("Article", remote_side="Article.id")
        tags = relationship(Tag, secondary=link)

    world.create()
    change(world, Tag, 1)
    change(world, Article, 1)
    change(world, Article, 2)
    with Session(world.engine, autoflush=False) as session:
        obj, tag = session.get_one(Article, 1), session.get_one(Tag, 1)
        assert not is_session_modified(session)
        obj.tags.append(tag)
        assert is_session_modified(session)
        assert not is_modified(obj)
        session.rollback()
        obj.parent = session.get_one(Article, 2)
        assert is_modified(obj)


def test_plugins_have_a_say_in_what_is_modified(new_world: Callable[..., World]) -> None:
    class Eager(Plugin):
        def is_session_modified(self, session: Session) -> bool:
            return "wanted" in session.info

    world = new_world(plugins=[Eager()])
    cls = create_article(world)
    change(world, cls, 1, name="a")
    with Session(world.engine) as session:
        obj = session.get_one(cls, 1)
        obj.name = "a"
        assert not is_session_modified(session)
        session.info["wanted"] = True
        assert is_session_modified(session, world.manager)
