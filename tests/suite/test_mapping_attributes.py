"""Attributes of a model, of whatever kind, on its version class."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any
from typing import Generic
from typing import TypeVar

import pytest
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import MappedAsDataclass
from sqlalchemy.orm import Session
from sqlalchemy.orm import column_property
from sqlalchemy.orm import composite
from sqlalchemy.orm import deferred
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import registry
from sqlalchemy.orm import synonym
from sqlalchemy.orm import validates
from sqlmodel import Field
from sqlmodel import SQLModel

from continuum import ImproperlyConfigured
from continuum import VersioningManager
from continuum import is_versioned
from continuum import make_versioned
from continuum import remove_versioning
from continuum import transaction_class
from continuum import version_class
from continuum import versioned
from suite._support import World
from suite._support import counted

TEXT = String(20)
T = TypeVar("T")


def changesets(world: World, cls: Any, key: Any) -> list[Any]:
    with Session(world.engine) as session:
        return [v.changeset for v in version_class(cls).all_versions(session, key, desc=False)]


def define_person(world: World, **options: Any) -> Any:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = options
        GREETING = "Dear "
        id = mapped_column(Integer, primary_key=True)
        first = mapped_column(TEXT)
        last = mapped_column(TEXT)
        born = mapped_column(Integer)

        @hybrid_property
        def name(self) -> Any:
            return self.first + " " + self.last

        @name.inplace.setter
        def _set_name(self, value: str) -> None:
            self.first, self.last = value.split()

        @hybrid_property
        def initial(self) -> Any:
            return self.first[:1]

        @initial.inplace.expression
        @classmethod
        def _initial(cls) -> Any:
            return func.substr(cls.first, 1, 1)

        @hybrid_method
        def older_than(self, year: int) -> Any:
            return self.born < year

        @property
        def salutation(self) -> str:
            return self.GREETING + self.name

        @cached_property
        def shouted(self) -> str:
            return str(self.name).upper()

        @property
        def index(self) -> str:
            return "the version's own is meant"

        @validates("born")
        def check(self, key: str, value: int) -> int:
            assert value > 1800
            return value

        def rename(self, name: str) -> None:
            self.name = name

        def letters(self) -> int:
            return len(self.first)

    world.create()
    return Person


def test_hybrids_and_properties(world: World) -> None:
    Person = define_person(world)
    with world.transaction() as session:
        session.add(Person(id=1, name="Ada King", born=1815))
    with world.transaction() as session:
        session.get_one(Person, 1).name = "Ada Lovelace"
    PersonVersion = version_class(Person)
    with Session(world.engine) as session:
        first, second = session.get_one(Person, 1).versions
        assert (first.name, second.name) == ("Ada King", "Ada Lovelace")
        assert second.initial == "A"
        assert second.older_than(1900)
        assert second.salutation == "Dear Ada Lovelace"
        assert second.shouted == "ADA LOVELACE"
        assert second.index == 1
        with pytest.raises(AttributeError):
            second.name = "Someone Else"
        for criterion in (
            PersonVersion.name == "Ada Lovelace",
            (PersonVersion.initial == "A") & (PersonVersion.transaction_id > 1),
            PersonVersion.older_than(1900) & (PersonVersion.last == "Lovelace"),
        ):
            assert session.scalars(select(PersonVersion).where(criterion)).all() == [second]


def test_methods_come_along_when_they_are_named(world: World) -> None:
    Person = define_person(world, methods=["let*"], exclude=["shouted"])
    with world.transaction() as session:
        session.add(Person(id=1, name="Ada King", born=1815))
    with Session(world.engine) as session:
        version = session.get_one(Person, 1).versions[0]
        assert version.letters() == 3
        for name in ("rename", "check", "shouted"):
            assert not hasattr(version, name)


def test_behaviour_of_subclasses(world: World) -> None:
    class Loud:
        volume = 11

    class Animal(world.Base):
        __tablename__ = "animal"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(TEXT)
        volume = 1

        @property
        def sound(self) -> str:
            return f"... {self.volume}"

    class Dog(Loud, Animal):
        __mapper_args__ = {"polymorphic_identity": "dog"}

        @property
        def sound(self) -> str:
            return f"Woof {self.volume}"

    world.create()
    with world.transaction() as session:
        session.add_all([Animal(id=1), Dog(id=2)])
    with Session(world.engine) as session:
        assert session.get_one(Animal, 1).versions[0].sound == "... 1"
        assert session.get_one(Animal, 2).versions[0].sound == "Woof 11"


def test_expressions_over_own_columns(world: World) -> None:
    class Item(world.Base):
        __tablename__ = "item"
        __versioned__ = {"exclude": ["hidden"]}
        id = mapped_column(Integer, primary_key=True)
        price = mapped_column(Integer)
        count = mapped_column(Integer)
        hidden = mapped_column(Integer)
        total = column_property(price * count)
        late = column_property(price + count, deferred=True)
        of_hidden = column_property(hidden + count)

    Item.live = column_property(select(func.count(Item.id)).scalar_subquery())
    world.create()
    with world.transaction() as session:
        session.add(Item(id=1, price=2, count=3, hidden=1))
    with world.transaction() as session:
        session.get_one(Item, 1).count = 5
    ItemVersion = version_class(Item)
    with Session(world.engine) as session:
        versions = session.get_one(Item, 1).versions.all()
        assert [version.total for version in versions] == [6, 10]
        assert [version.late for version in versions] == [5, 7]
        assert versions[1].changeset == {"count": [3, 5]}
        found = session.scalars(select(ItemVersion).where(ItemVersion.total == 10)).all()
        assert found == [versions[1]]
    # One tells of a column that history leaves out, the other of other rows.
    assert not hasattr(ItemVersion, "of_hidden")
    assert not hasattr(ItemVersion, "live")


def test_attributes_with_other_names_than_their_columns(world: World) -> None:
    class Place(world.Base):
        __tablename__ = "place"
        __versioned__ = {"exclude": ["secret"]}
        __mapper_args__ = {"column_prefix": "_"}
        id = mapped_column("place_id", Integer, primary_key=True)
        town = mapped_column("name", TEXT)
        secret = mapped_column("password", TEXT)
        text = deferred(Column("long text", TEXT, key="other"))
        title = synonym("town")

    world.create()
    with world.transaction() as session:
        session.add(Place(id=1, title="Rome", secret="x", text="a"))
    with world.transaction() as session:
        session.get_one(Place, 1).text = "b"
    with world.transaction() as session:
        session.get_one(Place, 1).town = "Oslo"
    with Session(world.engine) as session:
        versions = session.get_one(Place, 1).versions.all()
        assert [v.title for v in versions] == ["Rome", "Rome", "Oslo"]
        assert [v.changeset for v in versions[1:]] == [
            {"text": ["a", "b"]},
            {"town": ["Rome", "Oslo"]},
        ]
        PlaceVersion = version_class(Place)
        found = session.scalars(select(PlaceVersion).where(PlaceVersion.title == "Oslo")).all()
        assert found == [versions[2]]
        assert PlaceVersion.version_at(session, {"place_id": 1}, 2) is versions[1]
        assert "password" not in PlaceVersion.__table__.c


def test_columns_that_get_a_prefix(world: World) -> None:
    table = Table(
        "place",
        world.Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", TEXT),
    )

    class Place(world.Base):
        __table__ = table
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"column_prefix": "c_"}

    world.create()
    with world.transaction() as session:
        session.add(Place(c_id=1, c_name="a"))
    with world.transaction() as session:
        session.get_one(Place, 1).c_name = "b"
    assert changesets(world, Place, 1) == [
        {"c_id": [None, 1], "c_name": [None, "a"]},
        {"c_name": ["a", "b"]},
    ]


def test_dataclass_composites(world: World) -> None:
    @dataclasses.dataclass
    class Point:
        x: int | None
        y: int | None

    class Base(MappedAsDataclass, DeclarativeBase):
        metadata = MetaData()

    manager = VersioningManager()
    make_versioned(
        manager=manager,
        mapper=Base,
        options={"native_versioning": world.native},
        user_cls=None,
    )

    class Line(Base):
        __tablename__ = "line"
        __versioned__ = {}
        __annotations__ = {
            "id": Mapped[int],
            "x1": Mapped[int | None],
            "y1": Mapped[int | None],
            "label": Mapped[str],
            "start": Mapped[Point | None],
        }
        id = mapped_column(primary_key=True)
        x1 = mapped_column(init=False)
        y1 = mapped_column(init=False)
        label = mapped_column(TEXT, default="none", kw_only=True)
        start = composite(Point, "x1", "y1", default=None)

    try:
        version_class(Line)
        Base.metadata.create_all(world.engine)
        with world.transaction() as session:
            session.add(Line(id=1, start=Point(1, 2)))
        with world.transaction() as session:
            session.get_one(Line, 1).start = Point(1, 3)
        with Session(world.engine) as session:
            versions = session.get_one(Line, 1).versions.all()
            assert [version.start for version in versions] == [Point(1, 2), Point(1, 3)]
            assert versions[0].label == "none"
            assert versions[1].changeset == {"y1": [2, 3]}
    finally:
        remove_versioning(manager=manager)
        Base.registry.dispose()


def test_imperative_mapping(world: World) -> None:
    @versioned(exclude=["notes"])
    class Company:
        def __init__(self, name: str) -> None:
            self.name = name

    @versioned()
    class Bank(Company):
        def __init__(self, name: str, swift: str) -> None:
            super().__init__(name)
            self.swift = swift

    table = Table(
        "company",
        world.Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("kind", TEXT),
        Column("name", TEXT),
        Column("notes", TEXT),
        Column("swift", TEXT),
    )
    target: registry = world.Base.registry
    target.map_imperatively(
        Company,
        table,
        polymorphic_on=table.c.kind,
        polymorphic_identity="company",
        exclude_properties=["swift"],
    )
    target.map_imperatively(
        Bank, inherits=Company, polymorphic_identity="bank", properties={"swift": table.c.swift}
    )
    world.create()
    with world.transaction() as session:
        session.add_all([Company("a"), Bank("b", "X")])
    with world.transaction() as session:
        session.scalars(select(Bank)).one().swift = "Y"
    with Session(world.engine) as session:
        versions = session.scalars(select(Bank)).one().versions
        assert [(v.name, v.swift) for v in versions] == [("b", "X"), ("b", "Y")]
        assert versions[0].revert().swift == "X"


def test_generic_bases(world: World) -> None:
    class Box(world.Base, Generic[T]):
        __abstract__ = True
        id = mapped_column(Integer, primary_key=True)
        content = mapped_column(TEXT)

        def unpack(self) -> T:
            raise NotImplementedError

    class TextBox(Box[str]):
        __tablename__ = "text_box"
        __versioned__: dict[str, Any] = {}

    class OtherBox(Box[int]):
        __tablename__ = "other_box"

    world.create()
    with world.transaction() as session:
        session.add_all([TextBox(id=1, content="a"), OtherBox(id=1, content="b")])
    assert changesets(world, TextBox, 1) == [{"id": [None, 1], "content": [None, "a"]}]
    assert not is_versioned(OtherBox)


def test_bases_and_registries_on_one_metadata(world: World) -> None:
    class OtherBase(DeclarativeBase):
        metadata = world.Base.metadata
        registry = registry(metadata=world.Base.metadata)

    class One(world.Base):
        __tablename__ = "one"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    class Two(OtherBase):
        __tablename__ = "two"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    world.create()
    try:
        with world.transaction() as session:
            session.add_all([One(id=1), Two(id=1)])
        assert transaction_class(One) is transaction_class(Two)
        assert len(world.transactions()) == 1
        with Session(world.engine) as session:
            transaction = session.get_one(One, 1).versions[0].transaction
            assert transaction.entity_names == ["One", "Two"]
    finally:
        OtherBase.registry.dispose()


def test_sqlmodel(world: World) -> None:
    class Base(SQLModel, registry=world.Base.registry):
        metadata = world.Base.metadata

    class Named(Base):
        name: str = Field(max_length=20)

    class Hero(Named, table=True):
        __tablename__ = "hero"
        __versioned__ = {}
        id: int | None = Field(default=None, primary_key=True)
        power: str | None = Field(default=None, max_length=20)

        @property
        def title(self) -> str:
            return f"the {self.power} {self.name}"

    world.create()
    with world.transaction() as session:
        session.add(Hero(id=1, name="Ada"))
    with world.transaction() as session:
        session.get_one(Hero, 1).power = "mighty"
    with Session(world.engine) as session:
        versions = session.get_one(Hero, 1).versions.all()
        assert [v.power for v in versions] == [None, "mighty"]
        assert versions[1].changeset == {"power": [None, "mighty"]}
        assert versions[1].title == "the mighty Ada"
        copy = versions[1].reify(dup=True)
        assert (type(copy), copy.name, copy.id) == (Hero, "Ada", None)
        assert versions[0].revert().power is None


def test_a_deferred_column_is_read_with_many_versions(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        text = mapped_column(TEXT, deferred=True)
        more = mapped_column(TEXT, deferred=True, deferred_group="rest")

    world.create()
    for number in range(3):
        with world.transaction() as session:
            session.merge(Page(id=1, text=str(number), more="x"))
    with Session(world.engine) as session:
        first = session.get_one(Page, 1).versions[0]
        with counted(world.engine) as statements:
            assert (first.text, first.more) == ("0", "x")
        assert len(statements) == 2


def test_names_that_every_version_has(world: World) -> None:
    class Entry(world.Base):
        __tablename__ = "entry"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        transaction = mapped_column(Integer)

    with pytest.raises(ImproperlyConfigured, match="attribute 'transaction'"):
        world.create()
