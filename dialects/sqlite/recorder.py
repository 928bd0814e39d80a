"""The triggers of one table."""

from __future__ import annotations

from sqlalchemy import Integer

from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import storage_type
from continuum.dialects.sqlite.finishing import Finishing
from continuum.dialects.sqlite.finishing import Trigger
from continuum.dialects.sqlite.guarding import Unlocked
from continuum.dialects.sqlite.guarding import is_guarded
from continuum.dialects.sqlite.levels import Root
from continuum.dialects.sqlite.notes import Notes
from continuum.dialects.sqlite.notes import has_flags
from continuum.dialects.sqlite.text import PAUSED
from continuum.dialects.sqlite.text import ROWID
from continuum.dialects.sqlite.text import both
from continuum.dialects.sqlite.text import quote

ON_LIVE = (
    "insert", "new", "update", "rekey", "delete", "follow",
    "miss_insert", "miss_update", "miss_rekey", "miss_delete",
)  # fmt: skip
"""Kinds of triggers on the live table.  No kind may begin with another one and an underscore."""

ON_HISTORY = (
    "hand_over", "finish_set", "finish_gone", "finish_unknown", "finish_paused",
    "finish_touched", "taken_back", "note_born", "note_written", "end_born", "end_moved",
)  # fmt: skip
"""Kinds of triggers that belong to a live table but stand on its version table."""


class Recorder(Finishing):
    """Text of the triggers of one live table.

    A body has no branches, and each statement of it costs time for each row, even one that finds
    nothing to do.  So the triggers on the live table hold no more than the usual case.  Whatever
    else there is to do, they hand over to triggers on the version table, by giving a version an
    operation above 2; those finish it, and never run otherwise.
    """

    def keeps(self, operation: str) -> bool:
        """Say whether versions of this operation are kept."""
        return self.selection is None or self.selection.wants(operation)

    def value(self, column: ColumnSpec, row: str, operation: int) -> str:
        if operation == 2 and self.spec.null_delete and column.name not in self.spec.key:
            return "NULL"
        return f"{row}.{quote(column.name)}"

    def upsert(self, row: str, operation: str, found: int, condition: str = "") -> str:
        """Write the version of the running transaction.

        :param operation: operation of a new version.
        :param found: operation that hands over a version that exists already.
        :param condition: without it nothing is written.
        """
        values = self.image(row)
        if operation == self.usual(2, self.GONE_UNKNOWN) and self.spec.null_delete:
            # What is handed over needs the values; they go when it is finished.
            values = [
                value if c.name in self.spec.key else f"CASE WHEN changes() <> 1 THEN {value} END"
                for c, value in zip(self.spec.columns, values, strict=False)
            ]
            values += self.computed(row)
        values += [self.now, *(["NULL"] if self.end else []), operation]
        source = f"VALUES ({', '.join(values)})"
        if condition:
            source = f"SELECT {', '.join(values)} WHERE {condition}"
        assigned, where = self.assign("OLD", 2), ""
        if row == "NEW":
            assigned = self.assign_live()
            where = "" if self.spec.duplicates else f"\n WHERE {self.is_live('NEW')}"
        return (
            f"INSERT INTO {self.columns}\n{source}\n"
            f"ON CONFLICT ({', '.join(self.keys)}, {self.tx})"
            f" DO UPDATE SET {assigned}{self.operation} = {found}{where};"
        )

    def assign(self, row: str, operation: int = 0) -> str:
        """Set the columns of a version to the values of a live row."""
        values = [self.value(c, row, operation) for c in self.kept] + self.computed(row)
        return "".join(
            f"{name} = {value}, " for name, value in zip(self.changing, values, strict=True)
        )

    def assign_live(self) -> str:
        """Set the columns of a version to what the live row has now.

        A trigger of somebody else that fired before ours may have changed the row again.  Ours has
        been called for that change first, and must not go back to the values of ``NEW``.
        """
        if self.spec.duplicates or not self.changing:
            return self.assign("NEW")
        names = ", ".join(self.changing)
        values = ", ".join([*(f"l.{quote(c.name)}" for c in self.kept), *self.computed("l")])
        return (
            f"({names}) = (SELECT {values} FROM {self.live} AS l"
            f" WHERE {self.same_key('l', 'NEW')}), "
        )

    def close(self, row: str, still: str = "") -> str:
        """End the newest version, when it is open and of an earlier transaction.

        :param still: a further condition.
        """
        if self.end is None:
            return ""
        if row == "OLD" or (self.spec.when is not None and not still):
            # Under a condition a row can have come back unrecorded, and begins anew.
            still = f"{self.history}.{self.operation} <> 2"
        newest = (
            f"{self.match(row, self.history)}"
            f" AND {self.history}.{self.tx} = {self.newest(self.match(row, 'n'))}"
        )
        if self.rowid is not None:
            # (Of such a query there is only one row, and LIMIT would be tested for each.)
            newest = (
                f"{self.history}.{self.rowid} = (SELECT n.{self.rowid} FROM {self.history} AS n"
                f" WHERE {self.match(row, 'n')} ORDER BY n.{self.tx} DESC)"
            )
        ended = f"{self.history}.{self.end} IS NULL AND {self.history}.{self.tx} < {self.now}"
        return (
            f"UPDATE {self.history} SET {self.end} = {self.now}\n"
            f" WHERE {newest}\n"
            f"   AND {both(ended, still)};"
        )

    def usual(self, usual: int, unknown: int) -> str:
        """The operation of a new version: the usual one when its predecessor has been ended.

        In a trigger changes() counts what the statement before has changed.
        """
        if self.end is not None:
            return f"CASE WHEN changes() = 1 THEN {usual} ELSE {unknown} END"
        known = f"v.{self.tx} < {self.now} AND NOT {self.differ_in_history('v', 'OLD', 'old')}"
        if usual == 2:
            known += f" AND v.{self.operation} <> 2"
        return (
            f"CASE WHEN (SELECT {known}\n  FROM {self.history} AS v"
            f" WHERE {self.match('OLD', 'v')} ORDER BY v.{self.tx} DESC LIMIT 1)"
            f" THEN {usual} ELSE {unknown} END"
        )

    def came(self, condition: str = "") -> str:
        """A row came, or took this key.

        :param condition: without it nothing is done.
        """
        if not self.keeps("insert"):
            return self.upsert("NEW", str(self.COME), self.COME, condition)
        # A row that comes back needs no more than its DELETE version to end.
        end = self.close("NEW", both(f"{self.history}.{self.operation} = 2", condition))
        ended = "WHEN changes() = 1 THEN 0 " if end else ""
        first = self.state.read(
            f"s.current > 0 AND NOT EXISTS (SELECT 1 FROM {self.history} AS o"
            f" WHERE {self.match('NEW', 'o')} AND o.{self.tx} <> s.current)"
        )
        operation = f"CASE {ended}WHEN {first} THEN 0 ELSE {self.COME} END"
        return f"""
{end}
{self.upsert("NEW", operation, self.COME, condition)}
"""

    def changed(self) -> str:
        """A row changed and kept its key."""
        write = self.upsert("NEW", self.usual(1, self.SET_UNKNOWN), self.SET)
        if not self.keeps("update"):
            write = self.upsert("NEW", str(self.SET_UNKNOWN), self.SET, "changes() = 0")
        just_written = (
            f"{self.match('NEW', self.history)} AND {self.history}.{self.tx} = {self.now}"
        )
        if self.rowid is not None:
            # A version that was there already has another operation.
            just_written = f"{self.history}.{self.rowid} = last_insert_rowid()"
        # The old values are needed where they are not in the history already.
        return f"""
{self.close("NEW")}
{write}
UPDATE {self.history} SET {self.assign("OLD")}{self.operation} = {self.operation}
 WHERE {just_written}
   AND {self.history}.{self.operation} = {self.SET_UNKNOWN};
"""

    def went(self) -> str:
        """A row went."""
        if self.spec.null_delete and self.end is None:
            return self.upsert("OLD", str(self.GONE_UNKNOWN), self.GONE)
        write = self.upsert("OLD", self.usual(2, self.GONE_UNKNOWN), self.GONE)
        if not self.keeps("delete"):
            write = self.upsert("OLD", str(self.GONE_UNKNOWN), self.GONE, "changes() = 0")
        return f"""
{self.close("OLD")}
{write}
"""

    def left(self, condition: str) -> str:
        """A row left this key."""
        return self.upsert("OLD", str(self.GONE_UNKNOWN), self.GONE, condition)

    def followed(self) -> str:
        """An update that makes no version; what the running transaction wrote follows it."""
        sets = [f"{quote(c.history_name)} = NEW.{quote(c.name)}" for c in self.spec.ignored_columns]
        sets += [
            f"{name} = {value}"
            for name, value in zip(self.extra, self.computed("NEW"), strict=True)
        ]
        if has_flags(self.spec):
            # The flags are told by this that there is something new.
            sets.append(f"{self.operation} = {self.operation}")
        mine = f"{self.history}.{self.tx} = {self.state.known}"
        return (
            f"UPDATE {self.history} SET {', '.join(sets)}\n"
            f" WHERE {self.match('NEW', self.history)} AND {mine}\n"
            f"   AND {self.history}.{self.operation} <> 2;"
        )

    def triggers(self) -> dict[str, tuple[str, str, str, str]]:
        """Return event, table, condition and body of each trigger, by kind.

        The conditions of the triggers of one event exclude each other, and none of them can change
        by what another of them does: SQLite promises no order.
        """
        version_table = self.spec.version_table.name
        guarded = is_guarded(self.spec)
        found = {
            kind: (
                event,
                self.spec.table.name,
                when,
                Unlocked(self.state).during(body) if guarded else body,
            )
            for kind, (event, when, body) in {**self.on_live(), **self.on_miss()}.items()
        }
        on_history = {**self.on_history(), **Notes(self).triggers()}
        for kind, (event, when, body) in on_history.items():
            found[kind] = (event, version_table, when, body)
        return found

    @property
    def moves(self) -> str:
        """The event of a change of the key."""
        if any(column.virtual for column in self.spec.key_columns):
            return "AFTER UPDATE"
        # An update of the row id is one of the key, whatever name it is called by.
        return f"AFTER UPDATE OF {', '.join(quote(c) for c in (*self.spec.key, *ROWID))}"

    @property
    def moved(self) -> str:
        # What is stored as an integer has one representation.
        numbers = [c for c in self.spec.key_columns if isinstance(storage_type(c.type), Integer)]
        others = [c for c in self.spec.key_columns if c not in numbers]
        tests = [f"OLD.{quote(c.name)} IS NOT NEW.{quote(c.name)}" for c in numbers]
        if others:
            tests.append(self.differ(others, "OLD", "NEW"))
        return f"({' OR '.join(tests)})"

    @property
    def differs(self) -> str:
        """A condition of the triggers for rows that change and keep their keys."""
        return f"NOT {self.moved} AND {self.differ(self.spec.counting_columns, 'OLD', 'NEW')}"

    @property
    def gone(self) -> str:
        """True unless another row with the key has come meanwhile, or has always been there."""
        return f"NOT {self.is_live('OLD')}"

    @property
    def news(self) -> str:
        """True unless a row with this key was there already."""
        return f"NOT {self.is_open_and_live('NEW')}" if self.spec.duplicates else ""

    def on_live(self) -> dict[str, Trigger]:
        """Return the triggers on the live table that record."""
        spec, moved, selection = self.spec, self.moved, self.selection
        ask = self.state.ask(spec.table.name)
        come, changed, went, rekeyed = self.news, self.differs, self.gone, moved
        if selection is not None:
            come = both(come, selection.admits("insert"))
            changed = both(changed, selection.admits("update"))
            went = both(went, selection.admits("delete"))
            rekeyed = both(moved, f"(({went}) OR ({come or '1'}))")
        touch_new = touch_old = touch_both = ""
        if self.level is not None:
            touch_new, touch_old = self.level.touch("NEW"), self.level.touch("OLD")
            touch_both = self.level.touch_both()
        triggers = {
            "insert": ("AFTER INSERT", come, f"{ask}\n{self.came()}\n{touch_new}"),
            "update": ("AFTER UPDATE", changed, f"{ask}\n{self.changed()}\n{touch_new}"),
            "rekey": (
                self.moves, rekeyed, f"{ask}\n{self.left(went)}\n{self.came(come)}\n{touch_both}"
            ),
            "delete": ("AFTER DELETE", went, f"{ask}\n{self.went()}\n{touch_old}"),
            "follow": (
                "AFTER UPDATE",
                f"NOT {moved} AND NOT {self.differ(spec.counting_columns, 'OLD', 'NEW')}"
                f" AND {self.differ(spec.ignored_columns, 'OLD', 'NEW')}",
                self.followed(),
            ),
        }  # fmt: skip
        if self.level is not None:
            event, come, body = triggers["insert"]
            triggers["insert"] = (event, both(come, f"NOT {self.level.is_new}"), body)
            triggers["new"] = (event, both(come, self.level.is_new), f"{ask}\n{self.came()}")
        if not spec.counting_columns:
            del triggers["update"]
        if not spec.ignored_columns:
            del triggers["follow"]
        return triggers

    def on_miss(self) -> dict[str, Trigger]:
        """Return the triggers on the live table for what the condition leaves out."""
        selection = self.selection
        if selection is None or self.spec.when is None:
            return {}
        ask = selection.ask
        born, went = both(self.news, selection.fails("insert")), selection.fails("delete")
        left = both(self.gone, selection.misses("delete"))
        came = both(self.news, selection.misses("insert"))
        return {
            "miss_insert": ("AFTER INSERT", came, f"{ask}\n{selection.unrecorded_set('insert')}"),
            "miss_update": (
                "AFTER UPDATE",
                both(self.differs, selection.misses("update")),
                f"{ask}\n{selection.unrecorded_set('update')}",
            ),
            "miss_rekey": (
                self.moves,
                both(self.moved, f"(({left}) OR ({came}))"),
                f"{ask}\n{selection.unrecorded_gone(both(self.gone, went))}"
                f"\n{selection.unrecorded_set('insert', born)}",
            ),
            "miss_delete": ("AFTER DELETE", left, f"{ask}\n{selection.unrecorded_gone()}"),
        }

    def on_history(self) -> dict[str, Trigger]:
        """Return the triggers on the version table that finish a version."""
        code, recorded = f"NEW.{self.operation}", f"NEW.{self.tx} <> {PAUSED}"
        written, born = f"AFTER UPDATE OF {self.operation}", "AFTER INSERT"
        triggers = {
            "hand_over": (
                born, f"{code} IN ({self.COME}, {self.GONE_UNKNOWN})", self.hand_over()
            ),
            "finish_set": (
                written, f"{code} IN ({self.COME}, {self.SET}) AND {recorded}", self.finish_set()
            ),
            "finish_gone": (written, f"{code} = {self.GONE} AND {recorded}", self.finish_gone()),
            "finish_unknown": (
                written,
                f"{code} IN ({self.SET_UNKNOWN}, {self.GONE_UNKNOWN}) AND {recorded}",
                self.finish_unknown(),
            ),
            "finish_paused": (
                written, f"{code} > 2 AND NEW.{self.tx} = {PAUSED}", self.finish_paused()
            ),
        }  # fmt: skip
        if self.levels is not None:
            triggers["finish_touched"] = (
                born, f"{code} = {Root.TOUCHED}", self.levels.finish_touched()
            )  # fmt: skip
        if self.level is not None:
            triggers["taken_back"] = (
                "AFTER DELETE", f"OLD.{self.tx} = {self.state.known}", self.level.taken_back()
            )  # fmt: skip
        return triggers
