"""How much work there is: ``BENCH=quick`` (CI), ``small`` (to see that everything works), ``full``.

``BENCH_ROUNDS`` sets the number of rounds, ``BENCH_HISTORY`` the size of a large history,
``BENCH_GROWTH`` the sizes of the growth curves, separated by commas, ``BENCH_GROWTH_ROW`` those of
a single row's history, ``BENCH_STREAMED`` how many versions are streamed for the measurement of
memory.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from dataclasses import replace


@dataclass(frozen=True)
class Sizes:
    """The sizes of one run.

    :param statements: rows for each statement, and how many such statements a round has.
    :param columns: widths of the table.
    :param history: versions in a large history; a fifth of that in a wide table.
    :param rounds: interleaved rounds of each measurement; where a round takes many seconds, about
        half of that.
    :param patience: how many times more rounds the shortest measurements have: enough for a ratio
        of something to itself, which ``test_noise.py`` measures, to stay within 5 % of 1.
    :param flush: objects in a flush.
    :param flush_peers: the same where recorders take part that need milliseconds for each.
    :param transactions: small transactions.
    :param transactions_peers: the same with slow recorders.
    :param versions: versions of the object that is walked through.
    :param past: objects that are looked at in the past.
    :param branches: branches of the tree that is reverted, ten leaves each.
    :param growth: sizes of the history on the growth curves, ten versions of each row.
    :param growth_row: sizes of the history of a single row.
    :param streamed: versions that are streamed for the measurement of memory.
    :param recorded: rows that one transaction changes for the measurement of memory.
    """

    statements: tuple[tuple[int, int], ...]
    columns: tuple[int, ...]
    history: int
    rounds: int
    patience: int
    flush: int
    flush_peers: int
    transactions: int
    transactions_peers: int
    versions: int
    past: int
    branches: int
    growth: tuple[int, ...]
    growth_row: tuple[int, ...]
    streamed: int
    recorded: int

    @property
    def few(self) -> int:
        """Rounds of work that takes many seconds."""
        return max(3, self.rounds // 2) if self.rounds > 3 else self.rounds

    def rounds_of(self, rows: int) -> int:
        """Rounds of statements for so many rows: the shorter they are, the more."""
        if rows >= 1_000:
            return self.rounds
        return self.rounds * (self.patience if rows == 1 else max(1, self.patience - 1))


SIZES = {
    "full": Sizes(
        statements=((1, 200), (100, 20), (10_000, 1)),
        columns=(6, 30),
        history=1_000_000,
        rounds=5,
        patience=4,
        flush=10_000,
        flush_peers=500,
        transactions=1_000,
        transactions_peers=100,
        versions=1_000,
        past=10_000,
        branches=20,
        growth=(10_000, 100_000, 1_000_000, 10_000_000),
        growth_row=(10_000, 100_000, 1_000_000),
        streamed=1_000_000,
        recorded=100_000,
    ),
    "small": Sizes(
        statements=((1, 20), (100, 2), (500, 1)),
        columns=(6, 30),
        history=10_000,
        rounds=3,
        patience=1,
        flush=200,
        flush_peers=20,
        transactions=20,
        transactions_peers=10,
        versions=50,
        past=200,
        branches=3,
        growth=(1_000, 3_000, 10_000),
        growth_row=(1_000, 3_000, 10_000),
        streamed=10_000,
        recorded=1_000,
    ),
    "quick": Sizes(
        statements=((1, 100), (2_000, 1)),
        columns=(6,),
        history=0,
        rounds=5,
        patience=1,
        flush=400,
        flush_peers=0,
        transactions=0,
        transactions_peers=0,
        versions=0,
        past=0,
        branches=0,
        growth=(),
        growth_row=(),
        streamed=0,
        recorded=0,
    ),
}

MODE = os.environ.get("BENCH", "small")


def sizes() -> Sizes:
    """Return the sizes of this run."""
    found = SIZES[MODE]
    if rounds := os.environ.get("BENCH_ROUNDS"):
        found = replace(found, rounds=int(rounds))
    if history := os.environ.get("BENCH_HISTORY"):
        found = replace(found, history=int(history))
    if growth := os.environ.get("BENCH_GROWTH"):
        found = replace(found, growth=_numbers(growth))
    if growth_row := os.environ.get("BENCH_GROWTH_ROW"):
        found = replace(found, growth_row=_numbers(growth_row))
    if streamed := os.environ.get("BENCH_STREAMED"):
        found = replace(found, streamed=int(streamed))
    return found


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))
