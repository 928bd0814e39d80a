"""What the version class of a model has in the place of the model's mapped attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column
from sqlalchemy.orm import ColumnProperty
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import column_property
from sqlalchemy.orm import composite
from sqlalchemy.orm import synonym
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import SelectBase

Copies = Mapping[Any, Column[Any]]
"""Version columns by live column, those of the root first."""


def version_properties(
    mapper: Mapper[Any], copies: Copies, inherited: Mapper[Any] | None
) -> dict[str, Any]:
    """Return the properties of a version mapper.

    :param mapper: mapper of the model.
    :param inherited: the version mapper that the new one inherits from.
    """
    above = set() if inherited is None else set(inherited.attrs.keys())
    properties: dict[str, Any] = {}
    for prop in mapper.column_attrs:
        copied = _column_attribute(prop, copies)
        if copied is not None and not (prop.key in above and _is_inherited(copied, inherited)):
            properties[prop.key] = copied
    known = above | properties.keys()
    for composed in mapper.composites:
        names = [part.key for part in composed.props]
        if composed.key not in above and known.issuperset(names):
            properties[composed.key] = composite(composed.composite_class, *names)
    for alias in mapper.synonyms:
        if alias.key not in above and alias.name in known:
            properties[alias.key] = synonym(alias.name)
    return properties


def adapted(expression: Any, copies: Copies) -> Any:
    """Return an expression over live columns as one over version columns."""
    if expression in copies:
        return copies[expression]

    def replace(element: Any, **_: Any) -> Any:
        return copies.get(element)

    return visitors.replacement_traverse(expression, {}, replace)


def is_adaptable(expression: Any, copies: Copies) -> bool:
    """Say whether an expression is about recorded columns of the row itself and nothing else.

    A query inside it would ask for live rows.
    """
    elements = list(visitors.iterate(expression))
    columns = [element for element in elements if isinstance(element, ColumnClause)]
    return not any(isinstance(element, SelectBase) for element in elements) and all(
        column in copies for column in columns if column.table is not None
    )


def _column_attribute(prop: ColumnProperty[Any], copies: Copies) -> ColumnProperty[Any] | None:
    # SQLAlchemy makes this one itself for an expression in polymorphic_on.
    if prop.key == "_sa_polymorphic_on":
        return None
    columns: list[Any] = [copies[column] for column in prop.columns if column in copies]
    expression = prop.columns[0]
    if not columns and not isinstance(expression, Column) and is_adaptable(expression, copies):
        columns = [adapted(expression, copies)]
    if not columns:
        return None
    if all(column.primary_key for column in columns):
        # The root has a row for each version; those below may be missing from old histories.
        columns.sort(key=list(copies.values()).index)
    made: ColumnProperty[Any] = column_property(*columns, deferred=prop.deferred, group=prop.group)
    return made


def _is_inherited(copied: ColumnProperty[Any], inherited: Mapper[Any] | None) -> bool:
    """Say whether an attribute has the same columns in the mapper that is inherited from."""
    if inherited is None:
        return False
    tables = set(inherited.tables)
    return all(getattr(column, "table", None) in tables for column in copied.columns)
