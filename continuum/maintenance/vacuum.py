"""Removing versions that say nothing new."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Dialect
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import Numeric
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import Time
from sqlalchemy import Uuid
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import null
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy import update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session
from sqlalchemy.types import TypeDecorator

from continuum._speedups import fold_chain
from continuum.dialects.base import INTERNAL
from continuum.maintenance.asked import look_at_number
from continuum.maintenance.asked import session_given
from continuum.maintenance.standing import look_at_tables
from continuum.operation import Operation
from continuum.reading.binding import connection_like
from continuum.reading.freshness import renew
from continuum.reading.layout import layout_of
from continuum.reading.version import Version
from continuum.recording.unlocking import unlocking
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous
from continuum.utils import get_versioning_manager

_COMPARABLE = (
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Time,
    Uuid,
)
"""Types that every database can compare; the others are compared here."""


@synchronous
def vacuum(session: Session | scoped_session[Any], model: Any, yield_per: int = 1000) -> int:
    """Remove the versions of a model that hold the same values as the version before them.

    Histories written by others, imported, or left by a column that is no longer recorded have such
    versions.  All stored columns are compared, ignored ones too, and exactly: ``'a'`` is not
    ``'A'``.  The version before takes over the range of the removed one.  DELETE versions and what
    follows them stay, and so do transactions.  Of joined inheritance, the whole hierarchy is meant;
    a version goes where no table has anything new to say.

    The session is flushed but not committed.  Do not run it while others write the same rows.

    :param session: the session.
    :param model: a versioned class, or its version class.
    :param yield_per: how many versions to look at, and to remove, at a time.
    :returns: how many versions were removed.
    :raises ClassNotVersioned: the class is not versioned.
    :raises MissingTable: the database lacks tables of the classes.
    :raises MissingHistory: it lacks tables of their history.
    :raises InvalidArgument: ``yield_per`` is no positive whole number, or ``session`` no session.

    Queries: one for each schema, to see the tables;
    one for each ``yield_per`` candidates, and at most two to write for each; the same for
    each lower table of joined inheritance.  Example::

        vacuum(session, Article)
        session.commit()
    """
    session = session_given(session, "vacuum()")
    look_at_number("yield_per", yield_per)
    manager = get_versioning_manager(model)
    root = manager.levels(model)[0]
    connection = connection_like(session, model)
    look_at_tables(connection, manager.journal_of(model), (root, *root.lower))
    session.flush()
    # First the lower levels: a version of the root is needed where one of them has a row.
    with unlocking(manager, connection, "vacuum()"):
        counts = [
            _remove(connection, _Pairs(level, connection.dialect), yield_per)
            for level in (*root.lower, root)
        ]
    if any(counts):
        renew(session)
        for obj in session:
            if isinstance(obj, Version) and layout_of(type(obj)).recorded is root:
                session.expire(obj)
    return counts[-1]


def _remove(connection: Connection, pairs: _Pairs, yield_per: int) -> int:
    """Remove the rows of a version table that repeat the one before; return how many."""
    removed = 0
    last: tuple[Any, ...] | None = None
    while rows := connection.execute(pairs.select(last, yield_per)).all():
        last = tuple(rows[-1][: pairs.width])
        repeating, ends = fold_chain(map(tuple, rows), pairs.width)
        if repeating:
            removed += len(repeating)
            deleted = [pairs.parameters(position) for position in repeating]
            connection.execute(pairs.delete(), deleted, execution_options={INTERNAL: True})
            if pairs.end is not None:
                moved = [
                    {**pairs.parameters(position), "new_end": end} for position, end in ends.items()
                ]
                connection.execute(pairs.update(), moved, execution_options={INTERNAL: True})
    return removed


class _Pairs:
    """Versions, each with the one before it, that may hold the same values."""

    def __init__(self, recorded: RecordedTable, dialect: Dialect) -> None:
        self.table = recorded.version_table
        self.position = [*recorded.version_key, recorded.transaction_column]
        self.width = len(self.position)
        self.start = recorded.transaction_column
        self.end = recorded.end_column
        self.operation = recorded.operation_column
        self.lower = recorded.lower
        self.data = [
            column.version
            for column in recorded.columns
            if column.version not in recorded.version_key
        ]
        self.comparable = [column for column in self.data if _is_comparable(column, dialect)]

    def select(self, after: tuple[Any, ...] | None, limit: int) -> Select[Any]:
        """Return the select for the next pairs: position, end, position before, both rows."""
        before, newest = self.table.alias("before"), self.table.alias("newest")
        key = self.position[:-1]
        newest_before = (
            select(func.max(newest.c[self.start.key]))
            .where(
                *(newest.c[column.key] == column for column in key),
                newest.c[self.start.key] < self.start,
            )
            .correlate(self.table)
            .scalar_subquery()
        )
        statement = (
            select(
                *self.position,
                null() if self.end is None else self.end,
                before.c[self.start.key],
                *self.data,
                *(before.c[column.key] for column in self.data),
            )
            .select_from(self.table)
            .join(
                before,
                and_(
                    *(before.c[column.key] == column for column in key),
                    before.c[self.start.key] == newest_before,
                ),
            )
            .where(
                self.operation != Operation.DELETE,
                before.c[self.operation.key] != Operation.DELETE,
                *(column.is_not_distinct_from(before.c[column.key]) for column in self.comparable),
                # A null that the type itself writes is read like NULL.
                *(
                    or_(
                        and_(column.is_(null()), before.c[column.key].is_(null())),
                        and_(column.is_not(null()), before.c[column.key].is_not(null())),
                    )
                    for column in self.data
                    if column not in self.comparable
                ),
                *(~self._has_row(level) for level in self.lower),
            )
            .order_by(*self.position)
            .limit(limit)
        )
        if self.end is not None:
            # What follows a gap is no repetition.
            statement = statement.where(before.c[self.end.key] == self.start)
        if after is not None:
            statement = statement.where(tuple_(*self.position) > after)
        return statement

    def _has_row(self, level: RecordedTable) -> ColumnElement[bool]:
        """Return the criterion that a lower level has a row of the version's transaction."""
        position = [*level.version_key, level.transaction_column]
        same = (below == own for below, own in zip(position, self.position, strict=True))
        return exists().where(*same).correlate(self.table)

    def delete(self) -> Any:
        """Return the statement that removes a version."""
        return delete(self.table).where(*self._at())

    def update(self) -> Any:
        """Return the statement that gives a version another end."""
        assert self.end is not None
        return update(self.table).where(*self._at()).values({self.end: bindparam("new_end")})

    def _at(self) -> list[Any]:
        return [
            column == bindparam(f"position_{number}", type_=column.type)
            for number, column in enumerate(self.position)
        ]

    def parameters(self, position: tuple[Any, ...]) -> dict[str, Any]:
        """Return what :meth:`delete` and :meth:`update` need to find a version."""
        return {f"position_{number}": value for number, value in enumerate(position)}


def _is_comparable(column: Column[Any], dialect: Dialect) -> bool:
    type_ = column.type.dialect_impl(dialect)
    if isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    return isinstance(type_, _COMPARABLE)
