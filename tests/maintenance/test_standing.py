"""Maintenance of databases that lack the tables of history."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from continuum import adopt
from continuum import backfill
from continuum import delete_transaction
from continuum import export
from continuum import prune
from continuum import purge
from continuum import repair
from continuum import vacuum
from continuum import verify
from continuum import version_table
from continuum.errors import MissingHistory
from continuum.errors import MissingTable
from continuum.errors import VersioningError
from suite._support import World
from suite._support import define_article

BY_CONNECTION: dict[str, Callable[..., Any]] = {
    "verify": verify,
    "backfill": backfill,
    "repair": repair,
    "repair, only told": lambda bind, **how: repair(bind, dry_run=True, **how),
    "prune": lambda bind, **how: prune(bind, keep_last=1, **how),
    "export": lambda bind, **how: export(bind, **how).json_lines(io.StringIO()),
    "adopt": adopt,
}

BY_SESSION: dict[str, Callable[..., Any]] = {
    "purge": lambda session, article, _: purge(session, article, 1),
    "vacuum": lambda session, article, _: vacuum(session, article),
    "delete_transaction": lambda session, _, manager: delete_transaction(
        session, 1, manager=manager
    ),
}


def refusals(world: World, article: Any, error: type[VersioningError], match: str) -> None:
    """See every function refuse, on an Engine and in a transaction that can go on afterwards."""
    for use in BY_CONNECTION.values():
        with pytest.raises(error, match=match) as caught:
            use(world.engine, manager=world.manager)
        assert caught.value.hint
    with Session(world.engine) as session:
        connection: Connection = session.connection()
        for use in BY_CONNECTION.values():
            with pytest.raises(error, match=match):
                use(connection, manager=world.manager)
        for use in BY_SESSION.values():
            with pytest.raises(error, match=match):
                use(session, article, world.manager)
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_tables_that_are_not_there(world: World) -> None:
    article = define_article(world)
    world.manager.configured_journals()
    refusals(world, article, MissingTable, "none of the tables to be recorded: 'article'")
    assert inspect(world.engine).get_table_names() == []


@pytest.mark.recorders("triggers")
def test_history_that_is_not_there(world: World) -> None:
    article = define_article(world)
    world.create()
    world.manager.uninstall(world.engine)
    with world.engine.begin() as connection:
        version_table(article.__table__).drop(connection)
    match = "'article' cannot be recorded: the version table 'article_version' does not exist"
    refusals(world, article, MissingHistory, match)
