"""Functions that were given what belongs to asyncio say so, and how it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import async_scoped_session
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.ext.asyncio import create_async_engine

from continuum import adopt
from continuum import backfill
from continuum import context
from continuum import current_transaction
from continuum import is_session_modified
from continuum import paused
from continuum import prune
from continuum import purge
from continuum import repair
from continuum import restore
from continuum import restore_table
from continuum import undo
from continuum import unlocked
from continuum import vacuum
from continuum import verify
from continuum import version_class
from continuum import versioned_objects
from continuum.errors import InvalidArgument
from suite._support import World
from suite._support import create_article

Call = Callable[[Any, Any], object]

WITH_SESSION: dict[str, Call] = {
    "undo": lambda session, Article: undo(session, 1),
    "restore": lambda session, Article: restore(session, Article, 1),
    "vacuum": lambda session, Article: vacuum(session, Article),
    "current_transaction": lambda session, Article: current_transaction(session),
    "versioned_objects": lambda session, Article: versioned_objects(session),
    "is_session_modified": lambda session, Article: is_session_modified(session),
    "paused": lambda session, Article: paused(session, Article),
    "unlocked": lambda session, Article: unlocked(session, reason="why"),
    "version_at": lambda session, Article: version_class(Article).version_at(session, 1, 1),
    "all_versions": lambda session, Article: version_class(Article).all_versions(session, 1),
}
WITH_ENGINE: dict[str, Call] = {
    "purge": lambda engine, Article: purge(engine, Article, 1),
    "prune": lambda engine, Article: prune(engine, keep=1),
    "verify": lambda engine, Article: verify(engine),
    "repair": lambda engine, Article: repair(engine),
    "backfill": lambda engine, Article: backfill(engine),
    "adopt": lambda engine, Article: adopt(engine),
    "restore_table": lambda engine, Article: restore_table(engine, Article, 1, into="old"),
}


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_what_belongs_to_asyncio_is_refused(world: World) -> None:
    Article = create_article(world)
    engine = create_async_engine("sqlite+aiosqlite://")
    sessions: list[Any] = [
        AsyncSession(engine),
        async_scoped_session(async_sessionmaker(engine), scopefunc=int),
    ]
    for name, call in WITH_SESSION.items():
        for session in sessions:
            with pytest.raises(InvalidArgument, match=rf"(?s)^{name}\(\) was .*session\.run_sync"):
                call(session, Article)
    for name, call in WITH_ENGINE.items():
        with pytest.raises(InvalidArgument, match=rf"(?s)^{name}.* AsyncEngine.*run_sync"):
            call(engine, Article)
        with pytest.raises(InvalidArgument, match=r"(?s)AsyncConnection.*connection\.run_sync"):
            call(AsyncConnection(engine), Article)
    for name in ("install", "uninstall", "check"):
        with pytest.raises(InvalidArgument, match=f"(?s){name}.*AsyncEngine.*run_sync"):
            getattr(world.manager, name)(engine)
    with (
        pytest.raises(InvalidArgument, match="has not been started"),
        context(AsyncConnection(engine), actor="x"),
    ):
        pass
