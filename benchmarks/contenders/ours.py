"""Continuum: with triggers, and with the recorder that works inside the ORM."""

from __future__ import annotations

import random
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any
from typing import ClassVar

from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

import continuum
from contenders import shape
from contenders.base import Recorder
from contenders.base import stopwatch
from contenders.filling import fill_history
from contenders.filling import size_of_transaction
from contenders.reading import Reverter
from continuum import VersioningManager
from continuum import as_of
from continuum import make_versioned
from continuum import speedups_info
from continuum import transaction_class
from continuum import verify
from continuum import version_class
from continuum import version_table

WRITES = 50
LOOKUPS = 50


class Triggers(Recorder, Reverter):
    """History written by triggers."""

    options: ClassVar[dict[str, Any]] = {}

    def prepare(self) -> None:
        self.manager = VersioningManager()
        make_versioned(manager=self.manager, user_cls=None, options=self.options)

    def versions_of(self) -> Any:
        return version_table(self.Item.__table__)

    def describe(self) -> str:
        return f"Continuum {version('continuum-sqlalchemy')}, {speedups_info().describe()}"

    def newest_transaction(self, session: Session) -> Any:
        return session.scalar(select(func.max(transaction_class(self.Item).id)))

    def list_versions(self, session: Session) -> Any:
        return session.get_one(self.Item, 1).versions.all()

    def walk(self, session: Session) -> int:
        return sum(len(version.changeset) for version in session.get_one(self.Item, 1).versions)

    def past(self, session: Session) -> Any:
        return session.scalars(select(as_of(self.Item, self.point))).all()

    def revert(self, session: Session) -> None:
        tree = session.get_one(self.Tree, 1)
        tree.versions[0].revert(relations=["branches", "branches.leaves"])

    # Growth.

    def fill(self, keys: int, each: int) -> None:
        """Fill the history with versions of keys that nobody writes to."""
        log = transaction_class(self.Item).__table__
        fill_history(self.engine, self.versions_of(), log, self.names, keys, each)
        self.analyze()

    def grow(self, keys: int, each: int) -> None:
        """Fill the history with versions of so many rows, so many of each; one of them returns."""
        self.fill(keys, each)
        self.keys, self.each = keys, each
        with self.engine.begin() as connection:
            connection.execute(
                insert(self.Item.__table__), {"id": -1, **shape.row(self.columns, 0), "amount": 0}
            )

    def faults(self) -> int:
        """Return how many rules the history breaks."""
        return len(verify(self.engine, manager=self.manager).faults)

    def growth(self, number: int) -> dict[str, float]:
        """Do what has to cost the same whatever the size of the history.

        :param number: of the round: each looks up something else.
        :returns: seconds for one write, one lookup.
        """
        Item = self.Item
        Version = version_class(Item)
        chance = random.Random(number)
        # The row was there until its last version but one ended.
        last = self.keys * (self.each - 1) // size_of_transaction(self.keys)
        points = [chance.randint(1, last) for _ in range(LOOKUPS)]
        taken = {}
        item = Item.__table__
        change = update(item).where(item.c.id == -1).values(amount=item.c.amount + 1)
        with stopwatch() as seconds:
            for _ in range(WRITES):
                with self.engine.begin() as connection:
                    connection.execute(change)
        taken["write"] = seconds() / WRITES
        with Session(self.engine) as session:
            with stopwatch() as seconds:
                for point in points:
                    found = Version.version_at(session, -1, point)
            taken["version_at"] = seconds() / LOOKUPS
            assert found is not None
        with Session(self.engine) as session:
            newest = Version.all_versions(session, -1, limit=LOOKUPS, link=False)
            with stopwatch() as seconds:
                for version in newest:
                    session.scalar(version.select_previous())
            taken["previous"] = seconds() / len(newest)
        with Session(self.engine) as session:
            with stopwatch() as seconds:
                for point in points:
                    seen = as_of(Item, point, key=-1)
                    shown = session.scalar(select(seen))
            taken["as_of"] = seconds() / LOOKUPS
            assert shown is not None
        with Session(self.engine) as session:
            Transaction = transaction_class(Item)
            transactions = session.scalars(
                select(Transaction).where(Transaction.id.in_(points))
            ).all()
            with stopwatch() as seconds:
                rows = sum(len(transaction.changes()) for transaction in transactions)
            taken["changes"] = seconds() / len(transactions)
            assert rows
        return taken

    # Memory.

    def recording_memory(self, rows: int) -> dict[str, float]:
        """Change so many rows in one transaction; say how many megabytes Python took for that."""
        item, seed = self.Item.__table__, self.seed
        with self.engine.begin() as connection:
            connection.execute(
                insert(item).from_select(
                    self.names,
                    select(*(seed.c[name] for name in self.names)).where(seed.c.number < rows),
                )
            )
        memory = _Memory()
        with self.engine.begin() as connection:
            connection.execute(update(item).values(amount=item.c.amount + 1))
        taken = memory.taken()
        assert self.versions() == 2 * rows
        with self.engine.begin() as connection:
            connection.execute(delete(item))
        return {"megabytes": taken}

    def streaming_memory(self, versions: int) -> dict[str, float]:
        """Stream the changes of so many versions; say how many megabytes that took at most."""
        self.fill(versions // 10, 10)
        # Not with the stopwatch: the garbage collector belongs to what is measured.
        memory, number, start = _Memory(), 0, time.perf_counter()
        with Session(self.engine) as session:
            for _ in continuum.changes(self.Item).rows(session):
                number += 1
        seconds = time.perf_counter() - start
        return {"changes": number, "seconds": seconds, "megabytes": memory.taken()}


class Unenforced(Triggers):
    """The same on connections of SQLite that do not enforce references, its default."""

    def enforce(self, dbapi_connection: Any, _record: object) -> None:
        """Leave the connection as it is."""


class StatementTriggers(Triggers):
    """History written by triggers that fire once for a statement (PostgreSQL)."""

    options: ClassVar[dict[str, Any]] = {"level": "statement"}


class InsideTheORM(Triggers):
    """History written by the ORM recorder."""

    options: ClassVar[dict[str, Any]] = {"native_versioning": False}


class WithoutEnds(Triggers):
    """History written by triggers, whose versions do not know where they end."""

    options: ClassVar[dict[str, Any]] = {"strategy": "subquery"}


class _Memory:
    """What this process has at the start and at most afterwards, as Linux counts it."""

    def __init__(self) -> None:
        # Forgets how much it had before.
        Path("/proc/self/clear_refs").write_text("5")
        self.before = self._megabytes("VmRSS")

    def taken(self) -> float:
        """Return by how many megabytes the process has grown in between."""
        return max(0.0, self._megabytes("VmHWM") - self.before)

    def _megabytes(self, what: str) -> float:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) / 1024
        raise LookupError(what)
