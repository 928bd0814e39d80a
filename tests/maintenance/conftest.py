"""Fixtures of the tests of maintenance."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest

from servers.database import Database
from suite._support import World


@pytest.fixture
def new_world(database: Database, recorder: str) -> Iterator[Callable[..., World]]:
    """Makes worlds on the database of this test; takes the arguments of :class:`World`."""
    worlds: list[World] = []

    def make(**arguments: Any) -> World:
        world = World(database, recorder, **arguments)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    """An empty world with default options."""
    return new_world()
