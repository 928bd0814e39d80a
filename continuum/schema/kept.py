"""What a version takes from the live row that it is written from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Enum
from sqlalchemy import String
from sqlalchemy import cast
from sqlalchemy import type_coerce

from continuum.dialects.spec import storage_type
from continuum.schema.recorded import RecordedTable


def as_kept(live: ColumnElement[Any], version: Column[Any]) -> ColumnElement[Any]:
    """Return a live column as an expression that its version column takes.

    :param live: the live column, or that of an alias.
    :param version: its version column.
    """
    enums = (isinstance(storage_type(item.type), Enum) for item in (live, version))
    if [*enums] == [True, False]:
        # PostgreSQL does not store a value of an ENUM in a column for text by itself.
        return type_coerce(cast(live, String()), version.type)
    return live


def live_column(recorded: RecordedTable, name: str) -> Column[Any]:
    """Return a live column by its name in the database, which its key may be unlike."""
    return next(column for column in recorded.table.c if column.name == name)


def kept_values(recorded: RecordedTable) -> Iterator[tuple[Column[Any], ColumnElement[Any]]]:
    """Iterate over the version columns that the live row decides, each with its value.

    These are the copies, and the user's own columns that are computed.
    """
    for item in recorded.columns:
        yield item.version, as_kept(item.live, item.version)
    for column, expression in recorded.extra:
        yield column, expression.over(partial(live_column, recorded))
