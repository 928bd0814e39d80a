"""What versions say about themselves: which columns they changed, and of what kind objects are."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnClause
from sqlalchemy import String
from sqlalchemy import column
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy.engine import Connection

from continuum._speedups import differing
from continuum.dialects.base import INTERNAL
from continuum.recording.decision import Decision
from continuum.recording.fold import DELETE
from continuum.recording.fold import Close
from continuum.recording.fold import Image
from continuum.recording.fold import Replace
from continuum.recording.fold import Since
from continuum.recording.fold import Write
from continuum.recording.fold import present_before
from continuum.recording.images import Images
from continuum.recording.relation import evaluate
from continuum.schema.mask import places_of_bits


class Flags:
    """Which columns a version changed, as flags or as a mask.

    :param images: the reading side of the table.
    """

    def __init__(self, images: Images) -> None:
        self._recorded = images.recorded
        self._shape = images.shape
        self.columns = [
            (position, item.flag)
            for position, item in enumerate(self._recorded.columns)
            if item.flag is not None
        ]
        self.mask = self._recorded.mask_column
        values = set(self._recorded.values)
        self._values = [
            (position, item.live.name)
            for position, item in enumerate(self._recorded.columns)
            if item in values
        ]
        self._positions = tuple(position for position, _ in self._values)

    def __bool__(self) -> bool:
        return bool(self.columns) or self.mask is not None

    def bits(self, connection: Connection) -> dict[str, int]:
        """Return the place of each column's bit.

        :raises HistoryNotWritten: a column has none.

        One query, if there is a mask.
        """
        if self.mask is None:
            return {}
        return places_of_bits(connection, self._recorded)

    def values(self, changed: set[int] | None, bits: Mapping[str, int]) -> dict[Any, Any]:
        """Return the values of flag columns and mask.

        :param changed: positions of columns that were changed; ``None``: all of them.
        """
        result: dict[Any, Any] = {
            flag: changed is None or position in changed for position, flag in self.columns
        }
        if self.mask is not None:
            result[self.mask] = sum(
                1 << bits[name]
                for position, name in self._values
                if changed is None or position in changed
            )
        return result

    def changed(
        self, decision: Decision, action: Write | Replace, running: int | None
    ) -> set[int] | None:
        """Return the positions of the columns that a version changes, ``None``: all of them."""
        before = self._before(decision, action, running)
        if before is None:
            return None
        image = self._shape.kept(decision.image(action), action.operation)
        return set(differing(image, before, self._positions))

    def _before(
        self, decision: Decision, action: Write | Replace, running: int | None
    ) -> Image | None:
        """Return what the version before says, unless the row was not there then."""
        newest = decision.newest
        if isinstance(action, Replace):
            version = present_before(self._shape, decision.previous, running)
            return None if version is None else version.image
        if action.since is not Since.RUNNING:
            # How a row was found after a gap, or, without an earlier version, at all.
            return None if newest is None or newest.operation == DELETE else newest.image
        if any(
            isinstance(item, Write) and item.since is not Since.RUNNING for item in decision.actions
        ):
            return decision.old or decision.current
        if newest is None or newest.operation == DELETE:
            return None
        goes_on = (
            not self._shape.ends
            or newest.end == running
            or any(isinstance(item, Close) for item in decision.actions)
        )
        return newest.image if goes_on else None


def note_kinds(
    connection: Connection, images: Images, decisions: Iterable[Decision], running: int | None
) -> None:
    """Note which kinds of objects the running transaction has written versions of.

    One query for 200 different kinds of rows, one for the kinds that are noted already, and one
    INSERT for others; none for a table that does not want them noted.
    """
    recorded = images.recorded
    changes = recorded.changes
    if changes is None:
        return
    pairs = [(None, image) for image in _written(decisions)]
    if not pairs:
        return
    columns = [*(item.live for item in recorded.columns), *images.further]
    wanted = dict.fromkeys(evaluate(connection, changes.entity, columns, pairs))
    transaction: ColumnClause[int] = column(changes.transaction_column, BigInteger())
    entity: ColumnClause[str] = column(changes.entity_column, String())
    target = table(changes.table.name, transaction, entity, schema=changes.table.schema)
    known = connection.scalars(
        select(entity).where(transaction == running), execution_options={INTERNAL: True}
    ).all()
    fresh = [kind for kind in wanted if kind is not None and kind not in known]
    if fresh:
        connection.execute(
            insert(target),
            [{transaction.key: running, entity.key: kind} for kind in fresh],
            execution_options={INTERNAL: True},
        )


def _written(decisions: Iterable[Decision]) -> Iterator[Image]:
    """Iterate over what the versions of the running transaction are made from."""
    for decision in decisions:
        for action in decision.actions:
            if isinstance(action, Replace) or (
                isinstance(action, Write) and action.since is Since.RUNNING
            ):
                yield decision.whole(action)
