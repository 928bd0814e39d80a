"""What autogenerate finds out about triggers, by their fingerprints."""

from __future__ import annotations

import logging
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import freeze_log
from continuum.alembic.definitions import thaw
from continuum.alembic.ledger import Ledger
from continuum.alembic.ledger import ledger_in
from continuum.alembic.operations import CreateVersionHelpersOp
from continuum.alembic.operations import CreateVersionTriggersOp
from continuum.alembic.operations import DropVersionHelpersOp
from continuum.alembic.operations import DropVersionTriggersOp
from continuum.alembic.operations import ReplaceVersionTriggersOp
from continuum.alembic.operations import with_all_helpers
from continuum.dialects import emitter_for
from continuum.dialects.base import Emitter
from continuum.dialects.base import Server
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import resolve_log
from continuum.errors import ImproperlyConfigured
from continuum.mapping.journal import Journal
from continuum.recording.installation import resolver
from continuum.schema.recorded import RecordedTable

log = logging.getLogger("alembic.autogenerate.continuum")

Marks = dict[str, str | None]
"""Fingerprints of the triggers of one table, by name."""


def compare_triggers(
    autogen_context: AutogenContext, journals: Iterable[Journal]
) -> list[MigrateOperation]:
    """Return what brings the triggers of a database in line with the models.

    Queries: two for each transaction table, one for the revisions of the database, and one for
    each table whose triggers changed without a migration that says what they did.
    """
    connection = autogen_context.connection
    emitter = None if connection is None else emitter_for(connection.dialect.name)
    if connection is None or emitter is None:
        return []
    ledger = ledger_in(autogen_context.migration_context)
    found: list[MigrateOperation] = []
    for log_spec, tables in _by_log(journals, ledger.known).items():
        comparison = Comparison(autogen_context, connection, emitter, log_spec, ledger)
        found += comparison.operations(tables)
    return found


def helper_tables(autogen_context: AutogenContext, journals: Iterable[Journal]) -> Collection[str]:
    """Return the names of tables that are ours, though no models describe them."""
    assert autogen_context.dialect is not None
    emitter = emitter_for(autogen_context.dialect.name)
    if emitter is None:
        return ()
    logs = _by_log(journals, ledger_in(autogen_context.migration_context).known)
    return {name for item in logs for name in emitter.helper_tables(with_all_helpers(item))}


def _by_log(
    journals: Iterable[Journal], known: Iterable[TriggerSpec]
) -> dict[LogSpec, list[RecordedTable]]:
    """Return the recorded tables of the models by their transaction table.

    One that all models have left is there too, without any.
    """
    found: dict[LogSpec, list[RecordedTable]] = {}
    for journal in journals:
        found.setdefault(journal.log, []).extend(journal.recorded.values())
    covered = {item.table for item in found}
    for spec in known:
        if spec.log.table not in covered:
            covered.add(spec.log.table)
            found[spec.log] = []
    return found


class Comparison:
    """The triggers of one transaction table, in the models and in a database.

    :param ledger: what the migrations of the project say.
    """

    def __init__(
        self,
        autogen_context: AutogenContext,
        connection: Connection,
        emitter: Emitter,
        log_spec: LogSpec,
        ledger: Ledger,
    ) -> None:
        self.context = autogen_context
        self.connection = connection
        self.emitter = emitter
        self.log = log_spec
        self.server: Server = emitter.server(connection, log_spec)
        self.real = resolver(connection, self.server.default_schema)
        self.said = [item for item in map(thaw, ledger) if item.log.table == log_spec.table]
        self.known = [item for item in ledger.known if item.log.table == log_spec.table]

    def operations(self, tables: Sequence[RecordedTable]) -> list[MigrateOperation]:
        """Return what is to be done: dropping first, then replacing, then creating."""
        chosen = [item for item in tables if self._is_included(item.table)]
        specs = {item.table: item.spec(self.log) for item in chosen}
        have, helpers = self._installed(specs.values())
        dropped: list[MigrateOperation] = []
        replaced: list[MigrateOperation] = []
        created: list[MigrateOperation] = []
        recorded: set[TableName] = set()
        for item in chosen:
            spec = specs[item.table]
            resolved = spec.resolve(self.real)
            marks = have.pop(resolved.table, {})
            if item.options.native_versioning is False:
                if marks:
                    log.info("Detected triggers on %r, which the ORM records", spec.table.name)
                    old = self._old(resolved.table, marks)
                    dropped.append(
                        DropVersionTriggersOp(self._frozen(spec) if old is None else old)
                    )
                continue
            recorded.add(resolved.table)
            if not marks:
                log.info("Detected missing triggers on %r", spec.table.name)
                created.append(CreateVersionTriggersOp(self._frozen(spec)))
            elif not helpers or marks != self.emitter.expected(resolved, self.server):
                log.info("Detected changed triggers on %r", spec.table.name)
                old = self._old(resolved.table, marks, spec)
                replaced.append(ReplaceVersionTriggersOp(old, self._frozen(spec)))
        left = set(have) - {self.real_name(item.table) for item in tables}
        for table in sorted(left, key=str):
            old = self._old(table, have[table])
            if old is None:
                log.warning(
                    "The triggers on %s were made by no migration and belong to no model", table
                )
                recorded.add(table)
            else:
                log.info("Detected triggers on %s, which is not versioned any more", table)
                dropped.append(DropVersionTriggersOp(old))
        if created and not helpers and not dropped and not replaced:
            # Each of the others creates them, too; but this one's downgrade drops them.
            created.insert(0, CreateVersionHelpersOp(freeze_log(self.log)))
        found = [*dropped, *replaced, *created]
        excluded = len(chosen) != len(tables)
        if dropped and helpers and not recorded and not excluded:
            found.append(DropVersionHelpersOp(freeze_log(self.log)))
        return found

    def real_name(self, table: Table) -> TableName:
        """Return the name of a table with its real schema."""
        return TableName(table.name, self.real(table.schema))

    def _is_included(self, table: Table) -> bool:
        schema = table.schema
        if not self.context.run_name_filters(table.name, "table", {"schema_name": schema}):
            return False
        return self.context.run_object_filters(table, table.name, "table", False, None)

    def _installed(self, specs: Iterable[TriggerSpec]) -> tuple[dict[TableName, Marks], bool]:
        """Return the triggers of a database by table, and whether all helpers fit."""
        real_log = resolve_log(self.log, self.real)
        names = {self.log.table}
        for spec in (*specs, *self.known):
            names |= {spec.table, spec.version_table}
        schemas = {self.real(name.schema) for name in names}
        found: dict[TableName, Marks] = {}
        helpers: Marks = {}
        for item in self.emitter.installed(
            self.connection, real_log, sorted(schemas, key=lambda name: name or "")
        ):
            if item.table == real_log.table:
                helpers[item.name] = item.fingerprint
            else:
                found.setdefault(item.table, {})[item.name] = item.fingerprint
        expected = self.emitter.expected_helpers(real_log, self.server)
        fit = bool(helpers) and all(helpers.get(name) == mark for name, mark in expected.items())
        return found, fit

    def _frozen(self, spec: TriggerSpec) -> Definition:
        """Return the definition of triggers, which says all that matters about them."""
        definition = freeze(spec, self.connection.dialect.name)
        if self._marks(thaw(definition)) != self._marks(spec):
            raise ImproperlyConfigured(
                f"what the triggers of {spec.table} depend on cannot be written into a migration",
                table=str(spec.table),
                hint="Look for types and conditions of the application's own, and write the "
                "triggers into the migration with versioning_manager.install(op.get_bind()).",
            )
        return definition

    def _old(
        self, table: TableName, marks: Marks, new: TriggerSpec | None = None
    ) -> Definition | None:
        """Return the definition that the triggers of a table were made from, if it can be told.

        Fingerprints tell it.  Those of another version of the library tell nothing; but what the
        migrations say is what a downgrade has to bring back.

        :param new: what they are to do.
        """
        said = [item for item in self.said if item.resolve(self.real).table == table]
        candidates = [item for item in self.known if item.resolve(self.real).table == table]
        if new is not None:
            candidates += self._before(new)
        fit = (item for item in (*said, *candidates) if self._marks(item) == marks)
        found = next(fit, said[0] if said else None)
        return None if found is None else freeze(found, self.connection.dialect.name)

    def _before(self, new: TriggerSpec) -> Iterator[TriggerSpec]:
        """Iterate over guesses at a definition before columns were added.  Fingerprints judge."""
        yield new
        inspector = inspect(self.connection)
        real = new.resolve(self.real)
        if not inspector.has_table(real.version_table.name, schema=real.version_table.schema):
            return
        there = {
            item["name"]
            for item in inspector.get_columns(
                real.version_table.name, schema=real.version_table.schema
            )
        }
        columns = tuple(item for item in new.columns if item.history_name in there)
        yield replace(new, columns=columns)

    def _marks(self, spec: TriggerSpec) -> Marks:
        return dict(self.emitter.expected(spec.resolve(self.real), self.server))
