"""A contender's process, as the arena sees it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from arena.teams import Entry

BENCHMARKS = Path(__file__).parents[1]


class ContenderFailed(Exception):
    """A contender could not do what it was told; the text is its traceback."""


class Player:
    """A contender in a process of its own, with a database of its own.

    :param url: its empty database.
    :param columns: width of the table.
    :param graph: whether there are the tables of a graph, too.
    """

    def __init__(self, entry: Entry, url: str, columns: int, *, graph: bool = False) -> None:
        self.entry = entry
        self.name = entry.name
        self.version = ""
        environment = {**os.environ, "PYTHONPATH": str(BENCHMARKS)}
        environment.pop("CONTINUUM_NO_EXTENSIONS", None)
        if entry.pure:
            environment["CONTINUUM_NO_EXTENSIONS"] = "1"
        self._process = subprocess.Popen(
            [
                *(entry.python, "-P", "-m", "contenders.worker", entry.target, url, str(columns)),
                *(["graph"] if graph else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def call(self, name: str, **arguments: Any) -> Any:
        """Let the contender do something and return what it answers.

        :raises ContenderFailed: it raised, or its process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"call": name, "with": arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ContenderFailed(f"{self.name} ended with status {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ContenderFailed(f"{self.name}, {name}:\n{answer['error']}")
        return answer["value"]

    def setup(self, seeds: int) -> None:
        """Create its tables."""
        self.version = self.call("setup", seeds=seeds)

    def close(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
