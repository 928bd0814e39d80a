"""Days in the shop with this release: ``python -m teahouse.work --days 3``."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable
from collections.abc import Callable
from datetime import date
from datetime import timedelta
from decimal import Decimal

from continuum import context
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from teahouse.database import engine
from teahouse.database import new_session
from teahouse.models import Order
from teahouse.models import OrderLine
from teahouse.models import Product

Step = Callable[[AsyncSession, int], Awaitable[None]]


async def change_a_price(session: AsyncSession, day: int) -> None:
    """Let one product become dearer."""
    products = (await session.scalars(select(Product).order_by(Product.id))).all()
    products[day % len(products)].price += Decimal("0.10")
    await session.commit()


async def place_an_order(session: AsyncSession, day: int) -> None:
    """Sell something."""
    product = (await session.scalars(select(Product).order_by(Product.price).limit(1))).one()
    line = OrderLine(position=1, product=product, quantity=1, unit_price=product.price)
    placed_on = date(2026, 2, 1) + timedelta(days=day)
    session.add(Order(customer=f"Customer {day}", placed_on=placed_on, lines=[line]))
    await session.commit()


async def done(step: Step, day: int) -> None:
    """Take a step; where others write too, a database may break it off, and wants it once more."""
    for attempt in range(5):
        try:
            async with new_session() as session:
                await step(session, day)
            return
        except DBAPIError:
            if attempt == 4:
                raise
            await asyncio.sleep(0.1)


async def work(days: int) -> None:
    """Change prices and sell; history hears who does it, and why."""
    for day in range(days):
        with context(actor=1 + day % 2, reason="the tea market"):
            await done(change_a_price, day)
        with context(reason="an order over the counter"):
            await done(place_an_order, day)
    await engine.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=1)
    asyncio.run(work(parser.parse_args().days))
