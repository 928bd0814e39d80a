"""Histories of some changes only, recorded by triggers on MariaDB and MySQL."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.exc import DBAPIError

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.mysql import EMITTER
from continuum.dialects.spec import OPERATIONS
from continuum.errors import UnsupportedTable
from model import history as rule
from mysql_support import Lab
from mysql_support import Recorded
from mysql_support import execute
from mysql_support import new_token

pytestmark = pytest.mark.engines("mariadb", "mysql")

INSERT, UPDATE, DELETE = rule.INSERT, rule.UPDATE, rule.DELETE

COLUMNS = {
    "id": Column("id", Integer),
    "name": Column("name", String(50)),
    "hits": Column("hits", Integer),
}
OLD, NEW = RowImage("old", COLUMNS), RowImage("new", COLUMNS)
OFTEN = RowExpression(NEW.hits > 0)


@pytest.fixture
def lab(engine: Engine) -> Lab:
    return Lab.on(engine)


def often(row: rule.Row) -> bool:
    return bool(row["hits"])


def versions(article: Recorded) -> list[tuple[Any, ...]]:
    return [
        (v.operation, v.transaction, v.end, v.values["name"])
        for v in rule.ranked(article.versions())
    ]


@pytest.mark.parametrize(
    "operations",
    [("insert", "update"), ("insert", "delete"), ("insert",), OPERATIONS],
    ids="-".join,
)
@pytest.mark.parametrize("conditional", [False, True])
def test_random_transactions_follow_the_model(
    lab: Lab, operations: tuple[str, ...], conditional: bool
) -> None:
    article = lab.record(operations=operations, when=OFTEN if conditional else None)
    article.recorded = often if conditional else None
    # Where updates leave gaps, what a trigger sees first in a gap is all that it knows of before.
    gaps = "update" not in operations
    rng = random.Random(20261123)
    model = rule.History({"article": article.rule})
    for _ in range(70):
        with lab.unit() as connection:
            states = [{"article": article.rows_seen_by(connection)}]
            for _ in range(1 if gaps else rng.randrange(1, 5)):
                key, other = rng.randrange(3), rng.randrange(3)
                name, hits = rng.choice("aAb"), rng.randrange(2)
                statement = rng.choice(
                    [
                        f"INSERT IGNORE INTO article VALUES ({key}, '{name}', {hits})",
                        f"DELETE FROM article WHERE id > {key}"
                        if gaps
                        else f"REPLACE INTO article VALUES ({key}, '{name}', {hits})",
                        f"INSERT INTO article VALUES ({key}, '{name}', {hits})"
                        " ON DUPLICATE KEY UPDATE hits = 1 - hits",
                        f"UPDATE article SET name = '{name}' WHERE id <= {key}",
                        f"UPDATE article SET hits = 1 - hits WHERE id = {key}",
                        f"UPDATE IGNORE article SET id = {other} WHERE id = {key}",
                        "UPDATE article SET id = id + 10 ORDER BY id DESC",
                        "UPDATE article SET id = id - 10 WHERE id >= 10 ORDER BY id",
                        f"DELETE FROM article WHERE id = {key}",
                    ]
                )
                undone = rng.random() < 0.2
                if undone:
                    execute(connection, "SAVEPOINT s")
                run_or_duplicate(connection, statement)
                if undone:
                    execute(connection, "ROLLBACK TO SAVEPOINT s")
                states.append({"article": article.rows_seen_by(connection)})
        model.commit(states)
        article.verify(gaps=True)
        assert rule.ranked(article.versions()) == rule.ranked(model.versions("article"))


def run_or_duplicate(connection: Any, statement: str) -> None:
    try:
        execute(connection, statement)
    except DBAPIError as error:
        if error.orig is None or error.orig.args[0] != 1062:
            raise


def test_unrecorded_changes_begin_no_transaction(lab: Lab) -> None:
    article = lab.record(when=OFTEN)
    article.run("INSERT INTO article VALUES (1, 'a', 0)")
    article.run("UPDATE article SET name = 'b'", "UPDATE article SET id = 2")
    article.run("DELETE FROM article")
    assert lab.ids() == []
    generated = lab.record(name="note", generated_key=True, when=OFTEN)
    generated.run("INSERT INTO note (name, hits) VALUES ('a', 0)")
    assert lab.ids() == []
    generated.run("INSERT INTO note (name, hits) VALUES ('a', 0), ('b', 1)")
    assert versions(generated) == [(INSERT, 1, None, "b")]


@pytest.mark.parametrize(
    ("operations", "statements", "expected"),
    [
        (
            ("insert", "delete"),
            ["UPDATE article SET name = 'b'", "UPDATE article SET name = 'a'"],
            [(INSERT, 1, None, "a")],
        ),
        (
            ("insert", "delete"),
            ["UPDATE article SET name = 'b'", "DELETE FROM article"],
            [(INSERT, 1, 2, "a"), (DELETE, 2, None, "b")],
        ),
        (
            ("insert", "delete"),
            ["DELETE FROM article", "INSERT INTO article VALUES (1, 'b', 1)"],
            [(INSERT, 1, 2, "a")],
        ),
        (
            ("insert", "update"),
            ["UPDATE article SET name = 'b'", "DELETE FROM article"],
            [(INSERT, 1, 2, "a")],
        ),
        (
            ("insert", "update"),
            ["DELETE FROM article", "INSERT INTO article VALUES (1, 'b', 1)"],
            [(INSERT, 1, 2, "a"), (UPDATE, 2, None, "b")],
        ),
        (
            ("insert",),
            ["DELETE FROM article", "INSERT INTO article VALUES (1, 'a', 1)"],
            [(INSERT, 1, None, "a")],
        ),
        (
            ("update", "delete"),
            ["UPDATE article SET name = 'b'", "UPDATE article SET name = 'c'"],
            [(INSERT, 0, 1, "a"), (UPDATE, 1, None, "c")],
        ),
        (
            ("update", "delete"),
            ["UPDATE article SET name = 'b'", "UPDATE article SET name = 'a'"],
            [(INSERT, 0, None, "a")],
        ),
    ],
)
def test_fold_of_some_operations(
    lab: Lab, operations: tuple[str, ...], statements: list[str], expected: list[Any]
) -> None:
    article = lab.record(operations=operations)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run(*statements)
    assert versions(article) == expected


def test_without_inserts_a_row_that_comes_again_begins_with_an_update(lab: Lab) -> None:
    article = lab.record(operations=("update", "delete"))
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("DELETE FROM article")
    article.run("INSERT INTO article VALUES (1, 'b', 1)")
    article.run("UPDATE article SET name = 'c'", "UPDATE article SET name = 'd'")
    assert versions(article) == [(INSERT, 0, 1, "a"), (DELETE, 1, 2, "a"), (UPDATE, 2, None, "d")]


def test_a_condition_on_the_old_row(lab: Lab) -> None:
    """Only changes of the name are recorded; any other ends the version before it."""
    when = RowExpression(OLD.id.is_(None) | (OLD.name != NEW.name))
    article = lab.record(when=when)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    article.run("UPDATE article SET hits = 2")
    article.run("UPDATE article SET hits = 3, name = 'b'")
    article.run("UPDATE article SET name = 'c'", "UPDATE article SET hits = 4")
    article.run("DELETE FROM article")
    assert versions(article) == [
        (INSERT, 1, 2, "a"),
        (INSERT, 2, 3, "a"),
        (UPDATE, 3, 4, "b"),
    ]


def test_a_row_older_than_its_history_enters_without_a_baseline(lab: Lab) -> None:
    article = lab.record(when=OFTEN, install=False)
    with lab.engine.begin() as connection:
        execute(connection, "INSERT INTO article VALUES (1, 'a', 0), (2, 'b', 1), (3, 'c', 0)")
    lab.install()
    article.run("UPDATE article SET hits = hits + 1", "DELETE FROM article WHERE id = 3")
    assert [(v.key[0], v.operation, v.transaction) for v in rule.ranked(article.versions())] == [
        (1, INSERT, 1),
        (2, INSERT, 0),
        (2, UPDATE, 1),
    ]


def test_pause_of_a_conditional_history(lab: Lab) -> None:
    article = lab.record(when=OFTEN)
    article.run("INSERT INTO article VALUES (1, 'a', 1)")
    with lab.unit() as connection:
        EMITTER.pause(connection, lab.log, [])
        execute(connection, "UPDATE article SET name = 'b'")
    article.run("UPDATE article SET name = 'c'")
    assert versions(article) == [(INSERT, 1, 2, "a"), (INSERT, 2, 3, "b"), (UPDATE, 3, None, "c")]


def test_links_without_a_unique_constraint(lab: Lab) -> None:
    link = lab.record(
        (("id", Integer()), ("name", String(20))),
        key=("id", "name"),
        name="link",
        unique=False,
        duplicates=True,
        operations=("insert", "update"),
    )
    link.run("INSERT INTO link VALUES (1, 'a'), (1, 'a')")
    link.run("DELETE FROM link LIMIT 1")
    assert versions(link) == [(INSERT, 1, None, "a")]
    link.run("DELETE FROM link")
    assert versions(link) == [(INSERT, 1, 2, "a")]


def test_renumbered_ends_of_unrecorded_changes(lab: Lab) -> None:
    """A version that has no successor is found by the renumbering, too."""
    article = lab.record(operations=("insert",))
    article.run("INSERT INTO article VALUES (1, 'a', 1), (2, 'b', 1)")
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        execute(one, "DELETE FROM article WHERE id = 1")
        article.run("DELETE FROM article WHERE id = 2")
        execute(one, "INSERT INTO article VALUES (2, 'c', 1)")
        one.commit()
    first, second, third = lab.ids()
    assert [(v.key[0], v.transaction, v.end) for v in article.versions()] == [
        (1, first, third),
        (2, first, second),
        (2, third, None),
    ]


@pytest.mark.parametrize("value", ["it's", "50% \\ :x", 'say "no"', "größe", "a\nb", "`x`"])
@pytest.mark.parametrize("mode", ["", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT"])
def test_values_in_a_condition(lab: Lab, value: str, mode: str) -> None:
    article = lab.record(when=RowExpression(NEW.name != value), install=False)
    with lab.engine.connect() as connection:
        execute(connection, f"SET SESSION sql_mode = '{mode}'")
        server = EMITTER.server(connection, lab.log)
        execute(connection, *EMITTER.create_helpers(lab.log, [article.spec], server))
        execute(connection, *EMITTER.create(article.spec, server))
        connection.commit()
        connection.invalidate()
    with lab.unit() as connection:
        rows = [{"id": 1, "name": value, "hits": 1}, {"id": 2, "name": "other", "hits": 1}]
        connection.execute(article.live.insert(), rows)
    assert [version.key for version in article.versions()] == [(2,)]


def test_what_would_be_recorded_wrongly_is_refused(lab: Lab) -> None:
    article = lab.record(install=False)
    server = lab.server()
    conditional = replace(article.spec, when=OFTEN)
    for spec in (
        replace(conditional, end_column=None),
        replace(conditional, root=article.spec),
        replace(conditional, lower=(article.spec,)),
        replace(article.spec, operations=("insert",), end_column=None),
    ):
        with pytest.raises(UnsupportedTable, match="only some of its changes"):
            EMITTER.validate(spec, server)
    EMITTER.validate(conditional, server)
