"""Values of every type come back from history as they were, and every difference is seen."""

from __future__ import annotations

import enum
import uuid
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON
from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Date
from sqlalchemy import DateTime
from sqlalchemy import Double
from sqlalchemy import Enum
from sqlalchemy import Float
from sqlalchemy import Integer
from sqlalchemy import Interval
from sqlalchemy import LargeBinary
from sqlalchemy import Numeric
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import Time
from sqlalchemy import TypeDecorator
from sqlalchemy import Unicode
from sqlalchemy import Uuid
from sqlalchemy import insert
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import UserDefinedType

from continuum import version_class
from suite._support import World


class Colour(enum.Enum):
    RED = "red"
    DARK_BLUE = "dark blue"


class Celsius(TypeDecorator[float]):
    """A type that stores something else than it gives back."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Any) -> int | None:
        return None if value is None else round(value * 10)

    def process_result_value(self, value: int | None, dialect: Any) -> float | None:
        return None if value is None else value / 10


class Untyped(UserDefinedType[Any]):
    """A column without a type, in which SQLite stores whatever it is given."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return ""


PARIS = timezone(timedelta(hours=2))

COMMON: dict[str, tuple[Any, Any, Any]] = {
    "integer": (Integer(), 1, -(2**31)),
    "small": (SmallInteger(), 0, 32767),
    "big": (BigInteger(), 2**62, 2**62 + 1),
    "boolean": (Boolean(), False, True),
    "float_": (Float(), 1.5, -0.1),
    "double": (Double(), 0.1, 0.1 + 2**-55),
    "numeric": (Numeric(20, 4), Decimal("1.1000"), Decimal("-98765.4321")),
    "string": (String(50), "plain", "ünï ☃ 𝄞"),
    "unicode": (Unicode(50), "", " "),
    "long_text": (Text(), "x" * 5000, "x" * 4999 + "y"),
    "quotes": (String(50), "it's", 'a "b" \\ % %s :x {y} \n\t'),
    "binary": (LargeBinary(), b"\x00\xff'\\", b"\x00\xff'\\\x00"),
    "date": (Date(), date(1, 1, 2), date(2026, 2, 28)),
    "time": (Time(), time(0, 0), time(23, 59, 59)),
    "datetime": (DateTime(), datetime(1970, 1, 1), datetime(2026, 5, 6, 7, 8, 9)),
    "interval": (Interval(), timedelta(seconds=1), timedelta(days=3, hours=2)),
    "enum": (Enum(Colour), Colour.RED, Colour.DARK_BLUE),
    "enum_text": (Enum("a", "b b", name="letters"), "a", "b b"),
    "uuid": (Uuid(), uuid.UUID(int=1), uuid.UUID(int=2**127)),
    "json": (JSON(), {"a": [1, None, "é"], "b": 1.5}, {"a": [1, None, "é"], "b": 1.25}),
    "json_scalar": (JSON(), "text", [1, "text"]),
    "decorated": (Celsius(), 36.6, 37.1),
}

OWN: dict[str, dict[str, tuple[Any, Any, Any]]] = {
    "sqlite": {
        "untyped": (Untyped(), "1", 1),
    },
    "postgresql": {
        "array": (postgresql.ARRAY(Integer), [1, 2], [2, 1]),
        "array_of_text": (postgresql.ARRAY(Text), ["a,b", 'c"'], ["a,b", None]),
        "matrix": (postgresql.ARRAY(Integer, dimensions=2), [[1], [2]], [[1], [3]]),
        "jsonb": (postgresql.JSONB(), {"a": 1}, {"a": 2}),
        "inet": (postgresql.INET(), "10.0.0.1", "10.0.0.2"),
        "zoned": (
            DateTime(timezone=True),
            datetime(2026, 1, 1, tzinfo=UTC),
            datetime(2026, 1, 1, 2, 0, 0, 1, tzinfo=PARIS),
        ),
        "micro": (DateTime(), datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 0, 1)),
        "bits": (postgresql.BIT(3), "101", "100"),
        "searchable": (postgresql.TSVECTOR(), "'a':1", "'b':1"),
        "long_numeric": (
            Numeric(30, 10),
            Decimal("12345678901234567890.0123456789"),
            Decimal("0E-10"),
        ),
        "free_numeric": (Numeric(), Decimal("1.0"), Decimal("2.00")),
    },
    "mysql": {
        "micro": (mysql.DATETIME(fsp=6), datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 0, 1)),
        "stamp": (mysql.TIMESTAMP(), datetime(2026, 1, 1), datetime(2027, 1, 1)),
        "long_numeric": (
            Numeric(30, 10),
            Decimal("12345678901234567890.0123456789"),
            Decimal("0E-10"),
        ),
        "unsigned": (mysql.BIGINT(unsigned=True), 2**64 - 1, 2**64 - 2),
        "set_": (mysql.SET("a", "b"), {"a"}, {"a", "b"}),
        "year": (mysql.YEAR(), 1999, 2000),
        "medium": (mysql.MEDIUMTEXT(), "a", "b"),
    },
}
OWN["mariadb"] = OWN["mysql"]


def samples(world: World) -> dict[str, tuple[Any, Any, Any]]:
    """Return type, a value and another one, by a name that serves as column name."""
    return {**COMMON, **OWN[world.dialect]}


def create_sample_table(world: World) -> Any:
    """Create a class with a column of each type."""
    columns = {name: mapped_column(type_) for name, (type_, _, _) in samples(world).items()}
    sample = type(
        "Sample",
        (world.Base,),
        {
            "__tablename__": "sample",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            **columns,
        },
    )
    world.create()
    return sample


@pytest.mark.parametrize("by", ["orm", "core"])
def test_values_come_back_as_they_were(world: World, by: str) -> None:
    """Row n changes nothing but the n-th column: to another value, to NULL, and back."""
    sample = create_sample_table(world)
    table = sample.__table__
    rows = dict(enumerate(samples(world), start=1))
    first = {name: one for name, (_, one, _) in samples(world).items()}
    steps: list[dict[str, Any]] = [
        {name: other for name, (_, _, other) in samples(world).items()},
        dict.fromkeys(rows.values(), null()),
        first,
    ]
    with world.transaction() as session:
        if by == "orm":
            session.add_all(sample(id=key, **first) for key in rows)
        else:
            session.connection().execute(insert(table), [{"id": key, **first} for key in rows])
    for values in steps:
        with world.transaction() as session:
            for key, name in rows.items():
                if by == "orm":
                    setattr(session.get_one(sample, key), name, values[name])
                else:
                    session.connection().execute(
                        update(table).where(table.c.id == key).values({name: values[name]})
                    )
    world.verify(sample)
    found: dict[str, list[Any]] = {name: [] for name in rows.values()}
    others: dict[str, Any] = {}
    for version in world.versions(sample):
        changed = rows[version.key[0]]
        found[changed].append(version.values[changed])
        others |= {name: version.values[name] for name in rows.values() if name != changed}
    assert found == {
        name: [one, other, None, one] for name, (_, one, other) in samples(world).items()
    }
    assert others == first


def test_writing_the_same_values_again_is_no_change(world: World) -> None:
    sample = create_sample_table(world)
    first = {name: one for name, (_, one, _) in samples(world).items()}
    with world.transaction() as session:
        session.add(sample(id=1, **first))
    with world.transaction() as session:
        loaded = session.get_one(sample, 1)
        for name, value in first.items():
            setattr(loaded, name, value)
    with world.engine.begin() as connection:
        table = sample.__table__
        connection.execute(update(table).values({name: table.c[name] for name in first}))
        connection.execute(update(table).values(first))
    assert [version.operation for version in world.versions(sample)] == [0]
    assert len(world.transactions()) == 1


def test_null_to_null_is_no_change(world: World) -> None:
    sample = create_sample_table(world)
    names = samples(world)
    with world.engine.begin() as connection:
        connection.execute(insert(sample.__table__).values(id=1))
    with world.engine.begin() as connection:
        connection.execute(update(sample.__table__).values(dict.fromkeys(names, null())))
    assert [version.operation for version in world.versions(sample)] == [0]


@pytest.mark.parametrize(
    ("old", "new"),
    [("case", "CASE"), ("space", "space "), ("e", "é"), ("", " "), ("ss", "ß"), ("ı", "i")],
)
def test_differences_that_a_collation_may_overlook(world: World, old: str, new: str) -> None:
    class Word(world.Base):
        __tablename__ = "word"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        word = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add(Word(id=1, word=old))
    with world.transaction() as session:
        session.get_one(Word, 1).word = new
    with world.engine.begin() as connection:
        connection.execute(update(Word.__table__).values(word=old))
    assert world.story(Word, "word") == [
        (1, "insert", 1, 2, old),
        (1, "update", 2, 3, new),
        (1, "update", 3, None, old),
    ]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("old", "new"),
    [("1", "1.0"), ("1", "'1'"), ("x'61'", "'a'"), ("'a'", "'A'"), ("0", "NULL"), ("''", "NULL")],
)
def test_differences_between_storage_classes(world: World, old: str, new: str) -> None:
    class Cell(world.Base):
        __tablename__ = "cell"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        value = mapped_column(Untyped())

    world.create()
    with world.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO cell (id, value) VALUES (1, {old})"))
    for value in (new, new, old):
        with world.engine.begin() as connection:
            connection.execute(text(f"UPDATE cell SET value = {value}"))
    assert [version.operation for version in world.versions(Cell)] == [0, 1, 1]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("postgresql")
@pytest.mark.parametrize(
    ("type_name", "old", "new"),
    [
        ("json", '\'{"a": 1, "b": 2}\'', '\'{"b": 2, "a": 1}\''),
        ("double precision", "'0'", "'-0'"),
        ("numeric", "1.0", "1.00"),
        ("text", "'a'", "'A'"),
        ("xml", "'<a/>'", "'<b/>'"),
        ("point", "'(1,2)'", "'(2,1)'"),
    ],
)
def test_differences_that_equality_overlooks(
    world: World, type_name: str, old: str, new: str
) -> None:
    class Own(UserDefinedType[Any]):
        cache_ok = True

        def get_col_spec(self, **_: Any) -> str:
            return type_name

    class Cell(world.Base):
        __tablename__ = "cell"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        value = mapped_column(Own())

    world.create()
    with world.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO cell (id, value) VALUES (1, {old})"))
    for value in (new, new, old):
        with world.engine.begin() as connection:
            connection.execute(text(f"UPDATE cell SET value = {value}"))
    assert [version.operation for version in world.versions(Cell)] == [0, 1, 1]


def test_json_changed_in_place(world: World) -> None:
    class Document(world.Base):
        __tablename__ = "document"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        body = mapped_column(MutableDict.as_mutable(JSON()))

    world.create()
    with world.transaction() as session:
        document = Document(id=1, body={"n": 1})
        session.add(document)
        session.flush()
        document.body["n"] = 2
    with world.transaction() as session:
        session.get_one(Document, 1).body["n"] = 3
    with world.transaction() as session:
        document = session.get_one(Document, 1)
        document.body["n"] = 3
        document.body.changed()
    assert world.story(Document, "body") == [
        (1, "insert", 1, 2, {"n": 2}),
        (1, "update", 2, None, {"n": 3}),
    ]


def test_json_null_and_sql_null(world: World) -> None:
    class Document(world.Base):
        __tablename__ = "document"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        body = mapped_column(JSON())

    world.create()
    table = Document.__table__
    with world.engine.begin() as connection:
        connection.execute(insert(table).values(id=1, body=null()))
    with world.engine.begin() as connection:
        connection.execute(update(table).values(body=JSON.NULL))
    with world.engine.begin() as connection:
        connection.execute(update(table).values(body=null()))
    assert [version.operation for version in world.versions(Document)] == [0, 1, 1]


def test_a_value_that_the_enum_has_lost(world: World) -> None:
    shade = enum.Enum("Shade", ["red", "green"])

    class Paint(world.Base):
        __tablename__ = "paint"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        colour = mapped_column(Enum(shade, native_enum=False))

    world.create()
    with world.transaction() as session:
        session.add(Paint(id=1, colour=shade.red))
    history = version_class(Paint).__table__
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE paint_version SET colour = 'mauve'"))
    with world.engine.connect() as connection:
        assert connection.scalar(select(history.c.colour)) == "mauve"
        assert connection.scalar(select(history.c.id).where(history.c.colour == "mauve")) == 1
        assert not connection.scalar(select(history.c.id).where(history.c.colour == shade.red))
