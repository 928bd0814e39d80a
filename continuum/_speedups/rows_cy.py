"""What differs between two rows, value by value.

Two values are the same when they are stored in the same way: numbers have to be of one type (in a
JSON document ``true``, ``1`` and ``1.0`` are three values) and agree in sign of zero and in decimal
places, NaN is NaN, documents agree member by member and in order.  Everything else is the same when
it is one object or compares equal with ``==``.  A comparison that raises, or whose result has no
truth value (an array), counts as a difference: a version too many can be seen, one too few cannot.
Types with an equality of their own are not compared here.
"""

from __future__ import annotations

from decimal import Decimal
from math import copysign
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from continuum._speedups import _cython as cython
else:
    try:
        # The compiler wants to see this very line.
        import cython
    except ModuleNotFoundError:
        from continuum._speedups import _cython as cython


def _is_compiled() -> bool:
    """Say whether this module runs in its compiled form."""
    return cython.compiled


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _same(before: object, after: object) -> bool:
    if before is after:
        return True
    kind = type(before)
    try:
        if kind is type(after) and (kind is str or kind is int or kind is bytes):
            return bool(before == after)
        if isinstance(before, (int, float, Decimal)) or isinstance(after, (int, float, Decimal)):
            return kind is type(after) and _same_number(before, after)
        if isinstance(before, dict) and isinstance(after, dict):
            return len(before) == len(after) and _same_members(before.items(), after.items())
        if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
            return len(before) == len(after) and _same_members(before, after)
        return bool(before == after)
    except Exception:  # noqa: BLE001 - whatever a foreign comparison raises, it found no equality
        return False


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _same_number(before: Any, after: Any) -> bool:
    if isinstance(before, float):
        if before != before:
            return bool(after != after)
        return before == after and copysign(1.0, before) == copysign(1.0, after)
    if isinstance(before, Decimal):
        return bool(before.as_tuple() == after.as_tuple())
    return bool(before == after)


@cython.cfunc
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _same_members(before: Any, after: Any) -> bool:
    for one, other in zip(before, after, strict=True):  # noqa: SIM110 - no generator when compiled
        if not _same(one, other):
            return False
    return True


@cython.cfunc
@cython.inline
@cython.exceptval(-1)
@cython.returns(cython.bint)
def _check_tuple(name: str, value: object) -> bool:
    if type(value) is not tuple:
        raise TypeError(f"{name} must be a tuple, not {type(value).__name__}")
    return True


# The arguments are checked by hand, so that both forms refuse the same ones with the same words:
# the compiled one would read beyond the end of a short tuple.
@cython.annotation_typing(False)
@cython.boundscheck(False)
@cython.wraparound(False)
@cython.locals(old_row=tuple, new_row=tuple, names=tuple, index=cython.Py_ssize_t, result=dict)
def diff(
    old: tuple[object, ...], new: tuple[object, ...], keys: tuple[str, ...]
) -> dict[str, list[object]]:
    """Return ``{key: [old value, new value]}`` of the values that differ, in the order of keys.

    :param old: the values before.
    :param new: the values after.
    :param keys: a name for each value.
    :raises TypeError: an argument is not a tuple.
    :raises ValueError: the arguments differ in length.
    """
    _check_tuple("old", old)
    _check_tuple("new", new)
    _check_tuple("keys", keys)
    if len(old) != len(keys) or len(new) != len(keys):
        raise ValueError(
            f"old, new and keys differ in length: {len(old)}, {len(new)} and {len(keys)}"
        )
    result: dict[str, list[object]] = {}
    old_row = old
    new_row = new
    names = keys
    for index in range(len(names)):
        before = old_row[index]
        after = new_row[index]
        if before is not after and not _same(before, after):
            result[names[index]] = [before, after]
    return result


@cython.annotation_typing(False)
@cython.boundscheck(False)
@cython.wraparound(False)
@cython.locals(old_row=tuple, new_row=tuple, index=cython.Py_ssize_t)
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
    old_row = old
    new_row = new
    for index in range(len(old_row)):
        before = old_row[index]
        after = new_row[index]
        if before is not after and not _same(before, after):
            return False
    return True
