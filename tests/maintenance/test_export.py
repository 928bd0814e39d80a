"""export(): every version, in a form that does not depend on the database, and not all at once."""

from __future__ import annotations

import csv
import datetime as dt
import enum
import io
import json
import tracemalloc
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import Column
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Enum
from sqlalchemy import Float
from sqlalchemy import ForeignKey
from sqlalchemy import LargeBinary
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import Uuid
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from continuum import ClassNotVersioned
from continuum import context
from continuum import export
from continuum import version_class
from continuum import version_table
from continuum.dialects.base import INTERNAL
from continuum.maintenance.export import exportable
from suite._hierarchy import Hierarchy
from suite._support import World
from suite._support import counted
from suite._support import create_article
from suite._support import define_article

NOON = dt.datetime(2024, 5, 1, 12)


class Colour(enum.Enum):
    RED = 1


def lines(world: World, *models: Any, **arguments: Any) -> list[Any]:
    file = io.StringIO()
    number = export(world.engine, *models, manager=world.manager, **arguments).json_lines(file)
    found = [json.loads(line) for line in file.getvalue().splitlines()]
    assert len(found) == number
    return found


def at_noon(world: World) -> None:
    """Let every transaction be of the same moment."""
    with world.engine.begin() as connection:
        connection.execute(
            update(world.log).values(issued_at=NOON), execution_options={INTERNAL: True}
        )


def with_history(world: World) -> Any:
    """Article 1 has two versions, 2 is deleted again."""
    article = create_article(world)
    with context(actor="ada", reason="first"), world.transaction() as session:
        session.add_all([article(id=1, name="a", hits=0), article(id=2, name="")])
    with world.transaction() as session:
        session.get_one(article, 1).name = 'say "b",\nb'
        session.delete(session.get_one(article, 2))
    at_noon(world)
    return article


def test_json_lines(world: World) -> None:
    article = with_history(world)
    first, second = (row.id for row in world.transactions())
    found = lines(world)
    about = {"class": "Article", "issued_at": f"{NOON.isoformat()}+00:00"}
    told = {"transaction_id": first, "actor": "ada", "reason": "first", "operation": "insert"}
    assert found[0] == {
        **about,
        **told,
        "key": {"id": 1},
        "end_transaction_id": second,
        "values": {"id": 1, "name": "a", "content": None, "hits": 0},
    }
    assert [(each["key"]["id"], each["operation"]) for each in found] == [
        (1, "insert"),
        (2, "insert"),
        (1, "update"),
        (2, "delete"),
    ]
    assert (found[2]["actor"], found[2]["end_transaction_id"]) == (None, None)
    assert lines(world, article, key=2) == [found[1], found[3]]
    assert lines(world, article, since=second) == found[2:]
    assert lines(world, article, until=first) == found[:2]
    assert lines(world, since=dt.datetime.now(dt.UTC)) == []
    assert lines(world, since=first, until=first) == found[:2]
    with counted(world.engine) as statements:
        lines(world)
    # Whether the tables stand, and the versions.
    assert len(statements) == 2


def test_csv(world: World) -> None:
    article = with_history(world)
    file = io.StringIO(newline="")
    assert export(world.engine, article, manager=world.manager).csv(file) == 4
    whole = file.getvalue()
    assert whole.splitlines()[0].endswith('"reason","id","name","content","hits"')
    # NULL has no quotes, an empty text has.
    assert ',2,"",,\r\n' in whole
    rows = list(csv.DictReader(io.StringIO(whole, newline="")))
    assert [row["name"] for row in rows] == ["a", "", 'say "b",\nb', ""]
    assert rows[0]["issued_at"] == f"{NOON.isoformat()}+00:00"


def test_values_look_the_same_everywhere(world: World) -> None:
    thing: Any = type(
        "Thing",
        (world.Base,),
        {
            "__tablename__": "thing",
            "__versioned__": {},
            "id": mapped_column(Uuid, primary_key=True),
            "price": mapped_column(Numeric(10, 2)),
            "weight": mapped_column(Float),
            "day": mapped_column(Date),
            "at": mapped_column(DateTime),
            "data": mapped_column(LargeBinary),
            "colour": mapped_column(Enum(Colour)),
            "document": mapped_column(JSON),
            "reason": mapped_column(String(10)),
        },
    )
    world.create()
    key = uuid.UUID(int=7)
    with world.transaction() as session:
        session.add(
            thing(
                id=key,
                price=Decimal("1.50"),
                weight=0.5,
                day=NOON.date(),
                at=NOON,
                data=b"\x00\xff",
                colour=Colour.RED,
                document={"b": [1, None], "a": True},
                reason="x",
            )
        )
    [record] = lines(world, thing)
    assert record["key"] == {"id": str(key)}
    assert record["values"] == {
        "id": "00000000-0000-0000-0000-000000000007",
        "price": "1.50",
        "weight": 0.5,
        "day": "2024-05-01",
        "at": "2024-05-01T12:00:00",
        "data": "AP8=",
        "colour": "RED",
        "document": {"a": True, "b": [1, None]},
        "reason": "x",
    }
    file = io.StringIO(newline="")
    export(world.engine, thing, manager=world.manager).csv(file)
    assert '"version_reason"' in file.getvalue()
    assert '"{""a"": true, ""b"": [1, null]}"' in file.getvalue()


def test_values_of_other_kinds() -> None:
    assert exportable(float("inf")) == "inf"
    assert exportable(dt.timedelta(days=-1, microseconds=1)) == "PT-86399.999999S"
    assert exportable({"b", "a"}) == ["a", "b"]
    assert exportable((1, Decimal(2))) == [1, "2"]
    assert exportable(range(1)) == "range(0, 1)"


def test_hierarchies(new_world: Callable[..., World]) -> None:
    world = new_world()
    people = Hierarchy(world)
    with world.transaction() as session:
        session.add(people.Manager(id=2, name="m", salary=1, title="t"))
        session.add(people.Person(id=1, name="p"))
    with world.transaction() as session:
        session.get_one(people.Manager, 2).salary = 2
    found = lines(world)
    assert [each["class"] for each in found] == ["Manager", "Manager", "Person"]
    assert [each["values"]["salary"] for each in found[:2]] == [1, 2]
    assert found[1]["values"]["title"] == "t"
    assert lines(world, people.Employee) == found[:2]
    assert lines(world, people.Person) == found
    with pytest.raises(ValueError, match="CSV has the columns of one class"):
        export(world.engine, people.Person, manager=world.manager).csv(io.StringIO())
    with pytest.raises(TypeError, match="needs the class"):
        export(world.engine, key=1, manager=world.manager)


def test_links(world: World) -> None:
    links = Table(
        "knows",
        world.Base.metadata,
        Column("one", ForeignKey("article.id"), primary_key=True),
        Column("other", ForeignKey("article.id"), primary_key=True),
    )
    article = define_article(world)
    article.others = relationship(
        article,
        secondary=links,
        primaryjoin=article.id == links.c.one,
        secondaryjoin=article.id == links.c.other,
    )
    world.create()
    with world.transaction() as session:
        session.add(article(id=1, name="p", others=[article(id=2, name="q")]))
    found = lines(world)
    assert [each["class"] for each in found] == ["Article", "Article", "knows"]
    assert found[2]["key"] == {"one": 1, "other": 2}
    assert lines(world, links) == found[2:]
    with pytest.raises(ClassNotVersioned):
        export(world.engine, Table("else", world.Base.metadata), manager=world.manager)


@pytest.mark.engines("sqlite", "postgresql", "mariadb")
@pytest.mark.recorders("triggers")
def test_not_all_at_once(world: World) -> None:
    article = create_article(world)
    history = version_table(article.__table__)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
    insert = (
        "INSERT INTO article_version (id, name, transaction_id, operation_type) "
        f"{numbers.format(900)} SELECT i, 'x', i, 0 FROM n"
    )
    with world.engine.begin() as connection:
        connection.execute(text(insert), execution_options={INTERNAL: True})
        for number in range(1, 21):
            connection.execute(
                history.insert().from_select(
                    ["id", "name", "transaction_id", "operation_type"],
                    history.select()
                    .with_only_columns(
                        history.c.id,
                        history.c.name,
                        history.c.transaction_id + 1000 * number,
                        history.c.operation_type,
                    )
                    .where(history.c.transaction_id <= 900),
                ),
                execution_options={INTERNAL: True},
            )
    found = export(world.engine, article, manager=world.manager)
    next(iter(found))
    tracemalloc.start()
    assert sum(1 for _ in found) == 18_900
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A record takes more than a kilobyte.
    assert peak < 4_000_000


def test_points_of_other_kinds(world: World) -> None:
    article = with_history(world)
    with world.transaction() as session:
        version = session.scalars(version_class(article).select_all(2)).first()
        assert len(lines(world, article, key=2, since=version)) == 1
        bound = export(session.connection(), article, manager=world.manager)
        assert [record.key["id"] for record in bound] == [1, 2, 1, 2]
