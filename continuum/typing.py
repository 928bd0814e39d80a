"""What type checkers should know about a versioned class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

if TYPE_CHECKING:
    from continuum.reading.handle import VersionsAttribute


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
