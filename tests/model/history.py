"""What history is, once more, without a database.

Given the rows of a table before, during and after each committed transaction, :class:`History`
computes the version rows that have to exist afterwards.  It knows nothing of the library: neither
imports from it nor follows its algorithm.  It works on whole transactions (what was there before,
what is there now), while recorders see one event after the other.

Transactions are numbered 1, 2, 3... in the order of their ids; 0 stands for "before all of them".
A transaction is given as the list of the states of the database, the one before its first
statement first, the one after its last statement last.  What was rolled back to a savepoint is
simply not in the list.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import pairwise
from typing import Any

Key = tuple[Any, ...]
Row = Mapping[str, Any]
Rows = Mapping[Key, Row]
State = Mapping[str, Rows]

INSERT, UPDATE, DELETE = 0, 1, 2


@dataclass(frozen=True)
class Version:
    """One row of a version table; ``values`` holds every stored column, key included."""

    key: Key
    transaction: int
    end: int | None
    operation: int
    values: Row


@dataclass(frozen=True)
class Table:
    """How the changes of one table are recorded.

    :param key: names of the key columns.
    :param counting: columns whose change makes a version.
    :param ignored: columns that are stored, but whose change alone makes no version.
    :param null_delete: DELETE versions keep nothing but the key.
    :param ends: versions carry the transaction that ended them (strategy "validity").
    :param operations: the changes that leave a version; another one only ends the version before.
    :param recorded: a row is in the history while it fulfils this; leaving it only ends a version.
    """

    key: tuple[str, ...]
    counting: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    null_delete: bool = False
    ends: bool = True
    operations: tuple[int, ...] = (INSERT, UPDATE, DELETE)
    recorded: Callable[[Row], bool] | None = None

    @property
    def stored(self) -> tuple[str, ...]:
        return (*self.key, *self.counting, *self.ignored)

    def same(self, one: Row, other: Row) -> bool:
        """Say whether two rows are the same in every column that counts, to the byte."""
        return all(exact(one[name]) == exact(other[name]) for name in self.counting)

    def keep(self, row: Row, operation: int) -> Row:
        """Return what a version with this operation stores of a row."""
        empty = operation == DELETE and self.null_delete
        return {name: None if empty and name not in self.key else row[name] for name in self.stored}


def exact(value: object) -> object:
    """Return something that is equal for equal values of the same kind only.

    In Python ``1 == 1.0 == True``, ``0.0 == -0.0`` and ``Decimal("1.0") == Decimal("1.00")``;
    for a history these are different values.
    """
    if isinstance(value, dict):
        return "dict", tuple((exact(key), exact(item)) for key, item in sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return "list", tuple(exact(item) for item in value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "bytes", bytes(value)
    return type(value).__name__, repr(value)


@dataclass
class History:
    """The versions of some tables, transaction by transaction."""

    tables: Mapping[str, Table]
    _versions: dict[str, dict[Key, list[Version]]] = field(default_factory=dict)
    _last: int = 0
    _recorded: list[int] = field(default_factory=list)

    def commit(self, states: Sequence[State], paused: Iterable[str] = ()) -> int:
        """Record one committed transaction and return its number.

        :param states: states of the database, from before the first to after the last statement.
        :param paused: tables whose recording was paused for the whole transaction.
        """
        self._last += 1
        unrecorded = set(paused)
        for name, table in self.tables.items():
            rows = [state.get(name, {}) for state in states]
            keys = {key for state in rows for key in state}
            for key in sorted(keys, key=repr):
                images = [state.get(key) for state in rows]
                if name in unrecorded:
                    self._pause(name, table, key, images)
                elif table.recorded is not None:
                    self._fold_what_is_recorded(name, table, key, images, table.recorded)
                else:
                    self._fold(name, table, key, images)
        return self._last

    def versions(self, name: str) -> list[Version]:
        """Return the versions of a table, ordered by key and transaction."""
        return [
            version
            for _, versions in sorted(self._versions.get(name, {}).items(), key=_by_key)
            for version in versions
        ]

    def _fold(self, name: str, table: Table, key: Key, images: Sequence[Row | None]) -> None:
        before, after = images[0], images[-1]
        if before is None and after is None:
            return
        if self._fold_inside_of_a_gap(name, table, key, images):
            return
        if before is not None and after is not None and table.same(before, after):
            return
        versions = self._versions.setdefault(name, {}).setdefault(key, [])
        if before is None:
            operation = INSERT
        elif after is None:
            operation = DELETE
        else:
            operation = UPDATE
        if operation not in table.operations:
            if operation != INSERT:
                self._end(versions)
            return
        if before is not None:
            # Where updates leave nothing, a row is known as it was when it went.
            known = before if UPDATE in table.operations else _first_to_go(images)
            self._write_baseline(table, key, versions, known)
        last = after if after is not None else _last_image(images)
        self._append(
            table, versions, Version(key, self._last, None, operation, table.keep(last, operation))
        )
        self._recorded.append(self._last)

    def _fold_inside_of_a_gap(
        self, name: str, table: Table, key: Key, images: Sequence[Row | None]
    ) -> bool:
        """Record a row that went and came back while nobody knew its history.

        Where updates leave nothing, nothing tells that the row was there before.
        """
        versions = self._versions.get(name, {}).get(key)
        if UPDATE in table.operations or not versions or versions[-1].end is None:
            return False
        if None in (images[0], images[-1]) or None not in images:
            return False
        after = images[-1]
        assert after is not None
        if DELETE not in table.operations:
            self._append(
                table, versions, Version(key, self._last, None, INSERT, table.keep(after, INSERT))
            )
            return True
        found = _first_to_go(images)
        self._write_baseline(table, key, versions, found)
        if not table.same(found, after):
            self._end(versions)
        return True

    def _fold_what_is_recorded(
        self,
        name: str,
        table: Table,
        key: Key,
        images: Sequence[Row | None],
        recorded: Callable[[Row], bool],
    ) -> None:
        """Record a key of which only some rows are in the history."""
        before, after = images[0], images[-1]
        was = before is not None and recorded(before)
        if after is not None and recorded(after):
            # A row that comes into the history begins there.
            self._fold(name, table, key, [before if was else None, after])
        elif was:
            last = _last_image(images)
            if after is None and recorded(last):
                self._fold(name, table, key, [before, last, None])
            else:
                self._end(self._versions.setdefault(name, {}).setdefault(key, []))

    def _end(self, versions: list[Version]) -> None:
        """End the open version of a row without another one after it."""
        if versions and versions[-1].end is None and versions[-1].operation != DELETE:
            versions[-1] = replace(versions[-1], end=self._last)

    def _write_baseline(self, table: Table, key: Key, versions: list[Version], before: Row) -> None:
        """Write the row as it was, when the versions do not know it."""
        newest = versions[-1] if versions else None
        if newest is None:
            start = 0
        elif table.ends and newest.end is not None:
            start = newest.end
        elif not table.ends and not (
            newest.operation != DELETE and table.same(newest.values, before)
        ):
            between = [n for n in self._recorded if newest.transaction < n < self._last]
            if not between:
                return
            start = max(between)
        else:
            return
        versions.append(Version(key, start, None, INSERT, table.keep(before, INSERT)))

    def _append(self, table: Table, versions: list[Version], version: Version) -> None:
        if table.ends and versions and versions[-1].end is None:
            versions[-1] = replace(versions[-1], end=version.transaction)
        versions.append(version)

    def _pause(self, name: str, table: Table, key: Key, images: Sequence[Row | None]) -> None:
        """End the version of a row that was changed while nobody recorded."""
        versions = self._versions.get(name, {}).get(key)
        if not table.ends or not versions or versions[-1].end is not None:
            return
        for old, new in pairwise(images):
            if old is not None and (new is None or not table.same(old, new)):
                versions[-1] = replace(versions[-1], end=self._last)
                return


def _first_to_go(images: Sequence[Row | None]) -> Row:
    """Return the image before the row was gone for the first time."""
    found = images[list(images).index(None) - 1] if None in images else images[0]
    assert found is not None
    return found


def _last_image(images: Sequence[Row | None]) -> Row:
    return next(image for image in reversed(images) if image is not None)


def _by_key(item: tuple[Key, list[Version]]) -> tuple[str, ...]:
    return tuple(repr(part) for part in item[0])


def ranked(versions: Iterable[Version]) -> list[Version]:
    """Replace transaction ids by their rank, so that a model and a database can be compared.

    Ids have gaps in a real database (rolled-back transactions), and a transaction whose changes
    cancelled out may or may not have used one.  0 stays 0.
    """
    rows = list(versions)
    ids = {row.transaction for row in rows} | {row.end for row in rows if row.end is not None}
    ranks = {number: rank for rank, number in enumerate(sorted(ids - {0}), start=1)}
    ranks[0] = 0
    return [
        replace(
            row,
            transaction=ranks[row.transaction],
            end=None if row.end is None else ranks[row.end],
        )
        for row in rows
    ]
