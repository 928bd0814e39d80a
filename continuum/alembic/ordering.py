"""The order of a migration in which history is right after each of its steps."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from alembic.operations import ops
from sqlalchemy import Column
from sqlalchemy import DateTime
from sqlalchemy import SmallInteger
from sqlalchemy import Table
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from continuum.dialects import emitter_for
from continuum.schema.types import EnumText
from continuum.schema.types import OperationType
from continuum.schema.types import UTCDateTime

Key = tuple[str | None, str]
"""Schema and name of a table."""

OwnColumn = tuple[str | None, str, str]
"""Schema and name of a version table, and the name of a column that is its own."""


def history_first(dialect: str) -> bool:
    """Say whether a version table changes before its live table.

    Then its columns never are too narrow.  Where others see the steps of a migration together, it
    is the other way round: a writer locks the live table first, and the migration has to do the
    same.
    """
    emitter = emitter_for(dialect)
    if emitter is None:
        return True
    capabilities = emitter.capabilities
    return not (capabilities.transactional_ddl and capabilities.concurrent_writers)


def in_safe_order(
    found: Iterable[ops.MigrateOperation],
    triggers: Sequence[ops.MigrateOperation],
    history: set[Key],
    *,
    keep_columns: bool,
    history_first: bool,
) -> list[ops.MigrateOperation]:
    """Return all operations of a migration, so that no change goes unrecorded in between.

    What is added comes before the triggers, and what is dropped after them.  The downgrade, which
    Alembic makes of the reverse, then has the order it needs.

    :param found: what Alembic has found out about tables and columns.
    :param triggers: what there is to do to triggers.
    :param history: the version tables.
    :param keep_columns: columns that only history still has stay there.
    :param history_first: see :func:`history_first`.
    """
    before: list[ops.MigrateOperation] = []
    after: list[ops.MigrateOperation] = []
    for operation in found:
        if isinstance(operation, ops.ModifyTableOps):
            is_history = (operation.schema, operation.table_name) in history
            kept, dropped = _split(operation, keep=is_history and keep_columns)
            before += kept
            after += dropped
        elif isinstance(operation, ops.DropTableOp):
            after.append(operation)
        else:
            before.append(operation)

    def place(operation: ops.MigrateOperation) -> int:
        if not isinstance(operation, ops.ModifyTableOps):
            return 0
        is_history = (operation.schema, operation.table_name) in history
        return 1 if is_history is history_first else 2

    before.sort(key=place)
    after = _history_last(after, history)
    return [*before, *triggers, *after]


def _split(
    operation: ops.ModifyTableOps, *, keep: bool
) -> tuple[list[ops.MigrateOperation], list[ops.MigrateOperation]]:
    """Divide the changes of a table into those that add to it and those that take from it."""
    adding: list[ops.MigrateOperation] = []
    dropping: list[ops.MigrateOperation] = []
    for item in operation.ops:
        if not isinstance(item, ops.DropColumnOp):
            adding.append(item)
        elif not (keep and _may_stay(item)):
            dropping.append(item)
    return _changes(operation, adding), _changes(operation, dropping)


def _changes(
    operation: ops.ModifyTableOps, chosen: list[ops.MigrateOperation]
) -> list[ops.MigrateOperation]:
    """Return some of the changes of a table as one operation, or as none."""
    if not chosen:
        return []
    return [ops.ModifyTableOps(operation.table_name, chosen, schema=operation.schema)]


def _may_stay(operation: ops.DropColumnOp) -> bool:
    """Say whether versions without a value for a column can still be written."""
    column = operation.to_column()
    return bool(column.nullable) or column.server_default is not None


def _history_last(
    found: Sequence[ops.MigrateOperation], history: set[Key]
) -> list[ops.MigrateOperation]:
    """Put changes of version tables behind those of live tables; the rest keeps its order."""
    columns = [item for item in found if isinstance(item, ops.ModifyTableOps)]
    others = [item for item in found if not isinstance(item, ops.ModifyTableOps)]
    columns.sort(key=lambda item: (item.schema, item.table_name) in history)
    return [*columns, *others]


def without_false_changes(
    found: Iterable[ops.MigrateOperation], history: Collection[Key], own: Collection[OwnColumn]
) -> None:
    """Leave out what never changes in version tables, however a database writes it.

    :param history: the version tables.
    :param own: their columns that no live column corresponds to.
    """
    for operation in found:
        if not isinstance(operation, ops.ModifyTableOps):
            continue
        for item in list(operation.ops):
            if not isinstance(item, ops.AlterColumnOp):
                continue
            if (item.schema, item.table_name) in history:
                # Never theirs; Alembic warns of it on all databases but MySQL.
                item.kw.pop("autoincrement", None)
            if (item.schema, item.table_name, item.column_name) in own:
                item.modify_server_default = False
                if not item.has_changes():
                    operation.ops.remove(item)


def without_own_types(found: Iterable[ops.MigrateOperation]) -> None:
    """Let the operations of a migration name types of SQLAlchemy in the places of ours."""
    for operation in found:
        if isinstance(operation, ops.ModifyTableOps):
            without_own_types(operation.ops)
        elif isinstance(operation, ops.CreateTableOp):
            operation.info.pop("continuum_version_of", None)
            operation.columns = [
                _plain(item) if isinstance(item, Column) else item for item in operation.columns
            ]
        elif isinstance(operation, ops.AddColumnOp):
            operation.column = _plain(operation.column)
        elif isinstance(operation, ops.AlterColumnOp) and operation.modify_type is not None:
            operation.modify_type = _plain_type(operation.modify_type)


def _plain(column: Column[Any]) -> Column[Any]:
    type_ = _plain_type(column.type)
    if type_ is column.type:
        return column
    # A copy of it: the column belongs to the application's MetaData.
    copied = column._copy()
    copied.type = type_
    return copied


def _plain_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(type_, OperationType):
        return SmallInteger()
    if isinstance(type_, UTCDateTime):
        return DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    if isinstance(type_, EnumText):
        return type_.impl_instance
    return type_


def key_of(table: Table, default_schema: str | None) -> Key:
    """Return schema and name of a table as Alembic compares them."""
    return (None if table.schema == default_schema else table.schema, table.name)
