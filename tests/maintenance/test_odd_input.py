"""What cannot be meant is refused with a typed error and a hint, and nothing is touched."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any

import pytest
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import insert
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import VersioningManager
from continuum import adopt
from continuum import backfill
from continuum import delete_transaction
from continuum import export
from continuum import prune
from continuum import purge
from continuum import repair
from continuum import vacuum
from continuum import verify
from continuum import version_class
from continuum import version_table
from continuum.cli.target import CommandError
from continuum.cli.target import value_of
from continuum.dialects.base import INTERNAL
from continuum.errors import ClassNotVersioned
from continuum.errors import ImproperlyConfigured
from continuum.errors import InvalidArgument
from continuum.errors import InvalidPoint
from continuum.errors import VersioningError
from continuum.maintenance.asked import look_at_key_value
from suite._support import World
from suite._support import create_article
from suite._support import forget

pytestmark = pytest.mark.recorders("triggers")

HUGE = 10**30
NUMBERS = (0, -1, 1.5, "3", True, None, HUGE)
EAST = timezone(timedelta(hours=14))


@pytest.fixture
def article(world: World) -> Any:
    article = create_article(world)
    for name in "abc":
        with world.transaction() as session:
            session.merge(article(id=1, name=name))
    return article


class Refused:
    """Something that is to be refused, in a session on a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(
        self, kind: type[VersioningError], function: Callable[..., Any], *words: Any, **more: Any
    ) -> None:
        with pytest.raises(kind) as caught:
            function(*words, **more)
        assert caught.value.hint, (function, words, more)
        assert str(caught.value).count("\n") == 1


def test_what_cannot_be_meant(world: World, article: Any) -> None:
    engine, manager = world.engine, world.manager
    before = world.versions(article), world.transactions()
    refused = Refused(world)

    def ask(function: Callable[..., Any], *words: Any, **more: Any) -> Any:
        return function(*words, manager=manager, **more)

    with Session(engine) as session:
        for function in (adopt, verify, repair, backfill, prune, export):
            for bind in (None, session, "sqlite://", engine.url):
                refused(InvalidArgument, ask, function, bind)
        for function in (manager.check, manager.install, manager.uninstall):
            refused(InvalidArgument, function, session)
        for function in (verify, repair, backfill, prune, export):
            for model in ("Article", None, article(), [article]):
                refused(ClassNotVersioned, ask, function, engine, model)
        for function in (verify, repair, backfill, prune):
            with pytest.raises(ImproperlyConfigured, match="no versioned class"):
                function(engine, manager=VersioningManager())
        for batch in NUMBERS:
            for function in (repair, backfill, prune):
                refused(InvalidArgument, ask, function, engine, batch=batch)
            refused(InvalidArgument, vacuum, session, article, yield_per=batch)
            if batch is not None:
                refused(InvalidArgument, ask, prune, engine, keep_last=batch)
        for function in (repair, backfill):
            refused(InvalidArgument, ask, function, engine, batch=5_001)
            refused(InvalidArgument, ask, function, engine, reason=b"why")
        for function in (repair, backfill, prune):
            refused(InvalidArgument, ask, function, engine, progress=1)
        ahead = datetime.now(UTC) + timedelta(days=1)
        for age in (10, "1y", timedelta(-1), timedelta.max, ahead):
            refused(InvalidArgument, ask, prune, engine, older_than=age)
        for at in (-1, HUGE, True, "x", datetime(2020, 1, 1), datetime(1, 1, 1, tzinfo=EAST)):
            refused(InvalidPoint, ask, export, engine, since=at)
            refused(InvalidPoint, ask, export, engine, until=at)
        for number in (-1, 0, 99, HUGE, True, "1", None, manager.transaction_cls()):
            refused(InvalidPoint, ask, delete_transaction, session, number)
        for key in (None, "x", (1, 2), {"x": 1}, 1.5, True, HUGE, world, manager.transaction_cls()):
            refused(InvalidArgument, purge, session, article, key)
            if key is not None:
                refused(InvalidArgument, ask, export, engine, article, key=key)
        refused(InvalidArgument, ask, export, engine, key=1)
        for model in ("Article", None, article()):
            refused(ClassNotVersioned, purge, session, model, 1)
        for bind in (engine, None):
            refused(InvalidArgument, purge, bind, article, 1)
            refused(InvalidArgument, vacuum, bind, article)
            refused(InvalidArgument, ask, delete_transaction, bind, 1)
        for file in ("articles.jsonl", io.BytesIO(), None):
            refused(InvalidArgument, export(engine, manager=manager).json_lines, file)
            refused(InvalidArgument, export(engine, manager=manager).csv, file)
    assert (world.versions(article), world.transactions()) == before


def test_the_smallest_and_the_largest_numbers_are_keys() -> None:
    table = Table("counter", MetaData(), Column("id", BigInteger, primary_key=True))
    for number in (-(2**63), 2**63 - 1):
        look_at_key_value(number, table.c.id)
        assert value_of(table.c.id, str(number)) == number
    for number in (-(2**63) - 1, 2**63):
        with pytest.raises(InvalidArgument):
            look_at_key_value(number, table.c.id)
        with pytest.raises(CommandError, match="too large"):
            value_of(table.c.id, str(number))


@pytest.mark.engines("sqlite")
def test_batches_of_rows_with_long_keys(new_world: Callable[..., World]) -> None:
    """A statement on SQLite takes fewer values than the largest batch has with seven for a key."""
    world = new_world()
    names = [f"k{number}" for number in range(7)]
    columns = {name: mapped_column(Integer, primary_key=True) for name in names}
    part = type(
        "Part",
        (world.Base,),
        {"__tablename__": "part", "__versioned__": {}, "name": mapped_column(String(9)), **columns},
    )
    world.create()
    live, count = part.__table__, 4_700
    rows = [{**dict.fromkeys(names, 0), "k0": number, "name": "a"} for number in range(count)]
    with world.engine.begin() as connection:
        connection.execute(insert(live), rows)
    forget(world, live)
    report = backfill(world.engine, part, batch=5_000, manager=world.manager)
    assert (report.total, len(report.transactions)) == (count, 2)
    world.manager.uninstall(world.engine)
    with world.engine.begin() as connection:
        connection.execute(update(live).values(name="b"), execution_options={INTERNAL: True})
    world.manager.install(world.engine)
    mended = repair(world.engine, part, batch=5_000, manager=world.manager)
    assert (mended.ok, mended.total) == (True, count)


def test_keys_in_their_forms(world: World, article: Any) -> None:
    history = version_table(article.__table__)
    with world.transaction() as session:
        live = session.get_one(article, 1)
        for key in (1, (1,), [1], {"id": 1}, live):
            assert purge(session, article, key, dry_run=True).total == 3
            assert len(list(export(world.engine, article, key=key, manager=world.manager))) == 3
        assert purge(session, article.__table__, 1).removed == {"article": 3}
        assert session.query(history).count() == 0


def test_sessions_that_choose_by_class(world: World, article: Any) -> None:
    binds: dict[Any, Any] = {world.Base: world.engine}
    with Session(binds=binds) as session:
        assert vacuum(session, version_class(article)) == 0
        report = delete_transaction(session, 2, manager=world.manager, dry_run=True)
        assert report.total == 1
        assert purge(session, article.__table__, 1, dry_run=True).total == 3
