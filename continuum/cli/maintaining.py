"""The commands that look after history."""

from __future__ import annotations

import sys
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated
from typing import Any
from typing import TextIO
from typing import TypeVar

import typer
from sqlalchemy import create_mock_engine

from continuum.cli.app import Batch
from continuum.cli.app import DryRun
from continuum.cli.app import Key
from continuum.cli.app import Model
from continuum.cli.app import Models
from continuum.cli.app import Reason
from continuum.cli.app import Since
from continuum.cli.app import Transactions
from continuum.cli.app import Until
from continuum.cli.app import app
from continuum.cli.app import progress_of
from continuum.cli.app import session_on
from continuum.cli.app import show
from continuum.cli.output import print_json
from continuum.cli.target import CommandError
from continuum.cli.target import Target
from continuum.cli.target import point
from continuum.dialects import check_dialect_name
from continuum.maintenance.backfill import backfill
from continuum.maintenance.export import export
from continuum.maintenance.forgetting import delete_transaction
from continuum.maintenance.prune import prune
from continuum.maintenance.prune import purge
from continuum.maintenance.repair import repair
from continuum.maintenance.vacuum import vacuum
from continuum.maintenance.verify import verify
from continuum.maintenance.wording import counted

Report = TypeVar("Report")


class Form(Enum):
    """What an export looks like."""

    JSONL = "jsonl"
    CSV = "csv"


@app.command()
def check(ctx: typer.Context) -> None:
    """Compare the models with the tables and triggers of the database."""
    target: Target = ctx.obj
    report = target.manager.check(target.engine)
    value = {
        "ok": report.ok,
        "identity": report.identity,
        "problems": [str(problem) for problem in report.problems],
        "foreign": report.foreign,
        "holes": report.holes,
    }
    show(target, value, report)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def sql(
    ctx: typer.Context,
    dialect: Annotated[
        str | None, typer.Option(help="Of which database; else that of the URL.")
    ] = None,
) -> None:
    """Print the statements that create the triggers."""
    target: Target = ctx.obj
    name = check_dialect_name(dialect or target.engine.dialect.name)
    statements: list[str] = []

    def note(statement: Any, *_: Any, **__: Any) -> None:
        compiled = statement.compile(dialect=mock.dialect, compile_kwargs={"literal_binds": True})
        statements.append(str(compiled).strip())

    mock = create_mock_engine(f"{name}://", note, paramstyle="named")
    connection: Any = mock
    target.manager.install(connection)
    if target.json:
        print_json(statements)
        return
    for statement in statements:
        if mock.dialect.name in {"mysql", "mariadb"}:
            typer.echo(f"DELIMITER $$\n{statement}$$\nDELIMITER ;")
        else:
            typer.echo(f"{statement};")


@app.command()
def sync(ctx: typer.Context, dry_run: DryRun = False) -> None:
    """Create missing triggers, and replace stale ones; 1 is the exit code if something is left."""
    target: Target = ctx.obj
    problems = [str(problem) for problem in target.manager.check(target.engine).problems]
    left = problems
    words = [f"to be mended: {problem}" for problem in problems] or ["nothing to do"]
    if not dry_run:
        target.manager.install(target.engine)
        left = [str(problem) for problem in target.manager.check(target.engine).problems]
        words = [f"was: {problem}" for problem in problems if problem not in left]
        words += [f"problem: {problem}" for problem in left] or ["the triggers stand"]
    show(target, {"problems": problems, "left": left, "dry_run": dry_run}, "\n".join(words))
    raise typer.Exit(1 if left and not dry_run else 0)


@app.command("verify")
def verify_(ctx: typer.Context, models: Models = None) -> None:
    """Look whether history fulfils its rules, and fits the rows that are there."""
    target: Target = ctx.obj
    with progress_of("verify"):
        report = verify(target.engine, *target.models(models), manager=target.manager)
    value = {
        "ok": report.ok,
        "tables": report.tables,
        "faults": [asdict(item) for item in report.faults],
        "notes": [asdict(item) for item in report.notes],
    }
    show(target, value, report)
    raise typer.Exit(0 if report.ok else 1)


@app.command("repair")
def repair_(
    ctx: typer.Context,
    models: Models = None,
    batch: Batch = 1000,
    reason: Reason = "repair",
    remove_unreadable: Annotated[
        bool,
        typer.Option(
            "--remove-unreadable",
            help="Remove versions of lower tables that no version of their root goes with.",
        ),
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Mend what verify finds; 1 is the exit code if something is left."""
    target: Target = ctx.obj
    report = _long_work(
        target,
        repair,
        models,
        batch=batch,
        reason=reason,
        remove_unreadable=remove_unreadable,
        dry_run=dry_run,
    )
    value = {
        "mended": [
            {"table": table, "kind": kind, "number": number}
            for (table, kind), number in report.mended.items()
        ],
        "left": [asdict(item) for item in report.left],
        "transactions": report.transactions,
        "dry_run": dry_run,
    }
    show(target, value, report)
    raise typer.Exit(0 if report.ok else 1)


@app.command("backfill")
def backfill_(
    ctx: typer.Context,
    models: Models = None,
    batch: Batch = 1000,
    reason: Reason = "backfill",
    dry_run: DryRun = False,
) -> None:
    """Write first versions of rows that are older than their history."""
    target: Target = ctx.obj
    report = _long_work(target, backfill, models, batch=batch, reason=reason, dry_run=dry_run)
    show(target, asdict(report), report)


@app.command("prune")
def prune_(
    ctx: typer.Context,
    models: Models = None,
    older_than: Annotated[
        str | None, typer.Option(help="A moment, or so many days ago: 365d.")
    ] = None,
    keep_last: Annotated[int | None, typer.Option(min=1, help="Versions of each row.")] = None,
    transactions: Transactions = False,
    batch: Batch = 1000,
    dry_run: DryRun = False,
) -> None:
    """Remove old versions, by default those that the option retention of their class lets go."""
    target: Target = ctx.obj
    report = _long_work(
        target,
        prune,
        models,
        older_than=None if older_than is None else _age(older_than),
        keep_last=keep_last,
        transactions=transactions,
        batch=batch,
        dry_run=dry_run,
    )
    show(target, asdict(report), report)


def _age(text: str) -> datetime | timedelta:
    """Return a number of days, or a moment, from a text."""
    days = text.removesuffix("d")
    if days != text and days.isdecimal():
        try:
            return timedelta(days=int(days))
        except OverflowError as error:
            raise CommandError(f"{text!r} is too long ago") from error
    moment = point(text)
    if isinstance(moment, int):
        raise CommandError(f"{text!r} is neither a moment nor a number of days, as 365d is")
    return moment


def _long_work(
    target: Target, function: Callable[..., Report], models: list[str] | None, **arguments: Any
) -> Report:
    """Have a function go through the histories of some classes, and tell how far it is."""
    chosen = target.models(models)
    with progress_of(function.__name__) as progress:
        return function(
            target.engine, *chosen, manager=target.manager, progress=progress, **arguments
        )


@app.command("export")
def export_(
    ctx: typer.Context,
    models: Models = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="By default what --output ends in, or jsonl.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="File; else the output.")] = None,
    key: Annotated[str | None, typer.Option(help="Only the object with this key.")] = None,
    since: Since = None,
    until: Until = None,
    transaction: Annotated[int | None, typer.Option(help="Only of this transaction.")] = None,
) -> None:
    """Write versions as JSON lines, or those of one class as CSV."""
    target: Target = ctx.obj
    chosen = target.models(models)
    if key is not None and len(chosen) != 1:
        raise CommandError("--key needs the class that it belongs to, and no other")
    if transaction is not None and (since is not None or until is not None):
        raise CommandError("--transaction is a point of its own: leave --since and --until out")
    found = export(
        target.engine,
        *chosen,
        key=None if key is None else target.key(chosen[0], key),
        since=transaction if since is None else point(since),
        until=transaction if until is None else point(until),
        manager=target.manager,
    )
    ending = "" if output is None else output.suffix.lower().lstrip(".")
    form = form or (Form.CSV if ending == "csv" else Form.JSONL)
    write = found.csv if form is Form.CSV else found.json_lines
    if output is None:
        write(sys.stdout)
        return
    try:
        with progress_of("export"), _replacing(output) as file:
            number = write(file)
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}") from error
    show(target, {"written": number, "file": str(output)}, f"{counted(number, 'version')} written")


@contextmanager
def _replacing(output: Path) -> Iterator[TextIO]:
    """Open a file that takes the place of another one when all of it has been written."""
    how: dict[str, Any] = {"mode": "w", "encoding": "utf-8", "newline": ""}
    # A device or a pipe is nothing to be replaced.
    if output.exists() and not output.is_file():
        with output.open(**how) as file:
            yield file
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open(**how) as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


@app.command("purge")
def purge_(
    ctx: typer.Context,
    model: Model,
    key: Key,
    transactions: Transactions = False,
    dry_run: DryRun = False,
) -> None:
    """Remove the whole history of one object."""
    target: Target = ctx.obj
    cls = target.model(model)
    with session_on(target) as session:
        report = purge(
            session, cls, target.key(cls, key), transactions=transactions, dry_run=dry_run
        )
        session.commit()
    show(target, asdict(report), report)


@app.command()
def forget(ctx: typer.Context, transaction: int, dry_run: DryRun = False) -> None:
    """Remove a transaction with the versions that it made, as if it had never been."""
    target: Target = ctx.obj
    with session_on(target) as session:
        report = delete_transaction(session, transaction, manager=target.manager, dry_run=dry_run)
        session.commit()
    show(target, asdict(report), report)


@app.command("vacuum")
def vacuum_(ctx: typer.Context, model: Model, dry_run: DryRun = False) -> None:
    """Remove versions that hold the same values as the one before them."""
    target: Target = ctx.obj
    cls = target.model(model)
    with progress_of("vacuum"), session_on(target) as session:
        number = vacuum(session, cls)
        if dry_run:
            session.rollback()
        else:
            session.commit()
    verb = "would be removed" if dry_run else "removed"
    show(target, {"removed": number, "dry_run": dry_run}, f"{counted(number, 'version')} {verb}")
