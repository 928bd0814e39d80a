"""Relationships between version classes: each seen from a point in history.

A relationship of a model appears on its version class under the same name, as an ordinary viewonly
relationship whose join condition is that of the model, over version tables, and in addition says
which version of the other row was in force.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import FromClause
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import foreign
from sqlalchemy.orm import relationship
from sqlalchemy.orm import remote
from sqlalchemy.sql import operators
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.selectable import Join
from sqlalchemy.sql.selectable import SelectBase

from continuum.errors import ImproperlyConfigured
from continuum.errors import NotInHistory
from continuum.mapping.collections import version_collection
from continuum.mapping.journal import Journal
from continuum.mapping.ranges import apart
from continuum.mapping.ranges import in_force_at
from continuum.mapping.ranges import seen_from
from continuum.schema.recorded import RecordedTable

_RELATED = "_continuum_related"

_KEPT_LAZY = frozenset({"raise", "raise_on_sql"})


class _Untellable(Exception):
    """History does not hold what a relationship needs; the text says why."""


class Untold:
    """Stands where a relationship would be that history cannot tell.

    :param name: the relationship.
    :param reason: why not.
    """

    def __init__(self, name: str, reason: str) -> None:
        self._name = name
        self._reason = reason

    def __get__(self, obj: Any, cls: type[Any]) -> Any:
        raise NotInHistory(
            f"relationship {self._name!r} cannot be shown by {cls.__name__}: {self._reason}"
        )


def relate(journal: Journal) -> None:
    """Give all version classes of a history the relationships of their models.

    Relationships that they have already stay as they are.
    """
    for mapper in sorted(journal.mappers, key=lambda item: len(list(item.iterate_to_root()))):
        version_cls = journal.versions.get(mapper.class_)
        if version_cls is None:
            continue
        excluded = {getattr(item, "key", item) for item in journal.mappers[mapper].options.exclude}
        done: set[str] = version_cls.__dict__.get(_RELATED, set())
        setattr(version_cls, _RELATED, done)
        for prop in mapper.relationships:
            if prop.parent is mapper and prop.key not in excluded | done:
                done.add(prop.key)
                _relate(journal, version_cls, prop)


def _relate(journal: Journal, version_cls: type[Any], prop: RelationshipProperty[Any]) -> None:
    mapper: Mapper[Any] = inspect(version_cls)
    if prop.key in mapper.attrs:
        raise ImproperlyConfigured(
            f"relationship {prop.key!r} of the model of {version_cls.__name__} has the name of a "
            "relationship or column that every version class gets",
            table=mapper.local_table.description,
            hint=f"Leave it out of history, with __versioned__ = {{'exclude': [{prop.key!r}]}}, or "
            "rename it.",
        )
    try:
        made = _Translation(journal, prop).relationship()
    except _Untellable as reason:
        setattr(version_cls, prop.key, Untold(prop.key, str(reason)))
    else:
        mapper.add_property(prop.key, made)


@dataclass(frozen=True)
class _End:
    """One end of a relationship.

    :param cls: the class at this end: the version class where there is one.
    :param tables: its live tables with what is recorded of them; empty for a live class.
    :param timeline: the recorded table whose versions say what was in force when.
    """

    cls: type[Any]
    tables: dict[Table, RecordedTable]
    timeline: RecordedTable | None

    @classmethod
    def of(cls, journal: Journal, mapper: Mapper[Any]) -> _End:
        """Return the end of a relationship that a mapper stands for."""
        version_cls = journal.versions.get(mapper.class_)
        if version_cls is None:
            return cls(mapper.class_, {}, None)
        recorded = journal.mappers[mapper]
        root = recorded if recorded.root is None else recorded.root
        tables = {
            table: journal.recorded[table]
            for each in mapper.iterate_to_root()
            for table in each.tables
            if table in journal.recorded
        }
        return cls(version_cls, {root.table: root, recorded.table: recorded, **tables}, root)


class _Translation:
    """A relationship of a model on its way to its version class."""

    def __init__(self, journal: Journal, prop: RelationshipProperty[Any]) -> None:
        self._journal = journal
        self._prop = prop
        if prop.entity.is_aliased_class:
            raise _Untellable("it leads to an alias of a class")
        self._local = _End.of(journal, prop.parent)
        self._target = _End.of(journal, prop.mapper)
        assert self._local.timeline is not None
        self._point = seen_from(self._local.timeline.transaction_column)

    def relationship(self) -> Any:
        """Return the relationship of the version class.

        :raises _Untellable: history does not hold what it needs.
        """
        prop = self._prop
        arguments = self._direct() if prop.secondary is None else self._through(prop.secondary)
        return relationship(
            self._target.cls,
            viewonly=True,
            uselist=prop.uselist,
            lazy=prop.lazy if prop.lazy in _KEPT_LAZY else "select",
            order_by=self._order(),
            collection_class=version_collection(prop),
            doc=prop.doc,
            info=dict(prop.info),
            **arguments,
        )

    def _direct(self) -> dict[str, Any]:
        columns = self._columns(self._local, self._target)

        def translated(column: Any) -> Any:
            found = columns(column)
            if "foreign" in column._annotations:
                found = foreign(found)
            return remote(found) if "remote" in column._annotations else found

        joined = _replaced(self._prop.primaryjoin, translated)
        if self._target.timeline is None:
            return {"primaryjoin": joined}
        held = in_force_at(
            self._target.timeline,
            self._point,
            columns=remote,
            key=self._key_by_local_columns(joined),
        )
        return {"primaryjoin": and_(joined, held)}

    def _key_by_local_columns(self, joined: ColumnElement[bool]) -> list[Any] | None:
        """Return what the target's key is equal to, where the join says so.

        Not within one table: a subquery over columns of this end would be taken for one about the
        other.
        """
        if self._local.tables.keys() & self._target.tables.keys():
            return None
        equal: dict[Any, Any] = {}
        for term in _terms(joined):
            if isinstance(term, BinaryExpression) and term.operator is operators.eq:
                for one, other in ((term.left, term.right), (term.right, term.left)):
                    if "remote" in one._annotations and _is_local(other):
                        equal[one._deannotate()] = other
        for recorded in self._target.tables.values():
            key = [equal.get(column) for column in recorded.version_key]
            if all(value is not None for value in key):
                return key
        return None

    def _through(self, secondary: FromClause) -> dict[str, Any]:
        link, links = self._translated_secondary(secondary)
        held = [
            in_force_at(recorded, self._point, columns=_same_column) for recorded in links.values()
        ]
        through = _End(object, links, None)

        def kept(columns: Callable[[Any], Any]) -> Callable[[Any], Any]:
            def translated(column: Any) -> Any:
                found = columns(column)
                return foreign(found) if "foreign" in column._annotations else found

            return translated

        if self._target.timeline is None:
            return {
                "secondary": link,
                "primaryjoin": and_(
                    _replaced(self._prop.primaryjoin, kept(self._columns(self._local, through))),
                    *held,
                ),
                "secondaryjoin": _replaced(
                    self._prop.secondaryjoin, kept(self._columns(self._target, through))
                ),
            }
        # Both the link and its target have to be in force, and a condition on the target does not
        # get along with eager loading anywhere but beside the link: so the target stands there a
        # second time, and the relationship leads from there to the very same version.
        timeline = self._target.timeline
        double, doubled = self._double(timeline)
        to_link = self._columns(through)
        to_target = self._columns(self._target)
        on = _replaced(
            self._prop.secondaryjoin,
            lambda column: (
                doubled(to_target(column))
                if column.table in self._target.tables
                else to_link(column)
            ),
        )
        held.append(in_force_at(timeline, self._point, columns=doubled))
        same = [
            column == foreign(doubled(column))
            for column in (*timeline.version_key, timeline.transaction_column)
        ]
        return {
            "secondary": link.join(double, on),
            "primaryjoin": and_(
                _replaced(self._prop.primaryjoin, kept(self._columns(self._local, through))),
                *held,
            ),
            "secondaryjoin": and_(*same),
        }

    def _double(self, timeline: RecordedTable) -> tuple[FromClause, Callable[[Any], Any]]:
        """Return the target as it stands beside the link, and what gives its columns."""
        name = f"{timeline.version_table.name}_in_time"[:60]
        needed = {
            column.table
            for column in visitors.iterate(self._prop.secondaryjoin)
            if isinstance(column, Column) and column.table in self._target.tables
        }
        if needed <= {timeline.table}:
            double = apart(timeline.version_table, name)
            return double, lambda column: double.c[column.key]
        lower = {
            mine: above
            for recorded in self._target.tables.values()
            for mine, above in zip(recorded.version_key, timeline.version_key, strict=True)
        }
        used = {
            self._target.tables[column.table].version_table.c.get(column.key)
            for column in visitors.iterate(self._prop.secondaryjoin)
            if isinstance(column, Column) and column.table in self._target.tables
        }
        if used <= {*lower, *timeline.version_table.columns}:
            # The keys of all levels are equal: the root alone will do.
            double = apart(timeline.version_table, name)
            return double, lambda column: double.c[lower.get(column, column).key]
        selectable = inspect(self._target.cls).persist_selectable
        inner = select(
            *(column.label(f"c{number}") for number, column in enumerate(selectable.c))
        ).select_from(selectable)
        whole = inner.subquery(name)
        names = {column: f"c{number}" for number, column in enumerate(selectable.c)}
        return whole, lambda column: whole.c[names[column]]

    def _translated_secondary(
        self, secondary: FromClause
    ) -> tuple[FromClause, dict[Table, RecordedTable]]:
        """Return the association table's history where there is one, and what is recorded of it."""
        if isinstance(secondary, Table):
            recorded = self._journal.recorded.get(secondary)
            if recorded is None:
                return secondary, {}
            return recorded.version_table, {secondary: recorded}
        if isinstance(secondary, Join) and not secondary.isouter and not secondary.full:
            left, on_left = self._translated_secondary(secondary.left)
            right, on_right = self._translated_secondary(secondary.right)
            recorded_tables = on_left | on_right
            columns = self._columns(_End(object, recorded_tables, None))
            onclause = _replaced(secondary.onclause, columns)
            return left.join(right, onclause), recorded_tables
        raise _Untellable(f"it goes through a {type(secondary).__name__}")

    def _columns(self, *ends: _End) -> Callable[[Any], Any]:
        """Return a function from live columns to version columns.

        Columns of live classes stay what they are.
        """
        tables = {table: recorded for end in ends for table, recorded in end.tables.items()}
        known: dict[Any, Any] = {
            item.live: item.version for recorded in tables.values() for item in recorded.columns
        }

        def version_of(column: Any) -> Any:
            if column in known:
                return known[column]
            if column.table in tables:
                raise _Untellable(
                    f"history does not hold column {column.name!r} of {column.table.fullname!r}"
                )
            return column

        return version_of

    def _order(self) -> Any:
        """Return the order of the targets; terms over what history does not hold are left out."""
        if not self._prop.order_by:
            return False
        ends = [self._target]
        if isinstance(self._prop.secondary, FromClause):
            _, links = self._translated_secondary(self._prop.secondary)
            ends.append(_End(object, links, None))
        columns = self._columns(*ends)
        terms = []
        for term in self._prop.order_by:
            try:
                terms.append(_replaced(term, columns))
            except _Untellable:
                continue
        return terms or False


def _same_column(column: Any) -> Any:
    return column


def _is_local(element: Any) -> bool:
    return not any(
        "remote" in part._annotations or isinstance(part, SelectBase)
        for part in visitors.iterate(element)
    )


def _terms(condition: Any) -> Iterator[Any]:
    """Iterate over the terms of a conjunction."""
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        clauses: Sequence[Any] = condition.clauses
        for clause in clauses:
            yield from _terms(clause)
    else:
        yield condition


def _replaced(expression: Any, columns: Callable[[Any], Any]) -> Any:
    """Return an expression with other columns.

    :raises _Untellable: it has a subquery, whose rows would be those of today.
    """
    for element in visitors.iterate(expression):
        if isinstance(element, SelectBase):
            raise _Untellable("there is a subquery in its join condition")

    def replace(element: Any, **_: Any) -> Any:
        return columns(element) if isinstance(element, Column) else None

    return visitors.replacement_traverse(expression, {}, replace)
