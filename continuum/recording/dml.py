"""What an INSERT, UPDATE or DELETE says about the rows that it is going to change."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from enum import Enum
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Insert
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy import Update
from sqlalchemy import inspect
from sqlalchemy.sql import operators
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.elements import Grouping

Key = tuple[Any, ...]


class Given(Enum):
    """What is known of a value before a statement runs."""

    ABSENT = "the statement does not mention the column"
    UNKNOWN = "the database computes it"


def parameter_sets(multiparams: Any, params: Any) -> list[Mapping[str, Any]]:
    """Return the parameter sets of an execution, as the events of a Connection hand them over."""
    if multiparams:
        return list(multiparams)
    return [params or {}]


def target(statement: UpdateBase) -> Table | None:
    """Return the table that a statement changes, ``None`` when it is not a plain table.

    A bulk statement about a class that spans several tables is executed once for each of them.
    """
    notes = statement._annotations
    table: Any = notes.get("_emit_insert_table", notes.get("_emit_update_table", statement.table))
    return table if isinstance(table, Table) else None


def assigned(statement: Insert | Update, table: Table) -> dict[Column[Any], Any]:
    """Return what ``values()`` of a statement says, by column."""
    given: dict[Any, Any] = dict(statement._values or {})
    given.update(getattr(statement, "_ordered_values", None) or ())
    return {
        column: value
        for key, value in given.items()
        if (column := _column(statement, table, key)) is not None
    }


def foreign_assignments(statement: Update, table: Table) -> Iterator[Table]:
    """Iterate over other tables that a multiple-table UPDATE changes."""
    given: dict[Any, Any] = dict(statement._values or {})
    given.update(getattr(statement, "_ordered_values", None) or ())
    for key in given:
        other = getattr(key, "table", None)
        if isinstance(other, Table) and hash(other) != hash(table):
            yield other


def given_value(
    values: Mapping[Column[Any], Any], column: Column[Any], parameters: Mapping[str, Any]
) -> Any:
    """Return the value that a statement gives to a column, or what is known about it.

    :param values: what ``values()`` says, see :func:`assigned`.
    :param parameters: one parameter set.
    """
    if column in values:
        return plain_value(values[column], parameters)
    for name in (column.key, column.name):
        if name in parameters:
            return plain_value(parameters[name], parameters)
    return Given.ABSENT


def plain_value(value: Any, parameters: Mapping[str, Any]) -> Any:
    """Return the value of a bound parameter or of a literal; an expression is unknown."""
    if isinstance(value, BindParameter):
        if value.key in parameters:
            return parameters[value.key]
        return Given.UNKNOWN if value.required else value.effective_value
    if isinstance(value, ColumnElement) or hasattr(value, "__clause_element__"):
        return Given.UNKNOWN
    return value


def rows_of(insert: Insert, table: Table) -> list[dict[Column[Any], Any]] | None:
    """Return the rows of ``values([{...}, {...}])``, ``None`` for an INSERT of another form."""
    if not insert._multi_values:
        return None
    rows = []
    for block in insert._multi_values:
        for row in block:
            if isinstance(row, Mapping):
                pairs = row.items()
            else:
                pairs = zip(table.columns, row, strict=False)  # type: ignore[assignment]
            rows.append(
                {
                    column: value
                    for key, value in pairs
                    if (column := _column(insert, table, key)) is not None
                }
            )
    return rows


def conflicting(insert: Insert) -> bool:
    """Say whether an INSERT may change or skip rows instead of failing."""
    return insert._post_values_clause is not None or bool(_prefixes(insert) & _CONFLICT_WORDS)


def moved_by_conflict(insert: Insert, key: Sequence[Column[Any]]) -> Column[Any] | None:
    """Return a key column that an upsert sets to something else than the new row's own value."""
    clause = insert._post_values_clause
    assigned: Any = getattr(clause, "update_values_to_set", None) or getattr(clause, "update", None)
    pairs = assigned.items() if isinstance(assigned, Mapping) else assigned or ()
    for name, value in pairs:
        for column in key:
            if name in (column.name, column.key) or name is column:
                proposed = getattr(value, "name", None) == column.name
                if not proposed or value.table is column.table:
                    return column
    return None


def has_unique_expression(table: Table) -> bool:
    """Say whether a unique index stands on something else than columns."""
    return any(
        index.unique and not all(isinstance(part, Column) for part in index.expressions)
        for index in table.indexes
    )


def replacing(statement: UpdateBase) -> bool:
    """Say whether a statement deletes rows that are in its way."""
    return "REPLACE" in _prefixes(statement)


_CONFLICT_WORDS = frozenset({"REPLACE", "IGNORE"})


def _prefixes(statement: Any) -> set[str]:
    return {
        word
        for prefix, _ in getattr(statement, "_prefixes", ())
        for word in str(prefix).upper().split()
    }


def unique_columns(table: Table, key: Sequence[Column[Any]]) -> list[tuple[Column[Any], ...]]:
    """Return the sets of columns in which two rows cannot agree, the key first."""
    found = [tuple(key), tuple(table.primary_key.columns)]
    found += [
        tuple(item.columns) for item in table.constraints if isinstance(item, UniqueConstraint)
    ]
    found += [tuple(index.columns) for index in table.indexes if index.unique]
    return [columns for columns in dict.fromkeys(found) if columns]


def keys_named(
    criterion: ColumnElement[bool] | None,
    columns: Sequence[Column[Any]],
    parameters: Sequence[Mapping[str, Any]],
) -> list[Key] | None:
    """Return the values that a criterion demands of columns, for each parameter set.

    Further conditions beside them can only exclude rows.  ``None``: it does not name values.
    """
    demanded: dict[Column[Any], Any] = {}
    for part in _conjuncts(criterion):
        if not isinstance(part, BinaryExpression) or part.operator is not operators.eq:
            continue
        left, right = part.left, part.right
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Column) and isinstance(other, BindParameter):
                for column in columns:
                    if side is column or hash(side) == hash(column):
                        demanded[column] = other
    if any(column not in demanded for column in columns):
        return None
    keys = []
    for values in parameters:
        key = tuple(plain_value(demanded[column], values) for column in columns)
        if any(part is Given.UNKNOWN for part in key):
            return None
        keys.append(key)
    return keys


def _conjuncts(criterion: Any) -> Iterator[Any]:
    if criterion is None:
        return
    if isinstance(criterion, Grouping):
        yield from _conjuncts(criterion.element)
    elif isinstance(criterion, BooleanClauseList) and criterion.operator is operators.and_:
        for part in criterion.clauses:
            yield from _conjuncts(part)
    else:
        yield criterion


def _column(statement: UpdateBase, table: Table, key: Any) -> Column[Any] | None:
    """Return the column of a table that a key of ``values()`` means."""
    if isinstance(key, str):
        mapper = _mapper(statement)
        if mapper is not None and key in mapper.column_attrs:
            column = mapper.column_attrs[key].columns[0]
            return column if isinstance(column, Column) else None
        return table.columns.get(key)
    if hasattr(key, "__clause_element__"):
        key = key.__clause_element__()
    if not isinstance(key, Column) or hash(getattr(key, "table", None)) != hash(table):
        return None
    return table.columns.get(key.key) if key.key in table.columns else _by_name(table, key.name)


def _by_name(table: Table, name: str) -> Column[Any] | None:
    return next((column for column in table.columns if column.name == name), None)


def _mapper(statement: UpdateBase) -> Any:
    subject = statement._propagate_attrs.get("plugin_subject")
    inspected = None if subject is None else inspect(subject, raiseerr=False)
    return getattr(inspected, "mapper", None)
