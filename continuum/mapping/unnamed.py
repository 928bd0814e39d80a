"""Mapping classes whose names nobody can mean."""

from __future__ import annotations

from typing import Any

from sqlalchemy import FromClause
from sqlalchemy.orm import registry


def map_unnamed(
    target: registry, cls: type[Any], table: FromClause | None, **arguments: Any
) -> type[Any]:
    """Map a generated class so that its name does not enter the registry.

    A string in the user's own relationships ("Transaction", "ArticleVersion") then always means a
    class of the user's.  A registry of our own would do that too, but as one that the user's
    depends on, or that depends on it, it would stand in the way of ``registry.dispose()``.

    :param target: registry that the class is mapped in.
    :param cls: the class.
    :param table: its table or tables, ``None`` where it shares its parent's.
    :param arguments: arguments of the mapper.
    """
    name = cls.__name__
    # The registry takes note of the name at this moment only.
    cls.__name__ = f"{name} {id(cls):x}"
    try:
        target.map_imperatively(cls, table, **arguments)
    finally:
        cls.__name__ = name
    return cls
