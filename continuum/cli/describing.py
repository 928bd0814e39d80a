"""Versions and transactions, found and put into words."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.orm import Session

from continuum.cli.output import changes
from continuum.cli.output import print_table
from continuum.cli.target import CommandError
from continuum.cli.target import Target
from continuum.cli.target import point
from continuum.cli.target import transaction_number
from continuum.cli.target import value_of
from continuum.operation import Operation
from continuum.reading.changes import changesets
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.users import name_of_user
from continuum.reading.users import with_users
from continuum.schema.recorded import RecordedTable

MOST_CLASSES = 100
"""SELECTs of one UNION; SQLite takes 500."""


def versions_of(
    target: Target, session: Session, cls: Any, key: str, limit: int | None = None
) -> list[Any]:
    """Return the versions of an object, the newest first."""
    versions: list[Any] = target.manager.version_class(cls).all_versions(
        session, target.key(cls, key), limit=limit
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


def transaction_of(target: Target, session: Session, number: int) -> Any:
    """Return the transaction with an id.  Queries: one."""
    cls = target.manager.transaction_cls
    found = session.get(cls, transaction_number(number), options=with_users(cls))
    if found is None:
        more = (
            "0 marks how rows were found that are older than their history"
            if number == 0
            else "continuum log lists transactions"
        )
        raise CommandError(f"there is no transaction {number}\nHint: {more}.")
    return found


def who_and_why(transaction: Any) -> dict[str, Any]:
    """Return who and why; nothing for what no transaction made.

    The actor is the key of the user where no text names one; ``user`` is the user's name.
    """
    names = ("id", "issued_at", "actor", "reason")
    found = {name: getattr(transaction, name, None) for name in names}
    if found["actor"] is None:
        found["actor"] = getattr(transaction, "user_id", None)
    found["user"] = None if transaction is None else name_of_user(transaction)
    return found


def told(who: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the cells of a table that :func:`who_and_why` fills: id, time, who and why."""
    name = who["actor"] if who["user"] is None else who["user"]
    return who["id"], who["issued_at"], name, who["reason"]


def actor_named(transaction_cls: Any, text: str) -> Any:
    """Return the actor that a text names: a key of the class of users, or else the text itself."""
    user = inspect(transaction_cls).relationships.get("user")
    if user is None:
        return text
    try:
        return value_of(user.mapper.primary_key[0], text)
    except CommandError:
        return text


def described(target: Target, session: Session, versions: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what there is to tell about versions.

    Queries: one for their transactions, and those of :func:`continuum.changesets`.
    """
    if not versions:
        return []
    layouts = [layout_of(type(version)) for version in versions]
    numbers = [
        layout.transaction_id_of(version) for layout, version in zip(layouts, versions, strict=True)
    ]
    cls = layouts[0].journal.transaction_cls
    known = {
        inspect(row).identity[0]: row
        for row in session.scalars(
            select(cls).where(cls.id.in_(set(numbers))).options(*with_users(cls))
        )
    }
    return [
        {
            "class": layout.model.__name__,
            "key": list(layout.key_of(version)),
            "operation": Operation(getattr(version, layout.operation_name)).name,
            **who_and_why(known.get(number)),
            "id": number,
            "changes": changeset,
        }
        for version, layout, number, changeset in zip(
            versions, layouts, numbers, changesets(versions), strict=True
        )
    ]


def print_versions(target: Target, versions: list[dict[str, Any]]) -> None:
    """Print versions as :func:`described` returns them."""
    print_table(
        ("transaction", "time", "actor", "reason", "", "object", "changes"),
        [
            (
                *told(each),
                each["operation"].lower(),
                f"{each['class']} {','.join(map(str, each['key']))}",
                changes(each["changes"], full=target.full),
            )
            for each in versions
        ],
        full=target.full,
    )


def made_a_version(layout: Layout) -> Any:
    """Return the criterion for versions of exactly one class."""
    mapper = layout.mapper
    if mapper.polymorphic_on is None:
        return literal(1) == 1
    return mapper.polymorphic_on == mapper.polymorphic_identity


@dataclass(frozen=True)
class Changed:
    """What a transaction may have changed: objects of exactly one class, or an association table.

    :param name: of the class or the table.
    :param version_table: where the versions are.
    :param transaction: the column with the transaction that made a version.
    :param criterion: which versions.
    """

    name: str
    version_table: Table
    transaction: Any
    criterion: Any

    @classmethod
    def of_class(cls, layout: Layout) -> Changed:
        """Return it for a class."""
        table = layout.recorded.version_table
        return cls(layout.model.__name__, table, layout.transaction_column, made_a_version(layout))

    @classmethod
    def of_links(cls, recorded: RecordedTable) -> Changed:
        """Return it for an association table."""
        name, table = recorded.table.fullname, recorded.version_table
        return cls(name, table, recorded.transaction_column, literal(1) == 1)


def names_of_changed(
    session: Session, all_: Sequence[Changed], numbers: Iterable[int]
) -> dict[int, list[str]]:
    """Return the names of the classes and association tables that transactions changed.

    Queries: one for each 100 of them.
    """
    wanted = sorted(numbers)
    found: dict[int, set[str]] = {number: set() for number in wanted}
    for start in range(0, len(all_) if wanted else 0, MOST_CLASSES):
        some = all_[start : start + MOST_CLASSES]
        parts = [
            select(each.transaction.label("number"), literal(place).label("place"))
            .where(and_(each.transaction.in_(wanted), each.criterion))
            .distinct()
            for place, each in enumerate(some)
        ]
        statement = union_all(*parts) if len(parts) > 1 else parts[0]
        for number, place in session.execute(statement):
            found[number].add(some[place].name)
    return {number: sorted(names) for number, names in found.items()}
