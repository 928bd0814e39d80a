"""Facts about a server, and the triggers that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Server
from continuum.dialects.mysql.errors import diagnosis
from continuum.dialects.mysql.helpers import VersionTable
from continuum.dialects.mysql.helpers import helper_comment
from continuum.dialects.mysql.helpers import helpers_of
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.mysql.text import joined_name
from continuum.dialects.mysql.text import read_mark
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName


@dataclass(frozen=True)
class ServerTrigger:
    """A trigger that a server has."""

    schema: str
    name: str
    table: str
    event: str
    mark: dict[str, Any] | None


def read_triggers(connection: Connection, schemas: Sequence[str]) -> tuple[ServerTrigger, ...]:
    """Read all triggers of these schemas: one query."""
    rows = connection.execute(
        text(
            "SELECT trigger_schema, trigger_name, event_object_table,"
            " CONCAT(action_timing, ' ', event_manipulation), action_statement"
            " FROM information_schema.triggers WHERE trigger_schema IN :schemas"
            " ORDER BY trigger_schema, event_object_table, action_order"
        ).bindparams(bindparam("schemas", expanding=True)),
        {"schemas": list(schemas)},
        execution_options={INTERNAL: True},
    )
    return tuple(
        ServerTrigger(schema, name, table, event, read_mark(body))
        for schema, name, table, event, body in rows
    )


def read_constrained(connection: Connection, schemas: Sequence[str]) -> frozenset[TableName]:
    """Return the tables in which a new value can be refused beside the primary key."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT table_name, table_schema FROM information_schema.table_constraints"
            " WHERE table_schema IN :schemas AND constraint_type IN ('UNIQUE', 'FOREIGN KEY')"
        ).bindparams(bindparam("schemas", expanding=True)),
        {"schemas": list(schemas)},
        execution_options={INTERNAL: True},
    )
    return frozenset(TableName(name, schema) for name, schema in rows)


def read_running(connection: Connection, log: LogSpec, schema: str | None) -> frozenset[str]:
    """Return the columns of the table of running transactions; none: it is not there, or needed."""
    names = LogNames(log, None)
    if not names.kept:
        return frozenset()
    rows = connection.execute(
        text(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = :schema AND table_name = :table"
        ),
        {"schema": schema, "table": names.name("running")},
        execution_options={INTERNAL: True},
    )
    return frozenset(rows.scalars())


def needs_guard(table: TableName, server: Server) -> bool:
    """Say whether UPDATE triggers of a table have to make sure that the row was changed."""
    facts = server.facts
    looked = table.schema in facts["schemas"]
    return bool(facts["mariadb"]) and (not looked or table in facts["constrained"])


def sees_transactions(connection: Connection) -> bool:
    """Say whether this user can read MySQL's performance_schema, and it is on."""
    if not ask(connection, "SELECT @@performance_schema"):
        return False
    events = "SELECT COUNT(*) FROM performance_schema.events_transactions_current LIMIT 1"
    if ask(connection, events) is None:
        return False
    # Whoever may read the events, but not what is switched on, gets the benefit of the doubt:
    # where nothing is found, each statement counts for itself.
    off = (
        "SELECT (SELECT COUNT(*) FROM performance_schema.setup_consumers WHERE ENABLED = 'NO'"
        " AND NAME IN ('global_instrumentation', 'thread_instrumentation',"
        " 'events_transactions_current')) + (SELECT COUNT(*)"
        " FROM performance_schema.setup_instruments WHERE ENABLED = 'NO' AND NAME = 'transaction')"
    )
    return not ask(connection, off)


def ask(connection: Connection, query: str) -> int | None:
    """Return the number that a query finds, ``None`` when this user may not ask."""
    try:
        found: int = connection.exec_driver_sql(
            query, execution_options={INTERNAL: True, "no_parameters": True}
        ).scalar_one()
    except DBAPIError as error:
        if diagnosis(error)[0] not in (1044, 1142, 1146, 1193):
            raise
        return None
    return found


def triggers_of_log(log: LogSpec, server: Server) -> list[ServerTrigger]:
    """Return the triggers that write into a log."""
    home = [log.table.schema, log.table.name]
    return [
        trigger
        for trigger in server.facts["triggers"]
        if trigger.mark is not None and trigger.mark.get("log") == home
    ]


def known_versions(log: LogSpec, server: Server) -> list[VersionTable]:
    """Return the version tables that triggers of a log write into."""
    found = []
    for trigger in triggers_of_log(log, server):
        mark = trigger.mark
        if mark is not None and mark["kind"] == "insert":
            schema, name = mark["version_table"]
            found.append(
                VersionTable(
                    TableName(name, schema), mark["transaction"], mark["end"], tuple(mark["key"])
                )
            )
    return found


def read_server(connection: Connection, log: LogSpec) -> Server:
    """Read version, schema and what there is of triggers: four queries, on MySQL six.

    One more where a table says what the running transaction is.
    """
    dialect = connection.dialect
    mariadb = bool(getattr(dialect, "is_mariadb", False))
    schema, binary_log = connection.execute(
        text("SELECT DATABASE(), IF(@@log_bin, @@SESSION.binlog_format, NULL)"),
        execution_options={INTERNAL: True},
    ).one()
    default = str(schema) if schema is not None else None
    home = log.table.schema or default
    rows = connection.execute(
        text(
            "SELECT routine_name, routine_comment, definer = CURRENT_USER()"
            " FROM information_schema.routines"
            " WHERE routine_schema = :home AND routine_name IN :names"
        ).bindparams(bindparam("names", expanding=True)),
        {"home": home, "names": [joined_name(log.prefix, helper) for helper in helpers_of(log)]},
        execution_options={INTERNAL: True},
    )
    schemas = {name for name in (default, home) if name is not None}
    helpers = {}
    for name, comment, own in rows:
        found = helper_comment(comment)
        schemas.update(found.get("schemas", ()))
        if own:
            helpers[name] = comment
    triggers = read_triggers(connection, sorted(schemas))
    facts: dict[str, Any] = {
        "mariadb": mariadb,
        "online": True,
        "binary_log": binary_log,
        "triggers": triggers,
        "helpers": helpers,
        "running": read_running(connection, log, home),
        "schemas": frozenset(schemas),
        "constrained": read_constrained(connection, sorted(schemas)) if mariadb else frozenset(),
        "identity": "innodb" if mariadb else "statement",
    }
    version = dialect.server_version_info or (8, 0)
    if not mariadb and sees_transactions(connection):
        facts["identity"] = "performance_schema"
    return Server(
        version=tuple(part for part in version if isinstance(part, int)),
        default_schema=default,
        facts=facts,
    )


def assumed_server(dialect: Dialect) -> Server:
    """Assume a server without any triggers, whose default schema is not known."""
    mariadb = dialect.name == "mariadb" or bool(getattr(dialect, "is_mariadb", False))
    return Server(
        version=(10, 6) if mariadb else (8, 0),
        default_schema=None,
        facts={
            "mariadb": mariadb,
            "online": False,
            "binary_log": None,
            "triggers": (),
            "helpers": {},
            "running": frozenset(),
            "schemas": frozenset(),
            "constrained": frozenset(),
            "identity": "innodb" if mariadb else "statement",
        },
    )
