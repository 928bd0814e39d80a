"""Which history tables a database lacks, or which columns of them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy import Table
from sqlalchemy import TableClause
from sqlalchemy import false
from sqlalchemy import inspect
from sqlalchemy import literal_column
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.errors import MissingHistory
from continuum.errors import MissingTable
from continuum.schema.recorded import RecordedTable

_HINT = (
    "Add it with a migration (or create_all() for a whole table), and then refresh the triggers "
    "with versioning_manager.install(engine)."
)


_SHOWN = 5
"""Names of missing tables that an error tells; more would hide what it says."""


def absent_tables(
    connection: Connection,
    tables: Iterable[Table],
    real: Callable[[str | None], str | None],
) -> list[Table]:
    """Return those of some tables that do not exist.

    Queries: one catalog query for each schema, and one for each table that is missing.
    """
    inspector = inspect(connection)
    names: dict[str | None, set[str]] = {}
    absent = []
    for table in tables:
        schema = real(table.schema)
        if schema not in names:
            names[schema] = set(inspector.get_table_names(schema=schema))
        # What is no ordinary table, but one of another kind, is not among the names.
        if table.name not in names[schema] and not inspector.has_table(table.name, schema=schema):
            absent.append(table)
    return absent


def missing_tables(connection: Connection, absent: Sequence[Table], of: int) -> MissingTable:
    """Return the error for live tables that do not exist.

    :param absent: they.
    :param of: how many there should be.
    """
    names = sorted(table.fullname for table in absent)
    told = ", ".join(map(repr, names[:_SHOWN]))
    if len(names) > _SHOWN:
        told += f" and {len(names) - _SHOWN} more"
    what = f"the database lacks the table{'s' if len(names) > 1 else ''} {told}"
    if len(names) == of:
        what = f"the database has none of the tables to be recorded: {told}"
    return MissingTable(
        what,
        table=names[0],
        dialect=connection.dialect.name,
        hint="Run the migrations, or metadata.create_all(engine), which creates the triggers too.  "
        "If the tables exist elsewhere, this is another database than that of the application.",
    )


def missing_history(
    connection: Connection,
    recorded: Iterable[RecordedTable],
    log_tables: Sequence[Table],
    real: Callable[[str | None], str | None],
) -> dict[Table, MissingHistory]:
    """Return an error for each live table whose history could not be written.

    A live table that does not exist itself lacks nothing.

    :param recorded: the tables to look at.
    :param log_tables: the transaction table, and what else belongs to each transaction.
    :param real: from declared schema names to real ones.

    Queries: one catalog query for each schema, and one for each table.
    """
    inspector = inspect(connection)
    tables: dict[str | None, set[str]] = {}
    columns: dict[Table, set[str] | None] = {}

    def columns_of(table: Table) -> set[str] | None:
        if table not in columns:
            schema = real(table.schema)
            if schema not in tables:
                tables[schema] = set(inspector.get_table_names(schema=schema))
            columns[table] = None
            if table.name in tables[schema]:
                columns[table] = _column_names(connection, table, schema)
        return columns[table]

    def fault(table: Table, what: str) -> tuple[str, str | None] | None:
        have = columns_of(table)
        if have is None:
            return f"the {what} {table.fullname!r} does not exist", None
        lacking = [column.name for column in table.columns if column.name not in have]
        if not lacking:
            return None
        names = ", ".join(map(repr, lacking))
        plural = "s" if len(lacking) > 1 else ""
        return f"the {what} {table.fullname!r} lacks the column{plural} {names}", lacking[0]

    errors: dict[Table, MissingHistory] = {}
    for item in recorded:
        if columns_of(item.table) is None:
            continue
        found = fault(item.version_table, "version table")
        for table in log_tables:
            found = found or fault(table, "table of the transaction log")
        if found is None and item.mask_catalog is not None:
            found = fault(item.mask_catalog, "table of the mask's bits")
        if found is not None:
            message, column = found
            errors[item.table] = MissingHistory(
                f"changes of {item.table.fullname!r} cannot be recorded: {message}",
                table=item.table.fullname,
                column=column,
                dialect=connection.dialect.name,
                hint=_HINT,
            )
    return errors


def _column_names(connection: Connection, table: Table, schema: str | None) -> set[str]:
    """Return the names of a table's columns.

    Asked of a query that selects nothing: reflection stumbles over types and names that it does
    not know.
    """
    source = TableClause(table.name, schema=schema)
    statement: Select[Any] = select(literal_column("*")).select_from(source).where(false())
    result = connection.execute(
        statement, execution_options={INTERNAL: True, "schema_translate_map": None}
    )
    names = set(result.keys())
    result.close()
    return names
