"""What the relationships of version classes collect their objects in."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from sqlalchemy.orm import KeyFuncDict
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import keyfunc_mapping


def version_collection(prop: RelationshipProperty[Any]) -> Any:
    """Return the collection class of a model's relationship for its version class.

    Dictionaries keyed by columns of the model are keyed by the same attributes of the versions;
    everything else works for versions as it is.
    """
    factory: Any = prop.collection_class
    if not callable(factory):
        return None
    sample = factory()
    columns = getattr(sample.keyfunc, "cols", None) if isinstance(sample, KeyFuncDict) else None
    if columns is None:
        return factory
    names = [prop.mapper.get_property_by_column(column).key for column in columns]
    return keyfunc_mapping(attrgetter(*names))
