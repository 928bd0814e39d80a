"""Comparing values by the user's own tests, which are SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy import literal_column
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum._speedups import differing
from continuum.dialects.base import INTERNAL
from continuum.recording.fold import Image
from continuum.recording.fold import Shape
from continuum.recording.images import Images
from continuum.recording.relation import NUMBER
from continuum.recording.relation import relations

Difference = tuple[int, Any, Any]
"""Position of a column and two values of it."""


@dataclass(frozen=True)
class JudgedShape(Shape):
    """A shape of a table some of whose columns are compared by the database.

    :param judged: positions of these columns; the others alone are in ``counting``.
    :param different: pairs of values that the database has found to differ.
    """

    judged: tuple[int, ...] = ()
    different: frozenset[Difference] = frozenset()

    def equal(self, one: Image, other: Image) -> bool:
        """Say whether two images of one row are the same in every column that counts."""
        return super().equal(one, other) and not any(
            difference in self.different for difference in _differences(self.judged, one, other)
        )


def judged_shape(
    connection: Connection, images: Images, pairs: Iterable[tuple[Image, Image]]
) -> Shape:
    """Return the shape of a table that knows how pairs of its images compare.

    :param pairs: all pairs that are going to be compared, the older image first.

    No query, unless columns have tests of their own; then one for each of them and 200 pairs of
    values that are not the same.
    """
    shape, tests = images.shape, images.tests
    if not tests:
        return shape
    asked: dict[int, dict[tuple[Any, Any], None]] = {}
    different: set[Difference] = set()
    for one, other in pairs:
        for position, old, new in _differences(tuple(tests), one, other):
            if old is None or new is None:
                different.update(((position, old, new), (position, new, old)))
            else:
                asked.setdefault(position, {})[old, new] = None
    for position, values in asked.items():
        for old, new in _told_apart(connection, images, position, list(values)):
            different.update(((position, old, new), (position, new, old)))
    return JudgedShape(
        key=shape.key,
        counting=tuple(position for position in shape.counting if position not in tests),
        width=shape.width,
        ends=shape.ends,
        null_delete=shape.null_delete,
        judged=tuple(tests),
        different=frozenset(different),
    )


def _told_apart(
    connection: Connection, images: Images, position: int, values: list[tuple[Any, Any]]
) -> Iterable[tuple[Any, Any]]:
    live = images.recorded.columns[position].live
    for source in relations({"o": live, "n": live}, values, images.dialect):
        test = images.tests[position]
        for place, name in (("{old}", "o"), ("{new}", "n")):
            test = test.replace(place, f"{source.name}.{name}")
        answer = connection.execute(
            select(source.c[NUMBER], literal_column(f"({test})", Boolean())),
            execution_options={INTERNAL: True, "compiled_cache": None},
        )
        yield from (values[number] for number, differ in answer.all() if differ)


def _differences(positions: tuple[int, ...], one: Image, other: Image) -> Iterable[Difference]:
    for position in differing(one, other, positions):
        yield position, one[position], other[position]
