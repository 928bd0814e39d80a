"""The example application: its README is carried out on each database, and its tests run."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from docs._pages import ROOT
from docs._pages import blocks
from examples import _commands
from servers.database import Database

SHOP = ROOT / "examples" / "teahouse"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

STORY_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "mariadb": "mariadb+aiomysql",
    "mysql": "mysql+aiomysql",
}
TESTS_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "mariadb": "mariadb+asyncmy",
    "mysql": "mysql+asyncmy",
}
PRELOADED = ["alembic.command", "alembic.autogenerate", "continuum.cli.commands", "fastapi"]


def shown(url: URL, drivername: str) -> str:
    """Return a URL as text, with its password, and with another driver."""
    return url.set(drivername=drivername).render_as_string(hide_password=False)


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Path]:
    """A folder with the commands of the README."""
    address = str(tmp_path / "socket")
    folder = tmp_path / "bin"
    _commands.write_stubs(folder, address)
    server = subprocess.Popen([sys.executable, "-P", _commands.__file__, address, *PRELOADED])
    deadline = time.monotonic() + 60
    while not os.path.exists(address):
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield folder
    server.terminate()
    server.wait(10)


def environment(**names: str) -> dict[str, str]:
    """Return the environment of a process that finds nothing of the checkout."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1", **names}


def story() -> list[tuple[str, str | None]]:
    """Return the commands of the README, block by block, each with what it shows of the output."""
    found = list(blocks(SHOP / "README.md"))
    return [
        (block.text, after.text if after is not None and after.language == "output" else None)
        for block, after in zip(found, [*found[1:], None], strict=True)
        if block.language == "console"
    ]


def more_about(commands: str) -> list[str]:
    """Return what the tests want to know after a block of the README."""
    here = Path(__file__).parent
    more = []
    if "continuum check" in commands:
        more.append(f"python '{here}/_differences.py'")
    if "alembic upgrade 0005" in commands or "undo $BAD --actor" in commands:
        more.append(f"python '{here}/_catalogue.py'")
    return more


def test_the_life_of_the_shop(
    database: Database, engine_name: str, programs: Path, tmp_path: Path
) -> None:
    script = ["set -e"]
    steps = story()
    url = shown(database.url, STORY_DRIVERS[engine_name])
    for number, (commands, _) in enumerate(steps):
        script += [f"exec > '{tmp_path}/{number}.out' 2> '{tmp_path}/{number}.err'", commands]
        script += [f"exec >> '{tmp_path}/more' 2>&1", *more_about(commands)]
    result = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=SHOP,
        env=environment(
            PATH=f"{programs}:{os.environ['PATH']}",
            DATABASE_URL=url,
            CONTINUUM_URL=url,
        ),
        check=False,
    )
    for number, (commands, output) in enumerate(steps):
        got, errors = (
            path.read_text() if path.exists() else "not carried out"
            for path in (tmp_path / f"{number}.out", tmp_path / f"{number}.err")
        )
        assert "Traceback" not in errors, f"{commands}\n{got}\n{errors}"
        if output is not None and not doctest.OutputChecker().check_output(output, got, FLAGS):
            pytest.fail(f"{commands}\nshows\n{output}\nand prints\n{got}\n{errors}")
    more = (tmp_path / "more").read_text().splitlines()
    assert result.returncode == 0, more
    differences = [line for line in more if line.startswith("differences:")]
    assert differences == ["differences: []"] * 6
    before, after = (line for line in more if line.startswith("catalogue:"))
    assert "T-100" in before
    assert before == after


def test_its_own_tests(database: Database, engine_name: str) -> None:
    result = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=SHOP,
        env=environment(TEST_DATABASE_URL=shown(database.url, TESTS_DRIVERS[engine_name])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
