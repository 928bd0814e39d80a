"""The triggers of one table."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable

from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.spec import storage_type
from continuum.dialects.sqlite.levels import Level
from continuum.dialects.sqlite.levels import Root
from continuum.dialects.sqlite.state import State
from continuum.dialects.sqlite.text import PAUSED
from continuum.dialects.sqlite.text import ROWID
from continuum.dialects.sqlite.text import TICK
from continuum.dialects.sqlite.text import quote
from continuum.dialects.sqlite.text import refusal
from continuum.dialects.sqlite.text import schema_of

ON_LIVE = ("insert", "update", "rekey", "delete", "follow")
"""Kinds of triggers on the live table.  No kind may begin with another one and an underscore."""

ON_HISTORY = (
    "hand_over", "finish_set", "finish_gone", "finish_unknown", "finish_paused", "finish_touched",
)  # fmt: skip
"""Kinds of triggers that belong to a live table but stand on its version table."""


class Recorder:
    """Text of the triggers of one live table.

    A body has no branches, and each statement of it costs time for each row, even one that finds
    nothing to do.  So the triggers on the live table hold no more than the usual case.  Whatever
    else there is to do, they hand over to triggers on the version table, by giving a version an
    operation above 2; those finish it, and never run otherwise.
    """

    COME = 4
    """A row came, and its key has versions."""
    SET = 5
    """A row was set that the running transaction had written before."""
    GONE = 6
    """A row went that the running transaction had written before."""
    SET_UNKNOWN = 8
    """A row was set that its history does not know; the version carries its old values."""
    GONE_UNKNOWN = 9
    """A row went that its history does not know; the version carries its old values."""

    def __init__(
        self, spec: TriggerSpec, with_rowid: Collection[tuple[str, str]] = frozenset()
    ) -> None:
        """Prepare the fragments.

        :param with_rowid: tables (schema and name) that are known to have row ids.
        """
        self.spec = spec
        self.state = State(spec.log, schema_of(spec.table.schema))
        self.live = quote(spec.table.name)
        self.history = quote(spec.version_table.name)
        self.tx = quote(spec.transaction_column)
        self.end = None if spec.end_column is None else quote(spec.end_column)
        self.operation = quote(spec.operation_column)
        self.now = self.state.read("s.current")
        self.keys = tuple(quote(c.history_name) for c in spec.key_columns)
        # Where the key's collation takes different texts for the same key, its text is data too.
        self.loose_key = tuple(
            c for c in spec.key_columns if getattr(storage_type(c.type), "collation", None)
        )
        self.kept = (*self.loose_key, *spec.value_columns)
        taken = {c.history_name.lower() for c in spec.columns}
        free = [name for name in ROWID if name not in taken]
        history = (self.state.schema, spec.version_table.name)
        self.rowid = free[0] if history in with_rowid and free else None
        self.level = None
        if spec.root is not None:
            self.level = Level(self, Recorder(spec.root, with_rowid))
        self.levels = None
        if spec.lower:
            self.levels = Root(self, tuple(Recorder(lower) for lower in spec.lower))

    # fragments

    def match(self, row: str, alias: str) -> str:
        """The version rows of a live row."""
        return " AND ".join(
            f"{alias}.{quote(c.history_name)} = {row}.{quote(c.name)}"
            for c in self.spec.key_columns
        )

    def match_version(self, alias: str) -> str:
        """The version rows with the key of the version that a trigger has been called for."""
        return " AND ".join(f"{alias}.{key} = NEW.{key}" for key in self.keys)

    def newest(self, match: str, limit: str = "") -> str:
        """Id of the newest of the versions named ``n``.

        Of the conditions only those on the id may be added here: they narrow the search, while
        any other would make it go through all versions of the row.
        """
        below = f" AND n.{self.tx} {limit}" if limit else ""
        return f"(SELECT max(n.{self.tx}) FROM {self.history} AS n WHERE {match}{below})"

    def is_live(self, row: str) -> str:
        """A test that is true while the live table has a row with this key."""
        return f"EXISTS (SELECT 1 FROM {self.live} AS c WHERE {self.same_key('c', row)})"

    def is_open_and_live(self, row: str) -> str:
        """A test that is true when the newest version of a key says that it is there."""
        opened = "" if self.end is None else f" AND v.{self.end} IS NULL"
        return (
            f"EXISTS (SELECT 1 FROM {self.history} AS v WHERE {self.match(row, 'v')}\n"
            f"   AND v.{self.tx} = {self.newest(self.match(row, 'n'))}"
            f"{opened} AND v.{self.operation} <> 2)"
        )

    def same_key(self, alias: str, row: str) -> str:
        return " AND ".join(f"{alias}.{quote(c)} = {row}.{quote(c)}" for c in self.spec.key)

    def differ(
        self, columns: Iterable[ColumnSpec], old: str, new: str, *, versions: str = ""
    ) -> str:
        """A test of two rows that is never null, byte by byte.

        :param versions: which of them are versions: ``"old"``, ``"both"`` or none.
        """
        tests = []
        for column in columns:
            before = f"{old}.{quote(column.history_name if versions else column.name)}"
            after = f"{new}.{quote(column.history_name if versions == 'both' else column.name)}"
            if column.comparison is not None:
                test = column.comparison.replace("{old}", before).replace("{new}", after)
                tests.append(
                    f"CASE WHEN {before} IS NULL OR {after} IS NULL"
                    f" THEN {before} IS NOT {after} ELSE ({test}) END"
                )
            else:
                tests.append(f"{before} COLLATE BINARY IS NOT {after}")
                tests.append(f"typeof({before}) IS NOT typeof({after})")
        return "(" + " OR ".join(tests) + ")" if tests else "0"

    def differ_in_history(self, old: str, new: str, versions: str = "both") -> str:
        """A test of whether two images of a row would be two versions."""
        columns = (*self.loose_key, *self.spec.counting_columns)
        return self.differ(columns, old, new, versions=versions)

    def raise_if(self, condition: str) -> str:
        """Refuse ids that go backwards."""
        message = refusal(
            f"the history of {self.spec.table.name} has transaction ids above that of the running "
            "transaction"
        )
        return f"SELECT {message} WHERE {condition};"

    # what the triggers on the live table are made of

    @property
    def columns(self) -> str:
        names = [*(quote(c.history_name) for c in self.spec.columns), self.tx]
        names += [*([self.end] if self.end else []), self.operation]
        return f"{self.history} ({', '.join(names)})"

    def image(self, row: str) -> list[str]:
        """What a version holds of a live row."""
        return [f"{row}.{quote(c.name)}" for c in self.spec.columns]

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
                for c, value in zip(self.spec.columns, values, strict=True)
            ]
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
        return "".join(
            f"{quote(c.history_name)} = {self.value(c, row, operation)}, " for c in self.kept
        )

    def assign_live(self) -> str:
        """Set the columns of a version to what the live row has now.

        A trigger of somebody else that fired before ours may have changed the row again.  Ours has
        been called for that change first, and must not go back to the values of ``NEW``.
        """
        if self.spec.duplicates or not self.kept:
            return self.assign("NEW")
        names = ", ".join(quote(c.history_name) for c in self.kept)
        values = ", ".join(f"l.{quote(c.name)}" for c in self.kept)
        return (
            f"({names}) = (SELECT {values} FROM {self.live} AS l"
            f" WHERE {self.same_key('l', 'NEW')}), "
        )

    def close(self, row: str) -> str:
        """End the newest version, when it is open and of an earlier transaction."""
        if self.end is None:
            return ""
        still = f" AND {self.history}.{self.operation} <> 2" if row == "OLD" else ""
        newest = (
            f"{self.match(row, self.history)}"
            f" AND {self.history}.{self.tx} = {self.newest(self.match(row, 'n'))}"
        )
        if self.rowid is not None:
            newest = (
                f"{self.history}.{self.rowid} = (SELECT n.{self.rowid} FROM {self.history} AS n"
                f" WHERE {self.match(row, 'n')} ORDER BY n.{self.tx} DESC LIMIT 1)"
            )
        return (
            f"UPDATE {self.history} SET {self.end} = {self.now}\n"
            f" WHERE {newest}\n"
            f"   AND {self.history}.{self.end} IS NULL"
            f" AND {self.history}.{self.tx} < {self.now}{still};"
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
        """A row came, or took this key."""
        operation = (
            f"CASE WHEN {self.now} > 0 AND NOT EXISTS (SELECT 1 FROM {self.history} AS o"
            f" WHERE {self.match('NEW', 'o')} AND o.{self.tx} <> {self.now})"
            f" THEN 0 ELSE {self.COME} END"
        )
        return self.upsert("NEW", operation, self.COME, condition)

    def changed(self) -> str:
        """A row changed and kept its key."""
        # The old values are needed where they are not in the history already.
        return f"""
{self.close("NEW")}
{self.upsert("NEW", self.usual(1, self.SET_UNKNOWN), self.SET)}
UPDATE {self.history} SET {self.assign("OLD")}{self.operation} = {self.operation}
 WHERE {self.match("NEW", self.history)} AND {self.history}.{self.tx} = {self.now}
   AND {self.history}.{self.operation} = {self.SET_UNKNOWN};
"""

    def went(self) -> str:
        """A row went."""
        if self.spec.null_delete and self.end is None:
            return self.upsert("OLD", str(self.GONE_UNKNOWN), self.GONE)
        return f"""
{self.close("OLD")}
{self.upsert("OLD", self.usual(2, self.GONE_UNKNOWN), self.GONE)}
"""

    def left(self, condition: str) -> str:
        """A row left this key."""
        return self.upsert("OLD", str(self.GONE_UNKNOWN), self.GONE, condition)

    # what the triggers on the version table are made of

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
        return "".join(
            f"{quote(c.history_name)} = {row}.{quote(c.history_name)}, " for c in self.kept
        )

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
        return f"""
{self.check_order}
{"" if self.spec.duplicates else false_baseline}
{self.close_previous}
DELETE FROM {self.history}
 WHERE {self.mine}
   AND {unchanged};
{self.reopen_previous}
UPDATE {self.history} SET {self.operation} = {self.present_before}
 WHERE {self.mine};
"""

    def finish_gone(self) -> str:
        """A row is gone now.  Nothing remains when it was not there before the transaction."""
        return f"""
{self.check_order}
DELETE FROM {self.history}
 WHERE {self.mine} AND NOT {self.present_before};
{self.reopen_previous}
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
        values = ", ".join(f"NEW.{quote(c.history_name)}" for c in self.spec.columns)
        start, end = self.last_before, ""
        if self.end is not None:
            start, end = f"p.{self.end}", f"NEW.{self.tx}, "
        previous = (
            f"(SELECT {start} FROM {self.history} AS p WHERE {self.match_version('p')}"
            f" AND p.{self.tx} = {self.previous})"
        )
        due = f"NOT {self.before(known)}"
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

    def followed(self) -> str:
        """An update that makes no version; what the running transaction wrote follows it."""
        sets = ", ".join(
            f"{quote(c.history_name)} = NEW.{quote(c.name)}" for c in self.spec.ignored_columns
        )
        # While paused what is asked for is not known from the last time, but the id itself is.
        believed = (
            f"CASE WHEN s.unit IS NULL THEN s.stamp IS {TICK}"
            f" ELSE s.used = 1 AND {self.state.believed()} END"
        )
        now = self.state.read(f"CASE WHEN {believed} THEN s.transaction_id END")
        return (
            f"UPDATE {self.history} SET {sets}\n"
            f" WHERE {self.match('NEW', self.history)} AND {self.history}.{self.tx} = {now}\n"
            f"   AND {self.history}.{self.operation} <> 2;"
        )

    # triggers

    def triggers(self) -> dict[str, tuple[str, str, str, str]]:
        """Return event, table, condition and body of each trigger, by kind.

        The conditions of the triggers of one event exclude each other, and none of them can change
        by what another of them does: SQLite promises no order.
        """
        spec = self.spec
        moved = self.differ(spec.key_columns, "OLD", "NEW")
        changed = self.differ(spec.counting_columns, "OLD", "NEW")
        # Another row with this key may have come meanwhile, or may always have been there.
        gone = f"NOT {self.is_live('OLD')}"
        news = f"NOT {self.is_open_and_live('NEW')}" if spec.duplicates else ""
        ask = self.state.ask(spec.table.name)
        # An update of the row id is one of the key, whatever name it is called by.
        key = ", ".join(quote(c) for c in (*spec.key, *ROWID))
        moves = f"AFTER UPDATE OF {key}"
        if any(column.virtual for column in spec.key_columns):
            moves = "AFTER UPDATE"
        touch_new = touch_old = touch_both = ""
        if self.level is not None:
            touch_new, touch_old = self.level.touch("NEW"), self.level.touch("OLD")
            touch_both = self.level.touch_both()
        on_live = {
            "insert": ("AFTER INSERT", news, f"{ask}\n{self.came()}\n{touch_new}"),
            "update": (
                "AFTER UPDATE", f"NOT {moved} AND {changed}",
                f"{ask}\n{self.changed()}\n{touch_new}",
            ),
            "rekey": (
                moves, moved, f"{ask}\n{self.left(gone)}\n{self.came(news)}\n{touch_both}"
            ),
            "delete": ("AFTER DELETE", gone, f"{ask}\n{self.went()}\n{touch_old}"),
            "follow": (
                "AFTER UPDATE",
                f"NOT {moved} AND NOT {changed}"
                f" AND {self.differ(spec.ignored_columns, 'OLD', 'NEW')}",
                self.followed(),
            ),
        }  # fmt: skip
        if not spec.counting_columns:
            del on_live["update"]
        if not spec.ignored_columns:
            del on_live["follow"]
        code, recorded = f"NEW.{self.operation}", f"NEW.{self.tx} <> {PAUSED}"
        written = f"AFTER UPDATE OF {self.operation}"
        born = "AFTER INSERT"
        on_history = {
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
            on_history["finish_touched"] = (
                born, f"{code} = {Root.TOUCHED}", self.levels.finish_touched()
            )  # fmt: skip
        return {
            **{
                kind: (event, spec.table.name, when, body)
                for kind, (event, when, body) in on_live.items()
            },
            **{
                kind: (event, spec.version_table.name, when, body)
                for kind, (event, when, body) in on_history.items()
            },
        }
