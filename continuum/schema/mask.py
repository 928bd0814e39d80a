"""Which bit of a mask stands for which column.

Bits keep their meaning for as long as there is history: a column that comes later gets the next
bit, one that goes keeps its own.  So their places stand in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Insert
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import TableClause
from sqlalchemy import Update
from sqlalchemy import case
from sqlalchemy import column
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy import true
from sqlalchemy import update
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.errors import HistoryNotWritten
from continuum.errors import UnsupportedTable

if TYPE_CHECKING:
    from continuum.dialects.spec import MaskSpec
    from continuum.dialects.spec import TriggerSpec
    from continuum.schema.recorded import RecordedTable

BITS = 63
"""What a signed BIGINT has for flags."""


def make_mask_catalog(transaction_table: Table) -> Table:
    """Return the table with the places of bits, in the MetaData of a transaction table."""
    name = f"{transaction_table.name}_mask"
    return Table(
        name,
        transaction_table.metadata,
        Column("version_table", String(190), primary_key=True),
        Column("column_name", String(190), primary_key=True),
        Column("position", SmallInteger, nullable=False, autoincrement=False),
        schema=transaction_table.schema,
    )


def bit_is_set(recorded: RecordedTable, column: Column[Any], mask: Any) -> ColumnElement[bool]:
    """Return the criterion for versions whose mask says that a column was changed.

    :param column: the live column.
    :param mask: the mask column, of the version table or an alias of it.
    """
    catalog = recorded.mask_catalog
    assert catalog is not None
    position = (
        select(catalog.c.position)
        .where(
            catalog.c.version_table == recorded.version_table.name,
            catalog.c.column_name == column.name,
        )
        .scalar_subquery()
    )
    bit: ColumnElement[int] = mask.bitwise_rshift(position).bitwise_and(literal(1))
    return bit == 1


def places_of_bits(connection: Connection, recorded: RecordedTable) -> dict[str, int]:
    """Return the place of each live column's bit, by the name of the column.

    :param recorded: a table with a mask.
    :raises HistoryNotWritten: a recorded column has none.

    One query.
    """
    places = _assigned(connection, recorded)
    for item in recorded.values:
        if item.live.name not in places:
            raise HistoryNotWritten(
                f"column {item.live.name!r} has no place in the mask of "
                f"{recorded.version_table.name!r}",
                table=recorded.table.fullname,
                column=item.live.name,
                dialect=connection.dialect.name,
                hint="Hand out the places with versioning_manager.install(engine).",
            )
    return places


def all_changed(
    connection: Connection, recorded: RecordedTable
) -> dict[Column[Any], ColumnElement[Any]]:
    """Return the flags, or the mask, of a version that follows none, by column.

    :raises HistoryNotWritten: a recorded column has no place in the mask.

    One query if there is a mask.
    """
    values: dict[Column[Any], ColumnElement[Any]] = {
        item.flag: true() for item in recorded.columns if item.flag is not None
    }
    if recorded.mask_column is not None:
        places = places_of_bits(connection, recorded)
        mask = sum(1 << places[item.live.name] for item in recorded.values)
        values[recorded.mask_column] = literal(mask, BigInteger)
    return values


def _assigned(connection: Connection, recorded: RecordedTable) -> dict[str, int]:
    catalog = recorded.mask_catalog
    assert catalog is not None
    rows = connection.execute(
        select(catalog.c.column_name, catalog.c.position).where(
            catalog.c.version_table == recorded.version_table.name
        ),
        execution_options={INTERNAL: True},
    )
    return {row.column_name: row.position for row in rows}


def positions(spec: TriggerSpec) -> Iterator[Insert]:
    """Iterate over statements that give the columns of a mask their bits, unless they have one.

    One INSERT for each column, which reads nothing back, so that it can stand in a script.

    :param spec: with the real schemas.
    """
    if spec.mask is None:
        return
    catalog = _catalog(spec.mask)
    name = spec.version_table.name
    for item in spec.value_columns:
        # A derived table: MySQL refuses to read the table that an INSERT changes in any other way.
        known = (
            select(
                func.coalesce(func.max(catalog.c.position) + 1, 0).label("position"),
                func.sum(case((catalog.c.column_name == item.name, 1), else_=0)).label("has"),
            )
            .where(catalog.c.version_table == name)
            .subquery("known")
        )
        row = select(literal(name), literal(item.name), known.c.position).where(
            func.coalesce(known.c.has, 0) == 0
        )
        yield insert(catalog).from_select(["version_table", "column_name", "position"], row)


def moved_positions(old: TriggerSpec, new: TriggerSpec) -> Iterator[Update]:
    """Iterate over statements that let bits stand for the columns of a version table's new name.

    :param old: with the real schemas, like the other one.
    """
    if old.mask is None or old.version_table.name == new.version_table.name:
        return
    catalog = _catalog(old.mask)
    yield (
        update(catalog)
        .where(catalog.c.version_table == old.version_table.name)
        .values(version_table=new.version_table.name)
    )


def renamed_position(spec: TriggerSpec, before: str, after: str) -> Iterator[Update]:
    """Iterate over statements that let the bit of a column stand for it by its new name.

    :param spec: with the real schemas.
    """
    if spec.mask is None:
        return
    catalog = _catalog(spec.mask)
    yield (
        update(catalog)
        .where(catalog.c.version_table == spec.version_table.name, catalog.c.column_name == before)
        .values(column_name=after)
    )


def _catalog(mask: MaskSpec) -> TableClause:
    return table(
        mask.catalog.name,
        column("version_table", String),
        column("column_name", String),
        column("position", SmallInteger),
        schema=mask.catalog.schema,
    )


def assign_positions(
    connection: Any, tables: Iterable[RecordedTable], real: Callable[[str | None], str | None]
) -> None:
    """Give each column of tables with a mask its bit, unless it has one.

    :param connection: a Connection, or the mock connection of ``create_mock_engine()``.
    :param real: from declared schema names to real ones.
    :raises UnsupportedTable: more columns than bits.

    Queries: two and one INSERT for each such table.
    """
    for recorded in tables:
        catalog = recorded.mask_catalog
        if catalog is None:
            continue
        known: dict[str, int] = {}
        if isinstance(connection, Connection):
            if not inspect(connection).has_table(catalog.name, schema=real(catalog.schema)):
                continue
            known = _assigned(connection, recorded)
        next_position = max(known.values(), default=-1) + 1
        wanted = [item.live.name for item in recorded.values if item.live.name not in known]
        if next_position + len(wanted) > BITS:
            raise UnsupportedTable(
                f"the history of {recorded.table.fullname!r} has had more than {BITS} columns, "
                "which is what a mask can hold",
                table=recorded.table.fullname,
                hint="Use flags='columns', or exclude columns from history.",
            )
        for offset, name in enumerate(wanted):
            statement = insert(catalog).values(
                version_table=recorded.version_table.name,
                column_name=name,
                position=next_position + offset,
            )
            if isinstance(connection, Connection):
                connection.execute(statement, execution_options={INTERNAL: True})
            else:
                connection.execute(statement)
