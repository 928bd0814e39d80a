"""The option write_only: obj.versions gives statements, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from continuum import version_class
from continuum.reading.write_only import WriteOnlyVersions
from suite._support import World
from suite._support import counted
from suite._support import create_article


@pytest.mark.recorders("triggers")
def test_versions_are_statements(world: World) -> None:
    article = create_article(world, write_only=True)
    History = version_class(article)
    for name in "abc":
        with world.transaction() as session:
            session.merge(article(id=1, name=name))
    with world.transaction() as session:
        one = session.get_one(article, 1)
        versions = one.versions
        assert isinstance(versions, WriteOnlyVersions)
        assert [each.name for each in session.scalars(versions.select())] == ["a", "b", "c"]
        narrowed = versions.where(History.name > "a").order_by(History.name.desc()).limit(1)
        assert [each.name for each in session.scalars(narrowed.select())] == ["c"]
        refused: list[Callable[[], Any]] = [
            lambda: list(versions),
            lambda: versions[0],
            lambda: len(versions),
            lambda: bool(narrowed),
        ]
        with counted(world.engine) as statements:
            for use in refused:
                with pytest.raises(TypeError, match=r"execute obj\.versions\.select\(\)"):
                    use()
            with pytest.raises(AttributeError, match="write_only"):
                versions.all()
            with pytest.raises(AttributeError, match="no attribute 'nothing'"):
                versions.nothing  # noqa: B018 - the attribute itself raises
            assert repr(versions).startswith("<WriteOnlyVersions of ")
        assert statements == []
        # For the class it is a relationship as ever.
        assert session.query(article).filter(article.versions.any(History.name == "b")).count() == 1
