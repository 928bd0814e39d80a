"""Reading rows and versions as the database has them, and writing them back unchanged.

A value travels as the driver gives it, without the conversions of its SQLAlchemy type, which may
lose something.  On PostgreSQL, where drivers convert themselves, most values travel as text: the
database's own text of a value is exact, and can be cast back to any type.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from typing import NamedTuple

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Enum
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import Select
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import Unicode
from sqlalchemy import UnicodeText
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import literal_column
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy import type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType
from sqlalchemy.types import TypeEngine
from sqlalchemy.types import UserDefinedType

from continuum.dialects.base import INTERNAL
from continuum.dialects.spec import storage_type
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import Shape
from continuum.schema.recorded import RecordedTable

Key = tuple[Any, ...]

CHUNK = 500
"""Number of keys named by one statement."""

MANY = 50
"""So many versions of one transaction are worth a statement of their own."""

_PLAIN = frozenset({Integer, BigInteger, SmallInteger, String, Text, Unicode, UnicodeText})
"""Types whose values every driver takes and gives unchanged."""

_ROW_VALUES = frozenset({"sqlite", "postgresql", "oracle"})
"""Dialects that look ``(a, b) IN (...)`` up in an index; MariaDB reads, and locks, every row."""

_LOCKING_READS = frozenset({"mysql", "mariadb"})
"""Dialects whose plain reads show the past under REPEATABLE READ, their default."""


class Raw(UserDefinedType[Any]):
    """A value as the driver takes it."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return nothing that a database would know: the type is never rendered."""
        return "RAW"


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Iterate over pieces of a sequence."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def is_plain(type_: TypeEngine[Any]) -> bool:
    """Say whether the values of a type are the same with and without its conversions."""
    return type(type_) in _PLAIN


def any_of(
    columns: Sequence[ColumnElement[Any]], keys: Iterable[Key], dialect: str
) -> ColumnElement[bool]:
    """Return the criterion that columns have one of these values."""
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    if dialect in _ROW_VALUES:
        return tuple_(*columns).in_(list(keys))
    return or_(
        *(
            and_(*(column == value for column, value in zip(columns, key, strict=True)))
            for key in keys
        )
    )


def any_bound(columns: Sequence[ColumnElement[Any]], dialect: str) -> ColumnElement[bool] | None:
    """Return the same criterion for values bound as ``continuum_keys``.

    ``None`` where the dialect has no such form for several columns.
    """
    keys: Any = bindparam("continuum_keys", expanding=True)
    if len(columns) == 1:
        return columns[0].in_(keys)
    return tuple_(*columns).in_(keys) if dialect in _ROW_VALUES else None


def versions_named(
    key: Sequence[ColumnElement[Any]],
    transaction: ColumnElement[int],
    versions: Iterable[Key],
    dialect: str,
) -> Iterator[ColumnElement[bool]]:
    """Iterate over criteria, each for a statement of its own, that together name some versions.

    Many versions of one transaction are named by their keys alone, which is much shorter.

    :param versions: their keys, each with the transaction behind it.
    """
    by_transaction: dict[int, list[Key]] = {}
    for version in versions:
        by_transaction.setdefault(version[-1], []).append(version)
    scattered = []
    for number, same in by_transaction.items():
        if len(same) < MANY:
            scattered += same
            continue
        for some in chunks([version[:-1] for version in same]):
            yield and_(transaction == number, any_of(key, some, dialect))
    for some in chunks(scattered):
        yield any_of((*key, transaction), some, dialect)


class Row(NamedTuple):
    """A live row.

    :param raw: its key as the database has it, by which rows are told apart.
    :param key: its key in Python's types, by which it is looked up.
    :param newest: its newest version, where that was asked for.
    :param further: values that no version holds, but something in versions is computed from.
    """

    raw: Key
    key: Key
    image: Image
    newest: Newest | None = None
    further: Image = ()


class Images:
    """The reading side of one recorded table on one kind of database.

    :param recorded: the table.
    :param dialect: name of the dialect.
    """

    def __init__(self, recorded: RecordedTable, dialect: str) -> None:
        self.recorded = recorded
        self.dialect = dialect
        positions = {column.live: index for index, column in enumerate(recorded.columns)}
        key = tuple(positions[column] for column in recorded.key)
        self.shape = Shape(
            key=key,
            counting=tuple(
                index
                for index, column in enumerate(recorded.columns)
                if column.counts and index not in key
            ),
            width=len(recorded.columns),
            ends=recorded.end_column is not None,
            null_delete=recorded.options.null_delete,
        )
        self.further = _further(recorded)
        self.tests = {
            position: test
            for position, column in enumerate(recorded.columns)
            if column.counts
            and position not in key
            and (test := recorded.comparison_of(column.live)) is not None
        }
        # A key of plain columns needs no second reading for its Python values.
        self._converted = not all(is_plain(column.type) for column in recorded.key)
        self._looks: dict[tuple[bool, str | None], Select[Any]] = {}

    # Reading

    def by_keys(
        self,
        connection: Connection,
        keys: Sequence[Key],
        *,
        versions: bool = False,
        lock: str | None = None,
    ) -> Iterator[Row]:
        """Read the rows with these keys, those that exist.

        :param versions: read the newest version of each as well.
        :param lock: ``"update"`` or ``"key"`` (the key is going to change): keep the rows as they
            are until the transaction ends; on PostgreSQL not together with their versions, which
            would be those of before the lock.

        One query for every 500 keys; on MySQL and MariaDB three, if versions are wanted.
        """
        if self.dialect not in _LOCKING_READS:
            for found in self._find(connection, self._look(versions, lock), keys):
                yield self._row(found, versions=versions)
            return
        rows = [
            self._row(found) for found in self._find(connection, self._look(False, "key"), keys)
        ]
        if not versions:
            yield from rows
            return
        newest = self._newest_of(connection, keys, locking=False)
        sure = self._confirmed(connection, rows, newest)
        unsure = [row.key for row in rows if row.raw not in sure]
        newest.update(self._newest_of(connection, unsure, locking=True))
        for row in rows:
            yield Row(row.raw, row.key, row.image, newest.get(row.raw), row.further)

    def _newest_of(
        self, connection: Connection, keys: Sequence[Key], *, locking: bool
    ) -> dict[Key, Newest | None]:
        """Read the newest version of rows that are there, by raw key."""
        statement = self._look(True, "key" if locking else None)
        width = len(self.shape.key)
        return {
            tuple(found[:width]): self._version(found, width)
            for found in self._find(connection, statement, keys)
        }

    def _confirmed(
        self, connection: Connection, rows: Sequence[Row], newest: Mapping[Key, Newest | None]
    ) -> set[Key]:
        """Return the raw keys of rows whose versions are still the newest ones.

        The versions were read as the transaction's snapshot shows them, which locks nothing.  Only
        a row's newest version is ever open: one that is open still is the newest still.  To look
        at it takes a lock on it alone, while a search would lock the gaps beside it, where
        versions of other rows belong.
        """
        end = self.recorded.end_column
        if end is None:
            return set()
        guessed = {
            (*row.key, version.transaction): row.raw
            for row in rows
            if (version := newest.get(row.raw)) is not None and version.end is None
        }
        key, transaction = self.recorded.version_key, self.recorded.transaction_column
        look = (
            select(*key, transaction, end)
            # Not by the transaction: that would lock its versions of other rows, too.
            .with_hint(self.recorded.version_table, "FORCE INDEX (PRIMARY)", self.dialect)
            .with_for_update()
        )
        sure: set[Key] = set()
        for criterion in versions_named(key, transaction, guessed, self.dialect):
            found = connection.execute(look.where(criterion), execution_options={INTERNAL: True})
            sure.update(
                guessed[tuple(row[:-1])]
                for row in found.all()
                if row[-1] is None and tuple(row[:-1]) in guessed
            )
        return sure

    def _find(
        self, connection: Connection, statement: Select[Any], keys: Sequence[Key]
    ) -> Iterator[Any]:
        """Execute a statement of :meth:`_look` for rows with these keys."""
        for some in chunks(keys):
            if self._key_bind is None:
                named = statement.where(any_of(self.recorded.key, some, self.dialect))
                found = connection.execute(named, execution_options={INTERNAL: True})
            else:
                values = [key[0] for key in some] if len(self.recorded.key) == 1 else list(some)
                found = connection.execute(
                    statement, {"continuum_keys": values}, execution_options={INTERNAL: True}
                )
            yield from found.all()

    def matching(
        self,
        connection: Connection,
        criterion: ColumnElement[bool] | None,
        parameters: Mapping[str, Any],
        *,
        lock: str | None,
        extra: Sequence[ColumnElement[Any]] = (),
    ) -> list[tuple[Row, tuple[Any, ...]]]:
        """Read the rows that a criterion matches, each with the values of extra expressions.

        One query.
        """
        statement = self._locked(select(*self._columns, *extra), lock)
        if criterion is not None:
            statement = statement.where(criterion)
        width = len(self._columns)
        found = connection.execute(statement, dict(parameters), execution_options={INTERNAL: True})
        return [(self._row(row), tuple(row[width:])) for row in found.all()]

    def newest(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, Newest]:
        """Read the newest version of rows that are no more, by raw key.

        One query for every 500 keys.
        """
        version = self.recorded.version_table
        older = version.alias("older")
        locking = self.dialect in _LOCKING_READS
        latest = self._latest(older, self.recorded.version_key, locking=locking)
        statement = select(*self._version_columns(version)).where(
            self.recorded.transaction_column == latest
        )
        if locking:
            statement = statement.with_for_update()
        return dict(self._versions(connection, statement, self.recorded.version_key, keys))

    def previous(
        self, connection: Connection, keys: Sequence[Key], running: int
    ) -> dict[Key, Newest]:
        """Read the versions before those of the running transaction, by raw key.

        One query for every 500 keys.
        """
        mine = self.recorded.version_table.alias("mine")
        older = self.recorded.version_table.alias("older")
        version = self.recorded.version_table
        transaction = self.recorded.transaction_column
        mine_key = [mine.c[column.key] for column in self.recorded.version_key]
        # A version that the running transaction has ended is seen by a plain read, and no other
        # one counts; without ends the very newest is wanted.
        locking = self.dialect in _LOCKING_READS and self.recorded.end_column is None
        latest = self._latest(older, mine_key, below=mine.c[transaction.key], locking=locking)
        statement = (
            select(*self._version_columns(version))
            .select_from(
                mine.join(
                    version,
                    and_(
                        *(
                            column == other
                            for column, other in zip(
                                self.recorded.version_key, mine_key, strict=True
                            )
                        ),
                        transaction == latest,
                    ),
                )
            )
            .where(mine.c[transaction.key] == running)
        )
        if locking:
            statement = statement.with_for_update()
        return dict(self._versions(connection, statement, mine_key, keys))

    def recorded_in(self, connection: Connection, keys: Sequence[Key], running: int) -> set[Key]:
        """Return the raw keys, of these, under which a transaction has a version.

        One query for every 500 keys.
        """
        recorded = self.recorded
        statement = select(*(self._read(column) for column in recorded.version_key)).where(
            recorded.transaction_column == running
        )
        found: set[Key] = set()
        for some in chunks(keys):
            rows = connection.execute(
                statement.where(any_of(recorded.version_key, some, self.dialect)),
                execution_options={INTERNAL: True},
            )
            found.update(tuple(row) for row in rows.all())
        return found

    def _versions(
        self,
        connection: Connection,
        statement: Select[Any],
        columns: Sequence[ColumnElement[Any]],
        keys: Sequence[Key],
    ) -> Iterator[tuple[Key, Newest]]:
        for some in chunks(keys):
            found = connection.execute(
                statement.where(any_of(columns, some, self.dialect)),
                execution_options={INTERNAL: True},
            )
            for row in found.all():
                version = self._version(row, 0)
                assert version is not None
                yield self.shape.key_of(version.image), version

    @cached_property
    def _columns(self) -> list[ColumnElement[Any]]:
        columns: list[ColumnElement[Any]] = [
            self._read(column.live).label(f"c{index}")
            for index, column in enumerate(self.recorded.columns)
        ]
        if self._converted:
            columns += [column.label(f"k{index}") for index, column in enumerate(self.recorded.key)]
        columns += [
            self._read(column).label(f"f{index}") for index, column in enumerate(self.further)
        ]
        return columns

    def _version_columns(self, version: Any) -> list[ColumnElement[Any]]:
        recorded = self.recorded
        end = recorded.end_column
        return [
            version.c[recorded.transaction_column.key].label("vt"),
            literal_column("NULL").label("ve") if end is None else version.c[end.key].label("ve"),
            version.c[recorded.operation_column.key].label("vo"),
            *(
                self._read(version.c[column.version.key]).label(f"v{index}")
                for index, column in enumerate(recorded.columns)
            ),
        ]

    @cached_property
    def _key_bind(self) -> ColumnElement[bool] | None:
        return any_bound(self.recorded.key, self.dialect)

    def _look(self, versions: bool, lock: str | None) -> Select[Any]:
        statement = self._looks.get((versions, lock))
        if statement is None:
            if versions:
                statement = self._with_versions(locking=lock is not None)
            else:
                statement = self._locked(select(*self._columns), lock)
            if self._key_bind is not None:
                statement = statement.where(self._key_bind)
            self._looks[versions, lock] = statement
        return statement

    def _with_versions(self, *, locking: bool) -> Select[Any]:
        """Join the newest version: a probe of the primary key per row, never a scan of its past.

        Where reads lock, the rows themselves have been read before, and only their keys are wanted.

        :param locking: read what is there now, where plain reads show the past.
        """
        columns = self._columns
        if self.dialect in _LOCKING_READS:
            columns = [columns[position] for position in self.shape.key]
        else:
            locking = False
        recorded = self.recorded
        version = recorded.version_table.alias("newest")
        older = recorded.version_table.alias("older")
        live_key = self.joinable_key
        latest = self._latest(older, live_key, locking=locking)
        statement = select(*columns, *self._version_columns(version)).select_from(
            recorded.table.outerjoin(
                version,
                and_(
                    *(
                        version.c[column.key] == live
                        for column, live in zip(recorded.version_key, live_key, strict=True)
                    ),
                    version.c[recorded.transaction_column.key] == latest,
                ),
            )
        )
        return statement.with_for_update() if locking else statement

    def _latest(
        self,
        older: Any,
        key: Sequence[ColumnElement[Any]],
        *,
        below: ColumnElement[Any] | None = None,
        locking: bool,
    ) -> ColumnElement[Any]:
        transaction = older.c[self.recorded.transaction_column.key]
        statement = select(transaction).where(
            *(
                older.c[column.key] == value
                for column, value in zip(self.recorded.version_key, key, strict=True)
            )
        )
        if below is not None:
            statement = statement.where(transaction < below)
        statement = statement.order_by(transaction.desc()).limit(1)
        if locking:
            statement = statement.with_for_update()
        return statement.correlate_except(older).scalar_subquery()

    def _locked(self, statement: Select[Any], lock: str | None) -> Select[Any]:
        if lock is None or self.dialect == "sqlite":
            return statement
        if self.dialect == "postgresql":
            return statement.with_for_update(of=self.recorded.table, key_share=lock == "update")
        return statement.with_for_update()

    @cached_property
    def joinable_key(self) -> list[ColumnElement[Any]]:
        """The live key as it can be compared with that of versions."""
        return [self._joinable(column) for column in self.recorded.key]

    def _joinable(self, column: Column[Any]) -> ColumnElement[Any]:
        if self.dialect == "postgresql" and isinstance(storage_type(column.type), Enum):
            return cast(column, Text())
        return column

    def _read(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        if is_plain(column.type):
            return column
        if self.dialect == "postgresql":
            return cast(column, Text())
        raw = type_coerce(column, NullType())
        stored = storage_type(column.type)
        if self.dialect in ("mysql", "mariadb") and isinstance(stored, Float):
            # FLOAT is shown with six digits; multiplied it becomes a DOUBLE, which shows all.
            return raw.op("*")(literal_column("1e0"))
        return raw

    def _row(self, row: Any, *, versions: bool = False) -> Row:
        width = self.shape.width
        image = tuple(row[:width])
        raw = self.shape.key_of(image)
        at = width
        key = raw
        if self._converted:
            at += len(raw)
            key = tuple(row[width:at])
        further: Image = ()
        if self.further:
            at += len(self.further)
            further = tuple(row[at - len(self.further) : at])
        return Row(raw, key, image, self._version(row, at) if versions else None, further)

    def _version(self, row: Any, at: int) -> Newest | None:
        if row[at] is None:
            return None
        return Newest(tuple(row[at + 3 : at + 3 + self.shape.width]), *row[at : at + 3])


def _further(recorded: RecordedTable) -> tuple[Column[Any], ...]:
    """Return the columns that history does not hold, but computes something from."""
    expressions = [expression for _, expression in recorded.extra]
    if recorded.changes is not None:
        expressions.append(recorded.changes.entity)
    held = {column.live.name for column in recorded.columns}
    needed = {name for expression in expressions for _, name in expression.columns()}
    return tuple(
        column
        for column in recorded.table.columns
        if column.name in needed and column.name not in held
    )
