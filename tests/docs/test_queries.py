"""The numbers of queries and statements in the documentation are what is counted."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import ForeignKey
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship
from sqlalchemy.orm import selectinload
from sqlalchemy.pool import StaticPool

import continuum
from continuum import Operation
from continuum import VersioningManager
from continuum import as_of
from continuum import blame
from continuum import changed
from continuum import changed_columns
from continuum import changes
from continuum import changeset
from continuum import changesets
from continuum import context
from continuum import count_versions
from continuum import deleted
from continuum import diff
from continuum import first_where
from continuum import history
from continuum import is_historic
from continuum import is_modified
from continuum import is_modified_or_deleted
from continuum import is_session_modified
from continuum import json_changes
from continuum import latest_per_entity
from continuum import make_versioned
from continuum import remove_versioning
from continuum import touched
from continuum import transaction_class
from continuum import valid_at
from continuum import version_class
from continuum import version_of
from continuum import versioned_objects
from continuum.reading.handle import Versions
from continuum.reading.transaction import TransactionReading
from docs._pages import ROOT
from docs._pages import table_rows
from servers.database import Database

PAGES = [ROOT / "docs" / name for name in ("reading.md", "queries.md", "diffs.md")]


class World:
    """An article with three versions, in a session that has loaded nothing but the article."""

    def __init__(self) -> None:
        self.manager = VersioningManager()
        self.engine: Engine = create_engine("sqlite://", poolclass=StaticPool)

        class Base(DeclarativeBase):
            pass

        class Article(Base):
            __tablename__ = "article"
            __versioned__: dict[str, Any] = {}
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
            comments: Mapped[list[Any]] = relationship("Comment")

        class Comment(Base):
            __tablename__ = "comment"
            __versioned__: dict[str, Any] = {}
            id: Mapped[int] = mapped_column(primary_key=True)
            article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))

        make_versioned(manager=self.manager, mapper=Base, user_cls=None)
        Base.metadata.create_all(self.engine)
        self.base, self.Article = Base, Article
        self.Version: Any = version_class(Article)
        self.Transaction = transaction_class(Article)
        with Session(self.engine) as session:
            for name in ("a", "b", "c"):
                session.merge(Article(id=1, name=name))
                session.commit()
        self.session = Session(self.engine, autoflush=False)
        self.article = self.session.get_one(Article, 1)

    def loaded_eagerly(self) -> Any:
        """Return the article with its versions."""
        return self.session.scalars(
            select(self.Article)
            .options(selectinload(self.Article.versions))
            .execution_options(populate_existing=True)
        ).one()

    def single(self) -> Any:
        """Return the second version, which does not know the others."""
        return self.session.scalars(select(self.Version).where(self.Version.name == "b")).one()

    def lonely(self) -> Any:
        """Return the second version in a session that does not hold the article."""
        self.session.expunge(self.article)
        return self.single()

    def listed(self) -> Any:
        """Return the second version out of a list."""
        return self.article.versions.all()[1]

    def some(self) -> Any:
        """Return versions that do not know each other."""
        return self.session.scalars(select(self.Version)).all()

    def transaction(self) -> Any:
        """Return the newest transaction."""
        return self.session.scalars(
            select(self.Transaction).order_by(self.Transaction.id.desc())
        ).first()

    def pending(self) -> Any:
        """Return the article with a change that is not flushed."""
        self.article.name = "d"
        return self.article

    def expired(self) -> Any:
        """Return versions of which nothing is loaded."""
        versions = self.article.versions.all()
        for version in versions:
            self.session.expire(version)
        return versions

    def known(self) -> Any:
        """Return the second version with its comments, and those of the one before."""
        versions = self.article.versions.all()
        for version in versions:
            assert version.comments == []
        return versions[1]

    def executed(self, statement: Any) -> Any:
        """Execute a statement."""
        return self.session.execute(statement).all()

    def run(self, part: Any) -> Any:
        """Execute a statement with an entity, a column or a criterion."""
        return self.session.execute(select(part)).all()

    def close(self) -> None:
        """Forget everything."""
        self.session.close()
        self.engine.dispose()
        remove_versioning(manager=self.manager)
        self.base.registry.dispose()


@pytest.fixture
def world() -> Iterator[World]:
    """A world of its own for each test."""
    world = World()
    yield world
    world.close()


Case = tuple[str, Callable[[World], Any], Callable[[World, Any], Any], int]

# First words of the row, what is prepared, what is counted, and how many queries that takes.
CASES: list[Case] = [
    ("obj.versions.all()", lambda w: w.article, lambda w, a: a.versions.all(), 1),
    ("obj.versions.all()", lambda w: w.article, lambda w, a: list(a.versions), 1),
    ("obj.versions.all()", lambda w: w.article, lambda w, a: a.versions[1], 1),
    ("obj.versions.all()", lambda w: w.article, lambda w, a: a.versions[-1], 1),
    ("obj.versions.all()", lambda w: w.article, lambda w, a: a.versions[1:], 1),
    ("obj.versions.all()", World.loaded_eagerly, lambda w, a: a.versions.all(), 0),
    ("obj.versions.all()", lambda w: w.article, lambda w, a: a.versions.first(), 1),
    (
        "obj.versions.all()",
        lambda w: w.article.versions.where(w.Version.name > "a").order_by(w.Version.name),
        lambda w, some: some.filter(w.Version.id == 1).limit(2).offset(1).options().all(),
        1,
    ),
    ("obj.versions.all()", lambda w: w.article, lambda w, a: a.versions.filter_by(name="b")[0], 1),
    ("obj.versions.count()", lambda w: w.article, lambda w, a: a.versions.count(), 1),
    ("select_all()", lambda w: w.article.versions.select(), World.executed, 1),
    ("select_all()", lambda w: 1, lambda w, key: w.Version.select_all(key), 0),
    ("select_all()", lambda w: w.Version.select_all(1), World.executed, 1),
    ("select_all()", lambda w: w.Version.select_at(1, 2), World.executed, 1),
    ("select_all()", lambda w: w.single().select_next(), World.executed, 1),
    ("select_all()", lambda w: w.single().select_previous(), World.executed, 1),
    ("Transaction.at()", lambda w: w.Transaction.at(datetime.now(UTC)), World.executed, 1),
    ("obj.versions.count()", lambda w: w.article, lambda w, a: count_versions(a), 1),
    ("version.previous", World.single, lambda w, v: v.previous, 1),
    ("version.previous", World.single, lambda w, v: v.next, 1),
    ("version.previous", World.single, lambda w, v: v.index, 1),
    ("version.previous", World.listed, lambda w, v: (v.previous, v.next, v.index), 0),
    ("version.changeset", World.single, lambda w, v: v.changeset, 1),
    ("version.changeset", World.listed, lambda w, v: v.changeset, 0),
    ("changesets(versions)", World.some, lambda w, v: changesets(v), 1),
    ("version.transaction", World.single, lambda w, v: v.transaction, 1),
    ("version.transaction", World.single, lambda w, v: v.end_transaction, 1),
    ("version.version_parent", World.single, lambda w, v: v.version_parent, 0),
    ("version.version_parent", World.lonely, lambda w, v: v.version_parent, 1),
    ("version_at()", lambda w: 2, lambda w, at: w.Version.version_at(w.session, 1, at), 1),
    (
        "version_at()",
        lambda w: w.transaction().issued_at,
        lambda w, at: w.Version.version_at(w.session, 1, at),
        1,
    ),
    ("all_versions()", lambda w: 1, lambda w, key: w.Version.all_versions(w.session, key), 1),
    ("transaction.changes()", World.transaction, lambda w, t: t.changes(), 1),
    ("transaction.changes()", World.transaction, lambda w, t: t.changes(Operation.UPDATE), 1),
    ("transaction.changes()", World.transaction, lambda w, t: t.changed_entities, 1),
    ("transaction.changes()", World.transaction, lambda w, t: list(t.changed_versions()), 1),
    ("transaction.entity_names", World.transaction, lambda w, t: t.entity_names, 1),
    ("transaction.who", World.transaction, lambda w, t: t.who, 0),
    ("version_of(obj)", lambda w: w.article, lambda w, a: version_of(a), 1),
    ("version.revert()", World.single, lambda w, v: v.revert(), 0),
    ("version.revert()", World.lonely, lambda w, v: v.revert(), 1),
    ("version.reify()", World.single, lambda w, v: v.reify(), 0),
    ("changeset(obj)", World.pending, lambda w, a: changeset(a), 0),
    ("changeset(obj)", World.pending, lambda w, a: is_modified(a), 0),
    ("changeset(obj)", World.pending, lambda w, a: is_modified_or_deleted(a), 0),
    ("changeset(obj)", World.pending, lambda w, a: is_historic(a), 0),
    ("changeset(obj)", World.pending, lambda w, a: list(versioned_objects(w.session)), 0),
    ("changeset(obj)", World.pending, lambda w, a: is_session_modified(w.session), 0),
    ("blame(obj)", lambda w: w.article, lambda w, a: blame(a), 2),
    ("blame(obj)", World.listed, lambda w, v: blame(v), 2),
    ("history()", lambda w: history(w.Article), World.run, 1),
    ("history()", lambda w: latest_per_entity(w.Article), World.run, 1),
    ("history()", lambda w: first_where(w.Article, w.Version.name == "b"), World.run, 1),
    ("history()", lambda w: deleted(w.Article), World.run, 1),
    ("as_of()", lambda w: as_of(w.Article, 2), World.run, 1),
    ("as_of()", lambda w: as_of(w.Article, datetime.now(UTC)), World.run, 2),
    ("as_of()", lambda w: valid_at(w.Version, 2), World.run, 1),
    ("changed()", lambda w: changed(w.Article.name, new="b"), World.run, 1),
    ("changed()", lambda w: changed_columns(w.Article), World.run, 1),
    ("changed()", lambda w: w.Version.during(w.transaction().issued_at, None), World.run, 1),
    ("changed()", lambda w: touched(w.Article, 1), World.run, 1),
    (
        "changes()",
        lambda w: changes(w.Article),
        lambda w, feed: list(feed.versions(w.session)),
        2,
    ),
    (
        "changes()",
        lambda w: changes(w.Article).tracks(w.article).references(w.article),
        lambda w, feed: list(feed.versions(w.session)),
        2,
    ),
    (
        "rows(session)",
        lambda w: changes(w.Article, since=1),
        lambda w, feed: list(feed.rows(w.session)),
        3,
    ),
    ("diff()", lambda w: w.article.versions.all(), lambda w, v: diff(v[0], v[2]), 0),
    ("diff()", lambda w: w.article.versions.all(), lambda w, v: diff(v[0], w.article), 0),
    ("diff()", World.expired, lambda w, v: diff(v[0], None), 1),
    ("diff()", lambda w: None, lambda w, _: list(json_changes({"a": 1}, {"a": 2})), 0),
    ("version.changeset_of()", World.single, lambda w, v: v.changeset_of("comments"), 3),
    ("version.changeset_of()", World.known, lambda w, v: v.changeset_of("comments"), 0),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_number_of_queries(world: World, number: int) -> None:
    _, prepare, use, expected = CASES[number]
    prepared = prepare(world)
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(world.engine, "before_cursor_execute", note)
    use(world, prepared)
    assert len(statements) == expected, "\n".join(statements)


class CountedCursor:
    """A driver's cursor that notes what it sends."""

    def __init__(self, cursor: Any, statements: list[str]) -> None:
        self._cursor, self._statements = cursor, statements

    def execute(self, statement: str, *parameters: Any) -> Any:
        """Note a statement, and send it."""
        self._statements.append(statement)
        return self._cursor.execute(statement, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class CountedDriver:
    """A driver's connection that notes what its cursors send."""

    def __init__(self, driver: Any, statements: list[str]) -> None:
        self._driver, self._statements = driver, statements

    def cursor(self, *arguments: Any, **options: Any) -> CountedCursor:
        """Return a cursor that notes what it sends."""
        return CountedCursor(self._driver.cursor(*arguments, **options), self._statements)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)


def statements_sent(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, use: Callable[[Connection], Any]
) -> list[str]:
    """Return what the driver is given in one transaction; some of it goes past SQLAlchemy."""
    statements: list[str] = []
    with monkeypatch.context() as patches, engine.connect() as connection:
        pooled: Any = connection.connection
        driver = CountedDriver(pooled.dbapi_connection, statements)
        patches.setattr(pooled, "dbapi_connection", driver)
        with connection.begin():
            use(connection)
    return statements


@pytest.mark.parametrize("row", [0, 1], ids=["no context", "context"])
def test_statements_beside_those_of_the_user(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    row: int,
) -> None:
    manager = VersioningManager()

    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        __versioned__: dict[str, Any] = {}
        id: Mapped[int] = mapped_column(primary_key=True)

    make_versioned(manager=manager, mapper=Base, user_cls=None)
    request.addfinalizer(Base.registry.dispose)
    request.addfinalizer(lambda: remove_versioning(manager=manager))
    engine = database.engine()
    Base.metadata.create_all(engine)
    engines = {"postgresql": 1, "mariadb": 2, "mysql": 2, "sqlite": 3}
    column = engines[database.engine_name]
    shown = list(table_rows(ROOT / "docs" / "recording.md", "statements beside yours"))[row][column]
    numbers = [int(number) for number in re.findall(r"\d+", shown)]
    settings = [None, "PRAGMA foreign_keys = ON"][: len(numbers)]
    for start, (number, setting) in enumerate(zip(numbers, settings, strict=True)):

        def use(connection: Connection, key: int = 4 * start) -> None:
            for further in (2, 3):
                connection.execute(insert(Note).values(id=key + further))

        with engine.connect() as connection:
            if setting is not None:
                connection.exec_driver_sql(setting)
                connection.commit()
            connection.execute(insert(Note).values(id=4 * start + 1))
            connection.commit()
        with context(actor="Ada") if row else nullcontext():
            statements = statements_sent(engine, monkeypatch, use)
        assert len(statements) - 2 == number, "\n".join(statements)


def test_every_row_of_the_table_is_counted() -> None:
    rows = [row for page in PAGES for row in table_rows(page, "use")]
    names = {case[0] for case in CASES}
    assert len(rows) == len(names)
    for use, queries in rows:
        counted = {number for name, _, _, number in CASES if use.startswith(f"`{name}`")}
        assert counted, f"nothing is counted for {use}"
        # "1; 0 when the session holds it": the first number of each clause.
        told = {int(found[0]) for part in queries.split("; ") if (found := re.search(r"\d+", part))}
        assert counted <= told, f"{use}: {counted} are counted, and the page says {queries}"


MAINTENANCE = {"backfill", "delete_transaction", "export", "prune", "purge", "repair", "verify"}
"""Public functions that go through whole tables."""

WRITERS = {
    "add_version",
    "adopt",
    "context",
    "current_transaction",
    "install_as_sqlalchemy_continuum",
    "make_versioned",
    "paused",
    "remove_versioning",
    "restore",
    "restore_table",
    "undo",
    "unlocked",
    "update_end_tx_column",
    "update_property_mod_flags",
    "vacuum",
    "versioned",
}
"""Public functions that declare, record or go back: pages of their own tell what they ask."""

ABOUT_CLASSES = {
    "get_versioning_manager",
    "history_table",
    "is_versioned",
    "parent_class",
    "speedups_info",
    "transaction_class",
    "tx_column_name",
    "version_class",
    "version_table",
    "version_table_of",
    "version_union",
    "versioned_classes",
}
"""Public functions that get nothing that could ask a database."""


def public_reads() -> set[str]:
    """Names of everything that reads history, or makes a statement that does."""
    functions = {name for name in continuum.__all__ if inspect.isfunction(getattr(continuum, name))}
    methods = {
        name
        for cls in (continuum.Version, Versions, TransactionReading, continuum.Changes)
        for name, item in inspect.getmembers_static(cls)
        if name[0] != "_" and (callable(item) or isinstance(item, (property, classmethod)))
    }
    return (functions | methods) - WRITERS - MAINTENANCE - ABOUT_CLASSES


def test_every_public_read_is_counted() -> None:
    asked: set[str] = set()
    for _, prepare, use, _ in CASES:
        for function in (prepare, use):
            asked.update(function.__code__.co_names)
    assert public_reads() - asked == set()
    assert len(public_reads()) > 50


def test_every_public_read_says_how_many_queries() -> None:
    silent = set()
    for name in public_reads():
        methods_of = (continuum.Version, Versions, TransactionReading, continuum.Changes)
        for owner in (*methods_of, *((continuum,) if name in continuum.__all__ else ())):
            item = inspect.getattr_static(owner, name, None)
            text = inspect.getdoc(getattr(item, "__func__", item)) if item is not None else None
            if item is not None and "quer" not in (text or "").lower():
                silent.add(f"{owner.__name__}.{name}")
    assert silent == set()
