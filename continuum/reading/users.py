"""Who made a transaction, told by name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import lazyload
from sqlalchemy.orm import selectinload
from sqlalchemy.orm import undefer

from continuum.errors import ImproperlyConfigured

if TYPE_CHECKING:
    from sqlalchemy.orm import RelationshipProperty
    from sqlalchemy.orm.interfaces import ORMOption

NAMES = (
    "name",
    "full_name",
    "fullname",
    "display_name",
    "username",
    "user_name",
    "login",
    "email",
    "email_address",
)
"""Attributes that tell the name of a user, the first that there is, unless told otherwise."""

_EAGER = frozenset({"joined", "subquery", "selectin", "immediate", False})
"""Values of ``relationship(lazy=...)`` that load at once; ``False`` is another ``"joined"``."""


def check_label(label: Any, user_cls: type[Any] | None) -> None:
    """Refuse a ``user_label`` that tells nothing of a user.

    :raises ImproperlyConfigured: there is no user class, or no such attribute.
    """
    if label is None or (callable(label) and user_cls is not None):
        return
    if user_cls is None:
        raise ImproperlyConfigured(
            "user_label tells the name of a user, and there is no class of users",
            hint="Pass user_cls=... too, or leave user_label out.",
        )
    if not isinstance(label, str) or not hasattr(user_cls, label):
        raise ImproperlyConfigured(
            f"user_label={label!r} is no attribute of {user_cls.__name__}",
            hint="Name an attribute, or give a function that takes a user and returns a text.",
        )


def name_attribute(transaction_cls: type[Any]) -> Any:
    """Return the attribute of the user class that can be searched for a name, if there is one."""
    user = _user(transaction_cls)
    label = None if user is None else _label(transaction_cls, user)
    if user is None or not isinstance(label, str):
        return None
    known = label in user.mapper.all_orm_descriptors
    return getattr(user.mapper.class_, label) if known else None


def with_users(transaction_cls: type[Any]) -> tuple[ORMOption, ...]:
    """Return the options by which transactions are loaded with their users.

    Queries: one more for each 500 users; it goes to the engine of the users.
    """
    user = _user(transaction_cls)
    if user is None:
        return ()
    mapper = user.mapper
    # What users bring along by themselves is of no interest here.
    alone: list[Any] = [
        lazyload(each.class_attribute) for each in mapper.relationships if each.lazy in _EAGER
    ]
    label = _label(transaction_cls, user)
    if isinstance(label, str) and label in mapper.column_attrs:
        alone.append(undefer(mapper.column_attrs[label].class_attribute))
    return (selectinload(user.class_attribute).options(*alone),)


def name_of_user(transaction: Any) -> str | None:
    """Return the name of the user who made a transaction; ``None`` if none is known.

    Queries: none for a transaction loaded by :func:`with_users`, else one.
    """
    cls = type(transaction)
    relationship = _user(cls)
    found = None if relationship is None else getattr(transaction, relationship.key)
    if relationship is None or found is None:
        return None
    label = _label(cls, relationship)
    if label is None:
        return None
    name = getattr(found, label) if isinstance(label, str) else label(found)
    return None if name is None else str(name)


def who_made(transaction: Any) -> str | None:
    """Return who made a transaction: the actor, the name of the user, or else the user's key.

    Queries: as :func:`name_of_user`.
    """
    actor: str | None = getattr(transaction, "actor", None)
    if actor is not None:
        return actor
    key = getattr(transaction, "user_id", None)
    return None if key is None else name_of_user(transaction) or str(key)


def _user(transaction_cls: type[Any]) -> RelationshipProperty[Any] | None:
    found = inspect(transaction_cls).relationships.get("user")
    return None if found is None or found.uselist else found


def _label(transaction_cls: type[Any], user: RelationshipProperty[Any]) -> Any:
    """Return the attribute that has the name, or the function that tells it."""
    given = transaction_cls.__versioning_manager__.user_label
    if given is not None:
        return given
    known = user.mapper.column_attrs
    return next((name for name in NAMES if name in known), None)
