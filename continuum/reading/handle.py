"""``obj.versions``: the history of an object."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any
from typing import Generic
from typing import TypeVar
from typing import overload

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Session

from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.layout import stored_key
from continuum.reading.lookup import all_versions
from continuum.reading.navigation import link

if TYPE_CHECKING:
    from continuum.reading.version import Version

V = TypeVar("V")


class VersionsAttribute:
    """The attribute ``versions`` of a model.

    On the class it is a relationship, for ``selectinload(Article.versions)``,
    ``Article.versions.any(...)`` and joins; on an object it is a :class:`Versions`.

    :param name: name of that relationship.
    :param wrapped: makes something else of the :class:`Versions` of an object.
    """

    def __init__(self, name: str, wrapped: Callable[[Versions[Any]], Any] | None = None) -> None:
        self._name = name
        self._wrapped = wrapped

    @overload
    def __get__(self, obj: None, cls: type[Any]) -> Any: ...

    @overload
    def __get__(self, obj: object, cls: type[Any]) -> Versions[Version[Any]]: ...

    def __get__(self, obj: Any, cls: type[Any]) -> Any:
        relationship = getattr(cls, self._name)
        if obj is None:
            return relationship
        versions: Any = Versions(obj, relationship.property.mapper.class_, self._name)
        return versions if self._wrapped is None else self._wrapped(versions)


class VersionQuery(Generic[V]):
    """Versions of one object, narrowed or ordered; every use asks the database anew.

    :param obj: the live object.
    :param version_cls: version class of all its states.
    """

    def __init__(self, obj: Any, version_cls: type[Any], statement: Select[Any]) -> None:
        self._obj = obj
        self._version_cls = version_cls
        self._statement = statement

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._obj!r}>"

    def select(self) -> Select[Any]:
        """Return the select for these versions, to go on with or to run elsewhere.  No queries.

        Example::

            versions = (await session.scalars(article.versions.select())).all()
        """
        return self._statement

    def where(self, *criteria: Any) -> VersionQuery[V]:
        """Return those versions that fulfil criteria.

        :param criteria: SQL expressions over attributes of the version class.

        No queries.  Example::

            article.versions.where(ArticleVersion.name == "first").all()
        """
        return self._with(self.select().where(*criteria))

    filter = where

    def filter_by(self, **values: Any) -> VersionQuery[V]:
        """Return those versions whose attributes have these values.

        :param values: values by the name of the attribute.

        No queries.  Example::

            article.versions.filter_by(name="first").count()
        """
        own = type(self._obj).__versioning_manager__.version_class(self._obj)
        return self.where(*(getattr(own, name) == value for name, value in values.items()))

    def order_by(self, *columns: Any) -> VersionQuery[V]:
        """Return the versions in another order.

        :param columns: what to order by, in the place of the transaction.

        No queries.
        """
        return self._with(self.select().order_by(None).order_by(*columns))

    def limit(self, limit: int | None) -> VersionQuery[V]:
        """Return at most so many.

        :param limit: how many; ``None``: all.

        No queries.
        """
        return self._with(self.select().limit(limit))

    def offset(self, offset: int | None) -> VersionQuery[V]:
        """Return the versions without the first ones.

        :param offset: how many to leave out; ``None``: none.

        No queries.
        """
        return self._with(self.select().offset(offset))

    def options(self, *options: Any) -> VersionQuery[V]:
        """Return the versions with loader options.

        :param options: options of SQLAlchemy, such as ``selectinload(ArticleVersion.tags)``.

        No queries.
        """
        return self._with(self.select().options(*options))

    def all(self) -> list[V]:
        """Return the versions as a list.  Queries: one."""
        return list(self._session().scalars(self.select()))

    def first(self) -> V | None:
        """Return the first of the versions, ``None`` if there is none.  Queries: one."""
        return self._session().scalars(self.select().limit(1)).first()

    def count(self) -> int:
        """Return how many there are.  Queries: one."""
        inner = (
            self.select()
            .order_by(None)
            .with_only_columns(layout_of(self._version_cls).transaction_column)
        )
        statement = select(func.count()).select_from(inner.subquery())
        return (
            self._session()
            .execute(statement, bind_arguments={"mapper": inspect(self._version_cls)})
            .scalar_one()
        )

    def __iter__(self) -> Iterator[V]:
        return iter(self.all())

    def __bool__(self) -> bool:
        return self.first() is not None

    @overload
    def __getitem__(self, index: int) -> V: ...

    @overload
    def __getitem__(self, index: slice) -> list[V]: ...

    def __getitem__(self, index: int | slice) -> V | list[V]:
        return self.all()[index]

    def _with(self, statement: Select[Any]) -> VersionQuery[V]:
        return VersionQuery(self._obj, self._version_cls, statement)

    def _session(self) -> Session:
        return session_of(self._obj, "obj.versions")


class Versions(VersionQuery[V]):
    """All versions of one object, in the order of their transactions.

    Index (from the end too), slice, iterate, narrow.  When the list was loaded eagerly
    (``selectinload(Article.versions)``) it is used, until a flush writes the object, or it is
    expired or refreshed; otherwise every use is one query and nothing is kept.  Under
    ``AsyncSession`` load the list eagerly, or run :meth:`select`.

    Lists and slices come linked: ``previous``, ``next``, ``index`` and ``changeset`` of their
    elements need no query.
    """

    def __init__(self, obj: Any, version_cls: type[Any], list_name: str) -> None:
        self._obj = obj
        self._version_cls = version_cls
        self._list = list_name

    def select(self) -> Select[Any]:
        layout = layout_of(self._version_cls)
        return (
            select(self._version_cls)
            .where(layout.has_key(stored_key(self._obj, layout.live_key)))
            .order_by(layout.transaction_column)
        )

    def all(self) -> list[V]:
        loaded = self._loaded()
        if loaded is None:
            if self._is_new():
                return []
            loaded = list(self._session().scalars(self.select()))
        link(loaded, before=None, after=None, first_index=0)
        return loaded

    def first(self) -> V | None:
        loaded = self._loaded()
        if loaded is not None:
            return loaded[0] if loaded else None
        return None if self._is_new() else super().first()

    def count(self) -> int:
        """Return how many there are.  Queries: one; none when the list is loaded."""
        loaded = self._loaded()
        if loaded is not None:
            return len(loaded)
        if self._is_new():
            return 0
        layout = layout_of(self._version_cls)
        same = layout.has_key(stored_key(self._obj, layout.live_key))
        statement = select(func.count()).where(same)
        return (
            self._session()
            .execute(statement, bind_arguments={"mapper": layout.mapper})
            .scalar_one()
        )

    @overload
    def __getitem__(self, index: int) -> V: ...

    @overload
    def __getitem__(self, index: slice) -> list[V]: ...

    def __getitem__(self, index: int | slice) -> V | list[V]:
        if self._loaded() is not None or self._is_new():
            return self.all()[index]
        if isinstance(index, slice):
            return self._slice(index)
        statement = self.select()
        if index < 0:
            statement = statement.order_by(None).order_by(
                layout_of(self._version_cls).transaction_column.desc()
            )
            statement = statement.offset(-index - 1)
        else:
            statement = statement.offset(index)
        found = self._session().scalars(statement.limit(1)).all()
        if not found:
            raise IndexError("version index out of range")
        version: V = found[0]
        if index >= 0:
            link([version], first_index=index, **({"before": None} if index == 0 else {}))
        elif index == -1:
            link([version], after=None)
        return version

    def _slice(self, index: slice) -> list[V]:
        start, stop = index.start or 0, index.stop
        if index.step not in (None, 1) or start < 0 or (stop is not None and stop < 0):
            return self.all()[index]
        if stop is not None and stop <= start:
            return []
        layout = layout_of(self._version_cls)
        found: list[V] = all_versions(
            layout,
            self._session(),
            stored_key(self._obj, layout.live_key),
            offset=start,
            limit=None if stop is None else stop - start,
            desc=False,
        )
        return found

    def _loaded(self) -> list[V] | None:
        loaded = inspect(self._obj).dict.get(self._list)
        return None if loaded is None else list(loaded)

    def _is_new(self) -> bool:
        """Say whether the object has never been in a session."""
        return bool(inspect(self._obj).transient)
