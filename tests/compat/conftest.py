"""SQLAlchemy-Continuum itself, in a folder that only the processes that need it know."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT = "SQLAlchemy-Continuum==2.0.0"


@pytest.fixture(scope="session")
def legacy_path() -> Path:
    """Folder with SQLAlchemy-Continuum 2.0.0 and nothing else."""
    folder = ROOT / ".cache" / REQUIREMENT.replace("==", "-").lower()
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / ".done"
    with (folder / ".lock").open("w") as lock:
        # Several test processes may want it at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "install", "--quiet"),
                    *("--disable-pip-version-check", "--no-deps"),
                    *("--target", os.fspath(folder), REQUIREMENT),
                ],
                check=True,
            )
            done.touch()
    return folder
