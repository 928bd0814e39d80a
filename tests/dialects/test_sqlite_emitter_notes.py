"""What the triggers of SQLite put into versions beside the columns of their table."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy.exc import OperationalError

from continuum.dialects.base import Server
from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite import EMITTER
from continuum.errors import StaleTrigger
from continuum.errors import UnsupportedTable
from model.history import exact
from sqlite_support import ITEM
from sqlite_support import ITEM_TABLE
from sqlite_support import LOG_TABLE
from sqlite_support import Recorded
from sqlite_support import execute
from sqlite_support import history_table
from sqlite_support import quoted
from sqlite_support import with_strategy

pytestmark = pytest.mark.engines("sqlite")

INSERT, UPDATE, DELETE = 0, 1, 2

CATALOG = "CREATE TABLE bits (version_table, column_name, position)"
CHANGES = "CREATE TABLE changes (tx NOT NULL, entity NOT NULL, PRIMARY KEY (tx, entity))"


def expression(make: Callable[[RowImage], ColumnElement[Any]], *names: str) -> RowExpression:
    columns: dict[str, Column[Any]] = {name: Column(name, String) for name in names or ("name",)}
    return RowExpression(make(RowImage("new", columns)))


FLAGGED = replace(
    ITEM,
    columns=(
        ITEM.columns[0],
        replace(ITEM.columns[1], flag="code_mod"),
        replace(ITEM.columns[2], flag="name_mod"),
        ColumnSpec("seen", "seen", Integer(), counts=False, flag="seen_mod"),
    ),
)
MASKED = replace(
    ITEM,
    columns=(*ITEM.columns, ColumnSpec("seen", "seen", Integer(), counts=False)),
    mask=MaskSpec("changed", TableName("bits", "main")),
)
SEEN_TABLE = "CREATE TABLE item (id INTEGER PRIMARY KEY, code, name, seen)"
BITS = {"code": 3, "name": 0, "seen": 62}


def create(tmp_path: Path, spec: TriggerSpec, table: str = SEEN_TABLE) -> Recorded:
    found = Recorded(tmp_path / "test.db", [spec])
    found.run(table, history_table(spec, {"id": "INTEGER"}), LOG_TABLE.format(schema="main"))
    found.run(CATALOG, CHANGES)
    for name, position in BITS.items():
        found.run(f"INSERT INTO bits VALUES ('item_version', '{name}', {position})")
        found.run(f"INSERT INTO bits VALUES ('other_version', '{name}', 1)")
    found.install()
    return found


def changed(item: Recorded) -> list[set[str]]:
    """Return what each version says that it changed, after comparing it with the versions."""
    spec = item.spec
    names = [column.name for column in spec.value_columns]
    if spec.mask is None:
        selected = ", ".join(f"{name}_mod" for name in names)
    else:
        selected = ", ".join(f"{spec.mask.column} >> {BITS[name]} & 1" for name in names)
    rows = item.rows(f"SELECT {selected} FROM item_version ORDER BY id, transaction_id")
    assert {value for row in rows for value in row} <= {0, 1}
    found = [{name for name, value in zip(names, row, strict=True) if value} for row in rows]
    expected, before = [], None
    for version in item.versions():
        follows = (
            before is not None
            and before.key == version.key
            and before.operation != DELETE
            and (spec.end_column is None or before.end == version.transaction)
        )
        expected.append(
            {
                name
                for name in names
                if not follows
                or before is None
                or exact(before.values[name]) != exact(version.values[name])
            }
        )
        before = version
    assert found == expected
    return found


@pytest.mark.parametrize("spec", [FLAGGED, MASKED], ids=["flags", "mask"])
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_versions_say_what_they_changed(tmp_path: Path, spec: TriggerSpec, strategy: str) -> None:
    item = create(tmp_path, with_strategy(spec, strategy))
    item.write("INSERT INTO item VALUES (1, 'k', 'a', 0)")
    item.write("UPDATE item SET name = 'b'")
    item.write("UPDATE item SET name = 'A', seen = 0.0", "UPDATE item SET name = 'c', code = 'K'")
    item.write("UPDATE item SET seen = 1", "UPDATE item SET name = 1")
    item.write("UPDATE item SET name = 1.0", "UPDATE item SET seen = 2")
    item.write("DELETE FROM item")
    item.write("REPLACE INTO item VALUES (1, 'k', NULL, 2)")
    everything = {"code", "name", "seen"}
    assert changed(item) == [
        everything,
        {"name"},
        {"name", "code", "seen"},
        {"name", "seen"},
        {"name", "seen"},
        set(),
        everything,
    ]


@pytest.mark.parametrize("spec", [FLAGGED, MASKED], ids=["flags", "mask"])
def test_a_delete_that_keeps_the_key_only(tmp_path: Path, spec: TriggerSpec) -> None:
    item = create(tmp_path, replace(spec, null_delete=True))
    item.write("INSERT INTO item VALUES (1, 'k', NULL, 0)")
    item.write("UPDATE item SET name = 'b'", "DELETE FROM item")
    assert changed(item)[-1] == {"code", "seen"}


@pytest.mark.parametrize("recursive", [True, False])
@pytest.mark.parametrize("spec", [FLAGGED, MASKED], ids=["flags", "mask"])
def test_plain_clients(tmp_path: Path, spec: TriggerSpec, recursive: bool) -> None:
    item = create(tmp_path, spec)
    for statement in (
        "INSERT INTO item VALUES (1, 'k', 'a', 0)",
        "UPDATE item SET seen = 1",
        "REPLACE INTO item VALUES (1, 'k', 'b', 0)",
        "UPDATE item SET id = 2",
        "DELETE FROM item",
    ):
        time.sleep(0.002)
        item.run(statement, recursive=recursive)
    assert changed(item)[1:3] == [{"name"}, set()]


@pytest.mark.parametrize("null_delete", [False, True])
@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("spec", [FLAGGED, MASKED], ids=["flags", "mask"])
def test_random_statements(
    tmp_path: Path, spec: TriggerSpec, strategy: str, null_delete: bool
) -> None:
    length = expression(lambda new: func.coalesce(func.length(new.name), -1))
    spec = replace(
        with_strategy(spec, strategy),
        null_delete=null_delete,
        extra=(ExtraColumn("size", length),),
        end_timestamp_column="ended_at" if strategy == "validity" else None,
    )
    item = create(tmp_path, spec)
    dice = random.Random(f"{strategy}{null_delete}")
    refused: list[str] = []
    for number in range(40):
        with item.unit() as connection:
            if number % 7 == 3:
                EMITTER.pause(connection, item.log, [])
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            for _ in range(dice.randint(1, 5)):
                key, other = dice.randint(1, 3), dice.randint(1, 3)
                name = dice.choice(["'a'", "'bb'", "NULL"])
                statement = dice.choice(
                    [
                        f"INSERT INTO item VALUES ({key}, 'k', {name}, 1)",
                        f"REPLACE INTO item VALUES ({key}, 'k', {name}, 1)",
                        f"UPDATE item SET name = {name}",
                        f"UPDATE item SET seen = {key} WHERE id = {other}",
                        f"UPDATE item SET name = {name}, seen = {other} WHERE id = {key}",
                        f"UPDATE item SET id = {other} WHERE id = {key}",
                        f"DELETE FROM item WHERE id = {key}",
                    ]
                )
                try:
                    driver.execute(statement)
                except sqlite3.IntegrityError as error:
                    refused.append(str(error))
        changed(item)
        if strategy == "validity":
            check_times(item)
            item.verify(gaps=True)
        kept = "" if null_delete is False else " WHERE operation_type <> 2"
        for size, name in item.rows(f"SELECT size, name FROM item_version{kept}"):
            assert size == (-1 if name is None else len(name))
    assert refused
    assert all("UNIQUE" in message for message in refused)


# times


TIMED = replace(ITEM, end_timestamp_column="ended_at")


def check_times(item: Recorded) -> None:
    assert not item.rows(
        "SELECT * FROM item_version AS v WHERE v.ended_at IS NOT"
        ' (SELECT t.issued_at FROM "transaction" AS t WHERE t.id = v.end_transaction_id)'
    )


def test_a_version_knows_when_it_ended(tmp_path: Path) -> None:
    item = create(tmp_path, TIMED, ITEM_TABLE)
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("UPDATE item SET name = 'b'")
    item.write("UPDATE item SET name = 'c'", "UPDATE item SET name = 'b'")
    item.write("DELETE FROM item")
    check_times(item)
    ended = item.rows("SELECT ended_at IS NOT NULL FROM item_version ORDER BY transaction_id")
    assert ended == [(1,), (1,), (0,)]


def test_a_baseline_knows_when_it_ended(tmp_path: Path) -> None:
    item = create(tmp_path, TIMED, ITEM_TABLE)
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, [])
        connection.exec_driver_sql("UPDATE item SET name = 'b'")
    item.write("UPDATE item SET name = 'c'")
    check_times(item)
    assert [row[1:4] for row in item.story(gaps=True)] == [
        (INSERT, 1, 2),
        (INSERT, 2, 3),
        (UPDATE, 3, None),
    ]


# columns of the user's own


def test_columns_are_computed_from_the_row(tmp_path: Path) -> None:
    spec = replace(
        ITEM,
        null_delete=True,
        columns=ITEM.columns[:2],
        extra=(
            # The history does not hold this column itself.
            ExtraColumn("shout", expression(lambda new: func.upper(new.name))),
            ExtraColumn("kind", RowExpression(literal("it's %s :x"))),
        ),
    )
    item = create(tmp_path, spec, ITEM_TABLE)
    item.run("INSERT INTO item VALUES (1, 'k', 'old')")
    time.sleep(0.002)
    item.run("DELETE FROM item_version")
    item.write("UPDATE item SET name = 'a', code = 'l'")
    item.write("UPDATE item SET code = 'm', name = 'b'", "UPDATE item SET code = 'n', name = 'c'")
    item.write("DELETE FROM item")
    found = item.rows("SELECT operation_type, code, shout, kind FROM item_version ORDER BY 1, 2")
    assert found == [
        (INSERT, "k", "OLD", "it's %s :x"),
        (UPDATE, "l", "A", "it's %s :x"),
        (UPDATE, "n", "C", "it's %s :x"),
        (DELETE, None, "C", "it's %s :x"),
    ]


# kinds of changed objects


KIND = expression(lambda new: case((new.name == "a", "Article"), else_="Item"))
NOTED = replace(
    ITEM,
    changes=ChangesSpec(TableName("changes", "main"), "tx", "entity", KIND),
)


@pytest.mark.parametrize("null_delete", [False, True])
def test_the_kinds_of_objects_that_a_transaction_changed(tmp_path: Path, null_delete: bool) -> None:
    item = create(tmp_path, replace(NOTED, null_delete=null_delete), ITEM_TABLE)
    item.write("INSERT INTO item VALUES (1, 'k', 'a'), (2, 'q', 'a')")
    item.write("INSERT INTO item VALUES (3, 'r', 'x')", "UPDATE item SET code = 'l' WHERE id = 1")
    item.write("UPDATE item SET code = code")
    item.write("UPDATE item SET name = 'y' WHERE id = 3", "UPDATE item SET name = 'x' WHERE id = 3")
    item.write("DELETE FROM item WHERE id = 1")
    item.write("INSERT INTO item VALUES (7, 's', 'a')", "DELETE FROM item WHERE id = 7")
    assert item.rows("SELECT * FROM changes ORDER BY 1, 2") == [
        (1, "Article"),
        (2, "Article"),
        (2, "Item"),
        (3, "Item"),
        (4, "Article"),
        (5, "Article"),
    ]


def test_a_baseline_is_no_change(tmp_path: Path) -> None:
    item = create(tmp_path, replace(NOTED), ITEM_TABLE)
    item.run("INSERT INTO item VALUES (1, 'k', 'a')")
    item.run("DELETE FROM item_version", "DELETE FROM changes")
    time.sleep(0.002)
    item.run("UPDATE item SET name = 'b'")
    assert item.rows("SELECT * FROM changes") == [(2, "Item")]


def test_the_conflict_clause_of_a_statement_does_not_matter(tmp_path: Path) -> None:
    item = create(tmp_path, NOTED, ITEM_TABLE)
    for clause in ("IGNORE", "REPLACE", "FAIL"):
        item.write(
            f"INSERT OR {clause} INTO item VALUES (1, 'k', 'a'), (2, 'q', 'a')",
            f"UPDATE OR {clause} item SET code = code || 'x'",
            "DELETE FROM item",
        )
    assert item.rows("SELECT * FROM changes") == [(1, "Article"), (2, "Article"), (3, "Article")]


# installing


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"mask": MaskSpec("changed", TableName("bits", "main"))}, "bits of its mask"),
        ({"end_timestamp_column": "ended_at"}, "times of transactions"),
        ({"changes": NOTED.changes}, "kinds of changed objects"),
    ],
)
def test_what_would_have_to_be_read_from_another_file(options: dict[str, Any], what: str) -> None:
    server = Server((3, 40), "main", {"schemas": ("main", "other"), "with_rowid": frozenset()})
    away = replace(
        ITEM,
        table=TableName("item", "other"),
        version_table=TableName("item_version", "other"),
        **options,
    )
    with pytest.raises(UnsupportedTable, match=what):
        EMITTER.validate(away, server)
    EMITTER.validate(replace(ITEM, **options), server)


def test_a_kind_that_the_history_cannot_tell() -> None:
    server = Server((3, 40), "main", {"schemas": ("main",), "with_rowid": frozenset()})
    with pytest.raises(UnsupportedTable, match="column 'name'"):
        EMITTER.validate(replace(NOTED, columns=ITEM.columns[:2]), server)


@pytest.mark.parametrize(
    ("spec", "damage"),
    [
        (FLAGGED, "ALTER TABLE item_version DROP COLUMN name_mod"),
        (MASKED, "DROP TABLE bits"),
        (NOTED, "DROP TABLE changes"),
    ],
)
def test_a_history_that_lacks_something(tmp_path: Path, spec: TriggerSpec, damage: str) -> None:
    item = create(tmp_path, spec)
    with closing(item.plain()) as connection:
        if damage.startswith("ALTER"):
            # SQLite itself does not drop a column that a trigger needs.
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(
                "UPDATE sqlite_master SET sql = replace(sql, '\"name_mod\"', '\"label\"')"
                " WHERE name = 'item_version'"
            )
        else:
            connection.execute(damage)
    with pytest.raises(OperationalError) as failure, item.engine().begin() as connection:
        execute(connection, "INSERT INTO item (id) VALUES (1)")
    assert isinstance(EMITTER.explain(failure.value, spec), StaleTrigger)


@pytest.mark.parametrize("name", ['a"b', "it's", ":x", "a%sb", "größe", "select", "n\nl", "[a]"])
def test_hostile_names(tmp_path: Path, name: str) -> None:
    other = TableName(f"{name} o", "main")
    spec = TriggerSpec(
        table=TableName(name, "main"),
        version_table=TableName(f"{name} v", "main"),
        log=replace(ITEM.log, prefix=f"{name} p"),
        columns=(
            ColumnSpec("id", "id", Integer()),
            ColumnSpec(name, f"{name} h", String(), flag=f"{name} f"),
        ),
        key=("id",),
        end_timestamp_column=f"{name} t",
        mask=MaskSpec(f"{name} m", TableName(f"{name} b", "main")),
        extra=(ExtraColumn(f"{name} x", expression(lambda new: func.upper(new[name]), name)),),
        changes=ChangesSpec(
            other, f"{name} y", f"{name} z", expression(lambda new: new[name], name)
        ),
    )
    item = Recorded(tmp_path / "test.db", [spec])
    table, column = quoted(name), quoted(name)
    item.run(
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {column})",
        history_table(spec, {"id": "INTEGER"}),
        LOG_TABLE.format(schema="main"),
        f"CREATE TABLE {quoted(other.name)} ({quoted(name + ' y')}, {quoted(name + ' z')})",
        f"CREATE TABLE {quoted(name + ' b')} (version_table, column_name, position)",
    )
    with item.engine().begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO {quoted(name + ' b')} VALUES (?, ?, 1)", (f"{name} v", name)
        )
    item.install()
    item.write(f"INSERT INTO {table} VALUES (1, 'a')")
    item.write(f"UPDATE {table} SET {column} = 'b'")
    item.write("SELECT 1", f"DELETE FROM {table}")
    item.verify()
    names = [quoted(f"{name} {letter}") for letter in "fmx"]
    assert item.rows(
        f"SELECT {', '.join(names)} FROM {quoted(name + ' v')} ORDER BY transaction_id"
    ) == [(1, 2, "A"), (1, 2, "B"), (0, 0, "B")]
    assert item.rows(f"SELECT * FROM {quoted(other.name)}") == [(1, "a"), (2, "b"), (3, "b")]
