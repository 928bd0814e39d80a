"""Versions of objects that span several tables, read from histories written by hand.

Whatever wrote them, the root's version table has a row for each change, and lower levels have at
least the rows of their own changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased
from sqlalchemy.orm import selectin_polymorphic
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import with_polymorphic

from continuum import changed
from continuum import changeset
from continuum import count_versions
from continuum import is_modified
from continuum import vacuum
from continuum import version_class
from suite._hierarchy import DELETE
from suite._hierarchy import INSERT
from suite._hierarchy import UPDATE
from suite._hierarchy import Hierarchy
from suite._hierarchy import Row
from suite._support import World
from suite._support import counted

pytestmark = pytest.mark.recorders("orm")

WHOLE = [
    (1, "Ada", 10, "CTO"),
    (2, "Eve", 10, "CTO"),
    (3, "Eve", 30, "CTO"),
    (4, "Eve", 30, "CEO"),
    (5, "Eve", 30, "CEO"),
]
"""What the manager of :func:`write_manager` was at each transaction."""


@pytest.fixture(params=["validity", "subquery"])
def family(new_world: Callable[..., World], request: pytest.FixtureRequest) -> Hierarchy:
    """The hierarchy, with either strategy."""
    return Hierarchy(new_world(), strategy=request.param)


def rows(*changes: tuple[int, Any, dict[str, Any]]) -> list[Row]:
    """Let each row end where the next one begins."""
    ends = [*(change[0] for change in changes[1:]), None]
    return [
        (start, end, kind, values) for (start, kind, values), end in zip(changes, ends, strict=True)
    ]


def write_manager(family: Hierarchy, *, everywhere: bool = False) -> None:
    """Write a manager who changed at one level at a time and was deleted at last.

    :param everywhere: in every table each time, as SQLAlchemy-Continuum does.
    """
    kinds = {1: INSERT, 5: DELETE}
    tables: dict[Any, list[tuple[int, dict[str, Any]]]] = {
        family.Person: [],
        family.Employee: [],
        family.Manager: [],
    }
    for number, name, salary, title in WHOLE:
        images = {
            family.Person: {"kind": "manager", "name": name, "notes": "private"},
            family.Employee: {"salary": salary},
            family.Manager: {"title": title, "secret": "hidden"},
        }
        for cls, image in images.items():
            written = tables[cls]
            if (
                cls is family.Person
                or everywhere
                or number == 5
                or not written
                or written[-1][1] != image
            ):
                written.append((number, image))
    for cls, written in tables.items():
        changes = [(number, kinds.get(number, UPDATE), image) for number, image in written]
        family.write(cls, 1, rows(*changes))


def seen(version: Any) -> tuple[Any, ...]:
    return version.transaction_id, version.name, version.salary, version.title


@pytest.mark.parametrize("everywhere", [False, True], ids=["changes only", "every row"])
def test_every_version_is_the_whole_object(family: Hierarchy, everywhere: bool) -> None:
    write_manager(family, everywhere=everywhere)
    engine = family.world.engine
    ManagerVersion = version_class(family.Manager)
    for cls in (family.Person, family.Employee, family.Manager):
        entity = version_class(cls)
        with Session(engine) as session, counted(engine) as statements:
            found = session.scalars(select(entity).order_by(entity.transaction_id)).all()
            assert [seen(version) for version in found] == WHOLE
            assert {type(version) for version in found} == {ManagerVersion}
            assert len(statements) == 1
        with Session(engine) as session, counted(engine) as statements:
            listed = entity.all_versions(session, 1, desc=False)
            assert [seen(version) for version in listed] == WHOLE
            assert [version.index for version in listed] == [0, 1, 2, 3, 4]
            assert listed[1].previous is listed[0]
            assert len(statements) == 1
        with Session(engine) as session:
            at = [entity.version_at(session, 1, number) for number in range(6)]
            assert at[0] is None
            assert at[5] is None
            assert [seen(version) for version in at[1:5]] == WHOLE[:4]


@pytest.mark.parametrize("everywhere", [False, True], ids=["changes only", "every row"])
def test_changesets_span_the_tables(family: Hierarchy, everywhere: bool) -> None:
    write_manager(family, everywhere=everywhere)
    first = {
        "id": [None, 1],
        "number": [None, 1],
        "kind": [None, "manager"],
        "name": [None, "Ada"],
        "notes": [None, "private"],
        "salary": [None, 10],
        "title": [None, "CTO"],
        "secret": [None, "hidden"],
    }
    last = {name: [values[1], None] for name, values in first.items()}
    last |= {"name": ["Eve", None], "salary": [30, None], "title": ["CEO", None]}
    expected = [
        first,
        {"name": ["Ada", "Eve"]},
        {"salary": [10, 30]},
        {"title": ["CTO", "CEO"]},
        last,
    ]
    with Session(family.world.engine) as session:
        listed = version_class(family.Person).all_versions(session, 1, desc=False)
        assert [version.changeset for version in listed] == expected
    with Session(family.world.engine) as session:
        alone = version_class(family.Manager).all_versions(session, 1, desc=False, link=False)
        assert [version.changeset for version in alone] == expected
    with Session(family.world.engine) as session:
        version = version_class(family.Person).version_at(session, 1, 3)
        assert version.secret == "hidden"
        assert version.notes == "private"
        with counted(family.world.engine) as statements:
            assert version.changeset == {"salary": [10, 30]}
            assert len(statements) == 1


def test_what_is_missing_is_read_with_its_range(family: Hierarchy) -> None:
    """SQLAlchemy's shortcut would join the lower tables alone, without their ranges.

    It is a private method of the mapper that is switched off; this notices when it has gone.
    """
    write_manager(family)
    entity = version_class(family.Manager)
    for number, name, salary, title in WHOLE:
        with Session(family.world.engine) as session:
            version = session.get_one(entity, (1, number))
            for names in (["title"], ["salary"], ["title", "salary"], ["secret", "title"]):
                session.expire(version, names)
                assert (version.salary, version.title) == (salary, title)
            session.expire(version)
            assert version.title == title
            assert version.secret == "hidden"
            session.refresh(version, ["salary", "name"])
            assert seen(version) == (number, name, salary, title)
            session.refresh(version)
            assert seen(version) == (number, name, salary, title)


def test_ways_to_load(family: Hierarchy) -> None:
    write_manager(family)
    Person, Employee, Manager = map(version_class, (family.Person, family.Employee, family.Manager))
    ways = {
        "with_polymorphic": with_polymorphic(Person, "*"),
        "flat": with_polymorphic(Person, [Manager], flat=True),
        "aliased": with_polymorphic(Person, [Employee, Manager], aliased=True),
        "alias of the leaf": aliased(Manager),
        "flat alias": aliased(Manager, flat=True),
    }
    for entity in ways.values():
        with Session(family.world.engine) as session:
            statement = select(entity).order_by(entity.transaction_id)
            assert [seen(version) for version in session.scalars(statement)] == WHOLE
    with Session(family.world.engine) as session:
        statement = (
            select(Person)
            .options(selectin_polymorphic(Person, [Employee, Manager]))
            .order_by(Person.transaction_id)
        )
        assert [seen(version) for version in session.scalars(statement)] == WHOLE
    with Session(family.world.engine) as session:
        assert seen(session.get_one(Person, (1, 2))) == WHOLE[1]
        alias = aliased(Manager)
        statement = select(alias.name).where(alias.title == "CEO", alias.salary == 30)
        assert session.scalars(statement).all() == ["Eve", "Eve"]
        assert session.scalar(select(func.count()).select_from(Person)) == 5
        assert session.scalar(select(func.count(Manager.title))) == 5


def test_versions_of_a_live_object(family: Hierarchy) -> None:
    family.write_transactions(5)
    write_manager(family)
    family.write_live(
        (family.Person, {"id": 1, "kind": "manager", "name": "Eve"}),
        (family.Employee, {"number": 1, "salary": 30}),
        (family.Manager, {"manager_id": 1, "title": "CEO"}),
    )
    Manager = version_class(family.Manager)
    with Session(family.world.engine) as session:
        obj = session.get_one(family.Person, 1)
        assert [seen(version) for version in obj.versions] == WHOLE
        assert seen(obj.versions[-1]) == WHOLE[-1]
        assert obj.versions.count() == count_versions(obj) == 5
        assert [v.transaction_id for v in obj.versions.filter_by(title="CEO")] == [4, 5]
        assert [v.transaction_id for v in obj.versions.where(Manager.salary == 10)] == [1, 2]
        assert obj.versions[2].transaction.id == 3
        assert obj.versions[2].transaction.changed_entities == {Manager: [obj.versions[2]]}
        assert obj.versions[2].transaction.entity_names == ["Manager"]
        assert not is_modified(obj)
        obj.title, obj.name = "Chair", "Eva"
        assert is_modified(obj)
        assert changeset(obj) == {"title": ["Chair", "CEO"], "name": ["Eva", "Eve"]}
        session.rollback()
        session.get_one(family.Person, 1)
        session.expire(obj, ["title", "salary"])
        obj.title, obj.salary = "Chair", 40
        assert changeset(obj) == {"title": ["Chair", "CEO"], "salary": [40, 30]}
        session.rollback()
        statement = select(family.Manager).options(selectinload(family.Manager.versions))
        obj = session.scalars(statement).one()
        with counted(family.world.engine) as statements:
            assert [seen(version) for version in obj.versions] == WHOLE
        assert not statements
        found = select(family.Person).where(
            family.Person.versions.of_type(Manager).any(Manager.title == "CTO")
        )
        assert session.scalars(found).all() == [obj]
        session.delete(obj)
        assert changeset(obj) == {
            "kind": [None, "manager"],
            "name": [None, "Eve"],
            "salary": [None, 30],
            "title": [None, "CEO"],
        }
        session.rollback()


def test_an_object_that_came_back_as_another_kind(family: Hierarchy) -> None:
    family.write(
        family.Person,
        1,
        rows(
            (1, INSERT, {"kind": "employee", "name": "a"}),
            (2, DELETE, {"kind": "employee", "name": "a"}),
            (3, INSERT, {"kind": "visitor", "name": "b", "badge": 7}),
            (4, DELETE, {"kind": "visitor", "name": "b", "badge": 7}),
            (5, INSERT, {"kind": "employee", "name": "c"}),
        ),
    )
    family.write(
        family.Employee,
        1,
        rows(
            (1, INSERT, {"salary": 1}),
            (2, DELETE, {"salary": 1}),
            (5, INSERT, {"salary": 5}),
        ),
    )
    Employee, Visitor = version_class(family.Employee), version_class(family.Visitor)
    with Session(family.world.engine) as session:
        found = version_class(family.Person).all_versions(session, 1, desc=False)
        assert [type(v) for v in found] == [Employee, Employee, Visitor, Visitor, Employee]
        assert found[2].badge == 7
        assert found[2].changeset == {
            "id": [None, 1],
            "kind": [None, "visitor"],
            "name": [None, "b"],
            "badge": [None, 7],
        }
        statement = select(Employee).order_by(Employee.transaction_id)
        assert [v.salary for v in session.scalars(statement)] == [1, 1, 5]


def test_rows_that_a_lower_level_lacks(family: Hierarchy) -> None:
    """Nothing is known then, but the version is not lost."""
    family.write(
        family.Person,
        1,
        rows(
            (1, INSERT, {"kind": "employee", "name": "a"}),
            (2, UPDATE, {"kind": "employee", "name": "b"}),
        ),
    )
    family.write(family.Employee, 1, [(2, None, UPDATE, {"salary": 2})])
    with Session(family.world.engine) as session:
        found = version_class(family.Employee).all_versions(session, 1, desc=False)
        assert [(v.id, v.name, v.salary) for v in found] == [(1, "a", None), (1, "b", 2)]
        assert found[1].changeset == {
            "name": ["a", "b"],
            "number": [None, 1],
            "salary": [None, 2],
        }


def test_vacuum_looks_at_all_levels(family: Hierarchy) -> None:
    family.write(
        family.Person,
        1,
        rows(
            *(
                (number, kind, {"kind": "employee", "name": name})
                for number, kind, name in (
                    (1, INSERT, "a"),
                    (2, UPDATE, "a"),
                    (3, UPDATE, "a"),
                    (4, UPDATE, "a"),
                    (5, UPDATE, "b"),
                    (6, UPDATE, "b"),
                )
            )
        ),
    )
    family.write(
        family.Employee,
        1,
        rows(
            (1, INSERT, {"salary": 1}),
            (2, UPDATE, {"salary": 1}),
            (3, UPDATE, {"salary": 3}),
            (5, UPDATE, {"salary": 3}),
            (6, UPDATE, {"salary": 3}),
        ),
    )
    with Session(family.world.engine) as session:
        before = version_class(family.Person).all_versions(session, 1, desc=False)
        assert vacuum(session, family.Employee) == 3
        assert vacuum(session, family.Person) == 0
        found = version_class(family.Person).all_versions(session, 1, desc=False)
        assert [(v.transaction_id, v.name, v.salary) for v in found] == [
            (1, "a", 1),
            (3, "a", 3),
            (5, "b", 3),
        ]
        assert found == [before[0], before[2], before[4]]


def test_reverting_restores_every_level(family: Hierarchy) -> None:
    write_manager(family)
    with Session(family.world.engine) as session:
        version = version_class(family.Person).version_at(session, 1, 2)
        obj = version.revert()
        assert type(obj) is family.Manager
        assert (obj.id, obj.number, obj.name, obj.salary, obj.title) == (1, 1, "Eve", 10, "CTO")
        assert (obj.notes, obj.secret) == ("private", "hidden")
        copy = version.reify(dup=True)
        assert (copy.id, copy.salary, copy.title, copy.kind) == (None, 10, "CTO", "manager")
        session.rollback()
    family.write_live(
        (family.Person, {"id": 1, "kind": "manager", "name": "x"}),
        (family.Employee, {"number": 1, "salary": 0}),
        (family.Manager, {"manager_id": 1, "title": "y"}),
    )
    with Session(family.world.engine) as session:
        version = version_class(family.Manager).version_at(session, 1, 3)
        obj = version.revert()
        assert (obj.name, obj.salary, obj.title, obj.secret) == ("Eve", 30, "CTO", "hidden")
        session.rollback()


def test_versions_outlive_their_class(family: Hierarchy) -> None:
    family.write(
        family.Person,
        1,
        rows((1, INSERT, {"kind": "robot", "name": "a"}), (2, UPDATE, {"kind": "visitor"})),
    )
    with Session(family.world.engine) as session:
        found = version_class(family.Person).all_versions(session, 1, desc=False)
        assert [type(v) for v in found] == [
            version_class(family.Person),
            version_class(family.Visitor),
        ]
        assert found[0].kind == "robot"


def test_flags_speak_of_their_own_version(new_world: Callable[..., World]) -> None:
    family = Hierarchy(new_world(), flags="columns")
    family.write(
        family.Person,
        1,
        rows(
            (1, INSERT, {"kind": "employee", "name": "a", "name_mod": True}),
            (2, UPDATE, {"kind": "employee", "name": "a", "name_mod": False}),
            (3, UPDATE, {"kind": "employee", "name": "b", "name_mod": True}),
        ),
    )
    family.write(
        family.Employee,
        1,
        rows(
            (1, INSERT, {"salary": 1, "salary_mod": True}),
            (2, UPDATE, {"salary": 2, "salary_mod": True}),
        ),
    )
    entity = version_class(family.Employee)
    for cls in (family.Person, family.Employee):
        with Session(family.world.engine) as session:
            found = version_class(cls).all_versions(session, 1, desc=False)
            assert [(v.name_mod, v.salary_mod) for v in found] == [
                (True, True),
                (False, True),
                (True, False),
            ]
    with Session(family.world.engine) as session:
        statement = select(entity.transaction_id).order_by(entity.transaction_id)
        assert session.scalars(statement.where(entity.salary_mod)).all() == [1, 2]
        assert session.scalars(statement.where(changed(family.Employee.salary))).all() == [1, 2]
        assert session.scalars(statement.where(changed(family.Employee.name))).all() == [1, 3]
