"""Bad input gets a clear typed error, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import ClassVar

import pytest
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import mapped_column

from continuum import ClassNotVersioned
from continuum import ImproperlyConfigured
from continuum import VersioningManager
from continuum import make_versioned
from continuum import parent_class
from continuum import remove_versioning
from continuum import transaction_class
from continuum import version_class
from continuum.errors import DialectMismatch
from continuum.errors import MissingHistory
from continuum.errors import MissingPrivilege
from continuum.errors import MissingTrigger
from continuum.errors import RecorderConflict
from continuum.errors import StaleTrigger
from continuum.errors import StaleTriggerWarning
from continuum.errors import UnknownDialect
from continuum.errors import UnknownOption
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError
from continuum.transaction import TransactionFactory
from servers.database import ClientError
from servers.database import Database
from suite._support import World
from suite._support import create_article
from suite._support import define_article
from suite._writers import Writer
from suite._writers import born
from suite._writers import by_core
from suite._writers import by_orm
from suite._writers import by_text

NewWorld = Callable[..., World]


# Declarations.


def test_an_unknown_option() -> None:
    with pytest.raises(UnknownOption, match="exclude"):
        make_versioned(manager=VersioningManager(), options={"exlude": []})


def test_an_unknown_option_of_a_class(world: World) -> None:
    define_article(world, strateggy="validity")
    with pytest.raises(UnknownOption, match="strategy"):
        world.create()


def test_an_unknown_strategy(world: World) -> None:
    define_article(world, strategy="guess")
    with pytest.raises(ImproperlyConfigured, match="validity"):
        world.create()


def test_an_unknown_dialect() -> None:
    with pytest.raises(UnknownDialect, match="postgresql"):
        make_versioned("oracle", manager=VersioningManager())


@pytest.mark.parametrize("option", ["exclude", "include", "ignore"])
def test_a_column_that_does_not_exist(world: World, option: str) -> None:
    define_article(world, **{option: ["nmae"]})
    with pytest.raises(ImproperlyConfigured, match="nmae"):
        world.create()


def test_two_history_columns_of_one_name(world: World) -> None:
    define_article(world, transaction_column_name="x", end_transaction_column_name="x")
    with pytest.raises(ImproperlyConfigured, match="x"):
        world.create()


def test_a_column_named_like_one_of_history(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        operation_type = mapped_column(Integer)

    with pytest.raises(ImproperlyConfigured, match="operation_type"):
        world.create()


def test_a_table_without_a_key(world: World) -> None:
    table = Table("note", world.Base.metadata, Column("id", Integer), Column("name", String(20)))
    note = type("Note", (), {"__versioned__": {}})
    world.Base.registry.map_imperatively(note, table, primary_key=[table.c.id])
    with pytest.raises(UnsupportedTable, match="note"):
        world.create()


def test_a_version_table_whose_name_is_taken(world: World) -> None:
    class Other(world.Base):
        __tablename__ = "article_version"
        id = mapped_column(Integer, primary_key=True)

    define_article(world)
    with pytest.raises(ImproperlyConfigured, match="article_version"):
        world.create()


def define_transaction(world: World) -> Any:
    """Define a class of the user's that happens to be named like ours."""

    class Transaction(world.Base):
        __tablename__ = "transaction"
        id = mapped_column(Integer, primary_key=True)
        amount = mapped_column(Integer)

    return Transaction


def test_a_user_table_named_transaction(world: World) -> None:
    define_transaction(world)
    define_article(world)
    with pytest.raises(ImproperlyConfigured, match="transaction"):
        world.create()


def test_a_user_table_named_transaction_beside_ours(new_world: NewWorld) -> None:
    world = new_world(transaction_cls=TransactionFactory(table_name="version_transaction"))
    own = define_transaction(world)
    article = create_article(world)
    assert transaction_class(article) is not own
    with world.transaction() as session:
        session.add_all([article(id=1, name="a"), own(id=1, amount=5)])
    assert world.story(article, "name") == [(1, "insert", 1, None, "a")]
    assert len(world.live(own)) == 1


@pytest.mark.parametrize("wrong", ["x", None, int, object()])
def test_what_is_not_a_versioned_class(wrong: Any) -> None:
    with pytest.raises(ClassNotVersioned):
        version_class(wrong)
    with pytest.raises(ClassNotVersioned):
        transaction_class(wrong)


def test_what_is_not_a_version_class(world: World) -> None:
    article = create_article(world)
    with pytest.raises(KeyError):
        parent_class(article)
    with pytest.raises(VersioningError):
        parent_class(article)
    assert parent_class(version_class(article)) is article
    assert version_class(version_class(article)) is version_class(article)


def test_classes_mapped_before_make_versioned_are_versioned(new_world: NewWorld) -> None:
    found = {}

    def declare(base: Any) -> dict[str, Any]:
        class Note(base):
            __tablename__ = "note"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True)

        found["note"] = Note
        base.registry.configure()
        return {}

    world = new_world(declare=declare)
    world.create()
    with world.transaction() as session:
        session.add(found["note"](id=1))
    assert world.story(found["note"]) == [(1, "insert", 1, None)]


def test_a_call_that_fails_leaves_nothing_switched_on() -> None:
    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        __versioned__ = {"exclude": ["nothing"]}
        id = mapped_column(Integer, primary_key=True)

    Base.registry.configure()
    manager = VersioningManager()
    try:
        with pytest.raises(ImproperlyConfigured, match="nothing"):
            make_versioned(manager=manager, mapper=Base)
        assert not manager.active
        assert list(Base.metadata.tables) == ["note"]
    finally:
        remove_versioning(manager=manager)
        Base.registry.dispose()


# The database.


def test_another_dialect_than_the_engine(new_world: NewWorld, engine_name: str) -> None:
    wrong = "sqlite" if engine_name != "sqlite" else "postgresql"
    world = new_world(dialect=wrong)
    define_article(world)
    with pytest.raises(DialectMismatch, match=wrong):
        world.create()
    assert inspect(world.engine).get_table_names() == []


@pytest.mark.engines("mariadb", "mysql")
@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_mysql_and_mariadb_stand_for_each_other(new_world: NewWorld, name: str) -> None:
    world = new_world(dialect=name)
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1))
    assert len(world.versions(article)) == 1


@pytest.mark.recorders("triggers")
def test_a_view(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(text("CREATE VIEW article AS SELECT 1 AS id, 'a' AS name"))
    define_article(world)
    with pytest.raises(UnsupportedTable, match="article"):
        world.create()


@pytest.mark.recorders("triggers")
@pytest.mark.requires("users")
def test_a_user_who_may_not_create_triggers(
    world: World, make_user: Callable[..., Any], engine_factory: Callable[..., Any]
) -> None:
    define_article(world)
    world.Base.registry.configure()
    for table in world.Base.metadata.sorted_tables:
        table.create(world.engine)
    engine = engine_factory(url=make_user("SELECT", "INSERT", "UPDATE"))
    with pytest.raises(MissingPrivilege) as error:
        world.Base.metadata.create_all(engine)
    assert error.value.hint
    with pytest.raises(MissingTrigger), world.engine.begin() as connection:
        connection.execute(text("INSERT INTO article (id) VALUES (1)"))


@pytest.mark.recorders("triggers")
@pytest.mark.engines("postgresql")
def test_a_writer_who_may_not_touch_history(
    world: World, make_user: Callable[..., Any], engine_factory: Callable[..., Any]
) -> None:
    article = define_article(world)
    world.Base.registry.configure()
    article.__table__.create(world.engine)
    engine = engine_factory(url=make_user("SELECT", "INSERT", "UPDATE"))
    world.create()
    with pytest.raises(MissingPrivilege), engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=1))
    assert world.live(article) == {}
    assert world.transactions() == []


@pytest.mark.recorders("triggers")
def test_a_binary_log_that_forbids_triggers(
    mariadb_binlog: Callable[..., Database], recorder: str
) -> None:
    world = World(mariadb_binlog("ROW", trust=False), recorder)
    define_article(world)
    try:
        with pytest.raises(MissingPrivilege, match="log_bin_trust_function_creators"):
            world.create()
    finally:
        world.close()


@pytest.mark.recorders("triggers")
def test_the_history_table_is_missing(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(text("DROP TABLE article_version"))
    for engine in (world.engine, world.database.engine()):
        with pytest.raises((DBAPIError, VersioningError)), engine.begin() as connection:
            connection.execute(insert(article.__table__).values(id=1))
    assert world.live(article) == {}
    assert world.transactions() == []


def test_the_history_table_lacks_a_column(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(text("DROP TABLE article_version"))
        connection.execute(
            text(
                "CREATE TABLE article_version (id INTEGER, name VARCHAR(200), hits INTEGER,"
                " transaction_id BIGINT, end_transaction_id BIGINT, operation_type SMALLINT)"
            )
        )
    with pytest.raises((DBAPIError, VersioningError)), world.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=1, content="a"))
    assert world.live(article) == {}
    assert world.transactions() == []


def drop_a_trigger(world: World) -> None:
    """Remove one of the triggers that stand on the table."""
    with world.engine.begin() as connection:
        if world.dialect == "postgresql":
            names = connection.execute(
                text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
            )
            name = names.scalars().first()
            connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON article')
        elif world.dialect == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name='article'")
            )
            connection.exec_driver_sql(f'DROP TRIGGER "{names.scalars().first()}"')
        else:
            names = connection.execute(
                text(
                    "SELECT trigger_name FROM information_schema.triggers"
                    " WHERE event_object_table = 'article' AND trigger_schema = database()"
                )
            )
            connection.exec_driver_sql(f"DROP TRIGGER `{names.scalars().first()}`")


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("write", [by_orm, by_core, by_text])
def test_a_trigger_is_missing(world: World, write: Writer) -> None:
    article = create_article(world)
    drop_a_trigger(world)
    world.engine = world.database.engine()
    with pytest.raises(MissingTrigger, match="article"):
        write(world, article, [[born(1)]])
    with pytest.raises(MissingTrigger):
        world.manager.check(world.engine).raise_for_problems()
    world.Base.metadata.create_all(world.engine)
    world.manager.check(world.engine).raise_for_problems()
    write(world, article, [[born(1)]])
    assert len(world.versions(article)) == 1


@pytest.mark.recorders("triggers")
def test_a_trigger_is_missing_but_nobody_looks(new_world: NewWorld) -> None:
    world = new_world(verify_on_first_use=False)
    article = create_article(world)
    drop_a_trigger(world)
    with world.database.engine().begin() as connection:
        connection.execute(insert(article.__table__).values(id=1))
    with pytest.raises(MissingTrigger):
        world.manager.check(world.engine).raise_for_problems()


@pytest.mark.recorders("triggers")
def test_triggers_of_another_definition(new_world: NewWorld) -> None:
    before = new_world()
    create_article(before, exclude=["content"])
    before.close()
    after = new_world()
    article = define_article(after)
    with after.engine.begin() as connection:
        connection.execute(text("ALTER TABLE article_version ADD COLUMN content VARCHAR(200)"))
    after.Base.registry.configure()
    with pytest.raises(StaleTrigger, match="article"), after.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=1))
    after.create()
    with after.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=1, content="x"))
    assert after.story(article, "content") == [(1, "insert", 1, None, "x")]


@pytest.mark.recorders("triggers")
def test_a_process_of_the_release_before(new_world: NewWorld) -> None:
    after = new_world()
    create_article(after)
    after.close()
    before = new_world(verify_on_first_use="missing")
    article = define_article(before, exclude=["content"])
    before.Base.registry.configure()
    with (
        pytest.warns(StaleTriggerWarning, match="article"),
        before.engine.begin() as connection,
    ):
        connection.execute(insert(article.__table__).values(id=1, name="a"))
    assert before.story(article, "name") == [(1, "insert", 1, None, "a")]
    drop_a_trigger(before)
    before.engine = before.database.engine()
    with pytest.raises(MissingTrigger), before.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=2))


def test_looking_in_a_way_that_does_not_exist() -> None:
    with pytest.raises(ImproperlyConfigured, match="verify_on_first_use='never'"):
        make_versioned(manager=VersioningManager(), verify_on_first_use="never")  # type: ignore[arg-type]


@pytest.mark.recorders("orm")
def test_triggers_on_a_table_of_the_orm_recorder(new_world: NewWorld) -> None:
    before = new_world(options={"native_versioning": True})
    create_article(before)
    before.close()
    after = new_world()
    article = define_article(after)
    after.Base.registry.configure()
    with pytest.raises(RecorderConflict, match="article"), after.transaction() as session:
        session.add(article(id=1))
    assert after.live(article) == {}


@pytest.mark.recorders("orm")
def test_text_that_the_orm_recorder_cannot_see(world: World) -> None:
    create_article(world)
    with world.engine.begin() as connection, pytest.warns(Warning, match="article"):
        connection.execute(text("UPDATE article SET name = 'x'"))


@pytest.mark.recorders("triggers")
def test_a_failure_to_record_fails_the_write(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.engine.begin() as connection:
        connection.execute(text("DROP TABLE article_version"))
    with pytest.raises(ClientError):
        world.database.client("UPDATE article SET name = 'x';")
    assert world.live(article)[(1,)]["name"] == "a"
    assert len(world.transactions()) == 1


def test_a_column_without_a_type(world: World) -> None:
    class Note(world.Base):
        __table__ = Table(
            "note", world.Base.metadata, Column("id", Integer, primary_key=True), Column("x")
        )
        __versioned__: dict[str, Any] = {}

    with pytest.raises(UnsupportedTable, match="no type") as error:
        world.Base.registry.configure()
    assert (error.value.table, error.value.column) == ("note", "x")


def test_a_class_in_the_table_of_one_that_is_not_versioned(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String(10))
        __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_on": "kind"}

    class Author(Person):
        __versioned__: dict[str, Any] = {}
        __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "author"}

    with pytest.raises(ImproperlyConfigured, match="Person"):
        world.Base.registry.configure()


@pytest.mark.recorders("triggers")
def test_a_column_that_only_the_model_has(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE article_version RENAME COLUMN content TO x"))
    for action in (world.Base.metadata.create_all, world.manager.install):
        with pytest.raises(MissingHistory, match="lacks the column 'content'"):
            action(world.engine)
    assert not world.manager.check(world.engine).ok
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE article_version RENAME COLUMN x TO content"))
    world.manager.install(world.engine)
    world.manager.check(world.engine).raise_for_problems()
    with world.transaction() as session:
        session.add(article(id=1))
    assert len(world.versions(article)) == 1


def test_the_transaction_table_is_missing(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        world.log.drop(connection)
    report = world.manager.check(world.engine)
    assert [type(problem) for problem in report.problems] == [MissingHistory]
    with pytest.raises((DBAPIError, VersioningError)), world.transaction() as session:
        session.add(article(id=1))
    assert world.live(article) == {}


@pytest.mark.parametrize("options", [{"null_delete": "no"}, {"versioning": 1}])
def test_a_switch_that_is_neither_on_nor_off(world: World, options: dict[str, Any]) -> None:
    define_article(world, **options)
    with pytest.raises(ImproperlyConfigured, match="neither True nor False"):
        world.Base.registry.configure()


def test_a_key_cannot_be_excluded(world: World) -> None:
    define_article(world, exclude=["id"])
    with pytest.raises(ImproperlyConfigured, match="part of the key"):
        world.Base.registry.configure()


def test_a_class_that_cannot_be_versioned_is_not_forgotten(world: World) -> None:
    define_article(world)
    define_article(world, table="other", strategy="none")
    for _ in range(2):
        with pytest.raises(ImproperlyConfigured, match="strategy"):
            world.manager.configured_journals()
        with pytest.raises(ImproperlyConfigured, match="strategy"):
            world.Base.metadata.create_all(world.engine)
    assert not inspect(world.engine).has_table("article")
