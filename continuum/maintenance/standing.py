"""Whether the tables stand that maintenance works on, looked at before anything is touched."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine

from continuum.maintenance.working import working
from continuum.mapping.journal import Journal
from continuum.recording.installation import resolver
from continuum.schema.missing import absent_tables
from continuum.schema.missing import missing_history
from continuum.schema.missing import missing_tables
from continuum.schema.recorded import RecordedTable


def look_at_tables(
    bind: Engine | Connection, journal: Journal, recorded: Collection[RecordedTable]
) -> None:
    """Refuse a database that lacks tables, those of the models or those of their history.

    :param recorded: what is to be worked on.
    :raises MissingTable: tables of the models do not exist.
    :raises MissingHistory: their history, or the transaction table, does not.

    Queries: one catalog query for each schema.  Where tables are missing, some more say which.
    """
    with working(bind) as connection:
        real = resolver(connection, connection.dialect.default_schema_name)
        live = [each.table for each in recorded]
        history = [each.version_table for each in recorded]
        absent = absent_tables(connection, [*live, *history, *journal.log_tables], real)
        if not absent:
            return
        missing = [table for table in absent if table in live]
        if missing:
            raise missing_tables(connection, missing, len(live))
        errors = missing_history(connection, recorded, journal.log_tables, real)
        for error in errors.values():
            raise error
