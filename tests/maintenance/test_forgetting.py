"""delete_transaction(): what it did was never done, and the rest of history is as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import update

from continuum import delete_transaction
from continuum import paused
from continuum import verify
from continuum import version_table
from continuum.errors import InvalidPoint
from continuum.errors import TransactionInForce
from continuum.plugins import TransactionChangesPlugin
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import create_article


def story(world: World, article: Any) -> list[tuple[Any, ...]]:
    return [(v.key[0], v.operation, v.values["name"]) for v in world.versions(article)]


def remove(world: World, number: Any, **options: Any) -> Any:
    with world.transaction() as session:
        return delete_transaction(session, number, manager=world.manager, **options)


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_as_if_it_had_never_been(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world(plugins=[TransactionChangesPlugin()])
    article = create_article(world, strategy=strategy, end_timestamp=strategy == "validity")
    for name in "abcd":
        with world.transaction() as session:
            session.merge(article(id=1, name=name))
    ids = [row.id for row in world.transactions()]
    assert remove(world, ids[1], dry_run=True).removed == {"article": 1}
    assert len(world.transactions()) == 4
    with world.transaction() as session:
        versions = list(session.get_one(article, 1).versions)
        report = delete_transaction(session, versions[1].transaction)
        assert (report.removed, report.transactions) == ({"article": 1}, 1)
        assert versions[1] not in session
        assert versions[2].changeset == {"name": ["a", "c"]}
    assert story(world, article) == [(1, 0, "a"), (1, 1, "c"), (1, 1, "d")]
    # The first one: the next one is the birth then.
    remove(world, ids[0])
    assert story(world, article) == [(1, 0, "c"), (1, 1, "d")]
    assert [row.id for row in world.transactions()] == ids[2:]
    assert verify(world.engine, manager=world.manager).findings == ()
    world.verify(article)


def test_a_life_between_two(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    with world.transaction() as session:
        session.delete(session.get_one(article, 1))
    with world.transaction() as session:
        session.add(article(id=1, name="b"))
    remove(world, world.transactions()[1].id)
    assert story(world, article) == [(1, 0, "a"), (1, 1, "b")]
    world.verify(article)
    assert verify(world.engine, manager=world.manager).ok


def test_flags_follow(world: World) -> None:
    article = create_article(world, flags="columns")
    with world.transaction() as session:
        session.add(article(id=1, name="a", hits=0))
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    with world.transaction() as session:
        session.get_one(article, 1).hits = 1
    remove(world, world.transactions()[1].id)
    history = version_table(article.__table__)
    newest = select(history).order_by(history.c.transaction_id.desc())
    with world.engine.connect() as connection:
        row = connection.execute(newest).first()
    assert row is not None
    assert (row.name_mod, row.hits_mod) == (True, True)


def test_what_is_in_force_stays(world: World) -> None:
    article = create_article(world)
    with world.transaction() as session:
        session.add_all([article(id=1, name="a"), article(id=2, name="a")])
    with world.transaction() as session:
        session.get_one(article, 1).name = "b"
    with world.transaction() as session:
        one = session.get_one(article, 1)
        with paused(session, article):
            session.execute(update(article).values(name="unseen"))
        session.add(article(id=3))
    before = story(world, article)
    first, second, third = (row.id for row in world.transactions())
    for number, told in ((first, "ended|in force"), (second, "in force"), (third, "in force")):
        with pytest.raises(TransactionInForce, match=told):
            remove(world, number)
    with world.transaction() as session:
        session.get_one(article, 3).name = "c"
    with pytest.raises(TransactionInForce, match="as a pause does"):
        remove(world, third)
    with pytest.raises(InvalidPoint, match="there is no transaction 999"):
        remove(world, 999)
    for wrong in (None, True):
        with pytest.raises(InvalidPoint, match=f"{wrong} is no transaction"):
            remove(world, wrong)
    assert story(world, article)[: len(before)] == before
    assert one is not None


def test_hierarchies(new_world: Callable[..., World]) -> None:
    world = new_world()
    people = Hierarchy(world)
    with world.transaction() as session:
        session.add(people.Manager(id=1, name="m", salary=1, title="t"))
    for salary in (2, 3):
        with world.transaction() as session:
            session.get_one(people.Manager, 1).salary = salary
    with world.transaction() as session:
        session.get_one(people.Manager, 1).name = "n"
    with world.transaction() as session:
        session.get_one(people.Manager, 1).salary = 4
    ids = [row.id for row in world.transactions()]
    assert remove(world, ids[1]).removed == {"person": 1, "employee": 1}
    # The salary of the third holds for the version of the fourth.
    with pytest.raises(TransactionInForce, match="part of later versions"):
        remove(world, ids[2])
    remove(world, ids[3])
    with world.transaction() as session:
        versions = session.get_one(people.Manager, 1).versions
        assert [(each.name, each.salary) for each in versions] == [("m", 1), ("m", 3), ("n", 4)]
    assert verify(world.engine, manager=world.manager).ok
