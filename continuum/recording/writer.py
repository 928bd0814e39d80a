"""Carrying out what was decided about versions: a few statements for any number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from typing import Any
from typing import NamedTuple

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Enum
from sqlalchemy import Insert
from sqlalchemy import Select
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.dialects.spec import storage_type
from continuum.operation import Operation
from continuum.recording.fold import Action
from continuum.recording.fold import Close
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import Remove
from continuum.recording.fold import Reopen
from continuum.recording.fold import Replace
from continuum.recording.fold import Since
from continuum.recording.fold import Which
from continuum.recording.fold import Write
from continuum.recording.fold import identical
from continuum.recording.images import Images
from continuum.recording.images import Key
from continuum.recording.images import Raw
from continuum.recording.images import any_bound
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.images import is_plain
from continuum.schema.recorded import RecordedColumn
from continuum.schema.recorded import RecordedTable

_MANY = 50
"""So many versions of one transaction are worth a statement of their own."""


class Decision(NamedTuple):
    """What has to happen to the versions of one row.

    :param old: the row as it was before.
    :param current: the row as it is now.
    :param newest: its newest version.
    """

    key: Key
    old: Image | None
    current: Image | None
    newest: Newest | None
    actions: Sequence[Action]


@dataclass(eq=False)
class _Work:
    """What has to be sent, kind by kind.

    :param rows: versions whose values have to be sent.
    :param copied: keys of rows that become versions as they are, by operation.
    :param repeated: keys and images of DELETE versions that say what the newest version says, by
        the transaction of that.
    :param removed: keys of rows whose version of the running transaction has to go.
    :param closed: keys, each with a transaction, of versions that end now.
    :param reopened: keys, each with a transaction, of versions that go on.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    copied: dict[int, list[Key]] = field(default_factory=dict)
    repeated: dict[int, list[tuple[Key, Image]]] = field(default_factory=dict)
    removed: list[Key] = field(default_factory=list)
    closed: list[Key] = field(default_factory=list)
    reopened: list[Key] = field(default_factory=list)


class Writer:
    """The writing side of one recorded table on one kind of database.

    What a row is now is copied from table to table inside the database; only what it was before,
    and is no longer, is sent.

    :param recorded: the table.
    :param dialect: name of the dialect.
    :param images: its reading side.
    """

    def __init__(self, recorded: RecordedTable, dialect: str, images: Images) -> None:
        self.recorded = recorded
        self.dialect = dialect
        self._shape = images.shape
        self._joinable_key = images.joinable_key
        self._names = [f"c{index}" for index in range(len(recorded.columns))]
        self._insert = self._insert_statement()
        self._copy = self._copy_statement()

    def write(
        self,
        connection: Connection,
        decisions: Iterable[Decision],
        running: int | None,
        transactions: Any,
    ) -> None:
        """Carry out the decisions about some rows.

        :param decisions: what has to happen, row by row.
        :param running: the running transaction; ``None`` only where no action refers to it.
        :param transactions: id column of the transaction table.

        One INSERT for each kind of version, and one UPDATE or DELETE for each other kind of action,
        for every 500 rows.
        """
        work = _Work()
        gaps: dict[int, int | None] = {}
        for decision in decisions:
            for action in decision.actions:
                match action:
                    case Write(since=Since.GAP):
                        found = self._gap(connection, decision.key, running, transactions, gaps)
                        if found is not None:
                            self._add(work, decision, action, found, running)
                    case Write():
                        number = running if isinstance(action.since, Since) else action.since
                        self._add(work, decision, action, number, running)
                    case Replace():
                        work.removed.append(decision.key)
                        self._add(work, decision, action, running, running)
                    case Remove():
                        work.removed.append(decision.key)
                    case Close():
                        work.closed.append((*decision.key, action.transaction))
                    case Reopen():
                        work.reopened.append((*decision.key, action.transaction))
        self._send(connection, work, running)

    def complete(self, connection: Connection, keys: Sequence[Key]) -> None:
        """Begin the histories of rows below a root that gets a baseline, where none goes on.

        One INSERT for every 500 keys.
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
        source = select(
            *(column.live for column in recorded.columns),
            since,
            literal(int(Operation.INSERT), SmallInteger()),
        ).where(~going_on.correlate_except(earlier).exists())
        for some in chunks(keys):
            self._execute(
                connection,
                self._copy_from(source.where(any_of(recorded.key, some, self.dialect))),
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
        ended = isinstance(action, Write) and action.ended
        # In a table of links the same key can stand several times.
        if action.which is Which.NEW and not self.recorded.duplicates:
            work.copied.setdefault(action.operation, []).append(decision.key)
            return
        # A root whose row came while nobody recorded it has no row of before.
        image = decision.current if action.which is Which.NEW else decision.old or decision.current
        assert image is not None
        image = self._shape.kept(image, action.operation)
        newest = decision.newest
        if (
            action.operation == Operation.DELETE
            and isinstance(action, Write)
            and newest is not None
            and identical(newest.image, image)
        ):
            work.repeated.setdefault(newest.transaction, []).append((decision.key, image))
            return
        work.rows.append(
            self._parameters(image, number, running if ended else None, action.operation)
        )

    def _send(self, connection: Connection, work: _Work, running: int | None) -> None:
        for transaction, same in list(work.repeated.items()):
            if len(same) < _MANY:
                work.rows += [
                    self._parameters(image, running, None, Operation.DELETE) for _, image in same
                ]
                del work.repeated[transaction]
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
        if work.rows:
            connection.execute(self._insert, work.rows, execution_options={INTERNAL: True})
        for transaction, same in work.repeated.items():
            for some in chunks([key for key, _ in same]):
                self._repeat(connection, some, transaction, running)
        for operation, keys in work.copied.items():
            for some in chunks(keys):
                self._copy_rows(connection, some, running, operation)

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
        update = self.recorded.version_table.update().values({self.recorded.end_column: end})
        by_transaction: dict[int, list[Key]] = {}
        for version in versions:
            by_transaction.setdefault(version[-1], []).append(version)
        scattered = []
        for number, same in by_transaction.items():
            if len(same) < _MANY:
                scattered += same
                continue
            together = update.where(transaction == number)
            for some in chunks([version[:-1] for version in same]):
                self._execute(connection, together.where(any_of(key, some, self.dialect)))
        for some in chunks(scattered):
            self._execute(connection, update.where(any_of((*key, transaction), some, self.dialect)))

    def _gap(
        self,
        connection: Connection,
        key: Key,
        running: int | None,
        transactions: ColumnElement[Any],
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
                select(func.max(transactions)).where(transactions < running, transactions > newest),
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
        return recorded.version_table.insert().values(values)

    @cached_property
    def _current(self) -> Select[Any]:
        """The rows as they are now, as versions of a transaction and an operation to be bound."""
        recorded = self.recorded
        return select(
            *(column.live for column in recorded.columns),
            cast(bindparam("ct", type_=BigInteger()), BigInteger()),
            cast(bindparam("co", type_=SmallInteger()), SmallInteger()),
        )

    @cached_property
    def _key_bind(self) -> ColumnElement[bool] | None:
        return any_bound(self.recorded.key, self.dialect)

    def _copy_statement(self) -> Insert:
        source = self._current
        return self._copy_from(source if self._key_bind is None else source.where(self._key_bind))

    def _copy_from(self, source: Select[Any]) -> Insert:
        recorded = self.recorded
        return recorded.version_table.insert().from_select(
            [
                *(column.version for column in recorded.columns),
                recorded.transaction_column,
                recorded.operation_column,
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
