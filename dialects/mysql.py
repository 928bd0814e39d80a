"""Recording by triggers on MariaDB 10.6 and MySQL 8.0, and newer.

Each live table gets row triggers; what all tables of one transaction table share stands beside it
as a few stored procedures.  State of the running transaction lives in user variables of the
session.  They outlive transactions and rolled-back savepoints, so that what they say is never
believed as such: the id of a transaction counts only for the unit of work it was made in, and while
its row exists.  The unit is named by SQLAlchemy; for other clients it is asked for once in each
statement, from the best source that the server has (:meth:`MySQLEmitter.identity`).

What a plain ``SELECT`` in a trigger sees depends on the isolation level and on the binary log, so
that it is only used to guess: the statement that relies on the guess checks it.  A search that
locks (``FOR UPDATE``) comes after a wrong guess.  It is not the first choice, because under
REPEATABLE READ it locks gaps that other rows' versions belong into, and concurrent writers
deadlock.

Triggers and procedures keep the ``sql_mode`` and character set of the session that made them.  The
text means the same under all of them: names in backticks, ASCII literals without backslashes, no
``||``.  A name without a schema is looked up in the schema of the trigger, so that the copy of
a database never writes into the original.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON
from sqlalchemy.types import Boolean
from sqlalchemy.types import Date
from sqlalchemy.types import DateTime
from sqlalchemy.types import Double
from sqlalchemy.types import Float
from sqlalchemy.types import Integer
from sqlalchemy.types import Numeric
from sqlalchemy.types import Time
from sqlalchemy.types import TypeEngine

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Capabilities
from continuum.dialects.base import Emitter
from continuum.dialects.base import Installed
from continuum.dialects.base import Server
from continuum.dialects.base import is_autocommit
from continuum.dialects.spec import Cascade
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import resolve_log
from continuum.dialects.spec import storage_type
from continuum.errors import MissingPrivilege
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError

NAME_LIMIT = 64
"""Characters that an identifier may have."""

INVERSION = "CN001"
"""SQLSTATE of an inversion of ids under ``on_inversion="error"``."""

SEQUENCE_BEHIND = "CN002"
"""SQLSTATE when the transaction table hands out ids lower than those in use."""

SQL_MODE = "STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION"
"""Mode that triggers and procedures run in: nothing is cut off silently, and a date that got into
the live table gets into the history, too."""

TRUST_HINT = (
    "The server keeps a binary log and lets only administrators create triggers. Ways out: "
    "SET GLOBAL log_bin_trust_function_creators = 1 (needs no restart); create the triggers as a "
    "user with SUPER; or set native_versioning=False to use the ORM recorder, which needs none."
)
"""What to do about error 1419."""

MARK = "continuum "
"""Start of the literal in each trigger that says what it was made from."""

RESTORE_SQL_MODE = "SET @@SESSION.sql_mode = @continuum_sql_mode"
"""Last of the statements that change the session's ``sql_mode``."""

# Characters that mean themselves in a literal under every sql_mode, for every driver and client.
_PLAIN = re.compile(r"[A-Za-z0-9 _.,:;{}\[\]()\"#$@+/<>=*!?^-]*\Z")
_UNSAFE_IN_MARK = re.compile(r"[^A-Za-z0-9 _.,:{}\[\]\"#$@+/<>=!?^-]")

# Start of the statement in microseconds: a whole number, see _Recorder.declare().
_MOMENT = "FLOOR(UNIX_TIMESTAMP(NOW(6)) * 1000000)"
_NOW = "UTC_TIMESTAMP(6) + INTERVAL TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) MICROSECOND"


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _table(name: TableName) -> str:
    return (
        _quote(name.name) if name.schema is None else f"{_quote(name.schema)}.{_quote(name.name)}"
    )


def _literal(value: str) -> str:
    if _PLAIN.match(value):
        return f"'{value}'"
    return f"CONVERT(X'{value.encode('utf-8').hex()}' USING utf8mb4)"


def _digest(value: object, length: int = 8) -> str:
    return hashlib.sha256(json.dumps(value).encode("ascii")).hexdigest()[:length]


def _name(*parts: str) -> str:
    """Join a name, and shorten it to the limit without losing its uniqueness."""
    name = "_".join(parts)
    if len(name) <= NAME_LIMIT:
        return name
    return f"{name[: NAME_LIMIT - 9]}_{_digest(name)}"


def _indent(source: str, width: int) -> str:
    pad = " " * width
    return "\n".join(pad + line if line else line for line in source.strip("\n").split("\n"))


def _tidy(source: str) -> str:
    """Drop the empty lines that unused parts of a text leave."""
    return "\n".join(line for line in source.split("\n") if line.strip())


def _plain_json(value: Mapping[str, Any]) -> str:
    """Write JSON that can stand between quotes under every ``sql_mode`` and for every client."""
    plain = _UNSAFE_IN_MARK.sub(
        lambda match: match[0] if match[0] == "\\" else f"\\u{ord(match[0]):04x}",
        json.dumps(value, ensure_ascii=True),
    )
    return plain.replace("\\", "|")


def _read_json(plain: str | None) -> dict[str, Any]:
    """Read back what :func:`_plain_json` wrote; nothing of ours gives an empty dictionary."""
    try:
        value = json.loads((plain or "null").replace("|", "\\"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _mark(value: Mapping[str, Any]) -> str:
    """Write what a trigger was made from as a literal that comes back as it is.

    A literal and not a comment, because command-line clients take comments out of what they send.
    """
    return f"'{MARK}{_plain_json(value)}'"


_MARKED = re.compile(rf"'{MARK}(\{{[^']*\}})'")


def _read_mark(body: str | None) -> dict[str, Any] | None:
    """Read back what :func:`_mark` wrote into the body of a trigger."""
    match = _MARKED.search(body or "")
    return None if match is None else _read_json(match[1]) or None


def _exact(type_: TypeEngine[Any]) -> bool:
    """Say whether ``<=>`` of this type means equality of every byte."""
    stored = storage_type(type_)
    if isinstance(stored, (Float, Double)) or stored.__visit_name__ in ("REAL", "DOUBLE"):
        return False
    return isinstance(stored, (Integer, Numeric, Boolean, Date, DateTime, Time)) or (
        stored.__visit_name__ in ("BIT", "YEAR")
    )


def _differs(column: ColumnSpec, old: str, new: str) -> str:
    """A test of two values that is never null, byte by byte."""
    if column.comparison is not None:
        test = column.comparison.replace("{old}", old).replace("{new}", new)
        return (
            f"CASE WHEN {old} IS NULL OR {new} IS NULL"
            f" THEN ({old} IS NULL) <> ({new} IS NULL) ELSE ({test}) END"
        )
    stored = storage_type(column.type)
    if _exact(stored):
        return f"NOT ({old} <=> {new})"
    as_bytes = f"NOT (CAST({old} AS BINARY) <=> CAST({new} AS BINARY))"
    if isinstance(stored, JSON):
        # MySQL compares documents by value: 1 and 1.0 would be the same.
        return f"NOT (CAST(CAST({old} AS CHAR) AS BINARY) <=> CAST(CAST({new} AS CHAR) AS BINARY))"
    if isinstance(stored, (Float, Double)) or stored.__visit_name__ in ("REAL", "DOUBLE"):
        # As text a float loses digits, as a number it loses the sign of zero.
        return f"(NOT ({old} <=> {new}) OR {as_bytes})"
    return as_bytes


def _relative(spec: TriggerSpec) -> TriggerSpec:
    """Return the spec as seen from the schema of its live table."""
    home = spec.table.schema
    return spec.resolve(lambda schema: None if schema == home else schema)


class _Log:
    """Names and fragments that belong to one transaction table.

    :param log: the transaction table, with its real schema where that is known.
    :param home: schema in which the text will be looked at; names in it are not qualified.
    """

    def __init__(self, log: LogSpec, home: str | None) -> None:
        self.spec = log
        self.home = home
        self.table = self.qualified(log.table)
        self.id = _quote(log.id)
        slug = re.sub(r"[^A-Za-z0-9_]", "_", log.prefix)[:20]
        # Two logs may share a prefix when they stand in different schemas (one for each tenant),
        # and one session can write into both.
        self.slot = f"{slug}_{_digest([log.table.schema, log.table.name, log.prefix])}"

    def qualified(self, table: TableName) -> str:
        return _table(replace(table, schema=None) if table.schema == self.home else table)

    def name(self, helper: str) -> str:
        return _name(self.spec.prefix, helper)

    def helper(self, helper: str) -> str:
        return self.qualified(TableName(self.name(helper), self.spec.table.schema))

    def variable(self, name: str) -> str:
        return f"@`{self.slot}_{name}`"

    @property
    def unit(self) -> str:
        """Number of the unit that SQLAlchemy has announced, NULL without one."""
        return self.variable("unit")

    @property
    def context(self) -> str:
        """The published context."""
        return self.variable("context")

    @property
    def paused(self) -> str:
        """Tables that are not recorded at the moment."""
        return self.variable("paused")

    @property
    def current(self) -> str:
        """Id of the running transaction, once it has one."""
        return self.variable("id")

    @property
    def owner(self) -> str:
        """The unit that ``current`` belongs to."""
        return self.variable("owner")

    @property
    def moment(self) -> str:
        """Start of the statement in which ``current`` was looked at last."""
        return self.variable("moment")

    @property
    def gaps(self) -> str:
        """Set when the transaction has ended versions without writing successors."""
        return self.variable("gaps")

    def identify(self) -> str:
        """Set ``tx`` to the id of the running transaction, NULL when it has none yet.

        The start of the statement is remembered, so that its other rows need not ask again.  A
        client can stop that clock (``SET timestamp``, as replayed logs do), and its statements
        could not be told apart; when it looks like that, every row asks.
        """
        return f"""
SET tx = {self.current};
IF NOT (known <=> moment) THEN
  SET unit = {self.unit}, owner = {self.owner};
  IF unit = owner THEN
    SELECT MAX(l.{self.id}) INTO tx FROM {self.table} AS l WHERE l.{self.id} = tx;
    SET {self.current} = tx, {self.moment} = {self.trusted("moment")};
  ELSE
    CALL {self.helper("resolve")}();
    SET tx = {self.current};
  END IF;
  SET known = moment;
END IF;
"""

    def trusted(self, moment: str) -> str:
        """The start of the statement, NULL when the clock seems to stand still."""
        return (
            f"IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000"
            f" AND {moment} % 1000000 <> 0, {moment}, NULL)"
        )

    def begin(self) -> str:
        """Give the transaction its row, if it has none, and set ``tx``."""
        return (
            f"IF tx IS NULL THEN\n"
            f"  CALL {self.helper('begin')}();\n"
            f"  SET tx = {self.current};\nEND IF;"
        )


class _Recorder:
    """Text of the triggers of one live table.

    :param guarded: the server fires the UPDATE trigger for rows that ``UPDATE IGNORE`` leaves as
        they are, and the table has constraints that make it do so.
    """

    def __init__(self, spec: TriggerSpec, *, guarded: bool) -> None:
        self.spec = spec
        self.guarded = guarded
        home = spec.table.schema
        self.log = _Log(spec.log, home)
        self.live = self.log.qualified(spec.table)
        self.history = self.log.qualified(spec.version_table)
        # Not an alias: the servers would name that, and not the table, when the table is missing.
        self.own = _quote(spec.version_table.name)
        self.tx = _quote(spec.transaction_column)
        self.end = None if spec.end_column is None else _quote(spec.end_column)
        self.operation = _quote(spec.operation_column)
        self.own_tx = f"{self.own}.{self.tx}"
        self.own_end = f"{self.own}.{self.end}"
        self.own_operation = f"{self.own}.{self.operation}"
        self.inexact_key = tuple(c for c in spec.key_columns if not _exact(c.type))
        self.generated = f"@`{self.log.slot}_{_table_digest(spec.table)}_generated`"

    # fragments

    def column(self, column: ColumnSpec) -> str:
        """A column of the version table."""
        return f"{self.own}.{_quote(column.history_name)}"

    def match(self, row: str) -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{self.column(c)} = {row}.{_quote(c.name)}" for c in self.spec.key_columns
        )

    def differ(
        self, columns: Sequence[ColumnSpec], old: str, new: str, *, old_is_history: bool = False
    ) -> str:
        tests = [
            _differs(
                column,
                f"{old}.{_quote(column.history_name if old_is_history else column.name)}",
                f"{new}.{_quote(column.name)}",
            )
            for column in columns
        ]
        return " OR ".join(tests) if tests else "FALSE"

    def value(self, column: ColumnSpec, row: str, operation: int) -> str:
        if operation == 2 and self.spec.null_delete and column.name not in self.spec.key:
            return "NULL"
        return f"{row}.{_quote(column.name)}"

    def write(self, row: str, operation: int, transaction: str = "tx", end: str = "NULL") -> str:
        """Write a version row."""
        names = [_quote(c.history_name) for c in self.spec.columns]
        values = [self.value(c, row, operation) for c in self.spec.columns]
        names.append(self.tx)
        values.append(transaction)
        if self.end is not None:
            names.append(self.end)
            values.append(end)
        names.append(self.operation)
        values.append(str(operation))
        return f"INSERT INTO {self.history} ({', '.join(names)})\nVALUES ({', '.join(values)});"

    def rewrite(self, row: str, operation: int) -> str:
        """Bring the version that this transaction wrote up to date."""
        columns = (*self.inexact_key, *self.spec.value_columns)
        sets = [f"{self.column(c)} = {self.value(c, row, operation)}" for c in columns]
        sets.append(f"{self.own_operation} = {operation}")
        return (
            f"UPDATE {self.history} SET {', '.join(sets)}\n"
            f" WHERE {self.match(row)} AND {self.own_tx} = tx;"
        )

    def close(self, row: str, end: str = "tx") -> str:
        """End the newest version, or open it again."""
        if self.end is None:
            return ""
        return (
            f"UPDATE {self.history} SET {self.own_end} = {end}\n"
            f" WHERE {self.match(row)} AND {self.own_tx} = newest_tx;"
        )

    def close_and_write(self, row: str, operation: int) -> str:
        return f"{self.close(row)}\n{self.write(row, operation)}".strip()

    def forget(self, row: str) -> str:
        """Take back what this transaction wrote; its predecessor is open again."""
        source = f"DELETE FROM {self.history}\n WHERE {self.match(row)} AND {self.own_tx} = tx;"
        if self.end is not None:
            source += (
                f"\nUPDATE {self.history} SET {self.own_end} = NULL\n"
                f" WHERE {self.match(row)} AND {self.own_tx} = before_tx AND {self.own_end} = tx;"
            )
        return source

    def read(self, row: str, variable: str, condition: str = "") -> str:
        """Read the newest version of a row's key as it is now, at the price of locked gaps."""
        end = "" if self.end is None else f"{self.own_end}, "
        into = "" if self.end is None else f"{variable}_end, "
        return (
            f"SELECT {self.own_tx}, {end}{self.own_operation}"
            f" INTO {variable}_tx, {into}{variable}_op\n"
            f"  FROM {self.history} WHERE {self.match(row)}{condition}\n"
            f" ORDER BY {self.own_tx} DESC LIMIT 1 FOR UPDATE;"
        )

    def guess(self, row: str) -> str:
        """Set ``newest_tx`` to the newest version that the transaction's snapshot shows.

        It locks nothing, and may be too old.  A search that locks would lock the gaps beside the
        key, too, so that writers of other keys had to wait for each other, or died in deadlocks.
        The servers read MAX() from the end of the key's range in the index, for a quarter of what
        ORDER BY and LIMIT cost.
        """
        return (
            f"SELECT MAX({self.own_tx}) INTO newest_tx FROM {self.history}\n"
            f" WHERE {self.match(row)};"
        )

    def replace_guessed(self, row: str, operation: int) -> str:
        """End the guessed version and write the next: done, if it is still open.

        Only the newest version of a key is ever open.
        """
        if self.end is None:
            return ""
        condition = f" AND {self.own_operation} <> 2" if operation == 2 else ""
        return f"""
IF newest_tx < tx AND NOT paused THEN
  UPDATE {self.history} SET {self.own_end} = tx
   WHERE {self.match(row)} AND {self.own_tx} = newest_tx
     AND {self.own_end} IS NULL{condition};
  IF ROW_COUNT() = 1 THEN
{_indent(self.write(row, operation), 4)}
    LEAVE event;
  END IF;
END IF;
"""

    def look(self, row: str) -> str:
        """Read the newest version after all; one of this transaction is known to be it."""
        if self.spec.duplicates:
            mine = self.read_version(row, "newest", "tx")
            return f"""
IF newest_tx = tx THEN
{_indent(mine, 2)}
ELSE
  SET newest_tx = NULL;
{_indent(self.read(row, "newest"), 2)}
END IF;
"""
        return f"""
IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
  SET newest_tx = NULL;
{_indent(self.read(row, "newest"), 2)}
END IF;
"""

    def before(self, row: str) -> str:
        """Read what the transaction found before it wrote."""
        if self.end is None:
            return self.read(row, "before", f" AND {self.own_tx} < tx")
        # Only a version that this transaction has ended counts, and that its snapshot shows.
        return f"""
SELECT MAX({self.own_tx}) INTO before_tx FROM {self.history}
 WHERE {self.match(row)} AND {self.own_tx} < tx;
IF before_tx IS NOT NULL THEN
{_indent(self.read_version(row, "before", "before_tx"), 2)}
END IF;
"""

    def read_version(self, row: str, variable: str, transaction: str) -> str:
        """Read one version, which exists."""
        end = "" if self.end is None else f"{self.own_end}, "
        into = "" if self.end is None else f"{variable}_end, "
        return (
            f"SELECT {end}{self.own_operation} INTO {into}{variable}_op\n"
            f"  FROM {self.history} WHERE {self.match(row)} AND {self.own_tx} = {transaction};"
        )

    def compare(self, row: str, transaction: str) -> str:
        """Set ``same``: whether a version equals the row."""
        columns = (*self.inexact_key, *self.spec.counting_columns)
        differ = self.differ(columns, self.own, row, old_is_history=True)
        return (
            f"SELECT COUNT(*) INTO same FROM {self.history}\n"
            f" WHERE {self.match(row)} AND {self.own_tx} = {transaction}\n"
            f"   AND NOT ({differ})\n   FOR UPDATE;"
        )

    def present_before(self) -> str:
        """True when the row was there before this transaction (after reading ``before``)."""
        end = "" if self.end is None else " AND before_end = tx"
        return f"before_tx IS NOT NULL AND before_op <> 2{end}"

    def in_order(self) -> str:
        """Give the transaction a new id when a later one has changed the row before."""
        if self.end is None:
            test, highest = "newest_tx > tx", "newest_tx"
        else:
            test = "newest_tx > tx OR newest_end > tx"
            highest = "GREATEST(newest_tx, COALESCE(newest_end, 0))"
        return (
            f"IF {test} THEN\n  CALL {self.log.helper('renumber')}({highest});\n"
            f"  SET tx = {self.log.current};\nEND IF;"
        )

    def baseline(self, row: str) -> str:
        """Write the old image of a row that is older than its history."""
        return self.write(row, 0, "0", "tx")

    def gap(self, row: str) -> str:
        """Write the old image of a row whose history has a gap (strategy without an end column)."""
        names = [_quote(c.history_name) for c in self.spec.columns]
        values = [f"{row}.{_quote(c.name)}" for c in self.spec.columns]
        names += [self.tx, self.operation]
        return f"""
{self.compare(row, "newest_tx")}
IF NOT same THEN
  SELECT MAX(l.{self.log.id}) INTO before_tx FROM {self.log.table} AS l
   WHERE l.{self.log.id} < tx AND l.{self.log.id} > newest_tx;
  IF before_tx IS NOT NULL THEN
    INSERT INTO {self.history} ({", ".join(names)})
    VALUES ({", ".join(values)}, before_tx, 0);
  END IF;
END IF;
"""

    def follow(self, row: str) -> str:
        """A row that this transaction has changed before is set again (rule 1)."""
        return f"""
{self.before(row)}
IF {self.present_before()} THEN
{_indent(self.compare(row, "before_tx"), 2)}
  IF same THEN
{_indent(self.forget(row), 4)}
  ELSE
{_indent(self.rewrite(row, 1), 4)}
  END IF;
ELSE
{_indent(self.rewrite(row, 0), 2)}
END IF;
"""

    def unfollow(self, row: str) -> str:
        """A row that this transaction has changed before is removed (rule 2)."""
        return f"""
{self.before(row)}
IF {self.present_before()} THEN
{_indent(self.rewrite(row, 2), 2)}
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
{_indent(self.log.begin(), 2)}
{_indent(self.in_order(), 2)}
{_indent(self.close(row), 2)}
  SET {self.log.gaps} = 1;
END IF;
"""

    def start(self) -> str:
        """Find the id to write with; while paused none is made yet."""
        return f"""
{self.log.identify()}
{self.ask_paused()}
IF NOT paused THEN
{_indent(self.log.begin(), 2)}
END IF;
"""

    def ask_paused(self) -> str:
        table = _table_digest(self.spec.table)
        return (
            f"IF {self.log.paused} IS NOT NULL THEN\n"
            f"  SET pauses = {self.log.paused};\n"
            f"  SET paused = pauses = '*' OR LOCATE('{table}', pauses) > 0;\n"
            f"END IF;"
        )

    def paused(self, gap: str) -> str:
        """While paused, only a version that this transaction already wrote follows its row."""
        return f"""
IF paused AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
{_indent(gap, 2) if gap.strip() else ""}
  LEAVE event;
END IF;
"""

    # the three events

    def on_update(self) -> str:
        """An update that keeps the key."""
        new = "NEW"
        if self.end is not None:
            rest = f"""
ELSEIF newest_end IS NULL THEN
{_indent(self.close_and_write(new, 1), 2)}
ELSEIF newest_end < tx THEN
{_indent(self.write("OLD", 0, "newest_end", "tx"), 2)}
{_indent(self.write(new, 1), 2)}
ELSE
{_indent(self.compare(new, "newest_tx"), 2)}
  IF same THEN
{_indent(self.close(new, "NULL"), 4)}
  ELSE
{_indent(self.write(new, 1), 4)}
  END IF;
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
{self.start()}
{self.guess(new)}
{self.replace_guessed(new, 1)}
{self.look(new)}
{self.paused(self.interrupt(new))}
{self.in_order()}
IF newest_tx IS NULL THEN
{_indent(self.baseline("OLD"), 2)}
{_indent(self.write(new, 1), 2)}
ELSEIF newest_tx = tx THEN
{_indent(self.follow(new), 2)}
{rest}
"""

    def on_delete(self) -> str:
        """A row goes, or its key does."""
        row = "OLD"
        still_there = ""
        if self.spec.duplicates:
            still_there = f"{self.count_alive(row)}\nIF same > 0 THEN\n  LEAVE event;\nEND IF;"
        if self.end is not None:
            rest = f"""
ELSEIF newest_end IS NULL THEN
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
ELSEIF newest_op <> 2 THEN
{_indent(self.gap(row), 2)}
{_indent(self.write(row, 2), 2)}
END IF;
"""
        return f"""
{still_there}
{self.start()}
{self.guess(row)}
{self.replace_guessed(row, 2)}
{self.look(row)}
{self.paused(self.interrupt(row))}
{self.in_order()}
IF newest_tx IS NULL THEN
{_indent(self.baseline(row), 2)}
{_indent(self.write(row, 2), 2)}
ELSEIF newest_tx = tx THEN
{_indent(self.unfollow(row), 2)}
{rest}
"""

    def count_alive(self, row: str, *, equal: bool = False) -> str:
        """Set ``same`` to the number of live rows that have a row's key (and its values).

        A plain read, for the table that a trigger stands on cannot be locked; it shows what the
        statement itself has done.
        """
        test = " AND ".join(
            f"c.{_quote(c.name)} = {row}.{_quote(c.name)}" for c in self.spec.key_columns
        )
        if equal:
            columns = (*self.inexact_key, *self.spec.counting_columns)
            test += f"\n   AND NOT ({self.differ(columns, 'c', row)})"
        return f"SELECT COUNT(*) INTO same FROM {self.live} AS c\n WHERE {test};"

    def on_insert(self) -> str:
        """A row comes, or a row takes a new key."""
        new = "NEW"
        compare = self.compare(new, "newest_tx")
        shifted = ""
        if self.end is not None and not self.spec.duplicates:
            shifted = f"{compare}\n" + self.interrupt(new, " AND newest_op <> 2 AND same = 0")
        present = f"""
ELSE
{_indent(compare, 2)}
  IF NOT same THEN
{_indent(self.close_and_write(new, 1), 4)}
  END IF;
"""
        open_ = f"""
IF newest_op = 2 THEN
{_indent(self.close_and_write(new, 0), 2)}
{"" if self.spec.duplicates else present}
END IF;
"""
        if self.end is None:
            rest = f"ELSE\n{_indent(open_, 2)}\nEND IF;"
        else:
            rest = f"""
ELSEIF newest_end IS NULL THEN
{_indent(open_, 2)}
ELSEIF newest_end < tx OR newest_op = 2 THEN
{_indent(self.write(new, 0), 2)}
ELSE
{_indent(compare, 2)}
  IF same THEN
{_indent(self.close(new, "NULL"), 4)}
  ELSE
{_indent(self.write(new, 1), 4)}
  END IF;
END IF;
"""
        mine = self.follow(new)
        if self.spec.duplicates:
            mine = f"IF newest_op = 2 THEN\n{_indent(mine, 2)}\nEND IF;"
        return f"""
{self.start()}
{self.guess(new)}
IF newest_tx IS NOT NULL THEN
{_indent(self.look(new), 2)}
END IF;
{self.paused(shifted)}
{self.in_order()}
IF newest_tx IS NULL THEN
{_indent(self.write(new, 0), 2)}
ELSEIF newest_tx = tx THEN
{_indent(mine, 2)}
{rest}
"""

    def guard(self, source: str) -> str:
        """Do something only if the row really is what ``NEW`` says."""
        if not self.guarded:
            return source
        return f"{self.count_alive('NEW', equal=True)}\nIF same THEN\n{_indent(source, 2)}\nEND IF;"

    def on_move(self) -> str:
        """A row takes another key.

        Right after a row has moved, its old key is free, unless the move was ignored; a key that
        only changes its case is still the same.
        """
        if self.spec.duplicates:
            return f"""
{self.count_alive("NEW")}
IF same > 0 THEN
{_indent(_event(self.on_delete()), 2)}
{_indent(self.reset(), 2)}
{_indent(_event(self.on_insert()), 2)}
END IF;
"""
        alike = ""
        if self.inexact_key:
            alike = " OR " + " AND ".join(
                f"OLD.{_quote(c.name)} = NEW.{_quote(c.name)}" for c in self.spec.key_columns
            )
        return f"""
{self.count_alive("OLD")}
IF same = 0{alike} THEN
  IF same = 0 THEN
{_indent(_event(self.on_delete()), 4)}
{_indent(self.reset(), 4)}
  END IF;
{_indent(_event(self.on_insert()), 2)}
END IF;
"""

    def on_generated(self) -> str:
        """A row comes whose key the database has just made: it has no history."""
        key = _quote(self.spec.key[0])
        # Under NO_AUTO_VALUE_ON_ZERO a zero stays what it is, and is no generated key.
        return f"""
IF fresh AND NEW.{key} <> 0 THEN
{_indent(self.start(), 2)}
  IF NOT paused THEN
{_indent(self.write("NEW", 0), 4)}
  END IF;
  LEAVE event;
END IF;
"""

    def on_ignored(self) -> str:
        """An update that makes no version; what this transaction wrote follows it."""
        if not self.spec.ignored_columns:
            return ""
        sets = ", ".join(
            f"{self.column(c)} = NEW.{_quote(c.name)}" for c in self.spec.value_columns
        )
        return f"""
IF {self.differ(self.spec.ignored_columns, "OLD", "NEW")} THEN
{_indent(self.log.identify(), 2)}
  UPDATE {self.history} SET {sets}
   WHERE {self.match("NEW")} AND {self.own_tx} = tx AND {self.own_operation} <> 2;
END IF;
"""

    # triggers

    def declare(self) -> str:
        """Declare the variables of a trigger.

        Those of the session are copied before they are compared: MySQL resolves a statement once
        for all executions, with the type that a variable of the session has at that moment, and
        keeps what it converts (``NOW()``, too).  A variable that did not exist then is read as a
        whole number afterwards, therefore numbers are whole.
        """
        end = self.end is not None
        return "\n".join(
            [
                f"DECLARE moment BIGINT DEFAULT {_MOMENT};",
                f"DECLARE known BIGINT DEFAULT {self.log.moment};",
                "DECLARE unit, owner BIGINT;",
                "DECLARE paused BOOLEAN DEFAULT FALSE;",
                "DECLARE pauses LONGTEXT CHARACTER SET ascii;",
                "DECLARE tx, same, newest_tx, newest_op, before_tx, before_op BIGINT;",
                *(["DECLARE newest_end, before_end BIGINT;"] if end else []),
                "DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;",
            ]
        )

    def reset(self) -> str:
        """Forget what the first half of a change of keys has read."""
        names = ["newest_tx", "newest_op", "before_tx", "before_op"]
        if self.end is not None:
            names += ["newest_end", "before_end"]
        return "SET " + ", ".join(f"{name} = NULL" for name in names) + ";"

    def bodies(self) -> dict[str, tuple[str, str]]:
        """Event and text of each trigger, by kind."""
        found = {}
        insert = self.on_insert()
        generated = ""
        if self.spec.generated_key:
            generated = f"DECLARE fresh BOOLEAN DEFAULT {self.generated};\n"
            key = _quote(self.spec.key[0])
            found["before"] = (
                "BEFORE INSERT",
                f"SET {self.generated} = NEW.{key} IS NULL OR NEW.{key} = 0;",
            )
            insert = self.on_generated() + insert
        found["insert"] = ("AFTER INSERT", f"{generated}{self.declare()}\n{_event(insert)}")
        moved = self.differ(self.spec.key_columns, "OLD", "NEW")
        found["update"] = (
            "AFTER UPDATE",
            f"""
{self.declare()}
IF {moved} THEN
{_indent(self.on_move(), 2)}
ELSEIF {self.differ(self.spec.counting_columns, "OLD", "NEW")} THEN
{_indent(self.guard(_event(self.on_update())), 2)}
{"ELSE" if self.spec.ignored_columns else ""}
{_indent(self.on_ignored(), 2)}
END IF;
""",
        )
        found["delete"] = ("AFTER DELETE", f"{self.declare()}\n{_event(self.on_delete())}")
        return found


def _event(source: str) -> str:
    return f"event: BEGIN\n{_indent(_tidy(source), 2)}\nEND event;"


def _table_digest(table: TableName) -> str:
    return _digest([table.schema, table.name], 16)


def _body(source: str, mark: Mapping[str, Any]) -> str:
    """The body of a trigger, with what it was made from as a statement that never runs."""
    return (
        f"BEGIN\n{_indent(_tidy(source), 2)}\n"
        f"  IF FALSE THEN\n    DO {_mark(mark)};\n  END IF;\nEND"
    )


KINDS = ("before", "insert", "update", "delete")
"""The triggers of a live table."""

COPIES = ("a", "b")
"""Ends of names: MySQL cannot replace a trigger, so that a new one needs another name."""

HELPERS = ("resolve", "begin", "renumber")
"""Stored procedures of a transaction table."""


def _guarded(source: str, recorder: _Recorder, kind: str, copy: str) -> str:
    """Let one copy of a trigger run for each row, while two of them stand on the table."""
    start = f"@`{recorder.log.slot}_{_table_digest(recorder.spec.table)}_{kind}"
    seen, by = f"{start}_seen`", f"{start}_by`"
    number = COPIES.index(copy)
    return f"""
DECLARE present BIGINT DEFAULT {_MOMENT};
DECLARE seen BIGINT DEFAULT {seen};
DECLARE seen_by INT DEFAULT {by};
IF seen <=> present AND seen_by <> {number} THEN
  SET {seen} = NULL;
ELSE
  SET {seen} = present, {by} = {number};
  BEGIN
{_indent(_tidy(source), 4)}
  END;
END IF;
"""


@dataclass(frozen=True)
class _Pair:
    """Foreign keys from one table to another whose actions a trigger of ours carries out."""

    parent: TableName
    child: TableName
    actions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @property
    def name(self) -> str:
        child = self.child
        shown = child.name if child.schema == self.parent.schema else f"{child.schema}_{child.name}"
        return _name("continuum", "cascade", self.parent.name, shown)

    @property
    def fingerprint(self) -> str:
        home = self.parent.schema
        child = [None if self.child.schema == home else self.child.schema, self.child.name]
        return _digest([1, self.parent.name, child, self.actions], 20)

    def body(self) -> str:
        """Delete or release the children while their triggers can see it.

        With foreign keys switched off the database itself would leave them alone.
        """
        home = self.parent.schema
        child = _table(
            replace(self.child, schema=None) if self.child.schema == home else self.child
        )
        statements = []
        for action, columns in self.actions:
            own = _quote(self.child.name)
            match = " AND ".join(f"{own}.{_quote(one)} = OLD.{_quote(two)}" for one, two in columns)
            if action == "CASCADE":
                statements.append(f"DELETE FROM {child} WHERE {match};")
            else:
                sets = ", ".join(f"{own}.{_quote(one)} = NULL" for one, _ in columns)
                statements.append(f"UPDATE {child} SET {sets} WHERE {match};")
        return "IF @@foreign_key_checks THEN\n" + _indent("\n".join(statements), 2) + "\nEND IF;"


def _pairs(spec: TriggerSpec) -> list[_Pair]:
    """Return the parents (and theirs) that have to act before the foreign keys do."""
    found: dict[tuple[TableName, TableName], list[Cascade]] = {}
    for cascade in spec.cascades:
        if cascade.on_delete == "CASCADE" or (
            cascade.on_delete == "SET NULL" and cascade.child == spec.table
        ):
            found.setdefault((cascade.parent, cascade.child), []).append(cascade)
    return [
        _Pair(
            parent,
            child,
            # Deletions first: what goes needs no release.
            tuple(sorted((str(c.on_delete), c.columns) for c in set(cascades))),
        )
        for (parent, child), cascades in found.items()
    ]


class _Helpers:
    """Text of the procedures that the tables of one log share.

    :param log: the transaction table, with its real schema.
    :param identity: how clients other than SQLAlchemy are told apart.
    """

    def __init__(self, log: LogSpec, identity: str) -> None:
        self.spec = log
        self.log = _Log(log, log.table.schema)
        self.identity = identity

    def unit_table(self, name: str) -> str:
        """A table whose rows know the number of the InnoDB transaction that wrote them.

        SQLAlchemy's reflection of a database warns of the line with PERIOD, which it does not know,
        unless the word PARTITION is in it.
        """
        return (
            f"CREATE TABLE IF NOT EXISTS {name} (\n"
            "  connection BIGINT UNSIGNED NOT NULL PRIMARY KEY,\n"
            "  started BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,\n"
            "  ended_PARTITION BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,\n"
            "  PERIOD FOR SYSTEM_TIME (started, ended_PARTITION)\n"
            ") ENGINE=InnoDB WITH SYSTEM VERSIONING"
        )

    def identify(self) -> str:
        """Set ``me`` to a number of the running transaction; it stays NULL where none is known."""
        if self.identity == "innodb":
            # Rolled back at once: nothing stays, neither in this table nor in the server's
            # registry of transactions, and no other writer has to wait.
            return f"""
SAVEPOINT continuum_identity;
INSERT INTO {self.log.helper("unit")} (connection) VALUES (CONNECTION_ID());
SELECT -1 - CAST(u.started AS SIGNED) INTO me FROM {self.log.helper("unit")} AS u
 WHERE u.connection = CONNECTION_ID();
ROLLBACK TO SAVEPOINT continuum_identity;
RELEASE SAVEPOINT continuum_identity;
"""
        if self.identity == "performance_schema":
            return """
SELECT -1 - CAST(e.EVENT_ID AS SIGNED) INTO me
  FROM performance_schema.events_transactions_current AS e
 WHERE e.THREAD_ID = PS_CURRENT_THREAD_ID() AND e.STATE = 'ACTIVE';
"""
        return "SET me = NULL;"

    def resolve(self) -> str:
        """Set ``current`` for this statement, to NULL if its transaction has no row."""
        log = self.log
        return f"""
DECLARE moment BIGINT DEFAULT {_MOMENT};
DECLARE me BIGINT DEFAULT {log.unit};
DECLARE owner BIGINT DEFAULT {log.owner};
DECLARE tx BIGINT DEFAULT {log.current};
DECLARE existing BIGINT;
DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
IF me IS NULL THEN
{_indent(self.identify(), 2)}
END IF;
IF owner = me THEN
  SELECT l.{log.id} INTO existing FROM {log.table} AS l WHERE l.{log.id} = tx;
END IF;
SET {log.current} = existing, {log.owner} = me;
SET {log.moment} = IF(me IS NULL, moment, {log.trusted("moment")});
"""

    def begin(self) -> str:
        """Make the row of the running transaction."""
        log = self.log
        context = ""
        if self.spec.columns:
            context = f"""
IF context IS NOT NULL THEN
  UPDATE {log.table} AS l SET {_sets(self.spec.columns, "context")}
   WHERE l.{log.id} = LAST_INSERT_ID();
END IF;
"""
        return f"""
DECLARE context LONGTEXT CHARACTER SET utf8mb4 DEFAULT {log.context};
INSERT INTO {log.table} ({_quote(self.spec.issued_at)}) VALUES ({_NOW});
SET {log.current} = LAST_INSERT_ID(), {log.gaps} = NULL;
{context}
"""

    def renumber(self, tables: Sequence[_Versions]) -> str:
        log = self.log
        if self.spec.on_inversion == "error":
            return f"""
DECLARE running BIGINT DEFAULT {log.current};
DECLARE message VARCHAR(128) DEFAULT CONCAT('continuum: transaction ', running,
  ' changes a row that transaction ', beyond, ' has changed before it');
SIGNAL SQLSTATE '{INVERSION}' SET MESSAGE_TEXT = message;
"""
        names = ", ".join(_quote(name) for name in self.spec.row_columns)
        values = ", ".join(
            _NOW if name == self.spec.issued_at else f"l.{_quote(name)}"
            for name in self.spec.row_columns
        )
        moves = []
        for table in tables:
            history = log.qualified(table.version_table)
            own = _quote(table.version_table.name)
            tx = _quote(table.transaction)
            if table.end is not None:
                end = _quote(table.end)
                same = " AND ".join(f"p.{_quote(name)} = h.{_quote(name)}" for name in table.key)
                moves.append(
                    f"IF gaps THEN\n"
                    f"  UPDATE {history} AS p SET p.{end} = new_id WHERE p.{end} = old_id;\n"
                    f"ELSE\n"
                    f"  UPDATE {history} AS h JOIN {history} AS p ON {same}\n"
                    f"     SET p.{end} = new_id WHERE h.{tx} = old_id AND p.{end} = old_id;\n"
                    f"END IF;"
                )
            moves.append(f"UPDATE {history} SET {tx} = new_id WHERE {own}.{tx} = old_id;")
        for side in self.spec.side_tables:
            moves += [
                f"UPDATE {log.qualified(side.table)} AS s SET s.{_quote(column)} = new_id"
                f" WHERE s.{_quote(column)} = old_id;"
                for column in side.columns
            ]
        everything = "\n".join(moves)
        return f"""
DECLARE old_id BIGINT DEFAULT {log.current};
DECLARE gaps BOOLEAN DEFAULT {log.gaps};
DECLARE new_id BIGINT;
DECLARE message VARCHAR(128);
INSERT INTO {log.table} ({names}) SELECT {values} FROM {log.table} AS l WHERE l.{log.id} = old_id;
SET new_id = LAST_INSERT_ID();
IF new_id <= beyond THEN
  SET message = CONCAT('continuum: the transaction table handed out id ', new_id,
    ', but versions with id ', beyond, ' exist');
  SIGNAL SQLSTATE '{SEQUENCE_BEHIND}' SET MESSAGE_TEXT = message;
END IF;
{everything}
DELETE FROM {log.table} WHERE {_quote(self.spec.table.name)}.{log.id} = old_id;
SET {log.current} = new_id;
"""


def _sets(columns: Sequence[ContextColumn], context: str) -> str:
    """Assignments that take over what the context names and leave the rest alone."""
    assignments = []
    for column in columns:
        path = _literal(f"$.{json.dumps(column.key)}")
        document = context if context == "context" else f"CONVERT({context} USING utf8mb4)"
        found = f"JSON_EXTRACT({document}, {path})"
        value = found
        if not isinstance(storage_type(column.type), JSON):
            value = f"JSON_UNQUOTE({found})"
        name = f"l.{_quote(column.name)}"
        assignments.append(
            f"{name} = IF(JSON_CONTAINS_PATH({document}, 'one', {path}),"
            f" IF(JSON_TYPE({found}) = 'NULL', NULL, {value}), {name})"
        )
    return ",\n    ".join(assignments)


@dataclass(frozen=True)
class _Versions:
    """What a renumbering has to know of a version table."""

    version_table: TableName
    transaction: str
    end: str | None
    key: tuple[str, ...]

    @classmethod
    def of(cls, spec: TriggerSpec) -> _Versions:
        return cls(
            spec.version_table,
            spec.transaction_column,
            spec.end_column,
            tuple(column.history_name for column in spec.key_columns),
        )


@dataclass(frozen=True)
class _Trigger:
    """A trigger that a server has."""

    schema: str
    name: str
    table: str
    event: str
    mark: dict[str, Any] | None


class MySQLEmitter(Emitter):
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
        """Read version, schema and what there is of triggers: four queries, on MySQL six."""
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
            {"home": home, "names": [_name(log.prefix, helper) for helper in HELPERS]},
            execution_options={INTERNAL: True},
        )
        schemas = {name for name in (default, home) if name is not None}
        helpers = {}
        for name, comment, own in rows:
            found = _helper_comment(comment)
            schemas.update(found.get("schemas", ()))
            if own:
                helpers[name] = comment
        triggers = _triggers(connection, sorted(schemas))
        facts: dict[str, Any] = {
            "mariadb": mariadb,
            "online": True,
            "binary_log": binary_log,
            "triggers": triggers,
            "helpers": helpers,
            "schemas": frozenset(schemas),
            "constrained": _constrained(connection, sorted(schemas)) if mariadb else frozenset(),
            "identity": "innodb" if mariadb else "statement",
        }
        version = dialect.server_version_info or (8, 0)
        if not mariadb and _sees_transactions(connection):
            facts["identity"] = "performance_schema"
        return Server(
            version=tuple(part for part in version if isinstance(part, int)),
            default_schema=default,
            facts=facts,
        )

    def offline_server(self, dialect: Dialect) -> Server:
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
                "schemas": frozenset(),
                "constrained": frozenset(),
                "identity": "innodb" if mariadb else "statement",
            },
        )

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

    def holes(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return what is not seen here, and what replicas would see differently."""
        found = super().holes(spec, server)
        if server.facts["binary_log"] == "STATEMENT":
            found.append(
                f"history of {spec.table} on replicas and after a recovery from the binary log, "
                "which runs statements once more (binlog_format=STATEMENT; ROW would be right)"
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
        helpers = _Helpers(log, self.identity(server))
        tables = {versions.version_table: versions for versions in _known(log, server)}
        tables.update((spec.version_table, _Versions.of(spec)) for spec in specs)
        ordered = [tables[name] for name in sorted(tables, key=str)]
        schemas = {spec.table.schema for spec in specs} | {
            trigger.schema for trigger in _of_log(log, server)
        }
        bodies = {
            "resolve": ("", helpers.resolve()),
            "begin": ("", helpers.begin()),
            "renumber": ("beyond BIGINT", helpers.renumber(ordered)),
        }
        outside = _Log(log, None)
        statements = []
        if helpers.identity == "innodb":
            statements.append(helpers.unit_table(outside.helper("unit")))
        created = []
        for helper, (arguments, body) in bodies.items():
            comment = _plain_json(
                {
                    "continuum": 1,
                    "fingerprint": _digest(body, 20),
                    "schemas": sorted(str(schema) for schema in schemas if schema is not None),
                }
            )
            name = outside.helper(helper)
            text_ = (
                f"PROCEDURE {name}({arguments})\n"
                f"MODIFIES SQL DATA COMMENT '{comment}'\n"
                f"BEGIN\n{_indent(_tidy(body), 2)}\nEND"
            )
            if server.facts["mariadb"]:
                created.append(f"CREATE OR REPLACE {text_}")
            elif server.facts["helpers"].get(outside.name(helper)) != comment:
                created += [f"DROP PROCEDURE IF EXISTS {name}", f"CREATE {text_}"]
        return statements + _in_mode(created, server)

    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Return one DROP for each procedure, and one for the table of MariaDB."""
        names = _Log(log, None)
        statements = [f"DROP PROCEDURE IF EXISTS {names.helper(helper)}" for helper in HELPERS]
        return [*statements, f"DROP TABLE IF EXISTS {names.helper('unit')}"]

    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return the statements for one table and for the parents of its foreign keys.

        MariaDB replaces a trigger in place.  On MySQL the new one is made beside the old one, which
        is dropped afterwards; while both stand on the table, one of them keeps still.
        """
        recorder = _Recorder(spec, guarded=_needs_guard(spec.table, server))
        fingerprint = self._fingerprint(spec)
        statements = []
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
            statements += self._create_trigger(
                spec.table, event, body, mark, server, guard=(recorder, kind)
            )
        for pair in _pairs(spec):
            mark = {
                "format": 1,
                "kind": "cascade",
                "name": pair.name,
                "fingerprint": pair.fingerprint,
                "schema": pair.parent.schema,
                "parent": [pair.parent.schema, pair.parent.name],
                "child": [pair.child.schema, pair.child.name],
            }
            statements += self._create_trigger(
                pair.parent, "BEFORE DELETE", pair.body(), mark, server
            )
        return _in_mode(statements, server)

    def drop(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return one DROP for each trigger, under each name that it may have.

        A trigger of a parent's parent stays: other tables may need it, and it only does what the
        foreign key says.
        """
        names = [TableName(self._trigger_name(spec, kind), spec.table.schema) for kind in KINDS]
        names += [
            TableName(pair.name, pair.parent.schema)
            for pair in _pairs(spec)
            if pair.child == spec.table
        ]
        return [
            f"DROP TRIGGER IF EXISTS {_table(replace(name, name=copy))}"
            for name in names
            for copy in _copies(name.name)
        ]

    def expected(self, spec: TriggerSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of each trigger, those of the parents included."""
        fingerprint = self._fingerprint(spec)
        found = {
            self._trigger_name(spec, kind): fingerprint
            for kind in KINDS
            if kind != "before" or spec.generated_key
        }
        return found | {pair.name: pair.fingerprint for pair in _pairs(spec)}

    def _fingerprint(self, spec: TriggerSpec) -> str:
        return _relative(spec).fingerprint()

    def _trigger_name(self, spec: TriggerSpec, kind: str) -> str:
        return _name("continuum", kind, spec.table.name)

    def _create_trigger(
        self,
        table: TableName,
        event: str,
        body: str,
        mark: Mapping[str, Any],
        server: Server,
        guard: tuple[_Recorder, str] | None = None,
    ) -> list[str]:
        """Return the statements for one trigger."""
        base = str(mark["name"])
        found = [t for t in server.facts["triggers"] if t.schema == table.schema]
        present = [t.name for t in found if t.name in _copies(base)]
        others = [
            t.name for t in found if t.table == table.name and t.event == event and t.mark is None
        ]
        position = ""
        if others:
            # Ours come first, so that a statement in another trigger is recorded after the one
            # that fired it; what looks at the key comes when all others have had their say.
            position = (
                f"\nFOLLOWS {_quote(others[-1])}"
                if event == "BEFORE INSERT"
                else f"\nPRECEDES {_quote(others[0])}"
            )
        on = _table(table)

        def trigger(name: str, source: str) -> str:
            qualified = _table(TableName(name, table.schema))
            return (
                f"TRIGGER {qualified} {event} ON {on} FOR EACH ROW{position}\n{_body(source, mark)}"
            )

        def drop(name: str) -> str:
            return f"DROP TRIGGER IF EXISTS {_table(TableName(name, table.schema))}"

        if server.facts["mariadb"]:
            return [
                f"CREATE OR REPLACE {trigger(base, body)}",
                *(drop(name) for name in present if name != base),
            ]
        names = [name for name in _copies(base) if name != base]
        target = next((name for name in names if name not in present), names[-1])
        if guard is not None and guard[1] != "before":
            body = _guarded(body, *guard, COPIES[names.index(target)])
        before = [target] if target in present else []
        after = [name for name in present if name != target]
        if not server.facts["online"]:
            before, after = list(_copies(base)), []
        elif guard is None:
            # Several tables can ask for the trigger of one parent.
            if [t.mark for t in found if t.name in present] == [mark]:
                return []
            before = [target]
        return [
            *(drop(name) for name in before),
            f"CREATE {trigger(target, body)}",
            *(drop(name) for name in after),
        ]

    # what a database has

    def installed(
        self, connection: Connection, log: LogSpec, schemas: Sequence[str | None]
    ) -> list[Installed]:
        """Read our triggers and the helpers of the log from the catalog: one query.

        A trigger that came here with the copy of another database, or of which two copies are left,
        is reported without a fingerprint.  The trigger of a parent that acts for a foreign key is
        reported for each recorded table that it serves.
        """
        home = log.table.schema
        rows = connection.execute(
            _CATALOG,
            {
                "schemas": sorted({schema for schema in schemas if schema is not None}) or [""],
                "default": None in schemas,
                "home": home,
                "helpers": [_name(log.prefix, helper) for helper in HELPERS],
            },
            execution_options={INTERNAL: True},
        )
        found: dict[tuple[TableName, str], str | None] = {}
        cascades: list[tuple[TableName, TableName, str, str | None]] = []
        helpers = []
        for schema, table, name, body, comment in rows:
            if table is None:
                helpers.append(
                    Installed(log.table, name, _helper_comment(comment).get("fingerprint"))
                )
                continue
            mark = _read_mark(body)
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
            key = (where, mark["name"])
            found[key] = None if key in found else fingerprint
        recorded = {table for table, _ in found}
        for _, child, name, fingerprint in cascades:
            for table in _descendants(child, [(one, two) for one, two, _, _ in cascades]):
                if table in recorded:
                    key = (table, name)
                    found[key] = None if key in found else fingerprint
        return [
            *(Installed(table, name, value) for (table, name), value in found.items()),
            *helpers,
        ]

    def explain(self, error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
        """Recognise what our triggers raise, and what creating them can run into."""
        number, message = _diagnosis(error)
        statement = getattr(error, "statement", None) or ""
        ours = "continuum" in statement or "continuum" in message
        if spec is not None:
            ours = ours or any(
                name in message or name in statement
                for name in (spec.log.prefix, spec.version_table.name, spec.log.table.name)
            )
        table = None if spec is None else str(spec.table)
        kind: type[VersioningError]
        if number == 1644 and message.startswith("continuum: transaction "):
            kind = TransactionInversion
            hint = 'Run the transaction again, or use on_inversion="renumber".'
        elif number == 1644 and message.startswith("continuum: "):
            kind = VersioningError
            hint = "Set AUTO_INCREMENT of the transaction table beyond the highest id in use."
        elif number == 1419:
            kind = MissingPrivilege
            hint = TRUST_HINT
        elif number in (1044, 1142, 1143, 1227, 1370, 1410) and ours:
            kind = MissingPrivilege
            hint = (
                "The user who creates the triggers needs TRIGGER on the tables, CREATE ROUTINE and "
                "EXECUTE (on MariaDB CREATE, too) in the schema of the transaction table, and "
                "SELECT, INSERT, UPDATE and DELETE on the version tables and the transaction "
                "table: triggers run with his rights, so that other users need none of these. "
                "Or set native_versioning=False to use the ORM recorder."
            )
        elif number == 1449:
            kind = MissingPrivilege
            hint = (
                "The user who created the triggers or procedures no longer exists. Run "
                "create_all() as a user who stays, to make them anew."
            )
        elif (number in (1146, 1305, 1318) and ours) or (
            number == 1054 and spec is not None and _names_column(message, spec)
        ):
            kind = StaleTrigger
            hint = (
                "The tables are not as they were when the triggers were made: bring the version "
                "table up to date, then run create_all() to make the triggers anew."
            )
        else:
            return None
        return kind(message, table=table, dialect=self.name, hint=hint)

    # the running transaction

    def enter_unit(
        self, connection: Connection, log: LogSpec, token: str, context: str | None
    ) -> None:
        """Name the unit and set its context: one round trip."""
        self._set(
            connection,
            log,
            {"unit": _unit_number(token), "context": context, "id": None, "moment": None},
            paused=True,
        )

    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Forget the unit: one round trip."""
        self._set(
            connection,
            log,
            {"unit": None, "context": None, "id": None, "moment": None},
            paused=True,
        )

    def publish(self, connection: Connection, log: LogSpec, context: str | None) -> None:
        """Set the context; the columns it names, if there is a row: two round trips."""
        self._set(connection, log, {"context": context})
        if context is None or not log.columns:
            return
        names = _Log(log, None)
        self._execute(
            connection,
            f"UPDATE {names.table} AS l SET {_sets(log.columns, names.context)}"
            f" WHERE l.{names.id} = {names.current} AND {names.owner} = {names.unit}",
        )

    def transaction_id(self, connection: Connection, log: LogSpec, *, create: bool) -> int | None:
        """Read the id if its row still exists: one round trip; three to make the row."""
        names = _Log(log, None)
        found: int | None = self._execute(
            connection,
            f"SELECT l.{names.id} FROM {names.table} AS l WHERE l.{names.id} = {names.current}"
            f" AND {names.owner} = {names.unit}",
        ).scalar()
        if found is not None or not create:
            return found
        self._execute(
            connection,
            f"INSERT INTO {names.table} ({_quote(log.issued_at)}) VALUES ({_NOW})",
        )
        self._execute(
            connection,
            f"SET {names.current} = LAST_INSERT_ID(), {names.owner} = {names.unit},"
            f" {names.moment} = NULL, {names.gaps} = NULL",
        )
        if log.columns:
            self._execute(
                connection,
                f"UPDATE {names.table} AS l SET {_sets(log.columns, names.context)}"
                f" WHERE l.{names.id} = {names.current} AND {names.context} IS NOT NULL",
            )
        return self.transaction_id(connection, log, create=False)

    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Add tables to those that are paused in this transaction: one round trip."""
        variables = [names.paused for names in _slots(log)]
        value = _paused(tables) if tables else "*"
        self._execute(
            connection,
            "SET "
            + ", ".join(
                f"{variable} = IF({variable} = '*' OR :value = '*', '*',"
                f" CONCAT(COALESCE({variable}, ','), :value))"
                for variable in variables
            ),
            {"value": value},
        )

    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Replace the tables that are paused in this transaction: one round trip."""
        value = _paused(tables) if tables else None
        variables = [names.paused for names in _slots(log)]
        self._execute(
            connection,
            "SET " + ", ".join(f"{variable} = :value" for variable in variables),
            {"value": value},
        )

    def after_failure(self, statements: Sequence[str]) -> Sequence[str]:
        """Return the session to its own ``sql_mode``."""
        return [statement for statement in statements if statement == RESTORE_SQL_MODE]

    def ensure_transaction(self, connection: Connection) -> None:
        """Send BEGIN where the server would wait for the first statement that reads or writes."""
        driver = connection.connection.dbapi_connection
        if self.in_transaction(driver) is False and not is_autocommit(connection):
            connection.exec_driver_sql("BEGIN", execution_options={INTERNAL: True})

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Ask the driver for the status that the server sent last."""
        for connection in (
            dbapi_connection,
            getattr(dbapi_connection, "driver_connection", None),
            getattr(dbapi_connection, "_connection", None),
        ):
            status = getattr(connection, "server_status", None)
            if isinstance(status, int):
                return bool(status & 1)  # SERVER_STATUS_IN_TRANS
            answer = getattr(connection, "in_transaction", None)
            if isinstance(answer, bool):
                return answer
        return None

    def _set(
        self,
        connection: Connection,
        log: LogSpec,
        values: Mapping[str, Any],
        *,
        paused: bool = False,
    ) -> None:
        """Set variables of the log; for triggers, too, that were made without a connection."""
        settings = [f"{names.variable(name)} = :{name}" for names in _slots(log) for name in values]
        if paused:
            settings += [f"{names.paused} = NULL" for names in _slots(log)]
        self._execute(connection, "SET " + ", ".join(settings), values)

    def _execute(
        self, connection: Connection, statement: str, values: Mapping[str, Any] | None = None
    ) -> Any:
        if values is None:
            # Names may hold colons and percent signs.
            return connection.exec_driver_sql(
                statement, execution_options={INTERNAL: True, "no_parameters": True}
            )
        return connection.execute(text(statement), dict(values), execution_options={INTERNAL: True})


def _slots(log: LogSpec) -> list[_Log]:
    """Return the variables of a log, and of triggers that were made before its schema was known."""
    unknown = resolve_log(log, lambda _: None)
    found = [_Log(log, None), _Log(unknown, None)]
    return found if log.table.schema is not None else found[:1]


def _names_column(message: str, spec: TriggerSpec) -> bool:
    """Say whether a message is about a column that our triggers use."""
    names = (
        spec.transaction_column,
        spec.end_column,
        spec.operation_column,
        *(column.history_name for column in spec.columns),
    )
    return any(f"'{name}'" in message or f".{name}'" in message for name in names)


def _unit_number(token: str) -> int:
    """Return the number of a unit: variables that hold numbers have no collation to clash."""
    return int.from_bytes(hashlib.sha256(token.encode("utf-8")).digest()[:8]) >> 1


def _paused(tables: Iterable[TableName]) -> str:
    digests = [
        _table_digest(known)
        for table in tables
        for known in dict.fromkeys((table, replace(table, schema=None)))
    ]
    return "".join(f"{digest}," for digest in digests)


def _copies(base: str) -> tuple[str, ...]:
    """Return the names that a trigger can have."""
    return (base, *(_name(base, copy) for copy in COPIES))


def _helper_comment(comment: str | None) -> dict[str, Any]:
    """Read the comment on a procedure of ours."""
    value = _read_json(comment)
    return value if "continuum" in value else {}


def _in_mode(statements: list[str], server: Server) -> list[str]:
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


def _triggers(connection: Connection, schemas: Sequence[str]) -> tuple[_Trigger, ...]:
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
        _Trigger(schema, name, table, event, _read_mark(body))
        for schema, name, table, event, body in rows
    )


def _constrained(connection: Connection, schemas: Sequence[str]) -> frozenset[TableName]:
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


def _needs_guard(table: TableName, server: Server) -> bool:
    """Say whether UPDATE triggers of a table have to make sure that the row was changed."""
    facts = server.facts
    looked = table.schema in facts["schemas"]
    return bool(facts["mariadb"]) and (not looked or table in facts["constrained"])


def _sees_transactions(connection: Connection) -> bool:
    """Say whether this user can read MySQL's performance_schema, and it is on."""
    if not _ask(connection, "SELECT @@performance_schema"):
        return False
    events = "SELECT COUNT(*) FROM performance_schema.events_transactions_current LIMIT 1"
    if _ask(connection, events) is None:
        return False
    # Whoever may read the events, but not what is switched on, gets the benefit of the doubt:
    # where nothing is found, each statement counts for itself.
    off = (
        "SELECT (SELECT COUNT(*) FROM performance_schema.setup_consumers WHERE ENABLED = 'NO'"
        " AND NAME IN ('global_instrumentation', 'thread_instrumentation',"
        " 'events_transactions_current')) + (SELECT COUNT(*)"
        " FROM performance_schema.setup_instruments WHERE ENABLED = 'NO' AND NAME = 'transaction')"
    )
    return not _ask(connection, off)


def _ask(connection: Connection, query: str) -> int | None:
    """Return the number that a query finds, ``None`` when this user may not ask."""
    try:
        found: int = connection.exec_driver_sql(
            query, execution_options={INTERNAL: True, "no_parameters": True}
        ).scalar_one()
    except DBAPIError as error:
        if _diagnosis(error)[0] not in (1044, 1142, 1146, 1193):
            raise
        return None
    return found


def _of_log(log: LogSpec, server: Server) -> list[_Trigger]:
    """Return the triggers that write into a log."""
    home = [log.table.schema, log.table.name]
    return [
        trigger
        for trigger in server.facts["triggers"]
        if trigger.mark is not None and trigger.mark.get("log") == home
    ]


def _known(log: LogSpec, server: Server) -> list[_Versions]:
    """Return the version tables that triggers of a log write into."""
    found = []
    for trigger in _of_log(log, server):
        mark = trigger.mark
        if mark is not None and mark["kind"] == "insert":
            schema, name = mark["version_table"]
            found.append(
                _Versions(
                    TableName(name, schema), mark["transaction"], mark["end"], tuple(mark["key"])
                )
            )
    return found


def _descendants(
    child: TableName, pairs: Sequence[tuple[TableName, TableName]]
) -> Iterable[TableName]:
    """Return a table and all that foreign keys reach from it."""
    reached = [child]
    for table in reached:
        reached += [two for one, two in pairs if one == table and two not in reached]
    return reached


def _diagnosis(error: BaseException) -> tuple[int | None, str]:
    """Return number and message of what a driver raised, SQLAlchemy's wrapper or not."""
    raised: Any = getattr(error, "orig", None) or error
    arguments: tuple[Any, ...] = getattr(raised, "args", ())
    number = arguments[0] if arguments and isinstance(arguments[0], int) else None
    number = getattr(raised, "errno", None) if number is None else number
    message = str(arguments[1]) if len(arguments) > 1 else str(raised)
    return number, message


_CATALOG = text(
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

EMITTER = MySQLEmitter()
"""The emitter; it keeps no state."""
