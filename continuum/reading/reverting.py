"""The way back: from a version to the live object."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Dialect
from sqlalchemy import inspect
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import flag_modified

from continuum.errors import RevertError
from continuum.mapping.version_classes import VERSIONS_LIST
from continuum.reading.changes import is_delete
from continuum.reading.changes import values_of
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.layout import live_key
from continuum.reading.values import equal_to_type
from continuum.reading.values import identical
from continuum.reading.values import own


def revert(version: Any, relations: Iterable[str] | None) -> Any:
    """Make the live row look as in a version; see :meth:`Version.revert`."""
    layout = layout_of(type(version))
    _check_relations(layout, relations)
    session = object_session(version)
    if session is None:
        raise RevertError(
            f"{version!r} is not bound to a Session, which has to get the reverted object",
            table=layout.recorded.table.fullname,
            hint="Add the version to a Session: session.add(version).",
        )
    with session.no_autoflush:
        pending = _pending_object(session, layout, version)
        if is_delete(layout, version):
            _remove(session, layout, version, pending)
            return None
        obj = pending if pending is not None else stored_object(session, layout, version)
        if obj is None:
            return _recreate(session, layout, version)
        if not isinstance(obj, layout.model):
            raise RevertError(
                f"{version!r} is of a {layout.model.__name__}, but the row is a "
                f"{type(obj).__name__} now",
                table=layout.recorded.table.fullname,
                hint="Delete the object and flush, then revert.",
            )
        if obj in session.deleted:
            session.add(obj)
        _restore(session, layout, version, obj)
        return obj


def reify(version: Any, *, dup: bool) -> Any:
    """Return a transient object with the values of a version; see :meth:`Version.reify`."""
    layout = layout_of(type(version))
    obj = _new_instance(layout.model_mapper)
    for item, value in _values(layout, version):
        left_out = item in layout.key and dup
        if not left_out and value is not None:
            setattr(obj, item.name, own(value))
    _set_discriminator(layout, obj)
    return obj


def stored_object(session: Session, layout: Layout, version: Any) -> Any:
    """Return the live object of a version, ``None`` when there is no row."""
    values: dict[Any, Any] = dict(zip(layout.live_key, layout.key_of(version), strict=True))
    identity = tuple(values[column] for column in layout.model_mapper.primary_key)
    return session.get(layout.model_root, identity)


def _pending_object(session: Session, layout: Layout, version: Any) -> Any:
    """Return the object that is about to be inserted under the key of a version."""
    key = layout.key_of(version)
    for obj in session.new:
        if isinstance(obj, layout.model_root) and live_key(obj, layout.live_key) == key:
            return obj
    return None


def _check_relations(layout: Layout, relations: Iterable[str] | None) -> None:
    if relations is None:
        return
    for path in [relations] if isinstance(relations, str) else relations:
        mapper: Mapper[Any] = layout.model_mapper
        for name in path.split("."):
            relation = mapper.relationships.get(name)
            if relation is None:
                names = sorted(
                    each.key for each in mapper.relationships if VERSIONS_LIST not in each.key
                )
                raise RevertError(
                    f"{mapper.class_.__name__} has no relationship {name!r}",
                    table=layout.recorded.table.fullname,
                    hint=f"It has: {', '.join(names)}.",
                )
            mapper = relation.mapper
        raise RevertError(
            f"relationship {path!r} cannot be reverted yet: only the columns of an object can",
            table=layout.recorded.table.fullname,
            hint="Revert the versions of the related objects one by one.",
        )


def _remove(session: Session, layout: Layout, version: Any, pending: Any) -> None:
    if pending is not None:
        session.expunge(pending)
    stored = stored_object(session, layout, version)
    if stored is not None and stored not in session.deleted:
        session.delete(stored)


def _recreate(session: Session, layout: Layout, version: Any) -> Any:
    values = {
        item: value
        for item, value in _exact_values(session, layout, version, {})
        if value is not None or item.live.nullable
    }
    _check_required(session, layout, version, values)
    obj = _new_instance(layout.model_mapper)
    for item, value in values.items():
        setattr(obj, item.name, _inserted(item, value))
    _set_discriminator(layout, obj)
    session.add(obj)
    return obj


def _restore(session: Session, layout: Layout, version: Any, obj: Any) -> None:
    state = inspect(obj)
    names = [item.name for item in layout.items if item.name not in state.dict]
    if names and state.persistent:
        session.refresh(obj, names)
    changes = {
        item: value
        for item, value in _exact_values(session, layout, version, state.dict)
        if not (value is None and not item.live.nullable)
        and not (item.name in state.dict and identical(state.dict[item.name], value))
    }
    _restore_references(session, layout, version, obj)
    for item, value in changes.items():
        before = state.dict.get(item.name)
        setattr(obj, item.name, own(value) if state.persistent else _inserted(item, value))
        if (
            value is not None
            and before is not None
            and equal_to_type(item.live.type, before, value)
        ):
            # What SQLAlchemy takes for the same value it would not write.
            flag_modified(obj, item.name)
    for composed in state.mapper.composites:
        if any(item.name == prop.key for prop in composed.props for item in changes):
            state.dict.pop(composed.key, None)


def _restore_references(session: Session, layout: Layout, version: Any, obj: Any) -> None:
    """Make many-to-one attributes agree with the foreign keys that are about to be written."""
    state = inspect(obj)
    by_live = {item.live: item.name for item in layout.items}
    for relation in state.mapper.relationships:
        if relation.direction is not RelationshipDirection.MANYTOONE or relation.viewonly:
            continue
        if not all(column in by_live for column in relation.local_columns):
            continue
        changed = state.attrs[relation.key].history.has_changes()
        if changed:
            remote = {far: near for near, far in relation.local_remote_pairs or ()}
            key = tuple(
                getattr(version, by_live[remote[column]]) if column in remote else None
                for column in relation.mapper.primary_key
            )
            target = None if None in key else session.get(relation.mapper.class_, key)
            # Through the attribute, so that the collections on the other side follow.
            setattr(obj, relation.key, target)
        elif relation.key in state.dict and state.persistent:
            session.expire(obj, [relation.key])


def _values(layout: Layout, version: Any) -> Iterable[tuple[Item, Any]]:
    """Iterate over the columns that can be written, with their values in a version."""
    counter = layout.model_mapper.version_id_col
    items = [
        item
        for item in layout.items
        if item.live.computed is None and item.live.server_onupdate is None
        if item.live is not counter
    ]
    values = values_of(layout, version, tuple(item.name for item in items))
    return zip(items, values, strict=True)


def _exact_values(
    session: Session, layout: Layout, version: Any, current: Mapping[str, Any]
) -> Iterable[tuple[Item, Any]]:
    """Iterate like :func:`_values`, telling NULL from a ``null`` that the type itself writes."""
    pairs = list(_values(layout, version))
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
        select(*(item.version.is_(null()) for item in unclear)).where(
            layout.has_key(layout.key_of(version)),
            layout.transaction_column == layout.transaction_id_of(version),
        ),
        bind_arguments={"mapper": layout.mapper},
    ).one()
    absent = {item for item, is_null in zip(unclear, row, strict=True) if is_null}
    return [(item, null() if item in absent else value) for item, value in pairs]


def _check_required(
    session: Session, layout: Layout, version: Any, values: Mapping[Item, Any]
) -> None:
    """Raise when the row could not be inserted."""
    dialect = session.get_bind(layout.model_mapper).dialect
    given = {item.live for item in values}
    table = layout.recorded.table
    for column in table.columns:
        if column in given:
            if _is_always_generated(column, dialect):
                raise RevertError(
                    f"{version!r} cannot be made anew: its key column {column.name!r} is "
                    "GENERATED ALWAYS, the database does not take the old value",
                    table=table.fullname,
                    column=column.name,
                    hint="Use Identity(always=False).",
                )
        elif not column.nullable and not _has_default(column, layout.model_mapper):
            raise RevertError(
                f"{version!r} cannot be made anew: history has no value for the NOT NULL column "
                f"{column.name!r}",
                table=table.fullname,
                column=column.name,
                hint="Give the column a default, or add version.reify() to the session with the "
                "missing value set.",
            )


def _is_always_generated(column: Column[Any], dialect: Dialect) -> bool:
    return (
        column.identity is not None
        and bool(column.identity.always)
        and dialect.supports_identity_columns
    )


def _has_default(column: Column[Any], mapper: Mapper[Any]) -> bool:
    return (
        column.default is not None
        or column.server_default is not None
        or column.computed is not None
        or column.identity is not None
        or column is mapper.version_id_col
        or column is column.table.autoincrement_column
        or column is mapper.polymorphic_on
    )


def _inserted(item: Item, value: Any) -> Any:
    """Return what to set on an object that is to be inserted with a value."""
    column = item.live
    has_default = column.default is not None or column.server_default is not None
    if value is None and has_default and not column.type.should_evaluate_none:
        # None would mean the default.
        return null()
    return own(value)


def _new_instance(mapper: Mapper[Any]) -> Any:
    """Make an object as SQLAlchemy does for a row: the constructor does not run."""
    return mapper.class_manager.new_instance()


def _set_discriminator(layout: Layout, obj: Any) -> None:
    """Do what the constructor would: write the polymorphic identity."""
    mapper = layout.model_mapper
    if isinstance(mapper.polymorphic_on, Column) and mapper.polymorphic_identity is not None:
        name = mapper.get_property_by_column(mapper.polymorphic_on).key
        if inspect(obj).dict.get(name) is None:
            setattr(obj, name, mapper.polymorphic_identity)
