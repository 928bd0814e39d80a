"""Going back with what belongs to a row."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import Index
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Session
from sqlalchemy.orm import attribute_keyed_dict
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import object_session
from sqlalchemy.orm import relationship

from continuum import undo
from continuum import version_class
from continuum.errors import RevertError
from reading._support import change
from reading._support import history
from reading._support import remove
from suite._support import World
from suite._support import counted

pytestmark = pytest.mark.recorders("triggers")


def rows(world: World, subject: Any) -> list[Any]:
    """Return the rows of a table, sorted."""
    table = getattr(subject, "__table__", subject)
    with world.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(table))]
    return sorted(found, key=repr)


class Blog:
    """Articles with an author, comments that answer each other, a cover, and tags."""

    def __init__(self, world: World, *further: Any, **settings: Any) -> None:
        self.world = world
        links = self.links = Table(
            "article_tag",
            world.Base.metadata,
            Column("article_id", ForeignKey("article.id"), primary_key=True),
            Column("tag_id", ForeignKey("tag.id"), primary_key=True),
            *further,
        )
        settings.setdefault("back_populates", "article")

        class Author(world.Base):
            __tablename__ = "author"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

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
            author_id = mapped_column(ForeignKey("author.id"))
            author = relationship(Author)
            tags = relationship(Tag, secondary=links, backref="articles")
            comments = relationship("Comment", order_by="Comment.id", **settings)
            cover = relationship("Cover", back_populates="article", uselist=False)

        class Comment(world.Base):
            __tablename__ = "comment"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            text = mapped_column(String(20))
            article_id = mapped_column(ForeignKey("article.id"))
            author_id = mapped_column(ForeignKey("author.id"))
            answers_id = mapped_column(ForeignKey("comment.id"))
            if settings["back_populates"]:
                article = relationship(Article, back_populates="comments")
            author = relationship(Author)
            answers = relationship(
                "Comment", remote_side="Comment.id", back_populates="answered_by"
            )
            answered_by = relationship("Comment", back_populates="answers")

        class Cover(world.Base):
            __tablename__ = "cover"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            article_id = mapped_column(ForeignKey("article.id"), unique=True)
            article = relationship(Article, back_populates="cover")

        self.Author, self.Tag, self.Article = Author, Tag, Article
        self.Comment, self.Cover = Comment, Cover
        world.create()

    def start(self) -> None:
        """Store article 1 by Ada, with comments 1 and 2, cover 1 and tags 1 and 2."""
        with self.world.transaction() as session:
            ada = self.Author(id=1, name="Ada")
            tags = [self.Tag(id=1, name="one"), self.Tag(id=2, name="two")]
            article = self.Article(id=1, name="a", author=ada, tags=tags)
            article.comments = [
                self.Comment(id=1, text="first", author=ada),
                self.Comment(id=2, text="second", author=ada),
            ]
            article.cover = self.Cover(id=1, name="red")
            session.add(article)

    def revert(self, relations: Any, *, position: int = 0) -> None:
        """Revert article 1, and see that doing so again changes nothing."""
        with self.world.transaction() as session:
            history(session, self.Article, 1)[position].revert(relations=relations)
        count = len(self.world.transactions())
        with self.world.transaction() as session:
            plan = history(session, self.Article, 1)[position].revert(
                relations=relations, dry_run=True
            )
            assert not plan, str(plan)
            history(session, self.Article, 1)[position].revert(relations=relations)
        assert len(self.world.transactions()) == count


@pytest.fixture
def blog(world: World) -> Blog:
    """A blog with article 1."""
    blog = Blog(world)
    blog.start()
    return blog


# One to many.


def test_members_come_back_and_later_ones_go(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        article.name = "b"
        session.delete(session.get_one(blog.Comment, 1))
        session.get_one(blog.Comment, 2).text = "changed"
        article.comments.append(blog.Comment(id=3, text="third"))
    blog.revert(["comments"])
    assert rows(world, blog.Comment) == [(1, "first", 1, 1, None), (2, "second", 1, 1, None)]
    assert rows(world, blog.Article) == [(1, "a", 1)]


@pytest.mark.parametrize("back", ["article", None])
def test_a_member_that_belonged_elsewhere_goes_back_there(world: World, back: str | None) -> None:
    blog = Blog(world, back_populates=back)
    blog.start()
    with world.transaction() as session:
        session.add(blog.Article(id=2, name="other"))
        session.flush()
        session.add(blog.Comment(id=7, text="guest", article_id=2))
        session.add(blog.Comment(id=8, text="nobody's"))
    change(world, blog.Article, 1, name="b")
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        article.comments += [session.get_one(blog.Comment, 7), session.get_one(blog.Comment, 8)]
        for comment in article.comments:
            comment.text = "here"
        article.name = "c"
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        assert len(article.comments) == 4
        history(session, blog.Article, 1)[1].revert(relations=["comments"])
        assert [comment.id for comment in article.comments] == [1, 2]
    assert rows(world, blog.Comment) == [
        (1, "first", 1, 1, None),
        (2, "second", 1, 1, None),
        (7, "here", 2, None, None),
        (8, "here", None, None, None),
    ]
    blog.revert(["comments"], position=1)


def test_a_member_that_belonged_to_what_is_gone(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        session.add(blog.Article(id=2, name="other"))
        session.flush()
        session.add(blog.Comment(id=7, text="guest", article_id=2))
    change(world, blog.Article, 1, name="b")
    change(world, blog.Comment, 7, article_id=1)
    remove(world, blog.Article, 2)
    blog.revert(["comments"], position=1)
    assert rows(world, blog.Comment)[-1] == (7, "guest", None, None, None)


def test_loaded_collections_show_it_at_once(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        session.delete(article.comments[0])
        article.comments.append(blog.Comment(id=3, text="third"))
        article.tags = [blog.Tag(id=3, name="three")]
        article.cover.name = "blue"
        article.author = blog.Author(id=2, name="Grace")
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        assert ([c.id for c in article.comments], article.author.id) == ([2, 3], 2)
        later = article.comments[1]
        assert history(session, blog.Article, 1)[0].revert(relations="all") is article
        assert sorted(comment.id for comment in article.comments) == [1, 2]
        assert sorted(tag.name for tag in article.tags) == ["one", "two"]
        assert article.cover.name == "red"
        assert article.author.name == "Ada"
        assert later in session.deleted
        with session.no_autoflush:
            assert not history(session, blog.Article, 1)[0].revert(relations="all", dry_run=True)
        session.flush()
        assert sorted(comment.id for comment in article.comments) == [1, 2]
    blog.revert("all")


def test_the_whole_object_comes_back(world: World, blog: Blog) -> None:
    before = [rows(world, each) for each in (blog.Article, blog.Comment, blog.Cover, blog.links)]
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        for each in (*article.comments, article.cover, article):
            session.delete(each)
        session.flush()
        session.delete(session.get_one(blog.Author, 1))
        session.delete(session.get_one(blog.Tag, 1))
    assert rows(world, blog.Comment) == []
    with world.transaction() as session:
        plan = history(session, blog.Article, 1)[0].revert(relations="all", dry_run=True)
        assert [str(change).split("\n")[0] for change in plan.inserted] == [
            "insert Article id=1",
            "insert Author id=1",
            "insert Tag id=1",
            "insert Comment id=1",
            "insert Comment id=2",
            "insert Cover id=1",
        ]
    blog.revert("all")
    after = [rows(world, each) for each in (blog.Article, blog.Comment, blog.Cover, blog.links)]
    assert after == before


def test_without_its_references_a_row_cannot_come_back(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        for each in (*article.comments, article.cover, article):
            session.delete(each)
        session.flush()
        session.delete(session.get_one(blog.Author, 1))
    with Session(world.engine) as session:
        first, *_ = history(session, blog.Article, 1)
        with pytest.raises(RevertError, match="author that is gone: id=1") as raised:
            first.revert(relations=["comments"])
        assert (raised.value.table, raised.value.column) == ("article", "author_id")
        assert not session.new
        assert not session.dirty


def test_a_deletion_takes_members_away(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        for each in (*article.comments, article.cover, article):
            session.delete(each)
    with world.transaction() as session:
        history(session, blog.Article, 1)[0].revert(relations="all")
    assert len(rows(world, blog.Comment)) == 2
    with world.transaction() as session:
        deletion = history(session, blog.Article, 1)[1]
        assert deletion.revert(relations=["comments", "cover", "tags"]) is None
    for each in (blog.Article, blog.Comment, blog.Cover, blog.links):
        assert rows(world, each) == []
    with world.transaction() as session:
        assert history(session, blog.Article, 1)[1].revert(relations="all") is None


def test_members_not_flushed_yet(world: World, blog: Blog) -> None:
    change(world, blog.Article, 1, name="b")
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        with session.no_autoflush:
            first, _ = history(session, blog.Article, 1)
            pending = [blog.Comment(text="pending"), blog.Comment(id=77, text="with a key")]
            article.comments += pending
            article.comments.remove(session.get_one(blog.Comment, 1))
            article.tags.append(blog.Tag(id=9, name="pending"))
            first.revert(relations=["comments", "tags"])
            assert not any(comment in session for comment in pending)
            assert sorted(comment.id for comment in article.comments) == [1, 2]
            assert sorted(tag.id for tag in article.tags) == [1, 2]
    assert [row[0] for row in rows(world, blog.Comment)] == [1, 2]
    assert rows(world, blog.links) == [(1, 1), (1, 2)]


def test_rows_older_than_their_history_stay(world: World, blog: Blog) -> None:
    change(world, blog.Article, 1, name="b")
    table = version_class(blog.Comment).__table__
    with world.engine.begin() as connection:
        connection.execute(insert(blog.Comment.__table__).values(id=5, text="old", article_id=1))
    with world.engine.begin() as connection:
        connection.execute(delete(table).where(table.c.id == 5))
    blog.revert(["comments"])
    assert [row[0] for row in rows(world, blog.Comment)] == [1, 2, 5]


def test_what_was_not_watched_stays(world: World, blog: Blog) -> None:
    """A pause leaves a hole in history, in which nothing is known."""
    table = version_class(blog.Comment).__table__
    with world.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == 2).values(end_transaction_id=2))
    change(world, blog.Article, 1, name="b")
    change(world, blog.Article, 1, name="c")
    blog.revert(["comments"], position=1)
    assert [row[0] for row in rows(world, blog.Comment)] == [1, 2]


def test_answers_to_answers(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        top = session.get_one(blog.Comment, 1)
        top.answered_by = [blog.Comment(id=11, text="answer")]
        top.answered_by[0].answered_by = [blog.Comment(id=12, text="answer to it")]
    before = rows(world, blog.Comment)
    change(world, blog.Article, 1, name="b")
    with world.transaction() as session:
        for key in (12, 11, 1):
            session.delete(session.get_one(blog.Comment, key))
            session.flush()
        session.add(blog.Comment(id=13, text="later", answers_id=2))
    blog.revert(["comments.answered_by.answered_by"], position=1)
    assert rows(world, blog.Comment) == before


def test_rows_that_refer_to_themselves(world: World, blog: Blog) -> None:
    change(world, blog.Comment, 1, answers_id=1)
    change(world, blog.Article, 1, name="b")
    change(world, blog.Comment, 1, answers_id=None)
    remove(world, blog.Comment, 1)
    blog.revert("all", position=1)
    assert rows(world, blog.Comment)[0] == (1, "first", 1, 1, 1)


# To one.


def test_the_target_goes_back_too(world: World, blog: Blog) -> None:
    change(world, blog.Author, 1, name="Countess")
    with world.transaction() as session:
        session.get_one(blog.Article, 1).author = blog.Author(id=2, name="Grace")
    blog.revert(["author"])
    assert rows(world, blog.Author) == [(1, "Ada"), (2, "Grace")]
    assert rows(world, blog.Article) == [(1, "a", 1)]


def test_no_target_then(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        session.add(blog.Article(id=2, name="x"))
    with world.transaction() as session:
        session.get_one(blog.Article, 2).author = session.get_one(blog.Author, 1)
    with world.transaction() as session:
        article = session.get_one(blog.Article, 2)
        assert article.author is not None
        history(session, blog.Article, 2)[0].revert(relations=["author"])
        assert article.author is None
    assert rows(world, blog.Article)[1] == (2, "x", None)


def test_one_to_one_with_another_row(world: World, blog: Blog) -> None:
    """The later cover has to go before the earlier one can have its place."""
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        session.delete(article.cover)
        session.flush()
        session.add(blog.Cover(id=2, name="blue", article_id=1))
    blog.revert(["cover"])
    assert rows(world, blog.Cover) == [(1, "red", 1)]
    world.verify(blog.Cover)
    assert [row[1] for row in world.story(blog.Cover, "name")] == [
        "insert",
        "delete",
        "insert",
        "insert",
        "delete",
    ]


def test_one_to_one_that_was_lent(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        session.add(blog.Article(id=2, name="other"))
        session.flush()
        session.add(blog.Cover(id=2, name="blue", article_id=2))
    change(world, blog.Article, 1, name="b")
    with world.transaction() as session:
        one, two = session.get_one(blog.Cover, 1), session.get_one(blog.Cover, 2)
        one.article_id = None
        session.flush()
        two.article_id = 1
        session.flush()
        one.article_id = 2
    blog.revert(["cover"], position=1)
    assert rows(world, blog.Cover) == [(1, "red", 1), (2, "blue", 2)]


# Many to many.


def test_links_are_rebuilt(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        article.tags = [session.get_one(blog.Tag, 1), blog.Tag(id=3, name="three")]
        session.get_one(blog.Tag, 1).name = "uno"
        session.flush()
        session.delete(session.get_one(blog.Tag, 2))
    blog.revert(["tags"])
    assert rows(world, blog.links) == [(1, 1), (1, 2)]
    assert rows(world, blog.Tag) == [(1, "one"), (2, "two"), (3, "three")]


def test_links_with_further_columns(world: World) -> None:
    blog = Blog(world, Column("note", String(20), nullable=False), Column("rank", Integer))
    with world.transaction() as session:
        session.add_all(
            [blog.Article(id=1, name="a"), *(blog.Tag(id=n, name=f"t{n}") for n in range(1, 5))]
        )
        session.flush()
        session.execute(
            insert(blog.links),
            [
                {"article_id": 1, "tag_id": 1, "note": "x", "rank": 1},
                {"article_id": 1, "tag_id": 2, "note": "y", "rank": 2},
                {"article_id": 1, "tag_id": 3, "note": "z", "rank": 3},
            ],
        )
    before = rows(world, blog.links)
    with world.transaction() as session:
        session.execute(delete(blog.links).where(blog.links.c.tag_id != 2))
        session.execute(update(blog.links).values(note="changed", rank=None))
        session.execute(insert(blog.links).values(article_id=1, tag_id=4, note="later"))
        session.delete(session.get_one(blog.Tag, 1))
        session.get_one(blog.Article, 1).name = "b"
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        first, _ = history(session, blog.Article, 1)
        plan = first.revert(relations=["tags"], dry_run=True)
        assert (len(plan.linked), len(plan.unlinked), len(plan.relinked)) == (2, 1, 1)
        assert sorted(tag.id for tag in article.tags) == [2, 4]
        with session.no_autoflush:
            for _ in range(2):
                first.revert(relations=["tags"])
            assert sorted(tag.id for tag in article.tags) == [1, 2, 3]
            assert not first.revert(relations=["tags"], dry_run=True)
        session.flush()
        assert sorted(tag.id for tag in article.tags) == [1, 2, 3]
    assert rows(world, blog.links) == before
    blog.revert(["tags"])


def test_links_that_wait_go_with_a_rollback(world: World) -> None:
    blog = Blog(world, Column("note", String(20)))
    with world.transaction() as session:
        session.add_all([blog.Article(id=1, name="a"), blog.Tag(id=1, name="t")])
        session.flush()
        session.execute(insert(blog.links).values(article_id=1, tag_id=1, note="x"))
    with world.transaction() as session:
        session.execute(delete(blog.links))
    with Session(world.engine) as session:
        history(session, blog.Article, 1)[0].revert(relations=["tags"])
        session.rollback()
        session.get_one(blog.Article, 1).name = "b"
        session.commit()
        assert rows(world, blog.links) == []
        with session.begin_nested() as savepoint:
            history(session, blog.Article, 1)[0].revert(relations=["tags"])
            savepoint.rollback()
        session.commit()
        assert rows(world, blog.links) == []
        history(session, blog.Article, 1)[0].revert(relations=["tags"])
        session.commit()
    assert rows(world, blog.links) == [(1, 1, "x")]


def test_links_with_an_id(world: World) -> None:
    links = Table(
        "left_right",
        world.Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("left_id", ForeignKey("left.id"), nullable=False),
        Column("right_id", ForeignKey("right.id"), nullable=False),
        UniqueConstraint("left_id", "right_id"),
    )

    class Right(world.Base):
        __tablename__ = "right"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    class Left(world.Base):
        __tablename__ = "left"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        rights = relationship(Right, secondary=links)

    world.create()
    with world.transaction() as session:
        session.add(Left(id=1, name="a", rights=[Right(id=1), Right(id=2)]))
    before = rows(world, links)
    with world.transaction() as session:
        left = session.get_one(Left, 1)
        left.name, left.rights = "b", []
        session.flush()
        left.rights = [Right(id=3), session.get_one(Right, 1)]
    for _ in range(2):
        with world.transaction() as session:
            history(session, Left, 1)[0].revert(relations="all")
        assert sorted(row[1:] for row in rows(world, links)) == sorted(row[1:] for row in before)


def test_an_association_class(world: World) -> None:
    class Article(world.Base):
        __tablename__ = "article"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        marks = relationship("Mark", back_populates="article", cascade="all, delete-orphan")

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        marks = relationship("Mark", back_populates="tag", cascade="all, delete-orphan")

    class Mark(world.Base):
        __tablename__ = "mark"
        __versioned__: dict[str, Any] = {}
        article_id = mapped_column(ForeignKey("article.id"), primary_key=True)
        tag_id = mapped_column(ForeignKey("tag.id"), primary_key=True)
        note = mapped_column(String(20))
        article = relationship(Article, back_populates="marks")
        tag = relationship(Tag, back_populates="marks")

    Article.tags = relationship(
        Tag, secondary=Mark.__table__, overlaps="marks,article,tag,articles"
    )
    world.create()
    with world.transaction() as session:
        tags = [Tag(id=1, name="one"), Tag(id=2, name="two")]
        article = Article(id=1, name="a")
        article.marks = [Mark(tag=tags[0], note="x"), Mark(tag=tags[1], note="y")]
        session.add(article)
    before = rows(world, Mark)
    ways = (["marks.tag"], ["marks.tag", "tags"], ["tags"], "all")
    for extra, relations in enumerate(ways, start=3):
        with world.transaction() as session:
            article = session.get_one(Article, 1)
            article.name = "b"
            for mark in article.marks:
                session.delete(mark)
            session.flush()
            session.delete(session.get_one(Tag, 1))
            article.marks = [Mark(tag=Tag(id=extra, name="three"), note="z")]
        for _ in range(2):
            with world.transaction() as session:
                history(session, Article, 1)[0].revert(relations=relations)
            assert rows(world, Mark) == before, relations
    with world.transaction() as session:
        assert sorted(tag.id for tag in session.get_one(Article, 1).tags) == [1, 2]


@pytest.mark.parametrize("way", ["relations", "row", "undo"])
def test_an_owner_that_goes_takes_nobody_along_who_has_left(world: World, way: str) -> None:
    back = None if way == "undo" else "box"

    class Box(world.Base):
        __tablename__ = "box"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        things = relationship("Thing", back_populates=back, cascade="all, delete-orphan")

    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        box_id = mapped_column(ForeignKey("box.id"), nullable=False)
        if back:
            box = relationship(Box, back_populates="things")

    world.create()
    with Session(world.engine) as session:
        first = Box(id=1, things=[Thing(id=1)])
        session.add(first)
        session.commit()
        second = Box(id=2, things=[first.things.pop()])
        session.add(second)
        session.commit()
        assert len(second.things) == 1
        if way == "undo":
            undo(session, second.versions[0].transaction)
        else:
            if way == "row":
                history(session, Thing, 1)[0].revert()
            else:
                first.versions[0].revert(relations=["things"])
            session.flush()
            session.delete(second)
        session.commit()
    assert (rows(world, Box), rows(world, Thing)) == ([(1,)], [(1, 1)])


# Ways of mapping.


def test_composite_keys(world: World) -> None:
    class Order(world.Base):
        __tablename__ = "order"
        __versioned__: dict[str, Any] = {}
        shop = mapped_column("the shop", String(10), primary_key=True)
        number = mapped_column(Integer, primary_key=True, autoincrement=False)
        name = mapped_column(String(20))
        lines = relationship("Line", back_populates="order", cascade="all, delete-orphan")

    class Line(world.Base):
        __tablename__ = "line"
        __versioned__: dict[str, Any] = {}
        place = mapped_column(Integer, primary_key=True, autoincrement=False)
        order_shop = mapped_column("order shop", String(10), primary_key=True)
        order_number = mapped_column(Integer, primary_key=True, autoincrement=False)
        what = mapped_column(String(20))
        order = relationship(Order, back_populates="lines")
        __table_args__ = (
            ForeignKeyConstraint(
                ["order shop", "order_number"], ["order.the shop", "order.number"]
            ),
        )

    world.create()
    with world.transaction() as session:
        for shop in ("x", "y"):
            session.add(
                Order(
                    shop=shop,
                    number=1,
                    name="a",
                    lines=[Line(place=1, what="tea"), Line(place=2, what="milk")],
                )
            )
    before = rows(world, Line)
    with world.transaction() as session:
        order = session.get_one(Order, ("x", 1))
        order.name = "b"
        del order.lines[0]
        order.lines[0].what = "cream"
        order.lines.append(Line(place=3, what="cake"))
    for _ in range(2):
        with world.transaction() as session:
            history(session, Order, ("x", 1))[0].revert(relations=["lines"])
        assert rows(world, Line) == before
    remove(world, Order, ("x", 1))
    with world.transaction() as session:
        history(session, Order, ("x", 1))[2].revert(relations="all")
    assert rows(world, Line) == before


def test_dictionaries_sets_and_ordered_lists(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        notes = relationship(
            "Note",
            collection_class=attribute_keyed_dict("key"),
            cascade="all, delete-orphan",
            back_populates="page",
        )
        marks = relationship("Mark", collection_class=set, cascade="all, delete-orphan")
        lines = relationship(
            "Line",
            collection_class=ordering_list("place"),
            order_by="Line.place",
            cascade="all, delete-orphan",
        )

    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        page_id = mapped_column(ForeignKey("page.id"), nullable=False)
        key = mapped_column(String(20), nullable=False)
        page = relationship(Page, back_populates="notes")
        __table_args__ = (UniqueConstraint("page_id", "key"),)

    class Mark(world.Base):
        __tablename__ = "mark"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        page_id = mapped_column(ForeignKey("page.id"))

    class Line(world.Base):
        __tablename__ = "line"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        page_id = mapped_column(ForeignKey("page.id"))
        place = mapped_column(Integer, nullable=False)
        __table_args__ = (UniqueConstraint("page_id", "place"),)

    world.create()
    with world.transaction() as session:
        page = Page(id=1, name="a")
        for number, key in enumerate("xyz", start=1):
            page.notes[key] = Note(id=number, key=key)
            page.marks.add(Mark(id=number))
            page.lines.append(Line(id=number))
        session.add(page)
    before = [rows(world, each) for each in (Note, Mark, Line)]
    with world.transaction() as session:
        page = session.get_one(Page, 1)
        page.name = "b"
        del page.notes["y"]
        session.flush()
        session.get_one(Note, 1).key = "y"
        session.flush()
        session.get_one(Note, 3).key = "x"
        page.marks.pop()
        page.marks.add(Mark(id=9))
        session.execute(delete(Line).where(Line.id == 1))
        session.execute(update(Line).where(Line.id == 3).values(place=0))
        session.execute(update(Line).where(Line.id == 2).values(place=2))
        session.add(Line(id=8, page_id=1, place=1))
    with world.transaction() as session:
        page = session.get_one(Page, 1)
        assert (set(page.notes), len(page.marks), len(page.lines)) == ({"x", "y"}, 3, 3)
        history(session, Page, 1)[0].revert(relations="all")
        assert {key: note.id for key, note in page.notes.items()} == {"x": 1, "y": 2, "z": 3}
        assert {mark.id for mark in page.marks} == {1, 2, 3}
        assert {(line.id, line.place) for line in page.lines} == {(1, 0), (2, 1), (3, 2)}
    assert [rows(world, each) for each in (Note, Mark, Line)] == before
    with world.transaction() as session:
        assert not history(session, Page, 1)[0].revert(relations="all", dry_run=True)


@pytest.mark.parametrize("lazy", ["dynamic", "write_only", "raise", "joined"])
def test_ways_of_loading(world: World, lazy: Any) -> None:
    passive = lazy == "write_only"
    blog = Blog(world, lazy=lazy, passive_deletes=passive)
    with world.transaction() as session:
        session.add_all([blog.Article(id=1, name="a"), blog.Article(id=2, name="z")])
        session.flush()
        for number in (1, 2):
            session.add(blog.Comment(id=number, text="x", article_id=1))
    before = rows(world, blog.Comment)
    with world.transaction() as session:
        session.get_one(blog.Article, 1).name = "b"
        session.delete(session.get_one(blog.Comment, 1))
        session.add(blog.Comment(id=3, text="x", article_id=1))
    blog.revert(["comments"])
    assert rows(world, blog.Comment) == before


def test_viewonly_and_unversioned_collections_are_refused(world: World) -> None:
    class Article(world.Base):
        __tablename__ = "article"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        clicks = relationship("Click")
        shown = relationship("Click", viewonly=True)

    class Click(world.Base):
        __tablename__ = "click"
        id = mapped_column(Integer, primary_key=True)
        article_id = mapped_column(ForeignKey("article.id"))

    world.create()
    change(world, Article, 1, name="a")
    change(world, Article, 1, name="b")
    with world.transaction() as session:
        first, _ = history(session, Article, 1)
        with pytest.raises(RevertError, match="viewonly"):
            first.revert(relations=["shown"])
        with pytest.raises(RevertError, match="Click is not versioned"):
            first.revert(relations=["clicks"])
        with pytest.raises(RevertError, match="versions"):
            first.revert(relations=["continuum_versions"])
        first.revert(relations="all")
    assert rows(world, Article) == [(1, "a")]


def test_targets_that_are_not_versioned(world: World) -> None:
    links = Table(
        "article_place",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("place_id", ForeignKey("place.id"), primary_key=True),
    )

    class Place(world.Base):
        __tablename__ = "place"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        home_id = mapped_column(ForeignKey("place.id"))
        home = relationship(Place)
        places = relationship(Place, secondary=links)

    world.create()
    with world.transaction() as session:
        places = [Place(id=1, name="Rome"), Place(id=2, name="Oslo")]
        session.add(Article(id=1, home=places[0], places=places))
    with world.transaction() as session:
        article = session.get_one(Article, 1)
        article.home, article.places = None, []
        session.get_one(Place, 1).name = "Roma"
    for _ in range(2):
        with world.transaction() as session:
            history(session, Article, 1)[0].revert(relations=["home", "places"])
        assert rows(world, links) == [(1, 1), (1, 2)]
        assert rows(world, Article) == [(1, 1)]
    assert rows(world, Place) == [(1, "Roma"), (2, "Oslo")]
    with world.transaction() as session:
        article = session.get_one(Article, 1)
        article.home, article.places = None, []
        session.flush()
        session.delete(session.get_one(Place, 1))
    with Session(world.engine) as session:
        first, *_ = history(session, Article, 1)
        with pytest.raises(RevertError, match="place that is gone: id=1"):
            first.revert(relations=["home"])
        with pytest.raises(RevertError, match="'places' of Article led to a Place that is gone"):
            first.revert(relations=["places"])
        assert not session.dirty


def test_later_rows_that_others_refer_to(world: World) -> None:
    class Box(world.Base):
        __tablename__ = "box"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        things = relationship("Thing")

    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        box_id = mapped_column(ForeignKey("box.id"), nullable=False)

    class Note(world.Base):
        __tablename__ = "note"
        id = mapped_column(Integer, primary_key=True)
        thing_id = mapped_column(ForeignKey("thing.id"))

    class Look(world.Base):
        # The database sees to it.
        __tablename__ = "look"
        id = mapped_column(Integer, primary_key=True)
        thing_id = mapped_column(ForeignKey("thing.id", ondelete="CASCADE"), nullable=False)

    world.create()
    change(world, Box, 1, name="a")
    change(world, Box, 1, name="b")
    with world.transaction() as session:
        session.add(Thing(id=1, box_id=1))
        session.flush()
        session.add_all([Note(id=5, thing_id=1), Look(id=6, thing_id=1)])
    with world.transaction() as session:
        first, _ = history(session, Box, 1)
        with pytest.raises(RevertError, match="Thing id=1 would be deleted, but note id=5 refers"):
            first.revert(relations=["things"])
        assert not any((session.new, session.dirty, session.deleted))
        session.delete(session.get_one(Note, 5))
        session.flush()
        first.revert(relations=["things"])
    assert rows(world, Thing) == []
    change(world, Thing, 1, box_id=1)
    with world.transaction() as session:
        session.delete(session.get_one(Thing, 1))
        session.flush()
        session.delete(session.get_one(Box, 1))
    with world.transaction() as session:
        session.add(Box(id=1))
        session.flush()
        session.add(Thing(id=2, box_id=1))
    with world.transaction() as session:
        deletion = history(session, Box, 1)[-2]
        with pytest.raises(RevertError, match="Box id=1 would be deleted, but thing id=2 refers"):
            deletion.revert()
        deletion.revert(relations=["things"])
    assert rows(world, Box) == []


# Unique values.


def test_swapped_unique_values(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        session.get_one(blog.Tag, 1).name = "tmp"
        session.flush()
        session.get_one(blog.Tag, 2).name = "one"
        session.flush()
        session.get_one(blog.Tag, 1).name = "two"
    blog.revert(["tags"])
    assert rows(world, blog.Tag) == [(1, "one"), (2, "two")]
    world.verify(blog.Tag)
    assert [row[1:2] + row[4:] for row in world.story(blog.Tag, "name")] == [
        ("insert", "one"),
        ("update", "two"),
        ("update", "one"),
        ("insert", "two"),
        ("update", "one"),
        ("update", "two"),
    ]


def test_a_unique_value_that_somebody_else_has(world: World, blog: Blog) -> None:
    change(world, blog.Tag, 1, name="uno")
    change(world, blog.Tag, 7, name="one")
    with Session(world.engine) as session:
        first, *_ = history(session, blog.Article, 1)
        with pytest.raises(RevertError, match="Tag id=1 cannot have name='one' again") as raised:
            first.revert(relations=["tags"])
        assert (raised.value.table, raised.value.column) == ("tag", "name")
        assert not session.dirty
        with pytest.raises(RevertError, match="cannot have"):
            history(session, blog.Tag, 1)[0].revert()


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("index", [False, True], ids=["constraint", "index"])
def test_a_null_that_no_two_rows_may_have(world: World, index: bool) -> None:
    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        place = mapped_column(Integer)
        name = mapped_column(String(20))
        __table_args__ = (
            Index("one", place, name, unique=True, postgresql_nulls_not_distinct=True)
            if index
            else UniqueConstraint(place, name, postgresql_nulls_not_distinct=True),
        )

    world.create()
    change(world, Tag, 1, name=None, place=1)
    change(world, Tag, 1, name="a")
    change(world, Tag, 2, name=None, place=1)
    with Session(world.engine) as session:
        first = history(session, Tag, 1)[0]
        if world.dialect == "postgresql":
            with pytest.raises(RevertError, match="cannot have place=1, name=None again"):
                first.revert()
            assert not session.dirty
            session.get_one(Tag, 2).name = "b"
            session.flush()
        # Elsewhere, NULL is the value of no other row.
        first.revert()
        session.commit()
    assert [row[2] for row in rows(world, Tag)] == [
        None,
        "b" if world.dialect == "postgresql" else None,
    ]


def test_nothing_is_parked_when_the_change_is_taken_back(world: World, blog: Blog) -> None:
    with world.transaction() as session:
        session.get_one(blog.Tag, 1).name = "tmp"
        session.flush()
        session.get_one(blog.Tag, 2).name = "one"
        session.flush()
        session.get_one(blog.Tag, 1).name = "two"
    with world.transaction() as session:
        history(session, blog.Article, 1)[0].revert(relations=["tags"])
        for tag in session.scalars(select(blog.Tag).execution_options(autoflush=False)):
            session.expire(tag)
    assert rows(world, blog.Tag) == [(1, "two"), (2, "one")]


# What it costs.


@pytest.mark.parametrize("members", [2, 60])
def test_number_of_queries(world: World, blog: Blog, members: int) -> None:
    with world.transaction() as session:
        article = session.get_one(blog.Article, 1)
        numbers = range(10, 10 + members)
        article.comments += [blog.Comment(id=number, text="x") for number in numbers]
        article.tags += [blog.Tag(id=number, name=f"t{number}") for number in numbers]
    change(world, blog.Article, 1, name="b")
    with world.transaction() as session:
        session.execute(update(blog.Comment).values(article_id=None))
        session.execute(delete(blog.links))
        session.execute(update(blog.Tag).values(name=func.lower(blog.Tag.name) + "!"))
    queries = {}
    for path in (["author"], ["cover"], ["comments"], ["tags"]):
        with Session(world.engine) as session:
            version = history(session, blog.Article, 1)[1]
            with counted(world.engine) as statements:
                plan = version.revert(relations=path, dry_run=True)
            queries[path[0]] = len(statements)
            with counted(world.engine) as statements:
                plan.apply()
            assert len(statements) <= 1, statements
    assert queries == {"author": 3, "cover": 3, "comments": 4, "tags": 6}


def test_it_is_the_objects_of_the_session(world: World, blog: Blog) -> None:
    change(world, blog.Comment, 1, text="changed")
    with world.transaction() as session:
        comment = session.get_one(blog.Comment, 1)
        heard = []
        event.listen(blog.Comment.text, "set", lambda *_: heard.append(_[1]))
        history(session, blog.Article, 1)[0].revert(relations=["comments"])
        assert object_session(comment) is session
        assert heard == ["first"]


# Hierarchies, and what refers to its own kind.


def test_joined_inheritance(world: World) -> None:
    class Owner(world.Base):
        __tablename__ = "owner"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        pets = relationship("Pet", back_populates="owner")

    class Pet(world.Base):
        __tablename__ = "pet"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "pet"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20), nullable=False)
        name = mapped_column(String(20))
        owner_id = mapped_column(ForeignKey("owner.id"))
        owner = relationship(Owner, back_populates="pets")

    class Dog(Pet):
        __tablename__ = "dog"
        __versioned__: dict[str, Any] = {}
        __mapper_args__ = {"polymorphic_identity": "dog"}
        id = mapped_column(ForeignKey("pet.id"), primary_key=True)
        tricks = mapped_column(Integer)
        toys = relationship("Toy", back_populates="dog")

    class Toy(world.Base):
        __tablename__ = "toy"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        dog_id = mapped_column(ForeignKey("dog.id"))
        dog = relationship(Dog, back_populates="toys")

    world.create()
    tables = (Owner, Pet, Dog, Toy)
    with world.transaction() as session:
        dog = Dog(id=1, name="Rex", tricks=1, toys=[Toy(id=1)])
        session.add(Owner(id=1, name="a", pets=[dog, Pet(id=2, name="Tom")]))
    before = [rows(world, each) for each in tables]
    with world.transaction() as session:
        session.get_one(Owner, 1).name = "b"
        session.get_one(Dog, 1).tricks = 2
        session.delete(session.get_one(Pet, 2))
        session.add(Dog(id=3, owner_id=1, tricks=9))
    for path in ("all", ["pets.toys"]):
        for _ in range(2):
            with world.transaction() as session:
                history(session, Owner, 1)[0].revert(relations=path)
            assert [rows(world, each) for each in tables] == before
        with world.transaction() as session:
            for toy in session.scalars(select(Toy)):
                session.delete(toy)
            session.flush()
            for each in (*session.get_one(Owner, 1).pets, session.get_one(Owner, 1)):
                session.delete(each)
    with world.transaction() as session:
        plan = history(session, Owner, 1)[0].revert(relations="all", dry_run=True)
        assert [change.model for change in plan.inserted] == [Owner, Dog, Pet, Toy]
        assert plan.inserted[1].values["tricks"] == [None, 1]
        plan.apply()
    assert [rows(world, each) for each in tables] == before
    world.verify(Owner, Toy)


def test_links_among_one_class(world: World) -> None:
    links = Table(
        "follow",
        world.Base.metadata,
        Column("follower_id", ForeignKey("person.id"), primary_key=True),
        Column("followed_id", ForeignKey("person.id"), primary_key=True),
    )

    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        follows = relationship(
            "Person",
            secondary=links,
            primaryjoin="Person.id == follow.c.follower_id",
            secondaryjoin="Person.id == follow.c.followed_id",
            back_populates="followers",
        )
        followers = relationship(
            "Person",
            secondary=links,
            primaryjoin="Person.id == follow.c.followed_id",
            secondaryjoin="Person.id == follow.c.follower_id",
            back_populates="follows",
        )

    world.create()
    with world.transaction() as session:
        people = [Person(id=number, name="a") for number in (1, 2, 3)]
        people[0].follows = [people[0], people[1]]
        people[2].follows = [people[0]]
        session.add_all(people)
    before = rows(world, links)
    with world.transaction() as session:
        one, two, three = session.scalars(select(Person).order_by(Person.id))
        one.name = "b"
        one.follows, one.followers = [three], [two]
    for _ in range(2):
        with world.transaction() as session:
            history(session, Person, 1)[0].revert(relations="all")
        assert rows(world, links) == before
    with world.transaction() as session:
        one = session.get_one(Person, 1)
        one.follows, one.followers = [], []
        session.flush()
        session.delete(one)
    with world.transaction() as session:
        history(session, Person, 1)[0].revert(relations="all")
    assert rows(world, links) == before


def test_the_version_counter_of_members_goes_on(world: World) -> None:
    class Box(world.Base):
        __tablename__ = "box"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        things = relationship("Thing")

    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        box_id = mapped_column(ForeignKey("box.id"))
        code = mapped_column(String(20), unique=True)
        counter = mapped_column(Integer, nullable=False)
        __mapper_args__ = {"version_id_col": counter}

    world.create()
    with world.transaction() as session:
        things = [Thing(id=1, name="a", code="x"), Thing(id=2, name="a", code="y")]
        session.add(Box(id=1, name="a", things=things))
    with world.transaction() as session:
        session.get_one(Box, 1).name = "b"
        one, two = session.get_one(Thing, 1), session.get_one(Thing, 2)
        one.code = None
        session.flush()
        two.code = "x"
        session.flush()
        one.code = "y"
    with world.transaction() as session:
        history(session, Box, 1)[0].revert(relations=["things"])
    assert rows(world, Thing) == [(1, "a", 1, "x", 4), (2, "a", 1, "y", 3)]


def test_columns_that_a_member_needs(world: World) -> None:
    class Box(world.Base):
        __tablename__ = "box"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        things = relationship("Thing")

    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__ = {"exclude": ["secret"]}
        id = mapped_column(Integer, primary_key=True)
        secret = mapped_column(String(20), nullable=False)
        box_id = mapped_column(ForeignKey("box.id"))

    world.create()
    with world.transaction() as session:
        session.add(Box(id=1, name="a", things=[Thing(id=1, secret="x"), Thing(id=2, secret="y")]))
    with world.transaction() as session:
        session.get_one(Box, 1).name = "b"
        session.delete(session.get_one(Thing, 2))
    with Session(world.engine) as session:
        first, _ = history(session, Box, 1)
        with pytest.raises(RevertError, match="NOT NULL column 'secret'") as raised:
            first.revert(relations=["things"])
        assert (raised.value.table, raised.value.column) == ("thing", "secret")
        assert not any((session.new, session.dirty, session.deleted))


def test_all_and_further(world: World, blog: Blog) -> None:
    """What an object only refers to goes back; its own relations do where they are named."""
    with world.transaction() as session:
        session.get_one(blog.Article, 1).name = "b"
        session.add(blog.Article(id=2, name="x", tags=[session.get_one(blog.Tag, 1)]))
    with world.transaction() as session:
        session.get_one(blog.Article, 2).name = "y"
        session.get_one(blog.Article, 1).name = "c"
        session.get_one(blog.Tag, 1).name = "uno"
    with world.transaction() as session:
        second = history(session, blog.Article, 1)[1]
        assert {
            str(each.model.__name__) for each in second.revert("all", dry_run=True).changes
        } == {
            "Article",
            "Tag",
        }
        plan = second.revert(["all", "tags.articles"], dry_run=True)
        assert sorted((each.model.__name__, *each.key.values()) for each in plan.updated) == [
            ("Article", 1),
            ("Article", 2),
            ("Tag", 1),
        ]
        assert len(second.revert("all", dry_run=True).updated) == 2
