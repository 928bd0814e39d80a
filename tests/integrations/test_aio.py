"""AsyncSession: recording, contexts, pauses, and every read and write that can be awaited."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import DetachedInstanceError

from continuum import UnitOfWork
from continuum import as_of
from continuum import changes
from continuum import context
from continuum import diff
from continuum import version_class
from continuum.integrations import aio
from continuum.integrations.aio import awaitable
from suite._support import World
from suite._support import create_article

DRIVERS = {
    "sqlite": ("sqlite+aiosqlite",),
    "postgresql": ("postgresql+asyncpg", "postgresql+psycopg"),
    "mariadb": ("mariadb+aiomysql", "mariadb+asyncmy"),
    "mysql": ("mysql+aiomysql", "mysql+asyncmy"),
}

Script = Callable[[AsyncSession], Awaitable[None]]


def run(world: World, script: Script, driver: str | None = None) -> None:
    """Run a coroutine with an AsyncSession on the database of the test."""

    async def start() -> None:
        name = driver or DRIVERS[world.dialect][0]
        engine = create_async_engine(world.database.url.set(drivername=name))
        try:
            async with AsyncSession(engine) as session:
                await script(session)
        finally:
            await engine.dispose()

    asyncio.run(start())


@pytest.fixture
def article(world: World) -> Any:
    """Row 1 with versions a, b, c."""
    cls = create_article(world)
    for name in "abc":
        with world.transaction() as session:
            session.merge(cls(id=1, name=name))
    return cls


def names(world: World, cls: Any) -> list[tuple[Any, ...]]:
    return [(v.key[0], v.operation, v.values["name"]) for v in world.versions(cls)]


def test_recording_with_every_driver(world: World) -> None:
    Article = create_article(world)
    expected = []
    for key, driver in enumerate(DRIVERS[world.dialect], start=1):

        async def script(session: AsyncSession, key: int = key, driver: str = driver) -> None:
            with context(actor=driver, meta={"key": key}):
                session.add(Article(id=key, name="a"))
                await session.commit()
                await session.execute(
                    update(Article).where(Article.id == key).values(name="b"),
                    execution_options={"synchronize_session": False},
                )
                await session.commit()
                article = await session.get_one(Article, key)
                async with session.begin_nested() as savepoint:
                    article.name = "never"
                    await session.flush()
                    await savepoint.rollback()
                await session.refresh(article)
                article.name = "c"
                await session.flush()
                article.name = "d"
                await session.commit()
                await session.delete(article)
                await session.commit()

        run(world, script, driver)
        expected += [(key, 0, "a"), (key, 1, "b"), (key, 1, "d"), (key, 2, "d")]
        rows = world.transactions()[-4:]
        assert [row.actor for row in rows] == [driver] * 4
        assert [row.meta for row in rows] == [{"key": key}] * 4
    assert names(world, Article) == expected
    world.verify(Article)


@pytest.mark.recorders("triggers")
def test_raw_sql_with_every_driver(world: World) -> None:
    Article = create_article(world)
    for key, driver in enumerate(DRIVERS[world.dialect], start=1):

        async def script(session: AsyncSession, key: int = key) -> None:
            with context(actor="raw"):
                await session.execute(
                    text("INSERT INTO article (id, name) VALUES (:id, 'a')"), {"id": key}
                )
                await session.commit()

        run(world, script, driver)
        assert world.transactions()[-1].actor == "raw"
    assert len(names(world, Article)) == len(DRIVERS[world.dialect])


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_contexts_of_tasks_do_not_mix(world: World) -> None:
    Article = create_article(world)

    async def start() -> None:
        engine = create_async_engine(
            world.database.url.set(drivername=DRIVERS[world.dialect][0]),
            isolation_level="READ COMMITTED",
        )

        async def work(key: int) -> None:
            async with AsyncSession(engine) as session:
                with context(actor=f"task {key}"):
                    await asyncio.sleep(0)
                    session.add(Article(id=key, name=str(key)))
                    await session.commit()

        try:
            await asyncio.gather(*(work(key) for key in range(1, 9)))
        finally:
            await engine.dispose()

    asyncio.run(start())
    actors = {row.id: row.actor for row in world.transactions()}
    found = {v.key[0]: actors[v.transaction] for v in world.versions(Article)}
    assert found == {key: f"task {key}" for key in range(1, 9)}


def test_reading(world: World, article: Any) -> None:
    History = version_class(article)

    async def script(session: AsyncSession) -> None:
        obj = await session.get_one(article, 1)
        handle = awaitable(obj).versions
        first, second, third = await handle.all()
        assert [first.name, second.name, third.name] == ["a", "b", "c"]
        session.expire_all()
        await session.refresh(obj)
        assert await handle.count() == 3
        assert (await handle[1]) is second
        assert (await handle[-1]) is third
        assert (await handle[:2]) == [first, second]
        assert (await handle.where(History.name == "b").first()) is second
        assert await awaitable(second).changeset == {"name": ["a", "b"]}
        assert await awaitable(second).previous is first
        assert await awaitable(second).next is third
        assert await awaitable(third).index == 2
        assert await awaitable(second).version_parent is obj
        assert await handle[-1].previous.previous.changeset == {
            "id": [None, 1],
            "name": [None, "a"],
        }
        transaction = await awaitable(second).transaction
        assert transaction.id == second.transaction_id
        assert await awaitable(transaction).changes() == [second]
        assert await awaitable(transaction).entity_names == ["Article"]
        history = awaitable(History, session)
        assert await history.version_at(session, 1, second) is second
        assert await history.version_at(session=session, key=1, at=second) is second
        assert await history.all_versions(session, 1, limit=2) == [third, second]
        assert (await aio.changesets(session, [third, second]))[0] == {"name": ["b", "c"]}

    run(world, script)


def test_reading_what_iterates(world: World, article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        obj = await session.get_one(article, 1)
        assert [version.name async for version in awaitable(obj).versions] == ["a", "b", "c"]
        feed = awaitable(changes(article), session)
        rows = await feed.rows(session)
        assert [row.new async for row in feed.rows(session)] == [row.new for row in rows]
        assert [row.new for row in rows if row.column == "name"] == ["a", "b", "c"]
        transaction = await awaitable(obj).versions[1].transaction
        (version,) = await awaitable(transaction).changed_versions()
        assert version.name == "b"

    run(world, script)


def test_the_past_as_it_was(world: World) -> None:
    class Team(world.Base):  # type: ignore[name-defined,misc]
        __tablename__ = "team"
        __versioned__: dict[str, Any] = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        heroes: Mapped[list[Any]] = relationship("Hero", back_populates="team")

    class Hero(world.Base):  # type: ignore[name-defined,misc]
        __tablename__ = "hero"
        __versioned__: dict[str, Any] = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
        team: Mapped[Any] = relationship(Team, back_populates="heroes")

    world.create()
    TeamVersion = version_class(Team)
    with world.transaction() as sync:
        sync.add(Team(id=1, name="old", heroes=[Hero(id=1, name="x"), Hero(id=2, name="y")]))
    with world.transaction() as sync:
        team = sync.get_one(Team, 1)
        team.name = "new"
        del team.heroes[0]

    async def script(session: AsyncSession) -> None:
        statement = TeamVersion.select_all(1, desc=False).options(selectinload(TeamVersion.heroes))
        first, second = (await session.scalars(statement)).all()
        assert sorted(hero.name for hero in first.heroes) == ["x", "y"]
        assert [hero.name for hero in second.heroes] == ["y"]
        (gone,) = (await awaitable(second).changeset_of("heroes")).removed
        assert gone.name == "x"
        session.expunge_all()
        first = (await session.scalars(TeamVersion.select_at(1, first.transaction_id))).one()
        assert sorted(hero.name for hero in await awaitable(first).heroes) == ["x", "y"]
        assert (await awaitable(first).heroes[0].team.name) == "old"
        # A moment is looked up when the statement is executed.
        for at in (first.transaction_id, first, datetime.now(UTC) + timedelta(days=1)):
            then = as_of(Team, at)
            row = (await session.scalars(select(then).options(selectinload(then.heroes)))).one()
            assert len(row.heroes) == (1 if isinstance(at, datetime) else 2)
        team = await session.get_one(Team, 1)
        await awaitable(first).revert(relations=["heroes"])
        await session.commit()
        await session.refresh(team, ["name", "heroes"])
        assert (team.name, len(team.heroes)) == ("old", 2)
        difference = await awaitable(diff, session)(first, team)
        assert not difference

    run(world, script)
    world.verify(Team, Hero)


def test_an_object_without_an_async_session(article: Any) -> None:
    with pytest.raises(DetachedInstanceError, match="belongs to no AsyncSession"):
        awaitable(article(id=1))


def test_going_back(world: World, article: Any) -> None:
    History = version_class(article)

    async def script(session: AsyncSession) -> None:
        versions = (await session.scalars(History.select_all(1, desc=False))).all()
        plan = await awaitable(versions[0]).revert(dry_run=True)
        assert [change.values for change in plan.updated] == [{"name": ["c", "a"]}]
        await awaitable(plan, session).apply()
        await session.commit()
        obj = await session.get_one(article, 1)
        assert obj.name == "a"
        newest = await awaitable(obj).versions[-1]
        await aio.undo(session, newest.transaction_id, manager=world.manager)
        await session.commit()
        await session.refresh(obj)
        assert obj.name == "c"
        await session.delete(obj)
        await session.commit()
        dry = await aio.restore(session, article, 1, dry_run=True)
        assert len(dry.inserted) == 1
        obj = await aio.restore(session, article, 1)
        await session.commit()
        await session.refresh(obj)
        assert obj.name == "c"
        restored = await awaitable((await session.scalars(History.select_at(1, 2))).one()).revert()
        await session.commit()
        await session.refresh(restored)
        assert (restored is obj, obj.name) == (True, "b")

    run(world, script)
    assert [name for _, _, name in names(world, article)] == [
        "a",
        "b",
        "c",
        "a",
        "c",
        "c",
        "c",
        "b",
    ]
    world.verify(article)


def test_a_table_as_it_was(world: World, article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        table = await aio.restore_table(session, article, 2, into="article_then")
        assert (await session.execute(select(table.c.id, table.c.name))).all() == [(1, "b")]
        await session.commit()

    run(world, script)
    assert "article_then" in inspect(world.engine).get_table_names()


def test_the_running_transaction(world: World, article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        assert await aio.current_transaction(session, article) is None
        made = await aio.current_transaction(session, article, create=True)
        assert made.id is not None
        unit = world.manager.unit_of_work(session.sync_session, article)
        assert isinstance(unit, UnitOfWork)
        await session.rollback()

    run(world, script)


def test_a_pause(world: World, article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        async with aio.paused(session, article):
            await session.execute(update(article).values(name="unseen"))
        session.add(article(id=2, name="seen"))
        await session.commit()
        with suppress(ZeroDivisionError):
            async with aio.paused(session, article):
                await session.execute(update(article).values(content="unseen"))
                raise ZeroDivisionError
        # The session goes on, and records again.
        session.add(article(id=3, name="again"))
        await session.commit()

    run(world, script)
    assert names(world, article) == [
        (1, 0, "a"),
        (1, 1, "b"),
        (1, 1, "c"),
        (2, 0, "seen"),
        (3, 0, "again"),
    ]


def test_removing(world: World, article: Any) -> None:
    async def script(session: AsyncSession) -> None:
        assert await aio.vacuum(session, article) == 0
        first = world.transactions()[0].id
        removed = await aio.delete_transaction(session, first, manager=world.manager)
        assert removed.total == 1
        assert (await aio.purge(session, article, 1)).total == 2
        await session.commit()

    run(world, script)


def test_greenlet_is_imported_only_when_used() -> None:
    modules = "{'greenlet', 'sqlalchemy.ext.asyncio'} & set(sys.modules)"
    # SQLAlchemy 2.0 imports greenlet itself.
    program = (
        f"import sys, sqlalchemy.orm; before = {modules};"
        "import continuum, continuum.integrations.asgi, continuum.integrations.celery;"
        "import continuum.integrations.jobs, continuum.integrations.testing;"
        "import continuum.cli.commands;"
        f"assert {modules} == before, {modules}"
    )
    subprocess.run([sys.executable, "-P", "-c", program], check=True)
