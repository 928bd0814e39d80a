"""One MetaData with its transaction table and everything that is recorded into it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cached_property
from functools import partial
from typing import Any

from sqlalchemy import Column
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy.orm import Mapper

from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ImproperlyConfigured
from continuum.schema.recorded import RecordedTable


@dataclass(frozen=True)
class Union:
    """The versions of concrete classes that are read together.

    :param version_cls: the class that all of them are.
    :param rows: the union of their version tables, as if it were one.
    """

    version_cls: type[Any]
    rows: RecordedTable


@dataclass(eq=False)
class Journal:
    """The history of one MetaData.

    :param metadata: the user's MetaData, which the generated tables join.
    :param transaction_cls: the Transaction class.
    :param transaction_table: its table.
    :param log: the transaction table as the dialects know it.
    :param recorded: what is recorded, by live table.
    :param parents: model of each version class.
    :param versions: version class of each model.
    :param mappers: what is recorded of each mapped class, in its own table.
    :param levels: the same for all tables of the class, the root first.
    :param unions: by model, the versions of it and its concrete subclasses.
    :param known_columns: the columns that each recorded table had when its version table was made.
    :param homes: mapper whose database a live table is in, of the tables looked up so far.
    :param side_tables: further tables that refer to transactions.
    :param mask_catalog: table with the places of the bits of masks, if a version table has one.
    """

    metadata: MetaData
    transaction_cls: type[Any]
    transaction_table: Table
    log: LogSpec
    recorded: dict[Table, RecordedTable] = field(default_factory=dict)
    versions: dict[type[Any], type[Any]] = field(default_factory=dict)
    parents: dict[type[Any], type[Any]] = field(default_factory=dict)
    mappers: dict[Mapper[Any], RecordedTable] = field(default_factory=dict)
    levels: dict[Mapper[Any], tuple[RecordedTable, ...]] = field(default_factory=dict)
    unions: dict[type[Any], Union] = field(default_factory=dict)
    known_columns: dict[Table, frozenset[Column[Any]]] = field(default_factory=dict)
    homes: dict[Table, Mapper[Any]] = field(default_factory=dict)
    mask_catalog: Table | None = None
    side_tables: list[Table] = field(default_factory=list)

    @cached_property
    def defaults(self) -> dict[str, Callable[[], Any]]:
        """What Python gives to columns of a new transaction row, by attribute."""
        found: dict[str, Callable[[], Any]] = {}
        for column in self.log.columns:
            live = self.transaction_table.c.get(column.name)
            default: Any = None if live is None else live.default
            if default is None:
                continue
            if default.is_callable:
                found[column.key] = partial(default.arg, None)
            elif default.is_scalar:
                found[column.key] = partial(getattr, default, "arg")
        return found

    @property
    def log_tables(self) -> list[Table]:
        """The transaction table, and what else belongs to each transaction."""
        return [self.transaction_table, *self.side_tables]

    def add_side_table(self, table: Table, *columns: str, recorded: bool = False) -> None:
        """Let a table follow when the id of a transaction is renumbered.

        :param columns: names of its columns that hold ids of transactions, first that of the
            transaction which a row belongs to.
        :param recorded: only recorders write to it.
        """
        self.side_tables.append(table)
        self._tell_of(table, columns, recorded=recorded)

    def add_mask_catalog(self, table: Table) -> None:
        """Note the table with the places of the bits of masks."""
        self.mask_catalog = table
        self._tell_of(table, (), recorded=False)

    def _tell_of(self, table: Table, columns: tuple[str, ...], *, recorded: bool) -> None:
        key = tuple(column.name for column in table.primary_key)
        side = SideTable(TableName(table.name, table.schema), columns, key, recorded)
        self.log = replace(self.log, side_tables=(*self.log.side_tables, side))

    def guard(self) -> None:
        """Make the transaction table append-only, as a version table is.

        :raises ImproperlyConfigured: it has no column that could say why history was removed.
        """
        if not any(column.key == "reason" for column in self.log.columns):
            raise ImproperlyConfigured(
                f"append_only needs a column 'reason' in {self.log.table}, that says why history "
                "was removed when it was",
                table=str(self.log.table),
                hint="Use a TransactionFactory with context_columns=True.",
            )
        self.log = replace(self.log, append_only=True)

    def specs(self, *, native: bool) -> list[TriggerSpec]:
        """Return the specs of the tables that triggers record, or of those that they do not.

        :param native: ``True`` for every table not opted out with ``native_versioning=False``.
        """
        return [item.spec(self.log) for item in self.tables(native=native)]

    def tables(self, *, native: bool) -> Iterator[RecordedTable]:
        """Iterate over the tables that triggers record, or over those that they do not."""
        for item in self.recorded.values():
            if (item.options.native_versioning is not False) is native:
                yield item
