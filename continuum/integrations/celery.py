"""Tasks of Celery that know who sent them: the context travels in the headers of their messages."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

from continuum.integrations.handover import packed_context
from continuum.integrations.handover import unpacked_context

HEADER = "continuum_context"
"""Header of a message that holds the context."""

_ENTERED = "continuum_entered"


def hand_over_context() -> None:
    """Let tasks run in the context that they were sent from: actor, reason, address and ``meta``.

    Call it where the Celery application is made, so that both the processes that send tasks and
    the workers do.  It holds for all Celery applications of the process; a second call changes
    nothing.  A task that sends others hands its context on, and a task that is tried again keeps
    it; those that a scheduler sends have none.  :func:`.recorded_job` adds to it.

    Workers believe the headers of a message as they believe its arguments: whoever can write to the
    broker can say who did it.

    :raises ModuleNotFoundError: Celery is not installed.
    :raises InvalidContext: when a task is sent, and its context holds what JSON does not know.

    No queries.  Example::

        app = Celery("shop")
        hand_over_context()

        with context(actor=user, reason="import"):
            load.delay(path)
    """
    signals: Any = import_module("celery.signals")
    for signal, handler in (
        (signals.before_task_publish, _pack),
        (signals.task_prerun, _enter),
        (signals.task_postrun, _leave),
    ):
        signal.connect(handler, weak=False, dispatch_uid=f"continuum.{handler.__name__}")


def _pack(headers: dict[str, Any] | None = None, **_: Any) -> None:
    text = packed_context()
    if headers is not None and text is not None:
        headers[HEADER] = text


def _enter(task: Any = None, **_: Any) -> None:
    text = getattr(task.request, HEADER, None)
    if text is None:
        # Without a message, in the process of whoever called it, the context is there already.
        return
    block: AbstractContextManager[None] = unpacked_context(text)
    block.__enter__()
    setattr(task.request, _ENTERED, block)


def _leave(task: Any = None, **_: Any) -> None:
    block: AbstractContextManager[None] | None = getattr(task.request, _ENTERED, None)
    if block is not None:
        block.__exit__(None, None, None)
        setattr(task.request, _ENTERED, None)
