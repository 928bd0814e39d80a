"""What the triggers of one table of joined inheritance do for the other tables of its hierarchy.

The version table of the root is the timeline of the whole object: it has a row for each transaction
that changed the object at any level, a copy of the live root row where only a lower level changed.
A lower level has rows of its own changes.

Who copies a live row locks it first and looks at its versions then.  That is the order in which
a change of the row itself locks them, so that two writers of one object wait for each other and do
not meet in a deadlock.  The lock is a shared one: a stronger one is refused for a table that the
statement itself changes.
"""

from __future__ import annotations

from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.versions import Versions
from continuum.dialects.spec import TriggerSpec


class LowerLevels:
    """The tables below a root, for triggers that write versions of the root.

    :param spec: the root's, or that of a table without a hierarchy.
    :param home: schema of the table that the triggers stand on.
    :param row_key: names of the key's columns in the rows of that table.
    :param besides: the level that the triggers stand on; it sees to itself.
    """

    def __init__(
        self,
        spec: TriggerSpec,
        *,
        home: str | None = None,
        row_key: tuple[str, ...] = (),
        besides: TriggerSpec | None = None,
    ) -> None:
        own = None if besides is None else besides.table
        self.levels = [
            Versions(level, home=home or spec.table.schema, row_key=row_key or spec.key)
            for level in spec.lower
            if level.table != own
        ]

    def declare(self) -> str:
        """Declare what :meth:`count` and :meth:`complete` use."""
        return "DECLARE deeper, level_tx, level_end, level_op BIGINT;"

    def count(self, row: str) -> str:
        """Set ``deeper`` to the number of levels that this transaction has changed.

        Plain reads show what the transaction itself has written.
        """
        found = [
            f"(SELECT COUNT(*) FROM {level.history} WHERE {level.match(row)}"
            f" AND {level.own_tx} = tx)"
            for level in self.levels
        ]
        return f"SELECT {' + '.join(found)} INTO deeper;" if found else "SET deeper = 0;"

    def check(self, row: str) -> str:
        """A row that is as before has a version all the same, when a lower level has one."""
        if not self.levels:
            return ""
        return f"""
IF same THEN
{indent(self.count(row), 2)}
  SET same = deeper = 0;
END IF;
"""

    def complete(self, row: str) -> str:
        """Write baselines where a lower level lacks an open version, as the root did."""
        return "\n".join(self._complete(level, row) for level in self.levels)

    def _complete(self, level: Versions, row: str) -> str:
        known = "level_tx IS NOT NULL"
        if level.end is not None:
            known += " AND level_end IS NULL"
        start = "0" if level.end is None else "COALESCE(level_end, 0)"
        # The plain read keeps levels that the object does not have from being locked.
        return f"""
SELECT COUNT(*) INTO deeper FROM {level.live} AS c
 WHERE {level.match_live(row)};
IF deeper THEN
  SET level_tx = NULL, level_end = NULL;
{indent(level.read(row, "level"), 2)}
  IF NOT ({known}) THEN
{indent(level.copy(row, "0", start), 4)}
  END IF;
END IF;
"""


class Root:
    """The root of a hierarchy, for the triggers of a table below it.

    :param spec: that of the lower table.
    """

    def __init__(self, spec: TriggerSpec, root: TriggerSpec) -> None:
        home = spec.table.schema
        self.versions = Versions(root, home=home, row_key=spec.key)
        self.others = LowerLevels(root, home=home, row_key=spec.key, besides=spec)

    def declare(self) -> str:
        """Declare the variables of :meth:`touch`."""
        return f"DECLARE changed BIGINT;\n{self.others.declare()}"

    def touch(self, own: Versions, row: str) -> str:
        """Give the root a version when this level has got one, or take back what has become idle.

        Whether this level was changed is read from its version table, which is right after
        whatever an event has done.
        """
        root = self.versions
        return f"""
IF tx IS NOT NULL THEN
  touch: BEGIN
    SELECT COUNT(*) INTO changed FROM {own.history}
     WHERE {own.match(row)} AND {own.own_tx} = tx;
{indent(root.guess(row), 4)}
    IF newest_tx = tx THEN
      IF NOT changed THEN
{indent(self._take_back(row), 8)}
      END IF;
    ELSEIF changed THEN
{indent(self._write(row), 6)}
    END IF;
  END touch;
END IF;
"""

    def _take_back(self, row: str) -> str:
        """The root's version of this transaction goes if nothing of the object has changed."""
        root = self.versions
        columns = (*root.inexact_key, *root.spec.counting_columns)
        equal = root.equal(columns, root.own, "c", old_is_history=True)
        return f"""
{self.others.count(row)}
IF deeper THEN
  LEAVE touch;
END IF;
{root.read_version(row, "tx")}
IF newest_op <> 1 THEN
  LEAVE touch;
END IF;
SET before_tx = NULL;
{root.before(row)}
IF {root.present_before()} THEN
  SELECT COUNT(*) INTO same FROM {root.history}, {root.live} AS c
   WHERE {root.match(row)} AND {root.own_tx} = before_tx
     AND {root.match_live(row)}
     AND {equal}
     LOCK IN SHARE MODE;
  IF same THEN
{indent(root.forget(row), 4)}
  END IF;
END IF;
"""

    def _write(self, row: str) -> str:
        """The root gets a version, if it is alive; otherwise its own triggers tell the story."""
        root = self.versions
        if root.end is None:
            rest = f"""
ELSE
{indent(root.copy(row, "IF(newest_op = 2, 0, 1)"), 2)}
END IF;
"""
        else:
            rest = f"""
ELSEIF newest_end IS NULL THEN
{indent(root.close(row), 2)}
{indent(root.copy(row, "IF(newest_op = 2, 0, 1)"), 2)}
ELSE
  IF newest_end < tx THEN
{indent(root.copy(row, "0", "newest_end", "tx"), 4)}
{indent(self.others.complete(row), 4)}
  END IF;
{indent(root.copy(row, "1"), 2)}
END IF;
"""
        return f"""
SELECT COUNT(*) INTO same FROM {root.live} AS c
 WHERE {root.match_live(row)} LOCK IN SHARE MODE;
IF same = 0 THEN
  LEAVE touch;
END IF;
{self._replace_guessed(row)}
SET newest_tx = NULL;
{root.read(row, "newest")}
{root.in_order()}
IF newest_tx IS NULL THEN
{indent(root.copy(row, "0", "0", "tx"), 2)}
{indent(self.others.complete(row), 2)}
{indent(root.copy(row, "1"), 2)}
{rest}
"""

    def _replace_guessed(self, row: str) -> str:
        root = self.versions
        if root.end is None:
            return ""
        end, ended = root.end_guessed(row, f" AND {root.own_operation} <> 2")
        return f"""
IF newest_tx < tx THEN
{indent(end, 2)}
  IF {ended} THEN
{indent(root.copy(row, "1"), 4)}
    LEAVE touch;
  END IF;
END IF;
"""

    def interrupt(self, row: str) -> str:
        """End the root's open version, too, when a pause has ended one of this level (rule 9)."""
        root = self.versions
        return f"""
SET newest_tx = NULL;
{root.read(row, "newest")}
IF newest_tx <> tx AND newest_end IS NULL THEN
{indent(root.in_order(), 2)}
{indent(root.close(row), 2)}
END IF;
"""
