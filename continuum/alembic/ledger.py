"""What triggers do at some point of the migrations of a project.

Each branch of migrations is written where the other ones do not exist, so no definition says all
that triggers have to do once several have run.  What a migration *changes* is applied to what the
others have left.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any

from alembic.operations import Operations

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import table_of
from continuum.alembic.definitions import whole
from continuum.alembic.known import known_definitions
from continuum.alembic.known import scripts_of
from continuum.alembic.known import upgrades
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec

if TYPE_CHECKING:
    # Alembic loads this module before those.
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

_ATTRIBUTE = "_continuum_ledger"


class Ledger:
    """The definitions of all triggers, by what migrations have done so far.

    :param scripts: the migrations of the project, ``None`` if there are none.
    :param heads: the revisions that a database has.
    :ivar types: types that columns of version tables have got since, by table and name.
    """

    def __init__(self, scripts: ScriptDirectory | None, heads: Sequence[str]) -> None:
        self._scripts = scripts
        self._heads = heads
        self.types: dict[tuple[TableName, str], str] = {}

    @cached_property
    def known(self) -> Sequence[TriggerSpec]:
        """What triggers do in all migrations of the project, the newest first."""
        return tuple(known_definitions(self._scripts))

    @cached_property
    def _definitions(self) -> dict[TableName, Definition]:
        # Most migrations need not know: files are read when somebody asks.
        found: dict[TableName, Definition] = {}
        for call in upgrades(self._scripts, self._heads):
            _change(found, *call.change)
        return found

    def __iter__(self) -> Iterator[Definition]:
        """Iterate over the definitions."""
        return iter(self._definitions.values())

    def of(self, table: TableName) -> Definition | None:
        """Return the definition of the triggers of a table, by its name as it was declared."""
        return self._definitions.get(table)

    def correct(self, table: TableName, definition: Definition | None) -> None:
        """Write down what the triggers of a table really are."""
        if definition is None:
            self._definitions.pop(table, None)
        else:
            self._definitions[table] = whole(definition)

    def change(self, old: Definition | None, new: Definition | None) -> list[Definition]:
        """Write down a change of the triggers of a table, in the words of one migration.

        :param old: what the migration takes for given, ``None`` if nothing is.
        :param new: what it wants, ``None`` for no triggers.
        :returns: what there is to be created: first the triggers of the table, then those of other
            tables of its hierarchy, which the migration does not know.
        """
        return _change(self._definitions, old, new)


def ledger_of(operations: Operations) -> Ledger:
    """Return the ledger of the running migrations, which begins with the first one that asks."""
    return ledger_in(operations.get_context())


def ledger_in(context: MigrationContext) -> Ledger:
    """Return the ledger of what runs in a context of Alembic."""
    ledger: Ledger | None = getattr(context, _ATTRIBUTE, None)
    if ledger is None:
        ledger = Ledger(scripts_of(context), context.get_current_heads())
        setattr(context, _ATTRIBUTE, ledger)
    return ledger


def _change(
    known: dict[TableName, Definition], old: Definition | None, new: Definition | None
) -> list[Definition]:
    """Apply a change to definitions; return those that are new."""
    before = None if old is None else known.pop(table_of(old), None)
    if new is None:
        return []
    table = table_of(new)
    if old is None or before is None:
        made = _below_known_root(known, whole(new))
        known[table] = made
        return [made]
    made = merged(whole(old), whole(new), before)
    known[table] = made
    return [made, *_in_line(known, made, whole(old), whole(new))]


def _below_known_root(known: Mapping[TableName, Definition], new: Definition) -> Definition:
    """Return a definition of a new lower table with all that is known of its root by now."""
    root = new.get("root")
    here = None if root is None else known.get(table_of(root))
    if here is None:
        return new
    plain = {name: value for name, value in new.items() if name not in ("log", "root")}
    # Otherwise the root's turn, and its say, is still to come.
    return whole({"table": new["table"], "root": here}) if plain in _lower(here) else new


def _in_line(
    known: dict[TableName, Definition], root: Definition, *told: Definition
) -> Iterator[Definition]:
    """Give lower tables that a migration does not know the root that it has changed."""
    foreseen = [level["table"] for item in told for level in _lower(item)]
    for level in _lower(root):
        name = table_of(level)
        if level["table"] not in foreseen and name in known:
            known[name] = whole({"table": level["table"], "root": root})
            yield known[name]


def _lower(definition: Definition) -> Sequence[Definition]:
    found: Sequence[Definition] = definition.get("lower", ())
    return found


def merged(old: Any, new: Any, other: Any) -> Any:
    """Return a definition, or a part of one, with what differs between two others.

    :param old: what a change begins with.
    :param new: what it ends with.
    :param other: what it is applied to.
    """
    if old == new:
        return other
    if old == other:
        return new
    parts = (old, new, other)
    if all(isinstance(item, Mapping) for item in parts):
        return _merged_parts(old, new, other)
    if not all(isinstance(item, list) for item in parts):
        return new
    if all(isinstance(item, Mapping) and "version_table" in item for item in (*old, *new, *other)):
        # The lower tables of a hierarchy.
        named = [{repr(item["table"]): item for item in items} for items in parts]
        return list(_merged_parts(*named).values())
    kept = [item for item in other if item in new or item not in old]
    return [*kept, *(item for item in new if item not in old and item not in kept)]


def _merged_parts(
    old: Mapping[str, Any], new: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    result = dict(other)
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in new:
            result.pop(name, None)
        elif name not in old:
            result[name] = new[name]
        elif name in other:
            # Otherwise another branch has taken it away, and so it stays.
            result[name] = merged(old[name], new[name], other[name])
    return result
