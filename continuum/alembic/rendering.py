"""Operations on triggers as the text of a migration."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext

from continuum.alembic.operations import CreateVersionHelpersOp
from continuum.alembic.operations import CreateVersionTriggersOp
from continuum.alembic.operations import DropVersionHelpersOp
from continuum.alembic.operations import DropVersionTriggersOp
from continuum.alembic.operations import ReplaceVersionTriggersOp
from continuum.alembic.operations import VersioningOp
from continuum.alembic.renaming import RenameVersionedColumnOp
from continuum.alembic.table_renaming import RenameVersionedTableOp

_WIDTH = 88
_STEP = "    "


@renderers.dispatch_for(CreateVersionTriggersOp)
@renderers.dispatch_for(DropVersionTriggersOp)
@renderers.dispatch_for(ReplaceVersionTriggersOp)
@renderers.dispatch_for(RenameVersionedColumnOp)
@renderers.dispatch_for(RenameVersionedTableOp)
@renderers.dispatch_for(CreateVersionHelpersOp)
@renderers.dispatch_for(DropVersionHelpersOp)
def render(autogen_context: AutogenContext, operation: VersioningOp) -> str:
    """Return the call that does the operation in a migration."""
    prefix = autogen_context.opts["alembic_module_prefix"] or ""
    arguments = "".join(f"{_STEP}{_written(item, 1)},\n" for item in operation.arguments())
    return f"{prefix}{operation.operation}(\n{arguments})"


def _written(value: Any, depth: int) -> str:
    """Write data the way a formatter would: what fits stands on one line."""
    line = repr(value)
    if not isinstance(value, (dict, list)) or len(line) + depth * len(_STEP) < _WIDTH:
        return line
    items = (
        [f"{key!r}: {_written(item, depth + 1)}" for key, item in value.items()]
        if isinstance(value, dict)
        else [_written(item, depth + 1) for item in value]
    )
    inner = "".join(f"{_STEP * (depth + 1)}{item},\n" for item in items)
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n{inner}{_STEP * depth}{end}"
