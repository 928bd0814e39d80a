"""The compiled and the uncompiled form of each module give the same answers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from enum import Enum
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuum import _speedups
from continuum._speedups import EXTENSIONS
from continuum._speedups import load_uncompiled_module
from continuum._speedups import speedups_info

FORMS = [pytest.param("compiled", marks=pytest.mark.compiled), "pure"]


def rows_module(form: str) -> ModuleType:
    """The module in one form; the compiled one has to be there, or its tests fail."""
    if form == "pure":
        return load_uncompiled_module("rows_cy")
    module = sys.modules["continuum._speedups.rows_cy"]
    assert module._is_compiled(), (
        "the compiled modules are missing: build them, or set CONTINUUM_NO_EXTENSIONS=1"
    )
    return module


@pytest.fixture(params=FORMS, scope="module")
def rows(request: pytest.FixtureRequest) -> ModuleType:
    return rows_module(request.param)


class Array:
    """Compares element by element, as numpy's arrays do."""

    def __init__(self, *values: int) -> None:
        self.values = values

    def __eq__(self, other: object) -> Any:
        assert isinstance(other, Array)
        return Array(*(a == b for a, b in zip(self.values, other.values, strict=True)))

    def __bool__(self) -> bool:
        if len(self.values) != 1:
            raise ValueError("the truth value of an array is ambiguous")
        return bool(self.values[0])

    __hash__ = None  # type: ignore[assignment]


class Angry:
    """Cannot be compared."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("do not compare me")

    __hash__ = None  # type: ignore[assignment]


class Interrupting:
    """Is being compared when the user presses Ctrl-C."""

    def __eq__(self, other: object) -> bool:
        raise KeyboardInterrupt

    __hash__ = None  # type: ignore[assignment]


class Letter(str, Enum):  # noqa: UP042 - StrEnum prints otherwise
    """A text that is also an Enum."""

    A = "a"


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

SAME = {
    "same object": (value := object(), value),
    "equal but distinct": ("a" * 1000, "".join(["a"] * 1000)),
    "None": (None, None),
    "one NaN": (nan := float("nan"), nan),
    "two NaN": (float("nan"), float("nan")),
    "two decimal NaN": (Decimal("NaN"), Decimal("NaN")),
    "numbers": (1.5, float("1.5")),
    "documents": ({"a": [1, True, None, {"b": 0.5}]}, {"a": [1, True, None, {"b": 0.5}]}),
    "a list and a tuple": ([1, 2], (1, 2)),
    "a text and an Enum of it": ("a", Letter.A),
    "one instant in two zones": (NOON, NOON.astimezone(timezone(timedelta(hours=5)))),
    "one array": (array := Array(1, 2), array),
    "arrays of one element": (Array(1), Array(1)),
    "one thing that cannot be compared": (angry := Angry(), angry),
}
DIFFERENT = {
    "values": (1, 2),
    "case": ("a", "A"),
    "trailing space": ("a", "a "),
    "None and nothing": (None, ""),
    "numbers of other types": (1, 1.0),
    "a number and a truth value": (1, True),
    "a number and a decimal": (1, Decimal(1)),
    "decimals of other scales": (Decimal("1.0"), Decimal(1)),
    "zeros": (0.0, -0.0),
    "numbers in a document": ({"a": 1}, {"a": 1.0}),
    "truth values in a list": ([{"a": True}], [{"a": 1}]),
    "order of a document": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "size of a document": ({"a": 1}, {"a": 1, "b": None}),
    "length of a list": ([1], [1, 1]),
    "signalling NaN": (Decimal("sNaN"), Decimal(1)),
    "text and bytes": ("a", b"a"),
    "aware and naive": (NOON, NOON.replace(tzinfo=None)),
    "arrays": (Array(1, 2), Array(1, 2)),
    "things that cannot be compared": (Angry(), Angry()),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME.keys())
def test_same(rows: ModuleType, pair: tuple[object, object]) -> None:
    old, new = (1, pair[0], None), (1, pair[1], None)
    assert rows.diff(old, new, ("a", "b", "c")) == {}
    assert rows.is_noop(old, new)


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different(rows: ModuleType, pair: tuple[object, object]) -> None:
    old, new = (1, pair[0], None), (1, pair[1], None)
    result = rows.diff(old, new, ("a", "b", "c"))
    assert list(result) == ["b"]
    assert type(result["b"]) is list
    assert result["b"][0] is pair[0]
    assert result["b"][1] is pair[1]
    assert not rows.is_noop(old, new)


def test_order_is_that_of_the_keys(rows: ModuleType) -> None:
    keys = tuple("zyxwv")
    assert list(rows.diff((1, 1, 1, 1, 1), (2, 2, 1, 2, 2), keys)) == ["z", "y", "w", "v"]


def test_nothing_to_compare(rows: ModuleType) -> None:
    assert rows.diff((), (), ()) == {}
    assert rows.is_noop((), ())


def test_an_interrupt_is_no_difference(rows: ModuleType) -> None:
    with pytest.raises(KeyboardInterrupt):
        rows.diff((Interrupting(),), (Interrupting(),), ("a",))
    with pytest.raises(KeyboardInterrupt):
        rows.is_noop((Interrupting(),), (Interrupting(),))


class Row(tuple[object, ...]):
    """A tuple of another type."""


def type_name(value: object) -> str:
    return type(value).__name__


@pytest.mark.parametrize("wrong", [[1], Row([1]), None, "a", {"a": 1}, iter((1,))], ids=type_name)
def test_only_tuples_are_taken(rows: ModuleType, wrong: Any) -> None:
    kind = type(wrong).__name__
    with pytest.raises(TypeError, match=f"^old must be a tuple, not {kind}$"):
        rows.diff(wrong, (1,), ("a",))
    with pytest.raises(TypeError, match=f"^new must be a tuple, not {kind}$"):
        rows.diff((1,), wrong, ("a",))
    with pytest.raises(TypeError, match=f"^keys must be a tuple, not {kind}$"):
        rows.diff((1,), (1,), wrong)
    with pytest.raises(TypeError, match=f"^old must be a tuple, not {kind}$"):
        rows.is_noop(wrong, (1,))
    with pytest.raises(TypeError, match=f"^new must be a tuple, not {kind}$"):
        rows.is_noop((1,), wrong)


@pytest.mark.parametrize("lengths", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (2, 2, 1), (1, 1, 2)])
def test_lengths_have_to_agree(rows: ModuleType, lengths: tuple[int, int, int]) -> None:
    old, new, keys = ((1,) * length for length in lengths)
    with pytest.raises(
        ValueError, match="old, new and keys differ in length: {}, {} and {}".format(*lengths)
    ):
        rows.diff(old, new, keys)


def test_lengths_have_to_agree_without_keys(rows: ModuleType) -> None:
    with pytest.raises(ValueError, match="old and new differ in length: 1 and 2"):
        rows.is_noop((1,), (1, 2))


def test_a_key_that_cannot_be_one(rows: ModuleType) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        rows.diff((1,), (2,), ([],))


def test_no_reference_is_lost_or_kept(rows: ModuleType) -> None:
    old, new, keys = (object(), "same"), (object(), "same"), ("a", "b")
    before = [sys.getrefcount(value) for value in (*old, *new, *keys)]
    for _ in range(100):
        rows.diff(old, new, keys)
        rows.is_noop(old, new)
    assert [sys.getrefcount(value) for value in (*old, *new, *keys)] == before


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(),
    st.decimals(),
    st.text("aA ", max_size=2),
    st.binary(max_size=1),
    st.datetimes(),
    st.recursive(
        st.one_of(st.booleans(), st.integers(0, 1), st.just(1.0)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=2), st.dictionaries(st.text("ab", max_size=1), inner)
        ),
        max_leaves=3,
    ),
)


@st.composite
def pairs_of_rows(draw: st.DrawFn) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Two rows of one length, with many values in common."""
    pair = st.one_of(values.map(lambda value: (value, value)), st.tuples(values, values))
    pairs = draw(st.lists(pair, max_size=8))
    return tuple(a for a, _ in pairs), tuple(b for _, b in pairs)


def written(value: Any) -> object:
    """A text that is the same for two values when they are stored in the same way."""
    if isinstance(value, dict):
        return [(written(key), written(item)) for key, item in value.items()]
    if isinstance(value, list):
        return ["list", *map(written, value)]
    if isinstance(value, Decimal):
        return ("decimal", *value.as_tuple())
    return f"{type(value).__name__} {value!r}"


def expected(old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[str]:
    """The names of the values that differ, by the words of the documentation."""
    for index, (before, after) in enumerate(zip(old, new, strict=True)):
        if written(before) != written(after):
            yield f"column {index}"


@pytest.mark.parametrize("form", FORMS)
@given(pair=pairs_of_rows())
def test_any_rows(form: str, pair: tuple[tuple[object, ...], tuple[object, ...]]) -> None:
    rows = rows_module(form)
    old, new = pair
    keys = tuple(f"column {index}" for index in range(len(old)))
    result = rows.diff(old, new, keys)
    assert list(result) == list(expected(old, new))
    for index, key in enumerate(keys):
        if key in result:
            assert result[key][0] is old[index]
            assert result[key][1] is new[index]
    assert rows.is_noop(old, new) == (not result)


def run(code: str, **environment: str) -> str:
    """What a new interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "CONTINUUM_NO_EXTENSIONS": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


DESCRIBE = "from continuum._speedups import speedups_info; print(speedups_info().describe())"


@pytest.mark.compiled
def test_compiled_modules_are_used_unasked() -> None:
    assert run(DESCRIBE) == "compiled"
    assert speedups_info().compiled
    assert speedups_info().modules == tuple((name, True) for name in EXTENSIONS)


def test_compiled_modules_can_be_switched_off() -> None:
    assert run(DESCRIBE, CONTINUUM_NO_EXTENSIONS="1") == "pure (CONTINUUM_NO_EXTENSIONS=1)"


def test_what_is_not_built_is_named() -> None:
    info = _speedups.SpeedupsInfo(modules=(("one", True), ("two", False)), switched_off=False)
    assert not info.compiled
    assert info.describe() == "pure (not built: two)"


def test_uncompiled_modules_need_no_cython() -> None:
    code = (
        "import sys; sys.modules['cython'] = None\n"
        "from continuum._speedups import diff, is_noop, rows_cy\n"
        "print(rows_cy.cython.__name__, diff((1, 2), (1, 3), ('a', 'b')), is_noop((1,), (1,)))"
    )
    output = run(code, CONTINUUM_NO_EXTENSIONS="1")
    assert output == "continuum._speedups._cython {'b': [2, 3]} True"
