"""First versions of rows that are older than their history, as a step of a migration."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from typing import Any

from alembic.operations import MigrateOperation
from alembic.operations import Operations
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Integer
from sqlalchemy import Select
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import distinct
from sqlalchemy import exists
from sqlalchemy import literal
from sqlalchemy import select

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import thaw
from continuum.alembic.execution import Place
from continuum.alembic.execution import place_of
from continuum.alembic.levels import Level
from continuum.alembic.levels import lightweight
from continuum.dialects.base import INTERNAL
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ImproperlyConfigured
from continuum.operation import Operation
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
        self.spec = spec
        self.reason = reason
        self.root = Level(spec)
        self.lower = [Level(level) for level in spec.lower]

    def run(self) -> None:
        """Write them."""
        self.emitter.ensure_transaction(self.connection, writing=True)
        levels = [*self.lower, self.root]
        # From here on nobody changes these rows: what the next statements see stays true.
        found = [
            self._execute(
                select(*level.key).where(self._lacking(level)).with_for_update(of=level.live)
            ).first()
            for level in reversed(levels)
        ]
        if found[0] is None:
            return
        now = datetime.now(UTC)
        number = self._begin(now)
        self._note_kinds(number)
        # The root last: it tells which rows are lacking.
        for level in levels:
            self._fill(level, number, now)

    def _lacking(self, level: Level) -> ColumnElement[bool]:
        if level is self.root:
            return level.lacks()
        same = (one == two for one, two in zip(level.key, self.root.key, strict=True))
        above = exists().where(*same, self.root.lacks()).select_from(self.root.live)
        return and_(level.lacks(), above.correlate(level.live))

    def _begin(self, now: datetime) -> int:
        """Write the row of the transaction; return its id."""
        log = self.spec.log
        id_ = Column(log.id, BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
        columns = [id_, Column(log.issued_at, UTCDateTime())]
        values: dict[str, Any] = {log.issued_at: now}
        for item in log.columns:
            if item.key == "reason":
                columns.append(Column(item.name, item.type))
                values[item.name] = self.reason
        table = lightweight(log.table, columns)
        result = self._execute(table.insert().values(values))
        number: int = result.inserted_primary_key[0]
        return number

    def _fill(self, level: Level, number: int, now: datetime) -> None:
        spec = level.spec
        values = dict(level.values())
        values[spec.transaction_column] = literal(number, BigInteger)
        values[spec.operation_column] = literal(int(Operation.INSERT))
        if spec.mask is not None:
            values[spec.mask.column] = literal(self._mask(spec), BigInteger)
        lacking = self._lacking(level)
        rows: Select[Any] = select(
            *(value.label(f"v{at}") for at, value in enumerate(values.values()))
        ).where(lacking)
        if spec.duplicates:
            rows = rows.distinct()
        if spec.end_column is not None:
            # What said that the row was deleted has been in force up to now.
            end: dict[str, Any] = {spec.end_column: number}
            if spec.end_timestamp_column is not None:
                end[spec.end_timestamp_column] = now
            self._execute(
                level.version.update()
                .where(
                    level.version.c[spec.transaction_column] != number,
                    level.version.c[spec.operation_column] == Operation.DELETE,
                    level.version.c[spec.end_column].is_(None),
                    exists().where(level.belongs(level.version)).select_from(level.live),
                )
                .values(end)
            )
        # A derived table: MySQL refuses to read the table that it inserts into in any other way.
        derived = rows.subquery("lacking")
        target = lightweight(spec.version_table, [Column(name, BigInteger) for name in values])
        self._execute(target.insert().from_select(list(values), select(*derived.c)))

    def _mask(self, spec: TriggerSpec) -> int:
        """Return the mask of a version that follows none."""
        assert spec.mask is not None
        catalog = lightweight(
            spec.mask.catalog,
            [
                Column("version_table", String),
                Column("column_name", String),
                Column("position", SmallInteger),
            ],
        )
        names = [item.name for item in spec.value_columns]
        places = self._execute(
            select(catalog.c.position).where(
                catalog.c.version_table == spec.version_table.name,
                catalog.c.column_name.in_(names),
            )
        )
        return sum(1 << position for position in places.scalars())

    def _note_kinds(self, number: int) -> None:
        changes = self.spec.changes
        if changes is None:
            return
        noted = lightweight(
            changes.table,
            [Column(changes.transaction_column, BigInteger), Column(changes.entity_column, String)],
        )
        entity = changes.entity.over(self.root.live.c.__getitem__)
        kinds = select(distinct(entity).label("entity")).where(self.root.lacks()).subquery("kinds")
        self._execute(
            noted.insert().from_select(
                [changes.transaction_column, changes.entity_column],
                select(literal(number, BigInteger), kinds.c.entity),
            )
        )

    def _execute(self, statement: Any) -> Any:
        return self.connection.execute(statement, execution_options={INTERNAL: True})
