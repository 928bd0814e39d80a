"""The command as a function."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.exc import SQLAlchemyError

from continuum.cli import going_back
from continuum.cli import looking
from continuum.cli import maintaining
from continuum.cli.app import app
from continuum.cli.common import with_common_options
from continuum.cli.output import harmless
from continuum.cli.target import CommandError
from continuum.cli.target import Target
from continuum.errors import MissingHistory
from continuum.errors import MissingTable
from continuum.errors import UndoConflict
from continuum.errors import VersioningError

_ORDER = [module.__name__ for module in (maintaining, looking, going_back)]
app.registered_commands.sort(
    key=lambda command: _ORDER.index(getattr(command.callback, "__module__", ""))
)

for _command in app.registered_commands:
    if _command.callback is not None:
        _command.callback = with_common_options(_command.callback)

_REFUSALS = (
    CommandError,
    VersioningError,
    SQLAlchemyError,
    ValueError,
    LookupError,
    # A number that the database, or its driver, has no room for.
    OverflowError,
)
_QUOTED_STATEMENT = re.compile(r"\nLINE \d+: ")


def run(arguments: Sequence[str]) -> int:
    """Carry out a command; return the exit code.

    :param arguments: the words after the name of the command.
    :returns: 0: done, and nothing is wrong; 1: something is wrong with history, or stands in the
        way; 2: the command could not be carried out.
    """
    target = Target()
    try:
        app(list(arguments), obj=target)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except UndoConflict as error:
        return _complain(target, error, 1)
    except (MissingTable, MissingHistory) as error:
        return _complain(target, _see_check(_missing_history(target) or [error.message]), 2)
    except DBAPIError as error:
        return _complain(target, _without_statement(target, error), 2)
    except _REFUSALS as error:
        return _complain(target, error, 2)
    finally:
        target.close()
    return 0


def _without_statement(target: Target, error: DBAPIError) -> str:
    """Return what is wrong: the history that is missing, or the words of the driver."""
    # Without a statement there was not even a connection.
    told_by_catalog = isinstance(error, (OperationalError, ProgrammingError))
    missing = _missing_history(target) if told_by_catalog and error.statement else []
    if missing:
        return _see_check(missing)
    words = str(error.orig or error).strip()
    # PostgreSQL goes on with a line of the statement, and a mark below it.
    return _QUOTED_STATEMENT.split(words, maxsplit=1)[0]


def _see_check(missing: Sequence[str]) -> str:
    more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
    return f"{missing[0]}{more}; see continuum check"


def _missing_history(target: Target) -> list[str]:
    try:
        problems = target.manager.check(target.engine).problems
    # Then the database itself cannot be asked, and its first error says why.
    except (CommandError, VersioningError, SQLAlchemyError):
        return []
    return [each.message for each in problems if isinstance(each, (MissingTable, MissingHistory))]


def _complain(target: Target, error: BaseException | str, code: int) -> int:
    lines = target.conceal(str(error) or type(error).__name__).strip().split("\n")
    sys.stderr.write("continuum: " + "\n".join(map(harmless, lines)) + "\n")
    return code
