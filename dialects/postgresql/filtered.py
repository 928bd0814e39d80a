"""Tables of which not every change leaves a version.

What is not wanted interrupts the history, as a pause does.  Everything that can turn out to need
nothing is tried before the transaction gets its row.
"""

from __future__ import annotations

from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.recorder import Recorder


class FilteredRecorder(Recorder):
    """Text of the functions and triggers of a table with ``operations`` or ``when``."""

    # what is wanted

    def wants(self, operation: str) -> str:
        """A test that is true when an event leaves a version, if it comes to this operation."""
        return "wanted" if operation in self.spec.operations else "false"

    def decide(self, row: str, old: str | None) -> str:
        """Find out whether the event is to be recorded."""
        return f"wanted := {self.condition(row, old)};"

    def condition(self, row: str, old: str | None) -> str:
        """The condition on two images of a row; ``old`` may be none."""
        if self.spec.when is None:
            return "true"
        return f"{self.rendered(self.spec.when, row, old)} IS TRUE"

    def declare(self) -> str:
        """Declare the variables of an event."""
        return super().declare() + "\n  wanted boolean;"

    def recording(self) -> str:
        """A test for the usual cases."""
        return "NOT paused AND wanted"

    def ask(self) -> str:
        """Leave the first event of a transaction to what looks before it makes an id."""
        return ""

    # fragments

    def look(self) -> str:
        """Take the id of the transaction if it has one."""
        return f"tx := {self.log.function('transaction_id')}(false);"

    def make(self) -> str:
        """Have an id to write with."""
        return f"tx := {self.log.function('transaction_id')}(true);\n{self.in_order()}"

    def drop(self, row: str) -> str:
        """Take back what this transaction wrote; the history stays interrupted."""
        return (
            f"DELETE FROM {self.history} AS h\n WHERE {self.match(row)} AND h.{self.tx} = tx;\n"
            f"{self.log.write(f'{ME}::text', '_gaps')}"
        )

    def interrupted(self) -> str:
        """A test that is true when an earlier transaction left a gap after the newest version."""
        return "newest_end IS NOT NULL AND (newest_end = tx) IS NOT TRUE"

    def follow(self, row: str) -> str:
        """A row that this transaction has changed before is set again."""
        return f"""
{self.read(row, "before", f" AND h.{self.tx} < tx")}
IF {self.present_before()} THEN
  IF {self.is_unchanged(row, "before_tx")} THEN
{indent(self.forget(row), 4)}
  ELSIF {self.wants("update")} THEN
{indent(self.rewrite(row, 1), 4)}
  ELSE
{indent(self.drop(row), 4)}
  END IF;
ELSIF wanted THEN
{indent(self.rewrite(row, 0), 2)}
ELSE
{indent(self.forget(row), 2)}
END IF;
"""

    def unfollow(self, row: str) -> str:
        """A row that this transaction has changed before is removed."""
        return f"""
{self.read(row, "before", f" AND h.{self.tx} < tx")}
IF {self.present_before()} THEN
  IF {self.wants("delete")} THEN
{indent(self.rewrite(row, 2), 4)}
  ELSE
{indent(self.drop(row), 4)}
  END IF;
ELSE
{indent(self.forget(row), 2)}
END IF;
"""

    def begin_with(self, row: str, mine: str, gap: str) -> str:
        """Deal with what this transaction wrote, and with pauses."""
        return f"""
{self.look()}
{self.read(row, "newest")}
IF newest_tx = tx THEN
{indent(mine, 2)}
  EXIT event;
END IF;
IF paused THEN
{indent(gap, 2)}
  EXIT event;
END IF;
"""

    def reopen_if_unchanged(self, row: str) -> str:
        """Go on with the version that this transaction ended, when the row is as it was."""
        return f"""
IF newest_end = tx AND {self.is_unchanged(row, "newest_tx")} THEN
{indent(self.reopen(row), 2)}
END IF;
"""

    # the three events

    def on_update(self) -> str:
        """An update that keeps the key."""
        new = "NEW"
        usual = ""
        if "update" in self.spec.operations:
            known = "" if self.spec.when is None else f" AND h.{self.operation} <> 2"
            usual = self.replace_newest(new, 1, known)
        written = self.write(new, 1)
        if self.spec.when is not None:
            # What was deleted may have come again unrecorded: then its history begins here.
            written = f"""
IF newest_op = 2 AND NOT {self.condition("OLD", None)} THEN
{indent(self.write(new, 0), 2)}
ELSE
{indent(self.write(new, 1), 2)}
END IF;
"""
        return f"""
{self.decide(new, "OLD")}
{usual.strip()}
{self.begin_with(new, self.follow(new), self.interrupt(new)).strip()}
IF NOT {self.wants("update")} THEN
{indent(self.interrupt(new, " AND newest_op <> 2"), 2)}
{indent(self.reopen_if_unchanged(new), 2)}
  EXIT event;
END IF;
{self.make()}
IF newest_tx IS NULL THEN
{indent(self.start(self.baseline("OLD")), 2)}
ELSIF newest_end IS NULL THEN
{indent(self.close(new), 2)}
{indent(written, 2)}
ELSIF newest_end < tx THEN
{indent(self.start(self.resume("OLD")), 2)}
ELSIF {self.is_unchanged(new, "newest_tx")} THEN
{indent(self.reopen(new), 2)}
ELSE
{indent(self.write(new, 1), 2)}
END IF;
"""

    def start(self, old: str) -> str:
        """Begin or take up the history of an updated row; what was not wanted is not in it."""
        return f"""
IF {self.condition("OLD", None)} THEN
{indent(old, 2)}
{indent(self.write("NEW", 1), 2)}
ELSE
{indent(self.write("NEW", 0), 2)}
END IF;
"""

    def taken_over(self, row: str) -> str:
        """Another row has the key now: all that is needed of this one is a missing old image."""
        if self.spec.duplicates or "update" not in self.spec.operations:
            return ""
        if self.spec.when is not None:
            # A key without a version may be one whose row came and left within the transaction.
            return ""
        return f"""
IF NOT paused THEN
  {self.look()}
{indent(self.read(row, "newest"), 2)}
  IF newest_tx IS NULL OR {self.interrupted()} THEN
{indent(self.make(), 4)}
    IF newest_tx IS NULL THEN
{indent(self.baseline(row), 6)}
    ELSE
{indent(self.resume(row), 6)}
    END IF;
  END IF;
END IF;
"""

    def remove(self, row: str) -> str:
        """A row goes, or its key does, and no other has it."""
        usual = ""
        if "delete" in self.spec.operations:
            usual = self.replace_newest(row, 2, f" AND h.{self.operation} <> 2")
        return f"""
{self.decide(row, row)}
{usual.strip()}
{self.begin_with(row, self.unfollow(row), self.interrupt(row)).strip()}
IF NOT {self.wants("delete")} THEN
{indent(self.interrupt(row, " AND newest_op <> 2"), 2)}
  EXIT event;
END IF;
IF newest_end IS NULL AND newest_op = 2 THEN
  EXIT event;
END IF;
IF (newest_tx IS NULL OR {self.interrupted()}) AND NOT {self.condition(row, None)} THEN
  EXIT event;
END IF;
{self.make()}
IF newest_tx IS NULL THEN
{indent(self.baseline(row), 2)}
{indent(self.write(row, 2), 2)}
ELSIF newest_end IS NULL THEN
{indent(self.close_and_write(row, 2), 2)}
ELSE
  IF newest_end < tx THEN
{indent(self.resume(row), 4)}
  END IF;
{indent(self.write(row, 2), 2)}
END IF;
"""

    def on_insert(self) -> str:
        """A row comes, or a row takes a new key."""
        new = "NEW"
        usual = self.write_first(new) if "insert" in self.spec.operations else ""
        equal = self.is_unchanged(new, "newest_tx")
        mine = self.follow(new)
        shifted = self.interrupt(new, f" AND newest_op <> 2 AND NOT {equal}")
        unchanged = equal
        if self.spec.duplicates:
            mine = f"IF newest_op = 2 THEN\n{indent(mine, 2)}\nEND IF;"
            shifted = ""
            unchanged = f"newest_end IS NULL OR {equal}"
        write = f"""
{self.make()}
IF newest_tx IS NOT NULL AND newest_end IS NULL THEN
{indent(self.close(new), 2)}
END IF;
"""
        return f"""
{self.decide(new, None)}
{usual.strip()}
{self.begin_with(new, mine, shifted).strip()}
IF newest_tx IS NULL OR newest_op = 2 OR {self.interrupted()} THEN
  IF {self.wants("insert")} THEN
{indent(write, 4)}
{indent(self.write(new, 0), 4)}
  END IF;
ELSIF {unchanged} THEN
  IF newest_end IS NOT NULL THEN
{indent(self.reopen(new), 4)}
{indent(self.stands(new), 2)}
  END IF;
ELSIF {self.wants("update")} THEN
{indent(write, 2)}
{indent(self.write(new, 1), 2)}
ELSE
{indent(self.interrupt(new), 2)}
END IF;
"""
