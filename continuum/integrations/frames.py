"""Contexts whose values are asked for when a transaction needs them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from continuum.errors import InvalidContext
from continuum.recording.context import ContextFrame


class LateFrame(ContextFrame):
    """A frame that asks who and why at the first write of a transaction.

    A transaction that writes asks each frame that it has not seen, so that every transaction of a
    request or a job asks anew.

    :raises InvalidContext: when it is asked, and the reason is no text.
    """

    def __init__(
        self,
        *,
        actor: Callable[[], Any],
        reason: Callable[[], Any],
        meta: Mapping[str, Any],
        remote_addr: str | None = None,
        unasked: frozenset[str] = frozenset(),
    ) -> None:
        # The fields "actor" and "reason" are properties here, which take no value.
        for name, value in {
            "_actor": actor,
            "_reason": reason,
            "meta": MappingProxyType(dict(meta)),
            "remote_addr": remote_addr,
            "values": MappingProxyType({}),
            "target": None,
            "unasked": unasked,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def actor(self) -> Any:
        asked: Callable[[], Any] = object.__getattribute__(self, "_actor")
        return asked()

    @property
    def reason(self) -> Any:
        asked: Callable[[], Any] = object.__getattribute__(self, "_reason")
        reason = asked()
        if reason is not None and not isinstance(reason, str):
            raise InvalidContext(
                f"reason={reason!r} of the context is no text",
                column="reason",
                hint="Put values of other types into meta.",
            )
        return reason
