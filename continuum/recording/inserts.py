"""Which keys an INSERT makes: told by its values, by the database, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from enum import Enum
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Insert
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.engine import CursorResult

from continuum.dialects.base import INTERNAL
from continuum.errors import UnsupportedStatement
from continuum.recording import dml
from continuum.recording.capture import Capture
from continuum.recording.dml import Given
from continuum.recording.images import Key
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.schema.recorded import RecordedTable


class Source(Enum):
    """Where the keys of the new rows come from."""

    KNOWN = "they were known before"
    PRIMARY_KEYS = "SQLAlchemy's own account of the primary keys"
    PARAMETERS = "the parameters that were sent, Python defaults included"
    RETURNED = "rows that the recorder asked for"
    SHARED = "rows that the user asked for"
    UNIQUE = "the rows that have the values of a unique constraint now"


@dataclass(eq=False)
class InsertedKeys:
    """How to find the rows of one INSERT once it has run.

    :param keys: what is known already: keys, or values of a unique constraint.
    :param columns: the columns of that constraint.
    :param generated: the database makes up the keys.
    :param conflicting: some of the rows may not have been inserted.
    """

    capture: Capture
    source: Source
    keys: list[Key] = field(default_factory=list)
    columns: tuple[Column[Any], ...] = ()
    generated: bool = False
    conflicting: bool = False

    def found(self, connection: Connection, result: CursorResult[Any]) -> list[Key]:
        """Return the keys of the rows that there are now.

        :raises UnsupportedStatement: they are not known after all.
        """
        recorded = self.capture.images.recorded
        context: Any = result.context
        match self.source:
            case Source.KNOWN:
                keys = self.keys
            case Source.PRIMARY_KEYS:
                order = [
                    list(recorded.table.primary_key.columns).index(column)
                    for column in recorded.key
                ]
                keys = [
                    tuple(row[position] for position in order)
                    for row in context.inserted_primary_key_rows
                ]
            case Source.PARAMETERS:
                keys = [
                    tuple(parameters.get(column.key) for column in recorded.key)
                    for parameters in context.compiled_parameters
                ]
            case Source.RETURNED | Source.SHARED:
                rows = result.all()
                keys = [tuple(row._mapping[column] for column in recorded.key) for row in rows]
                if self.source is Source.SHARED:
                    result._rewind(rows)
            case Source.UNIQUE:
                keys = []
                for some in chunks(self.keys):
                    found = connection.execute(
                        select(*recorded.key).where(
                            any_of(self.columns, some, connection.dialect.name)
                        ),
                        execution_options={INTERNAL: True},
                    )
                    keys += [tuple(row) for row in found.all()]
        if any(part is None for key in keys for part in key):
            raise _unknown(recorded, connection.dialect.name)
        return keys


def plan(
    connection: Connection,
    capture: Capture,
    statement: Insert,
    parameters: Sequence[Mapping[str, Any]],
) -> tuple[Insert, InsertedKeys]:
    """Look at the rows that an INSERT may change, and find a way to the keys of the new ones.

    :returns: the statement to execute in its place, and that way.
    :raises UnsupportedStatement: there is none.

    No query for a plain INSERT; one for each unique constraint of one that may meet conflicts.
    """
    recorded = capture.images.recorded
    table = recorded.table
    blocks = dml.rows_of(statement, table)
    conflicting = dml.conflicting(statement)
    if statement.select is not None:
        if conflicting:
            raise UnsupportedStatement(
                f"INSERT .. SELECT into {table.fullname!r} that may meet existing rows: the ORM "
                "recorder cannot tell which",
                table=table.fullname,
                dialect=connection.dialect.name,
                hint="Select the rows first and insert them with values, or record the table with "
                "triggers.",
            )
        return _from_select(connection, capture, statement)
    rows = _given_rows(statement, recorded, blocks, parameters)
    if conflicting:
        _look_at_conflicts(connection, capture, statement, rows)
    keys = [tuple(row.get(column, Given.ABSENT) for column in recorded.key) for row in rows]
    if all(not _is_open(part) for key in keys for part in key):
        return statement, InsertedKeys(capture, Source.KNOWN, keys=keys)
    if conflicting:
        for columns in dml.unique_columns(table, recorded.key)[1:]:
            values = [tuple(row.get(column, Given.ABSENT) for column in columns) for row in rows]
            if all(not _is_open(part) for value in values for part in value):
                return statement, InsertedKeys(capture, Source.UNIQUE, keys=values, columns=columns)
    generated = any(column is table.autoincrement_column for column in recorded.key)
    returning = tuple(statement.exported_columns)
    if returning:
        if not _covers(statement, recorded):
            raise UnsupportedStatement(
                f"INSERT .. RETURNING into {table.fullname!r} returns no keys, without which "
                "the ORM recorder does not find the new rows",
                table=table.fullname,
                dialect=connection.dialect.name,
                hint=f"Add the key to returning(): {_names(recorded)}.",
            )
        return statement, InsertedKeys(capture, Source.SHARED, generated=generated)
    if blocks is None and set(recorded.key) <= set(table.primary_key.columns):
        by_python = all(
            not _is_open(part) or _python_default(column)
            for key in keys
            for column, part in zip(recorded.key, key, strict=True)
        )
        if len(rows) > 1 and not by_python and not statement._return_defaults:
            if not connection.dialect.insert_executemany_returning:
                raise _unknown(recorded, connection.dialect.name)
            statement = statement.return_defaults(*recorded.key)
        return statement, InsertedKeys(capture, Source.PRIMARY_KEYS, generated=generated)
    if (
        blocks is None
        and not conflicting
        and all(
            not _is_open(part) or _python_default(column)
            for key in keys
            for column, part in zip(recorded.key, key, strict=True)
        )
    ):
        return statement, InsertedKeys(capture, Source.PARAMETERS)
    if not connection.dialect.insert_returning:
        raise _unknown(recorded, connection.dialect.name)
    return (
        statement.returning(*recorded.key),
        InsertedKeys(capture, Source.RETURNED, generated=generated),
    )


def _from_select(
    connection: Connection, capture: Capture, statement: Insert
) -> tuple[Insert, InsertedKeys]:
    recorded = capture.images.recorded
    if tuple(statement.exported_columns):
        if not _covers(statement, recorded):
            raise _unknown(recorded, connection.dialect.name)
        return statement, InsertedKeys(capture, Source.SHARED)
    if connection.dialect.insert_returning:
        return statement.returning(*recorded.key), InsertedKeys(capture, Source.RETURNED)
    names = [str(getattr(name, "key", name)) for name in statement._select_names or ()]
    if statement.select is None or any(column.key not in names for column in recorded.key):
        raise _unknown(recorded, connection.dialect.name)
    source = statement.select.subquery()
    columns = list(source.columns)
    found = connection.execute(
        select(*(columns[names.index(column.key)] for column in recorded.key)),
        execution_options={INTERNAL: True},
    )
    return statement, InsertedKeys(capture, Source.KNOWN, keys=[tuple(row) for row in found.all()])


def _given_rows(
    statement: Insert,
    recorded: RecordedTable,
    blocks: list[dict[Column[Any], Any]] | None,
    parameters: Sequence[Mapping[str, Any]],
) -> list[dict[Column[Any], Any]]:
    """Return what is known of each new row before the statement runs."""
    if blocks is not None:
        return [
            {column: dml.plain_value(value, parameters[0]) for column, value in row.items()}
            for row in blocks
        ]
    values = dml.assigned(statement, recorded.table)
    columns = set(recorded.key)
    if dml.conflicting(statement):
        columns.update(*dml.unique_columns(recorded.table, recorded.key))
    return [
        {column: dml.given_value(values, column, given) for column in columns}
        for given in parameters
    ]


def _look_at_conflicts(
    connection: Connection,
    capture: Capture,
    statement: Insert,
    rows: Sequence[Mapping[Column[Any], Any]],
) -> None:
    """Look at the rows that stand in the way of new ones, whatever constraint says so."""
    recorded = capture.images.recorded
    replacing = dml.replacing(statement)
    moved = dml.moved_by_conflict(statement, recorded.key)
    if moved is not None:
        raise _unseen(recorded, connection, f"sets the key column {moved.name!r} of existing rows")
    if dml.has_unique_expression(recorded.table):
        raise _unseen(recorded, connection, "can meet a unique index on an expression")
    for columns in dml.unique_columns(recorded.table, recorded.key):
        values = [tuple(row.get(column, Given.ABSENT) for column in columns) for row in rows]
        for column in columns:
            if column not in recorded.key and any(_made_later(column, row) for row in rows):
                raise _unseen(
                    recorded,
                    connection,
                    f"can meet rows by {column.name!r}, whose new value is made by the statement",
                )
        wanted = dict.fromkeys(
            value for value in values if not any(_is_open(part) for part in value)
        )
        if columns == recorded.key:
            capture.look(connection, list(wanted), lock="key")
            looked = list(wanted)
        else:
            looked = []
            for some in chunks(list(wanted)):
                found = capture.images.matching(
                    connection,
                    any_of(columns, some, connection.dialect.name),
                    {},
                    lock="key",
                )
                capture.add([row for row, _ in found])
                looked += [row.key for row, _ in found]
        if replacing:
            capture.look_at_versions(connection, looked)


def _made_later(column: Column[Any], row: Mapping[Column[Any], Any]) -> bool:
    """Say whether a value of a new row exists, but is not known beforehand."""
    value = row.get(column, Given.ABSENT)
    if value is Given.ABSENT:
        return column.default is not None or column.server_default is not None
    return value is Given.UNKNOWN


def _unseen(recorded: RecordedTable, connection: Connection, reason: str) -> UnsupportedStatement:
    return UnsupportedStatement(
        f"INSERT into {recorded.table.fullname!r} {reason}: the ORM recorder cannot tell which "
        "rows it changes",
        table=recorded.table.fullname,
        dialect=connection.dialect.name,
        hint="Give such values plainly and leave the key alone, or record the table with triggers.",
    )


def _is_open(value: Any) -> bool:
    return value is None or isinstance(value, Given)


def _python_default(column: Column[Any]) -> bool:
    default = column.default
    return default is not None and (default.is_scalar or default.is_callable)


def _covers(statement: Insert, recorded: RecordedTable) -> bool:
    """Say whether the rows that a statement returns contain the key."""
    returned = {hash(column) for column in statement.exported_columns}
    return all(hash(column) in returned for column in recorded.key)


def _names(recorded: RecordedTable) -> str:
    return ", ".join(repr(column.name) for column in recorded.key)


def _unknown(recorded: RecordedTable, dialect: str) -> UnsupportedStatement:
    return UnsupportedStatement(
        f"INSERT into {recorded.table.fullname!r}: the database makes keys that the ORM recorder "
        "cannot learn",
        table=recorded.table.fullname,
        dialect=dialect,
        hint=f"Give the values of {_names(recorded)}, insert the rows one by one or with "
        "session.add_all(), or record the table with triggers.",
    )
