"""What the versions of a table hold beside the columns of its rows."""

from __future__ import annotations

from dataclasses import replace

from continuum.dialects.expressions import RowExpression
from continuum.dialects.postgresql.names import kept
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.tables import Tables
from continuum.dialects.spec import ColumnSpec


class Additions(Tables):
    """Text of end times, flags, masks and computed columns, and of the kinds of changed objects."""

    @property
    def tracked(self) -> tuple[ColumnSpec, ...]:
        """The columns of which a version says whether it changed them."""
        columns = self.spec.value_columns
        return columns if self.spec.mask else tuple(c for c in columns if c.flag is not None)

    def marks_needed(self) -> bool:
        """Say whether the functions compute flags."""
        return bool(self.tracked)

    def value(self, column: ColumnSpec, row: str, operation: int | str) -> str:
        """The value of a column in a version of a row."""
        if operation == 2 and self.spec.null_delete and column.name not in self.spec.key:
            return "NULL"
        return f"{row}.{quote(column.name)}"

    def rendered(self, expression: RowExpression, row: str, old: str | None = None) -> str:
        """An expression over a row, and the row before it.

        :param old: ``None``: there was none, so all of its columns are null, of their types.
        """

        def before(name: str) -> str:
            if old is None:
                return f"(CASE WHEN false THEN {row}.{quote(name)} END)"
            return f"{old}.{quote(name)}"

        text = expression.render("postgresql", old=before, new=lambda name: f"{row}.{quote(name)}")
        return f"({kept(text)})"

    def ended(self, id_: str) -> str:
        """Set the end of a version, and the time of the transaction that ended it."""
        sets = f"{self.end} = {id_}"
        if self.spec.end_timestamp_column is not None:
            sets += f", {quote(self.spec.end_timestamp_column)} = {self._moment(id_)}"
        return sets

    def _moment(self, id_: str) -> str:
        if id_ == "NULL":
            return id_
        issued_at = quote(self.spec.log.issued_at)
        return f"(SELECT l.{issued_at} FROM {self.log.table} AS l WHERE l.{self.log.id} = {id_})"

    def added(self, row: str, operation: int | str, end: str) -> list[tuple[str, str]]:
        """Names and values of the added columns of a new version."""
        moment = []
        if self.spec.end_timestamp_column is not None:
            moment = [(quote(self.spec.end_timestamp_column), self._moment(end))]
        return [*moment, *self.derived(row, operation)]

    def values(self, row: str, operation: int | str) -> list[tuple[str, str]]:
        """Names and values of all columns of a version that can change while it stays one."""
        columns = self.spec.value_columns
        plain = [(quote(c.history_name), self.value(c, row, operation)) for c in columns]
        return [*plain, *self.derived(row, operation)]

    def derived(self, row: str, operation: int | str) -> list[tuple[str, str]]:
        """Names and values of the added columns that follow the row.

        What a version changed is in ``marks`` (see :meth:`mark`); an INSERT has changed everything.

        :param operation: ``"0"`` for an image that goes on after a gap, in the place of ``0``.
        """
        changed = {
            column.name: "true" if operation == 0 else f"COALESCE(marks.c{place}, true)"
            for place, column in enumerate(self.tracked)
        }
        values = [(quote(c.flag), changed[c.name]) for c in self.tracked if c.flag is not None]
        mask = self.spec.mask
        if mask is not None:
            names = ", ".join(
                literal(name) if test == "true" else f"CASE WHEN {test} THEN {literal(name)} END"
                for name, test in changed.items()
            )
            values.append(
                (
                    quote(mask.column),
                    "(SELECT COALESCE(pg_catalog.bit_or(1::bigint << c.position), 0)"
                    f" FROM {qualified(mask.catalog)} AS c"
                    f" WHERE c.version_table = {literal(self.spec.version_table.name)}"
                    f" AND c.column_name = ANY (ARRAY[{names}]::text[]))",
                )
            )
        values += [(quote(item.name), self.rendered(item.value, row)) for item in self.spec.extra]
        return values

    def mark(
        self,
        row: str,
        operation: int | str,
        transaction: str,
        source: tuple[str, str] | None = None,
    ) -> str:
        """Find out which columns a version of a row changes.

        :param source: FROM and WHERE of the row, when it is an alias of a table.
        """
        if not self.tracked or operation == 0:
            return ""
        tests = []
        for place, column in enumerate(self.tracked):
            exact = replace(column, comparison=None)
            if self.value(column, row, operation) == "NULL":
                test = f"p.{quote(column.history_name)} IS NOT NULL"
            else:
                test = self.differ((exact,), "p", row, old_is_history=True)
            tests.append(f"{test} AS c{place}")
        bound = "" if self.end is None else f" AND p.{self.end} = {transaction}"
        before = (
            f"(SELECT h.* FROM {self.history} AS h\n"
            f"   WHERE {self.newest(row, condition=f' AND h.{self.tx} < {transaction}')}) AS p"
        )
        origin, where = before, ""
        if source is not None:
            origin = f"{source[0]} CROSS JOIN LATERAL {before}"
            where = f"{source[1]} AND "
        return (
            f"SELECT {', '.join(tests)} INTO marks\n  FROM {origin}\n"
            f" WHERE {where}p.{self.operation} <> 2{bound};"
        )

    def note(self, row: str, transaction: str, source: tuple[str, str] | None = None) -> str:
        """Note the kind of object that a version of the running transaction is about.

        :param source: FROM and WHERE of the row, when it is an alias of a table.
        """
        changes = self.spec.changes
        if changes is None or transaction not in ("tx", "hint"):
            return ""
        table = qualified(changes.table)
        id_, entity = quote(changes.transaction_column), quote(changes.entity_column)
        kind = self.rendered(changes.entity, row)
        origin = "\n WHERE" if source is None else f"\n  FROM {source[0]} WHERE {source[1]} AND"
        return (
            f"INSERT INTO {table} ({id_}, {entity})\n"
            f"SELECT {transaction}, {kind}{origin} NOT EXISTS (SELECT FROM {table} AS c\n"
            f"  WHERE c.{id_} = {transaction} AND c.{entity} OPERATOR(pg_catalog.=) {kind});"
        )
