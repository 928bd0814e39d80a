"""What the conformance tests share: a world to test in, and eyes that look past the library.

A :class:`World` has its own manager and its own declarative base, so that tests do not know of
each other.  Version tables and the transaction table are read with plain selects.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import mapped_column

from continuum import VersioningManager
from continuum import make_versioned
from continuum import remove_versioning
from continuum import version_table
from continuum.dialects.base import INTERNAL
from model import history as rule
from model.invariants import violations
from servers.database import Database

OPERATIONS = {rule.INSERT: "insert", rule.UPDATE: "update", rule.DELETE: "delete"}


class World:
    """A declarative base with a manager of its own, on one database and with one recorder."""

    def __init__(
        self,
        database: Database,
        recorder: str,
        options: Mapping[str, Any] | None = None,
        declare: Callable[[Any], dict[str, Any]] | None = None,
        **arguments: Any,
    ) -> None:
        """Call ``make_versioned()``.

        :param options: its options, beside the choice of the recorder.
        :param declare: defines classes on the base that it is given, and returns further arguments.
        :param arguments: further arguments.
        """
        self.database = database
        self.dialect = database.engine_name
        self.engine = database.engine()
        self.native = recorder == "triggers"
        self.options = {"native_versioning": self.native, **(options or {})}
        self.manager = VersioningManager()

        class Base(DeclarativeBase):
            pass

        self.Base: Any = Base
        self.declared = {} if declare is None else declare(Base)
        arguments = {**self.declared, **arguments}
        arguments.setdefault("user_cls", None)
        make_versioned(manager=self.manager, options=self.options, **arguments)

    def create(self) -> None:
        """Configure the mappers and create tables and triggers."""
        configure_mappers()
        self.Base.metadata.create_all(self.engine)

    def close(self) -> None:
        """Forget the manager and the classes.  The tables go with the database."""
        remove_versioning(manager=self.manager)
        self.Base.registry.dispose()

    def knows_foreign_transactions(self) -> bool:
        """Say whether the transactions of plain clients are told apart exactly here."""
        capabilities = self.manager.check(self.engine).capabilities
        assert capabilities is not None
        return capabilities.foreign_transaction_identity == "exact"

    @contextmanager
    def transaction(self, **options: Any) -> Iterator[Session]:
        """Run the block in a new session, in one transaction."""
        with Session(self.engine, **options) as session, session.begin():
            yield session

    @property
    def log(self) -> Table:
        """The transaction table."""
        table = self.manager.transaction_cls.__table__
        assert isinstance(table, Table)
        return table

    def transactions(self) -> list[Any]:
        """Return the rows of the transaction table, in the order of their ids."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(self.log).order_by(self.log.c.id)))

    def spec(self, subject: Any) -> rule.Table:
        """Describe a class or a table to the model of history, from its own declaration."""
        table = getattr(subject, "__table__", subject)
        options = {**self.options, **getattr(subject, "__versioned__", {})}
        key = tuple(column.name for column in table.primary_key) or tuple(
            column.name for column in table.c if column.foreign_keys
        )
        ignored = tuple(options.get("ignore", ()))
        absent = {*key, *ignored, *options.get("exclude", ())}
        return rule.Table(
            key=key,
            counting=tuple(c.name for c in table.c if c.name not in absent),
            ignored=ignored,
            null_delete=options.get("null_delete", False),
            ends=options.get("strategy", "validity") == "validity",
            operations=tuple(
                number
                for number, name in OPERATIONS.items()
                if name in options.get("operations", OPERATIONS.values())
            ),
            recorded=getattr(subject, "recorded", None),
        )

    def versions(self, subject: Any, connection: Connection | None = None) -> list[rule.Version]:
        """Return the versions of a class or a table, ordered by key and transaction."""
        if connection is None:
            with self.engine.connect() as connection:
                return self.versions(subject, connection)
        table = version_table(getattr(subject, "__table__", subject))
        spec = self.spec(subject)
        names = {**self.options, **getattr(subject, "__versioned__", {})}
        start = names.get("transaction_column_name", "transaction_id")
        end = names.get("end_transaction_column_name", "end_transaction_id")
        operation = names.get("operation_type_column_name", "operation_type")
        rows = [
            {column.name: value for column, value in zip(table.c, row, strict=True)}
            for row in connection.execute(select(table))
        ]
        versions = [
            rule.Version(
                key=tuple(row[name] for name in spec.key),
                transaction=row[start],
                end=row[end] if spec.ends else None,
                operation=row[operation],
                values={name: row[name] for name in spec.stored},
            )
            for row in rows
        ]
        return sorted(versions, key=lambda v: (tuple(map(repr, v.key)), v.transaction))

    def live(self, subject: Any, connection: Connection | None = None) -> rule.Rows:
        """Return the rows of a live table, by key."""
        if connection is None:
            with self.engine.connect() as connection:
                return self.live(subject, connection)
        spec = self.spec(subject)
        table = getattr(subject, "__table__", subject)
        rows = [
            {column.name: value for column, value in zip(table.c, row, strict=True)}
            for row in connection.execute(select(table))
        ]
        return {tuple(row[name] for name in spec.key): row for row in rows}

    def story(self, subject: Any, *names: str) -> list[tuple[Any, ...]]:
        """Return a history in short: ``(*key, operation, from, to, *values)``, in order.

        ``from`` and ``to`` are ranks: the first transaction that left anything in this table is
        1, the second 2.  The rules that every history obeys are checked on the way.
        """
        self.verify(subject)
        return [
            (
                *version.key,
                OPERATIONS[version.operation],
                version.transaction,
                version.end,
                *(version.values[name] for name in names),
            )
            for version in rule.ranked(self.versions(subject))
        ]

    def verify(self, *subjects: Any, gaps: bool = False) -> None:
        """Check the rules that every history obeys."""
        ids = {row.id for row in self.transactions()}
        for subject in subjects:
            versions, live = self.versions(subject), self.live(subject)
            faults = violations(self.spec(subject), versions, live, ids, gaps=gaps)
            assert not faults, "\n".join(faults)


def define_article(world: World, table: str = "article", **versioned: Any) -> Any:
    """Define a versioned class with a few columns, without creating its table."""
    return type(
        table.capitalize(),
        (world.Base,),
        {
            "__tablename__": table,
            "__versioned__": versioned,
            "__module__": __name__,
            "id": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(200)),
            "content": mapped_column(String(200)),
            "hits": mapped_column(Integer),
        },
    )


def create_article(world: World, **versioned: Any) -> Any:
    """Define the class of :func:`define_article` and create its tables."""
    cls = define_article(world, **versioned)
    world.create()
    return cls


def forget(world: World, *tables: Any) -> None:
    """Make a history as young as if versioning had just been switched on."""
    with world.engine.begin() as connection:
        for each in (*map(version_table, tables), world.log):
            connection.execute(delete(each), execution_options={INTERNAL: True})


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that an engine is sent inside the block."""
    statements: list[str] = []

    def note(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def next_tick() -> None:
    """Let the clock move on, for databases that tell plain clients' transactions by time."""
    time.sleep(0.005)


def literal(value: object) -> str:
    """Write a value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("'", "''")
    return f"'{text}'"
