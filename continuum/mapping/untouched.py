"""Version objects are there to be read: a flush does not write them by the way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import object_session

from continuum.errors import VersionNotWritable

_HINT = (
    "Change the live object, and the next version follows; expunge() a version that you change "
    "for yourself.  Who has to rewrite history does it inside of "
    "unlocked(session, reason=...)."
)


def leave_untouched(mapper: Mapper[Any]) -> None:
    """Have flushes refuse to insert, update or delete the objects of a version class.

    These are events of its mapper, so that flushes without such an object know nothing of it.
    """
    event.listen(mapper, "before_insert", _refuse_insert)
    event.listen(mapper, "before_update", _refuse_update)
    event.listen(mapper, "before_delete", _refuse_delete)


def _refuse_insert(_: Mapper[Any], connection: Connection, version: Any) -> None:
    _refuse(connection, version, "inserted")


def _refuse_update(_: Mapper[Any], connection: Connection, version: Any) -> None:
    session = object_session(version)
    # An attribute that was set to the value that it had sends nothing.
    if session is None or session.is_modified(version):
        _refuse(connection, version, "changed")


def _refuse_delete(_: Mapper[Any], connection: Connection, version: Any) -> None:
    _refuse(connection, version, "deleted")


def _refuse(connection: Connection, version: Any, what: str) -> None:
    unit = version.__versioning_manager__.recording.running_unit(connection)
    if unit is not None and unit.writable:
        return
    raise VersionNotWritable(
        f"{version!r} was to be {what} by a flush, which would falsify history",
        table=version.__continuum_recorded__.version_table.fullname,
        hint=_HINT,
    )
