"""History that can only grow: what is refused, what recording may do, and the way through."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import create_engine
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import TransactionFactory
from continuum import add_version
from continuum import backfill
from continuum import context
from continuum import prune
from continuum import purge
from continuum import repair
from continuum import unlocked
from continuum import vacuum
from continuum import verify
from continuum import version_table
from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import thaw
from continuum.alembic.operations import ReplaceVersionTriggersOp
from continuum.dialects import emitter_for
from continuum.errors import AppendOnlyHistory
from continuum.errors import ImproperlyConfigured
from continuum.errors import InvalidArgument
from continuum.errors import StaleTrigger
from continuum.plugins import ActivityPlugin
from continuum.plugins import TransactionChangesPlugin
from continuum.plugins import TransactionMetaPlugin
from servers.database import Database
from suite._support import World
from suite._support import create_article
from suite._support import define_article

pytestmark = pytest.mark.recorders("triggers")


@pytest.fixture
def guarded(new_world: Callable[..., World]) -> World:
    """A world whose history can only grow."""
    return new_world(options={"append_only": True})


def changed_article(world: World, **options: Any) -> Any:
    """Article 1 with three versions; article 2 with one."""
    article = create_article(world, **options)
    with world.transaction() as session:
        session.add_all([article(id=1, name="a"), article(id=2, name="a")])
    for name in "bc":
        with world.transaction() as session:
            session.get_one(article, 1).name = name
    return article


def refused(engine: Engine, statement: Any) -> AppendOnlyHistory:
    """Return the error of a statement that the database refuses."""
    with engine.connect() as connection, pytest.raises(AppendOnlyHistory) as error:
        connection.execute(statement)
    return error.value


def test_whatever_is_not_recording_is_refused(guarded: World) -> None:
    article = changed_article(guarded)
    versions, log = version_table(article.__table__), guarded.log
    before = guarded.versions(article), guarded.transactions()
    newest = max(row.id for row in guarded.transactions())
    tx, end = versions.c.transaction_id, versions.c.end_transaction_id
    for statement in (
        update(versions).values(name="x"),
        update(versions).where(end.is_(None)).values({end: newest}),
        update(versions).where(end == newest).values({end: None}),
        update(versions).where(tx == newest).values({tx: newest + 1}),
        update(versions).where(tx == newest).values(operation_type=2),
        delete(versions),
        delete(versions).where(tx == newest),
        update(log).values(actor="somebody else"),
        update(log).where(log.c.id == newest).values(id=newest + 5),
        delete(log),
    ):
        error = refused(guarded.engine, statement)
        assert "unlocked(" in str(error)
    assert (guarded.versions(article), guarded.transactions()) == before


def test_what_stands_beside_the_values_is_refused(guarded: World) -> None:
    further = [Column("label", String(20))]
    article = changed_article(guarded, end_timestamp=True, flags="columns", extra_columns=further)
    history = version_table(article.__table__)
    in_force = update(history).where(history.c.end_transaction_id.is_(None))
    refused(guarded.engine, in_force.values(label="seen"))
    refused(guarded.engine, in_force.values(end_timestamp=datetime(2001, 1, 1, tzinfo=UTC)))
    refused(guarded.engine, update(history).values(name_mod=False))
    guarded.verify(article)


@pytest.mark.engines("postgresql")
def test_truncate_is_refused(guarded: World) -> None:
    article = changed_article(guarded)
    for table in (version_table(article.__table__), guarded.log):
        name = guarded.engine.dialect.identifier_preparer.format_table(table)
        refused(guarded.engine, text(f"TRUNCATE {name}"))


@pytest.mark.engines("sqlite")
def test_replace_is_refused(guarded: World) -> None:
    """SQLite shows what a REPLACE removes to nobody, unless the connection asks for it."""
    changed_article(guarded)
    plain = create_engine(guarded.engine.url)
    for statement in (
        "INSERT OR REPLACE INTO article_version SELECT * FROM article_version",
        "INSERT OR REPLACE INTO \"transaction\" (id, actor) VALUES (1, 'x')",
    ):
        refused(plain, text(statement))
    plain.dispose()


def test_refused_inside_of_a_transaction_that_records(guarded: World) -> None:
    article = changed_article(guarded)
    versions = version_table(article.__table__)
    with guarded.engine.connect() as connection:
        connection.execute(update(article.__table__).values(name="d"))
        with pytest.raises(AppendOnlyHistory):
            connection.execute(delete(versions).where(versions.c.transaction_id == 1))
    assert len(guarded.versions(article)) == 4


def test_nobody_plays_the_recorder(guarded: World) -> None:
    """Not even in a transaction that has written something itself."""
    article = changed_article(guarded)
    live, versions = article.__table__, version_table(article.__table__)
    tx, end = versions.c.transaction_id, versions.c.end_transaction_id
    with guarded.engine.connect() as connection:
        connection.execute(update(live).where(live.c.id == 1).values(name="d"))
        mine = connection.scalar(select(func.max(tx)))
        for statement in (
            update(versions).where(versions.c.id == 2).values({end: mine}),
            update(versions).where(end == mine).values({end: None}),
            update(versions).where(tx == mine).values(name="x"),
            update(versions).where(tx == mine).values({tx: mine + 1}),
            delete(versions).where(tx == mine),
        ):
            with pytest.raises(AppendOnlyHistory), connection.begin_nested():
                connection.execute(statement)
        connection.execute(update(live).where(live.c.id == 1).values(name="e"))
        connection.commit()
    guarded.verify(article)
    assert guarded.story(article, "name")[2:4] == [
        (1, "update", 3, 4, "c"),
        (1, "update", 4, None, "e"),
    ]


def test_what_recording_does_goes_through(guarded: World) -> None:
    article = changed_article(guarded)
    with guarded.transaction() as session:  # there and back: nothing is left of it
        one = session.get_one(article, 1)
        one.name = "x"
        session.flush()
        one.name = "c"
    with guarded.transaction() as session:  # twice, and a row that comes and goes
        one = session.get_one(article, 1)
        one.name = "x"
        session.flush()
        one.name = "y"
        three = article(id=3, name="a")
        session.add(three)
        session.flush()
        session.delete(three)
        session.flush()
        session.delete(session.get_one(article, 2))
        session.flush()
        session.add(article(id=2, name="again"))
    with guarded.transaction() as session:
        session.get_one(article, 1).id = 9
    guarded.verify(article)
    assert [row[2:] for row in guarded.story(article, "name") if row[0] == 9] == [(5, None, "y")]


@pytest.mark.requires("concurrent_writers")
def test_a_transaction_may_get_another_id(guarded: World) -> None:
    article = changed_article(guarded)
    table = article.__table__
    with guarded.engine.connect() as early, guarded.engine.connect() as late:
        early.execute(table.insert().values(id=3, name="a"))
        late.execute(update(table).where(table.c.id == 1).values(name="late"))
        late.commit()
        early.execute(update(table).where(table.c.id == 1).values(name="early"))
        early.commit()
    guarded.verify(article)
    assert guarded.story(article, "name")[-1][1:] == ("insert", 5, None, "a")


def test_the_way_through_leaves_a_trace(guarded: World) -> None:
    article = changed_article(guarded)
    versions = version_table(article.__table__)
    with guarded.transaction() as session:
        with unlocked(session, reason="request 12", actor="dpo", manager=guarded.manager):
            session.execute(delete(versions).where(versions.c.id == 2))
        with pytest.raises(AppendOnlyHistory), session.begin_nested():
            session.execute(delete(versions))
    row = guarded.transactions()[-1]
    assert (row.actor, row.reason) == ("dpo", "unlocked: request 12")
    assert {version.key for version in guarded.versions(article)} == {(1,)}
    refused(guarded.engine, delete(versions))


def test_what_is_said_later_does_not_hide_the_trace(guarded: World) -> None:
    article = changed_article(guarded)
    of_two = delete(version_table(article.__table__)).where(text("id = 2"))
    with context(reason="night run"), guarded.transaction() as session:
        for why in ("request 12", "request 13"):
            with (
                unlocked(session, reason=why, manager=guarded.manager),
                context(session, reason="cleaning up", meta={"why": why}),
            ):
                session.execute(of_two)
        session.get_one(article, 1).name = "d"
        session.flush()
    assert guarded.transactions()[-1].reason == "unlocked: request 12; unlocked: request 13"


def test_the_trace_stays(guarded: World) -> None:
    article = changed_article(guarded)
    log, live = guarded.log, article.__table__
    with guarded.engine.connect() as connection:
        connection.execute(update(live).values(name="d"))
        with unlocked(connection, reason="why", actor="dpo", manager=guarded.manager):
            mine = log.c.id == connection.scalar(select(func.max(log.c.id)))
            blots = [
                update(log).where(mine).values(reason="cleaning up"),
                update(log).where(mine).values(reason=None),
                update(log).where(mine).values(actor="somebody else"),
                delete(log).where(mine),
            ]
            for statement in blots:
                with pytest.raises(AppendOnlyHistory), connection.begin_nested():
                    connection.execute(statement)
            connection.execute(update(log).where(mine).values(meta={"more": "to say"}))
        connection.commit()
    for statement in blots:
        refused(guarded.engine, statement)
    with guarded.engine.connect() as connection:
        with unlocked(connection, reason="another", manager=guarded.manager):
            for statement in blots:
                with pytest.raises(AppendOnlyHistory), connection.begin_nested():
                    connection.execute(statement)
        connection.rollback()
    row = guarded.transactions()[-1]
    assert (row.actor, row.reason, row.meta) == ("dpo", "unlocked: why", {"more": "to say"})


def test_a_transaction_says_who_and_why_but_not_when(guarded: World) -> None:
    article = changed_article(guarded)
    log = guarded.log
    with guarded.engine.connect() as connection:
        connection.execute(update(article.__table__).values(name="d"))
        own = update(log).where(log.c.id == connection.scalar(select(func.max(log.c.id))))
        for statement in (
            own.values(issued_at=datetime(2001, 1, 1, tzinfo=UTC)),
            own.values(id=99),
            delete(log).where(log.c.id == 4),
        ):
            with pytest.raises(AppendOnlyHistory), connection.begin_nested():
                connection.execute(statement)
        connection.execute(own.values(actor="me", reason="first"))
        connection.execute(own.values(actor="you", reason="second"))
        connection.commit()
    row = guarded.transactions()[-1]
    assert (row.actor, row.reason, row.issued_at.year > 2001) == ("you", "second", True)


@pytest.mark.engines("sqlite")
def test_what_has_ended_says_no_more(guarded: World) -> None:
    """SQLite has nothing but a table that tells which transaction runs."""
    changed_article(guarded)
    before = guarded.transactions()
    plain = sqlite3.connect(str(guarded.engine.url.database))
    for statement in (
        "UPDATE \"transaction\" SET actor = 'x' WHERE id = 3",
        'DELETE FROM "transaction" WHERE id = 3',
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            plain.execute(statement)
    plain.close()
    assert guarded.transactions() == before


@pytest.mark.engines("sqlite")
def test_what_has_changed_another_file_stays(
    database: Database, new_world: Callable[..., World]
) -> None:
    database.add_schema("other")
    world = new_world(options={"append_only": True})
    article = type(
        "Article",
        (world.Base,),
        {
            "__tablename__": "article",
            "__table_args__": {"schema": "other"},
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(article(id=1))
    plain = sqlite3.connect(str(world.engine.url.database))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        plain.execute('DELETE FROM "transaction"')
    plain.close()
    assert len(world.transactions()) == 1


EARLIER = {
    "sqlite": (
        "continuum_unlocked",
        "id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), transaction_id INTEGER",
    ),
    "mysql": (
        "continuum_running",
        "connection BIGINT UNSIGNED NOT NULL PRIMARY KEY, owner BIGINT, transaction_id BIGINT,"
        " paused LONGTEXT CHARACTER SET ascii",
    ),
}
"""Tables of helpers as an earlier version of the library has made them."""


@pytest.mark.engines("sqlite", "mariadb", "mysql")
def test_tables_of_helpers_are_brought_up_to_date(guarded: World) -> None:
    article = changed_article(guarded)
    table, columns = EARLIER.get(guarded.dialect, EARLIER["mysql"])
    with guarded.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql(f"CREATE TABLE {table} ({columns})")
    for name in "de":
        guarded.manager.install(guarded.engine)
        with guarded.transaction() as session:
            session.get_one(article, 1).name = name
    guarded.verify(article)
    assert [row[-1] for row in guarded.story(article, "name")] == ["a", "b", "c", "d", "e", "a"]
    refused(guarded.engine, update(version_table(article.__table__)).values(name="x"))


@pytest.fixture
def beside(new_world: Callable[..., World]) -> tuple[World, Any, Any]:
    """A guarded world with every table that can stand beside the transaction table."""
    activities = ActivityPlugin()
    plugins = [TransactionChangesPlugin(), TransactionMetaPlugin(), activities]
    options = {"append_only": True, "flags": "mask"}
    world = new_world(options=options, plugins=plugins)
    article = changed_article(world)
    activity = activities.activity_cls
    with world.transaction() as session:
        one = session.get_one(article, 1)
        one.name = "d"
        transaction = world.manager.unit_of_work(session).create_transaction()
        transaction.meta = {"ticket": "12", "by": "mistake"}
        session.add(activity(verb="publish", object=one))
        session.flush()
        del transaction.meta["by"]
        session.flush()
        transaction.meta["ticket"] = "13"
    return world, article, activity


def sides(world: World) -> list[Table]:
    """Return the tables beside the transaction table."""
    tables = world.Base.metadata.tables
    names = ("transaction_changes", "transaction_meta", "activity", "transaction_mask")
    return [tables[name] for name in names]


def touching(table: Table) -> Any:
    """Return an UPDATE that leaves a table as it is."""
    last = list(table.c)[-1]
    return update(table).values({last: last})


def test_tables_beside_transactions_are_guarded(beside: tuple[World, Any, Any]) -> None:
    world, article, _ = beside
    for table in sides(world):
        with world.engine.connect() as connection:
            before = connection.execute(select(table)).all()
        assert before
        refused(world.engine, delete(table))
        refused(world.engine, touching(table))
        with world.engine.connect() as connection:
            assert connection.execute(select(table)).all() == before
    meta, changes = sides(world)[1], sides(world)[0]
    with world.engine.connect() as connection:
        connection.execute(update(article.__table__).values(name="e"))
        with pytest.raises(AppendOnlyHistory), connection.begin_nested():
            connection.execute(delete(changes).where(changes.c.transaction_id == 5))
        with pytest.raises(AppendOnlyHistory), connection.begin_nested():
            connection.execute(update(meta).values(transaction_id=5))
    prune(world.engine, keep_last=1, transactions=True, manager=world.manager)
    assert verify(world.engine, manager=world.manager).ok


@pytest.mark.requires("concurrent_writers")
def test_tables_beside_transactions_follow_another_id(beside: tuple[World, Any, Any]) -> None:
    world, article, activity = beside
    with Session(world.engine) as early, Session(world.engine) as late:
        two = early.get_one(article, 2)
        two.name = "early"
        world.manager.unit_of_work(early).create_transaction().meta = {"ticket": "14"}
        early.add(activity(verb="publish", object=two))
        early.flush()
        late.get_one(article, 1).name = "late"
        late.commit()
        early.execute(update(article.__table__).values(name="early"))
        early.commit()
    world.verify(article)
    newest = max(row.id for row in world.transactions())
    with world.engine.connect() as connection:
        for table in sides(world)[:3]:
            assert connection.scalar(select(func.max(table.c.transaction_id))) == newest


def test_guards_beside_transactions_come_and_go(beside: tuple[World, Any, Any]) -> None:
    world, article, _ = beside
    assert world.manager.check(world.engine).ok
    drop_a_guard(world, "activity")
    assert not world.manager.check(world.engine).ok
    world.manager.install(world.engine)
    assert world.manager.check(world.engine).ok
    spec = world.manager.spec_of(article.__table__)
    assert spec is not None
    free = replace(spec, append_only=False, log=replace(spec.log, append_only=False))
    old, new = (freeze(item, world.engine.dialect.name) for item in (spec, free))
    statements = [touching(table) for table in sides(world)]
    with world.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        ReplaceVersionTriggersOp.replace(operations, old, new)
        for statement in statements:
            connection.execute(statement)
        ReplaceVersionTriggersOp.replace(operations, new, old)
    for statement in statements:
        refused(world.engine, statement)
    assert world.manager.check(world.engine).ok


def test_the_way_through_is_closed_after_an_error(guarded: World) -> None:
    article = changed_article(guarded)
    versions = version_table(article.__table__)
    with guarded.engine.connect() as connection:
        with (
            pytest.raises(LookupError),
            unlocked(connection, reason="why", manager=guarded.manager),
        ):
            raise LookupError
        with pytest.raises(AppendOnlyHistory):
            connection.execute(delete(versions))


def test_it_needs_a_reason(guarded: World) -> None:
    create_article(guarded)
    nothing: Any = None
    for reason in (" ", nothing):
        with (
            guarded.engine.connect() as connection,
            pytest.raises(InvalidArgument, match="reason"),
            unlocked(connection, reason=reason, manager=guarded.manager),
        ):
            pass


def test_it_does_nothing_where_history_may_be_changed(world: World) -> None:
    article = changed_article(world)
    with (
        world.transaction() as session,
        unlocked(session, reason="why", manager=world.manager),
    ):
        session.execute(delete(version_table(article.__table__)))
    assert len(world.transactions()) == 3


def test_maintenance_goes_through_and_says_so(guarded: World) -> None:
    article = changed_article(guarded)
    with context(actor="keeper"):
        prune(guarded.engine, article, keep_last=1, transactions=True, manager=guarded.manager)
    assert [version.values["name"] for version in guarded.versions(article)] == ["c", "a"]
    reasons = [row.reason for row in guarded.transactions() if row.actor == "keeper"]
    assert set(reasons) == {"unlocked: prune()"}
    with (
        guarded.transaction() as session,
        unlocked(session, reason="erasure", actor="dpo", manager=guarded.manager),
    ):
        purge(session, article, 2, transactions=True)
    assert [version.key for version in guarded.versions(article)] == [(1,)]
    prune(guarded.engine, keep_last=1, transactions=True, manager=guarded.manager)
    told = {row.reason for row in guarded.transactions()}
    assert {"unlocked: prune()", "unlocked: erasure"} <= told
    assert backfill(guarded.engine, article, manager=guarded.manager).total == 1
    assert not verify(guarded.engine, manager=guarded.manager).findings


def test_maintenance_that_finds_nothing_leaves_nothing(guarded: World) -> None:
    changed_article(guarded)
    before = guarded.transactions()
    prune(guarded.engine, keep_last=9, transactions=True, manager=guarded.manager)
    backfill(guarded.engine, manager=guarded.manager)
    repair(guarded.engine, manager=guarded.manager)
    assert guarded.transactions() == before


def test_repair_and_vacuum_go_through(guarded: World) -> None:
    article = changed_article(guarded)
    versions = version_table(article.__table__)
    with (
        guarded.transaction() as session,
        unlocked(session, reason="damage", manager=guarded.manager),
    ):
        session.execute(update(versions).values(end_transaction_id=None))
        session.execute(
            update(versions).where(versions.c.id == 1, versions.c.name == "b").values(name="a")
        )
    assert not verify(guarded.engine, manager=guarded.manager).ok
    repair(guarded.engine, manager=guarded.manager)
    assert verify(guarded.engine, manager=guarded.manager).ok
    with guarded.transaction() as session:
        assert vacuum(session, article) == 1
    assert verify(guarded.engine, manager=guarded.manager).ok


def test_versions_of_unchanged_objects(guarded: World) -> None:
    article = changed_article(guarded)
    with guarded.transaction() as session:
        add_version(session.get_one(article, 2))
    assert guarded.story(article, "name")[-1] == (2, "update", 4, None, "a")


def drop_a_guard(world: World, table: str = "article_version") -> None:
    """Take one of the guards of a table away."""
    name = f'"zz_continuum_guard" ON {table}'
    found = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        " AND sql LIKE '% BEFORE UPDATE ON %'",
        "postgresql": None,
    }.get(
        world.dialect,
        "SELECT trigger_name FROM information_schema.triggers WHERE event_object_table = :table"
        " AND event_manipulation = 'UPDATE' AND trigger_schema = DATABASE()",
    )
    with world.engine.begin() as connection:
        if found is not None:
            name = connection.execute(text(found), {"table": table}).scalar_one()
        connection.execute(text(f"DROP TRIGGER {name}"))


def test_check_misses_a_guard_and_install_brings_it_back(guarded: World) -> None:
    article = changed_article(guarded)
    versions = version_table(article.__table__)
    assert guarded.manager.check(guarded.engine).ok
    drop_a_guard(guarded)
    (problem,) = guarded.manager.check(guarded.engine).problems
    assert problem.table == "article"
    guarded.manager.install(guarded.engine)
    assert guarded.manager.check(guarded.engine).ok
    refused(guarded.engine, update(versions).values(name="x"))


def test_switching_it_on_and_off(guarded: World, new_world: Callable[..., World]) -> None:
    changed_article(guarded)
    guarded.close()
    free = new_world()
    article = define_article(free)
    assert {type(item) for item in free.manager.check(free.engine).problems} == {StaleTrigger}
    free.create()
    assert free.manager.check(free.engine).ok
    with free.engine.begin() as connection:
        assert connection.execute(delete(version_table(article.__table__))).rowcount == 4
        connection.execute(delete(free.log))
    free.close()
    again = new_world(options={"append_only": True})
    article = create_article(again)
    assert again.manager.check(again.engine).ok
    with again.transaction() as session:
        session.add(article(id=3, name="a"))
    refused(again.engine, delete(again.log))
    again.manager.uninstall(again.engine)
    with again.engine.begin() as connection:
        assert connection.execute(delete(again.log)).rowcount == 1
    again.Base.metadata.drop_all(again.engine)


def test_one_class_only(world: World) -> None:
    kept = define_article(world, table="kept", append_only=True)
    free = define_article(world, table="free")
    world.create()
    with world.transaction() as session:
        session.add_all([kept(id=1, name="a"), free(id=1, name="a")])
    refused(world.engine, delete(version_table(kept.__table__)))
    refused(world.engine, delete(world.log))
    with world.engine.begin() as connection:
        assert connection.execute(delete(version_table(free.__table__))).rowcount == 1


def test_a_migration_holds_it(guarded: World) -> None:
    article = create_article(guarded)
    spec = guarded.manager.spec_of(article.__table__)
    assert spec is not None
    again = thaw(freeze(spec, guarded.engine.dialect.name))
    assert (again.append_only, again.log.append_only) == (True, True)
    emitter = emitter_for(guarded.engine.dialect.name)
    assert emitter is not None
    with guarded.engine.connect() as connection:
        server = emitter.server(connection, spec.log)
    assert emitter.expected(again, server) == emitter.expected(spec, server)


def test_migrations_switch_it_on_and_off(guarded: World) -> None:
    article = changed_article(guarded)
    versions = version_table(article.__table__)
    spec = guarded.manager.spec_of(article.__table__)
    assert spec is not None
    free = replace(spec, append_only=False, log=replace(spec.log, append_only=False))
    old, new = (freeze(item, guarded.engine.dialect.name) for item in (spec, free))
    with guarded.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        ReplaceVersionTriggersOp.replace(operations, old, new)
        assert connection.execute(update(versions).values(name="x")).rowcount == 4
        assert connection.execute(update(guarded.log).values(actor="x")).rowcount == 3
        ReplaceVersionTriggersOp.replace(operations, new, old)
    assert guarded.manager.check(guarded.engine).ok
    refused(guarded.engine, update(versions).values(name="y"))
    refused(guarded.engine, update(guarded.log).values(actor="y"))


def test_the_orm_recorder_cannot_be_told_from_others(new_world: Callable[..., World]) -> None:
    with pytest.raises(ImproperlyConfigured, match="append_only"):
        new_world(options={"append_only": True, "native_versioning": False})
    world = new_world()
    define_article(world, append_only=True, native_versioning=False)
    with pytest.raises(ImproperlyConfigured, match="append_only"):
        world.create()


def test_there_has_to_be_a_column_for_the_reason(new_world: Callable[..., World]) -> None:
    world = new_world(transaction_cls=TransactionFactory(context_columns=False))
    define_article(world, append_only=True)
    with pytest.raises(ImproperlyConfigured, match="reason"):
        world.create()
