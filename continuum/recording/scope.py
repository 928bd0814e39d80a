"""Which tables the ORM recorder looks after on one kind of database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import Table

from continuum.dialects import emitter_for
from continuum.recording.images import Images
from continuum.recording.writer import Writer
from continuum.schema.recorded import RecordedTable

if TYPE_CHECKING:
    from continuum.mapping.journal import Journal

_ACTIONS = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


def records_with_orm(dialect: str, recorded: RecordedTable) -> bool:
    """Say whether the ORM records a table on databases of a dialect, not triggers."""
    return recorded.options.native_versioning is False or emitter_for(dialect) is None


@dataclass(frozen=True, eq=False)
class Action:
    """A foreign key through which the database changes rows by itself.

    :param child: the table that refers.
    :param columns: its columns.
    :param referred: the columns of the parent that they refer to.
    :param on_delete: action in capitals, empty for none.
    :param on_update: action in capitals, empty for none.
    """

    child: Table
    columns: tuple[Column[Any], ...]
    referred: tuple[Column[Any], ...]
    on_delete: str
    on_update: str


class Scope:
    """What the ORM recorder needs to know of the tables of one dialect.

    :param dialect: name of the dialect.
    :param journals: all journals of the manager.
    """

    def __init__(self, dialect: str, journals: Iterable[Journal]) -> None:
        self.dialect = dialect
        self.recorded: dict[Table, RecordedTable] = {}
        self.journals: dict[Table, Journal] = {}
        self._tables: set[Table] = set()
        for journal in journals:
            self._tables.update(journal.metadata.tables.values())
            for table, recorded in journal.recorded.items():
                if records_with_orm(dialect, recorded):
                    self.recorded[table] = recorded
                    self.journals[table] = journal
        self.by_name: dict[tuple[str | None, str], Table] = {
            (table.schema, table.name): table for table in self.recorded
        }
        self._images: dict[Table, Images] = {}
        self._writers: dict[Table, Writer] = {}

    def images(self, table: Table) -> Images:
        """Return the reading side of a recorded table."""
        found = self._images.get(table)
        if found is None:
            found = self._images[table] = Images(self.recorded[table], self.dialect)
        return found

    def writer(self, table: Table) -> Writer:
        """Return the writing side of a recorded table."""
        found = self._writers.get(table)
        if found is None:
            journal = self.journals[table]
            log = journal.transaction_table.c
            found = self._writers[table] = Writer(
                self.images(table), log[journal.log.id], log[journal.log.issued_at]
            )
        return found

    def is_link(self, table: Table) -> bool:
        """Say whether no class is mapped to a recorded table."""
        return not any(
            recorded.table is table
            for levels in self.journals[table].levels.values()
            for recorded in levels
        )

    @cached_property
    def actions(self) -> dict[Table, list[Action]]:
        """The foreign key actions that can reach a recorded table, by parent table.

        A table that is itself reached by deletion passes it on, recorded or not.
        """
        if not self.recorded:
            return {}
        links = [
            _action(constraint)
            for table in self._tables
            for constraint in table.foreign_key_constraints
            if _action_names(constraint) != ("", "")
        ]
        reaching = set(self.recorded)
        found: dict[Table, list[Action]] = {}
        while True:
            added = [
                link
                for link in links
                if link.child in reaching and link not in found.get(link.referred[0].table, ())
            ]
            if not added:
                break
            for link in added:
                parent = link.referred[0].table
                assert isinstance(parent, Table)
                found.setdefault(parent, []).append(link)
                reaching.add(parent)
        return found


def _action_names(constraint: ForeignKeyConstraint) -> tuple[str, str]:
    names = [(name or "").upper() for name in (constraint.ondelete, constraint.onupdate)]
    on_delete, on_update = (name if name in _ACTIONS else "" for name in names)
    return on_delete, on_update


def _action(constraint: ForeignKeyConstraint) -> Action:
    on_delete, on_update = _action_names(constraint)
    child = constraint.table
    assert isinstance(child, Table)
    return Action(
        child=child,
        columns=tuple(element.parent for element in constraint.elements),
        referred=tuple(element.column for element in constraint.elements),
        on_delete=on_delete,
        on_update=on_update,
    )
