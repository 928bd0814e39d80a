"""What history says of many rows at one point."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from enum import Enum
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Table
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from continuum.mapping.ranges import in_force_at
from continuum.operation import Operation
from continuum.reading.binding import bound_to
from continuum.reading.layout import Layout
from continuum.schema.recorded import RecordedTable

Values = tuple[Any, ...]

_CHUNK = 500
"""Rows looked for by one statement: their keys are bound values, which databases limit."""


BACKFILLED = "backfill"
"""Reason that ``backfill()`` gives its transactions, unless it is told another one."""


class Known(Enum):
    """What is known of a row that no version is in force for."""

    ABSENT = "it was not there"
    UNKNOWN = "history does not say"


class Past:
    """Versions at one point of history.

    :param session: session to read with.
    :param at: id of a transaction.
    :param log: the transaction table.
    """

    def __init__(self, session: Session, at: int, log: Table) -> None:
        self.session = session
        self.at = at
        self.log = log

    def versions(
        self, layout: Layout, columns: Sequence[Column[Any]], wanted: Iterable[Values]
    ) -> list[Any]:
        """Return the versions in force whose columns have one of some groups of values.

        :param columns: columns of the version class.

        Queries: one for each 500 groups.
        """
        found: list[Any] = []
        for criterion in among(columns, wanted):
            statement = (
                select(layout.version_cls)
                .where(criterion, self._in_force(timeline_of(layout.recorded)))
                .options(undefer("*"))
            )
            found += self.session.scalars(statement)
        return found

    def without_version(
        self, recorded: RecordedTable, columns: Sequence[Column[Any]], wanted: Iterable[Values]
    ) -> dict[Values, Known]:
        """Say of rows that no live version is in force for whether they were not there.

        :param columns: columns of the version table.
        :param wanted: groups of their values.
        :returns: for each group what is known.  A row that no version tells of is older than its
            history; one whose versions end before the point and go on after it was not watched.
            Of a table whose insertions are not all recorded nothing is known.

        Queries: two for each 500 groups; none for such a table.
        """
        timeline = timeline_of(recorded)
        start = timeline.transaction_column
        groups = list(dict.fromkeys(wanted))
        known = dict.fromkeys(groups, Known.UNKNOWN)
        if timeline.when is not None or "insert" not in timeline.options.operations:
            # Neither a first version nor the deletion before it tells that no row was there.
            return known
        bind = bound_to(timeline.table)
        for criterion in among(columns, groups):
            gone = select(*columns).where(criterion, self._in_force(timeline, deleted=True))
            for row in self.session.execute(gone, bind_arguments=bind):
                known[tuple(row)] = Known.ABSENT
            # A row that backfill() found was there before.
            first, found = func.min(start), func.min(self.log.c.id)
            of_backfill = (
                self.log.c.reason == BACKFILLED if "reason" in self.log.c else false()
            ) & (self.log.c.id == start)
            later = (
                select(*columns, first, found)
                .select_from(timeline.version_table.outerjoin(self.log, of_backfill))
                .where(criterion)
                .group_by(*columns)
                .having(first > self.at)
            )
            for *group, begin, filled in self.session.execute(later, bind_arguments=bind):
                if begin != filled:
                    known[tuple(group)] = Known.ABSENT
        return known

    def rows(
        self, recorded: RecordedTable, columns: Sequence[Column[Any]], wanted: Iterable[Values]
    ) -> list[dict[Column[Any], Any]]:
        """Return the rows in force of a table without a class, by live column.

        :param columns: columns of the version table.

        Queries: one for each 500 groups.
        """
        found = []
        live = [item.live for item in recorded.columns]
        bind = bound_to(recorded.table)
        for criterion in among(columns, wanted):
            statement = select(*(item.version for item in recorded.columns)).where(
                criterion, self._in_force(recorded)
            )
            for row in self.session.execute(statement, bind_arguments=bind):
                found.append(dict(zip(live, row, strict=True)))
        return found

    def _in_force(self, timeline: RecordedTable, *, deleted: bool = False) -> ColumnElement[bool]:
        criterion = in_force_at(
            timeline, self.at, columns=lambda column: column, include_deleted=deleted
        )
        if deleted:
            return criterion & (timeline.operation_column == Operation.DELETE)
        return criterion


def timeline_of(recorded: RecordedTable) -> RecordedTable:
    """Return the table whose versions say when an object changed: the root of a hierarchy."""
    return recorded if recorded.root is None else recorded.root


def key_columns(layout: Layout) -> list[Column[Any]]:
    """Return the columns of the timeline that hold the key, in the order of the layout."""
    recorded = layout.recorded
    timeline = timeline_of(recorded)
    positions = {column: place for place, column in enumerate(recorded.key)}
    positions |= {column: place for place, column in enumerate(timeline.key)}
    return [timeline.version_key[positions[item.live]] for item in layout.key]


def among(
    columns: Sequence[ColumnElement[Any]], wanted: Iterable[Values]
) -> Iterator[ColumnElement[bool]]:
    """Iterate over criteria for columns to have one of some groups of values, a part at a time.

    The first column is compared by itself as well, because SQLite finds nothing by an index when
    only a row of columns is.
    """
    groups = list(dict.fromkeys(group for group in wanted if None not in group))
    for start in range(0, len(groups), _CHUNK):
        part = groups[start : start + _CHUNK]
        first = columns[0].in_(list(dict.fromkeys(group[0] for group in part)))
        yield first if len(columns) == 1 else first & tuple_(*columns).in_(part)
