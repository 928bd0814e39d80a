"""Foreign key actions, which these databases carry out without firing triggers."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from continuum.dialects.mysql.text import digest
from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import joined_name
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import table_name
from continuum.dialects.spec import Cascade
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec


@dataclass(frozen=True)
class Pair:
    """Foreign keys from one table to another whose actions a trigger of ours carries out."""

    parent: TableName
    child: TableName
    actions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @property
    def name(self) -> str:
        child = self.child
        shown = child.name if child.schema == self.parent.schema else f"{child.schema}_{child.name}"
        return joined_name("continuum", "cascade", self.parent.name, shown)

    @property
    def fingerprint(self) -> str:
        home = self.parent.schema
        child = [None if self.child.schema == home else self.child.schema, self.child.name]
        return digest([1, self.parent.name, child, self.actions], 20)

    def body(self) -> str:
        """Delete or release the children while their triggers can see it.

        With foreign keys switched off the database itself would leave them alone.
        """
        home = self.parent.schema
        child = table_name(
            replace(self.child, schema=None) if self.child.schema == home else self.child
        )
        statements = []
        for action, columns in self.actions:
            own = quote(self.child.name)
            match = " AND ".join(f"{own}.{quote(one)} = OLD.{quote(two)}" for one, two in columns)
            if action == "CASCADE":
                statements.append(f"DELETE FROM {child} WHERE {match};")
            else:
                sets = ", ".join(f"{own}.{quote(one)} = NULL" for one, _ in columns)
                statements.append(f"UPDATE {child} SET {sets} WHERE {match};")
        return "IF @@foreign_key_checks THEN\n" + indent("\n".join(statements), 2) + "\nEND IF;"


def pairs_of(spec: TriggerSpec) -> list[Pair]:
    """Return the parents (and theirs) that have to act before the foreign keys do."""
    found: dict[tuple[TableName, TableName], list[Cascade]] = {}
    for cascade in spec.cascades:
        if cascade.on_delete == "CASCADE" or (
            cascade.on_delete == "SET NULL" and cascade.child == spec.table
        ):
            found.setdefault((cascade.parent, cascade.child), []).append(cascade)
    return [
        Pair(
            parent,
            child,
            # Deletions first: what goes needs no release.
            tuple(sorted((str(c.on_delete), c.columns) for c in set(cascades))),
        )
        for (parent, child), cascades in found.items()
    ]


def descendants(
    child: TableName, pairs: Sequence[tuple[TableName, TableName]]
) -> Iterable[TableName]:
    """Return a table and all that foreign keys reach from it."""
    reached = [child]
    for table in reached:
        reached += [two for one, two in pairs if one == table and two not in reached]
    return reached
