"""Errors that Continuum raises.

Every error says what happened, on which table, and what to do about it.  The parts are also
attributes, so that a program can react without reading the sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from continuum.reverting.plan import Conflict

__all__ = [
    "AppendOnlyHistory",
    "ClassNotVersioned",
    "ConcurrentChange",
    "ContextConflict",
    "DialectMismatch",
    "HistoryNotWritten",
    "ImproperlyConfigured",
    "InvalidArgument",
    "InvalidPoint",
    "InvalidContext",
    "MissingHistory",
    "MissingPrivilege",
    "MissingTable",
    "MissingTarget",
    "MissingTrigger",
    "NotAVersionClass",
    "NotInHistory",
    "PauseError",
    "RecorderConflict",
    "RevertError",
    "SeveralPoints",
    "RevertVetoed",
    "StaleTrigger",
    "StaleTriggerWarning",
    "TransactionInForce",
    "TransactionInversion",
    "UndoConflict",
    "UnboundPoint",
    "UnknownDialect",
    "UnknownOption",
    "UnrecordedStatementWarning",
    "UnsupportedStatement",
    "UnsupportedTable",
    "VersionNotWritable",
    "VersioningError",
]


class VersioningError(Exception):
    """Base of all errors of this library.

    :param message: what happened.
    :param table: name of the table concerned, if one is.
    :param column: name of the column concerned, if one is.
    :param dialect: name of the database dialect, if it matters.
    :param hint: what the reader can do about it.
    """

    def __init__(
        self,
        message: str = "",
        *,
        table: str | None = None,
        column: str | None = None,
        dialect: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = message
        self.table = table
        self.column = column
        self.dialect = dialect
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\nHint: {hint}")


class ImproperlyConfigured(VersioningError):
    """A declaration that cannot be carried out."""


class UnknownOption(ImproperlyConfigured, TypeError, KeyError):
    """An option name that does not exist."""

    def __str__(self) -> str:
        # A KeyError shows its text as a key.
        return Exception.__str__(self)


class UnknownDialect(ImproperlyConfigured):
    """A dialect name for which there is no trigger emitter."""


class ClassNotVersioned(VersioningError, TypeError):
    """Something that is not a versioned class was used as one."""


class NotAVersionClass(ClassNotVersioned, KeyError):
    """Something that is not a version class was used as one."""

    def __str__(self) -> str:
        return Exception.__str__(self)


class NotInHistory(VersioningError, AttributeError):
    """An attribute of the model that its history cannot show."""


class UnsupportedTable(ImproperlyConfigured):
    """A table that cannot be versioned, or not in the way that was asked for."""


class DialectMismatch(VersioningError):
    """``make_versioned(dialect=...)`` names another database than the engine is connected to."""


class MissingPrivilege(VersioningError):
    """The database role may not create or run what recording needs."""


UNLOCK_HINT = (
    "History of this table is append-only. What has to go, goes inside of "
    "continuum.unlocked(session, reason=...), which leaves a transaction that says so."
)
"""What to do about a change of history that was refused."""


class AppendOnlyHistory(VersioningError):
    """History was to be changed, and ``append_only=True`` is set."""


class VersionNotWritable(VersioningError):
    """A version object was changed, added or deleted in a session as if it were a live one."""


class MissingTrigger(VersioningError):
    """A table that is to be recorded by triggers has none, or not all of them."""


class MissingTable(VersioningError):
    """Tables of the models do not exist."""


class MissingHistory(VersioningError):
    """A version table, or a column of one, does not exist."""


class StaleTrigger(VersioningError):
    """The triggers of a table were made for another definition of it."""


class StaleTriggerWarning(UserWarning):
    """Triggers were made for another definition, and ``verify_on_first_use`` lets them."""


class RecorderConflict(VersioningError):
    """Two recorders would write the history of one table."""


class UnsupportedStatement(VersioningError):
    """A statement whose effect the ORM recorder cannot see."""


class HistoryNotWritten(VersioningError):
    """The versions of a change could not be written; its transaction cannot be committed."""


class ConcurrentChange(VersioningError):
    """Another transaction changed rows while the ORM recorder looked at them."""


class UnrecordedStatementWarning(UserWarning):
    """SQL text changes a table that the ORM recorder looks after; it leaves no history."""


class ContextConflict(VersioningError):
    """Who-and-why that contradicts what the running transaction already carries."""


class InvalidContext(VersioningError, ValueError):
    """Who-and-why that the transaction table cannot hold."""


class PauseError(VersioningError):
    """A pause that was left in another transaction than the one it was entered in."""


class TransactionInversion(VersioningError):
    """Transactions changed a row in the opposite order of their ids, and may not renumber."""


class TransactionInForce(VersioningError):
    """A transaction was to be removed from history, and what it did still holds."""


class InvalidArgument(VersioningError, ValueError, TypeError):
    """A function was asked for something that cannot be meant.

    Whatever is wrong with an argument, its type or its value: this, unless an error of a name of
    its own says it better.  A plain ``TypeError`` says that a call does not fit the signature.
    """


class InvalidPoint(VersioningError, ValueError):
    """Something that is no point in history was given as one."""


class MissingTarget(VersioningError):
    """A version refers to a row that was not there, and ``missing_target="raise"`` is set."""


class SeveralPoints(InvalidPoint):
    """One statement about several points in history."""


class UnboundPoint(InvalidPoint):
    """A statement about a point in history was executed without a Session."""


class RevertError(VersioningError):
    """A version that cannot be brought back."""


class RevertVetoed(RevertError):
    """A listener of ``before_revert`` forbids going back."""


class UndoConflict(RevertError):
    """A transaction that cannot be undone, because later changes stand in the way.

    :param conflicts: the :class:`continuum.Conflict` objects that tell which.
    """

    def __init__(
        self, message: str = "", *, conflicts: tuple[Conflict, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.conflicts = conflicts
