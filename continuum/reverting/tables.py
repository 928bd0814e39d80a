"""A whole table as it was, beside the one that is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import scoped_session
from sqlalchemy.sql.elements import quoted_name

from continuum.mapping.ranges import in_force_at
from continuum.reading.layout import layout_of
from continuum.reading.points import point
from continuum.reverting.past import timeline_of
from continuum.synchronous import synchronous


@synchronous
def restore_table(
    bind: Session | scoped_session[Any] | Connection,
    model: type[Any],
    at: Any,
    *,
    into: str,
    schema: str | None = None,
) -> Table:
    """Create a table with the rows of a class as they were.

    The table of the class is not touched.  The new one has the recorded columns and the primary
    key, and no other constraints; of joined inheritance it has the columns of all levels.

    :param bind: a Session or Connection.  Where DDL ends transactions (MariaDB, MySQL), it ends
        the running one.
    :param model: the class.
    :param at: id of a transaction, Transaction object, version object, or aware datetime.
    :param into: name of the new table.
    :param schema: its schema.
    :returns: the new table, of a MetaData of its own.
    :raises InvalidPoint: ``at`` is no point in history.

    Queries: one, after the ``CREATE TABLE``.  Example::

        with engine.begin() as connection:
            table = restore_table(connection, Article, 42, into="article_restored")
    """
    from continuum.utils import version_class

    layout = layout_of(version_class(model))
    number = point(layout.journal, at)
    table = Table(
        quoted_name(into, quote=True),
        MetaData(),
        *(
            Column(
                quoted_name(item.live.name, quote=True),
                item.version.type,
                primary_key=item in layout.key,
                autoincrement=False,
            )
            for item in layout.items
        ),
        schema=schema,
    )
    rows = select(*(getattr(layout.version_cls, item.name) for item in layout.items)).where(
        in_force_at(timeline_of(layout.recorded), number, columns=lambda column: column)
    )
    # Outside of statements nobody chooses the model for its version class.
    arguments = {"mapper": layout.model_mapper}
    connection = bind if isinstance(bind, Connection) else bind.connection(bind_arguments=arguments)
    table.create(connection)
    connection.execute(insert(table).from_select([item.live.name for item in layout.items], rows))
    return table
