"""Plugins: code of others that takes part in building and recording history."""

from __future__ import annotations

from continuum.plugins.activity import ActivityPlugin
from continuum.plugins.base import Plugin
from continuum.plugins.base import PluginCollection
from continuum.plugins.flask import FlaskPlugin
from continuum.plugins.null_delete import NullDeletePlugin
from continuum.plugins.property_mod_tracker import PropertyModTrackerPlugin
from continuum.plugins.transaction_changes import TransactionChangesPlugin
from continuum.plugins.transaction_meta import TransactionMetaPlugin

__all__ = [
    "ActivityPlugin",
    "FlaskPlugin",
    "NullDeletePlugin",
    "Plugin",
    "PluginCollection",
    "PropertyModTrackerPlugin",
    "TransactionChangesPlugin",
    "TransactionMetaPlugin",
]
