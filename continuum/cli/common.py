"""The options of the command as such, given after the name of a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated
from typing import Any

import typer

from continuum.cli.target import Target

_PANEL = "Options of all commands"
_COMMON: dict[str, tuple[Any, Any]] = {
    "app": (
        Annotated[
            str | None,
            typer.Option(
                "--app",
                help="module:attribute of a base, MetaData, manager or Engine.",
                rich_help_panel=_PANEL,
            ),
        ],
        None,
    ),
    # The variable of the environment is read before: here it would win over what was given there.
    "url": (
        Annotated[
            str | None, typer.Option("--url", help="URL of the database.", rich_help_panel=_PANEL)
        ],
        None,
    ),
    "json": (
        Annotated[bool, typer.Option("--json", help="Print JSON.", rich_help_panel=_PANEL)],
        False,
    ),
    "full": (
        Annotated[
            bool,
            typer.Option("--full", help="Do not cut off long values.", rich_help_panel=_PANEL),
        ],
        False,
    ),
}
"""Attributes of :class:`~continuum.cli.target.Target`: how they are given, and not given."""


def with_common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of a command with the options that may stand before its name, too."""

    @wraps(function)
    def command(ctx: typer.Context, **given: Any) -> None:
        target: Target = ctx.obj
        for name in _COMMON:
            value = given.pop(name)
            if value:
                setattr(target, name, value)
        function(ctx, **given)

    own = inspect.signature(function, eval_str=True).parameters.values()
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _COMMON.items()
    ]
    parameters = [*own, *added]
    # Typer looks at one or the other, by its version.
    # A Callable need not have one for mypy; what typer is given is a function.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command
