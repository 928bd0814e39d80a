"""When what was loaded of a version has to be loaded again."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import MapperProperty

_WRITTEN = "continuum_written"

_RESET = "reset_for_lazy_callable"
"""Name of the function with which SQLAlchemy forgets what was loaded."""


def has_written(session: Session) -> bool:
    """Say whether the running transaction of a session changed anything, as far as it knows."""
    return _WRITTEN in session.info


def note_writing(session: Session, *_: Any) -> None:
    """Take note that the running transaction of a session changes something."""
    session.info[_WRITTEN] = True


def forget_writing(session: Session, transaction: Any) -> None:
    """Take note that a transaction of a session ended."""
    if transaction.parent is None:
        session.info.pop(_WRITTEN, None)


def keep_loaded(prop: MapperProperty[Any]) -> None:
    """Have what was loaded for a relationship of a version stay when the version is read again.

    Version classes are refreshed by whatever reads them, because the version that the running
    transaction writes changes still.  SQLAlchemy forgets loaded relations then: also those that it
    has loaded for the same statement a moment ago, where the statement comes to an object by two
    ways.  Before anything is written nothing can have changed.
    """
    usual = prop.create_row_processor

    def without_reset(context: Any, *arguments: Any) -> None:
        usual(context, *arguments)
        if context.populate_existing or has_written(context.session):
            return
        populators = arguments[-1]
        populators["new"] = [
            (key, populator)
            for key, populator in populators["new"]
            if key != prop.key or populator.__name__ != _RESET
        ]

    # For this attribute alone; there is no public way to say it.
    prop.create_row_processor = without_reset  # type: ignore[assignment,method-assign]
