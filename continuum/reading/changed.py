"""Criteria and columns about what a version changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import fields
from enum import Enum
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Dialect
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy import type_coerce
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.types import TypeDecorator

from continuum.errors import NotInHistory
from continuum.reading.exact import Identical
from continuum.reading.exact import holds
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reading.resolve import attribute_of
from continuum.reading.resolve import subject_of
from continuum.reading.subject import Subject
from continuum.schema.mask import bit_is_set
from continuum.schema.recorded import RecordedTable


class _Left(Enum):
    OUT = "left out"


_ANY: Any = _Left.OUT


@dataclass(frozen=True)
class _Part:
    """One column of what may have changed, with its values before and after, if they matter."""

    item: Item
    old: Any
    new: Any


def changed(attribute: Any, *, old: Any = _ANY, new: Any = _ANY) -> ColumnElement[bool]:
    """Return the criterion for versions that changed an attribute.

    A version changed an attribute when the row before it had another value, byte by byte and NULL
    being a value, or when there was no row before it: the first version of a row and the first
    after a DELETE changed everything.  A DELETE version has the last values, so that it changed
    only what the same transaction had set before.

    ``~changed(...)`` is the opposite.  With flags (the option ``flags``) they are asked, otherwise
    the version before is looked up by the primary key.

    :param attribute: of a model (``Article.name``; it then speaks of the rows of the version class
        itself), of a version class, or of an alias of one: a column, a composite, a synonym, or a
        many-to-one relationship, which stands for its foreign key.
    :param old: only changes from this value; ``None`` also where there was no row before.
    :param new: only changes to this value.
    :raises ClassNotVersioned: the attribute belongs to no versioned class.
    :raises NotInHistory: the attribute is not recorded.

    No queries.  Example::

        select(history(Article)).where(changed(Article.name, old="draft"))
    """
    subject, name = attribute_of(attribute)
    parts = list(_parts(subject.layout, name, old, new))
    tests = [_changed(subject, part) for part in parts]
    if old is _ANY and new is _ANY:
        return or_(*tests)
    # Of several columns that belong together at least one has to differ, and all have to agree.
    differs = or_(*(_changed(subject, _Part(part.item, _ANY, _ANY)) for part in parts))
    return and_(differs, *(_agrees(subject, part) for part in parts))


def changed_columns(entity: Any) -> ColumnElement[list[str]]:
    """Return a column with the names of the attributes that each version changed.

    In Python it is a list of names in the order of the columns, in SQL the text of a JSON array.
    It has a name when :func:`changed` is true of it.

    :param entity: a model, a version class, or an alias of one.
    :raises ClassNotVersioned: it is not versioned.

    No queries; the column looks up the version before by the primary key, unless there are flags.
    Example::

        select(ArticleVersion, changed_columns(Article)).where(ArticleVersion.id == 1)
    """
    subject = subject_of(entity)
    names: ColumnElement[str] = literal("", String)
    # Neighbours that are found in the same way are found together; the order stays.
    for (recorded, flagged), items in groupby(
        subject.layout.items, key=lambda item: _where(subject, item)
    ):
        found = _flagged_names if flagged else _compared_names
        some = found(subject, recorded, list(items))
        if recorded.root is not None:
            some = case((_is_own(subject, recorded), some), else_=literal("", String))
        names = names + some
    written = "[" + func.substr(names, 2, type_=String) + "]"
    # Always true: it brings the rows that are meant into the statement.
    return type_coerce(case((subject.transaction.is_not(None), written)), Names())


class Names(TypeDecorator[list[str]]):
    """Names, stored as the text of a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        """Write them."""
        return None if value is None else _written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        """Read them."""
        return None if value is None else list(json.loads(value))


def _written(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _parts(layout: Layout, name: str, old: Any, new: Any) -> Iterator[_Part]:
    """Return the recorded columns that an attribute stands for."""
    items = {item.name: item for item in layout.items}
    mapper = layout.model_mapper
    if name not in items and name in mapper.synonyms:
        name = mapper.synonyms[name].name
    if name in items:
        yield _Part(items[name], old, new)
    elif name in mapper.composites:
        for position, prop in enumerate(mapper.composites[name].props):
            yield _Part(items[prop.key], _component(old, position), _component(new, position))
    elif (
        name in mapper.relationships
        and mapper.relationships[name].direction is RelationshipDirection.MANYTOONE
    ):
        by_live: dict[Any, Item] = {item.live: item for item in layout.items}
        for local, remote in mapper.relationships[name].local_remote_pairs or ():
            if local not in by_live:
                raise _not_recorded(layout, name)
            yield _Part(by_live[local], _key(old, remote), _key(new, remote))
    else:
        raise _not_recorded(layout, name)


def _not_recorded(layout: Layout, name: str) -> NotInHistory:
    return NotInHistory(
        f"history does not hold {layout.model.__name__}.{name}",
        table=layout.recorded.table.fullname,
        column=name,
        hint=f"It holds {', '.join(layout.names)}.",
    )


def _component(value: Any, position: int) -> Any:
    if value is _ANY or value is None:
        return value
    if hasattr(value, "__composite_values__"):
        return value.__composite_values__()[position]
    return getattr(value, fields(value)[position].name)


def _key(value: Any, column: Any) -> Any:
    """Return the part of an object's key that a foreign key column refers to."""
    if value is _ANY or value is None:
        return value
    mapper = inspect(value).mapper
    return mapper.get_property_by_column(column).class_attribute.__get__(value, type(value))


def _agrees(subject: Subject, part: _Part) -> ColumnElement[bool]:
    """Return the criterion that a column went from the one value and to the other."""
    tests: list[ColumnElement[bool]] = []
    if part.new is not _ANY:
        tests.append(holds(subject.column(part.item.version), part.new))
    if part.old is not _ANY:
        before, criteria = subject.predecessor(subject.table_of(part.item.version))
        found = before.c[part.item.version.key]
        wanted = found.is_not(None) if part.old is None else holds(found, part.old)
        exists = select(literal(1)).where(*criteria, wanted).correlate_except(before).exists()
        # From nothing is also what was not there.
        tests.append(~exists if part.old is None else exists)
    return and_(true(), *tests)


def _changed(subject: Subject, part: _Part) -> ColumnElement[bool]:
    """Return the criterion that a column changed."""
    recorded = subject.table_of(part.item.version)
    flag = _flag(subject, recorded, part.item)
    if flag is None:
        before, criteria = subject.predecessor(recorded)
        same = _identical(subject, recorded, part.item, before)
        exists = select(literal(1)).where(*criteria, same).correlate_except(before).exists()
        # The first is always true: it brings the rows that are meant into the statement.
        flag = and_(subject.transaction.is_not(None), ~exists)
    return _at_this_level(subject, recorded, flag)


def _at_this_level(
    subject: Subject, recorded: RecordedTable, test: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return a test limited to versions that the table of a lower level took part in."""
    return test if recorded.root is None else and_(_is_own(subject, recorded), test)


def _is_own(subject: Subject, recorded: RecordedTable) -> ColumnElement[bool]:
    """Return the criterion that the row of a lower level was written with the version."""
    own: ColumnElement[bool] = subject.column(recorded.transaction_column) == subject.transaction
    return own


def _flag(subject: Subject, recorded: RecordedTable, item: Item) -> ColumnElement[bool] | None:
    """Return what the flag of a column says, if there is one."""
    for column in recorded.columns:
        if column.version is item.version and column.flag is not None:
            flagged: ColumnElement[bool] = subject.column(column.flag).is_(true())
            return flagged
    mask = recorded.mask_column
    if mask is None or item.live in recorded.key:
        return None
    return bit_is_set(recorded, item.live, subject.column(mask))


def _identical(
    subject: Subject, recorded: RecordedTable, item: Item, before: Any
) -> ColumnElement[bool]:
    return Identical(
        before.c[item.version.key],
        subject.column(item.version),
        recorded.comparison_of(item.live),
    )


def _where(subject: Subject, item: Item) -> tuple[RecordedTable, bool]:
    """Return the table of a column, and whether it has a flag."""
    recorded = subject.table_of(item.version)
    return recorded, _flag(subject, recorded, item) is not None


def _flagged_names(
    subject: Subject, recorded: RecordedTable, items: list[Item]
) -> ColumnElement[str]:
    """Return the names of columns that have their flag set, each after a comma."""
    names: ColumnElement[str] = literal("", String)
    for item in items:
        flag = _flag(subject, recorded, item)
        assert flag is not None
        names = names + case((flag, _named(item)), else_=literal("", String))
    return names


def _compared_names(
    subject: Subject, recorded: RecordedTable, items: list[Item]
) -> ColumnElement[str]:
    """Return the names of columns that the version before has otherwise, each after a comma."""
    before, criteria = subject.predecessor(recorded)
    names: ColumnElement[str] = literal("", String)
    for item in items:
        same = _identical(subject, recorded, item, before)
        names = names + case((same, literal("", String)), else_=_named(item))
    lookup = select(names).where(*criteria).correlate_except(before).scalar_subquery()
    everything = literal("".join(_name(item) for item in items), String)
    return func.coalesce(lookup, everything, type_=String)


def _name(item: Item) -> str:
    return "," + _written(item.name)


def _named(item: Item) -> ColumnElement[str]:
    return literal(_name(item), String)
