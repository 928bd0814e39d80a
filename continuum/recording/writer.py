"""Carrying out what was decided about versions: a few statements for any number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Enum
from sqlalchemy import Insert
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.dialects.spec import storage_type
from continuum.recording.fold import Action
from continuum.recording.fold import Close
from continuum.recording.fold import Remove
from continuum.recording.fold import Reopen
from continuum.recording.fold import Replace
from continuum.recording.fold import Since
from continuum.recording.fold import Write
from continuum.recording.images import Key
from continuum.recording.images import Raw
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.images import is_plain
from continuum.schema.recorded import RecordedColumn
from continuum.schema.recorded import RecordedTable


class Writer:
    """The writing side of one recorded table on one kind of database.

    :param recorded: the table.
    :param dialect: name of the dialect.
    """

    def __init__(self, recorded: RecordedTable, dialect: str) -> None:
        self.recorded = recorded
        self.dialect = dialect
        self._names = [f"c{index}" for index in range(len(recorded.columns))]
        self._insert = self._insert_statement()

    def write(
        self,
        connection: Connection,
        decisions: Iterable[tuple[Key, Sequence[Action]]],
        running: int | None,
        transactions: Any,
    ) -> None:
        """Carry out the decisions about some rows.

        :param decisions: key and actions of each row.
        :param running: the running transaction; ``None`` only where no action refers to it.
        :param transactions: id column of the transaction table.

        One INSERT, and one UPDATE or DELETE for each other kind of action and 500 rows.
        """
        rows: list[dict[str, Any]] = []
        removed: list[Key] = []
        closed: list[Key] = []
        reopened: list[Key] = []
        gaps: dict[int, int | None] = {}
        for key, actions in decisions:
            for action in actions:
                match action:
                    case Write():
                        since = action.since
                        if since is Since.GAP:
                            found = self._gap(connection, key, running, transactions, gaps)
                            if found is None:
                                continue
                            number: int | None = found
                        else:
                            number = running if isinstance(since, Since) else since
                        end = running if action.ended else None
                        rows.append(self._parameters(action, number, end))
                    case Replace():
                        removed.append(key)
                        rows.append(self._parameters(action, running, None))
                    case Remove():
                        removed.append(key)
                    case Close():
                        closed.append((*key, action.transaction))
                    case Reopen():
                        reopened.append((*key, action.transaction))
        table = self.recorded.version_table
        if removed:
            mine = table.delete().where(self.recorded.transaction_column == running)
            for some in chunks(removed):
                self._execute(
                    connection, mine.where(any_of(self.recorded.version_key, some, self.dialect))
                )
        self._end(connection, reopened, None)
        self._end(connection, closed, running)
        if rows:
            connection.execute(self._insert, rows, execution_options={INTERNAL: True})

    def _end(self, connection: Connection, versions: Sequence[Key], end: int | None) -> None:
        if not versions:
            return
        assert self.recorded.end_column is not None
        columns = (*self.recorded.version_key, self.recorded.transaction_column)
        update = self.recorded.version_table.update().values({self.recorded.end_column: end})
        for some in chunks(versions):
            self._execute(connection, update.where(any_of(columns, some, self.dialect)))

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
                select(func.max(transactions)).where(
                    transactions < running, transactions > newest
                ),
                execution_options={INTERNAL: True},
            ).scalar_one()
        return known[newest]

    def _parameters(
        self, action: Write | Replace, number: int | None, end: int | None
    ) -> dict[str, Any]:
        parameters = dict(zip(self._names, action.image, strict=True))
        parameters["ct"] = number
        parameters["co"] = action.operation
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
