"""The id of the running transaction, whoever made its row."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.engine import Connection
from sqlalchemy.orm import class_mapper

from continuum.dialects import emitter_for
from continuum.dialects.base import INTERNAL

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal


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
            if unit is None or not unit.announced:
                return None
        return emitter.transaction_id(connection, log, create=create)
    unit = recording.unit(connection)
    number = unit.ids.get(journal)
    if number is None and create:
        number = unit.ids[journal] = _insert(manager, connection, journal)
    return number


def _insert(manager: VersioningManager, connection: Connection, journal: Journal) -> int:
    recording = manager.recording
    unit = recording.unit(connection)
    recording.collect(connection, unit)
    mapper = class_mapper(journal.transaction_cls)
    table = mapper.local_table
    assert isinstance(table, Table)
    values = {
        mapper.get_property(name).columns[0]: value
        for name, value in recording.payload_values(unit, journal).items()
    }
    issued_at = table.c[journal.log.issued_at]
    result = connection.execute(
        table.insert().values({issued_at: datetime.now(UTC), **values}),
        execution_options={INTERNAL: True},
    )
    number: int = result.inserted_primary_key[0]  # type: ignore[index]
    return number
