from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from migrations._support import Project
from servers.database import Database

# Alembic has plug-ins since 1.18; with those before it the line in env.py is the only way.
collect_ignore = [] if find_spec("alembic.runtime.plugins") else ["test_plugin.py"]


@pytest.fixture
def options() -> dict[str, Any]:
    """Options of ``context.configure()``."""
    return {}


@pytest.fixture
def project(database: Database, tmp_path: Path, options: dict[str, Any]) -> Iterator[Project]:
    """An empty project on an empty database."""
    made = Project(database, tmp_path / "project", **options)
    yield made
    made.close()
