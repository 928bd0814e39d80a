"""Columns of a version table that the live table does not have, apart from the three of history."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Index
from sqlalchemy import Table
from sqlalchemy import false
from sqlalchemy import literal

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.errors import ImproperlyConfigured
from continuum.options import Options
from continuum.schema.names import shortened
from continuum.schema.types import UTCDateTime

Computed = tuple[Column[Any], RowExpression]
"""A version column and the expression for its value."""


def flag_of(column: Column[Any], key: str, options: Options) -> Column[Any]:
    """Return the column that says whether a version changed another one.

    :param column: the live column.
    :param key: its name as an attribute.
    """
    return Column(
        shortened(f"{column.name}{options.flag_suffix}"),
        Boolean(create_constraint=False),
        key=f"{key}{options.flag_suffix}",
        nullable=False,
        default=False,
        server_default=false(),
    )


def mask_of(options: Options) -> Column[Any]:
    """Return the column in which each bit says whether a version changed a column."""
    return Column(
        options.mask_column_name, BigInteger, nullable=False, default=0, server_default="0"
    )


def end_timestamp_of(options: Options) -> Column[Any]:
    """Return the column with the time of the transaction that ended a version."""
    return Column(options.end_timestamp_column_name, UTCDateTime)


def extra_columns_of(
    table: Table, options: Options, images: Mapping[str, Column[Any]]
) -> tuple[list[Column[Any]], list[Computed]]:
    """Return the user's own version columns, and those of them that are computed from the row.

    :param images: the live columns, by the names under which an expression finds them.
    :raises ImproperlyConfigured: a column that triggers could not leave out.
    """
    columns: list[Column[Any]] = []
    computed: list[Computed] = []
    for item in options.extra_columns:
        given, function = item if isinstance(item, tuple) else (item, None)
        if not isinstance(given, Column):
            raise ImproperlyConfigured(
                f"extra_columns of {table.fullname!r} has {given!r}, which is no Column",
                table=table.fullname,
                hint="Write extra_columns=[Column('label', String(50))].",
            )
        # The same option serves several tables.
        column: Column[Any] = given._copy()
        if function is not None:
            computed.append((column, _expression(function(RowImage("new", images)))))
        elif not column.nullable and column.server_default is None:
            raise ImproperlyConfigured(
                f"extra column {column.name!r} of the history of {table.fullname!r} is NOT NULL "
                "without a server default; a version that a trigger writes could not have a value",
                table=table.fullname,
                column=column.name,
                hint="Make the column nullable, give it a server_default, or compute it: "
                "(column, lambda new: ...).",
            )
        columns.append(column)
    return columns, computed


def condition_of(
    table: Table,
    options: Options,
    images: Mapping[str, Column[Any]],
    counting: Iterable[Column[Any]],
) -> RowExpression | None:
    """Return the condition under which a change leaves a version.

    :param images: the live columns, by the names under which the condition finds them.
    :param counting: the columns whose change makes a version.
    :raises ImproperlyConfigured: the condition needs a column whose change would go unnoticed.
    """
    if options.when is None:
        return None
    condition = _expression(options.when(RowImage("old", images), RowImage("new", images)))
    known = {column.name for column in counting}
    for _, name in condition.columns():
        if name not in known:
            raise ImproperlyConfigured(
                f"when of {table.fullname!r} depends on the column {name!r}, whose change alone "
                "makes no version: a row could leave the condition unnoticed",
                table=table.fullname,
                column=name,
                hint="Take the column out of exclude and ignore.",
            )
    return condition


def add_indexes(version_table: Table, options: Options) -> None:
    """Add the user's own indexes to a version table.

    :raises ImproperlyConfigured: an index that belongs to another table already.
    """
    given: Iterable[Index] = (
        options.indexes(version_table) if callable(options.indexes) else options.indexes
    )
    for index in given:
        if index.table is not None and index.table is not version_table:
            raise ImproperlyConfigured(
                f"index {index.name!r} of the history of {version_table.fullname!r} belongs to "
                f"{index.table.fullname!r}",
                table=version_table.fullname,
                hint="Give indexes as a function that makes them for each version table: "
                "indexes=lambda table: [Index(f'ix_{table.name}_name', table.c.name)].",
            )
        if index.table is None:
            version_table.append_constraint(index)


def refuse_clashes(
    table: Table, columns: Sequence[Column[Any]], added: Sequence[Column[Any]]
) -> None:
    """Raise when an added column has the name of another one.

    :param columns: the other columns of the version table.
    """
    taken = {name: column for column in columns for name in (column.name, column.key)}
    for column in added:
        for name in {column.name, column.key}:
            if name in taken:
                raise ImproperlyConfigured(
                    f"the history of {table.fullname!r} would have two columns {name!r}",
                    table=table.fullname,
                    column=name,
                    hint="Choose another name with flag_suffix, mask_column_name, "
                    "end_timestamp_column_name or in extra_columns.",
                )
            taken[name] = column


def _expression(value: Any) -> RowExpression:
    return RowExpression(value if isinstance(value, ColumnElement) else literal(value))
