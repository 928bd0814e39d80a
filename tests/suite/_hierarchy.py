"""A hierarchy of joined classes, and histories of it that are written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import insert
from sqlalchemy.orm import Session
from sqlalchemy.orm import column_property
from sqlalchemy.orm import mapped_column

from continuum import Operation
from continuum import version_class
from continuum import version_table
from continuum.dialects.base import INTERNAL
from suite._support import World

Row = tuple[int, int | None, Operation, dict[str, Any]]
"""Transaction, end, kind and values of a version row."""

INSERT, UPDATE, DELETE = Operation.INSERT, Operation.UPDATE, Operation.DELETE


class Hierarchy:
    """Person, with a table of its own; Employee and Manager, each with one more; Visitor without.

    The key has another name in each table.
    """

    def __init__(
        self,
        world: World,
        *,
        ondelete: str | None = None,
        onupdate: str | None = None,
        **options: Any,
    ) -> None:
        self.world = world

        class Person(world.Base):
            __tablename__ = "person"
            __versioned__: dict[str, Any] = options
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
            id = mapped_column(Integer, primary_key=True)
            kind = mapped_column(String(20))
            name = mapped_column(String(50))
            notes = mapped_column(String(50), deferred=True)

        class Employee(Person):
            __tablename__ = "employee"
            __mapper_args__ = {"polymorphic_identity": "employee"}
            number = mapped_column(
                ForeignKey("person.id", ondelete=ondelete, onupdate=onupdate), primary_key=True
            )
            salary = mapped_column(Integer)

        class Manager(Employee):
            __tablename__ = "manager"
            __mapper_args__ = {"polymorphic_identity": "manager"}
            id = column_property(
                mapped_column(
                    "manager_id",
                    ForeignKey("employee.number", ondelete=ondelete, onupdate=onupdate),
                    primary_key=True,
                ),
                Person.__table__.c.id,
            )
            title = mapped_column(String(50))
            secret = mapped_column(String(50), deferred=True)

        class Visitor(Person):
            __mapper_args__ = {"polymorphic_identity": "visitor"}
            badge = mapped_column(Integer)

        self.Person, self.Employee, self.Manager, self.Visitor = Person, Employee, Manager, Visitor
        world.create()

    def write(self, cls: Any, key: int, rows: Sequence[Row]) -> None:
        """Write rows of the version table of a class by hand."""
        live = cls.__table__
        table = version_table(live)
        [key_column] = live.primary_key.columns
        ends = "end_transaction_id" in table.c
        with self.world.engine.begin() as connection:
            for transaction, end, operation, values in rows:
                written = {
                    key_column.name: key,
                    "transaction_id": transaction,
                    "operation_type": operation,
                    **values,
                }
                if ends:
                    written["end_transaction_id"] = end
                by_name = {column.name: column for column in table.c}
                connection.execute(
                    insert(table).values({by_name[name]: item for name, item in written.items()}),
                    execution_options={INTERNAL: True},
                )

    def write_transactions(self, count: int) -> None:
        """Write the first transactions by hand."""
        with self.world.engine.begin() as connection:
            for number in range(1, count + 1):
                connection.execute(
                    insert(self.world.log).values(id=number), execution_options={INTERNAL: True}
                )

    def write_live(self, *rows: tuple[Any, dict[str, Any]]) -> None:
        """Write live rows that nobody records."""
        if self.world.native:
            self.world.manager.uninstall(self.world.engine)
        with self.world.engine.begin() as connection:
            for cls, values in rows:
                connection.execute(
                    insert(cls.__table__).values(values), execution_options={INTERNAL: True}
                )
        if self.world.native:
            self.world.manager.install(self.world.engine)

    def told(self, session: Session, key: int, *names: str) -> list[tuple[Any, ...]]:
        """Return the versions of a person, as (class, kind of change, *values)."""
        versions = version_class(self.Person).all_versions(session, key, desc=False)
        return [
            (
                type(version).__name__.removesuffix("Version"),
                Operation(version.operation_type).name,
                *(getattr(version, name) for name in names),
            )
            for version in versions
        ]
