"""What a version changed."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import null
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy.orm import undefer
from sqlalchemy.orm.attributes import instance_dict

from continuum import _speedups
from continuum.operation import Operation
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.navigation import UNKNOWN
from continuum.reading.navigation import link_peers
from continuum.reading.navigation import links_of

Changeset = dict[str, list[Any]]
"""``{attribute: [old, new]}``."""

Row = tuple[Any, ...]
"""Values of all recorded columns, in the order of :attr:`Layout.names`."""

_CHUNK = 500
"""Versions looked up by one statement: their keys are bound values, which databases limit."""


def changeset_of(version: Any) -> Changeset:
    """Return what a version changed."""
    layout = layout_of(type(version))
    if _is_loaded(layout, version) and _needs_previous(layout, version):
        if links_of(version).previous is UNKNOWN:
            link_peers(version)
        previous = links_of(version).previous
        if previous is None:
            return _compared([version], {id(version): None})[0]
        if previous is not UNKNOWN and _is_loaded(layout_of(type(previous)), previous):
            before = _row_before(layout, version, previous)
            return _compared([version], {id(version): before})[0]
    return changesets((version,))[0]


def changesets(versions: Iterable[Any]) -> list[Changeset]:
    """Return what each of many versions changed, in their order.

    :param versions: version objects, of any classes and entities.
    :returns: for each version ``{attribute: [old, new]}`` as :attr:`Version.changeset` has it.
    :raises NotAVersionClass: one of them is no version.

    Queries: none for versions whose predecessor is known, as in a list from ``all_versions()``
    or ``obj.versions``, and for DELETE versions; otherwise one for each 500 versions of a class.
    When columns are expired or deferred, one more for each 500 of a class to load them.  Example::

        versions = session.scalars(select(ArticleVersion).limit(100)).all()
        for version, changed in zip(versions, changesets(versions)):
            print(version.id, changed)
    """
    chosen = list(versions)
    for cls in {type(version) for version in chosen}:
        layout_of(cls)
    _load(chosen)
    _load([links_of(version).previous for version in chosen])
    images: dict[int, Row | None] = {}
    wanted: dict[type[Any], list[Any]] = {}
    for version in chosen:
        layout = layout_of(type(version))
        if not _needs_previous(layout, version):
            images[id(version)] = None
            continue
        previous = links_of(version).previous
        if previous is UNKNOWN:
            wanted.setdefault(type(version), []).append(version)
        elif previous is None:
            images[id(version)] = None
        else:
            images[id(version)] = _row_before(layout, version, previous)
    for cls, group in wanted.items():
        for part in _parts(group):
            _find_rows_before(layout_of(cls), part, images)
    return _compared(chosen, images)


def values_of(version: Any, names: tuple[str, ...]) -> Row:
    """Return values of a version; what is not loaded is loaded by one query."""
    loaded = instance_dict(version)
    try:
        return tuple([loaded[name] for name in names])
    except KeyError:
        missing = [name for name in names if name not in loaded]
    session_of(version, "loading its columns").refresh(version, missing)
    return tuple([loaded[name] for name in names])


def row_of(layout: Layout, version: Any) -> Row:
    """Return the values of all recorded columns of a version; loads like :func:`values_of`."""
    try:
        return layout.pick(instance_dict(version))
    except KeyError:
        return values_of(version, layout.names)


def is_delete(layout: Layout, version: Any) -> bool:
    """Say whether a version marks a deletion."""
    return bool(getattr(version, layout.operation_name) == Operation.DELETE)


def _parts(versions: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(versions), _CHUNK):
        yield versions[start : start + _CHUNK]


def _among(
    columns: list[Column[Any]], identities: list[tuple[Any, ...]]
) -> tuple[ColumnElement[bool], ...]:
    """Return the criteria for versions with these keys and transaction ids.

    The first column is compared by itself as well, because SQLite finds nothing by an index when
    only a row of columns is.
    """
    first = list(dict.fromkeys(identity[0] for identity in identities))
    return columns[0].in_(first), tuple_(*columns).in_(identities)


def _is_loaded(layout: Layout, version: Any) -> bool:
    loaded = instance_dict(version)
    return loaded.keys() >= layout.needed


def _load(versions: list[Any]) -> None:
    """Load expired and deferred columns of versions, many at a time."""
    incomplete: dict[type[Any], list[Any]] = {}
    for version in versions:
        if version is None or version is UNKNOWN:
            continue
        if not _is_loaded(layout_of(type(version)), version):
            incomplete.setdefault(type(version), []).append(version)
    for cls, group in incomplete.items():
        layout = layout_of(cls)
        session = session_of(group[0], "loading columns of versions")
        columns = [*(item.version for item in layout.key), layout.transaction_column]
        for part in _parts(group):
            statement = (
                select(layout.root)
                .where(*_among(columns, [layout.identity_of(version) for version in part]))
                .options(undefer("*"))
            )
            session.scalars(statement).all()


def _needs_previous(layout: Layout, version: Any) -> bool:
    """Say whether the changeset depends on the version before.

    A DELETE version has the last values itself, unless it was stored without.
    """
    if not is_delete(layout, version):
        return True
    names = layout.value_names
    return bool(names) and all(value is None for value in values_of(version, names))


def _row_before(layout: Layout, version: Any, previous: Any) -> Row | None:
    other = layout_of(type(previous))
    if other is layout:
        return _counting_row(
            layout,
            version,
            operation=getattr(previous, layout.operation_name),
            end=None if layout.end_column is None else getattr(previous, layout.end_name),
            values=row_of(layout, previous),
        )
    known = tuple(name for name in layout.names if name in other.names)
    values = dict(zip(known, values_of(previous, known), strict=True))
    return _counting_row(
        layout,
        version,
        operation=getattr(previous, other.operation_name),
        end=None if other.end_column is None else getattr(previous, other.end_name),
        values=tuple([values.get(name) for name in layout.names]),
    )


def _counting_row(
    layout: Layout, version: Any, *, operation: int, end: int | None, values: Row
) -> Row | None:
    """Return the values of the row before, ``None`` when there was no row."""
    return values if was_there(layout, version, operation=operation, end=end) else None


def was_there(layout: Layout, version: Any, *, operation: int, end: int | None) -> bool:
    """Say whether the version before one tells of a row that was there when it was made.

    After a gap in what was recorded, an INSERT that took place after the gap had ended made a new
    row, whatever was there before the gap.  One that begins where the gap begins only says how the
    row was found.

    :param operation: operation of the version before.
    :param end: where it ends.
    """
    if operation == Operation.DELETE:
        return False
    follows = layout.end_column is None or end == layout.transaction_id_of(version)
    return follows or getattr(version, layout.operation_name) != Operation.INSERT


def _find_rows_before(layout: Layout, versions: list[Any], images: dict[int, Row | None]) -> None:
    """Find the row before each of some versions of one class."""
    session = session_of(versions[0], "version.changeset")
    table = layout.recorded.version_table
    before, newest = layout.rows("before"), table.alias("newest")
    start = layout.transaction_column
    key = [item.version for item in layout.key]
    position = (
        select(func.max(newest.c[start.key]))
        .where(*(newest.c[column.key] == column for column in key), newest.c[start.key] < start)
        .correlate(table)
        .scalar_subquery()
    )
    same = [before[column] == column for column in key]
    end = null() if layout.end_column is None else before[layout.end_column]
    identities = [layout.identity_of(version) for version in versions]
    statement = (
        select(
            *key,
            start,
            before[layout.operation_column],
            end,
            *(before[item.version] for item in layout.items),
        )
        .select_from(before.joined_to(table, and_(*same, before[start] == position)))
        .where(*_among([*key, start], identities))
    )
    width = len(key) + 1
    rows = session.execute(statement, bind_arguments={"mapper": layout.mapper})
    found = {tuple(row[:width]): row[width:] for row in rows}
    for version, identity in zip(versions, identities, strict=True):
        row = found.get(identity)
        images[id(version)] = (
            None
            if row is None
            else _counting_row(layout, version, operation=row[0], end=row[1], values=tuple(row[2:]))
        )


def _compared(versions: list[Any], images: dict[int, Row | None]) -> list[Changeset]:
    """Return the changesets of versions whose rows before are known, by ``id()``."""
    pairs: dict[type[Any], list[tuple[Row | None, Row | None]]] = {}
    for version in versions:
        layout = layout_of(type(version))
        before, after = images[id(version)], row_of(layout, version)
        gone = is_delete(layout, version)
        pairs.setdefault(type(version), []).append(
            (after if before is None else before, None) if gone else (before, after)
        )
    found = {}
    for cls, rows in pairs.items():
        layout = layout_of(cls)
        found[cls] = _speedups.changesets(rows, layout.names, layout.comparers)
    result = []
    for version in versions:
        changeset = next(found[type(version)])
        version.__versioning_manager__.plugins.after_construct_changeset(version, changeset)
        result.append(changeset)
    return result
