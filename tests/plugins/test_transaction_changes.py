"""TransactionChangesPlugin: which kinds of objects a transaction changed."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import selectinload

from continuum import Operation
from continuum.plugins import TransactionChangesPlugin
from suite._support import World
from suite._support import define_article


def names(world: World) -> list[set[str]]:
    """Return the noted classes of each transaction."""
    Transaction = world.manager.transaction_cls
    with world.transaction() as session:
        found = session.scalars(
            select(Transaction).order_by(Transaction.id).options(selectinload(Transaction.changes))
        )
        return [{change.entity_name for change in each.changes} for each in found]


def make(new_world: Callable[..., World]) -> tuple[World, Any, Any, TransactionChangesPlugin]:
    plugin = TransactionChangesPlugin()
    world = new_world(plugins=[plugin])
    Article, Tag = define_article(world), define_article(world, table="tag")
    world.create()
    return world, Article, Tag, plugin


def test_each_class_is_noted_once(new_world: Callable[..., World]) -> None:
    world, Article, Tag, plugin = make(new_world)
    with world.transaction() as session:
        session.add_all([Article(id=1), Article(id=2), Tag(id=1)])
        session.flush()
        session.add(Article(id=3))
    with world.transaction() as session:
        session.execute(update(Article).values(name="x"))
    with world.transaction() as session:
        session.execute(delete(Tag))
    assert names(world) == [{"Article", "Tag"}, {"Article"}, {"Tag"}]
    Transaction, Changes = world.manager.transaction_cls, plugin.model_class
    with world.transaction() as session:
        found = session.scalars(
            select(Transaction.id)
            .where(~Transaction.changes.any(Changes.entity_name == "Article"))
            .order_by(Transaction.id)
        ).all()
        assert len(found) == 1
        assert session.scalars(select(Changes)).first().transaction.id == world.transactions()[0].id


def test_changes_of_a_transaction_that_nothing_else_holds(new_world: Callable[..., World]) -> None:
    world, Article, Tag, _ = make(new_world)
    with world.transaction() as session:
        session.add_all([Article(id=1), Tag(id=1)])
    with world.transaction() as session:
        session.delete(session.get_one(Article, 1))
    Transaction = world.manager.transaction_cls
    first, second = world.transactions()
    with world.transaction() as session:
        assert len(session.get_one(Transaction, first.id).changes()) == 2
        (gone,) = session.get_one(Transaction, second.id).changes()
        assert gone.operation_type == Operation.DELETE
        statement = select(Transaction).options(selectinload(Transaction.changes))
        records = [each.changes for each in session.scalars(statement.order_by(Transaction.id))]
        gc.collect()
        assert [len(each(Operation.INSERT)) for each in records] == [2, 0]


def test_raw_statements_are_noted(new_world: Callable[..., World]) -> None:
    world, Article, _, _ = make(new_world)
    with world.transaction() as session:
        session.execute(insert(Article).values(id=1, name="a"))
    if world.native:
        with world.engine.begin() as connection:
            connection.execute(text("UPDATE article SET name = 'b'"))
        assert names(world) == [{"Article"}, {"Article"}]


def test_nothing_is_noted_where_nothing_is_recorded(new_world: Callable[..., World]) -> None:
    world, Article, _, _ = make(new_world)
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        session.execute(update(Article).values(name="a"))
    assert names(world) == [{"Article"}]


def test_subclasses_in_one_table_have_their_own_names(new_world: Callable[..., World]) -> None:
    world = new_world(plugins=[TransactionChangesPlugin()])
    Animal = type(
        "Animal",
        (world.Base,),
        {
            "__tablename__": "animal",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            "kind": mapped_column(String(20)),
            "__mapper_args__": {"polymorphic_on": "kind", "polymorphic_identity": "animal"},
        },
    )
    Cat = type("Cat", (Animal,), {"__mapper_args__": {"polymorphic_identity": "it's a cat"}})
    world.create()
    with world.transaction() as session:
        session.add_all([Cat(id=1), Animal(id=2)])
    with world.transaction() as session:
        session.delete(session.get(Cat, 1))
    assert names(world) == [{"Animal", "Cat"}, {"Cat"}]
