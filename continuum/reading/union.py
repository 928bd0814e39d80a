"""Versions of several classes by one query.

Each class is one SELECT of a UNION ALL.  Columns of one type share a place in the rows of the
result, so that the statement grows with the number of classes and not with its square; for the same
reason the rows are not the ORM's to read, and the objects are made of them here.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import cast
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlalchemy.types import TypeEngine
from sqlalchemy.types import UserDefinedType

from continuum.reading.layout import layout_of
from continuum.reading.subject import Subject
from continuum.schema.types import OperationType

Criteria = Callable[[Subject], Iterable[ColumnElement[bool]]]
"""From the rows of a class to what they have to fulfil."""

_CACHE = "_continuum_shape"

_MOST_CLASSES = 100
"""SELECTs of one UNION; SQLite takes 500."""


@dataclass(frozen=True, order=True)
class _Place:
    """A place in the rows; those of keys come first, in the order of the key.

    :param position: of a key column in the key.
    :param kind: names what may share the place.
    :param number: how many of this kind come before it.
    """

    value: bool
    position: int
    kind: str
    number: int


def versions_of_classes(
    session: Session,
    roots: Iterable[type[Any]],
    criteria: Criteria,
    *,
    limit: int | None = None,
) -> list[Any]:
    """Return the versions of several classes that fulfil criteria, by class and key.

    :param roots: version classes that inherit from no other.
    :param limit: at most so many of each 100 classes.

    Queries: one for each 100 classes.
    """
    chosen = list(roots)
    if session.autoflush:
        session.flush()
    found: list[Any] = []
    for start in range(0, len(chosen), _MOST_CLASSES):
        found += _versions(session, chosen[start : start + _MOST_CLASSES], criteria, limit)
    return found


def _versions(
    session: Session, roots: list[type[Any]], criteria: Criteria, limit: int | None
) -> Iterable[Any]:
    shapes = [_shape_of(root) for root in roots]
    types = {place: column.type for shape in shapes for place, column in shape.columns.items()}
    names = {place: f"value_{number}" for number, place in enumerate(sorted(types))}
    selects = [
        select(
            literal(number).label("kind"),
            *(
                shape.columns.get(place, _TypedNull(types[place])).label(name)
                for place, name in names.items()
            ),
        )
        .select_from(shape.selectable)
        .where(*criteria(Subject(roots[number], layout_of(roots[number]))))
        for number, shape in enumerate(shapes)
    ]
    order = ["kind", *(name for place, name in names.items() if not place.value)]
    statement = union_all(*selects) if len(selects) > 1 else selects[0]
    rows = session.execute(
        statement.order_by(*order).limit(limit), bind_arguments={"mapper": shapes[0].mapper}
    )
    for number, *values in rows.all():
        yield shapes[number].load(session, dict(zip(names, values, strict=True)))


class _Shape:
    """The rows of a version class, with those of all classes that inherit from it.

    :ivar selectable: the tables of all of them.
    :ivar columns: what is selected, by place.
    """

    def __init__(self, root: type[Any]) -> None:
        self.mapper: Mapper[Any] = inspect(root)
        self.selectable = self.mapper.selectable
        self.columns: dict[_Place, ColumnElement[Any]] = {}
        self._places: dict[Any, _Place] = {}
        self._attributes: dict[Mapper[Any], list[tuple[str, list[_Place]]]] = {}
        positions: dict[Any, int] = {
            item.version: position for position, item in enumerate(layout_of(root).key)
        }
        for column in self.selectable.c:
            self._add(column, positions.get(column))
        self._discriminator: Any = self.mapper.polymorphic_on
        if self._discriminator is not None and self._discriminator not in self._places:
            self._add(self._discriminator, None)

    def _add(self, column: ColumnElement[Any], position: int | None) -> None:
        """Give a column a place, the next one for its type."""
        kind = _kind(column)
        number = sum(place.value and place.kind == kind for place in self.columns)
        place = _Place(
            value=position is None,
            position=position or 0,
            kind=kind,
            number=number if position is None else 0,
        )
        self.columns[place] = column
        self._places[column] = place

    def load(self, session: Session, row: dict[_Place, Any]) -> Any:
        """Return the object of a row: the one that the session has, brought up to date."""
        mapper = self.mapper
        if self._discriminator is not None:
            mapper = mapper.polymorphic_map[row[self._places[self._discriminator]]]
        identity = mapper.identity_key_from_primary_key(
            tuple(row[self._places[column]] for column in mapper.primary_key)
        )
        version = session.identity_map.get(identity)
        known = version is not None
        if version is None:
            version = mapper.class_manager.new_instance()
        for name, places in self._attributes_of(mapper):
            value = next((row[place] for place in places if row[place] is not None), None)
            set_committed_value(version, name, value)
        if not known:
            make_transient_to_detached(version)
            session.add(version)
        return version

    def _attributes_of(self, mapper: Mapper[Any]) -> list[tuple[str, list[_Place]]]:
        """Return the attributes that a row has for objects of a class, with their places.

        An attribute may stand for a column of each level, of which one need not have a row.
        """
        found = self._attributes.get(mapper)
        if found is None:
            known = (
                (prop.key, [self._places[each] for each in prop.columns if each in self._places])
                for prop in mapper.column_attrs
            )
            found = self._attributes[mapper] = [(name, places) for name, places in known if places]
        return found


def _shape_of(root: type[Any]) -> _Shape:
    """Return the rows of a version class; made once, and again when a class inherits from it."""
    found: _Shape | None = root.__dict__.get(_CACHE)
    if found is None or found.selectable is not inspect(root).selectable:
        found = _Shape(root)
        setattr(root, _CACHE, found)
    return found


class _TypedNull(FunctionElement[Any]):
    """NULL in the place of a column, for databases that take the type of the first SELECT."""

    name = "continuum_null"
    inherit_cache = True

    def __init__(self, type_: TypeEngine[Any]) -> None:
        super().__init__(cast(null(), type_))
        self.type = type_


@compiles(_TypedNull)
def _plain_null(element: _TypedNull, compiler: Any, **_: Any) -> str:
    return "NULL"


@compiles(_TypedNull, "postgresql")
def _null_with_type(element: _TypedNull, compiler: Any, **options: Any) -> str:
    (typed,) = element.clauses
    written: str = compiler.process(typed, **options)
    return written


def _kind(column: ColumnElement[Any]) -> str:
    """Return a text that is the same for columns that may share a place.

    Types that convert values in their own way may hold what nobody else knows.
    """
    type_ = column.type
    if isinstance(type_, OperationType):
        return "operation"
    if isinstance(column, Column) and isinstance(type_, (TypeDecorator, UserDefinedType)):
        return f"{column.table} {column.name}"
    # Databases refuse to unite texts whose tables order them differently.
    settings = dict(column.table.dialect_kwargs) if isinstance(column, Column) else {}
    return f"{type(type_).__name__} {type_!r} {settings}"
