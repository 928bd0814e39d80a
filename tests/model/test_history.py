"""The model itself, against the examples by which the rule is explained to people."""

from __future__ import annotations

from decimal import Decimal

import pytest

from model.history import DELETE
from model.history import INSERT
from model.history import UPDATE
from model.history import History
from model.history import Row
from model.history import State
from model.history import Table
from model.history import Version
from model.history import exact
from model.history import ranked

ITEM = Table(key=("id",), counting=("name",), ignored=("hits",))


def item(key: int, name: str | None, hits: int = 0) -> Row:
    return {"id": key, "name": name, "hits": hits}


def state(*rows: Row) -> State:
    return {"item": {(row["id"],): row for row in rows}}


def record(*transactions: list[State], table: Table = ITEM) -> list[Version]:
    history = History({"item": table})
    for states in transactions:
        history.commit(states)
    return history.versions("item")


def brief(versions: list[Version]) -> list[tuple[int, int, int | None, int, str | None]]:
    return [(v.key[0], v.transaction, v.end, v.operation, v.values["name"]) for v in versions]


NOTHING = state()
BORN = [NOTHING, state(item(1, "a"))]


@pytest.mark.parametrize(
    ("transactions", "expected"),
    [
        pytest.param([BORN], [(1, 1, None, INSERT, "a")], id="insert"),
        pytest.param(
            [[*BORN, state(item(1, "b"))]], [(1, 1, None, INSERT, "b")], id="insert, update"
        ),
        pytest.param([[*BORN, NOTHING]], [], id="insert, delete"),
        pytest.param(
            [BORN, [BORN[1], state(item(1, "b"))]],
            [(1, 1, 2, INSERT, "a"), (1, 2, None, UPDATE, "b")],
            id="update",
        ),
        pytest.param(
            [BORN, [BORN[1], state(item(1, "a", hits=7))]],
            [(1, 1, None, INSERT, "a")],
            id="update of an ignored column",
        ),
        pytest.param(
            [BORN, [BORN[1], state(item(1, "b")), BORN[1]]],
            [(1, 1, None, INSERT, "a")],
            id="update there and back",
        ),
        pytest.param(
            [BORN, [BORN[1], state(item(1, "b")), NOTHING]],
            [(1, 1, 2, INSERT, "a"), (1, 2, None, DELETE, "b")],
            id="update, delete",
        ),
        pytest.param(
            [BORN, [BORN[1], NOTHING, state(item(1, "b"))]],
            [(1, 1, 2, INSERT, "a"), (1, 2, None, UPDATE, "b")],
            id="delete, insert",
        ),
        pytest.param(
            [BORN, [BORN[1], NOTHING, BORN[1]]],
            [(1, 1, None, INSERT, "a")],
            id="delete, insert of the same",
        ),
        pytest.param(
            [BORN, [BORN[1], NOTHING, state(item(1, "b")), NOTHING]],
            [(1, 1, 2, INSERT, "a"), (1, 2, None, DELETE, "b")],
            id="delete, insert, delete",
        ),
        pytest.param(
            [BORN, [BORN[1], NOTHING], [NOTHING, state(item(1, "c"))]],
            [(1, 1, 2, INSERT, "a"), (1, 2, 3, DELETE, "a"), (1, 3, None, INSERT, "c")],
            id="a second life",
        ),
        pytest.param(
            [BORN, [BORN[1], NOTHING], [NOTHING, state(item(1, "c")), NOTHING]],
            [(1, 1, 2, INSERT, "a"), (1, 2, None, DELETE, "a")],
            id="a second life that ends at once leaves the DELETE open",
        ),
        pytest.param(
            [BORN, [BORN[1], state(item(2, "a"))]],
            [
                (1, 1, 2, INSERT, "a"),
                (1, 2, None, DELETE, "a"),
                (2, 2, None, INSERT, "a"),
            ],
            id="the key changes",
        ),
        pytest.param(
            [BORN, [BORN[1], state(item(2, "a")), BORN[1]]],
            [(1, 1, None, INSERT, "a")],
            id="the key changes there and back",
        ),
        pytest.param(
            [
                [NOTHING, state(item(1, "a"), item(2, "b"))],
                [state(item(1, "a"), item(2, "b")), state(item(2, "a"), item(1, "b"))],
            ],
            [
                (1, 1, 2, INSERT, "a"),
                (1, 2, None, UPDATE, "b"),
                (2, 1, 2, INSERT, "b"),
                (2, 2, None, UPDATE, "a"),
            ],
            id="a swap of keys",
        ),
        pytest.param(
            [
                [NOTHING, state(item(1, "a"), item(2, "b"))],
                [state(item(1, "a"), item(2, "b")), state(item(2, "a"), item(3, "b"))],
            ],
            [
                (1, 1, 2, INSERT, "a"),
                (1, 2, None, DELETE, "a"),
                (2, 1, 2, INSERT, "b"),
                (2, 2, None, UPDATE, "a"),
                (3, 2, None, INSERT, "b"),
            ],
            id="a shift of keys",
        ),
    ],
)
def test_what_a_transaction_leaves(
    transactions: list[list[State]], expected: list[tuple[int, int, int | None, int, str | None]]
) -> None:
    assert brief(record(*transactions)) == expected


def test_ignored_columns_are_stored_with_the_next_version() -> None:
    seen = state(item(1, "a", hits=7))
    versions = record(BORN, [BORN[1], seen], [seen, state(item(1, "b", hits=7))])
    assert [v.values["hits"] for v in versions] == [0, 7]


def test_a_delete_version_keeps_the_last_values_or_none() -> None:
    history = [BORN, [BORN[1], state(item(1, "b", hits=3)), NOTHING]]
    assert record(*history)[-1].values == item(1, "b", hits=3)
    empty = record(*history, table=Table(("id",), ("name",), ("hits",), null_delete=True))
    assert empty[-1].values == {"id": 1, "name": None, "hits": None}


def test_a_row_older_than_its_history_gets_a_baseline() -> None:
    versions = record([BORN[1], state(item(1, "b"))])
    assert brief(versions) == [(1, 0, 1, INSERT, "a"), (1, 1, None, UPDATE, "b")]
    assert brief(record([BORN[1], NOTHING])) == [(1, 0, 1, INSERT, "a"), (1, 1, None, DELETE, "a")]


def test_a_pause_leaves_a_gap_that_a_baseline_ends() -> None:
    history = History({"item": ITEM})
    history.commit(BORN)
    history.commit([BORN[1], state(item(1, "b"))], paused=["item"])
    history.commit([state(item(1, "b")), state(item(1, "c"))])
    assert brief(history.versions("item")) == [
        (1, 1, 2, INSERT, "a"),
        (1, 2, 3, INSERT, "b"),
        (1, 3, None, UPDATE, "c"),
    ]


def test_subquery_versions_have_no_end() -> None:
    versions = record(
        BORN,
        [BORN[1], state(item(1, "b"))],
        [state(item(1, "b")), NOTHING],
        table=Table(("id",), ("name",), ("hits",), ends=False),
    )
    assert brief(versions) == [
        (1, 1, None, INSERT, "a"),
        (1, 2, None, UPDATE, "b"),
        (1, 3, None, DELETE, "b"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        ("a", "A"),
        ("a", "a "),
        ("a", b"a"),
        (None, ""),
        (Decimal("1.0"), Decimal("1.00")),
        ({"a": 1}, {"a": 1.0}),
        ([1], [True]),
    ],
)
def test_exact_tells_apart_what_python_calls_equal(one: object, other: object) -> None:
    assert exact(one) != exact(other)
    assert exact(one) == exact(one)


def test_ranks_leave_order_and_zero_alone() -> None:
    row = item(1, "a")
    versions = [
        Version((1,), 0, 17, INSERT, row),
        Version((1,), 17, 90, UPDATE, row),
        Version((1,), 90, None, UPDATE, row),
    ]
    assert [(v.transaction, v.end) for v in ranked(versions)] == [(0, 1), (1, 2), (2, None)]
