"""The package under the name of SQLAlchemy-Continuum."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from continuum.compat.modules import MODULES


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_module_and_name_is_served() -> None:
    lines = ["import continuum", "continuum.install_as_sqlalchemy_continuum()"]
    for path, names in MODULES.items():
        module = f"sqlalchemy_continuum.{path}" if path else "sqlalchemy_continuum"
        lines.append(f"import {module}")
        lines += [f"from {module} import {name}" for name in names]
    lines += [
        "import sqlalchemy_continuum as theirs",
        "assert theirs.versioning_manager is continuum.versioning_manager",
        "assert theirs.utils.version_class is continuum.version_class",
        "continuum.install_as_sqlalchemy_continuum()",
        "assert theirs is __import__('sqlalchemy_continuum')",
    ]
    done = python("\n".join(lines))
    assert done.returncode == 0, done.stderr


def test_theirs_has_nothing_that_people_import_and_we_lack(legacy_path: Path) -> None:
    """Every name that is listed exists in the original too: the list is no invention."""
    lines = [
        f"from sqlalchemy_continuum{'.' if path else ''}{path} import {name}"
        for path, names in MODULES.items()
        for name in names
        if not (path == "exc" or path.endswith("flask"))
    ]
    done = python("\n".join(lines), PYTHONPATH=os.fspath(legacy_path))
    assert done.returncode == 0, done.stderr


def test_it_comes_too_late(legacy_path: Path) -> None:
    done = python(
        "import sqlalchemy_continuum, continuum; continuum.install_as_sqlalchemy_continuum()",
        PYTHONPATH=os.fspath(legacy_path),
    )
    assert "has been imported already" in done.stderr
    assert "first thing in the program" in done.stderr


def test_without_the_call_nothing_is_served() -> None:
    done = python("import continuum, sqlalchemy_continuum")
    assert "No module named 'sqlalchemy_continuum'" in done.stderr
