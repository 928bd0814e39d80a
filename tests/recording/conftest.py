"""Worlds that the ORM records."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest

from servers.database import Database
from suite._support import World


@pytest.fixture
def new_world(database: Database) -> Iterator[Callable[..., World]]:
    """Makes worlds on the database of this test, recorded by the ORM; takes their arguments."""
    worlds: list[World] = []

    def make(**arguments: Any) -> World:
        world = World(database, "orm", **arguments)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    """An empty world with default options."""
    return new_world()
