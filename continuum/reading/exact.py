"""Comparing stored values in SQL as the triggers do: byte by byte, and never NULL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BinaryExpression
from sqlalchemy import Boolean
from sqlalchemy import ColumnElement
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import Time
from sqlalchemy import Uuid
from sqlalchemy import and_
from sqlalchemy import cast
from sqlalchemy import literal
from sqlalchemy import types
from sqlalchemy.ext.compiler import compiles

from continuum.dialects.spec import storage_type


class _Comparison(BinaryExpression[bool]):
    """A test of two values that each database writes in its own way.

    Not a function, which SQLAlchemy takes for something to select from: it would stand in the way
    when the tables of a correlated subquery get other names.
    """

    inherit_cache = True

    def __init__(self, one: Any, other: Any, comparison: str | None = None) -> None:
        pair: Any = one.op("IS IDENTICAL TO", is_comparison=True)(other)
        # A modifier and no attribute, so that it counts for the statement cache.
        modifiers = {} if comparison is None else {"comparison": comparison}
        super().__init__(pair.left, pair.right, pair.operator, type_=Boolean(), modifiers=modifiers)


class Identical(_Comparison):
    """Two values of one column are stored in the same way, or both NULL.

    :param one: a value from a version table.
    :param other: another one of the same column.
    :param comparison: the user's own test of whether two values differ, as SQL with ``{old}`` and
        ``{new}``.
    """

    inherit_cache = True


class _SameText(_Comparison):
    """A text column holds a text, to the byte, whatever its collation."""

    inherit_cache = True


class _SameDocument(_Comparison):
    """A JSON column holds a document, however it is written."""

    inherit_cache = True


def holds(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    """Return the criterion for rows with a value in a column; never NULL.

    Texts are compared to the byte, JSON documents by content, everything else by ``=``.

    :param column: the column.
    :param value: a Python value, ``None`` for NULL, or an SQL expression.
    """
    if value is None:
        return column.is_(None)
    if isinstance(value, ColumnElement) or hasattr(value, "__clause_element__"):
        return Identical(column, value)
    bound = literal(value, column.type)
    stored = storage_type(column.type)
    test: ColumnElement[bool]
    if isinstance(stored, types.JSON):
        test = _SameDocument(column, bound)
    elif isinstance(stored, String):
        test = _SameText(column, bound)
    else:
        test = column == bound
    return and_(column.is_not(None), test)


def _operands(element: _Comparison, compiler: Any, options: Any) -> tuple[str, str]:
    return compiler.process(element.left, **options), compiler.process(element.right, **options)


def _custom(element: Identical, compiler: Any, options: Any) -> str | None:
    """Return the user's own test, turned round, if there is one."""
    comparison = element.modifiers.get("comparison")
    if comparison is None:
        return None
    old, new = _operands(element, compiler, options)
    test = compiler.escape_literal_column(comparison)
    test = test.replace("{old}", old).replace("{new}", new)
    return (
        f"(CASE WHEN {old} IS NULL AND {new} IS NULL THEN 1 WHEN {old} IS NULL OR {new} IS NULL"
        f" THEN 0 WHEN ({test}) THEN 0 ELSE 1 END = 1)"
    )


@compiles(Identical)
def _identical(element: Identical, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    return _custom(element, compiler, options) or f"({one} IS NOT DISTINCT FROM {other})"


@compiles(Identical, "postgresql")
def _identical_postgresql(element: Identical, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    custom = _custom(element, compiler, options)
    if custom is not None:
        return custom
    if isinstance(_type_of(element), (Integer, Uuid, Date, DateTime)):
        return f"({one} IS NOT DISTINCT FROM {other})"
    return f"(ROW({one})::record OPERATOR(pg_catalog.*=) ROW({other})::record)"


@compiles(Identical, "mysql")
@compiles(Identical, "mariadb")
def _identical_mysql(element: Identical, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    custom = _custom(element, compiler, options)
    if custom is not None:
        return custom
    stored = _type_of(element)
    as_bytes = f"CAST({one} AS BINARY) <=> CAST({other} AS BINARY)"
    if isinstance(stored, Float) or stored.__visit_name__ in ("REAL", "DOUBLE"):
        # As text a float loses digits, as a number it loses the sign of zero.
        return f"({one} <=> {other} AND {as_bytes})"
    exact = (Integer, Numeric, Boolean, Date, DateTime, Time)
    if isinstance(stored, exact) or stored.__visit_name__ in ("BIT", "YEAR"):
        return f"({one} <=> {other})"
    if isinstance(stored, types.JSON):
        # MySQL compares documents by value: 1 and 1.0 would be the same.
        one, other = f"CAST({one} AS CHAR)", f"CAST({other} AS CHAR)"
        return f"(CAST({one} AS BINARY) <=> CAST({other} AS BINARY))"
    return f"({as_bytes})"


@compiles(Identical, "sqlite")
def _identical_sqlite(element: Identical, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    return _custom(element, compiler, options) or (
        f"({one} COLLATE BINARY IS {other} AND typeof({one}) = typeof({other}))"
    )


def _type_of(element: Identical) -> types.TypeEngine[Any]:
    return storage_type(element.left.type)


@compiles(_SameText)
def _same_text(element: _SameText, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    return f"({one} = {other})"


@compiles(_SameText, "postgresql")
def _same_text_postgresql(element: _SameText, compiler: Any, **options: Any) -> str:
    one, other = (
        compiler.process(cast(each, Text), **options) for each in (element.left, element.right)
    )
    return f'({one} COLLATE "C" = {other})'


@compiles(_SameText, "mysql")
@compiles(_SameText, "mariadb")
def _same_text_mysql(element: _SameText, compiler: Any, **options: Any) -> str:
    # The column and the connection may have different character sets.
    one, other = (
        f"CAST(CONVERT({each} USING utf8mb4) AS BINARY)"
        for each in _operands(element, compiler, options)
    )
    return f"({one} = {other})"


@compiles(_SameText, "sqlite")
def _same_text_sqlite(element: _SameText, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    return f"({one} COLLATE BINARY = {other})"


@compiles(_SameDocument)
def _same_document(element: _SameDocument, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    return f"({one} = {other})"


@compiles(_SameDocument, "postgresql")
def _same_document_postgresql(element: _SameDocument, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    return f"(CAST({one} AS JSONB) = CAST({other} AS JSONB))"


@compiles(_SameDocument, "mysql")
@compiles(_SameDocument, "mariadb")
def _same_document_mysql(element: _SameDocument, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    if compiler.dialect.is_mariadb:
        return f"(JSON_COMPACT({one}) = JSON_COMPACT({other}))"
    return f"({one} = CAST({other} AS JSON))"


@compiles(_SameDocument, "sqlite")
def _same_document_sqlite(element: _SameDocument, compiler: Any, **options: Any) -> str:
    one, other = _operands(element, compiler, options)
    return f"(json({one}) = json({other}))"
