"""The many ways to write to a table.

A :class:`Change` says what happens to one row; a writer makes a list of transactions, each a list
of changes, happen through one kind of client.  :func:`states` says what the table looks like in
between, for the model.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from model.history import Rows
from suite._support import World
from suite._support import literal
from suite._support import next_tick


@dataclass(frozen=True)
class Change:
    """An INSERT (``new``), an UPDATE (``key`` and ``new``) or a DELETE (``key``) of one row."""

    key: int | None = None
    new: dict[str, Any] | None = None

    def on_key(self, offset: int) -> Change:
        """Return the same change of the row whose key is so much higher."""
        new = self.new
        if new is not None and "id" in new:
            new = {**new, "id": new["id"] + offset}
        return Change(None if self.key is None else self.key + offset, new)


Transactions = Sequence[Sequence[Change]]


def born(key: int, name: str | None = "a", hits: int = 0) -> Change:
    return Change(new={"id": key, "name": name, "content": None, "hits": hits})


def changed(key: int, **new: Any) -> Change:
    return Change(key, new)


def gone(key: int) -> Change:
    return Change(key)


def states(rows: Rows, changes: Sequence[Change]) -> Sequence[Rows]:
    """Return the rows before, between and after some changes."""
    result = [dict(rows)]
    for change in changes:
        current = dict(result[-1])
        old = {} if change.key is None else dict(current.pop((change.key,)))
        if change.new is not None:
            row = {**old, **change.new}
            current[(row["id"],)] = row
        result.append(current)
    return result


def doubled(transactions: Transactions) -> Transactions:
    """Return the transactions with each change made to two rows."""
    return [
        [twin for change in changes for twin in (change, change.on_key(100))]
        for changes in transactions
    ]


def sql(table: str, change: Change) -> str:
    """Write a change as a statement without parameters."""
    if change.key is None:
        assert change.new is not None
        values = ", ".join(literal(value) for value in change.new.values())
        return f"INSERT INTO {table} ({', '.join(change.new)}) VALUES ({values})"
    where = f"WHERE id = {literal(change.key)}"
    if change.new is None:
        return f"DELETE FROM {table} {where}"
    assignments = ", ".join(f"{name} = {literal(value)}" for name, value in change.new.items())
    return f"UPDATE {table} SET {assignments} {where}"


def flush(session: Session, cls: Any, change: Change) -> None:
    """Make a change by loading, changing and flushing an object."""
    if change.key is None:
        session.add(cls(**change.new or {}))
    elif change.new is None:
        session.delete(session.get_one(cls, change.key))
    else:
        loaded = session.get_one(cls, change.key)
        for name, value in change.new.items():
            setattr(loaded, name, value)
    session.flush()


def execute(target: Session | Connection, entity: Any, change: Change) -> None:
    """Make a change by a statement about a class, in a session, or about a table."""
    key = getattr(entity, "c", entity).id
    if change.key is None:
        target.execute(insert(entity).values(change.new or {}))
    elif change.new is None:
        target.execute(delete(entity).where(key == change.key))
    else:
        target.execute(update(entity).where(key == change.key).values(change.new))


def upsert(connection: Connection, cls: Any, *rows: dict[str, Any]) -> None:
    """Insert rows, or update those whose key exists."""
    names = [name for name in rows[0] if name != "id"]
    if connection.dialect.name in ("mysql", "mariadb"):
        into_mysql = mysql.insert(cls.__table__).values(list(rows))
        new = into_mysql.inserted
        connection.execute(into_mysql.on_duplicate_key_update({name: new[name] for name in names}))
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    into = dialect.insert(cls.__table__).values(list(rows))
    connection.execute(
        into.on_conflict_do_update(
            index_elements=["id"], set_={name: into.excluded[name] for name in names}
        )
    )


def by_orm(world: World, cls: Any, transactions: Transactions) -> None:
    """Load, change and flush, one change after the other."""
    for changes in transactions:
        with world.transaction() as session:
            for change in changes:
                flush(session, cls, change)


def by_orm_statements(world: World, cls: Any, transactions: Transactions) -> None:
    """Send ``insert()``, ``update()`` and ``delete()`` of the class through a session."""
    for changes in transactions:
        with world.transaction() as session:
            for change in changes:
                execute(session, cls, change)


def by_core(world: World, cls: Any, transactions: Transactions) -> None:
    """Send statements about the table through a connection."""
    for changes in transactions:
        with world.engine.begin() as connection:
            for change in changes:
                execute(connection, cls.__table__, change)


def by_executemany(world: World, cls: Any, transactions: Transactions) -> None:
    """Make each change to two rows at once, with one statement and two sets of parameters.

    The second row has a key that is higher by 100, see :func:`doubled`.
    """
    table = cls.__table__
    for changes in transactions:
        with world.engine.begin() as connection:
            for change in changes:
                twins = [change, change.on_key(100)]
                if change.key is None:
                    connection.execute(insert(table), [twin.new or {} for twin in twins])
                elif change.new is None:
                    connection.execute(
                        delete(table).where(table.c.id == bindparam("key")),
                        [{"key": twin.key} for twin in twins],
                    )
                else:
                    connection.execute(
                        update(table)
                        .where(table.c.id == bindparam("key"))
                        .values({name: bindparam(f"new_{name}") for name in change.new}),
                        [
                            {"key": twin.key}
                            | {f"new_{name}": value for name, value in (twin.new or {}).items()}
                            for twin in twins
                        ],
                    )


def by_text(world: World, cls: Any, transactions: Transactions) -> None:
    """Send SQL text through a session."""
    for changes in transactions:
        with world.transaction() as session:
            for change in changes:
                session.execute(text(sql(cls.__tablename__, change)))


def by_driver(world: World, cls: Any, transactions: Transactions) -> None:
    """Write with the driver alone; SQLAlchemy does not know."""
    connection = plain_connection(world.engine)
    try:
        for changes in transactions:
            cursor = connection.cursor()
            for change in changes:
                cursor.execute(sql(cls.__tablename__, change))
                next_tick()
            connection.commit()
    finally:
        connection.close()


def by_client(world: World, cls: Any, transactions: Transactions) -> None:
    """Write with the database's own command-line client."""
    pause = ".shell sleep 0.005\n" if world.dialect == "sqlite" else ""
    script = "".join(
        "BEGIN;\n"
        + "".join(f"{sql(cls.__tablename__, change)};\n{pause}" for change in changes)
        + "COMMIT;\n"
        for changes in transactions
    )
    world.database.client(script)


Writer = Callable[[World, Any, Transactions], None]


def plain_connection(engine: Engine) -> Any:
    """Open a connection with the driver alone, as a program without SQLAlchemy would."""
    arguments, options = engine.dialect.create_connect_args(engine.url)
    dbapi = engine.dialect.loaded_dbapi
    return dbapi.connect(*arguments, **options)
