"""Relations at every point of invented histories, against snapshots kept in plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import foreign
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import remote
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import subqueryload

from continuum import as_of
from continuum import history_table
from continuum import version_class
from suite._support import World

pytestmark = pytest.mark.recorders("triggers")

INSERTED, UPDATED, DELETED = range(3)
LAST = 6
TENANTS = ("one", "two")
NUMBERS = (1, 2, 3)
RELATIONS = ("team", "skills", "friends", "admirers", "mentor", "pupils", "pairs")

Key = tuple[Any, ...]
Rows = dict[Key, dict[str, Any]]
State = dict[str, Rows]


def invent(seed: int) -> list[State]:
    """Make up the state of all tables after each transaction, the first of which is number 1."""
    random_ = random.Random(seed)
    state: State = {"team": {}, "person": {}, "skill": {}, "person_skill": {}, "friend": {}}
    states = [state]
    for _ in range(LAST):
        state = {name: dict(rows) for name, rows in state.items()}
        states.append(state)
        for tenant in TENANTS:
            for number in NUMBERS:
                for name in ("team", "person", "skill"):
                    rows, key = state[name], (tenant, number)
                    if random_.random() < 0.6:
                        continue
                    if key in rows and random_.random() < 0.25:
                        del rows[key]
                        continue
                    rows[key] = {"name": random_.choice("abcdef")}
                    if name == "person":
                        rows[key]["team_number"] = random_.choice([None, *NUMBERS])
                        rows[key]["mentor_number"] = random_.choice([None, *NUMBERS])
                for other in NUMBERS:
                    for name in ("person_skill", "friend"):
                        if random_.random() < 0.2:
                            links, key = state[name], (tenant, number, other)
                            if links.pop(key, None) is None:
                                links[key] = {}
    return states[1:]


def versions_of(states: list[State], table: str) -> list[dict[str, Any]]:
    """Return what the history of a table holds after the transactions."""
    found: list[dict[str, Any]] = []
    newest: dict[Key, dict[str, Any]] = {}
    before: Rows = {}
    for number, state in enumerate(states, 1):
        after = state[table]
        for key in sorted({*before, *after}):
            if before.get(key) == after.get(key):
                continue
            operation = UPDATED if key in before else INSERTED
            if key not in after:
                operation = DELETED
            if key in newest:
                newest[key]["end"] = number
            values = after.get(key, before.get(key, {}))
            newest[key] = {"key": key, "start": number, "end": None, "operation": operation}
            newest[key]["values"] = values
            found.append(newest[key])
        before = after
    return found


def related(state: State, key: Key) -> dict[str, set[tuple[Any, ...]]]:
    """Return the relations of a person, as keys with names."""
    tenant, number = key
    person = state["person"].get(key, {})

    def shown(table: str, *numbers: Any) -> set[tuple[Any, ...]]:
        rows = state[table]
        keys = [(tenant, each) for each in numbers]
        return {(*each, rows[each]["name"]) for each in keys if each in rows}

    return {
        "team": shown("team", person["team_number"]),
        "mentor": shown("person", person["mentor_number"]),
        "pupils": shown(
            "person",
            *(
                k[1]
                for k, row in state["person"].items()
                if k[0] == tenant and row["mentor_number"] == number
            ),
        ),
        "skills": shown("skill", *(k[2] for k in state["person_skill"] if k[:2] == key)),
        "friends": shown("person", *(k[2] for k in state["friend"] if k[:2] == key)),
        "admirers": shown(
            "person", *(k[1] for k in state["friend"] if (k[0], k[2]) == (tenant, number))
        ),
        "pairs": {k for k in state["friend"] if k[:2] == key},
    }


def seen(version: Any) -> dict[str, set[tuple[Any, ...]]]:
    """Return the relations of a version in the form of :func:`related`."""
    found = {}
    for name in RELATIONS:
        value = getattr(version, name)
        targets = value if isinstance(value, list) else [] if value is None else [value]
        if name == "pairs":
            shown = {(each.tenant, each.number, each.other) for each in targets}
        else:
            shown = {(each.tenant, each.number, each.name) for each in targets}
        assert len(shown) == len(targets)
        found[name] = shown
    return found


class Population:
    """Classes with every kind of relation, and an invented history of them."""

    def __init__(self, world: World, seed: int, strategies: tuple[str, str]) -> None:
        self.engine = world.engine
        one, other = ({"strategy": strategy} for strategy in strategies)
        base = world.Base

        def key() -> dict[str, Any]:
            return {
                "tenant": mapped_column(String(10), primary_key=True),
                "number": mapped_column(Integer, primary_key=True, autoincrement=False),
            }

        def declare(table: str, options: dict[str, Any], **members: Any) -> Any:
            body = {"__tablename__": table, "__versioned__": options, "__module__": __name__}
            return type(table.title(), (base,), body | key() | members)

        self.Team = declare("team", other, name=mapped_column(String(10)))
        self.Skill = declare("skill", one, name=mapped_column(String(10)))
        self.Person = declare(
            "person",
            one,
            name=mapped_column(String(10)),
            team_number=mapped_column(Integer),
            mentor_number=mapped_column(Integer),
        )
        self.Friend = declare(
            "friend", other, other=mapped_column(Integer, primary_key=True, autoincrement=False)
        )
        person, team, skill = (each.__table__ for each in (self.Person, self.Team, self.Skill))
        friend = self.Friend.__table__
        person_skill = Table(
            "person_skill",
            base.metadata,
            Column("tenant", String(10), primary_key=True),
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("skill_number", Integer, primary_key=True, autoincrement=False),
        )
        self.tables = {"person": person, "team": team, "skill": skill, "friend": friend}
        self.tables["person_skill"] = person_skill
        self._relate(person_skill)
        world.create()
        self.states = invent(seed)
        with world.engine.begin() as connection:
            for name, table in self.tables.items():
                rows = [self._row(table, each) for each in versions_of(self.states, name)]
                connection.execute(insert(history_table(table)), rows)

    def _relate(self, person_skill: Table) -> None:
        Person, person = self.Person, self.tables["person"].c
        team, skill = self.tables["team"].c, self.tables["skill"].c
        friend, link = self.tables["friend"].c, person_skill.c
        Person.team = relationship(
            self.Team,
            primaryjoin=and_(
                foreign(person.tenant) == team.tenant, foreign(person.team_number) == team.number
            ),
            viewonly=True,
        )
        Person.skills = relationship(
            self.Skill,
            secondary=person_skill,
            primaryjoin=and_(
                person.tenant == foreign(link.tenant), person.number == foreign(link.number)
            ),
            secondaryjoin=and_(
                skill.tenant == foreign(link.tenant), skill.number == foreign(link.skill_number)
            ),
            overlaps="skills",
        )
        for name, near, far in (("friends", "number", "other"), ("admirers", "other", "number")):
            made = relationship(
                Person,
                secondary=self.tables["friend"],
                primaryjoin=and_(
                    person.tenant == foreign(friend.tenant), person.number == foreign(friend[near])
                ),
                secondaryjoin=and_(
                    person.tenant == foreign(friend.tenant), person.number == foreign(friend[far])
                ),
                viewonly=True,
            )
            setattr(Person, name, made)
        Person.mentor = relationship(
            Person,
            primaryjoin=and_(
                foreign(person.tenant) == remote(person.tenant),
                foreign(person.mentor_number) == remote(person.number),
            ),
            viewonly=True,
        )
        Person.pupils = relationship(
            Person,
            primaryjoin=and_(
                person.tenant == remote(foreign(person.tenant)),
                person.number == remote(foreign(person.mentor_number)),
            ),
            viewonly=True,
        )
        Person.pairs = relationship(
            self.Friend,
            primaryjoin=and_(
                person.tenant == foreign(friend.tenant), person.number == foreign(friend.number)
            ),
            viewonly=True,
        )

    def _row(self, table: Table, version: dict[str, Any]) -> dict[str, Any]:
        names = [column.name for column in table.primary_key]
        row = dict(zip(names, version["key"], strict=True)) | version["values"]
        row |= {"transaction_id": version["start"], "operation_type": version["operation"]}
        if "end_transaction_id" in history_table(table).c:
            row["end_transaction_id"] = version["end"]
        return row

    def at(self, number: int) -> dict[Key, dict[str, set[tuple[Any, ...]]]]:
        """Return the relations of all people after a transaction."""
        state = self.states[number - 1]
        return {key: related(state, key) for key in state["person"]}


@pytest.fixture(params=[(0, "validity", "validity"), (1, "subquery", "subquery")], ids=str)
def population(request: Any, new_world: Callable[..., World]) -> Population:
    """A history recorded with one strategy."""
    seed, one, other = request.param
    return Population(new_world(), seed, (one, other))


@pytest.fixture(params=[(2, "validity", "subquery"), (3, "subquery", "validity")], ids=str)
def mixed(request: Any, new_world: Callable[..., World]) -> Population:
    """A history in which classes of both strategies relate to each other."""
    seed, one, other = request.param
    return Population(new_world(), seed, (one, other))


def check_own_transactions(population: Population) -> None:
    """Compare the relations of all versions, each at its own transaction, loaded in every way."""
    PersonVersion = version_class(population.Person)
    alive = select(PersonVersion).where(PersonVersion.operation_type != DELETED)
    loaders = [None, selectinload, joinedload, subqueryload]
    for load in loaders:
        names = () if load is None else RELATIONS
        options = [load(getattr(PersonVersion, name)) for name in names if load is not None]
        with Session(population.engine) as session:
            versions = session.scalars(alive.options(*options)).unique().all()
            assert len(versions) > LAST
            for version in versions:
                expected = population.at(version.transaction_id)[version.tenant, version.number]
                assert seen(version) == expected


def check_points(population: Population) -> None:
    """Compare the relations of all rows at all points, read in one Session in every way."""
    with Session(population.engine) as session:
        kept = []
        for load in (None, selectinload, joinedload):
            for number in range(LAST, 0, -1):
                A = as_of(population.Person, number)
                names = () if load is None else RELATIONS
                options = [load(getattr(A, name)) for name in names if load is not None]
                rows = session.scalars(select(A).options(*options)).unique().all()
                kept.append((number, rows))
                found = {(row.tenant, row.number): seen(row) for row in rows}
                assert found == population.at(number)
        session.commit()
        for number, rows in kept:
            assert {(row.tenant, row.number): seen(row) for row in rows} == population.at(number)


def check_criteria(population: Population) -> None:
    """Compare ``any()``, ``has()`` and joins, at own transactions and at points."""
    PersonVersion = version_class(population.Person)
    with Session(population.engine) as session:
        versions = session.scalars(
            select(PersonVersion).where(PersonVersion.operation_type != DELETED)
        ).all()
        every = {
            (each.tenant, each.number, each.transaction_id): population.at(each.transaction_id)[
                each.tenant, each.number
            ]
            for each in versions
        }
        V = PersonVersion
        own = select(V.tenant, V.number, V.transaction_id).where(V.operation_type != DELETED)
        _compare(session, V, own, every)
        for number in range(1, LAST + 1):
            A = as_of(population.Person, number)
            _compare(session, A, select(A.tenant, A.number), population.at(number))


def _compare(session: Session, entity: Any, statement: Any, expected: Any) -> None:
    for name in RELATIONS[:-1]:
        relation = getattr(entity, name)
        target = relation.property.mapper.class_
        exists = relation.any if relation.property.uselist else relation.has
        found = {tuple(row) for row in session.execute(statement.where(exists()))}
        assert found == {key for key, value in expected.items() if value[name]}
        named = {tuple(row) for row in session.execute(statement.where(exists(name="a")))}
        assert named == {
            key for key, value in expected.items() if "a" in {each[-1] for each in value[name]}
        }
        if target is not relation.property.parent.class_:
            joined = session.execute(
                statement.join(relation).add_columns(target.tenant, target.number, target.name)
            )
            width = len(next(iter(expected)))
            pairs = {(tuple(row[:width]), tuple(row[width:])) for row in joined}
            assert pairs == {(key, each) for key, value in expected.items() for each in value[name]}


def test_own_transactions(population: Population) -> None:
    check_own_transactions(population)


def test_own_transactions_of_mixed_strategies(mixed: Population) -> None:
    check_own_transactions(mixed)


def test_points(population: Population) -> None:
    check_points(population)


def test_points_of_mixed_strategies(mixed: Population) -> None:
    check_points(mixed)


def test_criteria(population: Population) -> None:
    check_criteria(population)


def test_criteria_of_mixed_strategies(mixed: Population) -> None:
    check_criteria(mixed)
