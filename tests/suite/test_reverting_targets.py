"""Going back to a state that refers to rows that are gone, or that were of another class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import restore
from continuum import undo
from continuum import version_class
from continuum.errors import RevertError
from suite._hierarchy import Hierarchy
from suite._support import World


class Shop:
    """A product that belonged to category 1, which is gone."""

    def __init__(self, world: World, *, nullable: bool) -> None:
        self.world = world

        class Category(world.Base):
            __tablename__ = "category"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

        class Product(world.Base):
            __tablename__ = "product"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            category_id = mapped_column(ForeignKey("category.id"), nullable=nullable)
            category = relationship(Category)

        self.Category, self.Product = Category, Product
        world.create()
        with world.transaction() as session:
            session.add_all([Category(id=1, name="one"), Category(id=2, name="two")])
            session.flush()
            session.add(Product(id=1, category_id=1))
        with world.transaction() as session:
            session.get_one(Product, 1).category_id = 2
        with world.transaction() as session:
            session.delete(session.get_one(Category, 1))

    def versions(self, session: Session) -> list[Any]:
        versions: list[Any] = version_class(self.Product).all_versions(session, 1, desc=False)
        return versions


@pytest.fixture(params=[False, True], ids=["not-null", "nullable"])
def shop(world: World, request: pytest.FixtureRequest) -> Shop:
    return Shop(world, nullable=request.param)


def refuse(session: Session, act: Callable[[], Any], match: str) -> RevertError:
    with pytest.raises(RevertError, match=match) as raised:
        act()
    assert not session.new
    assert not session.dirty
    return raised.value


def test_a_live_row_is_not_led_to_one_that_is_gone(shop: Shop) -> None:
    with shop.world.transaction() as session:
        first = shop.versions(session)[0]
        for dry_run in (True, False):
            error = refuse(
                session,
                lambda: first.revert(dry_run=dry_run),  # noqa: B023
                "Product id=1 referred to a row of category that is gone: id=1",
            )
            assert (error.table, error.column) == ("product", "category_id")
            assert "'category'" in str(error.hint)
        first.revert(relations=["category"])
        session.flush()
        assert session.get_one(shop.Product, 1).category.name == "one"


def test_a_deleted_row_does_not_come_back_without_its_target(shop: Shop) -> None:
    with shop.world.transaction() as session:
        session.delete(session.get_one(shop.Product, 1))
        session.flush()
        session.delete(session.get_one(shop.Category, 2))
    with shop.world.transaction() as session:
        refuse(
            session,
            lambda: restore(session, shop.Product, 1),
            "referred to a row of category that is gone: id=2",
        )
        restore(session, shop.Product, 1, relations=["category"])
        session.flush()
        assert session.get_one(shop.Product, 1).category.name == "two"


def test_a_target_about_to_go_or_to_come(shop: Shop) -> None:
    with Session(shop.world.engine) as session, session.no_autoflush:
        session.add(shop.Category(id=1, name="new"))
        shop.versions(session)[0].revert()
        session.commit()
        assert session.get_one(shop.Product, 1).category.name == "new"
        old = shop.versions(session)[1]
        session.delete(session.get_one(shop.Category, 2))
        refuse(session, old.revert, "category that is gone: id=2")


def test_the_undo_names_the_target_by_its_key(shop: Shop) -> None:
    with Session(shop.world.engine) as session:
        plan = undo(session, shop.versions(session)[1], dry_run=True)
    assert [str(conflict) for conflict in plan.conflicts] == [
        "product id=1: category_id would refer to id=1, which is gone"
    ]


def test_an_object_of_another_class_is_not_restored(world: World) -> None:
    people = Hierarchy(world)
    with world.transaction() as session:
        session.add(people.Employee(id=5, salary=1))
    with world.transaction() as session:
        session.get_one(people.Employee, 5).salary = 2
    with world.transaction() as session:
        session.delete(session.get_one(people.Employee, 5))
    with world.transaction() as session:
        for cls in (people.Visitor, people.Manager):
            for at in (None, 1):
                refuse(
                    session,
                    lambda: restore(session, cls, 5, at=at),  # noqa: B023
                    f"no {cls.__name__} id=5",
                )
        found = restore(session, people.Person, 5)
        session.flush()
        assert (type(found), found.salary) == (people.Employee, 2)
