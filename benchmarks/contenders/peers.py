"""Other libraries for SQLAlchemy, and what MariaDB does by itself.

Their ways to declare are taken from their documentation; options stay as they come.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any
from typing import ClassVar

from sqlalchemy import Integer
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import literal
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.orm import Session

from contenders import shape
from contenders.base import Recorder
from contenders.reading import Reader
from contenders.reading import Reverter


class _WithVersionClasses(Recorder, Reverter):
    """What SQLAlchemy-Continuum and its fork SQLAlchemy-History have in common."""

    library: Any

    def versions_of(self) -> Any:
        return self.library.version_class(self.Item).__table__

    def prepare_past(self, rows: int) -> None:
        """Write the history by hand: what is measured is reading, and flushing takes minutes."""
        item, history = self.Item.__table__, self.versions_of()
        Transaction = self.library.transaction_class(self.Item)
        with Session(self.engine) as session:
            first, second = Transaction(), Transaction()
            session.add(first)
            session.flush()
            session.add(second)
            session.commit()
            numbers = [first.id, second.id]
        made = [shape.row(self.columns, number) for number in range(rows)]
        columns = ["id", *self.names]
        log = ["transaction_id", "end_transaction_id", "operation_type"]
        with self.engine.begin() as connection:
            connection.execute(insert(item), made)
            for amount, values in ((0, [*numbers, 0]), (1, [numbers[1], None, 1])):
                changed = (
                    item.c[name] + amount if name == "amount" else item.c[name] for name in columns
                )
                literals = (literal(value, Integer) for value in values)
                written = select(*changed, *literals).where(item.c.id > 1)
                connection.execute(insert(history).from_select([*columns, *log], written))
            connection.execute(update(item).where(item.c.id > 1).values(amount=item.c.amount + 1))
        self.point = numbers[0]

    def list_versions(self, session: Session) -> Any:
        return session.get_one(self.Item, 1).versions.all()

    def walk(self, session: Session) -> int:
        return sum(len(version.changeset) for version in session.get_one(self.Item, 1).versions)

    def past(self, session: Session) -> Any:
        """Select by hand: there is no function for it."""
        Version = self.library.version_class(self.Item)
        return session.scalars(
            select(Version).where(
                Version.transaction_id <= self.point,
                or_(
                    Version.end_transaction_id > self.point,
                    Version.end_transaction_id.is_(None),
                ),
                Version.operation_type != self.library.Operation.DELETE,
            )
        ).all()

    def revert(self, session: Session) -> None:
        tree = session.get_one(self.Tree, 1)
        tree.versions[0].revert(relations=["branches", "branches.leaves"])


class SQLAlchemyContinuum(_WithVersionClasses):
    """SQLAlchemy-Continuum, recording inside the ORM."""

    options: ClassVar[dict[str, Any]] = {}

    def prepare(self) -> None:
        import sqlalchemy_continuum

        self.library = sqlalchemy_continuum
        sqlalchemy_continuum.make_versioned(user_cls=None, options=self.options)

    def describe(self) -> str:
        return f"SQLAlchemy-Continuum {version('SQLAlchemy-Continuum')}"


class SQLAlchemyContinuumNative(SQLAlchemyContinuum):
    """SQLAlchemy-Continuum with its triggers (PostgreSQL)."""

    options: ClassVar[dict[str, Any]] = {"native_versioning": True}

    def create(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS hstore"))
        super().create()


class SQLAlchemyHistory(_WithVersionClasses):
    """SQLAlchemy-History."""

    def prepare(self) -> None:
        import sqlalchemy_history

        self.library = sqlalchemy_history
        sqlalchemy_history.make_versioned(user_cls=None)

    def describe(self) -> str:
        return f"SQLAlchemy-History {version('SQLAlchemy-History')}"


class PostgreSQLAudit(Recorder):
    """PostgreSQL-Audit: statement triggers that write one row of JSON for each changed row."""

    def prepare(self) -> None:
        import postgresql_audit

        self.manager = postgresql_audit.versioning_manager
        self.manager.init(self.Base)

    def create(self) -> None:
        # The triggers of other tables call functions that come with its own.
        own = [self.manager.transaction_cls.__table__, self.manager.activity_cls.__table__]
        self.Base.metadata.create_all(self.engine, tables=own)
        super().create()

    def versions_of(self) -> Any:
        return self.manager.activity_cls.__table__

    def describe(self) -> str:
        return f"PostgreSQL-Audit {version('PostgreSQL-Audit')}"


class SystemVersioned(Reader):
    """MariaDB's system-versioned tables: rows keep the times at which they were valid."""

    versioned = None

    def create(self) -> None:
        super().create()
        with self.engine.begin() as connection:
            for name in ("item", "tree", "branch", "leaf"):
                connection.execute(text(f"ALTER TABLE {name} ADD SYSTEM VERSIONING"))

    def versions(self) -> int:
        with self.engine.connect() as connection:
            found = connection.scalar(text("SELECT count(*) FROM item FOR SYSTEM_TIME ALL"))
        return found or 0

    def describe(self) -> str:
        with self.engine.connect() as connection:
            return f"system-versioned tables of {connection.scalar(text('SELECT version()'))}"

    def newest_transaction(self, session: Session) -> Any:
        return session.scalar(select(func.now(6)))

    def list_versions(self, session: Session) -> Any:
        return session.execute(
            text(
                "SELECT *, row_start FROM item FOR SYSTEM_TIME ALL WHERE id = 1 ORDER BY row_start"
            )
        ).all()

    def walk(self, session: Session) -> int:
        """Compare each row with the one before, by hand."""
        changed, before = 0, None
        for row in self.list_versions(session):
            pairs = zip(row, before or row, strict=True)
            changed += sum(before is None or one != two for one, two in pairs)
            before = row
        return changed

    def past(self, session: Session) -> Any:
        return session.execute(
            text("SELECT * FROM item FOR SYSTEM_TIME AS OF :at"), {"at": self.point}
        ).all()
