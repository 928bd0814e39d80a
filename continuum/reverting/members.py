"""Collections of live objects, brought to what they held."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.collections import CollectionAdapter
from sqlalchemy.orm.collections import collection_adapter

from continuum.reverting.present import UNLOADED_COLLECTIONS
from continuum.reverting.present import Present
from continuum.reverting.rows import Collection
from continuum.reverting.rows import Row
from continuum.reverting.values import attribute_of
from continuum.reverting.values import pairs_of

if TYPE_CHECKING:
    from continuum.reverting.ordering import Circles


class Members:
    """Changes collections, with or without the unit of work taking notice.

    It has to notice where it writes links, and where an owner is new: then it inserts the owner
    before the members.  Elsewhere the foreign keys of the members say everything; what the unit of
    work made of a change of the collection would only be in their way.

    :param present: reads what is there.
    """

    def __init__(self, present: Present) -> None:
        self.present = present

    def take_out(self, collection: Collection) -> None:
        """Take members out that are not to be there."""
        owner, relation = collection.owner.obj, collection.relation
        kept = {id(obj) for obj in collection.objects()}
        present = self.present.members(relation, owner)
        self.remove(relation, owner, [obj for obj in present if id(obj) not in kept])

    def remove(self, relation: RelationshipProperty[Any], owner: Any, leaving: list[Any]) -> None:
        """Take some members out."""
        if not leaving:
            return
        noticed = relation.secondary is not None or not inspect(owner).persistent
        if relation.lazy in UNLOADED_COLLECTIONS:
            added = inspect(owner).attrs[relation.key].history.added or ()
            for obj in leaving:
                if noticed or any(each is obj for each in added):
                    getattr(owner, relation.key).remove(obj)
        elif not noticed:
            ids = {id(obj) for obj in leaving}
            present = self.present.members(relation, owner)
            self._set(relation, owner, [obj for obj in present if id(obj) not in ids])
        elif relation.uselist:
            adapter = collection_adapter(getattr(owner, relation.key))
            for obj in leaving:
                place = _place(adapter, obj)
                if place is None:
                    adapter.remove_with_event(obj)
                else:
                    del getattr(owner, relation.key)[place]
        else:
            setattr(owner, relation.key, None)

    def put_in(self, collection: Collection, circles: Circles) -> None:
        """Put members in that are to be there.

        :param circles: rows whose relationships the unit of work must not see.
        """
        owner, relation = collection.owner.obj, collection.relation
        far = self._far(relation)
        objects = [
            each.obj if isinstance(each, Row) else each
            for each in collection.members
            if not (isinstance(each, Row) and circles.holds(each, far))
        ]
        present = self.present.members(relation, owner)
        if relation.uselist and relation.lazy not in UNLOADED_COLLECTIONS:
            _find_keys_again(getattr(owner, relation.key))
        ids = {id(obj) for obj in present}
        arriving = [obj for obj in objects if id(obj) not in ids]
        noticed = relation.secondary is not None or not inspect(owner).persistent
        if relation.lazy in UNLOADED_COLLECTIONS:
            removed = inspect(owner).attrs[relation.key].history.deleted or ()
            for obj in arriving:
                if noticed or any(each is obj for each in removed):
                    getattr(owner, relation.key).add(obj)
        elif not noticed:
            self._set(relation, owner, [*present, *arriving])
        elif relation.uselist:
            adapter = collection_adapter(getattr(owner, relation.key))
            for obj in arriving:
                adapter.append_with_event(obj)
        elif arriving:
            setattr(owner, relation.key, arriving[0])

    def _far(self, relation: RelationshipProperty[Any]) -> set[str]:
        """Return the attributes by which members refer to the owner."""
        if relation.secondary is not None:
            return set()
        return {attribute_of(relation.mapper, column) for _, column in pairs_of(relation)}

    def _set(self, relation: RelationshipProperty[Any], owner: Any, objects: list[Any]) -> None:
        """Let a collection hold some objects, as if it had been loaded so."""
        attribute = inspect(owner).attrs[relation.key]
        if relation.uselist and not attribute.history.has_changes():
            adapter = collection_adapter(getattr(owner, relation.key))
            here = list(adapter)
            wanted, held = {id(obj) for obj in objects}, {id(obj) for obj in here}
            for obj in here:
                if id(obj) in wanted:
                    continue
                place = _place(adapter, obj)
                if place is None:
                    adapter.remove_without_event(obj)
                else:
                    list.__delitem__(getattr(owner, relation.key), place)
            for obj in objects:
                if id(obj) not in held:
                    adapter.append_without_event(obj)
        else:
            value = objects if relation.uselist else next(iter(objects), None)
            set_committed_value(owner, relation.key, value)
        implementation: Any = relation.parent.class_manager[relation.key].impl
        if implementation.trackparent:
            # Who is in the collection is no orphan.
            for obj in objects:
                implementation.sethasparent(inspect(obj), inspect(owner), True)


def _place(adapter: CollectionAdapter, obj: Any) -> int | None:
    """Return where an object is in a list that would find one that is equal to it before.

    :returns: ``None`` for other collections, or where the list finds the object itself.
    """
    collection: Any = adapter._data()
    if not isinstance(collection, list) or collection[collection.index(obj)] is obj:
        return None
    return next(place for place, each in enumerate(collection) if each is obj)


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
