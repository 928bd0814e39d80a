"""Which rows of a table a flush is going to change, as far as its objects tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.orm import ColumnProperty
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm import Mapper

from continuum._speedups import is_changed
from continuum.recording.images import Key
from continuum.schema.equality import Compare
from continuum.schema.equality import own_equality
from continuum.schema.recorded import RecordedTable


@dataclass(frozen=True)
class _Way:
    """How the objects of a mapper lead to rows of one of its tables.

    :param positions: where the values of the key are in an object's identity.
    :param columns: attributes of the table's columns, with the equality of their type if it has one
        of its own.
    :param others: attributes that may set such columns in the flush: relationships.
    """

    positions: tuple[int, ...]
    columns: dict[str, Compare | None]
    others: frozenset[str]

    def concerns(self, state: InstanceState[Any]) -> bool:
        """Say whether the flush is going to change the row of an object, as far as one can tell."""
        committed = state.committed_state
        return is_changed(committed, state.dict, self.columns) or not self.others.isdisjoint(
            committed
        )


def keys_of_changing(
    table: Table, recorded: RecordedTable, objects: Iterable[tuple[Any, bool]]
) -> list[Key]:
    """Return the keys of the rows of a table that belong to changed or deleted objects.

    :param objects: the objects, each with whether it is deleted.
    """
    ways: dict[Mapper[Any], _Way | None] = {}
    keys = []
    for obj, deleted in objects:
        state = inspect(obj)
        if state.identity is None:
            continue
        if state.mapper not in ways:
            ways[state.mapper] = _way(state.mapper, table, recorded)
        way = ways[state.mapper]
        if way is None:
            continue
        if deleted or way.concerns(state):
            keys.append(tuple(state.identity[position] for position in way.positions))
    return keys


def _way(mapper: Mapper[Any], table: Table, recorded: RecordedTable) -> _Way | None:
    """Return how to come from objects to rows, ``None`` if those of a table are not known so."""
    if table not in mapper.tables:
        return None
    identity = [mapper.get_property_by_column(column) for column in mapper.primary_key]
    # The tables of a hierarchy have one key, which an object knows by its root's.
    columns = recorded.key if recorded.root is None else recorded.root.key
    key = [mapper._columntoproperty.get(column) for column in columns]
    if any(prop not in identity for prop in key):
        return None
    return _Way(
        positions=tuple(identity.index(prop) for prop in key if prop is not None),
        columns={
            prop.key: own_equality(prop.columns[0].type)
            for prop in mapper.column_attrs
            if any(getattr(column, "table", None) is table for column in prop.columns)
        },
        others=frozenset(prop.key for prop in mapper.attrs if not isinstance(prop, ColumnProperty)),
    )
