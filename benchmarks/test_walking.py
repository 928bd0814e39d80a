"""What it costs to walk through the versions of a row: 1,000 of them, against loading the list.

``extra_info["ratio"]`` is the quotient of the medians of loading and walking, and of loading alone;
the table at the end of the run lists it beside its bound.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from typing import ClassVar

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import mapped_column

from continuum import Operation
from continuum import VersioningManager
from continuum import make_versioned
from continuum import remove_versioning
from continuum import version_class

VERSIONS = 1_000
ROUNDS = 15
CHECKSUM = 501_006
"""What :func:`walk` adds up to."""

BOUND = 5
"""Highest ratio that the project promises."""


@pytest.fixture
def item(engine: Engine) -> Iterator[Any]:
    """A class with a row of many versions."""
    manager = VersioningManager()

    class Base(DeclarativeBase):
        pass

    make_versioned(manager=manager, user_cls=None)

    class Item(Base):
        __tablename__ = "item"
        __versioned__: ClassVar[dict[str, Any]] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(100))
        category = mapped_column(String(20))
        amount = mapped_column(Integer)
        note = mapped_column(String(200))

    configure_mappers()
    Base.metadata.create_all(engine)
    versions = [
        {
            "id": 1,
            "name": f"item {number // 2}",
            "category": "a",
            "amount": number,
            "note": "x" * 20,
            "transaction_id": number,
            "end_transaction_id": number + 1 if number < VERSIONS else None,
            "operation_type": Operation.INSERT if number == 1 else Operation.UPDATE,
        }
        for number in range(1, VERSIONS + 1)
    ]
    with engine.begin() as connection:
        connection.execute(insert(Item), [{"id": 1, "name": "item", "amount": VERSIONS}])
        connection.execute(delete(version_class(Item)))
        connection.execute(insert(version_class(Item)), versions)
    yield Item
    remove_versioning(manager=manager)
    Base.registry.dispose()


def loaded(session: Session, item: Any) -> list[Any]:
    """Return the versions as the object has them."""
    versions: list[Any] = session.get_one(item, 1).versions.all()
    return versions


def selected(session: Session, item: Any) -> list[Any]:
    """Return the versions as a statement of the user's finds them."""
    versions = version_class(item)
    return list(session.scalars(select(versions).order_by(versions.transaction_id)))


def walk(versions: list[Any]) -> int:
    """Look at everything that a version knows of its neighbours."""
    return sum(
        len(version.changeset) + version.index + (version.previous is None) + (version.next is None)
        for version in versions
    )


def _seconds(engine: Engine, action: Callable[[Session], Any]) -> float:
    gc.collect()
    gc.disable()
    try:
        with Session(engine) as session:
            start = time.perf_counter()
            action(session)
            return time.perf_counter() - start
    finally:
        gc.enable()


@pytest.mark.parametrize("how", [loaded, selected])
def test_walking(
    benchmark: BenchmarkFixture, engine: Engine, item: Any, how: Callable[[Session, Any], list[Any]]
) -> None:
    loading: list[float] = []
    walking: list[float] = []

    def load() -> None:
        loading.append(_seconds(engine, lambda session: how(session, item)))

    def run() -> None:
        walking.append(_seconds(engine, lambda session: walk(how(session, item))))

    load()
    run()
    loading.clear()
    walking.clear()
    benchmark.group = f"walking through {VERSIONS} versions"
    benchmark.pedantic(run, setup=load, rounds=ROUNDS, iterations=1)
    ratio = statistics.median(walking) / statistics.median(loading)
    benchmark.extra_info["unversioned"] = statistics.median(loading)
    benchmark.extra_info["versioned"] = statistics.median(walking)
    benchmark.extra_info["ratio"] = ratio
    benchmark.extra_info["bound"] = BOUND
    with Session(engine) as session:
        versions = how(session, item)
        assert len(versions) == VERSIONS
        assert walk(versions) == CHECKSUM
