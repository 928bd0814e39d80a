"""The triggers on a version table that finish what is not the usual case."""

from __future__ import annotations

from collections.abc import Collection

from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite.fragments import Fragments
from continuum.dialects.sqlite.levels import Level
from continuum.dialects.sqlite.levels import Root
from continuum.dialects.sqlite.selection import Selection
from continuum.dialects.sqlite.text import both
from continuum.dialects.sqlite.text import quote

Trigger = tuple[str, str, str]
"""Event, condition and body."""


class Finishing(Fragments):
    """Texts of the triggers that a version is handed over to, by an operation above 2."""

    def __init__(
        self, spec: TriggerSpec, with_rowid: Collection[tuple[str, str]] = frozenset()
    ) -> None:
        """Prepare the fragments; the parameters are those of :class:`Fragments`."""
        super().__init__(spec, with_rowid)
        self.level = None
        if spec.root is not None:
            self.level = Level(self, Finishing(spec.root, with_rowid))
        self.selection = Selection(self) if Selection.needed(spec) else None
        self.levels = None
        if spec.lower:
            self.levels = Root(self, tuple(Finishing(lower) for lower in spec.lower))

    @property
    def mine(self) -> str:
        """The version that the running transaction wrote."""
        return f"{self.match_version(self.history)} AND {self.history}.{self.tx} = NEW.{self.tx}"

    @property
    def previous(self) -> str:
        """Id of the version before it."""
        return self.newest(self.match_version("n"), f"< NEW.{self.tx}")

    def before(self, condition: str) -> str:
        """A test of the version before it, named ``p``."""
        return (
            f"EXISTS (SELECT 1 FROM {self.history} AS p WHERE {self.match_version('p')}\n"
            f"   AND p.{self.tx} = {self.previous} AND {condition})"
        )

    @property
    def present_before(self) -> str:
        """True when the row was there before the running transaction."""
        closed = "" if self.end is None else f"p.{self.end} = NEW.{self.tx} AND "
        return self.before(f"{closed}p.{self.operation} <> 2")

    @property
    def check_order(self) -> str:
        later = (
            f"EXISTS (SELECT 1 FROM {self.history} AS n WHERE {self.match_version('n')}"
            f" AND n.{self.tx} > NEW.{self.tx})"
        )
        if self.end is not None:
            later += f"\n    OR {self.before(f'p.{self.end} > NEW.{self.tx}')}"
        return self.raise_if(later)

    def copy(self, row: str) -> str:
        """Set the columns of a version to those of a version that a trigger was called with."""
        return "".join(f"{name} = {row}.{name}, " for name in self.changing)

    @property
    def close_previous(self) -> str:
        if self.end is None:
            return ""
        return (
            f"UPDATE {self.history} SET {self.end} = NEW.{self.tx}\n"
            f" WHERE {self.match_version(self.history)}"
            f" AND {self.history}.{self.tx} = {self.previous}"
            f" AND {self.history}.{self.end} IS NULL;"
        )

    @property
    def reopen_previous(self) -> str:
        """Open the version before again, when the one that ended it has been taken back."""
        if self.end is None:
            return ""
        newest = self.newest(self.match_version("n"), f"<= NEW.{self.tx}")
        return (
            f"UPDATE {self.history} SET {self.end} = NULL\n"
            f" WHERE {self.match_version(self.history)} AND {self.history}.{self.tx} = {newest}\n"
            f"   AND {self.history}.{self.tx} < NEW.{self.tx}"
            f" AND {self.history}.{self.end} = NEW.{self.tx};"
        )

    def finish_set(self) -> str:
        """A row is there now.  Nothing remains when it is as it was before the transaction."""
        ended = "" if self.end is None else f" AND {self.history}.{self.end} = NEW.{self.tx}"
        # When a trigger of somebody else changed a new row before ours was told of its birth, ours
        # took it for one that is older than its history.
        false_baseline = f"""
DELETE FROM {self.history}
 WHERE {self.match_version(self.history)} AND {self.history}.{self.tx} = 0{ended}
   AND NEW.{self.operation} = {self.COME} AND OLD.{self.operation} = 1
   AND {self.previous} = 0;
"""
        closed = "" if self.end is None else f"p.{self.end} = NEW.{self.tx} AND "
        unchanged = self.before(
            f"{closed}p.{self.operation} <> 2\n   AND NOT {self.differ_in_history('p', 'NEW')}"
        )
        if self.levels is not None:
            unchanged += self.levels.alone
        drop_came, drop_changed, operation = "", "", self.present_before
        if self.selection is not None:
            drop_came, drop_changed = self.selection.drop_set()
            if not self.selection.wants("insert"):
                operation = "1"
        return f"""
{self.check_order}
{"" if self.spec.duplicates else false_baseline}
{self.close_previous}
DELETE FROM {self.history}
 WHERE {self.mine}
   AND {unchanged};
{drop_came}
{self.reopen_previous}
{drop_changed}
UPDATE {self.history} SET {self.operation} = {operation}
 WHERE {self.mine};
"""

    def finish_gone(self) -> str:
        """A row is gone now.  Nothing remains when it was not there before the transaction."""
        drop = "" if self.selection is None else self.selection.drop_gone()
        return f"""
{self.check_order}
DELETE FROM {self.history}
 WHERE {self.mine} AND NOT {self.present_before};
{self.reopen_previous}
{drop}
UPDATE {self.history} SET {self.nothing()}{self.operation} = 2
 WHERE {self.mine};
"""

    def nothing(self) -> str:
        """Empty a version that keeps no more than the key."""
        if not self.spec.null_delete:
            return ""
        return "".join(f"{quote(c.history_name)} = NULL, " for c in self.spec.value_columns)

    def hand_over(self) -> str:
        """Call the trigger that finishes a new version."""
        return f"UPDATE {self.history} SET {self.operation} = {self.operation} WHERE {self.mine};"

    def finish_unknown(self) -> str:
        """A row was older than its history, or changed while nobody recorded it."""
        if self.end is not None:
            known = f"p.{self.end} = NEW.{self.tx}"
        else:
            known = f"(NOT {self.differ_in_history('p', 'NEW')} OR {self.last_before} IS NULL)"
        return f"""
{self.check_order}
{self.close_previous}
{self.baseline(known)}
UPDATE {self.history} SET {self.copy("OLD")}{self.operation} = NEW.{self.operation} - 3
 WHERE {self.mine};
"""

    def baseline(self, known: str) -> str:
        """Write the row as it was before, from the version that a trigger has been called with.

        :param known: a test of the version before it, named ``p``, that leaves nothing to write.
        """
        values = ", ".join(f"NEW.{name}" for name in self.names)
        start, end = self.last_before, ""
        if self.end is not None:
            start, end = f"p.{self.end}", f"NEW.{self.tx}, "
        previous = (
            f"(SELECT {start} FROM {self.history} AS p WHERE {self.match_version('p')}"
            f" AND p.{self.tx} = {self.previous})"
        )
        due = f"NOT {self.before(known)}"
        if self.selection is not None:
            due = both(due, self.selection.deserves_baseline("NEW"))
        complete = "" if self.levels is None else self.levels.complete(due)
        return f"""
{complete}
INSERT INTO {self.columns}
SELECT {values}, coalesce({previous}, 0), {end}0
 WHERE {due};
"""

    @property
    def last_before(self) -> str:
        """The id before that of the running transaction, if it is above that of version ``p``."""
        if not self.state.home:
            return self.state.read(f"CASE WHEN s.previous > p.{self.tx} THEN s.previous END")
        log = self.spec.log
        return (
            f"(SELECT max(t.{quote(log.id)}) FROM {quote(log.table.name)} AS t"
            f" WHERE t.{quote(log.id)} < NEW.{self.tx} AND t.{quote(log.id)} > p.{self.tx})"
        )

    def finish_paused(self) -> str:
        """What the running transaction wrote follows its row; any other version is ended.

        The version that this is called for only brought the values, in ``OLD``.
        """
        code = f"NEW.{self.operation}"
        real = self.state.read("s.transaction_id")
        newest = self.newest(self.match_version("n"))
        mine = f"{self.history}.{self.tx} = {real}"
        interrupt = ""
        if self.end is not None:
            # Nobody has to be told of a new row; but one may have come in the place of another.
            due = (
                f"{{v}}.{self.end} IS NULL AND {{v}}.{self.tx} IS NOT {real}"
                f" AND ({code} <> {self.COME} OR ({{v}}.{self.operation} <> 2"
                f" AND {self.differ_in_history('{v}', 'OLD')}))"
            )
            state = self.state.table
            test, above = (
                (
                    f"EXISTS (SELECT 1 FROM {self.history} AS v WHERE {self.match_version('v')}\n"
                    f"     AND v.{self.tx} = {newest} AND {due.replace('{v}', 'v')})"
                ),
                "",
            )
            if self.level is not None:
                test_above, above = self.level.interrupted(code, str(self.COME), test)
                test = f"({test} OR {test_above})"
            interrupt = f"""
UPDATE {state} SET asked = NULL
 WHERE id = 1 AND {state}.used IS NOT 1
   AND {test};
{self.raise_if(f"{newest} > {real}")}
{above}
UPDATE {self.history} SET {self.end} = {real}
 WHERE {self.match_version(self.history)} AND {self.history}.{self.tx} = {newest}
   AND {due.replace("{v}", self.history)};
"""
        return f"""
DELETE FROM {self.history}
 WHERE {self.mine};
{interrupt}
UPDATE {self.history} SET {self.copy("OLD")}{self.operation} =
  CASE {code} WHEN {self.GONE_UNKNOWN} THEN {self.GONE} ELSE {self.SET} END
 WHERE {self.match_version(self.history)} AND {mine};
"""
