"""Statements that insert or update, whichever is needed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import UniqueConstraint
from sqlalchemy import insert
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import mapped_column

from suite._support import World
from suite._writers import upsert


def create_account(world: World) -> Any:
    """Create a class with a second unique column; rows 1 and 2 exist."""

    class Account(world.Base):
        __tablename__ = "account"
        __table_args__ = (UniqueConstraint("code", name="account_code"),)
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        code = mapped_column(String(20))
        name = mapped_column(String(20))

    world.create()
    with world.engine.begin() as connection:
        connection.execute(
            insert(Account.__table__),
            [{"id": 1, "code": "one", "name": "a"}, {"id": 2, "code": "two", "name": "b"}],
        )
    return Account


def test_upsert(world: World) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        upsert(
            connection,
            account,
            {"id": 1, "code": "one", "name": "x"},
            {"id": 2, "code": "two", "name": "b"},
            {"id": 3, "code": "three", "name": "c"},
        )
    assert world.story(account, "code", "name") == [
        (1, "insert", 1, 2, "one", "a"),
        (1, "update", 2, None, "one", "x"),
        (2, "insert", 1, None, "two", "b"),
        (3, "insert", 2, None, "three", "c"),
    ]


def test_upsert_that_changes_nothing_leaves_nothing(world: World) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        upsert(connection, account, {"id": 1, "code": "one", "name": "a"})
    assert len(world.versions(account)) == 2
    assert len(world.transactions()) == 1


def test_upsert_of_a_row_of_the_same_transaction(world: World) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        upsert(connection, account, {"id": 3, "code": "three", "name": "c"})
        upsert(connection, account, {"id": 3, "code": "three", "name": "d"})
        upsert(connection, account, {"id": 1, "code": "one", "name": "x"})
        upsert(connection, account, {"id": 1, "code": "one", "name": "a"})
    assert world.story(account, "name") == [
        (1, "insert", 1, None, "a"),
        (2, "insert", 1, None, "b"),
        (3, "insert", 2, None, "d"),
    ]


@pytest.mark.engines("postgresql", "sqlite")
def test_insert_on_conflict_do_nothing(world: World) -> None:
    account = create_account(world)
    dialect: Any = postgresql if world.dialect == "postgresql" else sqlite
    with world.engine.begin() as connection:
        connection.execute(
            dialect.insert(account.__table__)
            .values([{"id": 1, "code": "x"}, {"id": 3, "code": "two"}, {"id": 4, "code": "four"}])
            .on_conflict_do_nothing()
        )
    assert world.story(account, "code") == [
        (1, "insert", 1, None, "one"),
        (2, "insert", 1, None, "two"),
        (4, "insert", 2, None, "four"),
    ]


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("hidden_delete", [False, True])
@pytest.mark.engines("sqlite", "mariadb", "mysql")
def test_replace(world: World, hidden_delete: bool) -> None:
    """REPLACE deletes every row that is in its way and inserts the new one."""
    account = create_account(world)
    code = "two" if hidden_delete else "one"
    with world.engine.begin() as connection:
        connection.execute(text(f"REPLACE INTO account (id, code, name) VALUES (1, '{code}', 'x')"))
    if hidden_delete:
        assert world.story(account, "code", "name") == [
            (1, "insert", 1, 2, "one", "a"),
            (1, "update", 2, None, "two", "x"),
            (2, "insert", 1, 2, "two", "b"),
            (2, "delete", 2, None, "two", "b"),
        ]
    else:
        assert world.story(account, "code", "name") == [
            (1, "insert", 1, 2, "one", "a"),
            (1, "update", 2, None, "one", "x"),
            (2, "insert", 1, None, "two", "b"),
        ]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite", "mariadb", "mysql")
def test_replace_by_the_same_leaves_nothing(world: World) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        connection.execute(text("REPLACE INTO account (id, code, name) VALUES (1, 'one', 'a')"))
        connection.execute(text("REPLACE INTO account (id, code, name) VALUES (2, 'two', 'b')"))
    assert world.story(account, "name") == [
        (1, "insert", 1, None, "a"),
        (2, "insert", 1, None, "b"),
    ]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite", "mariadb", "mysql")
def test_replace_by_a_plain_client(world: World) -> None:
    account = create_account(world)
    world.database.client("REPLACE INTO account (id, code, name) VALUES (1, 'one', 'x');")
    assert world.story(account, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "x"),
        (2, "insert", 1, None, "b"),
    ]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("conflict", ["REPLACE", "IGNORE", "ROLLBACK", "ABORT", "FAIL"])
def test_update_with_a_conflict_clause(world: World, conflict: str) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        connection.execute(text(f"UPDATE OR {conflict} account SET name = 'x' WHERE id = 1"))
        connection.execute(text(f"UPDATE OR {conflict} account SET name = 'y' WHERE id = 1"))
        connection.execute(
            text(f"INSERT OR {conflict} INTO account (id, code) VALUES (3, 'three')")
        )
        connection.execute(text(f"UPDATE OR {conflict} account SET name = 'z' WHERE id = 3"))
    assert world.story(account, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "y"),
        (2, "insert", 1, None, "b"),
        (3, "insert", 2, None, "z"),
    ]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite")
def test_update_or_replace_removes_the_row_in_its_way(world: World) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE OR REPLACE account SET code = 'two' WHERE id = 1"))
    assert world.story(account, "code") == [
        (1, "insert", 1, 2, "one"),
        (1, "update", 2, None, "two"),
        (2, "insert", 1, 2, "two"),
        (2, "delete", 2, None, "two"),
    ]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite", "mariadb", "mysql")
def test_insert_ignore(world: World) -> None:
    account = create_account(world)
    word = "OR IGNORE" if world.dialect == "sqlite" else "IGNORE"
    with world.engine.begin() as connection:
        connection.execute(
            text(f"INSERT {word} INTO account (id, code) VALUES (1, 'x'), (3, 'two'), (4, 'four')")
        )
    assert world.story(account, "code") == [
        (1, "insert", 1, None, "one"),
        (2, "insert", 1, None, "two"),
        (4, "insert", 2, None, "four"),
    ]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("postgresql")
def test_a_statement_with_several_changing_parts(world: World) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        connection.execute(
            text(
                "WITH moved AS (DELETE FROM account WHERE id = 1 RETURNING code, name)"
                " INSERT INTO account (id, code, name)"
                " SELECT 3, code || '!', name FROM moved"
            )
        )
    assert world.story(account, "code") == [
        (1, "insert", 1, 2, "one"),
        (1, "delete", 2, None, "one"),
        (2, "insert", 1, None, "two"),
        (3, "insert", 2, None, "one!"),
    ]
