"""What autogenerate finds, writes, and finds no more afterwards."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Enum
from sqlalchemy import Float
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy.orm import mapped_column

from migrations._support import Project


class Kind(enum.Enum):
    NEWS = "news"
    ESSAY = "essay"


def articles(**versioned: Any) -> Any:
    """Declare an Article, versioned with options."""

    def declare(base: Any) -> Any:
        class Article(base):
            __tablename__ = "article"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50), comment="what it is called", index=True)
            hits = mapped_column(Integer, nullable=False, server_default="0")

        return Article

    return declare


def plain_articles(base: Any) -> Any:
    class Article(base):
        __tablename__ = "article"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(50), comment="what it is called", index=True)
        hits = mapped_column(Integer, nullable=False, server_default="0")

    return Article


def story(project: Project) -> list[tuple[Any, ...]]:
    return project.rows(
        "SELECT id, name, operation_type FROM article_version ORDER BY id, transaction_id"
    )


def test_a_table_that_becomes_versioned_is_recorded_by_its_migration(project: Project) -> None:
    project.release(plain_articles)
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")

    project.release(articles())
    source = project.migrate()
    project.close()
    project.run("UPDATE article SET name = 'b'", "INSERT INTO article (id, name) VALUES (2, 'c')")

    assert story(project) == [(1, "a", 0), (1, "b", 1), (2, "c", 0)]
    assert "continuum." not in source.replace("continuum_", "")

    project.release(articles())
    project.downgrade()
    assert "article_version" not in project.tables()
    project.close()
    project.run("UPDATE article SET name = 'd'")

    project.release(articles())
    project.upgrade()
    assert project.changes() == []
    project.run("UPDATE article SET name = 'e' WHERE id = 1")
    assert story(project) == [(1, "d", 0), (1, "e", 1)]


def test_a_project_begins_with_a_versioned_table_and_ends_without(project: Project) -> None:
    project.release(articles())
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    assert story(project) == [(1, "a", 0)]

    project.release(plain_articles)
    source = project.migrate()
    assert "drop_version_triggers" in source
    assert "drop_version_helpers" in source
    project.run("UPDATE article SET name = 'b'")

    project.downgrade()
    project.release(articles())
    assert project.changes() == []
    project.run("UPDATE article SET name = 'c'")
    assert story(project) == [(1, "b", 0), (1, "c", 1)]
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}


def test_changed_options_replace_the_triggers_and_a_downgrade_brings_them_back(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.release(articles())
    project.migrate()
    project.release(articles(ignore=["hits"]))
    # Another test of this process may have let alembic tell more than warnings.
    caplog.clear()
    with caplog.at_level("INFO", logger="alembic.autogenerate"):
        source = project.migrate()
    # Tables that are ours alone are no news.
    told = {item.getMessage() for item in caplog.records if "autogenerate" in item.name}
    assert {item for item in told if item.startswith("Detected")} == {
        "Detected changed triggers on 'article'"
    }
    assert source.count("op.replace_version_triggers(") == 2
    assert "add_column" not in source
    project.run(
        "INSERT INTO article (id, name) VALUES (1, 'a')",
        "UPDATE article SET hits = 5",
    )
    assert story(project) == [(1, "a", 0)]

    project.downgrade()
    project.release(articles())
    assert project.changes() == []
    project.run("UPDATE article SET hits = 6")
    assert story(project) == [(1, "a", 0), (1, "a", 1)]


def test_triggers_that_no_migration_made_are_replaced_but_not_brought_back(
    project: Project,
) -> None:
    project.release(articles(exclude=["hits"])).create()
    project.release(articles(ignore=["name"]))
    source = project.migrate()
    assert "op.replace_version_triggers(None, versioned_article)" in source
    with pytest.raises(Exception, match="what the triggers of 'article' did before"):
        project.downgrade()


@pytest.mark.engines("sqlite")
def test_triggers_of_an_older_release_of_the_library_are_replaced_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.release(articles())
    with monkeypatch.context() as earlier:
        earlier.setattr("continuum.dialects.spec.FORMAT", 0)
        project.migrate()
    source = project.migrate()
    # Nobody can tell by their fingerprints what they did, but the migrations say it.
    assert "op.replace_version_triggers(versioned_article, versioned_article)" in source
    project.downgrade()
    assert project.changes() == []


def test_tables_that_the_orm_records_get_no_triggers(project: Project) -> None:
    project.release(articles())
    project.migrate()
    project.release(articles(), recorder="orm")
    source = project.migrate()
    assert "op.drop_version_triggers(" in source
    assert "drop_table" not in source.partition("def downgrade")[0]
    project.downgrade()
    project.release(articles())
    assert project.changes() == []


def test_all_kinds_of_columns_and_options_leave_nothing_to_do(project: Project) -> None:
    def declare(base: Any) -> Any:
        class Everything(base):
            __tablename__ = "everything"
            __table_args__ = (Index("ix_everything_both", "name", "price"), {"comment": "All."})
            __versioned__ = {
                "flags": "columns",
                "end_timestamp": True,
                "when": lambda old, new: new.price > 10,
                "extra_columns": [(Column("label", String(60)), lambda new: new.name + "!")],
                "create_composite_index": True,
                "indexes": lambda table: [Index(f"ix_{table.name}_name", table.c.name)],
            }
            id = mapped_column(Integer, primary_key=True)
            kind = mapped_column(Enum(Kind, name="kind"), comment="of text")
            other = mapped_column(Enum("x", "y", native_enum=False, name="other"))
            name = mapped_column(String(50), unique=True, nullable=False)
            price = mapped_column(Numeric(10, 2), nullable=False, server_default="1.00")
            ratio = mapped_column(Float)
            on = mapped_column(Boolean)
            day = mapped_column(Date)
            at = mapped_column(DateTime)
            body = mapped_column(Text)
            data = mapped_column(LargeBinary)
            meta = mapped_column(JSON)

        class Masked(base):
            __tablename__ = "masked"
            __versioned__ = {"flags": "mask"}
            id = mapped_column(Integer, primary_key=True)
            part_of = mapped_column(ForeignKey("everything.id", ondelete="CASCADE"))
            text = mapped_column(String(20))

        class Animal(base):
            __tablename__ = "animal"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(20))
            type = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "animal"}

        class Dog(Animal):
            __tablename__ = "dog"
            id = mapped_column(ForeignKey("animal.id"), primary_key=True)
            bark = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_identity": "dog"}

        return Everything, Masked, Dog

    project.release(declare)
    project.migrate()
    assert project.changes() == []
    project.run(
        "INSERT INTO everything (id, name, price) VALUES (1, 'low', 5)",
        "INSERT INTO everything (id, name, price) VALUES (2, 'high', 50)",
        "INSERT INTO masked (id, part_of, text) VALUES (1, 2, 'a')",
        "UPDATE masked SET text = 'b'",
    )
    assert project.rows("SELECT id, label FROM everything_version") == [(2, "high!")]
    masks = project.rows("SELECT changed_mask FROM masked_version ORDER BY transaction_id")
    assert masks == [(3,), (2,)]
    assert project.world is not None
    check = project.world.manager.check(project.engine)
    check.raise_for_problems()
    project.downgrade("base")
    if project.database.engine_name == "postgresql":
        # Alembic creates types, but leaves it to others to drop them.
        project.run("DROP TYPE kind")
    project.upgrade()
    assert project.changes() == []
