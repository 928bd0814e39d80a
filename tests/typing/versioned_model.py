"""Checked by mypy, never run: what a user writes has the types that a user expects."""

from __future__ import annotations

from typing import Any
from typing import assert_type

from sqlalchemy import ColumnElement
from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import selectinload

from continuum import Changes
from continuum import Diff
from continuum import RelationChanges
from continuum import Version
from continuum import Versioned
from continuum import as_of
from continuum import changed
from continuum import changed_columns
from continuum import changes
from continuum import context
from continuum import deleted
from continuum import diff
from continuum import first_where
from continuum import history
from continuum import latest_per_entity
from continuum import make_versioned
from continuum import touched
from continuum import transaction_class
from continuum import valid_at
from continuum import version_class

make_versioned(options={"strategy": "validity"})


class Base(DeclarativeBase):
    pass


class Article(Versioned, Base):
    __tablename__ = "article"
    __versioned__ = {"exclude": ["secret"]}

    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(String(10))


def read(session: Session, article: Article) -> None:
    assert_type(version_class(Article), type[Version[Article]])
    past = as_of(Article, 7, include_deleted=True)
    assert_type(past, type[Version[Article]])
    rows = session.scalars(select(past).where(past.id == 1).options(selectinload(past.author)))
    for row in rows:
        assert_type(row, Version[Article])
        assert_type(row.index, int)
    names = session.scalars(select(version_class(Article)).where(valid_at(past, row)))
    assert_type(names.first(), Version[Article] | None)
    with context(session, actor="ada", reason="why"):
        article.secret = "x"
    for version in article.versions:
        assert_type(version.changeset, dict[str, list[Any]])
    assert_type(article.versions.count(), int)


def ask(session: Session, article: Article) -> None:
    versions = history(Article)
    assert_type(versions, type[Version[Article]])
    assert_type(changed(Article.secret, old="a"), ColumnElement[bool])
    transaction = transaction_class(Article)
    statement = select(versions, changed_columns(versions)).where(
        ~changed(Article.secret), versions.during(1, None), transaction.actor == "ada"
    )
    for version, names in session.execute(statement).tuples():
        assert_type(version, Version[Article])
        assert_type(names, list[str])
        assert_type(version.changeset_of("tags"), RelationChanges)
        assert_type(diff(version, article, exclude=["secret"]), Diff)
    for entity in (deleted(Article), first_where(Article), latest_per_entity(Article)):
        assert_type(session.scalars(select(entity)).first(), Version[Article] | None)
    session.scalars(select(transaction).where(touched(Article, 1)))
    assert_type(changes(Article, since=1).tracks(article), Changes)
