"""What functions for migrations can be given to work on."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session


def connection_of(given: Any, function: str) -> Connection:
    """Return the connection to work on.

    :param given: a Connection, a Session, Alembic's operations, or ``None`` inside a migration.
    :param function: name of the function that needs it, for the error.
    :raises TypeError: there is none.
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


def in_migration(connection: Connection) -> bool:
    """Say whether a migration of Alembic is being run on a connection.  Imports nothing."""
    operations: Any = sys.modules.get("alembic.op")
    try:
        return operations is not None and operations.get_bind() is connection
    except (AttributeError, NameError):
        # Before and after a migration Alembic's operations have nothing behind them.
        return False


def _nothing(function: str) -> TypeError:
    return TypeError(
        f"{function}() needs conn=, a Connection or a Session; only in a migration of Alembic it "
        "finds the connection by itself"
    )
