"""Recording by triggers on PostgreSQL 14 and newer.

Each live table gets one trigger function, called by three row triggers (and one for ``TRUNCATE``,
with a function of its own).  What several tables share stands beside the transaction table as a few
helper functions.  State of the running transaction lives in settings that are local to it, so it
follows savepoints and ends with the transaction, whoever the client is.  Such a setting can be
written by anybody, so it is only ever a hint: the id of a transaction is taken from it when the row
that it names was written by the very transaction that reads it.

Every name in the emitted text is qualified and every operator on values is PostgreSQL's own, so
that the functions do the same under any ``search_path``, the empty one included.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.types import ARRAY
from sqlalchemy.types import JSON
from sqlalchemy.types import Date
from sqlalchemy.types import DateTime
from sqlalchemy.types import Enum
from sqlalchemy.types import Integer
from sqlalchemy.types import String
from sqlalchemy.types import TypeEngine
from sqlalchemy.types import Uuid

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Capabilities
from continuum.dialects.base import Emitter
from continuum.dialects.base import Installed
from continuum.dialects.base import Server
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import fingerprint_of
from continuum.dialects.spec import storage_type
from continuum.errors import MissingPrivilege
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError

NAME_LIMIT = 63
"""Bytes that PostgreSQL keeps of an identifier."""

INVERSION = "CN001"
"""SQLSTATE of an inversion of ids under ``on_inversion="error"``."""

SEQUENCE_BEHIND = "CN002"
"""SQLSTATE when the transaction table hands out ids lower than those in use."""

TRIGGERS = {
    "00_continuum_insert": "AFTER INSERT",
    "00_continuum_update": "AFTER UPDATE",
    "00_continuum_delete": "AFTER DELETE",
    "00_continuum_truncate": "BEFORE TRUNCATE",
}
"""Names of our triggers: PostgreSQL fires in the order of names, and ours have to come first."""

HELPERS = {
    "transaction_id": "boolean",
    "publish": "text",
    "renumber": "bigint, bigint",
    "pause": "text, boolean",
    "paused": "text",
}
"""Helper functions of a transaction table, with the types of their arguments."""

_NEWLINE = "\x00"  # cannot be in any name
_NOW = "pg_catalog.clock_timestamp() AT TIME ZONE 'UTC'"
_ME = "pg_catalog.pg_current_xact_id()"


def _quote(name: str) -> str:
    quoted = name.replace('"', '""').replace("\n", _NEWLINE)
    return f'"{quoted}"'


def _table(name: TableName) -> str:
    return (
        _quote(name.name) if name.schema is None else f"{_quote(name.schema)}.{_quote(name.name)}"
    )


def _literal(value: str) -> str:
    quoted = value.replace("'", "''").replace("\n", _NEWLINE)
    if "\\" in quoted:  # right whatever standard_conforming_strings says
        return "E'" + quoted.replace("\\", "\\\\") + "'"
    return f"'{quoted}'"


def _written(source: str) -> str:
    """Finish a text: the line breaks inside names come back when nothing moves lines any more."""
    return source.replace(_NEWLINE, "\n")


def _body(source: str) -> str:
    """Quote the body of a function."""
    tag = "continuum"
    while f"${tag}$" in source:
        tag += "_"
    return f"${tag}$\n{source.strip()}\n${tag}$"


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8")).hexdigest()[:8]


def _name(start: str, rest: str) -> str:
    """Join a name, and shorten it to what PostgreSQL keeps without losing its uniqueness."""
    name = start + rest
    if len(name.encode("utf-8")) <= NAME_LIMIT:
        return name
    kept = name.encode("utf-8")[: NAME_LIMIT - 9].decode("utf-8", errors="ignore")
    return f"{kept}_{_digest(name)}"


def _indent(source: str, width: int) -> str:
    pad = " " * width
    return "\n".join(pad + line if line else line for line in source.strip("\n").split("\n"))


def _exact(type_: TypeEngine[Any]) -> bool:
    """Say whether equality of this type means equality of every byte."""
    return isinstance(storage_type(type_), (Integer, Uuid, Date, DateTime))


def _as_stored(column: ColumnSpec) -> str:
    """Return the cast that a live value needs to be compared with history."""
    if not isinstance(storage_type(column.type), Enum):
        return ""
    if column.history_type is None:
        return "::text"
    stored = storage_type(column.history_type)
    return "" if isinstance(stored, Enum) and stored.native_enum else "::text"


def _builtin(type_: TypeEngine[Any]) -> bool:
    """Say whether the operators of this type are in ``pg_catalog``."""
    stored = storage_type(type_)
    if isinstance(stored, ARRAY):
        return _builtin(stored.item_type)
    return type(stored).__module__.startswith("sqlalchemy.") and stored.__visit_name__ not in (
        "CITEXT",
        "HSTORE",
        "DOMAIN",
    )


class _Log:
    """Names and fragments that belong to one transaction table."""

    def __init__(self, log: LogSpec) -> None:
        self.spec = log
        self.table = _table(log.table)
        self.id = _quote(log.id)
        self.identity = json.dumps([log.table.schema, log.table.name])
        slug = re.sub(r"[^A-Za-z0-9_]", "_", log.prefix)[:20]
        # Two logs may share a prefix when they stand in different schemas (one for each tenant).
        self.setting = f"continuum.{slug}_{_digest(self.identity)}"

    def name(self, helper: str) -> str:
        return _name(self.spec.prefix, f"_{helper}")

    def function(self, helper: str) -> str:
        return _table(TableName(self.name(helper), self.spec.table.schema))

    def read(self, suffix: str = "") -> str:
        return f"pg_catalog.current_setting('{self.setting}{suffix}', true)"

    def own(self, id_: str) -> str:
        """Find the row of the log with an id, provided that the running transaction wrote it.

        A row is visible before its writer commits only to the writer, in whichever of its
        subtransactions it was written.
        """
        return (
            f"{id_} AND (l.xmin = {_ME}::xid\n"
            f"  OR CASE WHEN pg_catalog.age(l.xmin) < 0 THEN pg_catalog.pg_xact_status(\n"
            f"    (({_ME}::text::bigint - pg_catalog.age(l.xmin))::text)::xid8) = 'in progress'"
            f" ELSE false END)"
        )

    def write(self, value: str, suffix: str = "") -> str:
        return f"PERFORM pg_catalog.set_config('{self.setting}{suffix}', {value}, true);"


class _Recorder:
    """Text of the functions and triggers of one live table."""

    def __init__(self, spec: TriggerSpec) -> None:
        self.spec = spec
        self.log = _Log(spec.log)
        self.live = _table(spec.table)
        self.history = _table(spec.version_table)
        self.tx = _quote(spec.transaction_column)
        self.end = None if spec.end_column is None else _quote(spec.end_column)
        self.operation = _quote(spec.operation_column)
        self.inexact_key = tuple(c for c in spec.key_columns if not _exact(c.type))
        # An operator of an extension's type is found through the search_path of the one who made
        # the triggers; everything else needs no search_path at all.
        foreign = any(not _builtin(c.type) for c in spec.key_columns)
        custom = any(c.comparison is not None for c in spec.columns)
        self.equals = "=" if foreign else "OPERATOR(pg_catalog.=)"
        self.settings = "\nSET search_path FROM CURRENT" if foreign or custom else ""

    # names

    def name(self, kind: str) -> str:
        return _name(f"continuum_{kind}_", self.spec.version_table.name)

    def function(self, kind: str) -> str:
        return _table(TableName(self.name(kind), self.spec.version_table.schema))

    # fragments

    def match(self, row: str, alias: str = "h") -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{_quote(c.history_name)} {self.equals} {row}.{_quote(c.name)}{_as_stored(c)}"
            for c in self.spec.key_columns
        )

    def differ(
        self,
        columns: Sequence[ColumnSpec],
        old: str,
        new: str,
        *,
        old_is_history: bool = False,
    ) -> str:
        """A test of two rows that is never null, byte by byte."""
        tests = []
        plain = [c for c in columns if c.comparison is None]
        if plain:
            # History may hold the values of an ENUM as text: images of two types do not compare.
            casts = [
                "::text" if old_is_history and isinstance(storage_type(c.type), Enum) else ""
                for c in plain
            ]
            before = ", ".join(
                f"{old}.{_quote(c.history_name if old_is_history else c.name)}{cast}"
                for c, cast in zip(plain, casts, strict=True)
            )
            after = ", ".join(
                f"{new}.{_quote(c.name)}{cast}" for c, cast in zip(plain, casts, strict=True)
            )
            # As records, and not as rows that PostgreSQL would compare column by column.
            tests.append(f"ROW({before})::record OPERATOR(pg_catalog.*<>) ROW({after})::record")
        for column in columns:
            if column.comparison is not None:
                a = f"{old}.{_quote(column.history_name if old_is_history else column.name)}"
                b = f"{new}.{_quote(column.name)}"
                test = column.comparison.replace("{old}", a).replace("{new}", b)
                tests.append(
                    f"CASE WHEN {a} IS NULL OR {b} IS NULL"
                    f" THEN ({a} IS NULL) <> ({b} IS NULL) ELSE ({test}) END"
                )
        return " OR ".join(tests) if tests else "false"

    def moved(self) -> str:
        exact = [c for c in self.spec.key_columns if _exact(c.type)]
        tests = [f"OLD.{_quote(c.name)} IS DISTINCT FROM NEW.{_quote(c.name)}" for c in exact]
        if self.inexact_key:
            tests.append(self.differ(self.inexact_key, "OLD", "NEW"))
        return " OR ".join(tests)

    def is_version(self, row: str, transaction: str, *, equal: bool = False) -> str:
        """A test that is true when the version of a row at an id exists (and equals the row)."""
        test = f"{self.match(row)} AND h.{self.tx} = {transaction}"
        if equal:
            columns = (*self.inexact_key, *self.spec.counting_columns)
            test += f" AND NOT ({self.differ(columns, 'h', row, old_is_history=True)})"
        return f"EXISTS (SELECT FROM {self.history} AS h WHERE {test})"

    # statements

    def write(self, row: str, operation: int, transaction: str = "tx", end: str = "NULL") -> str:
        """Write a version row."""
        names, values = self.version(row, operation, transaction, end)
        return f"INSERT INTO {self.history} ({', '.join(names)})\nVALUES ({', '.join(values)});"

    def version(
        self, row: str, operation: int, transaction: str, end: str
    ) -> tuple[list[str], list[str]]:
        """The columns of a version row, and their values."""
        names = [_quote(c.history_name) for c in self.spec.columns]
        values = [self.value(c, row, operation) for c in self.spec.columns]
        names.append(self.tx)
        values.append(transaction)
        if self.end is not None:
            names.append(self.end)
            values.append(end)
        names.append(self.operation)
        values.append(str(operation))
        return names, values

    def value(self, column: ColumnSpec, row: str, operation: int) -> str:
        if operation == 2 and self.spec.null_delete and column.name not in self.spec.key:
            return "NULL"
        return f"{row}.{_quote(column.name)}"

    def rewrite(self, row: str, operation: str) -> str:
        """Bring the version that this transaction wrote up to date."""
        columns = (*self.inexact_key, *self.spec.value_columns)
        gone = 2 if operation == "2" else 0
        sets = [f"{_quote(c.history_name)} = {self.value(c, row, gone)}" for c in columns]
        sets.append(f"{self.operation} = {operation}")
        return (
            f"UPDATE {self.history} AS h SET {', '.join(sets)}\n"
            f" WHERE {self.match(row)} AND h.{self.tx} = tx;"
        )

    def close(self, row: str) -> str:
        """End the newest version, which is open and not of this transaction."""
        if self.end is None:
            return ""
        return (
            f"UPDATE {self.history} AS h SET {self.end} = tx\n"
            f" WHERE {self.match(row)} AND h.{self.tx} = newest_tx;"
        )

    def close_and_write(self, row: str, operation: int) -> str:
        return f"{self.close(row)}\n{self.write(row, operation)}".strip()

    def replace_newest(self, row: str, operation: int, condition: str = "") -> str:
        """End the newest version and write the next one, in the case that is by far the usual one.

        Nothing is known yet when this is tried, not even the id: what does not meet the conditions
        is left to the statements that follow.
        """
        if self.end is None:
            return ""
        return f"""
IF NOT paused THEN
{_indent(self.ask(), 2)}
  UPDATE {self.history} AS h SET {self.end} = hint
   WHERE {_indent(self.proven(), 3).strip()}
     AND h.ctid = (SELECT p.ctid FROM {self.history} AS p
       WHERE {self.match(row, "p")} ORDER BY p.{self.tx} DESC LIMIT 1)
     AND {self.match(row)} AND h.{self.tx} < hint AND h.{self.end} IS NULL{condition};
  IF FOUND THEN
{_indent(self.write(row, operation, "hint"), 4)}
    EXIT event;
  END IF;
END IF;
"""

    def write_first(self, row: str) -> str:
        """Write the first version of a key, the usual case of an insertion."""
        names, values = self.version(row, 0, "hint", "NULL")
        return f"""
IF NOT paused THEN
{_indent(self.ask(), 2)}
{_indent(self.read(row, "newest"), 2)}
  IF newest_tx IS NULL THEN
    INSERT INTO {self.history} ({", ".join(names)})
    SELECT {", ".join(values)}
     WHERE {_indent(self.proven(), 5).strip()};
    IF FOUND THEN
      EXIT event;
    END IF;
  END IF;
END IF;
"""

    def forget(self, row: str) -> str:
        """Take back what this transaction wrote; its predecessor is open again."""
        source = f"DELETE FROM {self.history} AS h\n WHERE {self.match(row)} AND h.{self.tx} = tx;"
        if self.end is not None:
            source += (
                f"\nUPDATE {self.history} AS h SET {self.end} = NULL\n"
                f" WHERE {self.match(row)} AND h.{self.tx} = before_tx AND h.{self.end} = tx;"
            )
        return source

    def read(self, row: str, variable: str, condition: str = "") -> str:
        """Read the newest version of a row's key."""
        end = "" if self.end is None else f"h.{self.end}, "
        into = "" if self.end is None else f"{variable}_end, "
        return (
            f"SELECT h.{self.tx}, {end}h.{self.operation}"
            f" INTO {variable}_tx, {into}{variable}_op\n"
            f"  FROM {self.history} AS h WHERE {self.match(row)}{condition}\n"
            f" ORDER BY h.{self.tx} DESC LIMIT 1;"
        )

    def present_before(self) -> str:
        """True when the row was there before this transaction (after reading ``before``)."""
        return "before_op <> 2" + ("" if self.end is None else " AND before_end = tx")

    def in_order(self) -> str:
        """Give the transaction a new id when a later one has changed the row before."""
        if self.end is None:
            test, highest = "newest_tx > tx", "newest_tx"
        else:
            test = "newest_tx > tx OR newest_end > tx"
            highest = "GREATEST(newest_tx, newest_end)"
        return f"IF {test} THEN\n  tx := {self.log.function('renumber')}(tx, {highest});\nEND IF;"

    def baseline(self, row: str) -> str:
        """Write the old image of a row that is older than its history."""
        return self.write(row, 0, "0", "tx")

    def gap(self, row: str) -> str:
        """Write the old image of a row whose history has a gap (strategy without an end column)."""
        names = [_quote(c.history_name) for c in self.spec.columns]
        values = [f"{row}.{_quote(c.name)}" for c in self.spec.columns]
        names += [self.tx, self.operation]
        return (
            f"IF NOT {self.is_version(row, 'newest_tx', equal=True)} THEN\n"
            f"  INSERT INTO {self.history} ({', '.join(names)})\n"
            f"  SELECT {', '.join(values)}, g.id, 0\n"
            f"    FROM (SELECT pg_catalog.max(l.{self.log.id}) AS id FROM {self.log.table} AS l\n"
            f"           WHERE l.{self.log.id} < tx AND l.{self.log.id} > newest_tx) AS g\n"
            f"   WHERE g.id IS NOT NULL;\n"
            f"END IF;"
        )

    def follow(self, row: str) -> str:
        """A row that this transaction has changed before is set again (rule 1)."""
        return f"""
IF newest_op = 0 THEN
{_indent(self.rewrite(row, "0"), 2)}
ELSE
{_indent(self.read(row, "before", f" AND h.{self.tx} < tx"), 2)}
  IF {self.present_before()} THEN
    IF {self.is_version(row, "before_tx", equal=True)} THEN
{_indent(self.forget(row), 6)}
    ELSE
{_indent(self.rewrite(row, "1"), 6)}
    END IF;
  ELSE
{_indent(self.rewrite(row, "0"), 4)}
  END IF;
END IF;
"""

    def unfollow(self, row: str) -> str:
        """A row that this transaction has changed before is removed (rule 2)."""
        return f"""
{self.read(row, "before", f" AND h.{self.tx} < tx")}
IF {self.present_before()} THEN
{_indent(self.rewrite(row, "2"), 2)}
ELSE
{_indent(self.forget(row), 2)}
END IF;
"""

    def interrupt(self, row: str, condition: str = "") -> str:
        """End the open version of a row that changes while recording is paused (rule 9)."""
        if self.end is None:
            return ""
        return f"""
IF newest_tx IS NOT NULL AND newest_end IS NULL{condition} THEN
  tx := {self.log.function("transaction_id")}(true);
{_indent(self.in_order(), 2)}
{_indent(self.close(row), 2)}
  {self.log.write(f"{_ME}::text", "_gaps")}
END IF;
"""

    def hint(self) -> str:
        """Take the id out of the setting, if this transaction left one; it is yet to be proven."""
        return f"""
IF pg_catalog.split_part(memo, ':', 1) = {_ME}::text THEN
  hint := pg_catalog.split_part(memo, ':', 2);
END IF;
"""

    def proven(self) -> str:
        """A test that is true when the hint names a row that this transaction wrote."""
        condition = _indent(self.log.own(f"l.{self.log.id} = hint"), 2).strip()
        return f"EXISTS (SELECT FROM {self.log.table} AS l\n  WHERE {condition})"

    def ask(self) -> str:
        """Have an id made in the first event of the transaction."""
        return f"""
IF hint IS NULL THEN
  hint := {self.log.function("transaction_id")}(true);
END IF;
"""

    def begin(self) -> str:
        """Find the id to write with; while paused none is made yet."""
        return f"tx := {self.log.function('transaction_id')}(NOT paused);"

    def paused(self, gap: str) -> str:
        """While paused, only a version that this transaction already wrote follows its row."""
        return f"""
IF paused AND (newest_tx = tx) IS NOT TRUE THEN
{_indent(gap, 2) + chr(10) if gap.strip() else ""}  EXIT event;
END IF;
"""

    # the three events

    def on_update(self) -> str:
        """An update that keeps the key."""
        new = "NEW"
        if self.end is not None:
            rest = f"""
ELSIF newest_end IS NULL THEN
{_indent(self.close_and_write(new, 1), 2)}
ELSIF newest_end < tx THEN
{_indent(self.write("OLD", 0, "newest_end", "tx"), 2)}
{_indent(self.write(new, 1), 2)}
ELSIF {self.is_version(new, "newest_tx", equal=True)} THEN
{_indent(self.reopen(new), 2)}
ELSE
{_indent(self.write(new, 1), 2)}
END IF;
"""
        else:
            rest = f"""
ELSE
{_indent(self.gap("OLD"), 2)}
{_indent(self.write(new, 1), 2)}
END IF;
"""
        return f"""
{self.replace_newest(new, 1).strip()}
{self.begin()}
{self.read(new, "newest")}
{self.paused(self.interrupt(new)).strip()}
{self.in_order()}
IF newest_tx IS NULL THEN
{_indent(self.baseline("OLD"), 2)}
{_indent(self.write(new, 1), 2)}
ELSIF newest_tx = tx THEN
{_indent(self.follow(new), 2)}
{rest.strip()}
"""

    def taken_over(self, row: str) -> str:
        """Another row has the key now: all that is needed of this one is a missing old image."""
        if self.spec.duplicates:
            return ""
        gap = ""
        if self.end is not None:
            gap = (
                f"ELSIF newest_end < tx THEN\n{_indent(self.write(row, 0, 'newest_end', 'tx'), 2)}"
            )
        return f"""
IF NOT paused THEN
  {self.begin()}
{_indent(self.read(row, "newest"), 2)}
{_indent(self.in_order(), 2)}
  IF newest_tx IS NULL THEN
{_indent(self.baseline(row), 4)}
{_indent(gap, 2)}
  END IF;
END IF;
"""

    def on_delete(self, row: str, *, alone: bool, moved: bool) -> str:
        """A row goes, or its key does.

        :param alone: no live row can be left with its key.
        :param moved: the row lives on under another key.
        """
        still_there = ""
        if not alone:
            live = " AND ".join(
                f"c.{_quote(c.name)} {self.equals} {row}.{_quote(c.name)}"
                for c in self.spec.key_columns
            )
            still_there = f"""
IF EXISTS (SELECT FROM {self.live} AS c WHERE {live}) THEN
{_indent(self.taken_over(row) if moved else "", 2)}
  EXIT event;
END IF;
"""
        if self.end is not None:
            rest = f"""
ELSIF newest_end IS NULL THEN
  IF newest_op <> 2 THEN
{_indent(self.close_and_write(row, 2), 4)}
  END IF;
ELSE
  IF newest_end < tx THEN
{_indent(self.write(row, 0, "newest_end", "tx"), 4)}
  END IF;
{_indent(self.write(row, 2), 2)}
END IF;
"""
        else:
            rest = f"""
ELSIF newest_op <> 2 THEN
{_indent(self.gap(row), 2)}
{_indent(self.write(row, 2), 2)}
END IF;
"""
        return f"""
{still_there.strip()}
{self.replace_newest(row, 2, f" AND h.{self.operation} <> 2").strip()}
{self.begin()}
{self.read(row, "newest")}
{self.paused(self.interrupt(row)).strip()}
{self.in_order()}
IF newest_tx IS NULL THEN
{_indent(self.baseline(row), 2)}
{_indent(self.write(row, 2), 2)}
ELSIF newest_tx = tx THEN
{_indent(self.unfollow(row), 2)}
{rest.strip()}
"""

    def on_insert(self) -> str:
        """A row comes, or a row takes a new key."""
        new = "NEW"
        equal = self.is_version(new, "newest_tx", equal=True)
        shifted = self.interrupt(new, f" AND newest_op <> 2 AND NOT {equal}")
        present = f"""
ELSIF NOT {equal} THEN
{_indent(self.close_and_write(new, 1), 2)}
{self.stands(new)}
"""
        if self.spec.duplicates:
            shifted, present = "", ""
        open_ = f"""
IF newest_op = 2 THEN
{_indent(self.close_and_write(new, 0), 2)}
{present.strip()}
END IF;
"""
        if self.end is None:
            rest = f"ELSE\n{_indent(open_, 2)}\nEND IF;"
        else:
            rest = f"""
ELSIF newest_end IS NULL THEN
{_indent(open_, 2)}
ELSIF newest_end < tx OR newest_op = 2 THEN
{_indent(self.write(new, 0), 2)}
ELSIF {equal} THEN
{_indent(self.reopen(new), 2)}
ELSE
{_indent(self.write(new, 1), 2)}
END IF;
"""
        mine = self.follow(new)
        if self.spec.duplicates:
            mine = f"IF newest_op = 2 THEN\n{_indent(mine, 2)}\nEND IF;"
        return f"""
{self.write_first(new).strip()}
{self.begin()}
IF paused THEN
{_indent(self.read(new, "newest"), 2)}
END IF;
{self.paused(shifted).strip()}
{self.in_order()}
IF newest_tx IS NULL THEN
{_indent(self.write(new, 0), 2)}
ELSIF newest_tx = tx THEN
{_indent(mine, 2)}
{rest.strip()}
"""

    def stands(self, row: str) -> str:
        """Make sure that nobody ended the version that is left as it is.

        Under REPEATABLE READ a key can be inserted that others deleted after the snapshot was
        taken; their DELETE version is not seen, but locking what they ended fails (40001).
        """
        if self.end is None:
            return ""
        return (
            f"ELSE\n  PERFORM FROM {self.history} AS h\n"
            f"   WHERE {self.match(row)} AND h.{self.tx} = newest_tx FOR UPDATE;"
        )

    def reopen(self, row: str) -> str:
        return (
            f"UPDATE {self.history} AS h SET {self.end} = NULL\n"
            f" WHERE {self.match(row)} AND h.{self.tx} = newest_tx;"
        )

    def on_ignored(self) -> str:
        """An update that makes no version; what this transaction wrote follows it."""
        if not self.spec.ignored_columns:
            return ""
        return f"""
IF {self.differ(self.spec.ignored_columns, "OLD", "NEW")} THEN
  tx := {self.log.function("transaction_id")}(false);
  UPDATE {self.history} AS h SET {
            ", ".join(
                f"{_quote(c.history_name)} = NEW.{_quote(c.name)}" for c in self.spec.value_columns
            )
        }
   WHERE {self.match("NEW")} AND h.{self.tx} = tx AND h.{self.operation} <> 2;
END IF;
"""

    def declare(self) -> str:
        end = self.end is not None
        return "\n".join(
            [
                f"  memo text := {self.log.read()};",
                "  hint bigint;",
                "  tx bigint;",
                "  paused boolean := false;",
                "  newest_tx bigint;",
                *(["  newest_end bigint;"] if end else []),
                "  newest_op integer;",
                "  before_tx bigint;",
                *(["  before_end bigint;"] if end else []),
                "  before_op integer;",
            ]
        )

    def ask_paused(self) -> str:
        name = json.dumps([self.spec.table.schema, self.spec.table.name])
        return (
            f"IF {self.log.read('_paused')} <> '' THEN\n"
            f"  paused := {self.log.function('paused')}({_literal(name)});\n"
            f"END IF;"
        )

    # functions

    def function_for(self, event: str) -> str:
        return f"""
#variable_conflict use_variable
DECLARE
{self.declare()}
BEGIN
{_indent(self.ask_paused(), 2)}
{_indent(self.hint(), 2)}
  <<event>>
  BEGIN
{_indent(_tidy(event), 4)}
  END event;
  RETURN NULL;
END
"""

    def update_function(self) -> str:
        counting = self.differ(self.spec.counting_columns, "OLD", "NEW")
        return f"""
#variable_conflict use_variable
DECLARE
  moved boolean := {self.moved()};
{self.declare()}
BEGIN
{_indent(self.ask_paused(), 2)}
{_indent(self.hint(), 2)}
  IF NOT moved THEN
    IF NOT ({counting}) THEN
{_indent(self.on_ignored(), 6)}
      RETURN NULL;
    END IF;
    <<event>>
    BEGIN
{_indent(_tidy(self.on_update()), 6)}
    END event;
    RETURN NULL;
  END IF;
  <<event>>
  BEGIN
{_indent(_tidy(self.on_delete("OLD", alone=False, moved=True)), 4)}
  END event;
  <<event>>
  BEGIN
{_indent(_tidy(self.on_insert()), 4)}
  END event;
  RETURN NULL;
END
"""

    def insert_function(self) -> str:
        return self.function_for(self.on_insert())

    def delete_function(self) -> str:
        return self.function_for(self.on_delete("OLD", alone=not self.spec.duplicates, moved=False))

    def truncate_function(self) -> str:
        distinct = ""
        if self.spec.duplicates:
            keys = ", ".join(f"c.{_quote(name)}" for name in self.spec.key)
            distinct = f"DISTINCT ON ({keys}) "
        return f"""
#variable_conflict use_variable
DECLARE
  gone record;
{self.declare()}
BEGIN
{_indent(self.ask_paused(), 2)}
{_indent(self.hint(), 2)}
  FOR gone IN SELECT {distinct}c.* FROM {self.live} AS c LOOP
    <<event>>
    BEGIN
{_indent(_tidy(self.on_delete("gone", alone=True, moved=False)), 6)}
    END event;
  END LOOP;
  RETURN NULL;
END
"""

    def renumber_function(self) -> str:
        """Give the rows of one transaction, and what it ended, another id."""
        move = f"UPDATE {self.history} AS h SET {self.tx} = new_id WHERE h.{self.tx} = old_id;"
        if self.end is None:
            return f"#variable_conflict use_variable\nBEGIN\n{_indent(move, 2)}\nEND"
        keys = ", ".join(f"h.{_quote(c.history_name)}" for c in self.spec.key_columns)
        match = {
            alias: " AND ".join(
                f"{alias}.{_quote(c.history_name)} {self.equals} mine.{_quote(c.history_name)}"
                for c in self.spec.key_columns
            )
            for alias in ("h", "p")
        }
        return f"""
#variable_conflict use_variable
DECLARE
  mine record;
BEGIN
  {move}
  IF gaps THEN
    UPDATE {self.history} AS h SET {self.end} = new_id WHERE h.{self.end} = old_id;
  ELSIF FOUND THEN
    FOR mine IN SELECT {keys} FROM {self.history} AS h WHERE h.{self.tx} = new_id LOOP
      UPDATE {self.history} AS h SET {self.end} = new_id
       WHERE {match["h"]} AND h.{self.end} = old_id
         AND h.{self.tx} = (SELECT p.{self.tx} FROM {self.history} AS p
           WHERE {match["p"]} AND p.{self.tx} < new_id ORDER BY p.{self.tx} DESC LIMIT 1);
    END LOOP;
  END IF;
END
"""

    def functions(self) -> list[tuple[str, str, str, str]]:
        """Kind, arguments, result and body of each function."""
        return [
            ("insert", "", "trigger", self.insert_function()),
            ("update", "", "trigger", self.update_function()),
            ("delete", "", "trigger", self.delete_function()),
            ("truncate", "", "trigger", self.truncate_function()),
            (
                "renumber",
                "old_id bigint, new_id bigint, gaps boolean",
                "void",
                self.renumber_function(),
            ),
        ]


def _tidy(source: str) -> str:
    """Drop the empty lines that unused parts of a text leave."""
    return "\n".join(line for line in source.split("\n") if line.strip())


def _function(name: str, arguments: str, result: str, body: str, settings: str = "") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {result}\n"
        f"LANGUAGE plpgsql{settings} AS {_body(_tidy(body))}"
    )


class _Helpers:
    """Text of the functions that the tables of one log share."""

    def __init__(self, log: LogSpec) -> None:
        self.log = _Log(log)
        self.spec = log

    def transaction_id(self) -> str:
        log = self.log
        named = f"l.{log.id} = pg_catalog.split_part(memo, ':', 2)::bigint"
        since = f"l.{_quote(self.spec.issued_at)} >= pg_catalog.now() AT TIME ZONE 'UTC'"
        return f"""
#variable_conflict use_variable
DECLARE
  me text;
  memo text := {log.read()};
  tx bigint;
BEGIN
  IF make THEN
    me := {_ME}::text;
  ELSE
    me := pg_catalog.pg_current_xact_id_if_assigned()::text;
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = me THEN
    SELECT l.{log.id} INTO tx FROM {log.table} AS l
     WHERE {_indent(log.own(named), 5).strip()};
    IF FOUND THEN
      RETURN tx;
    END IF;
  END IF;
  IF memo <> '' AND me IS NOT NULL THEN
    SELECT l.{log.id} INTO tx FROM {log.table} AS l
     WHERE {_indent(log.own(since), 5).strip()}
     ORDER BY l.{log.id} DESC LIMIT 1;
    IF FOUND THEN
      {log.write("me || ':' || tx::text")}
      RETURN tx;
    END IF;
  END IF;
  IF NOT make THEN
    RETURN NULL;
  END IF;
{_indent(self.make(), 2)}
  {log.write("me || ':' || tx::text")}
  RETURN tx;
END
"""

    def make(self) -> str:
        """Make the row of the running transaction, from the context if one was published."""
        log = self.log
        issued_at = _quote(self.spec.issued_at)
        plain = f"""
INSERT INTO {log.table} AS l ({issued_at})
VALUES ({_NOW}) RETURNING l.{log.id} INTO tx;
"""
        if not self.spec.columns:
            return plain
        names = []
        values = []
        for column in self.spec.columns:
            given = f"(context -> {_literal(column.key)}) IS NOT NULL"
            value = _literal(", " + _from_context(column, "$1"))
            names.append(
                f"CASE WHEN {given} THEN {_literal(', ' + _quote(column.name))} ELSE '' END"
            )
            values.append(f"CASE WHEN {given} THEN {value} ELSE '' END")
        joined_names = "\n    || ".join(names)
        joined_values = "\n    || ".join(values)
        return f"""
DECLARE
  published text := {log.read("_context")};
  context jsonb;
BEGIN
  IF pg_catalog.split_part(published, ':', 1) = me THEN
    context := pg_catalog.substr(published, pg_catalog.length(me) + 2)::jsonb;
    EXECUTE {_literal(f"INSERT INTO {log.table} AS l ({issued_at}")}
    || {joined_names}
    || {_literal(f") VALUES ({_NOW}")}
    || {joined_values}
    || {_literal(f") RETURNING l.{log.id}")}
    INTO tx USING context;
  ELSE
{_indent(plain, 4)}
  END IF;
END;
"""

    def publish(self) -> str:
        log = self.log
        update = ""
        if self.spec.columns:
            sets = ",\n      ".join(
                f"{_quote(c.name)} = CASE WHEN (context -> {_literal(c.key)}) IS NOT NULL"
                f" THEN {_from_context(c, 'context')} ELSE l.{_quote(c.name)} END"
                for c in self.spec.columns
            )
            update = f"""
  tx := {log.function("transaction_id")}(false);
  IF tx IS NOT NULL THEN
    UPDATE {log.table} AS l SET
      {sets}
     WHERE l.{log.id} = tx;
  END IF;
"""
        return f"""
#variable_conflict use_variable
DECLARE
  context jsonb := published::jsonb;
  tx bigint;
BEGIN
  IF context IS NULL THEN
    {log.write("''", "_context")}
    RETURN;
  END IF;
  {log.write(f"{_ME}::text || ':' || published", "_context")}
{update.strip(chr(10))}
END
"""

    def renumber(self) -> str:
        log = self.log
        if self.spec.on_inversion == "error":
            return f"""
BEGIN
  RAISE EXCEPTION USING ERRCODE = '{INVERSION}',
    MESSAGE = 'transaction ' || old_id::text
      || ' changes a row that transaction ' || beyond::text || ' has changed before it',
    HINT = 'Run the transaction again, or use on_inversion="renumber".';
END
"""
        names = ", ".join(_quote(name) for name in self.spec.row_columns)
        values = ", ".join(
            _NOW if name == self.spec.issued_at else f"l.{_quote(name)}"
            for name in self.spec.row_columns
        )
        sides = "\n".join(
            f"  UPDATE {_table(side.table)} AS s SET {_quote(column)} = new_id"
            f" WHERE s.{_quote(column)} = old_id;"
            for side in self.spec.side_tables
            for column in side.columns
        )
        return f"""
#variable_conflict use_variable
DECLARE
  me text := {_ME}::text;
  new_id bigint;
  recorder record;
BEGIN
  INSERT INTO {log.table} AS t ({names})
  SELECT {values} FROM {log.table} AS l WHERE l.{log.id} = old_id
  RETURNING t.{log.id} INTO new_id;
  IF new_id <= beyond THEN
    RAISE EXCEPTION USING ERRCODE = '{SEQUENCE_BEHIND}',
      MESSAGE = 'the transaction table handed out id ' || new_id::text
        || ', but versions with id ' || beyond::text || ' exist',
      HINT = 'Set the sequence of its id beyond the highest id in use.';
  END IF;
  FOR recorder IN
    SELECT d.description::jsonb -> 'renumber' ->> 0 AS schema,
           d.description::jsonb -> 'renumber' ->> 1 AS name
      FROM pg_catalog.pg_trigger AS t
      JOIN pg_catalog.pg_description AS d ON d.objoid = t.oid
       AND d.classoid = 'pg_catalog.pg_trigger'::regclass AND d.objsubid = 0
      JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
     WHERE t.tgname = '00_continuum_insert' AND NOT t.tgisinternal AND t.tgparentid = 0
       AND CASE WHEN pg_catalog.starts_with(d.description, '{{"continuum": ')
                THEN d.description::jsonb -> 'log' = {_literal(log.identity)}::jsonb END
       AND pg_catalog.has_table_privilege(p.proowner, {_literal(log.table)}::regclass, 'INSERT')
  LOOP
    EXECUTE 'SELECT ' || pg_catalog.quote_ident(recorder.schema) || '.'
      || pg_catalog.quote_ident(recorder.name) || '($1, $2, $3)'
      USING old_id, new_id, COALESCE({log.read("_gaps")} = me, false);
  END LOOP;
{sides}
  DELETE FROM {log.table} AS l WHERE l.{log.id} = old_id;
  {log.write("me || ':' || new_id::text")}
  RETURN new_id;
END
"""

    def pause(self) -> str:
        log = self.log
        return f"""
#variable_conflict use_variable
DECLARE
  me text := {_ME}::text;
  memo text := {log.read("_paused")};
  names text := tables;
BEGIN
  IF keep AND pg_catalog.split_part(memo, ':', 1) = me THEN
    memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
    IF memo = '*' OR names = '*' THEN
      names := '*';
    ELSE
      names := (memo::jsonb || names::jsonb)::text;
    END IF;
  END IF;
  {log.write("CASE names WHEN '[]' THEN '' ELSE me || ':' || names END", "_paused")}
END
"""

    def paused(self) -> str:
        log = self.log
        return f"""
#variable_conflict use_variable
DECLARE
  me text := {_ME}::text;
  memo text := {log.read("_paused")};
BEGIN
  IF pg_catalog.split_part(memo, ':', 1) IS DISTINCT FROM me THEN
    RETURN false;
  END IF;
  memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
  RETURN memo = '*' OR pg_catalog.jsonb_exists(memo::jsonb, live);
END
"""

    def functions(self) -> list[tuple[str, str, str, str]]:
        """Name, arguments, result and body of each function."""
        return [
            ("transaction_id", "make boolean DEFAULT true", "bigint", self.transaction_id()),
            ("publish", "published text", "void", self.publish()),
            ("renumber", "old_id bigint, beyond bigint", "bigint", self.renumber()),
            ("pause", "tables text, keep boolean", "void", self.pause()),
            ("paused", "live text", "boolean", self.paused()),
        ]


def _type_name(type_: TypeEngine[Any]) -> str:
    dialect: Callable[[], Dialect] = postgresql.dialect
    return type_.compile(dialect=dialect())


def _from_context(column: ContextColumn, context: str) -> str:
    """An expression for the value of a column in the published context."""
    stored = storage_type(column.type)
    key = _literal(column.key)
    if isinstance(stored, JSON):
        name = _type_name(stored)
        return f"NULLIF({context} -> {key}, 'null'::jsonb)::{name}"
    if isinstance(stored, String) and not isinstance(stored, Enum):
        # No cast: it would cut a long text off where an assignment refuses it.
        return f"({context} ->> {key})"
    name = _type_name(stored)
    if isinstance(stored, ARRAY):
        return (
            f"CASE pg_catalog.jsonb_typeof({context} -> {key}) WHEN 'array' THEN"
            f" ARRAY(SELECT pg_catalog.jsonb_array_elements_text({context} -> {key}))::{name} END"
        )
    return f"({context} ->> {key})::{name}"


class PostgreSQLEmitter(Emitter):
    """Recording by triggers on PostgreSQL 14 and newer."""

    name = "postgresql"
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
        helpers = _Helpers(log)
        expected = self.expected_helpers(log, server)
        statements = []
        for name, arguments, result, body in helpers.functions():
            statements.append(_function(helpers.log.function(name), arguments, result, body))
            comment = json.dumps(
                {
                    "continuum": 1,
                    "log": [log.table.schema, log.table.name],
                    "fingerprint": expected[helpers.log.name(name)],
                }
            )
            statements.append(
                f"COMMENT ON FUNCTION {helpers.log.function(name)}({HELPERS[name]})"
                f" IS {_literal(comment)}"
            )
        return [_written(statement) for statement in statements]

    def expected_helpers(self, log: LogSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of each helper that :meth:`create_helpers` makes."""
        fingerprint = fingerprint_of(log, ())
        return {_Log(log).name(helper): fingerprint for helper in HELPERS}

    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Return one DROP FUNCTION for each helper."""
        names = _Log(log)
        return [
            _written(f"DROP FUNCTION IF EXISTS {names.function(helper)}({arguments})")
            for helper, arguments in HELPERS.items()
        ]

    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return the statements for one table; meant for one transaction.

        While they wait for the table they would hold up its other writers, so the wait is limited
        to some seconds unless the connection has a limit of its own.
        """
        recorder = _Recorder(spec)
        comment = _literal(
            json.dumps(
                {
                    "continuum": 1,
                    "log": [spec.log.table.schema, spec.log.table.name],
                    "renumber": [spec.version_table.schema, recorder.name("renumber")],
                    "fingerprint": spec.fingerprint(),
                }
            )
        )
        statements = []
        for kind, arguments, result, body in recorder.functions():
            function = recorder.function(kind)
            types = ", ".join(part.split()[-1] for part in arguments.split(",") if part)
            statements.append(_function(function, arguments, result, body, recorder.settings))
            statements.append(f"COMMENT ON FUNCTION {function}({types}) IS {comment}")
        statements.append(
            "SELECT pg_catalog.set_config('continuum.lock_timeout',"
            " pg_catalog.current_setting('lock_timeout'), true),"
            " pg_catalog.set_config('lock_timeout', CASE pg_catalog.current_setting('lock_timeout')"
            " WHEN '0' THEN '10s' ELSE pg_catalog.current_setting('lock_timeout') END, true)"
        )
        for name, event in TRIGGERS.items():
            truncate = event == "BEFORE TRUNCATE"
            when = ""
            if event == "AFTER UPDATE":
                # Whole rows: a test of single columns would make PostgreSQL refuse to alter them.
                when = "\n  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)"
            statements.append(
                f"CREATE OR REPLACE TRIGGER {_quote(name)} {event} ON {recorder.live}\n"
                f"  FOR EACH {'STATEMENT' if truncate else 'ROW'}{when}\n"
                f"  EXECUTE FUNCTION {recorder.function(event.split()[-1].lower())}()"
            )
            statements.append(f"COMMENT ON TRIGGER {_quote(name)} ON {recorder.live} IS {comment}")
        statements.append(
            "SELECT pg_catalog.set_config('lock_timeout', COALESCE(NULLIF("
            "pg_catalog.current_setting('continuum.lock_timeout', true), ''),"
            " pg_catalog.current_setting('lock_timeout')), true)"
        )
        return [_written(statement) for statement in statements]

    def drop(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return one DROP for each trigger, then for each function."""
        recorder = _Recorder(spec)
        statements = [
            f"DROP TRIGGER IF EXISTS {_quote(name)} ON {recorder.live}" for name in TRIGGERS
        ]
        for kind, arguments, _, _ in recorder.functions():
            types = ", ".join(part.split()[-1] for part in arguments.split(",") if part)
            statements.append(f"DROP FUNCTION IF EXISTS {recorder.function(kind)}({types})")
        return [_written(statement) for statement in statements]

    def expected(self, spec: TriggerSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of the four triggers."""
        return dict.fromkeys(TRIGGERS, spec.fingerprint())

    # what a database has

    def installed(
        self, connection: Connection, log: LogSpec, schemas: Sequence[str | None]
    ) -> list[Installed]:
        """Read our triggers and the helpers of the log from the catalog: one query.

        A trigger that is disabled, or whose function was made for another definition, is reported
        without a fingerprint.
        """
        names = _Log(log)
        rows = connection.execute(
            _CATALOG,
            {
                "triggers": list(TRIGGERS),
                "schemas": sorted({schema for schema in schemas if schema is not None}) or [""],
                "default": None in schemas,
                "log_schema": log.table.schema or "",
                "helpers": [names.name(helper) for helper in HELPERS],
            },
            execution_options={INTERNAL: True},
        )
        found = []
        for schema, table, name, own, function, enabled in rows:
            fingerprint = _fingerprint(own)
            if enabled == "D" or _fingerprint(function) != fingerprint:
                fingerprint = None
            where = log.table if table is None else TableName(table, schema)
            found.append(Installed(where, name, fingerprint))
        return found

    def explain(self, error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
        """Recognise what our functions raise, and what creating them can run into."""
        state, message, context = _diagnosis(error)
        statement = getattr(error, "statement", None) or ""
        inside = "continuum_" in context
        ours = inside or "continuum_" in statement
        if spec is not None:
            prefix = spec.log.prefix
            inside = inside or prefix in context
            ours = ours or inside or prefix in statement
        table = None if spec is None else str(spec.table)
        kind: type[VersioningError]
        if state == INVERSION:
            kind = TransactionInversion
            hint = 'Run the transaction again, or use on_inversion="renumber".'
        elif state == SEQUENCE_BEHIND:
            kind = VersioningError
            hint = "Set the sequence of the transaction table beyond the highest id in use."
        elif state == "42501" and ours:
            kind = MissingPrivilege
            hint = (
                "The role that writes needs INSERT, SELECT, UPDATE and DELETE on the version "
                "tables and the transaction table, USAGE on their schemas and on the sequence of "
                "the transaction id; the role that creates the triggers needs TRIGGER on the table "
                "(or to own it) and CREATE on the schema of its version table. "
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

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Ask the driver: psycopg2, psycopg and asyncpg know."""
        for connection in (
            dbapi_connection,
            getattr(dbapi_connection, "driver_connection", None),
            getattr(dbapi_connection, "_connection", None),
        ):
            status = getattr(getattr(connection, "info", None), "transaction_status", None)
            if status is not None:
                return int(status) in (1, 2, 3)  # libpq: active, in transaction, in failed one
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
        function = _written(_Log(log).function(helper)).replace(":", "\\:")
        return connection.execute(
            text(f"SELECT {function}({arguments})"), values, execution_options={INTERNAL: True}
        ).scalar_one()


def _names(tables: Iterable[TableName]) -> str:
    return json.dumps([json.dumps([table.schema, table.name]) for table in tables])


def _fingerprint(comment: str | None) -> str | None:
    """Read the fingerprint out of the comment on a trigger or function."""
    try:
        value = json.loads(comment or "null")
    except ValueError:
        return None
    if not isinstance(value, dict) or "continuum" not in value:
        return None
    fingerprint = value.get("fingerprint")
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
