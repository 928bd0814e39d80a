"""Hand-made tables on MariaDB and MySQL, recorded by their emitter and read past it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Enum
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import select
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.types import JSON
from sqlalchemy.types import TypeEngine

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Server
from continuum.dialects.mysql import EMITTER
from continuum.dialects.spec import OPERATIONS
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from model import history as rule
from model.invariants import violations

PLAIN = {INTERNAL: True, "no_parameters": True}

CONTEXT = (
    ContextColumn("reason", "reason", String(100)),
    ContextColumn("number", "number", Integer()),
    ContextColumn("meta", "meta", JSON()),
)

Columns = Sequence[tuple[str, TypeEngine[Any]]]
ARTICLE: Columns = (("id", Integer()), ("name", String(50)), ("hits", Integer()))

_tokens = itertools.count(1)


def execute(connection: Connection, *statements: str) -> None:
    """Run statements as a plain client would."""
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options=PLAIN)


def new_token() -> str:
    """Return the name of a unit that no other test has used."""
    return f"unit {next(_tokens)}"


@dataclass
class Recorded:
    """A live table with its history.

    :param recorded: what ``spec.when`` says of a row.
    """

    lab: Lab
    spec: TriggerSpec
    live: Table
    history: Table
    recorded: Callable[[rule.Row], bool] | None = None

    @property
    def rule(self) -> rule.Table:
        """The table as the model of history knows it."""
        return rule.Table(
            key=self.spec.key,
            counting=tuple(column.name for column in self.spec.counting_columns),
            ignored=tuple(column.name for column in self.spec.ignored_columns),
            null_delete=self.spec.null_delete,
            ends=self.spec.end_column is not None,
            operations=tuple(OPERATIONS.index(name) for name in self.spec.operations),
            recorded=self.recorded,
        )

    def run(self, *statements: str, context: str | None = None) -> None:
        """Run statements in one announced transaction."""
        with self.lab.unit(context=context) as connection:
            execute(connection, *statements)

    def versions(self) -> list[rule.Version]:
        """Return the version rows, ordered by key and transaction."""
        spec = self.spec
        with self.lab.engine.connect() as connection:
            rows = connection.execute(select(self.history)).mappings().all()
        found = [
            rule.Version(
                key=tuple(row[column.history_name] for column in spec.key_columns),
                transaction=row[spec.transaction_column],
                end=None if spec.end_column is None else row[spec.end_column],
                operation=row[spec.operation_column],
                values={column.name: row[column.history_name] for column in spec.columns},
            )
            for row in rows
        ]
        return sorted(found, key=lambda v: (tuple(map(repr, v.key)), v.transaction))

    def rows_seen_by(self, connection: Connection) -> rule.Rows:
        """Return the live rows by key, as a running transaction sees them."""
        found = connection.execute(select(self.live)).mappings().all()
        return {tuple(row[name] for name in self.spec.key): dict(row) for row in found}

    def verify(self, *, gaps: bool = False) -> None:
        """Check the rules that every history obeys."""
        with self.lab.engine.connect() as connection:
            rows = self.rows_seen_by(connection)
        faults = violations(self.rule, self.versions(), rows, self.lab.ids(), gaps=gaps)
        assert not faults, "\n".join(faults)

    def story(self, *names: str, gaps: bool = False) -> list[tuple[Any, ...]]:
        """Return the history in short, ``(*key, operation, from, to, *values)``.

        Transactions are numbered in their order.  The rules that every history obeys are checked.
        """
        self.verify(gaps=gaps)
        return [
            (
                *version.key,
                version.operation,
                version.transaction,
                version.end,
                *(version.values[name] for name in names),
            )
            for version in rule.ranked(self.versions())
        ]


@dataclass
class Lab:
    """A transaction table with what is recorded into it.

    :param engine: connects as the user who creates the triggers.
    """

    engine: Engine
    log: LogSpec = field(default_factory=lambda: LogSpec(TableName("transaction")))
    metadata: MetaData = field(default_factory=MetaData)
    tables: list[Recorded] = field(default_factory=list)

    @classmethod
    def on(
        cls,
        engine: Engine,
        *,
        prefix: str = "continuum",
        name: str = "transaction",
        schema: str | None = None,
        on_inversion: str = "renumber",
        context: tuple[ContextColumn, ...] = CONTEXT,
    ) -> Lab:
        """Create the transaction table."""
        log = LogSpec(
            TableName(name, schema or engine.url.database),
            prefix=prefix,
            columns=context,
            row_columns=("issued_at", *(column.name for column in context)),
            on_inversion=on_inversion,
        )
        lab = cls(engine, log)
        table = Table(
            name,
            lab.metadata,
            Column("id", BigInteger, primary_key=True, autoincrement=True),
            Column("issued_at", DATETIME(fsp=6), index=True),
            *(Column(column.name, column.type) for column in context),
            schema=log.table.schema,
        )
        table.create(engine)
        return lab

    @property
    def log_table(self) -> Table:
        """The transaction table."""
        return self.metadata.tables[str(self.log.table)]

    def record(
        self,
        columns: Columns = ARTICLE,
        *,
        key: tuple[str, ...] = ("id",),
        name: str = "article",
        schema: str | None = None,
        version_name: str | None = None,
        ignored: tuple[str, ...] = (),
        unique: bool = True,
        install: bool = True,
        further: Sequence[Any] = (),
        **options: Any,
    ) -> Recorded:
        """Create a live table, its version table and the triggers.

        :param unique: make the key the live table's primary key.
        :param further: columns and constraints of the live table that are not recorded.
        """
        schema = schema or self.log.table.schema
        spec = TriggerSpec(
            TableName(name, schema),
            TableName(version_name or f"{name}_version"[-64:], schema),
            self.log,
            tuple(ColumnSpec(c, c, type_, counts=c not in ignored) for c, type_ in columns),
            key,
            **options,
        )
        live = Table(
            name,
            self.metadata,
            *(
                Column(c, type_, primary_key=unique and c in key, autoincrement=spec.generated_key)
                for c, type_ in columns
            ),
            *further,
            schema=schema,
        )
        end = [] if spec.end_column is None else [Column(spec.end_column, BigInteger)]
        history = Table(
            spec.version_table.name,
            self.metadata,
            *(
                Column(
                    c,
                    String(100) if isinstance(type_, Enum) else type_,
                    primary_key=c in key,
                    autoincrement=False,
                )
                for c, type_ in columns
            ),
            Column(spec.transaction_column, BigInteger, primary_key=True, autoincrement=False),
            *end,
            Column(spec.operation_column, SmallInteger, nullable=False),
            schema=schema,
        )
        self.metadata.create_all(self.engine, [live, history])
        recorded = Recorded(self, spec, live, history)
        self.tables.append(recorded)
        if install:
            self.install()
        return recorded

    def server(self) -> Server:
        """Return the facts about the server as they are now."""
        with self.engine.connect() as connection:
            return EMITTER.server(connection, self.log)

    def install(self) -> None:
        """Create helpers and triggers, as ``create_all()`` does."""
        specs = [table.spec for table in self.tables]
        with self.engine.begin() as connection:
            server = EMITTER.server(connection, self.log)
            for spec in specs:
                EMITTER.validate(spec, server)
            execute(connection, *EMITTER.create_helpers(self.log, specs, server))
            for spec in specs:
                execute(connection, *EMITTER.create(spec, server))

    @contextmanager
    def unit(
        self, engine: Engine | None = None, context: str | None = None
    ) -> Iterator[Connection]:
        """Run a transaction as SQLAlchemy's hooks would announce it."""
        with (engine or self.engine).connect() as connection:
            EMITTER.enter_unit(connection, self.log, new_token(), context)
            yield connection
            EMITTER.leave_unit(connection, self.log)
            connection.commit()

    def ids(self) -> list[int]:
        """Return the ids of the transaction table."""
        with self.engine.connect() as connection:
            table = self.log_table
            return list(connection.execute(select(table.c.id).order_by(table.c.id)).scalars())

    def transactions(self) -> list[tuple[Any, ...]]:
        """Return what the transaction table says beside id and time."""
        with self.engine.connect() as connection:
            names = [self.log_table.c[column.name] for column in self.log.columns]
            rows = connection.execute(select(*names).order_by(self.log_table.c.id))
            return [tuple(row) for row in rows]


def with_log(spec: TriggerSpec, log: LogSpec) -> TriggerSpec:
    """Return the spec for another transaction table."""
    return replace(spec, log=log)
