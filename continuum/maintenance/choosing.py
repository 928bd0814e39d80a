"""The histories that are meant when classes are named, or none."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from continuum.errors import ImproperlyConfigured
from continuum.maintenance.asked import look_at_models
from continuum.manager import VersioningManager
from continuum.mapping.journal import Journal
from continuum.schema.recorded import RecordedTable


def chosen(
    manager: VersioningManager, models: Sequence[Any]
) -> Iterator[tuple[Journal, list[RecordedTable]]]:
    """Iterate over journals with their tables, roots of hierarchies before what is below them.

    :param models: versioned classes, each for its whole hierarchy; none: all tables.
    :raises ClassNotVersioned: one of them is not versioned.
    :raises ImproperlyConfigured: the manager knows of no versioned class at all.
    """
    look_at_models(models)
    if not manager.declares_anything():
        raise ImproperlyConfigured(
            "the manager knows of no versioned class, so that there is nothing to look after",
            hint="Import the models first; if they have a manager of their own, pass manager=.",
        )
    wanted: dict[Journal, dict[RecordedTable, None]] = {}
    for model in models:
        root = manager.levels(model)[0]
        tables = wanted.setdefault(manager.journal_of(model), {})
        tables.update(dict.fromkeys((root, *root.lower)))
    if models:
        yield from ((journal, list(tables)) for journal, tables in wanted.items())
        return
    for journal in manager.configured_journals():
        yield journal, sorted(journal.recorded.values(), key=lambda item: item.root is not None)
