"""What tests of an application that keeps history need."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session

from continuum.dialects import emitter_for
from continuum.errors import InvalidArgument
from continuum.manager import VersioningManager
from continuum.manager import versioning_manager
from continuum.operation import Operation
from continuum.reading.handle import VersionQuery
from continuum.reading.layout import layout_of
from continuum.recording.anew import begin_anew
from continuum.utils import version_class

Expected = Mapping[str, Any] | str


def assert_versions(subject: Any, expected: Iterable[Expected]) -> None:
    """Assert that a row has these versions and no others, the oldest first.

    :param subject: an object whose session is asked, deleted or not (a commit takes a deleted one
        out of its session); or a list of versions, or ``obj.versions``.
    :param expected: for each version the attributes that matter, or the name of its operation.
        ``operation`` is that name (``"insert"``, ``"update"``, ``"delete"``); dotted names lead
        through attributes: ``"transaction.actor"``.
    :raises AssertionError: with both histories, and a mark at what differs.

    Pending changes are flushed.  Queries: one, and one for each attribute that loads.  Example::

        assert_versions(article, ["insert", {"name": "b", "transaction.actor": "ada"}, "delete"])
    """
    wanted = [{"operation": item} if isinstance(item, str) else dict(item) for item in expected]
    given = isinstance(subject, (list, tuple, VersionQuery))
    versions = list(subject) if given else _versions_of(subject)
    lines, same = [], len(versions) == len(wanted)
    for index in range(max(len(versions), len(wanted))):
        version = versions[index] if index < len(versions) else None
        item = wanted[index] if index < len(wanted) else None
        if version is None:
            lines.append(f"  {index}: missing     {item}")
        elif item is None:
            lines.append(f"  {index}: unexpected  {version!r}")
        else:
            found = {path: _value(version, path) for path in item}
            differing = [path for path in item if found[path] != item[path]]
            same = same and not differing
            lines.append(f"  {index}: {'differs' if differing else 'as expected':<11} {version!r}")
            lines += [
                f"       {path}: expected {item[path]!r}, found {found[path]!r}"
                for path in differing
            ]
    if not same:
        summary = f"{len(versions)} versions, expected {len(wanted)}"
        raise AssertionError("\n".join([summary, *lines]))


@contextmanager
def rolled_back(
    engine: Engine, *, manager: VersioningManager = versioning_manager, **options: Any
) -> Iterator[Session]:
    """Give a session whose commits last until the end of the block, where all is rolled back.

    It works in one transaction of the database, in which ``commit()`` and ``rollback()`` end
    savepoints.  To history each ``commit()`` ends a transaction, as it does elsewhere: what is
    written after it has a transaction of its own, with its own actor and reason.  Only their times
    may be the same.

    :param engine: the engine; its tables are there already.
    :param manager: the manager whose classes are tested.
    :param options: for the :class:`~sqlalchemy.orm.Session`.

    Queries: none on entering; one at each ``commit()`` that has written.  Example::

        @pytest.fixture
        def session(engine):
            with rolled_back(engine) as session:
                yield session
    """
    with engine.connect() as connection, connection.begin() as outer:
        emitter = emitter_for(engine.dialect.name)
        if emitter is not None:
            # A driver that has not begun yet would take the first savepoint for the transaction.
            emitter.ensure_transaction(connection)
        try:
            with Session(
                connection, join_transaction_mode="create_savepoint", **options
            ) as session:

                def begin_another(committed: Session) -> None:
                    if not committed.in_nested_transaction():
                        begin_anew(manager, connection)

                event.listen(session, "after_commit", begin_another)
                yield session
        finally:
            outer.rollback()


def _versions_of(obj: Any) -> list[Any]:
    """Return the versions of an object, oldest first, with the DELETE version of a deleted one."""
    state = inspect(obj)
    session = object_session(obj) or state.session
    if session is None:
        raise InvalidArgument(
            f"{obj!r} belongs to no session",
            hint="Give a list of its versions, as "
            "session.scalars(ArticleVersion.select_all(key, desc=False)).all().",
        )
    session.flush()
    key = state.identity if state.identity is not None else obj
    return list(version_class(type(obj)).all_versions(session, key, desc=False))


def _value(version: Any, path: str) -> Any:
    if path == "operation":
        layout = layout_of(type(version))
        return Operation(getattr(version, layout.operation_name)).name.lower()
    value = version
    for name in path.split("."):
        value = None if value is None else getattr(value, name)
    return value
