"""Nothing is kept of what was compared, and nothing is freed that others hold."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from speedups._support import FORMS
from speedups._support import Angry
from speedups._support import module_of
from speedups._support import raising

ROUNDS = 3_000
OLD = (object(), "a" * 100, 1.5, {"a": [1, {"b": 2}]}, Angry(), 10**30, None)
NEW = (object(), "".join(["a"] * 100), float("1.5"), {"a": [1, {"b": 3}]}, Angry(), 10**31, 0)
KEYS = tuple(f"column {index}" for index in range(len(OLD)))
PLACES = tuple(range(len(OLD)))
TYPES = (raising, None, None, lambda *_: True, raising, None, None)
PLAN: Any = (dict.fromkeys(KEYS), frozenset(["relation"]))
OBJECTS = [
    SimpleNamespace(committed_state=dict(zip(KEYS[1:4], NEW[1:4], strict=True))) for _ in range(3)
]


def _fails(call: Callable[..., Any], *arguments: Any) -> None:
    with pytest.raises((TypeError, ValueError, IndexError)):
        call(*arguments)


def _left_in_the_middle(rows: Any) -> None:
    stream = rows.changesets([(OLD, NEW)] * 3, KEYS, TYPES)
    next(stream)


ROWS: dict[str, Callable[[Any], Any]] = {
    "diff": lambda rows: rows.diff(OLD, NEW, KEYS),
    "diff with types": lambda rows: rows.diff(OLD, NEW, KEYS, TYPES),
    "diff of unlike lengths": lambda rows: _fails(rows.diff, OLD, NEW[1:], KEYS),
    "diff of a list": lambda rows: _fails(rows.diff, list(OLD), NEW, KEYS),
    "is_noop": lambda rows: rows.is_noop(OLD, OLD[:-1] + NEW[-1:]),
    "is_noop_at": lambda rows: rows.is_noop_at(OLD, NEW, PLACES[1:]),
    "differing": lambda rows: rows.differing(OLD, NEW, PLACES),
    "differing beyond": lambda rows: _fails(rows.differing, OLD, NEW, (0, 99)),
    "same": lambda rows: [rows.same(a, b) for a, b in zip(OLD, NEW, strict=True)],
    "equivalent": lambda rows: [rows.equivalent(a, b) for a, b in zip(OLD, NEW, strict=True)],
    "agree": lambda rows: [rows.agree(raising, a, b) for a, b in zip(OLD, NEW, strict=True)],
    "changesets": lambda rows: list(rows.changesets([(None, NEW), (OLD, NEW), (OLD, None)], KEYS)),
    "changesets, left": _left_in_the_middle,
    "to_set": lambda rows: rows.to_set(
        zip(KEYS, OLD, strict=True), dict(zip(KEYS, NEW, strict=True))
    ),
    "fold_chain": lambda rows: rows.fold_chain([(1, 2, 3, 1, *OLD, *OLD)], 2),
    "fold_chain of a list": lambda rows: _fails(rows.fold_chain, [[1, 2]], 2),
}
INSTANCES: dict[str, Callable[[Any], Any]] = {
    "is_changed": lambda instances: instances.is_changed(
        dict(zip(KEYS, OLD, strict=True)), dict(zip(KEYS, NEW, strict=True)), PLAN[0]
    ),
    "is_changed by nothing": lambda instances: instances.is_changed({"other": 1}, {}, PLAN[0]),
    "any_changed": lambda instances: instances.any_changed(
        OBJECTS,
        lambda obj: obj,
        lambda obj: obj.committed_state,
        lambda _kind: PLAN,
        lambda *_: False,
    ),
    "any_changed that fails": lambda instances: _fails(
        instances.any_changed, OBJECTS, len, vars, lambda _kind: PLAN, bool
    ),
}
CALLS = {
    **{name: ("rows_cy", call) for name, call in ROWS.items()},
    **{name: ("instances_cy", call) for name, call in INSTANCES.items()},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CALLS)
def test_no_leak(form: str, name: str) -> None:
    module_name, call = CALLS[name]
    module = module_of(module_name, form)
    held = [*OLD, *NEW, *KEYS, *TYPES, PLAN[0], *OBJECTS, OLD, NEW, KEYS, None, True, False]

    def counts() -> list[int]:
        gc.collect()
        # Everything uses the small ones; of immortal ones there is no count.
        return [
            0 if each is None or type(each) in (bool, int) else sys.getrefcount(each)
            for each in held
        ]

    for _ in range(50):
        call(module)
    references = counts()
    blocks = sys.getallocatedblocks()
    for _ in range(ROUNDS):
        call(module)
    assert counts() == references
    # One object lost in each round would be thousands.
    assert sys.getallocatedblocks() - blocks < ROUNDS // 10
