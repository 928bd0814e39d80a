"""verify() compares rows with versions whose columns have other types than theirs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import Enum
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import update
from sqlalchemy.orm import mapped_column

from continuum import backfill
from continuum import verify
from continuum import version_table
from continuum.dialects.base import INTERNAL
from suite._support import World


def create_offer(world: World) -> Any:
    class Offer(world.Base):  # type: ignore[name-defined, misc]
        __tablename__ = "offer"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(String(20), primary_key=True)
        state = mapped_column(Enum("open", "closed", name="offer_state"))
        terms = mapped_column(JSON)
        price = mapped_column(Numeric(8, 2))

    world.create()
    return Offer


def test_rows_with_an_enum(world: World) -> None:
    offer = create_offer(world)
    with world.transaction() as session:
        session.add(offer(id="a", state="open", terms={"days": 3}, price=Decimal("1.50")))
    history = version_table(offer.__table__)
    assert verify(world.engine, manager=world.manager).findings == ()

    with world.engine.begin() as connection:
        closed = update(history).values(state="closed")
        connection.execute(closed, execution_options={INTERNAL: True})
    (fault,) = verify(world.engine, manager=world.manager).faults
    assert (fault.kind, fault.keys) == ("changed", (("a",),))

    with world.engine.begin() as connection:
        connection.execute(history.delete(), execution_options={INTERNAL: True})
    backfill(world.engine, manager=world.manager)
    assert verify(world.engine, manager=world.manager).faults == ()
