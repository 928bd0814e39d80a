"""Every Python example of the documentation is executed, page by page.

The ``python`` blocks of a page are run in order and share their names; before ``python fresh``
declarations and databases are forgotten.  An ``output`` block shows what the block before it prints
(``...`` stands for anything), and what is printed has to be shown.

A block with a file name behind its language, as ``python shop.py``, is written to that file.  In a
``console`` block the lines that begin with ``$`` are run by a shell in the same folder, and the
lines below have to be what it prints; a block without such a line is not run.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine
from sqlalchemy import text
from sqlalchemy.ext.declarative import ConcreteBase
from sqlalchemy.orm import clear_mappers

from continuum import VersioningManager
from continuum import remove_versioning
from docs._pages import PAGES
from docs._pages import ROOT
from docs._pages import Block
from docs._pages import blocks
from docs._pages import name_of
from servers.database import Database

EXAMPLE_PAGES = [
    page for page in PAGES if {"python", "console"} & {block.language for block in blocks(page)}
]
LANGUAGES = {"python", "output", "console", "sql", "toml", "text"}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def is_file(block: Block) -> bool:
    """Tell whether a block is a file, and names it."""
    return bool(block.words) and "." in block.words[0]


def commands(block: Block) -> Iterator[tuple[int, str, str]]:
    """Iterate over line, text and shown output of the commands of a ``console`` block."""
    for part in re.split(r"^(?=\$ )", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.removeprefix("$ ").partition("\n")
        line = block.line + block.text[: block.text.index(part)].count("\n")
        yield line, command, output


class Reader:
    """Someone who types in the examples of a page from top to bottom."""

    def __init__(self, page: Path) -> None:
        self.page = page
        self.module = ModuleType("example")
        self.names = self.module.__dict__

    def run(self, block: Block, output: Block | None) -> None:
        """Execute a block, and compare what it prints with what the page shows."""
        if "fresh" in block.words:
            self.forget()
        # The lines of a traceback are then those of the page.
        source = "\n" * (block.line - 1) + block.text
        where = f"{name_of(self.page)}:{block.line}"
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(source, str(self.page), "exec", dont_inherit=True), self.names)
        got, want = printed.getvalue(), "" if output is None else output.text
        if not doctest.OutputChecker().check_output(want, got, FLAGS):
            pytest.fail(f"{where}: the page shows\n{want}\nand the example prints\n{got}")

    def save(self, block: Block) -> None:
        """Write a block to the file that it names."""
        Path(block.words[0]).write_text(block.text, encoding="utf-8")

    def type(self, block: Block) -> None:
        """Run the commands of a block, and compare what they print with what the page shows."""
        for line, command, want in commands(block):
            result = subprocess.run(
                command,
                shell=True,
                env={
                    **os.environ,
                    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
                    "COLUMNS": "100",
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            where = f"{name_of(self.page)}:{line}"
            if result.returncode:
                pytest.fail(f"{where}: exit code {result.returncode}\n{result.stdout}")
            if not doctest.OutputChecker().check_output(want, result.stdout, FLAGS):
                pytest.fail(f"{where}: the page shows\n{want}\nand it prints\n{result.stdout}")

    def forget(self) -> None:
        """Undo what the examples have declared."""
        for value in self.names.values():
            if isinstance(value, Engine):
                value.dispose()
        managers = [item for item in self.names.values() if isinstance(item, VersioningManager)]
        remove_versioning()
        for manager in managers:
            remove_versioning(manager=manager)
        for value in self.names.values():
            imported = getattr(value, "__module__", "").startswith("sqlalchemy.")
            if isinstance(value, type) and issubclass(value, ConcreteBase) and not imported:
                # SQLAlchemy 2.0 calls it before all mappers to come, forgotten or not.
                value.__declare_first__ = staticmethod(lambda: None)  # type: ignore[method-assign]
        clear_mappers()
        for path in Path().glob("*.db"):
            path.unlink()


@pytest.fixture
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where nothing is."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def reader(page: Path, empty_directory: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader of one page."""
    reader = Reader(page)
    monkeypatch.setitem(sys.modules, reader.module.__name__, reader.module)
    yield reader
    reader.forget()


@pytest.mark.parametrize("page", EXAMPLE_PAGES, ids=name_of)
def test_examples(page: Path, reader: Reader) -> None:
    found = list(blocks(page))
    for block, following in zip(found, [*found[1:], None], strict=True):
        if is_file(block):
            reader.save(block)
        elif block.language == "console":
            reader.type(block)
        elif block.language == "python":
            shown = following if following is not None and following.language == "output" else None
            reader.run(block, shown)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_has_a_language_that_is_known(page: Path) -> None:
    assert {block.language for block in blocks(page)} <= LANGUAGES


def run_demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with some arguments, where the demo looks for its data."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo(database: Database) -> None:
    program = str(ROOT / "examples" / "gapminder.py")
    url = database.url.render_as_string(hide_password=False)
    for _ in range(2):
        result = run_demo(program, url)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "FALSE" not in result.stdout
        assert "history gives back every line of the file" in result.stdout


def test_the_demo_says_when_a_claim_is_false(empty_directory: None) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import gapminder;"
        "gapminder.figures_of = lambda rows: {row['name']: () for row in rows};"
        "sys.exit(gapminder.main())"
    )
    result = run_demo("-c", program, str(ROOT / "examples"))
    assert result.returncode == 1, result.stderr
    assert "FALSE" in result.stdout


def test_the_demo_leaves_the_tables_of_others_alone(database: Database) -> None:
    with database.engine().begin() as connection:
        connection.execute(text("CREATE TABLE gapminder_country (id INTEGER)"))
    program = str(ROOT / "examples" / "gapminder.py")
    result = run_demo(program, database.url.render_as_string(hide_password=False))
    assert result.returncode == 1
    assert "gapminder_country" in result.stderr
    with database.engine().connect() as connection:
        assert connection.execute(text("SELECT id FROM gapminder_country")).all() == []
