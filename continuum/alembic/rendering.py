"""Operations on triggers as the text of a migration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext

from continuum.alembic.definitions import Definition
from continuum.alembic.definitions import whole
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
_SHARED = "_continuum_shared"


@renderers.dispatch_for(CreateVersionTriggersOp)
@renderers.dispatch_for(DropVersionTriggersOp)
@renderers.dispatch_for(ReplaceVersionTriggersOp)
@renderers.dispatch_for(RenameVersionedColumnOp)
@renderers.dispatch_for(RenameVersionedTableOp)
@renderers.dispatch_for(CreateVersionHelpersOp)
@renderers.dispatch_for(DropVersionHelpersOp)
def render(autogen_context: AutogenContext, operation: VersioningOp) -> str:
    """Return the call that does the operation in a migration.

    Definitions stand once, above the functions of the migration, and have names.
    """
    prefix = autogen_context.opts["alembic_module_prefix"] or ""
    shared = _shared(autogen_context)
    if isinstance(operation, (CreateVersionHelpersOp, DropVersionHelpersOp)):
        arguments = [shared.log(operation.definition)]
    else:
        arguments = shared.definitions(operation.arguments())
    call = f"{prefix}{operation.operation}"
    line = f"{call}({', '.join(map(repr, arguments))})"
    if len(line) + len(_STEP) < _WIDTH:
        return line
    lines = "".join(f"{_STEP}{_written(item, 1)},\n" for item in arguments)
    return f"{call}(\n{lines})"


class _Name:
    """A variable of a migration."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class _Shared:
    """The variables of one migration.  They stand where its imports do, behind them.

    :param imports: what the migration imports.
    """

    def __init__(self, imports: set[str]) -> None:
        self.imports = imports
        self.names: dict[str, _Name] = {}
        self.logs: list[str] = []
        self.tables: list[str] = []

    def log(self, definition: Definition) -> Any:
        """Return the name of the definition of a transaction table."""
        before = self._text()
        name = self._log(definition, "")
        self._replace(before)
        return name

    def definitions(self, arguments: Sequence[Any]) -> list[Any]:
        """Return the arguments of an operation, with names in the places of definitions."""
        before = self._text()
        tables = [item["table"] for item in arguments if _is_definition(item)]
        changes = len(tables) == 2 and tables[0] == tables[1]
        # What is to be has the plain name, so it comes first.
        found = [self._argument(item, "") for item in arguments[1:]]
        found.insert(0, self._argument(arguments[0], "_before" if changes else ""))
        self._replace(before)
        return found

    def _replace(self, before: str) -> None:
        """Write the variables down: one text, as imports are sorted, behind "from" and "import"."""
        self.imports.discard(before)
        self.imports.add(self._text())

    def _text(self) -> str:
        return "\n".join([*self.logs, *self.tables])

    def _argument(self, item: Any, suffix: str) -> Any:
        if not _is_definition(item):
            return item
        if item.get("root") is None:
            return self._definition(item, suffix)
        root = self._definition({**item["root"], "log": item["log"]}, suffix)
        short = {"table": item["table"], "root": {**item["root"], "log": item["log"]}}
        if not _says_the_same(short, item):
            return {**item, "log": self._log(item["log"], suffix), "root": root}
        return {"table": item["table"], "root": root}

    def _definition(self, item: Definition, suffix: str) -> _Name:
        log = self._log(item["log"], suffix)
        first = {name: item[name] for name in ("table", "version_table")}
        # In the same place, wherever it was added: the same definition is the same text.
        data = {**first, "log": log, **{name: item[name] for name in item if name != "log"}}
        table = item["table"] if isinstance(item["table"], str) else "_".join(item["table"])
        return self._variable(table, suffix, data, self.tables)

    def _log(self, log: Definition, suffix: str) -> _Name:
        return self._variable("log", suffix, log, self.logs)

    def _variable(self, what: str, suffix: str, value: Any, place: list[str]) -> _Name:
        key = repr(value)
        if key not in self.names:
            plain = re.sub(r"[^a-z0-9]+", "_", what.lower()).strip("_")
            wanted = f"versioned_{plain or 'table'}{suffix}"
            used = {name.text for name in self.names.values()}
            name = wanted
            number = 1
            while name in used:
                number += 1
                name = f"{wanted}_{number}"
            self.names[key] = _Name(name)
            place.append(f"{name} = {_written(value, 0)}")
        return self.names[key]


def _shared(autogen_context: AutogenContext) -> _Shared:
    """Return the variables of the migration that is being written."""
    shared: _Shared | None = getattr(autogen_context, _SHARED, None)
    # Alembic gives each migration other imports.
    if shared is None or shared.imports is not autogen_context.imports:
        shared = _Shared(autogen_context.imports)
        setattr(autogen_context, _SHARED, shared)
    return shared


def _is_definition(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("log"), dict)


def _says_the_same(short: Definition, item: Definition) -> bool:
    """Say whether a lower table is all that its root says of it."""
    tables = [level["table"] for level in item["root"].get("lower", ())]
    if item["table"] not in tables:
        return False
    told = whole(short)
    return told == item and [*told["columns"]] == [*item["columns"]]


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
