"""Comparing values, byte by byte."""

from __future__ import annotations

from typing import Any

from sqlalchemy.types import JSON
from sqlalchemy.types import Boolean
from sqlalchemy.types import Date
from sqlalchemy.types import DateTime
from sqlalchemy.types import Double
from sqlalchemy.types import Float
from sqlalchemy.types import Integer
from sqlalchemy.types import Numeric
from sqlalchemy.types import Time
from sqlalchemy.types import TypeEngine

from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import storage_type


def is_float(type_: TypeEngine[Any]) -> bool:
    """Say whether values of this type have a zero with a sign."""
    stored = storage_type(type_)
    return isinstance(stored, (Float, Double)) or stored.__visit_name__ in ("REAL", "DOUBLE")


def is_exact(type_: TypeEngine[Any]) -> bool:
    """Say whether ``<=>`` of this type means equality of every byte."""
    stored = storage_type(type_)
    if is_float(stored):
        return False
    return isinstance(stored, (Integer, Numeric, Boolean, Date, DateTime, Time)) or (
        stored.__visit_name__ in ("BIT", "YEAR")
    )


def equals(column: ColumnSpec, old: str, new: str) -> str:
    """A test of two values that is never null, byte by byte."""
    if column.comparison is not None:
        test = column.comparison.replace("{old}", old).replace("{new}", new)
        return (
            f"NOT CASE WHEN {old} IS NULL OR {new} IS NULL"
            f" THEN ({old} IS NULL) <> ({new} IS NULL) ELSE ({test}) END"
        )
    stored = storage_type(column.type)
    if is_exact(stored):
        return f"{old} <=> {new}"
    as_bytes = f"CAST({old} AS BINARY) <=> CAST({new} AS BINARY)"
    if isinstance(stored, JSON):
        # MySQL compares documents by value: 1 and 1.0 would be the same.
        return f"CAST(CAST({old} AS CHAR) AS BINARY) <=> CAST(CAST({new} AS CHAR) AS BINARY)"
    if is_float(stored):
        # As text a float loses digits, as a number it loses the sign of zero.
        return f"{old} <=> {new} AND {as_bytes}"
    return as_bytes


def differs(column: ColumnSpec, old: str, new: str) -> str:
    """A test of two values that is never null, byte by byte."""
    return f"NOT ({equals(column, old, new)})"
