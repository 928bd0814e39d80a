"""Migrations that meet triggers which another branch has changed."""

from __future__ import annotations

import logging

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import table_of
from continuum.alembic.definitions import thaw
from continuum.alembic.execution import Place
from continuum.alembic.ledger import Ledger
from continuum.alembic.ledger import ledger_of

log = logging.getLogger("alembic.runtime.continuum")


def definitions_after(
    place: Place, old: Definition | None, new: Definition
) -> tuple[Definition | None, list[Definition]]:
    """Return what triggers have to do after a migration, whatever other branches have changed.

    :param old: what the migration takes for given, ``None`` if nothing is.
    :param new: what it wants.
    :returns: what the triggers do so far (by what the migration says, where nobody knows), and what
        is to be created: the definition of the table, then those of other tables of its hierarchy,
        which the migration does not know.  Nothing where another branch has dropped the table.

    Queries: one for the triggers, up to two more if there are none or nobody knows what they do,
    and one at the first operation of a migration.
    """
    ledger = ledger_of(place.operations)
    if old is None:
        return None, ledger.change(None, new)
    if place.connection is not None:
        found = _found(place, ledger, old, new)
        ledger.correct(table_of(old), found)
        # A table that is renamed does not have its new name yet, or has it already.
        if found is None and not any(_exists(place, place.connection, each) for each in (old, new)):
            return None, []
    return ledger.of(table_of(old)) or old, ledger.change(old, new)


def _exists(place: Place, connection: Connection, definition: Definition) -> bool:
    table = thaw(definition).resolve(place.real).table
    return inspect(connection).has_table(table.name, schema=table.schema)


def _found(place: Place, ledger: Ledger, old: Definition, new: Definition) -> Definition | None:
    """Return what the triggers of a table really do, ``None`` if there are none or nobody knows."""
    table = table_of(old)
    before = thaw(old).resolve(place.real)
    marks = place.installed(before)
    if not marks:
        return None
    for definition in (old, ledger.of(table), new):
        if definition is None:
            continue
        if place.expected(thaw(definition).resolve(place.real)) == marks:
            return definition
    for spec in ledger.known:
        if spec.table == table and place.expected(spec.resolve(place.real)) == marks:
            return freeze(spec, place.operations.get_context().dialect.name)
    log.warning(
        "The triggers on %s are not those that this migration replaces, and no migration of the "
        "project has made them",
        before.table,
    )
    return None
