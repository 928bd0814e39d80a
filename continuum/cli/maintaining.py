"""The commands that look after history."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated
from typing import Any

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
from continuum.cli.describing import transaction_of
from continuum.cli.output import print_json
from continuum.cli.target import CommandError
from continuum.cli.target import Target
from continuum.cli.target import point
from continuum.maintenance.backfill import backfill
from continuum.maintenance.export import export
from continuum.maintenance.forgetting import delete_transaction
from continuum.maintenance.prune import prune
from continuum.maintenance.prune import purge
from continuum.maintenance.repair import repair
from continuum.maintenance.verify import verify
from continuum.maintenance.wording import counted
from continuum.reading.vacuum import vacuum


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
    name = dialect or target.engine.dialect.name
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
    """Create missing triggers, and replace stale ones."""
    target: Target = ctx.obj
    report = target.manager.check(target.engine)
    problems = [str(problem) for problem in report.problems]
    if not dry_run:
        target.manager.install(target.engine)
    words = [f"to be mended: {problem}" if dry_run else f"was: {problem}" for problem in problems]
    if not dry_run:
        words.append("the triggers stand")
    show(target, {"problems": problems, "dry_run": dry_run}, "\n".join(words) or "nothing to do")


@app.command("verify")
def verify_(ctx: typer.Context, models: Models = None) -> None:
    """Look whether history fulfils its rules, and fits the rows that are there."""
    target: Target = ctx.obj
    chosen = [target.model(name) for name in models or ()]
    with progress_of("verify"):
        report = verify(target.engine, *chosen, manager=target.manager)
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
    dry_run: DryRun = False,
) -> None:
    """Mend what verify finds; 1 is the exit code if something is left."""
    target: Target = ctx.obj
    chosen = [target.model(name) for name in models or ()]
    with progress_of("repair") as progress:
        report = repair(
            target.engine,
            *chosen,
            batch=batch,
            reason=reason,
            manager=target.manager,
            dry_run=dry_run,
            progress=progress,
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
    chosen = [target.model(name) for name in models or ()]
    with progress_of("backfill") as progress:
        report = backfill(
            target.engine,
            *chosen,
            batch=batch,
            reason=reason,
            manager=target.manager,
            dry_run=dry_run,
            progress=progress,
        )
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
    chosen = [target.model(name) for name in models or ()]
    limit: Any = None
    if older_than is not None and older_than.endswith("d") and older_than[:-1].isdecimal():
        try:
            limit = timedelta(days=int(older_than[:-1]))
        except OverflowError as error:
            raise CommandError(f"{older_than!r} is too long ago") from error
    elif older_than is not None:
        limit = point(older_than)
        if isinstance(limit, int):
            raise CommandError(f"{older_than!r} is neither a moment nor a number of days")
    with progress_of("prune") as progress:
        report = prune(
            target.engine,
            *chosen,
            older_than=limit,
            keep_last=keep_last,
            transactions=transactions,
            batch=batch,
            manager=target.manager,
            dry_run=dry_run,
            progress=progress,
        )
    show(target, asdict(report), report)


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
    chosen = [target.model(name) for name in models or ()]
    if key is not None and len(chosen) != 1:
        raise CommandError("--key needs the class that it belongs to, and no other")
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
        with progress_of("export"), output.open("w", encoding="utf-8", newline="") as file:
            number = write(file)
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}") from error
    show(target, {"written": number, "file": str(output)}, f"{counted(number, 'version')} written")


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
    target.manager.configured_journals()
    with session_on(target) as session:
        transaction_of(target, session, transaction)
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
