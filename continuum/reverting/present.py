"""Live objects, found and loaded many at a time, as the session has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session
from sqlalchemy.orm import load_only
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import undefer
from sqlalchemy.orm import with_parent
from sqlalchemy.orm import with_polymorphic
from sqlalchemy.orm.collections import collection_adapter

from continuum.reading.layout import Layout
from continuum.reading.layout import live_key
from continuum.reverting.past import Values
from continuum.reverting.past import among

UNLOADED_COLLECTIONS = ("dynamic", "write_only")
"""Ways of loading in which the attribute does not hold the collection."""

_LAZY = (True, "select", "joined", "selectin", "subquery", "immediate")
"""Ways of loading in which the attribute loads the collection when it is asked for."""


class Present:
    """What a session has and the database holds, as they are now.

    :param session: the session.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._stored: dict[tuple[Mapper[Any], Values], Any] = {}
        self._pending: dict[tuple[Mapper[Any], Values], Any] | None = None

    def stored(self, layout: Layout, key: Values) -> Any:
        """Return the object of a row, ``None`` when there is no row.

        Queries: none when :meth:`load` was called for the key, else as ``Session.get()``.
        """
        root = root_of(layout.model_mapper)
        if (root, key) not in self._stored:
            self._stored[root, key] = self.session.get(root.class_, identity_of(layout, key))
        return self._stored[root, key]

    def pending(self, layout: Layout, key: Values) -> Any:
        """Return the object that is about to be inserted under a key, if there is one."""
        if self._pending is None:
            self._pending = {}
            for obj in self.session.new:
                root = root_of(inspect(type(obj)))
                try:
                    self._pending[root, live_key(obj, _key_columns(root))] = obj
                except TypeError:
                    # Part of the key is not hashable yet, such as an SQL expression.
                    continue
        root = root_of(layout.model_mapper)
        return self._pending.get((root, _in_order(layout, root, key)))

    def load(self, layout: Layout, keys: Iterable[Values]) -> None:
        """Load the objects of some rows with all their columns.

        Queries: one for each 500 rows that the session does not hold.
        """
        root = root_of(layout.model_mapper)
        wanted = {key for key in keys if (root, key) not in self._stored and None not in key}
        missing: dict[Values, Values] = {}
        for key in wanted:
            identity = identity_of(layout, key)
            obj = self.session.identity_map.get(root.identity_key_from_primary_key(identity))
            if obj is None or _is_incomplete(obj):
                missing[identity] = key
            else:
                self._stored[root, key] = obj
        if len(missing) == 1:
            # The usual case; Session.get() knows what an expired object needs.
            return
        entity: Any = root.class_
        if root.polymorphic_on is not None and len(list(root.self_and_descendants)) > 1:
            entity = with_polymorphic(root.class_, "*")
        columns = [getattr(entity, root.get_property_by_column(c).key) for c in root.primary_key]
        found = set()
        for criterion in among(columns, missing):
            statement = select(entity).where(criterion).options(undefer("*"))
            for obj in self.session.scalars(statement):
                identity = tuple(inspect(obj).identity or ())
                found.add(identity)
                self._stored[root, missing[identity]] = obj
        for identity in missing.keys() - found:
            self._stored[root, missing[identity]] = None

    def load_members(self, relation: RelationshipProperty[Any], owners: Iterable[Any]) -> None:
        """Load a collection of many objects.

        Queries: one for a single object; two for each 500.
        """
        if relation.lazy in UNLOADED_COLLECTIONS:
            return
        owners = [
            owner
            for owner in owners
            if relation.key not in inspect(owner).dict and inspect(owner).persistent
        ]
        if len(owners) < 2 and relation.lazy in _LAZY:
            return
        cls = relation.parent.class_
        names = [relation.parent.get_property_by_column(c).key for c in relation.parent.primary_key]
        columns = [getattr(cls, name) for name in names]
        keys = [tuple(inspect(owner).identity or ()) for owner in owners]
        for criterion in among(columns, keys):
            statement = (
                select(cls)
                .where(criterion)
                .options(load_only(*columns), selectinload(getattr(cls, relation.key)))
            )
            self.session.scalars(statement).all()

    def members(self, relation: RelationshipProperty[Any], owner: Any) -> list[Any]:
        """Return the objects at the other end of a relationship, changes not flushed included.

        Queries: none when :meth:`load_members` was called, else as loading the attribute.
        """
        state = inspect(owner)
        if relation.lazy in UNLOADED_COLLECTIONS:
            history = state.attrs[relation.key].history
            found: list[Any] = []
            if state.persistent:
                attribute = getattr(relation.parent.class_, relation.key)
                found = list(
                    self.session.scalars(
                        select(relation.mapper.class_).where(with_parent(owner, attribute))
                    )
                )
            removed = [id(each) for each in history.deleted or ()]
            found = [each for each in found if id(each) not in removed]
            ids = {id(each) for each in found}
            return found + [each for each in history.added or () if id(each) not in ids]
        value = getattr(owner, relation.key)
        if relation.uselist:
            return list(collection_adapter(value)) if value is not None else []
        return [] if value is None else [value]


def stored_object(session: Session, layout: Layout, version: Any) -> Any:
    """Return the live object of a version, ``None`` when there is no row."""
    return Present(session).stored(layout, layout.key_of(version))


def identity_of(layout: Layout, key: Values) -> Values:
    """Return a key in the order in which SQLAlchemy wants it."""
    return _in_order(layout, root_of(layout.model_mapper), key)


def root_of(mapper: Mapper[Any]) -> Mapper[Any]:
    """Return the mapper that all states of one row are of, whatever their subclass."""
    while mapper.inherits is not None and not mapper.concrete:
        mapper = mapper.inherits
    return mapper


def holds_key(relation: RelationshipProperty[Any]) -> bool:
    """Say whether the foreign key of a relationship is at this end."""
    return relation.direction is RelationshipDirection.MANYTOONE


def _in_order(layout: Layout, root: Mapper[Any], key: Values) -> Values:
    names = [layout.model_mapper.get_property_by_column(c).key for c in root.primary_key]
    values = dict(zip(layout.key_names, key, strict=True))
    return tuple(values[name] for name in names)


def _key_columns(root: Mapper[Any]) -> list[Column[Any]]:
    return [column for column in root.primary_key if isinstance(column, Column)]


def _is_incomplete(obj: Any) -> bool:
    state = inspect(obj)
    return any(prop.key not in state.dict for prop in state.mapper.column_attrs)
