"""Which processor works for whom: contenders have the first one, servers the others.

Left alone, the system lets a client and its server share a processor for a while, and then not: for
short statements that makes more of a difference than any trigger does, and not for all contenders
at the same time.
"""

from __future__ import annotations

import os

FIRST = "BENCH_PROCESSOR"
"""Variable that tells contenders which processor is theirs; without it they have any."""


def divide() -> None:
    """Keep the first processor free for contenders: whatever is started from now on, too.

    Does nothing where there is only one, or where the system cannot do that.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    first, *others = sorted(os.sched_getaffinity(0))
    if others:
        os.environ[FIRST] = str(first)
        os.sched_setaffinity(0, others)


def take_first() -> None:
    """Run on the processor of contenders, in the process of one of them."""
    if FIRST in os.environ:
        os.sched_setaffinity(0, {int(os.environ[FIRST])})
