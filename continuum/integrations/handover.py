"""Who and why, handed to another process: as a text that travels with a message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState

from continuum.errors import InvalidArgument
from continuum.errors import InvalidContext
from continuum.recording.context import ContextFrame
from continuum.recording.context import ContextValues
from continuum.recording.context import current_frames
from continuum.recording.context import entered


def packed_context() -> str | None:
    """Return the context of this thread or task as a text; ``None`` when there is none.

    An actor that is an object becomes its key.  What ``context(session, ...)`` says of one session
    stays here.

    :raises InvalidContext: it holds values that JSON does not know, or an object without a key.

    No queries.  Example::

        queue.enqueue(load, path, meta={"continuum": packed_context()})
    """
    frames = tuple(frame for frame in current_frames() if frame.target is None)
    if not frames:
        return None
    # A task has one actor, the innermost, and there is no transaction that could have another.
    folded = ContextValues().merged(frames)
    given = {
        **_packed_actor(folded.actor),
        "reason": folded.reason,
        "remote_addr": folded.remote_addr,
        "meta": dict(folded.meta),
        "values": dict(folded.values),
    }
    given = {name: value for name, value in given.items() if value not in (None, {})}
    if unasked := sorted({"reason", "remote_addr", "meta"} & given.keys() - folded.asked):
        given["unasked"] = unasked
    try:
        return json.dumps(given, allow_nan=False) if given else None
    except (TypeError, ValueError) as error:
        raise InvalidContext(
            f"the context cannot be handed to another process: {error}",
            hint="Use what JSON can hold: texts, numbers, lists and dictionaries.",
        ) from error


@contextmanager
def unpacked_context(text: str | None) -> Iterator[None]:
    """Run a block in a context that :func:`packed_context` has packed, maybe elsewhere.

    :param text: what it returned.
    :raises InvalidArgument: it is something else.

    No queries.  Example::

        with unpacked_context(message.meta["continuum"]):
            load(path)
    """
    if text is None:
        yield
        return
    with entered(_unpacked(text)):
        yield


def _unpacked(text: str) -> ContextFrame:
    """Return the frame that a text stands for.

    :raises InvalidArgument: it stands for none.
    """
    try:
        given = {**json.loads(text)}
        return ContextFrame(
            actor=UUID(given["actor_uuid"]) if "actor_uuid" in given else given.get("actor"),
            reason=given.get("reason"),
            remote_addr=given.get("remote_addr"),
            meta=MappingProxyType({**given.get("meta", {})}),
            values=MappingProxyType({**given.get("values", {})}),
            unasked=frozenset(given.get("unasked", ())),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidArgument(
            f"{text!r} is no context that packed_context() has packed",
            hint="Hand on what packed_context() returned, as it is, or None.",
        ) from error


def _packed_actor(actor: Any) -> dict[str, Any]:
    state = inspect(actor, raiseerr=False)
    if isinstance(state, InstanceState):
        if state.identity is None:
            raise InvalidContext(
                f"the actor {actor!r} has not been flushed, so that it has no key that could be "
                "handed to another process",
                hint="Flush the user before using it as an actor.",
            )
        actor = state.identity[0]
    return {"actor_uuid": str(actor)} if isinstance(actor, UUID) else {"actor": actor}
