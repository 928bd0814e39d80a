"""The ORM recorder: history without triggers.

It looks at statements, not at objects: whatever a flush, a bulk method or a Core statement is
going to change passes through a Connection.  Before a statement the rows that it can reach are
read, after it they are read again, and the difference is folded into the versions.  Values are
therefore those that the database stored.  In a flush the second half waits until its end, so that
it needs a few statements for each table, not for each object.

Nothing about versions is remembered in Python: they are read from the version table each time, so
that savepoints, several sessions and connections from elsewhere need no care.
"""

from __future__ import annotations

import re
import warnings
import weakref
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Delete
from sqlalchemy import Insert
from sqlalchemy import Table
from sqlalchemy import Update
from sqlalchemy.engine import Connection
from sqlalchemy.engine import CursorResult
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool
from sqlalchemy.sql.dml import UpdateBase

from continuum.dialects import emitter_for
from continuum.dialects.base import INTERNAL
from continuum.dialects.base import is_autocommit
from continuum.errors import ConcurrentChange
from continuum.errors import HistoryNotWritten
from continuum.errors import UnrecordedStatementWarning
from continuum.errors import UnsupportedStatement
from continuum.recording import dml
from continuum.recording import hooks
from continuum.recording import inserts
from continuum.recording.anticipation import keys_of_changing
from continuum.recording.capture import Capture
from continuum.recording.images import Key
from continuum.recording.look import Job
from continuum.recording.look import Look
from continuum.recording.look import refuse_foreign
from continuum.recording.scope import Scope
from continuum.recording.settle import settle
from continuum.recording.statements import Kind
from continuum.recording.statements import kind_of

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.recording.unit import Unit
    from continuum.recording.unit_of_work import UnitOfWork

Listener = tuple[Any, str, Callable[..., Any], dict[str, Any]]

CLAIM = "continuum_manager"
"""Key in ``MetaData.info`` of versioned tables, whichever manager versions them."""

_MISSING = re.compile(
    r"no such (?:table|column)|has no column|doesn't exist|unknown column|does not exist",
    re.IGNORECASE,
)
"""What databases say when the history table is not as it should be."""


@dataclass(eq=False)
class _Flush:
    """A flush that is running.

    :param connections: connections on which it has changed something recorded.
    :param anticipated: tables whose changing objects have been looked at.
    """

    connections: list[Connection] = field(default_factory=list)
    anticipated: set[Table] = field(default_factory=set)


class ORMRecorder:
    """Writes the same history as the triggers, for what goes through SQLAlchemy.

    :param manager: knows what is versioned.
    """

    def __init__(self, manager: VersioningManager) -> None:
        self.manager = manager
        self.reset()

    def reset(self) -> None:
        """Forget the tables of before."""
        self._scopes: dict[str, tuple[tuple[int, ...], Scope]] = {}
        self._flushes: weakref.WeakKeyDictionary[Session, _Flush] = weakref.WeakKeyDictionary()
        self._warned: weakref.WeakKeyDictionary[Pool, set[Table]] = weakref.WeakKeyDictionary()

    def listeners(self, session: Any) -> Iterator[Listener]:
        """Iterate over (target, event name, function, options) to listen to.

        :param session: Session class or factory that the manager works for.
        """
        yield Engine, "engine_connect", self.engine_connect, {}
        yield Engine, "commit", self.commit, {}
        yield Engine, "prepare_twophase", self.prepare_twophase, {}
        yield Engine, "commit_twophase", self.commit_twophase, {}
        yield session, "before_flush", self.before_flush, {}
        yield session, "after_flush", self.after_flush, {}

    def statement_listeners(self) -> Iterator[Listener]:
        """Iterate over what listens to each statement, as soon as there is a table to record.

        A listener to cursors cannot be among them: the first of all statements may have the classes
        configured while it is with its listeners.
        """
        yield Engine, "before_execute", self.before_execute, {"retval": True}
        yield Engine, "after_execute", self.after_execute, {}

    def engine_connect(self, connection: Connection) -> None:
        """Listen to statements from the first connection to a database without triggers on."""
        if emitter_for(connection.dialect.name) is None:
            self.manager.listen_to_statements()

    # Statements

    def before_execute(
        self,
        connection: Connection,
        statement: Any,
        multiparams: Any,
        params: Any,
        execution_options: Mapping[str, Any],
    ) -> tuple[Any, Any, Any]:
        """Look at the rows that a statement is going to change."""
        if not isinstance(statement, UpdateBase) or execution_options.get(INTERNAL):
            return statement, multiparams, params
        # The first statement of all may come before anybody has had the classes configured.
        self.manager.configured_journals()
        scope = self._scope(connection)
        if scope is None:
            return statement, multiparams, params
        table = dml.target(statement)
        if table is None:
            self._refuse_joined(statement, scope)
            self._warn_of_copy(connection, scope, statement.table)
            return statement, multiparams, params
        recorded = table in scope.recorded
        if not recorded and table not in scope.actions:
            self._warn_of_copy(connection, scope, table)
            if isinstance(statement, Update):
                refuse_foreign(statement, table, scope)
            return statement, multiparams, params
        table = next(key for key in (*scope.recorded, *scope.actions) if hash(key) == hash(table))
        _refuse_translation(connection, table, execution_options)
        unit = self.manager.recording.unit(connection)
        if unit.ids and _ended(connection):
            unit.renew()
        self.manager.recording.collect(connection, unit)
        flush = self._flush_on(unit)
        if flush is None and unit.pending:
            self._settle(connection, scope, unit, unit.pending)
        job = Job(captures={} if flush is None else unit.pending, deferred=flush is not None)
        look = Look(connection, scope, job, dml.parameter_sets(multiparams, params))
        if isinstance(statement, Insert):
            if recorded:
                statement, job.inserted = inserts.plan(
                    connection, look.capture(table), statement, look.parameters
                )
                job.inserted.conflicting = dml.conflicting(statement)
        elif isinstance(statement, Update):
            look.at_update(statement, table, self._anticipated(flush, unit, table, look))
        elif isinstance(statement, Delete):
            look.at_delete(statement, table, self._anticipated(flush, unit, table, look))
        if flush is not None and connection not in flush.connections:
            flush.connections.append(connection)
        unit.jobs[id(statement)] = statement, job
        return statement, multiparams, params

    def after_execute(
        self,
        connection: Connection,
        statement: Any,
        multiparams: Any,
        params: Any,
        execution_options: Mapping[str, Any],
        result: CursorResult[Any],
    ) -> None:
        """Look again, and write the versions of what has changed."""
        if not isinstance(statement, UpdateBase) or execution_options.get(INTERNAL):
            return
        unit = self.manager.recording.running_unit(connection)
        if unit is None or id(statement) not in unit.jobs:
            return
        _, job = unit.jobs.pop(id(statement))
        scope = self._scope(connection)
        assert scope is not None
        with self._failing(connection, unit):
            if job.reached is not None and result.rowcount > job.reached:
                raise ConcurrentChange(
                    f"a statement changed {result.rowcount} rows of {statement.table}, of which "
                    f"{job.reached} could be seen before; the others came meanwhile",
                    table=str(statement.table),
                    dialect=connection.dialect.name,
                    hint="Run the transaction again.",
                )
            if job.inserted is not None:
                capture = job.inserted.capture
                keys = job.inserted.found(connection, result)
                capture.expect(keys)
                if not job.inserted.conflicting and not capture.images.recorded.duplicates:
                    capture.born.update(keys)
                if job.inserted.generated and scope.dialect in ("mysql", "mariadb"):
                    # Searching history for a key that has just been made up would lock the end
                    # of the index, where every other writer inserts.
                    capture.unborn.update(keys)
        if not job.deferred:
            self._settle(connection, scope, unit, job.captures)

    def before_cursor_execute(
        self,
        connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        """Refuse changes inside of common table expressions; warn of text that changes tables."""
        if context is not None and context.execution_options.get(INTERNAL):
            return
        compiled = getattr(context, "compiled", None)
        if compiled is not None:
            if getattr(compiled, "ctes", None):
                self._refuse_nested(connection, compiled)
                return
            written = compiled.statement
            if written is None or written.is_dml or written.is_select:
                return
        if not self.manager.journals or kind_of(statement, context) is not Kind.WRITE:
            return
        scope = self._scope(connection)
        if scope is not None:
            self._warn(connection, scope, statement)

    # Transactions

    def commit(self, connection: Connection) -> None:
        """Keep a transaction from being committed whose history has not been written.

        :raises HistoryNotWritten: there is such a change.
        """
        unit = self.manager.recording.running_unit(connection)
        if unit is None:
            return
        if unit.failure is not None:
            raise HistoryNotWritten(
                f"the transaction has changes whose history could not be written: "
                f"{unit.failure[0]}",
                hint="Roll back.",
            ) from unit.failure[0]
        scope = self._scope(connection) if unit.pending else None
        if scope is not None:
            self._settle(connection, scope, unit, unit.pending)

    def prepare_twophase(self, connection: Connection, xid: Any) -> None:
        """Keep a transaction from being prepared for a commit that it must not have."""
        self.commit(connection)

    def commit_twophase(self, connection: Connection, xid: Any, is_prepared: bool) -> None:
        """Keep a transaction from being committed that nobody has prepared before."""
        self.commit(connection)

    def before_flush(self, session: Session, flush_context: Any, instances: Any) -> None:
        """Let the statements of the flush wait for its end."""
        if self.manager.journals:
            self._flushes[session] = _Flush()

    def after_flush(self, session: Session, flush_context: Any) -> None:
        """Write the versions of what the flush has changed, and tell the plugins."""
        flush = self._flushes.pop(session, None)
        if flush is None:
            return
        plugins = self.manager.plugins
        written: list[UnitOfWork] = []
        for connection in flush.connections:
            unit = self.manager.recording.running_unit(connection)
            scope = self._scope(connection)
            if unit is not None and scope is not None and unit.pending:
                if len(plugins):
                    uow = self.manager.unit_of_work(session, next(iter(unit.pending)))
                    plugins.before_create_version_objects(uow, session)
                    written.append(uow)
                self._settle(connection, scope, unit, unit.pending)
        if not len(plugins):
            return
        hooks.announce_versions(self.manager, session)
        for uow in written:
            plugins.after_create_version_objects(uow, session)

    def _flush_on(self, unit: Unit) -> _Flush | None:
        """Return the flush that is running in a transaction.

        A flush that failed early leaves its mark behind; Session itself knows whether it is in one.
        """
        for session in unit.sessions:
            flush = self._flushes.get(session)
            if flush is not None and session._flushing:
                return flush
        return None

    def _settle(
        self, connection: Connection, scope: Scope, unit: Unit, captures: dict[Table, Capture]
    ) -> None:
        with self._failing(connection, unit):
            changes = dict(captures)
            captures.clear()
            settle(self.manager, connection, scope, unit, changes)
        if is_autocommit(connection):
            unit.ids.clear()

    @contextmanager
    def _failing(self, connection: Connection, unit: Unit) -> Iterator[None]:
        """Keep the transaction from being committed when the block raises."""
        try:
            yield
        except DBAPIError as error:
            failure: BaseException = error
            if isinstance(error, ProgrammingError) or _MISSING.search(str(error.orig)):
                failure = HistoryNotWritten(
                    f"the history of a change cannot be written: {error.orig}",
                    dialect=connection.dialect.name,
                    hint="Create or migrate the version tables; the write has to be rolled back.",
                )
            unit.failure = failure, tuple(saved.name for saved in unit.savepoints)
            raise failure from error
        except BaseException as error:
            unit.failure = error, tuple(saved.name for saved in unit.savepoints)
            raise

    # What is looked after

    def _scope(self, connection: Connection) -> Scope | None:
        """Return the tables of a connection's dialect, ``None`` when there are none."""
        journals = self.manager.journals
        if not journals:
            return None
        dialect = connection.dialect.name
        sizes = tuple(len(journal.recorded) for journal in journals.values())
        found = self._scopes.get(dialect)
        if found is None or found[0] != sizes:
            found = self._scopes[dialect] = sizes, Scope(dialect, journals.values())
        return found[1] if found[1].recorded else None

    def _anticipated(self, flush: _Flush | None, unit: Unit, table: Table, look: Look) -> list[Key]:
        """Return the keys of all objects that a flush is likely to change one by one.

        Looking at them together saves a query for each of them.
        """
        if flush is None or table in flush.anticipated or len(look.parameters) > 1:
            return []
        flush.anticipated.add(table)
        recorded = look.scope.recorded.get(table)
        if recorded is None:
            return []
        objects = (
            (obj, deleted)
            for session in unit.sessions
            if self._flushes.get(session) is flush
            for changed, deleted in ((session.dirty, False), (session.deleted, True))
            for obj in changed
        )
        return keys_of_changing(table, recorded, objects)

    def _refuse_joined(self, statement: UpdateBase, scope: Scope) -> None:
        tables = set(scope.recorded) | set(scope.actions)
        for part in _from_objects(statement.table):
            if part in tables:
                raise UnsupportedStatement(
                    f"a statement about a join changes {part}; the ORM recorder cannot tell which "
                    "rows",
                    table=str(part),
                    dialect=scope.dialect,
                    hint="Change one table at a time, with the others in its WHERE.",
                )

    def _refuse_nested(self, connection: Connection, compiled: Any) -> None:
        ctes = getattr(compiled, "ctes", None)
        if not ctes:
            return
        scope = self._scope(connection)
        if scope is None:
            return
        for cte in ctes:
            element = cte.element
            if isinstance(element, UpdateBase) and (
                element.table in scope.recorded or element.table in scope.actions
            ):
                raise UnsupportedStatement(
                    f"a common table expression changes {element.table}; the ORM recorder sees "
                    "only what whole statements change",
                    table=str(element.table),
                    dialect=scope.dialect,
                    hint="Execute it as a statement of its own, or record the table with triggers.",
                )

    def _warn(self, connection: Connection, scope: Scope, statement: str) -> None:
        for table in scope.recorded:
            if _changes(statement, table.name):
                self._warn_once(connection, table, "SQL text")

    def _warn_of_copy(self, connection: Connection, scope: Scope, table: Any) -> None:
        """Warn of a change of a recorded table by way of another object for it."""
        metadata = getattr(table, "metadata", None)
        if metadata in self.manager.journals or CLAIM in getattr(metadata, "info", ()):
            return
        found = scope.by_name.get((getattr(table, "schema", None), str(getattr(table, "name", ""))))
        if found is not None:
            self._warn_once(connection, found, "a statement about another Table object")

    def _warn_once(self, connection: Connection, table: Table, what: str) -> None:
        warned = self._warned.setdefault(connection.engine.pool, set())
        if table in warned:
            return
        warned.add(table)
        warnings.warn(
            UnrecordedStatementWarning(
                f"{what} changes {table.fullname!r}, which the ORM recorder looks after: it leaves "
                "no history.  (Said once for each table and engine.)  Use insert(), update() and "
                "delete() of the mapped table, or record it with triggers."
            ),
            stacklevel=2,
        )


def _refuse_translation(
    connection: Connection, table: Table, execution_options: Mapping[str, Any]
) -> None:
    """Refuse a statement that goes to other schemas than its connection."""
    name = "schema_translate_map"
    if execution_options.get(name) != connection.get_execution_options().get(name):
        raise UnsupportedStatement(
            f"a change of {table.fullname!r} translates schema names by an option of the statement "
            "alone, which the ORM recorder does not follow",
            table=table.fullname,
            dialect=connection.dialect.name,
            hint="Give schema_translate_map to the connection or the engine.",
        )


def _ended(connection: Connection) -> bool:
    """Say whether the transaction was committed or rolled back behind SQLAlchemy's back."""
    emitter = emitter_for(connection.dialect.name)
    if emitter is None or is_autocommit(connection):
        return False
    return emitter.in_transaction(connection.connection.dbapi_connection) is False


def _from_objects(source: Any) -> Iterator[Any]:
    """Iterate over the tables of a join."""
    for side in ("left", "right"):
        part = getattr(source, side, None)
        if part is not None:
            yield from _from_objects(part)
    element = getattr(source, "element", None)
    if element is not None and element is not source:
        yield from _from_objects(element)
    if isinstance(source, Table):
        yield source


def _changes(statement: str, name: str) -> bool:
    """Say whether SQL text changes the table of this name."""
    found = re.search(
        r"\b(?:INTO|UPDATE|FROM|TRUNCATE|TABLE|ONLY|REPLACE|IGNORE|LOW_PRIORITY|ROLLBACK|ABORT|FAIL)\s+"
        r"(?:[\"`\[]?[^\s\"`\]]+[\"`\]]?\s*\.\s*)?[\"`\[]?" + re.escape(name) + r"[\"`\]]?(?!\w)",
        statement,
        re.IGNORECASE,
    )
    return found is not None
