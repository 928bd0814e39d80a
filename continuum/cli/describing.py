"""Versions and transactions, found and put into words."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from continuum.cli.output import changes
from continuum.cli.output import print_table
from continuum.cli.target import CommandError
from continuum.cli.target import Target
from continuum.cli.target import point
from continuum.operation import Operation


def versions_of(target: Target, session: Session, cls: Any, key: str) -> list[Any]:
    """Return the versions of an object, the newest first."""
    versions: list[Any] = target.manager.version_class(cls).all_versions(
        session, target.key(cls, key)
    )
    if not versions:
        raise CommandError(f"{cls.__name__} {key} has no history")
    return versions


def version_at(target: Target, session: Session, cls: Any, key: str, at: str) -> Any:
    """Return the version of an object that was in force at a point in history."""
    found = target.manager.version_class(cls).version_at(
        session, target.key(cls, key), point(at), include_deleted=True
    )
    if found is None:
        raise CommandError(f"there was no {cls.__name__} {key} at {at}")
    return found


def who_and_why(found: Any) -> dict[str, Any]:
    """Return who and why; nothing for a version that no transaction made."""
    names = ("id", "issued_at", "actor", "reason")
    return {name: getattr(found, name, None) for name in names}


def described(target: Target, version: Any) -> dict[str, Any]:
    """Return what there is to tell about a version."""
    model = target.manager.parent_class(type(version))
    keys = [each.key for each in version.__mapper__.primary_key]
    number = version.transaction_id
    return {
        "class": model.__name__,
        "key": [
            getattr(version, version.__mapper__.get_property_by_column(each).key)
            for each in version.__mapper__.primary_key[: len(keys) - 1]
        ],
        "operation": Operation(version.operation_type).name,
        **who_and_why(version.transaction),
        "id": number,
        "changes": version.changeset,
    }


def print_versions(versions: list[dict[str, Any]]) -> None:
    """Print versions as :func:`described` returns them."""
    print_table(
        ("transaction", "time", "actor", "reason", "", "object", "changes"),
        [
            (
                each["id"],
                each["issued_at"],
                each["actor"],
                each["reason"],
                each["operation"].lower(),
                f"{each['class']} {','.join(map(str, each['key']))}",
                changes(each["changes"]),
            )
            for each in versions
        ],
    )
