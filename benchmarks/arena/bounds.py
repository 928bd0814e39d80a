"""What is promised, and what is hoped for.

A bound is a promise about correct triggers written by hand; a goal is the price of history compared
with none.  ``BENCH=quick`` fails when a ratio leaves its bound or goal by more than ``SLACK``: it
runs beside other things, with small sizes.
"""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import dataclass
from typing import Any

HANDWRITTEN = 1.15
SLACK = 2.5


@dataclass(frozen=True)
class Judgement:
    """A ratio beside its limit.

    :param what: what was measured.
    :param kind: ``"bound"`` or ``"goal"``.
    :param value: what was found.
    :param limit: what it may be at most.
    :param unit: ``"x"`` for ratios.
    """

    what: str
    kind: str
    value: float
    limit: float
    unit: str = "x"

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.value <= self.limit

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {**asdict(self), "holds": self.holds}

    def __str__(self) -> str:
        word = "ok  " if self.holds else "OVER"
        return f"{word} {self.kind:5} {self.what:62} {self.value:8.2f} <= {self.limit:g}{self.unit}"


FLUSH = {"postgresql": 1.4, "sqlite": 1.4, "mariadb": 1.8, "mysql": 1.8}
TRANSACTIONS = {"postgresql": 1.3, "sqlite": 1.5, "mariadb": 2.0, "mysql": 2.0}
ORM_RECORDER = 3.0
CLEAN = 1.1
WALKING = 5.0
GROWTH = 1.5
STREAMING_MEGABYTES = 200.0
RECORDING_MEGABYTES = 10.0

STATEMENT_LEVEL = 4.0
"""PostgreSQL, triggers for statements: insert and update of 10,000 rows."""

MARIADB_UPDATE = {"ours": 20.0, "ours-subquery": 6.0}
"""MariaDB and MySQL: update of 10,000 rows."""
