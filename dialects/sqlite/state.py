"""What the running transaction is, for the triggers of one database file."""

from __future__ import annotations

from sqlalchemy.types import JSON

from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import fingerprint_of
from continuum.dialects.spec import storage_type
from continuum.dialects.sqlite.text import DEFERRED
from continuum.dialects.sqlite.text import NOW
from continuum.dialects.sqlite.text import PAUSED
from continuum.dialects.sqlite.text import TEXT
from continuum.dialects.sqlite.text import TICK
from continuum.dialects.sqlite.text import create_trigger
from continuum.dialects.sqlite.text import literal
from continuum.dialects.sqlite.text import quote
from continuum.dialects.sqlite.text import refusal
from continuum.dialects.sqlite.text import schema_of


class State:
    """The one-row table that says what the running transaction is, in one database file."""

    def __init__(self, log: LogSpec, schema: str) -> None:
        self.log = log
        self.schema = schema
        self.home = schema == schema_of(log.table.schema)
        self.name = f"{log.prefix}_state"
        self.begin = f"{log.prefix}_begin"
        self.describe = f"{log.prefix}_describe"
        self.table = quote(self.name)
        self.full = f"{quote(schema)}.{self.table}"

    def read(self, expression: str) -> str:
        """Read from the state; columns are qualified with ``s``."""
        return f"(SELECT {expression} FROM {self.table} AS s WHERE s.id = 1)"

    def believed(self, row: str = "s") -> str:
        """A test of a set unit: it belongs to the transaction that is running now."""
        return f"({row}.guard IS NOT NULL OR {DEFERRED})"

    def unknown(self, row: str = "s") -> str:
        """A test that is true when it has to be found out which id to write with."""
        return (
            f"CASE WHEN {row}.unit IS NULL THEN {row}.stamp IS NOT {TICK}"
            f" WHEN {row}.used IS NOT 1 OR {row}.paused IS NOT NULL THEN 1"
            f" WHEN {row}.guard IS NOT NULL THEN 0"
            f" ELSE NOT {DEFERRED} END"
        )

    @property
    def running(self) -> str:
        """The id of the running transaction, as soon as it has one.

        Without a unit that is for no longer than the tick of the clock.
        """
        believed = f"CASE WHEN s.unit IS NULL THEN s.stamp IS {TICK} ELSE {self.believed()} END"
        return self.read(f"CASE WHEN {believed} THEN s.transaction_id END")

    @property
    def known(self) -> str:
        """The id of the running transaction, while it has one that need not be asked for.

        While a table is paused, what it is to write with is not known from the last time, but the
        id itself is.
        """
        believed = (
            f"CASE WHEN s.unit IS NULL THEN s.stamp IS {TICK}"
            f" ELSE s.used = 1 AND {self.believed()} END"
        )
        return self.read(f"CASE WHEN {believed} THEN s.transaction_id END")

    def ask(self, table: str) -> str:
        """Find out the id to write with, into ``current``; that of ``PAUSED`` while paused."""
        return (
            f"UPDATE {self.table} SET asked = {literal(table)}\n"
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
        statements += create_trigger(
            self.schema, self.begin, "AFTER UPDATE OF asked", self.name, fingerprint, "", body
        )  # fmt: skip
        statements.append(f"DROP TRIGGER IF EXISTS {quote(self.schema)}.{quote(self.describe)}")
        if self.home and self.log.columns:
            statements.pop()
            statements += create_trigger(
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
INSERT INTO {quote(self.log.table.name)} ({quote(self.log.issued_at)})
SELECT {NOW} FROM {self.table} AS s
 WHERE s.id = 1 AND s.transaction_id IS NULL AND NOT {self.paused};
UPDATE {self.table} SET transaction_id = CASE WHEN changes() = 1 THEN last_insert_rowid()
    ELSE {refusal("the row of the transaction could not be made")} END
 WHERE id = 1 AND transaction_id IS NULL AND NOT {self.read(self.paused)};
UPDATE {self.table} SET current = CASE WHEN {self.read(self.paused)} THEN {PAUSED}
    ELSE transaction_id END,
  used = CASE WHEN {self.read(self.paused)} OR typeof(NEW.asked) = 'integer' THEN used ELSE 1 END,
  stamp = CASE WHEN unit IS NULL THEN {TICK} END
 WHERE id = 1;
"""

    def _refuse(self) -> str:
        """In a file without the transaction table ids come from SQLAlchemy only."""
        message = (
            f"the transaction table is in another database file than {self.schema}; "
            "its recorded tables can be written to through SQLAlchemy only"
        )
        return f"""
SELECT {refusal(message)}
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
            f"{quote(c.name)} = CASE WHEN json_type(NEW.context, {self._path(c)}) IS NULL"
            f" THEN {quote(c.name)} ELSE {self._value(c)} END"
            for c in self.log.columns
        )
        return (
            f"UPDATE {quote(self.log.table.name)} SET\n  {sets}\n"
            f" WHERE {quote(self.log.table.name)}.{quote(self.log.id)} = NEW.transaction_id;"
        )

    def _path(self, column: ContextColumn) -> str:
        return literal(f'$."{column.key}"')

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
