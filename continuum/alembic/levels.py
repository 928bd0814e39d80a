"""A table and its history as statements of a migration see them: by a definition alone."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Enum
from sqlalchemy import MetaData
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import cast
from sqlalchemy import exists
from sqlalchemy import true

from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import storage_type
from continuum.operation import Operation
from continuum.schema.types import UTCDateTime


class Level:
    """One table and its history.

    :param spec: with the real schemas.
    """

    def __init__(self, spec: TriggerSpec) -> None:
        self.spec = spec
        # Each in a MetaData of its own: a table may be called like the history of another one.
        self.live = lightweight(spec.table, [Column(item.name, item.type) for item in spec.columns])
        own = [
            Column(spec.transaction_column, BigInteger),
            Column(spec.operation_column, SmallInteger),
        ]
        if spec.end_column is not None:
            own.append(Column(spec.end_column, BigInteger))
        if spec.end_timestamp_column is not None:
            own.append(Column(spec.end_timestamp_column, UTCDateTime()))
        copies = [Column(item.history_name, item.type) for item in spec.columns]
        self.version = lightweight(spec.version_table, [*copies, *own])
        self.key = [self.live.c[name] for name in spec.key]
        self.version_key = [item.history_name for item in spec.key_columns]

    def belongs(self, version: Any) -> ColumnElement[bool]:
        """Return the criterion for a live row and its versions."""
        pairs = zip(self.key, self.version_key, strict=True)
        return and_(*(live == version.c[name] for live, name in pairs))

    def is_open(self, version: Any) -> ColumnElement[bool]:
        """Return the criterion for versions that are in force."""
        if self.spec.end_column is not None:
            return version.c[self.spec.end_column].is_(None)  # type: ignore[no-any-return]
        later = self.version.alias("later")
        begin = self.spec.transaction_column
        same = (later.c[name] == version.c[name] for name in self.version_key)
        newer = exists().where(*same, later.c[begin] > version.c[begin])
        return ~newer.select_from(later)

    def lacks(self) -> ColumnElement[bool]:
        """Return the criterion for live rows without a version in force, which should have one."""
        version = self.version.alias("version")
        known = exists().where(
            self.belongs(version),
            self.is_open(version),
            version.c[self.spec.operation_column] != Operation.DELETE,
        )
        lacking = ~known.select_from(version)
        if self.spec.when is None:
            return lacking
        return and_(lacking, self.spec.when.over(self.live.c.__getitem__))

    def values(self) -> Iterator[tuple[str, ColumnElement[Any]]]:
        """Iterate over the names of version columns, and what the live row says."""
        for item in self.spec.columns:
            live = self.live.c[item.name]
            # PostgreSQL does not store a value of an ENUM in a column for text by itself.
            text = isinstance(storage_type(item.type), Enum)
            yield item.history_name, cast(live, String()) if text else live
            if item.flag is not None:
                yield item.flag, true()
        for extra in self.spec.extra:
            yield extra.name, extra.value.over(self.live.c.__getitem__)


def lightweight(name: TableName, columns: Sequence[Column[Any]]) -> Table:
    """Return a table that is part of no application's MetaData."""
    return Table(name.name, MetaData(), *columns, schema=name.schema)
