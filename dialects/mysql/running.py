"""The running transaction: variables of the session, set from Python."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy import text
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Emitter
from continuum.dialects.base import is_autocommit
from continuum.dialects.mysql.installing import RESTORE_SQL_MODE
from continuum.dialects.mysql.installing import UNLOCK
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.mysql.log import context_sets
from continuum.dialects.mysql.log import paused_digests
from continuum.dialects.mysql.log import slots
from continuum.dialects.mysql.log import unit_number
from continuum.dialects.mysql.text import NOW
from continuum.dialects.mysql.text import quote
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName


class RunningTransaction(Emitter):
    """The part of the emitter that speaks while a transaction runs."""

    def enter_unit(
        self, connection: Connection, log: LogSpec, token: str, context: str | None
    ) -> None:
        """Name the unit and set its context: one round trip."""
        if context is None:
            self._announce(connection, _settings(log, unit_number(token)))
            return
        connection.execute(
            _assignment(log, given=("unit", "context"), cleared=("id", "moment", "paused")),
            {"unit": unit_number(token), "context": context},
            execution_options={INTERNAL: True},
        )

    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Forget the unit: one round trip."""
        self._announce(connection, _settings(log, None))

    def _announce(self, connection: Connection, statement: str) -> None:
        """Set variables of the session, as each transaction does twice."""
        if not connection._echo:
            # SQLAlchemy's own way costs more than the statement.
            cursor = connection.connection.cursor()
            try:
                cursor.execute(statement)
                return
            except connection.dialect.loaded_dbapi.Error:
                # Below it fails once more, as users know it: with an error of SQLAlchemy.
                pass
            finally:
                cursor.close()
        self._execute(connection, statement)

    def publish(self, connection: Connection, log: LogSpec, context: str | None) -> None:
        """Set the context; the columns it names, if there is a row: two round trips."""
        connection.execute(
            _assignment(log, given=("context",)),
            {"context": context},
            execution_options={INTERNAL: True},
        )
        if context is None or not log.columns:
            return
        if LogNames(log, None).kept:
            self._call(connection, log, "publish")
            return
        names = LogNames(log, None)
        self._execute(
            connection,
            f"UPDATE {names.table} AS l SET {context_sets(log.columns, names.context)}"
            f" WHERE l.{names.id} = {names.current} AND {names.owner} = {names.unit}",
        )

    def transaction_id(self, connection: Connection, log: LogSpec, *, create: bool) -> int | None:
        """Read the id if its row still exists: one round trip; three to make the row."""
        names = LogNames(log, None)
        if names.kept:
            self._call(connection, log, "current", int(create))
            variables = ", ".join(item.current for item in slots(log))
            kept: int | None = self._execute(
                connection, f"SELECT COALESCE({variables}, NULL)"
            ).scalar()
            return None if kept is None else int(kept)
        found: int | None = self._execute(
            connection,
            f"SELECT l.{names.id} FROM {names.table} AS l WHERE l.{names.id} = {names.current}"
            f" AND {names.owner} = {names.unit}",
        ).scalar()
        if found is not None or not create:
            return found
        self._execute(
            connection,
            f"INSERT INTO {names.table} ({quote(log.issued_at)}) VALUES ({NOW})",
        )
        self._execute(
            connection,
            f"SET {names.current} = LAST_INSERT_ID(), {names.owner} = {names.unit},"
            f" {names.moment} = NULL, {names.gaps} = NULL",
        )
        if log.columns:
            self._execute(
                connection,
                f"UPDATE {names.table} AS l SET {context_sets(log.columns, names.context)}"
                f" WHERE l.{names.id} = {names.current} AND {names.context} IS NOT NULL",
            )
        return self.transaction_id(connection, log, create=False)

    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Add tables to those that are paused in this transaction: one round trip."""
        variables = [names.paused for names in slots(log)]
        value = paused_digests(tables) if tables else "*"
        if LogNames(log, None).kept:
            self._call(connection, log, "pause", value, 1)
            return
        self._execute(
            connection,
            "SET "
            + ", ".join(
                f"{variable} = IF({variable} = '*' OR :value = '*', '*',"
                f" CONCAT(COALESCE({variable}, ','), :value))"
                for variable in variables
            ),
            {"value": value},
        )

    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Replace the tables that are paused in this transaction: one round trip."""
        value = paused_digests(tables) if tables else None
        variables = [names.paused for names in slots(log)]
        if LogNames(log, None).kept:
            self._call(connection, log, "pause", value, 0)
            return
        self._execute(
            connection,
            "SET " + ", ".join(f"{variable} = :value" for variable in variables),
            {"value": value},
        )

    def unlock(self, connection: Connection, log: LogSpec, *, allowed: bool) -> None:
        """Have the table of running transactions say it: one round trip."""
        self._call(connection, log, "unlock", int(allowed))

    def after_failure(self, statements: Sequence[str]) -> Sequence[str]:
        """Return the session to its own ``sql_mode``, and let go of tables."""
        return [item for item in statements if item in (RESTORE_SQL_MODE, UNLOCK)]

    def ensure_transaction(self, connection: Connection, *, writing: bool = False) -> None:
        """Send BEGIN where the server would wait for the first statement that reads or writes."""
        driver = connection.connection.dbapi_connection
        if self.in_transaction(driver) is not False or is_autocommit(connection):
            return
        # BEGIN would commit what is running unknown to the driver.
        self._ask_status(connection)
        if self.in_transaction(driver) is False:
            connection.exec_driver_sql("BEGIN", execution_options={INTERNAL: True})

    def after_rows(self, connection: Connection) -> None:
        """Ask the server, of whose answer the driver has read the rows and not the status."""
        if self.in_transaction(connection.connection.dbapi_connection) is False:
            self._ask_status(connection)

    def _ask_status(self, connection: Connection) -> None:
        """Have the server send its status: drivers overlook it in an answer that has rows."""
        connection.exec_driver_sql("DO 0", execution_options={INTERNAL: True})

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Ask the driver for the status that the server sent last."""
        for connection in (
            dbapi_connection,
            getattr(dbapi_connection, "driver_connection", None),
            getattr(dbapi_connection, "_connection", None),
        ):
            status = getattr(connection, "server_status", None)
            if isinstance(status, int):
                return bool(status & 1)  # SERVER_STATUS_IN_TRANS
            answer = getattr(connection, "in_transaction", None)
            if isinstance(answer, bool):
                return answer
        return None

    def _call(self, connection: Connection, log: LogSpec, helper: str, *values: Any) -> None:
        # Names may hold colons, which are not the start of a parameter.
        name = LogNames(log, None).helper(helper).replace(":", "\\:")
        given = {f"value_{place}": value for place, value in enumerate(values)}
        arguments = ", ".join(f":{key}" for key in given)
        self._execute(connection, f"CALL {name}({arguments})", given)

    def _execute(
        self, connection: Connection, statement: str, values: Mapping[str, Any] | None = None
    ) -> Any:
        if values is None:
            # Names may hold colons and percent signs.
            return connection.exec_driver_sql(
                statement, execution_options={INTERNAL: True, "no_parameters": True}
            )
        return connection.execute(text(statement), dict(values), execution_options={INTERNAL: True})


def _settings(log: LogSpec, unit: int | None) -> str:
    """Return the statement that names a unit without a context, or takes its name back."""
    statement = _assignment(log, given=("unit",), cleared=("context", "id", "moment", "paused"))
    return statement.text.replace(":unit", "NULL" if unit is None else str(unit))


@lru_cache(maxsize=64)
def _assignment(
    log: LogSpec, *, given: tuple[str, ...] = (), cleared: tuple[str, ...] = ()
) -> TextClause:
    """Return the statement that sets variables of a log; for all triggers that read them.

    Kept, because each transaction sends it twice.

    :param given: variables that get the parameters of their names.
    :param cleared: variables that get NULL.
    """
    settings = [
        *(f"{names.variable(name)} = :{name}" for names in slots(log) for name in given),
        *(f"{names.variable(name)} = NULL" for names in slots(log) for name in cleared),
    ]
    return text("SET " + ", ".join(settings))
