"""What all triggers of one table are made of."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable

from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import storage_type
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import ROWID
from continuum.dialects.sqlite.text import quote
from continuum.dialects.sqlite.text import refusal
from continuum.dialects.sqlite.text import schema_of


class Fragments:
    """Names, tests and lists of columns of one live table and its version table."""

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

    def __init__(
        self, spec: TriggerSpec, with_rowid: Collection[tuple[str, str]] = frozenset()
    ) -> None:
        """Prepare the fragments.

        :param with_rowid: tables (schema and name) that are known to have row ids.
        """
        self.spec = spec
        self.state = State(spec.log, schema_of(spec.table.schema))
        self.live = quote(spec.table.name)
        self.history = quote(spec.version_table.name)
        self.tx = quote(spec.transaction_column)
        self.end = None if spec.end_column is None else quote(spec.end_column)
        self.operation = quote(spec.operation_column)
        self.now = self.state.read("s.current")
        self.keys = tuple(quote(c.history_name) for c in spec.key_columns)
        # Where the key's collation takes different texts for the same key, its text is data too.
        self.loose_key = tuple(
            c for c in spec.key_columns if getattr(storage_type(c.type), "collation", None)
        )
        self.kept = (*self.loose_key, *spec.value_columns)
        self.extra = tuple(quote(item.name) for item in spec.extra)
        self.changing = (*(quote(c.history_name) for c in self.kept), *self.extra)
        self.names = (*(quote(c.history_name) for c in spec.columns), *self.extra)
        taken = {c.history_name.lower() for c in spec.columns}
        free = [name for name in ROWID if name not in taken]
        history = (self.state.schema, spec.version_table.name)
        self.rowid = free[0] if history in with_rowid and free else None

    def match(self, row: str, alias: str) -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{quote(c.history_name)} = {row}.{quote(c.name)}"
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
        return " AND ".join(f"{alias}.{quote(c)} = {row}.{quote(c)}" for c in self.spec.key)

    def differ(
        self, columns: Iterable[ColumnSpec], old: str, new: str, *, versions: str = ""
    ) -> str:
        """A test of two rows that is never null, byte by byte.

        :param versions: which of them are versions: ``"old"``, ``"both"`` or none.
        """
        tests = []
        for column in columns:
            before = f"{old}.{quote(column.history_name if versions else column.name)}"
            after = f"{new}.{quote(column.history_name if versions == 'both' else column.name)}"
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
        message = refusal(
            f"the history of {self.spec.table.name} has transaction ids above that of the running "
            "transaction"
        )
        return f"SELECT {message} WHERE {condition};"

    @property
    def columns(self) -> str:
        """The version table with the columns that are written with a new version."""
        names = [*self.names, self.tx, *([self.end] if self.end else []), self.operation]
        return f"{self.history} ({', '.join(names)})"

    def image(self, row: str) -> list[str]:
        """What a version holds of a live row."""
        return [*(f"{row}.{quote(c.name)}" for c in self.spec.columns), *self.computed(row)]

    def computed(self, row: str) -> list[str]:
        """The values of the user's own version columns, from a live row."""
        return [
            f"({item.value.render('sqlite', old=None, new=lambda name: f'{row}.{quote(name)}')})"
            for item in self.spec.extra
        ]
