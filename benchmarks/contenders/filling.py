"""A large history at once, as many transactions would have left it, written by the database."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy import Table

NUMBERS = {
    "postgresql": "SELECT n FROM generate_series(0, {total} - 1) AS t (n)",
    "sqlite": "WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s"
    " WHERE n + 1 < {total}) SELECT n FROM s",
    "mysql": "WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s"
    " WHERE n + 1 < {total}) SELECT n FROM s",
    "mariadb": "SELECT CAST(seq AS SIGNED) AS n FROM seq_0_to_{last}",
}
DIVIDE = {"postgresql": "/", "sqlite": "/", "mysql": "DIV", "mariadb": "DIV"}
TIME = {
    "postgresql": "timestamp '2026-01-01'",
    "sqlite": "'2026-01-01 00:00:00.000000'",
    "mysql": "timestamp '2026-01-01 00:00:00'",
    "mariadb": "timestamp '2026-01-01 00:00:00'",
}

SETTINGS = {
    "postgresql": (("SET LOCAL maintenance_work_mem = '512MB'",), ()),
    "mysql": (("SET SESSION cte_max_recursion_depth = {steps}",), ()),
    # An empty table is filled at once, without a note for each row of how to take it back.
    "mariadb": (
        ("SET SESSION unique_checks = 0, foreign_key_checks = 0",),
        ("SET SESSION unique_checks = 1, foreign_key_checks = 1",),
    ),
}
"""What is set before an engine fills, and afterwards."""


def size_of_transaction(keys: int) -> int:
    """Return how many rows each transaction of a filled history has changed."""
    return min(keys, 100)


def fill_history(
    engine: Engine, history: Table, log: Table, names: list[str], keys: int, each: int
) -> None:
    """Write versions of so many rows, so many of each, the last of which says that the row is gone.

    Keys are negative, to stay out of the way of those that the database gives.  Up to 100 versions
    belong to one transaction.  Indexes beside the key are built when everything is there.

    :param keys: below 100, or a multiple of 100.
    :param each: at least 2.
    """
    dialect = "mariadb" if getattr(engine.dialect, "is_mariadb", False) else engine.dialect.name
    quote = engine.dialect.identifier_preparer.quote
    divide, per, total = DIVIDE[dialect], size_of_transaction(keys), keys * each
    columns = ", ".join(quote(name) for name in names)
    # Each version differs from the one before in one column; a row goes as it was.
    amount = f"CASE WHEN step = {each - 1} THEN n - {keys} ELSE n END"
    seed = ", ".join(amount if name == "amount" else f"seed.{quote(name)}" for name in names)

    def numbers(count: int) -> str:
        return NUMBERS[dialect].format(total=count, last=count - 1)

    # In the order of the key, and without a sort.  Nor the operator for remainders, which some
    # drivers take for a placeholder.
    steps = (
        f"SELECT n {divide} {each} AS turn, n - {each} * (n {divide} {each}) AS step"
        f" FROM ({numbers(total)}) AS numbers"
    )
    # Number n is version n / keys of row n modulo keys; transactions go from number to number.
    ordered = (
        f"SELECT {keys} - 1 - turn AS place, step, step * {keys} + {keys} - 1 - turn AS n"
        f" FROM ({steps}) AS steps"
    )
    with engine.begin() as connection:
        before, after = SETTINGS.get(dialect, ((), ()))
        for statement in before:
            connection.exec_driver_sql(statement.format(steps=total + 1))
        for index in history.indexes:
            index.drop(connection)
        connection.exec_driver_sql(
            f"INSERT INTO {quote(log.name)} (id, issued_at)"
            f" SELECT n + 1, {TIME[dialect]} FROM ({numbers(total // per)}) AS numbers"
        )
        connection.exec_driver_sql(
            f"INSERT INTO {quote(history.name)} (id, {columns}, transaction_id,"
            " end_transaction_id, operation_type)"
            f" SELECT -1 - place, {seed}, n {divide} {per} + 1,"
            f" CASE WHEN step < {each - 1} THEN (n + {keys}) {divide} {per} + 1 END,"
            f" CASE step WHEN 0 THEN 0 WHEN {each - 1} THEN 2 ELSE 1 END"
            f" FROM ({ordered}) AS ordered JOIN seed ON seed.number = 0"
        )
        for index in history.indexes:
            index.create(connection)
        for statement in after:
            connection.exec_driver_sql(statement)
        if dialect == "postgresql":
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{quote(log.name)}', 'id'), {total // per})"
            )
