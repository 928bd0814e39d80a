"""Every public read, revert and look at the future, asked under AsyncSession as documented."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

import continuum
from continuum import transaction_class
from continuum import version_class
from continuum.integrations import aio
from continuum.integrations.aio import awaitable
from docs.test_queries import public_reads
from suite._support import World

DRIVERS = {
    "sqlite": "aiosqlite",
    "postgresql": "asyncpg",
    "mariadb": "aiomysql",
    "mysql": "aiomysql",
}


@dataclass
class Visitor:
    """Someone with an AsyncSession, an article with three versions, and a class of it."""

    session: AsyncSession
    Article: Any
    article: Any = None
    versions: Any = None

    def __post_init__(self) -> None:
        self.Version: Any = version_class(self.Article)
        self.Transaction: Any = transaction_class(self.Article)

    async def look(self) -> None:
        """Load the article, and its versions by a statement that links nothing."""
        self.session.expunge_all()
        self.article = await self.session.get_one(self.Article, 1)
        by_age = select(self.Version).order_by(self.Version.transaction_id)
        self.versions = (await self.session.scalars(by_age)).all()

    async def run(self, part: Any) -> list[Any]:
        """Execute a statement, or a select of a class or a criterion."""
        statement = part if isinstance(part, Select) else select(part)
        return list((await self.session.execute(statement)).all())

    def ask(self, obj: Any) -> Any:
        """Return something to be awaited."""
        return awaitable(obj, self.session)

    async def transaction(self) -> Any:
        """Return the second transaction."""
        return await self.session.get_one(self.Transaction, self.versions[1].transaction_id)


async def _handle(v: Visitor) -> Any:
    some = v.article.versions.where(v.Version.name > "a").order_by(v.Version.name)
    return await v.run(some.select())


async def _narrowed(v: Visitor) -> Any:
    some = v.article.versions.filter(v.Version.id == 1).filter_by(name="b")
    return await v.run(some.limit(2).offset(0).options().select())


async def _feed(v: Visitor) -> Any:
    feed = v.ask(continuum.changes(v.Article).tracks(v.article).references(v.article))
    return [await feed.versions(v.session), [row async for row in feed.rows(v.session)]]


async def _pending(v: Visitor) -> Any:
    v.article.name = "pending"
    told = [
        continuum.changeset(v.article),
        continuum.is_modified(v.article),
        continuum.is_modified_or_deleted(v.article),
        continuum.is_session_modified(v.session.sync_session),
        list(continuum.versioned_objects(v.session.sync_session)),
    ]
    v.session.expire(v.article)
    return told


def _select(make: Callable[[Visitor], Any]) -> Callable[[Visitor], Awaitable[Any]]:
    return lambda v: v.run(make(v))


def _awaited(make: Callable[[Visitor], Any]) -> Callable[[Visitor], Awaitable[Any]]:
    async def ask(v: Visitor) -> Any:
        return await make(v)

    return ask


# What is asked, by the names of the reads that it uses.
WALK: dict[tuple[str, ...], Callable[[Visitor], Awaitable[Any]]] = {
    ("all",): _awaited(lambda v: awaitable(v.article).versions.all()),
    ("first",): _awaited(lambda v: awaitable(v.article).versions.first()),
    ("count",): _awaited(lambda v: awaitable(v.article).versions.count()),
    ("where", "order_by", "select"): _handle,
    ("filter", "filter_by", "limit", "offset", "options"): _narrowed,
    ("count_versions",): _awaited(lambda v: v.ask(continuum.count_versions)(v.article)),
    ("version_of",): _awaited(lambda v: v.ask(continuum.version_of)(v.article)),
    ("is_historic",): _awaited(lambda v: v.ask(continuum.is_historic)(v.versions[0])),
    ("blame",): _awaited(lambda v: v.ask(continuum.blame)(v.article)),
    ("previous",): _awaited(lambda v: awaitable(v.versions[1]).previous.name),
    ("next",): _awaited(lambda v: awaitable(v.versions[1]).next.name),
    ("index",): _awaited(lambda v: awaitable(v.versions[1]).index),
    ("changeset",): _awaited(lambda v: awaitable(v.versions[1]).changeset),
    ("changesets",): _awaited(lambda v: aio.changesets(v.session, v.versions)),
    ("changeset_of",): _awaited(lambda v: awaitable(v.versions[1]).changeset_of("comments")),
    ("version_parent",): _awaited(lambda v: awaitable(v.versions[1]).version_parent),
    ("version_at",): _awaited(lambda v: v.ask(v.Version).version_at(v.session, 1, v.versions[1])),
    ("all_versions",): _awaited(lambda v: v.ask(v.Version).all_versions(v.session, 1, limit=2)),
    ("select_previous",): _select(lambda v: v.versions[1].select_previous()),
    ("select_next",): _select(lambda v: v.versions[1].select_next()),
    ("select_at",): _select(lambda v: v.Version.select_at(1, datetime.now(UTC))),
    ("select_all",): _select(lambda v: v.Version.select_all(1)),
    ("during",): _select(
        lambda v: select(v.Version).where(v.Version.during(datetime(2020, 1, 1, tzinfo=UTC), None))
    ),
    ("at",): _select(lambda v: v.Transaction.at(datetime.now(UTC))),
    ("as_of",): _select(lambda v: continuum.as_of(v.Article, datetime.now(UTC))),
    ("valid_at",): _select(
        lambda v: select(v.Version).where(continuum.valid_at(v.Version, v.versions[1]))
    ),
    ("history",): _select(lambda v: continuum.history(v.Article)),
    ("latest_per_entity",): _select(lambda v: continuum.latest_per_entity(v.Article)),
    ("first_where",): _select(lambda v: continuum.first_where(v.Article, v.Version.name == "b")),
    ("deleted",): lambda v: v.run(continuum.deleted(v.Article)),
    ("changed",): _select(
        lambda v: select(v.Version).where(continuum.changed(v.Article.name, new="b"))
    ),
    ("changed_columns",): _select(
        lambda v: select(v.Version.id, continuum.changed_columns(v.Article))
    ),
    ("touched",): _select(lambda v: select(v.Transaction).where(continuum.touched(v.Article, 1))),
    ("changes", "tracks", "references", "versions", "rows"): _feed,
    ("changeset", "is_modified", "is_modified_or_deleted", "is_session_modified"): _pending,
    ("versioned_objects",): _pending,
    ("changed_entities",): _awaited(lambda v: _of_transaction(v, lambda t: t.changed_entities)),
    ("changed_versions",): _awaited(lambda v: _of_transaction(v, lambda t: t.changed_versions())),
    ("changes",): _awaited(lambda v: _of_transaction(v, lambda t: t.changes())),
    ("entity_names",): _awaited(lambda v: _of_transaction(v, lambda t: t.entity_names)),
    ("who",): _awaited(lambda v: _of_transaction(v, lambda t: t.who)),
    ("diff",): _awaited(lambda v: v.ask(continuum.diff)(v.versions[0], v.article)),
    ("json_changes",): _awaited(lambda v: v.ask(continuum.json_changes)({"a": 1}, {"a": 2})),
    ("revert",): _awaited(lambda v: awaitable(v.versions[0]).revert(dry_run=True).updated),
    ("reify",): _awaited(lambda v: awaitable(v.versions[0]).reify().name),
}

NOTHING = {("deleted",), ("who",)}
"""What finds nothing here: nothing was deleted, and nobody said who it was."""


async def _of_transaction(v: Visitor, ask: Callable[[Any], Any]) -> Any:
    return await ask(awaitable(await v.transaction()))


def test_every_public_read_is_walked() -> None:
    walked = {name for names in WALK for name in names}
    assert walked == public_reads()


@pytest.mark.recorders("triggers")
def test_nothing_is_loaded_behind_the_back(world: World) -> None:
    class Article(world.Base):  # type: ignore[name-defined,misc]
        __tablename__ = "article"
        __versioned__: dict[str, Any] = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        comments: Mapped[list[Any]] = relationship("Comment")

    class Comment(world.Base):  # type: ignore[name-defined,misc]
        __tablename__ = "comment"
        __versioned__: dict[str, Any] = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))

    world.create()
    for name in "abc":
        with world.transaction() as session:
            article = session.merge(Article(id=1, name=name))
            article.comments.append(Comment())

    async def walk() -> None:
        backend = world.engine.url.get_backend_name()
        driver = f"{backend}+{DRIVERS[world.dialect]}"
        engine = create_async_engine(world.database.url.set(drivername=driver))
        try:
            async with AsyncSession(engine) as session:
                visitor = Visitor(session, Article)
                for names, ask in WALK.items():
                    await visitor.look()
                    answer = await ask(visitor)
                    assert bool(answer) is (names not in NOTHING), (names, answer)
            async with engine.connect() as connection:
                report = await connection.run_sync(continuum.verify, manager=world.manager)
                assert report.ok
                exported = await connection.run_sync(
                    lambda sync: list(continuum.export(sync, Article, manager=world.manager))
                )
                assert len(exported) == 3
        finally:
            await engine.dispose()

    asyncio.run(walk())
