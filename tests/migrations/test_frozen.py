"""Migrations run without the models that they were written for."""

from __future__ import annotations

import enum
import os
import subprocess
import sys
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Enum
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import Numeric
from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from migrations._support import Project

ENV = """\
import os

from alembic import context
from sqlalchemy import create_engine

from continuum.alembic import versioned_metadata

target_metadata = versioned_metadata(None)

with create_engine(os.environ["URL"]).begin() as connection:
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
"""

RUN = """\
import sys

sys.modules["migrations"] = None  # what declares the models cannot be imported
from alembic import command
from alembic.config import Config

config = Config()
config.set_main_option("script_location", sys.argv[1])
config.set_main_option("path_separator", "os")
getattr(command, sys.argv[2])(config, sys.argv[3])
"""


class Kind(enum.Enum):
    NEWS = "news"
    ESSAY = "essay"


def animals(*, more: bool) -> Any:
    def declare(base: Any) -> Any:
        class Animal(base):
            __tablename__ = "animal"
            __versioned__ = {}
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50))
            type = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "animal"}

        class Dog(Animal):
            __tablename__ = "dog"
            id = mapped_column(ForeignKey("animal.id"), primary_key=True)
            bark = mapped_column(String(20))
            __mapper_args__ = {"polymorphic_identity": "dog"}

        class Ware(base):
            __tablename__ = "ware"
            __versioned__ = {
                "flags": "mask",
                "end_timestamp": True,
                "when": lambda old, new: new.price > 10,
                "extra_columns": [(Column("label", String(60)), lambda new: new.name + "!")],
            }
            id = mapped_column(Integer, primary_key=True)
            name = mapped_column(String(50))
            kind = mapped_column(Enum(Kind, native_enum=False))
            price = mapped_column(Numeric(10, 2))

        if more:
            Dog.tail = mapped_column(Integer)
            Ware.note = mapped_column(String(50))
        return Animal, Dog, Ware

    return declare


def test_a_migration_needs_no_models(project: Project) -> None:
    def run(command: str, revision: str) -> None:
        url = project.engine.url.render_as_string(hide_password=False)
        arguments = [sys.executable, "-P", "-c", RUN, str(project.folder), command, revision]
        environment = {**os.environ, "URL": url}
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    project.options["render_as_batch"] = True
    env = (project.folder / "env.py").read_text()
    project.release(animals(more=False))
    project.migrate()
    project.run(
        "INSERT INTO animal (id, name, type) VALUES (1, 'a', 'dog')",
        "INSERT INTO dog (id, bark) VALUES (1, 'wow')",
        "INSERT INTO ware (id, name, price) VALUES (1, 'tea', 20)",
    )
    project.release(animals(more=True))
    source = project.revise()
    assert not {"Kind", "migrations"} & set(source.replace(".", " ").split())

    (project.folder / "env.py").write_text(ENV)
    run("upgrade", "head")
    (project.folder / "env.py").write_text(env)
    assert project.changes() == []
    project.run("UPDATE dog SET tail = 5", "UPDATE ware SET note = 'good'")
    assert project.rows("SELECT label, changed_mask FROM ware_version ORDER BY 2") == [
        ("tea!", 7),
        ("tea!", 8),
    ]
    assert project.rows("SELECT count(*) FROM animal_version") == [(3,)]

    (project.folder / "env.py").write_text(ENV)
    run("downgrade", "base")
    assert project.tables() == {"alembic_version"}
