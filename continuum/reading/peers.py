"""Neighbours of many versions at once.

Who asks one version of a session for its neighbour will ask the others as well: they are looked up
together, so that a walk through versions does not cost a query for each step.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session

from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of

_MOST = 1000
"""Versions looked up by one statement: their keys are bound values, which databases limit."""

Identity = tuple[Any, ...]
"""Key and transaction id of a version."""


def peers_of(version: Any, lacks: Callable[[Any], bool]) -> list[Any]:
    """Return versions in the session of one that lack the same knowledge, the one included.

    :param lacks: says whether a version does.
    """
    session = object_session(version)
    # What was read at a point in history is another object than the version itself.
    if session is None or inspect(version).identity_token is not None:
        return [version]
    root = layout_of(type(version)).root
    found = [version]
    for other in session.identity_map.values():
        if len(found) == _MOST:
            break
        if other is not version and isinstance(other, root):
            state = inspect(other)
            if state.identity_token is None and not state.deleted and lacks(other):
                found.append(other)
    return found


def neighbours_of(session: Session, versions: Sequence[Any]) -> dict[int, tuple[Any, Any]]:
    """Return the versions before and after each of some versions of one root, by ``id()``.

    Versions whose key is written in two ways are left out.

    Queries: one, and one more to load neighbours that are not among the versions.
    """
    layout = layout_of(layout_of(type(versions[0])).root)
    known = {layout.identity_of(version): version for version in versions}
    around = {
        identity: numbers
        for identity, *numbers in _select(
            session,
            layout,
            list(known),
            lambda start, other: (
                select(func.max(other)).where(other < start),
                select(func.min(other)).where(other > start),
            ),
        )
    }
    missing = {
        (*identity[:-1], number)
        for identity, numbers in around.items()
        for number in numbers
        if number is not None and (*identity[:-1], number) not in known
    }
    if missing:
        loaded = session.scalars(select(layout.root).where(*_among(layout, list(missing))))
        known |= {layout.identity_of(version): version for version in loaded}
    found = {}
    for identity, (before, after) in around.items():
        pair = [
            None if number is None else known.get((*identity[:-1], number), ...)
            for number in (before, after)
        ]
        if identity in known and ... not in pair:
            found[id(known[identity])] = (pair[0], pair[1])
    return found


def places_of(session: Session, versions: Sequence[Any]) -> dict[int, int]:
    """Return how many versions come before each of some versions of one root, by ``id()``.

    Queries: one.
    """
    layout = layout_of(layout_of(type(versions[0])).root)
    known = {layout.identity_of(version): version for version in versions}
    rows = _select(
        session,
        layout,
        list(known),
        lambda start, other: (select(func.count(other)).where(other < start),),
    )
    return {id(known[identity]): count for identity, count in rows if identity in known}


def _select(
    session: Session,
    layout: Layout,
    identities: list[Identity],
    lookups: Callable[[Any, Any], Sequence[Any]],
) -> list[tuple[Any, ...]]:
    """Return for each version its identity and what lookups find in the history of its row.

    :param lookups: from the transaction column and that of another version of the same row to
        selects of one value.
    """
    other = layout.recorded.version_table.alias("other")
    key = [item.version for item in layout.key]
    start = layout.transaction_column
    same = [other.c[column.key] == column for column in key]
    values = [
        lookup.where(*same).correlate_except(other).scalar_subquery()
        for lookup in lookups(start, other.c[start.key])
    ]
    statement = select(*key, start, *values).where(*_among(layout, identities))
    width = len(key) + 1
    rows = session.execute(statement, bind_arguments={"mapper": layout.mapper})
    return [(tuple(row[:width]), *row[width:]) for row in rows]


def _among(layout: Layout, identities: list[Identity]) -> tuple[ColumnElement[bool], ...]:
    """Return the criteria for versions with these keys and transaction ids.

    The first column is compared by itself as well, because SQLite finds nothing by an index when
    only a row of columns is.
    """
    columns = [*(item.version for item in layout.key), layout.transaction_column]
    first = list(dict.fromkeys(identity[0] for identity in identities))
    return columns[0].in_(first), tuple_(*columns).in_(identities)
