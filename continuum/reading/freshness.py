"""How long what was learnt about a history stays true.

Neighbours of a version are known until this session writes or its transaction ends.  Each session
has an *epoch*, an object that is replaced then; what was learnt in another epoch does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.orm import UOWTransaction

from continuum.mapping.fresh import forget_writing
from continuum.mapping.fresh import has_written
from continuum.mapping.fresh import note_writing
from continuum.mapping.version_classes import VERSIONS_LIST

_EPOCH = "continuum_epoch"


def epoch_of(session: Session) -> object | None:
    """Return the epoch of a session, ``None`` when nobody watches over it."""
    return session.info.get(_EPOCH)


def listeners(session: Any) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """Iterate over (target, event name, function) to listen to.

    :param session: Session class or factory.
    """
    # Functions of their own each time, so that one manager's listeners go without another's.

    def begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        session.info.setdefault(_EPOCH, object())

    def end(session: Session, transaction: SessionTransaction) -> None:
        renew(session)
        if has_written(session):
            forget_writing(session, transaction)

    def before_statement(state: ORMExecuteState) -> None:
        if not state.is_select:
            note_writing(state.session)
            renew(state.session)

    def after_flush(session: Session, flush_context: UOWTransaction) -> None:
        note_writing(session)
        renew(session)
        _let_go(flush_context)

    yield session, "after_begin", begin
    yield session, "after_transaction_end", end
    yield session, "do_orm_execute", before_statement
    yield session, "after_flush", after_flush


def renew(session: Session) -> None:
    """Begin a new epoch."""
    info = session.info
    if _EPOCH in info:
        info[_EPOCH] = object()


def _let_go(flush_context: UOWTransaction) -> None:
    """Let go of loaded lists of versions whose object was written."""
    lists: dict[type[Any], list[str]] = {}
    # Not session.dirty and its like: they collect all these objects anew.
    for state in flush_context.states:
        names = lists.get(state.class_)
        if names is None:
            relations = state.mapper.relationships.keys()
            names = [name for name in relations if name.startswith(VERSIONS_LIST)]
            lists[state.class_] = names
        for name in names:
            state.dict.pop(name, None)
