"""What the triggers of one table of joined inheritance do for the other tables of its hierarchy.

The version table of the root is the timeline of the whole object: it has a row for each transaction
that changed the object at any level.  A lower level that has recorded a change sees to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuum.dialects.sqlite.text import TICK
from continuum.dialects.sqlite.text import quote

if TYPE_CHECKING:
    from continuum.dialects.sqlite.finishing import Finishing


class Root:
    """The tables below the root of a hierarchy, for the triggers of the root."""

    TOUCHED = 7
    """Operation of a version of the root that a lower level has made, where it is not the usual."""

    def __init__(self, root: Finishing, lower: tuple[Finishing, ...]) -> None:
        self.root = root
        self.lower = lower

    @property
    def alone(self) -> str:
        """A condition to add: no lower level has a version of the transaction."""
        root = self.root
        return "".join(
            f"\n   AND NOT EXISTS (SELECT 1 FROM {level.history} AS w"
            f" WHERE {_same(level.keys, 'w', root.keys, 'NEW')} AND w.{level.tx} = NEW.{root.tx})"
            for level in self.lower
        )

    def complete(self, condition: str) -> str:
        """Write a baseline for each lower row that has no open version.

        :param condition: true when the root is about to get a baseline.
        """
        return "\n".join(self._complete(level, condition) for level in self.lower)

    def _complete(self, level: Finishing, condition: str) -> str:
        key = tuple(quote(name) for name in level.spec.key)
        match = _same(level.keys, "n", self.root.keys, "NEW")
        known, start, end = match, "0", ""
        if level.end is not None:
            known += f" AND n.{level.tx} = {level.newest(match)} AND n.{level.end} IS NULL"
            start = f"coalesce((SELECT max(n.{level.end}) FROM {level.history} AS n WHERE {match})"
            start += ", 0)"
            end = "NULL, "
        return (
            f"INSERT INTO {level.columns}\n"
            f"SELECT {', '.join(level.image('l'))}, {start}, {end}0\n"
            f"  FROM {level.live} AS l WHERE {_same(key, 'l', self.root.keys, 'NEW')}\n"
            f"   AND NOT EXISTS (SELECT 1 FROM {level.history} AS n WHERE {known})\n"
            f"   AND {condition};"
        )

    def finish_touched(self) -> str:
        """A lower level has made a version of the root, which is not there or not open."""
        root = self.root
        known = "1" if root.end is None else f"p.{root.end} = NEW.{root.tx}"
        return f"""
{root.check_order}
{root.close_previous}
{root.baseline(known)}
UPDATE {root.history} SET {root.operation} = {root.present_before}
 WHERE {root.mine};
"""


class Level:
    """The root of a hierarchy, for the triggers of a table below it."""

    def __init__(self, own: Finishing, root: Finishing) -> None:
        self.own = own
        self.root = root
        self.key = tuple(quote(name) for name in own.spec.key)
        self.root_key = tuple(quote(name) for name in root.spec.key)
        # Also right while the table is paused.
        self.now = own.state.read("s.transaction_id")

    @property
    def is_new(self) -> str:
        """A test of a row that came: the object is new, and there is nothing to tell the root.

        It is only made where it costs less than telling it.
        """
        root, state = self.root, self.own.state
        believed = f"CASE WHEN s.unit IS NULL THEN s.stamp IS {TICK} ELSE s.guard IS NOT NULL END"
        now = state.read(f"CASE WHEN s.used = 1 AND {believed} THEN s.transaction_id END")
        return (
            f"EXISTS (SELECT 1 FROM {root.history} AS r"
            f" WHERE {_same(root.keys, 'r', self.key, 'NEW')}"
            f" AND r.{root.tx} = {now} AND r.{root.operation} = 0)"
        )

    def taken_back(self) -> str:
        """A version of the transaction was removed; that of the root may have been made for it."""
        own, root = self.own, self.root
        return (
            f"UPDATE {root.history} SET {root.operation} = {root.SET}\n"
            f" WHERE {_same(root.keys, root.history, own.keys, 'OLD')}"
            f" AND {root.history}.{root.tx} = OLD.{own.tx} AND {root.history}.{root.operation} = 1;"
        )

    def touch(self, row: str) -> str:
        """Bring the root up to date, after a row of this level came, changed or went."""
        return self._touch(row, "")

    def touch_both(self) -> str:
        """Bring the root up to date, after a row of this level left one key for another.

        When the key of the root has changed, and a foreign key has the change made here, the
        triggers of the root do not know of it yet; they are left to tell it themselves.  The root
        is then gone from the old key and has come to the new one, and its versions say neither.
        """
        known = f"v.{self.root.operation} <> 2"
        if self.root.end is not None:
            # (The first statement of a touch ends it.)
            known += f" AND (v.{self.root.end} IS NULL OR v.{self.root.end} = {self.now})"
        told = (
            f"\n   AND ({self._is_live('OLD')}"
            f"\n    OR {self._newest_is(f'v.{self.root.operation} = 2', 'OLD')}"
            f"\n    OR {self._newest_is(known, 'NEW')})"
        )
        return f"{self._touch('OLD', '')}\n{self._touch('NEW', told)}"

    def interrupted(self, code: str, come: str, replaced: str) -> tuple[str, str]:
        """A test of the root's version that a change during a pause ends, and the statement for it.

        :param code: what a trigger of this level on its version table has been called for.
        :param come: the code of a row that came.
        :param replaced: true when such a row has taken the place of another one.
        """
        root = self.root
        newest = root.newest(_same(root.keys, "n", self.own.keys, "NEW"))
        due = (
            f"{_same(root.keys, '{v}', self.own.keys, 'NEW')} AND {{v}}.{root.tx} = {newest}\n"
            f"     AND {{v}}.{root.end} IS NULL AND {{v}}.{root.operation} <> 2"
            f" AND {{v}}.{root.tx} IS NOT {self.now}\n     AND ({code} <> {come} OR {replaced})"
        )
        test = f"EXISTS (SELECT 1 FROM {root.history} AS r WHERE {due.replace('{v}', 'r')})"
        statement = (
            f"UPDATE {root.history} SET {root.end} = {self.now}\n"
            f" WHERE {due.replace('{v}', root.history)};"
        )
        return test, statement

    def _is_live(self, row: str) -> str:
        same = _same(self.root_key, "c", self.key, row)
        return f"EXISTS (SELECT 1 FROM {self.root.live} AS c WHERE {same})"

    def _newest_is(self, test: str, row: str) -> str:
        """A test of the newest version of the root, named ``v``."""
        root = self.root
        return (
            f"(SELECT {test} FROM {root.history} AS v WHERE {_same(root.keys, 'v', self.key, row)}"
            f" ORDER BY v.{root.tx} DESC LIMIT 1) IS 1"
        )

    def _touch(self, row: str, condition: str) -> str:
        own, root, now = self.own, self.root, self.now
        own_version = (
            f"EXISTS (SELECT 1 FROM {own.history} AS w"
            f" WHERE {own.match(row, 'w')} AND w.{own.tx} = {now})"
        )
        versions = _same(root.keys, root.history, self.key, row)
        newest = _same(root.keys, "n", self.key, row)
        close, end = "", ""
        usual = (
            f"(SELECT n.{root.tx} < {now} AND n.{root.operation} <> 2 FROM {root.history} AS n"
            f" WHERE {newest} ORDER BY n.{root.tx} DESC LIMIT 1)"
        )
        if root.end is not None:
            usual, end = "changes() = 1", "NULL, "
            last = f"{versions} AND {root.history}.{root.tx} = {root.newest(newest)}"
            if root.rowid is not None:
                last = (
                    f"{root.history}.{root.rowid} = (SELECT n.{root.rowid}"
                    f" FROM {root.history} AS n WHERE {newest} ORDER BY n.{root.tx} DESC LIMIT 1)"
                )
            close = (
                f"UPDATE {root.history} SET {root.end} = {now}\n"
                f" WHERE {last}\n"
                f"   AND {root.history}.{root.end} IS NULL AND {root.history}.{root.tx} < {now}"
                f" AND {root.history}.{root.operation} <> 2\n"
                f"   AND {own_version}\n   AND {self._is_live(row)}{condition};"
            )
        return f"""
{close}
INSERT INTO {root.columns}
SELECT {", ".join(root.image("l"))}, {now}, {end}CASE WHEN {usual} THEN 1 ELSE {Root.TOUCHED} END
  FROM {root.live} AS l WHERE {_same(self.root_key, "l", self.key, row)}
   AND {own_version}{condition}
ON CONFLICT ({", ".join(root.keys)}, {root.tx}) DO NOTHING;
"""


def _same(columns: tuple[str, ...], alias: str, others: tuple[str, ...], other: str) -> str:
    """A test that is true when two rows of a hierarchy have the same key."""
    return " AND ".join(
        f"{alias}.{one} = {other}.{two}" for one, two in zip(columns, others, strict=True)
    )
