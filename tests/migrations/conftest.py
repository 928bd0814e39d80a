from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from migrations._support import Project
from servers.database import Database


@pytest.fixture
def project(database: Database, tmp_path: Path) -> Iterator[Project]:
    """An empty project on an empty database."""
    made = Project(database, tmp_path / "project")
    yield made
    made.close()
