"""Worlds with both recorders, and a server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

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


@contextmanager
def _served(app: Any) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_config=None, proxy_headers=False, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            host, port = listening.getsockname()
            # The socket listens already: connections wait until the server takes them.
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Runs an ASGI application in uvicorn and returns its address."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_served(app))
