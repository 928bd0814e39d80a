"""Names and values that would do harm if they got into SQL as they are."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import TransactionFactory
from continuum import as_of
from continuum import backfill
from continuum import context
from continuum import prune
from continuum import purge
from continuum import repair
from continuum import restore
from continuum import undo
from continuum import unlocked
from continuum import vacuum
from continuum import verify
from continuum import version_class
from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import thaw
from suite._support import World

NAMES = {
    "punctuation": "a\"b`c'd;e--f%g%s\\h:i {old}$$ 表 /*",
    "statement": "x'); DROP TABLE canary; --",
}

VALUES = (
    "'; DROP TABLE canary; --",
    "\"); DELETE FROM canary; /* ` %s %(name)s :name {0} \\' \\",
    "$continuum$ END $$; line\nbreak\ttab ünï 😀",
    '{"actor": "x"}',
)


class Hostile:
    """A world in which every name is hostile, and a table that must survive it."""

    def __init__(self, new_world: Callable[..., World], name: str, **arguments: Any) -> None:
        self.name = name
        self.world = new_world(
            transaction_cls=TransactionFactory(table_name=f"{name} log"), **arguments
        )
        self.model: Any = type(
            "Model",
            (self.world.Base,),
            {
                "__tablename__": name,
                "__versioned__": {
                    "transaction_column_name": f"{name} from",
                    "end_transaction_column_name": f"{name} to",
                    "operation_type_column_name": f"{name} kind",
                    "ignore": ["seen"],
                },
                "id": mapped_column(f"{name} id", Integer, primary_key=True),
                "value": mapped_column(f"{name} value", String(200)),
                "seen": mapped_column(f"{name} seen", Integer),
            },
        )
        with self.world.engine.begin() as connection:
            connection.execute(text("CREATE TABLE canary (id INTEGER)"))
            connection.execute(text("INSERT INTO canary VALUES (1)"))
        self.world.create()

    def is_unharmed(self) -> bool:
        """Say whether the canary lives and history is sound."""
        with self.world.engine.connect() as connection:
            alive = connection.execute(text("SELECT id FROM canary")).scalars().all()
        report = verify(self.world.engine, manager=self.world.manager)
        assert report.ok, str(report)
        return alive == [1]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_everywhere(new_world: Callable[..., World], name: str) -> None:
    hostile = Hostile(new_world, name)
    world, model = hostile.world, hostile.model
    assert world.manager.check(world.engine).ok
    with world.transaction() as session, context(actor=name, reason=name, meta={name: name}):
        session.add_all([model(id=number, value="a") for number in (1, 2, 3)])
        session.flush()
    for value in ("b", "c"):
        with world.transaction() as session:
            session.get_one(model, 1).value = value
    with world.transaction() as session:
        session.get_one(model, 1).seen = 1
        session.get_one(model, 2).id = 5
        session.delete(session.get_one(model, 3))
    first, *_, last = world.transactions()
    assert (first.actor, first.reason, first.meta) == (name, name, {name: name})
    with Session(world.engine) as session:
        one = session.get_one(model, 1)
        assert [v.value for v in one.versions] == ["a", "b", "c"]
        assert one.versions[1].changeset["value"] == ["a", "b"]
        then = session.scalars(select(as_of(model, first.id))).all()
        assert {each.value for each in then} == {"a"}
        one.versions[0].revert()
        session.commit()
        assert session.get_one(model, 1).value == "a"
        undo(session, last.id, manager=world.manager)
        session.commit()
        session.delete(session.get_one(model, 3))
        session.commit()
        restore(session, model, 3)
        session.commit()
        vacuum(session, model)
        session.commit()
    assert hostile.is_unharmed()
    prune(world.engine, model, keep_last=1, transactions=True, manager=world.manager)
    with world.transaction() as session:
        purge(session, model, 1)
    backfill(world.engine, model, reason=name, manager=world.manager)
    repair(world.engine, manager=world.manager)
    assert hostile.is_unharmed()
    spec = world.manager.spec_of(model.__table__)
    if world.native:
        assert spec is not None
        assert thaw(literal_eval(repr(freeze(spec, world.dialect)))).table == spec.table
    world.manager.uninstall(world.engine)
    world.manager.install(world.engine)
    world.Base.metadata.drop_all(world.engine)
    assert inspect(world.engine).has_table("canary")


@pytest.mark.recorders("triggers")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_in_guards_and_protected_functions(
    new_world: Callable[..., World], name: str
) -> None:
    hostile = Hostile(new_world, name, protected=True, options={"append_only": True})
    world, model = hostile.world, hostile.model
    with world.transaction() as session, context(actor=name):
        session.add(model(id=1, value="a"))
        session.flush()
        session.get_one(model, 1).value = "b"
        session.flush()
    with world.transaction() as session, context(reason=name):
        session.get_one(model, 1).value = "c"
        session.flush()
    with (
        world.transaction() as session,
        unlocked(session, reason=name, actor=name, manager=world.manager),
    ):
        purge(session, model, 1)
    assert world.transactions()[-1].reason == f"unlocked: {name}"
    assert world.manager.check(world.engine).ok
    world.manager.uninstall(world.engine)
    world.Base.metadata.drop_all(world.engine)
    assert inspect(world.engine).has_table("canary")


def test_values_everywhere(new_world: Callable[..., World]) -> None:
    hostile = Hostile(new_world, "plain")
    world, model = hostile.world, hostile.model
    for number, value in enumerate(VALUES, start=1):
        with (
            world.transaction() as session,
            context(actor=value[:40], reason=value, meta={value: value}, remote_addr=value[:40]),
        ):
            session.add(model(id=number, value=value))
            session.flush()
        row = world.transactions()[-1]
        assert (row.actor, row.reason, row.meta) == (value[:40], value, {value: value})
        assert row.remote_addr == value[:40]
        with Session(world.engine) as session:
            version = version_class(model)
            found = session.scalars(select(version).where(version.value == value)).one()
            assert found.value == value
            log = world.manager.transaction_cls
            assert session.scalar(select(func.count()).where(log.reason == value)) == 1
            session.get_one(model, number).value = "else"
            session.commit()
            found.revert()
            session.commit()
            assert session.get_one(model, number).value == value
        backfill(world.engine, model, reason=value, manager=world.manager)
    assert hostile.is_unharmed()


@pytest.mark.parametrize("letter", ["x", "ü"])
def test_the_longest_names(new_world: Callable[..., World], recorder: str, letter: str) -> None:
    world = new_world(options={"append_only": recorder == "triggers"})
    length = 55 // len(letter.encode())
    model: Any = type(
        "Model",
        (world.Base,),
        {
            "__tablename__": letter * length,
            "__versioned__": {},
            "id": mapped_column(letter * length, Integer, primary_key=True),
            "value": mapped_column(letter * (length - 1), String(200)),
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(model(id=1, value="a"))
    with world.transaction() as session:
        session.get_one(model, 1).value = "b"
    world.verify(model)
    assert world.manager.check(world.engine).ok
    world.Base.metadata.drop_all(world.engine)
    left = MetaData()
    left.reflect(world.engine)
    assert [name for name in left.tables if isinstance(left.tables[name], Table)] == []
