"""Long lives: many migrations up and down, with data, and names that are hard to quote."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Boolean
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import version_class
from continuum.errors import AppendOnlyHistory
from continuum.plugins import TransactionChangesPlugin
from migrations._support import Project

OPTIONS: list[dict[str, Any]] = [
    {},
    {"flags": "columns", "end_timestamp": True},
    {"flags": "mask", "append_only": True},
    {"null_delete": True, "strategy": "subquery"},
    {"operations": ["insert", "update"]},
    {"when": lambda old, new: new.id > 0, "ignore": ["hits"]},
]

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@pytest.fixture
def options() -> dict[str, Any]:
    return {"render_as_batch": True, "compare_type": True}


def articles(**versioned: Any) -> Any:
    def declare(base: Any) -> Any:
        class Article(base):
            __tablename__ = "article"
            __versioned__ = versioned
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50))
            hits = mapped_column(Integer)

        return Article

    return declare


def live_through(project: Project, chosen: list[dict[str, Any]]) -> None:
    """Give each release other options, take all of them back, and see that all was recorded."""
    project.release(articles(**chosen[0]))
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    written = ["a"]

    def write() -> None:
        written.append(f"write {len(written)}")
        project.run(f"UPDATE article SET name = '{written[-1]}'")

    for versioned in chosen[1:]:
        project.release(articles(**versioned))
        project.migrate()
        write()
    for versioned in reversed(chosen[:-1]):
        project.release(articles(**versioned))
        project.downgrade()
        assert project.changes() == []
        write()
    names = project.rows("SELECT name FROM article_version ORDER BY transaction_id")
    assert [name for (name,) in names] == written
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}


def test_options_come_and_go(project: Project) -> None:
    live_through(project, OPTIONS)


@pytest.mark.engines("postgresql")
def test_triggers_for_statements_come_and_go(project: Project) -> None:
    both = {"level": "statement", "append_only": True}
    live_through(project, [{}, {"level": "statement"}, both, {"append_only": True}])


def test_guards_of_plugins_come_and_go(project: Project) -> None:
    kept, free = articles(append_only=True), articles()

    def seen_to_fit(declare: Any, *, plugins: bool) -> None:
        world = project.release(declare, plugins=[TransactionChangesPlugin()] * plugins)
        assert project.changes() == []
        world.manager.check(project.engine).raise_for_problems()

    project.release(kept)
    project.migrate()
    project.release(kept, plugins=[TransactionChangesPlugin()])
    project.migrate()
    seen_to_fit(kept, plugins=True)
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")
    with pytest.raises(AppendOnlyHistory):
        project.run("DELETE FROM transaction_changes")
    project.release(free, plugins=[TransactionChangesPlugin()])
    project.migrate()
    project.run("DELETE FROM transaction_changes")
    project.downgrade()
    seen_to_fit(kept, plugins=True)
    project.downgrade()
    seen_to_fit(kept, plugins=False)
    project.run("DELETE FROM article")


def test_constraints_named_by_a_convention_follow_a_new_name(project: Project) -> None:
    def declare(table: str) -> Any:
        def declare(base: Any) -> Any:
            base.metadata.naming_convention = CONVENTION

            class Article(base):
                __tablename__ = table
                __versioned__ = {"create_composite_index": True}
                id = mapped_column(Integer, primary_key=True)
                name = mapped_column(String(20), index=True)
                ok = mapped_column(Boolean(create_constraint=True, name="ok"))
                parent = mapped_column(ForeignKey(f"{table}.id"))

            return Article

        return declare

    project.release(declare("article"))
    project.migrate()
    assert project.changes() == []
    old = project.definitions()["article"]
    project.release(declare("post"))
    new = project.definitions()["post"]
    project.write(
        f"op.rename_versioned_table({old!r}, {new!r})",
        f"op.rename_versioned_table({new!r}, {old!r})",
    )
    project.upgrade()
    assert project.changes() == []
    project.release(declare("article"))
    project.downgrade()
    assert project.changes() == []


def test_names_that_have_to_be_quoted(project: Project) -> None:
    def declare(more: bool) -> Any:
        def declare(base: Any) -> Any:
            class Odd(base):
                __tablename__ = 'Our "odd"; tâble'
                __versioned__ = {"flags": "columns"}
                id = mapped_column("the id", Integer, primary_key=True)
                name = mapped_column(":x 'z' and", String(20))

            if more:
                Odd.note = mapped_column("select", String(20))
            return Odd

        return declare

    project.release(declare(False))
    project.migrate()
    with Session(project.engine) as session:
        session.add(project.classes(id=1, name="a"))
        session.commit()
    project.release(declare(True))
    project.migrate()
    with Session(project.engine) as session:
        session.get_one(project.classes, 1).note = "b"
        session.commit()
        version = version_class(project.classes)
        found = session.scalars(select(version).order_by(version.transaction_id)).all()
        assert [(item.name, item.note) for item in found] == [("a", None), ("a", "b")]
    project.release(declare(False))
    project.downgrade()
    assert project.changes() == []
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}
