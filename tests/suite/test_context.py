"""Who made a change, and why."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import ImproperlyConfigured
from continuum import TransactionFactory
from continuum import backfill
from continuum import context
from continuum import repair
from continuum import transaction_class
from continuum import version_table
from continuum.errors import ContextConflict
from continuum.errors import InvalidArgument
from continuum.errors import InvalidContext
from continuum.errors import UnknownOption
from continuum.integrations.handover import packed_context
from continuum.integrations.handover import unpacked_context
from continuum.integrations.jobs import recorded_job
from continuum.transaction import TransactionBase
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article


def said(world: World) -> list[tuple[Any, ...]]:
    """Return who and why of all transactions, in order."""
    return [(row.actor, row.reason, row.meta, row.remote_addr) for row in world.transactions()]


def test_who_and_why(world: World) -> None:
    article = create_article(world)
    reason = 'it\'s "50%" ünï ☃ \\'
    with context(None, actor="Ada", reason=reason, meta={"n": 1}), world.transaction() as session:
        session.add(article(id=1))
    meta = {"a": [None, {"b": "c"}]}
    with context(remote_addr="2001:db8::1", meta=meta), world.transaction() as session:
        session.add(article(id=2))
    with world.transaction() as session:
        session.add(article(id=3))
    assert said(world) == [
        ("Ada", reason, {"n": 1}, None),
        (None, None, meta, "2001:db8::1"),
        (None, None, None, None),
    ]


def test_core_statements_carry_the_context(world: World) -> None:
    article = create_article(world)
    with context(actor="Ada"), world.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=1))
    assert said(world) == [("Ada", None, None, None)]


@pytest.mark.recorders("triggers")
def test_raw_statements_carry_the_context(world: World) -> None:
    create_article(world)
    with context(actor="Ada", reason="import"), world.transaction() as session:
        session.execute(text("INSERT INTO article (id) VALUES (1)"))
    assert said(world) == [("Ada", "import", None, None)]


def test_the_context_does_not_reach_the_next_transaction(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        with context(actor="Ada"):
            session.add(article(id=1))
            session.commit()
        session.add(article(id=2))
        session.commit()
    assert [entry[0] for entry in said(world)] == ["Ada", None]


def test_a_context_in_which_nothing_changes_leaves_nothing(world: World) -> None:
    article = create_article(world)
    with context(actor="Ada"), world.transaction() as session:
        assert session.scalars(select(article)).all() == []
    assert world.transactions() == []


def test_nested_contexts_add_up(world: World) -> None:
    article = create_article(world)
    with (
        context(actor="Ada", reason="outer", meta={"a": 1, "b": 1}),
        context(reason="inner", meta={"b": 2, "c": 3}),
        world.transaction() as session,
    ):
        session.add(article(id=1))
    assert said(world) == [("Ada", "inner", {"a": 1, "b": 2, "c": 3}, None)]


def test_contexts_of_one_transaction_add_up(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        with context(reason="first", meta={"a": 1}):
            session.add(article(id=1))
            session.flush()
        with context(actor="Ada", meta={"b": 2}):
            session.add(article(id=2))
            session.flush()
    assert said(world) == [("Ada", "first", {"a": 1, "b": 2}, None)]


def test_a_transaction_has_one_actor(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        with context(actor="Ada"):
            session.add(article(id=1))
            session.flush()
        with context(actor="Ada"):
            session.add(article(id=2))
            session.flush()
        session.add(article(id=3))
        with context(actor="Grace"), pytest.raises(ContextConflict):
            session.flush()
        session.rollback()
    assert world.transactions() == []


def test_a_context_for_one_session(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as one, Session(world.engine) as two, context(one, actor="Ada"):
        one.add(article(id=1))
        one.commit()
        two.add(article(id=2))
        two.commit()
    assert [entry[0] for entry in said(world)] == ["Ada", None]


def test_a_context_belongs_to_its_thread(world: World) -> None:
    article = create_article(world)

    def write() -> None:
        with world.transaction() as session:
            session.add(article(id=1))

    with context(actor="Ada"):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert said(world) == [(None, None, None, None)]


def test_a_context_is_refused_under_autocommit(world: World) -> None:
    article = create_article(world)
    engine = world.database.engine(isolation_level="AUTOCOMMIT")
    with context(actor="Ada"), engine.connect() as connection, pytest.raises(ContextConflict):
        connection.execute(insert(article.__table__).values(id=1))
    assert world.live(article) == {}


def test_a_context_inside_a_savepoint_that_is_rolled_back(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        savepoint = session.begin_nested()
        with context(actor="Ada", meta={"a": 1}):
            session.add(article(id=1))
            session.flush()
        savepoint.rollback()
        with context(reason="kept"):
            session.add(article(id=2))
            session.flush()
    assert said(world) == [(None, "kept", None, None)]


def test_a_context_in_a_rolled_back_transaction(world: World) -> None:
    article = create_article(world)
    with Session(world.engine) as session:
        with context(actor="Ada"):
            session.add(article(id=1))
            session.flush()
            session.rollback()
        session.add(article(id=2))
        session.commit()
    assert said(world) == [(None, None, None, None)]


def test_the_context_ends_with_a_textual_commit(world: World) -> None:
    article = create_article(world)
    with world.engine.connect() as connection:
        with context(actor="Ada", meta={"a": 1}):
            connection.execute(insert(article.__table__).values(id=1))
            connection.exec_driver_sql("COMMIT")
        connection.execute(insert(article.__table__).values(id=2))
        connection.commit()
    assert said(world) == [("Ada", None, {"a": 1}, None), (None, None, None, None)]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("postgresql")
def test_round_trips(world: World) -> None:
    """None without a context, one with it; the first write of an engine looks for triggers."""
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1))
    with counted(world.engine) as without, world.engine.begin() as connection:
        connection.execute(insert(article.__table__).values(id=2))
    with (
        context(actor="Ada", meta={"a": 1}),
        counted(world.engine) as with_context,
        world.engine.begin() as connection,
    ):
        connection.execute(insert(article.__table__).values(id=3))
        connection.execute(insert(article.__table__).values(id=4))
    assert len(without) == 1
    assert len(with_context) == 3


# The user.


def declare_user(base: Any) -> dict[str, Any]:
    class User(base):
        __tablename__ = "user"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    return {"user_cls": User}


def test_the_actor_is_a_user(new_world: Callable[..., World]) -> None:
    world = new_world(declare=declare_user)
    article = create_article(world)
    user_cls = world.manager.user_cls
    with world.transaction() as session:
        session.add(user_cls(id=5, name="Ada"))
    with world.transaction() as session, context(actor=session.get_one(user_cls, 5)):
        session.add(article(id=1))
        session.flush()
    with context(actor=5), world.transaction() as session:
        session.add(article(id=2))
    with world.transaction() as session:
        transactions = session.scalars(select(transaction_class(article)))
        assert [transaction.user.name for transaction in transactions] == ["Ada", "Ada"]


def test_the_log_outlives_the_user(new_world: Callable[..., World]) -> None:
    world = new_world(declare=declare_user)
    article = create_article(world)
    user_cls = world.manager.user_cls
    with world.transaction() as session:
        session.add(user_cls(id=5, name="Ada"))
    with context(actor=5), world.transaction() as session:
        session.add(article(id=1))
    with world.transaction() as session:
        session.delete(session.get_one(user_cls, 5))
    with world.transaction() as session:
        (transaction,) = session.scalars(select(transaction_class(article)))
        assert transaction.user_id == 5
        assert transaction.user is None


def test_the_user_class_by_name(new_world: Callable[..., World]) -> None:
    world = new_world(declare=declare_user, user_cls="User")
    article = create_article(world)
    assert "user_id" in transaction_class(article).__table__.c


def test_a_user_class_that_does_not_exist(new_world: Callable[..., World]) -> None:
    world = new_world(user_cls="Nobody")
    define_article(world)
    with pytest.raises(ImproperlyConfigured, match="Nobody"):
        world.create()


# A Transaction class of one's own.

numbers = iter(range(1, 1000))


def declare_transaction(base: Any) -> dict[str, Any]:
    class Transaction(TransactionBase, base):
        __tablename__ = "transaction"
        request = mapped_column(String(40))
        number = mapped_column(Integer, default=lambda: next(numbers))
        kind = mapped_column(String(20), server_default="plain", nullable=False)

    return {"transaction_cls": Transaction}


def test_a_transaction_class_with_columns_of_its_own(new_world: Callable[..., World]) -> None:
    world = new_world(declare=declare_transaction)
    article = create_article(world)
    with context(request="abc", kind="special"), world.transaction() as session:
        session.add(article(id=1))
        session.flush()
        session.add(article(id=2))
    with world.transaction() as session:
        session.add(article(id=3))
    rows = world.transactions()
    assert [(row.request, row.kind) for row in rows] == [("abc", "special"), (None, "plain")]
    assert rows[1].number == rows[0].number + 1
    assert transaction_class(article) is world.manager.transaction_cls


@pytest.mark.recorders("triggers")
def test_plain_clients_leave_python_defaults_empty(new_world: Callable[..., World]) -> None:
    world = new_world(declare=declare_transaction)
    create_article(world)
    world.database.client("INSERT INTO article (id) VALUES (1);")
    (row,) = world.transactions()
    assert (row.request, row.number, row.kind) == (None, None, "plain")


def test_a_column_that_plain_clients_could_not_fill(new_world: Callable[..., World]) -> None:
    def declare(base: Any) -> dict[str, Any]:
        class Transaction(TransactionBase, base):
            __tablename__ = "transaction"
            request = mapped_column(String(40), nullable=False, default="x")

        return {"transaction_cls": Transaction}

    with pytest.raises(ImproperlyConfigured, match="request"):
        create_article(new_world(declare=declare))


# The row on request.


def test_a_transaction_row_on_request(world: World) -> None:
    article = create_article(world)
    with context(reason="checked"), world.transaction() as session:
        unit = world.manager.unit_of_work(session)
        assert unit.current_transaction is None
        created = unit.create_transaction(session)
        assert created.id is not None
        assert created in session
        session.add(article(id=1))
        session.flush()
        assert unit.current_transaction is created
    (row,) = world.transactions()
    assert row.id == world.versions(article)[0].transaction
    assert row.reason == "checked"


def test_a_transaction_row_on_request_stays_without_changes(world: World) -> None:
    create_article(world)
    with world.transaction() as session:
        world.manager.unit_of_work(session).create_transaction()
    assert len(world.transactions()) == 1


def test_the_transaction_that_triggers_made(world: World) -> None:
    article = create_article(world)
    with context(actor="Ada"), world.transaction() as session:
        session.add(article(id=1))
        session.flush()
        assert world.manager.unit_of_work(session).current_transaction.actor == "Ada"


def test_a_context_for_one_connection(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as mine, context(mine, actor="Ada"):
        mine.execute(insert(article.__table__).values(id=1))
    with world.engine.begin() as other, world.engine.connect() as mine, context(mine, actor="Ada"):
        other.execute(insert(article.__table__).values(id=2))
    assert [actor for actor, *_ in said(world)] == ["Ada", None]


@pytest.mark.parametrize("target", ["Ada", 7, object()], ids=["text", "number", "object"])
def test_a_context_for_something_else(target: Any) -> None:
    with pytest.raises(InvalidArgument, match="takes a Session or a Connection"), context(target):
        pass


@pytest.mark.parametrize(
    "values",
    [
        {"meta": {"day": date(2020, 1, 1)}},
        {"meta": {"rate": float("nan")}},
        {"reason": "a\0b"},
        {"reason": 3},
        {"meta": object()},
        {"meta": "abc"},
        {"meta": {1: 2}},
        {"actor": "x" * 256},
        {"actor": object()},
        {"remote_addr": "x" * 51},
    ],
    ids=[
        "not json",
        "not a number",
        "NUL",
        "no text",
        "no dictionary",
        "a text",
        "a number as key",
        "a long actor",
        "an object",
        "a long address",
    ],
)
def test_values_that_no_transaction_can_hold(world: World, values: dict[str, Any]) -> None:
    article = create_article(world)
    with pytest.raises(InvalidContext), context(**values), world.transaction() as session:
        session.add(article(id=1))
    assert world.live(article) == {}


def test_what_only_looks_like_a_nul_is_a_text(world: World) -> None:
    article = create_article(world)
    reason = r"C:\u0000bc"
    with context(reason=reason), world.transaction() as session:
        session.add(article(id=1))
    with world.transaction() as session:
        assert session.get(article, 1).versions[0].transaction.reason == reason


def test_only_what_was_asked_for_needs_room(new_world: Callable[..., World]) -> None:
    """Requests, jobs and maintenance say things of their own accord."""
    world = new_world(transaction_cls=TransactionFactory(context_columns=False))
    article = create_article(world)

    @recorded_job()
    def job(key: int) -> str | None:
        with world.transaction() as session:
            session.add(article(id=key))
        return packed_context()

    packed = job(1)
    with unpacked_context(packed), world.transaction() as session:
        session.add(article(id=2))
    versions = version_table(article.__table__)

    def damage() -> None:
        with world.engine.begin() as connection:
            connection.execute(delete(versions).where(versions.c.id == 1))
            connection.execute(update(versions).where(versions.c.id == 2).values(name="wrong"))

    damage()
    for maintain in (backfill, repair):
        assert maintain(world.engine, manager=world.manager).total == 1
    assert {version.key for version in world.versions(article)} == {(1,), (2,)}
    damage()
    asked: list[Callable[[], Any]] = [
        lambda: recorded_job(meta={"a": 1})(job)(4),
        lambda: backfill(world.engine, manager=world.manager, reason="ticket 12"),
        lambda: repair(world.engine, manager=world.manager, reason="ticket 12"),
    ]
    for call in asked:
        with pytest.raises(UnknownOption, match="no column"):
            call()
