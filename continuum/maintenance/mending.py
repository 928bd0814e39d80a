"""Versions for what happened past the recorders, made by a transaction of today."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import exists
from sqlalchemy import literal
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum.maintenance.comparing import execute
from continuum.maintenance.flags import update_mask
from continuum.maintenance.flags import update_property_mod_flags
from continuum.operation import Operation
from continuum.recording.kinds import note_kinds_of
from continuum.schema.kept import kept_values
from continuum.schema.kept import live_column
from continuum.schema.recorded import RecordedTable


def write_versions(
    connection: Connection,
    recorded: RecordedTable,
    rows: Select[Any],
    operation: Operation,
    number: int,
) -> int:
    """Write a version for each of some rows; return how many.

    :param rows: select for live rows; for a deletion, for the versions that know nothing of it.
    :param operation: kind of the versions.
    :param number: id of the transaction that makes them.

    Two statements at most.  The versions before are not ended, and flags are not filled.
    """
    values: dict[Column[Any], ColumnElement[Any]]
    named: Callable[[str], ColumnElement[Any]]
    if operation is Operation.DELETE:
        # What the newest version knew is the last that is known.
        before = rows.get_final_froms()[0]
        last = {item.live.name: before.c[item.version.key] for item in recorded.columns}
        nulled = recorded.options.null_delete
        values = {
            item.version: null()
            if nulled and item.live not in recorded.key
            else last[item.live.name]
            for item in recorded.columns
        }
        values |= {column: before.c[column.key] for column, _ in recorded.extra}
        named = last.__getitem__
    else:
        values = dict(kept_values(recorded))
        named = partial(live_column, recorded)
    if recorded.root is None:
        note_kinds_of(connection, recorded, rows, named, number)
    values[recorded.transaction_column] = literal(number, BigInteger)
    values[recorded.operation_column] = literal(int(operation))
    chosen = rows.with_only_columns(
        *(value.label(f"v{place}") for place, value in enumerate(values.values())),
        maintain_column_froms=True,
    )
    if recorded.duplicates:
        chosen = chosen.distinct()
    # A derived table: MySQL refuses to read the table that it inserts into in any other way.
    found = chosen.subquery("rows")
    result = execute(
        connection, recorded.version_table.insert().from_select(list(values), select(*found.c))
    )
    return int(result.rowcount)


def write_roots(
    connection: Connection,
    root: RecordedTable,
    level: RecordedTable,
    among: ColumnElement[bool],
    number: int,
) -> None:
    """Write the versions of the root for living objects that got one at a lower level only.

    :param among: criterion for the live rows of the root.
    """
    below = level.version_table.alias("below")
    own = root.version_table.alias("own")

    def has_version(rows: Any, recorded: RecordedTable) -> ColumnElement[bool]:
        return (
            exists()
            .where(
                *(
                    rows.c[theirs.key] == mine
                    for mine, theirs in zip(root.key, recorded.version_key, strict=True)
                ),
                rows.c[recorded.transaction_column.key] == number,
            )
            .select_from(rows)
        )

    rows = select(root.table).where(among, has_version(below, level), ~has_version(own, root))
    write_versions(connection, root, rows, Operation.UPDATE, number)


def fill_flags(connection: Connection, recorded: RecordedTable, number: int) -> None:
    """Let the flags, or the mask, of the versions that a transaction made say what they changed."""
    if recorded.mask_column is not None:
        update_mask(connection, recorded, number)
        return
    flagged = [column for column in recorded.values if column.flag is not None]
    update_property_mod_flags(
        recorded.version_table,
        [column.version.key for column in flagged],
        mod_suffix=recorded.options.flag_suffix,
        tx_column_name=recorded.transaction_column.key,
        operation_type_column_name=recorded.operation_column.key,
        conn=connection,
        transaction_id=number,
    )
