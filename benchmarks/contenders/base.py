"""What every contender with SQLAlchemy does; recorders differ in how the tables are declared."""

from __future__ import annotations

import gc
import time
from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import ClassVar

from sqlalchemy import Engine
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import bindparam
from sqlalchemy import create_engine
from sqlalchemy import delete
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from contenders import shape

CHUNK = 10_000
CLEAN_FLUSHES = 100
LOW, HIGH = bindparam("low", type_=Integer), bindparam("high", type_=Integer)


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Measure the block, undisturbed by the garbage collector."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    end = start
    try:
        yield lambda: end - start
        end = time.perf_counter()
    finally:
        gc.enable()


class Contender(ABC):
    """One way to keep history, or none.

    :param url: an empty database.
    :param columns: number of columns of the table ``item``.
    :param graph: declare the tables of the graph that is reverted, too.  Elsewhere ``item`` is the
        only one, for which triggers are written by hand: the price depends on how many there are.
    """

    versioned: ClassVar[dict[str, Any] | None] = {}

    def __init__(self, url: str, columns: int, *, graph: bool = False) -> None:
        self.columns = columns
        self.names = shape.column_names(columns)
        self.engine = self.connect(url)
        self.dialect = self.engine.dialect.name

        class Base(DeclarativeBase):
            pass

        self.Base: Any = Base
        self.seed = shape.seed_table(Base.metadata, columns)
        self.prepare()
        marks: dict[str, Any] = {} if self.versioned is None else {"__versioned__": self.versioned}
        self.Item: Any = type(
            "Item",
            (Base,),
            {
                "__tablename__": "item",
                "id": mapped_column(Integer, primary_key=True),
                **{name: shape.column(name) for name in self.names},
                **marks,
            },
        )
        if graph:
            self.Tree, self.Branch, self.Leaf = _graph(Base, marks)
        configure_mappers()

    def connect(self, url: str) -> Engine:
        """Return an engine; on SQLite without waiting for the disk, and with enforced references.

        (Django enforces them, and triggers by hand need it.)
        """
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _do_not_wait)
            event.listen(engine, "connect", self.enforce)
        return engine

    def enforce(self, dbapi_connection: Any, _record: object) -> None:
        """Have references enforced by a connection of SQLite, which does so only when told to."""
        dbapi_connection.execute("PRAGMA foreign_keys = ON")

    def prepare(self) -> None:  # noqa: B027 - some need nothing
        """Do what has to be done before classes are declared."""

    def create(self) -> None:
        """Create the tables and whatever records their history."""
        self.Base.metadata.create_all(self.engine)

    def setup(self, seeds: int) -> str:
        """Create everything, and rows to copy from.

        :returns: the version of what records.
        """
        self.create()
        with self.engine.begin() as connection:
            for start in range(0, seeds, CHUNK):
                connection.execute(
                    insert(self.seed),
                    [
                        {"number": number, **shape.row(self.columns, number)}
                        for number in range(start, min(start + CHUNK, seeds))
                    ],
                )
        return self.describe()

    @abstractmethod
    def describe(self) -> str:
        """Return name and version of what records."""

    @abstractmethod
    def versions(self) -> int:
        """Return how many versions of ``item`` there are."""

    def analyze(self) -> None:
        """Let the database look at its tables, as it does by itself in the long run."""
        with self.engine.connect() as connection:
            names = inspect(connection).get_table_names()
        mysql = [f"ANALYZE TABLE `{name}`" for name in names]
        statements = {"postgresql": ["VACUUM (ANALYZE)"], "sqlite": ["ANALYZE"]}
        engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements.get(self.dialect, mysql):
                connection.exec_driver_sql(statement)

    # One statement for many rows, or many of them for one row each.

    def statements(self, rows: int, repeat: int) -> dict[str, float]:
        """Insert rows, change them, write them as they are, delete them: so many statements for so
        many rows each, in one transaction for each kind.

        :returns: seconds for each kind, with the commit; and how many versions appeared.
        """
        item = self.Item.__table__
        seed, amount = self.seed, item.c.amount
        before = self.versions()
        with self.engine.connect() as connection:
            top = connection.scalar(select(func.coalesce(func.max(item.c.id), 0))) or 0
        taken = {}
        values = [shape.row(self.columns, number) for number in range(repeat)]
        copied = insert(item).from_select(
            self.names,
            select(*(seed.c[name] for name in self.names)).where(seed.c.number.between(LOW, HIGH)),
        )
        with stopwatch() as seconds, self.engine.begin() as connection:
            for number in range(repeat):
                if rows == 1:
                    connection.execute(insert(item), values[number])
                else:
                    connection.execute(copied, {"low": 0, "high": rows - 1})
        taken["insert"] = seconds()
        with self.engine.connect() as connection:
            keys = connection.scalars(
                select(item.c.id).where(item.c.id > top).order_by(item.c.id)
            ).all()
        assert len(keys) == rows * repeat
        ranges = [
            {"low": keys[number * rows], "high": keys[(number + 1) * rows - 1]}
            for number in range(repeat)
        ]
        chosen = item.c.id.between(LOW, HIGH)
        if rows == 1:
            chosen = item.c.id == LOW
            ranges = [{"low": limits["low"]} for limits in ranges]
        kinds = {
            "update": update(item).where(chosen).values(amount=amount + 1),
            "no-op": update(item).where(chosen).values(amount=amount),
            "delete": delete(item).where(chosen),
        }
        for name, statement in kinds.items():
            with stopwatch() as seconds, self.engine.begin() as connection:
                for limits in ranges:
                    connection.execute(statement, limits)
            taken[name] = seconds()
        taken["versions"] = self.versions() - before
        return taken

    # Objects.

    def flush(self, objects: int) -> dict[str, float]:
        """Flush new objects, change one attribute of each, delete them."""
        taken = {}
        Item = self.Item
        before = self.versions()
        with Session(self.engine) as session:
            items = [Item(**shape.row(self.columns, number)) for number in range(objects)]
            session.add_all(items)
            with stopwatch() as seconds:
                session.commit()
            taken["insert"] = seconds()
        with Session(self.engine) as session:
            for item in session.scalars(select(Item)):
                item.amount += 1
            with stopwatch() as seconds:
                session.commit()
            taken["update"] = seconds()
        with Session(self.engine) as session:
            for item in session.scalars(select(Item)).all():
                session.delete(item)
            with stopwatch() as seconds:
                session.commit()
            taken["delete"] = seconds()
        taken["versions"] = self.versions() - before
        return taken

    def nothing(self, objects: int) -> dict[str, float]:
        """Flush and commit a session full of loaded objects that nobody has changed."""
        Item = self.Item
        with Session(self.engine) as session:
            present = session.scalar(select(func.count()).select_from(Item))
            if present != objects:
                items = (Item(**shape.row(self.columns, number)) for number in range(objects))
                session.add_all(items)
                session.commit()
        with Session(self.engine, expire_on_commit=False) as session:
            # Kept alive: a session holds its objects weakly.
            items = session.scalars(select(Item)).all()
            with stopwatch() as seconds:
                for _ in range(CLEAN_FLUSHES):
                    session.flush()
                    session.commit()
                    session.begin()
            return {"clean": seconds(), "loaded": len(items)}

    def transactions(self, count: int) -> dict[str, float]:
        """Commit so many small transactions: one insert and one update of an object each."""
        Item = self.Item
        before = self.versions()
        with Session(self.engine) as session:
            item = Item(**shape.row(self.columns, 0))
            session.add(item)
            session.commit()
            key = item.id
        with Session(self.engine) as session:
            with stopwatch() as seconds:
                for number in range(count):
                    changed = session.get_one(Item, key)
                    changed.amount = number + 1
                    session.add(Item(**shape.row(self.columns, number)))
                    session.commit()
            taken = {"transactions": seconds()}
        taken["versions"] = self.versions() - before
        with Session(self.engine) as session:
            session.execute(delete(Item))
            session.commit()
        return taken

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


class Recorder(Contender):
    """A contender that keeps versions in a table, those of ``item`` with its key."""

    @abstractmethod
    def versions_of(self) -> Any:
        """Return the table with the versions of ``item``."""

    def versions(self) -> int:
        with self.engine.connect() as connection:
            # What a history was filled with has negative keys: nobody waits for it to be counted.
            count = select(func.count()).where(self.versions_of().c.id > 0)
            return connection.scalar(count) or 0


def _graph(base: Any, marks: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Declare a tree: one root, branches, leaves on each branch."""

    def declared(name: str, **attributes: Any) -> Any:
        own = {
            "__tablename__": name.lower(),
            "id": mapped_column(Integer, primary_key=True),
            "name": mapped_column(String(50)),
        }
        return type(name, (base,), own | attributes | marks)

    return (
        declared("Tree", branches=relationship("Branch", order_by="Branch.id")),
        declared(
            "Branch",
            tree_id=mapped_column(ForeignKey("tree.id")),
            leaves=relationship("Leaf", order_by="Leaf.id"),
        ),
        declared("Leaf", branch_id=mapped_column(ForeignKey("branch.id"))),
    )


def _do_not_wait(dbapi_connection: Any, _record: object) -> None:
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()
