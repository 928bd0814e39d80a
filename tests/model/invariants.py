"""Rules that every history obeys, whatever happened and in whatever order."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from itertools import pairwise

from model.history import DELETE
from model.history import INSERT
from model.history import UPDATE
from model.history import Key
from model.history import Rows
from model.history import Table
from model.history import Version


def violations(
    table: Table,
    versions: Iterable[Version],
    live: Rows,
    transactions: Collection[int],
    *,
    gaps: bool = False,
) -> list[str]:
    """Return what is wrong with a version table, in words; empty when it is in order.

    :param live: the rows that the live table has now.
    :param transactions: the ids that the transaction table has.
    :param gaps: rows may have been changed while recording was paused or not switched on yet.
    """
    found: list[str] = []
    by_key: dict[Key, list[Version]] = {}
    for version in versions:
        by_key.setdefault(version.key, []).append(version)
    for key, rows in by_key.items():
        rows.sort(key=lambda version: version.transaction)
        found += [f"{key}: {fault}" for fault in _order(table, rows, gaps)]
        found += [f"{key}: {fault}" for fault in _references(rows, transactions)]
    found += _live_rows(table, by_key, live, gaps)
    return found


def _order(table: Table, rows: list[Version], gaps: bool) -> Iterable[str]:
    if rows[0].operation != INSERT:
        yield f"the first version is not an INSERT: {rows[0]}"
    for one, two in pairwise(rows):
        if one.transaction == two.transaction:
            yield f"two versions of transaction {one.transaction}"
        if table.ends:
            if one.end is None:
                yield f"open, but not the newest: {one}"
            elif one.end > two.transaction:
                yield f"overlapping: {one} and {two}"
            elif one.end < two.transaction and not gaps:
                yield f"a gap between {one} and {two}"
        if one.operation == DELETE and two.operation == DELETE:
            yield f"deleted twice: {one} and {two}"
        if not gaps and (one.operation == DELETE) != (two.operation == INSERT):
            yield f"operation {two.operation} after {one.operation}: {one} and {two}"
    for row in rows:
        if row.operation not in (INSERT, UPDATE, DELETE):
            yield f"unknown operation: {row}"
        if row.end is not None and row.end <= row.transaction:
            yield f"ends before it begins: {row}"
    if table.ends and rows[-1].end is not None and not gaps:
        yield f"no open version, the newest is {rows[-1]}"


def _references(rows: list[Version], transactions: Collection[int]) -> Iterable[str]:
    for row in rows:
        if row.transaction != 0 and row.transaction not in transactions:
            yield f"of a transaction that does not exist: {row}"
        if row.end is not None and row.end not in transactions:
            yield f"ended by a transaction that does not exist: {row}"


def _live_rows(
    table: Table, by_key: dict[Key, list[Version]], live: Rows, gaps: bool
) -> Iterable[str]:
    for key, rows in by_key.items():
        newest = rows[-1]
        if newest.end is not None:
            continue
        if newest.operation == DELETE:
            if key in live and not gaps:
                yield f"{key}: deleted in history, but alive: {newest}"
        elif key not in live:
            yield f"{key}: alive in history, but gone: {newest}"
        elif not table.same(newest.values, live[key]):
            yield f"{key}: the open version is not the live row: {newest} and {live[key]}"
    if not gaps:
        for key in live:
            if key not in by_key:
                yield f"{key}: alive without a history"
