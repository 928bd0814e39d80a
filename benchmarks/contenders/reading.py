"""What contenders do that can show the past, and go back to it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contenders import shape
from contenders.base import Contender
from contenders.base import stopwatch


class Reader(Contender):
    """A contender that shows what was."""

    def prepare_reading(self, versions: int, rows: int, branches: int) -> None:
        """Make one object with many versions, many objects with a few, and a graph to revert."""
        Item = self.Item
        with Session(self.engine) as session:
            item = Item(**shape.row(self.columns, 1))
            session.add(item)
            session.commit()
            assert item.id == 1
            for number in range(versions - 1):
                session.get_one(Item, 1).amount = number + 2
                session.commit()
        self.prepare_past(rows)
        with Session(self.engine) as session:
            session.add(
                self.Tree(
                    id=1,
                    name="tree",
                    branches=[
                        self.Branch(name="old", leaves=[self.Leaf(name="old") for _ in range(10)])
                        for _ in range(branches)
                    ],
                )
            )
            session.commit()
        self.analyze()

    def prepare_past(self, rows: int) -> None:
        """Make so many objects, remember that point, and change them all."""
        Item = self.Item
        with Session(self.engine) as session:
            session.add_all(Item(**shape.row(self.columns, number)) for number in range(rows))
            session.commit()
            self.point = self.newest_transaction(session)
            for item in session.scalars(select(Item).where(Item.id > 1)):
                item.amount += 1
            session.commit()

    def newest_transaction(self, session: Session) -> Any:
        """Return what stands for the newest transaction when a point in time is asked for."""
        return None

    def reading(self) -> dict[str, float]:
        """List the versions of one object, walk through them, see all objects in the past."""
        taken = {}
        with Session(self.engine) as session:
            with stopwatch() as seconds:
                found = self.list_versions(session)
            taken["list"] = seconds()
            taken["listed"] = len(found)
        with Session(self.engine) as session:
            with stopwatch() as seconds:
                taken["changes"] = self.walk(session)
            taken["walk"] = seconds()
        with Session(self.engine) as session:
            with stopwatch() as seconds:
                taken["rows"] = len(self.past(session))
            taken["as of"] = seconds()
        return taken

    @abstractmethod
    def list_versions(self, session: Session) -> Any:
        """Return all versions of the object with many of them."""

    @abstractmethod
    def walk(self, session: Session) -> int:
        """Look at the changes of each version; return how many columns changed in all."""

    @abstractmethod
    def past(self, session: Session) -> Any:
        """Return all objects as they were at the point."""


class Reverter(Reader):
    """A contender that goes back to what was."""

    def reverting(self) -> dict[str, float]:
        """Change every node of a graph, and take it back."""
        with Session(self.engine) as session:
            tree = session.get_one(self.Tree, 1)
            for branch in tree.branches:
                branch.name = "new"
                for leaf in branch.leaves:
                    leaf.name = "new"
            tree.name = "changed"
            session.commit()
        with Session(self.engine) as session, stopwatch() as seconds:
            self.revert(session)
            session.commit()
        with Session(self.engine) as session:
            tree = session.get_one(self.Tree, 1)
            names = {leaf.name for branch in tree.branches for leaf in branch.leaves}
            assert tree.name == "tree"
            taken_back = names == {"old"} and {branch.name for branch in tree.branches} == {"old"}
            tree.name = "tree"
            for branch in tree.branches:
                branch.name = "old"
                for leaf in branch.leaves:
                    leaf.name = "old"
            session.commit()
        return {"revert": seconds(), "complete": float(taken_back)}

    @abstractmethod
    def revert(self, session: Session) -> None:
        """Take the graph back to its first version."""
