"""What a version object can do because its model can: hybrids, properties, constants, methods."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from datetime import time
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from fnmatch import fnmatchcase
from functools import cached_property
from types import FunctionType
from typing import Any

from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.ext.hybrid import hybrid_property

_CONSTANTS = (
    bool,
    bytes,
    complex,
    date,
    Decimal,
    dict,
    Enum,
    float,
    frozenset,
    int,
    list,
    set,
    str,
    time,
    timedelta,
    tuple,
    type,
)

_METHODS = (FunctionType, classmethod, staticmethod)


def behaviour_of(
    model: type[Any], parent: type[Any] | None, *, methods: Iterable[str], exclude: Iterable[Any]
) -> dict[str, Any]:
    """Return class attributes for the version class of a model.

    Hybrids and properties come without their setters: a version is not to be changed.

    :param parent: the model that it inherits from, whose version class has its attributes.
    :param methods: names or patterns of the methods to be carried over.
    :param exclude: names or patterns of what is left out.
    """
    wanted = tuple(methods)
    left_out = tuple(item for item in exclude if isinstance(item, str))
    found: dict[str, Any] = {}
    for name, value in _attributes(model, parent):
        carried = _without_setter(value, keep_method=_matches(name, wanted))
        if carried is not None and not _matches(name, left_out):
            found[name] = carried
    return found


def behaviour_names(model: type[Any]) -> set[str]:
    """Return the names of everything that could be carried over from a model."""
    return {
        name
        for name, value in _attributes(model, None)
        if _without_setter(value, keep_method=True) is not None
    }


def _attributes(model: type[Any], parent: type[Any] | None) -> Iterator[tuple[str, Any]]:
    known = () if parent is None else parent.__mro__
    for cls in reversed(model.__mro__):
        # A declarative base holds what makes it one.
        if cls in known or cls.__module__.startswith("sqlalchemy.") or "_sa_registry" in vars(cls):
            continue
        for name, value in vars(cls).items():
            if not name.startswith(("__", "_sa_")):
                yield name, value


def _without_setter(value: Any, *, keep_method: bool) -> Any:
    """Return an attribute as a version class may have it, ``None`` if it may not."""
    if isinstance(value, hybrid_property):
        return hybrid_property(
            value.fget, expr=value.expr, custom_comparator=value.custom_comparator
        )
    if isinstance(value, property):
        return None if value.fget is None else property(value.fget, doc=value.__doc__)
    if isinstance(value, cached_property):
        return cached_property(value.func)
    if isinstance(value, hybrid_method):
        return value
    if isinstance(value, _METHODS):
        return value if keep_method and not _is_called_by_sqlalchemy(value) else None
    return value if isinstance(value, _CONSTANTS) else None


def _is_called_by_sqlalchemy(function: Any) -> bool:
    return hasattr(function, "__sa_validators__") or hasattr(function, "__sa_reconstructor__")


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
