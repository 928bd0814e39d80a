"""What the command prints: text to be read, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

LONG = 60
"""Longer values are cut off in texts, never in JSON."""


def print_json(value: Any) -> None:
    """Print a value as JSON; what JSON does not know, as text."""
    Console(soft_wrap=True, highlight=False, markup=False).print(
        json.dumps(value, default=_plain, ensure_ascii=False, indent=2)
    )


def print_text(text: str) -> None:
    """Print a text as it is."""
    Console(soft_wrap=True, highlight=False, markup=False).print(text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under headings, long values cut off."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(short(value)) for value in row))
    Console(soft_wrap=True).print(table)


def changes(changeset: Mapping[str, Sequence[Any]]) -> str:
    """Return a changeset in one text."""
    return ", ".join(
        f"{name}: {short(old)} -> {short(new)}" for name, (old, new) in changeset.items()
    )


def short(value: Any) -> str:
    """Return a value as a text that fits into a line; moments in the local time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    text = " ".join(str(value).split())
    return text if len(text) <= LONG else f"{text[: LONG - 3]}..."


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
