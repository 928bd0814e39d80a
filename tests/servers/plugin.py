"""pytest's side of the servers: selection of tests, headings, the list of what did not run."""

from __future__ import annotations

import gc
import importlib
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy

from servers.binaries import CLIENT_PROGRAM
from servers.binaries import ENGINES
from servers.binaries import ServerUnavailable
from servers.binaries import client_hint
from servers.binaries import find_client
from servers.binaries import selected_engines
from servers.registry import HANDOVER
from servers.registry import Registry

RECORDERS = ("triggers", "orm")
EMITTER_MODULE = {
    "sqlite": "continuum.dialects.sqlite",
    "postgresql": "continuum.dialects.postgresql",
    "mariadb": "continuum.dialects.mysql",
    "mysql": "continuum.dialects.mysql",
}

registry_key = pytest.StashKey[Registry]()
not_run_key = pytest.StashKey[Counter[str]]()

MARKERS = (
    "engines(*names): run on these engines only",
    "recorders(*names): run with these recorders only ('triggers', 'orm')",
    "requires(*capabilities): run where the engine has these capabilities; see tests/conftest.py",
    "compiled: needs the compiled extension modules",
)


@pytest.fixture(scope="session")
def server_registry(pytestconfig: pytest.Config) -> Registry:
    """The servers of this run."""
    return pytestconfig.stash[registry_key]


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    not_run: Counter[str] = Counter()
    config.stash[not_run_key] = not_run
    if config.option.help or getattr(config.option, "version", 0):
        return
    try:
        registry = Registry(selected_engines())
        config.stash[registry_key] = registry
        config.add_cleanup(registry.close)
        if os.environ.get("CI"):
            _check_clients(registry)
        # Workers of pytest-xdist start servers of no engine themselves; in a single process each
        # server is started by the first test that wants it.
        distributed = config.getoption("dist", "no") != "no"
        if distributed and not hasattr(config, "workerinput") and not config.option.collectonly:
            registry.start_all()
            config.add_cleanup(_forget_handover)
    except ServerUnavailable as error:
        raise pytest.UsageError(str(error)) from error


def _forget_handover() -> None:
    del os.environ[HANDOVER]


def pytest_report_header(config: pytest.Config) -> list[str]:
    import continuum
    from continuum._speedups import speedups_info

    registry = config.stash[registry_key]
    engines = [registry.describe(engine) for engine in registry.engines]
    engines += [f"{engine} NOT RUN (not in ENGINES)" for engine in _left_out(registry)]
    info = speedups_info()
    return [
        f"continuum: {info.describe()}; from {os.path.dirname(continuum.__file__)}",
        f"sqlalchemy: {sqlalchemy.__version__}",
        f"engines: {', '.join(engines)}",
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    registry = metafunc.config.stash[registry_key]
    if "engine_name" in metafunc.fixturenames:
        names = _marked(metafunc.definition, "engines", ENGINES)
        # With none of them selected the test stays in the collection, to be counted as not run.
        chosen = [name for name in registry.engines if name in names] or list(names)
        metafunc.parametrize("engine_name", chosen, indirect=True, scope="function")
    if "recorder" in metafunc.fixturenames:
        names = _marked(metafunc.definition, "recorders", RECORDERS)
        metafunc.parametrize("recorder", names, indirect=True, scope="function")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, dropped = [], []
    for item in items:
        reason = _reason_not_to_run(item, config.stash[registry_key])
        if reason is None:
            kept.append(item)
        else:
            config.stash[not_run_key][reason] += 1
            dropped.append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_collection_finish() -> None:
    # Classes, functions and tests stay until the end: to look through them for garbage again and
    # again takes longer than many a test.  What a test leaves is found some tests later.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        not_run = session.config.stash[not_run_key]
        output["continuum_not_run"] = dict(not_run)
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # All workers collect the same tests: one of their lists is enough.
    for reason, count in getattr(node, "workeroutput", {}).get("continuum_not_run", {}).items():
        node.config.stash[not_run_key][reason] = count


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    lines = [f"{engine}: not in ENGINES" for engine in _left_out(config.stash[registry_key])]
    counts = config.stash[not_run_key]
    lines += [f"{count} x {reason}" for reason, count in sorted(counts.items())]
    if lines:
        terminalreporter.section("NOT RUN")
        for line in lines:
            terminalreporter.write_line(line)


def _left_out(registry: Registry) -> list[str]:
    return [engine for engine in ENGINES if engine not in registry.engines]


def _marked(node: pytest.Item, marker: str, known: tuple[str, ...]) -> list[str]:
    """Return what the nearest such marker of a test names, everything when it has none."""
    found = node.get_closest_marker(marker)
    if found is None:
        return list(known)
    if unknown := set(found.args) - set(known):
        raise pytest.UsageError(f"{node.nodeid}: @{marker} names {', '.join(sorted(unknown))}")
    return [name for name in known if name in found.args]


def _reason_not_to_run(item: pytest.Item, registry: Registry) -> str | None:
    engines = _engines_of(item)
    fixtures = getattr(item, "fixturenames", ())
    for engine in engines:
        if engine not in registry.engines:
            return f"needs {engine}, which is not in ENGINES"
    for marker in item.iter_markers("requires"):
        for requirement in marker.args:
            for engine in engines:
                if not _has_capability(engine, requirement):
                    return f"{engine} lacks {requirement}"
    if "cli_client" in fixtures:
        for engine in engines:
            if find_client(engine) is None:
                return client_hint(engine)
    if "mariadb_binlog" in fixtures and not registry.throws_away("mariadb"):
        return "needs servers of its own beside the one of TEST_MARIADB_URL"
    if item.get_closest_marker("compiled") and os.environ.get("CONTINUUM_NO_EXTENSIONS") == "1":
        return "CONTINUUM_NO_EXTENSIONS=1: no compiled modules"
    return None


def _engines_of(item: pytest.Item) -> list[str]:
    """Return the engines that a test will work on."""
    fixtures = getattr(item, "fixturenames", ())
    engines = [engine for engine in ENGINES if f"{engine}_url" in fixtures]
    engines += [engine for engine in ENGINES if f"{engine}_database" in fixtures]
    if "mariadb_binlog" in fixtures:
        engines.append("mariadb")
    callspec = getattr(item, "callspec", None)
    if callspec is not None and "engine_name" in callspec.params:
        engines.append(callspec.params["engine_name"])
    return list(dict.fromkeys(engines))


def _has_capability(engine: str, requirement: str) -> bool:
    """Say whether an engine meets ``"name"``, ``"name=value"`` or ``"name=value|value"``."""
    name, _, values = requirement.partition("=")
    if name == "users":
        return engine != "sqlite"
    capabilities = importlib.import_module(EMITTER_MODULE[engine]).EMITTER.capabilities
    if not hasattr(capabilities, name):
        raise pytest.UsageError(f"@requires names {name}, which is no capability")
    actual = getattr(capabilities, name)
    return str(actual) in values.split("|") if values else bool(actual)


def _check_clients(registry: Registry) -> None:
    for engine in registry.engines:
        if find_client(engine) is None:
            raise ServerUnavailable(f"{engine}: {client_hint(engine)} ({CLIENT_PROGRAM[engine]})")
