"""Migrations that meet triggers which another branch has changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import table_of
from continuum.alembic.definitions import thaw
from continuum.alembic.execution import Place
from continuum.alembic.ledger import Ledger
from continuum.alembic.ledger import ledger_of
from continuum.dialects.spec import TriggerSpec

log = logging.getLogger("alembic.runtime.continuum")


def definitions_after(
    place: Place, old: Definition | None, new: Definition
) -> tuple[Definition | None, list[Definition]]:
    """Return what triggers have to do after a migration, whatever other branches have changed.

    :param old: what the migration takes for given, ``None`` if nothing is.
    :param new: what it wants.
    :returns: what the triggers do so far, and what is to be created: the definition of the table,
        then those of other tables of its hierarchy, which the migration does not know.

    Queries: one for the triggers, and one more at the first operation of a migration.
    """
    ledger = ledger_of(place.operations)
    if old is None:
        return None, ledger.change(None, new)
    if place.connection is not None:
        _look(place, ledger, old, new)
    return ledger.of(table_of(old)) or old, ledger.change(old, new)


def _look(place: Place, ledger: Ledger, old: Definition, new: Definition) -> None:
    """Let a ledger know what triggers a table really has."""
    table = table_of(old)
    before = thaw(old).resolve(place.real)
    marks = place.installed(before)
    if not marks or _fit(place, before, marks):
        ledger.correct(table, old if marks else None)
        return
    after = thaw(new).resolve(place.real)
    known = ledger.of(table)
    if known is not None and _fit(place, thaw(known).resolve(place.real), marks):
        return
    if _fit(place, after, marks):
        ledger.correct(table, new)
        return
    for spec in ledger.known:
        if spec.table == table and _fit(place, spec.resolve(place.real), marks):
            ledger.correct(table, freeze(spec, place.operations.get_context().dialect.name))
            return
    log.warning(
        "The triggers on %s are not those that this migration replaces, and no migration of the "
        "project has made them",
        before.table,
    )
    ledger.correct(table, None)


def _fit(place: Place, spec: TriggerSpec, marks: Mapping[str, str | None]) -> bool:
    return place.expected(spec) == marks
