"""Alembic's own operations on tables with a history."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from continuum.errors import ImproperlyConfigured
from migrations._support import Project

EXISTING = "existing_type=sa.Integer()"


def articles(**columns: Any) -> Any:
    def declare(base: Any) -> Any:
        return type(
            "Article",
            (base,),
            {
                "__tablename__": "article",
                "__versioned__": {"exclude": ["note"]},
                "__module__": __name__,
                "id": mapped_column(Integer, primary_key=True),
                "note": mapped_column(Integer),
                **columns,
            },
        )

    return declare


def started(project: Project, **columns: Any) -> dict[str, Any]:
    project.release(articles(**columns))
    project.migrate()
    project.run("INSERT INTO article (id) VALUES (1)")
    return project.definitions()["article"]


REFUSED = [
    (
        f"op.alter_column('article', 'name', new_column_name='title', {EXISTING})",
        r"'name' of article cannot be renamed.*\n.*op\.rename_versioned_column\(old, new, "
        r"\{'name': 'title'\}\)",
    ),
    (
        "with op.batch_alter_table('article') as batch:\n"
        f"        batch.alter_column('name', new_column_name='title', {EXISTING})",
        r"'name' of article cannot be renamed",
    ),
    (
        f"op.alter_column('article_version', 'name', new_column_name='title', {EXISTING})",
        r"'name' of article_version cannot .*the history of article",
    ),
    ("op.rename_table('article', 'post')", r"article cannot be renamed to 'post'.*\n.*_table\(old"),
    ("op.rename_table('article_version', 'post_version')", "article_version cannot be renamed"),
    ("op.rename_table('transaction', 'log')", "transaction cannot be renamed .*write down"),
    (
        "op.alter_column('transaction', 'issued_at', new_column_name='at')",
        "'issued_at' of transaction cannot be renamed",
    ),
]


# (What is known from migrations is the same on each engine.)
@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("operation", "reason"),
    REFUSED,
    ids=["column", "batch", "copy", "table", "versions", "log", "log column"],
)
def test_new_names_that_leave_history_behind_are_refused(
    project: Project, operation: str, reason: str
) -> None:
    started(project, name=mapped_column(Integer))
    project.write(operation)
    with pytest.raises(ImproperlyConfigured, match=reason):
        project.script("0001:0002")
    with pytest.raises(ImproperlyConfigured, match=reason):
        project.upgrade()
    assert project.changes() == []


def test_triggers_that_no_migration_made_are_seen_too(project: Project) -> None:
    project.release(articles(name=mapped_column(Integer))).create()
    project.write("op.rename_table('article', 'post')")
    with pytest.raises(ImproperlyConfigured, match="it is recorded by triggers"):
        project.upgrade()


# (Alembic cannot rename a table in another file of SQLite.)
@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_what_triggers_share_is_no_trigger_on_a_table_called_transaction(
    project: Project, other_schema: str
) -> None:
    project.release(articles(name=mapped_column(Integer))).create()
    preparer = project.engine.dialect.identifier_preparer
    business = f"{other_schema}.{preparer.quote_identifier('transaction')}"
    project.run(f"CREATE TABLE {business} (id INTEGER)")
    project.write(f"op.rename_table('transaction', 'payment', schema={other_schema!r})")
    project.upgrade()
    assert project.rows(f"SELECT id FROM {other_schema}.payment") == []


@pytest.mark.engines("sqlite")
def test_a_definition_that_cannot_be_read_is_in_nobody_elses_way(project: Project) -> None:
    definition = started(project, name=mapped_column(Integer))
    path = next(project.folder.glob("versions/0001_*.py"))
    newer = {**definition, "table": "other", "version_table": "other_version", "unheard": True}
    written = path.read_text()
    path.write_text(
        written.replace(
            "def upgrade():", f"def upgrade():\n    op.create_version_triggers({newer!r})"
        )
    )
    project.write("op.rename_table('plain', 'simple')")
    project.run("CREATE TABLE plain (id INTEGER)")
    project.upgrade()
    assert {"simple"} <= project.tables()
    project.write("op.rename_table('other_version', 'another')")
    with pytest.raises(ImproperlyConfigured, match="'unheard', which this version does not know"):
        project.upgrade()


def test_new_names_that_no_trigger_knows_are_left_to_alembic(project: Project) -> None:
    definition = started(project, name=mapped_column(Integer))
    batch = "with op.batch_alter_table({!r}) as batch:\n        batch.alter_column({})\n    "
    project.write(
        batch.format("article", f"'note', new_column_name='remark', {EXISTING}")
        + f"op.drop_version_triggers({definition!r})\n    "
        + batch.format("article", f"'name', new_column_name='title', {EXISTING}")
        + batch.format("article_version", f"'name', new_column_name='title', {EXISTING}")
        + "op.rename_table('article', 'post')\n    op.rename_table('article_version', 'story')"
    )
    project.upgrade()
    assert project.columns("post") == ["id", "remark", "title"]
    assert "title" in project.columns("story")


@pytest.mark.parametrize("recreate", ["auto", "always"])
def test_a_new_type_goes_to_history_too(project: Project, recreate: str) -> None:
    started(project, hits=mapped_column(Integer), name=mapped_column(String(5)))
    project.run("UPDATE article SET hits = 5")
    # PostgreSQL wants to be told how an integer becomes a text.
    postgresql = project.database.engine_name == "postgresql"
    told = ", postgresql_using='hits::text'" if postgresql else ""
    project.write(
        f"with op.batch_alter_table('article', recreate={recreate!r}) as batch:\n"
        f"        batch.alter_column('hits', type_=sa.String(20), {EXISTING}{told})\n"
        "        batch.alter_column('name', type_=sa.String(90), existing_type=sa.String(5))"
    )
    project.upgrade()
    long = "x" * 90
    project.release(articles(hits=mapped_column(String(20)), name=mapped_column(String(90))))
    left = [item for item in project.changes() if "version_triggers" not in str(item[0])]
    assert left == []
    project.migrate()
    project.run(f"UPDATE article SET hits = 'y', name = '{long}'")
    read = "SELECT hits, name FROM article_version ORDER BY transaction_id"
    assert project.rows(read) == [(None, None), ("5", None), ("y", long)]


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_a_type_that_changes_twice_in_a_script_is_changed_once(project: Project) -> None:
    started(project, name=mapped_column(String(5)))
    project.release(articles(name=mapped_column(String(90))))
    source = project.revise()
    assert source.count("type_=sa.String(length=90)") == 2
    script = project.script("0001:0002")
    assert len(re.findall(r"ALTER TABLE .*90", script)) == 2
    project.upgrade()
    assert project.changes() == []


@pytest.mark.engines("mariadb", "mysql")
def test_numbers_that_a_server_gives_stay_those_of_the_live_table(project: Project) -> None:
    started(project, name=mapped_column(Integer))
    kept = "existing_type=sa.Integer(), existing_nullable=False"
    project.write(
        f"op.alter_column('article', 'id', type_=sa.BigInteger(), autoincrement=True, {kept})"
    )
    project.upgrade()
    found = project.rows(
        "SELECT table_name, data_type, extra FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND column_name = 'id'"
        " AND table_name LIKE 'article%' ORDER BY table_name"
    )
    assert found == [("article", "bigint", "auto_increment"), ("article_version", "bigint", "")]


@pytest.mark.engines("postgresql")
def test_an_expression_is_not_used_where_history_has_another_name(project: Project) -> None:
    started(project, hits=mapped_column(Integer))
    path = next(project.folder.glob("versions/0001_*.py"))
    source = path.read_text()
    assert "'hits': 'Integer()'" in source
    other = "'hits': {'type': 'Integer()', 'history_name': 'clicks'}"
    path.write_text(source.replace("'hits': 'Integer()'", other))
    project.write(
        "op.alter_column('article', 'hits', type_=sa.String(9), postgresql_using='hits::text')"
    )
    with pytest.raises(ImproperlyConfigured, match="it is called 'clicks'"):
        project.upgrade()
