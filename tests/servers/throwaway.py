"""Servers that live as long as the process that started them.

Each has a data folder, a free port on 127.0.0.1 and an administrator with a random password.
On Linux a server dies with its parent, even when that is killed.  Started as root, everything runs
as ``nobody``: PostgreSQL and MySQL refuse root.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from typing import ClassVar
from typing import TextIO

from sqlalchemy import URL
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from servers.binaries import Binaries
from servers.binaries import ServerUnavailable

START_TIMEOUT = 120.0
STOP_TIMEOUT = 20.0
PREFIX = "continuum-"
OWNED = "owned"
"""A file in a server's folder that its starter keeps locked as long as it lives."""
MEMORY = Path("/dev/shm")
"""A file system in memory, on Linux.  Containers often have a small one."""
NEEDED = 2 << 30
"""Bytes that have to be free there for the servers of a run."""


class ThrowAwayServer(ABC):
    """One server process with its data folder.

    :param binaries: the programs to run.
    :param options: further arguments for the server program.
    """

    drivername: ClassVar[str]
    maintenance_database: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    death_signal: ClassVar[signal.Signals]
    """What the kernel sends when the parent is gone."""

    def __init__(self, binaries: Binaries, options: Sequence[str] = ()) -> None:
        self.binaries = binaries
        self.options = tuple(options)
        self.password = secrets.token_hex(16)
        self.port = 0
        self.folder = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner: TextIO | None = None
        self._identity: dict[str, Any] = {}

    @property
    def url(self) -> URL:
        """Where the administrator connects."""
        return URL.create(
            self.drivername,
            username="admin",
            password=self.password,
            host="127.0.0.1",
            port=self.port,
            database=self.maintenance_database,
        )

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @abstractmethod
    def initialize(self) -> None:
        """Fill the data folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command line of the server, without :attr:`options`."""

    def start(self) -> None:
        """Start the server and wait until it answers.  Call it from the main thread: the kernel
        takes the end of the starting thread for the end of the parent.

        :raises ServerUnavailable: with the end of the server's log.
        """
        self.folder = new_folder()
        try:
            self._owner = (self.folder / OWNED).open("w")
            fcntl.flock(self._owner, fcntl.LOCK_EX)
            self._become_nobody_if_root()
            self.initialize()
            self.port = _free_port()
            self._process = self._spawn([*self.command(), *self.options])
            self._wait_until_up()
        except BaseException as error:
            log = self._log_tail()
            self.stop()
            if isinstance(error, (OSError, RuntimeError, subprocess.CalledProcessError)):
                program = self.binaries.server
                raise ServerUnavailable(f"{program} did not come up: {error}\n{log}") from error
            raise

    def stop(self) -> None:
        """Stop the server, whatever state it is in, and remove its folder."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(self.stop_signal)
            try:
                process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._owner is not None:
            self._owner.close()

    def kill(self) -> None:
        """Kill the server as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def run(self, *command: str | Path) -> None:
        """Run a program of the server to its end, under the server's identity."""
        with self._log().open("ab") as log:
            subprocess.run(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                **self._identity,
            )

    def write(self, name: str, text: str) -> Path:
        """Write a file into the server's folder that only the server and root can read."""
        path = self.folder / name
        path.touch(0o600)
        path.write_text(text, encoding="utf-8")
        if self._identity:
            os.chown(path, self._identity["user"], self._identity["group"])
        return path

    def _become_nobody_if_root(self) -> None:
        if os.geteuid() != 0:
            return
        nobody = pwd.getpwnam("nobody")
        self._identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        program = self.binaries.server.resolve()
        closed = [str(path) for path in program.parents if not path.stat().st_mode & 0o001]
        if closed:
            raise RuntimeError(
                f"it has to run as the user nobody, who cannot enter {closed[-1]}; "
                "put the programs elsewhere"
            )

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._log().open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent(self.death_signal),
                **self._identity,
            )

    def _wait_until_up(self) -> None:
        assert self._process is not None
        engine = create_engine(self.url, poolclass=NullPool)
        end = time.monotonic() + START_TIMEOUT
        while True:
            if self._process.poll() is not None:
                raise RuntimeError(f"it ended with status {self._process.returncode}")
            try:
                engine.connect().close()
            except OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def _environment(self) -> dict[str, str]:
        foreign = ("PG", "MYSQL", "MARIADB")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        folder = str(self.folder)
        return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": folder, "TMPDIR": folder}

    def _log(self) -> Path:
        return self.folder / "log"

    def _log_tail(self) -> str:
        return self._log().read_text("utf-8", "replace")[-2000:] if self._log().exists() else ""


class PostgreSQLServer(ThrowAwayServer):
    """PostgreSQL, with everything that only a power cut would need turned off."""

    drivername = "postgresql+psycopg2"
    maintenance_database = "postgres"
    stop_signal = signal.SIGINT
    death_signal = signal.SIGQUIT

    def initialize(self) -> None:
        self.run(
            *(self.binaries.folder / "initdb", "-D", self.data, "-U", "admin"),
            *("-A", "scram-sha-256", "--pwfile", self.write("password", self.password)),
            *("-E", "UTF8", "--no-locale", "--no-sync"),
        )

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "port": str(self.port),
            "max_connections": "200",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "max_wal_size": "256MB",
            "jit": "off",
        }
        command = [str(self.binaries.server), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command


class _MySQLFamilyServer(ThrowAwayServer):
    """What MariaDB and MySQL have in common."""

    maintenance_database = "mysql"
    stop_signal = signal.SIGTERM
    death_signal = signal.SIGKILL

    extra: ClassVar[tuple[str, ...]]

    def base_options(self) -> list[str]:
        """Return the options that the server and its initialization share."""
        prefix = self.binaries.prefix
        share = prefix / "share" / "mysql"
        return [
            "--no-defaults",
            f"--basedir={prefix}",
            f"--datadir={self.data}",
            f"--lc-messages-dir={share}",
            f"--character-sets-dir={share / 'charsets'}",
            f"--plugin-dir={prefix / 'lib' / 'mysql' / 'plugin'}",
            f"--tmpdir={self.folder}",
        ]

    def command(self) -> list[str]:
        # Executed before the first connection is let in.
        accounts = self.write(
            "accounts.sql",
            "DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1';\n"
            f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{self.password}';\n"
            f"CREATE USER 'admin'@'127.0.0.1' IDENTIFIED BY '{self.password}';\n"
            "GRANT ALL PRIVILEGES ON *.* TO 'admin'@'127.0.0.1' WITH GRANT OPTION;\n",
        )
        return [
            str(self.binaries.server),
            *self.base_options(),
            f"--init-file={accounts}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            "--bind-address=127.0.0.1",
            f"--port={self.port}",
            "--skip-name-resolve",
            "--innodb-doublewrite=0",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-lock-wait-timeout=10",
            *self.extra,
        ]


class MariaDBServer(_MySQLFamilyServer):
    """MariaDB; without a binary log unless the options say otherwise."""

    drivername = "mariadb+pymysql"
    extra = (
        "--character-set-server=utf8mb4",
        "--collation-server=utf8mb4_general_ci",
        "--innodb-flush-method=nosync",
        # Most of the time that a table and its triggers take to make on a disk.
        "--debug-no-sync",
        "--innodb-log-file-size=16M",
    )

    def initialize(self) -> None:
        self.run(
            self.binaries.prefix / "bin" / "mariadb-install-db",
            *self.base_options()[:5],
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        )


class MySQLServer(_MySQLFamilyServer):
    """MySQL, with its binary log, as it comes, but open to triggers of plain users."""

    drivername = "mysql+pymysql"
    extra = (
        "--mysqlx=OFF",
        "--secure-file-priv=",
        "--sync-binlog=0",
        "--log-bin-trust-function-creators=1",
    )

    def initialize(self) -> None:
        self.run(self.binaries.server, *self.base_options(), "--initialize-insecure")


SERVER_CLASSES: dict[str, type[ThrowAwayServer]] = {
    "postgresql": PostgreSQLServer,
    "mariadb": MariaDBServer,
    "mysql": MySQLServer,
}


def new_folder() -> Path:
    """Make a folder for what need not outlive this run: ``SERVERS_DATA`` names where, otherwise it
    is in memory if there is room, else where temporary files are.
    """
    # Not pytest's tmp_path: that is closed to other users and too long for a socket's name.
    disk = Path("/tmp") if os.path.isdir("/tmp") else Path(tempfile.gettempdir())
    if chosen := os.environ.get("SERVERS_DATA"):
        root = Path(chosen)
    else:
        root = MEMORY if _has_room(MEMORY) else disk
    for each in {root, disk, MEMORY}:
        _remove_folders_of_the_dead(each)
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= NEEDED


def _remove_folders_of_the_dead(root: Path) -> None:
    """Remove what servers left whose starter was killed before it could clean up."""
    for path in root.glob(f"{PREFIX}*/{OWNED}"):
        if not os.access(path, os.W_OK):
            continue
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(path.parent, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what the child does before it becomes the server; nothing outside Linux."""
    if not sys.platform.startswith("linux"):
        return None
    set_parent_death_signal = 1
    prctl = ctypes.CDLL(None).prctl
    number = int(death_signal)

    def ask() -> None:
        prctl(set_parent_death_signal, number)

    return ask
