"""Versions of several classes by one query.

Each class is one SELECT of a UNION ALL.  A row of the result has the columns of all classes, of
which only those of its own class are filled, so that the ORM finds one object in it.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import cast
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.orm import with_polymorphic
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from continuum.reading.layout import layout_of
from continuum.reading.subject import Subject

Criteria = Callable[[Subject], Iterable[ColumnElement[bool]]]
"""From the rows of a class to what they have to fulfil."""

_MOST_COLUMNS = 800
"""Columns of one statement; databases take from 1,600."""

_MOST_CLASSES = 100
"""SELECTs of one UNION; SQLite takes 500."""


def versions_of_classes(
    session: Session, roots: Iterable[type[Any]], criteria: Criteria
) -> list[Any]:
    """Return the versions of several classes that fulfil criteria, by class and key.

    :param roots: version classes that inherit from no other.

    Queries: one; for more than 100 classes, or 800 columns, one for each so many.
    """
    found: list[Any] = []
    for part in _parts(roots):
        # A column of its own says nothing in Python: one object in each row is not None.
        for row in session.execute(_statement(part, criteria)):
            found.append(next(version for version in row if version is not None))
    return found


class TypedNull(FunctionElement[Any]):
    """NULL in the place of a column, for databases that take the type of the first SELECT."""

    name = "continuum_null"
    inherit_cache = True

    def __init__(self, type_: TypeEngine[Any]) -> None:
        super().__init__(cast(null(), type_))
        self.type = type_


@compiles(TypedNull)
def _plain_null(element: TypedNull, compiler: Any, **_: Any) -> str:
    return "NULL"


@compiles(TypedNull, "postgresql")
def _null_with_type(element: TypedNull, compiler: Any, **options: Any) -> str:
    (typed,) = element.clauses
    written: str = compiler.process(typed, **options)
    return written


def _parts(roots: Iterable[type[Any]]) -> Iterator[list[type[Any]]]:
    """Divide classes into groups that fit into one statement."""
    part: list[type[Any]] = []
    width = 0
    for root in roots:
        columns = len(inspect(_whole(root)).selectable.c)
        if part and (width + columns > _MOST_COLUMNS or len(part) == _MOST_CLASSES):
            yield part
            part, width = [], 0
        part.append(root)
        width += columns
    if part:
        yield part


def _whole(root: type[Any], source: Any = None) -> Any:
    """Return an entity with the columns of all classes that inherit from a version class.

    :param source: where to take them from, instead of from the version tables.
    """
    return with_polymorphic(root, "*", selectable=source if source is not None else False)


def _statement(roots: Sequence[type[Any]], criteria: Criteria) -> Select[Any]:
    wholes = [_whole(root) for root in roots]
    columns = [list(inspect(whole).selectable.c) for whole in wholes]
    selects = []
    for place, whole in enumerate(wholes):
        values = [
            (column if number == place else TypedNull(column.type)).label(f"c{number}_{position}")
            for number, group in enumerate(columns)
            for position, column in enumerate(group)
        ]
        selects.append(
            select(literal(place).label("continuum_class"), *values)
            .select_from(whole)
            .where(*criteria(Subject(whole, layout_of(roots[place]))))
        )
    source = (union_all(*selects) if len(selects) > 1 else selects[0]).subquery()
    entities = [_whole(root, source) for root in roots]
    keys = [
        getattr(entity, item.name)
        for root, entity in zip(roots, entities, strict=True)
        for item in layout_of(root).key
    ]
    found: Select[Any] = select(*entities).order_by(source.c.continuum_class, *keys)
    return found
