"""First versions of rows that are older than their history, as a step of a migration."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from functools import partial
from typing import Any

from alembic.operations import MigrateOperation
from alembic.operations import Operations
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import Select
from sqlalchemy import Table
from sqlalchemy import literal

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import thaw
from continuum.alembic.execution import Place
from continuum.alembic.execution import place_of
from continuum.alembic.levels import lightweight
from continuum.alembic.levels import recorded_of
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ImproperlyConfigured
from continuum.maintenance.comparing import execute
from continuum.maintenance.firsts import lacking
from continuum.maintenance.firsts import write_first_versions
from continuum.recording.kinds import note_kinds_of
from continuum.schema.ends import ended_by
from continuum.schema.kept import live_column
from continuum.schema.recorded import RecordedTable
from continuum.schema.types import UTCDateTime


@Operations.register_operation("backfill_versions", "backfill")
class BackfillVersionsOp(MigrateOperation):
    """Write a first version of the rows that have none in force.

    :param definition: of a table, or of the root of a hierarchy.
    :param reason: of the transaction that makes the versions.
    """

    def __init__(self, definition: Definition, reason: str) -> None:
        self.definition = definition
        self.reason = reason

    @classmethod
    def backfill(
        cls, operations: Operations, definition: Definition, reason: str = "backfill"
    ) -> None:
        """Write a first version of each row of a table that has none in force.

        It does what :func:`continuum.backfill` does, without models, and in one step: the rows are
        locked until the migration commits.  For large tables under load, run ``continuum backfill``
        after the migration, which goes in batches.

        The triggers have to be there already, so that no change is missed.

        :param definition: of the triggers; that of the root for a hierarchy of joined inheritance,
            which stands for the tables below it, too.
        :param reason: the reason of the transaction, if the transaction table has room for it.
        :raises ImproperlyConfigured: the definition is that of a lower table, or its history is
            append-only or protected, or the migration is written as a script (``--sql``).

        Queries: three for each table, and a few more.  Example::

            op.backfill_versions(versioned_article, reason="history begins")
        """
        operations.invoke(cls(definition, reason))


@Operations.implementation_for(BackfillVersionsOp)
def _backfill(operations: Operations, operation: BackfillVersionsOp) -> None:
    spec = thaw(operation.definition)
    place = place_of(operations, spec.log)
    _refuse(spec, place)
    if "insert" in spec.operations:
        _Filling(place, spec.resolve(place.real), operation.reason).run()


def _refuse(spec: TriggerSpec, place: Place) -> None:
    what = hint = None
    if spec.root is not None:
        what = "is below another one, whose versions come with its own"
        hint = f"Pass the definition of {spec.root.table}."
    elif place.connection is None:
        what = "cannot get its first versions from a script"
        hint = "It does not know the id of its transaction: run `continuum backfill` afterwards."
    elif spec.append_only or spec.log.protected or spec.log.append_only:
        what = "has a history that nobody writes by hand"
        hint = "Run `continuum backfill` after the migration."
    if what is not None:
        raise ImproperlyConfigured(f"{spec.table} {what}", table=str(spec.table), hint=hint)


class _Filling:
    """The versions that a table lacks, with those of the tables below it."""

    def __init__(self, place: Place, spec: TriggerSpec, reason: str) -> None:
        assert place.connection is not None
        self.connection = place.connection
        self.emitter = place.emitter
        self.log = spec.log
        self.reason = reason
        self.root = recorded_of(spec)

    def run(self) -> None:
        """Write them."""
        self.emitter.ensure_transaction(self.connection, writing=True)
        levels = (self.root, *self.root.lower)
        # From here on nobody changes these rows: what the next statements see stays true.
        found = [self._lock(level) for level in levels]
        if not found[0]:
            return
        id_ = Column(self.log.id, BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
        columns = [Column(item.name, item.type) for item in self.log.columns]
        time: Column[Any] = Column(self.log.issued_at, UTCDateTime())
        transactions = lightweight(self.log.table, [id_, time, *columns])
        number = self._begin(transactions)
        named = partial(live_column, self.root)
        note_kinds_of(self.connection, self.root, lacking(self.root), named, number)
        # The root last: it tells which rows are lacking.
        for level in reversed(levels):
            ends = ended_by(level, transactions, self.log, number)
            write_first_versions(self.connection, level, self._lacking(level), number, ends)

    def _lacking(self, level: RecordedTable) -> Select[Any]:
        rows = lacking(level)
        if level is self.root:
            return rows
        same = (one == two for one, two in zip(level.key, self.root.key, strict=True))
        above = lacking(self.root).where(*same).with_only_columns(literal(1))
        return rows.where(above.correlate(level.table).exists())

    def _lock(self, level: RecordedTable) -> bool:
        """Lock the rows of a table that lack a version; say whether there are any."""
        rows = self._lacking(level).with_only_columns(*level.key, maintain_column_froms=True)
        return execute(self.connection, rows.with_for_update(of=level.table)).first() is not None

    def _begin(self, transactions: Table) -> int:
        """Write the row of the transaction; return its id."""
        values: dict[str, Any] = {self.log.issued_at: datetime.now(UTC)}
        values |= {item.name: self.reason for item in self.log.columns if item.key == "reason"}
        result = execute(self.connection, transactions.insert().values(values))
        number: int = result.inserted_primary_key[0]
        return number
