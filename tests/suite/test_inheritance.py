"""A change at one level of joined inheritance is a version of the whole object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from continuum import as_of
from continuum import changed
from continuum import count_versions
from continuum import deleted
from continuum import history
from continuum import latest_per_entity
from continuum import paused
from continuum import touched
from continuum import version_class
from suite._hierarchy import Hierarchy
from suite._support import World
from suite.test_cascades import enforce_foreign_keys


@pytest.fixture(params=["validity", "subquery"])
def family(new_world: Callable[..., World], request: pytest.FixtureRequest) -> Hierarchy:
    """The hierarchy, with either strategy."""
    return Hierarchy(new_world(), strategy=request.param)


def hire(family: Hierarchy, key: int = 1, **values: Any) -> None:
    """Insert a manager in a transaction of its own."""
    given = {"name": "Ada", "salary": 10, "title": "CTO", **values}
    with family.world.transaction() as session:
        session.add(family.Manager(id=key, **given))


def change(family: Hierarchy, key: int = 1, **values: Any) -> None:
    """Update a person through its object, in a transaction of its own."""
    with family.world.transaction() as session:
        obj = session.get_one(family.Person, key)
        for name, value in values.items():
            setattr(obj, name, value)


def fire(family: Hierarchy, key: int = 1) -> None:
    """Delete a person in a transaction of its own."""
    with family.world.transaction() as session:
        obj = session.get_one(family.Person, key)
        # SQLAlchemy would look for the key of the middle table after it has deleted the last row.
        session.refresh(obj)
        session.delete(obj)


def told(family: Hierarchy, key: int = 1) -> list[tuple[Any, ...]]:
    """Return the versions of a manager, and check what holds for every history."""
    family.world.verify(family.Person, family.Employee, family.Manager)
    with Session(family.world.engine) as session:
        found = family.told(session, key, "name", "salary", "title")
        assert all(kind == "Manager" for kind, *_ in found)
        return [tuple(values) for _, *values in found]


def test_a_change_at_each_level(family: Hierarchy) -> None:
    hire(family)
    change(family, name="Eve")
    change(family, salary=20)
    change(family, title="CEO")
    change(family, name="Eva", title="Chair")
    fire(family)
    assert told(family) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Eve", 10, "CTO"),
        ("UPDATE", "Eve", 20, "CTO"),
        ("UPDATE", "Eve", 20, "CEO"),
        ("UPDATE", "Eva", 20, "Chair"),
        ("DELETE", "Eva", 20, "Chair"),
    ]
    assert len(family.world.transactions()) == 6
    with Session(family.world.engine) as session:
        for cls in (family.Person, family.Employee, family.Manager):
            found = version_class(cls).all_versions(session, 1, desc=False)
            assert [set(version.changeset) for version in found[1:5]] == [
                {"name"},
                {"salary"},
                {"title"},
                {"name", "title"},
            ]


def test_each_level_has_rows_of_its_own_changes(family: Hierarchy) -> None:
    hire(family)
    change(family, name="Eve")
    change(family, salary=20)
    change(family, title="CEO")
    operations = {
        cls: [version.operation for version in family.world.versions(cls)]
        for cls in (family.Person, family.Employee, family.Manager)
    }
    assert operations == {
        family.Person: [0, 1, 1, 1],
        family.Employee: [0, 1],
        family.Manager: [0, 1],
    }
    fire(family)
    for cls in (family.Person, family.Employee, family.Manager):
        assert family.world.versions(cls)[-1].operation == 2


def test_there_and_back_in_one_level(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        obj = session.get_one(family.Manager, 1)
        obj.title, obj.salary = "CEO", 20
        session.flush()
        obj.title = "CTO"
    assert told(family) == [("INSERT", "Ada", 10, "CTO"), ("UPDATE", "Ada", 20, "CTO")]
    assert len(family.world.versions(family.Manager)) == 1
    with family.world.transaction() as session:
        obj = session.get_one(family.Manager, 1)
        obj.name, obj.title = "Eve", "CEO"
        session.flush()
        obj.name = "Ada"
    assert told(family)[2:] == [("UPDATE", "Ada", 20, "CEO")]
    with family.world.transaction() as session:
        obj = session.get_one(family.Manager, 1)
        obj.name, obj.salary, obj.title = "Eve", 30, "Chair"
        session.flush()
        obj.name, obj.salary, obj.title = "Ada", 20, "CEO"
    assert len(told(family)) == 3


def test_levels_changed_in_several_flushes(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        obj = session.get_one(family.Manager, 1)
        for name, value in (("title", "CEO"), ("name", "Eve"), ("salary", 20), ("title", "Chair")):
            setattr(obj, name, value)
            session.flush()
    assert told(family) == [("INSERT", "Ada", 10, "CTO"), ("UPDATE", "Eve", 20, "Chair")]


def test_inserted_and_deleted_at_once(family: Hierarchy) -> None:
    with family.world.transaction() as session:
        obj = family.Manager(id=1, name="Ada", salary=10, title="CTO")
        session.add(obj)
        session.flush()
        obj.title = "CEO"
        session.flush()
        session.delete(obj)
    assert told(family) == []


def test_deleted_and_inserted_again(family: Hierarchy) -> None:
    hire(family)
    fire(family)
    hire(family, name="Eve")
    with family.world.transaction() as session:
        session.delete(session.get_one(family.Manager, 1))
        session.flush()
        session.add(family.Manager(id=1, name="Eve", salary=20, title="CTO"))
    assert told(family) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("DELETE", "Ada", 10, "CTO"),
        ("INSERT", "Eve", 10, "CTO"),
        ("UPDATE", "Eve", 20, "CTO"),
    ]
    with family.world.transaction() as session:
        session.delete(session.get_one(family.Manager, 1))
        session.flush()
        session.add(family.Manager(id=1, name="Eve", salary=20, title="CTO"))
    assert len(told(family)) == 4


def test_a_key_that_comes_back_as_another_class(family: Hierarchy) -> None:
    hire(family)
    fire(family)
    with family.world.transaction() as session:
        session.add(family.Visitor(id=1, name="Bob", badge=7))
    change(family, badge=8)
    fire(family)
    hire(family, name="Eve")
    family.world.verify(family.Person, family.Employee, family.Manager)
    with Session(family.world.engine) as session:
        versions = version_class(family.Person).all_versions(session, 1, desc=False)
        kinds = [type(version).__name__.removesuffix("Version") for version in versions]
        assert kinds == ["Manager"] * 2 + ["Visitor"] * 3 + ["Manager"]
        assert [getattr(v, "badge", None) for v in versions] == [None, None, 7, 8, 8, None]
        managers = version_class(family.Manager)
        found = [
            v.name for v in managers.all_versions(session, 1, desc=False) if type(v) is managers
        ]
        assert found == ["Ada", "Ada", "Eve"]


def become(family: Hierarchy, obj: Any) -> None:
    """Put an object in the place of the one with its key, in one transaction."""
    with family.world.transaction() as session:
        old = session.get_one(family.Person, obj.id if obj.id is not None else 1)
        session.refresh(old)
        session.delete(old)
        session.flush()
        session.add(obj)


def test_a_key_that_changes_its_class_in_one_transaction(family: Hierarchy) -> None:
    Person, Employee, Manager, Visitor = (
        family.Person,
        family.Employee,
        family.Manager,
        family.Visitor,
    )
    hire(family)
    become(family, Visitor(id=1, name="Ada", badge=7))
    change(family, badge=8)
    become(family, Manager(id=1, name="Ada", salary=20, title="CEO"))
    become(family, Employee(id=1, name="Ada", salary=30))
    fire(family)
    family.world.verify(Person, Employee, Manager)
    expected = {
        Manager: [(1, 10, "CTO"), (4, 20, "CEO")],
        Employee: [(1, 10, "CTO"), (4, 20, "CEO"), (5, 30, None), (6, 30, None)],
    }
    for cls, wanted in expected.items():
        entity = version_class(cls)
        numbers = [number for number, *_ in wanted]
        with Session(family.world.engine) as session:
            statement = select(entity).order_by(entity.transaction_id)
            told_of = history(cls)
            for found in (
                session.scalars(statement).all(),
                session.scalars(select(told_of).order_by(told_of.transaction_id)).all(),
                [v for v in entity.all_versions(session, 1, desc=False) if isinstance(v, entity)],
            ):
                seen = [(v.transaction_id, v.salary, getattr(v, "title", None)) for v in found]
                assert seen == wanted
            for number in range(1, 7):
                at = session.scalars(select(as_of(cls, number))).all()
                held = [each for each in wanted if each[0] == number < 6]
                assert [(v.transaction_id, v.salary) for v in at] == [each[:2] for each in held]
            log = family.world.manager.transaction_cls
            by_touch = select(log.id).where(touched(cls, 1)).order_by(log.id)
            assert session.scalars(by_touch).all() == numbers
            raised = select(entity.transaction_id).where(changed(cls.salary))
            assert sorted(session.scalars(raised)) == [each for each in numbers if each < 6]
            gone = session.scalars(select(deleted(cls))).all()
            assert [v.transaction_id for v in gone] == ([6] if cls is Employee else [])
            newest = session.scalars(select(latest_per_entity(cls))).all()
            assert [v.transaction_id for v in newest] == numbers[-1:]
    with Session(family.world.engine) as session:
        versions = version_class(Person).all_versions(session, 1, desc=False)
        kinds = [type(version).__name__.removesuffix("Version") for version in versions]
        assert kinds == ["Manager", "Visitor", "Visitor", "Manager", "Employee", "Employee"]
        assert [v.previous for v in versions] == [None, *versions[:-1]]
        assert versions[1].changeset == {"kind": ["manager", "visitor"], "badge": [None, 7]}
        assert versions[2].changeset == {"badge": [7, 8]}
        returned = versions[3].changeset
        assert (returned["kind"], returned["salary"]) == (["visitor", "manager"], [None, 20])
        assert versions[4].changeset == {"kind": ["manager", "employee"], "salary": [20, 30]}


def test_statements_on_one_table(family: Hierarchy) -> None:
    hire(family)
    hire(family, 2, name="Bob")
    with family.world.transaction() as session:
        session.execute(update(family.Employee.__table__).values(salary=20))
    with family.world.transaction() as session:
        session.execute(
            update(family.Manager.__table__)
            .where(family.Manager.__table__.c.manager_id == 2)
            .values(title="CEO")
        )
    with family.world.transaction() as session:
        session.execute(update(family.Person.__table__).values(name="x"))
    assert told(family) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Ada", 20, "CTO"),
        ("UPDATE", "x", 20, "CTO"),
    ]
    assert told(family, 2) == [
        ("INSERT", "Bob", 10, "CTO"),
        ("UPDATE", "Bob", 20, "CTO"),
        ("UPDATE", "Bob", 20, "CEO"),
        ("UPDATE", "x", 20, "CEO"),
    ]


def test_rows_inserted_and_deleted_table_by_table(family: Hierarchy) -> None:
    tables = [cls.__table__ for cls in (family.Person, family.Employee, family.Manager)]
    rows = [
        {"id": 1, "kind": "manager", "name": "Ada"},
        {"number": 1, "salary": 10},
        {"manager_id": 1, "title": "CTO"},
    ]
    with family.world.transaction() as session:
        for table, row in zip(tables, rows, strict=True):
            session.execute(insert(table).values(row))
    with family.world.transaction() as session:
        for table in reversed(tables):
            session.execute(delete(table))
    assert told(family) == [("INSERT", "Ada", 10, "CTO"), ("DELETE", "Ada", 10, "CTO")]


@pytest.mark.recorders("triggers")
def test_raw_statements(family: Hierarchy) -> None:
    hire(family)
    with family.world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE manager SET title = 'CEO'")
    with family.world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE employee SET salary = 11")
        connection.exec_driver_sql("UPDATE employee SET salary = 10")
        connection.exec_driver_sql("UPDATE person SET name = 'Eve'")
    with family.world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE employee SET salary = 12")
        connection.exec_driver_sql("UPDATE employee SET salary = 10")
    with family.world.engine.begin() as connection:
        for table in ("manager", "employee", "person"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert told(family) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Ada", 10, "CEO"),
        ("UPDATE", "Eve", 10, "CEO"),
        ("DELETE", "Eve", 10, "CEO"),
    ]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_foreign_key_cascades_from_the_root(
    new_world: Callable[..., World], strategy: str
) -> None:
    world = new_world()
    enforce_foreign_keys(world)
    family = Hierarchy(world, ondelete="CASCADE", strategy=strategy)
    hire(family)
    change(family, title="CEO")
    with family.world.transaction() as session:
        session.execute(delete(family.Person.__table__))
    assert told(family) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Ada", 10, "CEO"),
        ("DELETE", "Ada", 10, "CEO"),
    ]
    for cls in (family.Person, family.Employee, family.Manager):
        assert family.world.versions(cls)[-1].operation == 2


def test_a_savepoint_is_rolled_back(family: Hierarchy) -> None:
    hire(family)
    with family.world.transaction() as session:
        obj = session.get_one(family.Manager, 1)
        obj.salary = 20
        session.flush()
        savepoint = session.begin_nested()
        obj.title, obj.name = "CEO", "Eve"
        session.flush()
        savepoint.rollback()
    assert told(family) == [("INSERT", "Ada", 10, "CTO"), ("UPDATE", "Ada", 20, "CTO")]


def test_objects_older_than_their_history(family: Hierarchy) -> None:
    for key in (1, 2, 3):
        family.write_live(
            (family.Person, {"id": key, "kind": "manager", "name": "Ada"}),
            (family.Employee, {"number": key, "salary": 10}),
            (family.Manager, {"manager_id": key, "title": "CTO"}),
        )
    change(family, 1, name="Eve")
    change(family, 2, title="CEO")
    fire(family, 3)
    with Session(family.world.engine) as session:
        found = {key: family.told(session, key, "name", "salary", "title") for key in (1, 2, 3)}
        before = ("Manager", "INSERT", "Ada", 10, "CTO")
        assert found == {
            1: [before, ("Manager", "UPDATE", "Eve", 10, "CTO")],
            2: [before, ("Manager", "UPDATE", "Ada", 10, "CEO")],
            3: [before, ("Manager", "DELETE", "Ada", 10, "CTO")],
        }
        assert version_class(family.Person).all_versions(session, 1)[1].transaction_id == 0
    change(family, 1, salary=20)
    change(family, 2, name="Bob")
    assert told(family, 1)[2:] == [("UPDATE", "Eve", 20, "CTO")]
    assert told(family, 2)[2:] == [("UPDATE", "Bob", 10, "CEO")]


def test_a_pause_of_one_class_is_one_of_its_hierarchy(family: Hierarchy) -> None:
    hire(family)
    for cls in (family.Person, family.Employee, family.Manager, family.Visitor):
        with family.world.transaction() as session, paused(session, cls):
            obj = session.get_one(family.Manager, 1)
            obj.name, obj.salary, obj.title = cls.__name__, obj.salary + 1, "x"
        with Session(family.world.engine) as session:
            assert count_versions(session.get_one(family.Person, 1)) == 1


def test_after_a_pause_the_whole_object_is_known_again(new_world: Callable[..., World]) -> None:
    family = Hierarchy(new_world())
    hire(family)
    with family.world.transaction() as session, paused(session, family.Manager):
        obj = session.get_one(family.Manager, 1)
        obj.name, obj.salary, obj.title = "unseen", 11, "unseen"
    change(family, name="Eve")
    with Session(family.world.engine) as session:
        assert family.told(session, 1, "name", "salary", "title") == [
            ("Manager", "INSERT", "Ada", 10, "CTO"),
            ("Manager", "INSERT", "unseen", 11, "unseen"),
            ("Manager", "UPDATE", "Eve", 11, "unseen"),
        ]


def test_a_revert_is_one_more_version(family: Hierarchy) -> None:
    hire(family)
    change(family, name="Eve", title="CEO")
    with family.world.transaction() as session:
        session.get_one(family.Person, 1).versions[0].revert()
    fire(family)
    with family.world.transaction() as session:
        version_class(family.Person).version_at(session, 1, 2).revert()
    assert told(family) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Eve", 10, "CEO"),
        ("UPDATE", "Ada", 10, "CTO"),
        ("DELETE", "Ada", 10, "CTO"),
        ("INSERT", "Eve", 10, "CEO"),
    ]


@pytest.mark.requires("cascades_fire_triggers")
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_key_is_changed_at_all_levels(new_world: Callable[..., World], strategy: str) -> None:
    world = new_world()
    enforce_foreign_keys(world)
    family = Hierarchy(world, onupdate="CASCADE", strategy=strategy)
    hire(family)
    change(family, title="CEO")
    with family.world.transaction() as session:
        session.execute(update(family.Person.__table__).values(id=2))
    change(family, 2, salary=20)
    assert told(family) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Ada", 10, "CEO"),
        ("DELETE", "Ada", 10, "CEO"),
    ]
    assert told(family, 2) == [("INSERT", "Ada", 10, "CEO"), ("UPDATE", "Ada", 20, "CEO")]


def test_bulk_statements_of_the_orm(family: Hierarchy) -> None:
    rows = [{"id": key, "name": "Ada", "salary": 10, "title": "CTO"} for key in (1, 2)]
    with family.world.transaction() as session:
        session.execute(insert(family.Manager), rows)
    with family.world.transaction() as session:
        session.execute(
            update(family.Manager).where(family.Manager.title == "CTO").values(title="CEO")
        )
    with family.world.transaction() as session:
        session.execute(update(family.Person), [{"id": 1, "name": "Eve"}, {"id": 2, "name": "Ada"}])
    assert told(family, 1) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Ada", 10, "CEO"),
        ("UPDATE", "Eve", 10, "CEO"),
    ]
    assert told(family, 2) == told(family, 1)[:2]


@pytest.mark.requires("concurrent_writers")
def test_transactions_in_another_order_than_their_ids(family: Hierarchy) -> None:
    """The one with the lower id meets the versions of the other, and becomes the later one."""
    hire(family, 1)
    hire(family, 2)
    with family.world.transaction() as early:
        early.get_one(family.Manager, 1).title = "CEO"
        early.flush()
        change(family, 2, salary=20)
        early.get_one(family.Manager, 2).title = "CFO"
        early.get_one(family.Manager, 1).name = "Eve"
    assert told(family, 1) == [("INSERT", "Ada", 10, "CTO"), ("UPDATE", "Eve", 10, "CEO")]
    assert told(family, 2) == [
        ("INSERT", "Ada", 10, "CTO"),
        ("UPDATE", "Ada", 20, "CTO"),
        ("UPDATE", "Ada", 20, "CFO"),
    ]
    with Session(family.world.engine) as session:
        numbers = {
            key: version_class(family.Manager).all_versions(session, key)[0].transaction_id
            for key in (1, 2)
        }
        assert numbers[1] == numbers[2] == family.world.transactions()[-1].id


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_deletions_that_keep_nothing(new_world: Callable[..., World], strategy: str) -> None:
    """The version before tells the class of a DELETE version without values."""
    family = Hierarchy(new_world(), strategy=strategy, null_delete=True)
    hire(family)
    change(family, title="CEO")
    fire(family)
    with family.world.transaction() as session:
        session.add(family.Visitor(id=1, name="Bob", badge=7))
    fire(family)
    for cls in (family.Person, family.Employee, family.Manager):
        with Session(family.world.engine) as session:
            statement = select(version_class(cls)).order_by(version_class(cls).transaction_id)
            found = session.scalars(statement).all()
            assert [(type(v).__name__, v.name) for v in found][:3] == [
                ("ManagerVersion", "Ada"),
                ("ManagerVersion", "Ada"),
                ("ManagerVersion", None),
            ]
            assert found[2].changeset["title"] == ["CEO", None]
    with Session(family.world.engine) as session:
        alias = aliased(version_class(family.Person))
        found = session.scalars(select(alias).order_by(alias.transaction_id)).all()
        assert [type(v).__name__ for v in found[3:]] == ["VisitorVersion"] * 2
