"""What a flush costs with the ORM recorder, and what it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import TypeDecorator
from sqlalchemy import create_engine
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import context
from continuum import dialects
from continuum import paused
from continuum.plugins import Plugin
from continuum.recording.scope import records_with_orm
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article


def warm_up(world: World, cls: Any) -> None:
    """Let the recorder look at the database, which it does once for an engine."""
    with Session(world.engine) as session:
        session.add(cls(id=-1))
        session.flush()
        session.rollback()


def test_a_flush_needs_few_statements(world: World) -> None:
    article = create_article(world)
    warm_up(world, article)
    # Where plain reads show the past, versions are read twice to make sure.
    twice = 3 if world.dialect in ("mysql", "mariadb") else 0
    with world.transaction() as session:
        session.add_all([article(id=key, name="a") for key in range(1, 401)])
        with counted(world.engine) as sent:
            session.flush()
        # The rows, once more with their versions, the transaction, the versions.
        assert len([s for s in sent if not s.startswith("INSERT INTO article ")]) <= 3 + twice
    with world.transaction() as session:
        for obj in session.query(article).all():
            # Different columns, so that the flush cannot send all of them together.
            if obj.id % 2:
                obj.name = "b"
            else:
                obj.content = "c"
        with counted(world.engine) as sent:
            session.flush()
        assert len([s for s in sent if not s.startswith("UPDATE article SET")]) <= 6 + twice
    with world.transaction() as session:
        for obj in session.query(article).all():
            session.delete(obj)
        with counted(world.engine) as sent:
            session.flush()
        assert len([s for s in sent if not s.startswith("DELETE FROM article ")]) <= 7 + twice
    world.verify(article)
    assert [v.operation for v in world.versions(article)] == [0, 1, 2] * 400


def test_rows_that_are_updated_one_by_one_are_looked_at_together(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add_all([article(id=key, name="a", hits=0) for key in range(1, 51)])
    with world.transaction() as session:
        for obj in session.query(article).all():
            obj.hits = article.hits + 1  # an expression: each row has a statement of its own
        with counted(world.engine) as sent:
            session.flush()
        assert len([s for s in sent if not s.startswith("UPDATE article SET")]) <= 9
    world.verify(article)
    assert {v.values["hits"] for v in world.versions(article) if v.end is None} == {1}


def test_what_is_not_versioned_costs_nothing(world: World) -> None:
    define_article(world)

    class Plain(world.Base):
        __tablename__ = "plain"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    warm_up(world, Plain)
    with world.transaction() as session, counted(world.engine) as sent:
        plain = Plain(id=1)
        session.add(plain)
        session.flush()
        plain.name = "x"
        session.flush()
        session.execute(update(Plain).values(name="y"))
        session.query(Plain).delete()
    assert [statement.split()[0] for statement in sent] == ["INSERT", "UPDATE", "UPDATE", "DELETE"]


def test_links_are_recorded(world: World) -> None:
    link = Table(
        "article_tag",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    class Article(world.Base):
        __tablename__ = "article"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        tags = relationship(Tag, secondary=link)

    world.create()
    history = world.manager.recorded(link).version_table
    with world.transaction() as session:
        session.add(Article(id=1, tags=[Tag(id=1), Tag(id=2)]))
    with world.transaction() as session:
        article = session.get_one(Article, 1)
        removed = article.tags.pop()
        session.flush()
        article.tags.append(removed)
        session.flush()
        del article.tags[0]
    with world.engine.connect() as connection:
        rows = connection.execute(
            history.select().order_by(history.c.tag_id, history.c.transaction_id)
        ).all()
    assert [(row.tag_id, row.operation_type, row.end_transaction_id is None) for row in rows] in (
        [(1, 0, False), (1, 2, True), (2, 0, True)],
        [(1, 0, True), (2, 0, False), (2, 2, True)],
    )
    assert len(world.versions(Article)) == 1


class Digest(TypeDecorator[str]):
    """A type that cannot give back what was put in."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else hashlib.sha256(value.encode()).hexdigest()


def test_values_travel_without_the_conversions_of_their_types(world: World) -> None:
    class User(world.Base):
        __tablename__ = "login"
        __versioned__: dict[str, Any] = {"ignore": ["seen"]}
        id = mapped_column(Integer, primary_key=True)
        password = mapped_column(Digest)
        seen = mapped_column(Integer)

    world.create()
    with world.transaction() as session:
        session.add(User(id=1, password="secret", seen=1))
    with world.transaction() as session:
        session.execute(update(User).values(seen=2))
    with world.transaction() as session:
        session.delete(session.get_one(User, 1))
    digest = hashlib.sha256(b"secret").hexdigest()
    assert [
        (v.operation, v.values["password"], v.values["seen"]) for v in world.versions(User)
    ] == [
        (0, digest, 1),
        (2, digest, 2),
    ]


def test_tables_of_both_recorders_share_their_transaction(world: World) -> None:
    article = define_article(world)
    other = define_article(world, table="other", native_versioning=True)
    world.create()
    with world.transaction() as session:
        session.add(article(id=1, name="orm"))
        session.flush()
        session.add(other(id=1, name="triggers"))
        session.flush()
        session.get_one(article, 1).content = "x"
    assert world.story(article, "name") == [(1, "insert", 1, None, "orm")]
    assert world.story(other, "name") == [(1, "insert", 1, None, "triggers")]
    assert len(world.transactions()) == 1
    with world.engine.connect() as connection:
        recorders = [
            records_with_orm(connection.dialect.name, world.manager.recorded(cls))
            for cls in (article, other)
        ]
    assert recorders == [True, False]


def test_a_statement_inside_of_a_flush_is_part_of_it(world: World) -> None:
    article = create_article(world)
    table = article.__table__
    with world.transaction() as session:
        session.add(article(id=1, name="a"))

    @event.listens_for(article, "after_update")
    def again(mapper: Any, connection: Any, target: Any) -> None:
        connection.execute(update(table).where(table.c.id == 1).values(content="by a listener"))
        connection.execute(insert(table).values(id=9, name="new"))

    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    assert world.story(article, "name", "content") == [
        (1, "insert", 1, 2, "a", None),
        (1, "update", 2, None, "b", "by a listener"),
        (9, "insert", 2, None, "new", None),
    ]


def test_an_empty_flush_leaves_no_trace_for_bulk_methods(world: World) -> None:
    article = create_article(world)

    class Holder(world.Base):
        __tablename__ = "holder"
        id = mapped_column(Integer, primary_key=True)
        note_id = mapped_column(ForeignKey("held.id"))
        note = relationship("Held", cascade="all, delete-orphan", single_parent=True)

    class Held(world.Base):
        __tablename__ = "held"
        id = mapped_column(Integer, primary_key=True)

    world.Base.metadata.create_all(world.engine)
    with world.transaction() as session:
        session.add(Held(id=1))  # an orphan: the flush has nothing to do
        session.flush()
        session.bulk_insert_mappings(article, [{"id": 1, "name": "a"}])
        assert len(world.versions(article, session.connection())) == 1


def test_two_engines_in_one_session(world: World) -> None:
    article, other = define_article(world), define_article(world, table="other")
    world.create()
    second = create_engine("sqlite://")
    world.Base.metadata.create_all(second)
    with Session(binds={article: world.engine, other: second}) as session:
        session.add_all([article(id=1, name="here"), other(id=1, name="there")])
        session.commit()
        session.get_one(other, 1).name = "changed"
        session.commit()
        assert len(world.versions(article)) == 1
        history = world.manager.recorded(other).version_table
        assert [
            row.name
            for row in session.connection(bind_arguments={"mapper": other}).execute(
                history.select().order_by(history.c.transaction_id)
            )
        ] == ["there", "changed"]
        # The first engine has no such transaction.
        assert session.get_one(other, 1).versions[1].transaction is not None
    assert len(world.transactions()) == 1
    second.dispose()


class Listener(Plugin):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def before_flush(self, uow: Any, session: Session) -> None:
        self.told.append("before_flush")

    def before_create_version_objects(self, uow: Any, session: Session) -> None:
        self.told.append("before_create_version_objects")

    def after_create_version_object(self, uow: Any, parent_obj: Any, version_obj: Any) -> None:
        self.told.append((parent_obj.id, version_obj.id, version_obj.operation_type))

    def after_create_version_objects(self, uow: Any, session: Session) -> None:
        self.told.append("after_create_version_objects")


def test_the_order_of_plugin_hooks(new_world: Callable[..., World]) -> None:
    listener = Listener()
    world = new_world(plugins=[listener])
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    assert listener.told == [
        "before_flush",
        "before_create_version_objects",
        (1, 1, 0),
        "after_create_version_objects",
    ]
    listener.told.clear()
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    assert listener.told[2] == (1, 1, 2)


@pytest.mark.engines("sqlite")
def test_reads_before_the_first_change_keep_other_writers_out(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.engine.connect() as connection:
        with counted(world.engine) as sent:
            connection.execute(update(article.__table__).values(name="b"))
        connection.commit()
    assert sent[0] == "BEGIN IMMEDIATE"


@pytest.mark.engines("sqlite")
def test_a_dialect_without_triggers_is_recorded_by_the_orm(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(dialects._MODULES, "sqlite")
    world = new_world(options={"native_versioning": None})
    article = create_article(world)
    with world.transaction() as session:
        savepoint = session.begin_nested()
        session.add(article(id=1, name="a"))
        savepoint.commit()
        session.execute(insert(article.__table__).values(id=2, name="b"))
    with context(actor="Ada"), world.transaction() as session, paused(session, article):
        session.get_one(article, 1).name = "x"
    with context(actor="Ada"), world.transaction() as session:
        session.get_one(article, 1).name = "y"
    versions = world.versions(article)
    assert [(v.key[0], v.operation, v.values["name"]) for v in versions] == [
        (1, 0, "a"),
        (1, 0, "x"),
        (1, 1, "y"),
        (2, 0, "b"),
    ]
    assert [row.actor for row in world.transactions()] == [None, "Ada", "Ada"]


def test_delete_versions_of_many_rows_keep_what_they_have_to(world: World) -> None:
    plain = define_article(world, ignore=["hits"])
    empty = define_article(world, table="other", null_delete=True)
    world.create()
    for cls in (plain, empty):
        with world.transaction() as session:
            session.add_all([cls(id=key, name=f"n{key}", hits=0) for key in range(1, 101)])
        with world.transaction() as session:
            session.execute(update(cls).where(cls.id <= 10).values(hits=5))
            session.execute(delete(cls))
        world.verify(cls)
    assert [(v.key[0], v.values["name"], v.values["hits"]) for v in world.versions(plain)] == [
        (key, f"n{key}", 5 if gone and key <= 10 else 0)
        for key in sorted(range(1, 101), key=repr)
        for gone in (False, True)
    ]
    assert {v.values["name"] for v in world.versions(empty) if v.operation == 2} == {None}
