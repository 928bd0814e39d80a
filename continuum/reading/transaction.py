"""What a transaction changed."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import event
from sqlalchemy import exists
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union_all

from continuum.operation import Operation
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.points import newest_at
from continuum.reading.subject import Subject
from continuum.reading.union import versions_of_classes
from continuum.reading.users import who_made

if TYPE_CHECKING:
    from continuum.mapping.journal import Journal


class TransactionReading:
    """What a Transaction object can tell about the history it made."""

    __continuum_journal__: ClassVar[Journal]

    @classmethod
    def at(cls, moment: datetime) -> Select[Any]:
        """Return the select for the newest transaction of a moment.

        The other way round, ``session.get(Transaction, number).issued_at`` is the time of a
        transaction.

        :param moment: an aware datetime.
        :raises InvalidPoint: the datetime has no time zone.

        No queries.  Example::

            transaction = session.scalar(Transaction.at(datetime(2024, 1, 1, tzinfo=UTC)))
        """
        selected: Select[Any] = newest_at(cls, moment)
        return selected

    def changes(self, operation: Operation | int | None = None) -> list[Any]:
        """Return the versions that this transaction made, of all classes.

        They come class by class, ordered by key.  With the plugin that records the kinds of
        changed objects ``changes`` is also the list of its records; the call means the same.

        :param operation: only those of one kind.

        Queries: one; in a history of more than 100 classes, one for each so many.
        Example::

            for version in transaction.changes(Operation.DELETE):
                print(version.changeset)
        """
        return changes_of(self, operation)

    @property
    def who(self) -> str | None:
        """Who made it, to be read: the actor, the name of the user, or else the user's key.

        What tells the name of a user is ``make_versioned(user_label=...)``.

        Queries: one where the user is not loaded yet; ``selectinload(Transaction.user)`` loads
        those of many transactions together.
        """
        return who_made(self)

    @property
    def changed_entities(self) -> dict[type[Any], list[Any]]:
        """The versions that this transaction made, by version class, ordered by key.

        Queries: as :meth:`changes`.
        """
        found: dict[type[Any], list[Any]] = {}
        for version in changes_of(self):
            found.setdefault(type(version), []).append(version)
        return found

    @property
    def entity_names(self) -> list[str]:
        """Names of the classes of which this transaction changed an object, sorted.

        Queries: one.
        """
        number = _number(self)
        journal = self.__continuum_journal__
        questions = []
        for version_cls in journal.parents:
            layout = layout_of(version_cls)
            criterion = layout.transaction_column == number
            if layout.mapper.polymorphic_on is not None:
                criterion = and_(
                    criterion, layout.mapper.polymorphic_on == layout.mapper.polymorphic_identity
                )
            questions.append((version_cls, criterion))
        return sorted(journal.parents[each].__name__ for each in self._asked(questions))

    def changed_versions(self, operation: Operation | int | None = None) -> Iterator[Any]:
        """Iterate over the versions that this transaction made.

        :param operation: only those of one kind.

        Queries: as :meth:`changes`.
        """
        yield from changes_of(self, operation)

    def _asked(self, questions: Sequence[tuple[type[Any], ColumnElement[bool]]]) -> list[type[Any]]:
        """Return the version classes of which a version fulfils the criterion, by one query."""
        if not questions:
            return []
        parts = [
            select(literal(position)).where(
                exists().where(criterion).select_from(layout_of(cls).recorded.version_table)
            )
            for position, (cls, criterion) in enumerate(questions)
        ]
        rows = session_of(self, "transaction.entity_names").execute(
            union_all(*parts) if len(parts) > 1 else parts[0],
            bind_arguments={"mapper": inspect(type(self))},
        )
        return [questions[position][0] for (position,) in sorted(map(tuple, rows))]


class ChangeRecords(list[Any]):
    """The records of a transaction in a table of changes; called, the versions that it made.

    For a relationship of the Transaction class that is named ``changes``: its list can be called.
    Example::

        transaction_cls.changes = relationship(TransactionChanges, collection_class=ChangeRecords)
        ChangeRecords.keep_owners(transaction_cls.changes)
    """

    owner: Any = None
    """The transaction, which nothing else needs to hold: ``session.get(...).changes()``."""

    @staticmethod
    def keep_owners(attribute: Any) -> None:
        """Let the lists of a relationship keep the transactions that they belong to."""

        def keep(transaction: Any, records: ChangeRecords, _: Any) -> None:
            records.owner = transaction

        event.listen(attribute, "init_collection", keep)

    def __call__(self, operation: Operation | int | None = None) -> list[Any]:
        """Return the versions that the transaction made, of all classes.  Queries: one."""
        return changes_of(self.owner, operation)


def changes_of(transaction: Any, operation: Operation | int | None = None) -> list[Any]:
    """Return the versions that a transaction made; see :meth:`TransactionReading.changes`."""
    session = session_of(transaction, "transaction.changes()")
    number = _number(transaction)
    roots = dict.fromkeys(
        layout_of(version_cls).root for version_cls in transaction.__continuum_journal__.parents
    )

    def criteria(subject: Subject) -> Iterator[ColumnElement[bool]]:
        yield subject.transaction == number
        if operation is not None:
            yield subject.operation == operation

    return versions_of_classes(session, roots, criteria)


def _number(transaction: Any) -> int:
    identity = inspect(transaction).identity
    number: int = transaction.id if identity is None else identity[0]
    return number
