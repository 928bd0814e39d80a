"""What going back would change, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Literal

from sqlalchemy import Table
from sqlalchemy.orm import Session

from continuum.operation import Operation
from continuum.reading.wording import worded

_WIDTH = 60
"""Longest value that is printed whole."""


@dataclass(frozen=True, eq=False)
class RowChange:
    """A row that going back inserts, updates or deletes.

    :param operation: what is done to the row.
    :param model: class of the row.
    :param key: the primary key, by attribute.
    :param values: ``{attribute: [now, then]}`` of what changes, as in a changeset.
    :param obj: the live object; ``None`` for a row that is inserted, until it is.
    """

    operation: Operation
    model: type[Any]
    key: Mapping[str, Any]
    values: Mapping[str, list[Any]]
    obj: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        lines = [f"{self.operation.name.lower()} {self.model.__name__} {_pairs(self.key)}"]
        if self.operation is Operation.UPDATE:
            lines += [
                f"    {name}: {_short(now)} -> {_short(then)}"
                for name, (now, then) in self.values.items()
            ]
        elif self.operation is Operation.INSERT:
            lines += [
                f"    {name}: {_short(then)}"
                for name, (_, then) in self.values.items()
                if name not in self.key
            ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class LinkChange:
    """A row of a table without version class, as association tables are, that going back writes.

    :param action: ``"link"``, ``"unlink"``, or ``"relink"`` for a link that stays and gets other
        values in its further columns.
    :param table: the association table.
    :param values: the columns of the row, by name: those that it has for ``"unlink"``, those that
        it gets otherwise.
    """

    action: Literal["link", "unlink", "relink"]
    table: Table
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.action} {self.table.fullname} {_pairs(self.values)}"


@dataclass(frozen=True, eq=False)
class Conflict:
    """A later change that stands in the way of an undo.

    :param kind: ``"changed"``: a later transaction changed the same column; ``"gone"``: the row
        was deleted; ``"taken"``: the key is in use again; ``"referenced"``: a row made later
        refers to one that would be deleted; ``"target gone"``: a row that would be referred to
        does not exist.
    :param table: the table.
    :param key: the primary key of the row, by attribute or column.
    :param attribute: the attribute concerned, ``None`` for the whole row.
    :param found: value that is there now.
    :param expected: value that the transaction left.
    :param wanted: value that the undo would set.
    :param deleted: the undo would not set a value, but delete the row.
    """

    kind: Literal["changed", "gone", "taken", "referenced", "target gone"]
    table: Table
    key: Mapping[str, Any]
    attribute: str | None = None
    found: Any = None
    expected: Any = None
    wanted: Any = None
    deleted: bool = False

    def __str__(self) -> str:
        row = f"{self.table.fullname} {_pairs(self.key)}"
        if self.kind == "changed":
            then = (
                "the row would be deleted"
                if self.deleted
                else f"would become {_short(self.wanted)}"
            )
            return (
                f"{row}: {self.attribute} is {_short(self.found)}, no longer "
                f"{_short(self.expected)}, and {then}"
            )
        if self.kind == "target gone":
            return f"{row}: {self.attribute} would refer to {_pairs(self.wanted)}, which is gone"
        told = {
            "gone": "the row was deleted since",
            "taken": "there is a row with this key again",
            "referenced": f"{self.found} refers to it",
        }
        return f"{row}: {told[self.kind]}"


class Plan:
    """What ``revert()``, ``restore()`` or ``undo()`` would do; ``print()`` shows it.

    It is true when there is something to do.  It describes the database and the session as they
    were when it was made: carry it out, or throw it away, before they change.

    Example::

        plan = version.revert(relations="all", dry_run=True)
        print(plan)
        plan.apply()
    """

    def __init__(
        self,
        session: Session,
        title: str,
        *,
        changes: tuple[RowChange, ...],
        links: tuple[LinkChange, ...],
        conflicts: tuple[Conflict, ...] = (),
        carry_out: Callable[[Plan], Any],
    ) -> None:
        self.session = session
        self.title = title
        self.changes = changes
        self.links = links
        self.conflicts = conflicts
        self._carry_out = carry_out

    def apply(self) -> Any:
        """Carry the plan out in its session, which is neither flushed nor committed.

        :returns: what the call without ``dry_run`` returns.
        :raises RevertVetoed: a listener of ``before_revert`` forbids it.
        :raises UndoConflict: later changes stand in the way of an undo.

        Queries: none, or one for each object that a reference has to be set to.
        """
        return self._carry_out(self)

    @property
    def inserted(self) -> tuple[RowChange, ...]:
        """Rows that are made anew."""
        return self._of(Operation.INSERT)

    @property
    def updated(self) -> tuple[RowChange, ...]:
        """Rows that get other values."""
        return self._of(Operation.UPDATE)

    @property
    def deleted(self) -> tuple[RowChange, ...]:
        """Rows that are deleted."""
        return self._of(Operation.DELETE)

    @property
    def linked(self) -> tuple[LinkChange, ...]:
        """Links that are made."""
        return tuple(link for link in self.links if link.action == "link")

    @property
    def unlinked(self) -> tuple[LinkChange, ...]:
        """Links that are taken away."""
        return tuple(link for link in self.links if link.action == "unlink")

    @property
    def relinked(self) -> tuple[LinkChange, ...]:
        """Links that get other values in their further columns."""
        return tuple(link for link in self.links if link.action == "relink")

    def _of(self, operation: Operation) -> tuple[RowChange, ...]:
        return tuple(change for change in self.changes if change.operation is operation)

    def __bool__(self) -> bool:
        return bool(self.changes or self.links or self.conflicts)

    def __repr__(self) -> str:
        return f"<Plan {self.title}: {', '.join(self._counts())}>"

    def __str__(self) -> str:
        lines = [f"{self.title}: {', '.join(self._counts())}"]
        for part in (*self.changes, *self.links):
            lines += [f"  {line}" for line in str(part).split("\n")]
        lines += [f"  conflict: {conflict}" for conflict in self.conflicts]
        return "\n".join(lines)

    def _counts(self) -> Iterator[str]:
        parts = {
            "inserted": self.inserted,
            "updated": self.updated,
            "deleted": self.deleted,
            "linked": self.linked,
            "unlinked": self.unlinked,
            "relinked": self.relinked,
            "in conflict": self.conflicts,
        }
        counts = [f"{len(found)} {name}" for name, found in parts.items() if found]
        yield from counts or ["nothing to do"]


def _pairs(values: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_short(value)}" for name, value in values.items())


def _short(value: Any) -> str:
    text = worded(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."
