"""Objects that span several tables: which of their rows belong together.

The first table is the object's *root*: its history has a row for each transaction that changed the
object in any table.  The others, the lower levels, have rows of their own changes only; each holds
for as long as its range says.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import FromClause
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.sql import operators
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.selectable import Join

from continuum.errors import UnsupportedTable
from continuum.operation import Operation
from continuum.schema.recorded import RecordedTable


def in_force(
    root: RecordedTable,
    lower: RecordedTable,
    *,
    root_rows: FromClause | None = None,
    lower_rows: FromClause | None = None,
) -> ColumnElement[bool]:
    """Return the criterion for the row of a lower level that held when a row of the root was made.

    :param root_rows: an alias of the root's version table, if that is meant.
    :param lower_rows: an alias of the lower level's version table.
    """
    above = (root.version_table if root_rows is None else root_rows).c
    below = (lower.version_table if lower_rows is None else lower_rows).c
    keys = list(zip(root.version_key, lower.version_key, strict=True))
    same = [below[lower_key.key] == above[root_key.key] for root_key, lower_key in keys]
    start = below[lower.transaction_column.key]
    moment = above[root.transaction_column.key]
    if lower.end_column is not None:
        end = below[lower.end_column.key]
        at = and_(start <= moment, or_(end > moment, end.is_(None)))
    else:
        newest = lower.version_table.alias()
        # Looked up by the root's key, so that it is found once and not for each row below.
        found = (
            select(func.max(newest.c[start.key]))
            .where(
                *(newest.c[lower_key.key] == above[root_key.key] for root_key, lower_key in keys),
                newest.c[start.key] <= moment,
            )
            .correlate_except(newest)
            .scalar_subquery()
        )
        at = start == found
    # What was deleted earlier is no part of an object that came back without it, nor is what was
    # deleted when the object became one of another class.  Not "=" between the moments: then
    # SQLAlchemy would take both columns for the same everywhere.
    present = or_(
        below[lower.operation_column.key] != Operation.DELETE,
        and_(start >= moment, above[root.operation_column.key] == Operation.DELETE),
    )
    return and_(*same, at, present)


def lower_key(
    mapper: Mapper[Any], table: Table, conditions: Iterable[Any], root: RecordedTable
) -> list[Column[Any]]:
    """Return the columns of a lower table that hold the root's key, in the order of that key.

    :param mapper: whose table it is, for the error.
    :param conditions: how the tables from the root's to this one are joined.
    :raises UnsupportedTable: the key of the table is not that of the root.
    """
    positions: dict[Any, int] = {column: number for number, column in enumerate(root.key)}
    found: dict[int, Column[Any]] = {}
    for one, other in [pair for condition in conditions for pair in _equated(condition)]:
        for column, known in ((one, other), (other, one)):
            if known not in positions:
                continue
            positions.setdefault(column, positions[known])
            if column.table is table:
                found.setdefault(positions[column], column)
    key = [found[number] for number in sorted(found)]
    if len(key) != len(root.key) or set(key) != set(table.primary_key.columns):
        raise UnsupportedTable(
            f"the primary key of {table.fullname!r} is not tied column by column to that of "
            f"{root.table.fullname!r}, so that their rows do not belong to one "
            f"{mapper.class_.__name__} each",
            table=table.fullname,
            hint="Let the primary key be the foreign key to the table above, or version the "
            "tables by classes of their own.",
        )
    return key


def _equated(condition: Any) -> Iterator[tuple[Column[Any], Column[Any]]]:
    """Iterate over the pairs of columns that a join equates."""
    for element in visitors.iterate(condition):
        if (
            isinstance(element, BinaryExpression)
            and element.operator is operators.eq
            and isinstance(element.left, Column)
            and isinstance(element.right, Column)
        ):
            yield element.left, element.right


def is_concrete_union(mapper: Mapper[Any]) -> bool:
    """Say whether objects of a class are read together with those of concrete subclasses."""
    return (
        mapper.with_polymorphic is not None
        and mapper.with_polymorphic[1] is not None
        and any(each.concrete for each in mapper.self_and_descendants if each is not mapper)
    )


def joined_tables(join: Join) -> list[tuple[Table, Any, bool]] | None:
    """Return the tables of a join from left to right, ``None`` if it joins other things.

    :returns: for each table the condition that ties it to those before, and whether it is an outer
        join.
    """
    if not isinstance(join.right, Table) or join.full:
        return None
    if isinstance(join.left, Table):
        before: list[tuple[Table, Any, bool]] | None = [(join.left, None, False)]
    elif isinstance(join.left, Join):
        before = joined_tables(join.left)
    else:
        return None
    return None if before is None else [*before, (join.right, join.onclause, join.isouter)]
