"""However a class is mapped, its versions are mapped alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import MappedAsDataclass
from sqlalchemy.orm import Session
from sqlalchemy.orm import composite
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import synonym

from continuum import parent_class
from continuum import version_class
from suite._support import World
from suite._support import counted


def test_dataclasses(world: World) -> None:
    class Person(MappedAsDataclass, world.Base):
        __tablename__ = "person"
        __versioned__ = {}
        __annotations__ = {"id": int, "name": str}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add(Person(id=1, name="Ada"))
    with world.transaction() as session:
        session.get_one(Person, 1).name = "Grace"
    with world.transaction() as session:
        assert [v.name for v in session.get_one(Person, 1).versions] == ["Ada", "Grace"]


class Point:
    def __init__(self, x: int | None, y: int | None) -> None:
        self.x, self.y = x, y

    def __composite_values__(self) -> tuple[int | None, int | None]:
        return self.x, self.y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    __hash__ = None  # type: ignore[assignment]


def test_composites_synonyms_and_deferred_columns(world: World) -> None:
    class Place(world.Base):
        __tablename__ = "place"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        x = mapped_column(Integer)
        y = mapped_column(Integer)
        name = mapped_column(String(20))
        text = mapped_column(String(20), deferred=True)
        where = composite(Point, "x", "y")
        title = synonym("name")

    world.create()
    with world.transaction() as session:
        session.add(Place(id=1, where=Point(1, 2), title="here", text="long"))
    with world.transaction() as session:
        session.get_one(Place, 1).where = Point(1, 3)
    with world.transaction() as session:
        first, second = session.get_one(Place, 1).versions
        assert (first.where, second.where) == (Point(1, 2), Point(1, 3))
        assert first.title == "here"
        assert second.text == "long"
        assert second.changeset == {"y": [2, 3]}


def test_a_deferred_column_is_not_loaded_to_be_recorded(world: World) -> None:
    class Place(world.Base):
        __tablename__ = "place"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        text = mapped_column(String(20), deferred=True)

    world.create()
    with world.transaction() as session:
        session.add(Place(id=1, name="a", text="long"))
    with Session(world.engine) as session:
        place = session.get_one(Place, 1)
        place.name = "b"
        with counted(world.engine) as statements:
            session.commit()
    assert not [s for s in statements if s.startswith("SELECT place.text")]
    assert world.story(Place, "name", "text") == [
        (1, "insert", 1, 2, "a", "long"),
        (1, "update", 2, None, "b", "long"),
    ]


def test_single_table_inheritance(world: World) -> None:
    class Animal(world.Base):
        __tablename__ = "animal"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20))
        name = mapped_column(String(20))

    class Dog(Animal):
        __mapper_args__ = {"polymorphic_identity": "dog"}
        tricks = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add_all([Dog(id=1, name="Rex", tricks=1), Animal(id=2, name="Leo")])
    with world.transaction() as session:
        session.get_one(Dog, 1).tricks = 2
    assert world.story(Animal, "kind", "name", "tricks") == [
        (1, "insert", 1, 2, "dog", "Rex", 1),
        (1, "update", 2, None, "dog", "Rex", 2),
        (2, "insert", 1, None, "animal", "Leo", None),
    ]
    with world.transaction() as session:
        versions = session.get_one(Animal, 1).versions
        assert [type(version) for version in versions] == [version_class(Dog)] * 2
        assert type(session.get_one(Animal, 2).versions[0]) is version_class(Animal)
        assert parent_class(version_class(Dog)) is Dog


def test_mixins_and_abstract_bases(world: World) -> None:
    class Stamped:
        stamp = mapped_column(Integer)

    class Named(world.Base):
        __abstract__ = True
        __versioned__: dict[str, Any] = {}
        name = mapped_column(String(20))

    class Note(Stamped, Named):
        __tablename__ = "note"
        id = mapped_column(Integer, primary_key=True)

    world.create()
    with world.transaction() as session:
        session.add(Note(id=1, name="a", stamp=1))
    assert world.story(Note, "name", "stamp") == [(1, "insert", 1, None, "a", 1)]


def test_bases_of_version_classes(world: World) -> None:
    class Shouting:
        def shout(self) -> str:
            return str(getattr(self, "name", "")).upper()

    class Note(world.Base):
        __tablename__ = "note"
        __versioned__ = {"base_classes": (Shouting,)}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add(Note(id=1, name="a"))
    with world.transaction() as session:
        assert session.get_one(Note, 1).versions[0].shout() == "A"


def test_bases_of_version_classes_may_have_metaclasses(world: World) -> None:
    class Kind(type):
        pass

    class Shape(metaclass=Kind):
        def area(self) -> int:
            return int(getattr(self, "side", 0)) ** 2

    class Square(world.Base):
        __tablename__ = "square"
        __versioned__ = {"base_classes": (Shape,)}
        id = mapped_column(Integer, primary_key=True)
        side = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add(Square(id=1, side=3))
    with world.transaction() as session:
        (version,) = session.get_one(Square, 1).versions
        assert version.area() == 9
        assert isinstance(type(version), Kind)


def test_the_counter_of_optimistic_locking_makes_no_version(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__ = {"exclude": ["hits"]}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        hits = mapped_column(Integer)
        revision = mapped_column(Integer, nullable=False)
        __mapper_args__ = {"version_id_col": revision}

    world.create()
    with world.transaction() as session:
        session.add(Note(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(Note, 1).hits = 1
    assert len(world.transactions()) == 1
    with world.transaction() as session:
        session.get_one(Note, 1).name = "b"
    with world.transaction() as session:
        session.get_one(Note, 1).versions[0].revert()
    with world.transaction() as session:
        note = session.get_one(Note, 1)
        assert (note.name, note.revision) == ("a", 4)
        assert [version.name for version in note.versions] == ["a", "b", "a"]
