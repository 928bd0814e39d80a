"""What is for sale."""

from __future__ import annotations

from typing import Any

from continuum import as_of
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from teahouse.dependencies import Database
from teahouse.dependencies import Point
from teahouse.dependencies import found
from teahouse.history import history_router
from teahouse.models import Product
from teahouse.models import StockCount
from teahouse.models import Tag
from teahouse.models import Tea
from teahouse.models import Teaware
from teahouse.schemas import AnyProductIn
from teahouse.schemas import AnyProductOut
from teahouse.schemas import ProductPatch

router = APIRouter(prefix="/products", tags=["products"])
router.include_router(history_router(Product, relations=["tags"]))


def products(at: Point | None) -> Any:
    """Select the products of now, or of a point in history, with all that is shown of them."""
    cls: Any = Product if at is None else as_of(Product, at)
    return select(cls).options(selectinload(cls.tags), selectinload(cls.supplier)).order_by(cls.id)


async def tags_of(session: AsyncSession, names: list[str]) -> list[Tag]:
    """Return the tags of some names; what is missing is made."""
    known = {tag.name: tag for tag in await session.scalars(select(Tag).where(Tag.name.in_(names)))}
    return [known.get(name) or Tag(name=name) for name in dict.fromkeys(names)]


@router.get("", response_model=list[AnyProductOut])
async def list_products(session: Database, at: Point | None = None) -> Any:
    """List all products, of now or of a point in history."""
    return list(await session.scalars(products(at)))


@router.get("/{key}", response_model=AnyProductOut)
async def show_product(session: Database, key: int, at: Point | None = None) -> Any:
    """Show a product, as it is or as it was."""
    return found(await session.scalar(products(at).filter_by(id=key)), f"product {key}")


@router.post("", status_code=201, response_model=AnyProductOut)
async def add_product(session: Database, given: AnyProductIn) -> Any:
    """Add a product."""
    values = given.model_dump(exclude={"kind", "tags"})
    product = (Tea if given.kind == "tea" else Teaware)(**values)
    product.tags = await tags_of(session, given.tags)
    session.add(product)
    await session.commit()
    return await show_product(session, product.id)


@router.patch("/{key}", response_model=AnyProductOut)
async def change_product(session: Database, key: int, given: ProductPatch) -> Any:
    """Change some attributes of a product."""
    product = found(await session.scalar(products(None).filter_by(id=key)), f"product {key}")
    for name, value in given.model_dump(exclude_unset=True, exclude={"tags"}).items():
        setattr(product, name, value)
    if given.tags is not None:
        product.tags = await tags_of(session, given.tags)
    await session.commit()
    return product


@router.delete("/{key}", status_code=204)
async def remove_product(session: Database, key: int) -> None:
    """Remove a product that nobody has ordered."""
    product = found(await session.get(Product, key), f"product {key}")
    await session.delete(product)
    await session.commit()


@router.put("/{key}/stock/{place}", status_code=204)
async def count_stock(session: Database, key: int, place: str, pieces: int) -> None:
    """Write down how much there is of a product somewhere."""
    found(await session.get(Product, key), f"product {key}")
    await session.merge(StockCount(product_id=key, place=place, pieces=pieces))
    await session.commit()
