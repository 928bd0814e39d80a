"""What the ORM recorder sees of statements, and what it refuses."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy import column
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum.errors import HistoryNotWritten
from continuum.errors import UnrecordedStatementWarning
from continuum.errors import UnsupportedStatement
from suite._support import World
from suite._support import create_article
from suite._support import define_article


def fill(world: World, cls: Any, *names: str) -> None:
    """Insert rows 1, 2, 3... with these names."""
    with world.engine.begin() as connection:
        connection.execute(
            insert(cls.__table__),
            [{"id": key, "name": name} for key, name in enumerate(names, start=1)],
        )


def names_of(world: World, cls: Any) -> list[str]:
    world.verify(cls)
    return sorted(version.values["name"] for version in world.versions(cls))


# Keys that the database makes.


def test_single_inserts_with_generated_keys(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        for name in "ab":
            connection.execute(insert(article.__table__).values(name=name))
    assert world.story(article, "name") == [
        (1, "insert", 1, None, "a"),
        (2, "insert", 1, None, "b"),
    ]


@pytest.mark.engines("sqlite", "postgresql", "mariadb")
@pytest.mark.parametrize("form", ["parameters", "values", "orm", "mappings", "select"])
def test_many_rows_with_generated_keys(world: World, form: str) -> None:
    article = create_article(world)
    rows = [{"name": "a"}, {"name": "b"}]
    with world.transaction() as session:
        if form == "parameters":
            session.connection().execute(insert(article.__table__), rows)
        elif form == "values":
            session.connection().execute(insert(article.__table__).values(rows))
        elif form == "orm":
            session.execute(insert(article), rows)
        elif form == "mappings":
            session.bulk_insert_mappings(article, rows)
        else:
            source = select(literal("a").label("name")).union_all(select(literal("b")))
            session.connection().execute(insert(article.__table__).from_select(["name"], source))
    assert names_of(world, article) == ["a", "b"]


@pytest.mark.engines("mysql")
def test_many_rows_with_generated_keys_that_nobody_returns(world: World) -> None:
    article = create_article(world)
    with pytest.raises(UnsupportedStatement, match="article"), world.engine.begin() as connection:
        connection.execute(insert(article.__table__), [{"name": "a"}, {"name": "b"}])
    assert world.live(article) == {}


@pytest.mark.engines("sqlite", "postgresql", "mariadb")
def test_returned_rows_still_reach_the_user(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.transaction() as session:
        many = session.scalars(insert(article).returning(article), [{"name": "a"}, {"name": "b"}])
        assert sorted(obj.name for obj in many.all()) == ["a", "b"]
        one = session.connection().execute(
            insert(table).values(name="c").returning(table.c.id, table.c.name)
        )
        key, name = one.one()
        assert name == "c"
        core = session.connection().execute(
            insert(table).returning(table.c.name, table.c.id), [{"name": "d"}, {"name": "e"}]
        )
        assert sorted(row.name for row in core) == ["d", "e"]
    assert {v.key for v in world.versions(article) if v.values["name"] == "c"} == {(key,)}
    assert names_of(world, article) == ["a", "b", "c", "d", "e"]


@pytest.mark.engines("sqlite", "postgresql", "mariadb")
def test_returned_rows_without_the_key_are_refused(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with pytest.raises(UnsupportedStatement, match="key"), world.engine.begin() as connection:
        connection.execute(insert(table).values(name="a").returning(table.c.name))
    assert world.live(article) == {}


def test_keys_from_python_defaults_and_expressions(world: World) -> None:
    numbers = iter(range(10, 20))

    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True, default=lambda: next(numbers))
        name = mapped_column(String(20))

    world.create()
    table = Note.__table__
    with world.transaction() as session:
        session.add(Note(name="a"))
        session.flush()
        session.connection().execute(insert(table), [{"name": "b"}, {"name": "c"}])
        session.connection().execute(insert(table).values(name="d"))
    assert names_of(world, Note) == ["a", "b", "c", "d"]


# UPDATE and DELETE of all kinds.


def test_update_and_delete_with_subqueries(world: World) -> None:
    article, other = define_article(world), define_article(world, table="other")
    world.create()
    fill(world, article, "a", "b", "c")
    fill(world, other, "x", "y")
    table, source = article.__table__, other.__table__
    with world.engine.begin() as connection:
        name = select(source.c.name).where(source.c.id == table.c.id).scalar_subquery()
        connection.execute(
            update(table).where(table.c.id.in_(select(source.c.id))).values(name=name)
        )
        connection.execute(
            delete(table).where(table.c.id > select(func.max(source.c.id)).scalar_subquery())
        )
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "x"),
        (2, "insert", 1, 2, "b"),
        (2, "update", 2, None, "y"),
        (3, "insert", 1, 2, "c"),
        (3, "delete", 2, None, "c"),
    ]


def test_update_from_another_table(world: World) -> None:
    article, other = define_article(world), define_article(world, table="other")
    world.create()
    fill(world, article, "a", "b")
    fill(world, other, "x")
    table, source = article.__table__, other.__table__
    with world.engine.begin() as connection:
        connection.execute(
            update(table).where(table.c.id == source.c.id).values(name=source.c.name)
        )
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "x"),
        (2, "insert", 1, None, "b"),
    ]


@pytest.mark.engines("mariadb", "mysql")
def test_statements_about_several_tables_are_refused(world: World) -> None:
    article, other = define_article(world), define_article(world, table="other")
    world.create()
    table, source = article.__table__, other.__table__
    with world.engine.connect() as connection:
        with pytest.raises(UnsupportedStatement, match="other"):
            connection.execute(
                update(table)
                .where(table.c.id == source.c.id)
                .values({table.c.name: "x", source.c.name: "y"})
            )
        with pytest.raises(UnsupportedStatement, match="join"):
            connection.execute(
                update(table.join(source, table.c.id == source.c.id)).values({table.c.name: "x"})
            )


@pytest.mark.parametrize("synchronize", ["evaluate", "fetch", False])
def test_orm_enabled_statements(world: World, synchronize: Any) -> None:
    article = create_article(world)
    fill(world, article, "a", "b", "c")
    with world.transaction() as session:
        session.get_one(article, 1)
        session.execute(
            update(article).where(article.name != "c").values(name=article.name + "!"),
            execution_options={"synchronize_session": synchronize},
        )
        session.execute(
            delete(article).where(article.id == 2),
            execution_options={"synchronize_session": synchronize},
        )
        session.query(article).filter(article.id == 3).update(
            {article.content: "z"}, synchronize_session=synchronize
        )
    assert world.story(article, "name", "content") == [
        (1, "insert", 1, 2, "a", None),
        (1, "update", 2, None, "a!", None),
        (2, "insert", 1, 2, "b", None),
        (2, "delete", 2, None, "b!", None),
        (3, "insert", 1, 2, "c", None),
        (3, "update", 2, None, "c", "z"),
    ]


def test_bulk_methods(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.bulk_insert_mappings(article, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
        session.bulk_save_objects([article(id=3, name="c")])
    with world.transaction() as session:
        session.bulk_update_mappings(article, [{"id": 1, "name": "x"}, {"id": 2, "name": "b"}])
        session.execute(update(article), [{"id": 3, "name": "z"}])
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "x"),
        (2, "insert", 1, None, "b"),
        (3, "insert", 1, 2, "c"),
        (3, "update", 2, None, "z"),
    ]


def test_attribute_names_in_statements(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = {}
        key = mapped_column("id", Integer, primary_key=True)
        name = mapped_column("full_name", String(20))

    world.create()
    with world.transaction() as session:
        session.execute(insert(Person), [{"key": 1, "name": "a"}, {"key": 2, "name": "b"}])
        session.execute(insert(Person).values(key=3, name="c"))
    with world.transaction() as session:
        session.execute(
            update(Person).where(Person.key == 1).values(key=9),
            execution_options={"synchronize_session": False},
        )
        session.execute(
            update(Person).where(Person.key == 2).values({Person.key: Person.key + 6}),
            execution_options={"synchronize_session": False},
        )
    assert world.story(Person, "full_name") == [
        (1, "insert", 1, 2, "a"),
        (1, "delete", 2, None, "a"),
        (2, "insert", 1, 2, "b"),
        (2, "delete", 2, None, "b"),
        (3, "insert", 1, None, "c"),
        (8, "insert", 2, None, "b"),
        (9, "insert", 2, None, "a"),
    ]


@pytest.mark.engines("postgresql")
def test_changes_inside_of_a_common_table_expression_are_refused(world: World) -> None:
    article = create_article(world)
    fill(world, article, "a")
    table = article.__table__
    moved = delete(table).returning(table.c.name).cte("moved")
    for statement in (
        select(moved),
        insert(table).from_select(["name"], select(moved.c.name)),
    ):
        with (
            pytest.raises(UnsupportedStatement, match="common table"),
            world.engine.begin() as connection,
        ):
            connection.execute(statement)
    assert len(world.live(article)) == 1


# Conflicts.


def create_account(world: World) -> Any:
    """Create a class with a second unique column; rows 1 and 2 exist."""

    class Account(world.Base):
        __tablename__ = "account"
        __table_args__ = (UniqueConstraint("code", name="account_code"),)
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        code = mapped_column(String(20))
        name = mapped_column(String(20))

    world.create()
    with world.engine.begin() as connection:
        connection.execute(
            insert(Account.__table__),
            [{"id": 1, "code": "one", "name": "a"}, {"id": 2, "code": "two", "name": "b"}],
        )
    return Account


def upsert_by_code(connection: Connection, cls: Any, *rows: dict[str, Any]) -> None:
    """Insert rows without naming keys, or update those whose code exists."""
    if connection.dialect.name in ("mysql", "mariadb"):
        into_mysql = mysql.insert(cls.__table__).values(list(rows))
        connection.execute(into_mysql.on_duplicate_key_update(name=into_mysql.inserted.name))
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    into = dialect.insert(cls.__table__).values(list(rows))
    connection.execute(
        into.on_conflict_do_update(index_elements=["code"], set_={"name": into.excluded.name})
    )


def test_upsert_by_another_column_than_the_key(world: World) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        if world.dialect == "postgresql":
            connection.execute(text("ALTER SEQUENCE account_id_seq RESTART WITH 50"))
        upsert_by_code(
            connection,
            account,
            {"code": "two", "name": "x"},
            {"code": "one", "name": "a"},
            {"code": "three", "name": "c"},
        )
    story = world.story(account, "code", "name")
    assert story[:3] == [
        (1, "insert", 1, None, "one", "a"),
        (2, "insert", 1, 2, "two", "b"),
        (2, "update", 2, None, "two", "x"),
    ]
    assert [entry[1:] for entry in story[3:]] == [("insert", 2, None, "three", "c")]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("code", ["one", "two", "three"])
def test_insert_or_replace(world: World, code: str) -> None:
    account = create_account(world)
    with world.engine.begin() as connection:
        connection.execute(
            insert(account.__table__).prefix_with("OR REPLACE").values(id=1, code=code, name="x")
        )
    expected = [
        (1, "insert", 1, 2, "one", "a"),
        (1, "update", 2, None, code, "x"),
        (2, "insert", 1, 2 if code == "two" else None, "two", "b"),
    ]
    if code == "two":
        expected.append((2, "delete", 2, None, "two", "b"))
    assert world.story(account, "code", "name") == expected


@pytest.mark.engines("sqlite", "mariadb", "mysql")
def test_insert_or_ignore(world: World) -> None:
    account = create_account(world)
    word = "OR IGNORE" if world.dialect == "sqlite" else "IGNORE"
    into = insert(account.__table__).prefix_with(word)
    rows = [{"id": 1, "code": "x"}, {"id": 3, "code": "two"}, {"id": 4, "code": "four"}]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MySQL's own, about the duplicates
        with world.engine.begin() as connection:
            connection.execute(into, rows)
    assert world.story(account, "code") == [
        (1, "insert", 1, None, "one"),
        (2, "insert", 1, None, "two"),
        (4, "insert", 2, None, "four"),
    ]


@pytest.mark.engines("sqlite")
def test_update_or_replace_is_refused(world: World) -> None:
    account = create_account(world)
    with pytest.raises(UnsupportedStatement, match="REPLACE"), world.engine.begin() as connection:
        connection.execute(update(account.__table__).prefix_with("OR REPLACE").values(code="two"))
    assert len(world.live(account)) == 2


# Rows that the database changes by itself.


def enforce_foreign_keys(world: World) -> None:
    if world.dialect == "sqlite":

        @event.listens_for(world.engine, "connect")
        def switch_on(dbapi_connection: Any, record: object) -> None:
            dbapi_connection.execute("PRAGMA foreign_keys = ON")


@pytest.mark.parametrize("by", ["orm", "core"])
@pytest.mark.parametrize("versioned_parent", [True, False])
def test_delete_cascades(world: World, by: str, versioned_parent: bool) -> None:
    enforce_foreign_keys(world)

    class Parent(world.Base):
        __tablename__ = "parent"
        __versioned__ = {"versioning": versioned_parent}
        id = mapped_column(Integer, primary_key=True, autoincrement=False)

    class Between(world.Base):
        """Passes the deletion on, without a history of its own."""

        __tablename__ = "between"
        id = mapped_column(Integer, primary_key=True)
        parent_id = mapped_column(ForeignKey("parent.id", ondelete="CASCADE"))

    class Node(world.Base):
        __tablename__ = "node"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        between_id = mapped_column(ForeignKey("between.id", ondelete="CASCADE"))
        node_id = mapped_column(ForeignKey("node.id", ondelete="CASCADE"))
        reader_id = mapped_column(ForeignKey("node.id", ondelete="SET NULL"))

    world.create()
    with world.transaction() as session:
        session.add_all([Parent(id=1), Parent(id=2)])
        session.flush()
        session.add_all([Between(id=1, parent_id=1), Between(id=2, parent_id=2)])
        session.flush()
        session.add_all([Node(id=1, between_id=1), Node(id=4, between_id=2)])
        session.flush()
        session.add_all([Node(id=2, node_id=1), Node(id=5, reader_id=1)])
        session.flush()
        session.add(Node(id=3, node_id=2))
    with world.transaction() as session:
        if by == "orm":
            session.delete(session.get_one(Parent, 1))
        else:
            session.execute(delete(Parent).where(Parent.id < 2))
    assert [(entry[0], *entry[1:4]) for entry in world.story(Node)] == [
        (1, "insert", 1, 2),
        (1, "delete", 2, None),
        (2, "insert", 1, 2),
        (2, "delete", 2, None),
        (3, "insert", 1, 2),
        (3, "delete", 2, None),
        (4, "insert", 1, None),
        (5, "insert", 1, 2),
        (5, "update", 2, None),
    ]


def test_update_cascades(world: World) -> None:
    enforce_foreign_keys(world)

    class Parent(world.Base):
        __tablename__ = "parent"
        id = mapped_column(Integer, primary_key=True, autoincrement=False)

    class Child(world.Base):
        __tablename__ = "child"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        parent_id = mapped_column(ForeignKey("parent.id", onupdate="CASCADE"))

    world.create()
    with world.transaction() as session:
        session.add_all([Parent(id=1), Parent(id=2)])
        session.flush()
        session.add_all([Child(id=1, parent_id=1), Child(id=2, parent_id=2)])
    with world.engine.begin() as connection:
        connection.execute(update(Parent.__table__).where(Parent.__table__.c.id == 1).values(id=10))
    assert world.story(Child, "parent_id") == [
        (1, "insert", 1, 2, 1),
        (1, "update", 2, None, 10),
        (2, "insert", 1, None, 2),
    ]


def test_update_cascades_to_a_key_are_refused(world: World) -> None:
    enforce_foreign_keys(world)

    class Parent(world.Base):
        __tablename__ = "parent"
        id = mapped_column(Integer, primary_key=True, autoincrement=False)

    class Child(world.Base):
        __tablename__ = "child"
        __versioned__: dict[str, Any] = {}
        parent_id = mapped_column(ForeignKey("parent.id", onupdate="CASCADE"), primary_key=True)

    world.create()
    with world.transaction() as session:
        session.add(Parent(id=1))
        session.flush()
        session.add(Child(parent_id=1))
    with (
        pytest.raises(UnsupportedStatement, match="child"),
        world.engine.begin() as connection,
    ):
        connection.execute(update(Parent.__table__).values(id=10))
    assert list(world.live(Child)) == [(1,)]


# SQL text.


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE article SET name = 'x'",
        "insert into article (id) values (7)",
        "DELETE FROM article WHERE id = 1",
    ],
)
@pytest.mark.parametrize("by", ["text", "driver"])
def test_text_is_warned_of_once(world: World, statement: str, by: str) -> None:
    create_article(world)
    with world.engine.connect() as connection:
        send = (
            (lambda: connection.execute(text(statement)))
            if by == "text"
            else (lambda: connection.exec_driver_sql(statement))
        )
        with pytest.warns(UnrecordedStatementWarning, match="article"):
            send()
        connection.rollback()
        send()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM article",
        "INSERT INTO articles (id) VALUES (1)",
        "UPDATE my_article SET id = 2",
    ],
)
def test_text_about_other_tables_is_not_warned_of(world: World, statement: str) -> None:
    create_article(world)
    with world.engine.begin() as connection:
        connection.execute(text("CREATE TABLE articles (id INTEGER)"))
        connection.execute(text("CREATE TABLE my_article (id INTEGER)"))
        connection.execute(text(statement))


# What goes wrong.


def test_a_change_without_history_cannot_be_committed(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(text("DROP TABLE article_version"))
    with world.engine.connect() as connection:
        with pytest.raises(HistoryNotWritten, match="article_version"):
            connection.execute(insert(article.__table__).values(id=1))
        with pytest.raises(HistoryNotWritten):
            connection.commit()
        connection.rollback()
        connection.commit()
    assert world.live(article) == {}


# (A database of one writer at a time has no two-phase commit either.)
@pytest.mark.requires("concurrent_writers")
def test_nor_can_it_by_a_two_phase_commit_without_a_first_phase(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(text("DROP TABLE article_version"))
    with world.engine.connect() as connection:
        transaction = connection.begin_twophase()
        with pytest.raises(HistoryNotWritten, match="article_version"):
            connection.execute(insert(article.__table__).values(id=1))
        with pytest.raises(HistoryNotWritten):
            transaction.commit()
        transaction.rollback()
    assert world.live(article) == {}


def test_a_savepoint_takes_a_failure_back(world: World) -> None:
    article, other = define_article(world), define_article(world, table="other")
    world.create()
    with world.engine.begin() as connection:
        connection.execute(text("DROP TABLE article_version"))
    with world.transaction() as session:
        session.add(other(id=1, name="a"))
        session.flush()
        savepoint = session.begin_nested()
        session.add(article(id=1))
        with pytest.raises(HistoryNotWritten):
            session.flush()
        savepoint.rollback()
    assert names_of(world, other) == ["a"]
    assert world.live(article) == {}


def test_a_statement_that_fails_leaves_nothing(world: World) -> None:
    article = create_article(world)
    fill(world, article, "a")
    with world.engine.begin() as connection:
        savepoint = connection.begin_nested()
        with pytest.raises(IntegrityError):
            connection.execute(insert(article.__table__).values(id=1))
        savepoint.rollback()
        connection.execute(update(article.__table__).values(name="b"))
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "b"),
    ]


def test_a_flush_that_fails_leaves_nothing_behind(world: World) -> None:
    article = create_article(world)
    fill(world, article, "a")
    with Session(world.engine) as session:
        session.get_one(article, 1).name = "x"
        session.add(article(id=2, name="y"))
        session.flush()
        session.expunge(session.get_one(article, 2))
        session.get_one(article, 1).name = "z"
        session.add(article(id=2, name="again"))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
        session.execute(update(article).values(name="b"))
        session.commit()
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "b"),
    ]


def test_a_flush_that_is_stopped_by_a_listener(world: World) -> None:
    article = create_article(world)
    fill(world, article, "a")
    with Session(world.engine) as session:

        @event.listens_for(session, "before_flush")
        def stop(*_: Any) -> None:
            raise ZeroDivisionError

        session.add(article(id=2, name="never"))
        with pytest.raises(ZeroDivisionError):
            session.flush()
        session.expunge_all()
        session.connection().execute(update(article.__table__).values(name="b"))
        with Session(session.connection()) as other:
            assert len(world.versions(article, other.connection())) == 2
        session.commit()
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "b"),
    ]


@pytest.mark.engines("mariadb", "mysql")
def test_the_key_zero_is_refused_where_it_asks_for_another(world: World) -> None:
    article = create_article(world)
    with pytest.raises(UnsupportedStatement, match="0"), world.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=0))
    assert world.live(article) == {}


def test_another_object_for_a_recorded_table_is_warned_of(world: World) -> None:
    create_article(world)
    copy = Table("article", MetaData(), Column("id", Integer, primary_key=True))
    light = table("article", column("id"))
    for other in (copy, light):
        engine = world.database.engine()
        with engine.begin() as connection:
            with pytest.warns(UnrecordedStatementWarning, match="article"):
                connection.execute(update(other).values(id=5))
            connection.execute(update(other).values(id=5))


@pytest.mark.engines("sqlite", "postgresql", "mariadb")
def test_orm_inserts_of_other_forms(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.execute(insert(article).values([{"name": "a"}, {"name": "b"}]))
        session.execute(
            insert(article).from_select(["name"], select(article.name + "!").select_from(article))
        )
        made = session.scalars(
            insert(article).values([{"name": "c"}, {"name": "d"}]).returning(article)
        )
        assert sorted(obj.name for obj in made) == ["c", "d"]
    assert names_of(world, article) == ["a", "a!", "b", "b!", "c", "d"]


@pytest.mark.requires("concurrent_writers")
def test_rows_are_seen_as_they_are_now(world: World) -> None:
    """Not as the transaction saw them when it began."""
    article = create_article(world)
    fill(world, article, "a", "a")
    table = article.__table__
    with world.engine.connect() as one, world.engine.connect() as two:
        one.execute(select(table)).all()
        two.execute(update(table).values(name="b"))
        two.commit()
        one.execute(update(table).where(table.c.id == 1).values(name="b"))
        one.execute(update(table).where(table.c.id == 2).values(name="c"))
        one.commit()
    assert world.story(article, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, None, "b"),
        (2, "insert", 1, 2, "a"),
        (2, "update", 2, 3, "b"),
        (2, "update", 3, None, "c"),
    ]


def create_place(world: World) -> Any:
    """Create a table with a second unique key, and one row in it."""

    class Place(world.Base):
        __tablename__ = "place"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        code = mapped_column(String(20), unique=True)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add(Place(id=1, code="a", name="b"))
    return Place


def updating(world: World, statement: Any, **values: Any) -> Any:
    """Make an INSERT of the engine's dialect update the rows that it meets."""
    if world.dialect in ("mysql", "mariadb"):
        return statement.on_duplicate_key_update(**values)
    return statement.on_conflict_do_update(index_elements=["id"], set_=values)


def dialect_insert(world: World, target: Any) -> Any:
    modules = {"postgresql": postgresql, "sqlite": sqlite}
    return modules.get(world.dialect, mysql).insert(target)


def refuse(world: World, cls: Any, statement: Any) -> None:
    with pytest.raises(UnsupportedStatement), world.engine.begin() as connection:
        connection.execute(statement)
    assert len(world.versions(cls)) == 1


def test_an_upsert_that_moves_rows_is_refused(world: World) -> None:
    place = create_place(world)
    statement = dialect_insert(world, place.__table__).values(id=1, code="z")
    refuse(world, place, updating(world, statement, id=5))


def test_an_upsert_with_a_unique_value_made_by_sql_is_refused(world: World) -> None:
    place = create_place(world)
    statement = dialect_insert(world, place.__table__).values(id=2, code=func.lower("A"))
    refuse(world, place, updating(world, statement, name="x"))


@pytest.mark.engines("sqlite", "postgresql")
def test_an_upsert_beside_a_unique_expression_is_refused(world: World) -> None:
    place = create_place(world)
    Index("lower_name", func.lower(place.name), unique=True).create(world.engine)
    statement = dialect_insert(world, place.__table__).values(id=2, code="c", name="B")
    refuse(world, place, updating(world, statement, name="x"))


def test_a_translation_of_one_statement_is_refused(world: World) -> None:
    place = create_place(world)
    statement = update(place.__table__).values(name="x")
    refuse(world, place, statement.execution_options(schema_translate_map={"nowhere": "elsewhere"}))
