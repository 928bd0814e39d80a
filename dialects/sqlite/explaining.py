"""What SQLite's errors mean when a trigger of ours has met them."""

from __future__ import annotations

import re

from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import APPEND_ONLY
from continuum.dialects.sqlite.text import schema_of
from continuum.errors import UNLOCK_HINT
from continuum.errors import AppendOnlyHistory
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import UnsupportedStatement
from continuum.errors import VersioningError

DIALECT = "sqlite"

NO_OBJECT = re.compile(r"no such (table|column): (.+)$|table (.+) has no column named (.+)$")


def explain(error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
    """Return a typed error for what the driver raised, if it is known."""
    original = getattr(error, "orig", None) or error
    message = str(original)
    table = None if spec is None else str(spec.table)
    if message.startswith("continuum: the history of "):
        return TransactionInversion(
            message.removeprefix("continuum: "),
            table=table,
            dialect=DIALECT,
            hint="The transaction table was emptied or replaced and hands out ids that are "
            "lower than those in use. Raise its entry in sqlite_sequence above the highest "
            "transaction id of all version tables.",
        )
    if message.startswith(APPEND_ONLY):
        return AppendOnlyHistory(
            message.removeprefix(APPEND_ONLY), table=table, dialect=DIALECT, hint=UNLOCK_HINT
        )
    if message.startswith("continuum: the transaction table is in another"):
        return UnsupportedStatement(
            message.removeprefix("continuum: "),
            table=table,
            dialect=DIALECT,
            hint="Write through an engine that versions these tables and has both files "
            "attached, or keep tables and transaction table in one file.",
        )
    if message.startswith("continuum: "):
        return VersioningError(
            message.removeprefix("continuum: "),
            table=table,
            dialect=DIALECT,
            hint="Columns of the transaction table have to be nullable or have a server default.",
        )
    if "unsafe use of virtual table" in message and "defer_foreign_keys" in message:
        return VersioningError(
            "the triggers may not ask which transaction is running: the connection does not "
            "trust the schema of its database",
            table=table,
            dialect=DIALECT,
            hint="Run PRAGMA trusted_schema = ON on this connection.",
        )
    return _explain_missing(message, spec)


def _explain_missing(message: str, spec: TriggerSpec | None) -> StaleTrigger | None:
    """Recognise a version table that lacks what a trigger writes."""
    match = NO_OBJECT.search(message)
    if match is None or spec is None:
        return None
    kind, name, altered, column = match.groups()
    specs = [spec, *([spec.root] if spec.root else []), *spec.lower]
    version_tables = {item.version_table.name for item in specs}
    columns = {c.history_name for item in specs for c in item.columns}
    columns |= {c.name for item in specs for c in item.columns}
    helpers = {spec.log.table.name, State(spec.log, schema_of(spec.table.schema)).name}
    for item in specs:
        columns |= {item.transaction_column, item.operation_column, item.end_column or ""}
        columns |= {c.flag or "" for c in item.columns} | {c.name for c in item.extra}
        columns |= {item.end_timestamp_column or "", item.mask.column if item.mask else ""}
        if item.mask is not None:
            helpers.add(item.mask.catalog.name)
        if item.changes is not None:
            helpers.add(item.changes.table.name)
            columns |= {item.changes.transaction_column, item.changes.entity_column}
    last = name.rsplit(".", 1)[-1] if name else ""
    if kind == "table" and last not in version_tables | helpers:
        return None
    if kind == "column" and last not in columns:
        return None
    if kind is None and altered not in version_tables:
        return None
    return StaleTrigger(
        f"a change of {spec.table} could not be recorded: {message}",
        table=str(spec.table),
        column=column if kind is None else last if kind == "column" else None,
        dialect=DIALECT,
        hint="Bring tables and triggers in line with the models: a migration, "
        "metadata.create_all(engine) or versioning_manager.install(engine).",
    )
