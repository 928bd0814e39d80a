"""First versions of live rows: which rows lack one, and how it is written.

By the tables alone, which may be those of models or those that a migration describes.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy import tuple_
from sqlalchemy.engine import Connection

from continuum.maintenance.comparing import execute
from continuum.maintenance.comparing import unknown
from continuum.operation import Operation
from continuum.schema.kept import kept_values
from continuum.schema.kept import live_column
from continuum.schema.mask import all_changed
from continuum.schema.recorded import RecordedTable


def lacking(recorded: RecordedTable) -> Select[Any]:
    """Select the live rows without a version in force that should have one."""
    rows: Select[Any] = unknown(recorded)
    if recorded.when is None:
        return rows
    return rows.where(recorded.when.over(partial(live_column, recorded)))


def write_first_versions(
    connection: Connection,
    recorded: RecordedTable,
    rows: Select[Any],
    number: int,
    ends: Mapping[Any, Any],
    *,
    among: ColumnElement[bool] | None = None,
) -> int:
    """Write INSERT versions of some rows of a table; return how many.

    :param rows: select for live rows that lack one.
    :param number: id of the transaction that makes them.
    :param ends: what versions that it ends say of their end, by column.
    :param among: criterion that the versions of these rows meet, for those who know one that an
        index serves; ``None``: the database looks for them.

    Three statements at most.
    """
    values: dict[Column[Any], Any] = dict(kept_values(recorded))
    values |= all_changed(connection, recorded)
    values[recorded.transaction_column] = literal(number, BigInteger)
    values[recorded.operation_column] = literal(int(Operation.INSERT))
    # Distinct, and once more in a derived table: only so does MySQL read the table that it changes.
    keys = rows.with_only_columns(*recorded.key, maintain_column_froms=True).distinct()
    filled = select(*keys.subquery("filled").c)
    rows = rows.with_only_columns(
        *(value.label(f"v{place}") for place, value in enumerate(values.values())),
        maintain_column_froms=True,
    )
    if recorded.duplicates:
        rows = rows.distinct()
    version = recorded.version_table
    if recorded.end_column is not None:
        # What said that the row was deleted has been in force up to now.
        execute(
            connection,
            version.update()
            .where(
                true() if among is None else among,
                recorded.transaction_column != number,
                recorded.operation_column == Operation.DELETE,
                recorded.end_column.is_(None),
                _in(recorded.version_key, filled),
            )
            .values(dict(ends)),
        )
    # A derived table: MySQL refuses to read the table that it inserts into in any other way.
    derived = rows.subquery("lacking")
    result = execute(connection, version.insert().from_select(list(values), select(*derived.c)))
    return int(result.rowcount)


def _in(columns: Sequence[ColumnElement[Any]], keys: Select[Any]) -> ColumnElement[bool]:
    return columns[0].in_(keys) if len(columns) == 1 else tuple_(*columns).in_(keys)
