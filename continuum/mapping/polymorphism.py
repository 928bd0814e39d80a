"""How a version is known to belong to the version class of a subclass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy import case
from sqlalchemy import select
from sqlalchemy.orm import Mapper

from continuum.mapping.properties import adapted
from continuum.mapping.properties import is_adaptable
from continuum.mapping.ranges import apart
from continuum.operation import Operation
from continuum.schema.recorded import RecordedTable

_MANY_TABLES = 40
"""More tables than these are not joined just to read a list; MySQL and MariaDB take 61 at most."""


def polymorphism(
    mapper: Mapper[Any], levels: Sequence[RecordedTable], above: Mapper[Any] | None
) -> dict[str, Any]:
    """Return the arguments of a version mapper that make a version an object of its own subclass.

    A list of versions is read whole, columns of subclasses included: with one query, as long as
    databases can join so many tables.

    :param mapper: mapper of the model.
    :param levels: its tables and version tables, the root first.
    :param above: the version mapper that the new one inherits from.
    """
    copies = {item.live: item.version for level in levels for item in level.columns}
    live = discriminator_of(mapper)
    if live is None or not is_adaptable(live, copies):
        return {}
    arguments: dict[str, Any] = {
        "polymorphic_identity": mapper.polymorphic_identity,
        "polymorphic_abstract": mapper.polymorphic_abstract,
    }
    if len({each.local_table for each in mapper.self_and_descendants}) <= _MANY_TABLES:
        arguments["with_polymorphic"] = "*"
    told = _discriminator(live, copies, levels[0])
    if above is None or above.polymorphic_on is None or not isinstance(told, Column):
        # SQLAlchemy does not hand an expression down to classes with tables of their own.
        arguments["polymorphic_on"] = told
    return arguments


def discriminator_of(mapper: Mapper[Any]) -> Any:
    """Return what tells the subclass of a live row, ``None`` if nothing does."""
    for each in mapper.iterate_to_root():
        if each.polymorphic_on is not None:
            return each.polymorphic_on
        if each.concrete:
            break
    return None


def outlive_subclasses(mapper: Mapper[Any]) -> None:
    """Have versions of subclasses that there are no longer read as versions of the root."""
    mapper.polymorphic_map = _Identities(mapper)


class _Identities(dict[Any, Any]):
    """The mappers of subclasses by what tells them; any other identity is one of the root."""

    def __init__(self, mapper: Mapper[Any]) -> None:
        super().__init__(mapper.polymorphic_map)
        self._root = mapper

    def __missing__(self, identity: Any) -> Mapper[Any]:
        return self._root


def _discriminator(live: Any, copies: dict[Any, Any], level: RecordedTable) -> Any:
    """Return what tells the subclass of a version.

    Where DELETE versions keep nothing, the version before has to tell.
    """
    own = adapted(live, copies)
    if not level.options.null_delete:
        return own
    before = apart(level, "continuum_before")
    start = before.c[level.transaction_column.key]
    earlier: dict[Any, Any] = {item.live: before.c[item.version.key] for item in level.columns}
    told = adapted(live, earlier)
    last = (
        select(told)
        .where(
            *(before.c[column.key] == column for column in level.version_key),
            start < level.transaction_column,
        )
        .order_by(start.desc())
        .limit(1)
        .correlate_except(before)
        .scalar_subquery()
    )
    return case((level.operation_column == Operation.DELETE, last), else_=own)
