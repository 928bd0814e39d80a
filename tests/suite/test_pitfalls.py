"""What users of other tools suffered from, where no other test stands for it.

The page on troubles names the test for each of them.
"""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import Enum
from sqlalchemy import ForeignKey
from sqlalchemy import Identity
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import Uuid
from sqlalchemy import create_engine
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import declarative_base
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import TransactionBase
from continuum import changeset
from continuum import count_versions
from continuum import paused
from continuum import restore_table
from continuum import transaction_class
from continuum import undo
from continuum import version_class
from continuum import version_table
from continuum.reading.binding import bound_to
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import create_article
from suite._support import define_article


def test_a_mutable_value_that_is_touched_but_stays_equal(world: World) -> None:
    Note = type(
        "Note",
        (world.Base,),
        {
            "__tablename__": "note",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            "data": mapped_column(MutableDict.as_mutable(JSON)),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Note(id=1, data={"a": 1}))
    with world.transaction() as session:
        note = session.get(Note, 1)
        note.data["a"] = 2
        note.data["a"] = 1
        note.data.changed()
    with world.transaction() as session:
        note = session.get(Note, 1)
        note.data["a"] = 3
        session.flush()
        note.data["a"] = 4
    assert world.story(Note, "data") == [
        (1, "insert", 1, 2, {"a": 1}),
        (1, "update", 2, None, {"a": 4}),
    ]


def test_a_session_with_several_engines(world: World) -> None:
    """Nothing is asked of an engine that has nothing to do with history."""
    Article = create_article(world)

    class Other(DeclarativeBase):
        pass

    class Plain(Other):
        __tablename__ = "plain"
        id = mapped_column(Integer, primary_key=True)

    elsewhere = create_engine("sqlite://")
    Other.metadata.create_all(elsewhere)
    binds: dict[Any, Any] = {world.Base: world.engine, Plain: elsewhere}
    with Session(binds=binds) as session:
        session.add(Plain(id=1))
        session.commit()
    assert world.transactions() == []
    with Session(binds=binds) as session:
        session.add_all([Plain(id=2), Article(id=1, name="a")])
        session.commit()
        assert session.get(Article, 1).versions.count() == 1
        assert session.get(Article, 1).versions[0].transaction is not None
    elsewhere.dispose()


@pytest.mark.engines("sqlite")
def test_going_back_in_a_session_with_several_engines(world: World) -> None:
    """Statements about tables without a class, too, go where the classes are."""
    tagged = Table(
        "tagged",
        world.Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("article_id", ForeignKey("article.id")),
        Column("tag_id", ForeignKey("tag.id")),
    )
    Tag = define_article(world, table="tag")
    Article = define_article(world)
    Article.tags = relationship(Tag, secondary=tagged)
    world.create()
    # What undoes links is flushed with the transaction that made them.
    binds: dict[Any, Any] = {world.Base: world.engine, TransactionBase: world.engine}
    with Session(binds=binds) as session:
        article = Article(id=1, name="a", tags=[Tag(id=1, name="t")])
        session.add(article)
        session.commit()
        article.name, article.tags = "b", []
        session.commit()
        first, second = article.versions[:]
        first.revert(relations="all")
        session.commit()
        assert (article.name, len(article.tags)) == ("a", 1)
        undo(session, second.next.transaction)
        session.commit()
        assert (article.name, article.tags) == ("b", [])
        old = restore_table(session, Article, first, into="article_then")
        found = session.connection(bind_arguments={"mapper": Article}).execute(old.select())
        assert [row.name for row in found] == ["a"]


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_the_class_that_stands_for_a_table(world: World) -> None:
    """The one whose own table it is, whatever classes inherit it, and always the same."""
    people = Hierarchy(world)
    metadata = world.Base.metadata
    alone = Table("alone", metadata, Column("id", Integer, primary_key=True))
    linked = Table(
        "linked",
        metadata,
        Column("plain_id", ForeignKey("plain.id"), primary_key=True),
        Column("person_id", ForeignKey("person.id"), primary_key=True),
    )
    unversioned = type(
        "Plain",
        (world.Base,),
        {
            "__tablename__": "plain",
            "id": mapped_column(Integer, primary_key=True),
            "people": relationship(people.Person, secondary=linked),
        },
    )
    expected = {
        people.Person.__table__: {"mapper": inspect(people.Person)},
        people.Employee.__table__: {"mapper": inspect(people.Employee)},
        people.Manager.__table__: {"mapper": inspect(people.Manager)},
        linked: {"mapper": inspect(unversioned)},
        unversioned.__table__: {"mapper": inspect(unversioned)},
        alone: {"clause": alone},
    }
    for _ in range(2):
        assert [bound_to(table) for table in expected] == list(expected.values())


def test_a_pause_holds_where_the_classes_are(world: World) -> None:
    """The session's own engine has nothing to do with history."""
    Article = create_article(world)
    binds: dict[Any, Any] = {world.Base: world.engine}
    for other in (None, create_engine("sqlite://")):
        with Session(other, binds=binds) as session:
            for number, models in ((1, (Article,)), (2, ()), (3, (Article.__table__,))):
                with paused(session, *models, manager=world.manager):
                    session.add(Article(id=number, name="a"))
                assert session.get(Article, number).versions.count() == 0
    assert world.transactions() == []


def test_identity_columns_stay_with_the_live_table(world: World) -> None:
    Ticket = type(
        "Ticket",
        (world.Base,),
        {
            "__tablename__": "ticket",
            "__versioned__": {},
            "id": mapped_column(Integer, Identity(), primary_key=True),
            "name": mapped_column(String(20)),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Ticket(name="a"))
    with world.transaction() as session:
        session.execute(update(Ticket).values(name="b"))
    assert [row[1] for row in world.story(Ticket, "name")] == ["insert", "update"]
    for column in version_table(Ticket.__table__).c:
        assert column.identity is None
        assert column.default is None


def test_one_enum_in_several_tables(world: World) -> None:
    """Neither creating nor dropping the tables stumbles over a type that two of them share."""
    state = Enum("draft", "public", name="state")
    models = [
        type(
            name.capitalize(),
            (world.Base,),
            {
                "__tablename__": name,
                "__versioned__": {"native_enums": name == "page"},
                "id": mapped_column(Integer, primary_key=True),
                "state": mapped_column(state),
            },
        )
        for name in ("article", "page")
    ]
    for _ in range(2):
        world.create()
        with world.transaction() as session:
            session.add_all([model(id=1, state="draft") for model in models])
        with world.transaction() as session:
            for model in models:
                session.get(model, 1).state = "public"
        for model in models:
            assert [row[-1] for row in world.story(model, "state")] == ["draft", "public"]
        world.Base.metadata.drop_all(world.engine)


def test_version_tables_of_other_names_are_related(world: World) -> None:
    Parent = type(
        "Parent",
        (world.Base,),
        {
            "__tablename__": "parent",
            "__versioned__": {"table_name": "old_parents"},
            "id": mapped_column(Integer, primary_key=True),
            "children": relationship("Child", order_by="Child.id"),
        },
    )
    Child = type(
        "Child",
        (world.Base,),
        {
            "__tablename__": "child",
            "__versioned__": {"table_name": "history of %s"},
            "id": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(20)),
            "parent_id": mapped_column(ForeignKey("parent.id")),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Parent(id=1, children=[Child(id=1, name="a"), Child(id=2, name="b")]))
    with world.transaction() as session:
        version = session.get(Parent, 1).versions[0]
        assert [child.name for child in version.children] == ["a", "b"]


def test_two_declarative_bases(world: World) -> None:
    """Each has its own Transaction class and its own table."""
    Article = define_article(world)
    Base = declarative_base()
    Page = type(
        "Page",
        (Base,),
        {
            "__tablename__": "page",
            "__versioned__": {"native_versioning": world.native},
            "id": Column(Integer, primary_key=True),
            "name": Column(String(20)),
        },
    )
    try:
        world.manager._collect(inspect(Page), Page)
        world.create()
        assert transaction_class(Page) is not transaction_class(Article)
        assert transaction_class(Page).__table__.metadata is Base.metadata
    finally:
        world.manager.deactivate()
        Base.registry.dispose()


def test_counting_with_keys_that_look_like_sql(world: World) -> None:
    Thing = type(
        "Thing",
        (world.Base,),
        {
            "__tablename__": "order",
            "__versioned__": {},
            "key_": Column("select", String(40), primary_key=True),
            "name": Column(String(20)),
        },
    )
    world.create()
    hostile = "' OR '1'='1"
    with world.transaction() as session:
        session.add_all([Thing(key_=hostile), Thing(key_="other"), Thing(key_="%s :x")])
    with world.transaction() as session:
        for key in (hostile, "other", "%s :x"):
            assert count_versions(session.get(Thing, key)) == 1


def test_counting_with_a_uuid(world: World) -> None:
    from uuid import uuid4

    Thing = type(
        "Thing",
        (world.Base,),
        {
            "__tablename__": "thing",
            "__versioned__": {},
            "id": mapped_column(Uuid, primary_key=True, default=uuid4),
            "name": mapped_column(String(20)),
        },
    )
    world.create()
    with world.transaction() as session:
        thing = Thing(name="a")
        session.add(thing)
        session.flush()
        assert count_versions(thing) == 1


def test_falsy_values_are_changes(world: World) -> None:
    Article = create_article(world)
    with world.transaction() as session:
        session.add(Article(id=1, name="a", hits=5))
    with world.transaction() as session:
        article = session.get(Article, 1)
        article.hits, article.name = 0, ""
        assert changeset(article) == {"hits": [0, 5], "name": ["", "a"]}
    with world.transaction() as session:
        assert session.get(Article, 1).versions[1].changeset == {
            "hits": [5, 0],
            "name": ["a", ""],
        }


def test_the_pending_changes_of_a_deletion_with_a_renamed_column(world: World) -> None:
    Article = type(
        "Article",
        (world.Base,),
        {
            "__tablename__": "article",
            "__versioned__": {},
            "id": Column("_id", Integer, primary_key=True),
            "name": Column("_name", String(20)),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        article = session.get(Article, 1)
        session.delete(article)
        assert changeset(article) == {"name": [None, "a"]}


def test_a_flush_adds_nothing_to_the_users_session(world: World) -> None:
    """No warning about a session that is changed while it is flushed."""
    Article = create_article(world)
    with warnings.catch_warnings(), world.transaction() as session:
        warnings.simplefilter("error")
        article = Article(id=1, name="a")
        session.add(article)
        session.flush()
        assert list(session) == [article]


def test_what_was_related_before_the_transaction_that_deleted_it(world: World) -> None:
    """A version sees its own transaction; the one before it is a point in history too."""
    from continuum import as_of

    Tag = type(
        "Tag",
        (world.Base,),
        {
            "__tablename__": "tag",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(20)),
        },
    )
    Article = type(
        "Article",
        (world.Base,),
        {
            "__tablename__": "article",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(20)),
            "tag_id": mapped_column(ForeignKey("tag.id")),
            "tag": relationship("Tag"),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Article(id=1, name="a", tag=Tag(id=1, name="t")))
    with world.transaction() as session:
        article = session.get(Article, 1)
        session.delete(article.tag)
        article.tag = None
        article.name = "b"
    with world.transaction() as session:
        version = session.get(Article, 1).versions[1]
        assert version.tag is None
        assert version.previous.tag.name == "t"
        before = as_of(Article, version.previous)
        assert session.scalars(select(before)).one().tag.name == "t"


def test_association_tables_of_several_relationships(world: World) -> None:
    """One table behind two relationships has one history."""
    links = Table(
        "links",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )
    Tag = type(
        "Tag",
        (world.Base,),
        {
            "__tablename__": "tag",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            "articles": relationship("Article", secondary=links, back_populates="tags"),
        },
    )
    Article = type(
        "Article",
        (world.Base,),
        {
            "__tablename__": "article",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            "tags": relationship("Tag", secondary=links, back_populates="articles"),
            "marks": relationship("Tag", secondary=links, viewonly=True),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Article(id=1, tags=[Tag(id=1), Tag(id=2)]))
    with world.transaction() as session:
        article = session.get(Article, 1)
        tag = article.tags[0]
        article.tags.remove(tag)
        session.flush()
        article.tags.append(tag)
    assert len(world.versions(links)) == 2
    with world.transaction() as session:
        version = session.get(Article, 1).versions[0]
        assert {tag.id for tag in version.tags} == {tag.id for tag in version.marks} == {1, 2}
        assert version_class(Tag) is type(version.tags[0])
        assert version.tags[0].articles == [version]
