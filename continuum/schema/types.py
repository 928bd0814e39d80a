"""Types of version columns: the live column's, without what only the live table may have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from enum import Enum as PyEnum
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import DateTime
from sqlalchemy import Dialect
from sqlalchemy import Enum
from sqlalchemy import SmallInteger
from sqlalchemy import String
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
    return EnumText(type_)


class EnumText(TypeDecorator[Any]):
    """Values of an ENUM as text, which history keeps when the ENUM has lost them.

    A value that the ENUM still has is read as its member, another one as the text it was.

    :param live: the live column's type.
    """

    impl = String
    cache_ok = True

    def __init__(self, live: Enum) -> None:
        super().__init__(max(255, *(len(value) for value in live.enums)))
        self.live = live
        values: list[Any] = live.enums if live.enum_class is None else [live.enum_class]
        self._texts = Enum(
            *values,
            native_enum=False,
            create_constraint=False,
            values_callable=live.values_callable,
        )

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Turn members into what the database stores; texts of lost members stay."""
        known = self._texts.bind_processor(dialect)  # type: ignore[no-untyped-call]
        names = frozenset(self._texts.enums)

        def process(value: Any) -> Any:
            if isinstance(value, str) and value not in names and not isinstance(value, PyEnum):
                return value
            return value if known is None else known(value)

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Turn what is stored into members where it still names one."""
        known = self._texts.result_processor(dialect, coltype)  # type: ignore[no-untyped-call]
        names = frozenset(self._texts.enums)

        def process(value: Any) -> Any:
            return value if known is None or value not in names else known(value)

        return process

    def copy(self, **_: Any) -> EnumText:
        """Return an equal type."""
        return EnumText(self.live)


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
