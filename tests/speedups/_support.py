"""Both forms of a module, and values that are hard to compare."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from enum import Enum
from enum import IntEnum
from types import ModuleType
from typing import Any

import numpy
import pytest
from hypothesis import strategies as st
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.ext.mutable import MutableList

from continuum._speedups import load_uncompiled_module

FORMS = [pytest.param("compiled", marks=pytest.mark.compiled), "pure"]


def module_of(name: str, form: str) -> ModuleType:
    """A module in one form; the compiled one has to be there, or its tests fail."""
    if form == "pure":
        return load_uncompiled_module(name)
    module = sys.modules[f"continuum._speedups.{name}"]
    assert module._is_compiled(), (
        "the compiled modules are missing: build them, or set CONTINUUM_NO_EXTENSIONS=1"
    )
    return module


def both(name: str) -> tuple[ModuleType, ModuleType]:
    """Both forms of a module, beside each other."""
    return module_of(name, "compiled"), module_of(name, "pure")


def outcome(call: Callable[..., Any], *arguments: Any) -> tuple[str, Any]:
    """What a call returns, or what it raises."""
    try:
        return "returned", call(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what comes of the call
        return "raised", (type(error), str(error))


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


class Vague:
    """Compares, but says neither yes nor no."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __eq__(self, other: object) -> Any:
        return self.answer

    __hash__ = None  # type: ignore[assignment]


class Interrupting:
    """Is being compared when the user presses Ctrl-C."""

    def __eq__(self, other: object) -> bool:
        raise KeyboardInterrupt

    __hash__ = None  # type: ignore[assignment]


class Letter(str, Enum):  # noqa: UP042 - StrEnum prints otherwise
    """A text that is also an Enum."""

    A = "a"


class Number(IntEnum):
    """A number that is also an Enum."""

    ONE = 1


class Amount(Decimal):
    """A number of another type."""


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

simple = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, -0.0, 1.0, float("nan"), float("inf")]),
    st.floats(),
    st.sampled_from([Decimal(text) for text in ("1", "1.0", "0", "-0", "0.00", "NaN", "sNaN")]),
    st.decimals(),
    st.text("aA ", max_size=2),
    st.binary(max_size=1),
    st.datetimes(),
    st.sampled_from(
        [NOON, NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=5)))]
    ),
)
"""Values that columns of plain types hold."""

documents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 1), st.sampled_from([0.0, 1.0, "a"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text("ab", max_size=1), inner, max_size=3)
    ),
    max_leaves=4,
)
"""What JSON columns hold."""

objects = st.one_of(
    st.integers(0, 3).map(lambda size: numpy.ones(size)),
    st.sampled_from([0.0, -0.0, 1.0, float("nan")]).map(numpy.float64),
    st.booleans().map(numpy.bool_),
    st.integers(0, 1).map(numpy.int64),
    st.lists(st.integers(0, 1), max_size=2).map(lambda values: Array(*values)),
    st.builds(Angry),
    st.sampled_from([None, 0, "", "yes", NotImplemented, numpy.ones(2)]).map(Vague),
    st.sampled_from([Letter.A, Number.ONE, Amount("1.0"), Amount("1")]),
    documents.filter(lambda value: isinstance(value, dict)).map(MutableDict),
    documents.filter(lambda value: isinstance(value, list)).map(MutableList),
    st.sets(st.integers(0, 2), max_size=2),
    st.binary(max_size=1).map(bytearray),
    st.tuples(st.integers(0, 1), st.integers(0, 1)),
)
"""What columns of further types hold."""

values = st.one_of(simple, documents, objects)


def copies(value: Any) -> Any:
    """Return an equal value that is another object, where that is easy."""
    if isinstance(value, (list, dict, set, bytearray)):
        return type(value)(value)
    if type(value) is str:
        return "".join(list(value))
    if type(value) is float:
        return float(repr(value))
    if type(value) is Decimal:
        return Decimal(str(value))
    if isinstance(value, datetime):
        return value.replace()
    return value


pairs = st.one_of(
    values.map(lambda value: (value, value)),
    values.map(lambda value: (value, copies(value))),
    st.tuples(values, values),
    st.tuples(documents, documents),
)
"""Two values that are often alike."""


@st.composite
def rows(draw: st.DrawFn, pair: Any = pairs) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Two rows of one length, with many values in common."""
    drawn = draw(st.lists(pair, max_size=8))
    return tuple(a for a, _ in drawn), tuple(b for _, b in drawn)


def raising(_one: object, _other: object) -> bool:
    """An equality of a type that fails."""
    raise TypeError("no")


comparers = st.sampled_from(
    [None, raising, lambda *_: True, lambda *_: False, lambda *_: None, lambda *_: numpy.ones(2)]
)
"""Equalities of types."""
