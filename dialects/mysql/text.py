"""Writing SQL text: names, literals, marks, and the blocks that texts are put together from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from continuum.dialects.spec import TableName

NAME_LIMIT = 64
"""Characters that an identifier may have."""


MARK = "continuum "
"""Start of the literal in each trigger that says what it was made from."""


# Characters that mean themselves in a literal under every sql_mode, for every driver and client.
PLAIN = re.compile(r"[A-Za-z0-9 _.,:;{}\[\]()\"#$@+/<>=*!?^-]*\Z")


UNSAFE_IN_MARK = re.compile(r"[^A-Za-z0-9 _.,:{}\[\]\"#$@+/<>=!?^-]")


# Start of the statement in microseconds: a whole number, see LogNames.looked_at.  A difference is
# one from the start, for less than half of what a product with UNIX_TIMESTAMP() costs.
MOMENT = "TIMESTAMPDIFF(MICROSECOND, DATE '1970-01-01', UTC_TIMESTAMP(6))"


NOW = "UTC_TIMESTAMP(6) + INTERVAL TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) MICROSECOND"


def quote(name: str) -> str:
    """Quote an identifier."""
    return "`" + name.replace("`", "``") + "`"


def table_name(name: TableName) -> str:
    """Quote the name of a table, with its schema if it has one."""
    return quote(name.name) if name.schema is None else f"{quote(name.schema)}.{quote(name.name)}"


def literal(value: str) -> str:
    """Write text that means the same under every ``sql_mode`` and for every client."""
    if PLAIN.match(value):
        return f"'{value}'"
    return f"CONVERT(X'{value.encode('utf-8').hex()}' USING utf8mb4)"


def text_literal(value: str) -> str:
    """Write text like :func:`literal` does; compared with a column, the column's collation rules.

    What a conversion returns has a collation of its own, which may clash with that of a column.
    """
    return f"'{value}'" if PLAIN.match(value) else f"_utf8mb4 X'{value.encode('utf-8').hex()}'"


def digest(value: object, length: int = 8) -> str:
    """Return a few characters that stand for a value."""
    return hashlib.sha256(json.dumps(value).encode("ascii")).hexdigest()[:length]


def table_digest(table: TableName) -> str:
    """Return the characters that stand for a table in variables of the session."""
    return digest([table.schema, table.name], 16)


def joined_name(*parts: str) -> str:
    """Join a name, and shorten it to the limit without losing its uniqueness."""
    name = "_".join(parts)
    if len(name) <= NAME_LIMIT:
        return name
    return f"{name[: NAME_LIMIT - 9]}_{digest(name)}"


def indent(source: str, width: int) -> str:
    """Indent each line that is not empty."""
    pad = " " * width
    return "\n".join(pad + line if line else line for line in source.strip("\n").split("\n"))


def tidy(source: str) -> str:
    """Drop the empty lines that unused parts of a text leave."""
    return "\n".join(line for line in source.split("\n") if line.strip())


def event_block(source: str) -> str:
    """Make a block that ``LEAVE event`` ends."""
    return f"event: BEGIN\n{indent(tidy(source), 2)}\nEND event;"


def plain_json(value: Mapping[str, Any]) -> str:
    """Write JSON that can stand between quotes under every ``sql_mode`` and for every client."""
    plain = UNSAFE_IN_MARK.sub(
        lambda match: match[0] if match[0] == "\\" else f"\\u{ord(match[0]):04x}",
        json.dumps(value, ensure_ascii=True),
    )
    return plain.replace("\\", "|")


def read_json(plain: str | None) -> dict[str, Any]:
    """Read back what :func:`_plain_json` wrote; nothing of ours gives an empty dictionary."""
    try:
        value = json.loads((plain or "null").replace("|", "\\"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def mark_literal(value: Mapping[str, Any]) -> str:
    """Write what a trigger was made from as a literal that comes back as it is.

    A literal and not a comment, because command-line clients take comments out of what they send.
    """
    return f"'{MARK}{plain_json(value)}'"


MARKED = re.compile(rf"'{MARK}(\{{[^']*\}})'")


def read_mark(body: str | None) -> dict[str, Any] | None:
    """Read back what :func:`_mark` wrote into the body of a trigger."""
    match = MARKED.search(body or "")
    return None if match is None else read_json(match[1]) or None


def trigger_body(source: str, mark: Mapping[str, Any]) -> str:
    """The body of a trigger, with what it was made from as a statement that never runs.

    It is jumped over, without a test, which each row would pay for.
    """
    return (
        f"BEGIN\n{indent(tidy(source), 2)}\n"
        f"  made: BEGIN\n    LEAVE made;\n    DO {mark_literal(mark)};\n  END made;\nEND"
    )
