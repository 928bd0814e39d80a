"""adopt(): what it writes into histories that use every kind of column."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from continuum import adopt
from continuum import paused
from continuum import verify
from continuum import version_table
from continuum.dialects.base import INTERNAL
from continuum.plugins import TransactionChangesPlugin
from suite._support import World
from suite._support import create_article
from suite.test_version_columns import changed_columns


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_catching_up_fills_every_column(new_world: Callable[..., World], flags: str) -> None:
    world = new_world(plugins=[TransactionChangesPlugin()])
    label = Column("label", String(20), nullable=False)
    Article = create_article(
        world,
        flags=flags,
        end_timestamp=True,
        extra_columns=[(label, lambda new: new.name + "!")],
    )
    with world.transaction() as session:
        session.add_all([Article(id=1, name="a"), Article(id=2, name="b"), Article(id=3, name="c")])
    history = version_table(Article.__table__)
    with world.engine.begin() as connection:
        # As if the triggers had not stood yet: one row changes, one goes, one has no version.
        old = {INTERNAL: True}
        of_third = delete(history).where(history.c.id == 3)
        connection.execute(of_third, execution_options=old)
    with world.transaction() as session, paused(session, Article):
        session.execute(update(Article).where(Article.id == 1).values(name="A"))
        session.execute(delete(Article).where(Article.id == 2))
    with world.engine.begin() as connection:
        # A pause leaves a gap; a writer that nothing saw leaves versions open.
        recorded = world.manager.recorded(Article)
        reopened = {recorded.end_column: None, recorded.end_timestamp_column: None}
        connection.execute(update(history).values(reopened), execution_options=old)
    report = adopt(world.engine, manager=world.manager, catch_up=True)
    assert report["article"].caught_up == 3
    with world.engine.connect() as connection:
        columns = (history.c.operation_type, history.c.name, history.c.label)
        rows = connection.execute(
            select(history.c.id, *columns).order_by(history.c.id, history.c.transaction_id)
        ).all()
        assert [tuple(row) for row in rows] == [
            (1, 0, "a", "a!"),
            (1, 1, "A", "A!"),
            (2, 0, "b", "b!"),
            (2, 2, "b", "b!"),
            (3, 0, "c", "c!"),
        ]
        noted = world.Base.metadata.tables["transaction_changes"]
        number = max(row.id for row in world.transactions())
        assert connection.scalars(
            select(noted.c.entity_name).where(noted.c.transaction_id == number)
        ).all() == ["Article"]
    flagged = changed_columns(world, Article)
    assert flagged[1, number] == {"name"}
    assert flagged[2, number] == set()
    assert "name" in flagged[3, number]
    # The transaction of the pause has lost the ends that it had set.
    found = verify(world.engine, manager=world.manager).findings
    assert [(each.kind, each.number) for each in found] == [("empty", 1)]


def test_computed_columns_of_a_row_with_other_keys(new_world: Callable[..., World]) -> None:
    world = new_world()
    table = Table(
        "thing",
        world.Base.metadata,
        Column("the id", Integer, key="id", primary_key=True),
        Column("the name", String(20), key="name"),
    )
    size = Column("size", Integer, nullable=False)
    Thing = type(
        "Thing",
        (world.Base,),
        {
            "__table__": table,
            "__versioned__": {"extra_columns": [(size, lambda new: func.length(new.name))]},
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(Thing(id=1, name="abc"))
    history = version_table(table)
    with world.engine.begin() as connection:
        connection.execute(
            update(history).values(name="unlike"), execution_options={INTERNAL: True}
        )
    assert adopt(world.engine, manager=world.manager, catch_up=True)["thing"].caught_up == 1
    with world.transaction() as session:
        versions = session.get_one(Thing, 1).versions.all()
        assert [(each.name, each.size) for each in versions] == [("unlike", 3), ("abc", 3)]
