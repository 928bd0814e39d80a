"""Questions about models, versions and sessions."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any
from typing import TypeVar
from typing import overload

from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ColumnProperty
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session

from continuum.errors import ClassNotVersioned
from continuum.manager import VersioningManager
from continuum.manager import class_of
from continuum.manager import versioning_manager
from continuum.reading.layout import layout_of
from continuum.reading.version import Version
from continuum.recording.forced import force_version
from continuum.recording.pause import pause
from continuum.recording.unlocking import unlock
from continuum.synchronous import synchronous

T = TypeVar("T")


def get_versioning_manager(obj: Any) -> VersioningManager:
    """Return the manager that versions a model, a version class, an object of them, or a table.

    :param obj: any of these.
    :raises ClassNotVersioned: none does.

    No queries.  Example::

        get_versioning_manager(Article).check(engine)
    """
    cls = class_of(obj)
    found = getattr(cls, "__versioning_manager__", None)
    if isinstance(found, VersioningManager) and found.active:
        return found
    holder = obj if isinstance(obj, Table) else cls
    owner = getattr(getattr(holder, "metadata", None), "info", {}).get("continuum_manager")
    manager = None if owner is None else owner()
    if isinstance(manager, VersioningManager) and manager.active:
        return manager
    if versioning_manager.active:
        return versioning_manager
    raise ClassNotVersioned(
        f"{obj!r} is not versioned",
        hint="Call make_versioned() and set __versioned__ = {} on the class.",
    )


@overload
def version_class(model: type[T]) -> type[Version[T]]: ...


@overload
def version_class(model: Any) -> type[Any]: ...


def version_class(model: Any) -> type[Any]:
    """Return the version class of a model; a version class is returned as it is.

    :param model: a versioned class, an alias or an object of it.
    :raises ClassNotVersioned: it is not versioned.

    No queries.  Example::

        ArticleVersion = version_class(Article)
    """
    return get_versioning_manager(model).version_class(model)


def version_union(model: Any) -> type[Any]:
    """Return the class of the versions of a model and of its concrete subclasses.

    A select of it reads them together, by a union, as a select of the model does with live objects.
    Each version is an object of its own version class.

    :param model: a model that inherits from ``ConcreteBase`` or ``AbstractConcreteBase``, or has
        such a union of its own.
    :raises ClassNotVersioned: it is no such model, or its subclasses are not versioned.

    No queries.  Example::

        session.scalars(select(version_union(Employee)))
    """
    return get_versioning_manager(model).version_union(model)


def parent_class(version_cls: type[Any]) -> type[Any]:
    """Return the model of a version class.

    :param version_cls: a version class.
    :raises NotAVersionClass: it is none; also a ``KeyError``.

    No queries.  Example::

        assert parent_class(version_class(Article)) is Article
    """
    manager = getattr(version_cls, "__versioning_manager__", versioning_manager)
    found: type[Any] = manager.parent_class(version_cls)
    return found


def transaction_class(model: Any) -> type[Any]:
    """Return the Transaction class of a versioned model.

    :param model: a versioned class, its version class, or an object of them.
    :raises ClassNotVersioned: the model is not versioned.

    No queries.  Example::

        Transaction = transaction_class(Article)
        session.scalars(select(Transaction).where(Transaction.actor == "ada"))
    """
    return get_versioning_manager(model).journal_of(model).transaction_cls


def is_versioned(obj: Any) -> bool:
    """Say whether changes of a class, an object or a table are recorded.

    :param obj: a mapped class, an object of one, or a Table.

    No queries.  Example::

        assert is_versioned(Article)
    """
    if isinstance(obj, Table):
        owner = obj.metadata.info.get("continuum_manager")
        manager = None if owner is None else owner()
        return manager is not None and manager.is_versioned(obj)
    try:
        manager = get_versioning_manager(obj)
    except ClassNotVersioned:
        return False
    return manager.is_versioned(obj)


def version_table(table: Table) -> Table:
    """Return the version table of a live table.

    :param table: the live table.
    :raises ClassNotVersioned: the table is not versioned.

    No queries.  Example::

        version_table(Article.__table__).name  # "article_version"
    """
    owner = table.metadata.info.get("continuum_manager")
    manager = versioning_manager if owner is None or owner() is None else owner()
    found: Table = manager.recorded(table).version_table
    return found


def version_table_of(
    table: Table,
    key: Iterable[Column[Any] | str] | None = None,
    *,
    manager: VersioningManager = versioning_manager,
    **options: Any,
) -> Table:
    """Version a table that no class is mapped to, and return its version table.

    :param table: the live table.
    :param key: columns, or names of columns, that identify a row; needed without a primary key.
    :param manager: the manager to register it with.
    :param options: class options.
    :raises UnsupportedTable: the table has no key.

    No queries.  Example::

        history = version_table_of(setting, key=["name"], ignore=["read_at"])
    """
    return manager.version_table_of(table, key, **options)


def history_table(model: Any) -> Table:
    """Return the version table of a model or table, for use with Core.

    :param model: a versioned class, or a versioned Table.
    :raises ClassNotVersioned: it is not versioned.

    No queries.  Example::

        history = history_table(Article)
        connection.execute(select(history).where(history.c.id == 1))
    """
    if isinstance(model, Table):
        return version_table(model)
    return get_versioning_manager(model).recorded(model).version_table


def versioned_classes(manager: VersioningManager = versioning_manager) -> list[type[Any]]:
    """Return the models that have a version class.

    :param manager: the manager that versions them.

    No queries.  Example::

        for model in versioned_classes():
            print(model.__name__)
    """
    return list(manager.version_class_map)


@synchronous
def versioned_objects(session: Session) -> Iterator[Any]:
    """Iterate over the objects of a session whose classes are versioned.

    :param session: the session.

    No queries.  Example::

        changed = [obj for obj in versioned_objects(session) if is_modified(obj)]
    """
    for obj in session:
        if is_versioned(obj):
            yield obj


def tx_column_name(obj: Any) -> str:
    """Return the name of the transaction column of a versioned class.

    :param obj: a versioned class, or an object of it.
    :raises ClassNotVersioned: it is not versioned.

    No queries.  Example::

        tx_column_name(Article)  # "transaction_id"
    """
    return get_versioning_manager(obj).recorded(obj).options.transaction_column_name


def end_tx_column_name(obj: Any) -> str:
    """Return the name of the end column of a versioned class.  No queries."""
    return get_versioning_manager(obj).recorded(obj).options.end_transaction_column_name


def end_tx_attr(obj: Any) -> Any:
    """Return the attribute of a versioned class's versions that holds where they end.

    :raises AttributeError: they do not know, because of ``strategy="subquery"``.

    No queries.
    """
    return getattr(version_class(obj), end_tx_column_name(obj))


def version_obj(session: Session, parent_obj: Any) -> Any:
    """Return the version of an object that the running transaction has made, ``None`` if none.

    :param session: the session of the object.
    :param parent_obj: the live object, flushed.

    Queries: one for the id of the transaction, one for the version.
    """
    manager = get_versioning_manager(parent_obj)
    transaction = manager.unit_of_work(session, type(parent_obj)).current_transaction
    if transaction is None:
        return None
    return manager.version_class(parent_obj).version_at(
        session, parent_obj, transaction, exact=True, include_deleted=True
    )


def versioned_column_properties(obj: Any) -> Iterator[ColumnProperty[Any]]:
    """Iterate over the column attributes of a model that its history holds.  No queries."""
    mapper = inspect(class_of(obj))
    names = {item.name for item in layout_of(version_class(obj)).items}
    for prop in mapper.column_attrs:
        if prop.key in names:
            yield prop


def versioned_relationships(
    obj: Any, versioned_column_keys: Collection[str]
) -> Iterator[RelationshipProperty[Any]]:
    """Iterate over the relationships of a model that need one of some columns.  No queries.

    :param versioned_column_keys: keys of columns.
    """
    for prop in inspect(class_of(obj)).relationships:
        if any(column.key in versioned_column_keys for column in prop.local_columns):
            yield prop


def option(obj: Any, name: str) -> Any:
    """Return the value of an option for a model.

    :raises ClassNotVersioned: the model has no ``__versioned__``.
    :raises UnknownOption: there is no such option; also a ``KeyError``.
    """
    return get_versioning_manager(obj).option(obj, name)


@synchronous
def current_transaction(session: Session, model: Any = None, *, create: bool = False) -> Any:
    """Return the Transaction object of the running transaction of a session.

    Its id is final only when the transaction commits.

    :param session: the session.
    :param model: a versioned class; needed when several MetaData objects are versioned.
    :param create: make the row if nothing has been recorded yet; otherwise return ``None`` then.

    Queries: one for the id, one for the row.  Example::

        session.flush()
        current_transaction(session).reason = "ticket 12"
    """
    manager = versioning_manager if model is None else get_versioning_manager(model)
    unit = manager.unit_of_work(session, model)
    return unit.create_transaction() if create else unit.current_transaction


def add_version(obj: Any, **values: Any) -> Any:
    """Write a version of an object that has not changed, and return it.

    For a state that is worth a mark: approved, published, sent.  What the running transaction has
    written already is not written again, and gets the values only.

    :param obj: an object in a session; the session is flushed.
    :param values: values of columns that the option ``extra_columns`` adds to the history.
    :returns: the version.
    :raises ImproperlyConfigured: the history has no column of a name that is given.
    :raises ClassNotVersioned: the class is not versioned.
    :raises PauseError: the class is paused.
    :raises NotInHistory: the row of the object is gone.
    :raises sqlalchemy.orm.exc.DetachedInstanceError: the object is in no session.

    Queries: up to six.  Example::

        class Article(Base):
            __versioned__ = {"extra_columns": [Column("label", String(50))]}

        add_version(article, label="approved")
    """
    manager = get_versioning_manager(obj)
    force_version(manager, obj, values)
    session = object_session(obj)
    assert session is not None
    transaction = manager.unit_of_work(session, type(obj)).current_transaction
    return manager.version_class(obj).version_at(session, obj, transaction, exact=True)


@synchronous
def paused(
    session: Session, *models: Any, manager: VersioningManager | None = None
) -> AbstractContextManager[None]:
    """Record no history inside the block, for this transaction only.

    The versions that were open when their rows changed inside the block are closed, so that the
    past shows a gap and not something untrue; the next change after the gap first writes down how
    the row was found.  A version that the same transaction had already written follows its row.

    :param session: the session; it is flushed on entering and on leaving.
    :param models: classes to leave out; none named: everything, so that a transaction begins on
        every engine on which the session has versioned classes.
    :param manager: the manager, when no model is named and it is not the usual one.
    :raises PauseError: the transaction or a savepoint ended inside the block.

    Queries: one on entering and one on leaving, on each engine.  Example::

        with paused(session, Article):
            session.execute(update(Article).values(hits=0))
    """
    if manager is None:
        manager = get_versioning_manager(models[0]) if models else versioning_manager
    return pause(manager, session, models)


@synchronous
def unlocked(
    where: Session | Connection,
    *,
    reason: str,
    actor: Any = None,
    manager: VersioningManager = versioning_manager,
) -> AbstractContextManager[None]:
    """Let the block change or remove history that is append-only, and leave a trace of that.

    The transaction gets a row even if it changes nothing else, with ``actor``, and a reason that
    begins with ``unlocked:``.  The permission ends with the block, and with the transaction.

    :func:`prune`, :func:`purge` and whatever else of this library changes history does this by
    itself; a block around them says who, and a better reason.  Inside of the block flushes write
    version objects, which they refuse otherwise (``VersionNotWritable``); where no history is
    append-only, nothing else happens.

    :param where: the Session (it is flushed on entering and on leaving) or Connection.  If none is
        running, a transaction begins; with a Session on every engine on which it has versioned
        classes.
    :param reason: why history is changed.
    :param actor: who changes it, see :func:`context`.
    :param manager: the manager whose history it is.
    :raises InvalidArgument: no reason is given, or ``where`` is something else.
    :raises MissingPrivilege: the history is protected, and the role may not remove any.

    Queries: at most three on entering and one on leaving, on each engine.  Example::

        with unlocked(session, reason="erasure request 12", actor="dpo"):
            purge(session, Person, 12)
    """
    return unlock(manager, where, reason=reason, actor=actor)
