"""Statements of a transaction of which the database knows all are not looked at; others are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import Table
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import Session

from continuum import context
from continuum import paused
from continuum.errors import ContextConflict
from continuum.errors import MissingTrigger
from suite._support import World
from suite._support import create_article
from suite._support import define_article
from suite._support import next_tick

pytestmark = pytest.mark.recorders("triggers")


def settle(connection: Connection, table: Table) -> None:
    """Insert the rows 1, 2 and 3 one by one."""
    for key in (1, 2, 3):
        connection.execute(insert(table).values(id=key))


def transaction_of(world: World, cls: Any) -> dict[int, int]:
    """Return the ids of the transactions that wrote rows last, by key."""
    return {version.key[0]: version.transaction for version in world.versions(cls)}


def test_further_statements_are_not_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = create_article(world).__table__
    looked_at = []
    look = world.manager.recording.before_cursor_execute

    def noted(*arguments: Any) -> None:
        looked_at.append(arguments[2])
        look(*arguments)

    monkeypatch.setattr(world.manager.recording, "before_cursor_execute", noted)
    with world.engine.begin() as connection:
        settle(connection, table)
        looked_at.clear()
        for name in "abc":
            connection.execute(update(table).where(table.c.id == 1).values(name=name))
            connection.execute(select(table))
        assert not looked_at
        connection.execute(text("UPDATE article SET name = 'd' WHERE id = 1"))
        assert len(looked_at) == 1


@pytest.mark.parametrize("about", ["everything", "connection", "session"])
def test_a_context_is_entered(world: World, about: str) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection:
        settle(connection, table)
        session = Session(connection)
        targets: dict[str, Any] = {"connection": connection, "session": session}
        with context(targets.get(about), reason="late"):
            if about == "session":
                # It takes part in the transaction from its first statement on.
                connection.execute(update(table).values(hits=1))
                session.execute(update(table).values(hits=2))
            connection.execute(update(table).where(table.c.id == 1).values(hits=3))
        connection.execute(update(table).where(table.c.id == 2).values(hits=4))
    assert [row.reason for row in world.transactions()] == ["late"]


def test_another_actor_takes_over(world: World) -> None:
    table = create_article(world).__table__
    with world.engine.connect() as connection:
        with context(actor="Ada"):
            settle(connection, table)
            with context(actor="Bob"), pytest.raises(ContextConflict):
                connection.execute(insert(table).values(id=4))
        connection.execute(insert(table).values(id=5))
        connection.commit()
    assert [row.actor for row in world.transactions()] == ["Ada"]


@pytest.mark.parametrize("how", ["text", "driver"])
def test_the_transaction_is_committed_unseen(world: World, how: str) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.connect() as connection:
        settle(connection, table)
        if how == "text":
            connection.execute(text("COMMIT"))
        else:
            driver = connection.connection.dbapi_connection
            assert driver is not None
            driver.commit()
        connection.execute(insert(table).values(id=4))
        connection.commit()
    written = transaction_of(world, article)
    assert written[1] == written[3] != written[4]


def test_sql_text_returns_to_a_savepoint(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection, context(actor="Ada"):
        if world.dialect == "sqlite":
            connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SAVEPOINT a")
        settle(connection, table)
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT a")
        connection.execute(insert(table).values(id=1))
    assert world.story(article) == [(1, "insert", 1, None)]
    assert [row.actor for row in world.transactions()] == ["Ada"]


def test_a_savepoint_is_rolled_back(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection, context(actor="Ada"):
        savepoint = connection.begin_nested()
        settle(connection, table)
        savepoint.rollback()
        connection.execute(insert(table).values(id=1))
    assert world.story(article) == [(1, "insert", 1, None)]
    assert [row.actor for row in world.transactions()] == ["Ada"]


def test_a_pause(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.transaction() as session:
        connection = session.connection()
        settle(connection, table)
        with paused(session, article):
            for key in (4, 5, 6):
                connection.execute(insert(table).values(id=key))
        connection.execute(insert(table).values(id=7))
    assert sorted(transaction_of(world, article)) == [1, 2, 3, 7]


def test_a_table_is_declared_and_created(world: World) -> None:
    table = create_article(world).__table__
    with world.engine.begin() as connection:
        settle(connection, table)
        later = define_article(world, "later")
        world.Base.metadata.create_all(connection)
        for key in (1, 2, 3):
            connection.execute(insert(later.__table__).values(id=key))
        connection.execute(insert(table).values(id=4))
    assert sorted(transaction_of(world, later)) == [1, 2, 3]
    assert sorted(transaction_of(world, table)) == [1, 2, 3, 4]


def test_triggers_are_removed(world: World) -> None:
    table = create_article(world).__table__
    with world.engine.connect() as connection:
        settle(connection, table)
        world.manager.uninstall(connection)
        with pytest.raises(MissingTrigger):
            connection.execute(insert(table).values(id=4))


def test_triggers_are_looked_for_while_others_change_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = create_article(world).__table__
    recording = world.manager.recording
    look = recording._look
    looks = []

    def overtaken(connection: Connection) -> Any:
        looks.append(look(connection))
        if len(looks) == 1:
            recording.forget(connection)
        return looks[-1]

    monkeypatch.setattr(recording, "_look", overtaken)
    with world.engine.begin() as connection:
        recording.forget(connection)
        settle(connection, table)
        assert len(looks) == 2


def test_other_managers_come_and_go(world: World, new_world: Callable[..., World]) -> None:
    article = create_article(world)
    table = article.__table__
    with world.engine.begin() as connection:
        settle(connection, table)
        other = new_world()
        connection.execute(insert(table).values(id=4))
        other.close()
        with context(reason="late"):
            connection.execute(insert(table).values(id=5))
    assert [row.reason for row in world.transactions()] == ["late"]
    assert len(transaction_of(world, article)) == 5


def test_a_connection_is_used_again(world: World) -> None:
    """What was known of one transaction is not believed of the next, whatever its isolation."""
    article = create_article(world)
    table = article.__table__
    with world.engine.connect() as connection:
        settle(connection, table)
        connection.commit()
        connection.execute(insert(table).values(id=4))
        connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for key in (5, 6):
            next_tick()
            connection.execute(insert(table).values(id=key))
        with context(actor="Ada"), pytest.raises(ContextConflict):
            connection.execute(insert(table).values(id=7))
    written = transaction_of(world, article)
    assert len({written[key] for key in (3, 4, 5, 6)}) == 4
    assert not world.manager.recording.units
