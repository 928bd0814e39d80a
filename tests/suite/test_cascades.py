"""Rows that the database changes by itself: foreign key actions, TRUNCATE, other triggers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import mapped_column

from continuum.errors import UnsupportedTable
from suite._support import World
from suite._support import create_article
from suite._support import define_article

pytestmark = pytest.mark.recorders("triggers")


def enforce_foreign_keys(world: World) -> None:
    """Switch foreign keys on, where that is the client's business."""
    if world.dialect == "sqlite":

        @event.listens_for(world.engine, "connect")
        def switch_on(dbapi_connection: Any, record: object) -> None:
            dbapi_connection.execute("PRAGMA foreign_keys = ON")


def define_family(
    world: World, versioned_parent: bool, versioned_child: bool = True, **actions: str
) -> tuple[Any, Any]:
    """Define a parent and its child, whose foreign key has these actions."""

    class Parent(world.Base):
        __tablename__ = "parent"
        __versioned__ = {"versioning": versioned_parent}
        id = mapped_column(Integer, primary_key=True, autoincrement=False)
        name = mapped_column(String(20))

    class Child(world.Base):
        __tablename__ = "child"
        __versioned__ = {"versioning": versioned_child}
        id = mapped_column(Integer, primary_key=True)
        parent_id = mapped_column(ForeignKey("parent.id", **actions))

    return Parent, Child


def populate(world: World, parent: Any, child: Any) -> None:
    with world.transaction() as session:
        session.add_all([parent(id=1, name="p"), parent(id=2, name="q")])
        session.flush()
        session.add_all(
            [child(id=1, parent_id=1), child(id=2, parent_id=1), child(id=3, parent_id=2)]
        )


@pytest.mark.parametrize("versioned_parent", [True, False])
def test_delete_cascades(world: World, versioned_parent: bool) -> None:
    enforce_foreign_keys(world)
    parent, child = define_family(world, versioned_parent, ondelete="CASCADE")
    world.create()
    populate(world, parent, child)
    with world.engine.begin() as connection:
        connection.execute(delete(parent.__table__).where(parent.__table__.c.id == 1))
    assert world.story(child, "parent_id") == [
        (1, "insert", 1, 2, 1),
        (1, "delete", 2, None, 1),
        (2, "insert", 1, 2, 1),
        (2, "delete", 2, None, 1),
        (3, "insert", 1, None, 2),
    ]
    if versioned_parent:
        assert world.story(parent, "name") == [
            (1, "insert", 1, 2, "p"),
            (1, "delete", 2, None, "p"),
            (2, "insert", 1, None, "q"),
        ]
    assert len(world.transactions()) == 2


def test_delete_cascades_by_a_plain_client(world: World) -> None:
    enforce_foreign_keys(world)
    parent, child = define_family(world, True, ondelete="CASCADE")
    world.create()
    populate(world, parent, child)
    world.database.client(
        ("PRAGMA foreign_keys = ON;" if world.dialect == "sqlite" else "")
        + "DELETE FROM parent WHERE id = 1;"
    )
    world.verify(parent, child)
    assert [v.operation for v in world.versions(child)] == [0, 2, 0, 2, 0]


def test_delete_sets_null(world: World) -> None:
    enforce_foreign_keys(world)
    parent, child = define_family(world, False, ondelete="SET NULL")
    world.create()
    populate(world, parent, child)
    with world.engine.begin() as connection:
        connection.execute(delete(parent.__table__).where(parent.__table__.c.id == 2))
    assert world.story(child, "parent_id") == [
        (1, "insert", 1, None, 1),
        (2, "insert", 1, None, 1),
        (3, "insert", 1, 2, 2),
        (3, "update", 2, None, None),
    ]


@pytest.mark.parametrize("versioned_child", [True, False])
def test_delete_cascades_over_three_levels(world: World, versioned_child: bool) -> None:
    enforce_foreign_keys(world)
    parent, child = define_family(world, True, versioned_child, ondelete="CASCADE")

    class Grandchild(world.Base):
        __tablename__ = "grandchild"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        child_id = mapped_column(ForeignKey("child.id", ondelete="CASCADE"))

    world.create()
    populate(world, parent, child)
    with world.transaction() as session:
        session.add_all([Grandchild(id=1, child_id=1), Grandchild(id=2, child_id=3)])
    with world.engine.begin() as connection:
        connection.execute(delete(parent.__table__).where(parent.__table__.c.id == 1))
    assert world.story(Grandchild, "child_id") == [
        (1, "insert", 1, 2, 1),
        (1, "delete", 2, None, 1),
        (2, "insert", 1, None, 3),
    ]
    world.verify(parent, *([child] if versioned_child else []), Grandchild)


@pytest.mark.requires("cascades_fire_triggers")
def test_update_cascades(world: World) -> None:
    enforce_foreign_keys(world)
    parent, child = define_family(world, True, onupdate="CASCADE")
    world.create()
    populate(world, parent, child)
    with world.engine.begin() as connection:
        connection.execute(update(parent.__table__).where(parent.__table__.c.id == 2).values(id=20))
    assert world.story(child, "parent_id") == [
        (1, "insert", 1, None, 1),
        (2, "insert", 1, None, 1),
        (3, "insert", 1, 2, 2),
        (3, "update", 2, None, 20),
    ]
    world.verify(parent)


@pytest.mark.engines("mariadb", "mysql")
def test_a_cascade_that_cannot_be_recorded_is_refused(world: World) -> None:
    define_family(world, True, onupdate="CASCADE")
    with pytest.raises(UnsupportedTable, match="child"):
        world.create()


@pytest.mark.engines("mariadb", "mysql")
def test_a_refused_cascade_can_be_accepted(new_world: Callable[..., World]) -> None:
    world = new_world(options={"accept_holes": True})
    parent, child = define_family(world, True, onupdate="CASCADE")
    world.create()
    populate(world, parent, child)
    assert len(world.versions(child)) == 3
    # What is accepted is told nevertheless.
    assert "foreign key action of child on parent_id" in world.manager.check(world.engine).holes


@pytest.mark.requires("truncate_recorded")
def test_truncate(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add_all([article(id=1, name="a"), article(id=2, name="b")])
    with world.transaction() as session:
        session.get_one(article, 2).name = "c"
        session.flush()
        session.execute(text("TRUNCATE article"))
        session.execute(text("INSERT INTO article (id, name) VALUES (1, 'a'), (3, 'd')"))
    assert world.story(article, "name") == [
        (1, "insert", 1, None, "a"),
        (2, "insert", 1, 2, "b"),
        (2, "delete", 2, None, "c"),
        (3, "insert", 2, None, "d"),
    ]


@pytest.mark.requires("truncate_recorded")
def test_truncate_of_an_empty_table_leaves_nothing(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(text("TRUNCATE article"))
    assert world.versions(article) == []
    assert world.transactions() == []


def test_delete_of_everything(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add_all([article(id=n) for n in (1, 2, 3)])
    with world.engine.begin() as connection:
        connection.execute(text("DELETE FROM article"))
    assert [v.operation for v in world.versions(article)] == [0, 2] * 3
    world.verify(article)


SHOUT_AGAIN = {
    "sqlite": [
        "CREATE TRIGGER aa_shout AFTER UPDATE OF name ON article"
        " WHEN NEW.content IS NOT upper(NEW.name) BEGIN"
        " UPDATE article SET content = upper(NEW.name) WHERE id = NEW.id; END"
    ],
    "postgresql": [
        "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN UPDATE article SET content = upper(NEW.name) WHERE id = NEW.id;"
        " RETURN NULL; END'",
        "CREATE TRIGGER aa_shout AFTER UPDATE OF name ON article"
        " FOR EACH ROW EXECUTE FUNCTION shout()",
    ],
}
SHOUT_AT_ONCE = {
    "sqlite": [
        "CREATE TRIGGER shout AFTER INSERT ON article BEGIN"
        " UPDATE article SET content = upper(NEW.name) WHERE id = NEW.id; END"
    ],
    "postgresql": [
        "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.content := upper(NEW.name); RETURN NEW; END'",
        "CREATE TRIGGER shout BEFORE INSERT ON article FOR EACH ROW EXECUTE FUNCTION shout()",
    ],
    "mariadb": [
        "CREATE TRIGGER shout BEFORE INSERT ON article"
        " FOR EACH ROW SET NEW.content = upper(NEW.name)"
    ],
}
SHOUT_AT_ONCE["mysql"] = SHOUT_AT_ONCE["mariadb"]


def create_article_with_trigger(world: World, statements: list[str]) -> Any:
    """Create the table with a trigger of the user's before it is versioned."""
    article = define_article(world)
    world.Base.registry.configure()
    article.__table__.create(world.engine)
    with world.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    world.create()
    return article


@pytest.mark.engines("postgresql", "sqlite")
def test_a_trigger_of_the_user_that_changes_the_row_again(world: World) -> None:
    article = create_article_with_trigger(world, SHOUT_AGAIN[world.dialect])
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.engine.begin() as connection:
        connection.execute(update(article.__table__).values(name="b"))
    assert world.story(article, "name", "content") == [
        (1, "insert", 1, 2, "a", None),
        (1, "update", 2, None, "b", "B"),
    ]


def test_a_trigger_of_the_user_that_changes_a_new_row(world: World) -> None:
    article = create_article_with_trigger(world, SHOUT_AT_ONCE[world.dialect])
    with world.engine.begin() as connection:
        connection.execute(text("INSERT INTO article (id, name) VALUES (1, 'a')"))
    assert world.story(article, "name", "content") == [(1, "insert", 1, None, "a", "A")]
