"""How two values of a column are compared, and how their difference is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from difflib import unified_diff
from enum import Enum
from typing import Any

from continuum._speedups import same


class Comparator:
    """Compares values of a type, and shows how they differ.

    Inherit from it for values with a likeness of their own::

        class Roughly(Comparator):
            def same(self, old, new):
                return old is not None and new is not None and abs(old - new) < 0.01

        diff(first, second, comparators={Float: Roughly()})
    """

    def same(self, old: Any, new: Any) -> bool:
        """Say whether two values are the same; by default when they are stored in the same way."""
        return same(old, new)

    def lines(self, old: Any, new: Any) -> Iterator[str]:
        """Show how two values differ, line by line."""
        yield f"{old!r} -> {new!r}"


class TextComparator(Comparator):
    """Shows what differs between texts of several lines as a unified diff."""

    def lines(self, old: Any, new: Any) -> Iterator[str]:
        texts = isinstance(old, str) and isinstance(new, str)
        if not texts or ("\n" not in old and "\n" not in new):
            yield from super().lines(old, new)
            return
        shown = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1)
        found = False
        for number, line in enumerate(shown):
            found = True
            # The first two lines name files.
            if number > 1:
                yield line
        if not found:
            # Only the ends of lines differ.
            yield from super().lines(old, new)


class _Nothing(Enum):
    NOTHING = "nothing"

    def __repr__(self) -> str:
        return "NOTHING"

    __str__ = __repr__


NOTHING: Any = _Nothing.NOTHING
"""Stands for a value where a document has none."""


@dataclass(frozen=True)
class PathChange:
    """One difference between two JSON documents.

    :param path: keys and positions that lead to it; positions are those of the new document, for
        what is gone those of the old one.
    :param old: what was there, or :data:`NOTHING`.
    :param new: what is there, or :data:`NOTHING`.
    """

    path: tuple[str | int, ...]
    old: Any
    new: Any

    def __str__(self) -> str:
        path = "".join(map(_step, self.path)) or "."
        if self.old is NOTHING:
            return f"+ {path}: {_shown(self.new)}"
        if self.new is NOTHING:
            return f"- {path}: {_shown(self.old)}"
        return f"~ {path}: {_shown(self.old)} -> {_shown(self.new)}"


class JSONComparator(Comparator):
    """Shows the paths at which JSON documents differ."""

    def lines(self, old: Any, new: Any) -> Iterator[str]:
        found = False
        for change in json_changes(old, new):
            found = True
            yield str(change)
        if not found:
            yield "the order of keys"


def json_changes(old: Any, new: Any) -> Iterator[PathChange]:
    """Iterate over the differences between two JSON documents, from the top down.

    Truth values and numbers of different kinds differ, as they do in the document's text; the order
    of keys is no difference.

    :param old: a document: dictionaries, lists, and what JSON can hold.
    :param new: another one.

    No queries.  Example::

        [change.path for change in json_changes({"a": [1]}, {"a": [1, 2]})]  # [("a", 1)]
    """
    yield from _changes(old, new, ())


def _changes(old: Any, new: Any, path: tuple[str | int, ...]) -> Iterator[PathChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _member(old.get(key, NOTHING), new.get(key, NOTHING), (*path, key))
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        yield from _elements(old, new, path)
    elif not same(old, new):
        yield PathChange(path, old, new)


def _member(old: Any, new: Any, path: tuple[str | int, ...]) -> Iterator[PathChange]:
    if old is NOTHING or new is NOTHING:
        yield PathChange(path, old, new)
    else:
        yield from _changes(old, new, path)


def _elements(old: Any, new: Any, path: tuple[str | int, ...]) -> Iterator[PathChange]:
    """Compare lists; what was put in or taken out moves the rest, which is no difference."""
    matcher = SequenceMatcher(None, [*map(_text, old)], [*map(_text, new)], autojunk=False)
    for _, start, stop, new_start, new_stop in matcher.get_opcodes():
        common = min(stop - start, new_stop - new_start)
        for offset in range(common):
            yield from _changes(
                old[start + offset], new[new_start + offset], (*path, new_start + offset)
            )
        for position in range(start + common, stop):
            yield PathChange((*path, position), old[position], NOTHING)
        for position in range(new_start + common, new_stop):
            yield PathChange((*path, position), NOTHING, new[position])


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=repr)


def _step(step: str | int) -> str:
    if isinstance(step, str) and step.isidentifier():
        return f".{step}"
    return f"[{_shown(step)}]"
