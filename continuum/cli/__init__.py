"""The command ``continuum``: looking after history, and at it, from a shell."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command, and leave with its exit code.

    0: done, and nothing is wrong.  1: something is wrong with history, or stands in the way.
    2: the command could not be carried out.
    """
    try:
        from continuum.cli.commands import run
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        sys.stderr.write(f"continuum needs {error.name}: pip install 'continuum-sqlalchemy[cli]'\n")
        sys.exit(2)
    sys.exit(run(sys.argv[1:]))
