"""Columns that triggers copy for the first time, in the versions that are in force."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement
from sqlalchemy import Update
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import select

from continuum.alembic.execution import Place
from continuum.alembic.levels import Level
from continuum.dialects.spec import TriggerSpec
from continuum.operation import Operation


def fill_new_columns(place: Place, old: TriggerSpec, new: TriggerSpec) -> None:
    """Let the versions in force say of columns that are recorded from now on what the rows say.

    A column can come with values, from a server default or from a migration that fills it before
    the triggers know it, and no trigger sees that.  The next change would seem to have set it.

    One statement for each such column.  Nothing where history is append-only: a version in force
    is then none to be changed.
    """
    if new.append_only:
        return
    for statement in _statements(old, new):
        place.run(statement)


def _statements(old: TriggerSpec, new: TriggerSpec) -> Iterator[Update]:
    known = {item.name for item in old.columns}
    level = Level(new)
    version = level.version
    copied = dict(level.values())
    for item in new.columns:
        if item.name in known:
            continue
        mine = level.belongs(version)
        value = select(copied[item.history_name]).where(mine).scalar_subquery()
        filled = exists().where(mine, level.live.c[item.name].is_not(None)).select_from(level.live)
        yield (
            version.update()
            .where(
                version.c[item.history_name].is_(None),
                version.c[new.operation_column] != int(Operation.DELETE),
                _in_force(level),
                filled,
            )
            .values({item.history_name: value})
        )


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
