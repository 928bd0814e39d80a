"""What SQLAlchemy-Continuum's users call in another way than it is called here."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session

import continuum
from continuum.dialects import emitter_for
from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import DropTriggers
from continuum.errors import ClassNotVersioned
from continuum.errors import RevertError
from continuum.manager import UNSET
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.plugins.base import Plugin
from continuum.recording.installation import resolver
from continuum.schema.recorded import RecordedTable
from continuum.transaction import TransactionFactory

VERSION = "2.0.0"
"""The version of SQLAlchemy-Continuum whose names are served."""


class LegacyTransactionFactory(TransactionFactory):
    """Makes the Transaction class for the transaction table that SQLAlchemy-Continuum makes.

    :param remote_addr: the table has the column of that name.
    """

    def __init__(self, remote_addr: bool = True) -> None:
        super().__init__(remote_addr, context_columns=False)


def make_versioned(
    mapper: Any = Mapper,
    session: Any = Session,
    manager: VersioningManager = versioning_manager,
    plugins: Iterable[Plugin] | None = None,
    options: Mapping[str, Any] | None = None,
    user_cls: Any = UNSET,
) -> VersioningManager:
    """Begin to version, with the arguments in their old order.

    See :func:`continuum.make_versioned`.
    """
    transaction_cls = None if manager.has_transaction_source else LegacyTransactionFactory()
    return continuum.make_versioned(
        mapper=mapper,
        session=session,
        manager=manager,
        plugins=plugins,
        options={"native_enums": True, **(options or {})},
        user_cls=user_cls,
        transaction_cls=transaction_cls,
    )


def remove_versioning(
    mapper: Any = Mapper,
    session: Any = Session,
    manager: VersioningManager = versioning_manager,
) -> None:
    """Stop versioning; see :func:`continuum.remove_versioning`.

    :param mapper: accepted for compatibility.
    :param session: accepted for compatibility.
    """
    continuum.remove_versioning(manager=manager)


class ReverterException(RevertError):
    """A relationship to revert does not exist."""


class Reverter:
    """A revert to come; calling it is :meth:`Version.revert`.

    :param obj: the version.
    :param visited_objects: accepted for compatibility.
    :param relations: relationships to revert as well.
    :raises ReverterException: one of them does not exist.
    """

    def __init__(
        self,
        obj: Any,
        visited_objects: list[Any] | None = None,
        relations: Iterable[str] | None = None,
    ) -> None:
        self.obj = obj
        self.relations = list(relations or ())
        known = inspect(continuum.parent_class(type(obj))).relationships
        for path in self.relations:
            name = path.split(".")[0]
            if name not in known:
                raise ReverterException(
                    f"{continuum.parent_class(type(obj)).__name__} has no relationship {name!r}",
                    hint=f"It has: {', '.join(sorted(known.keys()))}.",
                )

    def __call__(self) -> Any:
        return self.obj.revert(relations=self.relations or None)


def sync_trigger(session: Any, table_name: str, **_: Any) -> None:
    """Create or refresh the triggers of one table.

    :param session: Session or Connection.
    :param table_name: name of the version table.
    :raises ClassNotVersioned: the models have no such version table.
    """
    _install(session, _recorded(lambda item: item.version_table.name == table_name, table_name))


def create_trigger(session: Any, table: Table, **_: Any) -> None:
    """Create or refresh the triggers of one table.

    :param session: Session or Connection.
    :param table: the live table, or one of the same name.
    :raises ClassNotVersioned: the models have no such table, or it is not versioned.
    """
    _install(session, _recorded(lambda item: item.table.name == table.name, table.name))


def drop_trigger(session: Any, table_name: str) -> None:
    """Drop the triggers of one table.

    :param session: Session or Connection.
    :param table_name: name of the live table.
    :raises ClassNotVersioned: the models have no such table, or it is not versioned.
    """
    recorded = _recorded(lambda item: item.table.name == table_name, table_name)
    _execute(session, recorded, DropTriggers)


def _install(session: Any, recorded: RecordedTable) -> None:
    _execute(session, recorded, CreateTriggers)


def _execute(session: Any, recorded: RecordedTable, element: Any) -> None:
    connection = session.connection() if hasattr(session, "connection") else session
    connection = connection() if callable(connection) else connection
    emitter = emitter_for(connection.dialect.name)
    if emitter is None:
        return
    journal = versioning_manager.journal_of(recorded.table)
    server = emitter.server(connection, journal.log)
    real = resolver(connection, server.default_schema)
    spec = recorded.spec(journal.log).resolve(real)
    emitter.validate(spec, server)
    element(spec).execute_on(connection, emitter, server)
    versioning_manager.recording.forget(connection)


def _recorded(wanted: Any, name: str) -> RecordedTable:
    for journal in versioning_manager.configured_journals():
        for recorded in journal.recorded.values():
            if wanted(recorded):
                return recorded
    raise ClassNotVersioned(
        f"the models that are loaded have no versioned table for {name!r}",
        hint="Import the models first.",
    )
