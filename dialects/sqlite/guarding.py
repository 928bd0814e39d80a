"""Triggers that let history grow and nothing else.

What recording may do is told by the id of the running transaction: it ends what was open, opens
again what it has ended, and rewrites what it has written.  SQLite has no rights, so that whoever
can write to the file can take the triggers away; they are there against mistakes.
"""

from __future__ import annotations

from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite.fragments import Fragments
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import APPEND_ONLY
from continuum.dialects.sqlite.text import PAUSED
from continuum.dialects.sqlite.text import create_trigger
from continuum.dialects.sqlite.text import literal
from continuum.dialects.sqlite.text import quote

GUARDS = ("guard_insert", "guard_update", "guard_delete")
"""Kinds of triggers on a version table that guard it."""

LOG_GUARDS = ("keep_insert", "keep_update", "keep_delete")
"""Kinds of triggers on the transaction table that guard it."""


class Unlocked:
    """The one-row table that says which transaction may change history, in one database file."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.name = f"{state.log.prefix}_unlocked"
        self.table = quote(self.name)
        self.full = f"{quote(state.schema)}.{self.table}"

    def create(self) -> list[str]:
        """Return the statements that create the table and its row."""
        return [
            f"CREATE TABLE IF NOT EXISTS {self.full} (\n"
            "  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),\n"
            "  transaction_id INTEGER\n)",
            f"INSERT INTO {self.full} (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
        ]

    def drop(self) -> list[str]:
        """Return the statement that removes the table."""
        return [f"DROP TABLE IF EXISTS {self.full}"]

    @property
    def test(self) -> str:
        """True in the transaction that may change history."""
        return f"(SELECT u.transaction_id FROM {self.table} AS u) = {self.state.known}"


def _refusing(
    state: State, name: str, event: str, table: str, fingerprint: str, allowed: str
) -> list[str]:
    """Return the statements that create a trigger which refuses what is not allowed."""
    test = f"coalesce({allowed} OR {Unlocked(state).test}, 0)"
    message = literal(f"{APPEND_ONLY}{event} of {table} was refused: its rows are history")
    return create_trigger(
        state.schema,
        name,
        f"BEFORE {event}",
        table,
        fingerprint,
        f"NOT {test}",
        f"SELECT RAISE(ABORT, {message});",
    )


def guard_name(spec: TriggerSpec, kind: str) -> str:
    """Return the name of a guard of a version table."""
    return f"{spec.log.prefix}_{kind}_{spec.table.name}"


def guard_history(spec: TriggerSpec, fingerprint: str) -> list[str]:
    """Return the statements that create the guards of a version table."""
    own = Fragments(spec)
    running = own.state.known
    mine = f"OLD.{own.tx} IN ({running}, {PAUSED})"
    kept = [own.tx, own.operation, *own.names]
    same = " AND ".join(
        f"OLD.{name} COLLATE BINARY IS NEW.{name} AND typeof(OLD.{name}) IS typeof(NEW.{name})"
        for name in kept
    )
    ending, begun = "", ""
    if own.end is not None:
        ending = (
            f" AND (NEW.{own.end} IS OLD.{own.end}"
            f" OR OLD.{own.end} IS NULL AND NEW.{own.end} = {running}"
            f" OR OLD.{own.end} = {running} AND NEW.{own.end} IS NULL)"
        )
        # A baseline that the transaction has written goes when it is taken back.
        begun = f" OR OLD.{own.tx} = 0 AND OLD.{own.end} = {running}"
    allowed = {
        # What a REPLACE removes is not shown to triggers on every connection.
        "guard_insert": (
            "INSERT",
            f"NEW.{own.tx} IN ({running}, {PAUSED}) OR NOT EXISTS (SELECT 1 FROM {own.history}"
            f" AS v WHERE {own.match_version('v')} AND v.{own.tx} = NEW.{own.tx})",
        ),
        "guard_update": ("UPDATE", f"{mine} AND NEW.{own.tx} = OLD.{own.tx} OR {same}{ending}"),
        "guard_delete": ("DELETE", f"{mine}{begun}"),
    }
    return [
        text
        for kind, (event, test) in allowed.items()
        for text in _refusing(
            own.state, guard_name(spec, kind), event, spec.version_table.name, fingerprint, test
        )
    ]


def log_guard_names(log: LogSpec) -> list[str]:
    """Return the names of the guards of the transaction table."""
    return [f"{log.prefix}_{kind}" for kind in LOG_GUARDS]


def guard_log(state: State, fingerprint: str) -> list[str]:
    """Return the statements that create the guards of the transaction table."""
    log = state.log
    id_, table = quote(log.id), quote(log.table.name)
    mine = f"OLD.{id_} = {state.read('s.transaction_id')}"
    allowed = (
        ("INSERT", f"NOT EXISTS (SELECT 1 FROM {table} AS l WHERE l.{id_} = NEW.{id_})"),
        ("UPDATE", f"{mine} AND NEW.{id_} = OLD.{id_}"),
        # A transaction that turns out to have changed nothing gives its row back.
        ("DELETE", mine),
    )
    return [
        text
        for name, (event, test) in zip(log_guard_names(log), allowed, strict=True)
        for text in _refusing(state, name, event, log.table.name, fingerprint, test)
    ]
