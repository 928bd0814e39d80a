"""From one version to its neighbours."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from continuum.reading.freshness import epoch_of
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.peers import neighbours_of
from continuum.reading.peers import peers_of
from continuum.reading.peers import places_of
from continuum.reading.seeking import ONE
from continuum.reading.seeking import seek


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
    session = instance_state(version).session
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
    number = layout.transaction_id_of(version)
    before, order = seek(layout, layout.key_of(version), operator.lt, number)
    return select(layout.root).where(before).order_by(*order).limit(ONE)


def select_next(version: Any) -> Select[Any]:
    """Return the select for the version after this one."""
    layout = layout_of(type(version))
    number = layout.transaction_id_of(version)
    after, order = seek(layout, layout.key_of(version), operator.gt, number)
    return select(layout.root).where(after).order_by(*order).limit(ONE)


def previous_of(version: Any) -> Any:
    """Return the version before this one, ``None`` for the first."""
    links = links_of(version)
    if links.previous is UNKNOWN:
        link_peers(version)
        links = links_of(version)
    if links.previous is UNKNOWN:
        found = _one(session_of(version, "version.previous"), select_previous(version))
        links = links_of(version)
        links.previous = found
        if found is None:
            links.index = 0
        elif _is_plain(version):
            links_of(found).next = version
    return links.previous


def next_of(version: Any) -> Any:
    """Return the version after this one, ``None`` for the last."""
    links = links_of(version)
    if links.next is UNKNOWN:
        link_peers(version)
        links = links_of(version)
    if links.next is UNKNOWN:
        found = _one(session_of(version, "version.next"), select_next(version))
        links = links_of(version)
        links.next = found
        if found is not None and _is_plain(version):
            links_of(found).previous = version
    return links.next


def index_of(version: Any) -> int:
    """Return how many versions of the entity come before this one."""
    links = links_of(version)
    if links.index is None:
        if links.previous is UNKNOWN:
            link_peers(version)
        _count_along(version)
        links = links_of(version)
    if links.index is None:
        peers = peers_of(version, _lacks_index)
        places = places_of(session_of(version, "version.index"), peers)
        for peer in peers:
            links_of(peer).index = places.get(id(peer))
        links = links_of(version)
    if links.index is None:
        links.index = _count(version)
    return links.index


def _count(version: Any) -> int:
    """Count the versions before one whose key is written in several ways."""
    layout = layout_of(type(version))
    statement = select(func.count()).where(
        layout.has_key(layout.key_of(version)),
        layout.transaction_column < layout.transaction_id_of(version),
    )
    number: int = (
        session_of(version, "version.index")
        .execute(statement, bind_arguments={"mapper": layout.mapper})
        .scalar_one()
    )
    return number


def link_peers(version: Any) -> None:
    """Let the versions of a session that do not know their neighbours know them."""
    peers = peers_of(version, _lacks_neighbours)
    # For one or two of them it takes no more to look up what was asked for.
    if len(peers) < 3:
        return
    found = neighbours_of(session_of(version, "version.previous"), peers)
    for peer in peers:
        if id(peer) in found:
            before, after = found[id(peer)]
            link([peer], before=before, after=after)
            for other, name in ((before, "next"), (after, "previous")):
                if other is not None:
                    setattr(links_of(other), name, peer)


def _lacks_neighbours(version: Any) -> bool:
    links = links_of(version)
    return links.previous is UNKNOWN or links.next is UNKNOWN


def _lacks_index(version: Any) -> bool:
    return links_of(version).index is None


def _count_along(version: Any) -> None:
    """Count from the nearest version before whose place is known, if all between are."""
    chain = [version]
    while (index := links_of(chain[-1]).index) is None:
        before = links_of(chain[-1]).previous
        if before is UNKNOWN:
            return
        if before is None:
            index = 0
            break
        chain.append(before)
    for offset, each in enumerate(reversed(chain)):
        links_of(each).index = index + offset


def _is_plain(version: Any) -> bool:
    """Say whether a version is seen from its own transaction.

    Neighbours are; one seen from another point, whose relations are those of that point, is not
    theirs.
    """
    return instance_state(version).identity_token is None


def _one(session: Session, statement: Select[Any]) -> Any:
    return session.scalars(statement).first()
