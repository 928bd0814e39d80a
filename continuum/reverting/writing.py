"""Carrying a plan out in a session."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_dirty
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.collections import collection_adapter

from continuum.operation import Operation
from continuum.reading.values import equal_to_type
from continuum.reading.values import identical
from continuum.reading.values import own
from continuum.reverting.clashes import Clashes
from continuum.reverting.past import Values
from continuum.reverting.present import UNLOADED_COLLECTIONS
from continuum.reverting.present import Present
from continuum.reverting.present import holds_key
from continuum.reverting.references import Places
from continuum.reverting.references import in_order
from continuum.reverting.references import is_related
from continuum.reverting.references import references
from continuum.reverting.references import to_children
from continuum.reverting.references import to_parent
from continuum.reverting.rows import Collection
from continuum.reverting.rows import Link
from continuum.reverting.rows import Row
from continuum.reverting.staging import StagedLink
from continuum.reverting.staging import stage_of
from continuum.reverting.staging import write_columns
from continuum.reverting.values import attribute_of
from continuum.reverting.values import new_instance
from continuum.reverting.values import pairs_of
from continuum.reverting.values import set_discriminator
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
        self.late: dict[Row, dict[str, Any]] = {}
        self.present = Present(session)

    def write(self) -> None:
        """Change the session; nothing is flushed."""
        stay = [row for row in self.rows if row.operation is not Operation.DELETE]
        for collection in self.collections:
            if collection.written and collection.owner.obj is not None:
                self._take_out(collection)
        created = Places(row for row in stay if row.operation is Operation.INSERT)
        ordered = in_order(stay)
        self._break_circles(ordered, created)
        for row in ordered:
            if row.operation is Operation.INSERT:
                row.obj = new_instance(row.layout.model_mapper)
                _set_columns(row, inserting=True)
                set_discriminator(row.layout, row.obj)
                self.session.add(row.obj)
            elif row.operation is Operation.UPDATE:
                if row.obj in self.session.deleted:
                    self.session.add(row.obj)
                _set_columns(row, inserting=False)
        for collection in self.collections:
            if collection.owner.obj is not None:
                self._put_in(collection)
        for row in stay:
            if row.obj is not None:
                self._set_references(row, created)
                # An ordered list counts its members anew when one comes or goes.
                _set_columns(row, inserting=False, again=True)
        self._delete_in_order()
        for row in self.rows:
            if row.operation is Operation.DELETE:
                self._delete(row)
        for group in self._without_relationship(ordered, created):
            stage_of(self.session).saves.append(group)
        self._stage()

    def _break_circles(self, ordered: list[Row], created: Places) -> None:
        """Let rows that refer to each other be inserted without, and refer to each other then."""
        places = {row: place for place, row in enumerate(ordered)}
        for row in ordered:
            if row.operation is not Operation.INSERT:
                continue
            for reference in references(row):
                target = created.find(reference.place)
                if target is None or places[target] <= places[row]:
                    continue
                waiting = [item for item in row.targets if item.name in reference.names]
                if not all(item.live.nullable for item in waiting):
                    continue
                for item in waiting:
                    self.late.setdefault(row, {})[item.name] = row.targets.pop(item)

    def _without_relationship(self, ordered: list[Row], created: Places) -> Iterator[list[Any]]:
        """Iterate over new rows that others need, of which the unit of work does not know that."""
        needed: dict[Row, None] = {}
        for row in ordered:
            for reference in references(row):
                target = created.find(reference.place)
                if target is None or target is row:
                    continue
                child, parent = inspect(type(row.obj)), inspect(type(target.obj))
                if not is_related(child, reference.names, parent):
                    needed[target] = None
        for row in reversed(ordered):
            if row in needed:
                # Those come first to which it refers itself.
                found = (created.find(reference.place) for reference in references(row))
                needed.update((target, None) for target in found if target is not None)
        for row in ordered:
            if row in needed:
                yield [row.obj]

    def _delete_in_order(self) -> None:
        """Help the unit of work with rows that refer to each other without its knowing how."""
        gone = [
            row
            for row in self.rows
            if row.operation is Operation.DELETE and row.obj is not None and row.pending is None
        ]
        places = Places(gone)
        ordered = in_order(gone)
        position = {row: place for place, row in enumerate(ordered)}
        freeing = {id(obj) for obj in self.clashes.deletes}
        early = {row for row in ordered if id(row.obj) in freeing}
        referring: dict[Row, list[Row]] = {}
        for row in ordered:
            child = inspect(type(row.obj))
            for reference in references(row):
                target = places.find(reference.place)
                if target is None:
                    continue
                if position[target] >= position[row]:
                    self._let_go(row, target, reference.names)
                    continue
                referring.setdefault(target, []).append(row)
                if not is_related(child, reference.names, inspect(type(target.obj))):
                    early.add(row)
        for row in ordered:
            if row in early:
                early.update(referring.get(row, ()))
        if early or freeing:
            stage = stage_of(self.session)
            stage.deletes += [[row.obj] for row in reversed(ordered) if row in early]
            stage.deletes.append(self.clashes.deletes)

    def _let_go(self, row: Row, target: Row, names: tuple[str, ...]) -> None:
        """Have two rows that are deleted no longer refer to each other in a circle.

        The unit of work finds no order for them.
        """
        child, parent = inspect(type(row.obj)), inspect(type(target.obj))
        for relation in to_parent(child, names):
            set_committed_value(row.obj, relation.key, None)
        for relation in to_children(parent, child, names):
            if relation.lazy not in UNLOADED_COLLECTIONS:
                members = self.present.members(relation, target.obj)
                rest = [each for each in members if each is not row.obj]
                value = rest if relation.uselist else next(iter(rest), None)
                set_committed_value(target.obj, relation.key, value)
        if target is not row:

            def write(session: Session) -> None:
                if row.obj in session.deleted:
                    write_columns(session, row.obj, dict.fromkeys(names))

            stage_of(self.session).before.append(write)

    def _delete(self, row: Row) -> None:
        if row.pending is not None:
            self.session.expunge(row.pending)
        if row.obj is not None and row.obj not in self.session.deleted:
            self.session.delete(row.obj)

    # Collections

    def _take_out(self, collection: Collection) -> None:
        """Take members out that are not to be there."""
        owner, relation = collection.owner.obj, collection.relation
        kept = {id(obj) for obj in collection.objects()}
        present = self.present.members(relation, owner)
        leaving = [obj for obj in present if id(obj) not in kept]
        if not leaving:
            return
        if relation.lazy in UNLOADED_COLLECTIONS:
            for obj in leaving:
                getattr(owner, relation.key).remove(obj)
            return
        going = {id(row.obj) for row in self.rows if row.operation is Operation.DELETE}
        going |= {id(row.pending) for row in self.rows if row.pending is not None}
        moved = [obj for obj in leaving if id(obj) not in going]
        alone = not any(holds_key(other) for other in relation._reverse_property)
        if moved and alone and relation.secondary is None:
            # SQLAlchemy would write NULL to the foreign key of what leaves the collection.
            remaining = [obj for obj in present if id(obj) in kept]
            value = remaining if relation.uselist else next(iter(remaining), None)
            set_committed_value(owner, relation.key, value)
            return
        if not relation.uselist:
            setattr(owner, relation.key, None)
            return
        adapter = collection_adapter(getattr(owner, relation.key))
        for obj in leaving:
            adapter.remove_with_event(obj)

    def _put_in(self, collection: Collection) -> None:
        """Put members in that are to be there."""
        owner, relation = collection.owner.obj, collection.relation
        objects = collection.objects()
        if not collection.written:
            self._show(owner, relation, objects)
            return
        present = {id(obj) for obj in self.present.members(relation, owner)}
        # A row that refers to itself has the foreign key for it, which is all that it needs.
        arriving = [obj for obj in objects if id(obj) not in present and obj is not owner]
        if relation.lazy in UNLOADED_COLLECTIONS:
            for obj in arriving:
                getattr(owner, relation.key).add(obj)
        elif not relation.uselist:
            if arriving:
                setattr(owner, relation.key, arriving[0])
        else:
            value = getattr(owner, relation.key)
            _find_keys_again(value)
            adapter = collection_adapter(value)
            for obj in arriving:
                adapter.append_with_event(obj)

    def _show(self, owner: Any, relation: RelationshipProperty[Any], objects: list[Any]) -> None:
        """Let an attribute look as it will; somebody else writes what follows from it."""
        if relation.lazy in UNLOADED_COLLECTIONS:
            return
        value = objects if relation.uselist else next(iter(objects), None)
        set_committed_value(owner, relation.key, value)
        stage = stage_of(self.session)
        stage.expire.append((owner, relation.key))
        for other in relation._reverse_property:
            stage.expire += [(obj, other.key) for obj in objects if other.key in inspect(obj).dict]

    # References

    def _set_references(self, row: Row, created: Places) -> None:
        """Make many-to-one attributes agree with the foreign keys."""
        obj = row.obj
        state = inspect(obj)
        names = set(row.layout.names)
        touched = {item.name for item in row.targets}
        for relation in state.mapper.relationships:
            if not holds_key(relation) or relation.viewonly:
                continue
            local = [attribute_of(relation.parent, column) for column, _ in pairs_of(relation)]
            if not names.issuperset(local):
                continue
            if row.only is not None and row.only.isdisjoint(local):
                continue
            target = self._target(row, relation, created)
            if state.attrs[relation.key].history.has_changes():
                # Through the attribute, so that the collections on the other side follow.
                if target is None:
                    target = self._load_target(row, relation)
                setattr(obj, relation.key, target)
            elif target is not None and target is not obj and not touched.isdisjoint(local):
                setattr(obj, relation.key, target)
            elif (
                relation.key in state.dict
                and state.persistent
                and (target is not None or not touched.isdisjoint(local))
            ):
                self.session.expire(obj, [relation.key])

    def _target(self, row: Row, relation: RelationshipProperty[Any], created: Places) -> Any:
        """Return the object that a row will refer to, if it is made now or the session has it."""
        pairs = pairs_of(relation)
        near = [attribute_of(relation.parent, column) for column, _ in pairs]
        values = tuple([row.value_of(name) for name in near])
        if None in values:
            return None
        table = pairs[0][1].table
        found = created.find((table, tuple([far.name for _, far in pairs]), values))
        if found is not None:
            return found.obj
        if inspect(row.obj).persistent:
            return None
        key = _identity(relation, values)
        mapper = relation.mapper
        return (
            None
            if key is None
            else self.session.identity_map.get(mapper.identity_key_from_primary_key(key))
        )

    def _load_target(self, row: Row, relation: RelationshipProperty[Any]) -> Any:
        pairs = pairs_of(relation)
        near = [attribute_of(relation.parent, column) for column, _ in pairs]
        key = _identity(relation, tuple([row.value_of(name) for name in near]))
        if key is None or None in key:
            return None
        return self.session.get(relation.mapper.class_, key)

    # What waits for the flush

    def _stage(self) -> None:
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


def _set_columns(row: Row, *, inserting: bool, again: bool = False) -> None:
    obj = row.obj
    state = inspect(obj)
    inserting = inserting or not state.persistent
    for item, value in row.targets.items():
        before = state.dict.get(item.name)
        if again and (shown(value) is None or identical(before, value)):
            continue
        setattr(obj, item.name, to_insert(item, value) if inserting else own(value))
        if (
            value is not None
            and before is not None
            and equal_to_type(item.live.type, before, value)
        ):
            # What SQLAlchemy takes for the same value it would not write.
            flag_modified(obj, item.name)
    changed = {item.name for item in row.targets}
    for composed in state.mapper.composites:
        if any(prop.key in changed for prop in composed.props):
            state.dict.pop(composed.key, None)


def _find_keys_again(collection: Any) -> None:
    """Put the members of a dictionary under the keys that they have now."""
    keyfunc = getattr(collection, "keyfunc", None)
    if keyfunc is None or not isinstance(collection, dict):
        return
    members = list(collection.values())
    if all(collection.get(keyfunc(member)) is member for member in members):
        return
    # Not through the collection's own methods: nobody comes or goes.
    dict.clear(collection)
    for member in members:
        dict.__setitem__(collection, keyfunc(member), member)


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
