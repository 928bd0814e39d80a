"""References whose target has to be there."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import RelationshipProperty

from continuum.errors import MissingTarget


def require_target(
    version_cls: type[Any], mapper: Mapper[Any], prop: RelationshipProperty[Any]
) -> None:
    """Have a many-to-one relationship raise where its foreign key leads nowhere.

    :param version_cls: the version class, which has the relationship already.
    :param mapper: mapper of the model.
    :param prop: the relationship of the model.
    :raises MissingTarget: from the attribute of an object.
    """
    name = prop.key
    columns = {local for local, _ in prop.local_remote_pairs or ()}
    names = sorted(mapper.get_property_by_column(column).key for column in columns)

    class RequiredTarget(InstrumentedAttribute[Any]):
        """A relationship that never reads as ``None`` while its foreign key has a value."""

        __slots__ = ()
        inherit_cache = True

        def __get__(self, instance: Any, owner: Any) -> Any:
            found = super().__get__(instance, owner)
            if instance is None or found is not None:
                return found
            values = {each: getattr(instance, each) for each in names}
            if any(value is None for value in values.values()):
                return None
            told = ", ".join(f"{each}={value!r}" for each, value in values.items())
            raise MissingTarget(f"{name} of {instance!r} leads to a row that is not there: {told}")

    version_cls.__dict__[name].__class__ = RequiredTarget
