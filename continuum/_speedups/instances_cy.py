"""What a flush is going to write of objects, by what they remember of their attributes.

An object remembers an attribute's value when it is set for the first time since it was read.  So
what it does not remember has not changed; of what it does, the flush writes what is not equal any
more: by ``==``, or by the equality of the type.  That is less strict than the comparison of rows,
``1`` and ``True`` being equal, because what the flush does not write makes no version.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from continuum._speedups import _cython as cython

    Compare = Callable[[Any, Any], Any]
    Columns = dict[str, "Compare | None"]
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
@cython.locals(wanted=dict, equal=cython.bint)
def _changed(committed: Any, current: Any, wanted: Any) -> bool:
    for name, before in committed.items():
        if name not in wanted:
            continue
        if name not in current:
            # It was deleted.
            return True
        after = current[name]
        if after is before:
            continue
        compare = wanted[name]
        try:
            equal = bool(after == before) if compare is None else bool(compare(after, before))
        except Exception:  # noqa: BLE001 - what cannot be compared counts as different
            return True
        if not equal:
            return True
    return False


@cython.cfunc
@cython.inline
@cython.exceptval(-1)
@cython.returns(cython.bint)
def _check_columns(value: object) -> bool:
    if type(value) is not dict:
        raise TypeError(f"columns must be a dict, not {type(value).__name__}")
    return True


@cython.annotation_typing(False)
def is_changed(
    committed: Mapping[str, object], current: Mapping[str, object], columns: Columns
) -> bool:
    """Say whether an object has changes of some attributes that a flush would write.

    :param committed: the values that it remembers, by attribute.
    :param current: the values that it has.
    :param columns: the attributes that are looked at, each with the equality of its type, or
        ``None``.
    :raises TypeError: ``columns`` is not a dictionary.
    """
    _check_columns(columns)
    return _changed(committed, current, columns)


@cython.annotation_typing(False)
def any_changed(
    objects: Iterable[object],
    state_of: Callable[[Any], Any],
    dict_of: Callable[[Any], Mapping[str, object]],
    plan_of: Callable[[type[Any]], tuple[Columns, frozenset[str]] | None],
    ask: Callable[[Any, frozenset[str]], bool],
) -> bool:
    """Say whether one of many objects has changes that a flush would write.

    :param objects: the objects.
    :param state_of: from an object to what has its ``committed_state``.
    :param dict_of: from an object to its values.
    :param plan_of: from a class to the attributes that are looked at, as for :func:`is_changed`,
        and to those that only ``ask`` knows; ``None``: its objects do not count.  Asked once for
        each class.
    :param ask: says whether an object has changed attributes of the second kind that it remembers.
    """
    plans: dict[Any, Any] = {}
    last: Any = None
    plan: Any = None
    for obj in objects:
        kind = type(obj)
        if kind is not last:
            if kind not in plans:
                plans[kind] = plan_of(kind)
            plan = plans[kind]
            if plan is not None:
                _check_columns(plan[0])
            last = kind
        if plan is None:
            continue
        committed = state_of(obj).committed_state
        if not committed:
            continue
        current = dict_of(obj)
        if _changed(committed, current, plan[0]):
            return True
        if plan[1] and not plan[1].isdisjoint(committed) and ask(obj, plan[1]):
            return True
    return False
