"""Random histories of a graph of rows, taken back transaction by transaction."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from continuum import undo
from continuum.errors import RevertError
from continuum.errors import UndoConflict
from suite._support import World
from suite.test_reverting_random import ROOT
from suite.test_reverting_random import Graph
from suite.test_reverting_random import Snapshot


def start(world: World, seed: int, length: int) -> tuple[Graph, dict[int, Snapshot]]:
    """Make a random history, and return the rows after each transaction."""
    graph = Graph(world, seed)
    with world.transaction() as session:
        session.execute(insert(graph.tables["article"]).values(id=ROOT, name="a"))
    snapshots = {world.transactions()[-1].id: graph.snapshot()}
    for _ in range(length):
        with world.transaction() as session:
            graph.act(session, root=False)
        snapshots[world.transactions()[-1].id] = graph.snapshot()
    return graph, snapshots


def inverse(before: Snapshot, after: Snapshot, now: Snapshot) -> tuple[Snapshot, set[str]]:
    """Return what the undo of a transaction makes of the rows of now, and which tables clash."""
    result = copy.deepcopy(now)
    clashes: set[str] = set()
    for table, rows in result.items():
        for key in {*before[table], *after[table]}:
            old, new = before[table].get(key), after[table].get(key)
            live = rows.get(key)
            if old == new:
                continue
            if new is None:
                if live not in (None, old):
                    clashes.add(table)
                rows[key] = old  # type: ignore[assignment]
            elif old is None:
                if live not in (None, new):
                    clashes.add(table)
                rows.pop(key, None)
            elif live is None:
                clashes.add(table)
            else:
                for column, value in old.items():
                    if value != new[column]:
                        if live[column] not in (value, new[column]):
                            clashes.add(table)
                        live[column] = value
    return result, clashes


@pytest.mark.parametrize("seed", range(3))
def test_back_to_the_beginning(world: World, seed: int) -> None:
    graph, snapshots = start(world, seed, 10)
    numbers = sorted(snapshots)
    for number, before in reversed(list(zip(numbers[1:], numbers, strict=False))):
        with world.transaction() as session:
            undo(session, number, manager=world.manager)
        assert graph.snapshot() == snapshots[before], number
    world.verify(*graph.tables.values())


@pytest.mark.parametrize("seed", range(3))
def test_one_transaction_out_of_many(world: World, seed: int) -> None:
    graph, snapshots = start(world, seed + 50, 12)
    numbers = sorted(snapshots)
    undone = refused = 0
    steps = list(zip(numbers[1:], numbers, strict=False))
    graph.random.shuffle(steps)
    for number, before in steps:
        now = graph.snapshot()
        expected, clashes = inverse(snapshots[before], snapshots[number], now)
        kinds: set[str] = set()
        with Session(world.engine) as session:
            try:
                undo(session, number, manager=world.manager)
            except UndoConflict as error:
                kinds = {conflict.kind for conflict in error.conflicts}
                tables = {
                    conflict.table.name
                    for conflict in error.conflicts
                    if conflict.kind in ("changed", "taken", "gone")
                }
            except RevertError as error:
                kinds, tables = {str(error)}, set()
                assert_unique_value_is_taken(error)
            else:
                tables = set()
            touched: Any = [*session.new, *session.dirty, *session.deleted]
            assert not (kinds and touched)
            session.commit()
        assert tables == clashes
        assert graph.snapshot() == (now if kinds else expected)
        undone, refused = undone + (not kinds), refused + bool(kinds)
    assert undone > 1
    assert refused > 0
    world.verify(*graph.tables.values())


def assert_unique_value_is_taken(error: RevertError) -> None:
    """See that it is no other error."""
    assert "cannot have" in str(error)
