"""All versions of concrete classes that SQLAlchemy reads together, by a union."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import polymorphic_union

from continuum.mapping.journal import Journal
from continuum.mapping.journal import Union
from continuum.mapping.levels import is_concrete_union
from continuum.mapping.unnamed import map_unnamed
from continuum.schema.recorded import RecordedColumn
from continuum.schema.recorded import RecordedTable

KIND = "continuum_kind"
"""Name of the column of the union that tells the class of a version."""


def map_union(journal: Journal, mapper: Mapper[Any], bases: tuple[type[Any], ...]) -> None:
    """Map the class that the version classes of a concrete hierarchy inherit from.

    :param mapper: the model whose subclasses have tables of their own.
    :param bases: bases of the class.
    """
    if mapper.class_ in journal.unions or not is_concrete_union(mapper):
        return
    members = _members(journal, mapper)
    keys = {
        tuple(column.key for column in (*member.version_key, member.transaction_column))
        for member in members.values()
    }
    # Versions that have no key in common are not to be read together.
    if len(keys) != 1:
        return
    union = polymorphic_union(  # type: ignore[no-untyped-call]
        {identity: member.version_table for identity, member in members.items()},
        KIND,
        f"{mapper.class_.__name__}_versions"[:60],
    )
    name = f"Any{mapper.class_.__name__}Version"
    made = type(
        name,
        bases,
        {
            "__module__": mapper.class_.__module__,
            "__doc__": f"A version of a :class:`{mapper.class_.__name__}` of any concrete class.",
        },
    )
    [key] = keys
    map_unnamed(
        mapper.registry,
        made,
        union,
        primary_key=[union.c[KIND], *(union.c[each] for each in key)],
        polymorphic_on=union.c[KIND],
        with_polymorphic=("*", union),
        always_refresh=True,
    )
    journal.unions[mapper.class_] = Union(made, _rows(mapper, next(iter(members.values())), union))


def union_above(journal: Journal, mapper: Mapper[Any]) -> Mapper[Any] | None:
    """Return the mapper of the union that the versions of a class belong to."""
    for each in mapper.iterate_to_root():
        found = journal.unions.get(each.class_)
        if found is not None:
            above: Mapper[Any] = inspect(found.version_cls)
            return above
    return None


def _rows(mapper: Mapper[Any], member: RecordedTable, union: Any) -> RecordedTable:
    """Return the union described as if it were one version table of the model.

    :param member: what is recorded of one of its classes.
    """
    columns: dict[Any, RecordedColumn] = {}
    for prop in mapper.column_attrs:
        column: Any
        for column in prop.columns:
            if prop.key in union.c:
                columns[column] = RecordedColumn(column, union.c[prop.key], counts=True)
    by_key = {item.version.key: live for live, item in columns.items()}
    return RecordedTable(
        # Not a Table where a class is mapped to a select; nothing is written for a union.
        table=mapper.local_table,  # type: ignore[arg-type]
        version_table=union,
        columns=tuple(columns.values()),
        key=tuple(by_key[column.key] for column in member.version_key),
        options=member.options,
    )


def _members(journal: Journal, mapper: Mapper[Any]) -> dict[Any, RecordedTable]:
    """Return what is recorded of the classes of a union, by their identities."""
    return {
        each.polymorphic_identity: journal.mappers[each]
        for each in mapper.self_and_descendants
        if each in journal.levels and (each.concrete or each is mapper)
    }
