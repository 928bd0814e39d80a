"""The transaction that a session is in, as an object."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session

from continuum.reading.binding import bound_like
from continuum.recording.identity import transaction_id

if TYPE_CHECKING:
    from continuum.manager import VersioningManager
    from continuum.mapping.journal import Journal


class UnitOfWork:
    """The running transaction of one session.

    It keeps nothing: the database is asked each time, because an id is final only at commit.

    :param manager: the manager whose history is meant.
    :param session: the session.
    :param mapper: mapper whose database is meant, where the session has several; that of the
        Transaction class by default.
    :param journal: the history to look at; the manager's only one by default.
    """

    def __init__(
        self,
        manager: VersioningManager,
        session: Session,
        journal: Journal | None = None,
        mapper: Mapper[Any] | None = None,
    ) -> None:
        self.manager = manager
        self.session = session
        self._journal = journal
        self._mapper = mapper

    @property
    def journal(self) -> Journal:
        """The history that the transaction belongs to."""
        return self._journal or self.manager.only_journal()

    @property
    def current_transaction(self) -> Any:
        """The Transaction object, ``None`` while nothing has been recorded.

        Queries: one for the id, one to load the object if the session does not hold it.
        """
        return self._transaction(create=False)

    def create_transaction(self, session: Session | None = None) -> Any:
        """Return the Transaction object; its row is made if there is none yet.

        :param session: accepted for compatibility; the unit's own session is used.
        """
        return self._transaction(create=True)

    def _transaction(self, *, create: bool) -> Any:
        journal = self.journal
        mapper = self._mapper or bound_like(journal.transaction_cls.__mapper__)
        connection = self.session.connection(
            bind_arguments={"mapper": mapper or journal.transaction_cls.__mapper__}
        )
        self.manager.recording.join(self.session, connection)
        number = transaction_id(self.manager, connection, journal, create=create)
        if number is None:
            return None
        return self.session.get(
            journal.transaction_cls,
            number,
            populate_existing=True,
            bind_arguments={"bind": connection},
        )
