"""What the database says of changed rows, where a condition decides whether they are recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_
from sqlalchemy.engine import Connection

from continuum.dialects.expressions import RowExpression
from continuum.recording.fold import DELETE
from continuum.recording.fold import Image
from continuum.recording.fold import Newest
from continuum.recording.fold import Shape
from continuum.recording.images import Images
from continuum.recording.images import Key
from continuum.recording.images import any_of
from continuum.recording.images import chunks
from continuum.recording.relation import evaluate
from continuum.recording.selection import Judgement

Rows = Mapping[Key, tuple[Image | None, Image | None]]


def judgements(
    connection: Connection,
    images: Images,
    shape: Shape,
    keys: Mapping[Key, Key],
    rows: Rows,
    newest: Mapping[Key, Newest | None],
) -> dict[Key, Judgement]:
    """Return what the condition of a table says of its changed rows, by raw key.

    :param shape: how its rows are compared.
    :param keys: Python's key of each raw key.
    :param rows: the rows before and after.
    :param newest: the newest version of each.

    One query for 200 rows, and one more for 500 if the condition is about new rows only.
    """
    when = images.recorded.when
    assert when is not None
    changed = {
        raw: (old, new)
        for raw, (old, new) in rows.items()
        if old is None or new is None or not shape.equal(old, new)
    }
    holds: dict[Key, bool] = {}
    asked: list[tuple[Key, bool]] = []
    pairs: list[tuple[Image | None, Image | None]] = []
    if _of_new_rows(when) and not images.recorded.duplicates:
        present = [raw for raw, (_, new) in changed.items() if new is not None]
        holds = _of_live_rows(connection, images, when, {keys[raw]: raw for raw in present})
    for raw, (old, new) in changed.items():
        if raw not in holds:
            # A row that goes is judged by its last image.
            asked.append((raw, True))
            pairs.append((old, old if new is None else new))
        version = newest.get(raw)
        if old is not None and (
            version is None or version.end is not None or version.operation == DELETE
        ):
            # The versions do not show the row as it was: it may not have belonged there.
            asked.append((raw, False))
            pairs.append((None, old))
    known_before = dict.fromkeys(changed, True)
    columns = [column.live for column in images.recorded.columns]
    answers = evaluate(connection, when, columns, pairs) if pairs else []
    for (raw, of_change), answer in zip(asked, answers, strict=True):
        (holds if of_change else known_before)[raw] = bool(answer)
    return {raw: Judgement(holds[raw], known_before[raw]) for raw in changed}


def _of_new_rows(when: RowExpression) -> bool:
    return all(image == "new" for image, _ in when.columns())


def _of_live_rows(
    connection: Connection, images: Images, when: RowExpression, keys: Mapping[Key, Key]
) -> dict[Key, bool]:
    """Say of rows that there are now whether a condition about them holds."""
    recorded = images.recorded
    live: Mapping[str, Any] = {column.name: column for column in recorded.table.columns}
    condition = when.over(lambda name: live[name])
    found = dict.fromkeys(keys.values(), False)
    for some in chunks(list(keys)):
        criterion = and_(any_of(recorded.key, some, images.dialect), condition)
        for row, _ in images.matching(connection, criterion, {}, lock=None):
            found[row.raw] = True
    return found
