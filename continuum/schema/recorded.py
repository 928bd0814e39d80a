"""A live table together with the version table made for it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Index
from sqlalchemy import MetaData
from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy.types import NullType

from continuum.dialects.expressions import RowExpression
from continuum.dialects.spec import Cascade
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import storage_type
from continuum.errors import ImproperlyConfigured
from continuum.errors import UnsupportedTable
from continuum.options import Options
from continuum.schema.additions import Computed
from continuum.schema.additions import add_indexes
from continuum.schema.additions import condition_of
from continuum.schema.additions import end_timestamp_of
from continuum.schema.additions import extra_columns_of
from continuum.schema.additions import flag_of
from continuum.schema.additions import mask_of
from continuum.schema.additions import refuse_clashes
from continuum.schema.names import shortened
from continuum.schema.types import OperationType
from continuum.schema.types import history_type

_ACTIONS = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


@dataclass(frozen=True)
class RecordedColumn:
    """A live column and the version column that holds its values.

    :param counts: a change of it alone makes a version.
    :param flag: the version column that says whether a version changed it.
    """

    live: Column[Any]
    version: Column[Any]
    counts: bool
    flag: Column[Any] | None = None


@dataclass(eq=False)
class RecordedTable:
    """What is recorded of one live table, and where.

    :param extra_columns: version columns of the user's own.
    :param extra: those of them that are computed from the row.
    :param when: condition under which a change leaves a version.
    :param root: for a lower table of joined inheritance, the root of the hierarchy, whose version
        table has a row for each transaction that changed the object at any level.
    :param lower: for such a root, all tables below it; keys correspond by position.
    :param mask_catalog: table with the places of the bits of the mask.
    :param changes: table that gets the kinds of objects that each transaction changed.
    """

    table: Table
    version_table: Table
    columns: tuple[RecordedColumn, ...]
    key: tuple[Column[Any], ...]
    options: Options
    duplicates: bool = False
    extra_columns: tuple[Column[Any], ...] = ()
    extra: tuple[Computed, ...] = ()
    when: RowExpression | None = None
    root: RecordedTable | None = None
    lower: tuple[RecordedTable, ...] = ()
    mask_catalog: Table | None = None
    changes: ChangesSpec | None = None

    @cached_property
    def values(self) -> tuple[RecordedColumn, ...]:
        """The recorded columns outside the key."""
        return tuple(column for column in self.columns if column.live not in self.key)

    @cached_property
    def double(self) -> Table:
        """The version table once more, for statements in which it must not be taken for itself.

        Made once: statements over two tables of the same name would be compiled twice.
        """
        table = self.version_table
        return Table(
            table.name,
            MetaData(),
            *(Column(column.name, column.type, key=column.key) for column in table.columns),
            schema=table.schema,
        )

    @cached_property
    def version_key(self) -> tuple[Column[Any], ...]:
        """The columns of the version table that hold the live key."""
        by_live = {column.live: column.version for column in self.columns}
        return tuple(by_live[column] for column in self.key)

    @cached_property
    def transaction_column(self) -> Column[Any]:
        """The column with the id of the transaction that made a version."""
        return self.version_table.c[self.options.transaction_column_name]

    @cached_property
    def end_column(self) -> Column[Any] | None:
        """The column with the id of the transaction that ended a version, if there is one."""
        if self.options.strategy == "subquery":
            return None
        return self.version_table.c[self.options.end_transaction_column_name]

    @cached_property
    def operation_column(self) -> Column[Any]:
        """The column with the kind of change."""
        return self.version_table.c[self.options.operation_type_column_name]

    @cached_property
    def end_timestamp_column(self) -> Column[Any] | None:
        """The column with the time of the transaction that ended a version, if there is one."""
        if not self.options.end_timestamp:
            return None
        return self.version_table.c[self.options.end_timestamp_column_name]

    @cached_property
    def mask_column(self) -> Column[Any] | None:
        """The column whose bits say what a version changed, if there is one."""
        if self.options.flags != "mask":
            return None
        return self.version_table.c[self.options.mask_column_name]

    @cached_property
    def own_columns(self) -> tuple[Column[Any], ...]:
        """The columns of the version table that hold no live column."""
        copies = {column.version for column in self.columns}
        return tuple(column for column in self.version_table.c if column not in copies)

    def comparison_of(self, column: Column[Any]) -> str | None:
        """Return the user's own test of whether two values of a column differ."""
        own: str | None = column.info.get("versioned_comparison")
        if own is not None:
            return own
        for type_, comparison in self.options.comparisons.items():
            if isinstance(column.type, type_):
                return comparison
        return None

    def spec(self, log: LogSpec) -> TriggerSpec:
        """Return what triggers have to do for this table."""
        spec = self._spec(log)
        if self.root is not None:
            return replace(spec, root=self.root.spec(log))
        return replace(spec, lower=tuple(level._spec(log) for level in self.lower))

    def _spec(self, log: LogSpec) -> TriggerSpec:
        """Return the spec without the other levels of a hierarchy."""
        mask = None
        if self.mask_column is not None and self.mask_catalog is not None:
            mask = MaskSpec(self.mask_column.name, table_name(self.mask_catalog))
        return TriggerSpec(
            table=table_name(self.table),
            version_table=table_name(self.version_table),
            log=log,
            columns=tuple(
                ColumnSpec(
                    name=column.live.name,
                    history_name=column.version.name,
                    type=column.live.type,
                    counts=column.counts,
                    virtual=column.live.computed is not None and not column.live.computed.persisted,
                    comparison=self.comparison_of(column.live),
                    history_type=column.version.type,
                    flag=None if column.flag is None else column.flag.name,
                )
                for column in self.columns
            ),
            key=tuple(column.name for column in self.key),
            transaction_column=self.transaction_column.name,
            end_column=None if self.end_column is None else self.end_column.name,
            operation_column=self.operation_column.name,
            generated_key=len(self.key) == 1 and self.key[0] is self.table.autoincrement_column,
            null_delete=self.options.null_delete,
            duplicates=self.duplicates,
            cascades=tuple(_cascades(self.table, accept_holes=self.options.accept_holes)),
            operations=self.options.operations,
            when=self.when,
            end_timestamp_column=None
            if self.end_timestamp_column is None
            else self.end_timestamp_column.name,
            mask=mask,
            extra=tuple(ExtraColumn(column.name, value) for column, value in self.extra),
            changes=self.changes,
            # The same key several times in a statement: only single rows can be counted.
            level="row" if self.duplicates else self.options.level,
            append_only=self.options.append_only,
        )


def table_name(table: Table) -> TableName:
    """Return the name of a table as the dialects know it."""
    return TableName(table.name, table.schema)


def record_table(
    table: Table,
    options: Options,
    *,
    key: Sequence[Column[Any]] | None = None,
    attribute_keys: Mapping[Column[Any], str] | None = None,
    excluded: Iterable[Column[Any]] = (),
    before_create: Callable[[Table, list[Column[Any]]], None] | None = None,
) -> RecordedTable:
    """Make the version table of a live table, in the same MetaData.

    :param table: the live table.
    :param options: how it is versioned.
    :param key: columns that identify a row, where the table itself does not say.
    :param attribute_keys: names of the columns as attributes of the mapped class.
    :param excluded: columns that are left out whatever the options say.
    :param before_create: gets the live table and the list of version columns, which it may extend.
    :raises UnsupportedTable: no key, or a key that history cannot hold.
    :raises ImproperlyConfigured: names that clash or do not exist.
    """
    keys = dict(attribute_keys or {})
    key_columns, duplicates = _key(table, key, options)
    chosen = _chosen(table, options, key_columns, keys, frozenset(excluded))
    _refuse_reserved_names(table, options, [column for column, _ in chosen], keys)
    _refuse_unknown_types(table, [column for column, _ in chosen], options)
    recorded = tuple(
        _recorded_column(
            column,
            keys.get(column, column.key),
            options,
            counts=counts,
            in_key=column in key_columns,
        )
        for column, counts in chosen
    )
    columns = [column.version for column in recorded]
    columns.append(
        Column(options.transaction_column_name, BigInteger, primary_key=True, autoincrement=False)
    )
    if options.strategy == "validity":
        columns.append(Column(options.end_transaction_column_name, BigInteger))
    columns.append(Column(options.operation_type_column_name, OperationType, nullable=False))
    images = {name: column for column in table.c for name in (column.name, column.key)}
    images |= {keys.get(column, column.key): column for column in table.c}
    own, extra = extra_columns_of(table, options, images)
    added = [*own]
    added += [column.flag for column in recorded if column.flag is not None]
    if options.flags == "mask":
        added.append(mask_of(options))
    if options.end_timestamp:
        added.append(end_timestamp_of(options))
    refuse_clashes(table, columns, added)
    columns += added
    when = condition_of(
        table, options, images, [column.live for column in recorded if column.counts]
    )
    if before_create is not None:
        before_create(table, columns)
    version_table = _create(table, options, columns)
    # The key comes first in the primary key, in its own order: the newest version of a row is
    # then one probe away, whatever the order of the columns.
    _order_primary_key(version_table, recorded, key_columns, options)
    _add_indexes(version_table, recorded, key_columns, options)
    add_indexes(version_table, options)
    return RecordedTable(
        table=table,
        version_table=version_table,
        columns=recorded,
        key=key_columns,
        options=options,
        duplicates=duplicates,
        extra_columns=tuple(own),
        extra=tuple(extra),
        when=when,
    )


def _recorded_column(
    column: Column[Any], key: str, options: Options, *, counts: bool, in_key: bool
) -> RecordedColumn:
    version: Column[Any] = Column(
        column.name,
        history_type(column, options),
        key=key,
        primary_key=in_key,
        nullable=not in_key,
        autoincrement=False if in_key else "auto",
        comment=column.comment,
    )
    flagged = options.flags == "columns" and not in_key
    flag = flag_of(column, key, options) if flagged else None
    return RecordedColumn(live=column, version=version, counts=counts, flag=flag)


def version_table_name(table: Table, options: Options) -> str:
    """Return the name of the version table of a live table."""
    wanted = options.table_name
    name = wanted(table) if callable(wanted) else wanted.replace("%s", table.name)
    return shortened(name)


def _create(table: Table, options: Options, columns: list[Column[Any]]) -> Table:
    metadata: MetaData = table.metadata
    name = version_table_name(table, options)
    schema = options.schema if options.schema is not None else table.schema
    full_name = name if schema is None else f"{schema}.{name}"
    if full_name in metadata.tables:
        raise ImproperlyConfigured(
            f"the version table of {table.fullname!r} would be {full_name!r}, which exists already",
            table=table.fullname,
            hint="Give the class another table_name in __versioned__, for example "
            "{'table_name': '%s_history'}.",
        )
    return Table(
        name,
        metadata if options.create_tables else MetaData(),
        *columns,
        schema=schema,
        info={"continuum_version_of": table.fullname},
    )


def _order_primary_key(
    version_table: Table,
    recorded: Sequence[RecordedColumn],
    key: Sequence[Column[Any]],
    options: Options,
) -> None:
    by_live = {column.live: column.version for column in recorded}
    constraint = PrimaryKeyConstraint(
        *(by_live[column] for column in key),
        version_table.c[options.transaction_column_name],
    )
    version_table.append_constraint(constraint)


def _add_indexes(
    version_table: Table,
    recorded: Sequence[RecordedColumn],
    key: Sequence[Column[Any]],
    options: Options,
) -> None:
    transaction = version_table.c[options.transaction_column_name]
    if options.index_transaction:
        name = f"ix_{version_table.name}_{transaction.name}"
        Index(shortened(name), transaction)
    if options.create_composite_index:
        by_live = {column.live: column.version for column in recorded}
        columns = [*(by_live[column] for column in key), transaction]
        if options.strategy == "validity":
            columns.append(version_table.c[options.end_transaction_column_name])
        Index(shortened(f"ix_{version_table.name}_pk_validity"), *columns)


def _key(
    table: Table, given: Sequence[Column[Any]] | None, options: Options
) -> tuple[tuple[Column[Any], ...], bool]:
    """Return the columns that identify a row, and whether several rows may share them."""
    if given:
        return tuple(given), False
    if table.primary_key.columns:
        return tuple(table.primary_key.columns), False
    # A constraint without nullable columns is the better identity; in another one a NULL fails the
    # write, because a version needs its whole key.
    unique = sorted(
        (item for item in table.constraints if isinstance(item, UniqueConstraint)),
        key=lambda item: (
            any(column.nullable for column in item.columns),
            [column.name for column in item.columns],
        ),
    )
    if unique:
        return tuple(unique[0].columns), False
    links = tuple(column for column in table.columns if column.foreign_keys)
    if not links:
        raise UnsupportedTable(
            f"table {table.fullname!r} has no primary key, so that its rows have no identity that "
            "history could follow",
            table=table.fullname,
            hint="Give the table a primary key.  A table without a class can also be versioned "
            "with version_table_of(table, key=[...]), which names the identifying columns.",
        )
    if not options.allow_duplicate_links:
        raise UnsupportedTable(
            f"association table {table.fullname!r} has neither a primary key nor a unique "
            "constraint; a link could stand in it twice",
            table=table.fullname,
            hint=f"Add UniqueConstraint({', '.join(repr(column.name) for column in links)}), or "
            "set allow_duplicate_links=True to count a link as present "
            "while at least one such row exists.",
        )
    return links, True


def _chosen(
    table: Table,
    options: Options,
    key: Sequence[Column[Any]],
    attribute_keys: Mapping[Column[Any], str],
    excluded: frozenset[Column[Any]],
) -> list[tuple[Column[Any], bool]]:
    """Return the columns to record, each with whether its change alone makes a version."""

    def names(option: str) -> set[Column[Any]]:
        return matching(table, getattr(options, option), attribute_keys)

    include, exclude, ignore = names("include"), names("exclude"), names("ignore")
    chosen = []
    for column in table.columns:
        setting = column.info.get("versioned")
        if column in key:
            chosen.append((column, True))
            continue
        kept = column not in excluded and column not in exclude
        if options.include:
            kept = kept and column in include
        if setting is not None:
            kept = setting is not False
        if kept:
            chosen.append((column, column not in ignore and setting != "ignore"))
    return chosen


def matching(
    table: Table, wanted: Iterable[Any], attribute_keys: Mapping[Column[Any], str]
) -> set[Column[Any]]:
    """Return the columns that are meant by names, patterns, attributes or columns."""
    found: set[Column[Any]] = set()
    for item in wanted:
        name = item if isinstance(item, str) else getattr(item, "key", item)
        for column in table.columns:
            candidates = {column.name, column.key, attribute_keys.get(column, column.key)}
            if item is column or any(fnmatchcase(each, str(name)) for each in candidates):
                found.add(column)
    return found


def check_column_names(
    cls_name: str, table: Table, declared: Mapping[str, Any], known: Iterable[str]
) -> None:
    """Raise for a name in ``exclude``, ``include`` or ``ignore`` that fits no attribute.

    :param declared: what the class itself says; a name from elsewhere need not fit every class.
    :param known: attribute names and column names of the class.
    """
    names = set(known)
    key = {column.name for column in table.primary_key.columns}
    for item in declared.get("exclude", ()):
        if item in key:
            raise ImproperlyConfigured(
                f"exclude of {cls_name} names {item!r}, which is part of the key; a version "
                "without it would belong to no row",
                table=table.fullname,
                column=item,
            )
    for option in ("exclude", "include", "ignore"):
        for item in declared.get(option, ()):
            name = item if isinstance(item, str) else getattr(item, "key", str(item))
            if not any(fnmatchcase(each, name) for each in names):
                raise ImproperlyConfigured(
                    f"{option} of {cls_name} names {name!r}, which is neither an attribute nor a "
                    "column of it",
                    table=table.fullname,
                    hint=f"Its attributes are: {', '.join(sorted(names))}.",
                )


def _refuse_reserved_names(
    table: Table,
    options: Options,
    columns: Iterable[Column[Any]],
    attribute_keys: Mapping[Column[Any], str],
) -> None:
    reserved = {
        "transaction_column_name": options.transaction_column_name,
        "operation_type_column_name": options.operation_type_column_name,
    }
    if options.strategy == "validity":
        reserved["end_transaction_column_name"] = options.end_transaction_column_name
    for column in columns:
        for option, name in reserved.items():
            if name in (column.name, attribute_keys.get(column, column.key)):
                raise ImproperlyConfigured(
                    f"column {column.name!r} of {table.fullname!r} has the name of a column that "
                    "every version table gets",
                    table=table.fullname,
                    column=column.name,
                    hint=f"Choose another name for ours with the option {option}.",
                )


def _refuse_unknown_types(table: Table, columns: Iterable[Column[Any]], options: Options) -> None:
    for column in columns:
        if isinstance(storage_type(column.type), NullType) and not any(
            isinstance(column.type, live_type) for live_type in options.type_map
        ):
            raise UnsupportedTable(
                f"column {column.name!r} of {table.fullname!r} has no type, so that its history "
                "could neither be stored nor compared",
                table=table.fullname,
                column=column.name,
                hint="Give the column a type, exclude it from history, or say which type its "
                "history has with the option type_map.",
            )


def _cascades(table: Table, *, accept_holes: bool) -> Iterable[Cascade]:
    """Return the foreign key actions that can change rows of the table, direct or passed on.

    A parent that is itself deleted by a foreign key action passes it on, versioned or not.
    """
    seen: set[Table] = set()
    pending = [table]
    while pending:
        child = pending.pop()
        if child in seen:
            continue
        seen.add(child)
        for constraint in sorted(
            child.foreign_key_constraints, key=lambda item: [c.name for c in item.columns]
        ):
            on_delete = (constraint.ondelete or "").upper()
            on_update = (constraint.onupdate or "").upper()
            deletes, updates = on_delete in _ACTIONS, on_update in _ACTIONS
            if accept_holes:
                # What no trigger can be made to see is left to the database's own action.
                updates = False
                deletes = deletes and constraint.referred_table is not child
            if not deletes and not updates:
                continue
            parent = constraint.referred_table
            yield Cascade(
                parent=table_name(parent),
                child=table_name(child),
                columns=tuple(
                    (element.parent.name, element.column.name) for element in constraint.elements
                ),
                on_delete=on_delete if deletes else None,
                on_update=on_update if updates else None,
            )
            pending.append(parent)
