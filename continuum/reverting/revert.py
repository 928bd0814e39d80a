"""One row, with what belongs to it, as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import object_session

from continuum.errors import RevertError
from continuum.reading.changes import is_delete
from continuum.reading.layout import layout_of
from continuum.reverting.drafting import draft
from continuum.reverting.graph import Graph
from continuum.reverting.ignored import take_newest_of_all
from continuum.reverting.paths import paths
from continuum.reverting.plan import Plan


def plan_revert(
    version: Any,
    relations: Iterable[str] | None,
    *,
    at: int | None = None,
    title: str = "",
    newest: bool = False,
) -> Plan:
    """Plan to make a row look as in a version; see :meth:`Version.revert`.

    :param at: id of the transaction whose outcome the related rows go back to; ``None``: the
        version's own.
    :param title: what is being done.
    :param newest: rows made anew get the newest values of ignored columns, not those of then.
    """
    layout = layout_of(type(version))
    wanted = paths(layout.journal, layout.model_mapper, relations)
    session = object_session(version)
    if session is None:
        raise RevertError(
            f"{version!r} is not bound to a Session, which has to get the reverted object",
            table=layout.recorded.table.fullname,
            hint="Add the version to a Session: session.add(version).",
        )
    point = layout.transaction_id_of(version) if at is None else at
    with session.no_autoflush:
        graph = Graph(session, layout.journal, point)
        row = graph.add(
            layout, layout.key_of(version), None if is_delete(layout, version) else version
        )
        graph.follow(row, wanted)
        if newest:
            take_newest_of_all(session, graph.rows.values(), point)

        def result() -> Any:
            return None if row.version is None else row.obj

        return draft(
            graph,
            title or f"revert to {version!r}",
            related=True,
            result=result,
        )
