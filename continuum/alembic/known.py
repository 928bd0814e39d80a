"""Definitions that stand in the migrations of a project."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory

from continuum.alembic.definitions import thaw
from continuum.alembic.operations import CreateVersionTriggersOp
from continuum.alembic.operations import DropVersionTriggersOp
from continuum.alembic.operations import ReplaceVersionTriggersOp
from continuum.dialects.spec import TriggerSpec

_OPERATIONS = {
    operation.operation
    for operation in (CreateVersionTriggersOp, DropVersionTriggersOp, ReplaceVersionTriggersOp)
}


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
    for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr not in _OPERATIONS:
            continue
        for argument in (*node.args, *(item.value for item in node.keywords)):
            data = _literal(argument)
            if isinstance(data, dict):
                yield thaw(data)


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        # The migration computes it; then its definition cannot be looked up.
        return None
