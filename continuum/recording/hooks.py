"""Telling plugins about the versions that a flush has left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Session

from continuum.plugins.base import Plugin
from continuum.recording.identity import transaction_id
from continuum.recording.images import any_of
from continuum.recording.images import chunks

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal


def listening(manager: VersioningManager, name: str) -> bool:
    """Say whether a plugin overrides a hook."""
    return any(
        getattr(type(plugin), name) is not getattr(Plugin, name) for plugin in manager.plugins
    )


def announce_versions(manager: VersioningManager, session: Session) -> None:
    """Call ``after_create_version_object`` for every version that belongs to a flushed object.

    Must be called while the session still knows what the flush has changed.  With triggers as with
    the ORM recorder, the objects are those of the flush, and no others.

    One query for each version class and 500 objects, if a plugin listens; none otherwise.
    """
    if not listening(manager, "after_create_version_object"):
        return
    for journal in manager.journals.values():
        flushed = _flushed(journal, session)
        for model, objects in flushed.items():
            _announce(manager, journal, session, model, objects)


def _flushed(journal: Journal, session: Session) -> dict[type[Any], dict[tuple[Any, ...], Any]]:
    """Return the changed objects by class and key."""
    found: dict[type[Any], dict[tuple[Any, ...], Any]] = {}
    for obj in _changed(session):
        mapper = inspect(obj).mapper
        if mapper.class_ in journal.versions:
            key = tuple(mapper.primary_key_from_instance(obj))
            found.setdefault(mapper.class_, {})[key] = obj
    return found


def _changed(session: Session) -> Iterator[Any]:
    yield from session.new
    yield from (obj for obj in session.dirty if session.is_modified(obj))
    yield from session.deleted


def _announce(
    manager: VersioningManager,
    journal: Journal,
    session: Session,
    model: type[Any],
    objects: dict[tuple[Any, ...], Any],
) -> None:
    connection = session.connection(bind_arguments={"mapper": inspect(model)})
    number = transaction_id(manager, connection, journal, create=False)
    if number is None:
        return
    version_cls = journal.versions[model]
    recorded = manager.levels(model)[0]
    uow = manager.unit_of_work(session, model)
    with session.no_autoflush:
        for keys in chunks(list(objects)):
            versions = session.scalars(
                select(version_cls).where(
                    recorded.transaction_column == number,
                    any_of(recorded.version_key, keys, connection.dialect.name),
                )
            )
            mapper = inspect(version_cls)
            for version in versions.all():
                key = tuple(
                    getattr(version, mapper.get_property_by_column(column).key)
                    for column in recorded.version_key
                )
                if key in objects:
                    manager.plugins.after_create_version_object(uow, objects[key], version)
