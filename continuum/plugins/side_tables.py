"""What plugins with a table beside the transaction table share."""

from __future__ import annotations

from abc import ABC
from abc import abstractmethod
from typing import TYPE_CHECKING
from typing import Any

from continuum.errors import ImproperlyConfigured
from continuum.mapping.journal import Journal
from continuum.plugins.base import Plugin

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


class SideTablePlugin(Plugin, ABC):
    """A plugin that has a class, with a table, for each history."""

    def __init__(self) -> None:
        self.classes: dict[Journal, type[Any]] = {}

    @property
    def model_class(self) -> type[Any]:
        """The class of the rows, when there is exactly one MetaData.

        :raises ImproperlyConfigured: there is none yet, or one for each of several MetaData
            objects.
        """
        if len(self.classes) != 1:
            raise ImproperlyConfigured(
                f"the plugin has {len(self.classes)} classes, one for each versioned MetaData",
                hint="Call sqlalchemy.orm.configure_mappers() first; with several MetaData objects "
                "take the class from plugin.classes[manager.journal_of(Model)].",
            )
        return next(iter(self.classes.values()))

    def make_classes(self, manager: VersioningManager) -> None:
        """Make the table and its class for every history that lacks them."""
        self.classes = {
            journal: self.classes.get(journal) or self._make_class(journal)
            for journal in manager.journals.values()
        }

    @abstractmethod
    def _make_class(self, journal: Journal) -> type[Any]: ...
