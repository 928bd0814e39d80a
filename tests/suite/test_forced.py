"""Versions of objects that have not changed: ``add_version()``."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import update
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm.exc import DetachedInstanceError

from continuum import ImproperlyConfigured
from continuum import add_version
from continuum import paused
from continuum import version_class
from continuum.errors import NotInHistory
from continuum.errors import PauseError
from continuum.plugins import TransactionChangesPlugin
from suite._support import World
from suite._support import create_article
from suite._support import forget
from suite.test_version_columns import changed_columns
from suite.test_version_columns import check_flags


def test_an_object_that_has_not_changed(world: World) -> None:
    Article = create_article(
        world,
        end_timestamp=True,
        extra_columns=[
            Column("label", String(50)),
            (Column("size", Integer), lambda new: func.length(new.name)),
        ],
    )
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        article = session.get(Article, 1)
        version = add_version(article, label="approved")
        assert (version.label, version.size, version.name) == ("approved", 1, "a")
        assert version.changeset == {}
    with world.transaction() as session:
        session.get(Article, 1).name = "b"
    assert world.story(Article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, 3, "a"),
        (1, "update", 3, None, "b"),
    ]
    with world.transaction() as session:
        labels = [each.label for each in session.get(Article, 1).versions]
        assert labels == [None, "approved", None]


def test_what_the_transaction_has_written_gets_the_mark(world: World) -> None:
    Article = create_article(world, extra_columns=[Column("label", String(50))])
    with world.transaction() as session:
        article = Article(id=1, name="a")
        session.add(article)
        assert add_version(article, label="new").label == "new"
        add_version(article)
        article.name = "b"
    assert world.story(Article, "name") == [(1, "insert", 1, None, "b")]
    with world.transaction() as session:
        assert session.get(Article, 1).versions[0].label == "new"


def test_an_object_older_than_its_history(world: World) -> None:
    Article = create_article(world)
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.engine.begin() as connection:
        for table in (version_class(Article).__table__, world.log):
            connection.execute(table.delete())
    with world.transaction() as session:
        add_version(session.get(Article, 1))
    assert world.story(Article, "name") == [(1, "insert", 0, 1, "a"), (1, "update", 1, None, "a")]


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_nothing_is_flagged_as_changed(world: World, flags: str) -> None:
    Article = create_article(world, flags=flags)
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        version = add_version(session.get(Article, 1))
        number = version.transaction_id
    check_flags(world, Article)
    assert changed_columns(world, Article)[1, number] == set()


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_what_it_was_found_as_has_all_flags(world: World, flags: str) -> None:
    Article = create_article(world, flags=flags)
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    forget(world, Article.__table__)
    with world.transaction() as session:
        add_version(session.get_one(Article, 1))
    baseline, marked = changed_columns(world, Article).values()
    assert "name" in baseline
    assert marked == set()
    check_flags(world, Article)


def test_computed_columns_of_a_row_with_other_keys(new_world: Callable[..., World]) -> None:
    world = new_world(plugins=[plugin := TransactionChangesPlugin()])
    table = Table(
        "thing",
        world.Base.metadata,
        Column("the id", Integer, key="id", primary_key=True),
        Column("the name", String(20), key="name"),
    )
    Thing = type(
        "Thing",
        (world.Base,),
        {
            "__table__": table,
            "__versioned__": {
                "extra_columns": [(Column("size", Integer), lambda new: func.length(new.name))]
            },
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Thing(id=1, name="abc"))
    with world.transaction() as session:
        version = add_version(session.get_one(Thing, 1))
        assert (version.size, version.name) == (3, "abc")
        number = version.transaction_id
    with world.transaction() as session:
        noted = plugin.model_class
        assert session.get_one(noted, (number, "Thing"))


def test_an_object_in_several_tables(world: World) -> None:
    Person = type(
        "Person",
        (world.Base,),
        {
            "__tablename__": "person",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            "kind": mapped_column(String(20)),
            "name": mapped_column(String(20)),
            "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "person"},
        },
    )
    Employee = type(
        "Employee",
        (Person,),
        {
            "__tablename__": "employee",
            "number": mapped_column(ForeignKey("person.id"), primary_key=True),
            "salary": mapped_column(Integer),
            "__mapper_args__": {"polymorphic_identity": "employee"},
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Employee(id=1, name="eve", salary=5))
    with world.transaction() as session:
        add_version(session.get(Employee, 1))
    with world.transaction() as session:
        session.execute(update(Employee.__table__).values(salary=6))
    with world.transaction() as session:
        versions = session.get(Person, 1).versions.all()
        assert [(each.name, each.salary) for each in versions] == [
            ("eve", 5),
            ("eve", 5),
            ("eve", 6),
        ]


def test_a_column_that_is_not_there(new_world: Callable[..., World]) -> None:
    world = new_world()
    Article = create_article(world)
    with world.transaction() as session:
        article = Article(id=1)
        session.add(article)
        with pytest.raises(ImproperlyConfigured, match=r"(?s)no column 'label'.*extra_columns"):
            add_version(article, label="x")
    with pytest.raises(DetachedInstanceError, match="not bound to a Session"):
        add_version(Article(id=1))


def test_where_nothing_is_to_be_marked(world: World) -> None:
    Article = create_article(world)
    with world.transaction() as session:
        article = Article(id=1)
        session.add(article)
        with (
            paused(session, Article),
            pytest.raises(PauseError, match=r"(?s)paused\(\) block.*Leave the block"),
        ):
            add_version(article)
        session.delete(article)
        session.flush()
        with pytest.raises(NotInHistory, match="has no row any more"):
            add_version(article)
