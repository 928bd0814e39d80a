"""History is read from the database of the classes that it is about.

A session with several engines chooses one by class.  Version classes and the Transaction class are
no subclasses of the user's base, so that its choice is made for the model in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.exc import UnboundExecutionError
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal


def listeners(session: Any) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """Iterate over (target, event name, function) to listen to.

    :param session: Session class or factory.
    """

    def choose(state: ORMExecuteState) -> None:
        chosen = state.bind_arguments
        if "bind" in chosen or "mapper" not in chosen:
            return
        asked = inspect(chosen["mapper"])
        found = bound_like(asked)
        if found is None:
            return
        loading = state.lazy_loaded_from if state.is_select else None
        if loading is not None and not _is_version(asked):
            # The transaction of a version is where the version is.
            found = bound_like(loading.mapper) or found
        # The mapper itself would be set back before it is looked at.
        chosen["bind"] = state.session.get_bind(**{**chosen, "mapper": found})

    yield session, "do_orm_execute", choose


def bound_like(mapper: Mapper[Any]) -> Mapper[Any] | None:
    """Return the mapper of a model whose database a class of history is in.

    ``None`` for a class that is none of history's.  For the Transaction class any model of its
    MetaData will do, as long as they are all in one database.
    """
    journal: Journal | None = getattr(mapper.class_, "__continuum_journal__", None)
    if journal is None:
        return None
    model = journal.parents.get(mapper.class_)
    if model is None and mapper.class_ is journal.transaction_cls:
        model = next(iter(journal.versions), None)
    return None if model is None else inspect(model)


def bound_to(table: Table) -> dict[str, Any]:
    """Return the bind arguments for a statement about a live table, or about its versions.

    A session that chooses by class is told a class: that of the table, or one with links in it, if
    it is mapped beside the versioned ones.

    :param table: the live table.
    """
    journal = _journal_of(table)
    mapper = None if journal is None else _mapper_for(journal, table)
    return {"clause": table} if mapper is None else {"mapper": mapper}


def _journal_of(table: Table) -> Journal | None:
    from continuum.manager import manager_of

    manager = manager_of(table.metadata)
    return None if manager is None else manager.journals.get(table.metadata)


def _mapper_for(journal: Journal, table: Table) -> Mapper[Any] | None:
    """Return the mapper whose database a table is in, the same one each time.

    What is found is kept in the journal; what is not may be mapped later.
    """
    found = journal.homes.get(table)
    if found is None:
        registries = dict.fromkeys(mapper.registry for mapper in journal.mappers)
        mappers = sorted(
            (mapper for registry in registries for mapper in registry.mappers), key=_place
        )
        found = next(
            (mapper for suits in _SUITS for mapper in mappers if suits(mapper, table)), None
        )
        if found is not None:
            journal.homes[table] = found
    return found


def _place(mapper: Mapper[Any]) -> tuple[int, str, str]:
    """Return the place of a mapper among others, a root before the classes below it."""
    depth = len(list(mapper.iterate_to_root()))
    return depth, mapper.class_.__module__, mapper.class_.__qualname__


def _is_own(mapper: Mapper[Any], table: Table) -> bool:
    return mapper.local_table is table


def _is_among(mapper: Mapper[Any], table: Table) -> bool:
    return table in mapper.tables


def _has_links(mapper: Mapper[Any], table: Table) -> bool:
    return any(relation.secondary is table for relation in mapper.relationships)


_SUITS = (_is_own, _is_among, _has_links)
"""Ways in which a mapper can be the one for a table, the best first."""


def connections(
    session: Session | scoped_session[Any],
    manager: VersioningManager,
    models: Iterable[type | Table] = (),
) -> list[Connection]:
    """Return the session's connections to the databases of some models, each once.

    A transaction begins on each of them, if none runs there yet.

    :param models: the models, or tables; without any all that have history and a database in this
        session.
    :raises UnboundExecutionError: the session has no database for one of the given models, or for
        none at all.
    """
    given = list(models)
    found: list[Connection] = []
    unbound: UnboundExecutionError | None = None
    for model in given or list(manager.version_class_map):
        try:
            connection = connection_like(session, model)
        except UnboundExecutionError as error:
            # A session for one part of the classes cannot write the others.
            if given:
                raise
            unbound = error
        else:
            if connection not in found:
                found.append(connection)
    if found:
        return found
    if unbound is not None:
        raise unbound
    return [session.connection()]


def connection_like(session: Session | scoped_session[Any], about: type | Table) -> Connection:
    """Return the session's connection to a model's database.

    :param about: the model, a class of its history, or its table.
    """
    if isinstance(about, Table):
        return session.connection(bind_arguments=bound_to(about))
    mapper: Mapper[Any] = inspect(about)
    return session.connection(bind_arguments={"mapper": bound_like(mapper) or mapper})


def _is_version(mapper: Mapper[Any]) -> bool:
    return mapper.class_ in mapper.class_.__continuum_journal__.parents
