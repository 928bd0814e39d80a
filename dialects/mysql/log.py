"""Names and fragments that belong to one transaction table."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy.types import JSON

from continuum.dialects.mysql.text import MOMENT
from continuum.dialects.mysql.text import digest
from continuum.dialects.mysql.text import joined_name
from continuum.dialects.mysql.text import literal
from continuum.dialects.mysql.text import quote
from continuum.dialects.mysql.text import table_digest
from continuum.dialects.mysql.text import table_name
from continuum.dialects.spec import ContextColumn
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName
from continuum.dialects.spec import resolve_log
from continuum.dialects.spec import storage_type


class LogNames:
    """Names and fragments that belong to one transaction table.

    :param log: the transaction table, with its real schema where that is known.
    :param home: schema in which the text will be looked at; names in it are not qualified.
    """

    def __init__(self, log: LogSpec, home: str | None) -> None:
        self.spec = log
        self.home = home
        self.table = self.qualified(log.table)
        self.id = quote(log.id)
        slug = re.sub(r"[^A-Za-z0-9_]", "_", log.prefix)[:20]
        # Two logs may share a prefix when they stand in different schemas (one for each tenant),
        # and one session can write into both.
        self.kept = log.protected or log.append_only
        self.slot = f"{slug}_{digest([log.table.schema, log.table.name, log.prefix])}"

    def qualified(self, table: TableName) -> str:
        return table_name(replace(table, schema=None) if table.schema == self.home else table)

    def name(self, helper: str) -> str:
        return joined_name(self.spec.prefix, helper)

    def helper(self, helper: str) -> str:
        return self.qualified(TableName(self.name(helper), self.spec.table.schema))

    def variable(self, name: str) -> str:
        return f"@`{self.slot}_{name}`"

    @property
    def unit(self) -> str:
        """Number of the unit that SQLAlchemy has announced, NULL without one."""
        return self.variable("unit")

    @property
    def context(self) -> str:
        """The published context."""
        return self.variable("context")

    @property
    def paused(self) -> str:
        """Tables that are not recorded at the moment."""
        return self.variable("paused")

    @property
    def current(self) -> str:
        """Id of the running transaction, once it has one."""
        return self.variable("id")

    @property
    def owner(self) -> str:
        """The unit that ``current`` belongs to."""
        return self.variable("owner")

    @property
    def moment(self) -> str:
        """Start of the statement in which ``current`` was looked at last."""
        return self.variable("moment")

    @property
    def gaps(self) -> str:
        """Set when the transaction has ended versions without writing successors."""
        return self.variable("gaps")

    @property
    def looked_at(self) -> str:
        """True when ``current`` has been looked at in this statement, as a client may tell.

        Numbers are compared: MySQL resolves a statement once for all executions, with the type that
        a variable of the session has at that moment, and keeps what it converts (``NOW()``, too).
        """
        return f"CAST({self.moment} AS SIGNED) <=> {MOMENT}"

    @property
    def usual(self) -> str:
        """True when the id of the transaction is known, and nothing is paused.

        Most rows ask nothing else: each part of a test is paid for by every row.
        """
        if self.kept:
            return "FALSE"
        return f"{self.current} IS NOT NULL AND {self.paused} IS NULL AND {self.looked_at}"

    @property
    def running(self) -> str:
        """The table that says what a transaction is, where variables are not believed.

        Clients have no rights on it, and its rows are rolled back with what they speak of.
        """
        return self.helper("running")

    def identify(self) -> str:
        """Correct ``tx``, which is declared as the id that the session knows, NULL without one.

        The start of the statement is remembered, so that its other rows need not ask again.  A
        client can stop that clock (``SET timestamp``, as replayed logs do), and its statements
        could not be told apart; when it looks like that, every row asks.
        """
        if self.kept:
            return f"CALL {self.helper('resolve')}();\nSET tx = {self.current};"
        return f"""
IF NOT ({self.looked_at}) THEN
  IF {self.unit} = {self.owner} THEN
    SELECT MAX(l.{self.id}) INTO tx FROM {self.table} AS l WHERE l.{self.id} = tx;
    SET {self.current} = tx, {self.moment} = {self.trusted(MOMENT)};
  ELSE
    CALL {self.helper("resolve")}();
    SET tx = {self.current};
  END IF;
END IF;
"""

    def trusted(self, moment: str) -> str:
        """The start of the statement, NULL when the clock seems to stand still."""
        return (
            f"IF(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) BETWEEN 0 AND 1000000"
            f" AND {moment} % 1000000 <> 0, {moment}, NULL)"
        )

    def begin(self) -> str:
        """Give the transaction its row, if it has none, and set ``tx``."""
        return (
            f"IF tx IS NULL THEN\n"
            f"  CALL {self.helper('begin')}();\n"
            f"  SET tx = {self.current};\nEND IF;"
        )


@lru_cache(maxsize=64)
def slots(log: LogSpec) -> tuple[LogNames, ...]:
    """Return the variables of a log, and of triggers that were made before its schema was known."""
    if log.table.schema is None:
        return (LogNames(log, None),)
    return LogNames(log, None), LogNames(resolve_log(log, lambda _: None), None)


def context_sets(columns: Sequence[ContextColumn], context: str) -> str:
    """Assignments that take over what the context names and leave the rest alone."""
    assignments = []
    for column in columns:
        path = literal(f"$.{json.dumps(column.key)}")
        document = context if context == "context" else f"CONVERT({context} USING utf8mb4)"
        found = f"JSON_EXTRACT({document}, {path})"
        value = found
        if not isinstance(storage_type(column.type), JSON):
            value = f"JSON_UNQUOTE({found})"
        name = f"l.{quote(column.name)}"
        assignments.append(
            f"{name} = IF(JSON_CONTAINS_PATH({document}, 'one', {path}),"
            f" IF(JSON_TYPE({found}) = 'NULL', NULL, {value}), {name})"
        )
    return ",\n    ".join(assignments)


def paused_digests(tables: Iterable[TableName]) -> str:
    """Return what a pause of these tables adds to the list of pauses."""
    digests = [
        table_digest(known)
        for table in tables
        for known in dict.fromkeys((table, replace(table, schema=None)))
    ]
    return "".join(f"{digest}," for digest in digests)


def unit_number(token: str) -> int:
    """Return the number of a unit: variables that hold numbers have no collation to clash."""
    return int.from_bytes(hashlib.sha256(token.encode("utf-8")).digest()[:8]) >> 1
