"""What a version object can do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar
from typing import Generic
from typing import Literal
from typing import Self
from typing import TypeVar
from typing import overload

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from continuum.operation import Operation
from continuum.reading import lookup
from continuum.reading import navigation
from continuum.reading.changes import Changeset
from continuum.reading.changes import changeset_of
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.members import RelationChanges
from continuum.reading.members import changes_of_relation
from continuum.reverting.plan import Plan
from continuum.reverting.present import stored_object
from continuum.reverting.revert import plan_revert
from continuum.reverting.values import reify
from continuum.synchronous import synchronous

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal
    from continuum.schema.recorded import RecordedTable

T = TypeVar("T")


if TYPE_CHECKING:

    class _VersionType(type):
        """What a type checker is told about class attributes, which are made at run time."""

        def __getattr__(cls, name: str) -> Any: ...

else:
    _VersionType = type


class Version(Generic[T], metaclass=_VersionType):
    """Base of all version classes: one object is one row as one transaction left it.

    Beside the attributes of the model a version has ``transaction`` and ``end_transaction``, the
    Transaction objects that made and ended it (one query each unless loaded with it), and
    the columns ``transaction_id``, ``end_transaction_id`` and ``operation_type``, whose names are
    options.

    An attribute of the model that has the name of something here takes its place.

    Counts of queries below are for an object that is not expired; refreshing it is one more.
    Under ``AsyncSession`` use the ``select_...`` forms, or ``await session.run_sync(...)``.
    """

    __versioning_manager__: ClassVar[VersioningManager]
    __continuum_recorded__: ClassVar[RecordedTable]
    __continuum_journal__: ClassVar[Journal]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __repr__(self) -> str:
        layout = layout_of(type(self))
        state = inspect(self)
        if state.identity is None:
            return f"<{type(self).__name__}>"
        parts = [
            f"{name}={value!r}"
            for name, value in zip(layout.key_names, layout.key_of(self), strict=True)
        ]
        parts.append(f"{layout.transaction_name}={layout.transaction_id_of(self)}")
        operation = state.dict.get(layout.operation_name)
        if operation is not None:
            parts.append(Operation(operation).name)
        return f"<{type(self).__name__} {' '.join(parts)}>"

    # Neighbours

    @property
    def previous(self) -> Self | None:
        """The version of the same row before this one, ``None`` for the first.

        Queries: one by the primary key; none when the version comes from a list.  Versions in the
        session that do not know their neighbours are looked up together, up to 1,000 by two.
        """
        found: Self | None = navigation.previous_of(self)
        return found

    @property
    def next(self) -> Self | None:
        """The version of the same row after this one, ``None`` for the last.

        Queries: one by the primary key; none when the version comes from a list.  Versions in the
        session that do not know their neighbours are looked up together, up to 1,000 by two.
        """
        found: Self | None = navigation.next_of(self)
        return found

    @property
    def index(self) -> int:
        """How many versions of the same row came before this one.

        Queries: one; none when the version comes from a list.  Versions in the session are looked
        up together, as for :attr:`previous`.
        """
        return navigation.index_of(self)

    def select_previous(self) -> Select[Any]:
        """Return the select for :attr:`previous`.  No queries.

        Example::

            previous = await session.scalar(version.select_previous())
        """
        return navigation.select_previous(self)

    def select_next(self) -> Select[Any]:
        """Return the select for :attr:`next`.  No queries."""
        return navigation.select_next(self)

    # Changes

    @property
    def changeset(self) -> Changeset:
        """What this version changed, as ``{attribute: [old, new]}``.

        The first version, and the first after a DELETE, has every column that is not NULL as
        ``[None, value]``; a DELETE version every column that was not NULL as ``[value, None]``.
        After a pause, the version that says how the row was found shows what changed meanwhile.

        Queries: one for the values before; none when the previous version is known, or for a
        DELETE.  Versions in the session are looked up together, as for :attr:`previous`.
        """
        return changeset_of(self)

    def changeset_of(self, name: str) -> RelationChanges:
        """Return what this version changed in a relationship.

        The members that it had when its transaction ended are compared with those that the version
        before had then; so what changed in a collection between two versions of an object counts
        for the second.  A first version added all its members, a DELETE version removed them.

        :param name: a relationship of the model.
        :raises NotInHistory: there is none of this name, or history cannot show it.

        Queries: one for the version before, none when it is known; one for the members of each,
        none when they are loaded.  Example::

            article.versions[2].changeset_of("tags").added
        """
        return changes_of_relation(self, name)

    @property
    def version_parent(self) -> T | None:
        """The live object, ``None`` when its row is gone.

        Queries: one, none when the session holds the object.
        """
        layout = layout_of(type(self))
        session = session_of(self, "version.version_parent")
        found: T | None = stored_object(session, layout, self)
        return found

    # Going back

    @overload
    def revert(
        self, relations: Iterable[str] | None = None, *, dry_run: Literal[False] = False
    ) -> T | None: ...

    @overload
    def revert(self, relations: Iterable[str] | None = None, *, dry_run: Literal[True]) -> Plan: ...

    def revert(
        self, relations: Iterable[str] | None = None, *, dry_run: bool = False
    ) -> T | Plan | None:
        """Make the live row look as it does here, and return the live object.

        A deleted row is made anew under its old key; a DELETE version deletes the row, and returns
        ``None``.  Columns that history does not hold or that are ignored keep their live value,
        and so does a NOT NULL column for which this version has no value because it is younger.
        Generated columns and the version counter are left to themselves.

        The session gets the change; it is neither flushed nor committed.  Everything that could
        not be written is found before anything is touched.

        :param relations: relationships to revert as well, as dotted paths, to what they were when
            this version was made; ``"all"``: every relationship, and those of the members of
            one-to-many ones in turn.
        :param dry_run: return the plan instead of carrying it out.
        :raises RevertError: it is not possible; nothing has been touched then.
        :raises RevertVetoed: a listener of ``before_revert`` forbids it.

        Queries: one for the live row, none when the session holds it; one more when columns of it
        are not loaded, one for each unique constraint of which it gets other values, and one for
        each table that a changed foreign key leads to.  For each relationship on a path at most
        eight for 500 rows.  Example::

            article.versions[0].revert(relations=["tags", "comments.author"])
            session.commit()
        """
        plan = plan_revert(self, relations)
        if dry_run:
            return plan
        found: T | None = plan.apply()
        return found

    def reify(self, *, dup: bool = False) -> T:
        """Return a new object of the model with the values of this version.

        It belongs to no session and nothing is saved, unless you add it to one.

        :param dup: leave out the key, so that adding the object makes another row.

        Queries: none.
        """
        made: T = reify(self, dup=dup)
        return made

    # Finding versions

    @classmethod
    @synchronous
    def version_at(
        cls,
        session: Session,
        key: Any,
        at: Any,
        *,
        exact: bool = False,
        include_deleted: bool = False,
    ) -> Self | None:
        """Return the version that was in force at a point in history, ``None`` if none was.

        :param key: value of the primary key, a tuple or ``{attribute: value}`` when it has several
            columns, or an object of the model.
        :param at: id of a transaction, Transaction object, version object, or aware datetime.
        :param exact: only a version made by this very transaction.
        :param include_deleted: return the DELETE version where the row was deleted.
        :raises InvalidPoint: ``at`` is no point in history, or a datetime without time zone.

        Queries: one.  Example::

            ArticleVersion.version_at(session, 1, datetime(2024, 1, 1, tzinfo=UTC))
        """
        statement = cls.select_at(key, at, exact=exact, include_deleted=include_deleted)
        return session.scalars(statement).first()

    @classmethod
    def select_at(
        cls, key: Any, at: Any, *, exact: bool = False, include_deleted: bool = False
    ) -> Select[Any]:
        """Return the select for :meth:`version_at`, whose arguments these are.

        :param key: value of the primary key, a tuple, a dictionary, or an object of the model.
        :param at: the point in history.
        :param exact: only a version made by this very transaction.
        :param include_deleted: the DELETE version where the row was deleted.

        No queries.  Example::

            version = await session.scalar(ArticleVersion.select_at(1, transaction))
        """
        return lookup.select_at(
            layout_of(cls), key, at, exact=exact, include_deleted=include_deleted
        )

    @classmethod
    @synchronous
    def all_versions(
        cls,
        session: Session,
        key: Any,
        *,
        limit: int | None = None,
        offset: int | None = None,
        desc: bool = True,
        link: bool = True,
        between: tuple[Any, Any] | None = None,
        after: Any = None,
        before: Any = None,
    ) -> list[Self]:
        """Return the versions of one row, or a page of them.

        :param key: as for :meth:`version_at`.
        :param limit: at most so many.
        :param offset: leave out so many at the start.
        :param desc: the newest first.
        :param link: let them know their neighbours and their index, so that ``previous``, ``next``,
            ``index`` and ``changeset`` need no query; the page is then read with one version more
            at each edge.
        :param between: two points in history, both included; ``None`` leaves a side open.
        :param after: only versions made after this point, for the next page of ``desc=False``.
        :param before: only versions made before this point, for the next page of ``desc=True``.
        :raises InvalidPoint: a point is none.
        :raises InvalidArgument: the key does not fit, or ``limit`` or ``offset`` is negative.

        Queries: one.  With ``between``, ``after`` or ``before`` the neighbour beyond the limited
        edge is not read; asking for it is one query.  Example::

            page = ArticleVersion.all_versions(session, 1, limit=20)
            older = ArticleVersion.all_versions(session, 1, limit=20, before=page[-1])
        """
        return lookup.all_versions(
            layout_of(cls),
            session,
            key,
            limit=limit,
            offset=offset,
            desc=desc,
            link_them=link,
            between=between,
            after=after,
            before=before,
        )

    @classmethod
    def during(
        cls, start: Any, stop: Any, *, mode: str = "overlaps", include_deleted: bool = False
    ) -> ColumnElement[bool]:
        """Return the criterion for versions that were in force in an interval.

        :param start: where the interval begins, see :func:`continuum.during`; ``None``: no limit.
        :param stop: where it ends.
        :param mode: how a version lies to the interval, one of those of :func:`continuum.during`.
        :param include_deleted: DELETE versions too.

        No queries.  Example::

            select(ArticleVersion).where(ArticleVersion.during(monday, friday))
        """
        from continuum.reading.during import during

        return during(cls, start, stop, mode=mode, include_deleted=include_deleted)

    @classmethod
    def select_all(cls, key: Any, *, desc: bool = True) -> Select[Any]:
        """Return the select for all versions of one row.

        :param key: as for :meth:`version_at`.
        :param desc: the newest first.

        No queries.  Example::

            versions = (await session.scalars(ArticleVersion.select_all(1))).all()
        """
        return lookup.select_all(layout_of(cls), key, desc=desc)
