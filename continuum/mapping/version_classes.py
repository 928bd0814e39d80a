"""Version classes: mapped imperatively, from Mapper and Table alone.

Nothing of the model's own machinery runs again (declarative constructors, dataclass fields,
pydantic), so that every way of mapping a class works.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy import inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import column_property
from sqlalchemy.orm import composite
from sqlalchemy.orm import foreign
from sqlalchemy.orm import registry
from sqlalchemy.orm import relationship
from sqlalchemy.orm import synonym
from sqlalchemy.sql import visitors

from continuum.errors import ImproperlyConfigured
from continuum.mapping.unnamed import map_unnamed
from continuum.schema.recorded import RecordedTable

VERSIONS_LIST = "continuum_versions"
"""Start of the name of a model's hidden relationship to its versions, in transaction order."""


def version_class_name(cls: type[Any], *, use_module_name: bool) -> str:
    """Return the name of the version class of a model."""
    name = f"{cls.__name__}Version"
    if use_module_name:
        module = "".join(part.title() for part in cls.__module__.replace("_", ".").split("."))
        name = module + name
    return name


def map_version_class(
    mapper: Mapper[Any],
    recorded: RecordedTable,
    target: registry,
    *,
    bases: Sequence[type[Any]],
    parent: type[Any] | None,
    namespace: dict[str, Any],
) -> type[Any]:
    """Make and map the version class of a model.

    :param mapper: mapper of the model.
    :param recorded: its table and version table.
    :param target: registry that the class is mapped in.
    :param bases: bases of the class.
    :param parent: version class of the model that this one inherits from in the same table.
    :param namespace: further class attributes.
    """
    cls = mapper.class_
    version_cls: type[Any] = type(
        version_class_name(cls, use_module_name=recorded.options.use_module_name),
        (parent,) if parent is not None else tuple(bases),
        {"__module__": cls.__module__, "__doc__": f"A version of :class:`{cls.__name__}`."}
        | namespace,
    )
    to_version: dict[Any, Column[Any]] = {item.live: item.version for item in recorded.columns}
    inherited = set() if parent is None else set(inspect(parent).attrs.keys())
    properties = _properties(mapper, to_version, inherited)
    arguments: dict[str, Any] = {}
    if mapper.polymorphic_on is not None:
        arguments["polymorphic_identity"] = mapper.polymorphic_identity
        if parent is None:
            arguments["polymorphic_on"] = _adapted(mapper.polymorphic_on, to_version)
    if parent is None:
        properties |= {column.key: column for column in recorded.own_columns}
        # The row that the running transaction writes changes as the transaction goes on: what is
        # read shows it as it is, not as an object of the session remembers it.
        map_unnamed(
            target,
            version_cls,
            recorded.version_table,
            properties=properties,
            always_refresh=True,
            **arguments,
        )
    else:
        map_unnamed(
            target,
            version_cls,
            None,
            inherits=inspect(parent),
            properties=properties,
            always_refresh=True,
            **arguments,
        )
    return version_cls


def link_transactions(
    version_cls: type[Any], recorded: RecordedTable, transaction_cls: type[Any]
) -> None:
    """Add ``transaction`` and ``end_transaction`` to a version class."""
    mapper = inspect(version_cls)
    transaction_id = inspect(transaction_cls).primary_key[0]
    links = [("transaction", recorded.transaction_column)]
    if recorded.end_column is not None:
        links.append(("end_transaction", recorded.end_column))
    for name, column in links:
        if name in mapper.attrs:
            raise ImproperlyConfigured(
                f"attribute {name!r} of the model of {version_cls.__name__} has the name of a "
                "relationship that every version class gets",
                table=recorded.table.fullname,
                hint="Exclude the attribute from history or map it under another name.",
            )
        mapper.add_property(
            name,
            relationship(
                transaction_cls,
                primaryjoin=foreign(column) == transaction_id,
                viewonly=True,
                uselist=False,
            ),
        )


def link_versions(cls: type[Any], version_cls: type[Any], recorded: RecordedTable) -> str:
    """Add the hidden list of versions to a model, and return its name.

    A class that was versioned before keeps the list of then: a mapper cannot lose an attribute.
    """
    mapper = inspect(cls)
    name = VERSIONS_LIST
    while name in mapper.attrs:
        name += "_"
    condition = [
        foreign(version_column) == column
        for version_column, column in zip(recorded.version_key, recorded.key, strict=True)
    ]
    joined = condition[0]
    for term in condition[1:]:
        joined = joined & term
    versions = relationship(
        version_cls,
        primaryjoin=joined,
        order_by=recorded.transaction_column,
        viewonly=True,
        uselist=True,
    )
    mapper.add_property(name, versions)
    return name


def _properties(
    mapper: Mapper[Any], to_version: dict[Any, Column[Any]], inherited: set[str]
) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for prop in mapper.column_attrs:
        # SQLAlchemy makes this one itself for an expression in polymorphic_on.
        if prop.key == "_sa_polymorphic_on" or prop.key in inherited:
            continue
        columns = [to_version[column] for column in prop.columns if column in to_version]
        if columns:
            properties[prop.key] = column_property(
                *columns, deferred=prop.deferred, group=prop.group
            )
    kept = inherited | properties.keys()
    for composed in mapper.composites:
        names = [prop.key for prop in composed.props]
        if composed.key not in inherited and all(name in kept for name in names):
            properties[composed.key] = composite(composed.composite_class, *names)
    for alias in mapper.synonyms:
        if alias.key not in inherited and alias.name in kept:
            properties[alias.key] = synonym(alias.name)
    return properties


def _adapted(expression: Any, to_version: dict[Any, Column[Any]]) -> Any:
    """Return an expression over live columns as one over version columns."""
    if expression in to_version:
        return to_version[expression]

    def replace(element: Any, **_: Any) -> Any:
        return to_version.get(element)

    return visitors.replacement_traverse(expression, {}, replace)
