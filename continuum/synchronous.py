"""Functions that do not work with objects of SQLAlchemy's asyncio extension, and say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from typing import ParamSpec
from typing import TypeVar

from continuum.errors import InvalidArgument

P = ParamSpec("P")
R = TypeVar("R")

_ASYNCIO = "sqlalchemy.ext.asyncio"
"""Where their classes come from; looked for by name, so that nothing is imported."""


def synchronous(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function refuse an AsyncSession, an AsyncConnection and an AsyncEngine.

    :returns: the function; it raises InvalidArgument when it is given one of them.
    """

    @wraps(function)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> R:
        for given in (*args, *kwargs.values()):
            if any(cls.__module__.startswith(_ASYNCIO) for cls in type(given).__mro__):
                raise _refused(function.__name__, given)
        return function(*args, **kwargs)

    return refusing


def _refused(name: str, given: Any) -> InvalidArgument:
    kind = type(given).__name__
    if kind == "AsyncEngine":
        way = (
            "async with engine.begin() as connection: "
            f"await connection.run_sync(lambda each: {name}(each))"
        )
    else:
        what = "connection" if kind == "AsyncConnection" else "session"
        way = f"await {what}.run_sync(lambda each: {name}(each, ...))"
    return InvalidArgument(
        f"{name}() was given an {kind}, and works on what is synchronous",
        hint=f"Write {way}, or look for {name} among the functions of continuum.integrations.aio, "
        "which can be awaited.",
    )
