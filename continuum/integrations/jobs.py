"""Who makes a change where nobody asked for it: tasks of Celery, RQ or Dramatiq, cron jobs."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import ParamSpec
from typing import TypeVar
from typing import cast

from continuum.errors import InvalidArgument
from continuum.integrations.frames import LateFrame
from continuum.recording.context import entered

P = ParamSpec("P")
R = TypeVar("R")


def recorded_job(
    *, actor: Any = None, reason: Any = None, meta: Mapping[str, Any] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a function, ``async`` or not, inside a context of its own.

    ``meta`` names the function as ``job``, and inside a task of Celery the task as ``job_id``.

    :param actor: whoever the job acts for; a function gets the arguments of the job and returns it.
    :param reason: why; may be a function too.
    :param meta: further values.
    :raises InvalidArgument: for a generator, whose body runs after the call.

    Put it below the decorator that makes the function a task.  Queries: none.  Example::

        @app.task
        @recorded_job(actor="nightly import", reason=lambda path: f"file {path}")
        def load(path): ...
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise InvalidArgument(
                f"{function.__qualname__} is a generator, whose body runs when the call is over",
                hint="Use context() inside of it.",
            )
        name = f"{function.__module__}.{function.__qualname__}"

        def frame(*args: P.args, **kwargs: P.kwargs) -> LateFrame:
            return LateFrame(
                actor=lambda: actor(*args, **kwargs) if callable(actor) else actor,
                reason=lambda: reason(*args, **kwargs) if callable(reason) else reason,
                meta={"job": name, **_celery_task(), **(meta or {})},
                unasked=frozenset() if meta else frozenset({"meta"}),
            )

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
                with entered(frame(*args, **kwargs)):
                    return await function(*args, **kwargs)

            return cast("Callable[P, R]", awaited)

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            with entered(frame(*args, **kwargs)):
                return function(*args, **kwargs)

        return called

    return decorate


def _celery_task() -> dict[str, str]:
    """Return the id of the running task of Celery, if there is one."""
    # Whoever runs inside of Celery has imported it.
    celery: Any = sys.modules.get("celery")
    task = None if celery is None else celery.current_task
    if not task or task.request.id is None:
        return {}
    return {"job_id": task.request.id}
