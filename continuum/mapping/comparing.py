"""Comparing the relationships of version classes with objects: ``V.author == author``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Null
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipProperty


class VersionComparator(RelationshipProperty.Comparator[Any]):
    """Operators of a relationship between version classes.

    SQLAlchemy would put the values of the object into the join condition; the range in it makes
    that wrong for ``None``, and ambiguous where a table is related to itself.  An object given is
    either a version, which is meant exactly, or a live object, any version of which is meant.
    """

    inherit_cache = True

    # Comparing makes a criterion, not a truth value, which the checker takes for a mistake.
    def __eq__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]
        if self.property.uselist:
            return super().__eq__(other)
        if other is None or isinstance(other, Null):
            return ~self.has()
        return self.has(_same(self.property.mapper, other))

    def __ne__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]
        if self.property.uselist:
            return super().__ne__(other)
        equal: ColumnElement[bool] = self == other
        return ~equal

    def contains(self, other: Any, **options: Any) -> ColumnElement[bool]:
        """Return the criterion for those versions whose collection has an object."""
        if not self.property.uselist:
            return super().contains(other, **options)
        return self.any(_same(self.property.mapper, other))


def _same(target: Mapper[Any], other: Any) -> ColumnElement[bool]:
    """Return the criterion for a version being an object, or a version of it.

    :raises ArgumentError: it is neither a version of this class nor an object of its model.
    """
    version_cls: Any = target.class_
    if isinstance(other, version_cls):
        columns: Any = target.primary_key
        values = target.primary_key_from_instance(other)
        return and_(*(column == value for column, value in zip(columns, values, strict=True)))
    model = version_cls.__continuum_journal__.parents.get(version_cls, version_cls)
    if not isinstance(other, model):
        raise ArgumentError(
            f"a relationship to {version_cls.__name__} is compared with {other!r}, which is "
            f"neither a version nor an object of {model.__name__}"
        )
    mapper: Mapper[Any] = inspect(type(other))
    root = version_cls.__continuum_levels__[0]
    names = [mapper.get_property_by_column(column).key for column in root.key]
    return and_(
        *(
            column == getattr(other, name)
            for column, name in zip(root.version_key, names, strict=True)
        )
    )
