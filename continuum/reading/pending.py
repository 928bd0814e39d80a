"""Live objects: what they are about to change, and how much history they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Column
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.orm.attributes import instance_state

from continuum._speedups import agree
from continuum._speedups import any_changed
from continuum._speedups import is_changed
from continuum.errors import InvalidArgument
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.reading.changes import Changeset
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.layout import stored_key
from continuum.reading.version import Version
from continuum.schema.equality import Compare
from continuum.schema.equality import own_equality
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous
from continuum.utils import get_versioning_manager
from continuum.utils import is_versioned
from continuum.utils import version_class

_CACHE = "_continuum_pending"

Columns = dict[str, Compare | None]
"""Attributes, each with the equality of its type where it has one of its own."""


if TYPE_CHECKING:
    from continuum.mapping.journal import Journal


@dataclass(frozen=True)
class _Plan:
    """Which attributes of a class make a version when they change.

    :param columns: those of columns.
    :param references: many-to-one relationships.
    :param links: relationships by a recorded association table.
    """

    columns: Columns
    references: frozenset[str]
    links: frozenset[str]


def changeset(obj: Any) -> Changeset:
    """Return the changes of a live object that are not flushed yet, as ``{attribute: [new, old]}``.

    The order is the opposite of :attr:`Version.changeset`, as it has always been.  A new object has
    every value that is set and not ``None``; an object that is deleted every value that it had,
    without the key.  Attributes that history does not hold are left out.

    :param obj: a live object.
    :raises ClassNotVersioned: the class is not versioned.

    Queries: none; one when an attribute was set whose old value is not loaded, or an expired
    object is deleted.  Example::

        article.name = "new"
        changeset(article)  # {"name": ["new", "old"]}
    """
    state: InstanceState[Any] = inspect(obj)
    columns = _recorded(obj)
    session = object_session(obj)
    if state.deleted or (session is not None and obj in session.deleted):
        return _of_deleted(obj, state, columns)
    result: Changeset = {}
    unknown = []
    for name in columns:
        history = state.attrs[name].history
        if not history.has_changes():
            continue
        new = history.added[0] if history.added else None
        if history.deleted:
            result[name] = [new, history.deleted[0]]
        elif state.identity is None:
            if new is not None:
                result[name] = [new, None]
        else:
            result[name] = [new, None]
            unknown.append(name)
    if unknown:
        old = _stored(obj, state, {name: columns[name] for name in unknown})
        for name, value in old.items():
            if agree(columns[name].type.compare_values, result[name][0], value):
                del result[name]
            else:
                result[name][1] = value
    return result


def is_modified(obj: Any) -> bool:
    """Say whether an object has changes that will make a version.

    Changes of attributes that history leaves out or ignores do not count, those of a many-to-one
    relationship do.

    :param obj: a live object.
    :raises ClassNotVersioned: the class is not versioned.

    No queries.  Example::

        article.name = "new"
        assert is_modified(article)
    """
    plan = _plan_of(type(obj))
    committed = instance_state(obj).committed_state
    return is_changed(committed, instance_dict(obj), plan.columns) or _has_changes(
        obj, plan.references
    )


def is_modified_or_deleted(obj: Any) -> bool:
    """Say whether an object is about to be deleted or has changes that will make a version.

    :param obj: a live object.
    :raises ClassNotVersioned: the class is not versioned.

    No queries.  Example::

        session.delete(article)
        assert is_modified_or_deleted(article)
    """
    session = object_session(obj)
    return (session is not None and obj in session.deleted) or is_modified(obj)


@synchronous
def is_session_modified(session: Session, manager: VersioningManager = versioning_manager) -> bool:
    """Say whether the next flush of a session will record anything.

    Links of versioned many-to-many relationships count too, and what plugins say.

    :param session: the session.
    :param manager: whose plugins are asked, beside those of the managers of changed objects.

    No queries.  Example::

        if is_session_modified(session):
            notify(editors)
    """
    sure = {type(obj) for group in (session.new, session.deleted) for obj in group}
    if any(map(is_versioned, sure)):
        return True
    managers = [manager]

    def plan(cls: type[Any]) -> tuple[Columns, frozenset[str]] | None:
        if not is_versioned(cls):
            return None
        managers.append(get_versioning_manager(cls))
        found = _plan_of(cls)
        return found.columns, found.references | found.links

    if any_changed(session.dirty, instance_state, instance_dict, plan, _has_changes):
        return True
    return any(any(each.plugins.is_session_modified(session)) for each in dict.fromkeys(managers))


def count_versions(obj: Any) -> int:
    """Return how many versions a live object has.

    :param obj: a live object in a session.
    :raises ClassNotVersioned: the class is not versioned.
    :raises InvalidArgument: the object is itself a version.

    Queries: one; none for an object without a key.  Example::

        count_versions(article)  # 3
    """
    if isinstance(obj, Version):
        raise InvalidArgument(
            "count_versions() was given a version, and is asked of a live object",
            hint="Give version.version_parent, which is the live object.",
        )
    recorded = get_versioning_manager(obj).levels(obj)[0]
    mapper = inspect(obj).mapper
    key = stored_key(obj, recorded.key)
    if None in key:
        return 0
    statement = select(func.count()).where(
        and_(*(column == value for column, value in zip(recorded.version_key, key, strict=True)))
    )
    session = session_of(obj, "count_versions()")
    count: int = session.execute(statement, bind_arguments={"mapper": mapper}).scalar_one()
    return count


def is_historic(obj: Any) -> bool:
    """Say whether an object is a version and not a live object.

    :param obj: any object.

    No queries.  Example::

        assert is_historic(article.versions[0]) and not is_historic(article)
    """
    return isinstance(obj, Version)


def version_of(obj: Any) -> Any:
    """Return the newest version of a live object, ``None`` if it has none.

    :param obj: a live object in a session.
    :raises ClassNotVersioned: the class has no version class.

    Queries: one.  Example::

        version_of(article).transaction.actor  # who changed it last
    """
    layout = layout_of(version_class(obj))
    statement = (
        select(layout.root)
        .where(layout.has_key(stored_key(obj, layout.live_key)))
        .order_by(layout.transaction_column.desc())
        .limit(1)
    )
    return session_of(obj, "version_of()").scalars(statement).first()


def _recorded(obj: Any) -> dict[str, Column[Any]]:
    """Return the live columns that history holds, by attribute."""
    levels = get_versioning_manager(obj).levels(obj)
    live = {column.live for level in levels for column in level.columns}
    return {
        prop.key: column
        for prop in inspect(obj).mapper.column_attrs
        for column in prop.columns
        if isinstance(column, Column) and column in live
    }


def _of_deleted(obj: Any, state: InstanceState[Any], columns: dict[str, Column[Any]]) -> Changeset:
    wanted = {name: column for name, column in columns.items() if not column.primary_key}
    committed = {}
    missing = {}
    for name, column in wanted.items():
        history = state.attrs[name].history
        if history.deleted:
            committed[name] = history.deleted[0]
        elif history.unchanged:
            committed[name] = history.unchanged[0]
        else:
            missing[name] = column
    if missing and state.persistent:
        committed |= _stored(obj, state, missing)
    return {name: [None, committed[name]] for name in wanted if committed.get(name) is not None}


def _stored(obj: Any, state: InstanceState[Any], columns: dict[str, Column[Any]]) -> dict[str, Any]:
    """Return what the live row has in the database."""
    session = object_session(obj)
    if session is None:
        return {}
    statement = (
        select(*columns.values())
        .select_from(state.mapper.persist_selectable)
        .where(
            *(
                column == value
                for column, value in zip(
                    state.mapper.primary_key, state.identity or (), strict=True
                )
            )
        )
    )
    with session.no_autoflush:
        row = session.execute(statement, bind_arguments={"mapper": state.mapper}).first()
    return {} if row is None else dict(zip(columns, row, strict=True))


def _plan_of(cls: type[Any]) -> _Plan:
    """Return which attributes of a versioned class make a version when they change.

    :raises ClassNotVersioned: the class is not versioned.
    """
    manager = get_versioning_manager(cls)
    journal = manager.journal_of(cls)
    keeper = journal.versions.get(cls)
    found: _Plan | None = None if keeper is None else keeper.__dict__.get(_CACHE)
    if found is None:
        found = _made_plan(cls, manager.levels(cls), journal)
        if keeper is not None:
            setattr(keeper, _CACHE, found)
    return found


def _made_plan(cls: type[Any], levels: tuple[RecordedTable, ...], journal: Journal) -> _Plan:
    counting = {column.live for level in levels for column in level.columns if column.counts}
    mapper: Mapper[Any] = inspect(cls)
    written = [relation for relation in mapper.relationships if not relation.viewonly]
    return _Plan(
        columns={
            prop.key: own_equality(prop.columns[0].type)
            for prop in mapper.column_attrs
            if counting.intersection(prop.columns)
        },
        references=frozenset(
            relation.key
            for relation in written
            if relation.direction is RelationshipDirection.MANYTOONE
            and counting.intersection(relation.local_columns)
        ),
        links=frozenset(
            relation.key for relation in written if relation.secondary in journal.recorded
        ),
    )


def _has_changes(obj: Any, relations: frozenset[str]) -> bool:
    """Say whether an object has changes of relationships."""
    state: InstanceState[Any] = inspect(obj)
    return any(
        state.attrs[name].history.has_changes()
        for name in relations.intersection(state.committed_state)
    )
