"""Which attributes of a version class, and of its model, hold what."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import FromClause
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session
from sqlalchemy.orm.exc import DetachedInstanceError

from continuum.errors import NotAVersionClass
from continuum.mapping.levels import in_force
from continuum.schema.equality import Compare
from continuum.schema.equality import own_equality
from continuum.schema.recorded import RecordedTable

if TYPE_CHECKING:
    from continuum.mapping.journal import Journal

_CACHE = "_continuum_layout"


@dataclass(frozen=True)
class Item:
    """A recorded column as an attribute.

    :param name: the attribute, the same in model and version class.
    """

    name: str
    live: Column[Any]
    version: Column[Any]
    counts: bool

    @cached_property
    def compare(self) -> Compare | None:
        """The equality of the type, if it has one of its own."""
        return own_equality(self.version.type)


class Rows:
    """The rows of a history under names of their own, beside others in one statement.

    :ivar root: alias of the root's version table.
    """

    def __init__(self, levels: Sequence[RecordedTable], name: str) -> None:
        timeline = levels[0]
        self.root: FromClause = timeline.version_table.alias(name)
        self._aliases: dict[Any, FromClause] = {timeline.version_table: self.root}
        self._lower: list[tuple[FromClause, ColumnElement[bool]]] = []
        for number, level in enumerate(levels[1:], start=1):
            alias = level.version_table.alias(f"{name}_{number}")
            self._aliases[level.version_table] = alias
            at = in_force(timeline, level, root_rows=self.root, lower_rows=alias)
            self._lower.append((alias, at))

    def __getitem__(self, column: Column[Any]) -> ColumnElement[Any]:
        """Return a column of a version table as these rows have it."""
        return self._aliases[column.table].c[column.key]

    def joined_to(self, rows: FromClause, condition: ColumnElement[bool]) -> FromClause:
        """Return other rows joined with these.

        :param condition: which row of the root belongs to which of the others.
        """
        joined: FromClause = rows.join(self.root, condition)
        for alias, at in self._lower:
            joined = joined.outerjoin(alias, at)
        return joined


class Layout:
    """Attributes of a version class.

    :ivar levels: the tables that its objects span, the root first.
    :ivar recorded: the first of them, whose version table has a row for each version.
    """

    def __init__(self, version_cls: type[Any]) -> None:
        self.version_cls = version_cls
        self.levels: tuple[RecordedTable, ...] = version_cls.__continuum_levels__
        self.recorded = self.levels[0]
        self.journal: Journal = version_cls.__continuum_journal__
        self.mapper: Mapper[Any] = inspect(version_cls)
        self.model: type[Any] = self.journal.parents[version_cls]
        self.model_mapper: Mapper[Any] = inspect(self.model)
        options = self.recorded.options
        self.transaction_name = options.transaction_column_name
        self.end_name = options.end_transaction_column_name
        self.operation_name = options.operation_type_column_name
        self.transaction_column = self.recorded.transaction_column
        self.end_column = self.recorded.end_column
        self.operation_column = self.recorded.operation_column
        self.items = tuple(self._items())
        self.names = tuple(item.name for item in self.items)
        by_live = {item.live: item for item in self.items}
        order = self.recorded.key
        if set(self.model_mapper.primary_key) == set(order):
            order = tuple(self.model_mapper.primary_key)
        self.key = tuple(by_live[column] for column in order)
        self.key_names = tuple(item.name for item in self.key)
        self.live_key = tuple(item.live for item in self.key)
        primary_key = list(self.mapper.primary_key)
        self._key_positions = tuple(primary_key.index(item.version) for item in self.key)
        self._transaction_position = primary_key.index(self.transaction_column)

    def _items(self) -> Iterator[Item]:
        """Iterate over the recorded columns that are attributes, each attribute once."""
        names: dict[Column[Any], str] = {}
        first: dict[str, Any] = {}
        for prop in self.mapper.column_attrs:
            first[prop.key] = prop.columns[0]
            for column in prop.columns:
                if isinstance(column, Column):
                    names.setdefault(column, prop.key)
        for level in self.levels:
            for each in level.columns:
                name = names.get(each.version)
                # Where one attribute stands for columns of several levels, it reads the first.
                if name is not None and first[name] is each.version:
                    yield Item(name, each.live, each.version, each.counts)

    @cached_property
    def comparers(self) -> tuple[Compare | None, ...] | None:
        """The equality of the type of each of :attr:`names`, ``None`` when no type has one."""
        found = tuple(item.compare for item in self.items)
        return found if any(found) else None

    @cached_property
    def pick(self) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
        """From the values of a version, by attribute, to its row in the order of :attr:`names`.

        Raises ``KeyError`` when one of them is not loaded.
        """
        if len(self.names) == 1:
            (name,) = self.names
            return lambda values: (values[name],)
        return itemgetter(*self.names)

    @cached_property
    def value_names(self) -> tuple[str, ...]:
        """The attributes of columns that are no part of the key, in whichever table."""
        keys = {column for level in self.levels for column in level.key}
        return tuple(item.name for item in self.items if item.live not in keys)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The attributes without which a version cannot be compared."""
        return frozenset((*self.names, self.operation_name))

    @cached_property
    def root(self) -> type[Any]:
        """The version class that all versions of one entity are, whatever their subclass."""
        mapper = self.mapper
        # Without a discriminator no row tells that it belongs to a subclass.
        while (
            mapper.inherits is not None
            and not mapper.concrete
            and mapper.polymorphic_on is not None
        ):
            mapper = mapper.inherits
        return mapper.class_

    def rows(self, name: str) -> Rows:
        """Return the rows of the history under another name."""
        return Rows(self.levels, name)

    @property
    def selectable(self) -> FromClause:
        """The version table of the root, joined with those of the lower levels in force."""
        timeline = self.recorded
        found: FromClause = timeline.version_table
        for level in self.levels[1:]:
            found = found.outerjoin(level.version_table, in_force(timeline, level))
        return found

    @property
    def model_root(self) -> type[Any]:
        """The model that all states of one entity are, whatever their subclass."""
        return self.journal.parents[self.root]

    def key_of(self, version: Any) -> tuple[Any, ...]:
        """Return the key that a version has as a live object.  Never refreshes an object."""
        identity = inspect(version).identity
        if identity is None:
            return tuple(getattr(version, name) for name in self.key_names)
        return tuple(identity[position] for position in self._key_positions)

    def transaction_id_of(self, version: Any) -> int:
        """Return the id of the transaction that made a version.  Never refreshes an object."""
        identity = inspect(version).identity
        number: int = (
            getattr(version, self.transaction_name)
            if identity is None
            else identity[self._transaction_position]
        )
        return number

    def identity_of(self, version: Any) -> tuple[Any, ...]:
        """Return key and transaction id of a version.  Never refreshes an object."""
        return (*self.key_of(version), self.transaction_id_of(version))

    def has_key(self, key: Sequence[Any], columns: Any = None) -> ColumnElement[bool]:
        """Return the criterion for the versions of one entity.

        :param columns: columns to look at instead of the version table's own, such as an alias's.
        """
        chosen = (
            item.version if columns is None else columns[item.version.key] for item in self.key
        )
        return and_(*(column == value for column, value in zip(chosen, key, strict=True)))


def layout_of(version_cls: type[Any]) -> Layout:
    """Return the layout of a version class.

    :raises NotAVersionClass: it is none.
    """
    found = version_cls.__dict__.get(_CACHE)
    if found is None:
        if not hasattr(version_cls, "__continuum_levels__"):
            raise NotAVersionClass(
                f"{version_cls.__name__} is not a version class",
                hint="Give a version class, version_class(Article), or a version object, "
                "article.versions[0]; not the model or a live object.",
            )
        found = Layout(version_cls)
        setattr(version_cls, _CACHE, found)
    layout: Layout = found
    return layout


def live_key(obj: Any, columns: Sequence[Column[Any]]) -> tuple[Any, ...]:
    """Return the key of a live object, as it is or will be.  Never refreshes an object.

    :param columns: the columns of the key.
    """
    state: InstanceState[Any] = inspect(obj)
    mapper = state.mapper
    identity = dict(zip(mapper.primary_key, state.identity or (), strict=False))
    values = []
    for column in columns:
        name = mapper.get_property_by_column(column).key
        values.append(state.dict[name] if name in state.dict else identity.get(column))
    return tuple(values)


def stored_key(obj: Any, columns: Sequence[Column[Any]]) -> tuple[Any, ...]:
    """Return the key of a live object as :func:`live_key` does, once the database has given it.

    An object that is about to be inserted is flushed, where its session flushes by itself.

    :param columns: the columns of the key.
    """
    session = object_session(obj)
    if session is not None and session.autoflush and inspect(obj).pending:
        session.flush()
    return live_key(obj, columns)


def session_of(obj: Any, wanted: str) -> Session:
    """Return the session of an object.

    :param wanted: what needs it, for the error.
    :raises DetachedInstanceError: it has none.
    """
    session = object_session(obj)
    if session is None:
        raise DetachedInstanceError(
            f"{type(obj).__name__} object is not bound to a Session, which {wanted} needs; add it "
            "to one, or run the select() form in a Session of your own"
        )
    return session
