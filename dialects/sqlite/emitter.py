"""What is asked of SQLite: statements that make triggers, and those around a transaction."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Capabilities
from continuum.dialects.base import Emitter
from continuum.dialects.base import Installed
from continuum.dialects.base import Server
from continuum.dialects.holes import Hole
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import fingerprint_of
from continuum.dialects.sqlite.explaining import explain
from continuum.dialects.sqlite.guarding import GUARDS
from continuum.dialects.sqlite.guarding import Unlocked
from continuum.dialects.sqlite.guarding import guard_history
from continuum.dialects.sqlite.guarding import guard_log
from continuum.dialects.sqlite.guarding import guard_side
from continuum.dialects.sqlite.guarding import log_guard_names
from continuum.dialects.sqlite.guarding import side_guard_names
from continuum.dialects.sqlite.recorder import ON_HISTORY
from continuum.dialects.sqlite.recorder import ON_LIVE
from continuum.dialects.sqlite.recorder import Recorder
from continuum.dialects.sqlite.replacing import replaced_unseen
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import CONNECTION_SETUP
from continuum.dialects.sqlite.text import DEFERRED
from continuum.dialects.sqlite.text import MAIN
from continuum.dialects.sqlite.text import MINIMUM
from continuum.dialects.sqlite.text import TEXT
from continuum.dialects.sqlite.text import TICK
from continuum.dialects.sqlite.text import create_trigger
from continuum.dialects.sqlite.text import literal
from continuum.dialects.sqlite.text import quote
from continuum.dialects.sqlite.text import schema_of
from continuum.errors import ImproperlyConfigured
from continuum.errors import PauseError
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError

MARK = re.compile(r"/\* continuum:([0-9a-f]+) \*/")
WITHDRAWN = "unit = NULL, context = NULL, stamp = NULL, paused = NULL, guard = NULL"
"""What is set when a unit ends."""

EXPLAINED = "continuum_explained"
"""Key in ``Connection.info``: how often the flag was set by explaining, or -1 if that is no use."""

KINDS = (*ON_LIVE, *ON_HISTORY)
"""Kinds of triggers that a table can have."""


class SQLiteEmitter(Emitter):
    """Triggers for SQLite."""

    name = "sqlite"

    capabilities = Capabilities(
        foreign_transaction_identity="tick",
        truncate_recorded=False,
        cascades_fire_triggers=True,
        transactional_ddl=True,
        concurrent_writers=False,
        unit_required=True,
        cross_schema=False,
    )

    def server(self, connection: Connection, log: LogSpec) -> Server:
        """Read the version, the attached files and which tables have row ids (two statements).

        One more for each file where history is append-only.
        """
        known = connection.dialect.server_version_info or MINIMUM
        version = tuple(int(part) for part in known)
        schemas = [row[1] for row in self._query(connection, "PRAGMA database_list")]
        with_rowid: list[Any] = []
        if version >= (3, 37):
            with_rowid = self._query(
                connection,
                "SELECT l.schema, l.name FROM pragma_table_list AS l"
                " WHERE l.type = 'table' AND l.wr = 0",
            )
        files = tuple(name for name in schemas if name != "temp")
        return Server(
            version=version,
            default_schema=MAIN,
            facts={
                "schemas": files,
                "with_rowid": frozenset((schema, name) for schema, name in with_rowid),
                "outdated": frozenset(
                    name
                    for name in files
                    if log.append_only and self._outdated(connection, log, name)
                ),
            },
        )

    def _outdated(self, connection: Connection, log: LogSpec, schema: str) -> bool:
        """Say whether a table of guards was made for other triggers than those of today."""
        table = Unlocked(State(log, schema))
        found = {name for (name,) in self._query(connection, table.columns())}
        return bool(found) and found != set(table.COLUMNS)

    def offline_server(self, dialect: Dialect) -> Server:
        """Assume the oldest version, no attached databases, and that tables are to be made anew."""
        facts = {
            "schemas": (MAIN,),
            "with_rowid": frozenset[tuple[str, str]](),
            "outdated": frozenset((MAIN,)),
        }
        return Server(version=MINIMUM, default_schema=MAIN, facts=facts)

    def holes(self, connection: Connection, spec: TriggerSpec, server: Server) -> list[str]:
        """Return what other clients can hide; there is no TRUNCATE.  One query."""
        schema = spec.table.schema or server.default_schema
        found = replaced_unseen(connection, spec.table, schema)
        if spec.log.protected or spec.append_only:
            found.append(
                Hole(
                    "changes of ",
                    spec.version_table,
                    " by those who drop triggers or write to the state table first: whoever can "
                    "write to the file can do that, SQLite has no rights",
                )
            )
        return found

    def validate(self, spec: TriggerSpec, server: Server) -> None:
        """Refuse what cannot be recorded.

        :raises ImproperlyConfigured: SQLite is too old.
        :raises UnsupportedTable: the triggers would need a table in another database file.
        """
        super().validate(spec, server)
        if server.version[:2] < MINIMUM:
            version = ".".join(map(str, server.version))
            raise ImproperlyConfigured(
                f"recording by triggers needs SQLite 3.35 or newer, and this is {version}",
                table=str(spec.table),
                dialect=self.name,
                hint="Use a newer SQLite library, or native_versioning=False.",
            )
        if schema_of(spec.table.schema) != schema_of(spec.version_table.schema):
            raise UnsupportedTable(
                f"{spec.table} and {spec.version_table} are in different database files, and a "
                "trigger of SQLite cannot write to another file than its own",
                table=str(spec.table),
                dialect=self.name,
                hint="Keep the version table in the schema of its table (leave the option `schema` "
                "out), or use native_versioning=False.",
            )
        needed = {level.table: "tables of its hierarchy" for level in spec.lower}
        if spec.root is not None:
            needed[spec.root.table] = "the root of its hierarchy"
        if spec.end_timestamp_column is not None:
            needed[spec.log.table] = "the times of transactions"
        if spec.mask is not None:
            needed[spec.mask.catalog] = "the places of the bits of its mask"
        if spec.changes is not None:
            needed[spec.changes.table] = "the kinds of changed objects"
            recorded = {column.name for column in spec.columns}
            for _, name in spec.changes.entity.columns():
                if name not in recorded:
                    raise UnsupportedTable(
                        f"the kind of an object of {spec.table} depends on the column {name!r}, "
                        "which its history does not hold",
                        table=str(spec.table),
                        column=name,
                        dialect=self.name,
                        hint="Take the column out of exclude.",
                    )
        for table, what in needed.items():
            if schema_of(table.schema) != schema_of(spec.table.schema):
                raise UnsupportedTable(
                    f"{spec.table} is in another database file than {table} ({what}), and a "
                    "trigger of SQLite cannot use another file than its own",
                    table=str(spec.table),
                    dialect=self.name,
                    hint="Keep these tables in one file, or use native_versioning=False.",
                )

    def create_helpers(
        self, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> list[str]:
        """Create the state of each database file with recorded tables."""
        home = State(log, schema_of(log.table.schema))
        others = sorted({schema_of(spec.table.schema) for spec in specs} - {home.schema})
        statements = home.create()
        if others:
            statements.append(
                f"UPDATE {home.full} SET others = (SELECT json_group_array(u.value) FROM"
                f" (SELECT a.value FROM json_each(coalesce(others, '[]')) AS a"
                f" UNION SELECT b.value FROM json_each({literal(json.dumps(others))}) AS b) AS u)"
                " WHERE id = 1"
            )
        statements += [text for name in others for text in State(log, name).create()]
        if log.append_only:
            for name in (home.schema, *others):
                statements += Unlocked(State(log, name)).create(server)
            fingerprint = fingerprint_of(log, (), "sqlite", TEXT)
            statements += guard_log(home, fingerprint)
            for side in log.side_tables:
                statements += guard_side(home, side, fingerprint)
        return statements

    def expected_helpers(self, log: LogSpec, server: Server) -> dict[str, str]:
        """Return the names of the triggers that guard the transaction table, if any do."""
        if not log.append_only:
            return {}
        return dict.fromkeys(log_guard_names(log), fingerprint_of(log, (), "sqlite", TEXT))

    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Remove the state from each attached database file."""
        schemas = dict.fromkeys((schema_of(log.table.schema), *server.facts["schemas"]))
        statements = [text for schema in schemas for text in State(log, schema).drop()]
        if log.append_only:
            home = quote(schema_of(log.table.schema))
            statements += [
                f"DROP TRIGGER IF EXISTS {home}.{quote(name)}" for name in log_guard_names(log)
            ]
            for schema in schemas:
                statements += Unlocked(State(log, schema)).drop()
        return statements

    def helper_tables(self, log: LogSpec) -> tuple[str, ...]:
        """Return the names of the helper tables, which are the same in each database file."""
        state = State(log, MAIN)
        return (state.name, Unlocked(state).name) if log.append_only else (state.name,)

    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Create the triggers of one table.  They have to run in one transaction.

        Those that an earlier definition of the table needed are removed.

        SQLite fires the newest trigger first, so triggers made anew come before those of others.
        """
        schema = schema_of(spec.table.schema)
        fingerprint = spec.fingerprint("sqlite", TEXT)
        # Not a matter of the fingerprint: with and without a row id the text does the same.
        triggers = Recorder(spec, server.facts["with_rowid"]).triggers()
        created = [
            text
            for kind, (event, table, when, body) in triggers.items()
            for text in create_trigger(
                schema, self._name(spec, kind), event, table, fingerprint, when, body
            )
        ]
        guards = guard_history(spec, fingerprint) if spec.append_only else []
        unused = [kind for kind in KINDS if kind not in triggers]
        return [*created, *self._drop(spec, unused), *guards]

    def drop(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Remove the triggers of one table."""
        return self._drop(spec, (*KINDS, *GUARDS) if spec.append_only else KINDS)

    def expected(self, spec: TriggerSpec, server: Server) -> dict[str, str]:
        """Return the names and fingerprints of the triggers of one table."""
        fingerprint = spec.fingerprint("sqlite", TEXT)
        guards = GUARDS if spec.append_only else ()
        return {
            self._name(spec, kind): fingerprint for kind in (*Recorder(spec).triggers(), *guards)
        }

    def without_guards(self, spec: TriggerSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a version table that is not guarded now."""
        left = [kind for kind in GUARDS if self._name(spec, kind) in names]
        return [] if spec.append_only else self._drop(spec, left)

    def without_log_guards(self, log: LogSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a transaction table not guarded now."""
        home = quote(schema_of(log.table.schema))
        left = [] if log.append_only else [name for name in log_guard_names(log) if name in names]
        return [f"DROP TRIGGER IF EXISTS {home}.{quote(name)}" for name in left]

    def without_side_guards(self, log: LogSpec, table: TableName) -> list[str]:
        """Return the statements that remove the guards of a table beside the transaction table."""
        home = quote(schema_of(log.table.schema))
        return [
            f"DROP TRIGGER IF EXISTS {home}.{quote(name)}"
            for side in log.side_tables
            if side.table == table
            for name in side_guard_names(log, side)
        ]

    def installed(
        self, connection: Connection, log: LogSpec, schemas: Sequence[str | None]
    ) -> list[Installed]:
        """Read the triggers of ours in these database files.  One query for each."""
        found = []
        log_guards = set(log_guard_names(log))
        for schema in schemas:
            rows = connection.exec_driver_sql(
                f"SELECT m.name, m.tbl_name, m.sql FROM {quote(schema_of(schema))}.sqlite_master"
                " AS m WHERE m.type = 'trigger' AND instr(m.sql, '/* continuum:') > 0",
                execution_options={INTERNAL: True},
            )
            state = State(log, schema_of(schema))
            for name, table, source in rows:
                if not name.startswith(f"{log.prefix}_"):
                    continue
                mark = MARK.search(source)
                owner = log.table if table == state.name else TableName(table, schema)
                for kind in (*ON_HISTORY, *GUARDS):
                    start = f"{log.prefix}_{kind}_"
                    if name.startswith(start):
                        owner = TableName(name.removeprefix(start), schema)
                if name in log_guards:
                    owner = log.table
                found.append(Installed(owner, name, None if mark is None else mark.group(1)))
        return found

    def explain(self, error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
        """Return a typed error for what the driver raised, if it is known."""
        return explain(error, spec)

    def enter_unit(
        self,
        connection: Connection,
        log: LogSpec,
        token: str,
        context: str | None,
    ) -> None:
        """Announce a writing transaction.

        One statement where foreign keys are enforced, four elsewhere; with recorded tables in
        attached files five more, and two for each file.  Does nothing while each statement is a
        transaction of its own.  A unit that is still set was left by a transaction that ended
        behind SQLAlchemy's back, and is overwritten.
        """
        if self.begin_unit(connection, log, token, context):
            self.end_batch(connection, log)

    def begin_unit(
        self, connection: Connection, log: LogSpec, token: str, context: str | None
    ) -> bool:
        """Announce a writing transaction, and vouch for it during the statement that follows.

        Its triggers are spared their look at the flag of the transaction.  One statement where
        foreign keys are enforced, three elsewhere, and those for attached files.
        """
        if self._autocommits(connection):
            return False
        home = State(log, schema_of(log.table.schema))
        enforced, others = self._query(
            connection,
            f"UPDATE {home.full} SET unit = ?, context = ?, transaction_id = NULL, used = NULL,"
            " previous = NULL, stamp = NULL, paused = NULL, guard = 2 WHERE id = 1"
            " RETURNING (SELECT f.foreign_keys FROM pragma_foreign_keys AS f), others",
            token,
            context,
        )[0]
        if not enforced:
            self._defer(connection)
            if others is None:
                return True
            self.end_batch(connection, log)
        if others is not None:
            with self._or_withdrawn(connection, home):
                self._announce_to_attached(connection, home, others, token, 2 if enforced else None)
        return False

    @contextmanager
    def _or_withdrawn(self, connection: Connection, home: State) -> Iterator[None]:
        """Announce a unit to all files or, when one of them is locked, to none of them.

        The transaction may go on, and be committed: the announcement would outlive it.
        """
        self._run(connection, f"SAVEPOINT {quote(home.name)}")
        try:
            yield
        except Exception:
            # Some failures have ended the transaction.
            if self.in_transaction(connection.connection.dbapi_connection) is not False:
                self._run(connection, f"ROLLBACK TO {quote(home.name)}")
                self._run(connection, f"RELEASE {quote(home.name)}")
                self._run(connection, f"UPDATE {home.full} SET {WITHDRAWN} WHERE id = 1")
            raise
        self._run(connection, f"RELEASE {quote(home.name)}")

    def _announce_to_attached(
        self, connection: Connection, home: State, others: str, token: str, guard: int | None
    ) -> None:
        """Tell attached files of the unit, and of the id that it has for this reason already."""
        log = home.log
        self._run(connection, f"UPDATE {home.full} SET used = 0, asked = 0 WHERE id = 1")
        table, key = quote(log.table.name), quote(log.id)
        current, previous = self._query(
            connection,
            f"SELECT s.transaction_id, (SELECT max(t.{key}) FROM {quote(home.schema)}.{table} AS t"
            f" WHERE t.{key} < s.transaction_id) FROM {home.full} AS s WHERE s.id = 1",
        )[0]
        for state in self._attached(connection, log, others):
            self._run(
                connection,
                f"UPDATE {state.full} SET unit = ?, transaction_id = ?, previous = ?, used = 0,"
                " stamp = NULL, context = NULL, paused = NULL, guard = ? WHERE id = 1",
                token,
                current,
                previous,
                guard,
            )

    def enter_statement(self, connection: Connection, log: LogSpec) -> None:
        """Wait for the tick of the clock (a millisecond) in which nobody has written yet.

        Statements that are transactions of their own are told apart by it.  One query, or a few.
        """
        home = State(log, schema_of(log.table.schema))
        same_tick = f"SELECT 1 FROM {home.full} AS s WHERE s.id = 1 AND s.stamp IS {TICK}"
        while self._query(connection, same_tick):
            time.sleep(0.0003)

    def knows_unit(self, connection: Connection, log: LogSpec, token: str) -> bool:
        """Look at the state row: an announcement is rolled back like any other change."""
        state = State(log, schema_of(log.table.schema))
        found = connection.exec_driver_sql(
            f"SELECT s.unit FROM {state.full} AS s WHERE s.id = 1",
            execution_options={INTERNAL: True},
        ).scalar()
        return bool(found == token)

    def begin_batch(self, connection: Connection, log: LogSpec) -> bool:
        """Spare the triggers of a batch their look at the flag of the transaction.

        Within one call of the driver nobody else can commit.  Where foreign keys are enforced the
        unit is guarded by them, and nothing needs to be done.  Nobody vouches for a unit of which
        the flag says that its transaction has ended behind SQLAlchemy's back.
        """
        state = State(log, schema_of(log.table.schema))
        statement = (
            f"UPDATE {state.full} SET guard = 2"
            f" WHERE id = 1 AND unit IS NOT NULL AND guard IS NULL AND {DEFERRED}"
        )
        return self._run(connection, statement) == 1

    def end_batch(self, connection: Connection, log: LogSpec) -> None:
        """Let the triggers look again.  One statement."""
        if self.in_transaction(connection.connection.dbapi_connection) is False:
            # What failed has ended the transaction, and nothing is left to vouch for.
            return
        state = State(log, schema_of(log.table.schema))
        self._run(connection, f"UPDATE {state.full} SET guard = NULL WHERE id = 1")

    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Withdraw the announcement: one statement.

        With attached files two more, and two for each of them.
        """
        if self._autocommits(connection):
            return
        home = State(log, schema_of(log.table.schema))
        others, used, current = self._query(
            connection,
            f"UPDATE {home.full} SET {WITHDRAWN} WHERE id = 1"
            " RETURNING others, used, transaction_id",
        )[0]
        if others is None:
            return
        elsewhere = [
            self._query(
                connection, f"UPDATE {state.full} SET {WITHDRAWN} WHERE id = 1 RETURNING used"
            )[0][0]
            for state in self._attached(connection, log, others)
        ]
        if used:
            return
        if any(elsewhere):
            # A guard gives the row of a transaction away that has changed nothing here.
            self._run(connection, f"UPDATE {home.full} SET used = 1 WHERE id = 1")
            return
        self._run(
            connection,
            f"DELETE FROM {quote(home.schema)}.{quote(log.table.name)} WHERE {quote(log.id)} = ?",
            current,
        )

    def publish(self, connection: Connection, log: LogSpec, context: str | None) -> None:
        """Replace the context; a trigger brings a row that exists up to date.  One statement."""
        state = State(log, schema_of(log.table.schema))
        self._run(
            connection,
            f"UPDATE {state.full} SET context = ? WHERE id = 1 AND unit IS NOT NULL",
            context,
        )

    def transaction_id(self, connection: Connection, log: LogSpec, *, create: bool) -> int | None:
        """Return the id of the running transaction: one statement, or two with ``create``."""
        state = State(log, schema_of(log.table.schema))
        if create:
            self._run(
                connection,
                f"UPDATE {state.full} SET asked = NULL WHERE id = 1"
                f" AND {state.unknown(state.table)}",
            )
        known = (
            f"s.used = 1 AND CASE WHEN s.unit IS NULL THEN {int(create)} OR s.stamp IS {TICK}"
            f" ELSE {state.believed()} END"
        )
        found: int | None = self._query(
            connection,
            f"SELECT CASE WHEN {known} THEN s.transaction_id END FROM {state.full} AS s"
            " WHERE s.id = 1",
        )[0][0]
        return found

    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Stop recording tables for the rest of the transaction.  Two statements.

        :raises PauseError: no transaction has been announced.
        """
        for state in self._states(connection, log):
            names = [table.name for table in tables if schema_of(table.schema) == state.schema]
            if tables and not names:
                continue
            changed = self._run(
                connection,
                f"UPDATE {state.full} SET paused = CASE WHEN paused IS NULL OR ?1 = 'true' THEN ?1"
                " WHEN paused = 'true' THEN paused ELSE (SELECT json_group_array(u.value) FROM"
                " (SELECT a.value FROM json_each(paused) AS a"
                " UNION SELECT b.value FROM json_each(?1) AS b) AS u) END"
                " WHERE id = 1 AND unit IS NOT NULL",
                json.dumps(names) if names else "true",
            )
            if not changed:
                raise PauseError(
                    "a pause has no transaction to hold for: none has been announced to the "
                    "database",
                    dialect=self.name,
                    hint="Use paused() inside a transaction.",
                )

    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Set the tables that stay paused.  Two statements."""
        for state in self._states(connection, log):
            names = [table.name for table in tables if schema_of(table.schema) == state.schema]
            self._run(
                connection,
                f"UPDATE {state.full} SET paused = ?, current = transaction_id WHERE id = 1",
                json.dumps(names) if names else None,
            )

    def unlock(self, connection: Connection, log: LogSpec, *, allowed: bool) -> None:
        """Note the transaction that may change history: two statements, and one for each file."""
        number = self.transaction_id(connection, log, create=True) if allowed else None
        for state in self._states(connection, log):
            self._run(
                connection,
                f"UPDATE {Unlocked(state).full} SET transaction_id = ? WHERE id = 1",
                number,
            )

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Ask the driver; the drivers in the standard library, aiosqlite and SQLCipher tell."""
        # Asked before each statement: mostly one look is enough.
        answer = getattr(dbapi_connection, "in_transaction", None)
        if isinstance(answer, bool):
            return answer
        driver = getattr(dbapi_connection, "driver_connection", None)
        answer = getattr(driver, "in_transaction", None)
        return answer if isinstance(answer, bool) else None

    def prepare_connection(self, connection: Connection) -> None:
        """Let ``REPLACE`` tell triggers which rows it deletes."""
        for statement in CONNECTION_SETUP:
            self._run(connection, statement)

    def ensure_transaction(self, connection: Connection, *, writing: bool = False) -> None:
        """Send BEGIN where the driver would wait for the first change.

        Without it the first savepoint would be the transaction, and its release the commit.

        :param writing: lock the database now.  A transaction that begins by reading is refused its
            first change, without any waiting, when another one is about to commit.
        """
        driver = connection.connection.dbapi_connection
        if self.in_transaction(driver) is False and not self._autocommits(connection):
            self._run(connection, "BEGIN IMMEDIATE" if writing else "BEGIN")

    def _drop(self, spec: TriggerSpec, kinds: Iterable[str]) -> list[str]:
        schema = quote(schema_of(spec.table.schema))
        return [
            f"DROP TRIGGER IF EXISTS {schema}.{quote(self._name(spec, kind))}" for kind in kinds
        ]

    def _name(self, spec: TriggerSpec, kind: str) -> str:
        return f"{spec.log.prefix}_{kind}_{spec.table.name}"

    def _defer(self, connection: Connection) -> None:
        """Set what shows the end of the transaction: it does nothing else, as foreign keys are off.

        The pragma has its effect when it is compiled.  Run, it would also make the connection
        compile all its statements again, so it is only explained; with a number in it, so that the
        driver does not take it for a statement that it has compiled before.  Whether that is enough
        is looked up once for each connection of the driver.
        """
        known = connection.info
        number = known.get(EXPLAINED, 0)
        if number >= 0:
            self._run(connection, f"EXPLAIN PRAGMA defer_foreign_keys = ON /* {number} */")
            if number == 0 and not self._query(connection, f"SELECT {DEFERRED}")[0][0]:
                number = -1
        if number < 0:
            self._run(connection, "PRAGMA defer_foreign_keys = ON")
        known[EXPLAINED] = number + (number >= 0)

    def _states(self, connection: Connection, log: LogSpec) -> list[State]:
        """Return the state of the transaction table's file, and those of attached files."""
        home = State(log, schema_of(log.table.schema))
        others = self._query(connection, f"SELECT s.others FROM {home.full} AS s")[0][0]
        return [home, *self._attached(connection, log, others or "[]")]

    def _attached(self, connection: Connection, log: LogSpec, others: str) -> list[State]:
        """Return the states of those files that are attached at the moment."""
        present = {row[1] for row in self._query(connection, "PRAGMA database_list")}
        states = [State(log, name) for name in json.loads(others) if name in present]
        return [
            state
            for state in states
            if self._query(
                connection,
                f"SELECT 1 FROM {quote(state.schema)}.sqlite_master AS m"
                " WHERE m.type = 'table' AND m.name = ?",
                state.name,
            )
        ]

    def _run(self, connection: Connection, statement: str, *parameters: Any) -> int:
        """Run a statement, and return how many rows it has changed."""
        return self._execute(connection, statement, parameters, fetch=False)[1]

    def _query(self, connection: Connection, statement: str, *parameters: Any) -> list[Any]:
        """Run a statement, and return the rows that it has found."""
        return self._execute(connection, statement, parameters)[0]

    def _execute(
        self,
        connection: Connection,
        statement: str,
        parameters: Sequence[Any],
        *,
        fetch: bool = True,
    ) -> tuple[list[Any], int]:
        driver = connection.connection.dbapi_connection
        if driver is not None and not connection._echo:
            # Several of these go with each small transaction; SQLAlchemy's own way costs more than
            # the statement.
            cursor = driver.cursor()
            try:
                cursor.execute(statement, parameters)
                return list(cursor.fetchall()) if fetch else [], cursor.rowcount
            except connection.dialect.loaded_dbapi.Error:
                # Below it fails once more, as users know it: with an error of SQLAlchemy.
                pass
            finally:
                cursor.close()
        result = connection.exec_driver_sql(
            statement, tuple(parameters), execution_options={INTERNAL: True}
        )
        return (list(result) if result.returns_rows else []), result.rowcount

    def _autocommits(self, connection: Connection) -> bool:
        """Say whether the next change would be committed at once."""
        driver: Any = connection.connection.dbapi_connection
        if self.in_transaction(driver) is not False:
            return False
        autocommit = getattr(driver, "autocommit", None)
        if isinstance(autocommit, bool):
            return autocommit
        return getattr(driver, "isolation_level", None) is None


EMITTER = SQLiteEmitter()
