"""What customers want."""

from __future__ import annotations

from datetime import date
from typing import Any

from continuum import as_of
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from teahouse.dependencies import Database
from teahouse.dependencies import Point
from teahouse.dependencies import found
from teahouse.history import history_router
from teahouse.models import Order
from teahouse.models import OrderLine
from teahouse.models import OrderState
from teahouse.models import Product
from teahouse.schemas import OrderIn
from teahouse.schemas import OrderOut

router = APIRouter(prefix="/orders", tags=["orders"])
router.include_router(history_router(Order, relations=["lines"]))


def order(key: int, at: Point | None) -> Any:
    """Select an order of now, or of a point in history, with its lines."""
    cls: Any = Order if at is None else as_of(Order, at)
    return select(cls).options(selectinload(cls.lines)).where(cls.id == key)


@router.get("/{key}", response_model=OrderOut)
async def show_order(session: Database, key: int, at: Point | None = None) -> Any:
    """Show an order, as it is or as it was."""
    return found(await session.scalar(order(key, at)), f"order {key}")


@router.post("", status_code=201, response_model=OrderOut)
async def place_order(session: Database, given: OrderIn) -> Any:
    """Place an order at the prices of now."""
    placed = Order(customer=given.customer, placed_on=date.today(), lines=[])
    for position, line in enumerate(given.lines, start=1):
        product = found(await session.get(Product, line.product_id), f"product {line.product_id}")
        placed.lines.append(
            OrderLine(
                position=position,
                product=product,
                quantity=line.quantity,
                unit_price=product.price,
            )
        )
    session.add(placed)
    await session.commit()
    return await show_order(session, placed.id)


@router.put("/{key}/state", response_model=OrderOut)
async def change_state(session: Database, key: int, state: OrderState) -> Any:
    """Say how far an order has come."""
    changed = found(await session.scalar(order(key, None)), f"order {key}")
    changed.state = state
    await session.commit()
    return changed


@router.delete("/{key}/lines/{position}", status_code=204)
async def remove_line(session: Database, key: int, position: int) -> None:
    """Take a line out of an order."""
    line = found(await session.get(OrderLine, (key, position)), f"line {position} of order {key}")
    await session.delete(line)
    await session.commit()
