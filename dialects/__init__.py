"""Recording by triggers: one emitter per kind of database."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module

from continuum.dialects.base import Capabilities
from continuum.dialects.base import Emitter
from continuum.dialects.base import Server
from continuum.dialects.ddl import CreateTransactionHelpers
from continuum.dialects.ddl import CreateTriggers
from continuum.dialects.ddl import DropTransactionHelpers
from continuum.dialects.ddl import DropTriggers
from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec
from continuum.errors import UnknownDialect

__all__ = [
    "Capabilities",
    "ColumnSpec",
    "CreateTransactionHelpers",
    "CreateTriggers",
    "DropTransactionHelpers",
    "DropTriggers",
    "Emitter",
    "LogSpec",
    "Server",
    "TableName",
    "TriggerSpec",
    "emitter_for",
    "known_dialects",
    "same_kind",
]

_MODULES = {
    "postgresql": "continuum.dialects.postgresql",
    "mysql": "continuum.dialects.mysql",
    "mariadb": "continuum.dialects.mysql",
    "sqlite": "continuum.dialects.sqlite",
}


def known_dialects() -> tuple[str, ...]:
    """Return the names that ``make_versioned(dialect=...)`` knows."""
    return tuple(sorted(_MODULES))


def emitter_for(dialect_name: str) -> Emitter | None:
    """Return the emitter for a SQLAlchemy dialect, ``None`` when there is none."""
    module = _MODULES.get(dialect_name)
    if module is None:
        return None
    return _loaded(module)


@cache
def _loaded(module: str) -> Emitter:
    # Asked several times for each statement.
    emitter: Emitter = import_module(module).EMITTER
    return emitter


def check_dialect_name(name: str) -> str:
    """Return the name of a dialect that triggers can be emitted for.

    :raises UnknownDialect: there is no such emitter.
    """
    if name not in _MODULES:
        near = difflib.get_close_matches(name, _MODULES, n=1)
        known = ", ".join(known_dialects())
        raise UnknownDialect(
            f"there is no trigger emitter for dialect {name!r}",
            dialect=name,
            hint=(f"Did you mean {near[0]!r}? " if near else "")
            + f"Known dialects: {known}. Leave "
            "dialect out to take it from the engine; a database without an emitter is recorded by "
            "the ORM recorder.",
        )
    return name


def same_kind(declared: str, connected: str) -> bool:
    """Say whether triggers for one dialect are right for an engine of another name."""
    return _MODULES.get(declared) == _MODULES.get(connected)
