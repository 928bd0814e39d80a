"""Reads that are given the wrong thing say so, and what to give instead."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import Table
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import as_of
from continuum import changesets
from continuum import count_versions
from continuum import during
from continuum import history
from continuum import touched
from continuum import transaction_class
from continuum import valid_at
from continuum import version_class
from continuum.errors import ClassNotVersioned
from continuum.errors import InvalidArgument
from continuum.errors import InvalidPoint
from continuum.errors import NotAVersionClass
from continuum.errors import NotInHistory
from suite._support import World


@pytest.fixture
def models(world: World) -> tuple[Any, Any, Table]:
    """Article with tags, one row of each, and their links."""
    links = Table(
        "article_tag",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        tags = relationship("Tag", secondary=links)

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)

    world.create()
    with world.transaction() as session:
        session.add(Article(id=1, tags=[Tag(id=1)]))
    return Article, Tag, links


def test_live_objects_are_no_versions(world: World, models: tuple[Any, Any, Table]) -> None:
    Article, _, _ = models
    with Session(world.engine) as session:
        article = session.get_one(Article, 1)
        version = article.versions[0]
        for wrong in (article, None):
            with pytest.raises(NotAVersionClass, match=r"article\.versions"):
                changesets([version, wrong])
        with pytest.raises(NotAVersionClass, match=r"version_class\("):
            valid_at(Article, 1)
        with pytest.raises(InvalidArgument, match="version_parent"):
            count_versions(version)


def test_keys_and_pages(world: World, models: tuple[Any, Any, Table]) -> None:
    Article, Tag, _ = models
    versions = version_class(Article)
    with Session(world.engine) as session:
        with pytest.raises(InvalidArgument, match="a Tag object is no key of Article"):
            versions.all_versions(session, session.get_one(Tag, 1))
        for link in (True, False):
            with pytest.raises(InvalidArgument, match="limit=-1 is negative"):
                versions.all_versions(session, 1, limit=-1, link=link)
            with pytest.raises(InvalidArgument, match="offset=-2 is negative"):
                versions.all_versions(session, 1, offset=-2, link=link)


def test_names_of_relationships_are_those_of_the_model(
    world: World, models: tuple[Any, Any, Table]
) -> None:
    with Session(world.engine) as session:
        version = session.get_one(models[0], 1).versions[0]
        with pytest.raises(NotInHistory) as caught:
            version.changeset_of("nope")
    assert caught.value.hint == "It has tags."


def test_tables_have_no_version_class(models: tuple[Any, Any, Table]) -> None:
    _, _, links = models
    for read in (version_class, history, lambda table: as_of(table, 1)):
        with pytest.raises(ClassNotVersioned, match=r"history_table\(table\)") as caught:
            read(links)
        assert caught.value.message == "table 'article_tag' has versions, but no version class"
    with pytest.raises(NotInHistory, match="It holds article_id, tag_id"):
        touched(links, {"nope": 1})


def test_intervals_that_end_before_they_start(world: World, models: tuple[Any, Any, Table]) -> None:
    Article, _, _ = models
    versions = version_class(Article)
    now = datetime.now(UTC)
    with Session(world.engine) as session:
        (version,) = session.get_one(Article, 1).versions
        (transaction,) = session.scalars(select(transaction_class(Article)))
        number = transaction.id
        for start, stop in (
            (number + 4, number),
            (number + 1, version),
            (number + 1, transaction),
            (now, now - timedelta(seconds=1)),
        ):
            with pytest.raises(InvalidPoint, match="ends before it starts"):
                during(Article, start, stop)
        for start, stop in ((number, number), (version, transaction), (number, now)):
            found = session.scalars(select(versions).where(during(Article, start, stop))).all()
            assert found == [version]
        with pytest.raises(InvalidPoint, match="no time zone"):
            during(Article, now, now.replace(tzinfo=None))
