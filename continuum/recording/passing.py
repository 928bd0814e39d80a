"""Statements that need not be looked at: most of a transaction that has begun to write.

Two functions are called for each statement of each connection, before it is sent and after it was
executed.  Most often the database has been told everything of the transaction, and nothing has
happened since then.  These functions find that out, and hand all other statements on.

They stay uncompiled on purpose: they do nothing but read attributes, at which the interpreter is
the faster one.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any
from weakref import ref

from continuum.recording.context import current_frames

if TYPE_CHECKING:
    from sqlalchemy.engine.base import RootTransaction

    from continuum.recording.unit import Unit

Listener = Callable[[Any, Any, str, Any, Any, bool], None]

MANY = 20
"""Parameter sets, or rows, from which on it pays to tell the database of a batch."""


def sent(parameters: Any, context: Any) -> int:
    """Return how many parameter sets are sent in one call of the driver."""
    if isinstance(parameters, list) or context is None:
        return len(parameters)
    # One INSERT with the values of several rows.
    return len(parameters) // (len(context.compiled_parameters[0]) or 1)


def passing(
    units: Mapping[ref[RootTransaction], Unit], started: str, look: Listener, look_back: Listener
) -> tuple[Callable[..., tuple[str, Any]], Listener]:
    """Return listeners to ``before_cursor_execute``, with ``retval``, and ``after_cursor_execute``.

    :param units: what is known of running transactions.
    :param started: attribute of the execution contexts of statements of which a part was sent.
    :param look: called before a statement that may need something.
    :param look_back: called after a statement of a transaction that is not settled, or that has to
        be looked at by what it did.
    """

    def before(
        connection: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> tuple[str, Any]:
        if context is None:
            pass
        elif executemany:
            # SQLAlchemy sends many rows in parts, on SQLite one by one, and the first was prepared
            # for all.  In between only listeners can act; what they send is prepared for itself.
            if hasattr(context, started) and sent(parameters, context) < MANY:
                return statement, parameters
        elif context.isinsert or context.isupdate or context.isdelete:
            root = connection.get_transaction()
            unit = None if root is None else units.get(ref(root))
            if (
                unit is not None
                and (settled := unit.settled) is not None
                and settled.said is unit.said
                and settled.frames is current_frames()
                and settled.options is connection.get_execution_options()
                and settled.in_transaction(settled.driver) is not False
                and not settled.database.outdated
                and not context.compiled.ctes
            ):
                return statement, parameters
        elif statement.startswith("SELECT ") and not context.isddl:
            return statement, parameters
        look(connection, cursor, statement, parameters, context, executemany)
        return statement, parameters

    def after(
        connection: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        root = connection.get_transaction()
        unit = None if root is None else units.get(ref(root))
        if unit is None:
            return
        settled = unit.settled
        if settled is not None and (
            statement.startswith("SELECT ")
            or (cursor.rowcount < MANY and (not settled.rows or cursor.description is None))
        ):
            return
        look_back(connection, cursor, statement, parameters, context, executemany)

    return before, after
