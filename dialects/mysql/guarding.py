"""Triggers that let history grow and nothing else.

A version is changed by statements of our own triggers alone, which say so in the table of running
transactions.  A client with rights on that table could say the same.
"""

from __future__ import annotations

from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from continuum.dialects.base import Server
from continuum.dialects.mysql.errors import APPEND_ONLY
from continuum.dialects.mysql.installing import copies_of
from continuum.dialects.mysql.installing import create_trigger
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import joined_name
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import table_name
from continuum.dialects.mysql.text import text_literal
from continuum.dialects.mysql.text import tidy
from continuum.dialects.spec import UNLOCKED
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import SideTable
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec

GUARD_KINDS = ("guard_update", "guard_delete")
"""The triggers that guard a table."""


class Guard(ABC):
    """The triggers that guard one table.

    :param table: the table to guard.
    :param prefix: start of their names.
    :param mark: what they say of themselves.
    """

    def __init__(self, log: LogSpec, table: TableName, prefix: str, mark: Mapping[str, Any]):
        self.log = LogNames(log, table.schema)
        self.table = table
        self.prefix = prefix
        self.mark = mark

    @abstractmethod
    def allowed(self) -> dict[str, tuple[str, str]]:
        """Tests that are true for what recording does, and for what nobody may do, by kind."""

    def name(self, kind: str) -> str:
        """The name of one of the triggers."""
        return joined_name(self.prefix, kind, self.table.name)

    def names(self) -> list[str]:
        """The names of the triggers."""
        return [self.name(kind) for kind in GUARD_KINDS]

    def create(self, server: Server) -> list[str]:
        """Return the statements that create the triggers."""
        statements = []
        for kind, (allowed, never) in self.allowed().items():
            event = kind.removeprefix("guard_").upper()
            mark = {
                "format": 1,
                "kind": kind,
                "name": self.name(kind),
                "schema": self.table.schema,
                "log": [self.log.spec.table.schema, self.log.spec.table.name],
                **self.mark,
            }
            body = self.body(event, allowed, never)
            statements += create_trigger(self.table, f"BEFORE {event}", body, mark, server)
        return statements

    def drop(self) -> list[str]:
        """Return the statements that remove the triggers; there may be none."""
        return [
            f"DROP TRIGGER IF EXISTS {table_name(TableName(copy, self.table.schema))}"
            for name in self.names()
            for copy in copies_of(name)
        ]

    def body(self, event: str, allowed: str, never: str) -> str:
        """Text of one trigger."""
        log = self.log
        # A message of a condition has 128 characters.
        message = f"{APPEND_ONLY}{event} of {self.table.name} was refused: its rows are history"
        if len(message) > 128:
            message = f"{APPEND_ONLY}{event} of history was refused"
        return f"""
DECLARE tx, next_id, unlocked BIGINT;
DECLARE message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT {text_literal(message)};
DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
CALL {log.helper("resolve")}();
SELECT r.transaction_id, r.next_id, r.unlocked INTO tx, next_id, unlocked
  FROM {log.running} AS r
 WHERE r.connection = CONNECTION_ID() AND r.owner = {log.owner};
IF COALESCE({never}, FALSE) OR NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
{indent(allowed, 4)}, FALSE) THEN
  SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
END IF;
"""


class HistoryGuard(Guard):
    """The guards of a version table."""

    def __init__(self, spec: TriggerSpec, fingerprint: str) -> None:
        super().__init__(
            spec.log,
            spec.version_table,
            "continuum",
            {"fingerprint": fingerprint, "of": [spec.table.schema, spec.table.name]},
        )

    def allowed(self) -> dict[str, tuple[str, str]]:
        return dict.fromkeys(GUARD_KINDS, ("FALSE", "FALSE"))

    def body(self, event: str, allowed: str, never: str) -> str:
        """Text of one trigger; what recording does passes before anything else is asked."""
        return f"""
DECLARE recording BOOLEAN;
DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
SELECT r.recording = r.transaction_id INTO recording
  FROM {self.log.running} AS r WHERE r.connection = CONNECTION_ID();
IF recording IS NOT TRUE THEN
  BEGIN
{indent(tidy(super().body(event, allowed, never)), 4)}
  END;
END IF;
"""


class LogGuard(Guard):
    """The guards of the transaction table."""

    def __init__(self, log: LogSpec, fingerprint: str) -> None:
        super().__init__(log, log.table, log.prefix, {"fingerprint": fingerprint})

    def name(self, kind: str) -> str:
        return joined_name(self.prefix, kind)

    def allowed(self) -> dict[str, tuple[str, str]]:
        spec, id_ = self.log.spec, self.log.id
        fixed = "".join(f"\nAND {_same(name)}" for name in spec.fixed)
        mine, moved = (
            f"OLD.{id_} = tx AND NEW.{id_} = tx",
            f"OLD.{id_} = tx AND next_id IS NOT NULL",
        )
        blotted = lost = "FALSE"
        if spec.reason is not None:
            reason = quote(spec.reason)
            tells = _is(f"LEFT(OLD.{reason}, {len(UNLOCKED)})", f"'{UNLOCKED}'")
            goes_on = _is(f"LEFT(NEW.{reason}, CHAR_LENGTH(OLD.{reason}))", f"OLD.{reason}")
            goes_on += "".join(
                f" AND (OLD.{quote(name)} IS NULL OR {_same(name)})" for name in spec.who
            )
            blotted = f"{tells} AND NOT COALESCE({mine} AND {goes_on}, FALSE)"
            lost = f"{tells} AND NOT COALESCE({moved}, FALSE)"
        return {"guard_update": (mine + fixed, blotted), "guard_delete": (moved, lost)}


class SideGuard(Guard):
    """The guards of a table beside the transaction table."""

    def __init__(self, log: LogSpec, side: SideTable, fingerprint: str) -> None:
        self.side = side
        super().__init__(
            log,
            side.table,
            log.prefix,
            {"fingerprint": fingerprint, "of": [log.table.schema, log.table.name]},
        )

    def allowed(self) -> dict[str, tuple[str, str]]:
        """Rows follow the id of their transaction, and belong to it while it runs."""
        if not self.side.columns:
            return dict.fromkeys(GUARD_KINDS, ("FALSE", "FALSE"))
        tx = quote(self.side.columns[0])
        if self.side.recorded:
            return {
                "guard_update": (f"OLD.{tx} = tx AND NEW.{tx} = next_id", "FALSE"),
                "guard_delete": ("FALSE", "FALSE"),
            }
        return {
            "guard_update": (f"OLD.{tx} IN (tx, next_id) AND NEW.{tx} IN (tx, next_id)", "FALSE"),
            "guard_delete": (f"OLD.{tx} = tx", "FALSE"),
        }


def log_guards(log: LogSpec, fingerprint: str) -> list[Guard]:
    """Return the guards of the transaction table and of those beside it."""
    sides = [SideGuard(log, side, fingerprint) for side in log.side_tables]
    return [LogGuard(log, fingerprint), *sides]


def _is(one: str, other: str) -> str:
    return f"CAST({one} AS BINARY) <=> CAST({other} AS BINARY)"


def _same(name: str) -> str:
    """A test that is true for an update that leaves a column as it is."""
    return _is(f"OLD.{quote(name)}", f"NEW.{quote(name)}")
