"""What changed since a point in history: value by value, across classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import inspect
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy import union_all
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm import Session

from continuum.errors import ImproperlyConfigured
from continuum.operation import Operation
from continuum.reading.changes import changesets
from continuum.reading.layout import layout_of
from continuum.reading.layout import live_key
from continuum.reading.points import edge
from continuum.reading.resolve import subject_of
from continuum.reading.subject import Subject
from continuum.reading.union import versions_of_classes
from continuum.reading.version import Version
from continuum.utils import parent_class
from continuum.utils import versioned_classes

_PAGE = 1000
"""Versions that are read at a time, or nearly twice as many."""


@dataclass(frozen=True)
class Change:
    """A value that a transaction changed.

    :param version: the version that has the new value.
    :param key: key of the object, in the order of the primary key.
    :param column: the attribute.
    :param old: the value before.
    :param new: the value after.
    :param transaction_id: the transaction.
    :param operation: what it did to the object.
    """

    version: Any
    key: tuple[Any, ...]
    column: str
    old: Any
    new: Any
    transaction_id: int
    operation: Operation


@dataclass(frozen=True)
class Changes:
    """The changes of some classes between two points in history; see :func:`changes`.

    :param roots: version classes that are read.
    """

    roots: tuple[type[Any], ...]
    since: Any = None
    until: Any = None
    _objects: tuple[tuple[str, Any], ...] = ()

    def tracks(self, obj: Any) -> Changes:
        """Return only the changes of one object, and those asked for beside it.  No queries.

        :param obj: a live object or a version of it.
        """
        return replace(self, _objects=(*self._objects, ("tracks", obj)))

    def references(self, obj: Any) -> Changes:
        """Return only changes of objects that referred to one, and those asked for beside it.

        An object refers to another when the foreign key of a many-to-one relationship of the
        version that was made says so.  No queries.

        :param obj: a live object or a version of it.
        """
        return replace(self, _objects=(*self._objects, ("references", obj)))

    def versions(self, session: Session) -> Iterator[Any]:
        """Iterate over the versions, transaction by transaction.

        The versions of one transaction come by class and key.  No more than 2,000 of them are in
        memory at a time, unless the program keeps them, however many a transaction has made.

        Queries: two for each 1,000 versions, in pages that never divide a transaction; one at the
        end.  A transaction that made more than 1,000 is read by itself: one for each 1,000 of a
        class, and one for each class.
        """
        for page in self._pages(session):
            yield from page

    def rows(self, session: Session) -> Iterator[Change]:
        """Iterate over the changed values, as :attr:`Version.changeset` has them.

        Queries: as :meth:`versions`, and one for the values before each 500 versions of a class.
        """
        for page in self._pages(session):
            for version, changeset in zip(page, changesets(page), strict=True):
                layout = layout_of(type(version))
                for name, (old, new) in changeset.items():
                    yield Change(
                        version=version,
                        key=layout.key_of(version),
                        column=name,
                        old=old,
                        new=new,
                        transaction_id=layout.transaction_id_of(version),
                        operation=Operation(getattr(version, layout.operation_name)),
                    )

    def _pages(self, session: Session) -> Iterator[list[Any]]:
        subjects = [Subject(root, layout_of(root)) for root in self.roots]
        after: int | None = None
        while True:
            numbers = union_all(
                *(
                    select(subject.transaction.label("continuum_number"))
                    .select_from(subject.layout.mapper.selectable)
                    .where(*self._criteria(subject, after))
                    for subject in subjects
                )
            ).order_by("continuum_number")
            bind = {"mapper": subjects[0].layout.mapper}
            beyond = session.scalars(
                numbers.offset(_PAGE - 1).limit(_PAGE + 1), bind_arguments=bind
            ).all()
            last = beyond[0] if beyond else None
            # More than a page of one transaction.
            large = len(beyond) > _PAGE and beyond[-1] == last

            def criteria(
                subject: Subject,
                after: int | None = after,
                last: int | None = last,
                large: bool = large,
            ) -> Iterator[ColumnElement[bool]]:
                yield from self._criteria(subject, after)
                if last is not None:
                    yield subject.transaction < last if large else subject.transaction <= last

            found = versions_of_classes(session, self.roots, criteria)
            found.sort(key=lambda version: layout_of(type(version)).transaction_id_of(version))
            yield found
            if last is None:
                return
            if large:
                yield from self._parts_of(session, last)
            after = last

    def _parts_of(self, session: Session, number: int) -> Iterator[list[Any]]:
        """Iterate over the versions of one transaction, class by class, along the keys."""
        for root in self.roots:
            layout = layout_of(root)
            after: tuple[Any, ...] | None = None
            while True:

                def criteria(
                    subject: Subject, after: tuple[Any, ...] | None = after
                ) -> Iterator[ColumnElement[bool]]:
                    yield from self._criteria(subject, None)
                    yield subject.transaction == number
                    if after is not None:
                        columns = [subject.column(item.version) for item in subject.layout.key]
                        yield tuple_(*columns) > after

                found = versions_of_classes(session, [root], criteria, limit=_PAGE)
                yield found
                if len(found) < _PAGE:
                    break
                after = layout.key_of(found[-1])

    def _criteria(self, subject: Subject, after: int | None) -> Iterator[ColumnElement[bool]]:
        journal, number = subject.layout.journal, subject.transaction
        if self.since is not None:
            yield edge(journal, number, self.since, lower=True, inclusive=False)
        if self.until is not None:
            yield edge(journal, number, self.until, lower=False, inclusive=True)
        if after is not None:
            yield number > after
        if self._objects:
            asked = {"tracks": _is, "references": _refers_to}
            # None of them: nothing, rather than everything.
            yield or_(*(asked[how](subject, obj) for how, obj in self._objects))


def changes(*classes: Any, since: Any = None, until: Any = None) -> Changes:
    """Return the changes of classes between two points in history.

    :param classes: models or version classes; none: every class that has a version class.
    :param since: only what was changed after this point (id of a transaction, Transaction object,
        version, aware datetime).
    :param until: only what was changed up to this point, and at it.
    :raises ClassNotVersioned: a class is not versioned.
    :raises ImproperlyConfigured: the classes have several transaction tables.
    :raises InvalidPoint: a point is none, when the changes are read.

    No queries.  Example::

        for change in changes(Article, since=yesterday).rows(session):
            print(change.key, change.column, change.old, change.new)
    """
    layouts = [subject_of(cls).layout for cls in classes or versioned_classes()]
    if len({layout.journal for layout in layouts}) != 1:
        raise ImproperlyConfigured(
            "changes() was asked for classes that do not share one transaction table",
            hint="Name versioned classes of one MetaData: changes(Article, Tag).",
        )
    roots = dict.fromkeys(layout.root for layout in layouts)
    return Changes(tuple(roots), since, until)


def _key_of(obj: Any) -> tuple[Any, ...]:
    """Return the key of a live object or of a version."""
    layout = subject_of(type(obj)).layout
    return layout.key_of(obj) if isinstance(obj, Version) else live_key(obj, layout.live_key)


def _is(subject: Subject, obj: Any) -> ColumnElement[bool]:
    """Return the criterion for versions of an object."""
    layout = subject_of(type(obj)).layout
    if layout.root is not subject.layout.root:
        return _never(subject)
    values = zip(subject.layout.key, _key_of(obj), strict=True)
    return and_(*(subject.column(item.version) == value for item, value in values))


def _refers_to(subject: Subject, obj: Any) -> ColumnElement[bool]:
    """Return the criterion for versions that refer to an object, versioned or not."""
    target = parent_class(type(obj)) if isinstance(obj, Version) else type(obj)
    found = []
    for mapper in subject.layout.mapper.self_and_descendants:
        layout = layout_of(mapper.class_)
        versions: dict[Any, Any] = {item.live: item.version for item in layout.items}
        for relation in layout.model_mapper.relationships:
            if relation.direction is not RelationshipDirection.MANYTOONE or not issubclass(
                target, relation.mapper.class_
            ):
                continue
            pairs = relation.local_remote_pairs or ()
            if not all(local in versions for local, _ in pairs):
                continue
            values = [_value(obj, remote) for _, remote in pairs]
            # Nothing refers to an object without a key, and NULL is no reference to it.
            if None not in values:
                columns = (versions[local] for local, _ in pairs)
                found.append(and_(*(c == value for c, value in zip(columns, values, strict=True))))
    return or_(*found) if found else _never(subject)


def _value(obj: Any, column: Any) -> Any:
    """Return the value of a live column in a live object or a version."""
    if isinstance(obj, Version):
        names: dict[Any, str] = {item.live: item.name for item in layout_of(type(obj)).items}
        return getattr(obj, names[column])
    return getattr(obj, inspect(obj).mapper.get_property_by_column(column).key)


def _never(subject: Subject) -> ColumnElement[bool]:
    never: ColumnElement[bool] = subject.transaction.is_(None)
    return never
