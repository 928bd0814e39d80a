"""Renaming a column together with its history."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from alembic.operations import MigrateOperation
from alembic.operations import Operations

from continuum.alembic.batch import CarryingSQLiteImpl
from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import thaw
from continuum.alembic.execution import Place
from continuum.alembic.execution import place_of
from continuum.alembic.operations import ReplaceVersionTriggersOp
from continuum.alembic.operations import VersioningOp
from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import DropTriggers
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ImproperlyConfigured
from continuum.schema.mask import renamed_position


@Operations.register_operation("rename_versioned_column", "rename")
class RenameVersionedColumnOp(VersioningOp):
    """Rename columns of a table and of its history, and replace its triggers.

    :param old: what the triggers did.
    :param new: what they do from now on.
    :param names: new names by old ones.
    """

    operation = "rename_versioned_column"

    def __init__(self, old: Definition, new: Definition, names: Mapping[str, str]) -> None:
        self.old = old
        self.new = new
        self.names = dict(names)

    @classmethod
    def rename(
        cls, operations: Operations, old: Definition, new: Definition, names: Mapping[str, str]
    ) -> None:
        """Rename columns of a table and of its history, and replace its triggers.

        Autogenerate sees a column that goes and another one that comes.  Take out what it wrote
        for the two, and put this into the place of ``op.replace_version_triggers()``.

        :param old: what the triggers do so far, as autogenerate writes it.
        :param new: what they are to do.
        :param names: new names by old ones: ``{"name": "title"}``; in a downgrade the reverse.
        :raises ImproperlyConfigured: a definition does not have a column.
        """
        operations.invoke(cls(old, new, names))

    def arguments(self) -> Sequence[Any]:
        return (self.old, self.new, self.names)

    def reverse(self) -> MigrateOperation:
        return type(self)(self.new, self.old, {new: old for old, new in self.names.items()})


@Operations.implementation_for(RenameVersionedColumnOp)
def _rename(operations: Operations, operation: RenameVersionedColumnOp) -> None:
    old, new = thaw(operation.old), thaw(operation.new)
    place = place_of(operations, new.log)
    old, new = old.resolve(place.real), new.resolve(place.real)
    # Known before anything is done.
    renamed = {names: list(_renamed(old, new, *names)) for names in operation.names.items()}
    with _triggers_aside(place, old, new):
        for names, columns in renamed.items():
            # History first: until the triggers fit again, writes fail, and none goes unrecorded.
            for where, was, becomes in columns:
                if was != becomes:
                    place.statement(
                        f"ALTER TABLE {place.quoted(where)} RENAME COLUMN {place.quoted_name(was)}"
                        f" TO {place.quoted_name(becomes)}"
                    )
            place.move_positions(old, renamed_position(new, *names))
    operations.invoke(ReplaceVersionTriggersOp(operation.old, operation.new))


@contextmanager
def _triggers_aside(place: Place, old: TriggerSpec, new: TriggerSpec) -> Iterator[None]:
    """Let no trigger be in the way of new names of columns."""
    impl = place.operations.impl
    if place.connection is not None:
        with ExitStack() as stack:
            if isinstance(impl, CarryingSQLiteImpl):
                for schema in {old.table.schema, old.version_table.schema}:
                    stack.enter_context(impl.without_triggers(schema))
            yield
    elif place.emitter.name != "sqlite":
        yield
    else:
        # A script does not know what triggers there are, but those of the hierarchy.
        for level in _levels(old):
            place.execute(DropTriggers(level))
        yield
        for level in _levels(new):
            if level.table != new.table:
                place.execute(CreateTriggers(level))


def _levels(spec: TriggerSpec) -> Iterator[TriggerSpec]:
    """Iterate over the tables of a hierarchy."""
    root = spec.root or spec
    yield root
    for level in root.lower:
        yield replace(level, root=root)


def _renamed(
    old: TriggerSpec, new: TriggerSpec, before: str, after: str
) -> Iterator[tuple[TableName, str, str]]:
    """Iterate over the columns to be renamed: table, old name and new name."""
    found = {item.name: item for item in old.columns}.get(before)
    made = {item.name: item for item in new.columns}.get(after)
    if found is None or made is None:
        raise ImproperlyConfigured(
            f"{before!r} cannot be renamed to {after!r}: the triggers of {new.table} do not have "
            "both of them",
            table=str(new.table),
            column=before if found is None else after,
            hint="The old name stands in the first definition, the new one in the second.",
        )
    yield new.version_table, found.history_name, made.history_name
    if found.flag is not None and made.flag is not None:
        yield new.version_table, found.flag, made.flag
    yield new.table, before, after
