"""First versions of rows that are older than their history."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from typing import Any

from sqlalchemy import exists
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine

from continuum.maintenance.asked import NAMED
from continuum.maintenance.asked import look_at_number
from continuum.maintenance.asked import look_at_progress
from continuum.maintenance.asked import look_at_reason
from continuum.maintenance.asked import rows_at_a_time
from continuum.maintenance.choosing import chosen
from continuum.maintenance.comparing import beyond
from continuum.maintenance.comparing import count
from continuum.maintenance.comparing import execute
from continuum.maintenance.comparing import unknown
from continuum.maintenance.firsts import lacking
from continuum.maintenance.firsts import write_first_versions
from continuum.maintenance.standing import look_at_tables
from continuum.maintenance.wording import told_by_table
from continuum.maintenance.working import working
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.recording.context import context
from continuum.recording.context import remarking
from continuum.recording.identity import transaction_id
from continuum.recording.images import any_of
from continuum.recording.kinds import note_kinds_of
from continuum.recording.unlocking import unlocking
from continuum.schema.connections import look_at_bind
from continuum.schema.ends import ended_by
from continuum.schema.kept import live_column
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous

REASON = "backfill"
"""What the transactions are given as their reason when nobody says one."""


@dataclass
class Backfill:
    """What :func:`backfill` wrote, or would write; prints as a text.

    :param written: how many versions, by full name of the live table.
    :param transactions: ids of the transactions that made them.
    :param dry_run: nothing was written.
    """

    written: dict[str, int] = field(default_factory=dict)
    transactions: list[int] = field(default_factory=list)
    dry_run: bool = False

    @property
    def total(self) -> int:
        """How many versions, of all tables."""
        return sum(self.written.values())

    def __str__(self) -> str:
        verb = "would be written" if self.dry_run else "written"
        return "\n".join(told_by_table(self.written, verb))


@synchronous
def backfill(
    bind: Engine | Connection,
    *models: Any,
    batch: int = 1000,
    reason: str | None = REASON,
    manager: VersioningManager = versioning_manager,
    dry_run: bool = False,
    progress: Callable[[Backfill], None] | None = None,
) -> Backfill:
    """Write a first version of every row that has none in force.

    For classes that get a history when they have rows already, and for rows that were changed in
    ``paused()``.  Without it such a row has no past until its first change, which then also writes
    down how it was found.  The versions are INSERT versions with the present values, made by
    transactions of their own.

    With an Engine, each batch is a transaction, so that locks are short: the rows of a batch are
    locked, writers of other rows are not disturbed, and what is broken off goes on with what is
    left when it is called again.  With a Connection (in a migration, for example), everything
    belongs to its transaction.

    Rows that history leaves out on purpose stay without one: those for which the condition of
    ``when`` is not true, and all rows of a table whose ``operations`` lack ``"insert"``.

    :param bind: Engine or Connection.
    :param models: versioned classes, each of which stands for its whole hierarchy; none: all
        tables, association tables too.
    :param batch: how many rows of a table to write at a time.
    :param reason: the reason of the transactions; ``None``: what :func:`context` says.
    :param manager: the manager whose models describe the database.
    :param dry_run: only count.
    :param progress: is called after each batch with what has been written so far.
    :returns: what was written.
    :raises ClassNotVersioned: one of the classes is not versioned.
    :raises MissingTable: the database lacks tables of the classes.
    :raises MissingHistory: it lacks tables of their history.
    :raises InvalidArgument: ``batch`` is no whole number from 1 to 5,000, ``reason`` no text,
        ``progress`` nothing to call, or ``bind`` neither an Engine nor a Connection.

    Queries: one for each schema, to see the tables;
    about six for each batch, and three more for each
    lower table of joined inheritance.  Example::

        print(backfill(engine, Article, batch=5000))
    """
    look_at_bind(bind, "backfill()")
    look_at_number("batch", batch, most=NAMED)
    look_at_reason(reason)
    look_at_progress(progress)
    report = Backfill(dry_run=dry_run)
    work = list(chosen(manager, models))
    for journal, tables in work:
        look_at_tables(bind, journal, tables)
    for journal, tables in work:
        for recorded in tables:
            if recorded.root is not None or "insert" not in recorded.options.operations:
                continue
            filling = _Filling(manager, journal, recorded, reason, report)
            if dry_run:
                with working(bind) as connection:
                    filling.count(connection)
                continue
            last: Sequence[Any] | None = None
            size = rows_at_a_time(batch, len(recorded.key))
            while True:
                with working(bind) as connection:
                    keys = filling.write(connection, last, size)
                if progress is not None and keys:
                    progress(report)
                if len(keys) < size:
                    break
                last = keys[-1]
    return report


class _Filling:
    """The versions that one table lacks, with those of the tables below it."""

    def __init__(
        self,
        manager: VersioningManager,
        journal: Journal,
        recorded: RecordedTable,
        reason: str | None,
        report: Backfill,
    ) -> None:
        self.manager = manager
        self.journal = journal
        self.recorded = recorded
        self.reason = reason
        self.report = report
        self.levels = (recorded, *recorded.lower)
        for level in self.levels:
            report.written.setdefault(level.table.fullname, 0)

    def count(self, connection: Connection) -> None:
        """Count the versions that are lacking."""
        root = lacking(self.recorded)
        for level in self.levels:
            statement = root
            if level is not self.recorded:
                keys_above = root.with_only_columns(*self.recorded.key, maintain_column_froms=True)
                above = keys_above.subquery("above")
                mine = [
                    one == above.c[other.key]
                    for one, other in zip(level.key, self.recorded.key, strict=True)
                ]
                statement = unknown(level).where(exists().where(*mine).select_from(above))
            keys = statement.with_only_columns(*level.key, maintain_column_froms=True).distinct()
            self.report.written[level.table.fullname] += count(
                connection, select(keys.subquery("keys"))
            )

    def write(
        self, connection: Connection, after: Sequence[Any] | None, limit: int
    ) -> list[tuple[Any, ...]]:
        """Write the versions of the next rows; return the keys of these rows."""
        key = self.recorded.key
        statement = (
            lacking(self.recorded)
            .with_only_columns(*key, maintain_column_froms=True)
            .order_by(*key)
            .limit(limit)
        )
        if self.recorded.duplicates:
            statement = statement.distinct()
        if after is not None:
            statement = statement.where(beyond(key, after))
        keys = [tuple(row) for row in execute(connection, statement)]
        if not keys:
            return keys
        with unlocking(self.manager, connection, None):
            self._write(connection, keys)
        return keys

    def _write(self, connection: Connection, keys: Sequence[tuple[Any, ...]]) -> None:
        """Write the versions of some rows."""
        for level in self.levels:
            # From here on nobody changes these rows: what the next statements see stays true.
            lock = select(*level.key).where(any_of(level.key, keys, connection.dialect.name))
            execute(connection, lock.with_for_update()).all()
        saying = remarking if self.reason == REASON else context
        with saying(connection, reason=self.reason):
            number = transaction_id(self.manager, connection, self.journal, create=True)
        assert number is not None
        # Should the transaction get another number, its versions have to follow.
        self.manager.recording.unit(connection).written.update(each.table for each in self.levels)
        if number not in self.report.transactions:
            self.report.transactions.append(number)
        self._note_kinds(connection, keys, number)
        # The root last: it tells which rows are lacking.
        for level in reversed(self.levels):
            self.report.written[level.table.fullname] += write_first_versions(
                connection,
                level,
                lacking(level).where(any_of(level.key, keys, connection.dialect.name)),
                number,
                ended_by(level, self.journal.transaction_table, self.journal.log, number),
                among=any_of(level.version_key, keys, connection.dialect.name),
            )

    def _note_kinds(
        self, connection: Connection, keys: Sequence[tuple[Any, ...]], number: int
    ) -> None:
        """Note the kinds of the rows for those who ask what a transaction changed."""
        recorded = self.recorded
        among = any_of(recorded.key, keys, connection.dialect.name)
        note_kinds_of(
            connection,
            recorded,
            lacking(recorded).where(among),
            partial(live_column, recorded),
            number,
        )
