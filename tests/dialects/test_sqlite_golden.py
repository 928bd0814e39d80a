"""The emitted text, to the letter.

``python tests/dialects/test_sqlite_golden.py`` writes the files anew; the difference is to be
read, and ``TEXT`` in ``dialects/sqlite.py`` raised when triggers made before would do something
else than these.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import JSON
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy.dialects import sqlite

from continuum.dialects.base import Server
from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import script
from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite import EMITTER

FOLDER = Path(__file__).parent / "golden"
SERVER = Server(
    (3, 35),
    "main",
    {"schemas": ("main", "live"), "with_rowid": frozenset(), "outdated": frozenset()},
)
WITH_ROWID = Server(
    (3, 40), "main", {"schemas": ("main",), "with_rowid": frozenset({("main", "article_version")})}
)

LOG = LogSpec(
    table=TableName("transaction", "main"),
    columns=(
        ContextColumn("actor", "user_id", BigInteger()),
        ContextColumn("meta", "meta", JSON()),
    ),
    row_columns=("issued_at", "user_id", "meta"),
)
ARTICLE = TriggerSpec(
    table=TableName("article", "main"),
    version_table=TableName("article_version", "main"),
    log=LOG,
    columns=(
        ColumnSpec("id", "id", Integer()),
        ColumnSpec("name", "name", String(200)),
    ),
    key=("id",),
)
EVERYTHING = TriggerSpec(
    table=TableName("A b%s", "live"),
    version_table=TableName('A "b"', "live"),
    log=replace(LOG, prefix="o'log"),
    columns=(
        ColumnSpec("k:1", "k:1", String(collation="NOCASE")),
        ColumnSpec("k2", "key2", Integer(), virtual=True),
        ColumnSpec("v'1", "v'1", JSON(), comparison="json({old}) IS NOT json({new})"),
        ColumnSpec("seen", "seen", Integer(), counts=False),
    ),
    key=("k:1", "k2"),
    transaction_column="from",
    end_column="to",
    operation_column="op",
    null_delete=True,
)
LINK = TriggerSpec(
    table=TableName("article_tag", "main"),
    version_table=TableName("article_tag_version", "main"),
    log=LOG,
    columns=(
        ColumnSpec("article_id", "article_id", Integer()),
        ColumnSpec("tag_id", "tag_id", Integer()),
    ),
    key=("article_id", "tag_id"),
    duplicates=True,
)

BASE = TriggerSpec(
    table=TableName("base", "main"),
    version_table=TableName("base_version", "main"),
    log=LOG,
    columns=(ColumnSpec("number", "number", Integer()), ColumnSpec("kind", "kind", String(20))),
    key=("number",),
)

IMAGE = RowImage("new", {"name": Column("name", String)})
NOTED = replace(
    ARTICLE,
    columns=(ARTICLE.columns[0], replace(ARTICLE.columns[1], flag="name_mod")),
    end_timestamp_column="ended_at",
    mask=MaskSpec("changed", TableName("transaction_mask", "main")),
    extra=(ExtraColumn("shout", RowExpression(func.upper(IMAGE.name))),),
    changes=ChangesSpec(
        TableName("transaction_changes", "main"),
        "transaction_id",
        "entity_name",
        RowExpression(literal("Article")),
    ),
)
SELECTED = replace(
    ARTICLE, operations=("insert", "update"), when=RowExpression(IMAGE.name != "it's")
)

KEPT = replace(ARTICLE, append_only=True, log=replace(ARTICLE.log, append_only=True))

CASES = {
    "kept": [
        *EMITTER.create_helpers(KEPT.log, [KEPT], SERVER),
        *EMITTER.create(KEPT, SERVER),
        *EMITTER.drop(KEPT, SERVER),
        *EMITTER.drop_helpers(KEPT.log, SERVER),
    ],
    "helpers": EMITTER.create_helpers(LOG, [ARTICLE], SERVER),
    "helpers_attached": EMITTER.create_helpers(EVERYTHING.log, [EVERYTHING], SERVER),
    "validity": EMITTER.create(ARTICLE, WITH_ROWID),
    "subquery": EMITTER.create(replace(ARTICLE, end_column=None), SERVER),
    "everything": EMITTER.create(EVERYTHING, SERVER),
    "links": EMITTER.create(LINK, SERVER),
    "root": EMITTER.create(replace(BASE, lower=(ARTICLE,)), SERVER),
    "lower": EMITTER.create(replace(ARTICLE, root=replace(BASE, lower=(ARTICLE,))), WITH_ROWID),
    "noted": EMITTER.create(NOTED, SERVER),
    "selected": EMITTER.create(SELECTED, SERVER),
    "drop": [*EMITTER.drop(EVERYTHING, SERVER), *EMITTER.drop_helpers(EVERYTHING.log, SERVER)],
}


def path(case: str) -> Path:
    return FOLDER / f"sqlite_{case}.sql"


@pytest.mark.parametrize("case", CASES)
def test_text(case: str) -> None:
    assert script(CASES[case]) == path(case).read_text(encoding="utf-8")


def test_no_file_without_a_case() -> None:
    assert {file.name for file in FOLDER.glob("sqlite_*.sql")} == {
        path(case).name for case in CASES
    }


def test_compiled_element_is_the_text_for_the_oldest_version() -> None:
    compiled = str(CreateTriggers(LINK).compile(dialect=sqlite.dialect()))
    assert compiled == script(CASES["links"])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, statements in CASES.items():
        path(name).write_text(script(statements), encoding="utf-8")
