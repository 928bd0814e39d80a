"""What transactions did to links is told, although no class has their versions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import Engine
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import Table
from sqlalchemy import insert
from sqlalchemy import update
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum.cli.commands import run
from suite._support import World
from suite._support import counted
from suite._support import define_article

LINK, RELINK, UNLINK = range(1, 4)
"""Places of transactions; the one at 0 made objects."""


@pytest.fixture
def told(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Article 1 gets a tag, the tag moves, and goes while the article changes."""
    links = Table(
        "article_tag",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
        Column("place", Integer),
    )
    article = define_article(world)

    class Tag(world.Base):
        __tablename__ = "tag"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    article.tags = relationship(Tag, secondary=links)
    world.create()
    with world.transaction() as session:
        session.add_all([article(id=1, name="a"), *(Tag(id=number) for number in (1, 2))])
    values = [{"article_id": 1, "tag_id": number, "place": number} for number in (2, 1)]
    with world.transaction() as session:
        session.execute(insert(links), values)
    with world.transaction() as session:
        session.execute(update(links).where(links.c.tag_id == 2).values(place=7))
    with world.transaction() as session:
        found = session.get_one(article, 1)
        found.name = "b"
        found.tags.remove(session.get_one(Tag, 2))
    module: Any = ModuleType("shop")
    module.Base = world.Base
    monkeypatch.setitem(sys.modules, "shop", module)
    monkeypatch.setenv("COLUMNS", "200")
    url = world.engine.url.render_as_string(hide_password=False)

    def tell(*words: str, code: int = 0) -> str:
        found = run(["--app", "shop:Base", "--url", url, *words])
        output = capsys.readouterr()
        assert found == code, output
        return output.out + output.err

    return tell


def test_links_are_shown(world: World, told: Callable[..., str]) -> None:
    ids = [str(row.id) for row in world.transactions()]
    shown = json.loads(told("show", ids[LINK], "--json"))
    assert shown["versions"] == []
    assert shown["links"] == [
        {
            "table": "article_tag",
            "change": "linked",
            "key": {"article_id": 1, "tag_id": number},
            "values": {"place": number},
        }
        for number in (1, 2)
    ]
    lines = told("show", ids[LINK]).splitlines()
    assert lines[1:] == [
        "linked article_tag article_id=1 tag_id=1 place=1",
        "linked article_tag article_id=1 tag_id=2 place=2",
    ]
    assert told("show", ids[RELINK]).splitlines()[1:] == [
        "relinked article_tag article_id=1 tag_id=2 place=7"
    ]
    both = told("show", ids[UNLINK])
    assert "name: 'a' -> 'b'" in both
    assert "\nunlinked article_tag article_id=1 tag_id=2" in both
    assert json.loads(told("show", ids[0], "--json"))["links"] == []


def test_association_tables_are_named(world: World, told: Callable[..., str]) -> None:
    found = json.loads(told("log", "--json"))
    assert [each["classes"] for each in found] == [
        ["Article", "article_tag"],
        ["article_tag"],
        ["article_tag"],
        ["Article", "Tag"],
    ]
    some = json.loads(told("log", "--class", "article_tag", "--json"))
    assert [each["id"] for each in some] == [each["id"] for each in found[:3]]


@pytest.mark.recorders("triggers")
def test_queries_for_links(world: World, told: Callable[..., str]) -> None:
    ids = [str(row.id) for row in world.transactions()]

    def number(*words: str) -> int:
        with counted(Engine) as statements:
            told(*words)
        return sum("SELECT" in each and "article_tag_version" in each for each in statements)

    assert [number("log"), number("log", "--limit", "1")] == [1, 1]
    assert [number("show", ids[LINK]), number("show", ids[0])] == [1, 1]
