"""Rows that are not as their versions in force say, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from continuum.maintenance.comparing import changed
from continuum.maintenance.comparing import gone
from continuum.maintenance.comparing import newest_is_delete
from continuum.maintenance.comparing import risen
from continuum.maintenance.comparing import without_part
from continuum.maintenance.rootless import records_all
from continuum.maintenance.rootless import rootless
from continuum.operation import Operation
from continuum.schema.recorded import RecordedTable


@dataclass(frozen=True)
class Fault:
    """Rows that are not as their versions in force say.

    :param key: their key, as columns of the statement.
    :param operation: what happened to them.
    """

    kind: str
    statement: Select[Any]
    key: list[Any]
    operation: Operation


def faults_of(level: RecordedTable) -> Iterator[Fault]:
    """Iterate over what can be wrong with the rows of a table."""
    live = list(level.key)
    yield Fault("changed", changed(level), live, Operation.UPDATE)
    rows = gone(level)
    [source] = rows.get_final_froms()
    key = [source.c[column.key] for column in level.version_key]
    yield Fault("gone", rows, key, Operation.DELETE)
    if level.root is not None:
        # The root comes first: what it lacks is there by now.
        lacking, died = without_part(level.root, level), newest_is_delete(level)
        yield Fault("risen", lacking.where(died), live, Operation.INSERT)
        yield Fault("no part", lacking.where(~died), live, Operation.INSERT)
    elif records_all(level):
        yield Fault("risen", risen(level), live, Operation.INSERT)
        if level.lower:
            yield Fault("unrecorded", rootless(level), live, Operation.INSERT)
