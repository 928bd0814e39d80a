"""Complete, queryable, revertible history for SQLAlchemy applications."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import Literal

from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session
from sqlalchemy.orm import registry as _registry

from continuum._speedups import speedups_info
from continuum.compat.modules import install_as_sqlalchemy_continuum
from continuum.errors import ClassNotVersioned
from continuum.errors import ImproperlyConfigured
from continuum.errors import VersioningError
from continuum.maintenance.adopt import Adoption
from continuum.maintenance.adopt import adopt
from continuum.maintenance.backfill import Backfill
from continuum.maintenance.backfill import backfill
from continuum.maintenance.export import Export
from continuum.maintenance.export import export
from continuum.maintenance.flags import update_property_mod_flags
from continuum.maintenance.forgetting import delete_transaction
from continuum.maintenance.prune import Pruning
from continuum.maintenance.prune import prune
from continuum.maintenance.prune import purge
from continuum.maintenance.repair import Repair
from continuum.maintenance.repair import repair
from continuum.maintenance.vacuum import vacuum
from continuum.maintenance.verify import Verification
from continuum.maintenance.verify import verify
from continuum.manager import UNSET as _UNSET
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.operation import Operation
from continuum.plugins.base import Plugin
from continuum.reading.as_of import as_of
from continuum.reading.as_of import valid_at
from continuum.reading.blame import Blame
from continuum.reading.blame import blame
from continuum.reading.changed import changed
from continuum.reading.changed import changed_columns
from continuum.reading.changes import changesets
from continuum.reading.comparators import Comparator
from continuum.reading.comparators import json_changes
from continuum.reading.diffs import Diff
from continuum.reading.diffs import diff
from continuum.reading.during import during
from continuum.reading.feed import Change
from continuum.reading.feed import Changes
from continuum.reading.feed import changes
from continuum.reading.history import deleted
from continuum.reading.history import first_where
from continuum.reading.history import history
from continuum.reading.history import latest_per_entity
from continuum.reading.members import RelationChanges
from continuum.reading.pending import changeset
from continuum.reading.pending import count_versions
from continuum.reading.pending import is_historic
from continuum.reading.pending import is_modified
from continuum.reading.pending import is_modified_or_deleted
from continuum.reading.pending import is_session_modified
from continuum.reading.pending import version_of
from continuum.reading.touched import touched
from continuum.reading.version import Version
from continuum.recording.context import context
from continuum.recording.unit_of_work import UnitOfWork
from continuum.reverting.plan import Conflict
from continuum.reverting.plan import LinkChange
from continuum.reverting.plan import Plan
from continuum.reverting.plan import RowChange
from continuum.reverting.restore import restore
from continuum.reverting.tables import restore_table
from continuum.reverting.undo import undo
from continuum.schema.ends import update_end_tx_column
from continuum.transaction import TransactionBase
from continuum.transaction import TransactionFactory
from continuum.typing import Versioned
from continuum.utils import add_version
from continuum.utils import current_transaction
from continuum.utils import get_versioning_manager
from continuum.utils import history_table
from continuum.utils import is_versioned
from continuum.utils import parent_class
from continuum.utils import paused
from continuum.utils import transaction_class
from continuum.utils import tx_column_name
from continuum.utils import unlocked
from continuum.utils import version_class
from continuum.utils import version_table
from continuum.utils import version_table_of
from continuum.utils import version_union
from continuum.utils import versioned_classes
from continuum.utils import versioned_objects

__all__ = [
    "Adoption",
    "Backfill",
    "Blame",
    "Change",
    "Changes",
    "ClassNotVersioned",
    "Comparator",
    "Conflict",
    "Diff",
    "Export",
    "ImproperlyConfigured",
    "LinkChange",
    "Operation",
    "Plan",
    "Pruning",
    "RowChange",
    "RelationChanges",
    "Repair",
    "TransactionBase",
    "TransactionFactory",
    "UnitOfWork",
    "Verification",
    "Version",
    "Versioned",
    "VersioningError",
    "VersioningManager",
    "as_of",
    "add_version",
    "adopt",
    "backfill",
    "blame",
    "changed",
    "changed_columns",
    "changes",
    "changeset",
    "changesets",
    "context",
    "count_versions",
    "current_transaction",
    "delete_transaction",
    "deleted",
    "diff",
    "during",
    "export",
    "first_where",
    "get_versioning_manager",
    "history",
    "history_table",
    "install_as_sqlalchemy_continuum",
    "is_historic",
    "is_modified",
    "is_modified_or_deleted",
    "is_session_modified",
    "is_versioned",
    "json_changes",
    "latest_per_entity",
    "make_versioned",
    "parent_class",
    "paused",
    "prune",
    "purge",
    "remove_versioning",
    "repair",
    "restore",
    "restore_table",
    "speedups_info",
    "touched",
    "transaction_class",
    "tx_column_name",
    "undo",
    "unlocked",
    "vacuum",
    "update_end_tx_column",
    "update_property_mod_flags",
    "valid_at",
    "verify",
    "version_class",
    "version_of",
    "version_table",
    "version_table_of",
    "version_union",
    "versioned",
    "versioned_classes",
    "versioned_objects",
    "versioning_manager",
]


def make_versioned(
    dialect: str | None = None,
    mapper: Any = Mapper,
    session: Any = Session,
    manager: VersioningManager = versioning_manager,
    plugins: Iterable[Plugin] | None = None,
    options: Mapping[str, Any] | None = None,
    user_cls: Any = _UNSET,
    *,
    user_label: str | Callable[[Any], str | None] | None = None,
    transaction_cls: Any = None,
    registry: _registry | Iterable[_registry] | None = None,
    on_inversion: str = "renumber",
    protected: bool = False,
    verify_on_first_use: bool | Literal["missing"] = True,
) -> VersioningManager:
    """Give every class with ``__versioned__`` a history.

    Call it before the models are used; classes mapped earlier are versioned too.

    :param dialect: database whose triggers are emitted ("postgresql", "mysql", "mariadb" or
        "sqlite"); ``None`` takes it from the engine.
    :param mapper: where to look for versioned classes: ``Mapper`` for all of them, or a declarative
        base.
    :param session: the Session class or factory whose flushes the ORM recorder sees.
    :param manager: keeps the declarations; a second history has a second manager.
    :param plugins: plugins, in the order they are asked.
    :param options: defaults of the class options, see :class:`continuum.options.Options`.
    :param user_cls: class of those who make changes, or its name; left out, the class named
        ``User`` if there is one; ``None``: transactions have no user column.
    :param user_label: the attribute that tells the name of a user, or a function that is given the
        user and returns it; left out, ``name``, ``username``, ``email`` or the like.
    :param transaction_cls: a Transaction class of your own, a mixin for it, or a
        :class:`TransactionFactory`.
    :param registry: version only the classes of these registries.
    :param on_inversion: what a transaction does that finds a row changed by one with a higher id:
        ``"renumber"`` itself, or raise an ``"error"``.
    :param protected: history is written with the rights of the role that creates the triggers, so
        that others need none and have none, and what a client sets by hand is not believed.  Where
        the ORM records there is nothing of the kind, and classes that it records are refused.
    :param verify_on_first_use: compare the triggers with the models before an engine's first
        versioned write (one catalog query), and raise when one is missing or stale; with
        ``"missing"`` a stale one is only a warning, for processes of an old release that still run
        while the next one has migrated.
    :returns: the manager.  As a context manager it takes versioning back at the end of the block,
        as :func:`remove_versioning` does.
    :raises UnknownOption: an option that does not exist.
    :raises UnknownDialect: a dialect without trigger emitter.
    :raises ImproperlyConfigured: a declaration that cannot be carried out.

    No queries.  Example::

        make_versioned()

        class Article(Base):
            __tablename__ = "article"
            __versioned__ = {}
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
    """
    registries: Iterable[_registry] = ()
    if registry is not None:
        registries = (registry,) if isinstance(registry, _registry) else registry
    manager.activate(
        dialect=dialect,
        mapper=mapper,
        session=session,
        registries=registries,
        plugins=plugins,
        options=options,
        user_cls=user_cls,
        user_label=user_label,
        transaction_cls=transaction_cls,
        on_inversion=on_inversion,
        protected=protected,
        verify_on_first_use=verify_on_first_use,
    )
    return manager


def remove_versioning(
    mapper: Any = Mapper, session: Any = Session, manager: VersioningManager = versioning_manager
) -> None:
    """Take back :func:`make_versioned`: no listener stays, and the generated tables leave MetaData.

    The database is not touched.

    :param mapper: accepted for compatibility.
    :param session: accepted for compatibility.
    :param manager: the manager that was given to ``make_versioned()``.

    No queries.  Example::

        make_versioned()
        try:
            run_tests()
        finally:
            remove_versioning()
    """
    manager.deactivate()


def versioned(cls: type[Any] | None = None, /, **options: Any) -> Any:
    """Class decorator that sets ``__versioned__`` on a plain class, before it is mapped.

    With a declarative base write ``__versioned__`` in the body instead: such a class is mapped
    before a decorator sees it.

    :param options: class options.

    No queries.  Example::

        @mapper_registry.mapped
        @versioned(exclude=["password"])
        class User: ...
    """

    def decorate(target: type[Any]) -> type[Any]:
        target.__versioned__ = options
        return target

    return decorate if cls is None else decorate(cls)
