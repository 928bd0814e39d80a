"""Values of columns: what can be shared, and what is written in the same way."""

from __future__ import annotations

import copy
import math
from decimal import Decimal
from typing import Any

from sqlalchemy.types import TypeEngine

_NUMBERS = (bool, int, float, Decimal)
_CONTAINERS = (dict, list, set, bytearray)


def own(value: Any) -> Any:
    """Return a value that the live object does not share with the version."""
    return copy.deepcopy(value) if isinstance(value, _CONTAINERS) else value


def identical(one: Any, other: Any) -> bool:
    """Say whether two values are written in the same way: ``1`` is not ``1.0`` nor ``True``."""
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            identical(value, other[key]) for key, value in one.items()
        )
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, _NUMBERS) or isinstance(other, _NUMBERS):
        if type(one) is not type(other):
            return False
        if isinstance(one, float):
            both_nan = math.isnan(one) and math.isnan(other)
            return both_nan or (one == other and math.copysign(1, one) == math.copysign(1, other))
        return bool(one == other)
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - what cannot be compared is written
        return False


def equal_to_type(type_: TypeEngine[Any], one: Any, other: Any) -> bool:
    """Say whether two values are the same to the type of their column."""
    try:
        return bool(type_.compare_values(one, other))
    except Exception:  # noqa: BLE001 - what cannot be compared counts as different
        return False
