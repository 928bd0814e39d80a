"""Which servers a run uses: chosen by name, started once, shared by its processes."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from servers.binaries import Binaries
from servers.binaries import ServerUnavailable
from servers.binaries import find_server
from servers.database import DATABASE_CLASSES
from servers.database import Database
from servers.database import Server

if TYPE_CHECKING:
    from servers.throwaway import ThrowAwayServer

HANDOVER = "CONTINUUM_TEST_SERVERS"
"""Environment variable through which workers learn what the controller has started."""

BINLOG_FORMATS = ("OFF", "ROW", "MIXED", "STATEMENT")


class Registry:
    """The servers of one run, seen from one of its processes.

    :param engines: the selected engines.
    :raises ServerUnavailable: a selected engine has no server program, or its
        ``TEST_<ENGINE>_URL`` does not answer.
    """

    def __init__(self, engines: Iterable[str]) -> None:
        self.engines = tuple(engines)
        self.run = secrets.token_hex(4)
        self._servers: dict[str, Server] = {}
        self._binaries: dict[str, Binaries] = {}
        self._versions: dict[str, str] = {"sqlite": sqlite3.sqlite_version}
        self._running: list[ThrowAwayServer] = []
        self._databases: dict[str, Database] = {}
        if HANDOVER in os.environ:
            handover = json.loads(os.environ[HANDOVER])
            self.run = handover["run"]
            self._versions = handover["versions"]
            for name, values in handover["servers"].items():
                self._servers[name] = Server(**values)
            return
        for engine in self.engines:
            if engine == "sqlite":
                continue
            if url := os.environ.get(_url_variable(engine)):
                self._versions[engine] = _ask_version(engine, url)
                self._servers[engine] = Server(engine, url, own=False)
            else:
                self._versions[engine] = self._programs(engine).version

    def describe(self, engine: str) -> str:
        """Return an engine with its version and where it comes from, for a heading."""
        origin = ""
        if engine != "sqlite":
            origin = " (throw-away)" if self.throws_away(engine) else f" ({_url_variable(engine)})"
        return f"{engine} {self._versions[engine]}{origin}"

    def throws_away(self, engine: str) -> bool:
        """Say whether the engine's server is started for this run."""
        return engine not in self._servers or self._servers[engine].own

    def start_all(self) -> None:
        """Start what is not up yet, and leave word for the processes that this one starts."""
        for engine in self.engines:
            if engine != "sqlite":
                self._server(engine)
        os.environ[HANDOVER] = json.dumps(
            {
                "run": self.run,
                "versions": self._versions,
                "servers": {name: asdict(server) for name, server in self._servers.items()},
            }
        )

    def database(self, engine: str, binlog: str | None = None) -> Database:
        """Return this process's database in a server, both made when first asked for.

        :param binlog: a server with this format of the binary log (MariaDB only).
        """
        if binlog == "OFF" and not _options(engine):
            binlog = None
        variant = _variant(engine, binlog)
        if variant not in self._databases:
            process = os.environ.get("PYTEST_XDIST_WORKER", "main")
            server = self._server(engine, binlog)
            self._databases[variant] = DATABASE_CLASSES[engine](server, f"ct_{self.run}_{process}")
        return self._databases[variant]

    def close(self) -> None:
        """Drop this process's databases and stop the servers that it has started."""
        for variant, database in self._databases.items():
            database.dispose()
            # What dies with its server needs no dropping.
            if not self._servers[variant].own:
                database.drop()
        self._databases.clear()
        for server in self._running:
            server.stop()
        self._running.clear()

    def _server(self, engine: str, binlog: str | None = None) -> Server:
        variant = _variant(engine, binlog)
        if variant not in self._servers:
            # Windows lacks what this needs, and is fine without as long as SQLite is all.
            from servers.throwaway import SERVER_CLASSES

            options = _options(engine)
            if binlog == "OFF":
                options.append("--skip-log-bin")
            elif binlog is not None:
                options += ["--log-bin=binlog", "--server-id=1", "--sync-binlog=0"]
                options.append(f"--binlog-format={binlog}")
            started = SERVER_CLASSES[engine](self._programs(engine), options)
            started.start()
            self._running.append(started)
            url = started.url.render_as_string(hide_password=False)
            self._servers[variant] = Server(engine, url, own=True)
        return self._servers[variant]

    def _programs(self, engine: str) -> Binaries:
        if engine not in self._binaries:
            self._binaries[engine] = find_server(engine)
        return self._binaries[engine]


def _variant(engine: str, binlog: str | None) -> str:
    return engine if binlog is None else f"{engine}-{binlog}"


def _url_variable(engine: str) -> str:
    return f"TEST_{engine.upper()}_URL"


def _options(engine: str) -> list[str]:
    """Return what ``<ENGINE>_OPTIONS`` adds to the command line of our own servers."""
    return shlex.split(os.environ.get(f"{engine.upper()}_OPTIONS", ""))


def _ask_version(engine: str, url: str) -> str:
    """Connect to a server of the user's own and return its version."""
    variable = _url_variable(engine)
    if engine != "mariadb" and make_url(url).get_backend_name() != engine:
        raise ServerUnavailable(f"{variable} is not a URL for {engine}")
    try:
        probe = create_engine(url, poolclass=NullPool)
        with probe.connect() as connection:
            version = connection.dialect.server_version_info
            is_mariadb = getattr(connection.dialect, "is_mariadb", False)
    except SQLAlchemyError as error:
        raise ServerUnavailable(f"{variable} does not work: {error}") from error
    if is_mariadb != (engine == "mariadb"):
        raise ServerUnavailable(f"{variable} is a server of another kind")
    return ".".join(str(part) for part in version or ())
