"""Triggers that let history grow and nothing else.

They stand on version tables and on the transaction table, and refuse every change that recording
itself would not make.  What recording may do is told by facts, not by who does it: it ends what was
open, opens again what it has ended, and rewrites what it has written, all in one transaction, and
all from within the trigger of another table.
"""

from __future__ import annotations

import json
from abc import ABC
from abc import abstractmethod

from continuum.dialects.postgresql.log import Log
from continuum.dialects.postgresql.names import APPEND_ONLY
from continuum.dialects.postgresql.names import FIXED_PATH
from continuum.dialects.postgresql.names import GUARDS
from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import PROTECTION
from continuum.dialects.postgresql.names import create_function
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import shortened
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec


class Guard(ABC):
    """The function and the triggers that guard one table.

    :param log: the transaction table.
    :param table: the table to guard.
    :param function: name of the function.
    :param mark: what the comment on function and triggers says.
    """

    def __init__(self, log: LogSpec, table: TableName, function: str, mark: dict[str, object]):
        self.log = Log(log)
        self.table = table
        self.function = qualified(TableName(function, table.schema))
        self.mark = mark
        self.settings = PROTECTION if log.protected else FIXED_PATH

    def create(self) -> list[str]:
        """Return the statements that create function and triggers."""
        comment = literal(json.dumps(self.mark))
        statements = [
            create_function(self.function, "", "trigger", self.body(), self.settings),
            f"COMMENT ON FUNCTION {self.function}() IS {comment}",
        ]
        if self.log.spec.protected:
            statements.append(f"REVOKE ALL ON FUNCTION {self.function}() FROM PUBLIC")
        on = qualified(self.table)
        for name, event in GUARDS.items():
            each = "STATEMENT" if "TRUNCATE" in event else "ROW"
            statements += [
                f"CREATE OR REPLACE TRIGGER {quote(name)} {event} ON {on}\n"
                f"  FOR EACH {each} EXECUTE FUNCTION {self.function}()",
                f"COMMENT ON TRIGGER {quote(name)} ON {on} IS {comment}",
            ]
        return statements

    def drop(self) -> list[str]:
        """Return the statements that remove triggers and function; there may be none."""
        on = qualified(self.table)
        return [
            *(f"DROP TRIGGER IF EXISTS {quote(name)} ON {on}" for name in GUARDS),
            f"DROP FUNCTION IF EXISTS {self.function}()",
        ]

    def own(self, id_: str) -> str:
        """A test that is true for the id of the running transaction."""
        condition = self.log.own(f"l.{self.log.id} = {id_}")
        return f"EXISTS (SELECT FROM {self.log.table} AS l WHERE {condition})"

    @abstractmethod
    def permitted(self) -> str:
        """A test that is true for changes that recording makes."""

    def declared(self) -> str:
        """Variables of the function, beside its own."""
        return ""

    def body(self) -> str:
        """Text of the function."""
        right = ""
        if self.log.spec.protected:
            right = f"\n     AND {self.log.may('unlock', 'boolean')}"
        name = str(self.table)
        return f"""
#variable_conflict use_variable
DECLARE
  memo text := {self.log.read("_unlocked")};
{self.declared()}
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
{self.permitted()}
  END IF;
  IF memo = {ME}::text{right} THEN
    PERFORM {self.log.function("transaction_id")}(true);
    IF TG_OP = 'UPDATE' THEN
      RETURN NEW;
    END IF;
    RETURN OLD;
  END IF;
  RAISE EXCEPTION USING ERRCODE = '{APPEND_ONLY}',
    MESSAGE = TG_OP || ' of ' || {literal(name)} || ' was refused: its rows are history, which is'
      || ' append-only',
    HINT = 'Removing history is done inside unlocked(..., reason=...), which leaves a trace.';
END
"""


class HistoryGuard(Guard):
    """The guard of a version table."""

    def __init__(self, spec: TriggerSpec) -> None:
        self.spec = spec
        super().__init__(
            spec.log,
            spec.version_table,
            shortened("continuum_guard_", spec.version_table.name),
            {
                "continuum": 1,
                "log": [spec.log.table.schema, spec.log.table.name],
                "of": [spec.table.schema, spec.table.name],
                "fingerprint": spec.fingerprint(),
            },
        )

    def declared(self) -> str:
        return "  other record;" if self.spec.end_column is not None else ""

    def permitted(self) -> str:
        tx = quote(self.spec.transaction_column)
        mine = f"{self.own(f'OLD.{tx}')}"
        ending = ""
        if self.spec.end_column is not None:
            end = quote(self.spec.end_column)
            # The usual case comes first, and alone: a test with two subqueries costs much more.
            begun = self.log.own(f"l.{self.log.id} = NEW.{end}")
            ends = [self.spec.end_column, self.spec.end_timestamp_column]
            same = "\n".join(
                f"        other.{quote(name)} := OLD.{quote(name)};" for name in ends if name
            )
            ending = f"""
        other := NEW;
{same}
        IF other OPERATOR(pg_catalog.*=) OLD THEN
          IF OLD.{end} IS NULL THEN
            PERFORM FROM {self.log.table} AS l WHERE {begun};
            IF FOUND THEN
              RETURN NEW;
            END IF;
          ELSIF {self.own(f"OLD.{end}")}
             AND (NEW.{end} IS NULL OR {self.own(f"NEW.{end}")}) THEN
            RETURN NEW;
          END IF;
        END IF;"""
        return f"""
    IF pg_catalog.pg_trigger_depth() > 1 THEN
      IF TG_OP = 'DELETE' THEN
        IF {mine}{self._begun_early()} THEN
          RETURN OLD;
        END IF;
      ELSE{ending}
        IF {mine}
           AND (NEW.{tx} = OLD.{tx} OR {self.own(f"NEW.{tx}")}) THEN
          RETURN NEW;
        END IF;
      END IF;
    END IF;"""

    def _begun_early(self) -> str:
        """A test for what statement triggers have written of a row that was older than its history.

        They begin anew when a trigger of the user has changed the row meanwhile.
        """
        if self.spec.level != "statement":
            return ""
        test = f"OLD.{quote(self.spec.operation_column)} = 0"
        if self.spec.end_column is None:
            return f" OR ({test} AND OLD.{quote(self.spec.transaction_column)} = 0)"
        return f" OR ({test} AND {self.own(f'OLD.{quote(self.spec.end_column)}')})"


class LogGuard(Guard):
    """The guard of the transaction table."""

    def __init__(self, log: LogSpec, fingerprint: str) -> None:
        super().__init__(
            log,
            log.table,
            Log(log).name("guard"),
            {
                "continuum": 1,
                "log": [log.table.schema, log.table.name],
                "fingerprint": fingerprint,
            },
        )

    def permitted(self) -> str:
        """Its context may still be completed; only a renumbering takes it away."""
        id_ = self.log.id
        return f"""
    IF {self.own(f"OLD.{id_}")} THEN
      IF TG_OP = 'UPDATE' AND NEW.{id_} = OLD.{id_} THEN
        RETURN NEW;
      ELSIF TG_OP = 'DELETE' AND pg_catalog.pg_trigger_depth() > 1 THEN
        RETURN OLD;
      END IF;
    END IF;"""
