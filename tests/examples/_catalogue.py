"""Print what there is for sale, and at which price."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from teahouse.database import engine
from teahouse.database import new_session
from teahouse.models import Product


async def show_catalogue() -> None:
    """Show all products with their tags."""
    statement = select(Product).options(selectinload(Product.tags)).order_by(Product.id)
    async with new_session() as session:
        found = await session.scalars(statement)
        products = [(item.sku, str(item.price), [tag.name for tag in item.tags]) for item in found]
    print("catalogue:", products)
    await engine.dispose()


asyncio.run(show_catalogue())
