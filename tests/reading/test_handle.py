"""``obj.versions``."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Date
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Uuid
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.dialects.mysql import VARBINARY
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import subqueryload
from sqlalchemy.orm.exc import DetachedInstanceError

from continuum import count_versions
from continuum import version_class
from continuum import version_of
from reading._support import change
from reading._support import remove
from suite._support import World
from suite._support import counted
from suite._support import create_article

pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture
def article(world: World) -> Any:
    """Row 1 with versions a to d, row 2 with one."""
    cls = create_article(world)
    change(world, cls, 2, name="other")
    for name in "abcd":
        change(world, cls, 1, name=name)
    return cls


def test_positions_and_slices_are_those_of_a_list(world: World, article: Any) -> None:
    expected = list("abcd")
    with Session(world.engine) as session:
        versions = session.get_one(article, 1).versions
        for index in range(-4, 4):
            with counted(world.engine) as statements:
                assert versions[index].name == expected[index]
            assert len(statements) == 1
        for index in (4, -5):
            with pytest.raises(IndexError):
                versions[index]
        bounds = [None, 0, 1, 3, 4, 9, -1, -3, -9]
        for start in bounds:
            for stop in bounds:
                for step in (None, 2, -1):
                    part = slice(start, stop, step)
                    with counted(world.engine) as statements:
                        assert [version.name for version in versions[part]] == expected[part]
                    assert len(statements) <= 1


def test_what_positions_know(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        versions = session.get_one(article, 1).versions
        first, second, last = versions[0], versions[1], versions[-1]
        with counted(world.engine) as statements:
            assert (first.index, second.index) == (0, 1)
            assert first.previous is None
            assert last.next is None
        assert statements == []
        part = versions[1:3]
        with counted(world.engine) as statements:
            assert [version.changeset["name"] for version in part] == [["a", "b"], ["b", "c"]]
            assert part[1].next.name == "d"
        assert statements == []


def test_narrowing(world: World, article: Any) -> None:
    history = version_class(article)
    with Session(world.engine) as session:
        versions = session.get_one(article, 1).versions

        def names(query: Any) -> list[str]:
            return [version.name for version in query]

        assert names(versions.filter_by(name="b")) == ["b"]
        assert names(versions.where(history.name > "b")) == ["c", "d"]
        assert names(versions.filter(history.name > "a", history.name < "d")) == ["b", "c"]
        assert names(versions.order_by(history.name.desc())) == ["d", "c", "b", "a"]
        assert names(versions.where(history.name > "a").limit(2).offset(1)) == ["c", "d"]
        narrow = versions.where(history.name > "a")
        assert (narrow.count(), narrow.first().name, narrow[1].name) == (3, "b", "c")
        assert narrow.limit(2).count() == 2
        assert versions.order_by(history.name.desc()).first().name == "d"
        assert bool(narrow)
        assert not versions.filter_by(name="z")
        assert versions.filter_by(name="z").first() is None
        with counted(world.engine) as statements:
            (found,) = versions.filter_by(name="c").options(joinedload(history.transaction))
            assert found.transaction.id == found.transaction_id
        assert len(statements) == 1


def test_the_select_is_an_ordinary_one(world: World, article: Any) -> None:
    history = version_class(article)
    with Session(world.engine) as session:
        statement = session.get_one(article, 1).versions.select()
        assert [version.name for version in session.scalars(statement)] == list("abcd")
        newest = session.scalar(statement.with_only_columns(func.max(history.name)).order_by(None))
        assert newest == "d"


def test_each_use_is_one_query(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        versions = session.get_one(article, 1).versions
        uses: list[Callable[[], Any]] = [
            versions.all,
            versions.first,
            versions.count,
            lambda: list(versions),
            lambda: bool(versions),
            lambda: versions.filter_by(name="a").all(),
        ]
        for use in uses:
            with counted(world.engine) as statements:
                assert use()
            assert len(statements) == 1


@pytest.mark.parametrize("load", [selectinload, joinedload, subqueryload])
def test_an_eagerly_loaded_list_needs_no_query(
    world: World, article: Any, load: Callable[[Any], Any]
) -> None:
    with Session(world.engine) as session:
        statement = select(article).options(load(article.versions)).order_by(article.id)
        found = session.scalars(statement).unique().all()
        with counted(world.engine) as statements:
            assert [obj.versions.count() for obj in found] == [4, 1]
            versions = found[0].versions
            assert [version.name for version in versions] == list("abcd")
            assert (versions[0].name, versions[-1].name) == ("a", "d")
            assert [version.name for version in versions[1:3]] == ["b", "c"]
            assert versions.first().name == "a"
            assert [version.index for version in versions] == [0, 1, 2, 3]
            assert versions[2].changeset == {"name": ["b", "c"]}
            assert versions[3].next is None
            assert versions
        assert statements == []


def test_a_loaded_list_goes_when_its_object_is_written(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj, other = session.scalars(
            select(article).options(selectinload(article.versions)).order_by(article.id)
        )
        obj.name = "e"
        assert obj.versions.count() == 4
        session.flush()
        assert [version.name for version in obj.versions] == list("abcde")
        with counted(world.engine) as statements:
            assert other.versions.count() == 1
        assert statements == []
        session.commit()
        assert other.versions.count() == 1
        assert obj.versions.count() == 5
        session.refresh(obj, ["continuum_versions"])
        session.delete(obj)
        session.flush()
        assert [version.operation_type for version in obj.versions] == [0, 1, 1, 1, 1, 2]


def test_the_class_attribute_is_a_relationship(world: World, article: Any) -> None:
    history = version_class(article)
    with Session(world.engine) as session:
        by_any = select(article.id).where(article.versions.any(history.name == "c"))
        assert session.scalars(by_any).all() == [1]
        joined = select(article.id, history.name).join(article.versions).order_by(history.name)
        assert session.execute(joined).all() == [(1, n) for n in "abcd"] + [(2, "other")]


def test_new_versions_are_seen_at_once(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        versions = obj.versions
        assert versions.count() == 4
        for name in "ef":
            obj.name = name
            session.flush()
            assert (versions.count(), versions[-1].name) == (5, name)
        assert versions[3].end_transaction_id == versions[4].transaction_id


def test_a_pending_object_is_flushed_for_its_key(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        obj = article(name="new")
        assert (obj.versions.all(), obj.versions.count(), obj.versions.first()) == ([], 0, None)
        assert not obj.versions
        assert obj.versions[:] == []
        with pytest.raises(IndexError):
            obj.versions[0]
        session.add(obj)
        assert [version.name for version in obj.versions] == ["new"]
        for count in (
            lambda obj: obj.versions.count(),
            lambda obj: len(obj.versions[0:2]),
            lambda obj: len(obj.versions[-1:]),
            count_versions,
            lambda obj: 0 if version_of(obj) is None else 1,
        ):
            pending = article(name="new")
            session.add(pending)
            assert count(pending) == 1


def test_a_key_that_is_about_to_change(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        obj.id = 7
        assert [version.name for version in obj.versions] == ["d"]
        assert count_versions(obj) == 1


def test_a_deleted_object(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        session.delete(obj)
        session.flush()
        assert obj.versions.count() == 5
        assert obj.versions[-1].operation_type == 2
        session.commit()
        statement = obj.versions.select()
        assert len(session.scalars(statement).all()) == 5
        with pytest.raises(DetachedInstanceError, match="Session"):
            obj.versions.all()


def test_an_object_deleted_by_somebody_else(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1)
        session.commit()
        remove(world, article, 1)
        assert obj.versions.count() == 5


def test_a_detached_object_with_its_list(world: World, article: Any) -> None:
    with Session(world.engine) as session:
        obj = session.get_one(article, 1, options=[selectinload(article.versions)])
    assert [version.name for version in obj.versions] == list("abcd")
    assert obj.versions[3].changeset == {"name": ["c", "d"]}


def test_single_table_inheritance(world: World) -> None:
    class Vehicle(world.Base):
        __tablename__ = "vehicle"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20))
        name = mapped_column(String(20))

    class Car(Vehicle):
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_identity": "car"}
        doors = mapped_column(Integer)

    world.create()
    change(world, Car, 1, name="a", doors=3)
    change(world, Car, 1, doors=5)
    change(world, Vehicle, 2, name="b")
    with Session(world.engine) as session:
        car = session.get_one(Vehicle, 1)
        first, second = car.versions
        assert type(first) is version_class(Car)
        assert second.changeset == {"doors": [3, 5]}
        assert second.previous is first
        assert car.versions.filter_by(doors=5).all() == [second]
        assert type(session.get_one(Vehicle, 2).versions[0]) is version_class(Vehicle)
        assert version_class(Car).version_at(session, 1, first) is first
        assert count_versions(car) == 2


def test_other_names_for_the_columns_of_history(new_world: Callable[..., World]) -> None:
    world = new_world(
        options={
            "transaction_column_name": "tx",
            "end_transaction_column_name": "end_tx",
            "operation_type_column_name": "op",
        }
    )
    cls = create_article(world)
    change(world, cls, 1, name="a")
    change(world, cls, 1, name="b")
    with Session(world.engine) as session:
        first, second = session.get_one(cls, 1).versions
        assert (first.op, second.op, first.end_tx) == (0, 1, second.tx)
        assert second.changeset == {"name": ["a", "b"]}
        assert version_class(cls).version_at(session, 1, second.tx) is second
        session.expire_all()
        assert second.previous is first
        assert second.changeset == {"name": ["a", "b"]}
        assert repr(second) == f"<ArticleVersion id=1 tx={second.tx} UPDATE>"


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (Integer(), 0),
        (Uuid(), uuid.UUID(int=7)),
        (String(40), 'it\'s "quoted" %s :key \\ ü'),
        (Date(), date(2024, 2, 29)),
        (Numeric(8, 3), Decimal("1.500")),
        (LargeBinary(20).with_variant(VARBINARY(20), "mysql", "mariadb"), b"\x00'%\xff"),
    ],
)
def test_keys_of_every_type(world: World, kind: Any, key: Any) -> None:
    class Order(world.Base):
        __tablename__ = "order"
        __versioned__ = {}
        number = mapped_column("select", kind, primary_key=True, autoincrement=False)
        name = mapped_column("from", String(20))

    world.create()
    change(world, Order, key, name="a")
    change(world, Order, key, name="b")
    with Session(world.engine) as session:
        obj = session.get_one(Order, key)
        with counted(world.engine) as statements:
            assert count_versions(obj) == 2
        assert len(statements) == 1
        first, second = obj.versions
        assert (first.number, second.previous, second.index) == (key, first, 1)
        assert second.changeset == {"name": ["a", "b"]}
        session.expire_all()
        assert second.changeset == {"name": ["a", "b"]}
        assert version_class(Order).version_at(session, key, first) is first
        assert second.version_parent is obj
        assert first.revert().name == "a"
        session.commit()
        assert count_versions(obj) == 3
    remove(world, Order, key)
    with world.transaction() as session:
        (*_, last) = version_class(Order).all_versions(session, key, desc=False)
        assert last.previous.revert().number == key
    with Session(world.engine) as session:
        assert session.get_one(Order, key).name == "a"


def test_another_schema(world: World, other_schema: str) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __table_args__ = {"schema": other_schema}
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    change(world, Page, 1, name="a")
    change(world, Page, 1, name="b")
    with Session(world.engine) as session:
        obj = session.get_one(Page, 1)
        assert count_versions(obj) == 2
        assert obj.versions[1].changeset == {"name": ["a", "b"]}
        assert obj.versions[0].revert().name == "a"


def test_counting_what_has_no_key(world: World, article: Any) -> None:
    assert count_versions(article()) == 0
