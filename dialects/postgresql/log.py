"""Names and fragments of SQL that belong to one transaction table."""

from __future__ import annotations

import json
import re

from continuum.dialects.postgresql.names import ME
from continuum.dialects.postgresql.names import digest
from continuum.dialects.postgresql.names import literal
from continuum.dialects.postgresql.names import qualified
from continuum.dialects.postgresql.names import quote
from continuum.dialects.postgresql.names import shortened
from continuum.dialects.spec import LogSpec
from continuum.dialects.spec import TableName


def distance(xid: str) -> str:
    """Count the ids from that of the running transaction to another one, modulo 2^32.

    Not by ``age()``, which counts from where it was first asked in a transaction.
    """
    return f"pg_catalog.mod({xid}::text::bigint - {ME}::xid::text::bigint + 4294967296, 4294967296)"


def full(xid: str) -> str:
    """The full id, as text, of one of the transactions that began after the running one."""
    return f"({ME}::text::bigint + {distance(xid)})::text"


class Log:
    """Names and fragments that belong to one transaction table."""

    def __init__(self, log: LogSpec) -> None:
        self.spec = log
        self.table = qualified(log.table)
        self.id = quote(log.id)
        self.identity = json.dumps([log.table.schema, log.table.name])
        slug = re.sub(r"[^A-Za-z0-9_]", "_", log.prefix)[:20]
        # Two logs may share a prefix when they stand in different schemas (one for each tenant).
        self.setting = f"continuum.{slug}_{digest(self.identity)}"

    def name(self, helper: str) -> str:
        return shortened(self.spec.prefix, f"_{helper}")

    def function(self, helper: str) -> str:
        return qualified(TableName(self.name(helper), self.spec.table.schema))

    def read(self, suffix: str = "") -> str:
        return f"pg_catalog.current_setting('{self.setting}{suffix}', true)"

    def own(self, id_: str) -> str:
        """Find the row of the log with an id, provided that the running transaction wrote it.

        A row is visible before its writer commits only to the writer, in whichever of its
        subtransactions it was written.
        """
        return (
            f"{id_} AND (l.xmin = {ME}::xid\n"
            f"  OR CASE WHEN {distance('l.xmin')} < 2147483648 THEN pg_catalog.pg_xact_status(\n"
            f"    {full('l.xmin')}::xid8) = 'in progress' ELSE false END)"
        )

    def may(self, helper: str, arguments: str) -> str:
        """A test that is true when the client, whoever it pretends to be, may call a helper.

        A function that runs with its owner's rights is called by the owner as far as
        ``current_user`` tells; who connected cannot be changed but by a superuser.
        """
        signature = literal(f"{self.function(helper)}({arguments})")
        return f"pg_catalog.has_function_privilege(session_user, {signature}, 'EXECUTE')"

    def write(self, value: str, suffix: str = "") -> str:
        return f"PERFORM pg_catalog.set_config('{self.setting}{suffix}', {value}, true);"
