"""What a version changed in its relationships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect

from continuum.errors import NotInHistory
from continuum.reading.changes import is_delete
from continuum.reading.changes import was_there
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.navigation import previous_of


@dataclass(frozen=True)
class RelationChanges:
    """Members of a relationship that came, went, or became another version.

    It is true when there is any.

    :param name: the relationship.
    :param added: members that the version before did not have.
    :param removed: members that only the version before had.
    :param changed: pairs of versions of the members that both have, before and after.
    """

    name: str
    added: tuple[Any, ...]
    removed: tuple[Any, ...]
    changed: tuple[tuple[Any, Any], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        lines = [f"+ {member!r}" for member in self.added]
        lines += [f"- {member!r}" for member in self.removed]
        lines += [f"~ {old!r} -> {new!r}" for old, new in self.changed]
        return "\n".join([f"{self.name}:", *(f"  {line}" for line in lines or ["no difference"])])


def changes_of_relation(version: Any, name: str) -> RelationChanges:
    """Return what a version changed in a relationship; see :meth:`Version.changeset_of`."""
    layout = layout_of(type(version))
    relationships = layout.model_mapper.relationships
    if name not in relationships:
        # The hidden list of versions is not for this.
        offered = (
            key
            for key, prop in relationships.items()
            if not hasattr(prop.mapper.class_, "__continuum_recorded__")
        )
        raise NotInHistory(
            f"{layout.model.__name__} has no relationship {name!r}",
            hint=f"It has {', '.join(offered) or 'none'}.",
        )
    before = _row_before(version)
    old = {} if before is None else _members(before, name)
    new = {} if is_delete(layout, version) else _members(version, name)
    return RelationChanges(
        name,
        added=tuple(member for key, member in new.items() if key not in old),
        removed=tuple(member for key, member in old.items() if key not in new),
        changed=tuple(
            (old[key], member)
            for key, member in new.items()
            if key in old and _state(old[key]) != _state(member)
        ),
    )


def _row_before(version: Any) -> Any:
    """Return the version before, ``None`` when there was no row."""
    before = previous_of(version)
    if before is None:
        return None
    layout = layout_of(type(version))
    there = was_there(
        layout,
        version,
        operation=getattr(before, layout.operation_name),
        end=None if layout.end_column is None else getattr(before, layout.end_name),
    )
    return before if there else None


def _members(obj: Any, name: str) -> dict[Any, Any]:
    """Return the objects in a relationship, by their identity without a point in time."""
    value = getattr(obj, name)
    if value is None:
        found: list[Any] = []
    elif inspect(value, raiseerr=False) is not None:
        found = [value]
    elif isinstance(value, Mapping):
        found = list(value.values())
    elif hasattr(value, "select"):
        # A collection that is only written to is never loaded by itself.
        found = list(session_of(obj, "version.changeset_of()").scalars(value.select()))
    else:
        found = list(value)
    return {_identity(member): member for member in found}


def _identity(member: Any) -> tuple[Any, ...]:
    if hasattr(type(member), "__continuum_recorded__"):
        layout = layout_of(type(member))
        return layout.root, layout.key_of(member)
    identity = inspect(member).identity_key
    return identity[0], identity[1]


def _state(member: Any) -> Any:
    """Return what tells two states of a member apart."""
    if hasattr(type(member), "__continuum_recorded__"):
        return layout_of(type(member)).transaction_id_of(member)
    return None
