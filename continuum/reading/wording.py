"""Values as texts that are read by people."""

from __future__ import annotations

from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID


def worded(value: Any) -> str:
    """Return a value as a text: numbers, times and members plain, and what is a text in quotes.

    Moments with a time zone are told in the local one.
    """
    if isinstance(value, Enum):
        return value.name or repr(value)
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return str(value.astimezone())
    if isinstance(value, (date, time, timedelta, Decimal, UUID)):
        return str(value)
    # Exactly these: what inherits from them may have a form of its own.
    if type(value) is dict:
        return "{" + ", ".join(f"{name!r}: {worded(each)}" for name, each in value.items()) + "}"
    if type(value) is list:
        return "[" + ", ".join(map(worded, value)) + "]"
    return repr(value)
