"""Recording by triggers on SQLite 3.35 and newer.

SQLite has neither procedures nor variables: each trigger holds everything, as statements whose
conditions stand in their ``WHERE``.  What belongs to the running transaction stands in a table of
one row, the *state*, in each database file with recorded tables.  As it is data, it follows
savepoints and is gone after a rollback by itself.

Who writes through SQLAlchemy puts a token into the state (a *unit*) and takes it out before the
commit.  A commit that went past SQLAlchemy would leave it there, to be believed by every later
writer.  So a unit is believed only while something stands beside it that no commit survives: where
foreign keys are enforced, a deferred one on the state that is violated as long as the unit runs, so
that such a commit fails; elsewhere the setting ``defer_foreign_keys``, which SQLite switches off at
the end of every transaction.

SQLite shows a trigger nothing else by which it could tell one transaction from another.  Other
clients therefore get a transaction row for each tick of the clock (a millisecond), which stands
still within a statement.

Only one transaction at a time can write to a database file, so ids and commits have one order.
"""

from __future__ import annotations

from continuum.dialects.sqlite.emitter import EMITTER

__all__ = ["EMITTER"]
