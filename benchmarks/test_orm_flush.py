"""What history costs an ORM flush: 10,000 objects with triggers, against none.

Each round runs the same flush first on unversioned tables and then on versioned ones, so that both
see the same moods of the machine.  ``extra_info["ratio"]`` is the quotient of the medians; the
table at the end of the run lists it beside its bound.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import DateTime
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import mapped_column

from continuum import VersioningManager
from continuum import make_versioned
from continuum import remove_versioning
from continuum import version_class

OBJECTS = 10_000
ROUNDS = 5
BOUNDS = {"sqlite": 1.6, "postgresql": 1.6, "mariadb": 2.2, "mysql": 2.2}
"""Highest ratio that the project promises for an insert, an update and a delete, by engine."""


class Tables:
    """Two tables of the same shape, the second one versioned."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.manager = VersioningManager()

        class Base(DeclarativeBase):
            pass

        make_versioned(manager=self.manager, user_cls=None)
        self.plain = _item(Base, "plain_item")
        self.versioned = _item(Base, "versioned_item", __versioned__={})
        configure_mappers()
        Base.metadata.create_all(engine)

    def close(self) -> None:
        remove_versioning(manager=self.manager)

    def insert(self, cls: Any) -> float:
        """Flush new objects, and return the seconds that flush and commit took."""
        with Session(self.engine) as session:
            session.add_all(
                cls(
                    name=f"item {number}",
                    category="a",
                    amount=number,
                    price=number / 4,
                    note="x" * 20,
                )
                for number in range(OBJECTS)
            )
            return _seconds(session.commit)

    def update(self, cls: Any) -> float:
        """Change one column of every object."""
        with Session(self.engine) as session:
            for item in session.scalars(select(cls)):
                item.amount += 1
            return _seconds(session.commit)

    def delete(self, cls: Any) -> float:
        """Delete every object."""
        with Session(self.engine) as session:
            for item in session.scalars(select(cls)).all():
                session.delete(item)
            return _seconds(session.commit)


def _item(base: Any, table: str, **attributes: Any) -> Any:
    return type(
        table.title().replace("_", ""),
        (base,),
        {
            "__tablename__": table,
            "id": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(100)),
            "category": mapped_column(String(20)),
            "amount": mapped_column(Integer),
            "price": mapped_column(Numeric(10, 2)),
            "note": mapped_column(String(200)),
            "changed_at": mapped_column(DateTime),
            **attributes,
        },
    )


def _seconds(action: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start
    finally:
        gc.enable()


@pytest.fixture
def tables(engine: Engine) -> Iterator[Tables]:
    tables = Tables(engine)
    yield tables
    tables.close()


@pytest.mark.parametrize("operation", ["insert", "update", "delete"])
@pytest.mark.filterwarnings("ignore:Dialect sqlite.*does \\*not\\* support Decimal")
def test_flush(
    benchmark: BenchmarkFixture, tables: Tables, engine_name: str, operation: str
) -> None:
    plain: list[float] = []
    versioned: list[float] = []

    def prepare() -> None:
        for cls in (tables.plain, tables.versioned):
            if operation == "delete" or (operation == "update" and not plain):
                tables.insert(cls)
        plain.append(getattr(tables, operation)(tables.plain))

    def run() -> None:
        versioned.append(getattr(tables, operation)(tables.versioned))

    benchmark.group = f"flush of {OBJECTS} objects, {operation}"
    benchmark.pedantic(run, setup=prepare, rounds=ROUNDS, iterations=1)
    benchmark.extra_info["unversioned"] = statistics.median(plain)
    benchmark.extra_info["versioned"] = statistics.median(versioned)
    benchmark.extra_info["ratio"] = statistics.median(versioned) / statistics.median(plain)
    benchmark.extra_info["bound"] = BOUNDS[engine_name]
    with Session(tables.engine) as session:
        count = session.scalar(select(func.count()).select_from(version_class(tables.versioned)))
    inserted = OBJECTS * (1 if operation == "update" else ROUNDS)
    assert count == inserted + (0 if operation == "insert" else OBJECTS * ROUNDS)
