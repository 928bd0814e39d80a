"""Triggers that let history grow and nothing else.

What recording may do is told by the id of the running transaction: it ends what was open, opens
again what it has ended, rewrites what it has written, and gives itself another id.
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
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec

GUARD_KINDS = ("guard_update", "guard_delete")
"""The triggers that guard a version table."""


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
    def bodies(self) -> dict[str, tuple[str, str]]:
        """Event, and a test that is true for what recording does, by kind."""

    def name(self, kind: str) -> str:
        """The name of one of the triggers."""
        return joined_name(self.prefix, kind, self.table.name)

    def names(self) -> list[str]:
        """The names of the triggers."""
        return [self.name(kind) for kind in GUARD_KINDS]

    def create(self, server: Server) -> list[str]:
        """Return the statements that create the triggers."""
        statements = []
        for kind, (event, allowed) in self.bodies().items():
            mark = {
                "format": 1,
                "kind": kind,
                "name": self.name(kind),
                "schema": self.table.schema,
                "log": [self.log.spec.table.schema, self.log.spec.table.name],
                **self.mark,
            }
            body = self.body(event.split()[-1], allowed)
            statements += create_trigger(self.table, event, body, mark, server)
        return statements

    def drop(self) -> list[str]:
        """Return the statements that remove the triggers; there may be none."""
        return [
            f"DROP TRIGGER IF EXISTS {table_name(TableName(copy, self.table.schema))}"
            for name in self.names()
            for copy in copies_of(name)
        ]

    def body(self, event: str, allowed: str) -> str:
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
IF NOT COALESCE(unlocked = tx, FALSE) AND NOT COALESCE(
{indent(allowed, 4)}, FALSE) THEN
  SIGNAL SQLSTATE 'CN003' SET MESSAGE_TEXT = message;
END IF;
"""


class HistoryGuard(Guard):
    """The guards of a version table."""

    def __init__(self, spec: TriggerSpec, fingerprint: str) -> None:
        self.spec = spec
        super().__init__(
            spec.log,
            spec.version_table,
            "continuum",
            {"fingerprint": fingerprint, "of": [spec.table.schema, spec.table.name]},
        )

    def bodies(self) -> dict[str, tuple[str, str]]:
        spec = self.spec
        tx = quote(spec.transaction_column)
        mine = f"OLD.{tx} = tx"
        update = f"{mine} AND NEW.{tx} IN (tx, next_id)"
        if spec.end_column is not None:
            end = quote(spec.end_column)
            same = "\n  AND ".join(
                f"CAST(OLD.{name} AS BINARY) <=> CAST(NEW.{name} AS BINARY)"
                for name in map(quote, self._kept())
            )
            ends = " AND ".join(
                f"({row}.{end} IS NULL OR {row}.{end} IN (tx, next_id))" for row in ("OLD", "NEW")
            )
            ends += f" AND COALESCE(OLD.{end}, NEW.{end}) IN (tx, next_id)"
            update += f"\nOR COALESCE({ends}, FALSE)\n  AND {same}"
        return {
            "guard_update": ("BEFORE UPDATE", update),
            "guard_delete": ("BEFORE DELETE", mine),
        }

    def _kept(self) -> list[str]:
        """Names of the columns that do not change when a version ends."""
        spec = self.spec
        names = [column.history_name for column in spec.columns]
        names += [column.flag for column in spec.columns if column.flag is not None]
        names += [spec.transaction_column, spec.operation_column]
        names += [] if spec.mask is None else [spec.mask.column]
        return [*names, *(column.name for column in spec.extra)]


class LogGuard(Guard):
    """The guards of the transaction table."""

    def __init__(self, log: LogSpec, fingerprint: str) -> None:
        super().__init__(log, log.table, log.prefix, {"fingerprint": fingerprint})

    def name(self, kind: str) -> str:
        return joined_name(self.prefix, kind)

    def bodies(self) -> dict[str, tuple[str, str]]:
        id_ = self.log.id
        return {
            "guard_update": ("BEFORE UPDATE", f"OLD.{id_} = tx AND NEW.{id_} = tx"),
            "guard_delete": ("BEFORE DELETE", f"OLD.{id_} = tx AND next_id IS NOT NULL"),
        }
