"""The triggers of SQLite for histories of some changes only."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Integer
from sqlalchemy import String

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite import EMITTER
from model.history import History
from model.history import Row
from model.history import Version
from model.history import ranked
from sqlite_support import ITEM
from sqlite_support import LOG
from sqlite_support import Recorded
from sqlite_support import quoted
from sqlite_support import record

pytestmark = pytest.mark.engines("sqlite")

INSERT, UPDATE, DELETE = 0, 1, 2


def condition(
    make: Callable[[RowImage, RowImage], ColumnElement[bool]], *names: str
) -> RowExpression:
    columns: dict[str, Column[Any]] = {name: Column(name, String) for name in names or ("name",)}
    return RowExpression(make(RowImage("old", columns), RowImage("new", columns)))


NOT_A = condition(lambda old, new: new.name != "a")
"""Rows are in the history while their name is another one than a."""


def recorded(tmp_path: Path, **options: Any) -> Recorded:
    return record(tmp_path, replace(ITEM, **options))


def told(item: Recorded) -> list[tuple[Any, ...]]:
    return item.story("name", gaps=True)


# operations


def test_an_unwanted_insert_leaves_not_even_a_transaction(tmp_path: Path) -> None:
    item = recorded(tmp_path, operations=("update", "delete"))
    item.write("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b')")
    item.write("INSERT INTO item (id, name) VALUES (3, 'c')", "DELETE FROM item WHERE id = 9")
    assert item.ids() == []
    item.write("UPDATE item SET name = 'x' WHERE id = 1", "DELETE FROM item WHERE id = 2")
    assert told(item) == [
        (1, INSERT, 0, 1, "a"),
        (1, UPDATE, 1, None, "x"),
        (2, INSERT, 0, 1, "b"),
        (2, DELETE, 1, None, "b"),
    ]


def test_an_unwanted_update_ends_the_version(tmp_path: Path) -> None:
    item = recorded(tmp_path, operations=("insert", "delete"))
    item.write("INSERT INTO item (id, name) VALUES (1, 'a')", "UPDATE item SET name = 'b'")
    item.write("UPDATE item SET name = 'c'", "UPDATE item SET name = 'd'")
    assert told(item) == [(1, INSERT, 1, 2, "b")]
    item.write("UPDATE item SET name = 'e'")
    assert item.ids() == [1, 2]
    item.write("DELETE FROM item")
    assert told(item)[1:] == [(1, INSERT, 2, 3, "e"), (1, DELETE, 3, None, "e")]


def test_an_unwanted_update_that_is_taken_back(tmp_path: Path) -> None:
    item = recorded(tmp_path, operations=("insert", "delete"))
    item.write("INSERT INTO item (id, name) VALUES (1, 'a')")
    item.write("UPDATE item SET name = 'b'", "UPDATE item SET name = 'a'")
    item.write("DELETE FROM item", "INSERT INTO item (id, name) VALUES (1, 'a')")
    assert told(item) == [(1, INSERT, 1, None, "a")]
    item.write("DELETE FROM item", "INSERT INTO item (id, name) VALUES (1, 'b')")
    assert told(item) == [(1, INSERT, 1, 2, "a")]


def test_an_unwanted_delete_ends_the_version(tmp_path: Path) -> None:
    item = recorded(tmp_path, operations=("insert", "update"), null_delete=True)
    item.write("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b')")
    item.write("UPDATE item SET name = 'x' WHERE id = 1", "DELETE FROM item")
    assert told(item) == [(1, INSERT, 1, 2, "a"), (2, INSERT, 1, 2, "b")]
    item.write("INSERT INTO item (id, name) VALUES (1, 'a')")
    item.write("UPDATE item SET id = 3")
    assert told(item) == [
        (1, INSERT, 1, 2, "a"),
        (1, INSERT, 3, 4, "a"),
        (2, INSERT, 1, 2, "b"),
        (3, INSERT, 4, None, "a"),
    ]


def test_a_row_that_came_back_unrecorded_is_updated(tmp_path: Path) -> None:
    item = recorded(tmp_path, operations=("update", "delete"))
    item.write("INSERT INTO item (id, name) VALUES (1, 'a')")
    item.write("DELETE FROM item")
    item.write("INSERT INTO item (id, name) VALUES (1, 'b')")
    item.write("UPDATE item SET name = 'c'", "UPDATE item SET name = 'd'")
    assert [row[1:] for row in told(item)] == [
        (INSERT, 0, 1, "a"),
        (DELETE, 1, 2, "a"),
        (UPDATE, 2, None, "d"),
    ]


def test_a_hidden_delete_is_an_update(tmp_path: Path) -> None:
    item = recorded(tmp_path, operations=("update", "delete"))
    item.write("INSERT INTO item (id, name) VALUES (1, 'a')")
    item.write("UPDATE item SET name = 'b'")
    time.sleep(0.002)
    item.run("REPLACE INTO item (id, name) VALUES (1, 'b')", recursive=False)
    time.sleep(0.002)
    item.run("REPLACE INTO item (id, name) VALUES (1, 'c')", recursive=False)
    assert [row[1:] for row in told(item)] == [
        (INSERT, 0, 1, "a"),
        (UPDATE, 1, 2, "b"),
        (UPDATE, 2, None, "c"),
    ]


def test_links_of_which_only_the_begin_is_kept(tmp_path: Path) -> None:
    link = TriggerSpec(
        table=TableName("link", "main"),
        version_table=TableName("link_version", "main"),
        log=LOG,
        columns=(ColumnSpec("a", "a", Integer()), ColumnSpec("b", "b", Integer())),
        key=("a", "b"),
        duplicates=True,
        operations=("insert",),
    )
    item = record(tmp_path, link, "CREATE TABLE link (a, b)", types={"a": "", "b": ""})
    item.write("INSERT INTO link VALUES (1, 1), (1, 1)")
    item.write("DELETE FROM link WHERE rowid = 1")
    item.write("UPDATE link SET b = 2")
    assert [(*v.key, v.operation, v.transaction, v.end) for v in item.versions()] == [
        (1, 1, INSERT, 1, 2),
        (1, 2, INSERT, 2, None),
    ]


# conditions


def test_rows_come_and_go(tmp_path: Path) -> None:
    item = recorded(tmp_path, when=NOT_A)
    item.write("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b'), (3, NULL)")
    item.write("UPDATE item SET name = 'c' WHERE id = 1")
    item.write("UPDATE item SET name = 'a'")
    item.write("DELETE FROM item WHERE id = 1")
    assert told(item) == [(1, INSERT, 2, 3, "c"), (2, INSERT, 1, 3, "b")]
    assert len(item.ids()) == 3


def test_what_would_not_have_been_recorded_gets_no_baseline(tmp_path: Path) -> None:
    item = recorded(tmp_path, when=NOT_A)
    item.write("INSERT INTO item (id, name) VALUES (1, 'b')")
    item.write("UPDATE item SET name = 'a'")
    item.write("UPDATE item SET name = 'c'")
    assert told(item) == [(1, INSERT, 1, 2, "b"), (1, INSERT, 3, None, "c")]
    item.write("UPDATE item SET name = 'a'")
    item.write("DELETE FROM item")
    item.write("INSERT INTO item (id, name) VALUES (1, 'd')")
    assert [row[1:3] for row in told(item)] == [(INSERT, 1), (INSERT, 3), (INSERT, 5)]


def test_a_condition_on_both_images(tmp_path: Path) -> None:
    when = condition(lambda old, new: old.id.is_(None) | (new.name != old.name), "id", "name")
    item = recorded(tmp_path, when=when)
    item.write("INSERT INTO item VALUES (1, 'k', 'a')")
    item.write("UPDATE item SET name = 'b'")
    item.write("UPDATE item SET code = 'q'")
    assert told(item) == [(1, INSERT, 1, 2, "a"), (1, UPDATE, 2, 3, "b")]
    item.write("UPDATE item SET code = 'r'", "UPDATE item SET name = 'c'")
    assert told(item)[2:] == [(1, INSERT, 3, 4, "b"), (1, UPDATE, 4, None, "c")]


def test_key_changes_are_judged_at_both_keys(tmp_path: Path) -> None:
    item = recorded(tmp_path, when=NOT_A)
    item.write("INSERT INTO item (id, name) VALUES (1, 'b'), (2, 'a'), (3, 'c')")
    item.write("UPDATE item SET id = id + 4, name = CASE id WHEN 2 THEN 'x' ELSE 'a' END")
    assert told(item) == [
        (1, INSERT, 1, 2, "b"),
        (1, DELETE, 2, None, "b"),
        (3, INSERT, 1, 2, "c"),
        (3, DELETE, 2, None, "c"),
        (6, INSERT, 2, None, "x"),
    ]
    item.write("UPDATE item SET id = 1 WHERE id = 5", "UPDATE item SET id = 3 WHERE id = 6")
    assert told(item)[2:] == [
        (3, INSERT, 1, 2, "c"),
        (3, DELETE, 2, 3, "c"),
        (3, INSERT, 3, None, "x"),
        (6, INSERT, 2, 3, "x"),
        (6, DELETE, 3, None, "x"),
    ]


@pytest.mark.parametrize("recursive", [True, False])
def test_a_row_is_replaced_by_one_outside(tmp_path: Path, recursive: bool) -> None:
    item = recorded(tmp_path, when=NOT_A)
    for name in ("b", "a", "b"):
        time.sleep(0.002)
        item.run(f"REPLACE INTO item (id, name) VALUES (1, '{name}')", recursive=recursive)
    assert told(item) == [(1, INSERT, 1, 2, "b"), (1, INSERT, 3, None, "b")]


def test_a_pause(tmp_path: Path) -> None:
    item = recorded(tmp_path, when=NOT_A)
    item.write("INSERT INTO item (id, name) VALUES (1, 'b'), (2, 'c'), (3, 'a')")
    with item.unit("UPDATE item SET name = 'd' WHERE id = 1") as connection:
        EMITTER.pause(connection, item.log, [])
        connection.exec_driver_sql("UPDATE item SET name = 'a'")
        connection.exec_driver_sql("INSERT INTO item (id, name) VALUES (4, 'a')")
    assert told(item) == [(1, INSERT, 1, 2, "b"), (2, INSERT, 1, 2, "c")]
    with item.unit() as connection:
        EMITTER.pause(connection, item.log, [])
        connection.exec_driver_sql("UPDATE item SET name = 'x' WHERE id > 2")
        connection.exec_driver_sql("DELETE FROM item WHERE id = 1")
    assert len(told(item)) == 2
    assert item.ids() == [1, 2]


def test_nothing_of_the_condition_is_taken_for_sql(tmp_path: Path) -> None:
    hostile = 'it\'s "100%" \\ :x ?1\n'
    item = recorded(tmp_path, when=condition(lambda old, new: new.name != hostile))
    with item.unit() as connection:
        for number, name in enumerate((hostile, "b")):
            connection.exec_driver_sql("INSERT INTO item (id, name) VALUES (?, ?)", (number, name))
    assert told(item) == [(1, INSERT, 1, None, "b")]


@pytest.mark.parametrize("name", ['a"b', "it's", ":x", "a%sb", "größe", "select", "n\nl", "[a]"])
def test_hostile_names(tmp_path: Path, name: str) -> None:
    spec = replace(
        ITEM,
        columns=(*ITEM.columns[:2], ColumnSpec(name, f"{name} h", String())),
        when=condition(lambda old, new: new[name] != "a", name),
    )
    column = quoted(name)
    item = record(tmp_path, spec, f"CREATE TABLE item (id INTEGER PRIMARY KEY, code, {column})")
    item.write(f"INSERT INTO item (id, {column}) VALUES (1, 'a'), (2, 'b')")
    item.write(f"UPDATE item SET {column} = 'c'")
    item.write(f"UPDATE item SET {column} = 'a'")
    assert [row[:4] for row in item.story(gaps=True)] == [
        (1, INSERT, 2, 3),
        (2, INSERT, 1, 2),
        (2, UPDATE, 2, 3),
    ]


def test_a_definition_without_a_condition_loses_its_triggers(tmp_path: Path) -> None:
    item = recorded(tmp_path, when=NOT_A)
    with item.engine().connect() as connection:
        server = EMITTER.server(connection, LOG)
        before = {found.name for found in EMITTER.installed(connection, LOG, ["main"])}
    assert before >= set(EMITTER.expected(item.spec, server))
    item.specs = [ITEM]
    item.install()
    with item.engine().connect() as connection:
        after = {found.name for found in EMITTER.installed(connection, LOG, ["main"])}
    assert before - after == {
        f"continuum_miss_{kind}_item" for kind in ("insert", "update", "rekey", "delete")
    }
    item.write("INSERT INTO item (id, name) VALUES (1, 'a')")
    assert told(item) == [(1, INSERT, 1, None, "a")]


# random statements


def random_statement(dice: random.Random) -> str:
    key, other = dice.randint(1, 3), dice.randint(1, 3)
    name = dice.choice(["'a'", "'b'", "NULL"])
    return dice.choice(
        [
            f"INSERT INTO item (id, name) VALUES ({key}, {name})",
            f"UPDATE item SET name = {name} WHERE id = {key}",
            f"UPDATE item SET name = {name} WHERE id = {key}",
            f"UPDATE item SET name = {name}",
            f"UPDATE item SET id = {other} WHERE id = {key}",
            f"UPDATE item SET id = {other}, name = {name} WHERE id = {key}",
            f"DELETE FROM item WHERE id = {key}",
            f"DELETE FROM item WHERE id = {key}",
        ]
    )


def outside_a(row: Row) -> bool:
    return row["name"] is not None and row["name"] != "a"


@pytest.mark.parametrize("null_delete", [False, True])
@pytest.mark.parametrize(
    ("options", "fulfils"),
    [({"operations": ("insert", "update")}, None), ({"when": NOT_A}, outside_a)],
    ids=["no delete", "condition"],
)
def test_random_statements(
    tmp_path: Path,
    options: dict[str, Any],
    fulfils: Callable[[Row], bool] | None,
    null_delete: bool,
) -> None:
    item = recorded(tmp_path, null_delete=null_delete, **options)
    model = History({"item": replace(item.rule(), recorded=fulfils)})
    dice = random.Random(f"{sorted(options)}{null_delete}")
    refused: list[str] = []

    def known(version: Version) -> Version:
        return version if version.operation != DELETE else replace(version, values={})

    for _ in range(50):
        with item.unit() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            states = [{"item": item.live(driver)}]
            for _ in range(dice.randint(1, 5)):
                try:
                    driver.execute(random_statement(dice))
                except sqlite3.IntegrityError as error:
                    refused.append(str(error))
                states.append({"item": item.live(driver)})
        model.commit(states)
        assert ranked(map(known, item.versions())) == ranked(map(known, model.versions("item")))
    assert refused
    assert all("UNIQUE" in message for message in refused)
