"""What a version changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import tuple_

from continuum._speedups import diff
from continuum.operation import Operation
from continuum.reading.layout import Item
from continuum.reading.layout import Layout
from continuum.reading.layout import layout_of
from continuum.reading.layout import session_of
from continuum.reading.navigation import UNKNOWN
from continuum.reading.navigation import links_of

Changeset = dict[str, list[Any]]
"""``{attribute: [old, new]}``."""

_CHUNK = 500
"""Versions looked up by one statement: their keys are bound values, which databases limit."""


def changeset_of(version: Any) -> Changeset:
    """Return what a version changed."""
    return changesets((version,))[0]


def changesets(versions: Iterable[Any]) -> list[Changeset]:
    """Return what each of many versions changed, in their order.

    :param versions: version objects, of any classes and entities.
    :returns: for each version ``{attribute: [old, new]}`` as :attr:`Version.changeset` has it.

    Queries: none for versions whose predecessor is known, as in a list from ``all_versions()``
    or ``obj.versions``, and for DELETE versions; otherwise one for each 500 versions of a class.
    """
    chosen = list(versions)
    images: dict[int, tuple[Any, ...] | None] = {}
    wanted: dict[type[Any], list[Any]] = {}
    for version in chosen:
        layout = layout_of(type(version))
        if not _needs_previous(layout, version):
            images[id(version)] = None
            continue
        previous = links_of(version).previous
        if previous is UNKNOWN:
            wanted.setdefault(type(version), []).append(version)
        else:
            images[id(version)] = _image_of_previous(layout, previous)
    for cls, group in wanted.items():
        for start in range(0, len(group), _CHUNK):
            _load_images(layout_of(cls), group[start : start + _CHUNK], images)
    return [_changeset(version, images[id(version)]) for version in chosen]


def values_of(layout: Layout, version: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return values of a version; what is not loaded is loaded by one query."""
    loaded = inspect(version).dict
    missing = [name for name in names if name not in loaded]
    if missing:
        session_of(version, "loading its columns").refresh(version, missing)
        loaded = inspect(version).dict
    return tuple([loaded[name] for name in names])


def is_delete(layout: Layout, version: Any) -> bool:
    """Say whether a version marks a deletion."""
    return bool(getattr(version, layout.operation_name) == Operation.DELETE)


def _needs_previous(layout: Layout, version: Any) -> bool:
    if not is_delete(layout, version):
        return True
    names = tuple(name for name in layout.names if name not in layout.key_names)
    return all(value is None for value in values_of(layout, version, names))


def _image_of_previous(layout: Layout, previous: Any) -> tuple[Any, ...] | None:
    """Return the values before, ``None`` when the row was not there."""
    if previous is None:
        return None
    other = layout_of(type(previous))
    if is_delete(other, previous):
        return None
    known = tuple(name for name in layout.names if name in other.names)
    values = dict(zip(known, values_of(other, previous, known), strict=True))
    return tuple([values.get(name) for name in layout.names])


def _load_images(
    layout: Layout, versions: list[Any], images: dict[int, tuple[Any, ...] | None]
) -> None:
    """Load the values before each of some versions of one class."""
    session = session_of(versions[0], "version.changeset")
    table = layout.recorded.version_table
    before, newest = table.alias("before"), table.alias("newest")
    key = [item.version for item in layout.key]
    same = [before.c[column.key] == column for column in key]
    position = (
        select(func.max(newest.c[layout.transaction_column.key]))
        .where(
            *(newest.c[column.key] == column for column in key),
            newest.c[layout.transaction_column.key] < layout.transaction_column,
        )
        .correlate(table)
        .scalar_subquery()
    )
    identities = [
        (*layout.key_of(version), layout.transaction_id_of(version)) for version in versions
    ]
    statement = (
        select(
            *key,
            layout.transaction_column,
            before.c[layout.operation_column.key],
            *(before.c[item.version.key] for item in layout.items),
        )
        .select_from(table)
        .join(before, and_(*same, before.c[layout.transaction_column.key] == position))
        .where(tuple_(*key, layout.transaction_column).in_(identities))
    )
    width = len(key) + 1
    found = {
        tuple(row[:width]): None if row[width] == Operation.DELETE else tuple(row[width + 1 :])
        for row in session.execute(statement, bind_arguments={"mapper": layout.mapper})
    }
    for version, identity in zip(versions, identities, strict=True):
        images[id(version)] = found.get(identity)


def _changeset(version: Any, before: tuple[Any, ...] | None) -> Changeset:
    layout = layout_of(type(version))
    after: tuple[Any, ...] = values_of(layout, version, layout.names)
    nothing = (None,) * len(layout.names)
    if is_delete(layout, version):
        result = diff(before if before is not None else after, nothing, layout.names)
    elif before is None:
        result = diff(nothing, after, layout.names)
    else:
        result = diff(before, after, layout.names)
        for item in layout.items:
            if item.compares and item.name in result and same_value(item, *result[item.name]):
                del result[item.name]
    version.__versioning_manager__.plugins.after_construct_changeset(version, result)
    return result


def same_value(item: Item, before: Any, after: Any) -> bool:
    """Say whether two values are the same to the type of their column."""
    if before is after:
        return True
    try:
        return bool(item.version.type.compare_values(before, after))
    except Exception:  # noqa: BLE001 - what cannot be compared counts as different
        return False
