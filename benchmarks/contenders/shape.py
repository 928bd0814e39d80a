"""The tables that everybody works on: their columns and the values that go into them."""

from __future__ import annotations

from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Column
from sqlalchemy import DateTime
from sqlalchemy import Double
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table

KINDS = ("name", "amount", "price", "changed_at", "note")
"""What a column holds: the kinds repeat themselves until the table is wide enough."""

LENGTHS = {"name": 100, "note": 200}
START = datetime(2026, 1, 1)


def column_names(columns: int) -> list[str]:
    """Return the names of the columns beside ``id``, of a table with so many columns in all."""
    return [
        KINDS[number % len(KINDS)] + (f"_{number // len(KINDS)}" if number >= len(KINDS) else "")
        for number in range(columns - 1)
    ]


def kind(name: str) -> str:
    """Return what the column with this name holds."""
    return next(kind for kind in KINDS if name.startswith(kind))


def column(name: str) -> Column[Any]:
    """Return a new column of this name."""
    of = kind(name)
    if of in LENGTHS:
        return Column(name, String(LENGTHS[of]))
    if of == "amount":
        return Column(name, Integer)
    return Column(name, Double if of == "price" else DateTime)


def value(name: str, number: int) -> Any:
    """Return the value of a column in the row with this number."""
    of = kind(name)
    if of == "name":
        return f"item {number}"
    if of == "note":
        return "x" * 20
    if of == "amount":
        return number
    return number / 4 if of == "price" else START + timedelta(seconds=number)


def row(columns: int, number: int) -> dict[str, Any]:
    """Return the values of a row, without its key."""
    return {name: value(name, number) for name in column_names(columns)}


def seed_table(metadata: Any, columns: int) -> Table:
    """Return a table of rows to be copied: never versioned by anybody."""
    return Table(
        "seed",
        metadata,
        Column("number", Integer, primary_key=True, autoincrement=False),
        *(column(name) for name in column_names(columns)),
    )
