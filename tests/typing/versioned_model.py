"""Checked by mypy, never run: what a user writes has the types that a user expects."""

from __future__ import annotations

from typing import Any
from typing import assert_type

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import Version
from continuum import Versioned
from continuum import context
from continuum import make_versioned
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
    with context(session, actor="ada", reason="why"):
        article.secret = "x"
    for version in article.versions:
        assert_type(version.changeset, dict[str, list[Any]])
    assert_type(article.versions.count(), int)
