"""What versions carry beside the columns of their table, kept by triggers on the version table.

They fire whenever a version is finished, whichever trigger has written it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuum.dialects.spec import ColumnSpec
from continuum.dialects.spec import TriggerSpec
from continuum.dialects.sqlite.text import literal
from continuum.dialects.sqlite.text import quote

if TYPE_CHECKING:
    from continuum.dialects.sqlite.finishing import Finishing
    from continuum.dialects.sqlite.finishing import Trigger


def has_flags(spec: TriggerSpec) -> bool:
    """Say whether versions tell which columns they changed."""
    return spec.mask is not None or any(column.flag for column in spec.columns)


class Notes:
    """The triggers on one version table that keep flags, times and the kinds of objects."""

    def __init__(self, own: Finishing) -> None:
        self.own = own
        self.spec = own.spec

    def triggers(self) -> dict[str, Trigger]:
        """Return event, condition and body of each trigger, by kind."""
        own = self.own
        found: dict[str, Trigger] = {}
        note = "\n".join(text for text in (self._flags(), self._changes()) if text)
        if note:
            finished = f"NEW.{own.operation} <= 2"
            found["note_born"] = ("AFTER INSERT", finished, note)
            found["note_written"] = (f"AFTER UPDATE OF {own.operation}", finished, note)
        if self.spec.end_timestamp_column is not None:
            end, body = f"NEW.{own.end}", self._end_timestamp()
            found["end_born"] = ("AFTER INSERT", f"{end} IS NOT NULL", body)
            found["end_moved"] = (f"AFTER UPDATE OF {own.end}", f"{end} IS NOT OLD.{own.end}", body)
        return found

    def _end_timestamp(self) -> str:
        own, log = self.own, self.spec.log
        assert self.spec.end_timestamp_column is not None
        return (
            f"UPDATE {own.history} SET {quote(self.spec.end_timestamp_column)} ="
            f" (SELECT t.{quote(log.issued_at)} FROM {quote(log.table.name)} AS t"
            f" WHERE t.{quote(log.id)} = NEW.{own.end})\n WHERE {own.mine};"
        )

    def _flags(self) -> str:
        """Compare a version with the one before it, unless the row was not there before."""
        if not has_flags(self.spec):
            return ""
        own = self.own
        names, values = [], []
        for column in self.spec.value_columns:
            if column.flag is not None:
                names.append(quote(column.flag))
                values.append(self._changed(column))
        if self.spec.mask is not None:
            names.append(quote(self.spec.mask.column))
            values.append(self._mask(self.spec.mask.catalog.name))
        before = f"{own.match_version('p')} AND p.{own.tx} = {own.previous}"
        if own.end is not None:
            before += f" AND p.{own.end} = NEW.{own.tx}"
        return (
            f"UPDATE {own.history} SET ({', '.join(names)}) = (SELECT {', '.join(values)}\n"
            f"  FROM (SELECT 1) AS one LEFT JOIN {own.history} AS p ON {before}"
            f" AND p.{own.operation} <> 2)\n WHERE {own.mine};"
        )

    def _changed(self, column: ColumnSpec) -> str:
        """A test of a column against the version before it, ``p``, if there is one."""
        name = quote(column.history_name)
        return (
            f"(p.{self.own.tx} IS NULL OR p.{name} COLLATE BINARY IS NOT NEW.{name}"
            f" OR typeof(p.{name}) IS NOT typeof(NEW.{name}))"
        )

    def _mask(self, catalog: str) -> str:
        cases = " ".join(
            f"WHEN {literal(column.name)} THEN {self._changed(column)}"
            for column in self.spec.value_columns
        )
        if not cases:
            return "0"
        return (
            f"(SELECT coalesce(sum(1 << m.position), 0) FROM {quote(catalog)} AS m"
            f" WHERE m.version_table = {literal(self.spec.version_table.name)}"
            f" AND CASE m.column_name {cases} ELSE 0 END)"
        )

    def _changes(self) -> str:
        """Note the kind of the object, for a version that the running transaction has written."""
        changes, own = self.spec.changes, self.own
        if changes is None:
            return ""
        entity = self._entity("NEW")
        if self.spec.null_delete:
            last = (
                f"(SELECT {self._entity('p')} FROM {own.history} AS p"
                f" WHERE {own.match_version('p')} AND p.{own.tx} = {own.previous})"
            )
            entity = f"CASE WHEN NEW.{own.operation} = 2 THEN {last} ELSE {entity} END"
        table, transaction = quote(changes.table.name), quote(changes.transaction_column)
        kind = quote(changes.entity_column)
        return (
            f"INSERT INTO {table} ({transaction}, {kind})\n"
            f"SELECT NEW.{own.tx}, e.entity FROM (SELECT {entity} AS entity) AS e\n"
            f" WHERE NEW.{own.tx} = {own.state.read('s.transaction_id')}\n"
            f"   AND NOT EXISTS (SELECT 1 FROM {table} AS x"
            f" WHERE x.{transaction} = NEW.{own.tx} AND x.{kind} = e.entity);"
        )

    def _entity(self, row: str) -> str:
        assert self.spec.changes is not None
        names = {column.name: quote(column.history_name) for column in self.spec.columns}
        return self.spec.changes.entity.render(
            "sqlite", old=None, new=lambda name: f"{row}.{names[name]}"
        )
