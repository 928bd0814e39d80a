"""Contexts that travel to other processes, and to the workers of Celery."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import celery
import pytest
from celery import signals
from celery.contrib.testing.worker import start_worker
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from continuum import context
from continuum.errors import InvalidArgument
from continuum.errors import InvalidContext
from continuum.integrations.celery import hand_over_context
from continuum.integrations.handover import packed_context
from continuum.integrations.handover import unpacked_context
from continuum.integrations.jobs import recorded_job
from continuum.recording.context import ContextValues
from continuum.recording.context import current_frames
from suite._support import World
from suite._support import create_article


def folded() -> ContextValues:
    return ContextValues().merged(current_frames())


def test_there_and_back() -> None:
    assert packed_context() is None
    with unpacked_context(None):
        assert current_frames() == ()
    key = uuid.uuid4()
    for actor in ("ada", 7, key):
        with (
            context(actor="outer", reason="first", meta={"a": 1}, remote_addr="::1"),
            context(actor=actor, meta={"b": [2]}, request_id="r"),
        ):
            text = packed_context()
        assert text is not None
        with unpacked_context(text):
            found = folded()
            assert (found.actor, found.reason, found.remote_addr) == (actor, "first", "::1")
            assert (dict(found.meta), dict(found.values)) == (
                {"a": 1, "b": [2]},
                {"request_id": "r"},
            )
        assert current_frames() == ()


def test_what_cannot_travel() -> None:
    with context(meta={"a": {1}}), pytest.raises(InvalidContext, match="another process"):
        packed_context()
    texts: list[Any] = ["[]", "Ada", '{"actor_uuid": "Ada"}', '{"meta": [1]}', 7]
    for text in texts:
        refused = pytest.raises(InvalidArgument, match="no context that packed_context")
        with refused, unpacked_context(text):
            pass


def test_users_travel_as_keys(world: World) -> None:
    class User(world.Base):  # type: ignore[name-defined,misc]
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)

    article = create_article(world)
    with world.transaction() as session:
        user = User(id=7)
        with context(actor=user), pytest.raises(InvalidContext, match="has not been flushed"):
            packed_context()
        session.add(user)
        session.flush()
        with context(actor=user), context(session, actor="here only"):
            text = packed_context()
    with unpacked_context(text), world.transaction() as session:
        assert folded().actor == 7
        session.add(article(id=1, name="a"))
    assert world.transactions()[-1].actor == "7"


@pytest.fixture
def handed_over() -> Iterator[None]:
    """Signals of Celery are for the whole process."""
    hand_over_context()
    hand_over_context()
    yield
    for signal in (signals.before_task_publish, signals.task_prerun, signals.task_postrun):
        signal.receivers = [
            each for each in signal.receivers if not str(each[0][0]).startswith("continuum.")
        ]


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_workers_of_celery(world: World, handed_over: None) -> None:
    article = create_article(world)
    app = celery.Celery("shop", broker="memory://", backend="cache+memory://", set_as_current=False)
    app.conf.broker_transport_options = {"polling_interval": 0.05}
    seen: list[Any] = []

    def write(key: int, name: str) -> None:
        with world.transaction() as session:
            session.merge(article(id=key, name=name))
        seen.append(threading.get_ident())

    @app.task(name="plain")
    def plain(key: int) -> None:
        write(key, "plain")

    @app.task(name="outer")
    @recorded_job(reason="nightly")
    def outer(key: int) -> None:
        write(key, "outer")
        plain.delay(key)

    @app.task(name="again", bind=True, max_retries=1)
    def again(self: Any, key: int) -> None:
        if self.request.retries == 0:
            raise self.retry(countdown=0)
        write(key, "again")

    @app.task(name="fails")
    def fails() -> None:
        raise ZeroDivisionError

    with start_worker(app, perform_ping_check=False, pool="solo", shutdown_timeout=30):
        with context(actor="ada", reason="by hand", meta={"request_id": "r"}):
            outer.delay(1).get(timeout=30)
            again.delay(2).get(timeout=30)
            with pytest.raises(ZeroDivisionError):
                fails.delay().get(timeout=30)
        # Nothing is left of those before.
        plain.delay(3).get(timeout=30)
    by_id = {row.id: row for row in world.transactions()}
    told = {
        (version.key[0], version.values["name"]): by_id[version.transaction]
        for version in world.versions(article)
    }
    who = {place: (row.actor, row.reason) for place, row in told.items()}
    assert who == {
        (1, "outer"): ("ada", "nightly"),
        (1, "plain"): ("ada", "nightly"),
        (2, "again"): ("ada", "by hand"),
        (3, "plain"): (None, None),
    }
    assert told[1, "outer"].meta["request_id"] == "r"
    assert "job_id" in told[1, "outer"].meta
    assert threading.get_ident() not in seen


def test_eager_tasks_have_the_context_anyway(world: World, handed_over: None) -> None:
    article = create_article(world)
    app = celery.Celery("shop", broker="memory://", set_as_current=False)
    app.conf.task_always_eager = True

    @app.task
    def write() -> None:
        with world.transaction() as session:
            session.add(article(id=1, name="a"))

    with context(actor="ada"):
        write.delay().get()
        assert len(current_frames()) == 1
    assert world.transactions()[-1].actor == "ada"
