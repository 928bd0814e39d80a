"""What Continuum asks of a database that records by triggers.

An :class:`Emitter` knows one kind of database.  It writes the text of triggers and helpers, reads
back which of them a database has, and carries the unit and the context of a running transaction to
where the triggers find them.  It never sees an ORM session, and it keeps no state: what it learns
about a server is returned as a :class:`Server` and handed back to it.
"""

from __future__ import annotations

from abc import ABC
from abc import abstractmethod
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import ClassVar

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Dialect

from continuum.dialects.holes import Hole
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError

INTERNAL = "continuum_internal"
"""Execution option that marks Continuum's own statements, so that no hook looks at them."""

DEFINING = "continuum_defining"
"""Execution option of those among them that create or drop triggers."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What recording by triggers can and cannot do on one database, by name.

    :param foreign_transaction_identity: how exactly the database transactions of clients outside
        SQLAlchemy are told apart: ``"exact"``, ``"statement"`` or ``"tick"`` (of the clock).
    :param truncate_recorded: ``TRUNCATE`` leaves DELETE versions.
    :param cascades_fire_triggers: foreign key actions fire the triggers of the child table.
    :param transactional_ddl: triggers are created and dropped inside the transaction.
    :param concurrent_writers: two transactions can write at the same time.
    :param unit_required: SQLAlchemy has to announce each writing transaction.
    :param cross_schema: one transaction row serves tables of several schemas, whoever writes.
    """

    foreign_transaction_identity: str
    truncate_recorded: bool
    cascades_fire_triggers: bool
    transactional_ddl: bool
    concurrent_writers: bool
    unit_required: bool
    cross_schema: bool


@dataclass(frozen=True, slots=True)
class Server:
    """Facts about one database server and connection that the emitted text depends on.

    :param version: server version, as SQLAlchemy reports it.
    :param default_schema: schema of unqualified names, ``None`` where there are no schemas.
    :param facts: further facts, by name; only the emitter that made them reads them.
    """

    version: tuple[int, ...]
    default_schema: str | None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Installed:
    """A trigger or helper of ours that a database has.

    :param table: the table it stands on; for helpers the transaction table.
    :param name: name of the trigger or helper.
    :param fingerprint: fingerprint it was made with, ``None`` when it carries none.
    """

    table: TableName
    name: str
    fingerprint: str | None


class Emitter(ABC):
    """Recording by triggers on one kind of database."""

    name: ClassVar[str]
    """Name used in ``make_versioned(dialect=...)``."""

    capabilities: ClassVar[Capabilities]

    levels: ClassVar[tuple[str, ...]] = ("row",)
    """Which levels of triggers there are, of ``spec.LEVELS``."""

    unit_survives_rollback: ClassVar[bool] = False
    """What :meth:`enter_unit` and :meth:`publish` say outlives a rollback (session variables)."""

    @abstractmethod
    def server(self, connection: Connection, log: LogSpec) -> Server:
        """Read the facts that the emitted text depends on.  Needs no rights beyond connecting."""

    @abstractmethod
    def offline_server(self, dialect: Dialect) -> Server:
        """Return the facts to assume when the text is made without a connection."""

    def server_capabilities(self, server: Server) -> Capabilities:
        """Return the capabilities of one server, where they differ between servers."""
        return self.capabilities

    def identity(self, server: Server) -> str:
        """Return by what the transactions of clients outside SQLAlchemy are told apart, in a word.

        Where there are several ways, the one that is in use; else the exactness that it has.
        """
        return self.server_capabilities(server).foreign_transaction_identity

    def holes(self, connection: Connection, spec: TriggerSpec, server: Server) -> list[str]:
        """Return the changes of one table that its triggers cannot see, as a reader's words."""
        if self.server_capabilities(server).truncate_recorded:
            return []
        return [Hole("TRUNCATE of ", spec.table)]

    @abstractmethod
    def validate(self, spec: TriggerSpec, server: Server) -> None:
        """Raise a typed error when this table cannot be recorded here.  Executes nothing.

        What is written here holds for each emitter: it comes first in each of theirs.
        """
        if spec.level not in self.levels:
            raise UnsupportedTable(
                f"table {spec.table} asks for level={spec.level!r}, but the triggers of "
                f"{self.name} fire for each row",
                table=str(spec.table),
                dialect=self.name,
                hint='Leave level out, or set level="row": the history is the same.',
            )

    def check_privileges(  # noqa: B027 - most databases need nothing
        self, connection: Connection, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> None:
        """Raise :class:`MissingPrivilege` when the role may not create what recording needs.

        Called before tables are created, so that nothing is left half done.  What cannot be known
        beforehand is left to the statements themselves.  One query.
        """

    @abstractmethod
    def create_helpers(
        self, log: LogSpec, specs: Sequence[TriggerSpec], server: Server
    ) -> list[str]:
        """Return statements that create or refresh what all triggers of one log share.

        :param specs: every table recorded into this log.
        """

    @abstractmethod
    def drop_helpers(self, log: LogSpec, server: Server) -> list[str]:
        """Return statements that remove the helpers; they succeed when there are none."""

    def helper_tables(self, log: LogSpec) -> tuple[str, ...]:
        """Return the names of tables that are among the helpers; no models describe them."""
        return ()

    @abstractmethod
    def create(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return statements that create or replace the triggers of one table.

        Executed in order they leave no moment in which the table is not recorded.
        """

    @abstractmethod
    def drop(self, spec: TriggerSpec, server: Server) -> list[str]:
        """Return statements that remove the triggers; they succeed when there are none."""

    @abstractmethod
    def expected(self, spec: TriggerSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of each trigger that :meth:`create` makes on the table."""

    def without_guards(self, spec: TriggerSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a version table that is not append-only.

        :param names: triggers of ours that the database has for this table.
        """
        return []

    def without_log_guards(self, log: LogSpec, names: Collection[str]) -> list[str]:
        """Return the statements that remove guards of a transaction table not append-only.

        :param names: triggers and helpers of ours that the database has for the log.
        """
        return []

    def without_side_guards(self, log: LogSpec, table: TableName) -> list[str]:
        """Return the statements that remove the guards of a table beside the transaction table.

        :meth:`create_helpers` makes them anew.
        """
        return []

    def expected_helpers(self, log: LogSpec, server: Server) -> dict[str, str]:
        """Return name and fingerprint of each helper whose definition depends on the log alone."""
        return {}

    @abstractmethod
    def installed(
        self, connection: Connection, log: LogSpec, schemas: Sequence[str | None]
    ) -> list[Installed]:
        """Return every trigger of ours in these schemas, and the helpers of the log.

        One catalog query (one per attached database on SQLite).
        """

    def sees_triggers(self, connection: Connection) -> bool:
        """Say whether this user is shown triggers at all; asked when none of ours is found."""
        return True

    def after_failure(self, statements: Sequence[str]) -> Sequence[str]:
        """Return those of the statements that have to run even when an earlier one has failed."""
        return ()

    @abstractmethod
    def explain(self, error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
        """Return a typed error with the ways out for what the driver raised, if it is known."""

    @abstractmethod
    def enter_unit(
        self, connection: Connection, log: LogSpec, token: str, context: str | None
    ) -> None:
        """Announce a writing transaction and its context (JSON text).

        Called before the first possibly writing statement of a root transaction, and again when a
        transaction has ended behind SQLAlchemy's back.  Never called where
        ``capabilities.unit_required`` is false.
        """

    def enter_statement(  # noqa: B027 - most databases tell statements apart by themselves
        self, connection: Connection, log: LogSpec
    ) -> None:
        """Make the next statement a transaction of its own in the history too.

        Called before each possibly writing statement of a connection in AUTOCOMMIT mode.
        """

    @abstractmethod
    def leave_unit(self, connection: Connection, log: LogSpec) -> None:
        """Withdraw the announcement, before COMMIT or ROLLBACK is sent."""

    def begin_anew(self, connection: Connection, log: LogSpec) -> None:
        """Forget the id of the running transaction, so that what follows gets another one."""
        self.leave_unit(connection, log)

    @abstractmethod
    def publish(self, connection: Connection, log: LogSpec, context: str | None) -> None:
        """Replace the context (JSON text) of the running transaction, in one round trip.

        When the transaction row exists already, it is brought up to date.
        """

    @abstractmethod
    def transaction_id(self, connection: Connection, log: LogSpec, *, create: bool) -> int | None:
        """Return the id of the running transaction.

        :param create: make the transaction row when there is none; otherwise return ``None``.
        """

    @abstractmethod
    def pause(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Stop recording these tables (none named: all) for the rest of this transaction."""

    @abstractmethod
    def resume(self, connection: Connection, log: LogSpec, tables: Sequence[TableName]) -> None:
        """Set the tables that stay paused in this transaction; none named: record everything."""

    def unlock(self, connection: Connection, log: LogSpec, *, allowed: bool) -> None:
        """Let this transaction change history that is append-only, or end that.

        The transaction gets its row, so that it does not go unnoticed.
        """
        raise NotImplementedError

    @abstractmethod
    def in_transaction(self, dbapi_connection: Any) -> bool | None:
        """Say whether the driver's connection is inside a database transaction.

        ``None`` when the driver does not tell.  Sends nothing.
        """

    def after_rows(self, connection: Connection) -> None:  # noqa: B027 - most drivers know anyway
        """Let :meth:`in_transaction` know how things stand after a write that returned rows."""

    def knows_unit(self, connection: Connection, log: LogSpec, token: str) -> bool:
        """Say whether the announcement of a unit still stands.

        Asked after SQL text has returned to a savepoint.  At most one query.
        """
        return True

    def begin_unit(
        self, connection: Connection, log: LogSpec, token: str, context: str | None
    ) -> bool:
        """Announce a transaction whose first statement follows at once, in one call of the driver.

        The same as :meth:`enter_unit`, where nothing can be spared by knowing that.

        :returns: :meth:`end_batch` has to be called after that call, whether it succeeds or not.
        """
        self.enter_unit(connection, log, token, context)
        return False

    def begin_batch(self, connection: Connection, log: LogSpec) -> bool:
        """Vouch for the announced unit while many rows are sent in one call of the driver.

        :returns: :meth:`end_batch` has to be called afterwards, whether the call succeeds or not.
        """
        return False

    def end_batch(self, connection: Connection, log: LogSpec) -> None:  # noqa: B027 - most need nothing
        """Stop vouching for the unit."""

    def prepare_connection(self, connection: Connection) -> None:  # noqa: B027 - most need nothing
        """Set what a connection needs for its changes to be seen; called once for each."""

    def ensure_transaction(  # noqa: B027 - most need nothing
        self, connection: Connection, *, writing: bool = False
    ) -> None:
        """Make sure that the driver has begun a transaction; some wait for the first change.

        :param writing: it is going to write, and may wait for other writers now.
        """


def is_autocommit(connection: Connection) -> bool:
    """Say whether each statement of the connection is a transaction of its own."""
    level = connection.get_execution_options().get("isolation_level")
    if level is None:
        level = getattr(connection.dialect, "_on_connect_isolation_level", None)
    return level == "AUTOCOMMIT"
