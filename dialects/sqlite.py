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
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
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

_MARK = re.compile(r"/\* continuum:([0-9a-f]+) \*/")
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


def _indent(source: str, width: int = 2) -> str:
    pad = " " * width
    return "\n".join(pad + line if line else line for line in source.strip("\n").split("\n"))


def _clean(source: str) -> str:
    """Drop empty lines, which stand where a part is left out."""
    return "\n".join(line.rstrip() for line in source.split("\n") if line.strip())


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
        f"FOR EACH ROW{condition}\nBEGIN\n{_indent(_clean(body))}\nEND",
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

    @property
    def transaction(self) -> str:
        """The id of the running transaction (once it is known to have one)."""
        return self.read("s.transaction_id")

    def believed(self, row: str = "s") -> str:
        """A test of a set unit: it belongs to the transaction that is running now."""
        return f"({row}.guard IS NOT NULL OR {_DEFERRED})"

    def without_id(self, row: str = "s") -> str:
        """A test that is true when the running transaction has no id yet, or has not used it."""
        return (
            f"CASE WHEN {row}.unit IS NULL THEN {row}.stamp IS NOT {_TICK}"
            f" WHEN {row}.used IS NOT 1 THEN 1"
            f" WHEN {row}.guard IS NOT NULL THEN 0"
            f" ELSE NOT {_DEFERRED} END"
        )

    def paused(self, table: str) -> str:
        """A test that is true while a table is not to be recorded."""
        return self.read(
            f"CASE WHEN s.paused IS NULL OR s.unit IS NULL THEN 0"
            f" WHEN NOT {self.believed()} THEN 0"
            f" ELSE s.paused = 'true' OR {_literal(table)} IN"
            f" (SELECT j.value FROM json_each(s.paused) AS j) END"
        )

    def need(self, condition: str = "") -> str:
        """Make sure that the running transaction has an id."""
        return (
            f"UPDATE {self.table} SET used = 1\n"
            f" WHERE id = 1 AND {self.without_id(self.table)}{condition};"
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
            f"  used INTEGER,\n"
            f"  previous INTEGER,\n"
            f"  stamp REAL,\n"
            f"  context TEXT,\n"
            f"  paused TEXT,\n"
            f"  guard INTEGER REFERENCES {self.table} (id) DEFERRABLE INITIALLY DEFERRED\n"
            f")",
            f"INSERT INTO {self.full} (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
        ]
        body = self._begin() if self.home else self._refuse()
        statements += _trigger(
            self.schema, self.begin, "AFTER UPDATE OF used", self.name, fingerprint,
            "NEW.used IS NOT NULL", body,
        )  # fmt: skip
        statements.append(
            f"DROP TRIGGER IF EXISTS {_quote(self.schema)}.{_quote(self.describe)}"
        )
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
        """Give the running transaction an id, forgetting a unit that has ended."""
        return f"""
UPDATE {self.table} SET unit = NULL, transaction_id = NULL, previous = NULL, context = NULL,
  paused = NULL, guard = NULL
 WHERE id = 1 AND (unit IS NULL OR NOT {self.believed(self.table)});
INSERT INTO {_quote(self.log.table.name)} ({_quote(self.log.issued_at)})
SELECT {_NOW} WHERE {self.transaction} IS NULL;
UPDATE {self.table} SET
  transaction_id = CASE WHEN changes() = 1 THEN last_insert_rowid()
    ELSE {_raise("the row of the transaction could not be made")} END,
  stamp = CASE WHEN unit IS NULL THEN {_TICK} END
 WHERE id = 1 AND transaction_id IS NULL;
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

    An event is carried out in the same steps whatever was there before: end the newest version,
    write the new one, and take both back when the row is as it was before the transaction.
    """

    def __init__(self, spec: TriggerSpec) -> None:
        self.spec = spec
        self.schema = _schema(spec.table.schema)
        self.state = _State(spec.log, self.schema)
        self.live = _quote(spec.table.name)
        self.history = _quote(spec.version_table.name)
        self.tx = _quote(spec.transaction_column)
        self.end = None if spec.end_column is None else _quote(spec.end_column)
        self.operation = _quote(spec.operation_column)
        self.now = self.state.transaction
        # Where the key's collation takes different texts for the same key, its text is data too.
        self.loose_key = tuple(
            c for c in spec.key_columns if getattr(storage_type(c.type), "collation", None)
        )

    # fragments

    def match(self, row: str, alias: str) -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{_quote(c.history_name)} = {row}.{_quote(c.name)}"
            for c in self.spec.key_columns
        )

    def newest(self, row: str, below: str = "") -> str:
        """Id of the newest version of a live row."""
        limit = f" AND n.{self.tx} < {below}" if below else ""
        return (
            f"(SELECT max(n.{self.tx}) FROM {self.history} AS n"
            f" WHERE {self.match(row, 'n')}{limit})"
        )

    def before(self, row: str, condition: str) -> str:
        """A test of the version before that of the running transaction, named ``p``."""
        return (
            f"EXISTS (SELECT 1 FROM {self.history} AS p WHERE {self.match(row, 'p')}\n"
            f"   AND p.{self.tx} = {self.newest(row, below=self.now)} AND {condition})"
        )

    def present_before(self, row: str, condition: str = "") -> str:
        """True when the row was there before the running transaction."""
        closed = "" if self.end is None else f"p.{self.end} = {self.now} AND "
        return self.before(row, f"{closed}p.{self.operation} <> 2{condition}")

    def differ(self, columns: Iterable[ColumnSpec], old: str, new: str, kind: str = "live") -> str:
        """A test of two rows that is never null, byte by byte.

        :param kind: ``"live"`` for two live rows, ``"history"`` for two versions, ``"mixed"`` for
            a version (old) and a live row (new).
        """
        tests = []
        for column in columns:
            before = f"{old}.{_quote(column.name if kind == 'live' else column.history_name)}"
            after = f"{new}.{_quote(column.history_name if kind == 'history' else column.name)}"
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

    def same_as(self, alias: str, other: str, kind: str) -> str:
        return f"NOT {self.differ((*self.loose_key, *self.spec.counting_columns), alias, other, kind)}"

    def columns(self) -> str:
        names = [_quote(c.history_name) for c in self.spec.columns]
        names += [self.tx, *([self.end] if self.end else []), self.operation]
        return f"{self.history} ({', '.join(names)})"

    def values(self, row: str, operation: str, tx: str, end: str = "NULL") -> str:
        gone = operation == "2" and self.spec.null_delete
        values = [
            "NULL" if gone and c.name not in self.spec.key else f"{row}.{_quote(c.name)}"
            for c in self.spec.columns
        ]
        return ", ".join([*values, tx, *([end] if self.end else []), operation])

    @property
    def target(self) -> str:
        keys = ", ".join(_quote(c.history_name) for c in self.spec.key_columns)
        return f"({keys}, {self.tx})"

    @property
    def kept(self) -> tuple[ColumnSpec, ...]:
        """What has to be set in a version that exists already."""
        return (*self.loose_key, *self.spec.value_columns)

    def is_live(self, row: str) -> str:
        """A test that is true while the live table has a row with this key."""
        match = " AND ".join(f"c.{_quote(c)} = {row}.{_quote(c)}" for c in self.spec.key)
        return f"EXISTS (SELECT 1 FROM {self.live} AS c WHERE {match})"

    def is_open_and_live(self, row: str) -> str:
        """A test that is true when the newest version of a key says that it is there."""
        opened = "" if self.end is None else f"v.{self.end} IS NULL AND "
        return (
            f"EXISTS (SELECT 1 FROM {self.history} AS v WHERE {self.match(row, 'v')}"
            f" AND v.{self.tx} = {self.newest(row)} AND {opened}v.{self.operation} <> 2)"
        )

    # steps

    def baseline(self, row: str) -> str:
        """Write the old image of a row that is older than its history, or than its last version.

        Where there is nothing to write the statement aims at the newest version and leaves it.
        (An INSERT that selects from the table it writes to goes through a temporary table.)
        """
        if self.end is not None:
            start = f"CASE WHEN v.{self.end} < {self.now} THEN v.{self.end} ELSE v.{self.tx} END"
        else:
            start = (
                f"CASE WHEN v.{self.tx} = {self.now} OR {self.same_as('v', row, 'mixed')}"
                f" THEN v.{self.tx} ELSE coalesce({self.last_before}, v.{self.tx}) END"
            )
        tx = (
            f"coalesce((SELECT {start}\n"
            f"  FROM {self.history} AS v WHERE {self.match(row, 'v')}"
            f" ORDER BY v.{self.tx} DESC LIMIT 1), 0)"
        )
        return (
            f"INSERT INTO {self.columns()}\n"
            f"VALUES ({self.values(row, '0', tx, self.now)})\n"
            f"ON CONFLICT {self.target} DO NOTHING;"
        )

    @property
    def last_before(self) -> str:
        """The id before that of the running transaction, if it is above that of version ``v``."""
        if not self.state.home:
            return self.state.read(f"CASE WHEN s.previous > v.{self.tx} THEN s.previous END")
        log = self.spec.log
        return (
            f"(SELECT max(t.{_quote(log.id)}) FROM {_quote(log.table.name)} AS t"
            f" WHERE t.{_quote(log.id)} < {self.now} AND t.{_quote(log.id)} > v.{self.tx})"
        )

    def close(self, row: str, condition: str = "") -> str:
        """End the newest version, unless the running transaction wrote it."""
        message = _raise(
            f"the history of {self.spec.table.name} has transaction ids above that of the running "
            "transaction"
        )
        if self.end is None:
            # Nothing to end, but ids have to be in order all the same.
            return f"SELECT {message} WHERE {self.newest(row)} > {self.now};"
        return (
            f"UPDATE {self.history} SET {self.end} = CASE\n"
            f"  WHEN {self.history}.{self.tx} > {self.now}"
            f" OR {self.history}.{self.end} > {self.now}\n"
            f"  THEN {message} ELSE {self.now} END\n"
            f" WHERE {self.match(row, self.history)}"
            f" AND {self.history}.{self.tx} = {self.newest(row)}\n"
            f"   AND {self.history}.{self.tx} <> {self.now}"
            f" AND ({self.history}.{self.end} IS NULL"
            f" OR {self.history}.{self.end} > {self.now}){condition};"
        )

    def row_now(self) -> str:
        """The stored values of the live row that ``NEW`` was.

        A trigger of somebody else that fired before ours may have changed it again; ours has been
        called for that change first, and what it left is not to be overwritten with older values.
        """
        match = " AND ".join(f"l.{_quote(c)} = NEW.{_quote(c)}" for c in self.spec.key)
        return f"FROM {self.live} AS l WHERE {match}"

    def upsert(self, source: str, assignment: str, operation: str, condition: str = "") -> str:
        """Write the version of the running transaction.

        :param source: where the values come from.
        :param assignment: what is set when the version exists already, beside its operation.
        :param operation: operation of a version that exists already.
        :param condition: leaves a version that exists already as it is when not true.
        """
        where = f"\n WHERE {condition}" if condition else ""
        sets = ", ".join([*([assignment] if assignment else []), f"{self.operation} = {operation}"])
        return (
            f"INSERT INTO {self.columns()}\n{source}\n"
            f"ON CONFLICT {self.target} DO UPDATE SET {sets}{where};"
        )

    def assign(self, row: str, operation: str = "0") -> str:
        """Set the columns of a version to the values of a row."""
        if row == "l":
            names = ", ".join(_quote(c.history_name) for c in self.kept)
            values = ", ".join(f"l.{_quote(c.name)}" for c in self.kept)
            return f"({names}) = (SELECT {values} {self.row_now()})" if self.kept else ""
        gone = operation == "2" and self.spec.null_delete
        return ", ".join(
            f"{_quote(c.history_name)} = "
            + ("NULL" if gone and c.name not in self.spec.key else f"{row}.{_quote(c.name)}")
            for c in self.kept
        )

    def write_inserted(self) -> str:
        operation = self.present_before("NEW")
        source = f"VALUES ({self.values('NEW', operation, self.now)})"
        kept = f"excluded.{self.operation}"
        if self.spec.duplicates:
            return self.upsert(source, self.assign("NEW"), kept)
        return self.upsert(source, self.assign("l"), kept, self.is_live("NEW"))

    def write_updated(self) -> str:
        operation = self.present_before("NEW")
        if self.spec.duplicates:
            source = f"VALUES ({self.values('NEW', '1', self.now)})"
            return self.upsert(source, self.assign("NEW"), operation)
        source = f"SELECT {self.values('l', '1', self.now)} {self.row_now()}"
        return self.upsert(source, self.assign_excluded(), operation)

    def assign_excluded(self) -> str:
        return ", ".join(
            f"{_quote(c.history_name)} = excluded.{_quote(c.history_name)}" for c in self.kept
        )

    def forget_false_baseline(self) -> str:
        """Remove the baseline of a row that is only now said to be new.

        It was written when a trigger of somebody else changed the row before ours was told of its
        birth.
        """
        ended = "" if self.end is None else f" AND {self.history}.{self.end} = {self.now}"
        return (
            f"DELETE FROM {self.history}\n"
            f" WHERE {self.match('NEW', self.history)} AND {self.history}.{self.tx} = 0{ended}\n"
            f"   AND EXISTS (SELECT 1 FROM {self.history} AS m WHERE {self.match('NEW', 'm')}"
            f" AND m.{self.tx} = {self.now} AND m.{self.operation} = 1)\n"
            f"   AND {self.newest('NEW', below=self.now)} = 0;"
        )

    def forget_unchanged(self, row: str) -> str:
        """Take back a version that says what the one before it says."""
        return (
            f"DELETE FROM {self.history}\n"
            f" WHERE {self.match(row, self.history)} AND {self.history}.{self.tx} = {self.now}\n"
            f"   AND {self.history}.{self.operation} <> 2 AND "
            + self.present_before(row, f" AND {self.same_as('p', self.history, 'history')}")
            + ";"
        )

    def forget_unborn(self, row: str) -> str:
        """Take back the version of a row that came and went in the running transaction."""
        return (
            f"DELETE FROM {self.history}\n"
            f" WHERE {self.match(row, self.history)} AND {self.history}.{self.tx} = {self.now}\n"
            f"   AND {self.history}.{self.operation} = 2 AND NOT {self.present_before(row)};"
        )

    def reopen(self, row: str) -> str:
        """Open the newest version again when the one that ended it was taken back."""
        if self.end is None:
            return ""
        return (
            f"UPDATE {self.history} SET {self.end} = NULL\n"
            f" WHERE {self.match(row, self.history)}"
            f" AND {self.history}.{self.tx} = {self.newest(row)}\n"
            f"   AND {self.history}.{self.tx} < {self.now}"
            f" AND {self.history}.{self.end} = {self.now};"
        )

    # events

    def inserted(self) -> str:
        """A row came, or took this key."""
        return f"""
{self.state.need()}
{"" if self.spec.duplicates else self.forget_false_baseline()}
{self.close("NEW")}
{self.write_inserted()}
{self.forget_unchanged("NEW")}
{self.reopen("NEW")}
"""

    def updated(self) -> str:
        """A row changed and kept its key."""
        return f"""
{self.state.need()}
{self.baseline("OLD")}
{self.close("NEW")}
{self.write_updated()}
{self.forget_unchanged("NEW")}
{self.reopen("NEW")}
"""

    def deleted(self) -> str:
        """A row went, or left this key."""
        source = f"VALUES ({self.values('OLD', '2', self.now)})"
        return f"""
{self.state.need()}
{self.baseline("OLD")}
{self.close("OLD")}
{self.upsert(source, self.assign_excluded(), "2")}
{self.forget_unborn("OLD")}
{self.reopen("OLD")}
"""

    def followed(self) -> str:
        """An update that makes no version; what the running transaction wrote follows it."""
        sets = ", ".join(
            f"{_quote(c.history_name)} = NEW.{_quote(c.name)}" for c in self.spec.ignored_columns
        )
        current = self.state.read(
            f"CASE WHEN NOT {self.state.without_id()} THEN s.transaction_id END"
        )
        return (
            f"UPDATE {self.history} SET {sets}\n"
            f" WHERE {self.match('NEW', self.history)} AND {self.history}.{self.tx} = {current}\n"
            f"   AND {self.history}.{self.operation} <> 2;"
        )

    # events while paused: what the running transaction already wrote follows the row

    def set_mine(self, row: str, operation: str) -> str:
        """Bring the version of the running transaction up to date."""
        source, still = row, ""
        if row == "NEW" and not self.spec.duplicates:
            source, still = "l", f" AND {self.is_live(row)}"
        sets = [part for part in (self.assign(source, operation),) if part]
        sets.append(f"{self.operation} = {operation}")
        return (
            f"UPDATE {self.history} SET {', '.join(sets)}\n"
            f" WHERE {self.match(row, self.history)}"
            f" AND {self.history}.{self.tx} = {self.now}{still};"
        )

    def is_mine(self, row: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM {self.history} AS m WHERE {self.match(row, 'm')}"
            f" AND m.{self.tx} = {self.now})"
        )

    def interrupt(self, row: str, *, if_other: bool = False) -> str:
        """End the open version of a row that changes while nobody records.

        :param if_other: only when it says that the row was there, and looked different.
        """

        def condition(alias: str) -> str:
            if not if_other:
                return ""
            return f" AND {alias}.{self.operation} <> 2 AND NOT {self.same_as(alias, row, 'mixed')}"

        if self.end is None:
            return ""
        due = (
            f"EXISTS (SELECT 1 FROM {self.history} AS v WHERE {self.match(row, 'v')}"
            f" AND v.{self.tx} = {self.newest(row)} AND v.{self.end} IS NULL"
            f" AND v.{self.tx} IS NOT {self.now}{condition('v')})"
        )
        return f"{self.state.need(f' AND {due}')}\n{self.close(row, condition(self.history))}"

    def reopen_before(self, row: str, condition: str) -> str:
        """Open the version before mine again; mine is taken back next."""
        if self.end is None:
            return ""
        return (
            f"UPDATE {self.history} SET {self.end} = NULL\n"
            f" WHERE {self.match(row, self.history)}"
            f" AND {self.history}.{self.tx} = {self.newest(row, below=self.now)}\n"
            f"   AND {self.history}.{self.end} = {self.now} AND {self.is_mine(row)}{condition};"
        )

    def forget_mine(self, row: str, condition: str) -> str:
        return (
            f"DELETE FROM {self.history}\n"
            f" WHERE {self.match(row, self.history)} AND {self.history}.{self.tx} = {self.now}\n"
            f"   AND {condition};"
        )

    def set_while_paused(self, *, came: bool) -> str:
        """A row was set while paused.

        :param came: the row came, or took this key; otherwise it changed.
        """
        interrupt = self.interrupt("NEW")
        if came:
            # Nobody has to be told of a new row; but one may have come in the place of another.
            interrupt = "" if self.spec.duplicates else self.interrupt("NEW", if_other=True)
        opened = f"p.{self.end} IS NULL" if self.end else self.same_as("p", "NEW", "mixed")
        equal = (
            f" AND {self.history}.{self.operation} <> 2"
            f" AND {self.same_as(self.history, 'NEW', 'mixed')}"
        )
        return f"""
{interrupt}
{self.reopen_before("NEW", equal)}
{self.forget_mine("NEW", self.before("NEW", f"p.{self.operation} <> 2 AND {opened}"))}
{self.set_mine("NEW", self.present_before("NEW"))}
"""

    def deleted_while_paused(self) -> str:
        """A row went, or left this key, while paused."""
        return f"""
{self.interrupt("OLD")}
{self.reopen_before("OLD", f" AND {self.history}.{self.operation} = 2")}
{self.forget_mine("OLD", f"NOT {self.present_before('OLD')}")}
{self.set_mine("OLD", "2")}
"""

    # triggers

    def triggers(self) -> dict[str, tuple[str, str, str]]:
        """Return event, condition and body of each trigger, by kind.

        The conditions of the triggers of one event exclude each other, and none of them can change
        by what another of them does: SQLite promises no order.
        """
        spec = self.spec
        moved = self.differ(spec.key_columns, "OLD", "NEW")
        # Another row with this key may have come meanwhile, or may always have been there.
        gone = f"NOT {self.is_live('OLD')}"
        news = [f"NOT {self.is_open_and_live('NEW')}"] if spec.duplicates else []
        changed = self.differ(spec.counting_columns, "OLD", "NEW")
        came = self.inserted(), self.set_while_paused(came=True)
        went = self.deleted(), self.deleted_while_paused()
        events = {
            "insert": ("AFTER INSERT", news, *came),
            "delete": ("AFTER DELETE", [gone], *went),
            "leave": ("AFTER UPDATE", [moved, gone], *went),
            "arrive": ("AFTER UPDATE", [moved, *news], *came),
        }
        if spec.counting_columns:
            events["update"] = (
                "AFTER UPDATE",
                [f"NOT {moved}", changed],
                self.updated(),
                self.set_while_paused(came=False),
            )
        paused = self.state.paused(spec.table.name)
        found = {}
        for kind, (event, tests, body, body_paused) in events.items():
            found[kind] = (event, " AND ".join([*tests, f"NOT {paused}"]), body)
            found[f"paused_{kind}"] = (event, " AND ".join([*tests, paused]), body_paused)
        if spec.ignored_columns:
            followed = [
                f"NOT {moved}",
                f"NOT {changed}",
                self.differ(spec.ignored_columns, "OLD", "NEW"),
            ]
            found["follow"] = ("AFTER UPDATE", " AND ".join(followed), self.followed())
        return found


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
        """Read the version and the names of the attached databases (one statement)."""
        rows = connection.exec_driver_sql(
            "PRAGMA database_list", execution_options={INTERNAL: True}
        ).all()
        return Server(
            version=tuple(connection.dialect.server_version_info or MINIMUM),  # type: ignore[attr-defined]
            default_schema=MAIN,
            facts={"schemas": tuple(row[1] for row in rows if row[1] != "temp")},
        )

    def offline_server(self, dialect: Dialect) -> Server:
        """Assume the oldest version, and no attached databases."""
        return Server(version=MINIMUM, default_schema=MAIN, facts={"schemas": (MAIN,)})

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
        schemas = [_schema(log.table.schema)]
        for spec in specs:
            if _schema(spec.table.schema) not in schemas:
                schemas.append(_schema(spec.table.schema))
        return [text for schema in schemas for text in _State(log, schema).create()]

    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Remove the state from each attached database file."""
        schemas = dict.fromkeys((_schema(log.table.schema), *server.facts["schemas"]))
        return [text for schema in schemas for text in _State(log, schema).drop()]

    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Create the triggers of one table.  They have to run in one transaction.

        SQLite fires the newest trigger first, so triggers made anew come before those of others.
        """
        schema = _schema(spec.table.schema)
        fingerprint = spec.fingerprint("sqlite", TEXT)
        return [
            text
            for kind, (event, when, body) in _Recorder(spec).triggers().items()
            for text in _trigger(
                schema, self._name(spec, kind), event, spec.table.name, fingerprint, when, body
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
                mark = _MARK.search(source)
                owner = log.table if table == state.name else TableName(table, schema)
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
        """Announce a writing transaction: one or two statements.

        Does nothing while each statement is a transaction of its own.  A unit that is still set
        was left by a transaction that ended behind SQLAlchemy's back, and is overwritten.
        """
        if self._autocommits(connection):
            return
        state = _State(log, _schema(log.table.schema))
        guarded = connection.exec_driver_sql(
            f"UPDATE {state.full} SET unit = ?, context = ?, transaction_id = NULL, used = NULL,"
            " previous = NULL, stamp = NULL, paused = NULL, guard = (SELECT CASE WHEN"
            " f.foreign_keys THEN 2 END FROM pragma_foreign_keys AS f) WHERE id = 1"
            " RETURNING coalesce(guard, 0)",
            (token, context),
            execution_options={INTERNAL: True},
        ).scalar_one()
        if not guarded:
            # Foreign keys are not enforced here, so this does nothing but show the end of the
            # transaction.
            self._run(connection, "PRAGMA defer_foreign_keys = ON")

    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Withdraw the announcement: one statement."""
        if self._autocommits(connection):
            return
        state = _State(log, _schema(log.table.schema))
        self._run(
            connection,
            f"UPDATE {state.full} SET unit = NULL, context = NULL, transaction_id = NULL,"
            " used = NULL, previous = NULL, stamp = NULL, paused = NULL, guard = NULL"
            " WHERE id = 1",
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
        known = "1" if create else f"NOT {state.without_id()}"
        if create:
            self._run(
                connection,
                f"UPDATE {state.full} SET used = 1 WHERE id = 1"
                f" AND {state.without_id(state.table)}",
            )
        found: int | None = connection.exec_driver_sql(
            f"SELECT CASE WHEN {known} THEN s.transaction_id END FROM {state.full} AS s"
            " WHERE s.id = 1",
            execution_options={INTERNAL: True},
        ).scalar_one()
        return found

    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Stop recording tables for the rest of the transaction.  One statement.

        :raises PauseError: no transaction has been announced.
        """
        names = json.dumps([table.name for table in tables]) if tables else "true"
        state = _State(log, _schema(log.table.schema))
        changed = self._run(
            connection,
            f"UPDATE {state.full} SET paused = CASE WHEN paused IS NULL OR ?1 = 'true' THEN ?1"
            " WHEN paused = 'true' THEN paused ELSE (SELECT json_group_array(u.value) FROM"
            " (SELECT a.value FROM json_each(paused) AS a"
            " UNION SELECT b.value FROM json_each(?1) AS b) AS u) END"
            " WHERE id = 1 AND unit IS NOT NULL",
            names,
        )
        if not changed:
            raise PauseError(
                "a pause has no transaction to hold for: none has been announced to the database",
                dialect=self.name,
                hint="Use paused() inside a transaction.",
            )

    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Set the tables that stay paused.  One statement."""
        names = json.dumps([table.name for table in tables]) if tables else None
        state = _State(log, _schema(log.table.schema))
        self._run(connection, f"UPDATE {state.full} SET paused = ? WHERE id = 1", names)

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

    def _run(self, connection: Connection, statement: str, *parameters: Any) -> int:
        result = connection.exec_driver_sql(
            statement, parameters, execution_options={INTERNAL: True}
        )
        return result.rowcount

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
