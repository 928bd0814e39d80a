"""The part that Alembic calls when it compares models with a database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import MetaData

from continuum.alembic.comparing import compare_triggers
from continuum.alembic.comparing import helper_tables
from continuum.alembic.ordering import history_first
from continuum.alembic.ordering import in_safe_order
from continuum.alembic.ordering import key_of
from continuum.alembic.ordering import without_false_changes
from continuum.alembic.ordering import without_own_types
from continuum.dialects.spec import TableName
from continuum.errors import ImproperlyConfigured
from continuum.manager import manager_of
from continuum.mapping.journal import Journal

DROP_COLUMNS = "continuum_drop_columns"
"""Option of ``context.configure()``: a column that the models drop leaves history, too."""

_DONE = "continuum_compared"


def journals_of(metadata: MetaData | Iterable[MetaData] | None) -> list[Journal]:
    """Return the journals of MetaData objects, with everything built that has been declared."""
    if metadata is None:
        return []
    given = [metadata] if isinstance(metadata, MetaData) else list(metadata)
    found = []
    for item in given:
        manager = manager_of(item)
        if manager is not None:
            found += [j for j in manager.configured_journals() if j.metadata is item]
    return found


def check_journals(journals: Iterable[Journal]) -> None:
    """Refuse several MetaData objects whose tables Alembic could not tell apart.

    :raises ImproperlyConfigured: two journals have a transaction table of the same name.
    """
    seen: dict[TableName, MetaData] = {}
    for journal in journals:
        if seen.setdefault(journal.log.table, journal.metadata) is not journal.metadata:
            raise ImproperlyConfigured(
                f"two MetaData objects of these migrations have the transaction table "
                f"{journal.log.table}",
                table=str(journal.log.table),
                hint="Let the classes share one MetaData and with it their transactions, or give "
                "each MetaData a manager with "
                "make_versioned(transaction_cls=TransactionFactory(table_name=...)).",
            )


def prepare(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, schemas: Any) -> Any:
    """Build the version tables of the models, before they are compared with the database's.

    Tables that are ours, but in no models, are not looked at: Alembic would tell that they had been
    removed.
    """
    journals = journals_of(autogen_context.metadata)
    ours = helper_tables(autogen_context, journals)
    # The public way are arguments of context.configure(), which is behind us.
    autogen_context._name_filters.append(
        lambda name, kind, _: not (kind == "table" and name in ours)
    )
    return _go_on()


def compare(autogen_context: AutogenContext, upgrade_ops: ops.UpgradeOps, schemas: Any) -> Any:
    """Add the operations on triggers, and put all of them into an order that keeps history right.

    Called when everything else has been compared.
    """
    if getattr(upgrade_ops, _DONE, False):
        # Registered both as a plug-in and by a line in env.py.
        return _go_on()
    setattr(upgrade_ops, _DONE, True)
    journals = journals_of(autogen_context.metadata)
    triggers = compare_triggers(autogen_context, journals)
    assert autogen_context.dialect is not None
    schema = autogen_context.dialect.default_schema_name
    recorded = [item for journal in journals for item in journal.recorded.values()]
    history = {key_of(item.version_table, schema) for item in recorded}
    own = {
        (*key_of(item.version_table, schema), column.name)
        for item in recorded
        for column in item.own_columns
        if column not in item.extra_columns
    }
    keep = not autogen_context.opts.get(DROP_COLUMNS, False)
    found = list(upgrade_ops.ops)
    without_false_changes(found, history, own)
    if triggers or history:
        found = in_safe_order(
            found,
            triggers,
            history,
            keep_columns=keep,
            history_first=history_first(autogen_context.dialect.name),
        )
        without_own_types(found)
    upgrade_ops.ops = found
    return _go_on()


def _go_on() -> Any:
    try:
        from alembic.util import PriorityDispatchResult
    except ImportError:
        return None
    return PriorityDispatchResult.CONTINUE
