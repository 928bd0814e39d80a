"""Going back to a version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import Computed
from sqlalchemy import ForeignKey
from sqlalchemy import Identity
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import MappedAsDataclass
from sqlalchemy.orm import Session
from sqlalchemy.orm import composite
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import object_session
from sqlalchemy.orm import relationship
from sqlalchemy.orm import synonym
from sqlalchemy.orm import validates

from continuum import Operation
from continuum import version_class
from continuum.errors import RevertError
from reading._support import change
from reading._support import history
from reading._support import remove
from suite._support import World
from suite._support import counted
from suite._support import create_article

pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture
def article(world: World) -> Any:
    """Row 1 with versions a and b."""
    cls = create_article(world)
    change(world, cls, 1, name="a", hits=1)
    change(world, cls, 1, name="b", content="x", hits=0)
    return cls


def live(world: World, cls: Any) -> list[Any]:
    """Return the rows of a table."""
    with world.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(cls.__table__))]


def test_one_query_none_when_the_object_is_there(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, _ = history(session, article, 1)
        with counted(world.engine) as statements:
            obj = first.revert()
        assert len(statements) == 1
        session.rollback()
        first, _ = history(session, article, 1)
        session.refresh(obj)
        with counted(world.engine) as statements:
            assert first.revert() is obj
        assert statements == []


def test_nothing_is_flushed(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, _ = history(session, article, 1)
        session.add(article(id=5, name="pending"))
        with counted(world.engine) as statements:
            first.revert()
        assert not any(text.startswith(("INSERT", "UPDATE")) for text in statements)
        assert len(session.new) == 1


def test_only_what_differs_is_written(world: World, article: Any) -> None:
    change(world, article, 1, hits=1, content=None)
    with Session(world.engine) as session:
        first, *_ = history(session, article, 1)
        first.revert()
        with counted(world.engine) as statements:
            session.flush()
        assert [text.split(" WHERE")[0] for text in statements if "UPDATE article " in text] == [
            text.split(" WHERE")[0] for text in statements if " SET name=" in text
        ]


def test_changes_that_are_not_flushed_are_overwritten(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        obj.name, obj.content, obj.hits = "pending", "pending", 9
        history_of = obj.versions.select()
        with session.no_autoflush:
            first, second = session.scalars(history_of)
            second.revert()
            assert obj not in session.dirty or not session.is_modified(obj)
            first.revert()
        session.commit()
    assert live(world, article) == [(1, "a", None, 1)]


def test_expired_and_unloaded_columns_make_no_false_changes(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        _, second = history(session, article, 1)
        obj = session.get_one(article, 1)
        session.expire(obj, ["name", "content"])
        with counted(world.engine) as statements:
            second.revert()
        assert len(statements) == 1
        assert not session.is_modified(obj)


def test_an_object_about_to_be_deleted_stays(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, _ = history(session, article, 1)
        obj = session.get_one(article, 1)
        session.delete(obj)
        assert first.revert() is obj
        assert obj not in session.deleted
        session.commit()
        assert obj.name == "a"
    assert live(world, article) == [(1, "a", None, 1)]


def test_an_object_about_to_be_inserted_is_used(world: World, article: Any) -> None:
    remove(world, article, 1)
    with Session(world.engine) as session:
        first, *_ = history(session, article, 1)
        pending = article(id=1, name="pending", content="pending")
        session.add(pending)
        assert first.revert() is pending
        assert first.revert() is pending
        session.commit()
    assert live(world, article) == [(1, "a", None, 1)]


def test_an_object_about_to_replace_another(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, _ = history(session, article, 1)
        session.delete(session.get_one(article, 1))
        pending = article(id=1, name="pending")
        session.add(pending)
        assert first.revert() is pending
        session.commit()
    assert live(world, article) == [(1, "a", None, 1)]


def test_a_delete_version_deletes_what_is_pending_too(world: World, article: Any) -> None:
    remove(world, article, 1)
    change(world, article, 1, name="again")
    with Session(world.engine) as session:
        deletion = history(session, article, 1)[2]
        assert deletion.operation_type is Operation.DELETE
        session.delete(session.get_one(article, 1))
        pending = article(id=1, name="pending")
        session.add(pending)
        assert deletion.revert() is None
        assert pending not in session
        assert deletion.revert() is None
        session.commit()
    assert live(world, article) == []


def test_reverting_a_deletion_twice_in_one_session(world: World, article: Any) -> None:
    remove(world, article, 1)
    with Session(world.engine) as session:
        first, *_ = history(session, article, 1)
        obj = first.revert()
        assert first.revert() is obj
        session.flush()
        assert first.revert() is obj
        assert not session.is_modified(obj)
        session.commit()
    with Session(world.engine) as session:
        assert session.get_one(article, 1).versions.count() == 4


def test_a_key_that_changed(world: World, article: Any) -> None:
    with world.transaction() as session:
        session.get_one(article, 1).id = 2
    with world.transaction() as session:
        first, *_ = history(session, article, 1)
        first.revert()
    assert sorted(live(world, article)) == [(1, "a", None, 1), (2, "b", "x", 0)]
    with world.transaction() as session:
        obj = session.get_one(article, 2)
        obj.id = 3
        with session.no_autoflush:
            (moved,) = history(session, article, 2)
            assert moved.revert() is obj
        assert obj.id == 2


def test_a_detached_version(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, _ = history(session, article, 1)
    with pytest.raises(RevertError, match="Session"):
        first.revert()
    with Session(world.engine) as session:
        session.add(first)
        assert first.revert().name == "a"


# Columns that are not simply written.


def test_excluded_and_ignored_columns_keep_their_value(world: World) -> None:
    cls = create_article(world, exclude=["content"], ignore=["hits"])
    change(world, cls, 1, name="a", content="x", hits=1)
    change(world, cls, 1, name="b", content="y", hits=2)
    with world.transaction() as session:
        history(session, cls, 1)[0].revert()
    assert live(world, cls) == [(1, "a", "y", 2)]


def test_a_missing_value_for_a_column_that_needs_one(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__ = {"exclude": ["secret", "level", "rank"]}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        secret = mapped_column("password", String(20), nullable=False)
        level = mapped_column(Integer, nullable=False, default=7)
        rank = mapped_column(Integer, nullable=False, server_default="8")

    world.create()
    change(world, Person, 1, name="Ada", secret="x")
    change(world, Person, 1, name="Grace")
    with world.transaction() as session:
        history(session, Person, 1)[0].revert()
    assert live(world, Person) == [(1, "Ada", "x", 7, 8)]
    remove(world, Person, 1)
    with Session(world.engine) as session:
        first, *_, deletion = history(session, Person, 1)
        assert deletion.revert() is None
        with pytest.raises(RevertError, match="'password'") as raised:
            first.revert()
        assert (raised.value.table, raised.value.column) == ("person", "password")
        assert not session.new
        assert not session.dirty
        obj = first.reify()
        obj.secret = "new"
        session.add(obj)
        session.commit()
    assert live(world, Person) == [(1, "Ada", "new", 7, 8)]


def test_a_column_younger_than_the_version(world: World, article: Any) -> None:
    """It is NULL in history, and NOT NULL in the model as it is now."""
    article.__table__.c.content.nullable = False
    with world.transaction() as session:
        history(session, article, 1)[0].revert()
    assert live(world, article) == [(1, "a", "x", 1)]
    remove(world, article, 1)
    with Session(world.engine) as session, pytest.raises(RevertError, match="'content'"):
        history(session, article, 1)[0].revert()


def test_the_version_counter_goes_on(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        title = mapped_column(String(20))
        counter = mapped_column(Integer, nullable=False)
        __mapper_args__ = {"version_id_col": counter}

    world.create()
    change(world, Page, 1, title="a")
    change(world, Page, 1, title="b")
    with world.transaction() as session:
        history(session, Page, 1)[0].revert()
    assert live(world, Page) == [(1, "a", 3)]
    with world.transaction() as session:
        history(session, Page, 1)[2].revert()
    assert live(world, Page) == [(1, "a", 3)]
    remove(world, Page, 1)
    with world.transaction() as session:
        history(session, Page, 1)[1].revert()
    assert live(world, Page) == [(1, "b", 1)]


def test_computed_columns_are_left_to_the_database(world: World) -> None:
    class Box(world.Base):
        __tablename__ = "box"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        side = mapped_column(Integer)
        area = mapped_column(Integer, Computed("side * side", persisted=True))

    world.create()
    change(world, Box, 1, side=2)
    change(world, Box, 1, side=3)
    with world.transaction() as session:
        assert history(session, Box, 1)[0].area == 4
        history(session, Box, 1)[0].revert()
    assert live(world, Box) == [(1, 2, 4)]
    remove(world, Box, 1)
    with world.transaction() as session:
        history(session, Box, 1)[1].revert()
    assert live(world, Box) == [(1, 3, 9)]


def test_columns_that_change_with_every_update(world: World) -> None:
    """The old value is written: the row is to look as it did."""

    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        title = mapped_column(String(20))
        touched = mapped_column(Integer, default=0, onupdate=99)

    world.create()
    change(world, Page, 1, title="a")
    change(world, Page, 1, title="b")
    assert live(world, Page) == [(1, "b", 99)]
    with world.transaction() as session:
        history(session, Page, 1)[0].revert()
    assert live(world, Page) == [(1, "a", 0)]


def test_null_comes_back_where_there_is_a_default(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        title = mapped_column(String(20), default="untitled")
        lang = mapped_column(String(20), server_default="en")

    world.create()
    change(world, Page, 1, title=null(), lang=null())
    change(world, Page, 1, title="b", lang="de")
    with world.transaction() as session:
        history(session, Page, 1)[0].revert()
    assert live(world, Page) == [(1, None, None)]
    remove(world, Page, 1)
    with world.transaction() as session:
        history(session, Page, 1)[0].revert()
    assert live(world, Page) == [(1, None, None)]


@pytest.mark.engines("postgresql")
def test_a_key_that_only_the_database_gives(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, Identity(always=True), primary_key=True)
        title = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add(Page(title="a"))
    change(world, Page, 1, title="b")
    with world.transaction() as session:
        history(session, Page, 1)[0].revert()
    assert live(world, Page) == [(1, "a")]
    remove(world, Page, 1)
    with world.transaction() as session, pytest.raises(RevertError, match="GENERATED ALWAYS"):
        history(session, Page, 1)[0].revert()


# Values.


def test_mutable_values_are_not_shared(world: World) -> None:
    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        data = mapped_column(MutableDict.as_mutable(JSON()))

    world.create()
    change(world, Thing, 1, data={"a": [1]})
    change(world, Thing, 1, data={"b": 2})
    with world.transaction() as session:
        first, _ = history(session, Thing, 1)
        obj = first.revert()
        obj.data["a"].append(2)
        assert first.data == {"a": [1]}
        session.flush()
        obj.data["c"] = 3
        assert first.data == {"a": [1]}
    assert live(world, Thing) == [(1, {"a": [1, 2], "c": 3})]


@pytest.mark.parametrize(("old", "new"), [({"a": 1}, {"a": True}), ([1.0], [1])])
def test_values_that_python_takes_for_equal(world: World, old: Any, new: Any) -> None:
    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        data = mapped_column(JSON())

    world.create()
    change(world, Thing, 1, data=old)
    with world.engine.begin() as connection:
        connection.execute(update(Thing.__table__).values(data=new))
    with world.transaction() as session:
        assert len(history(session, Thing, 1)) == 2
        history(session, Thing, 1)[0].revert()
    assert repr(live(world, Thing)) == repr([(1, old)])


def test_null_and_the_null_of_json(world: World) -> None:
    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        data = mapped_column(JSON())

    world.create()
    change(world, Thing, 1, data=null())
    change(world, Thing, 1, data={})
    change(world, Thing, 1, data=None)
    change(world, Thing, 1, data={"a": 1})

    def is_null() -> Any:
        with world.engine.connect() as connection:
            return bool(connection.scalar(select(Thing.__table__.c.data.is_(null()))))

    for position, expected in ((0, True), (3, False), (2, False), (1, False), (0, True)):
        with world.transaction() as session:
            history(session, Thing, 1)[position].revert()
        assert is_null() is expected
    for position, expected in ((0, True), (2, False)):
        remove(world, Thing, 1)
        with world.transaction() as session:
            history(session, Thing, 1)[position].revert()
        assert is_null() is expected


def test_null_is_no_value_for_mutable_types_and_validators(world: World) -> None:
    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        data = mapped_column(MutableDict.as_mutable(JSON()))
        name = mapped_column(String(50), default="x")

        @validates("name")
        def stripped(self, _: str, value: str | None) -> str | None:
            return value.strip() if value else value

    world.create()
    with world.engine.begin() as connection:
        connection.execute(insert(Thing.__table__).values(id=1, data=null(), name=None))
    change(world, Thing, 1, data={"a": 1}, name="b")
    for _ in range(2):
        with world.transaction() as session:
            obj = history(session, Thing, 1)[0].revert()
            session.flush()
            assert obj.data is None
        with world.engine.connect() as connection:
            stored = select(Thing.__table__.c.data.is_(null()), Thing.__table__.c.name)
            assert connection.execute(stored).all() == [(True, None)]
        remove(world, Thing, 1)


class Point:
    """A value of two columns."""

    def __init__(self, x: int | None, y: int | None) -> None:
        self.x, self.y = x, y

    def __composite_values__(self) -> tuple[int | None, int | None]:
        return self.x, self.y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    __hash__ = None  # type: ignore[assignment]


def test_composites_and_synonyms(world: World) -> None:
    class Place(world.Base):
        __tablename__ = "place"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        x = mapped_column(Integer)
        y = mapped_column(Integer)
        name = mapped_column(String(20))
        title = synonym("name")
        where = composite(Point, x, y)

    world.create()
    change(world, Place, 1, where=Point(1, 2), name="a")
    change(world, Place, 1, where=Point(3, 4), name="b")
    with world.transaction() as session:
        obj = session.get_one(Place, 1)
        assert obj.where == Point(3, 4)
        first = obj.versions[0]
        assert (first.where, first.title) == (Point(1, 2), "a")
        first.revert()
        assert (obj.where, obj.title) == (Point(1, 2), "a")
        session.flush()
        assert obj.where == Point(1, 2)
    assert live(world, Place) == [(1, 1, 2, "a")]


# Ways of mapping.


def test_composite_keys_and_other_names(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        __mapper_args__ = {"column_prefix": "c_"}
        first = mapped_column("b key", String(20), primary_key=True)
        second = Column("a key", Integer, primary_key=True, autoincrement=False)
        title = mapped_column("the title", String(20))

    world.create()
    change(world, Page, ("x", 1), title="a")
    change(world, Page, ("x", 1), title="b")
    change(world, Page, ("y", 1), title="other")
    for deleted in (False, True):
        if deleted:
            remove(world, Page, ("x", 1))
        with world.transaction() as session:
            history(session, Page, ("x", 1))[0].revert()
        assert sorted(live(world, Page)) == [("x", 1, "a"), ("y", 1, "other")]


def test_dataclasses(world: World) -> None:
    class Base(MappedAsDataclass, world.Base):
        __abstract__ = True

    class Person(Base):
        __tablename__ = "person"
        __versioned__ = {}
        __annotations__ = {"name": Mapped[str], "level": Mapped[int], "id": Mapped[int]}
        name = mapped_column(String(20))
        level = mapped_column(Integer)
        id = mapped_column(Integer, primary_key=True)

    world.create()
    with world.transaction() as session:
        session.add(Person(name="Ada", level=1, id=1))
    change(world, Person, 1, name="Grace")
    remove(world, Person, 1)
    with world.transaction() as session:
        obj = history(session, Person, 1)[0].revert()
        assert type(obj) is Person
        session.flush()
        assert obj == Person(name="Ada", level=1, id=1)
    assert live(world, Person) == [("Ada", 1, 1)]


def test_classical_mapping(world: World) -> None:
    table = Table(
        "person",
        world.Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(20)),
    )

    class Person:
        __versioned__: dict[str, Any] = {}

        def __init__(self, name: str) -> None:
            self.name = name

    mapped: Any = Person
    world.Base.registry.map_imperatively(mapped, table)
    world.create()
    with world.transaction() as session:
        session.add(Person("Ada"))
    remove(world, mapped, 1)
    with world.transaction() as session:
        obj = history(session, mapped, 1)[0].revert()
        assert (type(obj), obj.name) == (Person, "Ada")
    with world.engine.connect() as connection:
        assert connection.execute(select(table)).all() == [(1, "Ada")]


def test_single_table_inheritance(world: World) -> None:
    class Vehicle(world.Base):
        __tablename__ = "vehicle"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20), nullable=False)

    class Car(Vehicle):
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_identity": "car"}
        doors = mapped_column(Integer)

    class Bike(Vehicle):
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_identity": "bike"}
        gears = mapped_column(Integer)

    world.create()
    change(world, Car, 1, doors=3)
    change(world, Car, 1, doors=5)
    remove(world, Car, 1)
    with world.transaction() as session:
        obj = history(session, Vehicle, 1)[0].revert()
        assert (type(obj), obj.doors) == (Car, 3)
    assert live(world, Vehicle) == [(1, "car", 3, None)]
    assert type(version_class(Car).reify) is not None
    with world.transaction() as session:
        assert type(history(session, Car, 1)[0].reify()) is Car
    remove(world, Car, 1)
    change(world, Bike, 1, gears=7)
    with Session(world.engine) as session, pytest.raises(RevertError, match="Bike now"):
        history(session, Vehicle, 1)[0].revert()
    with world.transaction() as session:
        session.delete(session.get_one(Bike, 1))
        session.flush()
        history(session, Vehicle, 1)[0].revert()
    assert live(world, Vehicle) == [(1, "car", 3, None)]


def test_the_discriminator_is_not_in_history(world: World) -> None:
    class Vehicle(world.Base):
        __tablename__ = "vehicle"
        __versioned__ = {"exclude": ["note"]}
        id = mapped_column(Integer, primary_key=True)
        note = mapped_column(String(20))

        @validates("note")
        def check_note(self, key: str, value: Any) -> Any:
            assert value is not None
            return value

    world.create()
    change(world, Vehicle, 1, note="x")
    remove(world, Vehicle, 1)
    with world.transaction() as session:
        history(session, Vehicle, 1)[0].revert()
    assert live(world, Vehicle) == [(1, None)]


# Foreign keys.


@pytest.fixture
def book(world: World) -> Any:
    """A book that went from author 1 to author 2."""

    class Author(world.Base):
        __tablename__ = "author"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        books = relationship("Book", back_populates="author")

    class Book(world.Base):
        __tablename__ = "book"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        author_id = mapped_column(ForeignKey("author.id"))
        author = relationship(Author, back_populates="books")

    world.create()
    with world.transaction() as session:
        session.add_all([Author(id=1), Author(id=2), Author(id=3)])
        session.flush()
        session.add(Book(id=1, author_id=1))
    change(world, Book, 1, author_id=2)
    return Book


def test_a_loaded_reference_follows_its_foreign_key(world: World, book: Any) -> None:
    with world.transaction() as session:
        obj = session.get_one(book, 1)
        assert obj.author.id == 2
        obj.versions[0].revert()
        assert obj.author_id == 1
        session.flush()
        assert obj.author.id == 1
    assert live(world, book) == [(1, 1)]


def test_a_reference_about_to_change(world: World, book: Any) -> None:
    author = book.author.property.mapper.class_
    with world.transaction() as session:
        obj = session.get_one(book, 1)
        third = session.get_one(author, 3)
        with session.no_autoflush:
            assert third.books == []
            versions = history(session, book, 1)
            obj.author = third
            versions[0].revert()
            assert third.books == []
            assert obj.author.id == 1
            obj.author = None
            versions[1].revert()
            assert obj.author.id == 2
    assert live(world, book) == [(1, 2)]


# Copies, and what is refused.


def test_a_copy_belongs_to_no_session(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        first, second = history(session, article, 1)
        with counted(world.engine) as statements:
            copy = first.reify()
        assert statements == []
        assert (type(copy), copy.id, copy.name, copy.content) == (article, 1, "a", None)
        assert object_session(copy) is None
        assert not session.new
        another = second.reify(dup=True)
        assert another.id is None
        another.id = 7
        session.add(another)
        session.commit()
        assert (another.name, another.content) == ("b", "x")


def test_a_copy_of_a_deletion(world: World, article: Any) -> None:
    remove(world, article, 1)
    with Session(world.engine) as session:
        assert history(session, article, 1)[-1].reify().name == "b"


def test_relationships_that_do_not_exist(world: World, book: Any) -> None:
    with Session(world.engine) as session:
        first, _ = history(session, book, 1)
        for relations in (["nothing"], ["author.nothing"], "nothing"):
            with pytest.raises(RevertError, match="no relationship 'nothing'"):
                first.revert(relations=relations)
        assert not session.dirty
        assert first.revert(relations=[]).author_id == 1
        session.rollback()
        assert session.scalar(select(func.count()).select_from(book)) == 1


def test_a_history_without_ends(new_world: Callable[..., World]) -> None:
    world = new_world(options={"strategy": "subquery"})
    cls = create_article(world)
    change(world, cls, 1, name="a")
    remove(world, cls, 1)
    with world.transaction() as session:
        history(session, cls, 1)[0].revert()
    assert live(world, cls) == [(1, "a", None, None)]
    with world.transaction() as session:
        history(session, cls, 1)[1].revert()
    assert live(world, cls) == []
