"""Where Alembic finds this package, by its entry point or by a line in ``env.py``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from collections.abc import Sequence
from types import ModuleType
from typing import Any
from typing import TypeVar

from alembic.autogenerate import comparators
from sqlalchemy import MetaData

from continuum.alembic import batch
from continuum.alembic import renaming
from continuum.alembic import rendering
from continuum.alembic.autogenerate import compare
from continuum.alembic.autogenerate import journals_of
from continuum.alembic.autogenerate import prepare

__all__ = ["batch", "renaming", "rendering", "setup", "versioned_metadata"]

_Target = TypeVar("_Target", bound="MetaData | Sequence[MetaData]")


def setup(plugin: Any) -> None:
    """Register autogenerate with Alembic 1.18 and newer; called by Alembic itself."""
    from alembic.util import DispatchPriority

    plugin.add_autogenerate_comparator(prepare, "schema", priority=DispatchPriority.FIRST)
    plugin.add_autogenerate_comparator(compare, "schema", priority=DispatchPriority.LAST)


def versioned_metadata(target_metadata: _Target) -> _Target:
    """Let Alembic compare triggers and version tables, too; meant for ``env.py``.

    :param target_metadata: the MetaData of the models, or several.
    :returns: the same, with every version table in it.

    No queries.  Example::

        target_metadata = versioned_metadata(Base.metadata)
    """
    journals_of(target_metadata)
    return target_metadata


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


class _Plugin(ModuleType):
    """This module.  Alembic 1.18 and 1.19 iterate over what an entry point names."""

    def __iter__(self) -> Iterator[ModuleType]:
        return iter((self,))


sys.modules[__name__].__class__ = _Plugin
