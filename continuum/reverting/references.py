"""Foreign keys between rows that go back."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session

from continuum.operation import Operation
from continuum.reading.binding import bound_to
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.reverting.rows import Row
from continuum.reverting.values import attribute_of
from continuum.reverting.values import mapped_columns
from continuum.reverting.values import pairs_of

Place = tuple[Table, tuple[str, ...], Values]
"""What a foreign key points to: a table, columns of it, and their values."""


@dataclass(frozen=True)
class Reference:
    """A foreign key of a row, as it will be.

    :param names: the attributes that hold it.
    """

    row: Row
    names: tuple[str, ...]
    place: Place


def references(row: Row) -> Iterator[Reference]:
    """Iterate over what a row will refer to."""
    mapper = row.layout.model_mapper
    for constraint, names in foreign_keys(mapper):
        values = tuple([row.value_of(name) for name in names])
        if None not in values:
            yield Reference(row, names, _place(constraint, values))


def references_now(row: Row) -> Iterator[Reference]:
    """Iterate over what the live row of a row refers to, or did when the plan was made."""
    loaded = inspect(row.obj).dict
    for constraint, names in foreign_keys(row.layout.model_mapper):
        values = tuple([row.before.get(name, loaded.get(name)) for name in names])
        if None not in values:
            yield Reference(row, names, _place(constraint, values))


def is_related(child: Mapper[Any], names: tuple[str, ...], parent: Mapper[Any]) -> bool:
    """Say whether the unit of work knows by a relationship that a foreign key orders rows.

    :param names: attributes of the child that hold it.
    """
    return any(True for _ in to_parent(child, names)) or any(
        True for _ in to_children(parent, child, names)
    )


def to_parent(child: Mapper[Any], names: tuple[str, ...]) -> Iterator[RelationshipProperty[Any]]:
    """Iterate over the many-to-one relationships that a foreign key belongs to."""
    for relation in child.relationships:
        if relation.direction is RelationshipDirection.MANYTOONE and not relation.viewonly:
            local = {attribute_of(child, column) for column, _ in pairs_of(relation)}
            if local == set(names):
                yield relation


def to_children(
    parent: Mapper[Any], child: Mapper[Any], names: tuple[str, ...]
) -> Iterator[RelationshipProperty[Any]]:
    """Iterate over the one-to-many relationships that a foreign key belongs to."""
    for relation in parent.relationships:
        if (
            relation.direction is RelationshipDirection.ONETOMANY
            and not relation.viewonly
            and child.common_parent(relation.mapper)
        ):
            far = [column for _, column in pairs_of(relation)]
            if {attribute_of(relation.mapper, column) for column in far} == set(names):
                yield relation


def foreign_keys(mapper: Mapper[Any]) -> Iterator[tuple[ForeignKeyConstraint, tuple[str, ...]]]:
    """Iterate over the foreign keys of a class, each with its attributes.

    Those that join the tables of one class are left out.
    """
    attributes = {column: name for name, column in mapped_columns(mapper)}
    for table in mapper.tables:
        if not isinstance(table, Table):
            continue
        for constraint in sorted(
            table.foreign_key_constraints, key=lambda each: list(each.column_keys)
        ):
            if not all(column in attributes for column in constraint.columns):
                continue
            names = tuple([attributes[element.parent] for element in constraint.elements])
            above = [attributes.get(element.column) for element in constraint.elements]
            if list(names) != above:
                yield constraint, names


class Places:
    """Rows that can be pointed to.

    :param rows: rows of the plan.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)
        self._known: dict[tuple[Table, tuple[str, ...]], dict[Values, Row]] = {}

    def find(self, place: Place) -> Row | None:
        """Return the row at a place, if it is one of these."""
        table, columns, values = place
        if (table, columns) not in self._known:
            found: dict[Values, Row] = {}
            for row in self._rows:
                names = _names(row.layout.model_mapper, table, columns)
                if names is not None:
                    found[tuple([row.value_of(name) for name in names])] = row
            self._known[table, columns] = found
        return self._known[table, columns].get(values)


def missing(session: Session, rows: Iterable[Row]) -> list[Reference]:
    """Return the references of rows to what will not be there.

    Queries: as :func:`absent`.
    """
    rows = list(rows)
    found: dict[Place, list[Reference]] = {}
    for row in rows:
        if row.operation in (Operation.INSERT, Operation.UPDATE):
            changed = {item.name for item in row.targets}
            for reference in references(row):
                if not changed.isdisjoint(reference.names):
                    found.setdefault(reference.place, []).append(reference)
    lost = absent(session, rows, found)
    return [reference for place, group in found.items() if place in lost for reference in group]


def absent(session: Session, rows: Iterable[Row], places: Iterable[Place]) -> set[Place]:
    """Return the places at which no row will be.

    :param rows: rows of the plan.

    Queries: one for each table that is asked for, none for places of the plan.
    """
    rows = list(rows)
    staying = Places(row for row in rows if row.operation is not Operation.DELETE)
    going = Places(row for row in rows if row.operation is Operation.DELETE)
    lost: set[Place] = set()
    wanted: dict[tuple[Table, tuple[str, ...]], set[Values]] = {}
    for place in places:
        table, columns, values = place
        if None in values or staying.find(place) is not None:
            continue
        if going.find(place) is not None:
            lost.add(place)
        else:
            wanted.setdefault((table, columns), set()).add(values)
    for (table, columns), group in wanted.items():
        group -= _values(session.new, table, columns)
        going_soon = group & _values(session.deleted, table, columns)
        selected = [table.c[name] for name in columns]
        for criterion in among(selected, group):
            statement = select(*selected).where(criterion)
            for row in session.execute(statement, bind_arguments=bound_to(table)):
                group.discard(tuple(row))
        lost |= {(table, columns, values) for values in group | going_soon}
    return lost


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows so that each comes after those that it refers to, as far as that is possible."""
    rows = list(rows)
    places = Places(rows)
    ordered: dict[Row, None] = {}
    entered: set[Row] = set()

    def visit(row: Row) -> None:
        stack = [(row, references(row))]
        entered.add(row)
        while stack:
            current, left = stack[-1]
            for reference in left:
                target = places.find(reference.place)
                if target is not None and target not in entered:
                    entered.add(target)
                    stack.append((target, references(target)))
                    break
            else:
                ordered[current] = None
                stack.pop()

    for row in rows:
        if row not in entered:
            visit(row)
    return list(ordered)


def _place(constraint: ForeignKeyConstraint, values: Values) -> Place:
    columns = tuple([element.column.name for element in constraint.elements])
    table = constraint.elements[0].column.table
    assert isinstance(table, Table)
    return table, columns, values


def _names(mapper: Mapper[Any], table: Table, columns: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the attributes of a class for columns of a table, ``None`` when it has none."""
    attributes: dict[Column[Any], str] = {column: name for name, column in mapped_columns(mapper)}
    wanted = [next((c for c in table.columns if c.name == name), None) for name in columns]
    if any(column is None or column not in attributes for column in wanted):
        return None
    return tuple([attributes[column] for column in wanted if column is not None])


def _values(objects: Iterable[Any], table: Table, columns: tuple[str, ...]) -> set[Values]:
    """Return the values of columns of a table in objects that the session is about to write."""
    found = set()
    for obj in objects:
        names = _names(inspect(type(obj)), table, columns)
        if names is not None:
            loaded = inspect(obj).dict
            found.add(tuple([loaded.get(name) for name in names]))
    return found
