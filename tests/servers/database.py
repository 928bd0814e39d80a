"""One database of a test process: clean at the start of each test, and its own user's alone."""

from __future__ import annotations

import os
import secrets
import subprocess
from abc import ABC
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy import make_url
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from servers.binaries import client_hint
from servers.binaries import find_client

UNKNOWN_THREAD = 1094
"""MySQL's error for KILL when the connection has already gone."""


class ClientError(Exception):
    """A command-line client that failed.

    :ivar stderr: what it wrote about that.
    """

    def __init__(self, command: list[str], stderr: str) -> None:
        self.stderr = stderr
        super().__init__(f"{Path(command[0]).name} failed: {stderr.strip()}")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is up.

    :param engine: ``"postgresql"``, ``"mariadb"`` or ``"mysql"``.
    :param url: where its administrator connects.
    :param own: started for this run; otherwise named by ``TEST_<ENGINE>_URL``.
    """

    engine: str
    url: str
    own: bool


class Database(ABC):
    """A database for the tests of one process.

    :ivar engine_name: one of the names in ``ENGINES``.
    :ivar url: where the tests connect, as a user with rights on this database only.
    :ivar admin_url: the same database as the server's administrator.
    """

    engine_name: str
    url: URL
    admin_url: URL

    def __init__(self) -> None:
        self._engines: list[Engine] = []

    @abstractmethod
    def clean(self) -> None:
        """End all connections to the database and empty it."""

    @abstractmethod
    def add_schema(self, name: str) -> str:
        """Make an empty schema beside the default one; return its real name."""

    @abstractmethod
    def drop(self) -> None:
        """Remove the database and its user."""

    @abstractmethod
    def client_command(self) -> list[str]:
        """Return the command-line client's arguments, program first."""

    def engine(self, url: URL | None = None, **options: Any) -> Engine:
        """Return a new engine on this database; :meth:`dispose` ends it.

        :param url: another URL than :attr:`url`.
        :param options: for :func:`sqlalchemy.create_engine`.
        """
        engine = self._create_engine(self.url if url is None else url, **options)
        self._engines.append(engine)
        return engine

    def _create_engine(self, url: URL, **options: Any) -> Engine:
        return create_engine(url, **options)

    def dispose(self) -> None:
        """Close the pools of all engines made so far."""
        for engine in self._engines:
            engine.dispose()
        self._engines.clear()

    def client(self, sql: str) -> str:
        """Run SQL through the engine's own command-line client.

        :returns: what it printed: a row a line, without headings.
        :raises ClientError: a statement failed; the rest was not executed.
        """
        command = self.client_command()
        done = subprocess.run(
            command,
            input=sql,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self._client_environment(),
            check=False,
            timeout=120,
        )
        if done.returncode != 0:
            raise ClientError(command, done.stderr)
        return done.stdout

    def make_user(self, *privileges: str) -> URL:
        """Make a user with these privileges on all present tables, who may connect and no more.

        :returns: where that user connects.
        """
        raise NotImplementedError(f"{self.engine_name} has no users")

    def _client_program(self) -> str:
        program = find_client(self.engine_name)
        if program is None:
            raise RuntimeError(client_hint(self.engine_name))
        return str(program)

    def _client_environment(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C.UTF-8"}


class SQLiteDatabase(Database):
    """A file.  Schemas are further files, attached to every connection of our engines."""

    engine_name = "sqlite"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / "test.db"
        self.url = self.admin_url = URL.create("sqlite", database=str(self.path))
        self._attached: dict[str, Path] = {}

    def clean(self) -> None:
        """Do nothing: each test has a folder of its own."""

    def drop(self) -> None:
        """Do nothing: pytest removes the folder."""

    def add_schema(self, name: str) -> str:
        self._attached[name] = self.path.with_name(f"{name}.db")
        for engine in self._engines:
            engine.dispose()
        return name

    def engine(self, url: URL | None = None, **options: Any) -> Engine:
        engine = super().engine(url, **options)
        sync_engine = getattr(engine, "sync_engine", engine)
        event.listen(sync_engine, "connect", self._prepare)
        return engine

    def client_command(self) -> list[str]:
        return [self._client_program(), "-batch", "-bail", "-init", os.devnull, str(self.path)]

    def client(self, sql: str) -> str:
        attach = "".join(
            f"ATTACH '{path}' AS \"{name}\";\n" for name, path in self._attached.items()
        )
        return super().client(attach + sql)

    def _prepare(self, dbapi_connection: Any, _record: object) -> None:
        cursor = dbapi_connection.cursor()
        # A power cut is no part of these tests; waiting for the disk is most of their time.
        cursor.execute("PRAGMA synchronous = OFF")
        for name, path in self._attached.items():
            cursor.execute(f'ATTACH ? AS "{name}"', (str(path),))
        cursor.close()


class _ServerDatabase(Database):
    """A database in a server, with a user of its own.

    :param server: the server to make it in, which its URL's user may do.
    :param name: name of the database and its user; nothing of that name may exist.
    """

    def __init__(self, server: Server, name: str) -> None:
        super().__init__()
        self.engine_name = server.engine
        self.name = name
        self.own = server.own
        server_url = make_url(server.url)
        self.admin_url = server_url.set(database=name)
        self._users: list[str] = []
        self._admin_options = {"poolclass": NullPool, "isolation_level": "AUTOCOMMIT"}
        self._admin = self._create_engine(server_url, **self._admin_options)
        self.url = self.admin_url.set(username=name, password=secrets.token_hex(16))
        self.create()
        self.create_owner()
        self._janitor = self._create_engine(
            self.url, pool_size=1, max_overflow=0, pool_pre_ping=True, isolation_level="AUTOCOMMIT"
        )

    @abstractmethod
    def create(self) -> None:
        """Make the empty database."""

    @abstractmethod
    def create_owner(self) -> None:
        """Make the user of :attr:`url`, with every right on the database and none beyond."""

    def _execute(self, statements: Iterable[str], database: str | None = None) -> None:
        engine = self._admin
        if database is not None:
            url = self._admin.url.set(database=database)
            engine = self._create_engine(url, **self._admin_options)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


class PostgreSQLDatabase(_ServerDatabase):
    """A database in PostgreSQL; its user owns it and the schema public."""

    def create(self) -> None:
        self._execute([f'CREATE DATABASE "{self.name}"'])

    def create_owner(self) -> None:
        self._execute(
            [
                f"CREATE ROLE \"{self.name}\" LOGIN PASSWORD '{self.url.password}'",
                f'ALTER DATABASE "{self.name}" OWNER TO "{self.name}"',
                f'REVOKE ALL ON DATABASE "{self.name}" FROM PUBLIC',
            ]
        )
        self._execute([f'ALTER SCHEMA public OWNER TO "{self.name}"'], database=self.name)

    def clean(self) -> None:
        self._drop_users()
        with self._janitor.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND usename = current_user"
            )
            schemas = connection.exec_driver_sql(
                "SELECT quote_ident(nspname) FROM pg_namespace"
                " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            ).scalars()
            for schema in schemas.all():
                connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE".replace("%", "%%"))
            connection.exec_driver_sql("CREATE SCHEMA public")

    def add_schema(self, name: str) -> str:
        with self._janitor.connect() as connection:
            connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
        return name

    def drop(self) -> None:
        self.dispose()
        self._drop_users()
        self._janitor.dispose()
        self._execute([f'DROP DATABASE "{self.name}" WITH (FORCE)'])
        self._execute([f'DROP ROLE "{self.name}"'])

    def make_user(self, *privileges: str) -> URL:
        name = f"{self.name}_{len(self._users) + 1}"
        url = self.url.set(username=name, password=secrets.token_hex(16))
        statements = [
            f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{url.password}'",
            f'GRANT CONNECT ON DATABASE "{self.name}" TO "{name}"',
            f'GRANT USAGE ON SCHEMA public TO "{name}"',
        ]
        if privileges:
            granted = ", ".join(privileges)
            statements.append(f'GRANT {granted} ON ALL TABLES IN SCHEMA public TO "{name}"')
        self._users.append(name)
        self._execute(statements, database=self.name)
        return url

    def client_command(self) -> list[str]:
        url = self.url
        return [
            *(self._client_program(), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
            *("-h", str(url.host), "-p", str(url.port or 5432), "-U", str(url.username)),
            *("-d", self.name),
        ]

    def _client_environment(self) -> dict[str, str]:
        return {**super()._client_environment(), "PGPASSWORD": str(self.url.password)}

    def _drop_users(self) -> None:
        for name in self._users:
            self._execute([f'DROP OWNED BY "{name}" CASCADE', f'DROP ROLE "{name}"'], self.name)
        self._users.clear()


class MySQLDatabase(_ServerDatabase):
    """A database in MariaDB or MySQL, and any number of others whose names start with its name."""

    def _create_engine(self, url: URL, **options: Any) -> Engine:
        if self.own and url.get_driver_name() == "pymysql":
            # Reading all certificates of the system takes longer than the rest of a connection.
            options["connect_args"] = {"ssl_disabled": True, **options.get("connect_args", {})}
        return super()._create_engine(url, **options)

    def create(self) -> None:
        self._execute([f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4"])

    def create_owner(self) -> None:
        # In GRANT an underscore stands for any character.
        pattern = self.name.replace("_", r"\_")
        user = f"'{self.name}'@'%%'"
        self._execute(
            [
                f"CREATE USER {user} IDENTIFIED BY '{self.url.password}'",
                f"GRANT ALL PRIVILEGES ON `{pattern}`.* TO {user}",
                rf"GRANT ALL PRIVILEGES ON `{pattern}\_%%`.* TO {user}",
            ]
        )

    def clean(self) -> None:
        self._drop_users()
        with self._janitor.connect() as connection:
            self._end_connections(connection)
            for name in self._databases(connection):
                connection.exec_driver_sql(f"DROP DATABASE `{name}`".replace("%", "%%"))
            connection.exec_driver_sql(f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4")
            connection.exec_driver_sql(f"USE `{self.name}`")

    def add_schema(self, name: str) -> str:
        full_name = f"{self.name}_{name}"
        with self._janitor.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE `{full_name}` CHARACTER SET utf8mb4")
        return full_name

    def drop(self) -> None:
        self.dispose()
        self._drop_users()
        with self._janitor.connect() as connection:
            self._end_connections(connection)
            names = self._databases(connection)
        self._janitor.dispose()
        self._execute([f"DROP DATABASE `{name}`".replace("%", "%%") for name in names])
        self._execute([f"DROP USER '{self.name}'@'%%'"])

    def make_user(self, *privileges: str) -> URL:
        name = f"{self.name}_{len(self._users) + 1}"
        url = self.url.set(username=name, password=secrets.token_hex(16))
        pattern = self.name.replace("_", r"\_")
        granted = ", ".join(privileges) or "USAGE"
        target = f"`{pattern}`.*" if privileges else "*.*"
        self._users.append(name)
        self._execute(
            [
                f"CREATE USER '{name}'@'%%' IDENTIFIED BY '{url.password}'",
                f"GRANT {granted} ON {target} TO '{name}'@'%%'",
            ]
        )
        return url

    def client_command(self) -> list[str]:
        url = self.url
        return [
            *(self._client_program(), "--no-defaults", "--batch", "--skip-column-names"),
            *("--default-character-set=utf8mb4", "--protocol=tcp"),
            *(f"--host={url.host}", f"--port={url.port or 3306}", f"--user={url.username}"),
            self.name,
        ]

    def _client_environment(self) -> dict[str, str]:
        return {**super()._client_environment(), "MYSQL_PWD": str(self.url.password)}

    def _databases(self, connection: Connection) -> list[str]:
        """Return the database and those whose names start with its name."""
        rows = connection.execute(
            text(
                "SELECT schema_name FROM information_schema.schemata"
                " WHERE schema_name = :name OR left(schema_name, :length) = :start"
            ),
            {"name": self.name, "start": f"{self.name}_", "length": len(self.name) + 1},
        )
        return list(rows.scalars())

    def _end_connections(self, connection: Connection) -> None:
        """End the connections that work in our databases, and wait for that."""
        query = text(
            "SELECT id FROM information_schema.processlist WHERE id <> connection_id()"
            " AND (user = :name OR db = :name OR left(db, :length) = :start)"
        )
        values = {"name": self.name, "start": f"{self.name}_", "length": len(self.name) + 1}
        while ids := list(connection.execute(query, values).scalars()):
            for thread in ids:
                try:
                    connection.exec_driver_sql(f"KILL {thread}")
                except OperationalError as error:
                    if error.orig is None or error.orig.args[0] != UNKNOWN_THREAD:
                        raise

    def _drop_users(self) -> None:
        if self._users:
            self._execute([f"DROP USER '{name}'@'%%'" for name in self._users])
        self._users.clear()


DATABASE_CLASSES: dict[str, type[_ServerDatabase]] = {
    "postgresql": PostgreSQLDatabase,
    "mariadb": MySQLDatabase,
    "mysql": MySQLDatabase,
}
