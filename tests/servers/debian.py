"""A Debian suite's server programs in a folder of their own: no root, nothing installed.

Everything that the packages depend on comes along, libc included, so the programs of one suite run
on another.  Only what works there is asked for: apt-get and dpkg-deb.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from servers.binaries import ServerUnavailable

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
LOADER = "ld-linux-x86-64.so.2"


def host_suite() -> str:
    """Return the code name of the Debian release that this machine runs.

    :raises ServerUnavailable: it is no Debian.
    """
    release = Path("/etc/os-release")
    lines = release.read_text(encoding="utf-8").splitlines() if release.exists() else []
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    if values.get("ID", "").strip('"') != "debian" or "VERSION_CODENAME" not in values:
        raise ServerUnavailable("this machine does not run a Debian release")
    return values["VERSION_CODENAME"].strip('"')


def unpack(suite: str, folder: Path, packages: Sequence[str]) -> None:
    """Download packages with all their dependencies and unpack them into ``folder/root``.

    :param folder: made new; what is there already is thrown away first.
    :raises ServerUnavailable: apt-get is missing or fails.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise ServerUnavailable("there is no apt-get here to get Debian's packages with")
    shutil.rmtree(folder, ignore_errors=True)
    root, apt = folder / "root", folder / "apt"
    root.mkdir(parents=True)
    environment = _own_apt(suite, apt)
    _run(["apt-get", "update", "-qq"], environment)
    # Nothing counts as installed, so every dependency is part of the download.
    download = ["install", "-qq", "-y", "--download-only", "--no-install-recommends"]
    _run(["apt-get", *download, *packages], environment)
    for package in sorted((apt / "cache" / "archives").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(root)], environment)
    shutil.rmtree(apt)
    _use_own_libraries(root)


def _own_apt(suite: str, apt: Path) -> dict[str, str]:
    """Set up an apt that knows one suite and keeps its state in a folder."""
    (apt / "lists" / "partial").mkdir(parents=True)
    (apt / "cache" / "archives" / "partial").mkdir(parents=True)
    (apt / "status").touch()
    (apt / "sources.list").write_text(
        f"deb [signed-by={KEYRING}] {_mirror()} {suite} main\n", encoding="utf-8"
    )
    settings = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": apt,
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "Acquire::Languages": "none",
        # The folder may be closed to apt's own user.
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "true",
    }
    config = apt / "apt.conf"
    config.write_text("".join(f'{k} "{v}";\n' for k, v in settings.items()), encoding="utf-8")
    return {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C.UTF-8"}


def _mirror() -> str:
    """Return where this machine's own apt gets Debian from."""
    form = "$(REPO_URI)"
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", form, "Created-By: Packages", "Origin: Debian"],
        capture_output=True,
        text=True,
        check=False,
    )
    mirrors = [line for line in done.stdout.split() if "security" not in line]
    if not mirrors:
        raise ServerUnavailable("apt-get knows no Debian mirror; run apt-get update as root first")
    return mirrors[0]


def _use_own_libraries(root: Path) -> None:
    """Put a script in the place of each program that runs it with the libraries that came along."""
    loader = next(root.rglob(LOADER)).resolve()
    libraries = f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu"
    folders = [root / "usr/bin", root / "usr/sbin", *root.glob("usr/lib/postgresql/*/bin")]
    for folder in filter(Path.is_dir, folders):
        originals = folder / ".elf"
        for program in sorted(folder.iterdir()):
            if program.is_symlink() or not program.is_file() or not _is_elf(program):
                continue
            originals.mkdir(exist_ok=True)
            program.rename(originals / program.name)
            program.write_text(
                f'#!/bin/sh\nexec "{loader}" --argv0 "$0" --library-path "{libraries}"'
                f' "{originals / program.name}" "$@"\n',
                encoding="utf-8",
            )
            program.chmod(0o755)


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServerUnavailable(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
