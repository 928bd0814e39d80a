"""Statements on the rows of one version table."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.types import Enum

from continuum.dialects.postgresql.log import Log
from continuum.dialects.postgresql.names import as_stored
from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.names import is_builtin
from continuum.dialects.postgresql.names import is_exact
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import shortened
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import storage_type


class Rows:
    """Text of the functions and triggers of one live table."""

    def __init__(self, spec: TriggerSpec) -> None:
        self.spec = spec
        self.log = Log(spec.log)
        self.live = qualified(spec.table)
        self.history = qualified(spec.version_table)
        self.tx = quote(spec.transaction_column)
        self.end = None if spec.end_column is None else quote(spec.end_column)
        self.operation = quote(spec.operation_column)
        self.inexact_key = tuple(c for c in spec.key_columns if not is_exact(c.type))
        # An operator of an extension's type is found through the search_path of the one who made
        # the triggers; everything else needs no search_path at all.
        foreign = any(not is_builtin(c.type) for c in spec.key_columns)
        custom = any(c.comparison is not None for c in spec.columns)
        self.equals = "=" if foreign else "OPERATOR(pg_catalog.=)"
        self.settings = "\nSET search_path FROM CURRENT" if foreign or custom else ""

    # names

    def name(self, kind: str) -> str:
        return shortened(f"continuum_{kind}_", self.spec.version_table.name)

    def function(self, kind: str) -> str:
        return qualified(TableName(self.name(kind), self.spec.version_table.schema))

    # fragments

    def match(self, row: str, alias: str = "h") -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{quote(c.history_name)} {self.equals} {row}.{quote(c.name)}{as_stored(c)}"
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
                f"{old}.{quote(c.history_name if old_is_history else c.name)}{cast}"
                for c, cast in zip(plain, casts, strict=True)
            )
            after = ", ".join(
                f"{new}.{quote(c.name)}{cast}" for c, cast in zip(plain, casts, strict=True)
            )
            # As records, and not as rows that PostgreSQL would compare column by column.
            tests.append(f"ROW({before})::record OPERATOR(pg_catalog.*<>) ROW({after})::record")
        for column in columns:
            if column.comparison is not None:
                a = f"{old}.{quote(column.history_name if old_is_history else column.name)}"
                b = f"{new}.{quote(column.name)}"
                test = column.comparison.replace("{old}", a).replace("{new}", b)
                tests.append(
                    f"CASE WHEN {a} IS NULL OR {b} IS NULL"
                    f" THEN ({a} IS NULL) <> ({b} IS NULL) ELSE ({test}) END"
                )
        return " OR ".join(tests) if tests else "false"

    def moved(self) -> str:
        exact = [c for c in self.spec.key_columns if is_exact(c.type)]
        tests = [f"OLD.{quote(c.name)} IS DISTINCT FROM NEW.{quote(c.name)}" for c in exact]
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
        names = [quote(c.history_name) for c in self.spec.columns]
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
        return f"{row}.{quote(column.name)}"

    def rewrite(self, row: str, operation: str) -> str:
        """Bring the version that this transaction wrote up to date."""
        columns = (*self.inexact_key, *self.spec.value_columns)
        gone = 2 if operation == "2" else 0
        sets = [f"{quote(c.history_name)} = {self.value(c, row, gone)}" for c in columns]
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
{indent(self.ask(), 2)}
  UPDATE {self.history} AS h SET {self.end} = hint
   WHERE {indent(self.proven(), 3).strip()}
     AND h.ctid = (SELECT p.ctid FROM {self.history} AS p
       WHERE {self.match(row, "p")} ORDER BY p.{self.tx} DESC LIMIT 1)
     AND {self.match(row)} AND h.{self.tx} < hint AND h.{self.end} IS NULL{condition};
  IF FOUND THEN
{indent(self.write(row, operation, "hint"), 4)}
    EXIT event;
  END IF;
END IF;
"""

    def write_first(self, row: str) -> str:
        """Write the first version of a key, the usual case of an insertion."""
        names, values = self.version(row, 0, "hint", "NULL")
        return f"""
IF NOT paused THEN
{indent(self.ask(), 2)}
{indent(self.read(row, "newest"), 2)}
  IF newest_tx IS NULL THEN
    INSERT INTO {self.history} ({", ".join(names)})
    SELECT {", ".join(values)}
     WHERE {indent(self.proven(), 5).strip()};
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
        names = [quote(c.history_name) for c in self.spec.columns]
        values = [f"{row}.{quote(c.name)}" for c in self.spec.columns]
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
