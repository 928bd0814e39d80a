"""Columns that triggers copy for the first time, in the versions that are in force."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from continuum.alembic.execution import Place
from continuum.alembic.levels import recorded_of
from continuum.dialects.spec import TriggerSpec
from continuum.maintenance.comparing import belongs
from continuum.maintenance.comparing import execute
from continuum.maintenance.comparing import is_open
from continuum.operation import Operation
from continuum.schema.kept import as_kept
from continuum.schema.recorded import RecordedColumn
from continuum.schema.recorded import RecordedTable

_ATTEMPTS = 20
_DEADLOCK = 1213


def fill_new_columns(place: Place, old: TriggerSpec, new: TriggerSpec) -> None:
    """Let the versions in force say of columns that are recorded from now on what the rows say.

    A column can come with values, from a server default or from a migration that fills it before
    the triggers know it, and no trigger sees that.  The next change would seem to have set it.

    Two statements for each such column at the most.  Nothing where history is append-only: a
    version in force is then none to be changed.
    """
    if new.append_only:
        return
    known = {item.name for item in old.columns}
    recorded = recorded_of(new)
    for column in recorded.columns:
        if column.live.name not in known:
            _fill(place, recorded, column)


def _fill(place: Place, recorded: RecordedTable, column: RecordedColumn) -> None:
    mine = belongs(recorded, recorded.version_table)
    lacking = and_(
        column.version.is_(None),
        recorded.operation_column != int(Operation.DELETE),
        _in_force(recorded),
        exists().where(mine, column.live.is_not(None)).select_from(recorded.table),
    )
    value = select(as_kept(column.live, column.version)).where(mine).scalar_subquery()
    statement = recorded.version_table.update().where(lacking).values({column.version: value})
    if place.connection is None:
        place.run(statement)
        return
    # Mostly a new column has no values, and then nobody is to wait for locks.
    found = select(literal(1)).select_from(recorded.version_table).where(lacking).limit(1)
    if execute(place.connection, found).first() is None:
        return
    for attempt in range(_ATTEMPTS):
        try:
            place.run(statement)
        except DBAPIError as error:
            # MariaDB and MySQL have committed the triggers, and writers lock the live row first.
            number = getattr(error.orig, "args", (None,))[0]
            if number != _DEADLOCK or attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _in_force(recorded: RecordedTable) -> ColumnElement[bool]:
    if recorded.end_column is not None:
        return is_open(recorded, recorded.version_table)
    every = recorded.double
    key = [every.c[column.key] for column in recorded.version_key]
    begin = recorded.transaction_column
    # A derived table: MySQL refuses to read the table that an UPDATE changes in any other way.
    newest = select(*key, func.max(every.c[begin.key]).label("newest_transaction")).group_by(*key)
    found = newest.subquery("newest")
    same = (found.c[column.key] == column for column in recorded.version_key)
    return exists().where(*same, found.c.newest_transaction == begin).select_from(found)
