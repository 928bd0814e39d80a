"""Where the operations of a migration run: on a database, or as lines of a script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from alembic.operations import Operations
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Executable

from continuum.dialects import check_dialect_name
from continuum.dialects import emitter_for
from continuum.dialects.base import DEFINING
from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Emitter
from continuum.dialects.base import Server
from continuum.dialects.ddl import TriggerDDL
from continuum.dialects.ddl import TriggerStatement
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ImproperlyConfigured
from continuum.errors import UnknownDialect
from continuum.recording.installation import resolver

if TYPE_CHECKING:
    # Alembic loads this module before that one.
    from alembic.runtime.migration import MigrationContext

DATABASE = "continuum_database"
"""Option of ``context.configure()``: where a script for MariaDB or MySQL will run."""


@dataclass(frozen=True)
class Place:
    """A database that a migration works on, or the script that it writes.

    :param connection: ``None`` for a script (``alembic upgrade --sql``).
    """

    operations: Operations
    emitter: Emitter
    server: Server
    connection: Connection | None

    def real(self, schema: str | None) -> str | None:
        """Return the real schema for a declared one."""
        if self.connection is None:
            return schema or self.server.default_schema
        return resolver(self.connection, self.server.default_schema)(schema)

    def quoted(self, name: TableName) -> str:
        """Return the name of a table as it stands in SQL."""
        parts = [self.quoted_name(part) for part in (name.schema, name.name) if part is not None]
        return ".".join(parts)

    def quoted_name(self, name: str) -> str:
        """Return any other name as it stands in SQL."""
        preparer = self.operations.get_context().dialect.identifier_preparer
        return preparer.quote_identifier(name)

    def expected(self, spec: TriggerSpec) -> dict[str, str]:
        """Return name and fingerprint of the triggers of a table."""
        return self.emitter.expected(spec, self.server)

    def installed(self, spec: TriggerSpec) -> dict[str, str | None]:
        """Return name and fingerprint of the triggers that a table has: one query.

        :param spec: with the real schemas.
        """
        assert self.connection is not None
        schemas = {name.schema for name in (spec.table, spec.version_table)}
        found = self.emitter.installed(
            self.connection, spec.log, sorted(schemas, key=lambda name: name or "")
        )
        return {item.name: item.fingerprint for item in found if item.table == spec.table}

    def validate(self, spec: TriggerSpec) -> None:
        """Raise a typed error when a table cannot be recorded, before anything is done."""
        self.emitter.validate(spec, self.server)

    def execute(self, element: TriggerDDL) -> None:
        """Run statements about triggers, or write them down."""
        if self.connection is not None:
            self.emitter.ensure_transaction(self.connection, writing=True)
            element.execute_on(self.connection, self.emitter, self.server)
            return
        for statement in element.emit(self.emitter, self.server):
            self._write(statement)

    def statement(self, text: str) -> None:
        """Run a statement given as text, or write it down."""
        if self.connection is None:
            self._write(text)
            return
        self.connection.exec_driver_sql(
            text, execution_options={INTERNAL: True, DEFINING: True, "no_parameters": True}
        )

    def run(self, statement: Executable) -> None:
        """Run another statement of ours, or write it down."""
        if self.connection is not None:
            self.connection.execute(statement, execution_options={INTERNAL: True})
            return
        self.operations.execute(statement)

    def move_positions(self, spec: TriggerSpec, statements: Iterable[Executable]) -> None:
        """Change which bits of a mask stand for which columns.

        A guard of the catalog goes; whoever calls this makes the triggers anew, and that with them.

        :param spec: the definition so far, with the real schemas.
        """
        if spec.mask is not None and spec.log.append_only:
            for text in self.emitter.without_side_guards(spec.log, spec.mask.catalog):
                self.statement(text)
        for statement in statements:
            self.run(statement)

    def _write(self, statement: str) -> None:
        element = TriggerStatement(statement.rstrip().rstrip(";"))
        impl: Any = self.operations.impl
        if self.emitter.name != "mysql" or ";" not in statement:
            impl.execute(element)
            return
        # The client of MySQL and MariaDB ends a statement at the first semicolon otherwise.
        impl.static_output("DELIMITER $$")
        impl.static_output(f"{element.text}\n$$")
        impl.static_output("DELIMITER ;")


def place_of(operations: Operations, log: LogSpec) -> Place:
    """Return where a migration runs.

    :raises UnknownDialect: there are no triggers for this database.
    :raises ImproperlyConfigured: a script that lacks the name of its database.
    """
    context = operations.get_context()
    dialect = context.dialect
    emitter = emitter_for(dialect.name)
    if emitter is None:
        check_dialect_name(dialect.name)
        raise UnknownDialect(f"there is no trigger emitter for dialect {dialect.name!r}")
    connection = None if context.as_sql else context.connection
    if connection is None:
        return Place(operations, emitter, _assumed_server(emitter, context), None)
    return Place(operations, emitter, emitter.server(connection, log), connection)


def _assumed_server(emitter: Emitter, context: MigrationContext) -> Server:
    """Return the facts to assume for a script.

    :raises ImproperlyConfigured: they have to be told, and are not.
    """
    assert context.dialect is not None
    server = emitter.offline_server(context.dialect)
    if emitter.name != "mysql":
        return server
    if DATABASE not in context.opts:
        raise ImproperlyConfigured(
            "a script for MariaDB or MySQL has to know the database that it will run in: its name "
            "is part of the names of variables that the triggers of all tables share",
            dialect=context.dialect.name,
            hint=f"Pass {DATABASE}='the name' to context.configure() in env.py.",
        )
    return replace(server, default_schema=context.opts[DATABASE])
