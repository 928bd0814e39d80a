"""Putting triggers into a database, taking them out, and comparing what it has with the model."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from continuum.dialects import emitter_for
from continuum.dialects.base import DEFINING
from continuum.dialects.base import INTERNAL
from continuum.dialects.base import Emitter
from continuum.dialects.base import Installed
from continuum.dialects.ddl import CreateTransactionHelpers
from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import DropTransactionHelpers
from continuum.dialects.ddl import DropTriggers
from continuum.dialects.ddl import TriggerDDL
from continuum.dialects.ddl import TriggerStatement
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import resolve_log
from continuum.errors import ImproperlyConfigured
from continuum.errors import MissingTrigger
from continuum.errors import RecorderConflict
from continuum.errors import StaleTrigger
from continuum.errors import UnsupportedTable
from continuum.errors import VersioningError
from continuum.mapping.journal import Journal
from continuum.schema.mask import assign_positions
from continuum.schema.missing import missing_history
from continuum.schema.recorded import RecordedTable


@dataclass(frozen=True)
class Findings:
    """What one database has of the triggers of a journal.

    :param log: the transaction table, with its real schema.
    :param has_helpers: the transaction table has helpers.
    :param helpers_fit: all of them are there, made for the present definition.
    :param native: the tables to be recorded by triggers.
    :param missing: tables to be recorded by triggers that lack one, with the trigger names.
    :param stale: tables whose triggers were made for another definition, with the trigger names.
    :param doubly: tables of the ORM recorder on which triggers stand.
    :param foreign: triggers of ours on tables that the models do not know.
    :param blind: this user is not shown any triggers, so that none is taken for missing.
    :param dialect: dialect of the database.
    :param default_schema: schema of unqualified names.
    """

    log: LogSpec
    has_helpers: bool
    helpers_fit: bool
    native: tuple[Table, ...]
    missing: dict[Table, list[str]]
    stale: dict[Table, list[str]]
    doubly: dict[Table, list[str]]
    foreign: tuple[Installed, ...]
    blind: bool
    dialect: str
    default_schema: str | None

    def problems(self) -> dict[Table, VersioningError]:
        """Return the error for writing to each table that would not be recorded rightly."""
        how = (
            "Create them with metadata.create_all(engine), a migration, or "
            "versioning_manager.install(engine)."
        )
        errors: dict[Table, VersioningError] = {}
        if not self.helpers_fit:
            kind = StaleTrigger if self.has_helpers else MissingTrigger
            state = "were made for another definition" if self.has_helpers else "are missing"
            for table in self.native:
                errors[table] = kind(
                    f"changes of {table.fullname!r} would not be recorded: what its triggers share "
                    f"with those of other tables (the helpers of {self.log.table}) {state}",
                    table=table.fullname,
                    dialect=self.dialect,
                    hint=how,
                )
        for table in self.missing:
            names = ", ".join(str(item.fullname) for item in self.missing)
            errors[table] = MissingTrigger(
                f"changes of {table.fullname!r} would not be recorded: the database lacks triggers "
                f"(tables concerned: {names})",
                table=table.fullname,
                dialect=self.dialect,
                hint=how + " A history that SQLAlchemy-Continuum has written is taken over with "
                "continuum.adopt(engine).  native_versioning=False records with the ORM instead.",
            )
        for table in self.stale:
            if table in self.missing:
                continue
            names = ", ".join(str(item.fullname) for item in self.stale)
            errors[table] = StaleTrigger(
                f"changes of {table.fullname!r} would be recorded wrongly: its triggers were made "
                f"for another definition of the table (tables concerned: {names})",
                table=table.fullname,
                dialect=self.dialect,
                hint=how,
            )
        for table, names_of in self.doubly.items():
            errors[table] = RecorderConflict(
                f"{table.fullname!r} is to be recorded by the ORM, but triggers of ours stand on "
                f"it: {', '.join(names_of)}",
                table=table.fullname,
                dialect=self.dialect,
                hint="Remove the triggers with versioning_manager.uninstall(engine), or drop "
                "native_versioning=False.",
            )
        return errors


def resolver(
    connection: Connection, default_schema: str | None
) -> Callable[[str | None], str | None]:
    """Return the function from declared schema names to real ones."""
    translated = connection.get_execution_options().get("schema_translate_map") or {}

    def real(schema: str | None) -> str | None:
        found = translated.get(schema, schema)
        return default_schema if found is None else found

    return real


def inspect_triggers(connection: Connection, journal: Journal) -> Findings | None:
    """Compare the triggers that a database has with those that a journal needs.

    Returns ``None`` for a database without an emitter.  Queries: one for the facts about the
    server and one for its triggers.
    """
    emitter = emitter_for(connection.dialect.name)
    if emitter is None:
        return None
    server = emitter.server(connection, journal.log)
    real = resolver(connection, server.default_schema)
    log = resolve_log(journal.log, real)
    native = {
        item.table: item.spec(journal.log).resolve(real) for item in journal.tables(native=True)
    }
    others = {
        item.table: item.spec(journal.log).resolve(real) for item in journal.tables(native=False)
    }
    specs = (*native.values(), *others.values())
    # Triggers stand on version tables, too.
    tables = {log.table} | {name for spec in specs for name in (spec.table, spec.version_table)}
    schemas = sorted({name.schema for name in tables}, key=lambda name: name or "")
    found = emitter.installed(connection, log, schemas)
    here = {item.name: item.fingerprint for item in found if item.table == log.table}
    expected = emitter.expected_helpers(log, server)
    by_table: dict[Any, dict[str, str | None]] = {}
    for item in found:
        by_table.setdefault(item.table, {})[item.name] = item.fingerprint
    missing: dict[Table, list[str]] = {}
    stale: dict[Table, list[str]] = {}
    for table, spec in native.items():
        have = by_table.get(spec.table, {})
        for name, fingerprint in emitter.expected(spec, server).items():
            if name not in have:
                missing.setdefault(table, []).append(name)
            elif have[name] != fingerprint:
                stale.setdefault(table, []).append(name)
    doubly = {
        table: sorted(by_table[spec.table])
        for table, spec in others.items()
        if spec.table in by_table
    }
    ours = any(item.table != log.table for item in found)
    blind = bool(native) and not ours and not emitter.sees_triggers(connection)
    if blind:
        # Who may not see triggers cannot tell whether any is missing; whoever installs them can.
        missing, stale = {}, {}
    known = {spec.table for spec in (*native.values(), *others.values())} | {log.table}
    return Findings(
        log=log,
        has_helpers=bool(here),
        helpers_fit=blind
        or (bool(here) and all(here.get(name) == mark for name, mark in expected.items())),
        blind=blind,
        native=tuple(native),
        missing=missing,
        stale=stale,
        doubly=doubly,
        foreign=tuple(item for item in found if item.table not in known),
        dialect=connection.dialect.name,
        default_schema=server.default_schema,
    )


def install(connection: Any, journal: Journal) -> None:
    """Create or refresh every trigger of a journal whose tables the database has.

    Nothing is changed when one of them cannot be made.

    :param connection: a Connection, or the mock connection of ``create_mock_engine()``.
    :raises VersioningError: what cannot be recorded, and what to do about it.
    """
    emitter = emitter_for(connection.dialect.name)
    if emitter is None:
        _refuse_forced_triggers(connection.dialect.name, journal)
        assign_positions(connection, journal.recorded.values(), resolver(connection, None))
        return
    if not isinstance(connection, Connection):
        server = emitter.offline_server(connection.dialect)
        assign_positions(connection, journal.recorded.values(), lambda schema: schema)
        specs = _resolved(journal, lambda schema: schema or server.default_schema)
        if specs:
            elements = [CreateTransactionHelpers(specs[0].log, specs), *map(CreateTriggers, specs)]
            _script(connection, elements)
        return
    server = emitter.server(connection, journal.log)
    real = resolver(connection, server.default_schema)
    present = _present(connection, journal.tables(native=True), real)
    specs = [item.spec(journal.log).resolve(real) for item in present]
    if not specs:
        assign_positions(connection, journal.recorded.values(), real)
        return
    for spec in specs:
        emitter.validate(spec, server)
    lacking = missing_history(connection, present, journal.log_tables, real)
    for error in lacking.values():
        # The triggers that stand there record what they can; new ones would fail every write.
        raise error
    emitter.ensure_transaction(connection, writing=True)
    assign_positions(connection, journal.recorded.values(), real)
    CreateTransactionHelpers(specs[0].log, specs).execute_on(connection, emitter, server)
    for spec in specs:
        CreateTriggers(spec).execute_on(connection, emitter, server)
    _remove_guards(connection, emitter, specs)


def _remove_guards(connection: Connection, emitter: Emitter, specs: list[TriggerSpec]) -> None:
    """Remove guards that were made when history was append-only, and now stand in the way."""
    log = specs[0].log
    if all(spec.append_only for spec in specs):
        return
    tables = {log.table} | {name for spec in specs for name in (spec.table, spec.version_table)}
    schemas = sorted({name.schema for name in tables}, key=lambda name: name or "")
    names: dict[Any, set[str]] = {}
    for item in emitter.installed(connection, log, schemas):
        names.setdefault(item.table, set()).add(item.name)
    statements = emitter.without_log_guards(log, names.get(log.table, ()))
    for spec in specs:
        statements += emitter.without_guards(spec, names.get(spec.table, ()))
    for statement in statements:
        connection.exec_driver_sql(
            statement, execution_options={INTERNAL: True, DEFINING: True, "no_parameters": True}
        )


def uninstall(connection: Any, journal: Journal, tables: Iterable[Table] | None = None) -> None:
    """Remove triggers of a journal; with the transaction table, their helpers too.

    :param tables: the tables that are about to go; ``None``: remove everything.
    """
    emitter = emitter_for(connection.dialect.name)
    if emitter is None:
        return
    going = None if tables is None else set(tables)
    chosen = [item for item in journal.tables(native=True) if going is None or item.table in going]
    helpers = going is None or any(
        table.name == journal.log.table.name and table.schema == journal.log.table.schema
        for table in going
    )
    if isinstance(connection, Connection):
        server = emitter.server(connection, journal.log)
        real = resolver(connection, server.default_schema)
        for item in chosen:
            DropTriggers(item.spec(journal.log).resolve(real)).execute_on(
                connection, emitter, server
            )
        if helpers and not _still_used(connection, emitter, journal, real):
            DropTransactionHelpers(resolve_log(journal.log, real)).execute_on(
                connection, emitter, server
            )
        return
    server = emitter.offline_server(connection.dialect)
    elements: list[TriggerDDL] = [
        DropTriggers(spec)
        for spec in _resolved(journal, lambda schema: schema or server.default_schema)
    ]
    if helpers:
        elements.append(
            DropTransactionHelpers(
                resolve_log(journal.log, lambda schema: schema or server.default_schema)
            )
        )
    _script(connection, elements)


def _still_used(
    connection: Connection,
    emitter: Emitter,
    journal: Journal,
    real: Callable[[str | None], str | None],
) -> bool:
    """Say whether triggers of others (another manager, another MetaData) need the helpers."""
    log = resolve_log(journal.log, real)
    schemas = {real(item.table.schema) for item in journal.recorded.values()} | {log.table.schema}
    found = emitter.installed(connection, log, sorted(schemas, key=lambda name: name or ""))
    return any(item.table != log.table for item in found)


def _script(connection: Any, elements: Iterable[TriggerDDL]) -> None:
    """Hand a mock connection one statement after the other."""
    for element in elements:
        for statement in element.statements(connection.dialect):
            connection.execute(TriggerStatement(statement))


def check_before_create(connection: Any, journal: Journal) -> None:
    """Raise for what cannot be recorded on this database, before its tables are created.

    :raises VersioningError: an unsupported table, a missing privilege, triggers without emitter.
    """
    dialect = connection.dialect.name
    emitter = emitter_for(dialect)
    if emitter is None:
        _refuse_forced_triggers(dialect, journal)
        return
    if not isinstance(connection, Connection):
        return
    server = emitter.server(connection, journal.log)
    real = resolver(connection, server.default_schema)
    specs = [spec.resolve(real) for spec in journal.specs(native=True)]
    for spec in specs:
        emitter.validate(spec, server)
    if specs:
        emitter.check_privileges(connection, specs[0].log, specs, server)


def _refuse_forced_triggers(dialect: str, journal: Journal) -> None:
    for item in journal.tables(native=True):
        wishes = {
            "protected=True": journal.log.protected,
            "append_only": item.options.append_only,
            f"level={item.options.level!r}": item.options.level != "row",
        }
        for wish in (name for name, wanted in wishes.items() if wanted):
            raise ImproperlyConfigured(
                f"{wish} needs triggers on {item.table.fullname!r}, but there is no trigger "
                f"emitter for dialect {dialect!r}",
                table=item.table.fullname,
                dialect=dialect,
                hint=f"Leave out {wish} for such a database.",
            )
        if item.options.native_versioning is True:
            raise ImproperlyConfigured(
                f"{item.table.fullname!r} asks for triggers, but there is no trigger emitter for "
                f"dialect {dialect!r}",
                table=item.table.fullname,
                dialect=dialect,
                hint="Leave native_versioning out: such a database is recorded by the ORM.",
            )


def _resolved(journal: Journal, real: Callable[[str | None], str | None]) -> list[TriggerSpec]:
    return [spec.resolve(real) for spec in journal.specs(native=True)]


def _present(
    connection: Connection,
    tables: Iterable[RecordedTable],
    real: Callable[[str | None], str | None],
) -> list[RecordedTable]:
    """Return the live tables that exist; refuse views."""
    inspector = inspect(connection)
    names: dict[str | None, set[str]] = {}

    def exists(table: Table) -> bool:
        schema = real(table.schema)
        if schema not in names:
            names[schema] = set(inspector.get_table_names(schema=schema))
        return table.name in names[schema]

    present = []
    for item in tables:
        if exists(item.table):
            present.append(item)
        elif item.table.name in inspector.get_view_names(schema=real(item.table.schema)):
            raise UnsupportedTable(
                f"{item.table.fullname!r} is a view; triggers cannot record what is written "
                "through it",
                table=item.table.fullname,
                dialect=connection.dialect.name,
                hint="Version the tables that the view reads from.",
            )
    return present
