"""Kinds of change."""

from __future__ import annotations

from enum import IntEnum


class Operation(IntEnum):
    """What a transaction did to a row, as stored in the version table."""

    INSERT = 0
    UPDATE = 1
    DELETE = 2
