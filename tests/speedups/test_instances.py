"""What a flush is going to write, found in what objects remember: the same in both forms."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import Numeric
from sqlalchemy import PickleType
from sqlalchemy import String
from sqlalchemy import inspect
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import attributes
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

from continuum.schema.equality import own_equality
from speedups._support import FORMS
from speedups._support import Angry
from speedups._support import Vague
from speedups._support import both
from speedups._support import comparers
from speedups._support import documents
from speedups._support import module_of
from speedups._support import outcome
from speedups._support import pairs
from speedups._support import raising
from speedups._support import simple


@pytest.fixture(params=FORMS, scope="module")
def instances(request: pytest.FixtureRequest) -> ModuleType:
    return module_of("instances_cy", request.param)


CHANGED = {
    "another value": ({"a": 1}, {"a": 2}, {"a": None}),
    "deleted": ({"a": 1}, {}, {"a": None}),
    "not equal to its type": ({"a": 1}, {"a": 2}, {"a": lambda *_: False}),
    "the type cannot tell": ({"a": 1}, {"a": 2}, {"a": raising}),
    "cannot be compared": ({"a": Angry()}, {"a": Angry()}, {"a": None}),
    "the second": ({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": None, "b": None}),
}
UNCHANGED = {
    "nothing": ({}, {"a": 1}, {"a": None}),
    "nothing that counts": ({"b": 1}, {"a": 1, "b": 2}, {"a": None}),
    "the same": ({"a": (value := object())}, {"a": value}, {"a": None}),
    "the same, that cannot be compared": ({"a": (angry := Angry())}, {"a": angry}, {"a": None}),
    # What is equal is not written, however it would be stored.
    "equal": ({"a": 1}, {"a": True}, {"a": None}),
    "decimal places": ({"a": Decimal("1.0")}, {"a": Decimal(1)}, {"a": None}),
    "equal to its type": ({"a": 1}, {"a": 2}, {"a": lambda *_: True}),
    "an answer that is true": ({"a": Vague("yes")}, {"a": Vague("yes")}, {"a": None}),
}


@pytest.mark.parametrize("given", CHANGED.values(), ids=CHANGED.keys())
def test_changed(instances: ModuleType, given: Any) -> None:
    assert instances.is_changed(*given) is True


@pytest.mark.parametrize("given", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_unchanged(instances: ModuleType, given: Any) -> None:
    assert instances.is_changed(*given) is False


def test_an_interrupt_is_no_change(instances: ModuleType) -> None:
    def interrupted(_one: object, _other: object) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        instances.is_changed({"a": 1}, {"a": 2}, {"a": interrupted})


@pytest.mark.parametrize("wrong", [None, ["a"], MutableDict({"a": None})])
def test_attributes_are_a_dictionary(instances: ModuleType, wrong: Any) -> None:
    error = f"^columns must be a dict, not {type(wrong).__name__}$"
    with pytest.raises(TypeError, match=error):
        instances.is_changed({}, {}, wrong)
    with pytest.raises(TypeError, match=error):
        any_changed(instances, [thing()], plan=(wrong, frozenset()))


def thing(committed: Any = None, **current: Any) -> SimpleNamespace:
    return SimpleNamespace(committed_state=committed or {}, current=current)


class Other(SimpleNamespace):
    """An object of another class."""


def any_changed(
    instances: ModuleType, objects: Any, *, plan: Any = ({"a": None}, frozenset(["b"])), **more: Any
) -> Any:
    asked = []

    def plan_of(kind: type[Any]) -> Any:
        asked.append(kind)
        return None if kind is Other else plan

    found = instances.any_changed(
        objects,
        lambda obj: obj,
        lambda obj: obj.current,
        plan_of,
        more.get("ask", lambda *_: False),
    )
    assert len(asked) == len(set(asked))
    return found


def test_one_of_many(instances: ModuleType) -> None:
    same = [thing({"a": 1}, a=1.0), thing(a=2), thing({"c": 1}, a=2)]
    others = [Other(committed_state={"a": 1}, current={"a": 2})]
    assert any_changed(instances, []) is False
    assert any_changed(instances, same + others + same + others) is False
    assert any_changed(instances, iter([*same, *others, thing({"a": 1}, a=2)])) is True


def test_what_only_the_caller_knows(instances: ModuleType) -> None:
    asked = []

    def ask(obj: Any, names: frozenset[str]) -> bool:
        asked.append((obj, names))
        return obj is last

    last = thing({"b": 1})
    objects = [thing({"a": 1}, a=1), thing({"b": 1}), last, thing({"b": 2})]
    assert any_changed(instances, objects, ask=ask) is True
    assert asked == [(objects[1], frozenset(["b"])), (last, frozenset(["b"]))]


def test_an_error_is_passed_on(instances: ModuleType) -> None:
    def ask(*_: Any) -> bool:
        raise LookupError("no")

    with pytest.raises(LookupError):
        any_changed(instances, [thing({"b": 1})], ask=ask)
    with pytest.raises(AttributeError):
        any_changed(instances, [object()])


@pytest.mark.compiled
@given(drawn=st.lists(st.tuples(pairs, comparers, st.booleans()), max_size=6))
def test_both_forms_agree_about_objects(drawn: list[Any]) -> None:
    compiled, pure = both("instances_cy")
    names = [f"attribute {number}" for number in range(len(drawn))]
    committed = {name: pair[0] for name, (pair, _, _) in zip(names, drawn, strict=True)}
    current = {name: pair[1] for name, (pair, _, has) in zip(names, drawn, strict=True) if has}
    plan = {name: compare for name, (_, compare, _) in zip(names, drawn, strict=True)}
    given = committed, current, plan
    assert outcome(compiled.is_changed, *given) == outcome(pure.is_changed, *given)
    for module in (compiled, pure):
        objects = [thing(), thing(committed, **current)]
        found = any_changed(module, objects, plan=(plan, frozenset()))
        assert found is compiled.is_changed(*given)


class Folded(TypeDecorator[str]):
    """Text whose case does not matter."""

    impl = String
    cache_ok = True

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x.lower() == y.lower()) if isinstance(x, str) and isinstance(y, str) else x is y


NAMES = ["id", "text", "number", "amount", "document", "followed", "pickled", "folded"]


@pytest.fixture(scope="module")
def thing_cls() -> type[Any]:
    """A mapped class.  Not made at the top: other tests take all mappings away."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id = mapped_column(Integer, primary_key=True)
        text = mapped_column(String)
        number = mapped_column(Float)
        amount = mapped_column(Numeric)
        document = mapped_column(JSON)
        followed = mapped_column(MutableDict.as_mutable(JSON))
        pickled = mapped_column(PickleType(comparator=lambda one, other: repr(one) == repr(other)))
        folded = mapped_column(Folded)

    return Thing


@pytest.fixture(scope="module")
def plan(thing_cls: type[Any]) -> dict[str, Any]:
    """How the values of each attribute are compared."""
    columns = inspect(thing_cls).columns
    return {name: own_equality(columns[name].type) for name in NAMES}


def test_types_have_an_equality_of_their_own(plan: dict[str, Any]) -> None:
    assert [name for name, compare in plan.items() if compare is not None] == ["pickled", "folded"]


@pytest.mark.parametrize("form", FORMS)
@given(
    stored=st.dictionaries(st.sampled_from(NAMES), simple | documents),
    given=st.dictionaries(st.sampled_from(NAMES), simple | documents, min_size=1),
    touched=st.booleans(),
)
def test_changes_are_those_of_sqlalchemy(
    thing_cls: type[Any],
    plan: dict[str, Any],
    form: str,
    stored: dict[str, Any],
    given: dict[str, Any],
    touched: bool,
) -> None:
    obj = thing_cls()
    for name, value in stored.items():
        if name != "followed" or isinstance(value, dict):
            attributes.set_committed_value(obj, name, value)
    for name, value in given.items():
        if name != "followed" or isinstance(value, dict):
            setattr(obj, name, value)
    if touched and isinstance(obj.followed, MutableDict):
        obj.followed["more"] = 1
    state = inspect(obj)
    found = module_of("instances_cy", form).is_changed(state.committed_state, state.dict, plan)

    def changes(name: str) -> bool:
        if state.committed_state.get(name, attributes.NO_VALUE) is state.dict.get(name):
            # NaN, which SQLAlchemy would write again, and the database find to be the same.
            return False
        return bool(state.attrs[name].history.has_changes())

    assert outcome(lambda: any(map(changes, NAMES))) in (("returned", found), SIGNALLED)


SIGNALLED = outcome(lambda: Decimal("sNaN") == 1)
"""What SQLAlchemy does not survive."""
