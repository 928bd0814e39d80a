"""References to an object of any versioned class, kept in two columns of a row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import time
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy.types import TypeEngine

from continuum.errors import ImproperlyConfigured
from continuum.mapping.journal import Journal
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.layout import live_key
from continuum.reading.layout import session_of


def key_type_for(journal: Journal) -> TypeEngine[Any]:
    """Return the type of a column for keys of all versioned classes."""
    layouts = [layout_of(version_cls) for version_cls in journal.parents]
    numbers = all(
        len(layout.key) == 1 and isinstance(layout.key[0].live.type, Integer) for layout in layouts
    )
    return BigInteger() if numbers else String(255)


class References:
    """How objects of one history are written into a column for the class and one for the key.

    :param journal: the history.
    :param key_type: type of the column for the key.
    """

    def __init__(self, journal: Journal, key_type: TypeEngine[Any]) -> None:
        self._journal = journal
        self._key_type = key_type

    def __contains__(self, model: type[Any]) -> bool:
        """Say whether there can be references to the objects of a class."""
        return model in self._journal.versions

    def name_of(self, model: type[Any]) -> str:
        """Return the name of a class; with its module where two classes share a name.

        :raises ImproperlyConfigured: the class has no history here.
        """
        if model not in self:
            raise ImproperlyConfigured(
                f"{model.__name__} is not versioned, so that an activity cannot refer to it",
                hint="Set __versioned__ = {} on the class.",
            )
        same = [each for each in self._journal.versions if each.__name__ == model.__name__]
        return model.__name__ if len(same) < 2 else f"{model.__module__}.{model.__name__}"

    def model_named(self, name: str) -> type[Any]:
        """Return the class with a name.

        :raises ImproperlyConfigured: there is none, any more.
        """
        for model in self._journal.versions:
            if name == f"{model.__module__}.{model.__name__}" or (
                name == model.__name__ and name == self.name_of(model)
            ):
                return model
        raise ImproperlyConfigured(
            f"no versioned class is named {name!r}, as a row of the log says",
            hint="A class that was renamed needs the old name replaced in the rows.",
        )

    def layout(self, model: type[Any]) -> Layout:
        """Return the layout of the version class of a model."""
        return layout_of(self._journal.versions[model])

    def key_of(self, obj: Any) -> Any:
        """Return the key of an object as it is written, ``None`` while it has none.

        :raises ImproperlyConfigured: the column cannot hold it.
        """
        layout = self.layout(type(obj))
        values = live_key(obj, layout.live_key)
        if any(value is None for value in values):
            return None
        if not isinstance(self._key_type, Integer):
            texts = [_text(value) for value in values]
            return texts[0] if len(texts) == 1 else json.dumps(texts)
        if len(values) != 1 or not isinstance(values[0], int):
            raise ImproperlyConfigured(
                f"{type(obj).__name__} has the key {values!r}, but the column for keys holds "
                "integers",
                table=layout.recorded.table.fullname,
                hint="Use ActivityPlugin(key_type=String(255)), and migrate the columns "
                "object_id and target_id of an existing table.",
            )
        return values[0]

    def values_of(self, model: type[Any], written: Any) -> tuple[Any, ...]:
        """Return the values of a key from how it is written."""
        layout = self.layout(model)
        if not isinstance(written, str):
            return (written,)
        texts: Sequence[str] = [written] if len(layout.key) == 1 else json.loads(written)
        return tuple(
            _value(text, item.live.type) for text, item in zip(texts, layout.key, strict=True)
        )


class Reference:
    """An attribute for an object of any versioned class.

    On an instance it is the live object; on the class it can be compared:
    ``Activity.object == article``, ``Activity.object.is_type(Article)``.

    :param name: start of the names of the columns: ``object`` for ``object_type``, ``object_id``.
    """

    def __init__(self, name: str, references: References) -> None:
        self.type_name = f"{name}_type"
        self.key_name = f"{name}_id"
        self.references = references
        self._memo = f"_{name}"

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return Comparator(owner, self)
        known = instance.__dict__.get(self._memo)
        if known is not None:
            return known
        name, key = getattr(instance, self.type_name), getattr(instance, self.key_name)
        if name is None or key is None:
            return None
        model = self.references.model_named(name)
        layout = self.references.layout(model)
        values: dict[Any, Any] = dict(
            zip(layout.live_key, self.references.values_of(model, key), strict=True)
        )
        identity = tuple(values[column] for column in layout.model_mapper.primary_key)
        session = session_of(instance, f"the {self._memo[1:]} of an activity")
        return session.get(model, identity)

    def __set__(self, instance: Any, obj: Any) -> None:
        instance.__dict__[self._memo] = obj
        if obj is None:
            setattr(instance, self.type_name, None)
            setattr(instance, self.key_name, None)
            return
        setattr(instance, self.type_name, self.references.name_of(type(obj)))
        setattr(instance, self.key_name, self.references.key_of(obj))

    def take(self, instance: Any) -> Any:
        """Return the object that was set, and ask the session for it from now on."""
        return instance.__dict__.pop(self._memo, None)


class Comparator:
    """A reference in a criterion."""

    def __init__(self, owner: type[Any], reference: Reference) -> None:
        self._type = getattr(owner, reference.type_name)
        self._key = getattr(owner, reference.key_name)
        self._references = reference.references

    # Comparing makes a criterion, not a truth value, which the checker takes for a mistake.
    def __eq__(self, obj: object) -> ColumnElement[bool]:  # type: ignore[override]
        if obj is None:
            missing: ColumnElement[bool] = self._type.is_(None)
            return missing
        return and_(
            self._type == self._references.name_of(type(obj)),
            self._key == self._references.key_of(obj),
        )

    def __ne__(self, obj: object) -> ColumnElement[bool]:  # type: ignore[override]
        return ~(self == obj)

    # Python does the same to a class with __eq__; said so that nobody misses the method.
    __hash__ = None  # type: ignore[assignment]

    def is_type(self, model: type[Any]) -> ColumnElement[bool]:
        """Return the criterion for references to objects of a class or a subclass of it."""
        names: Iterable[str] = (
            self._references.name_of(mapper.class_)
            for mapper in inspect(model).self_and_descendants
            if mapper.class_ in self._references
        )
        found: ColumnElement[bool] = self._type.in_(list(names))
        return found


def _text(value: Any) -> str:
    """Return how a part of a key is written."""
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.name
    return value.hex() if isinstance(value, bytes) else str(value)


def _value(text: str, type_: TypeEngine[Any]) -> Any:
    """Return the part of a key that a text was written for."""
    expected = type_.python_type
    if issubclass(expected, (date, time, datetime)):
        return expected.fromisoformat(text)
    if issubclass(expected, Enum):
        return expected[text]
    if issubclass(expected, bool):
        return text == str(True)
    return bytes.fromhex(text) if issubclass(expected, bytes) else expected(text)
