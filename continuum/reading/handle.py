"""``obj.versions``: the history of an object."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import object_session
from sqlalchemy import select

from continuum.mapping.version_classes import VERSIONS_LIST


class VersionsAttribute:
    """The attribute ``versions`` of a model."""

    def __get__(self, obj: Any, cls: type[Any]) -> Any:
        if obj is None:
            return getattr(cls, VERSIONS_LIST)
        return getattr(obj, VERSIONS_LIST)
