"""Points in history: a transaction, a moment, or a version."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import select

from continuum.errors import InvalidPoint
from continuum.reading.layout import layout_of

if TYPE_CHECKING:
    from continuum.mapping.journal import Journal

LARGEST = 2**63 - 1
"""The largest id of a transaction that there can be."""


def has_room(number: int) -> bool:
    """Say whether databases have room for a whole number: 64 bits, one of them for the sign."""
    return -LARGEST - 1 <= number <= LARGEST


def point(journal: Journal, at: Any) -> int | ColumnElement[int]:
    """Return the transaction id that a point in history means, as a value or as SQL.

    :param journal: the history.
    :param at: id of a transaction, Transaction object, version object, or aware datetime: then the
        newest transaction of that moment is meant, or 0 before the first one.
    :raises InvalidPoint: it is none of these.
    """
    from continuum.reading.version import Version

    if isinstance(at, datetime):
        return newest_id(journal.transaction_cls, at)
    if isinstance(at, int) and not isinstance(at, bool):
        if 0 <= at <= LARGEST:
            return at
        raise InvalidPoint(
            f"{at} is no id of a transaction",
            hint=f"Ids go from 1 to {LARGEST}; 0 stands for before all of them.",
        )
    if isinstance(at, Version):
        return layout_of(type(at)).transaction_id_of(at)
    if isinstance(at, journal.transaction_cls):
        identity = inspect(at).identity
        if identity is None:
            raise InvalidPoint(
                "a Transaction object that is not in the database yet is no point in history",
                hint="Flush the session first.",
            )
        number: int = identity[0]
        return number
    raise InvalidPoint(
        f"{at!r} is no point in history",
        hint="Give the id of a transaction, a Transaction object, a version, or an aware datetime.",
    )


def edge(
    journal: Journal, column: ColumnElement[int], at: Any, *, lower: bool, inclusive: bool
) -> ColumnElement[bool]:
    """Return the criterion for transaction ids on one side of a point in history.

    :param column: the ids.
    :param lower: after the point, not before it.
    :param inclusive: the point itself too.
    :raises InvalidPoint: it is no point in history.
    """
    if isinstance(at, datetime):
        # A moment lies between transactions: those made earlier, or also those made just then.
        newest = newest_id(
            journal.transaction_cls,
            at,
            strictly=inclusive is lower,
            default=-1 if lower else 0,
        )
        return column > newest if lower else column <= newest
    number = point(journal, at)
    if lower:
        return column >= number if inclusive else column > number
    return column <= number if inclusive else column < number


def newest_id(
    transaction_cls: Any, moment: datetime, *, strictly: bool = False, default: int = 0
) -> ColumnElement[int]:
    """Return SQL for the id of the newest transaction of a moment.

    :param strictly: made before the moment, not just then.
    :param default: the id when there is none.
    :raises InvalidPoint: the datetime has no time zone.
    """
    if moment.utcoffset() is None:
        raise InvalidPoint(
            f"datetime {moment.isoformat()} has no time zone: it could mean several moments",
            hint="Use an aware datetime: datetime.now(UTC), or moment.replace(tzinfo=UTC).",
        )
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidPoint(
            f"datetime {moment.isoformat()} is before the year 1, or after the year 9999, in UTC",
            hint="0 stands for before all transactions; leave the point out for today.",
        ) from error
    issued_at = transaction_cls.issued_at
    return func.coalesce(
        select(func.max(transaction_cls.id))
        .where(issued_at < moment if strictly else issued_at <= moment)
        .scalar_subquery(),
        literal(default),
    )


def newest_at(transaction_cls: Any, moment: datetime) -> Any:
    """Return the select for the newest transaction of a moment.

    :raises InvalidPoint: the datetime has no time zone.
    """
    return select(transaction_cls).where(transaction_cls.id == newest_id(transaction_cls, moment))
