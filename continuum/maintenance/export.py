"""History written to files, version by version."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any
from typing import TextIO
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy import FromClause
from sqlalchemy import Select
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine

from continuum.dialects.base import INTERNAL
from continuum.errors import ClassNotVersioned
from continuum.errors import InvalidArgument
from continuum.maintenance.asked import key_given
from continuum.maintenance.asked import look_at_file
from continuum.maintenance.asked import look_at_models
from continuum.maintenance.standing import look_at_tables
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.mapping.journal import Journal
from continuum.operation import Operation
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.points import edge
from continuum.schema.connections import look_at_bind
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous

_AT_A_TIME = 1000
"""Rows that a driver holds at a time."""

ABOUT = ("transaction_id", "end_transaction_id", "operation", "issued_at", "actor", "reason")
"""What each record tells about its version, beside the values."""


@dataclass(frozen=True)
class Record:
    """A version, as it is exported.

    :param name: of its class, or of an association table.
    :param about: by name of :data:`ABOUT`; ``None`` where the history has nothing of the kind.
    :param key: the key of its object, by attribute.
    :param values: all recorded values, by attribute.
    """

    name: str
    about: Mapping[str, Any]
    key: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Export:
    """What :func:`continuum.export` found, to be gone through or written to a file.

    Each use asks the database anew.
    """

    bind: Engine | Connection
    sources: tuple[Source, ...]

    def __iter__(self) -> Iterator[Record]:
        """Iterate over the versions, class by class, in the order of transactions and keys.

        :raises MissingTable: the database lacks tables of the classes.
        :raises MissingHistory: it lacks tables of their history.

        Queries: one for each schema, to see the tables, and one for each class; about 1,000 rows
        are in memory at a time, where the driver can do that.
        """
        if isinstance(self.bind, Connection):
            yield from self._records(self.bind)
            return
        with self.bind.connect() as connection:
            yield from self._records(connection)

    def _records(self, connection: Connection) -> Iterator[Record]:
        needed: dict[Journal, dict[RecordedTable, None]] = {}
        for source in self.sources:
            needed.setdefault(source.journal, {}).update(dict.fromkeys(source.levels))
        for journal, recorded in needed.items():
            look_at_tables(connection, journal, recorded)
        for source in self.sources:
            yield from source.records(connection)

    def json_lines(self, file: TextIO) -> int:
        """Write a JSON object for each version, one a line; return how many.

        :param file: a text file.
        :raises InvalidArgument: it is none.

        Queries: one for each class.
        """
        look_at_file(file)
        number = 0
        for record in self:
            number += 1
            line = {
                "class": record.name,
                "key": {name: exportable(value) for name, value in record.key.items()},
                **{name: exportable(value) for name, value in record.about.items()},
                "values": {name: exportable(value) for name, value in record.values.items()},
            }
            file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
        return number

    def csv(self, file: TextIO) -> int:
        """Write the versions of one class with a column for each attribute; return how many.

        Texts stand between quotes; a field without anything, not even quotes, is NULL.  What is
        told about a version is headed ``version_...`` where an attribute has the same name.

        :param file: a text file, opened with ``newline=""``.
        :raises InvalidArgument: there are several classes, which have different columns; or it is
            no text file.

        Queries: one.
        """
        look_at_file(file)
        if len(self.sources) != 1:
            names = ", ".join(source.name for source in self.sources) or "none"
            raise InvalidArgument(
                f"CSV has the columns of one class; these are to be exported: {names}",
                hint="Export the classes one by one, or as JSON lines.",
            )
        [source] = self.sources
        about = [f"version_{name}" if name in source.columns else name for name in ABOUT]
        file.write(_csv_line([*about, *source.columns]))
        number = 0
        for record in self:
            number += 1
            file.write(_csv_line([*record.about.values(), *record.values.values()]))
        return number


@dataclass(frozen=True)
class Source:
    """The versions of exactly one class, or of one association table.

    :param name: of the class or the table.
    :param levels: the recorded tables that its objects span.
    :param rows: what is selected from.
    :param columns: columns of version tables, by attribute.
    :param key: those of them that tell the object.
    :param criteria: which versions.
    """

    journal: Journal
    name: str
    levels: tuple[RecordedTable, ...]
    rows: FromClause
    columns: Mapping[str, Any]
    key: tuple[str, ...]
    transaction: Any
    end: Any
    operation: Any
    criteria: tuple[ColumnElement[bool], ...] = ()

    @cached_property
    def statement(self) -> Select[Any]:
        """The select for the records: the columns, and what is told about them."""
        log = self.journal.transaction_table
        told = inspect(self.journal.transaction_cls).column_attrs
        about = [self.transaction]
        about += [] if self.end is None else [self.end]
        about += [self.operation]
        about += [told[name].columns[0] for name in self._told]
        number = log.c[self.journal.log.id]
        return (
            select(*self.columns.values(), *about)
            .select_from(self.rows.outerjoin(log, number == self.transaction))
            .where(*self.criteria)
            .order_by(self.transaction, *(self.columns[name] for name in self.key))
        )

    @cached_property
    def _told(self) -> list[str]:
        told = inspect(self.journal.transaction_cls).column_attrs
        return [name for name in ("issued_at", "actor", "user_id", "reason") if name in told]

    def records(self, connection: Connection) -> Iterator[Record]:
        """Iterate over the versions.  One query."""
        names = ["transaction_id", *([] if self.end is None else ["end_transaction_id"])]
        names += ["operation", *self._told]
        width = len(self.columns)
        options = {INTERNAL: True, "yield_per": _AT_A_TIME}
        for row in connection.execute(self.statement, execution_options=options):
            values = dict(zip(self.columns, row[:width], strict=True))
            about = dict.fromkeys(ABOUT) | dict(zip(names, row[width:], strict=True))
            user = about.pop("user_id", None)
            if about["actor"] is None:
                about["actor"] = user
            operation: Any = about["operation"]
            about["operation"] = Operation(operation).name.lower()
            key = {name: values[name] for name in self.key}
            yield Record(self.name, about, key, values)


@synchronous
def export(
    bind: Engine | Connection,
    *models: Any,
    key: Any = None,
    since: Any = None,
    until: Any = None,
    manager: VersioningManager = versioning_manager,
) -> Export:
    """Return the versions of classes, to be written to a file.

    The same history is always exported in the same way, byte by byte: classes by name, versions in
    the order of transactions and keys, values in forms that do not depend on the database.

    :param bind: Engine or Connection.
    :param models: versioned classes, with their subclasses, or association tables; none: all that
        there are.
    :param key: only the object with this key; needs one class.
    :param since: only versions made at this point or later (id of a transaction, Transaction
        object, version, aware datetime).
    :param until: only versions made up to this point, and at it.
    :param manager: the manager whose models describe the database.
    :raises ClassNotVersioned: a class or a table is not versioned.
    :raises InvalidPoint: a point is none.
    :raises InvalidArgument: a key without its class, or one that does not fit; ``bind`` is neither
        an Engine nor a Connection.

    No queries.  Example::

        with open("articles.jsonl", "w", encoding="utf-8") as file:
            export(engine, Article, since=last_export).json_lines(file)
    """
    look_at_bind(bind, "export()")
    look_at_models(models)
    sources = sorted(_sources(manager, models), key=lambda source: source.name)
    if key is not None:
        if len(models) != 1 or isinstance(models[0], Table):
            raise InvalidArgument(
                "export() was given a key, which needs the class that it belongs to",
                hint="Write export(engine, Article, key=1).",
            )
        version_cls = manager.version_class(models[0])
        same = layout_of(version_cls).has_key(key_given(version_cls, key))
        sources = [replace(each, criteria=(*each.criteria, same)) for each in sources]
    limits = ((since, {"lower": True}), (until, {"lower": False}))
    for at, side in limits:
        if at is not None:
            sources = [
                replace(
                    each,
                    criteria=(
                        *each.criteria,
                        edge(each.journal, each.transaction, at, inclusive=True, **side),
                    ),
                )
                for each in sources
            ]
    return Export(bind, tuple(sources))


def exportable(value: Any) -> Any:
    """Return a value as JSON can hold it, always in the same form.

    Moments and durations are written as ISO 8601 has them, decimal numbers and floats that are no
    number as texts, bytes as base64, members of an enumeration by name.
    """
    if value is None or (isinstance(value, (bool, int, str)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.6f}S"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Mapping):
        return {str(name): exportable(value[name]) for name in sorted(value, key=str)}
    if isinstance(value, (set, frozenset)):
        return sorted(map(exportable, value), key=str)
    if isinstance(value, (list, tuple)):
        return [exportable(each) for each in value]
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return str(value)


def _csv_line(values: list[Any]) -> str:
    return ",".join(map(_csv_field, values)) + "\r\n"


def _csv_field(value: Any) -> str:
    plain = exportable(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, (dict, list)):
        plain = json.dumps(plain, ensure_ascii=False, allow_nan=False)
    if isinstance(plain, str):
        quoted = plain.replace('"', '""')
        return f'"{quoted}"'
    return str(plain)


def _sources(manager: VersioningManager, models: tuple[Any, ...]) -> Iterator[Source]:
    journals = manager.configured_journals()
    wanted = {model: manager.version_class(model) for model in models if isinstance(model, type)}
    for journal in journals:
        mapped: set[RecordedTable] = set()
        for version_cls in journal.parents:
            layout = layout_of(version_cls)
            mapped.update(layout.levels)
            chosen = not models or any(
                issubclass(layout.model, model) and layout.journal is layout_of(cls).journal
                for model, cls in wanted.items()
            )
            if chosen:
                yield _class_source(journal, layout)
        for recorded in journal.recorded.values():
            if recorded in mapped or (models and recorded.table not in models):
                continue
            names = {column.live.key: column.version for column in recorded.columns}
            yield Source(
                journal,
                recorded.table.fullname,
                (recorded,),
                recorded.version_table,
                names,
                tuple(column.key for column in recorded.key),
                recorded.transaction_column,
                recorded.end_column,
                recorded.operation_column,
            )
    for model in models:
        if isinstance(model, type):
            continue
        if not any(model in journal.recorded for journal in journals):
            raise ClassNotVersioned(f"{model!r} is no versioned class, and no versioned table")


def _class_source(journal: Journal, layout: Layout) -> Source:
    mapper = layout.mapper
    criteria: tuple[ColumnElement[bool], ...] = ()
    if mapper.polymorphic_on is not None:
        criteria = (and_(mapper.polymorphic_on == mapper.polymorphic_identity),)
    return Source(
        journal,
        layout.model.__name__,
        tuple(layout.levels),
        layout.selectable,
        {item.name: item.version for item in layout.items},
        layout.key_names,
        layout.transaction_column,
        layout.end_column,
        layout.operation_column,
        criteria,
    )
