"""The running transaction in a table of its own, where variables of the session are not believed.

Any client can set a variable.  A row of this table is written by procedures, which run with the
rights of their definer; it belongs to one connection, and is rolled back with the transaction that
it speaks of.  What a client still says by itself is where one of its own transactions begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuum.dialects.base import Server
from continuum.dialects.mysql.log import context_sets
from continuum.dialects.mysql.text import MOMENT
from continuum.dialects.mysql.text import indent

if TYPE_CHECKING:
    from continuum.dialects.mysql.helpers import Helpers
    from continuum.dialects.mysql.log import LogNames

COLUMNS = {
    "connection": "BIGINT UNSIGNED NOT NULL PRIMARY KEY",
    "owner": "BIGINT",
    "transaction_id": "BIGINT",
    "next_id": "BIGINT",
    "unlocked": "BIGINT",
    "recording": "BIGINT",
    "paused": "LONGTEXT CHARACTER SET ascii",
}
"""Columns of the table, with their types."""


def while_recording(log: LogNames, statement: str, *, found: str = "") -> str:
    """Let guards know that a statement of a trigger changes versions; its transaction has an id.

    :param found: variable that gets the number of versions that it has changed.
    """
    row, mine = f"UPDATE {log.running} AS r SET", "WHERE r.connection = CONNECTION_ID();"
    count = f"SET {found} = ROW_COUNT();\n" if found else ""
    return (
        f"{row} r.recording = r.transaction_id {mine}\n{statement}\n{count}"
        f"{row} r.recording = NULL {mine}"
    )


class Kept:
    """Text of the procedures that keep and use the table of running transactions."""

    def __init__(self, helpers: Helpers) -> None:
        self.helpers = helpers
        self.log = helpers.log

    def table(self, name: str, server: Server) -> list[str]:
        """Create the table, anew where it was made for other triggers than those of today.

        Its rows mean nothing once their transactions have ended, which the server waits for.
        """
        columns = ",\n".join(f"  {column} {type_}" for column, type_ in COLUMNS.items())
        text = f"{name} (\n{columns}\n) ENGINE=InnoDB"
        if server.facts["online"] and server.facts["running"] in (frozenset(), frozenset(COLUMNS)):
            return [f"CREATE TABLE IF NOT EXISTS {text}"]
        if server.facts["mariadb"]:
            return [f"CREATE OR REPLACE TABLE {text}"]
        return [f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {text}"]

    def resolve(self) -> str:
        """Set the variables to what is true of the running transaction."""
        log = self.log
        return f"""
DECLARE me BIGINT DEFAULT {log.unit};
DECLARE existing BIGINT;
DECLARE pauses LONGTEXT CHARACTER SET ascii;
DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
IF me IS NULL THEN
{indent(self.helpers.identify(), 2)}
END IF;
SET me = COALESCE(me, -{MOMENT});
SELECT l.{log.id}, r.paused INTO existing, pauses
  FROM {log.running} AS r LEFT JOIN {log.table} AS l ON l.{log.id} = r.transaction_id
 WHERE r.connection = CONNECTION_ID() AND r.owner = me;
SET {log.current} = existing, {log.owner} = me, {log.paused} = pauses, {log.moment} = NULL;
"""

    def note(self) -> str:
        """Note the row that the transaction has got; a pause of it stays."""
        log = self.log
        return f"""
INSERT INTO {log.running} (connection, owner, transaction_id)
VALUES (CONNECTION_ID(), {log.owner}, {log.current})
ON DUPLICATE KEY UPDATE paused = IF(owner <=> {log.owner}, paused, NULL), unlocked = NULL,
  next_id = NULL, recording = NULL, owner = {log.owner}, transaction_id = {log.current};
"""

    def renumbering(self) -> tuple[str, str]:
        """Statements before and after the transaction gets another id."""
        row = f"UPDATE {self.log.running} AS r SET"
        mine = "WHERE r.connection = CONNECTION_ID();"
        return (
            f"{row} r.next_id = new_id, r.recording = old_id {mine}\n",
            f"{row} r.transaction_id = new_id, r.next_id = NULL, r.recording = NULL,"
            f" r.unlocked = IF(r.unlocked IS NULL, NULL, new_id) {mine}\n",
        )

    def procedures(self) -> dict[str, tuple[str, str]]:
        """Arguments and body of the procedures that clients may be allowed to call."""
        log = self.log
        resolve = f"CALL {log.helper('resolve')}();"
        describe = ""
        if log.spec.columns:
            describe = f"""
SET context = {log.context};
IF {log.current} IS NOT NULL AND context IS NOT NULL THEN
  UPDATE {log.table} AS l SET {context_sets(log.spec.columns, "context")}
   WHERE l.{log.id} = {log.current};
END IF;
"""
        return {
            "publish": (
                "",
                f"DECLARE context LONGTEXT CHARACTER SET utf8mb4;\n{resolve}\n{describe}",
            ),
            "current": (
                "make BOOLEAN",
                f"{resolve}\nIF make AND {log.current} IS NULL THEN\n"
                f"  CALL {log.helper('begin')}();\nEND IF;",
            ),
            "pause": (
                "tables_paused LONGTEXT CHARACTER SET ascii, keep BOOLEAN",
                f"""
DECLARE pauses LONGTEXT CHARACTER SET ascii DEFAULT tables_paused;
{resolve}
IF keep THEN
  SET pauses = IF(COALESCE({log.paused}, '') = '*' OR pauses = '*', '*',
    CONCAT(COALESCE({log.paused}, ','), pauses));
END IF;
INSERT INTO {log.running} (connection, owner, paused)
VALUES (CONNECTION_ID(), {log.owner}, pauses)
ON DUPLICATE KEY UPDATE transaction_id = IF(owner <=> {log.owner}, transaction_id, NULL),
  owner = {log.owner}, paused = pauses;
""",
            ),
            "unlock": (
                "allowed BOOLEAN",
                f"CALL {log.helper('current')}(allowed);\n"
                f"UPDATE {log.running} AS r SET r.unlocked = IF(allowed, {log.current}, NULL)\n"
                f" WHERE r.connection = CONNECTION_ID();",
            ),
        }
