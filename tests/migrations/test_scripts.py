"""Migrations as scripts (``alembic upgrade --sql``), run by the database's own client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import text
from sqlalchemy.orm import mapped_column

from continuum.errors import ImproperlyConfigured
from migrations._support import Project


def articles(**columns: Any) -> Any:
    def declare(base: Any) -> Any:
        return type(
            "Article",
            (base,),
            {
                "__tablename__": "article",
                "__versioned__": {"flags": "mask"},
                "__module__": __name__,
                "id": mapped_column(Integer, primary_key=True),
                "name": mapped_column(String(50)),
                **columns,
            },
        )

    return declare


def test_scripts_do_what_migrations_do(project: Project, cli_client: Callable[[str], str]) -> None:
    project.release(articles())
    project.revise()
    project.run("DROP TABLE alembic_version")
    cli_client(project.script())
    assert project.changes() == []
    project.run("INSERT INTO article (id, name) VALUES (1, 'a')")

    project.release(articles(text=mapped_column(String(50))))
    project.revise()
    cli_client(project.script("0001:0002"))
    assert project.changes() == []
    project.run("UPDATE article SET text = 'b'")
    assert project.rows(
        "SELECT name, text, changed_mask FROM article_version ORDER BY transaction_id"
    ) == [("a", None, 1), ("a", "b", 2)]

    cli_client(project.script("0002:base", down=True))
    assert project.tables() <= {"alembic_version"}


def tables(*names: str) -> Any:
    def declare(base: Any) -> Any:
        return [
            type(
                name,
                (base,),
                {
                    "__tablename__": name,
                    "__versioned__": {},
                    "__module__": __name__,
                    "id": mapped_column(Integer, primary_key=True),
                    "name": mapped_column(String(50)),
                },
            )
            for name in names
        ]

    return declare


def invert(project: Project, first: str, second: str) -> None:
    """Let a transaction change a table, and then a row that a later one has changed before it."""
    engine = project.database.engine(isolation_level="READ COMMITTED")
    with engine.connect() as early, engine.connect() as late:
        early.execute(text(f"UPDATE {first} SET name = 'early' WHERE id = 1"))
        late.execute(text(f"UPDATE {second} SET name = 'late' WHERE id = 2"))
        late.commit()
        early.execute(text(f"UPDATE {second} SET name = 'early, too' WHERE id = 2"))
        early.commit()


# (On MySQL a script makes each statement of such a client a transaction.)
@pytest.mark.engines("postgresql", "mariadb")
def test_transactions_are_renumbered_in_tables_that_a_script_does_not_create(
    project: Project, cli_client: Callable[[str], str]
) -> None:
    project.release(tables("one"))
    project.migrate()
    project.release(tables("one", "two"))
    project.revise()
    cli_client(project.script("0001:0002"))
    project.close()
    for table in ("one", "two"):
        project.run(f"INSERT INTO {table} (id, name) VALUES (1, 'a'), (2, 'a')")
    ids = "SELECT transaction_id FROM {}_version WHERE name LIKE 'early%'"

    invert(project, "one", "two")
    assert project.rows(ids.format("one")) == project.rows(ids.format("two"))

    project.release(tables("two"))
    project.migrate()
    project.close()
    invert(project, "two", "two")
    assert project.rows(f"{ids.format('two')} GROUP BY transaction_id HAVING count(*) = 2")


@pytest.mark.engines("mariadb", "mysql")
def test_a_script_wants_to_know_its_database(project: Project) -> None:
    project.release(tables("one"))
    project.revise()
    env = project.folder / "env.py"
    env.write_text(env.read_text().replace("continuum_database=", "database="))
    with pytest.raises(ImproperlyConfigured, match=r"has to know the database .*\n.*configure"):
        project.script()
