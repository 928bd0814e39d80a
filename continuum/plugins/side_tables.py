"""What plugins with a table beside the transaction table share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from continuum.errors import ImproperlyConfigured
from continuum.mapping.journal import Journal


def only_class(classes: Mapping[Journal, type[Any]]) -> type[Any]:
    """Return the only class of a plugin.

    :raises ImproperlyConfigured: there is none yet, or one for each of several MetaData objects.
    """
    if len(classes) != 1:
        raise ImproperlyConfigured(
            f"the plugin has {len(classes)} classes, one for each versioned MetaData",
            hint="Call sqlalchemy.orm.configure_mappers() first; with several MetaData objects "
            "take the class from plugin.classes[manager.journal_of(Model)].",
        )
    return next(iter(classes.values()))
