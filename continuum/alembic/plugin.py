"""Where Alembic finds this package, by its entry point or by a line in ``env.py``.

Alembic loads it in the middle of its own import.  So what needs Alembic's autogenerate is imported
when it is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any
from typing import TypeVar

from sqlalchemy import MetaData

_ROOMS = (
    "operations",
    "renaming",
    "table_renaming",
    "backfilling",
    "refilling",
    "batch",
    "plain",
)

_Target = TypeVar("_Target", bound="MetaData | Sequence[MetaData] | None")


def setup(plugin: Any) -> None:
    """Register operations and autogenerate with Alembic 1.18 and newer, which calls it."""
    from alembic.util import DispatchPriority

    load_operations()
    plugin.add_autogenerate_comparator(_prepare, "schema", priority=DispatchPriority.FIRST)
    plugin.add_autogenerate_comparator(_compare, "schema", priority=DispatchPriority.LAST)


def load_operations() -> None:
    """Let ``op`` have the operations of this package: they register when they are imported."""
    for name in _ROOMS:
        import_module(f"continuum.alembic.{name}")


def versioned_metadata(target_metadata: _Target) -> _Target:
    """Let Alembic compare triggers and version tables, too; meant for ``env.py``.

    :param target_metadata: the MetaData of the models, or several; ``None`` where migrations are
        only run, without models.
    :returns: the same, with every version table in it.
    :raises ImproperlyConfigured: two of several MetaData would have the same transaction table.

    No queries.  Example::

        target_metadata = versioned_metadata(Base.metadata)
    """
    from continuum.alembic.registration import check_journals
    from continuum.alembic.registration import journals_of

    check_journals(journals_of(target_metadata))
    return target_metadata


def _prepare(*arguments: Any) -> Any:
    from continuum.alembic.registration import prepare

    return prepare(*arguments)


def _compare(*arguments: Any) -> Any:
    from continuum.alembic.registration import compare

    return compare(*arguments)


class _Plugin(ModuleType):
    """This module.  Alembic 1.18 and 1.19 iterate over what an entry point names."""

    def __iter__(self) -> Iterator[ModuleType]:
        return iter((self,))


sys.modules[__name__].__class__ = _Plugin
