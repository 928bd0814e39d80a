"""``as_of()``: a class as it was at a point in history, with its relations."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL
from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Table
from sqlalchemy import bindparam
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from continuum.errors import SeveralPoints
from continuum.errors import UnboundPoint
from continuum.mapping.ranges import POINT
from continuum.mapping.ranges import Seen
from continuum.mapping.ranges import in_force_at
from continuum.mapping.ranges import newest_up_to
from continuum.reading.layout import layout_of
from continuum.reading.lookup import key_values
from continuum.reading.marks import mark
from continuum.reading.marks import marks_in
from continuum.reading.points import newest_id
from continuum.reading.points import point

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal
    from continuum.reading.version import Version

T = TypeVar("T")

_AS_OF = "continuum_as_of"
"""Name of the parameter with the point of the rows themselves."""


@dataclass(frozen=True)
class _Mark:
    """What a selectable made by :func:`as_of` carries.

    :param at: the point, a transaction id or a datetime.
    :param strictly: of a datetime: not the transactions of just that moment.
    """

    journal: Journal
    at: int | datetime
    strictly: bool

    def __hash__(self) -> int:
        return hash((self.at, self.strictly))

    def sql(self) -> Any:
        """Return the transaction id, as a value or as SQL."""
        if isinstance(self.at, int):
            return self.at
        return newest_id(self.journal.transaction_cls, self.at, strictly=self.strictly)


def as_of(
    model: type[T],
    at: Any,
    *,
    key: Any = None,
    before: bool = False,
    include_deleted: bool = False,
) -> type[Version[T]]:
    """Return a versioned class as it was at a point in history, for use in ``select()``.

    Filter, join, aggregate and paginate it like any alias.  Relations, joined in the statement,
    loaded with it or loaded later, are seen from the same point, at any depth.  The objects are
    version objects that remember the point: the same version read at two points gives two
    objects.

    :param model: a versioned class or its version class.
    :param at: id of a transaction, Transaction object, version object, or aware datetime.  A
        version that was itself read at a point means that point.
    :param key: only the object with this primary key, as for :meth:`.Version.version_at`.  It is
        found at once, however many versions it has; ``where()`` has to pass over its earlier ones.
    :param before: just before that: without the changes of the transaction, or of the moment.
    :param include_deleted: also the rows that were deleted then, as their DELETE versions.
    :raises InvalidPoint: ``at`` is no point in history.
    :raises ClassNotVersioned: the class has no versions.
    :raises InvalidArgument: ``key`` does not fit the primary key.

    A statement has one point: with two it raises :class:`.SeveralPoints` when it is executed.  It
    must be executed by a Session; a bare Connection raises :class:`.UnboundPoint`.

    No queries.  Executing a statement with a datetime is one query more.  Example::

        A = as_of(Article, datetime(2024, 1, 1, tzinfo=UTC))
        select(A).where(A.name.like("A%")).options(selectinload(A.tags))
    """
    from continuum.utils import get_versioning_manager

    manager = get_versioning_manager(model)
    version_cls = manager.version_class(model)
    layout = layout_of(version_cls)
    manager.watch_points()
    given = bindparam(_AS_OF, callable_=_unbound, type_=BigInteger)
    selectable = layout.mapper.selectable
    held = in_force_at(
        layout.recorded, given, columns=lambda column: column, include_deleted=include_deleted
    )
    statement = select(*selectable.c).select_from(selectable).where(held)
    if key is not None:
        values = key_values(layout, key)
        statement = statement.where(
            layout.has_key(values),
            layout.recorded.transaction_column == newest_up_to(layout.recorded, given, values),
        )
    if not isinstance(selectable, Table):
        statement = statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    rows = statement.subquery()
    mark(rows, _marked(layout.journal, at, before=before))
    alias: type[Any] = aliased(version_cls, rows)
    return alias


def valid_at(
    version: Any, at: Any, *, before: bool = False, include_deleted: bool = False
) -> ColumnElement[bool]:
    """Return the criterion for those versions that were in force at a point in history.

    What it finds are ordinary versions, whose relations are seen from their own transactions; for
    relations at the point itself use :func:`as_of`.

    :param version: a version class or an alias of one.
    :param at: as for :func:`as_of`.
    :param before: as for :func:`as_of`.
    :param include_deleted: also DELETE versions.
    :raises InvalidPoint: ``at`` is no point in history.

    No queries.  Example::

        select(ArticleVersion).where(valid_at(ArticleVersion, transaction))
    """
    entity: Any = inspect(version)
    layout = layout_of(entity.mapper.class_)
    mapper: Mapper[Any] = entity.mapper

    def of_entity(column: Any) -> Any:
        return getattr(version, mapper.get_property_by_column(column).key)

    number = _marked(layout.journal, at, before=before).sql()
    return in_force_at(layout.recorded, number, columns=of_entity, include_deleted=include_deleted)


def _marked(journal: Journal, at: Any, *, before: bool) -> _Mark:
    """Return a point in history.

    :raises InvalidPoint: it is none.
    """
    from continuum.reading.version import Version

    seen = inspect(at).identity_token if isinstance(at, Version) else None
    number = seen.transaction_id if isinstance(seen, Seen) else point(journal, at)
    if isinstance(number, int):
        return _Mark(journal, number - 1 if before else number, strictly=False)
    return _Mark(journal, at, strictly=before)


def _unbound() -> Any:
    raise UnboundPoint(
        "a statement with as_of() is executed where its point is unknown",
        hint="Execute it with a Session or AsyncSession; in an INSERT, UPDATE or DELETE write "
        "valid_at() instead.",
    )


def listeners(
    session: Any, manager: VersioningManager
) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """Iterate over (target, event name, function) to listen to.

    :param session: Session class or factory.
    """

    def before_statement(state: ORMExecuteState) -> Any:
        return _run_at_point(state, search=manager.watches_points)

    yield session, "do_orm_execute", before_statement


def _run_at_point(state: ORMExecuteState, *, search: bool) -> Any:
    """Execute a statement that is seen from a point, with the point; leave others alone.

    :param search: look for a point in the statement itself; needless before the first as_of().
    """
    given: Any = state.parameters or {}
    # Several sets of parameters are not for a SELECT of the ORM; and where the point is given
    # already, another manager's listener saw to it.
    if not state.is_select or isinstance(given, list) or given.get(POINT) is not None:
        return None
    seen = _inherited(state)
    if seen is None:
        found = marks_in(state.statement) if search else None
        if not found:
            return None
        seen = _resolved(state.session, found)
    # Live objects are the same from wherever they are looked at.
    token = seen if state.is_column_load or _loads_versions(state) else None
    number = seen.transaction_id
    state.parameters = {**given, POINT: number, _AS_OF: number}
    return state.invoke_statement(execution_options={"identity_token": token})


def _inherited(state: ORMExecuteState) -> Seen | None:
    """Return the point of the object that something is loaded for."""
    lazy = state.lazy_loaded_from
    for token in (
        None if lazy is None else lazy.identity_token,
        state.execution_options.get("identity_token"),
        # What refreshes an object says so nowhere else.
        state.load_options._identity_token,
    ):
        if isinstance(token, Seen):
            return token
    return None


def _loads_versions(state: ORMExecuteState) -> bool:
    """Say whether a statement returns version objects."""
    from continuum.reading.version import Version

    described: Any = getattr(state.statement, "column_descriptions", ())
    # What loads a relationship may name the columns of its other end first.
    returned = described[-1 if state.is_relationship_load else 0 :]
    # A column of an entity names the entity too, but is not it.
    entities = [each["entity"] for each in returned if each["expr"] is each["entity"]]
    mappers = [inspect(entity).mapper for entity in entities if entity is not None]
    return any(issubclass(mapper.class_, Version) for mapper in mappers)


def _resolved(session: Session, found: set[_Mark]) -> Seen:
    """Return the point of a statement.

    :raises SeveralPoints: it has more than one.
    """
    if len(found) > 1:
        raise SeveralPoints(
            "one statement has several points in history: "
            + ", ".join(sorted(str(each.at) for each in found)),
            hint="Use one statement for each point; both results can live in one Session.",
        )
    (only,) = found
    if isinstance(only.at, int):
        return Seen(only.at)
    number: int = session.execute(
        select(only.sql()), bind_arguments={"mapper": inspect(only.journal.transaction_cls)}
    ).scalar_one()
    return Seen(number)
