"""Carrying out what was decided about versions: a few statements for any number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Enum
from sqlalchemy import Insert
from sqlalchemy import Select
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Subquery
from sqlalchemy import Text
from sqlalchemy import Update
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum._speedups import is_noop
from continuum.dialects.base import INTERNAL
from continuum.dialects.spec import storage_type
from continuum.operation import Operation
from continuum.recording.decision import Decision
from continuum.recording.fold import Close
from continuum.recording.fold import Image
from continuum.recording.fold import Remove
from continuum.recording.fold import Reopen
from continuum.recording.fold import Replace
from continuum.recording.fold import Since
from continuum.recording.fold import Which
from continuum.recording.fold import Write
from continuum.recording.images import MANY
from continuum.recording.images import Images
from continuum.recording.images import Key
from continuum.recording.images import Raw
from continuum.recording.images import any_bound
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.images import is_plain
from continuum.recording.images import versions_named
from continuum.recording.notes import Flags
from continuum.recording.relation import relations
from continuum.schema.recorded import RecordedColumn


@dataclass(eq=False)
class _Work:
    """What has to be sent, kind by kind.

    :param rows: versions whose values have to be sent.
    :param copied: keys of rows that become versions as they are, by operation.
    :param repeated: keys and images of DELETE versions that say what the newest version says, by
        the transaction of that.
    :param removed: keys of rows whose version of the running transaction has to go.
    :param replaced: those of them whose version is written anew.
    :param closed: keys, each with a transaction, of versions that end now.
    :param reopened: keys, each with a transaction, of versions that go on.
    :param bits: places of the columns in masks.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    copied: dict[int, list[Key]] = field(default_factory=dict)
    repeated: dict[int, list[tuple[Key, Image]]] = field(default_factory=dict)
    removed: list[Key] = field(default_factory=list)
    replaced: list[Key] = field(default_factory=list)
    closed: list[Key] = field(default_factory=list)
    reopened: list[Key] = field(default_factory=list)
    bits: dict[str, int] = field(default_factory=dict)


class Writer:
    """The writing side of one recorded table on one kind of database.

    What a row is now is copied from table to table inside the database; only what it was before,
    and is no longer, is sent.

    :param images: its reading side.
    :param transactions: the id column of the transaction table.
    :param issued_at: the column of that table with the time of the id.
    """

    def __init__(self, images: Images, transactions: Column[Any], issued_at: Column[Any]) -> None:
        self.recorded = images.recorded
        self.dialect = images.dialect
        self._shape = images.shape
        self._joinable_key = images.joinable_key
        self._further = images.further
        self._flags = Flags(images)
        # In a table of links the same key can stand several times.
        self._copied = not self.recorded.duplicates and not self._flags
        self._repeated = not self.recorded.extra and not self._flags
        self._transactions = transactions
        self._issued_at = issued_at
        self._names = [f"c{index}" for index in range(len(self.recorded.columns))]
        self._insert = self._insert_statement()
        self._copy = self._copy_statement()

    def write(
        self,
        connection: Connection,
        decisions: Iterable[Decision],
        running: int | None,
    ) -> None:
        """Carry out the decisions about some rows.

        :param decisions: what has to happen, row by row.
        :param running: the running transaction; ``None`` only where no action refers to it.

        One INSERT for each kind of version, and one UPDATE or DELETE for each other kind of action,
        for every 500 rows.
        """
        work = _Work(bits=self._flags.bits(connection))
        gaps: dict[int, int | None] = {}
        for decision in decisions:
            for action in decision.actions:
                match action:
                    # The most frequent first.
                    case Close():
                        work.closed.append((*decision.key, action.transaction))
                    case Write(since=Since.GAP):
                        found = self._gap(connection, decision.key, running, gaps)
                        if found is None:
                            decision = decision._replace(actions=decision.actions[1:])
                        else:
                            self._add(work, decision, action, found, running)
                    case Write():
                        number = running if isinstance(action.since, Since) else action.since
                        self._add(work, decision, action, number, running)
                    case Replace():
                        work.removed.append(decision.key)
                        work.replaced.append(decision.key)
                        self._add(work, decision, action, running, running)
                    case Remove():
                        work.removed.append(decision.key)
                    case Reopen():
                        work.reopened.append((*decision.key, action.transaction))
        self._send(connection, work, running)

    def complete(self, connection: Connection, keys: Sequence[Key]) -> None:
        """Begin the histories of rows below a root that gets a baseline, where none goes on.

        One INSERT for every 500 keys, and one query if there is a mask.
        """
        recorded = self.recorded
        earlier = recorded.version_table.alias("earlier")
        same = [
            earlier.c[column.key] == live
            for column, live in zip(recorded.version_key, self._joinable_key, strict=True)
        ]
        since: ColumnElement[Any] = literal(0, BigInteger())
        going_on = select(literal(1)).select_from(earlier).where(*same)
        end = recorded.end_column
        if end is not None:
            last = select(func.max(earlier.c[end.key])).where(*same)
            since = func.coalesce(last.correlate_except(earlier).scalar_subquery(), since)
            going_on = going_on.where(earlier.c[end.key].is_(None))
        notes = self._flags.values(None, self._flags.bits(connection))
        source = select(
            *(column.live for column in recorded.columns),
            since,
            literal(int(Operation.INSERT), SmallInteger()),
            *self._computed(),
            *(literal(value, column.type) for column, value in notes.items()),
        ).where(~going_on.correlate_except(earlier).exists())
        for some in chunks(keys):
            self._execute(
                connection,
                self._copy_from(source.where(any_of(recorded.key, some, self.dialect)), *notes),
            )

    def _add(
        self,
        work: _Work,
        decision: Decision,
        action: Write | Replace,
        number: int | None,
        running: int | None,
    ) -> None:
        """Find the cheapest way to write one version."""
        if self._copied and action.which is Which.NEW:
            work.copied.setdefault(action.operation, []).append(decision.key)
            return
        image = self._shape.kept(decision.image(action), action.operation)
        newest = decision.newest
        if (
            action.operation == Operation.DELETE
            and isinstance(action, Write)
            and newest is not None
            and self._repeated
            and is_noop(newest.image, image)
        ):
            work.repeated.setdefault(newest.transaction, []).append((decision.key, image))
            return
        ended = isinstance(action, Write) and action.ended
        parameters = self._parameters(image, number, running if ended else None, action.operation)
        if self._flags:
            changed = self._flags.changed(decision, action, running)
            values = self._flags.values(changed, work.bits)
            parameters.update((self._note(column), value) for column, value in values.items())
        if self.recorded.extra:
            whole = decision.whole(action)
            parameters.update((f"x{index}", value) for index, value in enumerate(whole))
        work.rows.append(parameters)

    def _note(self, column: Column[Any]) -> str:
        return f"n{self._note_columns.index(column)}"

    @cached_property
    def _note_columns(self) -> list[Column[Any]]:
        """The columns for flags and mask."""
        mask = [] if self._flags.mask is None else [self._flags.mask]
        return [*(flag for _, flag in self._flags.columns), *mask]

    def _send(self, connection: Connection, work: _Work, running: int | None) -> None:
        for transaction, same in list(work.repeated.items()):
            if len(same) < MANY:
                work.rows += [
                    self._parameters(image, running, None, Operation.DELETE) for _, image in same
                ]
                del work.repeated[transaction]
        marks = self._marks(connection, work.replaced, running)
        if work.removed:
            mine = self.recorded.version_table.delete().where(
                self.recorded.transaction_column == running
            )
            for some in chunks(work.removed):
                self._execute(
                    connection, mine.where(any_of(self.recorded.version_key, some, self.dialect))
                )
        self._end(connection, work.reopened, None)
        self._end(connection, work.closed, running)
        if work.rows and self.recorded.extra:
            self._insert_computed(connection, work.rows)
        elif work.rows:
            connection.execute(self._insert, work.rows, execution_options={INTERNAL: True})
        for transaction, same in work.repeated.items():
            for some in chunks([key for key, _ in same]):
                self._repeat(connection, some, transaction, running)
        for operation, keys in work.copied.items():
            for some in chunks(keys):
                self._copy_rows(connection, some, running, operation)
        for mark in marks:
            self._execute(connection, mark)

    def _marks(
        self, connection: Connection, keys: Sequence[Key], running: int | None
    ) -> list[Update]:
        """Return what gives versions that are written anew the values of the user's own columns."""
        recorded = self.recorded
        computed = {column for column, _ in recorded.extra}
        own = [column for column in recorded.extra_columns if column not in computed]
        if not own or not keys:
            return []
        mine = recorded.transaction_column == running
        found: list[Any] = []
        for some in chunks(keys):
            statement = select(*recorded.version_key, *own).where(
                mine, any_of(recorded.version_key, some, self.dialect)
            )
            found += connection.execute(statement, execution_options={INTERNAL: True})
        width = len(recorded.version_key)
        return [
            recorded.version_table.update()
            .where(mine, any_of(recorded.version_key, [tuple(row[:width])], self.dialect))
            .values(dict(zip(own, row[width:], strict=True)))
            for row in found
            if any(value is not None for value in row[width:])
        ]

    def _repeat(
        self, connection: Connection, keys: Sequence[Key], transaction: int, running: int | None
    ) -> None:
        """Let DELETE versions follow the last ones with the same values."""
        recorded = self.recorded
        source = select(
            *(column.version for column in recorded.columns),
            cast(bindparam("ct", type_=BigInteger()), BigInteger()),
            cast(bindparam("co", type_=SmallInteger()), SmallInteger()),
        ).where(
            recorded.transaction_column == bindparam("cv"),
            any_of(recorded.version_key, keys, self.dialect),
        )
        connection.execute(
            self._copy_from(source),
            {"ct": running, "co": int(Operation.DELETE), "cv": transaction},
            execution_options={INTERNAL: True},
        )

    def _copy_rows(
        self, connection: Connection, keys: Sequence[Key], running: int | None, operation: int
    ) -> None:
        parameters: dict[str, Any] = {"ct": running, "co": operation}
        statement = self._copy
        if self._key_bind is None:
            source = self._current.where(any_of(self.recorded.key, keys, self.dialect))
            statement = self._copy_from(source)
        else:
            single = len(self.recorded.key) == 1
            parameters["continuum_keys"] = [key[0] for key in keys] if single else list(keys)
        connection.execute(statement, parameters, execution_options={INTERNAL: True})

    def _end(self, connection: Connection, versions: Sequence[Key], end: int | None) -> None:
        """Set the end of versions, each named by its key and its transaction."""
        if not versions:
            return
        assert self.recorded.end_column is not None
        key, transaction = self.recorded.version_key, self.recorded.transaction_column
        values: dict[Any, Any] = {self.recorded.end_column: end}
        if self.recorded.end_timestamp_column is not None:
            values[self.recorded.end_timestamp_column] = None if end is None else self._time(end)
        update = self.recorded.version_table.update().values(values)
        for criterion in versions_named(key, transaction, versions, self.dialect):
            self._execute(connection, update.where(criterion))

    def _gap(
        self,
        connection: Connection,
        key: Key,
        running: int | None,
        known: dict[int, int | None],
    ) -> int | None:
        """Return the last transaction before the running one in which the row can have changed."""
        transaction = self.recorded.transaction_column
        newest = connection.execute(
            select(func.max(transaction)).where(
                and_(
                    *(
                        column == value
                        for column, value in zip(self.recorded.version_key, key, strict=True)
                    )
                )
            ),
            execution_options={INTERNAL: True},
        ).scalar_one()
        if newest not in known:
            known[newest] = connection.execute(
                select(func.max(self._transactions)).where(
                    self._transactions < running, self._transactions > newest
                ),
                execution_options={INTERNAL: True},
            ).scalar_one()
        return known[newest]

    def _parameters(
        self, image: Image, number: int | None, end: int | None, operation: int
    ) -> dict[str, Any]:
        parameters = dict(zip(self._names, image, strict=True))
        parameters["ct"] = number
        parameters["co"] = int(operation)
        if self.recorded.end_column is not None:
            parameters["ce"] = end
        return parameters

    def _insert_statement(self) -> Insert:
        recorded = self.recorded
        values: dict[Any, Any] = {
            column.version: self._bind(column, name)
            for column, name in zip(recorded.columns, self._names, strict=True)
        }
        values[recorded.transaction_column] = bindparam("ct")
        values[recorded.operation_column] = bindparam("co")
        if recorded.end_column is not None:
            values[recorded.end_column] = bindparam("ce")
        if recorded.end_timestamp_column is not None:
            values[recorded.end_timestamp_column] = self._time(bindparam("ce"))
        for column in self._note_columns:
            values[column] = bindparam(self._note(column))
        return recorded.version_table.insert().values(values)

    def _time(self, transaction: Any) -> ColumnElement[Any]:
        """Return the time of a transaction."""
        found = select(self._issued_at).where(self._transactions == transaction)
        return found.correlate_except(self._transactions.table).scalar_subquery()

    def _insert_computed(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Add versions with columns that are computed from the rows they are made from."""
        recorded = self.recorded
        columns: dict[str, ColumnElement[Any]] = {
            name: column.live for name, column in zip(self._names, recorded.columns, strict=True)
        }
        whole = [*(column.live for column in recorded.columns), *self._further]
        columns |= {f"x{index}": column for index, column in enumerate(whole)}
        own: dict[str, Column[Any]] = {
            "ct": recorded.transaction_column,
            "co": recorded.operation_column,
        }
        if recorded.end_column is not None:
            own["ce"] = recorded.end_column
        own |= {self._note(column): column for column in self._note_columns}
        values = [
            [
                *(row[name] for name in columns),
                *(literal(row[name], column.type) for name, column in own.items()),
            ]
            for row in rows
        ]
        places = {column.name: f"x{index}" for index, column in enumerate(whole)}
        targets = [
            *(column.version for column in recorded.columns),
            *own.values(),
            *(column for column, _ in recorded.extra),
        ]
        if recorded.end_timestamp_column is not None:
            targets.append(recorded.end_timestamp_column)
        typed: dict[str, ColumnElement[Any]] = {
            name: literal(False) if isinstance(column.type, Boolean) else cast(null(), BigInteger())
            for name, column in own.items()
        }
        for source in relations(columns | typed, values, self.dialect):

            def at(name: str, source: Subquery = source) -> ColumnElement[Any]:
                return source.c[places[name]]

            chosen: list[ColumnElement[Any]] = [source.c[name] for name in (*self._names, *own)]
            chosen += [expression.over(at) for _, expression in recorded.extra]
            if recorded.end_timestamp_column is not None:
                chosen.append(self._time(source.c.ce))
            connection.execute(
                recorded.version_table.insert().from_select(
                    targets, select(*chosen), include_defaults=False
                ),
                execution_options={INTERNAL: True, "compiled_cache": None},
            )

    def _computed(self) -> list[ColumnElement[Any]]:
        """Return the values of computed columns for rows as they are now."""
        live: dict[str, ColumnElement[Any]] = {
            column.name: column for column in self.recorded.table.columns
        }
        return [expression.over(live.__getitem__) for _, expression in self.recorded.extra]

    @cached_property
    def _current(self) -> Select[Any]:
        """The rows as they are now, as versions of a transaction and an operation to be bound."""
        recorded = self.recorded
        return select(
            *(column.live for column in recorded.columns),
            cast(bindparam("ct", type_=BigInteger()), BigInteger()),
            cast(bindparam("co", type_=SmallInteger()), SmallInteger()),
            *self._computed(),
        )

    @cached_property
    def _key_bind(self) -> ColumnElement[bool] | None:
        return any_bound(self.recorded.key, self.dialect)

    def _copy_statement(self) -> Insert:
        source = self._current
        return self._copy_from(source if self._key_bind is None else source.where(self._key_bind))

    def _copy_from(self, source: Select[Any], *more: Column[Any]) -> Insert:
        recorded = self.recorded
        return recorded.version_table.insert().from_select(
            [
                *(column.version for column in recorded.columns),
                recorded.transaction_column,
                recorded.operation_column,
                *(column for column, _ in recorded.extra),
                *more,
            ],
            source,
            include_defaults=False,
        )

    def _bind(self, column: RecordedColumn, name: str) -> ColumnElement[Any]:
        type_ = column.version.type
        if is_plain(type_):
            return bindparam(name, type_=type_)
        if self.dialect != "postgresql":
            return bindparam(name, type_=Raw())
        stored = storage_type(type_)
        if isinstance(stored, String) and not (isinstance(stored, Enum) and stored.native_enum):
            # Not cast: a cast would cut what is too long, where an assignment fails.
            return bindparam(name, type_=String())
        return cast(bindparam(name, type_=Text()), type_)

    def _execute(self, connection: Connection, statement: Any) -> None:
        connection.execute(statement, execution_options={INTERNAL: True})
