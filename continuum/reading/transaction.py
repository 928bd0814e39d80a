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
from sqlalchemy import exists
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union_all

from continuum.operation import Operation
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.points import newest_at

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

    @property
    def changed_entities(self) -> dict[type[Any], list[Any]]:
        """The versions that this transaction made, by version class, ordered by key.

        Queries: one to find out which classes, unless there is only one, and one for each of them.
        """
        session = session_of(self, "transaction.changed_entities")
        number = _number(self)
        roots = {
            layout_of(version_cls).root: None for version_cls in self.__continuum_journal__.parents
        }
        changed = list(roots)
        if len(changed) > 1:
            changed = self._asked(
                [(root, layout_of(root).transaction_column == number) for root in changed]
            )
        found: dict[type[Any], list[Any]] = {}
        for root in changed:
            layout = layout_of(root)
            statement = (
                select(root)
                .where(layout.transaction_column == number)
                .order_by(*(item.version for item in layout.key))
            )
            for version in session.scalars(statement):
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

        Queries: as :attr:`changed_entities`.
        """
        for versions in self.changed_entities.values():
            for version in versions:
                kind = getattr(version, layout_of(type(version)).operation_name)
                if operation is None or kind == operation:
                    yield version

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


def _number(transaction: Any) -> int:
    identity = inspect(transaction).identity
    number: int = transaction.id if identity is None else identity[0]
    return number
