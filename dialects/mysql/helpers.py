"""Text of the procedures that the tables of one log share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from continuum.dialects.mysql.keeping import Kept
from continuum.dialects.mysql.log import LogNames
from continuum.dialects.mysql.log import context_sets
from continuum.dialects.mysql.text import MOMENT
from continuum.dialects.mysql.text import NOW
from continuum.dialects.mysql.text import indent
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import read_json
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import TriggerSpec

HELPERS = ("resolve", "begin", "renumber")
"""Stored procedures of a transaction table."""


KEPT_HELPERS = ("publish", "pause", "current", "unlock")
"""Further ones, where what a client sets by hand is not believed."""


INVERSION = "CN001"
"""SQLSTATE of an inversion of ids under ``on_inversion="error"``."""


SEQUENCE_BEHIND = "CN002"
"""SQLSTATE when the transaction table hands out ids lower than those in use."""


@dataclass(frozen=True)
class VersionTable:
    """What a renumbering has to know of a version table."""

    version_table: TableName
    transaction: str
    end: str | None
    key: tuple[str, ...]

    @classmethod
    def of(cls, spec: TriggerSpec) -> VersionTable:
        return cls(
            spec.version_table,
            spec.transaction_column,
            spec.end_column,
            tuple(column.history_name for column in spec.key_columns),
        )


class Helpers:
    """Text of the procedures that the tables of one log share.

    :param log: the transaction table, with its real schema.
    :param identity: how clients other than SQLAlchemy are told apart.
    """

    def __init__(self, log: LogSpec, identity: str) -> None:
        self.spec = log
        self.log = LogNames(log, log.table.schema)
        self.identity = identity

    def unit_table(self, name: str) -> str:
        """A table whose rows know the number of the InnoDB transaction that wrote them.

        SQLAlchemy's reflection of a database warns of the line with PERIOD, which it does not know,
        unless the word PARTITION is in it.
        """
        return (
            f"CREATE TABLE IF NOT EXISTS {name} (\n"
            "  connection BIGINT UNSIGNED NOT NULL PRIMARY KEY,\n"
            "  started BIGINT UNSIGNED GENERATED ALWAYS AS ROW START,\n"
            "  ended_PARTITION BIGINT UNSIGNED GENERATED ALWAYS AS ROW END,\n"
            "  PERIOD FOR SYSTEM_TIME (started, ended_PARTITION)\n"
            ") ENGINE=InnoDB WITH SYSTEM VERSIONING"
        )

    def identify(self) -> str:
        """Set ``me`` to a number of the running transaction; it stays NULL where none is known."""
        if self.identity == "innodb":
            # Rolled back at once: nothing stays, neither in this table nor in the server's
            # registry of transactions, and no other writer has to wait.
            return f"""
SAVEPOINT continuum_identity;
INSERT INTO {self.log.helper("unit")} (connection) VALUES (CONNECTION_ID());
SELECT -1 - CAST(u.started AS SIGNED) INTO me FROM {self.log.helper("unit")} AS u
 WHERE u.connection = CONNECTION_ID();
ROLLBACK TO SAVEPOINT continuum_identity;
RELEASE SAVEPOINT continuum_identity;
"""
        if self.identity == "performance_schema":
            return """
SELECT -1 - CAST(e.EVENT_ID AS SIGNED) INTO me
  FROM performance_schema.events_transactions_current AS e
 WHERE e.THREAD_ID = PS_CURRENT_THREAD_ID() AND e.STATE = 'ACTIVE';
"""
        return "SET me = NULL;"

    def resolve(self) -> str:
        """Set ``current`` for this statement, to NULL if its transaction has no row."""
        log = self.log
        if log.kept:
            return Kept(self).resolve()
        return f"""
DECLARE moment BIGINT DEFAULT {MOMENT};
DECLARE me BIGINT DEFAULT {log.unit};
DECLARE owner BIGINT DEFAULT {log.owner};
DECLARE tx BIGINT DEFAULT {log.current};
DECLARE existing BIGINT;
DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
IF me IS NULL THEN
{indent(self.identify(), 2)}
END IF;
IF owner = me THEN
  SELECT l.{log.id} INTO existing FROM {log.table} AS l WHERE l.{log.id} = tx;
END IF;
SET {log.current} = existing, {log.owner} = me;
SET {log.moment} = IF(me IS NULL, moment, {log.trusted("moment")});
"""

    def begin(self) -> str:
        """Make the row of the running transaction."""
        log = self.log
        note = Kept(self).note() if log.kept else ""
        context = ""
        if self.spec.columns:
            context = f"""
IF context IS NOT NULL THEN
  UPDATE {log.table} AS l SET {context_sets(self.spec.columns, "context")}
   WHERE l.{log.id} = LAST_INSERT_ID();
END IF;
"""
        return f"""
DECLARE context LONGTEXT CHARACTER SET utf8mb4 DEFAULT {log.context};
INSERT INTO {log.table} ({quote(self.spec.issued_at)}) VALUES ({NOW});
SET {log.current} = LAST_INSERT_ID(), {log.gaps} = NULL;
{note}{context}
"""

    def renumber(self, tables: Sequence[VersionTable]) -> str:
        log = self.log
        if self.spec.on_inversion == "error":
            return f"""
DECLARE running BIGINT DEFAULT {log.current};
DECLARE message VARCHAR(128) DEFAULT CONCAT('continuum: transaction ', running,
  ' changes a row that transaction ', beyond, ' has changed before it');
SIGNAL SQLSTATE '{INVERSION}' SET MESSAGE_TEXT = message;
"""
        names = ", ".join(quote(name) for name in self.spec.row_columns)
        values = ", ".join(
            NOW if name == self.spec.issued_at else f"l.{quote(name)}"
            for name in self.spec.row_columns
        )
        moves = []
        for table in tables:
            move = []
            history = log.qualified(table.version_table)
            own = quote(table.version_table.name)
            tx = quote(table.transaction)
            if table.end is not None:
                end = quote(table.end)
                same = " AND ".join(f"p.{quote(name)} = h.{quote(name)}" for name in table.key)
                move.append(
                    f"IF gaps THEN\n"
                    f"  UPDATE {history} AS p SET p.{end} = new_id WHERE p.{end} = old_id;\n"
                    f"ELSE\n"
                    f"  UPDATE {history} AS h JOIN {history} AS p ON {same}\n"
                    f"     SET p.{end} = new_id WHERE h.{tx} = old_id AND p.{end} = old_id;\n"
                    f"END IF;"
                )
            move.append(f"UPDATE {history} SET {tx} = new_id WHERE {own}.{tx} = old_id;")
            moves.append(_unless_it_has_gone(move))
        for side in self.spec.side_tables:
            moves += [
                f"UPDATE {log.qualified(side.table)} AS s SET s.{quote(column)} = new_id"
                f" WHERE s.{quote(column)} = old_id;"
                for column in side.columns
            ]
        everything = "\n".join(moves)
        noted = Kept(self).renumbering() if log.kept else ("", "")
        return f"""
DECLARE old_id BIGINT DEFAULT {log.current};
DECLARE gaps BOOLEAN DEFAULT {log.gaps};
DECLARE new_id BIGINT;
DECLARE message VARCHAR(128);
INSERT INTO {log.table} ({names}) SELECT {values} FROM {log.table} AS l WHERE l.{log.id} = old_id;
SET new_id = LAST_INSERT_ID();
IF new_id <= beyond THEN
  SET message = CONCAT('continuum: the transaction table handed out id ', new_id,
    ', but versions with id ', beyond, ' exist');
  SIGNAL SQLSTATE '{SEQUENCE_BEHIND}' SET MESSAGE_TEXT = message;
END IF;
{noted[0]}{everything}
DELETE FROM {log.table} WHERE {quote(self.spec.table.name)}.{log.id} = old_id;
{noted[1]}SET {log.current} = new_id;
"""


def helpers_of(log: LogSpec) -> tuple[str, ...]:
    """Return the procedures of a transaction table."""
    return (*HELPERS, *KEPT_HELPERS) if LogNames(log, None).kept else HELPERS


def _unless_it_has_gone(statements: Sequence[str]) -> str:
    """Let statements about one version table do nothing once the table has been dropped.

    A procedure outlives it, and a script (``alembic upgrade --sql``) names all that there may be.
    """
    handler = "DECLARE CONTINUE HANDLER FOR SQLSTATE '42S02' BEGIN END;"
    body = "\n".join([handler, *statements])
    return f"BEGIN\n{indent(body, 2)}\nEND;"


def helper_comment(comment: str | None) -> dict[str, Any]:
    """Read the comment on a procedure of ours."""
    value = read_json(comment)
    return value if "continuum" in value else {}
