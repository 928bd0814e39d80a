"""The trigger functions of one live table."""

from __future__ import annotations

import json

from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import tidy
from continuum.dialects.postgresql.rows import Rows
from continuum.dialects.postgresql.tables import Tables
from continuum.dialects.spec import TriggerSpec


class Recorder(Rows):
    """Text of the functions and triggers of one live table.

    PostgreSQL keeps the plans of a function, maybe those that it made when history had a handful of
    rows: reading all of it would still be what it does when a statement writes a million.
    """

    def __init__(self, spec: TriggerSpec, *, key: tuple[str, ...] | None = None) -> None:
        super().__init__(spec, key=key)
        self.settings += "\nSET enable_seqscan TO off"

    def replace_newest(self, row: str, operation: int, condition: str = "") -> str:
        """End the newest version and write the next one, in the case that is by far the usual one.

        Nothing is known yet when this is tried, not even the id: what does not meet the conditions
        is left to the statements that follow.
        """
        if self.end is None:
            return ""
        return f"""
IF {self.recording()} THEN
{indent(self.ask(), 2)}
  UPDATE {self.history} AS h SET {self.ended("hint")}
   WHERE {indent(self.proven(), 3).strip()}
     AND h.ctid = (SELECT p.ctid FROM {self.history} AS p
       WHERE {self.newest(row, "p")})
     AND {self.match(row)} AND h.{self.tx} < hint AND h.{self.end} IS NULL{condition};
  IF FOUND THEN
{indent(self.write(row, operation, "hint"), 4)}
    {self.settle()}EXIT event;
  END IF;
END IF;
"""

    def write_first(self, row: str) -> str:
        """Write the first version of a key, the usual case of an insertion."""
        names, values = self.version(row, 0, "hint", "NULL")
        return f"""
IF {self.recording()} THEN
{indent(self.ask(), 2)}
  INSERT INTO {self.history} ({", ".join(names)})
  SELECT {", ".join(values)}
   WHERE {indent(self.proven(), 3).strip()}
     AND NOT EXISTS (SELECT FROM {self.history} AS h WHERE {self.match(row)});
  IF FOUND THEN
{indent(self.note(row, "hint"), 4)}
    {self.settle()}EXIT event;
  END IF;
END IF;
"""

    def settle(self) -> str:
        """What has to be kept of an event that is done with before all is known about it."""
        return ""

    def follow(self, row: str) -> str:
        """A row that this transaction has changed before is set again (rule 1)."""
        return f"""
IF newest_op = 0 THEN
{indent(self.rewrite(row, 0), 2)}
ELSE
{indent(self.read(row, "before", f" AND h.{self.tx} < tx"), 2)}
  IF {self.present_before()} THEN
    IF {self.is_unchanged(row, "before_tx")} THEN
{indent(self.forget(row), 6)}
    ELSE
{indent(self.rewrite(row, 1), 6)}
    END IF;
  ELSE
{indent(self.rewrite(row, 0), 4)}
  END IF;
END IF;
"""

    def unfollow(self, row: str) -> str:
        """A row that this transaction has changed before is removed (rule 2)."""
        return f"""
{self.read(row, "before", f" AND h.{self.tx} < tx")}
IF {self.present_before()} THEN
{indent(self.rewrite(row, 2), 2)}
ELSE
{indent(self.forget(row), 2)}
END IF;
"""

    def hint(self) -> str:
        """Take the id out of the setting, if this transaction left one; it is yet to be proven."""
        return f"""
IF pg_catalog.split_part(memo, ':', 1) = {ME}::text THEN
  hint := pg_catalog.split_part(memo, ':', 2);
{indent(self.inside(), 2)}
END IF;
"""

    def inside(self) -> str:
        """Find out which subtransaction is said to have written the row, if it was one."""
        writer = "pg_catalog.split_part(memo, ':', 3)"
        return f"""
IF {writer} <> '' THEN
  inside := {writer}::xid8;
  writer := inside::xid;
END IF;
"""

    def proven(self) -> str:
        """A test that is true when the hint names a row that this transaction wrote.

        A client can name the subtransaction of somebody else.  A row that is visible while its
        writer is in progress has been written by ourselves; the statement that sees the row has to
        ask, as the writer may have committed since any earlier one.

        Each event pays for every operator in it again: PostgreSQL prepares them anew.
        """
        return (
            f"EXISTS (SELECT FROM {self.log.table} AS l\n"
            f"  WHERE l.{self.log.id} = hint AND l.xmin = writer AND (inside IS NULL\n"
            f"    OR pg_catalog.pg_xact_status(inside) = 'in progress'))"
        )

    def recording(self) -> str:
        """A test that is true when the usual cases can be tried."""
        return "NOT paused"

    def ask(self) -> str:
        """Have an id made in the first event of the transaction."""
        return f"""
IF hint IS NULL THEN
  hint := {self.log.function("transaction_id")}(true);
  memo := {self.log.read()};
{indent(self.inside(), 2)}
END IF;
"""

    def begin(self) -> str:
        """Find the id to write with; while paused none is made yet."""
        return f"tx := {self.log.function('transaction_id')}(NOT paused);"

    def paused(self, gap: str) -> str:
        """While paused, only a version that this transaction already wrote follows its row."""
        return f"""
IF paused AND (newest_tx = tx) IS NOT TRUE THEN
{indent(gap, 2) + chr(10) if gap.strip() else ""}  EXIT event;
END IF;
"""

    # the three events

    def on_update(self) -> str:
        """An update that keeps the key."""
        new = "NEW"
        if self.end is not None:
            rest = f"""
ELSIF newest_end IS NULL THEN
{indent(self.close_and_write(new, 1), 2)}
ELSIF newest_end < tx THEN
{indent(self.resume("OLD"), 2)}
{indent(self.write(new, 1), 2)}
ELSIF {self.is_unchanged(new, "newest_tx")} THEN
{indent(self.reopen(new), 2)}
ELSE
{indent(self.write(new, 1), 2)}
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
{self.replace_newest(new, 1).strip()}
{self.begin()}
{self.read(new, "newest")}
{self.paused(self.interrupt(new)).strip()}
{self.in_order()}
IF newest_tx IS NULL THEN
{indent(self.baseline("OLD"), 2)}
{indent(self.write(new, 1), 2)}
ELSIF newest_tx = tx THEN
{indent(self.follow(new), 2)}
{rest.strip()}
"""

    def taken_over(self, row: str) -> str:
        """Another row has the key now: all that is needed of this one is a missing old image."""
        if self.spec.duplicates:
            return ""
        gap = ""
        if self.end is not None:
            gap = f"ELSIF newest_end < tx THEN\n{indent(self.resume(row), 2)}"
        return f"""
IF NOT paused THEN
  {self.begin()}
{indent(self.read(row, "newest"), 2)}
{indent(self.in_order(), 2)}
  IF newest_tx IS NULL THEN
{indent(self.baseline(row), 4)}
{indent(gap, 2)}
  END IF;
END IF;
"""

    def on_delete(self, row: str, *, alone: bool, moved: bool) -> str:
        """A row goes, or its key does.

        :param alone: no live row can be left with its key.
        :param moved: the row lives on under another key.
        """
        still_there = ""
        if not alone:
            still_there = f"""
IF EXISTS (SELECT FROM {self.live} AS c WHERE {self.match_live(row, "c")}) THEN
{indent(self.taken_over(row) if moved else "", 2)}
  EXIT event;
END IF;
"""
        return f"{still_there.strip()}\n{self.remove(row).strip()}"

    def remove(self, row: str) -> str:
        """A row goes, or its key does, and no other has it."""
        if self.end is not None:
            rest = f"""
ELSIF newest_end IS NULL THEN
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
ELSIF newest_op <> 2 THEN
{indent(self.gap(row), 2)}
{indent(self.write(row, 2), 2)}
END IF;
"""
        return f"""
{self.replace_newest(row, 2, f" AND h.{self.operation} <> 2").strip()}
{self.begin()}
{self.read(row, "newest")}
{self.paused(self.interrupt(row)).strip()}
{self.in_order()}
IF newest_tx IS NULL THEN
{indent(self.baseline(row), 2)}
{indent(self.write(row, 2), 2)}
ELSIF newest_tx = tx THEN
{indent(self.unfollow(row), 2)}
{rest.strip()}
"""

    def on_insert(self) -> str:
        """A row comes, or a row takes a new key."""
        new = "NEW"
        equal = self.is_unchanged(new, "newest_tx")
        differs = f"NOT {self.is_version(new, 'newest_tx', equal=True)}"
        shifted = self.interrupt(new, f" AND newest_op <> 2 AND {differs}")
        present = f"""
ELSIF NOT {equal} THEN
{indent(self.close_and_write(new, 1), 2)}
{self.stands(new)}
"""
        if self.spec.duplicates:
            shifted, present = "", ""
        open_ = f"""
IF newest_op = 2 THEN
{indent(self.close_and_write(new, 0), 2)}
{present.strip()}
END IF;
"""
        if self.end is None:
            rest = f"ELSE\n{indent(open_, 2)}\nEND IF;"
        else:
            rest = f"""
ELSIF newest_end IS NULL THEN
{indent(open_, 2)}
ELSIF newest_end < tx OR newest_op = 2 THEN
{indent(self.write(new, 0), 2)}
ELSIF {equal} THEN
{indent(self.reopen(new), 2)}
ELSE
{indent(self.write(new, 1), 2)}
END IF;
"""
        mine = self.follow(new)
        if self.spec.duplicates:
            mine = f"IF newest_op = 2 THEN\n{indent(mine, 2)}\nEND IF;"
        return f"""
{self.write_first(new).strip()}
{self.begin()}
{self.read(new, "newest")}
{self.paused(shifted).strip()}
{self.in_order()}
IF newest_tx IS NULL THEN
{indent(self.write(new, 0), 2)}
ELSIF newest_tx = tx THEN
{indent(mine, 2)}
{rest.strip()}
"""

    def on_ignored(self) -> str:
        """An update that makes no version; what this transaction wrote follows it."""
        if not self.spec.ignored_columns:
            return ""
        return f"""
IF {self.differ(self.spec.ignored_columns, "OLD", "NEW")} THEN
  tx := {self.log.function("transaction_id")}(false);
{indent(self.mark("NEW", 1, "tx"), 2)}
  UPDATE {self.history} AS h SET {
            ", ".join(f"{name} = {value}" for name, value in self.values("NEW", 1))
        }
   WHERE {self.match("NEW")} AND h.{self.tx} = tx AND h.{self.operation} <> 2;
END IF;
"""

    def declare(self) -> str:
        end = self.end is not None
        return "\n".join(
            [
                f"  memo text := {self.log.read()};",
                "  hint bigint;",
                f"  writer xid := {ME}::xid;",
                "  inside xid8;",
                "  tx bigint;",
                "  paused boolean := false;",
                "  newest_tx bigint;",
                *(["  newest_end bigint;"] if end else []),
                "  newest_op integer;",
                "  before_tx bigint;",
                *(["  before_end bigint;"] if end else []),
                "  before_op integer;",
                *(["  marks record;"] if self.marks_needed() else []),
            ]
        )

    def ask_paused(self) -> str:
        name = json.dumps([self.spec.table.schema, self.spec.table.name])
        return (
            f"IF {self.log.read('_paused')} <> '' THEN\n"
            f"  paused := {self.log.function('paused')}({literal(name)});\n"
            f"END IF;"
        )

    # triggers

    def before(self) -> list[str]:
        """Statements that refuse a table which cannot be recorded in this way."""
        return []

    def fired(self, event: str) -> str:
        """When a trigger fires, and what it is shown."""
        if event == "BEFORE TRUNCATE":
            return "FOR EACH STATEMENT"
        if event == "AFTER UPDATE":
            # Whole rows: a test of single columns would make PostgreSQL refuse to alter them.
            return "FOR EACH ROW\n  WHEN (OLD.* OPERATOR(pg_catalog.*<>) NEW.*)"
        return "FOR EACH ROW"

    # functions

    def function_for(self, event: str, row: str) -> str:
        return f"""
#variable_conflict use_variable
DECLARE
{self.declare()}
BEGIN
{indent(self.ask_paused(), 2)}
{indent(self.hint(), 2)}
  <<event>>
  BEGIN
{indent(tidy(event), 4)}
  END event;
{indent(self.afterwards(row), 2)}
  RETURN NULL;
END
"""

    def afterwards(self, row: str) -> str:
        """What follows an event on the key of a row."""
        return ""

    def update_function(self) -> str:
        counting = self.differ(self.spec.counting_columns, "OLD", "NEW")
        return f"""
#variable_conflict use_variable
DECLARE
  moved boolean := {self.moved()};
{self.declare()}
BEGIN
{indent(self.ask_paused(), 2)}
{indent(self.hint(), 2)}
  IF NOT moved THEN
    IF NOT ({counting}) THEN
{indent(self.on_ignored(), 6)}
      RETURN NULL;
    END IF;
    <<event>>
    BEGIN
{indent(tidy(self.on_update()), 6)}
    END event;
{indent(self.afterwards("NEW"), 4)}
    RETURN NULL;
  END IF;
  <<event>>
  BEGIN
{indent(tidy(self.on_delete("OLD", alone=False, moved=True)), 4)}
  END event;
{indent(self.afterwards("OLD"), 2)}
  <<event>>
  BEGIN
{indent(tidy(self.on_insert()), 4)}
  END event;
{indent(self.afterwards("NEW"), 2)}
  RETURN NULL;
END
"""

    def insert_function(self) -> str:
        return self.function_for(self.on_insert(), "NEW")

    def delete_function(self) -> str:
        event = self.on_delete("OLD", alone=not self.spec.duplicates, moved=False)
        return self.function_for(event, "OLD")

    def truncate_function(self) -> str:
        distinct = ""
        if self.spec.duplicates:
            keys = ", ".join(f"c.{quote(name)}" for name in self.spec.key)
            distinct = f"DISTINCT ON ({keys}) "
        return f"""
#variable_conflict use_variable
DECLARE
  gone record;
{self.declare()}
BEGIN
{indent(self.ask_paused(), 2)}
{indent(self.hint(), 2)}
  FOR gone IN SELECT {distinct}c.* FROM {self.live} AS c LOOP
    <<event>>
    BEGIN
{indent(tidy(self.on_delete("gone", alone=True, moved=False)), 6)}
    END event;
{indent(self.afterwards("gone"), 4)}
  END LOOP;
  RETURN NULL;
END
"""

    def renumber_function(self) -> str:
        """Give the rows of one transaction, and what it ended, another id."""
        move = f"UPDATE {self.history} AS h SET {self.tx} = new_id WHERE h.{self.tx} = old_id;"
        if self.end is None:
            return f"#variable_conflict use_variable\nBEGIN\n{indent(move, 2)}\nEND"
        keys = ", ".join(f"h.{quote(c.history_name)}" for c in self.spec.key_columns)
        stored = Tables(self.spec, key=tuple(c.history_name for c in self.spec.key_columns))
        before = stored.newest("mine", "p", f" AND p.{self.tx} < new_id")
        return f"""
#variable_conflict use_variable
DECLARE
  mine record;
BEGIN
  {move}
  IF gaps THEN
    UPDATE {self.history} AS h SET {self.ended("new_id")} WHERE h.{self.end} = old_id;
  ELSIF FOUND THEN
    FOR mine IN SELECT {keys} FROM {self.history} AS h WHERE h.{self.tx} = new_id LOOP
      UPDATE {self.history} AS h SET {self.ended("new_id")}
       WHERE {stored.match("mine")} AND h.{self.end} = old_id
         AND h.{self.tx} = (SELECT p.{self.tx} FROM {self.history} AS p
           WHERE {before});
    END LOOP;
  END IF;
END
"""

    def functions(self) -> list[tuple[str, str, str, str]]:
        """Kind, arguments, result and body of each function."""
        return [
            ("insert", "", "trigger", self.insert_function()),
            ("update", "", "trigger", self.update_function()),
            ("delete", "", "trigger", self.delete_function()),
            ("truncate", "", "trigger", self.truncate_function()),
            (
                "renumber",
                "old_id bigint, new_id bigint, gaps boolean",
                "void",
                self.renumber_function(),
            ),
        ]
