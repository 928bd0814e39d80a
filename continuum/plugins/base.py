"""What a plugin can do, and the order in which plugins are asked."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy.orm import Session

from continuum.options import Options

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.recording.unit_of_work import UnitOfWork


class Plugin:
    """Base of all plugins; every hook does nothing until it is overridden.

    With triggers Python does not see every changed row: the hooks that get version objects are
    called for what an ORM flush changed, and not for statements.
    """

    transaction_columns: ClassVar[tuple[str, ...]] = ()
    """Columns of the generated Transaction class that this plugin takes the place of."""

    def default_options(self, options: Options) -> Options:
        """Return the options that classes start from."""
        return options

    def is_session_modified(self, session: Session) -> bool:
        """Say whether the session has a change that this plugin wants a transaction for."""
        return False

    def after_build_tx_class(self, manager: VersioningManager) -> None:
        """Look at the Transaction class once it is mapped."""

    def after_build_models(self, manager: VersioningManager) -> None:
        """Look at the version classes once all are mapped."""

    def after_build_version_table_columns(self, table: Table, columns: list[Column[Any]]) -> None:
        """Extend the columns of a version table; called with the live table."""

    def before_flush(self, uow: UnitOfWork, session: Session) -> None:
        """Take part in a flush that changes something versioned."""

    def before_create_version_objects(self, uow: UnitOfWork, session: Session) -> None:
        """Called before the ORM recorder writes the versions of a flush."""

    def after_create_version_objects(self, uow: UnitOfWork, session: Session) -> None:
        """Called after the ORM recorder has written the versions of a flush."""

    def after_create_version_object(
        self, uow: UnitOfWork, parent_obj: Any, version_obj: Any
    ) -> None:
        """Called for each object of a flush that got a version, whoever wrote it."""

    def transaction_args(self, uow: UnitOfWork | None, session: Session | None) -> dict[str, Any]:
        """Return values for columns of the transaction row."""
        return {}

    def after_version_class_built(self, parent_cls: type[Any], version_cls: type[Any]) -> None:
        """Look at one version class once it is mapped."""

    def after_construct_changeset(self, version_obj: Any, changeset: dict[str, Any]) -> None:
        """Change the changeset of a version before it is handed out."""


class PluginCollection:
    """The plugins of one manager, in the order they were given."""

    def __init__(self, plugins: Iterable[Plugin] | None = None) -> None:
        self._plugins: list[Plugin] = list(plugins or ())

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self._plugins)

    def __len__(self) -> int:
        return len(self._plugins)

    def __getitem__(self, index: int) -> Plugin:
        return self._plugins[index]

    def __setitem__(self, index: int, plugin: Plugin) -> None:
        self._plugins[index] = plugin

    def __delitem__(self, index: int) -> None:
        del self._plugins[index]

    def append(self, plugin: Plugin) -> None:
        """Add a plugin behind the others."""
        self._plugins.append(plugin)

    def __getattr__(self, name: str) -> Any:
        """Return a function that calls a hook of every plugin and collects the results."""
        if not hasattr(Plugin, name):
            raise AttributeError(name)

        def call(*args: Any) -> list[Any]:
            return [getattr(plugin, name)(*args) for plugin in self._plugins]

        return call
