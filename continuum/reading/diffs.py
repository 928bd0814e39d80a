"""The difference between two states of an object."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from sqlalchemy import JSON
from sqlalchemy import String
from sqlalchemy import inspect
from sqlalchemy.types import TypeEngine

from continuum._speedups import agree
from continuum.dialects.spec import storage_type
from continuum.errors import InvalidArgument
from continuum.reading.changes import Changeset
from continuum.reading.changes import is_delete
from continuum.reading.changes import values_of
from continuum.reading.comparators import Comparator
from continuum.reading.comparators import JSONComparator
from continuum.reading.comparators import TextComparator
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.layout import live_key
from continuum.reading.version import Version
from continuum.utils import version_class

_PLAIN = Comparator()
_TEXT = TextComparator()
_JSON = JSONComparator()


@dataclass(frozen=True)
class Difference:
    """What differs in one attribute.

    :param name: the attribute.
    :param old: its value in the first state, ``None`` where there was no row.
    :param new: its value in the second state.
    :param comparator: shows the difference.
    """

    name: str
    old: Any
    new: Any
    comparator: Comparator = field(default=_PLAIN, repr=False, compare=False)

    @property
    def lines(self) -> list[str]:
        """The difference as text, line by line."""
        return list(self.comparator.lines(self.old, self.new))

    def __str__(self) -> str:
        lines = self.lines
        if len(lines) == 1:
            return f"{self.name}: {lines[0]}"
        return "\n".join([f"{self.name}:", *(f"  {line}" for line in lines)])


@dataclass(frozen=True)
class Diff(Mapping[str, Difference]):
    """What differs between two states of an object, by attribute; printed, for a reader.

    It is true when there is a difference.

    :param title: the object and the two states.
    :param differences: in the order of the attributes.
    """

    title: str
    differences: tuple[Difference, ...]

    def __getitem__(self, name: str) -> Difference:
        for difference in self.differences:
            if difference.name == name:
                return difference
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (difference.name for difference in self.differences)

    def __len__(self) -> int:
        return len(self.differences)

    @property
    def changeset(self) -> Changeset:
        """The difference as ``{attribute: [old, new]}``."""
        return {item.name: [item.old, item.new] for item in self.differences}

    def __str__(self) -> str:
        lines = [f"  {line}" for item in self.differences for line in str(item).split("\n")]
        return "\n".join([self.title, *(lines or ["  no difference"])])


@dataclass(frozen=True)
class _State:
    """An object at one point: a version, a live object, or nothing."""

    layout: Layout
    obj: Any
    live: bool

    @property
    def label(self) -> str:
        if self.obj is None:
            return "nothing"
        if self.live:
            return "now"
        label = f"transaction {self.layout.transaction_id_of(self.obj)}"
        return f"{label} (deleted)" if is_delete(self.layout, self.obj) else label

    @property
    def key(self) -> tuple[Any, ...]:
        if self.live:
            return live_key(self.obj, self.layout.live_key)
        return self.layout.key_of(self.obj)

    def values(self) -> dict[str, Any]:
        """Return the values of the recorded attributes; none where there is no row."""
        layout = self.layout
        if self.obj is None:
            return {}
        if self.live:
            attributes = inspect(self.obj).mapper.column_attrs
            return {name: getattr(self.obj, name) for name in layout.names if name in attributes}
        if is_delete(layout, self.obj):
            return {}
        return dict(zip(layout.names, values_of(self.obj, layout.names), strict=True))


def diff(
    old: Any,
    new: Any,
    *,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    comparators: Mapping[type[TypeEngine[Any]] | str, Comparator] | None = None,
) -> Diff:
    """Return what differs between two states of an object.

    :param old: a version, a live object (with its changes that are not flushed yet), or ``None``
        for no row; a DELETE version is no row either.
    :param new: another one of the same class.
    :param include: compare only these attributes.
    :param exclude: leave these out.
    :param comparators: comparators by name of an attribute or by type of a column; by default
        texts of several lines are shown as a unified diff, JSON documents by path.
    :raises InvalidArgument: the states are of different classes, or both ``None``; or an attribute
        in ``include`` or ``exclude`` does not exist.

    Queries: none, except to load what is expired or deferred: one for each state.  Example::

        print(diff(article.versions[0], article))
    """
    before, after = _states(old, new)
    items = {item.name: item for state in (before, after) for item in state.layout.items}
    unknown = [name for name in (*(include or ()), *exclude) if name not in items]
    if unknown:
        raise InvalidArgument(
            f"history does not hold {', '.join(map(str, unknown))} of "
            f"{after.layout.model.__name__}",
            hint=f"It holds {', '.join(items)}.",
        )
    chosen = set(items if include is None else include) - set(exclude)
    old_values, new_values = before.values(), after.values()
    # A value that was set and not read back may have another type than the one that is stored.
    exact = not (before.live or after.live)
    differences = []
    for name, item in items.items():
        values = old_values.get(name), new_values.get(name)
        if name not in chosen or (values[0] is None and values[1] is None):
            continue
        comparator = _comparator(item, comparators or {})
        if not _same(item, comparator, *values, exact=exact):
            differences.append(Difference(name, *values, comparator=comparator))
    return Diff(_title(before, after), tuple(differences))


def _states(old: Any, new: Any) -> tuple[_State, _State]:
    given = [obj for obj in (old, new) if obj is not None]
    if not given:
        raise InvalidArgument(
            "diff() was given no state at all",
            hint="Give at least one version or live object.",
        )
    layouts = [layout_of(version_class(type(obj))) for obj in given]
    if layouts[0].root is not layouts[-1].root:
        names = " and ".join(type(obj).__name__ for obj in given)
        raise InvalidArgument(
            f"{names} are not states of one class",
            hint="Give versions or live objects of one class, or of one hierarchy.",
        )
    states = [
        _State(layout, obj, live=not isinstance(obj, Version))
        for layout, obj in zip(layouts, given, strict=True)
    ]
    if old is None:
        states.insert(0, _State(layouts[0], None, live=False))
    if new is None:
        states.append(_State(layouts[0], None, live=False))
    return states[0], states[1]


def _title(before: _State, after: _State) -> str:
    keys = []
    for state in (before, after):
        if state.obj is not None:
            key = ", ".join(map(str, state.key))
            keys.append(f"{state.layout.model.__name__} {key}")
    subject = " and ".join(dict.fromkeys(keys))
    return f"{subject}: {before.label} -> {after.label}"


def _comparator(
    item: Item, comparators: Mapping[type[TypeEngine[Any]] | str, Comparator]
) -> Comparator:
    if item.name in comparators:
        return comparators[item.name]
    stored = storage_type(item.version.type)
    for wanted, comparator in comparators.items():
        if isinstance(wanted, type) and isinstance(item.live.type, wanted):
            return comparator
    if isinstance(stored, JSON):
        return _JSON
    return _TEXT if isinstance(stored, String) else _PLAIN


def _same(item: Item, comparator: Comparator, old: Any, new: Any, *, exact: bool) -> bool:
    if comparator.same(old, new):
        return True
    if type(comparator).same is not Comparator.same:
        return False
    loose = not exact and not isinstance(storage_type(item.version.type), JSON)
    return (loose or item.compare is not None) and agree(item.version.type.compare_values, old, new)
