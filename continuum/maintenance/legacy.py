"""What a database that SQLAlchemy-Continuum has written still has of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Integer
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.mapping.journal import Journal
from continuum.schema.names import shortened

_SEQUENCES = {"transaction": "transaction_id_seq", "activity": "activity_id_seq"}
"""Sequences that it takes ids from by itself, so that the columns have no default."""

_TRIGGERS = text(
    """
    SELECT c.oid::regclass::text, t.tgname, p.oid::regprocedure::text
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal
      AND ((t.tgname = c.relname || '_trigger' AND p.proname = c.relname || '_audit')
           OR (t.tgname = 'transaction_trigger'
               AND p.proname = 'transaction_temp_table_generator'))
      AND c.relname = ANY(:names)
    """
)


class LegacyDatabase:
    """Looks at one database through one connection.

    :param connection: a connection of the database.
    :param journal: the history.
    """

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal
        self._dialect = connection.dialect.name
        self._quote = connection.dialect.identifier_preparer.quote_identifier

    def drop_triggers(self) -> list[str]:
        """Drop the triggers of SQLAlchemy-Continuum; return what was done.  At most one query."""
        if self._dialect != "postgresql":
            return []
        names = [table.name for table in self._journal.recorded]
        names.append(self._journal.transaction_table.name)
        found = self._execute(_TRIGGERS, {"names": names}).all()
        done = []
        for table, trigger, function in found:
            # The catalog's own output is quoted where it needs to be.
            self._ddl(f"DROP TRIGGER {self._quote(trigger)} ON {table}")
            self._ddl(f"DROP FUNCTION {function}")
            done.append(f"trigger {trigger} of SQLAlchemy-Continuum on {table} dropped")
        return done

    def give_ids(self) -> list[str]:
        """Let the database give the ids that SQLAlchemy-Continuum took from a sequence.

        :returns: what was done.

        One catalog query for each table.
        """
        done = []
        for table in (self._journal.transaction_table, *self._journal.side_tables):
            if "id" not in table.c or not isinstance(table.c.id.type, (BigInteger, Integer)):
                continue
            column = self._column(table, "id")
            if column is None or column.get("default") or column.get("identity"):
                continue
            if self._dialect == "postgresql":
                self._set_sequence(table)
            elif self._dialect in ("mysql", "mariadb") and not column.get("autoincrement"):
                name = self._name(table)
                self._ddl(f"ALTER TABLE {name} MODIFY `id` BIGINT NOT NULL AUTO_INCREMENT")
            else:
                continue
            done.append(f"ids of {table.fullname} come from the database")
        return done

    def notes(self) -> list[str]:
        """Return what stays as it is and is worth knowing.  At most one query."""
        if self._dialect != "sqlite":
            return []
        table = self._journal.transaction_table
        schema = self._quote(table.schema or "main")
        found = self._execute(
            text(f"SELECT sql FROM {schema}.sqlite_master WHERE name = :name"),
            {"name": table.name},
        ).scalar()
        if found is None or "AUTOINCREMENT" in found.upper():
            return []
        return [
            f"{table.fullname} has no AUTOINCREMENT: the id of a newest transaction that is "
            "deleted is given out again"
        ]

    def _set_sequence(self, table: Table) -> None:
        schema = table.schema or self._connection.dialect.default_schema_name or "public"
        name = _SEQUENCES.get(table.name) or shortened(f"{table.name}_id_seq")
        sequence = f"{self._quote(schema)}.{self._quote(name)}"
        text_of_name = sequence.replace("'", "''")
        self._ddl(f"CREATE SEQUENCE IF NOT EXISTS {sequence}")
        # Ids kept ready by a session would not follow the order of the transactions.
        self._ddl(f"ALTER SEQUENCE {sequence} CACHE 1 OWNED BY {self._name(table)}.id")
        self._ddl(
            f"ALTER TABLE {self._name(table)} ALTER COLUMN id SET DEFAULT nextval('{text_of_name}')"
        )
        newest = self._execute(select(func.max(table.c.id))).scalar()
        if newest is not None:
            last = self._execute(text(f"SELECT last_value FROM {sequence}")).scalar_one()
            if last < newest:
                self._execute(select(func.setval(sequence, newest)))

    def _column(self, table: Table, name: str) -> Any:
        columns = inspect(self._connection).get_columns(table.name, schema=table.schema)
        return next((column for column in columns if column["name"] == name), None)

    def _name(self, table: Table) -> str:
        quoted = self._quote(table.name)
        return quoted if table.schema is None else f"{self._quote(table.schema)}.{quoted}"

    def _ddl(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement, execution_options={INTERNAL: True})

    def _execute(self, statement: Any, parameters: Any = None) -> Any:
        return self._connection.execute(
            statement, parameters or {}, execution_options={INTERNAL: True}
        )
