"""Histories of some changes only: ``operations`` and ``when``.

A change that is not recorded leaves no version, but it ends the one before it: what is not known is
not told.  Within the transaction that ended it, a version goes on when its row is as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from continuum.recording.fold import DELETE
from continuum.recording.fold import INSERT
from continuum.recording.fold import NOTHING
from continuum.recording.fold import UPDATE
from continuum.recording.fold import Action
from continuum.recording.fold import Close
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import Remove
from continuum.recording.fold import Reopen
from continuum.recording.fold import Replace
from continuum.recording.fold import Shape
from continuum.recording.fold import Since
from continuum.recording.fold import Which
from continuum.recording.fold import Write
from continuum.recording.fold import fold
from continuum.recording.fold import present_before


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the condition says of one changed row.

    :param holds: the change is recorded.
    :param known_before: so would have been the row as it was before.
    """

    holds: bool = True
    known_before: bool = True


EVERYTHING = Judgement()
"""What is said where there is no condition."""


def fold_selected(
    shape: Shape,
    old: Image | None,
    new: Image | None,
    newest: Newest | None,
    previous: Newest | None,
    running: int | None,
    *,
    paused: bool,
    operations: frozenset[int],
    judgement: Judgement,
) -> Sequence[Action]:
    """Decide what becomes of the versions of a row not all of whose changes are recorded.

    Parameters as for :func:`fold`.

    :param operations: net changes that leave a version.
    """
    mine = newest is not None and newest.transaction == running
    changed = old is None or new is None or not shape.equal(old, new)
    if changed and not judgement.holds and (mine or not paused):
        return _unrecorded(shape, old, new, newest, previous, running, mine=mine)
    actions = fold(shape, old, new, newest, previous, running, paused=paused)
    if not changed:
        return actions
    if not judgement.known_before:
        actions = _as_beginning(actions, new, newest)
    left = _operation(actions)
    if left is None or left in operations:
        return actions
    if mine:
        return _taken_back(previous, running)
    if left == INSERT or (newest is not None and newest.operation == DELETE):
        return NOTHING
    return tuple(action for action in actions if isinstance(action, Close))


def _unrecorded(
    shape: Shape,
    old: Image | None,
    new: Image | None,
    newest: Newest | None,
    previous: Newest | None,
    running: int | None,
    *,
    mine: bool,
) -> Sequence[Action]:
    if mine:
        before = present_before(shape, previous, running)
        if new is not None and before is not None and shape.equal(new, before.image):
            return (Remove(), Reopen(before.transaction))
        return _taken_back(previous, running)
    if newest is None:
        return NOTHING
    same = new is not None and newest.operation != DELETE and shape.equal(new, newest.image)
    if newest.end is not None:
        return (Reopen(newest.transaction),) if same and newest.end == running else NOTHING
    if newest.operation == DELETE or (old is None and same):
        return NOTHING
    return (Close(newest.transaction),)


def _taken_back(previous: Newest | None, running: int | None) -> Sequence[Action]:
    """Remove the running transaction's version; what it followed stays ended, if it was a row."""
    if previous is not None and previous.end == running and previous.operation == DELETE:
        return (Remove(), Reopen(previous.transaction))
    return (Remove(),)


def _as_beginning(
    actions: Sequence[Action], new: Image | None, newest: Newest | None
) -> Sequence[Action]:
    """Let a row enter the history that did not belong there before."""
    begun = Write(Which.NEW, INSERT)
    if any(isinstance(item, Write) and item.since is not Since.RUNNING for item in actions):
        return NOTHING if new is None else (begun,)
    if newest is None or newest.operation != DELETE:
        return actions
    return tuple(
        begun if isinstance(action, Write) and action.operation == UPDATE else action
        for action in actions
    )


def _operation(actions: Sequence[Action]) -> int | None:
    """Return the kind of version that the running transaction gets."""
    for action in actions:
        if isinstance(action, Replace) or (
            isinstance(action, Write) and action.since is Since.RUNNING
        ):
            return action.operation
    return None
