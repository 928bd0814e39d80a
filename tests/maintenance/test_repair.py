"""repair(): each fault is mended, nothing else is touched, and what was done is told."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from continuum import prune
from continuum import repair
from continuum import unlocked
from continuum import verify
from continuum import version_table
from continuum.dialects.base import INTERNAL
from continuum.plugins import TransactionChangesPlugin
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import create_article


def tamper(world: World, *statements: Any) -> None:
    """Execute statements past the recorders."""
    with world.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement, execution_options={INTERNAL: True})


def past_the_triggers(world: World, *statements: Any) -> None:
    """Write to live tables without being recorded."""
    world.manager.uninstall(world.engine)
    tamper(world, *statements)
    world.manager.install(world.engine)


def stored(world: World, tables: Iterable[Table]) -> list[list[Any]]:
    """Return the rows of version tables, their keys first."""
    with world.engine.connect() as connection:
        return [
            list(connection.execute(select(*table.primary_key, table).order_by(*table.primary_key)))
            for table in map(version_table, tables)
        ]


def mend(world: World, *models: Any, **arguments: Any) -> dict[tuple[str, str], int]:
    """Mend what is wrong; look that the dry run foretells it, and that nothing is left."""
    before = [world.versions(model) for model in models]
    told = repair(world.engine, *models, manager=world.manager, dry_run=True)
    assert [world.versions(model) for model in models] == before
    report = repair(world.engine, *models, manager=world.manager, **arguments)
    assert report.ok
    assert told.mended == report.mended
    found = verify(world.engine, manager=world.manager)
    assert found.ok, found
    assert repair(world.engine, *models, manager=world.manager).total == 0
    return report.mended


def with_history(world: World, **options: Any) -> Any:
    """Article 1 has three versions, 2 is deleted, 3 and 4 are as they were."""
    article = create_article(world, **options)
    with world.transaction() as session:
        session.add_all([article(id=number, name="a", hits=0) for number in (1, 2, 3, 4)])
    for name in "bc":
        with world.transaction() as session:
            session.get_one(article, 1).name = name
    with world.transaction() as session:
        session.delete(session.get_one(article, 2))
    return article


def test_a_sound_history(world: World) -> None:
    article = with_history(world)
    before = world.versions(article), world.transactions()
    report = repair(world.engine, manager=world.manager)
    assert (report.total, report.ok, str(report)) == (0, True, "nothing to mend")
    assert (world.versions(article), world.transactions()) == before


@pytest.mark.parametrize("end_timestamp", [False, True])
def test_ends(world: World, end_timestamp: bool) -> None:
    article = with_history(world, end_timestamp=end_timestamp)
    history = version_table(article.__table__)
    sound = world.versions(article)
    first, second, _, fourth = (row.id for row in world.transactions())
    tamper(
        world,
        # In force for ever, for too long, and until before it began.
        update(history)
        .where(history.c.id == 1, history.c.transaction_id == first)
        .values(end_transaction_id=None),
        update(history)
        .where(history.c.id == 1, history.c.transaction_id == second)
        .values(end_transaction_id=fourth),
        update(history).where(history.c.id == 3).values(end_transaction_id=first),
    )
    if end_timestamp:
        tamper(world, update(history).values(end_timestamp=None))
    times = {("article", "end time"): 3} if end_timestamp else {}
    told = repair(world.engine, manager=world.manager, dry_run=True)
    assert ("article", "overlap") in told.mended
    report = repair(world.engine, manager=world.manager, batch=1)
    assert report.ok
    assert report.mended[("article", "overlap")] == 2
    assert report.mended[("article", "backwards")] == 1
    assert (("article", "end time") in report.mended) is bool(times)
    assert world.versions(article) == sound
    assert verify(world.engine, manager=world.manager).ok
    rows = [row for row in world.transactions() if row.reason == "repair"]
    assert [row.id for row in rows] == report.transactions
    assert rows[0].meta["repaired"] == {"article": {"overlap": 1}}


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_rows_that_are_not_as_history_says(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(plugins=[TransactionChangesPlugin()])
    article = with_history(world, strategy=strategy)
    live = article.__table__
    past_the_triggers(
        world,
        update(live).where(live.c.id == 1).values(name="C"),
        update(live).where(live.c.id == 4).values(name=None),
        delete(live).where(live.c.id == 3),
        insert(live).values(id=2, name="again"),
    )
    assert mend(world, article, batch=1) == {
        ("article", "changed"): 2,
        ("article", "gone"): 1,
        ("article", "risen"): 1,
    }
    world.verify(article)
    newest = {item.key[0]: item for item in world.versions(article)}
    assert {key: (item.operation, item.values["name"]) for key, item in newest.items()} == {
        1: (1, "C"),
        2: (0, "again"),
        3: (2, "a"),
        4: (1, None),
    }
    made = {row.id: row.reason for row in world.transactions()}
    assert {made[item.transaction] for item in newest.values()} == {"repair"}
    noted = world.Base.metadata.tables["transaction_changes"]
    with world.engine.connect() as connection:
        names = connection.scalars(
            select(noted.c.entity_name).where(
                noted.c.transaction_id.in_([item.transaction for item in newest.values()])
            )
        ).all()
    assert names == ["Article"] * 4
    # History goes on from there.
    with world.transaction() as session:
        session.get_one(article, 1).name = "d"
        session.delete(session.get_one(article, 4))
    world.verify(article)


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_flags_say_what_was_changed(world: World, flags: str) -> None:
    article = with_history(world, flags=flags)
    live = article.__table__
    past_the_triggers(world, update(live).where(live.c.id == 3).values(name="z"))
    assert mend(world, article) == {("article", "changed"): 1}
    history = version_table(live)
    newest = select(history).where(history.c.id == 3).order_by(history.c.transaction_id.desc())
    with world.engine.connect() as connection:
        row = connection.execute(newest).first()
    assert row is not None
    if flags == "columns":
        assert (row.name_mod, row.hits_mod, row.content_mod) == (True, False, False)
    else:
        assert row.changed_mask.bit_count() == 1


def test_transactions_that_have_no_row(world: World) -> None:
    article = with_history(world)
    rows = world.transactions()
    tamper(world, delete(world.log).where(world.log.c.id.in_([rows[0].id, rows[2].id])))
    assert mend(world, article, reason="lost") == {("article", "no transaction"): 6}
    after = world.transactions()
    assert [row.id for row in after] == [row.id for row in rows]
    assert [row.reason for row in after] == ["lost", None, "lost", None]
    # The time of the one before, or of the first that is known.
    assert [row.issued_at for row in after] == [
        rows[1].issued_at,
        rows[1].issued_at,
        rows[1].issued_at,
        rows[3].issued_at,
    ]


def test_a_transaction_of_several_versions_gets_one_row(world: World) -> None:
    article = with_history(world, strategy="subquery")
    first = world.transactions()[0].id
    tamper(world, delete(world.log).where(world.log.c.id == first))
    assert mend(world, article) == {("article", "no transaction"): 4}
    assert world.transactions()[0].id == first


def test_what_history_leaves_out_on_purpose_gets_no_version(world: World) -> None:
    article = with_history(world, operations=["insert", "delete"])
    live, history = article.__table__, version_table(article.__table__)
    newest = (history.c.id == 3, history.c.end_transaction_id.is_(None))
    tamper(world, update(history).where(*newest).values(name="forged"))
    number = len(world.versions(article))
    assert mend(world, article) == {("article", "changed"): 1}
    assert len(world.versions(article)) == number
    with world.engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(*newest)) == 0
        assert connection.scalar(select(live.c.name).where(live.c.id == 3)) == "a"


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_hierarchies(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world()
    people = Hierarchy(world, strategy=strategy)
    with world.transaction() as session:
        session.add(people.Person(id=1, name="p"))
        session.add_all(people.Manager(id=n, name="m", salary=1, title="t") for n in (2, 3, 4))
    with world.transaction() as session:
        session.get_one(people.Manager, 2).salary = 2
    person, manager = people.Person.__table__, people.Manager.__table__
    employee = people.Employee.__table__
    past_the_triggers(
        world,
        update(person).where(person.c.id == 1).values(name="P"),
        update(employee).where(employee.c.number == 2).values(salary=3),
        delete(manager).where(next(iter(manager.primary_key)) == 3),
        delete(employee).where(employee.c.number == 3),
        delete(person).where(person.c.id == 3),
    )
    lower = version_table(manager)
    tamper(world, delete(lower).where(next(iter(lower.primary_key)) == 4))
    report = repair(world.engine, people.Manager, manager=world.manager, batch=2)
    assert report.ok, report
    assert report.mended == {
        ("person", "changed"): 1,
        ("person", "gone"): 1,
        ("employee", "changed"): 1,
        ("employee", "gone"): 1,
        ("manager", "gone"): 1,
        ("manager", "no part"): 1,
    }
    assert verify(world.engine, manager=world.manager).ok
    with world.transaction() as session:
        two = session.get_one(people.Manager, 2)
        assert [(each.salary, each.title) for each in two.versions] == [
            (1, "t"),
            (2, "t"),
            (3, "t"),
        ]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_roots_that_are_lost(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world()
    people = Hierarchy(world, strategy=strategy)
    live = [each.__table__ for each in (people.Person, people.Employee, people.Manager)]
    person, employee, manager = live
    with world.transaction() as session:
        session.add_all(people.Manager(id=n, name="m", salary=1, title="t") for n in (1, 2, 3, 4))
    with world.transaction() as session:
        session.get_one(people.Manager, 1).salary = 2
        for number in (2, 3):
            session.delete(session.get_one(people.Manager, number))
    # 1 lives on, 2 came back past the triggers, 3 is gone, and of all of them the root is lost;
    # of 4 what is there and what history says differ at each level.
    past_the_triggers(
        world,
        insert(person).values(id=2, kind="manager", name="back"),
        insert(employee).values(number=2, salary=5),
        insert(manager).values(manager_id=2, title="back"),
        update(employee).where(employee.c.number == 4).values(salary=9),
        delete(manager).where(manager.c.manager_id == 4),
    )
    root, lower = version_table(person), version_table(manager)
    tamper(
        world,
        delete(root).where(root.c.id < 4),
        update(root).where(root.c.id == 4).values(name="forged"),
        delete(lower).where(next(iter(lower.primary_key)) == 1),
    )
    before = stored(world, live)
    told = repair(world.engine, manager=world.manager, dry_run=True)
    assert stored(world, live) == before
    report = repair(world.engine, people.Manager, manager=world.manager, batch=1)
    assert report.left == told.left
    assert report.mended[("person", "unrecorded")] == told.mended[("person", "unrecorded")] == 2
    # Once was enough, and what the root was before is not made up.
    again = repair(world.engine, manager=world.manager)
    assert (again.mended, again.left) == ({}, report.left)
    assert {item.kind for item in report.left} == {"no root"}
    assert "remove_unreadable=True" in str(report)
    with world.transaction() as session:
        for number, salary, title in ((1, 2, "t"), (2, 5, "back")):
            [version] = session.get_one(people.Manager, number).versions
            assert (version.salary, version.title, version.operation_type) == (salary, title, 0)
    total = sum(item.number for item in report.left)
    told = repair(world.engine, manager=world.manager, remove_unreadable=True, dry_run=True)
    assert (told.total, told.left) == (total, ())
    report = repair(world.engine, manager=world.manager, remove_unreadable=True, batch=1)
    assert report.ok
    assert report.mended == told.mended
    assert verify(world.engine, manager=world.manager).ok
    assert all(row[0] != 3 for rows in stored(world, live) for row in rows)


def test_in_a_transaction_of_the_caller(world: World) -> None:
    article = with_history(world)
    history = version_table(article.__table__)
    sound = world.versions(article)
    tamper(world, update(history).where(history.c.id == 1).values(end_transaction_id=None))
    with world.engine.connect() as connection:
        assert repair(connection, article, manager=world.manager).total == 2
        assert world.versions(article, connection) == sound
        connection.rollback()
    assert world.versions(article) != sound


def test_one_row_at_a_time_beside_a_writer(world: World) -> None:
    article = with_history(world)
    past_the_triggers(world, update(article.__table__).values(hits=5))
    turns = []

    def write(report: Any) -> None:
        turns.append(report.total)
        with world.transaction() as session:
            session.execute(update(article).where(article.id == 4).values(name="meanwhile"))

    report = repair(world.engine, article, batch=1, manager=world.manager, progress=write)
    assert report.ok
    assert verify(world.engine, manager=world.manager).ok
    assert turns[0] == 1
    world.verify(article)


@pytest.mark.recorders("triggers")
def test_who_mended_append_only_history_stays_known(new_world: Callable[..., World]) -> None:
    world = new_world(options={"append_only": True})
    article = with_history(world)
    history = version_table(article.__table__)
    with world.transaction() as session, unlocked(session, reason="by hand", manager=world.manager):
        session.execute(
            update(history).where(history.c.id == 1).values(end_transaction_id=None),
            execution_options={INTERNAL: True},
        )
    assert repair(world.engine, manager=world.manager, reason="an accident").total == 2
    prune(world.engine, keep_last=1, transactions=True, manager=world.manager)
    rows = {row.reason: row.meta for row in world.transactions()}
    assert rows["unlocked: an accident"] == {"repaired": {"article": {"overlap": 2}}}
