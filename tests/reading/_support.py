"""Histories to read."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from continuum import version_class
from suite._support import World


def change(world: World, cls: Any, key: Any, **values: Any) -> None:
    """Insert or update a row in a transaction of its own."""
    with world.transaction() as session:
        obj = session.get(cls, key)
        if obj is None:
            mapper = cls.__mapper__
            names = [mapper.get_property_by_column(each).key for each in mapper.primary_key]
            keys = key if isinstance(key, tuple) else (key,)
            session.add(cls(**dict(zip(names, keys, strict=True)), **values))
        else:
            for name, value in values.items():
                setattr(obj, name, value)


def remove(world: World, cls: Any, key: Any) -> None:
    """Delete a row in a transaction of its own."""
    with world.transaction() as session:
        session.delete(session.get_one(cls, key))


def history(session: Session, cls: Any, key: Any) -> list[Any]:
    """Return the versions of a row, without telling them about each other."""
    found: list[Any] = version_class(cls).all_versions(session, key, desc=False, link=False)
    return found
