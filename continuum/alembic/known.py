"""Definitions that stand in the migrations of a project."""

from __future__ import annotations

import ast
from collections.abc import Iterator
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
)


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
    for node in ast.walk(ast.parse(source, filename=str(path))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr not in _OPERATIONS:
            continue
        for argument in (*node.args, *(item.value for item in node.keywords)):
            data = _literal(argument)
            if isinstance(data, dict) and isinstance(data.get("log"), dict):
                # Others are new names by old ones.
                yield thaw(data)


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        # The migration computes it; then its definition cannot be looked up.
        return None
