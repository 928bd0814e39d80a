"""The reference parts of the documentation hold what the code has: no more, no less."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

import continuum
from continuum import errors
from continuum import plugins
from continuum.dialects import emitter_for
from continuum.dialects.base import Capabilities
from continuum.options import Options
from continuum.reading.handle import Versions
from continuum.reading.transaction import TransactionReading
from docs._pages import PAGES
from docs._pages import ROOT
from docs._pages import anchor
from docs._pages import blocks
from docs._pages import headings
from docs._pages import links
from docs._pages import name_of
from docs._pages import prose
from docs._pages import table_rows

DOCS = ROOT / "docs"
MAKE_TARGET = re.compile(r"\bmake ([a-z]+)")
VARIABLE = re.compile(r"`([A-Z][A-Z_]+)`")


def code(cell: str) -> str:
    """Return what a cell of a table holds between backquotes."""
    assert cell.startswith("`")
    assert cell.endswith("`")
    return cell.strip("`")


def test_every_option_is_documented_with_its_default() -> None:
    documented = {
        code(name): ast.literal_eval(code(default))
        for name, default, meaning in table_rows(DOCS / "declaring.md", "option")
        if meaning
    }
    defaults = Options()
    actual = {item.name: getattr(defaults, item.name) for item in dataclasses.fields(Options)}
    same = {name: list(value) if type(value) is tuple else value for name, value in actual.items()}
    assert documented == same


def test_every_argument_of_make_versioned_is_documented() -> None:
    rows = {code(row[0]): row[1] for row in table_rows(DOCS / "declaring.md", "argument") if row[2]}
    parameters = inspect.signature(continuum.make_versioned).parameters
    assert set(rows) == set(parameters)
    for name, parameter in parameters.items():
        if name == "user_cls":
            continue
        default: Any = parameter.default
        shown = getattr(default, "__name__", None) or repr(default)
        if isinstance(default, str):
            shown = f'"{default}"'
        if name == "manager":
            shown = "versioning_manager"
        assert code(rows[name]) == shown, name


def test_every_argument_of_context_is_documented() -> None:
    rows = [row[0] for row in table_rows(DOCS / "context.md", "argument") if row[0]]
    parameters = inspect.signature(continuum.context).parameters.values()
    named = [item.name for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY]
    assert [code(cell) for cell in rows if cell.startswith("`")] == named


def test_every_error_has_a_heading() -> None:
    classes = {
        name
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, Exception)
    }
    assert classes - set(headings(DOCS / "errors.md")) == {"VersioningError"}
    assert set(errors.__all__) == classes


@pytest.mark.parametrize("engine", ["postgresql", "mysql", "sqlite"])
def test_every_capability_is_documented(engine: str) -> None:
    heading, *names = next(
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in prose(DOCS / "recording.md").split("\n")
        if line.startswith("| capability |")
    )
    assert heading == "capability"
    column = 1 + names.index(engine)
    shown = {code(row[0]): row[column] for row in table_rows(DOCS / "recording.md", "capability")}
    emitter = emitter_for(engine)
    assert emitter is not None
    said = {True: "yes", False: "no"}
    actual = {
        item.name: said.get(value, value)
        for item in dataclasses.fields(Capabilities)
        for value in [getattr(emitter.capabilities, item.name)]
    }
    assert shown == actual


def test_every_public_name_is_documented() -> None:
    guides = [page for page in PAGES if page.parent.name != "reference"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in guides)
    words = set(re.findall(r"\w+", text))
    assert set(continuum.__all__) <= words


def test_every_public_name_has_its_place_in_the_reference() -> None:
    listed = [
        name
        for page in sorted((DOCS / "reference").glob("*.md"))
        for name in re.findall(r"^- `continuum\.([\w.]+)`$", page.read_text(), re.MULTILINE)
    ]
    assert len(listed) == len(set(listed))
    plain = {name.rpartition(".")[2] for name in listed}
    assert {*continuum.__all__, *errors.__all__} <= plain
    assert set(plugins.__all__) - {"PluginCollection"} <= plain


PUBLIC_FUNCTIONS = [
    name for name in continuum.__all__ if inspect.isfunction(getattr(continuum, name))
]


def literal_blocks(text: str) -> list[str]:
    """Return the indented blocks behind lines that end with two colons."""
    found = re.findall(r"::\n\n((?:(?: {4,}.*)?\n)+)", text + "\n")
    return [textwrap.dedent(block) for block in found]


def unnamed_parameters(function: Any, text: str) -> list[str]:
    """Return the parameters of a function that its docstring does not tell."""
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is not inspect.Parameter.POSITIONAL_ONLY
        and name not in ("self", "cls")
        and f":param {name}:" not in text
    ]


@pytest.mark.parametrize("name", PUBLIC_FUNCTIONS)
def test_every_public_function_is_told_as_a_whole(name: str) -> None:
    function = getattr(continuum, name)
    text = inspect.getdoc(function)
    assert text
    assert unnamed_parameters(function, text) == []
    examples = literal_blocks(text)
    assert examples
    for example in examples:
        # Raises SyntaxError for what is no Python.
        compile(example, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert re.search(r"quer|statement", text, re.IGNORECASE)


def test_every_public_method_tells_its_parameters() -> None:
    silent = [
        f"{cls.__name__}.{name}: {missing}"
        for cls in (continuum.Version, Versions, TransactionReading, continuum.Changes)
        for name, item in inspect.getmembers(cls, callable)
        if name[0] != "_" and name != "filter"
        for missing in unnamed_parameters(item, inspect.getdoc(item) or "")
        if missing != "session"
    ]
    assert silent == []


def test_every_hook_is_documented() -> None:
    shown = [code(row[0]) for row in table_rows(DOCS / "plugins.md", "hook")]
    hooks = {
        name: hook
        for name, hook in vars(continuum.Plugin).items()
        if name[0] != "_" and callable(hook)
    }
    actual = {
        f"{name}({', '.join(list(inspect.signature(hook).parameters)[1:])})"
        for name, hook in hooks.items()
    }
    assert set(shown) == actual
    assert len(shown) == len(actual)


def test_every_version_method_is_documented() -> None:
    from continuum.reading.handle import Versions
    from continuum.reading.version import Version

    words = set(
        re.findall(
            r"\w+",
            "".join(
                (DOCS / name).read_text()
                for name in ("reading.md", "queries.md", "diffs.md", "reverting.md")
            ),
        )
    )
    public = {name for cls in (Version, Versions) for name in dir(cls) if not name.startswith("_")}
    assert public <= words


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        if target.startswith(("https://", "http://")):
            continue
        path, _, fragment = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{name_of(page)}: {target}"
        if fragment:
            assert fragment in map(anchor, headings(linked)), f"{name_of(page)}: {target}"


def test_every_page_is_in_the_navigation() -> None:
    start = DOCS / "index.md"
    assert start in {ROOT / target for target in links(ROOT / "README.md")}
    linked = {DOCS / target.partition("#")[0] for target in links(start)}
    assert linked == set(DOCS.rglob("*.md")) - {start}


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    known = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    for page in PAGES:
        shown = prose(page).split("`")[1::2]
        shown += [block.text for block in blocks(page) if block.language == "console"]
        named = {name for text in shown for name in MAKE_TARGET.findall(text)}
        assert named <= known, name_of(page)


def test_variables_of_the_tests_exist() -> None:
    sources = [ROOT / "Makefile", *(ROOT / "tests" / "servers").glob("*.py")]
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    for row in table_rows(DOCS / "development.md", "variable"):
        for name in VARIABLE.findall(row[0]):
            assert name in text or ("TEST_" in name and '"TEST_{engine.upper()}_URL"' in text), name


def test_every_test_that_a_page_names_exists() -> None:
    named = {
        name
        for page in PAGES
        for name in re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", page.read_text())
    }
    assert named
    for file, name in sorted(named):
        source = (ROOT / "tests" / file).read_text()
        assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), f"{file}::{name}"
