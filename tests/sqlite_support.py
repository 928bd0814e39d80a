"""Hand-made tables in SQLite files, recorded by the emitter and read past it."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import closing
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from continuum.dialects.base import INTERNAL
from continuum.dialects.spec import OPERATIONS
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite import EMITTER
from model import history as rule
from model.invariants import violations

LOG = LogSpec(table=TableName("transaction", "main"))
LOG_TABLE = (
    'CREATE TABLE "{schema}"."transaction" (id INTEGER PRIMARY KEY AUTOINCREMENT,'
    " issued_at DATETIME)"
)
ITEM = TriggerSpec(
    table=TableName("item", "main"),
    version_table=TableName("item_version", "main"),
    log=LOG,
    columns=(
        ColumnSpec("id", "id", Integer()),
        ColumnSpec("code", "code", String()),
        ColumnSpec("name", "name", String()),
    ),
    key=("id",),
)
ITEM_TABLE = "CREATE TABLE item (id INTEGER PRIMARY KEY, code TEXT UNIQUE, name)"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def history_table(spec: TriggerSpec, types: dict[str, str] | None = None) -> str:
    """Return the CREATE TABLE of a version table, with a type for each column that has one."""
    names = [column.history_name for column in spec.columns]
    columns = [f"{quoted(name)} {(types or {}).get(name, '')}" for name in names]
    columns.append(f"{quoted(spec.transaction_column)} BIGINT NOT NULL")
    if spec.end_column is not None:
        columns.append(f"{quoted(spec.end_column)} BIGINT")
    columns.append(f"{quoted(spec.operation_column)} SMALLINT NOT NULL")
    flags = [column.flag for column in spec.columns if column.flag is not None]
    columns += [f"{quoted(flag)} BOOLEAN NOT NULL DEFAULT 0" for flag in flags]
    if spec.mask is not None:
        columns.append(f"{quoted(spec.mask.column)} BIGINT NOT NULL DEFAULT 0")
    if spec.end_timestamp_column is not None:
        columns.append(f"{quoted(spec.end_timestamp_column)} DATETIME")
    columns += [f"{quoted(extra.name)} NOT NULL" for extra in spec.extra]
    keys = [quoted(column.history_name) for column in spec.key_columns]
    keys.append(quoted(spec.transaction_column))
    table = f"{quoted(spec.version_table.schema or 'main')}.{quoted(spec.version_table.name)}"
    return f"CREATE TABLE {table} ({', '.join(columns)}, PRIMARY KEY ({', '.join(keys)}))"


@dataclass
class Recorded:
    """Live tables with their histories, in one file."""

    path: Path
    specs: Sequence[TriggerSpec]
    foreign_keys: bool = False
    attached: Path | None = None

    @property
    def spec(self) -> TriggerSpec:
        return self.specs[0]

    @property
    def log(self) -> LogSpec:
        return self.spec.log

    def plain(self, *, recursive: bool = True) -> sqlite3.Connection:
        """Open a connection of a plain client, which begins transactions itself if at all."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        if self.attached is not None:
            connection.execute("ATTACH ? AS other", (str(self.attached),))
        connection.execute(f"PRAGMA foreign_keys = {int(self.foreign_keys)}")
        connection.execute(f"PRAGMA recursive_triggers = {int(recursive)}")
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    def run(self, *statements: str, recursive: bool = True) -> None:
        """Run statements as a plain client, each in a transaction of its own."""
        with closing(self.plain(recursive=recursive)) as connection:
            for statement in statements:
                connection.execute(statement).fetchall()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with closing(self.plain()) as connection:
            return connection.execute(statement).fetchall()

    def engine(self) -> Engine:
        """Make an engine whose connections are plain ones, in the driver's usual mode."""

        def connect() -> sqlite3.Connection:
            connection = self.plain()
            connection.isolation_level = ""
            return connection

        return create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @contextmanager
    def unit(self, *statements: str, context: str | None = None) -> Iterator[Connection]:
        """Run statements and the block in one transaction, as SQLAlchemy does."""
        with self.engine().begin() as connection:
            EMITTER.ensure_transaction(connection)
            EMITTER.enter_unit(connection, self.log, uuid.uuid4().hex, context)
            execute(connection, *statements)
            yield connection
            EMITTER.leave_unit(connection, self.log)

    def write(self, *statements: str, context: str | None = None) -> None:
        """Run statements in one transaction, as SQLAlchemy does."""
        with self.unit(*statements, context=context):
            pass

    def install(self) -> None:
        """Create or refresh helpers and triggers."""
        with self.engine().begin() as connection:
            EMITTER.ensure_transaction(connection)
            server = EMITTER.server(connection, self.log)
            execute(connection, *EMITTER.create_helpers(self.log, self.specs, server))
            for spec in self.specs:
                EMITTER.validate(spec, server)
                execute(connection, *EMITTER.create(spec, server))

    def ids(self) -> list[int]:
        """Return the ids of the transaction table."""
        schema = self.log.table.schema or "main"
        table, key = f"{quoted(schema)}.{quoted(self.log.table.name)}", quoted(self.log.id)
        return [row[0] for row in self.rows(f"SELECT {key} FROM {table} ORDER BY 1")]

    def rule(self, spec: TriggerSpec | None = None) -> rule.Table:
        """Return a table as the model of history knows it."""
        spec = spec or self.spec
        return rule.Table(
            operations=tuple(OPERATIONS.index(name) for name in spec.operations),
            key=spec.key,
            counting=tuple(column.name for column in spec.counting_columns),
            ignored=tuple(column.name for column in spec.ignored_columns),
            null_delete=spec.null_delete,
            ends=spec.end_column is not None,
        )

    def live(
        self, connection: sqlite3.Connection | None = None, spec: TriggerSpec | None = None
    ) -> rule.Rows:
        """Return the live rows by key."""
        if connection is None:
            with closing(self.plain()) as connection:
                return self.live(connection, spec)
        spec = spec or self.spec
        names = [column.name for column in spec.columns]
        table = f"{quoted(spec.table.schema or 'main')}.{quoted(spec.table.name)}"
        found = connection.execute(f"SELECT {', '.join(map(quoted, names))} FROM {table}")
        rows = [dict(zip(names, row, strict=True)) for row in found]
        return {tuple(row[name] for name in spec.key): row for row in rows}

    def versions(self, spec: TriggerSpec | None = None) -> list[rule.Version]:
        """Return the version rows, ordered by key and transaction."""
        spec = spec or self.spec
        names = [column.history_name for column in spec.columns]
        names += [spec.transaction_column, spec.end_column or "", spec.operation_column]
        selected = ", ".join(quoted(name) if name else "NULL" for name in names)
        schema = spec.version_table.schema or "main"
        found = self.rows(
            f"SELECT {selected} FROM {quoted(schema)}.{quoted(spec.version_table.name)}"
        )
        versions = []
        for *values, start, end, operation in found:
            row = {c.name: value for c, value in zip(spec.columns, values, strict=True)}
            key = tuple(row[name] for name in spec.key)
            versions.append(rule.Version(key, start, end, operation, row))
        return sorted(versions, key=lambda v: (tuple(map(repr, v.key)), v.transaction))

    def story(self, *names: str, gaps: bool = False) -> list[tuple[Any, ...]]:
        """Return the history in short: ``(*key, operation, from, to, *values)``, with ranks.

        The rules that every history obeys are checked on the way.
        """
        self.verify(gaps=gaps)
        return [
            (*v.key, v.operation, v.transaction, v.end, *(v.values[name] for name in names))
            for v in rule.ranked(self.versions())
        ]

    def verify(self, *, gaps: bool = False) -> None:
        """Check the rules that every history obeys."""
        for spec in self.specs:
            faults = violations(
                self.rule(spec), self.versions(spec), self.live(spec=spec), self.ids(), gaps=gaps
            )
            assert not faults, "\n".join(faults)


def execute(connection: Connection, *statements: str) -> None:
    """Run statements, unseen by any hook."""
    for statement in statements:
        result = connection.exec_driver_sql(statement, execution_options={INTERNAL: True})
        if result.returns_rows:
            result.all()


def record(
    path: Path,
    spec: TriggerSpec = ITEM,
    table: str = ITEM_TABLE,
    *,
    types: dict[str, str] | None = None,
    foreign_keys: bool = False,
) -> Recorded:
    """Create a table, its version table and their triggers in a new file."""
    if types is None:
        types = {"id": "INTEGER"}
    recorded = Recorded(path / "test.db", [spec], foreign_keys)
    recorded.run(table, history_table(spec, types), LOG_TABLE.format(schema="main"))
    recorded.install()
    return recorded


def with_strategy(spec: TriggerSpec, strategy: str) -> TriggerSpec:
    """Return a spec with the strategy of that name."""
    return spec if strategy == "validity" else replace(spec, end_column=None)
