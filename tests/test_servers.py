"""The tests' own ground: databases are clean, apart, and used with few rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import URL
from sqlalchemy import Column
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from servers.database import ClientError
from servers.database import Database


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_starts_with_nothing(engine: Engine, other_schema: str, round_: int) -> None:
    assert inspect(engine).get_table_names() == []
    metadata = MetaData()
    Table("here", metadata, Column("id", Integer, primary_key=True))
    Table("there", metadata, Column("id", Integer, primary_key=True), schema=other_schema)
    metadata.create_all(engine)
    assert inspect(engine).get_table_names() == ["here"]
    assert inspect(engine).get_table_names(schema=other_schema) == ["there"]


@pytest.mark.parametrize("round_", [1, 2])
def test_an_open_transaction_does_not_stop_the_next_test(engine: Engine, round_: int) -> None:
    connection = engine.connect()
    connection.exec_driver_sql("CREATE TABLE locked (id INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO locked VALUES (1)")
    connection.detach()
    # Kept open beyond the test, as a forgotten session would be.
    _forgotten.append(connection)


_forgotten: list[object] = []


def test_the_command_line_client_sees_the_same_database(
    engine: Engine, other_schema: str, cli_client: Callable[[str], str]
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {other_schema}.t (name VARCHAR(20))")
    cli_client(f"INSERT INTO {other_schema}.t VALUES ('100% ü');\n")
    assert cli_client(f"SELECT name FROM {other_schema}.t;").strip() == "100% ü"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT name FROM {other_schema}.t").scalars().all()
    assert rows == ["100% ü"]
    with pytest.raises(ClientError, match="nothing"):
        cli_client("SELECT * FROM nothing; INSERT INTO t VALUES ('after');")


@pytest.mark.requires("users")
def test_tests_have_no_rights_beyond_their_database(
    database: Database, engine: Engine, admin_engine: Engine
) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            "CREATE DATABASE elsewhere"
        )
    with admin_engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("SELECT 1")
        assert connection.engine.url.database == engine.url.database


@pytest.mark.requires("users")
def test_a_user_has_the_rights_that_were_asked_for(
    engine: Engine, engine_factory: Callable[..., Engine], make_user: Callable[..., URL]
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
    reader = engine_factory(make_user("SELECT"))
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM t").all() == []
    with reader.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")


@pytest.mark.parametrize("binlog_format", ["OFF", "ROW", "MIXED"])
def test_binary_log(mariadb_binlog: Callable[..., Database], binlog_format: str) -> None:
    engine = mariadb_binlog(binlog_format).engine()
    with engine.connect() as connection:
        log, form = connection.exec_driver_sql("SELECT @@log_bin, @@binlog_format").one()
    assert (form if log else "OFF") == binlog_format


def test_triggers_of_plain_users_need_trust(mariadb_binlog: Callable[..., Database]) -> None:
    trigger = "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a = 1"
    engine = mariadb_binlog("ROW", trust=False).engine()
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
        with pytest.raises(DBAPIError, match="1419"):
            connection.exec_driver_sql(trigger)
        mariadb_binlog("ROW", trust=True)
        connection.exec_driver_sql(trigger)


def test_recorders(recorder: str) -> None:
    assert recorder in ("triggers", "orm")


@pytest.mark.recorders("orm")
@pytest.mark.engines("sqlite")
def test_markers_limit_parameters(recorder: str, engine_name: str) -> None:
    assert (recorder, engine_name) == ("orm", "sqlite")
