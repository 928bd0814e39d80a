"""``obj.versions`` of classes whose history must be asked for by a statement."""

from __future__ import annotations

from typing import Any
from typing import Generic
from typing import NoReturn
from typing import TypeVar

from sqlalchemy import Select

from continuum.reading.handle import VersionQuery
from continuum.reading.handle import Versions

V = TypeVar("V")

_NARROWED_BY = frozenset({"where", "filter", "filter_by", "order_by", "limit", "offset", "options"})


class WriteOnlyVersions(Generic[V]):
    """All versions of one object, as a statement: nothing asks the database behind your back.

    For the option ``write_only``.  It can be narrowed as :class:`Versions` can, with ``where()``,
    ``filter_by()``, ``order_by()``, ``limit()`` and the like.
    """

    def __init__(self, versions: Versions[Any] | VersionQuery[Any]) -> None:
        self._versions = versions

    def __repr__(self) -> str:
        return repr(self._versions).replace(type(self._versions).__name__, type(self).__name__, 1)

    def select(self) -> Select[Any]:
        """Return the select for these versions, for your session to execute.  No queries.

        Example::

            versions = (await session.scalars(article.versions.select())).all()
        """
        return self._versions.select()

    def __getattr__(self, name: str) -> Any:
        if name in _NARROWED_BY:
            narrow = getattr(self._versions, name)
            return lambda *args, **kwargs: WriteOnlyVersions(narrow(*args, **kwargs))
        if hasattr(Versions, name):
            raise AttributeError(self._refusal(f"{name}()"))
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __iter__(self) -> NoReturn:
        raise TypeError(self._refusal("iterating"))

    def __getitem__(self, index: Any) -> NoReturn:
        raise TypeError(self._refusal("an index"))

    def __len__(self) -> NoReturn:
        raise TypeError(self._refusal("len()"))

    def __bool__(self) -> NoReturn:
        raise TypeError(self._refusal("asking whether there are any"))

    @staticmethod
    def _refusal(what: str) -> str:
        return (
            f"{what} would ask the database, and these versions are write_only; execute "
            "obj.versions.select() in your session, as session.scalars(obj.versions.select())"
        )
