"""Many-to-many relationships whose association table has no class of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import RelationshipProperty

from continuum._speedups import equivalent
from continuum.errors import RevertError
from continuum.reading.layout import live_key
from continuum.reverting.past import Known
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.reverting.past import key_columns
from continuum.reverting.rows import Collection
from continuum.reverting.rows import Link
from continuum.reverting.rows import Row
from continuum.reverting.staging import staged_links
from continuum.reverting.values import attribute_of
from continuum.reverting.values import far_pairs
from continuum.reverting.values import near_pairs
from continuum.schema.recorded import RecordedTable

if TYPE_CHECKING:
    from continuum.reverting.graph import Graph

LinkRow = dict[Column[Any], Any]
"""A row of an association table, by live column."""


class Links:
    """The links of one relationship.

    A table that says nothing but who is linked is left to the relationship.  One with further
    columns, or an id, is written here: SQLAlchemy would not know their values.

    :param graph: what goes back.
    :param relation: the relationship.
    """

    def __init__(self, graph: Graph, relation: RelationshipProperty[Any]) -> None:
        self.graph = graph
        self.session = graph.session
        self.relation = relation
        assert isinstance(relation.secondary, Table)
        self.table = relation.secondary
        self.recorded: RecordedTable = graph.journal.recorded[self.table]
        self.near = near_pairs(relation)
        self.far = far_pairs(relation)
        self.ends = [column for _, column in (*self.near, *self.far)]
        self.further = [
            item.live
            for item in self.recorded.columns
            if item.live not in self.ends and item.live.computed is None
        ]

    def follow(self, owners: list[Row]) -> list[Row]:
        """Have the links of some rows go back, and what they lead to."""
        past = self._past(owners)
        reached = self._targets([row for rows in past.values() for row in rows])
        past = {
            owner: [row for row in rows if self._far(row) in reached]
            for owner, rows in past.items()
        }
        if self.further:
            self._write(owners, past, reached)
        else:
            self._leave_to_the_collection(owners, past, reached)
        return [row for row in reached.values() if isinstance(row, Row)]

    def _past(self, owners: list[Row]) -> dict[Row, list[LinkRow]]:
        """Return the links then, by owner."""
        wanted = self.graph.values_then(
            owners, self.relation.parent, [column for column, _ in self.near]
        )
        versions = {item.live: item.version for item in self.recorded.columns}
        columns = [versions[column] for _, column in self.near]
        found: dict[Values, list[LinkRow]] = {}
        for row in self.graph.past.rows(self.recorded, columns, wanted.values()):
            found.setdefault(self._near(row), []).append(row)
        return {owner: found.get(values, []) for owner, values in wanted.items()}

    def _targets(self, rows: list[LinkRow]) -> dict[Values, Any]:
        """Return what links lead to, by the values that they have for it."""
        relation = self.relation
        columns = [column for column, _ in self.far]
        wanted = {self._far(row) for row in rows}
        layout = self.graph.layout(relation.mapper)
        found: dict[Values, Any] = {}
        if layout is not None:
            items = self.graph.version_columns(layout, relation.mapper, columns)
            for row in self.graph.add_versions(self.graph.past.versions(layout, items, wanted)):
                found[self.graph.values_of_row(row, relation.mapper, columns)] = row
        wanted -= found.keys()
        # What is not versioned, or older than its history, is taken as it is now.
        for values, obj in self._live(columns, wanted).items():
            if layout is None or self._is_older_than_history(obj):
                found[values] = obj
        missing = wanted - found.keys()
        if layout is None and missing:
            gone = dict(
                zip((column.name for column in columns), min(missing, key=repr), strict=True)
            )
            raise RevertError(
                f"relationship {relation.key!r} of {relation.parent.class_.__name__} led to a "
                f"{relation.mapper.class_.__name__} that is gone: {gone}",
                table=self.table.fullname,
                hint=f"{relation.mapper.class_.__name__} is not versioned.  Make the row anew, or "
                "leave the relationship out.",
            )
        return found

    def _live(self, columns: Sequence[Column[Any]], wanted: set[Values]) -> dict[Values, Any]:
        cls = self.relation.mapper.class_
        names = [attribute_of(self.relation.mapper, column) for column in columns]
        found = {}
        for criterion in among([getattr(cls, name) for name in names], wanted):
            for obj in self.session.scalars(select(cls).where(criterion)):
                if obj not in self.session.deleted:
                    found[tuple(getattr(obj, name) for name in names)] = obj
        for obj in self.session.new:
            if isinstance(obj, cls):
                values = tuple(inspect(obj).dict.get(name) for name in names)
                if values in wanted:
                    found[values] = obj
        return found

    def _is_older_than_history(self, obj: Any) -> bool:
        layout = self.graph.layout(inspect(type(obj)))
        if layout is None:
            return True
        key = live_key(obj, layout.live_key)
        known = self.graph.past.without_version(layout.recorded, key_columns(layout), [key])
        return known[key] is Known.UNKNOWN

    def _leave_to_the_collection(
        self, owners: list[Row], past: dict[Row, list[LinkRow]], reached: dict[Values, Any]
    ) -> None:
        live = [owner for owner in owners if owner.obj is not None]
        self.graph.present.load_members(self.relation, [owner.obj for owner in live])
        current = {owner: self.graph.present.members(self.relation, owner.obj) for owner in live}
        mapper = self.relation.mapper
        names = [attribute_of(mapper, column) for column, _ in self.far]
        surplus: dict[Values, tuple[Row, Any]] = {}
        members: dict[Row, list[Any]] = {}
        for owner in owners:
            wanted = [reached[self._far(row)] for row in past.get(owner, [])]
            members[owner] = wanted
            objects = {id(each.obj) if isinstance(each, Row) else id(each) for each in wanted}
            here = current.get(owner, [])
            for obj in here:
                if id(obj) not in objects:
                    far = tuple(inspect(obj).dict.get(name) for name in names)
                    surplus[self._near_of(owner), far] = owner, obj
            present = {id(obj) for obj in here}
            for row in past.get(owner, []):
                each = reached[self._far(row)]
                obj = each.obj if isinstance(each, Row) else each
                if obj is None or id(obj) not in present:
                    self._note("link", owner, row)
        known = self._unknown_links([(*near, *far) for near, far in surplus])
        for (near, far), (owner, obj) in surplus.items():
            added = inspect(owner.obj).attrs[self.relation.key].history.added or ()
            if (
                owner.version is not None
                and known.get((*near, *far)) is Known.UNKNOWN
                and not any(each is obj for each in added)
            ):
                members[owner].append(obj)
            else:
                ends = dict(zip(self.ends, (*near, *far), strict=True))
                self._note("unlink", owner, ends)
        for owner in owners:
            if owner.version is not None:
                self.graph.collections.append(Collection(owner, self.relation, members[owner]))

    def _note(self, action: Any, owner: Row, row: LinkRow) -> None:
        self.graph.links.append(
            Link(action, self.recorded, row if action == "link" else {}, row, owner)
        )

    def _unknown_links(self, pairs: list[Values]) -> dict[Values, Known]:
        """Say of links of which no version is in force whether they were not there."""
        versions = {item.live: item.version for item in self.recorded.columns}
        columns = [versions[column] for column in self.ends]
        complete = [pair for pair in pairs if None not in pair]
        return self.graph.past.without_version(self.recorded, columns, complete)

    def _write(
        self, owners: list[Row], past: dict[Row, list[LinkRow]], reached: dict[Values, Any]
    ) -> None:
        """Plan the rows of a table that has more columns than those of both ends."""
        near_values = {owner: self._near_of(owner) for owner in owners}
        live = self._live_links(near_values.values())
        surplus = []
        for owner in owners:
            there = {self._far(row): row for row in live.get(near_values[owner], [])}
            members = []
            for row in past.get(owner, []):
                far = self._far(row)
                target = reached[far]
                members.append(target)
                found = there.pop(far, None)
                if found is None:
                    needs = (owner, target) if isinstance(target, Row) else (owner,)
                    self._link(owner, row, needs)
                else:
                    self._relink(owner, found, row)
            surplus += [(owner, row) for row in there.values()]
            if owner.version is not None:
                self.graph.collections.append(
                    Collection(owner, self.relation, members, written=False)
                )
        known = self._unknown_links([self._pair(row) for _, row in surplus])
        self._find_free_keys()
        for owner, row in surplus:
            # What is linked to a row that goes away is unlinked by its relationship.
            goes = owner.version is None
            if goes or known.get(self._pair(row)) is not Known.UNKNOWN:
                self.graph.links.append(
                    Link("unlink", self.recorded, {}, row, owner, written=not goes)
                )
            else:
                self._keep(owner, row)

    def _find_free_keys(self) -> None:
        """Let the database give a new id to a link whose old one belongs to another link now."""
        key = list(self.table.primary_key.columns)
        if not key or set(key) <= set(self.ends):
            return
        made = [
            link
            for link in self.graph.links
            if link.recorded is self.recorded and link.action == "link"
        ]
        taken: set[Values] = set()
        for criterion in among(key, [tuple([link.values[c] for c in key]) for link in made]):
            found = self.session.execute(
                select(*key).where(criterion), bind_arguments={"mapper": self.relation.parent}
            )
            taken.update(tuple(row) for row in found)
        for link in made:
            values = tuple([link.values[column] for column in key])
            if values not in taken:
                continue
            generated = self.table.autoincrement_column
            if generated is None:
                named = ", ".join(
                    f"{column.name}={value!r}" for column, value in zip(key, values, strict=True)
                )
                raise RevertError(
                    f"a link of {self.relation.parent.class_.__name__}.{self.relation.key} cannot "
                    f"have its key {named} again: another link has it now",
                    table=self.table.fullname,
                    column=key[0].name,
                    hint="Delete that link first, or leave the relationship out.",
                )
            del link.values[generated]

    def _keep(self, owner: Row, row: LinkRow) -> None:
        for collection in self.graph.collections:
            if collection.owner is owner and collection.relation is self.relation:
                found = self._live([column for column, _ in self.far], {self._far(row)})
                collection.members.extend(found.values())

    def _live_links(self, wanted: Any) -> dict[Values, list[LinkRow]]:
        columns = [item.live for item in self.recorded.columns]
        rows: list[LinkRow] = []
        near = [column for _, column in self.near]
        for criterion in among(near, wanted):
            statement = select(*columns).where(criterion)
            found = self.session.execute(statement, bind_arguments={"mapper": self.relation.parent})
            rows += [dict(zip(columns, row, strict=True)) for row in found]
        rows = staged_links(self.session, self.table, rows, near, set(wanted))
        by_near: dict[Values, list[LinkRow]] = {}
        for row in rows:
            by_near.setdefault(self._near(row), []).append(row)
        return by_near

    def _link(self, owner: Row, row: LinkRow, needs: tuple[Row, ...]) -> None:
        generated = {item.live for item in self.recorded.columns if item.live.computed is not None}
        values = {column: value for column, value in row.items() if column not in generated}
        self.graph.links.append(
            Link("link", self.recorded, values, self._ends(row), owner, needs, written=True)
        )

    def _relink(self, owner: Row, now: LinkRow, then: LinkRow) -> None:
        kept = set(self.table.primary_key.columns)
        kept |= {item.live for item in self.recorded.columns if not item.counts}
        values = {
            column: then[column]
            for column in self.further
            if column not in kept and not equivalent(now[column], then[column])
        }
        if values:
            identity = {column: now[column] for column in self.table.primary_key.columns}
            self.graph.links.append(
                Link(
                    "relink",
                    self.recorded,
                    values,
                    identity or self._ends(now),
                    owner,
                    written=True,
                )
            )

    def _ends(self, row: LinkRow) -> LinkRow:
        return {column: row[column] for column in self.ends}

    def _near(self, row: LinkRow) -> Values:
        return tuple([row[column] for _, column in self.near])

    def _far(self, row: LinkRow) -> Values:
        return tuple([row[column] for _, column in self.far])

    def _pair(self, row: LinkRow) -> Values:
        return (*self._near(row), *self._far(row))

    def _near_of(self, owner: Row) -> Values:
        columns = [column for column, _ in self.near]
        if owner.version is not None:
            return self.graph.values_of_row(owner, self.relation.parent, columns)
        names = [attribute_of(self.relation.parent, column) for column in columns]
        return tuple(inspect(owner.obj).dict.get(name) for name in names) if owner.obj else (None,)
