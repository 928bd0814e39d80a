"""Values that only history has, back in their live columns."""

from __future__ import annotations

from collections.abc import Sequence

from alembic.operations import MigrateOperation
from alembic.operations import Operations
from sqlalchemy import Enum
from sqlalchemy import cast
from sqlalchemy import exists
from sqlalchemy import select

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import thaw
from continuum.alembic.execution import place_of
from continuum.alembic.levels import recorded_of
from continuum.dialects.spec import storage_type
from continuum.errors import ImproperlyConfigured
from continuum.maintenance.comparing import belongs
from continuum.maintenance.comparing import is_open


@Operations.register_operation("refill_versioned_columns", "refill")
class RefillVersionedColumnsOp(MigrateOperation):
    """Give columns that are there again the values of the versions in force.

    :param definition: of triggers that know the columns.
    :param columns: their names in the live table.
    """

    def __init__(self, definition: Definition, columns: Sequence[str]) -> None:
        self.definition = definition
        self.columns = columns

    @classmethod
    def refill(cls, operations: Operations, definition: Definition, columns: Sequence[str]) -> None:
        """Give columns that are there again the values of the versions in force.

        For the downgrade of a migration that dropped columns and kept their history: behind
        ``op.add_column()``, and before ``op.replace_version_triggers()``, so that it makes no new
        versions.

        :param definition: the one to come, which knows the columns.
        :param columns: their names in the live table.
        :raises ImproperlyConfigured: the definition does not know one of them.

        One statement.  Works in a script (``--sql``), too.  Example::

            op.refill_versioned_columns(versioned_supplier_before, ["fax"])
        """
        operations.invoke(cls(definition, columns))


@Operations.implementation_for(RefillVersionedColumnsOp)
def _refill(operations: Operations, operation: RefillVersionedColumnsOp) -> None:
    spec = thaw(operation.definition)
    known = {item.name: item for item in spec.columns}
    for name in operation.columns:
        if name not in known or name in spec.key:
            raise ImproperlyConfigured(
                f"the triggers of {spec.table} copy no column {name!r} outside the key",
                table=str(spec.table),
                column=name,
                hint="Pass the definition that the triggers are going to have.",
            )
    place = place_of(operations, spec.log)
    recorded = recorded_of(spec.resolve(place.real))
    version = recorded.version_table.alias("version")
    mine = belongs(recorded, version), is_open(recorded, version)
    values = {}
    for column in recorded.columns:
        if column.live.name not in operation.columns:
            continue
        kept = version.c[column.version.key]
        # PostgreSQL does not take a text for a value of an ENUM.
        enum = place.emitter.name == "postgresql" and isinstance(
            storage_type(column.live.type), Enum
        )
        value = select(cast(kept, column.live.type) if enum else kept)
        values[column.live] = value.where(*mine).scalar_subquery()
    if place.connection is not None:
        place.emitter.ensure_transaction(place.connection, writing=True)
    rows = exists().where(*mine).select_from(version)
    place.run(recorded.table.update().where(rows).values(values))
