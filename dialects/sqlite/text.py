"""What the SQL of the triggers is made of."""

from __future__ import annotations

import re

MINIMUM = (3, 35)
"""Oldest version with everything that the triggers use."""

TEXT = 1
"""Raised when the emitted text changes its meaning."""

MAIN = "main"
"""Name of the database file that a connection was opened with."""

CONNECTION_SETUP = ("PRAGMA recursive_triggers = ON",)
"""What a connection should run once: only then ``REPLACE`` tells triggers which rows it deletes."""

PAUSED = -1
"""Stands for the id of the running transaction while a table is not recorded."""

APPEND_ONLY = "continuum: append-only: "
"""Start of the message of a refused change of history."""

ROWID = ("rowid", "oid", "_rowid_")
"""The names by which a table's row id can be called."""

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")

NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
"""The time, as SQLAlchemy stores it."""

TICK = "julianday('now')"
"""What stands still within a statement."""

DEFERRED = "(SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)"
"""A setting that SQLite switches off at the end of every transaction."""


def quote(name: str) -> str:
    """Return an identifier that may hold anything."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return a string."""
    return "'" + value.replace("'", "''") + "'"


def schema_of(name: str | None) -> str:
    """Return the name of the database file that a schema is."""
    return MAIN if name is None else name


def _layout(source: str) -> str:
    """Indent the statements of a body, without the empty lines where a part is left out."""
    # A name may hold a line feed; what is quoted has to stay as it is.
    source = _QUOTED.sub(lambda match: match[0].replace("\n", "\0"), source)
    lines = [f"  {line.rstrip()}" for line in source.split("\n") if line.strip()]
    return "\n".join(lines).replace("\0", "\n")


def both(*conditions: str) -> str:
    """Return the conditions as one; empty ones say nothing."""
    return " AND ".join(condition for condition in conditions if condition)


def refusal(message: str) -> str:
    """Return an expression that makes the write fail."""
    return f"RAISE(ABORT, {literal('continuum: ' + message)})"


def create_trigger(
    schema: str, name: str, event: str, table: str, fingerprint: str, when: str, body: str
) -> list[str]:
    """Return the statements that replace a trigger."""
    condition = f"\nWHEN {when}" if when else ""
    return [
        f"DROP TRIGGER IF EXISTS {quote(schema)}.{quote(name)}",
        f"CREATE TRIGGER {quote(schema)}.{quote(name)} {event} ON {quote(table)}\n"
        f"/* continuum:{fingerprint} */\n"
        f"FOR EACH ROW{condition}\nBEGIN\n{_layout(body)}\nEND",
    ]
