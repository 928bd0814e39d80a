"""Random sequences on tables whose history is conditional, or has columns of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy import func
from sqlalchemy import select

from continuum import version_table
from model.history import Row
from suite._support import World
from suite._support import define_article
from suite.test_random import Writing
from suite.test_random import run_machine
from suite.test_version_columns import check_end_timestamps
from suite.test_version_columns import check_flags

EXAMPLES = 6


def often(row: Row) -> bool:
    return row["hits"] is not None and row["hits"] > 1


@pytest.mark.parametrize(
    "operations",
    [("insert", "update"), ("insert", "delete"), ("insert",)],
    ids=["no-delete", "no-update", "insert-only"],
)
def test_chosen_operations(world: World, operations: tuple[str, ...]) -> None:
    classes = {
        "article": define_article(world, operations=operations),
        "comment": define_article(world, table="comment", ignore=["hits"], operations=operations),
    }
    world.create()
    run_machine(lambda: Writing(world, classes, gaps=True), EXAMPLES)


def test_rows_that_come_and_go(world: World) -> None:
    classes = {
        "article": define_article(world, when=lambda old, new: new.hits > 1),
        "comment": define_article(
            world, table="comment", when=lambda old, new: new.hits > 1, null_delete=True
        ),
    }
    for cls in classes.values():
        cls.recorded = staticmethod(often)
    world.create()
    run_machine(lambda: Writing(world, classes, gaps=True), EXAMPLES)


class WritingMore(Writing):
    """Also looks at the columns that only version tables have."""

    def compare(self) -> None:
        super().compare()
        for cls in self.classes.values():
            check_flags(self.world, cls)
            check_end_timestamps(self.world, cls)
            self.check_extra_columns(cls)

    def check_extra_columns(self, cls: Any) -> None:
        table = version_table(cls)
        with self.world.engine.connect() as connection:
            for row in connection.execute(select(table)).mappings():
                size = None if row["name"] is None else len(row["name"])
                assert (row["name_size"], row["source"]) == (size, "?")


@pytest.mark.parametrize("flags", ["columns", "mask"])
def test_columns_of_versions(world: World, flags: str) -> None:
    more: dict[str, Any] = {
        "flags": flags,
        "extra_columns": [
            (Column("name_size", Integer), lambda new: func.length(new.name)),
            Column("source", String(10), server_default="?"),
            Column("checked", Boolean(create_constraint=False)),
        ],
    }
    classes = {
        "article": define_article(world, ignore=["hits"], end_timestamp=True, **more),
        "comment": define_article(world, table="comment", strategy="subquery", **more),
    }
    world.create()
    run_machine(lambda: WritingMore(world, classes), EXAMPLES)


def test_every_option_at_once(new_world: Callable[..., World]) -> None:
    world = new_world(
        options={"transaction_column_name": "tx", "end_transaction_column_name": "ended by"}
    )
    classes = {
        "article": define_article(
            world,
            when=lambda old, new: new.hits > 1,
            flags="columns",
            flag_suffix=" changed?",
            end_timestamp=True,
            end_timestamp_column_name="ended at",
        ),
    }
    classes["article"].recorded = staticmethod(often)
    classes["comment"] = define_article(world, table="comment", flags="mask", end_timestamp=True)
    world.create()

    class Machine(Writing):
        def compare(self) -> None:
            super().compare()
            for cls in self.classes.values():
                check_flags(self.world, cls)
                check_end_timestamps(self.world, cls)

    run_machine(lambda: Machine(world, classes, gaps=True), EXAMPLES)
