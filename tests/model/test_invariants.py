"""The rules have to notice each kind of damage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model.history import DELETE
from model.history import INSERT
from model.history import UPDATE
from model.history import Rows
from model.history import Table
from model.history import Version
from model.invariants import violations

TABLE = Table(key=("id",), counting=("name",))
LIVE: Rows = {(1,): {"id": 1, "name": "b"}}


def version(transaction: int, end: int | None, operation: int, name: str, key: int = 1) -> Version:
    return Version((key,), transaction, end, operation, {"id": key, "name": name})


SOUND = [
    version(1, 2, INSERT, "a"),
    version(2, None, UPDATE, "b"),
    version(1, 3, INSERT, "x", key=2),
    version(3, None, DELETE, "x", key=2),
]


def check(versions: list[Version], live: Rows = LIVE, transactions: set[int] | None = None) -> str:
    return "\n".join(violations(TABLE, versions, live, transactions or {1, 2, 3}))


def test_a_sound_history_has_no_violations() -> None:
    assert check(SOUND) == ""


@pytest.mark.parametrize(
    ("position", "damage", "word"),
    [
        (0, {"end": 3}, "overlapping"),
        (0, {"end": None}, "open, but not the newest"),
        (0, {"end": 1}, "ends before it begins"),
        (0, {"operation": UPDATE}, "not an INSERT"),
        (0, {"operation": 7}, "unknown operation"),
        (1, {"transaction": 1}, "two versions of transaction"),
        (1, {"end": 3}, "no open version"),
        (1, {"transaction": 3}, "a gap"),
        (1, {"operation": INSERT}, "operation 0 after 0"),
        (1, {"operation": DELETE}, "deleted in history, but alive"),
        (1, {"values": {"id": 1, "name": "B"}}, "not the live row"),
        (3, {"operation": UPDATE}, "alive in history, but gone"),
        (2, {"operation": DELETE}, "deleted twice"),
    ],
)
def test_damage_is_noticed(position: int, damage: dict[str, object], word: str) -> None:
    versions = list(SOUND)
    versions[position] = replace(versions[position], **damage)  # type: ignore[arg-type]
    assert word in check(versions)


def test_missing_transactions_are_noticed() -> None:
    assert "does not exist" in check(SOUND, transactions={1, 2})
    baseline = [version(0, 2, INSERT, "a"), version(2, None, UPDATE, "b")]
    assert check(baseline) == ""


def test_a_live_row_without_history_is_noticed() -> None:
    unknown: Rows = {**LIVE, (9,): {"id": 9, "name": "z"}}
    assert "alive without a history" in check(SOUND, live=unknown)
    assert violations(TABLE, SOUND, unknown, {1, 2, 3}, gaps=True) == []
