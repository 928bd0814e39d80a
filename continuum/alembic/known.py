"""Definitions that stand in the migrations of a project."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from continuum.alembic.definitions import thaw
from continuum.dialects.spec import TriggerSpec

if TYPE_CHECKING:
    # Alembic loads this module before that one.
    from alembic.script import ScriptDirectory

_OPERATIONS = (
    "create_version_triggers",
    "drop_version_triggers",
    "replace_version_triggers",
    "rename_versioned_column",
    "rename_versioned_table",
    "backfill_versions",
    "refill_versioned_columns",
)

_PARTS = ("log", "root")
"""What every definition has, the short one of a lower table too: one of these."""


def known_definitions(scripts: ScriptDirectory | None) -> Iterator[TriggerSpec]:
    """Iterate over what triggers did in the migrations of a project, the newest first.

    The files are read, not executed: what is looked for stands in them as plain data.

    :raises ImproperlyConfigured: a definition that cannot be read.
    """
    if scripts is None:
        return
    for revision in scripts.walk_revisions():
        path = Path(revision.path)
        if path.suffix == ".py" and path.is_file():
            yield from _definitions(path)


def _definitions(path: Path) -> Iterator[TriggerSpec]:
    source = path.read_bytes()
    if not any(name.encode("ascii") in source for name in _OPERATIONS):
        # Most migrations are about other things, and parsing takes long.
        return
    module = ast.parse(source, filename=str(path))
    names = _variables(module.body, {})
    for part in module.body:
        # Definitions are variables of the module, or of a function of it.
        inner = _variables(part.body, names) if isinstance(part, ast.FunctionDef) else names
        yield from _used(part, inner)


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


def _used(part: ast.stmt, names: Mapping[str, Any]) -> Iterator[TriggerSpec]:
    for node in ast.walk(part):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr not in _OPERATIONS:
            continue
        for argument in (*node.args, *(item.value for item in node.keywords)):
            data = _literal(argument, names)
            # Others are new names by old ones.
            if isinstance(data, dict) and any(isinstance(data.get(name), dict) for name in _PARTS):
                yield thaw(data)


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
