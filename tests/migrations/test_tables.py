"""Tables that get another name, with their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from continuum.errors import ImproperlyConfigured
from migrations._support import Project


def articles(table: str, *, children: bool = False, **versioned: Any) -> Any:
    def declare(base: Any) -> Any:
        class Article(base):
            __tablename__ = table
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50), index=True)

        if not children:
            return Article

        class Tag(base):
            __tablename__ = "tag"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)
            article = mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"))

        return Article, Tag

    return declare


def story(project: Project, table: str, columns: str = "name") -> list[tuple[Any, ...]]:
    project.close()
    return project.rows(
        f"SELECT {columns}, operation_type FROM {table}_version ORDER BY id, transaction_id"
    )


def renaming(project: Project, old: Any, new: Any) -> None:
    """Write a migration that renames, and put the models into the new release."""
    project.release(old)
    before = project.definitions()
    project.release(new)
    after = project.definitions()
    lines = {"upgrade": [], "downgrade": []}
    for (table, was), (other, becomes) in zip(before.items(), after.items(), strict=True):
        operation = "replace_version_triggers" if table == other else "rename_versioned_table"
        if was == becomes:
            continue
        lines["upgrade"].append(f"op.{operation}({was!r}, {becomes!r})")
        lines["downgrade"].append(f"op.{operation}({becomes!r}, {was!r})")
    project.write(*("\n    ".join(item) for item in lines.values()))


@pytest.mark.parametrize(
    "options",
    [{}, {"flags": "mask", "append_only": True}, {"table_name": "old_name_version"}],
    ids=str,
)
def test_a_renamed_table_takes_its_history_along(project: Project, options: Any) -> None:
    flagged, kept = "flags" in options, options.get("table_name")
    old = articles("article", children=not flagged, **options)
    new = articles("post", children=not flagged, **options)
    project.release(old)
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')", "UPDATE article SET name = 'b'")
    renaming(project, old, new)
    project.upgrade()
    assert project.changes() == []
    assert project.world is not None
    project.world.manager.check(project.engine).raise_for_problems()
    history = "old_name" if kept else "post"
    project.run("INSERT INTO post (id, name) VALUES (2, 'c')", "UPDATE post SET name = 'd'")
    if flagged:
        assert story(project, history, "changed_mask") == [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)]
    else:
        project.run("INSERT INTO tag (id, article) VALUES (1, 2)", "DELETE FROM post WHERE id = 2")
        # SQLite enforces foreign keys only where it is told to.
        cascaded = not project.rows("SELECT id FROM tag")
        assert story(project, "tag", "article") == [(2, 0)] + [(2, 2)] * cascaded
        assert story(project, history)[:3] == [("a", 0), ("b", 1), ("d", 1)]
        assert story(project, history)[3:] == [("c", 0), ("d", 1), ("d", 2)]

    project.release(old)
    project.downgrade()
    assert project.changes() == []
    project.run("DELETE FROM article")
    assert story(project, "old_name" if kept else "article")[:4][-1] == ("d", 2)
    project.release(old)
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}


def test_a_script_renames_what_a_migration_renames(
    project: Project, cli_client: Callable[[str], str]
) -> None:
    old, new = articles("article"), articles("post")
    project.release(old)
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    renaming(project, old, new)
    cli_client(project.script("0001:0002"))
    project.run("UPDATE post SET name = 'b'")
    assert story(project, "post") == [("a", 0), ("b", 1)]
    project.release(old)
    cli_client(project.script("0002:0001", down=True))
    assert project.changes() == []


@pytest.mark.engines("sqlite")
def test_the_definitions_of_a_rename_are_known_to_later_migrations(project: Project) -> None:
    old, new = articles("article"), articles("post")
    project.release(old)
    project.migrate()
    renaming(project, old, new)
    project.upgrade()
    project.release(articles("post", ignore=["name"]))
    source = project.migrate()
    assert "op.replace_version_triggers(" in source
    assert "None" not in source.partition("def upgrade")[2]


def test_a_rename_records_again_whatever_the_triggers_were(project: Project) -> None:
    old, new = articles("article"), articles("post")
    project.release(old)
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    renaming(project, old, new)
    project.release(articles("article", ignore=["name"]))
    with project.engine.begin() as connection:
        # As no migration says: another fingerprint.
        Operations(MigrationContext.configure(connection)).create_version_triggers(
            project.definitions()["article"]
        )
    project.release(new)
    project.upgrade()
    assert project.changes() == []
    project.run("UPDATE post SET name = 'b'")
    with project.engine.begin() as connection:
        Operations(MigrationContext.configure(connection)).drop_version_triggers(
            project.definitions()["post"]
        )
    project.release(old)
    project.downgrade()
    assert project.changes() == []
    project.run("UPDATE article SET name = 'c'")
    assert story(project, "article") == [("a", 0), ("b", 1), ("c", 1)]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, "have the same name"),
        ({"table": ["other", "post"]}, "are in different schemas"),
        ({"table": "post", "log": {"table": "other"}}, "are recorded into main.transaction and"),
    ],
)
def test_a_rename_that_is_none_is_refused(
    project: Project, change: dict[str, Any], what: str
) -> None:
    project.release(articles("article"))
    project.migrate()
    old = project.definitions()["article"]
    project.write(f"op.rename_versioned_table({old!r}, { {**old, **change}!r})")
    with pytest.raises(ImproperlyConfigured, match=what):
        project.upgrade()


@pytest.mark.engines("sqlite")
def test_a_table_that_is_not_there_is_not_renamed(project: Project) -> None:
    old, new = articles("article"), articles("post")
    project.release(old)
    project.migrate()
    renaming(project, old, new)
    project.run("DROP TABLE article")
    with pytest.raises(ImproperlyConfigured, match="there is neither of them"):
        project.upgrade()
