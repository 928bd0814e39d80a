"""Rows that refer to rows that go."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import Session

from continuum.operation import Operation
from continuum.reading.binding import bound_to
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.reverting.rows import Link
from continuum.reverting.rows import Row
from continuum.reverting.values import attribute_of
from continuum.reverting.values import mapped_columns

_ACTIONS = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


@dataclass(frozen=True)
class Referrer:
    """A row that refers to one that goes.

    :param row: the row that goes.
    :param table: the table of the other row.
    :param key: its key, by column.
    """

    row: Row
    table: Table
    key: dict[str, Any]

    def __str__(self) -> str:
        key = " ".join(f"{name}={value!r}" for name, value in self.key.items())
        return f"{self.table.fullname} {key}"


class Referring:
    """Looks for rows that refer to those that go, and stay themselves.

    :param metadata: the tables to look at.
    :param rows: all rows of the plan.
    :param links: all links of the plan.
    """

    def __init__(
        self, session: Session, metadata: MetaData, rows: Iterable[Row], links: Iterable[Link]
    ) -> None:
        self.session = session
        self.metadata = metadata
        self.rows = list(rows)
        self.links = list(links)

    def find(self, *, cared_for: bool) -> Iterator[Referrer]:
        """Iterate over them.

        :param cared_for: also those whose foreign key a relationship or the database looks after.

        Queries: one for each foreign key to a table of which rows go.
        """
        by_table: dict[Table, list[Row]] = {}
        for row in self.rows:
            if row.operation is Operation.DELETE and row.obj is not None:
                for table in row.layout.model_mapper.tables:
                    if isinstance(table, Table):
                        by_table.setdefault(table, []).append(row)
        if not by_table:
            return
        for table in list(self.metadata.tables.values()):
            for constraint in table.foreign_key_constraints:
                rows = [
                    row
                    for row in by_table.get(constraint.referred_table, ())
                    if table not in row.layout.model_mapper.tables
                    or not _joins_levels(row.layout.model_mapper, constraint)
                    if cared_for or not _is_cared_for(row, table, constraint)
                ]
                if rows:
                    yield from self._find(table, constraint, rows)

    def _find(
        self, table: Table, constraint: ForeignKeyConstraint, rows: list[Row]
    ) -> Iterator[Referrer]:
        near = [element.parent for element in constraint.elements]
        far = [element.column for element in constraint.elements]
        wanted: dict[Values, Row] = {}
        for row in rows:
            mapper = row.layout.model_mapper
            if {column for _, column in mapped_columns(mapper)}.issuperset(far):
                loaded = inspect(row.obj).dict
                wanted[tuple([loaded.get(attribute_of(mapper, column)) for column in far])] = row
        key = list(table.primary_key.columns) or near
        leaving = self._leaving(table, key, constraint)
        for criterion in among(near, wanted):
            statement = select(*key, *near).where(criterion)
            for found in self.session.execute(statement, bind_arguments=bound_to(table)):
                identity, values = tuple(found[: len(key)]), tuple(found[len(key) :])
                if identity not in leaving and values in wanted:
                    names = (column.name for column in key)
                    named = dict(zip(names, identity, strict=True))
                    yield Referrer(wanted[values], table, named)

    def _leaving(
        self, table: Table, key: list[Column[Any]], constraint: ForeignKeyConstraint
    ) -> set[Values]:
        """Return the keys of rows that go too, or will refer to something else."""
        found = set()
        for row in self.rows:
            mapper = row.layout.model_mapper
            if table not in mapper.tables:
                continue
            changed = {item.live for item in row.targets}
            if row.operation is Operation.DELETE or (
                row.operation is Operation.UPDATE and not changed.isdisjoint(constraint.columns)
            ):
                by_name = row.key_by_name
                found.add(tuple([by_name.get(attribute_of(mapper, column)) for column in key]))
        for link in self.links:
            if link.recorded.table is table and link.action == "unlink":
                found.add(tuple([link.identity.get(column) for column in key]))
        for obj in self.session.deleted:
            mapper = inspect(type(obj))
            if table in mapper.tables:
                loaded = inspect(obj).dict
                found.add(tuple([loaded.get(attribute_of(mapper, column)) for column in key]))
        return found


def _joins_levels(mapper: Mapper[Any], constraint: ForeignKeyConstraint) -> bool:
    """Say whether a foreign key ties the rows of one object together."""
    attributes = {column: name for name, column in mapped_columns(mapper)}
    return all(
        attributes.get(element.parent) == attributes.get(element.column, "")
        for element in constraint.elements
    )


def _is_cared_for(row: Row, table: Table, constraint: ForeignKeyConstraint) -> bool:
    """Say whether deleting a row takes care of what refers to it."""
    if (constraint.ondelete or "").upper() in _ACTIONS:
        return True
    columns = set(constraint.columns)
    nullable = all(column.nullable for column in columns)
    for relation in inspect(type(row.obj)).relationships:
        if relation.viewonly:
            continue
        if relation.secondary is table:
            return True
        if (
            relation.direction is RelationshipDirection.ONETOMANY
            and {far for _, far in relation.local_remote_pairs or ()} == columns
            and (nullable or relation.cascade.delete)
        ):
            return True
    return False
