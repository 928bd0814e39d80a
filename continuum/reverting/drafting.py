"""From the rows that go back to a plan of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy.orm import Session

from continuum.errors import RevertError
from continuum.errors import RevertVetoed
from continuum.errors import UndoConflict
from continuum.reverting import clashes
from continuum.reverting.checks import check_deletable
from continuum.reverting.checks import check_insertable
from continuum.reverting.checks import check_references
from continuum.reverting.graph import Graph
from continuum.reverting.plan import Conflict
from continuum.reverting.plan import Plan
from continuum.reverting.undo_links import stale_collections
from continuum.reverting.writing import Writer

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


def draft(
    graph: Graph,
    title: str,
    *,
    related: bool,
    result: Callable[[], Any],
    conflicts: tuple[Conflict, ...] = (),
    anchor: Any = None,
) -> Plan:
    """Check what has been gathered, and return it as a plan.

    :param title: what is being done, for ``print()``.
    :param related: look whether the rows that will be referred to exist.
    :param result: gives what carrying the plan out returns.
    :param conflicts: what stands in the way.
    :param anchor: an object of the session that stands for links without an owner.
    :raises RevertError: something could not be written.

    Queries: one for each unique constraint of which a row gets other values, and for each foreign
    key to a row that is deleted, unless a relationship looks after it; with ``related`` one for
    each foreign key that changes.
    """
    session = graph.session
    rows = list(graph.rows.values())
    found = clashes.Clashes()
    if not conflicts:
        check_insertable(session, rows)
        check_deletable(session, graph.journal.metadata, rows, graph.links)
        if related:
            check_references(session, rows)
        found = clashes.find(session, rows)
    done = False

    def carry_out(plan: Plan) -> Any:
        nonlocal done
        if done:
            raise RevertError(
                f"the plan was carried out already: {title}", hint="Make another one."
            )
        if plan.conflicts:
            raise UndoConflict(
                f"{title} is not possible, later changes stand in the way:\n"
                + "\n".join(f"  {conflict}" for conflict in plan.conflicts),
                conflicts=plan.conflicts,
                hint="Undo the later transactions first, or revert single versions.",
            )
        _ask(graph.journal.transaction_cls.__versioning_manager__, session, plan)
        done = True
        with session.no_autoflush:
            for obj, name in list(stale_collections(graph)):
                # What the session remembers of links would be written over what is.
                session.expire(obj, [name])
            Writer(session, rows, graph.collections, graph.links, found, anchor).write()
        return result()

    changes = (row.change() for row in rows)
    return Plan(
        session,
        title,
        changes=tuple(change for change in changes if change is not None),
        links=tuple(link.change() for link in graph.links),
        conflicts=conflicts,
        carry_out=carry_out,
    )


def _ask(manager: VersioningManager, session: Session, plan: Plan) -> None:
    """Ask the listeners whether a plan may be carried out."""
    for listener in manager.dispatch.before_revert:
        if listener(manager, session, plan) is False:
            raise RevertVetoed(
                f"a listener of before_revert forbids it: {plan.title}",
                hint="The listener knows why.",
            )
