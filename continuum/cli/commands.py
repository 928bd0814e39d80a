"""The commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from typing import Any

import typer
from rich.console import Console
from sqlalchemy import create_mock_engine
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from continuum.cli.describing import described
from continuum.cli.describing import print_versions
from continuum.cli.describing import version_at
from continuum.cli.describing import versions_of
from continuum.cli.describing import who_and_why
from continuum.cli.output import print_json
from continuum.cli.output import print_table
from continuum.cli.output import print_text
from continuum.cli.output import short
from continuum.cli.target import CommandError
from continuum.cli.target import Target
from continuum.cli.target import point
from continuum.errors import UndoConflict
from continuum.errors import VersioningError
from continuum.maintenance.backfill import backfill
from continuum.maintenance.prune import prune
from continuum.maintenance.prune import purge
from continuum.maintenance.verify import verify
from continuum.operation import Operation
from continuum.reading.diffs import diff
from continuum.reading.vacuum import vacuum
from continuum.recording.context import context
from continuum.reverting.undo import undo

app = typer.Typer(
    name="continuum",
    help="Look after the history of an application, and at it.",
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
Actor = Annotated[str | None, typer.Option(help="Who does it.")]
Reason = Annotated[str | None, typer.Option(help="Why.")]
Transactions = Annotated[
    bool, typer.Option("--transactions", help="Remove transactions that nothing needs any more.")
]


def run(arguments: Sequence[str]) -> int:
    """Carry out a command; return the exit code.

    :param arguments: the words after the name of the command.
    """
    target = Target()
    try:
        app(list(arguments), obj=target)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except UndoConflict as error:
        return _complain(target, error, 1)
    except (CommandError, VersioningError, SQLAlchemyError, ValueError, LookupError) as error:
        return _complain(target, error, 2)
    finally:
        target.close()
    return 0


def _complain(target: Target, error: Exception, code: int) -> int:
    sys.stderr.write(f"continuum: {target.conceal(str(error))}\n")
    return code


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
) -> None:
    """Look after the history of an application, and at it."""
    target = ctx.ensure_object(Target)
    target.app, target.url, target.json = app_, url, as_json


@contextmanager
def _session(target: Target) -> Iterator[Session]:
    with Session(target.engine) as session:
        yield session


def _show(target: Target, value: Any, text: Any) -> None:
    if target.json:
        print_json(value)
    else:
        print_text(str(text))


@contextmanager
def _progress(what: str) -> Iterator[Any]:
    """Show on the terminal how far long work is."""
    with Console(stderr=True).status(what) as status:
        yield lambda report: status.update(f"{what}: {report.total}")


@app.command()
def check(ctx: typer.Context) -> None:
    """Compare the models with the tables and triggers of the database."""
    target: Target = ctx.obj
    report = target.manager.check(target.engine)
    value = {
        "ok": report.ok,
        "problems": [str(problem) for problem in report.problems],
        "foreign": report.foreign,
        "holes": report.holes,
    }
    _show(target, value, report)
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
            print_text(f"DELIMITER $$\n{statement}$$\nDELIMITER ;")
        else:
            print_text(f"{statement};")


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
    _show(target, {"problems": problems, "dry_run": dry_run}, "\n".join(words) or "nothing to do")


@app.command("verify")
def verify_(ctx: typer.Context, models: Models = None) -> None:
    """Look whether history fulfils its rules, and fits the rows that are there."""
    target: Target = ctx.obj
    chosen = [target.model(name) for name in models or ()]
    report = verify(target.engine, *chosen, manager=target.manager)
    value = {
        "ok": report.ok,
        "tables": report.tables,
        "faults": [asdict(item) for item in report.faults],
        "notes": [asdict(item) for item in report.notes],
    }
    _show(target, value, report)
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
    with _progress("backfill") as progress:
        report = backfill(
            target.engine,
            *chosen,
            batch=batch,
            reason=reason,
            manager=target.manager,
            dry_run=dry_run,
            progress=progress,
        )
    _show(target, asdict(report), report)


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
    """Remove old versions; the newest of each row stays."""
    target: Target = ctx.obj
    chosen = [target.model(name) for name in models or ()]
    limit: Any = None
    if older_than is not None and older_than.endswith("d") and older_than[:-1].isdecimal():
        limit = timedelta(days=int(older_than[:-1]))
    elif older_than is not None:
        limit = point(older_than)
        if isinstance(limit, int):
            raise CommandError(f"{older_than!r} is neither a moment nor a number of days")
    with _progress("prune") as progress:
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
    _show(target, asdict(report), report)


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
    with _session(target) as session:
        report = purge(
            session, cls, target.key(cls, key), transactions=transactions, dry_run=dry_run
        )
        session.commit()
    _show(target, asdict(report), report)


@app.command("vacuum")
def vacuum_(ctx: typer.Context, model: Model, dry_run: DryRun = False) -> None:
    """Remove versions that hold the same values as the one before them."""
    target: Target = ctx.obj
    cls = target.model(model)
    with _session(target) as session:
        number = vacuum(session, cls)
        if dry_run:
            session.rollback()
        else:
            session.commit()
    verb = "would be removed" if dry_run else "removed"
    _show(target, {"removed": number, "dry_run": dry_run}, f"{number} versions {verb}")


@app.command()
def log(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option(help="From this moment on.")] = None,
    actor: Actor = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
) -> None:
    """List transactions, the newest first."""
    target: Target = ctx.obj
    target.manager.configured_journals()
    cls = target.manager.transaction_cls
    statement = select(cls).order_by(cls.id.desc()).limit(limit)
    if since is not None:
        moment = point(since)
        column = cls.id if isinstance(moment, int) else cls.issued_at
        statement = statement.where(column >= moment)
    if actor is not None:
        statement = statement.where(cls.actor == actor)
    with _session(target) as session:
        found = [
            {**who_and_why(each), "classes": each.entity_names}
            for each in session.scalars(statement)
        ]
    if target.json:
        print_json(found)
        return
    print_table(
        ("id", "time", "actor", "reason", "classes"),
        [(*list(each.values())[:4], ", ".join(each["classes"])) for each in found],
    )


@app.command()
def show(ctx: typer.Context, transaction: int) -> None:
    """Show what a transaction changed."""
    target: Target = ctx.obj
    target.manager.configured_journals()
    with _session(target) as session:
        found = session.get(target.manager.transaction_cls, transaction)
        if found is None:
            raise CommandError(f"there is no transaction {transaction}")
        head = who_and_why(found)
        versions = [described(target, each) for each in found.changes()]
    if target.json:
        print_json({**head, "versions": versions})
        return
    print_text("  ".join(f"{name}: {short(value)}" for name, value in head.items() if value))
    print_versions(versions)


@app.command()
def history(
    ctx: typer.Context,
    model: Model,
    key: Key,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
) -> None:
    """List the versions of one object, the newest first."""
    target: Target = ctx.obj
    cls = target.model(model)
    with _session(target) as session:
        found = versions_of(target, session, cls, key)[:limit]
        versions = [described(target, each) for each in found]
    if target.json:
        print_json(versions)
    else:
        print_versions(versions)


@app.command("diff")
def diff_(ctx: typer.Context, model: Model, key: Key, old: Point, new: Point) -> None:
    """Show what differs between two points in the history of an object."""
    target: Target = ctx.obj
    cls = target.model(model)
    with _session(target) as session:
        states = [version_at(target, session, cls, key, each) for each in (old, new)]
        found = diff(*states)
        _show(target, found.changeset, found)


@app.command()
def blame(ctx: typer.Context, model: Model, key: Key) -> None:
    """Show for each attribute of an object who gave it its value, when and why."""
    target: Target = ctx.obj
    cls = target.model(model)
    found: dict[str, dict[str, Any]] = {}
    with _session(target) as session:
        for version in versions_of(target, session, cls, key):
            if version.operation_type == Operation.DELETE:
                continue
            for name, (old, new) in version.changeset.items():
                if name not in found:
                    found[name] = {
                        "value": new,
                        "before": old,
                        **who_and_why(version.transaction),
                    }
            if version.operation_type == Operation.INSERT:
                break
    if target.json:
        print_json(found)
        return
    print_table(
        ("attribute", "value", "before", "transaction", "time", "actor", "reason"),
        [(name, *each.values()) for name, each in found.items()],
    )


@app.command()
def revert(
    ctx: typer.Context,
    model: Model,
    key: Key,
    to: Point,
    relations: Annotated[
        list[str] | None, typer.Option("--relation", help="A path, or 'all'; repeatable.")
    ] = None,
    actor: Actor = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Make an object what it was at a point in history."""
    target: Target = ctx.obj
    cls = target.model(model)
    with _session(target) as session:
        version = version_at(target, session, cls, key, to)
        chosen: Any = "all" if relations == ["all"] else relations
        plan = version.revert(relations=chosen, dry_run=True)
        _carry_out(target, session, plan, actor, reason, dry_run=dry_run)


@app.command("undo")
def undo_(
    ctx: typer.Context,
    transaction: int,
    actor: Actor = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Take back everything that a transaction did."""
    target: Target = ctx.obj
    target.manager.configured_journals()
    with _session(target) as session:
        plan = undo(session, transaction, manager=target.manager, dry_run=True)
        _carry_out(
            target, session, plan, actor, reason or f"undo of {transaction}", dry_run=dry_run
        )


def _carry_out(
    target: Target,
    session: Session,
    plan: Any,
    actor: str | None,
    reason: str | None,
    *,
    dry_run: bool,
) -> None:
    text, conflicts = str(plan), [str(each) for each in plan.conflicts]
    if not dry_run and not conflicts:
        with context(session, actor=actor, reason=reason):
            plan.apply()
            session.commit()
    done = not dry_run and not conflicts
    _show(target, {"plan": text.split("\n"), "conflicts": conflicts, "done": done}, text)
    raise typer.Exit(1 if conflicts else 0)
