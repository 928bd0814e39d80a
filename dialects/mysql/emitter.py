"""The emitter."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Capabilities
from continuum.dialects.base import Installed
from continuum.dialects.base import Server
from continuum.dialects.holes import Hole
from continuum.dialects.mysql.cascades import descendants
from continuum.dialects.mysql.cascades import pairs_of
from continuum.dialects.mysql.errors import TRUST_HINT
from continuum.dialects.mysql.errors import explain
from continuum.dialects.mysql.guarding import HistoryGuard
from continuum.dialects.mysql.guarding import LogGuard
from continuum.dialects.mysql.guarding import log_guards
from continuum.dialects.mysql.helpers import Helpers
from continuum.dialects.mysql.helpers import VersionTable
from continuum.dialects.mysql.helpers import helper_comment
from continuum.dialects.mysql.helpers import helpers_of
from continuum.dialects.mysql.installing import copies_of
from continuum.dialects.mysql.installing import create_trigger
from continuum.dialects.mysql.installing import in_mode
from continuum.dialects.mysql.installing import locked_while
from continuum.dialects.mysql.keeping import Kept
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.mysql.recorder import KINDS
from continuum.dialects.mysql.recorder import Recorder
from continuum.dialects.mysql.running import RunningTransaction
from continuum.dialects.mysql.selection import SelectiveRecorder
from continuum.dialects.mysql.selection import is_selective
from continuum.dialects.mysql.server import assumed_server
from continuum.dialects.mysql.server import known_versions
from continuum.dialects.mysql.server import needs_guard
from continuum.dialects.mysql.server import read_server
from continuum.dialects.mysql.server import triggers_of_log
from continuum.dialects.mysql.text import digest
from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import joined_name
from continuum.dialects.mysql.text import plain_json
from continuum.dialects.mysql.text import read_mark
from continuum.dialects.mysql.text import table_name
from continuum.dialects.mysql.text import tidy
from continuum.dialects.mysql.tracking import TRACKING_KINDS
from continuum.dialects.mysql.tracking import Tracking
from continuum.dialects.mysql.tracking import is_tracked
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import fingerprint_of
from continuum.dialects.spec import resolve_log
from continuum.errors import MissingPrivilege
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError


def relative(spec: TriggerSpec) -> TriggerSpec:
    """Return the spec as seen from the schema of its live table."""
    home = spec.table.schema
    return spec.resolve(lambda schema: None if schema == home else schema)


CATALOG = text(
    """
    SELECT t.trigger_schema, t.event_object_table, t.trigger_name, t.action_statement, NULL
      FROM information_schema.triggers AS t
     WHERE (t.trigger_schema IN :schemas OR :default AND t.trigger_schema = DATABASE())
       AND t.trigger_name LIKE 'continuum%'
    UNION ALL
    SELECT r.routine_schema, NULL, r.routine_name, NULL, r.routine_comment
      FROM information_schema.routines AS r
     WHERE r.routine_schema = COALESCE(:home, DATABASE()) AND r.routine_name IN :helpers
    """
).bindparams(bindparam("schemas", expanding=True), bindparam("helpers", expanding=True))


class MySQLEmitter(RunningTransaction):
    """Recording by triggers on MariaDB 10.6+ and MySQL 8.0+."""

    name = "mysql"
    unit_survives_rollback = True
    capabilities = Capabilities(
        foreign_transaction_identity="exact",
        truncate_recorded=False,
        cascades_fire_triggers=False,
        transactional_ddl=False,
        concurrent_writers=True,
        unit_required=True,
        cross_schema=True,
    )

    # facts

    def server(self, connection: Connection, log: LogSpec) -> Server:
        """Read version, schema and what there is of triggers: four queries, on MySQL six.

        One more where a table says what the running transaction is.
        """
        return read_server(connection, log)

    def offline_server(self, dialect: Dialect) -> Server:
        """Assume a server without any triggers, whose default schema is not known."""
        return assumed_server(dialect)

    def identity(self, server: Server) -> str:
        """Say how transactions of clients outside SQLAlchemy are told apart.

        ``"innodb"`` (MariaDB: by InnoDB's own number of the transaction), ``"performance_schema"``
        (MySQL, where the role that installs the triggers may read it) or ``"statement"`` (each
        statement counts as a transaction).
        """
        return str(server.facts["identity"])

    def server_capabilities(self, server: Server) -> Capabilities:
        """Return the capabilities of one server."""
        exact = self.identity(server) != "statement"
        return replace(
            self.capabilities, foreign_transaction_identity="exact" if exact else "statement"
        )

    def holes(self, connection: Connection, spec: TriggerSpec, server: Server) -> list[str]:
        """Return what is not seen here, and what replicas would see differently."""
        found = super().holes(connection, spec, server)
        if spec.append_only:
            found += [Hole("TRUNCATE of ", table) for table in (spec.version_table, spec.log.table)]
        if server.facts["binary_log"] == "STATEMENT":
            found.append(
                Hole(
                    "history of ",
                    spec.table,
                    " on replicas and after a recovery from the binary log, which runs statements "
                    "once more (binlog_format=STATEMENT; ROW would be right)",
                )
            )
        return found

    def check_privileges(
        self, connection: Connection, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> None:
        """Refuse a user whom the binary log keeps from creating triggers.

        Rights that come with a role cannot be looked up, so that a user who has one passes.

        :raises MissingPrivilege: with the ways out.
        """
        refused = connection.execute(
            text(
                "SELECT @@log_bin = 1 AND @@log_bin_trust_function_creators = 0"
                " AND COALESCE(CURRENT_ROLE(), 'NONE') = 'NONE'"
                " AND NOT EXISTS (SELECT 1 FROM information_schema.user_privileges"
                " WHERE privilege_type IN ('SUPER', 'BINLOG ADMIN'))"
            ),
            execution_options={INTERNAL: True},
        ).scalar_one()
        if refused:
            raise MissingPrivilege(
                "the user may not create triggers while the server keeps a binary log",
                dialect=self.name,
                hint=TRUST_HINT,
            )

    def validate(self, spec: TriggerSpec, server: Server) -> None:
        """Refuse what would be recorded wrongly or not at all."""
        super().validate(spec, server)
        table = str(spec.table)
        mariadb = server.facts["mariadb"]
        needed = (10, 6) if mariadb else (8, 0)
        if server.version < needed:
            raise UnsupportedTable(
                f"recording by triggers needs {'MariaDB 10.6' if mariadb else 'MySQL 8.0'}, this "
                f"server is {'.'.join(str(part) for part in server.version)}",
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
        if is_selective(spec) and (spec.end_column is None or spec.root or spec.lower):
            raise UnsupportedTable(
                f"a history of {table} with only some of its changes needs versions with an end, "
                "and a table of its own",
                table=table,
                dialect=self.name,
                hint='Leave out operations and when, or use strategy="validity" and no joined '
                "inheritance.",
            )
        for cascade in spec.cascades:
            what = None
            if cascade.child == spec.table and cascade.on_update in ("CASCADE", "SET NULL"):
                what = f"ON UPDATE {cascade.on_update}"
            if cascade.on_delete in ("CASCADE", "SET NULL") and cascade.parent == spec.table:
                what = f"ON DELETE {cascade.on_delete} (a table that refers to itself)"
            if what is not None:
                columns = ", ".join(column for column, _ in cascade.columns)
                raise UnsupportedTable(
                    f"the foreign key ({columns}) of table {cascade.child} to {cascade.parent} has "
                    f"the action {what}: the database would change rows of {table} without firing "
                    f"its triggers",
                    table=table,
                    dialect=self.name,
                    hint="Let the application make these changes (no action on the foreign key), "
                    "or accept that they are not recorded with accept_holes=True.",
                )

    # text

    def create_helpers(
        self, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> list[str]:
        """Return the statements for the procedures, and on MariaDB for the table they use.

        Tables that are recorded into the log already, but are not among the specs, are kept.  On
        MySQL, which cannot replace a procedure, one that would not change is left alone, and
        writes fail in the moment in which another one is missing.
        """
        helpers = Helpers(log, self.identity(server))
        tables = {versions.version_table: versions for versions in known_versions(log, server)}
        tables.update((spec.version_table, VersionTable.of(spec)) for spec in specs)
        ordered = [tables[name] for name in sorted(tables, key=str)]
        schemas = {spec.table.schema for spec in specs}
        schemas |= {
            spec.version_table.schema for spec in specs if is_tracked(spec) or spec.append_only
        }
        schemas |= {trigger.schema for trigger in triggers_of_log(log, server)}
        bodies = {
            "resolve": ("", helpers.resolve()),
            "begin": ("", helpers.begin()),
            "renumber": ("beyond BIGINT", helpers.renumber(ordered)),
        }
        if helpers.log.kept:
            bodies |= Kept(helpers).procedures()
        outside = LogNames(log, None)
        statements = []
        if helpers.identity == "innodb":
            statements.append(helpers.unit_table(outside.helper("unit")))
        if helpers.log.kept:
            statements += Kept(helpers).table(outside.running, server)
        created = []
        for helper, (arguments, body) in bodies.items():
            comment = plain_json(
                {
                    "continuum": 1,
                    "fingerprint": digest(body, 20),
                    "schemas": sorted(str(schema) for schema in schemas if schema is not None),
                }
            )
            name = outside.helper(helper)
            text_ = (
                f"PROCEDURE {name}({arguments})\n"
                f"MODIFIES SQL DATA COMMENT '{comment}'\n"
                f"BEGIN\n{indent(tidy(body), 2)}\nEND"
            )
            if server.facts["mariadb"]:
                created.append(f"CREATE OR REPLACE {text_}")
            elif server.facts["helpers"].get(outside.name(helper)) != comment:
                created += [f"DROP PROCEDURE IF EXISTS {name}", f"CREATE {text_}"]
        if log.append_only:
            for guard in log_guards(log, self._log_fingerprint(log)):
                created += guard.create(server)
        return statements + in_mode(created, server)

    def _log_fingerprint(self, log: LogSpec) -> str:
        home = log.table.schema
        return fingerprint_of(
            resolve_log(log, lambda schema: None if schema == home else schema), ()
        )

    def expected_helpers(self, log: LogSpec, server: Server) -> dict[str, str]:
        """Return the triggers that guard the transaction table, if any do."""
        if not log.append_only:
            return {}
        names = [name for guard in log_guards(log, "") for name in guard.names()]
        return dict.fromkeys(names, self._log_fingerprint(log))

    def without_side_guards(self, log: LogSpec, table: TableName) -> list[str]:
        """Return the statements that remove the guards of a table beside the transaction table."""
        return [
            statement
            for guard in log_guards(log, "")
            if guard.table == table
            for statement in guard.drop()
        ]

    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Return one DROP for each procedure, and one for the table of MariaDB."""
        names = LogNames(log, None)
        statements = [
            f"DROP PROCEDURE IF EXISTS {names.helper(helper)}" for helper in helpers_of(log)
        ]
        if log.append_only:
            guards = log_guards(log, "")
            statements = [*(text for guard in guards for text in guard.drop()), *statements]
        if names.kept:
            statements.append(f"DROP TABLE IF EXISTS {names.running}")
        return [*statements, f"DROP TABLE IF EXISTS {names.helper('unit')}"]

    def helper_tables(self, log: LogSpec) -> tuple[str, ...]:
        """Return the names of the helper tables."""
        names = LogNames(log, None)
        return (names.name("unit"), names.name("running")) if names.kept else (names.name("unit"),)

    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return the statements for one table and for the parents of its foreign keys.

        MariaDB replaces a trigger in place.  On MySQL the new one is made beside the old one, which
        is dropped afterwards; while both stand on the table, one of them keeps still.
        """
        kind_of_recorder = SelectiveRecorder if is_selective(spec) else Recorder
        recorder = kind_of_recorder(spec, guarded=needs_guard(spec.table, server))
        fingerprint = self._fingerprint(spec)
        # Two copies of a trigger agree by variables on who keeps still: any client could say so.
        locked = spec.log.protected and not server.facts["mariadb"]
        statements: list[str] = []
        for kind, (event, body) in recorder.bodies().items():
            mark = {
                "format": 1,
                "kind": kind,
                "name": self._trigger_name(spec, kind),
                "fingerprint": fingerprint,
                "schema": spec.table.schema,
                "log": [spec.log.table.schema, spec.log.table.name],
                "table": spec.table.name,
                "version_table": [spec.version_table.schema, spec.version_table.name],
                "transaction": spec.transaction_column,
                "end": spec.end_column,
                "key": [column.history_name for column in spec.key_columns],
            }
            statements += create_trigger(
                spec.table,
                event,
                body,
                mark,
                server,
                once=None if kind == "before" else recorder.log,
                locked=locked,
            )
        if locked:
            statements = locked_while(statements, spec.table)
        statements = self._create_tracking(spec, server) + statements
        if spec.append_only:
            statements += HistoryGuard(spec, fingerprint).create(server)
        for pair in pairs_of(spec):
            mark = {
                "format": 1,
                "kind": "cascade",
                "name": pair.name,
                "fingerprint": pair.fingerprint,
                "schema": pair.parent.schema,
                "parent": [pair.parent.schema, pair.parent.name],
                "child": [pair.child.schema, pair.child.name],
            }
            statements += create_trigger(
                pair.parent, "BEFORE DELETE", pair.body(), mark, server, shared=True
            )
        return in_mode(statements, server)

    def _create_tracking(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return the statements for triggers of the version table; they go when not needed."""
        home = spec.version_table.schema
        if not is_tracked(spec):
            return [
                f"DROP TRIGGER IF EXISTS {table_name(name)}"
                for name in self._tracking_names(spec, server)
            ]
        statements = []
        for kind, (event, body) in Tracking(spec).bodies().items():
            mark = {
                "format": 1,
                "kind": kind,
                "name": joined_name("continuum", kind, spec.version_table.name),
                "fingerprint": self._fingerprint(spec),
                "schema": home,
                "log": [spec.log.table.schema, spec.log.table.name],
                "of": [spec.table.schema, spec.table.name],
            }
            statements += create_trigger(spec.version_table, event, body, mark, server)
        return statements

    def _tracking_names(self, spec: TriggerSpec, server: Server) -> list[TableName]:
        """Return each name that a trigger of the version table can have.

        Where the spec needs none, these are the names of those that have been left there.
        """
        home = spec.version_table.schema
        there = {trigger.name for trigger in server.facts["triggers"] if trigger.schema == home}
        return [
            TableName(name, home)
            for kind in TRACKING_KINDS
            for name in copies_of(joined_name("continuum", kind, spec.version_table.name))
            if is_tracked(spec) or name in there
        ]

    def drop(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return one DROP for each trigger, under each name that it may have.

        A trigger of a parent's parent stays: other tables may need it, and it only does what the
        foreign key says.
        """
        names = [TableName(self._trigger_name(spec, kind), spec.table.schema) for kind in KINDS]
        names += [
            TableName(pair.name, pair.parent.schema)
            for pair in pairs_of(spec)
            if pair.child == spec.table
        ]
        found = [replace(name, name=copy) for name in names for copy in copies_of(name.name)]
        found += self._tracking_names(spec, server)
        guards = HistoryGuard(spec, "").drop() if spec.append_only else []
        return [*(f"DROP TRIGGER IF EXISTS {table_name(name)}" for name in found), *guards]

    def without_guards(self, spec: TriggerSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a version table that is not guarded now."""
        guard = HistoryGuard(spec, "")
        left = not spec.append_only and any(name in names for name in guard.names())
        return guard.drop() if left else []

    def without_log_guards(self, log: LogSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a transaction table not guarded now."""
        if log.append_only or not any(name in names for name in LogGuard(log, "").names()):
            return []
        return [text for guard in log_guards(log, "") for text in guard.drop()]

    def expected(self, spec: TriggerSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of each trigger, those of the parents included."""
        fingerprint = self._fingerprint(spec)
        found = {
            self._trigger_name(spec, kind): fingerprint
            for kind in KINDS
            if kind != "before" or spec.generated_key
        }
        if is_tracked(spec):
            for kind in TRACKING_KINDS:
                found[joined_name("continuum", kind, spec.version_table.name)] = fingerprint
        if spec.append_only:
            found |= dict.fromkeys(HistoryGuard(spec, "").names(), fingerprint)
        return found | {pair.name: pair.fingerprint for pair in pairs_of(spec)}

    def _fingerprint(self, spec: TriggerSpec) -> str:
        return relative(spec).fingerprint()

    def _trigger_name(self, spec: TriggerSpec, kind: str) -> str:
        return joined_name("continuum", kind, spec.table.name)

    # what a database has

    def installed(
        self, connection: Connection, log: LogSpec, schemas: Sequence[str | None]
    ) -> list[Installed]:
        """Read our triggers and the helpers of the log from the catalog: one query.

        A trigger that came here with the copy of another database, or of which two copies are left,
        is reported without a fingerprint.  The trigger of a parent that acts for a foreign key is
        reported for each recorded table that it serves, that of a version table for the live table.
        """
        home = log.table.schema
        rows = connection.execute(
            CATALOG,
            {
                "schemas": sorted({schema for schema in schemas if schema is not None}) or [""],
                "default": None in schemas,
                "home": home,
                "helpers": [joined_name(log.prefix, helper) for helper in helpers_of(log)],
            },
            execution_options={INTERNAL: True},
        )
        found: dict[tuple[TableName, str], str | None] = {}
        cascades: list[tuple[TableName, TableName, str, str | None]] = []
        helpers = []
        for schema, table, name, body, comment in rows:
            if table is None:
                helpers.append(
                    Installed(log.table, name, helper_comment(comment).get("fingerprint"))
                )
                continue
            mark = read_mark(body)
            if mark is None:
                continue
            fingerprint = mark["fingerprint"] if mark["schema"] in (None, schema) else None
            where = TableName(table, schema)
            if mark["kind"] == "cascade":
                child_schema, child = mark["child"]
                cascades.append(
                    (where, TableName(child, child_schema or schema), mark["name"], fingerprint)
                )
                continue
            if "of" in mark:
                of_schema, of = mark["of"]
                where = TableName(of, of_schema or schema)
            key = (where, mark["name"])
            found[key] = None if key in found else fingerprint
        recorded = {table for table, _ in found}
        for _, child, name, fingerprint in cascades:
            for table in descendants(child, [(one, two) for one, two, _, _ in cascades]):
                if table in recorded:
                    key = (table, name)
                    found[key] = None if key in found else fingerprint
        return [
            *(Installed(table, name, value) for (table, name), value in found.items()),
            *helpers,
        ]

    def sees_triggers(self, connection: Connection) -> bool:
        """Look for the right to create triggers: to users without it the servers show none."""
        return bool(
            connection.execute(
                text(
                    "SELECT 'TRIGGER' IN (SELECT privilege_type FROM"
                    " information_schema.user_privileges UNION ALL SELECT privilege_type FROM"
                    " information_schema.schema_privileges UNION ALL SELECT privilege_type FROM"
                    " information_schema.table_privileges)"
                ),
                execution_options={INTERNAL: True},
            ).scalar_one()
        )

    def explain(self, error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
        """Recognise what our triggers raise, and what creating them can run into."""
        return explain(error, spec)


EMITTER = MySQLEmitter()
"""The emitter; it keeps no state."""
