"""What a version says about the columns of a live row."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import cast

from sqlalchemy import Column
from sqlalchemy import inspect
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.attributes import set_committed_value

from continuum._speedups import to_set
from continuum.reading.changes import values_of
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.values import own


def reify(version: Any, *, dup: bool) -> Any:
    """Return a transient object with the values of a version; see :meth:`Version.reify`."""
    layout = layout_of(type(version))
    obj = new_instance(layout.model_mapper)
    for item, value in written(layout, version):
        left_out = item in layout.key and dup
        if not left_out and value is not None:
            setattr(obj, item.name, own(value))
    set_discriminator(layout, obj)
    return obj


def written(layout: Layout, version: Any) -> Iterable[tuple[Item, Any]]:
    """Iterate over the columns that can be written, with their values in a version."""
    items = [item for item in layout.items if is_written(layout, item)]
    values = values_of(version, tuple(item.name for item in items))
    return zip(items, values, strict=True)


def is_written(layout: Layout, item: Item) -> bool:
    """Say whether a column can be set: it is not generated, and not the version counter."""
    return (
        item.live.computed is None
        and item.live.server_onupdate is None
        and item.live is not layout.model_mapper.version_id_col
    )


def exact_values(
    session: Session, layout: Layout, version: Any, current: Mapping[str, Any]
) -> Iterable[tuple[Item, Any]]:
    """Iterate like :func:`written`, telling NULL from a ``null`` that the type itself writes."""
    pairs = list(written(layout, version))
    unclear = [
        item
        for item, value in pairs
        if value is None
        and item.live.type.should_evaluate_none
        and (not current or current.get(item.name) is not None)
    ]
    if not unclear:
        return pairs
    row = session.execute(
        select(*(item.version.is_(null()) for item in unclear))
        .select_from(layout.mapper)
        .where(
            layout.has_key(layout.key_of(version)),
            layout.transaction_column == layout.transaction_id_of(version),
        ),
        bind_arguments={"mapper": layout.mapper},
    ).one()
    absent = {item for item, is_null in zip(unclear, row, strict=True) if is_null}
    return [(item, null() if item in absent else value) for item, value in pairs]


def values_to_insert(session: Session, layout: Layout, version: Any) -> dict[Item, Any]:
    """Return the values of a row that is to be made as it was."""
    return {
        item: value
        for item, value in exact_values(session, layout, version, {})
        if value is not None or item.live.nullable
    }


def values_to_update(session: Session, layout: Layout, version: Any, obj: Any) -> dict[Item, Any]:
    """Return what has to be set on a live object to make it as it was.

    Ignored columns keep what they have.
    """
    load(session, layout, obj)
    current = inspect(obj).dict
    items: dict[str, Item] = {}
    wanted = []
    for item, value in exact_values(session, layout, version, current):
        if item.counts and (value is not None or item.live.nullable):
            items[item.name] = item
            wanted.append((item.name, value))
    return {items[name]: value for name, value in to_set(wanted, current).items()}


def load(session: Session, layout: Layout, obj: Any) -> None:
    """Load what is missing of the recorded columns of a live object."""
    state = inspect(obj)
    names = [item.name for item in layout.items if item.name not in state.dict]
    if names and state.persistent:
        session.refresh(obj, names)


def shown(value: Any) -> Any:
    """Return a value as a program sees it: SQL's NULL is ``None``."""
    return None if is_null(value) else value


def is_null(value: Any) -> bool:
    """Say whether a value is SQL's NULL, where ``None`` would mean something else."""
    return value is _NULL


def set_null(obj: Any, name: str) -> None:
    """Have NULL written to a column for which ``None`` means something else.

    Past validators and mutable types: they know values, and this is an expression.
    """
    set_committed_value(obj, name, _NULL)
    flag_modified(obj, name)


_NULL = null()


def to_insert(item: Item, value: Any) -> Any:
    """Return what to set on an object that is to be inserted with a value."""
    column = item.live
    has_default = column.default is not None or column.server_default is not None
    if value is None and has_default and not column.type.should_evaluate_none:
        # None would mean the default.
        return null()
    return own(value)


def new_instance(mapper: Mapper[Any]) -> Any:
    """Make an object as SQLAlchemy does for a row: the constructor does not run."""
    return mapper.class_manager.new_instance()


def set_discriminator(layout: Layout, obj: Any) -> None:
    """Do what the constructor would: write the polymorphic identity."""
    mapper = layout.model_mapper
    if isinstance(mapper.polymorphic_on, Column) and mapper.polymorphic_identity is not None:
        name = mapper.get_property_by_column(mapper.polymorphic_on).key
        if inspect(obj).dict.get(name) is None:
            setattr(obj, name, mapper.polymorphic_identity)


def attribute_of(mapper: Mapper[Any], column: Column[Any]) -> str:
    """Return the attribute that a column is mapped to."""
    return mapper.get_property_by_column(column).key


Pairs = list[tuple[Column[Any], Column[Any]]]
"""Columns that a relationship compares, at this end and at the other."""


def pairs_of(relation: RelationshipProperty[Any]) -> Pairs:
    """Return the columns of a relationship without an association table."""
    return cast(Pairs, list(relation.local_remote_pairs or ()))


def near_pairs(relation: RelationshipProperty[Any]) -> Pairs:
    """Return columns of this end, each with that of the association table."""
    return cast(Pairs, list(relation.synchronize_pairs))


def far_pairs(relation: RelationshipProperty[Any]) -> Pairs:
    """Return columns of the other end, each with that of the association table."""
    return cast(Pairs, list(relation.secondary_synchronize_pairs or ()))


def mapped_columns(mapper: Mapper[Any]) -> Iterator[tuple[str, Column[Any]]]:
    """Iterate over the columns of all tables of a class, with their attributes."""
    for prop in mapper.column_attrs:
        for column in prop.columns:
            if isinstance(column, Column):
                yield prop.key, column
