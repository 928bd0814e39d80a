"""Notes of the kinds of objects that a transaction changed, for versions not made by a recorder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import column
from sqlalchemy import exists
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.schema.recorded import RecordedTable


def note_kinds_of(
    connection: Connection,
    recorded: RecordedTable,
    rows: Select[Any],
    named: Callable[[str], ColumnElement[Any]],
    number: int,
) -> None:
    """Note the kinds of some rows, where they are not noted yet, if they are to be noted at all.

    :param recorded: the table that the rows belong to, a root in a hierarchy.
    :param rows: select for the live rows, or for versions of them.
    :param named: from the name of a live column to that of ``rows`` that stands for it.
    :param number: id of the transaction.

    One statement at most.
    """
    spec = recorded.changes
    if spec is None:
        return
    noted = table(
        spec.table.name,
        column(spec.transaction_column, BigInteger),
        column(spec.entity_column, String),
        schema=spec.table.schema,
    )
    entity = spec.entity.over(named).label("entity")
    kinds = rows.with_only_columns(entity, maintain_column_froms=True).distinct().subquery("kinds")
    known = exists().where(
        noted.c[spec.transaction_column] == number,
        noted.c[spec.entity_column] == kinds.c.entity,
    )
    connection.execute(
        noted.insert().from_select(
            [spec.transaction_column, spec.entity_column],
            select(literal(number, BigInteger), kinds.c.entity).where(~known.select_from(noted)),
        ),
        execution_options={INTERNAL: True},
    )
