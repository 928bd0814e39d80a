"""A stream of activities: who did what to which object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from sqlalchemy import JSON
from sqlalchemy import BigInteger
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import Select
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import Unicode
from sqlalchemy import bindparam
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import foreign
from sqlalchemy.orm import relationship
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeEngine

from continuum.mapping.journal import Journal
from continuum.mapping.unnamed import map_unnamed
from continuum.plugins.references import Reference
from continuum.plugins.references import References
from continuum.plugins.references import key_type_for
from continuum.plugins.side_tables import SideTablePlugin
from continuum.reading.layout import live_key
from continuum.reading.layout import session_of
from continuum.recording.images import chunks
from continuum.recording.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from continuum.manager import VersioningManager

REFERENCES = ("object", "target")
_WRITTEN = [(name, end) for name in REFERENCES for end in ("_id", "_tx_id")]


class ActivityPlugin(SideTablePlugin):
    """Keeps activities in the table ``activity``: a verb, an object and a target.

    Object and target are of any versioned class.  The activity belongs to the transaction that it
    is flushed in, and knows which version its object and its target had then::

        Activity = plugin.activity_cls
        session.add(Activity(verb="publish", object=article, target=category))
        session.commit()

        select(Activity).where(Activity.object == article)

    :param key_type: type of the columns for the keys; by default ``BIGINT`` where every versioned
        class has one integer key, else ``VARCHAR(255)``.
    """

    def __init__(self, key_type: TypeEngine[Any] | None = None) -> None:
        super().__init__()
        self._key_type = key_type

    @property
    def activity_cls(self) -> type[Any]:
        """The class of activities, when there is exactly one MetaData."""
        return self.model_class

    def after_build_models(self, manager: VersioningManager) -> None:
        """Make the table and its class for every history that lacks them."""
        self.make_classes(manager)

    def _make_class(self, journal: Journal) -> type[Any]:
        return _make_class(journal, self._key_type or key_type_for(journal))

    def is_session_modified(self, session: Session) -> bool:
        """Say whether there is a new activity."""
        return any(isinstance(obj, ActivityBase) for obj in session.new)

    def before_flush(self, uow: UnitOfWork, session: Session) -> None:
        """Give new activities their transaction, and what they refer to once that has its key."""
        new = [obj for obj in session.new if isinstance(obj, ActivityBase)]
        for journal, cls in self.classes.items():
            activities = [obj for obj in new if isinstance(obj, cls)]
            if activities:
                transaction = UnitOfWork(uow.manager, session, journal).create_transaction()
                for activity in activities:
                    activity.transaction_id = transaction.id
        if new and not event.contains(session, "after_flush", _complete_new):
            event.listen(session, "after_flush", _complete_new)


class ActivityBase:
    """What an activity can do."""

    if TYPE_CHECKING:
        id: int
        verb: str | None
        data: Any
        transaction_id: int
        transaction: Any

    __continuum_references__: ClassVar[References]

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{name!r} is no attribute of {type(self).__name__}")
            setattr(self, name, value)

    @property
    def actor(self) -> Any:
        """Who did it: the user of the transaction, or the text that names the actor.

        Queries: one for the transaction and one for the user, unless they are loaded.
        """
        user = getattr(self.transaction, "user", None)
        return getattr(self.transaction, "actor", None) if user is None else user

    @property
    def object_version(self) -> Any:
        """The version that the object had.  Queries: one."""
        return self._version("object")

    @property
    def target_version(self) -> Any:
        """The version that the target had.  Queries: one."""
        return self._version("target")

    def _version(self, name: str) -> Any:
        kind, key = getattr(self, f"{name}_type"), getattr(self, f"{name}_id")
        number = getattr(self, f"{name}_tx_id")
        if kind is None or key is None or number is None:
            return None
        references = type(self).__continuum_references__
        model = references.model_named(kind)
        return references.layout(model).version_cls.version_at(
            session_of(self, f"activity.{name}_version"),
            references.values_of(model, key),
            number,
            include_deleted=True,
        )


def _make_class(journal: Journal, key_type: TypeEngine[Any]) -> type[Any]:
    columns: list[Column[Any]] = []
    for name in REFERENCES:
        columns += [
            Column(f"{name}_type", String(255)),
            Column(f"{name}_id", key_type),
            Column(f"{name}_tx_id", BigInteger),
        ]
    table = Table(
        "activity",
        journal.metadata,
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("verb", Unicode(255)),
        Column("transaction_id", BigInteger, index=True, nullable=False),
        Column("data", JSON),
        *columns,
        schema=journal.transaction_table.schema,
    )
    references = References(journal, key_type)
    namespace: dict[str, Any] = {name: Reference(name, references) for name in REFERENCES}
    namespace |= {"__module__": __name__, "__continuum_references__": references}
    made: type[Any] = map_unnamed(
        inspect(journal.transaction_cls).registry,
        type("Activity", (ActivityBase,), namespace),
        table,
        exclude_properties=list(REFERENCES),
    )
    transaction = inspect(journal.transaction_cls)
    joined = foreign(table.c.transaction_id) == transaction.get_property("id").columns[0]
    inspect(made).add_property(
        "transaction",
        relationship(journal.transaction_cls, primaryjoin=joined, viewonly=True, uselist=False),
    )
    transaction.add_property(
        "activities",
        relationship(made, primaryjoin=joined, viewonly=True, uselist=True, order_by=table.c.id),
    )
    journal.add_side_table(table, "transaction_id", *(f"{name}_tx_id" for name in REFERENCES))
    return made


def _complete_new(session: Session, flush_context: Any) -> None:
    """Note keys and versions that were not known before the flush.

    Two statements for 100 activities of a class.  Of what this very flush has written: activities
    of one that failed are not in the database, and their keys may belong to others by now.
    """
    by_class: dict[type[Any], list[Any]] = {}
    for obj in session.new:
        if isinstance(obj, ActivityBase):
            by_class.setdefault(type(obj), []).append(obj)
    for cls, same in by_class.items():
        for some in chunks(same, 100):
            _complete_some(session, cls, some)


def _complete_some(session: Session, cls: type[Any], activities: Sequence[Any]) -> None:
    table = inspect(cls).local_table
    bind = {"mapper": inspect(cls)}
    known: list[dict[str, Any]] = []
    versions: list[Select[Any]] = []
    for place, activity in enumerate(activities):
        # What is not set anew stays as the flush has written it.
        known.append({f"{name}{end}": getattr(activity, f"{name}{end}") for name, end in _WRITTEN})
        for name in REFERENCES:
            reference: Reference = cls.__dict__[name]
            obj = reference.take(activity)
            if obj is None:
                continue
            layout = reference.references.layout(type(obj))
            known[place][f"{name}_id"] = reference.references.key_of(obj)
            newest = select(func.max(layout.transaction_column)).where(
                layout.has_key(live_key(obj, layout.live_key))
            )
            versions.append(
                select(
                    literal(place).label("place"),
                    literal(f"{name}_tx_id").label("name"),
                    newest.scalar_subquery().label("number"),
                )
            )
    if not versions:
        return
    for row in session.execute(union_all(*versions), bind_arguments=bind):
        known[row.place][row.name] = row.number
    session.connection(bind_arguments=bind).execute(
        update(table)
        .where(table.c.id == bindparam("activity"))
        .values({name: bindparam(name) for name in known[0]}),
        [
            {"activity": activity.id, **values}
            for activity, values in zip(activities, known, strict=True)
        ],
    )
    for activity, values in zip(activities, known, strict=True):
        for name, value in values.items():
            set_committed_value(activity, name, value)
