"""What has to be written around a flush, because the unit of work has no words for it.

It waits in the session until the next flush, and goes when the transaction is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Literal

from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import delete as delete_from
from sqlalchemy import event
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import attributes
from sqlalchemy.orm.unitofwork import UOWTransaction

from continuum.reading.binding import bound_to
from continuum.reading.values import own

_KEY = "continuum_reverting"
"""Key in ``Session.info``."""

Values = tuple[Any, ...]


@dataclass(eq=False)
class StagedLink:
    """A row of an association table to be written.

    :param owner: the object whose link it is; when it leaves the session, nothing is written.
    :param identity: what finds the row that is there.
    :param values: what is written.
    :param needs: objects that have to be in the database before.
    """

    action: Literal["link", "unlink", "relink"]
    table: Table
    owner: Any
    identity: dict[Column[Any], Any]
    values: dict[Column[Any], Any]
    needs: tuple[Any, ...] = ()


@dataclass(eq=False)
class Stage:
    """What waits for the next flush of a session.

    :param links: rows of association tables.
    :param deletes: groups of objects that are deleted before all others, one after the other.
    :param saves: groups of objects that are inserted before all others.
    :param before: what is written before anything is deleted.
    :param vacate: what frees unique values.
    :param late: objects, and what is written to their rows when all others are there.
    :param expire: objects, and attributes that are stale after the flush.
    """

    links: list[StagedLink] = field(default_factory=list)
    deletes: list[list[Any]] = field(default_factory=list)
    saves: list[list[Any]] = field(default_factory=list)
    before: list[Callable[[Session], None]] = field(default_factory=list)
    vacate: list[Callable[[Session], None]] = field(default_factory=list)
    late: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    expire: list[tuple[Any, str]] = field(default_factory=list)

    def clear(self) -> None:
        """Forget everything."""
        self.links.clear()
        self.deletes.clear()
        self.saves.clear()
        self.before.clear()
        self.vacate.clear()
        self.late.clear()
        self.expire.clear()


def stage_of(session: Session) -> Stage:
    """Return what waits for the next flush of a session; more can be added."""
    stage: Stage | None = session.info.get(_KEY)
    if stage is None:
        stage = session.info[_KEY] = Stage()
        event.listen(session, "before_flush", _before_flush)
        event.listen(session, "after_flush", _after_flush)
        event.listen(session, "after_flush_postexec", _after_flush_postexec)
        event.listen(session, "after_soft_rollback", _after_rollback)
    return stage


def staged_links(
    session: Session,
    table: Table,
    rows: Iterable[dict[Column[Any], Any]],
    columns: Sequence[Column[Any]],
    wanted: set[Values],
) -> list[dict[Column[Any], Any]]:
    """Return rows of an association table as they will be after what waits has been written.

    :param columns: columns by which rows are chosen.
    :param wanted: their values.
    """
    result = list(rows)
    stage: Stage | None = session.info.get(_KEY)
    for link in () if stage is None else stage.links:
        if link.table is not table or link.owner not in session:
            continue
        if link.action == "link":
            if tuple([link.values[column] for column in columns]) in wanted:
                result.append(dict(link.values))
            continue
        found = [
            row
            for row in result
            if all(row[column] == value for column, value in link.identity.items())
        ]
        for row in found:
            if link.action == "unlink":
                result.remove(row)
            else:
                row.update(link.values)
    return result


def _before_flush(session: Session, flush_context: Any, instances: Any) -> None:
    stage = stage_of(session)
    stage.links[:] = [link for link in stage.links if link.owner in session]
    for link in stage.links:
        if link.action != "link":
            _write(session, link)
    before, stage.before[:] = list(stage.before), []
    for write in before:
        write(session)
    deletes, stage.deletes[:] = list(stage.deletes), []
    for group in deletes:
        _flush_first(session, [obj for obj in group if obj in session.deleted], delete=True)
    vacate, stage.vacate[:] = list(stage.vacate), []
    for make_room in vacate:
        make_room(session)
    saves, stage.saves[:] = list(stage.saves), []
    for group in saves:
        _flush_first(session, [obj for obj in group if obj in session.new], delete=False)
    made = [link for link in stage.links if link.action == "link"]
    waiting = [link for link in made if any(obj in session.new for obj in link.needs)]
    late = set(map(id, waiting))
    _insert(session, [link for link in made if id(link) not in late])
    stage.links[:] = waiting


def _after_flush(session: Session, flush_context: Any) -> None:
    stage = stage_of(session)
    links, stage.links[:] = list(stage.links), []
    _insert(session, links)
    late, stage.late[:] = list(stage.late), []
    for obj, values in late:
        if obj in session:
            write_columns(session, obj, values)
            stage.expire += [(obj, name) for name in values]


def _after_flush_postexec(session: Session, flush_context: Any) -> None:
    stage = stage_of(session)
    expire, stage.expire[:] = list(stage.expire), []
    for obj, name in expire:
        if obj in session and inspect(obj).persistent:
            session.expire(obj, [name])


def _after_rollback(session: Session, previous_transaction: Any) -> None:
    stage_of(session).clear()


def _insert(session: Session, links: list[StagedLink]) -> None:
    """Insert rows, those of one table together."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for link in links:
        values = {column.key: own(value) for column, value in link.values.items()}
        groups.setdefault((link.table, *values), []).append(values)
    for (table, *_), rows in groups.items():
        session.execute(insert(table), rows, bind_arguments=bound_to(table))


def _write(session: Session, link: StagedLink) -> None:
    """Delete or change a row."""
    found = and_(*(column == value for column, value in link.identity.items()))
    statement: Any
    if link.action == "unlink":
        statement = delete_from(link.table).where(found)
    else:
        statement = update(link.table).where(found).values(link.values)
    session.execute(statement, bind_arguments=bound_to(link.table))


def write_columns(session: Session, obj: Any, values: dict[str, Any]) -> None:
    """Write columns of a row at once, past its object.

    :param values: by attribute.
    """
    state = inspect(obj)
    mapper = state.mapper
    key = state.identity or mapper.primary_key_from_instance(obj)
    names = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    identity = dict(zip(names, key, strict=True))
    for table in mapper.tables:
        chosen = {
            column: values[prop.key]
            for prop in mapper.column_attrs
            if prop.key in values
            for column in prop.columns
            if isinstance(column, Column) and column.table is table
        }
        if not chosen:
            continue
        found = [
            column == identity[mapper.get_property_by_column(column).key]
            for column in table.primary_key.columns
        ]
        session.execute(
            update(table).where(*found).values(chosen), bind_arguments={"mapper": mapper}
        )


def _flush_first(session: Session, objects: list[Any], *, delete: bool) -> None:
    """Delete or insert objects before anything else is flushed.

    The unit of work deletes last, which is too late where a deleted row has a unique value that
    another one needs; and it does not know of foreign keys without a relationship.  This is what
    ``Session.flush()`` does, for these objects.
    """
    if not objects:
        return
    context = UOWTransaction(session)
    for obj in objects:
        context.register_object(attributes.instance_state(obj), isdelete=delete)
    transaction = session._autobegin_t()._begin()
    context.transaction = transaction
    try:
        context.execute()
        context.finalize_flush_changes()
        transaction.commit()
    except BaseException:
        transaction.rollback(_capture_exception=True)
        raise
