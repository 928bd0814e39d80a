"""What a database does not let triggers see, as a reader's words."""

from __future__ import annotations

from collections.abc import Iterable


class Hole(str):
    """The words about one table, which know where in them the table stands.

    :param before: the words before it.
    :param table: the table, and what else differs from table to table.
    :param after: the words after it.
    """

    before: str
    table: str
    after: str

    def __new__(cls, before: str, table: object, after: str = "") -> Hole:
        made = super().__new__(cls, f"{before}{table}{after}")
        made.before, made.table, made.after = before, str(table), after
        return made


def together(holes: Iterable[str]) -> list[str]:
    """Return the words about holes; those that several tables have, once with all of them."""
    tables: dict[tuple[str, str], list[str]] = {}
    for hole in holes:
        if isinstance(hole, Hole):
            tables.setdefault((hole.before, hole.after), []).append(hole.table)
        else:
            tables.setdefault((hole, ""), [])
    return [
        f"{before}{', '.join(dict.fromkeys(names))}{after}"
        for (before, after), names in tables.items()
    ]
