"""Statements on the rows of one version table."""

from __future__ import annotations

from collections.abc import Iterable

from continuum.dialects.postgresql.additions import Additions
from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.names import join
from continuum.dialects.postgresql.names import quote
from continuum.dialects.spec import TriggerSpec


class Rows(Additions):
    """Text of the statements on the history of one live table."""

    def __init__(self, spec: TriggerSpec, *, key: tuple[str, ...] | None = None) -> None:
        super().__init__(spec, key=key)
        self.below = tuple(Rows(level, key=self.row_key) for level in spec.lower)

    def is_unchanged(self, row: str, transaction: str) -> str:
        """A test that is true when the object is again as the version at an id has it.

        The history of a hierarchy's root has a version for each transaction that changed the
        object at any level.
        """
        test = self.is_version(row, transaction, equal=True)
        below = "".join(f"\n  AND NOT {level.is_version(row, 'tx')}" for level in self.below)
        return f"({test}{below})" if below else test

    def write(
        self, row: str, operation: int | str, transaction: str = "tx", end: str = "NULL"
    ) -> str:
        """Write a version row."""
        names, values = self.version(row, operation, transaction, end)
        return join(
            self.mark(row, operation, transaction),
            f"INSERT INTO {self.history} ({', '.join(names)})\nVALUES ({', '.join(values)});",
            self.note(row, transaction),
        )

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
        for name, value in self.added(row, operation, end):
            names.append(name)
            values.append(value)
        names.append(self.operation)
        values.append(str(operation))
        return names, values

    def rewrite(self, row: str, operation: int) -> str:
        """Bring the version that this transaction wrote up to date."""
        columns = self.inexact_key
        sets = [f"{quote(c.history_name)} = {self.value(c, row, operation)}" for c in columns]
        sets += [f"{name} = {value}" for name, value in self.values(row, operation)]
        sets.append(f"{self.operation} = {operation}")
        return join(
            self.mark(row, operation, "tx"),
            f"UPDATE {self.history} AS h SET {', '.join(sets)}\n"
            f" WHERE {self.match(row)} AND h.{self.tx} = tx;",
            self.note(row, "tx"),
        )

    def close(self, row: str) -> str:
        """End the newest version, which is open and not of this transaction."""
        if self.end is None:
            return ""
        return (
            f"UPDATE {self.history} AS h SET {self.ended('tx')}\n"
            f" WHERE {self.match(row)} AND h.{self.tx} = newest_tx;"
        )

    def close_and_write(self, row: str, operation: int) -> str:
        return f"{self.close(row)}\n{self.write(row, operation)}".strip()

    def forget(self, row: str) -> str:
        """Take back what this transaction wrote; its predecessor is open again."""
        source = f"DELETE FROM {self.history} AS h\n WHERE {self.match(row)} AND h.{self.tx} = tx;"
        if self.end is not None:
            source += (
                f"\nUPDATE {self.history} AS h SET {self.ended('NULL')}\n"
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
            f"  FROM {self.history} AS h WHERE {self.newest(row, condition=condition)};"
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
        # As text, because it changes what it has other than the version before the gap.
        source = self.write(row, "0", "newest_end", "tx")
        return f"{source}\n{complete(self.below, row)}".strip()

    def gap(self, row: str) -> str:
        """Write the old image of a row whose history has a gap (strategy without an end column)."""
        names, values = self.version(row, "0", "g.id", "NULL")
        marks = self.mark(row, "0", "tx")
        return (
            f"IF NOT {self.is_version(row, 'newest_tx', equal=True)} THEN\n"
            f"{indent(marks, 2) + chr(10) if marks else ''}"
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
            f"UPDATE {self.history} AS h SET {self.ended('NULL')}\n"
            f" WHERE {self.match(row)} AND h.{self.tx} = newest_tx;"
        )


def complete(levels: Iterable[Rows], row: str) -> str:
    """Begin the history of the lower levels of an object whose root gets a baseline."""
    return "\n".join(level.begin_history(row).strip() for level in levels)
