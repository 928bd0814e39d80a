"""PropertyModTrackerPlugin and NullDeletePlugin: options for every class."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from continuum import version_class
from continuum.plugins import NullDeletePlugin
from continuum.plugins import PropertyModTrackerPlugin
from suite._support import World
from suite._support import define_article


@pytest.mark.parametrize("suffix", ["_mod", "_changed"])
def test_flags_of_every_class(new_world: Callable[..., World], suffix: str) -> None:
    world = new_world(plugins=[PropertyModTrackerPlugin(suffix)])
    Article = define_article(world)
    world.create()
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        if world.native:
            session.execute(text("UPDATE article SET name = 'b'"))
        else:
            session.execute(update(Article).values(name="b"))
    Version = version_class(Article)
    with world.transaction() as session:
        versions = session.scalars(select(Version).order_by(Version.transaction_id)).all()
        flags = [
            (getattr(each, f"name{suffix}"), getattr(each, f"content{suffix}")) for each in versions
        ]
        assert flags == [(True, True), (True, False)]
        assert versions[1].changeset == {"name": ["a", "b"]}


def test_deletions_keep_nothing(new_world: Callable[..., World]) -> None:
    world = new_world(plugins=[NullDeletePlugin()])
    Article = define_article(world)
    world.create()
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        session.delete(session.get(Article, 1))
    assert world.versions(Article)[-1].values["name"] is None
