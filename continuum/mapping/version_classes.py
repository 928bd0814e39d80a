"""Version classes: mapped imperatively, from Mapper and Table alone.

Nothing of the model's own machinery runs again (declarative constructors, dataclass fields,
pydantic), so that every way of mapping a class works.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy import FromClause
from sqlalchemy import Table
from sqlalchemy import case
from sqlalchemy import false
from sqlalchemy import inspect
from sqlalchemy.orm import ColumnProperty
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import column_property
from sqlalchemy.orm import foreign
from sqlalchemy.orm import registry
from sqlalchemy.orm import relationship
from sqlalchemy.sql.selectable import Join

from continuum.errors import ImproperlyConfigured
from continuum.mapping.levels import in_force
from continuum.mapping.levels import joined_tables
from continuum.mapping.pickling import make_class
from continuum.mapping.polymorphism import outlive_subclasses
from continuum.mapping.polymorphism import polymorphism
from continuum.mapping.properties import version_properties
from continuum.mapping.unnamed import map_unnamed
from continuum.mapping.untouched import leave_untouched
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
    levels: Sequence[RecordedTable],
    target: registry,
    *,
    bases: Sequence[type[Any]],
    parent: type[Any] | None,
    union: Mapper[Any] | None,
    behaviour: dict[str, Any],
    namespace: dict[str, Any],
) -> type[Any]:
    """Make and map the version class of a model.

    :param mapper: mapper of the model.
    :param levels: its tables and version tables, the root first.
    :param target: registry that the class is mapped in.
    :param bases: bases of the class.
    :param parent: version class of the model that this one inherits from.
    :param union: mapper of the class that versions of concrete classes are read together by.
    :param behaviour: further class attributes, where nothing else has their names.
    :param namespace: further class attributes.
    """
    copies: dict[Any, Column[Any]] = {
        item.live: item.version for level in levels for item in level.columns
    }
    above = None if parent is None else inspect(parent)
    own = [level for level in levels if above is None or level.version_table not in above.tables]
    copied = version_properties(mapper, copies, above)
    properties = dict(copied)
    for level in own:
        properties |= _history_columns(level, levels[0], above, copied)
    cls = mapper.class_
    parents = (parent,) if parent is not None else tuple(bases)
    if union is not None:
        parents = (union.class_,)
    taken = (
        _names_of(parents)
        | properties.keys()
        | (set() if above is None else set(above.attrs.keys()))
    )
    version_cls = make_class(
        version_class_name(cls, use_module_name=levels[-1].options.use_module_name),
        parents,
        {name: item for name, item in behaviour.items() if name not in taken}
        | {"__module__": cls.__module__, "__doc__": f"A version of :class:`{cls.__name__}`."}
        | namespace,
    )
    arguments = polymorphism(mapper, levels, above)
    arguments["properties"] = properties
    # The row that the running transaction writes changes as the transaction goes on: what is read
    # shows it as it is, not as an object of the session remembers it.
    arguments["always_refresh"] = True
    arguments["exclude_properties"] = _columns_of_others(levels, properties, above)
    if above is not None:
        arguments["inherits"] = above
    elif union is not None:
        arguments["inherits"] = union
        arguments["concrete"] = True
        arguments["polymorphic_identity"] = mapper.polymorphic_identity
    if above is not None and own:
        arguments["inherit_condition"] = in_force(levels[0], own[0])
        arguments["inherit_foreign_keys"] = list(own[0].version_key)
    elif len(own) > 1:
        arguments["primary_key"] = [*levels[0].version_key, levels[0].transaction_column]
    map_unnamed(target, version_cls, _rows(mapper, own), **arguments)
    if above is not None:
        _load_whole_rows(inspect(version_cls))
    elif "polymorphic_on" in arguments:
        outlive_subclasses(inspect(version_cls))
    leave_untouched(inspect(version_cls))
    return version_cls


def _names_of(bases: Sequence[type[Any]]) -> set[str]:
    """Return what classes offer, without what a generated one among them has from its model."""
    return {
        name
        for base in bases
        for cls in base.__mro__
        if "__continuum_recorded__" not in vars(cls)
        for name in vars(cls)
    }


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


def _history_columns(
    level: RecordedTable,
    root: RecordedTable,
    above: Mapper[Any] | None,
    properties: dict[str, Any],
) -> dict[str, Any]:
    """Return the attributes of those columns of a version table that hold no live column.

    Transaction, end and kind of a version are those of the root's row; those of a lower level are
    private.
    """
    if level is root:
        return {column.key: column for column in level.own_columns}
    names = {column.key for column in root.own_columns}
    for name in names & properties.keys():
        raise ImproperlyConfigured(
            f"attribute {name!r} of the model of table {level.table.fullname!r} has the name of a "
            "column that every version of it gets from its root",
            table=level.table.fullname,
            column=name,
            hint="Choose another name for ours with an option of the root class.",
        )
    taken = names | properties.keys() | (set() if above is None else set(above.attrs.keys()))
    flags = {item.flag for item in level.columns}
    found: dict[str, Any] = {}
    for column in level.own_columns:
        private = column in flags or column.key in taken
        found[f"_{level.version_table.name}_{column.key}" if private else column.key] = column
        if column in flags and column.key not in taken:
            # The flags of a row speak of the version that it was written with, not of later ones.
            now = level.transaction_column >= root.transaction_column
            found[column.key] = column_property(case((now, column), else_=false()))
    return found


def _columns_of_others(
    levels: Sequence[RecordedTable], properties: dict[str, Any], above: Mapper[Any] | None
) -> list[Column[Any]]:
    """Return the columns of the version tables that only other classes have as attributes."""
    mapped = {item for item in properties.values() if isinstance(item, Column)}
    for prop in (*properties.values(), *(() if above is None else above.column_attrs)):
        if isinstance(prop, ColumnProperty):
            mapped.update(column for column in prop.columns if isinstance(column, Column))
    return [column for level in levels for column in level.version_table.c if column not in mapped]


def _rows(mapper: Mapper[Any], own: Sequence[RecordedTable]) -> FromClause | None:
    """Return what a version class is mapped to, ``None`` where it shares its parent's table."""
    if not own:
        return None
    outer: set[Table] = set()
    if isinstance(mapper.local_table, Join):
        parts = joined_tables(mapper.local_table) or ()
        outer = {table for table, _, is_outer in parts if is_outer}

    rows: FromClause = own[0].version_table
    for level in own[1:]:
        condition = in_force(own[0], level)
        rows = rows.join(level.version_table, condition, isouter=level.table in outer)
    return rows


def _load_whole_rows(mapper: Mapper[Any]) -> None:
    """Have missing attributes of a version read with its range, by its whole key.

    SQLAlchemy would look for the tables of some attributes alone, and take the ranges that join
    them for equalities.
    """

    def no_statement_for_some_tables(*_: Any) -> None:
        return None

    # For this mapper alone; there is no public way to say it.
    mapper._optimized_get_statement = no_statement_for_some_tables  # type: ignore[method-assign]
