"""The way through for those who have to change history that is append-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from contextlib import suppress
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.dialects import emitter_for
from continuum.dialects.spec import UNLOCKED
from continuum.errors import InvalidArgument
from continuum.reading.binding import connections
from continuum.recording.context import context

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


@contextmanager
def unlocking(
    manager: VersioningManager,
    connection: Connection,
    reason: str | None,
    *,
    actor: Any = None,
) -> Iterator[None]:
    """Let a block change history; see :func:`continuum.unlocked`.

    The database is told nothing where no history is append-only, or inside of another such block.

    :param reason: why; ``None`` for a part of recording, that needs no reason of its own.
    """
    emitter = emitter_for(connection.dialect.name)
    recording = manager.recording
    logs = [log for log in recording.database(connection).logs.values() if log.append_only]
    if emitter is None or not logs or recording.unit(connection).unlocked:
        with _writable(manager, connection):
            yield
        return
    said = None if reason is None else f"{UNLOCKED}{reason}"
    with context(connection, actor=actor, reason=said):
        emitter.ensure_transaction(connection)
        recording.prepare(connection)
        unit = recording.unit(connection)
        for log in logs:
            emitter.unlock(connection, log, allowed=True)
        unit.unlocked = True

        def lock() -> None:
            unit.unlocked = False
            if recording.running_unit(connection) is unit:
                for log in logs:
                    emitter.unlock(connection, log, allowed=False)

        try:
            with _writable(manager, connection):
                yield
        except BaseException:
            # The block's own error must arrive; a transaction that cannot go on takes the
            # permission with it.
            with suppress(SQLAlchemyError):
                lock()
            raise
        lock()


@contextmanager
def _writable(manager: VersioningManager, connection: Connection) -> Iterator[None]:
    """Let flushes write version objects, as far as the database has nothing against it.

    The permission is one of the transaction, which is begun if none is running.
    """
    unit = manager.recording.unit(connection)
    before, unit.writable = unit.writable, True
    try:
        yield
    finally:
        unit.writable = before


@contextmanager
def unlock(
    manager: VersioningManager,
    where: Session | scoped_session[Any] | Connection,
    *,
    reason: str,
    actor: Any = None,
) -> Iterator[None]:
    """Find the connection, and let the block change history."""
    said: Any = reason
    if not isinstance(said, str) or not said.strip():
        raise InvalidArgument(
            f"unlocked() was given {reason!r} as its reason",
            hint="Say why history is changed, for those who will ask.",
        )
    if isinstance(where, Connection):
        with unlocking(manager, where, reason, actor=actor):
            yield
        return
    if not isinstance(where, (Session, scoped_session)):
        raise InvalidArgument(
            f"unlocked() was given {where!r}", hint="Give a Session or a Connection."
        )
    where.flush()
    with ExitStack() as blocks:
        for connection in connections(where, manager):
            manager.recording.join(
                where() if isinstance(where, scoped_session) else where, connection
            )
            blocks.enter_context(unlocking(manager, connection, reason, actor=actor))
        yield
        where.flush()
