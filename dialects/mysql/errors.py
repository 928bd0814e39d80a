"""What the errors of the servers mean, and the ways out."""

from __future__ import annotations

from typing import Any

from continuum.dialects.spec import TriggerSpec
from continuum.errors import UNLOCK_HINT
from continuum.errors import AppendOnlyHistory
from continuum.errors import MissingPrivilege
from continuum.errors import StaleTrigger
from continuum.errors import TransactionInversion
from continuum.errors import VersioningError

APPEND_ONLY = "continuum: append-only: "
"""Start of the message of a refused change of history."""

TRUST_HINT = (
    "The server keeps a binary log and lets only administrators create triggers. Ways out: "
    "SET GLOBAL log_bin_trust_function_creators = 1 (needs no restart); create the triggers as a "
    "user with SUPER; or set native_versioning=False to use the ORM recorder, which needs none."
)
"""What to do about error 1419."""


def diagnosis(error: BaseException) -> tuple[int | None, str]:
    """Return number and message of what a driver raised, SQLAlchemy's wrapper or not."""
    raised: Any = getattr(error, "orig", None) or error
    arguments: tuple[Any, ...] = getattr(raised, "args", ())
    number = arguments[0] if arguments and isinstance(arguments[0], int) else None
    number = getattr(raised, "errno", None) if number is None else number
    message = str(arguments[1]) if len(arguments) > 1 else str(raised)
    return number, message


def levels_of(spec: TriggerSpec) -> list[TriggerSpec]:
    """Return the tables of a hierarchy that the triggers of one of them use."""
    root = spec.root or spec
    return [spec, root, *root.lower]


def names_column(message: str, spec: TriggerSpec) -> bool:
    """Say whether a message is about a column that our triggers use."""
    names = [
        name
        for level in levels_of(spec)
        for name in (
            level.transaction_column,
            level.end_column,
            level.operation_column,
            level.end_timestamp_column,
            level.mask and level.mask.column,
            *(column.history_name for column in level.columns),
            *(column.flag for column in level.columns if column.flag),
            *(column.name for column in level.extra),
        )
    ]
    return any(f"'{name}'" in message or f".{name}'" in message for name in names)


def explain(error: BaseException, spec: TriggerSpec | None) -> VersioningError | None:
    """Recognise what our triggers raise, and what creating them can run into."""
    number, message = diagnosis(error)
    statement = getattr(error, "statement", None) or ""
    ours = "continuum" in statement or "continuum" in message
    if spec is not None:
        ours = ours or any(
            name in message or name in statement
            for name in (
                spec.log.prefix,
                spec.log.table.name,
                *(level.version_table.name for level in levels_of(spec)),
            )
        )
    table = None if spec is None else str(spec.table)
    kind: type[VersioningError]
    if number == 1644 and message.startswith("continuum: transaction "):
        kind = TransactionInversion
        hint = 'Run the transaction again, or use on_inversion="renumber".'
    elif number == 1644 and message.startswith(APPEND_ONLY):
        kind = AppendOnlyHistory
        message = message.removeprefix(APPEND_ONLY)
        hint = UNLOCK_HINT
    elif number == 1644 and message.startswith("continuum: "):
        kind = VersioningError
        hint = "Set AUTO_INCREMENT of the transaction table beyond the highest id in use."
    elif number == 1419:
        kind = MissingPrivilege
        hint = TRUST_HINT
    elif number in (1044, 1142, 1143, 1227, 1370, 1410) and ours:
        kind = MissingPrivilege
        hint = (
            "The user who creates the triggers needs TRIGGER on the tables, CREATE ROUTINE and "
            "EXECUTE (on MariaDB CREATE, too) in the schema of the transaction table, and "
            "SELECT, INSERT, UPDATE and DELETE on the version tables and the transaction "
            "table: triggers run with his rights, so that other users need none of these. "
            "Or set native_versioning=False to use the ORM recorder."
        )
    elif number == 1449:
        kind = MissingPrivilege
        hint = (
            "The user who created the triggers or procedures no longer exists. Run "
            "create_all() as a user who stays, to make them anew."
        )
    elif (number in (1146, 1305, 1318) and ours) or (
        number == 1054 and spec is not None and names_column(message, spec)
    ):
        kind = StaleTrigger
        hint = (
            "The tables are not as they were when the triggers were made: bring the version "
            "table up to date, then run create_all() to make the triggers anew."
        )
    else:
        return None
    return kind(message, table=table, dialect="mysql", hint=hint)
