"""The option ``level``: where it exists, and where it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import create_mock_engine
from sqlalchemy import inspect
from sqlalchemy import text
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import ImproperlyConfigured
from continuum import VersioningManager
from continuum import make_versioned
from continuum.dialects import emitter_for
from continuum.errors import UnsupportedTable
from suite._support import World
from suite._support import create_article
from suite._support import define_article

pytestmark = pytest.mark.recorders("triggers")


def test_a_level_is_known_or_refused_before_anything_is_made(world: World) -> None:
    article = define_article(world, level="statement")
    emitter = emitter_for(world.dialect)
    assert emitter is not None
    if "statement" in emitter.levels:
        world.create()
        with world.engine.begin() as connection:
            connection.execute(text("INSERT INTO article (id, name) VALUES (1, 'a'), (2, 'b')"))
        assert world.story(article, "name") == [
            (1, "insert", 1, None, "a"),
            (2, "insert", 1, None, "b"),
        ]
    else:
        with pytest.raises(UnsupportedTable, match="fire for each row") as raised:
            world.create()
        assert 'level="row"' in str(raised.value)
        assert not inspect(world.engine).get_table_names()


@pytest.mark.engines("sqlite")
def test_what_cannot_be_meant_is_refused(new_world: Callable[..., World]) -> None:
    with pytest.raises(ImproperlyConfigured, match="level='rows' of make_versioned"):
        make_versioned(manager=VersioningManager(), options={"level": "rows"}, user_cls=None)
    world = new_world()
    define_article(world, level="statement", native_versioning=False)
    with pytest.raises(ImproperlyConfigured, match="records with the ORM"):
        configure_mappers()


@pytest.mark.engines("sqlite")
def test_a_database_without_triggers_of_ours_has_no_levels(new_world: Callable[..., World]) -> None:
    world = new_world(options={"level": "statement", "native_versioning": None})
    define_article(world)
    configure_mappers()
    mock = create_mock_engine("mssql+pyodbc://", lambda *_: None)
    with pytest.raises(ImproperlyConfigured, match="level='statement' needs triggers on 'article'"):
        world.Base.metadata.create_all(mock, checkfirst=False)


@pytest.mark.engines("postgresql")
def test_joined_hierarchies_are_recorded_row_by_row(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = {"level": "statement"}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20))

    class Engineer(Person):
        __tablename__ = "engineer"
        __mapper_args__ = {"polymorphic_identity": "engineer"}
        id = mapped_column(ForeignKey("person.id"), primary_key=True)

    with pytest.raises(ImproperlyConfigured, match="each Engineer has a history over several"):
        configure_mappers()
    assert Engineer.__mapper__


@pytest.mark.engines("postgresql")
def test_links_that_may_repeat_are_recorded_row_by_row(new_world: Callable[..., World]) -> None:
    world = new_world(options={"level": "statement", "allow_duplicate_links": True})
    article = define_article(world)
    Table(
        "related",
        world.Base.metadata,
        Column("one", ForeignKey("article.id")),
        Column("two", ForeignKey("article.id")),
    )
    article.related = relationship(
        article,
        secondary="related",
        primaryjoin="Article.id == related.c.one",
        secondaryjoin="Article.id == related.c.two",
    )
    world.create()
    with world.engine.connect() as connection:
        levels = dict(
            connection.execute(
                text(
                    "SELECT DISTINCT event_object_table, action_orientation"
                    " FROM information_schema.triggers WHERE trigger_name = '00_continuum_insert'"
                )
            ).all()
        )
    assert levels == {"article": "STATEMENT", "related": "ROW"}


@pytest.mark.engines("postgresql")
def test_the_level_is_a_matter_of_each_class(new_world: Callable[..., World]) -> None:
    world = new_world(options={"level": "statement"})
    define_article(world, table="comment", level="row")
    create_article(world)
    texts = {
        item.table.name: item.level
        for item in world.manager.journals[world.Base.metadata].specs(native=True)
    }
    assert texts == {"article": "statement", "comment": "row"}
