"""Renaming a table together with its history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from alembic.operations import MigrateOperation
from alembic.operations import Operations
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex
from sqlalchemy.schema import DropIndex
from sqlalchemy.sql.elements import quoted_name

from continuum.alembic.branches import definitions_after
from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import thaw
from continuum.alembic.execution import Place
from continuum.alembic.execution import place_of
from continuum.alembic.operations import VersioningOp
from continuum.alembic.operations import install
from continuum.dialects.ddl import DropTriggers
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ImproperlyConfigured
from continuum.schema.mask import moved_positions


@Operations.register_operation("rename_versioned_table", "rename")
class RenameVersionedTableOp(VersioningOp):
    """Rename a table and its history, and replace its triggers.

    :param old: what the triggers did.
    :param new: what they do from now on.
    """

    operation = "rename_versioned_table"

    def __init__(self, old: Definition, new: Definition) -> None:
        self.old = old
        self.new = new

    @classmethod
    def rename(cls, operations: Operations, old: Definition, new: Definition) -> None:
        """Rename a table and its history, with their indexes, and replace its triggers.

        Autogenerate sees a table that goes and another one that comes.  Take out what it wrote for
        the two and for their version tables, and put this there, with both definitions.  In names
        of indexes the old name of their table is replaced, but not in a script (``--sql``), which
        does not know them.

        :param old: what the triggers do so far: the definition of ``op.drop_version_triggers()``.
        :param new: what they are to do: the definition of ``op.create_version_triggers()``.
        :raises ImproperlyConfigured: the definitions are of tables in different schemas, or of
            different transaction tables, or name the same table, or there is no such table.

        Example::

            op.rename_versioned_table({"table": "article", ...}, {"table": "post", ...})
        """
        operations.invoke(cls(old, new))

    def arguments(self) -> Sequence[Any]:
        return (self.old, self.new)

    def reverse(self) -> MigrateOperation:
        return type(self)(self.new, self.old)


@Operations.implementation_for(RenameVersionedTableOp)
def _rename(operations: Operations, operation: RenameVersionedTableOp) -> None:
    old, new = thaw(operation.old), thaw(operation.new)
    place = place_of(operations, new.log)
    old, new = old.resolve(place.real), new.resolve(place.real)
    _validate(old, new)
    place.validate(new)
    _, definitions = definitions_after(place, operation.old, operation.new)
    if not definitions:
        raise ImproperlyConfigured(
            f"{old.table} cannot be renamed to {new.table}: there is neither of them",
            table=str(old.table),
            hint="Another migration has dropped or renamed it.  Take the operation out, or give it "
            "the name that the table has by now.",
        )
    pairs = [(old.table, new.table), (old.version_table, new.version_table)]
    moved = [(before, after) for before, after in pairs if before != after]
    if place.emitter.capabilities.transactional_ddl:
        # From here on the table is locked until the end of the migration.
        place.execute(DropTriggers(old))
        for before, after in moved:
            place.statement(
                f"ALTER TABLE {place.quoted(before)} RENAME TO {place.quoted_name(after.name)}"
            )
    else:
        # In one step.  The triggers come along; without the history they know, no write succeeds.
        names = (f"{place.quoted(before)} TO {place.quoted(after)}" for before, after in moved)
        place.statement(f"RENAME TABLE {', '.join(names)}")
    place.move_positions(old, moved_positions(old, new))
    for before, after in moved:
        _rename_indexes(place, before, after)
    for definition in definitions:
        install(thaw(definition).resolve(place.real), place)
    if not place.emitter.capabilities.transactional_ddl:
        # The facts about the server have changed: what stands on the table now.
        place_of(operations, new.log).execute(DropTriggers(old))


def _validate(old: TriggerSpec, new: TriggerSpec) -> None:
    what = None
    if old.table == new.table:
        what = "have the same name"
    elif (old.table.schema, old.version_table.schema) != (
        new.table.schema,
        new.version_table.schema,
    ):
        what = "are in different schemas"
    elif old.log.table != new.log.table:
        what = f"are recorded into {old.log.table} and {new.log.table}"
    if what is not None:
        raise ImproperlyConfigured(
            f"{old.table} cannot be renamed to {new.table} together with its history: "
            f"by their definitions they {what}",
            table=str(old.table),
            hint="The first definition is that of the table so far, the second one has its new "
            "name.  A table goes to another schema without its triggers: drop them with "
            "op.drop_version_triggers(), move table and version table, and create them again.",
        )


def _rename_indexes(place: Place, before: TableName, after: TableName) -> None:
    """Let the indexes of a table that has its new name already have it in their names, too.

    Otherwise autogenerate would drop them, and create them again.
    """
    connection = place.connection
    if connection is None:
        return
    reflected = Table(after.name, MetaData(), schema=after.schema, autoload_with=connection)
    # MariaDB and MySQL make an index for a foreign key, and know it by the same name.
    of_keys = {str(item.name) for item in reflected.foreign_key_constraints}
    for index in sorted(reflected.indexes, key=lambda item: str(item.name)):
        name = str(index.name)
        becomes = _with_name(name, before.name, after.name)
        if name == becomes or name in of_keys:
            continue
        if place.emitter.name == "postgresql":
            where = place.quoted(TableName(name, after.schema))
            place.statement(f"ALTER INDEX {where} RENAME TO {place.quoted_name(becomes)}")
        elif place.emitter.name == "mysql":
            place.statement(
                f"ALTER TABLE {place.quoted(after)} RENAME INDEX {place.quoted_name(name)}"
                f" TO {place.quoted_name(becomes)}"
            )
        else:
            place.run(DropIndex(index))
            index.name = quoted_name(becomes, quote=True)
            place.run(CreateIndex(index))


def _with_name(index: str, before: str, after: str) -> str:
    """Return the name of an index with another name of its table in it.

    Only where it stands as a whole: ``ix_art_name`` belongs to ``art``, not to ``ar``.
    """
    whole = rf"(?<![^\W_]){re.escape(before)}(?![^\W_])"
    return re.sub(whole, lambda _: after, index, count=1)
