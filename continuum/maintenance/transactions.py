"""Which transactions something needs: history, or those who will ask who changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import false
from sqlalchemy import inspect
from sqlalchemy import select

from continuum.dialects.spec import UNLOCKED

if TYPE_CHECKING:
    from continuum.mapping.journal import Journal


def uses(journal: Journal) -> list[Select[Any]]:
    """Return a statement for each column of version tables that refers to transactions."""
    found: list[Select[Any]] = []
    for recorded in journal.recorded.values():
        found.append(select(recorded.transaction_column.label("used")))
        if recorded.end_column is not None:
            end = recorded.end_column
            found.append(select(end.label("used")).where(end.is_not(None)))
    return found


def tells_why(journal: Journal) -> ColumnElement[bool]:
    """Return the criterion of transactions that say who changed append-only history, and why.

    They need no version: that history was removed stays known.
    """
    if not journal.log.append_only:
        return false()
    reason = inspect(journal.transaction_cls).column_attrs["reason"].columns[0]
    return and_(reason.is_not(None), reason.startswith(UNLOCKED))
