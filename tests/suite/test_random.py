"""Random sequences of operations, compared with the model of history after each commit.

The sequences are the same in every run.  ``FUZZ=500`` makes that many new ones instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import precondition
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import Session

from continuum import version_class
from model.history import History
from model.history import State
from model.history import ranked
from suite._support import World
from suite._support import define_article
from suite._writers import Change
from suite._writers import born
from suite._writers import changed
from suite._writers import execute
from suite._writers import flush
from suite._writers import gone
from suite._writers import sql
from suite._writers import upsert

FUZZ = int(os.environ.get("FUZZ", "0"))

KEYS = (1, 2, 3, 4)
SPARE_KEY = 99

classes = st.sampled_from(["article", "comment"])
names = st.sampled_from(["a", "b", "B", "b ", "", None])
counts = st.integers(0, 3)
hows = st.sampled_from(["orm", "statement", "core", "text"])
picks = st.integers(0, 100)


class Writing(RuleBasedStateMachine):
    """One session after the other writes to two tables of one history each."""

    def __init__(self, world: World, classes: dict[str, Any], *, gaps: bool = False) -> None:
        """Begin to write.

        :param gaps: some changes leave no version on purpose.
        """
        super().__init__()
        self.world = world
        self.classes = classes
        self.gaps = gaps
        self.clear()
        self.model = History({name: world.spec(cls) for name, cls in classes.items()})
        self.possible = 0
        self.begin()
        for name in classes:
            self.write(name, "core", born(1, "a"), born(2, "b"), born(3, "c"))
        self.commit()

    def clear(self) -> None:
        """Empty the live tables, then their history."""
        with self.world.engine.begin() as connection:
            for cls in self.classes.values():
                connection.execute(delete(cls.__table__))
        with self.world.engine.begin() as connection:
            for cls in self.classes.values():
                connection.execute(delete(version_class(cls).__table__))
            connection.execute(delete(self.world.log))

    def begin(self) -> None:
        self.session = Session(self.world.engine)
        self.savepoints: list[tuple[Any, int]] = []
        self.states: list[State] = [self.read()]

    def read(self) -> State:
        """Return the live tables as the session sees them."""
        connection = self.session.connection()
        return {name: self.world.live(cls, connection) for name, cls in self.classes.items()}

    def done(self) -> None:
        """Note what a statement has made of the tables."""
        self.session.expire_all()
        self.states.append(self.read())

    def key(self, table: str, pick: int, *, live: bool) -> int | None:
        """Choose a key that has a row now, or one that has none."""
        present = {key[0] for key in self.states[-1][table]}
        candidates = [key for key in KEYS if (key in present) is live]
        return candidates[pick % len(candidates)] if candidates else None

    def write(self, table: str, how: str, *changes: Change) -> None:
        cls = self.classes[table]
        if how == "text" and not self.world.native:
            how = "core"
        for change in changes:
            if how == "orm":
                flush(self.session, cls, change)
            elif how == "statement":
                execute(self.session, cls, change)
            elif how == "core":
                execute(self.session.connection(), cls.__table__, change)
            else:
                self.session.execute(text(sql(cls.__tablename__, change)))
            self.done()

    @rule(table=classes, pick=picks, name=names, hits=counts, how=hows)
    def insert(self, table: str, pick: int, name: str | None, hits: int, how: str) -> None:
        key = self.key(table, pick, live=False)
        if key is not None:
            self.write(table, how, born(key, name, hits))

    @rule(table=classes, pick=picks, name=names, how=hows)
    def update(self, table: str, pick: int, name: str | None, how: str) -> None:
        key = self.key(table, pick, live=True)
        if key is not None:
            self.write(table, how, changed(key, name=name))

    @rule(table=classes, pick=picks, content=names, hits=counts, how=hows)
    def update_others(
        self, table: str, pick: int, content: str | None, hits: int, how: str
    ) -> None:
        key = self.key(table, pick, live=True)
        if key is not None:
            self.write(table, how, changed(key, content=content, hits=hits))

    @rule(table=classes, pick=picks, how=hows)
    def write_the_same(self, table: str, pick: int, how: str) -> None:
        key = self.key(table, pick, live=True)
        if key is not None:
            row = self.states[-1][table][key,]
            self.write(table, how, changed(key, name=row["name"], content=row["content"]))

    @rule(table=classes, pick=picks, hits=counts, how=hows)
    def update_ignored(self, table: str, pick: int, hits: int, how: str) -> None:
        key = self.key(table, pick, live=True)
        if key is not None:
            self.write(table, how, changed(key, hits=hits))

    @rule(table=classes, pick=picks, how=hows)
    def delete(self, table: str, pick: int, how: str) -> None:
        key = self.key(table, pick, live=True)
        if key is not None:
            self.write(table, how, gone(key))

    @rule(table=classes, pick=picks, name=names, how=hows)
    def delete_and_insert(self, table: str, pick: int, name: str | None, how: str) -> None:
        key = self.key(table, pick, live=True)
        if key is not None:
            self.write(table, how, gone(key), born(key, name))

    @rule(table=classes, pick=picks, other=picks, name=names, how=hows)
    def change_key(self, table: str, pick: int, other: int, name: str | None, how: str) -> None:
        key = self.key(table, pick, live=True)
        free = self.key(table, other, live=False)
        if key is not None and free is not None:
            values: dict[str, Any] = {"id": free} if other % 2 else {"id": free, "name": name}
            self.write(table, how, changed(key, **values))

    @rule(table=classes, pick=picks, how=hows)
    def swap_keys(self, table: str, pick: int, how: str) -> None:
        present = sorted(key[0] for key in self.states[-1][table])
        if len(present) >= 2:
            one, two = present[0], present[1 + pick % (len(present) - 1)]
            self.write(
                table,
                how,
                changed(one, id=SPARE_KEY),
                changed(two, id=one),
                changed(SPARE_KEY, id=two),
            )

    @rule(table=classes, one=st.sampled_from(KEYS), two=st.sampled_from(KEYS), name=names)
    def upsert(self, table: str, one: int, two: int, name: str | None) -> None:
        upsert(
            self.session.connection(),
            self.classes[table],
            *({"id": key, "name": name} for key in sorted({one, two})),
        )
        self.done()

    @rule(table=classes, name=names, limit=st.sampled_from(KEYS))
    def update_many(self, table: str, name: str | None, limit: int) -> None:
        cls = self.classes[table]
        self.session.execute(update(cls).where(cls.id <= limit).values(name=name))
        self.done()

    @rule(table=classes)
    def count_up(self, table: str) -> None:
        cls = self.classes[table]
        self.session.execute(update(cls).values(hits=cls.hits + 1))
        self.done()

    @rule(table=classes, limit=st.sampled_from(KEYS))
    def delete_many(self, table: str, limit: int) -> None:
        cls = self.classes[table]
        self.session.execute(delete(cls).where(cls.id > limit))
        self.done()

    @rule(table=classes, pick=picks)
    def copy_rows(self, table: str, pick: int) -> None:
        cls = self.classes[table]
        free = self.key(table, pick, live=False)
        source = self.key(table, pick, live=True)
        if free is not None and source is not None:
            self.session.execute(
                insert(cls).from_select(
                    ["id", "name", "content"],
                    select(cls.id + (free - source), cls.name, cls.content).where(cls.id == source),
                )
            )
            self.done()

    @precondition(lambda self: len(self.savepoints) < 3)
    @rule()
    def begin_savepoint(self) -> None:
        self.savepoints.append((self.session.begin_nested(), len(self.states)))

    @precondition(lambda self: self.savepoints)
    @rule(pick=picks)
    def roll_back_to_savepoint(self, pick: int) -> None:
        position = pick % len(self.savepoints)
        length = self.savepoints[position][1]
        while len(self.savepoints) > position:
            innermost, _ = self.savepoints.pop()
            innermost.rollback()
        del self.states[length:]
        assert self.read() == self.states[-1]

    @precondition(lambda self: self.savepoints)
    @rule()
    def release_savepoint(self) -> None:
        nested, _ = self.savepoints.pop()
        nested.commit()

    @precondition(lambda self: len(self.states) > 2)
    @rule()
    def commit(self) -> None:
        self.session.commit()
        self.model.commit(self.states)
        self.possible += any(state != self.states[0] for state in self.states)
        self.session.close()
        self.compare()
        self.begin()

    @precondition(lambda self: len(self.states) > 2)
    @rule()
    def commit_and_go_on(self) -> None:
        self.session.commit()
        self.model.commit(self.states)
        self.possible += any(state != self.states[0] for state in self.states)
        self.savepoints.clear()
        self.states = [self.read()]

    @precondition(lambda self: len(self.states) > 4)
    @rule()
    def roll_back(self) -> None:
        self.session.rollback()
        self.savepoints.clear()
        self.states = [self.read()]

    @precondition(lambda self: len(self.states) > 4)
    @rule()
    def give_up_the_session(self) -> None:
        self.session.close()
        self.begin()

    def compare(self) -> None:
        actual, expected = [], []
        for name, cls in self.classes.items():
            actual += [replace(v, key=(name, *v.key)) for v in self.world.versions(cls)]
            expected += [replace(v, key=(name, *v.key)) for v in self.model.versions(name)]
        assert ranked(actual) == ranked(expected)
        self.world.verify(*self.classes.values(), gaps=self.gaps)
        used = {version.transaction for version in actual}
        assert len(used) <= len(self.world.transactions()) <= self.possible

    def teardown(self) -> None:
        self.session.close()
        self.compare()


def run_machine(make: Callable[[], RuleBasedStateMachine], examples: int = 20) -> None:
    """Run a machine over sequences that are the same each time, or over ``FUZZ`` new ones.

    A sequence that fails is made shorter with ``SHRINK=1`` only: that takes minutes.
    """
    phases = [Phase.generate, *([Phase.shrink] if os.environ.get("SHRINK") == "1" else [])]
    run_state_machine_as_test(
        make,
        settings=settings(
            max_examples=FUZZ or examples,
            stateful_step_count=100,
            derandomize=not FUZZ,
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_history_is_what_the_model_says(world: World) -> None:
    classes = {
        "article": define_article(world, ignore=["hits"]),
        "comment": define_article(
            world, table="comment", ignore=["hits"], strategy="subquery", null_delete=True
        ),
    }
    world.create()
    run_machine(lambda: Writing(world, classes))
