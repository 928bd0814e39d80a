"""Definitions stand once in a migration, and are read from there."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from continuum.alembic.definitions import freeze
from continuum.alembic.definitions import thaw
from continuum.alembic.definitions import whole
from continuum.alembic.known import known_definitions
from continuum.errors import ImproperlyConfigured
from migrations._support import Project


@pytest.fixture
def options() -> dict[str, Any]:
    return {"render_as_batch": True}


def animals(*columns: str) -> Any:
    def declare(base: Any) -> Any:
        class Animal(base):
            __tablename__ = "animal"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)
            type = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "animal"}

        class Dog(Animal):
            __tablename__ = "dog"
            id = mapped_column(ForeignKey("animal.id"), primary_key=True)
            __mapper_args__ = {"polymorphic_identity": "dog"}

        class Puppy(Dog):
            __tablename__ = "puppy"
            id = mapped_column(ForeignKey("dog.id"), primary_key=True)
            __mapper_args__ = {"polymorphic_identity": "puppy"}

        class Plan(base):
            # A table whose name is that of a thing which migrations import.
            __tablename__ = "op"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)

        for column in columns:
            setattr(Dog, column, mapped_column(String(20)))
        return Animal, Dog, Puppy, Plan

    return declare


def test_what_repeats_is_written_once(project: Project) -> None:
    project.release(animals())
    first = project.migrate()
    assert first.count("'row_columns'") == 1
    assert first.count("'table': 'animal'") == 1
    assert first.count("op.create_version_triggers({'table': 'puppy', 'root': ") == 1
    project.run(
        "INSERT INTO animal (id, type) VALUES (1, 'puppy')",
        "INSERT INTO dog (id) VALUES (1)",
        "INSERT INTO puppy (id) VALUES (1)",
    )

    project.release(animals("bark"))
    second = project.migrate()
    changed = "{'table': 'dog', 'root': versioned_animal_before}"
    assert second.count(changed) == 2
    assert second.count("'table': 'animal'") == 2
    named = [
        node.targets[0].id
        for node in ast.parse(second).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    assert named[:3] == ["versioned_log", "versioned_animal", "versioned_animal_before"]
    project.run("UPDATE dog SET bark = 'wow'")
    assert project.rows("SELECT bark FROM dog_version ORDER BY transaction_id") == [
        (None,),
        ("wow",),
    ]

    project.release(animals())
    project.downgrade()
    assert project.changes() == []
    project.downgrade("base")
    assert project.tables() == {"alembic_version"}


def test_definitions_are_found_wherever_they_stand(project: Project) -> None:
    project.release(animals())
    given = project.definitions()
    log = given["op"]["log"]
    project.write(
        f"log = {log!r}\n"
        f"    animal: dict = {given['animal']!r}\n"
        f"    op.create_version_triggers({{**{given['op']!r}, 'log': log}})\n"
        "    op.create_version_triggers(animal)\n"
        "    op.create_version_triggers({'table': 'dog', 'root': animal})\n"
        "    op.create_version_triggers(computed())\n"
        f"    op.create_version_triggers({given['puppy']!r})"
    )
    found = list(known_definitions(ScriptDirectory.from_config(project.config())))
    assert [spec.table.name for spec in found] == ["op", "animal", "dog", "puppy"]
    dialect = project.engine.dialect.name
    assert {spec.table.name: freeze(spec, dialect) for spec in found} == given


def test_a_root_that_does_not_know_a_table_is_refused(project: Project) -> None:
    project.release(animals())
    given = project.definitions()
    short = {"table": "dog", "root": given["animal"]}
    assert thaw(short).fingerprint() == thaw(given["dog"]).fingerprint()
    assert whole(given["dog"]) is given["dog"]
    with pytest.raises(ImproperlyConfigured, match="'animal' has no table 'cat' below it"):
        thaw({"table": "cat", "root": given["animal"]})
