"""Databases for the benchmarks: the servers of the tests, one empty database for each benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from servers.database import Database
from servers.database import SQLiteDatabase
from servers.registry import Registry

pytest_plugins = ["servers.plugin"]


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine that the benchmark runs on."""
    return str(request.param)


@pytest.fixture
def engine(server_registry: Registry, engine_name: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty database."""
    database: Database
    if engine_name == "sqlite":
        database = SQLiteDatabase(tmp_path)
    else:
        database = server_registry.database(engine_name, None)
    database.clean()
    yield database.engine()
    database.dispose()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the ratios that the benchmarks found beside their bounds."""
    session = getattr(terminalreporter.config, "_benchmarksession", None)
    rows = [
        (item.name, item.extra_info)
        for item in (session.benchmarks if session is not None else ())
        if "ratio" in item.extra_info
    ]
    if not rows:
        return
    terminalreporter.section("versioned / unversioned, ratio of medians")
    for name, info in rows:
        terminalreporter.write_line(
            f"{name:45} {info['unversioned']:7.3f} s -> {info['versioned']:7.3f} s"
            f"   ratio {info['ratio']:5.2f}   bound {info['bound']}"
        )
