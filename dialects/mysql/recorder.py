"""Text of the triggers of one live table."""

from __future__ import annotations

from continuum.dialects.mysql.hierarchy import LowerLevels
from continuum.dialects.mysql.hierarchy import Root
from continuum.dialects.mysql.text import event_block
from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import table_digest
from continuum.dialects.mysql.values import is_float
from continuum.dialects.mysql.versions import Versions
from continuum.dialects.spec import TriggerSpec

KINDS = ("before", "insert", "update", "delete")
"""The triggers of a live table."""


class Recorder(Versions):
    """Text of the triggers of one live table.

    :param guarded: the server fires the UPDATE trigger for rows that ``UPDATE IGNORE`` leaves as
        they are, and the table has constraints that make it do so.
    """

    def __init__(self, spec: TriggerSpec, *, guarded: bool) -> None:
        super().__init__(spec)
        self.guarded = guarded
        self.generated = f"@`{self.log.slot}_{table_digest(spec.table)}_generated`"
        self.root = None if spec.root is None else Root(spec, spec.root)
        self.lower = LowerLevels(spec)
        # Otherwise what comes beside the usual case of an event uses its variables, too.
        self.lean = self.end is not None and not (
            self.root or spec.append_only or spec.ignored_columns or spec.duplicates or guarded
        )

    def event(self, source: str, row: str) -> str:
        """One event, and what it means for the root of a hierarchy."""
        block = event_block(source)
        return block if self.root is None else f"{block}\n{self.root.touch(self, row)}"

    def close_and_write(self, row: str, operation: int) -> str:
        """End the newest version and write the next."""
        return f"{self.close(row)}\n{self.write(row, operation)}".strip()

    def replace_guessed(
        self, row: str, operation: int, *, alive: bool = False, block: str = "event"
    ) -> str:
        """End the guessed version and write the next: done, if it is still open.

        Only the newest version of a key is ever open.

        :param alive: not done, if that version says that the row is gone.
        :param block: to be left when it is done.
        """
        if self.end is None:
            return self.add_to_newest(row, operation)
        condition = f" AND {self.own_operation} <> 2" if alive or operation == 2 else ""
        end, ended = self.end_guessed(row, condition)
        return f"""
IF newest_tx < tx AND recording THEN
{indent(end, 2)}
  IF {ended} THEN
{indent(self.write(row, operation), 4)}
    LEAVE {block};
  END IF;
END IF;
"""

    def add_to_newest(self, row: str, operation: int) -> str:
        """Write the next version: done, if the newest one shows the row as it was.

        One statement says both, where versions do not know whether they have ended.
        """
        shown = "newest_tx < tx AND same"
        if operation == 2:
            shown += " AND newest_op <> 2"
        return f"""
IF newest_tx < tx AND recording THEN
{indent(self.read_compared("OLD"), 2)}
  IF {shown} THEN
{indent(self.write(row, operation), 4)}
    LEAVE event;
  END IF;
END IF;
"""

    def look(self, row: str) -> str:
        """Read the newest version after all; one of this transaction is known to be it."""
        if self.spec.duplicates:
            mine = self.read_version(row, "tx")
            return f"""
IF newest_tx = tx THEN
{indent(mine, 2)}
ELSE
  SET newest_tx = NULL;
{indent(self.read(row, "newest"), 2)}
END IF;
"""
        return f"""
IF tx IS NULL OR NOT (newest_tx <=> tx) THEN
  SET newest_tx = NULL;
{indent(self.read(row, "newest"), 2)}
END IF;
"""

    def baseline(self, row: str) -> str:
        """Write the old image of a row that is older than its history."""
        return f"{self.write(row, 0, '0', 'tx')}\n{self.lower.complete(row)}".rstrip()

    def resume(self, row: str) -> str:
        """Write the old image of a row whose history has a gap."""
        return f"{self.write(row, 0, 'newest_end', 'tx')}\n{self.lower.complete(row)}".rstrip()

    def gap(self, row: str) -> str:
        """Write the old image of a row whose history has a gap (strategy without an end column)."""
        return f"""
{self.compare(row, "newest_tx")}
IF NOT same THEN
  SELECT MAX(l.{self.log.id}) INTO before_tx FROM {self.log.table} AS l
   WHERE l.{self.log.id} < tx AND l.{self.log.id} > newest_tx;
  IF before_tx IS NOT NULL THEN
{indent(self.write(row, 0, "before_tx"), 4)}
{indent(self.lower.complete(row), 4)}
  END IF;
END IF;
"""

    def unchanged(self, row: str, transaction: str) -> str:
        """Set ``same``: whether a version equals the row, and lower levels have not changed."""
        return f"{self.compare(row, transaction)}\n{self.lower.check(row)}".rstrip()

    def follow(self, row: str) -> str:
        """A row that this transaction has changed before is set again (rule 1)."""
        return f"""
{self.before(row)}
IF {self.present_before()} THEN
{indent(self.unchanged(row, "before_tx"), 2)}
  IF same THEN
{indent(self.forget(row), 4)}
  ELSE
{indent(self.rewrite(row, 1), 4)}
  END IF;
ELSE
{indent(self.rewrite(row, 0), 2)}
END IF;
"""

    def unfollow(self, row: str) -> str:
        """A row that this transaction has changed before is removed (rule 2)."""
        return f"""
{self.before(row)}
IF {self.present_before()} THEN
{indent(self.rewrite(row, 2), 2)}
ELSE
{indent(self.forget(row), 2)}
END IF;
"""

    def interrupt(self, row: str, condition: str = "") -> str:
        """End the open version of a row that changes while recording is paused (rule 9)."""
        if self.end is None:
            return ""
        return f"""
IF newest_tx IS NOT NULL AND newest_end IS NULL{condition} THEN
{indent(self.log.begin(), 2)}
{indent(self.in_order(), 2)}
{indent(self.close(row), 2)}
  SET {self.log.gaps} = 1;
{indent(self.root.interrupt(row), 2) if self.root else ""}
END IF;
"""

    def start(self) -> str:
        """Find the id to write with; while paused none is made yet."""
        return f"""
IF NOT recording THEN
{indent(self.log.identify(), 2)}
{indent(self.ask_paused(), 2)}
  IF recording THEN
{indent(self.log.begin(), 4)}
  END IF;
END IF;
"""

    def seldom(self, source: str) -> str:
        """The rest of an event that few rows need; only they give values to its variables."""
        if not self.lean:
            return source
        return f"BEGIN\n{indent(self.declare_seldom(), 2)}\n{indent(source, 2)}\nEND;"

    def ask_paused(self) -> str:
        """Set ``recording``: whether the table is not paused."""
        table = table_digest(self.spec.table)
        return (
            f"SET recording = {self.log.paused} IS NULL;\n"
            f"IF NOT recording THEN\n"
            f"  SET recording = CONVERT({self.log.paused} USING ascii) <> '*'\n"
            f"    AND LOCATE('{table}', CONVERT({self.log.paused} USING ascii)) = 0;\n"
            f"END IF;"
        )

    def paused(self, gap: str) -> str:
        """While paused, only a version that this transaction already wrote follows its row."""
        return f"""
IF NOT recording AND (newest_tx IS NULL OR tx IS NULL OR newest_tx <> tx) THEN
{indent(gap, 2) if gap.strip() else ""}
  LEAVE event;
END IF;
"""

    # the three events

    def on_update(self) -> str:
        """An update that keeps the key."""
        return f"{self.on_usual_update()}\n{self.on_seldom_update()}"

    def on_usual_update(self, block: str = "event") -> str:
        """The part of it that is all that there is to do for most rows.

        :param block: to be left then.
        """
        return f"""
{self.start()}
{self.guess("NEW")}
{self.replace_guessed("NEW", 1, block=block)}
"""

    def on_seldom_update(self) -> str:
        """The part of it for the other rows."""
        new = "NEW"
        if self.end is not None:
            rest = f"""
ELSEIF newest_end IS NULL THEN
{indent(self.close_and_write(new, 1), 2)}
ELSEIF newest_end < tx THEN
{indent(self.resume("OLD"), 2)}
{indent(self.write(new, 1), 2)}
ELSE
{indent(self.unchanged(new, "newest_tx"), 2)}
  IF same THEN
{indent(self.close(new, "NULL"), 4)}
  ELSE
{indent(self.write(new, 1), 4)}
  END IF;
END IF;
"""
        else:
            rest = f"""
ELSE
{indent(self.gap("OLD"), 2)}
{indent(self.write(new, 1), 2)}
END IF;
"""
        return f"""
{self.look(new)}
{self.paused(self.interrupt(new))}
{self.in_order()}
IF newest_tx IS NULL THEN
{indent(self.baseline("OLD"), 2)}
{indent(self.write(new, 1), 2)}
ELSEIF newest_tx = tx THEN
{indent(self.follow(new), 2)}
{rest}
"""

    def on_delete(self, *, moving: bool = False) -> str:
        """A row goes, or its key does."""
        row = "OLD"
        still_there = ""
        if self.spec.duplicates:
            still_there = f"{self.count_alive(row)}\nIF same > 0 THEN\n  LEAVE event;\nEND IF;"
        if self.end is not None:
            rest = f"""
ELSEIF newest_end IS NULL THEN
  IF newest_op <> 2 THEN
{indent(self.close_and_write(row, 2), 4)}
  END IF;
ELSE
  IF newest_end < tx THEN
{indent(self.resume(row), 4)}
  END IF;
{indent(self.write(row, 2), 2)}
END IF;
"""
        else:
            rest = f"""
ELSEIF newest_op <> 2 THEN
{indent(self.gap(row), 2)}
{indent(self.write(row, 2), 2)}
END IF;
"""
        seldom = f"""
{self.look(row)}
{self.paused(self.interrupt(row))}
{self.in_order()}
IF newest_tx IS NULL THEN
{indent(self.baseline(row), 2)}
{indent(self.write(row, 2), 2)}
ELSEIF newest_tx = tx THEN
{indent(self.unfollow(row), 2)}
{rest}
"""
        return f"""
{still_there}
{self.start()}
{self.guess(row)}
{self.replace_guessed(row, 2)}
{seldom if moving else self.seldom(seldom)}
"""

    def on_insert(self, *, moving: bool = False) -> str:
        """A row comes, or a row takes a new key."""
        new = "NEW"
        compare = self.compare(new, "newest_tx")
        unchanged = self.unchanged(new, "newest_tx")
        shifted = ""
        if self.end is not None and not self.spec.duplicates:
            shifted = f"{compare}\n" + self.interrupt(new, " AND newest_op <> 2 AND same = 0")
        present = f"""
ELSE
{indent(unchanged, 2)}
  IF NOT same THEN
{indent(self.close_and_write(new, 1), 4)}
  END IF;
"""
        open_ = f"""
IF newest_op = 2 THEN
{indent(self.close_and_write(new, 0), 2)}
{"" if self.spec.duplicates else present}
END IF;
"""
        if self.end is None:
            rest = f"ELSE\n{indent(open_, 2)}\nEND IF;"
        else:
            rest = f"""
ELSEIF newest_end IS NULL THEN
{indent(open_, 2)}
ELSEIF newest_end < tx OR newest_op = 2 THEN
{indent(self.write(new, 0), 2)}
ELSE
{indent(unchanged, 2)}
  IF same THEN
{indent(self.close(new, "NULL"), 4)}
  ELSE
{indent(self.write(new, 1), 4)}
  END IF;
END IF;
"""
        mine = self.follow(new)
        if self.spec.duplicates:
            mine = f"IF newest_op = 2 THEN\n{indent(mine, 2)}\nEND IF;"
        seldom = f"""
IF newest_tx IS NOT NULL THEN
{indent(self.look(new), 2)}
END IF;
{self.paused(shifted)}
{self.in_order()}
IF newest_tx IS NULL THEN
{indent(self.write(new, 0), 2)}
ELSEIF newest_tx = tx THEN
{indent(mine, 2)}
{rest}
"""
        generated = ""
        if self.spec.generated_key and not moving:
            generated = f"""
IF {self.has_generated_key} THEN
  IF recording THEN
{indent(self.write(new, 0), 4)}
  END IF;
  LEAVE event;
END IF;
"""
        return f"""
{self.start()}
{generated}
{self.guess(new)}
IF newest_tx IS NULL AND recording THEN
{indent(self.write(new, 0), 2)}
  LEAVE event;
END IF;
{seldom if moving else self.seldom(seldom)}
"""

    @property
    def has_generated_key(self) -> str:
        """True for a row whose key the database has just made: it has no history.

        Under NO_AUTO_VALUE_ON_ZERO a zero stays what it is, and is no generated key.
        """
        return f"{self.generated} AND NEW.{quote(self.spec.key[0])} <> 0"

    def guard(self, source: str) -> str:
        """Do something only if the row really is what ``NEW`` says."""
        if not self.guarded:
            return source
        return f"{self.count_alive('NEW', equal=True)}\nIF same THEN\n{indent(source, 2)}\nEND IF;"

    def on_move(self) -> str:
        """A row takes another key.

        Right after a row has moved, its old key is free, unless the move was ignored; a key that
        only changes its case is still the same.
        """
        delete = self.event(self.on_delete(moving=True), "OLD")
        insert = self.event(self.on_insert(moving=True), "NEW")
        if self.spec.duplicates:
            return f"""
{self.count_alive("NEW")}
IF same > 0 THEN
{indent(delete, 2)}
{indent(self.reset(), 2)}
{indent(insert, 2)}
END IF;
"""
        alike = ""
        if self.inexact_key:
            alike = " OR " + " AND ".join(
                f"OLD.{quote(c.name)} = NEW.{quote(c.name)}" for c in self.spec.key_columns
            )
        return f"""
{self.count_alive("OLD")}
IF same = 0{alike} THEN
  IF same = 0 THEN
{indent(delete, 4)}
{indent(self.reset(), 4)}
  END IF;
{indent(insert, 2)}
END IF;
"""

    def on_ignored(self) -> str:
        """An update that makes no version; what this transaction wrote follows it."""
        if not self.spec.ignored_columns:
            return ""
        values = [(self.column(c), f"NEW.{quote(c.name)}") for c in self.spec.value_columns]
        sets = ", ".join(f"{name} = {value}" for name, value in (*values, *self.extra("NEW")))
        follow = (
            f"UPDATE {self.history} SET {sets}\n"
            f" WHERE {self.match('NEW')} AND {self.own_tx} = tx AND {self.own_operation} <> 2;"
        )
        if self.spec.append_only:
            follow = f"IF tx IS NOT NULL THEN\n{indent(self.change(follow), 2)}\nEND IF;"
        return f"""
IF {self.differ(self.spec.ignored_columns, "OLD", "NEW")} THEN
{indent(self.log.identify(), 2)}
{indent(follow, 2)}
END IF;
"""

    # triggers

    def declare(self) -> str:
        """Declare the variables of a trigger.

        Variables of the session are copied before they are compared, or cast: MySQL resolves a
        statement once for all executions, with the type that one has at that moment.  One that did
        not exist then is read as a whole number afterwards, therefore numbers are whole.

        ``recording`` is true when there is no need to ask what is paused, or the answer was that
        the table is not, and ``tx`` is the id to write with.  Each variable is made anew for each
        row, even in a block that no row enters, so there are no more of them than needed.
        """
        return "\n".join(
            [
                f"DECLARE recording BOOLEAN DEFAULT {self.log.usual};",
                f"DECLARE tx BIGINT DEFAULT {self.log.current};",
                "DECLARE newest_tx BIGINT;",
                *([] if self.root is None else [self.root.declare()]),
                *self.declare_noted(),
                *([] if self.lean else [self.declare_seldom()]),
            ]
        )

    def declare_seldom(self) -> str:
        """Declare the variables, and the handler, of what few rows need."""
        end = "" if self.end is None else ", newest_end"
        return "\n".join(
            [
                f"DECLARE same, newest_op, before_tx{end} BIGINT;",
                *([] if not self.spec.lower else [self.lower.declare()]),
                "DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;",
            ]
        )

    def declare_noted(self) -> list[str]:
        """Declare the variables of :meth:`~.versions.Versions.note`."""
        root = self.spec.root
        if self.spec.changes is None and (root is None or root.changes is None):
            return []
        return ["DECLARE noted BIGINT;", "DECLARE entity LONGTEXT CHARACTER SET utf8mb4;"]

    def reset(self) -> str:
        """Forget what the first half of a change of keys has read."""
        end = "" if self.end is None else ", newest_end = NULL"
        return f"SET newest_tx = NULL, newest_op = NULL, before_tx = NULL{end};"

    def bodies(self) -> dict[str, tuple[str, str]]:
        """Event and text of each trigger, by kind."""
        found = {}
        if self.spec.generated_key:
            key = quote(self.spec.key[0])
            found["before"] = (
                "BEFORE INSERT",
                f"SET {self.generated} = NEW.{key} IS NULL OR NEW.{key} = 0;",
            )
        found["insert"] = (
            "AFTER INSERT",
            f"{self.declare()}\n{self.event(self.on_insert(), 'NEW')}",
        )
        found["update"] = ("AFTER UPDATE", self.any_update())
        found["delete"] = (
            "AFTER DELETE",
            f"{self.declare()}\n{self.event(self.on_delete(), 'OLD')}",
        )
        return found

    def any_update(self) -> str:
        """Text of the trigger of updates.

        Variables and a handler of their own cost more than the comparison: a row that does not
        change gives no values to them.  MariaDB looks at each part of an expression once more for
        each row, evaluated or not; what tells zeros with a sign apart is therefore kept for rows
        that have a zero.
        """
        spec = self.spec
        stored = (*spec.key_columns, *spec.counting_columns, *spec.ignored_columns)
        floats = [c for c in stored if c.comparison is None and is_float(c.type)]
        rest = [c for c in stored if c not in floats]
        equal = [self.equal(rest, "OLD", "NEW")]
        equal += [f"OLD.{quote(c.name)} <=> NEW.{quote(c.name)}" for c in floats]
        test, sure = f"NOT ({' AND '.join(equal)})", ""
        if floats:
            zero = f"0 IN ({', '.join(f'OLD.{quote(c.name)}' for c in floats)})"
            test += f" OR {zero}"
            sure = f"""
IF {zero} THEN
  IF {self.equal(stored, "OLD", "NEW")} THEN
    LEAVE altered;
  END IF;
END IF;
"""
        return f"""
IF {test} THEN
  altered: BEGIN
{indent(self.declare(), 4)}
{indent(sure, 4)}
{indent(self.change_lean() if self.lean else self.change_any(), 4)}
  END altered;
END IF;
"""

    def change_lean(self) -> str:
        """What an update does: the usual case first, for which it needs few variables."""
        return f"""
IF {self.equal(self.spec.key_columns, "OLD", "NEW")} THEN
{indent(self.on_usual_update("altered"), 2)}
END IF;
BEGIN
{indent(self.declare_seldom(), 2)}
  IF {self.differ(self.spec.key_columns, "OLD", "NEW")} THEN
{indent(self.on_move(), 4)}
  ELSE
{indent(self.event(self.on_seldom_update(), "NEW"), 4)}
  END IF;
END;
"""

    def change_any(self) -> str:
        """What an update does."""
        kept = "ELSE"
        if self.spec.ignored_columns:
            kept = f"ELSEIF {self.differ(self.spec.counting_columns, 'OLD', 'NEW')} THEN"
        return f"""
IF {self.differ(self.spec.key_columns, "OLD", "NEW")} THEN
{indent(self.on_move(), 2)}
{kept}
{indent(self.guard(self.event(self.on_update(), "NEW")), 2)}
{"ELSE" if self.spec.ignored_columns else ""}
{indent(self.on_ignored(), 2)}
END IF;
"""
