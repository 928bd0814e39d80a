"""Python's part in recording by triggers: which transaction is running, who and why.

Listens to the connections of every engine.  Where the database can tell transactions apart by
itself and nobody said who or why, nothing is sent at all.
"""

from __future__ import annotations

import re
import warnings
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Table
from sqlalchemy.engine import Connection
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from continuum.dialects import emitter_for
from continuum.dialects.base import DEFINING
from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Emitter
from continuum.dialects.base import is_autocommit
from continuum.dialects.spec import LogSpec
from continuum.errors import ContextConflict
from continuum.errors import PauseError
from continuum.errors import RecorderConflict
from continuum.errors import StaleTrigger
from continuum.errors import StaleTriggerWarning
from continuum.errors import VersioningError
from continuum.mapping.journal import Journal
from continuum.recording.context import current_frames
from continuum.recording.installation import inspect_triggers
from continuum.recording.installation import resolver
from continuum.recording.passing import MANY
from continuum.recording.passing import sent
from continuum.recording.payload import encoded
from continuum.recording.payload import transaction_values
from continuum.recording.rows import row_exists
from continuum.recording.statements import Kind
from continuum.recording.statements import kind_of
from continuum.recording.statements import written_table
from continuum.recording.unit import Settled
from continuum.recording.unit import Unit
from continuum.schema.connections import in_migration
from continuum.schema.missing import missing_history

if TYPE_CHECKING:
    from sqlalchemy.engine.base import RootTransaction

    from continuum.manager import VersioningManager


_PREPARED = "continuum_prepared"
"""Key in ``Connection.info``, which lives as long as the driver's connection."""


@dataclass
class DatabaseState:
    """What is known of one database, looked up once for an engine.

    :param default_schema: schema of unqualified names.
    :param logs: the transaction tables whose helpers it has, with their real schema.
    :param problems: error to raise when a table is written to, by live table.
    :param outdated: it has to be looked up again.
    """

    default_schema: str | None = None
    logs: dict[Journal, LogSpec] = field(default_factory=dict)
    problems: dict[Table, VersioningError] = field(default_factory=dict)
    problem_names: re.Pattern[str] | None = None
    outdated: bool = False


class NativeRecording:
    """The listeners of one manager on connections.

    :param manager: knows what is versioned.
    """

    def __init__(self, manager: VersioningManager) -> None:
        self.manager = manager
        self.units: dict[weakref.ref[RootTransaction], Unit] = {}
        # Marks statements for several rows, of which a part was sent; another manager has its own.
        self.started = f"continuum_started_{id(self)}"
        self._databases: weakref.WeakKeyDictionary[Pool, dict[Any, DatabaseState]] = (
            weakref.WeakKeyDictionary()
        )

    def reset(self) -> None:
        """Forget everything that was learnt about databases."""
        forgotten, self._databases = self._databases, weakref.WeakKeyDictionary()
        for states in forgotten.values():
            _outdate(states)

    def forget(self, connection: Connection) -> None:
        """Look again at the database of a connection before the next write."""
        _outdate(self._databases.pop(connection.engine.pool, {}))

    def unit(self, connection: Connection) -> Unit:
        """Return the unit of the connection's running transaction; one is begun if need be."""
        root = connection.get_transaction()
        if root is None:
            root = connection.begin()
        unit = self.units.get(weakref.ref(root))
        if unit is None:
            unit = self.units[weakref.ref(root, self._drop)] = Unit()
        return unit

    def running_unit(self, connection: Connection) -> Unit | None:
        """Return the unit of the connection's transaction, if there is one."""
        root = connection.get_transaction()
        return None if root is None else self.units.get(weakref.ref(root))

    def database(self, connection: Connection) -> DatabaseState:
        """Return what is known of the connection's database.

        One catalog query for each journal at the first use of an engine, none afterwards.
        """
        schemas = connection.get_execution_options().get("schema_translate_map")
        key = tuple(sorted(schemas.items(), key=repr)) if schemas else ()
        pool = connection.engine.pool
        states = self._databases.get(pool)
        if states is None:
            states = self._databases[pool] = {}
        state = states.get(key)
        if state is None:
            state = self._look(connection)
            states[key] = state
            if self._databases.get(pool) is not states:
                # Another thread has run DDL meanwhile.
                state.outdated = True
        return state

    def before_cursor_execute(
        self,
        connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        """Prepare the database for a statement that may write."""
        if context is not None and context.execution_options.get(INTERNAL):
            if context.execution_options.get(DEFINING):
                self.forget(connection)
            return
        if executemany and hasattr(context, self.started):
            # A further part of one statement.
            self._begin_batch(connection, self.database(connection))
            return
        kind = kind_of(statement, context)
        if kind is Kind.READ or not self.manager.declares_anything():
            return
        if kind is Kind.RETURN:
            unit = self.running_unit(connection)
            if unit is not None:
                unit.doubted = True
                unit.unsettle()
            return
        if kind is Kind.DDL:
            self.forget(connection)
            self.unit(connection).ddl = True
            return
        if kind is Kind.END:
            unit = self.running_unit(connection)
            if unit is not None:
                self._withdraw(connection, unit)
                unit.renew()
            return
        database = self.database(connection)
        if database.problems and not in_migration(connection):
            # A migration on its way to the present models writes to tables of earlier ones.
            self._raise_problem(database, statement, written_table(context))
        if executemany and context is not None and not is_autocommit(connection):
            setattr(context, self.started, True)
        if database.logs:
            unit = self._prepare(connection, database, followed=True)
            many = unit is not None and unit.many
            if executemany:
                many = sent(parameters, context) >= MANY
            if many:
                self._begin_batch(connection, database)
            if unit is not None:
                self._settle(connection, unit, database)

    def after_cursor_execute(
        self,
        connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        """End the batch that was begun for a statement, and see that the transaction goes on."""
        if context is not None and context.execution_options.get(INTERNAL):
            # Sent beside a statement of the user's, whose batch goes on.
            return
        unit = self.running_unit(connection)
        if unit is None:
            return
        if unit.batches:
            self._end_batch(connection, unit)
        if cursor.rowcount >= 0:
            unit.many = cursor.rowcount >= MANY
            if unit.many:
                unit.unsettle()
        self._look_at_rows(connection, cursor, statement, context, unit)
        if unit.settling is not None:
            unit.settled, unit.settling = unit.settling, None

    def _look_at_rows(
        self, connection: Connection, cursor: Any, statement: str, context: Any, unit: Unit
    ) -> None:
        """Find out how things stand after a write that returned rows."""
        if not unit.announced or context is None or cursor.description is None:
            return
        emitter = emitter_for(connection.dialect.name)
        if emitter is not None and kind_of(statement, context) is Kind.WRITE:
            if context._is_server_side:
                # Its rows are still on their way.
                unit.streamed = True
                unit.unsettle()
            else:
                emitter.after_rows(connection)

    def _begin_batch(self, connection: Connection, database: DatabaseState) -> None:
        emitter = emitter_for(connection.dialect.name)
        if emitter is None or is_autocommit(connection):
            return
        unit = self.unit(connection)
        unit.batches += [
            log
            for log in database.logs.values()
            if log not in unit.batches and emitter.begin_batch(connection, log)
        ]
        if unit.batches:
            # They have to be ended after the statement.
            unit.unsettle()

    def _end_batch(self, connection: Connection, unit: Unit) -> None:
        emitter = emitter_for(connection.dialect.name)
        if emitter is None:
            return
        batches, unit.batches = unit.batches, []
        for log in batches:
            emitter.end_batch(connection, log)

    def prepare(self, connection: Connection) -> None:
        """Tell the database what it has to know before the running transaction writes.

        :raises ContextConflict: a context under AUTOCOMMIT, or a second actor.
        """
        database = self.database(connection)
        if database.logs:
            self._prepare(connection, database)

    def _prepare(
        self, connection: Connection, database: DatabaseState, *, followed: bool = False
    ) -> Unit | None:
        """Tell the database what it has to know.

        :param followed: the statement that writes is sent right afterwards.
        :returns: the unit, unless each statement is a transaction of its own.
        """
        emitter = emitter_for(connection.dialect.name)
        if emitter is None:
            return None
        if not connection.info.get(_PREPARED):
            emitter.prepare_connection(connection)
            connection.info[_PREPARED] = True
        unit = self.unit(connection)
        unit.unsettle()
        if unit.batches:
            # Another listener has refused the statement.
            self._end_batch(connection, unit)
        if is_autocommit(connection):
            self.collect(connection, unit)
            for log in database.logs.values():
                emitter.enter_statement(connection, log)
            return None
        if unit.streamed:
            unit.streamed = False
            emitter.after_rows(connection)
        dbapi_connection = connection.connection.dbapi_connection
        ended = (unit.announced or unit.published) and emitter.in_transaction(
            dbapi_connection
        ) is False
        if ended:
            unit.renew()
        self.resolve_doubt(connection, unit)
        self.collect(connection, unit)
        self._tell(connection, emitter, unit, database, followed=followed)
        return unit

    def _settle(self, connection: Connection, unit: Unit, database: DatabaseState) -> None:
        """Let statements pass after this one, for as long as nothing happens."""
        emitter = emitter_for(connection.dialect.name)
        if emitter is None or unit.said is None or database.problems:
            return
        unit.settling = Settled(
            unit.said,
            database,
            connection.get_execution_options(),
            current_frames(),
            emitter.in_transaction,
            connection.connection.dbapi_connection,
            bool(unit.announced) and type(emitter).after_rows is not Emitter.after_rows,
        )

    def resolve_doubt(self, connection: Connection, unit: Unit) -> None:
        """Find out what SQL text that returned to a savepoint has taken back.

        One query for each transaction row of the ORM recorder and each announcement, after such a
        statement only.
        """
        if not unit.doubted:
            return
        unit.doubted = False
        unit.said = None
        emitter = emitter_for(connection.dialect.name)
        if emitter is not None and not emitter.unit_survives_rollback:
            unit.published.clear()
            unit.announced = tuple(
                log for log in unit.announced if emitter.knows_unit(connection, log, unit.token)
            )
        for journal, number in list(unit.ids.items()):
            if not row_exists(connection, journal, number):
                del unit.ids[journal]
                unit.told.pop(journal, None)

    def collect(self, connection: Connection, unit: Unit) -> None:
        """Take over what the context of this thread or task says now.

        :raises ContextConflict: a context under AUTOCOMMIT, or a second actor.
        """
        frames = tuple(
            frame for frame in current_frames() if frame.applies_to(unit.sessions, connection)
        )
        if frames and is_autocommit(connection):
            raise ContextConflict(
                "a context has no transaction to belong to: the connection is in AUTOCOMMIT "
                "mode, where each statement is a transaction of its own",
                dialect=connection.dialect.name,
                hint="Write inside a transaction, or leave the context out.",
            )
        if frames != unit.frames:
            unit.values = unit.values.merged(frames)
            unit.frames = frames

    def real_schema(self, connection: Connection, schema: str | None) -> str | None:
        """Return the real name of a declared schema."""
        translated = connection.get_execution_options().get("schema_translate_map") or {}
        found = translated.get(schema, schema)
        if found is not None:
            return str(found)
        return self.database(connection).default_schema

    def join(self, session: Session, connection: Connection) -> None:
        """Note that a session takes part in the connection's transaction."""
        unit = self.unit(connection)
        unit.sessions.add(session)
        # There may be a context for this session alone.
        unit.unsettle()

    def payload_values(self, unit: Unit, journal: Journal) -> dict[str, Any]:
        """Return the attribute values that the transaction row of a unit takes from Python."""
        defaults = unit.defaults.get(journal)
        if defaults is None:
            defaults = unit.defaults[journal] = self.manager.transaction_defaults(journal, unit)
        return transaction_values(journal, unit.values, defaults)

    def handle_error(self, context: ExceptionContext) -> None:
        """Turn what triggers of ours raise into typed errors."""
        if context.connection is not None and not context.is_disconnect:
            unit = self.running_unit(context.connection)
            if unit is not None and unit.batches:
                self._end_batch(context.connection, unit)
        if context.sqlalchemy_exception is None:
            return
        emitter = emitter_for(context.dialect.name)
        if emitter is None or not self.manager.declares_anything():
            return
        explained = emitter.explain(context.original_exception, None)
        if explained is None:
            spec = self.manager.spec_of(written_table(context.execution_context))
            if spec is not None:
                explained = emitter.explain(context.original_exception, spec)
        if explained is not None:
            raise explained from context.original_exception

    def commit(self, connection: Connection) -> None:
        """Withdraw the unit before COMMIT is sent."""
        unit = self.running_unit(connection)
        if unit is None:
            return
        if unit.pauses:
            raise PauseError(
                "a transaction was committed inside a paused() block",
                hint="Commit after the block: a pause holds for one transaction only.",
            )
        self._withdraw(connection, unit)
        self._end(connection)

    def rollback(self, connection: Connection) -> None:
        """Withdraw the unit before ROLLBACK is sent, where a rollback does not do it."""
        unit = self.running_unit(connection)
        if unit is None:
            return
        if unit.ddl:
            self.forget(connection)
        emitter = emitter_for(connection.dialect.name)
        if emitter is not None and emitter.unit_survives_rollback and not connection.invalidated:
            self._withdraw(connection, unit)
        self._end(connection)

    def prepare_twophase(self, connection: Connection, xid: Any) -> None:
        """Withdraw the unit before a transaction is prepared for a two-phase commit."""
        self.commit(connection)

    def commit_twophase(self, connection: Connection, xid: Any, is_prepared: bool) -> None:
        """Withdraw the unit of a transaction that is committed without having been prepared."""
        self.commit(connection)

    def rollback_twophase(self, connection: Connection, xid: Any, is_prepared: bool) -> None:
        """Withdraw the unit of a transaction that is rolled back without having been prepared."""
        self.rollback(connection)

    def savepoint(self, connection: Connection, name: str | None) -> None:
        """Remember what to come back to."""
        emitter = emitter_for(connection.dialect.name)
        if emitter is not None and self.manager.journals:
            emitter.ensure_transaction(connection)
        if name is None:
            # SQLAlchemy names a savepoint only after this event.
            name = f"sa_savepoint_{connection._Connection__savepoint_seq + 1}"  # type: ignore[attr-defined]
        self.unit(connection).enter_savepoint(name)

    def rollback_savepoint(self, connection: Connection, name: str, context: Any) -> None:
        """Take back what was said since the savepoint."""
        unit = self.running_unit(connection)
        emitter = emitter_for(connection.dialect.name)
        if unit is not None:
            follows = emitter is None or not emitter.unit_survives_rollback
            unit.return_to_savepoint(name, database_follows=follows)

    def release_savepoint(self, connection: Connection, name: str, context: Any) -> None:
        """Forget a savepoint.

        :raises PauseError: a pause was entered inside it and is still on.
        """
        unit = self.running_unit(connection)
        if unit is None:
            return
        unit.release_savepoint(name)
        if unit.pauses and unit.pauses[-1] > len(unit.savepoints):
            raise PauseError(
                "a savepoint was ended inside a paused() block that was entered within it",
                hint="Leave the block before the savepoint ends.",
            )

    def _tell(
        self,
        connection: Connection,
        emitter: Emitter,
        unit: Unit,
        database: DatabaseState,
        *,
        followed: bool,
    ) -> None:
        if unit.said is not None and unit.said[0] is unit.values and unit.said[1] is database:
            return
        # All of it before the database is told anything: what a context or a plugin says may be
        # refused, and half an announcement would be believed after the commit.
        texts: list[tuple[Journal, LogSpec, str | None]] = []
        for journal, log in database.logs.items():
            # Two MetaData objects can describe one database: its transaction table is one.
            if all(log != other for _, other, _ in texts):
                values = self.payload_values(unit, journal)
                texts.append((journal, log, encoded(journal, values, connection.dialect)))
        for journal, log, text in texts:
            if emitter.capabilities.unit_required and log not in unit.announced:
                if not followed:
                    emitter.enter_unit(connection, log, unit.token, text)
                elif emitter.begin_unit(connection, log, unit.token, text):
                    unit.batches.append(log)
                unit.announced += (log,)
            elif text != unit.published.get(journal):
                emitter.publish(connection, log, text)
            unit.published[journal] = text
        unit.said = unit.values, database

    def _withdraw(self, connection: Connection, unit: Unit) -> None:
        emitter = emitter_for(connection.dialect.name)
        if emitter is None:
            return
        if unit.batches:
            # The statement that they were begun for has never been sent.
            self._end_batch(connection, unit)
        if unit.announced:
            known = self.database(connection).logs.values()
            for log in unit.announced:
                # The transaction itself may have removed what it was announced to.
                if log in known:
                    emitter.leave_unit(connection, log)
            unit.announced = ()
            unit.said = None

    def _end(self, connection: Connection) -> None:
        root = connection.get_transaction()
        if root is not None:
            self._drop(weakref.ref(root))

    def _drop(self, root: weakref.ref[RootTransaction]) -> None:
        self.units.pop(root, None)

    def _look(self, connection: Connection) -> DatabaseState:
        if emitter_for(connection.dialect.name) is None and self.manager.listen_to_statements():
            raise RecorderConflict(
                "a connection is older than make_versioned(), so that the ORM recorder has not "
                "seen its statement",
                dialect=connection.dialect.name,
                hint="Call make_versioned() before connecting; from now on statements are seen.",
            )
        state = DatabaseState()
        for journal in self.manager.configured_journals():
            findings = inspect_triggers(connection, journal)
            if findings is None:
                continue
            state.default_schema = findings.default_schema
            if findings.has_helpers:
                state.logs[journal] = findings.log
            if self.manager.verify_on_first_use:
                problems = findings.problems()
                if self.manager.verify_on_first_use == "missing":
                    problems = self._without_stale(connection, problems)
                if problems:
                    problems |= missing_history(
                        connection,
                        [journal.recorded[table] for table in problems],
                        journal.log_tables,
                        resolver(connection, findings.default_schema),
                    )
                state.problems.update(problems)
        if state.problems:
            names = "|".join(re.escape(table.name) for table in state.problems)
            state.problem_names = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE)
        return state

    def _without_stale(
        self, connection: Connection, problems: dict[Table, VersioningError]
    ) -> dict[Table, VersioningError]:
        """Warn of stale triggers, and return the other problems."""
        stale = [error for error in problems.values() if isinstance(error, StaleTrigger)]
        if stale and not in_migration(connection):
            warnings.warn(str(stale[0]), StaleTriggerWarning, stacklevel=2)
        return {
            table: error for table, error in problems.items() if not isinstance(error, StaleTrigger)
        }

    def _raise_problem(self, database: DatabaseState, statement: str, table: Table | None) -> None:
        if table is not None:
            error = database.problems.get(table)
            if error is not None:
                raise error
            return
        assert database.problem_names is not None
        match = database.problem_names.search(statement)
        if match is not None:
            for candidate, error in database.problems.items():
                if candidate.name.lower() == match.group().lower():
                    raise error


def _outdate(states: Mapping[Any, DatabaseState]) -> None:
    # A copy: another thread may be adding what it has looked up.
    for state in list(states.values()):
        state.outdated = True
