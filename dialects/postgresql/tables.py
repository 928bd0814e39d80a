"""Names and tests."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.types import Enum

from continuum.dialects.expressions import RowExpression
from continuum.dialects.postgresql.log import Log
from continuum.dialects.postgresql.names import PROTECTION
from continuum.dialects.postgresql.names import as_stored
from continuum.dialects.postgresql.names import is_builtin
from continuum.dialects.postgresql.names import is_exact
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import shortened
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import storage_type


class Tables:
    """Names of one live table and its history, and tests on their rows.

    Methods take the name of a row: ``NEW``, ``OLD``, a record, or an alias of the live table.

    :param key: names by which such rows carry the key, when they are rows of another table.
    """

    def __init__(self, spec: TriggerSpec, *, key: tuple[str, ...] | None = None) -> None:
        self.spec = spec
        self.row_key = spec.key if key is None else key
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
        if spec.log.protected:
            self.settings = f"\nSECURITY DEFINER{self.settings}" if self.settings else PROTECTION
        if any("\\" in item.text for level in _family(spec) for item in _expressions(level)):
            # Their literals are written for it.
            self.settings += "\nSET standard_conforming_strings TO on"

    def name(self, kind: str) -> str:
        """The name of one of the functions of the live table."""
        return shortened(f"continuum_{kind}_", self.spec.version_table.name)

    def function(self, kind: str) -> str:
        return qualified(TableName(self.name(kind), self.spec.version_table.schema))

    def match(self, row: str, alias: str = "h") -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{quote(c.history_name)} {self.equals} {row}.{quote(name)}{as_stored(c)}"
            for c, name in zip(self.spec.key_columns, self.row_key, strict=True)
        )

    def newest(self, row: str, alias: str = "h", condition: str = "") -> str:
        """Conditions and order by which the newest version of a live row is found.

        The last column of the key is compared twice, so that its order counts.  After an equality
        it would not, and the index on the transaction alone would be in order too: where few rows
        have most of the versions, PostgreSQL would search it through for a row that has none.
        """
        names = list(zip(self.spec.key_columns, self.row_key, strict=True))
        tests = [
            f"{alias}.{quote(c.history_name)} {self.equals} {row}.{quote(name)}{as_stored(c)}"
            for c, name in names[:-1]
        ]
        last, name = names[-1]
        column = f"{alias}.{quote(last.history_name)}"
        for operator in (">=", "<="):
            test = operator if self.equals == "=" else f"OPERATOR(pg_catalog.{operator})"
            tests.append(f"{column} {test} {row}.{quote(name)}{as_stored(last)}")
        return (
            f"{' AND '.join(tests)}{condition}"
            f"\n ORDER BY {column} DESC, {alias}.{self.tx} DESC LIMIT 1"
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


def _has_foreign_key(spec: TriggerSpec) -> bool:
    return any(not is_builtin(c.type) for c in spec.key_columns)


def _needs_search_path(spec: TriggerSpec) -> bool:
    return any(
        _has_foreign_key(level)
        or any(column.comparison is not None for column in level.columns)
        or bool(_expressions(level))
        for level in _family(spec)
    )


def _expressions(spec: TriggerSpec) -> list[RowExpression]:
    """Return the user's own SQL, which can name functions and operators of any schema."""
    found = [extra.value for extra in spec.extra]
    if spec.when is not None:
        found.append(spec.when)
    if spec.changes is not None and any(spec.changes.entity.columns()):
        found.append(spec.changes.entity)
    return found


def _family(spec: TriggerSpec) -> tuple[TriggerSpec, ...]:
    """Return all whose history the triggers of a table write."""
    if spec.root is not None:
        return (spec, spec.root, *spec.root.lower)
    return (spec, *spec.lower)
