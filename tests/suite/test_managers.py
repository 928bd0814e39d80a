"""Managers beside and after each other."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import insert
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import ClassNotVersioned
from continuum import ImproperlyConfigured
from continuum import VersioningManager
from continuum import context
from continuum import is_versioned
from continuum import make_versioned
from continuum import remove_versioning
from continuum import transaction_class
from continuum import version_class
from continuum import version_table_of
from continuum import versioned_objects
from continuum.plugins import NullDeletePlugin
from continuum.transaction import TransactionFactory
from servers.database import Database
from suite._support import World
from suite._support import define_article


class Half:
    """A base and a manager that knows of no other base."""

    def __init__(self, database: Database, recorder: str, name: str, **options: Any) -> None:
        class Base(DeclarativeBase):
            pass

        class Note(Base):
            __tablename__ = f"{name}_note"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)

        self.base, self.note = Base, Note
        self.manager = VersioningManager()
        make_versioned(
            manager=self.manager,
            mapper=Base,
            transaction_cls=TransactionFactory(table_name=f"{name}_transaction"),
            options={"native_versioning": recorder == "triggers", **options},
            user_cls=None,
        )
        Base.metadata.create_all(database.engine())

    def versions(self, session: Session) -> list[Any]:
        return list(session.query(version_class(self.note)))

    def transactions(self, session: Session) -> int:
        return session.query(transaction_class(self.note)).count()

    def close(self) -> None:
        remove_versioning(manager=self.manager)
        self.base.registry.dispose()


@pytest.mark.recorders("triggers")
def test_two_managers_prepare_for_many_rows(database: Database, recorder: str) -> None:
    """What one has done for a statement is not done for the other."""
    halves = [Half(database, recorder, name) for name in ("one", "two")]
    try:
        for half in halves:
            with database.engine().begin() as connection, context(reason="why"):
                connection.execute(insert(half.note), [{"id": 1}, {"id": 2}])
            with Session(database.engine()) as session:
                reasons = [row.reason for row in session.query(transaction_class(half.note))]
            assert reasons == ["why"]
    finally:
        for half in halves:
            half.close()


def test_two_managers_side_by_side(database: Database, recorder: str) -> None:
    one = Half(database, recorder, "one")
    two = Half(database, recorder, "two", transaction_column_name="tx")
    try:
        with Session(database.engine()) as session:
            session.add_all([one.note(id=1), two.note(id=1)])
            session.commit()
            session.add(two.note(id=2))
            session.commit()
            assert (len(one.versions(session)), one.transactions(session)) == (1, 1)
            assert (len(two.versions(session)), two.transactions(session)) == (2, 2)
            assert {version.tx for version in two.versions(session)} == {1, 2}
        with pytest.raises(ImproperlyConfigured):
            make_versioned(manager=one.manager)
    finally:
        one.close()
        two.close()


def test_remove_versioning_stops_everything(database: Database) -> None:
    half = Half(database, "orm", "one")
    history = version_class(half.note).__table__
    remove_versioning(manager=half.manager)
    with pytest.raises(ClassNotVersioned):
        version_class(half.note)
    assert not hasattr(half.note, "versions")
    with Session(database.engine()) as session:
        session.add(half.note(id=1))
        session.commit()
        assert session.execute(history.select()).all() == []
    half.base.registry.dispose()


def test_make_versioned_again(database: Database, recorder: str) -> None:
    for _ in range(2):
        half = Half(database, recorder, "one")
        with Session(database.engine()) as session:
            session.add(half.note())
            session.commit()
            count = len(half.versions(session))
        half.close()
    assert count == 2


def test_nothing_of_a_removed_manager_stays(database: Database) -> None:
    half = Half(database, "orm", "one")
    manager, note = weakref.ref(half.manager), weakref.ref(half.note)
    half.close()
    del half
    gc.collect()
    assert manager() is None
    assert note() is None


def test_the_manager_of_the_package(database: Database) -> None:
    """The way most programs begin: everything by default."""
    program = """
import sys
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
import continuum

continuum.make_versioned()

class Base(DeclarativeBase):
    pass

class Article(Base):
    __tablename__ = "article"
    __versioned__ = {}
    id: Mapped[int] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(default=0)

engine = create_engine(sys.argv[1])
Base.metadata.create_all(engine)
with Session(engine) as session:
    article = Article()
    session.add(article)
    session.commit()
    article.hits = 1
    session.commit()
    print([version.hits for version in article.versions])
    article.versions[0].revert()
    session.commit()
    print([version.hits for version in article.versions], article.hits)
"""
    url = database.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["[0, 1]", "[0, 1, 0] 0"]


def test_a_manager_as_a_context_manager(database: Database, recorder: str) -> None:
    class Base(DeclarativeBase):
        pass

    with make_versioned(
        manager=VersioningManager(),
        mapper=Base,
        options={"native_versioning": recorder == "triggers"},
    ) as manager:

        class Note(Base):
            __tablename__ = "note"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)

        Base.metadata.create_all(database.engine())
        assert manager.version_class(Note).__table__.name == "note_version"
    assert not manager.active
    assert list(Base.metadata.tables) == ["note"]
    Base.registry.dispose()


def test_the_same_base_is_versioned_again(database: Database, recorder: str) -> None:
    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    engine = database.engine()
    for count in (1, 2):
        with make_versioned(
            manager=VersioningManager(),
            mapper=Base,
            options={"native_versioning": recorder == "triggers"},
        ):
            Base.metadata.create_all(engine)
            with Session(engine) as session, session.begin():
                session.add(Note(id=count))
            with Session(engine) as session:
                assert len(session.query(version_class(Note)).all()) == count
                assert session.get_one(Note, count).versions.count() == 1
    Base.registry.dispose()


def test_generated_classes_take_no_names(database: Database, recorder: str) -> None:
    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        payment_id = mapped_column(ForeignKey("payment.id"))
        payment = relationship("Transaction")
        other_id = mapped_column(ForeignKey("other.id"))
        other = relationship("NoteVersion")

    class Transaction(Base):
        __tablename__ = "payment"
        id = mapped_column(Integer, primary_key=True)

    class NoteVersion(Base):
        __tablename__ = "other"
        id = mapped_column(Integer, primary_key=True)

    with make_versioned(
        manager=VersioningManager(),
        mapper=Base,
        options={"native_versioning": recorder == "triggers"},
    ) as manager:
        Base.metadata.create_all(database.engine())
        assert Note.payment.property.mapper.class_ is Transaction
        assert manager.transaction_cls is not Transaction
        assert version_class(Note) is not NoteVersion

        class Reply(Base):
            __tablename__ = "reply"
            id = mapped_column(ForeignKey("payment.id"), primary_key=True)
            payment = relationship("Transaction")

        assert Reply(payment=Transaction()).payment is not None
        assert Reply.payment.property.mapper.class_ is Transaction
    Base.registry.dispose()


def test_create_all_needs_no_configured_mappers(database: Database) -> None:
    """Types of generated tables listen to the MetaData whose listeners are being called."""
    program = """
import enum, sys
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
import continuum

class Base(DeclarativeBase):
    pass

class Status(enum.Enum):
    new = "new"
    paid = "paid"

class Order(Base):
    __tablename__ = "orders"
    __versioned__ = {"native_enums": "native" in sys.argv}
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[Status]
    urgent: Mapped[bool]

continuum.make_versioned()
engine = create_engine(sys.argv[1])
Base.metadata.create_all(engine)
with Session(engine) as session:
    order = Order(status=Status.new, urgent=True)
    session.add(order)
    session.commit()
    print(order.versions[0].status)
"""
    url = database.url.render_as_string(hide_password=False)
    for arguments in ([], ["native"]):
        database.clean()
        done = subprocess.run(
            [sys.executable, "-P", "-c", program, url, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.stderr, done.stdout) == ("", "Status.new\n")


@pytest.mark.recorders("triggers")
def test_what_two_managers_share_stays_while_one_needs_it(
    database: Database, recorder: str
) -> None:
    class First(DeclarativeBase):
        pass

    class Second(DeclarativeBase):
        pass

    def note(base: Any, name: str) -> Any:
        return type(
            name.title(),
            (base,),
            {
                "__tablename__": name,
                "__versioned__": {},
                "id": mapped_column(Integer, primary_key=True),
            },
        )

    engine = database.engine()
    with (
        make_versioned(manager=VersioningManager(), mapper=First) as first,
        make_versioned(manager=VersioningManager(), mapper=Second) as second,
    ):
        note(First, "first")
        kept = note(Second, "second")
        First.metadata.create_all(engine)
        Second.metadata.create_all(engine)
        first.uninstall(engine)
        second.check(engine).raise_for_problems()
        with Session(engine) as session, session.begin():
            session.add(kept(id=1))
        with Session(engine) as session:
            assert session.get_one(kept, 1).versions.count() == 1
    First.registry.dispose()
    Second.registry.dispose()


def test_a_table_versioned_before_anything_else(database: Database) -> None:
    manager = VersioningManager()
    table = Table("setting", MetaData(), Column("name", String(50), primary_key=True))
    with pytest.raises(ImproperlyConfigured, match="before make_versioned"):
        manager.version_table_of(table)
    with make_versioned(manager=manager, user_cls=None):
        assert manager.version_table_of(table, key=["name"]).name == "setting_version"


def test_a_table_versioned_while_classes_wait(world: World) -> None:
    Article = define_article(world)
    table = Table("plain", world.Base.metadata, Column("id", Integer, primary_key=True))
    version_table_of(table, manager=world.manager, **world.options)
    world.create()
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
        session.execute(table.insert().values(id=1))
    assert len(world.story(Article)) == len(world.versions(table)) == 1


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_objects_are_not_asked_how_they_look(new_world: Callable[..., World]) -> None:
    """That may load what they show, or fail, in the middle of a flush."""
    world = new_world(plugins=[NullDeletePlugin()])
    define_article(world)

    class Shy(world.Base):
        __tablename__ = "shy"
        id = mapped_column(Integer, primary_key=True)

        def __repr__(self) -> str:
            raise AssertionError("was asked")

    world.create()
    with world.transaction() as session:
        shy = Shy(id=1)
        session.add(shy)
        assert not is_versioned(shy)
        session.flush()
        assert list(versioned_objects(session)) == []
