"""Marks on selectables, and finding them in statements that the ORM is about to execute."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from sqlalchemy import ColumnClause
from sqlalchemy import FromClause
from sqlalchemy import Select
from sqlalchemy import TableClause
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.lambdas import LambdaElement
from sqlalchemy.sql.selectable import AliasedReturnsRows

from continuum.errors import UnboundPoint

_MARK = "_continuum_mark"


def mark(selectable: FromClause, value: Any) -> None:
    """Put a mark on a selectable; its aliases and copies have it too."""
    selectable.__dict__[_MARK] = value


def marks_in(statement: Any) -> set[Any]:
    """Return the marks on what a statement selects from, at any depth.

    Every statement of a Session passes here, so that tables and their columns are not walked
    through: an entity is known by the annotations of its columns.

    :raises UnboundPoint: something marked stands in a lambda.
    """
    search = _Search()
    search.visit(statement)
    return search.found


class _Search:
    """A walk through one statement."""

    def __init__(self) -> None:
        self.found: set[Any] = set()
        self._known: set[Any] = set()

    def visit(self, element: Any) -> None:
        """Look at an element and at what it is made of."""
        entity = element._annotations.get("parententity")
        if entity is not None:
            self._visit_entity(entity)
        if isinstance(element, AliasedReturnsRows):
            self._visit_rows(element)
        elif isinstance(element, Select):
            for each in _parts(element):
                self.visit(each)
            for target, onclause, left, _ in element._setup_joins:
                for each in (target, onclause, left):
                    if each is not None:
                        self._visit_joined(each)
        elif isinstance(element, ColumnClause):
            if isinstance(element.table, AliasedReturnsRows):
                self._visit_rows(element.table)
        elif isinstance(element, LambdaElement):
            self._visit_lambda(element)
        elif not isinstance(element, TableClause):
            for each in element.get_children():
                self.visit(each)

    def _visit_lambda(self, element: Any) -> None:
        """Look at what a lambda has returned: the first time, not necessarily this time."""
        inside = _Search()
        for each in element.get_children():
            inside.visit(each)
        if inside.found:
            raise UnboundPoint(
                "as_of() is used in a lambda, of which SQLAlchemy keeps what it returned first: "
                "every later point would give what was found at the first one",
                hint="Write the statement without lambda_stmt() and lambdas; SQLAlchemy caches "
                "its SQL just the same, for all points together.",
            )

    def _visit_entity(self, entity: Any) -> None:
        if entity.is_aliased_class:
            self._visit_rows(entity.selectable)

    def _visit_rows(self, rows: Any) -> None:
        if rows in self._known:
            return
        self._known.add(rows)
        own = rows.__dict__.get(_MARK)
        if own is not None:
            self.found.add(own)
        elif isinstance(rows, AliasedReturnsRows):
            self.visit(rows.element)

    def _visit_joined(self, element: Any) -> None:
        """Visit one part of ``join()``; a relationship is known by what it starts from."""
        if not isinstance(element, QueryableAttribute):
            self.visit(element)
            return
        self._visit_entity(element.parent)
        if element._of_type is not None:
            self._visit_entity(element._of_type)


def _parts(statement: Select[Any]) -> Iterable[Any]:
    return chain(
        statement._raw_columns,
        statement._from_obj,
        statement._where_criteria,
        statement._having_criteria,
        statement._order_by_clauses,
    )
