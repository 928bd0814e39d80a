"""Rows that are gone, made anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from typing import Literal
from typing import TypeVar
from typing import overload

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.errors import RevertError
from continuum.operation import Operation
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.lookup import key_values
from continuum.reading.lookup import select_all
from continuum.reading.lookup import select_at
from continuum.reading.points import point
from continuum.reverting.plan import Plan
from continuum.reverting.revert import plan_revert
from continuum.synchronous import synchronous

T = TypeVar("T")


@overload
def restore(
    session: Session | scoped_session[Any],
    model: type[T],
    key: Any,
    at: Any = None,
    relations: Iterable[str] | None = None,
    *,
    dry_run: Literal[False] = False,
) -> T: ...


@overload
def restore(
    session: Session | scoped_session[Any],
    model: type[T],
    key: Any,
    at: Any = None,
    relations: Iterable[str] | None = None,
    *,
    dry_run: Literal[True],
) -> Plan: ...


@synchronous
def restore(
    session: Session | scoped_session[Any],
    model: type[T],
    key: Any,
    at: Any = None,
    relations: Iterable[str] | None = None,
    *,
    dry_run: bool = False,
) -> T | Plan:
    """Bring a deleted row back as it last was, or a row as it was at some time.

    The session gets the change; it is neither flushed nor committed.

    :param session: the session.
    :param model: the class.
    :param key: value of the primary key, a tuple or ``{attribute: value}`` when it has several
        columns.
    :param at: point of history to go back to: id of a transaction, Transaction object, version
        object, or aware datetime.  ``None``: just before the row was deleted for the last time;
        a row that is there looks as its newest version says, which it does unless a pause or
        changes not flushed yet came after it, and its relations go back to now.
    :param relations: relationships to restore as well, as :meth:`Version.revert` takes them; they
        go back to the same point.
    :param dry_run: return the plan instead of carrying it out.
    :returns: the live object.
    :raises RevertError: history has no such row, it did not exist at that point, or what could
        not be written is in the way; nothing has been touched then.
    :raises RevertVetoed: a listener of ``before_revert`` forbids it.

    Queries: one or two for the version, one more for a datetime, then as
    :meth:`Version.revert`; without ``at`` one for each class with ignored columns of which rows
    are made anew.  Example::

        article = restore(session, Article, 1, relations=["comments"])
        session.commit()
    """
    from continuum.utils import version_class

    layout = layout_of(version_class(model))
    values = key_values(layout, key)
    with session.no_autoflush:
        if at is None:
            version, number = _last(session, layout, values)
        else:
            number = _number(session, layout, at)
            version = session.scalars(
                select_at(layout, values, number, exact=False, include_deleted=False)
            ).first()
    if not isinstance(version, layout.version_cls):
        # There is none, or under this key there was an object of another class.
        named = " ".join(
            f"{name}={value!r}" for name, value in zip(layout.key_names, values, strict=True)
        )
        raise RevertError(
            f"history knows of no {layout.model.__name__} {named}"
            + ("" if at is None else f" at {at!r}"),
            table=layout.recorded.table.fullname,
            hint="Look at version_class(Model).all_versions(session, key).",
        )
    plan = plan_revert(
        version,
        relations,
        at=number,
        title=f"restore {layout.model.__name__} from {version!r}",
        newest=at is None,
    )
    if dry_run:
        return plan
    found: T = plan.apply()
    return found


def _last(
    session: Session | scoped_session[Any], layout: Layout, key: tuple[Any, ...]
) -> tuple[Any, int]:
    """Return the newest version that is no deletion, and the last transaction that saw it."""
    versions = session.scalars(select_all(layout, key, desc=True).limit(2)).all()
    for newer, version in zip((None, *versions), versions, strict=False):
        if getattr(version, layout.operation_name) == Operation.DELETE:
            continue
        if newer is None:
            # It is there; the point is now.
            newest = session.scalar(
                select(layout.journal.transaction_cls.id)
                .order_by(layout.journal.transaction_cls.id.desc())
                .limit(1)
            )
            return version, max(newest or 0, layout.transaction_id_of(version))
        return version, layout.transaction_id_of(newer) - 1
    return None, 0


def _number(session: Session | scoped_session[Any], layout: Layout, at: Any) -> int:
    """Return the id of the transaction that a point in history means."""
    found = point(layout.journal, at)
    if isinstance(found, int):
        return found
    number: int = session.execute(
        select(found), bind_arguments={"mapper": layout.mapper}
    ).scalar_one()
    return number
