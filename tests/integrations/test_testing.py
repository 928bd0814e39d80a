"""Help for the tests of applications."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from continuum import context
from continuum import undo
from continuum import verify
from continuum import version_class
from continuum.errors import InvalidArgument
from continuum.integrations.testing import assert_versions
from continuum.integrations.testing import rolled_back
from suite._support import World
from suite._support import create_article


def test_the_versions_of_an_object(world: World) -> None:
    Article = create_article(world)
    with Session(world.engine) as session:
        article = Article(id=1, name="a")
        session.add(article)
        session.commit()
        article.name = "b"
        with context(actor="ada"):
            session.commit()
        expected: list[Any] = [
            {"name": "a", "operation": "insert", "transaction.actor": None},
            {"name": "b", "content": None, "transaction.actor": "ada"},
        ]
        assert_versions(article, expected)
        assert_versions(list(article.versions), expected)
        assert_versions(article.versions, expected)
        assert_versions(article, ["insert", "update"])
        # What has not been flushed counts too, and deleted objects have a history.
        session.delete(article)
        session.flush()
        assert_versions(article, [*expected, "delete"])
        session.commit()
        versions = session.scalars(version_class(Article).select_all(1, desc=False)).all()
        assert_versions(versions, [*expected, {"operation": "delete", "name": "b"}])


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (["insert"], "2 versions, expected 1"),
        (["insert"], "1: unexpected"),
        (["insert", "update", "delete"], "2: missing"),
        (["insert", {"name": "c"}], "name: expected 'c', found 'b'"),
        ([{"name": "a"}, "insert"], "operation: expected 'insert', found 'update'"),
        ([], "0: unexpected"),
    ],
)
@pytest.mark.recorders("triggers")
def test_what_differs_is_shown(world: World, expected: Any, message: str) -> None:
    Article = create_article(world)
    for name in "ab":
        with world.transaction() as session:
            session.merge(Article(id=1, name=name))
    with Session(world.engine) as session:
        article = session.get_one(Article, 1)
        with pytest.raises(AssertionError) as caught:
            assert_versions(article, expected)
        assert message in str(caught.value)
        # A name that there is not is a mistake of the test, and no difference.
        with pytest.raises(AttributeError, match="nmae"):
            assert_versions(article, [{"nmae": "a"}])


def test_an_object_without_a_session(world: World) -> None:
    Article = create_article(world)
    with pytest.raises(InvalidArgument, match="belongs to no session"):
        assert_versions(Article(id=1), [])


def test_history_in_a_transaction_that_is_rolled_back(world: World) -> None:
    Article = create_article(world)
    with world.transaction() as session:
        session.add(Article(id=1, name="before"))
    before = world.versions(Article), world.live(Article), len(world.transactions())
    for _ in range(2):
        with rolled_back(world.engine, manager=world.manager) as session:
            article = session.get_one(Article, 1)
            with context(actor="ada"):
                article.name = "changed"
                session.add(Article(id=2, name="new"))
                with session.begin_nested():
                    article.hits = 1
                session.flush()
                article.hits = 2
                session.commit()
            article.name = "not this"
            session.flush()
            session.rollback()
            changed = {"name": "changed", "hits": 2, "transaction.actor": "ada"}
            assert_versions(article, ["insert", changed])
            with context(actor="bob"):
                article.name = "again"
                session.commit()
            again = {"name": "again", "transaction.actor": "bob"}
            assert_versions(article, [{"name": "before"}, changed, again])
            undo(session, article.versions[-1].transaction_id, manager=world.manager)
            session.commit()
            undone = {"name": "changed", "transaction.actor": None}
            assert_versions(article, ["insert", changed, again, undone])
            if world.native:
                session.execute(text("UPDATE article SET name = 'raw' WHERE id = 2"))
                session.commit()
                assert_versions(session.get_one(Article, 2), [{"name": "new"}, {"name": "raw"}])
            session.expire_all()
            article.versions[0].revert()
            session.commit()
            assert article.name == "before"
            assert_versions(article, ["insert", "update", "update", "update", "update"])
            assert verify(session.connection(), manager=world.manager).ok
        assert (world.versions(Article), world.live(Article), len(world.transactions())) == before
    with world.transaction() as session:
        session.get_one(Article, 1).name = "after"
    assert [v.values["name"] for v in world.versions(Article)] == ["before", "after"]
    world.verify(Article)


def test_undo_in_a_transaction_that_is_rolled_back(world: World) -> None:
    Article = create_article(world)
    for name in "ab":
        with world.transaction() as session:
            session.merge(Article(id=1, name=name))
    with rolled_back(world.engine, manager=world.manager) as session:
        undo(session, world.transactions()[-1].id, manager=world.manager)
        session.commit()
        article = session.get_one(Article, 1)
        assert_versions(article, [{"name": "a"}, {"name": "b"}, {"name": "a"}])
    assert world.live(Article)[1,]["name"] == "b"


APPLICATION = """
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from continuum import make_versioned

pytest_plugins = ["continuum.integrations.pytest_plugin"]
make_versioned(user_cls=None)

class Base(DeclarativeBase):
    pass

class Article(Base):
    __tablename__ = "article"
    __versioned__ = {}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""

ENGINE = """
@pytest.fixture(scope="session")
def continuum_engine(tmp_path_factory):
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('data')}/test.db")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
"""

TESTS = """
import pytest
from conftest import Article

@pytest.mark.parametrize("turn", [1, 2])
def test_one(continuum_session, assert_versions, turn):
    article = Article(id=1, name="a")
    continuum_session.add(article)
    continuum_session.commit()
    assert_versions(article, [{"name": "a"}])

def test_two(continuum_session, assert_versions):
    article = Article(id=1, name="a")
    continuum_session.add(article)
    assert_versions(article, [{"name": "b"}])
"""


def run_pytest(folder: Path, conftest: str) -> str:
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    (folder / "test_it.py").write_text(textwrap.dedent(TESTS), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_the_plugin(tmp_path: Path) -> None:
    printed = run_pytest(tmp_path, APPLICATION + ENGINE)
    assert "1 failed, 2 passed" in printed, printed
    assert "name: expected 'b', found 'a'" in printed


def test_the_plugin_asks_for_an_engine(tmp_path: Path) -> None:
    printed = run_pytest(tmp_path, APPLICATION)
    assert "3 errors" in printed, printed
    assert "define a fixture continuum_engine" in printed
