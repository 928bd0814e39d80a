"""The statements of the page about partitions, executed, and a history that goes on in them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from continuum import as_of
from continuum import remove_versioning
from continuum import verify
from continuum import version_class
from continuum import versioning_manager
from docs._pages import ROOT
from docs._pages import blocks
from docs.test_examples import Reader
from servers.database import Database

PAGE = ROOT / "docs" / "partitions.md"


def statements(engine_name: str) -> list[list[str]]:
    """Return the statements of each SQL block for an engine, with bounds that are soon reached."""
    return [
        re.sub(r"(\d)000000", lambda found: str(3 * int(found[1])), block.text)
        .strip()
        .rstrip(";")
        .split(";\n")
        for block in blocks(PAGE)
        if block.language == "sql" and engine_name in block.words
    ]


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_history_in_partitions(database: Database) -> None:
    engine = database.engine()
    reader = Reader(PAGE)
    reader.run(next(block for block in blocks(PAGE) if block.language == "python"), None)
    base, article = reader.names["Base"], reader.names["Article"]
    creating, dropping = statements(database.engine_name)
    try:
        with engine.begin() as connection:
            for statement in creating:
                connection.execute(text(statement))
        base.metadata.create_all(engine)
        assert versioning_manager.check(engine).ok
        with Session(engine) as session:
            session.add(article(id=1, name="a"))
            session.add(article(id=2, name="stays"))
            session.commit()
            for name in "bcd":
                session.get_one(article, 1).name = name
                session.commit()
            session.get_one(article, 1).name = "not yet"
            session.flush()
            session.get_one(article, 1).name = "e"
            session.commit()
        at = 3
        before = state_at(engine, article, at)
        assert before == ["c", "stays"]
        assert verify(engine).faults == ()

        with engine.begin() as connection:
            for statement in dropping:
                connection.execute(text(statement))
        assert verify(engine).faults == ()
        assert state_at(engine, article, at) == before
        with Session(engine) as session:
            names = [version.name for version in session.get_one(article, 1).versions]
            assert "a" not in names
            assert names[-1] == "e"
            assert session.scalars(select(version_class(article)).filter_by(id=2)).one().name
    finally:
        base.metadata.drop_all(engine)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS article_version"))
        remove_versioning()
        reader.forget()


def state_at(engine: Any, model: Any, at: int) -> list[str]:
    """Return the names of all rows as they were after a transaction."""
    past = as_of(model, at)
    with Session(engine) as session:
        return list(session.scalars(select(past.name).order_by(past.id)))
