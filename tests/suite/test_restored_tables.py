"""Whole tables as they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import restore_table
from continuum.errors import InvalidPoint
from suite._support import World
from suite._support import create_article


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_the_rows_of_then(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    cls = create_article(world)
    with world.transaction() as session:
        session.execute(insert(cls), [{"id": number, "name": "a"} for number in range(1, 6)])
    with world.transaction() as session:
        session.execute(update(cls).where(cls.id < 3).values(name="b"))
        session.execute(delete(cls).where(cls.id == 4))
    with world.transaction() as session:
        session.execute(delete(cls))
    first, second, last = world.transactions()
    with world.engine.begin() as connection:
        then = restore_table(connection, cls, first.id, into="article_then")
        assert connection.execute(select(then.c.id, then.c.name).order_by(then.c.id)).all() == [
            (number, "a") for number in range(1, 6)
        ]
    with Session(world.engine) as session:
        transaction = session.get_one(world.manager.transaction_cls, second.id)
        then = restore_table(session, cls, transaction, into="article's")
        found = session.execute(select(then.c.id, then.c.name).order_by(then.c.id)).all()
        assert [tuple(row) for row in found] == [(1, "b"), (2, "b"), (3, "a"), (5, "a")]
        assert [column.name for column in then.primary_key] == ["id"]
        assert (
            session.execute(select(restore_table(session, cls, last.id, into="nothing"))).all()
            == []
        )
        with pytest.raises(InvalidPoint):
            restore_table(session, cls, "yesterday", into="never")
        session.commit()
    assert world.live(cls) == {}


def test_joined_inheritance(world: World) -> None:
    class Pet(world.Base):
        __tablename__ = "pet"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "pet"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20), nullable=False)
        name = mapped_column(String(20))

    class Dog(Pet):
        __tablename__ = "dog"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_identity": "dog"}
        id = mapped_column(ForeignKey("pet.id"), primary_key=True)
        tricks = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add_all([Dog(id=1, name="Rex", tricks=1), Pet(id=2, name="Tom")])
    with world.transaction() as session:
        session.get_one(Dog, 1).tricks = 2
    first = world.transactions()[0].id
    with world.engine.begin() as connection:
        dogs = restore_table(connection, Dog, first, into="dogs")
        assert connection.execute(select(dogs.c.id, dogs.c.name, dogs.c.tricks)).all() == [
            (1, "Rex", 1)
        ]
        pets = restore_table(connection, Pet, first, into="pets")
        assert connection.execute(select(pets.c.id).order_by(pets.c.id)).all() == [(1,), (2,)]
