"""Marks on selectables, and finding them in statements that the ORM is about to execute."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from sqlalchemy import ColumnClause
from sqlalchemy import FromClause
from sqlalchemy import Select
from sqlalchemy import TableClause
from sqlalchemy.sql.selectable import AliasedReturnsRows

_MARK = "_continuum_mark"


def mark(selectable: FromClause, value: Any) -> None:
    """Put a mark on a selectable; its aliases and copies have it too."""
    selectable.__dict__[_MARK] = value


def marks_in(statement: Any) -> set[Any]:
    """Return the marks on what a statement selects from, at any depth.

    Every statement of a Session passes here, so that tables and their columns are not walked
    through: an entity is known by the annotations of its columns.
    """
    found: set[Any] = set()
    _visit(statement, found)
    return found


def _visit(element: Any, found: set[Any]) -> None:
    entity = element._annotations.get("parententity")
    if entity is not None and entity.is_aliased_class:
        _visit_rows(entity.selectable, found)
    if isinstance(element, AliasedReturnsRows):
        _visit_rows(element, found)
    elif isinstance(element, Select):
        for each in _parts(element):
            _visit(each, found)
        for target, onclause, left, _ in element._setup_joins:
            for each in (target, onclause, left):
                if each is not None:
                    _visit_joined(each, found)
    elif not isinstance(element, (TableClause, ColumnClause)):
        for each in element.get_children():
            _visit(each, found)


def _parts(statement: Select[Any]) -> Iterable[Any]:
    return chain(
        statement._raw_columns,
        statement._from_obj,
        statement._where_criteria,
        statement._having_criteria,
        statement._order_by_clauses,
    )


def _visit_rows(rows: Any, found: set[Any]) -> None:
    own = rows.__dict__.get(_MARK)
    if own is not None:
        found.add(own)
    elif isinstance(rows, AliasedReturnsRows):
        _visit(rows.element, found)


def _visit_joined(element: Any, found: set[Any]) -> None:
    """Visit one part of ``join()``; a relationship is known by what it starts from."""
    parent = getattr(element, "parent", None)
    if parent is not None and getattr(parent, "is_aliased_class", False):
        _visit_rows(parent.selectable, found)
    of_type = getattr(element, "_of_type", None)
    if of_type is not None and of_type.is_aliased_class:
        _visit_rows(of_type.selectable, found)
    if parent is None:
        _visit(element, found)
