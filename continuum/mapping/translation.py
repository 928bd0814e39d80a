"""From the join condition of a model's relationship to that of its version class."""

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

from continuum.mapping.collections import version_collection
from continuum.mapping.comparing import VersionComparator
from continuum.mapping.journal import Journal
from continuum.mapping.levels import is_concrete_union
from continuum.mapping.ranges import apart
from continuum.mapping.ranges import in_force_at
from continuum.mapping.ranges import seen_from
from continuum.schema.recorded import RecordedTable

_KEPT_LAZY = frozenset({"raise", "raise_on_sql"})


class Untellable(Exception):
    """History does not hold what a relationship needs; the text says why."""


@dataclass(frozen=True)
class _End:
    """One end of a relationship.

    :param cls: the class at this end: the version class where there is one.
    :param levels: what is recorded of its tables, the root first; empty for a live class.
    :param plain: its live tables of which nothing is recorded.
    """

    cls: type[Any]
    levels: tuple[RecordedTable, ...]
    plain: frozenset[Any] = frozenset()

    @classmethod
    def of(cls, journal: Journal, mapper: Mapper[Any]) -> _End:
        """Return the end of a relationship that a mapper stands for."""
        version_cls = journal.versions.get(mapper.class_)
        if version_cls is None:
            return cls(mapper.class_, (), frozenset({mapper.persist_selectable, *mapper.tables}))
        return cls(version_cls, journal.levels[mapper])

    @property
    def timeline(self) -> RecordedTable | None:
        """The recorded table whose versions say what was in force when."""
        return self.levels[0] if self.levels else None

    @property
    def tables(self) -> dict[Table, RecordedTable]:
        """What is recorded, by live table."""
        return {level.table: level for level in self.levels}


class Translation:
    """A relationship of a model on its way to its version class."""

    def __init__(
        self, journal: Journal, mapper: Mapper[Any], prop: RelationshipProperty[Any]
    ) -> None:
        self._journal = journal
        self._prop = prop
        if prop.entity.is_aliased_class:
            raise Untellable("it leads to an alias of a class")
        self._local = _End.of(journal, mapper)
        self._target = _End.of(journal, prop.mapper)
        if is_concrete_union(prop.mapper):
            union = journal.unions.get(prop.mapper.class_)
            if union is None or union.rows.end_column is None or prop.secondary is not None:
                raise Untellable(
                    "it leads to several concrete classes, each of which has a history of its own"
                )
            self._target = _End(union.version_cls, (union.rows,))
        self._point = seen_from(self._local.levels[0].transaction_column)

    def relationship(self) -> Any:
        """Return the relationship of the version class.

        :raises Untellable: history does not hold what it needs.
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
            comparator_factory=self._comparator(),
            doc=prop.doc,
            info=dict(prop.info),
            **arguments,
        )

    def _comparator(self) -> Any:
        own = self._prop.comparator_factory
        if own is not RelationshipProperty.Comparator or not self._target.levels:
            return own
        return VersionComparator

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
        for recorded in self._target.levels:
            key = [equal.get(column) for column in recorded.version_key]
            if all(value is not None for value in key):
                return key
        return None

    def _through(self, secondary: FromClause) -> dict[str, Any]:
        link, links = self._translated_secondary(secondary)
        held = [
            in_force_at(recorded, self._point, columns=same_column) for recorded in links.values()
        ]
        through = _End(object, tuple(links.values()), _plain(link))

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
        to_version = self._columns(self._target)
        used = {
            to_version(column)
            for column in visitors.iterate(self._prop.secondaryjoin)
            if isinstance(column, Column) and column.table in self._target.tables
        }
        # The keys of all levels are equal: where nothing else is asked for, the root will do.
        in_root = {column: column for column in timeline.version_table.columns} | {
            mine: above
            for recorded in self._target.levels
            for mine, above in zip(recorded.version_key, timeline.version_key, strict=True)
        }
        if used <= in_root.keys():
            double = apart(timeline, name)
            return double, lambda column: double.c[in_root[column].key]
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
            plain = _plain(left) | _plain(right)
            columns = self._columns(_End(object, tuple(recorded_tables.values()), plain))
            onclause = _replaced(secondary.onclause, columns)
            return left.join(right, onclause), recorded_tables
        raise Untellable(f"it goes through a {type(secondary).__name__}")

    def _columns(self, *ends: _End) -> Callable[[Any], Any]:
        """Return a function from live columns to version columns.

        Columns of live classes stay what they are.

        :raises Untellable: from that function, for a column that it does not know.
        """
        tables = {table: recorded for end in ends for table, recorded in end.tables.items()}
        plain = {table for end in ends for table in end.plain}
        known: dict[Any, Any] = {
            item.live: item.version for recorded in tables.values() for item in recorded.columns
        }

        def version_of(column: Any) -> Any:
            if column in known:
                return known[column]
            if column.table in tables:
                raise Untellable(
                    f"history does not hold column {column.name!r} of {column.table.fullname!r}"
                )
            if column.table not in plain:
                raise Untellable(f"its condition names column {column}, which is not of its ends")
            return column

        return version_of

    def _order(self) -> Any:
        """Return the order of the targets; terms over what history does not hold are left out."""
        if not self._prop.order_by:
            return False
        ends = [self._target]
        if isinstance(self._prop.secondary, FromClause):
            link, links = self._translated_secondary(self._prop.secondary)
            ends.append(_End(object, tuple(links.values()), _plain(link)))
        columns = self._columns(*ends)
        terms = []
        for term in self._prop.order_by:
            try:
                terms.append(_replaced(term, columns))
            except Untellable:
                continue
        return terms or False


def same_column(column: Any) -> Any:
    """Return the column itself, where it is to stand for itself."""
    return column


def _plain(selectable: FromClause) -> frozenset[Any]:
    """Return the live tables of an association that is not recorded."""
    return frozenset(
        each
        for each in visitors.iterate(selectable)
        if isinstance(each, Table) and "continuum_version_of" not in each.info
    )


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

    :raises Untellable: it has a subquery, whose rows would be those of today.
    """
    for element in visitors.iterate(expression):
        if isinstance(element, SelectBase):
            raise Untellable("there is a subquery in its join condition")

    def replace(element: Any, **_: Any) -> Any:
        return columns(element) if isinstance(element, Column) else None

    return visitors.replacement_traverse(expression, {}, replace)
