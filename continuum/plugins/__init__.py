"""Plugins: code of others that takes part in building and recording history."""

from __future__ import annotations

from continuum.plugins.base import Plugin
from continuum.plugins.base import PluginCollection
from continuum.plugins.null_delete import NullDeletePlugin

__all__ = ["NullDeletePlugin", "Plugin", "PluginCollection"]
