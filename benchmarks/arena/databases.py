"""A database of its own for each contender, in the servers of the tests."""

from __future__ import annotations

import re
from pathlib import Path

from servers.database import DATABASE_CLASSES
from servers.database import Database
from servers.database import Server
from servers.registry import Registry


class Databases:
    """Makes databases in the servers of this run.

    :param folder: where SQLite's files go.
    """

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry = registry
        self.folder = folder
        self._made: list[Database] = []
        self._count = 0

    def new(self, engine: str, name: str) -> str:
        """Return the URL of an empty database; on a server, of its administrator."""
        self._count += 1
        name = re.sub(r"\W", "_", name)
        if engine == "sqlite":
            return f"sqlite:///{self.folder / f'{name}_{self._count}.db'}"
        url = self.registry.database(engine).admin_url
        server = Server(engine, url.render_as_string(hide_password=False), own=True)
        made = DATABASE_CLASSES[engine](server, f"bench_{self.registry.run}_{self._count}")
        self._made.append(made)
        return made.admin_url.render_as_string(hide_password=False)

    def version(self, engine: str) -> str:
        """Return an engine with its version."""
        return self.registry.describe(engine)

    def drop(self) -> None:
        """Drop what was made."""
        for database in self._made:
            database.drop()
        self._made.clear()
        for file in self.folder.glob("*"):
            file.unlink()
