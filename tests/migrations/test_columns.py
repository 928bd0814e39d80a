"""Columns that come, go and change, and their history."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Enum
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from continuum import changed_columns
from continuum import verify
from continuum.errors import ImproperlyConfigured
from migrations._support import Project


@pytest.fixture
def options() -> dict[str, Any]:
    """Batch mode, which SQLite needs to alter tables, is right on every engine."""
    return {"render_as_batch": True}


def articles(**columns: Any) -> Any:
    def declare(base: Any) -> Any:
        return type(
            "Article",
            (base,),
            {
                "__tablename__": "article",
                "__versioned__": {},
                "__module__": __name__,
                "id": mapped_column(Integer, primary_key=True),
                **columns,
            },
        )

    return declare


def name(**options: Any) -> Any:
    return mapped_column(String(50), **options)


def started(project: Project, **columns: Any) -> None:
    """Begin with a table and one row in it."""
    project.release(articles(name=name(), **columns))
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")


def story(project: Project, columns: str = "name") -> list[tuple[Any, ...]]:
    project.close()
    return project.rows(
        f"SELECT {columns}, operation_type FROM article_version ORDER BY id, transaction_id"
    )


def lines(source: str, *words: str) -> list[str]:
    """Return which of some words each line of an upgrade has, in order."""
    upgrade = source.partition("def upgrade")[2].partition("def downgrade")[0]
    return [word for line in upgrade.splitlines() for word in words if word in line]


def test_a_new_column_is_there_and_in_history_before_triggers_use_it(project: Project) -> None:
    started(project)
    project.release(articles(name=name(), text=mapped_column(Text)))
    source = project.migrate()
    tables = ["'article_version', s", "'article', s"]
    if project.database.engine_name == "postgresql":
        # In one transaction; the locks are taken in the order of those of a writer.
        tables.reverse()
    assert lines(source, *tables, "replace_version") == [*tables, "replace_version"]
    project.run("UPDATE article SET text = 'long'")
    assert story(project, "name, text") == [("a", None, 0), ("a", "long", 1)]

    project.release(articles(name=name()))
    project.downgrade()
    assert project.changes() == []
    project.run("UPDATE article SET name = 'b'")
    assert story(project) == [("a", 0), ("a", 1), ("b", 1)]


@pytest.mark.parametrize("strategy", ["validity", "subquery"])
def test_a_column_that_comes_with_values(project: Project, strategy: str) -> None:
    given = {"strategy": strategy}
    kind = mapped_column(String(10), nullable=False, server_default="b")
    project.release(articles(name=name(), __versioned__=given))
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'x'), (2, 'y'), (3, 'z')")
    project.run("UPDATE article SET name = 'X' WHERE id = 1")
    project.run("DELETE FROM article WHERE id = 3")
    project.release(articles(name=name(), kind=kind, __versioned__=given))
    project.migrate()
    assert project.world is not None
    assert not verify(project.engine, manager=project.world.manager).findings
    project.run("UPDATE article SET name = 'Y' WHERE id = 2")
    assert story(project, "id, name, kind") == [
        (1, "x", None, 0),
        (1, "X", "b", 1),
        (2, "y", "b", 0),
        (2, "Y", "b", 1),
        (3, "z", None, 0),
        (3, "z", None, 2),
    ]


def test_a_column_that_goes_stays_in_history(project: Project) -> None:
    started(project, text=mapped_column(Text))
    project.run("UPDATE article SET text = 'long'")
    project.release(articles(name=name()))
    source = project.migrate()
    assert lines(source, "'article_version', s", "'article', s", "replace_version") == [
        "replace_version",
        "'article', s",
    ]
    project.run("UPDATE article SET name = 'b'")
    assert story(project, "name, text") == [("a", None, 0), ("a", "long", 1), ("b", None, 1)]

    project.release(articles(name=name(), text=mapped_column(Text)))
    project.downgrade()
    assert project.changes() == []
    project.run("UPDATE article SET text = 'back'")
    assert story(project, "name, text")[-1] == ("b", "back", 1)


def test_a_column_that_comes_back_gets_its_values_from_history(
    project: Project,
) -> None:
    started(project, text=mapped_column(Text), kind=mapped_column(Enum("a", "b", name="kind_")))
    project.run(
        "UPDATE article SET text = 'long', kind = 'b'",
        "INSERT INTO article (id, name) VALUES (2, 'c')",
    )
    project.release(articles(name=name()))
    project.migrate()
    path = next(project.folder.glob("versions/0002_*.py"))
    source = path.read_text()
    start, mark, end = source.rpartition("    op.replace_version_triggers(")
    refill = "    op.refill_versioned_columns(versioned_article_before, ['text', 'kind'])\n"
    path.write_text(start + refill + mark + end)
    with (
        project.engine.connect() as connection,
        pytest.raises(ImproperlyConfigured, match="copy no column 'nothing' outside the key"),
    ):
        Operations(MigrationContext.configure(connection)).refill_versioned_columns(
            project.definitions()["article"], ["nothing"]
        )
    script = project.script("0002:0001", down=True)
    assert script.count("UPDATE ") >= 2  # one is Alembic's own

    project.release(
        articles(
            name=name(), text=mapped_column(Text), kind=mapped_column(Enum("a", "b", name="kind_"))
        )
    )
    versions = project.rows("SELECT count(*) FROM article_version")
    project.downgrade()
    assert project.changes() == []
    assert project.rows("SELECT text, kind FROM article ORDER BY id") == [
        ("long", "b"),
        (None, None),
    ]
    assert project.rows("SELECT count(*) FROM article_version") == versions
    assert project.world is not None
    report = verify(project.engine, manager=project.world.manager)
    assert not report.faults, str(report)


def test_a_column_goes_from_history_where_that_is_said(
    project: Project,
) -> None:
    started(project, text=mapped_column(Text))
    project.options["continuum_drop_columns"] = True
    project.release(articles(name=name()))
    source = project.migrate()
    assert lines(source, "'article_version', s", "'article', s", "replace_version") == [
        "replace_version",
        "'article', s",
        "'article_version', s",
    ]
    assert "text" not in project.columns("article_version")
    project.run("UPDATE article SET name = 'b'")
    assert story(project) == [("a", 0), ("b", 1)]

    project.release(articles(name=name(), text=mapped_column(Text)))
    project.downgrade()
    assert project.changes() == []
    project.run("UPDATE article SET text = 'back'")
    assert story(project, "name, text")[-1] == ("b", "back", 1)


def test_a_column_is_added_filled_and_made_not_null_in_one_migration(project: Project) -> None:
    started(project)
    project.release(articles(name=name(), slug=name(nullable=False)))
    source = project.revise()
    path = next(project.folder.glob("versions/0002_*.py"))
    fill = (
        "    article = sa.table('article', sa.column('slug'), sa.column('name', sa.String))\n"
        "    op.execute(article.update().values(slug='slug-' + article.c.name))\n"
    )
    finish = (
        "    with op.batch_alter_table('article') as batch_op:\n"
        "        batch_op.alter_column('slug', nullable=False, existing_type=sa.String(50))\n"
    )
    source = source.replace(
        "sa.Column('slug', sa.String(length=50), nullable=False)",
        "sa.Column('slug', sa.String(length=50), nullable=True)",
    )
    upgrade, end, rest = source.partition("    # ### end Alembic commands ###\n")
    path.write_text(upgrade + fill + finish + end + rest)
    project.upgrade()
    assert project.changes() == []
    project.run("UPDATE article SET name = 'b'")
    assert story(project, "name, slug") == [
        ("a", None, 0),
        ("a", "slug-a", 1),
        ("b", "slug-a", 1),
    ]


def test_a_changed_type_changes_in_history_too(project: Project) -> None:
    started(project, hits=mapped_column(Integer))
    project.run("UPDATE article SET hits = 5")
    project.release(articles(name=mapped_column(String(200)), hits=mapped_column(String(20))))
    if project.database.engine_name == "postgresql":
        project.revise()
        path = next(project.folder.glob("versions/0002_*.py"))
        # PostgreSQL wants to be told how an integer becomes a text and back.
        path.write_text(
            path.read_text()
            .replace(
                "type_=sa.String(length=20)",
                "type_=sa.String(length=20), postgresql_using='hits::text'",
            )
            .replace("type_=sa.INTEGER()", "type_=sa.Integer(), postgresql_using='hits::integer'")
        )
        project.upgrade()
        assert project.changes() == []
    else:
        project.migrate()
    project.run(f"UPDATE article SET name = '{'x' * 200}', hits = '6'")
    assert story(project, "hits") == [(None, 0), ("5", 1), ("6", 1)]

    project.run("UPDATE article SET name = 'b'", "UPDATE article_version SET name = 'b'")
    project.release(articles(name=name(), hits=mapped_column(Integer)))
    project.downgrade()
    assert project.changes() == []
    project.run("UPDATE article SET hits = 7")
    assert story(project, "hits")[-2:] == [(6, 1), (7, 1)]


@pytest.mark.engines("sqlite")
def test_a_failed_batch_leaves_the_triggers(project: Project) -> None:
    started(project)
    project.write(
        "with op.batch_alter_table('article', recreate='always') as batch_op:\n"
        "        batch_op.create_check_constraint('no_a', \"name <> 'a'\")"
    )
    with pytest.raises(Exception, match="no_a"):
        project.upgrade()
    project.run("UPDATE article SET name = 'b'")
    assert story(project) == [("a", 0), ("b", 1)]


@pytest.mark.engines("sqlite")
def test_a_batch_by_hand_keeps_triggers_and_history(project: Project) -> None:
    started(project)
    for table in ("article", "article_version", "transaction"):
        project.write(
            f"with op.batch_alter_table({table!r}, recreate='always') as batch_op:\n        pass"
        )
        project.upgrade()
        assert project.changes() == []
        project.run(f"UPDATE article SET name = '{table}'")
    assert story(project) == [("a", 0), ("article", 1), ("article_version", 1), ("transaction", 1)]


def test_a_renamed_column_takes_its_history_along(project: Project) -> None:
    started(project)
    project.release(articles(title=name()))
    source = project.revise()
    source = re.sub(r"    with op\.batch_alter_table.*\n(        .*\n)+", "", source)
    was, becomes = "versioned_article_before", "versioned_article"
    for old, new, names in (
        (was, becomes, {"name": "title"}),
        (becomes, was, {"title": "name"}),
    ):
        call = f"op.replace_version_triggers({old}, {new})"
        assert source.count(call) == 1
        source = source.replace(call, f"op.rename_versioned_column({old}, {new}, {names})")
    next(project.folder.glob("versions/0002_*.py")).write_text(source)
    project.upgrade()
    assert project.changes() == []
    project.run("UPDATE article SET title = 'b'")
    assert story(project, "title") == [("a", 0), ("b", 1)]

    project.release(articles(name=name()))
    project.downgrade()
    assert project.changes() == []
    project.run("UPDATE article SET name = 'c'")
    assert story(project) == [("a", 0), ("b", 1), ("c", 1)]


@pytest.mark.parametrize(
    "options", [{"flags": "columns"}, {"flags": "mask", "append_only": True}], ids=str
)
def test_marks_of_a_renamed_column_go_with_it(project: Project, options: Any) -> None:
    project.release(articles(name=name(), other=name()), options)
    project.migrate()
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')", "UPDATE article SET name = 'b'")
    old = project.definitions()["article"]
    project.release(articles(title=name(), other=name()), options)
    new = project.definitions()["article"]
    project.write(f"op.rename_versioned_column({old!r}, {new!r}, {{'name': 'title'}})")
    project.upgrade()
    assert project.changes() == []
    with Session(project.engine) as session:
        session.get_one(project.classes, 1).other = "c"
        session.commit()
        found = session.scalars(select(changed_columns(project.classes))).all()
    assert sorted(found) == [["id", "title", "other"], ["other"], ["title"]]


def test_a_rename_of_what_is_not_there_is_refused(project: Project) -> None:
    started(project)
    old = project.definitions()["article"]
    project.write(f"op.rename_versioned_column({old!r}, {old!r}, {{'name': 'title'}})")
    with pytest.raises(ImproperlyConfigured, match="'name' cannot be renamed to 'title'"):
        project.upgrade()


def test_migrations_may_write_to_tables_that_are_not_up_to_date(project: Project) -> None:
    started(project)
    project.write("op.execute(\"UPDATE article SET name = 'b'\")")
    project.release(articles(name=name(), text=mapped_column(Text)))
    new = project.definitions()["article"]
    column = "sa.Column('text', sa.Text())"
    project.write(
        f"op.add_column('article_version', {column})\n    op.add_column('article', {column})\n"
        f"    op.replace_version_triggers(None, {new!r})\n"
        "    op.execute(\"UPDATE article SET text = 'long'\")"
    )
    project.upgrade("+1")
    project.upgrade("+1")
    assert project.changes() == []
    assert story(project, "name, text") == [("a", None, 0), ("b", None, 1), ("b", "long", 1)]
