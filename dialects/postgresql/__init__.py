"""Recording by triggers on PostgreSQL 14 and newer.

Each live table gets three row triggers and one for ``TRUNCATE``, each with a function of its own
beside the version table.  What several tables share stands beside the transaction table as a few
helper functions.  State of the running transaction lives in settings that are local to it, so it
follows savepoints and ends with the transaction, whoever the client is.  Such a setting can be
written by anybody, so it is only ever a hint: the id of a transaction is taken from it when the row
that it names was written by the very transaction that reads it.

Every name in the emitted text is qualified and every operator on values is PostgreSQL's own, so
that the functions do the same under any ``search_path``, the empty one included.
"""

from __future__ import annotations

from continuum.dialects.postgresql.emitter import EMITTER
from continuum.dialects.postgresql.emitter import PostgreSQLEmitter
from continuum.dialects.postgresql.names import TRIGGERS

__all__ = ["EMITTER", "TRIGGERS", "PostgreSQLEmitter"]
