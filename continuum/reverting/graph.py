"""From one row along its relationships: what has to go back with it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session
from sqlalchemy.util import IdentitySet

from continuum.errors import RevertError
from continuum.mapping.journal import Journal
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.layout import live_key
from continuum.reverting.links import Links
from continuum.reverting.past import Known
from continuum.reverting.past import Past
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.reverting.past import key_columns
from continuum.reverting.paths import Paths
from continuum.reverting.present import Present
from continuum.reverting.present import root_of
from continuum.reverting.rows import Collection
from continuum.reverting.rows import Link
from continuum.reverting.rows import Row
from continuum.reverting.values import Pairs
from continuum.reverting.values import attribute_of
from continuum.reverting.values import far_pairs
from continuum.reverting.values import near_pairs
from continuum.reverting.values import pairs_of


class Graph:
    """Rows that go back together, all to one point of history.

    :param session: the session that gets the changes.
    :param journal: the history.
    :param at: id of the transaction whose outcome is wanted.
    """

    def __init__(self, session: Session, journal: Journal, at: int) -> None:
        self.session = session
        self.journal = journal
        self.past = Past(session, at, journal.transaction_table)
        self.present = Present(session)
        self.rows: dict[Any, Row] = {}
        self.collections: list[Collection] = []
        self.links: list[Link] = []

    def add(self, layout: Layout, key: Values, version: Any) -> Row:
        """Have a row go back to a version, or go away."""
        return self._add([(layout, key, version)])[0]

    def follow(self, row: Row, wanted: Paths) -> None:
        """Have what a row is related to go back as well."""
        queue = [(row, wanted)]
        done: set[tuple[Row, str, Paths]] = set()
        while queue:
            groups: dict[Any, tuple[RelationshipProperty[Any], Paths, list[Row]]] = {}
            for each, paths in queue:
                mapper = each.layout.model_mapper
                for relation, further in paths.relations(self.journal, mapper):
                    if (each, relation.key, further) not in done:
                        done.add((each, relation.key, further))
                        group = groups.setdefault((relation, further), (relation, further, []))
                        group[2].append(each)
            queue = [
                (each, further)
                for relation, further, rows in groups.values()
                for each in self._follow(relation, rows)
            ]

    def _follow(self, relation: RelationshipProperty[Any], owners: list[Row]) -> list[Row]:
        if relation.direction is RelationshipDirection.MANYTOONE:
            return self._to_one(relation, owners)
        if relation.direction is RelationshipDirection.ONETOMANY:
            return self._to_many(relation, owners)
        return self._across(relation, owners)

    # The kinds of relationships

    def _to_one(self, relation: RelationshipProperty[Any], owners: list[Row]) -> list[Row]:
        pairs = pairs_of(relation)
        target = self.layout(relation.mapper)
        if target is None:
            return []
        wanted = self.values_then(owners, relation.parent, [near for near, _ in pairs])
        columns = self.version_columns(target, relation.mapper, [far for _, far in pairs])
        return self.add_versions(self.past.versions(target, columns, wanted.values()))

    def _to_many(self, relation: RelationshipProperty[Any], owners: list[Row]) -> list[Row]:
        target = self.layout(relation.mapper)
        assert target is not None
        pairs = pairs_of(relation)
        live = [owner for owner in owners if owner.obj is not None]
        self.present.load_members(relation, [owner.obj for owner in live])
        current = {owner: self.present.members(relation, owner.obj) for owner in live}
        members, kept, gone = self._owned(
            target, relation.mapper, relation.parent, pairs, owners, current
        )
        for owner in owners:
            if owner.version is not None:
                self.collections.append(
                    Collection(owner, relation, [*members[owner], *kept[owner]])
                )
        return [*(row for rows in members.values() for row in rows), *gone]

    def _across(self, relation: RelationshipProperty[Any], owners: list[Row]) -> list[Row]:
        secondary = relation.secondary
        association = next(
            (
                mapper
                for mapper in self.journal.mappers
                if mapper.local_table is secondary and mapper.class_ in self.journal.versions
            ),
            None,
        )
        if association is None:
            return Links(self, relation).follow(owners)
        # The rows of the association table are objects themselves, with all their columns.
        target = self.layout(association)
        assert target is not None
        near = near_pairs(relation)
        current = self._associated(association, near, owners)
        members, _, gone = self._owned(target, association, relation.parent, near, owners, current)
        rows = [row for each in members.values() for row in each]
        far = far_pairs(relation)
        other = self.layout(relation.mapper)
        reached: list[Row] = []
        if other is not None:
            wanted = self.values_then(rows, association, [column for _, column in far])
            columns = self.version_columns(other, relation.mapper, [column for column, _ in far])
            reached = self.add_versions(self.past.versions(other, columns, wanted.values()))
        by_values: dict[Values, Row] = {}
        for row in reached:
            by_values[self.values_of_row(row, relation.mapper, [column for column, _ in far])] = row
        for owner in owners:
            if owner.version is not None:
                found = [
                    by_values.get(
                        self.values_of_row(row, association, [column for _, column in far])
                    )
                    for row in members[owner]
                ]
                chosen = [row for row in found if row is not None]
                self.collections.append(Collection(owner, relation, chosen, written=False))
        return [*reached, *gone]

    def _owned(
        self,
        target: Layout,
        mapper: Mapper[Any],
        parent: Mapper[Any],
        pairs: Pairs,
        owners: list[Row],
        current: dict[Row, list[Any]],
    ) -> tuple[dict[Row, list[Row]], dict[Row, list[Any]], list[Row]]:
        """Find what refers to some rows then, and what becomes of that which does so now.

        :param target: layout of what refers to them.
        :param mapper: its mapper.
        :param parent: mapper of the rows.
        :param pairs: columns of the rows, each with the one that refers to it.
        :param current: objects that refer to the rows now.
        :returns: by row, what refers to it then, and objects of which history knows nothing; and
            what is deleted.
        """
        near, far = [one for one, _ in pairs], [other for _, other in pairs]
        wanted = self.values_then(owners, parent, near)
        items = self._items(target, mapper, far)
        versions = self.past.versions(target, [item.version for item in items], wanted.values())
        rows = self.add_versions(versions)
        by_values: dict[Values, list[Row]] = {}
        for row in rows:
            by_values.setdefault(self.values_of_row(row, mapper, far), []).append(row)
        members = {owner: by_values.get(wanted.get(owner, ()), []) for owner in owners}
        leaving: dict[Values, tuple[Row, Any]] = {}
        gone: list[tuple[Layout, Values, Any]] = []
        for owner, objects in current.items():
            stay = {id(row.obj) for row in members[owner]}
            for obj in objects:
                if id(obj) in stay:
                    continue
                layout = self.layout(inspect(type(obj))) or target
                key = live_key(obj, layout.live_key)
                if None in key or obj in self.session.new:
                    gone.append((layout, key, obj))
                else:
                    leaving[key] = owner, obj
        elsewhere = {
            target.key_of(version): version
            for version in self.past.versions(
                target, [item.version for item in target.key], leaving
            )
        }
        known = self.past.without_version(
            target.recorded, key_columns(target), leaving.keys() - elsewhere.keys()
        )
        kept: dict[Row, list[Any]] = {owner: [] for owner in owners}
        for key, (owner, obj) in leaving.items():
            if key in elsewhere:
                self._move(elsewhere[key], key, [item.name for item in items])
            elif known[key] is Known.ABSENT:
                gone.append((self.layout(inspect(type(obj))) or target, key, obj))
            else:
                kept[owner].append(obj)
        return members, kept, self._add_gone(gone)

    def _associated(
        self, association: Mapper[Any], near: Pairs, owners: list[Row]
    ) -> dict[Row, list[Any]]:
        """Return the live objects of an association class, by the row that they refer to."""
        live = [owner for owner in owners if owner.obj is not None]
        names = [attribute_of(association, column) for _, column in near]
        values = {}
        for owner in live:
            dict_ = inspect(owner.obj).dict
            mapper = inspect(type(owner.obj))
            values[owner] = tuple(dict_.get(attribute_of(mapper, column)) for column, _ in near)
        found = IdentitySet()
        columns = [getattr(association.class_, name) for name in names]
        for criterion in among(columns, values.values()):
            statement = select(association.class_).where(criterion)
            found.update(self.session.scalars(statement))
        found.update(obj for obj in self.session.new if isinstance(obj, association.class_))
        by_values: dict[Values, list[Any]] = {}
        for obj in found:
            if obj not in self.session.deleted:
                by_values.setdefault(
                    tuple(inspect(obj).dict.get(name) for name in names), []
                ).append(obj)
        return {owner: by_values.get(values[owner], []) for owner in live}

    # Rows

    def layout(self, mapper: Mapper[Any]) -> Layout | None:
        """Return the layout of the versions of a class, ``None`` when it is not versioned."""
        version_cls = self.journal.versions.get(mapper.class_)
        return None if version_cls is None else layout_of(version_cls)

    def add_part(self, layout: Layout, key: Values, version: Any, names: frozenset[str]) -> None:
        """Have some attributes of a row go back to a version."""
        identity = (root_of(layout.model_mapper), key)
        row = self.rows[identity] = Row(layout, key, version, only=names)
        row.resolve(self.session, self.present)

    def add_versions(self, versions: Iterable[Any]) -> list[Row]:
        """Have rows go back to versions."""
        layouts = [(layout_of(type(version)), version) for version in versions]
        return self._add([(layout, layout.key_of(version), version) for layout, version in layouts])

    def _add(self, wanted: list[tuple[Layout, Values, Any]]) -> list[Row]:
        by_root: dict[Mapper[Any], tuple[Layout, list[Values]]] = {}
        for layout, key, _ in wanted:
            root = root_of(layout.model_mapper)
            by_root.setdefault(root, (layout, []))[1].append(key)
        for layout, keys in by_root.values():
            self.present.load(layout, keys)
        rows = []
        for layout, key, version in wanted:
            identity = (root_of(layout.model_mapper), key)
            row = self.rows.get(identity)
            if row is None:
                row = self.rows[identity] = Row(layout, key, version)
                row.resolve(self.session, self.present)
            elif row.only is not None:
                row.only = None
                row.resolve(self.session, self.present)
            rows.append(row)
        return rows

    def _add_gone(self, gone: list[tuple[Layout, Values, Any]]) -> list[Row]:
        """Have rows go away that came later."""
        rows = self._add([(layout, key, None) for layout, key, _ in gone if None not in key])
        for layout, key, obj in gone:
            if None in key:
                # It is not in the database yet, and has no key that it could be known by.
                row = self.rows[id(obj)] = Row(layout, key, None, pending=obj)
                row.resolve(self.session, self.present)
                rows.append(row)
        return rows

    def _move(self, version: Any, key: Values, names: list[str]) -> None:
        """Have a row belong where it belonged, and leave it alone otherwise."""
        layout = layout_of(type(version))
        row = self.rows.get((root_of(layout.model_mapper), key))
        if row is None:
            self.add_part(layout, key, version, frozenset(names))
        elif row.only is not None:
            row.only |= frozenset(names)
            row.resolve(self.session, self.present)

    # Values

    def values_then(
        self, rows: Iterable[Row], mapper: Mapper[Any], columns: Sequence[Column[Any]]
    ) -> dict[Row, Values]:
        """Return the values of columns in the versions of those rows that have one.

        :param mapper: the class that the columns are mapped by.
        """
        return {
            row: self.values_of_row(row, mapper, columns) for row in rows if row.version is not None
        }

    def values_of_row(
        self, row: Row, mapper: Mapper[Any], columns: Sequence[Column[Any]]
    ) -> Values:
        """Return the values of columns in the version of a row.

        :raises RevertError: history does not hold them.
        """
        names = [attribute_of(mapper, column) for column in columns]
        for name, column in zip(names, columns, strict=True):
            if name not in row.layout.names:
                raise _not_in_history(row.layout, column)
        return tuple([getattr(row.version, name) for name in names])

    def _items(
        self, layout: Layout, mapper: Mapper[Any], columns: Sequence[Column[Any]]
    ) -> list[Item]:
        by_name = {item.name: item for item in layout.items}
        items = []
        for column in columns:
            item = by_name.get(attribute_of(mapper, column))
            if item is None:
                raise _not_in_history(layout, column)
            items.append(item)
        return items

    def version_columns(
        self, layout: Layout, mapper: Mapper[Any], columns: Sequence[Column[Any]]
    ) -> list[Column[Any]]:
        """Return the columns of versions for columns of a class."""
        return [item.version for item in self._items(layout, mapper, columns)]


def _not_in_history(layout: Layout, column: Column[Any]) -> RevertError:
    return RevertError(
        f"history does not hold the column {column.name!r} of {layout.model.__name__}, by which "
        "related rows are found",
        table=layout.recorded.table.fullname,
        column=column.name,
        hint="Do not exclude it.",
    )
