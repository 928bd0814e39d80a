"""The commands, called with their words, on a real database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import delete
from sqlalchemy import update
from sqlalchemy.ext.asyncio import create_async_engine

from continuum import context
from continuum import version_table
from continuum.cli.commands import run
from continuum.dialects.base import INTERNAL
from suite._support import World
from suite._support import counted
from suite._support import create_article

HUGE = str(10**30)


class Shell:
    """Someone who types commands for a world."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self.url = world.engine.url.render_as_string(hide_password=False)
        self.article: Any = None
        self._capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> str:
        found = run(["--app", "shop:Base", "--url", self.url, *words])
        told = self._capsys.readouterr()
        assert found == code, told
        return told.out + told.err

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self("--json", *words, code=code))

    def ids(self) -> list[int]:
        return [row.id for row in self.world.transactions()]

    def tamper(self, statement: Any) -> None:
        with self.world.engine.begin() as connection:
            connection.execute(statement, execution_options={INTERNAL: True})


@pytest.fixture
def shell(
    world: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Shell:
    """Article 1 was made and changed twice, article 2 was made and deleted."""
    shell = Shell(world, capsys)
    article = shell.article = create_article(world)
    with context(actor="ada", reason="first"), world.transaction() as session:
        session.add_all([article(id=1, name="a", hits=0), article(id=2, name="x")])
    with context(actor="bob", reason="second"), world.transaction() as session:
        session.get_one(article, 1).name = "b"
        session.delete(session.get_one(article, 2))
    with context(actor="eve", reason="third"), world.transaction() as session:
        session.get_one(article, 1).hits = 7
    module: Any = ModuleType("shop")
    module.Base, module.engine = world.Base, world.engine
    module.manager = world.manager
    monkeypatch.setitem(sys.modules, "shop", module)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return shell


def test_check_and_sync(shell: Shell) -> None:
    assert "everything declared is recorded" in shell("check")
    assert shell.json("check")["ok"] is True
    if not shell.world.native:
        return
    shell.world.manager.uninstall(shell.world.engine)
    assert shell.json("check", code=1)["problems"]
    assert "to be mended" in shell("sync", "--dry-run")
    shell("check", code=1)
    assert "the triggers stand" in shell("sync")
    shell("check")


def test_the_statements_that_create_triggers(shell: Shell) -> None:
    text = shell("sql")
    assert ("CREATE" in text) is shell.world.native
    assert ("CREATE" in shell("sql", "--dialect", "sqlite")) is shell.world.native
    assert isinstance(shell.json("sql"), list)


def test_verify_and_backfill(shell: Shell) -> None:
    assert "history is sound" in shell("verify")
    history = version_table(shell.article.__table__)
    shell.tamper(delete(history).where(history.c.id == 1))
    assert shell.json("verify", "Article")["notes"][0]["kind"] == "unrecorded"
    assert "1 version would be written" in shell("backfill", "Article", "--dry-run")
    assert shell.json("backfill", "--reason", "late")["written"] == {"article": 1}
    assert shell.world.transactions()[-1].reason == "late"
    shell.tamper(update(history).where(history.c.id == 1).values(name="forged"))
    told = shell("verify", code=1)
    assert "fault: article: 1 row is not as its version in force says (1)" in told


def test_prune(shell: Shell) -> None:
    assert "needs a limit" in shell("prune", code=2)
    assert "neither a moment" in shell("prune", "--older-than", "12", code=2)
    assert shell.json("prune", "--older-than", "365d")["removed"] == {"article": 0}
    assert "3 versions would be removed" in shell("prune", "--keep-last", "1", "--dry-run")
    assert shell.json("prune", "Article", "--keep-last", "1")["removed"] == {"article": 3}
    assert len(shell.world.versions(shell.article)) == 2


def test_purge(shell: Shell) -> None:
    assert shell.json("purge", "Article", "2", "--dry-run")["removed"] == {"article": 2}
    assert "article: 2 versions removed" in shell("purge", "Article", "2")
    assert [item.key for item in shell.world.versions(shell.article)] == [(1,)] * 3


def test_forget(shell: Shell) -> None:
    first, second, _ = map(str, shell.ids())
    assert "in force" in shell("forget", second, code=2)
    assert shell.json("forget", first, "--dry-run")["removed"] == {"article": 2}
    assert "article: 2 versions removed" in shell("forget", first)
    assert first not in map(str, shell.ids())
    shell("verify")


def test_vacuum(shell: Shell) -> None:
    history = version_table(shell.article.__table__)
    shell.tamper(update(history).where(history.c.id == 1).values(name="b", hits=7))
    assert shell.json("vacuum", "Article", "--dry-run") == {"removed": 2, "dry_run": True}
    assert "2 versions removed" in shell("vacuum", "Article")
    assert len(shell.world.versions(shell.article)) == 3


def test_log_and_show(shell: Shell) -> None:
    first, second, third = shell.ids()
    assert [each["id"] for each in shell.json("log")] == [third, second, first]
    assert [each["actor"] for each in shell.json("log", "--limit", "1")] == ["eve"]
    assert [each["id"] for each in shell.json("log", "--actor", "bob")] == [second]
    assert [each["id"] for each in shell.json("log", "--since", str(second))] == [third, second]
    assert "Article" in shell("log", "--since", "2001-01-01")
    shown = shell.json("show", str(second))
    assert [(each["key"], each["operation"]) for each in shown["versions"]] == [
        ([1], "UPDATE"),
        ([2], "DELETE"),
    ]
    assert shown["versions"][0]["changes"] == {"name": ["a", "b"]}
    text = shell("show", str(second))
    assert "bob" in text
    assert "name: 'a' -> 'b'" in text
    assert "no transaction 999" in shell("show", "999", code=2)


def test_history_diff_and_blame(shell: Shell) -> None:
    first, second, third = shell.ids()
    assert [each["id"] for each in shell.json("history", "Article", "1")] == [third, second, first]
    assert "hits: 0 -> 7" in shell("history", "Article", "1", "--limit", "1")
    found = shell.json("diff", "Article", "1", str(first), str(third))
    assert found == {"name": ["a", "b"], "hits": [0, 7]}
    assert "7" in shell("diff", "Article", "1", str(first), "2100-01-01")
    blamed = shell.json("blame", "Article", "1")
    assert {name: each["actor"] for name, each in blamed.items()} == {
        "id": "ada",
        "name": "bob",
        "content": "ada",
        "hits": "eve",
    }
    assert (blamed["name"]["before"], blamed["name"]["value"]) == ("a", "b")
    assert list(blamed) == ["id", "name", "content", "hits"]
    assert "second" in shell("blame", "Article", "1")
    then = shell.json("blame", "Article", "1", "--at", str(first))
    assert then["name"]["value"] == "a"
    # Of what is gone, as it was.
    assert shell.json("blame", "Article", "2")["name"]["value"] == "x"
    assert "has no history" in shell("history", "Article", "77", code=2)


def test_log_of_some_transactions(shell: Shell) -> None:
    first, second, third = shell.ids()
    moment = datetime.now(UTC) + timedelta(minutes=1)
    assert [each["id"] for each in shell.json("log", "--until", str(second))] == [second, first]
    assert len(shell.json("log", "--until", moment.isoformat())) == 3
    assert [each["id"] for each in shell.json("log", "--class", "Article", "--limit", "1")] == [
        third
    ]
    assert "no versioned class" in shell("log", "--class", "Nothing", code=2)


@pytest.mark.recorders("triggers")
def test_queries_do_not_grow_with_what_is_shown(shell: Shell) -> None:
    def number(*words: str) -> int:
        with counted(Engine) as statements:
            shell(*words)
        # The others are those of connecting.
        return sum("issued_at" in each or "article_version" in each for each in statements)

    words = [("log",), ("history", "Article", "1"), ("blame", "Article", "1"), ("show", "2")]
    few = [number(*each) for each in words]
    for name in "defgh":
        with shell.world.transaction() as session:
            session.get_one(shell.article, 1).name = name
    assert [number(*each) for each in words] == few
    assert few == [2, 2, 3, 4]


def test_repair(shell: Shell) -> None:
    history = version_table(shell.article.__table__)
    assert "nothing to mend" in shell("repair")
    shell.tamper(update(history).where(history.c.id == 1).values(end_transaction_id=None))
    assert "would be mended: article: 2 versions" in shell("repair", "--dry-run")
    shell("verify", code=1)
    told = shell.json("repair", "Article", "--reason", "why not")
    assert told["mended"] == [{"table": "article", "kind": "overlap", "number": 2}]
    assert shell.world.transactions()[-1].reason == "why not"
    shell("verify")


def test_export(shell: Shell, tmp_path: Path) -> None:
    first, second, third = shell.ids()
    rows = [json.loads(line) for line in shell("export").splitlines()]
    assert [row["transaction_id"] for row in rows] == [first, first, second, second, third]
    assert len(shell("export", "Article", "--key", "1").splitlines()) == 3
    assert len(shell("export", "--since", str(second), "--until", str(second)).splitlines()) == 2
    assert len(shell("export", "--transaction", str(third)).splitlines()) == 1
    assert shell("export", "--format", "csv").startswith('"transaction_id"')
    assert "5 versions written" in shell("export", "--output", "all.csv")
    assert (tmp_path / "all.csv").read_bytes().count(b"\r\n") == 6
    assert "--key needs the class" in shell("export", "--key", "1", code=2)
    assert "cannot be written" in shell("export", "--output", "no/such/file", code=2)


def test_what_is_printed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "word " * 30
    with context(actor="\x1b[31mmallory"), shell.world.transaction() as session:
        session.get_one(shell.article, 1).name = long
    text = shell("history", "Article", "1")
    assert "\x1b" not in text
    assert "\\x1b[31mmallory" in text
    assert "..." in text
    assert text.count("word") < 30
    whole = shell("--full", "blame", "Article", "1")
    assert whole.count("word") == 30
    moment = shell.world.transactions()[-1].issued_at
    assert moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") in text
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = shell("diff", "Article", "1", "1", "2")
    assert "\x1b[31m'a'" in coloured
    assert "\x1b[32m'b'" in coloured
    assert "\x1b[31m" in shell("undo", str(shell.ids()[2]), "--dry-run")
    assert "\x1b[32m" in shell("blame", "Article", "1")


def test_revert(shell: Shell) -> None:
    first = str(shell.ids()[0])
    assert shell.json("revert", "Article", "1", first, "--dry-run")["done"] is False
    assert len(shell.ids()) == 3
    text = shell("revert", "Article", "1", first, "--actor", "ops", "--reason", "why")
    assert "name: 'b' -> 'a'" in text
    assert shell.world.live(shell.article)[(1,)]["name"] == "a"
    row = shell.world.transactions()[-1]
    assert (row.actor, row.reason) == ("ops", "why")
    shell("revert", "Article", "1", "2")
    assert shell.world.transactions()[-1].reason == "revert of Article 1 to transaction 2"


def test_undo(shell: Shell) -> None:
    first, second, _ = map(str, shell.ids())
    assert shell.json("undo", first, code=1)["conflicts"]
    assert shell.json("undo", second, "--dry-run")["conflicts"] == []
    shell("undo", second)
    live = shell.world.live(shell.article)
    assert (live[(1,)]["name"], live[(1,)]["hits"], live[(2,)]["name"]) == ("a", 7, "x")
    assert shell.world.transactions()[-1].reason == f"undo of {second}"


def test_common_options_after_the_command(
    shell: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads(shell("log", "--limit", "1", "--json"))[0]["actor"] == "eve"
    assert json.loads(shell("check", "--json"))["ok"] is True
    with context(reason="word " * 30), shell.world.transaction() as session:
        session.get_one(shell.article, 1).name = "c"
    assert shell("log", "--full", "--limit", "1").count("word") == 30
    monkeypatch.setenv("CONTINUUM_URL", "nonsense://nowhere")
    assert run(["verify", "--app", "shop:Base", "--url", shell.url]) == 0
    assert run(["--url", shell.url, "verify", "--app", "shop:Base"]) == 0
    assert "history is sound" in capsys.readouterr().out
    assert "Options of all commands" in shell("undo", "--help")


def test_what_cannot_be_found(shell: Shell) -> None:
    assert "no versioned class is named 'Nothing'" in shell("history", "Nothing", "1", code=2)
    assert "no value of id" in shell("history", "Article", "one", code=2)
    assert "neither a transaction nor a moment" in shell("diff", "Article", "1", "x", "y", code=2)
    for command in ("show", "undo", "forget"):
        assert shell(command, "999", code=2).splitlines() == [
            "continuum: there is no transaction 999",
            "Hint: continuum log lists transactions.",
        ]
        assert "older than their history" in shell(command, "0", code=2)
        assert "transaction" in shell(command, HUGE, code=2)
    for words in (
        ["history", "Article", HUGE],
        ["log", "--since", HUGE],
        ["log", "--limit", HUGE],
        ["prune", "--keep-last", HUGE],
        ["prune", "--older-than", "2999-01-01"],
        ["repair", "--batch", HUGE],
        ["purge", "Article", HUGE],
        ["export", "--transaction", HUGE],
        ["export", "--transaction", "1", "--since", "1"],
        ["sql", "--dialect", "mssql"],
    ):
        # Not what a driver says of a number that it has no room for.
        assert "too large to convert" not in shell(*words, code=2)
    shell("nonsense", code=2)
    shell("history", code=2)


@pytest.mark.parametrize("attribute", ["manager", "Base.metadata", "engine"])
def test_where_the_application_is_found(
    shell: Shell, capsys: pytest.CaptureFixture[str], attribute: str
) -> None:
    words = [] if attribute == "engine" else ["--url", shell.url]
    assert run(["--app", f"shop:{attribute}", *words, "check"]) == 0
    capsys.readouterr()
    assert run(["--app", "shop:nothing", "check"]) == 2
    assert "'shop' has no 'nothing'" in capsys.readouterr().err
    assert run(["--app", "no_such_module", "check"]) == 2
    assert "no module 'no_such_module'" in capsys.readouterr().err
    assert run(["check"]) == 2
    assert "which application?" in capsys.readouterr().err
    assert run(["--app", "shop:Base", "check"]) == 2
    assert "which database?" in capsys.readouterr().err


BROKEN = {
    "missing": ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
    "wrong": ("1 / 0", "ZeroDivisionError: division by zero"),
    "syntax": ("def", "SyntaxError: invalid syntax"),
    "bare": ("import sqlalchemy as s; Base = s.MetaData()", "knows of no versioned class"),
}


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_applications_that_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name, (text, message) in BROKEN.items():
        (tmp_path / f"broken_{name}.py").write_text(text)
        assert run(["--app", f"broken_{name}:Base", "--url", "sqlite://", "check"]) == 2
        told = capsys.readouterr().err
        assert message in told
        assert "Traceback" not in told
    (tmp_path / "pyproject.toml").write_text("[tool.continuum\n")
    assert run(["check"]) == 2
    assert "pyproject.toml cannot be read" in capsys.readouterr().err


def test_an_asynchronous_engine(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    driver = {"sqlite": "aiosqlite", "postgresql": "asyncpg"}.get(shell.world.dialect, "aiomysql")
    name = shell.world.engine.url.get_backend_name()
    engine = create_async_engine(shell.world.engine.url.set(drivername=f"{name}+{driver}"))
    sys.modules["shop"].async_engine = engine  # type: ignore[attr-defined]
    assert run(["--app", "shop:async_engine", "check"]) == 0
    url = engine.url.render_as_string(hide_password=False)
    assert run(["--app", "shop:manager", "--url", url, "verify"]) == 0
    assert "history is sound" in capsys.readouterr().out


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:hunter2@127.0.0.1:1/nothing",
        "nonsense://someone:hunter2@127.0.0.1/nothing",
        "someone:hunter2",
    ],
)
@pytest.mark.engines("sqlite")
def test_passwords_are_never_printed(
    shell: Shell, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert run(["--app", "shop:Base", "--url", url, "check"]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("continuum: ")
    assert "hunter2" not in told.out + told.err


APPLICATION = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from continuum import make_versioned

make_versioned(user_cls=None)

class Base(DeclarativeBase):
    pass

class Article(Base):
    __tablename__ = "article"
    __versioned__ = {}
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def test_from_a_shell(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(APPLICATION)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.continuum]\napp = 'shop:Base'\nurl = 'sqlite:///shop.db'\n"
    )
    command: Callable[..., Any] = subprocess.run
    made = command(
        [
            sys.executable,
            "-c",
            "import shop, sqlalchemy as s;"
            "shop.Base.metadata.create_all(s.create_engine('sqlite:///shop.db'))",
        ],
        cwd=tmp_path,
    )
    assert made.returncode == 0
    found = command(
        [sys.executable, "-m", "continuum", "--json", "check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout)["ok"] is True
    # Without Typer, as a module that cannot be imported.
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError(name='typer')\n")
    lacking = command(
        [sys.executable, "-m", "continuum", "check"], cwd=tmp_path, capture_output=True, text=True
    )
    assert lacking.returncode == 2
    assert lacking.stderr == "continuum needs typer: pip install 'continuum-sqlalchemy[cli]'\n"
