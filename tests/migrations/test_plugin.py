"""How Alembic comes to know of us."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic.runtime import plugins
from alembic.runtime.plugins import Plugin
from sqlalchemy import Integer
from sqlalchemy.orm import mapped_column

from continuum.alembic import plugin
from migrations._support import ENV
from migrations._support import Project

ROOT = Path(__file__).parents[2]
NAME = "continuum_tested"


@pytest.fixture
def registered() -> Iterator[None]:
    Plugin.setup_plugin_from_module(plugin, NAME)
    yield
    plugins._all_plugins[NAME].remove()


def article(base: Any) -> Any:
    class Article(base):
        __tablename__ = "article"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)

    return Article


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("registered")
def test_the_plug_in_needs_its_name_in_env_py_and_nothing_else(project: Project) -> None:
    env = ENV.replace("from continuum.alembic import versioned_metadata\n", "")
    (project.folder / "env.py").write_text(
        env.replace('versioned_metadata(given["metadata"])', 'given["metadata"]')
    )
    project.options["autogenerate_plugins"] = ["alembic.autogenerate.*", NAME]
    project.release(article)
    source = project.migrate()
    assert source.count("op.create_version_triggers(") == 1
    assert source.count("op.drop_version_triggers(") == 1
    project.run("INSERT INTO article (id) VALUES (1)")
    assert project.rows("SELECT id FROM article_version") == [(1,)]


def test_the_entry_point_suits_each_alembic_that_has_plug_ins(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    value = project["entry-points"]["alembic.plugins"]["continuum"]
    # Newer ones want a module, older ones iterate over what they get.
    assert isinstance(plugin, ModuleType)
    assert list(plugin) == [plugin]
    assert value == plugin.__name__

    info = tmp_path / "tested-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tested\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[alembic.plugins]\n{NAME} = {value}\n")
    code = (
        "import alembic.command\n"
        "from alembic import op\n"
        "from alembic.runtime.plugins import _all_plugins\n"
        f"print({NAME!r} in _all_plugins, hasattr(op, 'create_version_triggers'))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.stdout.strip() == "True True"
