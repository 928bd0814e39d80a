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
from collections.abc import Sequence

from continuum.dialects.postgresql.log import Log
from continuum.dialects.postgresql.names import APPEND_ONLY
from continuum.dialects.postgresql.names import FIXED_PATH
from continuum.dialects.postgresql.names import GUARDS
from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import create_function
from continuum.dialects.postgresql.names import helpers_of
from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import shortened
from continuum.dialects.spec import UNLOCKED
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import SideTable
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

    def create(self) -> list[str]:
        """Return the statements that create function and triggers."""
        comment = literal(json.dumps(self.mark))
        statements = [
            create_function(self.function, "", "trigger", self.body(), FIXED_PATH),
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

    @property
    def recording(self) -> str:
        """A test that is true inside of triggers, of ours alone where history is protected.

        Ours run as their owner there; this function runs as whoever changes history.
        """
        inside = "pg_catalog.pg_trigger_depth() > 1"
        if not self.log.spec.protected:
            return inside
        signature = literal(
            f"{self.log.function('renumber')}({helpers_of(self.log.spec)['renumber']})"
        )
        return f"{inside} AND pg_catalog.has_function_privilege({signature}, 'EXECUTE')"

    @abstractmethod
    def permitted(self) -> str:
        """A test that is true for changes that recording makes."""

    def declared(self) -> str:
        """Variables of the function, beside its own."""
        return ""

    def unless_lost(self, source: str) -> str:
        """Do something unless the change is one that no permission is for."""
        return source

    def body(self) -> str:
        """Text of the function."""
        right = ""
        if self.log.spec.protected:
            right = f"\n     AND {self.log.may('unlock', 'boolean')}"
        name = str(self.table)
        # A setting that was made by hand leaves a transaction, too.  Whoever has come this far may
        # call what makes one, which the function with the id of the transaction is not for all.
        unlocked = f"""
    PERFORM {self.log.function("unlock")}(true);
    IF TG_OP = 'UPDATE' THEN
      RETURN NEW;
    END IF;
    RETURN OLD;"""
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
{self.unless_lost(unlocked)}
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
    IF {self.recording} THEN
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
        same = self._same(self.log.spec.fixed)
        goes_on, moved = "", ""
        if self.log.spec.reason is not None:
            reason = quote(self.log.spec.reason)
            who = "".join(
                f"\n           AND (OLD.{quote(name)} IS NULL OR {self._same((name,))})"
                for name in self.log.spec.who
            )
            goes_on = (
                f"\n         AND (NOT {self._tells}"
                f" OR pg_catalog.starts_with(NEW.{reason}::text, OLD.{reason}::text){who})"
            )
            moved = (
                f"\n         AND (NOT {self._tells} OR EXISTS (SELECT FROM {self.log.table} AS l"
                f" WHERE {self.log.own(f'l.{id_} > OLD.{id_}')}"
                f" AND l.{reason}::text OPERATOR(pg_catalog.=) OLD.{reason}::text))"
            )
        return f"""
    IF {self.own(f"OLD.{id_}")} THEN
      IF TG_OP = 'UPDATE' AND NEW.{id_} = OLD.{id_}
         AND {same}{goes_on} THEN
        RETURN NEW;
      ELSIF TG_OP = 'DELETE' AND {self.recording}{moved} THEN
        RETURN OLD;
      END IF;
    END IF;"""

    def unless_lost(self, source: str) -> str:
        """Who removed history, and why, stays known."""
        if self.log.spec.reason is None:
            return source
        return f"""
    IF TG_OP <> 'TRUNCATE' THEN
      IF NOT {self._tells} THEN
{indent(source, 4)}
      END IF;
    END IF;"""

    @property
    def _tells(self) -> str:
        """True for the row of a transaction that has changed history."""
        reason = f"OLD.{quote(str(self.log.spec.reason))}::text"
        return f"pg_catalog.starts_with(COALESCE({reason}, ''), {literal(UNLOCKED)})"

    def _same(self, names: Sequence[str]) -> str:
        """A test that is true for an update that leaves columns as they are."""
        # Two row constructors would be compared by the operators of their columns' types.
        old, new = (
            f"(SELECT x FROM (SELECT {', '.join(f'{row}.{quote(name)}' for name in names)}) AS x)"
            for row in ("OLD", "NEW")
        )
        return f"{new} OPERATOR(pg_catalog.*=) {old}"


class SideGuard(Guard):
    """The guard of a table beside the transaction table."""

    def __init__(self, log: LogSpec, side: SideTable, fingerprint: str) -> None:
        self.side = side
        super().__init__(
            log,
            side.table,
            Log(log).name(f"guard_{side.table.name}"),
            {
                "continuum": 1,
                "log": [log.table.schema, log.table.name],
                "beside": [log.table.schema, log.table.name],
                "fingerprint": fingerprint,
            },
        )

    def permitted(self) -> str:
        """Rows follow the id of their transaction, and belong to it while it runs."""
        if not self.side.columns:
            return "    NULL;"
        tx = quote(self.side.columns[0])
        moved = f"(NEW.{tx} = OLD.{tx} OR {self.own(f'NEW.{tx}')})"
        if self.side.recorded:
            return f"""
    IF TG_OP = 'UPDATE' AND {self.recording} AND {self.own(f"OLD.{tx}")}
       AND {moved} THEN
      RETURN NEW;
    END IF;"""
        return f"""
    IF {self.own(f"OLD.{tx}")} THEN
      IF TG_OP = 'DELETE' THEN
        RETURN OLD;
      ELSIF {moved} THEN
        RETURN NEW;
      END IF;
    END IF;"""


def log_guards(log: LogSpec, fingerprint: str) -> list[Guard]:
    """Return the guards of the transaction table and of those beside it."""
    sides = [SideGuard(log, side, fingerprint) for side in log.side_tables]
    return [LogGuard(log, fingerprint), *sides]


def log_guard_names(log: LogSpec) -> list[str]:
    """Return the names of the triggers of :func:`log_guards`; see :func:`beside`."""
    return [*GUARDS, *(beside(name, side.table) for side in log.side_tables for name in GUARDS)]


def beside(name: str, table: TableName) -> str:
    """Return the name by which a guard of a table beside the transaction table is reported.

    As triggers those of all tables have the same names.
    """
    return f"{name} on {table.name}"
