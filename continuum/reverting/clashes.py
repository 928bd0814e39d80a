"""Unique values that rows take from each other on their way back."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from itertools import chain
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Enum
from sqlalchemy import Integer
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy import Uuid
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from continuum.errors import RevertError
from continuum.operation import Operation
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.reverting.references import Places
from continuum.reverting.references import references
from continuum.reverting.rows import Row
from continuum.reverting.staging import write_columns
from continuum.reverting.values import mapped_columns

_TOKEN = 12
"""Length of a made-up text; in a shorter column it would not be sure to be new."""

_NULLS = "postgresql_nulls_not_distinct"
"""Argument of constraints and indexes that take NULL for a value; PostgreSQL 15 has it."""


@dataclass(frozen=True, eq=False)
class Unique:
    """Attributes of a class whose values no two rows may share.

    :param nulls: NULL is a value like any other here, as PostgreSQL can be told.
    """

    table: Table
    columns: tuple[Column[Any], ...]
    names: tuple[str, ...]
    nulls: bool = False


@dataclass(eq=False)
class Holder:
    """A live row that gives up a unique value.

    :param obj: its object.
    :param held: what it has now, and of which constraint.
    :param changed: attributes that the plan changes.
    :param early: whether what it gets can be written before the flush.
    """

    obj: Any
    held: list[tuple[Unique, Values]] = field(default_factory=list)
    changed: frozenset[str] = frozenset()
    early: bool = True


@dataclass(eq=False)
class Clashes:
    """What has to be done before a flush, so that every row finds its unique values free.

    :param deletes: objects that have to be deleted first.
    :param holders: rows whose values have to be changed first.
    """

    deletes: list[Any] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)

    def make_room(self, session: Session) -> None:
        """Write to the database what frees the values.

        The flush then writes every row as its object has it, in whatever order.
        """
        holders = [
            holder
            for holder in self.holders
            if holder.obj in session
            and holder.obj not in session.deleted
            and any(_changes(holder.obj, unique) for unique, _ in holder.held)
        ]
        for holder, values in _steps(holders):
            write_columns(session, holder.obj, values)
            for name in values:
                # The object has what the row is to have, but the flush writes only what it takes
                # for changed.
                if not inspect(holder.obj).attrs[name].history.has_changes():
                    getattr(holder.obj, name)
                    flag_modified(holder.obj, name)


def find(session: Session, rows: Iterable[Row]) -> Clashes:
    """Find out who has the unique values that rows are to get.

    :raises RevertError: a row that keeps the value has it; or two rows would have to swap values
        of a type that cannot be made up.

    Queries: one for each unique constraint of which a row gets other values.
    """
    rows = list(rows)
    clashes = Clashes()
    holders: dict[int, Holder] = {}
    created = Places(row for row in rows if row.operation is Operation.INSERT)
    by_object = {id(row.obj): row for row in rows if row.obj is not None}
    for unique, wanted in _wanted(session, rows):
        for obj, key, values in _holders(session, unique, wanted):
            row = None if obj is None else by_object.get(id(obj))
            taker = wanted.get(values) or next(iter(wanted.values()))
            if obj is None or (row is None and obj not in session.deleted):
                raise _taken(unique, taker, values, key)
            if obj in session.deleted or row is None or row.operation is Operation.DELETE:
                if all(each is not obj for each in clashes.deletes):
                    clashes.deletes.append(obj)
                continue
            if row is taker:
                continue
            changed = frozenset(item.name for item in row.targets)
            if changed.isdisjoint(unique.names):
                raise _taken(unique, taker, values, key)
            holder = holders.setdefault(id(obj), Holder(obj, changed=changed))
            holder.held.append((unique, values))
            holder.early = holder.early and not any(
                created.find(reference.place) for reference in references(row)
            )
    clashes.holders = list(holders.values())
    planned = {id(holder.obj): by_object[id(holder.obj)] for holder in clashes.holders}
    for _ in _steps(clashes.holders, planned):
        # That there is a way is what matters here; it is gone when the session is flushed.
        pass
    return clashes


def _wanted(session: Session, rows: list[Row]) -> Iterator[tuple[Unique, dict[Values, Row]]]:
    """Iterate over unique constraints and the values that rows are to get of them."""
    found: dict[tuple[Column[Any], ...], tuple[Unique, dict[Values, Row]]] = {}
    known: dict[Mapper[Any], list[Unique]] = {}
    for row in rows:
        if row.operation not in (Operation.INSERT, Operation.UPDATE):
            continue
        mapper = row.layout.model_mapper
        if mapper not in known:
            known[mapper] = list(_uniques(mapper, session.get_bind(mapper).dialect.name))
        changed = {item.name for item in row.targets}
        for unique in known[mapper]:
            values = tuple([row.value_of(name) for name in unique.names])
            if (None in values and not unique.nulls) or changed.isdisjoint(unique.names):
                continue
            found.setdefault(unique.columns, (unique, {}))[1][values] = row
    yield from found.values()


def _uniques(mapper: Mapper[Any], dialect: str) -> Iterator[Unique]:
    attributes = {column: name for name, column in mapped_columns(mapper)}
    for table in mapper.tables:
        if not isinstance(table, Table):
            continue
        groups = [
            (tuple(item.columns), item.dialect_kwargs.get(_NULLS))
            for item in table.constraints
            if isinstance(item, UniqueConstraint)
        ]
        for index in table.indexes:
            kwargs = dict(index.dialect_kwargs)
            nulls = kwargs.pop(_NULLS, None)
            partial = any(value is not None for value in kwargs.values())
            plain = all(isinstance(each, Column) for each in index.expressions)
            if index.unique and plain and not partial:
                groups.append((tuple(index.columns), nulls))
        for columns, nulls in groups:
            if all(column in attributes for column in columns):
                names = tuple([attributes[column] for column in columns])
                yield Unique(table, columns, names, bool(nulls) and dialect == "postgresql")


def _holders(
    session: Session, unique: Unique, wanted: dict[Values, Row]
) -> Iterator[tuple[Any, dict[str, Any], Values]]:
    """Iterate over the rows that have values of a unique constraint: object, key and values."""
    row = next(iter(wanted.values()))
    mapper = row.layout.model_mapper
    key = list(unique.table.primary_key.columns)
    # None is compared by IS NULL, one by one: a list of values never finds it.
    alike = [
        and_(*(column == value for column, value in zip(unique.columns, values, strict=True)))
        for values in wanted
        if None in values
    ]
    for criterion in chain(among(unique.columns, wanted), alike):
        statement = select(*key, *unique.columns).where(criterion)
        for found in session.execute(statement, bind_arguments={"mapper": mapper}):
            identity = dict(zip((column.name for column in key), found[: len(key)], strict=True))
            yield _object(session, mapper, key, found), identity, tuple(found[len(key) :])


def _object(session: Session, mapper: Mapper[Any], key: list[Column[Any]], found: Any) -> Any:
    names = {
        mapper.get_property_by_column(column).key: value
        for column, value in zip(key, found[: len(key)], strict=True)
    }
    ordered = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    if any(name not in names for name in ordered):
        return None
    identity = tuple([names[name] for name in ordered])
    return session.identity_map.get(mapper.identity_key_from_primary_key(identity))


def _steps(
    holders: Iterable[Holder], planned: dict[int, Row] | None = None
) -> Iterator[tuple[Holder, dict[str, Any]]]:
    """Iterate over what frees all values, in an order in which nobody is in the way.

    :param planned: what the rows will have, while the objects do not have it yet.
    :raises RevertError: a circle in which no value can be made up.
    """
    left = list(holders)
    taken = {(unique.columns, values) for holder in left for unique, values in holder.held}
    while left:
        for holder in left:
            own_ = {(unique.columns, values) for unique, values in holder.held}
            wants = {
                (unique.columns, _then(holder.obj, unique, planned)) for unique, _ in holder.held
            }
            if holder.early and wants.isdisjoint(taken - own_):
                yield (
                    holder,
                    {
                        name: value
                        for unique, _ in holder.held
                        for name, value in zip(
                            unique.names, _then(holder.obj, unique, planned), strict=True
                        )
                    },
                )
                break
        else:
            holder = next((each for each in left if _made_up(each) is not None), left[0])
            values = _made_up(holder)
            if values is None:
                unique = holder.held[0][0]
                raise RevertError(
                    f"rows of {unique.table.fullname} would have to swap the unique values of "
                    f"{', '.join(column.name for column in unique.columns)}, and none can be "
                    "parked meanwhile",
                    table=unique.table.fullname,
                    column=unique.columns[0].name,
                    hint="Give one of the rows another value and flush, then revert.",
                )
            yield holder, values
        left.remove(holder)
        taken -= {(unique.columns, values) for unique, values in holder.held}


def _then(obj: Any, unique: Unique, planned: dict[int, Row] | None) -> Values:
    if planned is not None:
        return tuple([planned[id(obj)].value_of(name) for name in unique.names])
    return tuple([getattr(obj, name) for name in unique.names])


def _changes(obj: Any, unique: Unique) -> bool:
    state = inspect(obj)
    return any(state.attrs[name].history.has_changes() for name in unique.names)


def _made_up(holder: Holder) -> dict[str, Any] | None:
    """Return values for a row that no other row has."""
    values: dict[str, Any] = {}
    for unique, _ in holder.held:
        parked = next(_parked(holder, unique), None)
        if parked is None:
            return None
        values |= parked
    return values


def _parked(holder: Holder, unique: Unique) -> Iterator[dict[str, Any]]:
    """Iterate over ways to take a row out of a constraint.

    Columns that change anyway come first.  Of the others only NULL is written, never to a key.
    """
    pairs = list(zip(unique.columns, unique.names, strict=True))
    changed = [pair for pair in pairs if pair[1] in holder.changed]
    for column, name in changed:
        if column.nullable and not unique.nulls:
            yield {name: None}
    for column, name in changed:
        value = None if column.foreign_keys else _new_value(column)
        if value is not None:
            yield {name: value}
    for column, name in pairs:
        if (
            column.nullable
            and not unique.nulls
            and column is not inspect(type(holder.obj)).polymorphic_on
        ):
            yield {name: None}


def _new_value(column: Column[Any]) -> Any:
    type_ = column.type
    if isinstance(type_, String) and not isinstance(type_, Enum):
        if type_.length is not None and type_.length < _TOKEN:
            return None
        return f"~{secrets.token_hex(_TOKEN)}"[: type_.length]
    if isinstance(type_, Uuid):
        made = uuid.uuid4()
        return made if type_.as_uuid else str(made)
    if isinstance(type_, Integer):
        return -1 - secrets.randbits(14 if isinstance(type_, SmallInteger) else 30)
    return None


def _taken(unique: Unique, taker: Row, values: Values, key: dict[str, Any]) -> RevertError:
    named = ", ".join(
        f"{column.name}={value!r}" for column, value in zip(unique.columns, values, strict=True)
    )
    holder = ", ".join(f"{name}={value!r}" for name, value in key.items())
    return RevertError(
        f"{taker} cannot have {named} again: the row with {holder} has it now, which the plan "
        "does not change",
        table=unique.table.fullname,
        column=unique.columns[0].name,
        hint="Change or delete that row first, or revert it too.",
    )
