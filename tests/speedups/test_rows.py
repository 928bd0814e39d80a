"""Comparing rows: what counts as a difference, the same in both forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from types import ModuleType
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.mutable import MutableDict

from speedups._support import FORMS
from speedups._support import NOON
from speedups._support import Amount
from speedups._support import Angry
from speedups._support import Array
from speedups._support import Interrupting
from speedups._support import Letter
from speedups._support import Number
from speedups._support import Vague
from speedups._support import both
from speedups._support import comparers
from speedups._support import copies
from speedups._support import documents
from speedups._support import module_of
from speedups._support import outcome
from speedups._support import pairs
from speedups._support import raising
from speedups._support import rows as rows_of
from speedups._support import simple
from speedups._support import values


@pytest.fixture(params=FORMS, scope="module")
def rows(request: pytest.FixtureRequest) -> ModuleType:
    return module_of("rows_cy", request.param)


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
    "numpy's arrays of one element": (numpy.ones(1), numpy.ones(1)),
    "an answer that is true": (Vague("yes"), Vague("yes")),
    "a dictionary and one that tells of changes": ({"a": [1]}, MutableDict({"a": [1]})),
    "numbers of a further type": (Amount("1.0"), Amount("1.0")),
    "two signalling NaN": (Decimal("sNaN"), Decimal("sNaN")),
    "NaN with a payload": (Decimal("NaN12"), Decimal("NaN12")),
    "nested tuples": ((1, (2, "a")), (1, (2, "".join(["a"])))),
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
    "NaN with and without a payload": (Decimal("NaN12"), Decimal("NaN")),
    "NaN and a number": (float("nan"), 0.0),
    "decimal zeros": (Decimal("-0"), Decimal("0")),
    "exponents": (Decimal("1E+1"), Decimal("10")),
    "decimal places of a further type": (Amount("1.0"), Amount("1")),
    "a number and an Enum of it": (1, Number.ONE),
    "a number and numpy's": (1.5, numpy.float64(1.5)),
    "zeros in a list": ([0.0], [-0.0]),
    "keys of a document": ({"a": 1}, {"b": 1}),
    "an answer that is false": (Vague(None), Vague(None)),
    "an answer without truth value": (Vague(numpy.ones(2)), Vague(numpy.ones(2))),
    "numpy's arrays": (numpy.ones(2), numpy.ones(2)),
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


plain = st.one_of(simple, documents)
plain_pairs = st.one_of(
    plain.map(lambda value: (value, value)),
    plain.map(lambda value: (value, copies(value))),
    st.tuples(plain, plain),
    st.tuples(documents, documents),
)


@pytest.mark.parametrize("form", FORMS)
@given(pair=rows_of(plain_pairs))
def test_any_rows(form: str, pair: tuple[tuple[Any, ...], tuple[Any, ...]]) -> None:
    rows = module_of("rows_cy", form)
    old, new = pair
    keys = tuple(f"column {index}" for index in range(len(old)))
    result = rows.diff(old, new, keys)
    assert list(result) == list(expected(old, new))
    for index, key in enumerate(keys):
        if key in result:
            assert result[key][0] is old[index]
            assert result[key][1] is new[index]
    assert rows.is_noop(old, new) == (not result)
    positions = tuple(range(len(old)))
    assert [keys[place] for place in rows.differing(old, new, positions)] == list(result)
    assert rows.is_noop_at(old, new, positions) == (not result)
    changed = rows.differing(old, new, positions[::-2])
    assert changed == [place for place in positions[::-2] if keys[place] in result]
    assert rows.is_noop_at(old, new, positions[::-2]) == (not changed)
    for before, after in zip(old, new, strict=True):
        assert rows.same(before, after) == rows.is_noop((before,), (after,))
        # What is stored in the same way may be stored in the same way.
        assert rows.equivalent(before, after) or not rows.same(before, after)


EQUIVALENT = {
    "decimal places": (Decimal("1.0"), Decimal("1")),
    "decimal zeros": (Decimal("-0"), Decimal("0.00")),
    "order of a document": ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
    "order within a list": ([{"a": 1, "b": 2}], [{"b": 2, "a": 1}]),
    "decimal places in a document": ({"a": Decimal("1.0")}, {"a": Decimal("1")}),
}
NOT_EQUIVALENT = {
    name: pair
    for name, pair in DIFFERENT.items()
    if name
    not in (
        "order of a document",
        "decimals of other scales",
        "decimal zeros",
        "exponents",
        "decimal places of a further type",
    )
}


@pytest.mark.parametrize("pair", EQUIVALENT.values(), ids=EQUIVALENT.keys())
def test_equivalent(rows: ModuleType, pair: tuple[object, object]) -> None:
    assert rows.equivalent(*pair)
    assert rows.equivalent(*reversed(pair))
    assert not rows.same(*pair)


@pytest.mark.parametrize("pair", NOT_EQUIVALENT.values(), ids=NOT_EQUIVALENT.keys())
def test_not_equivalent(rows: ModuleType, pair: tuple[object, object]) -> None:
    assert not rows.equivalent(*pair)
    assert not rows.equivalent(*reversed(pair))


def nested(depth: int, value: Any) -> Any:
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    return value


def test_deep_documents(rows: ModuleType) -> None:
    for same in (rows.same, rows.equivalent):
        assert same(nested(99, 1), nested(99, 1))
        assert not same(nested(99, 1), nested(99, True))
        # Below, numbers of several types are one.
        assert same(nested(101, 1), nested(101, True))
        assert not same(nested(101, 1), nested(101, 2))
        assert not same(nested(100_000, 1), nested(100_000, 1))


def test_what_holds_itself(rows: ModuleType) -> None:
    documents: list[Any] = []
    for _ in range(2):
        inner: dict[str, Any] = {}
        inner["self"] = [inner]
        documents.append(inner)
    for same in (rows.same, rows.equivalent):
        assert same(documents[0], documents[0])
        assert not same(documents[0], documents[1])


def test_types_are_asked_of_what_differs(rows: ModuleType) -> None:
    asked = []

    def compare(one: str, other: str) -> bool:
        asked.append((one, other))
        return one.lower() == other.lower()

    keys = ("a", "b", "c", "d")
    found = rows.diff(
        ("x", "x", "x", "x"), ("x", "X", "y", "X"), keys, (compare, compare, compare, None)
    )
    assert found == {"c": ["x", "y"], "d": ["x", "X"]}
    assert asked == [("x", "X"), ("x", "y")]
    assert rows.diff((1,), (2,), ("a",), (raising,)) == {"a": [1, 2]}
    assert rows.diff((1,), (2,), ("a",), (lambda *_: numpy.ones(2),)) == {"a": [1, 2]}
    assert rows.agree(compare, "x", "X")
    assert not rows.agree(compare, "x", "y")
    assert not rows.agree(raising, 1, 2)
    assert rows.agree(raising, None, None)


def test_an_interrupt_in_a_type_is_no_difference(rows: ModuleType) -> None:
    def interrupted(_one: object, _other: object) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rows.agree(interrupted, 1, 2)
    with pytest.raises(KeyboardInterrupt):
        rows.diff((1,), (2,), ("a",), (interrupted,))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ([raising], "comparers must be a tuple, not list"),
        ((), "keys and comparers differ in length: 1 and 0"),
    ],
)
def test_equalities_that_do_not_fit(rows: ModuleType, wrong: Any, error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{error}$"):
        rows.diff((1,), (2,), ("a",), wrong)
    with pytest.raises((TypeError, ValueError), match=f"^{error}$"):
        list(rows.changesets([((1,), (2,))], ("a",), wrong))


def test_a_stream_of_rows(rows: ModuleType) -> None:
    given = [(None, (1, None)), ((1, None), (1, "a")), ((1, "a"), (1, "A")), ((1, "A"), None)]
    taken = []

    def stream() -> Iterator[Any]:
        for pair in given:
            taken.append(pair)
            yield pair

    found = rows.changesets(stream(), ("id", "name"), (raising, lambda *_: True))
    assert taken == []
    assert next(found) == {"id": [None, 1]}
    # One row is read for one answer.
    assert len(taken) == 1
    assert list(found) == [{}, {}, {"id": [1, None], "name": ["A", None]}]
    assert list(rows.changesets([(None, None)], ("id",))) == [{}]


def test_a_stream_of_wrong_rows(rows: ModuleType) -> None:
    for pair in (([1], (1,)), ((1,), [1]), (None, [1]), ([1], None)):
        with pytest.raises(TypeError, match="must be a tuple, not list"):
            list(rows.changesets([pair], ("id",)))
    for pair in (((1, 2), (1,)), (None, (1, 2)), ((), None)):
        with pytest.raises(ValueError, match="old, new and keys differ in length"):
            list(rows.changesets([pair], ("id",)))


@pytest.mark.parametrize("place", [-1, 2, 10**6])
def test_there_is_no_such_position(rows: ModuleType, place: int) -> None:
    for call in (rows.differing, rows.is_noop_at):
        with pytest.raises(IndexError, match=f"^a row of 2 values has none at {place}$"):
            call((1, 2), (1, 2), (0, place))
        with pytest.raises(ValueError, match="old and new differ in length: 1 and 2"):
            call((1,), (1, 2), (0,))
        with pytest.raises(TypeError, match="positions must be a tuple, not list"):
            call((1,), (1,), [0])
        with pytest.raises(TypeError):
            call((1,), (1,), ("0",))


def test_values_that_have_to_be_set(rows: ModuleType) -> None:
    wanted = [("a", 1), ("b", Decimal("1.00")), ("c", None), ("d", {"x": 1, "y": 2}), ("e", None)]
    current = {"a": True, "b": Decimal(1), "c": None, "d": {"y": 2, "x": 1}, "z": 0}
    assert rows.to_set(wanted, current) == {"a": 1, "e": None}
    assert list(rows.to_set(wanted, {})) == ["a", "b", "c", "d", "e"]


def test_repetitions_fold_into_what_they_repeat(rows: ModuleType) -> None:
    chain = [
        # id, transaction, end, transaction before, values, values before
        ("x", 2, 3, 1, "a", 1, "a", 1),
        ("x", 3, 5, 2, "a", 1, "a", 1),
        ("x", 5, 6, 3, "b", 1, "a", 1),
        ("x", 6, None, 5, "b", 1.0, "b", 1),
        ("y", 9, None, 8, "b", 1, "b", 1),
    ]
    gone, ends = rows.fold_chain(iter(chain), 2)
    assert gone == [("x", 2), ("x", 3), ("y", 9)]
    assert ends == {("x", 1): 5, ("y", 8): None}
    assert rows.fold_chain([], 2) == ([], {})
    for wrong in ([("x", 2, 3, 1, "a")], [("x", 2, 3)], [()]):
        with pytest.raises(ValueError, match="no pair of versions"):
            rows.fold_chain(wrong, 2)
    with pytest.raises(TypeError, match="row must be a tuple, not list"):
        rows.fold_chain([["x", 2, 3, 1]], 2)


@st.composite
def rows_with_types(draw: st.DrawFn) -> tuple[Any, ...]:
    """Two rows of any values, their names, and the equalities of their types."""
    old, new = draw(rows_of())
    keys = tuple(f"column {index}" for index in range(len(old)))
    own = draw(st.none() | st.tuples(*(comparers for _ in keys)))
    return old, new, keys, own


@pytest.mark.compiled
@given(given=rows_with_types())
def test_both_forms_agree_about_rows(given: tuple[Any, ...]) -> None:
    old, new, keys, own = given
    compiled, pure = both("rows_cy")
    positions = tuple(range(len(keys)))
    names = [(name, value) for name, value in zip(keys, old, strict=True)]
    calls: list[tuple[str, Any]] = [
        ("diff", (old, new, keys, own)),
        ("is_noop", (old, new)),
        ("is_noop_at", (old, new, positions)),
        ("differing", (old, new, positions)),
        ("fold_chain", ([("x", 2, 3, 1, *old, *new)], 2)),
    ]
    for name, arguments in calls:
        one = outcome(getattr(compiled, name), *arguments)
        other = outcome(getattr(pure, name), *arguments)
        assert repr(one) == repr(other)
    current = dict(zip(keys, new, strict=True))
    assert list(compiled.to_set(names, current)) == list(pure.to_set(names, current))
    pairs = [(old, new), (None, new), (old, None)]
    streams = [list(module.changesets(pairs, keys, own)) for module in (compiled, pure)]
    assert list(map(list, streams[0])) == list(map(list, streams[1]))


@pytest.mark.compiled
@given(pair=pairs, compare=comparers)
def test_both_forms_agree_about_values(pair: tuple[Any, Any], compare: Any) -> None:
    compiled, pure = both("rows_cy")
    for name in ("same", "equivalent"):
        assert getattr(compiled, name)(*pair) is getattr(pure, name)(*pair)
        assert getattr(compiled, name)(*pair) is getattr(compiled, name)(*reversed(pair))
    if compare is not None:
        assert compiled.agree(compare, *pair) is pure.agree(compare, *pair)


@pytest.mark.compiled
@given(wrong=st.tuples(values, values, values, values))
def test_both_forms_refuse_the_same(wrong: tuple[Any, ...]) -> None:
    compiled, pure = both("rows_cy")
    for name in ("diff", "is_noop_at", "differing", "is_noop"):
        given = wrong[: 2 if name == "is_noop" else 3]
        one = outcome(getattr(compiled, name), *given)
        other = outcome(getattr(pure, name), *given)
        assert one[0] == other[0], (name, given)
