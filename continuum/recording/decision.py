"""What has been decided about the versions of one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from continuum.recording.fold import Action
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import Replace
from continuum.recording.fold import Which
from continuum.recording.fold import Write
from continuum.recording.images import Key


class Decision(NamedTuple):
    """What has to happen to the versions of one row.

    :param old: the row as it was before.
    :param current: the row as it is now.
    :param newest: its newest version.
    :param previous: the version before that one, if the newest is the running transaction's.
    :param further_old: what history needs beside the image of the row before, see :class:`Row`.
    :param further: the same of the row as it is now.
    """

    key: Key
    old: Image | None
    current: Image | None
    newest: Newest | None
    actions: Sequence[Action]
    previous: Newest | None = None
    further_old: Image = ()
    further: Image = ()

    def image(self, action: Write | Replace) -> Image:
        """Return what a version is made from, before anything is left out of it."""
        # A root whose row came while nobody recorded it has no row of before.
        image = self.current if action.which is Which.NEW or self.old is None else self.old
        assert image is not None
        return image

    def whole(self, action: Write | Replace) -> Image:
        """Return the same with the values that history does not hold."""
        new = action.which is Which.NEW or self.old is None
        return self.image(action) + (self.further if new else self.further_old)
