"""Does history fulfil the rules that every history obeys?"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import not_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import union
from sqlalchemy import union_all
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine

from continuum.maintenance.choosing import chosen
from continuum.maintenance.comparing import changed
from continuum.maintenance.comparing import count
from continuum.maintenance.comparing import execute
from continuum.maintenance.comparing import gone
from continuum.maintenance.comparing import newest_is_delete
from continuum.maintenance.comparing import risen
from continuum.maintenance.comparing import unknown
from continuum.maintenance.comparing import with_following
from continuum.maintenance.comparing import without_part
from continuum.maintenance.rootless import records_all
from continuum.maintenance.rootless import without_root
from continuum.maintenance.standing import look_at_tables
from continuum.maintenance.transactions import tells_why
from continuum.maintenance.transactions import uses
from continuum.maintenance.wording import counted
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.schema.connections import look_at_bind
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "overlap": "versions are still in force when the next one of their row begins",
        "backwards": "versions end before, or with, the transaction that made them",
        "changed": "rows are not as their version in force says",
        "gone": "versions are in force, and their row is gone",
        "risen": "rows are there, and their newest version says they were deleted",
        "no transaction": "versions were made or ended by a transaction that has no row",
        "end time": "versions have an end timestamp that is not that of their end",
        "no root": "versions of a lower table fall into no version of the root of their hierarchy",
        "no part": "rows of a lower table have no version in force, and their root has one",
    }
)
"""What breaks a rule, by kind."""

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "unrecorded": "rows have no version in force: older than their history, or paused",
        "empty": "transactions made and ended no version",
    }
)
"""What is worth knowing and breaks no rule, by kind."""

_ONE: Mapping[str, str] = MappingProxyType(
    {
        "overlap": "version is still in force when the next one of its row begins",
        "backwards": "version ends before, or with, the transaction that made it",
        "changed": "row is not as its version in force says",
        "gone": "version is in force, and its row is gone",
        "risen": "row is there, and its newest version says it was deleted",
        "no transaction": "version was made or ended by a transaction that has no row",
        "end time": "version has an end timestamp that is not that of its end",
        "no root": "version of a lower table falls into no version of the root of its hierarchy",
        "no part": "row of a lower table has no version in force, and its root has one",
        "unrecorded": "row has no version in force: older than its history, or paused",
        "empty": "transaction made and ended no version",
    }
)
"""The same of a single one."""


def number_of(kind: str, number: int) -> str:
    """Return how many there are of a kind of findings, as words."""
    return counted(number, _ONE[kind], FAULTS.get(kind) or NOTES[kind])


@dataclass(frozen=True)
class Finding:
    """Something that :func:`continuum.verify` found in one table.

    :param kind: a key of :data:`.FAULTS` or :data:`.NOTES`.
    :param table: full name of the live table, or of the transaction table.
    :param number: how many rows or versions are concerned.
    :param keys: the keys of a few of them.
    """

    kind: str
    table: str
    number: int
    keys: tuple[tuple[Any, ...], ...]

    @property
    def is_fault(self) -> bool:
        """A rule is broken."""
        return self.kind in FAULTS

    def __str__(self) -> str:
        named = ", ".join("/".join(map(str, key)) for key in self.keys)
        more = ", ..." if self.number > len(self.keys) else ""
        return f"{self.table}: {number_of(self.kind, self.number)} ({named}{more})"


@dataclass(frozen=True)
class Verification:
    """What :func:`continuum.verify` found; prints as a text.

    :param tables: full names of the live tables that were looked at.
    :param findings: everything that was found.
    """

    tables: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What breaks a rule."""
        return tuple(item for item in self.findings if item.is_fault)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What breaks no rule."""
        return tuple(item for item in self.findings if not item.is_fault)

    @property
    def ok(self) -> bool:
        """No rule is broken."""
        return not self.faults

    def __str__(self) -> str:
        verdict = "history is sound" if self.ok else "history breaks its rules"
        lines = [f"{verdict} ({counted(len(self.tables), 'table')})"]
        lines += [f"fault: {item}" for item in self.faults]
        lines += [f"note: {item}" for item in self.notes]
        return "\n".join(lines)


@synchronous
def verify(
    bind: Engine | Connection, *models: Any, manager: VersioningManager = versioning_manager
) -> Verification:
    """Look whether history fulfils its rules, and fits the rows that are there.

    Versions of one row follow each other and do not overlap; a row that is there has one version in
    force, which is as the row is, and a row that is gone has none; every transaction that made or
    ended a version has its row; in joined inheritance every version of a lower table has one of the
    root.  The :data:`.FAULTS` name what breaks a rule.  Rows that are older than their history, or
    were changed in ``paused()``, and transactions without versions are :data:`.NOTES`.

    With ``strategy="subquery"`` a pause leaves no trace: what was changed in it is reported as
    changed.  So is a row that was inserted in a pause under the key of a deleted one, as risen.
    :func:`backfill` mends the latter.

    :param bind: Engine or Connection.
    :param models: versioned classes to look at; none: everything.
    :param manager: the manager whose models describe the database.
    :returns: what was found; its ``ok`` says whether no rule is broken.
    :raises ClassNotVersioned: one of the classes is not versioned.
    :raises MissingTable: the database lacks tables of the classes.
    :raises MissingHistory: it lacks tables of their history.
    :raises InvalidArgument: ``bind`` is neither an Engine nor a Connection.

    Nothing is written.  Each rule is looked at by one statement, so that writers do not disturb it.

    Queries: one for each schema, to see the tables; up to eight for each table, of which most go
    through the whole table, one more for each finding, and one for each transaction table.
    Example::

        report = verify(engine)
        assert report.ok, report
    """
    look_at_bind(bind, "verify()")
    if isinstance(bind, Engine):
        with bind.connect() as connection:
            return verify(connection, *models, manager=manager)
    tables: list[str] = []
    findings: list[Finding] = []
    for journal, selected in chosen(manager, models):
        look_at_tables(bind, journal, selected)
        for recorded in selected:
            tables.append(recorded.table.fullname)
            for kind, statement, key in _rules(journal, recorded):
                findings += found(bind, recorded.table.fullname, kind, statement, key)
        if not models:
            table, number = journal.transaction_table, journal.transaction_table.c[journal.log.id]
            findings += found(bind, table.fullname, "empty", _empty(journal, number), [number])
    return Verification(tuple(tables), tuple(findings))


def found(
    connection: Connection, table: str, kind: str, statement: Select[Any], key: Any
) -> Iterator[Finding]:
    """Yield what a select finds, if it finds anything.  Queries: one, or two."""
    number = count(connection, statement)
    if number:
        few = statement.with_only_columns(*key, maintain_column_froms=True).order_by(*key).limit(3)
        keys = tuple(tuple(row) for row in execute(connection, few))
        yield Finding(kind, table, number, keys)


def _rules(
    journal: Journal, recorded: RecordedTable
) -> Iterator[tuple[str, Select[Any], Sequence[ColumnElement[Any]]]]:
    """Iterate over the kinds of faults, the selects that find them, and the keys to be told."""
    live = list(recorded.key)
    own = [*recorded.version_key]
    if recorded.end_column is not None:
        order = with_following(recorded)
        ordered = [order.c[column.key] for column in recorded.version_key]
        begin, end, following = order.c.begin_id, order.c.end_id, order.c.following
        late = or_(and_(end.is_(None), following.is_not(None)), end > following)
        yield "overlap", select(order).where(late), ordered
        yield "backwards", select(order).where(end <= begin), ordered
    yield "changed", changed(recorded), live
    statement = gone(recorded)
    [source] = statement.get_final_froms()
    yield "gone", statement, [source.c[column.key] for column in recorded.version_key]
    root = recorded.root
    if records_all(recorded):
        yield "risen", risen(recorded), live
        if root is None:
            yield "unrecorded", unknown(recorded).where(~newest_is_delete(recorded)), live
    yield "no transaction", orphans(journal, recorded), own
    if recorded.end_timestamp_column is not None:
        yield "end time", wrong_time(journal, recorded), own
    if root is not None:
        yield "no root", without_root(root, recorded), own
        missing = without_part(root, recorded).where(~newest_is_delete(recorded))
        yield "no part", missing, live


def orphans(journal: Journal, recorded: RecordedTable) -> Select[Any]:
    """Select the versions whose transactions have no row; 0 stands for before all history."""
    log = journal.transaction_table.alias("log")
    number = log.c[journal.log.id]
    begin, end = recorded.transaction_column, recorded.end_column
    missing = and_(begin != 0, ~exists().where(number == begin).select_from(log))
    if end is not None:
        no_end = ~exists().where(number == end).select_from(log)
        missing = or_(missing, and_(end.is_not(None), no_end))
    return select(recorded.version_table).where(missing)


def missing_transactions(journal: Journal, recorded: RecordedTable) -> Select[Any]:
    """Select the ids, as ``number``, of transactions that versions name and that have no row."""
    log = journal.transaction_table.alias("log")
    begin, end = recorded.transaction_column, recorded.end_column
    named = [select(begin.label("number")).where(begin != 0)]
    if end is not None:
        named.append(select(end.label("number")).where(end.is_not(None)))
    ids = union(*named).subquery("ids")
    known = exists().where(log.c[journal.log.id] == ids.c.number).select_from(log)
    return select(ids.c.number).distinct().where(~known)


def wrong_time(journal: Journal, recorded: RecordedTable) -> Select[Any]:
    """Select the versions whose end timestamp is not the time of the transaction at their end."""
    log = journal.transaction_table.alias("log")
    time, end = recorded.end_timestamp_column, recorded.end_column
    assert time is not None
    assert end is not None
    issued = log.c[journal.log.issued_at]
    same = exists().where(log.c[journal.log.id] == end, issued == time).select_from(log)
    return select(recorded.version_table).where(
        or_(and_(end.is_(None), time.is_not(None)), and_(end.is_not(None), ~same))
    )


def _empty(journal: Journal, number: ColumnElement[Any]) -> Select[Any]:
    """Select the transactions that no version is from, and that do not say why history changed."""
    used = union_all(*uses(journal)).subquery("used_ids")
    return select(journal.transaction_table).where(
        number.not_in(select(used.c.used)), not_(tells_why(journal))
    )
