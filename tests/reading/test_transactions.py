"""What a transaction changed, and when."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import Operation
from continuum import transaction_class
from continuum import version_class
from reading._support import change
from reading._support import remove
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article
from suite._support import next_tick

pytestmark = pytest.mark.recorders("triggers")


def newest(session: Session, cls: Any) -> Any:
    """Return the newest transaction."""
    transaction = transaction_class(cls)
    return session.scalars(select(transaction).order_by(transaction.id.desc())).first()


@pytest.fixture
def classes(world: World) -> tuple[Any, Any, Any]:
    """Three classes; the last transaction changed two of them."""
    article = define_article(world)
    note = define_article(world, "note", strategy="subquery")
    page = define_article(world, "page")
    note.__name__, page.__name__ = "Note", "Page"
    world.create()
    change(world, page, 1, name="p")
    change(world, article, 2, name="old")
    with world.transaction() as session:
        session.add_all([article(id=number) for number in (3, 1)])
        session.delete(session.get_one(article, 2))
        session.add(note(id=1))
    return article, note, page


def test_changed_entities(world: World, classes: tuple[Any, Any, Any]) -> None:
    article, note, _ = classes
    with Session(world.engine) as session:
        transaction = newest(session, article)
        with counted(world.engine) as statements:
            changed = transaction.changed_entities
        assert len(statements) == 1
        assert set(changed) == {version_class(article), version_class(note)}
        assert [version.id for version in changed[version_class(article)]] == [1, 2, 3]
        assert [version.id for version in changed[version_class(note)]] == [1]
        removed = list(transaction.changed_versions(Operation.DELETE))
        assert [version.id for version in removed] == [2]
        assert len(list(transaction.changed_versions())) == 4


def test_entity_names(world: World, classes: tuple[Any, Any, Any]) -> None:
    with Session(world.engine) as session:
        transaction = newest(session, classes[0])
        with counted(world.engine) as statements:
            assert transaction.entity_names == ["Article", "Note"]
        assert len(statements) == 1


def test_one_class_needs_one_query(world: World) -> None:
    cls = create_article(world)
    change(world, cls, 1, name="a")
    with Session(world.engine) as session:
        transaction = newest(session, cls)
        with counted(world.engine) as statements:
            assert list(transaction.changed_entities) == [version_class(cls)]
            assert transaction.entity_names == ["Article"]
        assert len(statements) == 2


def test_a_transaction_that_changed_nothing(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session:
        world.manager.unit_of_work(session).create_transaction()
    with Session(world.engine) as session:
        transaction = newest(session, cls)
        assert transaction.changed_entities == {}
        assert transaction.entity_names == []


def test_single_table_inheritance(world: World) -> None:
    class Vehicle(world.Base):
        __tablename__ = "vehicle"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20))

    class Car(Vehicle):
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_identity": "car"}
        doors = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add(Car(id=1, doors=3))
    with Session(world.engine) as session:
        transaction = newest(session, Vehicle)
        assert transaction.entity_names == ["Car"]
        assert list(transaction.changed_entities) == [version_class(Car)]
    with world.transaction() as session:
        session.add_all([Car(id=2), Vehicle(id=3)])
    with Session(world.engine) as session:
        transaction = newest(session, Vehicle)
        assert transaction.entity_names == ["Car", "Vehicle"]
        assert set(transaction.changed_entities) == {version_class(Car), version_class(Vehicle)}


def test_the_transaction_of_a_moment(world: World) -> None:
    cls = create_article(world)
    for name in "abc":
        change(world, cls, 1, name=name)
        next_tick()
    transaction = transaction_class(cls)
    with Session(world.engine) as session:
        first, second, third = session.scalars(select(transaction).order_by(transaction.id))
        tick = timedelta(milliseconds=1)
        assert session.scalar(transaction.at(second.issued_at)) is second
        assert session.scalar(transaction.at(third.issued_at - tick)) is second
        assert session.scalar(transaction.at(datetime.now(UTC) + timedelta(days=1))) is third
        assert session.scalar(transaction.at(first.issued_at - tick)) is None


def test_a_moment_in_another_time_zone(world: World) -> None:
    cls = create_article(world)
    change(world, cls, 1, name="a")
    next_tick()
    from datetime import timezone

    with Session(world.engine) as session:
        (version,) = session.get_one(cls, 1).versions
        there = version.transaction.issued_at.astimezone(timezone(timedelta(hours=9)))
        history = version_class(cls)
        assert history.version_at(session, 1, there) is version
        assert history.version_at(session, 1, there - timedelta(minutes=1)) is None


def test_points_of_all_kinds(world: World) -> None:
    cls = create_article(world)
    for name in "ab":
        change(world, cls, 1, name=name)
    remove(world, cls, 1)
    change(world, cls, 2, name="other")
    history = version_class(cls)
    with Session(world.engine) as session:
        one, two, three = history.all_versions(session, 1, desc=False)
        (other,) = history.all_versions(session, 2)
        for version in (one, two):
            for at in (version, version.transaction, version.transaction_id):
                with counted(world.engine) as statements:
                    assert history.version_at(session, 1, at) is version
                assert len(statements) == 1
        assert history.version_at(session, 1, other) is None
        assert history.version_at(session, 1, other, include_deleted=True) is three
        assert history.version_at(session, 1, other, exact=True, include_deleted=True) is None
        assert history.version_at(session, 1, three, exact=True) is None
        assert history.version_at(session, 1, three, exact=True, include_deleted=True) is three
        assert history.version_at(session, 1, two, exact=True) is two
        statement = history.select_at(1, two)
        assert session.scalar(statement) is two
        assert session.scalars(history.select_all(1)).all() == [three, two, one]


def test_nothing_is_known_inside_a_gap(world: World) -> None:
    from continuum import paused

    cls = create_article(world)
    change(world, cls, 1, name="a")
    with world.transaction() as session, paused(session, cls):
        session.get_one(cls, 1).name = "unseen"
    change(world, cls, 2, name="other")
    history = version_class(cls)
    with Session(world.engine) as session:
        (one,) = history.all_versions(session, 1)
        assert one.end_transaction_id is not None
        assert history.version_at(session, 1, one) is one
        assert history.version_at(session, 1, one.end_transaction_id) is None
        (other,) = history.all_versions(session, 2)
        assert history.version_at(session, 1, other) is None
