"""Branches: two heads that change versioned tables, and the revision that merges them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from continuum import verify
from migrations._support import Project


def declared(*, text: bool = False, post: bool = False) -> Any:
    def declare(base: Any) -> Any:
        class Article(base):
            __tablename__ = "article"
            __versioned__ = {"flags": "mask"}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50))

        if text:
            Article.text = mapped_column(String(50))
        if not post:
            return Article

        class Post(base):
            __tablename__ = "post"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)

        return Article, Post

    return declare


@pytest.mark.parametrize("first", ["text", "post"])
def test_branches_are_upgraded_in_either_order_and_merged(project: Project, first: str) -> None:
    second = {"text": "post", "post": "text"}[first]
    project.release(declared())
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    paths = []
    for branch in ("text", "post"):
        # Each branch is written where nobody has heard of the other one.
        project.release(declared(**{branch: True}))
        project.revise(rev_id=branch)
        project.upgrade(branch)
        assert project.changes() == []
        project.downgrade("0001")
        path = next(project.folder.glob(f"versions/{branch}_*.py"))
        paths.append(path.rename(path.with_suffix(".hidden")))
    for path in paths:
        path.rename(path.with_suffix(".py"))

    project.release(declared(text=True, post=True))
    project.upgrade(first)
    project.upgrade(second)
    command.merge(project.config(), ["text", "post"], rev_id="merged")
    project.upgrade()
    assert project.changes() == []
    project.run("UPDATE article SET text = 'b'", "INSERT INTO post (id) VALUES (1)")
    read = "SELECT name, text, changed_mask, operation_type FROM article_version ORDER BY 3, 4"
    assert project.rows(read) == [("a", None, 1, 0), ("a", "b", 2, 1)]
    assert project.rows("SELECT id, operation_type FROM post_version") == [(1, 0)]

    project.downgrade("0001")
    project.release(declared())
    assert project.changes() == []
    project.run("UPDATE article SET name = 'c'")
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}


def test_branches_that_change_the_same_triggers_do_not_undo_each_other(project: Project) -> None:
    project.release(wide())
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    paths = []
    branches: dict[str, Any] = {"one": wide("one"), "two": wide("two"), "less": wide(quiet=True)}
    for branch, declare in branches.items():
        project.release(declare)
        project.revise(rev_id=branch)
        path = next(project.folder.glob(f"versions/{branch}_*.py"))
        paths.append(path.rename(path.with_suffix(".hidden")))
    for path in paths:
        path.rename(path.with_suffix(".py"))
    for branch in ("two", "less", "one"):
        project.upgrade(branch)
    project.close()
    for change in ("one = 'b'", "two = 'c'", "hits = 1"):
        project.run(f"UPDATE article SET {change}")
    read = "SELECT one, two, operation_type FROM article_version ORDER BY transaction_id"
    assert project.rows(read) == [(None, None, 0), ("b", None, 1), ("b", "c", 1)]

    project.release(wide("one", "two", quiet=True))
    command.merge(project.config(), list(branches), rev_id="merged")
    project.upgrade()
    assert project.changes() == []

    project.release(wide())
    project.downgrade("0001")
    assert project.changes() == []


def wide(*names: str, quiet: bool = False) -> Any:
    def declare(base: Any) -> Any:
        class Article(base):
            __tablename__ = "article"
            __versioned__ = {"ignore": ["hits"] if quiet else []}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50))
            hits = mapped_column(Integer)

        for name in names:
            setattr(Article, name, mapped_column(String(50)))
        return Article

    return declare


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("order", [("age", "no_cat"), ("no_cat", "age")], ids="-".join)
def test_a_branch_drops_a_table_whose_triggers_another_one_changes(
    project: Project, order: tuple[str, str]
) -> None:
    releases = {"age": animals("cat", "age"), "no_cat": animals()}
    project.release(animals("cat"))
    project.migrate()
    paths = []
    for branch in order:
        project.release(releases[branch])
        project.revise(rev_id=branch)
        path = next(project.folder.glob(f"versions/{branch}_*.py"))
        paths.append(path.rename(path.with_suffix(".hidden")))
    for path in paths:
        path.rename(path.with_suffix(".py"))
    project.release(animals("age"))
    for branch in order:
        project.upgrade(branch)
    assert project.changes() == []
    project.release(releases[order[0]])
    project.downgrade(f"{order[1]}@-1")
    assert project.changes() == []


def animals(*changes: str) -> Any:
    def declare(base: Any) -> Any:
        class Animal(base):
            __tablename__ = "animal"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)
            kind = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

        class Dog(Animal):
            __tablename__ = "dog"
            id = mapped_column(ForeignKey("animal.id"), primary_key=True)
            __mapper_args__ = {"polymorphic_identity": "dog"}

        if "age" in changes:
            Animal.age = mapped_column(Integer)
        if "bark" in changes:
            Dog.bark = mapped_column(String(20))
        if "cat" not in changes:
            return Animal, Dog

        class Cat(Animal):
            __tablename__ = "cat"
            id = mapped_column(ForeignKey("animal.id"), primary_key=True)
            lives = mapped_column(Integer)
            __mapper_args__ = {"polymorphic_identity": "cat"}

        return Animal, Dog, Cat

    return declare


@pytest.mark.parametrize(
    ("order", "script"),
    [
        (("cat", "bark", "age"), False),
        (("age", "bark", "cat"), False),
        (("bark", "cat", "age"), True),
    ],
)
def test_branches_that_change_different_levels_of_a_hierarchy(
    project: Project, order: tuple[str, ...], script: bool, cli_client: Callable[[str], str]
) -> None:
    project.release(animals())
    project.migrate()
    paths = []
    for branch in order:
        project.release(animals(branch))
        project.revise(rev_id=branch)
        path = next(project.folder.glob(f"versions/{branch}_*.py"))
        paths.append(path.rename(path.with_suffix(".hidden")))
    for path in paths:
        path.rename(path.with_suffix(".py"))
    project.release(animals(*order))
    if script:
        command.merge(project.config(), list(order), rev_id="merged")
        cli_client(project.script("0001:merged"))
    else:
        for branch in order:
            project.upgrade(branch)
    assert project.changes() == []
    project.run(
        "INSERT INTO animal (id, kind, age) VALUES (1, 'dog', 1), (2, 'cat', 2)",
        "INSERT INTO dog (id) VALUES (1)",
        "INSERT INTO cat (id, lives) VALUES (2, 7)",
        "UPDATE dog SET bark = 'a'",
        "UPDATE cat SET lives = 6",
    )
    assert project.world is not None
    found = project.rows("SELECT id, age FROM animal_version WHERE operation_type = 1 ORDER BY id")
    assert set(found) == {(1, 1), (2, 2)}
    report = verify(project.engine, manager=project.world.manager)
    assert not report.faults, str(report)

    if not script:
        project.release(animals(*order[:2]))
        project.downgrade(f"{order[2]}@-1")
        assert project.changes() == []
    project.release(animals())
    project.downgrade("0001")
    assert project.changes() == []
