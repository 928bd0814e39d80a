"""Joined inheritance on PostgreSQL: the root's history is the timeline of its objects."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy.exc import DBAPIError

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.postgresql import EMITTER
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import MissingPrivilege
from postgresql_support import LOG
from postgresql_support import execute
from postgresql_support import sqlstate
from servers.database import Database

INSERT, UPDATE, DELETE = 0, 1, 2
LEVELS = ("thing", "part", "gear", "tool")
"""A root, a table below it, one below that, and another one below the root."""

VALUES = {"thing": "name", "part": "size", "gear": "teeth", "tool": "weight"}

Story = list[tuple[Any, ...]]


@dataclass
class Family:
    """A hierarchy of live tables with their histories."""

    engine: Engine
    root: TriggerSpec
    keys: dict[str, tuple[str, ...]]

    @property
    def specs(self) -> tuple[TriggerSpec, ...]:
        return (self.root, *(replace(level, root=self.root) for level in self.root.lower))

    def run(self, *statements: str) -> None:
        """Run statements in one transaction."""
        with self.engine.begin() as connection:
            execute(connection, *statements)

    def install(self) -> None:
        with self.engine.begin() as connection:
            server = EMITTER.server(connection, self.root.log)
            execute(connection, *EMITTER.create_helpers(self.root.log, self.specs, server))
            for spec in self.specs:
                EMITTER.validate(spec, server)
                execute(connection, *EMITTER.create(spec, server))

    def story(self, level: str) -> Story:
        """Return the history of one table, ``(*key, operation, from, to, value)``."""
        spec = next(spec for spec in self.specs if spec.table.name == level)
        end = "end_transaction_id" if spec.end_column else "NULL"
        keys = ", ".join(f'"{name}"' for name in self.keys[level])
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(
                f"SELECT {keys}, operation_type, transaction_id, {end}, {VALUES[level]}"
                f" FROM {level}_version ORDER BY {keys}, transaction_id"
            )
            return [tuple(row) for row in found]

    def stories(self) -> dict[str, Story]:
        """Return the histories that are not empty."""
        stories = {level: self.story(level) for level in LEVELS}
        return {level: story for level, story in stories.items() if story}

    def state(self) -> dict[str, dict[tuple[Any, ...], Any]]:
        """Return the live rows."""
        with self.engine.connect() as connection:
            return {level: self.rows(connection, level) for level in LEVELS}

    def rows(self, connection: Connection, level: str) -> dict[tuple[Any, ...], Any]:
        keys = ", ".join(f'"{name}"' for name in self.keys[level])
        found = connection.exec_driver_sql(f"SELECT {keys}, {VALUES[level]} FROM {level}")
        return {tuple(row[:-1]): row[-1] for row in found}

    def ids(self) -> list[int]:
        with self.engine.connect() as connection:
            return list(
                connection.exec_driver_sql("SELECT id FROM transaction ORDER BY id").scalars()
            )


def family(
    engine: Engine,
    *,
    end: str | None = "end_transaction_id",
    log: LogSpec = LOG,
    action: str = "CASCADE",
    composite: bool = False,
    before: tuple[str, ...] = (),
    install: bool = True,
    **options: Any,
) -> Family:
    """Create a hierarchy and record it.

    :param action: of the foreign keys.
    :param composite: keys of two columns, with other names in another order at each level.
    :param before: statements to run before there are triggers.
    """
    keys = dict.fromkeys(LEVELS, ("id",))
    if composite:
        keys = {level: (f"{level} tenant", f"{level} id") for level in LEVELS}
    parents = {"part": "thing", "gear": "part", "tool": "thing"}
    statements = [
        "CREATE TABLE transaction (id bigserial PRIMARY KEY, issued_at timestamp, user_id int)"
    ]
    specs: dict[str, TriggerSpec] = {}
    for level in LEVELS:
        value, type_ = VALUES[level], "text" if level == "thing" else "integer"
        columns = ", ".join(f'"{name}" integer' for name in reversed(keys[level]))
        names = ", ".join(f'"{name}"' for name in keys[level])
        ends = "" if end is None else f"{end} bigint,"
        parent = ""
        if level in parents:
            referred = ", ".join(f'"{name}"' for name in keys[parents[level]])
            parent = (
                f", FOREIGN KEY ({names}) REFERENCES {parents[level]} ({referred})"
                f" ON DELETE {action} ON UPDATE {action} DEFERRABLE"
            )
        statements.append(
            f"CREATE TABLE {level} ({columns}, {value} {type_}, PRIMARY KEY ({names}){parent})"
        )
        statements.append(
            f"CREATE TABLE {level}_version ({columns}, {value} {type_}, transaction_id bigint,"
            f" {ends} operation_type smallint, PRIMARY KEY ({names}, transaction_id))"
        )
        specs[level] = TriggerSpec(
            table=TableName(level, "public"),
            version_table=TableName(f"{level}_version", "public"),
            log=log,
            columns=(
                *(ColumnSpec(name, name, Integer()) for name in keys[level]),
                ColumnSpec(value, value, String() if level == "thing" else Integer()),
            ),
            key=keys[level],
            end_column=end,
            **options,
        )
    root = replace(specs["thing"], lower=tuple(specs[level] for level in LEVELS[1:]))
    made = Family(engine, root, keys)
    made.run(*statements, *before)
    if install:
        made.install()
    return made


@pytest.fixture
def engine(postgresql_database: Database) -> Engine:
    return postgresql_database.engine()


@pytest.fixture
def things(engine: Engine) -> Family:
    return family(engine)


NEW_GEAR = (
    "INSERT INTO thing VALUES (7, 'a')",
    "INSERT INTO part VALUES (7, 1)",
    "INSERT INTO gear VALUES (7, 10)",
)
OLD_GEAR = (*NEW_GEAR, "INSERT INTO thing VALUES (8, 'x')", "INSERT INTO tool VALUES (8, 5)")


def test_new_object_has_one_version_at_each_level(things: Family) -> None:
    things.run(*NEW_GEAR)
    assert things.stories() == {
        "thing": [(7, INSERT, 1, None, "a")],
        "part": [(7, INSERT, 1, None, 1)],
        "gear": [(7, INSERT, 1, None, 10)],
    }


@pytest.mark.parametrize("level", ["part", "gear"])
def test_change_of_a_lower_level_is_on_the_timeline(things: Family, level: str) -> None:
    things.run(*NEW_GEAR)
    things.run(f"UPDATE {level} SET {VALUES[level]} = 2")
    assert things.story("thing") == [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, None, "a")]
    assert things.story(level)[1:] == [(7, UPDATE, 2, None, 2)]
    other = {"part": "gear", "gear": "part"}[level]
    assert len(things.story(other)) == 1


def test_change_of_the_root_is_at_the_root_only(things: Family) -> None:
    things.run(*NEW_GEAR)
    things.run("UPDATE thing SET name = 'b'")
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, None, "b")],
        "part": [(7, INSERT, 1, None, 1)],
        "gear": [(7, INSERT, 1, None, 10)],
    }


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_change_at_two_levels_is_one_version_of_each(
    things: Family, order: tuple[int, int]
) -> None:
    things.run(*NEW_GEAR)
    changes = ("UPDATE thing SET name = 'b'", "UPDATE gear SET teeth = 11")
    things.run(*(changes[place] for place in order))
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, None, "b")],
        "part": [(7, INSERT, 1, None, 1)],
        "gear": [(7, INSERT, 1, 2, 10), (7, UPDATE, 2, None, 11)],
    }


DELETIONS = {
    "cascade from the root": ("DELETE FROM thing",),
    "leaf to root": ("DELETE FROM gear", "DELETE FROM part", "DELETE FROM thing"),
    "truncate": ("TRUNCATE thing, part, gear, tool",),
    "truncate from below": ("TRUNCATE gear, tool, part, thing",),
}


@pytest.mark.parametrize("case", DELETIONS)
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_deletion_leaves_a_version_at_each_level(engine: Engine, case: str, strategy: str) -> None:
    things = family(engine, end="end_transaction_id" if strategy == "validity" else None)
    things.run(*NEW_GEAR)
    things.run(*DELETIONS[case])
    end = 2 if strategy == "validity" else None
    assert things.stories() == {
        "thing": [(7, INSERT, 1, end, "a"), (7, DELETE, 2, None, "a")],
        "part": [(7, INSERT, 1, end, 1), (7, DELETE, 2, None, 1)],
        "gear": [(7, INSERT, 1, end, 10), (7, DELETE, 2, None, 10)],
    }


def test_deleted_object_comes_again(things: Family) -> None:
    things.run(*NEW_GEAR)
    things.run("DELETE FROM thing")
    things.run("INSERT INTO thing VALUES (7, 'b')", "INSERT INTO part VALUES (7, 2)")
    assert things.story("thing")[2:] == [(7, INSERT, 3, None, "b")]
    assert things.story("part")[2:] == [(7, INSERT, 3, None, 2)]
    assert things.story("gear") == [(7, INSERT, 1, 2, 10), (7, DELETE, 2, None, 10)]


def test_object_gets_and_loses_a_level(things: Family) -> None:
    things.run(*NEW_GEAR)
    things.run("DELETE FROM gear")
    things.run("INSERT INTO gear VALUES (7, 12)")
    assert things.story("thing") == [
        (7, INSERT, 1, 2, "a"),
        (7, UPDATE, 2, 3, "a"),
        (7, UPDATE, 3, None, "a"),
    ]
    assert things.story("gear") == [
        (7, INSERT, 1, 2, 10),
        (7, DELETE, 2, 3, 10),
        (7, INSERT, 3, None, 12),
    ]


# The fold

NOTHING: dict[str, tuple[str, ...]] = {
    "there and back below": ("UPDATE gear SET teeth = 11", "UPDATE gear SET teeth = 10"),
    "there and back at two levels": (
        "UPDATE gear SET teeth = 11",
        "UPDATE thing SET name = 'b'",
        "UPDATE thing SET name = 'a'",
        "UPDATE gear SET teeth = 10",
    ),
    "the root first": (
        "UPDATE thing SET name = 'b'",
        "UPDATE part SET size = 2",
        "UPDATE part SET size = 1",
        "UPDATE thing SET name = 'a'",
    ),
    "the level goes and comes": ("DELETE FROM gear", "INSERT INTO gear VALUES (7, 10)"),
    "all goes and comes": ("DELETE FROM thing", *NEW_GEAR),
    "another comes and goes": (
        "INSERT INTO thing VALUES (9, 'a')",
        "INSERT INTO part VALUES (9, 1)",
        "UPDATE part SET size = 3 WHERE id = 9",
        "DELETE FROM thing WHERE id = 9",
    ),
    "the key and back": ("UPDATE thing SET id = 8", "UPDATE thing SET id = 7"),
}


@pytest.mark.parametrize("case", NOTHING)
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_what_comes_to_nothing_leaves_nothing(engine: Engine, case: str, strategy: str) -> None:
    things = family(engine, end="end_transaction_id" if strategy == "validity" else None)
    things.run(*NEW_GEAR)
    things.run(*NOTHING[case])
    assert things.stories() == {
        "thing": [(7, INSERT, 1, None, "a")],
        "part": [(7, INSERT, 1, None, 1)],
        "gear": [(7, INSERT, 1, None, 10)],
    }


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_root_that_goes_back_stays_while_a_lower_level_differs(
    engine: Engine, strategy: str
) -> None:
    end = 2 if strategy == "validity" else None
    things = family(engine, end="end_transaction_id" if strategy == "validity" else None)
    things.run(*NEW_GEAR)
    things.run(
        "UPDATE thing SET name = 'b'",
        "UPDATE gear SET teeth = 11",
        "UPDATE thing SET name = 'a'",
    )
    assert things.story("thing") == [(7, INSERT, 1, end, "a"), (7, UPDATE, 2, None, "a")]
    assert things.story("gear") == [(7, INSERT, 1, end, 10), (7, UPDATE, 2, None, 11)]


def test_lower_level_that_goes_back_leaves_the_change_of_another(things: Family) -> None:
    things.run(*NEW_GEAR)
    things.run(
        "UPDATE gear SET teeth = 11", "UPDATE part SET size = 2", "UPDATE gear SET teeth = 10"
    )
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 2, "a"), (7, UPDATE, 2, None, "a")],
        "part": [(7, INSERT, 1, 2, 1), (7, UPDATE, 2, None, 2)],
        "gear": [(7, INSERT, 1, None, 10)],
    }


def test_rolled_back_savepoint_takes_the_roots_version_along(things: Family) -> None:
    things.run(*NEW_GEAR)
    with things.engine.begin() as connection:
        with connection.begin_nested() as savepoint:
            execute(connection, "UPDATE gear SET teeth = 11")
            savepoint.rollback()
        execute(connection, "UPDATE part SET size = 2")
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 3, "a"), (7, UPDATE, 3, None, "a")],
        "part": [(7, INSERT, 1, 3, 1), (7, UPDATE, 3, None, 2)],
        "gear": [(7, INSERT, 1, None, 10)],
    }


# Keys

KEY_CHANGES = {
    "from the root": ("UPDATE thing SET id = 9 WHERE id = 7",),
    "from below": (
        "SET CONSTRAINTS ALL DEFERRED",
        "UPDATE gear SET id = 9",
        "UPDATE part SET id = 9",
        "UPDATE thing SET id = 9 WHERE id = 7",
    ),
}


@pytest.mark.parametrize("case", KEY_CHANGES)
def test_changed_key(engine: Engine, case: str) -> None:
    things = family(engine, action="CASCADE" if case == "from the root" else "NO ACTION")
    things.run(*NEW_GEAR)
    things.run(*KEY_CHANGES[case])
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 2, "a"), (7, DELETE, 2, None, "a"), (9, INSERT, 2, None, "a")],
        "part": [(7, INSERT, 1, 2, 1), (7, DELETE, 2, None, 1), (9, INSERT, 2, None, 1)],
        "gear": [(7, INSERT, 1, 2, 10), (7, DELETE, 2, None, 10), (9, INSERT, 2, None, 10)],
    }


def test_level_moves_to_another_object(things: Family) -> None:
    things.run(*NEW_GEAR, "INSERT INTO thing VALUES (8, 'x')")
    things.run("DELETE FROM gear")
    things.run("UPDATE part SET id = 8")
    assert things.story("thing") == [
        (7, INSERT, 1, 2, "a"),
        (7, UPDATE, 2, 3, "a"),
        (7, UPDATE, 3, None, "a"),
        (8, INSERT, 1, 3, "x"),
        (8, UPDATE, 3, None, "x"),
    ]


def test_composite_keys_correspond_by_position(engine: Engine) -> None:
    things = family(engine, composite=True)
    things.run(
        "INSERT INTO thing (\"thing id\", \"thing tenant\", name) VALUES (7, 1, 'a'), (7, 2, 'b')",
        'INSERT INTO part ("part id", "part tenant", size) VALUES (7, 1, 1), (7, 2, 2)',
    )
    things.run('UPDATE part SET size = 5 WHERE "part tenant" = 2')
    things.run(
        'UPDATE part SET size = 6 WHERE "part tenant" = 1',
        'UPDATE part SET size = 1 WHERE "part tenant" = 1',
    )
    things.run('DELETE FROM thing WHERE "thing tenant" = 1')
    assert things.stories() == {
        "thing": [
            (1, 7, INSERT, 1, 4, "a"),
            (1, 7, DELETE, 4, None, "a"),
            (2, 7, INSERT, 1, 2, "b"),
            (2, 7, UPDATE, 2, None, "b"),
        ],
        "part": [
            (1, 7, INSERT, 1, 4, 1),
            (1, 7, DELETE, 4, None, 1),
            (2, 7, INSERT, 1, 2, 2),
            (2, 7, UPDATE, 2, None, 5),
        ],
    }


# Objects older than their history


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_old_object_changes_below(engine: Engine, strategy: str) -> None:
    end = 1 if strategy == "validity" else None
    things = family(
        engine, end="end_transaction_id" if strategy == "validity" else None, before=OLD_GEAR
    )
    things.run("UPDATE gear SET teeth = 11")
    assert things.stories() == {
        "thing": [(7, INSERT, 0, end, "a"), (7, UPDATE, 1, None, "a")],
        "part": [(7, INSERT, 0, None, 1)],
        "gear": [(7, INSERT, 0, end, 10), (7, UPDATE, 1, None, 11)],
    }
    things.run("UPDATE part SET size = 2")
    assert things.story("part")[1:] == [(7, UPDATE, 2, None, 2)]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_old_object_changes_at_the_root(engine: Engine, strategy: str) -> None:
    end = 1 if strategy == "validity" else None
    things = family(
        engine, end="end_transaction_id" if strategy == "validity" else None, before=OLD_GEAR
    )
    things.run("UPDATE thing SET name = 'b' WHERE id = 7")
    assert things.stories() == {
        "thing": [(7, INSERT, 0, end, "a"), (7, UPDATE, 1, None, "b")],
        "part": [(7, INSERT, 0, None, 1)],
        "gear": [(7, INSERT, 0, None, 10)],
    }


@pytest.mark.parametrize("case", DELETIONS)
def test_old_object_is_deleted(engine: Engine, case: str) -> None:
    things = family(engine, before=NEW_GEAR)
    things.run(*DELETIONS[case])
    assert things.stories() == {
        "thing": [(7, INSERT, 0, 1, "a"), (7, DELETE, 1, None, "a")],
        "part": [(7, INSERT, 0, 1, 1), (7, DELETE, 1, None, 1)],
        "gear": [(7, INSERT, 0, 1, 10), (7, DELETE, 1, None, 10)],
    }


def test_old_object_changes_its_key(engine: Engine) -> None:
    things = family(engine, before=NEW_GEAR)
    things.run("UPDATE thing SET id = 9")
    assert things.story("thing") == [
        (7, INSERT, 0, 1, "a"),
        (7, DELETE, 1, None, "a"),
        (9, INSERT, 1, None, "a"),
    ]
    assert things.story("gear") == [
        (7, INSERT, 0, 1, 10),
        (7, DELETE, 1, None, 10),
        (9, INSERT, 1, None, 10),
    ]


# Paused


def pause(connection: Connection, things: Family, *levels: str) -> None:
    EMITTER.pause(connection, things.root.log, [TableName(level, "public") for level in levels])


@pytest.mark.parametrize("statement", ["UPDATE gear SET teeth = 11", "DELETE FROM gear"])
def test_pause_of_a_lower_level_is_a_gap_on_the_timeline(things: Family, statement: str) -> None:
    things.run(*NEW_GEAR)
    with things.engine.begin() as connection:
        pause(connection, things, *LEVELS)
        execute(connection, statement)
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 2, "a")],
        "part": [(7, INSERT, 1, None, 1)],
        "gear": [(7, INSERT, 1, 2, 10)],
    }


def test_change_below_after_a_pause_begins_the_timeline_again(things: Family) -> None:
    things.run(*NEW_GEAR)
    with things.engine.begin() as connection:
        pause(connection, things, *LEVELS)
        execute(connection, "UPDATE gear SET teeth = 11", "UPDATE thing SET name = 'b'")
    things.run("UPDATE part SET size = 2")
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 2, "a"), (7, INSERT, 2, 3, "b"), (7, UPDATE, 3, None, "b")],
        "part": [(7, INSERT, 1, 3, 1), (7, UPDATE, 3, None, 2)],
        "gear": [(7, INSERT, 1, 2, 10), (7, INSERT, 2, None, 11)],
    }


def test_change_of_the_root_after_a_pause_begins_the_history_below_again(things: Family) -> None:
    things.run(*NEW_GEAR)
    with things.engine.begin() as connection:
        pause(connection, things, "gear")
        execute(connection, "UPDATE gear SET teeth = 11")
    things.run("UPDATE thing SET name = 'b'")
    assert things.stories() == {
        "thing": [(7, INSERT, 1, 2, "a"), (7, INSERT, 2, 3, "a"), (7, UPDATE, 3, None, "b")],
        "part": [(7, INSERT, 1, None, 1)],
        "gear": [(7, INSERT, 1, 2, 10), (7, INSERT, 2, None, 11)],
    }


def test_level_that_this_transaction_recorded_follows_its_row_while_paused(
    things: Family,
) -> None:
    things.run(*NEW_GEAR)
    with things.engine.begin() as connection:
        execute(connection, "UPDATE gear SET teeth = 11")
        pause(connection, things, *LEVELS)
        execute(connection, "UPDATE gear SET teeth = 10")
    assert things.story("thing") == [(7, INSERT, 1, None, "a")]
    assert things.story("gear") == [(7, INSERT, 1, None, 10)]


# Several writers


def inverted(things: Family, first: str, second: str) -> None:
    """Make two transactions, in this order, that change one object the other way round."""
    things.run(*OLD_GEAR)
    with things.engine.connect() as early, things.engine.begin() as late:
        execute(early, "UPDATE tool SET weight = 6")  # has its id
        execute(late, first)
        late.commit()
        execute(early, second)
        early.commit()


INVERSIONS = {
    "root and leaf": ("UPDATE thing SET name = 'b' WHERE id = 7", "UPDATE gear SET teeth = 11"),
    "leaf and root": ("UPDATE gear SET teeth = 11", "UPDATE thing SET name = 'b' WHERE id = 7"),
}


@pytest.mark.parametrize("case", INVERSIONS)
def test_inverted_ids_are_renumbered_at_all_levels(things: Family, case: str) -> None:
    inverted(things, *INVERSIONS[case])
    first, second = ("b", "b") if case == "root and leaf" else ("a", "b")
    assert things.story("thing") == [
        (7, INSERT, 1, 3, "a"),
        (7, UPDATE, 3, 4, first),
        (7, UPDATE, 4, None, second),
        (8, INSERT, 1, 4, "x"),
        (8, UPDATE, 4, None, "x"),
    ]
    at = 4 if case == "root and leaf" else 3
    assert things.story("gear") == [(7, INSERT, 1, at, 10), (7, UPDATE, at, None, 11)]
    assert things.story("tool") == [(8, INSERT, 1, 4, 5), (8, UPDATE, 4, None, 6)]
    assert things.ids() == [1, 3, 4]


def test_two_levels_changed_by_two_transactions_in_inverted_order(things: Family) -> None:
    inverted(things, "UPDATE part SET size = 2", "UPDATE gear SET teeth = 11")
    assert things.story("thing")[:3] == [
        (7, INSERT, 1, 3, "a"),
        (7, UPDATE, 3, 4, "a"),
        (7, UPDATE, 4, None, "a"),
    ]
    assert things.story("part") == [(7, INSERT, 1, 3, 1), (7, UPDATE, 3, None, 2)]
    assert things.story("gear") == [(7, INSERT, 1, 4, 10), (7, UPDATE, 4, None, 11)]


def test_inversion_below_raises_when_asked_to(engine: Engine) -> None:
    things = family(engine, log=replace(LOG, on_inversion="error"))
    with pytest.raises(DBAPIError) as raised:
        inverted(things, *INVERSIONS["root and leaf"])
    assert sqlstate(raised.value) == "CN001"


@pytest.mark.parametrize("before", [False, True])
def test_writer_of_one_level_waits_for_the_writer_of_another(engine: Engine, before: bool) -> None:
    things = family(engine, before=NEW_GEAR if before else ())
    if not before:
        things.run(*NEW_GEAR)
    done = threading.Event()

    def change_below() -> None:
        things.run("UPDATE gear SET teeth = 11")
        done.set()

    with things.engine.begin() as connection:
        execute(connection, "UPDATE part SET size = 2")
        other = threading.Thread(target=change_below)
        other.start()
        assert not done.wait(0.5)
    other.join(20)
    assert done.is_set()
    ids = sorted({row[2] for row in things.story("thing")})
    assert [row[1:4] for row in things.story("thing")] == [
        (INSERT, ids[0], ids[1]),
        (UPDATE, ids[1], ids[2]),
        (UPDATE, ids[2], None),
    ]
    part, gear = things.story("part")[-1], things.story("gear")[-1]
    assert (part[2], gear[2]) == (ids[1], ids[2])


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_concurrent_writers_of_all_levels(engine: Engine, isolation: str) -> None:
    things = family(engine)
    things.run(
        *(
            statement.replace("(7", f"({key}")
            for key in range(4)
            for statement in (*NEW_GEAR[:3], "INSERT INTO tool VALUES (7, 1)")
        )
    )
    failures: list[str | None] = []

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(12):
            levels = sorted(chance.sample(LEVELS, 2), key=LEVELS.index)
            with things.engine.connect() as connection:
                connection = connection.execution_options(isolation_level=isolation)
                try:
                    with connection.begin():
                        for level in levels:
                            value = chance.randrange(3)
                            execute(
                                connection,
                                f"UPDATE {level} SET {VALUES[level]} = '{value}'"
                                f" WHERE id = {chance.randrange(4)}",
                            )
                except DBAPIError as error:
                    failures.append(sqlstate(error))

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert set(failures) <= {"40001", "40P01"}
    assert len(failures) < 40
    check(things)


def check(things: Family) -> None:
    """Check that ranges do not overlap, that ends are starts, and that the present is open."""
    state, stories = things.state(), things.stories()
    timeline = {(row[:-4], row[-3]) for row in stories.get("thing", [])}
    for level, story in stories.items():
        by_key: dict[tuple[Any, ...], Story] = {}
        for row in story:
            by_key.setdefault(row[:-4], []).append(row[-4:])
            assert (row[:-4], row[-3]) in timeline, f"{level} {row} is not on the timeline"
        for key, versions in by_key.items():
            ends = [version[2] for version in versions]
            assert ends == [*(version[1] for version in versions[1:]), None], (level, key)
            operation, *_, value = versions[-1]
            assert (operation != DELETE) == (key in state[level]), (level, key)
            assert operation == DELETE or value == state[level][key], (level, key)


# Rights


WRITES = "GRANT SELECT, INSERT, UPDATE, DELETE ON"


def limited(things: Family, database: Database, *grants: str) -> Engine:
    """Return an engine of a role that may write histories, and what is granted besides."""
    url = database.make_user()
    histories = ", ".join(f"{level}_version" for level in LEVELS)
    things.run(
        *(
            f'{grant} TO "{url.username}"'
            for grant in (
                f"{WRITES} transaction, {histories}",
                "GRANT USAGE ON SEQUENCE transaction_id_seq",
                *grants,
            )
        )
    )
    return database.engine(url)


def test_writer_of_a_lower_level_needs_the_right_to_lock_the_root(
    things: Family, postgresql_database: Database
) -> None:
    things.run(*NEW_GEAR)
    writer = limited(
        things, postgresql_database, "GRANT SELECT ON thing", "GRANT SELECT, UPDATE ON gear"
    )
    with pytest.raises(DBAPIError) as caught, writer.begin() as connection:
        execute(connection, "UPDATE gear SET teeth = 11")
    error = EMITTER.explain(caught.value, things.specs[2])
    assert isinstance(error, MissingPrivilege)
    assert "root" in str(error.hint)


def test_new_objects_need_no_right_to_change_them(
    things: Family, postgresql_database: Database
) -> None:
    writer = limited(
        things, postgresql_database, "GRANT SELECT, INSERT ON thing", "GRANT INSERT ON part, gear"
    )
    with writer.begin() as connection:
        execute(connection, *NEW_GEAR)
    assert len(things.stories()) == 3


# At random


def expected(
    stories: dict[str, dict[tuple[Any, ...], Story]],
    before: dict[str, dict[tuple[Any, ...], Any]],
    after: dict[str, dict[tuple[Any, ...], Any]],
    id_: int,
) -> None:
    """Add to histories what one transaction changed: the difference between two states."""
    touched = set()
    for level in reversed(LEVELS):
        for key in before[level].keys() | after[level].keys():
            was, is_ = before[level].get(key), after[level].get(key)
            if was == is_ and not (level == "thing" and key in touched and is_ is not None):
                continue
            touched.add(key)
            operation = DELETE if is_ is None else INSERT if was is None else UPDATE
            story = stories[level].setdefault(key, [])
            if story:
                story[-1] = (*story[-1][:-2], id_, story[-1][-1])
            story.append((*key, operation, id_, None, is_))


@pytest.mark.parametrize("composite", [False, True])
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("seed", range(2))
def test_random_transactions(engine: Engine, seed: int, strategy: str, *, composite: bool) -> None:
    end = "end_transaction_id" if strategy == "validity" else None
    things = family(engine, composite=composite, end=end)
    chance = random.Random(seed)
    stories: dict[str, dict[tuple[Any, ...], Story]] = {level: {} for level in LEVELS}
    for _ in range(40):
        before, known = things.state(), things.ids()
        with things.engine.begin() as connection:
            for _ in range(chance.randrange(1, 7)):
                with connection.begin_nested() as savepoint:
                    if not attempt(connection, change(things, chance)) or chance.random() < 0.15:
                        savepoint.rollback()
        made = [id_ for id_ in things.ids() if id_ not in known]
        if made:
            expected(stories, before, things.state(), made[0])
        for level, by_key in stories.items():
            # The last image before a deletion may be one that no state between transactions had.
            found = [(*row[:-1], None) if row[-4] == DELETE else row for row in things.story(level)]
            told = [row for key in sorted(by_key) for row in by_key[key]]
            if end is None:
                told = [(*row[:-2], None, row[-1]) for row in told]
            assert found == told
    if end is not None:
        check(things)


def attempt(connection: Connection, statement: str) -> bool:
    """Run a statement that the keys may refuse."""
    try:
        execute(connection, statement)
    except DBAPIError as error:
        if sqlstate(error) not in ("23503", "23505"):
            raise
        return False
    return True


def change(things: Family, chance: random.Random) -> str:
    level = chance.choice(LEVELS)
    keys, value = things.keys[level], VALUES[level]
    key = [chance.randrange(1, 3) for _ in keys]
    given = f"'{chance.randrange(3)}'"
    match = " AND ".join(f'"{name}" = {part}' for name, part in zip(keys, key, strict=True))
    kind = chance.choice(["insert", "insert", "update", "update", "delete", "move"])
    if kind == "insert":
        names = ", ".join(f'"{name}"' for name in keys)
        parts = ", ".join(map(str, key))
        return f"INSERT INTO {level} ({names}, {value}) VALUES ({parts}, {given})"
    if kind == "update":
        return f"UPDATE {level} SET {value} = {given} WHERE {match}"
    if kind == "move":
        moved = f'"{keys[-1]}" = {chance.randrange(1, 4)}'
        return f"UPDATE {level} SET {moved} WHERE {match}"
    return f"DELETE FROM {level} WHERE {match}"


# What histories hold beside the columns of their rows


def test_additions_at_every_level(engine: Engine) -> None:
    things = family(
        engine,
        install=False,
        before=(
            "ALTER TABLE thing_version ADD name_mod boolean NOT NULL DEFAULT false,"
            " ADD label text, ADD ended_at timestamp",
            "ALTER TABLE gear_version ADD teeth_mod boolean NOT NULL DEFAULT false,"
            " ADD ended_at timestamp",
            "CREATE TABLE changes (id bigint, kind text, PRIMARY KEY (id, kind))",
        ),
    )
    live = Table("thing", MetaData(), Column("id", Integer), Column("name", String))
    new = RowImage("new", dict(live.c))

    def flagged(spec: TriggerSpec) -> tuple[ColumnSpec, ...]:
        return (spec.columns[0], replace(spec.columns[1], flag=f"{spec.columns[1].name}_mod"))

    gear = things.root.lower[1]
    things.root = replace(
        things.root,
        columns=flagged(things.root),
        end_timestamp_column="ended_at",
        extra=(ExtraColumn("label", RowExpression(func.upper(new.name))),),
        changes=ChangesSpec(
            TableName("changes", "public"),
            "id",
            "kind",
            RowExpression(case((new.name == "a", "A"), else_="Thing")),
        ),
        lower=(
            things.root.lower[0],
            replace(gear, columns=flagged(gear), end_timestamp_column="ended_at"),
            things.root.lower[2],
        ),
    )
    things.install()
    things.run(*NEW_GEAR)
    things.run("UPDATE gear SET teeth = 11")
    things.run("UPDATE gear SET teeth = 12", "UPDATE thing SET name = 'b'")
    things.run("UPDATE part SET size = 2")
    with things.engine.connect() as connection:

        def rows(query: str) -> Story:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

        assert rows(
            "SELECT h.transaction_id, name_mod, label, ended_at IS NOT DISTINCT FROM issued_at"
            " FROM thing_version AS h LEFT JOIN transaction AS t ON t.id = end_transaction_id"
            " ORDER BY 1"
        ) == [
            (1, True, "A", True),
            (2, False, "A", True),
            (3, True, "B", True),
            (4, False, "B", True),
        ]
        assert rows(
            "SELECT h.transaction_id, teeth_mod, ended_at IS NOT DISTINCT FROM issued_at"
            " FROM gear_version AS h LEFT JOIN transaction AS t ON t.id = end_transaction_id"
            " ORDER BY 1"
        ) == [(1, True, True), (2, True, True), (3, True, True)]
        assert rows("SELECT id, kind FROM changes ORDER BY 1, 2") == [
            (1, "A"),
            (2, "A"),
            (3, "A"),
            (3, "Thing"),
            (4, "Thing"),
        ]


# What is installed


def test_every_level_knows_its_hierarchy(things: Family) -> None:
    with things.engine.connect() as connection:
        server = EMITTER.server(connection, things.root.log)
        found = {
            (item.table.name, item.name): item.fingerprint
            for item in EMITTER.installed(connection, things.root.log, ["public"])
        }
    for spec in things.specs:
        for name, fingerprint in EMITTER.expected(spec, server).items():
            assert found[spec.table.name, name] == fingerprint
    fewer = replace(things.root, lower=things.root.lower[:-1])
    assert EMITTER.expected(fewer, server) != EMITTER.expected(things.root, server)
    below = replace(things.root.lower[0], root=fewer)
    assert EMITTER.expected(below, server) != EMITTER.expected(things.specs[1], server)


def test_dropped_levels_leave_nothing(things: Family) -> None:
    with things.engine.begin() as connection:
        server = EMITTER.server(connection, things.root.log)
        for spec in things.specs:
            execute(connection, *EMITTER.drop(spec, server))
        execute(connection, *EMITTER.drop_helpers(things.root.log, server))
        left = connection.exec_driver_sql(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
        assert left.scalars().all() == []
    things.run(*NEW_GEAR)
    assert things.stories() == {}
