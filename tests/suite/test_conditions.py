"""Histories of some changes only: ``operations`` and ``when``."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import update

from continuum import ImproperlyConfigured
from continuum import version_class
from suite._support import World
from suite._support import create_article
from suite._support import define_article


def story(world: World, cls: Any) -> list[tuple[Any, ...]]:
    """Return ``(key, operation, from, to, name)`` by ranks, without looking for gaps."""
    from model.history import ranked
    from suite._support import OPERATIONS

    return [
        (*v.key, OPERATIONS[v.operation], v.transaction, v.end, v.values["name"])
        for v in ranked(world.versions(cls))
    ]


def write(world: World, statement: Any) -> None:
    with world.transaction() as session:
        session.execute(statement)


def test_without_delete_a_deletion_ends_the_last_version(world: World) -> None:
    Article = create_article(world, operations=["insert", "update"])
    write(world, insert(Article).values(id=1, name="a"))
    write(world, update(Article).values(name="b"))
    write(world, delete(Article))
    assert story(world, Article) == [(1, "insert", 1, 2, "a"), (1, "update", 2, 3, "b")]
    write(world, insert(Article).values(id=1, name="c"))
    assert story(world, Article)[-1] == (1, "insert", 4, None, "c")


def test_what_is_not_recorded_is_not_answered_wrongly(world: World) -> None:
    Article = create_article(world, operations=["insert", "delete"])
    write(world, insert(Article).values(id=1, name="a"))
    write(world, update(Article).values(name="b"))
    with world.transaction() as session:
        last = world.transactions()[-1].id
        assert version_class(Article).version_at(session, 1, last) is None
    write(world, delete(Article))
    assert story(world, Article) == [
        (1, "insert", 1, 2, "a"),
        (1, "insert", 2, 3, "b"),
        (1, "delete", 3, None, "b"),
    ]


def test_without_insert_a_row_begins_with_its_first_change(world: World) -> None:
    Article = create_article(world, operations=["update", "delete"])
    write(world, insert(Article).values(id=1, name="a"))
    assert story(world, Article) == []
    write(world, update(Article).values(name="b"))
    write(world, delete(Article))
    assert story(world, Article) == [
        (1, "insert", 0, 1, "a"),
        (1, "update", 1, 2, "b"),
        (1, "delete", 2, None, "b"),
    ]


def test_inserted_and_deleted_again(world: World) -> None:
    Article = create_article(world, operations=["insert"])
    with world.transaction() as session:
        session.execute(insert(Article).values(id=1, name="a"))
        session.execute(update(Article).values(name="b"))
    assert story(world, Article) == [(1, "insert", 1, None, "b")]
    with world.transaction() as session:
        session.execute(update(Article).values(name="c"))
        session.execute(update(Article).values(name="b"))
    assert story(world, Article) == [(1, "insert", 1, None, "b")]
    with world.transaction() as session:
        session.execute(delete(Article))
        session.execute(insert(Article).values(id=1, name="b"))
    assert story(world, Article) == [(1, "insert", 1, None, "b")]


def test_rows_enter_and_leave_the_history(world: World) -> None:
    Article = create_article(world, when=lambda old, new: new.content != "draft")
    write(world, insert(Article).values(id=1, name="a", content="draft"))
    write(world, update(Article).values(name="b"))
    assert story(world, Article) == []
    write(world, update(Article).values(content="public"))
    write(world, update(Article).values(name="c"))
    write(world, update(Article).values(content="draft"))
    assert story(world, Article) == [(1, "insert", 1, 2, "b"), (1, "update", 2, 3, "c")]
    write(world, update(Article).values(name="d"))
    write(world, update(Article).values(content="public"))
    write(world, delete(Article))
    assert story(world, Article)[2:] == [(1, "insert", 4, 5, "d"), (1, "delete", 5, None, "d")]


def test_a_condition_on_both_images(world: World) -> None:
    """Only changes of the name are worth a version; others end the one before."""
    Article = create_article(world, when=lambda old, new: old.id.is_(None) | (new.name != old.name))
    write(world, insert(Article).values(id=1, name="a", content="x"))
    write(world, update(Article).values(name="b"))
    write(world, update(Article).values(content="y"))
    assert story(world, Article) == [(1, "insert", 1, 2, "a"), (1, "update", 2, 3, "b")]


def test_a_row_that_comes_and_goes_within_a_transaction(world: World) -> None:
    Article = create_article(world, when=lambda old, new: new.hits > 1)
    with world.transaction() as session:
        session.execute(insert(Article).values(id=1, name="a", hits=2))
        session.execute(update(Article).values(hits=0))
    assert story(world, Article) == []
    write(world, update(Article).values(hits=2))
    with world.transaction() as session:
        session.execute(update(Article).values(hits=0))
        session.execute(update(Article).values(hits=2))
    assert story(world, Article) == [(1, "insert", 1, None, "a")]
    with world.transaction() as session:
        session.execute(update(Article).values(hits=0))
        session.execute(update(Article).values(hits=2, name="b"))
    assert story(world, Article) == [(1, "insert", 1, 2, "a"), (1, "update", 2, None, "b")]


def test_values_in_a_condition_are_quoted(world: World) -> None:
    hostile = "it's 100% \\ :x"
    Article = create_article(world, when=lambda old, new: new.content != hostile)
    write(world, insert(Article).values(id=1, name="a", content=hostile))
    write(world, insert(Article).values(id=2, name="b", content="other"))
    assert [row[0] for row in story(world, Article)] == [2]


def test_orm_objects_are_judged_too(world: World) -> None:
    Article = create_article(world, when=lambda old, new: new.content != "draft")
    with world.transaction() as session:
        session.add(Article(id=1, name="a", content="draft"))
        session.add(Article(id=2, name="b", content="public"))
    with world.transaction() as session:
        session.get(Article, 1).content = "public"
        session.get(Article, 2).content = "draft"
    assert story(world, Article) == [(1, "insert", 2, None, "a"), (2, "insert", 1, 2, "b")]
    with world.transaction() as session:
        session.delete(session.get(Article, 1))
        session.delete(session.get(Article, 2))
    assert story(world, Article)[1] == (1, "delete", 3, None, "a")
    assert len(story(world, Article)) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"operations": ["inserts"]}, "Choose one or more of: insert, update, delete"),
        ({"operations": []}, "are not operations"),
        ({"operations": "insert"}, "is not a list"),
        ({"operations": ["insert"], "strategy": "subquery"}, 'needs strategy="validity"'),
        ({"when": "new.name"}, "is no function"),
        (
            {"when": lambda old, new: new.name != "a", "exclude": ["name"]},
            "depends on the column 'name'",
        ),
    ],
)
def test_what_cannot_be_is_refused(world: World, options: dict[str, Any], message: str) -> None:
    define_article(world, **options)
    with pytest.raises(ImproperlyConfigured, match=message):
        world.create()


def test_a_column_that_does_not_exist_is_named(world: World) -> None:
    define_article(world, when=lambda old, new: new.status != "draft")
    with pytest.raises(AttributeError, match="no column 'status'"):
        world.create()
