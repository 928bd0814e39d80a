"""What goes in and out."""

from __future__ import annotations

from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from typing import Any
from typing import Literal

from pydantic import BaseModel
from pydantic import BeforeValidator
from pydantic import ConfigDict
from pydantic import Field

from teahouse.models import OrderState
from teahouse.models import ProductState

Price = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
Name = Annotated[str, BeforeValidator(lambda thing: getattr(thing, "name", thing))]


class Schema(BaseModel):
    """Made of rows and of versions of rows alike: both have the attributes of the model."""

    model_config = ConfigDict(from_attributes=True)


class ProductIn(Schema):
    """What all products have."""

    sku: str
    title: str
    price: Price
    vat_rate: Decimal
    state: ProductState = ProductState.DRAFT
    details: dict[str, Any] = {}
    tags: list[Name] = []


class TeaIn(ProductIn):
    """A new tea."""

    kind: Literal["tea"]
    origin: str
    grams: Decimal
    supplier_id: int


class TeawareIn(ProductIn):
    """A new piece of teaware."""

    kind: Literal["teaware"]
    material: str
    capacity_ml: int | None = None
    supplier_id: int


class TeaOut(TeaIn):
    """A tea."""

    id: int
    supplier: Name


class TeawareOut(TeawareIn):
    """A piece of teaware."""

    id: int
    supplier: Name


AnyProductIn = Annotated[TeaIn | TeawareIn, Field(discriminator="kind")]
AnyProductOut = Annotated[TeaOut | TeawareOut, Field(discriminator="kind")]


class ProductPatch(Schema):
    """What changes of a product."""

    title: str | None = None
    price: Price | None = None
    vat_rate: Decimal | None = None
    state: ProductState | None = None
    details: dict[str, Any] | None = None
    tags: list[str] | None = None


class LineIn(Schema):
    """So many of a product."""

    product_id: int
    quantity: Annotated[int, Field(ge=1)]


class LineOut(LineIn):
    """The same, with the price of the day."""

    position: int
    unit_price: Decimal


class OrderIn(Schema):
    """What a customer wants."""

    customer: str
    lines: list[LineIn]


class OrderOut(Schema):
    """An order."""

    id: int
    customer: str
    state: OrderState
    placed_on: date
    lines: list[LineOut]


class Change(Schema):
    """Who changed something, when, and why; 0 is how it was found when history began."""

    transaction: int = 0
    at: datetime | None = None
    who: str | None = None
    why: str | None = None
    request_id: str | None = None


class VersionOut(Change):
    """One version of an object: what a transaction did to it."""

    operation: str
    changes: dict[str, tuple[Any, Any]]


class BlameOut(Schema):
    """Where the value of one attribute comes from."""

    value: Any
    before: Any
    since: Change | None


class ChangeOut(Change):
    """A transaction, and everything that it changed."""

    rows: list[dict[str, Any]]


class Outcome(Schema):
    """What going back did, or would do."""

    done: bool
    plan: list[str]
    conflicts: list[str]
