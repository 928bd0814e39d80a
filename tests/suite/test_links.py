"""Histories of association tables, and of tables that no class is mapped to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy import insert
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import is_versioned
from continuum import version_table_of
from continuum.errors import UnsupportedTable
from suite._support import World


def define_graph(world: World, *columns: Any, key: bool = True) -> tuple[Any, Any, Table]:
    """Define articles and tags, and a table between them with some more columns."""
    links = Table(
        "article_tag",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=key, nullable=False),
        Column("tag_id", ForeignKey("tag.id"), primary_key=key, nullable=False),
        *columns,
    )

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        tags = relationship(Tag, secondary=links)

    return Article, Tag, links


def populate(world: World, article: Any, tag: Any) -> None:
    """Store tags 1 and 2 and an article with the first of them."""
    with world.transaction() as session:
        one, two = tag(id=1), tag(id=2)
        session.add_all([one, two, article(id=1, tags=[one])])


def test_links_have_a_history(world: World) -> None:
    article, tag, links = define_graph(world)
    world.create()
    populate(world, article, tag)
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.tags.append(session.get_one(tag, 2))
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.tags.clear()
    assert is_versioned(links)
    assert world.story(links) == [
        (1, 1, "insert", 1, 3),
        (1, 1, "delete", 3, None),
        (1, 2, "insert", 2, 3),
        (1, 2, "delete", 3, None),
    ]


def test_a_change_of_links_alone_makes_no_version_of_the_parent(world: World) -> None:
    article, tag, _ = define_graph(world)
    world.create()
    populate(world, article, tag)
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.tags.append(session.get_one(tag, 2))
    assert world.story(article) == [(1, "insert", 1, None)]
    assert len(world.transactions()) == 2


def test_a_link_taken_away_and_put_back_leaves_nothing(world: World) -> None:
    article, tag, links = define_graph(world)
    world.create()
    populate(world, article, tag)
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.tags.clear()
        session.flush()
        loaded.tags.append(session.get_one(tag, 1))
    assert world.story(links) == [(1, 1, "insert", 1, None)]


def test_changing_a_link_is_a_change_of_its_key(world: World) -> None:
    article, tag, links = define_graph(world)
    world.create()
    populate(world, article, tag)
    with world.engine.begin() as connection:
        connection.execute(update(links).values(tag_id=2))
    assert world.story(links) == [
        (1, 1, "insert", 1, 2),
        (1, 1, "delete", 2, None),
        (1, 2, "insert", 2, None),
    ]


def test_links_with_columns_of_their_own(world: World) -> None:
    article, tag, links = define_graph(world, Column("note", String(20), server_default="new"))
    world.create()
    populate(world, article, tag)
    with world.engine.begin() as connection:
        connection.execute(update(links).values(note="changed"))
    assert world.story(links, "note") == [
        (1, 1, "insert", 1, 2, "new"),
        (1, 1, "update", 2, None, "changed"),
    ]


def test_links_with_a_key_of_their_own(world: World) -> None:
    article, tag, links = define_graph(world, Column("id", Integer, primary_key=True), key=False)
    world.create()
    populate(world, article, tag)
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.tags.append(session.get_one(tag, 2))
    assert world.story(links, "article_id", "tag_id") == [
        (1, "insert", 1, None, 1, 1),
        (2, "insert", 2, None, 1, 2),
    ]


def test_links_with_a_unique_constraint(world: World) -> None:
    article, tag, links = define_graph(world, UniqueConstraint("article_id", "tag_id"), key=False)
    world.create()
    populate(world, article, tag)
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.tags.clear()
    assert world.story(links) == [(1, 1, "insert", 1, 2), (1, 1, "delete", 2, None)]


def test_links_without_a_key_are_refused(world: World) -> None:
    define_graph(world, key=False)
    with pytest.raises(UnsupportedTable, match="article_tag") as error:
        world.create()
    assert "allow_duplicate_links" in str(error.value)


@pytest.mark.recorders("triggers")
def test_links_without_a_key_are_counted(new_world: Callable[..., World]) -> None:
    world = new_world(options={"allow_duplicate_links": True})
    article, tag, links = define_graph(world, key=False)
    world.create()
    populate(world, article, tag)
    link = {"article_id": 1, "tag_id": 1}
    with world.engine.begin() as connection:
        connection.execute(insert(links), [link, link])
    assert world.story(links) == [(1, 1, "insert", 1, None)]
    with world.engine.begin() as connection:
        connection.execute(text("DELETE FROM article_tag"))
    assert world.story(links) == [(1, 1, "insert", 1, 2), (1, 1, "delete", 2, None)]


def test_links_of_unversioned_classes_have_no_history(world: World) -> None:
    article, tag, links = define_graph(world)
    article.__versioned__ = tag.__versioned__ = {"versioning": False}
    world.create()
    assert not is_versioned(links)


def test_a_table_without_a_class(world: World) -> None:
    table = Table(
        "setting",
        world.Base.metadata,
        Column("name", String(20), primary_key=True),
        Column("value", String(20)),
    )
    version_table_of(table, manager=world.manager)
    world.create()
    for value in ("a", "b"):
        with world.engine.begin() as connection:
            connection.execute(table.delete())
            connection.execute(insert(table).values(name="x", value=value))
    assert world.story(table, "value") == [
        ("x", "insert", 1, 2, "a"),
        ("x", "update", 2, None, "b"),
    ]
