"""Whether an INSERT version proves that its transaction inserted the row."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy.orm import Session

from continuum.errors import RevertError
from continuum.operation import Operation
from continuum.reading.binding import bound_to
from continuum.reverting.past import BACKFILLED
from continuum.reverting.past import Values
from continuum.reverting.past import among
from continuum.schema.recorded import RecordedTable


@dataclass(frozen=True)
class Birth:
    """What an INSERT version says about its row.

    :param is_baseline: it tells how a row was found that was there before.
    :param doubt: why it may be a row that was there before.
    """

    is_baseline: bool = False
    doubt: str | None = None

    def check(self, table: str, name: str, number: int) -> None:
        """Raise unless it is known.

        :param table: full name of the live table.
        :param name: what to call the row.
        :param number: id of the transaction.
        :raises RevertError: it is not.
        """
        if self.doubt is not None:
            raise RevertError(
                f"history does not prove that transaction {number} inserted {name}, so that it "
                f"cannot be deleted: {self.doubt}",
                table=table,
                hint="Delete the row yourself if it was inserted then, and undo what the "
                "transaction did to other rows by their versions: undo(session, version).",
            )


def births(
    session: Session,
    transaction: Any,
    number: int,
    recorded: RecordedTable,
    columns: Sequence[Column[Any]],
    keys: Iterable[Values],
) -> dict[Values, Birth]:
    """Say what the INSERT versions of one transaction prove.

    :param transaction: the transaction.
    :param number: its id.
    :param recorded: the table that tells when an object changed.
    :param columns: columns of its version table with the key.
    :param keys: keys of INSERT versions.

    Queries: one for each 500 keys.
    """
    keys = list(keys)
    if "insert" not in recorded.options.operations:
        # Nothing else writes such a version there.
        return dict.fromkeys(keys, Birth(is_baseline=True))
    always: str | None = None
    if recorded.when is not None:
        always = (
            "versions of this class depend on a condition (when=), and a row that has come to "
            "meet it looks the same"
        )
    elif getattr(transaction, "reason", None) == BACKFILLED:
        always = "the transaction was made by backfill(), which writes versions of rows it finds"
    result = dict.fromkeys(keys, Birth(doubt=always))
    start, end = recorded.transaction_column, recorded.end_column
    operation = recorded.operation_column
    for criterion in among(columns, keys):
        ended = null() if end is None else end
        before = select(*columns, operation, ended).where(criterion, start < number)
        # The newest is the last to be looked at.
        bind = bound_to(recorded.table)
        for *key, kind, until in session.execute(before.order_by(start), bind_arguments=bind):
            if kind == Operation.DELETE:
                found = Birth(doubt=always)
            elif end is None or until == number:
                found = Birth(is_baseline=True)
            else:
                found = Birth(
                    doubt=always
                    or f"its history has a gap from transaction {until} until then (a pause, or "
                    "a change that is not recorded)"
                )
            result[tuple(key)] = found
    return result
