"""Hand-made tables on PostgreSQL, recorded by its emitter and read past it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import DateTime
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from continuum.dialects.base import INTERNAL
from continuum.dialects.postgresql import EMITTER
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from model import history as rule
from model.invariants import violations

PLAIN = {INTERNAL: True, "no_parameters": True}

LOG = LogSpec(
    table=TableName("transaction", "public"),
    columns=(ContextColumn("actor", "user_id", Integer()),),
    row_columns=("issued_at", "user_id"),
)


def execute(connection: Connection, *statements: str) -> None:
    """Run statements as a plain client would."""
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options=PLAIN)


@dataclass
class Recorded:
    """A live table with its history."""

    engine: Engine
    spec: TriggerSpec
    live: Table
    history: Table
    log: Table

    @contextmanager
    def transaction(self, *statements: str) -> Iterator[Connection]:
        """Run statements and the block in one transaction."""
        with self.engine.begin() as connection:
            execute(connection, *statements)
            yield connection

    def run(self, *statements: str) -> None:
        """Run statements in one transaction."""
        with self.transaction(*statements):
            pass

    def install(self) -> None:
        """Create helpers and triggers."""
        with self.engine.begin() as connection:
            server = EMITTER.server(connection, self.spec.log)
            EMITTER.validate(self.spec, server)
            execute(
                connection,
                *EMITTER.create_helpers(self.spec.log, [self.spec], server),
                *EMITTER.create(self.spec, server),
            )

    @property
    def rule(self) -> rule.Table:
        """The table as the model of history knows it."""
        return rule.Table(
            key=self.spec.key,
            counting=tuple(column.name for column in self.spec.counting_columns),
            ignored=tuple(column.name for column in self.spec.ignored_columns),
            null_delete=self.spec.null_delete,
            ends=self.spec.end_column is not None,
        )

    def versions(self) -> list[rule.Version]:
        """Return the version rows, ordered by key and transaction."""
        spec = self.spec
        with self.engine.connect() as connection:
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

    def rows(self) -> rule.Rows:
        """Return the live rows by key."""
        with self.engine.connect() as connection:
            return self.rows_seen_by(connection)

    def rows_seen_by(self, connection: Connection) -> rule.Rows:
        """Return the live rows by key, as a running transaction sees them."""
        found = connection.execute(select(self.live)).mappings().all()
        return {tuple(row[name] for name in self.spec.key): dict(row) for row in found}

    def ids(self) -> list[int]:
        """Return the ids of the transaction table."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(self.log.c.id).order_by(self.log.c.id)).scalars())

    def seen(self, *names: str) -> list[tuple[Any, ...]]:
        """Return columns of the history, ordered by key and transaction."""
        order = [*self.spec.key, self.spec.transaction_column]
        query = select(*(self.history.c[name] for name in names)).order_by(
            *(self.history.c[name] for name in order)
        )
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def story(self, *names: str, gaps: bool = False) -> list[tuple[Any, ...]]:
        """Return the history in short, ``(*key, operation, from, to, *values)``, with real ids.

        The rules that every history obeys are checked on the way.
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
            for version in self.versions()
        ]

    def verify(self, *, gaps: bool = False) -> None:
        """Check the rules that every history obeys."""
        faults = violations(self.rule, self.versions(), self.rows(), self.ids(), gaps=gaps)
        assert not faults, "\n".join(faults)


def new_log(metadata: MetaData, name: TableName, *columns: Column[Any]) -> Table:
    """Declare a transaction table."""
    return Table(
        name.name,
        metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=True),
        Column("issued_at", DateTime, index=True),
        *columns,
        schema=name.schema,
    )


def record(
    engine: Engine,
    columns: Sequence[tuple[str, TypeEngine[Any]]] = (
        ("id", Integer()),
        ("name", String()),
        ("hits", Integer()),
    ),
    *,
    key: tuple[str, ...] = ("id",),
    name: str = "article",
    schema: str = "public",
    history_schema: str | None = None,
    log: LogSpec = LOG,
    log_columns: Sequence[Column[Any]] | None = None,
    ignored: tuple[str, ...] = (),
    excluded: Sequence[Column[Any]] = (),
    comparisons: dict[str, str] | None = None,
    flags: tuple[str, ...] = (),
    unique: bool = True,
    options: dict[str, Any] | None = None,
    before: Sequence[str] = (),
    create_live: bool = True,
    install: bool = True,
    **spec_options: Any,
) -> Recorded:
    """Create a live table, its version table and a transaction table, and the triggers.

    :param before: statements to run between the creation of the tables and that of the triggers.
    :param flags: columns with a flag that says whether a version changed them.
    :param unique: make the key the live table's primary key.
    """
    metadata = MetaData()
    spec = TriggerSpec(
        table=TableName(name, schema),
        version_table=TableName(
            spec_options.pop("version_name", f"{name}_version"), history_schema or schema
        ),
        log=log,
        columns=tuple(
            ColumnSpec(
                column,
                column,
                type_,
                counts=column not in ignored,
                comparison=(comparisons or {}).get(column),
                flag=f"{column}_mod" if column in flags else None,
            )
            for column, type_ in columns
        ),
        key=key,
        **spec_options,
    )
    live = Table(
        name,
        metadata,
        *(
            Column(column, type_, primary_key=unique and column in key, autoincrement=False)
            for column, type_ in columns
        ),
        *excluded,
        schema=schema,
        **(options or {}),
    )
    history_metadata = MetaData()
    history = Table(
        spec.version_table.name,
        history_metadata,
        *(
            Column(column, type_, primary_key=column in key, autoincrement=False)
            for column, type_ in columns
        ),
        Column(spec.transaction_column, BigInteger, primary_key=True, autoincrement=False),
        *([] if spec.end_column is None else [Column(spec.end_column, BigInteger)]),
        Column(spec.operation_column, SmallInteger, nullable=False),
        *added_columns(spec),
        schema=spec.version_table.schema,
    )
    if spec.changes is not None:
        new_changes_table(history_metadata, spec.changes)
    if log_columns is None:
        log_columns = [Column("user_id", Integer)]
    log_table = new_log(history_metadata, log.table, *log_columns)
    if create_live:
        metadata.create_all(engine)
    history_metadata.create_all(engine)
    if spec.mask is not None:
        make_mask_catalog(engine, spec, spec.mask)
    recorded = Recorded(engine, spec, live, history, log_table)
    recorded.run(*before)
    if install:
        recorded.install()
    return recorded


def added_columns(spec: TriggerSpec) -> list[Column[Any]]:
    """Declare what a history holds beside the columns of its rows."""
    columns: list[Column[Any]] = [
        Column(column.flag, Boolean, nullable=False, server_default="false")
        for column in spec.columns
        if column.flag is not None
    ]
    if spec.end_timestamp_column is not None:
        columns.append(Column(spec.end_timestamp_column, DateTime))
    if spec.mask is not None:
        columns.append(Column(spec.mask.column, BigInteger, nullable=False, server_default="0"))
    columns += [Column(item.name, String) for item in spec.extra]
    return columns


def new_changes_table(metadata: MetaData, changes: ChangesSpec) -> Table:
    """Declare the table with the kinds of changed objects."""
    return Table(
        changes.table.name,
        metadata,
        Column(changes.transaction_column, BigInteger, primary_key=True, autoincrement=False),
        Column(changes.entity_column, String(100), primary_key=True),
        schema=changes.table.schema,
    )


def make_mask_catalog(engine: Engine, spec: TriggerSpec, mask: MaskSpec) -> None:
    """Create the table with the places of bits; the first column has the third bit."""
    catalog = Table(
        mask.catalog.name,
        MetaData(),
        Column("version_table", String(190), primary_key=True),
        Column("column_name", String(190), primary_key=True),
        Column("position", SmallInteger, nullable=False),
        schema=mask.catalog.schema,
    )
    catalog.create(engine)
    with engine.begin() as connection:
        for position, column in enumerate(spec.value_columns, 2):
            connection.execute(
                catalog.insert().values(
                    version_table=spec.version_table.name,
                    column_name=column.name,
                    position=position,
                )
            )


def with_side_table(log: LogSpec, name: str, *columns: str) -> LogSpec:
    """Return the log with one more table that refers to its ids."""
    return replace(
        log, side_tables=(*log.side_tables, SideTable(TableName(name, "public"), columns))
    )


def context(**values: Any) -> str:
    """Return a published context."""
    return json.dumps(values)


def sqlstate(error: DBAPIError) -> str | None:
    """Return what the server said, whichever driver brought it."""
    return getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)


def compare_with_model(
    recorded: Recorded,
    dice: random.Random,
    *,
    transactions: int,
    table: rule.Table | None = None,
    gaps: bool = False,
    shifts: bool = True,
) -> None:
    """Run random transactions on the table ``article`` and compare its history with the model.

    :param table: how the model sees the table, when that is more than the spec says.
    :param gaps: changes without a version are expected.
    :param shifts: statements that give the key of one row to another one are among them.
    """
    model = rule.History({"article": table or recorded.rule})
    told: list[str] = []
    for _ in range(transactions):
        told.append("BEGIN")
        with recorded.engine.connect() as connection, connection.begin() as transaction:
            states = [{"article": recorded.rows_seen_by(connection)}]
            savepoints = []
            for _ in range(dice.randint(1, 6)):
                statement = random_statement(dice, shifts=shifts)
                told.append(statement)
                if statement == "SAVEPOINT":
                    savepoints.append((connection.begin_nested(), len(states)))
                elif statement == "RELEASE" and savepoints:
                    savepoints.pop()[0].commit()
                elif statement == "ROLLBACK" and savepoints:
                    savepoint, length = savepoints.pop()
                    savepoint.rollback()
                    del states[length:]
                elif statement not in ("RELEASE", "ROLLBACK"):
                    attempt(connection, statement)
                states.append({"article": recorded.rows_seen_by(connection)})
            if dice.random() < 0.15:
                transaction.rollback()
                continue
        model.commit(states)
        recorded.verify(gaps=gaps)
        expected = sorted(
            rule.ranked(model.versions("article")),
            key=lambda version: (tuple(map(repr, version.key)), version.transaction),
        )
        assert rule.ranked(recorded.versions()) == expected, "\n".join(told)


def attempt(connection: Connection, statement: str) -> None:
    """Run a statement that a key may refuse."""
    with connection.begin_nested() as savepoint:
        try:
            execute(connection, statement)
        except DBAPIError as error:
            if sqlstate(error) != "23505":
                raise
            savepoint.rollback()


def random_statement(dice: random.Random, *, shifts: bool) -> str:
    """Return a statement on the table ``article (id, name, hits)``."""
    one, two = dice.randint(1, 4), dice.randint(1, 4)
    name, hits = dice.choice("ab"), dice.randint(0, 1)
    moves = [
        f"UPDATE article SET id = {one + two} - id WHERE id IN ({one}, {two})",
        "UPDATE article SET id = id % 4 + 1",
    ]
    return dice.choice(
        [
            f"INSERT INTO article VALUES ({one}, '{name}', {hits})",
            f"INSERT INTO article VALUES ({two}, '{name}', {hits})",
            f"UPDATE article SET name = '{name}', hits = {hits} WHERE id = {one}",
            f"UPDATE article SET name = '{name}' WHERE id = {one}",
            f"UPDATE article SET hits = {hits} WHERE id = {one}",
            f"UPDATE article SET name = '{name}'",
            f"DELETE FROM article WHERE id = {one}",
            f"UPDATE article SET id = {one} WHERE id = {two}",
            *(moves if shifts else ()),
            dice.choice(["TRUNCATE article", "UPDATE article SET name = name"]),
            "SAVEPOINT",
            "RELEASE",
            "ROLLBACK",
        ]
    )
