"""The options of a versioned class, and how they are found.

Options come from three places, the nearer one wins: ``make_versioned(options=...)``, then
``__versioned__`` of the class and its bases, then ``Column(info={"versioned": ...})`` for one
column.  They are checked when they are read and cannot change afterwards.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Index
from sqlalchemy import Table
from sqlalchemy import inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeEngine

from continuum.dialects.spec import LEVELS
from continuum.dialects.spec import OPERATIONS
from continuum.errors import ImproperlyConfigured
from continuum.errors import UnknownOption

STRATEGIES = ("validity", "subquery")

FLAGS = ("columns", "mask")

TABLE_BOUND = frozenset({"extra_columns", "indexes", "when"})
"""Options that speak of the columns of one table: a joined subclass does not inherit them."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long versions are kept; see :func:`continuum.prune`.

    :param older_than: versions may go that have not been in force for so long.
    :param keep_last: so many versions of each row stay.
    """

    older_than: timedelta | None = None
    keep_last: int | None = None


TypeMap = Mapping[type[TypeEngine[Any]], TypeEngine[Any] | Callable[[Column[Any]], TypeEngine[Any]]]


@dataclass(frozen=True, slots=True)
class Options:
    """How one class or table is versioned.

    :param versioning: ``False`` leaves the class out.
    :param base_classes: further bases of the version class.
    :param table_name: name of the version table, ``%s`` stands for the live table's; or a callable
        that gets the live :class:`~sqlalchemy.Table`.
    :param schema: schema of the version table; ``None``: the live table's.
    :param exclude: attributes or columns that history does not hold.
    :param include: the only attributes or columns that history holds, besides the key.
    :param ignore: attributes or columns that are stored, but whose change alone makes no version.
    :param native_versioning: ``None``: triggers wherever there is an emitter for the database, the
        ORM recorder elsewhere; ``True``: triggers or an error; ``False``: the ORM recorder.
    :param create_models: ``False``: version tables without version classes.
    :param create_tables: ``False``: the version table is defined but left out of ``create_all()``.
    :param transaction_column_name: name of the column with the id of the transaction.
    :param end_transaction_column_name: name of the column with the id of the ending transaction.
    :param operation_type_column_name: name of the column with the kind of change.
    :param strategy: ``"validity"`` (versions know where they end) or ``"subquery"``.
    :param use_module_name: the name of the version class starts with the module of its model.
    :param create_composite_index: an index over key, transaction and end, beside the primary key.
    :param index_transaction: an index over the transaction column, for "what changed in it".
    :param null_delete: DELETE versions keep nothing but the key.
    :param methods: methods of the model that version objects have too; hybrids and properties
        always come along.
    :param allow_duplicate_links: an association table without a key may hold a link several times.
    :param accept_holes: take changes in which the database fires no triggers as they are.
    :param native_enums: the version table uses the database's own ENUM type, not VARCHAR.
    :param type_map: types of version columns, by type of the live column.
    :param comparisons: tests of whether two values differ, by type of the column: SQL with
        ``{old}`` and ``{new}`` in the places of the values, instead of the byte-exact test.
    :param operations: net changes of a transaction that leave a version, of ``"insert"``,
        ``"update"`` and ``"delete"``; another one ends the version before it.
    :param when: gets the row before and after a change, as objects with the columns as attributes,
        and returns an SQL expression; a change leaves a version only where it is true.
    :param end_timestamp: versions also have the time of the transaction that ended them.
    :param end_timestamp_column_name: name of the column with that time.
    :param flags: ``"columns"``: a boolean column beside each column says whether the version
        changed it; ``"mask"``: one integer has a bit for each; ``None``: neither.
    :param flag_suffix: what the name of a flag adds to that of its column.
    :param mask_column_name: name of the column with the mask.
    :param extra_columns: further columns of the version table: nullable ones or such with a server
        default; as ``(column, function)`` with a function that gets the row and returns the SQL
        expression for its value.
    :param level: ``"row"``: triggers fire for each row; ``"statement"``: once for each statement
        (PostgreSQL), which makes statements on many rows cheaper.
    :param missing_target: what a many-to-one relationship of a version shows where its foreign key
        leads to a row that was not there: ``"none"``, or ``"raise"`` an error.
    :param indexes: further indexes of the version table; or a function that gets the version table
        and returns them.
    :param append_only: triggers refuse to change or remove versions, but for closing them.
    :param write_only: ``obj.versions`` only gives statements, and never asks the database itself.
    :param retention: how long :func:`continuum.prune` keeps versions when it is given no limit: a
        ``timedelta``, a number of versions of each row, or a dictionary with ``older_than`` and
        ``keep_last``; ``None``: for ever.
    """

    versioning: bool = True
    base_classes: tuple[type, ...] | None = None
    table_name: str | Callable[[Table], str] = "%s_version"
    schema: str | None = None
    exclude: tuple[Any, ...] = ()
    include: tuple[Any, ...] = ()
    ignore: tuple[Any, ...] = ()
    native_versioning: bool | None = None
    create_models: bool = True
    create_tables: bool = True
    transaction_column_name: str = "transaction_id"
    end_transaction_column_name: str = "end_transaction_id"
    operation_type_column_name: str = "operation_type"
    strategy: str = "validity"
    use_module_name: bool = False
    create_composite_index: bool = False
    index_transaction: bool = True
    null_delete: bool = False
    methods: tuple[Any, ...] = ()
    allow_duplicate_links: bool = False
    accept_holes: bool = False
    native_enums: bool = False
    type_map: TypeMap = field(default_factory=dict)
    comparisons: Mapping[type[TypeEngine[Any]], str] = field(default_factory=dict)
    operations: tuple[str, ...] = OPERATIONS
    when: Callable[[Any, Any], Any] | None = None
    end_timestamp: bool = False
    end_timestamp_column_name: str = "end_timestamp"
    flags: str | None = None
    flag_suffix: str = "_mod"
    mask_column_name: str = "changed_mask"
    extra_columns: tuple[Any, ...] = ()
    missing_target: str = "none"
    level: str = "row"
    indexes: tuple[Index, ...] | Callable[[Table], Iterable[Index]] = ()
    retention: Retention | None = None
    write_only: bool = False
    append_only: bool = False

    def merged(self, values: Mapping[str, Any], *, where: str) -> Options:
        """Return these options with others laid over them.

        :param values: option names and values.
        :param where: what the values belong to, for the error.
        :raises UnknownOption: for a name that is no option.
        :raises ImproperlyConfigured: for a value that the option cannot have.
        """
        known = {item.name for item in fields(self)}
        for name in values:
            if name not in known:
                raise unknown_option(name, known, where=where)
        changes = dict(values)
        for name in ("exclude", "include", "ignore", "methods"):
            if name in changes:
                changes[name] = _names(changes[name], name, where)
        for name in ("operations", "extra_columns"):
            if name in changes:
                changes[name] = _listed(changes[name], name, where)
        if "operations" in changes:
            changes["operations"] = _operations(changes["operations"], where)
        if "retention" in changes:
            changes["retention"] = _retention(changes["retention"], where)
        if not callable(changes.get("indexes", len)):
            changes["indexes"] = _listed(changes["indexes"], "indexes", where)
        if changes.get("when") is not None and not callable(changes["when"]):
            raise ImproperlyConfigured(
                f"when={changes['when']!r} of {where or 'make_versioned()'} is no function",
                hint="Write when=lambda old, new: new.status != 'draft'.",
            )
        if changes.get("base_classes") is not None:
            changes["base_classes"] = tuple(changes["base_classes"])
        for name in _SWITCHES & changes.keys():
            if not isinstance(changes[name], bool) and not (
                name == "native_versioning" and changes[name] is None
            ):
                raise ImproperlyConfigured(
                    f"{name}={changes[name]!r} of {where or 'make_versioned()'} is neither True "
                    "nor False",
                )
        result = replace(self, **changes)
        if result.missing_target not in ("none", "raise"):
            raise ImproperlyConfigured(
                f"missing_target={result.missing_target!r} of {where or 'make_versioned()'} does "
                "not exist",
                hint='Use "none" or "raise".',
            )
        if result.strategy not in STRATEGIES:
            raise ImproperlyConfigured(
                f"strategy={result.strategy!r} of {where or 'make_versioned()'} does not exist",
                hint=f"Known strategies: {', '.join(STRATEGIES)}.",
            )
        if result.level not in LEVELS:
            raise ImproperlyConfigured(
                f"level={result.level!r} of {where or 'make_versioned()'} does not exist",
                hint=f"Known levels: {', '.join(LEVELS)}.",
            )
        if result.level == "statement" and result.native_versioning is False:
            raise ImproperlyConfigured(
                f'level="statement" of {where or "make_versioned()"} says how triggers fire, but '
                "native_versioning=False records with the ORM",
                hint="Leave one of the two out.",
            )
        if result.flags is not None and result.flags not in FLAGS:
            raise ImproperlyConfigured(
                f"flags={result.flags!r} of {where or 'make_versioned()'} does not exist",
                hint=f"Known kinds of flags: {', '.join(FLAGS)}.",
            )
        result._check_ends(where)
        if result.append_only and result.native_versioning is False:
            raise ImproperlyConfigured(
                f"append_only of {where or 'make_versioned()'} needs triggers, and "
                "native_versioning=False wants none: the database could not tell the ORM recorder "
                "from anybody else who writes to the version table",
                hint="Leave out one of the two.",
            )
        if isinstance(result.table_name, str) and "%s" not in result.table_name and not where:
            raise ImproperlyConfigured(
                f"table_name={result.table_name!r} would give every version table the same name",
                hint="Put %s where the name of the live table belongs.",
            )
        columns = (
            result.transaction_column_name,
            result.end_transaction_column_name,
            result.operation_type_column_name,
        )
        if len(set(columns)) != len(columns):
            raise ImproperlyConfigured(
                f"{where or 'make_versioned()'} gives two history columns the same name: "
                f"{', '.join(columns)}",
                hint="Each of the three history columns needs a name of its own.",
            )
        return result

    def _check_ends(self, where: str) -> None:
        """Refuse what can only be told by versions that know where they end."""
        if self.strategy == "validity":
            return
        wanted = {
            "end_timestamp": self.end_timestamp,
            "operations": self.operations != OPERATIONS,
            "when": self.when is not None,
        }
        for name, used in wanted.items():
            if used:
                raise ImproperlyConfigured(
                    f'{name} of {where or "make_versioned()"} needs strategy="validity": without '
                    "ends a version would seem to hold until the next one",
                )


_SWITCHES = frozenset(
    {
        "accept_holes",
        "allow_duplicate_links",
        "append_only",
        "create_composite_index",
        "create_models",
        "create_tables",
        "end_timestamp",
        "index_transaction",
        "native_enums",
        "native_versioning",
        "null_delete",
        "use_module_name",
        "versioning",
        "write_only",
    }
)

OPTION_NAMES = frozenset(item.name for item in fields(Options))


def unknown_option(name: str, known: Iterable[str], *, where: str) -> UnknownOption:
    """Return the error for an option name that does not exist, with the nearest one that does."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known options: {', '.join(known)}."
    return UnknownOption(f"unknown option {name!r} in {where or 'make_versioned()'}", hint=hint)


def class_options(defaults: Options, cls: type) -> Options:
    """Return the options of a class: those of the manager under ``__versioned__`` of its MRO.

    A class adds to what its bases say: ``exclude`` and ``ignore`` grow along the hierarchy, every
    other option is replaced by the nearest value.  ``{"inherit": False}`` starts anew.  Bases with
    tables of their own keep their ``TABLE_BOUND`` options to themselves.
    """
    mapper: Mapper[Any] | None = inspect(cls, raiseerr=False)
    others = frozenset(
        base.class_
        for base in (() if mapper is None else mapper.iterate_to_root())
        if mapper is not None and base.local_table is not mapper.local_table
    )
    chain: list[tuple[type, Mapping[str, Any]]] = []
    for base in cls.__mro__:
        declared = base.__dict__.get("__versioned__")
        if declared is None:
            continue
        if not isinstance(declared, Mapping):
            raise ImproperlyConfigured(
                f"{base.__name__}.__versioned__ is {declared!r}, not a dictionary",
                hint="Write __versioned__ = {} for the default options.",
            )
        chain.append((base, declared))
        if declared.get("inherit") is False:
            break
    result = defaults
    for base, declared in reversed(chain):
        values = {
            name: value
            for name, value in declared.items()
            if name != "inherit" and not (name in TABLE_BOUND and base in others)
        }
        where = f"{base.__name__}.__versioned__"
        for name in ("exclude", "ignore"):
            if name in values and declared.get("inherit") is not False:
                values[name] = (*getattr(result, name), *_names(values[name], name, where))
        result = result.merged(values, where=where)
    return result


def _operations(value: tuple[Any, ...], where: str) -> tuple[str, ...]:
    known = tuple(name for name in OPERATIONS if name in value)
    if not known or len(known) != len(set(value)):
        raise ImproperlyConfigured(
            f"operations={value!r} of {where or 'make_versioned()'} are not operations",
            hint=f"Choose one or more of: {', '.join(OPERATIONS)}.",
        )
    return known


def _retention(value: Any, where: str) -> Retention | None:
    if value is None or isinstance(value, Retention):
        return value
    given = value
    if isinstance(value, timedelta):
        given = {"older_than": value}
    elif isinstance(value, int) and not isinstance(value, bool):
        given = {"keep_last": value}
    if (
        not isinstance(given, Mapping)
        or not given
        or not given.keys() <= {"older_than", "keep_last"}
        or not isinstance(given.get("older_than", timedelta(1)), timedelta)
        or given.get("older_than", timedelta(1)) <= timedelta(0)
        or type(given.get("keep_last", 1)) is not int
        or given.get("keep_last", 1) < 1
    ):
        raise ImproperlyConfigured(
            f"retention={value!r} of {where or 'make_versioned()'} does not say how long to keep "
            "versions",
            hint="Write retention=timedelta(days=365), retention=10 for so many versions of each "
            'row, or {"older_than": timedelta(days=365), "keep_last": 10}.',
        )
    return Retention(**given)


def _listed(value: Any, option: str, where: str) -> tuple[Any, ...]:
    if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
        raise ImproperlyConfigured(
            f"{option}={value!r} of {where or 'make_versioned()'} is not a list",
            hint=f"Write {option}=[...].",
        )
    return tuple(value)


def _names(value: Any, option: str, where: str) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ImproperlyConfigured(
            f"{option}={value!r} of {where or 'make_versioned()'} is not a list",
            hint=f"Write {option}=[{value!r}].",
        )
    return tuple(dict.fromkeys(value))
