"""Finding versions by the key of their object."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import not_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm import Session

from continuum.errors import InvalidArgument
from continuum.operation import Operation
from continuum.reading.layout import Layout
from continuum.reading.layout import live_key
from continuum.reading.navigation import UNKNOWN
from continuum.reading.navigation import link
from continuum.reading.points import edge
from continuum.reading.points import point
from continuum.reading.seeking import ONE
from continuum.reading.seeking import seek

_KEY_HINT = "Give the key as session.get() takes it, or the live object."


def key_values(layout: Layout, key: Any) -> tuple[Any, ...]:
    """Return the values of a key that may be given in several forms.

    :param key: a value, a tuple in the order of the primary key, a dictionary by attribute, or an
        object of the model.
    :raises InvalidArgument: it does not fit the primary key.
    """
    names = layout.key_names
    if isinstance(key, layout.model_root):
        return live_key(key, layout.live_key)
    if isinstance(inspect(key, raiseerr=False), InstanceState):
        raise InvalidArgument(
            f"a {type(key).__name__} object is no key of {layout.model.__name__}", hint=_KEY_HINT
        )
    if isinstance(key, Mapping):
        by_column = {item.live.name: item.name for item in layout.key}
        given = {by_column.get(name, name): value for name, value in key.items()}
        if set(given) != set(names):
            raise InvalidArgument(
                f"the key of {layout.model.__name__} consists of {', '.join(names)}, not of "
                f"{', '.join(map(str, key)) or 'nothing'}",
                hint=_KEY_HINT,
            )
        return tuple(given[name] for name in names)
    values = tuple(key) if isinstance(key, (tuple, list)) else (key,)
    if len(values) != len(names):
        raise InvalidArgument(
            f"the key of {layout.model.__name__} consists of {', '.join(names)}, but "
            f"{len(values)} values were given",
            hint=_KEY_HINT,
        )
    return values


def select_at(
    layout: Layout, key: Any, at: Any, *, exact: bool, include_deleted: bool
) -> Select[Any]:
    """Return the select for the version of one entity at a point in history."""
    number = point(layout.journal, at)
    values = key_values(layout, key)
    column = layout.transaction_column
    if exact:
        start: Any = number
    else:
        # By its place alone: a test of anything else would go on to older versions where it fails.
        others = layout.recorded.version_table.alias("newest").c
        newest, order = seek(layout, values, operator.le, number, others)
        start = select(others[column.key]).where(newest).order_by(*order).limit(ONE)
        start = start.scalar_subquery()
    statement = select(layout.root).where(layout.has_key(values), column == start)
    if not exact and layout.end_column is not None:
        # A version that was closed without a successor leaves a gap in which nothing is known.
        statement = statement.where(or_(layout.end_column.is_(None), layout.end_column > number))
    if not include_deleted:
        statement = statement.where(layout.operation_column != Operation.DELETE)
    return statement


def select_all(layout: Layout, key: Any, *, desc: bool) -> Select[Any]:
    """Return the select for all versions of one entity."""
    column = layout.transaction_column
    return (
        select(layout.root)
        .where(layout.has_key(key_values(layout, key)))
        .order_by(column.desc() if desc else column)
    )


def all_versions(
    layout: Layout,
    session: Session,
    key: Any,
    *,
    limit: int | None = None,
    offset: int | None = None,
    desc: bool = True,
    link_them: bool = True,
    between: tuple[Any, Any] | None = None,
    after: Any = None,
    before: Any = None,
) -> list[Any]:
    """Return a page of the versions of one entity, linked; see :meth:`Version.all_versions`."""
    for name, number in (("limit", limit), ("offset", offset)):
        if number is not None and number < 0:
            raise InvalidArgument(
                f"{name}={number} is negative", hint=f"Give 0 or more, or leave {name} out."
            )
    column = layout.transaction_column
    same = layout.has_key(key_values(layout, key))
    lower, upper = _bounds(layout, between, after, before)
    statement = select(layout.root).where(same, *lower, *upper)
    statement = statement.order_by(column.desc() if desc else column)
    skipped = offset or 0
    if not link_them:
        if limit is not None:
            statement = statement.limit(limit)
        return list(session.scalars(statement.offset(skipped) if skipped else statement))
    if limit == 0:
        return []
    # The neighbours beyond both edges of the page come with it.
    margin = 1 if skipped else 0
    if limit is not None:
        statement = statement.limit(limit + margin + 1)
    if skipped - margin:
        statement = statement.offset(skipped - margin)
    # The place in the whole history is counted once for the page, from the edge where it starts.
    if desc:
        counted = select(func.count()).where(same, *upper)
        statement = statement.add_columns(counted.scalar_subquery())
    elif lower:
        counted = select(func.count()).where(same, not_(and_(*lower)))
        statement = statement.add_columns(counted.scalar_subquery())
    rows = session.execute(statement).all()
    found = [row[0] for row in rows]
    count = rows[0][1] if rows and len(rows[0]) > 1 else 0
    near: Any = found[0] if margin and found else (UNKNOWN if (upper if desc else lower) else None)
    page = found[margin:]
    if limit is not None and len(page) > limit:
        far: Any = page[limit]
        page = page[:limit]
    else:
        far = UNKNOWN if (lower if desc else upper) else None
    if desc:
        first = count - skipped - len(page)
        link(page[::-1], before=far, after=near, first_index=first)
    else:
        link(page, before=near, after=far, first_index=count + skipped)
    return page


def _bounds(
    layout: Layout, between: tuple[Any, Any] | None, after: Any, before: Any
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    column: ColumnElement[int] = layout.transaction_column
    start, stop = between or (None, None)
    lower = [
        edge(layout.journal, column, at, lower=True, inclusive=inclusive)
        for at, inclusive in ((start, True), (after, False))
        if at is not None
    ]
    upper = [
        edge(layout.journal, column, at, lower=False, inclusive=inclusive)
        for at, inclusive in ((stop, True), (before, False))
        if at is not None
    ]
    return lower, upper
