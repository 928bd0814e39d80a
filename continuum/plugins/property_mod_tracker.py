"""A flag beside each column of a version that says whether the version changed it."""

from __future__ import annotations

from dataclasses import replace

from continuum.options import Options
from continuum.plugins.base import Plugin


class PropertyModTrackerPlugin(Plugin):
    """Adds a column ``<name>_mod`` for each recorded column outside the key.

    The same as the option ``flags="columns"``, for all classes.  The flags are filled by the
    triggers, or by the ORM recorder.

    :param column_suffix: what the name of a flag adds to that of its column.
    """

    column_suffix = "_mod"

    def __init__(self, column_suffix: str | None = None) -> None:
        if column_suffix is not None:
            self.column_suffix = column_suffix

    def default_options(self, options: Options) -> Options:
        """Switch flags on."""
        return replace(options, flags="columns", flag_suffix=self.column_suffix)
