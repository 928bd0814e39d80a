"""The decorator for jobs."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import celery
import pytest

from continuum.errors import InvalidArgument
from continuum.integrations.jobs import recorded_job
from continuum.recording.context import current_frames
from suite._support import World
from suite._support import create_article


def test_a_job(world: World) -> None:
    Article = create_article(world)

    @recorded_job(actor="night", reason=lambda key, name="": f"file {name}", meta={"host": "a"})
    def load(key: int, name: str = "") -> str:
        """Load it."""
        with world.transaction() as session:
            session.add(Article(id=key, name=name))
        return name

    assert load(1, name="x") == "x"
    (row,) = world.transactions()
    assert (row.actor, row.reason) == ("night", "file x")
    assert row.meta == {"host": "a", "job": f"{__name__}.test_a_job.<locals>.load"}
    assert (load.__name__, load.__doc__) == ("load", "Load it.")
    assert list(inspect.signature(load).parameters) == ["key", "name"]
    assert current_frames() == ()


@pytest.mark.recorders("triggers")
def test_jobs_in_tasks_and_threads_at_the_same_time(world: World) -> None:
    Article = create_article(world)
    meeting = threading.Barrier(4, timeout=30)

    def save(key: int) -> None:
        meeting.wait()
        with world.transaction() as session:
            session.add(Article(id=key, name=str(key)))

    @recorded_job(actor=lambda key: f"job {key}")
    async def in_a_task(key: int) -> int:
        await asyncio.to_thread(save, key)
        return key

    threaded = recorded_job(actor=lambda key: f"job {key}")(save)

    async def run() -> list[int]:
        return await asyncio.gather(in_a_task(1), in_a_task(2))

    assert inspect.iscoroutinefunction(in_a_task)
    with ThreadPoolExecutor(2) as pool:
        others = [pool.submit(threaded, key) for key in (3, 4)]
        assert asyncio.run(run()) == [1, 2]
        for other in others:
            other.result()
        assert pool.submit(current_frames).result() == ()
    actors = {row.id: row.actor for row in world.transactions()}
    found = {v.key[0]: actors[v.transaction] for v in world.versions(Article)}
    assert found == {key: f"job {key}" for key in (1, 2, 3, 4)}


def test_a_job_that_fails_leaves_nothing_behind() -> None:
    @recorded_job(actor="x")
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert current_frames() == ()


def test_generators_are_refused() -> None:
    def steps() -> Iterator[int]:
        yield 1

    async def async_steps() -> AsyncIterator[int]:
        yield 1

    for function in (steps, async_steps):
        with pytest.raises(InvalidArgument, match="is a generator"):
            recorded_job(actor="x")(function)


def test_a_task_of_celery(world: World) -> None:
    Article = create_article(world)
    app = celery.Celery("jobs", broker="memory://", set_as_current=False)
    app.conf.task_always_eager = True

    @app.task
    @recorded_job(actor=lambda user, **_: user)
    def load(user: str, **values: Any) -> None:
        with world.transaction() as session:
            session.add(Article(**values))

    result = load.delay("ada", id=1, name="x")
    result.get()
    (row,) = world.transactions()
    assert row.actor == "ada"
    assert row.meta["job_id"] == result.id
    assert row.meta["job"].endswith("load")


@pytest.mark.parametrize("module", ["asgi", "jobs", "celery", "handover"])
def test_nothing_is_imported_that_is_not_used(module: str) -> None:
    modules = "{'celery', 'starlette', 'asyncio', 'greenlet', 'pytest'} & set(sys.modules)"
    # SQLAlchemy 2.1 imports asyncio itself.
    program = (
        f"import sys, sqlalchemy.orm; before = {modules}; import continuum.integrations.{module};"
        f"print({modules} - before)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
