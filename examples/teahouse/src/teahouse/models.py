"""What the shop knows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from typing import ClassVar

from continuum import Versioned
from continuum import make_versioned
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import Enum
from sqlalchemy import ForeignKey
from sqlalchemy import MetaData
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship


class ProductState(StrEnum):
    """What customers see of a product."""

    DRAFT = "draft"
    LISTED = "listed"
    WITHDRAWN = "withdrawn"


class OrderState(StrEnum):
    """How far an order has come."""

    OPEN = "open"
    PAID = "paid"
    SENT = "sent"
    CANCELLED = "cancelled"


def values(states: type[StrEnum]) -> list[str]:
    """Return what stands for the members of an enum in the database: "draft", not "DRAFT"."""
    return [state.value for state in states]


class Base(DeclarativeBase):
    """All tables of the shop."""

    # Constraints need names for migrations to find them again, on every database.
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        Decimal: Numeric(10, 2),
        dict[str, Any]: JSON,
        ProductState: Enum(ProductState, values_callable=values),
        OrderState: Enum(OrderState, values_callable=values),
    }


class User(Base):
    """Somebody of the staff; who changed what is told by their ids."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)


class Supplier(Versioned, Base):
    """Where products come from."""

    __tablename__ = "supplier"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    country: Mapped[str] = mapped_column(String(60))


product_tag = Table(
    "product_tag",
    Base.metadata,
    Column("product_id", ForeignKey("product.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Tag(Versioned, Base):
    """A word by which products are found."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)


class Product(Versioned, Base):
    """What is for sale."""

    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sku: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    price: Mapped[Decimal]
    vat_rate: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    state: Mapped[ProductState]
    details: Mapped[dict[str, Any]]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"))

    supplier: Mapped[Supplier] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=product_tag, order_by=Tag.name)
    counts: Mapped[list[StockCount]] = relationship(
        back_populates="product", cascade="all, delete-orphan"
    )

    __mapper_args__ = {
        "polymorphic_on": "kind",
        "polymorphic_abstract": True,
        # A product comes with all its columns: nothing may be loaded later under asyncio.
        "with_polymorphic": "*",
    }


class Tea(Product):
    """Something to drink."""

    __tablename__ = "tea"

    id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    origin: Mapped[str] = mapped_column(String(100))
    grams: Mapped[Decimal] = mapped_column(Numeric(8, 1))

    __mapper_args__ = {"polymorphic_identity": "tea"}


class Teaware(Product):
    """Something to drink from."""

    __tablename__ = "teaware"

    id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    material: Mapped[str] = mapped_column(String(50))
    capacity_ml: Mapped[int | None]

    __mapper_args__ = {"polymorphic_identity": "teaware"}


class StockCount(Versioned, Base):
    """How much of a product somebody has counted somewhere."""

    __tablename__ = "stock_count"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(50), primary_key=True)
    pieces: Mapped[int]

    product: Mapped[Product] = relationship(back_populates="counts")


class Order(Versioned, Base):
    """What a customer wants."""

    __tablename__ = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(String(100))
    state: Mapped[OrderState] = mapped_column(default=OrderState.OPEN)
    placed_on: Mapped[date]

    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order",
        order_by="OrderLine.position",
        cascade="all, delete-orphan",
    )


class OrderLine(Versioned, Base):
    """So many of one product, at the price of that day."""

    __tablename__ = "order_line"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()


# Whoever is in the table of users is an actor; main.py tells who makes a request.  Processes of
# this release may start when the next one has brought its triggers already: those are others, and
# right.  So the first write only asks whether there are any; `continuum check` asks for more.
make_versioned(user_cls=User, verify_on_first_use="missing")
