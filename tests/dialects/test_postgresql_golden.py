"""The emitted text, to the letter.

``python tests/dialects/test_postgresql_golden.py`` writes the files anew; the difference is to be
read, and ``FORMAT`` in ``dialects/spec.py`` raised when triggers made before would do something
else than these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import ARRAY
from sqlalchemy import JSON
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import literal
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.engine import Dialect

from continuum.dialects.base import Server
from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import script
from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.postgresql import EMITTER
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
SERVER = Server((15, 0), "public")

LOG = LogSpec(
    table=TableName("transaction", "public"),
    columns=(
        ContextColumn("actor", "user_id", BigInteger()),
        ContextColumn("remote_addr", "remote_addr", String(50)),
    ),
    row_columns=("issued_at", "user_id", "remote_addr"),
)
OTHER_LOG = LogSpec(
    table=TableName("o'log", "audit"),
    prefix="o'log",
    id="number",
    issued_at="at",
    columns=(
        ContextColumn("it's", 'co"l', String(50)),
        ContextColumn("meta", "meta", JSON()),
        ContextColumn("tags", "tags", ARRAY(String())),
        ContextColumn("amount", "amount", Numeric(10, 2)),
    ),
    row_columns=("at", 'co"l', "meta", "tags", "amount"),
    side_tables=(SideTable(TableName("transaction_meta", "audit"), ("transaction_id",)),),
)
ARTICLE = TriggerSpec(
    table=TableName("article", "public"),
    version_table=TableName("article_version", "public"),
    log=LOG,
    columns=(
        ColumnSpec("id", "id", Integer()),
        ColumnSpec("name", "name", String(200)),
        ColumnSpec("hits", "hits", Integer()),
    ),
    key=("id",),
)
EVERYTHING = TriggerSpec(
    table=TableName("A b%s", "live"),
    version_table=TableName("A b%s_history", "audit"),
    log=OTHER_LOG,
    columns=(
        ColumnSpec("k:1", "k:1", String()),
        ColumnSpec("k2", "key2", CITEXT()),
        ColumnSpec("v'1", "v'1", JSON()),
        ColumnSpec("place", "place", String(), comparison="NOT ({old} OPERATOR(gis.=) {new})"),
        ColumnSpec("seen", "seen", Integer(), counts=False),
    ),
    key=("k:1", "k2"),
    transaction_column="from",
    end_column="to",
    operation_column="op",
    null_delete=True,
)
LINK = TriggerSpec(
    table=TableName("article_tag", "public"),
    version_table=TableName("article_tag_version", "public"),
    log=LOG,
    columns=(
        ColumnSpec("article_id", "article_id", Integer()),
        ColumnSpec("tag_id", "tag_id", Integer()),
    ),
    key=("article_id", "tag_id"),
    duplicates=True,
)
BELOW = TriggerSpec(
    table=TableName("manager", "public"),
    version_table=TableName("manager_version", "public"),
    log=LOG,
    columns=(
        ColumnSpec("person id", "person id", Integer()),
        ColumnSpec("staff", "staff", Integer()),
    ),
    key=("person id",),
)
BESIDE = replace(
    BELOW,
    table=TableName("clerk", "public"),
    version_table=TableName("clerk_version", "public"),
)
ROOT = replace(ARTICLE, lower=(BELOW, BESIDE))
LIVE = Table(
    "article",
    MetaData(),
    Column("id", Integer),
    Column("name", String(200)),
    Column("hits", Integer),
)
OLD, NEW = RowImage("old", dict(LIVE.c)), RowImage("new", dict(LIVE.c))
ADDITIONS = replace(
    ARTICLE,
    columns=(*ARTICLE.columns[:2], replace(ARTICLE.columns[2], flag="hits_mod")),
    end_timestamp_column="ended_at",
    mask=MaskSpec("changed", TableName("transaction_mask", "public")),
    extra=(ExtraColumn("label", RowExpression(NEW.name + "'\\")),),
    changes=ChangesSpec(
        TableName("transaction_changes", "public"),
        "transaction_id",
        "entity_name",
        RowExpression(literal("Article")),
    ),
)
FILTERED = replace(
    ARTICLE,
    operations=("insert", "update"),
    when=RowExpression((NEW.name != "draft") | (OLD.name == "draft")),
)

KEPT = replace(ARTICLE, append_only=True, log=replace(LOG, append_only=True, protected=True))
CITED = replace(KEPT, columns=(*KEPT.columns, ColumnSpec("code", "code", CITEXT())), key=("code",))

CASES = {
    "kept": [
        *EMITTER.create_helpers(KEPT.log, [KEPT], SERVER),
        *EMITTER.create(KEPT, SERVER),
        *EMITTER.drop(KEPT, SERVER),
        *EMITTER.drop_helpers(KEPT.log, SERVER),
    ],
    "kept_foreign": EMITTER.create(CITED, SERVER),
    "helpers": EMITTER.create_helpers(LOG, [ARTICLE], SERVER),
    "helpers_other": EMITTER.create_helpers(OTHER_LOG, [EVERYTHING], SERVER),
    "helpers_error": EMITTER.create_helpers(replace(LOG, on_inversion="error"), [], SERVER),
    "validity": EMITTER.create(ARTICLE, SERVER),
    "subquery": EMITTER.create(replace(ARTICLE, end_column=None), SERVER),
    "everything": EMITTER.create(EVERYTHING, SERVER),
    "links": EMITTER.create(LINK, SERVER),
    "root": EMITTER.create(ROOT, SERVER),
    "below": EMITTER.create(replace(BELOW, root=ROOT), SERVER),
    "additions": EMITTER.create(ADDITIONS, SERVER),
    "filtered": EMITTER.create(FILTERED, SERVER),
    "statements": EMITTER.create(replace(ARTICLE, level="statement"), SERVER),
    "drop": [*EMITTER.drop(EVERYTHING, SERVER), *EMITTER.drop_helpers(OTHER_LOG, SERVER)],
}


def path(case: str) -> Path:
    return FOLDER / f"postgresql_{case}.sql"


@pytest.mark.parametrize("case", CASES)
def test_text(case: str) -> None:
    assert script(CASES[case]) == path(case).read_text(encoding="utf-8")


def test_no_file_without_a_case() -> None:
    assert {file.name for file in FOLDER.glob("postgresql_*.sql")} == {
        path(case).name for case in CASES
    }


def test_compiled_element_is_the_same_text() -> None:
    dialect: Callable[[], Dialect] = postgresql.dialect
    compiled = str(CreateTriggers(ARTICLE).compile(dialect=dialect()))
    assert compiled == script(CASES["validity"])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, statements in CASES.items():
        path(name).write_text(script(statements), encoding="utf-8")
