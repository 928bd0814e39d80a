"""What differs between two rows, value by value.

Two values are the same when they are one object or compare equal with ``==``.  A comparison that
raises, or whose result has no truth value (an array), counts as a difference: a version too many
can be seen, one too few cannot.  Types with an equality of their own are not compared here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
@cython.inline
@cython.returns(cython.bint)
@cython.exceptval(-1)
def _equal(before: object, after: object) -> bool:
    try:
        return bool(before == after)
    except Exception:  # noqa: BLE001 - whatever a foreign comparison raises, it found no equality
        return False


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
    if not cython.compiled and _equal(old, new):
        # One comparison of whole tuples is far quicker than a loop that is not compiled.
        return result
    old_row = old
    new_row = new
    names = keys
    for index in range(len(names)):
        before = old_row[index]
        after = new_row[index]
        if before is not after and not _equal(before, after):
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
    if not cython.compiled and _equal(old, new):
        return True
    old_row = old
    new_row = new
    for index in range(len(old_row)):
        before = old_row[index]
        after = new_row[index]
        if before is not after and not _equal(before, after):
            return False
    return True
