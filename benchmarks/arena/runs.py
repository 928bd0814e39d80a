"""What several runs have found, side by side.

A measurement is told from others by what it says about itself, so that runs may have measured the
same, or different things, or some of both.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

Record = dict[str, Any]

UNTOLD = "server"
"""What a measurement says about itself that may differ from run to run."""


@dataclass
class Promise:
    """A bound or goal, and what was found for it in each run that looked.

    :param about: of the measurement.
    :param values: in the order of the runs.
    """

    what: str
    kind: str
    limit: float
    unit: str
    about: Record
    values: list[float] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """The largest value."""
        return max(self.values)

    @property
    def holds(self) -> bool:
        """Whether the limit was kept in every run."""
        return self.worst <= self.limit

    @property
    def spread(self) -> float:
        """How far apart the runs are: the largest value divided by the smallest, less one."""
        return self.worst / min(self.values) - 1


class Runs:
    """The results of runs, in the order in which they were made.

    :param stored: what pytest-benchmark has stored of each.
    """

    def __init__(self, stored: Sequence[Record]) -> None:
        self.stored = sorted(stored, key=lambda run: str(run["datetime"]))
        self._newest: dict[str, Record] = {}
        self._promises: dict[str, Promise] = {}
        for run in self.stored:
            for item in run["benchmarks"]:
                if "about" in item["extra_info"]:
                    self._add(item["extra_info"])

    @classmethod
    def load(cls, sources: Sequence[Path]) -> Runs:
        """Read files."""
        return cls([json.loads(source.read_text(encoding="utf-8")) for source in sources])

    @property
    def records(self) -> list[Record]:
        """The newest record of each measurement; of curves the longest."""
        return list(self._newest.values())

    def promises(self, kind: str) -> list[Promise]:
        """Return everything that was judged: each once, with the values of all runs."""
        return [promise for promise in self._promises.values() if promise.kind == kind]

    def _add(self, record: Record) -> None:
        about = record["about"]
        name = json.dumps(
            {key: value for key, value in about.items() if key != UNTOLD}, sort_keys=True
        )
        before = self._newest.get(name)
        curve = about["chapter"] == "growth"
        if not (curve and before is not None and len(before["cells"]) > len(record["cells"])):
            self._newest[name] = record
        for one in record.get("judgements", ()):
            promise = self._promises.setdefault(
                one["what"],
                Promise(one["what"], one["kind"], one["limit"], one["unit"], about),
            )
            promise.values.append(one["value"])


def repeatability(promises: Sequence[Promise]) -> tuple[int, float, float] | None:
    """Return how far apart runs are: of how many ratios, the median, and what nine of ten keep.

    :returns: None if nothing was measured twice.
    """
    spreads = sorted(promise.spread for promise in promises if len(promise.values) > 1)
    if not spreads:
        return None
    return len(spreads), statistics.median(spreads), spreads[(9 * len(spreads)) // 10]
