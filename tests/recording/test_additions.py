"""What the ORM recorder adds to versions, and how many statements that takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Float
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import Time
from sqlalchemy import Uuid
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.dialects import mysql

from continuum import version_class
from continuum import version_table
from continuum import version_table_of
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import counted
from suite._support import create_article


@pytest.mark.parametrize("flags", [None, "columns", "mask"])
def test_a_column_can_be_computed_from_what_history_leaves_out(
    new_world: Callable[..., World], flags: str | None
) -> None:
    world = new_world()
    article = create_article(
        world,
        exclude=["content"],
        flags=flags,
        end_timestamp=True,
        extra_columns=[(Column("size", Integer), lambda new: func.length(new.content))],
    )
    with world.transaction() as session:
        session.add_all([article(id=key, name="a", content="x" * key) for key in (1, 2, 3)])
    with world.transaction() as session:
        session.execute(update(article).where(article.id > 1).values(name="b"))
    with world.transaction() as session:
        session.execute(delete(article).where(article.id > 2))
    version = version_class(article)
    with world.transaction() as session:
        found = session.execute(
            select(version.id, version.operation_type, version.size).order_by(
                version.id, version.transaction_id
            )
        ).all()
    assert [tuple(row) for row in found] == [
        (1, 0, 1),
        (2, 0, 2),
        (2, 1, 2),
        (3, 0, 3),
        (3, 1, 3),
        (3, 2, 3),
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"flags": "columns"},
        {"flags": "mask"},
        {"end_timestamp": True},
        {"when": lambda old, new: new.hits >= 0},
        {"when": lambda old, new: old.hits.is_(None) | (new.hits > old.hits)},
        {"operations": ["insert", "update"]},
        {"comparisons": {String: "lower({old}) <> lower({new})"}},
        {"extra_columns": [(Column("size", Integer), lambda new: func.length(new.name))]},
    ],
    ids=["flags", "mask", "time", "when new", "when changed", "operations", "compared", "extra"],
)
def test_a_statement_about_many_rows_takes_a_few(
    new_world: Callable[..., World], options: dict[str, Any]
) -> None:
    world = new_world()
    article = create_article(world, **options)
    with world.transaction() as session:
        session.add_all([article(id=key, name=f"N{key}", hits=key) for key in range(1, 61)])
    counts = []
    for size in (10, 60):
        with world.engine.begin() as connection, counted(world.engine) as statements:
            connection.execute(
                update(article.__table__)
                .where(article.__table__.c.id <= size)
                .values(
                    hits=article.__table__.c.hits + 1, name=func.lower(article.__table__.c.name)
                )
            )
        counts.append(len(statements))
    # The versions that end now are of two transactions; where reads lock, they are locked first.
    assert counts[1] <= counts[0] + 2
    versions = [version for version in world.versions(article) if version.operation == 1]
    assert len(versions) == 70


def test_a_test_of_the_users_own_sees_no_nulls(new_world: Callable[..., World]) -> None:
    world = new_world()
    article = create_article(world, comparisons={String: "lower({old}) <> lower({new})"})
    with world.transaction() as session:
        session.add(article(id=1, name="a"))
    for name in (None, "B", "b", "100% :x", "100% :X"):
        with world.transaction() as session:
            session.execute(update(article).values(name=name))
    names = [version.values["name"] for version in world.versions(article)]
    assert names == ["a", None, "B", "100% :x"]
    with world.transaction() as session:
        session.execute(update(article).values(name="c"))
        session.execute(update(article).values(name="100% :X"))
    assert len(world.versions(article)) == 4


def test_of_several_equal_links_one_stands_for_all(new_world: Callable[..., World]) -> None:
    world = new_world(options={"allow_duplicate_links": True})
    create_article(world)
    links = Table(
        "link",
        world.Base.metadata,
        Column("article_id", ForeignKey("article.id"), nullable=False),
        Column("note", String(20)),
    )
    version_table_of(links, manager=world.manager)
    world.create()
    with world.transaction() as session:
        session.execute(insert(world.Base.metadata.tables["article"]).values(id=1))
    with world.engine.begin() as connection:
        for note in ("a", "b"):
            connection.execute(insert(links).values(article_id=1, note=note))
    with world.engine.begin() as connection:
        connection.execute(delete(links).where(links.c.note == "a"))
    with world.engine.begin() as connection:
        connection.execute(update(links).values(note="c"))
    with world.engine.begin() as connection:
        connection.execute(delete(links))
    assert [row[1:] for row in world.story(links, "note")] == [
        ("insert", 1, 2, "a"),
        ("update", 2, 3, "c"),
        ("delete", 3, None, "c"),
    ]


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_every_level_of_a_hierarchy_notes_its_own_changes(
    new_world: Callable[..., World], flags: str
) -> None:
    world = new_world()
    family = Hierarchy(world, flags=flags, end_timestamp=True)
    family.write_live(
        (family.Person, {"id": 1, "kind": "manager", "name": "Ada"}),
        (family.Employee, {"number": 1, "salary": 10}),
        (family.Manager, {"manager_id": 1, "title": "CTO"}),
    )
    with world.transaction() as session:
        session.get(family.Manager, 1).salary = 20
    everything = {
        "person": {"kind", "name", "notes", "badge"},
        "employee": {"salary"},
        "manager": {"title", "secret"},
    }
    for cls, news in (
        (family.Person, set()),
        (family.Employee, {"salary"}),
        (family.Manager, None),
    ):
        found = _changed(world, cls)
        assert found[0] == everything[cls.__tablename__]
        assert found[1:] == ([] if news is None else [news])


def _changed(world: World, cls: Any) -> list[set[str]]:
    """Return what each version says that it has changed, in order."""
    recorded = world.manager.journal_of(cls).recorded[cls.__table__]
    with world.engine.connect() as connection:
        rows = connection.execute(
            select(version_table(cls.__table__)).order_by(recorded.transaction_column)
        )
        places = {}
        if recorded.mask_catalog is not None:
            catalog = recorded.mask_catalog
            places = {
                row.column_name: row.position
                for row in connection.execute(select(catalog))
                if row.version_table == recorded.version_table.name
            }
        return [
            {
                item.live.name
                for item in recorded.values
                if (
                    row[recorded.mask_column] >> places[item.live.name] & 1
                    if item.flag is None
                    else row[item.flag]
                )
            }
            for row in rows.mappings()
        ]


MOMENT = datetime(2020, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("type_", "small", "large"),
    [
        (
            DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            MOMENT,
            MOMENT.replace(microsecond=1),
        ),
        (Date(), MOMENT.date(), MOMENT.date().replace(day=3)),
        (Time(), MOMENT.time(), MOMENT.time().replace(hour=4)),
        (Numeric(10, 2), Decimal("9.50"), Decimal("10.25")),
        (Float(), 9.5, 10.25),
        (Boolean(create_constraint=False), False, True),
        (String(20), "9", "a"),
        (Uuid(), UUID(int=1), UUID(int=2)),
    ],
    ids=["datetime", "date", "time", "numeric", "float", "boolean", "text", "uuid"],
)
def test_a_condition_sees_values_of_their_types(
    new_world: Callable[..., World], type_: Any, small: Any, large: Any
) -> None:
    world = new_world()

    class Reading(world.Base):
        __tablename__ = "reading"
        __versioned__: dict[str, Any] = {
            "when": lambda old, new: old.id.is_(None) | (new.value > old.value)
        }
        id = Column(Integer, primary_key=True)
        value = Column(type_)

    world.create()
    with world.transaction() as session:
        session.add_all([Reading(id=1, value=small), Reading(id=2, value=large)])
    with world.transaction() as session:
        session.get(Reading, 1).value = large
        session.get(Reading, 2).value = small
    found = [
        (version.key, version.operation, version.end is None) for version in world.versions(Reading)
    ]
    assert found == [((1,), 0, False), ((1,), 1, True), ((2,), 0, False)]
