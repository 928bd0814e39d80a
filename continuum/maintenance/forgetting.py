"""Removing a transaction, with the versions that it made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.errors import InvalidPoint
from continuum.errors import TransactionInForce
from continuum.maintenance.asked import session_given
from continuum.maintenance.comparing import count
from continuum.maintenance.comparing import execute
from continuum.maintenance.mending import fill_flags
from continuum.maintenance.prune import Pruning
from continuum.maintenance.prune import drop_transactions
from continuum.maintenance.prune import needless_transactions
from continuum.maintenance.standing import look_at_tables
from continuum.maintenance.working import rewriting
from continuum.manager import VersioningManager
from continuum.manager import manager_of
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.operation import Operation
from continuum.reading.binding import connection_like
from continuum.reading.freshness import renew
from continuum.reading.layout import layout_of
from continuum.reading.points import point
from continuum.reading.version import Version
from continuum.schema.ends import ended_by
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous

Key = tuple[Any, ...]


@synchronous
def delete_transaction(
    session: Session | scoped_session[Any],
    transaction: Any,
    *,
    manager: VersioningManager = versioning_manager,
    dry_run: bool = False,
) -> Pruning:
    """Remove a transaction and the versions that it made, as if it had never been.

    For what should not be in history: a run of a broken script, a secret that was stored for a
    while.  The version before each of them takes over its range, and live rows stay as they are.
    That only works where later transactions have changed all these rows again: what is in force
    cannot be taken out of history (see :func:`continuum.undo`).

    The session is flushed but not committed.

    :param session: the session; versions of the transaction that it holds leave it.
    :param transaction: its id, or the Transaction object.
    :param manager: the manager of the history, for an id.
    :param dry_run: only count the versions.
    :returns: what was removed.  The row of the transaction stays where a table of a plugin refers
        to it, or nothing came after it.
    :raises TransactionInForce: one of its versions is in force, or it began or ended a pause.
    :raises MissingTable: the database lacks tables of the classes.
    :raises MissingHistory: it lacks tables of their history.
    :raises InvalidPoint: there is no such transaction, or it is something else.
    :raises InvalidArgument: ``session`` is no session.

    Queries: one for each schema, to see the tables;
    two for each table, and up to four more for those that the transaction changed; four
    for the transaction.  Example::

        delete_transaction(session, 17)
        session.commit()
    """
    session = session_given(session, "delete_transaction()")
    number: Any = None
    if isinstance(transaction, int) and not isinstance(transaction, bool):
        journal = manager.only_journal()
        number = point(journal, transaction)
    elif hasattr(type(transaction), "__continuum_journal__"):
        journal = type(transaction).__continuum_journal__
        number = point(journal, transaction)
        manager = manager_of(journal.metadata) or manager
    else:
        raise InvalidPoint(
            f"{transaction!r} is no transaction to be removed",
            hint="Give a Transaction object or its id.",
        )
    connection = connection_like(session, journal.transaction_cls)
    look_at_tables(connection, journal, journal.recorded.values())
    session.flush()
    log = journal.transaction_table
    known = select(log.c[journal.log.id]).where(log.c[journal.log.id] == number)
    if execute(connection, known).first() is None:
        raise InvalidPoint(
            f"there is no transaction {number}",
            table=journal.transaction_table.fullname,
            hint="continuum log lists transactions."
            if number
            else "0 marks how rows were found that are older than their history.",
        )
    # Roots before what is below them.
    tables = sorted(journal.recorded.values(), key=lambda item: item.root is not None)
    links: dict[RecordedTable, dict[Key, _Link]] = {}
    for recorded in tables:
        found = links[recorded] = _links(connection, recorded, number)
        above = None if recorded.root is None else links[recorded.root]
        _refuse(connection, recorded, number, found, above)
    report = Pruning(
        removed={item.table.fullname: len(found) for item, found in links.items() if found},
        dry_run=dry_run,
    )
    if dry_run:
        return report
    with rewriting(connection, manager, "delete_transaction()"):
        for recorded, found in links.items():
            if found:
                _take_out(connection, journal, recorded, number, found)
        needless = needless_transactions(connection, journal, among=[number])
        drop_transactions(connection, journal, needless)
        report.transactions = len(needless)
    _forget(session, journal, number)
    return report


@dataclass(frozen=True)
class _Link:
    """A version of the transaction, between its neighbours.

    :param end: where it ends.
    :param following: where the next one begins.
    """

    operation: int
    end: int | None
    following: int | None
    operation_after: int | None
    operation_before: int | None

    @property
    def right_operation(self) -> Operation | None:
        """What the next version has to say when this one is gone; ``None``: what it says."""
        born = self.operation_before in (None, Operation.DELETE)
        if self.operation == Operation.INSERT and self.operation_after == Operation.UPDATE:
            return Operation.INSERT
        if self.operation == Operation.DELETE and self.operation_after == Operation.INSERT:
            return None if born else Operation.UPDATE
        return None


def _links(connection: Connection, recorded: RecordedTable, number: int) -> dict[Key, _Link]:
    version, begin = recorded.version_table, recorded.transaction_column
    after, before = version.alias("after"), version.alias("before")

    def same(rows: Any) -> list[Any]:
        return [rows.c[column.key] == column for column in recorded.version_key]

    def nearest(name: str, *, later: bool) -> Any:
        rows = version.alias(name)
        other = rows.c[begin.key]
        edge = func.min(other) if later else func.max(other)
        side = other > begin if later else other < begin
        return select(edge).where(*same(rows), side).correlate(version).scalar_subquery()

    statement: Select[Any] = (
        select(
            *recorded.version_key,
            recorded.operation_column,
            null() if recorded.end_column is None else recorded.end_column,
            after.c[begin.key],
            after.c[recorded.operation_column.key],
            before.c[recorded.operation_column.key],
        )
        .select_from(version)
        .outerjoin(after, and_(*same(after), after.c[begin.key] == nearest("later", later=True)))
        .outerjoin(
            before, and_(*same(before), before.c[begin.key] == nearest("earlier", later=False))
        )
        .where(begin == number)
    )
    width = len(recorded.version_key)
    return {tuple(row[:width]): _Link(*row[width:]) for row in execute(connection, statement)}


def _refuse(
    connection: Connection,
    recorded: RecordedTable,
    number: int,
    links: Mapping[Key, _Link],
    above: Mapping[Key, _Link] | None,
) -> None:
    """Raise when the versions of the transaction cannot be taken out of one table.

    :param above: those of the root, for a lower level.
    """
    name = recorded.table.fullname
    for key, link in links.items():
        shown = "/".join(map(str, key))
        if link.following is None:
            raise TransactionInForce(
                f"transaction {number} made the version of {name} {shown} that is in force",
                table=name,
                hint="Undo the transaction first: undo(session, number).",
            )
        if above is not None and (key not in above or above[key].following != link.following):
            raise TransactionInForce(
                f"what transaction {number} changed of {name} {shown} is part of later versions of "
                "the object",
                table=name,
                hint="Only versions whose values all changed again can be taken out.",
            )
    if recorded.end_column is None:
        return
    version = recorded.version_table
    own = version.alias("own")
    same = (own.c[column.key] == column for column in recorded.version_key)
    made = exists().where(*same, own.c[recorded.transaction_column.key] == number).select_from(own)
    if count(connection, select(version).where(recorded.end_column == number, ~made)):
        raise TransactionInForce(
            f"transaction {number} ended versions of {name} without making others, as a pause does",
            table=name,
            hint="What happened then is not known; keep the transaction.",
        )


def _take_out(
    connection: Connection,
    journal: Journal,
    recorded: RecordedTable,
    number: int,
    links: Mapping[Key, _Link],
) -> None:
    version, begin, end = recorded.version_table, recorded.transaction_column, recorded.end_column
    execute(connection, delete(version).where(begin == number))
    same = [
        column == bindparam(f"key_{place}", type_=column.type)
        for place, column in enumerate(recorded.version_key)
    ]

    def bound(key: Key) -> dict[str, Any]:
        return {f"key_{place}": value for place, value in enumerate(key)}

    if end is not None:
        ended = ended_by(
            recorded, journal.transaction_table, journal.log, bindparam("new_end", type_=end.type)
        )
        execute(
            connection,
            version.update().where(*same, end == number).values(ended),
            [{**bound(key), "new_end": link.end} for key, link in links.items()],
        )
    corrections = [
        {**bound(key), "at": link.following, "operation": int(link.right_operation)}
        for key, link in links.items()
        if link.right_operation is not None
    ]
    if corrections:
        operation = recorded.operation_column
        execute(
            connection,
            version.update()
            .where(*same, begin == bindparam("at", type_=begin.type))
            .values({operation: bindparam("operation", type_=operation.type)}),
            corrections,
        )
    if recorded.options.flags is not None:
        for following in sorted({link.following for link in links.values() if link.following}):
            fill_flags(connection, recorded, following)


def _forget(session: Session, journal: Journal, number: int) -> None:
    """Let objects of a session that are gone leave it, and others be read anew."""
    renew(session)
    for obj in list(session):
        if isinstance(obj, Version):
            layout = layout_of(type(obj))
            if layout.journal is not journal:
                continue
            if layout.transaction_id_of(obj) == number:
                session.expunge(obj)
            else:
                session.expire(obj)
        elif isinstance(obj, journal.transaction_cls) and inspect(obj).identity == (number,):
            session.expunge(obj)
