"""First versions of rows that are older than their history."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
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
from sqlalchemy import true
from sqlalchemy import tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine

from continuum.maintenance.choosing import chosen
from continuum.maintenance.comparing import count
from continuum.maintenance.comparing import execute
from continuum.maintenance.comparing import unknown
from continuum.maintenance.working import working
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.operation import Operation
from continuum.recording.context import context
from continuum.recording.identity import transaction_id
from continuum.recording.images import any_of
from continuum.schema.kept import as_kept
from continuum.schema.recorded import RecordedTable


@dataclass
class Backfill:
    """What :func:`backfill` wrote, or would write; prints as a text.

    :param written: how many versions, by full name of the live table.
    :param transactions: ids of the transactions that made them.
    :param dry_run: nothing was written.
    """

    written: dict[str, int] = field(default_factory=dict)
    transactions: list[int] = field(default_factory=list)
    dry_run: bool = False

    @property
    def total(self) -> int:
        """How many versions, of all tables."""
        return sum(self.written.values())

    def __str__(self) -> str:
        verb = "would be written" if self.dry_run else "written"
        lines = [f"{name}: {number} versions {verb}" for name, number in self.written.items()]
        return "\n".join(lines) or "nothing to look at"


def backfill(
    bind: Engine | Connection,
    *models: Any,
    batch: int = 1000,
    reason: str | None = "backfill",
    manager: VersioningManager = versioning_manager,
    dry_run: bool = False,
    progress: Callable[[Backfill], None] | None = None,
) -> Backfill:
    """Write a first version of every row that has none in force.

    For classes that get a history when they have rows already, and for rows that were changed in
    ``paused()``.  Without it such a row has no past until its first change, which then also writes
    down how it was found.  The versions are INSERT versions with the present values, made by
    transactions of their own.

    With an Engine, each batch is a transaction, so that locks are short: the rows of a batch are
    locked, writers of other rows are not disturbed, and what is broken off goes on with what is
    left when it is called again.  With a Connection (in a migration, for example), everything
    belongs to its transaction.

    Rows that history leaves out on purpose stay without one: those for which the condition of
    ``when`` is not true, and all rows of a table whose ``operations`` lack ``"insert"``.

    :param bind: Engine or Connection.
    :param models: versioned classes, each of which stands for its whole hierarchy; none: all
        tables, association tables too.
    :param batch: how many rows of a table to write at a time.
    :param reason: the reason of the transactions; ``None``: what :func:`context` says.
    :param manager: the manager whose models describe the database.
    :param dry_run: only count.
    :param progress: is called after each batch with what has been written so far.
    :returns: what was written.
    :raises ClassNotVersioned: one of the classes is not versioned.
    :raises ValueError: ``batch`` is not positive.

    Queries: about six for each batch, and three more for each lower table of joined inheritance.
    Example::

        print(backfill(engine, Article, batch=5000))
    """
    if batch < 1:
        raise ValueError(f"batch is {batch}; it has to be at least 1")
    report = Backfill(dry_run=dry_run)
    for journal, tables in chosen(manager, models):
        for recorded in tables:
            if recorded.root is not None or "insert" not in recorded.options.operations:
                continue
            filling = _Filling(manager, journal, recorded, reason, report)
            if dry_run:
                with working(bind) as connection:
                    filling.count(connection)
                continue
            last: Sequence[Any] | None = None
            while True:
                with working(bind) as connection:
                    keys = filling.write(connection, last, batch)
                if progress is not None and keys:
                    progress(report)
                if len(keys) < batch:
                    break
                last = keys[-1]
    return report


class _Filling:
    """The versions that one table lacks, with those of the tables below it."""

    def __init__(
        self,
        manager: VersioningManager,
        journal: Journal,
        recorded: RecordedTable,
        reason: str | None,
        report: Backfill,
    ) -> None:
        self.manager = manager
        self.journal = journal
        self.recorded = recorded
        self.reason = reason
        self.report = report
        self.levels = (recorded, *recorded.lower)
        for level in self.levels:
            report.written.setdefault(level.table.fullname, 0)

    def count(self, connection: Connection) -> None:
        """Count the versions that are lacking."""
        root = self._lacking(self.recorded)
        for level in self.levels:
            statement = root
            if level is not self.recorded:
                keys_above = root.with_only_columns(*self.recorded.key, maintain_column_froms=True)
                above = keys_above.subquery("above")
                mine = [
                    one == above.c[other.key]
                    for one, other in zip(level.key, self.recorded.key, strict=True)
                ]
                statement = unknown(level).where(exists().where(*mine).select_from(above))
            keys = statement.with_only_columns(*level.key, maintain_column_froms=True).distinct()
            self.report.written[level.table.fullname] += count(
                connection, select(keys.subquery("keys"))
            )

    def write(
        self, connection: Connection, after: Sequence[Any] | None, limit: int
    ) -> list[tuple[Any, ...]]:
        """Write the versions of the next rows; return the keys of these rows."""
        key = self.recorded.key
        statement = (
            self._lacking(self.recorded)
            .with_only_columns(*key, maintain_column_froms=True)
            .order_by(*key)
            .limit(limit)
        )
        if self.recorded.duplicates:
            statement = statement.distinct()
        if after is not None:
            statement = statement.where(tuple_(*key) > tuple_(*map(literal, after, _types(key))))
        keys = [tuple(row) for row in execute(connection, statement)]
        if not keys:
            return keys
        for level in self.levels:
            # From here on nobody changes these rows: what the next statements see stays true.
            lock = select(*level.key).where(any_of(level.key, keys, connection.dialect.name))
            execute(connection, lock.with_for_update()).all()
        with context(connection, reason=self.reason):
            number = transaction_id(self.manager, connection, self.journal, create=True)
        assert number is not None
        # Should the transaction get another number, its versions have to follow.
        self.manager.recording.unit(connection).written.update(each.table for each in self.levels)
        if number not in self.report.transactions:
            self.report.transactions.append(number)
        self._note_changes(connection, keys, number)
        # The root last: it tells which rows are lacking.
        for level in reversed(self.levels):
            written = self._insert(connection, level, keys, number)
            self.report.written[level.table.fullname] += written
        return keys

    def _lacking(self, recorded: RecordedTable) -> Select[Any]:
        statement: Select[Any] = unknown(recorded)
        if recorded.when is not None:
            condition = recorded.when.over(lambda name: _column(recorded, name))
            statement = statement.where(condition)
        return statement

    def _insert(
        self,
        connection: Connection,
        level: RecordedTable,
        keys: Sequence[tuple[Any, ...]],
        number: int,
    ) -> int:
        """Write the versions of one table; return how many."""
        among = any_of(level.key, keys, connection.dialect.name)
        lacking = self._lacking(level).where(among)
        values = list(self._values(connection, level, number))
        rows = lacking.with_only_columns(
            *(value.label(f"v{place}") for place, (_, value) in enumerate(values)),
            maintain_column_froms=True,
        )
        if level.duplicates:
            rows = rows.distinct()
        if level.end_column is not None:
            # What said that the row was deleted has been in force up to now.
            self._close(connection, level, keys, number)
        # A derived table: MySQL refuses to read the table that it inserts into in any other way.
        derived = rows.subquery("lacking")
        version = level.version_table
        result = execute(
            connection,
            version.insert().from_select([target for target, _ in values], select(*derived.c)),
        )
        return int(result.rowcount)

    def _close(
        self,
        connection: Connection,
        level: RecordedTable,
        keys: Sequence[tuple[Any, ...]],
        number: int,
    ) -> None:
        end, time = level.end_column, level.end_timestamp_column
        values: dict[Any, Any] = {end: number}
        if time is not None:
            log = self.journal.transaction_table
            values[time] = (
                select(log.c[self.journal.log.issued_at])
                .where(log.c[self.journal.log.id] == number)
                .scalar_subquery()
            )
        same = (one == two for one, two in zip(level.key, level.version_key, strict=True))
        execute(
            connection,
            level.version_table.update()
            .where(
                any_of(level.version_key, keys, connection.dialect.name),
                level.transaction_column != number,
                level.operation_column == Operation.DELETE,
                level.version_table.c[end.key].is_(None),  # type: ignore[union-attr]
                exists().where(*same).select_from(level.table),
            )
            .values(values),
        )

    def _values(
        self, connection: Connection, level: RecordedTable, number: int
    ) -> Iterator[tuple[Any, ColumnElement[Any]]]:
        """Iterate over the columns of a version, each with its value."""
        for item in level.columns:
            yield item.version, as_kept(item.live, item.version)
            if item.flag is not None:
                yield item.flag, true()
        yield level.transaction_column, literal(number, BigInteger)
        yield level.operation_column, literal(int(Operation.INSERT))
        for target, expression in level.extra:
            yield target, expression.over(lambda name: _column(level, name))
        if level.mask_column is not None:
            yield level.mask_column, literal(_all_bits(connection, level), BigInteger)

    def _note_changes(
        self, connection: Connection, keys: Sequence[tuple[Any, ...]], number: int
    ) -> None:
        """Note the kinds of the rows for those who ask what a transaction changed."""
        spec = self.recorded.changes
        if spec is None:
            return
        noted = table(
            spec.table.name,
            column(spec.transaction_column, BigInteger),
            column(spec.entity_column, String),
            schema=spec.table.schema,
        )
        entity = spec.entity.over(lambda name: _column(self.recorded, name))
        among = any_of(self.recorded.key, keys, connection.dialect.name)
        kinds = (
            self._lacking(self.recorded)
            .with_only_columns(entity.label("entity"), maintain_column_froms=True)
            .where(among)
            .distinct()
            .subquery("kinds")
        )
        known = exists().where(
            noted.c[spec.transaction_column] == number,
            noted.c[spec.entity_column] == kinds.c.entity,
        )
        execute(
            connection,
            noted.insert().from_select(
                [spec.transaction_column, spec.entity_column],
                select(literal(number, BigInteger), kinds.c.entity).where(
                    ~known.select_from(noted)
                ),
            ),
        )


def _types(key: Sequence[ColumnElement[Any]]) -> list[Any]:
    return [item.type for item in key]


def _column(recorded: RecordedTable, name: str) -> ColumnElement[Any]:
    """Return the live column of a name in the database."""
    return next(item for item in recorded.table.c if item.name == name)


def _all_bits(connection: Connection, recorded: RecordedTable) -> int:
    """Return the mask that says that every column was changed."""
    catalog = recorded.mask_catalog
    assert catalog is not None
    names = [item.live.name for item in recorded.values]
    places = execute(
        connection,
        select(catalog.c.position).where(
            catalog.c.version_table == recorded.version_table.name,
            catalog.c.column_name.in_(names),
        ),
    ).scalars()
    return sum(1 << place for place in places)
