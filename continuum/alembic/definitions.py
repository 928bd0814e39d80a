"""Definitions of triggers as plain data, to be written into a migration and read from it.

What has its usual value is left out.  A definition says everything that the triggers depend on, so
a migration runs without the application's models, whatever has become of them.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import fields
from dataclasses import replace
from typing import Any

from continuum.alembic.expressions import freeze_expression
from continuum.alembic.expressions import thaw_expression
from continuum.alembic.types import freeze_type
from continuum.alembic.types import thaw_type
from continuum.dialects.expressions import RowExpression
from continuum.dialects.spec import Cascade
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import ExtraColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import MaskSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ImproperlyConfigured

Definition = Mapping[str, Any]
"""A definition as it stands in a migration."""


def freeze(spec: TriggerSpec, dialect: str) -> dict[str, Any]:
    """Return the definition of the triggers of one table.

    :param spec: with the schemas as they were declared.
    :param dialect: name of the database's dialect in SQLAlchemy, in whose words expressions are
        kept beside those of no particular database.
    """
    data = _freeze(spec, dialect)
    for level in _other_levels(data):
        del level["log"]
    return data


def thaw(definition: Definition) -> TriggerSpec:
    """Return what a definition says.

    :raises ImproperlyConfigured: it is not the definition of a table's triggers.
    """
    data = whole(definition)
    spec: TriggerSpec = _thaw(TriggerSpec, _with_log(data, data.get("log")))
    return spec


def whole(definition: Definition) -> Definition:
    """Return a definition with everything that it leaves to the root of its hierarchy.

    A lower table of joined inheritance may be told by its name and its root alone, whose definition
    describes all tables below it: ``{"table": "dog", "root": versioned_animal}``.

    :raises ImproperlyConfigured: its root knows no such table.
    """
    root = definition.get("root")
    if root is None or "columns" in definition:
        return definition
    for level in root.get("lower", ()):
        if level["table"] == definition["table"]:
            above = {name: value for name, value in root.items() if name != "log"}
            return {**level, "log": root.get("log"), "root": above}
    raise ImproperlyConfigured(
        f"the definition of {root.get('table')!r} has no table {definition['table']!r} below it",
        table=str(definition["table"]),
        hint="A lower table is told by its name alone only where it is among the 'lower' of its "
        "root; write its 'version_table', 'columns' and 'key' otherwise.",
    )


def table_of(definition: Definition) -> TableName:
    """Return the table that a definition is about, as it was declared."""
    return _table(definition["table"])


def version_table_of(definition: Definition) -> TableName | None:
    """Return the version table of a definition, ``None`` if it does not say which."""
    name = definition.get("version_table")
    return None if name is None else _table(name)


def freeze_log(log: LogSpec) -> dict[str, Any]:
    """Return the definition of what all triggers of a transaction table share."""
    return _freeze(log, "")


def thaw_log(definition: Definition) -> LogSpec:
    """Return what a definition of :func:`freeze_log` says.

    :raises ImproperlyConfigured: it is none.
    """
    log: LogSpec = _thaw(LogSpec, definition)
    return log


def _other_levels(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Iterate over the definitions of the other tables of a hierarchy."""
    root = data.get("root")
    for level in (*([] if root is None else [root]), *data.get("lower", ())):
        yield level
        yield from _other_levels(level)


def _with_log(data: Definition, log: Any) -> dict[str, Any]:
    """Return a definition in which every level names the log that all of them share."""
    whole = dict(data) if log is None else {**data, "log": log}
    if data.get("root") is not None:
        whole["root"] = _with_log(data["root"], log)
    whole["lower"] = [_with_log(level, log) for level in data.get("lower", ())]
    return whole


def _freeze(value: Any, dialect: str) -> dict[str, Any]:
    return {
        item.name: _plain(item.name, getattr(value, item.name), dialect)
        for item in fields(value)
        if item.default is MISSING or getattr(value, item.name) != item.default
    }


def _plain(name: str, value: Any, dialect: str) -> Any:
    if isinstance(value, TableName):
        return value.name if value.schema is None else [value.schema, value.name]
    if isinstance(value, RowExpression):
        return freeze_expression(value, dialect)
    if name == "columns" and value and isinstance(value[0], ColumnSpec):
        return {column.name: _column(column) for column in value}
    if name == "type":
        return freeze_type(value)
    if hasattr(value, "__dataclass_fields__"):
        return _freeze(value, dialect)
    if isinstance(value, tuple):
        return [_plain("", item, dialect) for item in value]
    return value


def _column(column: ColumnSpec) -> str | dict[str, Any]:
    """Return a column as its type, and as more only where there is more to say."""
    frozen: dict[str, Any] = {"type": freeze_type(column.type)}
    if column.history_name != column.name:
        frozen["history_name"] = column.history_name
    kept = None if column.history_type is None else freeze_type(column.history_type)
    if kept != frozen["type"]:
        frozen["history_type"] = kept
    for name, usual in (("counts", True), ("virtual", False), ("comparison", None), ("flag", None)):
        if getattr(column, name) != usual:
            frozen[name] = getattr(column, name)
    text: str = frozen["type"]
    return text if len(frozen) == 1 else frozen


def _thaw(cls: type[Any], data: Definition) -> Any:
    known = {item.name for item in fields(cls)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise ImproperlyConfigured(
            f"the definition of triggers has {', '.join(map(repr, unknown))}, which this version "
            "does not know",
            hint="Run the migration with the version of the library that wrote it, or a newer one.",
        )
    readers = _READERS[cls]
    try:
        return cls(
            **{
                name: readers[name](value) if name in readers and value is not None else value
                for name, value in data.items()
            }
        )
    except (TypeError, ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            f"the definition of triggers of {data.get('table')!r} cannot be read: {error}"
        ) from error


def _table(value: Any) -> TableName:
    return TableName(value) if isinstance(value, str) else TableName(value[1], value[0])


def _columns(value: Mapping[str, Any]) -> tuple[ColumnSpec, ...]:
    columns = []
    for name, given in value.items():
        data = {"type": given} if isinstance(given, str) else dict(given)
        type_ = thaw_type(data.pop("type"))
        kept = data.pop("history_type", MISSING)
        column = ColumnSpec(name, data.pop("history_name", name), type_, **data)
        if kept is MISSING:
            column = replace(column, history_type=type_)
        elif kept is not None:
            column = replace(column, history_type=thaw_type(kept))
        columns.append(column)
    return tuple(columns)


def _many(cls: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda value: tuple(_thaw(cls, item) for item in value)


def _one(cls: type[Any]) -> Callable[[Any], Any]:
    return lambda value: _thaw(cls, value)


_READERS: dict[type[Any], dict[str, Callable[[Any], Any]]] = {
    TriggerSpec: {
        "table": _table,
        "version_table": _table,
        "log": _one(LogSpec),
        "columns": _columns,
        "key": tuple,
        "cascades": _many(Cascade),
        "root": _one(TriggerSpec),
        "lower": _many(TriggerSpec),
        "operations": tuple,
        "when": thaw_expression,
        "mask": _one(MaskSpec),
        "extra": _many(ExtraColumn),
        "changes": _one(ChangesSpec),
    },
    LogSpec: {
        "table": _table,
        "columns": _many(ContextColumn),
        "row_columns": tuple,
        "side_tables": _many(SideTable),
    },
    Cascade: {
        "parent": _table,
        "child": _table,
        "columns": lambda value: tuple(tuple(pair) for pair in value),
    },
    ContextColumn: {"type": thaw_type},
    SideTable: {"table": _table, "columns": tuple, "key": tuple},
    MaskSpec: {"catalog": _table},
    ExtraColumn: {"value": thaw_expression},
    ChangesSpec: {"table": _table, "entity": thaw_expression},
}
