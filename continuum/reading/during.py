"""Versions by the time in which they were in force."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import true

from continuum.errors import InvalidArgument
from continuum.errors import InvalidPoint
from continuum.operation import Operation
from continuum.reading.points import edge
from continuum.reading.points import point
from continuum.reading.resolve import subject_of
from continuum.reading.subject import Subject

if TYPE_CHECKING:
    from continuum.mapping.journal import Journal

MODES = ("overlaps", "contained", "covers", "began", "ended")


def during(
    entity: Any,
    start: Any,
    stop: Any,
    *,
    mode: str = "overlaps",
    include_deleted: bool = False,
) -> ColumnElement[bool]:
    """Return the criterion for versions that were in force in an interval.

    :param entity: a model, a version class, or an alias of one.
    :param start: the interval's first point in history (id of a transaction, Transaction object,
        version, aware datetime); ``None``: from the beginning.
    :param stop: its last point, which belongs to the interval; ``None``: without end.
    :param mode: ``"overlaps"``: in force at some point of the interval; ``"covers"``: at every
        point of it; ``"began"`` or ``"ended"`` in it; ``"contained"``: both.
    :param include_deleted: also DELETE versions, which say that the row was not there.
    :raises InvalidPoint: a point is none, or the interval ends before it starts; of a transaction
        and a datetime only the database could say which is the earlier, so that they find nothing.
    :raises InvalidArgument: there is no such mode.

    No queries.  Example::

        select(history(Article)).where(during(Article, monday, friday))
    """
    if mode not in MODES:
        raise InvalidArgument(
            f"mode={mode!r} of during() does not exist", hint=f"Use one of {', '.join(MODES)}."
        )
    subject = subject_of(entity)
    _check_order(subject.layout.journal, start, stop)
    tests = {
        "overlaps": _overlaps,
        "covers": _covers,
        "began": _began,
        "ended": _ended,
        "contained": _contained,
    }
    test = tests[mode](subject, start, stop)
    if include_deleted:
        return test
    return and_(test, subject.operation != Operation.DELETE)


def _check_order(journal: Journal, start: Any, stop: Any) -> None:
    """Refuse an interval that ends before it starts.

    :raises InvalidPoint: it does, or a point is none.
    """
    if start is None or stop is None:
        return
    first, last = point(journal, start), point(journal, stop)
    if isinstance(start, datetime) and isinstance(stop, datetime):
        reversed_ = start > stop
    else:
        reversed_ = isinstance(first, int) and isinstance(last, int) and first > last
    if reversed_:
        raise InvalidPoint(
            f"the interval from {start!r} to {stop!r} ends before it starts",
            hint="Give the earlier point first.",
        )


def _overlaps(subject: Subject, start: Any, stop: Any) -> ColumnElement[bool]:
    return and_(
        true() if stop is None else _begun_by(subject, stop),
        true() if start is None else _not_ended_by(subject, start),
    )


def _covers(subject: Subject, start: Any, stop: Any) -> ColumnElement[bool]:
    return and_(
        # Only the baseline of a row that is older than its history was always there.
        subject.transaction == 0 if start is None else _begun_by(subject, start),
        subject.end.is_(None) if stop is None else _not_ended_by(subject, stop),
    )


def _began(subject: Subject, start: Any, stop: Any) -> ColumnElement[bool]:
    return _between(subject, subject.transaction, start, stop)


def _ended(subject: Subject, start: Any, stop: Any) -> ColumnElement[bool]:
    # Never NULL, so that the opposite can be asked.
    return and_(subject.end.is_not(None), _between(subject, subject.end, start, stop))


def _contained(subject: Subject, start: Any, stop: Any) -> ColumnElement[bool]:
    return and_(_began(subject, start, stop), _ended(subject, start, stop))


def _begun_by(subject: Subject, at: Any) -> ColumnElement[bool]:
    begun: ColumnElement[bool] = subject.transaction <= point(subject.layout.journal, at)
    return begun


def _not_ended_by(subject: Subject, at: Any) -> ColumnElement[bool]:
    return or_(subject.end.is_(None), subject.end > point(subject.layout.journal, at))


def _between(
    subject: Subject, column: ColumnElement[int], start: Any, stop: Any
) -> ColumnElement[bool]:
    journal = subject.layout.journal
    return and_(
        true() if start is None else edge(journal, column, start, lower=True, inclusive=True),
        true() if stop is None else edge(journal, column, stop, lower=False, inclusive=True),
    )
