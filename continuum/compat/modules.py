"""Serving this package under the name ``sqlalchemy_continuum``."""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
from types import ModuleType
from typing import Any

from continuum.errors import ImproperlyConfigured

NAME = "sqlalchemy_continuum"

_UTILS = {
    name: f"continuum.utils:{name}"
    for name in (
        "end_tx_attr",
        "end_tx_column_name",
        "get_versioning_manager",
        "is_versioned",
        "option",
        "parent_class",
        "transaction_class",
        "tx_column_name",
        "version_class",
        "version_obj",
        "version_table",
        "versioned_column_properties",
        "versioned_objects",
        "versioned_relationships",
    )
} | {
    name: f"continuum:{name}"
    for name in (
        "changeset",
        "count_versions",
        "is_modified",
        "is_modified_or_deleted",
        "is_session_modified",
        "vacuum",
    )
}

_PLUGINS = {
    name: f"continuum.plugins:{name}"
    for name in (
        "ActivityPlugin",
        "FlaskPlugin",
        "NullDeletePlugin",
        "Plugin",
        "PluginCollection",
        "PropertyModTrackerPlugin",
        "TransactionChangesPlugin",
        "TransactionMetaPlugin",
    )
}

_ERRORS = {
    name: f"continuum.errors:{name}"
    for name in ("ClassNotVersioned", "ImproperlyConfigured", "VersioningError")
}

_TRANSACTION = {
    "TransactionBase": "continuum.transaction:TransactionBase",
    "TransactionFactory": "continuum.compat.shims:LegacyTransactionFactory",
}

MODULES: dict[str, dict[str, str]] = {
    "": {
        "make_versioned": "continuum.compat.shims:make_versioned",
        "remove_versioning": "continuum.compat.shims:remove_versioning",
        "versioning_manager": "continuum:versioning_manager",
        "VersioningManager": "continuum:VersioningManager",
        "Operation": "continuum:Operation",
        "TransactionFactory": _TRANSACTION["TransactionFactory"],
        "UnitOfWork": "continuum:UnitOfWork",
        "ClassNotVersioned": _ERRORS["ClassNotVersioned"],
        "ImproperlyConfigured": _ERRORS["ImproperlyConfigured"],
        **{
            name: _UTILS[name]
            for name in (
                "changeset",
                "count_versions",
                "get_versioning_manager",
                "is_modified",
                "is_session_modified",
                "parent_class",
                "transaction_class",
                "tx_column_name",
                "vacuum",
                "version_class",
            )
        },
        "__version__": "continuum.compat.shims:VERSION",
    },
    "exc": _ERRORS,
    "manager": {"VersioningManager": "continuum:VersioningManager"},
    "operation": {"Operation": "continuum:Operation"},
    "plugins": _PLUGINS,
    "plugins.activity": {"ActivityPlugin": _PLUGINS["ActivityPlugin"]},
    "plugins.base": {
        "Plugin": _PLUGINS["Plugin"],
        "PluginCollection": _PLUGINS["PluginCollection"],
    },
    "plugins.flask": {"FlaskPlugin": _PLUGINS["FlaskPlugin"]},
    "plugins.null_delete": {"NullDeletePlugin": _PLUGINS["NullDeletePlugin"]},
    "plugins.property_mod_tracker": {
        "PropertyModTrackerPlugin": _PLUGINS["PropertyModTrackerPlugin"]
    },
    "plugins.transaction_changes": {
        "TransactionChangesPlugin": _PLUGINS["TransactionChangesPlugin"]
    },
    "plugins.transaction_meta": {"TransactionMetaPlugin": _PLUGINS["TransactionMetaPlugin"]},
    "reverter": {
        "Reverter": "continuum.compat.shims:Reverter",
        "ReverterException": "continuum.compat.shims:ReverterException",
    },
    "schema": {
        "update_end_tx_column": "continuum:update_end_tx_column",
        "update_property_mod_flags": "continuum:update_property_mod_flags",
    },
    "transaction": _TRANSACTION,
    "unit_of_work": {"UnitOfWork": "continuum:UnitOfWork"},
    "utils": _UTILS,
    "version": {"VersionClassBase": "continuum:Version"},
    "dialects": {},
    "dialects.postgresql": {
        "create_trigger": "continuum.compat.shims:create_trigger",
        "drop_trigger": "continuum.compat.shims:drop_trigger",
        "sync_trigger": "continuum.compat.shims:sync_trigger",
    },
}
"""What each module of SQLAlchemy-Continuum that people import from has, and where it is here."""


def install_as_sqlalchemy_continuum() -> None:
    """Let ``import sqlalchemy_continuum`` mean this package, in this process.

    Call it before anything imports SQLAlchemy-Continuum; an application and the libraries it uses
    then run unchanged.  ``make_versioned()`` under the old name takes its arguments in the old
    order, and expects the tables as they are: the transaction table without the columns ``actor``,
    ``reason`` and ``meta``, the database's own ENUM types in version tables.  A database with
    history needs :func:`continuum.adopt` once.

    :raises ImproperlyConfigured: SQLAlchemy-Continuum itself has been imported already.

    No queries.  Example::

        import continuum

        continuum.install_as_sqlalchemy_continuum()

        from sqlalchemy_continuum import make_versioned, version_class
    """
    present = sys.modules.get(NAME)
    if present is not None and not isinstance(present, _Served):
        raise ImproperlyConfigured(
            "sqlalchemy_continuum has been imported already, so that its name cannot be taken over",
            hint="Call continuum.install_as_sqlalchemy_continuum() first thing in the program.",
        )
    for path, names in MODULES.items():
        full_name = f"{NAME}.{path}" if path else NAME
        if full_name in sys.modules:
            continue
        module = _Served(full_name, __doc__)
        is_package = not path or any(other.startswith(f"{path}.") for other in MODULES)
        module.__spec__ = importlib.machinery.ModuleSpec(full_name, None, is_package=is_package)
        if is_package:
            module.__path__ = []
        for name, place in names.items():
            setattr(module, name, _found(place))
        sys.modules[full_name] = module
        if path:
            package, _, name = full_name.rpartition(".")
            setattr(sys.modules[package], name, module)


class _Served(ModuleType):
    """A module of ours under a name of theirs."""


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
