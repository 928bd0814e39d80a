"""No history at all: what everything is compared with."""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy import select
from sqlalchemy.orm import Session

from contenders.reading import Reverter


class Unversioned(Reverter):
    """The tables as they are."""

    versioned = None

    def versions(self) -> int:
        return 0

    def describe(self) -> str:
        return f"SQLAlchemy {sqlalchemy.__version__}"

    def prepare_reading(self, versions: int, rows: int, branches: int) -> None:
        super().prepare_reading(1, rows, branches)
        self.listed = versions

    def list_versions(self, session: Session) -> Any:
        """Load as many plain objects as others have versions."""
        return session.scalars(
            select(self.Item).where(self.Item.id <= self.listed).order_by(self.Item.id)
        ).all()

    def walk(self, session: Session) -> int:
        """Compare each object with the one before, by hand."""
        changed, before = 0, None
        for item in self.list_versions(session):
            changed += sum(
                before is None or getattr(item, name) != getattr(before, name)
                for name in ("id", *self.names)
            )
            before = item
        return changed

    def past(self, session: Session) -> Any:
        """Load as many plain objects as others find in the past."""
        return session.scalars(select(self.Item)).all()

    def revert(self, session: Session) -> None:
        """Write the old values, by hand."""
        tree = session.get_one(self.Tree, 1)
        for branch in tree.branches:
            branch.name = "old"
            for leaf in branch.leaves:
                leaf.name = "old"
        tree.name = "tree"
