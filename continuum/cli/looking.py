"""The commands that look at history."""

from __future__ import annotations

from typing import Annotated
from typing import Any

import typer
from rich.text import Text
from sqlalchemy import String
from sqlalchemy import cast
from sqlalchemy import exists
from sqlalchemy import inspect
from sqlalchemy import or_
from sqlalchemy import select

from continuum.cli.app import Key
from continuum.cli.app import Limit
from continuum.cli.app import Model
from continuum.cli.app import Point
from continuum.cli.app import Since
from continuum.cli.app import Until
from continuum.cli.app import app
from continuum.cli.app import session_on
from continuum.cli.describing import Changed
from continuum.cli.describing import actor_named
from continuum.cli.describing import described
from continuum.cli.describing import names_of_changed
from continuum.cli.describing import print_versions
from continuum.cli.describing import told
from continuum.cli.describing import transaction_of
from continuum.cli.describing import version_at
from continuum.cli.describing import versions_of
from continuum.cli.describing import who_and_why
from continuum.cli.links import link_tables
from continuum.cli.links import links_of
from continuum.cli.links import print_links
from continuum.cli.output import NEW
from continuum.cli.output import OLD
from continuum.cli.output import change
from continuum.cli.output import exact
from continuum.cli.output import harmless
from continuum.cli.output import print_json
from continuum.cli.output import print_table
from continuum.cli.output import print_text
from continuum.cli.output import short
from continuum.cli.target import Target
from continuum.cli.target import point
from continuum.operation import Operation
from continuum.reading.blame import Blame
from continuum.reading.blame import blame
from continuum.reading.diffs import Difference
from continuum.reading.diffs import diff
from continuum.reading.layout import layout_of
from continuum.reading.users import name_attribute
from continuum.reading.users import with_users


@app.command()
def log(
    ctx: typer.Context,
    since: Since = None,
    until: Until = None,
    actor: Annotated[
        str | None, typer.Option(help="Key or name of the user who did it, or text of the actor.")
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option(
            "--class", help="Changed by it: a class, or an association table; repeatable."
        ),
    ] = None,
    limit: Limit = 20,
) -> None:
    """List transactions, the newest first."""
    target: Target = ctx.obj
    journal = target.manager.only_journal()
    tables = {each.name: each for each in map(Changed.of_links, link_tables(journal))}
    wanted = [
        tables.get(name) or Changed.of_class(layout_of(_version_class(target, name)))
        for name in classes or ()
    ]
    cls = target.manager.transaction_cls
    statement = select(cls).options(*with_users(cls)).order_by(cls.id.desc()).limit(limit)
    for given, lower in ((since, True), (until, False)):
        if given is not None:
            at = point(given)
            column = cls.id if isinstance(at, int) else cls.issued_at
            statement = statement.where(column >= at if lower else column <= at)
    if actor is not None:
        same = [cls.actor == actor]
        key = actor_named(cls, actor)
        if hasattr(cls, "user_id"):
            text = cast(cls.user_id, String(255))
            same.append(text == actor if isinstance(key, str) else cls.user_id == key)
        name = name_attribute(cls)
        if name is not None:
            same.append(cls.user.has(cast(name, String(255)) == actor))
        statement = statement.where(or_(*same))
    if wanted:
        made = (
            exists()
            .where(each.transaction == cls.id, each.criterion)
            .select_from(each.version_table)
            for each in wanted
        )
        statement = statement.where(or_(*made))
    with session_on(target) as session:
        rows = list(session.scalars(statement))
        all_ = [Changed.of_class(layout_of(each)) for each in journal.parents]
        names = names_of_changed(session, [*all_, *tables.values()], [row.id for row in rows])
        found = [{**who_and_why(row), "classes": names[row.id]} for row in rows]
    if target.json:
        print_json(found)
        return
    print_table(
        ("id", "time", "actor", "reason", "classes"),
        [(*told(each), ", ".join(each["classes"])) for each in found],
        full=target.full,
    )


def _version_class(target: Target, name: str) -> Any:
    return target.manager.version_class(target.model(name))


@app.command()
def show(ctx: typer.Context, transaction: int) -> None:
    """Show what a transaction changed."""
    target: Target = ctx.obj
    target.manager.configured_journals()
    with session_on(target) as session:
        found = transaction_of(target, session, transaction)
        head = who_and_why(found)
        head |= {name: getattr(found, name, None) for name in ("remote_addr", "meta")}
        versions = described(target, session, found.changes())
        links = links_of(session, target.manager.only_journal(), transaction)
    if target.json:
        print_json({**head, "versions": versions, "links": links})
        return
    words = {"issued_at": "time"}
    print_text(
        "  ".join(
            f"{words.get(name, name)}: {short(value, full=target.full)}"
            for name, value in head.items()
            if value is not None
        )
    )
    if not versions and not links:
        print_text("it made no version")
    if versions:
        print_versions(target, versions)
    print_links(links, full=target.full)


@app.command()
def history(ctx: typer.Context, model: Model, key: Key, limit: Limit = 20) -> None:
    """List the versions of one object, the newest first."""
    target: Target = ctx.obj
    cls = target.model(model)
    with session_on(target) as session:
        found = versions_of(target, session, cls, key, limit)
        versions = described(target, session, found)
    if target.json:
        print_json(versions)
    else:
        print_versions(target, versions)


@app.command("diff")
def diff_(ctx: typer.Context, model: Model, key: Key, old: Point, new: Point) -> None:
    """Show what differs between two points in the history of an object."""
    target: Target = ctx.obj
    cls = target.model(model)
    with session_on(target) as session:
        states = [version_at(target, session, cls, key, each) for each in (old, new)]
        found = diff(*states)
    if target.json:
        print_json(found.changeset)
        return
    print_text(harmless(found.title))
    for name in found:
        print_text(_difference(found[name], full=target.full))
    if not found:
        print_text("  no difference")


def _difference(found: Difference, *, full: bool) -> Text:
    lines = found.lines
    if lines == [f"{found.old!r} -> {found.new!r}"]:
        return Text("  ").append_text(change(found.name, found.old, found.new, full=full))
    text = Text(f"  {found.name}:")
    for line in lines:
        style = {"-": OLD, "+": NEW}.get(line[:1], "")
        text.append(f"\n    {harmless(line)}", style)
    return text


@app.command("blame")
def blame_(
    ctx: typer.Context,
    model: Model,
    key: Key,
    at: Annotated[
        str | None, typer.Option(help="Id of a transaction, or a moment; now by default.")
    ] = None,
) -> None:
    """Show for each attribute of an object who gave it its value, when and why."""
    target: Target = ctx.obj
    cls = target.model(model)
    with session_on(target) as session:
        if at is None:
            [version] = versions_of(target, session, cls, key, limit=1)
        else:
            version = version_at(target, session, cls, key, at)
        found = blame(version)
        rows = [(name, each, who_and_why(each.transaction)) for name, each in found.items()]
    if target.json:
        values = {
            name: {"value": each.value, "before": each.before, **who} for name, each, who in rows
        }
        print_json(values)
        return
    full = target.full
    print_table(
        ("attribute", "value", "before", "transaction", "time", "actor", "reason"),
        [
            (
                name,
                Text(exact(each.value, full=full), NEW),
                Text("" if _is_first(each) else exact(each.before, full=full), OLD),
                *told(who),
            )
            for name, each, who in rows
        ],
        full=full,
    )


def _is_first(found: Blame) -> bool:
    """Say whether there was no value before."""
    layout = layout_of(type(found.version))
    operation = inspect(found.version).dict.get(layout.operation_name)
    return found.before is None and (found.transaction is None or operation == Operation.INSERT)
