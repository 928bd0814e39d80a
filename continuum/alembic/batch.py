"""Changes of tables on SQLite: triggers are put aside for them, and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from typing import Any

from alembic.ddl.impl import DefaultImpl
from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from continuum.dialects.base import DEFINING
from continuum.dialects.base import INTERNAL
from continuum.dialects.sqlite import EMITTER

_OPTIONS = {INTERNAL: True, DEFINING: True, "no_parameters": True}

if TYPE_CHECKING:
    _Base = SQLiteImpl
else:
    # Whatever stands for SQLite so far, Alembic's own implementation or that of the application.
    _Base = DefaultImpl.get_by_dialect(sqlite.dialect())


class CarryingSQLiteImpl(_Base):
    """What Alembic does on SQLite, with an eye on our triggers.

    SQLite drops the triggers on a table together with it, and refuses to give a table the name
    that triggers elsewhere miss.  So while a table is made anew, they are gone.
    """

    __dialect__ = "sqlite"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._carried: dict[str, list[str]] = {}

    def prep_table_for_batch(self, batch_impl: Any, table: Table) -> None:
        """Put the triggers aside that stand on a table or mention it."""
        super().prep_table_for_batch(batch_impl, table)
        if not self.as_sql:
            self._carried[batch_impl.temp_table_name] = self._put_aside(table)

    def rename_table(self, old_table_name: str, new_table_name: Any, schema: Any = None) -> None:
        """Bring the triggers back, once the new table has the name of the old one."""
        super().rename_table(old_table_name, new_table_name, schema)
        self._bring_back(old_table_name)

    def drop_table(self, table: Table, **options: Any) -> None:
        """Bring the triggers back, when the old table stays after all."""
        super().drop_table(table, **options)
        self._bring_back(table.name)

    @contextmanager
    def without_triggers(self, schema: str | None) -> Iterator[None]:
        """Put all triggers of ours aside for a block.

        SQLite renames no column while there is a trigger that mentions one which is not there: a
        trigger of another level of a hierarchy, whose turn is still to come, or has been.
        """
        taken = self._take(schema, "1 = 1", ())
        try:
            yield
        finally:
            for text in taken:
                self._run(text)

    def _put_aside(self, table: Table) -> list[str]:
        quote = self._connection().dialect.identifier_preparer.quote_identifier
        return self._take(
            table.schema,
            "(instr(lower(m.sql), lower(?)) > 0 OR lower(m.tbl_name) = lower(?))",
            (quote(table.name), table.name),
        )

    def _take(self, declared: str | None, which: str, values: tuple[str, ...]) -> list[str]:
        connection = self._connection()
        # The driver waits for the first change of data to begin a transaction.
        EMITTER.ensure_transaction(connection, writing=True)
        quote = connection.dialect.identifier_preparer.quote_identifier
        schema = quote(declared or "main")
        rows = connection.exec_driver_sql(
            f"SELECT m.name, m.sql FROM {schema}.sqlite_master AS m WHERE m.type = 'trigger'"
            " AND instr(m.sql, '/* continuum:') > 0"
            f" AND {which} ORDER BY m.rowid",
            values,
            execution_options={INTERNAL: True},
        ).all()
        for name, _ in rows:
            self._run(f"DROP TRIGGER {schema}.{quote(name)}")
        return [text for _, text in rows]

    def _bring_back(self, table_name: str) -> None:
        for text in self._carried.pop(table_name, ()):
            self._run(text)

    def _run(self, statement: str) -> None:
        self._connection().exec_driver_sql(statement, execution_options=_OPTIONS)

    def _connection(self) -> Connection:
        # Only a script (--sql) has none, and in a script nothing is put aside.
        assert self.connection is not None
        return self.connection
