"""What the command prints: text to be read, or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from continuum.reading.wording import worded

LONG = 60
"""Longer values are cut off in texts unless they are asked for, and never in JSON."""

OLD, NEW, WRONG, DOUBTFUL = "red", "green", "bold red", "yellow"

_STYLES = {
    "problem": WRONG,
    "fault": WRONG,
    "left": WRONG,
    "conflict": WRONG,
    "note": DOUBTFUL,
    "unknown trigger": DOUBTFUL,
    "cannot be seen": DOUBTFUL,
}


def console() -> Console:
    """Return the standard output.  What is not a terminal has no width that lines could exceed."""
    found = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    if not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = 10_000
    return found


def print_json(value: Any) -> None:
    """Print a value as JSON; what JSON does not know, as text."""
    console().print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2), soft_wrap=True)


def print_text(text: str | Text) -> None:
    """Print a text; what a terminal would take for orders is written out."""
    if isinstance(text, Text):
        console().print(text, soft_wrap=True)
        return
    console().print("\n".join(map(harmless, text.split("\n"))), soft_wrap=True)


def print_report(text: str) -> None:
    """Print a text whose lines begin with what they are."""
    for line in text.split("\n"):
        style = _STYLES.get(line.lstrip().partition(":")[0], "")
        print_text(Text(harmless(line), style))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, full: bool) -> None:
    """Print rows under headings.

    :param full: long values are not cut off, but folded.
    """
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(
            *(value if isinstance(value, Text) else Text(short(value, full=full)) for value in row)
        )
    console().print(table)


def changes(changeset: Mapping[str, Sequence[Any]], *, full: bool, apart: str = ", ") -> Text:
    """Return a changeset as one text.

    :param apart: what stands between two attributes.
    """
    return Text(apart).join(
        change(name, old, new, full=full) for name, (old, new) in changeset.items()
    )


def change(name: str, old: Any, new: Any, *, full: bool) -> Text:
    """Return what became of an attribute."""
    return Text.assemble(
        f"{name}: ", (exact(old, full=full), OLD), " -> ", (exact(new, full=full), NEW)
    )


def exact(value: Any, *, full: bool) -> str:
    """Return a value as a text that tells ``None`` from ``'None'``."""
    return short(worded(value), full=full)


def short(value: Any, *, full: bool = False) -> str:
    """Return a value as a text of one line; moments in the local time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    text = harmless(" ".join(str(value).split()))
    return text if full or len(text) <= LONG else f"{text[: LONG - 3]}..."


def harmless(text: str) -> str:
    """Return a text with control characters written out."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == "\t" else ascii(character)[1:-1]
        for character in text
    )


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
