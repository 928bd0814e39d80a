"""The ORM recorder: history without triggers."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


class ORMRecorder:
    """Writes the same history as the triggers, for what goes through SQLAlchemy.

    :param manager: knows what is versioned.
    """

    def __init__(self, manager: VersioningManager) -> None:
        self.manager = manager

    def listeners(self, session: Any) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
        """Iterate over (target, event name, function) to listen to.

        :param session: Session class or factory that the manager works for.
        """
        yield from ()
