"""Unique values of several columns that rows swap on their way back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Date
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import undo
from suite._support import World


@pytest.mark.parametrize("nullable", [True, False])
def test_a_column_that_does_not_change_keeps_its_value(world: World, nullable: bool) -> None:
    class Room(world.Base):
        __tablename__ = "room"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        seats = relationship("Seat", order_by="Seat.id")

    class Seat(world.Base):
        __tablename__ = "seat"
        __versioned__: dict[str, Any] = {}
        __table_args__ = (UniqueConstraint("room_id", "row", "position"),)
        id = mapped_column(Integer, primary_key=True)
        room_id = mapped_column(ForeignKey("room.id"), nullable=nullable)
        row = mapped_column(Integer, nullable=nullable)
        position = mapped_column(Integer, nullable=nullable)

    world.create()
    with world.transaction() as session:
        session.add(Room(id=1, seats=[Seat(id=n, row=7, position=n) for n in (1, 2, 3)]))
    before = world.live(Seat)

    def shift(session: Session) -> None:
        session.get_one(Seat, 1).position = 99
        for number, position in ((3, 98), (2, 3), (3, 1), (1, 2)):
            session.flush()
            session.get_one(Seat, number).position = position

    with world.transaction() as session:
        shift(session)
    after = world.live(Seat)
    for state in (before, after, before):
        with world.transaction() as session:
            seats = session.get_one(Room, 1).seats
            undo(session, world.transactions()[-1].id, manager=world.manager)
            session.flush()
            assert [(seat.room_id, seat.row) for seat in seats] == [(1, 7)] * 3
        assert world.live(Seat) == state
        world.verify(Room, Seat)
    with world.transaction() as session:
        shift(session)
    with world.transaction() as session:
        session.get_one(Room, 1).versions[0].revert(relations=["seats"])
    assert world.live(Seat) == before
    world.verify(Room, Seat)


def test_a_column_that_does_not_change_is_written_back(world: World) -> None:
    """No day can be made up, so that the rooms are parked."""

    class Booking(world.Base):
        __tablename__ = "booking"
        __versioned__: dict[str, Any] = {}
        __table_args__ = (UniqueConstraint("room", "day"),)
        id = mapped_column(Integer, primary_key=True)
        room = mapped_column(Integer)
        day = mapped_column(Date, nullable=False)

    world.create()
    with world.transaction() as session:
        session.add_all([Booking(id=n, room=1, day=date(2026, 1, n)) for n in (1, 2)])
    before = world.live(Booking)
    with world.transaction() as session:
        first, second = (session.get_one(Booking, number) for number in (1, 2))
        for booking, day in ((first, 9), (second, 1), (first, 2)):
            booking.day = date(2026, 1, day)
            session.flush()
    assert world.live(Booking) != before
    with world.transaction() as session:
        undo(session, world.transactions()[-1].id, manager=world.manager)
    assert world.live(Booking) == before
    world.verify(Booking)
