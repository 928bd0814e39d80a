"""What functions can be given to work on a database."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session

from continuum.errors import InvalidArgument


def connection_of(given: Any, function: str) -> Connection:
    """Return the connection to work on.

    :param given: a Connection, a Session, Alembic's operations, or ``None`` inside a migration.
    :param function: name of the function that needs it, for the error.
    :raises InvalidArgument: there is none.
    """
    if given is None:
        try:
            from alembic import op as given
        except ImportError as error:
            raise _nothing(function) from error
    if isinstance(given, Connection):
        return given
    if isinstance(given, Session):
        return given.connection()
    if hasattr(given, "get_bind"):
        try:
            found = given.get_bind()
        except (AttributeError, NameError) as error:
            # Before and after a migration Alembic's operations have nothing behind them.
            raise _nothing(function) from error
        if isinstance(found, Connection):
            return found
    raise _nothing(function)


def look_at_bind(bind: Any, function: str) -> None:
    """Refuse what is neither an Engine nor a Connection.

    :param function: name of the function that was given it, for the error.
    :raises InvalidArgument: it is something else.
    """
    # What only prints the statements has a dialect too.
    if hasattr(bind, "dialect"):
        return
    hint = "Give the Engine, or a Connection to do it in the transaction of that."
    if isinstance(bind, (Session, scoped_session)):
        hint = f"Give session.connection() to {function}, or the Engine."
    raise InvalidArgument(
        f"{function} works on an Engine or a Connection, not on {kind_of(bind)}", hint=hint
    )


def kind_of(given: Any) -> str:
    """Return what something is, for an error."""
    return "None" if given is None else f"an object of the class {type(given).__name__}"


def in_migration(connection: Connection) -> bool:
    """Say whether a migration of Alembic is being run on a connection.  Imports nothing."""
    operations: Any = sys.modules.get("alembic.op")
    try:
        return operations is not None and operations.get_bind() is connection
    except (AttributeError, NameError):
        # Before and after a migration Alembic's operations have nothing behind them.
        return False


def _nothing(function: str) -> InvalidArgument:
    return InvalidArgument(
        f"{function}() was given no connection to work on",
        hint="Give conn=, a Connection or a Session; only in a migration of Alembic it finds the "
        "connection by itself.",
    )
