"""The lower tables of joined inheritance.

The version table of a hierarchy's root is the timeline of its objects: it has a row for each
transaction that changed one at any level.  So what changes a lower level also touches the root.
"""

from __future__ import annotations

from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.names import join
from continuum.dialects.postgresql.recorder import Recorder
from continuum.dialects.postgresql.rows import Rows
from continuum.dialects.postgresql.rows import complete
from continuum.dialects.spec import TriggerSpec


class LowerRecorder(Recorder):
    """Text of the functions and triggers of a table below a root."""

    def __init__(self, spec: TriggerSpec, root: TriggerSpec) -> None:
        super().__init__(spec)
        self.root = Rows(root)
        self.above = Rows(root, key=spec.key)
        self.beside = tuple(
            level for level in self.above.below if level.spec.version_table != spec.version_table
        )

    def settle(self) -> str:
        """Keep the proven id: the root is written with it."""
        return "tx := hint;\n    "

    def afterwards(self, row: str) -> str:
        """Touch the root when this level has changed in this transaction."""
        above = self.above
        changed = f"\n   AND {self.is_version(row, 'tx')}"
        below = " AND ".join(f"NOT {level.is_version(row, 'tx')}" for level in above.below)
        return f"""
<<touch>>
BEGIN
  IF tx IS NULL THEN
    EXIT touch;
  END IF;
{indent(above.read(row, "newest"), 2)}
  IF newest_tx = tx THEN
    IF newest_op = 1 AND {below} THEN
{indent(self.take_back(row), 6)}
    END IF;
    EXIT touch;
  END IF;
{indent(self.lock(row, changed), 2)}
  IF NOT FOUND THEN
    EXIT touch;
  END IF;
{indent(above.read(row, "newest"), 2)}
{indent(above.in_order(), 2)}
{indent(self.write_root(row), 2)}
END touch;
"""

    def lock(self, row: str, condition: str = "") -> str:
        """Lock the live row of the root: others write its history while they hold it.

        What is read of that history afterwards stays as it is.
        """
        return (
            f"PERFORM FROM {self.root.live} AS r\n"
            f" WHERE {self.above.match_live(row, 'r')}{condition} FOR NO KEY UPDATE;"
        )

    def take_back(self, row: str) -> str:
        """Drop the root's version when no level differs from what was before."""
        root, above = self.root, self.above
        return f"""
{above.read(row, "before", f" AND h.{above.tx} < tx")}
IF {above.present_before()} THEN
  IF EXISTS (SELECT FROM {root.live} AS r WHERE {above.match_live(row, "r")}
      AND {root.is_version("r", "before_tx", equal=True)}) THEN
{indent(above.forget(row), 4)}
  END IF;
END IF;
"""

    def write_root(self, row: str) -> str:
        """Write a version of the root from its live row, which has not changed itself."""
        again = "CASE newest_op WHEN 2 THEN 0 ELSE 1 END"
        missing = complete(self.beside, row)
        if self.above.end is None:
            rest = f"ELSE\n{indent(self.copy(row, again), 2)}"
        else:
            rest = f"""
ELSIF newest_end IS NULL THEN
{indent(self.above.close(row), 2)}
{indent(self.copy(row, again), 2)}
ELSE
  IF newest_end < tx THEN
{indent(self.copy(row, 0, "newest_end", "tx"), 4)}
{indent(missing, 4)}
  END IF;
{indent(self.copy(row, 1), 2)}
"""
        return f"""
IF newest_tx IS NULL THEN
{indent(self.copy(row, 0, "0", "tx"), 2)}
{indent(missing, 2)}
{indent(self.copy(row, 1), 2)}
{rest.strip()}
END IF;
"""

    def copy(
        self, row: str, operation: int | str, transaction: str = "tx", end: str = "NULL"
    ) -> str:
        """Write a version of the root from its live row."""
        root = self.root
        source = (f"{root.live} AS r", self.above.match_live(row, "r"))
        names, values = root.version("r", operation, transaction, end)
        return join(
            root.mark("r", operation, transaction, source),
            f"INSERT INTO {root.history} ({', '.join(names)})\n"
            f"SELECT {', '.join(values)}\n  FROM {source[0]} WHERE {source[1]};",
            root.note("r", transaction, source),
        )

    def marks_needed(self) -> bool:
        """Say whether flags are computed, at this level or the root."""
        return super().marks_needed() or self.root.marks_needed()

    def interrupt(self, row: str, condition: str = "") -> str:
        """End the root's open version too: its timeline must not pass over the gap."""
        own = super().interrupt(row, condition)
        if self.end is None or condition:
            return own
        return f"""
{own.strip()}
{self.lock(row)}
{self.above.read(row, "newest")}
{self.above.interrupt(row, " AND (newest_tx = tx) IS NOT TRUE").strip()}
"""
