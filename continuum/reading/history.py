"""Entities to select from: all versions with their transactions, the last of each row, and more."""

from __future__ import annotations

from typing import Any
from typing import TypeVar
from typing import overload

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import aliased

from continuum.operation import Operation
from continuum.reading.resolve import subject_of
from continuum.reading.subject import Subject
from continuum.reading.version import Version

T = TypeVar("T")


@overload
def history(entity: type[T], transaction: Any = None) -> type[Version[T]]: ...


@overload
def history(entity: Any, transaction: Any = None) -> type[Any]: ...


def history(entity: Any, transaction: Any = None) -> Any:
    """Return all versions of a class, joined to the transactions that made them.

    The result is selected from like a version class; the Transaction class can be selected and
    asked beside it, and is ``None`` for a version that no transaction made (the baseline of a row
    that is older than its history).  Criteria may also name the version class itself.

    :param entity: a model, a version class, or an alias of one.
    :param transaction: an alias of the Transaction class to join instead of the class itself, for
        a second history in one statement.
    :raises ClassNotVersioned: it is not versioned.

    No queries.  Example::

        select(history(Article), Transaction).where(Transaction.actor == "ada")
    """
    subject = subject_of(entity)
    if transaction is None:
        transaction = subject.layout.journal.transaction_cls
    number = inspect(transaction).mapper.primary_key[0].key
    # A join of what is mapped is an entity of its own, whose columns are those of the parts.
    joined = inspect(subject.entity).selectable.outerjoin(
        inspect(transaction).selectable, subject.transaction == getattr(transaction, number)
    )
    return aliased(subject.layout.version_cls, joined)


@overload
def latest_per_entity(entity: type[T], *criteria: Any) -> type[Version[T]]: ...


@overload
def latest_per_entity(entity: Any, *criteria: Any) -> type[Any]: ...


def latest_per_entity(entity: Any, *criteria: Any) -> Any:
    """Return the newest version of each row, DELETE versions included.

    :param entity: a model or a version class.
    :param criteria: count only versions that fulfil these: the newest of *them* of each row.
    :raises ClassNotVersioned: it is not versioned.

    No queries.  Example::

        select(latest_per_entity(Article))
    """
    return _extreme(entity, criteria, newest=True)


@overload
def first_where(entity: type[T], *criteria: Any) -> type[Version[T]]: ...


@overload
def first_where(entity: Any, *criteria: Any) -> type[Any]: ...


def first_where(entity: Any, *criteria: Any) -> Any:
    """Return the first version of each row that fulfils criteria.

    :param entity: a model or a version class.
    :param criteria: criteria about the version class; none: the first version of each row.
    :raises ClassNotVersioned: it is not versioned.

    No queries.  Example::

        select(first_where(Article, ArticleVersion.status == "published"))
    """
    return _extreme(entity, criteria, newest=False)


@overload
def deleted(entity: type[T]) -> type[Version[T]]: ...


@overload
def deleted(entity: Any) -> type[Any]: ...


def deleted(entity: Any) -> Any:
    """Return the DELETE versions of the rows that are deleted now.

    A row that was made anew under its old key is not among them.

    :param entity: a model or a version class.
    :raises ClassNotVersioned: it is not versioned.

    No queries.  Example::

        select(deleted(Article)).where(...)
    """
    subject = subject_of(entity)
    statement = _rows(subject).where(subject.operation == Operation.DELETE, subject.end.is_(None))
    return aliased(subject.layout.version_cls, statement.subquery())


def _extreme(entity: Any, criteria: tuple[Any, ...], *, newest: bool) -> Any:
    subject = subject_of(entity)
    start = subject.transaction
    place = func.row_number().over(
        partition_by=[subject.column(item.version) for item in subject.layout.key],
        order_by=start.desc() if newest else start,
    )
    ranked = _rows(subject).add_columns(place.label("continuum_place")).where(*criteria).subquery()
    chosen = select(ranked).where(ranked.c.continuum_place == 1).subquery()
    return aliased(subject.layout.version_cls, chosen)


def _rows(subject: Subject) -> Select[Any]:
    """Return the select for all columns of a version class."""
    found: Select[Any] = select(subject.entity)
    return found
