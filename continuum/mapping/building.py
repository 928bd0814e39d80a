"""From mapped classes to version tables and version classes."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy.orm import Mapper
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import Join

from continuum.dialects.spec import OPERATIONS
from continuum.errors import ImproperlyConfigured
from continuum.errors import UnsupportedTable
from continuum.mapping.behaviour import behaviour_names
from continuum.mapping.behaviour import behaviour_of
from continuum.mapping.journal import Journal
from continuum.mapping.levels import joined_tables
from continuum.mapping.levels import lower_key
from continuum.mapping.polymorphism import discriminator_of
from continuum.mapping.unions import map_union
from continuum.mapping.unions import union_above
from continuum.mapping.version_classes import link_transactions
from continuum.mapping.version_classes import link_versions
from continuum.mapping.version_classes import map_version_class
from continuum.options import TABLE_BOUND
from continuum.options import Options
from continuum.options import class_options
from continuum.reading.handle import VersionsAttribute
from continuum.reading.version import Version
from continuum.reading.write_only import WriteOnlyVersions
from continuum.schema.mask import make_mask_catalog
from continuum.schema.recorded import RecordedTable
from continuum.schema.recorded import check_column_names
from continuum.schema.recorded import matching
from continuum.schema.recorded import record_table

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


class Builder:
    """Makes version tables and version classes, of parents before those of their children.

    :param manager: for whom.
    """

    def __init__(self, manager: VersioningManager) -> None:
        self.manager = manager

    def build_tables(self, mapper: Mapper[Any]) -> bool:
        """Make the version tables of a class; say whether the class is versioned at all."""
        parent = parent_of(mapper)
        if is_union(mapper):
            return False
        if not self._options(mapper).versioning:
            return parent is not None and self._share(mapper, parent)
        if parent is not None:
            self._check_parent(mapper, parent)
        journal = self.manager.journal_for(mapper.registry.metadata, mapper.registry)
        levels = [] if parent is None else list(journal.levels[parent])
        conditions = [each.inherit_condition for each in _chain(mapper)]
        for table, condition in _own_tables(mapper, parent):
            recorded = journal.recorded.get(table)
            if levels:
                conditions.append(condition)
                key = lower_key(mapper, table, conditions, levels[0])
                if recorded is None:
                    recorded = self._record_table_of(journal, mapper, table, key)
                self._link(mapper, levels[0], recorded, key)
            elif recorded is None:
                recorded = self._record_table_of(journal, mapper, table)
            levels.append(recorded)
        if parent is not None and mapper.single:
            _refuse_late_columns(mapper, journal)
        _check_discriminator(mapper, levels)
        self._take(journal, mapper, levels)
        return True

    def build_associations(self, mapper: Mapper[Any]) -> None:
        """Make the version tables of the links of a class."""
        journal = self.manager.journal_for(mapper.registry.metadata, mapper.registry)
        options = self._options(mapper)
        excluded = {getattr(item, "key", item) for item in options.exclude}
        for relation in mapper.relationships:
            secondary = relation.secondary
            if (
                not isinstance(secondary, Table)
                or relation.viewonly
                or relation.key in excluded
                or secondary in journal.recorded
            ):
                continue
            # What is said of the columns of a class is not meant for those of its links.
            plain = options.merged(
                {
                    "exclude": (),
                    "include": (),
                    "ignore": (),
                    "operations": OPERATIONS,
                    **dict.fromkeys(TABLE_BOUND - {"when"}, ()),
                    "when": None,
                },
                where="",
            )
            self.record(journal, secondary, plain)

    def build_union(self, mapper: Mapper[Any]) -> None:
        """Make the class by which the versions of concrete classes are read together."""
        journal = self.manager.journals.get(mapper.registry.metadata)
        if journal is not None:
            options = self._options(mapper)
            map_union(journal, mapper, (*(options.base_classes or ()), Version))

    def build_class(self, mapper: Mapper[Any]) -> None:
        """Make the version class of a class whose tables have been made."""
        journal = self.manager.journal_for(mapper.registry.metadata, mapper.registry)
        levels = journal.levels[mapper]
        options = levels[-1].options
        model_parent = parent_of(mapper)
        parent = None if model_parent is None else journal.versions.get(model_parent.class_)
        if not options.create_models or (model_parent is not None and parent is None):
            return
        cls = mapper.class_
        version_cls = map_version_class(
            mapper,
            levels,
            mapper.registry,
            bases=(*(options.base_classes or ()), Version),
            parent=parent,
            union=union_above(journal, mapper) if parent is None else None,
            behaviour=behaviour_of(
                cls,
                None if model_parent is None else model_parent.class_,
                methods=options.methods,
                exclude=options.exclude,
            ),
            namespace={
                "__versioning_manager__": self.manager,
                "__continuum_recorded__": journal.mappers[mapper],
                "__continuum_levels__": levels,
                "__continuum_journal__": journal,
            },
        )
        if "versions" in cls.__dict__ and not isinstance(
            cls.__dict__["versions"], VersionsAttribute
        ):
            raise ImproperlyConfigured(
                f"class {cls.__name__} has an attribute 'versions', which is the name of its "
                "history",
                table=levels[-1].table.fullname,
                hint="Rename the attribute.",
            )
        journal.versions[cls] = version_cls
        journal.parents[version_cls] = cls
        if parent is None:
            link_transactions(version_cls, levels[0], journal.transaction_cls)
        if parent is None or discriminator_of(mapper) is None:
            name = link_versions(cls, version_cls, levels[0])
            cls.versions = VersionsAttribute(
                name, WriteOnlyVersions if options.write_only else None
            )
        self.manager.plugins.after_version_class_built(cls, version_cls)

    def record(
        self, journal: Journal, table: Table, options: Options, **arguments: Any
    ) -> RecordedTable:
        """Make the version table of a table; see :func:`record_table`."""
        recorded = record_table(
            table,
            options,
            before_create=self.manager.plugins.after_build_version_table_columns,
            **arguments,
        )
        if options.flags == "mask":
            if journal.mask_catalog is None:
                journal.add_mask_catalog(make_mask_catalog(journal.transaction_table))
            recorded.mask_catalog = journal.mask_catalog
        if journal.log.protected and options.native_versioning is False:
            raise ImproperlyConfigured(
                f"protected=True needs triggers, and {table.fullname!r} is to be recorded by the "
                "ORM, with the rights of whoever writes",
                table=table.fullname,
                hint="Leave out protected=True, or native_versioning=False.",
            )
        if options.append_only:
            journal.guard()
        if options.native_versioning is False:
            self.manager.listen_to_statements()
        journal.recorded[table] = recorded
        journal.known_columns[table] = frozenset(table.columns)
        return recorded

    def _options(self, mapper: Mapper[Any]) -> Options:
        return class_options(self.manager.options, mapper.class_)

    def _share(self, mapper: Mapper[Any], parent: Mapper[Any]) -> bool:
        """Let a class that wants no history have what its versioned parent records of it.

        Its rows are rows of the parent's table as well.
        """
        journal = self.manager.journals.get(mapper.registry.metadata)
        if journal is None or parent not in journal.levels:
            return False
        self._take(journal, mapper, journal.levels[parent])
        return True

    def _take(self, journal: Journal, mapper: Mapper[Any], levels: Iterable[RecordedTable]) -> None:
        journal.levels[mapper] = tuple(levels)
        joined = isinstance(mapper.local_table, Join)
        journal.mappers[mapper] = journal.levels[mapper][0 if joined else -1]
        mapper.class_.__versioning_manager__ = self.manager

    def _check_parent(self, mapper: Mapper[Any], parent: Mapper[Any]) -> None:
        journal = self.manager.journals.get(mapper.registry.metadata)
        if journal is None or parent not in journal.levels:
            root = mapper.base_mapper.class_.__name__
            shared = "shares the table of" if mapper.single else "has part of its rows in that of"
            raise ImproperlyConfigured(
                f"class {mapper.class_.__name__} {shared} {root}, which is not versioned; the "
                "history of an object begins with the root of its hierarchy",
                table=str(mapper.local_table),
                hint=f"Set __versioned__ = {{}} on {root}.",
            )

    def _record_table_of(
        self,
        journal: Journal,
        mapper: Mapper[Any],
        table: Table,
        key: list[Column[Any]] | None = None,
    ) -> RecordedTable:
        """Make the version table of a table that a class is the first to be mapped to."""
        options = self._options(mapper)
        children = [
            child
            for child in mapper.self_and_descendants
            if child is not mapper and child.local_table is mapper.local_table
        ]
        known = {column.name for column in table.columns}
        for each in (mapper, *children):
            known |= {prop.key for prop in each.attrs} | behaviour_names(each.class_)
        declared = mapper.class_.__dict__.get("__versioned__", {})
        _refuse_names_from_above(mapper, table, declared)
        check_column_names(mapper.class_.__name__, table, declared, known)
        excluded = set() if mapper.version_id_col is None else {mapper.version_id_col}
        ignored: set[Column[Any]] = set()
        for child in children:
            left_out, overlooked = self._said_by_child(child, table, options)
            excluded |= left_out
            ignored |= overlooked
        if ignored:
            options = options.merged({"ignore": (*options.ignore, *ignored)}, where="")
        return self.record(
            journal,
            table,
            options,
            key=key,
            attribute_keys=_attribute_keys(mapper, table),
            excluded=excluded,
        )

    def _said_by_child(
        self, child: Mapper[Any], table: Table, above: Options
    ) -> tuple[set[Column[Any]], set[Column[Any]]]:
        """Return the columns that a class in the same table excludes, and those it ignores."""
        own: dict[Column[Any], str] = {
            column: prop.key
            for prop in child.column_attrs
            for column in prop.columns
            if isinstance(column, Column)
            and child.inherits is not None
            and prop.key not in child.inherits.attrs
        }
        options = self._options(child)
        if not options.versioning:
            return set(own) - set(table.primary_key.columns), set()
        declared = child.class_.__dict__.get("__versioned__", {})
        _refuse_names_from_above(child, table, declared)
        known = {prop.key for prop in child.attrs} | behaviour_names(child.class_)
        check_column_names(child.class_.__name__, table, declared, known)
        found = []
        for option in ("exclude", "ignore"):
            added = set(getattr(options, option)) - set(getattr(above, option))
            found.append(matching(table, added, own) & own.keys())
        return found[0], found[1]

    def _link(
        self,
        mapper: Mapper[Any],
        root: RecordedTable,
        recorded: RecordedTable,
        key: list[Column[Any]],
    ) -> None:
        """Tie a table to the root whose objects it holds a part of."""
        if recorded.root is root:
            return
        if recorded.root is not None or recorded.lower or list(recorded.key) != key:
            raise UnsupportedTable(
                f"table {recorded.table.fullname!r} has a history of its own already, so that "
                f"it cannot be a part of that of {mapper.class_.__name__}",
                table=recorded.table.fullname,
                hint="Version the classes of the single tables.",
            )
        for option in ("strategy", "native_versioning"):
            ours, theirs = getattr(recorded.options, option), getattr(root.options, option)
            if ours != theirs:
                raise ImproperlyConfigured(
                    f"{option} of {mapper.class_.__name__} is {ours!r}, but that of the root of "
                    f"its hierarchy is {theirs!r}",
                    table=recorded.table.fullname,
                    hint="All levels of a hierarchy are recorded and read together: set the "
                    "option on the root class only.",
                )
        for each in (root, recorded):
            if each.options.operations != OPERATIONS or each.options.when is not None:
                raise ImproperlyConfigured(
                    f"operations or when of {each.table.fullname!r} choose among the changes of "
                    f"one table, but each {mapper.class_.__name__} has a history over several",
                    table=each.table.fullname,
                    hint="Leave both out in joined hierarchies.",
                )
            if each.options.level != "row":
                raise ImproperlyConfigured(
                    f"level={each.options.level!r} of {each.table.fullname!r} is about the rows of "
                    f"one table, but each {mapper.class_.__name__} has a history over several",
                    table=each.table.fullname,
                    hint='Set level="row" on the root class of a joined hierarchy.',
                )
        recorded.root = root
        root.lower = (*root.lower, recorded)


def parent_of(mapper: Mapper[Any]) -> Mapper[Any] | None:
    """Return the mapper with whose table a class shares its rows."""
    return None if mapper.concrete else mapper.inherits


def _chain(mapper: Mapper[Any]) -> list[Mapper[Any]]:
    """Return the mappers whose tables are joined above that of a class, the root's child first."""
    found: list[Mapper[Any]] = []
    above = parent_of(mapper)
    while above is not None and above.inherit_condition is not None:
        found.insert(0, above)
        above = parent_of(above)
    return found


def is_union(mapper: Mapper[Any]) -> bool:
    """Say whether a class has no table of its own, but those of its concrete subclasses."""
    rows = mapper.with_polymorphic and mapper.with_polymorphic[1]
    return rows is not None and rows is mapper.local_table


def _own_tables(mapper: Mapper[Any], parent: Mapper[Any] | None) -> Iterator[tuple[Table, Any]]:
    """Iterate over the tables that a class adds, with the conditions that join them."""
    rows = mapper.local_table
    if parent is not None and mapper.single:
        return
    if isinstance(rows, Table):
        yield rows, mapper.inherit_condition
        return
    joined = joined_tables(rows) if parent is None and isinstance(rows, Join) else None
    if joined is None:
        raise UnsupportedTable(
            f"class {mapper.class_.__name__} is mapped to {type(rows).__name__}, which is neither "
            "a table nor a join of tables from left to right",
            hint="Version the classes of the single tables.",
        )
    for table, condition, _ in joined:
        yield table, condition


def _attribute_keys(mapper: Mapper[Any], table: Table) -> dict[Column[Any], str]:
    """Return the names of the columns of a table as attributes.

    Where two classes in one table use a name for different columns, one of the columns has it.
    """
    wanted: dict[Column[Any], str] = {}
    for each in mapper.self_and_descendants:
        for prop in each.column_attrs:
            for column in prop.columns:
                if isinstance(column, Column) and column.table is table:
                    wanted.setdefault(column, prop.key)
    keys: dict[Column[Any], str] = {}
    taken: set[str] = set()
    for column in sorted(table.columns, key=lambda item: item not in wanted):
        key = wanted.get(column, column.key)
        if key in taken:
            key = column.key
        while key in taken:
            key += "_"
        taken.add(key)
        keys[column] = key
    return keys


def _refuse_names_from_above(
    mapper: Mapper[Any], table: Table, declared: Mapping[str, Any]
) -> None:
    """Raise where a class wants to change how the history of its parent's columns is kept."""
    parent = parent_of(mapper)
    if parent is None:
        return
    above = {prop.key for prop in parent.column_attrs}
    for option in ("exclude", "include", "ignore"):
        for item in declared.get(option, ()):
            name = item if isinstance(item, str) else getattr(item, "key", item)
            if name in above:
                raise ImproperlyConfigured(
                    f"{option} of {mapper.class_.__name__} names {name!r}, which "
                    f"{parent.class_.__name__} has too, and whose history they share",
                    table=table.fullname,
                    column=name,
                    hint="Name it in the class that declares it.",
                )


def _refuse_late_columns(mapper: Mapper[Any], journal: Journal) -> None:
    """Raise when a class adds columns to a table that has its version table already."""
    table = mapper.local_table
    assert isinstance(table, Table)
    late = [column for column in table.columns if column not in journal.known_columns[table]]
    if late:
        raise ImproperlyConfigured(
            f"class {mapper.class_.__name__} was declared after the version table of "
            f"{table.fullname!r} had been made, which therefore lacks the column {late[0].name!r}",
            table=table.fullname,
            column=late[0].name,
            hint="Declare all classes before the mappers are configured, which create_all(), "
            "version_class() and the first query do.",
        )


def _check_discriminator(mapper: Mapper[Any], levels: list[RecordedTable]) -> None:
    """Raise when history could not tell the subclass of an object."""
    if mapper.polymorphic_on is None or mapper.concrete:
        return
    tables = {level.table for level in levels}
    recorded = {column.live for level in levels for column in level.columns}
    for element in visitors.iterate(mapper.polymorphic_on):
        if isinstance(element, Column) and element.table in tables and element not in recorded:
            raise ImproperlyConfigured(
                f"column {element.name!r} tells the subclass of each {mapper.class_.__name__}, "
                "but is left out of its history",
                table=str(element.table),
                column=element.name,
                hint="Take it out of exclude, or add it to include.",
            )
