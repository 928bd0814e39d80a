"""Live rows beside their versions: which of them do not fit together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import not_
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.operation import Operation
from continuum.reading.exact import Identical
from continuum.schema.kept import as_kept
from continuum.schema.recorded import RecordedTable


def execute(connection: Connection, statement: Any, parameters: Any = None) -> Any:
    """Execute a statement that is none of the user's."""
    return connection.execute(statement, parameters, execution_options={INTERNAL: True})


def count(connection: Connection, statement: Any) -> int:
    """Return how many rows a select finds."""
    counted = select(func.count()).select_from(
        statement.with_only_columns(literal(1).label("one"), maintain_column_froms=True).subquery()
    )
    number: int = execute(connection, counted).scalar_one()
    return number


def beyond(order: Sequence[ColumnElement[Any]], last: Sequence[Any]) -> ColumnElement[bool]:
    """Return the criterion for the rows that come after one, to go on with the next page.

    :param order: what tells the rows apart, and what they are ordered by.
    :param last: the values of the last row of the page before.
    """
    bound = (literal(value, column.type) for value, column in zip(last, order, strict=True))
    return tuple_(*order) > tuple_(*bound)


def newest(recorded: RecordedTable, version: Any) -> ColumnElement[bool]:
    """Return the criterion for the newest versions of their rows."""
    later = recorded.version_table.alias("later")
    begin = recorded.transaction_column.key
    return ~exists().where(
        *(later.c[column.key] == version.c[column.key] for column in recorded.version_key),
        later.c[begin] > version.c[begin],
    ).select_from(later)


def is_open(recorded: RecordedTable, version: Any) -> ColumnElement[bool]:
    """Return the criterion for versions that are in force."""
    if recorded.end_column is None:
        return newest(recorded, version)
    still: ColumnElement[bool] = version.c[recorded.end_column.key].is_(None)
    return still


def is_alive(recorded: RecordedTable, version: Any) -> ColumnElement[bool]:
    """Return the criterion for versions that are in force and say that their row exists."""
    operation = version.c[recorded.operation_column.key]
    return and_(is_open(recorded, version), operation != Operation.DELETE)


def belongs(recorded: RecordedTable, version: Any) -> ColumnElement[bool]:
    """Return the criterion for a live row and its versions."""
    return and_(
        *(
            live == version.c[column.key]
            for live, column in zip(recorded.key, recorded.version_key, strict=True)
        )
    )


def changed(recorded: RecordedTable) -> Any:
    """Select the rows that are not as their newest version says."""
    version = recorded.version_table.alias("version")
    same = and_(
        literal(1) == 1,
        *(
            Identical(
                version.c[column.version.key],
                as_kept(column.live, column.version),
                recorded.comparison_of(column.live),
            )
            for column in recorded.values
            if column.counts
        ),
    )
    return (
        select(recorded.table)
        .join(version, belongs(recorded, version))
        .where(is_alive(recorded, version), not_(same))
    )


def gone(recorded: RecordedTable) -> Any:
    """Select the newest versions that know nothing of the end of their row."""
    version = recorded.version_table.alias("version")
    return select(version).where(
        is_alive(recorded, version),
        ~exists().where(belongs(recorded, version)).select_from(recorded.table),
    )


def unknown(recorded: RecordedTable) -> Any:
    """Select the rows that have no version in force, or one that says they were deleted."""
    version = recorded.version_table.alias("version")
    known = exists().where(belongs(recorded, version), is_alive(recorded, version))
    return select(recorded.table).where(~known.select_from(version))


def risen(recorded: RecordedTable) -> Any:
    """Select the rows whose newest version says that they were deleted."""
    return unknown(recorded).where(newest_is_delete(recorded))


def newest_is_delete(recorded: RecordedTable) -> ColumnElement[bool]:
    """Return the criterion for live rows whose version in force says that they were deleted."""
    version = recorded.version_table.alias("version")
    return (
        exists()
        .where(
            belongs(recorded, version),
            is_open(recorded, version),
            version.c[recorded.operation_column.key] == Operation.DELETE,
        )
        .select_from(version)
    )


def without_part(root: RecordedTable, recorded: RecordedTable) -> Any:
    """Select the rows of a lower table without version in force whose root has one."""
    above = root.version_table.alias("above")
    root_is_alive = exists().where(
        *(
            above.c[column.key] == mine
            for column, mine in zip(root.version_key, recorded.key, strict=True)
        ),
        is_alive(root, above),
    )
    return unknown(recorded).where(root_is_alive.select_from(above))


def with_following(recorded: RecordedTable) -> Any:
    """Return the versions, as a subquery: key, begin_id, end_id, and where the next one begins."""
    key, begin = list(recorded.version_key), recorded.transaction_column
    assert recorded.end_column is not None
    return select(
        *key,
        begin.label("begin_id"),
        recorded.end_column.label("end_id"),
        func.lead(begin).over(partition_by=key, order_by=begin).label("following"),
    ).subquery("ordered")
