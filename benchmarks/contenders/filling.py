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


def size_of_transaction(keys: int) -> int:
    """Return how many rows each transaction of a filled history has changed."""
    return min(keys, 100)


def fill_history(
    engine: Engine, history: Table, log: Table, names: list[str], keys: int, each: int
) -> None:
    """Write versions of so many rows, so many of each.

    Keys are negative, to stay out of the way of those that the database gives.  Up to 100 versions
    belong to one transaction.

    :param keys: below 100, or a multiple of 100.
    """
    dialect = "mariadb" if getattr(engine.dialect, "is_mariadb", False) else engine.dialect.name
    quote = engine.dialect.identifier_preparer.quote
    divide, per, total = DIVIDE[dialect], size_of_transaction(keys), keys * each
    columns = ", ".join(quote(name) for name in names)
    # Each version differs from the one before in one column.
    seed = ", ".join("n" if name == "amount" else f"seed.{quote(name)}" for name in names)

    # Without the operator for remainders, which some drivers take for a placeholder.
    row = f"(n - {keys} * (n {divide} {keys}))"

    def numbers(count: int) -> str:
        return NUMBERS[dialect].format(total=count, last=count - 1)

    with engine.begin() as connection:
        if dialect == "mysql":
            connection.exec_driver_sql(f"SET SESSION cte_max_recursion_depth = {total + 1}")
        if dialect == "postgresql":
            connection.exec_driver_sql("SET LOCAL work_mem = '256MB'")
        connection.exec_driver_sql(
            f"INSERT INTO {quote(log.name)} (id, issued_at)"
            f" SELECT n + 1, {TIME[dialect]} FROM ({numbers(total // per)}) AS numbers"
        )
        # Number n is version n / keys of row n modulo keys; sorted by key, as indexes like it.
        connection.exec_driver_sql(
            f"INSERT INTO {quote(history.name)} (id, {columns}, transaction_id,"
            " end_transaction_id, operation_type)"
            f" SELECT -1 - {row}, {seed}, n {divide} {per} + 1,"
            f" CASE WHEN n + {keys} < {total} THEN (n + {keys}) {divide} {per} + 1 END,"
            f" CASE WHEN n < {keys} THEN 0 ELSE 1 END"
            f" FROM ({numbers(total)}) AS numbers JOIN seed ON seed.number = 0"
            f" ORDER BY {row} DESC, n"
        )
        if dialect == "postgresql":
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{quote(log.name)}', 'id'), {total // per})"
            )
