"""Who takes part in what."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from dataclasses import fields

from continuum.options import Options

PEERS_PYTHON = os.environ.get("BENCH_PEERS", "")
"""The interpreter of the environment that other libraries are installed in; empty without them."""

ALL = ("sqlite", "postgresql", "mariadb", "mysql")


@dataclass(frozen=True)
class Entry:
    """A contender before it has a process.

    :param name: what it is called in results.
    :param label: what it is called in tables.
    :param target: module and class.
    :param engines: where it can take part.
    :param baseline: what it is compared with.
    :param peer: it lives in the environment of the peers.
    :param pure: its process must not use compiled modules.
    :param most_rows: statements for more rows than this are not asked of it.
    """

    name: str
    label: str
    target: str
    engines: tuple[str, ...] = ALL
    baseline: str = "unversioned"
    peer: bool = False
    pure: bool = False
    most_rows: int = 10_000_000

    @property
    def python(self) -> str:
        """The interpreter to run it with."""
        return PEERS_PYTHON if self.peer else sys.executable

    @property
    def available(self) -> bool:
        """Whether it can run in this environment."""
        return bool(self.python)


UNVERSIONED = Entry("unversioned", "no history", "contenders.unversioned:Unversioned")
HANDWRITTEN = Entry("handwritten", "triggers by hand", "contenders.handwritten:HandWritten")
OURS = Entry("ours", "**Continuum**, triggers", "contenders.ours:Triggers")
OURS_PURE = Entry(
    "ours-pure", "**Continuum**, triggers, uncompiled", "contenders.ours:Triggers", pure=True
)
OURS_STATEMENT = Entry(
    "ours-statement",
    "**Continuum**, statement triggers",
    "contenders.ours:StatementTriggers",
    ("postgresql",),
)
OURS_SUBQUERY = Entry(
    "ours-subquery",
    "**Continuum**, triggers, strategy subquery",
    "contenders.ours:WithoutEnds",
    ("mariadb", "mysql"),
)
OURS_UNENFORCED = Entry(
    "ours-unenforced",
    "**Continuum**, triggers, references not enforced",
    "contenders.ours:Unenforced",
    ("sqlite",),
)
OURS_ORM = Entry("ours-orm", "**Continuum**, ORM recorder", "contenders.ours:InsideTheORM")
OURS_ORM_PURE = Entry(
    "ours-orm-pure",
    "**Continuum**, ORM recorder, uncompiled",
    "contenders.ours:InsideTheORM",
    pure=True,
)
PEERS = (
    Entry(
        "sqlalchemy-continuum",
        "SQLAlchemy-Continuum",
        "contenders.peers:SQLAlchemyContinuum",
        peer=True,
    ),
    Entry(
        "sqlalchemy-continuum-native",
        "SQLAlchemy-Continuum, native",
        "contenders.peers:SQLAlchemyContinuumNative",
        ("postgresql",),
        peer=True,
    ),
    Entry(
        "sqlalchemy-history", "SQLAlchemy-History", "contenders.peers:SQLAlchemyHistory", peer=True
    ),
    Entry(
        "postgresql-audit",
        "PostgreSQL-Audit",
        "contenders.peers:PostgreSQLAudit",
        ("postgresql",),
        peer=True,
        # An UPDATE of 10,000 rows had not ended after 14 minutes.
        most_rows=1_000,
    ),
    Entry(
        "system-versioned",
        "system-versioned tables",
        "contenders.peers:SystemVersioned",
        ("mariadb",),
        peer=True,
    ),
)
DJANGO = (
    Entry("django", "Django, no history", "contenders.django_peers:Django", peer=True),
    Entry(
        "django-simple-history",
        "django-simple-history",
        "contenders.django_peers:SimpleHistory",
        baseline="django",
        peer=True,
    ),
    Entry(
        "django-pghistory",
        "django-pghistory",
        "contenders.django_peers:PgHistory",
        ("postgresql",),
        baseline="django",
        peer=True,
    ),
)

_OPTIONS = {field.name for field in fields(Options)}
OURS_ALL = (OURS, *((OURS_STATEMENT,) if "level" in _OPTIONS else ()))

# Raw statements are nothing to recorders that watch the ORM.
SEES_STATEMENTS = ("postgresql-audit", "system-versioned", "sqlalchemy-continuum-native")
READERS = ("sqlalchemy-continuum", "sqlalchemy-history", "system-versioned")

LABELS = {
    entry.name: entry.label
    for entry in (
        UNVERSIONED,
        HANDWRITTEN,
        OURS,
        OURS_PURE,
        OURS_STATEMENT,
        OURS_SUBQUERY,
        OURS_UNENFORCED,
        OURS_ORM,
        OURS_ORM_PURE,
        *PEERS,
        *DJANGO,
    )
}
BASELINES = {entry.name: entry.baseline for entry in (*PEERS, *DJANGO)}


def present(engine: str, *entries: Entry) -> list[Entry]:
    """Return those that can take part with an engine in this environment."""
    return [entry for entry in entries if engine in entry.engines and entry.available]
