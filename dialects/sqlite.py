"""Recording by triggers on SQLite 3.35 and newer.

SQLite has neither procedures nor variables: each trigger holds everything, as statements whose
conditions stand in their ``WHERE``.  What belongs to the running transaction stands in a table of
one row, the *state*, in each database file with recorded tables.  As it is data, it follows
savepoints and is gone after a rollback by itself.

Who writes through SQLAlchemy puts a token into the state (a *unit*) and takes it out before the
commit.  A commit that went past SQLAlchemy would leave it there, to be believed by every later
writer.  So a unit is believed only while something stands beside it that no commit survives: where
foreign keys are enforced, a deferred one on the state that is violated as long as the unit runs, so
that such a commit fails; elsewhere the setting ``defer_foreign_keys``, which SQLite switches off at
the end of every transaction.

SQLite shows a trigger nothing else by which it could tell one transaction from another.  Other
clients therefore get a transaction row for each tick of the clock (a millisecond), which stands
still within a statement.

Only one transaction at a time can write to a database file, so ids and commits have one order.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.types import JSON

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
from continuum.errors import ImproperlyConfigured
from continuum.errors import PauseError
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedStatement
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError

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

ROWID = ("rowid", "oid", "_rowid_")
"""The names by which a table's row id can be called."""

ON_HISTORY = ("hand_over", "finish_set", "finish_gone", "finish_unknown", "finish_paused")
"""Kinds of triggers that belong to a live table but stand on its version table."""

_MARK = re.compile(r"/\* continuum:([0-9a-f]+) \*/")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NO_OBJECT = re.compile(r"no such (table|column): (.+)$|table (.+) has no column named (.+)$")
_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
_TICK = "julianday('now')"
_DEFERRED = "(SELECT d.defer_foreign_keys FROM pragma_defer_foreign_keys AS d)"


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _schema(name: str | None) -> str:
    return MAIN if name is None else name


def _layout(source: str) -> str:
    """Indent the statements of a body, without the empty lines where a part is left out."""
    # A name may hold a line feed; what is quoted has to stay as it is.
    source = _QUOTED.sub(lambda match: match[0].replace("\n", "\0"), source)
    lines = [f"  {line.rstrip()}" for line in source.split("\n") if line.strip()]
    return "\n".join(lines).replace("\0", "\n")


def _raise(message: str) -> str:
    return f"RAISE(ABORT, {_literal('continuum: ' + message)})"


def _trigger(
    schema: str, name: str, event: str, table: str, fingerprint: str, when: str, body: str
) -> list[str]:
    """Return the statements that replace a trigger."""
    condition = f"\nWHEN {when}" if when else ""
    return [
        f"DROP TRIGGER IF EXISTS {_quote(schema)}.{_quote(name)}",
        f"CREATE TRIGGER {_quote(schema)}.{_quote(name)} {event} ON {_quote(table)}\n"
        f"/* continuum:{fingerprint} */\n"
        f"FOR EACH ROW{condition}\nBEGIN\n{_layout(body)}\nEND",
    ]


class _State:
    """The one-row table that says what the running transaction is, in one database file."""

    def __init__(self, log: LogSpec, schema: str) -> None:
        self.log = log
        self.schema = schema
        self.home = schema == _schema(log.table.schema)
        self.name = f"{log.prefix}_state"
        self.begin = f"{log.prefix}_begin"
        self.describe = f"{log.prefix}_describe"
        self.table = _quote(self.name)
        self.full = f"{_quote(schema)}.{self.table}"

    def read(self, expression: str) -> str:
        """Read from the state; columns are qualified with ``s``."""
        return f"(SELECT {expression} FROM {self.table} AS s WHERE s.id = 1)"

    def believed(self, row: str = "s") -> str:
        """A test of a set unit: it belongs to the transaction that is running now."""
        return f"({row}.guard IS NOT NULL OR {_DEFERRED})"

    def unknown(self, row: str = "s") -> str:
        """A test that is true when it has to be found out which id to write with."""
        return (
            f"CASE WHEN {row}.unit IS NULL THEN {row}.stamp IS NOT {_TICK}"
            f" WHEN {row}.used IS NOT 1 OR {row}.paused IS NOT NULL THEN 1"
            f" WHEN {row}.guard IS NOT NULL THEN 0"
            f" ELSE NOT {_DEFERRED} END"
        )

    def ask(self, table: str) -> str:
        """Find out the id to write with, into ``current``; that of ``PAUSED`` while paused."""
        return (
            f"UPDATE {self.table} SET asked = {_literal(table)}\n"
            f" WHERE id = 1 AND {self.unknown(self.table)};"
        )

    @property
    def paused(self) -> str:
        """A test that is true while the table that asks is not to be recorded."""
        return (
            "CASE WHEN s.paused IS NULL OR typeof(NEW.asked) <> 'text' THEN 0"
            " ELSE s.paused = 'true' OR NEW.asked IN"
            " (SELECT j.value FROM json_each(s.paused) AS j) END"
        )

    def create(self) -> list[str]:
        """Return the statements that create the table, its row and its triggers."""
        fingerprint = fingerprint_of(self.log, (), "sqlite", TEXT, self.home)
        statements = [
            # A guard that refers to a row that does not exist holds up the commit.  The reference
            # is to this table itself, so that it stands in every database file by its own.
            f"CREATE TABLE IF NOT EXISTS {self.full} (\n"
            f"  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),\n"
            f"  unit TEXT,\n"
            f"  transaction_id INTEGER,\n"
            f"  current INTEGER,\n"
            f"  previous INTEGER,\n"
            f"  used INTEGER,\n"
            f"  asked,\n"
            f"  stamp REAL,\n"
            f"  others TEXT,\n"
            f"  context TEXT,\n"
            f"  paused TEXT,\n"
            f"  guard INTEGER REFERENCES {self.table} (id) DEFERRABLE INITIALLY DEFERRED\n"
            f")",
            f"INSERT INTO {self.full} (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
        ]
        body = self._begin() if self.home else self._refuse()
        statements += _trigger(
            self.schema, self.begin, "AFTER UPDATE OF asked", self.name, fingerprint, "", body
        )  # fmt: skip
        statements.append(f"DROP TRIGGER IF EXISTS {_quote(self.schema)}.{_quote(self.describe)}")
        if self.home and self.log.columns:
            statements.pop()
            statements += _trigger(
                self.schema, self.describe, "AFTER UPDATE OF transaction_id, context", self.name,
                fingerprint, "NEW.context IS NOT NULL AND NEW.transaction_id IS NOT NULL",
                self._describe(),
            )  # fmt: skip
        return statements

    def drop(self) -> list[str]:
        """Return the statements that remove the table and its triggers."""
        return [f"DROP TABLE IF EXISTS {self.full}"]

    def _begin(self) -> str:
        """Say which id to write with; a transaction without one gets it, a unit that ended goes.

        Who asks for the name of a table will write; who asks for a number only prepares to.
        """
        return f"""
UPDATE {self.table} SET unit = NULL, transaction_id = NULL, previous = NULL, context = NULL,
  paused = NULL, guard = NULL
 WHERE id = 1 AND (unit IS NULL OR NOT {self.believed(self.table)});
INSERT INTO {_quote(self.log.table.name)} ({_quote(self.log.issued_at)})
SELECT {_NOW} FROM {self.table} AS s
 WHERE s.id = 1 AND s.transaction_id IS NULL AND NOT {self.paused};
UPDATE {self.table} SET transaction_id = CASE WHEN changes() = 1 THEN last_insert_rowid()
    ELSE {_raise("the row of the transaction could not be made")} END
 WHERE id = 1 AND transaction_id IS NULL AND NOT {self.read(self.paused)};
UPDATE {self.table} SET current = CASE WHEN {self.read(self.paused)} THEN {PAUSED}
    ELSE transaction_id END,
  used = CASE WHEN {self.read(self.paused)} OR typeof(NEW.asked) = 'integer' THEN used ELSE 1 END,
  stamp = CASE WHEN unit IS NULL THEN {_TICK} END
 WHERE id = 1;
"""

    def _refuse(self) -> str:
        """In a file without the transaction table ids come from SQLAlchemy only."""
        message = (
            f"the transaction table is in another database file than {self.schema}; "
            "its recorded tables can be written to through SQLAlchemy only"
        )
        return f"""
SELECT {_raise(message)}
  FROM {self.table} AS s
 WHERE s.unit IS NULL OR s.transaction_id IS NULL OR NOT {self.believed()};
UPDATE {self.table} SET current = CASE WHEN {self.read(self.paused)} THEN {PAUSED}
    ELSE transaction_id END,
  used = CASE WHEN {self.read(self.paused)} THEN used ELSE 1 END
 WHERE id = 1;
"""

    def _describe(self) -> str:
        """Fill the transaction row from the context; what the context lacks stays as it is."""
        sets = ",\n  ".join(
            f"{_quote(c.name)} = CASE WHEN json_type(NEW.context, {self._path(c)}) IS NULL"
            f" THEN {_quote(c.name)} ELSE {self._value(c)} END"
            for c in self.log.columns
        )
        return (
            f"UPDATE {_quote(self.log.table.name)} SET\n  {sets}\n"
            f" WHERE {_quote(self.log.table.name)}.{_quote(self.log.id)} = NEW.transaction_id;"
        )

    def _path(self, column: ContextColumn) -> str:
        return _literal(f'$."{column.key}"')

    def _value(self, column: ContextColumn) -> str:
        path = self._path(column)
        value = f"json_extract(NEW.context, {path})"
        if not isinstance(storage_type(column.type), JSON):
            return value
        # Taken out of a document, true is 1 and a string has lost its quotes.
        return (
            f"CASE json_type(NEW.context, {path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'"
            f" WHEN 'null' THEN NULL ELSE json_quote({value}) END"
        )


class _Recorder:
    """Text of the triggers of one live table.

    A body has no branches, and each statement of it costs time for each row, even one that finds
    nothing to do.  So the triggers on the live table hold no more than the usual case.  Whatever
    else there is to do, they hand over to triggers on the version table, by giving a version an
    operation above 2; those finish it, and never run otherwise.
    """

    COME = 4
    """A row came, and its key has versions."""
    SET = 5
    """A row was set that the running transaction had written before."""
    GONE = 6
    """A row went that the running transaction had written before."""
    SET_UNKNOWN = 8
    """A row was set that its history does not know; the version carries its old values."""
    GONE_UNKNOWN = 9
    """A row went that its history does not know; the version carries its old values."""

    def __init__(self, spec: TriggerSpec, *, has_rowid: bool = False) -> None:
        """Prepare the fragments.

        :param has_rowid: the version table is known not to be a ``WITHOUT ROWID`` table.
        """
        self.spec = spec
        self.state = _State(spec.log, _schema(spec.table.schema))
        self.live = _quote(spec.table.name)
        self.history = _quote(spec.version_table.name)
        self.tx = _quote(spec.transaction_column)
        self.end = None if spec.end_column is None else _quote(spec.end_column)
        self.operation = _quote(spec.operation_column)
        self.now = self.state.read("s.current")
        self.keys = tuple(_quote(c.history_name) for c in spec.key_columns)
        # Where the key's collation takes different texts for the same key, its text is data too.
        self.loose_key = tuple(
            c for c in spec.key_columns if getattr(storage_type(c.type), "collation", None)
        )
        self.kept = (*self.loose_key, *spec.value_columns)
        taken = {c.history_name.lower() for c in spec.columns}
        free = [name for name in ROWID if name not in taken]
        self.rowid = free[0] if has_rowid and free else None

    # fragments

    def match(self, row: str, alias: str) -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{_quote(c.history_name)} = {row}.{_quote(c.name)}"
            for c in self.spec.key_columns
        )

    def match_version(self, alias: str) -> str:
        """The version rows with the key of the version that a trigger has been called for."""
        return " AND ".join(f"{alias}.{key} = NEW.{key}" for key in self.keys)

    def newest(self, match: str, limit: str = "") -> str:
        """Id of the newest of the versions named ``n``.

        Of the conditions only those on the id may be added here: they narrow the search, while
        any other would make it go through all versions of the row.
        """
        below = f" AND n.{self.tx} {limit}" if limit else ""
        return f"(SELECT max(n.{self.tx}) FROM {self.history} AS n WHERE {match}{below})"

    def is_live(self, row: str) -> str:
        """A test that is true while the live table has a row with this key."""
        return f"EXISTS (SELECT 1 FROM {self.live} AS c WHERE {self.same_key('c', row)})"

    def is_open_and_live(self, row: str) -> str:
        """A test that is true when the newest version of a key says that it is there."""
        opened = "" if self.end is None else f" AND v.{self.end} IS NULL"
        return (
            f"EXISTS (SELECT 1 FROM {self.history} AS v WHERE {self.match(row, 'v')}\n"
            f"   AND v.{self.tx} = {self.newest(self.match(row, 'n'))}"
            f"{opened} AND v.{self.operation} <> 2)"
        )

    def same_key(self, alias: str, row: str) -> str:
        return " AND ".join(f"{alias}.{_quote(c)} = {row}.{_quote(c)}" for c in self.spec.key)

    def differ(
        self, columns: Iterable[ColumnSpec], old: str, new: str, *, versions: str = ""
    ) -> str:
        """A test of two rows that is never null, byte by byte.

        :param versions: which of them are versions: ``"old"``, ``"both"`` or none.
        """
        tests = []
        for column in columns:
            before = f"{old}.{_quote(column.history_name if versions else column.name)}"
            after = f"{new}.{_quote(column.history_name if versions == 'both' else column.name)}"
            if column.comparison is not None:
                test = column.comparison.replace("{old}", before).replace("{new}", after)
                tests.append(
                    f"CASE WHEN {before} IS NULL OR {after} IS NULL"
                    f" THEN {before} IS NOT {after} ELSE ({test}) END"
                )
            else:
                tests.append(f"{before} COLLATE BINARY IS NOT {after}")
                tests.append(f"typeof({before}) IS NOT typeof({after})")
        return "(" + " OR ".join(tests) + ")" if tests else "0"

    def differ_in_history(self, old: str, new: str, versions: str = "both") -> str:
        """A test of whether two images of a row would be two versions."""
        columns = (*self.loose_key, *self.spec.counting_columns)
        return self.differ(columns, old, new, versions=versions)

    def raise_if(self, condition: str) -> str:
        """Refuse ids that go backwards."""
        message = _raise(
            f"the history of {self.spec.table.name} has transaction ids above that of the running "
            "transaction"
        )
        return f"SELECT {message} WHERE {condition};"

    # what the triggers on the live table are made of

    @property
    def columns(self) -> str:
        names = [*(_quote(c.history_name) for c in self.spec.columns), self.tx]
        names += [*([self.end] if self.end else []), self.operation]
        return f"{self.history} ({', '.join(names)})"

    def value(self, column: ColumnSpec, row: str, operation: int) -> str:
        if operation == 2 and self.spec.null_delete and column.name not in self.spec.key:
            return "NULL"
        return f"{row}.{_quote(column.name)}"

    def upsert(self, row: str, operation: str, found: int, condition: str = "") -> str:
        """Write the version of the running transaction.

        :param operation: operation of a new version.
        :param found: operation that hands over a version that exists already.
        :param condition: without it nothing is written.
        """
        values = [f"{row}.{_quote(c.name)}" for c in self.spec.columns]
        if operation == self.usual(2, self.GONE_UNKNOWN) and self.spec.null_delete:
            # What is handed over needs the values; they go when it is finished.
            values = [
                value if c.name in self.spec.key else f"CASE WHEN changes() <> 1 THEN {value} END"
                for c, value in zip(self.spec.columns, values, strict=True)
            ]
        values += [self.now, *(["NULL"] if self.end else []), operation]
        source = f"VALUES ({', '.join(values)})"
        if condition:
            source = f"SELECT {', '.join(values)} WHERE {condition}"
        assigned, where = self.assign("OLD", 2), ""
        if row == "NEW":
            assigned = self.assign_live()
            where = "" if self.spec.duplicates else f"\n WHERE {self.is_live('NEW')}"
        return (
            f"INSERT INTO {self.columns}\n{source}\n"
            f"ON CONFLICT ({', '.join(self.keys)}, {self.tx})"
            f" DO UPDATE SET {assigned}{self.operation} = {found}{where};"
        )

    def assign(self, row: str, operation: int = 0) -> str:
        """Set the columns of a version to the values of a live row."""
        return "".join(
            f"{_quote(c.history_name)} = {self.value(c, row, operation)}, " for c in self.kept
        )

    def assign_live(self) -> str:
        """Set the columns of a version to what the live row has now.

        A trigger of somebody else that fired before ours may have changed the row again.  Ours has
        been called for that change first, and must not go back to the values of ``NEW``.
        """
        if self.spec.duplicates or not self.kept:
            return self.assign("NEW")
        names = ", ".join(_quote(c.history_name) for c in self.kept)
        values = ", ".join(f"l.{_quote(c.name)}" for c in self.kept)
        return (
            f"({names}) = (SELECT {values} FROM {self.live} AS l"
            f" WHERE {self.same_key('l', 'NEW')}), "
        )

    def close(self, row: str) -> str:
        """End the newest version, when it is open and of an earlier transaction."""
        if self.end is None:
            return ""
        still = f" AND {self.history}.{self.operation} <> 2" if row == "OLD" else ""
        newest = (
            f"{self.match(row, self.history)}"
            f" AND {self.history}.{self.tx} = {self.newest(self.match(row, 'n'))}"
        )
        if self.rowid is not None:
            newest = (
                f"{self.history}.{self.rowid} = (SELECT n.{self.rowid} FROM {self.history} AS n"
                f" WHERE {self.match(row, 'n')} ORDER BY n.{self.tx} DESC LIMIT 1)"
            )
        return (
            f"UPDATE {self.history} SET {self.end} = {self.now}\n"
            f" WHERE {newest}\n"
            f"   AND {self.history}.{self.end} IS NULL"
            f" AND {self.history}.{self.tx} < {self.now}{still};"
        )

    def usual(self, usual: int, unknown: int) -> str:
        """The operation of a new version: the usual one when its predecessor has been ended.

        In a trigger changes() counts what the statement before has changed.
        """
        if self.end is not None:
            return f"CASE WHEN changes() = 1 THEN {usual} ELSE {unknown} END"
        known = f"v.{self.tx} < {self.now} AND NOT {self.differ_in_history('v', 'OLD', 'old')}"
        if usual == 2:
            known += f" AND v.{self.operation} <> 2"
        return (
            f"CASE WHEN (SELECT {known}\n  FROM {self.history} AS v"
            f" WHERE {self.match('OLD', 'v')} ORDER BY v.{self.tx} DESC LIMIT 1)"
            f" THEN {usual} ELSE {unknown} END"
        )

    def came(self, condition: str = "") -> str:
        """A row came, or took this key."""
        operation = (
            f"CASE WHEN {self.now} > 0 AND NOT EXISTS (SELECT 1 FROM {self.history} AS o"
            f" WHERE {self.match('NEW', 'o')} AND o.{self.tx} <> {self.now})"
            f" THEN 0 ELSE {self.COME} END"
        )
        return self.upsert("NEW", operation, self.COME, condition)

    def changed(self) -> str:
        """A row changed and kept its key."""
        # The old values are needed where they are not in the history already.
        return f"""
{self.close("NEW")}
{self.upsert("NEW", self.usual(1, self.SET_UNKNOWN), self.SET)}
UPDATE {self.history} SET {self.assign("OLD")}{self.operation} = {self.operation}
 WHERE {self.match("NEW", self.history)} AND {self.history}.{self.tx} = {self.now}
   AND {self.history}.{self.operation} = {self.SET_UNKNOWN};
"""

    def went(self) -> str:
        """A row went."""
        if self.spec.null_delete and self.end is None:
            return self.upsert("OLD", str(self.GONE_UNKNOWN), self.GONE)
        return f"""
{self.close("OLD")}
{self.upsert("OLD", self.usual(2, self.GONE_UNKNOWN), self.GONE)}
"""

    def left(self, condition: str) -> str:
        """A row left this key."""
        return self.upsert("OLD", str(self.GONE_UNKNOWN), self.GONE, condition)

    # what the triggers on the version table are made of

    @property
    def mine(self) -> str:
        """The version that the running transaction wrote."""
        return f"{self.match_version(self.history)} AND {self.history}.{self.tx} = NEW.{self.tx}"

    @property
    def previous(self) -> str:
        """Id of the version before it."""
        return self.newest(self.match_version("n"), f"< NEW.{self.tx}")

    def before(self, condition: str) -> str:
        """A test of the version before it, named ``p``."""
        return (
            f"EXISTS (SELECT 1 FROM {self.history} AS p WHERE {self.match_version('p')}\n"
            f"   AND p.{self.tx} = {self.previous} AND {condition})"
        )

    @property
    def present_before(self) -> str:
        """True when the row was there before the running transaction."""
        closed = "" if self.end is None else f"p.{self.end} = NEW.{self.tx} AND "
        return self.before(f"{closed}p.{self.operation} <> 2")

    @property
    def check_order(self) -> str:
        later = (
            f"EXISTS (SELECT 1 FROM {self.history} AS n WHERE {self.match_version('n')}"
            f" AND n.{self.tx} > NEW.{self.tx})"
        )
        if self.end is not None:
            later += f"\n    OR {self.before(f'p.{self.end} > NEW.{self.tx}')}"
        return self.raise_if(later)

    def copy(self, row: str) -> str:
        """Set the columns of a version to those of a version that a trigger was called with."""
        return "".join(
            f"{_quote(c.history_name)} = {row}.{_quote(c.history_name)}, " for c in self.kept
        )

    @property
    def close_previous(self) -> str:
        if self.end is None:
            return ""
        return (
            f"UPDATE {self.history} SET {self.end} = NEW.{self.tx}\n"
            f" WHERE {self.match_version(self.history)}"
            f" AND {self.history}.{self.tx} = {self.previous}"
            f" AND {self.history}.{self.end} IS NULL;"
        )

    @property
    def reopen_previous(self) -> str:
        """Open the version before again, when the one that ended it has been taken back."""
        if self.end is None:
            return ""
        newest = self.newest(self.match_version("n"), f"<= NEW.{self.tx}")
        return (
            f"UPDATE {self.history} SET {self.end} = NULL\n"
            f" WHERE {self.match_version(self.history)} AND {self.history}.{self.tx} = {newest}\n"
            f"   AND {self.history}.{self.tx} < NEW.{self.tx}"
            f" AND {self.history}.{self.end} = NEW.{self.tx};"
        )

    def finish_set(self) -> str:
        """A row is there now.  Nothing remains when it is as it was before the transaction."""
        ended = "" if self.end is None else f" AND {self.history}.{self.end} = NEW.{self.tx}"
        # When a trigger of somebody else changed a new row before ours was told of its birth, ours
        # took it for one that is older than its history.
        false_baseline = f"""
DELETE FROM {self.history}
 WHERE {self.match_version(self.history)} AND {self.history}.{self.tx} = 0{ended}
   AND NEW.{self.operation} = {self.COME} AND OLD.{self.operation} = 1
   AND {self.previous} = 0;
"""
        closed = "" if self.end is None else f"p.{self.end} = NEW.{self.tx} AND "
        unchanged = self.before(
            f"{closed}p.{self.operation} <> 2\n   AND NOT {self.differ_in_history('p', 'NEW')}"
        )
        return f"""
{self.check_order}
{"" if self.spec.duplicates else false_baseline}
{self.close_previous}
DELETE FROM {self.history}
 WHERE {self.mine}
   AND {unchanged};
{self.reopen_previous}
UPDATE {self.history} SET {self.operation} = {self.present_before}
 WHERE {self.mine};
"""

    def finish_gone(self) -> str:
        """A row is gone now.  Nothing remains when it was not there before the transaction."""
        return f"""
{self.check_order}
DELETE FROM {self.history}
 WHERE {self.mine} AND NOT {self.present_before};
{self.reopen_previous}
UPDATE {self.history} SET {self.nothing()}{self.operation} = 2
 WHERE {self.mine};
"""

    def nothing(self) -> str:
        """Empty a version that keeps no more than the key."""
        if not self.spec.null_delete:
            return ""
        return "".join(f"{_quote(c.history_name)} = NULL, " for c in self.spec.value_columns)

    def hand_over(self) -> str:
        """Call the trigger that finishes a new version."""
        return f"UPDATE {self.history} SET {self.operation} = {self.operation} WHERE {self.mine};"

    def finish_unknown(self) -> str:
        """A row was older than its history, or changed while nobody recorded it."""
        if self.end is not None:
            start = f"p.{self.end}"
            known = f"p.{self.end} = NEW.{self.tx}"
        else:
            start = self.last_before
            known = f"(NOT {self.differ_in_history('p', 'NEW')} OR {self.last_before} IS NULL)"
        names = [*(_quote(c.history_name) for c in self.spec.columns)]
        values = ", ".join(f"NEW.{name}" for name in names)
        end = f"NEW.{self.tx}, " if self.end else ""
        previous = (
            f"(SELECT {start} FROM {self.history} AS p WHERE {self.match_version('p')}"
            f" AND p.{self.tx} = {self.previous})"
        )
        return f"""
{self.check_order}
{self.close_previous}
INSERT INTO {self.columns}
SELECT {values}, coalesce({previous}, 0), {end}0
 WHERE NOT {self.before(known)};
UPDATE {self.history} SET {self.copy("OLD")}{self.operation} = NEW.{self.operation} - 3
 WHERE {self.mine};
"""

    @property
    def last_before(self) -> str:
        """The id before that of the running transaction, if it is above that of version ``p``."""
        if not self.state.home:
            return self.state.read(f"CASE WHEN s.previous > p.{self.tx} THEN s.previous END")
        log = self.spec.log
        return (
            f"(SELECT max(t.{_quote(log.id)}) FROM {_quote(log.table.name)} AS t"
            f" WHERE t.{_quote(log.id)} < NEW.{self.tx} AND t.{_quote(log.id)} > p.{self.tx})"
        )

    def finish_paused(self) -> str:
        """What the running transaction wrote follows its row; any other version is ended.

        The version that this is called for only brought the values, in ``OLD``.
        """
        code = f"NEW.{self.operation}"
        real = self.state.read("s.transaction_id")
        newest = self.newest(self.match_version("n"))
        mine = f"{self.history}.{self.tx} = {real}"
        interrupt = ""
        if self.end is not None:
            # Nobody has to be told of a new row; but one may have come in the place of another.
            due = (
                f"{{v}}.{self.end} IS NULL AND {{v}}.{self.tx} IS NOT {real}"
                f" AND ({code} <> {self.COME} OR ({{v}}.{self.operation} <> 2"
                f" AND {self.differ_in_history('{v}', 'OLD')}))"
            )
            state = self.state.table
            interrupt = f"""
UPDATE {state} SET asked = NULL
 WHERE id = 1 AND {state}.used IS NOT 1
   AND EXISTS (SELECT 1 FROM {self.history} AS v WHERE {self.match_version("v")}
     AND v.{self.tx} = {newest} AND {due.replace("{v}", "v")});
{self.raise_if(f"{newest} > {real}")}
UPDATE {self.history} SET {self.end} = {real}
 WHERE {self.match_version(self.history)} AND {self.history}.{self.tx} = {newest}
   AND {due.replace("{v}", self.history)};
"""
        return f"""
DELETE FROM {self.history}
 WHERE {self.mine};
{interrupt}
UPDATE {self.history} SET {self.copy("OLD")}{self.operation} =
  CASE {code} WHEN {self.GONE_UNKNOWN} THEN {self.GONE} ELSE {self.SET} END
 WHERE {self.match_version(self.history)} AND {mine};
"""

    def followed(self) -> str:
        """An update that makes no version; what the running transaction wrote follows it."""
        sets = ", ".join(
            f"{_quote(c.history_name)} = NEW.{_quote(c.name)}" for c in self.spec.ignored_columns
        )
        # While paused what is asked for is not known from the last time, but the id itself is.
        believed = (
            f"CASE WHEN s.unit IS NULL THEN s.stamp IS {_TICK}"
            f" ELSE s.used = 1 AND {self.state.believed()} END"
        )
        now = self.state.read(f"CASE WHEN {believed} THEN s.transaction_id END")
        return (
            f"UPDATE {self.history} SET {sets}\n"
            f" WHERE {self.match('NEW', self.history)} AND {self.history}.{self.tx} = {now}\n"
            f"   AND {self.history}.{self.operation} <> 2;"
        )

    # triggers

    def triggers(self) -> dict[str, tuple[str, str, str, str]]:
        """Return event, table, condition and body of each trigger, by kind.

        The conditions of the triggers of one event exclude each other, and none of them can change
        by what another of them does: SQLite promises no order.
        """
        spec = self.spec
        moved = self.differ(spec.key_columns, "OLD", "NEW")
        changed = self.differ(spec.counting_columns, "OLD", "NEW")
        # Another row with this key may have come meanwhile, or may always have been there.
        gone = f"NOT {self.is_live('OLD')}"
        news = f"NOT {self.is_open_and_live('NEW')}" if spec.duplicates else ""
        ask = self.state.ask(spec.table.name)
        # An update of the row id is one of the key, whatever name it is called by.
        key = ", ".join(_quote(c) for c in (*spec.key, *ROWID))
        moves = f"AFTER UPDATE OF {key}"
        if any(column.virtual for column in spec.key_columns):
            moves = "AFTER UPDATE"
        on_live = {
            "insert": ("AFTER INSERT", news, f"{ask}\n{self.came()}"),
            "update": (
                "AFTER UPDATE", f"NOT {moved} AND {changed}", f"{ask}\n{self.changed()}"
            ),
            "rekey": (moves, moved, f"{ask}\n{self.left(gone)}\n{self.came(news)}"),
            "delete": ("AFTER DELETE", gone, f"{ask}\n{self.went()}"),
            "follow": (
                "AFTER UPDATE",
                f"NOT {moved} AND NOT {changed}"
                f" AND {self.differ(spec.ignored_columns, 'OLD', 'NEW')}",
                self.followed(),
            ),
        }  # fmt: skip
        if not spec.counting_columns:
            del on_live["update"]
        if not spec.ignored_columns:
            del on_live["follow"]
        code, recorded = f"NEW.{self.operation}", f"NEW.{self.tx} <> {PAUSED}"
        written = f"AFTER UPDATE OF {self.operation}"
        finishes = (
            ("AFTER INSERT", f"{code} IN ({self.COME}, {self.GONE_UNKNOWN})", self.hand_over()),
            (written, f"{code} IN ({self.COME}, {self.SET}) AND {recorded}", self.finish_set()),
            (written, f"{code} = {self.GONE} AND {recorded}", self.finish_gone()),
            (
                written,
                f"{code} IN ({self.SET_UNKNOWN}, {self.GONE_UNKNOWN}) AND {recorded}",
                self.finish_unknown(),
            ),
            (written, f"{code} > 2 AND NEW.{self.tx} = {PAUSED}", self.finish_paused()),
        )
        return {
            **{
                kind: (event, spec.table.name, when, body)
                for kind, (event, when, body) in on_live.items()
            },
            **{
                kind: (event, spec.version_table.name, when, body)
                for kind, (event, when, body) in zip(ON_HISTORY, finishes, strict=True)
            },
        }


class SQLiteEmitter(Emitter):
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
        """Read the version, the attached files and which tables have row ids (two statements)."""
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
        return Server(
            version=version,
            default_schema=MAIN,
            facts={
                "schemas": tuple(name for name in schemas if name != "temp"),
                "with_rowid": frozenset((schema, name) for schema, name in with_rowid),
            },
        )

    def offline_server(self, dialect: Dialect) -> Server:
        """Assume the oldest version, and no attached databases."""
        facts = {"schemas": (MAIN,), "with_rowid": frozenset[tuple[str, str]]()}
        return Server(version=MINIMUM, default_schema=MAIN, facts=facts)

    def holes(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return what other clients can hide; there is no TRUNCATE."""
        return [
            f"rows of {spec.table} that INSERT OR REPLACE removes because of another unique key "
            "than the primary key, by clients that do not set PRAGMA recursive_triggers"
        ]

    def validate(self, spec: TriggerSpec, server: Server) -> None:
        """Refuse what cannot be recorded.

        :raises ImproperlyConfigured: SQLite is too old.
        :raises UnsupportedTable: the version table is in another database file than its table.
        """
        if server.version[:2] < MINIMUM:
            version = ".".join(map(str, server.version))
            raise ImproperlyConfigured(
                f"recording by triggers needs SQLite 3.35 or newer, and this is {version}",
                table=str(spec.table),
                dialect=self.name,
                hint="Use a newer SQLite library, or native_versioning=False.",
            )
        if _schema(spec.table.schema) != _schema(spec.version_table.schema):
            raise UnsupportedTable(
                f"{spec.table} and {spec.version_table} are in different database files, and a "
                "trigger of SQLite cannot write to another file than its own",
                table=str(spec.table),
                dialect=self.name,
                hint="Keep the version table in the schema of its table (leave the option `schema` "
                "out), or use native_versioning=False.",
            )

    def create_helpers(
        self, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> list[str]:
        """Create the state of each database file with recorded tables."""
        home = _State(log, _schema(log.table.schema))
        others = sorted({_schema(spec.table.schema) for spec in specs} - {home.schema})
        statements = home.create()
        if others:
            statements.append(
                f"UPDATE {home.full} SET others = (SELECT json_group_array(u.value) FROM"
                f" (SELECT a.value FROM json_each(coalesce(others, '[]')) AS a"
                f" UNION SELECT b.value FROM json_each({_literal(json.dumps(others))}) AS b) AS u)"
                " WHERE id = 1"
            )
        return [*statements, *(text for name in others for text in _State(log, name).create())]

    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Remove the state from each attached database file."""
        schemas = dict.fromkeys((_schema(log.table.schema), *server.facts["schemas"]))
        return [text for schema in schemas for text in _State(log, schema).drop()]

    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Create the triggers of one table.  They have to run in one transaction.

        SQLite fires the newest trigger first, so triggers made anew come before those of others.
        """
        schema = _schema(spec.table.schema)
        # Not a matter of the fingerprint: with and without a row id the text does the same.
        has_rowid = (schema, spec.version_table.name) in server.facts["with_rowid"]
        fingerprint = spec.fingerprint("sqlite", TEXT)
        recorder = _Recorder(spec, has_rowid=has_rowid)
        return [
            text
            for kind, (event, table, when, body) in recorder.triggers().items()
            for text in _trigger(
                schema, self._name(spec, kind), event, table, fingerprint, when, body
            )
        ]

    def drop(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Remove the triggers of one table."""
        schema = _quote(_schema(spec.table.schema))
        return [
            f"DROP TRIGGER IF EXISTS {schema}.{_quote(self._name(spec, kind))}"
            for kind in _Recorder(spec).triggers()
        ]

    def expected(self, spec: TriggerSpec, server: Server) -> dict[str, str]:
        """Return the names and fingerprints of the triggers of one table."""
        fingerprint = spec.fingerprint("sqlite", TEXT)
        return {self._name(spec, kind): fingerprint for kind in _Recorder(spec).triggers()}

    def installed(
        self, connection: Connection, log: LogSpec, schemas: Sequence[str | None]
    ) -> list[Installed]:
        """Read the triggers of ours in these database files.  One query for each."""
        found = []
        for schema in schemas:
            rows = connection.exec_driver_sql(
                f"SELECT m.name, m.tbl_name, m.sql FROM {_quote(_schema(schema))}.sqlite_master"
                " AS m WHERE m.type = 'trigger' AND instr(m.sql, '/* continuum:') > 0",
                execution_options={INTERNAL: True},
            )
            state = _State(log, _schema(schema))
            for name, table, source in rows:
                if not name.startswith(f"{log.prefix}_"):
                    continue
                mark = _MARK.search(source)
                owner = log.table if table == state.name else TableName(table, schema)
                for kind in ON_HISTORY:
                    start = f"{log.prefix}_{kind}_"
                    if name.startswith(start):
                        owner = TableName(name.removeprefix(start), schema)
                found.append(Installed(owner, name, None if mark is None else mark.group(1)))
        return found

    def explain(self, error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
        """Return a typed error for what the driver raised, if it is known."""
        original = getattr(error, "orig", None) or error
        message = str(original)
        table = None if spec is None else str(spec.table)
        if message.startswith("continuum: the history of "):
            return TransactionInversion(
                message.removeprefix("continuum: "),
                table=table,
                dialect=self.name,
                hint="The transaction table was emptied or replaced and hands out ids that are "
                "lower than those in use. Raise its entry in sqlite_sequence above the highest "
                "transaction id of all version tables.",
            )
        if message.startswith("continuum: the transaction table is in another"):
            return UnsupportedStatement(
                message.removeprefix("continuum: "),
                table=table,
                dialect=self.name,
                hint="Write through an engine that versions these tables and has both files "
                "attached, or keep tables and transaction table in one file.",
            )
        if message.startswith("continuum: "):
            return VersioningError(
                message.removeprefix("continuum: "),
                table=table,
                dialect=self.name,
                hint="Columns of the transaction table have to be nullable or have a server "
                "default.",
            )
        if "unsafe use of virtual table" in message and "defer_foreign_keys" in message:
            return VersioningError(
                "the triggers may not ask which transaction is running: the connection does not "
                "trust the schema of its database",
                table=table,
                dialect=self.name,
                hint="Run PRAGMA trusted_schema = ON on this connection.",
            )
        return self._explain_missing(message, spec)

    def enter_unit(
        self,
        connection: Connection,
        log: LogSpec,
        token: str,
        context: str | None,
    ) -> None:
        """Announce a writing transaction.

        One statement where foreign keys are enforced, three elsewhere; with recorded tables in
        attached files three more, and two for each file.  Does nothing while each statement is a
        transaction of its own.  A unit that is still set was left by a transaction that ended
        behind SQLAlchemy's back, and is overwritten.
        """
        if self._autocommits(connection):
            return
        home = _State(log, _schema(log.table.schema))
        # (RETURNING ... IS NULL is always false in SQLite 3.40.)
        guard, others = self._query(
            connection,
            f"UPDATE {home.full} SET unit = ?, context = ?, transaction_id = NULL, used = NULL,"
            " previous = NULL, stamp = NULL, paused = NULL, guard = (SELECT CASE WHEN"
            " f.foreign_keys THEN 2 END FROM pragma_foreign_keys AS f) WHERE id = 1"
            " RETURNING guard, others",
            token,
            context,
        )[0]
        if guard is None:
            self._defer(connection, token)
        if others is None:
            return
        self._run(connection, f"UPDATE {home.full} SET used = 0, asked = 0 WHERE id = 1")
        table, key = _quote(log.table.name), _quote(log.id)
        current, previous = self._query(
            connection,
            f"SELECT s.transaction_id, (SELECT max(t.{key}) FROM {_quote(home.schema)}.{table} AS t"
            f" WHERE t.{key} < s.transaction_id) FROM {home.full} AS s WHERE s.id = 1",
        )[0]
        for state in self._attached(connection, log, others):
            self._run(
                connection,
                f"UPDATE {state.full} SET unit = ?, transaction_id = ?, previous = ?, used = 0,"
                " stamp = NULL, context = NULL, paused = NULL, guard = ? WHERE id = 1",
                token,
                current,
                previous,
                guard,
            )

    def enter_statement(self, connection: Connection, log: LogSpec) -> None:
        """Wait for the tick of the clock (a millisecond) in which nobody has written yet.

        Statements that are transactions of their own are told apart by it.  One query, or a few.
        """
        home = _State(log, _schema(log.table.schema))
        same_tick = f"SELECT 1 FROM {home.full} AS s WHERE s.id = 1 AND s.stamp IS {_TICK}"
        while self._query(connection, same_tick):
            time.sleep(0.0003)

    def knows_unit(self, connection: Connection, log: LogSpec, token: str) -> bool:
        """Look at the state row: an announcement is rolled back like any other change."""
        state = _State(log, _schema(log.table.schema))
        found = connection.exec_driver_sql(
            f"SELECT s.unit FROM {state.full} AS s WHERE s.id = 1",
            execution_options={INTERNAL: True},
        ).scalar()
        return bool(found == token)

    def begin_batch(self, connection: Connection, log: LogSpec) -> bool:
        """Spare the triggers of a batch their look at the flag of the transaction.

        Within one call of the driver nobody else can commit.  Where foreign keys are enforced the
        unit is guarded by them, and nothing needs to be done.
        """
        state = _State(log, _schema(log.table.schema))
        statement = (
            f"UPDATE {state.full} SET guard = 2 WHERE id = 1 AND unit IS NOT NULL AND guard IS NULL"
        )
        return self._run(connection, statement) == 1

    def end_batch(self, connection: Connection, log: LogSpec) -> None:
        """Let the triggers look again."""
        state = _State(log, _schema(log.table.schema))
        self._run(connection, f"UPDATE {state.full} SET guard = NULL WHERE id = 1")

    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Withdraw the announcement: one statement, and two more with attached files."""
        if self._autocommits(connection):
            return
        home = _State(log, _schema(log.table.schema))
        withdraw = (
            "unit = NULL, context = NULL, stamp = NULL, paused = NULL, guard = NULL WHERE id = 1"
        )
        others, used, current = self._query(
            connection,
            f"UPDATE {home.full} SET {withdraw} RETURNING others, used, transaction_id",
        )[0]
        if others is None:
            return
        for state in self._attached(connection, log, others):
            rows = self._query(connection, f"UPDATE {state.full} SET {withdraw} RETURNING used")
            used = used or rows[0][0]
        if not used:
            self._run(
                connection,
                f"DELETE FROM {_quote(home.schema)}.{_quote(log.table.name)}"
                f" WHERE {_quote(log.id)} = ?",
                current,
            )

    def publish(self, connection: Connection, log: LogSpec, context: str | None) -> None:
        """Replace the context; a trigger brings a row that exists up to date.  One statement."""
        state = _State(log, _schema(log.table.schema))
        self._run(
            connection,
            f"UPDATE {state.full} SET context = ? WHERE id = 1 AND unit IS NOT NULL",
            context,
        )

    def transaction_id(self, connection: Connection, log: LogSpec, *, create: bool) -> int | None:
        """Return the id of the running transaction: one statement, or two with ``create``."""
        state = _State(log, _schema(log.table.schema))
        if create:
            self._run(
                connection,
                f"UPDATE {state.full} SET asked = NULL WHERE id = 1"
                f" AND {state.unknown(state.table)}",
            )
        known = (
            f"s.used = 1 AND CASE WHEN s.unit IS NULL THEN {int(create)} OR s.stamp IS {_TICK}"
            f" ELSE {state.believed()} END"
        )
        found: int | None = self._query(
            connection,
            f"SELECT CASE WHEN {known} THEN s.transaction_id END FROM {state.full} AS s"
            " WHERE s.id = 1",
        )[0][0]
        return found

    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Stop recording tables for the rest of the transaction.  Two statements.

        :raises PauseError: no transaction has been announced.
        """
        for state in self._states(connection, log):
            names = [table.name for table in tables if _schema(table.schema) == state.schema]
            if tables and not names:
                continue
            changed = self._run(
                connection,
                f"UPDATE {state.full} SET paused = CASE WHEN paused IS NULL OR ?1 = 'true' THEN ?1"
                " WHEN paused = 'true' THEN paused ELSE (SELECT json_group_array(u.value) FROM"
                " (SELECT a.value FROM json_each(paused) AS a"
                " UNION SELECT b.value FROM json_each(?1) AS b) AS u) END"
                " WHERE id = 1 AND unit IS NOT NULL",
                json.dumps(names) if names else "true",
            )
            if not changed:
                raise PauseError(
                    "a pause has no transaction to hold for: none has been announced to the "
                    "database",
                    dialect=self.name,
                    hint="Use paused() inside a transaction.",
                )

    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Set the tables that stay paused.  Two statements."""
        for state in self._states(connection, log):
            names = [table.name for table in tables if _schema(table.schema) == state.schema]
            self._run(
                connection,
                f"UPDATE {state.full} SET paused = ?, current = transaction_id WHERE id = 1",
                json.dumps(names) if names else None,
            )

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Ask the driver; the drivers in the standard library, aiosqlite and SQLCipher tell."""
        for candidate in (dbapi_connection, getattr(dbapi_connection, "driver_connection", None)):
            answer = getattr(candidate, "in_transaction", None)
            if isinstance(answer, bool):
                return answer
        return None

    def prepare_connection(self, connection: Connection) -> None:
        """Let ``REPLACE`` tell triggers which rows it deletes."""
        for statement in CONNECTION_SETUP:
            self._run(connection, statement)

    def ensure_transaction(self, connection: Connection) -> None:
        """Send BEGIN where the driver would wait for the first change.

        Without it the first savepoint would be the transaction, and its release the commit.
        """
        driver = connection.connection.dbapi_connection
        if self.in_transaction(driver) is False and not self._autocommits(connection):
            self._run(connection, "BEGIN")

    def _name(self, spec: TriggerSpec, kind: str) -> str:
        return f"{spec.log.prefix}_{kind}_{spec.table.name}"

    def _defer(self, connection: Connection, token: str) -> None:
        """Set what shows the end of the transaction: it does nothing else, as foreign keys are off.

        The pragma has its effect when it is compiled.  Run, it would also make the connection
        compile all its statements again, so it is only explained; with the token in it, so that the
        driver does not take it for a statement that it has compiled before.
        """
        self._query(connection, f"EXPLAIN PRAGMA defer_foreign_keys = ON /* {token} */")
        if not self._query(connection, f"SELECT {_DEFERRED}")[0][0]:
            self._run(connection, "PRAGMA defer_foreign_keys = ON")

    def _states(self, connection: Connection, log: LogSpec) -> list[_State]:
        """Return the state of the transaction table's file, and those of attached files."""
        home = _State(log, _schema(log.table.schema))
        others = self._query(connection, f"SELECT s.others FROM {home.full} AS s")[0][0]
        return [home, *self._attached(connection, log, others or "[]")]

    def _attached(self, connection: Connection, log: LogSpec, others: str) -> list[_State]:
        """Return the states of those files that are attached at the moment."""
        present = {row[1] for row in self._query(connection, "PRAGMA database_list")}
        states = [_State(log, name) for name in json.loads(others) if name in present]
        return [
            state
            for state in states
            if self._query(
                connection,
                f"SELECT 1 FROM {_quote(state.schema)}.sqlite_master AS m"
                " WHERE m.type = 'table' AND m.name = ?",
                state.name,
            )
        ]

    def _run(self, connection: Connection, statement: str, *parameters: Any) -> int:
        result = connection.exec_driver_sql(
            statement, parameters, execution_options={INTERNAL: True}
        )
        return result.rowcount

    def _query(self, connection: Connection, statement: str, *parameters: Any) -> list[Any]:
        result = connection.exec_driver_sql(
            statement, parameters, execution_options={INTERNAL: True}
        )
        return list(result)

    def _autocommits(self, connection: Connection) -> bool:
        """Say whether the next change would be committed at once."""
        driver: Any = connection.connection.dbapi_connection
        if self.in_transaction(driver) is not False:
            return False
        autocommit = getattr(driver, "autocommit", None)
        if isinstance(autocommit, bool):
            return autocommit
        return getattr(driver, "isolation_level", None) is None

    def _explain_missing(self, message: str, spec: TriggerSpec | None) -> StaleTrigger | None:
        """Recognise a version table that lacks what a trigger writes."""
        match = _NO_OBJECT.search(message)
        if match is None or spec is None:
            return None
        recorder = _Recorder(spec)
        kind, name, altered, column = match.groups()
        version_table = spec.version_table.name
        columns = {c.history_name for c in spec.columns} | {
            spec.transaction_column, spec.operation_column, spec.end_column,
        }  # fmt: skip
        last = name.rsplit(".", 1)[-1] if name else ""
        if kind == "table" and last not in (
            version_table, spec.log.table.name, recorder.state.name,
        ):  # fmt: skip
            return None
        if kind == "column" and last not in columns | {c.name for c in spec.columns}:
            return None
        if kind is None and altered != version_table:
            return None
        return StaleTrigger(
            f"a change of {spec.table} could not be recorded: {message}",
            table=str(spec.table),
            column=column if kind is None else last if kind == "column" else None,
            dialect=self.name,
            hint="Bring tables and triggers in line with the models: a migration, "
            "metadata.create_all(engine) or versioning_manager.install(engine).",
        )


EMITTER = SQLiteEmitter()
