"""What type checkers should know about a versioned class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from continuum.errors import ClassNotVersioned

if TYPE_CHECKING:
    from continuum.reading.handle import VersionsAttribute


class _NotVersionedYet:
    """Stands in the place of ``versions`` until there is a history to show."""

    def __get__(self, obj: object, cls: type[Any]) -> Any:
        raise ClassNotVersioned(
            f"{cls.__name__} has no history yet",
            hint="Call make_versioned() once, before or after the classes are defined; the "
            "history is there when the mappers are configured.",
        )


class Versioned:
    """Mixin that makes a class versioned and tells type checkers of ``versions``.

    It does nothing that ``__versioned__ = {}`` in the class does not do; options go into a
    ``__versioned__`` of the class itself.

    Example::

        class Article(Versioned, Base):
            __tablename__ = "article"
            id: Mapped[int] = mapped_column(primary_key=True)

        article.versions[0].changeset
    """

    __versioned__: ClassVar[Mapping[str, Any]] = {}

    if TYPE_CHECKING:
        versions: ClassVar[VersionsAttribute]
    else:
        versions = _NotVersionedYet()
