"""Types of columns as a line of text that reads like their declaration.

What the application's own types store is kept, not the types: a migration does not import them.
"""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from typing import Any

import sqlalchemy
from sqlalchemy.exc import CompileError
from sqlalchemy.exc import UnsupportedCompilationError
from sqlalchemy.types import Enum
from sqlalchemy.types import TypeEngine
from sqlalchemy.types import UserDefinedType

from continuum.dialects.spec import storage_type
from continuum.errors import ImproperlyConfigured

_FOREIGN = "custom"
_DIALECTS = "sqlalchemy.dialects."
# What these say does not matter to a trigger, and their values cannot be written down.
_LEFT_OUT = frozenset({"astext_type", "metadata", "asdecimal", "not_null", "create_type", "schema"})


def freeze_type(type_: TypeEngine[Any]) -> str:
    """Return the text for a type, such as ``String(length=50)`` or ``postgresql.JSONB()``.

    A type that SQLAlchemy does not have is written as ``custom.`` and the nearest one that it has.
    """
    stored = storage_type(type_)
    cls = next(item for item in type(stored).__mro__ if _name(item) is not None)
    arguments = list(_arguments(stored, cls))
    if cls is UserDefinedType:
        arguments = [repr(_compiled(stored))]
    if cls is not type(stored):
        if stored.__visit_name__ != getattr(cls, "__visit_name__", None):
            arguments.append(f"visit_name={stored.__visit_name__!r}")
        return f"{_FOREIGN}.{_name(cls)}({', '.join(arguments)})"
    return f"{_name(cls)}({', '.join(arguments)})"


def thaw_type(text: str) -> TypeEngine[Any]:
    """Return the type that a text of :func:`freeze_type` describes.

    :raises ImproperlyConfigured: it describes none.
    """
    try:
        found = _evaluate(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, TypeError, AttributeError, ImportError) as error:
        raise _no_type(text) from error
    if not isinstance(found, TypeEngine):
        raise _no_type(text)
    return found


def _no_type(text: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{text!r} in the definition of triggers is not a type",
        hint="Write it like String(length=50) or postgresql.JSONB().",
    )


def _name(cls: type[Any]) -> str | None:
    """Return the public name of one of SQLAlchemy's types, ``None`` for another class."""
    name = cls.__name__
    if cls.__module__.startswith(_DIALECTS):
        dialect = cls.__module__.removeprefix(_DIALECTS).partition(".")[0]
        known = getattr(import_module(_DIALECTS + dialect), name, None)
        return f"{dialect}.{name}" if known is cls else None
    found = (getattr(place, name, None) for place in (sqlalchemy, sqlalchemy.types))
    return name if cls in found else None


def _arguments(stored: TypeEngine[Any], cls: type[Any]) -> list[str]:
    if isinstance(stored, Enum):
        # Its values come and go, and no trigger looks at them.
        values = [] if stored.name is None else [f"name={str(stored.name)!r}"]
        return values if stored.native_enum else [*values, "native_enum=False"]
    values = []
    seen: set[str] = set()
    for base in cls.__mro__:
        made: Any = base.__dict__.get("__init__")
        if made is None or base is object:
            continue
        for name, parameter in list(inspect.signature(made).parameters.items())[1:]:
            given = stored.__dict__.get(name, parameter.default)
            if name in seen or name in _LEFT_OUT or given == parameter.default:
                continue
            seen.add(name)
            if isinstance(given, TypeEngine):
                values.append(f"{name}={freeze_type(given)}")
            elif isinstance(given, (str, int, float)):
                values.append(f"{name}={given!r}")
    return values


def _compiled(stored: TypeEngine[Any]) -> str:
    try:
        return str(stored.compile())
    except (CompileError, UnsupportedCompilationError):
        return stored.__visit_name__


class _Own(UserDefinedType[Any]):
    """A type that only the application knows.

    :param text: what stands in its CREATE TABLE.
    """

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_: Any) -> str:
        return self.text


def _evaluate(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        keywords = {str(item.arg): _evaluate(item.value) for item in node.keywords}
        visit_name = keywords.pop("visit_name", None)
        cls = _class(node.func)
        made = cls(*(_evaluate(item) for item in node.args), **keywords)
        if visit_name is not None:
            made.__visit_name__ = visit_name
        return made
    return ast.literal_eval(node)


def _class(node: ast.expr) -> type[Any]:
    names = ast.unparse(node).split(".")
    foreign = names[0] == _FOREIGN
    *dialect, name = names[1:] if foreign else names
    if dialect:
        found = getattr(import_module(_DIALECTS + ".".join(dialect)), name)
    else:
        found = getattr(sqlalchemy, name, None) or getattr(sqlalchemy.types, name)
    if not (isinstance(found, type) and issubclass(found, TypeEngine)):
        raise TypeError(name)
    if not foreign:
        return found
    # Not one of SQLAlchemy's own: emitters make a difference.
    return _Own if found is UserDefinedType else type(name, (found,), {"__module__": __name__})
