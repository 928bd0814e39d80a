"""What Alembic runs: connects as the application does, and compares with its models."""

from __future__ import annotations

import asyncio

from alembic import context
from continuum.alembic import versioned_metadata
from sqlalchemy import Connection
from sqlalchemy import NullPool
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from teahouse.database import DATABASE_URL
from teahouse.models import Base


def migrate(connection: Connection) -> None:
    """Run the migrations, or compare, on a connection."""
    context.configure(
        connection=connection,
        target_metadata=versioned_metadata(Base.metadata),
        # Written on PostgreSQL, where a batch is a plain ALTER TABLE; SQLite needs it.
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def online() -> None:
    """Connect, and run the migrations."""
    # Not the engine of the application: that one has SQLite check foreign keys, which must not
    # happen while a table is rebuilt.
    engine = create_async_engine(DATABASE_URL, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


def offline() -> None:
    """Write the migrations as a script (``alembic upgrade --sql``)."""
    context.configure(
        url=DATABASE_URL,
        target_metadata=versioned_metadata(Base.metadata),
        literal_binds=True,
        render_as_batch=True,
        # Triggers of MariaDB and MySQL name the database that they stand in.
        continuum_database=make_url(DATABASE_URL).database,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    asyncio.run(online())
