"""Where versions end: from their order, for histories that lack or lose their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import select

from continuum.schema.connections import connection_of

if TYPE_CHECKING:
    from continuum.dialects.spec import LogSpec
    from continuum.schema.recorded import RecordedTable


def ended_by(
    recorded: RecordedTable, transactions: Table, log: LogSpec, number: Any
) -> dict[Any, Any]:
    """Return what a version says of its end, by column; nothing where versions have none.

    :param transactions: the transaction table.
    :param log: names of its columns.
    :param number: id of the transaction that ends it, or an expression for it.
    """
    if recorded.end_column is None:
        return {}
    values = {recorded.end_column: number}
    if recorded.end_timestamp_column is not None:
        values[recorded.end_timestamp_column] = (
            select(transactions.c[log.issued_at])
            .where(transactions.c[log.id] == number)
            .scalar_subquery()
        )
    return values


def update_end_tx_column(
    table: Table,
    end_tx_column_name: str = "end_transaction_id",
    tx_column_name: str = "transaction_id",
    conn: Any = None,
) -> int:
    """Let every version end where the next one of its row begins.

    Turns a history written with ``strategy="subquery"`` into one of ``"validity"``, once the end
    column has been added, and mends ends that were written wrongly.  Gaps left by ``paused()`` are
    closed by it, because their ends are no longer told apart from wrong ones.

    :param table: the version table.
    :param end_tx_column_name: column with the id of the ending transaction.
    :param tx_column_name: column with the id of the transaction.
    :param conn: Connection or Session to work on, in its transaction; ``None`` in a migration of
        Alembic.
    :returns: number of versions that were changed.
    :raises InvalidArgument: there is no connection.

    One statement.  Example::

        with engine.begin() as connection:
            update_end_tx_column(version_table(Article.__table__), conn=connection)
    """
    connection = connection_of(conn, "update_end_tx_column")
    begin, end = table.c[tx_column_name], table.c[end_tx_column_name]
    key = [column for column in table.primary_key.columns if column is not begin]
    # A derived table: MySQL refuses to read the table that an UPDATE changes in any other place.
    ends = (
        select(
            *key,
            begin,
            func.lead(begin).over(partition_by=key, order_by=begin).label("next_transaction"),
        )
    ).subquery("ends")
    same = and_(*(column == ends.c[column.key] for column in [*key, begin]))
    following = select(ends.c.next_transaction).where(same).scalar_subquery()
    changed = select(1).where(same, end.is_distinct_from(ends.c.next_transaction))
    result: Any = connection.execute(
        table.update().where(changed.exists()).values({end: following})
    )
    return int(result.rowcount)
