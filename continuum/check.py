"""Does the database record what the models say?"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy.engine import Connection

from continuum.dialects import emitter_for
from continuum.dialects.base import Capabilities
from continuum.dialects.holes import Hole
from continuum.dialects.holes import together
from continuum.errors import VersioningError
from continuum.mapping.journal import Journal
from continuum.recording.installation import inspect_triggers
from continuum.recording.installation import resolver
from continuum.schema.missing import absent_tables
from continuum.schema.missing import missing_history
from continuum.schema.missing import missing_tables
from continuum.schema.recorded import RecordedTable

IDENTITIES: Mapping[str, str] = MappingProxyType(
    {
        "exact": "told apart exactly",
        "innodb": "told apart exactly, by InnoDB's number of each",
        "performance_schema": "told apart exactly, by performance_schema",
        "statement": "not told apart, so that each of their statements counts as one",
        "tick": "told apart by the clock: what follows at once counts as the same",
    }
)
"""How the transactions of clients outside SQLAlchemy are told apart."""


@dataclass(frozen=True)
class Report:
    """What :meth:`.VersioningManager.check` found.

    :param problems: errors that a write would raise or that would falsify history.
    :param foreign: triggers of ours on tables that the models do not know.
    :param holes: changes of this very schema that the database does not let triggers see, one for
        each table; the text says together what several tables have in common.
    :param capabilities: what recording can do on this database; ``None``: no trigger emitter.
    :param identity: by what the database tells the transactions of clients outside SQLAlchemy
        apart, a key of :data:`.IDENTITIES`; ``None``: no triggers.
    """

    problems: tuple[VersioningError, ...]
    foreign: tuple[str, ...]
    holes: tuple[str, ...]
    capabilities: Capabilities | None
    identity: str | None = None

    @property
    def ok(self) -> bool:
        """Everything declared is recorded."""
        return not self.problems

    def raise_for_problems(self) -> None:
        """Raise the first problem, if there is one.

        :raises VersioningError: a missing or stale trigger, a missing table, a second recorder.
        """
        for problem in self.problems:
            raise problem

    def __str__(self) -> str:
        verdict = "everything declared is recorded" if self.ok else "not everything is recorded"
        lines = []
        for place, problem in enumerate(self.problems, 1):
            following = self.problems[place : place + 1]
            same = any(each.hint == problem.hint for each in following)
            lines.append(f"problem: {problem.message if same else problem}")
        lines += [f"unknown trigger: {name}" for name in self.foreign]
        lines += [f"cannot be seen: {hole}" for hole in together(self.holes)]
        if self.identity is not None:
            told = IDENTITIES.get(self.identity, self.identity)
            lines.append(f"transactions of other clients: {told}")
        return "\n".join([verdict, *lines])


def report(connection: Connection, journals: Iterable[Journal]) -> Report:
    """Return what there is to say about a database and the journals recorded in it."""
    problems: list[VersioningError] = []
    foreign: list[str] = []
    holes: list[str] = []
    emitter = emitter_for(connection.dialect.name)
    capabilities = None if emitter is None else emitter.capabilities
    identity: str | None = None
    for journal in journals:
        server = None if emitter is None else emitter.server(connection, journal.log)
        default = (
            connection.dialect.default_schema_name if server is None else server.default_schema
        )
        real = resolver(connection, default)
        missing = missing_history(connection, journal.recorded.values(), journal.log_tables, real)
        problems += missing.values()
        absent = absent_tables(connection, journal.recorded, real)
        if absent:
            problems.append(missing_tables(connection, absent, len(journal.recorded)))
        findings = inspect_triggers(connection, journal)
        if findings is None or emitter is None or server is None:
            continue
        if findings.blind:
            holes.append(
                "whether the triggers stand: this user has no right to create triggers, and is "
                "shown none"
            )
        capabilities = emitter.server_capabilities(server)
        problems += [
            problem
            for table, problem in findings.problems().items()
            if table not in missing and table not in absent
        ]
        foreign += [
            f"{item.name} on {item.table}"
            for item in findings.foreign
            if item.name.startswith((journal.log.prefix, "00_continuum"))
        ]
        for recorded in journal.tables(native=True):
            identity = emitter.identity(server)
            if recorded.table in absent:
                continue
            holes += emitter.holes(connection, recorded.spec(journal.log).resolve(real), server)
            if not capabilities.cascades_fire_triggers:
                holes += _accepted_holes(recorded)
    return Report(
        problems=tuple(problems),
        foreign=tuple(foreign),
        # Every table names the transaction table.
        holes=tuple(dict.fromkeys(holes)),
        capabilities=capabilities,
        identity=identity,
    )


def _accepted_holes(recorded: RecordedTable) -> list[str]:
    """Return the foreign key actions of a table that ``accept_holes=True`` leaves unseen."""
    if not recorded.options.accept_holes:
        return []
    return [
        Hole(
            "foreign key action of ",
            f"{recorded.table.fullname} on "
            f"{', '.join(column.name for column in constraint.columns)}",
        )
        for constraint in recorded.table.foreign_key_constraints
        if constraint.onupdate
        or (constraint.ondelete and constraint.referred_table is recorded.table)
    ]
