"""Everything that Alembic has to know of, made known to it by being imported."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import comparators

from continuum.alembic import backfilling
from continuum.alembic import batch
from continuum.alembic import operations
from continuum.alembic import plain
from continuum.alembic import refilling
from continuum.alembic import renaming
from continuum.alembic import rendering
from continuum.alembic import table_renaming
from continuum.alembic.autogenerate import check_journals
from continuum.alembic.autogenerate import compare
from continuum.alembic.autogenerate import journals_of
from continuum.alembic.autogenerate import prepare

__all__ = [
    "backfilling",
    "batch",
    "check_journals",
    "compare",
    "journals_of",
    "operations",
    "plain",
    "prepare",
    "refilling",
    "renaming",
    "rendering",
    "table_renaming",
]


def _register() -> None:
    """Register autogenerate for projects that do not name the plug-in, or cannot."""
    how: dict[str, Any] = {}
    try:
        from alembic.util import DispatchPriority
    except ImportError:
        # Before 1.18 functions are called in the order in which they were registered.
        pass
    else:
        how["priority"] = DispatchPriority.LAST
    comparators.dispatch_for("schema", **how)(compare)


_register()
