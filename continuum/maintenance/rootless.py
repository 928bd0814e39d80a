"""Versions of lower tables that no version of the root of their hierarchy goes with.

The versions of the root say when an object changed: what falls into none of them cannot be read.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import or_
from sqlalchemy import select

from continuum.dialects.spec import OPERATIONS
from continuum.maintenance.comparing import belongs
from continuum.maintenance.comparing import is_open
from continuum.maintenance.comparing import newest_is_delete
from continuum.maintenance.comparing import unknown
from continuum.operation import Operation
from continuum.schema.recorded import RecordedTable


def without_root(root: RecordedTable, recorded: RecordedTable) -> Select[Any]:
    """Select the versions of a lower table that meet no version of the root."""
    version = recorded.version_table
    return select(version).where(_meets_none(root, recorded, version))


def unreadable(root: RecordedTable, recorded: RecordedTable) -> Select[Any]:
    """Select those of them that stay so when what the root is now has been written down."""
    version = recorded.version_table
    statement = without_root(root, recorded)
    if not records_all(root):
        return statement
    begun = _rows_without_root(root).where(
        *(
            live == version.c[column.key]
            for live, column in zip(root.key, recorded.version_key, strict=True)
        )
    )
    stays: list[ColumnElement[bool]] = []
    if recorded.end_column is not None:
        stays = [recorded.end_column.is_(None), ~_has_come_back(recorded, version)]
    return statement.where(~and_(begun.correlate(version).exists(), *stays))


def rootless(root: RecordedTable) -> Select[Any]:
    """Select the rows of a root without version in force whose lower tables need one."""
    needed = []
    for level in root.lower:
        version = level.version_table.alias("below")
        same = and_(
            *(
                live == version.c[column.key]
                for live, column in zip(root.key, level.version_key, strict=True)
            )
        )
        alone = or_(_has_come_back(level, version), _meets_none(root, level, version))
        needed.append(exists().where(same, is_open(level, version), alone).select_from(version))
    return _rows_without_root(root).where(or_(*needed))


def records_all(recorded: RecordedTable) -> bool:
    """Say whether no change of a table is left out of its history on purpose."""
    return recorded.when is None and recorded.options.operations == OPERATIONS


def _has_come_back(level: RecordedTable, version: Any) -> ColumnElement[bool]:
    """Return the criterion for versions that say of a row that is there that it was deleted."""
    return and_(
        version.c[level.operation_column.key] == Operation.DELETE,
        exists().where(belongs(level, version)).select_from(level.table),
    )


def _rows_without_root(root: RecordedTable) -> Select[Any]:
    rows: Select[Any] = unknown(root).where(~newest_is_delete(root))
    return rows


def _meets_none(root: RecordedTable, recorded: RecordedTable, version: Any) -> ColumnElement[bool]:
    """Return the criterion for versions of a lower table without one of the root."""
    above = root.version_table.alias("above")
    begin = version.c[recorded.transaction_column.key]
    same = [
        above.c[column.key] == version.c[mine.key]
        for column, mine in zip(root.version_key, recorded.version_key, strict=True)
    ]
    start = above.c[root.transaction_column.key]
    inside = start <= begin
    if root.end_column is not None:
        end = above.c[root.end_column.key]
        inside = and_(inside, or_(end.is_(None), end > begin))
    # What the root had at its beginning may have been pruned.
    later = start >= begin
    if recorded.end_column is not None:
        own_end = version.c[recorded.end_column.key]
        later = and_(later, or_(own_end.is_(None), own_end > start))
    return ~exists().where(*same, or_(inside, later)).select_from(above)
