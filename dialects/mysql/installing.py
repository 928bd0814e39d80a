"""Statements that put a trigger into a database, beside those that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from continuum.dialects.base import Server
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.mysql.text import MOMENT
from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import joined_name
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import table_digest
from continuum.dialects.mysql.text import table_name
from continuum.dialects.mysql.text import tidy
from continuum.dialects.mysql.text import trigger_body
from continuum.dialects.spec import TableName

SQL_MODE = "STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION"
"""Mode that triggers and procedures run in: nothing is cut off silently, and a date that got into
the live table gets into the history, too."""


RESTORE_SQL_MODE = "SET @@SESSION.sql_mode = @continuum_sql_mode"
"""Last of the statements that change the session's ``sql_mode``."""


UNLOCK = "UNLOCK TABLES"
"""Ends what :func:`locked_while` begins."""


def locked_while(statements: list[str], table: TableName) -> list[str]:
    """Let nobody write to a table until all statements have been run."""
    return [f"LOCK TABLES {table_name(table)} WRITE", *statements, UNLOCK]


COPIES = ("a", "b")
"""Ends of names: MySQL cannot replace a trigger, so that a new one needs another name."""


def copies_of(base: str) -> tuple[str, ...]:
    """Return the names that a trigger can have."""
    return (base, *(joined_name(base, copy) for copy in COPIES))


def one_of_two(source: str, log: LogNames, table: TableName, kind: str, copy: str) -> str:
    """Let one copy of a trigger run for each row, while two of them stand on the table."""
    start = f"@`{log.slot}_{table_digest(table)}_{kind}"
    seen, by = f"{start}_seen`", f"{start}_by`"
    number = COPIES.index(copy)
    return f"""
DECLARE present BIGINT DEFAULT {MOMENT};
DECLARE seen BIGINT DEFAULT {seen};
DECLARE seen_by INT DEFAULT {by};
IF seen <=> present AND seen_by <> {number} THEN
  SET {seen} = NULL;
ELSE
  SET {seen} = present, {by} = {number};
  BEGIN
{indent(tidy(source), 4)}
  END;
END IF;
"""


def in_mode(statements: list[str], server: Server) -> list[str]:
    """Have triggers and procedures made in our own ``sql_mode``, whatever the session's is."""
    if server.facts["mariadb"]:
        return [
            f"SET STATEMENT sql_mode = '{SQL_MODE}' FOR {statement}"
            if statement.startswith("CREATE")
            else statement
            for statement in statements
        ]
    return [
        f"SET @continuum_sql_mode = @@SESSION.sql_mode, @@SESSION.sql_mode = '{SQL_MODE}'",
        *statements,
        RESTORE_SQL_MODE,
    ]


def create_trigger(
    table: TableName,
    event: str,
    body: str,
    mark: Mapping[str, Any],
    server: Server,
    *,
    once: LogNames | None = None,
    shared: bool = False,
    locked: bool = False,
) -> list[str]:
    """Return the statements for one trigger.

    :param once: the log with the variables that keep one of two copies of the trigger still;
        ``None`` for a trigger that may run twice.
    :param shared: several tables can ask for it.
    :param locked: nobody can write to the table meanwhile.
    """
    base = str(mark["name"])
    found = [t for t in server.facts["triggers"] if t.schema == table.schema]
    present = [t.name for t in found if t.name in copies_of(base)]
    others = [
        t.name for t in found if t.table == table.name and t.event == event and t.mark is None
    ]
    position = ""
    if others:
        # Ours come first, so that a statement in another trigger is recorded after the one
        # that fired it; what looks at the key comes when all others have had their say.
        position = (
            f"\nFOLLOWS {quote(others[-1])}"
            if event == "BEFORE INSERT"
            else f"\nPRECEDES {quote(others[0])}"
        )
    on = table_name(table)

    def trigger(name: str, source: str) -> str:
        qualified = table_name(TableName(name, table.schema))
        head = f"TRIGGER {qualified} {event} ON {on} FOR EACH ROW{position}"
        return f"{head}\n{trigger_body(source, mark)}"

    def drop(name: str) -> str:
        return f"DROP TRIGGER IF EXISTS {table_name(TableName(name, table.schema))}"

    if server.facts["mariadb"]:
        return [
            f"CREATE OR REPLACE {trigger(base, body)}",
            *(drop(name) for name in present if name != base),
        ]
    if locked:
        old = present if server.facts["online"] else copies_of(base)
        return [*map(drop, old), f"CREATE {trigger(base, body)}"]
    names = [name for name in copies_of(base) if name != base]
    target = next((name for name in names if name not in present), names[-1])
    if once is not None:
        copy = COPIES[names.index(target)]
        body = one_of_two(body, once, table, str(mark["kind"]), copy)
    before = [target] if target in present else []
    after = [name for name in present if name != target]
    if not server.facts["online"]:
        before, after = list(copies_of(base)), []
    elif shared:
        if [t.mark for t in found if t.name in present] == [mark]:
            return []
        before = [target]
    return [
        *(drop(name) for name in before),
        f"CREATE {trigger(target, body)}",
        *(drop(name) for name in after),
    ]
