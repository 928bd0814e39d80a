"""Versions of objects that have not changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.errors import ImproperlyConfigured
from continuum.errors import NotInHistory
from continuum.errors import PauseError
from continuum.errors import TransactionInversion
from continuum.operation import Operation
from continuum.reading.layout import session_of
from continuum.recording.identity import transaction_id
from continuum.recording.kinds import note_kinds_of
from continuum.recording.unlocking import unlocking
from continuum.schema.ends import ended_by
from continuum.schema.kept import kept_values
from continuum.schema.kept import live_column
from continuum.schema.mask import all_changed
from continuum.schema.recorded import RecordedTable

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal

Key = tuple[Any, ...]


def force_version(manager: VersioningManager, obj: Any, values: dict[str, Any]) -> None:
    """Write a version of an object as it is; see :func:`continuum.add_version`."""
    recorded = manager.recorded(obj)
    recorded = recorded.root or recorded
    filled = _own_columns(recorded, values)
    session = session_of(obj, "add_version()")
    session.flush()
    mapper = inspect(type(obj))
    connection = session.connection(bind_arguments={"mapper": mapper})
    manager.recording.join(session, connection)
    unit = manager.recording.running_unit(connection)
    if unit is not None and recorded.table in unit.paused:
        raise PauseError(
            f"add_version() was called inside a paused() block that holds for "
            f"{recorded.table.fullname!r}",
            table=recorded.table.fullname,
            hint="Leave the block first, or do not pause this class.",
        )
    if inspect(obj).identity is None or obj in session.deleted or inspect(obj).deleted:
        raise NotInHistory(
            f"{obj!r} has no row any more, of which there could be a version",
            table=recorded.table.fullname,
            hint="Its deletion is in the history already.",
        )
    journal = manager.journal_of(obj)
    number = transaction_id(manager, connection, journal, create=True)
    assert number is not None
    # The key of any level of a hierarchy is mapped as that of its root.
    identity = dict(zip(mapper.primary_key, inspect(obj).identity, strict=True))
    key = tuple(identity[column] for column in recorded.key)
    forced = _Forced(connection, journal, recorded, key, number)
    # Guards of history that is append-only let a trigger end a version, but nobody else.
    with unlocking(manager, connection, None):
        forced.write()
    # Should the transaction get another number, this version has to follow.
    manager.recording.unit(connection).written.update(
        level.table for level in (recorded, *recorded.lower)
    )
    if filled:
        with unlocking(manager, connection, None):
            forced.fill(filled)


def _own_columns(recorded: RecordedTable, values: dict[str, Any]) -> dict[Any, Any]:
    """Return values by column.

    :raises ImproperlyConfigured: the version table has no such column of the user's own.
    """
    computed = {column for column, _ in recorded.extra}
    own = {column.key: column for column in recorded.extra_columns if column not in computed}
    for name in values:
        if name in {column.key for column in computed}:
            raise ImproperlyConfigured(
                f"column {name!r} of the history of {recorded.table.fullname!r} is computed from "
                "the row and cannot be filled",
                table=recorded.table.fullname,
                column=name,
                hint="Give the column without a function.",
            )
        if name not in own:
            raise ImproperlyConfigured(
                f"the history of {recorded.table.fullname!r} has no column {name!r} to be filled",
                table=recorded.table.fullname,
                column=name,
                hint=f"Declare it: __versioned__ = {{'extra_columns': [Column({name!r}, ...)]}}.",
            )
    return {own[name]: value for name, value in values.items()}


class _Forced:
    """The version of one row and one transaction."""

    def __init__(
        self,
        connection: Connection,
        journal: Journal,
        recorded: RecordedTable,
        key: Key,
        number: int,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._recorded = recorded
        self._key = key
        self._number = number

    def write(self) -> None:
        """Write the version, unless the transaction has written one already."""
        recorded = self._recorded
        begin, table = recorded.transaction_column, recorded.version_table
        newest = self._execute(
            select(begin, recorded.operation_column)
            .where(_has_key(table, recorded.version_key, self._key))
            .order_by(begin.desc())
            .limit(1)
        ).first()
        if newest is None:
            # A row older than its history: how it was found comes first.
            for level in (recorded, *recorded.lower):
                self._copy(level, 0, Operation.INSERT)
            before = 0
        elif newest[0] == self._number:
            return
        elif newest[0] > self._number:
            raise TransactionInversion(
                f"the history of {recorded.table.fullname!r} has transaction ids above that of the "
                "running transaction",
                table=recorded.table.fullname,
                hint="Roll back and do it again: the transaction then gets a later id.",
            )
        else:
            before = newest[0]
        # Flags that triggers fill compare with the version that has ended.
        self._end(before)
        self._copy(recorded, self._number, Operation.UPDATE)
        self._note_kind()

    def fill(self, values: dict[Any, Any]) -> None:
        """Set columns of the user's own."""
        table = self._recorded.version_table
        self._execute(table.update().where(self._at(self._number)).values(values))

    def _copy(self, level: RecordedTable, number: int, operation: Operation) -> None:
        """Write a version from the live row, where the key has none of this number yet."""
        live, version = level.table, level.version_table
        values: dict[Column[Any], Any] = dict(kept_values(level))
        values[level.transaction_column] = literal(number)
        values[level.operation_column] = literal(int(operation))
        if operation is Operation.INSERT:
            values |= all_changed(self._connection, level)
        known = version.alias("known")
        key = [known.c[column.key] for column in level.version_key]
        rows = (
            select(*(value.label(f"v{place}") for place, value in enumerate(values.values())))
            .where(
                _has_key(live, level.key, self._key),
                ~exists()
                .where(and_(*(one == two for one, two in zip(key, self._key, strict=True))))
                .select_from(known)
                if number == 0
                else literal(1) == 1,
            )
            .subquery("rows")
        )
        self._execute(version.insert().from_select(list(values), select(*rows.c)))

    def _end(self, before: int) -> None:
        recorded, journal = self._recorded, self._journal
        if recorded.end_column is None:
            return
        self._execute(
            recorded.version_table.update()
            .where(self._at(before), recorded.end_column.is_(None))
            .values(ended_by(recorded, journal.transaction_table, journal.log, self._number))
        )

    def _note_kind(self) -> None:
        recorded = self._recorded
        rows = select(recorded.table).where(_has_key(recorded.table, recorded.key, self._key))
        note_kinds_of(
            self._connection,
            recorded,
            rows,
            partial(live_column, recorded),
            self._number,
        )

    def _at(self, number: int) -> ColumnElement[bool]:
        recorded = self._recorded
        return and_(
            _has_key(recorded.version_table, recorded.version_key, self._key),
            recorded.transaction_column == number,
        )

    def _execute(self, statement: Any) -> Any:
        return self._connection.execute(statement, execution_options={INTERNAL: True})


def _has_key(table: Table, columns: Sequence[Column[Any]], key: Key) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(columns, key, strict=True)))
