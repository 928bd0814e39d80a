"""Histories of some changes only: of some operations, or under a condition.

A change that is not recorded ends the version before it, so that no version says of a row what is
not true any more.  It does not begin a transaction unless there is a version to end.
"""

from __future__ import annotations

from continuum.dialects.mysql.conditions import row_expression
from continuum.dialects.mysql.recorder import Recorder
from continuum.dialects.mysql.text import indent
from continuum.dialects.spec import OPERATIONS
from continuum.dialects.spec import TriggerSpec


def is_selective(spec: TriggerSpec) -> bool:
    """Say whether some changes leave no version."""
    return spec.when is not None or not set(OPERATIONS) <= set(spec.operations)


class SelectiveRecorder(Recorder):
    """Text of the triggers of a table of which not every change is recorded.

    In the text, ``listed`` says that the condition holds for the event, ``listed_before`` that it
    held for the row as it was, ``present`` that the history shows the row as it was before the
    event, and ``wanted`` that the event leaves a version, if the transaction has none yet.
    """

    def __init__(self, spec: TriggerSpec, *, guarded: bool) -> None:
        super().__init__(spec, guarded=guarded)
        self.lean = False
        self.insert, self.update, self.delete = (
            "TRUE" if operation in spec.operations else "FALSE" for operation in OPERATIONS
        )

    def declare(self) -> str:
        """Declare the variables of a trigger."""
        return (
            "DECLARE listed, listed_before BOOLEAN DEFAULT TRUE;\n"
            f"DECLARE present, wanted BOOLEAN;\n{super().declare()}"
        )

    def holds(self, variable: str, old: str | None, new: str) -> str:
        """Set a variable to whether the condition holds for a change."""
        if self.spec.when is None:
            return ""
        return f"SET {variable} = ({row_expression(self.spec.when, old=old, new=new)}) IS TRUE;"

    def look_around(self) -> str:
        """Find out whether recording is paused, and the id to write with, if there is one."""
        return f"{self.log.identify()}\n{self.ask_paused()}"

    def ask_present(self) -> str:
        """Set ``present``, after the newest version has been read."""
        return (
            "SET present = newest_tx IS NOT NULL AND newest_op <> 2"
            " AND (newest_end IS NULL OR newest_end <=> tx);"
        )

    def unrecorded(self, source: str) -> str:
        """Leave an event that makes no version; one of this transaction follows it nevertheless."""
        return f"""
IF (NOT recording OR NOT wanted) AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
{indent(source, 2)}
  LEAVE event;
END IF;
{self.log.begin()}
{self.in_order()}
"""

    def reopen(self, row: str) -> str:
        """Set ``same``, and open a version again that the transaction has ended for nothing."""
        return f"""
{self.compare(row, "newest_tx")}
IF same AND recording AND newest_op <> 2 AND newest_end = tx THEN
{indent(self.close(row, "NULL"), 2)}
  LEAVE event;
END IF;
"""

    def drop_own(self, row: str) -> str:
        """Take back what this transaction wrote; the version before stays ended."""
        drop = f"DELETE FROM {self.history}\n WHERE {self.match(row)} AND {self.own_tx} = tx;"
        return f"{self.change(drop)}\nSET {self.log.gaps} = 1;"

    def follow(self, row: str) -> str:
        """A row that this transaction has changed before is set again (rule 1)."""
        # Without INSERT versions, a row that has come unseen begins with an UPDATE.
        first = f"""
IF listed AND {self.insert} THEN
{indent(self.rewrite(row, 0), 2)}
ELSE
{indent(self.forget(row), 2)}
END IF;
"""
        if self.insert == "FALSE":
            first = f"""
IF listed AND {self.update} THEN
{indent(self.rewrite(row, 1), 2)}
ELSE
{indent(self.forget(row), 2)}
END IF;
"""
        return f"""
{self.before(row)}
IF {self.present_before()} THEN
{indent(self.compare(row, "before_tx"), 2)}
  IF same THEN
{indent(self.forget(row), 4)}
  ELSEIF listed AND {self.update} THEN
{indent(self.rewrite(row, 1), 4)}
  ELSE
{indent(self.drop_own(row), 4)}
  END IF;
ELSE
{indent(first, 2)}
END IF;
"""

    def unfollow(self, row: str) -> str:
        """A row that this transaction has changed before is removed (rule 2)."""
        return f"""
{self.before(row)}
IF {self.present_before()} THEN
  IF listed AND {self.delete} THEN
{indent(self.rewrite(row, 2), 4)}
  ELSE
{indent(self.drop_own(row), 4)}
  END IF;
ELSE
{indent(self.forget(row), 2)}
END IF;
"""

    def on_insert(self, *, moving: bool = False) -> str:
        """A row comes, or a row takes a new key."""
        new = "NEW"
        mine = self.follow(new)
        shifted = f"{self.reopen(new)}\n" + self.interrupt(new, " AND newest_op <> 2 AND same = 0")
        present = f"""
ELSE
{indent(self.compare(new, "newest_tx"), 2)}
  IF NOT same THEN
{indent(self.close_and_write(new, 1), 4)}
  END IF;
"""
        if self.spec.duplicates:
            mine = f"IF newest_op = 2 THEN\n{indent(mine, 2)}\nEND IF;"
            shifted = present = ""
        generated = self.on_generated() if self.spec.generated_key and not moving else ""
        return f"""
{generated}
{self.look_around()}
{self.holds("listed", None, new)}
{self.guess(new)}
IF newest_tx IS NOT NULL THEN
{indent(self.look(new), 2)}
END IF;
{self.ask_present()}
SET wanted = listed AND IF(present, {self.update}, {self.insert});
{self.unrecorded(shifted)}
IF newest_tx IS NULL THEN
{indent(self.write(new, 0), 2)}
ELSEIF newest_tx = tx THEN
{indent(mine, 2)}
ELSEIF newest_end IS NULL THEN
  IF newest_op = 2 THEN
{indent(self.close_and_write(new, 0), 4)}
{indent(present, 2)}
  END IF;
ELSEIF newest_end < tx OR newest_op = 2 THEN
{indent(self.write(new, 0), 2)}
ELSE
{indent(self.reopen(new), 2)}
{indent(self.write(new, 1), 2)}
END IF;
"""

    def on_update(self) -> str:
        """An update that keeps the key."""
        new = "NEW"
        coming = 0 if self.insert == "TRUE" else 1
        usual = ""
        if self.update == "TRUE":
            usual = f"""
IF listed AND newest_tx IS NOT NULL AND recording THEN
{indent(self.log.begin(), 2)}
{indent(self.replace_guessed(new, 1, alive=True), 2)}
END IF;
"""
        return f"""
{self.look_around()}
{self.holds("listed", "OLD", new)}
{self.holds("listed_before", None, "OLD")}
{self.guess(new)}
{usual}
{self.look(new)}
{self.ask_present()}
SET wanted = listed AND IF(present OR listed_before, {self.update}, {self.insert});
{self.unrecorded(self.reopen(new) + self.interrupt(new, " AND newest_op <> 2"))}
IF newest_tx = tx THEN
{indent(self.follow(new), 2)}
ELSEIF newest_end IS NULL AND newest_op = 2 THEN
{indent(self.close_and_write(new, coming), 2)}
ELSEIF newest_tx IS NULL OR newest_end < tx THEN
  IF NOT listed_before THEN
{indent(self.write(new, 0), 4)}
  ELSEIF newest_tx IS NULL THEN
{indent(self.baseline("OLD"), 4)}
{indent(self.write(new, 1), 4)}
  ELSE
{indent(self.resume("OLD"), 4)}
{indent(self.write(new, 1), 4)}
  END IF;
ELSEIF newest_end IS NULL THEN
{indent(self.close_and_write(new, 1), 2)}
ELSE
{indent(self.reopen(new), 2)}
{indent(self.write(new, 1), 2)}
END IF;
"""

    def on_delete(self, *, moving: bool = False) -> str:
        """A row goes, or its key does."""
        row = "OLD"
        still_there = ""
        if self.spec.duplicates:
            still_there = f"{self.count_alive(row)}\nIF same > 0 THEN\n  LEAVE event;\nEND IF;"
        usual = ""
        if self.delete == "TRUE":
            usual = f"""
IF listed AND newest_tx IS NOT NULL AND recording THEN
{indent(self.log.begin(), 2)}
{indent(self.replace_guessed(row, 2), 2)}
END IF;
"""
        return f"""
{still_there}
{self.look_around()}
{self.holds("listed", row, row)}
{self.holds("listed_before", None, row)}
{self.guess(row)}
{usual}
{self.look(row)}
{self.ask_present()}
SET wanted = listed AND {self.delete} AND (present OR listed_before);
{self.unrecorded(self.interrupt(row, " AND newest_op <> 2"))}
IF newest_tx = tx THEN
{indent(self.unfollow(row), 2)}
ELSEIF newest_tx IS NULL THEN
{indent(self.baseline(row), 2)}
{indent(self.write(row, 2), 2)}
ELSEIF newest_end IS NOT NULL THEN
  IF newest_end < tx THEN
{indent(self.resume(row), 4)}
  END IF;
{indent(self.write(row, 2), 2)}
ELSEIF newest_op <> 2 THEN
{indent(self.close_and_write(row, 2), 2)}
END IF;
"""

    def on_generated(self) -> str:
        """Write the first version of a row whose key the database has just made."""
        write = ""
        if self.insert == "TRUE":
            write = f"""
{self.holds("listed", None, "NEW")}
IF listed THEN
{indent(self.start(), 2)}
  IF recording THEN
{indent(self.write("NEW", 0), 4)}
  END IF;
END IF;
"""
        return f"""
IF {self.has_generated_key} THEN
{indent(write, 2)}
  LEAVE event;
END IF;
"""
