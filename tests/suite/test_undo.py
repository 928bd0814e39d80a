"""Taking back what a transaction did, and bringing back what was deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import scoped_session
from sqlalchemy.orm import sessionmaker

from continuum import Operation
from continuum import Plan
from continuum import VersioningManager
from continuum import context
from continuum import restore
from continuum import undo
from continuum import version_class
from continuum.errors import InvalidPoint
from continuum.errors import RevertError
from continuum.errors import RevertVetoed
from continuum.errors import UndoConflict
from suite._support import World
from suite._support import create_article


class Shop:
    """Orders with lines, and articles that are linked to tags with a note."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.links = Table(
            "article_tag",
            world.Base.metadata,
            Column("article_id", ForeignKey("article.id"), primary_key=True),
            Column("tag_id", ForeignKey("tag.id"), primary_key=True),
            Column("note", String(20)),
        )

        class Tag(world.Base):
            __tablename__ = "tag"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20), unique=True)

        class Article(world.Base):
            __tablename__ = "article"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            size = mapped_column(Integer)
            parent_id = mapped_column(ForeignKey("article.id"))
            tags = relationship(Tag, secondary=self.links, backref="articles")
            lines = relationship("Line", back_populates="article")

        class Line(world.Base):
            __tablename__ = "line"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            article_id = mapped_column(ForeignKey("article.id"), nullable=False)
            what = mapped_column(String(20))
            article = relationship(Article, back_populates="lines")

        class Part(world.Base):
            __tablename__ = "part"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            line_id = mapped_column(ForeignKey("line.id"), nullable=False)

        self.Article, self.Tag, self.Line, self.Part = Article, Tag, Line, Part
        world.create()
        with world.transaction() as session:
            session.add_all([Article(id=1, name="a", size=1), Tag(id=1, name="one")])
            session.flush()
            session.add_all([Line(id=1, article_id=1, what="tea"), Tag(id=2, name="two")])
            session.execute(insert(self.links).values(article_id=1, tag_id=1, note="x"))
            session.flush()
            session.add(Part(id=1, line_id=1))

    def state(self) -> dict[str, Any]:
        """Return all live rows."""
        subjects = (self.Article, self.Tag, self.Line, self.Part, self.links)
        return {str(subject): self.world.live(subject) for subject in subjects}

    def last(self) -> int:
        """Return the id of the newest transaction."""
        number: int = self.world.transactions()[-1].id
        return number

    def undo_last(self) -> Plan:
        """Undo the newest transaction in a session of its own."""
        with self.world.transaction() as session:
            return undo(session, self.last(), manager=self.world.manager)

    def verify(self) -> None:
        """Check the rules that every history obeys."""
        self.world.verify(self.Article, self.Tag, self.Line, self.Part, self.links)


@pytest.fixture
def shop(world: World) -> Shop:
    """A shop with one article."""
    return Shop(world)


def insert_all(shop: Shop, session: Session) -> None:
    session.add(shop.Article(id=2, name="b", parent_id=1))
    session.flush()
    session.add(shop.Line(id=2, article_id=2))
    session.add(shop.Tag(id=3, name="three"))
    session.flush()
    session.add(shop.Part(id=2, line_id=2))
    session.execute(insert(shop.links).values(article_id=2, tag_id=3, note="y"))
    session.execute(insert(shop.links).values(article_id=1, tag_id=3, note="y"))


def update_all(shop: Shop, session: Session) -> None:
    session.get_one(shop.Article, 1).name = "changed"
    session.get_one(shop.Tag, 1).name = "tmp"
    session.flush()
    session.get_one(shop.Tag, 2).name = "one"
    session.flush()
    session.get_one(shop.Tag, 1).name = "two"
    session.execute(update(shop.links).values(note="changed"))


def delete_all(shop: Shop, session: Session) -> None:
    session.execute(delete(shop.links))
    for cls in (shop.Part, shop.Line, shop.Article, shop.Tag):
        session.execute(delete(cls))


def move(shop: Shop, session: Session) -> None:
    """Delete a row and give its unique value to another."""
    session.execute(delete(shop.links))
    session.execute(delete(shop.Tag).where(shop.Tag.id == 1))
    session.add(shop.Tag(id=9, name="one"))
    session.flush()
    session.execute(insert(shop.links).values(article_id=1, tag_id=9, note="x"))


@pytest.mark.parametrize("act", [insert_all, update_all, delete_all, move])
def test_a_transaction_and_its_undo_and_the_undo_of_that(
    shop: Shop, act: Callable[[Shop, Session], None]
) -> None:
    before = shop.state()
    with shop.world.transaction() as session:
        act(shop, session)
    after = shop.state()
    assert before != after
    for state in (before, after, before):
        plan = shop.undo_last()
        assert plan
        assert shop.state() == state
        shop.verify()


def test_the_plan_tells_everything(shop: Shop) -> None:
    with shop.world.transaction() as session:
        insert_all(shop, session)
        session.get_one(shop.Article, 1).name = "b"
        session.get_one(shop.Tag, 2).name = "zwei"
        session.execute(update(shop.links).where(shop.links.c.tag_id == 1).values(note="z"))
    state = shop.state()
    with Session(shop.world.engine) as session:
        plan = undo(session, shop.last(), manager=shop.world.manager, dry_run=True)
        assert not any((session.dirty, session.deleted, session.new))
        assert {(c.model.__name__, *c.key.values()) for c in plan.deleted} == {
            ("Article", 2),
            ("Line", 2),
            ("Part", 2),
            ("Tag", 3),
        }
        assert sorted(((c.key, c.values) for c in plan.updated), key=repr) == [
            ({"id": 1}, {"name": ["b", "a"]}),
            ({"id": 2}, {"name": ["zwei", "two"]}),
        ]
        assert (plan.inserted, plan.linked, plan.conflicts) == ((), (), ())
        assert [link.values["note"] for link in plan.relinked] == ["x"]
        assert sorted(link.values["article_id"] for link in plan.unlinked) == [1, 2]
        assert "update Article id=1\n      name: 'b' -> 'a'" in str(plan)
        assert "2 updated, 4 deleted, 2 unlinked, 1 relinked" in repr(plan)
        session.commit()
    assert shop.state() == state


def test_only_the_columns_that_were_changed_go_back(shop: Shop) -> None:
    with shop.world.transaction() as session:
        session.get_one(shop.Article, 1).name = "b"
    wrong = shop.last()
    with shop.world.transaction() as session:
        session.get_one(shop.Article, 1).size = 2
    with shop.world.transaction() as session:
        undo(session, wrong, manager=shop.world.manager)
        article = session.get_one(shop.Article, 1)
        assert (article.name, article.size) == ("a", 2)


def test_what_is_undone_already_changes_nothing(shop: Shop) -> None:
    with shop.world.transaction() as session:
        insert_all(shop, session)
        update_all(shop, session)
    wrong = shop.last()
    shop.undo_last()
    count = len(shop.world.transactions())
    with shop.world.transaction() as session:
        assert not undo(session, wrong, manager=shop.world.manager)
    assert len(shop.world.transactions()) == count


def conflicts_of(shop: Shop, number: int) -> set[tuple[Any, ...]]:
    """Return the conflicts of an undo, in short, and see that it touches nothing."""
    before = shop.state()
    with Session(shop.world.engine) as session:
        plan = undo(session, number, manager=shop.world.manager, dry_run=True)
        with pytest.raises(UndoConflict) as raised:
            undo(session, number, manager=shop.world.manager)
        assert [str(each) for each in raised.value.conflicts] == [str(c) for c in plan.conflicts]
        assert all(str(conflict) in str(raised.value) for conflict in plan.conflicts)
        assert not any((session.dirty, session.deleted, session.new))
        session.commit()
    assert shop.state() == before
    return {(c.kind, c.table.name, c.attribute) for c in plan.conflicts}


def test_conflicts_of_updates(shop: Shop) -> None:
    with shop.world.transaction() as session:
        session.get_one(shop.Article, 1).name = "b"
        session.get_one(shop.Tag, 2).name = "zwei"
        session.execute(update(shop.links).values(note="y"))
    wrong = shop.last()
    with shop.world.transaction() as session:
        session.get_one(shop.Article, 1).name = "c"
        session.delete(session.get_one(shop.Tag, 2))
        session.execute(update(shop.links).values(note="z"))
    assert conflicts_of(shop, wrong) == {
        ("changed", "article", "name"),
        ("gone", "tag", None),
        ("changed", "article_tag", "note"),
    }


def test_conflicts_of_inserts(shop: Shop) -> None:
    with shop.world.transaction() as session:
        insert_all(shop, session)
    wrong = shop.last()
    with shop.world.transaction() as session:
        session.get_one(shop.Tag, 3).name = "drei"
        session.add(shop.Line(id=7, article_id=2))
        session.execute(insert(shop.links).values(article_id=2, tag_id=1))
    found = conflicts_of(shop, wrong)
    assert found >= {("changed", "tag", "name"), ("referenced", "article", None)}


def test_conflicts_of_deletes(shop: Shop) -> None:
    with shop.world.transaction() as session:
        session.execute(delete(shop.Part))
        session.execute(delete(shop.Line))
        session.execute(delete(shop.links))
        session.execute(delete(shop.Tag).where(shop.Tag.id == 1))
    wrong = shop.last()
    with shop.world.transaction() as session:
        session.execute(delete(shop.Article))
        session.add(shop.Tag(id=1, name="another"))
    assert conflicts_of(shop, wrong) == {
        ("taken", "tag", None),
        ("target gone", "line", "article_id"),
        ("target gone", "article_tag", "article_id"),
    }


def test_a_unique_value_that_was_taken_since(shop: Shop) -> None:
    with shop.world.transaction() as session:
        session.get_one(shop.Tag, 2).name = "zwei"
    wrong = shop.last()
    with shop.world.transaction() as session:
        session.add(shop.Tag(id=8, name="two"))
    with Session(shop.world.engine) as session:
        with pytest.raises(RevertError, match="Tag id=2 cannot have name='two' again"):
            undo(session, wrong, manager=shop.world.manager)
        assert not session.dirty


def test_changes_of_keys(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(cls, 1).id = 2
    with world.transaction() as session:
        undo(session, world.transactions()[-1].id, manager=world.manager)
    assert [row["name"] for row in world.live(cls).values()] == ["a"]
    assert set(world.live(cls)) == {(1,)}
    world.verify(cls)


def test_a_transaction_that_wrote_a_row_several_times(world: World) -> None:
    cls = create_article(world)
    with world.transaction() as session:
        session.add_all([cls(id=1, name="a"), cls(id=2, name="x")])
    with world.transaction() as session:
        session.get_one(cls, 1).name = "b"
        session.flush()
        session.delete(session.get_one(cls, 1))
        session.flush()
        session.delete(session.get_one(cls, 2))
        session.flush()
        session.add(cls(id=2, name="y", hits=3))
    with world.transaction() as session:
        undo(session, world.transactions()[-1].id, manager=world.manager)
    assert {key: row["name"] for key, row in world.live(cls).items()} == {(1,): "a", (2,): "x"}
    assert world.live(cls)[2,]["hits"] is None


def test_deletions_without_values(new_world: Callable[..., World]) -> None:
    world = new_world(options={"null_delete": True})
    cls = create_article(world)
    with world.transaction() as session:
        session.add(cls(id=1, name="a"))
    with world.transaction() as session:
        session.delete(session.get_one(cls, 1))
    with world.transaction() as session:
        undo(session, world.transactions()[-1].id, manager=world.manager)
    assert world.live(cls)[1,]["name"] == "a"


def test_the_undo_is_told_by_its_context(world: World) -> None:
    cls = create_article(world)
    with context(actor="Ada"), world.transaction() as session:
        session.add(cls(id=1, name="a"))
    Transaction = world.manager.transaction_cls
    with context(reason="undo"), world.transaction() as session:
        wrong = session.scalars(select(Transaction).where(Transaction.actor == "Ada")).one()
        undo(session, wrong)
    assert world.transactions()[-1].reason == "undo"
    with world.transaction() as session, pytest.raises(InvalidPoint, match="no transaction 99"):
        undo(session, 99, manager=world.manager)


def test_what_a_transaction_did_to_one_row(shop: Shop) -> None:
    with shop.world.transaction() as session:
        update_all(shop, session)
    with shop.world.transaction() as session:
        session.get_one(shop.Article, 1).size = 5
    with shop.world.transaction() as session:
        _, changed, _ = version_class(shop.Article).all_versions(session, 1, desc=False)
        plan = undo(session, changed)
        assert [change.values for change in plan.changes] == [{"name": ["changed", "a"]}]
        assert "undo of <ArticleVersion id=1" in str(plan)
    article = shop.world.live(shop.Article)[1,]
    assert (article["name"], article["size"]) == ("a", 5)
    assert shop.world.live(shop.Tag)[1,]["name"] == "two"


def test_tables_without_version_class(new_world: Callable[..., World]) -> None:
    world = new_world(options={"create_models": False})
    cls = create_article(world)
    with world.transaction() as session:
        session.add_all([cls(id=1, name="a", hits=1), cls(id=2, name="b")])
    before = world.live(cls)
    with world.transaction() as session:
        session.get_one(cls, 1).name = "changed"
        session.delete(session.get_one(cls, 2))
        session.add(cls(id=3, name="c"))
    with world.transaction() as session:
        plan = undo(session, world.transactions()[-1].id, manager=world.manager)
        assert (len(plan.linked), len(plan.unlinked), len(plan.relinked)) == (1, 1, 1)
    assert world.live(cls) == before
    world.verify(cls)


def test_a_scoped_session(shop: Shop) -> None:
    before = shop.state()
    with shop.world.transaction() as session:
        delete_all(shop, session)
    scoped = scoped_session(sessionmaker(shop.world.engine))
    undo(scoped, shop.last(), manager=shop.world.manager)
    scoped.commit()
    assert restore(scoped, shop.Article, 1).name == "a"
    scoped.remove()
    assert shop.state() == before


# Restoring.


def test_a_deleted_row_is_restored_as_it_last_was(shop: Shop) -> None:
    """What came after its last version, and went with it, comes back too."""
    with shop.world.transaction() as session:
        session.add(shop.Line(id=5, article_id=1, what="milk"))
    before = shop.state()
    with shop.world.transaction() as session:
        session.execute(delete(shop.links))
        session.execute(delete(shop.Part))
        session.execute(delete(shop.Line))
        session.execute(delete(shop.Article))
    with shop.world.transaction() as session:
        plan = restore(session, shop.Article, 1, relations="all", dry_run=True)
        assert isinstance(plan, Plan)
        assert [change.operation for change in plan.changes] == [Operation.INSERT] * 3
        assert len(plan.linked) == 1
        assert restore(session, shop.Article, 1, relations=["lines", "tags"]).name == "a"
        session.flush()
        assert restore(session, shop.Article, 1).id == 1
        restore(session, shop.Part, {"id": 1})
    assert shop.state() == before
    shop.verify()


def test_a_row_is_restored_to_a_point(shop: Shop) -> None:
    moment = shop.world.transactions()[0]
    with shop.world.transaction() as session:
        article = session.get_one(shop.Article, 1)
        article.name = "b"
        article.lines.append(shop.Line(id=5, what="milk"))
    with shop.world.transaction() as session:
        issued_at = session.get_one(shop.world.manager.transaction_cls, moment.id).issued_at
        for at in (moment.id, issued_at):
            assert restore(session, shop.Article, 1, at, ["lines"]).name == "a"
        session.flush()
        assert [line.id for line in session.get_one(shop.Article, 1).lines] == [1]
        with pytest.raises(RevertError, match="history knows of no Article id=1 at 0"):
            restore(session, shop.Article, 1, 0)
        with pytest.raises(RevertError, match="history knows of no Article id=77"):
            restore(session, shop.Article, 77)
        with pytest.raises(RevertError, match="no relationship 'nothing'"):
            restore(session, shop.Article, 1, relations=["nothing"])


# Asking before.


def test_a_listener_may_forbid_it(shop: Shop) -> None:
    asked: list[tuple[Any, ...]] = []

    @event.listens_for(shop.world.manager, "before_revert")
    def ask(manager: VersioningManager, session: Session, plan: Plan) -> bool | None:
        asked.append((manager, session, str(plan)))
        return None if "size" in str(plan) else False

    with shop.world.transaction() as session:
        session.get_one(shop.Article, 1).name = "b"
    with Session(shop.world.engine) as session:
        first = version_class(shop.Article).all_versions(session, 1)[-1]
        assert first.revert(dry_run=True)
        assert asked == []
        with pytest.raises(RevertVetoed, match="revert to <ArticleVersion id=1"):
            first.revert()
        with pytest.raises(RevertVetoed, match="undo of"):
            undo(session, shop.last(), manager=shop.world.manager)
        with pytest.raises(RevertVetoed, match="restore Article"):
            restore(session, shop.Article, 1, 1)
        assert len(asked) == 3
        assert asked[0][:2] == (shop.world.manager, session)
        assert not session.dirty
        session.get_one(shop.Article, 1).size = 2
        session.flush()
        first.revert()
        assert session.dirty


def test_a_plan_is_carried_out_once(shop: Shop) -> None:
    with shop.world.transaction() as session:
        session.get_one(shop.Article, 1).name = "b"
    with shop.world.transaction() as session:
        first = version_class(shop.Article).all_versions(session, 1)[-1]
        plan = first.revert(dry_run=True)
        assert plan.apply().name == "a"
        with pytest.raises(RevertError, match="carried out already"):
            plan.apply()


# Rows that refer to each other.


@pytest.mark.parametrize("related", [True, False])
def test_circles(world: World, related: bool) -> None:
    class Node(world.Base):
        __tablename__ = "node"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True, autoincrement=False)
        next_id = mapped_column(ForeignKey("node.id"))
        if related:
            next = relationship("Node", remote_side="Node.id", back_populates="previous")
            previous = relationship("Node", back_populates="next")

    world.create()
    with world.transaction() as session:
        session.execute(insert(Node), [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}])
        for number, following in ((1, 2), (2, 3), (3, 1), (4, 4)):
            session.execute(update(Node).where(Node.id == number).values(next_id=following))
    before = world.live(Node)
    for state in ({}, before, {}):
        with world.transaction() as session:
            undo(session, world.transactions()[-1].id, manager=world.manager)
        assert world.live(Node) == state
        world.verify(Node)
