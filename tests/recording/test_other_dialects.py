"""Databases that have no triggers of ours: the ORM recorder sees every statement there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import insert
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from continuum import VersioningManager
from continuum import make_versioned
from continuum.errors import RecorderConflict

pytestmark = pytest.mark.engines("sqlite")


class Database:
    """A class and its tables, made by SQLite, on an engine whose dialect nobody knows."""

    def __init__(self, file: Path) -> None:
        class Base(DeclarativeBase):
            pass

        class Note(Base):
            __tablename__ = "note"
            __versioned__: dict[str, Any] = {}
            id: Mapped[int] = mapped_column(primary_key=True)

        self.base, self.note, self.url = Base, Note, f"sqlite:///{file}"
        self.manager = VersioningManager()

    def switch_on(self) -> None:
        make_versioned(manager=self.manager, mapper=self.base, user_cls=None)
        self.manager.configured_journals()

    def create(self) -> Engine:
        known = create_engine(self.url)
        self.base.metadata.create_all(known)
        self.manager.uninstall(known)
        known.dispose()
        return self.engine()

    def engine(self) -> Engine:
        engine = create_engine(self.url)
        engine.dialect.name = "unknown"
        return engine


def test_the_first_statement_is_recorded(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db")
    database.switch_on()
    engine = database.create()
    with engine.begin() as connection:
        connection.execute(insert(database.note).values(id=1))
        version = database.manager.version_class(database.note).__table__
        assert connection.execute(version.select()).one().id == 1
    engine.dispose()
    database.manager.deactivate()


@pytest.mark.parametrize("where", ["the class", "all classes", "the dialect"])
def test_a_statement_before_the_classes_are_configured(tmp_path: Path, where: str) -> None:
    first = Database(tmp_path / "a.db")
    first.switch_on()
    first.create().dispose()
    first.manager.deactivate()
    database = Database(tmp_path / "a.db")
    engine = database.engine() if where == "the dialect" else create_engine(database.url)
    if where == "the class":
        database.note.__versioned__["native_versioning"] = False
    options = {"native_versioning": False} if where == "all classes" else {}
    make_versioned(manager=database.manager, mapper=database.base, user_cls=None, options=options)
    with engine.begin() as connection:
        connection.execute(insert(database.note.__table__).values(id=1))
        assert connection.scalars(text("SELECT id FROM note_version")).all() == [1]
    engine.dispose()
    database.manager.deactivate()


def test_a_connection_older_than_versioning(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db")
    engine = database.engine()
    with engine.connect() as connection:
        database.switch_on()
        database.create().dispose()
        with pytest.raises(RecorderConflict, match="older than make_versioned"):
            connection.execute(insert(database.note).values(id=1))
    engine.dispose()
    database.manager.deactivate()
