"""What differs between two rows, value by value.

Two values are the *same* when they are stored in the same way: numbers have to be of one type (in a
JSON document ``true``, ``1`` and ``1.0`` are three values) and agree in sign of zero and in decimal
places, NaN is NaN, documents agree member by member and in order.  Everything else is the same when
it is one object or compares equal with ``==``.  A comparison that raises, or whose result has no
truth value (an array), counts as a difference: a version too many can be seen, one too few cannot.

They are *equivalent* when they may be stored in the same way: a database can give back a number
with other decimal places, and a document with its members in another order.  That is the question
where one of them was set by a program and has perhaps not been read back.

Types with an equality of their own are asked by :func:`agree`, beside these.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from continuum._speedups import _cython as cython

    Compare = Callable[[Any, Any], Any]
else:
    try:
        # The compiler wants to see this very line.
        import cython
    except ModuleNotFoundError:
        from continuum._speedups import _cython as cython


_DEEPEST = 100
"""Levels of a document that are compared one by one; below them ``==`` decides."""


def _is_compiled() -> bool:
    """Say whether this module runs in its compiled form."""
    return cython.compiled


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _same(before: object, after: object, loose: cython.bint, depth: cython.Py_ssize_t) -> bool:
    if before is after:
        return True
    kind = type(before)
    try:
        if kind is type(after):
            if kind is str or kind is int or kind is bytes or kind is bool:
                return bool(before == after)
            if isinstance(before, (int, float, Decimal)):
                return _same_number(before, after, loose)
        elif isinstance(before, (int, float, Decimal)) or isinstance(after, (int, float, Decimal)):
            return False
        if depth == _DEEPEST:
            # Nothing else ends where something holds itself.
            return bool(before == after)
        if isinstance(before, dict) and isinstance(after, dict):
            if len(before) != len(after):
                return False
            if loose:
                return _has_members(before, after, depth + 1)
            return _same_members(before, after, depth + 1)
        if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
            return len(before) == len(after) and _same_elements(before, after, loose, depth + 1)
        return bool(before == after)
    except Exception:  # noqa: BLE001 - whatever a foreign comparison raises, it found no equality
        return False


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _same_number(before: Any, after: Any, loose: cython.bint) -> bool:
    if isinstance(before, float):
        return _same_float(before, after)
    if isinstance(before, Decimal):
        # In the total order zero is said of one sign, one row of digits and one exponent only.
        return not before.compare_total(after) or (loose and bool(before == after))
    return bool(before == after)


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _same_float(before: cython.double, after: cython.double) -> bool:
    if before != before:
        return after != after
    # The text of a zero has its sign.
    return before == after and (before != 0.0 or repr(before) == repr(after))


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
@cython.locals(index=cython.Py_ssize_t)
def _same_elements(before: Any, after: Any, loose: cython.bint, depth: cython.Py_ssize_t) -> bool:
    for index in range(len(before)):  # noqa: SIM110 - a generator is slow when compiled
        if not _same(before[index], after[index], loose, depth):
            return False
    return True


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _same_members(before: Any, after: Any, depth: cython.Py_ssize_t) -> bool:
    names = list(before)
    if not _same_elements(names, list(after), False, depth):
        return False
    for name in names:  # noqa: SIM110 - a generator is slow when compiled
        if not _same(before[name], after[name], False, depth):
            return False
    return True


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _has_members(before: Any, after: Any, depth: cython.Py_ssize_t) -> bool:
    for key, value in before.items():
        if key not in after or not _same(value, after[key], True, depth):
            return False
    return True


def same(before: object, after: object) -> bool:
    """Say whether two values are stored in the same way."""
    return _same(before, after, False, 0)


def equivalent(before: object, after: object) -> bool:
    """Say whether two values may be stored in the same way: see above."""
    return _same(before, after, True, 0)


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _agree(compare: Any, before: object, after: object) -> bool:
    try:
        return bool(compare(before, after))
    except Exception:  # noqa: BLE001 - what cannot be compared counts as different
        return False


def agree(compare: Compare, before: object, after: object) -> bool:
    """Say whether two values are the same to a type.

    :param compare: the type's ``compare_values``; when it raises, or has no truth value, they are
        not.
    """
    return before is after or _agree(compare, before, after)


@cython.cfunc
@cython.inline
@cython.exceptval(-1)
@cython.returns(cython.bint)
def _check_tuple(name: str, value: object) -> bool:
    if type(value) is not tuple:
        raise TypeError(f"{name} must be a tuple, not {type(value).__name__}")
    return True


# Arguments are checked by hand, so that both forms refuse the same ones with the same words: the
# compiled one would read beyond the end of a short tuple.
@cython.cfunc
@cython.exceptval(-1)
@cython.returns(cython.bint)
def _check_rows(old: Any, new: Any, keys: Any) -> bool:
    _check_tuple("old", old)
    _check_tuple("new", new)
    _check_tuple("keys", keys)
    return _check_lengths(old, new, keys)


@cython.cfunc
@cython.inline
@cython.exceptval(-1)
@cython.returns(cython.bint)
def _check_lengths(
    old: tuple[object, ...], new: tuple[object, ...], keys: tuple[object, ...]
) -> bool:
    if len(old) != len(keys) or len(new) != len(keys):
        raise ValueError(
            f"old, new and keys differ in length: {len(old)}, {len(new)} and {len(keys)}"
        )
    return True


@cython.cfunc
@cython.exceptval(-1)
@cython.returns(cython.bint)
def _check_comparers(keys: Any, comparers: Any) -> bool:
    _check_tuple("comparers", comparers)
    if len(comparers) != len(keys):
        raise ValueError(f"keys and comparers differ in length: {len(keys)} and {len(comparers)}")
    return True


@cython.cfunc
@cython.returns(dict)
@cython.boundscheck(False)
@cython.wraparound(False)
@cython.locals(index=cython.Py_ssize_t)
def _diff(
    old_row: tuple[object, ...],
    new_row: tuple[object, ...],
    names: tuple[Any, ...],
    own: tuple[Compare | None, ...] | None,
) -> dict[Any, list[object]]:
    result: dict[Any, list[object]] = {}
    for index in range(len(names)):
        before = old_row[index]
        after = new_row[index]
        if before is after or _same(before, after, False, 0):
            continue
        if own is not None:
            compare = own[index]
            if compare is not None and _agree(compare, before, after):
                continue
        result[names[index]] = [before, after]
    return result


@cython.annotation_typing(False)
def diff(
    old: tuple[object, ...],
    new: tuple[object, ...],
    keys: tuple[str, ...],
    comparers: tuple[Compare | None, ...] | None = None,
) -> dict[str, list[object]]:
    """Return ``{key: [old value, new value]}`` of the values that differ, in the order of keys.

    :param old: the values before.
    :param new: the values after.
    :param keys: a name for each value.
    :param comparers: for each value the equality of its type, or ``None``; asked of values that are
        not the same.
    :raises TypeError: an argument is not a tuple.
    :raises ValueError: the arguments differ in length.
    """
    _check_rows(old, new, keys)
    if comparers is not None:
        _check_comparers(keys, comparers)
    return _diff(old, new, keys, comparers)


@cython.annotation_typing(False)
def changesets(
    pairs: Iterable[tuple[tuple[object, ...] | None, tuple[object, ...] | None]],
    keys: tuple[str, ...],
    comparers: tuple[Compare | None, ...] | None = None,
) -> Iterator[dict[str, list[object]]]:
    """Iterate over what each of many rows changed, as :func:`diff` has it.

    :param pairs: a row before and after; ``None`` where there was none: its values count as
        ``None`` then, and types are not asked.
    :param keys: as for :func:`diff`.
    :param comparers: as for :func:`diff`.
    :raises TypeError: a row is not a tuple.
    :raises ValueError: a row has not one value for each key.
    """
    _check_tuple("keys", keys)
    if comparers is not None:
        _check_comparers(keys, comparers)
    nothing = (None,) * len(keys)
    for before, after in pairs:
        if before is None or after is None:
            old = nothing if before is None else before
            new = nothing if after is None else after
            _check_rows(old, new, keys)
            yield _diff(old, new, keys, None)
        else:
            _check_rows(before, after, keys)
            yield _diff(before, after, keys, comparers)


@cython.cfunc
@cython.exceptval(-1)
@cython.returns(cython.bint)
@cython.boundscheck(False)
@cython.wraparound(False)
@cython.locals(index=cython.Py_ssize_t)
def _same_run(
    old_row: tuple[object, ...],
    new_row: tuple[object, ...],
    first: cython.Py_ssize_t,
    second: cython.Py_ssize_t,
    count: cython.Py_ssize_t,
) -> bool:
    """Compare as many values from one place on with those from another."""
    for index in range(count):
        before = old_row[first + index]
        after = new_row[second + index]
        if before is not after and not _same(before, after, False, 0):
            return False
    return True


@cython.annotation_typing(False)
def is_noop(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Say whether no value differs: ``not diff(old, new, keys)``, without the dictionary.

    :param old: the values before.
    :param new: the values after.
    :raises TypeError: an argument is not a tuple.
    :raises ValueError: the arguments differ in length.
    """
    _check_tuple("old", old)
    _check_tuple("new", new)
    if len(old) != len(new):
        raise ValueError(f"old and new differ in length: {len(old)} and {len(new)}")
    return old is new or _same_run(old, new, 0, 0, len(old))


@cython.cfunc
@cython.exceptval(-2)
@cython.returns(cython.Py_ssize_t)
@cython.boundscheck(False)
@cython.wraparound(False)
@cython.locals(index=cython.Py_ssize_t, place=cython.Py_ssize_t, width=cython.Py_ssize_t)
def _next_difference(
    old_row: tuple[object, ...],
    new_row: tuple[object, ...],
    places: tuple[int, ...],
    first: cython.Py_ssize_t,
) -> int:
    """Return the index, from one on, of a place at which two rows differ; -1 if there is none."""
    width = len(old_row)
    for index in range(first, len(places)):
        place = places[index]
        if place < 0 or place >= width:
            raise _beyond(place, width)
        before = old_row[place]
        after = new_row[place]
        if before is not after and not _same(before, after, False, 0):
            return index
    return -1


@cython.annotation_typing(False)
@cython.locals(index=cython.Py_ssize_t)
def differing(
    old: tuple[object, ...], new: tuple[object, ...], positions: tuple[int, ...]
) -> list[int]:
    """Return those of some positions at which two rows differ.

    :param old: the values before.
    :param new: the values after.
    :param positions: the positions that are looked at.
    :raises TypeError: an argument is not a tuple.
    :raises ValueError: the rows differ in length.
    :raises IndexError: they have no value at a position.
    """
    _check_places(old, new, positions)
    result: list[int] = []
    index = _next_difference(old, new, positions, 0)
    while index >= 0:
        result.append(positions[index])
        index = _next_difference(old, new, positions, index + 1)
    return result


@cython.annotation_typing(False)
def is_noop_at(
    old: tuple[object, ...], new: tuple[object, ...], positions: tuple[int, ...]
) -> bool:
    """Say whether two rows are the same at some positions: ``not differing(...)``.

    Parameters and errors as for :func:`differing`; positions after the first difference are not
    looked at.
    """
    _check_places(old, new, positions)
    return _next_difference(old, new, positions, 0) < 0


@cython.cfunc
@cython.exceptval(-1)
@cython.returns(cython.bint)
def _check_places(old: Any, new: Any, positions: Any) -> bool:
    _check_tuple("old", old)
    _check_tuple("new", new)
    _check_tuple("positions", positions)
    if len(old) != len(new):
        raise ValueError(f"old and new differ in length: {len(old)} and {len(new)}")
    return True


@cython.cfunc
def _beyond(place: cython.Py_ssize_t, width: cython.Py_ssize_t) -> IndexError:
    return IndexError(f"a row of {width} values has none at {place}")


@cython.annotation_typing(False)
def to_set(
    wanted: Iterable[tuple[str, object]], current: Mapping[str, object]
) -> dict[str, object]:
    """Return the values that have to be set for an object to have them all.

    :param wanted: names and values.
    :param current: the values that the object has, as far as they are known; :func:`equivalent`
        ones stay.
    """
    result: dict[str, object] = {}
    for name, value in wanted:
        if name not in current or not _same(current[name], value, True, 0):
            result[name] = value
    return result


@cython.annotation_typing(False)
@cython.locals(head=cython.Py_ssize_t, count=cython.Py_ssize_t)
def fold_chain(
    rows: Iterable[tuple[object, ...]], width: int
) -> tuple[list[tuple[object, ...]], dict[tuple[object, ...], object]]:
    """Fold versions that repeat the one before them into it.

    :param rows: for each version, the versions of one row in their order: its key and number, where
        it ends, the number of the version before it, its values, and the values of that version.
    :param width: how many values key and number are.
    :returns: keys and numbers of the versions that go, and those of the versions that stay in their
        place, each with its new end.
    :raises TypeError: a row is not a tuple.
    :raises ValueError: a row has not the same number of values twice.
    """
    head = width + 2
    survivors: dict[tuple[object, ...], tuple[object, ...]] = {}
    ends: dict[tuple[object, ...], object] = {}
    for row in rows:
        _check_tuple("row", row)
        if width < 1 or len(row) < head or (len(row) - head) % 2:
            raise ValueError(f"a row of {len(row)} values is no pair of versions")
        count = (len(row) - head) // 2
        if not _same_run(row, row, head, head + count, count):
            continue
        before = (*row[: width - 1], row[width + 1])
        survivor = survivors.get(before, before)
        survivors[row[:width]] = survivor
        ends[survivor] = row[width]
    return list(survivors), ends
