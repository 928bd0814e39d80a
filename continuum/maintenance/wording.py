"""Numbers of things, as words."""

from __future__ import annotations

from collections.abc import Mapping


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with what it counts.

    :param one: the word for one of it.
    :param many: the word for more; by default with an s.
    """
    if not number:
        return f"no {one}"
    return f"{number} {one if number == 1 else many or one + 's'}"


def told_by_table(numbers: Mapping[str, int], verb: str) -> list[str]:
    """Return a line for each table in which there are versions, and one with their total.

    :param numbers: of versions, by name of the table.
    :param verb: what was done, or would be done, with them.
    """
    some = {name: number for name, number in numbers.items() if number}
    lines = [f"{name}: {counted(number, 'version')} {verb}" for name, number in some.items()]
    if len(some) == 1:
        return lines
    total = f"{counted(sum(some.values()), 'version')} {verb}"
    return [*lines, f"in all: {total}" if some else total]
