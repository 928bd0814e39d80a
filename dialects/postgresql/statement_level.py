"""Triggers that fire once for each statement and look at all of its rows together.

The usual case of many rows is one statement on the history.  Rows that are not in the usual case
(a version of the running transaction is there already, a gap, a key that changed, a pause) are
taken one by one, with the very text of the row triggers; so are all rows of a small statement.

A row trigger of the user can change the rows again.  Statement triggers fire for what it does
before they fire for what it fires for, so they leave a note: the outer ones then take each row as
it is by now.

PostgreSQL plans each statement once, maybe when the tables are empty.  So nothing is left to its
estimates: old and new rows are paired by a FULL JOIN, which cannot be a nested loop; versions are
probed one by one through the key, and ended by their address (their id is tested in a way that no
index serves).
"""

from __future__ import annotations

import json

from continuum.dialects.postgresql.filtered import FilteredRecorder
from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import indent
from continuum.dialects.postgresql.names import kept
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import tidy
from continuum.dialects.postgresql.recorder import Recorder
from continuum.dialects.spec import TriggerSpec

FEW = 8
"""Statements with fewer rows are recorded row by row: that is what a plan of this kind costs."""

OTHER_WRITER = "40001"
"""SQLSTATE when somebody ended a version between its being found and being ended."""

NOT_ALONE = "CN008"
"""SQLSTATE when a table has partitions or descendants, or is one."""

_TRANSITION = {
    "AFTER INSERT": "REFERENCING NEW TABLE AS new_rows ",
    "AFTER UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ",
    "AFTER DELETE": "REFERENCING OLD TABLE AS old_rows ",
}

_KIND, _OLD, _NEW, _VERSION = (
    quote(f"continuum {name}") for name in ("kind", "old", "new", "version")
)


class StatementRecorder(Recorder):
    """Text of the functions and triggers of a table that is recorded statement by statement."""

    def __init__(self, spec: TriggerSpec) -> None:
        super().__init__(spec)
        # The plans hold whatever the tables contain, so they are not to be compiled for their
        # estimates either.
        self.settings += "\nSET enable_bitmapscan TO off\nSET jit TO off"

    def fired(self, event: str) -> str:
        """When a trigger fires, and what it is shown."""
        return f"{_TRANSITION.get(event, '')}FOR EACH STATEMENT"

    def before(self) -> list[str]:
        """Refuse a table whose rows can be written through another one."""
        message = literal(
            f"table {self.spec.table} is partitioned or takes part in table inheritance: "
            "a statement trigger does not see what is written through another table"
        )
        table = literal(self.live)
        return [
            f"""DO $continuum$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_class AS c
      WHERE c.oid = {table}::pg_catalog.regclass AND (c.relkind = 'p' OR c.relispartition))
    OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS i
      WHERE {table}::pg_catalog.regclass IN (i.inhrelid, i.inhparent)) THEN
    RAISE EXCEPTION USING ERRCODE = '{NOT_ALONE}', MESSAGE = {message};
  END IF;
END
$continuum$"""
        ]

    # what is wanted of a row, in the statements on many

    def chosen(self, operation: str, row: str, old: str | None) -> str | None:
        """A test of what is recorded at all; ``None``: each row has to be looked at."""
        return None if self.tracked else "true"

    # fragments

    def pairs(self) -> str:
        """Old and new rows side by side, by their keys."""
        return f"old_rows AS o FULL JOIN new_rows AS n ON ({self.same_key()})"

    def same_key(self) -> str:
        """A test that is true for the old and the new row of a pair."""
        keys = [quote(name) for name in self.spec.key]
        return " AND ".join(f"o.{key} {self.equals} n.{key}" for key in keys)

    def kind(self) -> str:
        key = quote(self.spec.key[0])
        return f"CASE WHEN o.{key} IS NULL THEN 0 WHEN n.{key} IS NULL THEN 2 ELSE 1 END"

    def differing(self) -> str:
        """A test for pairs of which anything is stored."""
        key = quote(self.spec.key[0])
        columns = (*self.inexact_key, *self.spec.value_columns)
        tests = [f"o.{key} IS NULL", f"n.{key} IS NULL"]
        if columns:
            tests.append(self.differ(columns, "o", "n"))
        return " OR ".join(tests)

    def counting(self, old: str, new: str) -> str:
        """A test for pairs that make a version."""
        return f"({self.differ((*self.inexact_key, *self.spec.counting_columns), old, new)})"

    def image(self, row: str) -> str:
        """A row as a value of the table's type."""
        return f"ROW({row}.*)::{self.live}"

    def probe(self, row: str, condition: str) -> str:
        """The address of the newest version of a row, if it meets the condition."""
        end = "" if self.end is None else f" h.{self.end} AS ended,"
        return f"""
LEFT JOIN LATERAL (
  SELECT v.address
    FROM (SELECT h.ctid AS address, h.{self.tx} AS began,{end} h.{self.operation} AS operation
            FROM {self.history} AS h WHERE {self.newest(row)}) AS v
   WHERE {condition}) AS l ON true
"""

    def followed(self, row: str, test: str) -> str:
        """A test of the newest version that the usual statement can replace."""
        if self.end is not None:
            return f"v.began < tx AND v.ended IS NULL AND {test}"
        # Without ends, a version that is not as the row was means a gap.
        known = self.differ(
            (*self.inexact_key, *self.spec.counting_columns), "g", row, old_is_history=True
        )
        return (
            f"v.began < tx AND {test} AND EXISTS (SELECT FROM {self.history} AS g\n"
            f"     WHERE {self.match(row, 'g')} AND g.{self.tx} = v.began AND NOT ({known}))"
        )

    def replace_many(self, operation: int, probe: str, rest: str) -> str:
        """End the newest version of many rows, write the next, and show what is left to do."""
        names, values = self.version("r", operation, "tx", "NULL")
        chosen = f"r.{_VERSION} IS NOT NULL"
        closed, others, check = "", "", ""
        if self.end is not None:
            # Wide rows do not fit into memory: they are read once to see what was found.
            closed = f"""
found AS MATERIALIZED (
  SELECT pg_catalog.array_agg(r.{_VERSION}) FILTER (WHERE {chosen}) AS versions,
         pg_catalog.count(r.{_VERSION}) AS number, pg_catalog.count(*) AS rows
    FROM probe AS r
),
closed AS (
  UPDATE {self.history} AS h SET {self.ended("tx")}
   WHERE h.ctid = ANY ((SELECT f.versions FROM found AS f)::pg_catalog.tid[])
     AND h.{self.end} IS NULL AND (h.{self.tx} < tx) IS TRUE
  RETURNING 1
),
"""
            others = " AND (SELECT f.number < f.rows FROM found AS f)"
            check = """
UNION ALL SELECT 3, NULL, NULL
 WHERE (SELECT pg_catalog.count(*) FROM closed) <> (SELECT f.number FROM found AS f)
"""
        return f"""
WITH probe AS MATERIALIZED (
{indent(tidy(probe), 2)}
),
{closed.strip()}
written AS (
  INSERT INTO {self.history} ({", ".join(names)})
  SELECT {", ".join(values)} FROM probe AS r WHERE {chosen}
){self.note_many(chosen)}
SELECT {rest} FROM probe AS r WHERE r.{_VERSION} IS NULL{others}
{check.strip()};
"""

    def note_many(self, chosen: str) -> str:
        """Note the kinds of objects that many versions are about."""
        changes = self.spec.changes
        if changes is None:
            return ""
        table = qualified(changes.table)
        id_, entity = quote(changes.transaction_column), quote(changes.entity_column)
        kind = self.rendered(changes.entity, "r")
        return f""",
noted AS (
  INSERT INTO {table} ({id_}, {entity})
  SELECT DISTINCT tx, {kind} FROM probe AS r
   WHERE {chosen} AND NOT EXISTS (SELECT FROM {table} AS c
     WHERE c.{id_} = tx AND c.{entity} OPERATOR(pg_catalog.=) {kind})
)"""

    # triggers that change the table again

    def declare(self) -> str:
        """Declare the variables of an event."""
        return (
            f"{super().declare()}\n"
            "  nested boolean := pg_catalog.pg_trigger_depth() > 1;\n"
            "  late boolean := false;\n"
            "  usual boolean;"
        )

    def look_around(self) -> str:
        """Find out whether triggers have recorded changes that came later, and leave that note."""
        return f"""
IF {self.log.read("_nested")} <> '' THEN
  late := {self.log.read("_nested")} = {ME}::text;
END IF;
IF nested THEN
  {self.log.write(f"{ME}::text", "_nested")}
END IF;
"""

    def early(self, row: str) -> str:
        """A name for the key of a row."""
        table = json.dumps([self.spec.table.schema, self.spec.table.name])
        keys = ", ".join(f"{row}.{quote(name)}" for name in self.row_key)
        return f"{literal(table)} || pg_catalog.jsonb_build_array({keys})::text"

    def note_early(self, row: str) -> str:
        """Note that history was begun with a row that the outer statement may know better."""
        return f"""
IF nested THEN
  {
            self.log.write(
                f"(COALESCE(NULLIF({self.log.read('_early')}, ''), '{{}}')::jsonb"
                f" || pg_catalog.jsonb_build_object({self.early(row)},"
                " pg_catalog.statement_timestamp()))::text",
                "_early",
            )
        }
END IF;
"""

    def baseline(self, row: str) -> str:
        """Write the old image of a row that is older than its history."""
        return f"{self.note_early(row).strip()}\n{super().baseline(row)}"

    def resume(self, row: str) -> str:
        """Write the old image of a row whose history was interrupted."""
        return f"{self.note_early(row).strip()}\n{super().resume(row)}"

    def take_up(self, found: str) -> str:
        """Read a row as it is by now; what was begun with a later image is begun anew.

        :param found: what to do then.
        """
        begun = f"h.{self.tx} = 0" if self.end is None else f"h.{self.end} = tx"
        early = f"NULLIF({self.log.read('_early')}, '')::jsonb"
        return f"""
IF late THEN
  IF {early} -> ({self.early("NEW")})
      = pg_catalog.to_jsonb(pg_catalog.statement_timestamp()) THEN
    tx := {self.log.function("transaction_id")}(true);
    DELETE FROM {self.history} AS h WHERE {self.match("NEW")} AND (h.{self.tx} = tx OR {begun});
    anew := true;
  END IF;
  SELECT c.* INTO present FROM {self.live} AS c WHERE {self.match_live("NEW", "c")};
{indent(found, 2)}
END IF;
"""

    # functions

    def many(self, rows: str) -> str:
        """A test that is true when a statement has many rows to be recorded."""
        return (
            "NOT paused AND NOT late AND (SELECT pg_catalog.count(*)"
            f" FROM (SELECT FROM {rows} LIMIT {FEW}) AS f) = {FEW}"
        )

    def rows_function(self, rows: str, many: str, few: str, body: str) -> str:
        """A function that goes through the rows that the usual statement leaves."""
        usual = ""
        if many:
            usual = f"""
  IF {self.many(rows)} THEN
{indent(tidy(many), 4)}
  END IF;
"""
        return f"""
#variable_conflict use_variable
DECLARE
  old {self.live}%ROWTYPE;
  new {self.live}%ROWTYPE;
  present {self.live}%ROWTYPE;
  rest refcursor;
  changed record;
  anew boolean;
  missing boolean;
  settled boolean;
{self.declare()}
BEGIN
  IF NOT EXISTS (SELECT FROM {rows}) THEN
    RETURN NULL;
  END IF;
{indent(self.ask_paused(), 2)}
{indent(self.look_around(), 2)}
{usual.strip(chr(10))}
{indent(self.hint(), 2)}
  IF rest IS NULL THEN
    OPEN rest FOR
{indent(tidy(few), 4)}
  END IF;
  LOOP
    FETCH rest INTO changed;
    EXIT WHEN NOT FOUND;
    IF changed.kind = 3 THEN
      RAISE EXCEPTION USING ERRCODE = '{OTHER_WRITER}',
        MESSAGE = 'a version was ended by another transaction while its row was changed',
        HINT = 'Run the transaction again.';
    END IF;
{indent(tidy(body), 4)}
  END LOOP;
  CLOSE rest;
  RETURN NULL;
END
"""

    def opened(self, test: str, statement: str) -> str:
        """Run the usual statement, if anything is to be recorded."""
        return f"""
IF EXISTS ({indent(tidy(test), 2).strip()}) THEN
{indent(self.open_usual(statement), 2)}
END IF;
"""

    def open_usual(self, statement: str) -> str:
        """Run the usual statement."""
        return f"""
tx := {self.log.function("transaction_id")}(true);
OPEN rest FOR
{tidy(statement)}
"""

    def any_recorded(self, counting: str, recorded: str, chosen: str) -> str:
        """Find out whether an update has pairs for the usual statement; go when nothing differs.

        Old and new rows come in the same order, so the first of each are mostly a pair, and mostly
        the answer.  Otherwise all are looked at; without a WHERE, which could fail where one side
        is missing and so turn the FULL JOIN into one that can be a nested loop.
        """
        return f"""
usual := EXISTS (SELECT FROM (SELECT f.* FROM old_rows AS f LIMIT 1) AS o,
    (SELECT f.* FROM new_rows AS f LIMIT 1) AS n
  WHERE {self.same_key()} AND {counting} AND {chosen});
IF NOT usual THEN
  SELECT pg_catalog.bool_or(CASE WHEN {self.differing()}
    THEN COALESCE({self.kind()} = 1 AND {recorded}, false) END) INTO usual
    FROM {self.pairs()};
  IF usual IS NULL THEN
    RETURN NULL;
  END IF;
END IF;
"""

    # the three events

    def insert_function(self) -> str:
        """Record the rows that a statement has inserted."""
        chosen = self.chosen("insert", "n", None)
        many = ""
        if chosen is not None:
            names, values = self.version("r", 0, "tx", "NULL")
            usual = f"NOT r.{_VERSION}"
            many = self.opened(
                f"SELECT FROM new_rows AS n WHERE {chosen}",
                f"""
WITH probe AS MATERIALIZED (
  SELECT n.*, l.known AS {_VERSION}, CASE WHEN l.known THEN {self.image("n")} END AS {_NEW}
    FROM new_rows AS n
   CROSS JOIN LATERAL (SELECT NOT ({chosen}) OR (SELECT h.{self.tx}
       FROM {self.history} AS h WHERE {self.newest("n")}) IS NOT NULL AS known OFFSET 0) AS l
),
written AS (
  INSERT INTO {self.history} ({", ".join(names)})
  SELECT {", ".join(values)} FROM probe AS r WHERE {usual}
){self.note_many(usual)}
SELECT 0 AS kind, r.{_NEW} AS after FROM probe AS r WHERE r.{_VERSION};
""",
            )
        few = f"SELECT 0 AS kind, {self.image('n')} AS after FROM new_rows AS n;"
        body = f"""
new := changed.after;
{self.take_up("CONTINUE WHEN NOT FOUND;" + chr(10) + "new := present;")}
<<event>>
BEGIN
{indent(tidy(self.on_insert()), 2)}
END event;
"""
        return self.rows_function("new_rows", many, few, body)

    def update_function(self) -> str:
        """Record the rows that a statement has updated."""
        chosen = self.chosen("update", "n", "o")
        counting = self.counting("o", "n")
        shown = f"{self.kind()} AS {_KIND}"
        many = ""
        if chosen is not None:
            # What differs at all makes a version, unless it differs in ignored columns alone.
            recorded = f"{counting} AND {chosen}" if self.spec.ignored_columns else chosen
            # A row without an old one has taken a key, whose history is looked at row by row.
            usual = self.followed("o", f"o.{quote(self.spec.key[0])} IS NOT NULL AND {recorded}")
            probe = f"""
SELECT n.*, {shown}, l.address AS {_VERSION},
       CASE WHEN l.address IS NULL THEN {self.image("o")} END AS {_OLD},
       CASE WHEN l.address IS NULL THEN {self.image("n")} END AS {_NEW}
  FROM {self.pairs()}
{self.probe("n", usual).strip()}
 WHERE {self.differing()}
"""
            rest = f"r.{_KIND} AS kind, r.{_OLD} AS before, r.{_NEW} AS after"
            many = f"""
{self.any_recorded(counting, recorded, chosen).strip()}
IF usual THEN
{indent(self.open_usual(self.replace_many(1, probe, rest)), 2)}
END IF;
"""
        few = f"""
SELECT {self.kind()} AS kind, {self.image("o")} AS before, {self.image("n")} AS after
  FROM {self.pairs()}
 WHERE {self.differing()};
"""
        # A change that was begun anew is followed by what was made of the row afterwards.
        found = """
missing := NOT FOUND;
CONTINUE WHEN missing AND NOT (anew AND changed.kind = 1);
IF changed.kind = 0 THEN
  new := present;
END IF;
"""
        body = f"""
old := changed.before;
new := changed.after;
IF changed.kind = 1 AND NOT {self.counting("OLD", "NEW")} THEN
{indent(tidy(self.on_ignored()), 2)}
  CONTINUE;
END IF;
anew := false;
settled := NOT late;
IF changed.kind <> 2 THEN
{indent(self.take_up(found), 2)}
END IF;
<<again>>
LOOP
IF changed.kind = 2 THEN
  <<event>>
  BEGIN
{indent(tidy(self.on_delete("OLD", alone=False, moved=True)), 4)}
  END event;
ELSIF changed.kind = 0 THEN
  <<event>>
  BEGIN
{indent(tidy(self.on_insert()), 4)}
  END event;
ELSE
  <<event>>
  BEGIN
{indent(tidy(self.on_update()), 4)}
  END event;
END IF;
EXIT again WHEN settled OR changed.kind <> 1;
settled := true;
IF missing THEN
  changed.kind := 2;
  old := new;
ELSE
  new := present;
END IF;
END LOOP again;
"""
        return self.rows_function("new_rows", many, few, body)

    def delete_function(self) -> str:
        """Record the rows that a statement has deleted."""
        chosen = self.chosen("delete", "o", "o")
        many = ""
        if chosen is not None:
            # What another part of the statement has inserted again was not deleted.
            gone = (
                f"v.operation <> 2 AND {chosen} AND NOT EXISTS (\n"
                f"     SELECT FROM {self.live} AS c WHERE {self.match_live('o', 'c')})"
            )
            probe = f"""
SELECT o.*, l.address AS {_VERSION},
       CASE WHEN l.address IS NULL THEN {self.image("o")} END AS {_OLD}
  FROM old_rows AS o
{self.probe("o", self.followed("o", gone)).strip()}
"""
            rest = f"2 AS kind, r.{_OLD} AS before"
            statement = self.replace_many(2, probe, rest).replace("3, NULL, NULL", "3, NULL")
            many = self.opened(f"SELECT FROM old_rows AS o WHERE {chosen}", statement)
        few = f"SELECT 2 AS kind, {self.image('o')} AS before FROM old_rows AS o;"
        body = f"""
old := changed.before;
<<event>>
BEGIN
{indent(tidy(self.on_delete("OLD", alone=False, moved=True)), 2)}
END event;
"""
        return self.rows_function("old_rows", many, few, body)


class FilteredStatementRecorder(StatementRecorder, FilteredRecorder):
    """The same for a table with ``operations`` or ``when``."""

    def chosen(self, operation: str, row: str, old: str | None) -> str | None:
        """A test of what is recorded; what is not goes one by one."""
        if operation not in self.spec.operations or super().chosen(operation, row, old) is None:
            return None
        return kept(self.condition(row, old))

    def followed(self, row: str, test: str) -> str:
        """A test of the newest version that the usual statement can replace."""
        known = "" if self.spec.when is None else " AND v.operation <> 2"
        return super().followed(row, test + known)
