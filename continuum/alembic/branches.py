"""Two branches of migrations that change the triggers of the same table.

Each was written where the other one did not exist, so neither definition says all that the
triggers have to do once both have run.  What a migration *changes* is applied to what it finds.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import islice
from itertools import product
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import thaw
from continuum.alembic.definitions import whole
from continuum.alembic.execution import Place
from continuum.alembic.known import known_definitions
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec

log = logging.getLogger("alembic.runtime.continuum")

GUESSES = 500
"""How many definitions are tried for triggers that no single migration has made."""


def with_other_branches(old: Definition, new: Definition, place: Place) -> Definition:
    """Return what triggers have to do after a migration, whatever other branches have changed.

    :param old: what the migration takes for given.
    :param new: what it wants.

    Queries: one for the triggers, and a few more if they are not what it takes for given.
    """
    if place.connection is None:
        # A script cannot look; it does what its migration says.
        return new
    before, after = thaw(old).resolve(place.real), thaw(new).resolve(place.real)
    marks = place.installed(before)
    if not marks or marks in (place.expected(before), place.expected(after)):
        return new
    environment = place.operations.get_context().environment_context
    known = []
    for spec in known_definitions(None if environment is None else environment.script):
        real = spec.resolve(place.real)
        if (real.table, real.log.table) == (before.table, before.log.table):
            known.append(spec)
    added = {column.name for column in after.columns} - {column.name for column in before.columns}
    dialect = place.connection.dialect.name
    for candidate in (*known, *joined(known, place.connection, added)):
        if place.expected(candidate.resolve(place.real)) == marks:
            return merged(whole(old), whole(new), freeze(candidate, dialect))
    log.warning(
        "The triggers on %s are not those that this migration replaces, and no migration of the "
        "project has made them",
        before.table,
    )
    return new


def merged(old: Definition, new: Definition, other: Definition) -> Definition:
    """Return a definition with all that is new in another one, compared with the old one."""
    before, after = old["columns"], new["columns"]
    columns = {
        name: column
        for name, column in other["columns"].items()
        if name in after or name not in before
    }
    columns |= {
        name: column
        for name, column in after.items()
        if name not in before or before[name] != column
    }
    result = {**other, "columns": columns}
    for part in (old.keys() | new.keys()) - {"columns"}:
        if part not in new:
            result.pop(part, None)
        elif part not in old or old[part] != new[part]:
            result[part] = new[part]
    return result


def joined(
    known: Sequence[TriggerSpec], connection: Connection, without: Collection[str] = ()
) -> Iterator[TriggerSpec]:
    """Iterate over guesses at the definition that several branches have left of one table.

    :param known: the definitions of the table in all migrations.
    :param without: columns that are in the tables, but not yet in the triggers.
    """
    if not known:
        return
    definitions = [freeze(item, connection.dialect.name) for item in known]
    places = _places(connection, known[0].version_table)
    there = set(_places(connection, known[0].table)) - set(without)
    variants: dict[str, list[Any]] = {}
    for item, definition in zip(known, definitions, strict=True):
        for column in item.columns:
            if column.name not in there or column.history_name not in places:
                continue
            kinds = variants.setdefault(column.name, [])
            if definition["columns"][column.name] not in kinds:
                kinds.append(definition["columns"][column.name])
    # New columns are the last ones of a table, and so they are the last ones of a definition.
    names = sorted(variants, key=lambda name: places.get(name, len(places)))
    guesses = product(definitions, *(variants[name] for name in names))
    for definition, *columns in islice(guesses, GUESSES):
        if not variants.keys() >= set(definition["key"]):
            continue
        yield thaw({**definition, "columns": dict(zip(names, columns, strict=True))})


def _places(connection: Connection, table: TableName) -> dict[str, int]:
    """Return the columns that a table has, with their places; none if there is no such table."""
    inspector = inspect(connection)
    if not inspector.has_table(table.name, schema=table.schema):
        return {}
    found = inspector.get_columns(table.name, schema=table.schema)
    return {item["name"]: at for at, item in enumerate(found)}
