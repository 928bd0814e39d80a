"""What maintenance is asked for, looked at before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from io import BufferedIOBase
from io import RawIOBase
from typing import Any

from sqlalchemy import Integer
from sqlalchemy import Table
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.errors import ClassNotVersioned
from continuum.errors import InvalidArgument
from continuum.reading.layout import layout_of
from continuum.reading.lookup import key_values
from continuum.reading.points import LARGEST
from continuum.reading.points import has_room
from continuum.schema.connections import kind_of

NAMED = 5_000
"""The largest batch: so many rows one statement can name by up to six values each."""

_VALUES = 30_000
"""So many values one statement can name, beside some others: SQLite takes 32,766."""


def rows_at_a_time(batch: int, columns: int) -> int:
    """Return how many rows of a batch one statement can name on every database.

    :param columns: how many values tell a row.
    """
    return min(batch, _VALUES // columns)


def session_given(session: Any, function: str) -> Session:
    """Return the session that was given, or that a ``scoped_session`` stands for.

    :raises InvalidArgument: it is something else.
    """
    if isinstance(session, scoped_session):
        session = session()
    if isinstance(session, Session):
        return session
    raise InvalidArgument(
        f"{function} works in a Session, not on {kind_of(session)}",
        hint="Write with Session(engine) as session: ..., and commit it.",
    )


def look_at_models(models: Sequence[Any]) -> None:
    """Refuse objects, lists and names where classes are wanted.

    :raises ClassNotVersioned: one of them is neither a class nor a table.
    """
    for model in models:
        if not isinstance(model, (type, Table)):
            raise ClassNotVersioned(
                f"{model!r} is not a versioned class",
                hint="Give classes one by one, f(engine, Article, Tag), or none for all tables.",
            )


def look_at_number(name: str, value: Any, *, most: int = LARGEST) -> None:
    """Refuse what is no whole number from 1 on.

    :param name: of the argument.
    :param most: the largest that it can be.
    :raises InvalidArgument: it is none, or too large.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidArgument(f"{name}={value!r} is no whole number", hint=f"Write {name}=1000.")
    if not 1 <= value <= most:
        bound = "at least 1" if value < 1 else f"at most {most}"
        raise InvalidArgument(
            f"{name} is {value}; it has to be {bound}",
            hint=f"Leave {name} out, or give another number.",
        )


def look_at_reason(reason: Any) -> None:
    """Refuse a reason that is no text.

    :raises InvalidArgument: it is something else, and not None.
    """
    if reason is not None and not isinstance(reason, str):
        raise InvalidArgument(f"reason={reason!r} is no text", hint='Write reason="why".')


def look_at_progress(progress: Any) -> None:
    """Refuse what cannot be called after each batch.

    :raises InvalidArgument: it cannot, and is not None.
    """
    if progress is not None and not callable(progress):
        raise InvalidArgument(
            f"progress={progress!r} cannot be called", hint="Write progress=print, for example."
        )


def look_at_file(file: Any) -> None:
    """Refuse what no text can be written to.

    :raises InvalidArgument: it is something else.
    """
    if isinstance(file, (RawIOBase, BufferedIOBase)) or not hasattr(file, "write"):
        raise InvalidArgument(
            f"a text file is needed, not {kind_of(file)}",
            hint='Write with open(name, "w", encoding="utf-8", newline="") as file: ...',
        )


def look_at_age(value: Any) -> None:
    """Refuse what is no age of versions: neither a duration nor a moment of the past.

    :raises InvalidArgument: it is something else, or not in the past.
    """
    if not isinstance(value, (datetime, timedelta)):
        raise InvalidArgument(
            f"older_than={value!r} is neither a datetime nor a timedelta",
            hint="Write older_than=timedelta(days=365).",
        )
    now = datetime.now(UTC)
    if isinstance(value, timedelta):
        ahead = value < timedelta(0)
        try:
            # Versions of before the calendar there are none, and no database has such moments.
            now - value
        except OverflowError as error:
            raise InvalidArgument(
                f"older_than={value} is longer ago than the year 1",
                hint="Write older_than=timedelta(days=365).",
            ) from error
    else:
        # Without a time zone it is refused as a point in history.
        ahead = value.utcoffset() is not None and value > now
    if ahead:
        raise InvalidArgument(
            f"older_than={value} lies in the future, so that all versions but the newest would go",
            hint="If that is meant, write keep_last=1.",
        )


def key_given(version_cls: type[Any], key: Any) -> tuple[Any, ...]:
    """Return the values of a key that may be given in several forms.

    :param key: as :func:`~continuum.reading.lookup.key_values` takes it.
    :raises InvalidArgument: it does not fit the primary key.
    """
    layout = layout_of(version_cls)
    values = key_values(layout, key)
    for value, item in zip(values, layout.key, strict=True):
        look_at_key_value(value, item.live)
    return values


def look_at_key_value(value: Any, column: Any) -> None:
    """Refuse what cannot be in a column of a key.

    :raises InvalidArgument: it is None, or no number that the column could hold.
    """
    wrong = value is None
    if isinstance(column.type, Integer):
        wrong = isinstance(value, bool) or not isinstance(value, int) or not has_room(value)
    if wrong:
        raise InvalidArgument(
            f"{value!r} is no value of the key column {column.name!r}",
            table=column.table.fullname,
            column=column.name,
            hint="Give the key as session.get() takes it, or the live object.",
        )
