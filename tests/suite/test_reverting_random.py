"""Random histories of a graph of rows, reverted to each of their versions.

What is expected comes from snapshots of the live rows, taken after each transaction.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import version_class
from continuum.errors import RevertError
from suite._support import World

ROOT = 1
NAMES = "abcd"

Rows = dict[tuple[Any, ...], dict[str, Any]]
Snapshot = dict[str, Rows]


class Graph:
    """Classes, their rows, and someone who changes them at random."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        base = world.Base
        links = Table(
            "article_tag",
            base.metadata,
            Column("article_id", ForeignKey("article.id"), primary_key=True),
            Column("tag_id", ForeignKey("tag.id"), primary_key=True),
            Column("note", String(10), nullable=False),
        )
        plain = Table(
            "article_label",
            base.metadata,
            Column("article_id", ForeignKey("article.id"), primary_key=True),
            Column("tag_id", ForeignKey("tag.id"), primary_key=True),
        )

        class Author(base):
            __tablename__ = "author"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True, autoincrement=False)
            name = mapped_column(String(10))

        class Tag(base):
            __tablename__ = "tag"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True, autoincrement=False)
            name = mapped_column(String(20), unique=True)

        class Article(base):
            __tablename__ = "article"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True, autoincrement=False)
            name = mapped_column(String(10))
            author_id = mapped_column(ForeignKey("author.id"))
            author = relationship(Author)
            tags = relationship(Tag, secondary=links)
            labels = relationship(Tag, secondary=plain)
            comments = relationship("Comment", back_populates="article")
            cover = relationship("Cover", uselist=False)

        class Comment(base):
            __tablename__ = "comment"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True, autoincrement=False)
            name = mapped_column(String(10))
            article_id = mapped_column(ForeignKey("article.id"))
            parent_id = mapped_column(ForeignKey("comment.id"))
            article = relationship(Article, back_populates="comments")
            answers = relationship("Comment")

        class Cover(base):
            __tablename__ = "cover"
            __versioned__: dict[str, Any] = {}
            id = mapped_column(Integer, primary_key=True, autoincrement=False)
            name = mapped_column(String(10))
            article_id = mapped_column(ForeignKey("article.id"), unique=True)

        self.Article = Article
        self.tables: dict[str, Table] = {
            name: base.metadata.tables[name]
            for name in (
                "author",
                "tag",
                "article",
                "comment",
                "cover",
                "article_tag",
                "article_label",
            )
        }
        if world.engine.dialect.name == "sqlite":
            event.listen(
                world.engine,
                "connect",
                lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"),
            )
        world.create()

    def snapshot(self) -> Snapshot:
        """Return all live rows."""
        return {name: dict(self.world.live(table)) for name, table in self.tables.items()}

    def act(self, session: Session, *, root: bool = True) -> None:
        """Change a few rows.

        :param root: the root itself for certain.
        """
        for _ in range(self.random.randint(1, 5)):
            table = self.tables[self.random.choice(list(self.tables))]
            with session.begin_nested() as savepoint:
                try:
                    self._change(session, table)
                except IntegrityError:
                    # A foreign key or a unique value stood in the way: try something else.
                    savepoint.rollback()
        if root:
            session.execute(
                update(self.tables["article"])
                .where(self.tables["article"].c.id == ROOT)
                .values(name=f"v{self.random.random():.6f}"[:10])
            )

    def _change(self, session: Session, table: Table) -> None:
        key = {column.name: self.random.choice([1, 2, 3]) for column in table.primary_key}
        found = [table.c[name] == value for name, value in key.items()]
        exists = session.execute(select(table).where(*found)).first() is not None
        values: dict[str, Any] = {}
        for column in table.columns:
            if column.name in key:
                continue
            if column.foreign_keys:
                values[column.name] = self.random.choice([ROOT, ROOT, 2, None])
            else:
                values[column.name] = self.random.choice(NAMES)
        if not exists:
            session.execute(insert(table).values(**key, **values))
        elif self.random.random() < 0.4 and not (table.name == "article" and key["id"] == ROOT):
            session.execute(delete(table).where(*found))
        elif values:
            session.execute(update(table).where(*found).values(values))

    def seen_from_root(self, snapshot: Snapshot) -> dict[str, Any]:
        """Return what belongs to the root, as plain data."""
        article = snapshot["article"][ROOT,]
        comments: Rows = {}
        pending = [row for row in snapshot["comment"].values() if row["article_id"] == ROOT]
        while pending:
            row = pending.pop()
            if (row["id"],) not in comments:
                comments[row["id"],] = row
                pending += [
                    each for each in snapshot["comment"].values() if each["parent_id"] == row["id"]
                ]
        links = {
            name: {key: row for key, row in snapshot[name].items() if key[0] == ROOT}
            for name in ("article_tag", "article_label")
        }
        linked = {key[1] for rows in links.values() for key in rows}
        return {
            "article": article,
            "author": snapshot["author"].get((article["author_id"],)),
            "comments": comments,
            "covers": [row for row in snapshot["cover"].values() if row["article_id"] == ROOT],
            **links,
            "tags": {key: row for key, row in snapshot["tag"].items() if key[0] in linked},
        }


@pytest.mark.parametrize("seed", range(6))
def test_every_version_comes_back_with_all_that_belongs_to_it(world: World, seed: int) -> None:
    graph = Graph(world, seed)
    with world.transaction() as session:
        for name in ("author", "tag", "article", "comment", "cover"):
            row = {"id": ROOT, "name": "a"}
            if name in ("comment", "cover"):
                row["article_id"] = ROOT
            session.execute(insert(graph.tables[name]).values(row))
    snapshots = {world.transactions()[-1].id: graph.snapshot()}
    for _ in range(10):
        with world.transaction() as session:
            graph.act(session)
        snapshots[world.transactions()[-1].id] = graph.snapshot()
    history = version_class(graph.Article)
    chosen = list(snapshots)
    graph.random.shuffle(chosen)
    done = 0
    for number in chosen:
        before = graph.snapshot()
        with world.transaction() as session:
            version = history.version_at(session, ROOT, number, exact=True)
            if graph.random.random() < 0.5:
                # What the session has loaded already makes no difference.
                for mapper in world.Base.registry.mappers:
                    if mapper.local_table in graph.tables.values():
                        session.scalars(select(mapper)).all()
                article = session.get_one(graph.Article, ROOT)
                assert article.comments is not None
                assert article.tags is not None
            try:
                version.revert(relations="all")
            except RevertError as error:
                refused = str(error)
            else:
                refused = ""
            if refused:
                assert "cannot have" in refused or "is gone" in refused
                assert not any((session.new, session.dirty, session.deleted))
                continue
            done += 1
        after = graph.snapshot()
        assert graph.seen_from_root(after) == graph.seen_from_root(snapshots[number]), number
        count = len(world.transactions())
        with world.transaction() as session:
            version = history.version_at(session, ROOT, number, exact=True)
            plan = version.revert(relations="all", dry_run=True)
            assert not plan, str(plan)
            version.revert(relations="all")
        assert len(world.transactions()) == count
        assert set(after["author"]) >= set(before["author"])
    assert done > len(chosen) / 2
    world.verify(*graph.tables.values())
