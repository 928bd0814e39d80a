"""Parts that every chapter of the page is made of."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

ENGINES = {
    "postgresql": "PostgreSQL",
    "mariadb": "MariaDB",
    "mysql": "MySQL",
    "sqlite": "SQLite",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def seconds(number: float) -> str:
    """Return a time in the unit that suits it."""
    if number >= 1:
        return f"{number:.2f} s"
    if number >= 0.001:
        return f"{number * 1000:.2f} ms"
    return f"{number * 1e6:.0f} µs" if number >= 1e-5 else f"{number * 1e9:.0f} ns"
