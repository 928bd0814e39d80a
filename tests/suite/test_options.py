"""What the options of a class change about its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import inspect
from sqlalchemy import update
from sqlalchemy.orm import mapped_column

from continuum import is_versioned
from continuum import version_class
from continuum.errors import UnsupportedTable
from suite._support import World
from suite._support import create_article
from suite._support import define_article


def test_excluded_columns_are_not_in_history(world: World) -> None:
    article = create_article(world, exclude=["content"])
    with world.transaction() as session:
        session.add(article(id=1, name="a", content="x"))
    with world.transaction() as session:
        session.get_one(article, 1).content = "y"
    with world.engine.begin() as connection:
        connection.execute(update(article.__table__).values(content="z"))
    assert "content" not in version_class(article).__table__.c
    assert world.story(article, "name") == [(1, "insert", 1, None, "a")]
    assert len(world.transactions()) == 1


def test_included_columns_are_all_there_is(world: World) -> None:
    article = create_article(world, include=["name"], exclude=[])
    columns = {column.name for column in version_class(article).__table__.c}
    assert columns == {"id", "name", "transaction_id", "end_transaction_id", "operation_type"}
    with world.transaction() as session:
        session.add(article(id=1, name="a", content="x"))
    with world.transaction() as session:
        session.get_one(article, 1).content = "y"
    assert len(world.transactions()) == 1


def test_ignored_columns_are_stored_but_make_no_version(world: World) -> None:
    article = create_article(world, ignore=["hits"])
    with world.transaction() as session:
        session.add(article(id=1, name="a", hits=0))
    for number in (1, 2):
        with world.transaction() as session:
            session.get_one(article, 1).hits = number
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    with world.transaction() as session:
        session.get_one(article, 1).hits = 3
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    assert world.story(article, "name", "hits") == [
        (1, "insert", 1, 2, "a", 0),
        (1, "update", 2, 3, "b", 2),
        (1, "delete", 3, None, "b", 3),
    ]
    assert len(world.transactions()) == 3


def test_ignored_columns_follow_a_version_of_the_same_transaction(world: World) -> None:
    article = create_article(world, ignore=["hits"])
    with world.transaction() as session:
        loaded = article(id=1, name="a", hits=0)
        session.add(loaded)
        session.flush()
        loaded.hits = 5
    assert world.story(article, "hits") == [(1, "insert", 1, None, 5)]


def test_columns_are_named_by_attribute_too(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__ = {"exclude": ["secret"], "ignore": ["seen"]}
        id = mapped_column(Integer, primary_key=True)
        secret = mapped_column("pwd", String(20))
        seen = mapped_column("last_seen", Integer)

    world.create()
    assert "pwd" not in version_class(Person).__table__.c
    with world.transaction() as session:
        session.add(Person(id=1, secret="x", seen=1))
    with world.transaction() as session:
        loaded = session.get_one(Person, 1)
        loaded.secret, loaded.seen = "y", 2
    assert len(world.transactions()) == 1


def test_options_of_one_column(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        secret = mapped_column(String(20), info={"versioned": False})

    world.create()
    assert "secret" not in version_class(Person).__table__.c
    with world.transaction() as session:
        session.add(Person(id=1, name="a", secret="x"))
    with world.transaction() as session:
        session.get_one(Person, 1).secret = "y"
    assert len(world.transactions()) == 1


def test_null_delete(world: World) -> None:
    article = create_article(world, null_delete=True)
    with world.transaction() as session:
        session.add(article(id=1, name="a", hits=1))
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    assert world.story(article, "name", "hits") == [
        (1, "insert", 1, 2, "a", 1),
        (1, "delete", 2, None, None, None),
    ]


NAMES = {
    "table_name": "history of %s",
    "transaction_column_name": "tx id",
    "end_transaction_column_name": "end tx",
    "operation_type_column_name": "op%",
}


@pytest.mark.parametrize(
    "chosen", [*([name] for name in NAMES), list(NAMES)], ids=lambda chosen: "+".join(chosen)
)
@pytest.mark.parametrize("per_class", [True, False])
def test_names(new_world: Callable[..., World], chosen: list[str], per_class: bool) -> None:
    options = {name: NAMES[name] for name in chosen}
    world = new_world(options={} if per_class else options)
    article = create_article(world, **(options if per_class else {}))
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, 3, "b"),
        (1, "delete", 3, None, "b"),
    ]
    if "table_name" in chosen:
        assert "history of article" in inspect(world.engine).get_table_names()


def test_a_class_that_is_left_out(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__ = {"versioning": False}
        id = mapped_column(Integer, primary_key=True)

    create_article(world)
    assert not is_versioned(Note)
    assert "note_version" not in inspect(world.engine).get_table_names()
    with world.transaction() as session:
        session.add(Note(id=1))
    assert world.transactions() == []


def test_options_merge_along_the_class_hierarchy(world: World) -> None:
    class Tracked:
        __versioned__ = {"exclude": ["secret"], "ignore": ["seen"]}
        secret = mapped_column(String(20))
        seen = mapped_column(Integer)

    class Person(Tracked, world.Base):
        __tablename__ = "person"
        __versioned__ = {"exclude": ["nick"]}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        nick = mapped_column(String(20))

    world.create()
    columns = version_class(Person).__table__.c
    assert "secret" not in columns
    assert "nick" not in columns
    with world.transaction() as session:
        session.add(Person(id=1, name="a", seen=1))
    with world.transaction() as session:
        session.get_one(Person, 1).seen = 2
    assert len(world.transactions()) == 1


def test_a_class_may_start_its_options_anew(new_world: Callable[..., World]) -> None:
    world = new_world(options={"exclude": ["age"]})

    class Tracked:
        __versioned__ = {"exclude": ["name"], "null_delete": True}

    class Person(Tracked, world.Base):
        __tablename__ = "person"
        __versioned__ = {"inherit": False, "exclude": ["nick"]}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        nick = mapped_column(String(20))
        age = mapped_column(Integer)

    world.create()
    columns = version_class(Person).__table__.c
    assert "name" in columns
    assert "age" in columns
    assert "nick" not in columns
    assert world.manager.option(Person, "null_delete") is False


def test_what_speaks_of_one_table_is_no_option_of_joined_subclasses(world: World) -> None:
    indexes = lambda table: ()  # noqa: E731 - compared by identity

    class Person(world.Base):
        __tablename__ = "person"
        __versioned__ = {"indexes": indexes, "null_delete": True}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20))

    class Guest(Person):
        __mapper_args__ = {"polymorphic_identity": "guest"}

    class Worker(Person):
        __tablename__ = "worker"
        __mapper_args__ = {"polymorphic_identity": "worker"}
        id = mapped_column(ForeignKey("person.id"), primary_key=True)

    def said(cls: Any) -> tuple[Any, Any]:
        return world.manager.option(cls, "indexes"), world.manager.option(cls, "null_delete")

    assert said(Person) == said(Guest) == (indexes, True)
    assert said(Worker) == ((), True)


def test_a_function_names_the_version_tables(new_world: Callable[..., World]) -> None:
    world = new_world(options={"table_name": lambda table: f"old_{table.name}"})
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1))
    assert "old_article" in inspect(world.engine).get_table_names()
    assert world.story(article) == [(1, "insert", 1, None)]


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_history_in_a_schema_of_its_own(new_world: Callable[..., World], other_schema: str) -> None:
    world = new_world(options={"schema": other_schema})
    article = create_article(world)
    assert version_class(article).__table__.schema == other_schema
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "b"),
    ]


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_triggers_cannot_write_to_another_file(
    new_world: Callable[..., World], other_schema: str
) -> None:
    world = new_world(options={"schema": other_schema})
    define_article(world)
    with pytest.raises(UnsupportedTable, match="article_version"):
        world.create()


def test_versions_know_no_end_with_the_subquery_strategy(world: World) -> None:
    article = create_article(world, strategy="subquery")
    assert "end_transaction_id" not in version_class(article).__table__.c
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    with world.transaction() as session:
        loaded = session.get_one(article, 1)
        loaded.name = "c"
        session.flush()
        loaded.name = "b"
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    with world.transaction() as session:
        session.add(article(id=1, name="d"))
        session.flush()
        session.delete(session.get_one(article, 1))
    assert world.story(article, "name") == [
        (1, "insert", 1, None, "a"),
        (1, "update", 2, None, "b"),
        (1, "delete", 3, None, "b"),
    ]


def test_both_strategies_side_by_side(world: World) -> None:
    with_end = define_article(world)
    without = define_article(world, table="other", strategy="subquery")
    world.create()
    with world.transaction() as session:
        session.add_all([with_end(id=1), without(id=1)])
    with world.transaction() as session:
        session.get_one(with_end, 1).name = "b"
        session.get_one(without, 1).name = "b"
    assert world.story(with_end, "name")[1] == (1, "update", 2, None, "b")
    assert world.story(without, "name")[1] == (1, "update", 2, None, "b")
    assert len(world.transactions()) == 2


def test_history_tables_without_version_classes(new_world: Callable[..., World]) -> None:
    world = new_world(options={"create_models": False})
    article = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(article.__table__.insert().values(id=1, name="a"))
    table = world.Base.metadata.tables["article_version"]
    with world.engine.connect() as connection:
        assert [row.name for row in connection.execute(table.select())] == ["a"]


def test_a_comparison_for_every_column_of_a_type(world: World) -> None:
    article = create_article(world, comparisons={String: "lower({old}) <> lower({new})"})
    with world.transaction() as session:
        session.add(article(id=1, name="a", hits=1))
    with world.transaction() as session:
        session.get_one(article, 1).name = "A"
    assert len(world.versions(article)) == 1
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    assert [version.values["name"] for version in world.versions(article)] == ["a", "b"]


def test_an_exclusion_for_every_class_need_not_fit_each(world: World) -> None:
    world.manager.options = {**world.options, "exclude": ["content", "*_cache"]}
    article = define_article(world)

    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        text_cache = mapped_column(String(10))

    world.create()
    assert "content" not in version_class(article).__table__.c
    assert "text_cache" not in version_class(Note).__table__.c
