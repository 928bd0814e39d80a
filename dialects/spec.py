"""What a trigger has to do, as a value.

A :class:`TriggerSpec` describes the recording of one live table into one version table;
a :class:`LogSpec` describes the transaction table that the ids come from.  Both are plain
immutable values: an emitter turns them into the SQL of one database, and their fingerprint tells
whether triggers that a database already has were made from the same definition.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import MISSING
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from typing import Any

from sqlalchemy.types import TypeDecorator
from sqlalchemy.types import TypeEngine

from continuum.dialects.expressions import RowExpression

OPERATIONS = ("insert", "update", "delete")

LEVELS = ("row", "statement")
"""What triggers fire for: each row by itself, or all rows of a statement at once."""

UNLOCKED = "unlocked: "
"""Start of the reason of each transaction that changed append-only history."""

FORMAT = 1
"""Raised when an emitter's text changes its meaning: triggers made before count as stale."""


@dataclass(frozen=True, slots=True, order=True)
class TableName:
    """A table, with the schema it lives in (``None``: the connection's default)."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One recorded column.

    :param name: name in the live table.
    :param history_name: name in the version table.
    :param type: SQLAlchemy type of the live column; says how two values are compared.
    :param counts: ``False`` for a column that is stored, but whose change alone makes no version.
    :param virtual: a generated column that is computed when read, not stored.
    :param comparison: SQL text of a test that is true when two values differ, with ``{old}`` and
        ``{new}`` in the places of the values; ``None`` for the emitter's own byte-exact test.
    :param history_type: type of the version column; ``None``: the live column's, an ENUM as text.
    :param flag: name of a boolean version column that says whether the version changed this one.
    """

    name: str
    history_name: str
    type: TypeEngine[Any]
    counts: bool = True
    virtual: bool = False
    comparison: str | None = None
    history_type: TypeEngine[Any] | None = None
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A version column without a live one, computed from the row.

    :param value: over the image that the version holds, as ``new``.
    """

    name: str
    value: RowExpression


@dataclass(frozen=True, slots=True)
class MaskSpec:
    """One integer in which each bit says whether the version changed a column.

    :param column: name in the version table.
    :param catalog: table with the place of each bit: ``version_table``, ``column_name`` (in the
        live table) and ``position``.
    """

    column: str
    catalog: TableName


@dataclass(frozen=True, slots=True)
class ChangesSpec:
    """A table that gets the kinds of objects that each transaction changed.

    :param entity: name of the kind, over the image that a version holds, as ``new``.
    """

    table: TableName
    transaction_column: str
    entity_column: str
    entity: RowExpression


@dataclass(frozen=True, slots=True)
class ContextColumn:
    """A column of the transaction table that is filled from the published context.

    :param key: key of the value in the published JSON object.
    :param name: column name in the transaction table.
    """

    key: str
    name: str
    type: TypeEngine[Any]


@dataclass(frozen=True, slots=True)
class SideTable:
    """A table beside the transaction table.

    :param columns: those that hold transaction ids, and follow when one is renumbered; first that
        of the transaction which a row belongs to.  A table without any belongs to no transaction.
    :param key: its primary key.
    :param recorded: only triggers write to it.
    """

    table: TableName
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class LogSpec:
    """The transaction table and the names of what belongs to it in the database.

    :param table: the transaction table.
    :param prefix: start of the names of helper functions, tables and variables; differs between
        two transaction tables in one database.
    :param id: name of its id column.
    :param issued_at: name of the column with the time of the id, in UTC.
    :param columns: columns that the published context can fill, in order.
    :param row_columns: all columns of the table but the id, in order (a renumbering copies them).
    :param side_tables: tables that hold transaction ids beside the version tables.
    :param on_inversion: ``"renumber"`` or ``"error"``.
    :param protected: history is written with the rights of who made the triggers, and what a client
        can set by hand is not believed.
    :param append_only: rows of the log, and of the tables beside it, are changed by the transaction
        that wrote them only.
    """

    table: TableName
    prefix: str = "continuum"
    id: str = "id"
    issued_at: str = "issued_at"
    columns: tuple[ContextColumn, ...] = ()
    row_columns: tuple[str, ...] = ("issued_at",)
    side_tables: tuple[SideTable, ...] = ()
    on_inversion: str = "renumber"
    protected: bool = False
    append_only: bool = False

    @property
    def reason(self) -> str | None:
        """Name of the column that says why."""
        return next((column.name for column in self.columns if column.key == "reason"), None)

    @property
    def who(self) -> tuple[str, ...]:
        """Names of the columns that say who."""
        return tuple(column.name for column in self.columns if column.key in ("actor", "user_id"))

    @property
    def fixed(self) -> tuple[str, ...]:
        """Names of the columns that the database fills, once and for all."""
        filled = {column.name for column in self.columns}
        return tuple(name for name in self.row_columns if name not in filled)


@dataclass(frozen=True, slots=True)
class Cascade:
    """A foreign key whose action changes rows of a versioned table behind the triggers' back.

    Only databases that run foreign key actions without firing triggers need to know it.

    :param parent: the table that the key refers to.
    :param child: the versioned table that refers.
    :param columns: pairs of (column of the child, column of the parent).
    :param on_delete: action in capitals, or ``None``.
    :param on_update: action in capitals, or ``None``.
    """

    parent: TableName
    child: TableName
    columns: tuple[tuple[str, str], ...]
    on_delete: str | None = None
    on_update: str | None = None


@dataclass(frozen=True, slots=True)
class TriggerSpec:
    """The recording of one live table.

    :param table: the live table.
    :param version_table: where its history goes.
    :param log: the transaction table in use.
    :param columns: the recorded columns, key columns included, in table order, which means nothing.
    :param key: names (in the live table) of the columns that identify a row.
    :param transaction_column: column of the version table with the id of the transaction.
    :param end_column: column with the id of the transaction that ended the version, ``None`` for
        ``strategy="subquery"``.
    :param operation_column: column with 0 (insert), 1 (update) or 2 (delete).
    :param generated_key: the key is one integer that the database hands out (AUTO_INCREMENT).
    :param null_delete: a DELETE version keeps nothing but its key.
    :param duplicates: the live table may hold the same key several times (links without a unique
        constraint); a key counts as present while one such row exists.
    :param cascades: foreign keys of this table with an action.
    :param root: for a lower table of joined inheritance, the hierarchy's root, whose version table
        has a row for each transaction that changed the object at any level.
    :param lower: for such a root, all tables below it; keys correspond by position.
    :param operations: net changes that leave a version, of ``OPERATIONS``.
    :param when: a change leaves a version only where this is true.  For an INSERT ``old`` is all
        NULL; for a DELETE ``new`` is the last image.
    :param end_timestamp_column: version column with the time of the transaction that ended it.
    :param mask: where the changed columns of a version are noted in one integer.
    :param extra: further version columns.
    :param changes: where the kinds of changed objects are noted.
    :param level: what the triggers fire for, of ``LEVELS``.
    :param append_only: triggers of the version table refuse what recording does not do.
    """

    table: TableName
    version_table: TableName
    log: LogSpec
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    transaction_column: str = "transaction_id"
    end_column: str | None = "end_transaction_id"
    operation_column: str = "operation_type"
    generated_key: bool = False
    null_delete: bool = False
    duplicates: bool = False
    cascades: tuple[Cascade, ...] = ()
    root: TriggerSpec | None = None
    lower: tuple[TriggerSpec, ...] = ()
    operations: tuple[str, ...] = OPERATIONS
    when: RowExpression | None = None
    end_timestamp_column: str | None = None
    mask: MaskSpec | None = None
    extra: tuple[ExtraColumn, ...] = ()
    changes: ChangesSpec | None = None
    level: str = "row"
    append_only: bool = False

    @property
    def key_columns(self) -> tuple[ColumnSpec, ...]:
        """The key's columns, in the order of the key."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.key)

    @property
    def value_columns(self) -> tuple[ColumnSpec, ...]:
        """The recorded columns that are not part of the key."""
        return tuple(column for column in self.columns if column.name not in self.key)

    @property
    def counting_columns(self) -> tuple[ColumnSpec, ...]:
        """The columns, outside the key, whose change makes a version."""
        return tuple(column for column in self.value_columns if column.counts)

    @property
    def ignored_columns(self) -> tuple[ColumnSpec, ...]:
        """The columns that are stored, but whose change alone makes no version."""
        return tuple(column for column in self.value_columns if not column.counts)

    def resolve(self, schema: Callable[[str | None], str | None]) -> TriggerSpec:
        """Return the same spec with every schema name replaced.

        :param schema: from the declared schema name to the real one.
        """

        def table(name: TableName) -> TableName:
            return TableName(name.name, schema(name.schema))

        return replace(
            self,
            table=table(self.table),
            version_table=table(self.version_table),
            log=resolve_log(self.log, schema),
            cascades=tuple(
                replace(cascade, parent=table(cascade.parent), child=table(cascade.child))
                for cascade in self.cascades
            ),
            root=None if self.root is None else self.root.resolve(schema),
            lower=tuple(level.resolve(schema) for level in self.lower),
            mask=None
            if self.mask is None
            else replace(self.mask, catalog=table(self.mask.catalog)),
            changes=None
            if self.changes is None
            else replace(self.changes, table=table(self.changes.table)),
        )

    def fingerprint(self, *facts: object) -> str:
        """Return a short text that changes whenever the triggers would have to change.

        The order of columns is none of that: branches of migrations add them in either order.

        :param facts: what else the emitted text depends on (facts of the server).
        """
        return _digest([FORMAT, _plain(self), [str(fact) for fact in facts]])


def resolve_log(log: LogSpec, schema: Callable[[str | None], str | None]) -> LogSpec:
    """Return the log with every schema name replaced (see :meth:`TriggerSpec.resolve`)."""
    return replace(
        log,
        table=TableName(log.table.name, schema(log.table.schema)),
        side_tables=tuple(
            replace(side, table=TableName(side.table.name, schema(side.table.schema)))
            for side in log.side_tables
        ),
    )


def fingerprint_of(log: LogSpec, specs: Iterable[TriggerSpec], *facts: object) -> str:
    """Return the fingerprint of the helpers that all triggers of one transaction table share."""
    tables = sorted(
        [
            str(spec.version_table),
            spec.transaction_column,
            spec.end_column,
            [column.history_name for column in spec.key_columns],
        ]
        for spec in specs
    )
    return _digest([FORMAT, _plain(log), tables, [str(fact) for fact in facts]])


def storage_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type that is stored, below any :class:`~sqlalchemy.types.TypeDecorator`."""
    while isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    return type_


def type_name(type_: TypeEngine[Any]) -> str:
    """Return what of a type can matter to a trigger: its kind and its collation."""
    stored = storage_type(type_)
    return f"{stored.__visit_name__}:{getattr(stored, 'collation', None) or ''}"


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:20]


def _plain(value: Any) -> Any:
    """Reduce a spec to what json can write, the same in every process."""
    if isinstance(value, TypeEngine):
        return type_name(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, RowExpression):
        return value.text
    if hasattr(value, "__dataclass_fields__"):
        # What has its default is left out: a new field does not make every trigger stale.
        return {
            item.name: _field(value, item.name)
            for item in fields(value)
            if item.default is MISSING or getattr(value, item.name) != item.default
        }
    return value


def _field(owner: Any, name: str) -> Any:
    """Reduce a part of a spec to what of it means something.

    The order of columns does where they correspond to others by their place, as in keys, and where
    the first is not like the others, as in tables beside the transaction table.
    """
    plain = _plain(getattr(owner, name))
    if name == "key" or isinstance(owner, SideTable) or not isinstance(plain, list):
        return plain
    return sorted(plain, key=json.dumps)
