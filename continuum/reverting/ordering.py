"""What the unit of work does not know of the order in which rows have to be written."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from continuum.operation import Operation
from continuum.reverting.members import Members
from continuum.reverting.references import Places
from continuum.reverting.references import in_order
from continuum.reverting.references import is_related
from continuum.reverting.references import references
from continuum.reverting.references import references_now
from continuum.reverting.references import to_children
from continuum.reverting.references import to_parent
from continuum.reverting.rows import Row
from continuum.reverting.staging import Stage
from continuum.reverting.staging import write_columns

LateValues = dict[Row, dict[str, Any]]

_OWN_ROW_STAYS_REFERRED_TO = ("mysql", "mariadb")
"""Databases that do not delete a row that refers to itself."""


class Circles:
    """Rows that will refer to each other, or to themselves.

    The unit of work finds no order for them as soon as it sees the relationships.  So their foreign
    keys are written without these.

    :param rows: rows that stay, those that are referred to first as far as possible.
    """

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self._places = Places(rows)
        self._component = self._components()
        self._closed: dict[Row, set[tuple[str, ...]]] = {}
        self.ends: list[tuple[Row, Row, tuple[str, ...]]] = []
        for row in rows:
            for reference in references(row):
                target = self._places.find(reference.place)
                if target is not None and self._component[target] == self._component[row]:
                    self._closed.setdefault(row, set()).add(reference.names)
                    self.ends.append((row, target, reference.names))

    def holds(self, row: Row, names: Iterable[str]) -> bool:
        """Say whether a foreign key of a row is part of a circle."""
        return any(set(names) == set(each) for each in self._closed.get(row, ()))

    def late_values(self) -> LateValues:
        """Have new rows inserted without what is not there yet.

        :returns: the values to be written to the rows when all are there.
        """
        late: LateValues = {}
        position = {row: place for place, row in enumerate(self.rows)}
        for row, target, names in self.ends:
            if row.operation is not Operation.INSERT or target.operation is not Operation.INSERT:
                continue
            waiting = [item for item in row.targets if item.name in names]
            if position[target] > position[row] and all(item.live.nullable for item in waiting):
                for item in waiting:
                    late.setdefault(row, {})[item.name] = row.targets.pop(item)
        return late

    def _components(self) -> dict[Row, int]:
        """Number the rows so that those that can be reached from each other share a number."""
        targets = {
            row: [
                target
                for reference in references(row)
                if (target := self._places.find(reference.place)) is not None
            ]
            for row in self.rows
        }
        number: dict[Row, int] = {}
        lowest: dict[Row, int] = {}
        component: dict[Row, int] = {}
        open_: list[Row] = []
        for start in self.rows:
            if start in number:
                continue
            number[start] = lowest[start] = len(number)
            open_.append(start)
            stack = [(start, iter(targets[start]))]
            while stack:
                row, left = stack[-1]
                for target in left:
                    if target not in number:
                        number[target] = lowest[target] = len(number)
                        open_.append(target)
                        stack.append((target, iter(targets[target])))
                        break
                    if target not in component:
                        lowest[row] = min(lowest[row], number[target])
                else:
                    stack.pop()
                    if stack:
                        above = stack[-1][0]
                        lowest[above] = min(lowest[above], lowest[row])
                    if lowest[row] == number[row]:
                        while True:
                            closed = open_.pop()
                            component[closed] = number[row]
                            if closed is row:
                                break
        return component


def inserted_first(ordered: list[Row], created: Places, circles: Circles) -> Iterator[Row]:
    """Iterate over new rows that others need without a relationship that tells so."""
    needed: dict[Row, None] = {}
    for row in ordered:
        for reference in references(row):
            target = created.find(reference.place)
            if target is None or target is row:
                continue
            child, parent = inspect(type(row.obj)), inspect(type(target.obj))
            if circles.holds(row, reference.names) or not is_related(
                child, reference.names, parent
            ):
                needed[target] = None
    for row in reversed(ordered):
        if row in needed:
            # Those come first to which it refers itself.
            found = (created.find(reference.place) for reference in references(row))
            needed.update((target, None) for target in found if target is not None)
    return (row for row in ordered if row in needed)


class Deletions:
    """The order of rows that go.

    :param rows: all rows of the plan.
    :param members: changes collections.
    """

    def __init__(self, rows: list[Row], members: Members) -> None:
        self.members = members
        self.staying = [row for row in rows if row.operation is Operation.UPDATE]
        self.gone = [
            row
            for row in rows
            if row.operation is Operation.DELETE and row.obj is not None and row.pending is None
        ]
        self.places = Places(self.gone)

    def let_go(self) -> None:
        """Take rows that belong elsewhere then out of the collections of rows that go.

        The unit of work would delete them as well, or write NULL to their foreign keys.
        """
        for row in self.staying:
            changed = {item.name for item in row.targets}
            child = inspect(type(row.obj))
            for reference in references_now(row):
                target = self.places.find(reference.place)
                if target is None or changed.isdisjoint(reference.names):
                    continue
                parent = inspect(type(target.obj))
                for relation in to_children(parent, child, reference.names):
                    self.members.remove(relation, target.obj, [row.obj])

    def stage(self, stage: Callable[[], Stage], freeing: list[Any]) -> None:
        """Have rows deleted before others that the unit of work would not delete in time.

        :param stage: gives what waits for the flush.
        :param freeing: objects that have to go before anything else is written.
        """
        ordered = in_order(self.gone)
        position = {row: place for place, row in enumerate(ordered)}
        ids = {id(obj) for obj in freeing}
        early = {row for row in ordered if id(row.obj) in ids}
        referring: dict[Row, list[Row]] = {}
        for row in ordered:
            child = inspect(type(row.obj))
            for reference in references(row):
                target = self.places.find(reference.place)
                if target is None:
                    continue
                if position[target] >= position[row]:
                    self._open_circle(stage, row, target, reference.names)
                    continue
                referring.setdefault(target, []).append(row)
                if not is_related(child, reference.names, inspect(type(target.obj))):
                    early.add(row)
        for row in ordered:
            if row in early:
                early.update(referring.get(row, ()))
        if early or freeing:
            stage().deletes += [[row.obj] for row in reversed(ordered) if row in early]
            stage().deletes.append(list(freeing))

    def _open_circle(
        self, stage: Callable[[], Stage], row: Row, target: Row, names: tuple[str, ...]
    ) -> None:
        """Have two rows that go no longer refer to each other: there is no order for them."""
        child, parent = inspect(type(row.obj)), inspect(type(target.obj))
        for relation in to_parent(child, names):
            set_committed_value(row.obj, relation.key, None)
        for relation in to_children(parent, child, names):
            self.members.remove(relation, target.obj, [row.obj])

        def write(session: Session) -> None:
            dialect = session.get_bind(child).dialect.name
            nullable = all(
                column.nullable
                for name in names
                for column in child.column_attrs[name].columns
                if hasattr(column, "nullable")
            )
            if target is row and (dialect not in _OWN_ROW_STAYS_REFERRED_TO or not nullable):
                return
            if row.obj in session.deleted:
                write_columns(session, row.obj, dict.fromkeys(names))

        stage().before.append(write)
