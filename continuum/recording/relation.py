"""Asking the database about values that Python holds: what an SQL expression makes of them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Integer
from sqlalchemy import Subquery
from sqlalchemy import Text
from sqlalchemy import Time
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import false
from sqlalchemy import literal_column
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Connection

from continuum.dialects.base import INTERNAL
from continuum.dialects.expressions import RowExpression
from continuum.dialects.spec import storage_type
from continuum.recording.fold import Image
from continuum.recording.images import Raw
from continuum.recording.images import chunks
from continuum.recording.images import is_plain

_VALUES = 5000
"""So many values go into one statement, at most."""

_ROWS = 200
"""So many rows: SQLite takes no more than 500 parts of a UNION."""

NUMBER = "continuum_number"
"""Name of the column with the position of a row."""


def relations(
    columns: Mapping[str, ColumnElement[Any]], rows: Sequence[Sequence[Any]], dialect: str
) -> Iterator[Subquery]:
    """Iterate over relations that hold rows of values, each with its position.

    :param columns: live columns, or other expressions, whose types, collations included, the
        values have; by the names that the values get.
    :param rows: values as the database gave them, or expressions for them.
    """
    kinds: list[ColumnElement[Any]] = [literal_column("0", Integer()).label(NUMBER)]
    kinds += [column.label(name) for name, column in columns.items()]
    # The columns of a UNION get their types and collations from its first part.
    template = select(*kinds).where(false())
    size = max(1, min(_ROWS, _VALUES // max(1, len(columns))))
    start = 0
    for some in chunks(rows, size):
        parts = [
            select(
                literal_column(str(number), Integer()),
                *(
                    _value(value, column, dialect)
                    for value, column in zip(row, columns.values(), strict=True)
                ),
            )
            for number, row in enumerate(some, start)
        ]
        yield union_all(template, *parts).subquery("continuum_rows")
        start += len(some)


def evaluate(
    connection: Connection,
    expression: RowExpression,
    columns: Sequence[Column[Any]],
    pairs: Sequence[tuple[Image | None, Image | None]],
) -> list[Any]:
    """Return what an expression makes of pairs of an old and a new row.

    :param columns: the live columns whose values the rows are, in this order.
    :param pairs: the rows; ``None`` for one that is not there.

    One query for at most 200 different pairs.
    """
    positions = {column.name: number for number, column in enumerate(columns)}
    needed = list(dict.fromkeys(expression.columns()))
    places = [(image == "old", positions[name]) for image, name in needed]
    rows = [
        tuple(
            None if (row := old if is_old else new) is None else row[position]
            for is_old, position in places
        )
        for old, new in pairs
    ]
    # 1 and 1.0 are one key of a dictionary, but not one value.
    keys = [(row, tuple(map(type, row))) for row in rows]
    distinct = list(dict.fromkeys(keys))
    names = {item: f"v{number}" for number, item in enumerate(needed)}
    typed = {names[image, name]: columns[positions[name]] for image, name in needed}
    found: dict[Any, Any] = {}

    def at(source: Subquery, image: str) -> Callable[[str], ColumnElement[Any]]:
        return lambda name: source.c[names[image, name]]

    for source in relations(typed, [row for row, _ in distinct], connection.dialect.name):
        value = expression.over(at(source, "new"), at(source, "old"))
        answer = connection.execute(
            select(source.c[NUMBER], value),
            execution_options={INTERNAL: True, "compiled_cache": None},
        )
        found.update((distinct[number], result) for number, result in answer.all())
    return [found[key] for key in keys]


def _value(value: Any, column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    if value is None:
        return null()
    if isinstance(value, ColumnElement):
        return value
    type_ = column.type
    if is_plain(type_):
        return bindparam(None, value, type_=type_, unique=True)
    if dialect == "postgresql":
        return cast(bindparam(None, value, type_=Text(), unique=True), type_)
    raw = bindparam(None, value, type_=Raw(), unique=True)
    if dialect in ("mysql", "mariadb"):
        # Drivers write these as text, which the column of the UNION would become as well.
        stored = storage_type(type_)
        if isinstance(stored, DateTime):
            return cast(raw, mysql.DATETIME(fsp=6))
        if isinstance(stored, Time):
            return cast(raw, mysql.TIME(fsp=6))
        if isinstance(stored, Date):
            return cast(raw, Date())
    return raw
