"""Making a history sound again."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import or_
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
from continuum.maintenance.comparing import with_following
from continuum.maintenance.faults import Fault
from continuum.maintenance.faults import faults_of
from continuum.maintenance.mending import fill_flags
from continuum.maintenance.mending import write_roots
from continuum.maintenance.mending import write_versions
from continuum.maintenance.rootless import records_all
from continuum.maintenance.rootless import rootless
from continuum.maintenance.rootless import unreadable
from continuum.maintenance.standing import look_at_tables
from continuum.maintenance.verify import Finding
from continuum.maintenance.verify import found
from continuum.maintenance.verify import missing_transactions
from continuum.maintenance.verify import number_of
from continuum.maintenance.verify import orphans
from continuum.maintenance.verify import verify
from continuum.maintenance.verify import wrong_time
from continuum.maintenance.working import rewriting
from continuum.maintenance.working import working
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.recording.context import context
from continuum.recording.context import remarking
from continuum.recording.identity import transaction_id
from continuum.recording.images import any_of
from continuum.schema.connections import look_at_bind
from continuum.schema.ends import ended_by
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous

Key = tuple[Any, ...]

REASON = "repair"
"""What the transactions are given as their reason when nobody says one."""

UNREADABLE = (
    "Hint: nothing tells what the root was then, and no query reads these versions.  Bring the "
    "versions of the root back from a backup, or have them removed: "
    "repair(engine, remove_unreadable=True), or continuum repair --remove-unreadable."
)
"""What to do about versions of lower tables that have no root."""


@dataclass
class Repair:
    """What :func:`continuum.repair` mended, or would mend; prints as a text.

    :param mended: how many versions or rows, by full name of the table and kind of fault, a key of
        :data:`.FAULTS`.
    :param left: what cannot be mended, or has gone wrong meanwhile.
    :param transactions: ids of the transactions that say what was done.
    :param dry_run: nothing was written.
    """

    mended: dict[tuple[str, str], int] = field(default_factory=dict)
    left: tuple[Finding, ...] = ()
    transactions: list[int] = field(default_factory=list)
    dry_run: bool = False

    @property
    def total(self) -> int:
        """How many versions and rows, of all tables."""
        return sum(self.mended.values())

    @property
    def ok(self) -> bool:
        """No fault is left."""
        return not self.left

    def __str__(self) -> str:
        verb = "would be mended" if self.dry_run else "mended"
        lines = [
            f"{verb}: {table}: {number_of(kind, number)}"
            for (table, kind), number in self.mended.items()
        ]
        lines += [f"left: {finding}" for finding in self.left]
        if any(finding.kind == "no root" for finding in self.left):
            lines.append(UNREADABLE)
        return "\n".join(lines) or "nothing to mend"


@synchronous
def repair(
    bind: Engine | Connection,
    *models: Any,
    batch: int = 1000,
    reason: str | None = REASON,
    remove_unreadable: bool = False,
    manager: VersioningManager = versioning_manager,
    dry_run: bool = False,
    progress: Callable[[Repair], None] | None = None,
) -> Repair:
    """Mend what :func:`verify` finds.

    What is there is believed before what is told about it, and no value of a version is changed:

    - a version that overlaps the next one, or ends before it begins, ends where the next begins;
    - an end timestamp becomes the time of the transaction at the end;
    - a transaction that has no row gets one, with the time of the one before it;
    - a row that is not as its version in force says gets a version with its values of now; a row
      that is gone, a DELETE version; a row that history takes for deleted, an INSERT version;
    - in joined inheritance, a row of the root without version in force gets one with its values of
      now where the versions of lower tables need it.

    Transactions of today with the reason ``"repair"`` make these versions, because nobody knows
    when the rows were changed; where only ends and times were mended, their ``meta`` says so.
    Nothing tells what the root of joined inheritance was at other times: versions of lower tables
    that fall into none of its versions (``"no root"``) are left, unless they are to be removed.

    :param bind: Engine or Connection.  With an Engine each batch is a transaction of its own, whose
        rows are locked meanwhile; with a Connection, all belongs to its transaction.
    :param models: versioned classes, each of which stands for its whole hierarchy; none: all
        tables.
    :param batch: how many rows to look at a time.
    :param reason: the reason of the transactions; ``None``: what :func:`context` says.
    :param remove_unreadable: remove versions of lower tables that no version of the root goes with,
        and that nothing can read.
    :param manager: the manager whose models describe the database.
    :param dry_run: only say what would be mended.
    :param progress: is called after each batch with what has been mended so far.
    :returns: what was mended, and what is left.
    :raises ClassNotVersioned: one of the classes is not versioned.
    :raises MissingTable: the database lacks tables of the classes.
    :raises MissingHistory: it lacks tables of their history.
    :raises InvalidArgument: ``batch`` is no whole number from 1 to 5,000, ``reason`` no text,
        ``progress`` nothing to call, or ``bind`` neither an Engine nor a Connection.

    Queries: those of :func:`verify`, and those that find the faults once more, up to six for each
    table.  A batch of wrong ends takes four, one of transactions two; one of rows nine for each
    level of their hierarchy, and one.  Example::

        report = repair(engine, dry_run=True)
        if report.mended:
            print(repair(engine, reason="bad import of May 3"))
    """
    look_at_bind(bind, "repair()")
    look_at_number("batch", batch, most=NAMED)
    look_at_reason(reason)
    look_at_progress(progress)
    report = Repair(dry_run=dry_run)
    if dry_run:
        _foretell(bind, models, manager, report, remove_unreadable=remove_unreadable)
        return report
    asked = list(chosen(manager, models))
    for journal, tables in asked:
        look_at_tables(bind, journal, tables)
    for journal, tables in asked:
        work = _Work(manager, journal, bind, batch, reason, report, progress)
        work.add_transactions(tables)
        for recorded in tables:
            work.mend_ends(recorded)
            work.mend_times(recorded)
        if remove_unreadable:
            for recorded in tables:
                work.remove_unreadable(recorded)
        for recorded in tables:
            if recorded.root is None:
                work.catch_up(recorded)
    report.left = verify(bind, *models, manager=manager).faults
    return report


def _foretell(
    bind: Engine | Connection,
    models: Sequence[Any],
    manager: VersioningManager,
    report: Repair,
    *,
    remove_unreadable: bool,
) -> None:
    """Write into a report what would be mended, and what would be left."""
    with working(bind) as connection:
        faults = verify(connection, *models, manager=manager).faults
        report.mended = {(each.table, each.kind): each.number for each in faults}
        for _, tables in chosen(manager, models):
            for recorded in tables:
                name = recorded.table.fullname
                root = recorded.root
                if root is None and recorded.lower and records_all(recorded):
                    number = count(connection, rootless(recorded))
                    if number:
                        report.mended[name, "unrecorded"] = number
                # What an object is now makes its versions in force readable again, no others.
                if root is None or not report.mended.pop((name, "no root"), 0):
                    continue
                key = list(recorded.version_key)
                for each in found(connection, name, "no root", unreadable(root, recorded), key):
                    if remove_unreadable:
                        report.mended[name, "no root"] = each.number
                    else:
                        report.left += (each,)


class _Work:
    """The histories of one transaction table, mended batch by batch."""

    def __init__(
        self,
        manager: VersioningManager,
        journal: Journal,
        bind: Engine | Connection,
        batch: int,
        reason: str | None,
        report: Repair,
        progress: Callable[[Repair], None] | None,
    ) -> None:
        self.manager = manager
        self.journal = journal
        self.bind = bind
        self.batch = batch
        self.reason = reason
        self.report = report
        self.progress = progress

    def add_transactions(self, tables: Sequence[RecordedTable]) -> None:
        """Give rows to the transactions that made or ended versions and have none."""
        with working(self.bind) as connection:
            # Of all tables, before one of them gets the transactions that others name too.
            orphaned = {each: count(connection, orphans(self.journal, each)) for each in tables}
        for recorded, versions in orphaned.items():
            if versions:
                self._add_transactions(recorded)
                self._count(recorded, "no transaction", versions)

    def _add_transactions(self, recorded: RecordedTable) -> None:
        log, table = self.journal.log, self.journal.transaction_table
        numbers = missing_transactions(self.journal, recorded).subquery("missing")
        before, any_row = table.alias("before"), table.alias("any_row")
        issued_at = log.issued_at
        nearest = select(before.c[issued_at]).where(before.c[log.id] < numbers.c.number)
        nearest = nearest.order_by(before.c[log.id].desc()).limit(1)
        earliest = select(func.min(any_row.c[issued_at]))
        time = func.coalesce(nearest.scalar_subquery(), earliest.scalar_subquery())
        columns = inspect(self.journal.transaction_cls).column_attrs
        told = {columns["reason"].columns[0]: self.reason} if "reason" in columns else {}
        for page in self._pages(select(numbers.c.number, time), [numbers.c.number]):
            with rewriting(self.bind, self.manager, self.reason or "repair()") as connection:
                rows = [
                    {table.c[log.id]: number, table.c[issued_at]: at or datetime.now(UTC), **told}
                    for number, at in page
                ]
                for row in rows:
                    execute(connection, table.insert().values(row))

    def mend_ends(self, recorded: RecordedTable) -> None:
        """Let versions that end too late, or before they begin, end where the next one begins."""
        if recorded.end_column is None:
            return
        order = with_following(recorded)
        begin, end, following = order.c.begin_id, order.c.end_id, order.c.following
        wrong = or_(and_(end.is_(None), following.is_not(None)), end > following, end <= begin)
        position = [*(order.c[column.key] for column in recorded.version_key), begin]
        own = [*recorded.version_key, recorded.transaction_column]
        number_type = recorded.transaction_column.type
        statement = (
            recorded.version_table.update()
            .where(
                *(
                    column == bindparam(f"position_{place}", type_=column.type)
                    for place, column in enumerate(own)
                ),
                recorded.end_column.is_not_distinct_from(bindparam("old", type_=number_type)),
            )
            .values(self._ended_by(recorded, bindparam("new", type_=number_type)))
        )
        for page in self._pages(select(*position, end, following).where(wrong), position):
            kinds: dict[str, int] = {}
            parameters = []
            for *place, old, new in page:
                kind = "backwards" if old is not None and old <= place[-1] else "overlap"
                kinds[kind] = kinds.get(kind, 0) + 1
                bound = {f"position_{number}": value for number, value in enumerate(place)}
                parameters.append({**bound, "old": old, "new": new})
            with rewriting(self.bind, self.manager, self.reason or "repair()") as connection:
                self._transaction(connection, {recorded.table.fullname: kinds})
                execute(connection, statement, parameters)
            for kind, number in kinds.items():
                self._count(recorded, kind, number)

    def mend_times(self, recorded: RecordedTable) -> None:
        """Let end timestamps be the times of the transactions at the ends."""
        if recorded.end_timestamp_column is None:
            return
        own = [*recorded.version_key, recorded.transaction_column]
        right = self._ended_by(recorded, recorded.end_column)[recorded.end_timestamp_column]
        wrong = wrong_time(self.journal, recorded).with_only_columns(
            *own, maintain_column_froms=True
        )
        for page in self._pages(wrong, own):
            with rewriting(self.bind, self.manager, self.reason or "repair()") as connection:
                self._transaction(connection, {recorded.table.fullname: {"end time": len(page)}})
                execute(
                    connection,
                    recorded.version_table.update()
                    .where(any_of(own, page, connection.dialect.name))
                    .values({recorded.end_timestamp_column: right}),
                )
            self._count(recorded, "end time", len(page))

    def remove_unreadable(self, recorded: RecordedTable) -> None:
        """Remove versions of a lower table that no version of the root goes with."""
        if recorded.root is None:
            return
        own = [*recorded.version_key, recorded.transaction_column]
        versions = unreadable(recorded.root, recorded)
        for page in self._pages(versions.with_only_columns(*own), own):
            with rewriting(self.bind, self.manager, self.reason or "repair()") as connection:
                self._transaction(connection, {recorded.table.fullname: {"no root": len(page)}})
                execute(
                    connection,
                    delete(recorded.version_table).where(
                        any_of(own, page, connection.dialect.name)
                    ),
                )
            self._count(recorded, "no root", len(page))

    def catch_up(self, root: RecordedTable) -> None:
        """Write versions for rows of a hierarchy that are not as their versions in force say."""
        levels = (root, *root.lower)
        for level in levels:
            for fault in faults_of(level):
                keys = fault.statement.with_only_columns(*fault.key, maintain_column_froms=True)
                for page in self._pages(keys.distinct(), fault.key):
                    with rewriting(
                        self.bind, self.manager, self.reason or "repair()"
                    ) as connection:
                        self._write(connection, levels, page)

    def _write(
        self, connection: Connection, levels: Sequence[RecordedTable], keys: Sequence[Key]
    ) -> None:
        """Write the versions that some objects lack, at all levels."""
        dialect = connection.dialect.name
        for level in levels:
            # From here on nobody changes these rows: what the next statements see stays true.
            lock = select(*level.key).where(any_of(level.key, keys, dialect))
            execute(connection, lock.with_for_update()).all()
        number = self._transaction(connection)
        # Should the transaction get another number, its versions have to follow.
        unit = self.manager.recording.unit(connection)
        unit.written.update(level.table for level in levels)
        root = levels[0]
        for level in levels:
            for fault in faults_of(level):
                rows = fault.statement.where(any_of(fault.key, keys, dialect))
                self._count(level, fault.kind, self._settle(connection, level, fault, rows, number))
            self._end(connection, level, self._written(connection, level, keys, number), number)
            if level is not root:
                write_roots(connection, root, level, any_of(root.key, keys, dialect), number)
        if len(levels) > 1:
            self._end(connection, root, self._written(connection, root, keys, number), number)
        for level in levels:
            fill_flags(connection, level, number)

    def _settle(
        self,
        connection: Connection,
        level: RecordedTable,
        fault: Fault,
        rows: Select[Any],
        number: int,
    ) -> int:
        """Write versions, or end those before where history leaves such changes out."""
        name = fault.operation.name.lower()
        if level.when is None and name in level.options.operations:
            return write_versions(connection, level, rows, fault.operation, number)
        keys = rows.with_only_columns(*fault.key, maintain_column_froms=True)
        found = [tuple(row) for row in execute(connection, keys)]
        self._end(connection, level, found, number)
        return len(found)

    def _written(
        self, connection: Connection, level: RecordedTable, keys: Sequence[Key], number: int
    ) -> list[Key]:
        """Return those keys of which the transaction made a version."""
        statement = select(*level.version_key).where(
            any_of(level.version_key, keys, connection.dialect.name),
            level.transaction_column == number,
        )
        return [tuple(row) for row in execute(connection, statement)]

    def _end(
        self, connection: Connection, level: RecordedTable, keys: Sequence[Key], number: int
    ) -> None:
        """End the versions of some rows that were in force up to now."""
        if level.end_column is None or not keys:
            return
        execute(
            connection,
            level.version_table.update()
            .where(
                any_of(level.version_key, keys, connection.dialect.name),
                level.transaction_column < number,
                level.end_column.is_(None),
            )
            .values(self._ended_by(level, number)),
        )

    def _ended_by(self, recorded: RecordedTable, number: Any) -> dict[Any, Any]:
        return ended_by(recorded, self.journal.transaction_table, self.journal.log, number)

    def _transaction(self, connection: Connection, done: dict[str, Any] | None = None) -> int:
        """Return the id of the transaction that mends.

        :param done: what it does beside making versions, for its ``meta``.
        """
        known = {column.key for column in self.journal.log.columns}
        meta = {"repaired": done} if done and "meta" in known else None
        # What changes append-only history says so in its reason, and is kept for that.
        reason = None if self.journal.log.append_only else self.reason
        saying = remarking if reason == REASON else context
        with context(connection, meta=meta), saying(connection, reason=reason):
            number = transaction_id(self.manager, connection, self.journal, create=True)
        assert number is not None
        if number not in self.report.transactions:
            self.report.transactions.append(number)
        return number

    def _pages(
        self, statement: Select[Any], order: Sequence[ColumnElement[Any]]
    ) -> Iterator[list[Any]]:
        """Iterate over what a select finds, a batch at a time; report what has come of each.

        :param order: what tells its rows apart, the first of its columns.
        """
        last: Sequence[Any] | None = None
        size = rows_at_a_time(self.batch, len(order))
        while True:
            page = statement.order_by(*order).limit(size)
            if last is not None:
                page = page.where(beyond(order, last))
            with working(self.bind) as connection:
                rows = [tuple(row) for row in execute(connection, page)]
            if rows:
                yield rows
                if self.progress is not None:
                    self.progress(self.report)
            if len(rows) < size:
                return
            last = rows[-1][: len(order)]

    def _count(self, recorded: RecordedTable, kind: str, number: int) -> None:
        if not number:
            return
        place = recorded.table.fullname, kind
        self.report.mended[place] = self.report.mended.get(place, 0) + number
