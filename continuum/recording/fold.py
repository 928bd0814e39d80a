"""What one transaction leaves behind of a row, decided from images alone.

Nothing here sends anything: :func:`fold` gets the row before and after some statements of a
transaction and the newest versions that exist, and says what has to happen to the versions.  The
result is the same whether a transaction is folded at once or statement by statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from functools import lru_cache
from operator import itemgetter
from typing import Any
from typing import NamedTuple

from continuum._speedups import is_noop
from continuum._speedups import is_noop_at
from continuum.operation import Operation

Image = tuple[Any, ...]
"""The recorded columns of a row, in the order of the recorded table, as the database gave them."""

INSERT, UPDATE, DELETE = int(Operation.INSERT), int(Operation.UPDATE), int(Operation.DELETE)


class Newest(NamedTuple):
    """A version of a row that exists already."""

    image: Image
    transaction: int
    end: int | None
    operation: int


class Which(Enum):
    """An image that a version is made from."""

    OLD = "the row before the change"
    NEW = "the row as it is now"


class Since(Enum):
    """Transactions that have no number yet when a version is decided on."""

    RUNNING = "the running one"
    GAP = "the last one before the running one that is younger than the newest version"


class Write(NamedTuple):
    """Add a version.

    :param since: transaction that made it, a number or one to be found out.
    :param ended: it has been ended by the running transaction already.
    """

    which: Which
    operation: int
    since: int | Since = Since.RUNNING
    ended: bool = False


class Replace(NamedTuple):
    """Change what the running transaction's version says."""

    which: Which
    operation: int


class Remove(NamedTuple):
    """Take back the running transaction's version."""


class Close(NamedTuple):
    """End a version with the running transaction."""

    transaction: int


class Reopen(NamedTuple):
    """Let a version that the running transaction ended go on."""

    transaction: int


Action = Write | Replace | Remove | Close | Reopen

NOTHING: tuple[Action, ...] = ()
_INSERTED: tuple[Action, ...] = (Write(Which.NEW, INSERT),)
_UPDATED: tuple[Action, ...] = (Write(Which.NEW, UPDATE),)
_DELETED: tuple[Action, ...] = (Write(Which.OLD, DELETE),)


@dataclass(frozen=True)
class Shape:
    """How the images of one table are compared and kept.

    :param key: positions of the key columns.
    :param counting: positions of the columns whose change makes a version.
    :param width: number of columns.
    :param ends: versions know the transaction that ended them.
    :param null_delete: DELETE versions keep nothing but the key.
    """

    key: tuple[int, ...]
    counting: tuple[int, ...]
    width: int
    ends: bool = True
    null_delete: bool = False

    @cached_property
    def _get_key(self) -> Any:
        return itemgetter(*self.key) if len(self.key) > 1 else None

    def key_of(self, image: Image) -> tuple[Any, ...]:
        """Return the key of a row."""
        if self._get_key is None:
            return (image[self.key[0]],)
        key: tuple[Any, ...] = self._get_key(image)
        return key

    def equal(self, one: Image, other: Image) -> bool:
        """Say whether two images of one row are the same in every column that counts."""
        return is_noop_at(one, other, self.counting)

    def kept(self, image: Image, operation: int) -> Image:
        """Return what a version with this operation keeps of an image."""
        if operation != DELETE or not self.null_delete:
            return image
        return tuple(
            value if position in self.key else None for position, value in enumerate(image)
        )


def fold(
    shape: Shape,
    old: Image | None,
    new: Image | None,
    newest: Newest | None,
    previous: Newest | None,
    running: int | None,
    *,
    paused: bool = False,
    kept_below: bool = False,
) -> Sequence[Action]:
    """Decide what becomes of the versions of one row.

    :param old: the row before, ``None`` when there was none.
    :param new: the row now, ``None`` when there is none.
    :param newest: its version with the highest transaction.
    :param previous: the version before that one; needed only when the newest is the running
        transaction's own.
    :param running: the running transaction, ``None`` while it has no number.
    :param paused: the running transaction does not record this table at the moment.
    :param kept_below: another table of a hierarchy has a version of the running transaction, so
        that this one, the root, has one as well.
    """
    if old is None and new is None:
        return NOTHING
    mine = newest is not None and newest.transaction == running
    if old is not None and new is not None and shape.equal(old, new):
        # Values of ignored columns alone make no version, but follow the row into one.
        if mine and newest is not None and newest.operation != DELETE and not is_noop(old, new):
            return (Replace(Which.NEW, newest.operation),)
        return NOTHING
    if mine:
        return _continued(shape, new, previous, running, kept_below)
    if paused:
        if old is not None and newest is not None and shape.ends and newest.end is None:
            return (Close(newest.transaction),)
        return NOTHING
    if newest is None:
        return _first(old, new)
    if shape.ends and newest.end is not None:
        return _after_gap(shape, old, new, newest, running, kept_below)
    if not shape.ends and old is not None and not _known(shape, old, newest):
        return (Write(Which.OLD, INSERT, Since.GAP), *_changed(new))
    return _next(shape, old, new, newest, kept_below)


def fold_touched(
    shape: Shape,
    current: Image,
    newest: Newest | None,
    previous: Newest | None,
    running: int | None,
    *,
    kept_below: bool,
) -> Sequence[Action]:
    """Decide what becomes of the root's versions of an object that changed at another level only.

    Parameters as for :func:`fold`.

    :param current: the root's row, which is what it was.
    """
    if newest is not None and newest.transaction == running:
        before = present_before(shape, previous, running)
        if (
            not kept_below
            and newest.operation == UPDATE
            and before is not None
            and shape.equal(current, before.image)
        ):
            return (Remove(), *_reopened(shape, before))
        return NOTHING
    if not kept_below:
        return NOTHING
    if newest is None:
        return _first(current, current)
    if shape.ends and newest.end is not None:
        if newest.end == running:
            return _UPDATED
        return (Write(Which.OLD, INSERT, newest.end, ended=True), *_UPDATED)
    operation = INSERT if newest.operation == DELETE else UPDATE
    return _following(newest.transaction if shape.ends else None, operation)


def leaves_gap(actions: Sequence[Action]) -> bool:
    """Say whether a version is ended that no other one follows."""
    return any(isinstance(action, Close) for action in actions) and not any(
        isinstance(action, Write) for action in actions
    )


def inverted(newest: Newest | None, running: int | None) -> bool:
    """Say whether the newest version belongs to a transaction with a higher number than mine."""
    if newest is None or running is None:
        return False
    return newest.transaction > running or (newest.end is not None and newest.end > running)


def _continued(
    shape: Shape,
    new: Image | None,
    previous: Newest | None,
    running: int | None,
    kept_below: bool,
) -> Sequence[Action]:
    """Fold into the version that the running transaction has written already."""
    before = present_before(shape, previous, running)
    if new is not None:
        if before is None:
            return (Replace(Which.NEW, INSERT),)
        if not kept_below and shape.equal(new, before.image):
            return (Remove(), *_reopened(shape, before))
        return (Replace(Which.NEW, UPDATE),)
    if before is not None:
        return (Replace(Which.OLD, DELETE),)
    if previous is not None and _succeeded(shape, previous, running):
        return (Remove(), *_reopened(shape, previous))
    return (Remove(),)


def _succeeded(shape: Shape, previous: Newest, running: int | None) -> bool:
    """Say whether the running transaction's version follows another one without a gap."""
    return not shape.ends or previous.end == running


def present_before(shape: Shape, previous: Newest | None, running: int | None) -> Newest | None:
    """Return the version that shows the row before the running transaction, if it was there."""
    if previous is None or previous.operation == DELETE:
        return None
    return previous if _succeeded(shape, previous, running) else None


def _first(old: Image | None, new: Image | None) -> Sequence[Action]:
    """Begin a history; a row that is older than it is written down first."""
    if old is None:
        return _INSERTED
    return (Write(Which.OLD, INSERT, 0, ended=True), *_changed(new))


def _after_gap(
    shape: Shape,
    old: Image | None,
    new: Image | None,
    newest: Newest,
    running: int | None,
    kept_below: bool,
) -> Sequence[Action]:
    """Take up a history that ended while nobody recorded."""
    assert newest.end is not None
    if newest.end != running:
        if old is None:
            return _INSERTED
        return (Write(Which.OLD, INSERT, newest.end, ended=True), *_changed(new))
    if new is None:
        return _DELETED
    if newest.operation == DELETE and old is None:
        return _INSERTED
    if newest.operation != DELETE and not kept_below and shape.equal(new, newest.image):
        return (Reopen(newest.transaction),)
    return _UPDATED


def _next(
    shape: Shape, old: Image | None, new: Image | None, newest: Newest, kept_below: bool
) -> Sequence[Action]:
    """Let a version follow the newest one."""
    if new is None:
        operation = DELETE
        if newest.operation == DELETE:
            return NOTHING
    elif old is not None:
        operation = UPDATE
    elif newest.operation == DELETE:
        operation = INSERT
    elif not kept_below and shape.equal(new, newest.image):
        # The row went without anybody seeing it, and came back the same.
        return NOTHING
    else:
        operation = UPDATE
    return _following(newest.transaction if shape.ends else None, operation)


@lru_cache(maxsize=1024)
def _following(transaction: int | None, operation: int) -> tuple[Action, ...]:
    """Return the actions that end the version of a transaction and add another one.

    Shared by all rows for which they are the same: thousands of small objects would keep Python's
    garbage collector busy.
    """
    written = Write(Which.OLD if operation == DELETE else Which.NEW, operation)
    return (written,) if transaction is None else (Close(transaction), written)


def _changed(new: Image | None) -> tuple[Action, ...]:
    return _DELETED if new is None else _UPDATED


def _reopened(shape: Shape, version: Newest) -> tuple[Action, ...]:
    return (Reopen(version.transaction),) if shape.ends else ()


def _known(shape: Shape, old: Image, newest: Newest) -> bool:
    """Say whether the newest version shows the row as it was before the change."""
    return newest.operation != DELETE and shape.equal(old, newest.image)
