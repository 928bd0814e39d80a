"""What the command takes, and what it tells: it evaluates nothing, and keeps passwords."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from continuum import verify
from continuum.cli.commands import run
from continuum.errors import VersioningError
from suite._support import World
from suite._support import create_article

SECRET = "s3cret-word%"
QUOTED = "s3cret-word%25"


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """A world that the command finds as shop:Base."""
    create_article(world)
    module: Any = ModuleType("shop")
    module.Base = world.Base
    monkeypatch.setitem(sys.modules, "shop", module)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    return world


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """Return all that was printed."""
    captured = capsys.readouterr()
    return captured.out + captured.err


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg2://me:{QUOTED}@127.0.0.1:1/none",
        f"mysql+pymysql://me:{QUOTED}@127.0.0.1:1/none",
        f"nothing+nobody://me:{QUOTED}@127.0.0.1:1/none",
        f"://me:{QUOTED}@",
        f"sqlite:////no/such/folder/{QUOTED}@",
    ],
)
@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_a_database_that_does_not_answer(
    shop: World, capsys: pytest.CaptureFixture[str], url: str, json: tuple[str, ...]
) -> None:
    for command in (["check"], ["verify"], ["log"], ["history", "Article", "1"]):
        assert run(["--app", "shop:Base", "--url", url, *json, *command]) == 2
    said = told(capsys)
    assert said.strip()
    assert SECRET not in said
    assert QUOTED not in said


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
def test_a_module_that_fails(
    shop: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text(f"raise ValueError('postgresql://me:{QUOTED}@host/db')\n")
    assert run(["--app", "broken:Base", "check"]) == 2
    said = told(capsys)
    assert "broken" in said
    assert "***" in said
    assert "s3cret" not in said


@pytest.mark.requires("users")
@pytest.mark.recorders("triggers")
def test_a_real_password(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    url = shop.engine.url
    password = str(url.password)
    assert len(password) > 8
    shown = url.render_as_string(hide_password=False)
    wrong = url.set(username="nobody").render_as_string(hide_password=False)
    for command in (["check"], ["verify"], ["log"], ["sync", "--dry-run"], ["sql"]):
        for json in ([], ["--json"]):
            run(["--app", "shop:Base", "--url", shown, *json, *command])
            run(["--app", "shop:Base", "--url", wrong, *json, *command])
    told_by_reports = [
        str(shop.manager.check(shop.engine)),
        repr(shop.manager.check(shop.engine)),
        repr(verify(shop.engine, manager=shop.manager)),
        repr(shop.manager),
    ]
    with shop.engine.begin() as connection:
        connection.execute(text("DROP TABLE article_version"))
    with pytest.raises((VersioningError, DBAPIError)) as error, shop.engine.begin() as connection:
        connection.execute(text("INSERT INTO article (id) VALUES (1)"))
    told_by_reports += [str(error.value), repr(error.value), repr(error.value.__cause__)]
    assert password not in told(capsys)
    assert password not in "".join(told_by_reports)


@pytest.mark.engines("sqlite")
@pytest.mark.recorders("triggers")
@pytest.mark.parametrize(
    "words",
    [
        ["--app", "shop:Base.__class__.__mro__[1]", "check"],
        ["--app", "shop:exec('x')", "check"],
        ["--app", "__import__('os').system('touch evaluated')", "check"],
        ["--app", "shop:Base", "blame", "Article", "__import__('os').system('touch evaluated')"],
        ["--app", "shop:Base", "blame", "__import__('os')", "1"],
        ["--app", "shop:Base", "log", "--since", "1 if open('evaluated', 'w') else 2"],
        ["--app", "shop:Base", "history", "Article", "1; DROP TABLE article"],
    ],
)
def test_words_are_not_evaluated(
    shop: World, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]
) -> None:
    url = shop.engine.url.render_as_string(hide_password=False)
    assert run([words[0], words[1], "--url", url, *words[2:]]) == 2
    assert told(capsys).startswith("continuum: ")
    assert not (tmp_path / "evaluated").exists()
    with shop.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM article")).scalar_one() == 0


def test_actors_and_reasons_are_values(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "'; DROP TABLE article; -- %s :name"
    article: Any = next(iter(shop.manager.recorded_tables()))
    with shop.engine.begin() as connection:
        connection.execute(article.insert().values(id=1, name="a"))
    with shop.engine.begin() as connection:
        connection.execute(article.update().values(name="b"))
    last = str(shop.transactions()[-1].id)
    url = shop.engine.url.render_as_string(hide_password=False)
    words = ["undo", last, "--actor", hostile, "--reason", hostile]
    code = run(["--app", "shop:Base", "--url", url, *words])
    said = told(capsys)
    assert code == 0, said
    row = shop.transactions()[-1]
    assert (row.actor, row.reason) == (hostile, hostile)
