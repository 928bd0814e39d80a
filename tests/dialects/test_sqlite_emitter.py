"""The triggers of SQLite, written to by hand-made specs and read past the library."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Boolean
from sqlalchemy import Connection
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError

from continuum.dialects.base import Server
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite import EMITTER
from continuum.errors import ImproperlyConfigured
from continuum.errors import PauseError
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedStatement
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError
from model.history import History
from model.history import Version
from model.history import ranked
from sqlite_support import ITEM
from sqlite_support import ITEM_TABLE
from sqlite_support import LOG
from sqlite_support import LOG_TABLE
from sqlite_support import Recorded
from sqlite_support import execute
from sqlite_support import history_table
from sqlite_support import quoted
from sqlite_support import record
from sqlite_support import with_strategy

pytestmark = pytest.mark.engines("sqlite")

INSERT, UPDATE, DELETE = 0, 1, 2


@pytest.fixture
def item(tmp_path: Path) -> Recorded:
    return record(tmp_path)


def next_tick() -> None:
    """Wait until the clock of plain clients has moved on."""
    time.sleep(0.002)


# the fold


FOLDS: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {
    "insert, update": (
        ["INSERT INTO item VALUES (2, 'q', 'a')", "UPDATE item SET name = 'b' WHERE id = 2"],
        [(1, INSERT, 1, None, "a"), (2, INSERT, 2, None, "b")],
    ),
    "insert, delete": (
        ["INSERT INTO item VALUES (2, 'q', 'a')", "DELETE FROM item WHERE id = 2"],
        [(1, INSERT, 1, None, "a")],
    ),
    "insert, delete, insert": (
        [
            "INSERT INTO item VALUES (2, 'q', 'a')",
            "DELETE FROM item WHERE id = 2",
            "INSERT INTO item VALUES (2, 'q', 'c')",
        ],
        [(1, INSERT, 1, None, "a"), (2, INSERT, 2, None, "c")],
    ),
    "update to the same": (["UPDATE item SET name = 'a'"], [(1, INSERT, 1, None, "a")]),
    "update, update back": (
        ["UPDATE item SET name = 'b'", "UPDATE item SET name = 'a'"],
        [(1, INSERT, 1, None, "a")],
    ),
    "update, update": (
        ["UPDATE item SET name = 'b'", "UPDATE item SET name = 'c'"],
        [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "c")],
    ),
    "update, delete": (
        ["UPDATE item SET name = 'b'", "DELETE FROM item"],
        [(1, INSERT, 1, 2, "a"), (1, DELETE, 2, None, "b")],
    ),
    "delete, insert something else": (
        ["DELETE FROM item", "INSERT INTO item VALUES (1, 'k', 'b')"],
        [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "b")],
    ),
    "delete, insert the same": (
        ["DELETE FROM item", "INSERT INTO item VALUES (1, 'k', 'a')"],
        [(1, INSERT, 1, None, "a")],
    ),
    "delete, insert, delete": (
        [
            "DELETE FROM item",
            "INSERT INTO item VALUES (1, 'k', 'b')",
            "DELETE FROM item",
        ],
        [(1, INSERT, 1, 2, "a"), (1, DELETE, 2, None, "b")],
    ),
    "key change": (
        ["UPDATE item SET id = 5"],
        [(1, INSERT, 1, 2, "a"), (1, DELETE, 2, None, "a"), (5, INSERT, 2, None, "a")],
    ),
    "key change by the row id": (
        ["UPDATE item SET rowid = 5"],
        [(1, INSERT, 1, 2, "a"), (1, DELETE, 2, None, "a"), (5, INSERT, 2, None, "a")],
    ),
    "key change and back": (
        ["UPDATE item SET id = 5", "UPDATE item SET id = 1"],
        [(1, INSERT, 1, None, "a")],
    ),
    "key change onto a deleted key": (
        ["INSERT INTO item VALUES (2, 'q', 'b')", "DELETE FROM item WHERE id = 1",
         "UPDATE item SET id = 1, code = 'k' WHERE id = 2"],
        [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "b")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("case", FOLDS)
def test_fold(tmp_path: Path, case: str, strategy: str) -> None:
    item = record(tmp_path, with_strategy(ITEM, strategy))
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    statements, story = FOLDS[case]
    item.write(*statements)
    if strategy == "subquery":
        story = [(*row[:3], None, *row[4:]) for row in story]
    assert item.story("name") == story


def test_a_transaction_without_a_change_leaves_no_row(item: Recorded) -> None:
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("UPDATE item SET name = name", "DELETE FROM item WHERE id = 9")
    assert item.ids() == [1]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_deleted_key_is_used_again(tmp_path: Path, strategy: str) -> None:
    item = record(tmp_path, with_strategy(ITEM, strategy))
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("DELETE FROM item")
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("INSERT INTO item VALUES (2, 'q', 'x')", "DELETE FROM item WHERE id = 1")
    operations = [row[1] for row in item.story() if row[0] == 1]
    assert operations == [INSERT, DELETE, INSERT, DELETE]


def test_swap_and_shift_of_keys(item: Recorded) -> None:
    item.write("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    item.write(
        "UPDATE item SET id = -1 WHERE id = 1",
        "UPDATE item SET id = 1 WHERE id = 2",
        "UPDATE item SET id = 2 WHERE id = -1",
    )
    item.write("UPDATE item SET id = -id", "UPDATE item SET id = 1 - id")
    assert item.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, 3, "b"),
        (1, DELETE, 3, None, "b"),
        (2, INSERT, 1, 2, "b"),
        (2, UPDATE, 2, 3, "a"),
        (2, UPDATE, 3, None, "b"),
        (3, INSERT, 1, 3, "c"),
        (3, UPDATE, 3, None, "a"),
        (4, INSERT, 3, None, "c"),
    ]


def test_rows_older_than_their_history(tmp_path: Path) -> None:
    item = Recorded(tmp_path / "test.db", [ITEM])
    item.run(ITEM_TABLE, history_table(ITEM, {"id": "INTEGER"}), LOG_TABLE.format(schema="main"))
    item.run("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')")
    item.install()
    item.write(
        "UPDATE item SET name = 'x' WHERE id = 1",
        "DELETE FROM item WHERE id = 2",
        "UPDATE item SET id = 9 WHERE id = 3",
        "UPDATE item SET name = 'y' WHERE id = 4",
        "UPDATE item SET name = 'd' WHERE id = 4",
    )
    assert item.story("name") == [
        (1, INSERT, 0, 1, "a"),
        (1, UPDATE, 1, None, "x"),
        (2, INSERT, 0, 1, "b"),
        (2, DELETE, 1, None, "b"),
        (3, INSERT, 0, 1, "c"),
        (3, DELETE, 1, None, "c"),
        (4, INSERT, 0, None, "d"),
        (9, INSERT, 1, None, "c"),
    ]


COMPOSITE = replace(
    ITEM,
    columns=(
        ColumnSpec("id", "id", Integer()),
        ColumnSpec("code", "kode", String()),
        ColumnSpec("name", "name", String()),
        ColumnSpec("seen", "seen", Integer(), counts=False),
    ),
    key=("id", "code"),
)
COMPOSITE_TABLE = (
    "CREATE TABLE item (id INTEGER NOT NULL, code TEXT NOT NULL, name, seen,"
    " PRIMARY KEY (id, code)) WITHOUT ROWID"
)


def random_statement(dice: random.Random, *, composite: bool) -> str:
    """Return a statement that may violate a constraint."""
    key, other, name = dice.randint(1, 4), dice.randint(1, 4), dice.choice(["'a'", "'b'", "NULL"])
    clause = dice.choice(["", "", "", "OR REPLACE", "OR IGNORE", "OR ABORT", "OR FAIL"])
    code = dice.choice(["'x'", "'y'"])
    columns, conflict = "(id, code, name)", "(id, code)" if composite else "(id)"
    if not composite:
        code = f"'c{dice.randint(1, 4)}'"
    return dice.choice(
        [
            f"INSERT {clause} INTO item {columns} VALUES ({key}, {code}, {name})",
            f"INSERT {clause} INTO item {columns} VALUES ({key}, {code}, {name}),"
            f" ({other}, {code}, 'z')",
            f"REPLACE INTO item {columns} VALUES ({key}, {code}, {name})",
            f"INSERT INTO item {columns} VALUES ({key}, {code}, {name})"
            f" ON CONFLICT {conflict} DO UPDATE SET name = excluded.name",
            f"INSERT INTO item {columns} VALUES ({key}, {code}, {name}) ON CONFLICT DO NOTHING",
            f"INSERT {clause} INTO item {columns} SELECT id + 1, code, name FROM item"
            f" WHERE id < {key}",
            f"UPDATE {clause} item SET name = {name} WHERE id <= {key}",
            f"UPDATE {clause} item SET name = {name} WHERE id = {key}",
            f"UPDATE {clause} item SET id = {other} WHERE id = {key}",
            f"UPDATE {clause} item SET id = {other}, code = {code}, name = {name} WHERE id = {key}",
            f"DELETE FROM item WHERE id = {key}",
            f"DELETE FROM item WHERE id >= {key}",
        ]
    )


def known(version: Version) -> Version:
    """Leave out what the model cannot know: what a row was inside a statement that deleted it."""
    if version.operation != DELETE:
        return version
    return replace(version, values={})


@pytest.mark.parametrize("foreign_keys", [False, True])
@pytest.mark.parametrize("composite", [False, True])
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_random_statements(
    tmp_path: Path, strategy: str, composite: bool, foreign_keys: bool
) -> None:
    """Whatever the statements were, the history is what the model makes of the states."""
    spec, table = (COMPOSITE, COMPOSITE_TABLE) if composite else (ITEM, ITEM_TABLE)
    item = record(
        tmp_path, with_strategy(spec, strategy), table,
        types={"id": "INTEGER", "kode": "TEXT"}, foreign_keys=foreign_keys,
    )  # fmt: skip
    model = History({"item": item.rule()})
    dice = random.Random(f"{strategy}{composite}{foreign_keys}")
    refused: list[str] = []
    for _ in range(60):
        with item.unit() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            states = [{"item": item.live(driver)}]
            for _ in range(dice.randint(1, 5)):
                before = len(states)
                savepoint = dice.random() < 0.3
                if savepoint:
                    driver.execute("SAVEPOINT s")
                for _ in range(dice.randint(1, 2)):
                    try:
                        driver.execute(random_statement(dice, composite=composite))
                    except sqlite3.IntegrityError as error:
                        refused.append(str(error))
                    states.append({"item": item.live(driver)})
                if savepoint:
                    if dice.random() < 0.5:
                        driver.execute("ROLLBACK TO s")
                        del states[before:]
                    driver.execute("RELEASE s")
        model.commit(states)
        item.verify()
        assert [known(v) for v in ranked(item.versions())] == [
            known(v) for v in ranked(model.versions("item"))
        ]
    assert refused
    assert all("UNIQUE" in message for message in refused)


# statements


@pytest.mark.parametrize("clause", ["REPLACE", "IGNORE", "ABORT", "FAIL", "ROLLBACK"])
def test_conflict_clauses_do_not_reach_into_the_triggers(item: Recorded, clause: str) -> None:
    item.write(
        f"INSERT OR {clause} INTO item VALUES (1, 'k', 'a')",
        f"UPDATE OR {clause} item SET name = 'b'",
        f"UPDATE OR {clause} item SET name = 'c'",
    )
    item.write(f"UPDATE OR {clause} item SET name = 'd'", f"UPDATE OR {clause} item SET id = 2")
    assert item.story("name") == [
        (1, INSERT, 1, 2, "c"),
        (1, DELETE, 2, None, "d"),
        (2, INSERT, 2, None, "d"),
    ]


def test_or_ignore_records_what_was_not_ignored(item: Recorded) -> None:
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("INSERT OR IGNORE INTO item VALUES (1, 'q', 'b'), (2, 'k', 'b'), (3, 'r', 'c')")
    assert item.story("name") == [(1, INSERT, 1, None, "a"), (3, INSERT, 2, None, "c")]


def test_upserts(item: Recorded) -> None:
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    upsert = "INSERT INTO item VALUES {} ON CONFLICT (id) DO {}"
    item.write(upsert.format("(1, 'k', 'b'), (2, 'q', 'c')", "UPDATE SET name = excluded.name"))
    item.write(upsert.format("(1, 'k', 'z'), (3, 'r', 'd')", "NOTHING"))
    assert item.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, UPDATE, 2, None, "b"),
        (2, INSERT, 2, None, "c"),
        (3, INSERT, 3, None, "d"),
    ]


@pytest.mark.parametrize("recursive", [True, False])
def test_replace_of_the_same_key(item: Recorded, recursive: bool) -> None:
    item.run("INSERT INTO item VALUES (1, 'k', 'a')", recursive=recursive)
    next_tick()
    item.run("REPLACE INTO item VALUES (1, 'k', 'a')", recursive=recursive)
    next_tick()
    item.run("REPLACE INTO item VALUES (1, 'k', 'b')", recursive=recursive)
    assert item.story("name") == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "b")]


def test_replace_through_another_unique_key(item: Recorded) -> None:
    item.run("INSERT INTO item VALUES (1, 'k', 'a')")
    next_tick()
    item.run("REPLACE INTO item VALUES (2, 'k', 'b')")
    assert item.story("name") == [
        (1, INSERT, 1, 2, "a"),
        (1, DELETE, 2, None, "a"),
        (2, INSERT, 2, None, "b"),
    ]


def test_the_hole_of_replace_without_recursive_triggers(item: Recorded) -> None:
    """The row that goes fires no trigger; a row that takes its key later closes the hole."""
    item.run("INSERT INTO item VALUES (1, 'k', 'a')")
    next_tick()
    item.run("REPLACE INTO item VALUES (2, 'k', 'b')", recursive=False)
    assert [(v.key, v.operation) for v in item.versions()] == [((1,), INSERT), ((2,), INSERT)]
    next_tick()
    item.run("INSERT INTO item VALUES (1, 'q', 'c')")
    assert item.story("name")[:2] == [(1, INSERT, 1, 3, "a"), (1, UPDATE, 3, None, "c")]


def test_one_statement_is_one_transaction_for_plain_clients(item: Recorded) -> None:
    item.run(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
        " INSERT INTO item SELECT i, 'c' || i, 'a' FROM n"
    )
    next_tick()
    item.run("UPDATE item SET name = 'b'")
    assert item.ids() == [1, 2]
    assert {v.transaction for v in item.versions()} == {1, 2}


def test_what_a_statement_returns_is_unchanged(item: Recorded) -> None:
    with closing(item.plain()) as connection:
        connection.execute("INSERT INTO item (id, name) VALUES (70, 'x')")
        returned = connection.execute(
            "INSERT INTO item (name) VALUES ('a'), ('b') RETURNING id, name"
        )
        assert returned.fetchall() == [(71, "a"), (72, "b")]
        assert connection.execute("INSERT INTO item (name) VALUES ('c')").lastrowid == 73
        assert connection.execute("SELECT last_insert_rowid()").fetchone() == (73,)
        assert connection.execute("UPDATE item SET name = 'z' WHERE id > 70").rowcount == 3
        assert connection.execute("SELECT changes()").fetchone() == (3,)
        assert connection.execute("DELETE FROM item").rowcount == 4
    item.verify()


def test_the_command_line_client(item: Recorded) -> None:
    def shell(source: str) -> None:
        subprocess.run(["sqlite3", "-bail", str(item.path), source], check=True, timeout=30)

    shell("INSERT INTO item VALUES (1, 'k', 'a'), (2, 'q', 'b');")
    shell("BEGIN; UPDATE item SET name = 'c' WHERE id = 1; ROLLBACK;")
    shell("UPDATE item SET name = 'd' WHERE id = 2;")
    shell("DELETE FROM item;")
    assert item.story("name") == [
        (1, INSERT, 1, 3, "a"),
        (1, DELETE, 3, None, "a"),
        (2, INSERT, 1, 2, "b"),
        (2, UPDATE, 2, 3, "d"),
        (2, DELETE, 3, None, "d"),
    ]


def test_savepoints(item: Recorded) -> None:
    item.write(
        "SAVEPOINT a",
        "INSERT INTO item VALUES (1, 'k', 'a')",
        "ROLLBACK TO a",
        "INSERT INTO item VALUES (2, 'q', 'b')",
        "SAVEPOINT b",
        "UPDATE item SET name = 'c'",
        "ROLLBACK TO b",
        "RELEASE a",
    )
    assert item.story("name") == [(2, INSERT, 1, None, "b")]
    assert len(item.ids()) == 1


def test_cascades(tmp_path: Path) -> None:
    child = TriggerSpec(
        table=TableName("child", "main"),
        version_table=TableName("child_version", "main"),
        log=LOG,
        columns=(ColumnSpec("id", "id", Integer()), ColumnSpec("item", "item", Integer())),
        key=("id",),
    )
    found = Recorded(tmp_path / "test.db", [child, ITEM], foreign_keys=True)
    found.run(
        ITEM_TABLE,
        "CREATE TABLE child (id INTEGER PRIMARY KEY,"
        " item REFERENCES item ON DELETE CASCADE ON UPDATE CASCADE)",
        *(history_table(spec, {"id": "INTEGER"}) for spec in (ITEM, child)),
        LOG_TABLE.format(schema="main"),
    )
    found.install()
    found.write("INSERT INTO item (id) VALUES (1)", "INSERT INTO child VALUES (10, 1), (11, 1)")
    found.write("UPDATE item SET id = 2")
    next_tick()
    found.run("DELETE FROM item")
    assert [row for row in found.story("item") if row[0] == 10] == [
        (10, INSERT, 1, 2, 1),
        (10, UPDATE, 2, 3, 2),
        (10, DELETE, 3, None, 2),
    ]
    assert len(found.ids()) == 3


# triggers of others


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_triggers_of_others_on_the_same_table(tmp_path: Path, order: str, strategy: str) -> None:
    """SQLite promises no order; the history holds the last state in either."""
    item = record(tmp_path, with_strategy(ITEM, strategy))
    item.run(
        "CREATE TRIGGER born AFTER INSERT ON item WHEN NEW.code IS NULL BEGIN"
        " UPDATE item SET code = 'born' || NEW.id WHERE id = NEW.id; END",
        "CREATE TRIGGER shout AFTER UPDATE OF name ON item WHEN NEW.name GLOB '[a-z]*' BEGIN"
        " UPDATE item SET name = upper(NEW.name) WHERE id = NEW.id; END",
        "CREATE TRIGGER undead AFTER DELETE ON item WHEN OLD.name <> 'GONE' BEGIN"
        " INSERT INTO item VALUES (OLD.id, OLD.code, 'GONE'); END",
    )
    if order == "before":
        item.install()
    item.write("INSERT INTO item (id, name) VALUES (1, 'A'), (2, 'B')")
    item.write("UPDATE item SET name = 'x' WHERE id = 1")
    item.write("DELETE FROM item WHERE id = 2")
    item.write("DELETE FROM item WHERE id = 2")
    ends = {"validity": [3, 4, None], "subquery": [None, None, None]}[strategy]
    assert [row for row in item.story("code", "name") if row[0] == 2] == [
        (2, INSERT, 1, ends[0], "born2", "B"),
        (2, UPDATE, 3, ends[1], "born2", "GONE"),
        (2, DELETE, 4, ends[2], "born2", "GONE"),
    ]
    assert [row[4:] for row in item.story("code", "name") if row[0] == 1] == [
        ("born1", "A"),
        ("born1", "X"),
    ]


# values


VALUES = [
    ("1", "1.0"), ("1", "'1'"), ("1.0", "'1.0'"), ("'a'", "'A'"), ("'a'", "'a '"), ("'a'", "x'61'"),
    ("NULL", "0"), ("NULL", "''"), ("NULL", "x''"), ("''", "x''"), ("x'0001'", "x'00'"),
    ("9223372036854775807", "9223372036854775806"), ("'1.0'", "'1.00'"), ("'ä'", "'a\u0308'"),
]  # fmt: skip


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize(("one", "two"), VALUES)
def test_values_are_compared_to_the_byte(tmp_path: Path, one: str, two: str, strategy: str) -> None:
    item = record(tmp_path, with_strategy(ITEM, strategy))
    item.write(f"INSERT INTO item VALUES (1, 'k', {one})")
    item.write(f"UPDATE item SET name = {one}")
    item.write(f"UPDATE item SET name = {two}", f"UPDATE item SET name = {one}")
    assert len(item.story()) == 1
    item.write(f"UPDATE item SET name = {two}")
    kinds = item.rows("SELECT typeof(name), quote(name) FROM item_version")
    assert kinds == item.rows(
        f"SELECT typeof({one}), quote({one}) UNION ALL SELECT typeof({two}), quote({two})"
    )


def test_a_column_that_does_not_know_case(tmp_path: Path) -> None:
    table = "CREATE TABLE item (id INTEGER PRIMARY KEY, code, name TEXT COLLATE NOCASE)"
    item = record(tmp_path, ITEM, table, types={"id": "INTEGER", "name": "TEXT COLLATE NOCASE"})
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("UPDATE item SET name = 'A'")
    assert item.story("name") == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "A")]


def test_a_key_that_does_not_know_case(tmp_path: Path) -> None:
    """Its spelling is a value like any other."""
    spec = replace(
        ITEM,
        columns=(
            ColumnSpec("code", "code", String(collation="NOCASE")),
            ColumnSpec("name", "name", String()),
        ),
        key=("code",),
    )
    table = "CREATE TABLE item (code TEXT COLLATE NOCASE PRIMARY KEY, name)"
    item = record(tmp_path, spec, table, types={"code": "TEXT COLLATE NOCASE"})
    item.write("INSERT INTO item VALUES ('a', 1)")
    item.write("UPDATE item SET code = 'A'", "UPDATE item SET code = 'a'")
    item.write("UPDATE item SET code = 'A'")
    assert [(v.key, v.operation, v.transaction, v.end) for v in item.versions()] == [
        (("A",), UPDATE, 3, None),
        (("a",), INSERT, 1, 3),
    ]


def test_generated_columns(tmp_path: Path) -> None:
    spec = replace(
        ITEM,
        columns=(
            *ITEM.columns,
            ColumnSpec("double", "double", Integer(), virtual=True),
            ColumnSpec("stored", "stored", Integer()),
        ),
    )
    table = (
        "CREATE TABLE item (id INTEGER PRIMARY KEY, code, name, double AS (name * 2),"
        " stored AS (name * 3) STORED)"
    )
    item = record(tmp_path, spec, table)
    item.write("INSERT INTO item (id, name) VALUES (1, 1)")
    item.write("UPDATE item SET name = 2")
    item.write("DELETE FROM item")
    found = [(v.values["double"], v.values["stored"]) for v in item.versions()]
    assert found == [(2, 3), (4, 6), (4, 6)]


def test_a_comparison_of_ones_own(tmp_path: Path) -> None:
    columns = (
        *ITEM.columns[:2],
        ColumnSpec("name", "name", JSON(), comparison="json({old}) IS NOT json({new})"),
    )
    item = record(tmp_path, replace(ITEM, columns=columns))
    item.write("""INSERT INTO item VALUES (1, 'k', '{"a":1}')""")
    item.write("""UPDATE item SET name = '{ "a": 1 }'""")
    item.write("UPDATE item SET name = NULL")
    item.write("""UPDATE item SET name = '{"a":2}'""")
    assert [row[1:] for row in item.story("name")] == [
        (INSERT, 1, 2, '{"a":1}'),
        (UPDATE, 2, 3, None),
        (UPDATE, 3, None, '{"a":2}'),
    ]


IGNORING = replace(
    ITEM,
    columns=(*ITEM.columns, ColumnSpec("seen", "seen", Integer(), counts=False)),
)


def test_ignored_columns(tmp_path: Path) -> None:
    table = "CREATE TABLE item (id INTEGER PRIMARY KEY, code, name, seen)"
    item = record(tmp_path, IGNORING, table)
    item.write("INSERT INTO item VALUES (1, 'k', 'a', 0)", "UPDATE item SET seen = 1")
    item.write("UPDATE item SET seen = 2")
    item.write("UPDATE item SET name = 'b'", "UPDATE item SET seen = 3")
    assert [(v.operation, v.transaction, v.values["seen"]) for v in item.versions()] == [
        (INSERT, 1, 1),
        (UPDATE, 2, 3),
    ]
    assert item.ids() == [1, 2]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_delete_that_keeps_the_key_only(tmp_path: Path, strategy: str) -> None:
    item = record(tmp_path, with_strategy(replace(ITEM, null_delete=True), strategy))
    item.write("INSERT INTO item VALUES (1, 'k', 'a'), (2, 'q', 'b')")
    item.write("DELETE FROM item WHERE id = 1")
    item.write("UPDATE item SET name = 'c'", "DELETE FROM item")
    item.write("INSERT INTO item VALUES (2, 'q', 'd')", "UPDATE item SET id = 3")
    found = [(*v.key, v.operation, v.values["name"]) for v in item.versions()]
    assert found == [
        (1, INSERT, "a"),
        (1, DELETE, None),
        (2, INSERT, "b"),
        (2, DELETE, None),
        (3, INSERT, "d"),
    ]
    item.verify()


@pytest.mark.parametrize("null_delete", [False, True])
def test_baselines_keep_the_old_values(tmp_path: Path, null_delete: bool) -> None:
    spec = replace(ITEM, null_delete=null_delete)
    item = Recorded(tmp_path / "test.db", [spec])
    item.run(ITEM_TABLE, history_table(spec, {"id": "INTEGER"}), LOG_TABLE.format(schema="main"))
    item.run("INSERT INTO item VALUES (1, 'k', 'a'), (2, 'q', 'b')")
    item.install()
    item.write("DELETE FROM item WHERE id = 1", "UPDATE item SET id = 3 WHERE id = 2")
    kept = (None, None) if null_delete else ("a", "b")
    assert item.story("name") == [
        (1, INSERT, 0, 1, "a"),
        (1, DELETE, 1, None, kept[0]),
        (2, INSERT, 0, 1, "b"),
        (2, DELETE, 1, None, kept[1]),
        (3, INSERT, 1, None, "b"),
    ]


LINK = TriggerSpec(
    table=TableName("link", "main"),
    version_table=TableName("link_version", "main"),
    log=LOG,
    columns=(ColumnSpec("a", "a", Integer()), ColumnSpec("b", "b", Integer())),
    key=("a", "b"),
    duplicates=True,
)


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_links_that_may_stand_twice(tmp_path: Path, strategy: str) -> None:
    link = record(
        tmp_path, with_strategy(LINK, strategy), "CREATE TABLE link (a, b)",
        types={"a": "", "b": ""},
    )  # fmt: skip
    link.write("INSERT INTO link VALUES (1, 1), (1, 1), (1, 2)")
    link.write("DELETE FROM link WHERE rowid = 1")
    link.write("UPDATE link SET b = 2 WHERE b = 1")
    link.write("DELETE FROM link WHERE rowid = 2")
    link.write("DELETE FROM link", "INSERT INTO link VALUES (1, 2)")
    link.write("DELETE FROM link")
    assert [(*v.key, v.operation) for v in link.versions()] == [
        (1, 1, INSERT),
        (1, 1, DELETE),
        (1, 2, INSERT),
        (1, 2, DELETE),
    ]


NAMES = [
    'a"b', "a'b", "[a]", "a b", "a%sb%%", ":x", "?1", "größe表", "select", "a\\b", "a--b", "/*a*/",
    "x" * 300, "rowid", "a.b", "main", "a;b", "n\nl",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names(tmp_path: Path, name: str) -> None:
    spec = TriggerSpec(
        table=TableName(name, "main"),
        version_table=TableName(f"{name} v", "main"),
        log=LogSpec(table=TableName(f"{name} t", "main"), prefix=f"{name} p", id=f"{name} i"),
        columns=(
            ColumnSpec("key", f"{name} k", Integer()),
            ColumnSpec(name, f"{name} h", String()),
            ColumnSpec(f"{name} 2", name, String(), counts=False),
        ),
        key=("key",),
        transaction_column=f"{name} f",
        end_column=f"{name} e",
        operation_column=f"{name} o",
    )
    found = Recorded(tmp_path / "test.db", [spec])
    table, value, ignored = quoted(name), quoted(name), quoted(f"{name} 2")
    found.run(
        f"CREATE TABLE {table} (key INTEGER PRIMARY KEY, {value}, {ignored})",
        history_table(spec, {f"{name} k": "INTEGER"}),
        f"CREATE TABLE {quoted(name + ' t')} ({quoted(name + ' i')} INTEGER PRIMARY KEY"
        " AUTOINCREMENT, issued_at)",
    )
    found.install()
    found.write(f"INSERT INTO {table} VALUES (1, 'a', 1)")
    found.write(f"UPDATE {table} SET {value} = 'b'", f"UPDATE {table} SET {value} = 'a'")
    found.write(f"UPDATE {table} SET {value} = 'b'", f"UPDATE {table} SET {ignored} = 2")
    with found.unit() as connection:
        EMITTER.pause(connection, found.log, [spec.table])
        execute(connection, f"UPDATE {table} SET {value} = 'c'")
        EMITTER.resume(connection, found.log, [])
    found.write(f"UPDATE {table} SET key = 2")
    operations = [(*v.key, v.operation) for v in found.versions()]
    assert operations == [(1, INSERT), (1, UPDATE), (1, INSERT), (1, DELETE), (2, INSERT)]
    with found.engine().connect() as connection:
        server = EMITTER.server(connection, found.log)
        installed = EMITTER.installed(connection, found.log, ["main"])
        expected = EMITTER.expected(spec, server)
        assert {i.name: i.fingerprint for i in installed if i.table == spec.table} == expected
        execute(connection, *EMITTER.drop(spec, server), *EMITTER.drop_helpers(spec.log, server))
        assert EMITTER.installed(connection, found.log, ["main"]) == []


# which transaction


def test_a_unit_is_one_transaction_however_long_it_takes(item: Recorded) -> None:
    with item.unit("INSERT INTO item VALUES (1, 'k', 'a')") as connection:
        next_tick()
        execute(connection, "INSERT INTO item VALUES (2, 'q', 'b')")
    assert len(item.ids()) == 1
    item.run("INSERT INTO item VALUES (3, 'r', 'c')")
    assert len(item.ids()) == 2


def test_plain_clients_have_a_transaction_for_each_tick(item: Recorded) -> None:
    for number in range(3):
        item.run(f"INSERT INTO item (id) VALUES ({number})")
        next_tick()
    assert len(item.ids()) == 3


@pytest.mark.parametrize("foreign_keys", [False, True])
def test_a_rollback_leaves_nothing(tmp_path: Path, foreign_keys: bool) -> None:
    item = record(tmp_path, foreign_keys=foreign_keys)
    with item.engine().connect() as connection:
        EMITTER.enter_unit(connection, item.log, "token", None)
        execute(connection, "INSERT INTO item VALUES (1, 'k', 'a')")
        connection.rollback()
        execute(connection, "INSERT INTO item VALUES (2, 'q', 'b')")
        connection.commit()
    assert item.story() == [(2, INSERT, 1, None)]
    assert len(item.ids()) == 1


def commit_by_driver(driver: sqlite3.Connection) -> None:
    driver.commit()


def commit_by_text(driver: sqlite3.Connection) -> None:
    driver.execute("COMMIT")


def commit_by_script(driver: sqlite3.Connection) -> None:
    driver.executescript("SELECT 1")


BEHIND = pytest.mark.parametrize(
    "commit", [commit_by_driver, commit_by_text, commit_by_script], ids=lambda f: f.__name__
)


@BEHIND
@pytest.mark.parametrize("vouched", [False, True])
def test_a_commit_behind_our_back_ends_the_unit(
    item: Recorded, commit: Callable[[sqlite3.Connection], None], vouched: bool
) -> None:
    """In the same connection, in the same millisecond, and in another connection."""

    def write(connection: Connection, token: str, statement: str) -> None:
        if vouched:
            assert EMITTER.begin_unit(connection, item.log, token, None)
        else:
            EMITTER.enter_unit(connection, item.log, token, None)
        execute(connection, statement)
        if vouched:
            EMITTER.end_batch(connection, item.log)

    with item.engine().connect() as connection:
        write(connection, "token", "INSERT INTO item VALUES (1, 'k', 'a')")
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        commit(driver)
        driver.execute("INSERT INTO item VALUES (2, 'q', 'b')")
        commit(driver)
        write(connection, "another", "INSERT INTO item VALUES (3, 'r', 'c')")
        commit(driver)
    item.run("INSERT INTO item VALUES (4, 's', 'd')")
    assert [v.transaction for v in item.versions()] == [1, 2, 3, 4]


def test_nobody_vouches_for_a_transaction_that_a_failure_has_ended(item: Recorded) -> None:
    with item.engine().connect() as connection:
        assert EMITTER.begin_unit(connection, item.log, "token", None)
        with pytest.raises(IntegrityError):
            execute(connection, "INSERT OR ROLLBACK INTO item (id) VALUES (1), (1)")
        EMITTER.end_batch(connection, item.log)
        assert not EMITTER.in_transaction(connection.connection.dbapi_connection)
    assert item.ids() == []


def test_nobody_vouches_for_a_unit_whose_transaction_was_committed(item: Recorded) -> None:
    """Another transaction is running already, so that the driver cannot tell."""
    item.run("CREATE TABLE beside (id)")
    with item.engine().connect() as connection:
        EMITTER.enter_unit(connection, item.log, "token", None)
        execute(connection, "INSERT INTO item (id) VALUES (1)")
        assert EMITTER.begin_batch(connection, item.log)
        EMITTER.end_batch(connection, item.log)
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.commit()
        driver.execute("INSERT INTO beside VALUES (1)")
        assert not EMITTER.begin_batch(connection, item.log)
        execute(connection, "INSERT INTO item (id) VALUES (2)")
        connection.commit()
    assert [v.transaction for v in item.versions()] == [1, 2]


@BEHIND
def test_a_commit_behind_our_back_fails_where_foreign_keys_are_enforced(
    tmp_path: Path, commit: Callable[[sqlite3.Connection], None]
) -> None:
    item = record(tmp_path, foreign_keys=True)
    with item.engine().connect() as connection:
        EMITTER.enter_unit(connection, item.log, "token", None)
        execute(connection, "INSERT INTO item VALUES (1, 'k', 'a')")
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY") as failure:
            commit(driver)
        assert EMITTER.in_transaction(driver)
        EMITTER.leave_unit(connection, item.log)
        commit(driver)
    assert len(item.ids()) == 1
    assert EMITTER.explain(failure.value, item.spec) is None


def test_errors_of_foreign_keys_come_when_they_always_came(tmp_path: Path) -> None:
    item = record(tmp_path, foreign_keys=True)
    item.run("CREATE TABLE child (item INTEGER NOT NULL REFERENCES item)")
    with item.unit() as connection, pytest.raises(IntegrityError):
        execute(connection, "INSERT INTO child VALUES (7)")


def test_the_flag_of_a_user_makes_no_unit(item: Recorded) -> None:
    with closing(item.plain()) as connection:
        for number in range(2):
            connection.execute("BEGIN")
            connection.execute("PRAGMA defer_foreign_keys = ON")
            connection.execute(f"INSERT INTO item (id) VALUES ({number})")
            next_tick()
            connection.execute("COMMIT")
    assert len(item.ids()) == 2


def test_the_flag_is_set_even_when_the_driver_knows_the_statement(item: Recorded) -> None:
    with item.engine().connect() as connection:
        for number in range(2):
            EMITTER.enter_unit(connection, item.log, "same token", None)
            execute(connection, f"INSERT INTO item (id) VALUES ({number})")
            next_tick()
            execute(connection, f"INSERT INTO item (id) VALUES ({number} + 10)")
            EMITTER.leave_unit(connection, item.log)
            connection.commit()
    assert len(item.ids()) == 2


def test_a_unit_does_not_make_statements_compile_again(item: Recorded) -> None:
    """Setting the flag outright would: every statement of the connection, in each transaction."""
    with item.engine().connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        compiled: list[str] = []

        def authorize(action: int, one: str | None, two: str | None, *_: Any) -> int:
            if action == sqlite3.SQLITE_UPDATE and one == "item":
                compiled.append(str(two))
            return sqlite3.SQLITE_OK

        driver.set_authorizer(authorize)
        for number in range(3):
            EMITTER.enter_unit(connection, item.log, f"token {number}", None)
            execute(connection, "UPDATE item SET name = 'x' WHERE id = 1")
            EMITTER.leave_unit(connection, item.log)
            connection.commit()
        driver.set_authorizer(None)
    assert compiled == ["name"]


@pytest.mark.parametrize("foreign_keys", [False, True])
def test_autocommit(tmp_path: Path, foreign_keys: bool) -> None:
    """No unit is announced; statements that follow each other at once are told apart."""
    item = record(tmp_path, foreign_keys=foreign_keys)
    with item.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for number in range(5):
            EMITTER.enter_unit(connection, item.log, "token", "{}")
            EMITTER.enter_statement(connection, item.log)
            execute(connection, f"INSERT INTO item (id) VALUES ({number})")
            EMITTER.leave_unit(connection, item.log)
        EMITTER.ensure_transaction(connection)
        assert not EMITTER.in_transaction(connection.connection.dbapi_connection)
    assert len(item.ids()) == 5


def test_ensure_transaction(item: Recorded) -> None:
    with item.engine().connect() as connection:
        driver = connection.connection.dbapi_connection
        assert EMITTER.in_transaction(driver) is False
        EMITTER.ensure_transaction(connection)
        EMITTER.ensure_transaction(connection)
        assert EMITTER.in_transaction(driver) is True
    assert EMITTER.in_transaction(object()) is None


def test_the_id_of_the_running_transaction(item: Recorded) -> None:
    with item.unit() as connection:
        assert EMITTER.transaction_id(connection, item.log, create=False) is None
        created = EMITTER.transaction_id(connection, item.log, create=True)
        assert created == 1
        assert EMITTER.transaction_id(connection, item.log, create=True) == created
        execute(connection, "INSERT INTO item VALUES (1, 'k', 'a')")
        assert EMITTER.transaction_id(connection, item.log, create=False) == created
    with item.unit() as connection:
        assert EMITTER.transaction_id(connection, item.log, create=False) is None
        execute(connection, "SAVEPOINT s", "UPDATE item SET name = 'b'", "ROLLBACK TO s")
        assert EMITTER.transaction_id(connection, item.log, create=False) is None
    assert item.ids() == [1]


def test_ids_that_go_backwards_are_refused(item: Recorded) -> None:
    item.write("INSERT INTO item VALUES (1, 'k', 'a'), (2, 'q', 'b')")
    item.write("UPDATE item SET name = 'c'")
    item.run('DELETE FROM "transaction"', "DELETE FROM sqlite_sequence")
    for statement in (
        "UPDATE item SET name = 'd' WHERE id = 1",
        "DELETE FROM item WHERE id = 1",
        "UPDATE item SET id = 3 WHERE id = 1",
        "UPDATE OR IGNORE item SET name = 'd'",
        "DELETE FROM item",
    ):
        before = item.versions()
        with item.unit() as connection, pytest.raises(IntegrityError) as failure:
            execute(connection, statement)
        error = EMITTER.explain(failure.value, item.spec)
        assert isinstance(error, TransactionInversion)
        assert "item" in str(error)
        assert item.versions() == before
    assert item.ids() == []


# who and why


DESCRIBED = LogSpec(
    table=TableName("transaction", "main"),
    columns=(
        ContextColumn("actor", "user_id", Integer()),
        ContextColumn("it's", "why", String()),
        ContextColumn("meta", "meta", JSON()),
        ContextColumn("flag", "flag", Boolean()),
    ),
)


@pytest.fixture
def described(tmp_path: Path) -> Recorded:
    found = Recorded(tmp_path / "test.db", [replace(ITEM, log=DESCRIBED)])
    found.run(
        ITEM_TABLE,
        history_table(ITEM, {"id": "INTEGER"}),
        'CREATE TABLE "transaction" (id INTEGER PRIMARY KEY AUTOINCREMENT, issued_at DATETIME,'
        " user_id INTEGER, why TEXT DEFAULT 'none', meta JSON, flag BOOLEAN)",
    )
    found.install()
    return found


COLUMNS = 'SELECT user_id, why, meta, flag FROM "transaction" ORDER BY id'


def test_context(described: Recorded) -> None:
    insert = "INSERT INTO item (name) VALUES ('x')"
    described.write(insert)
    described.write(insert, context='{"actor": 5}')
    described.write(
        insert, context='{"actor": null, "it\'s": "q", "meta": {"a": [true, "ä"]}, "flag": 1}'
    )
    described.write(insert, context='{"meta": "text", "it\'s": null}')
    described.write(insert, context='{"meta": true, "it\'s": ""}')
    described.write("SELECT 1", context='{"actor": 6}')
    described.run(insert)
    found = described.rows(COLUMNS)
    assert [(*row[:2], row[2] and json.loads(row[2]), row[3]) for row in found] == [
        (None, "none", None, None),
        (5, "none", None, None),
        (None, "q", {"a": [True, "ä"]}, 1),
        (None, None, "text", None),
        (None, "", True, None),
        (None, "none", None, None),
    ]


def test_publish(described: Recorded) -> None:
    with described.unit() as connection:
        EMITTER.publish(connection, described.log, '{"actor": 1}')
        execute(connection, "INSERT INTO item (name) VALUES ('x')", "SAVEPOINT s")
        EMITTER.publish(connection, described.log, '{"actor": 2, "it\'s": "b"}')
        assert connection.exec_driver_sql(COLUMNS).all() == [(2, "b", None, None)]
        execute(connection, "ROLLBACK TO s")
    assert described.rows(COLUMNS) == [(1, "none", None, None)]
    with described.engine().begin() as connection:
        EMITTER.publish(connection, described.log, '{"actor": 3}')
        execute(connection, "INSERT INTO item (name) VALUES ('y')")
    assert described.rows(COLUMNS)[1:] == [(None, "none", None, None)]


def test_the_time_of_a_transaction(item: Recorded) -> None:
    item.write("INSERT INTO item (name) VALUES ('x')")
    ((issued_at, now),) = item.rows("SELECT issued_at, datetime('now') FROM \"transaction\"")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", issued_at)
    assert abs(int(issued_at[17:19]) - int(now[17:19])) in (0, 1, 2, 58, 59)


@pytest.mark.parametrize("clause", ["", "OR IGNORE", "OR REPLACE"])
def test_a_transaction_row_that_cannot_be_made_fails_the_write(tmp_path: Path, clause: str) -> None:
    item = Recorded(tmp_path / "test.db", [ITEM])
    item.run(
        ITEM_TABLE,
        history_table(ITEM, {"id": "INTEGER"}),
        'CREATE TABLE "transaction" (id INTEGER PRIMARY KEY AUTOINCREMENT, issued_at,'
        " own INTEGER NOT NULL)",
    )
    item.install()
    with pytest.raises(sqlite3.IntegrityError):
        item.run(f"INSERT {clause} INTO item VALUES (1, 'k', 'a')")
    assert item.live() == {}
    assert item.versions() == []
    error = EMITTER.explain(
        sqlite3.IntegrityError("continuum: the row of the transaction could not be made"), None
    )
    assert error is not None
    assert "nullable" in str(error)


# pauses


@pytest.mark.parametrize("tables", [[TableName("item", "main")], []])
def test_a_pause(item: Recorded, tables: list[TableName]) -> None:
    item.write("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, tables)
        execute(
            connection,
            "INSERT INTO item (id, name) VALUES (4, 'd')",
            "UPDATE item SET name = name",
            "DELETE FROM item WHERE id = 4",
        )
    assert item.ids() == [1]
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, tables)
        execute(
            connection,
            "UPDATE item SET name = 'x' WHERE id = 1",
            "DELETE FROM item WHERE id = 2",
            "INSERT INTO item (id, name) VALUES (4, 'd')",
            "UPDATE item SET id = 6 WHERE id = 3",
        )
        EMITTER.resume(connection, item.log, [])
        execute(connection, "INSERT INTO item (id, name) VALUES (5, 'e')")
    assert item.story("name", gaps=True) == [
        (1, INSERT, 1, 2, "a"),
        (2, INSERT, 1, 2, "b"),
        (3, INSERT, 1, 2, "c"),
        (5, INSERT, 2, None, "e"),
    ]
    item.write("UPDATE item SET name = name || '!'", "INSERT INTO item (id, name) VALUES (2, 'f')")
    assert item.story("name", gaps=True) == [
        (1, INSERT, 1, 2, "a"),
        (1, INSERT, 2, 3, "x"),
        (1, UPDATE, 3, None, "x!"),
        (2, INSERT, 1, 2, "b"),
        (2, INSERT, 3, None, "f"),
        (3, INSERT, 1, 2, "c"),
        (4, INSERT, 0, 3, "d"),
        (4, UPDATE, 3, None, "d!"),
        (5, INSERT, 2, 3, "e"),
        (5, UPDATE, 3, None, "e!"),
        (6, INSERT, 0, 3, "c"),
        (6, UPDATE, 3, None, "c!"),
    ]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_what_the_transaction_wrote_follows_its_row_while_paused(
    tmp_path: Path, strategy: str
) -> None:
    item = record(tmp_path, with_strategy(ITEM, strategy))
    item.write("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (5, 'e')")
    with item.unit("UPDATE item SET name = 'x'", "INSERT INTO item (id) VALUES (4)") as connection:
        EMITTER.pause(connection, item.log, [TableName("item", "main")])
        execute(
            connection,
            "UPDATE item SET name = 'y' WHERE id = 1",
            "UPDATE item SET name = 'b' WHERE id = 2",
            "DELETE FROM item WHERE id IN (3, 4)",
            "DELETE FROM item WHERE id = 5",
            "INSERT INTO item (id, name) VALUES (5, 'f')",
        )
    assert [(*v.key, v.operation, v.values["name"]) for v in item.versions()] == [
        (1, INSERT, "a"),
        (1, UPDATE, "y"),
        (2, INSERT, "b"),
        (3, INSERT, "c"),
        (3, DELETE, "x"),
        (5, INSERT, "e"),
        (5, UPDATE, "f"),
    ]
    item.verify()


def test_a_gap_in_the_middle_of_a_transaction(item: Recorded) -> None:
    item.write("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, [])
        execute(connection, "UPDATE item SET name = 'x'")
        EMITTER.resume(connection, item.log, [])
        execute(
            connection,
            "UPDATE item SET name = 'a' WHERE id = 1",
            "UPDATE item SET name = 'y' WHERE id = 2",
            "DELETE FROM item WHERE id = 3",
        )
    assert item.story("name") == [
        (1, INSERT, 1, None, "a"),
        (2, INSERT, 1, 2, "b"),
        (2, UPDATE, 2, None, "y"),
        (3, INSERT, 1, 2, "c"),
        (3, DELETE, 2, None, "x"),
    ]


def test_other_tables_and_other_transactions_are_not_paused(item: Recorded) -> None:
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, [TableName("other", "main")])
        EMITTER.pause(connection, item.log, [TableName("more", "main")])
        execute(connection, "INSERT INTO item (id) VALUES (1)")
    with item.engine().connect() as connection:
        EMITTER.enter_unit(connection, item.log, "token", None)
        EMITTER.pause(connection, item.log, [])
        execute(connection, "INSERT INTO item (id) VALUES (2)")
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.commit()
    item.run("INSERT INTO item (id) VALUES (3)")
    assert [v.key for v in item.versions()] == [(1,), (3,)]


def test_pauses_add_up(item: Recorded) -> None:
    tables = [TableName("item", "main"), TableName("other", "main")]
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, tables[:1])
        EMITTER.pause(connection, item.log, tables[1:])
        execute(connection, "INSERT INTO item (id) VALUES (1)")
        EMITTER.resume(connection, item.log, tables[1:])
        execute(connection, "INSERT INTO item (id) VALUES (2)")
        EMITTER.pause(connection, item.log, [])
        EMITTER.pause(connection, item.log, tables[1:])
        execute(connection, "INSERT INTO item (id) VALUES (3)")
    assert [v.key for v in item.versions()] == [(2,)]


def test_a_pause_without_a_unit(item: Recorded) -> None:
    with item.engine().begin() as connection, pytest.raises(PauseError):
        EMITTER.pause(connection, item.log, [])


# attached files


AWAY = replace(
    ITEM, table=TableName("item", "other"), version_table=TableName("item_version", "other")
)


def attached_item(
    tmp_path: Path, foreign_keys: bool = False, strategy: str = "validity"
) -> Recorded:
    specs = [with_strategy(ITEM, strategy), with_strategy(AWAY, strategy)]
    found = Recorded(tmp_path / "test.db", specs, foreign_keys, tmp_path / "other.db")
    found.run(
        ITEM_TABLE,
        ITEM_TABLE.replace("item", "other.item", 1),
        *(history_table(spec, {"id": "INTEGER"}) for spec in specs),
        LOG_TABLE.format(schema="main"),
    )
    found.install()
    return found


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("foreign_keys", [False, True])
def test_tables_in_attached_files(tmp_path: Path, foreign_keys: bool, strategy: str) -> None:
    item = attached_item(tmp_path, foreign_keys, strategy)
    item.write("INSERT INTO other.item VALUES (1, 'k', 'a')")
    item.write("SELECT 1", "UPDATE other.item SET name = name")
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("UPDATE other.item SET name = 'b'", "UPDATE item SET name = 'b'")
    item.write("SAVEPOINT s", "UPDATE other.item SET name = 'c'", "ROLLBACK TO s")
    item.verify()
    assert [v.transaction for v in item.versions(AWAY)] == item.ids()[::2]
    assert [v.transaction for v in item.versions(ITEM)] == item.ids()[1:]
    assert len(item.ids()) == 3


def test_a_gap_in_an_attached_file_without_ends(tmp_path: Path) -> None:
    item = attached_item(tmp_path, strategy="subquery")
    item.write("INSERT INTO other.item VALUES (1, 'k', 'a')")
    with item.unit("INSERT INTO item VALUES (1, 'k', 'a')") as connection:
        EMITTER.pause(connection, item.log, [AWAY.table])
        execute(connection, "UPDATE other.item SET name = 'b'")
    item.write("UPDATE other.item SET name = 'c'")
    found = [(v.transaction, v.operation, v.values["name"]) for v in item.versions(item.specs[1])]
    assert found == [(1, INSERT, "a"), (2, INSERT, "b"), (3, UPDATE, "c")]


def test_pauses_in_attached_files(tmp_path: Path) -> None:
    item = attached_item(tmp_path)
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, [AWAY.table])
        execute(connection, "INSERT INTO other.item (id) VALUES (1)")
        execute(connection, "INSERT INTO item (id) VALUES (1)")
        EMITTER.resume(connection, item.log, [ITEM.table])
        execute(connection, "INSERT INTO other.item (id) VALUES (2)")
        EMITTER.pause(connection, item.log, [])
        execute(connection, "INSERT INTO other.item (id) VALUES (3)")
        EMITTER.resume(connection, item.log, [])
        execute(connection, "INSERT INTO item (id) VALUES (4)")
    assert [v.key for v in item.versions(AWAY)] == [(2,)]
    assert [v.key for v in item.versions(ITEM)] == [(1,), (4,)]


@pytest.mark.parametrize("clause", ["", "OR IGNORE", "OR REPLACE"])
def test_plain_clients_are_kept_from_attached_files(tmp_path: Path, clause: str) -> None:
    item = attached_item(tmp_path)
    with pytest.raises(sqlite3.IntegrityError, match="another database file") as failure:
        item.run(f"INSERT {clause} INTO other.item VALUES (1, 'k', 'a')")
    assert isinstance(EMITTER.explain(failure.value, AWAY), UnsupportedStatement)
    alone = replace(item, path=tmp_path / "other.db", attached=None)
    with pytest.raises(sqlite3.IntegrityError, match="another database file"):
        alone.run("INSERT INTO item VALUES (1, 'k', 'a')")
    item.run("INSERT INTO item VALUES (1, 'k', 'a')")
    assert len(item.ids()) == 1


def test_a_commit_behind_our_back_with_attached_files(tmp_path: Path) -> None:
    item = attached_item(tmp_path)
    with item.engine().connect() as connection:
        EMITTER.enter_unit(connection, item.log, "token", None)
        execute(connection, "INSERT INTO other.item VALUES (1, 'k', 'a')")
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.commit()
        with pytest.raises(sqlite3.IntegrityError):
            driver.execute("INSERT INTO other.item VALUES (2, 'q', 'a')")
        driver.rollback()
        EMITTER.enter_unit(connection, item.log, "another", None)
        execute(connection, "INSERT INTO other.item VALUES (3, 'r', 'a')")
        EMITTER.leave_unit(connection, item.log)
        connection.commit()
    assert [(*v.key, v.transaction) for v in item.versions(AWAY)] == [(1, 1), (3, 2)]


@pytest.mark.parametrize("foreign_keys", [False, True])
def test_a_unit_is_announced_to_all_files_or_to_none(tmp_path: Path, foreign_keys: bool) -> None:
    """The transaction goes on without the file that is locked, and is committed."""
    item = attached_item(tmp_path, foreign_keys)
    alone = replace(item, path=tmp_path / "other.db", attached=None)
    with item.engine().connect() as connection, closing(alone.plain()) as neighbour:
        execute(connection, "PRAGMA busy_timeout = 0")
        neighbour.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            EMITTER.enter_unit(connection, item.log, "token", None)
        connection.commit()
        neighbour.execute("ROLLBACK")
        assert item.rows("SELECT unit, guard FROM continuum_state") == [(None, None)]
        assert item.ids() == []
        EMITTER.enter_unit(connection, item.log, "token", None)
        execute(connection, "INSERT INTO other.item (id) VALUES (1)")
        EMITTER.leave_unit(connection, item.log)
        connection.commit()
    assert [v.key for v in item.versions(AWAY)] == [(1,)]
    assert len(item.ids()) == 1


def test_a_file_that_is_not_attached_at_the_moment(tmp_path: Path) -> None:
    item = attached_item(tmp_path)
    alone = replace(item, attached=None, specs=[ITEM])
    alone.write("INSERT INTO item VALUES (1, 'k', 'a')")
    assert alone.story() == [(1, INSERT, 1, None)]


def test_a_transaction_table_in_an_attached_file(tmp_path: Path) -> None:
    spec = replace(AWAY, log=replace(LOG, table=TableName("transaction", "other")))
    item = Recorded(tmp_path / "test.db", [spec], False, tmp_path / "other.db")
    item.run(
        ITEM_TABLE.replace("item", "other.item", 1),
        history_table(spec, {"id": "INTEGER"}),
        LOG_TABLE.format(schema="other"),
    )
    item.install()
    item.write("INSERT INTO other.item VALUES (1, 'k', 'a')", "UPDATE other.item SET name = 'b'")
    item.run("UPDATE other.item SET name = 'c'")
    assert item.story("name") == [(1, INSERT, 1, 2, "b"), (1, UPDATE, 2, None, "c")]


# what is there, and what is wrong with it


def test_installed(item: Recorded) -> None:
    with item.engine().connect() as connection:
        server = EMITTER.server(connection, item.log)
        found = EMITTER.installed(connection, item.log, ["main"])
        expected = EMITTER.expected(item.spec, server)
        assert {i.name: i.fingerprint for i in found if i.table == ITEM.table} == expected
        assert {i.name for i in found if i.table == LOG.table} == {"continuum_begin"}
        assert len(found) == len(expected) + 1
        other = EMITTER.expected(replace(ITEM, null_delete=True), server)
        assert set(other) == set(expected)
        assert not set(other.values()) & set(expected.values())
        for _ in range(2):
            execute(connection, *EMITTER.drop(ITEM, server), *EMITTER.drop_helpers(LOG, server))
        assert EMITTER.installed(connection, item.log, [None]) == []


def test_installing_again_changes_nothing(item: Recorded) -> None:
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    before = item.rows("SELECT name, sql FROM sqlite_master ORDER BY name")
    item.install()
    assert item.rows("SELECT name, sql FROM sqlite_master ORDER BY name") == before
    item.write("UPDATE item SET name = 'b'")
    assert item.story("name") == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, None, "b")]


def test_text_made_without_a_connection_does_the_same(tmp_path: Path) -> None:
    item = Recorded(tmp_path / "test.db", [ITEM])
    server = EMITTER.offline_server(create_engine("sqlite://").dialect)
    item.run(
        ITEM_TABLE,
        history_table(ITEM, {"id": "INTEGER"}),
        LOG_TABLE.format(schema="main"),
        *EMITTER.create_helpers(LOG, [ITEM], server),
        *EMITTER.create(ITEM, server),
    )
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("UPDATE item SET name = 'b'")
    item.write("DELETE FROM item")
    assert [row[1:] for row in item.story("name")] == [
        (INSERT, 1, 2, "a"),
        (UPDATE, 2, 3, "b"),
        (DELETE, 3, None, "b"),
    ]
    with item.engine().connect() as connection:
        found = {i.fingerprint for i in EMITTER.installed(connection, LOG, ["main"])}
        assert set(EMITTER.expected(ITEM, EMITTER.server(connection, LOG)).values()) <= found


def test_validate() -> None:
    facts = {"schemas": ("main",), "with_rowid": frozenset[tuple[str, str]]()}
    EMITTER.validate(ITEM, Server((3, 35), "main", facts))
    with pytest.raises(ImproperlyConfigured, match=r"3\.34\.1"):
        EMITTER.validate(ITEM, Server((3, 34, 1), "main", facts))
    with pytest.raises(UnsupportedTable, match="different database files"):
        EMITTER.validate(
            replace(ITEM, version_table=AWAY.version_table), Server((3, 40), "main", facts)
        )


@pytest.mark.parametrize(
    ("damage", "column"),
    [
        ("DROP TABLE item_version", None),
        ("DROP TABLE continuum_state", None),
        ('DROP TABLE "transaction"', None),
        ("PRAGMA writable_schema = ON", "name"),
    ],
)
@pytest.mark.parametrize("clause", ["", "OR IGNORE"])
def test_a_history_that_lacks_something(
    item: Recorded, damage: str, column: str | None, clause: str
) -> None:
    with closing(item.plain()) as connection:
        connection.execute(damage)
        if column is not None:
            # SQLite itself neither drops nor renames a column that a trigger needs.
            connection.execute(
                "UPDATE sqlite_master SET sql = replace(sql, '\"name\"', '\"label\"')"
                " WHERE name = 'item_version'"
            )
    with pytest.raises(OperationalError) as failure, item.engine().begin() as connection:
        execute(connection, f"INSERT {clause} INTO item VALUES (1, 'k', 'a')")
    error = EMITTER.explain(failure.value, ITEM)
    assert isinstance(error, StaleTrigger)
    assert error.column == column
    assert EMITTER.explain(failure.value, None) is None
    assert item.live() == {}


def test_errors_of_others_are_not_explained(item: Recorded) -> None:
    for statement in ("INSERT INTO nowhere VALUES (1)", "UPDATE item SET nothing = 1", "NONSENSE"):
        with pytest.raises(DatabaseError) as failure, item.engine().begin() as connection:
            execute(connection, statement)
        assert EMITTER.explain(failure.value, ITEM) is None


def test_a_connection_that_does_not_trust_its_schema(item: Recorded) -> None:
    with closing(item.plain()) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        with pytest.raises(sqlite3.OperationalError) as failure:
            connection.execute("INSERT INTO item (id) VALUES (1)")
    error = EMITTER.explain(failure.value, ITEM)
    assert isinstance(error, VersioningError)
    assert "trusted_schema" in str(error)


# cost


def steps(item: Recorded, statement: str) -> int:
    """Return how many instructions SQLite's machine needs for a statement."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    with item.engine().connect() as connection:
        EMITTER.enter_unit(connection, item.log, "token", None)
        execute(connection, "UPDATE item SET name = -1 WHERE id = 2")
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(step, 1)
        driver.execute(statement)
        driver.set_progress_handler(None, 1)
    return count


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_long_history_costs_no_more_than_a_short_one(tmp_path: Path, strategy: str) -> None:
    item = record(tmp_path, with_strategy(ITEM, strategy))
    item.write("INSERT INTO item (id, name) VALUES (1, 0), (2, 0)")
    item.write("UPDATE item SET name = 1")
    statements = [
        "UPDATE item SET name = 7 WHERE id = 1",
        "UPDATE item SET id = 7 WHERE id = 1",
        "DELETE FROM item WHERE id = 1",
        "REPLACE INTO item (id, name) VALUES (1, 3)",
    ]
    short = [steps(item, statement) for statement in statements]
    end = "" if strategy == "subquery" else ", t.id + 1"
    with closing(item.plain()) as connection:
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
            ' INSERT INTO "transaction" (id) SELECT i FROM n'
        )
        connection.execute("UPDATE item_version SET transaction_id = 5000 WHERE transaction_id = 2")
        if end:
            connection.execute(
                "UPDATE item_version SET end_transaction_id = 2 WHERE transaction_id = 1"
            )
        connection.execute(
            f"INSERT INTO item_version SELECT 1, NULL, t.id, t.id{end}, 1"
            ' FROM "transaction" AS t WHERE t.id > 1 AND t.id < 5000'
        )
    long = [steps(item, statement) for statement in statements]
    for before, after in zip(short, long, strict=True):
        assert after < before * 1.2 + 50, (short, long)
