"""Reading under ``AsyncSession``: nothing is loaded behind the user's back."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import URL
from sqlalchemy import select
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import selectinload

from continuum import changesets
from continuum import restore
from continuum import undo
from continuum import version_class
from reading._support import change
from reading._support import remove
from suite._support import World
from suite._support import create_article

pytestmark = [pytest.mark.recorders("triggers"), pytest.mark.engines("postgresql")]

Script = Callable[[AsyncSession], Awaitable[None]]


@pytest.fixture
def article(world: World) -> Any:
    """Row 1 with versions a, b, c."""
    cls = create_article(world)
    for name in "abc":
        change(world, cls, 1, name=name)
    return cls


@pytest.fixture
def run(postgresql_url: URL, article: Any) -> Callable[[Script], None]:
    """Runs a coroutine with an AsyncSession on the database of the test."""

    async def start(script: Script) -> None:
        engine = create_async_engine(postgresql_url.set(drivername="postgresql+asyncpg"))
        try:
            async with AsyncSession(engine) as session:
                await script(session)
        finally:
            await engine.dispose()

    return lambda script: asyncio.run(start(script))


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_nothing_is_loaded_silently(run: Callable[[Script], None], article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        obj = await session.get_one(article, 1)
        version = (await session.scalars(obj.versions.select())).first()
        uses: list[Callable[[], Any]] = [
            obj.versions.all,
            obj.versions.count,
            lambda: obj.versions[0],
            lambda: version.next,
            lambda: version.previous,
            lambda: version.index,
            lambda: version.changeset,
            lambda: version.transaction,
        ]
        for use in uses:
            with pytest.raises(MissingGreenlet):
                use()

    run(script)
    # What SQLAlchemy began and could not wait for goes now, while its warning is expected.
    gc.collect()


def test_selects(run: Callable[[Script], None], article: Any) -> None:
    history = version_class(article)

    async def script(session: AsyncSession) -> None:
        obj = await session.get_one(article, 1)
        first, second, third = await session.scalars(obj.versions.select())
        assert await session.scalar(second.select_previous()) is first
        assert await session.scalar(second.select_next()) is third
        assert await session.scalar(history.select_at(1, second)) is second
        newest = await session.scalars(history.select_all(1).limit(2))
        assert newest.all() == [third, second]
        with_transaction = obj.versions.select().options(joinedload(history.transaction))
        version = (await session.scalars(with_transaction)).first()
        assert version is first
        assert version.transaction.id == version.transaction_id

    run(script)


def test_a_loaded_list(run: Callable[[Script], None], article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        options = [selectinload(article.versions)]
        obj = await session.get_one(article, 1, options=options)
        assert [version.name for version in obj.versions] == ["a", "b", "c"]
        assert obj.versions[1].changeset == {"name": ["a", "b"]}
        assert obj.versions[2].next is None
        assert obj.versions[2].index == 2

    run(script)


def test_run_sync(run: Callable[[Script], None], article: Any) -> None:
    history = version_class(article)

    async def script(session: AsyncSession) -> None:
        page = await session.run_sync(history.all_versions, 1)
        assert [version.changeset["name"] for version in page] == [
            ["b", "c"],
            ["a", "b"],
            [None, "a"],
        ]
        versions = (await session.scalars(select(history))).all()
        found = await session.run_sync(lambda _: changesets(versions))
        assert found[1] == {"name": ["a", "b"]}
        assert (await session.run_sync(history.version_at, 1, versions[1])) is versions[1]

    run(script)


def test_reverting(world: World, run: Callable[[Script], None], article: Any) -> None:
    remove(world, article, 1)
    history = version_class(article)

    async def script(session: AsyncSession) -> None:
        first = (await session.scalars(history.select_all(1, desc=False))).first()
        obj = await session.run_sync(lambda _: first.revert())
        await session.commit()
        await session.refresh(obj)
        assert obj.name == "a"
        newest = (await session.scalars(obj.versions.select())).all()[-1]
        assert newest.operation_type == 0

    run(script)


def test_going_back(run: Callable[[Script], None], article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        first = (await session.scalars(version_class(article).select_all(1, desc=False))).first()
        assert first is not None
        plan = await session.run_sync(lambda _: first.revert(relations="all", dry_run=True))
        assert [change.values for change in plan.updated] == [{"name": ["c", "a"]}]
        await session.run_sync(lambda _: plan.apply())
        await session.commit()
        found = (await session.scalars(select(article))).one()
        assert found.name == "a"
        newest = await session.run_sync(lambda _: found.versions[-1])
        await session.run_sync(lambda sync: undo(sync, newest))
        await session.commit()
        restored = await session.run_sync(lambda sync: restore(sync, article, 1, first))
        assert restored.name == "a"

    run(script)
