"""Statements on the rows of one version table."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

from sqlalchemy.types import Enum

from continuum.dialects.postgresql.log import Log
from continuum.dialects.postgresql.names import ME
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
    """Text of the statements on the history of one live table.

    Methods take the name of the row that a statement is about: ``NEW``, ``OLD``, a record, or an
    alias of the live table.

    :param key: names by which such rows carry the key, when they are rows of another table.
    """

    def __init__(self, spec: TriggerSpec, *, key: tuple[str, ...] | None = None) -> None:
        self.spec = spec
        self.row_key = spec.key if key is None else key
        self.below = tuple(Rows(level, key=self.row_key) for level in spec.lower)
        self.log = Log(spec.log)
        self.live = qualified(spec.table)
        self.history = qualified(spec.version_table)
        self.tx = quote(spec.transaction_column)
        self.end = None if spec.end_column is None else quote(spec.end_column)
        self.operation = quote(spec.operation_column)
        self.inexact_key = tuple(c for c in spec.key_columns if not is_exact(c.type))
        self.equals = "=" if _has_foreign_key(spec) else "OPERATOR(pg_catalog.=)"
        # An operator of an extension's type is found through the search_path of the one who made
        # the triggers; everything else needs no search_path at all.
        self.settings = "\nSET search_path FROM CURRENT" if _needs_search_path(spec) else ""

    # names

    def name(self, kind: str) -> str:
        return shortened(f"continuum_{kind}_", self.spec.version_table.name)

    def function(self, kind: str) -> str:
        return qualified(TableName(self.name(kind), self.spec.version_table.schema))

    # fragments

    def match(self, row: str, alias: str = "h") -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{quote(c.history_name)} {self.equals} {row}.{quote(name)}{as_stored(c)}"
            for c, name in zip(self.spec.key_columns, self.row_key, strict=True)
        )

    def match_live(self, row: str, alias: str) -> str:
        """The live rows with the key of a row."""
        return " AND ".join(
            f"{alias}.{quote(c.name)} {self.equals} {row}.{quote(name)}"
            for c, name in zip(self.spec.key_columns, self.row_key, strict=True)
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

    def is_unchanged(self, row: str, transaction: str) -> str:
        """A test that is true when the object is again as the version at an id has it.

        The history of a hierarchy's root has a version for each transaction that changed the
        object at any level.
        """
        test = self.is_version(row, transaction, equal=True)
        below = "".join(f"\n  AND NOT {level.is_version(row, 'tx')}" for level in self.below)
        return f"({test}{below})" if below else test

    # statements

    def write(self, row: str, operation: int, transaction: str = "tx", end: str = "NULL") -> str:
        """Write a version row."""
        names, values = self.version(row, operation, transaction, end)
        return f"INSERT INTO {self.history} ({', '.join(names)})\nVALUES ({', '.join(values)});"

    def version(
        self, row: str, operation: int | str, transaction: str, end: str
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

    def value(self, column: ColumnSpec, row: str, operation: int | str) -> str:
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
        return f"{self.write(row, 0, '0', 'tx')}\n{complete(self.below, row)}".strip()

    def resume(self, row: str) -> str:
        """Write the old image of a row whose history was interrupted."""
        return f"{self.write(row, 0, 'newest_end', 'tx')}\n{complete(self.below, row)}".strip()

    def gap(self, row: str) -> str:
        """Write the old image of a row whose history has a gap (strategy without an end column)."""
        names, values = self.version(row, 0, "g.id", "NULL")
        return (
            f"IF NOT {self.is_version(row, 'newest_tx', equal=True)} THEN\n"
            f"  INSERT INTO {self.history} ({', '.join(names)})\n"
            f"  SELECT {', '.join(values)}\n"
            f"    FROM (SELECT pg_catalog.max(l.{self.log.id}) AS id FROM {self.log.table} AS l\n"
            f"           WHERE l.{self.log.id} < tx AND l.{self.log.id} > newest_tx) AS g\n"
            f"   WHERE g.id IS NOT NULL;\n"
            f"{indent(complete(self.below, row), 2)}\n"
            f"END IF;"
        )

    def begin_history(self, row: str) -> str:
        """Write the live row with the key of a row of another level, if its history is not open.

        The row is locked: its own changes would write the same version.
        """
        live = self.match_live(row, "c")
        since, still = "0", ""
        if self.end is not None:
            still = f" AND h.{self.end} IS NULL"
            since = (
                f"COALESCE((SELECT pg_catalog.max(h.{self.end}) FROM {self.history} AS h\n"
                f"  WHERE {self.match(row)}), 0)"
            )
        names, values = self.version("c", 0, since, "NULL")
        return f"""
PERFORM FROM {self.live} AS c WHERE {live} FOR NO KEY UPDATE;
INSERT INTO {self.history} ({", ".join(names)})
SELECT {", ".join(values)}
  FROM {self.live} AS c WHERE {live}
   AND NOT EXISTS (SELECT FROM {self.history} AS h WHERE {self.match(row)}{still});
"""

    def interrupt(self, row: str, condition: str = "") -> str:
        """End the open version of a row that changes while recording is paused (rule 9)."""
        if self.end is None:
            return ""
        return f"""
IF newest_tx IS NOT NULL AND newest_end IS NULL{condition} THEN
  tx := {self.log.function("transaction_id")}(true);
{indent(self.in_order(), 2)}
{indent(self.close(row), 2)}
  {self.log.write(f"{ME}::text", "_gaps")}
END IF;
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


def complete(levels: Iterable[Rows], row: str) -> str:
    """Begin the history of the lower levels of an object whose root gets a baseline."""
    return "\n".join(level.begin_history(row).strip() for level in levels)


def _has_foreign_key(spec: TriggerSpec) -> bool:
    return any(not is_builtin(c.type) for c in spec.key_columns)


def _needs_search_path(spec: TriggerSpec) -> bool:
    family = (spec, *spec.lower)
    if spec.root is not None:
        family = (spec, spec.root, *spec.root.lower)
    return any(
        _has_foreign_key(level) or any(c.comparison is not None for c in level.columns)
        for level in family
    )
