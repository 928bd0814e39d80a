"""Finding one version of an object by its place among the others.

PostgreSQL keeps plans that suit any value of a parameter.  Where few objects have most of the
versions it would take the index on transactions for such a plan, and read all of them to find one
of an object that has few.  So it is told to go through the key, to the very place and in its order:
after an equality the order by the key would not count.  And it is told in the text that one row is
enough: it takes an unknown number for a tenth of all, which is worth sorting them.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any
from typing import cast

from sqlalchemy import ClauseElement
from sqlalchemy import ColumnElement
from sqlalchemy import Integer
from sqlalchemy import and_
from sqlalchemy import literal
from sqlalchemy import literal_column
from sqlalchemy import tuple_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from continuum.reading.layout import Layout

ONE: ColumnElement[int] = literal_column("1", Integer)
"""The limit of a search for one version."""


class _Sought(FunctionElement[Any]):
    """A criterion in two forms: as everybody would write it, and for PostgreSQL."""

    inherit_cache = True
    name = "sought"
    # Not a truth value, which databases without such a type would compare with 1.
    type = NullType()


def seek(
    layout: Layout, key: Sequence[Any], compare: Any, number: Any, source: Any = None
) -> tuple[ColumnElement[bool], list[ColumnElement[Any]]]:
    """Return criterion and order for the versions of one entity, from one of them on.

    :param compare: ``operator.le``, ``lt``, ``ge`` or ``gt``: how transaction ids compare with
        ``number``; the first two give the newest version first.
    :param source: columns to look at instead of the version table's own, such as an alias's.
    """
    columns = [item.version for item in layout.key]
    column = layout.transaction_column
    if source is not None:
        columns, column = [source[item.key] for item in columns], source[column.key]
    down = compare in (operator.le, operator.lt)
    last, value = columns[-1], _typed(key[-1], columns[-1])
    placed = and_(
        *(column == value for column, value in zip(columns[:-1], key[:-1], strict=True)),
        compare(tuple_(last, column), tuple_(value, _typed(number, column))),
        last >= value if down else last <= value,
    )
    plain = and_(layout.has_key(key, source), compare(column, number))
    order = [item.desc() if down else item.asc() for item in (*columns, column)]
    return _Sought(plain, placed), order


def _typed(value: Any, column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(value, ClauseElement):
        # SQL of any kind can stand where a column can.
        return cast("ColumnElement[Any]", value)
    return literal(value, column.type)


@compiles(_Sought)
def _plain(element: _Sought, compiler: Any, **options: Any) -> str:
    plain, _ = element.clauses
    return f"({compiler.process(plain, **options)})"


@compiles(_Sought, "postgresql")
def _placed(element: _Sought, compiler: Any, **options: Any) -> str:
    _, placed = element.clauses
    return f"({compiler.process(placed, **options)})"
