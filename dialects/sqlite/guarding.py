"""Triggers that let history grow and nothing else.

History is changed while a trigger of a live table runs, and at no other time.  SQLite has no
rights, so that whoever can write to the file can take the triggers away, or pretend; they are there
against mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from continuum.dialects.base import Server
from continuum.dialects.spec import UNLOCKED
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite.fragments import Fragments
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import APPEND_ONLY
from continuum.dialects.sqlite.text import TICK
from continuum.dialects.sqlite.text import create_trigger
from continuum.dialects.sqlite.text import literal
from continuum.dialects.sqlite.text import quote

GUARDS = ("guard_insert", "guard_update", "guard_delete")
"""Kinds of triggers on a version table that guard it."""

LOG_GUARDS = ("keep_insert", "keep_update", "keep_delete")
"""Kinds of triggers on the transaction table, and on those beside it, that guard them."""


class Unlocked:
    """The one-row table that says who may change history, in one database file.

    That is the transaction which has been allowed to, and triggers of live tables while they run;
    one can run inside of another.
    """

    COLUMNS: ClassVar[dict[str, str]] = {
        "id": "INTEGER NOT NULL PRIMARY KEY CHECK (id = 1)",
        "transaction_id": "INTEGER",
        "depth": "INTEGER",
        "tick": "REAL",
    }
    """Columns of the table, with their types."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.name = f"{state.log.prefix}_unlocked"
        self.table = quote(self.name)
        self.full = f"{quote(state.schema)}.{self.table}"

    def create(self, server: Server) -> list[str]:
        """Return the statements that create the table and its row.

        It is made anew where it was made for other triggers than those of today: its row means
        nothing once a transaction has ended, and only one can write.
        """
        columns = ",\n".join(f"  {column} {type_}" for column, type_ in self.COLUMNS.items())
        outdated = self.state.schema in server.facts["outdated"]
        return [
            *(self.drop() if outdated else ()),
            f"CREATE TABLE IF NOT EXISTS {self.full} (\n{columns}\n)",
            f"INSERT INTO {self.full} (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
        ]

    def columns(self) -> str:
        """Return the query for the names of the columns that the table has, if there is one."""
        schema = literal(self.state.schema)
        return f"SELECT i.name FROM pragma_table_info({literal(self.name)}, {schema}) AS i"

    def drop(self) -> list[str]:
        """Return the statement that removes the table."""
        return [f"DROP TABLE IF EXISTS {self.full}"]

    @property
    def test(self) -> str:
        """True in the transaction that may change history."""
        return f"(SELECT u.transaction_id FROM {self.table} AS u) = {self.state.known}"

    @property
    def recording(self) -> str:
        """True while a trigger of a live table runs.

        What a failure may have left (``UPDATE OR FAIL``) ends with the tick of the clock.
        """
        return f"(SELECT u.depth > 0 AND u.tick IS {TICK} FROM {self.table} AS u)"

    def during(self, body: str) -> str:
        """Let the body of a trigger of a live table change history."""
        return f"""
UPDATE {self.table} SET depth = CASE WHEN tick IS {TICK} THEN depth + 1 ELSE 1 END, tick = {TICK};
{body}
UPDATE {self.table} SET depth = depth - 1;
"""


def is_guarded(spec: TriggerSpec) -> bool:
    """Say whether triggers of a live table change history that is guarded."""
    root = spec.root or spec
    return any(level.append_only for level in (spec, root, *root.lower))


def _refusing(
    state: State,
    name: str,
    event: str,
    table: str,
    fingerprint: str,
    allowed: str,
    never: str = "",
) -> list[str]:
    """Return the statements that create a trigger which refuses what is not allowed.

    :param allowed: a test of what needs no permission.
    :param never: a test of what no permission is for.
    """
    message = literal(f"{APPEND_ONLY}{event} of {table} was refused: its rows are history")
    # CASE looks at nothing more once it has found an answer; OR would.
    cases = [f"WHEN {allowed} THEN 0", f"WHEN {Unlocked(state).test} THEN 0", "ELSE 1 END"]
    if never:
        cases.insert(0, f"WHEN {never} THEN 1")
    return create_trigger(
        state.schema,
        name,
        f"BEFORE {event}",
        table,
        fingerprint,
        f"CASE {' '.join(cases)}",
        f"SELECT RAISE(ABORT, {message});",
    )


def guard_name(spec: TriggerSpec, kind: str) -> str:
    """Return the name of a guard of a version table."""
    return f"{spec.log.prefix}_{kind}_{spec.table.name}"


def guard_history(spec: TriggerSpec, fingerprint: str) -> list[str]:
    """Return the statements that create the guards of a version table."""
    own = Fragments(spec)
    recording = Unlocked(own.state).recording
    allowed = {
        # What a REPLACE removes is not shown to triggers on every connection.
        "guard_insert": (
            "INSERT",
            f"{recording} OR NOT EXISTS (SELECT 1 FROM {own.history}"
            f" AS v WHERE {own.match_version('v')} AND v.{own.tx} = NEW.{own.tx})",
        ),
        "guard_update": ("UPDATE", recording),
        "guard_delete": ("DELETE", recording),
    }
    return [
        text
        for kind, (event, test) in allowed.items()
        for text in _refusing(
            own.state, guard_name(spec, kind), event, spec.version_table.name, fingerprint, test
        )
    ]


def log_guard_names(log: LogSpec) -> list[str]:
    """Return the names of the guards of the transaction table and of those beside it."""
    return [
        *(f"{log.prefix}_{kind}" for kind in LOG_GUARDS),
        *(name for side in log.side_tables for name in side_guard_names(log, side)),
    ]


def side_guard_names(log: LogSpec, side: SideTable) -> list[str]:
    """Return the names of the guards of a table beside the transaction table."""
    kinds = LOG_GUARDS if side.key else LOG_GUARDS[1:]
    return [f"{log.prefix}_{kind}_{side.table.name}" for kind in kinds]


def guard_log(state: State, fingerprint: str) -> list[str]:
    """Return the statements that create the guards of the transaction table."""
    log = state.log
    id_, table = quote(log.id), quote(log.table.name)
    mine = f"OLD.{id_} = {state.running}"
    # It is given back when the unit has gone.
    given = f"OLD.{id_} = {state.read('s.transaction_id')}"
    same = _same((log.id, *log.fixed))
    there = f"EXISTS (SELECT 1 FROM {table} AS l WHERE l.{id_} = NEW.{id_}"
    tells, hidden, blotted = "", "", ""
    if log.reason is not None:
        why = quote(log.reason)
        tells = _begins(f"OLD.{why}", literal(UNLOCKED))
        hidden = f"{there} AND {_begins(f'l.{why}', literal(UNLOCKED))})"
        goes_on = [_begins(f"NEW.{why}", f"OLD.{why}")]
        goes_on += [f"(OLD.{who} IS NULL OR {_same((name,))})" for name, who in _quoted(log.who)]
        blotted = f"{tells} AND NOT coalesce({mine} AND {' AND '.join(goes_on)}, 0)"
    unused = state.read("s.used IS NOT 1")
    allowed = (
        ("INSERT", f"NOT {there})", hidden),
        ("UPDATE", f"{mine} AND {same}", blotted),
        # A transaction that turns out to have changed nothing gives its row back.
        ("DELETE", f"{given} AND {unused}", tells),
    )
    return [
        text
        for kind, (event, test, never) in zip(LOG_GUARDS, allowed, strict=True)
        for text in _refusing(
            state, f"{log.prefix}_{kind}", event, log.table.name, fingerprint, test, never
        )
    ]


def guard_side(state: State, side: SideTable, fingerprint: str) -> list[str]:
    """Return the statements that create the guards of a table beside the transaction table."""
    keys = " AND ".join(f"x.{name} = NEW.{name}" for name in map(quote, side.key))
    mine, same, others = "0", "0", ""
    if side.columns and not side.recorded:
        tx = quote(side.columns[0])
        mine, same = f"OLD.{tx} = {state.known}", _same(side.columns[:1])
        others = f" AND x.{tx} IS NOT {state.known}"
    there = f"EXISTS (SELECT 1 FROM {quote(side.table.name)} AS x WHERE {keys}{others})"
    allowed = {
        "INSERT": f"NOT {there}",
        "UPDATE": f"{mine} AND {same}",
        "DELETE": mine,
    }
    if not side.key:
        del allowed["INSERT"]
    names = side_guard_names(state.log, side)
    return [
        text
        for name, (event, test) in zip(names, allowed.items(), strict=True)
        for text in _refusing(state, name, event, side.table.name, fingerprint, test)
    ]


def _quoted(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, quote(name)) for name in names]


def _same(names: Iterable[str]) -> str:
    """A test that is true for an update that leaves columns as they are."""
    return " AND ".join(f"OLD.{name} COLLATE BINARY IS NEW.{name}" for name in map(quote, names))


def _begins(text: str, start: str) -> str:
    return f"substr({text}, 1, length({start})) COLLATE BINARY = {start}"
