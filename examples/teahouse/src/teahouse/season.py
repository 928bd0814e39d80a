"""Prices of a new season: ``python -m teahouse.season SUPPLIER PERCENT``."""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal

from continuum.integrations.jobs import recorded_job
from sqlalchemy import Numeric
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import update

from teahouse.database import engine
from teahouse.database import new_session
from teahouse.models import Product


@recorded_job(actor="season", reason=lambda supplier, percent: f"supplier {supplier}: {percent} %")
async def raise_prices(supplier: int, percent: Decimal) -> None:
    """Raise the prices of one supplier."""
    factor = literal(1 + percent / 100, Numeric(10, 6))
    price = func.round(Product.price * factor, 2)
    async with new_session() as session:
        await session.execute(
            update(Product).where(Product.supplier_id == supplier).values(price=price)
        )
        await session.commit()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(raise_prices(int(sys.argv[1]), Decimal(sys.argv[2])))
