"""Alembic's own operations, where they meet a table with a history.

A new type goes to the version table, too.  New names are refused, because only the operations for
them say in the migration what the triggers do afterwards.
"""

from __future__ import annotations

import logging
from typing import Any

from alembic.operations import BatchOperations
from alembic.operations import Operations
from alembic.operations import ops
from alembic.operations.batch import BatchOperationsImpl
from sqlalchemy.types import Enum
from sqlalchemy.types import to_instance

from continuum.alembic.definitions import table_of
from continuum.alembic.definitions import thaw
from continuum.alembic.definitions import thaw_log
from continuum.alembic.definitions import version_table_of
from continuum.alembic.ledger import Ledger
from continuum.alembic.ledger import ledger_of
from continuum.alembic.ordering import history_first
from continuum.alembic.types import freeze_type
from continuum.dialects import emitter_for
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import storage_type
from continuum.dialects.spec import type_name
from continuum.errors import ImproperlyConfigured

log = logging.getLogger("alembic.runtime.continuum")

_COLUMN_HINT = (
    "Write op.rename_versioned_column(old, new, {{{old!r}: {new!r}}}) with the definitions of the "
    "triggers before and after it, in the place of op.replace_version_triggers(old, new) if "
    "autogenerate has written that; it renames the column and its history."
)
_TABLE_HINT = (
    "Write op.rename_versioned_table(old, new), with the definitions of op.drop_version_triggers() "
    "and op.create_version_triggers() that autogenerate has written, in the place of both; it "
    "renames the table and its history."
)
_LOG_HINT = (
    "Drop the triggers of all tables that are recorded into it by op.drop_version_triggers(), and "
    "what they share by op.drop_version_helpers(); create both anew behind this operation, with "
    "definitions that have the new name."
)

_OF_LIVE_TABLES = ("autoincrement", "existing_autoincrement", "insert_before", "insert_after")
"""Options of ``alter_column()`` that say nothing about a copy of the column."""


@Operations.register_operation("alter_column")
@BatchOperations.register_operation("alter_column", "batch_alter_column")
class CarryingAlterColumnOp(ops.AlterColumnOp):
    """What Alembic does, with an eye on history."""


@Operations.register_operation("rename_table")
class CarryingRenameTableOp(ops.RenameTableOp):
    """What Alembic does, with an eye on history."""


@Operations.implementation_for(CarryingRenameTableOp)
def _rename_table(operations: Operations, operation: CarryingRenameTableOp) -> None:
    table = TableName(operation.table_name, operation.schema)
    if _log_of(operations, table) is not None:
        raise ImproperlyConfigured(
            f"{table} cannot be renamed to {operation.new_table_name!r} by op.rename_table(): "
            "triggers write down transactions in it under the name that it has",
            table=str(table),
            hint=_LOG_HINT,
        )
    spec = _spec_of(operations, table)
    if spec is not None or _has_triggers(operations, table):
        raise ImproperlyConfigured(
            f"{table} cannot be renamed to {operation.new_table_name!r} by op.rename_table(): "
            + _what(table, spec),
            table=str(table),
            hint=_TABLE_HINT,
        )
    # Alembic does it, or who has replaced what Alembic does.
    operations.invoke(
        ops.RenameTableOp(operation.table_name, operation.new_table_name, schema=operation.schema)
    )


@Operations.implementation_for(CarryingAlterColumnOp)
def _alter_column(operations: Operations, operation: CarryingAlterColumnOp) -> None:
    name, type_ = operation.modify_name, operation.modify_type
    if name is None and type_ is None:
        _alter(operations, operation)
        return
    table = TableName(operation.table_name, operation.schema)
    spec = _spec_of(operations, table)
    if name is not None and name != operation.column_name:
        _refuse_name(operations, operation, table, spec)
    if type_ is None or spec is None:
        _alter(operations, operation)
    elif _is_history(operations, table, spec):
        _alter_history(operations, operation, spec)
    else:
        _alter_both(operations, operation, spec)


def _refuse_name(
    operations: Operations,
    operation: ops.AlterColumnOp,
    table: TableName,
    spec: TriggerSpec | None,
) -> None:
    old, new = operation.column_name, operation.modify_name
    kept_in = _log_of(operations, table)
    if kept_in is not None and old in (kept_in.id, *kept_in.row_columns):
        raise ImproperlyConfigured(
            f"{old!r} of {table} cannot be renamed to {new!r} by op.alter_column(): "
            "triggers fill it under the name that it has",
            table=str(table),
            column=old,
            hint=_LOG_HINT,
        )
    if spec is None:
        concerned = _has_triggers(operations, table)
    elif _is_history(operations, table, spec):
        concerned = any(old in (item.history_name, item.flag) for item in spec.columns)
    else:
        concerned = any(old == item.name for item in spec.columns)
    if concerned:
        raise ImproperlyConfigured(
            f"{old!r} of {table} cannot be renamed to {new!r} by op.alter_column(): "
            + _what(table, spec),
            table=str(table),
            column=old,
            hint=_COLUMN_HINT.format(old=old, new=new),
        )


def _what(table: TableName, spec: TriggerSpec | None) -> str:
    if spec is None or spec.table.name == table.name:
        return "it is recorded by triggers, and its history would keep the old name"
    return f"it has the history of {spec.table}, whose triggers know the old name"


def _alter_history(operations: Operations, operation: ops.AlterColumnOp, spec: TriggerSpec) -> None:
    """Change a column of a version table, unless its live column has brought it along."""
    ledger = ledger_of(operations)
    kept = (spec.version_table, operation.column_name)
    type_ = freeze_type(to_instance(operation.modify_type))
    only = (
        operation.modify_name is None
        and operation.modify_nullable is None
        and operation.modify_comment is False
        and operation.modify_server_default is False
    )
    if only and ledger.types.get(kept) == type_:
        log.info("%s of %s has got its type already", operation.column_name, spec.version_table)
        return
    ledger.types[kept] = type_
    _alter(operations, operation)


def _alter_both(operations: Operations, operation: ops.AlterColumnOp, spec: TriggerSpec) -> None:
    """Change a live column, and its history with it."""
    ledger = ledger_of(operations)
    column = next((item for item in spec.columns if item.name == operation.column_name), None)
    dialect = operations.get_context().dialect.name
    impl = operations.impl
    in_batch = isinstance(impl, BatchOperationsImpl)
    # (Outside of a batch SQLite changes no type, and Alembic says so.)
    if (
        column is None
        or not _follows(ledger, operation, spec, column)
        or (dialect == "sqlite" and not in_batch)
    ):
        _alter(operations, operation)
        return
    type_ = to_instance(operation.modify_type)
    options: dict[str, Any] = {
        "existing_type": operation.existing_type,
        "existing_nullable": column.name not in spec.key,
        **{name: item for name, item in operation.kw.items() if name not in _OF_LIVE_TABLES},
    }
    if column.history_name != column.name and options.get("postgresql_using") is not None:
        raise ImproperlyConfigured(
            f"{column.name!r} of {spec.table} gets its new type by an expression that does not fit "
            f"its history, where it is called {column.history_name!r}",
            table=str(spec.table),
            column=column.name,
            hint=f"Write op.alter_column() for {column.history_name!r} of {spec.version_table}, "
            "with the same type and an expression of its own, in front of this one.",
        )
    if isinstance(impl, BatchOperationsImpl) and (dialect == "sqlite" or impl.recreate == "always"):
        # It is the batch of the live table that makes a new one.
        outside = Operations(operations.get_context())
        with outside.batch_alter_table(
            spec.version_table.name, schema=spec.version_table.schema
        ) as batch:
            batch.alter_column(column.history_name, type_=type_, **options)
        _alter(operations, operation)
        return
    ledger.types[spec.version_table, column.history_name] = freeze_type(type_)
    history = ops.AlterColumnOp(
        spec.version_table.name,
        column.history_name,
        schema=spec.version_table.schema,
        modify_type=type_,
        existing_comment=operation.existing_comment,
        **options,
    )
    if history_first(dialect):
        operations.invoke(history)
    _alter(operations, operation)
    if not history_first(dialect):
        operations.invoke(history)


def _follows(
    ledger: Ledger, operation: ops.AlterColumnOp, spec: TriggerSpec, column: ColumnSpec
) -> bool:
    """Say whether a version column gets the new type of its live column now."""
    type_ = to_instance(operation.modify_type)
    if column.history_type is None or isinstance(storage_type(type_), Enum):
        return False
    if type_name(column.history_type) != type_name(column.type):
        # It has a type of its own, as the text of an ENUM.
        return False
    kept = (spec.version_table, column.history_name)
    return ledger.types.get(kept) != freeze_type(type_)


def _alter(operations: Operations, operation: ops.AlterColumnOp) -> None:
    """Leave a column to Alembic, or to who has replaced what Alembic does."""
    operations.invoke(
        ops.AlterColumnOp(
            operation.table_name,
            operation.column_name,
            schema=operation.schema,
            existing_type=operation.existing_type,
            existing_server_default=operation.existing_server_default,
            existing_nullable=operation.existing_nullable,
            existing_comment=operation.existing_comment,
            modify_nullable=operation.modify_nullable,
            modify_comment=operation.modify_comment,
            modify_server_default=operation.modify_server_default,
            modify_name=operation.modify_name,
            modify_type=operation.modify_type,
            **operation.kw,
        )
    )


def _spec_of(operations: Operations, table: TableName) -> TriggerSpec | None:
    """Return what the triggers do that record a table, or that write to it as a history."""
    # Only what is asked for is read: a definition that cannot be is in nobody else's way.
    for name_in in (table_of, version_table_of):
        for definition in ledger_of(operations):
            if _is(operations, table, name_in(definition)):
                return thaw(definition)
    return None


def _log_of(operations: Operations, table: TableName) -> LogSpec | None:
    """Return what triggers know of a table as the transaction table of theirs."""
    for definition in ledger_of(operations):
        log = definition.get("log")
        if log is not None and _is(operations, table, table_of(log)):
            return thaw_log(log)
    return None


def _is_history(operations: Operations, table: TableName, spec: TriggerSpec) -> bool:
    return not _is(operations, table, spec.table)


def _is(operations: Operations, one: TableName, other: TableName | None) -> bool:
    default = operations.get_context().dialect.default_schema_name
    return other is not None and (one.name, one.schema or default) == (
        other.name,
        other.schema or default,
    )


def _has_triggers(operations: Operations, table: TableName) -> bool:
    """Say whether triggers stand on a table that no migration has made: one query."""
    context = operations.get_context()
    emitter = emitter_for(context.dialect.name)
    if emitter is None or context.as_sql or context.connection is None:
        return False
    # What triggers share is reported for the transaction table: here for one that cannot be.
    found = emitter.installed(context.connection, LogSpec(TableName("")), [table.schema])
    return any(
        item.table.name == table.name and table.schema in (None, item.table.schema)
        for item in found
    )
