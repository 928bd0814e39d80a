from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrations._support import Project
from servers.database import Database


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
