"""Who takes part: each contender records the history of the same tables in its own way.

A contender lives in a process of its own (``worker``) with a database of its own in the same
server, so that none pays for another one's listeners, caches or tables, and so that the same
library can take part compiled and uncompiled.  ``arena`` gives them the same work in turns.

Nothing here imports the library under test but ``ours``: peers run in an environment of their own.
"""
