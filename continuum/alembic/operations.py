"""What migrations do to triggers, as operations of Alembic: ``op.create_version_triggers()`` ..."""

from __future__ import annotations

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from alembic.operations import MigrateOperation
from alembic.operations import Operations

from continuum.alembic.branches import definitions_after
from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import thaw
from continuum.alembic.definitions import thaw_log
from continuum.alembic.execution import Place
from continuum.alembic.execution import place_of
from continuum.alembic.filling import fill_new_columns
from continuum.alembic.ledger import ledger_of
from continuum.dialects.ddl import CreateTransactionHelpers
from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import DropTransactionHelpers
from continuum.dialects.ddl import DropTriggers
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import resolve_log
from continuum.errors import ImproperlyConfigured
from continuum.schema.mask import positions


class VersioningOp(MigrateOperation, ABC):
    """An operation on triggers or on what they share.

    :cvar operation: its name in migrations.
    """

    operation: str

    @abstractmethod
    def arguments(self) -> Sequence[Any]:
        """Return what it is called with."""

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return its name and what it is about, for ``alembic check``."""
        return (self.operation, *self.arguments())


class _DefinitionOp(VersioningOp):
    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def arguments(self) -> Sequence[Definition | None]:
        return (self.definition,)

    @classmethod
    def _invoke(cls, operations: Operations, definition: Definition) -> None:
        operations.invoke(cls(definition))


@Operations.register_operation("create_version_triggers", "create")
class CreateVersionTriggersOp(_DefinitionOp):
    """Record a table by triggers.

    :param definition: what they do.
    """

    operation = "create_version_triggers"

    @classmethod
    def create(cls, operations: Operations, definition: Definition) -> None:
        """Create or refresh the triggers of one table, and what they share with others.

        :param definition: what the triggers do, as autogenerate writes it.
        :raises VersioningError: what the database cannot record, or refused.
        """
        cls._invoke(operations, definition)

    def reverse(self) -> MigrateOperation:
        return DropVersionTriggersOp(self.definition)


@Operations.register_operation("drop_version_triggers", "drop")
class DropVersionTriggersOp(_DefinitionOp):
    """Stop to record a table.

    :param definition: what its triggers do.
    """

    operation = "drop_version_triggers"

    @classmethod
    def drop(cls, operations: Operations, definition: Definition) -> None:
        """Drop the triggers of one table.  Its history stays.

        :param definition: what the triggers do; a downgrade creates them again.
        """
        cls._invoke(operations, definition)

    def reverse(self) -> MigrateOperation:
        return CreateVersionTriggersOp(self.definition)


@Operations.register_operation("replace_version_triggers", "replace")
class ReplaceVersionTriggersOp(VersioningOp):
    """Record a table by other triggers than before.

    :param old: what they did, ``None`` if that is not known.
    :param new: what they do from now on.
    """

    operation = "replace_version_triggers"

    def __init__(self, old: Definition | None, new: Definition | None) -> None:
        self.old = old
        self.new = new

    @classmethod
    def replace(
        cls, operations: Operations, old: Definition | None, new: Definition | None
    ) -> None:
        """Replace the triggers of one table.

        Columns that they copy for the first time get the values of the rows in the versions in
        force, unless history is append-only.

        :param old: what they do so far, ``None`` if that is not known.
        :param new: what they are to do.
        :raises ImproperlyConfigured: ``new`` is not known: the downgrade of a migration that found
            triggers which no migration had made.
        """
        operations.invoke(cls(old, new))

    def arguments(self) -> Sequence[Definition | None]:
        return (self.old, self.new)

    def reverse(self) -> MigrateOperation:
        return type(self)(self.new, self.old)


@Operations.register_operation("create_version_helpers", "create")
class CreateVersionHelpersOp(_DefinitionOp):
    """Create what all triggers of one transaction table share.

    :param definition: the transaction table.
    """

    operation = "create_version_helpers"

    @classmethod
    def create(cls, operations: Operations, definition: Definition) -> None:
        """Create or refresh what all triggers of one transaction table share.

        :param definition: the transaction table, as autogenerate writes it.
        """
        cls._invoke(operations, definition)

    def reverse(self) -> MigrateOperation:
        return DropVersionHelpersOp(self.definition)


@Operations.register_operation("drop_version_helpers", "drop")
class DropVersionHelpersOp(_DefinitionOp):
    """Drop what all triggers of one transaction table share.

    :param definition: the transaction table.
    """

    operation = "drop_version_helpers"

    @classmethod
    def drop(cls, operations: Operations, definition: Definition) -> None:
        """Drop what all triggers of one transaction table share, when none is left.

        :param definition: the transaction table; a downgrade creates everything again.
        """
        cls._invoke(operations, definition)

    def reverse(self) -> MigrateOperation:
        return CreateVersionHelpersOp(self.definition)


@Operations.implementation_for(CreateVersionTriggersOp)
def _create(operations: Operations, operation: CreateVersionTriggersOp) -> None:
    place = place_of(operations, thaw(operation.definition).log)
    _, definitions = definitions_after(place, None, operation.definition)
    for definition in definitions:
        install(thaw(definition).resolve(place.real), place)


@Operations.implementation_for(DropVersionTriggersOp)
def _drop(operations: Operations, operation: DropVersionTriggersOp) -> None:
    spec = thaw(operation.definition)
    place = place_of(operations, spec.log)
    ledger_of(operations).change(operation.definition, None)
    place.execute(DropTriggers(spec.resolve(place.real)))


@Operations.implementation_for(ReplaceVersionTriggersOp)
def _replace(operations: Operations, operation: ReplaceVersionTriggersOp) -> None:
    if operation.new is None:
        table = None if operation.old is None else str(thaw(operation.old).table)
        raise ImproperlyConfigured(
            f"it is not known what the triggers of {table!r} did before this migration",
            table=table,
            hint="They had not been made by a migration.  Write their definition in the place of "
            "None, or call op.drop_version_triggers() there.",
        )
    place = place_of(operations, thaw(operation.new).log)
    found, definitions = definitions_after(place, operation.old, operation.new)
    if not definitions:
        return
    spec, *others = (thaw(item).resolve(place.real) for item in definitions)
    old = None if found is None else thaw(found).resolve(place.real)
    if old is not None:
        left = place.expected(old).keys() - place.expected(spec).keys()
        if left or old.table != spec.table:
            place.execute(DropTriggers(old))
    for each in (spec, *others):
        install(each, place)
    if operation.old is not None and old is not None:
        # By what the migration says: triggers may be there since it has failed half way.
        fill_new_columns(place, thaw(operation.old).resolve(place.real), spec)
        guards = place.emitter.expected_helpers(old.log, place.server)
        for statement in place.emitter.without_log_guards(spec.log, guards):
            place.statement(statement)


@Operations.implementation_for(CreateVersionHelpersOp)
def _create_helpers(operations: Operations, operation: CreateVersionHelpersOp) -> None:
    _on_log(operations, operation.definition, lambda log: CreateTransactionHelpers(log, ()))


@Operations.implementation_for(DropVersionHelpersOp)
def _drop_helpers(operations: Operations, operation: DropVersionHelpersOp) -> None:
    _on_log(
        operations, operation.definition, lambda log: DropTransactionHelpers(with_all_helpers(log))
    )


def with_all_helpers(log: LogSpec) -> LogSpec:
    """Return a log with every helper that there can be: some may stay when their options go."""
    return replace(log, append_only=True, protected=True)


def _on_log(
    operations: Operations, definition: Definition, element: Callable[[LogSpec], Any]
) -> None:
    log = thaw_log(definition)
    place = place_of(operations, log)
    place.execute(element(resolve_log(log, place.real)))


def _beside(spec: TriggerSpec, place: Place) -> Iterator[TriggerSpec]:
    """Iterate over the other tables that a database may record into the same transaction table.

    A script cannot ask for them, so it names all that the migrations of the project know of.
    """
    if place.connection is not None:
        return
    found = {spec.version_table}
    for known in ledger_of(place.operations).known:
        other = known.resolve(place.real)
        if other.log.table != spec.log.table or other.version_table in found:
            continue
        found.add(other.version_table)
        if place.emitter.capabilities.cross_schema or other.table.schema == spec.table.schema:
            yield other


def install(spec: TriggerSpec, place: Place) -> None:
    """Create the triggers of a table, and what they share with others.

    :param spec: with the real schemas.
    """
    place.validate(spec)
    for statement in positions(spec):
        place.run(statement)
    place.execute(CreateTransactionHelpers(spec.log, (*_beside(spec, place), spec)))
    place.execute(CreateTriggers(spec))
