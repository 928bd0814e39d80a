"""What the ORM recorder writes at the levels of joined inheritance."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from continuum import Operation
from continuum import paused
from continuum import version_table
from continuum.dialects.base import INTERNAL
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import counted

NEW, CHANGED, GONE = Operation.INSERT, Operation.UPDATE, Operation.DELETE

Line = tuple[Any, ...]


@pytest.fixture(params=["validity", "subquery"])
def family(new_world: Callable[..., World], request: pytest.FixtureRequest) -> Hierarchy:
    return Hierarchy(new_world(), strategy=request.param)


@pytest.fixture
def timed(new_world: Callable[..., World]) -> Hierarchy:
    """A hierarchy whose versions know their ends."""
    return Hierarchy(new_world())


VALUES = {"person": "name", "employee": "salary", "manager": "title"}


def lines(family: Hierarchy, cls: Any) -> list[Line]:
    """Return the versions of one level: (key, kind, from, to, value), transactions as ranks.

    Without ends the next version's start stands for the end.
    """
    table = version_table(cls.__table__)
    live = cls.__table__
    [key] = [table.c[live_key.key] for live_key in table.c if live_key.name in _key_names(live)][:1]
    with family.world.engine.connect() as connection:
        ids = list(connection.scalars(select(family.world.log.c.id).order_by("id")))
        rank = {number: position for position, number in enumerate(ids, start=1)} | {0: 0}
        by_name = {column.name: column for column in table.c}
        end = by_name.get("end_transaction_id")
        found = [
            [
                row[0],
                Operation(row[1]),
                rank[row[2]],
                None if end is None or row[4] is None else rank[row[4]],
                row[3],
            ]
            for row in connection.execute(
                select(
                    key,
                    by_name["operation_type"],
                    by_name["transaction_id"],
                    by_name[VALUES[live.name]],
                    *(() if end is None else (end,)),
                ).order_by(key, by_name["transaction_id"])
            )
        ]
    if end is None:
        for one, two in pairwise(found):
            if one[0] == two[0]:
                one[3] = two[2]
    return [tuple(row) for row in found]


def _key_names(live: Any) -> set[str]:
    return {column.name for column in live.primary_key.columns}


def all_lines(family: Hierarchy) -> tuple[list[Line], list[Line], list[Line]]:
    return (
        lines(family, family.Person),
        lines(family, family.Employee),
        lines(family, family.Manager),
    )


def hire(family: Hierarchy, **values: Any) -> None:
    """Insert manager 1 in a transaction of its own."""
    given = {"id": 1, "name": "Ada", "salary": 10, "title": "CTO", **values}
    with family.world.transaction() as session:
        session.add(family.Manager(**given))


def change(family: Hierarchy, **values: Any) -> None:
    with family.world.transaction() as session:
        manager = session.get(family.Manager, 1)
        for name, value in values.items():
            setattr(manager, name, value)


def core(family: Hierarchy, *statements: Any) -> None:
    """Execute statements in one transaction."""
    with family.world.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def of(cls: Any) -> Any:
    return cls.__table__


def unrecorded(family: Hierarchy, *statements: Any) -> None:
    """Change live rows behind the recorder's back."""
    with family.world.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement, execution_options={INTERNAL: True})


def test_each_level_has_its_own_changes_and_the_root_has_all(family: Hierarchy) -> None:
    hire(family)
    change(family, name="Eve")
    change(family, salary=20)
    change(family, title="CEO", name="Ann")
    with family.world.transaction() as session:
        session.delete(session.get(family.Manager, 1))
    person, employee, manager = all_lines(family)
    assert person == [
        (1, NEW, 1, 2, "Ada"),
        (1, CHANGED, 2, 3, "Eve"),
        (1, CHANGED, 3, 4, "Eve"),
        (1, CHANGED, 4, 5, "Ann"),
        (1, GONE, 5, None, "Ann"),
    ]
    assert employee == [(1, NEW, 1, 3, 10), (1, CHANGED, 3, 5, 20), (1, GONE, 5, None, 20)]
    assert manager == [(1, NEW, 1, 4, "CTO"), (1, CHANGED, 4, 5, "CEO"), (1, GONE, 5, None, "CEO")]


def test_a_change_that_is_taken_back_at_every_level_leaves_nothing(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        manager = session.get(family.Manager, 1)
        for name, salary in (("Eve", 20), ("Eve", 10), ("Ada", 10)):
            manager.name, manager.salary = name, salary
            session.flush()
    assert all_lines(family) == (
        [(1, NEW, 1, None, "Ada")],
        [(1, NEW, 1, None, 10)],
        [(1, NEW, 1, None, "CTO")],
    )


@pytest.mark.parametrize("order", ["root first", "root last"])
def test_a_change_back_at_the_root_keeps_the_version_of_a_lower_change(
    family: Hierarchy, order: str
) -> None:
    hire(family)
    with family.world.transaction() as session:
        manager = session.get(family.Manager, 1)
        steps = [("Eve", 10), ("Eve", 20), ("Ada", 20)]
        if order == "root first":
            steps = [("Eve", 10), ("Ada", 10), ("Ada", 20)]
        for name, salary in steps:
            manager.name, manager.salary = name, salary
            session.flush()
    person, employee, manager = all_lines(family)
    assert person == [(1, NEW, 1, 2, "Ada"), (1, CHANGED, 2, None, "Ada")]
    assert employee == [(1, NEW, 1, 2, 10), (1, CHANGED, 2, None, 20)]
    assert manager == [(1, NEW, 1, None, "CTO")]


def test_a_change_back_below_leaves_the_change_of_the_root(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        manager = session.get(family.Manager, 1)
        for name, salary in (("Ada", 20), ("Eve", 20), ("Eve", 10)):
            manager.name, manager.salary = name, salary
            session.flush()
    assert all_lines(family)[:2] == (
        [(1, NEW, 1, 2, "Ada"), (1, CHANGED, 2, None, "Eve")],
        [(1, NEW, 1, None, 10)],
    )


def test_one_level_changes_back_while_another_stays_changed(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        manager = session.get(family.Manager, 1)
        for salary, title in ((20, "CEO"), (10, "CEO")):
            manager.salary, manager.title = salary, title
            session.flush()
    assert all_lines(family) == (
        [(1, NEW, 1, 2, "Ada"), (1, CHANGED, 2, None, "Ada")],
        [(1, NEW, 1, None, 10)],
        [(1, NEW, 1, 2, "CTO"), (1, CHANGED, 2, None, "CEO")],
    )


def test_statements_on_the_table_of_one_level(family: Hierarchy) -> None:
    hire(family)
    hire(family, id=2, name="Bob")
    core(family, update(of(family.Employee)).values(salary=20))
    core(family, update(of(family.Person)).where(of(family.Person).c.id == 2).values(name="Rob"))
    core(
        family,
        update(of(family.Manager)).where(of(family.Manager).c.manager_id == 1).values(title="x"),
        update(of(family.Manager)).where(of(family.Manager).c.manager_id == 1).values(title="CTO"),
    )
    with family.world.transaction() as session:
        session.execute(update(family.Manager).values(title="CEO"))
    person, employee, manager = all_lines(family)
    assert (
        person
        == [
            (1, NEW, 1, 3, "Ada"),
            (1, CHANGED, 3, 5, "Ada"),
            (1, CHANGED, 5, None, "Ada"),
            (2, NEW, 2, 3, "Bob"),
            (2, CHANGED, 3, 4, "Bob"),
            (2, CHANGED, 4, 5, "Rob"),
            (2, CHANGED, 5, None, "Rob"),
        ]
        or person[1][2] == 3
    )
    assert [row[1:] for row in employee if row[0] == 1] == [(NEW, 1, 3, 10), (CHANGED, 3, None, 20)]
    assert [row[-1] for row in manager if row[0] == 2] == ["CTO", "CEO"]


def test_a_lower_row_comes_and_goes_while_its_object_stays(family: Hierarchy) -> None:
    with family.world.transaction() as session:
        session.add(family.Person(id=1, name="Ada"))
    core(family, insert(of(family.Employee)).values(number=1, salary=10))
    core(family, delete(of(family.Employee)))
    core(
        family,
        insert(of(family.Employee)).values(number=1, salary=10),
        delete(of(family.Employee)),
    )
    person, employee, _ = all_lines(family)
    assert person[:3] == [
        (1, NEW, 1, 2, "Ada"),
        (1, CHANGED, 2, 3, "Ada"),
        (1, CHANGED, 3, None, "Ada"),
    ]
    assert employee[:2] == [(1, NEW, 2, 3, 10), (1, GONE, 3, None, 10)]
    assert (len(person), len(employee)) == (3, 2)


def test_bulk_methods_of_the_session(family: Hierarchy) -> None:
    rows = [
        {"id": key, "number": key, "kind": "manager", "name": name, "salary": 10, "title": "CTO"}
        for key, name in ((1, "Ada"), (2, "Bob"))
    ]
    with family.world.transaction() as session:
        session.execute(insert(family.Manager), rows)
    with family.world.transaction() as session:
        session.execute(update(family.Manager), [{"id": 1, "title": "CEO"}, {"id": 2, "name": "x"}])
    person, employee, manager = all_lines(family)
    assert person == [
        (1, NEW, 1, 2, "Ada"),
        (1, CHANGED, 2, None, "Ada"),
        (2, NEW, 1, 2, "Bob"),
        (2, CHANGED, 2, None, "x"),
    ]
    assert employee == [(1, NEW, 1, None, 10), (2, NEW, 1, None, 10)]
    assert manager == [
        (1, NEW, 1, 2, "CTO"),
        (1, CHANGED, 2, None, "CEO"),
        (2, NEW, 1, None, "CTO"),
    ]


@pytest.mark.engines("sqlite", "postgresql", "mariadb")
def test_bulk_inserts_that_return_their_objects(timed: Hierarchy) -> None:
    rows = [
        {"name": name, "kind": "manager", "salary": 10, "title": "CTO"} for name in ("Ada", "Bob")
    ]
    with timed.world.transaction() as session:
        found = session.scalars(insert(timed.Manager).returning(timed.Manager), rows).all()
        assert sorted((manager.name, manager.title) for manager in found) == [
            ("Ada", "CTO"),
            ("Bob", "CTO"),
        ]
    person, employee, manager = all_lines(timed)
    assert person == [(1, NEW, 1, None, "Ada"), (2, NEW, 1, None, "Bob")]
    assert employee == [(1, NEW, 1, None, 10), (2, NEW, 1, None, 10)]
    assert manager == [(1, NEW, 1, None, "CTO"), (2, NEW, 1, None, "CTO")]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_the_database_deletes_the_lower_rows(
    new_world: Callable[..., World], strategy: str
) -> None:
    family = Hierarchy(new_world(), ondelete="CASCADE", strategy=strategy)
    hire(family)
    if family.world.dialect == "sqlite":
        with family.world.engine.connect() as connection:
            connection.execute(text("PRAGMA foreign_keys = ON"))
            connection.execute(delete(of(family.Person)))
            connection.commit()
    else:
        core(family, delete(of(family.Person)))
    assert all_lines(family) == (
        [(1, NEW, 1, 2, "Ada"), (1, GONE, 2, None, "Ada")],
        [(1, NEW, 1, 2, 10), (1, GONE, 2, None, 10)],
        [(1, NEW, 1, 2, "CTO"), (1, GONE, 2, None, "CTO")],
    )


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("how", ["value", "expression", "object"])
def test_the_database_changes_the_keys_of_lower_rows(
    new_world: Callable[..., World], strategy: str, how: str
) -> None:
    world = new_world()
    if world.dialect == "sqlite":
        event.listen(
            world.engine,
            "connect",
            lambda connection, record: connection.execute("PRAGMA foreign_keys = ON"),
        )
    family = Hierarchy(world, onupdate="CASCADE", strategy=strategy)
    hire(family)
    person = of(family.Person)
    if how == "object":
        with world.transaction() as session:
            session.get(family.Manager, 1).id = 2
    else:
        new = 2 if how == "value" else person.c.id + 1
        core(family, update(person).where(person.c.name == "Ada").values(id=new))
    assert all_lines(family) == (
        [(1, NEW, 1, 2, "Ada"), (1, GONE, 2, None, "Ada"), (2, NEW, 2, None, "Ada")],
        [(1, NEW, 1, 2, 10), (1, GONE, 2, None, 10), (2, NEW, 2, None, 10)],
        [(1, NEW, 1, 2, "CTO"), (1, GONE, 2, None, "CTO"), (2, NEW, 2, None, "CTO")],
    )


def test_an_object_that_comes_back(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        session.delete(session.get(family.Manager, 1))
    hire(family)
    with family.world.transaction() as session:
        session.delete(session.get(family.Manager, 1))
        session.flush()
        session.add(family.Manager(id=1, name="Ada", salary=30, title="CTO"))
    assert all_lines(family) == (
        [
            (1, NEW, 1, 2, "Ada"),
            (1, GONE, 2, 3, "Ada"),
            (1, NEW, 3, 4, "Ada"),
            (1, CHANGED, 4, None, "Ada"),
        ],
        [(1, NEW, 1, 2, 10), (1, GONE, 2, 3, 10), (1, NEW, 3, 4, 10), (1, CHANGED, 4, None, 30)],
        [(1, NEW, 1, 2, "CTO"), (1, GONE, 2, 3, "CTO"), (1, NEW, 3, None, "CTO")],
    )


@pytest.mark.parametrize("level", ["name", "salary", "title"])
def test_objects_older_than_their_history_are_completed(family: Hierarchy, level: str) -> None:
    family.write_live(
        (family.Person, {"id": 1, "kind": "manager", "name": "Ada"}),
        (family.Employee, {"number": 1, "salary": 10}),
        (family.Manager, {"manager_id": 1, "title": "CTO"}),
    )
    change(family, **{level: 20 if level == "salary" else "Eve"})
    before = {"name": "Ada", "salary": 10, "title": "CTO"}
    expected = []
    for name, old in before.items():
        if name == level:
            new = 20 if level == "salary" else "Eve"
            expected.append([(1, NEW, 0, 1, old), (1, CHANGED, 1, None, new)])
        elif name == "name":
            expected.append([(1, NEW, 0, 1, old), (1, CHANGED, 1, None, old)])
        else:
            expected.append([(1, NEW, 0, None, old)])
    assert list(all_lines(family)) == expected


def test_a_deleted_object_older_than_its_history(family: Hierarchy) -> None:
    family.write_live(
        (family.Person, {"id": 1, "kind": "manager", "name": "Ada"}),
        (family.Employee, {"number": 1, "salary": 10}),
        (family.Manager, {"manager_id": 1, "title": "CTO"}),
    )
    with family.world.transaction() as session:
        session.delete(session.get(family.Manager, 1))
    assert all_lines(family) == (
        [(1, NEW, 0, 1, "Ada"), (1, GONE, 1, None, "Ada")],
        [(1, NEW, 0, 1, 10), (1, GONE, 1, None, 10)],
        [(1, NEW, 0, 1, "CTO"), (1, GONE, 1, None, "CTO")],
    )


@pytest.mark.parametrize("level", ["name", "salary"])
def test_a_pause_ends_the_versions_of_the_object(timed: Hierarchy, level: str) -> None:
    hire(timed)
    value = 20 if level == "salary" else "Eve"
    with timed.world.transaction() as session, paused(session, timed.Person):
        setattr(session.get(timed.Manager, 1), level, value)
    person, employee, manager = all_lines(timed)
    assert person == [(1, NEW, 1, 2, "Ada")]
    assert employee == [(1, NEW, 1, 2 if level == "salary" else None, 10)]
    assert manager == [(1, NEW, 1, None, "CTO")]
    change(timed, title="CEO")
    person, employee, manager = all_lines(timed)
    name = "Ada" if level == "salary" else "Eve"
    assert person == [(1, NEW, 1, 2, "Ada"), (1, NEW, 2, 3, name), (1, CHANGED, 3, None, name)]
    if level == "salary":
        assert employee == [(1, NEW, 1, 2, 10), (1, NEW, 2, None, 20)]
    else:
        assert employee == [(1, NEW, 1, None, 10)]
    assert manager == [(1, NEW, 1, 3, "CTO"), (1, CHANGED, 3, None, "CEO")]


def test_a_pause_inside_of_a_transaction_that_goes_on(timed: Hierarchy) -> None:
    hire(timed)
    with timed.world.transaction() as session:
        manager = session.get(timed.Manager, 1)
        with paused(session, timed.Person):
            manager.salary = 20
        manager.title = "CEO"
    assert all_lines(timed) == (
        [(1, NEW, 1, 2, "Ada"), (1, CHANGED, 2, None, "Ada")],
        [(1, NEW, 1, 2, 10)],
        [(1, NEW, 1, 2, "CTO"), (1, CHANGED, 2, None, "CEO")],
    )


def test_what_a_savepoint_took_back_never_was(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        manager = session.get(family.Manager, 1)
        manager.title = "CEO"
        session.flush()
        with session.begin_nested() as savepoint:
            manager.salary = 20
            session.flush()
            savepoint.rollback()
        manager.title = "CTO"
    assert all_lines(family) == (
        [(1, NEW, 1, None, "Ada")],
        [(1, NEW, 1, None, 10)],
        [(1, NEW, 1, None, "CTO")],
    )


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_a_later_number_at_the_root_is_overtaken(timed: Hierarchy) -> None:
    hire(timed)
    hire(timed, id=8, name="Zoe")
    hire(timed, id=9, name="Bob")
    person = of(timed.Person)
    with timed.world.engine.begin() as connection:
        connection.execute(update(person).where(person.c.id == 8).values(name="Zoo"))
        core(timed, update(person).where(person.c.id == 1).values(name="Eve"))
        manager = of(timed.Manager)
        connection.execute(update(manager).where(manager.c.manager_id == 1).values(title="CEO"))
    persons, _, managers = all_lines(timed)
    assert persons == [
        (1, NEW, 1, 4, "Ada"),
        (1, CHANGED, 4, 5, "Eve"),
        (1, CHANGED, 5, None, "Eve"),
        (8, NEW, 2, 5, "Zoe"),
        (8, CHANGED, 5, None, "Zoo"),
        (9, NEW, 3, None, "Bob"),
    ]
    assert managers[:2] == [(1, NEW, 1, 5, "CTO"), (1, CHANGED, 5, None, "CEO")]


def test_a_flush_of_many_objects_takes_a_few_statements_for_each_level(
    timed: Hierarchy,
) -> None:
    world = timed.world
    with world.transaction() as session:
        session.add_all(
            timed.Manager(id=key, name=f"n{key}", salary=key, title="t") for key in range(1, 41)
        )
    counts = []
    for size in (10, 40):
        with world.transaction() as session:
            managers = session.scalars(select(timed.Manager).where(timed.Person.id <= size)).all()
            for manager in managers:
                manager.salary += 1
            with counted(world.engine) as statements:
                session.flush()
            counts.append(len([item for item in statements if not item.startswith("UPDATE emp")]))
    assert counts[0] == counts[1]
