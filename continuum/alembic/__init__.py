"""Migrations that carry history along: autogenerate for triggers, and operations on them.

In ``env.py``::

    from continuum.alembic import versioned_metadata

    target_metadata = versioned_metadata(Base.metadata)
"""

from __future__ import annotations

import alembic  # noqa: F401 - it loads its plug-ins, this one among them, and has to come first

from continuum.alembic.plugin import versioned_metadata

__all__ = ["versioned_metadata"]
