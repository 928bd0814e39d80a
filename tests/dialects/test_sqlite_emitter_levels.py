"""The triggers of SQLite on the tables of joined inheritance."""

from __future__ import annotations

import random
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String

from continuum.dialects.base import Server
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite import EMITTER
from continuum.errors import UnsupportedTable
from model.history import History
from model.history import Row
from model.history import State
from model.history import Version
from model.history import ranked
from sqlite_support import LOG
from sqlite_support import LOG_TABLE
from sqlite_support import Recorded
from sqlite_support import execute
from sqlite_support import history_table
from sqlite_support import quoted
from sqlite_support import with_strategy

pytestmark = pytest.mark.engines("sqlite")

INSERT, UPDATE, DELETE = 0, 1, 2


def level(name: str, key: str = "id", column: str = "name") -> TriggerSpec:
    return TriggerSpec(
        table=TableName(name, "main"),
        version_table=TableName(f"{name}_version", "main"),
        log=LOG,
        columns=(ColumnSpec(key, key, Integer()), ColumnSpec(column, column, String())),
        key=(key,),
    )


ROOT = level("root")
MIDDLE = level("middle", "root_id", "size")
LEAF = level("leaf", "middle_id", "color")


def linked(root: TriggerSpec, *lower: TriggerSpec) -> list[TriggerSpec]:
    """Return the specs of a hierarchy, each of which knows the others."""
    root = replace(root, lower=lower)
    return [root, *(replace(spec, root=root) for spec in lower)]


class Hierarchy(Recorded):
    """Three tables of joined inheritance."""

    @property
    def root(self) -> TriggerSpec:
        return self.specs[0]

    def create(self, strategy: str = "validity", *, install: bool = True) -> None:
        specs = [with_strategy(spec, strategy) for spec in (ROOT, MIDDLE, LEAF)]
        self.specs = linked(*specs)
        cascade = "ON DELETE CASCADE ON UPDATE CASCADE"
        self.run(
            "CREATE TABLE root (id INTEGER PRIMARY KEY, name)",
            f"CREATE TABLE middle (root_id INTEGER PRIMARY KEY REFERENCES root {cascade}, size)",
            f"CREATE TABLE leaf (middle_id INTEGER PRIMARY KEY REFERENCES middle {cascade}, color)",
            *(history_table(spec, dict.fromkeys(spec.key, "INTEGER")) for spec in self.specs),
            LOG_TABLE.format(schema="main"),
        )
        if install:
            self.install()

    def told(self, key: int = 1) -> list[list[tuple[Any, ...]]]:
        """Return the story of one key at each level: operation, from, to, value."""
        return [
            [
                (v.operation, v.transaction, v.end, *(v.values[c.name] for c in spec.value_columns))
                for v in self.versions(spec)
                if v.key == (key,)
            ]
            for spec in self.specs
        ]


@pytest.fixture(params=[False, True], ids=["no foreign keys", "foreign keys"])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Hierarchy:
    found = Hierarchy(tmp_path / "test.db", [], foreign_keys=request.param)
    found.create()
    return found


BORN = (
    "INSERT INTO root VALUES (1, 'a')",
    "INSERT INTO middle VALUES (1, 10)",
    "INSERT INTO leaf VALUES (1, 'red')",
)


def test_a_new_object_has_one_version_at_each_level(tables: Hierarchy) -> None:
    tables.write(*BORN)
    tables.verify()
    assert tables.told() == [
        [(INSERT, 1, None, "a")],
        [(INSERT, 1, None, 10)],
        [(INSERT, 1, None, "red")],
    ]


def test_the_root_has_a_version_of_each_change_below(tables: Hierarchy) -> None:
    tables.write(*BORN)
    tables.write("UPDATE leaf SET color = 'blue'")
    tables.write("UPDATE middle SET size = 20")
    tables.write("UPDATE root SET name = 'b'")
    tables.verify()
    assert tables.told() == [
        [(INSERT, 1, 2, "a"), (UPDATE, 2, 3, "a"), (UPDATE, 3, 4, "a"), (UPDATE, 4, None, "b")],
        [(INSERT, 1, 3, 10), (UPDATE, 3, None, 20)],
        [(INSERT, 1, 2, "red"), (UPDATE, 2, None, "blue")],
    ]


@pytest.mark.parametrize("recursive", [True, False])
def test_plain_clients(tables: Hierarchy, recursive: bool) -> None:
    for statement in (
        *BORN,
        "UPDATE leaf SET color = 'blue'",
        "REPLACE INTO middle VALUES (1, 10)",
        "REPLACE INTO middle VALUES (1, 20)",
    ):
        if "REPLACE" in statement and tables.foreign_keys:
            # A replaced row takes those that refer to it along.
            continue
        time.sleep(0.002)
        tables.run(statement, recursive=recursive)
    tables.verify()
    if not tables.foreign_keys:
        assert [row[0] for row in tables.told()[0]] == [INSERT, UPDATE, UPDATE, UPDATE, UPDATE]
        assert [row[::3] for row in tables.told()[1]] == [(INSERT, 10), (UPDATE, 20)]


def test_what_is_taken_back_below_leaves_nothing_above(tables: Hierarchy) -> None:
    tables.write(*BORN)
    before = tables.told()
    tables.write("UPDATE leaf SET color = 'blue'", "UPDATE leaf SET color = 'red'")
    tables.write("DELETE FROM leaf", "INSERT INTO leaf VALUES (1, 'red')")
    tables.write(
        "UPDATE root SET name = 'b'",
        "UPDATE leaf SET color = 'blue'",
        "UPDATE middle SET size = 20",
        "UPDATE root SET name = 'a'",
        "UPDATE leaf SET color = 'red'",
        "UPDATE middle SET size = 10",
    )
    assert tables.told() == before


def test_what_is_taken_back_at_one_level_stays_for_the_sake_of_another(tables: Hierarchy) -> None:
    tables.write(*BORN)
    tables.write(
        "UPDATE root SET name = 'b'",
        "UPDATE leaf SET color = 'blue'",
        "UPDATE middle SET size = 20",
        "UPDATE root SET name = 'a'",
        "UPDATE leaf SET color = 'red'",
    )
    tables.verify()
    assert tables.told() == [
        [(INSERT, 1, 2, "a"), (UPDATE, 2, None, "a")],
        [(INSERT, 1, 2, 10), (UPDATE, 2, None, 20)],
        [(INSERT, 1, None, "red")],
    ]


DELETIONS = {
    "leaf first": ["DELETE FROM leaf", "DELETE FROM middle", "DELETE FROM root"],
    "root first": ["DELETE FROM root", "DELETE FROM middle", "DELETE FROM leaf"],
    "changed before": [
        "UPDATE leaf SET color = 'red'", "UPDATE middle SET size = 9", "DELETE FROM middle",
        "DELETE FROM leaf", "DELETE FROM root",
    ],
}  # fmt: skip


@pytest.mark.parametrize("order", DELETIONS)
def test_a_deletion_is_told_at_all_levels(tables: Hierarchy, order: str) -> None:
    tables.write(*BORN)
    tables.write(*DELETIONS[order])
    tables.verify()
    assert [[row[0] for row in rows] for rows in tables.told()] == [[INSERT, DELETE]] * 3
    tables.write(*BORN)
    tables.verify()
    assert [[row[:3] for row in rows[2:]] for rows in tables.told()] == [[(INSERT, 3, None)]] * 3


def test_born_and_gone_at_once(tables: Hierarchy) -> None:
    tables.write(*BORN, *DELETIONS["leaf first"])
    tables.write(*BORN, *DELETIONS["root first"])
    assert tables.told() == [[], [], []]


def test_a_level_that_comes_and_goes(tables: Hierarchy) -> None:
    """An object turned into one of a subclass, and back."""
    tables.write("INSERT INTO root VALUES (1, 'a')")
    tables.write("INSERT INTO middle VALUES (1, 10)")
    tables.write("DELETE FROM middle")
    tables.verify()
    assert tables.told()[:2] == [
        [(INSERT, 1, 2, "a"), (UPDATE, 2, 3, "a"), (UPDATE, 3, None, "a")],
        [(INSERT, 2, 3, 10), (DELETE, 3, None, 10)],
    ]


def test_key_changes(tables: Hierarchy) -> None:
    tables.write(*BORN)
    if tables.foreign_keys:
        tables.write("UPDATE root SET id = 2")
    else:
        tables.write(
            "UPDATE root SET id = 2",
            "UPDATE middle SET root_id = 2",
            "UPDATE leaf SET middle_id = 2",
        )
    tables.verify()
    assert tables.told(1) == [
        [(INSERT, 1, 2, "a"), (DELETE, 2, None, "a")],
        [(INSERT, 1, 2, 10), (DELETE, 2, None, 10)],
        [(INSERT, 1, 2, "red"), (DELETE, 2, None, "red")],
    ]
    assert tables.told(2) == [
        [(INSERT, 2, None, "a")],
        [(INSERT, 2, None, 10)],
        [(INSERT, 2, None, "red")],
    ]


def test_a_key_change_below_is_a_change_of_two_objects(tmp_path: Path) -> None:
    tables = Hierarchy(tmp_path / "test.db", [])
    tables.create()
    tables.write(*BORN, "INSERT INTO root VALUES (2, 'b')")
    tables.write("UPDATE leaf SET middle_id = 2")
    tables.verify()
    assert tables.told(1)[0] == [(INSERT, 1, 2, "a"), (UPDATE, 2, None, "a")]
    assert tables.told(2)[0] == [(INSERT, 1, 2, "b"), (UPDATE, 2, None, "b")]


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_triggers_of_others_that_write_to_a_level(
    tmp_path: Path, strategy: str, order: str
) -> None:
    """SQLite promises no order: a level may hear of an object before the root does."""
    tables = Hierarchy(tmp_path / "test.db", [])
    tables.create(strategy)
    tables.run(
        "CREATE TRIGGER born AFTER INSERT ON root BEGIN"
        " INSERT INTO middle VALUES (NEW.id, 1); INSERT INTO leaf VALUES (NEW.id, 'red'); END",
        "CREATE TRIGGER grown AFTER UPDATE OF name ON root BEGIN"
        " UPDATE middle SET size = size + 1 WHERE root_id = NEW.id; END",
        "CREATE TRIGGER gone AFTER DELETE ON root BEGIN"
        " DELETE FROM leaf WHERE middle_id = OLD.id;"
        " DELETE FROM middle WHERE root_id = OLD.id; END",
    )
    if order == "before":
        tables.install()
    tables.write("INSERT INTO root VALUES (1, 'a')")
    tables.write("UPDATE root SET name = 'b'")
    tables.write("UPDATE leaf SET color = 'blue'", "DELETE FROM root")
    tables.verify()
    assert [[row[:2] for row in rows] for rows in tables.told()] == [
        [(INSERT, 1), (UPDATE, 2), (DELETE, 3)],
        [(INSERT, 1), (UPDATE, 2), (DELETE, 3)],
        [(INSERT, 1), (DELETE, 3)],
    ]


def steps(tables: Hierarchy, statement: str) -> int:
    """Return how many instructions SQLite's machine needs for a statement."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    with tables.engine().connect() as connection:
        EMITTER.enter_unit(connection, tables.log, "token", None)
        execute(connection, "UPDATE middle SET size = -1 WHERE root_id = 2")
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(step, 1)
        driver.execute(statement)
        driver.set_progress_handler(None, 1)
    return count


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_long_history_costs_no_more_than_a_short_one(tmp_path: Path, strategy: str) -> None:
    tables = Hierarchy(tmp_path / "test.db", [])
    tables.create(strategy)
    for key in (1, 2):
        tables.write(*(statement.replace("(1,", f"({key},") for statement in BORN))
    tables.write("UPDATE middle SET size = 20 WHERE root_id = 1")
    statements = [
        "UPDATE middle SET size = 30 WHERE root_id = 1",
        "UPDATE root SET name = 'x' WHERE id = 1",
        "UPDATE middle SET root_id = 9 WHERE root_id = 1",
        "DELETE FROM leaf WHERE middle_id = 1",
    ]
    short = [steps(tables, statement) for statement in statements]
    for number in range(150):
        tables.write(f"UPDATE middle SET size = {number} WHERE root_id = 1")
    tables.verify()
    long = [steps(tables, statement) for statement in statements]
    for before, after in zip(short, long, strict=True):
        assert after < before * 1.2 + 50, (short, long)


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_hierarchy_in_an_attached_file(tmp_path: Path, strategy: str) -> None:
    def away(spec: TriggerSpec) -> TriggerSpec:
        return replace(
            with_strategy(spec, strategy),
            table=TableName(spec.table.name, "other"),
            version_table=TableName(spec.version_table.name, "other"),
        )

    specs = linked(away(ROOT), away(MIDDLE))
    tables = Hierarchy(tmp_path / "test.db", specs, attached=tmp_path / "other.db")
    tables.run(
        "CREATE TABLE other.root (id INTEGER PRIMARY KEY, name)",
        "CREATE TABLE other.middle (root_id INTEGER PRIMARY KEY, size)",
        *(history_table(spec) for spec in specs),
        LOG_TABLE.format(schema="main"),
    )
    tables.install()
    tables.write(*BORN[:2])
    tables.write("UPDATE middle SET size = 20")
    tables.write("UPDATE middle SET size = 30", "UPDATE middle SET size = 20")
    tables.write("DELETE FROM middle", "DELETE FROM root")
    tables.verify()
    assert [[row[0] for row in rows] for rows in tables.told()] == [[INSERT, UPDATE, DELETE]] * 2
    assert [row[1] for row in tables.told()[0]] == [row[1] for row in tables.told()[1]]


# rows older than their history


OLD = ("INSERT INTO root VALUES (2, 'z')", "INSERT INTO middle VALUES (2, 5)")


@pytest.fixture(params=["validity", "subquery"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Hierarchy:
    found = Hierarchy(tmp_path / "test.db", [])
    found.create(request.param, install=False)
    found.run(*BORN, *OLD)
    found.install()
    return found


def ended(tables: Hierarchy, end: int | None) -> int | None:
    return None if tables.root.end_column is None else end


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE root SET name = 'b' WHERE id = 1", 0),
        ("UPDATE middle SET size = 20 WHERE root_id = 1", 1),
        ("UPDATE leaf SET color = 'blue'", 2),
    ],
)
def test_the_first_change_of_an_old_object_tells_what_it_was(
    older: Hierarchy, statement: str, number: int
) -> None:
    older.write(statement)
    end = ended(older, 1)
    values, changed = ["a", 10, "red"], ["b", 20, "blue"]
    told = older.told()
    assert told[number] == [(INSERT, 0, end, values[number]), (UPDATE, 1, None, changed[number])]
    if number:
        assert told[0] == [(INSERT, 0, end, "a"), (UPDATE, 1, None, "a")]
    for other in {1, 2} - {number}:
        assert told[other] == [(INSERT, 0, None, values[other])]
    assert older.told(2) == [[], [], []]


def test_an_old_object_goes(older: Hierarchy) -> None:
    older.write("DELETE FROM leaf")
    older.write("DELETE FROM middle WHERE root_id = 1", "DELETE FROM root WHERE id = 1")
    one, two = ended(older, 1), ended(older, 2)
    assert older.told() == [
        [(INSERT, 0, one, "a"), (UPDATE, 1, two, "a"), (DELETE, 2, None, "a")],
        [(INSERT, 0, two, 10), (DELETE, 2, None, 10)],
        [(INSERT, 0, one, "red"), (DELETE, 1, None, "red")],
    ]


def test_an_old_object_gets_a_new_level(older: Hierarchy) -> None:
    older.write("INSERT INTO leaf VALUES (2, 'green')")
    end = ended(older, 1)
    assert older.told(2) == [
        [(INSERT, 0, end, "z"), (UPDATE, 1, None, "z")],
        [(INSERT, 0, None, 5)],
        [(INSERT, 1, None, "green")],
    ]


def test_an_old_object_takes_a_new_key(tmp_path: Path) -> None:
    tables = Hierarchy(tmp_path / "test.db", [], foreign_keys=True)
    tables.create(install=False)
    tables.run(*BORN)
    tables.install()
    tables.write("UPDATE root SET id = 3")
    assert tables.told(1) == [
        [(INSERT, 0, 1, "a"), (DELETE, 1, None, "a")],
        [(INSERT, 0, 1, 10), (DELETE, 1, None, 10)],
        [(INSERT, 0, 1, "red"), (DELETE, 1, None, "red")],
    ]
    assert tables.told(3) == [
        [(INSERT, 1, None, "a")],
        [(INSERT, 1, None, 10)],
        [(INSERT, 1, None, "red")],
    ]


# pauses


def paused(tables: Hierarchy, names: list[str], *statements: str) -> None:
    with tables.unit() as connection:
        EMITTER.pause(connection, tables.log, [TableName(name, "main") for name in names])
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_pause_below_ends_the_version_of_the_root(tables: Hierarchy) -> None:
    tables.write(*BORN)
    paused(tables, ["leaf"], "UPDATE leaf SET color = 'blue'")
    assert tables.told() == [
        [(INSERT, 1, 2, "a")],
        [(INSERT, 1, None, 10)],
        [(INSERT, 1, 2, "red")],
    ]
    tables.write("UPDATE middle SET size = 20")
    tables.verify(gaps=True)
    assert tables.told() == [
        [(INSERT, 1, 2, "a"), (INSERT, 2, 3, "a"), (UPDATE, 3, None, "a")],
        [(INSERT, 1, 3, 10), (UPDATE, 3, None, 20)],
        [(INSERT, 1, 2, "red"), (INSERT, 2, None, "blue")],
    ]


def test_a_pause_of_everything(tables: Hierarchy) -> None:
    tables.write(*BORN)
    paused(
        tables,
        ["root", "middle", "leaf"],
        "INSERT INTO root VALUES (2, 'b')",
        "INSERT INTO middle VALUES (2, 1)",
        "UPDATE middle SET size = 20 WHERE root_id = 1",
    )
    assert tables.told(2) == [[], [], []]
    assert tables.told() == [
        [(INSERT, 1, 2, "a")],
        [(INSERT, 1, 2, 10)],
        [(INSERT, 1, None, "red")],
    ]
    tables.write("UPDATE root SET name = 'b' WHERE id = 1")
    tables.verify(gaps=True)
    assert tables.told() == [
        [(INSERT, 1, 2, "a"), (INSERT, 2, 3, "a"), (UPDATE, 3, None, "b")],
        [(INSERT, 1, 2, 10), (INSERT, 2, None, 20)],
        [(INSERT, 1, None, "red")],
    ]


def test_a_pause_of_nothing_that_counts_makes_no_transaction(tables: Hierarchy) -> None:
    tables.write(*BORN)
    before = tables.told()
    paused(tables, ["leaf", "middle"], "UPDATE leaf SET color = 'red'")
    paused(tables, ["middle"], "INSERT INTO root VALUES (7, 'x')", "DELETE FROM root WHERE id = 7")
    assert tables.told() == before


def test_what_was_written_before_a_pause_follows_its_row(tables: Hierarchy) -> None:
    tables.write(*BORN)
    with tables.unit("UPDATE leaf SET color = 'blue'") as connection:
        EMITTER.pause(connection, tables.log, [])
        connection.exec_driver_sql("UPDATE leaf SET color = 'green'")
    assert [rows[-1] for rows in tables.told()] == [
        (UPDATE, 2, None, "a"),
        (INSERT, 1, None, 10),
        (UPDATE, 2, None, "green"),
    ]
    before = tables.told()
    with tables.unit("UPDATE leaf SET color = 'black'") as connection:
        EMITTER.pause(connection, tables.log, [])
        connection.exec_driver_sql("UPDATE leaf SET color = 'green'")
    assert tables.told() == before


# installing


def test_levels_in_different_files_are_refused() -> None:
    server = Server((3, 40), "main", {"schemas": ("main", "other"), "with_rowid": frozenset()})
    away = replace(
        MIDDLE, table=TableName("middle", "other"), version_table=TableName("middle_v", "other")
    )
    for spec in linked(ROOT, away):
        with pytest.raises(UnsupportedTable, match=r"another database file .* of its hierarchy"):
            EMITTER.validate(spec, server)


def test_a_table_that_leaves_its_hierarchy_loses_its_triggers(tables: Hierarchy) -> None:
    def installed() -> dict[str, set[str]]:
        with tables.engine().connect() as connection:
            found = EMITTER.installed(connection, LOG, ["main"])
        return {
            spec.table.name: {item.name for item in found if item.table == spec.table}
            for spec in tables.specs
        }

    with tables.engine().connect() as connection:
        server = EMITTER.server(connection, LOG)
    expected = {spec.table.name: set(EMITTER.expected(spec, server)) for spec in tables.specs}
    assert installed() == expected
    assert "continuum_finish_touched_root" in expected["root"]
    tables.specs = [ROOT, MIDDLE, LEAF]
    tables.install()
    alone = expected["root"] - {"continuum_finish_touched_root"}
    assert installed()["root"] == alone
    tables.write(*BORN)
    tables.write("UPDATE leaf SET color = 'blue'")
    tables.verify()
    assert tables.told()[0] == [(INSERT, 1, None, "a")]


HOSTILE = ['a"b', "it's", ":x", "a%sb", "größe表", "select", "rowid", "n\nl", "[a]"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(tmp_path: Path, name: str) -> None:
    root, lower = level(name, f"{name} k", f"{name} v"), level(f"{name} 2", f"{name} K", name)
    columns = {
        "transaction_column": f"{name} f",
        "end_column": f"{name} e",
        "operation_column": f"{name} o",
    }
    specs = linked(replace(root, **columns), replace(lower, **columns))
    tables = Hierarchy(tmp_path / "test.db", specs)
    for spec in specs:
        key, value = (quoted(column.name) for column in spec.columns)
        tables.run(
            f"CREATE TABLE {quoted(spec.table.name)} ({key} INTEGER PRIMARY KEY, {value})",
            history_table(spec),
        )
    tables.run(LOG_TABLE.format(schema="main"))
    tables.install()
    one, two = quoted(name), quoted(f"{name} 2")
    tables.write(f"INSERT INTO {one} VALUES (1, 'a')", f"INSERT INTO {two} VALUES (1, 'b')")
    tables.write(f"UPDATE {two} SET {one} = 'c'")
    tables.write(f"UPDATE {two} SET {quoted(name + ' K')} = 2")
    tables.verify()
    assert [row[0] for row in tables.told()[0]] == [INSERT, UPDATE, UPDATE]


# random statements


class Model:
    """The history of a hierarchy, from that of single tables.

    A column of the root that no table has counts the changes below.
    """

    def __init__(self, tables: Hierarchy) -> None:
        rules = {spec.table.name: tables.rule(spec) for spec in tables.specs}
        root = rules.pop("root")
        self.lower = History(rules)
        self.root = History({"root": replace(root, counting=(*root.counting, "below"))})
        self.below: dict[tuple[Any, ...], int] = {}

    def commit(self, states: list[State]) -> None:
        number = self.lower.commit(states)
        below = dict(self.below)
        for name in self.lower.tables:
            for version in self.lower.versions(name):
                if version.transaction == number:
                    below[version.key] = number
        counts = [self.below] * (len(states) - 1) + [below]

        def counted(state: State, count: dict[tuple[Any, ...], int]) -> State:
            rows: dict[tuple[Any, ...], Row] = {
                key: {**row, "below": count.get(key)} for key, row in state["root"].items()
            }
            return {"root": rows}

        self.root.commit([counted(*pair) for pair in zip(states, counts, strict=True)])
        self.below = below

    def versions(self, name: str) -> list[Version]:
        if name != "root":
            return self.lower.versions(name)
        return [
            replace(v, values={k: value for k, value in v.values.items() if k != "below"})
            for v in self.root.versions(name)
        ]


def random_statement(dice: random.Random) -> str:
    key, other = dice.randint(1, 3), dice.randint(1, 3)
    table, name, column = dice.choice(
        [("root", "id", "name"), ("middle", "root_id", "size"), ("leaf", "middle_id", "color")]
    )
    value = dice.choice(["'a'", "'b'", "NULL"])
    return dice.choice(
        [
            f"INSERT INTO {table} VALUES ({key}, {value})",
            f"INSERT OR IGNORE INTO {table} VALUES ({key}, {value}), ({other}, {value})",
            f"REPLACE INTO {table} VALUES ({key}, {value})",
            f"UPDATE OR REPLACE {table} SET {column} = {value} WHERE {name} = {key}",
            f"UPDATE {table} SET {column} = {value}",
            f"UPDATE {table} SET {column} = {value} WHERE {name} = {key}",
            f"UPDATE {table} SET {name} = {other} WHERE {name} = {key}",
            f"DELETE FROM {table} WHERE {name} = {key}",
            f"DELETE FROM {table} WHERE {name} = {key}",
        ]
    )


@pytest.mark.parametrize("foreign_keys", [False, True])
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_random_statements(tmp_path: Path, strategy: str, foreign_keys: bool) -> None:
    """Whatever the statements were, the history is what the model makes of the states."""
    tables = Hierarchy(tmp_path / "test.db", [], foreign_keys=foreign_keys)
    tables.create(strategy)
    model = Model(tables)
    dice = random.Random(f"{strategy}{foreign_keys}")
    refused: list[str] = []

    def states(driver: sqlite3.Connection) -> State:
        return {spec.table.name: tables.live(driver, spec) for spec in tables.specs}

    def known(version: Version) -> Version:
        # A statement that replaces a row shows no state in between.
        return version if version.operation != DELETE else replace(version, values={})

    for _ in range(60):
        with tables.unit() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            seen = [states(driver)]
            for _ in range(dice.randint(1, 6)):
                if dice.random() < 0.2:
                    driver.execute("SAVEPOINT s")
                    driver.execute("UPDATE leaf SET color = color || 'x'")
                    driver.execute("ROLLBACK TO s")
                    driver.execute("RELEASE s")
                try:
                    driver.execute(random_statement(dice))
                except sqlite3.IntegrityError as error:
                    refused.append(str(error))
                seen.append(states(driver))
        model.commit(seen)
        expected: list[Version] = []
        found: list[Version] = []
        for spec in tables.specs:
            name = spec.table.name
            found += [replace(known(v), key=(name, *v.key)) for v in tables.versions(spec)]
            expected += [replace(known(v), key=(name, *v.key)) for v in model.versions(name)]
        assert ranked(found) == ranked(expected)
        tables.verify()
    assert refused
    assert all("UNIQUE" in text or "FOREIGN KEY" in text for text in refused)
