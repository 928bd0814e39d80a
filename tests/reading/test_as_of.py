"""``as_of()``: rows as they were at a point, with what they were related to then."""

from __future__ import annotations

import asyncio
import gc
import pickle
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import URL
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import lambda_stmt
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Bundle
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import subqueryload
from sqlalchemy.orm import with_parent

from continuum import Operation
from continuum import as_of
from continuum import remove_versioning
from continuum import transaction_class
from continuum import valid_at
from continuum import version_class
from continuum.errors import ClassNotVersioned
from continuum.errors import InvalidArgument
from continuum.errors import InvalidPoint
from continuum.errors import SeveralPoints
from continuum.errors import UnboundPoint
from suite._support import World
from suite._support import counted
from suite._support import next_tick

# Reading does not depend on who has written; test_relations_random.py asks both recorders.
pytestmark = pytest.mark.recorders("triggers")


class Zoo:
    """Animals in houses with tags, over four transactions."""

    def __init__(self, world: World, strategy: str) -> None:
        self.world = world
        Base = world.Base
        versioned = {"strategy": strategy}
        links = Table(
            "animal_tag",
            Base.metadata,
            Column("animal_id", ForeignKey("animal.id"), primary_key=True),
            Column("tag_id", ForeignKey("tag.id"), primary_key=True),
        )

        class Keeper(Base):
            __tablename__ = "keeper"
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

        class House(Base):
            __tablename__ = "house"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            keeper_id = mapped_column(ForeignKey("keeper.id"))
            keeper = relationship(Keeper)
            animals = relationship("Animal", back_populates="house", order_by="Animal.id")

        class Animal(Base):
            __tablename__ = "animal"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            legs = mapped_column(Integer)
            house_id = mapped_column(ForeignKey("house.id"))
            house = relationship(House, back_populates="animals")
            tags = relationship(
                "Tag", secondary=links, order_by="Tag.name", back_populates="animals"
            )

        class Tag(Base):
            __tablename__ = "tag"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            animals = relationship(Animal, secondary=links, back_populates="tags")

        self.Keeper, self.House, self.Animal, self.Tag = Keeper, House, Animal, Tag
        world.create()
        with world.transaction() as session:
            session.add_all([Keeper(id=1, name="k"), Tag(id=1, name="wild"), Tag(id=2, name="big")])
            session.flush()
            house = House(id=1, name="old", keeper_id=1)
            tom = Animal(id=1, name="tom", legs=4, house=house)
            tom.tags = [session.get_one(Tag, 1)]
            session.add_all([tom, Animal(id=2, name="ann", legs=2, house=house)])
        next_tick()
        with world.transaction() as session:
            session.get_one(Tag, 1).name = "tame"
            tom = session.get_one(Animal, 1)
            tom.tags.append(session.get_one(Tag, 2))
        next_tick()
        with world.transaction() as session:
            session.get_one(House, 1).name = "new"
            tom = session.get_one(Animal, 1)
            tom.tags.remove(session.get_one(Tag, 1))
            session.delete(session.get_one(Animal, 2))
        next_tick()
        with world.transaction() as session:
            session.get_one(Animal, 1).name = "tim"
            session.get_one(Animal, 1).house = None
        self.numbers = [row.id for row in world.transactions()]

    story = [
        {1: ("tom", "old", ["wild"], [1, 2]), 2: ("ann", "old", [], [1, 2])},
        {1: ("tom", "old", ["big", "tame"], [1, 2]), 2: ("ann", "old", [], [1, 2])},
        {1: ("tom", "new", ["big"], [1])},
        {1: ("tim", None, ["big"], None)},
    ]

    def points(self) -> list[tuple[int, dict[int, Any]]]:
        """Return each point with what is to be seen there, in no particular order."""
        pairs = list(zip(self.numbers, self.story, strict=True))
        return [pairs[number] for number in (2, 0, 3, 1, 2, 0)]


def seen(animals: Any) -> dict[int, Any]:
    """Return animals in the form of ``Zoo.story``."""
    return {
        each.id: (
            each.name,
            None if each.house is None else each.house.name,
            [tag.name for tag in each.tags],
            None if each.house is None else [other.id for other in each.house.animals],
        )
        for each in animals
    }


@pytest.fixture(params=["validity", "subquery"])
def zoo(world: World, request: Any) -> Zoo:
    """A zoo with its past."""
    return Zoo(world, request.param)


def test_rows_and_relations_at_each_point(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        for number, expected in zoo.points():
            assert seen(session.scalars(select(as_of(zoo.Animal, number)))) == expected


@pytest.mark.parametrize("load", [selectinload, joinedload, subqueryload])
def test_relations_loaded_with_the_rows(zoo: Zoo, load: Any) -> None:
    House = version_class(zoo.House)
    with Session(zoo.world.engine) as session:
        for number, expected in zoo.points():
            A = as_of(zoo.Animal, number)
            deep = getattr(load(A.house), load.__name__)(House.animals)
            found = session.scalars(select(A).options(load(A.tags), deep)).unique().all()
            with counted(zoo.world.engine) as statements:
                assert seen(found) == expected
            assert statements == []


def test_the_same_version_at_two_points_is_two_objects(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        kept = [
            (session.scalars(select(as_of(zoo.Animal, number))).all(), expected)
            for number, expected in zoo.points()[:4]
        ]
        assert [seen(found) for found, _ in kept] == [expected for _, expected in kept]
        own = version_class(zoo.Animal).version_at(session, 1, zoo.numbers[1])
        assert [tag.name for tag in own.tags] == ["wild"]
        for end in (session.commit, session.expire_all):
            end()
            assert [seen(found) for found, _ in kept] == [expected for _, expected in kept]
            assert [tag.name for tag in own.tags] == ["wild"]
        for found, _ in kept:
            for each in found:
                session.refresh(each)
                session.refresh(each, ["tags", "house"])
        assert [seen(found) for found, _ in kept] == [expected for _, expected in kept]


def test_what_a_point_can_be(zoo: Zoo) -> None:
    Transaction = transaction_class(zoo.Animal)
    number, expected = zoo.numbers[1], zoo.story[1]
    with Session(zoo.world.engine) as session:
        transaction = session.get_one(Transaction, number)
        moment = transaction.issued_at.replace(tzinfo=UTC)
        tag = version_class(zoo.Tag).version_at(session, 1, number)
        seen_then = session.scalars(select(as_of(zoo.House, number))).one()
        assert seen_then.transaction_id == zoo.numbers[0]
        for at in (number, transaction, moment, moment + timedelta(microseconds=1), tag, seen_then):
            assert seen(session.scalars(select(as_of(zoo.Animal, at)))) == expected
        version = as_of(version_class(zoo.Animal), number)
        assert seen(session.scalars(select(version))) == expected
        early = as_of(zoo.Animal, datetime(1999, 1, 1, tzinfo=UTC))
        assert session.scalars(select(early)).all() == []
        now = as_of(zoo.Animal, datetime.now(UTC) + timedelta(days=1))
        assert seen(session.scalars(select(now))) == zoo.story[-1]


def test_just_before_a_point(zoo: Zoo) -> None:
    V = version_class(zoo.Animal)
    with Session(zoo.world.engine) as session:
        transaction = session.get_one(transaction_class(zoo.Animal), zoo.numbers[2])
        moment = transaction.issued_at.replace(tzinfo=UTC)
        for at in (zoo.numbers[2], transaction, moment):
            A = as_of(zoo.Animal, at, before=True)
            assert seen(session.scalars(select(A))) == zoo.story[1]
            valid = select(func.count()).where(valid_at(V, at, before=True))
            assert session.scalar(valid) == len(zoo.story[1])


def test_what_no_point_is(zoo: Zoo) -> None:
    for at in (datetime(2024, 1, 1), "yesterday", None, True):
        with pytest.raises(InvalidPoint):
            as_of(zoo.Animal, at)
        with pytest.raises(InvalidPoint):
            valid_at(version_class(zoo.Animal), at)
    with pytest.raises(ClassNotVersioned):
        as_of(zoo.Keeper, 1)


def test_deleted_rows(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        A = as_of(zoo.Animal, zoo.numbers[2], include_deleted=True)
        tom, ann = session.scalars(select(A).order_by(A.id)).all()
        assert (tom.operation_type, ann.operation_type) == (Operation.INSERT, Operation.DELETE)
        assert ann.name == "ann"
        assert [each.id for each in tom.house.animals] == [1]


def test_one_object(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        for number, expected in zoo.points():
            for key in (1, 2):
                A = as_of(zoo.Animal, number, key=key)
                there = {key: expected[key]} if key in expected else {}
                assert seen(session.scalars(select(A)).all()) == there
                assert session.scalars(select(A).where(A.id != key)).all() == []
        gone = as_of(zoo.Animal, zoo.numbers[3], key=(2,), include_deleted=True)
        assert session.scalars(select(gone.operation_type)).all() == [Operation.DELETE]
        assert session.scalars(select(as_of(zoo.Animal, zoo.numbers[0] - 1, key=1))).all() == []
    with pytest.raises(InvalidArgument, match="the key of Animal consists of id"):
        as_of(zoo.Animal, zoo.numbers[0], key=(1, 2))


def test_queries_over_the_rows(zoo: Zoo) -> None:
    T = version_class(zoo.Tag)
    with Session(zoo.world.engine) as session:
        A = as_of(zoo.Animal, zoo.numbers[1])
        run = session.execute
        assert session.scalars(select(A.name).where(A.legs > 2)).all() == ["tom"]
        assert session.scalar(select(func.count()).select_from(A)) == 2
        assert session.scalar(select(func.sum(A.legs))) == 6
        assert session.scalar(select(A.name).order_by(A.name).limit(1)) == "ann"
        assert [each.name for each in session.scalars(select(A).order_by(A.id).offset(1))] == [
            "ann"
        ]
        grouped = select(A.house_id, func.count(A.id)).group_by(A.house_id)
        assert [tuple(row) for row in run(grouped)] == [(1, 2)]
        joined = select(A.name, T.name).join(A.tags).order_by(T.name)
        assert [tuple(row) for row in run(joined)] == [("tom", "big"), ("tom", "tame")]
        of_tags = select(T.name).select_from(A).join(A.tags).order_by(T.name)
        assert session.scalars(of_tags).all() == ["big", "tame"]
        other = aliased(T)
        typed = select(other.name).join(A.tags.of_type(other)).where(A.id == 1).order_by(other.name)
        assert session.scalars(typed).all() == ["big", "tame"]
        outer = select(A.name, T.name).outerjoin(A.tags).where(T.id.is_(None))
        assert [tuple(row) for row in run(outer)] == [("ann", None)]
        assert session.scalars(select(A.name).where(A.tags.any(T.name == "tame"))).all() == ["tom"]
        assert session.scalars(select(A.name).where(~A.tags.any())).all() == ["ann"]
        housed = select(A.id).where(A.house.has(name="old")).order_by(A.id)
        assert session.scalars(housed).all() == [1, 2]
        bundle = select(Bundle("both", A.id, A.name)).order_by(A.id)
        assert [row.both.name for row in run(bundle)] == ["tom", "ann"]
        assert session.query(A).filter(A.legs == 2).count() == 1


def test_points_deep_inside_a_statement(zoo: Zoo) -> None:
    T = version_class(zoo.Tag)
    Animal = zoo.Animal
    with Session(zoo.world.engine) as session:
        A = as_of(Animal, zoo.numbers[1])
        wanted = select(A.id).join(A.tags).where(T.name == "tame")
        assert session.scalars(select(Animal.name).where(Animal.id.in_(wanted))).all() == ["tim"]
        there = exists().where(A.id == Animal.id, A.tags.any(name="tame"))
        assert session.scalars(select(Animal.name).where(there)).all() == ["tim"]
        count = select(func.count()).select_from(A).join(A.tags).scalar_subquery()
        assert session.scalar(select(count)) == 2
        assert session.scalars(select(literal(1)).where(count == 2)).all() == [1]
        both = union_all(select(A.name), select(T.name).select_from(A).join(A.tags))
        assert sorted(session.scalars(both)) == ["ann", "big", "tame", "tom"]
        rows = select(A.name.label("name")).cte()
        assert sorted(session.scalars(select(rows.c.name))) == ["ann", "tom"]
        page = aliased(A, select(A).order_by(A.id).limit(1).subquery())
        found = session.scalars(select(page)).all()
        assert seen(found) == {1: zoo.story[1][1]}
        again = aliased(A)
        pairs = select(A.name, again.name).join(again, A.house_id == again.house_id)
        assert len(session.execute(pairs).all()) == 4
        live = select(Animal.name, A.name).join(A, A.id == Animal.id)
        assert [tuple(row) for row in session.execute(live)] == [("tim", "tom")]
        eager = select(A).join(A.tags).options(contains_eager(A.tags)).order_by(T.name)
        assert seen(session.scalars(eager).unique()) == {1: zoo.story[1][1]}
        assert (
            len(session.scalars(select(A).order_by(A.id).execution_options(yield_per=1)).all()) == 2
        )


def test_criteria_about_an_object_start_from_its_point(zoo: Zoo) -> None:
    A, T = version_class(zoo.Animal), version_class(zoo.Tag)
    with Session(zoo.world.engine) as session:
        for number, expected in zoo.points():
            tom = session.scalars(select(as_of(zoo.Animal, number)).filter_by(id=1)).one()
            statement = select(T.name).where(with_parent(tom, A.tags)).order_by(T.name)
            assert session.scalars(statement).all() == expected[1][2]


def test_a_version_seen_at_a_point_keeps_its_own_transactions(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        A = as_of(zoo.Animal, zoo.numbers[2])
        tom = session.scalars(select(A)).one()
        assert tom.transaction.id == zoo.numbers[0]
        assert tom.end_transaction.id == zoo.numbers[3]
        assert tom.next.name == "tim"
        assert set(tom.next.changeset) >= {"name"}
        loaded = select(A).options(selectinload(A.transaction), selectinload(A.end_transaction))
        session.expunge_all()
        tom = session.scalars(loaded).one()
        assert (tom.transaction.id, tom.end_transaction.id) == (zoo.numbers[0], zoo.numbers[3])


def test_neighbours_are_not_seen_from_the_point(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        tom = session.scalars(select(as_of(zoo.Animal, zoo.numbers[1], key=1))).one()
        house = session.scalars(select(as_of(zoo.House, zoo.numbers[3]))).one()
        assert tom.next.previous.tags[0].name == "wild"
        assert [each.id for each in house.previous.next.animals] == [1]
        assert ([tag.name for tag in tom.tags], house.animals) == (["big", "tame"], [])


def test_live_objects_are_those_of_the_session(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        keeper = session.get_one(zoo.Keeper, 1)
        for number in zoo.numbers[:2]:
            house = session.scalars(select(as_of(zoo.House, number))).one()
            assert house.keeper is keeper
            H = as_of(zoo.House, number)
            session.expire_all()
            loaded = session.scalars(select(H).options(selectinload(H.keeper))).one()
            assert loaded.keeper is keeper


def test_live_objects_chosen_by_their_past_are_those_of_the_session(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        tim = session.get_one(zoo.Animal, 1)
        A = as_of(zoo.Animal, zoo.numbers[0])
        chosen = select(zoo.Animal).where(zoo.Animal.id.in_(select(A.id).where(A.name == "tom")))
        assert session.scalars(chosen).one() is tim
        joined = select(zoo.Animal).join(A, A.id == zoo.Animal.id)
        assert session.scalars(joined).one() is tim
        names = select(zoo.Animal, A.name).join(A, A.id == zoo.Animal.id)
        assert session.execute(names).one() == (tim, "tom")


def test_two_points_in_one_statement(zoo: Zoo) -> None:
    one, other = (as_of(zoo.Animal, number) for number in zoo.numbers[:2])
    with Session(zoo.world.engine) as session:
        for statement in (
            select(one, other),
            select(one.name).join(other, one.id == other.id),
            select(one.name).where(exists().where(other.id == one.id)),
        ):
            with pytest.raises(SeveralPoints):
                session.execute(statement)
        same = as_of(zoo.House, zoo.numbers[0])
        joined = select(one.name, same.name).join(same, same.id == one.house_id).order_by(one.id)
        assert [tuple(row) for row in session.execute(joined)] == [("tom", "old"), ("ann", "old")]


def test_a_point_that_nobody_can_know_is_an_error(zoo: Zoo) -> None:
    A = as_of(zoo.Animal, zoo.numbers[0])
    with zoo.world.engine.connect() as connection, pytest.raises(StatementError) as caught:
        connection.execute(select(A.name))
    assert isinstance(caught.value.orig, UnboundPoint)
    copied = insert(zoo.Tag).from_select(["id", "name"], select(A.id + 10, A.name))
    with Session(zoo.world.engine) as session, pytest.raises(StatementError) as caught:
        session.execute(copied)
    assert isinstance(caught.value.orig, UnboundPoint)


def test_lambdas_would_keep_the_first_point(zoo: Zoo) -> None:
    def whole(at: int) -> Any:
        A = as_of(zoo.Animal, at)
        return lambda_stmt(lambda: select(A.name))

    def added(at: int) -> Any:
        A = as_of(zoo.Animal, at)
        statement = lambda_stmt(lambda: select(A.name))
        statement += lambda found: found.where(A.id == 1)
        return statement

    def part(at: int) -> Any:
        A = as_of(zoo.Animal, at)
        return select(A.name).where(lambda: A.id == 1)

    with Session(zoo.world.engine) as session:
        for make in (whole, added, part):
            for number in zoo.numbers[:2]:
                with pytest.raises(UnboundPoint, match="without lambda_stmt"):
                    session.execute(make(number))
        Animal = zoo.Animal
        live = lambda_stmt(lambda: select(Animal.id))
        assert session.scalars(live).all() == session.scalars(select(Animal.id)).all()


def test_numbers_of_queries(zoo: Zoo) -> None:
    engine = zoo.world.engine
    with Session(engine) as session:
        with counted(engine) as statements:
            session.scalars(select(as_of(zoo.Animal, zoo.numbers[0]))).all()
        assert len(statements) == 1
        with counted(engine) as statements:
            session.scalars(select(as_of(zoo.Animal, datetime.now(UTC)))).all()
        assert len(statements) == 2
        A = as_of(zoo.Animal, zoo.numbers[0])
        with counted(engine) as statements:
            seen(
                session.scalars(select(A).options(joinedload(A.tags), joinedload(A.house))).unique()
            )
        assert len(statements) == 2


def test_statements_are_compiled_once(zoo: Zoo) -> None:
    engine = zoo.world.engine
    cache = engine._compiled_cache
    assert cache is not None

    def read(number: int) -> None:
        A = as_of(zoo.Animal, number)
        with Session(engine) as session:
            seen(session.scalars(select(A).where(A.legs > 0)))
            seen(
                session.scalars(
                    select(A).options(selectinload(A.tags), joinedload(A.house))
                ).unique()
            )

    read(zoo.numbers[0])
    read(zoo.numbers[1])
    before = len(cache)
    for number in zoo.numbers * 2:
        read(number)
    assert len(cache) == before


def test_objects_carry_their_point_out_of_the_session(zoo: Zoo) -> None:
    with Session(zoo.world.engine) as session:
        tom = session.scalars(select(as_of(zoo.Animal, zoo.numbers[1])).filter_by(id=1)).one()
        number = inspect(tom).identity_token.transaction_id
        token = pickle.loads(pickle.dumps(inspect(tom).identity_token))
        assert token == inspect(tom).identity_token
        assert number == zoo.numbers[1]
    with Session(zoo.world.engine) as session:
        session.add(tom)
        assert seen([tom]) == {1: zoo.story[1][1]}


def test_versions_in_force(zoo: Zoo) -> None:
    V = version_class(zoo.Animal)
    A = aliased(V)
    moment = datetime.now(UTC)
    with Session(zoo.world.engine) as session:
        for number, expected in zoo.points():
            found = session.scalars(select(V).where(valid_at(V, number))).all()
            assert {each.id for each in found} == set(expected)
            assert all(inspect(each).identity_token is None for each in found)
        count = select(func.count()).select_from(A)
        assert session.scalar(count.where(valid_at(A, zoo.numbers[2]))) == 1
        assert session.scalar(count.where(valid_at(A, zoo.numbers[2], include_deleted=True))) == 2
        assert session.scalar(count.where(valid_at(A, moment))) == 1
    with zoo.world.engine.begin() as connection:
        gone = select(V.id + 100, V.name).where(valid_at(V, zoo.numbers[0]))
        connection.execute(insert(zoo.Tag).from_select(["id", "name"], gone))
        names = connection.scalars(select(zoo.Tag.name).where(zoo.Tag.id > 100)).all()
    assert sorted(names) == ["ann", "tom"]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_hierarchies(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    Base = world.Base

    class Place(Base):
        __tablename__ = "place"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        things = relationship("Thing", back_populates="place", order_by="Thing.id")

    class Thing(Base):
        __tablename__ = "thing"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(10))
        name = mapped_column(String(20))
        place_id = mapped_column(ForeignKey("place.id"))
        place = relationship(Place, back_populates="things")

    class Lamp(Thing):
        __tablename__ = "lamp"
        __mapper_args__ = {"polymorphic_identity": "lamp"}
        id = mapped_column(ForeignKey("thing.id"), primary_key=True)
        watts = mapped_column(Integer)

    class Chair(Thing):
        __mapper_args__ = {"polymorphic_identity": "chair"}
        seats = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        place = Place(id=1, name="a")
        session.add(Lamp(id=1, name="l", watts=40, place=place))
        session.add_all([Chair(id=2, name="c", seats=1), Thing(id=3, name="t", place=place)])
    with world.transaction() as session:
        session.get_one(Lamp, 1).watts = 60
    with world.transaction() as session:
        session.get_one(Thing, 2).name = "d"
        session.get_one(Place, 1).name = "b"
    numbers = [row.id for row in world.transactions()]
    with Session(world.engine) as session:
        for number, watts, name, place_name in zip(
            numbers, (40, 60, 60), "ccd", "aab", strict=True
        ):
            T = as_of(Thing, number)
            lamp, chair, thing = session.scalars(select(T).order_by(T.id)).all()
            assert [type(each) for each in (lamp, chair, thing)] == [
                version_class(Lamp),
                version_class(Chair),
                version_class(Thing),
            ]
            assert (lamp.watts, chair.name, chair.seats) == (watts, name, 1)
            assert (lamp.place.name, thing.place.name) == (place_name, place_name)
            K = as_of(Thing, number, key=1)
            assert session.scalars(select(K)).one() is lamp
            assert session.scalars(select(as_of(Lamp, number, key=2))).all() == []
            L = as_of(Lamp, number)
            lamp = session.scalars(select(L).where(L.watts == watts, L.name == "l")).one()
            assert [each.id for each in lamp.place.things] == [1, 3]
            assert lamp.place.things[0] is lamp
            C = as_of(Chair, number)
            assert session.scalars(select(C.name)).all() == [name]
            P = as_of(Place, number)
            for load in (selectinload, joinedload):
                loaded = session.scalars(
                    select(P).options(load(P.things)).execution_options(populate_existing=True)
                )
                (place,) = loaded.unique().all()
                assert [getattr(each, "watts", None) for each in place.things] == [watts, None]
            bright = select(P.name).join(P.things.of_type(version_class(Lamp)))
            bright = bright.where(version_class(Lamp).watts == watts)
            assert session.scalars(bright).all() == [place_name]


def test_listeners_go_with_the_manager(new_world: Callable[..., World]) -> None:
    world = new_world()
    zoo = Zoo(world, "validity")
    statement = select(as_of(zoo.Animal, zoo.numbers[0]).name)
    remove_versioning(manager=world.manager)
    with Session(world.engine) as session, pytest.raises(StatementError) as caught:
        session.execute(statement)
    assert isinstance(caught.value.orig, UnboundPoint)


@pytest.mark.recorders("triggers")
@pytest.mark.engines("postgresql")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_async_sessions(zoo: Zoo, postgresql_url: URL) -> None:
    Animal = version_class(zoo.Animal)

    async def at(engine: Any, number: int, expected: Any) -> None:
        async with AsyncSession(engine) as session:
            A = as_of(zoo.Animal, number)
            deep = selectinload(A.house).selectinload(version_class(zoo.House).animals)
            found = (await session.scalars(select(A).options(selectinload(A.tags), deep))).all()
            assert seen(found) == expected
            tom = (await session.scalars(select(A).where(A.id == 1))).one()
            await session.refresh(tom, ["tags"])
            assert [tag.name for tag in tom.tags] == expected[1][2]

    async def script() -> None:
        engine = create_async_engine(postgresql_url.set(drivername="postgresql+asyncpg"))
        try:
            await asyncio.gather(*(at(engine, *point) for point in zoo.points()))
            async with AsyncSession(engine) as session:
                A = as_of(zoo.Animal, datetime.now(UTC))
                tim = (await session.scalars(select(A))).one()
                assert isinstance(tim, Animal)
                past = as_of(zoo.Animal, zoo.numbers[0])
                streamed = await session.stream_scalars(select(past).order_by(past.id))
                assert [each.name async for each in streamed] == ["tom", "ann"]
                with pytest.raises(MissingGreenlet):
                    _ = tim.tags
        finally:
            await engine.dispose()

    asyncio.run(script())
    gc.collect()
