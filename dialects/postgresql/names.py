"""Identifiers, values and functions as PostgreSQL text."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.types import ARRAY
from sqlalchemy.types import Date
from sqlalchemy.types import DateTime
from sqlalchemy.types import Enum
from sqlalchemy.types import Integer
from sqlalchemy.types import TypeEngine
from sqlalchemy.types import Uuid

from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import storage_type

NAME_LIMIT = 63
"""Bytes that PostgreSQL keeps of an identifier."""

INVERSION = "CN001"
"""SQLSTATE of an inversion of ids under ``on_inversion="error"``."""

SEQUENCE_BEHIND = "CN002"
"""SQLSTATE when the transaction table hands out ids lower than those in use."""

APPEND_ONLY = "CN003"
"""SQLSTATE of a change of history that is append-only."""

FORBIDDEN = "42501"
"""SQLSTATE of what a role may not do."""

TRIGGERS = {
    "00_continuum_insert": "AFTER INSERT",
    "00_continuum_update": "AFTER UPDATE",
    "00_continuum_delete": "AFTER DELETE",
    "00_continuum_truncate": "BEFORE TRUNCATE",
}
"""Names of our triggers: PostgreSQL fires in the order of names, and ours have to come first."""

GUARDS = {
    "zz_continuum_guard": "BEFORE UPDATE OR DELETE",
    "zz_continuum_guard_truncate": "BEFORE TRUNCATE",
}
"""Names of the triggers that guard history; they look at what the others have left of a row."""

FIXED_PATH = "\nSET search_path TO pg_catalog, pg_temp"
"""Setting of functions that find nothing but what they name."""

PROTECTION = "\nSECURITY DEFINER" + FIXED_PATH
"""Settings of functions that run with the rights of their owner, whoever writes."""

HELPERS = {
    "transaction_id": "boolean",
    "publish": "text",
    "renumber": "bigint, bigint",
    "pause": "text, boolean",
    "paused": "text",
}
"""Helper functions of a transaction table, with the types of their arguments."""

LAST_COMES_TEMPORARY = (
    "SELECT pg_catalog.set_config('continuum.search_path',"
    " pg_catalog.current_setting('search_path'), true),"
    " pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ',"
    " NULLIF(pg_catalog.current_setting('search_path'), ''), 'pg_temp'), true)"
)
"""Lets what a session creates for itself be found last, by functions that keep the path."""

FORMER_SEARCH_PATH = (
    "SELECT pg_catalog.set_config('search_path',"
    " pg_catalog.current_setting('continuum.search_path'), true)"
)
"""Takes back what :data:`LAST_COMES_TEMPORARY` has done."""

_NEWLINE = "\x00"  # cannot be in any name
NOW = "pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'"
ME = "pg_catalog.pg_current_xact_id()"


def helpers_of(log: LogSpec) -> dict[str, str]:
    """Return the helper functions of a transaction table, with the types of their arguments."""
    return {**HELPERS, "unlock": "boolean"} if log.append_only else HELPERS


def quote(name: str) -> str:
    """Quote an identifier."""
    quoted = name.replace('"', '""').replace("\n", _NEWLINE)
    return f'"{quoted}"'


def qualified(name: TableName) -> str:
    """Quote a name with its schema."""
    return quote(name.name) if name.schema is None else f"{quote(name.schema)}.{quote(name.name)}"


def literal(value: str) -> str:
    """Quote a text value."""
    quoted = value.replace("'", "''").replace("\n", _NEWLINE)
    if "\\" in quoted:  # right whatever standard_conforming_strings says
        return "E'" + quoted.replace("\\", "\\\\") + "'"
    return f"'{quoted}'"


def written(source: str) -> str:
    """Finish a text: the line breaks inside names come back when nothing moves lines any more."""
    return source.replace(_NEWLINE, "\n")


def quoted_body(source: str) -> str:
    """Quote the body of a function."""
    tag = "continuum"
    while f"${tag}$" in source:
        tag += "_"
    return f"${tag}$\n{source.strip()}\n${tag}$"


def digest(value: str) -> str:
    """Return a short text that stands for a long one."""
    return hashlib.sha256(value.encode("utf-8")).hexdigest()[:8]


def shortened(start: str, rest: str) -> str:
    """Join a name, and shorten it to what PostgreSQL keeps without losing its uniqueness."""
    name = start + rest
    if len(name.encode("utf-8")) <= NAME_LIMIT:
        return name
    kept = name.encode("utf-8")[: NAME_LIMIT - 9].decode("utf-8", errors="ignore")
    return f"{kept}_{digest(name)}"


def indent(source: str, width: int) -> str:
    """Move every line to the right."""
    pad = " " * width
    return "\n".join(pad + line if line else line for line in source.strip("\n").split("\n"))


def is_exact(type_: TypeEngine[Any]) -> bool:
    """Say whether equality of this type means equality of every byte."""
    return isinstance(storage_type(type_), (Integer, Uuid, Date, DateTime))


def as_stored(column: ColumnSpec) -> str:
    """Return the cast that a live value needs to be compared with history."""
    if not isinstance(storage_type(column.type), Enum):
        return ""
    if column.history_type is None:
        return "::text"
    stored = storage_type(column.history_type)
    return "" if isinstance(stored, Enum) and stored.native_enum else "::text"


def is_builtin(type_: TypeEngine[Any]) -> bool:
    """Say whether the operators of this type are in ``pg_catalog``."""
    stored = storage_type(type_)
    if isinstance(stored, ARRAY):
        return is_builtin(stored.item_type)
    return type(stored).__module__.startswith("sqlalchemy.") and stored.__visit_name__ not in (
        "CITEXT",
        "HSTORE",
        "DOMAIN",
    )


def join(*statements: str) -> str:
    """Put statements one below the other; some may be empty."""
    return "\n".join(statement for statement in statements if statement)


def kept(source: str) -> str:
    """Keep the line breaks of a text that is not ours as they are, whatever moves its lines."""
    return source.replace("\n", _NEWLINE)


def tidy(source: str) -> str:
    """Drop the empty lines that unused parts of a text leave."""
    return "\n".join(line for line in source.split("\n") if line.strip())


def create_function(name: str, arguments: str, result: str, body: str, settings: str = "") -> str:
    """Return the statement that creates or replaces a function."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {result}\n"
        f"LANGUAGE plpgsql{settings} AS {quoted_body(tidy(body))}"
    )
