"""The version rows that a criterion speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import FromClause
from sqlalchemy import func
from sqlalchemy import select

from continuum.operation import Operation
from continuum.reading.layout import Layout
from continuum.schema.recorded import RecordedTable


@dataclass(frozen=True)
class Subject:
    """Version rows in a statement.

    :param entity: a version class, or an alias of one.
    :param layout: where its attributes are.
    """

    entity: Any
    layout: Layout

    def column(self, column: Column[Any]) -> Any:
        """Return a column of a version table as these rows have it."""
        name = self.layout.mapper.get_property_by_column(column).key
        return getattr(self.entity, name)

    @property
    def transaction(self) -> Any:
        """The id of the transaction that made a version."""
        return self.column(self.layout.transaction_column)

    @property
    def operation(self) -> Any:
        """The kind of change."""
        return self.column(self.layout.operation_column)

    @property
    def root(self) -> RecordedTable:
        """The recorded table that has a row for each version."""
        root: RecordedTable = self.layout.recorded.root or self.layout.recorded
        return root

    @cached_property
    def end(self) -> ColumnElement[int]:
        """The id of the transaction that ended a version, NULL while it is in force."""
        if self.layout.end_column is not None:
            ended: ColumnElement[int] = self.column(self.layout.end_column)
            return ended
        recorded = self.root
        later = recorded.version_table.alias("later")
        start = later.c[recorded.transaction_column.key]
        return (
            select(func.min(start))
            .where(*self.same_key(recorded, later), start > self.transaction)
            .correlate_except(later)
            .scalar_subquery()
        )

    def table_of(self, column: Column[Any]) -> RecordedTable:
        """Return the recorded table, of several in joined inheritance, that holds a column."""
        tables = self.layout.journal.recorded.values()
        return next(each for each in tables if each.version_table is column.table)

    def same_key(self, recorded: RecordedTable, other: FromClause) -> Sequence[ColumnElement[bool]]:
        """Return the criteria for the rows of an alias that are about the same entity."""
        return [other.c[version.key] == self.column(version) for version in recorded.version_key]

    def predecessor(
        self, recorded: RecordedTable
    ) -> tuple[FromClause, Sequence[ColumnElement[bool]]]:
        """Return an alias of a version table, and the criteria for the row before this one.

        There is none before the first version and after a DELETE.
        """
        before = recorded.version_table.alias("before")
        start, end = recorded.transaction_column, recorded.end_column
        criteria = [*self.same_key(recorded, before)]
        if end is not None:
            criteria.append(before.c[end.key] == self.column(start))
        else:
            earlier = recorded.version_table.alias("earlier")
            criteria.append(
                before.c[start.key]
                == select(func.max(earlier.c[start.key]))
                .where(*self.same_key(recorded, earlier), earlier.c[start.key] < self.column(start))
                # Told explicitly: what SQLAlchemy finds by itself ends at the next SELECT.
                .correlate_except(earlier)
                .scalar_subquery()
            )
        criteria.append(before.c[recorded.operation_column.key] != Operation.DELETE)
        return before, criteria
