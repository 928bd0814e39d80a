"""Everything that Alembic has to know of, made known to it by being imported."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import comparators

from continuum.alembic import rendering
from continuum.alembic.autogenerate import check_journals
from continuum.alembic.autogenerate import compare
from continuum.alembic.autogenerate import journals_of
from continuum.alembic.autogenerate import prepare
from continuum.alembic.plugin import load_operations
from continuum.dialects import known_dialects

__all__ = [
    "check_journals",
    "compare",
    "journals_of",
    "prepare",
    "rendering",
]


def _register() -> None:
    """Register autogenerate for projects that do not name the plug-in, or cannot."""
    try:
        from alembic.util import DispatchPriority
    except ImportError:
        _register_in_order()
    else:
        which: Any = comparators
        which.dispatch_for("schema", priority=DispatchPriority.FIRST)(prepare)
        which.dispatch_for("schema", priority=DispatchPriority.LAST)(compare)


def _register_in_order() -> None:
    """Register with Alembic before 1.18, which calls functions in the order of registration.

    Its own come first; but what is there for one kind of database takes the place of all others.
    """

    def prepared(*arguments: Any) -> None:
        prepare(*arguments)
        comparators.dispatch("schema")(*arguments)

    for dialect in known_dialects():
        comparators.dispatch_for("schema", qualifier=dialect)(prepared)
    comparators.dispatch_for("schema")(compare)


load_operations()
_register()
