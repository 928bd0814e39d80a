"""The links that one transaction made, took away or changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy import select

from continuum._speedups import equivalent
from continuum.operation import Operation
from continuum.reading.binding import bound_to
from continuum.reading.layout import layout_of
from continuum.reverting.births import births
from continuum.reverting.graph import Graph
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.reverting.plan import Conflict
from continuum.reverting.references import Places
from continuum.reverting.rows import Link
from continuum.reverting.rows import Row
from continuum.reverting.staging import staged_links
from continuum.schema.recorded import RecordedTable

LinkRow = dict[Column[Any], Any]


class UndoLinks:
    """The undo of what a transaction did to tables whose versions no class reads.

    :param graph: what is undone, at the point before the transaction.
    :param transaction: the transaction.
    :param number: its id.
    """

    def __init__(self, graph: Graph, transaction: Any, number: int) -> None:
        self.graph = graph
        self.session = graph.session
        self.transaction = transaction
        self.number = number
        read = {id(level) for cls in graph.journal.parents for level in layout_of(cls).levels}
        self.tables = [
            recorded for recorded in graph.journal.recorded.values() if id(recorded) not in read
        ]

    def plan(self) -> list[Conflict]:
        """Add links to the plan, and return what stands in the way."""
        return [conflict for recorded in self.tables for conflict in self._undo(recorded)]

    def _undo(self, recorded: RecordedTable) -> Iterator[Conflict]:
        columns = [item.live for item in recorded.columns]
        statement = select(
            recorded.operation_column, *(item.version for item in recorded.columns)
        ).where(recorded.transaction_column == self.number)
        changed: dict[Values, tuple[int, LinkRow]] = {}
        bind = bound_to(recorded.table)
        for operation, *stored in self.session.execute(statement, bind_arguments=bind):
            row = dict(zip(columns, stored, strict=True))
            changed[self._key(recorded, row)] = operation, row
        if not changed:
            return
        before = {
            self._key(recorded, row): row
            for row in self.graph.past.rows(recorded, recorded.version_key, changed)
        }
        live = self._live(recorded, changed)
        ignored = {item.live for item in recorded.columns if not item.counts}
        inserted = [key for key, (each, _) in changed.items() if each == Operation.INSERT]
        born = births(
            self.session,
            self.transaction,
            self.number,
            recorded,
            recorded.version_key,
            inserted,
        )
        for key, (operation, row) in changed.items():
            now, then = live.get(key), before.get(key, row)
            if operation == Operation.INSERT:
                if now is None or born[key].is_baseline:
                    continue
                table = recorded.table.fullname
                text = " ".join(
                    f"{name}={value!r}" for name, value in _named(recorded, key).items()
                )
                born[key].check(table, f"{table} {text}", self.number)
                found = list(self._conflicts(recorded, key, now, row, None))
                yield from found
                if not found:
                    self._add("unlink", recorded, {}, now)
            elif operation == Operation.DELETE:
                if now is None:
                    if not recorded.options.null_delete:
                        # A change of theirs alone has made no version since.
                        then = then | {column: row[column] for column in ignored}
                    self._add("link", recorded, then, self._identity(recorded, key))
                elif any(self._conflicts(recorded, key, now, then, None)):
                    yield Conflict("taken", recorded.table, _named(recorded, key))
            elif now is None:
                yield Conflict("gone", recorded.table, _named(recorded, key))
            else:
                found = list(self._conflicts(recorded, key, now, row, then))
                yield from found
                values = {
                    column: value
                    for column, value in then.items()
                    if column not in ignored
                    and not equivalent(row[column], value)
                    and not equivalent(now[column], value)
                }
                if values and not found:
                    self._add("relink", recorded, values, self._identity(recorded, key))

    def _add(
        self, action: Any, recorded: RecordedTable, values: LinkRow, identity: LinkRow
    ) -> None:
        written = {column: value for column, value in values.items() if column.computed is None}
        created = Places(
            row for row in self.graph.rows.values() if row.operation is Operation.INSERT
        )
        needs: list[Row] = []
        for constraint in recorded.table.foreign_key_constraints if action == "link" else ():
            place = (
                constraint.referred_table,
                tuple([each.column.name for each in constraint.elements]),
                tuple([values.get(each.parent) for each in constraint.elements]),
            )
            target = created.find(place)
            if target is not None:
                needs.append(target)
        self.graph.links.append(
            Link(action, recorded, written, identity, None, tuple(needs), written=True)
        )

    def _live(self, recorded: RecordedTable, keys: Any) -> dict[Values, LinkRow]:
        columns = [item.live for item in recorded.columns]
        rows: list[LinkRow] = []
        for criterion in among(recorded.key, keys):
            found = self.session.execute(
                select(*columns).where(criterion), bind_arguments=bound_to(recorded.table)
            )
            rows += [dict(zip(columns, row, strict=True)) for row in found]
        rows = staged_links(self.session, recorded.table, rows, list(recorded.key), set(keys))
        return {self._key(recorded, row): row for row in rows}

    def _conflicts(
        self,
        recorded: RecordedTable,
        key: Values,
        now: LinkRow,
        expected: LinkRow,
        wanted: LinkRow | None,
    ) -> Iterator[Conflict]:
        for item in recorded.columns:
            column = item.live
            if not item.counts or equivalent(now[column], expected[column]):
                continue
            if wanted is not None and (
                equivalent(now[column], wanted[column])
                or equivalent(expected[column], wanted[column])
            ):
                continue
            yield Conflict(
                "changed",
                recorded.table,
                _named(recorded, key),
                column.name,
                found=now[column],
                expected=expected[column],
                wanted=None if wanted is None else wanted[column],
                deleted=wanted is None,
            )

    def _key(self, recorded: RecordedTable, row: LinkRow) -> Values:
        return tuple([row[column] for column in recorded.key])

    def _identity(self, recorded: RecordedTable, key: Values) -> LinkRow:
        return dict(zip(recorded.key, key, strict=True))


def _named(recorded: RecordedTable, key: Values) -> dict[str, Any]:
    return {column.name: value for column, value in zip(recorded.key, key, strict=True)}


def stale_collections(graph: Graph) -> Iterator[tuple[Any, str]]:
    """Iterate over loaded collections that do not show what happens to links: object and name."""
    tables: set[Table] = {link.recorded.table for link in graph.links if link.owner is None}
    if not tables:
        return
    for obj in list(graph.session.identity_map.values()):
        state = inspect(obj)
        for relation in state.mapper.relationships:
            if relation.secondary in tables and relation.key in state.dict:
                yield obj, relation.key
