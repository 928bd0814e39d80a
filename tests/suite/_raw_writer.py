"""A program of its own that writes to the table ``article`` with the driver alone.

Arguments: the database's URL, a seed, how many transactions to commit.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from sqlalchemy import create_engine

CONFLICTS = ("40001", "40P01", "1213", "1205", "1020", "locked")


def main(url: str, seed: int, transactions: int) -> None:
    engine = create_engine(url)
    arguments, options = engine.dialect.create_connect_args(engine.url)
    connection: Any = engine.dialect.loaded_dbapi.connect(*arguments, **options)
    chance = random.Random(seed)
    committed = 0
    while committed < transactions:
        cursor = connection.cursor()
        try:
            for _ in range(chance.randint(1, 3)):
                key, name = chance.randint(1, 5), chance.randrange(100)
                if chance.random() < 0.8:
                    cursor.execute(f"UPDATE article SET name = '{name}' WHERE id = {key}")
                else:
                    cursor.execute(f"DELETE FROM article WHERE id = {key}")
                    cursor.execute(f"INSERT INTO article (id, name) VALUES ({key}, '{name}')")
            if chance.random() < 0.2:
                connection.rollback()
            else:
                connection.commit()
                committed += 1
        except Exception as error:
            code = f"{getattr(error, 'pgcode', '')} {error}"
            connection.rollback()
            if not any(sign in code for sign in (*CONFLICTS, "duplicate", "23505")):
                raise
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
