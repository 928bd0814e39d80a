"""A hierarchy of joined tables on MariaDB and MySQL, recorded past SQLAlchemy's mappers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import Integer
from sqlalchemy import String

from continuum.dialects.spec import Cascade
from continuum.dialects.spec import TableName
from model import history as rule
from mysql_support import Lab
from mysql_support import Recorded

LEVELS = {"dog": "animal", "puppy": "dog", "cat": "animal"}
"""The lower tables, with the table that the foreign key of each refers to."""


@dataclass
class Hierarchy:
    """An animal is a dog, a puppy (which is a dog, too) or a cat."""

    lab: Lab
    levels: dict[str, Recorded]

    @classmethod
    def on(
        cls,
        lab: Lab,
        *,
        ends: bool = True,
        cascading: bool = False,
        install: bool = True,
        **options: Any,
    ) -> Hierarchy:
        """Create the tables and their triggers.

        :param ends: the version tables have end columns.
        :param cascading: deleting a row deletes the rows that refer to it.
        """
        end = "end_transaction_id" if ends else None
        levels = {
            "animal": lab.record(
                (("id", Integer()), ("name", String(20)), ("age", Integer())),
                name="animal",
                install=False,
                generated_key=True,
                end_column=end,
                **options,
            )
        }
        for name, above in LEVELS.items():
            action = "CASCADE" if cascading else None
            schema = lab.log.table.schema
            cascades = [
                Cascade(
                    TableName(parent, schema),
                    TableName(child, schema),
                    ((f"{child}_id", f"{parent}_id" if parent != "animal" else "id"),),
                    on_delete=action,
                )
                for child, parent in LEVELS.items()
                if cascading and child in (name, above)
            ]
            above_key = "id" if above == "animal" else f"{above}_id"
            schema_prefix = f"{schema}." if schema else ""
            levels[name] = lab.record(
                ((f"{name}_id", Integer()), (f"{name}_note", String(20))),
                key=(f"{name}_id",),
                name=name,
                install=False,
                end_column=end,
                cascades=tuple(cascades),
                further=[
                    ForeignKeyConstraint(
                        [f"{name}_id"],
                        [f"{schema_prefix}{above}.{above_key}"],
                        ondelete=action,
                    )
                ],
            )
        lower = tuple(levels[name].spec for name in LEVELS)
        root = replace(levels["animal"].spec, lower=lower)
        levels["animal"].spec = root
        for name in LEVELS:
            levels[name].spec = replace(levels[name].spec, root=root)
        if install:
            lab.install()
        return cls(lab, levels)

    @property
    def root(self) -> Recorded:
        """The table of all animals."""
        return self.levels["animal"]

    def run(self, *statements: str) -> None:
        """Run statements in one announced transaction."""
        self.root.run(*statements)

    def state(self, connection: Any) -> dict[str, rule.Rows]:
        """Return the rows of all levels, as the model of history takes them.

        To the model a change of any level is one of the root.
        """
        rows = {name: level.rows_seen_by(connection) for name, level in self.levels.items()}
        for key, row in rows["animal"].items():
            row["lower"] = repr([rows[name].get(key) for name in LEVELS])
        return rows

    def model(self) -> rule.History:
        """Return a model of what is to be recorded."""
        tables = {name: level.rule for name, level in self.levels.items()}
        root = tables["animal"]
        tables["animal"] = replace(root, counting=(*root.counting, "lower"))
        return rule.History(tables)

    def versions(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all versions, with the numbers of transactions in their order."""
        return {name: _short(level.versions()) for name, level in self.levels.items()}

    def expected(self, model: rule.History) -> dict[str, list[tuple[Any, ...]]]:
        """Return the versions that the model knows."""
        return {name: _short(model.versions(name)) for name in self.levels}

    def story(self, name: str) -> list[tuple[Any, ...]]:
        """Return the versions of one level: key, operation, from, to and values."""
        return _short(self.levels[name].versions())


def _short(versions: Sequence[rule.Version]) -> list[tuple[Any, ...]]:
    return [
        (
            *version.key,
            version.operation,
            version.transaction,
            version.end,
            *(
                value
                for name, value in version.values.items()
                if name != "lower" and not name.endswith("id")
            ),
        )
        for version in versions
    ]
