"""What kind of statement is about to be sent, as far as recording cares."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from sqlalchemy import Table
from sqlalchemy.sql.dml import UpdateBase


class Kind(Enum):
    """How a statement matters to the running transaction."""

    READ = "read"
    WRITE = "write"
    DDL = "ddl"
    END = "end"
    RETURN = "return"


_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*(?!!).*?\*/|[(;])*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+")
_TO_SAVEPOINT = re.compile(r"ROLLBACK\s+(?:WORK\s+|TRANSACTION\s+)?TO\b", re.IGNORECASE)

_READ = frozenset(
    {
        "CHECKPOINT",
        "CLOSE",
        "DECLARE",
        "DESC",
        "DESCRIBE",
        "DISCARD",
        "EXPLAIN",
        "FETCH",
        "HELP",
        "LISTEN",
        "NOTIFY",
        "PRAGMA",
        "RELEASE",
        "RESET",
        "SAVEPOINT",
        "SELECT",
        "SET",
        "SHOW",
        "TABLE",
        "UNLISTEN",
        "USE",
        "VALUES",
    }
)
_DDL = frozenset(
    {
        "ALTER",
        "ANALYZE",
        "ATTACH",
        "CLUSTER",
        "COMMENT",
        "CREATE",
        "DETACH",
        "DROP",
        "FLUSH",
        "GRANT",
        "INSTALL",
        "LOCK",
        "OPTIMIZE",
        "REFRESH",
        "REINDEX",
        "RENAME",
        "REVOKE",
        "UNINSTALL",
        "UNLOCK",
        "VACUUM",
    }
)
_END = frozenset({"ABORT", "BEGIN", "COMMIT", "END", "PREPARE", "ROLLBACK", "START", "XA"})


def kind_of(statement: str, context: Any) -> Kind:
    """Return the kind of a statement.

    What is not known to be harmless counts as writing.

    :param statement: SQL text as it is sent.
    :param context: SQLAlchemy's execution context, ``None`` for the driver's own statements.
    """
    if context is not None:
        if context.isinsert or context.isupdate or context.isdelete:
            return Kind.WRITE
        if context.isddl:
            return Kind.DDL
    match = _WORD.match(statement, _LEADING.match(statement).end())  # type: ignore[union-attr]
    word = match.group().upper() if match else ""
    if word in _READ:
        return Kind.READ
    if word in _DDL:
        return Kind.DDL
    if word in _END:
        return Kind.RETURN if _TO_SAVEPOINT.match(statement, match.start()) else Kind.END  # type: ignore[union-attr]
    return Kind.WRITE


def written_table(context: Any) -> Table | None:
    """Return the table that a compiled INSERT, UPDATE or DELETE writes to."""
    compiled = getattr(context, "compiled", None)
    statement = getattr(compiled, "statement", None)
    if isinstance(statement, UpdateBase) and isinstance(statement.table, Table):
        return statement.table
    return None
