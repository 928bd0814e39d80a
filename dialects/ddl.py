"""The triggers as DDL elements: executable like any other, and compiled to text for offline use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement

from continuum.dialects.base import DEFINING
from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Emitter
from continuum.dialects.base import Server
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TriggerSpec
from continuum.errors import UnknownDialect


class TriggerDDL(ExecutableDDLElement):
    """Several statements of one emitter, as one DDL element.

    ``str(element.compile(dialect=...))`` is the whole script; :meth:`statements` gives the single
    statements; ``connection.execute(element)`` runs them one after the other.
    """

    def emit(self, emitter: Emitter, server: Server) -> list[str]:
        """Return the statements for one server."""
        raise NotImplementedError

    @property
    def spec(self) -> TriggerSpec | None:
        """The table that the statements are about, if they are about one."""
        return None

    def statements(self, dialect: Dialect, server: Server | None = None) -> list[str]:
        """Return the statements for a dialect.

        :param server: facts of a real server; left out, the usual ones are assumed.
        :raises UnknownDialect: there is no emitter for the dialect.
        """
        emitter = _emitter(dialect)
        return self.emit(emitter, server or emitter.offline_server(dialect))

    def execute_on(self, connection: Connection, emitter: Emitter, server: Server) -> None:
        """Run the statements on a connection.

        :raises VersioningError: what the database refused, with the ways out.
        """
        statements = self.emit(emitter, server)
        for statement in statements:
            try:
                _run(connection, statement)
            except Exception as error:
                for last in emitter.after_failure(statements):
                    _run(connection, last)
                explained = emitter.explain(error, self.spec)
                if explained is None:
                    raise
                raise explained from error

    def _execute_on_connection(
        self, connection: Connection, distilled_params: Any, execution_options: Any
    ) -> Any:
        emitter = _emitter(connection.dialect)
        self.execute_on(connection, emitter, emitter.server(connection, self.log))

    @property
    def log(self) -> LogSpec:
        """The transaction table that the statements belong to."""
        raise NotImplementedError


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(
        statement, execution_options={INTERNAL: True, DEFINING: True, "no_parameters": True}
    )


class _TableDDL(TriggerDDL):
    def __init__(self, spec: TriggerSpec) -> None:
        self._spec = spec

    @property
    def spec(self) -> TriggerSpec:
        return self._spec

    @property
    def log(self) -> LogSpec:
        return self._spec.log


class CreateTriggers(_TableDDL):
    """Create or replace the triggers of one table."""

    def emit(self, emitter: Emitter, server: Server) -> list[str]:
        """Return the statements; raise a typed error for what cannot be recorded."""
        emitter.validate(self._spec, server)
        return emitter.create(self._spec, server)


class DropTriggers(_TableDDL):
    """Remove the triggers of one table."""

    def emit(self, emitter: Emitter, server: Server) -> list[str]:
        """Return the statements."""
        return emitter.drop(self._spec, server)


class CreateTransactionHelpers(TriggerDDL):
    """Create or refresh what all triggers of one transaction table share.

    :param log: the transaction table.
    :param specs: every table that is recorded into it.
    """

    def __init__(self, log: LogSpec, specs: Sequence[TriggerSpec]) -> None:
        self._log = log
        self._specs = tuple(specs)

    @property
    def log(self) -> LogSpec:
        return self._log

    def emit(self, emitter: Emitter, server: Server) -> list[str]:
        """Return the statements."""
        return emitter.create_helpers(self._log, self._specs, server)


class DropTransactionHelpers(TriggerDDL):
    """Remove what all triggers of one transaction table share."""

    def __init__(self, log: LogSpec) -> None:
        self._log = log

    @property
    def log(self) -> LogSpec:
        return self._log

    def emit(self, emitter: Emitter, server: Server) -> list[str]:
        """Return the statements."""
        return emitter.drop_helpers(self._log, server)


class TriggerStatement(ExecutableDDLElement):
    """One statement of a :class:`TriggerDDL`, as it is.

    :param text: the statement.
    """

    def __init__(self, text: str) -> None:
        self.text = text


def script(statements: Sequence[str]) -> str:
    """Join statements to a script."""
    return "".join(f"{statement.rstrip().rstrip(';')};\n\n" for statement in statements)


@compiles(TriggerStatement)
def _compile_statement(element: TriggerStatement, compiler: Any, **_: Any) -> str:
    return element.text


@compiles(TriggerDDL)
def _compile(element: TriggerDDL, compiler: Any, **_: Any) -> str:
    return script(element.statements(compiler.dialect))


def _emitter(dialect: Dialect) -> Emitter:
    from continuum.dialects import check_dialect_name
    from continuum.dialects import emitter_for

    emitter = emitter_for(dialect.name)
    if emitter is None:
        check_dialect_name(dialect.name)
        raise UnknownDialect(f"there is no trigger emitter for dialect {dialect.name!r}")
    return emitter
