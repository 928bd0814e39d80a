"""The emitter: texts, what a database has of them, and the running transaction."""

from __future__ import annotations

import json
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.types import ARRAY
from sqlalchemy.types import JSON
from sqlalchemy.types import String

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Capabilities
from continuum.dialects.base import Emitter
from continuum.dialects.base import Installed
from continuum.dialects.base import Server
from continuum.dialects.postgresql.filtered import FilteredRecorder
from continuum.dialects.postgresql.guarding import HistoryGuard
from continuum.dialects.postgresql.guarding import beside
from continuum.dialects.postgresql.guarding import log_guard_names
from continuum.dialects.postgresql.guarding import log_guards
from continuum.dialects.postgresql.helpers import Helpers
from continuum.dialects.postgresql.hierarchy import LowerRecorder
from continuum.dialects.postgresql.log import Log
from continuum.dialects.postgresql.names import APPEND_ONLY
from continuum.dialects.postgresql.names import FORBIDDEN
from continuum.dialects.postgresql.names import FORMER_SEARCH_PATH
from continuum.dialects.postgresql.names import GUARDS
from continuum.dialects.postgresql.names import INVERSION
from continuum.dialects.postgresql.names import LAST_COMES_TEMPORARY
from continuum.dialects.postgresql.names import PROTECTION
from continuum.dialects.postgresql.names import SEQUENCE_BEHIND
from continuum.dialects.postgresql.names import TRIGGERS
from continuum.dialects.postgresql.names import create_function
from continuum.dialects.postgresql.names import helpers_of
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import written
from continuum.dialects.postgresql.recorder import Recorder
from continuum.dialects.postgresql.statement_level import NOT_ALONE
from continuum.dialects.postgresql.statement_level import FilteredStatementRecorder
from continuum.dialects.postgresql.statement_level import StatementRecorder
from continuum.dialects.spec import LEVELS
from continuum.dialects.spec import OPERATIONS
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import fingerprint_of
from continuum.dialects.spec import storage_type
from continuum.errors import UNLOCK_HINT
from continuum.errors import AppendOnlyHistory
from continuum.errors import MissingPrivilege
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError


class PostgreSQLEmitter(Emitter):
    """Recording by triggers on PostgreSQL 14 and newer."""

    name = "postgresql"
    levels = LEVELS
    capabilities = Capabilities(
        foreign_transaction_identity="exact",
        truncate_recorded=True,
        cascades_fire_triggers=True,
        transactional_ddl=True,
        concurrent_writers=True,
        unit_required=False,
        cross_schema=True,
    )

    def server(self, connection: Connection, log: LogSpec) -> Server:
        """Read version and default schema: one query."""
        schema = connection.execute(
            text("SELECT pg_catalog.current_schema()"), execution_options={INTERNAL: True}
        ).scalar_one()
        version = connection.dialect.server_version_info or ()
        return Server(
            version=tuple(part for part in version if isinstance(part, int)),
            default_schema=schema or "public",
        )

    def offline_server(self, dialect: Dialect) -> Server:
        """Assume the newest server, on which the fewest tables can be recorded."""
        return Server(version=(18,), default_schema="public")

    def check_privileges(
        self, connection: Connection, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> None:
        """Refuse a role that may not create triggers on the live tables or functions beside ours.

        :raises MissingPrivilege: with the schema or the first table concerned.
        """
        schemas = sorted(
            {str(spec.version_table.schema) for spec in specs} | {str(log.table.schema)}
        )
        tables = sorted({(str(spec.table.schema), spec.table.name) for spec in specs})
        rows = connection.execute(
            text(
                "SELECT n.nspname, NULL AS relname FROM pg_catalog.pg_namespace AS n"
                " WHERE n.nspname = ANY(CAST(:schemas AS text[]))"
                " AND NOT pg_catalog.has_schema_privilege(n.oid, 'CREATE')"
                " UNION ALL "
                "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c"
                " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                " JOIN unnest(CAST(:table_schemas AS text[]), CAST(:tables AS text[]))"
                " AS w(nspname, relname) ON w.nspname = n.nspname AND w.relname = c.relname"
                " WHERE NOT pg_catalog.has_table_privilege(c.oid, 'TRIGGER')"
                " ORDER BY 1, 2"
            ).bindparams(
                *(
                    bindparam(name, type_=ARRAY(String))
                    for name in ("schemas", "table_schemas", "tables")
                )
            ),
            {
                "schemas": schemas,
                "table_schemas": [schema for schema, _ in tables],
                "tables": [name for _, name in tables],
            },
            execution_options={INTERNAL: True},
        ).all()
        for schema, name in rows:
            what = f"triggers on table {schema}.{name}" if name else f"functions in schema {schema}"
            right = f"TRIGGER ON {schema}.{name}" if name else f"CREATE ON SCHEMA {schema}"
            raise MissingPrivilege(
                f"the role may not create {what}",
                table=f"{schema}.{name}" if name else None,
                dialect=self.name,
                hint=f"GRANT {right} to the role, create tables and triggers as their owner, or "
                "set native_versioning=False to use the ORM recorder.",
            )

    def validate(self, spec: TriggerSpec, server: Server) -> None:
        """Refuse what would be recorded wrongly or not at all."""
        super().validate(spec, server)
        table = str(spec.table)
        if server.version < (14,):
            raise UnsupportedTable(
                f"recording by triggers needs PostgreSQL 14, this server is "
                f"{'.'.join(str(part) for part in server.version)}",
                table=table,
                dialect=self.name,
                hint="Upgrade the server, or set native_versioning=False to use the ORM recorder.",
            )
        if not spec.key:
            raise UnsupportedTable(
                f"table {table} has no key to tell its rows apart",
                table=table,
                dialect=self.name,
                hint="Give the table a primary key.",
            )
        for column in spec.columns:
            if column.virtual and server.version >= (18,):
                raise UnsupportedTable(
                    f"column {column.name} of table {table} is a VIRTUAL generated column, "
                    f"which PostgreSQL does not show to triggers",
                    table=table,
                    column=column.name,
                    dialect=self.name,
                    hint="Make it STORED (Computed(..., persisted=True)) or exclude it.",
                )
        for column in spec.key_columns:
            stored = storage_type(column.type)
            if isinstance(stored, JSON) and stored.__visit_name__ != "JSONB":
                raise UnsupportedTable(
                    f"column {column.name} of table {table} identifies a row, but PostgreSQL "
                    f"cannot compare values of type json",
                    table=table,
                    column=column.name,
                    dialect=self.name,
                    hint="Use JSONB, or another key.",
                )

    # text

    def create_helpers(
        self, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> list[str]:
        """Return one CREATE FUNCTION and one COMMENT for each helper.

        The helpers find the tables they serve in the catalog, so they do not depend on ``specs``.
        """
        helpers = Helpers(log)
        expected = self.expected_helpers(log, server)
        statements = []
        settings = PROTECTION if log.protected else ""
        types = helpers_of(log)
        for name, arguments, result, body in helpers.functions():
            function = helpers.log.function(name)
            statements.append(create_function(function, arguments, result, body, settings))
            comment = json.dumps(
                {
                    "continuum": 1,
                    "log": [log.table.schema, log.table.name],
                    "fingerprint": expected[helpers.log.name(name)],
                }
            )
            statements.append(
                f"COMMENT ON FUNCTION {function}({types[name]}) IS {literal(comment)}"
            )
            if log.protected:
                statements.append(f"REVOKE ALL ON FUNCTION {function}({types[name]}) FROM PUBLIC")
        if log.append_only:
            for guard in log_guards(log, fingerprint_of(log, ())):
                statements += guard.create()
        return [written(statement) for statement in statements]

    def expected_helpers(self, log: LogSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of each helper that :meth:`create_helpers` makes."""
        fingerprint = fingerprint_of(log, ())
        guards = log_guard_names(log) if log.append_only else ()
        return dict.fromkeys(
            (*(Log(log).name(helper) for helper in helpers_of(log)), *guards), fingerprint
        )

    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Return one DROP FUNCTION for each helper."""
        names = Log(log)
        guards = log_guards(log, "") if log.append_only else []
        return [
            *(written(statement) for guard in guards for statement in guard.drop()),
            *(
                written(f"DROP FUNCTION IF EXISTS {names.function(helper)}({arguments})")
                for helper, arguments in helpers_of(log).items()
            ),
        ]

    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return the statements for one table; meant for one transaction.

        While they wait for the table they would hold up its other writers, so the wait is limited
        to some seconds unless the connection has a limit of its own.
        """
        recorder = _recorder(spec)
        comment = literal(
            json.dumps(
                {
                    "continuum": 1,
                    "log": [spec.log.table.schema, spec.log.table.name],
                    "renumber": [spec.version_table.schema, recorder.name("renumber")],
                    "fingerprint": spec.fingerprint(),
                }
            )
        )
        statements = recorder.before()
        own_path = spec.log.protected and "FROM CURRENT" in recorder.settings
        if own_path:
            statements.append(LAST_COMES_TEMPORARY)
        for kind, arguments, result, body in recorder.functions():
            function = recorder.function(kind)
            types = ", ".join(part.split()[-1] for part in arguments.split(",") if part)
            statements.append(create_function(function, arguments, result, body, recorder.settings))
            statements.append(f"COMMENT ON FUNCTION {function}({types}) IS {comment}")
            if spec.log.protected:
                statements.append(f"REVOKE ALL ON FUNCTION {function}({types}) FROM PUBLIC")
        if own_path:
            statements.append(FORMER_SEARCH_PATH)
        if spec.append_only:
            statements += HistoryGuard(spec).create()
        statements.append(
            "SELECT pg_catalog.set_config('continuum.lock_timeout',"
            " pg_catalog.current_setting('lock_timeout'), true),"
            " pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout')"
            " WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true)"
        )
        for name, event in TRIGGERS.items():
            statements.append(
                f"CREATE OR REPLACE TRIGGER {quote(name)} {event} ON {recorder.live}\n"
                f"  {recorder.fired(event)}\n"
                f"  EXECUTE FUNCTION {recorder.function(event.split()[-1].lower())}()"
            )
            statements.append(f"COMMENT ON TRIGGER {quote(name)} ON {recorder.live} IS {comment}")
        statements.append(
            "SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF("
            "pg_catalog.current_setting('continuum.lock_timeout', true), ''),"
            " pg_catalog.current_setting('lock_timeout')), true)"
        )
        return [written(statement) for statement in statements]

    def drop(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return one DROP for each trigger, then for each function."""
        recorder = _recorder(spec)
        statements = [
            f"DROP TRIGGER IF EXISTS {quote(name)} ON {recorder.live}" for name in TRIGGERS
        ]
        for kind, arguments, _, _ in recorder.functions():
            types = ", ".join(part.split()[-1] for part in arguments.split(",") if part)
            statements.append(f"DROP FUNCTION IF EXISTS {recorder.function(kind)}({types})")
        if spec.append_only:
            statements += HistoryGuard(spec).drop()
        return [written(statement) for statement in statements]

    def expected(self, spec: TriggerSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of the four triggers, and of those that guard history."""
        guards = GUARDS if spec.append_only else ()
        return dict.fromkeys((*TRIGGERS, *guards), spec.fingerprint())

    def without_guards(self, spec: TriggerSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a version table that is not guarded now."""
        if spec.append_only or not GUARDS.keys() & names:
            return []
        return [written(statement) for statement in HistoryGuard(spec).drop()]

    def without_log_guards(self, log: LogSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a transaction table not guarded now."""
        if log.append_only or not GUARDS.keys() & names:
            return []
        return [written(text) for guard in log_guards(log, "") for text in guard.drop()]

    def without_side_guards(self, log: LogSpec, table: TableName) -> list[str]:
        """Return the statements that remove the guards of a table beside the transaction table."""
        guards = [guard for guard in log_guards(log, "") if guard.table == table]
        return [written(text) for guard in guards for text in guard.drop()]

    # what a database has

    def installed(
        self, connection: Connection, log: LogSpec, schemas: Sequence[str | None]
    ) -> list[Installed]:
        """Read our triggers and the helpers of the log from the catalog: one query.

        A trigger that is disabled, or whose function was made for another definition, is reported
        without a fingerprint.
        """
        names = Log(log)
        rows = connection.execute(
            _CATALOG,
            {
                "triggers": [*TRIGGERS, *GUARDS],
                "schemas": sorted({schema for schema in schemas if schema is not None}) or [""],
                "default": None in schemas,
                "log_schema": log.table.schema or "",
                "helpers": [names.name(helper) for helper in helpers_of(log)],
            },
            execution_options={INTERNAL: True},
        )
        found = []
        for schema, table, name, own, function, enabled in rows:
            fingerprint = _fingerprint(own)
            if enabled == "D" or _fingerprint(function) != fingerprint:
                fingerprint = None
            where = log.table if table is None else TableName(table, schema)
            mark = _mark(own) if name in GUARDS else {}
            if "of" in mark:
                where = TableName(mark["of"][1], mark["of"][0])
            elif "beside" in mark:
                name = beside(name, where)
                where = TableName(mark["beside"][1], mark["beside"][0])
            found.append(Installed(where, name, fingerprint))
        return found

    def explain(self, error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
        """Recognise what our functions raise, and what creating them can run into."""
        state, message, context = _diagnosis(error)
        statement = getattr(error, "statement", None) or ""
        inside = "continuum_" in context
        ours = inside or "continuum_" in statement or "function continuum_" in message
        if spec is not None:
            prefix = spec.log.prefix
            inside = inside or prefix in context
            ours = ours or inside or prefix in statement
        table = None if spec is None else str(spec.table)
        kind: type[VersioningError]
        if state == INVERSION:
            kind = TransactionInversion
            hint = 'Run the transaction again, or use on_inversion="renumber".'
        elif state == APPEND_ONLY:
            kind = AppendOnlyHistory
            hint = UNLOCK_HINT
        elif state == SEQUENCE_BEHIND:
            kind = VersioningError
            hint = "Set the sequence of the transaction table beyond the highest id in use."
        elif state == NOT_ALONE:
            kind = UnsupportedTable
            hint = 'Use level="row" for this table: its triggers see every row.'
        elif state == FORBIDDEN and "function" in message and not inside:
            if not ours:
                return None
            kind = MissingPrivilege
            hint = (
                "History is protected: the role needs EXECUTE on this function. Roles that say who "
                "writes need the ones that end in _publish and _transaction_id; those that pause "
                "recording or remove history, _pause or _unlock."
            )
        elif state == FORBIDDEN and "may not pause" in message:
            kind = MissingPrivilege
            hint = "Grant EXECUTE on the function that ends in _pause to roles that may pause."
        elif state == FORBIDDEN and ours:
            kind = MissingPrivilege
            hint = (
                "The role that writes needs INSERT, SELECT, UPDATE and DELETE on the version "
                "tables, the transaction table and the tables beside it, USAGE on their schemas "
                "and on the sequence of the transaction id, and UPDATE on the root of a joined "
                "hierarchy whose lower tables it writes; the role that creates the triggers needs "
                "TRIGGER on the table (or to own it) and CREATE on the schema of its version "
                "table. "
                "Or set native_versioning=False to use the ORM recorder."
            )
        elif state in ("42P01", "42703", "42883", "3F000") and inside:
            kind = StaleTrigger
            hint = (
                "The tables are not as they were when the triggers were made: bring the version "
                "table up to date, then run create_all() to make the triggers anew."
            )
        elif state == "55P03" and ours:
            kind = VersioningError
            hint = (
                "Another transaction holds the table. Try again when it has ended, or allow a "
                "longer wait with SET lock_timeout."
            )
        else:
            return None
        return kind(message, table=table, dialect=self.name, hint=hint)

    # the running transaction

    def enter_unit(
        self, connection: Connection, log: LogSpec, token: str, context: str | None
    ) -> None:
        """Do nothing: the database knows its transactions."""

    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Do nothing: what belongs to a transaction ends with it."""

    def begin_anew(self, connection: Connection, log: LogSpec) -> None:
        """Forget id and context: one round trip."""
        setting = Log(log).setting
        connection.execute(
            text(
                "SELECT pg_catalog.set_config(:id, '', true),"
                " pg_catalog.set_config(:context, '', true)"
            ),
            {"id": setting, "context": f"{setting}_context"},
            execution_options={INTERNAL: True},
        )

    def publish(self, connection: Connection, log: LogSpec, context: str | None) -> None:
        """Set the context, and the columns it names if there is a row: one round trip.

        Columns that the context does not name keep their values.
        """
        self._call(connection, log, "publish", "CAST(:context AS text)", context=context)

    def transaction_id(self, connection: Connection, log: LogSpec, *, create: bool) -> int | None:
        """Ask the helper for the id: one round trip."""
        id_: int | None = self._call(connection, log, "transaction_id", ":create", create=create)
        return id_

    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Add tables to those that are paused in this transaction: one round trip."""
        self._set_paused(connection, log, _names(tables) if tables else "*", keep=True)

    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Replace the tables that are paused in this transaction: one round trip."""
        self._set_paused(connection, log, _names(tables), keep=False)

    def unlock(self, connection: Connection, log: LogSpec, *, allowed: bool) -> None:
        """Open or close the way through the guards: one round trip."""
        self._call(connection, log, "unlock", ":allowed", allowed=allowed)

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Ask the driver: psycopg2, psycopg and asyncpg know."""
        ask = getattr(dbapi_connection, "get_transaction_status", None)
        if ask is not None:
            # psycopg2.  Asked before each statement, and that way makes no object.
            return ask() in _IN_TRANSACTION
        for connection in (
            dbapi_connection,
            getattr(dbapi_connection, "driver_connection", None),
            getattr(dbapi_connection, "_connection", None),
        ):
            status = getattr(getattr(connection, "info", None), "transaction_status", None)
            if status is not None:
                return int(status) in _IN_TRANSACTION
            ask = getattr(connection, "is_in_transaction", None)
            if ask is not None:
                return bool(ask())
        return None

    def _set_paused(self, connection: Connection, log: LogSpec, tables: str, *, keep: bool) -> None:
        self._call(
            connection, log, "pause", "CAST(:tables AS text), :keep", tables=tables, keep=keep
        )

    def _call(
        self, connection: Connection, log: LogSpec, helper: str, arguments: str, **values: Any
    ) -> Any:
        # A colon in a name is not the start of a parameter.
        function = written(Log(log).function(helper)).replace(":", "\\:")
        return connection.execute(
            text(f"SELECT {function}({arguments})"), values, execution_options={INTERNAL: True}
        ).scalar_one()


_IN_TRANSACTION = (1, 2, 3)
"""What libpq says of a connection: active, in a transaction, in one that has failed."""


def _recorder(spec: TriggerSpec) -> Recorder:
    if spec.root is not None:
        return LowerRecorder(spec, spec.root)
    filtered = spec.when is not None or set(spec.operations) != set(OPERATIONS)
    if spec.level == "statement":
        return FilteredStatementRecorder(spec) if filtered else StatementRecorder(spec)
    return FilteredRecorder(spec) if filtered else Recorder(spec)


def _names(tables: Iterable[TableName]) -> str:
    return json.dumps([json.dumps([table.schema, table.name]) for table in tables])


def _mark(comment: str | None) -> dict[str, Any]:
    """Read the comment on a trigger or function; nothing of ours gives an empty dictionary."""
    try:
        value = json.loads(comment or "null")
    except ValueError:
        return {}
    return value if isinstance(value, dict) and "continuum" in value else {}


def _fingerprint(comment: str | None) -> str | None:
    """Read the fingerprint out of the comment on a trigger or function."""
    fingerprint = _mark(comment).get("fingerprint")
    return fingerprint if isinstance(fingerprint, str) else None


def _diagnosis(error: BaseException) -> tuple[str | None, str, str]:
    """Return SQLSTATE, message and context of what a driver raised, SQLAlchemy's wrapper or not."""
    raised: Any = getattr(error, "orig", None) or error
    state = getattr(raised, "sqlstate", None) or getattr(raised, "pgcode", None)
    diagnosis = getattr(raised, "diag", None)
    message = getattr(diagnosis, "message_primary", None)
    context = getattr(diagnosis, "context", None)
    cause = raised.__cause__
    if message is None:  # asyncpg's errors are wrapped once more
        message = getattr(cause, "message", None) or str(raised)
    if context is None:
        context = getattr(cause, "context", None) or ""
    return state, message, context


_CATALOG = text(
    """
    SELECT n.nspname, c.relname, t.tgname,
           pg_catalog.obj_description(t.oid, 'pg_trigger'),
           pg_catalog.obj_description(t.tgfoid, 'pg_proc'),
           t.tgenabled::text
      FROM pg_catalog.pg_trigger AS t
      JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE t.tgname IN :triggers AND NOT t.tgisinternal AND t.tgparentid = 0
       AND (n.nspname IN :schemas
            OR CAST(:default AS boolean) AND n.nspname = pg_catalog.current_schema())
    UNION ALL
    SELECT n.nspname, NULL, p.proname,
           pg_catalog.obj_description(p.oid, 'pg_proc'),
           pg_catalog.obj_description(p.oid, 'pg_proc'),
           'O'
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
     WHERE p.proname IN :helpers AND n.nspname = CAST(:log_schema AS text)
    """.replace("::text", "\\:\\:text")
).bindparams(
    bindparam("triggers", expanding=True),
    bindparam("schemas", expanding=True),
    bindparam("helpers", expanding=True),
)

EMITTER = PostgreSQLEmitter()
"""The emitter; it keeps no state."""
