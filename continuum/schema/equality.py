"""Which types have an equality of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.types import TypeEngine

Compare = Callable[[Any, Any], Any]
"""How a type compares two of its values."""


def own_equality(type_: TypeEngine[Any]) -> Compare | None:
    """Return how a type compares its values, ``None`` if it is by ``==`` as most types do."""
    has_own = type(type_).compare_values is not TypeEngine.compare_values
    return type_.compare_values if has_own else None
