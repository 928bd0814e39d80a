"""Which history tables a database lacks, or which columns of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SAWarning

from continuum.errors import MissingHistory
from continuum.schema.recorded import RecordedTable

_HINT = (
    "Add it with a migration (or create_all() for a whole table), and then refresh the triggers "
    "with versioning_manager.install(engine)."
)


def missing_history(
    connection: Connection,
    recorded: Iterable[RecordedTable],
    log_table: Table,
    real: Callable[[str | None], str | None],
) -> dict[Table, MissingHistory]:
    """Return an error for each live table whose history could not be written.

    A live table that does not exist itself lacks nothing.

    :param recorded: the tables to look at.
    :param log_table: the transaction table.
    :param real: from declared schema names to real ones.

    Queries: two catalog queries for each schema.
    """
    inspector = inspect(connection)
    columns: dict[str | None, dict[str, set[str]]] = {}

    def columns_of(table: Table) -> set[str] | None:
        schema = real(table.schema)
        if schema not in columns:
            with warnings.catch_warnings():
                # Only names are of interest here, and other tables may have types that SQLAlchemy
                # does not know.
                warnings.simplefilter("ignore", SAWarning)
                found: dict[Any, Any] = inspector.get_multi_columns(schema=schema)
            columns[schema] = {
                name: {column["name"] for column in items} for (_, name), items in found.items()
            }
        return columns[schema].get(table.name)

    def fault(table: Table, what: str) -> tuple[str, str | None] | None:
        have = columns_of(table)
        if have is None:
            return f"the {what} {table.fullname!r} does not exist", None
        for column in table.columns:
            if column.name not in have:
                return (
                    f"the {what} {table.fullname!r} lacks the column {column.name!r}",
                    column.name,
                )
        return None

    errors: dict[Table, MissingHistory] = {}
    for item in recorded:
        if columns_of(item.table) is None:
            continue
        found = fault(item.version_table, "version table") or fault(log_table, "transaction table")
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
