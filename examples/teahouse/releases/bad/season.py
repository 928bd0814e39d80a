"""The job of the new season as it was deployed by mistake.

It changes the prices of *all* suppliers, and takes all tags off; src/teahouse/season.py is mended.
"""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal

from continuum.integrations.jobs import recorded_job
from sqlalchemy import Numeric
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import update

from teahouse.database import engine
from teahouse.database import new_session
from teahouse.models import Product
from teahouse.models import product_tag


@recorded_job(actor="season", reason=lambda supplier, percent: f"supplier {supplier}: {percent} %")
async def raise_prices(supplier: int, percent: Decimal) -> None:
    """Raise the prices of one supplier, and tidy up tags of the old season."""
    factor = literal(1 + percent / 100, Numeric(10, 6))
    price = func.round(Product.price * factor, 2)
    async with new_session() as session:
        await session.execute(update(Product).values(price=price))
        await session.execute(delete(product_tag))
        await session.commit()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(raise_prices(int(sys.argv[1]), Decimal(sys.argv[2])))
