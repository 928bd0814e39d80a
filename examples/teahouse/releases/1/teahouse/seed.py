"""What the shop starts with: ``python -m teahouse.seed``."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from hashlib import sha256

from teahouse.database import engine
from teahouse.database import new_session
from teahouse.models import Base
from teahouse.models import Order
from teahouse.models import OrderLine
from teahouse.models import OrderState
from teahouse.models import Product
from teahouse.models import ProductState
from teahouse.models import Supplier
from teahouse.models import Tag
from teahouse.models import Tea
from teahouse.models import Teaware
from teahouse.models import User


def staff() -> list[Base]:
    """Return those who work here; their tokens are their names, and good for trying things out."""
    return [
        User(id=number, name=name, token_hash=sha256(name.lower().encode()).hexdigest())
        for number, name in enumerate(("Ada", "Grace"), start=1)
    ]


def catalogue() -> list[Product]:
    """Return products of two suppliers."""
    darjeeling = Supplier(name="Makaibari", country="India", fax="+91 354 2200")
    kyoto = Supplier(name="Kyoto Yaki", country="Japan")
    black, green, gift = Tag(name="black"), Tag(name="green"), Tag(name="gift")
    return [
        Tea(
            sku="T-100",
            name="First Flush",
            price=Decimal("18.90"),
            state=ProductState.LISTED,
            details={"minutes": 3, "celsius": 90},
            supplier=darjeeling,
            tags=[black, gift],
            origin="Darjeeling",
            grams=100,
        ),
        Tea(
            sku="T-200",
            name="Autumnal",
            price=Decimal("11.50"),
            state=ProductState.LISTED,
            details={"minutes": 4, "celsius": 95},
            supplier=darjeeling,
            tags=[black],
            origin="Darjeeling",
            grams=250,
        ),
        Tea(
            sku="T-300",
            name="Sencha",
            price=Decimal("14.20"),
            state=ProductState.LISTED,
            details={"minutes": 2, "celsius": 70},
            supplier=kyoto,
            tags=[green],
            origin="Uji",
            grams=100,
        ),
        Teaware(
            sku="W-100",
            name="Kyusu",
            price=Decimal("64.00"),
            state=ProductState.LISTED,
            details={"dishwasher": False},
            supplier=kyoto,
            tags=[gift, green],
            material="clay",
            capacity_ml=360,
        ),
        Teaware(
            sku="W-200",
            name="Bamboo whisk",
            price=Decimal("16.50"),
            state=ProductState.DRAFT,
            details={},
            supplier=kyoto,
            tags=[gift],
            material="bamboo",
        ),
    ]


async def seed() -> None:
    """Fill an empty database."""
    async with new_session() as session:
        products = catalogue()
        session.add_all([*staff(), *products])
        # One by one, so that the first product is number 1 on every database.
        for product in products:
            session.add(product)
            await session.flush()
        for position, customer in enumerate(("Elsie", "Otto")):
            line = OrderLine(
                position=1,
                product=products[position],
                quantity=2,
                unit_price=products[position].price,
            )
            session.add(
                Order(
                    customer=customer,
                    state=OrderState.PAID,
                    placed_on=date(2026, 1, 5),
                    lines=[line],
                )
            )
            await session.flush()
        await session.commit()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(seed())
