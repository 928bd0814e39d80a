"""Types of version columns: the live column's, without what only the live table may have."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import DateTime
from sqlalchemy import Dialect
from sqlalchemy import Enum
from sqlalchemy import SmallInteger
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator
from sqlalchemy.types import TypeEngine

from continuum.operation import Operation
from continuum.options import Options


def history_type(column: Column[Any], options: Options) -> TypeEngine[Any]:
    """Return the type of the version column for a live column.

    An ENUM becomes a VARCHAR without constraint, so that history keeps values that the live type
    has lost; ``native_enums=True`` keeps it.  CHECK constraints of types are never copied.
    """
    for live_type, mapped in options.type_map.items():
        if isinstance(column.type, live_type):
            return mapped if isinstance(mapped, TypeEngine) else mapped(column)
    return _unconstrained(column.type, native_enums=options.native_enums)


def _unconstrained(type_: TypeEngine[Any], *, native_enums: bool) -> TypeEngine[Any]:
    if isinstance(type_, Enum):
        return _enum(type_, native=native_enums and type_.native_enum)
    if isinstance(type_, Boolean):
        return Boolean(create_constraint=False)
    if isinstance(type_, TypeDecorator):
        decorator = type_.copy()
        decorator.impl = _unconstrained(type_.impl_instance, native_enums=native_enums)
        return decorator
    copied: TypeEngine[Any] = type_.copy() if hasattr(type_, "copy") else type_
    return copied


def _enum(type_: Enum, *, native: bool) -> TypeEngine[Any]:
    """Return a generic ENUM type with the same values and no constraint.

    A dialect's subclass (``postgresql.ENUM``) can only be native, a VARCHAR copy of it cannot be
    of the same class.
    """
    if native:
        copied: TypeEngine[Any] = type_.copy()  # type: ignore[no-untyped-call]
        return copied
    values: list[Any] = type_.enums if type_.enum_class is None else [type_.enum_class]
    return Enum(
        *values,
        name=type_.name,
        native_enum=False,
        create_constraint=False,
        length=max(255, *(len(value) for value in type_.enums)),
        values_callable=type_.values_callable,
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An instant, stored as UTC without an offset in microseconds, read as an aware datetime.

    Naive values are taken as UTC, as histories written by others hold them.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Ask MySQL and MariaDB for microseconds: their DATETIME has none by default."""
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any datetime into naive UTC."""
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that what is stored is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class OperationType(TypeDecorator[Operation]):
    """A kind of change, stored as its number."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Turn it into a plain number, which every driver knows."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Operation | None:
        """Say which kind of change the number stands for."""
        return None if value is None else Operation(value)
