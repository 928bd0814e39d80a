"""Joined inheritance, recorded by triggers on MariaDB and MySQL."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from continuum.dialects.mysql import EMITTER
from continuum.dialects.spec import TableName
from continuum.errors import StaleTrigger
from model import history as rule
from mysql_hierarchy import Hierarchy
from mysql_support import Lab
from mysql_support import execute
from mysql_support import new_token
from servers.database import Database

pytestmark = pytest.mark.engines("mariadb", "mysql")

INSERT, UPDATE, DELETE = rule.INSERT, rule.UPDATE, rule.DELETE

PUPPY = (
    "INSERT INTO animal VALUES (1, 'a', 1)",
    "INSERT INTO dog VALUES (1, 'd')",
    "INSERT INTO puppy VALUES (1, 'p')",
)
GONE = ("DELETE FROM puppy", "DELETE FROM dog", "DELETE FROM animal")


@pytest.fixture
def lab(engine: Engine) -> Lab:
    return Lab.on(engine)


@pytest.fixture
def puppy(lab: Lab) -> Hierarchy:
    return Hierarchy.on(lab)


def test_a_change_of_a_lower_level_copies_the_root(puppy: Hierarchy) -> None:
    puppy.run(*PUPPY)
    puppy.run("UPDATE puppy SET puppy_note = 'q'")
    puppy.run("UPDATE animal SET name = 'b'")
    puppy.run("UPDATE dog SET dog_note = 'e'", "UPDATE animal SET age = 2")
    assert puppy.story("animal") == [
        (1, INSERT, 1, 2, "a", 1),
        (1, UPDATE, 2, 3, "a", 1),
        (1, UPDATE, 3, 4, "b", 1),
        (1, UPDATE, 4, None, "b", 2),
    ]
    assert puppy.story("dog") == [(1, INSERT, 1, 4, "d"), (1, UPDATE, 4, None, "e")]
    assert puppy.story("puppy") == [(1, INSERT, 1, 2, "p"), (1, UPDATE, 2, None, "q")]
    assert puppy.story("cat") == []


@pytest.mark.parametrize("ends", [True, False])
def test_there_and_back_at_every_level(lab: Lab, ends: bool) -> None:
    puppy = Hierarchy.on(lab, ends=ends)
    puppy.run(*PUPPY)
    before = puppy.versions()
    puppy.run("UPDATE puppy SET puppy_note = 'q'", "UPDATE puppy SET puppy_note = 'p'")
    puppy.run(
        "UPDATE puppy SET puppy_note = 'q'",
        "UPDATE animal SET name = 'b'",
        "UPDATE puppy SET puppy_note = 'p'",
        "UPDATE animal SET name = 'a'",
    )
    puppy.run(
        "UPDATE animal SET name = 'b'",
        "UPDATE dog SET dog_note = 'q'",
        "UPDATE animal SET name = 'a'",
        "UPDATE dog SET dog_note = 'd'",
    )
    assert puppy.versions() == before


@pytest.mark.parametrize("ends", [True, False])
def test_there_and_back_at_one_level_only(lab: Lab, ends: bool) -> None:
    puppy = Hierarchy.on(lab, ends=ends)
    puppy.run(*PUPPY)
    end = {True: 2, False: None}[ends]
    puppy.run(
        "UPDATE animal SET name = 'b'",
        "UPDATE dog SET dog_note = 'e'",
        "UPDATE animal SET name = 'a'",
    )
    assert puppy.story("animal") == [(1, INSERT, 1, end, "a", 1), (1, UPDATE, 2, None, "a", 1)]
    assert puppy.story("dog")[1:] == [(1, UPDATE, 2, None, "e")]


def test_delete_leaves_a_version_at_every_level(puppy: Hierarchy) -> None:
    puppy.run(*PUPPY)
    puppy.run(*GONE)
    puppy.run(*PUPPY)
    for name in ("animal", "dog", "puppy"):
        assert [row[1:4] for row in puppy.story(name)] == [
            (INSERT, 1, 2),
            (DELETE, 2, 3),
            (INSERT, 3, None),
        ]


@pytest.mark.parametrize("ends", [True, False])
def test_cascade_from_the_root(lab: Lab, ends: bool) -> None:
    puppy = Hierarchy.on(lab, ends=ends, cascading=True)
    puppy.run(*PUPPY)
    puppy.run("UPDATE animal SET name = 'b'", "DELETE FROM animal")
    for name in ("animal", "dog", "puppy"):
        assert [(row[1], row[2]) for row in puppy.story(name)] == [(INSERT, 1), (DELETE, 2)]
    assert puppy.story("animal")[1][4:] == ("b", 1)


def test_root_deleted_before_its_lower_levels(puppy: Hierarchy) -> None:
    puppy.run(*PUPPY)
    puppy.run("SET foreign_key_checks = 0", *reversed(GONE), "SET foreign_key_checks = 1")
    for name in ("animal", "dog", "puppy"):
        assert [row[1:4] for row in puppy.story(name)] == [(INSERT, 1, 2), (DELETE, 2, None)]


def test_object_changes_its_class(puppy: Hierarchy) -> None:
    puppy.run(*PUPPY)
    puppy.run("DELETE FROM puppy", "DELETE FROM dog", "INSERT INTO cat VALUES (1, 'c')")
    assert puppy.story("animal") == [(1, INSERT, 1, 2, "a", 1), (1, UPDATE, 2, None, "a", 1)]
    assert puppy.story("puppy")[1:] == [(1, DELETE, 2, None, "p")]
    assert puppy.story("cat") == [(1, INSERT, 2, None, "c")]


def test_statements_over_two_levels(puppy: Hierarchy) -> None:
    puppy.run(*PUPPY, "INSERT INTO animal VALUES (2, 'z', 1)", "INSERT INTO dog VALUES (2, 'y')")
    puppy.run(
        "UPDATE animal JOIN dog ON dog_id = id SET dog_note = CONCAT(name, dog_note), age = age + 1"
    )
    assert puppy.story("animal")[1::2] == [
        (1, UPDATE, 2, None, "a", 2),
        (2, UPDATE, 2, None, "z", 2),
    ]
    puppy.run("UPDATE animal JOIN dog ON dog_id = id SET dog_note = 'n' WHERE age = 2")
    assert [row[1:4] for row in puppy.story("animal") if row[0] == 2] == [
        (INSERT, 1, 2),
        (UPDATE, 2, 3),
        (UPDATE, 3, None),
    ]
    puppy.run(
        "SET foreign_key_checks = 0",
        "DELETE puppy, dog, animal FROM animal LEFT JOIN dog ON dog_id = id"
        " LEFT JOIN puppy ON puppy_id = id",
        "SET foreign_key_checks = 1",
    )
    for name in ("animal", "dog", "puppy"):
        assert {row[1] for row in puppy.story(name) if row[3] is None} == {DELETE}


def older(hierarchy: Hierarchy, *statements: str) -> None:
    """Fill the tables as they were before anything was recorded."""
    with hierarchy.lab.engine.begin() as connection:
        server = EMITTER.server(connection, hierarchy.lab.log)
        for level in hierarchy.levels.values():
            execute(connection, *EMITTER.drop(level.spec, server))
        execute(connection, *statements)
    hierarchy.lab.install()


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("changed", ["animal", "dog", "puppy"])
def test_rows_older_than_their_history(lab: Lab, changed: str, ends: bool) -> None:
    puppy = Hierarchy.on(lab, ends=ends)
    older(puppy, *PUPPY)
    column = {"animal": "name"}.get(changed, f"{changed}_note")
    puppy.run(f"UPDATE {changed} SET {column} = 'new'")
    end = {True: 1, False: None}[ends]
    values = {"animal": ["a", 1], "dog": ["d"], "puppy": ["p"]}
    for name, old in values.items():
        new = ["new", *old[1:]] if name == changed else old
        story = [(1, INSERT, 0, end, *old), (1, UPDATE, 1, None, *new)]
        if name not in (changed, "animal"):
            story = [(1, INSERT, 0, None, *old)]
        assert puppy.story(name) == story


@pytest.mark.parametrize("ends", [True, False])
def test_delete_of_an_object_older_than_its_history(lab: Lab, ends: bool) -> None:
    puppy = Hierarchy.on(lab, ends=ends)
    older(puppy, *PUPPY)
    puppy.run(*GONE)
    end = {True: 1, False: None}[ends]
    for name in ("animal", "dog", "puppy"):
        assert [row[1:4] for row in puppy.story(name)] == [(INSERT, 0, end), (DELETE, 1, None)]


@pytest.mark.parametrize("paused", ["dog", "animal", "both"])
def test_pause_ends_the_versions_of_the_whole_object(puppy: Hierarchy, paused: str) -> None:
    lab, schema = puppy.lab, puppy.root.spec.table.schema
    puppy.run(*PUPPY)
    names = ("dog", "animal") if paused == "both" else (paused,)
    with lab.unit() as connection:
        EMITTER.pause(connection, lab.log, [TableName(name, schema) for name in names])
        execute(connection, *(f"UPDATE {name} SET {column(name)} = 'x'" for name in names))
    assert puppy.story("animal") == [(1, INSERT, 1, 2, "a", 1)]
    assert puppy.story("dog") == [(1, INSERT, 1, None if paused == "animal" else 2, "d")]
    assert puppy.story("puppy") == [(1, INSERT, 1, None, "p")]
    puppy.run("UPDATE puppy SET puppy_note = 'q'")
    name = "a" if paused == "dog" else "x"
    assert puppy.story("animal")[1:] == [
        (1, INSERT, 2, 3, name, 1),
        (1, UPDATE, 3, None, name, 1),
    ]
    assert puppy.story("dog")[1:] == ([] if paused == "animal" else [(1, INSERT, 2, None, "x")])
    assert puppy.story("puppy")[1:] == [(1, UPDATE, 3, None, "q")]


def column(level: str) -> str:
    return "name" if level == "animal" else f"{level}_note"


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("cascading", [True, False])
def test_random_transactions_follow_the_model(lab: Lab, ends: bool, cascading: bool) -> None:
    puppy = Hierarchy.on(lab, ends=ends, cascading=cascading)
    rng = random.Random(20261123)
    model = puppy.model()
    for _ in range(60):
        with lab.unit() as connection:
            states = [puppy.state(connection)]
            for _ in range(rng.randrange(1, 7)):
                key, note = rng.randrange(1, 4), rng.choice("aAb")
                level = rng.choice(["animal", "dog", "puppy", "cat"])
                values = f"{key}, '{note}', 1" if level == "animal" else f"{key}, '{note}'"
                own = "id" if level == "animal" else f"{level}_id"
                statement = rng.choice(
                    [
                        f"INSERT IGNORE INTO {level} VALUES ({values})",
                        f"INSERT IGNORE INTO {level} VALUES ({values})",
                        f"UPDATE {level} SET {column(level)} = '{note}' WHERE {own} = {key}",
                        f"UPDATE {level} SET {column(level)} = '{note}'",
                        "UPDATE animal JOIN dog ON dog_id = id"
                        f" SET name = '{note}', dog_note = '{note}'",
                        f"DELETE FROM {level} WHERE {own} = {key}",
                        f"REPLACE INTO puppy VALUES ({key}, '{note}')",
                    ]
                )
                undone = rng.random() < 0.3
                if undone:
                    execute(connection, "SAVEPOINT s")
                run_or_refused(connection, statement)
                if undone:
                    execute(connection, "ROLLBACK TO SAVEPOINT s")
                states.append(puppy.state(connection))
        model.commit(states)
        assert ranked(puppy, puppy.versions()) == ranked(puppy, puppy.expected(model))


def run_or_refused(connection: Connection, statement: str) -> None:
    """Run a statement that a foreign key may refuse."""
    try:
        execute(connection, statement)
    except DBAPIError as error:
        if error.orig is None or error.orig.args[0] not in (1451, 1452):
            raise


def ranked(
    hierarchy: Hierarchy, versions: dict[str, list[tuple[object, ...]]]
) -> dict[str, list[tuple[object, ...]]]:
    """Number the transactions in their order, over all levels."""
    ids = sorted({id_ for rows in versions.values() for row in rows for id_ in row[2:4] if id_})
    place = {id_: place for place, id_ in enumerate(ids, 1)}
    return {
        name: [(*row[:2], *(place.get(id_, id_) for id_ in row[2:4]), *row[4:]) for row in rows]
        for name, rows in versions.items()
    }


# Several writers


@pytest.mark.parametrize("level", ["REPEATABLE READ", "READ COMMITTED"])
def test_concurrent_writers(database: Database, level: str) -> None:
    lab = Lab.on(database.engine(isolation_level=level, pool_size=8))
    puppy = Hierarchy.on(lab)
    keys = range(1, 21)
    puppy.run(
        "INSERT INTO animal VALUES " + ", ".join(f"({n}, 'a', 0)" for n in keys),
        "INSERT INTO dog VALUES " + ", ".join(f"({n}, 'd')" for n in keys),
    )
    failed: list[BaseException] = []

    def write(thread: int) -> None:
        for turn in range(12):
            row = 1 + 4 * (turn % 5) + thread
            try:
                with lab.unit() as connection:
                    execute(connection, "INSERT INTO animal (name) VALUES ('x')")
                    key = connection.exec_driver_sql("SELECT LAST_INSERT_ID()").scalar_one()
                    execute(
                        connection,
                        f"INSERT INTO dog VALUES ({key}, 'x')",
                        f"INSERT INTO puppy VALUES ({key}, 'x')",
                        f"UPDATE dog SET dog_note = 't{turn}' WHERE dog_id = {row}",
                        f"UPDATE animal SET age = age + 1 WHERE id = {row}",
                    )
            except DBAPIError as error:
                failed.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for table in puppy.levels.values():
        table.verify()
    assert len(puppy.story("puppy")) == 48


@pytest.mark.parametrize("ends", [True, False])
def test_writers_of_the_same_objects(database: Database, ends: bool) -> None:
    lab = Lab.on(database.engine(pool_size=8))
    puppy = Hierarchy.on(lab, ends=ends)
    puppy.run(
        "INSERT INTO animal VALUES (1, 'a', 0), (2, 'a', 0)",
        "INSERT INTO dog VALUES (1, 'd'), (2, 'd')",
        "INSERT INTO puppy VALUES (1, 'p'), (2, 'p')",
    )
    unexpected: list[BaseException] = []

    def write(thread: int) -> None:
        rng = random.Random(thread)
        for turn in range(20):
            try:
                with lab.unit() as connection:
                    for _ in range(rng.randrange(1, 3)):
                        level, key = rng.choice(["animal", "dog", "puppy"]), rng.randrange(1, 3)
                        own = "id" if level == "animal" else f"{level}_id"
                        execute(
                            connection,
                            f"UPDATE {level} SET {column(level)} = '{thread} {turn}'"
                            f" WHERE {own} = {key}",
                        )
            except DBAPIError as error:
                # Two writers of the same two rows in opposite order; where the one that is given up
                # waits for the next id, MariaDB says so in other words (1467).
                if error.orig is None or error.orig.args[0] not in (1213, 1467):
                    unexpected.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert unexpected == []
    for table in puppy.levels.values():
        table.verify()
    moments = {row[:3:2] for name in ("dog", "puppy") for row in puppy.story(name)}
    assert moments <= {row[:3:2] for row in puppy.story("animal")}


def test_two_levels_of_one_object_at_once(puppy: Hierarchy) -> None:
    """The second waits for the first, copies the root as the first left it, and is newer."""
    lab = puppy.lab
    puppy.run(*PUPPY)
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        # A snapshot in which the root is still as it was.
        assert one.exec_driver_sql("SELECT name FROM animal").scalar_one() == "a"
        puppy.run("UPDATE animal SET name = 'b'")
        execute(one, "UPDATE dog SET dog_note = 'e'")
        one.commit()
    assert puppy.story("animal") == [
        (1, INSERT, 1, 2, "a", 1),
        (1, UPDATE, 2, 3, "b", 1),
        (1, UPDATE, 3, None, "b", 1),
    ]


def test_renumbered_with_all_levels(puppy: Hierarchy) -> None:
    lab = puppy.lab
    puppy.run(*PUPPY)
    with lab.engine.connect() as one:
        EMITTER.enter_unit(one, lab.log, new_token(), None)
        execute(one, "INSERT INTO animal VALUES (2, 'mine', 1)")
        puppy.run("UPDATE animal SET name = 'b' WHERE id = 1")
        execute(one, "UPDATE dog SET dog_note = 'e'")
        one.commit()
    first, second, third = lab.ids()
    assert puppy.story("animal") == [
        (1, INSERT, first, second, "a", 1),
        (1, UPDATE, second, third, "b", 1),
        (1, UPDATE, third, None, "b", 1),
        (2, INSERT, third, None, "mine", 1),
    ]
    assert puppy.story("dog") == [(1, INSERT, first, third, "d"), (1, UPDATE, third, None, "e")]


def test_new_objects_wait_for_nobody(puppy: Hierarchy) -> None:
    lab = puppy.lab
    puppy.run(*PUPPY)
    statements = (
        "INSERT INTO animal (name) VALUES ('x')",
        "INSERT INTO dog VALUES (LAST_INSERT_ID(), 'x')",
    )
    with lab.unit() as one:
        execute(one, *statements, "UPDATE puppy SET puppy_note = 'q'")
        with lab.unit() as two:
            execute(two, "SET SESSION innodb_lock_wait_timeout = 2", *statements)
    for table in puppy.levels.values():
        table.verify()


# Installing


def test_installed_and_expected(puppy: Hierarchy) -> None:
    schema = puppy.root.spec.table.schema
    with puppy.lab.engine.connect() as connection:
        found = EMITTER.installed(connection, puppy.lab.log, [schema])
    server = puppy.lab.server()
    for level in puppy.levels.values():
        here = {item.name: item.fingerprint for item in found if item.table == level.spec.table}
        assert here == EMITTER.expected(level.spec, server)


def test_another_level_makes_all_others_stale(puppy: Hierarchy) -> None:
    """The triggers of the root write baselines of all levels, and ask all of them."""
    server = puppy.lab.server()
    fewer = replace(puppy.root.spec, lower=puppy.root.spec.lower[:1])
    for spec, smaller in (
        (puppy.root.spec, fewer),
        (puppy.levels["dog"].spec, replace(puppy.levels["dog"].spec, root=fewer)),
    ):
        before, after = EMITTER.expected(spec, server), EMITTER.expected(smaller, server)
        assert before.keys() == after.keys()
        assert all(before[name] != after[name] for name in before)


def test_missing_version_table_of_the_root(puppy: Hierarchy) -> None:
    puppy.run(*PUPPY)
    with puppy.lab.engine.begin() as connection:
        execute(connection, "DROP TABLE animal_version")
    with pytest.raises(DBAPIError) as caught:
        puppy.run("UPDATE dog SET dog_note = 'x'")
    dog = puppy.levels["dog"].spec
    assert isinstance(EMITTER.explain(caught.value, dog), StaleTrigger)
