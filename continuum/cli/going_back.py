"""The commands that go back."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Annotated
from typing import Any

import typer
from rich.text import Text
from sqlalchemy.orm import Session

from continuum.cli.app import Actor
from continuum.cli.app import DryRun
from continuum.cli.app import Key
from continuum.cli.app import Model
from continuum.cli.app import Point
from continuum.cli.app import Reason
from continuum.cli.app import app
from continuum.cli.app import session_on
from continuum.cli.describing import actor_named
from continuum.cli.describing import told
from continuum.cli.describing import transaction_of
from continuum.cli.describing import version_at
from continuum.cli.describing import who_and_why
from continuum.cli.output import NEW
from continuum.cli.output import OLD
from continuum.cli.output import WRONG
from continuum.cli.output import change
from continuum.cli.output import exact
from continuum.cli.output import harmless
from continuum.cli.output import print_json
from continuum.cli.output import print_text
from continuum.cli.output import short
from continuum.cli.target import Target
from continuum.operation import Operation
from continuum.recording.context import context
from continuum.recording.context import remarking
from continuum.reverting.plan import Plan
from continuum.reverting.plan import RowChange
from continuum.reverting.undo import undo


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
    with session_on(target) as session:
        version = version_at(target, session, cls, key, to)
        chosen: Any = "all" if relations == ["all"] else relations
        plan = version.revert(relations=chosen, dry_run=True)
        what = f"transaction {to}" if to.isdecimal() else to
        title = f"revert of {cls.__name__} {key} to {what}"
        said = _reason(session, reason, title)
        _carry_out(target, session, plan, actor, said, title=title, dry_run=dry_run)


@app.command("undo")
def undo_(
    ctx: typer.Context,
    transaction: int,
    actor: Actor = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Take back everything that a transaction did; 1 is the exit code if something hinders it."""
    target: Target = ctx.obj
    target.manager.configured_journals()
    with session_on(target) as session:
        found = transaction_of(target, session, transaction)
        plan = undo(session, transaction, manager=target.manager, dry_run=True)
        _, time, who, because = told(who_and_why(found))
        title = f"undo of transaction {transaction}" + "".join(
            f" {word} {short(value, full=target.full)}"
            for word, value in (("of", time), ("by", who), ("because of", because))
            if value is not None
        )
        said = _reason(session, reason, f"undo of {transaction}")
        _carry_out(target, session, plan, actor, said, title=title, dry_run=dry_run)


def _reason(session: Session, given: str | None, remark: str) -> AbstractContextManager[None]:
    return context(session, reason=given) if given else remarking(session, remark)


def _carry_out(
    target: Target,
    session: Session,
    plan: Plan,
    actor: str | None,
    said: AbstractContextManager[None],
    *,
    title: str,
    dry_run: bool,
) -> None:
    lines = str(plan).split("\n")
    lines[0] = lines[0].replace(plan.title, title, 1)
    texts = [Text(harmless(lines[0])), *_lines(plan, full=target.full)]
    conflicts = [str(each) for each in plan.conflicts]
    done = not dry_run and not conflicts
    if done:
        who = None if actor is None else actor_named(target.manager.transaction_cls, actor)
        with context(session, actor=who), said:
            plan.apply()
            session.commit()
    if target.json:
        print_json({"plan": lines, "conflicts": conflicts, "done": done})
    else:
        for text in texts:
            print_text(text)
        if dry_run or conflicts:
            print_text("nothing has been changed")
    raise typer.Exit(1 if conflicts else 0)


def _lines(plan: Plan, *, full: bool) -> list[Text]:
    """Return what a plan would change, in the colours of old and new values."""
    lines: list[Text] = []
    for row in plan.changes:
        lines.append(Text(f"  {harmless(str(row).partition(chr(10))[0])}"))
        lines += [Text("      ").append_text(each) for each in _values(row, full=full)]
    lines += [Text(f"  {harmless(str(link))}") for link in plan.links]
    lines += [Text(f"  conflict: {harmless(str(each))}", WRONG) for each in plan.conflicts]
    return lines


def _values(row: RowChange, *, full: bool) -> list[Text]:
    if row.operation is Operation.UPDATE:
        return [change(name, now, then, full=full) for name, (now, then) in row.values.items()]
    if row.operation is Operation.INSERT:
        return [
            Text.assemble(f"{name}: ", (exact(then, full=full), NEW))
            for name, (_, then) in row.values.items()
            if name not in row.key
        ]
    return [
        Text.assemble(f"{name}: ", (exact(now, full=full), OLD))
        for name, (now, _) in row.values.items()
        if name not in row.key
    ]
