"""How a live column is selected for its version column."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Text
from sqlalchemy import cast
from sqlalchemy import type_coerce

from continuum.schema.types import EnumText


def as_kept(live: ColumnElement[Any], version: Column[Any]) -> ColumnElement[Any]:
    """Return a live column as an expression that its version column takes.

    :param live: the live column, or that of an alias.
    :param version: its version column.
    """
    if isinstance(version.type, EnumText):
        # PostgreSQL does not store a value of an ENUM in a column for text by itself.
        return type_coerce(cast(live, Text()), version.type)
    return live
