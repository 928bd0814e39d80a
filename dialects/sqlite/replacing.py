"""Rows that other clients can replace without any trigger being fired."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.dialects.holes import Hole
from continuum.dialects.spec import TableName


def replaced_unseen(connection: Connection, table: TableName, schema: str | None) -> list[str]:
    """Return which rows go unseen, as a reader's words.

    SQLite fires no DELETE triggers for the rows that ``OR REPLACE`` removes, unless the client sets
    ``PRAGMA recursive_triggers``, as SQLAlchemy's connections do.  A row that is replaced under its
    own key is recorded all the same: its INSERT trigger finds the version.  One that goes because
    another row takes its value of a second unique key leaves a version in force.

    One query.
    """
    keys = connection.exec_driver_sql(
        "SELECT group_concat(c.name, ', ') FROM pragma_index_list(?, ?) AS i,"
        " pragma_index_info(i.name, ?) AS c"
        " WHERE i.\"unique\" AND i.origin <> 'pk' GROUP BY i.name ORDER BY 1",
        (table.name, schema, schema),
        execution_options={INTERNAL: True},
    ).scalars()
    return [
        Hole(
            "rows that INSERT OR REPLACE and UPDATE OR REPLACE remove because another row takes "
            "their value of a second unique key, when a client does so that does not set PRAGMA "
            "recursive_triggers: ",
            f"{table} ({key or 'an expression'})",
        )
        for key in keys
    ]
