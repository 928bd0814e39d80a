"""Which kinds of objects each transaction changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import case
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import foreign
from sqlalchemy.orm import relationship

from continuum.dialects.expressions import RowExpression
from continuum.dialects.expressions import over_row
from continuum.dialects.spec import ChangesSpec
from continuum.dialects.spec import TableName
from continuum.mapping.journal import Journal
from continuum.mapping.unnamed import map_unnamed
from continuum.plugins.side_tables import SideTablePlugin
from continuum.reading.transaction import ChangeRecords

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


class TransactionChangesPlugin(SideTablePlugin):
    """Notes in the table ``transaction_changes`` which classes each transaction changed.

    The table has ``transaction_id`` and ``entity_name`` and is filled by the triggers, whoever
    writes; the ORM recorder does the same.  A transaction has it as ``changes``::

        select(Transaction).where(Transaction.changes.any(entity_name="Article"))
    """

    def after_build_tx_class(self, manager: VersioningManager) -> None:
        """Make the table and its class for every history that lacks them."""
        self.make_classes(manager)

    def _make_class(self, journal: Journal) -> type[Any]:
        return _make_class(journal)

    def after_build_models(self, manager: VersioningManager) -> None:
        """Tell the recorders to note the classes of the tables."""
        for journal, cls in self.classes.items():
            table = inspect(cls).local_table
            assert isinstance(table, Table)
            for mapper, recorded in journal.mappers.items():
                if recorded.root is not None or recorded.changes is not None:
                    continue
                recorded.changes = ChangesSpec(
                    table=TableName(table.name, table.schema),
                    transaction_column="transaction_id",
                    entity_column="entity_name",
                    entity=_entity_name(mapper),
                )


def _make_class(journal: Journal) -> type[Any]:
    log = journal.transaction_table
    table = Table(
        "transaction_changes",
        journal.metadata,
        Column("transaction_id", BigInteger, primary_key=True, autoincrement=False),
        Column("entity_name", String(255), primary_key=True),
        schema=log.schema,
    )
    made = map_unnamed(
        inspect(journal.transaction_cls).registry,
        type("TransactionChanges", (), {"__module__": __name__}),
        table,
    )
    transaction = inspect(journal.transaction_cls)
    transaction_id = transaction.get_property("id").columns[0]
    joined = foreign(table.c.transaction_id) == transaction_id
    inspect(made).add_property(
        "transaction",
        relationship(journal.transaction_cls, primaryjoin=joined, viewonly=True, uselist=False),
    )
    transaction.add_property(
        "changes",
        relationship(
            made,
            primaryjoin=joined,
            viewonly=True,
            order_by=table.c.entity_name,
            # The list can be called as the method is that it takes the place of.
            collection_class=ChangeRecords,
        ),
    )
    ChangeRecords.keep_owners(journal.transaction_cls.changes)
    journal.add_side_table(table, "transaction_id", recorded=True)
    return made


def _entity_name(mapper: Mapper[Any]) -> RowExpression:
    """Return the expression for the name of the class that a row belongs to."""
    root = mapper.base_mapper if not mapper.concrete else mapper
    name = literal(root.class_.__name__)
    others = [
        each
        for each in root.self_and_descendants
        if each is not root and not each.concrete and each.polymorphic_identity is not None
    ]
    if root.polymorphic_on is None or not others:
        return RowExpression(name)
    kind = over_row("new", root.polymorphic_on)
    return RowExpression(
        case(
            *(
                (kind == literal(each.polymorphic_identity), literal(each.class_.__name__))
                for each in sorted(others, key=lambda item: item.class_.__name__)
            ),
            else_=name,
        )
    )
