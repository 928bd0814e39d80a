"""Several MetaData objects in the migrations of one project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import mapped_column

from continuum import TransactionFactory
from continuum import VersioningManager
from continuum import make_versioned
from continuum import remove_versioning
from continuum.alembic import versioned_metadata
from continuum.errors import ImproperlyConfigured
from migrations._support import Project


@pytest.fixture
def managers() -> Iterator[list[VersioningManager]]:
    made = [VersioningManager(), VersioningManager()]
    yield made
    for manager in made:
        remove_versioning(manager=manager)


def declared(manager: VersioningManager, name: str, **arguments: Any) -> Any:
    class Base(DeclarativeBase):
        pass

    make_versioned(manager=manager, mapper=Base, user_cls=None, **arguments)
    return type(
        name.title(),
        (Base,),
        {
            "__tablename__": name,
            "__versioned__": {},
            "__module__": __name__,
            "id": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(20)),
        },
    )


def test_each_metadata_has_its_own_transactions(
    project: Project, managers: list[VersioningManager], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = declared(managers[0], "shop")
    archive = declared(
        managers[1], "archive", transaction_cls=TransactionFactory(table_name="archive_log")
    )
    both = [shop.metadata, archive.metadata]
    monkeypatch.setattr(Project, "metadata", property(lambda _: both))
    project.migrate()
    with project.database.engine().begin() as connection:
        for table in ("shop", "archive"):
            connection.execute(text(f"INSERT INTO {table} (id, name) VALUES (1, 'a')"))
    for table in ("shop", "archive"):
        assert project.rows(f"SELECT name FROM {table}_version") == [("a",)]
    assert project.rows("SELECT count(*) FROM archive_log") == [(1,)]
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}


def test_a_shared_name_of_transactions_is_refused(managers: list[VersioningManager]) -> None:
    both = [declared(manager, "shop").metadata for manager in managers]
    with pytest.raises(ImproperlyConfigured, match="two MetaData objects"):
        versioned_metadata(both)
