"""Carrying a plan out in a session."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_dirty
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.attributes import set_committed_value

from continuum._speedups import agree
from continuum._speedups import equivalent
from continuum.operation import Operation
from continuum.reading.values import own
from continuum.reverting.clashes import Clashes
from continuum.reverting.members import Members
from continuum.reverting.ordering import Circles
from continuum.reverting.ordering import Deletions
from continuum.reverting.ordering import LateValues
from continuum.reverting.ordering import inserted_first
from continuum.reverting.past import Values
from continuum.reverting.present import UNLOADED_COLLECTIONS
from continuum.reverting.present import Present
from continuum.reverting.present import holds_key
from continuum.reverting.references import Places
from continuum.reverting.references import in_order
from continuum.reverting.references import to_children
from continuum.reverting.references import to_parent
from continuum.reverting.rows import Collection
from continuum.reverting.rows import Link
from continuum.reverting.rows import Row
from continuum.reverting.staging import Stage
from continuum.reverting.staging import StagedLink
from continuum.reverting.staging import stage_of
from continuum.reverting.values import attribute_of
from continuum.reverting.values import is_null
from continuum.reverting.values import new_instance
from continuum.reverting.values import pairs_of
from continuum.reverting.values import set_discriminator
from continuum.reverting.values import set_null
from continuum.reverting.values import shown
from continuum.reverting.values import to_insert


class Writer:
    """Makes the objects of a session look as planned.

    :param session: the session.
    :param rows: all rows, also those that nothing happens to.
    :param collections: what their relationships hold then.
    :param links: rows of association tables.
    :param clashes: what has to come before the flush.
    :param anchor: an object of the session that stands for links without an owner.
    """

    def __init__(
        self,
        session: Session,
        rows: Iterable[Row],
        collections: Iterable[Collection],
        links: Iterable[Link],
        clashes: Clashes,
        anchor: Any = None,
    ) -> None:
        self.session = session
        self.rows = list(rows)
        self.collections = list(collections)
        self.links = list(links)
        self.clashes = clashes
        self.anchor = anchor
        self.members = Members(Present(session))
        self.late: LateValues = {}

    def write(self) -> None:
        """Change the session; nothing is flushed."""
        stay = [row for row in self.rows if row.operation is not Operation.DELETE]
        for row in stay:
            if row.obj is not None:
                self._drop_pending_references(row)
        for collection in self.collections:
            if collection.written and collection.owner.obj is not None:
                self.members.take_out(collection)
        deletions = Deletions(self.rows, self.members)
        deletions.let_go()
        for row in stay:
            if row.operation is Operation.UPDATE:
                self._leave_collections(row)
        created = Places(row for row in stay if row.operation is Operation.INSERT)
        ordered = in_order(stay)
        circles = Circles(ordered)
        self.late = circles.late_values()
        for row in ordered:
            self._write_row(row)
        for collection in self.collections:
            if collection.written:
                self.members.put_in(collection, circles)
            else:
                self._show(collection)
        for row in stay:
            if row.obj is not None:
                self._set_references(row, created, circles)
                # An ordered list counts its members anew when one comes or goes.
                _set_columns(row, again=True)
        self._hide(circles)
        deletions.stage(self._stage, self.clashes.deletes)
        for row in self.rows:
            if row.operation is Operation.DELETE:
                self._delete(row)
        for row in inserted_first(ordered, created, circles):
            self._stage().saves.append([row.obj])
        self._stage_writes()

    def _stage(self) -> Stage:
        return stage_of(self.session)

    def _write_row(self, row: Row) -> None:
        if row.operation is Operation.INSERT:
            row.obj = new_instance(row.layout.model_mapper)
            _set_columns(row)
            set_discriminator(row.layout, row.obj)
            self.session.add(row.obj)
        elif row.operation is Operation.UPDATE:
            if row.obj in self.session.deleted:
                self.session.add(row.obj)
            _set_columns(row)

    def _delete(self, row: Row) -> None:
        if row.pending is not None:
            self.session.expunge(row.pending)
        if row.obj is not None and row.obj not in self.session.deleted:
            self.session.delete(row.obj)

    # Collections

    def _show(self, collection: Collection) -> None:
        """Let an attribute look as it will; somebody else writes what follows from it."""
        owner, relation = collection.owner.obj, collection.relation
        if relation.lazy in UNLOADED_COLLECTIONS:
            return
        objects = collection.objects()
        value = objects if relation.uselist else next(iter(objects), None)
        set_committed_value(owner, relation.key, value)
        stage = self._stage()
        stage.expire.append((owner, relation.key))
        for other in relation._reverse_property:
            stage.expire += [(obj, other.key) for obj in objects if other.key in inspect(obj).dict]

    def _leave_collections(self, row: Row) -> None:
        """Take a row that belongs elsewhere then out of loaded collections of others.

        Nobody else would: who deletes their owner before they are read again would delete it too.
        """
        changed = {item.name for item in row.targets}
        loaded = inspect(row.obj).dict
        for relation, local in self._references(row):
            if changed.isdisjoint(local):
                continue
            before = tuple([row.before.get(name, loaded.get(name)) for name in local])
            owner = self._in_session(relation, before)
            if owner is None:
                continue
            state, child = inspect(owner), inspect(type(row.obj))
            for children in to_children(state.mapper, child, tuple(local)):
                # What is pending in a collection is for whoever changed it to see to.
                is_loaded = children.key in state.dict
                if is_loaded and not state.attrs[children.key].history.has_changes():
                    self.members.remove(children, owner, [row.obj])

    # References

    def _references(self, row: Row) -> Iterator[tuple[RelationshipProperty[Any], list[str]]]:
        """Iterate over many-to-one relationships that go back, each with its foreign key."""
        names = set(row.layout.names)
        for relation in inspect(row.obj).mapper.relationships:
            if not holds_key(relation) or relation.viewonly:
                continue
            local = [attribute_of(relation.parent, column) for column, _ in pairs_of(relation)]
            if names.issuperset(local) and (row.only is None or not row.only.isdisjoint(local)):
                yield relation, local

    def _drop_pending_references(self, row: Row) -> None:
        """Undo what is pending on many-to-one attributes: it would be written over foreign keys."""
        state = inspect(row.obj)
        for relation, _ in self._references(row):
            if state.attrs[relation.key].history.has_changes():
                # Through the attribute, so that the collections on the other side follow.
                setattr(row.obj, relation.key, self._load_target(row, relation))

    def _set_references(self, row: Row, created: Places, circles: Circles) -> None:
        """Make many-to-one attributes agree with the foreign keys."""
        obj = row.obj
        state = inspect(obj)
        touched = {item.name for item in row.targets}
        for relation, local in self._references(row):
            if circles.holds(row, local):
                continue
            changed = not touched.isdisjoint(local)
            target = self._created_target(row, relation, created)
            if target is not None and changed:
                # The unit of work has to know that the target comes first.
                setattr(obj, relation.key, target)
            elif state.attrs[relation.key].history.has_changes():
                continue
            elif not state.persistent:
                found = self._in_session(relation, self._values(row, relation))
                if found is not None:
                    set_committed_value(obj, relation.key, found)
            elif relation.key in state.dict and (changed or target is not None):
                self.session.expire(obj, [relation.key])

    def _hide(self, circles: Circles) -> None:
        """Have the session forget the relationships of rows that refer to each other."""
        for row, target, names in circles.ends:
            child, parent = inspect(type(row.obj)), inspect(type(target.obj))
            for obj, relations in (
                (row.obj, to_parent(child, names)),
                (target.obj, to_children(parent, child, names)),
            ):
                state = inspect(obj)
                for relation in relations:
                    if relation.key in state.dict and relation.lazy not in UNLOADED_COLLECTIONS:
                        if state.persistent:
                            self.session.expire(obj, [relation.key])
                        else:
                            set_committed_value(obj, relation.key, () if relation.uselist else None)

    def _values(self, row: Row, relation: RelationshipProperty[Any]) -> Values:
        near = [attribute_of(relation.parent, column) for column, _ in pairs_of(relation)]
        return tuple([row.value_of(name) for name in near])

    def _created_target(
        self, row: Row, relation: RelationshipProperty[Any], created: Places
    ) -> Any:
        """Return the object that a row will refer to, if it is made now."""
        values, pairs = self._values(row, relation), pairs_of(relation)
        table = pairs[0][1].table
        if None in values or not isinstance(table, Table):
            return None
        found = created.find((table, tuple([far.name for _, far in pairs]), values))
        return None if found is None else found.obj

    def _in_session(self, relation: RelationshipProperty[Any], values: Values) -> Any:
        """Return the target of a many-to-one relationship, if the session has it."""
        key = _identity(relation, values)
        if key is None or None in key:
            return None
        identity = relation.mapper.identity_key_from_primary_key(key)
        return self.session.identity_map.get(identity)

    def _load_target(self, row: Row, relation: RelationshipProperty[Any]) -> Any:
        key = _identity(relation, self._values(row, relation))
        if key is None or None in key:
            return None
        return self.session.get(relation.mapper.class_, key)

    # What waits for the flush

    def _stage_writes(self) -> None:
        written = [link for link in self.links if link.written]
        if not (written or self.clashes.holders or self.late):
            return
        stage = stage_of(self.session)
        stage.late += [(row.obj, values) for row, values in self.late.items()]
        if self.clashes.holders:
            stage.vacate.append(self.clashes.make_room)
        for link in written:
            owner = self.anchor if link.owner is None else link.owner.obj
            key = list(link.recorded.table.primary_key.columns)
            identity = link.identity
            if link.action == "unlink" and key:
                identity = {column: identity[column] for column in key}
            needs = tuple(row.obj for row in link.needs)
            stage.links.append(
                StagedLink(link.action, link.recorded.table, owner, identity, link.values, needs)
            )
            # A flush takes place only where something looks changed.
            flag_dirty(owner)


def _set_columns(row: Row, *, again: bool = False) -> None:
    obj = row.obj
    state = inspect(obj)
    inserting = not state.persistent
    for item, value in row.targets.items():
        before = state.dict.get(item.name)
        if again and (shown(value) is None or equivalent(before, value)):
            continue
        written = to_insert(item, value) if inserting else own(value)
        if is_null(written):
            set_null(obj, item.name)
            continue
        setattr(obj, item.name, written)
        if (
            value is not None
            and before is not None
            and agree(item.live.type.compare_values, before, value)
        ):
            # What SQLAlchemy takes for the same value it would not write.
            flag_modified(obj, item.name)
    changed = {item.name for item in row.targets}
    for composed in state.mapper.composites:
        if any(prop.key in changed for prop in composed.props):
            state.dict.pop(composed.key, None)


def _identity(relation: RelationshipProperty[Any], values: Values) -> Values | None:
    """Return the key of the target of a many-to-one relationship, if the values are its key."""
    pairs = pairs_of(relation)
    far = dict(zip((column for _, column in pairs), values, strict=True))
    if set(far) != set(relation.mapper.primary_key):
        return None
    return tuple(
        [
            value
            for key in relation.mapper.primary_key
            for column, value in far.items()
            if column is key
        ]
    )
