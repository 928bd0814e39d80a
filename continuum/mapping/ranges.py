"""Which version of a row was in force at a point in history, as SQL."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import FromClause
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import func
from sqlalchemy import literal_column
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm import Mapper

from continuum.operation import Operation
from continuum.schema.recorded import RecordedTable

POINT = "continuum_at"
"""Name of the parameter with the point that relations are seen from."""

_OWN = "continuum_own_transaction"
"""Annotation of the column that stands for the point of a version seen from nowhere else."""

_NEVER = literal_column("9223372036854775807", BigInteger)


def seen_from(transaction_column: Any) -> ColumnElement[int]:
    """Return the point that the relations of a version are seen from.

    That is its own transaction, unless the statement was given another point.

    :param transaction_column: the column with the version's transaction.
    """
    given = bindparam(POINT, None, BigInteger)
    own = transaction_column._annotate({_OWN: True})
    return func.coalesce(given, own, type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Seen:
    """The point that an object, and everything reached from it, is seen at.

    It is part of the object's identity in a Session: the same version seen at two points is two
    objects, whose relations differ.
    """

    transaction_id: int


def look_from_point(mapper: Mapper[Any]) -> None:
    """Have criteria about one object, such as ``with_parent()``, start from the object's point.

    :param mapper: mapper of a version class.
    """
    usual = mapper._get_state_attr_by_column

    def value_of(
        state: InstanceState[Any], dict_: Any, column: Any, *arguments: Any, **options: Any
    ) -> Any:
        if _OWN in column._annotations and isinstance(state.identity_token, Seen):
            return state.identity_token.transaction_id
        return usual(state, dict_, column, *arguments, **options)

    # For this mapper alone; there is no public way to say it.
    mapper._get_state_attr_by_column = value_of  # type: ignore[method-assign]


def in_force_at(
    timeline: RecordedTable,
    at: Any,
    *,
    columns: Callable[[Column[Any]], Any],
    key: Iterable[Any] | None = None,
    include_deleted: bool = False,
) -> ColumnElement[bool]:
    """Return the criterion for those versions of a table that were in force at a point.

    :param timeline: the table; of a hierarchy, its root.
    :param at: the point, SQL or a value.
    :param columns: gives what stands for a column of the version table, such as an alias's column.
    :param key: what the key must be equal to, where that is known without looking at the versions;
        it makes the search without an end column cheaper.
    :param include_deleted: DELETE versions too.
    """
    start = columns(timeline.transaction_column)
    terms: list[ColumnElement[bool]]
    if timeline.end_column is not None:
        end = columns(timeline.end_column)
        terms = [start <= at, or_(end > at, end.is_(None))]
    elif key is not None:
        terms = [start == newest_up_to(timeline, at, key)]
    else:
        terms = [start <= at, func.coalesce(follower(timeline, columns), _NEVER) > at]
    if not include_deleted:
        terms.append(columns(timeline.operation_column) != Operation.DELETE)
    return and_(*terms)


def newest_up_to(timeline: RecordedTable, at: Any, key: Iterable[Any]) -> Any:
    """Return SQL for the newest transaction of a key up to a point."""
    other = apart(timeline, "continuum_newest")
    start = other.c[timeline.transaction_column.key]
    same = _same(timeline, other, key)
    return (
        select(func.max(start)).where(*same, start <= at).correlate_except(other).scalar_subquery()
    )


def follower(timeline: RecordedTable, columns: Callable[[Column[Any]], Any]) -> Any:
    """Return SQL for the transaction that ended a version, where no column says it.

    The point does not occur in it: a subquery over the columns of both ends of a relationship to
    itself would be taken for one about the other end.
    """
    other = apart(timeline, "continuum_later")
    start = other.c[timeline.transaction_column.key]
    same = _same(timeline, other, map(columns, timeline.version_key))
    later = start > columns(timeline.transaction_column)
    found = select(func.min(start)).where(*same, later)
    return found.correlate_except(other).scalar_subquery()


def _same(
    timeline: RecordedTable, other: FromClause, key: Iterable[Any]
) -> list[ColumnElement[bool]]:
    return [
        other.c[column.key] == value
        for column, value in zip(timeline.version_key, key, strict=True)
    ]


def apart(recorded: RecordedTable, name: str) -> FromClause:
    """Return an alias of a version table that SQLAlchemy does not take for the mapped table.

    Where a relationship is joined under another name, SQLAlchemy renames all columns of the
    mapped table and its aliases; these are left alone.
    """
    return recorded.double.alias(name)
