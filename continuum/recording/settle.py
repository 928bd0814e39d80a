"""Folding what has changed into the versions, at the end of a statement or a flush."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.engine import Connection

from continuum.recording.capture import Capture
from continuum.recording.changes import Changes
from continuum.recording.fold import inverted
from continuum.recording.fold import leaves_gap
from continuum.recording.hierarchies import Decisions
from continuum.recording.hierarchies import Hierarchy
from continuum.recording.hierarchies import completing
from continuum.recording.hierarchies import hierarchies
from continuum.recording.hierarchies import read
from continuum.recording.identity import complete
from continuum.recording.identity import renumber
from continuum.recording.identity import transaction_id
from continuum.recording.notes import note_kinds
from continuum.recording.scope import Scope

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal
    from continuum.recording.unit import Unit


def settle(
    manager: VersioningManager,
    connection: Connection,
    scope: Scope,
    unit: Unit,
    captures: Mapping[Table, Capture],
) -> None:
    """Write the versions of everything that differs from what was captured.

    :raises TransactionInversion: see ``on_inversion``.

    For each table: one query to read its rows again, with their versions, and one INSERT and one
    UPDATE for the versions; for every 500 rows.  The root of a hierarchy is such a table whenever
    one below it has changed; a baseline of it is one INSERT more for each table below.
    """
    by_journal: dict[Journal, list[Capture]] = {}
    # Links come before what they link.
    for table in sorted(captures, key=lambda item: not scope.is_link(item)):
        if captures[table].looked:
            by_journal.setdefault(scope.journals[table], []).append(captures[table])
    for journal, found in by_journal.items():
        _settle(manager, connection, scope, unit, journal, found)


def _settle(
    manager: VersioningManager,
    connection: Connection,
    scope: Scope,
    unit: Unit,
    journal: Journal,
    captures: Iterable[Capture],
) -> None:
    tables = read(connection, scope, captures)
    if not tables:
        return
    running = transaction_id(manager, connection, journal, create=False)
    complete(manager, connection, journal)
    for changes in tables:
        changes.read_previous(connection, running)
        changes.judge(connection)
    families = hierarchies(connection, scope, tables, running, unit.written)
    decided = _decide(tables, families, running, unit.paused)
    if not decided:
        return
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
        decided = _decide(tables, families, running, unit.paused)
    if running is None:
        running = transaction_id(manager, connection, journal, create=True)
    for changes, decisions in decided:
        table = changes.recorded.table
        unit.written.add(table)
        if table in unit.paused or (
            changes.selective and any(leaves_gap(actions) for actions in decisions.values())
        ):
            unit.gaps.add(table)
        todo = changes.explained(decisions)
        scope.writer(table).write(connection, todo, running)
        note_kinds(connection, changes.capture.images, todo, running)
    for changes, decisions in decided:
        keys = completing(changes, decisions) if changes.recorded.lower else []
        for level in changes.recorded.lower if keys else ():
            unit.written.add(level.table)
            scope.writer(level.table).complete(connection, keys)


def _decide(
    tables: Iterable[Changes],
    families: Iterable[Hierarchy],
    running: int | None,
    paused: frozenset[Table],
) -> list[tuple[Changes, Decisions]]:
    """Return what has to happen, roots of hierarchies last."""
    decided = []
    for changes in tables:
        if not changes.recorded.lower:
            decisions = changes.decisions(running, paused=changes.recorded.table in paused)
            if decisions:
                decided.append((changes, decisions))
    below = list(decided)
    for family in families:
        decisions = family.decisions(running, below, paused)
        if decisions:
            decided.append((family.root, decisions))
    return decided
