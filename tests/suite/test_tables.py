"""Tables of every shape: wide ones, composite and odd keys, defaults, hostile names, schemas."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import CheckConstraint
from sqlalchemy import Column
from sqlalchemy import Computed
from sqlalchemy import DateTime
from sqlalchemy import Enum
from sqlalchemy import ForeignKey
from sqlalchemy import Identity
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import Uuid
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.dialects.mysql import VARBINARY
from sqlalchemy.orm import mapped_column

from continuum import version_class
from suite._support import World

OTHER_KEYS: dict[str, tuple[Any, Any, Any]] = {
    "string": (String(40), "Ada", "Grace"),
    "string that differs in a space": (String(40), "Ada", "Ada x"),
    "uuid": (Uuid(), uuid.UUID(int=7), uuid.UUID(int=2**100)),
    "negative": (Integer(), -5, 0),
    "binary": (
        LargeBinary(20).with_variant(VARBINARY(20), "mysql", "mariadb"),
        b"\x00\xfe",
        b"\x00\xff",
    ),
}


@pytest.mark.parametrize("kind", OTHER_KEYS)
def test_keys_that_are_not_numbers(world: World, kind: str) -> None:
    type_, one, two = OTHER_KEYS[kind]

    class Thing(world.Base):
        __tablename__ = "thing"
        __versioned__: dict[str, Any] = {}
        code = mapped_column(type_, primary_key=True, autoincrement=False)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add(Thing(code=one, name="a"))
    with world.transaction() as session:
        session.get_one(Thing, one).name = "b"
    with world.transaction() as session:
        session.get_one(Thing, one).code = two
    with world.transaction() as session:
        session.delete(session.get_one(Thing, two))
    assert sorted(world.story(Thing, "name"), key=lambda entry: entry[2]) == [
        (one, "insert", 1, 2, "a"),
        (one, "update", 2, 3, "b"),
        *sorted(
            [(one, "delete", 3, None, "b"), (two, "insert", 3, 4, "b")],
            key=lambda entry: repr(entry[0]),
        ),
        (two, "delete", 4, None, "b"),
    ]


def test_composite_keys(world: World) -> None:
    class Seat(world.Base):
        __tablename__ = "seat"
        __versioned__: dict[str, Any] = {}
        room = mapped_column(String(10), primary_key=True)
        number = mapped_column(Integer, primary_key=True, autoincrement=False)
        taken_by = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add_all([Seat(room="a", number=1), Seat(room="b", number=1, taken_by="Ada")])
    with world.transaction() as session:
        session.get_one(Seat, ("a", 1)).taken_by = "Grace"
    with world.transaction() as session:
        session.get_one(Seat, ("b", 1)).number = 2
    assert world.story(Seat, "taken_by") == [
        ("a", 1, "insert", 1, 2, None),
        ("a", 1, "update", 2, None, "Grace"),
        ("b", 1, "insert", 1, 3, "Ada"),
        ("b", 1, "delete", 3, None, "Ada"),
        ("b", 2, "insert", 3, None, "Ada"),
    ]


def test_a_table_that_is_all_key(world: World) -> None:
    class Pair(world.Base):
        __tablename__ = "pair"
        __versioned__: dict[str, Any] = {}
        a = mapped_column(Integer, primary_key=True, autoincrement=False)
        b = mapped_column(Integer, primary_key=True, autoincrement=False)

    world.create()
    with world.transaction() as session:
        session.add_all([Pair(a=1, b=1), Pair(a=1, b=2)])
    with world.transaction() as session:
        session.delete(session.get_one(Pair, (1, 1)))
        session.get_one(Pair, (1, 2)).b = 3
    assert world.story(Pair) == [
        (1, 1, "insert", 1, 2),
        (1, 1, "delete", 2, None),
        (1, 2, "insert", 1, 2),
        (1, 2, "delete", 2, None),
        (1, 3, "insert", 2, None),
    ]


def test_generated_keys(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, Identity(), primary_key=True)
        name = mapped_column(String(20))

    world.create()
    with world.transaction() as session:
        session.add_all([Note(name="a"), Note(name="b")])
    with world.transaction() as session:
        session.add(Note(name="c"))
    assert world.story(Note, "name") == [
        (1, "insert", 1, None, "a"),
        (2, "insert", 1, None, "b"),
        (3, "insert", 2, None, "c"),
    ]


def test_what_the_driver_reports_is_left_alone(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    table = Note.__table__
    with world.engine.begin() as connection:
        for key in (1, 2, 3):
            inserted = connection.execute(insert(table).values(name="a"))
            assert inserted.inserted_primary_key == (key,)
            assert inserted.rowcount == 1
        assert connection.execute(update(table).values(name="b")).rowcount == 3
        assert connection.execute(table.delete().where(table.c.id > 1)).rowcount == 2


def test_thirty_columns(world: World) -> None:
    names = [f"column_{number}" for number in range(30)]
    wide = type(
        "Wide",
        (world.Base,),
        {
            "__tablename__": "wide",
            "__versioned__": {},
            "id": mapped_column(Integer, primary_key=True),
            **{name: mapped_column(String(20)) for name in names},
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(wide(id=1, **dict.fromkeys(names, "a")))
    for name in names:
        with world.transaction() as session:
            setattr(session.get_one(wide, 1), name, "b")
    world.verify(wide)
    versions = world.versions(wide)
    assert len(versions) == 31
    for number, version in enumerate(versions):
        assert [version.values[name] for name in names] == ["b"] * number + ["a"] * (30 - number)


def test_server_defaults(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20), server_default="unnamed", nullable=False)
        length = mapped_column(Integer, default=7)
        made = mapped_column(DateTime, server_default=func.now())
        seen = mapped_column(Integer, onupdate=5)

    world.create()
    with world.transaction() as session:
        session.add(Note(id=1))
    with world.transaction() as session:
        session.get_one(Note, 1).length = 8
    with world.engine.begin() as connection:
        connection.execute(insert(Note.__table__).values(id=2))
    assert world.story(Note, "name", "length", "seen") == [
        (1, "insert", 1, 2, "unnamed", 7, None),
        (1, "update", 2, None, "unnamed", 8, 5),
        (2, "insert", 3, None, "unnamed", 7, None),
    ]
    assert {v.values["made"] for v in world.versions(Note)} == {
        row["made"] for row in world.live(Note).values()
    }


@pytest.mark.parametrize("persisted", [True, False])
def test_generated_columns(world: World, persisted: bool) -> None:
    if world.dialect == "postgresql":
        persisted = True  # VIRTUAL came with PostgreSQL 18

    class Box(world.Base):
        __tablename__ = "box"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        width = mapped_column(Integer)
        area = mapped_column(Integer, Computed("width * width", persisted=persisted))

    world.create()
    with world.transaction() as session:
        session.add(Box(id=1, width=2))
    with world.transaction() as session:
        session.get_one(Box, 1).width = 3
    with world.engine.begin() as connection:
        connection.execute(update(Box.__table__).values(width=4))
    assert world.story(Box, "width", "area") == [
        (1, "insert", 1, 2, 2, 4),
        (1, "update", 2, 3, 3, 9),
        (1, "update", 3, None, 4, 16),
    ]


def test_constraints_are_not_copied_into_history(world: World) -> None:
    class Parent(world.Base):
        __tablename__ = "parent"
        id = mapped_column(Integer, primary_key=True)

    class Child(world.Base):
        __tablename__ = "child"
        __versioned__: dict[str, Any] = {}
        __table_args__ = (CheckConstraint("size > 0", name="size_is_positive"),)
        id = mapped_column(Integer, primary_key=True)
        code = mapped_column(String(20), unique=True, index=True)
        size = mapped_column(Integer, nullable=False, server_default="1")
        parent_id = mapped_column(ForeignKey("parent.id"))

    world.create()
    table = version_class(Child).__table__
    assert [column.name for column in table.primary_key] == ["id", "transaction_id"]
    assert not table.foreign_keys
    assert [c for c in table.constraints if isinstance(c, CheckConstraint)] == []
    assert table.c.size.nullable
    assert table.c.size.server_default is None
    indexes = inspect(world.engine).get_indexes("child_version")
    assert [index["column_names"] for index in indexes] == [["transaction_id"]]
    for key in (1, 2):
        with world.transaction() as session:
            session.add(Child(id=key, code="same"))
        with world.transaction() as session:
            session.delete(session.get_one(Child, key))
    assert len(world.versions(Child)) == 4


HOSTILE = {
    "reserved words": ("order", ["select", "from", "group"]),
    "quotes": ('it\'s a "table"', ["a'b", 'c"d', "e`f"]),
    "spaces and signs": ("my table; --", ["a b", "c-d", "50% off", "e%sf", "(g)", "h.i"]),
    "colons and braces": ("a:b", [":c", "{d}", "e::f", "$1", "?"]),
    "backslashes": ("a\\b", ["c\\", "\\d"]),
    "unicode": ("naïve ☃", ["größe", "名前"]),
    "capitals": ("MixedCase", ["CamelCase", "camelcase2", "UPPER"]),
    "names of ours": ("version", ["new", "old", "v", "p", "tx", "op", "ctx", "values", "key"]),
    "long": ("t" * 54, ["c" * 63, "d" * 60]),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names(world: World, kind: str) -> None:
    table_name, names = HOSTILE[kind]
    attributes = {f"value_{n}": mapped_column(name, String(20)) for n, name in enumerate(names)}
    thing = type(
        "Thing",
        (world.Base,),
        {
            "__tablename__": table_name,
            "__versioned__": {},
            "key": mapped_column("id", Integer, primary_key=True),
            **attributes,
        },
    )
    world.create()
    with world.transaction() as session:
        session.add(thing(key=1, **dict.fromkeys(attributes, "a")))
    with world.transaction() as session:
        loaded = session.get_one(thing, 1)
        for name in attributes:
            setattr(loaded, name, "b")
    with world.transaction() as session:
        session.get_one(thing, 1).key = 2
    with world.transaction() as session:
        session.delete(session.get_one(thing, 2))
    a, b = ("a",) * len(names), ("b",) * len(names)
    assert world.story(thing, *names) == [
        (1, "insert", 1, 2, *a),
        (1, "update", 2, 3, *b),
        (1, "delete", 3, None, *b),
        (2, "insert", 3, 4, *b),
        (2, "delete", 4, None, *b),
    ]


def test_two_long_names_that_begin_the_same(world: World) -> None:
    classes = []
    for end in ("one", "two"):
        name = "t" * 50 + end
        classes.append(
            type(
                f"Thing{end}",
                (world.Base,),
                {
                    "__tablename__": name,
                    "__versioned__": {},
                    "id": mapped_column(Integer, primary_key=True),
                    "name": mapped_column(String(20)),
                },
            )
        )
    world.create()
    with world.transaction() as session:
        session.add_all(cls(id=1, name=cls.__name__) for cls in classes)
    assert [world.story(cls, "name") for cls in classes] == [
        [(1, "insert", 1, None, "Thingone")],
        [(1, "insert", 1, None, "Thingtwo")],
    ]


def test_attributes_named_unlike_their_columns(world: World) -> None:
    class Person(world.Base):
        __tablename__ = "person"
        __versioned__: dict[str, Any] = {}
        key = mapped_column("id", Integer, primary_key=True)
        name = mapped_column("full_name", String(20))

    world.create()
    with world.transaction() as session:
        session.add(Person(key=1, name="Ada"))
    with world.transaction() as session:
        session.get_one(Person, 1).name = "Grace"
    assert world.story(Person, "full_name") == [
        (1, "insert", 1, 2, "Ada"),
        (1, "update", 2, None, "Grace"),
    ]
    with world.transaction() as session:
        assert [v.name for v in session.get_one(Person, 1).versions] == ["Ada", "Grace"]


def test_tables_in_another_schema(world: World, other_schema: str) -> None:
    class Article(world.Base):
        __tablename__ = "article"
        __table_args__ = {"schema": other_schema}
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Comment(world.Base):
        __tablename__ = "article"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    assert version_class(Article).__table__.schema == other_schema
    with world.transaction() as session:
        session.add_all([Article(id=1, name="there"), Comment(id=1, name="here")])
    with world.transaction() as session:
        session.get_one(Article, 1).name = "moved"
        session.get_one(Comment, 1).name = "moved"
    assert world.story(Article, "name") == [
        (1, "insert", 1, 2, "there"),
        (1, "update", 2, None, "moved"),
    ]
    assert world.story(Comment, "name") == [
        (1, "insert", 1, 2, "here"),
        (1, "update", 2, None, "moved"),
    ]
    assert len(world.transactions()) == 2


@pytest.mark.engines("postgresql", "mariadb", "mysql")
def test_schemas_translated_by_the_connection(world: World, other_schema: str) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    here = world.engine
    world.engine = here.execution_options(schema_translate_map={None: other_schema})
    world.create()
    with world.transaction() as session:
        session.add(Note(id=1, name="there"))
    with world.transaction() as session:
        session.get_one(Note, 1).name = "changed"
    assert world.story(Note, "name") == [
        (1, "insert", 1, 2, "there"),
        (1, "update", 2, None, "changed"),
    ]
    world.engine = here
    assert world.versions(Note) == []
    with world.transaction() as session:
        session.add(Note(id=1, name="here"))
    assert world.story(Note, "name") == [(1, "insert", 1, None, "here")]


@pytest.mark.recorders("triggers")
@pytest.mark.engines("postgresql")
def test_a_client_with_an_empty_search_path(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    world.create()
    world.database.client(
        "SET search_path = ''; INSERT INTO public.note VALUES (1, 'a');"
        "UPDATE public.note SET name = 'b'; DELETE FROM public.note;"
    )
    assert world.story(Note, "name") == [
        (1, "insert", 1, 2, "a"),
        (1, "update", 2, 3, "b"),
        (1, "delete", 3, None, "b"),
    ]


def test_create_all_twice_changes_nothing(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    world.create()
    with world.transaction() as session:
        session.add(Note(id=1))
    world.Base.metadata.create_all(world.engine)
    with world.transaction() as session:
        session.add(Note(id=2))
    assert world.story(Note) == [(1, "insert", 1, None), (2, "insert", 2, None)]


def test_drop_all_leaves_nothing(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)

    world.create()
    with world.transaction() as session:
        session.add(Note(id=1))
    world.Base.metadata.drop_all(world.engine)
    assert inspect(world.engine).get_table_names() == []
    if world.dialect == "postgresql":
        with world.engine.connect() as connection:
            left = connection.execute(
                text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
            )
            assert left.scalars().all() == []


def test_tables_that_exist_get_their_triggers(world: World) -> None:
    class Note(world.Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    with world.engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, name VARCHAR(20))"))
    world.create()
    with world.transaction() as session:
        session.add(Note(id=1, name="a"))
    assert world.story(Note, "name") == [(1, "insert", 1, None, "a")]


def test_classical_tables(world: World) -> None:
    table = Table(
        "note",
        world.Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(20)),
    )
    note = type("Note", (), {"__versioned__": {}})
    world.Base.registry.map_imperatively(note, table)
    note.__table__ = table  # type: ignore[attr-defined]
    world.create()
    with world.engine.begin() as connection:
        connection.execute(insert(table).values(id=1, name="a"))
    with world.transaction() as session:
        session.get_one(note, 1).name = "b"
    assert world.story(note, "name") == [(1, "insert", 1, 2, "a"), (1, "update", 2, None, "b")]


def test_an_enum_as_key(world: World) -> None:
    class Setting(world.Base):
        __tablename__ = "setting"
        __versioned__: dict[str, Any] = {}
        name = mapped_column(Enum("colour", "size", name="setting_name"), primary_key=True)
        value = mapped_column(String(10))

    world.create()
    with world.transaction() as session:
        session.add(Setting(name="colour", value="red"))
    with world.transaction() as session:
        setting = session.get_one(Setting, "colour")
        setting.value = "blue"
        session.flush()
        setting.value = "green"
    with world.transaction() as session:
        session.delete(session.get_one(Setting, "colour"))
    assert world.story(Setting, "value") == [
        ("colour", "insert", 1, 2, "red"),
        ("colour", "update", 2, 3, "green"),
        ("colour", "delete", 3, None, "green"),
    ]
