"""Tables in several schemas."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from migrations._support import Project


@pytest.fixture
def options() -> dict[str, Any]:
    return {"include_schemas": True}


def articles(schema: str, *columns: str) -> Any:
    def declare(base: Any) -> Any:
        return [
            type(
                f"Article{number}",
                (base,),
                {
                    "__tablename__": "article",
                    "__table_args__": {"schema": where},
                    "__versioned__": {},
                    "__module__": __name__,
                    "id": mapped_column(Integer, primary_key=True),
                    "name": mapped_column(String(50)),
                    **{column: mapped_column(String(50)) for column in columns},
                },
            )
            for number, where in enumerate((None, schema))
        ]

    return declare


def test_each_table_has_its_history_beside_it(project: Project, other_schema: str) -> None:
    only_ours(project, other_schema)
    project.release(articles(other_schema))
    source = project.migrate()
    assert f"'table': ['{other_schema}', 'article']" in source
    project.run(
        "INSERT INTO article (id, name) VALUES (1, 'here')",
        f"INSERT INTO {other_schema}.article (id, name) VALUES (1, 'there')",
    )
    project.release(articles(other_schema, "text"))
    project.migrate()
    project.run(f"UPDATE {other_schema}.article SET text = 'new'")
    read = "SELECT name, text FROM {}article_version ORDER BY transaction_id"
    assert project.rows(read.format("")) == [("here", None)]
    assert project.rows(read.format(f"{other_schema}.")) == [("there", None), ("there", "new")]

    project.release(articles(other_schema))
    project.downgrade()
    assert project.changes() == []
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}


def only_ours(project: Project, other_schema: str) -> None:
    """Leave out the schemas of others that the server may have."""
    project.options["include_name"] = lambda name, kind, parents: (
        kind != "schema" or name in (None, other_schema)
    )
