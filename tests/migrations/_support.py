"""A project with migrations, whose models change from one release to the next."""

from __future__ import annotations

import io
from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import produce_migrations
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import MigrateOperation
from sqlalchemy import MetaData
from sqlalchemy import inspect
from sqlalchemy import text

from continuum.alembic import versioned_metadata
from continuum.alembic.definitions import freeze
from servers.database import Database
from suite._support import World

ENV = """\
from alembic import context

from continuum.alembic import versioned_metadata

given = context.config.attributes
options = dict(
    target_metadata=versioned_metadata(given["metadata"]),
    compare_server_default=True,
    **given["options"],
)
if context.is_offline_mode():
    context.configure(
        dialect_name=given["dialect"],
        literal_binds=True,
        output_buffer=given["output"],
        continuum_database=given["engine"].url.database,
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    with given["engine"].connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
"""

TEMPLATE = '''\
"""${message}"""

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


class Project:
    """A folder with migrations, and the models of its present release."""

    def __init__(self, database: Database, folder: Path, **options: Any) -> None:
        """Make an empty project.

        :param options: options of ``context.configure()``.
        """
        self.database = database
        self.folder = folder / "migrations"
        (self.folder / "versions").mkdir(parents=True)
        (self.folder / "env.py").write_text(ENV)
        (self.folder / "script.py.mako").write_text(TEMPLATE)
        self.options = options
        self.engine = database.engine()
        self.world: World | None = None
        self.releases = 0
        self.classes: Any = None

    def release(
        self,
        declare: Callable[[Any], Any],
        options: Mapping[str, Any] | None = None,
        *,
        recorder: str = "triggers",
        **arguments: Any,
    ) -> World:
        """Replace the models; return their world.

        :param declare: defines classes on the base that it is given, and returns them.
        """
        self.close()

        def declaring(base: Any) -> dict[str, Any]:
            self.classes = declare(base)
            return {}

        self.world = World(self.database, recorder, options, declaring, **arguments)
        return self.world

    def close(self) -> None:
        if self.world is not None:
            self.world.close()
        self.world = None

    @property
    def metadata(self) -> MetaData:
        assert self.world is not None
        metadata: MetaData = self.world.Base.metadata
        return metadata

    def config(self, output: io.StringIO | None = None) -> Config:
        config = Config()
        config.set_main_option("script_location", str(self.folder))
        config.set_main_option("path_separator", "os")
        config.attributes.update(
            engine=self.engine,
            metadata=self.metadata,
            options=self.options,
            dialect=self.database.engine_name,
            output=output,
        )
        config.output_buffer = output
        return config

    def revise(self, rev_id: str | None = None) -> str:
        """Write the next migration by autogenerate, and return its text.

        :param rev_id: its name; left out, its number.
        """
        self.releases += 1
        name = rev_id or f"{self.releases:04}"
        command.revision(
            self.config(),
            message=f"release {self.releases}",
            autogenerate=True,
            rev_id=name,
        )
        path = next(self.folder.glob(f"versions/{name}_*.py"))
        return path.read_text()

    def write(self, upgrade: str, downgrade: str = "pass") -> None:
        """Write the next migration by hand."""
        self.releases += 1
        command.revision(
            self.config(), message=f"release {self.releases}", rev_id=f"{self.releases:04}"
        )
        path = next(self.folder.glob(f"versions/{self.releases:04}_*.py"))
        source = path.read_text()
        head, _, _ = source.partition("def upgrade()")
        path.write_text(
            f"{head}def upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n"
        )

    def upgrade(self, revision: str = "head") -> None:
        command.upgrade(self.config(), revision)

    def downgrade(self, revision: str = "-1") -> None:
        command.downgrade(self.config(), revision)

    def migrate(self) -> str:
        """Write the next migration, run it, and see that nothing is left to do."""
        source = self.revise()
        self.upgrade()
        assert not (left := self.changes()), left
        return source

    def script(self, revisions: str = "head", *, down: bool = False) -> str:
        """Return the script of an upgrade (``alembic upgrade --sql``)."""
        output = io.StringIO()
        run = command.downgrade if down else command.upgrade
        run(self.config(output), revisions, sql=True)
        return output.getvalue()

    def changes(self) -> list[MigrateOperation]:
        """Return what another autogenerate would find, without a look at migrations."""
        with self.engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "target_metadata": versioned_metadata(self.metadata),
                    "compare_server_default": True,
                    **self.options,
                },
            )
            script = produce_migrations(context, self.metadata)
        assert script.upgrade_ops is not None
        return list(script.upgrade_ops.as_diffs())

    def definitions(self) -> dict[str, dict[str, Any]]:
        """Return the definitions of the triggers that the present models need, by table."""
        assert self.world is not None
        journals = self.world.manager.configured_journals()
        specs = [spec for journal in journals for spec in journal.specs(native=True)]
        return {spec.table.name: freeze(spec, self.engine.dialect.name) for spec in specs}

    def tables(self) -> set[str]:
        with self.engine.connect() as connection:
            return set(inspect(connection).get_table_names())

    def columns(self, table: str) -> list[str]:
        with self.engine.connect() as connection:
            return [column["name"] for column in inspect(connection).get_columns(table)]

    def run(self, *statements: str) -> None:
        """Execute statements, each in a transaction of its own."""
        for statement in statements:
            with self.engine.begin() as connection:
                connection.execute(text(statement))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]
