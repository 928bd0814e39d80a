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
from continuum.alembic.levels import Level
from continuum.dialects.base import INTERNAL
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TriggerSpec
from continuum.operation import Operation

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
    level = Level(new)
    for item in new.columns:
        if item.name not in known:
            _fill(place, level, item)


def _fill(place: Place, level: Level, column: ColumnSpec) -> None:
    version, name = level.version, column.history_name
    mine = level.belongs(version)
    lacking = and_(
        version.c[name].is_(None),
        version.c[level.spec.operation_column] != int(Operation.DELETE),
        _in_force(level),
        exists().where(mine, level.live.c[column.name].is_not(None)).select_from(level.live),
    )
    value = select(dict(level.values())[name]).where(mine).scalar_subquery()
    statement = version.update().where(lacking).values({name: value})
    if place.connection is None:
        place.run(statement)
        return
    # Mostly a new column has no values, and then nobody is to wait for locks.
    found = select(literal(1)).select_from(version).where(lacking).limit(1)
    if place.connection.execute(found, execution_options={INTERNAL: True}).first() is None:
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


def _in_force(level: Level) -> ColumnElement[bool]:
    version = level.version
    if level.spec.end_column is not None:
        return level.is_open(version)
    begin = level.spec.transaction_column
    every = level.version.alias("every")
    # A derived table: MySQL refuses to read the table that an UPDATE changes in any other way.
    newest = (
        select(
            *(every.c[name] for name in level.version_key),
            func.max(every.c[begin]).label("newest_transaction"),
        )
        .group_by(*(every.c[name] for name in level.version_key))
        .subquery("newest")
    )
    same = and_(
        *(newest.c[name] == version.c[name] for name in level.version_key),
        newest.c.newest_transaction == version.c[begin],
    )
    return exists().where(same).select_from(newest)
