"""A table and its history as statements of a migration see them: by a definition alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import MetaData
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Table

from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.options import Options
from continuum.schema.recorded import RecordedColumn
from continuum.schema.recorded import RecordedTable
from continuum.schema.types import UTCDateTime


def recorded_of(spec: TriggerSpec) -> RecordedTable:
    """Return what models would say about a recorded table, as far as its triggers know it.

    :param spec: with the real schemas.
    """
    live = lightweight(spec.table, [Column(item.name, item.type) for item in spec.columns])
    kept = [Column(item.history_name, item.history_type or item.type) for item in spec.columns]
    flags = [Column(item.flag, Boolean) for item in spec.columns if item.flag is not None]
    computed: list[Column[Any]] = [Column(item.name) for item in spec.extra]
    own = [Column(spec.operation_column, SmallInteger)]
    numbers = (
        spec.transaction_column,
        spec.end_column,
        None if spec.mask is None else spec.mask.column,
    )
    own += [Column(name, BigInteger) for name in numbers if name is not None]
    if spec.end_timestamp_column is not None:
        own.append(Column(spec.end_timestamp_column, UTCDateTime()))
    version = lightweight(spec.version_table, [*kept, *flags, *computed, *own])
    return RecordedTable(
        table=live,
        version_table=version,
        columns=tuple(
            RecordedColumn(
                live.c[item.name],
                version.c[item.history_name],
                item.counts,
                None if item.flag is None else version.c[item.flag],
            )
            for item in spec.columns
        ),
        key=tuple(live.c[name] for name in spec.key),
        options=_options(spec),
        duplicates=spec.duplicates,
        extra=tuple((version.c[item.name], item.value) for item in spec.extra),
        when=spec.when,
        lower=tuple(recorded_of(level) for level in spec.lower),
        mask_catalog=None if spec.mask is None else _catalog(spec.mask),
        changes=spec.changes,
    )


def lightweight(name: TableName, columns: Sequence[Column[Any]]) -> Table:
    """Return a table that is part of no application's MetaData.

    Each in a MetaData of its own: a table may be called like the history of another one.
    """
    return Table(name.name, MetaData(), *columns, schema=name.schema)


def _options(spec: TriggerSpec) -> Options:
    """Return the options that say how the columns of a version table are called."""
    return Options(
        transaction_column_name=spec.transaction_column,
        operation_type_column_name=spec.operation_column,
        operations=spec.operations,
        append_only=spec.append_only,
        **_named("end_transaction_column_name", spec.end_column),
        **_named("end_timestamp_column_name", spec.end_timestamp_column),
        **_named("mask_column_name", None if spec.mask is None else spec.mask.column),
        strategy="subquery" if spec.end_column is None else "validity",
        end_timestamp=spec.end_timestamp_column is not None,
        flags=None if spec.mask is None else "mask",
    )


def _named(option: str, name: str | None) -> dict[str, Any]:
    return {} if name is None else {option: name}


def _catalog(mask: MaskSpec) -> Table:
    texts = [Column(name, String) for name in ("version_table", "column_name")]
    return lightweight(mask.catalog, [*texts, Column("position", SmallInteger)])
