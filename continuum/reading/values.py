"""Values of columns that objects share, or do not."""

from __future__ import annotations

import copy
from typing import Any

_CONTAINERS = (dict, list, set, bytearray)


def own(value: Any) -> Any:
    """Return a value that the live object does not share with the version."""
    return copy.deepcopy(value) if isinstance(value, _CONTAINERS) else value
