"""What one transaction did, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm import object_session
from sqlalchemy.orm import scoped_session

from continuum._speedups import agree
from continuum._speedups import equivalent
from continuum.errors import InvalidPoint
from continuum.errors import RevertError
from continuum.mapping.journal import Journal
from continuum.operation import Operation
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.transaction import changes_of
from continuum.reading.version import Version
from continuum.reverting.births import Birth
from continuum.reverting.births import births
from continuum.reverting.drafting import draft
from continuum.reverting.graph import Graph
from continuum.reverting.ignored import take_newest
from continuum.reverting.past import Values
from continuum.reverting.past import key_columns
from continuum.reverting.plan import Conflict
from continuum.reverting.plan import Plan
from continuum.reverting.present import root_of
from continuum.reverting.references import absent
from continuum.reverting.references import missing
from continuum.reverting.referring import Referring
from continuum.reverting.rows import Row
from continuum.reverting.undo_links import UndoLinks
from continuum.reverting.values import is_written
from continuum.reverting.values import load
from continuum.schema.recorded import RecordedTable
from continuum.synchronous import synchronous

if TYPE_CHECKING:
    from continuum.manager import VersioningManager


@synchronous
def undo(
    session: Session | scoped_session[Any],
    transaction: Any,
    *,
    manager: VersioningManager | None = None,
    dry_run: bool = False,
) -> Plan:
    """Take back everything that a transaction did.

    Rows that it inserted are deleted, rows that it deleted come back, and of rows that it updated
    those columns that it changed get their values of before; links too.  What later transactions
    changed elsewhere stays.  Where they changed the same, nothing is touched, and the error lists
    the conflicts.

    The session gets the change; it is neither flushed nor committed.  The undo becomes a
    transaction of its own, which can be undone in turn.

    :param session: the session.
    :param transaction: Transaction object, or its id; or a version: then only what its transaction
        did to this row is taken back.
    :param manager: which history an id is of, if there is more than one manager.
    :param dry_run: only return the plan; its ``conflicts`` tell what stands in the way.
    :returns: the plan, carried out.
    :raises UndoConflict: later changes stand in the way.
    :raises InvalidPoint: it is neither a transaction nor a version, or there is no transaction with
        this id.
    :raises RevertError: a row could not be written; history does not prove that the transaction
        inserted a row, or does not say what a row was before; or an object became one of another
        class.
    :raises RevertVetoed: a listener of ``before_revert`` forbids it.

    Queries: one for the transaction unless it is given, one for its changes, then for each class
    one or two for the versions before, and one for live rows that the session does not hold; one
    or two for each association table; and for rows that are deleted one for each foreign key to
    their table.
    Example::

        with context(reason="undo of transaction 7"):
            undo(session, 7)
            session.commit()
    """
    with session.no_autoflush:
        only = transaction if isinstance(transaction, Version) else None
        found, journal = _transaction(session, transaction, manager)
        identity = inspect(found).identity
        assert identity is not None
        # A scoped session stands for this one.
        own = object_session(found)
        assert own is not None
        plan = _Undo(own, journal, found, identity[0]).plan(only)
    if not dry_run:
        plan.apply()
    return plan


def _transaction(
    session: Session | scoped_session[Any],
    transaction: Any,
    manager: VersioningManager | None,
) -> tuple[Any, Journal]:
    own: Journal | None = getattr(type(transaction), "__continuum_journal__", None)
    if isinstance(transaction, Version):
        layout = layout_of(type(transaction))
        number = layout.transaction_id_of(transaction)
        if number == 0:
            raise _baseline(transaction)
        journal = layout.journal
        found = session.get(journal.transaction_cls, number)
    elif isinstance(transaction, int) and not isinstance(transaction, bool):
        if manager is None:
            from continuum.manager import versioning_manager

            manager = versioning_manager
        journal = manager.only_journal()
        found = session.get(journal.transaction_cls, transaction)
    elif own is not None and isinstance(transaction, own.transaction_cls):
        journal = own
        identity = inspect(transaction).identity
        found = None if identity is None else session.get(journal.transaction_cls, identity)
    else:
        raise InvalidPoint(
            f"{transaction!r} is no transaction to be undone",
            hint="Give a Transaction object, its id, or a version.  For a moment or an object, "
            "look for the transaction first: version.transaction has it.",
        )
    if found is None:
        raise InvalidPoint(
            f"there is no transaction {transaction!r}",
            table=journal.transaction_table.fullname,
            hint="The number 0 marks how rows were found that are older than their history; there "
            "is nothing to undo.  version.revert() makes a row look like it."
            if transaction == 0
            else "Give a Transaction object, or its id.",
        )
    return found, journal


def _baseline(version: Any) -> RevertError:
    return RevertError(
        f"{version!r} is a baseline: it tells how the row was found, which was there before, and "
        "no transaction made it so",
        table=layout_of(type(version)).recorded.table.fullname,
        hint="There is nothing to undo.  version.revert() makes the row look like it.",
    )


class _Undo:
    """The undo of one transaction.

    :param number: id of the transaction.
    """

    def __init__(self, session: Session, journal: Journal, transaction: Any, number: int) -> None:
        self.session = session
        self.journal = journal
        self.transaction = transaction
        self.number = number
        self.graph = Graph(session, journal, number - 1)
        self.conflicts: list[Conflict] = []

    def plan(self, only: Version[Any] | None) -> Plan:
        """Return what has to be done, with what stands in the way.

        :param only: the version of the only row to be looked at.
        """
        versions = changes_of(self.transaction) if only is None else [only]
        self._load(versions)
        before = self._before(versions)
        born = self._births(versions)
        for version in versions:
            layout = layout_of(type(version))
            key = layout.key_of(version)
            operation = getattr(version, layout.operation_name)
            then = before.get((root_of(layout.model_mapper), key))
            if operation == Operation.INSERT:
                birth = born[layout.recorded, key]
                if not birth.is_baseline:
                    self._take_away(layout, key, version, birth)
                elif only is not None:
                    raise _baseline(version)
            elif operation == Operation.DELETE:
                self._bring_back(version if then is None else then, key, version)
            else:
                self._set_back(layout, key, version, then)
        if only is None:
            self.conflicts += UndoLinks(self.graph, self.transaction, self.number).plan()
        rows = list(self.graph.rows.values())
        self.conflicts += self._referring(rows)
        self.conflicts += self._unreferable(rows)
        return draft(
            self.graph,
            f"undo of {self.transaction!r}" if only is None else f"undo of {only!r}",
            related=False,
            result=lambda: None,
            conflicts=tuple(self.conflicts),
            anchor=self.transaction,
        )

    def _load(self, versions: list[Any]) -> None:
        """Load the live objects of all versions."""
        by_root: dict[Any, tuple[Layout, list[Values]]] = {}
        for version in versions:
            layout = layout_of(type(version))
            group = by_root.setdefault(root_of(layout.model_mapper), (layout, []))
            group[1].append(layout.key_of(version))
        for layout, keys in by_root.values():
            self.graph.present.load(layout, keys)

    def _before(self, versions: list[Any]) -> dict[Any, Any]:
        """Return the versions in force before the transaction, by root mapper and key."""
        wanted: dict[type[Any], tuple[Layout, list[Values]]] = {}
        for version in versions:
            layout = layout_of(type(version))
            if getattr(version, layout.operation_name) != Operation.INSERT:
                root = layout_of(layout.root)
                wanted.setdefault(layout.root, (root, []))[1].append(layout.key_of(version))
        found = {}
        for layout, keys in wanted.values():
            for version in self.graph.past.versions(layout, key_columns(layout), keys):
                mapper = root_of(layout.model_mapper)
                found[mapper, layout_of(type(version)).key_of(version)] = version
        return found

    def _births(self, versions: list[Any]) -> dict[tuple[RecordedTable, Values], Birth]:
        """Return what the INSERT versions say about their rows, by timeline and key."""
        wanted: dict[RecordedTable, tuple[Layout, list[Values]]] = {}
        for version in versions:
            layout = layout_of(type(version))
            if getattr(version, layout.operation_name) == Operation.INSERT:
                group = wanted.setdefault(layout.recorded, (layout, []))
                group[1].append(layout.key_of(version))
        return {
            (recorded, key): birth
            for recorded, (layout, keys) in wanted.items()
            for key, birth in births(
                self.session, self.transaction, self.number, recorded, key_columns(layout), keys
            ).items()
        }

    # Rows

    def _live(self, layout: Layout, key: Values) -> Any:
        """Return the live object, ``None`` when there is none or it is about to be deleted."""
        pending = self.graph.present.pending(layout, key)
        if pending is not None:
            return pending
        obj = self.graph.present.stored(layout, key)
        return None if obj is None or obj in self.session.deleted else obj

    def _take_away(self, layout: Layout, key: Values, version: Any, birth: Birth) -> None:
        obj = self._live(layout, key)
        if obj is None:
            return
        table = layout.recorded.table.fullname
        birth.check(table, f"{layout.model.__name__} {_text(layout, key)}", self.number)
        changed = list(self._changed(layout, key, version, obj, None))
        self.conflicts += changed
        if not changed:
            self.graph.add(layout, key, None)

    def _bring_back(self, then: Any, key: Values, deletion: Any) -> None:
        layout = layout_of(type(then))
        obj = self._live(layout, key)
        if obj is None:
            take_newest(self.session, self.graph.add(layout, key, then), deletion)
        elif not isinstance(obj, layout.model) or any(self._changed(layout, key, then, obj, None)):
            self.conflicts.append(Conflict("taken", layout.recorded.table, _named(layout, key)))

    def _set_back(self, layout: Layout, key: Values, version: Any, then: Any) -> None:
        obj = self._live(layout, key)
        if then is None and obj is not None:
            raise RevertError(
                f"history does not say what {version!r} was before",
                table=layout.recorded.table.fullname,
                hint="Its older versions are gone.  Undo what the transaction did to other rows "
                "by their versions: undo(session, version).",
            )
        if then is not None and type(then) is not type(version):
            was = layout_of(type(then)).model.__name__
            raise RevertError(
                f"{version!r} was a {was} before, and is a {layout.model.__name__} since",
                table=layout.recorded.table.fullname,
                hint=f"Delete the {layout.model.__name__} and flush, then restore() the {was}.",
            )
        if obj is None or not isinstance(obj, layout.model):
            self.conflicts.append(Conflict("gone", layout.recorded.table, _named(layout, key)))
            return
        items = [
            item
            for item in layout.items
            if item.counts
            and not _same(item, getattr(version, item.name), getattr(then, item.name))
        ]
        changed = list(self._changed(layout, key, version, obj, then, items))
        self.conflicts += changed
        if not changed:
            names = frozenset(item.name for item in items)
            self.graph.add_part(layout, key, then, names)

    def _changed(
        self,
        layout: Layout,
        key: Values,
        version: Any,
        obj: Any,
        then: Any,
        items: Iterable[Item] | None = None,
    ) -> Iterator[Conflict]:
        """Iterate over what an object has otherwise than a version.

        :param then: the version that is wanted; a column that looks like it already is none.
        """
        load(self.session, layout, obj)
        current = inspect(obj).dict
        for item in layout.items if items is None else items:
            if not is_written(layout, item) or not item.counts:
                continue
            found, expected = current.get(item.name), getattr(version, item.name)
            wanted = None if then is None else getattr(then, item.name)
            if _same(item, found, expected) or (then is not None and _same(item, found, wanted)):
                continue
            yield Conflict(
                "changed",
                layout.recorded.table,
                _named(layout, key),
                item.name,
                found=found,
                expected=expected,
                wanted=wanted,
                deleted=then is None,
            )

    # What refers to them, and to what they refer

    def _referring(self, rows: list[Row]) -> Iterator[Conflict]:
        """Iterate over rows made later that refer to one that would be deleted."""
        looking = Referring(self.session, self.journal.metadata, rows, self.graph.links)
        for found in looking.find(cared_for=True):
            yield Conflict(
                "referenced",
                found.row.layout.recorded.table,
                found.row.key_by_name,
                found=str(found),
            )

    def _unreferable(self, rows: list[Row]) -> Iterator[Conflict]:
        """Iterate over rows and links that would refer to a row that is gone."""
        for lost in missing(self.session, rows):
            yield Conflict(
                "target gone",
                lost.row.layout.recorded.table,
                lost.row.key_by_name,
                ", ".join(lost.names),
                wanted=dict(zip(lost.place[1], lost.place[2], strict=True)),
            )
        places = {}
        for link in self.graph.links:
            if link.action != "link":
                continue
            for constraint in link.recorded.table.foreign_key_constraints:
                values = tuple([link.values.get(each.parent) for each in constraint.elements])
                columns = tuple([each.column.name for each in constraint.elements])
                places[constraint.referred_table, columns, values] = link, constraint
        for place in absent(self.session, rows, places):
            link, constraint = places[place]
            yield Conflict(
                "target gone",
                link.recorded.table,
                {column.name: value for column, value in link.identity.items()},
                ", ".join(column.name for column in constraint.columns),
                wanted=dict(zip(place[1], place[2], strict=True)),
            )


def _same(item: Item, one: Any, other: Any) -> bool:
    return equivalent(one, other) or (item.compare is not None and agree(item.compare, one, other))


def _text(layout: Layout, key: Values) -> str:
    return " ".join(f"{name}={value!r}" for name, value in _named(layout, key).items())


def _named(layout: Layout, key: Values) -> dict[str, Any]:
    return dict(zip(layout.key_names, key, strict=True))
