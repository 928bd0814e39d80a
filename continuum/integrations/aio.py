"""Everything that asks the database, to be awaited: for ``AsyncSession``.

The ``select_...`` forms need nothing of this; ``context()`` is the same everywhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any
from typing import Concatenate
from typing import ParamSpec
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import async_object_session
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import DetachedInstanceError

import continuum
from continuum.manager import VersioningManager

P = ParamSpec("P")
R = TypeVar("R")

_END = object()


class Asked:
    """What :func:`awaitable` returns: attributes, calls and indexes, carried out when awaited."""

    __slots__ = ("_evaluate", "_session")

    def __init__(self, session: AsyncSession, evaluate: Callable[[], Any]) -> None:
        self._session = session
        self._evaluate = evaluate

    def __getattr__(self, name: str) -> Asked:
        return Asked(self._session, lambda: getattr(self._evaluate(), name))

    def __getitem__(self, index: Any) -> Asked:
        return Asked(self._session, lambda: self._evaluate()[index])

    def __call__(self, *args: Any, **kwargs: Any) -> Asked:
        given = [_synchronous(item) for item in args]
        named = {name: _synchronous(item) for name, item in kwargs.items()}
        return Asked(self._session, lambda: self._evaluate()(*given, **named))

    def __await__(self) -> Generator[Any, None, Any]:
        return self._session.run_sync(lambda _: self._answer()).__await__()

    async def __aiter__(self) -> AsyncIterator[Any]:
        iterator = await self._session.run_sync(lambda _: iter(self._evaluate()))
        while (item := await self._session.run_sync(lambda _: next(iterator, _END))) is not _END:
            yield item

    def _answer(self) -> Any:
        answer = self._evaluate()
        # What is read while it is iterated over could not be read any more outside of here.
        return list(answer) if isinstance(answer, Iterator) else answer


def _synchronous(given: Any) -> Any:
    """Return the session that stands behind an AsyncSession; anything else as it is."""
    return given.sync_session if isinstance(given, AsyncSession) else given


def awaitable(obj: Any, session: AsyncSession | None = None) -> Any:
    """Return something on which whatever can be asked of an object can be awaited.

    Attributes, calls and indexes may be chained; awaiting the end of the chain asks the database
    as often as the chain does under a plain session.  What iterates is awaited as a list, or gone
    through with ``async for``, which asks as it goes.

    :param obj: a version, a live object or a transaction; with a session also anything else, as a
        version class or a plan.
    :param session: the session; by default that of the object.
    :raises sqlalchemy.orm.exc.DetachedInstanceError: the object belongs to no AsyncSession.

    Example::

        await awaitable(article).versions[-1].previous.changeset
        await awaitable(version).revert(relations=["tags"])
        await awaitable(ArticleVersion, session).all_versions(session, 1, limit=20)
        async for change in awaitable(changes(since=7), session).rows(session): ...
    """
    if session is None:
        session = async_object_session(obj)
    if session is None:
        raise DetachedInstanceError(
            f"{type(obj).__name__} object belongs to no AsyncSession; add it to one, or name the "
            "session: awaitable(obj, session)"
        )
    return Asked(session, lambda: obj)


def _asynchronous(
    function: Callable[Concatenate[Session, P], R],
) -> Callable[Concatenate[AsyncSession, P], Awaitable[R]]:
    async def called(session: AsyncSession, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await session.run_sync(function, *args, **kwargs)

    called.__name__ = called.__qualname__ = function.__name__
    called.__doc__ = f"Await :func:`continuum.{function.__name__}`."
    return called


current_transaction = _asynchronous(continuum.current_transaction)
delete_transaction = _asynchronous(continuum.delete_transaction)
purge = _asynchronous(continuum.purge)
restore_table = _asynchronous(continuum.restore_table)
undo = _asynchronous(continuum.undo)
vacuum = _asynchronous(continuum.vacuum)


async def restore(
    session: AsyncSession,
    model: type[Any],
    key: Any,
    at: Any = None,
    relations: Iterable[str] | None = None,
    *,
    dry_run: bool = False,
) -> Any:
    """Await :func:`continuum.restore`."""

    def run(sync: Session) -> Any:
        if dry_run:
            return continuum.restore(sync, model, key, at, relations, dry_run=True)
        return continuum.restore(sync, model, key, at, relations)

    return await session.run_sync(run)


async def changesets(session: AsyncSession, versions: Iterable[Any]) -> list[dict[str, Any]]:
    """Await :func:`continuum.changesets`."""
    asked = list(versions)
    return await session.run_sync(lambda _: continuum.changesets(asked))


@asynccontextmanager
async def paused(
    session: AsyncSession, *models: Any, manager: VersioningManager | None = None
) -> AsyncIterator[None]:
    """Record no history inside the block; see :func:`continuum.paused`.

    Example::

        async with paused(session, Article):
            await session.execute(update(Article).values(hits=0))
    """
    pause = continuum.paused(session.sync_session, *models, manager=manager)
    await session.run_sync(lambda _: pause.__enter__())
    try:
        yield
    except BaseException as error:
        raised = error
        await session.run_sync(lambda _: pause.__exit__(type(raised), raised, raised.__traceback__))
        raise
    await session.run_sync(lambda _: pause.__exit__(None, None, None))
