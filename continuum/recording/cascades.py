"""Rows that the database is going to change by itself, because of a foreign key action."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Table
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.errors import UnsupportedStatement
from continuum.recording.capture import Capture
from continuum.recording.images import Key
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.scope import Action
from continuum.recording.scope import Scope


class Cascade:
    """Follows the foreign key actions that one statement sets off.

    :param capture: returns the capture that rows of a recorded table go to.
    """

    def __init__(
        self, connection: Connection, scope: Scope, capture: Callable[[Table], Capture]
    ) -> None:
        self.connection = connection
        self.scope = scope
        self.capture = capture
        self._seen: set[tuple[Action, tuple[Any, ...]]] = set()

    def follow(
        self,
        parent: Table,
        criterion: ColumnElement[bool] | None,
        parameters: Mapping[str, Any],
        *,
        changed: Collection[Column[Any]] | None = None,
        moved: Mapping[Key, Key] | None = None,
    ) -> None:
        """Look at every recorded row that changes because rows of a parent table do.

        :param criterion: which rows of the parent, with its parameters.
        :param changed: columns that an UPDATE changes; ``None`` for a DELETE.
        :param moved: new keys of recorded rows of the parent, by old ones.
        :raises UnsupportedStatement: an action that changes keys of recorded rows to others that
            are not known.

        Two queries for each foreign key on the way, and one more for every 500 rows.
        """
        for action in self.scope.actions.get(parent, ()):
            if changed is None:
                kind = action.on_delete
            else:
                kind = action.on_update if set(action.referred) & set(changed) else ""
            if not kind:
                continue
            statement = select(*action.referred).distinct()
            if criterion is not None:
                statement = statement.where(criterion)
            found = self.connection.execute(
                statement, dict(parameters), execution_options={INTERNAL: True}
            )
            values = [
                tuple(row)
                for row in found.all()
                if None not in row and (action, tuple(row)) not in self._seen
            ]
            self._seen.update((action, value) for value in values)
            targets = self._targets(action, kind, moved)
            for some in chunks(values):
                self._reach(action, kind, some, targets, deleted=changed is None)

    def _targets(
        self, action: Action, kind: str, moved: Mapping[Key, Key] | None
    ) -> dict[Key, Key] | None:
        """Return what values of an action's columns become, ``None`` if that is not known."""
        parent = self.scope.recorded.get(action.referred[0].table)
        if moved is None or kind != "CASCADE" or parent is None:
            return None
        if not set(action.referred) <= set(parent.key):
            return None
        places = [parent.key.index(column) for column in action.referred]
        return {
            tuple(old[place] for place in places): tuple(new[place] for place in places)
            for old, new in moved.items()
        }

    def _reach(
        self,
        action: Action,
        kind: str,
        values: Sequence[tuple[Any, ...]],
        targets: Mapping[Key, Key] | None,
        *,
        deleted: bool,
    ) -> None:
        criterion = any_of(action.columns, values, self.scope.dialect)
        recorded = self.scope.recorded.get(action.child)
        removes = deleted and kind == "CASCADE"
        moved: dict[Key, Key] | None = None
        if recorded is not None:
            capture = self.capture(action.child)
            rows = [
                row
                for row, _ in capture.images.matching(
                    self.connection, criterion, {}, lock="key" if removes else "update"
                )
            ]
            moves = not removes and bool(set(action.columns) & set(recorded.key))
            if rows and moves and (targets is None or not set(action.columns) <= set(recorded.key)):
                raise UnsupportedStatement(
                    f"a foreign key action would change keys of {action.child.fullname!r}; the ORM "
                    "recorder cannot tell what they become",
                    table=action.child.fullname,
                    dialect=self.scope.dialect,
                    hint="Change the rows that refer first, or record the table with triggers.",
                )
            capture.meet(self.connection, rows, lock="key" if removes else "update")
            if removes or moves:
                capture.look_at_versions(self.connection, [row.key for row in rows])
            if moves and targets is not None:
                places = [recorded.key.index(column) for column in action.columns]
                moved = {row.key: _moved(row.key, places, targets) for row in rows}
                capture.look(self.connection, list(moved.values()), lock="key", versions=True)
        if removes:
            self.follow(action.child, criterion, {})
        else:
            self.follow(action.child, criterion, {}, changed=action.columns, moved=moved)


def _moved(key: Key, places: Sequence[int], targets: Mapping[Key, Key]) -> Key:
    """Return a key with other values in some places."""
    old = tuple(key[place] for place in places)
    new = dict(zip(places, targets.get(old, old), strict=True))
    return tuple(new.get(place, value) for place, value in enumerate(key))
