"""Contenders for the measurements, and the list of what was found at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena import processors
from arena.databases import Databases
from arena.sizes import MODE
from arena.team import Teams
from servers.registry import Registry

pytest_plugins = ["servers.plugin"]


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Divide the processors before servers are started."""
    processors.divide()


@pytest.fixture(scope="session")
def databases(
    server_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Where contenders get their databases from."""
    databases = Databases(server_registry, Path(tmp_path_factory.mktemp("databases")))
    yield databases
    databases.drop()


@pytest.fixture(scope="session")
def teams(databases: Databases) -> Iterator[Teams]:
    """Where measurements get their contenders from."""
    teams = Teams(databases)
    yield teams
    teams.close()


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine that is measured."""
    return str(request.param)


@pytest.fixture(autouse=True)
def server_version(request: pytest.FixtureRequest, server_registry: Registry) -> Iterator[None]:
    """Let each measurement know which server it was made on."""
    yield
    benchmark = getattr(request.node, "funcargs", {}).get("benchmark")
    if benchmark is not None and "about" in benchmark.extra_info:
        about = benchmark.extra_info["about"]
        if about.get("engine"):
            about["server"] = server_registry.describe(about["engine"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what the same team does: making one costs more than most measurements."""

    def together(item: pytest.Item) -> tuple[str, ...]:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        names = ("engine_name", "columns", "history")
        return *(str(parameters.get(name)) for name in names), item.path.name

    items.sort(key=together)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was found beside what is promised."""
    session = getattr(terminalreporter.config, "_benchmarksession", None)
    found: list[dict[str, Any]] = [
        judgement
        for item in (session.benchmarks if session is not None else ())
        for judgement in item.extra_info.get("judgements", ())
    ]
    if not found:
        return
    terminalreporter.section(f"promises and goals ({MODE} run)")
    for one in found:
        word = "ok  " if one["holds"] else "OVER"
        terminalreporter.write_line(
            f"{word} {one['kind']:5} {one['what']:75} {one['value']:8.2f}"
            f"  at most {one['limit']:g}{one['unit']}"
        )
    over = sum(not one["holds"] for one in found)
    terminalreporter.write_line(f"{len(found) - over} of {len(found)} hold")
