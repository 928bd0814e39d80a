"""What could not be written: found over the whole plan, before anything is touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Dialect
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import Session

from continuum.errors import RevertError
from continuum.operation import Operation
from continuum.reverting import references
from continuum.reverting.referring import Referring
from continuum.reverting.rows import Link
from continuum.reverting.rows import Row
from continuum.reverting.values import attribute_of
from continuum.reverting.values import mapped_columns
from continuum.reverting.values import pairs_of


def check_insertable(session: Session, rows: Iterable[Row]) -> None:
    """Raise for a row that could not be inserted.

    :raises RevertError: a NOT NULL column without value, or a key that only the database gives.

    No queries.
    """
    for row in rows:
        if row.operation is Operation.INSERT:
            _check_row(session, row)


def check_references(session: Session, rows: Iterable[Row]) -> None:
    """Raise for a row that would refer to a row that is gone.

    A row that only leaves a collection belongs nowhere then, where its foreign key may be NULL.

    :raises RevertError: there is one.

    Queries: one for each foreign key that changes.
    """
    for lost in references.missing(session, rows):
        items = [item for item in lost.row.targets if item.name in lost.names]
        if lost.row.only is not None and all(item.live.nullable for item in items):
            lost.row.targets.update(dict.fromkeys(items))
            continue
        table, columns, values = lost.place
        place = ", ".join(f"{name}={value!r}" for name, value in zip(columns, values, strict=True))
        raise RevertError(
            f"{lost.row} referred to a row of {table.fullname} that is gone: {place}",
            table=lost.row.layout.recorded.table.fullname,
            column=lost.names[0],
            hint="Restore that row first, or name the relationship that leads to it"
            + (f": {paths}." if (paths := _leading(lost)) else "."),
        )


def check_deletable(
    session: Session, metadata: MetaData, rows: Iterable[Row], links: Iterable[Link]
) -> None:
    """Raise for a row that cannot be deleted because others refer to it.

    :raises RevertError: there is one, and no relationship looks after what refers to it.

    Queries: one for each such foreign key to a table of which rows are deleted.
    """
    for found in Referring(session, metadata, rows, links).find(cared_for=False):
        raise RevertError(
            f"{found.row} would be deleted, but {found} refers to it",
            table=found.row.layout.recorded.table.fullname,
            hint="Delete or change that row first, or name the relationship that leads to it.",
        )


def _leading(reference: references.Reference) -> str:
    """Return the names of the relationships to versioned classes that follow a foreign key."""
    mapper = reference.row.layout.model_mapper
    return " or ".join(
        repr(relation.key)
        for relation in mapper.relationships
        if relation.direction is RelationshipDirection.MANYTOONE
        and not relation.viewonly
        and relation.mapper.class_ in reference.row.layout.journal.versions
        and {attribute_of(mapper, near) for near, _ in pairs_of(relation)} == set(reference.names)
    )


def _check_row(session: Session, row: Row) -> None:
    mapper = row.layout.model_mapper
    dialect = session.get_bind(mapper).dialect
    given = {item.name for item in row.targets}
    attributes = {column: name for name, column in mapped_columns(mapper)}
    for table in mapper.tables:
        if not isinstance(table, Table):
            continue
        for column in table.columns:
            if attributes.get(column) in given:
                if _is_always_generated(column, dialect):
                    raise RevertError(
                        f"{row.version!r} cannot be made anew: its key column {column.name!r} is "
                        "GENERATED ALWAYS, the database does not take the old value",
                        table=table.fullname,
                        column=column.name,
                        hint="Use Identity(always=False).",
                    )
            elif not column.nullable and not _has_default(column, mapper):
                raise RevertError(
                    f"{row.version!r} cannot be made anew: history has no value for the NOT NULL "
                    f"column {column.name!r}",
                    table=table.fullname,
                    column=column.name,
                    hint="Give the column a default, or add version.reify() to the session with "
                    "the missing value set.",
                )


def _is_always_generated(column: Column[Any], dialect: Dialect) -> bool:
    return (
        column.identity is not None
        and bool(column.identity.always)
        and dialect.supports_identity_columns
    )


def _has_default(column: Column[Any], mapper: Mapper[Any]) -> bool:
    assert isinstance(column.table, Table)
    return (
        column.default is not None
        or column.server_default is not None
        or column.computed is not None
        or column.identity is not None
        or column is mapper.version_id_col
        or column is column.table.autoincrement_column
        or column is mapper.polymorphic_on
    )
