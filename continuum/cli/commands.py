"""The command as a function."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import SQLAlchemyError

from continuum.cli import going_back
from continuum.cli import looking
from continuum.cli import maintaining
from continuum.cli.app import app
from continuum.cli.output import harmless
from continuum.cli.target import CommandError
from continuum.cli.target import Target
from continuum.errors import UndoConflict
from continuum.errors import VersioningError

_ORDER = [module.__name__ for module in (maintaining, looking, going_back)]
app.registered_commands.sort(
    key=lambda command: _ORDER.index(getattr(command.callback, "__module__", ""))
)


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
    except DBAPIError as error:
        return _complain(target, error.orig or error, 2)
    except (CommandError, VersioningError, SQLAlchemyError, ValueError, LookupError) as error:
        return _complain(target, error, 2)
    finally:
        target.close()
    return 0


def _complain(target: Target, error: BaseException, code: int) -> int:
    lines = target.conceal(str(error) or type(error).__name__).strip().split("\n")
    sys.stderr.write("continuum: " + "\n".join(map(harmless, lines)) + "\n")
    return code
