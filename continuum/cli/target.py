"""Which application and which database the command works on."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

from sqlalchemy import URL
from sqlalchemy import Engine
from sqlalchemy import MetaData
from sqlalchemy import create_engine
from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from continuum.manager import VersioningManager
from continuum.manager import manager_of
from continuum.manager import versioning_manager
from continuum.reading.points import LARGEST
from continuum.reading.points import has_room

_PASSWORD = re.compile(r"(\w://[^\s:/@]*:)[^\s@]+@")
"""Up to the password of a URL, in whatever text."""


class CommandError(Exception):
    """What was asked for cannot be done; the message says why."""


@dataclass
class Target:
    """The application and its database.

    :param app: ``module:attribute``, where a declarative base, a MetaData, a manager or an Engine
        is found; ``None``: what ``[tool.continuum]`` of ``pyproject.toml`` says.
    :param url: URL of the database; ``None`` likewise.
    :param json: print JSON.
    :param full: do not cut off long values.
    """

    app: str | None = None
    url: str | None = None
    json: bool = False
    full: bool = False
    _module: str = ""

    @cached_property
    def _settings(self) -> dict[str, Any]:
        path = Path("pyproject.toml")
        if not path.is_file():
            return {}
        try:
            with path.open("rb") as file:
                found: dict[str, Any] = tomllib.load(file).get("tool", {}).get("continuum", {})
        except tomllib.TOMLDecodeError as error:
            raise CommandError(f"pyproject.toml cannot be read: {error}") from error
        return found

    @cached_property
    def _found(self) -> Any:
        name = self.app or self._settings.get("app")
        if not name:
            raise CommandError(
                "which application?  Give --app module:attribute, or app = 'module:attribute' in "
                "[tool.continuum] of pyproject.toml."
            )
        module, _, attribute = name.partition(":")
        self._module = module
        here = str(Path.cwd())
        if here not in sys.path:
            sys.path.insert(0, here)
        try:
            found: Any = import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or f"{module}.".startswith(f"{error.name}."):
                raise CommandError(f"there is no module {module!r}") from error
            raise _not_importable(module, error) from error
        # Whatever the module of an application raises when it is executed.
        except Exception as error:
            raise _not_importable(module, error) from error
        for part in filter(None, attribute.split(".")):
            if not hasattr(found, part):
                raise CommandError(f"{module!r} has no {attribute!r}")
            found = getattr(found, part)
        return found

    @cached_property
    def manager(self) -> VersioningManager:
        """The manager of the application."""
        found = self._found
        if isinstance(found, VersioningManager):
            manager = found
        else:
            # An Engine, or a module alone, says nothing; what is beside it in the module may.
            beside = vars(sys.modules[self._module]).values()
            owners = filter(None, map(_manager_behind, (found, *beside)))
            manager = next(owners, versioning_manager)
        if not manager.active or not manager.declares_anything():
            raise CommandError(
                f"{self.app or self._settings.get('app')} knows of no versioned class: is "
                "make_versioned() called, and are the models imported with the module?"
            )
        return manager

    @cached_property
    def engine(self) -> Engine:
        """An engine on the database."""
        found = self._found
        url: Any = self.url
        if url is None and isinstance(found, Engine):
            return found
        # The engine of an AsyncEngine, which only coroutines can use.
        own = getattr(found, "sync_engine", None)
        if url is None and isinstance(own, Engine):
            url = own.url
        url = url or self._settings.get("url")
        if not url:
            raise CommandError(
                "which database?  Give --url, set CONTINUUM_URL, or write url = '...' in "
                "[tool.continuum] of pyproject.toml."
            )
        try:
            return create_engine(_synchronous(make_url(url)))
        except ModuleNotFoundError as error:
            raise CommandError(
                f"the driver that the URL asks for is not installed: {error.name}"
            ) from error
        except (ArgumentError, ValueError) as error:
            # The message may quote the URL, and the URL a password.
            raise CommandError("the URL is none that SQLAlchemy can connect to") from error

    def close(self) -> None:
        """Close the connections of an engine that was made here."""
        engine = self.__dict__.get("engine")
        if engine is not None and engine is not self._found:
            engine.dispose()

    def model(self, name: str) -> Any:
        """Return the versioned class of a name, or of ``module.name``."""
        self.manager.configured_journals()
        classes = list(self.manager.version_class_map)
        found = [cls for cls in classes if name in {cls.__name__, _full_name(cls)}]
        if len(found) == 1:
            return found[0]
        known = ", ".join(sorted(_full_name(cls) for cls in found or classes))
        what = "several versioned classes are named" if found else "no versioned class is named"
        raise CommandError(f"{what} {name!r}: {known}")

    def models(self, names: Iterable[str] | None) -> list[Any]:
        """Return the versioned classes of some names; none: none, for all."""
        return [self.model(name) for name in names or ()]

    def key(self, model: Any, text: str) -> tuple[Any, ...]:
        """Return a primary key from a text, several columns separated by commas."""
        columns = inspect(model).primary_key
        parts = text.split(",", len(columns) - 1)
        if len(parts) != len(columns):
            names = ",".join(column.name for column in columns)
            raise CommandError(f"the key of {model.__name__} is {names}, not {text!r}")
        return tuple(value_of(column, part) for column, part in zip(columns, parts, strict=True))

    def conceal(self, text: str) -> str:
        """Return a text without the password of the database, or of any URL that it quotes."""
        text = _PASSWORD.sub(r"\1***@", text)
        engine = self.__dict__.get("engine")
        password = None if engine is None else engine.url.password
        if not password:
            return text
        # As it is, and as it stands in the URL.
        for form in (str(password), quote_plus(str(password))):
            text = text.replace(form, "***")
        return text


SYNCHRONOUS = {
    "postgresql": ("psycopg", "psycopg2"),
    "mysql": ("pymysql", "mysqldb"),
    "mariadb": ("pymysql", "mysqldb"),
    "sqlite": ("pysqlite",),
}
"""Drivers for plain functions, by database."""


def _synchronous(url: URL) -> URL:
    """Return the URL with a driver that is no asynchronous one.

    :raises CommandError: none is installed.
    """
    if not url.get_dialect().is_async:
        return url
    for driver in SYNCHRONOUS.get(url.get_backend_name(), ()):
        other = url.set(drivername=f"{url.get_backend_name()}+{driver}")
        try:
            other.get_dialect().import_dbapi()
        except ModuleNotFoundError:
            continue
        return other
    raise CommandError(
        f"the command needs another driver than {url.get_driver_name()}, which is asynchronous: "
        f"install one of {', '.join(SYNCHRONOUS.get(url.get_backend_name(), ())) or 'the others'}"
    )


def _manager_behind(found: Any) -> VersioningManager | None:
    """Return the manager that versions a MetaData, or the MetaData of a declarative base."""
    metadata = found if isinstance(found, MetaData) else getattr(found, "metadata", None)
    return manager_of(metadata) if isinstance(metadata, MetaData) else None


def _not_importable(module: str, error: Exception) -> CommandError:
    return CommandError(f"{module!r} cannot be imported: {type(error).__name__}: {error}")


def _full_name(cls: type[Any]) -> str:
    return f"{cls.__module__}.{cls.__name__}"


def value_of(column: Any, text: str) -> Any:
    """Return the value of a column that a text stands for.

    :raises CommandError: it stands for none.
    """
    kinds: dict[type[Any], Any] = {
        int: int,
        UUID: UUID,
        datetime: datetime.fromisoformat,
        date: date.fromisoformat,
    }
    try:
        kind = column.type.python_type
    # Types of which SQLAlchemy does not know what they are in Python.
    except NotImplementedError:
        kind = str
    try:
        value = kinds.get(kind, str)(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no value of {column.name}") from error
    if isinstance(value, int) and not has_room(value):
        raise CommandError(f"{text} is no value of {column.name}: it is too large")
    return value


def transaction_number(number: int) -> int:
    """Return what may be the id of a transaction.

    :raises CommandError: it cannot be.
    """
    if number > LARGEST:
        raise CommandError(f"there is no transaction {number}: ids go up to {LARGEST}")
    return number


def point(text: str) -> int | datetime:
    """Return a point in history: the id of a transaction, or a moment (UTC unless it says more)."""
    if text.isdecimal():
        return transaction_number(int(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is neither a transaction nor a moment") from error
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)
