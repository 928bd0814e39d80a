"""Triggers as somebody would write them who knows the database well and has this table only.

They do what a history has to do and nothing else: one version of a row for each transaction that
changed it, the fold of several changes of one transaction into one, ranges without overlaps
whatever the order of commits (a transaction that finds a higher number than its own takes a new
one), the search for the newest version by key, and an index for "what changed in transaction N".
They know nothing of pauses, context, changed keys (refused), or rows older than their history.

They were written from these rules, not from the text that the library emits, and have to pass
``test_handwritten.py``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import DateTime
from sqlalchemy import Index
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import SmallInteger
from sqlalchemy import Table

from contenders import handwritten_mysql
from contenders import handwritten_postgresql
from contenders import handwritten_sqlite
from contenders import shape
from contenders.base import Recorder
from contenders.filling import fill_history

SCRIPTS = {
    "postgresql": handwritten_postgresql,
    "mysql": handwritten_mysql,
    "mariadb": handwritten_mysql,
    "sqlite": handwritten_sqlite,
}

WIDE = BigInteger().with_variant(Integer, "sqlite")


class HandWritten(Recorder):
    """Triggers written by hand for the table ``item``."""

    versioned = None

    def prepare(self) -> None:
        log = MetaData()
        self.log = Table(
            "log", log, Column("id", WIDE, primary_key=True), Column("issued_at", DateTime)
        )
        self.history = Table(
            "item_history",
            log,
            Column("id", Integer, primary_key=True, autoincrement=False),
            *(shape.column(name) for name in self.names),
            Column("transaction_id", WIDE, primary_key=True, autoincrement=False),
            Column("end_transaction_id", WIDE),
            Column("operation_type", SmallInteger, nullable=False),
            Index("item_history_transaction", "transaction_id"),
        )
        self.script = SCRIPTS[self.dialect]
        self.script.listen(self.engine)

    def create(self) -> None:
        super().create()
        self.history.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            for statement in self.script.statements(self.names):
                connection.exec_driver_sql(statement)

    def versions_of(self) -> Any:
        return self.history

    def describe(self) -> str:
        return "triggers written by hand"

    def fill(self, keys: int, each: int) -> None:
        """Fill the history with versions of keys that will not be written to."""
        fill_history(self.engine, self.history, self.log, self.names, keys, each)
        self.analyze()
