"""From a class, an alias or an attribute to the version rows that are meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import QueryableAttribute
from sqlalchemy.orm.util import AliasedClass
from sqlalchemy.orm.util import AliasedInsp

from continuum.errors import ClassNotVersioned
from continuum.reading.layout import layout_of
from continuum.reading.subject import Subject
from continuum.utils import version_class


def subject_of(entity: Any) -> Subject:
    """Return the version rows of a model, a version class, or an alias of a version class.

    :raises ClassNotVersioned: it is none of these.
    """
    if isinstance(entity, (AliasedClass, AliasedInsp)):
        mapper = inspect(entity).mapper
        if not hasattr(mapper.class_, "__continuum_recorded__"):
            raise ClassNotVersioned(
                f"an alias of {mapper.class_.__name__} stands for live rows, not for versions",
                hint=f"Use aliased(version_class({mapper.class_.__name__})).",
            )
        alias = entity.entity if isinstance(entity, AliasedInsp) else entity
        return Subject(alias, layout_of(mapper.class_))
    if isinstance(entity, Mapper):
        entity = entity.class_
    found = version_class(entity)
    return Subject(found, layout_of(found))


def attribute_of(attribute: Any) -> tuple[Subject, str]:
    """Return the version rows that an attribute belongs to, and its name.

    :param attribute: an attribute of a model, of a version class, or of an alias of one.
    :raises ClassNotVersioned: it is none of these.
    """
    if not isinstance(attribute, QueryableAttribute):
        raise ClassNotVersioned(
            f"{attribute!r} is not an attribute of a versioned class",
            hint="Give an attribute, such as Article.name.",
        )
    return subject_of(attribute.parent), attribute.key
