"""Who gave each attribute of an object the value that it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Session

from continuum.operation import Operation
from continuum.reading.changes import Changeset
from continuum.reading.changes import changesets
from continuum.reading.changes import is_delete
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.layout import live_key
from continuum.reading.layout import session_of
from continuum.reading.lookup import all_versions
from continuum.reading.resolve import subject_of
from continuum.reading.users import who_made
from continuum.reading.users import with_users
from continuum.reading.version import Version

_CHUNK = 500


@dataclass(frozen=True)
class Blame:
    """How an attribute got its value.

    :param name: the attribute.
    :param value: its value.
    :param before: its value before, ``None`` where there was no row.
    :param version: the version that has the value for the first time; the oldest one there is,
        where history does not reach back to that.
    :param transaction: the transaction that gave it the value; ``None`` where history does not
        reach back so far.
    """

    name: str
    value: Any
    before: Any
    version: Any
    transaction: Any

    @property
    def actor(self) -> str | None:
        """Who did it: the actor, the name of the user, or else the user's key.

        The users are loaded with the transactions; see also ``transaction.user``.
        """
        return None if self.transaction is None else who_made(self.transaction)

    @property
    def at(self) -> datetime | None:
        """When."""
        return getattr(self.transaction, "issued_at", None)

    @property
    def reason(self) -> str | None:
        """Why."""
        return getattr(self.transaction, "reason", None)


def blame(subject: Any) -> dict[str, Blame]:
    """Say for each attribute of an object who gave it its value, when, why, and what it was before.

    :param subject: a live object, or a version: then for the values that it has.  A DELETE version
        stands for the object as it was when it was deleted.
    :returns: by attribute, in the order of the columns; empty for an object without history.
    :raises ClassNotVersioned: the object has no history.
    :raises sqlalchemy.orm.exc.DetachedInstanceError: it belongs to no session.

    What the object was in an earlier life, before it was deleted and made anew, does not count.
    Changes that are not flushed yet are flushed, and blamed on the running transaction.

    Queries: two; one more for users if there is a class of them, and for each 500 versions of a
    class with deferred columns.  Example::

        for name, found in blame(article).items():
            print(name, found.value, found.actor, found.at, found.reason)
    """
    layout = subject_of(type(subject)).layout
    session = session_of(subject, "blame()")
    if isinstance(subject, Version):
        bounds = (None, layout.transaction_id_of(subject))
        versions = all_versions(layout, session, layout.key_of(subject), between=bounds)
    else:
        session.flush()
        versions = all_versions(layout, session, live_key(subject, layout.live_key))
    found = _first_with_each_value(versions)
    known = _transactions(session, layout, {version for version, *_ in found.values()})
    return {
        name: Blame(
            name,
            value,
            before,
            version,
            known.get(layout.transaction_id_of(version)) if certain else None,
        )
        for name, (version, value, before, certain) in found.items()
    }


def _first_with_each_value(versions: list[Any]) -> dict[str, tuple[Any, Any, Any, bool]]:
    """Return for each attribute the version that gave it its value, with both values.

    The last item says whether it is certain that this version did.

    :param versions: the newest first.
    """
    found: dict[str, tuple[Any, Any, Any, bool]] = {}
    names: tuple[str, ...] = ()
    values: dict[str, Any] = {}
    for version, changeset in _with_changesets(versions):
        layout = layout_of(type(version))
        if is_delete(layout, version):
            if names:
                break
            continue
        if not names:
            names = layout.names
            values = {name: getattr(version, name) for name in names}
        born = layout.key_names[0] in changeset
        certain = not born or getattr(version, layout.operation_name) == Operation.INSERT
        for name in names:
            if name not in found and (born or name in changeset):
                before = None if born else changeset[name][0]
                found[name] = (version, values[name], before, certain)
        if born:
            break
    return {name: found[name] for name in names if name in found}


def _with_changesets(versions: list[Any]) -> Iterator[tuple[Any, Changeset]]:
    for start in range(0, len(versions), _CHUNK):
        some = versions[start : start + _CHUNK]
        yield from zip(some, changesets(some), strict=True)


def _transactions(session: Session, layout: Layout, versions: set[Any]) -> dict[int, Any]:
    """Return the transactions that made some versions, by id."""
    cls = layout.journal.transaction_cls
    number = layout.journal.transaction_table.c[layout.journal.log.id]
    numbers = sorted({layout.transaction_id_of(version) for version in versions})
    if not numbers:
        return {}
    rows = session.scalars(select(cls).where(number.in_(numbers)).options(*with_users(cls)))
    return {inspect(row).identity[0]: row for row in rows}
