"""The published context: one JSON object whose values any database can cast to its columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from datetime import datetime
from datetime import time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy import inspect
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeEngine

from continuum.dialects.spec import storage_type
from continuum.errors import ContextConflict
from continuum.errors import InvalidContext
from continuum.errors import UnknownOption
from continuum.mapping.journal import Journal
from continuum.options import unknown_option
from continuum.recording.context import NOTHING_SAID
from continuum.recording.context import ContextValues


def transaction_values(
    journal: Journal, values: ContextValues, defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the attribute values of the transaction row for a context.

    :param defaults: values that give way to those of the context.
    :raises UnknownOption: the context names a column that the Transaction class has not.
    :raises ContextConflict: the actor is an object without identity.
    """
    result = {name: value for name, value in defaults.items() if value is not None}
    if values is NOTHING_SAID and not result:
        return result
    known = {column.key for column in journal.log.columns}
    for name in values.values:
        if name not in known:
            raise unknown_option(name, known, where="context()")
    result.update(values.values)
    if values.actor is not None:
        name, value = actor_value(journal, values.actor)
        if name not in known:
            raise UnknownOption(
                f"the Transaction class has no column {name!r} for the actor",
                table=str(journal.log.table),
                hint="Inherit the class from TransactionBase.",
            )
        result[name] = value
    said = {
        "reason": values.reason,
        "remote_addr": values.remote_addr,
        "meta": dict(values.meta) or None,
    }
    for name, value in said.items():
        if value is not None and (name in known or name in values.asked):
            result[name] = value
    for name in result:
        if name not in known:
            raise UnknownOption(
                f"the Transaction class has no column {name!r}, which a context or a plugin wants "
                "to fill",
                table=str(journal.log.table),
                column=name,
                hint="A generated Transaction class has it, unless a plugin takes its place "
                "(TransactionMetaPlugin: set the transaction's meta instead); a class of your own "
                "has it from TransactionBase.",
            )
    return result


def actor_value(journal: Journal, actor: Any) -> tuple[str, Any]:
    """Return the column that holds an actor, and its value there."""
    mapper: Mapper[Any] = inspect(journal.transaction_cls)
    user = mapper.relationships.get("user")
    if user is None:
        return "actor", _text_actor(actor)
    key = user.mapper.primary_key[0]
    if isinstance(actor, user.mapper.class_):
        identity = inspect(actor).identity
        if identity is None:
            raise ContextConflict(
                f"the actor {actor!r} has not been flushed, so that it has no key that the "
                "transaction could refer to",
                table=str(user.mapper.local_table),
                hint="Flush the user before using it as an actor.",
            )
        return "user_id", identity[0]
    try:
        expected = key.type.python_type
    except NotImplementedError:
        expected = str
    if isinstance(actor, expected) and not isinstance(actor, bool):
        return "user_id", actor
    return "actor", _text_actor(actor)


def _text_actor(actor: Any) -> str:
    """Return the text that names an actor; the ``repr`` of an object would name nobody."""
    if isinstance(actor, (str, int, UUID)) and not isinstance(actor, bool):
        return str(actor)
    raise InvalidContext(
        f"the actor {actor!r} is neither a text nor a key nor an object of the user class",
        hint="Name the actor by a text, or tell make_versioned(user_cls=...) the class of users.",
    )


def encoded(journal: Journal, values: Mapping[str, Any], dialect: Dialect) -> str | None:
    """Return the JSON text of attribute values, ``None`` when there are none.

    Each value passes the bind processing of its column's type first, so that the database stores
    what SQLAlchemy itself would have stored.
    """
    if not values:
        return None
    types = {column.key: column.type for column in journal.log.columns}
    payload = {}
    for name, value in values.items():
        type_ = types[name]
        if isinstance(storage_type(type_), JSON):
            payload[name] = value
            continue
        if isinstance(value, str):
            _check_length(name, value, type_)
        processor = type_.dialect_impl(dialect).bind_processor(dialect)
        payload[name] = _plain(value if processor is None else processor(value))
    return _json(payload)


def _json(payload: Mapping[str, Any]) -> str:
    for name, value in payload.items():
        try:
            text = json.dumps(value, allow_nan=False, ensure_ascii=False)
            text.encode()
        except (TypeError, ValueError) as error:
            raise InvalidContext(
                f"{name}={value!r} of the context cannot be stored: {error}",
                column=name,
                hint="Use what JSON can hold: texts, numbers, lists and dictionaries.",
            ) from error
        # Of a NUL itself and not of its name: there the backslash is doubled.
        if "\\u0000" in text.replace("\\\\", ""):
            raise InvalidContext(
                f"{name}={value!r} of the context holds a NUL character, which databases refuse",
                column=name,
                hint="Remove it.",
            )
    return json.dumps(payload, ensure_ascii=True)


def _check_length(name: str, value: str, type_: TypeEngine[Any]) -> None:
    longest = getattr(storage_type(type_), "length", None)
    if longest is not None and len(value) > longest:
        raise InvalidContext(
            f"{name} of the context has {len(value)} characters, its column holds {longest}",
            column=name,
            hint="Shorten it; longer texts belong into reason or meta.",
        )


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return value
