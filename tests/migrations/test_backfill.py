"""First versions of older rows, written by a migration."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column
from sqlalchemy import Enum
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import unlocked
from continuum import verify
from continuum.errors import ImproperlyConfigured
from continuum.plugins import TransactionChangesPlugin
from migrations._support import Project


def wares(versioned: dict[str, Any] | None) -> Any:
    def declare(base: Any) -> Any:
        class Ware(base):
            __tablename__ = "ware"
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50))
            state = mapped_column(Enum("new", "old", name="ware_state"))
            kind = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "ware"}

        class Tea(Ware):
            __tablename__ = "tea"
            id = mapped_column(ForeignKey("ware.id"), primary_key=True)
            grams = mapped_column(Integer)
            __mapper_args__ = {"polymorphic_identity": "tea"}

        class Note(base):
            __tablename__ = "note"
            id = mapped_column(Integer, primary_key=True)
            text = mapped_column(String(20))

        if versioned is not None:
            Ware.__versioned__ = versioned
            Note.__versioned__ = {"when": lambda old, new: new.text != "x"}
        return Ware, Tea, Note

    return declare


def older(project: Project, **versioned: Any) -> None:
    """Begin with rows, and give their tables a history by a migration."""
    project.release(wares(None))
    project.migrate()
    project.run(
        "INSERT INTO ware (id, name, kind, state) VALUES (1, 'a', 'ware', 'new')",
        "INSERT INTO ware (id, name, kind) VALUES (2, 'b', 'tea')",
        "INSERT INTO tea (id, grams) VALUES (2, 5)",
        "INSERT INTO ware (id, name, kind) VALUES (3, 'd', 'ware')",
        "INSERT INTO note (id, text) VALUES (1, 'x'), (2, 'y')",
    )
    project.release(wares(versioned))
    project.migrate()


def label(new: Any) -> Any:
    return new.name + "!"


OPTIONS: list[dict[str, Any]] = [
    {"flags": "columns", "strategy": "subquery"},
    {
        "flags": "mask",
        "end_timestamp": True,
        "extra_columns": [(Column("label", String(60)), label)],
    },
]


@pytest.mark.parametrize("versioned", OPTIONS, ids=["flags", "mask"])
def test_a_migration_writes_first_versions(project: Project, versioned: Any) -> None:
    older(project, **versioned)
    project.run("UPDATE ware SET name = 'known' WHERE id = 3")
    assert project.world is not None
    definition, notes = (project.definitions()[name] for name in ("ware", "note"))
    project.write(
        f"op.backfill_versions({definition!r}, 'it begins')\n    op.backfill_versions({notes!r})"
    )
    project.upgrade()
    log = project.engine.dialect.identifier_preparer.quote_identifier("transaction")
    found = project.rows(
        f"SELECT v.id, v.name, v.state, t.reason FROM ware_version AS v JOIN {log} AS t"
        " ON t.id = v.transaction_id WHERE v.operation_type = 0 AND v.id < 3 ORDER BY v.id"
    )
    assert found == [(1, "a", "new", "it begins"), (2, "b", None, "it begins")]
    assert project.rows("SELECT id, grams, operation_type FROM tea_version") == [(2, 5, 0)]
    assert project.rows("SELECT count(*) FROM ware_version WHERE id = 3") == [(2,)]
    assert project.rows("SELECT id, text FROM note_version") == [(2, "y")]
    report = verify(project.engine, manager=project.world.manager)
    assert not report.faults, str(report)

    project.run("UPDATE tea SET grams = 6 WHERE id = 2", "UPDATE ware SET name = 'c' WHERE id = 1")
    report = verify(project.engine, manager=project.world.manager)
    assert not report.faults, str(report)
    if "flags" in versioned and versioned["flags"] == "mask":
        changed = project.rows(
            "SELECT label, changed_mask FROM ware_version WHERE id = 1 ORDER BY transaction_id"
        )
        assert [name for name, _ in changed] == ["a!", "c!"]
        assert changed[0][1] > changed[1][1] > 0

    transactions = project.rows(f"SELECT count(*) FROM {log}")
    project.write(f"op.backfill_versions({definition!r})")
    project.upgrade()
    assert project.rows(f"SELECT count(*) FROM {log}") == transactions


def test_deletions_of_rows_that_get_no_version_stay_in_force(project: Project) -> None:
    older(project)
    project.run(
        "INSERT INTO note (id, text) VALUES (3, 'z'), (4, 'z')",
        "DELETE FROM note WHERE id > 2",
        # Not what history keeps: the rows stay deleted for it.
        "INSERT INTO note (id, text) VALUES (3, 'x'), (4, 'x')",
        "INSERT INTO ware (id, kind) VALUES (4, 'tea')",
        "INSERT INTO tea (id, grams) VALUES (4, 5)",
        # A part without a version in force, of an object that has one.
        "UPDATE tea_version SET operation_type = 2 WHERE id = 4",
    )
    definitions = project.definitions()
    with project.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        for name in ("ware", "note"):
            operations.backfill_versions(definitions[name])
    ends = "SELECT id, operation_type FROM {}_version WHERE end_transaction_id IS NULL ORDER BY id"
    assert project.rows(ends.format("note")) == [(2, 0), (3, 2), (4, 2)]
    assert project.rows(ends.format("tea")) == [(2, 0), (4, 2)]


@pytest.mark.engines("postgresql")
def test_a_native_enum_of_history_gets_its_values(project: Project) -> None:
    project.release(wares({"native_enums": True})).create()
    assert project.changes() == []
    project.run(
        "INSERT INTO ware (id, kind, state) VALUES (1, 'ware', 'new')", "DELETE FROM ware_version"
    )
    definition = project.definitions()["ware"]
    with project.engine.begin() as connection:
        Operations(MigrationContext.configure(connection)).backfill_versions(definition)
    read = "SELECT id, state FROM ware_version"
    assert project.rows(read) == [(1, "new")]

    project.run("UPDATE ware_version SET state = NULL")
    columns = {name: item for name, item in definition["columns"].items() if name != "state"}
    with project.engine.begin() as connection:
        # As a migration that has failed half way does it once more: the triggers are there.
        Operations(MigrationContext.configure(connection)).replace_version_triggers(
            {**definition, "columns": columns}, definition
        )
    assert project.rows(read) == [(1, "new")]


def test_what_a_migration_cannot_fill_is_refused(project: Project) -> None:
    older(project)
    definitions = project.definitions()
    project.write(f"op.backfill_versions({definitions['ware']!r})")
    with pytest.raises(ImproperlyConfigured, match="cannot get its first versions from a script"):
        project.script("0002:0003")
    for definition, reason in (
        (definitions["tea"], "is below another one"),
        ({**definitions["ware"], "append_only": True}, "has a history that nobody writes by hand"),
    ):
        with (
            project.engine.connect() as connection,
            pytest.raises(ImproperlyConfigured, match=reason),
        ):
            Operations(MigrationContext.configure(connection)).backfill_versions(definition)


def test_a_migration_changes_append_only_history_for_a_reason(project: Project) -> None:
    world = project.release(wares({"append_only": True}))
    project.migrate()
    project.run("INSERT INTO ware (id, name, kind) VALUES (1, 'a', 'ware')")
    change = "UPDATE ware_version SET name = 'b'"
    with project.engine.connect() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with pytest.raises(Exception, match="append-only"):
            operations.execute(change)
        connection.rollback()
        with unlocked(connection, reason="a name corrected", manager=world.manager):
            operations.execute(change)
        connection.commit()
    assert project.rows("SELECT name FROM ware_version") == [("b",)]
    log = project.engine.dialect.identifier_preparer.quote_identifier("transaction")
    found = project.rows(f"SELECT reason FROM {log} ORDER BY id")
    assert found[-1] == ("unlocked: a name corrected",)


def tagged(versioned: bool) -> Any:
    def declare(base: Any) -> Any:
        # Without a key, so the same link may stand there several times.
        links = Table(
            "article_tag",
            base.metadata,
            Column("article_id", ForeignKey("article.id")),
            Column("tag_id", ForeignKey("tag.id")),
        )

        class Tag(base):
            __tablename__ = "tag"
            id = mapped_column(Integer, primary_key=True)

        class Article(base):
            __tablename__ = "article"
            id = mapped_column(Integer, primary_key=True)
            tags = relationship(Tag, secondary=links)

        if versioned:
            Article.__versioned__ = {}
            Tag.__versioned__ = {}
        return Article, Tag

    return declare


def test_kinds_are_noted_and_links_that_stand_there_twice_come_once(project: Project) -> None:
    project.release(tagged(False))
    project.migrate()
    project.run(
        "INSERT INTO tag (id) VALUES (1), (2)",
        "INSERT INTO article (id) VALUES (1)",
        "INSERT INTO article_tag (article_id, tag_id) VALUES (1, 1), (1, 1), (1, 2)",
    )
    project.release(
        tagged(True), {"allow_duplicate_links": True}, plugins=[TransactionChangesPlugin()]
    )
    project.migrate()
    definitions = project.definitions()
    project.write(
        "\n    ".join(
            f"op.backfill_versions({definitions[name]!r})"
            for name in ("article", "tag", "article_tag")
        )
    )
    project.upgrade()
    noted = "SELECT transaction_id, entity_name FROM transaction_changes ORDER BY 1, 2"
    assert [name for _, name in project.rows(noted)] == ["Article", "Tag"]
    links = "SELECT article_id, tag_id, operation_type FROM article_tag_version ORDER BY 1, 2"
    assert project.rows(links) == [(1, 1, 0), (1, 2, 0)]
    project.run("DELETE FROM article_tag WHERE tag_id = 1")
    assert project.rows(f"{links}, 3") == [(1, 1, 0), (1, 1, 2), (1, 2, 0)]
    assert project.world is not None
    report = verify(project.engine, manager=project.world.manager)
    assert not report.faults, str(report)
