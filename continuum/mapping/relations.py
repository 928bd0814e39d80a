"""Relationships between version classes: each seen from a point in history.

A relationship of a model appears on its version class under the same name, as an ordinary viewonly
relationship whose join condition is that of the model, over version tables, and in addition says
which version of the other row was in force.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy.ext.associationproxy import AssociationProxy
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import foreign
from sqlalchemy.orm import relationship
from sqlalchemy.orm import remote

from continuum.errors import ImproperlyConfigured
from continuum.errors import NotInHistory
from continuum.mapping.fresh import keep_loaded
from continuum.mapping.journal import Journal
from continuum.mapping.ranges import follower
from continuum.mapping.ranges import look_from_point
from continuum.mapping.required import require_target
from continuum.mapping.translation import Translation
from continuum.mapping.translation import Untellable
from continuum.mapping.translation import same_column
from continuum.mapping.version_classes import VERSIONS_LIST
from continuum.schema.recorded import RecordedTable

_RELATED = "_continuum_related"


class Untold:
    """Stands where a relationship would be that history cannot tell.

    :param name: the relationship.
    :param reason: why not.
    """

    def __init__(self, name: str, reason: str) -> None:
        self._name = name
        self._reason = reason

    def __get__(self, obj: Any, cls: type[Any]) -> Any:
        raise NotInHistory(
            f"relationship {self._name!r} cannot be shown by {cls.__name__}: {self._reason}"
        )


def relate(journal: Journal) -> None:
    """Give all version classes of a history the relationships of their models.

    Relationships that they have already stay as they are; association proxies come along.
    """
    for mapper in sorted(journal.mappers, key=lambda item: len(list(item.iterate_to_root()))):
        if mapper.class_ in journal.versions:
            _relate_class(journal, mapper)


def _relate_class(journal: Journal, mapper: Mapper[Any]) -> None:
    version_cls = journal.versions[mapper.class_]
    version_mapper: Mapper[Any] = inspect(version_cls)
    timeline = journal.levels[mapper][0]
    if _RELATED not in version_cls.__dict__:
        setattr(version_cls, _RELATED, set())
        look_from_point(version_mapper)
        for made in version_mapper.relationships:
            if made.parent is version_mapper:
                keep_loaded(made)
        if timeline.end_column is None and "end_transaction" not in version_mapper.attrs:
            _link_follower(version_cls, timeline, journal.transaction_cls)
    done: set[str] = version_cls.__dict__[_RELATED]
    above = version_mapper.inherits
    inherited = set() if above is None else set(above.relationships.keys())
    excluded = {getattr(item, "key", item) for item in journal.mappers[mapper].options.exclude}
    for prop in mapper.relationships:
        if prop.key.startswith(VERSIONS_LIST):
            continue
        if prop.key not in excluded | done | inherited:
            done.add(prop.key)
            _relate(journal, mapper, prop)
    for name, descriptor in mapper.all_orm_descriptors.items():
        if isinstance(descriptor, AssociationProxy) and name not in excluded:
            _proxy(version_cls, name, descriptor)


def _link_follower(
    version_cls: type[Any], timeline: RecordedTable, transaction_cls: type[Any]
) -> None:
    """Add ``end_transaction`` to a version class without an end column."""
    ending = remote(foreign(inspect(transaction_cls).primary_key[0]))
    # The first term says nothing new, but SQLAlchemy does not look for pairs in a subquery.
    joined = and_(ending > timeline.transaction_column, ending == follower(timeline, same_column))
    made = relationship(transaction_cls, primaryjoin=joined, viewonly=True, uselist=False)
    keep_loaded(made)
    inspect(version_cls).add_property("end_transaction", made)


def _relate(journal: Journal, mapper: Mapper[Any], prop: RelationshipProperty[Any]) -> None:
    version_cls = journal.versions[mapper.class_]
    version_mapper: Mapper[Any] = inspect(version_cls)
    if prop.key in version_mapper.attrs:
        raise ImproperlyConfigured(
            f"relationship {prop.key!r} of {mapper.class_.__name__} has the name of an attribute "
            "that every version gets",
            table=journal.mappers[mapper].table.fullname,
            hint=f"Leave it out of history, with __versioned__ = {{'exclude': [{prop.key!r}]}}, or "
            "rename it.",
        )
    try:
        made = Translation(journal, mapper, prop).relationship()
    except Untellable as reason:
        setattr(version_cls, prop.key, Untold(prop.key, str(reason)))
        return
    keep_loaded(made)
    version_mapper.add_property(prop.key, made)
    missing = journal.mappers[mapper].options.missing_target
    if missing == "raise" and prop.direction is RelationshipDirection.MANYTOONE:
        require_target(version_cls, mapper, prop)


def _proxy(version_cls: type[Any], name: str, proxy: AssociationProxy[Any]) -> None:
    if not hasattr(version_cls, name) and hasattr(version_cls, proxy.target_collection):
        setattr(version_cls, name, proxy)
