"""Definitions as plain data."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine
from sqlalchemy.types import UserDefinedType

from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import thaw
from continuum.alembic.expressions import freeze_expression
from continuum.alembic.expressions import thaw_expression
from continuum.alembic.types import freeze_type
from continuum.alembic.types import thaw_type
from continuum.dialects import ColumnSpec
from continuum.dialects import LogSpec
from continuum.dialects import TableName
from continuum.dialects import TriggerSpec
from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import RowImage
from continuum.dialects.spec import Cascade
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import fingerprint_of
from continuum.dialects.spec import type_name
from continuum.errors import ImproperlyConfigured


class Point(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "geometry(point)"


class Short(sa.String):
    """A string by another name."""


class Money(sa.TypeDecorator[Any]):
    impl = sa.Numeric(10, 2)
    cache_ok = True


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (sa.Integer(), "Integer()"),
        (sa.String(50, collation="NOCASE"), "String(length=50, collation='NOCASE')"),
        (sa.Numeric(10, 2), "Numeric(precision=10, scale=2)"),
        (sa.DateTime(timezone=True), "DateTime(timezone=True)"),
        (sa.Enum("a", "b", name="kind"), "Enum(name='kind')"),
        (sa.Enum("a", "b", native_enum=False), "Enum(native_enum=False)"),
        (postgresql.JSONB(), "postgresql.JSONB()"),
        (postgresql.ARRAY(sa.Integer()), "postgresql.ARRAY(item_type=Integer())"),
        (mysql.DATETIME(fsp=6), "mysql.DATETIME(fsp=6)"),
        (mysql.BIGINT(unsigned=True), "mysql.BIGINT(unsigned=True)"),
        (sa.PickleType(), "LargeBinary()"),
        (Money(), "Numeric(precision=10, scale=2)"),
        (Short(3), "custom.String(length=3)"),
        (Point(), "custom.UserDefinedType('geometry(point)')"),
    ],
)
def test_a_type_is_written_as_it_is_declared(type_: TypeEngine[Any], text: str) -> None:
    assert freeze_type(type_) == text
    thawed = thaw_type(text)
    assert type_name(thawed) == type_name(type_)
    assert freeze_type(thawed) == text


@pytest.mark.parametrize(
    "text",
    ["Integer", "Integer(", "Nothing()", "os.system('x')", "Column('a')", "open('x')", "1", ""],
)
def test_nothing_but_a_type_is_read_as_one(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="is not a type"):
        thaw_type(text)


def test_an_expression_keeps_its_text_for_each_dialect() -> None:
    columns = {
        name: sa.Column(name, sa.String(50)) for name in ("name", "a{b}", "per%cent", "co:lon")
    }
    new, old = RowImage("new", columns), RowImage("old", columns)
    condition = sa.and_(
        new["a{b}"] + "{x}" != old["name"], new["per%cent"].like("50%"), new["co:lon"].is_(None)
    )
    expression = RowExpression(condition)
    thawed = thaw_expression(freeze_expression(expression, "mysql"))

    assert thawed == expression
    assert set(thawed.columns()) == set(expression.columns())
    for dialect in ("mysql", "mariadb", "sqlite"):
        for image in (None, lambda name: f"OLD.[{name}]"):
            given: Any = {"old": image, "new": lambda name: f"NEW.[{name}]"}
            if dialect != "sqlite":
                assert thawed.render(dialect, **given) == expression.render(dialect, **given)
    assert "concat" in thawed.render("mariadb", old=str, new=str)


def test_a_definition_says_all_that_matters_and_no_more() -> None:
    log = LogSpec(
        TableName("transaction", "app"),
        side_tables=(SideTable(TableName("meta"), ("transaction_id",)),),
    )
    item = RowImage("new", {"id": sa.Column("id", sa.Integer)})["id"]
    root = TriggerSpec(
        table=TableName("animal"),
        version_table=TableName("animal_version"),
        log=log,
        columns=(ColumnSpec("id", "id", sa.Integer(), history_type=sa.Integer()),),
        key=("id",),
    )
    spec = TriggerSpec(
        table=TableName("dog", "app"),
        version_table=TableName("dog_history", "app"),
        log=log,
        columns=(
            ColumnSpec("id", "key", sa.Integer(), history_type=sa.Integer()),
            ColumnSpec("kind", "kind", sa.Enum("a"), history_type=sa.String(255), flag="kind_mod"),
            ColumnSpec("data", "data", sa.JSON(), counts=False, comparison="{old} <> {new}"),
        ),
        key=("id",),
        operations=("insert", "delete"),
        cascades=(Cascade(TableName("home"), TableName("dog"), (("home_id", "id"),), "CASCADE"),),
        root=root,
        when=RowExpression(item > 5),
        mask=MaskSpec("mask", TableName("catalog")),
        extra=(ExtraColumn("twice", RowExpression(item * 2)),),
    )
    definition = freeze(spec, "postgresql")

    assert definition["columns"] == {
        "id": {"type": "Integer()", "history_name": "key"},
        "kind": {"type": "Enum()", "history_type": "String(length=255)", "flag": "kind_mod"},
        "data": {
            "type": "JSON()",
            "history_type": None,
            "counts": False,
            "comparison": "{old} <> {new}",
        },
    }
    assert definition["when"] == "{new:id} > 5"
    assert definition["root"] == {
        "table": "animal",
        "version_table": "animal_version",
        "columns": {"id": "Integer()"},
        "key": ["id"],
    }
    thawed = thaw(ast.literal_eval(repr(definition)))
    assert thawed.fingerprint() == spec.fingerprint()
    assert freeze(thawed, "postgresql") == definition


def test_the_log_of_a_hierarchy_is_told_once() -> None:
    def level(name: str, **options: Any) -> TriggerSpec:
        return TriggerSpec(
            table=TableName(name),
            version_table=TableName(f"{name}_version"),
            log=LogSpec(TableName("transaction")),
            columns=(ColumnSpec("id", "id", sa.Integer(), history_type=sa.Integer()),),
            key=("id",),
            **options,
        )

    spec = level("dog", root=level("animal", lower=(level("dog"), level("cat"))))
    definition = freeze(spec, "sqlite")
    assert repr(definition).count("'transaction'") == 1
    assert thaw(definition).fingerprint() == spec.fingerprint()

    definition["root"]["lower"][0]["log"] = definition["log"]
    assert thaw(definition).fingerprint() == spec.fingerprint()


def test_the_order_of_columns_is_no_matter_of_fingerprints_but_that_of_a_key_is() -> None:
    columns = tuple(ColumnSpec(name, name, sa.Integer()) for name in ("a", "b", "c"))
    spec = TriggerSpec(
        table=TableName("article"),
        version_table=TableName("article_version"),
        log=LogSpec(TableName("transaction"), row_columns=("issued_at", "reason")),
        columns=columns,
        key=("a", "b"),
    )
    log = replace(spec.log, row_columns=("reason", "issued_at"))
    other = replace(spec, columns=columns[::-1], log=log)
    assert other.fingerprint() == spec.fingerprint()
    lower = [replace(spec, table=TableName(name)) for name in ("one", "two")]
    assert (
        replace(spec, lower=tuple(lower)).fingerprint()
        == replace(spec, lower=tuple(reversed(lower))).fingerprint()
    )
    assert replace(spec, key=("b", "a")).fingerprint() != spec.fingerprint()
    # The first column of a table beside the transaction table says to whom a row belongs.
    one, two = (
        replace(log, side_tables=(SideTable(TableName("links"), names),))
        for names in (("a", "b"), ("b", "a"))
    )
    assert fingerprint_of(one, ()) != fingerprint_of(two, ())
    assert replace(spec, columns=columns[:2]).fingerprint() != spec.fingerprint()


def test_a_definition_of_the_future_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="'colour', which this version does not know"):
        thaw({"table": "a", "colour": "red"})


def test_half_a_definition_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="of 'a' cannot be read"):
        thaw({"table": "a", "log": {"table": "transaction"}})
