"""Rows on their way back, and what belongs to them: the material of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Literal

from sqlalchemy import Column
from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm import Session

from continuum.errors import RevertError
from continuum.operation import Operation
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reverting.past import Values
from continuum.reverting.plan import LinkChange
from continuum.reverting.plan import RowChange
from continuum.reverting.present import Present
from continuum.reverting.values import shown
from continuum.reverting.values import values_to_insert
from continuum.reverting.values import values_to_update
from continuum.schema.recorded import RecordedTable


@dataclass(eq=False)
class Row:
    """A row and the state it goes back to.

    :param layout: attributes of the class that the row has then, or has now when it goes.
    :param key: its key, in the order of the layout.
    :param version: the state; ``None``: the row is not to be there.
    :param only: the attributes that go back, ``None`` for all.
    :param obj: the live object, ``None`` while there is none.
    :param pending: an object that is about to be inserted under the key.
    :param operation: what has to be done, ``None`` for nothing.
    :param targets: what is to be set.
    :param before: values that ``targets`` replaces, by attribute.
    """

    layout: Layout
    key: Values
    version: Any = None
    only: frozenset[str] | None = None
    obj: Any = None
    pending: Any = None
    operation: Operation | None = None
    targets: dict[Item, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    def resolve(self, session: Session, present: Present) -> None:
        """Compare the state with the live row.

        :raises RevertError: the live row is of another class.

        Queries: none when the live object is loaded, else one; one more for values of which only
        the database knows whether they are NULL.
        """
        if self.pending is None:
            self.pending = present.pending(self.layout, self.key)
        stored = None if None in self.key else present.stored(self.layout, self.key)
        self.targets, self.before, self.operation = {}, {}, None
        if self.version is None:
            self.obj = stored
            if self.pending is not None or (stored is not None and stored not in session.deleted):
                self.operation = Operation.DELETE
            return
        self.obj = self.pending if self.pending is not None else stored
        if self.obj is None:
            self.operation = Operation.INSERT
            self.targets = values_to_insert(session, self.layout, self.version)
            return
        if not self._is_same_class(self.obj):
            raise RevertError(
                f"{self.version!r} is of a {self.layout.model.__name__}, but the row is a "
                f"{type(self.obj).__name__} now",
                table=self.layout.recorded.table.fullname,
                hint="Delete the object and flush, then revert.",
            )
        targets = values_to_update(session, self.layout, self.version, self.obj)
        self.set(targets)
        if self.obj in session.deleted:
            self.operation = Operation.UPDATE

    def _is_same_class(self, obj: Any) -> bool:
        """Say whether an object is of the class that the row has then."""
        layout = self.layout
        if not isinstance(obj, layout.model):
            return False
        # A subclass without versions of its own has those of the class above it.
        its = layout.journal.versions.get(type(obj), layout.version_cls)
        return its is layout.version_cls or layout.model_mapper.polymorphic_on is None

    def set(self, targets: Mapping[Item, Any]) -> None:
        """Have values set on the live object."""
        current = inspect(self.obj).dict
        for item, value in targets.items():
            if self.only is None or item.name in self.only:
                self.targets[item] = value
                self.before[item.name] = current.get(item.name)
                self.operation = Operation.UPDATE

    def value_of(self, name: str) -> Any:
        """Return the value that a column will have, if that is known."""
        for item, value in self.targets.items():
            if item.name == name:
                return shown(value)
        return None if self.obj is None else inspect(self.obj).dict.get(name)

    @property
    def key_by_name(self) -> dict[str, Any]:
        """The key, by attribute."""
        return dict(zip(self.layout.key_names, self.key, strict=True))

    def __str__(self) -> str:
        key = " ".join(f"{name}={value!r}" for name, value in self.key_by_name.items())
        return f"{self.layout.model.__name__} {key}"

    def change(self) -> RowChange | None:
        """Return the row as a part of a plan, ``None`` when nothing happens to it."""
        if self.operation is None:
            return None
        obj = self.obj if self.obj is not None else self.pending
        if self.operation is Operation.DELETE:
            names = [item.name for item in self.layout.items]
            current = inspect(obj).dict
            values = {
                name: [current[name], None] for name in names if current.get(name) is not None
            }
        elif self.operation is Operation.INSERT:
            values = {
                item.name: [None, shown(value)]
                for item, value in self.targets.items()
                if shown(value) is not None
            }
        else:
            values = {
                item.name: [self.before[item.name], shown(value)]
                for item, value in self.targets.items()
            }
        return RowChange(
            operation=self.operation,
            model=self.layout.model if obj is None else type(obj),
            key=self.key_by_name,
            values=values,
            obj=obj,
        )


@dataclass(eq=False)
class Collection:
    """What a relationship of a row holds then.

    :param members: rows, or objects that are no part of the plan.
    :param written: whether the unit of work writes the links or foreign keys that follow from it;
        otherwise the attribute is only to look so.
    """

    owner: Row
    relation: RelationshipProperty[Any]
    members: list[Any]
    written: bool = True

    def objects(self) -> list[Any]:
        """Return the objects to be in the collection; rows that are inserted have one by then."""
        found = [each.obj if isinstance(each, Row) else each for each in self.members]
        return [each for each in found if each is not None]


@dataclass(eq=False)
class Link:
    """A row of an association table that has no class.

    :param values: columns that are written, or that tell which row is meant.
    :param identity: for a link that is there: the columns that find its row.
    :param needs: rows that have to be in the database before it.
    :param owner: whose link it is; ``None``: an object outside of the plan stands for it.
    :param written: we write it; otherwise it follows from a collection.
    """

    action: Literal["link", "unlink", "relink"]
    recorded: RecordedTable
    values: dict[Column[Any], Any]
    identity: dict[Column[Any], Any]
    owner: Row | None
    needs: tuple[Row, ...] = ()
    written: bool = False

    def change(self) -> LinkChange:
        """Return the link as a part of a plan."""
        named = {column.name: value for column, value in {**self.identity, **self.values}.items()}
        return LinkChange(self.action, self.recorded.table, named)
