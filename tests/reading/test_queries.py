"""Statements over whole histories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import composite
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import synonym
from sqlalchemy.orm import with_loader_criteria

from continuum import ClassNotVersioned
from continuum import Operation
from continuum import changed
from continuum import changed_columns
from continuum import context
from continuum import deleted
from continuum import during
from continuum import first_where
from continuum import history
from continuum import history_table
from continuum import latest_per_entity
from continuum import touched
from continuum import transaction_class
from continuum import version_class
from continuum.errors import InvalidArgument
from continuum.errors import InvalidPoint
from continuum.errors import NotInHistory
from continuum.plugins import TransactionChangesPlugin
from reading._support import change
from reading._support import remove
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article
from suite._support import next_tick

pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture(params=["validity", "subquery"])
def strategy(request: pytest.FixtureRequest) -> str:
    """How versions are ended."""
    return str(request.param)


@pytest.fixture
def article(new_world: Callable[..., World], strategy: str) -> tuple[World, Any]:
    """Two rows, one of them deleted, by two actors."""
    world = new_world(options={"strategy": strategy})
    cls = create_article(world)
    with context(actor="ada"):
        change(world, cls, 1, name="a", hits=1)
        change(world, cls, 2, name="x")
    with context(actor="grace"):
        change(world, cls, 1, name="b")
        change(world, cls, 1, hits=2)
        remove(world, cls, 2)
    return world, cls


def names(rows: Any) -> list[Any]:
    """Return key and name of versions."""
    return [(version.id, version.name) for version in rows]


def test_versions_with_their_transactions(article: tuple[World, Any]) -> None:
    world, cls = article
    transaction = transaction_class(cls)
    versions = history(cls)
    with Session(world.engine) as session:
        statement = (
            select(versions, transaction)
            .where(transaction.actor == "grace", versions.operation_type != Operation.DELETE)
            .order_by(transaction.id.desc())
        )
        with counted(world.engine) as statements:
            rows = session.execute(statement).all()
            assert [(v.id, v.name, v.hits, t.actor) for v, t in rows] == [
                (1, "b", 2, "grace"),
                (1, "b", 1, "grace"),
            ]
            assert all(isinstance(version, version_class(cls)) for version, _ in rows)
            assert all(version.transaction_id == made.id for version, made in rows)
        assert len(statements) == 1
        pages = [
            names(session.scalars(select(versions).order_by(versions.transaction_id).slice(*page)))
            for page in ((0, 2), (2, 4), (4, 6))
        ]
        assert pages == [[(1, "a"), (2, "x")], [(1, "b"), (1, "b")], [(2, "x")]]
        assert session.scalar(select(func.count()).select_from(versions)) == 5
        grouped = (
            select(transaction.actor, func.count(versions.id))
            .group_by(transaction.actor)
            .order_by(transaction.actor)
        )
        assert session.execute(grouped).all() == [("ada", 2), ("grace", 3)]


def test_criteria_name_the_version_class_or_the_history(article: tuple[World, Any]) -> None:
    world, cls = article
    versions, found = version_class(cls), history(cls)
    with Session(world.engine) as session:
        for criterion in (versions.name == "a", found.name == "a"):
            assert names(session.scalars(select(found).where(criterion))) == [(1, "a")]
        wanted = versions.operation_type == Operation.INSERT
        assert session.scalars(select(found.id).where(wanted).order_by(found.id)).all() == [1, 2]
        inner = select(found.transaction_id).where(found.name == "a")
        again = select(versions).where(versions.transaction_id.in_(inner))
        assert names(session.scalars(again)) == [(1, "a")]


@pytest.mark.parametrize("load", [joinedload, selectinload, contains_eager])
def test_loader_options(article: tuple[World, Any], load: Any) -> None:
    world, cls = article
    versions = history(cls)
    with Session(world.engine) as session:
        statement = select(versions).options(load(versions.transaction)).limit(3)
        found = session.scalars(statement).all()
        with counted(world.engine) as statements:
            assert {version.transaction.actor for version in found} <= {"ada", "grace"}
        assert statements == []


def test_two_histories_in_one_statement(article: tuple[World, Any]) -> None:
    world, cls = article
    versions = version_class(cls)
    transaction = transaction_class(cls)
    earlier_transaction = aliased(transaction)
    earlier, later = history(aliased(versions), earlier_transaction), history(cls)
    with Session(world.engine) as session:
        statement = select(earlier.name, later.name).where(
            earlier.id == later.id,
            earlier.name != later.name,
            earlier_transaction.id < transaction.id,
        )
        assert set(session.execute(statement).all()) == {("a", "b")}


def test_a_baseline_has_no_transaction(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})
    cls = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(
            insert(history_table(cls)).values(
                id=1, name="old", transaction_id=0, operation_type=Operation.INSERT
            )
        )
    with Session(world.engine) as session:
        rows = session.execute(select(history(cls), transaction_class(cls))).all()
        assert [(version.name, made) for version, made in rows] == [("old", None)]


def test_changed_on_the_history(article: tuple[World, Any]) -> None:
    world, cls = article
    versions = history(cls)

    def found(*criteria: Any) -> list[Any]:
        statement = select(versions).where(*criteria).order_by(versions.transaction_id)
        return names(session.scalars(statement))

    with Session(world.engine) as session:
        assert found(changed(cls.name)) == [(1, "a"), (2, "x"), (1, "b")]
        assert found(~changed(cls.name)) == [(1, "b"), (2, "x")]
        assert found(changed(cls.name, old="a")) == [(1, "b")]
        assert found(changed(cls.name, old="a", new="b")) == [(1, "b")]
        assert found(changed(cls.name, old="b", new="a")) == []
        assert found(changed(cls.name, old=None)) == [(1, "a"), (2, "x")]
        assert found(changed(versions.hits, old=1, new=2)) == [(1, "b")]
        assert found(changed(cls.name), changed(cls.hits), versions.id == 1) == [(1, "a")]
        transaction = transaction_class(cls)
        assert found(changed(cls.name), transaction.actor == "grace") == [(1, "b")]
        rows = session.execute(
            select(changed(versions.name), changed_columns(versions))
            .where(versions.id == 1)
            .order_by(versions.transaction_id)
        ).all()
        assert rows == [
            (True, ["id", "name", "content", "hits"]),
            (True, ["name"]),
            (False, ["hits"]),
        ]
        # The rows that a criterion speaks of are in the statement, whatever is selected.
        assert session.scalar(select(func.count()).where(changed(cls.name))) == 3


def test_changed_inside_other_statements(article: tuple[World, Any]) -> None:
    world, cls = article
    versions, transaction = version_class(cls), transaction_class(cls)
    with Session(world.engine) as session:
        renamed = select(cls).where(cls.versions.any(changed(cls.name, new="b")))
        assert [obj.id for obj in session.scalars(renamed)] == [1]
        never = select(cls).where(~cls.versions.any(changed(cls.name, new="zz")))
        assert [obj.id for obj in session.scalars(never)] == [1]
        other = aliased(versions)
        nested = select(versions).where(
            select(other).where(other.id == versions.id, changed(other.name, new="b")).exists()
        )
        assert {version.id for version in session.scalars(nested)} == {1}
        derived = select(versions).where(changed(versions.name)).subquery()
        alias = aliased(versions, derived)
        statement = select(alias).where(changed(alias.name, old="a"))
        assert names(session.scalars(statement)) == [(1, "b")]
        touching = select(transaction.actor).where(touched(cls, 1, where=changed(cls.hits, new=2)))
        assert session.scalars(touching).all() == ["grace"]
        obj = session.get_one(cls, 1)
        assert [version.name for version in obj.versions.where(changed(cls.name))] == ["a", "b"]


def test_changed_where_tables_get_other_names(article: tuple[World, Any]) -> None:
    world, cls = article
    versions = version_class(cls)
    expected = [(1, "a"), (1, "b")]
    for load in (joinedload, selectinload):
        for limit in (None, 1):
            with Session(world.engine) as session:
                options = load(cls.versions.and_(changed(cls.name)))
                statement = select(cls).options(options).limit(limit).where(cls.id == 1)
                (obj,) = session.scalars(statement).unique()
                assert names(obj.versions) == expected
    found = [
        select(versions).select_from(cls).join(cls.versions.and_(changed(cls.name))),
        select(versions).options(with_loader_criteria(versions, changed(versions.name))),
        select(aliased(versions, select(versions).where(changed(versions.name)).cte())),
        select(versions).from_statement(
            union_all(
                select(versions).where(changed(versions.name), versions.id == 1),
                select(versions).where(changed(versions.name), versions.id == 2),
            )
        ),
    ]
    with Session(world.engine) as session:
        for statement in found:
            rows = names(session.scalars(statement))
            assert sorted(row for row in rows if row[0] == 1) == expected
            assert len(rows) == len(set(rows))


def test_changed_speaks_of_what_history_holds(world: World) -> None:
    cls = define_article(world, exclude=["content"])
    plain = type(
        "Plain",
        (world.Base,),
        {"__tablename__": "plain", "id": mapped_column(Integer, primary_key=True)},
    )
    world.create()
    with pytest.raises(NotInHistory, match=r"Article\.content"):
        changed(cls.content)
    with pytest.raises(NotInHistory, match="versions"):
        changed(cls.versions)
    for wrong in ("name", cls, plain.id, None):
        with pytest.raises(ClassNotVersioned):
            changed(wrong)
    with pytest.raises(ClassNotVersioned, match="live rows"):
        changed(aliased(cls).name)
    for function in (history, changed_columns, deleted, latest_per_entity, first_where, touched):
        with pytest.raises(ClassNotVersioned):
            function(plain)


@dataclass
class Point:
    """Two columns."""

    x: int
    y: int


def test_attributes_that_stand_for_columns(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(options={"strategy": strategy})

    class Author(world.Base):
        __tablename__ = "author"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)

    class Place(world.Base):
        __tablename__ = "place"
        __versioned__ = {}
        key = mapped_column("id", Integer, primary_key=True)
        x = mapped_column(Integer)
        y = mapped_column("why", Integer)
        title = mapped_column("name", String(20))
        label = synonym("title")
        author_id = mapped_column(ForeignKey("author.id"))
        author = relationship(Author)
        point = composite(Point, "x", "y")

    world.create()
    with world.transaction() as session:
        session.add_all([Author(id=1), Author(id=2)])
    change(world, Place, 1, title="a", point=Point(1, 1), author_id=1)
    change(world, Place, 1, point=Point(1, 2))
    change(world, Place, 1, author_id=2)
    change(world, Place, 1, title="b")
    versions = version_class(Place)
    with Session(world.engine) as session:
        start = session.scalars(select(versions.transaction_id).order_by("transaction_id")).all()
        ada, grace = session.get_one(Author, 1), session.get_one(Author, 2)

        def found(criterion: Any) -> list[int]:
            statement = select(versions.transaction_id).where(criterion)
            return sorted(start.index(number) for number in session.scalars(statement))

        assert found(changed(Place.point)) == [0, 1]
        assert found(changed(Place.point, new=Point(1, 2))) == [1]
        assert found(changed(Place.point, old=Point(1, 1))) == [1]
        assert found(changed(Place.point, old=Point(1, 2))) == []
        assert found(changed(Place.author)) == [0, 2]
        assert found(changed(Place.author, old=ada, new=grace)) == [2]
        assert found(changed(Place.author, old=None)) == [0]
        assert found(changed(Place.author, new=ada)) == [0]
        assert found(changed(Place.label)) == found(changed(versions.title)) == [0, 3]
        assert found(changed(Place.y)) == [0, 1]
        rows = session.scalars(
            select(changed_columns(Place)).order_by(versions.transaction_id).offset(1)
        )
        assert rows.all() == [["y"], ["author_id"], ["title"]]


def test_values_that_databases_take_for_the_same(world: World) -> None:
    """What differs to the byte is a change, whatever the collation says."""
    cls = create_article(world)
    for name in ("a", "A", "a ", "ä", "a"):
        change(world, cls, 1, name=name)
    versions = version_class(cls)
    with Session(world.engine) as session:
        statement = select(versions.name).order_by(versions.transaction_id)
        assert session.scalars(statement.where(changed(cls.name))).all() == list(
            session.scalars(statement)
        )
        assert session.scalars(statement.where(changed(cls.name, new="A"))).all() == ["A"]
        assert session.scalars(statement.where(changed(cls.name, old="A"))).all() == ["a "]
        assert session.scalars(statement.where(changed(cls.name, old="A", new="a"))).all() == []


def test_the_users_own_comparison(new_world: Callable[..., World]) -> None:
    world = new_world()

    class Item(world.Base):
        __tablename__ = "item"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(
            String(20), info={"versioned_comparison": "lower({old}) <> lower({new}) AND '%' = '%'"}
        )
        size = mapped_column(Integer)

    world.create()
    change(world, Item, 1, name="a", size=1)
    change(world, Item, 1, name="A", size=2)
    change(world, Item, 1, name="b")
    change(world, Item, 1, name=None)
    versions = version_class(Item)
    with Session(world.engine) as session:
        statement = select(versions.name).where(changed(Item.name)).order_by("transaction_id")
        assert session.scalars(statement).all() == ["a", "b", None]
        columns = select(changed_columns(Item)).order_by(versions.transaction_id)
        assert session.scalars(columns).all()[1:] == [["size"], ["name"], ["name"]]


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_flags_answer_where_they_exist(
    new_world: Callable[..., World], strategy: str, flags: str
) -> None:
    world = new_world(options={"strategy": strategy, "flags": flags})
    cls = create_article(world)
    change(world, cls, 1, name="a", hits=1)
    change(world, cls, 1, name="b")
    change(world, cls, 1, hits=2)
    versions = version_class(cls)
    with Session(world.engine) as session:
        statement = select(versions.hits, versions.name).order_by(versions.transaction_id)
        found = statement.where(changed(cls.name))
        assert "NOT (EXISTS" not in str(found)
        assert session.execute(found).all() == [(1, "a"), (1, "b")]
        assert session.execute(statement.where(~changed(cls.name))).all() == [(2, "b")]
        assert session.execute(statement.where(changed(cls.name, old="a"))).all() == [(1, "b")]
        columns = select(changed_columns(cls)).order_by(versions.transaction_id)
        assert session.scalars(columns).all() == [
            ["id", "name", "content", "hits"],
            ["name"],
            ["hits"],
        ]


def test_the_last_and_the_first(article: tuple[World, Any]) -> None:
    world, cls = article
    transaction = transaction_class(cls)
    latest = latest_per_entity(cls)
    with Session(world.engine) as session:
        found = session.scalars(select(latest).order_by(latest.id)).all()
        assert [(v.id, v.name, v.operation_type) for v in found] == [
            (1, "b", Operation.UPDATE),
            (2, "x", Operation.DELETE),
        ]
        first = first_where(history(cls), transaction.actor == "grace")
        found = session.scalars(select(first).order_by(first.id)).all()
        assert [(v.id, v.hits) for v in found] == [(1, 1), (2, None)]
        rows = session.execute(
            select(history(latest), transaction.actor).where(transaction.actor == "grace")
        )
        assert len(rows.all()) == 2


def test_deleted_rows(article: tuple[World, Any]) -> None:
    world, cls = article
    gone = deleted(cls)
    with Session(world.engine) as session:
        assert names(session.scalars(select(gone).where(gone.name == "x"))) == [(2, "x")]
        statement = (
            select(gone).join(gone.transaction).where(transaction_class(cls).actor == "grace")
        )
        assert names(session.scalars(statement)) == [(2, "x")]
    change(world, cls, 2, name="again")
    with Session(world.engine) as session:
        assert session.scalars(select(deleted(cls))).all() == []


def test_intervals_between_moments(article: tuple[World, Any]) -> None:
    world, cls = article
    versions = version_class(cls)
    next_tick()
    change(world, cls, 1, name="c")
    with Session(world.engine) as session:
        start = session.scalars(
            select(transaction_class(cls).issued_at).order_by(transaction_class(cls).id)
        ).all()

        def found(*interval: Any, **how: Any) -> list[Any]:
            statement = select(versions).where(versions.id == 1, versions.during(*interval, **how))
            return [v.name for v in session.scalars(statement.order_by(versions.transaction_id))]

        assert found(start[0], start[0]) == ["a"]
        assert found(None, start[0]) == ["a"]
        assert found(start[-1], None) == ["c"]
        assert found(start[-1], datetime.now(UTC) + timedelta(days=1), mode="began") == ["c"]
        assert found(None, None) == ["a", "b", "b", "c"]
        assert found(None, None, mode="ended") == ["a", "b", "b"]
        assert found(None, None, mode="contained") == ["a", "b", "b"]
        assert found(None, None, mode="covers") == []
        assert found(start[0], start[0], mode="covers") == ["a"]
        assert found(None, start[0] - timedelta(days=1)) == []
        everything = history(cls)
        assert names(session.scalars(select(everything).where(everything.during(None, start[0]))))
        gone = select(versions.name).where(
            during(cls, start[-1], None, include_deleted=True), versions.id == 2
        )
        assert session.scalars(gone).all() == ["x"]
        with pytest.raises(InvalidPoint):
            during(cls, "yesterday", None)
        with pytest.raises(InvalidArgument, match="overlaps"):
            during(cls, 1, 2, mode="overlap")


def test_transactions_that_touched(article: tuple[World, Any]) -> None:
    world, cls = article
    versions, transaction = version_class(cls), transaction_class(cls)
    with Session(world.engine) as session:

        def actors(*criteria: Any) -> list[Any]:
            statement = select(transaction.actor).where(*criteria).order_by(transaction.id)
            return list(session.scalars(statement))

        obj = session.get_one(cls, 1)
        first = obj.versions[0]
        expected = ["ada", "grace", "grace"]
        for what in ((cls, 1), (versions, 1), (cls, {"id": 1}), (obj,), (first,), (cls, obj)):
            assert actors(touched(*what)) == expected
        assert actors(touched(cls)) == ["ada", "ada", "grace", "grace", "grace"]
        assert actors(touched(cls, 3)) == []
        assert actors(touched(cls, 1), transaction.actor == "ada") == ["ada"]
        assert actors(touched(cls, where=versions.operation_type == Operation.DELETE)) == ["grace"]
        joined = (
            select(versions.id, transaction.actor)
            .join(versions.transaction)
            .where(touched(cls, 2), versions.id == 1)
        )
        assert session.execute(joined).all() == []
        with pytest.raises(InvalidArgument):
            touched(cls, (1, 2))


def test_transactions_that_touched_links(world: World) -> None:
    links = Table(
        "article_tag",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__ = {}
        id = mapped_column(Integer, primary_key=True)
        tags = relationship(Tag, secondary=links)

    world.create()
    with world.transaction() as session:
        session.add(Article(id=1))
    with world.transaction() as session:
        session.get_one(Article, 1).tags = [Tag(id=1), Tag(id=2)]
    with world.transaction() as session:
        session.execute(delete(links).where(links.c.tag_id == 2))
    transaction = transaction_class(Article)
    history_of_links = history_table(links)
    with Session(world.engine) as session:
        first, *others = session.scalars(select(transaction.id).order_by(transaction.id))

        def found(criterion: Any) -> list[int]:
            return list(session.scalars(select(transaction.id).where(criterion).order_by("id")))

        assert found(touched(links)) == others
        assert found(touched(links, {"tag_id": 1})) == others[:1]
        removed = touched(links, where=history_of_links.c.operation_type == Operation.DELETE)
        assert found(removed) == others[1:]
        assert found(~touched(links)) == [first]


def test_everything_that_a_transaction_changed(new_world: Callable[..., World]) -> None:
    for plugins in ((), (TransactionChangesPlugin(),)):
        world = new_world(plugins=plugins)
        article = define_article(world)
        note = define_article(world, "note", strategy="subquery")
        page = define_article(world, "page")
        world.Base.metadata.drop_all(world.engine)
        world.create()
        change(world, page, 1, name="p")
        with world.transaction() as session:
            session.add_all([article(id=2, name="a"), note(id=1, name="n"), article(id=1)])
            session.delete(session.get_one(page, 1))
        with Session(world.engine) as session:
            transaction = session.scalars(
                select(transaction_class(article)).order_by(transaction_class(article).id.desc())
            ).first()
            assert transaction is not None
            if plugins:
                assert {record.entity_name for record in transaction.changes} == {
                    "Article",
                    "Note",
                    "Page",
                }
            with counted(world.engine) as statements:
                changes = transaction.changes()
                kinds = [(type(version).__name__, version.id) for version in changes]
                assert kinds == [
                    ("ArticleVersion", 1),
                    ("ArticleVersion", 2),
                    ("NoteVersion", 1),
                    ("PageVersion", 1),
                ]
            assert len(statements) == 1
            with counted(world.engine) as statements:
                (gone,) = transaction.changes(operation=Operation.DELETE)
                assert gone.name == "p"
                assert transaction.changes(Operation.UPDATE) == []
            assert len(statements) == 2
        world.close()


def test_many_classes_are_asked_at_once(world: World) -> None:
    classes = [define_article(world, f"kind{number}") for number in range(120)]
    world.create()
    with world.transaction() as session:
        session.add_all([cls(id=1, name=cls.__tablename__) for cls in classes])
    with Session(world.engine) as session:
        transaction = session.scalars(select(transaction_class(classes[0]))).one()
        with counted(world.engine) as statements:
            found = transaction.changes()
        assert [version.name for version in found] == [cls.__tablename__ for cls in classes]
        assert len(statements) == 2


def test_joined_inheritance(new_world: Callable[..., World], strategy: str) -> None:
    """Each level has rows of its own changes; what is asked is asked of the whole object."""
    world = new_world(options={"strategy": strategy})

    class Employee(world.Base):
        __tablename__ = "employee"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(20))
        name = mapped_column(String(20))

    class Manager(Employee):
        __tablename__ = "manager"
        __versioned__ = {}
        __mapper_args__ = {"polymorphic_identity": "manager"}
        id = mapped_column(ForeignKey("employee.id"), primary_key=True)
        budget = mapped_column(Integer)

    world.create()
    change(world, Manager, 1, name="a", budget=1)
    change(world, Employee, 2, name="e")
    change(world, Manager, 1, name="b")
    change(world, Manager, 1, budget=2)
    change(world, Manager, 1, name="c", budget=3)
    remove(world, Manager, 1)
    managers, transaction = version_class(Manager), transaction_class(Manager)
    versions = history(Manager)
    with Session(world.engine) as session:
        first, employed, *rest = session.scalars(select(transaction.id).order_by("id"))
        renamed, paid, both, gone = rest

        def found(*criteria: Any) -> list[int]:
            statement = select(versions).where(*criteria).order_by(versions.transaction_id)
            return [version.transaction_id for version in session.scalars(statement)]

        assert found() == [first, renamed, paid, both, gone]
        assert found(changed(Manager.name)) == [first, renamed, both]
        assert found(changed(Manager.budget)) == [first, paid, both]
        assert found(~changed(versions.budget)) == [renamed, gone]
        assert found(changed(Manager.budget, old=1)) == [paid]
        assert found(changed(Manager.budget, new=1)) == [first]
        assert found(changed(Manager.name), ~changed(Manager.budget)) == [renamed]
        assert found(versions.during(renamed, renamed)) == [renamed]
        rows = session.execute(
            select(managers.transaction_id, changed_columns(Manager)).order_by("transaction_id")
        )
        assert [(number, names) for number, names in rows if number != first] == [
            (renamed, ["name"]),
            (paid, ["budget"]),
            (both, ["name", "budget"]),
            (gone, []),
        ]
        made = select(transaction.id).order_by("id")
        assert session.scalars(made.where(touched(Manager, 1))).all() == [first, *rest]
        assert session.scalars(made.where(touched(Employee, 2))).all() == [employed]
        raised = made.where(touched(Manager, 1, where=changed(managers.budget)))
        assert session.scalars(raised).all() == [first, paid, both]
        latest = session.scalars(select(latest_per_entity(Employee)).order_by("transaction_id"))
        assert [(type(v).__name__, v.transaction_id) for v in latest] == [
            ("EmployeeVersion", employed),
            ("ManagerVersion", gone),
        ]
        assert [v.budget for v in session.scalars(select(deleted(Manager)))] == [3]
        (rich,) = session.scalars(select(first_where(Manager, managers.budget >= 2)))
        assert rich.transaction_id == paid
        session.expunge_all()
        with counted(world.engine) as statements:
            (version,) = session.get_one(transaction, paid).changes()
            assert (version.name, version.budget, version.kind) == ("b", 2, "manager")
        assert len(statements) == 2
