"""Going back where a change of some columns alone makes no version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import restore
from continuum import undo
from continuum import version_class
from continuum.errors import UndoConflict
from suite._support import World
from suite._support import create_article


class Shop:
    """Articles with lines, both counting hits, and links to tags that count theirs."""

    def __init__(self, world: World, **options: Any) -> None:
        self.world = world
        self.links = Table(
            "article_tag",
            world.Base.metadata,
            Column("article_id", ForeignKey("article.id"), primary_key=True),
            Column("tag_id", ForeignKey("tag.id"), primary_key=True),
            Column("note", String(20)),
            Column("hits", Integer, info={"versioned": "ignore"}),
        )

        class Tag(world.Base):
            __tablename__ = "tag"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)

        class Article(world.Base):
            __tablename__ = "article"
            __versioned__: dict[str, Any] = {"ignore": ["hits", "data"], **options}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            hits = mapped_column(Integer, default=0, nullable=False)
            data = mapped_column(JSON)
            lines = relationship("Line", back_populates="article")
            tags = relationship(Tag, secondary=self.links)

        class Line(world.Base):
            __tablename__ = "line"
            __versioned__: dict[str, Any] = {"ignore": ["hits"]}
            id = mapped_column(Integer, primary_key=True)
            article_id = mapped_column(ForeignKey("article.id"), nullable=False)
            hits = mapped_column(Integer, default=0, nullable=False)
            article = relationship(Article, back_populates="lines")

        self.Article, self.Line, self.Tag = Article, Line, Tag
        world.create()
        with world.transaction() as session:
            session.add(Article(id=1, name="a", lines=[Line(id=1)]))
            session.add(Tag(id=1))
            session.flush()
            session.execute(insert(self.links).values(article_id=1, tag_id=1, note="x", hits=0))

    def hit(self, hits: int) -> None:
        """Change ignored columns."""
        with self.world.transaction() as session:
            session.execute(update(self.Article).values(hits=hits, data={"hits": hits}))
            session.execute(update(self.Line).values(hits=hits + 1))
            session.execute(update(self.links).values(hits=hits + 2))

    def change(self, name: str, hits: int) -> None:
        """Change ignored columns together with others."""
        with self.world.transaction() as session:
            session.execute(update(self.Article).values(name=name, hits=hits))
            session.execute(update(self.links).values(note=name, hits=hits))

    def delete(self) -> None:
        with self.world.transaction() as session:
            for table in (self.links, self.Line, self.Article):
                session.execute(delete(table))

    def rows(self) -> list[Any]:
        """Return the article, the line and the link."""
        found: list[Any] = []
        with self.world.engine.connect() as connection:
            for table in (self.Article.__table__, self.Line.__table__, self.links):
                found += [tuple(row) for row in connection.execute(select(table))]
        return found

    def last(self) -> Any:
        return self.world.transactions()[-1].id

    def versions(self, session: Session) -> list[Any]:
        versions: list[Any] = version_class(self.Article).all_versions(session, 1, desc=False)
        return versions


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def test_a_revert_leaves_them_alone(shop: Shop) -> None:
    shop.change("b", 3)
    shop.hit(5)
    with shop.world.transaction() as session:
        plan = shop.versions(session)[0].revert(relations="all", dry_run=True)
        assert [change.values for change in plan.updated] == [{"name": ["b", "a"]}]
        assert [link.values for link in plan.relinked] == [
            {"article_id": 1, "tag_id": 1, "note": "x"}
        ]
        plan.apply()
    assert shop.rows() == [(1, "a", 5, {"hits": 5}), (1, 1, 6), (1, 1, "x", 7)]
    shop.world.verify(shop.Article, shop.Line, shop.Tag, shop.links)


def test_there_is_nothing_to_do_for_them(shop: Shop) -> None:
    shop.hit(5)
    with Session(shop.world.engine) as session:
        assert not shop.versions(session)[0].revert(relations="all", dry_run=True)
        assert not restore(session, shop.Article, 1, relations="all", at=1, dry_run=True)


def test_a_deleted_row_gets_their_newest_values(shop: Shop) -> None:
    shop.hit(5)
    shop.delete()
    with shop.world.transaction() as session:
        plan = restore(session, shop.Article, 1, relations=["lines"], dry_run=True)
        assert [change.values.get("hits") for change in plan.inserted] == [[None, 5], [None, 6]]
        plan.apply()
    assert shop.rows() == [(1, "a", 5, {"hits": 5}), (1, 1, 6)]


def test_a_version_of_a_deleted_row_has_its_own_values(shop: Shop) -> None:
    shop.change("b", 3)
    shop.hit(5)
    shop.delete()
    with shop.world.transaction() as session:
        shop.versions(session)[1].revert()
    assert shop.rows() == [(1, "b", 3, None)]


def test_a_deletion_without_values(new_world: Callable[..., World]) -> None:
    shop = Shop(new_world(), null_delete=True)
    shop.change("b", 3)
    shop.hit(5)
    shop.delete()
    with shop.world.transaction() as session:
        restore(session, shop.Article, 1)
    assert shop.rows() == [(1, "b", 3, None)]


def test_the_undo_of_a_deletion_gives_their_newest_values(shop: Shop) -> None:
    shop.hit(5)
    before = shop.rows()
    shop.delete()
    with shop.world.transaction() as session:
        undo(session, shop.last(), manager=shop.world.manager)
    assert shop.rows() == before
    shop.world.verify(shop.Article, shop.Line, shop.Tag, shop.links)


def test_the_undo_of_an_update_leaves_them_alone(shop: Shop) -> None:
    shop.change("b", 3)
    wrong = shop.last()
    shop.hit(5)
    with shop.world.transaction() as session:
        plan = undo(session, wrong, manager=shop.world.manager)
        assert plan.conflicts == ()
    assert shop.rows() == [(1, "a", 5, {"hits": 5}), (1, 1, 6), (1, 1, "x", 7)]


def test_the_undo_of_an_insert_does_not_mind_them(shop: Shop) -> None:
    wrong = shop.last()
    shop.hit(5)
    with shop.world.transaction() as session:
        undo(session, wrong, manager=shop.world.manager)
    assert shop.rows() == []


def test_other_columns_do_conflict(shop: Shop) -> None:
    wrong = shop.last()
    shop.change("b", 5)
    with Session(shop.world.engine) as session:
        with pytest.raises(UndoConflict) as raised:
            undo(session, wrong, manager=shop.world.manager)
        assert [str(each) for each in raised.value.conflicts if each.kind == "changed"] == [
            "article id=1: name is 'b', no longer 'a', and the row would be deleted",
            "article_tag article_id=1 tag_id=1: note is 'b', no longer 'x', and the row would be "
            "deleted",
        ]
    shop.change("c", 5)
    wrong = shop.last()
    shop.change("d", 5)
    with Session(shop.world.engine) as session:
        plan = undo(session, wrong, manager=shop.world.manager, dry_run=True)
    assert (
        str(plan.conflicts[0]) == "article id=1: name is 'd', no longer 'c', and would become 'b'"
    )


def test_joined_inheritance(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = {"ignore": ["hits"]}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20))
        hits = mapped_column(Integer)

    class Employee(Person):
        __tablename__ = "employee"
        __mapper_args__ = {"polymorphic_identity": "employee"}
        number = mapped_column(ForeignKey("person.id"), primary_key=True)
        salary = mapped_column(Integer)
        seen = mapped_column(Integer, info={"versioned": "ignore"})

    world.create()
    with world.transaction() as session:
        session.add(Employee(id=1, salary=1, hits=1, seen=1))
    with world.transaction() as session:
        employee = session.get_one(Employee, 1)
        employee.hits = employee.seen = 7
    with world.transaction() as session:
        session.delete(session.get_one(Employee, 1))
    with world.transaction() as session:
        found = restore(session, Person, 1)
        session.flush()
        assert isinstance(found, Employee)
        assert (found.salary, found.hits, found.seen) == (1, 7, 7)


def test_subquery_strategy(new_world: Callable[..., World]) -> None:
    world = new_world()
    article = create_article(world, ignore=["hits"], strategy="subquery")
    for hits in (1, 2):
        with world.transaction() as session:
            session.merge(article(id=1, name="a", hits=hits))
    with world.transaction() as session:
        session.execute(delete(article))
    with world.transaction() as session:
        assert restore(session, article, 1).hits == 2
