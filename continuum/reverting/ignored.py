"""Columns whose change alone makes no version, in rows that are made anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from continuum.operation import Operation
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.reverting.past import key_columns
from continuum.reverting.past import timeline_of
from continuum.reverting.present import root_of
from continuum.reverting.rows import Row
from continuum.reverting.values import exact_values
from continuum.reverting.values import is_written


def take_newest_of_all(session: Session, rows: Iterable[Row], after: int) -> None:
    """Give rows that are made anew what their ignored columns had when they were deleted.

    :param after: id of a transaction; later ones deleted the rows.

    Queries: one for each class with ignored columns, for each 500 rows.
    """
    by_root: dict[Mapper[Any], tuple[Layout, dict[Values, Row]]] = {}
    for row in rows:
        if row.operation is Operation.INSERT and _kept(row.layout):
            layout = layout_of(row.layout.root)
            mapper = root_of(layout.model_mapper)
            by_root.setdefault(mapper, (layout, {}))[1][row.key] = row
    for layout, wanted in by_root.values():
        timeline = timeline_of(layout.recorded)
        start = timeline.transaction_column
        for criterion in among(key_columns(layout), wanted):
            statement = (
                select(layout.version_cls)
                .where(criterion, start > after, timeline.operation_column == Operation.DELETE)
                .order_by(start)
                .options(undefer("*"))
            )
            for deletion in session.scalars(statement).all():
                row = wanted[layout_of(type(deletion)).key_of(deletion)]
                take_newest(session, row, deletion)


def take_newest(session: Session, row: Row, deletion: Any) -> None:
    """Give a row that is made anew what its ignored columns had when it was deleted.

    :param deletion: the DELETE version.

    Queries: as :func:`~continuum.reverting.values.exact_values`.
    """
    kept = _kept(row.layout)
    if row.operation is not Operation.INSERT or not kept or type(deletion) is not type(row.version):
        return
    for item, value in exact_values(session, row.layout, deletion, {}):
        if item.live in kept and (value is not None or item.live.nullable):
            row.targets[item] = value


def _kept(layout: Layout) -> set[Column[Any]]:
    """Return the ignored columns whose values DELETE versions keep."""
    stored = {
        column.live
        for level in layout.levels
        if not level.options.null_delete
        for column in level.columns
    }
    return {
        item.live
        for item in layout.items
        if item.live in stored and not item.counts and is_written(layout, item)
    }
