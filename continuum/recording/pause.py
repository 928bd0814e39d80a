"""Changes without history, for one block of one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Table
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.dialects import emitter_for
from continuum.dialects.base import is_autocommit
from continuum.dialects.spec import TableName
from continuum.errors import InvalidArgument
from continuum.errors import PauseError
from continuum.reading.binding import connections

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.recording.unit import Unit


@contextmanager
def pause(manager: VersioningManager, session: Session, models: tuple[Any, ...]) -> Iterator[None]:
    """Record nothing inside the block; see :func:`continuum.paused`."""
    roots = [manager.levels(model)[0] for model in models]
    tables = [level.table for root in roots for level in (root, *root.lower)]
    if not isinstance(session, (Session, scoped_session)):
        raise InvalidArgument(
            f"paused() was given {session!r} as its session",
            hint="Give a Session first, and then classes, if only those are meant.",
        )
    session.flush()
    with ExitStack() as pauses:
        for connection in connections(session, manager, models):
            pauses.enter_context(_pausing(manager, session, connection, tables))
        yield


@contextmanager
def _pausing(
    manager: VersioningManager, session: Session, connection: Connection, tables: list[Table]
) -> Iterator[None]:
    """Record nothing on one connection of the session."""
    if is_autocommit(connection):
        raise PauseError(
            "a pause has no transaction to hold for: the connection is in AUTOCOMMIT mode",
            hint="Use paused() inside a transaction.",
        )
    manager.recording.join(session, connection)
    emitter = emitter_for(connection.dialect.name)
    if emitter is not None:
        # Before its first statement a transaction looks like one that has ended.
        emitter.ensure_transaction(connection)
    manager.recording.prepare(connection)
    unit = manager.recording.unit(connection)
    before = unit.paused
    depth = len(unit.savepoints)
    added = frozenset(tables) if tables else frozenset(manager.recorded_tables())
    _set(manager, connection, unit, before | added, entering=True)
    unit.pauses.append(depth)
    try:
        yield
        session.flush()
    except BaseException:
        if _still_runs(manager, connection, unit) and not connection.invalidated:
            try:
                _leave(manager, connection, unit, before)
            except SQLAlchemyError:
                # The block's own error must arrive.  A transaction that takes no more commands
                # takes a rollback only, which takes back the pause as well.
                unit.paused = before
        raise
    if not _still_runs(manager, connection, unit):
        raise PauseError(
            "the transaction of a paused() block ended inside the block",
            hint="Commit or roll back after the block: a pause holds for one transaction only.",
        )
    if len(unit.savepoints) != depth:
        raise PauseError(
            "a paused() block is left inside another savepoint than it was entered in",
            hint="End savepoints that were begun in the block before leaving it.",
        )
    _leave(manager, connection, unit, before)


def _leave(
    manager: VersioningManager, connection: Connection, unit: Unit, before: frozenset[Table]
) -> None:
    unit.pauses.pop()
    _set(manager, connection, unit, before, entering=False)


def _still_runs(manager: VersioningManager, connection: Connection, unit: Unit) -> bool:
    return (
        not connection.closed
        and connection.in_transaction()
        and manager.recording.running_unit(connection) is unit
    )


def _set(
    manager: VersioningManager,
    connection: Connection,
    unit: Unit,
    tables: frozenset[Table],
    *,
    entering: bool,
) -> None:
    unit.paused = tables
    emitter = emitter_for(connection.dialect.name)
    if emitter is None:
        return
    for journal, log in manager.recording.database(connection).logs.items():
        names = [
            TableName(table.name, manager.recording.real_schema(connection, table.schema))
            for table in sorted(tables, key=lambda item: item.fullname)
            if table in journal.recorded
        ]
        if not entering:
            emitter.resume(connection, log, names)
        elif names:
            emitter.pause(connection, log, names)
