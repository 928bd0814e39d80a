"""The Transaction class: one row for each database transaction that changed something."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from typing import ClassVar

from sqlalchemy import JSON
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import Text
from sqlalchemy import inspect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import foreign
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import registry
from sqlalchemy.orm import relationship
from sqlalchemy.sql.functions import FunctionElement

from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.errors import ImproperlyConfigured
from continuum.mapping.pickling import make_class
from continuum.mapping.unnamed import map_unnamed
from continuum.reading.transaction import TransactionReading
from continuum.schema.names import shortened
from continuum.schema.types import UTCDateTime

DEFAULT_TABLE_NAME = "transaction"

CONTEXT_COLUMNS = ("actor", "reason", "meta")


class TransactionBase(TransactionReading):
    """Declarative mixin with the columns that every Transaction class has.

    Use it to write a Transaction class of your own::

        class Transaction(TransactionBase, Base):
            __tablename__ = "transaction"
            request_id: Mapped[str | None] = mapped_column(String(36), default=current_request_id)

        make_versioned(transaction_cls=Transaction)

    Rows are born in the database, so that own columns have to be nullable or have a server
    default; a Python default is evaluated when a transaction first writes through SQLAlchemy.
    """

    __table_args__: ClassVar[Any] = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    remote_addr: Mapped[str | None] = mapped_column(String(50))
    actor: Mapped[str | None] = mapped_column(String(255))
    reason: Mapped[str | None] = mapped_column(Text)
    meta: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    def __repr__(self) -> str:
        state = inspect(self)
        if "id" not in state.dict:
            return f"<{type(self).__name__}>"
        parts = [f"id={state.dict['id']}"]
        parts += [
            f"{name}={value if isinstance(value, datetime) else repr(value)}"
            for name in ("issued_at", "actor", "reason")
            if (value := state.dict.get(name)) is not None
        ]
        return f"<{type(self).__name__} {' '.join(parts)}>"


class TransactionFactory:
    """Makes the Transaction class when the user brings none.

    :param remote_addr: the table has a column for the network address.
    :param table_name: name of the transaction table.
    :param schema: schema of the transaction table.
    :param class_name: name of the class.
    :param bases: mixins with further columns.
    :param database_user: the table has a column ``database_user`` with the user who connected to
        the database, which a client cannot choose as it can the actor; empty on SQLite.
    :param context_columns: the table has the columns ``actor``, ``reason`` and ``meta``; the tables
        of SQLAlchemy-Continuum have not.
    """

    def __init__(
        self,
        remote_addr: bool = True,
        *,
        table_name: str = DEFAULT_TABLE_NAME,
        schema: str | None = None,
        class_name: str = "Transaction",
        bases: tuple[type, ...] = (),
        context_columns: bool = True,
        database_user: bool = False,
    ) -> None:
        self.remote_addr = remote_addr
        self.table_name = table_name
        self.schema = schema
        self.class_name = class_name
        self.bases = bases
        self.context_columns = context_columns
        self.database_user = database_user

    def __call__(
        self, target: registry, extra: Mapping[str, Any], without: Collection[str] = ()
    ) -> type[Any]:
        """Return a new class mapped in a registry.

        :param target: registry that the class is mapped in.
        :param extra: further attributes, such as the user's column and relationship.
        :param without: columns of the base to leave out, because a plugin takes their place.
        :raises ImproperlyConfigured: the table name is taken.
        """
        full_name = self.table_name if not self.schema else f"{self.schema}.{self.table_name}"
        if full_name in target.metadata.tables:
            raise ImproperlyConfigured(
                f"there is a table {full_name!r} already, so that the transaction table cannot "
                "have this name",
                table=full_name,
                hint="make_versioned(transaction_cls=TransactionFactory(table_name="
                "'version_transaction')) gives ours another name; if the table is meant to be "
                "ours, let its class inherit from TransactionBase and pass it as transaction_cls.",
            )
        columns, settings = self._declared(target)
        absent = {*without, *(() if self.context_columns else CONTEXT_COLUMNS)}
        if not self.remote_addr:
            absent.add("remote_addr")
        for name in absent:
            columns.pop(name, None)
        if self.database_user:
            columns["database_user"] = Column(
                "database_user", String(255), server_default=DatabaseUser()
            )
        columns |= {name: item for name, item in extra.items() if isinstance(item, Column)}
        table = Table(
            self.table_name,
            target.metadata,
            *columns.values(),
            schema=self.schema,
            **{"sqlite_autoincrement": True, **settings},
        )
        made = make_class(
            self.class_name,
            (*self.bases, TransactionBase),
            # What the base declares and the table does not have reads as nothing.
            {"__module__": __name__, **dict.fromkeys(absent)},
        )
        properties = {**columns, **extra}
        return map_unnamed(target, made, table, properties=properties)

    def _declared(self, target: registry) -> tuple[dict[str, Column[Any]], dict[str, Any]]:
        """Return the columns that the bases declare, by attribute, and table settings."""
        scratch = registry(type_annotation_map=target.type_annotation_map)
        probe: type[Any] = scratch.mapped(
            type("Probe", (*self.bases, TransactionBase), {"__tablename__": self.table_name})
        )
        columns = {prop.key: prop.columns[0]._copy() for prop in inspect(probe).column_attrs}
        settings = dict(probe.__table__.dialect_kwargs)
        scratch.dispose()
        return columns, settings


class DatabaseUser(FunctionElement[str]):
    """The user who connected to the database, whoever it acts as; ``None`` on SQLite."""

    inherit_cache = True
    type = String()


@compiles(DatabaseUser)
def _session_user(element: DatabaseUser, compiler: Any, **_: Any) -> str:
    return "SESSION_USER"


@compiles(DatabaseUser, "mysql")
@compiles(DatabaseUser, "mariadb")
def _user(element: DatabaseUser, compiler: Any, **_: Any) -> str:
    # SESSION_USER() is the same, but the servers write it down as USER(), and keep that.
    return "(USER())"


@compiles(DatabaseUser, "sqlite")
def _nobody(element: DatabaseUser, compiler: Any, **_: Any) -> str:
    return "NULL"


def _is_database_user(column: Column[Any]) -> bool:
    default = column.server_default
    return isinstance(getattr(default, "arg", None), DatabaseUser)


def complete(transaction_cls: type[Any], extra: Mapping[str, Any]) -> None:
    """Add to a Transaction class of the user's what it lacks of the given attributes."""
    mapper: Mapper[Any] = inspect(transaction_cls)
    table = mapper.local_table
    assert isinstance(table, Table)
    known = set(mapper.attrs.keys())
    for name, item in extra.items():
        if name in known or (name == "user" and "user_id" in known):
            continue
        if isinstance(item, Column):
            table.append_column(item)
        mapper.add_property(name, item)


def user_attributes(user_cls: type[Any]) -> dict[str, Any]:
    """Return the column and the relationship that tie a transaction to the user who made it.

    There is no foreign key: deleting a user keeps the log.

    :raises ImproperlyConfigured: the user class has no single-column key.
    """
    mapper: Mapper[Any] = inspect(user_cls)
    if len(mapper.primary_key) != 1:
        raise ImproperlyConfigured(
            f"user class {user_cls.__name__} has a key of {len(mapper.primary_key)} columns, but "
            "the transaction table holds the user in one column",
            table=str(mapper.local_table),
            hint="Pass user_cls=None and keep the user in a column of your own Transaction class.",
        )
    key = mapper.primary_key[0]
    column: Column[Any] = Column(
        "user_id", key.type.copy() if hasattr(key.type, "copy") else key.type
    )
    return {
        "user_id": column,
        "user": relationship(
            user_cls, primaryjoin=foreign(column) == key, viewonly=True, uselist=False
        ),
    }


def log_spec(
    transaction_cls: type[Any],
    *,
    on_inversion: str,
    protected: bool = False,
) -> LogSpec:
    """Return what the dialects have to know about a Transaction class.

    :raises ImproperlyConfigured: a column that rows born in the database could not have.
    """
    mapper: Mapper[Any] = inspect(transaction_cls)
    table = mapper.local_table
    assert isinstance(table, Table)
    if not {"id", "issued_at"} <= set(mapper.attrs.keys()):
        raise ImproperlyConfigured(
            f"Transaction class {transaction_cls.__name__} lacks the columns id and issued_at",
            table=table.fullname,
            hint="Let it inherit from TransactionBase.",
        )
    columns = []
    for prop in mapper.column_attrs:
        column = prop.columns[0]
        if not isinstance(column, Column) or column.table is not table:
            continue
        if prop.key in ("id", "issued_at") or _is_database_user(column):
            continue
        if not column.nullable and column.server_default is None and column.identity is None:
            raise ImproperlyConfigured(
                f"column {column.name!r} of the Transaction class is NOT NULL without a server "
                "default; a row that a trigger makes for a raw SQL writer could not have a value",
                table=table.fullname,
                column=column.name,
                hint="Make the column nullable or give it a server_default.",
            )
        columns.append(ContextColumn(key=prop.key, name=column.name, type=column.type))
    id_column = mapper.get_property("id").columns[0]
    issued_at = mapper.get_property("issued_at").columns[0]
    prefix = "continuum"
    if table.name != DEFAULT_TABLE_NAME:
        prefix = shortened(f"continuum_{table.name}", 40)
    return LogSpec(
        table=TableName(table.name, table.schema),
        prefix=prefix,
        id=id_column.name,
        issued_at=issued_at.name,
        columns=tuple(columns),
        row_columns=tuple(
            column.name
            for column in table.columns
            if column is not id_column and column.computed is None
        ),
        on_inversion=on_inversion,
        protected=protected,
    )
