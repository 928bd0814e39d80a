"""TransactionMetaPlugin: keys and values of a transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from continuum import ImproperlyConfigured
from continuum import TransactionBase
from continuum import context
from continuum.errors import UnknownOption
from continuum.plugins import TransactionMetaPlugin
from suite._support import World
from suite._support import define_article


def make(new_world: Callable[..., World]) -> tuple[World, Any, TransactionMetaPlugin]:
    plugin = TransactionMetaPlugin()
    world = new_world(plugins=[plugin])
    Article = define_article(world)
    world.create()
    return world, Article, plugin


def test_keys_and_values(new_world: Callable[..., World]) -> None:
    world, Article, plugin = make(new_world)
    with world.transaction() as session:
        transaction = world.manager.unit_of_work(session).create_transaction(session)
        transaction.meta = {"ticket": "12", "by": "hand"}
        session.add(Article(id=1))
    with world.transaction() as session:
        session.add(Article(id=2))
    Transaction, Meta = world.manager.transaction_cls, plugin.model_class
    with world.transaction() as session:
        first, second = session.scalars(select(Transaction).order_by(Transaction.id))
        assert dict(first.meta) == {"ticket": "12", "by": "hand"}
        assert dict(second.meta) == {}
        first.meta["ticket"] = "13"
        del first.meta["by"]
    with world.transaction() as session:
        found = session.scalars(
            select(Transaction)
            .join(Transaction.meta_relation)
            .where(Meta.key == "ticket", Meta.value == "13")
        ).all()
        assert [each.id for each in found] == [world.transactions()[0].id]
        assert session.scalars(select(Meta)).one().transaction is found[0]


def test_there_is_no_second_place_for_meta(new_world: Callable[..., World]) -> None:
    world, Article, _ = make(new_world)
    assert "meta" not in world.log.c
    with (
        pytest.raises(UnknownOption, match=r"(?s)no column 'meta'.*TransactionMetaPlugin"),
        context(meta={"a": 1}),
        world.transaction() as session,
    ):
        session.add(Article(id=1))


def test_an_own_class_with_the_column_is_refused(new_world: Callable[..., World]) -> None:
    def declare(Base: Any) -> dict[str, Any]:
        class Log(TransactionBase, Base):
            __tablename__ = "transaction"

        return {"transaction_cls": Log}

    world = new_world(plugins=[TransactionMetaPlugin()], declare=declare)
    define_article(world)
    with pytest.raises(ImproperlyConfigured, match=r"(?s)column 'meta'.*meta = None"):
        world.create()


def test_an_own_class_without_the_column(new_world: Callable[..., World]) -> None:
    def declare(Base: Any) -> dict[str, Any]:
        class Log(TransactionBase, Base):
            __tablename__ = "transaction"
            meta = None

        return {"transaction_cls": Log}

    world = new_world(plugins=[TransactionMetaPlugin()], declare=declare)
    Article = define_article(world)
    world.create()
    with world.transaction() as session:
        world.manager.unit_of_work(session).create_transaction().meta = {"a": "b"}
        session.add(Article(id=1))
    with world.transaction() as session:
        found = session.scalars(select(world.manager.transaction_cls)).one()
        assert found.meta == {"a": "b"}
