"""What is asked of SQLite to make triggers, and to find out about them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Capabilities
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
from continuum.dialects.sqlite.running import RunningTransaction
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import MAIN
from continuum.dialects.sqlite.text import MINIMUM
from continuum.dialects.sqlite.text import TEXT
from continuum.dialects.sqlite.text import create_trigger
from continuum.dialects.sqlite.text import literal
from continuum.dialects.sqlite.text import quote
from continuum.dialects.sqlite.text import schema_of
from continuum.errors import ImproperlyConfigured
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError

MARK = re.compile(r"/\* continuum:([0-9a-f]+) \*/")

KINDS = (*ON_LIVE, *ON_HISTORY)
"""Kinds of triggers that a table can have."""


class SQLiteEmitter(RunningTransaction):
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

    def _drop(self, spec: TriggerSpec, kinds: Iterable[str]) -> list[str]:
        schema = quote(schema_of(spec.table.schema))
        return [
            f"DROP TRIGGER IF EXISTS {schema}.{quote(self._name(spec, kind))}" for kind in kinds
        ]

    def _name(self, spec: TriggerSpec, kind: str) -> str:
        return f"{spec.log.prefix}_{kind}_{spec.table.name}"


EMITTER = SQLiteEmitter()
