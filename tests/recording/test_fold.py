"""The rule, case by case, from images alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from continuum._speedups import is_noop
from continuum.recording.fold import DELETE
from continuum.recording.fold import INSERT
from continuum.recording.fold import UPDATE
from continuum.recording.fold import Close
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import Remove
from continuum.recording.fold import Reopen
from continuum.recording.fold import Replace
from continuum.recording.fold import Shape
from continuum.recording.fold import Since
from continuum.recording.fold import Which
from continuum.recording.fold import Write
from continuum.recording.fold import fold
from continuum.recording.fold import inverted

SHAPE = Shape(key=(0,), counting=(1,), width=3)
"""A key, a value that counts, and one that does not."""
SUBQUERY = Shape(key=(0,), counting=(1,), width=3, ends=False)
NULL_DELETE = Shape(key=(0,), counting=(1,), width=3, null_delete=True)

ME = 7


def row(value: Any, ignored: Any = 0) -> Image:
    return 1, value, ignored


def version(
    value: Any, transaction: int, end: int | None = None, operation: int = INSERT
) -> Newest:
    return Newest(row(value), transaction, end, operation)


OLD, NEW = Which.OLD, Which.NEW
A, B = row("a"), row("b")
LIVE = version("a", 3)
GONE = version("a", 3, operation=DELETE)

NOT_MINE = {
    "insert": (None, A, None, [Write(NEW, INSERT)]),
    "insert after delete": (None, B, GONE, [Close(3), Write(NEW, INSERT)]),
    "insert of a row that went unseen": (None, B, LIVE, [Close(3), Write(NEW, UPDATE)]),
    "insert of an equal row that went unseen": (None, A, LIVE, []),
    "update": (A, B, LIVE, [Close(3), Write(NEW, UPDATE)]),
    "update that changes nothing": (A, A, LIVE, []),
    "update of an ignored column": (A, row("a", 1), LIVE, []),
    "delete": (A, None, LIVE, [Close(3), Write(OLD, DELETE)]),
    "delete with another ignored value": (
        row("a", 5),
        None,
        LIVE,
        [Close(3), Write(OLD, DELETE)],
    ),
    "delete of what is deleted": (A, None, GONE, []),
    "nothing": (None, None, LIVE, []),
    "update without history": (A, B, None, [Write(OLD, INSERT, 0, True), Write(NEW, UPDATE)]),
    "delete without history": (A, None, None, [Write(OLD, INSERT, 0, True), Write(OLD, DELETE)]),
    "insert after a gap": (None, B, version("a", 3, 5), [Write(NEW, INSERT)]),
    "update after a gap": (
        A,
        B,
        version("x", 3, 5),
        [Write(OLD, INSERT, 5, True), Write(NEW, UPDATE)],
    ),
    "delete after a gap": (
        A,
        None,
        version("x", 3, 5),
        [Write(OLD, INSERT, 5, True), Write(OLD, DELETE)],
    ),
    "update after a gap of mine": (B, row("c"), version("a", 3, ME), [Write(NEW, UPDATE)]),
    "update back after a gap of mine": (B, A, version("a", 3, ME), [Reopen(3)]),
    "delete after a gap of mine": (B, None, version("a", 3, ME), [Write(OLD, DELETE)]),
    "insert after a gap of mine": (None, B, version("a", 3, ME), [Write(NEW, UPDATE)]),
    "insert of the same after a gap of mine": (None, A, version("a", 3, ME), [Reopen(3)]),
    "insert after a gap of mine behind a delete": (
        None,
        A,
        version("a", 3, ME, DELETE),
        [Write(NEW, INSERT)],
    ),
}


@pytest.mark.parametrize("case", NOT_MINE)
@pytest.mark.parametrize("running", [None, ME])
def test_the_first_change_of_a_row(case: str, running: int | None) -> None:
    old, new, newest, expected = NOT_MINE[case]
    if running is None and newest is not None and newest.end == ME:
        running = ME
    assert list(fold(SHAPE, old, new, newest, None, running)) == expected


MINE = version("a", ME)

CONTINUED: dict[str, tuple[Any, ...]] = {
    "insert, update": (A, B, MINE, None, [Replace(NEW, INSERT)]),
    "insert, delete": (A, None, MINE, None, [Remove()]),
    "insert after delete, delete": (
        A,
        None,
        MINE,
        version("x", 3, ME, DELETE),
        [Remove(), Reopen(3)],
    ),
    "insert after delete, update": (
        A,
        B,
        MINE,
        version("x", 3, ME, DELETE),
        [Replace(NEW, INSERT)],
    ),
    "update, update": (A, B, MINE, version("x", 3, ME), [Replace(NEW, UPDATE)]),
    "update, update back": (A, row("x"), MINE, version("x", 3, ME), [Remove(), Reopen(3)]),
    "update, delete": (A, None, MINE, version("x", 3, ME), [Replace(OLD, DELETE)]),
    "delete, insert": (
        None,
        B,
        version("a", ME, operation=DELETE),
        version("a", 3, ME),
        [Replace(NEW, UPDATE)],
    ),
    "delete, insert of the same": (
        None,
        A,
        version("a", ME, operation=DELETE),
        version("a", 3, ME),
        [Remove(), Reopen(3)],
    ),
    "an ignored column follows": (A, row("a", 9), MINE, None, [Replace(NEW, INSERT)]),
    "a history that was over before": (
        A,
        None,
        MINE,
        version("x", 3, 5),
        [Remove()],
    ),
}


@pytest.mark.parametrize("case", CONTINUED)
@pytest.mark.parametrize("paused", [False, True])
def test_further_changes_of_a_row(case: str, paused: bool) -> None:
    old, new, newest, previous, expected = CONTINUED[case]
    assert list(fold(SHAPE, old, new, newest, previous, ME, paused=paused)) == expected


@pytest.mark.parametrize(
    ("old", "new", "newest", "expected"),
    [
        (None, A, None, []),
        (None, B, GONE, []),
        (A, B, LIVE, [Close(3)]),
        (A, None, LIVE, [Close(3)]),
        (A, row("a", 1), LIVE, []),
        (A, B, None, []),
        (A, B, version("a", 3, 5), []),
    ],
)
def test_a_pause_leaves_nothing_but_an_end(
    old: Image | None, new: Image | None, newest: Newest | None, expected: list[Any]
) -> None:
    assert list(fold(SHAPE, old, new, newest, None, None, paused=True)) == expected


def test_without_ends_a_pause_leaves_nothing() -> None:
    assert list(fold(SUBQUERY, A, B, LIVE, None, None, paused=True)) == []


def test_without_ends_a_gap_is_known_by_its_values() -> None:
    assert list(fold(SUBQUERY, A, B, LIVE, None, None)) == [Write(NEW, UPDATE)]
    assert list(fold(SUBQUERY, row("x"), B, LIVE, None, None)) == [
        Write(OLD, INSERT, Since.GAP),
        Write(NEW, UPDATE),
    ]


def test_without_ends_nothing_is_closed_or_reopened() -> None:
    assert list(fold(SUBQUERY, A, row("x"), MINE, version("x", 3), ME)) == [Remove()]
    assert list(fold(SUBQUERY, None, A, GONE, None, None)) == [Write(NEW, INSERT)]


def test_null_delete_keeps_the_key() -> None:
    assert NULL_DELETE.kept(A, DELETE) == (1, None, None)
    assert NULL_DELETE.kept(A, UPDATE) == A
    assert SHAPE.kept(A, DELETE) == A


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        (Decimal("1.0"), Decimal("1.00")),
        ("a", "A"),
        ("a", "a "),
        ("", None),
        (b"a", "a"),
    ],
)
def test_what_looks_alike_is_not_identical(one: Any, other: Any) -> None:
    assert is_noop((one,), (one,)) is True
    assert is_noop((one,), (other,)) is False


def test_nan_is_nan() -> None:
    assert is_noop((float("nan"),), (float("nan"),)) is True


def test_a_higher_number_inverts_the_order() -> None:
    assert inverted(version("a", 8), 7)
    assert inverted(version("a", 3, 8), 7)
    assert not inverted(version("a", 7), 7)
    assert not inverted(version("a", 3, 7), 7)
    assert not inverted(version("a", 8), None)
    assert not inverted(None, 7)
