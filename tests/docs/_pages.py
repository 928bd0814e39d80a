"""Markdown pages taken apart: headings, links, tables and fenced blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("README.md")),
)

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    :param language: first word after the fence.
    :param words: what follows it.
    :param line: number of the first line of its text, counted from 1.
    """

    language: str
    words: tuple[str, ...]
    text: str
    line: int


def name_of(page: Path) -> str:
    """Return the path of a page inside the project."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """Iterate over the fenced blocks of a page."""
    lines = page.read_text(encoding="utf-8").split("\n")
    opened: re.Match[str] | None = None
    start = 0
    for number, line in enumerate(lines, start=1):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if opened is None:
            opened, start = fence, number
            continue
        language, *words = opened["info"].split() or [""]
        indent = len(opened["indent"])
        text = "\n".join(item[indent:] for item in lines[start : number - 1])
        yield Block(language, tuple(words), text + "\n", start + 1)
        opened = None
    assert opened is None, f"{name_of(page)}:{start}: a block without an end"


def prose(page: Path) -> str:
    """Return the text of a page without its fenced blocks."""
    kept, inside = [], False
    for line in page.read_text(encoding="utf-8").split("\n"):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def headings(page: Path) -> list[str]:
    """Return the headings of a page, without their marks."""
    return [line.lstrip("#").strip() for line in prose(page).split("\n") if line.startswith("#")]


def links(page: Path) -> Iterator[str]:
    """Iterate over the targets of the links of a page."""
    for found in _LINK.finditer(prose(page)):
        yield found["target"]


def anchor(heading: str) -> str:
    """Return the fragment that leads to a heading, as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def table_rows(page: Path, first: str) -> Iterator[list[str]]:
    """Iterate over the rows of the table whose first heading is ``first``."""
    inside = False
    for line in prose(page).split("\n"):
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if cells[0] == first:
            inside = True
        elif inside and set(cells[0]) - set("-: "):
            yield cells
