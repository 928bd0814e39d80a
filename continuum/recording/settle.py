"""Folding what has changed into the versions, at the end of a statement or a flush."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.engine import Connection
from sqlalchemy.orm import class_mapper

from continuum.errors import UnsupportedStatement
from continuum.recording.capture import Capture
from continuum.recording.fold import Action
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import fold
from continuum.recording.fold import inverted
from continuum.recording.identity import complete
from continuum.recording.identity import renumber
from continuum.recording.identity import transaction_id
from continuum.recording.images import Key
from continuum.recording.scope import Scope
from continuum.recording.writer import Decision

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal
    from continuum.recording.unit import Unit


class _Changes:
    """The changed rows of one table, with the versions that they had."""

    def __init__(self, connection: Connection, capture: Capture) -> None:
        self.capture = capture
        self.shape = capture.images.shape
        self.newest = dict(capture.newest)
        self.previous: dict[Key, Newest] = {}
        self.keys = dict(capture.keys)
        self._read(connection)

    def _read(self, connection: Connection) -> None:
        """Look at the rows once more."""
        capture = self.capture
        known = {self.keys[raw] for raw in self.newest} | capture.unborn
        new: dict[Key, list[Image]] = {}
        for versions in (True, False):
            keys = [key for key in capture.looked if (key not in known) is versions]
            for row in capture.images.by_keys(connection, keys, versions=versions):
                new.setdefault(row.raw, []).append(row.image)
                self.keys[row.raw] = row.key
                if versions:
                    self.newest[row.raw] = row.newest
        self.rows: dict[Key, tuple[Image | None, Image | None]] = {}
        for raw in dict.fromkeys((*capture.old, *new)):
            before, after = capture.old.get(raw, []), new.get(raw, [])
            old = before[0] if before else None
            # Of several equal links the one that has stayed stands for all.
            current = old if old in after else (after[0] if after else None)
            if old is not None or current is not None:
                self.rows[raw] = old, current
        if len(capture.born) > sum(raw not in capture.old for raw in new):
            raise _not_there(capture)
        gone = [
            self.keys[raw]
            for raw, (old, current) in self.rows.items()
            if current is None and raw not in self.newest
        ]
        if gone:
            self.newest.update(capture.images.newest(connection, gone))

    def read_previous(self, connection: Connection, running: int | None) -> None:
        """Read what came before the versions that the running transaction has written."""
        if running is None:
            return
        mine = [
            self.keys[raw]
            for raw, version in self.newest.items()
            if version is not None and version.transaction == running and raw in self.rows
        ]
        if mine:
            self.previous = self.capture.images.previous(connection, mine, running)

    def renumbered(self, before: int, after: int) -> None:
        """Follow the running transaction to another number."""

        def moved(version: Newest) -> Newest:
            return version._replace(
                transaction=after if version.transaction == before else version.transaction,
                end=after if version.end == before else version.end,
            )

        self.newest = {
            raw: None if version is None else moved(version) for raw, version in self.newest.items()
        }
        self.previous = {raw: moved(version) for raw, version in self.previous.items()}

    def decisions(self, running: int | None, *, paused: bool) -> dict[Key, Sequence[Action]]:
        """Return what has to happen, by raw key."""
        result = {}
        for raw, (old, new) in self.rows.items():
            actions = fold(
                self.shape,
                old,
                new,
                self.newest.get(raw),
                self.previous.get(raw),
                running,
                paused=paused,
            )
            if actions:
                result[raw] = actions
        return result


def _not_there(capture: Capture) -> UnsupportedStatement:
    table = capture.images.recorded.table
    return UnsupportedStatement(
        f"rows inserted into {table.fullname!r} cannot be found under the keys they were given",
        table=table.fullname,
        dialect=capture.images.dialect,
        hint="The database has put other keys in their place (a trigger, or AUTO_INCREMENT for a "
        "0): leave the keys out, or record the table with triggers.",
    )


def settle(
    manager: VersioningManager,
    connection: Connection,
    scope: Scope,
    unit: Unit,
    captures: Mapping[Table, Capture],
) -> list[tuple[Table, list[Key]]]:
    """Write the versions of everything that differs from what was captured.

    :returns: the recorded tables, each with the keys that something was written for.
    :raises TransactionInversion: see ``on_inversion``.

    For each table: one query to read its rows again, with their versions, and one INSERT and one
    UPDATE for the versions; for every 500 rows.
    """
    by_journal: dict[Journal, list[Capture]] = {}
    # Links come before what they link.
    for table in sorted(captures, key=lambda item: not scope.is_link(item)):
        if captures[table].looked:
            by_journal.setdefault(scope.journals[table], []).append(captures[table])
    written = []
    for journal, found in by_journal.items():
        written += _settle(manager, connection, scope, unit, journal, found)
    return written


def _settle(
    manager: VersioningManager,
    connection: Connection,
    scope: Scope,
    unit: Unit,
    journal: Journal,
    captures: Iterable[Capture],
) -> list[tuple[Table, list[Key]]]:
    tables = [_Changes(connection, capture) for capture in captures]
    tables = [changes for changes in tables if changes.rows]
    if not tables:
        return []
    running = transaction_id(manager, connection, journal, create=False)
    complete(manager, connection, journal)
    for changes in tables:
        changes.read_previous(connection, running)

    def decide() -> list[tuple[_Changes, dict[Key, Sequence[Action]]]]:
        return [
            (changes, decisions)
            for changes in tables
            if (
                decisions := changes.decisions(
                    running, paused=changes.capture.images.recorded.table in unit.paused
                )
            )
        ]

    decided = decide()
    if not decided:
        return []
    beyond = [
        version
        for changes, decisions in decided
        for raw in decisions
        if inverted(version := changes.newest.get(raw), running)
    ]
    if beyond and running is not None:
        number = renumber(manager, connection, journal, running, scope)
        for changes in tables:
            changes.renumbered(running, number)
        running = number
        decided = decide()
    if running is None:
        running = transaction_id(manager, connection, journal, create=True)
    transactions = class_mapper(journal.transaction_cls).get_property("id").columns[0]
    for changes, decisions in decided:
        table = changes.capture.images.recorded.table
        unit.written.add(table)
        if table in unit.paused:
            unit.gaps.add(table)
        scope.writer(table).write(
            connection,
            (
                Decision(changes.keys[raw], *changes.rows[raw], changes.newest.get(raw), actions)
                for raw, actions in decisions.items()
            ),
            running,
            transactions,
        )
    return [
        (
            changes.capture.images.recorded.table,
            [changes.keys[raw] for raw in decisions],
        )
        for changes, decisions in decided
    ]
