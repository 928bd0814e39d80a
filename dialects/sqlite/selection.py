"""Histories of some changes only: of some operations, or under a condition.

A change that is not recorded leaves no version, but it ends the one before it: what is not known is
not told.  Within the transaction that ended it, a version is open again when its row is as before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from continuum.dialects.spec import OPERATIONS
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite.text import both
from continuum.dialects.sqlite.text import quote

if TYPE_CHECKING:
    from continuum.dialects.sqlite.finishing import Finishing

IMAGES = {"insert": (None, "NEW"), "update": ("OLD", "NEW"), "delete": ("OLD", "OLD")}
"""The rows that the condition sees as old and new, by the kind of event."""


class Selection:
    """Tests of events, and what the events do that are not recorded."""

    def __init__(self, own: Finishing) -> None:
        self.own = own
        self.spec = own.spec
        self.known = own.state.known
        # Also right while the table is paused.
        self.now = own.state.read("s.transaction_id")

    @staticmethod
    def needed(spec: TriggerSpec) -> bool:
        """Say whether not every change of a table is recorded."""
        return spec.when is not None or not set(OPERATIONS) <= set(spec.operations)

    def wants(self, operation: str) -> bool:
        """Say whether versions of this operation are kept."""
        return operation in self.spec.operations

    def admits(self, event: str) -> str:
        """A condition of the triggers that record an event."""
        return both(self._holds(event), "" if self.wants(event) else self._matters(event))

    def misses(self, event: str) -> str:
        """A condition of the triggers for an event that is not recorded but ends a version."""
        return both(self.fails(event), self._matters(event))

    def fails(self, event: str) -> str:
        """A test that is true when the condition does not hold."""
        return f"NOT {self._holds(event)}"

    def deserves_baseline(self, row: str) -> str:
        """A test of a version: what it holds would have been recorded."""
        if self.spec.when is None:
            return ""
        names = {column.name: quote(column.history_name) for column in self.spec.columns}
        return self._test(None, lambda name: f"{row}.{names[name]}")

    def _holds(self, event: str) -> str:
        if self.spec.when is None:
            return ""
        old, new = IMAGES[event]
        return self._test(old, lambda name: f"{new}.{quote(name)}")

    def _test(self, old: str | None, new: Callable[[str], str]) -> str:
        assert self.spec.when is not None
        text = self.spec.when.render(
            "sqlite", old=None if old is None else lambda name: f"{old}.{quote(name)}", new=new
        )
        return f"(CASE WHEN {text} THEN 1 ELSE 0 END)"

    def _matters(self, event: str) -> str:
        """A test of whether an event that is not recorded has anything to end or to open."""
        own = self.own
        row = "OLD" if event == "delete" else "NEW"
        opened = f"v.{own.operation} <> 2"
        if event == "insert":
            opened = f"CASE WHEN {opened} THEN 1 ELSE v.{own.tx} = {self.known} END"
        # (Other than OR, CASE looks at no more than it has to.)
        test = f"CASE WHEN v.{own.end} IS NULL THEN {opened} ELSE v.{own.end} = {self.known} END"
        return (
            f"(SELECT {test} FROM {own.history} AS v WHERE {own.match(row, 'v')}"
            f" ORDER BY v.{own.tx} DESC LIMIT 1) IS 1"
        )

    @property
    def ask(self) -> str:
        """Find out the id of the transaction, paused or not."""
        state = self.own.state
        return (
            f"UPDATE {state.table} SET asked = NULL WHERE id = 1 AND {state.unknown(state.table)};"
        )

    def unrecorded_set(self, event: str, condition: str = "") -> str:
        """A row came or changed, unrecorded.

        :param condition: without it nothing is done.
        """
        own = self.own
        operation, end = f"{own.history}.{own.operation}", f"{own.history}.{own.end}"
        differs = own.differ_in_history(own.history, "NEW", "old")
        # One may have come in the place of another.
        replaced = f" AND {differs}" if event == "insert" else ""
        return f"""
{self._take_back("NEW", condition)}
UPDATE {own.history} SET {own.end} = CASE
    WHEN {end} IS NULL THEN CASE WHEN {operation} <> 2{replaced} THEN {self.now} END
    WHEN {operation} = 2 THEN CASE WHEN changes() = 0 THEN {self.now} END
    WHEN {differs} THEN {self.now} END
 WHERE {self._newest("NEW")}
   AND ({end} IS NULL OR {end} = {self.now}){_and(condition)};
"""

    def unrecorded_gone(self, condition: str = "") -> str:
        """A row went, unrecorded.

        :param condition: without it nothing is done.
        """
        own = self.own
        operation, end = f"{own.history}.{own.operation}", f"{own.history}.{own.end}"
        return f"""
{self._take_back("OLD", condition)}
UPDATE {own.history} SET {own.end} = CASE
    WHEN {operation} <> 2 OR changes() = 0 THEN {self.now} END
 WHERE {self._newest("OLD")}
   AND (({end} IS NULL AND {operation} <> 2) OR {end} = {self.now}){_and(condition)};
"""

    def _newest(self, row: str) -> str:
        own = self.own
        return (
            f"{own.match(row, own.history)}"
            f" AND {own.history}.{own.tx} = {own.newest(own.match(row, 'n'))}"
        )

    def _take_back(self, row: str, condition: str) -> str:
        """Remove the version that the transaction has written."""
        own = self.own
        return f"""
{own.raise_if(f"{own.newest(own.match(row, 'n'))} > {self.now}{_and(condition)}")}
DELETE FROM {own.history}
 WHERE {own.match(row, own.history)} AND {own.history}.{own.tx} = {self.now}{_and(condition)};
"""

    def drop_set(self) -> tuple[str, str]:
        """Remove a finished version that says that a row came or changed.

        Two statements: the first for before, the second for after the predecessor of a version
        that is gone was opened again.
        """
        own = self.own
        drop = f"DELETE FROM {own.history}\n WHERE {own.mine}"
        came = changed = ""
        if not self.wants("insert"):
            # (An UPDATE stays one, even of a row that has come back unrecorded.)
            came = f"{drop} AND NOT {own.present_before} AND OLD.{own.operation} <> 1;"
        if not self.wants("update"):
            changed = f"{drop} AND {own.present_before};"
        return came, changed

    def drop_gone(self) -> str:
        """Remove a finished version that says that a row went."""
        if self.wants("delete"):
            return ""
        return f"DELETE FROM {self.own.history}\n WHERE {self.own.mine};"


def _and(condition: str) -> str:
    return f" AND {condition}" if condition else ""
