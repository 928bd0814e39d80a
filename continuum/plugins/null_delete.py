"""DELETE versions that keep nothing but the key."""

from __future__ import annotations

from dataclasses import replace

from continuum.options import Options
from continuum.plugins.base import Plugin


class NullDeletePlugin(Plugin):
    """Sets ``null_delete=True`` for every class, as the option of that name does for one."""

    def default_options(self, options: Options) -> Options:
        return replace(options, null_delete=True)
