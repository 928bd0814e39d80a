"""Taking over a history that SQLAlchemy-Continuum has written."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine

from continuum.maintenance.comparing import changed
from continuum.maintenance.comparing import count
from continuum.maintenance.comparing import execute
from continuum.maintenance.comparing import gone
from continuum.maintenance.comparing import unknown
from continuum.maintenance.legacy import LegacyDatabase
from continuum.maintenance.mending import fill_flags
from continuum.maintenance.mending import write_versions
from continuum.maintenance.standing import look_at_tables
from continuum.maintenance.wording import counted
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.operation import Operation
from continuum.recording.identity import transaction_id
from continuum.recording.installation import resolver
from continuum.recording.unlocking import unlocking
from continuum.schema.connections import look_at_bind
from continuum.schema.ends import ended_by
from continuum.schema.missing import missing_history
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous


@dataclass
class AdoptedTable:
    """What was found in the history of one table.

    :param table: full name of the live table.
    :param versions: how many versions there are.
    :param ends: how many had no end, or a wrong one, and have got the right one.
    :param roots: how many versions of the root of a hierarchy were missing and have been made.
    :param changed: how many rows are not as their newest version says.
    :param gone: how many rows are there no more, and their newest version does not say so.
    :param unknown: how many rows have no version, or one that says they were deleted.
    :param orphans: how many versions belong to a transaction that has no row.
    :param caught_up: how many versions have been written for the changed, gone and unknown.
    """

    table: str
    versions: int = 0
    ends: int = 0
    roots: int = 0
    changed: int = 0
    gone: int = 0
    unknown: int = 0
    orphans: int = 0
    caught_up: int = 0

    @property
    def differs(self) -> bool:
        """Rows were changed without being recorded."""
        return bool(self.changed or self.gone or self.unknown)


@dataclass
class Adoption:
    """The report of :func:`adopt`; prints as a text."""

    tables: list[AdoptedTable] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> AdoptedTable:
        """Return what was found of a table.

        :raises KeyError: it has no history.
        """
        for item in self.tables:
            if item.table == name:
                return item
        raise KeyError(name)

    def __str__(self) -> str:
        lines = []
        for item in self.tables:
            found = [counted(item.versions, "version")]
            found += [
                f"{counted(number, one)} {words}"
                for number, one, words in (
                    (item.ends, "end", "mended"),
                    (item.roots, "version", "of the root added"),
                    (item.changed, "row", "unlike the newest version"),
                    (item.gone, "row", "gone without a DELETE version"),
                    (item.unknown, "row", "without a version"),
                    (item.orphans, "version", "without a transaction row"),
                    (item.caught_up, "version", "written to catch up"),
                )
                if number
            ]
            lines.append(f"{item.table}: {', '.join(found)}")
        lines += [f"done: {words}" for words in self.done]
        lines += [f"note: {words}" for words in self.notes]
        return "\n".join(lines)


@synchronous
def adopt(
    bind: Engine | Connection,
    *,
    manager: VersioningManager = versioning_manager,
    catch_up: bool = False,
) -> Adoption:
    """Take over the history that SQLAlchemy-Continuum has written into a database.

    The tables stay as they are.  Ends of versions that are missing, or that SQLAlchemy-Continuum
    wrote wrongly (links, versions that end with themselves), are mended; versions that its native
    triggers left out at the root of joined inheritance are made; those triggers are dropped, ids of
    transactions come from the database from now on, and the triggers are created.  Running it
    again changes nothing.

    :param bind: Engine or Connection; with a Connection, everything happens in its transaction as
        far as the database can (MariaDB and MySQL commit at each change of a table).
    :param manager: the manager whose models describe the database.
    :param catch_up: write versions, in one transaction, for rows that were changed without being
        recorded, so that the change is not laid at the door of whoever writes next.
    :returns: what was found and done.
    :raises MissingTable: a table of the models does not exist; nothing has been changed then.
    :raises MissingHistory: a history table, or a column of it, does not exist; nothing has been
        changed then.
    :raises InvalidArgument: ``bind`` is neither an Engine nor a Connection.

    Queries: a few for each table; those that compare go through whole tables.  Example::

        report = adopt(engine)
        print(report)
    """
    look_at_bind(bind, "adopt()")
    if isinstance(bind, Engine):
        with bind.begin() as connection:
            return adopt(connection, manager=manager, catch_up=catch_up)
    report = Adoption()
    journals = manager.configured_journals()
    for journal in journals:
        look_at_tables(bind, journal, journal.recorded.values())
        real = resolver(bind, bind.dialect.default_schema_name)
        for error in missing_history(
            bind, journal.recorded.values(), journal.log_tables, real
        ).values():
            raise error
    for journal in journals:
        legacy = LegacyDatabase(bind, journal)
        report.done += legacy.drop_triggers()
        report.done += legacy.give_ids()
        report.notes += legacy.notes()
        with unlocking(manager, bind, "adopt()"):
            for recorded in _in_order(journal):
                report.tables.append(_mend(bind, journal, recorded))
    manager.install(bind)
    report.done.append("the triggers stand")
    if catch_up:
        for journal in journals:
            with unlocking(manager, bind, None):
                _catch_up(manager, bind, journal, report)
    return report


def _in_order(journal: Journal) -> list[RecordedTable]:
    """Return the tables, those below a root before it."""
    return sorted(journal.recorded.values(), key=lambda item: item.root is None)


def _mend(connection: Connection, journal: Journal, recorded: RecordedTable) -> AdoptedTable:
    found = AdoptedTable(recorded.table.fullname)
    for level in recorded.lower:
        found.roots += _add_roots(connection, recorded, level)
    if recorded.end_column is not None:
        found.ends = _mend_ends(connection, journal, recorded)
    version = recorded.version_table
    begin = recorded.transaction_column
    log = journal.transaction_table
    log_id = log.c[journal.log.id]
    found.versions = count(connection, select(version))
    found.orphans = count(
        connection,
        select(version).where(begin > 0, ~exists().where(log_id == begin).select_from(log)),
    )
    found.changed = count(connection, changed(recorded))
    found.gone = count(connection, gone(recorded))
    found.unknown = count(connection, unknown(recorded))
    return found


def _mend_ends(connection: Connection, journal: Journal, recorded: RecordedTable) -> int:
    """Give a version that has a later one the right end; what only looks like a gap stays."""
    table, begin, end = recorded.version_table, recorded.transaction_column, recorded.end_column
    assert end is not None
    key = list(recorded.version_key)
    # A derived table: MySQL refuses to read the table that an UPDATE changes in any other place.
    order = select(
        *key, begin, func.lead(begin).over(partition_by=key, order_by=begin).label("following")
    ).subquery("ends")
    same = and_(*(column == order.c[column.key] for column in [*key, begin]))
    following = order.c.following
    wrong = or_(and_(end.is_(None), following.is_not(None)), end <= begin, end > following)
    result = execute(
        connection,
        table.update()
        .where(exists().where(same, wrong).select_from(order))
        .values({end: select(following).where(same).scalar_subquery()}),
    )
    _mend_times_of_ends(connection, journal, recorded)
    return int(result.rowcount)


def _mend_times_of_ends(connection: Connection, journal: Journal, recorded: RecordedTable) -> None:
    time = recorded.end_timestamp_column
    if time is None:
        return
    right = ended_by(recorded, journal.transaction_table, journal.log, recorded.end_column)[time]
    execute(
        connection,
        recorded.version_table.update().where(time.is_distinct_from(right)).values({time: right}),
    )


def _add_roots(connection: Connection, root: RecordedTable, level: RecordedTable) -> int:
    """Make the versions of the root for transactions that changed a lower level only."""
    version = root.version_table
    lower = level.version_table.alias("lower")
    before = version.alias("before")
    same_key = [
        before.c[mine.key] == lower.c[other.key]
        for mine, other in zip(root.version_key, level.version_key, strict=True)
    ]
    begin = root.transaction_column
    lower_begin = lower.c[level.transaction_column.key]
    newest = version.alias("newest")
    position = (
        select(func.max(newest.c[begin.key]))
        .where(
            *(
                newest.c[mine.key] == lower.c[other.key]
                for mine, other in zip(root.version_key, level.version_key, strict=True)
            ),
            newest.c[begin.key] <= lower_begin,
        )
        .correlate(lower)
        .scalar_subquery()
    )
    copied = [column.version for column in root.columns]
    copied += [column for column, _ in root.extra]
    source = (
        select(
            *(before.c[column.key] for column in copied),
            lower_begin,
            lower.c[level.operation_column.key],
        )
        .select_from(lower)
        .join(before, and_(*same_key, before.c[begin.key] == position))
        .where(before.c[begin.key] < lower_begin)
    )
    targets = [*copied, begin, root.operation_column]
    # MySQL refuses to read the table that it inserts into, unless through a derived table.
    rows = source.subquery("missing")
    result = execute(
        connection, version.insert().from_select(targets, select(*rows.c), include_defaults=True)
    )
    return int(result.rowcount)


def _catch_up(
    manager: VersioningManager, connection: Connection, journal: Journal, report: Adoption
) -> None:
    behind = [item for item in _in_order(journal) if report[item.table.fullname].differs]
    if not behind:
        return
    number = transaction_id(manager, connection, journal, create=True)
    assert number is not None
    for recorded in behind:
        found = report[recorded.table.fullname]
        for find, operation in (
            (unknown, Operation.INSERT),
            (changed, Operation.UPDATE),
            (gone, Operation.DELETE),
        ):
            found.caught_up += write_versions(
                connection, recorded, find(recorded), operation, number
            )
        if recorded.root is not None:
            report[recorded.root.table.fullname].caught_up += _add_roots(
                connection, recorded.root, recorded
            )
    for recorded in behind:
        for each in {recorded, recorded.root or recorded}:
            if each.end_column is not None:
                _mend_ends(connection, journal, each)
            fill_flags(connection, each, number)
