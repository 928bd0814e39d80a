"""Keys and values of transactions, in rows of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy import Unicode
from sqlalchemy import UnicodeText
from sqlalchemy import inspect
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import attribute_keyed_dict
from sqlalchemy.orm import foreign
from sqlalchemy.orm import relationship

from continuum.errors import ImproperlyConfigured
from continuum.mapping.journal import Journal
from continuum.mapping.unnamed import map_unnamed
from continuum.plugins.side_tables import SideTablePlugin

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


class TransactionMetaPlugin(SideTablePlugin):
    """Keeps ``transaction.meta`` as texts by key, in the table ``transaction_meta``.

    It takes the place of the JSON column of the same name, for histories that have such a table and
    for queries by key and value::

        transaction = versioning_manager.unit_of_work(session).create_transaction()
        transaction.meta = {"ticket": "12"}

        select(Transaction).where(
            Transaction.meta_relation.any(key="ticket", value="12")
        )
    """

    transaction_columns: ClassVar[tuple[str, ...]] = ("meta",)

    def after_build_tx_class(self, manager: VersioningManager) -> None:
        """Make the table and its class for every history that lacks them."""
        self.make_classes(manager)

    def _make_class(self, journal: Journal) -> type[Any]:
        return _make_class(journal)


def _make_class(journal: Journal) -> type[Any]:
    transaction = inspect(journal.transaction_cls)
    if "meta" in transaction.attrs:
        raise ImproperlyConfigured(
            f"Transaction class {journal.transaction_cls.__name__} has a column 'meta', whose "
            "place TransactionMetaPlugin takes",
            table=journal.transaction_table.fullname,
            hint="Write meta = None in the class, or leave the plugin out and use the column.",
        )
    table = Table(
        "transaction_meta",
        journal.metadata,
        Column("transaction_id", BigInteger, primary_key=True, autoincrement=False),
        Column("key", Unicode(255), primary_key=True),
        Column("value", UnicodeText),
        schema=journal.transaction_table.schema,
    )
    made = map_unnamed(
        inspect(journal.transaction_cls).registry,
        type("TransactionMeta", (), {"__module__": __name__}),
        table,
    )
    joined = foreign(table.c.transaction_id) == transaction.get_property("id").columns[0]
    inspect(made).add_property(
        "transaction",
        relationship(
            journal.transaction_cls,
            primaryjoin=joined,
            uselist=False,
            back_populates="meta_relation",
        ),
    )
    transaction.add_property(
        "meta_relation",
        relationship(
            made,
            primaryjoin=joined,
            uselist=True,
            collection_class=attribute_keyed_dict("key"),
            cascade="all, delete-orphan",
            back_populates="transaction",
        ),
    )
    journal.transaction_cls.meta = association_proxy(
        "meta_relation", "value", creator=lambda key, value: made(key=key, value=value)
    )
    journal.add_side_table(table, "transaction_id")
    return made
