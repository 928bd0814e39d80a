"""The running transaction: the row of its state, written from Python."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Emitter
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.sqlite.guarding import Unlocked
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import CONNECTION_SETUP
from continuum.dialects.sqlite.text import DEFERRED
from continuum.dialects.sqlite.text import TICK
from continuum.dialects.sqlite.text import quote
from continuum.dialects.sqlite.text import schema_of
from continuum.errors import PauseError

WITHDRAWN = "unit = NULL, context = NULL, stamp = NULL, paused = NULL, guard = NULL"
"""What is set when a unit ends."""

EXPLAINED = "continuum_explained"
"""Key in ``Connection.info``: how often the flag was set by explaining, or -1 if that is no use."""


class RunningTransaction(Emitter):
    """The part of the emitter that speaks while a transaction runs."""

    def enter_unit(
        self,
        connection: Connection,
        log: LogSpec,
        token: str,
        context: str | None,
    ) -> None:
        """Announce a writing transaction.

        One statement where foreign keys are enforced, three elsewhere; with recorded tables in
        attached files five more, and two for each file.  Does nothing while each statement is a
        transaction of its own.  A unit that is still set was left by a transaction that ended
        behind SQLAlchemy's back, and is overwritten.
        """
        if self.begin_unit(connection, log, token, context):
            self.end_batch(connection, log)

    def begin_unit(
        self, connection: Connection, log: LogSpec, token: str, context: str | None
    ) -> bool:
        """Announce a writing transaction, and vouch for it during the statement that follows.

        Its triggers are spared their look at the flag of the transaction.  One statement where
        foreign keys are enforced, two elsewhere, and those for attached files.
        """
        if self._autocommits(connection):
            return False
        home = State(log, schema_of(log.table.schema))
        enforced, others = self._query(
            connection,
            f"UPDATE {home.full} SET unit = ?, context = ?, transaction_id = NULL, used = NULL,"
            " previous = NULL, stamp = NULL, paused = NULL, guard = 2 WHERE id = 1"
            " RETURNING (SELECT f.foreign_keys FROM pragma_foreign_keys AS f), others",
            token,
            context,
        )[0]
        if not enforced:
            self._defer(connection)
            if others is None:
                return True
            self.end_batch(connection, log)
        if others is not None:
            with self._or_withdrawn(connection, home):
                self._announce_to_attached(connection, home, others, token, 2 if enforced else None)
        return False

    @contextmanager
    def _or_withdrawn(self, connection: Connection, home: State) -> Iterator[None]:
        """Announce a unit to all files or, when one of them is locked, to none of them.

        The transaction may go on, and be committed: the announcement would outlive it.
        """
        self._run(connection, f"SAVEPOINT {quote(home.name)}")
        try:
            yield
        except Exception:
            # Some failures have ended the transaction.
            if self.in_transaction(connection.connection.dbapi_connection) is not False:
                self._run(connection, f"ROLLBACK TO {quote(home.name)}")
                self._run(connection, f"RELEASE {quote(home.name)}")
                self._run(connection, f"UPDATE {home.full} SET {WITHDRAWN} WHERE id = 1")
            raise
        self._run(connection, f"RELEASE {quote(home.name)}")

    def _announce_to_attached(
        self, connection: Connection, home: State, others: str, token: str, guard: int | None
    ) -> None:
        """Tell attached files of the unit, and of the id that it has for this reason already."""
        log = home.log
        self._run(connection, f"UPDATE {home.full} SET used = 0, asked = 0 WHERE id = 1")
        table, key = quote(log.table.name), quote(log.id)
        current, previous = self._query(
            connection,
            f"SELECT s.transaction_id, (SELECT max(t.{key}) FROM {quote(home.schema)}.{table} AS t"
            f" WHERE t.{key} < s.transaction_id) FROM {home.full} AS s WHERE s.id = 1",
        )[0]
        for state in self._attached(connection, log, others):
            self._run(
                connection,
                f"UPDATE {state.full} SET unit = ?, transaction_id = ?, previous = ?, used = 0,"
                " stamp = NULL, context = NULL, paused = NULL, guard = ? WHERE id = 1",
                token,
                current,
                previous,
                guard,
            )

    def enter_statement(self, connection: Connection, log: LogSpec) -> None:
        """Wait for the tick of the clock (a millisecond) in which nobody has written yet.

        Statements that are transactions of their own are told apart by it.  One query, or a few.
        """
        home = State(log, schema_of(log.table.schema))
        same_tick = f"SELECT 1 FROM {home.full} AS s WHERE s.id = 1 AND s.stamp IS {TICK}"
        while self._query(connection, same_tick):
            time.sleep(0.0003)

    def knows_unit(self, connection: Connection, log: LogSpec, token: str) -> bool:
        """Look at the state row: an announcement is rolled back like any other change."""
        state = State(log, schema_of(log.table.schema))
        found = connection.exec_driver_sql(
            f"SELECT s.unit FROM {state.full} AS s WHERE s.id = 1",
            execution_options={INTERNAL: True},
        ).scalar()
        return bool(found == token)

    def begin_batch(self, connection: Connection, log: LogSpec) -> bool:
        """Spare the triggers of a batch their look at the flag of the transaction.

        Within one call of the driver nobody else can commit.  Where foreign keys are enforced the
        unit is guarded by them, and nothing needs to be done.  Nobody vouches for a unit of which
        the flag says that its transaction has ended behind SQLAlchemy's back.
        """
        state = State(log, schema_of(log.table.schema))
        statement = (
            f"UPDATE {state.full} SET guard = 2"
            f" WHERE id = 1 AND unit IS NOT NULL AND guard IS NULL AND {DEFERRED}"
        )
        return self._run(connection, statement) == 1

    def end_batch(self, connection: Connection, log: LogSpec) -> None:
        """Let the triggers look again.  One statement."""
        if self.in_transaction(connection.connection.dbapi_connection) is False:
            # What failed has ended the transaction, and nothing is left to vouch for.
            return
        state = State(log, schema_of(log.table.schema))
        self._run(connection, f"UPDATE {state.full} SET guard = NULL WHERE id = 1")

    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Withdraw the announcement: one statement.

        With attached files two more, and two for each of them.
        """
        if self._autocommits(connection):
            return
        home = State(log, schema_of(log.table.schema))
        others, used, current = self._query(
            connection,
            f"UPDATE {home.full} SET {WITHDRAWN} WHERE id = 1"
            " RETURNING others, used, transaction_id",
        )[0]
        if others is None:
            return
        elsewhere = [
            self._query(
                connection, f"UPDATE {state.full} SET {WITHDRAWN} WHERE id = 1 RETURNING used"
            )[0][0]
            for state in self._attached(connection, log, others)
        ]
        if used:
            return
        if any(elsewhere):
            # A guard gives the row of a transaction away that has changed nothing here.
            self._run(connection, f"UPDATE {home.full} SET used = 1 WHERE id = 1")
            return
        self._run(
            connection,
            f"DELETE FROM {quote(home.schema)}.{quote(log.table.name)} WHERE {quote(log.id)} = ?",
            current,
        )

    def publish(self, connection: Connection, log: LogSpec, context: str | None) -> None:
        """Replace the context; a trigger brings a row that exists up to date.  One statement."""
        state = State(log, schema_of(log.table.schema))
        self._run(
            connection,
            f"UPDATE {state.full} SET context = ? WHERE id = 1 AND unit IS NOT NULL",
            context,
        )

    def transaction_id(self, connection: Connection, log: LogSpec, *, create: bool) -> int | None:
        """Return the id of the running transaction: one statement, or two with ``create``."""
        state = State(log, schema_of(log.table.schema))
        if create:
            self._run(
                connection,
                f"UPDATE {state.full} SET asked = NULL WHERE id = 1"
                f" AND {state.unknown(state.table)}",
            )
        known = (
            f"s.used = 1 AND CASE WHEN s.unit IS NULL THEN {int(create)} OR s.stamp IS {TICK}"
            f" ELSE {state.believed()} END"
        )
        found: int | None = self._query(
            connection,
            f"SELECT CASE WHEN {known} THEN s.transaction_id END FROM {state.full} AS s"
            " WHERE s.id = 1",
        )[0][0]
        return found

    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Stop recording tables for the rest of the transaction.  Two statements.

        :raises PauseError: no transaction has been announced.
        """
        for state in self._states(connection, log):
            names = [table.name for table in tables if schema_of(table.schema) == state.schema]
            if tables and not names:
                continue
            changed = self._run(
                connection,
                f"UPDATE {state.full} SET paused = CASE WHEN paused IS NULL OR ?1 = 'true' THEN ?1"
                " WHEN paused = 'true' THEN paused ELSE (SELECT json_group_array(u.value) FROM"
                " (SELECT a.value FROM json_each(paused) AS a"
                " UNION SELECT b.value FROM json_each(?1) AS b) AS u) END"
                " WHERE id = 1 AND unit IS NOT NULL",
                json.dumps(names) if names else "true",
            )
            if not changed:
                raise PauseError(
                    "a pause has no transaction to hold for: none has been announced to the "
                    "database",
                    dialect=self.name,
                    hint="Use paused() inside a transaction.",
                )

    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Set the tables that stay paused.  Two statements."""
        for state in self._states(connection, log):
            names = [table.name for table in tables if schema_of(table.schema) == state.schema]
            self._run(
                connection,
                f"UPDATE {state.full} SET paused = ?, current = transaction_id WHERE id = 1",
                json.dumps(names) if names else None,
            )

    def unlock(self, connection: Connection, log: LogSpec, *, allowed: bool) -> None:
        """Note the transaction that may change history: two statements, and one for each file."""
        number = self.transaction_id(connection, log, create=True) if allowed else None
        for state in self._states(connection, log):
            self._run(
                connection,
                f"UPDATE {Unlocked(state).full} SET transaction_id = ? WHERE id = 1",
                number,
            )

    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Ask the driver; the drivers in the standard library, aiosqlite and SQLCipher tell."""
        # Asked before each statement: mostly one look is enough.
        answer = getattr(dbapi_connection, "in_transaction", None)
        if isinstance(answer, bool):
            return answer
        driver = getattr(dbapi_connection, "driver_connection", None)
        answer = getattr(driver, "in_transaction", None)
        return answer if isinstance(answer, bool) else None

    def prepare_connection(self, connection: Connection) -> None:
        """Let ``REPLACE`` tell triggers which rows it deletes."""
        for statement in CONNECTION_SETUP:
            self._run(connection, statement)

    def ensure_transaction(self, connection: Connection, *, writing: bool = False) -> None:
        """Send BEGIN where the driver would wait for the first change.

        Without it the first savepoint would be the transaction, and its release the commit.

        :param writing: lock the database now.  A transaction that begins by reading is refused its
            first change, without any waiting, when another one is about to commit.
        """
        driver = connection.connection.dbapi_connection
        if self.in_transaction(driver) is False and not self._autocommits(connection):
            self._run(connection, "BEGIN IMMEDIATE" if writing else "BEGIN")

    def _defer(self, connection: Connection) -> None:
        """Set what shows the end of the transaction: it does nothing else, as foreign keys are off.

        The pragma has its effect when it is compiled.  Run, it would also make the connection
        compile all its statements again, so it is only explained; with a number in it, so that the
        driver does not take it for a statement that it has compiled before.  Whether that is enough
        is looked up once for each connection of the driver.
        """
        known = connection.info
        number = known.get(EXPLAINED, 0)
        if number >= 0:
            self._run(connection, f"EXPLAIN PRAGMA defer_foreign_keys = ON /* {number} */")
            if number == 0 and not self._query(connection, f"SELECT {DEFERRED}")[0][0]:
                number = -1
        if number < 0:
            self._run(connection, "PRAGMA defer_foreign_keys = ON")
        known[EXPLAINED] = number + (number >= 0)

    def _states(self, connection: Connection, log: LogSpec) -> list[State]:
        """Return the state of the transaction table's file, and those of attached files."""
        home = State(log, schema_of(log.table.schema))
        others = self._query(connection, f"SELECT s.others FROM {home.full} AS s")[0][0]
        return [home, *self._attached(connection, log, others or "[]")]

    def _attached(self, connection: Connection, log: LogSpec, others: str) -> list[State]:
        """Return the states of those files that are attached at the moment."""
        present = {row[1] for row in self._query(connection, "PRAGMA database_list")}
        states = [State(log, name) for name in json.loads(others) if name in present]
        return [
            state
            for state in states
            if self._query(
                connection,
                f"SELECT 1 FROM {quote(state.schema)}.sqlite_master AS m"
                " WHERE m.type = 'table' AND m.name = ?",
                state.name,
            )
        ]

    def _run(self, connection: Connection, statement: str, *parameters: Any) -> int:
        """Run a statement, and return how many rows it has changed."""
        return self._execute(connection, statement, parameters, fetch=False)[1]

    def _query(self, connection: Connection, statement: str, *parameters: Any) -> list[Any]:
        """Run a statement, and return the rows that it has found."""
        return self._execute(connection, statement, parameters)[0]

    def _execute(
        self,
        connection: Connection,
        statement: str,
        parameters: Sequence[Any],
        *,
        fetch: bool = True,
    ) -> tuple[list[Any], int]:
        driver = connection.connection.dbapi_connection
        if driver is not None and not connection._echo:
            # Several of these go with each small transaction; SQLAlchemy's own way costs more than
            # the statement.
            cursor = driver.cursor()
            try:
                cursor.execute(statement, parameters)
                return list(cursor.fetchall()) if fetch else [], cursor.rowcount
            except connection.dialect.loaded_dbapi.Error:
                # Below it fails once more, as users know it: with an error of SQLAlchemy.
                pass
            finally:
                cursor.close()
        result = connection.exec_driver_sql(
            statement, tuple(parameters), execution_options={INTERNAL: True}
        )
        return (list(result) if result.returns_rows else []), result.rowcount

    def _autocommits(self, connection: Connection) -> bool:
        """Say whether the next change would be committed at once."""
        driver: Any = connection.connection.dbapi_connection
        if self.in_transaction(driver) is not False:
            return False
        autocommit = getattr(driver, "autocommit", None)
        if isinstance(autocommit, bool):
            return autocommit
        return getattr(driver, "isolation_level", None) is None
