"""Joined inheritance: what the tables of one object mean for the versions of its root.

The version table of a hierarchy's root has a row for each transaction that changed the object at
any level; the tables below it have rows of their own changes only.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from sqlalchemy import Table
from sqlalchemy.engine import Connection

from continuum.recording.capture import Capture
from continuum.recording.changes import Changes
from continuum.recording.fold import NOTHING
from continuum.recording.fold import Action
from continuum.recording.fold import Close
from continuum.recording.fold import Remove
from continuum.recording.fold import Replace
from continuum.recording.fold import Since
from continuum.recording.fold import Write
from continuum.recording.fold import fold
from continuum.recording.fold import fold_touched
from continuum.recording.images import Key
from continuum.recording.scope import Scope

Decisions = dict[Key, Sequence[Action]]


def read(connection: Connection, scope: Scope, captures: Iterable[Capture]) -> list[Changes]:
    """Look again at what was captured, and at the roots of what has changed below them.

    :returns: the tables with rows that may have changed, roots after what is below them.
    """
    tables = []
    roots: dict[Table, Capture] = {}
    for capture in captures:
        recorded = capture.images.recorded
        if recorded.lower:
            roots[recorded.table] = capture
        else:
            tables.append(Changes(connection, capture))
    for changes in list(tables):
        root = changes.recorded.root
        keys = [] if root is None else changes.differing()
        if root is None or not keys:
            continue
        if root.table not in roots:
            roots[root.table] = Capture(scope.images(root.table))
        roots[root.table].look_aside(connection, keys)
    tables += [Changes(connection, capture) for capture in roots.values()]
    return [changes for changes in tables if changes.rows]


@dataclass(eq=False)
class Below:
    """What the lower levels of a hierarchy mean for its root, by raw keys of objects.

    :param touched: something has been done to a version at a lower level.
    :param kept: a lower level has a version of the running transaction.
    :param paused: a lower level has changed without being recorded.
    """

    touched: set[Key] = field(default_factory=set)
    kept: set[Key] = field(default_factory=set)
    paused: set[Key] = field(default_factory=set)


class Hierarchy:
    """One hierarchy with the rows of it that may have changed.

    :param root: the changes of its root.
    :param lower: the changes of tables below.
    :param kept: objects with versions of the running transaction from before, by table below.
    """

    def __init__(
        self, root: Changes, lower: Sequence[Changes], kept: Mapping[Table, set[Key]]
    ) -> None:
        self.root = root
        self.lower = lower
        self._kept = kept

    def decisions(
        self,
        running: int | None,
        below: Sequence[tuple[Changes, Decisions]],
        paused: frozenset[Table],
    ) -> Decisions:
        """Return what has to happen to versions of the root, by raw key.

        :param below: what has been decided for the tables below.
        :param paused: tables that are not recorded at the moment.
        """
        found = self._below(running, below, paused)
        result: Decisions = {}
        for raw, (old, new) in self.root.rows.items():
            actions = self._decide(raw, running, found, paused)
            if not actions and raw in found.paused and (old is not None or new is not None):
                newest = self.root.newest.get(raw)
                if newest is not None and newest.end is None and newest.transaction != running:
                    actions = (Close(newest.transaction),) if self.root.shape.ends else NOTHING
            if actions:
                result[raw] = actions
        return result

    def _decide(
        self, raw: Key, running: int | None, below: Below, paused: frozenset[Table]
    ) -> Sequence[Action]:
        root = self.root
        old, new = root.rows[raw]
        newest, previous = root.newest.get(raw), root.previous.get(raw)
        kept = raw in below.kept
        resting = root.recorded.table in paused
        mine = newest is not None and newest.transaction == running
        alone = resting and not mine
        changed = old is None or new is None or not root.shape.equal(old, new)
        if raw in below.touched and new is not None and (not changed or (alone and kept)):
            actions = fold_touched(root.shape, new, newest, previous, running, kept_below=kept)
            if actions:
                return actions
        return fold(
            root.shape,
            old,
            new,
            newest,
            previous,
            running,
            paused=resting,
            kept_below=kept,
        )

    def _below(
        self,
        running: int | None,
        decided: Sequence[tuple[Changes, Decisions]],
        paused: frozenset[Table],
    ) -> Below:
        found = Below()
        decisions = {changes.recorded.table: decisions for changes, decisions in decided}
        for changes in self.lower:
            table = changes.recorded.table
            kept = set(self._kept.get(table, ()))
            for raw, actions in decisions.get(table, {}).items():
                found.touched.add(raw)
                if _leaves_version(actions, mine=changes.is_mine(raw, running)):
                    kept.add(raw)
                else:
                    kept.discard(raw)
            found.kept |= kept
            if table in paused:
                found.paused.update(
                    raw for raw in changes.altered() if not changes.is_mine(raw, running)
                )
        for table, kept in self._kept.items():
            if all(changes.recorded.table is not table for changes in self.lower):
                found.kept |= kept
        return found


def hierarchies(
    connection: Connection,
    scope: Scope,
    tables: Sequence[Changes],
    running: int | None,
    written: Iterable[Table],
) -> list[Hierarchy]:
    """Return the hierarchies that tables belong to.

    :param written: tables that the running transaction may have versions in.

    No query, but for objects that the running transaction has versions of already: one for each
    table below and 500 of them.
    """
    result = []
    for changes in tables:
        levels = {level.table for level in changes.recorded.lower}
        if not levels:
            continue
        kept: dict[Table, set[Key]] = {}
        keys = changes.begun(running)
        if keys and running is not None:
            for table in levels.intersection(written):
                kept[table] = scope.images(table).recorded_in(connection, keys, running)
        lower = [other for other in tables if other.recorded.table in levels]
        result.append(Hierarchy(changes, lower, kept))
    return result


def completing(changes: Changes, decisions: Decisions) -> list[Key]:
    """Return the keys of objects that get a baseline, so that every level needs one."""
    return [
        changes.keys[raw]
        for raw, actions in decisions.items()
        if any(isinstance(item, Write) and item.since is not Since.RUNNING for item in actions)
    ]


def _leaves_version(actions: Sequence[Action], *, mine: bool) -> bool:
    for action in actions:
        if isinstance(action, Replace) or (
            isinstance(action, Write) and action.since is Since.RUNNING
        ):
            return True
    return mine and not any(isinstance(action, Remove) for action in actions)
