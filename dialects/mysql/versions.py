"""Statements about the version rows of one live table."""

from __future__ import annotations

from collections.abc import Sequence

from continuum.dialects.mysql.conditions import row_expression
from continuum.dialects.mysql.keeping import while_recording
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.values import equals
from continuum.dialects.mysql.values import is_exact
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TriggerSpec


class Versions:
    """The version rows of one live table, as the triggers of a table see them.

    :param home: schema of the table that the triggers stand on; the live table's, unless said.
    :param row_key: names of the columns of a row (``NEW`` or ``OLD``) that hold the key; those of
        the live table, unless the triggers of another table look at these versions.
    """

    def __init__(
        self, spec: TriggerSpec, *, home: str | None = None, row_key: tuple[str, ...] = ()
    ) -> None:
        self.spec = spec
        self.home = home or spec.table.schema
        self.row_key = row_key or spec.key
        self.log = LogNames(spec.log, self.home)
        self.live = self.log.qualified(spec.table)
        self.history = self.log.qualified(spec.version_table)
        # Not an alias: the servers would name that, and not the table, when the table is missing.
        self.own = quote(spec.version_table.name)
        self.tx = quote(spec.transaction_column)
        self.end = None if spec.end_column is None else quote(spec.end_column)
        self.operation = quote(spec.operation_column)
        self.own_tx = f"{self.own}.{self.tx}"
        self.own_end = f"{self.own}.{self.end}"
        self.own_operation = f"{self.own}.{self.operation}"
        self.inexact_key = tuple(c for c in spec.key_columns if not is_exact(c.type))

    def column(self, column: ColumnSpec) -> str:
        """A column of the version table."""
        return f"{self.own}.{quote(column.history_name)}"

    def match(self, row: str) -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{self.column(column)} = {row}.{quote(name)}"
            for column, name in zip(self.spec.key_columns, self.row_key, strict=True)
        )

    def match_live(self, row: str) -> str:
        """The live rows, named ``c``, that have a row's key."""
        return " AND ".join(
            f"c.{quote(column.name)} = {row}.{quote(name)}"
            for column, name in zip(self.spec.key_columns, self.row_key, strict=True)
        )

    def equal(
        self, columns: Sequence[ColumnSpec], old: str, new: str, *, old_is_history: bool = False
    ) -> str:
        """A test whether none of these columns differs."""
        tests = [
            equals(
                column,
                f"{old}.{quote(column.history_name if old_is_history else column.name)}",
                f"{new}.{quote(column.name)}",
            )
            for column in columns
        ]
        return " AND ".join(tests) if tests else "TRUE"

    def differ(self, columns: Sequence[ColumnSpec], old: str, new: str) -> str:
        """A test whether any of these columns differs."""
        return f"NOT ({self.equal(columns, old, new)})"

    def value(self, column: ColumnSpec, row: str, operation: int) -> str:
        """What a version holds of a row's column."""
        if operation == 2 and self.spec.null_delete and column.name not in self.spec.key:
            return "NULL"
        return f"{row}.{quote(column.name)}"

    def write(self, row: str, operation: int, transaction: str = "tx", end: str = "NULL") -> str:
        """Write a version row."""
        values = [self.value(c, row, operation) for c in self.spec.columns]
        values += self.points(transaction, end, str(operation))
        values += [value for _, value in self.extra(row)]
        source = f"INSERT INTO {self.columns}\nVALUES ({', '.join(values)});"
        return source + self.note(row) if transaction == "tx" else source

    @property
    def columns(self) -> str:
        """The version table with the columns that are written."""
        names = [quote(c.history_name) for c in self.spec.columns]
        names += [self.tx] if self.end is None else [self.tx, self.end]
        names += [self.operation, *(quote(column.name) for column in self.spec.extra)]
        return f"{self.history} ({', '.join(names)})"

    def extra(self, row: str) -> list[tuple[str, str]]:
        """Further columns of the version table, with their values."""
        return [
            (f"{self.own}.{quote(column.name)}", row_expression(column.value, old=None, new=row))
            for column in self.spec.extra
        ]

    def note(self, row: str) -> str:
        """Note the kind of object that this transaction has changed, once.

        A plain read is enough to know what the transaction itself has noted; it locks nothing.
        """
        changes = self.spec.changes
        if changes is None:
            return ""
        entity = row_expression(changes.entity, old=None, new=row)
        return self._noted(changes, f"SET entity = {entity};")

    def note_copied(self, row: str) -> str:
        """Note the kind of the live object that has a row's key."""
        changes = self.spec.changes
        if changes is None:
            return ""
        entity = row_expression(changes.entity, old=None, new="c")
        return self._noted(
            changes,
            f"SELECT {entity} INTO entity FROM {self.live} AS c\n"
            f" WHERE {self.match_live(row)} LOCK IN SHARE MODE;",
        )

    def _noted(self, changes: ChangesSpec, find: str) -> str:
        table = self.log.qualified(changes.table)
        tx, name = quote(changes.transaction_column), quote(changes.entity_column)
        return f"""
{find}
SELECT COUNT(*) INTO noted FROM {table} AS n
 WHERE n.{tx} = tx AND CAST(CONVERT(n.{name} USING utf8mb4) AS BINARY) = CAST(entity AS BINARY);
IF noted = 0 AND entity IS NOT NULL THEN
  INSERT INTO {table} ({tx}, {name}) VALUES (tx, entity);
END IF;"""

    def points(self, transaction: str, end: str, operation: str) -> list[str]:
        """Values of a version's own columns."""
        return [transaction, *([] if self.end is None else [end]), operation]

    def copy(self, row: str, operation: str, transaction: str = "tx", end: str = "NULL") -> str:
        """Write a version of the live row that has a row's key, as it is now."""
        values = [f"c.{quote(c.name)}" for c in self.spec.columns]
        values += self.points(transaction, end, operation)
        values += [value for _, value in self.extra("c")]
        source = (
            f"INSERT INTO {self.columns}\nSELECT {', '.join(values)}\n"
            f"  FROM {self.live} AS c WHERE {self.match_live(row)} LOCK IN SHARE MODE;"
        )
        return source + self.note_copied(row) if transaction == "tx" else source

    def change(self, statement: str) -> str:
        """Change or remove versions that exist."""
        return while_recording(self.log, statement) if self.spec.append_only else statement

    def end_guessed(self, row: str, condition: str) -> tuple[str, str]:
        """End the guessed version, if it is open; then a test that is true when it was.

        :param condition: what else has to be true of it.
        """
        statement = (
            f"UPDATE {self.history} SET {self.own_end} = tx\n"
            f" WHERE {self.match(row)} AND {self.own_tx} = newest_tx\n"
            f"   AND {self.own_end} IS NULL{condition};"
        )
        if self.spec.append_only:
            return while_recording(self.log, statement, found="same"), "same = 1"
        return statement, "ROW_COUNT() = 1"

    def rewrite(self, row: str, operation: int) -> str:
        """Bring the version that this transaction wrote up to date."""
        columns = (*self.inexact_key, *self.spec.value_columns)
        sets = [f"{self.column(c)} = {self.value(c, row, operation)}" for c in columns]
        sets.append(f"{self.own_operation} = {operation}")
        sets += [f"{name} = {value}" for name, value in self.extra(row)]
        statement = (
            f"UPDATE {self.history} SET {', '.join(sets)}\n"
            f" WHERE {self.match(row)} AND {self.own_tx} = tx;"
        )
        return f"{self.change(statement)}{self.note(row)}"

    def close(self, row: str, end: str = "tx") -> str:
        """End the newest version, or open it again."""
        if self.end is None:
            return ""
        return self.change(
            f"UPDATE {self.history} SET {self.own_end} = {end}\n"
            f" WHERE {self.match(row)} AND {self.own_tx} = newest_tx;"
        )

    def forget(self, row: str) -> str:
        """Take back what this transaction wrote; its predecessor is open again."""
        source = f"DELETE FROM {self.history}\n WHERE {self.match(row)} AND {self.own_tx} = tx;"
        if self.end is not None:
            source += (
                f"\nUPDATE {self.history} SET {self.own_end} = NULL\n"
                f" WHERE {self.match(row)} AND {self.own_tx} = before_tx AND {self.own_end} = tx;"
            )
        return self.change(source)

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

    def read_compared(self, row: str) -> str:
        """Read the newest version, without an end; set ``same``: whether it equals the row."""
        columns = (*self.inexact_key, *self.spec.counting_columns)
        return (
            f"SELECT {self.own_tx}, {self.own_operation},"
            f" {self.equal(columns, self.own, row, old_is_history=True)}\n"
            f"  INTO newest_tx, newest_op, same\n"
            f"  FROM {self.history} WHERE {self.match(row)}\n"
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

    def before(self, row: str) -> str:
        """Read what the transaction found before it wrote, in place of the newest version.

        Variables are made for each row, whether it needs them or not: as few as possible.
        """
        if self.end is None:
            return (
                f"SELECT {self.own_tx}, {self.own_operation} INTO before_tx, newest_op\n"
                f"  FROM {self.history} WHERE {self.match(row)} AND {self.own_tx} < tx\n"
                f" ORDER BY {self.own_tx} DESC LIMIT 1 FOR UPDATE;"
            )
        # Only a version that this transaction has ended counts, and that its snapshot shows.
        return f"""
SELECT MAX({self.own_tx}) INTO before_tx FROM {self.history}
 WHERE {self.match(row)} AND {self.own_tx} < tx;
IF before_tx IS NOT NULL THEN
{indent(self.read_version(row, "before_tx"), 2)}
END IF;
"""

    def read_version(self, row: str, transaction: str) -> str:
        """Read one version, which exists."""
        end = "" if self.end is None else f"{self.own_end}, "
        into = "" if self.end is None else "newest_end, "
        return (
            f"SELECT {end}{self.own_operation} INTO {into}newest_op\n"
            f"  FROM {self.history} WHERE {self.match(row)} AND {self.own_tx} = {transaction};"
        )

    def compare(self, row: str, transaction: str) -> str:
        """Set ``same``: whether a version equals the row."""
        columns = (*self.inexact_key, *self.spec.counting_columns)
        equal = self.equal(columns, self.own, row, old_is_history=True)
        return (
            f"SELECT COUNT(*) INTO same FROM {self.history}\n"
            f" WHERE {self.match(row)} AND {self.own_tx} = {transaction}\n"
            f"   AND {equal}\n   FOR UPDATE;"
        )

    def present_before(self) -> str:
        """True when the row was there before this transaction (after reading ``before``)."""
        end = "" if self.end is None else " AND newest_end = tx"
        return f"before_tx IS NOT NULL AND newest_op <> 2{end}"

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

    def count_alive(self, row: str, *, equal: bool = False) -> str:
        """Set ``same`` to the number of live rows that have a row's key (and its values).

        A plain read, for the table that a trigger stands on cannot be locked; it shows what the
        statement itself has done.
        """
        test = self.match_live(row)
        if equal:
            columns = (*self.inexact_key, *self.spec.counting_columns)
            test += f"\n   AND {self.equal(columns, 'c', row)}"
        return f"SELECT COUNT(*) INTO same FROM {self.live} AS c\n WHERE {test};"
