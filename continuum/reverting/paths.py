"""Which relationships are to go back as well: paths, and ``"all"``."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import RelationshipProperty

from continuum.errors import RevertError
from continuum.mapping.journal import Journal
from continuum.mapping.version_classes import VERSIONS_LIST

ALL = "all"
"""Every relationship, and everything that belongs to the object."""


class Paths:
    """Relationships to follow from an object, and from what they lead to.

    :param everything: all relationships.
    """

    def __init__(self, *, everything: bool = False) -> None:
        self.everything = everything
        self.further: dict[str, Paths] = {}

    def relations(
        self, journal: Journal, mapper: Mapper[Any]
    ) -> Iterator[tuple[RelationshipProperty[Any], Paths]]:
        """Iterate over the relationships of a class to follow, each with what comes after it."""
        for relation in mapper.relationships:
            if self.everything and obstacle(journal, relation) is None:
                # What has a foreign key to the object belongs to it; other objects are shared,
                # and what they are related to has nothing to do with this one.
                owned = relation.direction is RelationshipDirection.ONETOMANY
                yield relation, _EVERYTHING if owned else _NO_FURTHER
            if relation.key in self.further:
                yield relation, self.further[relation.key]


_EVERYTHING = Paths(everything=True)
_NO_FURTHER = Paths()


def paths(journal: Journal, mapper: Mapper[Any], relations: Iterable[str] | None) -> Paths:
    """Read the names of relationships.

    :param relations: dotted paths, or ``"all"``.
    :raises RevertError: a relationship that does not exist, or that cannot go back.

    No queries.
    """
    given = [relations] if isinstance(relations, str) else list(relations or ())
    result = Paths(everything=ALL in given)
    for path in given:
        if path == ALL:
            continue
        here, mappers = result, [mapper]
        for name in path.split("."):
            found = [
                relation
                for each in mappers
                for below in each.self_and_descendants
                if (relation := below.relationships.get(name)) is not None
            ]
            if not found:
                raise _unknown(mappers[0], name)
            for relation in dict.fromkeys(found):
                reason = obstacle(journal, relation)
                if reason is not None:
                    raise RevertError(
                        f"relationship {path!r} cannot be reverted: {reason}",
                        table=str(relation.parent.local_table),
                        hint="Leave it out, or revert versions of the related objects.",
                    )
            here = here.further.setdefault(name, Paths())
            mappers = [relation.mapper for relation in dict.fromkeys(found)]
    return result


def obstacle(journal: Journal, relation: RelationshipProperty[Any]) -> str | None:
    """Say why a relationship cannot be reverted, ``None`` when it can."""
    parent = relation.parent.class_.__name__
    if VERSIONS_LIST in relation.key:
        return "it leads to versions"
    if relation.viewonly:
        return "it is viewonly, its rows are written through other relationships"
    if relation.direction is RelationshipDirection.ONETOMANY:
        if relation.mapper.class_ not in journal.versions:
            return (
                f"{relation.mapper.class_.__name__} is not versioned, so that nobody knows which "
                f"objects referred to a {parent}"
            )
    elif relation.direction is RelationshipDirection.MANYTOMANY:
        assert relation.secondary is not None
        if relation.secondary not in journal.recorded:
            return f"its table {relation.secondary} is not versioned"
    return None


def _unknown(mapper: Mapper[Any], name: str) -> RevertError:
    names = sorted(each.key for each in mapper.relationships if VERSIONS_LIST not in each.key)
    return RevertError(
        f"{mapper.class_.__name__} has no relationship {name!r}",
        table=str(mapper.local_table),
        hint=f"It has: {', '.join(names)}." if names else None,
    )
