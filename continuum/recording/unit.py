"""What Python knows about one running database transaction."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from continuum.recording.context import NOTHING_SAID
from continuum.recording.context import ContextFrame
from continuum.recording.context import ContextValues

if TYPE_CHECKING:
    from continuum.dialects.spec import LogSpec
    from continuum.mapping.journal import Journal
    from continuum.recording.capture import Capture
    from continuum.recording.native import DatabaseState


@dataclass(frozen=True)
class Savepoint:
    """What has to come back when the transaction returns to a savepoint."""

    name: str
    announced: tuple[LogSpec, ...]
    values: ContextValues
    published: dict[Journal, str | None]
    ids: dict[Journal, int]


@dataclass(eq=False, slots=True)
class Settled:
    """A transaction of which the database knows all, and how to find out that this is still so.

    Whatever happens to a unit beside that ends it: a statement that is looked at, a session that
    joins, a return to a savepoint by SQL text, a write that changes many rows or streams them.

    :param said: what the database was told, as the unit has it.
    :param database: what is known of the database; it may become outdated.
    :param options: execution options of the connection.
    :param frames: all context frames of the thread or task.
    :param in_transaction: asks the driver whether its connection is in a transaction.
    :param driver: the driver's connection.
    :param rows: a write that returns rows has to be looked at afterwards.
    """

    said: tuple[ContextValues, object]
    database: DatabaseState
    options: Mapping[str, Any]
    frames: tuple[ContextFrame, ...]
    in_transaction: Callable[[Any], bool | None]
    driver: Any
    rows: bool


@dataclass(eq=False)
class Unit:
    """One root transaction of one connection.

    Kept by the root transaction itself, so that it is gone with it; never by the connection, which
    outlives it in the pool, nor by a session, of which two can share a connection.

    :param announced: transaction tables for which the database has been told the token.
    :param frames: the context frames that ``values`` were made from.
    :param values: what the context of this transaction adds up to.
    :param published: context that the database was told, by journal.
    :param ids: transaction ids that the ORM recorder made, by journal.
    :param savepoints: open savepoints, the outermost first.
    :param sessions: sessions that take part in the transaction.
    :param pauses: depth of the savepoints at which pauses were entered, innermost last.
    :param paused: live tables that are not recorded at the moment.
    :param told: context that the rows made by the ORM recorder hold, by journal.
    :param jobs: statements that the ORM recorder has looked at and that are running, by identity.
    :param pending: what the ORM recorder has to settle at the end of a flush, by live table.
    :param written: live tables whose versions the ORM recorder has written, rolled back or not.
    :param gaps: those of them in which versions were ended without a successor.
    :param failure: why history has not been written, with the savepoints open then; such a
        transaction cannot be committed.
    :param batches: transaction tables that have been told of a batch which is running.
    :param many: the last statement changed many rows, so that the next one may do so, too.
    :param doubted: SQL text has returned to a savepoint, so that what the database was told, and
        the rows that were made, may be gone.
    :param streamed: a statement has written and returned rows through a cursor of the server, so
        that the driver may not know that the transaction is running.
    :param unlocked: the database has been told that append-only history may be changed now.
    :param writable: flushes may write version objects at the moment, append-only or not.
    :param said: the context of which the database knows all by now, and what is known of that
        database; asked before each statement.
    :param settled: what has to be as it was for the next statement to need nothing, see
        :class:`Settled`; ``None`` when it has to be looked at.
    :param settling: what ``settled`` becomes when the statement has been executed that is being
        looked at.
    :param ddl: the transaction has run DDL, so that a rollback undoes what was learnt meanwhile.
    """

    announced: tuple[LogSpec, ...] = ()
    frames: tuple[ContextFrame, ...] = ()
    values: ContextValues = NOTHING_SAID
    defaults: dict[Journal, dict[str, Any]] = field(default_factory=dict)
    published: dict[Journal, str | None] = field(default_factory=dict)
    ids: dict[Journal, int] = field(default_factory=dict)
    savepoints: list[Savepoint] = field(default_factory=list)
    sessions: weakref.WeakSet[Session] = field(default_factory=weakref.WeakSet)
    pauses: list[int] = field(default_factory=list)
    paused: frozenset[Table] = frozenset()
    told: dict[Journal, str | None] = field(default_factory=dict)
    jobs: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    pending: dict[Table, Capture] = field(default_factory=dict)
    written: set[Table] = field(default_factory=set)
    gaps: set[Table] = field(default_factory=set)
    failure: tuple[BaseException, tuple[str, ...]] | None = None
    unlocked: bool = False
    writable: bool = False
    ddl: bool = False
    doubted: bool = False
    streamed: bool = False
    batches: list[LogSpec] = field(default_factory=list)
    many: bool = False
    said: tuple[ContextValues, object] | None = None
    settled: Settled | None = None
    settling: Settled | None = None
    _token: str | None = None

    @property
    def token(self) -> str:
        """What names the transaction to the database, where that has to be said."""
        if self._token is None:
            # As many random bits as an UUID has, and no object for them.
            self._token = os.urandom(16).hex()
        return self._token

    def unsettle(self) -> None:
        """Have the next statement looked at."""
        self.settled = self.settling = None

    def enter_savepoint(self, name: str) -> None:
        """Remember the present state under the name of a savepoint."""
        self.savepoints.append(
            Savepoint(name, self.announced, self.values, dict(self.published), dict(self.ids))
        )

    def release_savepoint(self, name: str) -> None:
        """Forget a savepoint and those inside it."""
        del self.savepoints[self._position(name) :]

    def return_to_savepoint(self, name: str, *, database_follows: bool) -> None:
        """Take back what was said since a savepoint, and forget the savepoint.

        :param database_follows: what the database was told is rolled back with its data.
        """
        position = self._position(name)
        if position == len(self.savepoints):
            return
        saved = self.savepoints[position]
        del self.savepoints[position:]
        self.values = saved.values
        self.said = None
        self.frames = ()
        self.told.clear()
        self.jobs.clear()
        self.pending.clear()
        if self.failure is not None and name in self.failure[1]:
            self.failure = None
        self.ids = dict(saved.ids)
        if database_follows:
            self.announced = saved.announced
            self.published = dict(saved.published)

    def renew(self) -> None:
        """Start anew: the database transaction has ended behind SQLAlchemy's back."""
        self._token = None
        self.announced = ()
        self.said = None
        self.frames = ()
        self.values = NOTHING_SAID
        self.defaults.clear()
        self.published.clear()
        self.ids.clear()
        self.told.clear()
        self.jobs.clear()
        self.pending.clear()
        self.failure = None

    def _position(self, name: str) -> int:
        for position, saved in enumerate(self.savepoints):
            if saved.name == name:
                return position
        return len(self.savepoints)
