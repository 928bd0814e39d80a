"""Columns that only version tables have: flags, masks, end times, columns of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import Index
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from continuum import ImproperlyConfigured
from continuum import paused
from continuum import version_class
from continuum import version_table
from model.history import exact
from suite._support import World
from suite._support import create_article
from suite._support import define_article


def changed_columns(world: World, cls: Any) -> dict[tuple[Any, ...], set[str]]:
    """Return what flags or mask say was changed, by key and transaction."""
    recorded = world.manager.recorded(cls)
    with world.engine.connect() as connection:
        rows = connection.execute(select(recorded.version_table)).mappings().all()
        positions = {}
        if recorded.mask_catalog is not None:
            catalog = recorded.mask_catalog
            found = connection.execute(
                select(catalog.c.column_name, catalog.c.position).where(
                    catalog.c.version_table == recorded.version_table.name
                )
            )
            positions = {row.column_name: row.position for row in found}
    result = {}
    for row in rows:
        key = tuple(row[column] for column in recorded.version_key)
        names = set()
        for column in recorded.values:
            if column.flag is not None:
                assert row[column.flag] in (True, False)
                changed = row[column.flag]
            else:
                assert recorded.mask_column is not None
                changed = row[recorded.mask_column] >> positions[column.live.name] & 1
            if changed:
                names.add(column.live.name)
        result[*key, row[recorded.transaction_column]] = names
    return result


def check_flags(world: World, cls: Any) -> None:
    """Compare flags or mask with what the versions themselves tell."""
    spec = world.spec(cls)
    names = [name for name in spec.stored if name not in spec.key]
    expected = {}
    before: Any = None
    for version in world.versions(cls):
        follows = (
            before is not None
            and before.key == version.key
            and before.operation != 2
            and (not spec.ends or before.end == version.transaction)
        )
        expected[*version.key, version.transaction] = {
            name
            for name in names
            if not follows or exact(before.values[name]) != exact(version.values[name])
        }
        before = version
    assert changed_columns(world, cls) == expected


def check_end_timestamps(world: World, cls: Any) -> None:
    """Compare the end times of versions with the transactions that ended them."""
    recorded = world.manager.recorded(cls)
    column = recorded.end_timestamp_column
    if column is None:
        return
    times = {row.id: row.issued_at for row in world.transactions()}
    with world.engine.connect() as connection:
        for end, at in connection.execute(select(recorded.end_column, column)):
            assert at == (None if end is None else times[end])


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_flags_say_what_a_version_changed(world: World, flags: str, strategy: str) -> None:
    Article = create_article(world, flags=flags, strategy=strategy, ignore=["hits"])
    with world.transaction() as session:
        article = Article(id=1, name="a", hits=0)
        session.add(article)
    for values in ({"name": "b"}, {"content": "c"}, {"content": "d", "hits": 7}):
        with world.transaction() as session:
            session.execute(update(Article).values(**values))
    with world.transaction() as session:
        session.delete(session.get(Article, 1))
    with world.transaction() as session:
        session.execute(insert(Article.__table__).values(id=1, name="b"))

    found = [names for _, names in sorted(changed_columns(world, Article).items())]

    everything = {"name", "content", "hits"}
    assert found == [everything, {"name"}, {"content"}, {"content", "hits"}, set(), everything]


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_flags_follow_the_fold(world: World, flags: str) -> None:
    Article = create_article(world, flags=flags)
    with world.transaction() as session:
        session.add(Article(id=1, name="a", content="x"))
    with world.transaction() as session:
        session.execute(update(Article).values(name="b", content="y"))
        session.execute(update(Article).values(name="a"))
    assert changed_columns(world, Article)[1, world.versions(Article)[-1].transaction] == {
        "content"
    }
    check_flags(world, Article)


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_a_nulled_delete_changes_what_was_not_null(world: World, flags: str) -> None:
    Article = create_article(world, flags=flags, null_delete=True)
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        session.delete(session.get(Article, 1))
    assert changed_columns(world, Article)[1, world.versions(Article)[-1].transaction] == {"name"}


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_what_changed_in_a_gap(world: World, flags: str, strategy: str) -> None:
    Article = create_article(world, flags=flags, strategy=strategy)
    with world.transaction() as session:
        session.add(Article(id=1, name="a", content="x"))
    with world.transaction() as session, paused(session, Article):
        session.execute(update(Article).values(name="b"))
    with world.transaction() as session:
        session.add(Article(id=2))
    with world.transaction() as session:
        session.execute(update(Article).values(content="y").where(Article.id == 1))
    found = [names for key, names in sorted(changed_columns(world, Article).items()) if key[0] == 1]
    assert found[1:] == [{"name"}, {"content"}]
    check_flags(world, Article)


def test_bits_keep_their_columns(new_world: Callable[..., World]) -> None:
    first = new_world()
    Article = create_article(first, flags="mask")
    with first.transaction() as session:
        session.add(Article(id=1, name="a"))
    first.close()
    with first.engine.begin() as connection:
        for table in ("article", "article_version"):
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN about VARCHAR(20)"))

    later = new_world()
    # The new column stands before the others.
    Later = type(
        "Article",
        (later.Base,),
        {
            "__tablename__": "article",
            "__versioned__": {"flags": "mask"},
            "id": Column(Integer, primary_key=True),
            "about": Column(String(20)),
            "name": Column(String(200)),
            "content": Column(String(200)),
            "hits": Column(Integer),
        },
    )
    later.create()
    with later.transaction() as session:
        session.execute(update(Later).values(about="new"))

    ids = [version.transaction for version in later.versions(Later)]
    found = changed_columns(later, Later)
    assert found[1, ids[0]] == {"name", "content", "hits"}
    assert found[1, ids[1]] == {"about"}


def test_a_flag_that_has_the_name_of_a_column_is_refused(world: World) -> None:
    type(
        "Article",
        (world.Base,),
        {
            "__tablename__": "article",
            "__versioned__": {"flags": "columns"},
            "id": Column(Integer, primary_key=True),
            "name": Column(String(20)),
            "name_mod": Column(String(20)),
        },
    )
    with pytest.raises(ImproperlyConfigured, match=r"(?s)two columns 'name_mod'.*flag_suffix"):
        world.create()


def test_end_timestamps_are_those_of_the_ending_transactions(world: World) -> None:
    Article = create_article(world, end_timestamp=True)
    with world.transaction() as session:
        session.add_all([Article(id=1, name="a"), Article(id=2, name="b")])
    with world.transaction() as session:
        session.execute(update(Article).values(name="c").where(Article.id == 1))
    with world.transaction() as session:
        session.delete(session.get(Article, 1))
    with world.transaction() as session:
        session.execute(update(Article).values(name="x").where(Article.id == 2))
        session.execute(update(Article).values(name="b").where(Article.id == 2))
    check_end_timestamps(world, Article)
    with world.transaction() as session:
        ends = session.scalars(
            select(version_class(Article).end_timestamp).order_by(
                version_class(Article).id, version_class(Article).transaction_id
            )
        ).all()
        assert [end is None for end in ends] == [False, False, True, True]


def test_extra_columns_are_computed_from_the_row(world: World) -> None:
    Article = create_article(
        world,
        extra_columns=[
            (Column("shout", String(200)), lambda new: func.upper(new.name)),
            (Column("kind", String(20), nullable=False), lambda new: "article"),
            Column("label", String(20)),
        ],
        indexes=lambda table: [Index("ix_own", table.c.shout)],
    )
    with world.transaction() as session:
        session.add(Article(id=1, name="a"))
    with world.transaction() as session:
        session.execute(update(Article).values(name="b"))
        session.execute(update(Article).values(name="c"))
    with world.transaction() as session:
        session.delete(session.get(Article, 1))
    Version = version_class(Article)
    with world.transaction() as session:
        found = session.execute(
            select(Version.shout, Version.kind, Version.label).order_by(Version.transaction_id)
        ).all()
    assert found == [("A", "article", None), ("C", "article", None), ("C", "article", None)]
    names = {index["name"] for index in inspect(world.engine).get_indexes("article_version")}
    assert "ix_own" in names


def test_indexes_can_be_given_by_the_names_of_columns(world: World) -> None:
    create_article(world, indexes=[Index("ix_by_name", "name", "transaction_id")])
    found = {
        index["name"]: index["column_names"]
        for index in inspect(world.engine).get_indexes("article_version")
    }
    assert found["ix_by_name"] == ["name", "transaction_id"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"extra_columns": [Column("x", Integer, nullable=False)]}, "NOT NULL"),
        ({"extra_columns": ["x"]}, "no Column"),
        ({"extra_columns": [Column("name", Integer)]}, "two columns 'name'"),
        ({"flags": "yes"}, "Known kinds of flags: columns, mask"),
        ({"end_timestamp": True, "strategy": "subquery"}, "needs strategy"),
        ({"extra_columns": Column("x", Integer)}, "is not a list"),
    ],
)
def test_what_cannot_be_is_refused(world: World, options: dict[str, Any], message: str) -> None:
    define_article(world, **options)
    with pytest.raises(ImproperlyConfigured, match=message):
        world.create()


def test_the_version_table_has_the_columns(world: World) -> None:
    Article = create_article(world, flags="columns", end_timestamp=True)
    assert {"name_mod", "content_mod", "hits_mod", "end_timestamp"} <= set(
        version_table(Article).c.keys()
    )
