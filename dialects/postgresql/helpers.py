"""The functions that the tables of one transaction table share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import ARRAY
from sqlalchemy.types import JSON
from sqlalchemy.types import Enum
from sqlalchemy.types import String
from sqlalchemy.types import TypeEngine

from continuum.dialects.postgresql.log import Log
from continuum.dialects.postgresql.log import full
from continuum.dialects.postgresql.names import FORBIDDEN
from continuum.dialects.postgresql.names import INVERSION
from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import NOW
from continuum.dialects.postgresql.names import SEQUENCE_BEHIND
from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import storage_type


class Helpers:
    """Text of the functions that the tables of one log share."""

    def __init__(self, log: LogSpec) -> None:
        self.log = Log(log)
        self.spec = log

    def transaction_id(self) -> str:
        log = self.log
        named = f"l.{log.id} = pg_catalog.split_part(memo, ':', 2)::bigint"
        since = f"l.{quote(self.spec.issued_at)} >= pg_catalog.now() AT TIME ZONE 'UTC'"
        return f"""
#variable_conflict use_variable
DECLARE
  me text;
  memo text := {log.read()};
  tx bigint;
  writer xid;
BEGIN
  IF make THEN
    me := {ME}::text;
  ELSE
    me := pg_catalog.pg_current_xact_id_if_assigned()::text;
  END IF;
  IF pg_catalog.split_part(memo, ':', 1) = me THEN
    SELECT l.{log.id}, l.xmin INTO tx, writer FROM {log.table} AS l
     WHERE {indent(log.own(named), 5).strip()};
  END IF;
  IF tx IS NULL AND memo <> '' AND me IS NOT NULL THEN
    SELECT l.{log.id}, l.xmin INTO tx, writer FROM {log.table} AS l
     WHERE {indent(log.own(since), 5).strip()}
     ORDER BY l.{log.id} DESC LIMIT 1;
  END IF;
  IF tx IS NULL THEN
    IF NOT make THEN
      RETURN NULL;
    END IF;
{indent(self.make(), 4)}
  END IF;
  IF memo IS DISTINCT FROM {self.hint("tx")} THEN
    {log.write(self.hint("tx"))}
  END IF;
  RETURN tx;
END
"""

    def hint(self, id_: str) -> str:
        """What leads to the row of the transaction: its id, and its writer if that is inside."""
        inside = f"CASE WHEN writer = {ME}::xid THEN '' ELSE ':' || {full('writer')} END"
        return f"(me || ':' || {id_}::text || {inside})"

    def make(self) -> str:
        """Make the row of the running transaction, from the context if one was published."""
        log = self.log
        issued_at = quote(self.spec.issued_at)
        plain = f"""
INSERT INTO {log.table} AS l ({issued_at})
VALUES ({NOW}) RETURNING l.{log.id}, l.xmin INTO tx, writer;
"""
        if not self.spec.columns:
            return plain
        names = []
        values = []
        for column in self.spec.columns:
            given = f"(context -> {literal(column.key)}) IS NOT NULL"
            value = literal(", " + from_context(column, "$1"))
            names.append(f"CASE WHEN {given} THEN {literal(', ' + quote(column.name))} ELSE '' END")
            values.append(f"CASE WHEN {given} THEN {value} ELSE '' END")
        joined_names = "\n    || ".join(names)
        joined_values = "\n    || ".join(values)
        return f"""
DECLARE
  published text := {log.read("_context")};
  context jsonb;
BEGIN
  IF pg_catalog.split_part(published, ':', 1) = me THEN
    context := pg_catalog.substr(published, pg_catalog.length(me) + 2)::jsonb;
    EXECUTE {literal(f"INSERT INTO {log.table} AS l ({issued_at}")}
    || {joined_names}
    || {literal(f") VALUES ({NOW}")}
    || {joined_values}
    || {literal(f") RETURNING l.{log.id}, l.xmin")}
    INTO tx, writer USING context;
  ELSE
{indent(plain, 4)}
  END IF;
END;
"""

    def publish(self) -> str:
        log = self.log
        update = ""
        if self.spec.columns:
            sets = ",\n      ".join(
                f"{quote(c.name)} = CASE WHEN (context -> {literal(c.key)}) IS NOT NULL"
                f" THEN {from_context(c, 'context')} ELSE l.{quote(c.name)} END"
                for c in self.spec.columns
            )
            update = f"""
  tx := {log.function("transaction_id")}(false);
  IF tx IS NOT NULL THEN
    UPDATE {log.table} AS l SET
      {sets}
     WHERE l.{log.id} = tx;
  END IF;
"""
        return f"""
#variable_conflict use_variable
DECLARE
  context jsonb := published::jsonb;
  tx bigint;
BEGIN
  IF context IS NULL THEN
    {log.write("''", "_context")}
    RETURN;
  END IF;
  {log.write(f"{ME}::text || ':' || published", "_context")}
{update.strip(chr(10))}
END
"""

    def renumber(self) -> str:
        """Give the running transaction another id, wherever it is noted.

        Which functions do that is said by the comments on trigger functions, not by those on
        triggers: anybody can put a trigger of any name on a table of his own.
        """
        log = self.log
        if self.spec.on_inversion == "error":
            return f"""
BEGIN
  RAISE EXCEPTION USING ERRCODE = '{INVERSION}',
    MESSAGE = 'transaction ' || old_id::text
      || ' changes a row that transaction ' || beyond::text || ' has changed before it',
    HINT = 'Run the transaction again, or use on_inversion="renumber".';
END
"""
        names = ", ".join(quote(name) for name in self.spec.row_columns)
        values = ", ".join(
            NOW if name == self.spec.issued_at else f"l.{quote(name)}"
            for name in self.spec.row_columns
        )
        sides = "\n".join(
            f"  UPDATE {qualified(side.table)} AS s SET {quote(column)} = new_id"
            f" WHERE s.{quote(column)} = old_id;"
            for side in self.spec.side_tables
            for column in side.columns
        )
        return f"""
#variable_conflict use_variable
DECLARE
  me text := {ME}::text;
  new_id bigint;
  writer xid;
  recorder record;
BEGIN
  INSERT INTO {log.table} AS t ({names})
  SELECT {values} FROM {log.table} AS l WHERE l.{log.id} = old_id
  RETURNING t.{log.id}, t.xmin INTO new_id, writer;
  IF new_id <= beyond THEN
    RAISE EXCEPTION USING ERRCODE = '{SEQUENCE_BEHIND}',
      MESSAGE = 'the transaction table handed out id ' || new_id::text
        || ', but versions with id ' || beyond::text || ' exist',
      HINT = 'Set the sequence of its id beyond the highest id in use.';
  END IF;
  FOR recorder IN
    SELECT DISTINCT d.description::jsonb -> 'renumber' ->> 0 AS schema,
           d.description::jsonb -> 'renumber' ->> 1 AS name
      FROM pg_catalog.pg_trigger AS t
      JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
      JOIN pg_catalog.pg_description AS d ON d.objoid = p.oid
       AND d.classoid = 'pg_catalog.pg_proc'::regclass AND d.objsubid = 0
     WHERE t.tgname = '00_continuum_insert' AND NOT t.tgisinternal AND t.tgparentid = 0
       AND CASE WHEN pg_catalog.starts_with(d.description, '{{"continuum": ')
                THEN d.description::jsonb -> 'log' = {literal(log.identity)}::jsonb END
       AND pg_catalog.has_table_privilege(p.proowner, {literal(log.table)}::regclass, 'INSERT')
  LOOP
    EXECUTE 'SELECT ' || pg_catalog.quote_ident(recorder.schema) || '.'
      || pg_catalog.quote_ident(recorder.name) || '($1, $2, $3)'
      USING old_id, new_id, COALESCE({log.read("_gaps")} = me, false);
  END LOOP;
{sides}
  DELETE FROM {log.table} AS l WHERE l.{log.id} = old_id;
  {log.write(self.hint("new_id"))}
  RETURN new_id;
END
"""

    def pause(self) -> str:
        log = self.log
        return f"""
#variable_conflict use_variable
DECLARE
  me text := {ME}::text;
  memo text := {log.read("_paused")};
  names text := tables;
BEGIN
  IF keep AND pg_catalog.split_part(memo, ':', 1) = me THEN
    memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
    IF memo = '*' OR names = '*' THEN
      names := '*';
    ELSE
      names := (memo::jsonb || names::jsonb)::text;
    END IF;
  END IF;
  {log.write("CASE names WHEN '[]' THEN '' ELSE me || ':' || names END", "_paused")}
END
"""

    def paused(self) -> str:
        log = self.log
        return f"""
#variable_conflict use_variable
DECLARE
  me text := {ME}::text;
  memo text := {log.read("_paused")};
BEGIN
  IF pg_catalog.split_part(memo, ':', 1) IS DISTINCT FROM me THEN
    RETURN false;
  END IF;
{self._refuse_unless("pause", "text, boolean", "pause recording")}
  memo := pg_catalog.substr(memo, pg_catalog.length(me) + 2);
  RETURN memo = '*' OR pg_catalog.jsonb_exists(memo::jsonb, live);
END
"""

    def _refuse_unless(self, helper: str, arguments: str, what: str) -> str:
        """Refuse a setting that was written by hand by somebody who may not call the helper."""
        if not self.spec.protected:
            return ""
        return f"""
  IF NOT {self.log.may(helper, arguments)} THEN
    RAISE EXCEPTION USING ERRCODE = '{FORBIDDEN}',
      MESSAGE = 'role ' || session_user::text || ' may not {what}',
      HINT = 'GRANT EXECUTE ON FUNCTION ' || {literal(f"{self.log.function(helper)}({arguments})")}
        || ' to it, if it should.';
  END IF;
"""

    def unlock(self) -> str:
        """Open or close the way through for those who remove history."""
        log = self.log
        return f"""
BEGIN
  IF allowed THEN
    PERFORM {log.function("transaction_id")}(true);
    {log.write(f"{ME}::text", "_unlocked")}
  ELSE
    {log.write("''", "_unlocked")}
  END IF;
END
"""

    def functions(self) -> list[tuple[str, str, str, str]]:
        """Name, arguments, result and body of each function."""
        unlock = ("unlock", "allowed boolean", "void", self.unlock())
        return [
            *([unlock] if self.spec.append_only else []),
            ("transaction_id", "make boolean DEFAULT true", "bigint", self.transaction_id()),
            ("publish", "published text", "void", self.publish()),
            ("renumber", "old_id bigint, beyond bigint", "bigint", self.renumber()),
            ("pause", "tables text, keep boolean", "void", self.pause()),
            ("paused", "live text", "boolean", self.paused()),
        ]


def type_name(type_: TypeEngine[Any]) -> str:
    """Return the name of a type, for a cast."""
    dialect: Callable[[], Dialect] = postgresql.dialect
    return type_.compile(dialect=dialect())


def from_context(column: ContextColumn, context: str) -> str:
    """An expression for the value of a column in the published context."""
    stored = storage_type(column.type)
    key = literal(column.key)
    if isinstance(stored, JSON):
        name = type_name(stored)
        return f"NULLIF({context} -> {key}, 'null'::jsonb)::{name}"
    if isinstance(stored, String) and not isinstance(stored, Enum):
        # No cast: it would cut a long text off where an assignment refuses it.
        return f"({context} ->> {key})"
    name = type_name(stored)
    if isinstance(stored, ARRAY):
        return (
            f"CASE pg_catalog.jsonb_typeof({context} -> {key}) WHEN 'array' THEN"
            f" ARRAY(SELECT pg_catalog.jsonb_array_elements_text({context} -> {key}))::{name} END"
        )
    return f"({context} ->> {key})::{name}"
