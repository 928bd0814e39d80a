"""Removing old versions, and all versions of one object."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import Table
from sqlalchemy import TableClause
from sqlalchemy import and_
from sqlalchemy import column
from sqlalchemy import delete
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import not_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TableName
from continuum.errors import InvalidArgument
from continuum.maintenance.asked import key_given
from continuum.maintenance.asked import look_at_age
from continuum.maintenance.asked import look_at_key_value
from continuum.maintenance.asked import look_at_models
from continuum.maintenance.asked import look_at_number
from continuum.maintenance.asked import look_at_progress
from continuum.maintenance.asked import session_given
from continuum.maintenance.choosing import chosen
from continuum.maintenance.comparing import beyond
from continuum.maintenance.comparing import count
from continuum.maintenance.comparing import execute
from continuum.maintenance.standing import look_at_tables
from continuum.maintenance.transactions import tells_why
from continuum.maintenance.transactions import uses
from continuum.maintenance.wording import counted
from continuum.maintenance.wording import told_by_table
from continuum.maintenance.working import rewriting
from continuum.maintenance.working import working
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.reading.binding import connection_like
from continuum.reading.freshness import renew
from continuum.reading.layout import layout_of
from continuum.reading.points import newest_id
from continuum.reading.version import Version
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.unlocking import unlocking
from continuum.schema.connections import look_at_bind
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous
from continuum.utils import get_versioning_manager


@dataclass
class Pruning:
    """What :func:`prune` or :func:`purge` removed, or would remove; prints as a text.

    :param removed: how many versions, by full name of the live table.
    :param transactions: how many transactions.
    :param dry_run: nothing was removed.
    """

    removed: dict[str, int] = field(default_factory=dict)
    transactions: int = 0
    dry_run: bool = False

    @property
    def total(self) -> int:
        """How many versions, of all tables."""
        return sum(self.removed.values())

    def __str__(self) -> str:
        verb = "would be removed" if self.dry_run else "removed"
        lines = told_by_table(self.removed, verb)
        if self.transactions:
            lines.append(f"{counted(self.transactions, 'transaction')} {verb}")
        return "\n".join(lines)


@synchronous
def prune(
    bind: Engine | Connection,
    *models: Any,
    older_than: datetime | timedelta | None = None,
    keep_last: int | None = None,
    transactions: bool = False,
    batch: int = 1000,
    manager: VersioningManager = versioning_manager,
    dry_run: bool = False,
    progress: Callable[[Pruning], None] | None = None,
) -> Pruning:
    """Remove old versions.

    The newest version of each row always stays, be it of a row that was deleted.  Versions go from
    the oldest on, so that those which stay follow each other as before.  With both limits, a
    version goes only when both let it go.  Without any, the option ``retention`` of each class
    holds, and classes without it are left alone.

    :param bind: Engine or Connection.  With an Engine each batch is a transaction of its own, and
        what is broken off can be taken up again; with a Connection, all belongs to its transaction.
    :param models: versioned classes, each of which stands for its whole hierarchy; none: all
        tables, association tables too.
    :param older_than: an aware datetime, or how long ago: versions go that were no longer in force
        then.  What :func:`as_of` says of that moment, and of all later ones, stays true.
    :param keep_last: how many versions of each row stay.
    :param transactions: also remove transactions that no version, and no table of a plugin, needs
        any more; the newest one stays.  With ``older_than`` only those that are older.
    :param batch: how many versions to remove at a time.
    :param manager: the manager whose models describe the database.
    :param dry_run: only count the versions; transactions are not counted then.
    :param progress: is called after each batch with what has been removed so far.
    :returns: what was removed.
    :raises ClassNotVersioned: one of the classes is not versioned.
    :raises InvalidPoint: the datetime has no time zone.
    :raises MissingTable: the database lacks tables of the classes.
    :raises MissingHistory: it lacks tables of their history.
    :raises InvalidArgument: neither limit is given and no class has the option ``retention``;
        ``older_than`` is no moment of the past and no duration; ``keep_last`` or ``batch`` is no
        positive whole number; ``bind`` is neither an Engine nor a Connection.

    Queries: one for each schema, to see the tables;
    two for each batch of a table, and one for each moment; two more for transactions, and
    two for each 500 of them.  Example::

        prune(engine, Article, older_than=timedelta(days=365), keep_last=10)
        prune(engine)  # as the classes say: __versioned__ = {"retention": timedelta(days=365)}
    """
    look_at_bind(bind, "prune()")
    look_at_number("batch", batch)
    look_at_progress(progress)
    if older_than is not None:
        look_at_age(older_than)
    if keep_last is not None:
        look_at_number("keep_last", keep_last)
    report = Pruning(dry_run=dry_run)
    asked = (older_than, keep_last)
    work = [
        (journal, [(each, rule) for each in tables if (rule := _rule(each, asked)) is not None])
        for journal, tables in chosen(manager, models)
    ]
    if asked == (None, None) and not any(tables for _, tables in work):
        raise InvalidArgument(
            "prune() needs a limit: older_than, keep_last, both, or classes with the option "
            "retention",
            hint="Write older_than=timedelta(days=365), or keep_last=10.",
        )
    for journal, tables in work:
        look_at_tables(bind, journal, [each for each, _ in tables])
    for journal, tables in work:
        limits: dict[_Rule, _Limit] = {}
        for recorded, rule in tables:
            if rule not in limits:
                with working(bind) as connection:
                    limits[rule] = _Limit(connection, journal, *rule)
            limit = limits[rule]
            report.removed.setdefault(recorded.table.fullname, 0)
            if limit.reached_by_none:
                continue
            victims = _Victims(recorded, limit)
            if dry_run:
                with working(bind) as connection:
                    report.removed[recorded.table.fullname] += count(connection, victims.select)
                continue
            last: Sequence[Any] | None = None
            while True:
                with working(bind) as connection:
                    found = victims.find(connection, last, batch)
                    if found:
                        with unlocking(manager, connection, "prune()"):
                            victims.remove(connection, found)
                report.removed[recorded.table.fullname] += len(found)
                if progress is not None and found:
                    progress(report)
                if len(found) < batch:
                    break
                last = found[-1]
        numbers = [limit.number for limit in limits.values() if not limit.reached_by_none]
        if transactions and numbers and not dry_run:
            upto = None if None in numbers else max(number for number in numbers if number)
            with working(bind) as connection:
                needless = needless_transactions(connection, journal, upto=upto)
                if needless:
                    with unlocking(manager, connection, "prune()"):
                        drop_transactions(connection, journal, needless)
            report.transactions += len(needless)
    return report


@synchronous
def purge(
    session: Session | scoped_session[Any],
    model: Any,
    key: Any,
    *,
    transactions: bool = False,
    dry_run: bool = False,
) -> Pruning:
    """Remove the whole history of one object, as someone may have the right to ask for.

    The live row, if there is one, stays; it is then a row that is older than its history.  Links
    to other objects have histories of their own, which stay, and so do the transactions unless
    ``transactions`` is true.

    The session is flushed but not committed.

    :param session: the session; versions of the object that it holds leave it.
    :param model: a versioned class.
    :param key: the primary key, a tuple if it has several columns, a dictionary by attribute, or
        the live object.
    :param transactions: also remove the transactions of these versions that no other version, and
        no table of a plugin, needs.
    :param dry_run: only count the versions.
    :returns: what was removed.
    :raises ClassNotVersioned: the class is not versioned.
    :raises MissingTable: the database lacks tables of the classes.
    :raises MissingHistory: it lacks tables of their history.
    :raises InvalidArgument: the key does not fit the primary key, or ``session`` is no session.

    Queries: one for each schema, to see the tables;
    one for each table, two with ``transactions``; then one more, and two for each 500 of
    them.  Example::

        purge(session, Person, 12, transactions=True)
        session.commit()
    """
    session = session_given(session, "purge()")
    look_at_models([model])
    manager = get_versioning_manager(model)
    root = manager.levels(model)[0]
    values = _key_of(manager, model, root, key)
    connection = connection_like(session, model)
    look_at_tables(connection, manager.journal_of(model), (root, *root.lower))
    session.flush()
    report = Pruning(dry_run=dry_run)
    numbers: set[int] = set()
    if dry_run:
        for level in (root, *root.lower):
            versions = select(level.version_table).where(_is(level, values))
            report.removed[level.table.fullname] = count(connection, versions)
        return report
    with rewriting(connection, manager, "purge()"):
        for level in (root, *root.lower):
            mine = _is(level, values)
            if transactions:
                numbers.update(_named(connection, level, mine))
            result = execute(connection, delete(level.version_table).where(mine))
            report.removed[level.table.fullname] = int(result.rowcount)
        if numbers:
            journal = manager.journal_of(model)
            needless = needless_transactions(connection, journal, among=sorted(numbers))
            drop_transactions(connection, journal, needless)
            report.transactions = len(needless)
    renew(session)
    for obj in list(session):
        if isinstance(obj, Version) and layout_of(type(obj)).recorded is root:
            identity = inspect(obj).identity
            if identity is not None and tuple(identity[: len(values)]) == values:
                session.expunge(obj)
    return report


def _key_of(
    manager: VersioningManager, model: Any, root: RecordedTable, key: Any
) -> tuple[Any, ...]:
    """Return the values of a key, of a class or of an association table."""
    if not isinstance(model, Table):
        return key_given(manager.version_class(model), key)
    values = tuple(key) if isinstance(key, (tuple, list)) else (key,)
    if len(values) != len(root.key):
        names = ", ".join(column.name for column in root.key)
        raise InvalidArgument(
            f"the key of {model.fullname} consists of {names}, but {len(values)} values were given",
            table=model.fullname,
            hint="Give a tuple in the order of these columns.",
        )
    for value, each in zip(values, root.key, strict=True):
        look_at_key_value(value, each)
    return values


def _is(level: RecordedTable, key: Sequence[Any]) -> ColumnElement[bool]:
    """Return the criterion for the versions of one row."""
    return and_(
        *(
            column == literal(value, column.type)
            for column, value in zip(level.version_key, key, strict=True)
        )
    )


def _named(
    connection: Connection, level: RecordedTable, criterion: ColumnElement[bool]
) -> Iterable[int]:
    """Return the ids of the transactions that made or ended some versions."""
    ids = [level.transaction_column]
    ids += [] if level.end_column is None else [level.end_column]
    rows = execute(connection, select(*ids).where(criterion))
    return {number for row in rows for number in row if number}


_Rule = tuple[datetime | timedelta | None, int | None]
"""How old versions have to be, and how many stay."""


def _rule(recorded: RecordedTable, asked: _Rule) -> _Rule | None:
    """Return what holds for a table: what is asked for, or else its own option."""
    if asked != (None, None):
        return asked
    own = (recorded.root or recorded).options.retention
    return None if own is None else (own.older_than, own.keep_last)


class _Limit:
    """Which versions may go.

    :ivar number: versions go that a transaction up to this one ended; ``None``: no such limit.
    :ivar keep: how many versions of each row stay.
    :ivar reached_by_none: nothing is old enough.
    """

    def __init__(
        self,
        connection: Connection,
        journal: Journal,
        older_than: datetime | timedelta | None,
        keep_last: int | None,
    ) -> None:
        self.keep = keep_last or 1
        self.number: int | None = None
        self.reached_by_none = False
        if older_than is None:
            return
        moment = datetime.now(UTC) - older_than if isinstance(older_than, timedelta) else older_than
        newest = select(newest_id(journal.transaction_cls, moment))
        number: int = execute(connection, newest).scalar_one()
        self.number = number
        self.reached_by_none = number == 0


class _Victims:
    """The versions of one table that go."""

    def __init__(self, recorded: RecordedTable, limit: _Limit) -> None:
        self.recorded = recorded
        self.version = recorded.version_table
        self.position = [*recorded.version_key, recorded.transaction_column]
        criteria = self._orphaned() if recorded.root is not None else self._old(limit)
        self.select: Select[Any] = select(*self.position).where(*criteria)

    def _later(self, name: str) -> tuple[Any, list[ColumnElement[bool]]]:
        """Return an alias for later versions of the same row, and what makes them that."""
        later = self.version.alias(name)
        same = [later.c[column.key] == column for column in self.recorded.version_key]
        begin = self.recorded.transaction_column
        return later, [*same, later.c[begin.key] > begin]

    def _old(self, limit: _Limit) -> Iterable[ColumnElement[bool]]:
        later, criteria = self._later("later")
        if limit.keep == 1:
            yield exists().where(*criteria).select_from(later).correlate(self.version)
        else:
            newer = select(func.count()).select_from(later).where(*criteria)
            yield newer.correlate(self.version).scalar_subquery() >= limit.keep
        if limit.number is None:
            return
        if self.recorded.end_column is not None:
            yield self.recorded.end_column <= limit.number
            return
        begin = later.c[self.recorded.transaction_column.key]
        followed = exists().where(*criteria, begin <= limit.number).select_from(later)
        yield followed.correlate(self.version)

    def _orphaned(self) -> Iterable[ColumnElement[bool]]:
        """Iterate over the criteria for versions of a lower table that the root does not need.

        A version of the root is read together with the versions below it that were in force when
        it began.
        """
        root = self.recorded.root
        assert root is not None
        above = root.version_table.alias("above")
        start, begin = above.c[root.transaction_column.key], self.recorded.transaction_column
        same = [
            above.c[column.key] == mine
            for column, mine in zip(root.version_key, self.recorded.version_key, strict=True)
        ]
        later, criteria = self._later("later")
        yield exists().where(*criteria).select_from(later).correlate(self.version)
        if self.recorded.end_column is not None:
            before_end = start < self.recorded.end_column
        else:
            following = select(func.min(later.c[begin.key])).select_from(later).where(*criteria)
            before_end = start < following.correlate(self.version).scalar_subquery()
        needed = exists().where(*same, start >= begin, before_end).select_from(above)
        yield ~needed.correlate(self.version)

    def find(
        self, connection: Connection, after: Sequence[Any] | None, limit: int
    ) -> list[tuple[Any, ...]]:
        """Return the positions of the next versions."""
        statement = self.select.order_by(*self.position).limit(limit)
        if after is not None:
            statement = statement.where(beyond(self.position, after))
        return [tuple(row) for row in execute(connection, statement)]

    def remove(self, connection: Connection, found: list[tuple[Any, ...]]) -> None:
        """Remove the versions at some positions."""
        for some in chunks(found):
            chosen_ones = any_of(self.position, some, connection.dialect.name)
            execute(connection, delete(self.version).where(chosen_ones))


def needless_transactions(
    connection: Connection,
    journal: Journal,
    *,
    upto: int | None = None,
    among: Sequence[int] | None = None,
) -> list[int]:
    """Return the transactions that nothing needs any more.

    :param upto: only those up to this one.
    :param among: only these.
    """
    log = journal.transaction_table
    number = log.c[journal.log.id]
    noted = _noted(journal)
    used = uses(journal)
    for side in journal.log.side_tables:
        if side.table not in noted:
            columns = _source(side).c
            used += [select(each.label("used")).where(each.is_not(None)) for each in columns]
    newest = select(func.max(number)).scalar_subquery()
    statement = select(number).where(
        number < select(newest.label("n")).scalar_subquery(), not_(tells_why(journal))
    )
    if upto is not None:
        statement = statement.where(number <= upto)
    # Not correlated, so that a database can look at them once: ends of versions have no index.
    for use in used:
        statement = statement.where(number.not_in(use))
    numbers = list(execute(connection, statement).scalars())
    if among is None:
        return numbers
    wanted = set(among)
    return [each for each in numbers if each in wanted]


def drop_transactions(connection: Connection, journal: Journal, numbers: Sequence[int]) -> None:
    """Remove transactions, and what was noted of them."""
    log = journal.transaction_table
    noted = _noted(journal)
    followers = [_source(side) for side in journal.log.side_tables if side.table in noted]
    for some in chunks(numbers):
        for source in followers:
            execute(connection, source.delete().where(or_(*(each.in_(some) for each in source.c))))
        execute(connection, log.delete().where(log.c[journal.log.id].in_(some)))


def _noted(journal: Journal) -> set[TableName]:
    """Return the tables of what the transactions changed, which go with them."""
    return {item.changes.table for item in journal.recorded.values() if item.changes is not None}


def _source(side: SideTable) -> TableClause:
    columns = [column(name, BigInteger) for name in side.columns]
    return table(side.table.name, *columns, schema=side.table.schema)
