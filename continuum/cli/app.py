"""What all commands share: the application they belong to, and their words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from typing import Any

import typer
from rich.console import Console
from sqlalchemy.orm import Session

from continuum.cli.output import print_json
from continuum.cli.output import print_report
from continuum.cli.target import Target
from continuum.reading.points import LARGEST

app = typer.Typer(
    name="continuum",
    help="Look after the history of an application, and at it.",
    epilog="Exit codes: 0 done, and nothing is wrong; 1 something is wrong, or stands in the way; "
    "2 the command could not be carried out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Models = Annotated[list[str] | None, typer.Argument(help="Versioned classes; none: all.")]
Model = Annotated[str, typer.Argument(help="A versioned class.")]
Key = Annotated[str, typer.Argument(help="The primary key, columns separated by commas.")]
Point = Annotated[str, typer.Argument(help="Id of a transaction, or a moment.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing.")]
Batch = Annotated[int, typer.Option(min=1, help="How many rows at a time.")]
Actor = Annotated[str | None, typer.Option(help="Who does it: key of a user, or text.")]
Reason = Annotated[str | None, typer.Option(help="Why.")]
Since = Annotated[str | None, typer.Option(help="From this transaction or moment on.")]
Until = Annotated[str | None, typer.Option(help="Up to this transaction or moment.")]
Limit = Annotated[int, typer.Option(min=1, max=LARGEST, help="At most so many.")]
Transactions = Annotated[
    bool, typer.Option("--transactions", help="Remove transactions that nothing needs any more.")
]


@app.callback()
def continuum(
    ctx: typer.Context,
    app_: Annotated[
        str | None,
        typer.Option("--app", help="module:attribute of a base, MetaData, manager or Engine."),
    ] = None,
    url: Annotated[
        str | None, typer.Option(envvar="CONTINUUM_URL", help="URL of the database.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Do not cut off long values.")] = False,
) -> None:
    """Look after the history of an application, and at it."""
    target = ctx.ensure_object(Target)
    target.app, target.url, target.json, target.full = app_, url, as_json, full


@contextmanager
def session_on(target: Target) -> Iterator[Session]:
    """Open a session on the database."""
    with Session(target.engine) as session:
        yield session


def show(target: Target, value: Any, text: Any) -> None:
    """Print a report: a value as JSON, or a text."""
    if target.json:
        print_json(value)
    else:
        print_report(str(text))


@contextmanager
def progress_of(what: str) -> Iterator[Any]:
    """Show on the terminal how far long work is."""
    with Console(stderr=True).status(what) as status:
        yield lambda report: status.update(f"{what}: {report.total}")
