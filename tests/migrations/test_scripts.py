"""Migrations as scripts (``alembic upgrade --sql``), run by the database's own client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

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
