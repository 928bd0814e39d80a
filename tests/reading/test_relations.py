"""Relations between versions: every kind, seen from the version's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import attribute_keyed_dict
from sqlalchemy.orm import column_keyed_dict
from sqlalchemy.orm import foreign
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import raiseload
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import subqueryload
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.orm import with_parent

from continuum import as_of
from continuum import transaction_class
from continuum import version_class
from continuum.errors import ImproperlyConfigured
from continuum.errors import MissingTarget
from continuum.errors import NotInHistory
from reading._support import history
from suite._support import World
from suite._support import counted

# Reading does not depend on who has written; test_relations_random.py asks both recorders.
pytestmark = pytest.mark.recorders("triggers")


class Library:
    """Authors, articles and tags, related in the usual ways."""

    def __init__(self, world: World, strategy: str = "validity") -> None:
        self.world = world
        Base = world.Base
        versioned = {"strategy": strategy}

        self.links = Table(
            "article_tag",
            Base.metadata,
            Column("article_id", ForeignKey("article.id"), primary_key=True),
            Column("tag_id", ForeignKey("tag.id"), primary_key=True),
        )

        class Author(Base):
            __tablename__ = "author"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            articles = relationship("Article", back_populates="author", order_by="Article.name")

        class Article(Base):
            __tablename__ = "article"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            author_id = mapped_column(ForeignKey("author.id"))
            author = relationship(Author, back_populates="articles")
            tags = relationship("Tag", secondary=self.links, order_by="Tag.name.desc()")

        class Tag(Base):
            __tablename__ = "tag"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

        self.Author, self.Article, self.Tag = Author, Article, Tag
        world.create()

    def fill(self) -> None:
        """Write four transactions: everything; tags change; the author changes; all is gone."""
        with self.world.transaction() as session:
            red, blue = self.Tag(id=1, name="red"), self.Tag(id=2, name="blue")
            ada = self.Author(id=1, name="ada")
            session.add(self.Article(id=1, name="first", author=ada, tags=[red, blue]))
            session.add(self.Article(id=2, name="second", author=ada))
        with self.world.transaction() as session:
            article = session.get_one(self.Article, 1)
            article.name = "first b"
            article.tags = [session.get_one(self.Tag, 2)]
            session.get_one(self.Tag, 2).name = "green"
        with self.world.transaction() as session:
            session.get_one(self.Author, 1).name = "ada l"
            session.get_one(self.Article, 1).name = "first c"
            session.get_one(self.Article, 2).author = None
        with self.world.transaction() as session:
            article = session.get_one(self.Article, 1)
            article.tags, article.author, article.name = [], None, "first d"
            session.flush()
            session.delete(session.get_one(self.Author, 1))
            session.delete(session.get_one(self.Tag, 2))

    story = [
        ("first", "ada", ["red", "blue"]),
        ("first b", "ada", ["green"]),
        ("first c", "ada l", ["green"]),
        ("first d", None, []),
    ]


def told(version: Any) -> tuple[Any, ...]:
    """Return an article's version in the form of ``Library.story``."""
    author = version.author
    names = [tag.name for tag in version.tags]
    return version.name, None if author is None else author.name, names


@pytest.fixture(params=["validity", "subquery"])
def library(world: World, request: Any) -> Library:
    """A filled library."""
    made = Library(world, request.param)
    made.fill()
    return made


def test_relations_are_those_of_the_versions_own_transaction(library: Library) -> None:
    with Session(library.world.engine) as session:
        versions = history(session, library.Article, 1)
        assert [told(version) for version in versions] == library.story
        assert all(isinstance(tag, version_class(library.Tag)) for tag in versions[0].tags)
        authors = history(session, library.Author, 1)
        assert [[each.name for each in author.articles] for author in authors] == [
            ["first", "second"],
            ["first c"],
            [],
        ]


def test_each_relation_of_a_version_is_one_query(library: Library) -> None:
    with Session(library.world.engine) as session:
        version = history(session, library.Article, 1)[0]
        with counted(library.world.engine) as statements:
            told(version)
            told(version)
        assert len(statements) == 2


@pytest.mark.parametrize(
    ("load", "queries"), [(selectinload, 3), (joinedload, 1), (subqueryload, 3)]
)
def test_relations_are_loaded_with_the_versions(
    library: Library, load: Callable[..., Any], queries: int
) -> None:
    V = version_class(library.Article)
    statement = select(V).where(V.id == 1).order_by(V.transaction_id)
    with Session(library.world.engine) as session:
        with counted(library.world.engine) as statements:
            found = session.scalars(statement.options(load(V.author), load(V.tags))).unique()
            assert [told(version) for version in found] == library.story
        assert len(statements) == queries


def test_transactions_are_loaded_with_the_versions(library: Library) -> None:
    V = version_class(library.Tag)
    numbers = [row.id for row in library.world.transactions()]
    for load in (joinedload, selectinload, subqueryload):
        with Session(library.world.engine) as session:
            statement = select(V).where(V.id == 2).order_by(V.transaction_id)
            statement = statement.options(load(V.transaction), load(V.end_transaction))
            versions = session.scalars(statement).all()
            with counted(library.world.engine) as statements:
                made = [version.transaction.id for version in versions]
                ended = [getattr(version.end_transaction, "id", None) for version in versions]
            assert (made, ended) == ([numbers[0], numbers[1], numbers[3]], [*numbers[1::2], None])
            assert statements == []


def test_criteria_and_joins(library: Library) -> None:
    V, T = version_class(library.Article), version_class(library.Tag)
    A = version_class(library.Author)
    with Session(library.world.engine) as session:
        names = select(V.name).order_by(V.id, V.transaction_id)
        assert session.scalars(names.where(V.tags.any(T.name == "green"))).all() == [
            "first b",
            "first c",
        ]
        assert session.scalars(names.where(V.author.has(name="ada l"))).all() == ["first c"]
        assert session.scalars(names.where(~V.tags.any(), V.id == 1)).all() == ["first d"]
        joined = select(V.name, T.name).join(V.tags).order_by(V.transaction_id, T.name)
        pairs = [(name, tag) for name, _, tags in library.story for tag in sorted(tags)]
        assert [tuple(row) for row in session.execute(joined)] == pairs
        other = aliased(T)
        joined = select(V.name).join(V.tags.of_type(other)).where(other.name == "red")
        assert session.scalars(joined).all() == ["first"]
        backwards = select(A.name, V.name).join(A.articles).order_by(A.transaction_id, V.name)
        assert [tuple(row) for row in session.execute(backwards)] == [
            ("ada", "first"),
            ("ada", "second"),
            ("ada l", "first c"),
        ]


def test_comparing_with_objects(library: Library) -> None:
    V, A = version_class(library.Article), version_class(library.Author)
    with Session(library.world.engine) as session:
        ada, ada_l, _ = history(session, library.Author, 1)
        red, green = history(session, library.Tag, 1)[0], history(session, library.Tag, 2)[1]
        first = history(session, library.Article, 1)[0]

        def names(criterion: Any) -> list[str]:
            found = select(V.name).where(criterion, V.id == 1).order_by(V.transaction_id)
            return list(session.scalars(found))

        assert names(V.author == ada) == ["first", "first b"]
        assert names(V.author == ada_l) == ["first c"]
        assert names(V.author != ada) == ["first c", "first d"]
        assert names(V.author == library.Author(id=1)) == ["first", "first b", "first c"]
        assert names(V.author == None) == ["first d"]  # noqa: E711
        assert names(V.author != None) == ["first", "first b", "first c"]  # noqa: E711
        assert names(V.tags.contains(red)) == ["first"]
        assert names(~V.tags.contains(green)) == ["first", "first d"]
        assert names(V.tags.contains(library.Tag(id=2))) == ["first", "first b", "first c"]
        other = aliased(V)
        same = select(other.name).where(other.author == ada, other.id == 1)
        assert sorted(session.scalars(same)) == ["first", "first b"]
        writing = select(A.name).where(A.articles.contains(first))
        assert session.scalars(writing).all() == ["ada"]
        with pytest.raises(ArgumentError, match="neither a version nor an object of Author"):
            _ = V.author == red


def test_loader_criteria(library: Library) -> None:
    V, T = version_class(library.Article), version_class(library.Tag)
    with Session(library.world.engine) as session:
        statement = select(V).where(V.id == 1).order_by(V.transaction_id)
        only = with_loader_criteria(T, T.name == "red")
        for load in (selectinload, joinedload):
            found = session.scalars(
                statement.options(load(V.tags), only).execution_options(populate_existing=True)
            ).unique()
            names = [[tag.name for tag in version.tags] for version in found]
            assert names == [["red"], [], [], []]
        narrowed = selectinload(V.tags.and_(T.name == "green"))
        session.expunge_all()
        found = session.scalars(statement.options(narrowed)).unique()
        assert [len(version.tags) for version in found] == [0, 1, 1, 0]


def test_raiseload(library: Library) -> None:
    V = version_class(library.Article)
    with Session(library.world.engine) as session:
        version = session.scalars(select(V).options(raiseload(V.tags)).limit(1)).one()
        with pytest.raises(InvalidRequestError, match=r"raise"):
            _ = version.tags


def test_what_belongs_to_one_version(library: Library) -> None:
    V, T = version_class(library.Article), version_class(library.Tag)
    with Session(library.world.engine) as session:
        version = history(session, library.Article, 1)[1]
        found = session.scalars(select(T).where(with_parent(version, V.tags))).all()
        assert found == version.tags


def test_relations_are_real_and_only_to_be_viewed(library: Library) -> None:
    relations = inspect(version_class(library.Article)).relationships
    assert {"author", "tags", "transaction", "end_transaction"} == set(relations.keys())
    assert all(relation.viewonly for relation in relations)
    assert not relations.author.uselist


def test_a_version_written_by_the_running_transaction(library: Library) -> None:
    with Session(library.world.engine) as session:
        article = session.get_one(library.Article, 2)
        article.tags = [library.Tag(id=3, name="new")]
        article.name = "second b"
        session.flush()
        version = article.versions[-1]
        assert [tag.name for tag in version.tags] == ["new"]


def test_relations_follow_what_the_running_transaction_writes(library: Library) -> None:
    with Session(library.world.engine) as session:
        article = session.get_one(library.Article, 2)
        article.name, article.tags = "second b", [library.Tag(id=3, name="new")]
        session.flush()
        version = article.versions[-1]
        assert [tag.name for tag in version.tags] == ["new"]
        article.tags = [library.Tag(id=4, name="newer")]
        session.flush()
        assert article.versions[-1] is version
        assert [tag.name for tag in version.tags] == ["newer"]


@pytest.mark.parametrize("load", [selectinload, joinedload, subqueryload])
def test_loading_in_a_circle(library: Library, load: Callable[..., Any]) -> None:
    V, A = version_class(library.Article), version_class(library.Author)
    circle = getattr(load(V.author), load.__name__)(A.articles)
    with Session(library.world.engine) as session:
        statement = select(V).where(V.id == 1).order_by(V.transaction_id)
        versions = session.scalars(statement.options(load(V.tags), circle)).unique().all()
        with counted(library.world.engine) as statements:
            assert [told(version) for version in versions] == library.story
            assert versions[0].author.articles[0] is versions[0]
        assert statements == []


def test_association_objects(world: World) -> None:
    Base = world.Base

    class Membership(Base):
        __tablename__ = "membership"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        person_id = mapped_column(ForeignKey("person.id"))
        group_id = mapped_column(ForeignKey("group.id"))
        role = mapped_column(String(20))
        group = relationship("Group")

    class Person(Base):
        __tablename__ = "person"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        memberships = relationship(Membership, order_by=Membership.role, cascade="all")
        groups = relationship("Group", secondary="membership", viewonly=True)
        group_names = association_proxy("memberships", "group.name")
        roles = association_proxy("memberships", "role")

    class Group(Base):
        __tablename__ = "group"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        group = Group(id=1, name="choir")
        person = Person(id=1, name="a", memberships=[Membership(id=1, role="alto", group=group)])
        session.add_all([person, Group(id=2, name="band")])
    with world.transaction() as session:
        person = session.get_one(Person, 1)
        person.name = "b"
        person.memberships[0].role = "bass"
        person.memberships.append(Membership(id=2, role="drums", group_id=2))
    with world.transaction() as session:
        person = session.get_one(Person, 1)
        person.name = "c"
        del person.memberships[0]
        session.get_one(Group, 2).name = "big band"
    with Session(world.engine) as session:
        seen = [
            (
                [each.role for each in version.memberships],
                sorted(each.name for each in version.groups),
                list(version.roles),
            )
            for version in history(session, Person, 1)
        ]
        assert seen[0] == (["alto"], ["choir"], ["alto"])
        assert seen[1] == (["bass", "drums"], ["band", "choir"], ["bass", "drums"])
        assert seen[2][1] == ["big band"]
        assert seen[2][0] == seen[2][2] == ["drums"]
        V = version_class(Person)
        drummers = select(V.name).where(V.roles.contains("drums")).order_by(V.transaction_id)
        assert session.scalars(drummers).all() == ["b", "c"]


def test_links_with_an_id_and_columns_of_their_own(world: World) -> None:
    Base = world.Base
    seats = Table(
        "seat",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("car_id", ForeignKey("car.id"), nullable=False),
        Column("rider_id", ForeignKey("rider.id"), nullable=False),
        Column("place", Integer, default=0),
    )

    class Rider(Base):
        __tablename__ = "rider"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Car(Base):
        __tablename__ = "car"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        riders = relationship(Rider, secondary=seats, order_by=seats.c.place)

    world.create()
    with world.transaction() as session:
        session.add_all([Car(id=1, name="a"), Rider(id=1, name="x"), Rider(id=2, name="y")])
        session.flush()
        session.execute(seats.insert().values(id=1, car_id=1, rider_id=1, place=1))
        session.execute(seats.insert().values(id=2, car_id=1, rider_id=2, place=2))
    with world.transaction() as session:
        session.get_one(Car, 1).name = "b"
        session.execute(seats.update().where(seats.c.id == 1).values(place=3))
    with Session(world.engine) as session:
        for load in (None, selectinload, joinedload):
            V = version_class(Car)
            statement = select(V).order_by(V.transaction_id)
            found = session.scalars(
                statement if load is None else statement.options(load(V.riders))
            )
            seen = [[rider.name for rider in version.riders] for version in found.unique()]
            assert seen == [["x", "y"], ["y", "x"]]
            session.expunge_all()


def test_collections(world: World) -> None:
    Base = world.Base

    class Shelf(list[Any]):
        def titles(self) -> list[str]:
            return [each.title for each in self]

    class Room(Base):
        __tablename__ = "room"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Book(Base):
        __tablename__ = "book"
        __versioned__ = {}
        id = mapped_column("book_no", Integer, primary_key=True)
        title = mapped_column("book_title", String(20))
        room_id = mapped_column(ForeignKey("room.id"))

    kinds = {
        "by_title": attribute_keyed_dict("title"),
        "by_number": column_keyed_dict(Book.__table__.c.book_no),
        "by_both": column_keyed_dict([Book.__table__.c.book_no, Book.__table__.c.book_title]),
        "loose": set,
        "shelf": Shelf,
    }
    for name, kind in kinds.items():
        viewed = relationship(Book, collection_class=kind, viewonly=True, order_by=Book.title)
        setattr(Room, name, viewed)
    for name, lazy in (("stream", "dynamic"), ("parcel", "write_only")):
        setattr(Room, name, relationship(Book, lazy=lazy, viewonly=True, order_by=Book.title))
    Room.fenced = relationship(Book, lazy="raise", viewonly=True)
    world.create()
    with world.transaction() as session:
        session.add(Room(id=1, name="a"))
        session.flush()
        session.add(Book(id=1, title="x", room_id=1))
    with world.transaction() as session:
        session.get_one(Room, 1).name = "b"
        session.get_one(Book, 1).title = "y"
        session.add(Book(id=2, title="z", room_id=1))
    with Session(world.engine) as session:
        for load in (None, selectinload):
            V = version_class(Room)
            options = [] if load is None else [load(getattr(V, name)) for name in kinds]
            first, second = session.scalars(
                select(V).order_by(V.transaction_id).options(*options)
            ).all()
            assert {key: each.id for key, each in first.by_title.items()} == {"x": 1}
            assert {key: each.title for key, each in second.by_number.items()} == {1: "y", 2: "z"}
            assert set(second.by_both) == {(1, "y"), (2, "z")}
            assert {each.title for each in second.loose} == {"y", "z"}
            assert isinstance(second.loose, set)
            assert second.shelf.titles() == ["y", "z"]
            assert [each.title for each in second.stream] == ["y", "z"]
            assert [each.title for each in first.parcel] == ["x"]
            with pytest.raises(InvalidRequestError, match="raise"):
                _ = second.fenced
            session.expunge_all()


def test_attributes_unlike_columns(world: World, other_schema: str) -> None:
    Base = world.Base

    class Owner(Base):
        __table__ = Table(
            "owner",
            Base.metadata,
            Column("key", Integer, primary_key=True),
            Column("owner name", String(20), key="name"),
            schema=other_schema,
        )
        __versioned__ = {"table_name": "%s_history", "transaction_column_name": "made_by"}
        __mapper_args__ = {"column_prefix": "the_"}

    owners = Owner.__table__.c

    class Pet(Base):
        __tablename__ = "pet"
        __versioned__ = {
            "end_transaction_column_name": "until",
            "operation_type_column_name": "kind",
        }
        number = mapped_column("pet_no", Integer, primary_key=True)
        called = mapped_column("pet name", String(20))
        keeper = mapped_column("owner_no", Integer)
        owner = relationship(
            Owner, primaryjoin=lambda: foreign(Pet.keeper) == owners.key, backref="pets"
        )

    world.create()
    with world.transaction() as session:
        session.add(Pet(number=1, called="rex", owner=Owner(the_key=1, the_name="a")))
    with world.transaction() as session:
        session.get_one(Pet, 1).called = "max"
        session.get_one(Owner, 1).the_name = "b"
    with Session(world.engine) as session:
        pets, owners_ = history(session, Pet, 1), history(session, Owner, 1)
        assert [pet.owner.the_name for pet in pets] == ["a", "b"]
        assert [[pet.called for pet in owner.pets] for owner in owners_] == [["rex"], ["max"]]


def test_one_to_one(world: World) -> None:
    Base = world.Base

    class Country(Base):
        __tablename__ = "country"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        capital = relationship("Capital", uselist=False, back_populates="country")

    class Capital(Base):
        __tablename__ = "capital"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        country_id = mapped_column(ForeignKey("country.id"), unique=True)
        country = relationship(Country, back_populates="capital")

    world.create()
    with world.transaction() as session:
        session.add(Country(id=1, name="a", capital=Capital(id=1, name="x")))
    with world.transaction() as session:
        country = session.get_one(Country, 1)
        country.name = "b"
        session.delete(country.capital)
        session.flush()
        country.capital = Capital(id=2, name="y")
    with Session(world.engine) as session:
        versions = history(session, Country, 1)
        assert [version.capital.name for version in versions] == ["x", "y"]
        assert versions[0].capital.country is versions[0]


def test_conditions_of_ones_own(world: World) -> None:
    Base = world.Base

    class Folder(Base):
        __tablename__ = "folder"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        path = mapped_column(String(50))

    class Entry(Base):
        __tablename__ = "entry"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        folder_id = mapped_column(Integer)
        state = mapped_column(String(10))

    folders, entries = Folder.__table__.c, Entry.__table__.c
    Folder.done = relationship(
        Entry,
        primaryjoin=and_(folders.id == foreign(entries.folder_id), entries.state == "done"),
        viewonly=True,
    )
    Folder.below = relationship(
        Folder,
        primaryjoin="remote(foreign(Folder.path)).like(Folder.path.concat('/%'))",
        viewonly=True,
        order_by=Folder.path,
    )
    world.create()
    with world.transaction() as session:
        session.add_all([Folder(id=1, path="a"), Folder(id=2, path="a/b"), Folder(id=3, path="c")])
        session.add_all([Entry(id=1, folder_id=1, state="done"), Entry(id=2, folder_id=1)])
    with world.transaction() as session:
        session.get_one(Folder, 1).path = "c"
        session.get_one(Folder, 2).path = "c/b"
        session.get_one(Entry, 1).state = "open"
        session.get_one(Entry, 2).state = "done"
    with Session(world.engine) as session:
        V = version_class(Folder)
        versions = history(session, Folder, 1)
        assert [[entry.id for entry in version.done] for version in versions] == [[1], [2]]
        assert [[each.path for each in version.below] for version in versions] == [["a/b"], ["c/b"]]
        above = select(V.path).where(V.below.any(V.path == "c/b")).order_by(V.id)
        assert session.scalars(above).all() == ["c"]


def test_links_through_several_tables(world: World) -> None:
    Base = world.Base

    class School(Base):
        __tablename__ = "school"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Course(Base):
        __tablename__ = "course"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        school_id = mapped_column(ForeignKey("school.id"))

    class Exam(Base):
        __tablename__ = "exam"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        course_id = mapped_column(ForeignKey("course.id"))
        pupil_id = mapped_column(ForeignKey("pupil.id"))

    class Pupil(Base):
        __tablename__ = "pupil"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    course, exam = Course.__table__, Exam.__table__
    School.pupils = relationship(
        Pupil,
        secondary=course.join(exam, course.c.id == exam.c.course_id),
        primaryjoin=School.__table__.c.id == foreign(course.c.school_id),
        secondaryjoin=Pupil.__table__.c.id == foreign(exam.c.pupil_id),
        viewonly=True,
        order_by=Pupil.name,
    )
    world.create()
    with world.transaction() as session:
        session.add_all([School(id=1, name="a"), Pupil(id=1, name="x"), Pupil(id=2, name="y")])
        session.flush()
        session.add(Course(id=1, school_id=1))
        session.flush()
        session.add_all([Exam(id=1, course_id=1, pupil_id=1), Exam(id=2, course_id=1, pupil_id=2)])
    with world.transaction() as session:
        session.get_one(School, 1).name = "b"
        session.delete(session.get_one(Exam, 1))
        session.get_one(Pupil, 2).name = "z"
    with Session(world.engine) as session:
        for load in (None, selectinload, joinedload):
            V = version_class(School)
            statement = select(V).order_by(V.transaction_id)
            found = session.scalars(
                statement if load is None else statement.options(load(V.pupils))
            )
            assert [[each.name for each in school.pupils] for school in found.unique()] == [
                ["x", "y"],
                ["z"],
            ]
            session.expunge_all()


class Shop:
    """Versioned classes among unversioned ones."""

    def __init__(self, world: World, **versioned: Any) -> None:
        Base = world.Base
        self.marks = Table(
            "mark",
            Base.metadata,
            Column("item_id", ForeignKey("item.id"), primary_key=True),
            Column("label_id", ForeignKey("label.id"), primary_key=True),
        )

        class Maker(Base):
            __tablename__ = "maker"
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

        class Label(Base):
            __tablename__ = "label"
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

        class Item(Base):
            __tablename__ = "item"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            maker_id = mapped_column(Integer)
            maker = relationship(Maker, primaryjoin=foreign(maker_id) == Maker.id)
            labels = relationship(Label, secondary=self.marks, order_by=Label.name)
            notes = relationship("Note")

        class Note(Base):
            __tablename__ = "note"
            id = mapped_column(Integer, primary_key=True)
            item_id = mapped_column(ForeignKey("item.id"))

        self.Maker, self.Label, self.Item, self.Note = Maker, Label, Item, Note
        world.create()
        with world.transaction() as session:
            session.add_all([Maker(id=1, name="m"), Maker(id=2, name="n")])
            session.add_all([Label(id=1, name="x"), Label(id=2, name="y")])
            session.flush()
            item = Item(id=1, name="a", maker_id=1, notes=[Note(id=1)])
            item.labels = [session.get_one(Label, 1)]
            session.add(item)
        with world.transaction() as session:
            item = session.get_one(Item, 1)
            item.name, item.maker_id, item.labels = "b", 2, [session.get_one(Label, 2)]
        with world.transaction() as session:
            session.delete(session.get_one(Maker, 1))
            session.get_one(Label, 2).name = "z"


def test_unversioned_targets_are_live_objects(world: World) -> None:
    shop = Shop(world)
    with Session(world.engine) as session:
        first, second = history(session, shop.Item, 1)
        assert second.maker is session.get(shop.Maker, 2)
        assert first.maker is None
        assert first.labels == [session.get(shop.Label, 1)]
        assert [label.name for label in second.labels] == ["z"]
        assert first.notes == second.notes == [session.get(shop.Note, 1)]
        V = version_class(shop.Item)
        for load in (selectinload, joinedload, subqueryload):
            session.expunge_all()
            statement = select(V).options(load(V.labels), load(V.maker)).order_by(V.transaction_id)
            loaded = session.scalars(statement).unique().all()
            assert [[label.name for label in each.labels] for each in loaded] == [["x"], ["z"]]
            assert loaded[1].maker is session.get(shop.Maker, 2)


def test_missing_targets_raise_by_option(world: World) -> None:
    shop = Shop(world, missing_target="raise")
    with Session(world.engine) as session:
        first, second = history(session, shop.Item, 1)
        assert second.maker.name == "n"
        with pytest.raises(MissingTarget, match="maker_id=1"):
            _ = first.maker
        V = version_class(shop.Item)
        made = select(V.name).where(V.maker.has(name="n"))
        assert session.scalars(made).all() == ["b"]
    with world.transaction() as session:
        session.get_one(shop.Item, 1).maker_id = None
    with Session(world.engine) as session:
        assert history(session, shop.Item, 1)[-1].maker is None


def test_an_unknown_choice_for_missing_targets(new_world: Callable[..., World]) -> None:
    with pytest.raises(ImproperlyConfigured, match="missing_target"):
        new_world(options={"missing_target": "maybe"})


def test_a_versioned_target_that_is_gone(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {"missing_target": "raise"}
        id = mapped_column(Integer, primary_key=True)
        source_id = mapped_column(Integer)
        source = relationship("Page", primaryjoin="foreign(Page.source_id) == remote(Page.id)")

    world.create()
    with world.transaction() as session:
        session.add_all([Page(id=1), Page(id=2, source_id=1)])
    with world.transaction() as session:
        session.delete(session.get_one(Page, 1))
        session.get_one(Page, 2).source_id = 7
    with Session(world.engine) as session:
        first, second = history(session, Page, 2)
        assert first.source.id == 1
        with pytest.raises(MissingTarget, match="source_id=7"):
            _ = second.source


def test_users_of_transactions(new_world: Callable[..., World]) -> None:
    def declare(Base: Any) -> dict[str, Any]:
        class User(Base):
            __tablename__ = "user"
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))

        return {"user_cls": User}

    world = new_world(declare=declare)
    User = world.declared["user_cls"]

    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)

    world.create()
    with world.transaction() as session:
        session.add(User(id=1, name="ada"))
    with world.transaction() as session:
        world.manager.unit_of_work(session).create_transaction().user_id = 1
        session.add(Page(id=1))
    V, Transaction = version_class(Page), transaction_class(Page)
    for load in (joinedload, selectinload, subqueryload):
        with Session(world.engine) as session:
            option = load(V.transaction)
            option = getattr(option, load.__name__)(Transaction.user)
            version = session.scalars(select(V).options(option)).unique().one()
            with counted(world.engine) as statements:
                assert version.transaction.user.name == "ada"
            assert statements == []


def test_inheritance_in_one_table(world: World) -> None:
    Base = world.Base

    class Owner(Base):
        __tablename__ = "owner"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Animal(Base):
        __tablename__ = "animal"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(10))
        name = mapped_column(String(20))
        owner_id = mapped_column(ForeignKey("owner.id"))
        owner = relationship(Owner, backref="animals")

    class Dog(Animal):
        __mapper_args__ = {"polymorphic_identity": "dog"}
        friend_id = mapped_column(ForeignKey("animal.id"))
        friend = relationship(Animal, remote_side="Animal.id")

    Owner.dogs = relationship(Dog, viewonly=True)
    world.create()
    with world.transaction() as session:
        cat = Animal(id=1, name="tom", owner=Owner(id=1, name="o"))
        session.add(Dog(id=2, name="rex", owner=cat.owner, friend=cat))
    with world.transaction() as session:
        session.get_one(Animal, 1).name = "kit"
        session.get_one(Dog, 2).name = "max"
        session.get_one(Owner, 1).name = "p"
    with Session(world.engine) as session:
        first, second = history(session, Dog, 2)
        assert (first.friend.name, second.friend.name) == ("tom", "kit")
        assert second.owner.name == "p"
        owner = history(session, Owner, 1)[0]
        assert [dog.name for dog in owner.dogs] == ["rex"]
        assert sorted(animal.name for animal in owner.animals) == ["rex", "tom"]
        V, D = version_class(Owner), version_class(Dog)
        loaded = session.scalars(
            select(V).options(selectinload(V.animals.of_type(D)).selectinload(D.friend))
        ).unique()
        assert {dog.friend.name for each in loaded for dog in each.dogs} == {"tom", "kit"}
        having = select(V.name).where(V.dogs.any(D.name == "max"))
        assert session.scalars(having).all() == ["p"]


def test_inheritance_over_several_tables(world: World) -> None:
    Base = world.Base
    skilled = Table(
        "skill_of",
        Base.metadata,
        Column("engineer_id", ForeignKey("engineer.id"), primary_key=True),
        Column("skill_id", ForeignKey("skill.id"), primary_key=True),
    )

    class Firm(Base):
        __tablename__ = "firm"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        people = relationship("Person", back_populates="firm", order_by="Person.id")

    class Person(Base):
        __tablename__ = "person"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(10))
        name = mapped_column(String(20))
        firm_id = mapped_column(ForeignKey("firm.id"))
        firm = relationship(Firm, back_populates="people")

    class Engineer(Person):
        __tablename__ = "engineer"
        __mapper_args__ = {"polymorphic_identity": "engineer"}
        id = mapped_column(ForeignKey("person.id"), primary_key=True)
        tool = mapped_column(String(20))
        boss_id = mapped_column(Integer)
        boss = relationship(Person, primaryjoin="foreign(Engineer.boss_id) == remote(Person.id)")
        skills = relationship("Skill", secondary=skilled, backref="engineers")

    class Skill(Base):
        __tablename__ = "skill"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        boss = Person(id=1, name="b", firm=Firm(id=1, name="f"))
        session.add(boss)
        session.flush()
        skill = Skill(id=1, name="s")
        session.add(Engineer(id=2, name="e", tool="x", boss=boss, firm=boss.firm, skills=[skill]))
    with world.transaction() as session:
        session.get_one(Engineer, 2).tool = "y"
        session.get_one(Person, 1).name = "c"
        session.get_one(Skill, 1).name = "t"
        session.get_one(Firm, 1).name = "g"
    with world.transaction() as session:
        session.get_one(Engineer, 2).name = "f"
    expected = [("x", "b", "f", ["s"]), ("y", "c", "g", ["t"]), ("y", "c", "g", ["t"])]
    numbers = [row.id for row in world.transactions()]
    V, E, P = version_class(Firm), version_class(Engineer), version_class(Person)
    for load in (None, selectinload, joinedload, subqueryload):
        with Session(world.engine) as session:
            statement = select(E).order_by(E.transaction_id)
            if load is not None:
                statement = statement.options(load(E.boss), load(E.skills), load(E.firm))
            found = session.scalars(statement).unique()
            assert [
                (each.tool, each.boss.name, each.firm.name, [skill.name for skill in each.skills])
                for each in found
            ] == expected
            statement = select(V).order_by(V.transaction_id)
            if load is not None:
                statement = statement.options(load(V.people))
            firms = session.scalars(statement).unique()
            people = [
                [(each.name, getattr(each, "tool", None)) for each in f.people] for f in firms
            ]
            assert people == [[("b", None), ("e", "x")], [("c", None), ("e", "y")]]
            skills_ = history(session, Skill, 1)
            assert [[each.tool for each in skill.engineers] for skill in skills_] == [["x"], ["y"]]
            S = version_class(Skill)
            using = select(S.name).where(S.engineers.any(E.tool == "y"))
            assert session.scalars(using).all() == ["t"]
            bossed = select(E.tool).where(E.boss.has(P.name == "c")).order_by(E.transaction_id)
            assert session.scalars(bossed).all() == ["y", "y"]
            for number, point in zip(numbers, expected, strict=True):
                A = as_of(Engineer, number)
                statement = select(A)
                if load is not None:
                    statement = statement.options(load(A.boss), load(A.skills), load(A.firm))
                each = session.scalars(statement).unique().one()
                names_ = [skill.name for skill in each.skills]
                assert (each.tool, each.boss.name, each.firm.name, names_) == point
                skilled_ = select(A.tool, S.name).join(A.skills).join(A.boss)
                assert session.execute(skilled_.where(P.name == point[1])).all() == [
                    (point[0], point[3][0])
                ]
            joined = select(V.name, E.tool).join(V.people.of_type(E)).order_by(V.transaction_id)
            assert [tuple(row) for row in session.execute(joined)] == [("f", "x"), ("g", "y")]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_links_to_columns_of_a_lower_table(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    Base = world.Base
    passes = Table(
        "pass",
        Base.metadata,
        Column("door_id", ForeignKey("door.id"), primary_key=True),
        Column("badge", String(10), primary_key=True),
    )

    class Person(Base):
        __tablename__ = "person"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(10))
        name = mapped_column(String(20))

    class Guard(Person):
        __tablename__ = "guard"
        __mapper_args__ = {"polymorphic_identity": "guard"}
        id = mapped_column(ForeignKey("person.id"), primary_key=True)
        badge = mapped_column(String(10))

    class Door(Base):
        __tablename__ = "door"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        guards = relationship(
            Guard,
            secondary=passes,
            primaryjoin=lambda: Door.id == foreign(passes.c.door_id),
            secondaryjoin=lambda: Guard.badge == foreign(passes.c.badge),
            order_by=Guard.badge,
        )

    world.create()
    with world.transaction() as session:
        session.add_all([Door(id=1, name="a"), Guard(id=1, name="x", badge="b1")])
        session.add(Guard(id=2, name="y", badge="b2"))
        session.flush()
        session.execute(passes.insert().values(door_id=1, badge="b1"))
    with world.transaction() as session:
        session.get_one(Door, 1).name = "b"
        session.get_one(Guard, 1).name = "z"
        session.execute(passes.insert().values(door_id=1, badge="b2"))
    with world.transaction() as session:
        session.get_one(Door, 1).name = "c"
        session.get_one(Guard, 1).badge = "b3"
    numbers = [row.id for row in world.transactions()]
    expected = [["x"], ["z", "y"], ["y"]]
    D, G = version_class(Door), version_class(Guard)
    with Session(world.engine) as session:
        for load in (None, selectinload, joinedload, subqueryload):
            statement = select(D).order_by(D.transaction_id)
            if load is not None:
                statement = statement.options(load(D.guards))
            doors = session.scalars(statement).unique()
            assert [[guard.name for guard in door.guards] for door in doors] == expected
            for number, names in zip(numbers, expected, strict=True):
                A = as_of(Door, number)
                options = [] if load is None else [load(A.guards)]
                door = session.scalars(select(A).options(*options)).unique().one()
                assert [guard.name for guard in door.guards] == names
            session.expunge_all()
        guarded = select(D.name).where(D.guards.any(G.name == "z")).order_by(D.transaction_id)
        assert session.scalars(guarded).all() == ["b"]


def test_order_by_what_history_does_not_hold(world: World) -> None:
    Base = world.Base

    class List(Base):
        __tablename__ = "list"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        lines = relationship("Line", order_by="[Line.rank, Line.name.desc()]")

    class Line(Base):
        __tablename__ = "line"
        __versioned__ = {"exclude": ["rank"]}
        id = mapped_column(Integer, primary_key=True)
        list_id = mapped_column(ForeignKey("list.id"))
        rank = mapped_column(Integer)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add(List(id=1, lines=[Line(name="a", rank=1), Line(name="b", rank=2)]))
    with Session(world.engine) as session:
        version = history(session, List, 1)[0]
        assert [line.name for line in version.lines] == ["b", "a"]


def test_a_relation_over_excluded_columns_says_so(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {"exclude": ["source_id"]}
        id = mapped_column(Integer, primary_key=True)
        source_id = mapped_column(ForeignKey("page.id"))
        source = relationship("Page", remote_side="Page.id")

    world.create()
    V = version_class(Page)
    with pytest.raises(NotInHistory, match=r"source_id.*page"):
        _ = V.source
    assert not hasattr(V(), "source")


def test_a_relation_over_a_subquery_says_so(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        source_id = mapped_column(ForeignKey("page.id"))

    newest = select(Page.id).order_by(Page.id.desc()).limit(1).scalar_subquery()
    Page.newest = relationship(
        Page,
        primaryjoin=and_(foreign(Page.source_id) == Page.id, Page.id == newest),
        remote_side=Page.id,
        viewonly=True,
    )
    other = cache(lambda: aliased(Page))
    Page.alias = relationship(
        other,
        primaryjoin=lambda: foreign(Page.source_id) == other().id,
        viewonly=True,
        uselist=False,
    )
    world.create()
    with pytest.raises(NotInHistory, match="subquery"):
        _ = version_class(Page).newest
    with pytest.raises(NotInHistory, match="alias"):
        _ = version_class(Page).alias


def test_excluded_relations_are_left_out(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {"exclude": ["source", "transaction"]}
        id = mapped_column(Integer, primary_key=True)
        source_id = mapped_column(ForeignKey("page.id"))
        source = relationship("Page", remote_side="Page.id")
        transaction = relationship("Page", viewonly=True)

    world.create()
    assert "source" not in inspect(version_class(Page)).relationships
    assert inspect(
        version_class(Page)
    ).relationships.transaction.mapper.class_ is transaction_class(Page)


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_relations_take_the_place_of_conveniences(world: World, strategy: str) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {"strategy": strategy}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))
        next_id = mapped_column(ForeignKey("page.id"))
        next = relationship("Page", remote_side="Page.id", back_populates="previous")
        previous = relationship("Page", back_populates="next", uselist=False)

    world.create()
    with world.transaction() as session:
        session.add(Page(id=1, name="a", next=Page(id=2, name="b")))
    with world.transaction() as session:
        session.get_one(Page, 2).name = "c"
        session.get_one(Page, 1).name = "d"
    with Session(world.engine) as session:
        versions = history(session, Page, 1)
        assert [version.next.name for version in versions] == ["b", "c"]
        assert [version.next.previous.name for version in versions] == ["a", "d"]
        assert versions[1].changeset == {"name": ["a", "d"]}
        assert session.get_one(Page, 1).versions[1].index == 1
        V = version_class(Page)
        assert session.scalars(select(V.name).where(V.next.has(name="b"))).all() == ["a"]
        assert session.scalars(select(V.name).where(V.previous.has(name="d"))).all() == ["c"]


def test_names_that_every_version_needs(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        source_id = mapped_column(ForeignKey("page.id"))
        transaction = relationship("Page")

    with pytest.raises(ImproperlyConfigured, match=r"(?s)transaction.*exclude"):
        world.create()


def test_classes_and_relations_that_come_later(world: World) -> None:
    class Page(world.Base):
        __tablename__ = "page"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)

    world.create()

    class Comment(world.Base):
        __tablename__ = "comment"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        page_id = mapped_column(ForeignKey("page.id"))
        page = relationship(Page, backref="comments")

    world.create()
    with world.transaction() as session:
        session.add(Page(id=1, comments=[Comment(id=1)]))
    with Session(world.engine) as session:
        version = history(session, Page, 1)[0]
        assert [comment.page for comment in version.comments] == [version]
