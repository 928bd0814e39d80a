"""Several transactions of history inside one of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from continuum.dialects import emitter_for

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


def begin_anew(manager: VersioningManager, connection: Connection) -> None:
    """Let what follows in the running database transaction be another transaction to history.

    For tests, whose commits are savepoints of a transaction that is rolled back in the end.  Call
    it outside of savepoints.

    One round trip for each transaction table, unless nothing has been written.
    """
    unit = manager.recording.running_unit(connection)
    if unit is None:
        return
    emitter = emitter_for(connection.dialect.name)
    if emitter is not None:
        for log in manager.recording.database(connection).logs.values():
            emitter.begin_anew(connection, log)
    unit.renew()
