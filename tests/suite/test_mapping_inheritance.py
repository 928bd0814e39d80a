"""Hierarchies of classes, however they are mapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy import case
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.ext.declarative import AbstractConcreteBase
from sqlalchemy.ext.declarative import ConcreteBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import column_property
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import declared_attr
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload

from continuum import ClassNotVersioned
from continuum import ImproperlyConfigured
from continuum import is_versioned
from continuum import version_class
from continuum import version_union
from continuum.errors import UnsupportedTable
from suite._support import World

TEXT = String(20)


@pytest.fixture
def concrete() -> Iterator[list[Any]]:
    """Takes concrete bases, which SQLAlchemy 2.0 would prepare again when they have gone."""
    bases: list[Any] = []
    yield bases
    for base in bases:
        base.__declare_first__ = staticmethod(lambda: None)


def define_root(world: World, **options: Any) -> Any:
    class Animal(world.Base):
        __tablename__ = "animal"
        __versioned__: dict[str, Any] = options
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(TEXT)
        name = mapped_column(TEXT)

    return Animal


def define_joined(parent: Any, name: str, **attributes: Any) -> Any:
    """Define a class with a table of its own below another one."""
    above = parent.__tablename__
    return type(
        name.capitalize(),
        (parent,),
        {
            "__tablename__": name,
            "__module__": __name__,
            "__mapper_args__": {"polymorphic_identity": name},
            "id": mapped_column(ForeignKey(f"{above}.id"), primary_key=True),
            **attributes,
        },
    )


def changesets(world: World, cls: Any, key: Any) -> list[Any]:
    with Session(world.engine) as session:
        return [v.changeset for v in version_class(cls).all_versions(session, key, desc=False)]


def test_joined_and_single_classes_mixed(world: World) -> None:
    Animal = define_root(world)
    Dog = define_joined(Animal, "dog", tricks=mapped_column(Integer))

    class Puppy(Dog):
        __mapper_args__ = {"polymorphic_identity": "puppy"}
        weeks = mapped_column(Integer)

    Champion = define_joined(Dog, "champion", medals=mapped_column(Integer))
    world.create()
    with world.transaction() as session:
        session.add_all(
            [Puppy(id=1, name="Rex", weeks=3), Champion(id=2, name="Leo", tricks=9, medals=1)]
        )
    with world.transaction() as session:
        session.get_one(Animal, 1).weeks = 4
        session.get_one(Animal, 2).medals = 2
    with world.transaction() as session:
        session.get_one(Dog, 2).tricks = 10
    assert changesets(world, Animal, 1) == [
        {
            "id": [None, 1],
            "kind": [None, "puppy"],
            "name": [None, "Rex"],
            "weeks": [None, 3],
        },
        {"weeks": [3, 4]},
    ]
    assert changesets(world, Champion, 2)[1:] == [{"medals": [1, 2]}, {"tricks": [9, 10]}]
    with Session(world.engine) as session:
        found = session.scalars(select(version_class(Dog)).order_by(version_class(Dog).id)).all()
        assert [type(v) for v in found] == [version_class(Puppy)] * 2 + [
            version_class(Champion)
        ] * 3
        assert [v.weeks for v in found[:2]] == [3, 4]
        assert [(v.tricks, v.medals) for v in found[2:]] == [(9, 1), (9, 2), (10, 2)]


def test_composite_keys_in_another_order(world: World) -> None:
    class Place(world.Base):
        __tablename__ = "place"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "place"}
        # MariaDB wants an index in the order of the foreign key.
        __table_args__ = (UniqueConstraint("id", "tenant"),)
        tenant = mapped_column(Integer, primary_key=True)
        id = mapped_column(Integer, primary_key=True, autoincrement=False)
        kind = mapped_column(TEXT)

    class Shop(Place):
        __tablename__ = "shop"
        __mapper_args__ = {"polymorphic_identity": "shop"}
        __table_args__ = (
            ForeignKeyConstraint(["shop_id", "shop_tenant"], ["place.id", "place.tenant"]),
        )
        shop_id = mapped_column(Integer, primary_key=True, autoincrement=False)
        shop_tenant = mapped_column(Integer, primary_key=True)
        sign = mapped_column(TEXT)

    world.create()
    with world.transaction() as session:
        session.add_all(
            [Shop(tenant=1, id=2, sign="a"), Shop(tenant=2, id=1, sign="b"), Place(tenant=1, id=1)]
        )
    with world.transaction() as session:
        session.get_one(Place, (1, 2)).sign = "c"
    with Session(world.engine) as session:
        versions = session.get_one(Shop, (1, 2)).versions.all()
        assert [(v.tenant, v.id, v.shop_tenant, v.sign) for v in versions] == [
            (1, 2, 1, "a"),
            (1, 2, 1, "c"),
        ]
        assert [v.sign for v in session.get_one(Shop, (2, 1)).versions] == ["b"]
        assert versions[1].changeset == {"sign": ["a", "c"]}


def test_a_class_that_wants_no_history_below_one_that_has_it(world: World) -> None:
    """Its own columns are left out; the rest of its rows belongs to the parent's table."""
    Animal = define_root(world)
    Dog = define_joined(
        Animal, "dog", tricks=mapped_column(Integer), __versioned__={"versioning": False}
    )
    Champion = define_joined(
        Dog, "champion", medals=mapped_column(Integer), __versioned__={"versioning": True}
    )

    class Cat(Animal):
        __versioned__ = {"versioning": False}
        __mapper_args__ = {"polymorphic_identity": "cat"}
        lives = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add_all(
            [
                Dog(id=1, name="Rex", tricks=1),
                Cat(id=2, name="Leo", lives=9),
                Champion(id=3, name="Max", tricks=1, medals=1),
            ]
        )
    with world.transaction() as session:
        session.get_one(Dog, 1).tricks = 2
        session.get_one(Cat, 2).lives = 8
        session.get_one(Champion, 3).tricks = 2
    assert len(world.transactions()) == 1
    with world.transaction() as session:
        session.get_one(Dog, 1).name = "Bob"
        session.get_one(Champion, 3).medals = 2
    for cls, key, expected in (
        (Dog, 1, [{"name": ["Rex", "Bob"]}]),
        (Cat, 2, []),
        (Champion, 3, [{"medals": [1, 2]}]),
    ):
        assert is_versioned(cls)
        assert changesets(world, cls, key)[1:] == expected
        with Session(world.engine) as session:
            obj = session.get_one(Animal, key)
            assert {type(version) for version in obj.versions} == {version_class(cls)}
    assert "tricks" not in changesets(world, Champion, 3)[0]
    assert "lives" not in version_class(Animal).__table__.c


def test_options_of_classes_in_one_table(world: World) -> None:
    Animal = define_root(world)

    class Dog(Animal):
        __versioned__ = {"exclude": ["secret"], "ignore": ["barks"]}
        __mapper_args__ = {"polymorphic_identity": "dog"}
        secret = mapped_column(TEXT)
        barks = mapped_column(Integer)
        since = mapped_column("dog_since", Integer)

    class Cat(Animal):
        __mapper_args__ = {"polymorphic_identity": "cat"}
        since = mapped_column("cat_since", Integer)

    world.create()
    with world.transaction() as session:
        session.add_all([Dog(id=1, secret="s", barks=1, since=5), Cat(id=2, since=6)])
    with world.transaction() as session:
        session.get_one(Dog, 1).barks = 2
        session.get_one(Dog, 1).secret = "t"
    assert len(world.transactions()) == 1
    with world.transaction() as session:
        session.get_one(Dog, 1).since = 7
        session.get_one(Cat, 2).since = 8
    assert changesets(world, Animal, 1)[1] == {"barks": [1, 2], "since": [5, 7]}
    assert changesets(world, Animal, 2)[1] == {"since": [6, 8]}
    assert not hasattr(version_class(Cat), "barks")


def test_without_a_discriminator(world: World) -> None:
    class Account(world.Base):
        __tablename__ = "account"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)

    class Savings(Account):
        __tablename__ = "savings"
        id = mapped_column(ForeignKey("account.id"), primary_key=True)
        rate = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add_all([Account(id=1, name="a"), Savings(id=2, name="b", rate=1)])
    with world.transaction() as session:
        session.get_one(Savings, 2).rate = 2
    with Session(world.engine) as session:
        versions = session.get_one(Savings, 2).versions.all()
        assert [type(version) for version in versions] == [version_class(Savings)] * 2
        assert [version.rate for version in versions] == [1, 2]
        assert versions[1].previous is versions[0]
    with Session(world.engine) as session:
        assert [v.name for v in session.get_one(Account, 1).versions] == ["a"]
        assert len(session.get_one(Account, 2).versions.all()) == 2


def define_parcels(world: World, **of_heavy: Any) -> tuple[Any, Any]:
    """Define a class of which an expression tells the subclass."""

    class Parcel(world.Base):
        __tablename__ = "parcel"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        weight = mapped_column(Integer)
        __mapper_args__ = {
            "polymorphic_on": case((weight > 10, "heavy"), else_="light"),
            "polymorphic_identity": "light",
        }

    own = {"__module__": __name__, "__mapper_args__": {"polymorphic_identity": "heavy"}}
    own["crane"] = mapped_column(TEXT)
    Heavy = type("Heavy", (Parcel,), {**own, **of_heavy})
    world.create()
    with world.transaction() as session:
        session.add_all([Parcel(id=1, weight=5), Heavy(id=2, weight=50, crane="x")])
    return Parcel, Heavy


def test_an_expression_tells_the_subclass(world: World) -> None:
    Parcel, Heavy = define_parcels(world)
    with world.transaction() as session:
        session.get_one(Parcel, 1).weight = 20
    with Session(world.engine) as session:
        found = version_class(Parcel).all_versions(session, 1, desc=False)
        assert [type(version) for version in found] == [version_class(Parcel), version_class(Heavy)]
        assert [v.crane for v in session.get_one(Parcel, 2).versions] == ["x"]


def test_an_expression_tells_the_joined_subclass(world: World) -> None:
    key = mapped_column(ForeignKey("parcel.id"), primary_key=True)
    Parcel, Heavy = define_parcels(world, __tablename__="heavy", id=key)
    with world.transaction() as session:
        session.get_one(Heavy, 2).crane = "y"
    with Session(world.engine) as session:
        versions = session.get_one(Parcel, 2).versions.all()
        assert [type(version) for version in versions] == [version_class(Heavy)] * 2
        assert [version.crane for version in versions] == ["x", "y"]
        assert session.scalars(select(version_class(Heavy))).all() == versions


def test_concrete_classes(world: World, concrete: list[Any]) -> None:
    class Employee(ConcreteBase, world.Base):
        __tablename__ = "employee"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)

    concrete.append(Employee)

    class Manager(Employee):
        __tablename__ = "manager"
        __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)
        title = mapped_column(TEXT)

    world.create()
    with world.transaction() as session:
        session.add_all([Employee(id=1, name="a"), Manager(id=1, name="b", title="x")])
    with world.transaction() as session:
        session.scalars(select(Manager)).one().title = "y"
    with world.transaction() as session:
        employee, manager = sorted(session.scalars(select(Employee)), key=lambda obj: obj.name)
        assert [(type(v), v.name) for v in employee.versions] == [(version_class(Employee), "a")]
        assert [(type(v), v.title) for v in manager.versions] == [
            (version_class(Manager), "x"),
            (version_class(Manager), "y"),
        ]
        assert manager.versions[1].changeset == {"title": ["x", "y"]}
        assert manager.versions[0].revert() is manager
    assert changesets(world, Manager, 1)[2] == {"title": ["y", "x"]}
    everyone = version_union(Employee)
    with Session(world.engine) as session:
        found = session.scalars(select(everyone).order_by(everyone.transaction_id, everyone.name))
        assert [(type(v), v.name, getattr(v, "title", None)) for v in found] == [
            (version_class(Employee), "a", None),
            (version_class(Manager), "b", "x"),
            (version_class(Manager), "b", "y"),
            (version_class(Manager), "b", "x"),
        ]
        chosen = select(everyone).where(everyone.title == "y")
        assert session.scalars(chosen).one().previous.title == "x"


def test_an_abstract_concrete_base(world: World, concrete: list[Any]) -> None:
    class Person(AbstractConcreteBase, world.Base):
        __versioned__: dict[str, Any] = {}
        strict_attrs = True
        name = mapped_column(TEXT)

    concrete.append(Person)

    class Guest(Person):
        __tablename__ = "guest"
        __mapper_args__ = {"polymorphic_identity": "guest", "concrete": True}
        id = mapped_column(Integer, primary_key=True)

    class Host(Person):
        __tablename__ = "host"
        __mapper_args__ = {"polymorphic_identity": "host", "concrete": True}
        id = mapped_column(Integer, primary_key=True)
        house = mapped_column(TEXT)

    world.create()
    with world.transaction() as session:
        session.add_all([Guest(id=1, name="a"), Host(id=1, name="b", house="x")])
    with world.transaction() as session:
        session.get_one(Host, 1).house = "y"
    with Session(world.engine) as session:
        assert [v.name for v in session.get_one(Guest, 1).versions] == ["a"]
        assert [v.house for v in session.get_one(Host, 1).versions] == ["x", "y"]
        assert len(session.scalars(select(version_union(Person))).all()) == 3
    with pytest.raises(ClassNotVersioned, match="not read together"):
        version_union(Host)


def test_relationships_to_concrete_classes(world: World, concrete: list[Any]) -> None:
    class Zoo(world.Base):
        __tablename__ = "zoo"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)
        animals = relationship("Beast", back_populates="zoo")

    class Beast(ConcreteBase, world.Base):
        __tablename__ = "beast"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_identity": "beast", "concrete": True}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)
        zoo_id = mapped_column(ForeignKey("zoo.id"))
        zoo = relationship("Zoo", back_populates="animals")

    concrete.append(Beast)

    class Bear(Beast):
        __tablename__ = "bear"
        __mapper_args__ = {"polymorphic_identity": "bear", "concrete": True}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)
        zoo_id = mapped_column(ForeignKey("zoo.id"))
        zoo = relationship("Zoo", back_populates="animals")
        honey = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        animals = [Beast(id=1, name="a"), Bear(id=1, name="b", honey=1)]
        session.add(Zoo(id=1, name="old", animals=animals))
    with world.transaction() as session:
        session.scalars(select(Bear)).one().honey = 2
        session.delete(session.scalars(select(Beast).where(Beast.name == "a")).one())
    with world.transaction() as session:
        session.get_one(Zoo, 1).name = "new"
    ZooVersion = version_class(Zoo)
    for options in ([], [selectinload(ZooVersion.animals)], [joinedload(ZooVersion.animals)]):
        with Session(world.engine) as session:
            statement = select(ZooVersion).options(*options).order_by(ZooVersion.transaction_id)
            old, new = session.scalars(statement).unique().all()
            assert {(v.name, getattr(v, "honey", None)) for v in old.animals} == {
                ("a", None),
                ("b", 1),
            }
            assert [(v.name, v.honey, v.zoo) for v in new.animals] == [("b", 2, old)]


def test_a_concrete_class_below_one_without_history(world: World) -> None:
    class Plain(world.Base):
        __tablename__ = "plain"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)

    class Kept(Plain):
        __tablename__ = "kept"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"concrete": True}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(TEXT)

    world.create()
    with world.transaction() as session:
        session.add_all([Plain(id=1, name="a"), Kept(id=1, name="b")])
    assert not is_versioned(Plain)
    assert changesets(world, Kept, 1) == [{"id": [None, 1], "name": [None, "b"]}]


@pytest.mark.parametrize("outer", [False, True], ids=["inner", "outer"])
def test_a_class_mapped_to_a_join(world: World, outer: bool) -> None:
    metadata = world.Base.metadata
    person = Table(
        "person", metadata, Column("id", Integer, primary_key=True), Column("name", TEXT)
    )
    address = Table(
        "address",
        metadata,
        Column("person_id", ForeignKey("person.id"), primary_key=True),
        Column("street", TEXT),
    )

    class Person(world.Base):
        __table__ = person.join(address, isouter=outer)
        __versioned__: dict[str, Any] = {}
        id = column_property(person.c.id, address.c.person_id)

    world.create()
    with world.transaction() as session:
        if outer:
            session.execute(insert(person).values(id=1, name="Ada"))
        else:
            session.add(Person(id=1, name="Ada", street="a"))
    with world.transaction() as session:
        if outer:
            session.execute(insert(address).values(person_id=1, street="b"))
        else:
            session.get_one(Person, 1).street = "b"
    with world.transaction() as session:
        session.get_one(Person, 1).name = "Eve"
    with world.transaction() as session:
        session.delete(session.get_one(Person, 1))
    with world.transaction() as session:
        found = version_class(Person).all_versions(session, 1, desc=False)
        assert [(v.operation_type.name, v.name, v.street) for v in found] == [
            ("INSERT", "Ada", None if outer else "a"),
            ("UPDATE", "Ada", "b"),
            ("UPDATE", "Eve", "b"),
            ("DELETE", "Eve", "b"),
        ]
        assert found[1].changeset == {"street": [None if outer else "a", "b"]}
        revived = found[1].revert()
        assert (revived.name, revived.street) == ("Ada", "b")
    with Session(world.engine) as session:
        assert session.get_one(Person, 1).versions.count() == 5
    world.verify(person, address)


def test_columns_of_mixins_in_each_class(world: World) -> None:
    class Stamped:
        @declared_attr
        def stamp(self) -> Mapped[int]:
            return mapped_column(Integer)

    class Named:
        @declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()

    class Thing(Stamped, Named, world.Base):
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(TEXT)

    class Tool(Thing):
        __mapper_args__ = {"polymorphic_identity": "tool"}
        id = mapped_column(ForeignKey("thing.id"), primary_key=True)
        weight = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add(Tool(id=1, stamp=1, weight=2))
    with world.transaction() as session:
        session.get_one(Tool, 1).stamp = 3
    assert changesets(world, Thing, 1)[1] == {"stamp": [1, 3]}


def test_a_class_declared_late(world: World) -> None:
    Animal = define_root(world)
    configure_mappers()
    Dog = define_joined(Animal, "dog", tricks=mapped_column(Integer))
    world.create()
    with world.transaction() as session:
        session.add(Dog(id=1, tricks=1))
    with world.transaction() as session:
        session.get_one(Animal, 1).tricks = 2
    assert changesets(world, Animal, 1)[1] == {"tricks": [1, 2]}


def test_a_root_without_history(world: World) -> None:
    class Plain(world.Base):
        __tablename__ = "plain"
        id = mapped_column(Integer, primary_key=True)

    class Kept(Plain):
        __tablename__ = "kept"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(ForeignKey("plain.id"), primary_key=True)

    with pytest.raises(ImproperlyConfigured, match="Plain, which is not versioned"):
        world.create()


@pytest.mark.parametrize(
    ("error", "text", "root", "child"),
    [
        (ImproperlyConfigured, "strategy of Dog", {}, {"strategy": "subquery"}),
        (ImproperlyConfigured, "over several", {"operations": ["update"]}, {}),
        (ImproperlyConfigured, "over several", {}, {"when": lambda old, new: new.tricks > 1}),
        (ImproperlyConfigured, "names 'name', which Animal has too", {}, {"exclude": ["name"]}),
        (ImproperlyConfigured, "neither an attribute", {}, {"exclude": ["nothing"]}),
        (ImproperlyConfigured, "tells the subclass", {"exclude": ["kind"]}, {}),
    ],
)
def test_options_that_do_not_fit(
    world: World, error: type[Exception], text: str, root: Any, child: Any
) -> None:
    Animal = define_root(world, **root)
    define_joined(Animal, "dog", __versioned__=child, tricks=mapped_column(Integer))
    with pytest.raises(error, match=text):
        world.create()


def test_a_table_with_a_key_of_its_own(world: World) -> None:
    Animal = define_root(world)

    class Dog(Animal):
        __tablename__ = "dog"
        __mapper_args__ = {"polymorphic_identity": "dog"}
        number = mapped_column(Integer, primary_key=True)
        animal_id = mapped_column(ForeignKey("animal.id"))

    with pytest.raises(UnsupportedTable, match="not tied column by column"):
        world.create()


def test_a_class_that_adds_columns_late(world: World) -> None:
    Animal = define_root(world)
    configure_mappers()

    class Dog(Animal):
        __mapper_args__ = {"polymorphic_identity": "dog"}
        tricks = mapped_column(Integer)

    with pytest.raises(ImproperlyConfigured, match="lacks the column 'tricks'"):
        world.create()


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("orm")
def test_more_tables_than_can_be_joined(world: World) -> None:
    Animal = define_root(world)
    classes = [
        define_joined(Animal, f"animal{number}", size=mapped_column(Integer))
        for number in range(70)
    ]
    world.create()
    with world.transaction() as session:
        session.add(classes[5](id=1, size=1))
    with world.transaction() as session:
        session.get_one(Animal, 1).size = 2
    assert changesets(world, Animal, 1)[1] == {"size": [1, 2]}
