"""The triggers written by hand keep a right history: else they are nothing to be compared with.

Random transactions on the table of the benchmarks, compared with the model of history after each
commit; and the order of commits, and the index, that the model knows nothing of.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import create_engine
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from arena.databases import Databases
from contenders import shape
from contenders.handwritten import HandWritten
from model import history as rule
from model.invariants import violations

COLUMNS = 6
TRANSACTIONS = 60
NAMES = ("a", "A", "a ", "", None)


@pytest.fixture
def contender(databases: Databases, engine_name: str) -> Iterator[HandWritten]:
    contender = HandWritten(databases.new(engine_name, "handwritten"), COLUMNS)
    contender.setup(seeds=1)
    yield contender
    contender.close()


def spec() -> rule.Table:
    return rule.Table(key=("id",), counting=tuple(shape.column_names(COLUMNS)))


def live(contender: HandWritten, connection: Connection) -> rule.Rows:
    rows = connection.execute(select(contender.Item.__table__)).mappings()
    return {(row["id"],): dict(row) for row in rows}


def versions(contender: HandWritten) -> list[rule.Version]:
    table = contender.history
    with contender.engine.connect() as connection:
        rows = connection.execute(
            select(table).order_by(table.c.id, table.c.transaction_id)
        ).mappings()
        return [
            rule.Version(
                key=(row["id"],),
                transaction=row["transaction_id"],
                end=row["end_transaction_id"],
                operation=row["operation_type"],
                values={name: row[name] for name in ("id", *contender.names)},
            )
            for row in rows
        ]


def transactions(contender: HandWritten) -> set[int]:
    with contender.engine.connect() as connection:
        return set(connection.scalars(select(contender.log.c.id)))


def write(contender: HandWritten, connection: Connection, chance: random.Random) -> None:
    """Make one random change."""
    item = contender.Item.__table__
    key = chance.randint(1, 4)
    present = (key,) in live(contender, connection)
    what = chance.choice(("change", "change", "write the same", "end"))
    if not present:
        values = {"id": key, **shape.row(COLUMNS, 1), "name": chance.choice(NAMES)}
        connection.execute(insert(item), values)
    elif what == "end":
        connection.execute(delete(item).where(item.c.id == key))
    elif what == "change":
        values = {"name": chance.choice(NAMES), "price": chance.choice((None, 0.5, 1.5))}
        connection.execute(update(item).where(item.c.id == key).values(values))
    else:
        connection.execute(update(item).where(item.c.id == key).values(amount=item.c.amount))


def test_random_transactions(contender: HandWritten) -> None:
    chance = random.Random(1)
    model = rule.History({"item": spec()})
    for _ in range(TRANSACTIONS):
        with contender.engine.begin() as connection:
            states = [live(contender, connection)]
            for _ in range(chance.randint(1, 5)):
                savepoint = connection.begin_nested() if chance.random() < 0.4 else None
                write(contender, connection, chance)
                if savepoint is not None and chance.random() < 0.5:
                    savepoint.rollback()
                else:
                    if savepoint is not None:
                        savepoint.commit()
                    states.append(live(contender, connection))
        model.commit([{"item": state} for state in states])
        found = versions(contender)
        assert rule.ranked(found) == rule.ranked(model.versions("item"))
        with contender.engine.connect() as connection:
            rows = live(contender, connection)
        assert not violations(spec(), found, rows, transactions(contender))
    operations = {version.operation for version in found}
    assert operations == {rule.INSERT, rule.UPDATE, rule.DELETE}


@pytest.mark.requires("concurrent_writers")
def test_a_transaction_that_commits_late_takes_a_higher_number(contender: HandWritten) -> None:
    item = contender.Item.__table__
    with contender.engine.begin() as connection:
        connection.execute(insert(item), [{"id": 1, "amount": 0}, {"id": 2, "amount": 0}])
    with contender.engine.connect() as late, contender.engine.connect() as early:
        late.execute(update(item).where(item.c.id == 1).values(amount=1))
        early.execute(update(item).where(item.c.id == 2).values(amount=1))
        early.commit()
        late.execute(update(item).where(item.c.id == 2).values(amount=2))
        late.commit()
    first, second = versions(contender)[:2], versions(contender)[2:]
    with contender.engine.connect() as connection:
        rows = live(contender, connection)
    assert not violations(spec(), [*first, *second], rows, transactions(contender))
    assert [version.values["amount"] for version in second] == [0, 1, 2]
    assert first[-1].transaction == second[-1].transaction > second[-2].transaction


@pytest.mark.engines("postgresql")
def test_a_plain_client_with_two_transactions(contender: HandWritten) -> None:
    with closing(contender.engine.raw_connection()) as plain:
        cursor = plain.cursor()
        for key in (1, 2):
            cursor.execute(f"INSERT INTO item (id, amount) VALUES ({key}, 0)")
            cursor.execute(f"INSERT INTO item (id, amount) VALUES ({key + 2}, 0)")
            cursor.execute("UPDATE item SET amount = amount + 1 WHERE id = 1")
            plain.commit()
    found = {version.key: version.transaction for version in versions(contender)}
    assert found[1,] == found[2,] == found[4,] > found[3,]
    assert len(transactions(contender)) == 2


@pytest.mark.engines("mariadb", "mysql")
def test_a_plain_client_is_refused(contender: HandWritten) -> None:
    engine = create_engine(contender.engine.url)
    with engine.connect() as plain, pytest.raises(OperationalError, match="has to say"):
        plain.execute(insert(contender.Item.__table__), {"amount": 1})
    engine.dispose()


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("forged", ["1", "'x'", "'1:1'", "'{me}:{first}'"])
def test_a_setting_is_not_believed(contender: HandWritten, forged: str) -> None:
    item = contender.Item.__table__
    with contender.engine.begin() as connection:
        connection.execute(insert(item), {"id": 1})
    (first,) = transactions(contender)
    with contender.engine.begin() as connection:
        connection.execute(insert(item), {"id": 2})
        me = connection.exec_driver_sql("SELECT pg_current_xact_id()::text").scalar_one()
        connection.exec_driver_sql(f"SET hand.tx = {forged.format(me=me, first=first)}")
        connection.execute(insert(item), {"id": 3})
        connection.execute(update(item).values(amount=1))
    found = [version.transaction for version in versions(contender)]
    assert found == [first, first + 1, first + 1, first + 1]
    assert transactions(contender) == {first, first + 1}


@pytest.mark.engines("postgresql")
def test_plans_made_for_a_small_history(contender: HandWritten) -> None:
    item = contender.Item.__table__
    scans = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'item_history'"
    with contender.engine.begin() as connection:
        connection.execute(insert(item), {"amount": 1})
    contender.analyze()
    with contender.engine.begin() as connection:
        before = connection.exec_driver_sql(scans).scalar_one()
        for number in range(10):
            connection.execute(insert(item), {"amount": number})
            connection.execute(update(item).values(amount=item.c.amount + 1))
        assert connection.exec_driver_sql(scans).scalar_one() == before


@pytest.mark.engines("sqlite")
def test_nothing_is_filed_under_the_number_of_somebody_elses_transaction(
    contender: HandWritten,
) -> None:
    item = contender.Item.__table__
    with contender.engine.connect() as connection:
        connection.execute(insert(item), {"id": 1})
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            # A pooled connection has a driver's one until it is given back.
            connection.connection.driver_connection.commit()  # type: ignore[union-attr]
        connection.commit()
    with (
        closing(sqlite3.connect(contender.engine.url.database or "")) as plain,
        pytest.raises(sqlite3.IntegrityError, match="foreign keys"),
    ):
        plain.execute("INSERT INTO item (id) VALUES (2)")
    with contender.engine.begin() as connection:
        connection.execute(insert(item), {"id": 3})
    first, second = versions(contender)
    assert first.transaction < second.transaction


@pytest.mark.engines("sqlite")
def test_a_row_that_replaces_another_one(contender: HandWritten) -> None:
    item = contender.Item.__table__
    replace = insert(item).prefix_with("OR REPLACE")
    for amount in (1, 2, 2):
        with contender.engine.begin() as connection:
            connection.execute(replace, {"id": 1, "amount": amount})
    found = [(version.operation, version.values["amount"]) for version in versions(contender)]
    assert found == [(rule.INSERT, 1), (rule.UPDATE, 2)]


def test_the_newest_version_is_found_among_many(contender: HandWritten) -> None:
    item = contender.Item.__table__
    contender.fill(keys=1, each=20_000)
    taken: dict[int, list[float]] = {-1: [], 1: []}
    with contender.engine.begin() as connection:
        connection.execute(insert(item), [{"id": key, "amount": 0} for key in taken])
    for number in range(20):
        for key, seconds in taken.items():
            change = update(item).where(item.c.id == key).values(amount=number + 1)
            with contender.engine.begin() as connection:
                start = time.perf_counter()
                connection.execute(change)
                seconds.append(time.perf_counter() - start)
    # Reading all versions of the row would take more than ten times as long.
    assert min(taken[-1]) < 4 * min(taken[1])


def test_generated_keys(contender: HandWritten) -> None:
    item = contender.Item.__table__
    with contender.engine.begin() as connection:
        for number in range(3):
            connection.execute(insert(item), {"amount": number})
        connection.execute(update(item).values(amount=item.c.amount + 1))
    found = versions(contender)
    assert [version.operation for version in found] == [rule.INSERT] * 3
    assert [version.values["amount"] for version in found] == [1, 2, 3]


def test_what_a_transaction_changed_is_found_by_an_index(contender: HandWritten) -> None:
    indexes: list[Any] = inspect(contender.engine).get_indexes("item_history")
    assert ["transaction_id"] in [index["column_names"] for index in indexes]
