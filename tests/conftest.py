"""Fixtures and markers that every test can use.

Which engines run is named by ``ENGINES`` (default ``sqlite,postgresql,mariadb``; ``all`` adds
``mysql``).  Servers are started for the run, or ``TEST_<ENGINE>_URL`` names one, with a user who
may create databases and users; a database of a new name is made there and dropped.
``<ENGINE>_OPTIONS`` adds to the command line of a server that is started for the run, and
``SERVERS_DATA`` names the folder for its data (default: in memory if there is room).  Tests connect
as a user with every right on their database and none beyond.

Databases, all empty at the start of each test:

``engine_name``
    the engine's name; every test that asks for it, directly or not, runs once per selected engine.
``database``
    the :class:`servers.database.Database`: ``url``, ``admin_url``, ``engine()``, ``client()``,
    ``add_schema()``, ``make_user()``.
``engine``, ``engine_factory(**create_engine_options)``, ``admin_engine``
    SQLAlchemy engines on it, disposed of after the test; ``engine_factory(url=...)`` for another
    user or driver.  ``admin_engine`` is the server's administrator, in the same database.
``other_schema``
    name of a second, empty schema (MariaDB and MySQL: database; SQLite: attached file), to be used
    as ``Table(schema=...)``.
``cli_client(sql)``
    runs SQL with psql, mariadb, mysql or sqlite3; returns what that printed.
``make_user(*privileges)``
    URL of a new user who has these privileges on the present tables; needs ``requires("users")``.
``sqlite_url``, ``postgresql_url``, ``mariadb_url``, ``mysql_url`` and ``postgresql_database`` ...
    one particular engine, for its own tests, which do not run when it is not selected.
``mariadb_binlog(format, trust=True)``
    the database in a MariaDB with that binary log: ``"OFF"``, ``"ROW"``, ``"MIXED"`` or
    ``"STATEMENT"``; ``trust`` is what log_bin_trust_function_creators says.

``recorder``
    ``"triggers"`` or ``"orm"``: tests that ask for it run once with each.

Markers: ``engines("postgresql", ...)`` and ``recorders("triggers")`` limit where a test runs;
``requires("truncate_recorded")`` asks for a capability of the engine's trigger emitter, by the name
of the attribute of :class:`continuum.dialects.base.Capabilities`, or for one value of it
(``requires("foreign_transaction_identity=exact|statement")``), or for ``"users"``.  A test whose
marker is not met is deselected and listed under NOT RUN at the end: nothing is skipped.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from sqlalchemy import Engine
from sqlalchemy import create_engine

from servers.database import Database
from servers.database import SQLiteDatabase
from servers.registry import BINLOG_FORMATS
from servers.registry import Registry

pytest_plugins = ["servers.plugin"]


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine that the test runs on."""
    return str(request.param)


@pytest.fixture
def recorder(request: pytest.FixtureRequest) -> str:
    """Who records: ``"triggers"`` or ``"orm"``."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite databases of this run are."""
    return tmp_path_factory.mktemp("sqlite")


@pytest.fixture
def clean_database(
    server_registry: Registry, sqlite_folder: Path
) -> Iterator[Callable[..., Database]]:
    """From an engine's name to its database, cleaned when the test first asks for it."""
    databases: dict[tuple[str, str | None], Database] = {}

    def clean(engine_name: str, binlog: str | None = None) -> Database:
        if (engine_name, binlog) not in databases:
            if engine_name == "sqlite":
                # Not tmp_path, which takes longer the more tests have had one.
                folder = tempfile.mkdtemp(dir=sqlite_folder)
                database: Database = SQLiteDatabase(Path(folder))
            else:
                database = server_registry.database(engine_name, binlog)
            database.clean()
            databases[engine_name, binlog] = database
        return databases[engine_name, binlog]

    yield clean
    for database in databases.values():
        database.dispose()
        if isinstance(database, SQLiteDatabase):
            # What a connection still holds open stays, on Windows, until pytest removes it.
            shutil.rmtree(database.path.parent, ignore_errors=True)


@pytest.fixture
def database(clean_database: Callable[..., Database], engine_name: str) -> Database:
    """An empty database on the engine of this test."""
    return clean_database(engine_name)


@pytest.fixture
def engine(database: Database) -> Engine:
    """A SQLAlchemy engine on the empty database."""
    return database.engine()


@pytest.fixture
def engine_factory(database: Database) -> Callable[..., Engine]:
    """Makes further engines on the same database."""
    return database.engine


@pytest.fixture
def admin_engine(database: Database) -> Engine:
    """The database as the server's administrator sees it."""
    return database.engine(database.admin_url)


@pytest.fixture
def other_schema(database: Database) -> str:
    """The name of a second schema."""
    return database.add_schema("other")


@pytest.fixture
def cli_client(database: Database) -> Callable[[str], str]:
    """Runs SQL through the engine's own command-line client."""
    return database.client


@pytest.fixture
def make_user(database: Database) -> Callable[..., URL]:
    """Makes a user with few rights and returns its URL."""
    return database.make_user


@pytest.fixture
def sqlite_database(clean_database: Callable[..., Database]) -> Database:
    """An empty database in a file."""
    return clean_database("sqlite")


@pytest.fixture
def postgresql_database(clean_database: Callable[..., Database]) -> Database:
    """An empty database in PostgreSQL."""
    return clean_database("postgresql")


@pytest.fixture
def mariadb_database(clean_database: Callable[..., Database]) -> Database:
    """An empty database in MariaDB."""
    return clean_database("mariadb")


@pytest.fixture
def mysql_database(clean_database: Callable[..., Database]) -> Database:
    """An empty database in MySQL."""
    return clean_database("mysql")


@pytest.fixture
def sqlite_url(sqlite_database: Database) -> URL:
    """Where an empty SQLite database is."""
    return sqlite_database.url


@pytest.fixture
def postgresql_url(postgresql_database: Database) -> URL:
    """Where an empty PostgreSQL database is."""
    return postgresql_database.url


@pytest.fixture
def mariadb_url(mariadb_database: Database) -> URL:
    """Where an empty MariaDB database is."""
    return mariadb_database.url


@pytest.fixture
def mysql_url(mysql_database: Database) -> URL:
    """Where an empty MySQL database is."""
    return mysql_database.url


@pytest.fixture
def mariadb_binlog(clean_database: Callable[..., Database]) -> Callable[..., Database]:
    """Empty databases in MariaDB servers that differ in their binary log."""

    def database(binlog_format: str, *, trust: bool = True) -> Database:
        assert binlog_format in BINLOG_FORMATS
        database = clean_database("mariadb", binlog_format)
        admin = create_engine(database.admin_url)
        with admin.connect() as connection:
            connection.exec_driver_sql(f"SET GLOBAL log_bin_trust_function_creators = {int(trust)}")
        admin.dispose()
        return database

    return database


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Keep ids of parameters readable: a class or a function is known by its name."""
    return getattr(val, "__name__", None)
