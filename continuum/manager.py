"""The front door: what is versioned, and the wiring of the parts that do it."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING
from typing import Any
from typing import Literal
from typing import Self

from sqlalchemy import Column
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import event
from sqlalchemy import inspect
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine
from sqlalchemy.event.registry import EventTarget
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm import registry
from sqlalchemy.orm.mapper import _all_registries
from sqlalchemy.orm.util import AliasedClass

from continuum.check import Report
from continuum.check import report
from continuum.dialects import check_dialect_name
from continuum.dialects import same_kind
from continuum.dialects.spec import TriggerSpec
from continuum.errors import ClassNotVersioned
from continuum.errors import DialectMismatch
from continuum.errors import ImproperlyConfigured
from continuum.errors import NotAVersionClass
from continuum.mapping.building import Builder
from continuum.mapping.journal import Journal
from continuum.mapping.relations import relate
from continuum.options import OPTION_NAMES
from continuum.options import Options
from continuum.options import class_options
from continuum.options import unknown_option
from continuum.plugins.base import Plugin
from continuum.plugins.base import PluginCollection
from continuum.reading.as_of import listeners as as_of_listeners
from continuum.reading.binding import listeners as binding
from continuum.reading.freshness import listeners as freshness
from continuum.reading.handle import VersionsAttribute
from continuum.reading.users import check_label
from continuum.reading.version import Version
from continuum.recording.installation import check_before_create
from continuum.recording.installation import install
from continuum.recording.installation import uninstall
from continuum.recording.native import NativeRecording
from continuum.recording.orm import ORMRecorder
from continuum.recording.passing import passing
from continuum.recording.unit import Unit
from continuum.recording.unit_of_work import UnitOfWork
from continuum.schema.connections import look_at_bind
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous
from continuum.transaction import TransactionBase
from continuum.transaction import TransactionFactory
from continuum.transaction import complete
from continuum.transaction import log_spec
from continuum.transaction import user_attributes

if TYPE_CHECKING:
    from continuum.reverting.plan import Plan

UNSET: Any = object()
"""Stands for an argument that was left out, where ``None`` means something."""

_CLAIM = "continuum_manager"
"""Key in ``MetaData.info``: the manager that versions its tables."""


class VersioningManager(EventTarget):
    """Declarations and wiring of one history.

    Most programs use the one that the package offers, through :func:`continuum.make_versioned`;
    a second registry with other options gets a manager of its own.

    :param transaction_cls: a Transaction class, a mixin for it, or a :class:`TransactionFactory`.
    :param user_cls: class, or name of the class, of those who make changes.
    :param options: defaults of the class options.
    :param plugins: plugins, in the order they are asked.
    """

    def __init__(
        self,
        *,
        transaction_cls: Any = None,
        user_cls: Any = UNSET,
        options: Mapping[str, Any] | None = None,
        plugins: Iterable[Plugin] | None = None,
    ) -> None:
        self._initial = (transaction_cls, user_cls, dict(options or {}), tuple(plugins or ()))
        self.recording = NativeRecording(self)
        self.orm = ORMRecorder(self)
        self._listeners: list[tuple[Any, str, Callable[..., Any]]] = []
        self._listening = threading.Lock()
        self._registries: weakref.WeakSet[registry] = weakref.WeakSet()
        self.reset()

    def reset(self) -> None:
        """Forget every declaration; the generated classes and tables of before are let go."""
        transaction_cls, user_cls, options, plugins = self._initial
        self.dialect: str | None = None
        self.verify_on_first_use: bool | Literal["missing"] = True
        self.on_inversion = "renumber"
        self.protected = False
        self.journals: dict[MetaData, Journal] = {}
        self.plugins = PluginCollection(plugins)
        self._pending: list[Mapper[Any]] = []
        self._watched: weakref.WeakSet[MetaData] = weakref.WeakSet()
        self._transaction_source: Any = transaction_cls
        self._user_source: Any = user_cls
        self.user_label: str | Callable[[Any], str | None] | None = None
        self._defaults = Options().merged(options, where="")
        self._configuring = False
        self._sees_statements = False
        self.watches_points = False
        self._late: list[Table] = []
        self._user_made: set[type[Any]] = set()
        self.recording.reset()
        self.orm.reset()

    # Declaring

    def activate(
        self,
        *,
        dialect: str | None = None,
        mapper: Any = Mapper,
        session: Any = Session,
        registries: Iterable[registry] = (),
        plugins: Iterable[Plugin] | None = None,
        options: Mapping[str, Any] | None = None,
        user_cls: Any = UNSET,
        user_label: str | Callable[[Any], str | None] | None = None,
        transaction_cls: Any = None,
        on_inversion: str = "renumber",
        protected: bool = False,
        verify_on_first_use: bool | Literal["missing"] = True,
    ) -> None:
        """Begin to version; see :func:`continuum.make_versioned`."""
        if self._listeners:
            raise ImproperlyConfigured(
                "make_versioned() was called twice for one manager",
                hint="Call remove_versioning() in between, or give the second call a manager of "
                "its own: make_versioned(manager=VersioningManager()).",
            )
        if on_inversion not in ("renumber", "error"):
            raise ImproperlyConfigured(
                f"on_inversion={on_inversion!r} does not exist",
                hint='Use "renumber" or "error".',
            )
        if verify_on_first_use not in (True, False, "missing"):
            raise ImproperlyConfigured(
                f"verify_on_first_use={verify_on_first_use!r} does not exist",
                hint='Use True, False or "missing".',
            )
        self.dialect = None if dialect is None else check_dialect_name(dialect)
        self.plugins = PluginCollection(self.plugins if plugins is None else plugins)
        for plugin in self.plugins:
            if not isinstance(plugin, Plugin):
                raise ImproperlyConfigured(
                    f"{plugin!r} in plugins is not a Plugin",
                    hint="Pass objects of plugin classes: plugins=[NullDeletePlugin()].",
                )
        self._defaults = self._defaults.merged(options or {}, where="")
        for plugin in self.plugins:
            self._defaults = plugin.default_options(self._defaults)
        if user_cls is not UNSET:
            self._user_source = user_cls
        self.user_label = user_label
        if transaction_cls is not None:
            self._transaction_source = transaction_cls
        self.on_inversion = on_inversion
        self.protected = protected
        self.verify_on_first_use = verify_on_first_use
        self._registries = weakref.WeakSet(registries)
        target = mapper
        if isinstance(target, registry):
            self._registries.add(target)
            target = Mapper
        elif isinstance(target, type) and not issubclass(target, Mapper):
            self._registries.add(target.registry)  # type: ignore[attr-defined]
            target = Mapper
        for item in self._registries:
            self._claim(item.metadata)
        self._listen(target, "after_mapper_constructed", self._collect)
        self._listen(target, "after_configured", self.configure)
        recording = self.recording
        # The ORM recorder comes first: it needs the unit, which a commit lets go of.
        for target, name, function, how in self.orm.listeners(session):
            self._listen(target, name, function, **how)
        before, after = passing(
            recording.units, recording.started, self._look, recording.after_cursor_execute
        )
        self._listen(Engine, "before_cursor_execute", before, retval=True)
        self._listen(Engine, "after_cursor_execute", after)
        for name in (
            "commit",
            "rollback",
            "savepoint",
            "rollback_savepoint",
            "release_savepoint",
            "prepare_twophase",
            "commit_twophase",
            "rollback_twophase",
            "handle_error",
        ):
            self._listen(Engine, name, getattr(recording, name))
        self._listen(session, "after_begin", self._after_begin)
        self._listen(session, "before_flush", self._before_flush)
        for target, name, function in chain(
            binding(session), freshness(session), as_of_listeners(session, self)
        ):
            self._listen(target, name, function)
        try:
            self._find_mapped_before()
        except BaseException:
            # A call that fails must not leave half a history switched on.
            self.deactivate()
            raise

    def __enter__(self) -> Self:
        """Return the manager; leaving the block is :meth:`deactivate`."""
        return self

    def __exit__(self, *error: object) -> None:
        self.deactivate()

    def deactivate(self) -> None:
        """Stop versioning: no listener and no generated table stays."""
        for target, name, function in reversed(self._listeners):
            event.remove(target, name, function)
        self._listeners.clear()
        for journal in self.journals.values():
            for model in journal.versions:
                if isinstance(model.__dict__.get("versions"), VersionsAttribute):
                    del model.versions
            for recorded in journal.recorded.values():
                journal.metadata.remove(recorded.version_table)
            for table in (*journal.side_tables, journal.mask_catalog):
                if table is not None:
                    journal.metadata.remove(table)
            if journal.transaction_cls not in self._user_made:
                journal.metadata.remove(journal.transaction_table)
        self.reset()

    @property
    def options(self) -> Options:
        """The defaults of the class options; they cannot change while versioning is on."""
        return self._defaults

    @options.setter
    def options(self, values: Mapping[str, Any]) -> None:
        if self.journals:
            raise ImproperlyConfigured(
                "options were changed after classes had been configured with them",
                hint="Pass options to make_versioned().",
            )
        self._defaults = Options().merged(values, where="")

    def option(self, model: Any, name: str) -> Any:
        """Return the value of an option for a model.

        :param model: a class with ``__versioned__``, or an object of it.
        :param name: name of the option.
        :raises ClassNotVersioned: the model has no ``__versioned__``.
        :raises UnknownOption: there is no such option; also a ``KeyError``.

        No queries.  Example::

            versioning_manager.option(Article, "strategy")  # "validity"
        """
        cls = model if isinstance(model, type) else type(model)
        if not hasattr(cls, "__versioned__"):
            raise ClassNotVersioned(
                f"class {cls.__name__} has no __versioned__",
                hint="Set __versioned__ = {} on the class.",
            )
        if name not in OPTION_NAMES:
            raise unknown_option(name, OPTION_NAMES, where="option()")
        return getattr(class_options(self._defaults, cls), name)

    def _listen(self, target: Any, name: str, function: Callable[..., Any], **how: Any) -> None:
        event.listen(target, name, function, **how)
        self._listeners.append((target, name, function))

    def listen_to_statements(self) -> bool:
        """Have the ORM recorder see each statement from now on.

        Where triggers record everything, statements are not held up by it.

        :returns: whether it did not see them before.
        """
        with self._listening:
            if self._sees_statements or not self.active:
                return False
            for target, name, function, how in self.orm.statement_listeners():
                self._listen(target, name, function, **how)
            self._sees_statements = True
            return True

    def _collect(self, mapper: Mapper[Any], cls: type[Any]) -> None:
        """Take note of a class at the moment it is mapped."""
        if getattr(cls, "__versioned__", None) is not None and self._is_ours(mapper):
            self._add(mapper)

    def _find_mapped_before(self) -> None:
        """Version the classes that were mapped before versioning was switched on."""
        late = False
        for known in _all_registries():
            if known.metadata.info.get(_CLAIM) is not None and not self._claims(known.metadata):
                continue
            for mapper in sorted(known.mappers, key=lambda item: item.class_.__name__):
                if getattr(mapper.class_, "__versioned__", None) is None:
                    continue
                if self._is_ours(mapper):
                    self._add(mapper)
                    late = late or mapper.configured
        if late:
            configure_mappers()
            self.configure()

    def _is_ours(self, mapper: Mapper[Any]) -> bool:
        if issubclass(mapper.class_, (Version, TransactionBase)):
            return False
        if self._registries:
            return mapper.registry in self._registries
        metadata = mapper.registry.metadata
        owner = metadata.info.get(_CLAIM)
        owner = owner() if owner is not None else None
        return owner is None or owner is self or not owner.active

    def _claims(self, metadata: MetaData) -> bool:
        owner = metadata.info.get(_CLAIM)
        return owner is not None and owner() is self and bool(self._registries)

    def _claim(self, metadata: MetaData) -> None:
        metadata.info[_CLAIM] = weakref.ref(self)

    @property
    def has_transaction_source(self) -> bool:
        """It was said which Transaction class to use, or how to make it."""
        return self._transaction_source is not None

    def watch_points(self) -> None:
        """From now on look for points in history in the statements of Sessions."""
        self.watches_points = True

    @property
    def active(self) -> bool:
        """Versioning is on."""
        return bool(self._listeners)

    def _add(self, mapper: Mapper[Any]) -> None:
        if mapper in self._pending:
            return
        self._pending.append(mapper)
        self._claim(mapper.registry.metadata)
        self._watch(mapper.registry.metadata)
        declared = (vars(cls).get("__versioned__") for cls in mapper.class_.__mro__)
        if self._defaults.native_versioning is False or any(
            isinstance(given, Mapping) and given.get("native_versioning") is False
            for given in declared
        ):
            # Its options are made later, and a statement may come before.
            self.listen_to_statements()

    def _watch(self, metadata: MetaData) -> None:
        if metadata in self._watched:
            return
        self._watched.add(metadata)
        self._listen(metadata, "before_create", self._before_create)
        self._listen(metadata, "after_create", self._after_create)
        self._listen(metadata, "before_drop", self._before_drop)
        self._listen(metadata, "after_drop", self._after_drop)

    # Building

    def configure(self) -> None:
        """Make the version tables and classes of everything declared since the last time."""
        if self._configuring or not self._pending:
            return
        self._configuring = True
        pending, self._pending = self._pending, []
        try:
            pending.sort(key=lambda item: len(list(item.iterate_to_root())))
            builder = Builder(self)
            built = [mapper for mapper in pending if builder.build_tables(mapper)]
            for mapper in built:
                builder.build_associations(mapper)
            for mapper in pending:
                builder.build_union(mapper)
            for mapper in built:
                builder.build_class(mapper)
            for journal in self.journals.values():
                relate(journal)
            if built:
                configure_mappers()
                self.plugins.after_build_models(self)
        except BaseException:
            # What could not be built must not be forgotten: it would go unversioned in silence.
            self._pending = [*pending, *self._pending]
            raise
        finally:
            self._configuring = False

    def version_table_of(
        self, table: Table, key: Iterable[Column[Any] | str] | None = None, **options: Any
    ) -> Table:
        """Version a table that no class is mapped to, and return its version table.

        :param table: the live table.
        :param key: columns that identify a row, if the table has no primary key.
        :param options: class options.
        :raises UnsupportedTable: the table has no key.
        :raises ImproperlyConfigured: versioning is not on.

        No queries.
        """
        if not self.active:
            raise ImproperlyConfigured(
                f"version_table_of({table.name!r}) was called before make_versioned()",
                table=table.fullname,
                hint="Call make_versioned() first.",
            )
        journal = self.journal_for(table.metadata)
        if table in journal.recorded:
            return journal.recorded[table].version_table
        columns = [table.c[column] if isinstance(column, str) else column for column in key or ()]
        merged = self._defaults.merged(options, where=f"version_table_of({table.name!r})")
        recorded = Builder(self).record(journal, table, merged, key=columns)
        return recorded.version_table

    def journal_for(self, metadata: MetaData, target: registry | None = None) -> Journal:
        """Return the journal of a MetaData, made with its Transaction class if there is none.

        :param target: registry that the Transaction class is mapped in.
        """
        journal = self.journals.get(metadata)
        if journal is None:
            self._claim(metadata)
            self._watch(metadata)
            before, self._configuring = self._configuring, True
            try:
                # Looking at the Transaction class configures all mappers, which must not lead here
                # again.
                journal = self._make_journal(metadata, target)
            finally:
                self._configuring = before
        return journal

    def _make_journal(self, metadata: MetaData, target: registry | None) -> Journal:
        transaction_cls = self._make_transaction_class(
            registry(metadata=metadata) if target is None else target
        )
        journal = self.journals[metadata] = Journal(
            metadata=metadata,
            transaction_cls=transaction_cls,
            transaction_table=transaction_cls.__table__,
            log=log_spec(transaction_cls, on_inversion=self.on_inversion, protected=self.protected),
        )
        transaction_cls.__versioning_manager__ = self
        transaction_cls.__continuum_journal__ = journal
        self.plugins.after_build_tx_class(self)
        return journal

    def _make_transaction_class(self, target: registry) -> type[Any]:
        source = self._transaction_source
        if source is None:
            source = self._find_transaction_class(target.metadata)
        user_cls = self._find_user_class(target.metadata)
        check_label(self.user_label, user_cls)
        extra = {} if user_cls is None else user_attributes(user_cls)
        if _is_mapped(source):
            if inspect(source).local_table.metadata is not target.metadata:
                raise ImproperlyConfigured(
                    f"Transaction class {source.__name__} belongs to another MetaData than the "
                    "versioned classes",
                    table=inspect(source).local_table.fullname,
                    hint="Map it with the same declarative base.",
                )
            complete(source, extra)
            self._user_made.add(source)
            own: type[Any] = source
            return own
        if isinstance(source, type) and not issubclass(source, TransactionFactory):
            source = TransactionFactory(bases=(source,))
        elif isinstance(source, type):
            source = source()
        factory = TransactionFactory() if source is None else source
        replaced = {name for plugin in self.plugins for name in plugin.transaction_columns}
        made: type[Any] = factory(target, extra, **({"without": replaced} if replaced else {}))
        return made

    def _find_transaction_class(self, metadata: MetaData) -> type[Any] | None:
        """Return the user's own Transaction class, known by its base, if there is one."""
        candidates = [
            mapper.class_
            for mapper in _mappers_of(metadata)
            if issubclass(mapper.class_, TransactionBase)
            and "__continuum_journal__" not in mapper.class_.__dict__
        ]
        if len(candidates) > 1:
            names = ", ".join(sorted(item.__name__ for item in candidates))
            raise ImproperlyConfigured(
                f"several classes inherit from TransactionBase: {names}",
                hint="Pass the one to use as make_versioned(transaction_cls=...).",
            )
        return candidates[0] if candidates else None

    def _find_user_class(self, metadata: MetaData) -> type[Any] | None:
        wanted = self._user_source
        if wanted is None or isinstance(wanted, type):
            return wanted
        name = "User" if wanted is UNSET else wanted
        candidates = [
            mapper.class_
            for mapper in _mappers_of(metadata)
            if mapper.class_.__name__ == name and not issubclass(mapper.class_, Version)
        ]
        if len(candidates) == 1:
            return candidates[0]
        if wanted is UNSET and not candidates:
            return None
        raise ImproperlyConfigured(
            f"user_cls={name!r} names {len(candidates)} classes",
            hint="Pass the class itself, or user_cls=None for a history without users.",
        )

    # Tables and triggers

    def _before_create(self, target: MetaData, connection: Any, **_: Any) -> None:
        self._check_dialect(connection.dialect.name)
        self._configure_for(target)
        journal = self.journals.get(target)
        if journal is not None:
            check_before_create(connection, journal)

    def _after_create(self, target: MetaData, connection: Any, **arguments: Any) -> None:
        journal = self.journals.get(target)
        if journal is None:
            return
        self._create_late_tables(journal, connection, arguments)
        install(connection, journal)
        if isinstance(connection, Connection):
            self.recording.forget(connection)

    def _create_late_tables(
        self, journal: Journal, connection: Any, arguments: Mapping[str, Any]
    ) -> None:
        """Create generated tables that did not exist yet when ``create_all()`` chose its tables."""
        late = [table for table in self._late if table.metadata is journal.metadata]
        if not late:
            return
        self._late = [table for table in self._late if table.metadata is not journal.metadata]
        chosen = set(arguments.get("tables", ()))
        for table in journal.metadata.sorted_tables:
            if table in late and table not in chosen:
                table.create(connection, checkfirst=isinstance(connection, Connection))

    def _before_drop(
        self, target: MetaData, connection: Any, tables: Iterable[Table] = (), **_: Any
    ) -> None:
        self._configure_for(target)
        journal = self.journals.get(target)
        if journal is not None:
            uninstall(connection, journal, tables)

    def _after_drop(self, target: MetaData, connection: Any, **_: Any) -> None:
        journal = self.journals.get(target)
        if journal is None:
            return
        late = [table for table in self._late if table.metadata is target]
        self._late = [table for table in self._late if table.metadata is not target]
        for table in late:
            table.drop(connection, checkfirst=isinstance(connection, Connection))
        if isinstance(connection, Connection):
            self.recording.forget(connection)

    def _configure_for(self, metadata: MetaData) -> None:
        if not self._pending:
            return
        before = set(metadata.tables.values())
        # Types of the generated tables listen to the MetaData as well, whose listeners are being
        # called at this moment: they go on with the list of before.
        listeners: Any
        for listeners in (metadata.dispatch.before_create, metadata.dispatch.before_drop):
            listeners.listeners = deque(listeners.listeners)
        configure_mappers()
        self.configure()
        self._late += [table for table in metadata.tables.values() if table not in before]

    def _check_dialect(self, connected: str) -> None:
        if self.dialect is not None and not same_kind(self.dialect, connected):
            raise DialectMismatch(
                f"make_versioned(dialect={self.dialect!r}) was said, but the engine is connected "
                f"to {connected!r}",
                dialect=connected,
                hint="Leave dialect out to take it from the engine.",
            )

    @synchronous
    def install(self, bind: Engine | Connection) -> None:
        """Create or refresh the triggers of all versioned tables that the database has.

        :param bind: Engine, or Connection whose transaction it belongs to.
        :raises VersioningError: what cannot be recorded, before anything is changed.

        Queries: a few catalog queries for each MetaData, and the statements that create what is
        missing or stale.  Example::

            versioning_manager.install(engine)
        """
        with _connection(bind, "install()") as connection:
            self._check_dialect(connection.dialect.name)
            for journal in self.configured_journals():
                install(connection, journal)
            if isinstance(connection, Connection):
                self.recording.forget(connection)

    @synchronous
    def uninstall(self, bind: Engine | Connection) -> None:
        """Remove the triggers and their helpers; the tables stay.

        :param bind: Engine, or Connection whose transaction it belongs to.

        Queries: as :meth:`install`.
        """
        with _connection(bind, "uninstall()") as connection:
            for journal in self.configured_journals():
                uninstall(connection, journal)
            self.recording.forget(connection)

    @synchronous
    def check(self, bind: Engine | Connection) -> Report:
        """Compare the models with the tables and triggers of a database.

        :param bind: Engine or Connection; nothing is written.
        :returns: what is missing, stale or in the way, and what the database cannot do; its
            ``raise_for_problems()`` raises the first error.

        Queries: a few catalog queries for each MetaData.  Example::

            versioning_manager.check(engine).raise_for_problems()
        """
        with _connection(bind, "check()") as connection:
            return report(connection, self.configured_journals())

    def declares_anything(self) -> bool:
        """Say whether there is a versioned class or table at all."""
        return bool(self.journals or self._pending)

    def configured_journals(self) -> list[Journal]:
        """Return the journals, with everything built that has been declared so far."""
        if self._pending:
            configure_mappers()
            self.configure()
        return list(self.journals.values())

    # Looking things up

    @property
    def transaction_cls(self) -> type[Any]:
        """The Transaction class, when there is exactly one MetaData."""
        return self.only_journal().transaction_cls

    @property
    def user_cls(self) -> type[Any] | None:
        """The class of those who make changes, if there is one."""
        for journal in self.configured_journals():
            user = inspect(journal.transaction_cls).relationships.get("user")
            if user is not None:
                found: type[Any] = user.mapper.class_
                return found
        return None

    @property
    def version_class_map(self) -> dict[type[Any], type[Any]]:
        """The version class of each model."""
        return {
            key: value
            for item in self.configured_journals()
            for key, value in item.versions.items()
        }

    @property
    def parent_class_map(self) -> dict[type[Any], type[Any]]:
        """The model of each version class."""
        return {
            key: value for item in self.configured_journals() for key, value in item.parents.items()
        }

    def only_journal(self) -> Journal:
        """Return the journal of the only MetaData.

        :raises ImproperlyConfigured: there is none, or more than one.
        """
        journals = self.configured_journals()
        if len(journals) != 1:
            raise ImproperlyConfigured(
                f"the manager versions the classes of {len(journals)} MetaData objects",
                hint="Name the model: transaction_class(Model), unit_of_work(session, Model).",
            )
        return journals[0]

    def journal_of(self, obj: Any) -> Journal:
        """Return the journal that a model, version class, table or object of them belongs to.

        :raises ClassNotVersioned: it belongs to none.
        """
        found = self._journal_of(obj)
        if found is None:
            raise ClassNotVersioned(
                f"{obj!r} is not versioned",
                hint="Set __versioned__ = {} on the class, and call make_versioned() before it is "
                "used.",
            )
        return found

    def _journal_of(self, obj: Any) -> Journal | None:
        """Return the journal that something belongs to, if there is one.

        Apart from the error, whose text asks an object how it looks; that may ask the database.
        """
        journals = self.configured_journals()
        if isinstance(obj, Table):
            return next((journal for journal in journals if obj in journal.recorded), None)
        cls = class_of(obj)
        for journal in journals:
            if cls in journal.versions or cls in journal.parents:
                return journal
            if cls is journal.transaction_cls:
                return journal
            if any(mapper.class_ is cls for mapper in journal.mappers):
                return journal
        return None

    def recorded(self, obj: Any) -> RecordedTable:
        """Return what is recorded of a model, a version class, a table or an object.

        :raises ClassNotVersioned: nothing is.
        """
        journal = self.journal_of(obj)
        if isinstance(obj, Table):
            return journal.recorded[obj]
        return journal.mappers[self._mapper_of(journal, obj)]

    def levels(self, obj: Any) -> tuple[RecordedTable, ...]:
        """Return what is recorded of a model, a version class, a table or an object, by table.

        :returns: the tables that its objects span, the root of the hierarchy first.
        :raises ClassNotVersioned: nothing is.
        """
        journal = self.journal_of(obj)
        if isinstance(obj, Table):
            return (journal.recorded[obj],)
        return journal.levels[self._mapper_of(journal, obj)]

    def _mapper_of(self, journal: Journal, obj: Any) -> Mapper[Any]:
        """Return the mapper of the model of something that a journal knows."""
        cls = class_of(obj)
        cls = journal.parents.get(cls, cls)
        for mapper in journal.mappers:
            if mapper.class_ is cls:
                return mapper
        raise ClassNotVersioned(f"{obj!r} is not versioned")

    def spec_of(self, table: Table | None) -> TriggerSpec | None:
        """Return what triggers do for a live table, ``None`` if nothing.  Builds nothing."""
        for journal in self.journals.values():
            recorded = None if table is None else journal.recorded.get(table)
            if recorded is not None and recorded.options.native_versioning is not False:
                return recorded.spec(journal.log)
        return None

    def recorded_tables(self) -> Iterator[Table]:
        """Iterate over all live tables whose changes are recorded."""
        for journal in self.configured_journals():
            yield from journal.recorded

    def version_class(self, model: Any) -> type[Any]:
        """Return the version class of a model (or of an object of it).

        :raises ClassNotVersioned: it has none.
        """
        journal = self.journal_of(model)
        if isinstance(model, Table):
            raise ClassNotVersioned(
                f"table {model.fullname!r} has versions, but no version class",
                table=model.fullname,
                hint="Select from its version table, history_table(table), with Core.",
            )
        cls = class_of(model)
        if cls in journal.parents:
            return cls
        if cls not in journal.versions:
            raise ClassNotVersioned(f"{model!r} has no version class")
        return journal.versions[cls]

    def version_union(self, model: Any) -> type[Any]:
        """Return the class of the versions of a model and of its concrete subclasses.

        :raises ClassNotVersioned: SQLAlchemy does not read them together, or they have no versions.
        """
        cls = class_of(model)
        for journal in self.configured_journals():
            if cls in journal.unions:
                return journal.unions[cls].version_cls
        raise ClassNotVersioned(
            f"{model!r} is not read together with concrete subclasses that are versioned",
            hint="Use version_class() for the versions of one class, or of a hierarchy with common "
            "tables.",
        )

    def parent_class(self, version_cls: Any) -> type[Any]:
        """Return the model of a version class.

        :raises NotAVersionClass: it is none; also a ``KeyError``.
        """
        if isinstance(version_cls, type):
            for journal in self.configured_journals():
                found = journal.parents.get(version_cls)
                if found is not None:
                    return found
        raise NotAVersionClass(
            f"{version_cls!r} is not a version class",
            hint="Give what version_class(Model) returns.",
        )

    def is_versioned(self, obj: Any) -> bool:
        """Say whether changes of a model, an object or a table are recorded.  No queries."""
        try:
            return self._journal_of(obj) is not None
        except ClassNotVersioned:
            return False

    # Recording

    def unit_of_work(self, session: Session, model: Any = None) -> UnitOfWork:
        """Return the running transaction of a session as an object.

        :param session: the session.
        :param model: a versioned class, when the manager versions more than one MetaData.

        No queries.  Example::

            versioning_manager.unit_of_work(session).create_transaction()
        """
        if model is None:
            return UnitOfWork(self, session)
        mapper = None if isinstance(model, Table) else inspect(class_of(model))
        return UnitOfWork(self, session, self.journal_of(model), mapper)

    def transaction_defaults(self, journal: Journal, unit: Unit) -> dict[str, Any]:
        """Return what plugins and Python defaults give to a new transaction row."""
        values = {key: default() for key, default in journal.defaults.items()}
        if not len(self.plugins) and not self.dispatch.new_transaction:
            return values
        session = next(iter(unit.sessions), None)
        if len(self.plugins):
            uow = None if session is None else UnitOfWork(self, session, journal)
            for given in self.plugins.transaction_args(uow, session):
                values.update(given)
        self.dispatch.new_transaction(self, session, values)
        return values

    def _before_flush(self, session: Session, flush_context: Any, instances: Any) -> None:
        """Ask the plugins, when a flush changes something versioned."""
        if not len(self.plugins) or not self.journals:
            return
        kinds = {
            type(obj)
            for changed in (session.new, session.dirty, session.deleted)
            for obj in changed
        }
        modified = any(map(self.is_versioned, kinds))
        if modified or any(self.plugins.is_session_modified(session)):
            self.plugins.before_flush(self.unit_of_work(session), session)

    def _look(self, *statement: Any) -> None:
        """Look at a statement that is about to be sent."""
        self.orm.before_cursor_execute(*statement)
        self.recording.before_cursor_execute(*statement)

    def _after_begin(self, session: Session, transaction: Any, connection: Connection) -> None:
        if self.journals:
            self.recording.join(session, connection)


def manager_of(metadata: MetaData) -> VersioningManager | None:
    """Return the manager that versions tables of a MetaData, if there is one and it is on."""
    claim = metadata.info.get(_CLAIM)
    manager: VersioningManager | None = None if claim is None else claim()
    return manager if manager is not None and manager.active else None


def class_of(obj: Any) -> type[Any]:
    """Return the class meant by a class, an alias of it, or an object."""
    if isinstance(obj, type):
        return obj
    if isinstance(obj, AliasedClass):
        found: type[Any] = inspect(obj).mapper.class_
        return found
    if obj is None:
        raise ClassNotVersioned("None is not a versioned class")
    return type(obj)


def _mappers_of(metadata: MetaData) -> Iterator[Mapper[Any]]:
    """Iterate over the mappers of all registries of a MetaData."""
    # Private, for want of a public way: a MetaData does not know its registries, and the class of
    # users may have been mapped in one of its own, before there was anything to listen to it.
    for known in _all_registries():
        if known.metadata is metadata:
            yield from known.mappers


def _is_mapped(cls: Any) -> bool:
    return isinstance(cls, type) and inspect(cls, raiseerr=False) is not None


class _connection:
    """Use a Connection as it is, or one of an Engine within a transaction."""

    def __init__(self, bind: Engine | Connection, function: str) -> None:
        look_at_bind(bind, function)
        self._bind = bind
        self._own: Any = None

    def __enter__(self) -> Connection:
        if not isinstance(self._bind, Engine):
            return self._bind
        self._own = self._bind.begin()
        connection: Connection = self._own.__enter__()
        return connection

    def __exit__(self, *error: Any) -> None:
        if self._own is not None:
            self._own.__exit__(*error)


class VersioningEvents(event.Events[VersioningManager]):
    """Events of a manager, for :func:`sqlalchemy.event.listens_for`."""

    _dispatch_target = VersioningManager

    def new_transaction(
        self, manager: VersioningManager, session: Session | None, values: dict[str, Any]
    ) -> None:
        """Called when a transaction is about to write for the first time through SQLAlchemy.

        :param session: the session that takes part in it, if one does.
        :param values: values of the transaction row by attribute, to be added to.  An empty
            dictionary sends nothing to the database.
        """

    def before_revert(
        self, manager: VersioningManager, session: Session, plan: Plan
    ) -> bool | None:
        """Called before ``revert()``, ``restore()`` or ``undo()`` touches anything.

        To forbid it raise an error, or return ``False``: then ``RevertVetoed`` is raised.

        :param session: the session that is to be changed.
        :param plan: what would be done.
        """


versioning_manager = VersioningManager()
