"""What the migrations of a project say about triggers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import thaw
from continuum.dialects.spec import TriggerSpec

if TYPE_CHECKING:
    # Alembic loads this module before those.
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

_OPERATIONS: Mapping[str, Sequence[str]] = {
    "create_version_triggers": ("definition",),
    "drop_version_triggers": ("definition",),
    "replace_version_triggers": ("old", "new"),
    "rename_versioned_column": ("old", "new"),
    "rename_versioned_table": ("old", "new"),
    "backfill_versions": ("definition",),
    "refill_versioned_columns": ("definition",),
}
"""The arguments of operations that are definitions."""

_PARTS = ("log", "root")
"""What every definition has, the short one of a lower table too: one of these."""


@dataclass(frozen=True)
class Call:
    """An operation of ours in a migration.

    :param function: of the migration that it stands in, the empty text for none.
    :param definitions: its arguments that are definitions; ``None`` where a migration says so, or
        computes it.
    """

    function: str
    operation: str
    definitions: tuple[Definition | None, ...]

    @property
    def change(self) -> tuple[Definition | None, Definition | None]:
        """What triggers did before it and do afterwards, twice nothing if it changes none."""
        if self.operation.startswith(("backfill", "refill")):
            return None, None
        if self.operation.startswith("create"):
            return None, self.definitions[0]
        if self.operation.startswith("drop"):
            return self.definitions[0], None
        return self.definitions[0], self.definitions[1]


def scripts_of(context: MigrationContext) -> ScriptDirectory | None:
    """Return the migrations of the project that a context runs, ``None`` outside of one."""
    environment = context.environment_context
    return None if environment is None else environment.script


def known_definitions(scripts: ScriptDirectory | None) -> Iterator[TriggerSpec]:
    """Iterate over what triggers did in the migrations of a project, the newest first.

    The files are read, not executed: what is looked for stands in them as plain data.

    :raises ImproperlyConfigured: a definition that cannot be read.
    """
    if scripts is None:
        return
    for revision in scripts.walk_revisions():
        for call in _calls(Path(revision.path)):
            yield from (thaw(item) for item in call.definitions if item is not None)


def upgrades(scripts: ScriptDirectory | None, heads: Sequence[str]) -> Iterator[Call]:
    """Iterate over what the upgrades that lead to some revisions do, the oldest first."""
    if scripts is None or not heads:
        return
    for revision in reversed(list(scripts.iterate_revisions(tuple(heads), "base"))):
        calls = _calls(Path(revision.path))
        # Where there are several databases, each has an upgrade of its own, which has its name.
        yield from (call for call in calls if call.function.startswith("upgrade"))


def _calls(path: Path) -> Iterator[Call]:
    if path.suffix != ".py" or not path.is_file():
        return
    source = path.read_bytes()
    if not any(name.encode("ascii") in source for name in _OPERATIONS):
        # Most migrations are about other things, and parsing takes long.
        return
    module = ast.parse(source, filename=str(path))
    names = _variables(module.body, {})
    for part in module.body:
        # Definitions are variables of the module, or of a function of it.
        if isinstance(part, ast.FunctionDef):
            yield from _calls_in(part, part.name, _variables(part.body, names))
        else:
            yield from _calls_in(part, "", names)


def _calls_in(part: ast.stmt, function: str, names: Mapping[str, Any]) -> Iterator[Call]:
    found = [node for node in ast.walk(part) if isinstance(node, ast.Call)]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        called = node.func
        if not isinstance(called, ast.Attribute) or called.attr not in _OPERATIONS:
            continue
        wanted = _OPERATIONS[called.attr]
        given = dict(zip(wanted, node.args, strict=False))
        given |= {str(item.arg): item.value for item in node.keywords if item.arg in wanted}
        definitions = (_definition(given.get(name), names) for name in wanted)
        yield Call(function, called.attr, tuple(definitions))


def _definition(node: ast.expr | None, names: Mapping[str, Any]) -> Definition | None:
    data = None if node is None else _literal(node, names)
    if isinstance(data, dict) and any(isinstance(data.get(name), dict) for name in _PARTS):
        return data
    return None


def _variables(statements: Sequence[ast.stmt], outer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain data that some statements give names to, and what had names before."""
    names = dict(outer)
    for statement in statements:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        else:
            continue
        if isinstance(target, ast.Name):
            names[target.id] = _literal(value, names)
    return names


def _literal(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return plain data, ``None`` if it is not."""
    try:
        return _value(node, names)
    except ValueError:
        # The migration computes it; then its definition cannot be looked up.
        return None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        if names.get(node.id) is None:
            raise ValueError(f"{node.id} is not plain data")
        return names[node.id]
    if isinstance(node, ast.Dict):
        data: dict[Any, Any] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = _value(item, names)
            if key is not None:
                data[_value(key, names)] = value
            elif isinstance(value, dict):
                data |= value
            else:
                raise ValueError(f"{value!r} is not a dictionary")
        return data
    if isinstance(node, ast.List):
        return [_value(item, names) for item in node.elts]
    return ast.literal_eval(node)
