"""Transactions by what they changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import InstanceState

from continuum.errors import NotInHistory
from continuum.manager import versioning_manager
from continuum.reading.layout import layout_of
from continuum.reading.layout import live_key
from continuum.reading.lookup import key_values
from continuum.reading.resolve import subject_of
from continuum.reading.version import Version


def touched(
    what: Any, key: Any = None, *, where: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """Return the criterion for transactions that changed something.

    :param what: a model, a version class, a versioned table (of links, for example), or one
        object: a live one, or a version of it.
    :param key: of a class: only the object with this key (a value, a tuple or a dictionary when
        it has several columns, or a live object); of a table: a dictionary of columns and values.
    :param where: a criterion about the version class, or the version table: only changes that
        fulfil it count.
    :raises ClassNotVersioned: it is not versioned.
    :raises NotInHistory: a column in ``key`` is not recorded.

    No queries.  Example::

        select(Transaction).where(touched(Article, 1), Transaction.actor == "ada")
    """
    if isinstance(what, Table):
        return _touched_table(what, key or {}, where)
    if isinstance(inspect(what, raiseerr=False), InstanceState):
        what, key = type(what), _key_of(what)
    subject = subject_of(what)
    layout = subject.layout
    statement = select(subject.transaction)
    if key is not None:
        for item, value in zip(layout.key, key_values(layout, key), strict=True):
            statement = statement.where(subject.column(item.version) == value)
    return _made(layout.journal.transaction_cls, statement, where)


def _touched_table(
    table: Table, key: Mapping[str, Any], where: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    owner = table.metadata.info.get("continuum_manager")
    manager = versioning_manager if owner is None or owner() is None else owner()
    recorded = manager.recorded(table)
    unknown = [name for name in key if name not in recorded.version_table.c]
    if unknown:
        raise NotInHistory(
            f"history does not hold {', '.join(unknown)} of {table.fullname}",
            table=table.fullname,
            column=unknown[0],
            hint=f"It holds {', '.join(column.key for column in recorded.version_table.c)}.",
        )
    statement = select(recorded.transaction_column).where(
        *(recorded.version_table.c[name] == value for name, value in key.items())
    )
    return _made(manager.journal_of(table).transaction_cls, statement, where)


def _made(
    transaction_cls: Any, numbers: Any, where: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    if where is not None:
        numbers = numbers.where(where)
    number = inspect(transaction_cls).primary_key[0]
    name = inspect(transaction_cls).get_property_by_column(number).key
    # Not correlated: the same version class may stand in the statement around it.
    criterion: ColumnElement[bool] = getattr(transaction_cls, name).in_(numbers.correlate(None))
    return criterion


def _key_of(obj: Any) -> tuple[Any, ...]:
    if isinstance(obj, Version):
        return layout_of(type(obj)).key_of(obj)
    return live_key(obj, subject_of(type(obj)).layout.live_key)
