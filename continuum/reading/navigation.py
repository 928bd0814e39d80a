"""From one version to its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session

from continuum.reading.freshness import epoch_of
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of


class _Neighbour(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Any = _Neighbour.UNKNOWN
"""Stands for a neighbour that has not been looked up."""


@dataclass(slots=True)
class Links:
    """What is known about the place of a version in its history.

    :param epoch: the epoch of the session when it was learnt.
    """

    epoch: object | None
    previous: Any = UNKNOWN
    next: Any = UNKNOWN
    index: int | None = None


def links_of(version: Any) -> Links:
    """Return what is still known about a version; what is learnt may be written into it."""
    found: Links | None = version.__dict__.get("_continuum_links")
    session = object_session(version)
    epoch = None if session is None else epoch_of(session)
    # Without a session nothing changes any more, for this object.
    if found is None or (session is not None and (epoch is None or found.epoch is not epoch)):
        found = Links(epoch)
        version.__dict__["_continuum_links"] = found
    return found


def link(
    versions: Sequence[Any],
    *,
    before: Any = UNKNOWN,
    after: Any = UNKNOWN,
    first_index: int | None = None,
) -> None:
    """Tell versions of one entity, in their order and without a hole, about each other.

    :param before: what precedes the first: a version, ``None``, or ``UNKNOWN``.
    :param after: what follows the last.
    :param first_index: index of the first.
    """
    previous = before
    for position, version in enumerate(versions):
        links = links_of(version)
        if previous is not UNKNOWN:
            links.previous = previous
        following = versions[position + 1] if position + 1 < len(versions) else after
        if following is not UNKNOWN:
            links.next = following
        if first_index is not None:
            links.index = first_index + position
        previous = version


def select_previous(version: Any) -> Select[Any]:
    """Return the select for the version before this one."""
    layout = layout_of(type(version))
    column = layout.transaction_column
    return (
        select(layout.root)
        .where(layout.has_key(layout.key_of(version)), column < layout.transaction_id_of(version))
        .order_by(column.desc())
        .limit(1)
    )


def select_next(version: Any) -> Select[Any]:
    """Return the select for the version after this one."""
    layout = layout_of(type(version))
    column = layout.transaction_column
    return (
        select(layout.root)
        .where(layout.has_key(layout.key_of(version)), column > layout.transaction_id_of(version))
        .order_by(column)
        .limit(1)
    )


def previous_of(version: Any) -> Any:
    """Return the version before this one, ``None`` for the first."""
    links = links_of(version)
    if links.previous is UNKNOWN:
        found = _one(session_of(version, "version.previous"), select_previous(version))
        links = links_of(version)
        links.previous = found
        if found is not None:
            links_of(found).next = version
        else:
            links.index = 0
    return links.previous


def next_of(version: Any) -> Any:
    """Return the version after this one, ``None`` for the last."""
    links = links_of(version)
    if links.next is UNKNOWN:
        found = _one(session_of(version, "version.next"), select_next(version))
        links = links_of(version)
        links.next = found
        if found is not None:
            links_of(found).previous = version
    return links.next


def index_of(version: Any) -> int:
    """Return how many versions of the entity come before this one."""
    links = links_of(version)
    if links.index is None:
        layout = layout_of(type(version))
        statement = select(func.count()).where(
            layout.has_key(layout.key_of(version)),
            layout.transaction_column < layout.transaction_id_of(version),
        )
        number = (
            session_of(version, "version.index")
            .execute(statement, bind_arguments={"mapper": layout.mapper})
            .scalar_one()
        )
        links = links_of(version)
        links.index = number
    assert links.index is not None
    return links.index


def _one(session: Session, statement: Select[Any]) -> Any:
    return session.scalars(statement).first()
