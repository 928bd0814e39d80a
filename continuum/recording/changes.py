"""The rows of one table that have changed, beside the versions that there are of them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from continuum._speedups import is_noop
from continuum.dialects.spec import OPERATIONS
from continuum.errors import UnsupportedStatement
from continuum.recording.capture import Capture
from continuum.recording.comparing import judged_shape
from continuum.recording.decision import Decision
from continuum.recording.fold import DELETE
from continuum.recording.fold import Action
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import fold
from continuum.recording.images import Key
from continuum.recording.judging import judgements
from continuum.recording.selection import EVERYTHING
from continuum.recording.selection import Judgement
from continuum.recording.selection import fold_selected
from continuum.schema.recorded import RecordedTable


class Changes:
    """The changed rows of one table, with the versions that they had.

    :param capture: the rows as they were.
    """

    def __init__(self, connection: Connection, capture: Capture) -> None:
        self.capture = capture
        self.shape = capture.images.shape
        self.newest = dict(capture.newest)
        self.previous: dict[Key, Newest] = {}
        self.keys = dict(capture.keys)
        self._operations = frozenset(
            OPERATIONS.index(name) for name in self.recorded.options.operations
        )
        self._chosen = self.recorded.when is not None or len(self._operations) < len(OPERATIONS)
        self._judgements: dict[Key, Judgement] = {}
        self._further: dict[Key, Image] = {}
        self._read(connection)

    @property
    def recorded(self) -> RecordedTable:
        """The table."""
        return self.capture.images.recorded

    @property
    def selective(self) -> bool:
        """Versions of it can end without successor, though nobody has paused recording it."""
        return bool(self.recorded.lower) or self._chosen

    def _read(self, connection: Connection) -> None:
        """Look at the rows once more."""
        capture = self.capture
        known = {self.keys[raw] for raw in self.newest} | capture.unborn
        new: dict[Key, list[Image]] = {}
        for versions in (True, False):
            keys = [key for key in capture.looked if (key not in known) is versions]
            for row in capture.images.by_keys(connection, keys, versions=versions):
                new.setdefault(row.raw, []).append(row.image)
                self.keys[row.raw] = row.key
                if row.further:
                    self._further[row.raw] = row.further
                if versions:
                    self.newest[row.raw] = row.newest
        duplicates = self.recorded.duplicates
        self.rows: dict[Key, tuple[Image | None, Image | None]] = {}
        for raw in dict.fromkeys((*capture.old, *new)):
            old, current = _of_several(capture.old.get(raw, []), new.get(raw, []))
            if duplicates and old is None and self._stands_already(raw):
                # One more link beside others that stand for the same.
                continue
            if old is not None or current is not None:
                self.rows[raw] = old, current
        if len(capture.born) > sum(raw not in capture.old for raw in new):
            raise _not_there(capture)
        gone = [
            self.keys[raw]
            for raw, (old, current) in self.rows.items()
            if current is None and raw not in self.newest
        ]
        if gone:
            self.newest.update(capture.images.newest(connection, gone))

    def _stands_already(self, raw: Key) -> bool:
        newest = self.newest.get(raw)
        return newest is not None and newest.operation != DELETE and newest.end is None

    def read_previous(self, connection: Connection, running: int | None) -> None:
        """Read what came before the versions that the running transaction has written."""
        if running is None:
            return
        mine = [
            self.keys[raw]
            for raw, version in self.newest.items()
            if version is not None and version.transaction == running and raw in self.rows
        ]
        if mine:
            self.previous = self.capture.images.previous(connection, mine, running)

    def is_mine(self, raw: Key, running: int | None) -> bool:
        """Say whether the newest version of a row is the running transaction's."""
        newest = self.newest.get(raw)
        return newest is not None and newest.transaction == running

    def begun(self, running: int | None) -> list[Key]:
        """Return the keys of rows that the running transaction has written or ended versions of."""
        return [
            self.keys[raw]
            for raw, version in self.newest.items()
            if version is not None
            and running in (version.transaction, version.end)
            and raw in self.rows
        ]

    def differing(self) -> list[Key]:
        """Return the keys of rows that are not what they were, ignored columns included."""
        return [
            self.keys[raw]
            for raw, (old, new) in self.rows.items()
            if old is None or new is None or not is_noop(old, new)
        ]

    def altered(self) -> Iterator[Key]:
        """Iterate over raw keys of rows that went, or changed in columns that count."""
        for raw, (old, new) in self.rows.items():
            if old is not None and (new is None or not self.shape.equal(old, new)):
                yield raw

    def explained(self, decisions: Mapping[Key, Sequence[Action]]) -> list[Decision]:
        """Return what has to happen to versions of rows, with what that needs to know."""
        keys, rows, newest, previous = self.keys, self.rows, self.newest, self.previous
        before, now = self.capture.further, self._further
        return [
            Decision(
                keys[raw],
                *rows[raw],
                newest.get(raw),
                actions,
                previous.get(raw),
                before.get(raw, ()),
                now.get(raw, ()),
            )
            for raw, actions in decisions.items()
        ]

    def renumbered(self, before: int, after: int) -> None:
        """Follow the running transaction to another number."""

        def moved(version: Newest) -> Newest:
            return version._replace(
                transaction=after if version.transaction == before else version.transaction,
                end=after if version.end == before else version.end,
            )

        self.newest = {
            raw: None if version is None else moved(version) for raw, version in self.newest.items()
        }
        self.previous = {raw: moved(version) for raw, version in self.previous.items()}

    def judge(self, connection: Connection) -> None:
        """Ask the database what only it can tell: which values differ, which changes are recorded.

        No query, unless the table has tests of its own (see :func:`judged_shape`) or a condition
        (see :func:`judgements`).
        """
        if self.capture.images.tests:
            self.shape = judged_shape(connection, self.capture.images, self._pairs())
        if self.recorded.when is not None:
            self._judgements = judgements(
                connection, self.capture.images, self.shape, self.keys, self.rows, self.newest
            )

    def _pairs(self) -> Iterator[tuple[Image, Image]]:
        """Iterate over the images that have to be compared."""
        for raw, (old, new) in self.rows.items():
            newest, previous = self.newest.get(raw), self.previous.get(raw)
            before = None if newest is None else newest.image
            first = None if previous is None else previous.image
            for one, other in ((old, new), (before, new), (before, old), (first, new)):
                if one is not None and other is not None:
                    yield one, other

    def decisions(self, running: int | None, *, paused: bool) -> dict[Key, Sequence[Action]]:
        """Return what has to happen, by raw key."""
        result = {}
        for raw, (old, new) in self.rows.items():
            newest, previous = self.newest.get(raw), self.previous.get(raw)
            if self._chosen:
                actions = fold_selected(
                    self.shape,
                    old,
                    new,
                    newest,
                    previous,
                    running,
                    paused=paused,
                    operations=self._operations,
                    judgement=self._judgements.get(raw, EVERYTHING),
                )
            else:
                actions = fold(self.shape, old, new, newest, previous, running, paused=paused)
            if actions:
                result[raw] = actions
        return result


def _of_several(
    before: Sequence[Image], after: Sequence[Image]
) -> tuple[Image | None, Image | None]:
    """Return the row that a key stood for and the one that it stands for now.

    In a table of links without unique constraint they can be several.  As long as there is one of
    them, others may come and go; only a change of one of them is a change of the link.
    """
    if not before or not after:
        return before[0] if before else None, after[0] if after else None
    if len(before) == len(after) == 1:
        return before[0], after[0]
    came, went = list(after), []
    for image in before:
        place = next((index for index, other in enumerate(came) if is_noop(image, other)), None)
        if place is None:
            went.append(image)
        else:
            del came[place]
    if came and went:
        return went[-1], came[-1]
    return before[0], before[0]


def _not_there(capture: Capture) -> UnsupportedStatement:
    table = capture.images.recorded.table
    return UnsupportedStatement(
        f"rows inserted into {table.fullname!r} cannot be found under the keys they were given",
        table=table.fullname,
        dialect=capture.images.dialect,
        hint="The database has put other keys in their place (a trigger, or AUTO_INCREMENT for a "
        "0): leave the keys out, or record the table with triggers.",
    )
