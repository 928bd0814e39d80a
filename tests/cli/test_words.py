"""What the command says is fit to be read, and knows users by their names and keys."""

from __future__ import annotations

import enum
import json
import sys
from collections.abc import Callable
from datetime import date
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy import Enum
from sqlalchemy import Integer
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Uuid
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import mapped_column

from continuum import ImproperlyConfigured
from continuum import blame
from continuum import context
from continuum import version_table
from continuum.cli.commands import run
from continuum.dialects.holes import Hole
from continuum.dialects.holes import together
from continuum.maintenance.wording import told_by_table
from continuum.reading.wording import worded
from suite._support import World
from suite._support import counted
from suite._support import define_article

ADA = UUID(int=7)


class Kind(enum.Enum):
    LEAF = "l"
    POT = "p"


def declare_user(base: Any) -> dict[str, Any]:
    class User(base):
        __tablename__ = "user"
        id = mapped_column(Uuid, primary_key=True)
        name = mapped_column(String(50), deferred=True)

    return {"user_cls": User}


@pytest.fixture
def tea(new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> World:
    """Ada made tea 1 and a pot, and changed the tea."""
    world = new_world(declare=declare_user)

    class Tea(world.Base):
        __tablename__ = "tea"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(200), unique=True)
        price = mapped_column(Numeric(10, 2))
        kind = mapped_column(Enum(Kind))

    class Pot(world.Base):
        __tablename__ = "pot"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(200), unique=True)

    world.create()
    with world.transaction() as session:
        session.add(world.declared["user_cls"](id=ADA, name="Ada L."))
    with context(actor=ADA, reason="new"), world.transaction() as session:
        session.add_all([Tea(id=1, name="a", price=Decimal("13.27"), kind=Kind.LEAF), Pot(id=1)])
    with context(actor=ADA), world.transaction() as session:
        found = session.get_one(Tea, 1)
        found.name, found.price, found.kind = "b", Decimal("14.50"), Kind.POT
    module: Any = ModuleType("tearoom")
    module.Base = world.Base
    monkeypatch.setitem(sys.modules, "tearoom", module)
    monkeypatch.setenv("COLUMNS", "200")
    return world


@pytest.fixture
def told(tea: World, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    url = tea.engine.url.render_as_string(hide_password=False)

    def tell(*words: str, code: int = 0) -> str:
        found = run(["--app", "tearoom:Base", "--url", url, *words])
        output = capsys.readouterr()
        assert found == code, output
        return output.out + output.err

    return tell


def test_users_and_values(tea: World, told: Callable[..., str]) -> None:
    rows = tea.transactions()
    first, second = (row.id for row in rows)
    assert [each["id"] for each in json.loads(told("--json", "log", "--actor", str(ADA)))] == [
        second,
        first,
    ]
    for words in (["log"], ["show", str(second)], ["history", "Tea", "1"], ["blame", "Tea", "1"]):
        assert "Ada L." in told(*words)
    assert {(each["actor"], each["user"]) for each in json.loads(told("--json", "log"))} == {
        (str(ADA), "Ada L.")
    }
    assert json.loads(told("--json", "log", "--actor", "Ada L.", "--limit", "1"))[0]["id"] == second
    assert f"actor: {ADA}" in told("show", str(second))
    moment = rows[1].issued_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert told("undo", str(second), "--actor", str(ADA)).splitlines() == [
        f"undo of transaction {second} of {moment} by Ada L.: 1 updated",
        "  update Tea id=1",
        "      name: 'b' -> 'a'",
        "      price: 14.50 -> 13.27",
        "      kind: POT -> LEAF",
    ]
    assert (tea.transactions()[-1].user_id, tea.transactions()[-1].actor) == (ADA, None)
    head, *_ = told("revert", "Tea", "1", str(second), "--actor", "ops").splitlines()
    assert head == f"revert of Tea 1 to transaction {second}: 1 updated"
    assert (tea.transactions()[-1].user_id, tea.transactions()[-1].actor) == (None, "ops")
    assert [each["actor"] for each in json.loads(told("--json", "log", "--actor", "ops"))] == [
        "ops"
    ]
    assert "tea id=1: price is 14.50, no longer 13.27" in told("undo", str(first), code=1)


def test_names_of_users_take_no_queries(tea: World, told: Callable[..., str]) -> None:
    user = tea.declared["user_cls"]

    def number(*words: str) -> int:
        with counted(Engine) as statements:
            told(*words)
        # The others are those of connecting.
        return sum("issued_at" in each or "user" in each for each in statements)

    last = str(tea.transactions()[-1].id)
    words = [("log",), ("history", "Tea", "1"), ("blame", "Tea", "1"), ("show", last)]
    few = [number(*each) for each in words]
    names = [f"user {key}" for key in range(1, 4)]
    for key, name in enumerate(names, 1):
        with tea.transaction() as session:
            session.add(user(id=UUID(int=key), name=name))
        with context(actor=UUID(int=key)), tea.transaction() as session:
            values = {1: {"name": "n"}, 2: {"price": 3}, 3: {"kind": Kind.LEAF}}[key]
            session.execute(update(tea.Base.metadata.tables["tea"]).values(values))
    assert [number(*each) for each in words] == few
    for command in words[:3]:
        assert all(name in told(*command) for name in names)
    with tea.transaction() as session:
        session.delete(session.get_one(user, UUID(int=3)))
    [version] = [each for each in tea.manager.parent_class_map if each.__name__ == "TeaVersion"]
    with tea.transaction() as session:
        blamed = blame(session.get_one(version, (1, int(last))))
        assert {each.actor for each in blamed.values()} == {"Ada L."}
        made = session.scalars(select(tea.manager.transaction_cls)).all()
        assert [each.who for each in made] == ["Ada L."] * 2 + names[:2] + [str(UUID(int=3))]


def test_what_tells_the_name_of_a_user(new_world: Callable[..., World]) -> None:
    def worlds(**arguments: Any) -> World:
        world = new_world(declare=declare_user, **arguments)
        define_article(world)
        return world

    for arguments, words in (
        ({"user_label": "nick"}, "'nick' is no attribute of User"),
        ({"user_label": "name", "user_cls": None}, "there is no class of users"),
    ):
        world = worlds(**arguments)
        with pytest.raises(ImproperlyConfigured, match=words):
            world.create()
        world.close()
    world = worlds(user_label=lambda user: user.name and f"<{user.name}>")
    world.create()
    user, cls = world.declared["user_cls"], world.manager.transaction_cls
    one, two = user(id=UUID(int=1), name="one"), user(id=UUID(int=2))
    with world.transaction() as session:
        session.add_all([one, two, cls(user_id=one.id), cls(user_id=two.id), cls(actor="job")])
        session.flush()
        made = session.scalars(select(cls).order_by(cls.id)).all()
        assert [each.who for each in made] == ["<one>", str(UUID(int=2)), "job"]


def test_one_hole_of_several_tables(tea: World, told: Callable[..., str]) -> None:
    holes = json.loads(told("--json", "check"))["holes"]
    lines = [line for line in told("check").splitlines() if line.startswith("cannot be seen")]
    assert len({hole for hole in holes if "tea" in hole or "pot" in hole}) == len(holes)
    assert len(lines) == len(holes) / 2
    assert all("tea" in line and "pot" in line for line in lines)


def test_missing_history_is_named(tea: World, told: Callable[..., str]) -> None:
    version_table(tea.Base.metadata.tables["pot"]).drop(tea.engine)
    for words in (["verify"], ["log"], ["prune", "--keep-last", "1"], ["history", "Pot", "1"]):
        lines = told(*words, code=2).splitlines()
        assert lines[-1] == (
            "continuum: changes of 'pot' cannot be recorded: the version table 'pot_version' does "
            "not exist; see continuum check"
        )


def test_missing_tables_are_named(tea: World, told: Callable[..., str], tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text("what was exported before")
    refusal = told("export", "--format", "csv", "--output", str(old), code=2)
    assert "CSV has the columns of one class" in refusal
    assert [each.read_text() for each in tmp_path.glob("old*")] == ["what was exported before"]
    tea.Base.metadata.tables["pot"].drop(tea.engine)
    _, problem, hint, *_ = told("check", code=1).splitlines()
    assert problem == "problem: the database lacks the table 'pot'"
    assert hint.startswith("Hint: Run the migrations, or metadata.create_all(engine)")
    tea.Base.metadata.drop_all(tea.engine)
    [problem] = json.loads(told("--json", "check", code=1))["problems"]
    assert problem.startswith("the database has none of the tables to be recorded: 'pot', 'tea'\n")
    assert "to be mended: the database has none" in told("sync", "--dry-run")
    told_by_sync = told("sync", code=1)
    assert "problem: the database has none" in told_by_sync
    assert "the triggers stand" not in told_by_sync
    assert "the database has none of the tables" in told("history", "Pot", "1", code=2)


def test_words_for_values() -> None:
    found = {
        "a'b": '"a\'b"',
        None: "None",
        Decimal("1.50"): "1.50",
        date(2026, 1, 2): "2026-01-02",
        datetime(2026, 1, 2, 3): "2026-01-02 03:00:00",
        Kind.POT: "POT",
        ADA: str(ADA),
        b"a": "b'a'",
    }
    assert {value: worded(value) for value in found} == found
    assert worded({"a": [Decimal("1.5"), "x"]}) == "{'a': [1.5, 'x']}"


def test_words_for_numbers() -> None:
    assert told_by_table({"a": 1, "b": 0}, "removed") == ["a: 1 version removed"]
    assert told_by_table({"a": 1, "b": 2}, "removed") == [
        "a: 1 version removed",
        "b: 2 versions removed",
        "in all: 3 versions removed",
    ]
    assert told_by_table({"a": 0}, "removed") == ["no version removed"]


def test_words_for_holes() -> None:
    holes = ["x", Hole("TRUNCATE of ", "a"), Hole("y ", "a", " z"), Hole("TRUNCATE of ", "b")]
    assert together(holes) == ["x", "TRUNCATE of a, b", "y a z"]
    assert holes[1] == "TRUNCATE of a"
