"""In which transactions long work is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine

from continuum.manager import VersioningManager
from continuum.recording.unlocking import unlocking


@contextmanager
def working(bind: Engine | Connection) -> Iterator[Connection]:
    """Run the block in a transaction of an Engine, or in the one that a Connection is in."""
    if isinstance(bind, Connection):
        yield bind
        return
    with bind.begin() as connection:
        yield connection


@contextmanager
def rewriting(
    bind: Engine | Connection, manager: VersioningManager, reason: str | None
) -> Iterator[Connection]:
    """Run the block as :func:`working` does, with leave to change history that is there.

    All maintenance that removes or alters versions and transactions goes through here, so that a
    history that refuses to be changed has one place to let it through.

    :param reason: what a transaction that changes append-only history says of itself, ``None`` when
        it says so anyway.
    """
    with working(bind) as connection, unlocking(manager, connection, reason):
        yield connection
