"""Statement triggers: the conformance tests of row triggers once more, and what is their own.

``FEW`` is set to 1, so that every statement is recorded as one on many rows; the tests on small
statements say so.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import text
from sqlalchemy import update

from continuum.dialects.postgresql import statement_level
from continuum.errors import UnsupportedTable
from servers.database import Database
from suite import test_cascades as cascades
from suite import test_fold as fold
from suite import test_links as links
from suite import test_paused as paused
from suite import test_upserts as upserts
from suite._support import World
from suite._support import create_article
from suite._support import define_article
from suite.test_random import Writing
from suite.test_random import run_machine
from suite.test_random_options import WritingMore
from suite.test_random_options import often

pytestmark = [pytest.mark.engines("postgresql"), pytest.mark.recorders("triggers")]

EXAMPLES = 6


@pytest.fixture
def few(request: pytest.FixtureRequest) -> int:
    """Statements with fewer rows are recorded row by row."""
    return int(getattr(request, "param", 1))


@pytest.fixture
def new_world(
    database: Database, recorder: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., World]]:
    """Makes worlds that are recorded statement by statement."""
    monkeypatch.setattr(statement_level, "FEW", few)
    worlds: list[World] = []

    def make(options: dict[str, Any] | None = None, **arguments: Any) -> World:
        while worlds:
            worlds.pop().close()
        world = World(database, recorder, {"level": "statement", **(options or {})}, **arguments)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        world.close()


def _names_other_engines(test: Any) -> bool:
    """Say whether a test names other engines: that would count for more than the mark above."""
    marks = getattr(test, "pytestmark", ())
    return any(mark.name == "engines" and mark.args != ("postgresql",) for mark in marks)


def _tests_of(*modules: Any) -> dict[str, Any]:
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if name.startswith("test_") and not _names_other_engines(value)
    }


globals().update(_tests_of(cascades, fold, links, paused, upserts))
del test_through_other_clients  # noqa: F821 - of fold: the same statements once more


def fill(connection: Connection, first: int, last: int, name: str = "a") -> None:
    connection.execute(
        text(
            "INSERT INTO article (id, name, hits)"
            " SELECT g, :name, 0 FROM generate_series(:first, :last) AS g"
        ),
        {"name": name, "first": first, "last": last},
    )


def unseen(world: World, *statements: str) -> None:
    """Run statements of which neither triggers nor the library know."""
    with world.engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("ALTER TABLE article DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE article ENABLE TRIGGER USER")


def test_random_statements(world: World) -> None:
    classes = {
        "article": define_article(world, ignore=["hits"]),
        "comment": define_article(
            world, table="comment", ignore=["hits"], strategy="subquery", null_delete=True
        ),
    }
    world.create()
    run_machine(lambda: Writing(world, classes), EXAMPLES)


@pytest.mark.parametrize("few", [3], indirect=True)
def test_random_statements_of_few_and_of_many_rows(world: World) -> None:
    classes = {
        "article": define_article(world),
        "comment": define_article(world, table="comment", ignore=["hits"]),
    }
    world.create()
    run_machine(lambda: Writing(world, classes), EXAMPLES)


def test_random_statements_with_a_condition(world: World) -> None:
    classes = {
        "article": define_article(world, when=lambda old, new: new.hits > 1),
        "comment": define_article(world, table="comment", operations=("insert", "delete")),
    }
    classes["article"].recorded = staticmethod(often)
    world.create()
    run_machine(lambda: Writing(world, classes, gaps=True), EXAMPLES)


def test_random_statements_with_columns_of_versions(world: World) -> None:
    more: dict[str, Any] = {
        "end_timestamp": True,
        "extra_columns": [
            (Column("name_size", Integer), lambda new: func.length(new.name)),
            Column("source", String(10), server_default="?"),
            Column("checked", Boolean(create_constraint=False)),
        ],
    }
    classes = {
        "article": define_article(world, ignore=["hits"], flags="columns", **more),
        "comment": define_article(world, table="comment", flags="mask", **more),
    }
    world.create()
    run_machine(lambda: WritingMore(world, classes), EXAMPLES)


def test_one_statement_meets_rows_in_every_state(world: World) -> None:
    article = create_article(world, ignore=["hits"])
    table = article.__table__
    unseen(world, "INSERT INTO article (id, name, hits) VALUES (1, 'older', 0)")
    with world.engine.begin() as connection:
        fill(connection, 3, 9)
    with world.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == 4).values(name="b"))
        connection.execute(delete(table).where(table.c.id == 5))
        fill(connection, 10, 10)
        connection.execute(
            text(
                "UPDATE article SET hits = 1,"
                " name = CASE WHEN id IN (1, 6, 10) THEN 'c' WHEN id = 4 THEN 'a' ELSE name END,"
                " id = CASE id WHEN 7 THEN 17 ELSE id END"
            )
        )
    assert world.story(article, "name", "hits") == [
        (1, "insert", 0, 2, "older", 0),
        (1, "update", 2, None, "c", 1),
        (10, "insert", 2, None, "c", 1),
        (17, "insert", 2, None, "a", 1),
        (3, "insert", 1, None, "a", 0),
        (4, "insert", 1, None, "a", 0),
        (5, "insert", 1, 2, "a", 0),
        (5, "delete", 2, None, "a", 0),
        (6, "insert", 1, 2, "a", 0),
        (6, "update", 2, None, "c", 1),
        (7, "insert", 1, 2, "a", 0),
        (7, "delete", 2, None, "a", 0),
        (8, "insert", 1, None, "a", 0),
        (9, "insert", 1, None, "a", 0),
    ]


def test_a_row_takes_the_key_of_a_deleted_one_while_others_are_changed(world: World) -> None:
    article = create_article(world)
    for statement in (
        "INSERT INTO article (id, name) VALUES (1, 'a'), (2, 'a'), (3, 'a')",
        "DELETE FROM article WHERE id = 3",
        "UPDATE article SET name = 'b', id = CASE id WHEN 2 THEN 3 ELSE id END",
    ):
        with world.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert world.story(article, "name") == [
        (1, "insert", 1, 3, "a"),
        (1, "update", 3, None, "b"),
        (2, "insert", 1, 3, "a"),
        (2, "delete", 3, None, "a"),
        (3, "insert", 1, 2, "a"),
        (3, "delete", 2, 3, "a"),
        (3, "insert", 3, None, "b"),
    ]


def test_statements_that_record_nothing_make_no_transaction(world: World) -> None:
    article = create_article(world, ignore=["hits"])
    with world.engine.begin() as connection:
        fill(connection, 1, 20)
    count = len(world.transactions())
    for statement in (
        "UPDATE article SET name = name",
        "UPDATE article SET hits = hits + 1",
        "UPDATE article SET name = 'b' WHERE id > 20",
        "DELETE FROM article WHERE id > 20",
        "INSERT INTO article (id, name) SELECT id, name FROM article WHERE id > 20",
        "INSERT INTO article (id, name) SELECT id, name FROM article ON CONFLICT DO NOTHING",
    ):
        with world.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert len(world.transactions()) == count
    assert {row[1] for row in world.story(article)} == {"insert"}


def test_a_later_change_by_others_gives_a_new_id(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        fill(connection, 1, 20)
    with world.engine.connect() as early, world.engine.connect() as late:
        early.exec_driver_sql("UPDATE article SET name = 'b' WHERE id = 20")
        late.exec_driver_sql("UPDATE article SET name = 'c' WHERE id = 1")
        late.commit()
        early.exec_driver_sql("UPDATE article SET name = 'd' WHERE id < 20")
        early.commit()
    story = world.story(article, "name")
    assert [row for row in story if row[0] == 1] == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, 3, "c"),
        (1, "update", 3, None, "d"),
    ]
    assert [row[1:] for row in story if row[0] == 20][-1] == ("update", 3, None, "b")


def test_one_statement_writes_the_table_in_several_places(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        fill(connection, 1, 6)
    with world.engine.begin() as connection:
        connection.exec_driver_sql(
            "WITH gone AS (DELETE FROM article WHERE id <= 2 RETURNING id),"
            " changed AS (UPDATE article SET name = 'b' WHERE id IN (3, 4)),"
            " more AS (INSERT INTO article (id, name) VALUES (7, 'c'))"
            " UPDATE article SET name = 'd' WHERE id = 5"
        )
        connection.exec_driver_sql(
            "WITH gone AS (DELETE FROM article WHERE id = 6 RETURNING *)"
            " INSERT INTO article (id, name, hits) SELECT id, name, hits FROM gone"
        )
    assert [row for row in world.story(article, "name") if row[2:4] != (1, 2)] == [
        (1, "delete", 2, None, "a"),
        (2, "delete", 2, None, "a"),
        (3, "update", 2, None, "b"),
        (4, "update", 2, None, "b"),
        (5, "update", 2, None, "d"),
        (6, "insert", 1, None, "a"),
        (7, "insert", 2, None, "c"),
    ]


def test_merge_and_copy(world: World) -> None:
    article = create_article(world)
    with world.engine.begin() as connection:
        rows = io.StringIO("1\ta\n2\ta\n3\ta\n")
        connection.connection.cursor().copy_from(rows, "article", columns=("id", "name"))
    with world.engine.begin() as connection:
        connection.exec_driver_sql(
            "MERGE INTO article AS a USING (VALUES (2, 'b'), (3, NULL), (4, 'c')) AS s (id, name)"
            " ON a.id = s.id WHEN MATCHED AND s.name IS NULL THEN DELETE"
            " WHEN MATCHED THEN UPDATE SET name = s.name"
            " WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)"
        )
    assert world.story(article, "name") == [
        (1, "insert", 1, None, "a"),
        (2, "insert", 1, 2, "a"),
        (2, "update", 2, None, "b"),
        (3, "insert", 1, 2, "a"),
        (3, "delete", 2, None, "a"),
        (4, "insert", 2, None, "c"),
    ]


AGAIN = {
    "a new row is changed": ("INSERT", "UPDATE article SET content = 'x' WHERE id = NEW.id"),
    "a new row is deleted": ("INSERT", "DELETE FROM article WHERE id = NEW.id"),
    "a changed row is changed": ("UPDATE", "UPDATE article SET content = 'x' WHERE id = NEW.id"),
    "a changed row is changed back": (
        "UPDATE",
        "UPDATE article SET name = OLD.name WHERE id = NEW.id",
    ),
    "a changed row is deleted": ("UPDATE", "DELETE FROM article WHERE id = NEW.id"),
    "a deleted row comes back": ("DELETE", "INSERT INTO article (id, name) VALUES (OLD.id, 'x')"),
}


@pytest.mark.parametrize("few", [1, 8], indirect=True)
@pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)
def test_triggers_of_the_user_write_the_table_again(
    new_world: Callable[..., World], again: tuple[str, str]
) -> None:
    event, statement = again
    stories = []
    for level in ("row", "statement"):
        world = new_world({"level": level})
        article = create_article(world)
        unseen(
            world,
            "INSERT INTO article (id, name) VALUES (1, 'older')",
            "CREATE OR REPLACE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN {statement}; RETURN NULL; END $$",
            f"CREATE TRIGGER again AFTER {event} ON article FOR EACH ROW"
            " WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION again()",
        )
        for write in (
            "INSERT INTO article (id, name) VALUES (2, 'a'), (3, 'a')",
            "UPDATE article SET name = 'b'",
            "DELETE FROM article WHERE id < 3",
        ):
            with world.engine.begin() as connection:
                connection.execute(text(write))
        stories.append(world.story(article, "name", "content"))
        world.Base.metadata.drop_all(world.engine)
    assert stories[1] == stories[0]


RELATED = {
    "partitioned": "CREATE TABLE article (id integer PRIMARY KEY, name text, content text,"
    " hits integer) PARTITION BY RANGE (id)",
    "partition": "CREATE TABLE whole (id integer PRIMARY KEY, name text, content text,"
    " hits integer) PARTITION BY RANGE (id);"
    "CREATE TABLE article PARTITION OF whole DEFAULT",
    "parent": "CREATE TABLE article (id integer PRIMARY KEY, name text, content text,"
    " hits integer); CREATE TABLE child () INHERITS (article)",
    "child": "CREATE TABLE parent (name text, content text, hits integer);"
    "CREATE TABLE article (id integer PRIMARY KEY) INHERITS (parent)",
}


@pytest.mark.parametrize("statements", RELATED.values(), ids=RELATED)
def test_tables_that_are_written_through_others_are_refused(world: World, statements: str) -> None:
    define_article(world)
    with world.engine.begin() as connection:
        connection.connection.cursor().execute(statements)
    with pytest.raises(UnsupportedTable, match="article is partitioned or takes part") as raised:
        world.create()
    assert 'level="row"' in str(raised.value)
    assert not inspect(world.engine).has_table("article_version")


def test_the_level_of_a_table_is_changed(new_world: Callable[..., World]) -> None:
    stories = []
    for level in ("row", "statement", "row"):
        world = new_world({"level": level})
        article = create_article(world)
        assert world.manager.check(world.engine).ok
        with world.engine.begin() as connection:
            fill(connection, len(stories) * 10, len(stories) * 10 + 1)
            connection.execute(update(article.__table__).values(name=str(len(stories))))
        stories.append(world.story(article, "name"))
    assert [row for row in stories[-1] if row[0] == 0] == [
        (0, "insert", 1, 2, "0"),
        (0, "update", 2, 3, "1"),
        (0, "update", 3, None, "2"),
    ]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def plans(connection: Any, first: int) -> list[dict[str, Any]]:
    """Write ten new rows, change them, delete them; return the nodes of all plans of triggers."""
    connection.notices = notices = []
    for statement in (
        f"INSERT INTO article (id, name) SELECT g, 'a'"
        f" FROM generate_series({first}, {first + 9}) AS g",
        # The first row does not tell that there is anything to be recorded.
        f"UPDATE article SET name = CASE id WHEN {first} THEN name ELSE 'b' END"
        f" WHERE id >= {first}",
        f"DELETE FROM article WHERE id >= {first}",
    ):
        connection.cursor().execute(statement)
        connection.commit()
    found: list[dict[str, Any]] = []
    for notice in notices:
        plan = notice.partition("plan:\n")[2]
        if "new_rows" in plan or "old_rows" in plan or "article_version" in plan:
            found += nodes(json.loads(plan)["Plan"])
    return found


@contextmanager
def explaining(engine: Engine) -> Iterator[Any]:
    """Open a driver's connection on which the server tells all of its plans."""
    connection = engine.raw_connection()
    connection.cursor().execute(
        "LOAD 'auto_explain';"
        "SET auto_explain.log_min_duration = 0;"
        "SET auto_explain.log_nested_statements = on;"
        "SET auto_explain.log_format = json;"
        "SET client_min_messages = log"
    )
    connection.commit()
    yield connection.dbapi_connection
    connection.invalidate()


@pytest.mark.parametrize("level", ["row", "statement"])
def test_plans_hold_on_an_empty_a_small_and_a_large_history(
    new_world: Callable[..., World], admin_engine: Engine, level: str
) -> None:
    world = new_world({"level": level})
    create_article(world)
    found = []
    with explaining(admin_engine) as old, explaining(admin_engine) as new:
        found += plans(old, 1)  # planned with nothing in any table, and kept
        old.cursor().execute("ANALYZE")
        old.commit()
        found += plans(old, 101)  # planned with a page of history, less than an index has
        with world.engine.begin() as connection:
            # The worst case for an index on the transaction alone: two rows have all versions.
            connection.connection.cursor().execute(
                "INSERT INTO article_version"
                " (id, transaction_id, end_transaction_id, operation_type)"
                " SELECT -mod(g, 2) - 1, g / 2 - 200000, g / 2 - 199999, 1"
                " FROM generate_series(0, 199999) AS g"
            )
        found += plans(old, 10_001)
        new.cursor().execute("DELETE FROM article_version WHERE id > 0; ANALYZE")
        new.commit()
        for first in (20_001, 30_001):  # the second one with plans for any value
            found += plans(new, first)
    touching = [node for node in found if node.get("Relation Name", "").startswith("article")]
    scans = [node for node in touching if node["Node Type"] != "ModifyTable"]
    assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan", "Tid Scan"}
    used = {node["Index Name"] for node in scans if "Index Name" in node}
    assert used - {"article_pkey"} == {"article_version_pkey"}
    pairs = [node["Node Type"] for node in found if node.get("Join Type") == "Full"]
    assert len(pairs) == (10 if level == "statement" else 0)
    assert set(pairs) <= {"Merge Join", "Hash Join"}
