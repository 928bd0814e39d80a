"""The id of the running transaction, whoever made its row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnClause
from sqlalchemy import Select
from sqlalchemy import Table
from sqlalchemy import column
from sqlalchemy import select
from sqlalchemy import table as lightweight_table
from sqlalchemy.engine import Connection
from sqlalchemy.orm import class_mapper

from continuum.dialects import emitter_for
from continuum.dialects.base import INTERNAL
from continuum.errors import TransactionInversion
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.payload import encoded
from continuum.schema.recorded import RecordedTable

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal
    from continuum.recording.scope import Scope


def transaction_id(
    manager: VersioningManager, connection: Connection, journal: Journal, *, create: bool
) -> int | None:
    """Return the id of the connection's running transaction.

    Where triggers record, the database is asked.  Elsewhere the row is made here, and its id kept
    with the root transaction and its savepoints.

    :param create: make the row if there is none yet; otherwise return ``None``.

    One query.
    """
    recording = manager.recording
    database = recording.database(connection)
    log = database.logs.get(journal)
    emitter = emitter_for(connection.dialect.name)
    if log is not None and emitter is not None:
        if create:
            recording.prepare(connection)
        elif emitter.capabilities.unit_required:
            unit = recording.running_unit(connection)
            if unit is None or log not in unit.announced:
                return None
        return emitter.transaction_id(connection, log, create=create)
    unit = recording.unit(connection)
    recording.resolve_doubt(connection, unit)
    number = unit.ids.get(journal)
    if number is None and create:
        number = unit.ids[journal] = _insert(manager, connection, journal)
    return number


def _insert(manager: VersioningManager, connection: Connection, journal: Journal) -> int:
    recording = manager.recording
    unit = recording.unit(connection)
    recording.collect(connection, unit)
    given = recording.payload_values(unit, journal)
    told = encoded(journal, given, connection.dialect)
    table, values = _row(journal, given)
    issued_at = table.c[journal.log.issued_at]
    result = connection.execute(
        table.insert().values({issued_at: datetime.now(UTC), **values}),
        execution_options={INTERNAL: True},
    )
    number: int = result.inserted_primary_key[0]  # type: ignore[index]
    unit.told[journal] = told
    return number


def complete(manager: VersioningManager, connection: Connection, journal: Journal) -> None:
    """Bring the row of the running transaction up to what its context says now.

    One statement if the context has changed since the row was written, none otherwise.
    """
    recording = manager.recording
    unit = recording.unit(connection)
    recording.resolve_doubt(connection, unit)
    number = unit.ids.get(journal)
    if number is None:
        return
    given = recording.payload_values(unit, journal)
    text = encoded(journal, given, connection.dialect)
    if journal in unit.told and unit.told[journal] == text:
        return
    table, values = _row(journal, given)
    if values:
        connection.execute(
            table.update().where(table.c[journal.log.id] == number).values(values),
            execution_options={INTERNAL: True},
        )
    unit.told[journal] = text


def _row(journal: Journal, given: Mapping[str, Any]) -> tuple[Table, dict[Any, Any]]:
    """Return the transaction table, and attribute values by column."""
    mapper = class_mapper(journal.transaction_cls)
    table = mapper.local_table
    assert isinstance(table, Table)
    return table, {mapper.get_property(name).columns[0]: value for name, value in given.items()}


def renumber(
    manager: VersioningManager,
    connection: Connection,
    journal: Journal,
    running: int,
    scope: Scope,
) -> int:
    """Give the running transaction a new number, higher than any other.

    Its row, its versions and what they ended follow.  Needed when a transaction with a higher
    number has changed one of the rows before.

    :returns: the new number.
    :raises TransactionInversion: that is not wanted (``on_inversion="error"``), or triggers record
        other tables of the same transaction, which know it by its number.

    A few statements for each recorded table.
    """
    recording = manager.recording
    if journal.log.on_inversion == "error" or journal in recording.database(connection).logs:
        raise TransactionInversion(
            f"transaction {running} changes a row that a transaction with a higher number has "
            "changed before it",
            table=str(journal.log.table),
            dialect=connection.dialect.name,
            hint='Run the transaction again, or use on_inversion="renumber".',
        )
    mapper = class_mapper(journal.transaction_cls)
    table = mapper.local_table
    assert isinstance(table, Table)
    number = table.c[journal.log.id]
    kept = [table.c[name] for name in journal.log.row_columns if name != journal.log.issued_at]
    row = connection.execute(
        select(*kept).where(number == running), execution_options={INTERNAL: True}
    ).one()
    made = connection.execute(
        table.insert().values(
            {
                table.c[journal.log.issued_at]: datetime.now(UTC),
                **dict(zip(kept, row, strict=True)),
            }
        ),
        execution_options={INTERNAL: True},
    )
    new: int = made.inserted_primary_key[0]  # type: ignore[index]
    connection.execute(table.delete().where(number == running), execution_options={INTERNAL: True})
    unit = recording.unit(connection)
    for live in unit.written:
        if scope.journals.get(live) is journal:
            _move(
                connection,
                scope.recorded[live],
                running,
                new,
                issued_at=select(table.c[journal.log.issued_at]).where(number == new),
                gaps=live in unit.gaps,
            )
    for side in journal.log.side_tables:
        for name in side.columns:
            side_column: ColumnClause[int] = column(name, BigInteger)
            connection.execute(
                lightweight_table(side.table.name, side_column, schema=side.table.schema)
                .update()
                .where(side_column == running)
                .values({side_column: new}),
                execution_options={INTERNAL: True},
            )
    unit.ids[journal] = new
    return new


def _move(
    connection: Connection,
    recorded: RecordedTable,
    old: int,
    new: int,
    *,
    issued_at: Select[Any],
    gaps: bool,
) -> None:
    """Let the versions of a transaction, and those that it ended, follow it to another number."""
    transaction, end = recorded.transaction_column, recorded.end_column
    keys = connection.execute(
        select(*recorded.version_key).where(transaction == old),
        execution_options={INTERNAL: True},
    ).all()
    connection.execute(
        recorded.version_table.update().where(transaction == old).values({transaction: new}),
        execution_options={INTERNAL: True},
    )
    if end is None:
        return
    values: dict[Any, Any] = {end: new}
    if recorded.end_timestamp_column is not None:
        values[recorded.end_timestamp_column] = issued_at.scalar_subquery()
    update = recorded.version_table.update().where(end == old).values(values)
    if gaps:
        # What a pause ended has no successor by which it could be found.
        connection.execute(update, execution_options={INTERNAL: True})
        return
    for some in chunks([tuple(key) for key in keys]):
        connection.execute(
            update.where(any_of(recorded.version_key, some, connection.dialect.name)),
            execution_options={INTERNAL: True},
        )
