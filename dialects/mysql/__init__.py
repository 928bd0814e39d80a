"""Recording by triggers on MariaDB 10.6 and MySQL 8.0, and newer.

Each live table gets row triggers; what all tables of one transaction table share stands beside it
as a few stored procedures.  State of the running transaction lives in user variables of the
session.  They outlive transactions and rolled-back savepoints, so that what they say is never
believed as such: the id of a transaction counts only for the unit of work it was made in, and while
its row exists.  The unit is named by SQLAlchemy; for other clients it is asked for once in each
statement, from the best source that the server has (:meth:`MySQLEmitter.identity`).

What a plain ``SELECT`` in a trigger sees depends on the isolation level and on the binary log, so
that it is only used to guess: the statement that relies on the guess checks it.  A search that
locks (``FOR UPDATE``) comes after a wrong guess.  It is not the first choice, because under
REPEATABLE READ it locks gaps that other rows' versions belong into, and concurrent writers
deadlock.

Triggers and procedures keep the ``sql_mode`` and character set of the session that made them.  The
text means the same under all of them: names in backticks, ASCII literals without backslashes, no
``||``.  A name without a schema is looked up in the schema of the trigger, so that the copy of
a database never writes into the original.
"""

from __future__ import annotations

from continuum.dialects.mysql.emitter import EMITTER
from continuum.dialects.mysql.emitter import MySQLEmitter
from continuum.dialects.mysql.helpers import HELPERS
from continuum.dialects.mysql.installing import SQL_MODE

__all__ = ["EMITTER", "HELPERS", "SQL_MODE", "MySQLEmitter"]
