"""Every line of the pages for people who come from elsewhere is executed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session

from docs._pages import ROOT
from docs._pages import blocks
from docs._pages import name_of
from docs._pages import table_rows
from docs.test_examples import Reader

PAGES = {
    ROOT / "docs" / "coming-from-envers.md": "Envers",
    ROOT / "docs" / "coming-from-paper-trail.md": "paper_trail",
}


@pytest.fixture
def reader(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, Reader]]:
    """Someone who has typed in the first block of a page."""
    monkeypatch.chdir(tmp_path)
    reader = Reader(page)
    reader.run(next(block for block in blocks(page) if block.language == "python"), None)
    yield page, reader
    reader.names["session"].close()
    reader.forget()


def found(value: Any, session: Session, versions: Any) -> Any:
    """Return what a line gives: rows for a statement, versions for a criterion."""
    if isinstance(value, AbstractContextManager):
        with value:
            return True
    if isinstance(value, Select):
        return session.execute(value).all()
    if isinstance(value, ColumnElement):
        return session.execute(select(versions).where(value)).all()
    return value


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_line(reader: tuple[Path, Reader]) -> None:
    page, typed = reader
    session = typed.names["session"]
    versions = typed.names.get("H") or typed.names["WidgetVersion"]
    lines = list(table_rows(page, PAGES[page]))
    assert len(lines) > 40
    for there, here in lines:
        assert there.startswith("`"), there
        code = here.strip("`").replace("\\|", "|")
        result = found(eval(code, typed.names), session, versions)
        session.rollback()
        # A line that finds nothing would say nothing.
        assert result is not None, here
        assert result or isinstance(result, int), here
