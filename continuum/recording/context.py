"""Who changes data, and why.

A context is a value on a stack that belongs to the running thread or task; nothing is sent to
a database until a transaction writes.  The transaction row takes what the stack says then.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import field
from types import MappingProxyType
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.dialects.spec import UNLOCKED
from continuum.errors import ContextConflict
from continuum.errors import InvalidArgument
from continuum.errors import InvalidContext

FIELDS = ("actor", "reason", "remote_addr")


@dataclass(frozen=True, eq=False)
class ContextFrame:
    """One ``with context(...)`` block.

    :param target: the only session or connection it applies to, ``None`` for all.
    :param values: further columns of the Transaction class, by attribute.
    :param unasked: the fields that nobody has asked to be stored.  They are left out where the
        Transaction class has no column for them, which is an error for the others.
    """

    actor: Any = None
    reason: str | None = None
    meta: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    remote_addr: str | None = None
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    target: weakref.ref[Session | Connection] | None = None
    unasked: frozenset[str] = frozenset()

    def applies_to(self, sessions: weakref.WeakSet[Session], connection: Connection) -> bool:
        """Say whether the frame is meant for a transaction of these sessions and connection."""
        if self.target is None:
            return True
        target = self.target()
        return target is connection or target in sessions


_frames: ContextVar[tuple[ContextFrame, ...]] = ContextVar("continuum_context", default=())


def current_frames() -> tuple[ContextFrame, ...]:
    """Return the frames of this thread or task, the outermost first."""
    return _frames.get()


@contextmanager
def entered(frame: ContextFrame) -> Iterator[None]:
    """Put a frame on the stack of this thread or task for a block."""
    token = _frames.set((*_frames.get(), frame))
    try:
        yield
    finally:
        _frames.reset(token)


@contextmanager
def context(
    session: Any = None,
    *,
    actor: Any = None,
    reason: str | None = None,
    meta: Mapping[str, Any] | None = None,
    remote_addr: str | None = None,
    **values: Any,
) -> Iterator[None]:
    """Say who makes the changes of this block, and why.

    Blocks nest: an inner block adds to the outer one, its own values win, and ``meta`` is merged by
    key.  The values reach the row of every transaction that writes inside the block.  A block that
    is entered after a transaction has already written completes the row that exists.

    :param session: apply to this session or connection only (an ``AsyncSession``, an
        ``AsyncConnection`` or a ``scoped_session`` will do); ``None``: to every session and
        connection used by this thread or task.
    :param actor: an instance or a key of ``user_cls``, or any text that names who it was.
    :param reason: why.
    :param meta: anything that json can hold.
    :param remote_addr: network address the change came from.
    :param values: values for columns of an own Transaction class.
    :raises InvalidArgument: ``session`` is something else.
    :raises InvalidContext: ``meta`` is no dictionary with texts as keys, or ``reason`` is no text;
        at the first write, for a value that the database could not hold.
    :raises ContextConflict: at the first write, when the running transaction already has another
        actor, or under AUTOCOMMIT, where each statement is a transaction of its own.

    Sends nothing itself; one round trip at the first write of a transaction.

    Example::

        with context(actor=user, reason="ticket 12"):
            article.name = "Better"
            session.commit()
    """
    target = _target(session)
    given: Any = meta
    if given is not None and not (
        isinstance(given, Mapping) and all(isinstance(name, str) for name in given)
    ):
        raise InvalidContext(
            f"meta={meta!r} of the context is no dictionary with texts as keys",
            column="meta",
            hint='Write context(meta={"ticket": 12}).',
        )
    why: Any = reason
    if why is not None and not isinstance(why, str):
        raise InvalidContext(
            f"reason={reason!r} of the context is no text",
            column="reason",
            hint="Put values of other types into meta.",
        )
    frame = ContextFrame(
        actor=actor,
        reason=reason,
        meta=MappingProxyType(dict(meta or {})),
        remote_addr=remote_addr,
        values=MappingProxyType(dict(values)),
        target=None if target is None else weakref.ref(target),
    )
    with entered(frame):
        yield


@contextmanager
def remarking(where: Session | Connection, reason: str | None) -> Iterator[None]:
    """Give the transactions of a block a reason that nobody has asked for."""
    frame = ContextFrame(reason=reason, target=weakref.ref(where), unasked=frozenset({"reason"}))
    with entered(frame):
        yield


def _target(session: Any) -> Session | Connection | None:
    target = getattr(session, "sync_session", None) or getattr(session, "sync_connection", session)
    if target is None and session is not None:
        raise InvalidArgument(
            f"context() was given {session!r}, which has not been started",
            hint="Write 'async with engine.connect() as connection', or await it first.",
        )
    if isinstance(target, scoped_session):
        target = target()
    if target is None or isinstance(target, (Session, Connection)):
        return target
    raise InvalidArgument(
        f"context() was given {session!r} as its session",
        hint="It takes a Session or a Connection, or nothing: context(actor=..., reason=...).",
    )


@dataclass(frozen=True)
class ContextValues:
    """What the frames seen by one transaction add up to.

    :param asked: the fields that somebody asked to be stored, see :class:`ContextFrame`.
    """

    actor: Any = None
    reason: str | None = None
    remote_addr: str | None = None
    meta: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    asked: frozenset[str] = frozenset()

    def merged(self, frames: tuple[ContextFrame, ...]) -> ContextValues:
        """Return these values with those of frames laid over them.

        :raises ContextConflict: the transaction has an actor, and the frames name another.
        """
        inner = _folded(frames)
        if inner.actor is not None and self.actor is not None and inner.actor != self.actor:
            raise ContextConflict(
                f"the running transaction was begun by {self.actor!r} and cannot be continued by "
                f"{inner.actor!r}",
                hint="Commit before another actor takes over; a transaction has one actor.",
            )
        return ContextValues(
            actor=self.actor if inner.actor is None else inner.actor,
            reason=_reason(self.reason, inner.reason),
            remote_addr=self.remote_addr if inner.remote_addr is None else inner.remote_addr,
            meta=MappingProxyType({**self.meta, **inner.meta}),
            values=MappingProxyType({**self.values, **inner.values}),
            asked=self.asked | inner.asked,
        )


NOTHING_SAID = ContextValues()
"""What every transaction begins with, and most end with."""


def _reason(said: str | None, inner: str | None) -> str | None:
    """Return the reason of a transaction that had one, and is given another.

    That it changed append-only history stays, whatever is said later.
    """
    if said is None or inner is None or not said.startswith(UNLOCKED):
        return said if inner is None else inner
    if inner.startswith(UNLOCKED) and inner not in said:
        return f"{said}; {inner}"
    return said


def _folded(frames: tuple[ContextFrame, ...]) -> ContextValues:
    single: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    values: dict[str, Any] = {}
    asked: set[str] = set()
    for frame in frames:
        for name in FIELDS:
            if (value := getattr(frame, name)) is not None:
                single[name] = value
                asked.update({name} - frame.unasked)
        if frame.meta:
            meta.update(frame.meta)
            asked.update({"meta"} - frame.unasked)
        values.update(frame.values)
    return ContextValues(
        **single,
        meta=MappingProxyType(meta),
        values=MappingProxyType(values),
        asked=frozenset(asked),
    )
