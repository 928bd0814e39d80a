"""Making a row look as it did, with what belongs to it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import restore
from continuum import version_class
from continuum.errors import RevertError
from suite._support import World


class Library:
    """Books with an author, chapters, a place that is not versioned, and subjects with a rank."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.links = Table(
            "book_subject",
            world.Base.metadata,
            Column("id", Integer, primary_key=True),
            Column("book_id", ForeignKey("book.id"), nullable=False),
            Column("subject_id", ForeignKey("subject.id"), nullable=False),
            Column("rank", Integer, nullable=False),
        )

        class Author(world.Base):
            __tablename__ = "author"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

        class Place(world.Base):
            __tablename__ = "place"
            id = mapped_column(Integer, primary_key=True)

        class Subject(world.Base):
            __tablename__ = "subject"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20), unique=True)

        class Book(world.Base):
            __tablename__ = "book"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            author_id = mapped_column(ForeignKey("author.id"))
            place_id = mapped_column(ForeignKey("place.id"))
            author = relationship(Author)
            place = relationship(Place)
            subjects = relationship(Subject, secondary=self.links)
            chapters = relationship("Chapter", back_populates="book", cascade="all, delete-orphan")

        class Chapter(world.Base):
            __tablename__ = "chapter"
            __versioned__ = {"exclude": ["draft"]}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            draft = mapped_column(String(20), nullable=False)
            book_id = mapped_column(ForeignKey("book.id"), nullable=False)
            book = relationship(Book, back_populates="chapters")

        self.Author, self.Place, self.Subject = Author, Place, Subject
        self.Book, self.Chapter = Book, Chapter
        world.create()
        with world.transaction() as session:
            book = Book(id=1, name="a", place=Place(id=1))
            book.chapters = [Chapter(id=1, name="one", draft="x")]
            session.add_all([book, Subject(id=1, name="s1"), Subject(id=2, name="s2")])
            session.flush()
            session.execute(insert(self.links).values(id=1, book_id=1, subject_id=1, rank=7))

    def version(self, session: Session, position: int = 0) -> Any:
        """Return a version of the book."""
        history = version_class(self.Book)
        found = session.scalars(select(history).order_by(history.transaction_id)).all()
        return found[position]

    def verify(self) -> None:
        """Check the rules that every history obeys."""
        self.world.verify(self.Author, self.Subject, self.Book, self.Chapter, self.links)


@pytest.fixture
def library(world: World) -> Library:
    """A library with one book."""
    return Library(world)


def test_a_reference_that_was_none(world: World, library: Library) -> None:
    with world.transaction() as session:
        session.get_one(library.Book, 1).author = library.Author(id=1, name="Ada")
    with world.transaction() as session:
        book = session.get_one(library.Book, 1)
        assert book.author.name == "Ada"
        library.version(session).revert(relations=["author"])
        assert book.author is None
    assert world.live(library.Book)[1,]["author_id"] is None
    assert len(world.live(library.Author)) == 1
    library.verify()


def test_a_class_without_history(world: World, library: Library) -> None:
    with world.transaction() as session:
        session.get_one(library.Book, 1).place = library.Place(id=2)
    for _ in range(2):
        with world.transaction() as session:
            library.version(session).revert(relations=["place"])
        assert world.live(library.Book)[1,]["place_id"] == 1
    with world.transaction() as session:
        session.get_one(library.Book, 1).place_id = 2
        session.flush()
        session.delete(session.get_one(library.Place, 1))
    with Session(world.engine) as session:
        with pytest.raises(RevertError, match="place that is gone"):
            library.version(session).revert(relations=["place"])
        assert not session.dirty


def test_later_members_go_and_are_not_seen_any_more(world: World, library: Library) -> None:
    with world.transaction() as session:
        book = session.get_one(library.Book, 1)
        book.name = "b"
        book.chapters.append(library.Chapter(id=2, name="two", draft="y"))
    for _ in range(2):
        with world.transaction() as session:
            book = session.get_one(library.Book, 1)
            assert book.chapters is not None
            library.version(session).revert(relations=["chapters"])
            assert [chapter.id for chapter in book.chapters] == [1]
    assert set(world.live(library.Chapter)) == {(1,)}
    assert world.live(library.Chapter)[1,]["draft"] == "x"
    library.verify()


def test_what_was_excluded_is_missed_in_time(world: World, library: Library) -> None:
    with world.transaction() as session:
        book = session.get_one(library.Book, 1)
        book.name, book.chapters = "b", []
    with Session(world.engine) as session:
        with pytest.raises(RevertError, match="'draft'"):
            library.version(session).revert(relations=["chapters"])
        assert not any((session.new, session.dirty, session.deleted))
    assert world.live(library.Book)[1,]["name"] == "b"


def test_links_with_columns_of_their_own(world: World, library: Library) -> None:
    before = world.live(library.links)
    with world.transaction() as session:
        session.execute(delete(library.links))
        session.execute(insert(library.links).values(id=2, book_id=1, subject_id=2, rank=1))
        session.get_one(library.Book, 1).name = "b"
        session.delete(session.get_one(library.Subject, 1))
    with world.transaction() as session:
        library.version(session).revert(relations=["subjects"])
    assert world.live(library.links) == before
    assert set(world.live(library.Subject)) == {(1,), (2,)}
    library.verify()
    count = len(world.transactions())
    with world.transaction() as session:
        library.version(session).revert(relations=["subjects"])
    assert len(world.transactions()) == count


def test_the_deletion_of_what_is_gone(world: World, library: Library) -> None:
    with world.transaction() as session:
        session.execute(delete(library.links))
        session.delete(session.get_one(library.Book, 1))
    for _ in range(2):
        with world.transaction() as session:
            deletion = library.version(session, 1)
            relations = ["chapters", "subjects", "author", "place"]
            assert deletion.revert(relations=relations) is None
    assert world.live(library.Book) == {}
    library.verify()


def test_what_was_deleted_together_comes_back_together(world: World, library: Library) -> None:
    library.Chapter.__table__.c.draft.nullable = True
    with world.transaction() as session:
        session.get_one(library.Book, 1).author = library.Author(id=1, name="Ada")
    links = world.live(library.links)
    with world.transaction() as session:
        book = session.get_one(library.Book, 1)
        session.execute(delete(library.links))
        session.delete(book)
        session.flush()
        session.delete(session.get_one(library.Author, 1))
    with Session(world.engine) as session:
        plan = restore(session, library.Book, 1, relations="all", dry_run=True)
        assert {change.model.__name__ for change in plan.inserted} == {"Book", "Author", "Chapter"}
        assert [link.values["rank"] for link in plan.linked] == [7]
        book = plan.apply()
        book.chapters[0].draft = "given"
        session.commit()
    assert world.live(library.links) == links
    assert world.live(library.Chapter)[1,]["draft"] == "given"
    assert world.live(library.Author)[1,]["name"] == "Ada"
    library.verify()
