"""Print what autogenerate would write now, whether or not there are later migrations."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import produce_migrations
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory


def show_differences(revision: Any, context: MigrationContext) -> list[Any]:
    """Compare, in the place of migrating."""
    migrations = produce_migrations(context, context.opts["target_metadata"])
    assert migrations.upgrade_ops is not None
    print("differences:", migrations.upgrade_ops.as_diffs())
    return []


config = Config("alembic.ini")
scripts = ScriptDirectory.from_config(config)
with EnvironmentContext(config, scripts, fn=show_differences, dont_mutate=True):
    scripts.run_env()
