"""Flags for versions that were written without them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Subquery
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.operation import Operation
from continuum.reading.exact import Identical
from continuum.schema.connections import connection_of
from continuum.schema.mask import places_of_bits
from continuum.schema.recorded import RecordedTable


def update_property_mod_flags(
    table: Table,
    tracked_columns: Iterable[str],
    mod_suffix: str = "_mod",
    end_tx_column_name: str = "end_transaction_id",
    tx_column_name: str = "transaction_id",
    conn: Any = None,
    operation_type_column_name: str = "operation_type",
    transaction_id: int | None = None,
) -> int:
    """Let the flags of all versions say what each of them changed.

    For a history that gets flags later; the columns have to be there.  A version that follows none,
    or a DELETE, changed every column.

    :param table: the version table.
    :param tracked_columns: names of the columns that have a flag.
    :param mod_suffix: what the name of a flag adds to that of its column.
    :param end_tx_column_name: accepted for compatibility; the order of the versions tells.
    :param tx_column_name: column with the id of the transaction.
    :param conn: Connection or Session to work on, in its transaction; ``None`` in a migration of
        Alembic.
    :param operation_type_column_name: column with the kind of change.
    :param transaction_id: only the versions that this transaction has made.
    :returns: number of versions looked at.
    :raises InvalidArgument: there is no connection.

    Queries: one statement.  Example::

        update_property_mod_flags(history_table(Article), ["name", "content"], conn=connection)
    """
    connection = connection_of(conn, "update_property_mod_flags")
    begin, operation = table.c[tx_column_name], table.c[operation_type_column_name]
    key = [column for column in table.primary_key.columns if column is not begin]
    names = list(tracked_columns)
    if not names:
        return 0
    changed = _changed(table, key, begin, operation, names)
    same = and_(*(column == changed.c[column.key] for column in [*key, begin]))
    values: dict[Any, ColumnElement[Any]] = {
        table.c[f"{name}{mod_suffix}"]: select(changed.c[f"changed_{position}"])
        .where(same)
        .scalar_subquery()
        for position, name in enumerate(names)
    }
    statement = table.update().values(values)
    if transaction_id is not None:
        statement = statement.where(begin == transaction_id)
    result: Any = connection.execute(statement, execution_options={INTERNAL: True})
    return int(result.rowcount)


def update_mask(connection: Connection, recorded: RecordedTable, transaction_id: int) -> None:
    """Let the masks of the versions that a transaction made say what they changed.

    Two statements.
    """
    assert recorded.mask_column is not None
    table, begin = recorded.version_table, recorded.transaction_column
    key = list(recorded.version_key)
    places = places_of_bits(connection, recorded)
    names = [item.version.key for item in recorded.values]
    changed = _changed(table, key, begin, recorded.operation_column, names)
    same = and_(*(column == changed.c[column.key] for column in [*key, begin]))
    bits: ColumnElement[int] = literal(0, BigInteger)
    for position, item in enumerate(recorded.values):
        bit = literal(1 << places[item.live.name], BigInteger)
        bits = bits + case((changed.c[f"changed_{position}"], bit), else_=0)
    connection.execute(
        table.update()
        .where(begin == transaction_id)
        .values({recorded.mask_column: select(bits).where(same).scalar_subquery()}),
        execution_options={INTERNAL: True},
    )


def _changed(
    table: Table,
    key: Sequence[Column[Any]],
    begin: Column[Any],
    operation: Column[Any],
    names: Sequence[str],
) -> Subquery:
    """Return for each version whether it changed the columns, as ``changed_0`` and so on.

    A derived table: MySQL refuses to read the table that an UPDATE changes in any other place.
    """
    over: dict[str, Any] = {"partition_by": key, "order_by": begin}
    known = select(
        *key,
        begin,
        func.lag(operation).over(**over).label("operation_before"),
        *(table.c[name].label(f"now_{position}") for position, name in enumerate(names)),
        *(
            func.lag(table.c[name], type_=table.c[name].type)
            .over(**over)
            .label(f"before_{position}")
            for position, name in enumerate(names)
        ),
    ).subquery("known")
    before = known.c.operation_before
    return select(
        *(known.c[column.key] for column in [*key, begin]),
        *(
            case(
                (
                    or_(
                        before.is_(None),
                        before == Operation.DELETE,
                        ~Identical(known.c[f"now_{position}"], known.c[f"before_{position}"]),
                    ),
                    true(),
                ),
                else_=false(),
            ).label(f"changed_{position}")
            for position in range(len(names))
        ),
    ).subquery("changed")
