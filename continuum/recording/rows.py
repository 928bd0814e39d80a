"""Rows of the transaction table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL

if TYPE_CHECKING:
    from continuum.mapping.journal import Journal


def row_exists(connection: Connection, journal: Journal, number: int) -> bool:
    """Say whether a transaction has its row.  One query."""
    column = journal.transaction_table.c[journal.log.id]
    found = connection.execute(
        select(column).where(column == number), execution_options={INTERNAL: True}
    ).first()
    return found is not None
