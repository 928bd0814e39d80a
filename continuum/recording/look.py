"""A look at what one statement is going to change, before it does."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete
from sqlalchemy import Table
from sqlalchemy import Update
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.dialects.base import is_autocommit
from continuum.errors import UnsupportedStatement
from continuum.recording import dml
from continuum.recording.capture import Capture
from continuum.recording.cascades import Cascade
from continuum.recording.dml import Given
from continuum.recording.images import Key
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.inserts import InsertedKeys
from continuum.recording.scope import Scope


@dataclass(eq=False)
class Job:
    """A statement that is running.

    :param captures: what it may change, by live table.
    :param deferred: the end of the flush settles it.
    :param inserted: the way to the new rows of an INSERT.
    :param reached: number of rows that an UPDATE or DELETE can change, where that is known.
    """

    captures: dict[Table, Capture]
    deferred: bool
    inserted: InsertedKeys | None = None
    reached: int | None = None


class Look:
    """A look at what one statement is going to change.

    :param parameters: its parameter sets.
    """

    def __init__(
        self,
        connection: Connection,
        scope: Scope,
        job: Job,
        parameters: Sequence[Mapping[str, Any]],
    ) -> None:
        self.connection = connection
        self.scope = scope
        self.job = job
        self.parameters = parameters

    def capture(self, table: Table) -> Capture:
        """Return where rows of a recorded table are kept."""
        found = self.job.captures.get(table)
        if found is None:
            found = self.job.captures[table] = Capture(self.scope.images(table))
        return found

    def at_update(self, statement: Update, table: Table, anticipated: list[Key]) -> None:
        """Look at the rows that an UPDATE is going to change.

        :raises UnsupportedStatement: some of them cannot be known.
        """
        refuse_foreign(statement, table, self.scope)
        _begin(self.connection)
        values = dml.assigned(statement, table)
        changed = set(values) | {
            column for column in table.columns if column.key in self.parameters[0]
        }
        moved = None
        if table in self.scope.recorded:
            moved = self._update_rows(statement, table, values, changed, anticipated)
        self._follow(statement, table, changed, moved)

    def at_delete(self, statement: Delete, table: Table, anticipated: list[Key]) -> None:
        """Look at the rows that a DELETE is going to remove, and at what goes with them."""
        _begin(self.connection)
        criterion = statement.whereclause
        if table in self.scope.recorded:
            capture = self.capture(table)
            keys = dml.keys_named(criterion, capture.images.recorded.key, self.parameters)
            if keys is not None:
                self._look_at_named(capture, [*keys, *anticipated], lock="key", versions=True)
            else:
                reached = self._match(capture, criterion, lock="key")
                capture.look_at_versions(self.connection, [key for key, _ in reached])
        self._follow(statement, table, None)

    def _look_at_named(
        self, capture: Capture, keys: Sequence[Key], *, lock: str, versions: bool = False
    ) -> None:
        """Look at the rows with these keys, which a statement names."""
        self._look_at_root(capture, keys)
        found = capture.look(self.connection, keys, lock=lock, versions=versions)
        if len(self.parameters) == 1:
            self.job.reached = found

    def _look_at_root(self, capture: Capture, keys: Sequence[Key]) -> None:
        """Look at the root's rows of objects that are going to change at a lower level.

        They are locked first, as they are when the whole object changes.
        """
        root = capture.images.recorded.root
        if root is not None:
            self.capture(root.table).look_aside(self.connection, keys)

    def _update_rows(
        self,
        statement: Update,
        table: Table,
        values: Mapping[Any, Any],
        changed: set[Any],
        anticipated: list[Key],
    ) -> dict[Key, Key] | None:
        """Look at the rows, and return the new keys of those that get others."""
        if dml.replacing(statement):
            raise UnsupportedStatement(
                f"UPDATE OR REPLACE {table.fullname} removes rows that the ORM recorder cannot "
                "foresee",
                table=table.fullname,
                dialect=self.scope.dialect,
                hint="Delete the rows in the way first, or record the table with triggers.",
            )
        capture = self.capture(table)
        key = capture.images.recorded.key
        moves = [column for column in key if column in changed]
        lock = "key" if moves else "update"
        criterion = statement.whereclause
        keys = dml.keys_named(criterion, key, self.parameters)
        if keys is not None and not moves:
            self._look_at_named(capture, [*keys, *anticipated], lock=lock)
            return None
        targets = [
            [dml.given_value(values, column, given) for column in key] for given in self.parameters
        ]
        computed = [
            column
            for position, column in enumerate(key)
            if any(target[position] is Given.UNKNOWN for target in targets)
        ]
        if keys is not None and not computed:
            self._look_at_named(capture, [*keys, *anticipated], lock=lock, versions=True)
            olds = list(zip(keys, targets, strict=True))
        else:
            extra = [values[column] for column in computed]
            olds = []
            for found, (number, news) in self._match(capture, criterion, lock=lock, extra=extra):
                target = list(targets[number])
                for column, new in zip(computed, news, strict=True):
                    target[key.index(column)] = new
                olds.append((found, target))
            if moves:
                capture.look_at_versions(self.connection, [found for found, _ in olds])
        if not moves:
            return None
        moved = {
            tuple(found): tuple(
                old if new is Given.ABSENT else new for old, new in zip(found, target, strict=True)
            )
            for found, target in olds
        }
        capture.look(self.connection, list(moved.values()), lock=lock, versions=True)
        return moved

    def _match(
        self,
        capture: Capture,
        criterion: Any,
        *,
        lock: str,
        extra: Sequence[Any] = (),
    ) -> list[tuple[Key, tuple[int, tuple[Any, ...]]]]:
        """Look at the rows that a criterion matches, for each parameter set.

        :returns: the key of each, with the number of the parameter set and the extra values.
        """
        rows = []
        reached = []
        for number, given in enumerate(self.parameters):
            for row, values in capture.images.matching(
                self.connection, criterion, given, lock=lock, extra=extra
            ):
                rows.append(row)
                reached.append((row.key, (number, values)))
        if len(self.parameters) == 1:
            self.job.reached = len(rows)
        capture.meet(self.connection, rows, lock=lock)
        self._look_at_root(capture, [row.key for row in rows])
        return reached

    def _follow(
        self,
        statement: Update | Delete,
        table: Table,
        changed: set[Any] | None,
        moved: Mapping[Key, Key] | None = None,
    ) -> None:
        if table not in self.scope.actions:
            return
        cascade = Cascade(self.connection, self.scope, self.capture)
        key = tuple(table.primary_key.columns)
        keys = dml.keys_named(statement.whereclause, key, self.parameters) if key else None
        if keys is not None:
            for some in chunks(keys):
                criterion = any_of(key, some, self.scope.dialect)
                cascade.follow(table, criterion, {}, changed=changed, moved=moved)
            return
        for given in self.parameters:
            cascade.follow(table, statement.whereclause, given, changed=changed, moved=moved)


def _begin(connection: Connection) -> None:
    """Keep other writers out between the look and the change, where the driver begins late.

    SQLite's drivers begin a transaction with the first change; what was read before it could have
    been changed meanwhile.
    """
    if connection.dialect.name != "sqlite" or is_autocommit(connection):
        return
    driver: Any = connection.connection.dbapi_connection
    for candidate in (driver, getattr(driver, "driver_connection", None)):
        running = getattr(candidate, "in_transaction", None)
        if isinstance(running, bool):
            if not running:
                connection.exec_driver_sql("BEGIN IMMEDIATE", execution_options={INTERNAL: True})
            return


def refuse_foreign(statement: Update, table: Table, scope: Scope) -> None:
    """Refuse an UPDATE of one table that changes another one as well.

    :raises UnsupportedStatement: the other one is looked after.
    """
    for other in dml.foreign_assignments(statement, table):
        if other in scope.recorded or other in scope.actions:
            raise UnsupportedStatement(
                f"an UPDATE of {table.fullname!r} changes {other.fullname!r} as well; the ORM "
                "recorder cannot tell which rows",
                table=other.fullname,
                dialect=scope.dialect,
                hint="Change one table at a time.",
            )
