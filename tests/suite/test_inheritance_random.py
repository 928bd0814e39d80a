"""Invented histories of joined classes, compared with what the live objects were."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from continuum import version_class
from suite._hierarchy import Hierarchy
from suite._support import World

KEYS = (1, 2, 3)
VALUES = {"name": "name", "salary": "number", "title": "name", "badge": "number"}

State = dict[str, Any]


def states(family: Hierarchy) -> dict[int, State]:
    """Return the live objects, whole, by key."""
    found: dict[int, State] = {}
    with Session(family.world.engine) as session:
        for obj in session.scalars(select(family.Person)):
            present = [name for name in VALUES if hasattr(obj, name)]
            found[obj.id] = {"kind": obj.kind} | {name: getattr(obj, name) for name in present}
    return found


def told(family: Hierarchy, key: int) -> list[tuple[str, State]]:
    with Session(family.world.engine) as session:
        return [
            (
                version.operation_type.name,
                {"kind": version.kind}
                | {name: getattr(version, name) for name in VALUES if hasattr(version, name)},
            )
            for version in version_class(family.Person).all_versions(session, key, desc=False)
        ]


def act(family: Hierarchy, session: Session, choose: random.Random) -> None:
    """Do something to one of the objects."""
    key = choose.choice(KEYS)
    classes = [family.Person, family.Employee, family.Manager, family.Visitor]
    obj = session.get(family.Person, key, populate_existing=True)
    if obj is None:
        cls = choose.choice(classes)
        values = {name: choose.choice("ab") for name in ("name", "title") if hasattr(cls, name)}
        values |= {
            name: choose.choice((1, 2)) for name in ("salary", "badge") if hasattr(cls, name)
        }
        session.add(cls(id=key, **values))
        session.flush()
        return
    session.refresh(obj)
    kind = choose.randrange(5)
    if kind == 0:
        session.delete(obj)
    elif kind == 1:
        for name in VALUES:
            if hasattr(obj, name) and choose.random() < 0.5:
                setattr(obj, name, choose.choice("ab" if VALUES[name] == "name" else (1, 2)))
    elif kind == 2:
        name = choose.choice([name for name in VALUES if hasattr(obj, name)])
        setattr(obj, name, choose.choice("ab" if VALUES[name] == "name" else (1, 2)))
    else:
        cls = choose.choice([family.Person, family.Employee, family.Manager])
        name = {family.Person: "name", family.Employee: "salary", family.Manager: "title"}[cls]
        table = cls.__table__
        [key_column] = table.primary_key.columns
        chosen = key_column == key if kind == 3 else key_column.in_(KEYS)
        value = choose.choice("ab" if VALUES[name] == "name" else (1, 2))
        session.execute(update(table).where(chosen).values({name: value}))
    session.flush()
    session.expire_all()


@pytest.mark.parametrize("seed", range(2))
def test_every_version_is_what_the_object_was(new_world: Callable[..., World], seed: int) -> None:
    choose = random.Random(seed)
    family = Hierarchy(new_world(), strategy=("validity", "subquery")[seed % 2])
    expected: dict[int, list[tuple[str, State]]] = {key: [] for key in KEYS}
    before: dict[int, State] = {}
    for _ in range(25):
        with family.world.transaction() as session:
            for _ in range(choose.choice((1, 1, 2, 4))):
                savepoint = session.begin_nested()
                act(family, session, choose)
                if choose.random() < 0.15:
                    savepoint.rollback()
                else:
                    savepoint.commit()
        after = states(family)
        for key in KEYS:
            old, new = before.get(key), after.get(key)
            if old != new:
                operation = "INSERT" if old is None else "DELETE" if new is None else "UPDATE"
                expected[key].append((operation, new or {"kind": before[key]["kind"]}))
        before = after
    for key in KEYS:
        # A DELETE has the last values before it, which may be of the same transaction.
        found = [
            (operation, state if operation != "DELETE" else {"kind": state["kind"]})
            for operation, state in told(family, key)
        ]
        assert found == expected[key]
    family.world.verify(family.Person, family.Employee, family.Manager)
    assert sum(map(len, expected.values())) > 15
