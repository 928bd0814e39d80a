"""The emitted text, to the letter.

``python tests/dialects/test_mysql_golden.py`` writes the files anew; the difference is to be read,
and ``FORMAT`` in ``dialects/spec.py`` raised when triggers made before would do something else than
these.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import JSON
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import DateTime
from sqlalchemy import Enum
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy.dialects.mysql.base import MySQLDialect

from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import script
from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.mysql import EMITTER
from continuum.dialects.spec import Cascade
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec

FOLDER = Path(__file__).parent / "golden"

MYSQL = EMITTER.offline_server(MySQLDialect())
MARIADB = EMITTER.offline_server(MySQLDialect(is_mariadb=True))
ONLINE = replace(MYSQL, facts={**MYSQL.facts, "online": True, "identity": "performance_schema"})

LOG = LogSpec(
    TableName("transaction", "shop"),
    columns=(
        ContextColumn("user_id", "user_id", BigInteger()),
        ContextColumn("meta", "meta", JSON()),
    ),
    row_columns=("issued_at", "user_id", "meta"),
    side_tables=(SideTable(TableName("transaction_changes", "shop"), ("transaction_id",)),),
)
ARTICLE = TriggerSpec(
    TableName("article", "shop"),
    TableName("article_version", "shop"),
    LOG,
    (ColumnSpec("id", "id", Integer()), ColumnSpec("name", "name", String(50))),
    ("id",),
    generated_key=True,
)
EVERYTHING = TriggerSpec(
    TableName("it's `all`", "elsewhere"),
    TableName("history", "archive"),
    LOG,
    (
        ColumnSpec("code", "old code", String(10)),
        ColumnSpec("number", "number", Integer()),
        ColumnSpec("price", "price", Numeric(10, 2)),
        ColumnSpec("weight", "weight", Float()),
        ColumnSpec("data", "data", JSON()),
        ColumnSpec("image", "image", LargeBinary()),
        ColumnSpec("kind", "kind", Enum("a", "b")),
        ColumnSpec("seen", "seen", DateTime(), counts=False),
        ColumnSpec("own", "own", String(5), comparison="SOUNDEX({old}) <> SOUNDEX({new})"),
    ),
    ("code", "number"),
    transaction_column="tx",
    end_column="until",
    operation_column="what",
    null_delete=True,
    cascades=(
        Cascade(
            TableName("parent", "elsewhere"),
            TableName("it's `all`", "elsewhere"),
            (("number", "id"),),
            on_delete="CASCADE",
        ),
    ),
)
LINK = TriggerSpec(
    TableName("link", "shop"),
    TableName("link_version", "shop"),
    LOG,
    (ColumnSpec("one", "one", Integer()), ColumnSpec("two", "two", Integer())),
    ("one", "two"),
    duplicates=True,
)
DOG = TriggerSpec(
    TableName("dog", "shop"),
    TableName("dog_version", "archive"),
    LOG,
    (ColumnSpec("dog_id", "dog_id", Integer()), ColumnSpec("note", "note", String(50))),
    ("dog_id",),
)
ANIMAL = replace(ARTICLE, lower=(DOG, replace(DOG, table=TableName("cat", "shop"))))
LEVEL = replace(DOG, root=ANIMAL)
NEW = RowImage("new", {"name": Column("name", String(50))})
SELECTIVE = replace(
    ARTICLE,
    operations=("insert", "update"),
    when=RowExpression(NEW.name != "it's \\ draft"),
)
TRACKED = replace(
    ARTICLE,
    columns=(ARTICLE.columns[0], replace(ARTICLE.columns[1], flag="name_mod")),
    end_timestamp_column="ended at",
    mask=MaskSpec("mask", TableName("transaction_mask", "shop")),
    extra=(ExtraColumn("shout", RowExpression(func.upper(NEW.name))),),
    changes=ChangesSpec(
        TableName("transaction_changes", "shop"),
        "transaction_id",
        "entity_name",
        RowExpression(literal("Größe")),
    ),
)
SPECS = [ARTICLE, EVERYTHING, LINK]

KEPT = replace(
    ARTICLE, append_only=True, log=replace(ARTICLE.log, append_only=True, protected=True)
)

CASES = {
    "mariadb_kept": [
        *EMITTER.create_helpers(KEPT.log, [KEPT], MARIADB),
        *EMITTER.create(KEPT, MARIADB),
        *EMITTER.drop(KEPT, MARIADB),
        *EMITTER.drop_helpers(KEPT.log, MARIADB),
    ],
    "mysql_kept": EMITTER.create(KEPT, MYSQL),
    "mariadb_helpers": EMITTER.create_helpers(LOG, SPECS, MARIADB),
    "mariadb_validity": EMITTER.create(ARTICLE, MARIADB),
    "mariadb_subquery": EMITTER.create(replace(ARTICLE, end_column=None), MARIADB),
    "mariadb_everything": EMITTER.create(EVERYTHING, MARIADB),
    "mariadb_links": EMITTER.create(LINK, MARIADB),
    "mariadb_drop": [*EMITTER.drop(EVERYTHING, MARIADB), *EMITTER.drop_helpers(LOG, MARIADB)],
    "mariadb_root": EMITTER.create(ANIMAL, MARIADB),
    "mariadb_level": EMITTER.create(LEVEL, MARIADB),
    "mariadb_level_subquery": EMITTER.create(
        replace(LEVEL, end_column=None, root=replace(ANIMAL, end_column=None)), MARIADB
    ),
    "mariadb_selective": EMITTER.create(SELECTIVE, MARIADB),
    "mariadb_tracked": EMITTER.create(TRACKED, MARIADB),
    "mysql_tracked": [*EMITTER.create(TRACKED, ONLINE), *EMITTER.drop(TRACKED, ONLINE)],
    "mysql_helpers": EMITTER.create_helpers(LOG, SPECS, ONLINE),
    "mysql_helpers_error": EMITTER.create_helpers(
        replace(LOG, on_inversion="error"), [ARTICLE], MYSQL
    ),
    "mysql_validity": EMITTER.create(ARTICLE, ONLINE),
    "mysql_offline": EMITTER.create(ARTICLE, MYSQL),
}


def path(case: str) -> Path:
    return FOLDER / f"{case}.sql"


@pytest.mark.parametrize("case", CASES)
def test_text(case: str) -> None:
    assert script(CASES[case]) == path(case).read_text(encoding="utf-8")


def test_no_file_without_a_case() -> None:
    files = [*FOLDER.glob("mysql_*.sql"), *FOLDER.glob("mariadb_*.sql")]
    assert {file.name for file in files} == {path(case).name for case in CASES}


def test_compiled_element_is_the_same_text() -> None:
    compiled = str(CreateTriggers(ARTICLE).compile(dialect=MySQLDialect()))
    assert compiled == script(CASES["mysql_offline"])


@pytest.mark.parametrize("case", CASES)
def test_text_means_the_same_under_every_mode(case: str) -> None:
    text = re.sub(r"`(?:[^`]|``)*`", "name", script(CASES[case]))
    assert "||" not in text
    assert "\\" not in text
    # Double quotes stand inside literals only: after an even number of single quotes there is none.
    assert all('"' not in part for part in text.split("'")[::2])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, statements in CASES.items():
        path(name).write_text(script(statements), encoding="utf-8")
