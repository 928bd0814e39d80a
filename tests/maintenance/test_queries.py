"""How many statements maintenance sends: what the docstrings say, however long the history is."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import update
from sqlalchemy.orm import Session

from continuum import backfill
from continuum import export
from continuum import prune
from continuum import purge
from continuum import repair
from continuum import vacuum
from continuum import verify
from continuum import version_table
from continuum.dialects.base import INTERNAL
from suite._support import World
from suite._support import counted
from suite._support import create_article

pytestmark = [pytest.mark.recorders("triggers"), pytest.mark.engines("sqlite", "postgresql")]


def tamper(world: World, *statements: Any) -> None:
    with world.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement, execution_options={INTERNAL: True})


@pytest.fixture
def article(world: World) -> Any:
    """Twenty articles that were changed ten times each."""
    article = create_article(world)
    with world.transaction() as session:
        session.execute(insert(article), [{"id": n, "name": "0", "hits": 0} for n in range(1, 21)])
    for number in range(1, 11):
        with world.transaction() as session:
            session.execute(update(article).values(name=str(number)))
    return article


def sent(world: World, use: Callable[[], Any]) -> list[str]:
    """Return the statements that something sends, without those that announce a transaction."""
    with counted(world.engine) as statements:
        use()
    return [each for each in statements if "article" in each or "transaction" in each]


def number_of(world: World, use: Callable[[], Any]) -> int:
    return len(sent(world, use))


def test_verify(world: World, article: Any) -> None:
    # Seven rules, and the transaction table.
    assert number_of(world, lambda: verify(world.engine, manager=world.manager)) == 8
    history = version_table(article.__table__)
    tamper(world, update(history).where(history.c.end_transaction_id.is_(None)).values(name="x"))
    assert number_of(world, lambda: verify(world.engine, manager=world.manager)) == 9


def test_repair(world: World, article: Any) -> None:
    def mend(**options: Any) -> int:
        return number_of(world, lambda: repair(world.engine, manager=world.manager, **options))

    # What verify() asks, and five that look for the rows.
    assert mend() == 8 + 5
    assert mend(dry_run=True) == 8
    history = version_table(article.__table__)
    tamper(world, update(history).values(end_transaction_id=None))
    few = mend()
    # What says who mended the ends made no version: verify() notes it, by one more.
    sound = mend()
    assert sound == 14
    # The transaction, and one for all versions of the batch.
    assert few - sound <= 4
    newest = history.c.end_transaction_id.is_(None)
    tamper(world, update(history).where(newest).values(name="x"))
    assert mend() - sound <= 10


def test_backfill(world: World, article: Any) -> None:
    def fill(batch: int) -> int:
        tamper(world, delete(version_table(article.__table__)), delete(world.log))
        return number_of(world, lambda: backfill(world.engine, batch=batch, manager=world.manager))

    one, four = fill(100), fill(6)
    assert one <= 8
    assert four <= 4 * one


def test_prune(world: World, article: Any) -> None:
    def cut(keep: int, **options: Any) -> int:
        return number_of(
            world, lambda: prune(world.engine, keep_last=keep, manager=world.manager, **options)
        )

    assert cut(9, dry_run=True) == 1
    # Forty versions: one batch finds and removes them, the second finds nothing.
    assert cut(9) == 2
    assert cut(7, batch=20) == 2 * 2 + 1
    assert cut(6, transactions=True) == 2 + 2


def test_purge_and_vacuum(world: World, article: Any) -> None:
    def use(function: Callable[..., Any], *arguments: Any, **options: Any) -> int:
        with Session(world.engine) as session, session.begin():
            session.connection()
            return number_of(world, lambda: function(session, *arguments, **options))

    assert use(purge, article, 1, dry_run=True) == 1
    assert use(purge, article, 1) == 1
    assert use(purge, article, 2, transactions=True) <= 4
    assert use(vacuum, article) == 1
    history = version_table(article.__table__)
    tamper(world, update(history).values(name="same"))
    # All but the first of each article go, in one batch.
    assert use(vacuum, article) <= 4


def test_export(world: World, article: Any) -> None:
    found = export(world.engine, manager=world.manager)
    assert number_of(world, lambda: found.json_lines(io.StringIO())) == 1
